"""Text to trees and back, and what is wrong where."""

from __future__ import annotations

import json
import re
from pathlib import Path as FilePath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uri.catalogue import CATEGORY, MODEL, NOTE, PRODUCT
from uri.predicates import MODEL as RANDOM_MODEL
from uri.predicates import ROW

from odata3.edm.model import EntityType
from odata3.edm.primitives import parse_literal
from odata3.errors import ArgumentError
from odata3.uri.expressions import (
    MAX_DEPTH,
    Arithmetic,
    Call,
    Cast,
    Comparison,
    Expression,
    IsOf,
    Literal,
    Logical,
    Negation,
    Not,
    Path,
    Quantifier,
)
from odata3.uri.parser import QuerySyntaxError, parse_expression, parse_filter, parse_orderby
from odata3.uri.selections import parse_expand, parse_select

CORPUS = FilePath(__file__).parents[2] / ".." / "shared" / "corpus" / "uri"


def tree(node: Expression[Any]) -> str:
    """The tree with every bracket written: ``{a or {b and c}}``."""
    match node:
        case Logical(sign, operands):
            text = tree(operands[0])
            for operand in operands[1:]:
                text = f"{{{text} {sign} {tree(operand)}}}"
            return text
        case Comparison(sign, left, right) | Arithmetic(sign, left, right):
            return f"{{{tree(left)} {sign} {tree(right)}}}"
        case Not(operand):
            return f"{{not {tree(operand)}}}"
        case Negation(operand):
            return f"{{- {tree(operand)}}}"
        case Call(name, arguments):
            return f"{{{name}({','.join(map(tree, arguments))})}}"
        case Path(None, segments):
            text = segments[0]
            for segment in segments[1:]:
                text = f"{{{text}/{segment}}}"
            return text
    return node.text


def wrong(text: str, entity_type: EntityType = PRODUCT) -> QuerySyntaxError:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_filter(text, MODEL, entity_type)
    assert isinstance(caught.value, ArgumentError)
    assert 0 <= caught.value.position <= len(text)
    return caught.value


