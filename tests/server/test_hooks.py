from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from server.lab import SERIAL, Plain, lab_service

from odata3.server.hooks import Change, ChangeKind, Exchange, LinkChange, LinkKind, Query
from odata3.server.service import Service
from odata3.server.store import Record


@pytest.fixture
def service() -> Service:
    return lab_service()


@pytest.fixture
def lab(open_lab: Callable[..., Plain], service: Service) -> Plain:
    return open_lab(service)


def test_an_insert_is_changed_and_answered_with_headers(lab: Plain, service: Service) -> None:
    @service.on_insert("Notes")
    def number(change: Change) -> None:
        assert change.kind is ChangeKind.INSERT and change.before is None and change.sent == {"Text", "Extra"}
        assert change.request.headers["x-asked"] == "yes"
        change.values["Id"] = UUID(int=7)
        change.values["Text"] += "!"
        change.headers["x-job"] = "42"
        made = change.apply()
        assert change.apply() is made and change.applied and change.after is made
        change.store.update(made, {"Later": 1})

    answer = lab("POST", "Notes", {"Text": "t", "Extra": True}, x_asked="yes")
    assert answer.status == 201 and answer.headers["x-job"] == "42"
    assert answer.headers["Location"] == f"{lab.url}Notes(guid'00000000-0000-0000-0000-000000000007')"
    assert (answer.json["Text"], answer.json["Extra"], answer.json["Later"]) == ("t!", True, 1)


def test_an_update_sees_what_was_and_what_was_sent(lab: Plain, service: Service) -> None:
    seen: list[Any] = []

    @service.on_update("Probes")
    def note(change: Change) -> None:
        assert change.before is not None
        seen.append((change.before["Name"], sorted(change.sent), dict(change.values) if not change.replaces else "PUT"))
        change.apply()
        assert change.before["Name"] == seen[-1][0]

    lab("MERGE", "Probes(1)", {"Name": None, "Id": "1"})
    lab("PUT", "Probes(1)", {"Name": "p"})
    lab("PUT", "Probes(1)/Home", {"City": "c"})
    assert seen[0] == ("alpha", ["Id", "Name"], {"Name": None})
    assert seen[1] == (None, ["Name"], "PUT")
    assert seen[2][:2] == ("p", ["Home"])


def test_a_hook_that_does_it_all_itself(lab: Plain, service: Service) -> None:
    @service.on_update("Probes")
    def instead(change: Change) -> None:
        assert change.before is not None
        change.store.update(change.store.find("Probes", Id=2)[0], {"Name": "instead"})
        change.cancel()

    @service.on_delete("Probes")
    def never(change: Change) -> None:
        assert change.before is not None and change.values == {}
        change.cancel()

    assert lab("MERGE", "Probes(1)", {"Name": "x"}).status == 204
    assert lab.get("Probes(1)/Name").json["value"] == "alpha" and lab.get("Probes(2)/Name").json["value"] == "instead"
    assert lab("DELETE", "Probes(1)").status == 204 and lab.get("Probes(1)").status == 200


def test_links_are_announced_however_they_are_made(lab: Plain, service: Service) -> None:
    seen: list[tuple[str, str, str, object, object]] = []

    @service.on_link()
    def note(change: LinkChange) -> None:
        target = change.target and (change.target.values.get("Id") or change.target.values.get("Code"))
        seen.append((change.kind.value, change.entity_set.name, change.navigation, change.source.values.get("Id"), target))

    def told() -> list[tuple[str, str, str, object, object]]:
        found, seen[:] = list(seen), []
        return found

    assert lab("PUT", "Probes(3)/$links/Bench", {"url": "Benches('N')"}).status == 204
    assert told() == [("link", "Probes", "Bench", 3, "N")]
    assert lab("DELETE", "Probes(3)/$links/Bench").status == 204
    assert told() == [("unlink", "Probes", "Bench", 3, None)]
    assert lab("POST", "Probes(4)/Lab.HotProbe/$links/Spare", {"url": "Probes(3)"}).status == 204
    assert told() == [("link", "Probes", "Spare", 4, 3)]
    assert lab("DELETE", "Probes(4)/Lab.HotProbe/$links/Spare(3)").status == 204
    assert told() == [("unlink", "Probes", "Spare", 4, 3)]
    assert lab("POST", "Probes", {"Id": "80", "Bench@odata.bind": "Benches('N')"}).status == 201
    assert told() == [("link", "Probes", "Bench", 80, "N")]
    assert lab("MERGE", "Probes(80)", {"Bench@odata.bind": "Benches('N')"}).status == 204
    assert told() == [("link", "Probes", "Bench", 80, "N")]
    assert lab("POST", "Benches('N')/Probes", {"Id": "81"}).status == 201
    assert told() == [("link", "Benches", "Probes", None, 81)]
    assert lab("POST", "Probes", {"Id": "82", "Bench": {"Code": "S"}}).status == 201
    assert told() == [("link", "Probes", "Bench", 82, "S")]


