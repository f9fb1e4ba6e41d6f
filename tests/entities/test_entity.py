"""Identity, key, repr, copies and pickles, and the functions about entities."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from odata3.edm.model import Model
from odata3.entities.changes import changed_names, document_value, set_names
from odata3.entities.classes import Namespace, build_classes
from odata3.entities.entity import (
    Entity,
    Object,
    attach,
    held,
    key_of,
    observe,
    observer_of,
    owner_of,
    place,
    properties,
    related,
    type_of,
    value_names,
)
from odata3.entities.names import RESERVED, spell
from odata3.errors import ArgumentError, InvalidOperationError, PayloadError
from odata3.formats.documents import Raw


def test_the_public_names_of_an_entity_are_the_reserved_ones() -> None:
    assert {name for name in dir(Entity) if not name.startswith("_")} == RESERVED
    shaped = [name for name in vars(Object) if name.startswith("_") and name.endswith("_") and not name.startswith("__")]
    assert shaped == ["_repr_html_"], "a property may be spelled with underscores at both ends"
    assert spell("_repr_html") == "_repr_html__"


def test_identity(read: Callable[..., Any]) -> None:
    first, second = read("Product"), read("Product")
    assert first != second and first == first and len({first, second}) == 2


def test_complex_values_compare_by_what_they_say(types: Namespace, product: Any) -> None:
    assert types.Address(City="Ulm") == types.Address(City="Ulm", Place=None) != types.Address(City="Bonn")
    assert types.Address(City="Ulm") != types.Flat(City="Ulm") and types.Address() != 5
    assert product.Homes[0] == types.Address(City="Bonn", Zip=2)
    with pytest.raises(TypeError):
        hash(types.Address())


def test_repr_shows_type_and_key_and_no_secret(product: Any, types: Namespace, read: Callable[..., Any]) -> None:
    assert repr(product) == "Product(ID=UUID('a11cc636-5521-4f88-92b2-cad392911fe0'))"
    assert repr(types.Category(Code="a", Area=2)) == "Category(Code='a', Area=2)"
    assert repr(types.Login(User="me", Password="hush")) == "Login(User='me', Password='***')"
    assert repr(read("Product", {"ID": 5})) == "Product(ID=<PayloadError>)"


def test_to_dict_gives_plain_values(product: Any) -> None:
    plain = product.to_dict()
    assert list(plain) == list(value_names(type(product)))
    assert plain["Home"] == {
        "City": "Ulm",
        "Zip": 1,
        "Since": dt.datetime(2000, 1, 1, 0, 0, 0, 123456),
        "Place": {"X": 1.0, "Names": ["a"]},
    }
    assert (plain["Colour"], plain["Rights"], plain["Colours"]) == ("Red", "All", ["Red", "Blue"])
    assert plain["Homes"][1]["Floor"] == 4 and plain["Note"] is None
    again = {name: value for name, value in plain.items() if name != "Homes"}  # a dictionary does not say its derived type
    assert again.items() <= type(product)(**again).to_dict().items()
    plain["Tags"].append("x")
    assert product.Tags == ["new", "red"]


def test_flags_in_to_dict(types: Namespace) -> None:
    assert types.Product(Rights=types.Rights.Read).to_dict()["Rights"] == "Read"
    assert types.Product(Rights=9).to_dict()["Rights"] == 9
    assert types.Product(Rights=0).to_dict()["Rights"] == 0


def test_key_of(product: Any, types: Namespace, read: Callable[..., Any]) -> None:
    assert key_of(product) == (product.ID,)
    assert key_of(types.Category(Area=3, Code="x")) == ("x", 3)
    with pytest.raises(InvalidOperationError, match="Area"):
        key_of(types.Category(Code="x"))
    with pytest.raises(PayloadError):
        key_of(read("Product", {"ID": "x"}))


def test_questions(product: Any, types: Namespace, model: Model) -> None:
    assert type_of(product) is type_of(types.Product) is model.entity_types["Shop.Product"]
    assert type_of(types.Address) is model.complex_types["Shop.Address"]
    with pytest.raises(ArgumentError):
        type_of("Product")
    assert properties(types.Odd)["class"] == "class__" and list(properties(types.Category)) == ["Code", "Area", "Products"]
    assert "Photo" not in value_names(types.Product) and "Category" not in value_names(types.Product)


def test_related_entities_are_placed_without_a_note(product: Any, types: Namespace) -> None:
    category = types.Category(Code="a", Area=1)
    assert held(product, "Category") is None and held(category, "Products") is None
    place(product, "Category", category)
    related(category, "Products").append(product)
    assert product.Category is category and category.Products == [product]
    assert category.Products is related(category, "Products") is held(category, "Products")
    assert changed_names(product) == ()
    with pytest.raises(InvalidOperationError, match="did you mean 'Category'"):
        place(product, "Categorie", category)
    with pytest.raises(InvalidOperationError):
        place(product, "Name", "x")
    with pytest.raises(InvalidOperationError):
        related(product, "Category")


def test_bound_operations_come_from_the_owner(product: Any, types: Namespace) -> None:
    class Context:
        def operation(self, entity: Entity, name: str) -> Callable[..., Any] | None:
            return (lambda **given: (entity, name, given)) if name == "Discount" else None

    assert callable(product.Discount) and "out of reach" in repr(product.Discount)
    with pytest.raises(InvalidOperationError, match="Discount"):
        product.Discount(percent=5)
    owner = Context()
    attach(product, owner)
    assert owner_of(product) is owner and product.Discount(percent=5) == (product, "Discount", {"percent": 5})
    assert types.Book().Name is None and types.Product.Discount.name == "Discount"
    attach(product, None)
    assert owner_of(product) is None


# --- copies and pickles ---------------------------------------------------------------------------------------------------------


class _Listener:
    def assigned(self, entity: Entity, name: str, value: Any) -> None: ...
    def operation(self, entity: Entity, name: str) -> None: ...
    def __reduce__(self) -> Any:
        raise AssertionError("the owner must stay behind")


COPIES = [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))]


@pytest.mark.parametrize("copied", COPIES)
def test_r50_copies_keep_values_and_no_tracking(product: Any, copied: Callable[[Any], Any]) -> None:
    listener = _Listener()
    attach(product, listener)
    observe(product, listener)
    product.Name, product.Home.City = "Nut", "Bern"
    product.Tags.append("b")
    made = copied(product)
    assert type(made) is type(product) and made is not product
    assert made.to_dict() == product.to_dict() and set_names(made) == set_names(product)
    assert owner_of(made) is None and observer_of(made) is None and changed_names(made) == ()
    assert changed_names(product) == ("Name", "Home", "Tags")
    made.Name = "Screw"
    assert product.Name == "Nut"


@pytest.mark.parametrize("copied", COPIES)
def test_r33_copies_keep_the_texts_of_what_nobody_assigned(product: Any, copied: Callable[[Any], Any]) -> None:
    made = copied(product)
    for name in ("Made", "Seen", "Takes"):
        raw = document_value(made, name)
        assert type(raw) is Raw and raw.value == product._raw[name]
    product.Made = product.Made
    assert document_value(copied(product), "Made").value == product.Made


@pytest.mark.parametrize("copied", COPIES[1:])
def test_deep_copies_share_nothing_that_can_change(product: Any, copied: Callable[[Any], Any]) -> None:
    assert product.Home and product.Tags
    made = copied(product)
    made.Home.City = "Bern"
    made.Tags.append("b")
    assert product.Home.City == "Ulm" and product.Tags == ["new", "red"] and changed_names(product) == ()
    assert changed_names(made) == ("Home", "Tags")


@pytest.mark.parametrize("copied", COPIES[1:])
def test_circles_of_related_entities(types: Namespace, copied: Callable[[Any], Any]) -> None:
    category = types.Category(Code="a", Area=1, Open={"x": 1})
    product = types.Product(Name="p", Category=category)
    category.Products.append(product)
    made = copied(product)
    assert made.Category.Products[0] is made and made.Category is not category
    assert made.Category.Open == {"x": 1} and made.Category.Code == "a"


def test_pickles_find_the_classes_of_an_equal_model_elsewhere(types: Namespace) -> None:
    made = types.Product(Name="p", Colour="Red", Home={"City": "Ulm"}, Rights="Read")
    program = (
        "import pickle, sys\n"
        "first, second = pickle.loads(sys.stdin.buffer.read())\n"
        "print(type(first).__name__, first.Name, first.Colour, first.Rights.name, first.Home.City, type(first) is type(second))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=pickle.dumps((made, types.Product())),
        capture_output=True,
        cwd=Path(__file__).parents[2],
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.split() == [b"Product", b"p", b"Colour.Red", b"Read", b"Ulm", b"True"]


def test_pickles_name_the_module_where_the_classes_are_importable(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    types = build_classes(model, module="shop_entities")
    module = ModuleType("shop_entities")
    module.Product = types.Product  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "shop_entities", module)
    pickled = pickle.dumps(types.Product(Name="p"))
    assert b"shop_entities" in pickled and len(pickled) < 500
    assert type(pickle.loads(pickled)) is types.Product
    assert type(pickle.loads(pickle.dumps(types.Book()))) is types.Book


@pytest.mark.parametrize("copied", COPIES)
def test_enum_members_are_copied_as_themselves(types: Namespace, copied: Callable[[Any], Any]) -> None:
    assert copied(types.Colour.Red) is types.Colour.Red
    assert copied(types.Rights(3)) is types.Rights.All


def test_complex_values_are_pickled_with_what_they_hold(product: Any) -> None:
    made = pickle.loads(pickle.dumps(product.Home))
    assert made == product.Home and made.Place.Names == ["a"]
