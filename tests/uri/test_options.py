"""Query strings, from steps and from text."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uri.catalogue import MODEL, PRODUCT

from odata3.errors import ArgumentError, QueryTranslationError
from odata3.uri.options import QueryOptions, encode_value
from odata3.uri.parser import QuerySyntaxError, parse_filter, parse_orderby
from odata3.uri.selections import parse_expand, parse_select
from odata3.uri.translation import translate_ordering, translate_predicate


def where(predicate: Any) -> QueryOptions:
    return QueryOptions().where(translate_predicate(MODEL, PRODUCT, predicate))


def parsed(text: str) -> QueryOptions:
    return QueryOptions.parse(text, MODEL, PRODUCT)


NAME = translate_ordering(MODEL, PRODUCT, "Name")
PRICE_DOWN = translate_ordering(MODEL, PRODUCT, lambda p: p.Price, descending=True)


def test_order_of_the_options() -> None:
    options = where(lambda p: p.Rating > 2).order_by(NAME).then_by(PRICE_DOWN).skip(1).take(2)
    options = options.with_custom("foo", 1).include_total_count().select(["ID", "Name"]).expand(["Category"])
    assert unquote(options.query_string()) == (
        "$filter=Rating gt 2&$orderby=Name,Price desc&$skip=1&$top=2&$expand=Category&$select=ID,Name&$inlinecount=allpages&foo=1"
    )
    assert unquote(QueryOptions().order_by(NAME).where(parse_filter("ID eq 1")).query_string()) == "$orderby=Name&$filter=ID eq 1"
    assert QueryOptions().query_string() == ""


def test_p53_repeated_steps() -> None:
    options = QueryOptions().skip(1).skip(2).take(5).take(2).take(9)
    assert options.query_string() == "$skip=3&$top=2"
    assert QueryOptions().order_by(NAME).order_by(PRICE_DOWN).query_string() == "$orderby=Price%20desc"
    assert unquote(where(lambda p: p.ID > 1).where(parse_filter("a eq 1 or b eq 2")).query_string()) == (
        "$filter=ID gt 1 and (a eq 1 or b eq 2)"
    )
    assert QueryOptions().expand(["A", "B"]).expand(["A"]).query_string() == "$expand=A,B"


def test_options_are_values() -> None:
    first = where(lambda p: p.ID > 1)
    second = first.take(1)
    assert first.top is None
    assert first == where(lambda p: p.ID > 1) != second
    assert len({first, second, where(lambda p: p.ID > 1)}) == 2
    assert first != 1


@pytest.mark.parametrize(
    "step",
    [
        lambda o: o.take(1).where(parse_filter("a eq 1")),
        lambda o: o.skip(1).where(parse_filter("a eq 1")),
        lambda o: o.take(1).order_by(NAME),
        lambda o: o.skip(1).then_by(NAME),
        lambda o: o.take(1).skip(1),
        lambda o: o.then_by(NAME),
        lambda o: o.with_custom("$top", 1).take(1),
        lambda o: o.take(1).with_custom("$top", 1),
        lambda o: o.expand(["A"]).with_custom("$expand", "B"),
        lambda o: o.with_custom("$format", "json"),
        lambda o: o.with_custom("$nope", "x"),
    ],
)
def test_illegal_orders(step: Any) -> None:
    with pytest.raises(QueryTranslationError):
        step(QueryOptions())


@pytest.mark.parametrize(
    "step", [lambda o: o.take(-1), lambda o: o.skip("1"), lambda o: o.take(True), lambda o: o.with_custom("", 1)]
)
def test_wrong_arguments(step: Any) -> None:
    with pytest.raises(ArgumentError):
        step(QueryOptions())


def test_p41_r40_values_are_encoded_once() -> None:
    text = "O'Neil & Söhne/50%+#?"
    query = where(lambda p: p.Name == text).query_string()
    assert query == "$filter=Name%20eq%20'O''Neil%20%26%20S%C3%B6hne/50%25%2B%23%3F'"
    assert parsed(query).filter.text == "Name eq 'O''Neil & Söhne/50%+#?'"  # type: ignore[union-attr]
    assert QueryOptions().with_custom("a b", "x&y=1+2 %20").query_string() == "a%20b=x%26y%3D1%2B2%20%2520"
    assert where(lambda p: p.Sent == "2013-08-19T22:13:09+02:00").query_string().endswith("22:13:09%2B02:00'")
    with pytest.raises(ArgumentError):
        encode_value("\ud800")


@pytest.mark.parametrize("custom", [("a", "\ud800"), ("\ud800", "a")])
def test_half_a_surrogate_pair_is_no_option(custom: tuple[str, str]) -> None:
    with pytest.raises(ArgumentError, match="surrogate"):
        QueryOptions().with_custom(*custom).query_string()


@given(st.text(max_size=40))
def test_r40_the_server_sees_one_filter_with_the_same_text(text: str) -> None:
    query = where(lambda p: (p.Name == text) & (p.ID == 1)).query_string()
    assert " " not in query and query.isascii() and query.count("&") == 0 and "#" not in query and "+" not in query
    assert query.count("$filter=") == 1
    found = parsed(query)
    assert found.filter is not None and found.custom == ()
    assert found.filter.operands[0].right.value == text  # type: ignore[attr-defined]
    assert found.query_string() == query


@given(
    st.lists(st.sampled_from(["ID gt 1", "startswith(Name,'x')", "Orders/any(o:o/Total gt 1M)"]), max_size=2),
    st.sampled_from(["", "Name", "Price desc,ID"]),
    st.sampled_from(["", "Category,Supplier/Products"]),
    st.sampled_from(["", "ID,Category/Name,Supplier"]),
    st.none() | st.integers(0, 10**6),
    st.booleans(),
    st.lists(
        st.tuples(
            st.text(min_size=1, max_size=5).filter(lambda t: t.strip() == t and t[0] != "$" and t.isprintable()),
            st.text(max_size=5),
        )
    ),
)
def test_written_and_read_back(
    filters: list[str], order: str, expand: str, select: str, number: int | None, count: bool, custom: list[tuple[str, str]]
) -> None:
    options = QueryOptions()
    for text in filters:
        options = options.where(parse_filter(text, MODEL, PRODUCT))
    if order:
        options = options.order_by(parse_orderby(order, MODEL, PRODUCT))
    if number is not None:
        options = options.skip(number).take(number)
    if expand:
        options = options.expand(parse_expand(expand, MODEL, PRODUCT))
        options = options.select(parse_select(select, MODEL, PRODUCT)) if select else options
    if count:
        options = options.include_total_count()
    for name, value in custom:
        options = options.with_custom(name, value)
    again = parsed(options.query_string())
    assert again == options
    assert again.custom == options.custom


def test_reading() -> None:
    found = parsed("%24filter=Name+eq+'a%2Bb'&$top=5&$skip=1&x=1&x=2&$inlinecount=none&$format=json&$callback=f&$skiptoken='a',1")
    assert found.filter is not None and found.filter.text == "Name eq 'a+b'"
    assert (found.top, found.skipped, found.inlinecount, found.format, found.callback) == (5, 1, False, "json", "f")
    assert found.skiptoken == "'a',1"
    assert found.custom == (("x", "1"), ("x", "2"))


@pytest.mark.parametrize(
    "text",
    [
        "$nope=1",
        "$top=1&$top=2",
        "$top=-1",
        "$top=x",
        "$top=",
        "$top=" + "9" * 5000,
        "$skip=1.5",
        "$inlinecount=all",
        "$inlinecount=",
        "$filter=",
        "$filter=Nope eq 1",
        "$orderby=",
        "$expand=Name",
        "$select=",
        "$format=",
        "$filter=Name%20eq%20'%FF'",
        "$Filter=ID eq 1",
        "$select=Category/Name",
        "$select=Category/Products/Name&$expand=Category",
    ],
)
def test_p54_p55_p56_what_a_service_answers_400(text: str) -> None:
    with pytest.raises(QuerySyntaxError):
        parsed(text)


def test_p55_selection_below_what_is_expanded() -> None:
    assert parsed("$select=Category/Name&$expand=Category/Products").selected == ("Category/Name",)
    assert parsed("$select=Shop.SpecialProduct/Guarantor/Name&$expand=Shop.SpecialProduct/Guarantor").selected


def test_p3_lowest_version() -> None:
    plain = where(lambda p: p.ID > 1).order_by(NAME).expand(["Category"])
    assert not plain.needs_version_2 and not plain.needs_version_3
    assert plain.select(["Name"]).needs_version_2
    assert plain.include_total_count().needs_version_2
    assert where(lambda p: p.Orders.any()).needs_version_3
    assert where(lambda p: p.cast_ == "x") and not where(lambda p: p.cast_ == "x").needs_version_3
    assert where(lambda p: p.cast("Shop.SpecialProduct").Limit > 1).needs_version_3
    assert where("Orders/any(o:o/Total gt 1)").needs_version_3
    assert not where("Name eq '/any('").needs_version_3
    assert plain.expand(["Shop.SpecialProduct/Guarantor"]).needs_version_3
    assert not plain.select(["Main.*"]).needs_version_3
    assert QueryOptions().with_custom("$filter", "Tags/all(t:t eq 'x')").needs_version_3
    assert QueryOptions().with_custom("$select", "Name").needs_version_2


def test_for_look_ups_and_counts() -> None:
    options = where(lambda p: p.ID == 1)
    assert options.is_lookup_candidate
    assert options.without_filter().query_string() == ""
    assert options.expand(["Category"]).is_lookup_candidate
    for other in (QueryOptions(), options.order_by(NAME), options.take(1), options.skip(1), options.include_total_count()):
        assert not other.is_lookup_candidate
    whole = options.order_by(NAME).take(1).expand(["Category"]).select(["ID"]).include_total_count().with_custom("x", 1)
    assert unquote(whole.for_count().query_string()) == "$filter=ID eq 1&$top=1&x=1"
