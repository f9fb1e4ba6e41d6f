"""A bakery: a small model with one of everything, its data, and the service that keeps them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from odata3.edm.csdl import parse_metadata
from odata3.server.hooks import Call
from odata3.server.records import Record
from odata3.server.service import Service
from odata3.server.store import Store, Transaction

EDMX = Path(__file__).with_name("bakery.edmx")
MODEL = parse_metadata(EDMX)
SERIAL = "a11cc636-5521-4f88-92b2-cad392911fe0"


def fill(tx: Transaction) -> None:
    """Five products (one a cake) in two categories, two order lines, an open note, no photo."""
    bread = tx.insert("Categories", {"ID": 1, "Name": "Bread", "Version": 1})
    sweet = tx.insert("Categories", {"ID": 2, "Name": "Sweet", "Version": 1})
    first = {
        "ID": 1,
        "Name": "Rye bread",
        "Price": Decimal("2.50"),
        "Rating": 4,
        "Discontinued": False,
        "Weight": 1.5,
        "Ratio": 0.5,
        "Small": 200,
        "Tiny": -5,
        "Short": 300,
        "Big": 2**40,
        "Released": "2013-08-02T15:12:54.2694809",
        "Changed": "2013-08-02T15:12:54+02:00",
        "BakeTime": "PT1H30M",
        "Serial": SERIAL,
        "Picture": b"\x0a\xff",
        "Grain": 1,
        "Contains": 3,
        "Maker": {"Street": "Main 1", "City": "Ulm"},
        "Tags": ["dark", "sour"],
        "Branches": [{"City": "Ulm"}, {"City": "Bonn"}],
        "class": "A",
    }
    rows = [
        (first, None, bread),
        ({"ID": 2, "Name": "Roll", "Price": Decimal("0.40"), "Rating": 3, "Tags": ["white"]}, None, bread),
        ({"ID": 3, "Name": "O'Neil's bun", "Price": Decimal("1.10"), "Rating": 5, "Discontinued": True}, None, sweet),
        ({"ID": 4, "Name": None, "Price": Decimal("9.00"), "Rating": None}, None, None),
        ({"ID": 5, "Name": "Sponge", "Price": Decimal("21.00"), "Rating": 3, "Layers": 3}, "Bakery.Cake", sweet),
    ]
    for values, type_name, category in rows:
        made = tx.insert("Products", values, type_name=type_name)
        if category is not None:
            tx.link(made, "Category", category)
    tx.insert("Lines", {"OrderID": 7, "Code": SERIAL, "Count": 2})
    tx.insert("Lines", {"OrderID": 8, "Code": SERIAL, "Count": 1})
    tx.insert("Notes", {"ID": 1, "Text": "open", "Mood": "fine", "Score": 3})


def open_bakery(**settings: object) -> Service:
    service = Service(MODEL, Store(MODEL), **settings)  # type: ignore[arg-type]
    with service.store.begin() as tx:
        fill(tx)

    @service.operation("GetProductsByRating")
    def by_rating(call: Call) -> list[Record]:
        return call.store.query("Products", filter=f"Rating eq {call.parameters['rating']}")

    @service.operation("Sum")
    def total(call: Call) -> int:
        return int(call.parameters["a"]) + int(call.parameters["b"])

    @service.operation("Cities")
    def cities(call: Call) -> list[str]:
        return ["Ulm", "Bonn"]

    @service.operation("Close")
    def close(call: Call) -> None:
        return None

    @service.operation("Discount")
    def discount(call: Call) -> Decimal:
        assert isinstance(call.bound, Record)
        price: Decimal = call.bound["Price"] * (100 - call.parameters["percent"]) / 100
        call.store.update(call.bound, {"Price": price})
        return price

    @service.operation("Like")
    def like(call: Call) -> list[Record]:
        return call.store.query("Products", filter=f"Price lt {call.parameters['below']}M")

    return service


def refill(service: Service) -> None:
    """Everything as it was at the start."""
    with service.store.begin() as tx:
        for name in MODEL.entity_sets:
            for record in tx.find(name):
                tx.delete(record)
        fill(tx)
