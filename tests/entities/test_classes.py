"""Classes made from a model."""

from __future__ import annotations

import enum
import gc
import inspect
import sys
import threading
import weakref

import pytest

from odata3.edm.members import Members
from odata3.edm.model import EntityType, Model, Property, Schema
from odata3.entities.classes import Namespace, build_classes
from odata3.entities.entity import ComplexValue, Entity
from odata3.errors import ArgumentError


def one_type(name: str, count: int = 1, base: str | None = None) -> EntityType:
    own = Members([Property(name=f"{name}P{at}", type="Edm.Int32") for at in range(count)])
    return EntityType(name=name, namespace="Big", base_type=base, properties=own, declared_properties=own)


def big_model(types: int, count: int) -> Model:
    made = {f"Big.T{at}": one_type(f"T{at}", count) for at in range(types)}
    return Model(schemas=Members([Schema(namespace="Big")]), entity_types=made)


def test_classes_follow_the_model(types: Namespace) -> None:
    assert issubclass(types.Book, types.Product) and issubclass(types.Product, types.Thing) and issubclass(types.Thing, Entity)
    assert issubclass(types.Flat, types.Address) and issubclass(types.Address, ComplexValue)
    assert isinstance(types.Book(), types.Product)
    assert types.Product.__name__ == "Product" and types.Product.__module__ == "Shop"
    assert types.Book._edm_type.full_name == "Shop.Book"
    assert issubclass(types.Colour, enum.Enum) and issubclass(types.Rights, enum.Flag)
    assert [member.name for member in types.Colour] == ["None_", "Red", "Blue"]


def test_attributes_of_a_class_are_expressions(types: Namespace) -> None:
    assert str(types.Product.Name == "x") == "Name eq 'x'"
    assert str(types.Book.Name == "x") == "Name eq 'x'"
    assert str(types.Product.Category.Code == "x") == "Category/Code eq 'x'"
    assert str(types.Product.Home.City == "x") == "Home/City eq 'x'"
    assert "any" in str(types.Category.Products.any(lambda product: product.Stock > 3))


def test_namespace(types: Namespace, model: Model) -> None:
    assert types["Shop.Product"] is types["Product"] is types.Product is types.get("Shop.Product")
    assert {"Product", "Address", "Colour"} <= set(dir(types))
    full_names = (*model.entity_types, *model.complex_types, *model.enum_types)
    assert {cls.__name__ for cls in types} == {name.rpartition(".")[2] for name in full_names}
    assert len(list(types)) == len(types) and "Shop.Product" in types and "Product" in types and "Nope" not in types
    assert types.get("Shop.Nope") is None
    with pytest.raises(AttributeError, match="did you mean 'Product'"):
        _ = types.Prodct
    with pytest.raises(ArgumentError, match=r"did you mean 'Shop\.Product'"):
        types["Shop.Prodct"]
    assert build_classes(model) is types


def test_ambiguous_short_names_need_the_full_name() -> None:
    first = one_type("Thing")
    second = EntityType(name="Thing", namespace="Other")
    model = Model(schemas=Members([Schema(namespace="Big")]), entity_types={"Big.Thing": first, "Other.Thing": second})
    types = build_classes(model)
    assert types["Big.Thing"] is not types["Other.Thing"] and "Thing" not in dir(types)
    with pytest.raises(AttributeError, match=r"types\['Big\.Thing'\]"):
        _ = types.Thing
    with pytest.raises(ArgumentError, match="ambiguous"):
        types["Thing"]


def test_docstrings(types: Namespace) -> None:
    text = inspect.getdoc(types.Product) or ""
    assert "Something that is sold." in text and "What it is called." in text
    assert "ID : Edm.Guid, not null, key" in text and "Name : Edm.String, not null" in text and "Note : Edm.String\n" in text
    assert "Category : Shop.Category, one or none" in text and "Base type: ``Shop.Thing``" in text
    assert "the service's 'to_dict'" in (types.Odd.__doc__ or "")
    assert types.Product.__doc__ != types.Book.__doc__
    assert "Abstract" in types.Thing.__doc__ and "Open" in types.Category.__doc__ and "enum type" in types.Colour.__doc__


