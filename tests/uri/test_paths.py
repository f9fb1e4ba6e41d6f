"""Resource paths, written and read."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from uri.catalogue import CATEGORY, MACHINE, MODEL, NOTE, ORDER, PRODUCT, SUPPLIER

from odata3.edm.model import EntityType, Members, Property
from odata3.errors import ArgumentError, QueryTranslationError
from odata3.uri.paths import (
    EntitySetSegment,
    KeySegment,
    KeywordSegment,
    NavigationSegment,
    OperationSegment,
    PathError,
    PropertySegment,
    TypeSegment,
    UnknownSegmentError,
    encode,
    entity_url,
    key_lookup,
    key_predicate,
    literal,
    parse_path,
)
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
    assert lookup(lambda p: 1 == p.ID, PRODUCT) == (("ID", 1),)  # noqa: SIM300


@pytest.mark.parametrize(
    "predicate",
    [
        lambda m: m.ID == ONE,
        lambda m: m.ID == ONE and m.StampId == TWO and m.Name == "x",
        lambda m: m.ID == ONE or m.StampId == TWO,
        lambda m: m.ID == ONE and m.StampId != TWO,
        lambda m: m.ID == ONE and m.StampId == None,  # noqa: E711
        lambda m: m.ID == ONE and not (m.StampId == TWO),
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


# --- reading ----------------------------------------------------------------------------------------------------------------


def kinds(path: str, **options: Any) -> list[str]:
    return [type(segment).__name__.removesuffix("Segment") for segment in parse_path(path, MODEL, **options)]


def key_of(path: str, position: int = 1, **options: Any) -> dict[str, Any]:
    segment = parse_path(path, MODEL, **options)[position]
    assert isinstance(segment, KeySegment)
    return dict(segment.values)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", []),
        ("/", []),
        ("$metadata", ["Keyword"]),
        ("$batch", ["Keyword"]),
        ("Products", ["EntitySet"]),
        ("Products()", ["EntitySet"]),
        ("Main.Products(1)", ["EntitySet", "Key"]),
        ("Shop.Cellar.Archive(1)/Name/$value", ["EntitySet", "Key", "Property", "Keyword"]),
        ("Cellar.Archive", ["EntitySet"]),
        ("Products(1)/Address/City", ["EntitySet", "Key", "Property", "Property"]),
        ("Products(1)/Category/Products(2)/Name", ["EntitySet", "Key", "Navigation", "Navigation", "Key", "Property"]),
        ("Products(1)/Orders/$count", ["EntitySet", "Key", "Navigation", "Keyword"]),
        ("Products/$count", ["EntitySet", "Keyword"]),
        ("Products(1)/$links/Category", ["EntitySet", "Key", "Navigation"]),
        ("Products(1)/$links/Orders(5)", ["EntitySet", "Key", "Navigation", "Key"]),
        ("Products(1)/$value", ["EntitySet", "Key", "Keyword"]),
        ("Products(1)/Photo", ["EntitySet", "Key", "Property"]),
        ("Products/Shop.SpecialProduct", ["EntitySet", "Type"]),
        ("Products/Shop.SpecialProduct(1)/Limit", ["EntitySet", "Type", "Key", "Property"]),
        ("Products(1)/Shop.SpecialProduct/Guarantor", ["EntitySet", "Key", "Type", "Navigation"]),
        ("Products(1)/Discount", ["EntitySet", "Key", "Operation"]),
        ("Products(1)/Main.Discount", ["EntitySet", "Key", "Operation"]),
        ("Products/DiscountAll", ["EntitySet", "Operation"]),
        ("Cheapest", ["Operation"]),
        ("Cheapest/Shop.SpecialProduct", ["Operation", "Type"]),
        ("Add(a=1,b=@b)", ["Operation"]),
        ("Notes(datetime'2020-01-01T00%3A00%3A00')/Anything", ["EntitySet", "Key", "Property"]),
    ],
)
def test_paths(path: str, expected: list[str]) -> None:
    assert kinds(path) == expected


def test_what_segments_hold() -> None:
    products, key, category, back, count = parse_path("Products(1)/Category/Products/$count", MODEL)
    assert isinstance(products, EntitySetSegment) and products.entity_set.name == "Products"
    assert products.is_collection and products.type is PRODUCT
    assert isinstance(key, KeySegment) and not key.is_collection and key.type is PRODUCT
    assert isinstance(category, NavigationSegment) and category.type is CATEGORY and not category.is_collection
    assert isinstance(back, NavigationSegment) and back.is_collection and back.entity_set is None
    assert isinstance(count, KeywordSegment) and count.text == "$count"
    link = parse_path("Products(1)/$links/Category", MODEL)[-1]
    assert isinstance(link, NavigationSegment) and link.links and link.entity_set is MODEL.entity_sets["Categories"]
    cast = parse_path("Products/Shop.SpecialProduct", MODEL)[-1]
    assert isinstance(cast, TypeSegment) and cast.is_collection
    name = parse_path("Products(1)/Tags", MODEL)[-1]
    assert isinstance(name, PropertySegment) and name.is_collection
    call = parse_path("Add(a=1,b='x,y')", MODEL)[-1]
    assert isinstance(call, OperationSegment) and dict(call.arguments) == {"a": "1", "b": "'x,y'"}
    assert repr(call.type) == "<Edm.Int32>"


def test_p42_keys_in_any_order_and_the_named_single_form() -> None:
    expected = {"ID": ONE, "StampId": TWO}
    assert key_of(f"Machines(ID=guid'{ONE}',StampId=guid'{TWO}')") == expected
    assert key_of(f"Machines( StampId = guid'{TWO}' , ID=guid'{{{ONE}}}')") == expected
    assert key_of(f"Machines(ID=guid%27{ONE}%27%2CStampId=guid'{TWO}')") == expected
    assert key_of("Products(ID=1)") == {"ID": 1}
    assert key_of("Orders(5)") == {"Number": 5} == key_of("Orders(5L)")


def test_p44_split_before_decoding() -> None:
    assert key_of("Suppliers('a%2Fb')") == {"Code": "a/b"}
    assert key_of("Suppliers('a%27%27b')") == {"Code": "a'b"}
    assert key_of("Suppliers('(x,y=1)')") == {"Code": "(x,y=1)"}
    assert key_of("Suppliers('a=1')") == {"Code": "a=1"}
    assert key_of("Suppliers('50%25')") == {"Code": "50%"}
    assert key_of("Suppliers('a+b')") == {"Code": "a+b"}


@given(st.text(max_size=30))
def test_p41_any_text_is_one_key(text: str) -> None:
    predicate = key_predicate(SUPPLIER, [text])
    assert "/" not in predicate and "?" not in predicate and "#" not in predicate and "&" not in predicate and predicate.isascii()
    assert key_of(f"Suppliers{predicate}") == {"Code": text}


@given(st.text(min_size=1, max_size=30))
def test_p43_any_text_is_one_segment(text: str) -> None:
    assume("(" not in text and "." not in text and text not in ("Discount", "DiscountAll"))
    segment = key_predicate(SUPPLIER, [text], key_as_segment=True)
    assert segment.count("/") == 1
    assert key_of(f"Suppliers{segment}", key_as_segment=True) == {"Code": text}


def test_p43_reading_keys_as_segments() -> None:
    on = {"key_as_segment": True}
    assert key_of("Products/1", **on) == {"ID": 1}
    assert key_of("Products(1)", **on) == {"ID": 1}
    assert key_of("Suppliers/$$x", **on) == {"Code": "$x"}
    assert key_of("Products/1/Category/Products/2", 4, **on) == {"ID": 2}
    assert kinds("Products/$/Shop.SpecialProduct", **on) == ["EntitySet", "Type"]
    assert kinds("Products/Shop.SpecialProduct/1", **on) == ["EntitySet", "Type", "Key"]
    assert kinds("Products/$count", **on) == ["EntitySet", "Keyword"]
    assert kinds("Products/DiscountAll", **on) == ["EntitySet", "Operation"]
    assert kinds(f"Machines(ID=guid'{ONE}',StampId=guid'{TWO}')", **on) == ["EntitySet", "Key"]
    with pytest.raises(PathError):
        parse_path("Products/x", MODEL, key_as_segment=True)
    with pytest.raises(UnknownSegmentError):
        parse_path("Products/1", MODEL)


def test_seven_digits_stay_in_the_literal() -> None:
    segment = parse_path("Notes(datetime'2013-08-19T22%3A13%3A09.1234567')", MODEL)[1]
    assert isinstance(segment, KeySegment) and segment.type is NOTE
    assert segment.literals == {"Day": "datetime'2013-08-19T22:13:09.1234567'"}


@pytest.mark.parametrize(
    "path",
    [
        "Nope",
        "Products(1)/Nope",
        "Products/Name",
        "Products(1)/Name/Nope",
        "Products(1)/$links/Name",
        "Other.Products",
        "Discount",
    ],
)
def test_unknown_segments_are_404(path: str) -> None:
    with pytest.raises(UnknownSegmentError):
        parse_path(path, MODEL)


@pytest.mark.parametrize(
    "path",
    [
        "Products(1",
        "Products(x)",
        "Products('1')",
        "Products(null)",
        "Products(ID=1,ID=1)",
        "Products(Id=1)",
        "Products(1)(2)",
        "Machines(1)",
        f"Machines(ID=guid'{ONE}')",
        f"Machines(guid'{ONE}',guid'{TWO}')",
        "Products(99999999999)",
        "Suppliers('a)",
        "Suppliers('%FF')",
        "Products//Name",
        "Products(1)/Category(1)",
        "Products(1)/Name(1)",
        "Products(1)/$count",
        "Products/$value",
        "Products(1)/$links",
        "Products/$links/Category",
        "$metadata/x",
        "Products/$count/x",
        "Products(1)/Shop.Category",
        "Products/Shop.SpecialProduct/Shop.SpecialProduct",
        "Add(1,2)",
        "Add(a=1,a=2)",
        "Products(1)/Address/$value",
    ],
)
def test_wrong_paths_are_400(path: str) -> None:
    with pytest.raises(PathError) as caught:
        parse_path(path, MODEL)
    assert not isinstance(caught.value, UnknownSegmentError)
    assert isinstance(caught.value, ArgumentError)


@given(st.text(alphabet="Products(1)/$linkscountvalue%2F'=,N. é", max_size=30), st.booleans())
def test_no_path_breaks_the_reader(path: str, key_as_segment: bool) -> None:
    try:
        parse_path(path, MODEL, key_as_segment)
    except PathError as error:
        assert str(error)