# --- what a text means ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a or b and c", "{a or {b and c}}"),
        ("a and b or c", "{{a and b} or c}"),
        ("a or b or c", "{{a or b} or c}"),
        ("(a or b) and c", "{{a or b} and c}"),
        ("1 add 2 mul 3", "{1 add {2 mul 3}}"),
        ("1 mul 2 add 3", "{{1 mul 2} add 3}"),
        ("9 sub 4 sub 3", "{{9 sub 4} sub 3}"),
        ("9 div 3 div 3", "{{9 div 3} div 3}"),
        ("9 mod 4 mul 2", "{{9 mod 4} mul 2}"),
        ("a eq b and c ne d", "{{a eq b} and {c ne d}}"),
        ("a add 1 lt b mul 2", "{{a add 1} lt {b mul 2}}"),
        ("a lt b eq c", "{{a lt b} eq c}"),
        ("not a eq b", "{{not a} eq b}"),
        ("not (a eq b)", "{not {a eq b}}"),
        ("not a and b", "{{not a} and b}"),
        ("not not a", "{not {not a}}"),
        ("-a add b", "{{- a} add b}"),
        ("- 5 add b", "{{- 5} add b}"),
        ("-5 add b", "{-5 add b}"),
        ("not endswith(a,'x') and b", "{{not {endswith(a,'x')}} and b}"),
        ("a/b/c eq 1", "{{{a/b}/c} eq 1}"),
        ("substringof( 'x' , concat(a, b) )", "{substringof('x',{concat(a,b)})}"),
        ("  a   eq\t1  ", "{a eq 1}"),
        ("length(a)gt 1", "{{length(a)} gt 1}"),
    ],
)
def test_p46_precedence(text: str, expected: str) -> None:
    assert tree(parse_expression(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Price gt 20M and startswith(Name,'C')",
        "Category/Name eq 'O''Neil'",
        "Orders/any()",
        "not Orders/any()",
        "Orders/any(o:o/Total gt 5M)",
        "Orders/all(o:o/Total gt Price)",
        "Orders/any(o:o/Items/all(i:i/Price gt o/Total and i/Name eq $it/Name))",
        "Tags/any(t:t eq 'x' or startswith(t,'y'))",
        "Places/any(a:a/City eq 'Bern')",
        "Address/City eq 'Bern'",
        "Shop.SpecialProduct/Limit gt 1M",
        "Category/Products/Shop.SpecialProduct/any(s:s/Limit gt 1M)",
        "isof('Shop.SpecialProduct')",
        "isof(Category,'Shop.Category')",
        "cast(Rating,'Edm.Double') gt 1.5",
        "Color eq Shop.Color'Green'",
        "Rights eq Shop.Rights'Read,Write'",
        "Code eq guid'a11cc636-5521-4f88-92b2-cad392911fe0'",
        "Made gt datetime'2013-08-19T22:13:09.1234567'",
        "Sent lt datetimeoffset'2013-08-19T22:13:09+02:00'",
        "Duration eq time'P1DT2H3M4.005S'",
        "Data eq X'0AFF'",
        "Stock eq 5000000000L",
        "Ratio gt 1.5f",
        "Weight eq -1.5 or Weight eq INF or Weight eq NaN",
        "Flag eq null and Active ne true",
        "geo.distance(Spot,geography'SRID=4326;POINT (7.4 46.9)') lt 2.0",
        "geo.length(Road) gt 1.0",
        "(Rating add 1) mul 2 eq -Size",
        "Rating sub (1 sub ID) eq 3",
        "(ID eq 1) eq Active",
        "round(Price) eq 3M and floor(Weight) eq 3.0 and ceiling(Weight) eq 4.0",
        "year(Made) eq 1992 and hour(Duration) eq 2",
        "substring(Name,1,2) eq 're' and indexof(Name,'e') eq 2 and replace(Name,'a','b') ne trim(Name)",
        "class eq 'x' and cast eq 'y'",
    ],
)
def test_text_tree_text(text: str) -> None:
    parsed = parse_filter(text, MODEL, PRODUCT)
    expected = text.replace("o/Total gt Price", "o/Total gt $it/Price")
    assert parsed.text == expected
    assert parse_filter(parsed.text, MODEL, PRODUCT).text == expected


def test_p45_literals_in_either_case() -> None:
    assert parse_expression("42l").text == "42L"
    assert parse_expression("2.5m").text == "2.5M"
    assert parse_expression("1.5F").text == "1.5f"
    assert parse_expression("1.0d").text == "1.0"
    assert parse_expression("GUID'A11CC636-5521-4F88-92B2-CAD392911FE0'").text == "guid'a11cc636-5521-4f88-92b2-cad392911fe0'"
    assert parse_expression("binary'0aff'").text == "X'0AFF'"
    assert parse_expression("X'0aff'").text == "X'0AFF'"
    assert type(parse_expression("null'Edm.String'")) is Literal
    wrong("Data eq x'0aff'")


def test_literals_take_the_type_of_what_they_meet() -> None:
    found = parse_filter("Price gt 10", MODEL, PRODUCT)
    assert isinstance(found, Comparison)
    assert found.right.text == "10M"
    assert parse_filter("10 lt Price", MODEL, PRODUCT).text == "10M lt Price"
    assert parse_filter("Stock eq 5", MODEL, PRODUCT).text == "Stock eq 5L"
    assert parse_filter("Weight eq 5", MODEL, PRODUCT).text == "Weight eq 5.0"
    assert parse_filter("Size eq 300", MODEL, PRODUCT).text == "Size eq 300"
    assert parse_filter("Active eq 1", MODEL, PRODUCT).text == "Active eq true"
    assert parse_filter("Color eq 'Green'", MODEL, PRODUCT).text == "Color eq Shop.Color'Green'"
    assert parse_filter("Color eq 2", MODEL, PRODUCT).text == "Color eq Shop.Color'Blue'"


def test_seven_digits_of_the_seconds_stay_in_the_text() -> None:
    found = parse_filter("Made eq datetime'2013-08-19T22:13:09.1234567'", MODEL, PRODUCT)
    assert isinstance(found, Comparison)
    assert found.right.text == "datetime'2013-08-19T22:13:09.1234567'"


