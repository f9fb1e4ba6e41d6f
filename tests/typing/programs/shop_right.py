"""What a checker must accept, against the stub that is made of the shop's model."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from shop import Address, Book, Category, Colour, Flat, Product, Rights, Shop


def reading(shop: Shop) -> Iterator[object]:
    product = shop.Products.first()
    name: str = product.Name
    note: str | None = product.Note
    home: Address | None = product.Home
    tags: list[str] = product.Tags
    homes: list[Address] = product.Homes
    colours: list[Colour] = product.Colours
    category: Category | None = product.Category
    plain: dict[str, object] = product.to_dict()
    yield from (name, note, home, tags, homes, colours, category, plain)
    if product.Category is not None:
        first: Product = product.Category.Products[0]
        yield first
    if product.Home is not None and product.Home.Place is not None:
        x: float | None = product.Home.Place.X
        yield x
    if product.Photo is not None:
        yield product.Photo.content_type
    found = shop.Products.first_or_default()
    if found is not None:
        size: float | None = found.Size
        yield size
    for each in shop.Products:
        text: str = each.Name
        yield text


def writing(product: Product, some: UUID) -> None:
    product.Note = "x"
    product.Note = None
    product.ID = some
    product.ID = "a11cc636-5521-4f88-92b2-cad392911fe0"
    product.Price = 3
    product.Price = Decimal("2.50")
    product.Colour = Colour.None_
    product.Colour = "Red"
    product.Rights = Rights.Read | Rights.Write
    product.Home = {"City": "Ulm"}
    product.Home = Flat(Floor=3)
    product.Tags = ("a", "b")
    product.Tags.append("c")
    product.Homes = [Flat(Floor=1), {"City": "Bonn"}]
    product.Category = Category(Code="a", Area=1, Anything=3)
    product.Category.Anything = 4
    product.Discount(percent=5)


def making(some: UUID) -> tuple[Product, Book]:
    return Product(Name="a", ID=some, Home=Address(City="Ulm"), Made="2013-08-02"), Book(Name="b", Pages=3, Tags=["a"])


def asking(shop: Shop, some: UUID, now: datetime) -> None:
    shop.Products.where(lambda p: p.ID == some)
    shop.Products.where(lambda p: p.Made > now)
    shop.Products.where(lambda p: p.Note.startswith("x") and not p.Active)
    shop.Products.where(lambda p: (p.Price > Decimal(3)) & (p.Category.Code == "x") | ~(p.Stock + 1 > 4))
    shop.Products.where(lambda p: p.Home.Place.X == 1.5)
    shop.Products.where(lambda p: 1 < p.Stock < 9)
    shop.Products.where(lambda p: p.Name in ("a", "b"))
    shop.Products.where(lambda p: p.Tags.any(lambda tag: tag.startswith("a")))
    shop.Products.where(lambda p: p.Homes.all(lambda home: home.City == "Ulm"))
    shop.Categories.where(lambda c: c.Products.any(lambda p: p.Stock > 3))
    shop.Products.where(lambda p: p.Active)
    shop.Products.where(Product.Name == "x")
    shop.Products.where("Name eq 'x'")
    shop.Products.order_by(lambda p: p.Name).order_by_descending(Product.Made).then_by("Stock")
    shop.Products.order_by(lambda p: -p.Made)
    shop.Products.select("Name", "Stock").expand("Category").skip(1).take(2)
