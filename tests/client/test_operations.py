"""Actions, functions, service operations (section 9.4; contract section 7)."""

from __future__ import annotations

import datetime
import inspect
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from client.shop import ROOT, entry, feed, product, reply, shop

from odata3.client.operations import BodyOperationParameter, UriOperationParameter
from odata3.errors import ArgumentError, DataServiceQueryException, InvalidOperationError

body, uri = BodyOperationParameter, UriOperationParameter
NO_CONTENT = reply(None, 204)
TOTAL = reply({"odata.metadata": f"{ROOT}$metadata#Edm.Decimal", "value": "12.50"})


def test_p93_an_action_with_parameters() -> None:
    ctx, script = shop(NO_CONTENT)
    response = ctx.execute(
        "Products(1)/Discount", http_method="POST", operation_parameters=[body("percent", 5), body("why", None)]
    )
    assert (response.status_code, list(response)) == (204, [])
    sent = script.requests[0]
    assert (sent.method, sent.url) == ("POST", f"{ROOT}Products(1)/Discount")
    assert sent.headers["DataServiceVersion"] == "3.0;NetFx"
    assert sent.headers["Content-Type"] == "application/json;odata=minimalmetadata"
    assert script.body() == {"percent": 5, "why": None}


def test_p93_an_action_without_parameters() -> None:
    ctx, script = shop(NO_CONTENT)
    ctx.execute("Reset", "POST")
    sent = script.requests[0]
    assert sent.body is None
    assert sent.headers["Content-Length"] == "0"
    assert "Content-Type" not in sent.headers
    assert "DataServiceVersion" not in sent.headers


def test_9_4_uri_parameters() -> None:
    ctx, script = shop(feed(product(1)))
    given = [
        uri("rating", 3),
        uri("name", "O'Neil & co"),
        uri("since", datetime.datetime(2013, 8, 19)),
        uri("g", UUID(int=1)),
        uri("x", 1.5),
        uri("n", None),
    ]
    rows = ctx.execute("ByRating?$top=1", operation_parameters=given, element_type=ctx.types.Product)
    assert [p.ID for p in rows] == [1]
    assert script.lines[0] == (
        "GET ByRating?$top=1&rating=3&name='O''Neil%20%26%20co'&since=datetime'2013-08-19T00%3A00%3A00'"
        "&g=guid'00000000-0000-0000-0000-000000000001'&x=1.5D&n=null"
    )
    assert len(ctx.entities) == 1


def test_9_4_aliases_and_collections() -> None:
    ctx, script = shop(feed())
    ctx.execute("Fn(a=@a)", operation_parameters=[uri("@a", ["x", "y"])])
    assert script.lines[0] == "GET Fn(a=@a)?@a=%5B%22x%22,%22y%22%5D"


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("PUT", []),
        (None, []),
        ("GET", [body("a", 1)]),
        ("POST", [body("a", 1), body("A", 2)]),
        ("POST", [uri("a", 1), uri("a", 2)]),
        ("POST", [body("", 1)]),
        ("POST", [("a", 1)]),
        ("GET", [uri("@a", 1)]),
    ],
)
def test_9_4_wrong_calls(method: Any, parameters: Any) -> None:
    ctx, script = shop()
    with pytest.raises(ArgumentError):
        ctx.execute("Reset", method, operation_parameters=parameters)
    assert script.requests == []


def test_9_4_results() -> None:
    ctx, script = shop(
        TOTAL,
        reply({"odata.metadata": f"{ROOT}$metadata#Collection(Edm.String)", "value": ["a", "b"]}),
        entry(product(1)),
        reply({"odata.metadata": f"{ROOT}$metadata#Shop.Size", "Width": 3, "Height": 4}),
    )
    assert list(ctx.execute("Total", element_type="Edm.Decimal", single_result=True)) == [Decimal("12.50")]
    assert list(ctx.execute("Names", element_type=str, single_result=False)) == ["a", "b"]
    (p,) = ctx.execute("Products(1)/Clone", "POST", element_type=ctx.types.Product, single_result=True)
    assert ctx.get_entity_descriptor(p) is not None
    (size,) = ctx.execute("Biggest", element_type=ctx.types.Size, single_result=True)
    assert size.Width == 3
    with pytest.raises(ArgumentError):
        ctx.execute("Total", element_type=object)
    assert len(script.requests) == 4


def test_9_4_a_refusal_is_a_query_exception() -> None:
    ctx, _ = shop(*[reply({"odata.error": {"code": "", "message": {"lang": "", "value": "no"}}}, 409)] * 2)
    for method in ("GET", "POST"):
        with pytest.raises(DataServiceQueryException) as caught:
            ctx.execute("Reset", method)
        assert caught.value.status_code == 409


