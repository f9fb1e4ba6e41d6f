from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from server.lab import ATOM, EDMX, LIGHT, VERBOSE, Plain, fill, lab_service

from odata3.edm.csdl import parse_metadata
from odata3.formats.documents import Complex
from odata3.server.hooks import Call
from odata3.server.service import Service
from odata3.server.store import Record, Store


@pytest.fixture
def lab(open_lab: Callable[..., Plain]) -> Plain:
    service = lab_service(page_size={"Probes": 3})
    seen: list[Any] = []

    @service.operation("Recalibrate", bound_to="Lab.Probe")
    def recalibrate(call: Call) -> Decimal | None:
        assert isinstance(call.bound, Record)
        where = call.parameters["Where"]
        seen.append((call.bound["Id"], call.parameters["Offset"], call.parameters["Tags"], where.get("City") if where else None))
        call.headers["x-seen"] = repr(seen[-1])
        offset = call.parameters["Offset"]
        if offset is None:
            return None
        return Decimal(call.store.update(call.bound, {"Price": call.bound["Price"] + offset})["Price"])

    @service.operation("Similar")
    def similar(call: Call) -> list[Record]:
        assert isinstance(call.bound, Record)
        return [r for r in call.store.find("Probes") if r["Price"] is not None and r["Price"] < call.parameters["below"]]

    @service.operation("Sum")
    def total(call: Call) -> int | None:
        a, b = call.parameters["a"], call.parameters["b"]
        return None if a is None or b is None else a + b

    @service.operation("Forget")
    def forget(call: Call) -> None:
        for record in call.store.find("Notes"):
            call.store.delete(record)

    @service.operation("ByName")
    def by_name(call: Call) -> list[Record]:
        return call.store.find("Probes", Name=call.parameters["name"])

    return open_lab(service)


@pytest.mark.parametrize("content_type", [LIGHT, VERBOSE])
def test_p93_actions_take_their_parameters_from_the_body(lab: Plain, content_type: str) -> None:
    tags: Any = ["x", "y"] if content_type == LIGHT else {"results": ["x", "y"]}
    body = {"Offset": "0.5", "Tags": tags, "Where": {"City": "Lund"}}
    answer = lab("POST", "Probes(1)/Recalibrate", body, content_type=content_type, DataServiceVersion="3.0")
    assert answer.status == 200, answer.text
    assert answer.json == {"odata.metadata": f"{lab.url}$metadata#Edm.Decimal", "value": "3.00"}
    assert answer.headers["x-seen"] == "(1, Decimal('0.5'), ['x', 'y'], 'Lund')"
    assert lab.get("Probes(1)/Price").json["value"] == "3.00"


def test_p93_what_is_missing_is_null(lab: Plain) -> None:
    answer = lab("POST", "Probes(1)/Main.Recalibrate", {})
    assert answer.status == 200 and answer.json["odata.null"] is True
    assert lab("POST", "Probes(1)/Recalibrate").headers["x-seen"] == "(1, None, None, None)"


@pytest.mark.parametrize("body", [{"Nope": 1}, {"Offset": "x"}, {"Tags": "x"}, {"Where": {"Nope": 1}}, [], "x"])
def test_parameters_that_are_none(lab: Plain, body: Any) -> None:
    assert lab("POST", "Probes(1)/Recalibrate", body).status == 400


def test_actions_of_what_is_not_there(lab: Plain) -> None:
    assert lab("POST", "Probes(99)/Recalibrate", {}).status == 404
    assert lab("POST", "Benches('N')/Recalibrate", {}).status == 404
    assert lab("POST", "Probes/Recalibrate", {}).status in (400, 404)
    wrong = lab.get("Probes(1)/Recalibrate")
    assert wrong.status == 405 and wrong.headers["Allow"] == "POST"
    assert lab("POST", "Probes(1)/Recalibrate", "<x/>", content_type=ATOM).status == 415
    assert lab("POST", "Probes(1)/Recalibrate", {}, content_type=VERBOSE, DataServiceVersion="2.0").status == 400


def test_a_void_action(lab: Plain) -> None:
    answer = lab("POST", "Forget")
    assert (answer.status, answer.body) == (204, b"")
    assert lab.get("Notes/$count").text == "0"


@pytest.mark.parametrize(
    "url", ["Sum(a=1,b=2)", "Sum(a=@x,b=@y)?@x=1&@y=2", "Sum?a=1&b=2", "Sum()?a=1&b=2", "Sum(a=@x,b=2)?@x=1"]
)
def test_p93_functions_inline_by_alias_and_in_the_query(lab: Plain, url: str) -> None:
    assert lab.get(url).json["value"] == 3
    assert lab.get(url, accept=VERBOSE).json == {"d": {"Sum": 3}}


def test_functions_and_nulls(lab: Plain) -> None:
    assert lab.get("Sum?a=1").json["odata.null"] is True
    assert lab.get("Sum(a=null,b=1)").json["odata.null"] is True


@pytest.mark.parametrize(
    "url", ["Sum(a=1,c=2)", "Sum(a='x',b=1)", "Sum(a=1,a=2)", "Sum(a=1", "Sum(a=1.5,b=1)", "Sum(a=99999999999,b=1)"]
)
def test_functions_called_wrongly(lab: Plain, url: str) -> None:
    assert lab.get(url).status == 400


