"""Predicates, orderings, selections and expansions as a query is given them."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from math import inf, nan
from typing import Any

import pytest
from uri.catalogue import CATEGORY, MODEL, PRODUCT, SPECIAL

from odata3.edm.model import EntityType
from odata3.errors import ArgumentError, ODataError, QueryTranslationError
from odata3.uri.evaluation import evaluate
from odata3.uri.expressions import Path, Raw
from odata3.uri.literals import edm_name
from odata3.uri.parser import parse_expression
from odata3.uri.rows import row
from odata3.uri.translation import translate_ordering, translate_paths, translate_predicate, translate_projection

P = row(MODEL, PRODUCT)


# --- predicates -------------------------------------------------------------------------------------------------------------


def test_predicates_of_each_kind() -> None:
    assert translate_predicate(MODEL, PRODUCT, P.Name == "x").text == "Name eq 'x'"
    assert translate_predicate(MODEL, PRODUCT, lambda p: p.Active).text == "Active"
    raw = translate_predicate(MODEL, PRODUCT, "Name eq 'x' or whatever")
    assert type(raw) is Raw and raw.text == "Name eq 'x' or whatever"


@pytest.mark.parametrize(
    "predicate", [True, False, None, 5, "", "  ", P.Name, P.Category, P.Orders, row(MODEL, CATEGORY).ID == 1, -P.Made]
)
def test_what_is_no_predicate(predicate: Any) -> None:
    with pytest.raises(QueryTranslationError):
        translate_predicate(MODEL, PRODUCT, predicate)


# --- orderings --------------------------------------------------------------------------------------------------------------


def orders(key: Any, descending: bool = False, entity_type: EntityType = PRODUCT) -> str:
    return ",".join(item.text for item in translate_ordering(MODEL, entity_type, key, descending))


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("Name", "Name"),
        ("Price desc", "Price desc"),
        ("Category/Name", "Category/Name"),
        ("Category.Name", "Category/Name"),
        ("Name,Price desc", "Name,Price desc"),
        ("length(Name)", "length(Name)"),
        (lambda p: p.Name, "Name"),
        (lambda p: -p.Price, "Price desc"),
        (lambda p: -p.Made, "Made desc"),
        (lambda p: (p.Category.Name, -p.Made), "Category/Name,Made desc"),
        (lambda p: [p.Name.lower()], "tolower(Name)"),
        (lambda p: p.Price * 2, "Price mul 2M"),
        (lambda p: p.cast("Shop.SpecialProduct").Limit, "Shop.SpecialProduct/Limit"),
        (P.Name, "Name"),
        (-P.Made, "Made desc"),
    ],
)
def test_orderings(key: Any, expected: str) -> None:
    assert orders(key) == expected


def test_descending_turns_each() -> None:
    assert orders("Name", descending=True) == "Name desc"
    assert orders(lambda p: (p.Name, -p.Price), descending=True) == "Name desc,Price"


@pytest.mark.parametrize(
    "key",
    [
        lambda p: p.Category,
        lambda p: p.Tags,
        lambda p: p.Orders.any(),
        lambda p: p.Tags.any(lambda t: t == "x"),
        lambda p: "Name",
        lambda p: None,
        lambda p: p.Name if p.Active else p.class_,
        lambda p: p.Nmae,
        lambda p: str(p.Name),
        "Nmae",
        "Category",
        "Name up",
        5,
        row(MODEL, CATEGORY).Limit,
    ],
)
def test_what_is_no_order(key: Any) -> None:
    with pytest.raises(ODataError):
        translate_ordering(MODEL, PRODUCT, key)


# --- expansions -------------------------------------------------------------------------------------------------------------


def test_p52_expansions() -> None:
    assert translate_paths(MODEL, PRODUCT, "Category") == ("Category",)
    assert translate_paths(MODEL, PRODUCT, "Category, Supplier/Products", "Category") == ("Category", "Supplier/Products")
    assert translate_paths(MODEL, PRODUCT, lambda p: p.Category) == ("Category",)
    assert translate_paths(MODEL, PRODUCT, lambda p: (p.Category.Products, p.Orders)) == ("Category/Products", "Orders")
    assert translate_paths(MODEL, PRODUCT, P.Category, P.Supplier.Products) == ("Category", "Supplier/Products")
    assert translate_paths(MODEL, PRODUCT, lambda p: p.cast("SpecialProduct").Guarantor) == ("Shop.SpecialProduct/Guarantor",)
    assert translate_paths(MODEL, SPECIAL, "Guarantor") == ("Guarantor",)


@pytest.mark.parametrize(
    "path",
    [
        "Name",
        "Nope",
        "Category(1)",
        "",
        lambda p: p.Name,
        lambda p: p,
        lambda p: "Category",
        lambda p: p.ID == 1,
        5,
        row(MODEL, CATEGORY).Parent,
    ],
)
def test_what_cannot_be_expanded(path: Any) -> None:
    with pytest.raises(QueryTranslationError):
        translate_paths(MODEL, PRODUCT, path)
    with pytest.raises(ArgumentError):
        translate_paths(MODEL, PRODUCT)


# --- selections -------------------------------------------------------------------------------------------------------------


@dataclass
class Line:
    name: str
    category: str | None = None


Pair = namedtuple("Pair", "a b")

RECORD: dict[str, Any] = {
    "ID": 5,
    "Name": "Milk",
    "Rating": 3,
    "Price": Decimal("2.50"),
    "Category": {"Name": "Dairy", "Products": []},
    "Address": {"City": "Bern"},
    "Tags": ["a"],
    "Made": datetime(2020, 1, 2, 3, 4, 5),
    "Supplier": None,
}


def read(path: Path[Any]) -> Any:
    value: Any = RECORD
    for segment in path.segments:
        if value is None:
            return None
        value = value[segment]
    return value


def projected(function: Any) -> tuple[str, str, Any]:
    found = translate_projection(MODEL, PRODUCT, function)
    assert found.shape is not None
    return ",".join(found.select), ",".join(found.expand), found.shape(read)


@pytest.mark.parametrize(
    ("function", "select", "expand", "result"),
    [
        (lambda p: p.Name, "Name", "", "Milk"),
        (lambda p: (p.ID, p.Name), "ID,Name", "", (5, "Milk")),
        (lambda p: [p.ID, p.ID], "ID", "", [5, 5]),
        (lambda p: (p.Name, p.Category.Name), "Name,Category/Name", "Category", ("Milk", "Dairy")),
        (lambda p: (p.Name, p.Supplier.Name), "Name,Supplier/Name", "Supplier", ("Milk", None)),
        (lambda p: (p.ID, p.Category), "ID,Category/*", "Category", (5, RECORD["Category"])),
        (lambda p: p.Category.Products, "Category/Products/*", "Category/Products", []),
        (lambda p: (p.ID, p.Address.City), "ID,Address", "", (5, "Bern")),
        (lambda p: p.Tags, "Tags", "", ["a"]),
        (lambda p: {"n": p.Name, "c": {"x": p.ID, "y": 1}}, "Name,ID", "", {"n": "Milk", "c": {"x": 5, "y": 1}}),
        (lambda p: Line(p.Name, p.Category.Name), "Name,Category/Name", "Category", Line("Milk", "Dairy")),
        (lambda p: Pair(p.Name, b=p.ID), "Name,ID", "", Pair("Milk", 5)),
        (lambda p: p.Rating * 2 + 1, "Rating", "", 7),
        (lambda p: (p.Name.lower(), p.Price > 1), "Name,Price", "", ("milk", True)),
        (lambda p: (p, p.Name), "*", "", (RECORD, "Milk")),
    ],
)
def test_selections(function: Any, select: str, expand: str, result: Any) -> None:
    assert projected(function) == (select, expand, result)


@pytest.mark.parametrize(
    ("function", "columns"),
    [
        (lambda p: p.Category.Name, ["Category.Name Edm.String"]),
        (lambda p: (p.ID, p.Category.Name, p.ID), ["ID Edm.Int32", "Category.Name Edm.String", "ID 3 Edm.Int32"]),
        (lambda p: {"n": p.Name, "c": {"x": p.ID}}, ["n Edm.String", "c unknown type"]),
        (lambda p: Line(p.Name), ["name Edm.String", "category unknown type"]),
        (lambda p: Pair(p.Tags, p.Address), ["a Edm.String", "b Shop.Address"]),
        (lambda p: [p.Rating * 2, (p.ID, 1)], ["Rating mul 2 Edm.Int32", "column 2 unknown type"]),
        (lambda p: p.cast("SpecialProduct").Limit, ["Limit Edm.Decimal"]),
    ],
)
def test_columns_of_selections(function: Any, columns: list[str]) -> None:
    found = translate_projection(MODEL, PRODUCT, function).columns
    assert [f"{column.name} {edm_name(column.type)}" for column in found] == columns


def test_selections_by_name_give_entities() -> None:
    found = translate_projection(MODEL, PRODUCT, "Name", "Category/Name, Price", P.Address.City)
    assert (found.select, found.expand, found.shape) == (("Name", "Category/Name", "Price", "Address"), ("Category",), None)
    assert translate_projection(MODEL, PRODUCT, "Category").expand == ()
    assert translate_projection(MODEL, PRODUCT, "Category/Products/*").expand == ("Category/Products",)
    assert translate_projection(MODEL, PRODUCT, "*").select == ("*",)
    assert translate_projection(MODEL, PRODUCT, "Shop.SpecialProduct/Guarantor/Name").expand == ("Shop.SpecialProduct/Guarantor",)


@pytest.mark.parametrize(
    "names",
    [
        ("Nmae",),
        ("Address/City",),
        (5,),
        (lambda p: p.Name, "ID"),
        (lambda p: 5,),
        (lambda p: p.Orders.any(lambda o: o.Total > 1),),
        (lambda p: -p.Made,),
        (lambda p: f"{p.Name}",),
        (lambda p: p.Name if p.Active else p.class_,),
        (row(MODEL, CATEGORY).Limit,),
    ],
)
def test_what_cannot_be_selected(names: Any) -> None:
    with pytest.raises(QueryTranslationError):
        translate_projection(MODEL, PRODUCT, *names)
    with pytest.raises(ArgumentError):
        translate_projection(MODEL, PRODUCT)


# --- values worked out here -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7 div 2", 3),
        ("-7 div 2", -3),
        ("-7 mod 2", -1),
        ("7.0 div 2.0", 3.5),
        ("7.0 div 0.0", float("inf")),
        ("7 add null", None),
        ("-(3 add 4)", -7),
        ("null eq null", True),
        ("null gt 1", False),
        ("not (null gt 1)", True),
        ("null and true", None),
        ("null and false", False),
        ("null or true", True),
        ("not null", None),
        ("substringof('il',Name)", True),
        ("substringof('il',null)", False),
        ("indexof(Name,'k')", 3),
        ("substring(Name,1,2)", "il"),
        ("substring(Name,1)", "ilk"),
        ("replace(toupper(Name),'M','S')", "SILK"),
        ("concat(trim('  x '),tolower('Y'))", "xy"),
        ("length(Supplier)", None),
        ("year(Made) add month(Made) add day(Made)", 2023),
        ("hour(Made) mul 100 add minute(Made)", 304),
        ("hour(time'P1DT2H3M4S') add minute(time'PT3M') add second(time'PT4S')", 9),
        ("round(2.5M)", Decimal(3)),
        ("round(-2.5)", -3.0),
        ("floor(2.5) add ceiling(2.5)", 5.0),
        ("floor(-2.5M)", Decimal(-3)),
        ("cast(Rating,'Edm.String')", "3"),
        ("cast(Name,'Edm.Int32')", None),
        ("Tags/any(t:t eq 'a')", True),
        ("Tags/all(t:t eq 'b')", False),
        ("Tags/any()", True),
        ("Category/Products/all(p:p/ID eq $it/ID)", True),
    ],
)
def test_p48_p49_evaluation(text: str, value: Any) -> None:
    assert evaluate(parse_expression(text), read) == value


@pytest.mark.parametrize("text", ["1 div 0", "isof('Shop.Product')", "geo.length(null) eq 1 or years(time'PT1S') eq 1"])
def test_what_cannot_be_worked_out_here(text: str) -> None:
    with pytest.raises(QueryTranslationError):
        evaluate(parse_expression(text), read)
    with pytest.raises(QueryTranslationError):
        evaluate(Raw("x"), read)


@pytest.mark.parametrize(
    ("text", "held", "value"),
    [
        ("Made gt datetime'2013-08-02T15:00:00'", datetime(2013, 8, 2, 15, 1, tzinfo=UTC), True),
        ("Made eq datetime'2013-08-02T15:00:00'", datetime(2013, 8, 2, 17, tzinfo=timezone(timedelta(hours=2))), True),
        ("Weight mod 0d", 1.5, "nan"),
        ("Weight mod 2d", inf, "nan"),
        ("round(Weight)", inf, "inf"),
        ("floor(Weight)", -inf, "-inf"),
        ("ceiling(Weight)", nan, "nan"),
    ],
)
def test_p48_moments_with_and_without_zone_and_numbers_without_bound(text: str, held: Any, value: Any) -> None:
    found = evaluate(parse_expression(text), lambda path: held)
    assert found is value or str(found) == value


def test_durations() -> None:
    assert evaluate(parse_expression("hour(D)"), lambda path: timedelta(days=1, hours=5, minutes=59)) == 5
    assert evaluate(parse_expression("minute(D)"), lambda path: timedelta(hours=-1, minutes=-5)) == -5