def test_a_link_may_be_refused_and_done_otherwise(lab: Plain, service: Service) -> None:
    @service.on_link("Probes")
    def refuse(change: LinkChange) -> None:
        if change.kind is LinkKind.UNLINK:
            change.refuse(409, "a probe stays on its bench", code="Fixed")
        change.apply()
        change.apply()

    @service.on_link("Benches")
    def instead(change: LinkChange) -> None:
        change.cancel()

    assert lab("PUT", "Probes(3)/$links/Bench", {"url": "Benches('N')"}).status == 204
    answer = lab("DELETE", "Probes(3)/$links/Bench")
    assert (answer.status, answer.message, answer.json["odata.error"]["code"]) == (409, "a probe stays on its bench", "Fixed")
    assert lab.get("Probes(3)/Bench/Code").json["value"] == "N"
    assert lab("DELETE", "Benches('N')/$links/Probes(3)").status == 204
    assert lab.get("Probes(3)/Bench/Code").json["value"] == "N"
    with pytest.raises(LookupError, match="Nowhere"):
        service.on_link("Nowhere")


def test_a_refusal_undoes_everything(lab: Plain, service: Service) -> None:
    @service.on_insert("Probes")
    def refuse(change: Change) -> None:
        change.headers["x-job"] = "9"
        change.apply()
        change.refuse(409, "not today", code="Busy", headers={"Retry-After": "3"})

    answer = lab("POST", "Probes", {"Id": "70"})
    assert (answer.status, answer.message, answer.json["odata.error"]["code"]) == (409, "not today", "Busy")
    assert answer.headers["x-job"] == "9" and answer.headers["Retry-After"] == "3"
    assert lab.get("Probes(70)").status == 404


