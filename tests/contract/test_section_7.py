"""Section 7: actions and functions."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from odata3 import (
    ArgumentError,
    BodyOperationParameter,
    DataServiceContext,
    DataServiceQuery,
    InvalidOperationError,
    UriOperationParameter,
)


def test_an_action_by_url(ctx, sent, fresh):
    response = ctx.execute(
        "Products(1)/Discount",
        http_method="POST",
        operation_parameters=[BodyOperationParameter("percent", 10)],
        element_type=Decimal,
        single_result=True,
    )
    assert list(response) == [Decimal("2.25")]
    assert sent.lines == ["POST Products(1)/Discount"] and json.loads(sent[0][3]) == {"percent": 10}


def test_an_operation_with_parameters_in_the_url(ctx, sent):
    parameters = [UriOperationParameter("rating", 3)]
    rows = ctx.execute(
        "GetProductsByRating", operation_parameters=parameters, element_type=ctx.types.Product, single_result=False
    )
    assert [p.ID for p in rows] == [2, 5] and sent.lines == ["GET GetProductsByRating?rating=3"]


def test_wrong_parameters(ctx, sent):
    for method, parameters in (
        ("DELETE", []),
        ("GET", [BodyOperationParameter("a", 1)]),
        ("POST", [BodyOperationParameter("a", 1), BodyOperationParameter("A", 2)]),
        ("POST", [BodyOperationParameter("", 1)]),
        ("POST", ["a"]),
    ):
        with pytest.raises(ArgumentError):
            ctx.execute("Close", http_method=method, operation_parameters=parameters)
    assert sent == []


def test_function_imports_are_callable(ctx, sent):
    assert [p.ID for p in ctx.functions.GetProductsByRating(rating=3)] == [2, 5]
    assert ctx.functions.Sum(a=1, b=2) == 3
    assert ctx.functions.Cities() == ["Ulm", "Bonn"]
    assert ctx.functions.Close() is None
    assert sent.lines == ["GET GetProductsByRating?rating=3", "GET Sum(a=1,b=2)", "GET Cities", "POST Close"]
    with pytest.raises(AttributeError, match="GetProductsByRating"):
        _ = ctx.functions.GetProductByRating
    with pytest.raises(TypeError, match="rating"):
        ctx.functions.GetProductsByRating(rate=3)
    assert set(dir(ctx.functions)) >= {"Sum", "GetProductsByRating"}


def test_bound_operations_are_methods(ctx, sent, fresh):
    product = ctx.Products.by_key(1).first()
    assert product.Discount(percent=10) == Decimal("2.25")
    assert sent.lines[-1] == "POST Products(1)/Discount" and json.loads(sent[-1][3]) == {"percent": 10}
    with pytest.raises(TypeError, match="percent"):
        product.Discount(prcent=10)
    with pytest.raises(InvalidOperationError):
        ctx.types.Product(ID=1).Discount(percent=5)


def test_they_compose_with_queries_where_they_may(ctx, sent):
    found = ctx.functions.GetProductsByRating(rating=3)
    assert isinstance(found, DataServiceQuery) and sent == []
    assert [p.ID for p in found.where(lambda p: p.Price > 1).order_by("Name")] == [5]
    assert sent.lines == ["GET GetProductsByRating?rating=3&$filter=Price gt 1M&$orderby=Name"]
    product = ctx.Products.by_key(1).first()
    assert [p.ID for p in product.Like(below=Decimal(3)).where(lambda p: p.Rating == 4)] == [1]
    assert sent.lines[-1] == "GET Products(1)/Like(below=3M)?$filter=Rating eq 4"


def test_results_of_an_operation_are_filtered_never_looked_up(ctx, sent):
    assert [p.ID for p in ctx.functions.GetProductsByRating(rating=3).where(lambda p: p.ID == 2)] == [2]
    assert sent.lines == ["GET GetProductsByRating?rating=3&$filter=ID eq 2"]
    with pytest.raises(InvalidOperationError):
        ctx.functions.GetProductsByRating(rating=3).by_key(2)


def test_a_wrong_value_names_the_parameter(ctx):
    with pytest.raises(TypeError, match=r"percent.*Edm\.Int32"):
        ctx.Products.by_key(1).first().Discount(percent="much")
    with pytest.raises(TypeError, match=r"rating.*Edm\.Int32"):
        ctx.functions.GetProductsByRating(rating="good")


@pytest.mark.parametrize("dialect", ["json", "verbosejson", "atom"])
def test_an_element_type_is_that_of_the_elements(url, dialect):
    """Whether one comes or several is worked out where it is not said; the class of an enum is an element type too."""
    with DataServiceContext(url, format=dialect) as ctx:
        assert list(ctx.execute("Cities", element_type=str)) == ["Ulm", "Bonn"]
        assert list(ctx.execute("Cities", element_type="Collection(Edm.String)")) == ["Ulm", "Bonn"]
        assert list(ctx.execute("Products(1)/Tags", element_type=str)) == ["dark", "sour"]
        assert [b.City for b in ctx.execute("Products(1)/Branches", element_type=ctx.types.Address)] == ["Ulm", "Bonn"]
        for grain in (ctx.types.Grain, "Grain", "Bakery.Grain"):
            assert list(ctx.execute("Products(1)/Grain", element_type=grain)) == [ctx.types.Grain.Rye]
