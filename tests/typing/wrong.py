"""What a checker must refuse: every line that says so, and no other."""

from uuid import UUID

from shop import Category, Product, Shop


def reading(shop: Shop) -> None:
    product = shop.Products.first()
    number: int = product.Name  # refused
    print(number, product.Nmae)  # refused
    print(product.Note.upper())  # refused
    print(product.Category.Code)  # refused
    print(product.Tags.keys())  # refused


def writing(product: Product, some: UUID) -> None:
    product.Nmae = "x"  # refused
    product.Name = 5  # refused
    product.Name = None  # refused
    product.Stock = "5"  # refused
    product.Stock = some  # refused
    product.Colour = 1.5  # refused
    product.Category = Product()  # refused
    product.Tags = [1]  # refused
    product.Home = Category()  # refused


def making() -> None:
    Product(Nmae="x")  # refused
    Product(Name=5)  # refused
    Product("x")  # refused
    Category(Code=3, Other="x")  # refused


def asking(shop: Shop) -> None:
    shop.Products.where(lambda p: p.Nmae == "x")  # refused
    shop.Products.where(lambda p: p.Category.Cdoe == "x")  # refused
    shop.Products.where(lambda p: p.Name)  # refused
    shop.Products.where(lambda p: p.Tags.any(lambda tag: tag.strtswith("a")))  # refused
    shop.Products.where(5)  # refused
