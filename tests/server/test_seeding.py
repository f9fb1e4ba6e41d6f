from __future__ import annotations

import json
from typing import Any

import pytest
from server.lab import LIGHT, MODEL

from odata3.errors import ArgumentError
from odata3.server import Service, Store, seed
from odata3.wire.messages import Headers, Request

DATA: dict[str, Any] = {
    "Probes": [
        {"Id": "7", "odata.type": "Lab.HotProbe", "Limit": 3, "Bench@odata.bind": "Benches('N')", "Tags": ["a"]},
        {"Id": "8", "Taken": "2013-08-02T15:12:54.2694809-07:00"},
    ],
    "Benches": [{"Code": "N"}, {"Code": "S", "Probes@odata.bind": ["Probes(8)"]}],
}


@pytest.mark.parametrize("data", [DATA, json.dumps(DATA), json.dumps(DATA).encode()])
def test_data_to_begin_with(data: Any) -> None:
    service = Service(MODEL, Store(MODEL))
    assert seed(service, data) == 4
    answer = service.send(Request("GET", "http://h/Benches?$expand=Probes", Headers({"Accept": LIGHT})))
    assert [(b["Code"], [p["Id"] for p in b["Probes"]]) for b in json.loads(answer.body)["value"]] == [("N", ["7"]), ("S", ["8"])]
    service.close()


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ("{", "no JSON"),
        ("[]", "no object"),
        ({"Nope": [{}]}, r"Nope\[0\]"),
        ({"Benches": {}}, "Benches"),
        ({"Benches": [5]}, r"Benches\[0\]"),
        ({"Benches": [{"Code": "N"}, {"Code": "N"}]}, r"Benches\[1\]"),
        ({"Probes": [{"Small": 300}]}, r"Probes\[0\].*Small"),
        ({"Probes": [{"Id": "1", "Bench@odata.bind": "Benches('none')"}]}, r"Probes\[0\].Bench"),
        ({"Probes": [{"Id": "1", "Bench@odata.bind": None}]}, r"Probes\[0\].Bench@odata.bind.*None"),
        ({"Probes": [{"Id": "1", "Bench@odata.bind": [5]}]}, r"Probes\[0\].Bench@odata.bind"),
        ({"Probes?$format=xml": [{"Id": 1}]}, "no name of an entity set"),
    ],
)
def test_data_that_is_refused(data: Any, where: str) -> None:
    service = Service(MODEL, Store(MODEL))
    with pytest.raises(ArgumentError, match=where):
        seed(service, data)
    service.close()
