"""A written module: it runs, over a socket too, its objects travel, and nothing of a document becomes code."""

from __future__ import annotations

import ast
import importlib
import json
import pickle
import sys
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote

import pytest
from faults.server import FaultServer, answer
from hypothesis import given
from hypothesis import strategies as st

from odata3 import DataServiceContext, UriOperationParameter
from odata3.bindings.modules import is_current, metadata_behind, write_module
from odata3.bindings.runtime import Binding
from odata3.bindings.stubs import context_name, write_stub
from odata3.edm.csdl import parse_metadata, write_metadata
from odata3.edm.model import Documentation, EntityContainer, EntityType, Members, Model, Property, Schema
from odata3.errors import ArgumentError, MetadataError

FLEET = Path(__file__).parents[1] / "typing" / "fleet.edmx"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that modules are imported from, each anew."""
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in ("wagons", "fleet_a"):
        sys.modules.pop(name, None)


@pytest.fixture
def wagons(folder: Path) -> ModuleType:
    model = parse_metadata(FLEET)
    (folder / "wagons.py").write_text(write_module(model, name="wagons", context="Fleet"), encoding="utf-8")
    (folder / "wagons.pyi").write_text(write_stub(model, context="Fleet"), encoding="utf-8")
    return importlib.import_module("wagons")


def test_names(wagons: ModuleType) -> None:
    assert {"Fleet", "Vehicle", "Truck", "Driver", "Note", "Fuel", "Position"} <= set(dir(wagons))
    assert issubclass(wagons.Fleet, DataServiceContext) and wagons.Fleet.__module__ == "wagons"
    assert issubclass(wagons.Truck, wagons.Vehicle) and wagons.Vehicle is wagons.Vehicle
    with pytest.raises(AttributeError, match=r"^wagons: .*'Vehcile'; did you mean 'Vehicle'\?$"):
        _ = wagons.Vehcile
    from_all: dict[str, object] = {}
    exec("from wagons import *", from_all)
    assert "Vehicle" in from_all and "Fleet" in from_all


def test_it_asks_for_no_metadata(wagons: ModuleType) -> None:
    page = {
        "odata.metadata": "http://x/$metadata#Vehicles",
        "value": [{"odata.type": "Fleet.Truck", "Plate": "UL-1", "Load": "3"}],
    }
    body = json.dumps(page).encode()
    with (
        FaultServer(answer(body, Content_Type="application/json;odata=minimalmetadata")) as server,
        wagons.Fleet(server.url) as ctx,
    ):
        (vehicle,) = ctx.Vehicles.where(wagons.Vehicle.Seats > 2)
        assert type(vehicle) is wagons.Truck and ctx.types.Truck is wagons.Truck
        assert [seen.target.partition("?")[0] for seen in server.requests] == ["/Vehicles"]
        assert type(pickle.loads(pickle.dumps(vehicle))) is wagons.Truck


def test_other_metadata_counts_where_it_is_given(wagons: ModuleType) -> None:
    other = Model(schemas=Members([Schema(namespace="N")]))
    assert wagons.Fleet("http://127.0.0.1:1/", metadata=other).model is other


def test_a_binding_of_the_process(folder: Path) -> None:
    read = []

    def model() -> Model:
        read.append(1)
        return parse_metadata(FLEET)

    binding = Binding("fleet_a", model, "Fleet")
    assert read == [] and binding.find("Vehicle").__module__ == "fleet_a" and binding.context is binding.context
    binding.names()
    assert read == [1]


def test_the_model_behind_a_file(wagons: ModuleType, folder: Path) -> None:
    model = parse_metadata(FLEET)
    assert is_current(folder / "wagons.pyi") and is_current(folder / "wagons.py") and is_current(FLEET)
    assert metadata_behind(folder / "wagons.pyi") == metadata_behind(folder / "wagons.py") == metadata_behind(FLEET) == model


@pytest.mark.parametrize(
    "text", ["_METADATA = open(__file__).read()", "_METADATA = 3", "x = '<edmx/>'", "_METADATA = '<edmx/>'", "def (", "\0"]
)
def test_what_is_no_such_module(folder: Path, text: str) -> None:
    (folder / "wagons.py").write_text(text)
    with pytest.raises(MetadataError, match=r"wagons\.py"):
        metadata_behind(folder / "wagons.pyi")


@pytest.mark.parametrize(("name", "context"), [("a b", "Fleet"), ("fleet", "a-b"), ("", "Fleet")])
def test_names_that_are_none(name: str, context: str) -> None:
    with pytest.raises(ArgumentError, match="cannot be the name"):
        write_module(Model(), name=name, context=context)


@pytest.mark.parametrize(
    ("container", "types", "expected"),
    [
        ("Fleet", (), "Fleet"),
        ("Fleet", ("Fleet",), "FleetContext"),
        ("class", (), "class_"),
        ("_x", (), "Service"),
        ("My Service", (), "My_Service_"),
    ],
)
def test_the_name_of_the_context(container: str, types: tuple[str, ...], expected: str) -> None:
    found = EntityContainer(name=container, namespace="N", is_default=True)
    model = Model(
        entity_containers={"N.C": found}, entity_types={f"N.{name}": EntityType(name=name, namespace="N") for name in types}
    )
    made = context_name(model)
    assert made == expected
    assert context_name(Model()) == "Service" and ast.parse(write_stub(model, context=made))


ODD = st.text(max_size=8) | st.sampled_from(
    ['"""', "\\", "'", "\n", "{context}", "\u2028", "import os", "x\\", "')\nimport os\n('"]
)


