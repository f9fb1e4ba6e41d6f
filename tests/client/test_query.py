"""Queries: URLs, key look-ups, ends (section 7; contract section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from client.shop import ROOT, category, entry, feed, product, reply, shop

from odata3.client.options import MergeOption
from odata3.errors import (
    ArgumentError,
    DataServiceQueryException,
    InvalidOperationError,
    NotFoundError,
    PayloadError,
    QueryTranslationError,
)

GONE = reply({"odata.error": {"code": "", "message": {"lang": "en", "value": "Resource not found"}}}, 404)


def below(query: Any) -> str:
    return str(query.url.removeprefix(ROOT))


@pytest.mark.parametrize(
    ("make", "url"),
    [
        (lambda c: c.Products, "Products"),
        (lambda c: c.Products.where(lambda p: p.Price > 20), "Products?$filter=Price%20gt%2020M"),
        (lambda c: c.Products.where("Rating gt 3"), "Products?$filter=Rating%20gt%203"),
        (lambda c: c.Products.where(c.types.Product.Name == "O'Neil"), "Products?$filter=Name%20eq%20'O''Neil'"),
        (
            lambda c: c.Products.where(lambda p: p.Rating > 1).where(lambda p: p.Price < 10),
            "Products?$filter=Rating%20gt%201%20and%20Price%20lt%2010M",
        ),
        (lambda c: c.Products.order_by("Name").then_by_descending(lambda p: p.ID), "Products?$orderby=Name,ID%20desc"),
        (lambda c: c.Products.order_by_descending(lambda p: p.Rating).then_by("Name"), "Products?$orderby=Rating%20desc,Name"),
        (lambda c: c.Products.skip(2).take(3), "Products?$skip=2&$top=3"),
        (lambda c: c.Products.skip(1).skip(2), "Products?$skip=3"),
        (lambda c: c.Products.take(5).take(2), "Products?$top=2"),
        (lambda c: c.Products.expand("Category").expand("Maker"), "Products?$expand=Category,Maker"),
        (lambda c: c.Categories.expand("Products/Maker"), "Categories?$expand=Products/Maker"),
        (lambda c: c.Products.expand(lambda p: p.Category), "Products?$expand=Category"),
        (lambda c: c.Products.select("ID", "Name"), "Products?$select=ID,Name"),
        (lambda c: c.Products.include_total_count(), "Products?$inlinecount=allpages"),
        (lambda c: c.Products.add_query_option("foo", "b"), "Products?foo=b"),
        (lambda c: c.Products.of_type("Shop.Book").where(lambda b: b.Pages > 9), "Products/Shop.Book?$filter=Pages%20gt%209"),
        (lambda c: c.Products.of_type(c.types.Book), "Products/Shop.Book"),
        (lambda c: c.Products.by_key(7), "Products(7)"),
        (lambda c: c.Seats.by_key("A", 5), "Seats(Row='A',Number=5L)"),
        (lambda c: c.Seats.by_key(Number=5, Row="A"), "Seats(Row='A',Number=5L)"),
        (lambda c: c.Products.by_key(7).expand("Category"), "Products(7)?$expand=Category"),
        (lambda c: c.Products.of_type("Book").by_key(7), "Products/Shop.Book(7)"),
        (lambda c: c.Categories.by_key(3).select_many("Products"), "Categories(3)/Products"),
        (lambda c: c.Categories.by_key(3).select_many(lambda x: x.Products).where(lambda p: p.Price > 3), None),
        (lambda c: c.Categories.where(lambda x: x.ID == 3).select_many("Products"), "Categories(3)/Products"),
        (lambda c: c.Products.where(lambda p: p.ID == 1), "Products(1)"),
        (lambda c: c.Products.where(lambda p: 1 == p.ID), "Products(1)"),
        (lambda c: c.Products.expand("Category").where(lambda p: p.ID == 1), "Products(1)?$expand=Category"),
        (lambda c: c.Products.where(lambda p: p.ID == 1).order_by("Name"), "Products?$filter=ID%20eq%201&$orderby=Name"),
        (lambda c: c.Products.where(lambda p: p.ID == 1).take(1), "Products?$filter=ID%20eq%201&$top=1"),
        (lambda c: c.Products.where(lambda p: p.ID == 1 or p.ID == 2), "Products?$filter=ID%20eq%201%20or%20ID%20eq%202"),
        (lambda c: c.Seats.where(lambda s: s.Row == "A"), "Seats?$filter=Row%20eq%20'A'"),
        (lambda c: c.Seats.where(lambda s: s.Number == 5 and s.Row == "A"), "Seats(Number=5L,Row='A')"),
        (lambda c: c.Seats.where(lambda s: s.Number == 5).where(lambda s: s.Row == "A"), "Seats(Number=5L,Row='A')"),
    ],
)
def test_7_urls(make: Any, url: str | None) -> None:
    ctx, script = shop()
    query = make(ctx)
    assert below(query) == (url or "Categories(3)/Products?$filter=Price%20gt%203M")
    assert str(query) == query.url
    assert script.requests == []


def test_p41_key_values_are_encoded_once() -> None:
    ctx, _ = shop()
    assert below(ctx.Seats.by_key("O'Neil & Söhne/50%+#?", 1)) == (
        "Seats(Row='O''Neil%20%26%20S%C3%B6hne%2F50%25%2B%23%3F',Number=1L)"
    )


def test_p43_key_as_segment() -> None:
    ctx, _ = shop()
    ctx.url_key_as_segment = True
    assert below(ctx.Products.by_key(7)) == "Products/7"
    assert below(ctx.Products.where(lambda p: p.ID == 7)) == "Products/7"
    assert below(ctx.Seats.by_key("A", 5)) == "Seats(Row='A',Number=5L)"


def test_a_query_is_immutable() -> None:
    ctx, _ = shop()
    query = ctx.Products
    query.where("Rating gt 3").take(1)
    assert below(query) == "Products"
    with pytest.raises(AttributeError):
        query.url = "x"


def test_bool_says_any_and_len_is_not_there() -> None:
    ctx, _ = shop()
    with pytest.raises(TypeError, match=r"\.any\(\)"):
        bool(ctx.Products)
    with pytest.raises(TypeError):
        len(ctx.Products)


def test_dotnet_names_are_answered() -> None:
    ctx, _ = shop()
    with pytest.raises(AttributeError, match="first_or_default"):
        _ = ctx.Products.FirstOrDefault
    with pytest.raises(AttributeError, match="where"):
        _ = ctx.Products.wher


@pytest.mark.parametrize(
    "make",
    [
        lambda c: c.Products.take(1).where("Rating gt 3"),
        lambda c: c.Products.take(1).order_by("Name"),
        lambda c: c.Products.take(1).skip(1),
        lambda c: c.Products.then_by("Name"),
        lambda c: c.Products.select("Nmae"),
        lambda c: c.Products.expand("Categori"),
        lambda c: c.Products.select(lambda p: p.Name).where("Rating gt 3"),
        lambda c: c.Products.of_type("Book").of_type("Book"),
        lambda c: c.Products.of_type("Category"),
        lambda c: c.Products.select_many("Category"),
        lambda c: c.Products.where(lambda p: True),
        lambda c: c.Products.add_query_option("$format", "json"),
    ],
)
def test_7_wrong_steps(make: Any) -> None:
    ctx, _ = shop()
    with pytest.raises(QueryTranslationError):
        make(ctx)


@pytest.mark.parametrize("key", [(), (1, 2), (None,)])
def test_wrong_keys(key: Any) -> None:
    ctx, _ = shop()
    with pytest.raises(ArgumentError, match="key"):
        ctx.Products.by_key(*key)
    with pytest.raises(ArgumentError):
        ctx.Products.by_key(Nr=1)


# -- versions


def test_p3_versions() -> None:
    ctx, script = shop(*[feed()] * 5)
    for query in (
        ctx.Products.where("Rating gt 3"),
        ctx.Products.select("ID"),
        ctx.Products.include_total_count(),
        ctx.Categories.where(lambda c: c.Products.any(lambda p: p.Rating > 1)),
        ctx.Products.of_type("Book"),
    ):
        query.to_list()
    assert [r.headers["DataServiceVersion"][:3] for r in script.requests] == ["1.0", "2.0", "2.0", "3.0", "3.0"]


def test_5_2_a_query_that_needs_more_than_the_maximum_is_refused_before_it_is_sent() -> None:
    ctx, script = shop(max_protocol_version="2.0")
    with pytest.raises(InvalidOperationError, match=r"3\.0"):
        ctx.Products.of_type("Book").to_list()
    assert script.requests == []


def test_5_1_a_projection_asks_for_full_metadata() -> None:
    ctx, script = shop(feed())
    ctx.Products.select("Name").to_list()
    assert script.requests[0].headers["Accept"] == "application/json;odata=fullmetadata"


# -- ends


def test_first_and_single() -> None:
    ctx, script = shop(feed(product(1)), feed(), feed(), feed(product(1)), feed(product(1), product(2)), feed(), feed())
    assert ctx.Products.first().ID == 1
    with pytest.raises(InvalidOperationError, match="no row"):
        ctx.Products.first()
    assert ctx.Products.first_or_default() is None
    assert ctx.Products.single().ID == 1
    with pytest.raises(InvalidOperationError, match="more than one"):
        ctx.Products.single()
    with pytest.raises(InvalidOperationError, match="no row"):
        ctx.Products.single()
    assert ctx.Products.single_or_default() is None
    assert [line.rpartition("=")[2] for line in script.lines] == ["1", "1", "1", "2", "2", "2", "2"]


def test_7_first_keeps_a_smaller_take_and_leaves_look_ups_alone() -> None:
    ctx, script = shop(feed(product(1)), entry(product(1)), feed(product(1)), entry(product(1)))
    ctx.Products.take(1).single()
    ctx.Products.where(lambda p: p.ID == 1).first_or_default()
    ctx.Products.first(lambda p: p.Name == "P1")
    ctx.Products.by_key(1).single()
    assert script.lines == [
        "GET Products?$top=1",
        "GET Products(1)",
        "GET Products?$filter=Name%20eq%20'P1'&$top=1",
        "GET Products(1)",
    ]


def test_7_a_look_up_answered_404_raises() -> None:
    ctx, script = shop(*[GONE] * 5)
    look_up = ctx.Products.where(lambda p: p.ID == 404)
    for end in (look_up.to_list, look_up.first_or_default, look_up.first):
        with pytest.raises(DataServiceQueryException) as caught:
            end()
        assert caught.value.status_code == 404
        assert isinstance(caught.value.__cause__, NotFoundError)
        assert caught.value.response.status_code == 404
        assert caught.value.response.error is caught.value.__cause__
        assert caught.value.response.query.url == look_up.url
    ctx.ignore_resource_not_found_exception = True
    assert look_up.to_list() == []
    assert look_up.first_or_default() is None
    assert len(script.requests) == 5


def test_count() -> None:
    ctx, script = shop(
        reply(b"\xef\xbb\xbf12", Content_Type="text/plain"),
        reply(b"3", Content_Type="text/plain"),
        reply(b"<html>", Content_Type="text/html"),
        GONE,
    )
    assert ctx.Products.count() == 12
    assert ctx.Products.where(lambda p: p.ID == 1).order_by("Name").long_count() == 3
    assert script.lines == ["GET Products/$count", "GET Products/$count?$filter=ID%20eq%201"]
    assert script.requests[0].headers["Accept"] == "text/plain"
    assert script.requests[0].headers["DataServiceVersion"] == "2.0;NetFx"
    with pytest.raises(PayloadError, match="count"):
        ctx.Products.count()
    with pytest.raises(NotFoundError):
        ctx.Products.count()


def test_any_tracks_nothing() -> None:
    ctx, script = shop(feed(product(1)), feed(), GONE)
    assert ctx.Products.any() is True
    assert ctx.Products.any(lambda p: p.Rating > 3) is False
    assert ctx.Products.by_key(404).any() is False
    assert ctx.entities == ()
    assert ctx.merge_option is MergeOption.APPEND_ONLY
    assert script.lines[0] == "GET Products?$top=1"


def test_a_navigation_as_a_query() -> None:
    ctx, script = shop(feed(category(3), of="Categories"), feed(product(1)), reply(b"4", Content_Type="text/plain"))
    (c,) = ctx.Categories.to_list()
    query = ctx.query(c, "Products").where(lambda p: p.Price > 3)
    assert [p.ID for p in query] == [1]
    assert ctx.query(c, "Products").count() == 4
    assert script.lines[1:] == ["GET Categories(3)/Products?$filter=Price%20gt%203M", "GET Categories(3)/Products/$count"]
    assert c.Products == []
    with pytest.raises(InvalidOperationError):
        ctx.query(ctx.types.Category(ID=9), "Products")


# -- projections


@dataclass
class Line:
    name: str
    category: str


def test_projections_to_tuples_dicts_and_dataclasses() -> None:
    row = {"Name": "a", "Price": "2.50", "Category": {"Name": "c"}}
    of = "Products&$select=Name,Category/Name"
    ctx, script = shop(*[feed(row, row | {"Category": None}, of=of)] * 4)
    pairs = ctx.Products.select(lambda p: (p.Name, p.Category.Name)).to_list()
    assert pairs == [("a", "c"), ("a", None)]
    assert script.lines[0] == "GET Products?$expand=Category&$select=Name,Category/Name"
    assert ctx.Products.select(lambda p: {"n": p.Name, "price": p.Price}).to_list()[0] == {"n": "a", "price": Decimal("2.50")}
    assert ctx.Products.select(lambda p: Line(p.Name, p.Category.Name)).to_list()[0] == Line("a", "c")
    assert ctx.Products.select(lambda p: p.Name).first() == "a"
    assert ctx.entities == ()


def test_7_whole_entities_inside_a_projection_are_tracked() -> None:
    row = product(1, Category=category(2))
    ctx, script = shop(feed(row, of="Products"))
    ((name, c),) = ctx.Products.select(lambda p: (p.Name, p.Category)).to_list()
    assert (name, c.ID) == ("P1", 2)
    assert script.lines[0] == "GET Products?$expand=Category&$select=Name,Category/*"
    assert [d.entity for d in ctx.entities] == [c]


def test_entities_of_a_projection_know_what_they_hold() -> None:
    ctx, _ = shop(feed({"ID": 1, "Name": "x"}, of="Products&$select=ID,Name"))
    (p,) = ctx.Products.select("ID", "Name").to_list()
    descriptor = ctx.get_entity_descriptor(p)
    assert descriptor.is_partial
    assert p.Price is None
