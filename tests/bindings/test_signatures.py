"""Function imports as methods: what may be left out, what overloads become, what cannot be told."""

from __future__ import annotations

import ast

import pytest

from odata3.bindings.signatures import written
from odata3.bindings.spelling import Spelling
from odata3.bindings.stubs import write_stub
from odata3.edm.csdl import parse_metadata
from odata3.edm.model import FunctionImport, Members, Model, OperationKind, Parameter
from odata3.entities.classes import Namespace

ACTION, FUNCTION, SERVICE = OperationKind.ACTION, OperationKind.FUNCTION, OperationKind.SERVICE_OPERATION


def operation(*parameters: tuple[str, str, bool], kind: OperationKind = FUNCTION, **traits: object) -> FunctionImport:
    made = Members([Parameter(name=name, type=type_, nullable=nullable) for name, type_, nullable in parameters])
    return FunctionImport(name="Op", container="N.C", kind=kind, parameters=made, **traits)  # type: ignore[arg-type]


def lines(model: Model, *overloads: FunctionImport) -> list[str]:
    return [line.strip() for line in written("Op", overloads, Spelling(Namespace(model), None))]


INT, TEXT, REQUIRED, LEFT_OUT = "Edm.Int32", "Edm.String", False, True


@pytest.mark.parametrize(
    ("made", "line"),
    [
        (operation(), "def Op(self) -> None: ..."),
        (operation(("a", INT, REQUIRED), return_type=INT), "def Op(self, a: int) -> int | None: ..."),
        (operation(("a", INT, LEFT_OUT)), "def Op(self, a: int | None = ...) -> None: ..."),
        (
            operation(("a", INT, LEFT_OUT), ("b", TEXT, REQUIRED)),
            "def Op(self, *, a: int | None = ..., b: str) -> None: ...",
        ),
        (
            operation(("a", "Edm.Guid", REQUIRED), ("b", TEXT, LEFT_OUT), ("c", INT, LEFT_OUT)),
            "def Op(self, a: UUID | str, b: str | None = ..., c: int | None = ...) -> None: ...",
        ),
        (operation(("class", INT, REQUIRED)), "def Op(self, *arguments: Any, **parameters: Any) -> Any: ..."),
        (operation(("a b", INT, REQUIRED)), "def Op(self, *arguments: Any, **parameters: Any) -> Any: ..."),
        (operation(("self", INT, REQUIRED)), "def Op(self, *arguments: Any, **parameters: Any) -> Any: ..."),
        (
            operation(("a", "Collection(Edm.Int32)", REQUIRED), kind=ACTION),
            "def Op(self, a: list[int] | tuple[int, ...]) -> None: ...",
        ),
        (operation(("a", "Shop.Address", REQUIRED)), "def Op(self, a: Address) -> None: ..."),
        (
            operation(("a", "Shop.Address", REQUIRED), kind=ACTION),
            "def Op(self, a: Address | Mapping[str, Any]) -> None: ...",
        ),
        (operation(("a", "Shop.Colour", REQUIRED)), "def Op(self, a: Colour | int | str) -> None: ..."),
        (operation(("a", "N.Gone", REQUIRED), return_type="N.Gone"), "def Op(self, a: Any) -> Any: ..."),
        (operation(return_type="Shop.Product"), "def Op(self) -> Product | None: ..."),
        (operation(return_type="Collection(Shop.Product)"), "def Op(self) -> DataServiceQuery[Product]: ..."),
        (
            operation(return_type="Collection(Shop.Product)", kind=SERVICE, http_method="GET"),
            "def Op(self) -> DataServiceQuery[Product]: ...",
        ),
        (
            operation(return_type="Collection(Shop.Product)", kind=SERVICE, http_method="POST"),
            "def Op(self) -> list[Product]: ...",
        ),
        (operation(return_type="Collection(Shop.Product)", kind=ACTION), "def Op(self) -> list[Product]: ..."),
        (operation(return_type="Collection(Shop.Address)"), "def Op(self) -> list[Address]: ..."),
        (operation(return_type="Collection(Edm.String)"), "def Op(self) -> list[str]: ..."),
        (operation(("it", "Shop.Product", REQUIRED), ("a", INT, REQUIRED), bindable=True), "def Op(self, a: int) -> None: ..."),
    ],
)
def test_one(model: Model, made: FunctionImport, line: str) -> None:
    assert lines(model, made) == [line]


def test_overloads_that_no_call_mistakes_stand_side_by_side(model: Model) -> None:
    one, two = (
        operation(("a", INT, REQUIRED), return_type=INT),
        operation(("a", INT, REQUIRED), ("b", INT, REQUIRED), return_type=TEXT),
    )
    assert lines(model, one, two) == [
        "@overload",
        "def Op(self, a: int) -> int | None: ...",
        "@overload",
        "def Op(self, a: int, b: int) -> str | None: ...",
    ]
    assert lines(model, one, one) == ["def Op(self, a: int) -> int | None: ..."]


@pytest.mark.parametrize("other", [operation(("b", TEXT, REQUIRED)), operation(("a", INT, LEFT_OUT), ("b", INT, LEFT_OUT))])
def test_overloads_that_a_call_might_mistake_take_anything(model: Model, other: FunctionImport) -> None:
    assert lines(model, operation(("a", INT, REQUIRED)), other) == [
        "def Op(self, *arguments: Any, **parameters: Any) -> Any: ..."
    ]


def test_an_operation_that_a_base_has_too_takes_anything() -> None:
    document = """<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"><edmx:DataServices>
    <Schema Namespace="N" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
      <EntityType Name="A"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/></EntityType>
      <EntityType Name="B" BaseType="N.A"/>
      <EntityContainer Name="C">
        <FunctionImport Name="Op" IsBindable="true"><Parameter Name="it" Type="N.A"/></FunctionImport>
        <FunctionImport Name="Op" IsBindable="true">
          <Parameter Name="it" Type="N.B"/><Parameter Name="more" Type="Edm.Int32"/></FunctionImport>
      </EntityContainer>
    </Schema></edmx:DataServices></edmx:Edmx>"""
    classes = {
        node.name: ast.unparse(node)
        for node in ast.parse(write_stub(parse_metadata(document))).body
        if isinstance(node, ast.ClassDef)
    }
    assert "def Op(self) -> None" in classes["A"]
    assert "def Op(self, *arguments: Any, **parameters: Any) -> Any" in classes["B"]
