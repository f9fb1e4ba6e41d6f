"""A query's rows as tables, and pages prefetched in the background."""

from __future__ import annotations

import csv
import io
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from client.shop import ROOT, category, feed, product, reply, shop
from docs.farm import open_farm

from odata3.client.context import DataServiceContext
from odata3.errors import ArgumentError, DataServiceQueryException, PayloadError
from odata3.server.wsgi import serve


def test_to_dicts() -> None:
    ctx, _ = shop(feed(product(1, Size={"Width": 1, "Height": 2}, Category=category(3))))
    (row,) = ctx.Products.expand("Category").to_dicts()
    assert row["ID"] == 1
    assert row["Price"] == Decimal("2.50")
    assert row["Size"] == {"Width": 1, "Height": 2}
    assert row["Category"] == {"ID": 3, "Name": "C3"}
    assert "Maker" not in row
    assert ctx.entities == ()


def test_to_dicts_of_a_selection_hold_what_was_selected() -> None:
    ctx, _ = shop(feed({"ID": 1, "Name": "x"}, of="Products&$select=ID,Name"))
    assert ctx.Products.select("ID", "Name").to_dicts() == [{"ID": 1, "Name": "x"}]


def test_to_csv_streams_page_by_page(tmp_path: Path) -> None:
    more = {"odata.nextLink": f"{ROOT}Products?$skiptoken=1"}
    ctx, script = shop(feed(product(1, Name='a "b", c'), **more), feed(product(2, Size={"Width": 1, "Height": None})))
    told: list[int] = []
    path = tmp_path / "products.csv"
    assert ctx.Products.to_csv(path, progress=told.append) == 2
    assert told == [2] and len(script.requests) == 2
    assert path.read_text("utf-8").splitlines() == [
        "ID,Name,Price,Rating,Released,Size.Width,Size.Height,Pages",
        '1,"a ""b"", c",2.50,3,2013-08-02T15:12:54.2694809,,,',
        "2,P2,2.50,3,2013-08-02T15:12:54.2694809,1,,",
    ]
    assert ctx.entities == ()