def test_p51_types_quoted_and_bare() -> None:
    for text in ("isof(Shop.SpecialProduct)", "isof('Shop.SpecialProduct')", "isof( 'Shop.SpecialProduct' )"):
        found = parse_filter(text, MODEL, PRODUCT)
        assert isinstance(found, IsOf)
        assert found.target == "Shop.SpecialProduct"
        assert found.operand.text == "$it"
    for text in ("cast(Rating, Edm.Int64) eq 1", "cast(Rating,'Edm.Int64') eq 1"):
        found = parse_filter(text, MODEL, PRODUCT)
        assert isinstance(found, Comparison)
        assert isinstance(found.left, Cast)
        assert found.right.text == "1L"
    assert "two arguments" in str(wrong("Orders/any(o:isof('Shop.Order'))"))


def test_p50_any_and_all() -> None:
    found = parse_filter("Orders/any( o : o/Total gt $it/Price )", MODEL, PRODUCT)
    assert isinstance(found, Quantifier)
    assert (found.variable, found.source.text) == ("o", "Orders")
    assert found.text == "Orders/any(o:o/Total gt $it/Price)"
    assert "predicate" in str(wrong("Orders/all()"))
    assert "taken" in str(wrong("Orders/any(o:o/Items/any(o:o/ID eq 1))"))
    assert "no collection" in str(wrong("Category/any()"))
    assert "collection" in str(wrong("Tags eq 'x'"))
    assert "collection" in str(wrong("Orders/Total gt 1"))
    assert "colon" in str(wrong("Orders/any(1)"))


def test_types_and_nullability_of_nodes() -> None:
    found = parse_filter("Category/Name eq 'x' and Supplier/Name eq 'x' and Active", MODEL, PRODUCT)
    assert isinstance(found, Logical)
    through_nullable, through_one, flag = found.operands
    assert isinstance(through_nullable, Comparison) and through_nullable.left.nullable
    assert isinstance(through_one, Comparison) and not through_one.left.nullable
    assert not flag.nullable
    assert through_one.left.type is not None and repr(through_one.left.type) == "<Edm.String>"


def test_open_types_take_any_name() -> None:
    assert parse_filter("Mood eq 'good' and Day lt datetime'2020-01-01T00:00:00'", MODEL, NOTE).text.startswith("Mood eq")
    assert parse_filter("Mood/Colour eq 'x'", MODEL, NOTE).text == "Mood/Colour eq 'x'"


# --- what is wrong ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("Nmae eq 'x'", 0, "did you mean 'Name'"),
        ("Price gt Nmae", 9, "Nmae"),
        ("Category/Nome eq 'x'", 9, "did you mean 'Name'"),
        ("Name eq", 7, "expression was expected"),
        ("Name eq 'x' and", 15, "expression was expected"),
        ("", 0, "expression was expected"),
        ("Name eq 'x", 8, "does not end"),
        ("Code eq guid'x", 8, "does not end"),
        ("Code eq guid'x'", 8, "Edm.Guid"),
        ("(Name eq 'x'", 12, "')' is missing"),
        ("Name eq 'x')", 11, "bracket"),
        ("Name eq 'x' 'y'", 12, "operator"),
        ("Name Eq 'x'", 5, "small letters"),
        ("Name == 'x'", 5, "nothing"),
        ("Name eq 'x' && Active", 12, "nothing"),
        ("Name add 1 eq 2", 5, "Edm.String"),
        ("Name eq 1", 5, "cannot be compared"),
        ("Price eq Weight", 6, "cast"),
        ("Sent eq Made", 5, "cannot be compared"),
        ("Name and Active", 0, "no condition"),
        ("not Name", 8, "no condition"),
        ("Rating", 0, "true or false"),
        ("contains(Name,'x')", 0, "there is no function 'contains'"),
        ("substring(Name,'x') eq 'y'", 0, "argument 2"),
        ("substringof('x')", 0, "2 arguments"),
        ("year(Name) eq 1", 0, "argument 1"),
        ("concat('a' 'b') eq 'c'", 11, "missing"),
        ("Category eq 1", 9, "cannot be compared"),
        ("Category gt Supplier", 9, "cannot be compared"),
        ("Spot gt Spot", 5, "order"),
        ("Shop.Category/Name eq 'x'", 0, "not derived"),
        ("Shop.Nothing/Name eq 'x'", 0, "no type"),
        ("Shop.SpecialProduct/Shop.SpecialProduct/Limit eq 1", 20, "two type segments"),
        ("Color eq Shop.Color'Pink'", 9, "Pink"),
        ("Color eq Shop.Colour'Red'", 9, "enum type"),
        ("Rating in (1,2)", 7, "operator"),
        ("Name/length eq 1", 5, "no properties"),
        ("1.5.5 eq Weight", 0, "nothing"),
        ("Stock eq 99999999999999999999L", 9, "Edm.Int64"),
        ("Orders/$count gt 1", 7, "nothing"),
        ("cast(Rating,'Edm.Nothing') eq 1", 12, "no type"),
    ],
)
def test_errors_show_the_place(text: str, position: int, words: str) -> None:
    error = wrong(text)
    assert words in str(error)
    assert error.position == position, str(error)
    picture = str(error).splitlines()
    assert picture[-2].strip() == text.strip()
    assert picture[-1].index("^") - 2 == position
    assert error.option == "$filter"


