"""Resource paths, written and read."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from uri.catalogue import MACHINE, MODEL, ORDER, PRODUCT, SUPPLIER

from odata3.edm.members import Members
from odata3.edm.model import EntityType, Property
from odata3.errors import ArgumentError, QueryTranslationError
from odata3.uri.paths import encode, entity_url, key_lookup, key_predicate, literal
from odata3.uri.translation import translate_predicate

ONE, TWO = UUID("a11cc636-5521-4f88-92b2-cad392911fe0"), UUID("ba4146fa-fb41-4f59-a193-ad00c52a138c")
ROOT = "http://h/svc/"


def keyed(type_: str) -> EntityType:
    return EntityType(name="K", namespace="N", key=("K",), properties=Members((Property(name="K", type=type_, nullable=False),)))


# --- keys -------------------------------------------------------------------------------------------------------------------


def test_p42_single_keys_are_bare_composite_keys_named() -> None:
    assert key_predicate(PRODUCT, [5]) == "(5)"
    assert key_predicate(ORDER, [5]) == "(5L)"
    assert key_predicate(MACHINE, (ONE, TWO)) == f"(ID=guid'{ONE}',StampId=guid'{TWO}')"
    assert key_predicate(MACHINE, {"StampId": TWO, "ID": ONE}) == f"(StampId=guid'{TWO}',ID=guid'{ONE}')"
    assert key_predicate(MACHINE, (("StampId", TWO), ("ID", str(ONE).upper()))) == f"(StampId=guid'{TWO}',ID=guid'{ONE}')"


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        ("Edm.String", "O'Neil & Söhne", "('O''Neil%20%26%20S%C3%B6hne')"),
        ("Edm.String", "a/b\\c?d#e:f+g%h", "('a%2Fb%5Cc%3Fd%23e%3Af%2Bg%25h')"),
        ("Edm.String", "", "('')"),
        ("Edm.Double", 1.5, "(1.5)"),
        ("Edm.Double", 2.0, "(2.0)"),
        ("Edm.Double", 1e20, "(1E%2B20)"),
        ("Edm.Single", 1.5, "(1.5f)"),
        ("Edm.Decimal", Decimal("2.50"), "(2.50M)"),
        ("Edm.Boolean", True, "(true)"),
        ("Edm.DateTime", datetime(2013, 8, 19, 22, 13, 9), "(datetime'2013-08-19T22%3A13%3A09')"),
        ("Edm.DateTimeOffset", datetime(2013, 8, 19, 22, 13, 9, tzinfo=UTC), "(datetimeoffset'2013-08-19T22%3A13%3A09Z')"),
        ("Edm.Binary", b"\x0a\xff", "(X'0AFF')"),
    ],
)
def test_key_literals(type_: str, value: Any, expected: str) -> None:
    assert key_predicate(keyed(type_), [value]) == expected


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        ("Edm.Int32", 1, "/1"),
        ("Edm.Int64", 5, "/5"),
        ("Edm.Decimal", Decimal("2.50"), "/2.50"),
        ("Edm.Guid", ONE, f"/{ONE}"),
        ("Edm.String", "abc", "/abc"),
        ("Edm.String", "O'Neil", "/O''Neil"),
        ("Edm.String", "$x", "/$$x"),
        ("Edm.String", "a/b c", "/a%2Fb%20c"),
        ("Edm.String", "..", "/%2E%2E"),
        ("Edm.DateTime", datetime(2013, 8, 19, 22, 13, 9), "/2013-08-19T22%3A13%3A09"),
    ],
)
def test_p43_keys_as_segments(type_: str, value: Any, expected: str) -> None:
    assert key_predicate(keyed(type_), [value], key_as_segment=True) == expected


def test_p43_composite_keys_keep_parentheses() -> None:
    assert key_predicate(MACHINE, (ONE, TWO), key_as_segment=True) == f"(ID=guid'{ONE}',StampId=guid'{TWO}')"
    assert entity_url(ROOT, "Machines", MACHINE, (ONE, TWO), True) == f"{ROOT}Machines(ID=guid'{ONE}',StampId=guid'{TWO}')"


def test_entity_urls() -> None:
    assert entity_url("http://h/svc", MODEL.entity_sets["Products"], PRODUCT, [5]) == "http://h/svc/Products(5)"
    assert entity_url(ROOT, MODEL.entity_sets["Shop.Cellar.Archive"], PRODUCT, [5]) == f"{ROOT}Cellar.Archive(5)"
    assert entity_url(ROOT, "Products", PRODUCT, [5], key_as_segment=True) == f"{ROOT}Products/5"


@pytest.mark.parametrize(
    ("entity_type", "values"),
    [
        (PRODUCT, []),
        (PRODUCT, [1, 2]),
        (PRODUCT, [None]),
        (PRODUCT, ["x"]),
        (PRODUCT, [2**40]),
        (PRODUCT, {"Id": 1}),
        (MACHINE, {"ID": ONE}),
        (MACHINE, (("ID", ONE), ("ID", ONE))),
        (SUPPLIER, [b"x"]),
        (SUPPLIER, ["\ud800"]),
        (EntityType(name="Keyless", namespace="N"), [1]),
    ],
)
def test_wrong_keys(entity_type: EntityType, values: Any) -> None:
    with pytest.raises(ArgumentError):
        key_predicate(entity_type, values)


def test_an_empty_text_cannot_be_a_segment() -> None:
    with pytest.raises(ArgumentError):
        key_predicate(SUPPLIER, [""], key_as_segment=True)


def test_literal() -> None:
    assert literal(None, None) == "null"
    assert literal(5, None) == "5"
    assert literal(2**40, None) == f"{2**40}L"
    with pytest.raises(ArgumentError):
        literal(object(), None)
    with pytest.raises(ArgumentError):
        encode("\ud800")


# --- look-ups ---------------------------------------------------------------------------------------------------------------


def lookup(predicate: Any, entity_type: EntityType = MACHINE) -> Any:
    return key_lookup(entity_type, translate_predicate(MODEL, entity_type, predicate))


def test_a_whole_key_alone_is_a_look_up() -> None:
    assert lookup(lambda m: m.ID == ONE and m.StampId == TWO) == (("ID", ONE), ("StampId", TWO))
    assert lookup(lambda m: (m.StampId == TWO) & (m.ID == ONE)) == (("StampId", TWO), ("ID", ONE))
    assert lookup(lambda p: p.ID == 1, PRODUCT) == (("ID", 1),)
    assert lookup(lambda p: 1 == p.ID, PRODUCT) == (("ID", 1),)


@pytest.mark.parametrize(
    "predicate",
    [
        lambda m: m.ID == ONE,
        lambda m: m.ID == ONE and m.StampId == TWO and m.Name == "x",
        lambda m: m.ID == ONE or m.StampId == TWO,
        lambda m: m.ID == ONE and m.StampId != TWO,
        lambda m: m.ID == ONE and m.StampId == None,  # noqa: E711
        lambda m: m.ID == ONE and not (m.StampId == TWO),  # noqa: SIM201
        lambda m: m.ID == ONE and m.StampId == m.ID,
        "ID eq 1",
    ],
)
def test_anything_else_stays_a_filter(predicate: Any) -> None:
    assert lookup(predicate) is None


def test_the_same_key_twice_is_refused() -> None:
    with pytest.raises(QueryTranslationError, match="twice"):
        lookup(lambda m: m.ID == ONE and m.StampId == TWO and m.ID == TWO)
    assert key_lookup(MACHINE, None) is None