def test_a_hook_that_breaks_is_a_500_and_a_line_in_the_log(
    lab: Plain, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    @service.on_insert("Probes")
    def broken(change: Change) -> None:
        change.apply()
        raise KeyError("secret detail")

    with caplog.at_level(logging.ERROR, "odata3.server"):
        answer = lab("POST", "Probes", {"Id": "71"})
    assert answer.status == 500 and "secret" not in answer.text
    assert "POST /Probes failed" in caplog.text and "secret detail" in caplog.text
    assert lab.get("Probes(71)").status == 404


def test_what_the_store_refuses_is_the_askers_fault(lab: Plain, service: Service) -> None:
    @service.on_insert("Lines")
    def spoil(change: Change) -> None:
        change.values["Count"] = None

    answer = lab("POST", "Lines", {"Number": 1, "Item": "n"})
    assert answer.status == 400 and "Count" in answer.text


def test_reading_writes_where_a_hook_wants_to(lab: Plain, service: Service) -> None:
    @service.on_query("Orders")
    def advance(query: Query) -> None:
        for order in query.store.find("Orders"):
            query.store.update(order, {"State": str(order["State"]) + "+"})

    assert lab.get("Orders(1)").json["State"] == "new+"
    assert lab.get("Orders").json["value"][0]["State"] == "new++"
    assert lab.get("Lines(Number=1,Item='x')/Order").json["State"] == "new+++"
    assert lab.get("Lines?$expand=Order").json["value"][0]["Order"]["State"] == "new++++"


def test_a_query_says_what_is_asked(lab: Plain, service: Service) -> None:
    seen: list[Any] = []

    @service.on_query("Probes")
    def note(query: Query) -> None:
        seen.append(
            (
                dict(query.key) if query.key else None,
                query.source.key if query.source else None,
                query.expanded,
                query.options.top,
            )
        )
        if query.key is None and query.source is None and query.options.filter is None and not query.expanded:
            query.refuse(400, "Probes cannot be listed.")

    assert lab.get("Probes").message == "Probes cannot be listed."
    assert lab.get("Probes(1)").status == 200
    assert lab.get("Probes?$filter=true&$top=3").status == 200
    assert lab.get("Benches('N')/Probes").status == 200
    assert lab.get("Benches?$expand=Probes/Bench").status == 200
    assert seen == [
        (None, None, False, None),
        ({"Id": 1}, None, False, None),
        (None, None, False, 3),
        (None, {"Code": "N"}, False, None),
        (None, None, True, None),
    ]


def test_a_narrowed_set_shows_nothing_else(lab: Plain, service: Service) -> None:
    @service.on_query("Probes")
    def narrow(query: Query) -> None:
        query.narrow("Id ne 2")

    assert lab.get("Probes").ids == [1, 3, 4]
    assert lab.get("Probes/$count").text == "3"
    assert lab.get("Probes(2)").status == 404
    assert lab("MERGE", "Probes(2)", {"Name": "x"}).status == 404
    assert lab.get("Benches('N')/Probes").ids == [1]
    assert [p["Id"] for p in lab.get("Benches('N')?$expand=Probes").json["Probes"]] == ["1"]


def test_records_are_dressed_on_their_way_out(lab: Plain, service: Service) -> None:
    @service.on_read("Benches", "Probes")
    def dress(record: Record, exchange: Exchange) -> None:
        record.values["Name" if record.entity_set == "Probes" else "Title"] = exchange.root

    assert lab.get("Benches('N')?$expand=Probes").json["Probes"][0]["Name"] == lab.url
    assert lab.get("Benches('N')/Title").json["value"] == lab.url
    assert lab("POST", "Probes", {"Id": "80", "Name": "mine"}).json["Name"] == lab.url
    assert lab.get("Probes?$filter=Name eq 'mine'").ids == [80]


def test_inputs_are_heard_and_not_kept(lab: Plain, service: Service) -> None:
    heard: list[Any] = []
    service.write_only("Probes", "Name")

    @service.on_update("Probes")
    @service.on_insert("Probes")
    def hear(change: Change) -> None:
        heard.append(change.values.get("Name"))

    lab("POST", "Probes", {"Id": "90", "Name": "Start"})
    lab("MERGE", "Probes(90)", {"Name": "Stop"})
    assert heard == ["Start", "Stop"]
    assert lab.get("Probes(90)").json["Name"] is None and lab.get("Probes(90)/Name").json["odata.null"] is True
    assert lab.get("Probes?$filter=Name eq 'Stop'").ids == []


def test_hooks_of_every_set_and_of_sets_that_are_none(service: Service) -> None:
    calls: list[str] = []

    @service.on_insert()
    def every(change: Change) -> None:
        calls.append(change.entity_set.name)

    from odata3.wire.messages import Headers, Request

    headers = Headers({"Content-Type": "application/json", "Accept": "application/json"})
    for name in ("Benches", "Notes"):
        body = b'{"Code":"q"}' if name == "Benches" else b"{}"
        assert service.send(Request("POST", f"http://h/{name}", headers, body)).status == 201
    assert calls == ["Benches", "Notes"]
    with pytest.raises(LookupError, match="Nope"):
        service.on_read("Nope")


def test_a_change_set_is_one_transaction_for_hooks_too(lab: Plain, service: Service) -> None:
    from server.test_batches import batch, change_set, part

    @service.on_insert("Notes")
    def also(change: Change) -> None:
        change.store.insert("Benches", {"Code": change.values["Text"]})

    failed = batch(lab, change_set(part("POST Notes", '{"Text":"B1"}'), part("MERGE Probes(99)", "{}")))
    assert isinstance(failed[0], tuple) and failed[0][0].status == 404
    assert lab.get("Benches('B1')").status == 404
    kept = batch(lab, change_set(part("POST Notes", '{"Text":"B2"}'), part(f"DELETE Notes(guid'{SERIAL}')")))
    assert isinstance(kept[0], tuple) and [r.status for r in kept[0]] == [201, 204]
    assert lab.get("Benches('B2')").status == 200
