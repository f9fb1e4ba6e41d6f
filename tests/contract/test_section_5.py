"""Section 5: ``DataServiceQuery``."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from contract.bakery import MODEL, SERIAL, open_bakery
from contract.conftest import Sent, path

from odata3 import (
    DataServiceContext,
    DataServiceQueryException,
    InvalidOperationError,
    ODataError,
    QueryOperationResponse,
    QueryTranslationError,
)
from odata3.entities.classes import build_classes
from odata3.server.wsgi import serve

types = build_classes(MODEL)
Product, Cake = types.Product, types.Cake
ID = UUID(SERIAL)


def filtered(query):
    """The ``$filter`` of a query, decoded."""
    return path(query).removeprefix("Products?$filter=")


# -- steps


def test_each_call_gives_a_new_query(ctx):
    query = ctx.Products.where(lambda p: p.Price > 1)
    assert path(query.take(2)) == "Products?$filter=Price gt 1M&$top=2"
    assert path(query) == "Products?$filter=Price gt 1M" and str(query) == query.url


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (lambda q: q.select("ID", "Name"), "Products?$select=ID,Name"),
        (lambda q: q.select(Product.Name), "Products?$select=Name"),
        (lambda q: q.select(lambda p: (p.Name, p.Category.Name)), "Products?$expand=Category&$select=Name,Category/Name"),
        (lambda q: q.expand("Category"), "Products?$expand=Category"),
        (lambda q: q.expand(lambda p: p.Category), "Products?$expand=Category"),
        (lambda q: q.expand(Product.Category), "Products?$expand=Category"),
        (lambda q: q.expand("Category/Products"), "Products?$expand=Category/Products"),
        (lambda q: q.order_by("Name").then_by_descending(lambda p: p.ID), "Products?$orderby=Name,ID desc"),
        (lambda q: q.order_by_descending(Product.Price).then_by("Name"), "Products?$orderby=Price desc,Name"),
        (lambda q: q.skip(2).take(3), "Products?$skip=2&$top=3"),
        (lambda q: q.of_type(Cake), "Products/Bakery.Cake"),
        (lambda q: q.of_type(cls_or_name=Cake), "Products/Bakery.Cake"),
        (lambda q: q.of_type("Bakery.Cake").where(lambda c: c.Layers > 1), "Products/Bakery.Cake?$filter=Layers gt 1"),
        (lambda q: q.by_key(3).select_many("Category"), "Products(3)/Category"),
        (lambda q: q.by_key(3).select_many(name_or_lambda="Category"), "Products(3)/Category"),
        (lambda q: q.where(lambda p: p.ID == 3).select_many(lambda p: p.Category), "Products(3)/Category"),
        (lambda q: q.include_total_count(), "Products?$inlinecount=allpages"),
        (lambda q: q.add_query_option("audit", "yes"), "Products?audit=yes"),
        (lambda q: q.by_key(3), "Products(3)"),
        (lambda q: q.by_key(ID=3), "Products(3)"),
        (lambda q: q.where("Price gt 1M and Rating lt 4"), "Products?$filter=Price gt 1M and Rating lt 4"),
        (lambda q: q.where(Product.Name == "x"), "Products?$filter=Name eq 'x'"),
        (lambda q: q.where(lambda p: p.Price > 1).where(lambda p: p.Rating == 3), "Products?$filter=Price gt 1M and Rating eq 3"),
    ],
)
def test_steps(ctx, step, expected):
    assert path(step(ctx.Products)) == expected


# -- ends


@pytest.mark.parametrize(
    ("end", "result", "asked"),
    [
        (lambda q: [p.ID for p in q], [1, 2, 3, 4, 5], "GET Products"),
        (lambda q: [p.ID for p in q.to_list()], [1, 2, 3, 4, 5], "GET Products"),
        (lambda q: q.first().ID, 1, "GET Products?$top=1"),
        (lambda q: q.first(lambda p: p.Rating == 3).ID, 2, "GET Products?$filter=Rating eq 3&$top=1"),
        (lambda q: q.where("Rating eq 9").first_or_default(), None, "GET Products?$filter=Rating eq 9&$top=1"),
        (lambda q: q.where("Rating eq 5").single().ID, 3, "GET Products?$filter=Rating eq 5&$top=2"),
        (lambda q: q.where("Rating eq 9").single_or_default(), None, "GET Products?$filter=Rating eq 9&$top=2"),
        (lambda q: q.where(lambda p: p.Price > 2).count(), 3, "GET Products/$count?$filter=Price gt 2M"),
        (lambda q: q.long_count(), 5, "GET Products/$count"),
        (lambda q: q.where("Rating eq 9").any(), False, "GET Products?$filter=Rating eq 9&$top=1"),
        (lambda q: q.any(), True, "GET Products?$top=1"),
        (lambda q: q.by_key(2).first().Name, "Roll", "GET Products(2)"),
        (lambda q: q.by_key(2).single_or_default().Name, "Roll", "GET Products(2)"),
        (lambda q: q.take(2).select(lambda p: p.Name).to_list(), ["Rye bread", "Roll"], "GET Products?$top=2&$select=Name"),
        (lambda q: q.take(1).select(lambda p: {"n": p.Name}).to_list(), [{"n": "Rye bread"}], "GET Products?$top=1&$select=Name"),
    ],
)
def test_ends(ctx, sent, end, result, asked):
    assert end(ctx.Products) == result
    assert sent.lines == [asked]


def test_first_and_single_want_a_row(ctx):
    none = ctx.Products.where(lambda p: p.Rating == 9)
    for end in (none.first, none.single, ctx.Products.single, ctx.Products.single_or_default):
        with pytest.raises(InvalidOperationError):
            end()


def test_execute_gives_one_page_and_iteration_follows_to_the_end():
    service = open_bakery(page_size=2)
    with serve(service) as server:
        paged = DataServiceContext(server.url, metadata=MODEL)
        seen = Sent(paged)
        page = paged.Products.include_total_count().execute()
        assert isinstance(page, QueryOperationResponse)
        assert (page.status_code, page.total_count, "Content-Type" in page.headers) == (200, 5, True)
        assert [p.ID for p in page] == [1, 2]
        following = page.get_continuation()
        assert [p.ID for p in paged.execute(url_or_continuation=following)] == [3, 4]
        seen.clear()
        rows = iter(paged.Products)
        assert next(rows).ID == 1 and len(seen) == 1, "one page is held"
        assert [p.ID for p in rows] == [2, 3, 4, 5] and len(seen) == 3
        category = paged.Categories.first()
        paged.load_property(category, "Products")
        assert len(category.Products) == 2
    service.close()


def test_bool_and_len_are_errors(ctx):
    with pytest.raises(TypeError, match=r"\.any\(\)"):
        bool(ctx.Products)
    with pytest.raises(TypeError):
        len(ctx.Products)


def test_to_dataframe(ctx):
    pandas = pytest.importorskip("pandas")
    frame = ctx.Products.to_dataframe()
    assert isinstance(frame, pandas.DataFrame) and list(frame["ID"]) == [1, 2, 3, 4, 5]


def test_rows_of_derived_types_are_of_their_class(ctx):
    assert [type(p).__name__ for p in ctx.Products] == ["Product"] * 4 + ["Cake"]
    assert [(c.ID, c.Layers) for c in ctx.Products.of_type("Cake")] == [(5, 3)]


def test_expanded_entities_are_there(ctx):
    bread = ctx.Categories.expand("Products").where(lambda c: c.Name == "Bread").single()
    assert [p.Name for p in bread.Products] == ["Rye bread", "Roll"]


# -- predicates

PREDICATES = [
    (lambda p: p.Name == "x", "Name eq 'x'"),
    (lambda p: p.Name != "x", "Name ne 'x'"),
    (lambda p: p.Price < 2, "Price lt 2M"),
    (lambda p: p.Price <= 2, "Price le 2M"),
    (lambda p: p.Price >= 2, "Price ge 2M"),
    (lambda p: p.Rating + 1 == 2, "Rating add 1 eq 2"),
    (lambda p: p.Rating - 1 == 2, "Rating sub 1 eq 2"),
    (lambda p: p.Rating * 2 == 2, "Rating mul 2 eq 2"),
    (lambda p: p.Rating / 2 == 2, "Rating div 2 eq 2"),
    (lambda p: p.Rating % 2 == 1, "Rating mod 2 eq 1"),
    (lambda p: (p.Rating == 1) & (p.Price > 2), "Rating eq 1 and Price gt 2M"),
    (lambda p: (p.Rating == 1) | (p.Price > 2), "Rating eq 1 or Price gt 2M"),
    (lambda p: ~(p.Rating == 1), "not (Rating eq 1)"),
    (lambda p: p.Rating == 1 and p.Price > 2, "Rating eq 1 and Price gt 2M"),
    (lambda p: p.Rating == 1 or p.Price > 2, "Rating eq 1 or Price gt 2M"),
    (lambda p: not p.Rating == 1, "not (Rating eq 1)"),  # noqa: SIM201
    (lambda p: p.Rating in (1, 2), "Rating eq 1 or Rating eq 2"),
    (lambda p: 1 < p.Price < 9, "Price gt 1M and Price lt 9M"),
    (lambda p: p.Name.startswith("x"), "startswith(Name,'x')"),
    (lambda p: p.Name.endswith("x"), "endswith(Name,'x')"),
    (lambda p: p.Name.contains("x"), "substringof('x',Name)"),
    (lambda p: "x" in p.Name, "substringof('x',Name)"),
    (lambda p: p.Name.lower() == "x", "tolower(Name) eq 'x'"),
    (lambda p: p.Name.upper() == "X", "toupper(Name) eq 'X'"),
    (lambda p: p.Name.strip() == "x", "trim(Name) eq 'x'"),
    (lambda p: p.Name.replace("a", "b") == "x", "replace(Name,'a','b') eq 'x'"),
    (lambda p: p.Name.substring(1) == "x", "substring(Name,1) eq 'x'"),
    (lambda p: p.Name.substring(1, 2) == "x", "substring(Name,1,2) eq 'x'"),
    (lambda p: p.Name[1:3] == "xy", "substring(Name,1,2) eq 'xy'"),
    (lambda p: p.Name.find("x") == 1, "indexof(Name,'x') eq 1"),
    (lambda p: p.Name.length() > 3, "length(Name) gt 3"),
    (lambda p: p.Name.concat("x") == "yx", "concat(Name,'x') eq 'yx'"),
    (lambda p: p.Name + "x" == "yx", "concat(Name,'x') eq 'yx'"),
    (lambda p: p.Released.year == 2013, "year(Released) eq 2013"),
    (lambda p: p.Released.month == 8, "month(Released) eq 8"),
    (lambda p: p.Released.day == 2, "day(Released) eq 2"),
    (lambda p: p.Released.hour == 15, "hour(Released) eq 15"),
    (lambda p: p.Released.minute == 12, "minute(Released) eq 12"),
    (lambda p: p.Released.second == 54, "second(Released) eq 54"),
    (lambda p: p.Price.round() == 2, "round(Price) eq 2M"),
    (lambda p: p.Price.floor() == 2, "floor(Price) eq 2M"),
    (lambda p: p.Price.ceiling() == 2, "ceiling(Price) eq 2M"),
    (lambda p: round(p.Price) == 2, "round(Price) eq 2M"),
    (lambda p: math.floor(p.Price) == 2, "floor(Price) eq 2M"),
    (lambda p: math.ceil(p.Price) == 2, "ceiling(Price) eq 2M"),
    (lambda p: p.Category.Name == "Bread", "Category/Name eq 'Bread'"),
    (lambda p: p.Maker.City == "Ulm", "Maker/City eq 'Ulm'"),
    (lambda p: p.Tags.any(lambda t: t == "dark"), "Tags/any(t:t eq 'dark')"),
    (lambda p: p.Branches.all(lambda b: b.City != "Bonn"), "Branches/all(b:b/City ne 'Bonn')"),
    (lambda p: p.Tags.any(), "Tags/any()"),
    (lambda p: p.is_of(Cake), "isof('Bakery.Cake')"),
    (lambda p: p.cast(Cake).Layers == 3, "Bakery.Cake/Layers eq 3"),
    (lambda p: p.Name == None, "Name eq null"),  # noqa: E711
    (lambda p: p.Name != None, "Name ne null"),  # noqa: E711
    (lambda p: not p.Discontinued, "Discontinued ne true"),
    (lambda p: ~p.Discontinued, "Discontinued ne true"),
    (lambda p: p.Discontinued, "Discontinued"),
    (lambda p: p.Serial == ID, f"Serial eq guid'{SERIAL}'"),
    (lambda p: p.Serial == SERIAL, f"Serial eq guid'{SERIAL}'"),
    (lambda p: p.Big == 5, "Big eq 5L"),
    (lambda p: p.Weight == 2, "Weight eq 2.0"),
    (lambda p: p.Ratio == 1.5, "Ratio eq 1.5f"),
    (lambda p: p.Picture == b"\x0a", "Picture eq X'0A'"),
    (lambda p: p.BakeTime == timedelta(hours=1), "BakeTime eq time'PT1H'"),
    (lambda p: p.Released > datetime(2013, 1, 1), "Released gt datetime'2013-01-01T00:00:00'"),
    (lambda p: p.Changed > datetime(2013, 1, 1, tzinfo=UTC), "Changed gt datetimeoffset'2013-01-01T00:00:00Z'"),
    (lambda p: p.Grain == types.Grain.Rye, "Grain eq Bakery.Grain'Rye'"),
    (lambda p: p.Name == "O'Neil", "Name eq 'O''Neil'"),
]


@pytest.mark.parametrize(("predicate", "expected"), PREDICATES, ids=[text for _, text in PREDICATES])
def test_predicates_and_that_the_service_takes_them(ctx, predicate, expected):
    query = ctx.Products.where(predicate)
    assert filtered(query) == expected
    query.to_list()


@pytest.mark.parametrize(
    ("predicate", "ids"),
    [
        (lambda p: 1 < p.Price < 9, [1, 3]),
        (lambda p: not p.Discontinued, [1, 2, 4, 5]),
        (lambda p: "bread" in p.Name or p.Rating in [5], [1, 3]),
        (lambda p: p.Name == None, [4]),  # noqa: E711
        (lambda p: p.Tags.any(lambda t: t == "white"), [2]),
        (lambda p: p.Category.Name == "Sweet" and not p.is_of(Cake), [3]),
        (lambda p: p.Branches.any(lambda b: b.City == p.Maker.City), [1]),
    ],
)
def test_predicates_mean_what_they_mean_in_python(ctx, predicate, ids):
    assert [p.ID for p in ctx.Products.where(predicate)] == ids


@pytest.mark.parametrize(
    "predicate",
    [
        lambda p: p.Name is None,
        lambda p: p.Nmae == "x",
        lambda p: p.Rating == 1 & p.Price == 2,
        lambda p: p.Name in {"a", "b"},
        lambda p: f"{p.Name}" == "x",
        lambda p: str(p.Name) == "x",
        lambda p: len(p.Name) > 3,
        lambda p: True,
        lambda p: p.Name,
        lambda p: p.Small == 300,
        lambda p: p.Changed > datetime(2013, 1, 1),
        lambda p: p.Name == 5,
        lambda p: isinstance(p, object),
        lambda p: p.Name.title() == "X",
        "",
        None,
        True,
    ],
)
def test_what_cannot_be_recovered_is_refused(ctx, predicate):
    with pytest.raises(QueryTranslationError):
        ctx.Products.where(predicate)


def test_illegal_orders_and_unknown_names_are_said_before_anything_is_sent(ctx, sent):
    for wrong in (
        lambda: ctx.Products.take(1).where(lambda p: p.Price > 1),
        lambda: ctx.Products.then_by("Name"),
        lambda: ctx.Products.take(-1),
        lambda: ctx.Products.select("Nmae"),
        lambda: ctx.Products.expand("Categry"),
        lambda: ctx.Products.order_by("Nmae"),
        lambda: ctx.Products.of_type("Bakery.Cak"),
        lambda: ctx.Products.by_key(1, 2),
        lambda: ctx.Products.add_query_option("$nope", "x"),
        lambda: ctx.Categories.select_many("Products"),
    ):
        with pytest.raises(ODataError):
            wrong()
    for step in (ctx.Products.order_by, ctx.Products.select, ctx.Products.expand):
        with pytest.raises(QueryTranslationError, match="Nmae"):
            step("Nmae")
    assert sent == []


# -- look-ups


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        (lambda line: line.OrderID == 7 and line.Code == ID, f"Lines(OrderID=7,Code=guid'{SERIAL}')"),
        (lambda line: (line.Code == ID) & (line.OrderID == 7), f"Lines(Code=guid'{SERIAL}',OrderID=7)"),
        (lambda line: line.OrderID == 7, "Lines?$filter=OrderID eq 7"),
        (
            lambda line: line.OrderID == 7 and line.Code == ID and line.Count > 1,
            f"Lines?$filter=OrderID eq 7 and Code eq guid'{SERIAL}' and Count gt 1",
        ),
        (lambda line: line.OrderID == 7 and line.Code != ID, f"Lines?$filter=OrderID eq 7 and Code ne guid'{SERIAL}'"),
    ],
)
def test_the_whole_key_is_a_lookup_and_a_part_a_filter(ctx, predicate, expected):
    query = ctx.Lines.where(predicate)
    assert path(query) == expected
    assert all(line.OrderID == 7 for line in query)


def test_a_lookup_answered_404_raises_unless_told(ctx):
    for end in ("first_or_default", "first", "single_or_default", "to_list"):
        with pytest.raises(DataServiceQueryException) as caught:
            getattr(ctx.Products.where(lambda p: p.ID == 99), end)()
        assert caught.value.status_code == 404
    ctx.ignore_resource_not_found_exception = True
    assert ctx.Products.where(lambda p: p.ID == 99).first_or_default() is None
    assert ctx.Products.by_key(99).to_list() == []
    assert ctx.Products.by_key(99).execute().status_code == 404
