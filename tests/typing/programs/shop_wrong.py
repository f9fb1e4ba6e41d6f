"""What a checker must refuse: every line that says so, and no other."""

from uuid import UUID

from shop import Category, Product, Shop


def reading(shop: Shop) -> None:
    product = shop.Products.first()
    number: int = product.Name  # refused: type
    print(number, product.Nmae)  # refused: name
    print(product.Note.upper())  # refused: none
    print(product.Category.Code)  # refused: none
    print(product.Tags.keys())  # refused: name


def writing(product: Product, some: UUID) -> None:
    product.Nmae = "x"  # refused: name
    product.Name = 5  # refused: type
    product.Name = None  # refused: type
    product.Stock = "5"  # refused: type
    product.Stock = some  # refused: type
    product.Colour = 1.5  # refused: type
    product.Category = Product()  # refused: type
    product.Tags = [1]  # refused: type
    product.Home = Category()  # refused: type


def making() -> None:
    Product(Nmae="x")  # refused: name
    Product(Name=5)  # refused: type
    Product("x")  # refused: type
    Category(Code=3, Other="x")  # refused: type


def asking(shop: Shop) -> None:
    shop.Products.where(lambda p: p.Nmae == "x")  # refused: name
    shop.Products.where(lambda p: p.Home.Ctiy == "x")  # refused: name
    shop.Products.where(lambda p: p.Name)  # refused: type
    shop.Products.where(lambda p: p.Tags.any(lambda tag: tag.strtswith("a")))  # refused: name
    shop.Products.where(5)  # refused: type
