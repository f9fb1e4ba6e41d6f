"""What goes wrong first, over Northwind."""

from datetime import datetime

from northwind import NorthwindEntities, Product


def report(ctx: NorthwindEntities, since: datetime) -> None:
    ctx.Product.first()  # refused: name
    ctx.Products.where(lambda p: p.Price > 20)  # refused: name
    ctx.Products.where(lambda p: p.UnitPrice > since)  # refused: type
    ctx.Products.where(lambda p: p.Category.CategoryName == 3)  # refused: type
    ctx.Orders.where(lambda o: o.OrderDate > 2013)  # refused: type
    ctx.Orders.where(lambda o: o.Order_Details.any(lambda d: d.Quantity == "3"))  # refused: type
    ctx.Customers.where(lambda c: c.Orders.any(lambda o: o.Frieght > 500))  # refused: name
    print(ctx.Products.first().ProductNmae)  # refused: name
    print(ctx.Products.first().UnitPrice + 1)  # refused: none
    print(ctx.Products.first().Category.CategoryName)  # refused: none
    print(ctx.Products.first_or_default().ProductName)  # refused: none


def change(ctx: NorthwindEntities) -> None:
    ctx.add_to_Products(Product(Name="Tea"))  # refused: name
    ctx.add_to_Products(Product(ProductName=3))  # refused: type
    ctx.add_to_Categories(Product())  # refused: type
    product = ctx.Products.first()
    product.UnitPrice = 2.5  # refused: type
    product.Discontinued = "no"  # refused: type