def test_progress_is_told_every_thousand_rows() -> None:
    ctx, _ = shop(feed(*({"ID": n, "Name": "x"} for n in range(2500)), of="Products&$select=ID,Name"))
    told: list[int] = []
    assert ctx.Products.select("ID", "Name").to_csv(io.StringIO(), progress=told.append) == 2500
    assert told == [1000, 2000, 2500]


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    more = {"odata.nextLink": f"{ROOT}Products?$skiptoken=1"}
    ctx, _ = shop(feed(product(1), **more), reply(b"", 500, Content_Type="text/plain"))
    path = tmp_path / "products.csv"
    path.write_text("before")
    with pytest.raises(DataServiceQueryException):
        ctx.Products.to_csv(path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@dataclass
class Line:
    name: str
    rating: int


def test_to_csv_of_projections() -> None:
    row = {"Name": "a", "Rating": 3}
    for make, head in (
        (lambda p: (p.Name, p.Rating), "Name,Rating"),
        (lambda p: {"n": p.Name, "r": p.Rating}, "n,r"),
        (lambda p: Line(p.Name, p.Rating), "name,rating"),
        (lambda p: [p.Name, p.Rating + 0], "Name,Rating add 0"),
    ):
        ctx, _ = shop(feed(row, of="Products&$select=Name,Rating"))
        out = io.StringIO()
        ctx.Products.select(make).to_csv(out)
        assert out.getvalue().splitlines() == [head, "a,3"]


def test_to_csv_of_nothing_has_its_head() -> None:
    ctx, _ = shop(feed())
    out = io.StringIO()
    assert ctx.Products.select("ID", "Name").to_csv(out) == 0
    assert out.getvalue().splitlines() == ["ID,Name"]
    with pytest.raises(ArgumentError):
        ctx.Products.to_csv(7)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_to_csv_writes_into_a_pipe_and_leaves_it_one(tmp_path: Path) -> None:
    ctx, _ = shop(feed(product(1)))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert ctx.Products.select("ID").to_csv(pipe) == 1
        assert os.read(reader, 1000) == b"ID\n1\n"
    finally:
        os.close(reader)
    assert pipe.is_fifo() and list(tmp_path.iterdir()) == [pipe]


def test_to_csv_follows_a_symbolic_link(tmp_path: Path) -> None:
    ctx, _ = shop(feed(product(1)))
    (tmp_path / "folder").mkdir()
    real, link = tmp_path / "folder" / "real.csv", tmp_path / "link.csv"
    try:
        link.symlink_to(real)
    except OSError:
        pytest.skip("this user may not make symbolic links")
    assert ctx.Products.select("ID").to_csv(link) == 1
    assert link.is_symlink() and real.read_text("utf-8") == "ID\n1\n"


# -- over a socket: every type, expansions, derived types


@pytest.fixture(scope="module")
def farm() -> Iterator[str]:
    service = open_farm(page_size=2)
    with serve(service) as server:
        yield server.url
    service.close()


def table(query: Any) -> list[list[str]]:
    out = io.StringIO()
    assert query.to_csv(out) == len(query.to_dicts())
    return list(csv.reader(io.StringIO(out.getvalue())))


def test_values_are_spelled_as_edm_spells_them(farm: str) -> None:
    with DataServiceContext(farm) as ctx:
        head, first, *_, replica = table(ctx.Machines)
        found = dict(zip(head, first, strict=True))
        assert ctx.entities == ()
    assert found == {
        "ID": "1",
        "Name": "web-01",
        "Owner": "O'Neil",
        "CPUCount": "4",
        "Memory": "2048",
        "Load": "0.75",
        "Cost": "12.50",
        "Priority": "3",
        "Enabled": "true",
        "Shielded": "true",
        "State": "Running",
        "Serial": "ba4146fa-fb41-41b6-a7c0-2b4ff4c3f7e3",
        "Digest": "Cv8=",
        "Created": "2013-08-19T22:13:09.1234567",
        "Modified": "2013-08-19T22:13:09+02:00",
        "Uptime": "P1DT12H",
        "Network.Address": "10.0.0.1",
        "Network.VLan": "7",
        "Place": "SRID=4326;POINT (10.75 59.91)",
        "Tags": '["prod", "web"]',
        "Lag": "",
    }
    assert replica[head.index("Lag")] == "30"


@pytest.mark.parametrize(
    ("make", "head", "first"),
    [
        (lambda c: c.Machines.expand("Host").select("Name", "Host/City"), ["Name", "Host.City"], ["web-01", "Oslo"]),
        (
            lambda c: c.Machines.expand("Host").select("Name", "Host"),
            ["Name", "Host.Name", "Host.Memory", "Host.City"],
            ["web-01", "north", "65536", "Oslo"],
        ),
        (lambda c: c.Machines.select("Name", "Host"), ["Name"], ["web-01"]),
        (lambda c: c.Machines.select("Network", "ID"), ["Network.Address", "Network.VLan", "ID"], ["10.0.0.1", "7", "1"]),
        (
            lambda c: c.Hosts.expand("Machines").select("Name", "Machines/ID"),
            ["Name", "Machines"],
            ["north", '[{"ID": 1}, {"ID": 2}]'],
        ),
        (lambda c: c.Machines.of_type("Replica").select("Lag", "Name"), ["Lag", "Name"], ["30", "web-02"]),
        (lambda c: c.Machines.select("Farm.Replica/Lag", "Name").order_by_descending("ID"), ["Lag", "Name"], ["30", "web-02"]),
        (
            lambda c: c.Machines.select(lambda m: (m.ID, m.Host, m.Network.VLan, m.Tags)),
            ["ID", "Host.Name", "Host.Memory", "Host.City", "Network.VLan", "Tags"],
            ["1", "north", "65536", "Oslo", "7", '["prod", "web"]'],
        ),
        (lambda c: c.Machines.select(lambda m: m.State), ["State"], ["Running"]),
        (lambda c: c.Machines.select(lambda m: (m.ID, m.ID)), ["ID", "ID 2"], ["1", "1"]),
        (lambda c: c.Machines.by_key(1).select_many("Host"), ["Name", "Memory", "City"], ["north", "65536", "Oslo"]),
    ],
)
def test_columns_follow_from_the_query(farm: str, make: Any, head: list[str], first: list[str]) -> None:
    with DataServiceContext(farm) as ctx:
        assert table(make(ctx))[:2] == [head, first]
        assert ctx.entities == ()


def test_to_dataframe_has_typed_columns(farm: str) -> None:
    pandas = pytest.importorskip("pandas")
    with DataServiceContext(farm) as ctx:
        frame = ctx.Machines.expand("Host").to_dataframe(prefetch=True)
        empty = ctx.Machines.where("ID lt 0").to_dataframe()
        shapes = ctx.Machines.select(lambda m: {"state": m.State, "twice": m.Cost * 2, "vlan": m.Network.VLan}).to_dataframe()
        assert ctx.entities == ()
    types = {name: str(dtype) for name, dtype in frame.dtypes.items()}
    assert types == {
        "ID": "Int32",
        "Name": "string",
        "Owner": "string",
        "CPUCount": "Int16",
        "Memory": "Int64",
        "Load": "Float64",
        "Cost": "object",
        "Priority": "UInt8",
        "Enabled": "boolean",
        "Shielded": "boolean",
        "State": "category",
        "Serial": "object",
        "Digest": "object",
        "Created": "datetime64[ns]",
        "Modified": "datetime64[us, UTC]",
        "Uptime": "timedelta64[us]",
        "Network.Address": "string",
        "Network.VLan": "Int32",
        "Place": "object",
        "Tags": "object",
        "Lag": "Int32",
        "Host.Name": "string",
        "Host.Memory": "Int64",
        "Host.City": "string",
    }
    assert len(frame) == 4
    assert frame["Cost"][0] == Decimal("12.50")
    assert frame["Owner"].isna().tolist() == [False, True, True, True]
    assert frame["Modified"][0] == pandas.Timestamp("2013-08-19T20:13:09Z")
    assert frame.groupby("Host.Name")["Memory"].sum().to_dict() == {"north": 6144, "south": 8192}
    assert list(frame["State"].cat.categories) == ["Off", "Running", "Paused"]
    assert len(empty) == 0 and str(empty["ID"].dtype) == "Int32"
    assert list(shapes.columns) == ["state", "twice", "vlan"] and shapes["twice"][0] == Decimal("25.00")


def test_moments_of_all_years_and_of_both_kinds() -> None:
    pytest.importorskip("pandas")
    for moments, dtype in (
        (["0001-01-01T00:00:00", "9999-12-31T23:59:59", None], "datetime64[us]"),
        (["0001-01-01T00:00:00Z", "2013-08-02T15:12:54-07:00"], "datetime64[us, UTC]"),
        (["2013-08-02T15:12:54Z", "2013-08-02T15:12:54"], "object"),
        ([None], "datetime64[us]"),
    ):
        ctx, _ = shop(feed(*(product(n, Released=moment) for n, moment in enumerate(moments))))
        assert str(ctx.Products.to_dataframe()["Released"].dtype) == dtype


def test_without_pandas_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    ctx, _ = shop(feed())
    with pytest.raises(ImportError, match=r"odata3\[pandas\]"):
        ctx.Products.to_dataframe()


# -- prefetch


def pages() -> list[Any]:
    more = {"odata.nextLink": f"{ROOT}Products?$skiptoken=1"}
    return [feed(product(1), product(2), **more), feed(product(3))]


def test_the_next_page_is_asked_for_while_this_one_is_used() -> None:
    asked = threading.Event()
    first, second = pages()

    def serve(_: Any) -> Any:
        asked.set()
        return second

    ctx, script = shop(first, serve)
    rows = ctx.Products.rows(prefetch=True)
    assert next(rows).ID == 1
    assert asked.wait(5)
    assert [p.ID for p in rows] == [2, 3]
    assert script.lines == ["GET Products", "GET Products?$skiptoken=1"]


def test_hooks_run_in_the_thread_of_the_user() -> None:
    ctx, _ = shop(*pages())
    threads: list[str] = []
    ctx.sending_request += lambda args: threads.append(threading.current_thread().name)
    ctx.receiving_response += lambda args: threads.append(threading.current_thread().name)
    assert [p.ID for p in ctx.Products.to_list(prefetch=True)] == [1, 2, 3]
    assert set(threads) == {threading.current_thread().name}
    assert len(threads) == 4


def test_a_prefetched_page_that_fails_is_an_error_at_its_turn() -> None:
    first, _ = pages()
    ctx, _ = shop(first, reply(b"", 500, Content_Type="text/plain"))
    seen = []
    with pytest.raises(DataServiceQueryException):
        for row in ctx.Products.rows(prefetch=True):
            seen.append(row.ID)
    assert seen == [1, 2]


def test_a_circle_is_found_ahead_too() -> None:
    more = {"odata.nextLink": f"{ROOT}Products?$skiptoken=1"}
    ctx, _ = shop(feed(product(1), **more), feed(product(2), **more))
    with pytest.raises(PayloadError, match="circle"):
        ctx.Products.to_list(prefetch=True)


def test_stopping_early_ends_the_thread() -> None:
    ctx, _ = shop(*pages())
    rows = ctx.Products.rows(prefetch=True)
    next(rows)
    rows.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("odata3-prefetch")]
