"""Queries end to end: over a socket, against the reference service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docs.farm import open_farm

from odata3.client.context import DataServiceContext
from odata3.client.options import SaveChangesOptions
from odata3.errors import InvalidOperationError
from odata3.server.wsgi import serve

TRACES = Path(__file__).parents[3] / "shared" / "traces"


@pytest.fixture(params=["json", "verbosejson", "atom"])
def ctx(request: pytest.FixtureRequest) -> Iterator[DataServiceContext]:
    service = open_farm(page_size=2)
    with serve(service) as server, DataServiceContext(server.url, format=request.param) as found:
        yield found
    service.close()


def test_a_partly_selected_entity_knows_what_it_holds(ctx: DataServiceContext) -> None:
    vm = ctx.Machines.select("ID", "Name").first()
    assert (vm.Name, vm.Memory) == ("web-01", None)
    assert ctx.get_entity_descriptor(vm).is_partial
    vm.Name = "renamed"
    ctx.update_object(vm)
    with pytest.raises(InvalidOperationError):
        ctx.save_changes(SaveChangesOptions.REPLACE_ON_UPDATE)
    (change,) = ctx.pending_changes()
    assert change.method == "MERGE"
    ctx.save_changes()
    with DataServiceContext(ctx.base_uri) as other:
        again = other.Machines.by_key(1).single()
        assert (again.Name, again.Memory) == ("renamed", 2048)


def test_later_pages_of_a_selection_are_partial_too(ctx: DataServiceContext) -> None:
    assert [ctx.get_entity_descriptor(vm).is_partial for vm in ctx.Machines.select("ID", "Name")] == [True] * 4


def test_projections(ctx: DataServiceContext) -> None:
    assert ctx.Machines.select(lambda m: (m.Name, m.Host.City)).to_list() == [
        ("web-01", "Oslo"),
        ("db-01", "Oslo"),
        ("test", None),
        ("web-02", None),
    ]
    assert ctx.Machines.where(lambda m: m.ID == 1).select(lambda m: {"n": m.Name, "twice": m.Memory * 2}).single() == {
        "n": "web-01",
        "twice": 4096,
    }
    assert ctx.entities == ()


def test_expansions_are_read_to_their_end(ctx: DataServiceContext) -> None:
    (north, south) = ctx.Hosts.expand("Machines/Checkpoints").order_by("Name")
    assert [[vm.ID for vm in host.Machines] for host in (north, south)] == [[1, 2], [4]]
    assert len(north.Machines[0].Checkpoints) == 3


@pytest.mark.parametrize("prefetch", [False, True])
def test_paging(ctx: DataServiceContext, prefetch: bool) -> None:
    assert [vm.ID for vm in ctx.Machines.order_by_descending("ID").rows(prefetch=prefetch)] == [4, 3, 2, 1]
    response = ctx.Machines.include_total_count().execute()
    assert len(list(response)) == 2 and response.total_count == 4 and response.get_continuation() is not None


def test_from_one_entity(ctx: DataServiceContext) -> None:
    vm = ctx.Machines.by_key(1).single()
    query = ctx.query(vm, "Checkpoints")
    assert query.count() == 3
    assert query.where(lambda c: not c.Enabled).count() == 2
    assert [c.Name for c in query.where(lambda c: c.Enabled)] == ["before patch 0"]
    assert vm.Checkpoints == []
    assert ctx.Hosts.by_key("north").select_many("Machines").where(lambda m: m.Load > 0.5).count() == 1
    assert ctx.Machines.by_key(4).select_many("Host").single().Name == "south"
    assert ctx.Machines.of_type("Replica").by_key(4).single().Lag == 30


def test_single_and_first(ctx: DataServiceContext) -> None:
    with pytest.raises(InvalidOperationError):
        ctx.Machines.single()
    assert ctx.Machines.first_or_default(lambda m: m.Name == "none") is None
    assert ctx.Machines.any(lambda m: m.Tags.any(lambda t: t == "prod"))
    assert not ctx.Machines.any(lambda m: m.ID < 0)
    assert ctx.Machines.count(lambda m: "web" in m.Name) == 2


def test_p41_an_odd_text_as_key_and_as_value(ctx: DataServiceContext) -> None:
    name = "O'Neil & Söhne/50%+#?"
    ctx.add_object("Hosts", ctx.types.Host(Name=name, Memory=1, City=name))
    ctx.save_changes()
    assert ctx.Hosts.by_key(name).single().City == name
    assert [h.Name for h in ctx.Hosts.where(lambda h: h.City == name)] == [name]
    assert ctx.Hosts.where(lambda h: h.Name == name).single().Memory == 1


def test_p45_every_literal_finds_what_was_read(ctx: DataServiceContext) -> None:
    vm = ctx.Machines.by_key(1).single()
    for prop in (
        "ID",
        "Name",
        "Memory",
        "Load",
        "Cost",
        "Priority",
        "Enabled",
        "State",
        "Serial",
        "Digest",
        "Modified",
        "Uptime",
    ):
        value = vm[prop]
        found = ctx.Machines.where(lambda m, p=prop, v=value: (m[p] == v) & (m.Owner == "O'Neil"))  # type: ignore[misc]
        assert [m.ID for m in found] == [1], found.url


def test_p47_brackets_carry_the_meaning(ctx: DataServiceContext) -> None:
    assert [m.ID for m in ctx.Machines.where(lambda m: (m.ID == 1) | (m.ID == 4) & m.Enabled)] == [1]
    assert [m.ID for m in ctx.Machines.where(lambda m: 10 - (m.ID - 1) * 2 == 6)] == [3]


@pytest.mark.skipif(
    not TRACES.exists(),
    reason="checks against documents that others published, which are not ours to ship (they stand in ../shared)",
)
def test_the_recorded_queries(capsys: pytest.CaptureFixture[str]) -> None:
    from client.test_traces import differences, unexplained

    paths = sorted(TRACES.glob("query-*.json"))
    steps = sum(len(json.loads(path.read_text("utf-8"))["client_result"]) for path in paths)
    different: list[Any] = [text for path in paths for text in differences(path)]
    with capsys.disabled():
        print(f"\nrecorded queries: {steps - len(different)} of {steps} steps equal, the others as documented")
    assert [text for path in paths for text in unexplained(path)] == []
