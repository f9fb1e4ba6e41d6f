"""Resource paths, read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from uri.catalogue import CATEGORY, MODEL, NOTE, PRODUCT, SUPPLIER

from odata3.errors import ArgumentError
from odata3.uri.paths import key_predicate
from odata3.uri.segments import (
    EntitySetSegment,
    KeySegment,
    KeywordSegment,
    NavigationSegment,
    OperationSegment,
    PathError,
    PropertySegment,
    TypeSegment,
    UnknownSegmentError,
    parse_path,
)

ONE, TWO = UUID("a11cc636-5521-4f88-92b2-cad392911fe0"), UUID("ba4146fa-fb41-4f59-a193-ad00c52a138c")


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