def test_long_texts_are_shown_around_the_place() -> None:
    error = wrong("Name eq 'x' or " * 50 + "Nmae eq 1")
    assert max(map(len, str(error).splitlines())) < 200


def test_depth_is_bounded() -> None:
    for deep in ("(" * 5000, "not " * 5000 + "Active", "-" * 5000 + "Rating eq 1", "trim(" * 5000 + "Name"):
        assert "nested deeper" in str(wrong(deep))
    assert "nested deeper" in str(wrong(" add ".join(["1"] * 5000) + " eq 1"))
    parse_filter("(" * (MAX_DEPTH - 1) + "Active" + ")" * (MAX_DEPTH - 1), MODEL, PRODUCT)
    wide = parse_filter(" or ".join(f"ID eq {number}" for number in range(5000)), MODEL, PRODUCT)
    assert isinstance(wide, Logical)
    assert (len(wide.operands), wide.depth) == (5000, 2)


def test_paths_are_bounded() -> None:
    parse_expand("/".join(["Category", "Parent"] + ["Parent"] * (MAX_DEPTH - 2)), MODEL, PRODUCT)
    for parse in (parse_expand, parse_select):
        with pytest.raises(QuerySyntaxError, match="segments"):
            parse("/".join(["Category"] + ["Parent"] * MAX_DEPTH), MODEL, PRODUCT)


@given(st.text(alphabet="()'/,:-. \tabeinoqrtu019Name$" + "é", max_size=40))
def test_no_text_breaks_the_parser(text: str) -> None:
    for parse in (parse_filter, parse_orderby, parse_select, parse_expand):
        try:
            parse(text, MODEL, PRODUCT)
        except QuerySyntaxError as error:
            assert str(error)


@given(st.text(max_size=30))
def test_r40_any_text_is_one_literal(text: str) -> None:
    quoted = "'" + text.replace("'", "''") + "'"
    found = parse_filter(f"Name eq {quoted}", MODEL, PRODUCT)
    assert isinstance(found, Comparison) and isinstance(found.right, Literal)
    assert found.right.value == text


# --- the other options ------------------------------------------------------------------------------------------------------


def test_orderby() -> None:
    found = parse_orderby("Name, Price desc,length(Name) asc,Category/Name", MODEL, PRODUCT)
    assert [item.text for item in found] == ["Name", "Price desc", "length(Name)", "Category/Name"]
    for text in ("Name,", "", "Name up", "Category", "Tags", "Name desc asc"):
        with pytest.raises(QuerySyntaxError):
            parse_orderby(text, MODEL, PRODUCT)