def test_a_users_class_stands_in(model: Model) -> None:
    types = Namespace(model)

    @types.stand_in
    class Product(types.Product):  # type: ignore[name-defined, misc]
        def label(self) -> str:
            return f"{self.Name}!"

    assert types.Product is Product and types["Shop.Product"] is Product
    assert types.Product(Name="a").label() == "a!"
    made = types.Category()
    made.Products = [Product(), types.Book()]
    with pytest.raises(ArgumentError):
        types.stand_in(int)
    with pytest.raises(ArgumentError):
        types.stand_in(build_classes(big_model(1, 1)).T0)


def test_r38_cycles_and_unknown_bases_and_types() -> None:
    made = {"Big.A": one_type("A", base="Big.B"), "Big.B": one_type("B", base="Big.A"), "Big.C": one_type("C", base="Big.Gone")}
    odd = Members([Property(name="X", type="Big.Gone"), Property(name="Y", type="Collection(Edm.Nope)")])
    made["Big.D"] = EntityType(name="D", namespace="Big", properties=odd, declared_properties=odd)
    types = build_classes(Model(schemas=Members([Schema(namespace="Big")]), entity_types=made))
    assert types.A().AP0 is None and types.B().BP0 is None and types.C().CP0 is None
    thing = types.D(X={"a": 1}, Y=[1, "b"])
    assert thing.to_dict() == {"X": {"a": 1}, "Y": [1, "b"]}


def test_r38_inheritance_1000_deep() -> None:
    made, known = {}, []
    for at in range(1_000):
        own = [Property(name=f"P{at}", type="Edm.Int32")] if at % 100 == 0 else []
        known += own
        made[f"Big.T{at}"] = EntityType(
            name=f"T{at}",
            namespace="Big",
            base_type=f"Big.T{at - 1}" if at else None,
            properties=Members(known),
            declared_properties=Members(own),
        )
    types = build_classes(Model(schemas=Members([Schema(namespace="Big")]), entity_types=made))
    deepest = types.T999(P0=1, P900=2)
    assert isinstance(deepest, types.T0) and deepest.to_dict()["P900"] == 2


def test_r37_names_are_never_code() -> None:
    names = ["a'b\n", '"""', "{0.__class__}", "import os; os.abort()", "__class__", "\u202e"]
    own = Members([Property(name=name, type="Edm.String") for name in names])
    model = Model(
        schemas=Members([Schema(namespace="N")]),
        entity_types={"N.x'y": EntityType(name="x'y", namespace="N", properties=own, declared_properties=own)},
    )
    cls = build_classes(model)["N.x'y"]
    made = cls()
    for name in names:
        made[name] = name
    assert made.to_dict() == {name: name for name in names}
    assert cls.__name__ == "x_y_" and made.__class__ is cls and cls.__doc__


def test_r39_classes_are_made_when_asked_for_and_at_linear_cost() -> None:
    def cost(types: int) -> int:
        """The number of calls it takes, which no busy machine changes."""
        model = big_model(types, 20)
        calls = 0

        def count(frame: object, event: str, argument: object) -> None:
            nonlocal calls
            calls += 1

        sys.setprofile(count)
        try:
            assert len(list(build_classes(model))) == types
        finally:
            sys.setprofile(None)
        return calls

    assert cost(400) < cost(50) * 8 * 1.5
    model = big_model(600, 20)
    assert build_classes(model).T599().to_dict()
    assert len(build_classes(model)._classes) == 1


def test_r49_threads_get_the_same_classes() -> None:
    model = big_model(200, 5)
    barrier, found = threading.Barrier(8), []

    def work() -> None:
        barrier.wait()
        types = build_classes(model)
        found.append(tuple(types[f"Big.T{at}"] for at in range(200)))
        found[-1][7](**{"T7P0": 3})

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1


def test_a_namespace_goes_with_its_model() -> None:
    model = big_model(1, 1)
    watched = weakref.ref(build_classes(model))
    build_classes(model).T0()
    del model
    gc.collect()
    assert watched() is None