def test_execute_of_urls() -> None:
    ctx, script = shop(
        feed(product(1)),
        entry(product(2)),
        feed(product(3)),
        reply({"odata.metadata": f"{ROOT}$metadata#Edm.String", "value": "x"}),
    )
    assert [p.ID for p in ctx.execute("Products?$filter=Rating gt 3")] == [1]
    assert [p.ID for p in ctx.execute(f"{ROOT}Products(2)")] == [2]
    assert [p.ID for p in ctx.execute("/Categories(1)/Products")] == [3]
    assert list(ctx.execute("Products(1)/Name")) == ["x"]
    assert all("DataServiceVersion" not in r.headers for r in script.requests)
    with pytest.raises(ArgumentError):
        ctx.execute(None)


# -- by name


def test_7_a_function_that_returns_entities_is_a_query() -> None:
    ctx, script = shop(feed(product(1)), feed(product(2)))
    query = ctx.functions.ByRating(rating=3)
    assert query.url == f"{ROOT}ByRating?rating=3"
    assert script.requests == []
    assert [p.ID for p in query.where(lambda p: p.Price > 3).take(1)] == [1]
    assert script.lines[0] == "GET ByRating?rating=3&$filter=Price%20gt%203M&$top=1"
    assert [p.ID for p in ctx.functions.ByRating(3)] == [2]


def test_7_values_and_nothing() -> None:
    ctx, script = shop(TOTAL, NO_CONTENT)
    assert ctx.functions.Total() == Decimal("12.50")
    assert ctx.functions["Reset"]() is None
    assert script.lines == ["GET Total", "POST Reset"]
    assert {"ByRating", "Total", "Reset"} <= set(dir(ctx.functions))
    assert "Discount" not in dir(ctx.functions)


def test_7_wrong_arguments() -> None:
    ctx, script = shop()
    with pytest.raises(AttributeError, match="ByRating"):
        _ = ctx.functions.ByRatin
    with pytest.raises(TypeError, match="rating"):
        ctx.functions.ByRating(ratin=3)
    with pytest.raises(TypeError):
        ctx.functions.ByRating(3, 4)
    with pytest.raises((TypeError, ValueError)):
        ctx.functions.ByRating(rating="three")
    assert script.requests == []


def test_7_a_bound_operation_of_an_entity_not_saved_yet_may_be_looked_at() -> None:
    ctx, script = shop()
    p = ctx.types.Product(ID=1)
    ctx.add_object("Products", p)
    assert hasattr(p, "Discount") and dict(inspect.getmembers(p))["ID"] == 1
    with pytest.raises(InvalidOperationError, match=r"Product\.Discount: .*saved"):
        p.Discount(percent=5)
    assert not script.requests


def test_7_bound_operations() -> None:
    ctx, script = shop(feed(product(1)), NO_CONTENT)
    (p,) = ctx.Products.to_list()
    assert p.Discount(percent=5) is None
    assert script.lines[1] == "POST Products(1)/Discount"
    assert script.body() == {"percent": 5}
    with pytest.raises(TypeError, match="percent"):
        p.Discount()
    with pytest.raises(InvalidOperationError):
        ctx.types.Product(ID=9).Discount(percent=5)
    fresh = ctx.types.Product(ID=9)
    ctx.add_object("Products", fresh)
    with pytest.raises(InvalidOperationError):
        fresh.Discount(percent=5)


def test_7_an_advertised_target_wins() -> None:
    row = product(1, **{"#Main.Discount": {"title": "Discount", "target": f"{ROOT}Elsewhere(1)/Discount"}})
    ctx, script = shop(feed(row), NO_CONTENT)
    (p,) = ctx.Products.to_list()
    (offer,) = ctx.get_entity_descriptor(p).operation_descriptors
    assert offer.title == "Discount"
    p.Discount(percent=1)
    assert script.lines[1] == "POST Elsewhere(1)/Discount"


@pytest.mark.parametrize(
    ("path", "body", "urls"),
    [
        ("Products(1)/$links/Category", {"d": {"uri": f"{ROOT}Categories(1)"}}, ["Categories(1)"]),
        ("Products(1)/$links/Category", {"url": f"{ROOT}Categories(1)"}, ["Categories(1)"]),
        ("Categories(1)/$links/Products", {"d": {"results": [{"uri": f"{ROOT}Products(1)"}]}}, ["Products(1)"]),
        ("Categories(1)/$links/Products", {"value": []}, []),
    ],
)
def test_links_are_urls(path: str, body: Any, urls: list[str]) -> None:
    ctx, _ = shop(reply(body, Content_Type="application/json"))
    assert list(ctx.execute(path)) == [ROOT + url for url in urls]
