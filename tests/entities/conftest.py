"""A small model that has one of everything, and entities read from bodies of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from odata3.edm.csdl import parse_metadata
from odata3.edm.model import Model
from odata3.entities.classes import Namespace, build_classes
from odata3.entities.structure import adopt
from odata3.formats.documents import Dialect
from odata3.formats.value_codecs import Codecs

METADATA = Path(__file__).with_name("shop.edmx").read_bytes()

BODY = {
    "odata.type": "Shop.Product",
    "ID": "a11cc636-5521-4f88-92b2-cad392911fe0",
    "Name": "Bolt",
    "Note": None,
    "Stock": 4,
    "Sold": "9007199254740993",
    "Small": 255,
    "Price": "2.50",
    "Weight": Decimal("1.5"),
    "Size": Decimal("0.1"),
    "Active": True,
    "Image": "AAEC",
    "Made": "2013-08-02T15:12:54.2694809",
    "Seen": "2013-08-02T15:12:54.2694809+02:00",
    "Takes": "PT1.0000001S",
    "Maker": "A11CC636-5521-4F88-92B2-CAD392911FE1",
    "Colour": "Red",
    "Rights": "3",
    "Home": {"City": "Ulm", "Zip": 1, "Since": "2000-01-01T00:00:00.1234567", "Place": {"X": Decimal("1"), "Names": ["a"]}},
    "Tags": ["new", "red"],
    "Numbers": [1, 2],
    "Colours": ["Red", "Blue"],
    "Homes": [{"City": "Bonn", "Zip": 2}, {"odata.type": "Shop.Flat", "City": "Köln", "Zip": 3, "Floor": 4}],
    "Later": "a property newer than the model",
}


@pytest.fixture(scope="session")
def model() -> Model:
    return parse_metadata(METADATA)


@pytest.fixture(scope="session")
def types(model: Model) -> Namespace:
    return build_classes(model)


@pytest.fixture(scope="session")
def codecs(model: Model) -> Codecs:
    return Codecs(model, Dialect.JSON_LIGHT)


@pytest.fixture(scope="session")
def read(types: Namespace, codecs: Codecs) -> Callable[..., Any]:
    """An entity as it is after reading: ``read("Product", {"Name": ...})``."""

    def read(name: str, values: Mapping[str, Any] = BODY) -> Any:
        return adopt(types[name], values, codecs.codec(f"Shop.{name}"))

    return read


@pytest.fixture
def product(read: Callable[..., Any]) -> Any:
    return read("Product")