def test_p52_select_and_expand() -> None:
    assert parse_select(" Name , Category/Name,*,Category/*,Name", MODEL, PRODUCT) == ("Name", "Category/Name", "*", "Category/*")
    assert (
        parse_select("Shop.SpecialProduct/Limit,Discount,Main.Discount,Main.*", MODEL, PRODUCT)[0] == "Shop.SpecialProduct/Limit"
    )
    assert parse_select("Anything", MODEL, NOTE) == ("Anything",)
    assert parse_expand("Category,Category/Products,Shop.SpecialProduct/Guarantor", MODEL, PRODUCT)[2] == (
        "Shop.SpecialProduct/Guarantor"
    )
    for text in (
        "Nmae",
        "Address/City",
        "*/Name",
        "Name/*",
        "",
        "Name,,Price",
        "Shop.SpecialProduct",
        "Na me",
        "Category($select=Name)",
    ):
        with pytest.raises(QuerySyntaxError):
            parse_select(text, MODEL, PRODUCT)
    for text in ("Name", "Nope", "Shop.SpecialProduct", "Category/Name", "Shop.Category/Products", "*", "Category;"):
        with pytest.raises(QuerySyntaxError):
            parse_expand(text, MODEL, PRODUCT)


# --- texts of others --------------------------------------------------------------------------------------------------------


def corpus(name: str) -> Any:
    path = CORPUS / name
    if not path.exists():
        pytest.skip("checks against documents that others published, which are not ours to ship (they stand in ../shared)")
    return json.loads(path.read_text(encoding="utf-8"))


def respelled(text: str) -> str:
    """An expected tree with its literals as this library spells them, and without blanks."""

    def again(found: re.Match[str]) -> str:
        type_, value = parse_literal(found[0])
        return found[0] if type_ is None else type_.to_literal(value)

    text = re.sub(r"(?<![\w.'])\d+(?:\.\d+)?[dfDF]\b", again, text)
    return re.sub(r"\s", "", text.replace("'TE'ST'", "'TE''ST'"))


def test_corpus_of_trees(capsys: pytest.CaptureFixture[str]) -> None:
    cases = [case for case in corpus("olingo2-filter-trees.json")["cases"] if case["kind"] == "filter"]
    right = 0
    for case in cases:
        expected = case.get("tree") or case.get("tree_whitespace_insensitive")
        found = parse_expression(case["expression"])
        if expected is None:
            assert isinstance(found, Literal), case
        else:
            assert re.sub(r"\s", "", tree(found)) == respelled(expected), case
        right += 1
    with capsys.disabled():
        print(f"\nfilters of the corpus: {right} of {len(cases)} parsed to the expected trees")
    assert right == len(cases) > 90


def test_corpus_of_wrong_filters(capsys: pytest.CaptureFixture[str]) -> None:
    cases = corpus("olingo2-filter-errors.json")["cases"]
    for case in cases:
        with pytest.raises(QuerySyntaxError):
            parse_filter(case["expression"])
    with capsys.disabled():
        print(f"\nwrong filters of the corpus: {len(cases)} of {len(cases)} refused")


def test_corpus_of_requests() -> None:
    filters = 0
    for url in corpus("odata4j-uri-requests.json")["requests"].values():
        for option in url.partition("?")[2].split("&"):
            if option.startswith("$filter="):
                text = option.removeprefix("$filter=")
                parsed = parse_filter(text)
                assert parse_filter(parsed.text).text == parsed.text
                filters += 1
    for path in {case["path"] for case in corpus("olingo-v3fit-queries.json")["cases"]}:
        option, _, rest = path.partition("/filter/")
        if rest:
            parsed = parse_filter(rest)
            assert parse_filter(parsed.text).text == parsed.text, option
            filters += 1
    assert filters > 25


def test_what_the_tracer_writes_is_read_back() -> None:
    """(The random predicates of test_lambdas.py are read back as well.)"""
    assert parse_filter("Kids/any(k:k/A eq $it/A and k/F ne true)", RANDOM_MODEL, ROW).text == (
        "Kids/any(k:k/A eq $it/A and k/F ne true)"
    )
    assert parse_filter("Products/any(x:x/Price gt $it/Limit)", MODEL, CATEGORY).text == "Products/any(x:x/Price gt $it/Limit)"
