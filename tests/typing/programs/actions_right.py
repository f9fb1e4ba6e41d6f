"""Bound actions and functions of a service with few other traits."""

from datetime import datetime
from typing import assert_type

from actions import Category, Product, context


def use(ctx: context, category: Category, product: Product) -> None:
    assert_type(category.AppendDescription(value="more", date=datetime(2013, 8, 2)), str | None)
    category.AppendDescription(date="2013-08-02T15:12:54")
    assert_type(category.GetFamily(), str | None)
    assert_type(product.Category, Category | None)
    assert_type(ctx.types.Category, type[Category])
    for name, units in ctx.Products.where(lambda p: p.Discontinued).select(lambda p: (p.Product_Name, p.Units_In_Stock)):
        assert_type((name, units), tuple[str | None, int | None])
