"""Operators and methods, their types and their text."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uri.catalogue import MODEL, PRODUCT

from odata3.edm.spatial import Geography
from odata3.errors import QueryTranslationError
from odata3.uri.expressions import (
    MAX_DEPTH,
    Arithmetic,
    Call,
    Comparison,
    Expression,
    Literal,
    Logical,
    Negation,
    Not,
    Ordering,
    Path,
    Raw,
    join,
    negate,
)
from odata3.uri.literals import edm_name
from odata3.uri.parser import parse_filter
from odata3.uri.rows import row

P = row(MODEL, PRODUCT)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (P.Name == "O'Neil", "Name eq 'O''Neil'"),
        (P.Name != None, "Name ne null"),  # noqa: E711
        (P.Price >= 20, "Price ge 20M"),
        (P.Price > 2.5, "Price gt 2.5M"),
        (P.Price == Decimal("2.50"), "Price eq 2.50M"),
        (P.Weight > 2, "Weight gt 2.0"),
        (P.Weight == Decimal("0.5"), "Weight eq 0.5"),
        (P.Ratio == 1.1, "Ratio eq 1.1f"),
        (P.Stock == 5, "Stock eq 5L"),
        (P.Size <= 255, "Size le 255"),
        (P.Active == False, "Active eq false"),  # noqa: E712
        (P.Code == UUID(int=1), "Code eq guid'00000000-0000-0000-0000-000000000001'"),
        (P.Code == "00000000-0000-0000-0000-00000000000A", "Code eq guid'00000000-0000-0000-0000-00000000000a'"),
        (P.Made > datetime(2013, 8, 19, 22, 13, 9), "Made gt datetime'2013-08-19T22:13:09'"),
        (P.Made > datetime(2013, 8, 19, tzinfo=UTC), "Made gt datetime'2013-08-19T00:00:00Z'"),
        (P.Made > date(2013, 8, 19), "Made gt datetime'2013-08-19T00:00:00'"),
        (P.Sent > datetime(2013, 8, 19, tzinfo=UTC), "Sent gt datetimeoffset'2013-08-19T00:00:00Z'"),
        (P.Duration < timedelta(hours=1.5), "Duration lt time'PT1H30M'"),
        (P.Data == b"\x0a", "Data eq X'0A'"),
        (P.Rating + 1 == 3, "Rating add 1 eq 3"),
        (1 + P.Rating == 3, "1 add Rating eq 3"),
        (10 - P.Rating == 3, "10 sub Rating eq 3"),
        (P.Price * 2 / 3 % 4 > 1, "((Price mul 2M) div 3M) mod 4M gt 1M"),
        (-P.Rating < 0, "-Rating lt 0"),
        (-(P.Rating + 1) < 0, "-(Rating add 1) lt 0"),
        (1 / P.Weight > 2, "1.0 div Weight gt 2.0"),
        (+P.Rating == 1, "Rating eq 1"),
        (P.Name.lower().strip() == "a", "trim(tolower(Name)) eq 'a'"),
        (P.Name.upper() + "!" == "A!", "concat(toupper(Name),'!') eq 'A!'"),
        ("<" + P.Name == "<a", "concat('<',Name) eq '<a'"),
        (P.Name.concat(P.class_) == "ab", "concat(Name,class) eq 'ab'"),
        (P.Name.replace("a", "b") == "x", "replace(Name,'a','b') eq 'x'"),
        (P.Name.substring(1) == "x", "substring(Name,1) eq 'x'"),
        (P.Name.substring(1, 2) == "x", "substring(Name,1,2) eq 'x'"),
        (P.Name.substring(P.Rating) == "x", "substring(Name,Rating) eq 'x'"),
        (P.Name[2:] == "x", "substring(Name,2) eq 'x'"),
        (P.Name[:2] == "x", "substring(Name,0,2) eq 'x'"),
        (P.Name[5:2] == "", "substring(Name,5,0) eq ''"),
        (P.Name.find("x") == -1, "indexof(Name,'x') eq -1"),
        (P.Name.length() > 3, "length(Name) gt 3"),
        (
            P.Name.contains("x") & P.Name.startswith("y") & P.Name.endswith("z"),
            "substringof('x',Name) and startswith(Name,'y') and endswith(Name,'z')",
        ),
        (P.Made.year == 1992, "year(Made) eq 1992"),
        (P.Sent.minute == P.Sent.second, "minute(Sent) eq second(Sent)"),
        (P.Duration.hour == 2, "hour(Duration) eq 2"),
        (round(P.Price) == 3, "round(Price) eq 3M"),
        (math.floor(P.Weight) == 3, "floor(Weight) eq 3.0"),
        (math.ceil(P.Rating) == 3, "ceiling(Rating) eq 3.0"),
        (P.Price.floor() == P.Price.ceiling(), "floor(Price) eq ceiling(Price)"),
        (P.Rating.cast("Edm.Double") > 1.5, "cast(Rating,'Edm.Double') gt 1.5"),
        (P.Rating.cast(float) > 1.5, "cast(Rating,'Edm.Double') gt 1.5"),
        (P.Rating.is_of("Edm.Int32"), "isof(Rating,'Edm.Int32')"),
        (P.Spot.distance(Geography("Point", (7.5, 47.0))) < 2, "geo.distance(Spot,geography'SRID=4326;POINT (7.5 47)') lt 2.0"),
        (P.Road.length() > 1, "geo.length(Road) gt 1.0"),
        ((P.ID == 1) | (P.ID == 2) & P.Active, "ID eq 1 or (ID eq 2 and Active)"),
        (~(P.ID == 1), "not (ID eq 1)"),
        (~~(P.ID == 1), "ID eq 1"),
        (~P.Active, "not Active"),
        (~P.Flag, "Flag ne true"),
        ((P.ID == 1) == True, "(ID eq 1) eq true"),  # noqa: E712
        (P.Rating > P.Stock, "Rating gt Stock"),
    ],
)
def test_text(expression: Expression[Any], text: str) -> None:
    assert str(expression) == text
    parse_filter(text, MODEL, PRODUCT)


def test_intersects_either_way() -> None:
    square = Geography("Polygon", (((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)),))
    assert str(P.Spot.intersects(square)).startswith("geo.intersects(Spot,geography'SRID=4326;POLYGON ((")


def test_types_of_results() -> None:
    assert edm_name((P.Size + P.Size).type) == "Edm.Int32"
    assert edm_name((P.Rating + P.Stock).type) == "Edm.Int64"
    assert edm_name((P.Rating * P.Price).type) == "Edm.Decimal"
    assert edm_name((P.Ratio * P.Weight).type) == "Edm.Double"
    assert edm_name((P.Rating * 1.5).type) == "Edm.Double"
    assert str(P.Size + 300 == 301) == "Size add 300 eq 301"
    assert edm_name(round(P.Price).type) == "Edm.Decimal"
    assert edm_name(round(P.Rating).type) == "Edm.Double"
    assert edm_name(P.Name.length().type) == "Edm.Int32"
    assert (P.Rating + P.ID).nullable and not (P.ID + P.ID).nullable


@pytest.mark.parametrize(
    ("build", "error"),
    [
        (lambda: P.Size == 256, ValueError),
        (lambda: P.Size == -1, ValueError),
        (lambda: P.ID == 2**31, ValueError),
        (lambda: P.Stock == 2**63, ValueError),
        (lambda: P.Sent == datetime(2020, 1, 1), ValueError),
        (lambda: P.Code == "x", ValueError),
        (lambda: P.Rating == 1.5, TypeError),
        (lambda: P.Rating == True, TypeError),  # noqa: E712
        (lambda: P.Name == 1, TypeError),
        (lambda: P.Active == 1, TypeError),
        (lambda: P.Made == "x", TypeError),
        (lambda: P.Price == float("nan"), TypeError),
        (lambda: P.Photo == b"", TypeError),
    ],
)
def test_values_that_cannot_be_of_the_type(build: Any, error: type[Exception]) -> None:
    with pytest.raises(QueryTranslationError) as caught:
        build()
    assert isinstance(caught.value, error)


@pytest.mark.parametrize(
    "build",
    [
        lambda: P.Name - 1,
        lambda: P.Name + 1,
        lambda: P.Made - P.Seen,
        lambda: P.Made + timedelta(1),
        lambda: P.Active + 1,
        lambda: +P.Name,
        lambda: P.Price + P.Weight,
        lambda: -P.Made == P.Seen,
        lambda: (-P.Made) & P.Active,
        lambda: P.Name.round(),
        lambda: P.Spot.distance(1),
        lambda: P.Name.startswith(None),
        lambda: P.Name.substring("x"),
        lambda: P.Name.find(1),
        lambda: P.Name.cast("no type'"),
        lambda: P.Name.cast(object()),
        lambda: P.Name & P.Active,
        lambda: 1 & P.Active,
        lambda: P.Active | "x",
        lambda: ~P.Name,
        lambda: hash(P.Name),
        lambda: iter(P.Name),
        lambda: len(P.Name),
        lambda: list(P.Orders),
        lambda: "x" in P.Rating,
        lambda: P.Name["x"],
        lambda: P.Name[::2],
        lambda: P.Name < None,
        lambda: bool(P.Name),
    ],
)
def test_refused_outside_of_lambdas_too(build: Any) -> None:
    with pytest.raises(QueryTranslationError):
        build()


def test_minus_turns_an_order() -> None:
    assert type(-P.Rating) is Negation
    turned = -P.Made
    assert isinstance(turned, Ordering) and turned.descending and str(turned) == "Made desc"


def test_and_and_or_are_flat_where_written_so() -> None:
    a, b, c = P.ID == 1, P.ID == 2, P.ID == 3
    assert [type(x) for x in ((a & b) & c).operands] == [Comparison] * 3  # type: ignore[attr-defined]
    assert str(a & (b & c)) == "ID eq 1 and (ID eq 2 and ID eq 3)"
    assert str(a & b | c) == "(ID eq 1 and ID eq 2) or ID eq 3"
    assert str(Raw("a or b") & c) == "(a or b) and ID eq 3"
    assert str(~Raw("a or b")) == "not (a or b)"


def test_nodes_match_as_patterns() -> None:
    match (P.Price > 20) & ~P.Name.startswith("x"):
        case Logical("and", (Comparison("gt", Path(None, ("Price",)), Literal(value)), Not(Call("startswith", (_, _))))):
            assert value == Decimal(20)
        case _:
            raise AssertionError
    match P.Rating - 1 == 2:
        case Comparison("eq", Arithmetic("sub", _, _), _):
            pass
        case _:
            raise AssertionError


def test_depth_is_bounded_however_it_is_built() -> None:
    with pytest.raises(QueryTranslationError, match="deeper"):
        total: Any = P.Rating
        for _ in range(5000):
            total = total + 1
    with pytest.raises(QueryTranslationError, match="deeper"):
        condition: Any = P.ID == 0
        for number in range(5000):
            condition = (P.ID == number) | (condition & P.Active)
    wide: Any = P.ID == 0
    for number in range(3000):
        wide = wide | (P.ID == number)
    assert wide.depth == 2 <= MAX_DEPTH
    assert str(wide).count(" or ") == 3000


def test_negation_is_its_own_inverse() -> None:
    for condition in (P.ID == 1, P.Active, P.Name.contains("x"), (P.ID == 1) & P.Active):
        assert negate(negate(condition)).text == condition.text
    assert join("or", P.Active, P.ID == 1).text == "Active or ID eq 1"


def test_numpy_scalars_leave_the_operator_to_us() -> None:
    numpy = pytest.importorskip("numpy")
    assert str(numpy.float64(1.5) < P.Weight) == "Weight gt 1.5"
    assert str(P.Rating == numpy.int32(3)) == "Rating eq 3"


@given(st.text(max_size=40), st.integers(-(2**31), 2**31 - 1), st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_p26_literals_are_read_back(text: str, number: int, decimal: Decimal) -> None:
    condition = (P.Name == text) & (P.Rating == number) & (P.Price == decimal)
    again = parse_filter(str(condition), MODEL, PRODUCT)
    values = [operand.right.value for operand in again.operands]  # type: ignore[attr-defined]
    assert values == [text, number, decimal]
    assert again.text == str(condition)