@given(texts=st.lists(ODD, min_size=1, max_size=3))
def test_r37_nothing_of_a_document_becomes_code(texts: list[str]) -> None:
    own = Members(
        [Property(name=f"P{n}", type="Edm.String", documentation=Documentation(summary=t)) for n, t in enumerate(texts)]
    )
    thing = EntityType(
        name="Thing", namespace="N", properties=own, declared_properties=own, documentation=Documentation(summary=texts[0])
    )
    model = Model(schemas=Members([Schema(namespace="N")]), entity_types={"N.Thing": thing})
    try:
        document = write_metadata(model)
    except MetadataError:  # what no document can hold, no service sends
        return
    written = ast.parse(write_module(parse_metadata(document), name="n", context="C"))
    shapes = [ast.Expr, ast.ImportFrom, *[ast.Assign] * 5]
    assert [type(node) for node in written.body] == shapes
    assert isinstance(written.body[2], ast.Assign) and isinstance(written.body[2].value, ast.Constant)
    assert parse_metadata(written.body[2].value.value) == replace(parse_metadata(document))


def test_operations_take_what_their_signatures_tell(wagons: ModuleType) -> None:
    costs = json.dumps({"odata.metadata": "http://x/$metadata#Collection(Edm.Decimal)", "value": ["2.50"]}).encode()
    light = "application/json;odata=minimalmetadata"
    with FaultServer(answer(costs, Content_Type=light)) as server, wagons.Fleet(server.url) as ctx:
        for fuel in (wagons.Fuel.Electric, "Electric", 2):
            assert ctx.functions.Cost("UL-1", fuel=fuel) == [Decimal("2.50")]
        targets = [unquote(seen.target) for seen in server.requests]
        assert targets == ["/Cost(plate='UL-1',fuel=Fleet.Fuel'Electric')"] * 3
        assert ctx.functions.Free(seats=4).where(lambda v: v.Seats < 9).url.endswith("/Free?seats=4&$filter=Seats%20lt%209")
        with pytest.raises(ValueError, match=r"fuel: Fleet\.Fuel has no member 'Petrol', only Diesel, Electric"):
            ctx.functions.Cost("UL-1", fuel="Petrol")
        parameter = [UriOperationParameter("fuel", wagons.Fuel.Diesel)]
        ctx.execute("Cost", operation_parameters=parameter, element_type="Edm.Decimal")
        assert unquote(server.requests[-1].target) == "/Cost?fuel=Fleet.Fuel'Diesel'"
