from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from server.lab import MODEL

from odata3.formats.documents import Complex
from odata3.server.columns import Encodings, Moment
from odata3.server.store import Store, Transaction

encodings = Encodings(MODEL)

_zones = st.sampled_from([None, UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-7, minutes=-30))])
_naive = st.datetimes()
_aware = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=7))]))
_texts = st.text(st.characters(exclude_categories=["Cs"]))
_decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**28), max_value=10**28, places=9)

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "Name": _texts,
    "Price": _decimals,
    "Weight": st.floats(),
    "Taken": st.one_of(_naive, _aware),
    "Sent": _aware,
    "Span": st.timedeltas(timedelta(days=-10_000), timedelta(days=10_000)),
    "Flag": st.booleans(),
    "Serial": st.uuids(),
    "Blob": st.binary(),
    "Small": st.integers(0, 255),
    "Color": st.sampled_from([0, 1, 7, 99]),
    "Tags": st.lists(_texts),
}


@pytest.fixture(scope="module")
def tx() -> Iterator[Transaction]:
    store = Store(MODEL)
    with store.begin() as transaction:
        yield transaction
    store.close()


@given(values=st.fixed_dictionaries({name: st.none() | some for name, some in VALUES.items() if name != "Tags"}))
def test_every_value_comes_back_as_it_went_in(tx: Transaction, values: dict[str, Any]) -> None:
    record = tx.insert("Probes", values)
    read = tx.get("Probes", Id=record["Id"])
    assert read is not None
    for name, value in values.items():
        back = read[name]
        if isinstance(value, float) and math.isnan(value):
            assert math.isnan(back)
        else:
            assert back == value, name
            assert str(back) == str(value) or not isinstance(value, Decimal)
    tx.delete(read)


@given(tags=VALUES["Tags"], city=st.none() | _texts, rent=st.none() | _decimals, since=st.none() | _naive)
def test_documents_come_back_as_they_went_in(
    tx: Transaction, tags: list[str], city: str | None, rent: Decimal | None, since: datetime | None
) -> None:
    home = {"City": city, "Zip": None, "Since": since, "Rent": rent}
    record = tx.insert("Probes", {"Tags": tags, "Home": home, "Places": [home, {}]})
    assert record["Tags"] == tags
    assert record["Home"] == Complex("Lab.Address", home)
    assert record["Places"][0] == Complex("Lab.Address", home)
    tx.delete(record)


@pytest.mark.parametrize(
    "text",
    [
        "2013-08-19T22:13:09.1234567",
        "2013-08-02T15:12:54.2694809-07:00",
        "2013-08-19T22:13:09Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59.9999999",
        "2013-08-19T22:13:09.12",
    ],
)
def test_p29_p31_moments_keep_their_text(tx: Transaction, text: str) -> None:
    record = tx.insert("Probes", {"Taken": text})
    back = record["Taken"]
    assert (back.text if isinstance(back, Moment) else back.isoformat()).rstrip("0") == text.rstrip("0")
    literal = f"datetime'{text}'"
    assert [r["Id"] for r in tx.query("Probes", filter=f"Taken eq {literal}")] == [record["Id"]]
    assert tx.update(record, {"Taken": back})["Taken"] == back
    tx.delete(record)


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("PT1.1234567S", None),
        ("-PT0.0000001S", None),
        ("P1DT2H3M4.0000005S", None),
        ("PT1M0.0000001S", None),
        ("PT26H0.1000001S", "P1DT2H0.1000001S"),
        ("P10675199DT2H48M5.4775807S", None),
    ],
)
def test_durations_keep_their_seventh_digit(tx: Transaction, text: str, back: str | None) -> None:
    record = tx.insert("Probes", {"Span": text})
    assert str(record["Span"]) == (back or text)
    assert [r["Id"] for r in tx.query("Probes", filter=f"Span eq time'{text}'")] == [record["Id"]]
    shorter = text[:-2] + str(int(text[-2]) - 1) + "S"
    above = "lt" if text[0] == "-" else "gt"
    assert [r["Id"] for r in tx.query("Probes", filter=f"Id eq {record['Id']}L and Span {above} time'{shorter}'")] == [
        record["Id"]
    ]
    assert str(tx.update(record, {"Span": record["Span"]})["Span"]) == (back or text)
    tx.delete(record)


