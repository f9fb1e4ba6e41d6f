"""DataFrames: pandas' nullable and datetime types, what goes in comes out, or it is said."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from client.spectrum import EDGES, NAMES, ROWS, of_rows, probes, row
from hypothesis import example, given

from odata3.errors import ArgumentError, InvalidOperationError
from odata3.tabular.instants import RoundingWarning

pandas = pytest.importorskip("pandas")

DAY = "2013-08-19T22:13:09"


def test_an_empty_result_keeps_columns_and_types() -> None:
    frame = probes([])[0].to_dataframe()
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        "ID": "Int32",
        "Flag": "boolean",
        "Octet": "UInt8",
        "Tiny": "Int8",
        "Small": "Int16",
        "Whole": "Int32",
        "Long": "Int64",
        "Ratio": "Float32",
        "Real": "Float64",
        "Sum": "object",
        "Text": "string",
        "Bytes": "object",
        "Serial": "object",
        "Day": "datetime64[us]",
        "Moment": "datetime64[us, UTC]",
        "Span": "timedelta64[us]",
        "Place": "object",
        "Colour": "category",
        "Rights": "object",
        "Free": "object",
        "Box.Opened": "datetime64[us]",
        "Box.Width": "Int32",
        "Days": "object",
        "Keys": "object",
        "Boxes": "object",
    }
    assert len(frame) == 0
    assert list(frame["Colour"].cat.categories) == ["Red", "Blue"]
    zoned = probes([])[0].select("Day").to_dataframe(utc=True, time_unit="ns")
    assert str(zoned["Day"].dtype) == "datetime64[ns, UTC]"


def same(found: Any, expected: Any) -> bool:
    """Null is NA, NaT or None, and never a number; a number that is none is itself."""
    if expected is None:
        return found is None or found is pandas.NA or found is pandas.NaT
    if isinstance(expected, float) and math.isnan(expected):
        return isinstance(found, float) and math.isnan(found)
    return bool(found == expected)


@given(ROWS)
@example(EDGES)
def test_what_goes_in_comes_out(rows: list[Mapping[str, Any]]) -> None:
    frame = of_rows(rows).to_dataframe()
    assert tuple(frame.columns) == NAMES and len(frame) == len(rows)
    for number, values in enumerate(rows):
        for name, value in values.items():
            assert same(frame[name].tolist()[number], value), (name, frame[name].tolist()[number], value)


def test_null_is_not_the_number_that_is_none() -> None:
    frame = of_rows([{"Real": float("nan")}, {"Real": None}, {"Real": 1.0}]).to_dataframe()
    assert frame["Real"].isna().tolist() == [False, True, False]


def test_seven_digits_fit_into_nanoseconds() -> None:
    frame = probes([row(1, Day=DAY + ".1234567", Moment=DAY + ".1234567Z", Span="-P1DT0.0000009S")])[0].to_dataframe(
        time_unit="ns"
    )
    assert frame["Day"][0] == pandas.Timestamp(DAY + ".1234567") and frame["Day"][0].nanosecond == 700
    assert frame["Moment"][0].nanosecond == 700
    assert frame["Span"][0].value == -(86400 * 10**9 + 900)


def test_a_digit_that_is_cut_is_told() -> None:
    rows = [row(1, Day=DAY + ".1234567", Days=[DAY + ".1234567"]), row(2, Day=DAY + ".1234560", Span="PT0.0000001S")]
    with pytest.warns(RoundingWarning, match=r"cut: Day \(1 value, .*Span \(1 value, .*Days \(1 value, .*; time_unit='ns'"):
        frame = probes(rows)[0].select("Day", "Span", "Days").to_dataframe(time_unit="us")
    assert frame["Day"][0] == datetime(2013, 8, 19, 22, 13, 9, 123456) and frame["Span"][1] == timedelta(0)
    assert [type(day) for day in frame["Days"][0]] == [datetime]


def test_a_column_counts_in_nanoseconds_where_that_loses_nothing() -> None:
    fine, coarse, far = (row(n, Day=day) for n, day in enumerate([DAY + ".1234567", DAY, "0001-01-01T00:00:00"]))
    for rows, dtype in (([fine, coarse], "datetime64[ns]"), ([coarse, far], "datetime64[us]"), ([coarse], "datetime64[us]")):
        assert str(probes(rows)[0].select("Day").to_dataframe()["Day"].dtype) == dtype
    with pytest.warns(RoundingWarning, match=r"cut: Day \(1 value, past the microsecond\)$"):
        assert str(probes([fine, far])[0].select("Day").to_dataframe()["Day"].dtype) == "datetime64[us]"


def test_what_nanoseconds_do_not_reach_is_refused() -> None:
    for name, value in (("Day", "0001-01-01T00:00:00"), ("Moment", "9999-12-31T00:00:00Z"), ("Span", "P200000D")):
        with pytest.raises(InvalidOperationError, match=f"column {name}: .*time_unit='us' holds it"):
            probes([row(1, **{name: value})])[0].select(name).to_dataframe(time_unit="ns")


def test_moments_of_both_kinds_stay_pythons_unless_they_are_all_utc() -> None:
    rows = [row(1, Day=DAY), row(2, Day=DAY + "+02:00")]
    mixed = probes(rows)[0].select("Day").to_dataframe()["Day"]
    assert str(mixed.dtype) == "object" and mixed[0].tzinfo is None and mixed[1].utcoffset() == timedelta(hours=2)
    utc = probes(rows)[0].select("Day").to_dataframe(utc=True)["Day"]
    assert utc.tolist() == [datetime(2013, 8, 19, 22, 13, 9, tzinfo=UTC), datetime(2013, 8, 19, 20, 13, 9, tzinfo=UTC)]


def test_objects_are_pythons_own() -> None:
    frame = probes([row(1, Sum="2.50", Serial=str(UUID(int=7)), Bytes="Cv8=", Colour="7", Boxes=[{"Width": 1}])])[
        0
    ].to_dataframe()
    (found,) = frame.to_dict("records")
    assert str(found["Sum"]) == "2.50" and isinstance(found["Sum"], Decimal)
    assert found["Serial"] == UUID(int=7) and found["Bytes"] == b"\x0a\xff"
    assert found["Colour"] == 7, "a number that the model has no name for"
    assert found["Boxes"][0]["Width"] == 1


def test_half_a_surrogate_pair_is_held_or_refused() -> None:
    """pandas 2 keeps texts as Python's own, pandas 3 as UTF-8, which has no such character."""
    query = probes([row(1, Text="fine"), row(2, Text="\ud800")])[0].select("Text")
    try:
        texts = query.to_dataframe()["Text"].tolist()
    except InvalidOperationError as refused:
        assert str(refused).startswith(r"column Text cannot hold '\ud800': ")
    else:
        assert texts == ["fine", "\ud800"]


def test_wrong_arguments() -> None:
    with pytest.raises(ArgumentError, match="time_unit"):
        probes()[0].to_dataframe(time_unit="s")