def test_bound_functions_compose_with_options(lab: Plain) -> None:
    assert lab.get("Probes(1)/Similar(below=11M)").ids == [1, 2, 3]
    assert lab.get("Probes(1)/Similar(below=11M)?$filter=Id gt 1&$orderby=Id desc").ids == [3, 2]
    assert lab.get("Probes(1)/Similar(below=11M)/$count").text == "3"
    assert lab.get("Probes(1)/Similar(below=0M)").json == {"odata.metadata": f"{lab.url}$metadata#Probes", "value": []}


def test_paths_go_on_behind_entities_that_a_function_returned(lab: Plain) -> None:
    one = lab.get("Probes(1)/Similar(below=11M)(2)?$select=Id,Name")
    assert one.json == {"odata.metadata": f"{lab.url}$metadata#Probes/@Element&$select=Id,Name", "Id": "2", "Name": "Beta"}
    assert lab.get("Probes(1)/Similar(below=11M)(2)/Name").json["value"] == "Beta"
    assert lab.get("Probes(1)/Similar(below=11M)(2)/Bench/Title/$value").text == "North"
    assert lab.get("Probes(1)/Similar(below=11M)(2)/Similar(below=3M)").ids == [1]
    assert lab.get("Probes(1)/Similar(below=11M)/$count?$filter=Id gt 1").text == "2"
    assert lab.get("ByName()(3)/Id").json["value"] == "3"
    assert lab.get("ByName/Lab.HotProbe").json["value"] == []


def test_what_a_function_did_not_return_is_not_there(lab: Plain) -> None:
    assert lab.get("Probes(1)/Similar(below=3M)(2)").status == 404
    assert lab.get("Probes(1)/Similar(below=0M)/$count").text == "0"
    assert lab.get("Probes(1)/Similar(below=11M)('x')").status == 400
    assert lab.get("Probes(1)/Similar(below=11M)/Name").status == 400
    assert lab.get("Probes(1)/Recalibrate/$count").status == 400
    assert lab.get("Sum(a=1,b=2)/Name").status == 404
    bound = lab("POST", "Orders(1)/Lines", {"Item": "z", "Count": 1, "Probe@odata.bind": "ByName()(3)"})
    assert bound.status == 400 and "own address" in bound.text


def test_values_of_functions_by_themselves(lab: Plain) -> None:
    value = lab.get("Sum(a=1,b=2)/$value", accept="*/*")
    assert (value.text, value.headers["Content-Type"]) == ("3", "text/plain;charset=utf-8")
    assert lab.get("Sum(a=1)/$value", accept="*/*").status == 404


def test_the_set_of_a_result_is_found_along_its_path(open_lab: Callable[..., Plain]) -> None:
    near = """<FunctionImport Name="Near" IsBindable="true" IsSideEffecting="false" ReturnType="Collection(Lab.Bench)"
      EntitySetPath="probe/Bench"><Parameter Name="probe" Type="Lab.Probe"/></FunctionImport>
      <EntitySet Name="Attic" EntityType="Lab.Bench"/><FunctionImport"""
    model = parse_metadata(EDMX.replace("<FunctionImport", near, 1))
    service = Service(model, Store(model))
    fill(service.store)

    @service.operation("Near")
    def nothing(call: Call) -> list[Record]:
        return []

    lab = open_lab(service)
    assert lab.get("Probes(1)/Near").json == {"odata.metadata": f"{lab.url}$metadata#Benches", "value": []}
    assert lab.get("Probes(1)/Near/$count").text == "0"


def test_service_operations(lab: Plain) -> None:
    assert lab.get("ByName?name='alpha'").ids == [1]
    assert lab.get("ByName?name='O''Neil'").ids == []
    assert lab.get("ByName").ids == [3]
    assert lab.get("ByName?name='alpha'&$expand=Bench&$select=Id,Bench/Code").json["value"] == [
        {"Bench": {"odata.etag": 'W/"0"', "Code": "N"}, "Id": "1"}
    ]
    wrong = lab("POST", "ByName?name='alpha'")
    assert wrong.status == 405 and wrong.headers["Allow"] == "GET"
    assert lab.get("ByName?name=5").status == 400


def test_operations_nobody_does(lab: Plain) -> None:
    assert lab.get("Cities").status == 501


def test_operations_give_what_they_give(open_lab: Callable[..., Plain]) -> None:
    service = lab_service()

    @service.operation("Cities")
    def cities(call: Call) -> list[str]:
        return ["Lund", "Umeå"]

    @service.operation("Recalibrate")
    def refuse(call: Call) -> None:
        call.refuse(422, "out of range", code="E7", headers={"x-why": "test"})

    lab = open_lab(service)
    assert lab.get("Cities/$count").text == "2"
    assert lab.get("Cities").json == {"odata.metadata": f"{lab.url}$metadata#Collection(Edm.String)", "value": ["Lund", "Umeå"]}
    refused = lab("POST", "Probes(1)/Recalibrate", {"Offset": "1"})
    assert (refused.status, refused.message, refused.headers["x-why"]) == (422, "out of range", "test")
    assert refused.json["odata.error"]["code"] == "E7"
    assert isinstance(Complex("Lab.Address", {}), Complex)