def test_moments_sort_by_when_they_were(tx: Transaction) -> None:
    texts = [
        "2013-08-19T22:00:00+02:00",
        "2013-08-19T20:00:00.0000001Z",
        "2013-08-19T20:00:00.0000002",
        "2013-08-19T12:00:01-09:00",
    ]
    for text in reversed(texts):
        tx.insert("Probes", {"Taken": text, "Name": "sorted"})
    found = tx.query("Probes", filter="Name eq 'sorted'", orderby="Taken")
    assert [str(r["Taken"].text) for r in found] == texts
    for record in found:
        tx.delete(record)


@given(prices=st.lists(_decimals, min_size=2, max_size=6))
def test_decimals_sort_as_numbers(tx: Transaction, prices: list[Decimal]) -> None:
    records = [tx.insert("Probes", {"Price": price, "Name": "d"}) for price in prices]
    assert [r["Price"] for r in tx.query("Probes", filter="Name eq 'd'", orderby="Price")] == sorted(prices)
    middle = sorted(prices)[len(prices) // 2]
    found = tx.query("Probes", filter=f"Name eq 'd' and Price lt {middle:f}M")
    assert len(found) == sum(price < middle for price in prices)
    for record in records:
        tx.delete(record)


def test_doubles_sort_null_nan_numbers(tx: Transaction) -> None:
    for weight in (1.0, math.inf, math.nan, None, -math.inf):
        tx.insert("Probes", {"Weight": weight, "Name": "w"})
    shown = [str(r["Weight"]) for r in tx.query("Probes", filter="Name eq 'w'", orderby="Weight")]
    assert shown == ["None", "nan", "-inf", "1.0", "inf"]
    for record in tx.find("Probes", Name="w"):
        tx.delete(record)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("Price", "x", (TypeError, ValueError)),
        ("Price", 1.5, (TypeError, ValueError)),
        ("Small", 256, ValueError),
        ("Flag", "maybe", (TypeError, ValueError)),
        ("Taken", "yesterday", ValueError),
        ("Sent", datetime(2013, 1, 1), ValueError),
        ("Serial", "x", ValueError),
        ("Color", "Red", TypeError),
        ("Color", True, TypeError),
        ("Tags", "ab", TypeError),
        ("Tags", [1], (TypeError, ValueError)),
        ("Home", 5, TypeError),
        ("Home", {"Nope": 1}, ValueError),
        ("Home", Complex("Lab.Nope", {}), ValueError),
        ("Name", "\ud800", ValueError),
        ("Tags", ["\ud800"], ValueError),
        ("Tags", None, ValueError),
        ("Tags", ["a", None], ValueError),
        ("Places", [None], ValueError),
        ("Nope", 1, ValueError),
        ("Bench", 1, ValueError),
    ],
)
def test_what_is_not_of_its_type_is_refused_by_name(tx: Transaction, name: str, value: Any, error: Any) -> None:
    with pytest.raises(error, match=name):
        tx.insert("Probes", {name: value})


def test_texts_are_taken_where_nothing_is_lost(tx: Transaction) -> None:
    record = tx.insert("Probes", {"Serial": "A11CC636-5521-4F88-92B2-CAD392911FE0", "Span": "PT36H", "Price": "2.50"})
    assert record["Serial"] == UUID("a11cc636-5521-4f88-92b2-cad392911fe0")
    assert record["Span"] == timedelta(hours=36) and str(record["Price"]) == "2.50"


def test_infinities_inside_documents() -> None:
    written = encodings["Collection(Edm.Double)"].encode([math.inf, -math.inf, math.nan, 1.5])
    back = encodings["Collection(Edm.Double)"].decode(written)
    assert back[:2] == [math.inf, -math.inf] and math.isnan(back[2]) and back[3] == 1.5
