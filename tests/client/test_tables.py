"""A query's rows as tables, and pages prefetched in the background."""

from __future__ import annotations

import csv
import io
import threading
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from client.shop import ROOT, category, feed, product, reply, shop

from odata3.errors import ArgumentError, DataServiceQueryException, PayloadError


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
    ctx, _ = shop(feed(product(1, Name='a "b", c'), **more), feed(product(2, Size={"Width": 1, "Height": None})))
    told: list[int] = []
    path = tmp_path / "products.csv"
    assert ctx.Products.to_csv(path, progress=told.append) == 2
    assert told == [2]
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["ID", "Name", "Price", "Rating", "Released", "Size"]
    assert rows[0]["Name"] == 'a "b", c'
    assert rows[0]["Price"] == "2.50"
    assert rows[0]["Released"] == "2013-08-02T15:12:54.269480"
    assert rows[1]["Size"] == '{"Width": 1, "Height": null}'
    assert ctx.entities == ()


@dataclass
class Line:
    name: str
    rating: int


def test_to_csv_of_projections() -> None:
    row = {"Name": "a", "Rating": 3}
    for make, head in (
        (lambda p: (p.Name, p.Rating), "0,1"),
        (lambda p: {"n": p.Name, "r": p.Rating}, "n,r"),
        (lambda p: Line(p.Name, p.Rating), "name,rating"),
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


def test_to_dataframe_has_typed_columns() -> None:
    pd = pytest.importorskip("pandas")
    ctx, _ = shop(feed(product(1), product(2, Name=None, Released=None)))
    frame = ctx.Products.to_dataframe()
    assert list(frame.columns) == ["ID", "Name", "Price", "Rating", "Released", "Size"]
    assert str(frame["ID"].dtype) == "Int32"
    assert str(frame["Name"].dtype).startswith("string")
    assert str(frame["Released"].dtype).startswith("datetime64")
    assert frame["Price"][0] == Decimal("2.50")
    assert frame["Name"].isna().tolist() == [False, True]
    assert frame["Released"][0] == pd.Timestamp("2013-08-02T15:12:54.269480")
    assert ctx.entities == ()


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
