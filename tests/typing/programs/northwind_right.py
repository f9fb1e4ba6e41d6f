"""A newcomer's program over Northwind."""

from datetime import datetime
from decimal import Decimal
from typing import assert_type

from northwind import Category, NorthwindEntities, Order_Detail, Product


def report(ctx: NorthwindEntities, since: datetime) -> list[str]:
    dear = ctx.Products.where(lambda p: p.UnitPrice > 20 and p.ProductName.startswith("C")).order_by(lambda p: p.ProductName)
    lines = [f"{p.ProductName}: {p.UnitPrice}" for p in dear.take(10)]
    for name, price, category in ctx.Products.select(lambda p: (p.ProductName, p.UnitPrice, p.Category.CategoryName)):
        assert_type(price, Decimal | None)
        lines.append(f"{name.upper()} {category} {price or 0:.2f}")
    late = ctx.Orders.where(lambda o: (o.ShippedDate == None) & (o.OrderDate >= since))  # noqa: E711
    for order in late.expand(lambda o: o.Order_Details).expand("Customer"):
        assert_type(order.Order_Details, list[Order_Detail])
        if order.Customer is not None:
            lines.append(order.Customer.CompanyName)
    many = ctx.Customers.where(lambda c: c.Orders.any(lambda o: o.Freight > Decimal("500.5")))
    return [*lines, *many.select(lambda c: c.CompanyName)]


def change(ctx: NorthwindEntities, category: Category) -> None:
    product = ctx.Products.by_key(1).single()
    if product.UnitPrice is not None:
        product.UnitPrice += 1
        ctx.update_object(product)
    ctx.add_to_Products(Product(ProductName="Tea", UnitPrice="2.50", Category=category, Discontinued=False))
    ctx.save_changes()
