"""The print of a model for editors; what checkers make of it is tried in ``tests/typing``."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata3.bindings.stubs import write_stub
from odata3.edm.csdl import parse_metadata
from odata3.edm.model import (
    ComplexType,
    Documentation,
    EntityType,
    EnumMember,
    EnumType,
    Members,
    Model,
    NavigationProperty,
    Property,
    Schema,
)
from odata3.errors import ArgumentError


def classes(stub: str) -> dict[str, ast.ClassDef]:
    return {node.name: node for node in ast.parse(stub).body if isinstance(node, ast.ClassDef)}


def annotations(cls: ast.ClassDef) -> dict[str, str]:
    return {
        node.target.id: ast.unparse(node.annotation)
        for node in cls.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


def test_the_classes_of_a_model(model: Model) -> None:
    stub = write_stub(model, context="Shop")
    made = classes(stub)
    product = annotations(made["Product"])
    assert "ID" not in product and ast.unparse(made["Product"].bases[0]) == "Thing"
    assert product["Name"] == "Property[str, str]" and product["Note"] == "Property[str | None, str | None]"
    assert product["Home"] == "Structured[Address, Address | None]" and product["Homes"] == "Complexes[Address]"
    assert product["Tags"] == "Values[str, str]" and product["Photo"] == "NamedStream"
    assert product["Category"] == "Navigation[_CategoryType]" and "_CategoryType: TypeAlias = Category" in stub
    assert annotations(made["Category"])["Products"] == "Navigations[Product]"
    assert annotations(made["Shop"])["Products"] == "DataServiceQuery[Product]"
    assert ast.get_docstring(made["Product"]) == "Something that is sold."
    assert "None_ = 0" in ast.unparse(made["Colour"]) and ast.unparse(made["Rights"].bases[0]) == "Flag"
    assert "Shop" not in classes(write_stub(model)) and write_stub(model) == write_stub(model)


def test_a_base_stands_before_what_derives_from_it() -> None:
    types = {
        "N.B": EntityType(name="B", namespace="N", base_type="N.A"),
        "N.A": EntityType(name="A", namespace="N", base_type="N.Gone"),
    }
    assert list(classes(write_stub(Model(entity_types=types)))) == ["A", "B"]


def test_the_modules_own_declarations() -> None:
    stub = write_stub(Model(), heading="from a.b import c, d\n\ndef types() -> c: ...")
    assert stub.splitlines()[2:] == ["from a.b import c, d", "", "def types() -> c: ..."]
    with pytest.raises(ArgumentError):
        write_stub(Model(), context="a b")


def test_names_that_hide_each_other() -> None:
    names = ["str", "int", "Any", "Property", "UUID", "Thing", "self", "datetime"]
    own = Members([Property(name=name, type="Edm.String") for name in names] + [Property(name="At", type="Edm.DateTime")])
    links = Members(
        [NavigationProperty(name="List", type="N.Thing", multiplicity="*", relationship="N.R", from_role="a", to_role="b")]
    )
    thing = EntityType(
        name="Thing",
        namespace="N",
        properties=own,
        declared_properties=own,
        navigation_properties=links,
        declared_navigation_properties=links,
    )
    other = ComplexType(name="Property", namespace="N")
    twins = {"N.Thing": thing, "M.Twin": EntityType(name="Twin", namespace="M"), "N.Twin": EntityType(name="Twin", namespace="N")}
    stub = write_stub(Model(entity_types=twins, complex_types={"N.Property": other}))
    made = classes(stub)
    told = annotations(made["Thing"])
    assert told["str"] == "_Property[_str | None, _str | None]" and "_datetime" in told["At"]
    assert told["List"] == "Navigations[_ThingType]" and "from builtins import str as _str" in stub
    assert "self_," in stub.replace("\n", "") and {"_M_Twin_", "_N_Twin_"} <= set(made)


TEXTS = st.text(max_size=8) | st.sampled_from(
    ['"""', "\\", "'", "\n", "import os", "{0.__class__}", "class", "a\x00b", "x: int = 5"]
)


@given(names=st.lists(TEXTS, unique=True, max_size=5), type_name=TEXTS, told=TEXTS, member=TEXTS)
def test_r37_nothing_of_a_document_becomes_code(names: list[str], type_name: str, told: str, member: str) -> None:
    own = Members([Property(name=name, type="Edm.Int32", documentation=Documentation(summary=told)) for name in names])
    documentation = Documentation(summary=told, long_description=told)
    thing = EntityType(name=type_name, namespace="N", properties=own, declared_properties=own, documentation=documentation)
    sort = EnumType(name=f"{type_name}x", namespace="N", members=Members([EnumMember(name=member, value=3)]))
    stub = write_stub(
        Model(schemas=Members([Schema(namespace="N")]), entity_types={thing.full_name: thing}, enum_types={sort.full_name: sort})
    )
    tree = ast.parse(stub)
    allowed = (ast.ImportFrom, ast.ClassDef, ast.AnnAssign, ast.Expr)
    assert all(isinstance(node, allowed) for node in tree.body)
    bodies = [node for cls in tree.body if isinstance(cls, ast.ClassDef) for node in cls.body]
    for node in bodies:
        assert isinstance(node, ast.AnnAssign | ast.FunctionDef | ast.Assign) or isinstance(
            getattr(node, "value", None), ast.Constant
        )
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Call | ast.Lambda | ast.Import)]


def test_the_spf_model() -> None:
    source = Path(__file__).parents[2] / "../shared/spf/vmm.edmx"
    if not source.exists():
        pytest.skip("checks against documents that others published, which are not ours to ship (they stand in ../shared)")
    model = parse_metadata(source)
    made = classes(write_stub(model, context="VMM"))
    assert len(made) == len(model.entity_types) + len(model.complex_types) + len(model.enum_types) + len(
        ("VMM", "_Types", "_Functions")
    )
