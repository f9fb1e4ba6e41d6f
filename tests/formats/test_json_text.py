"""JSON text: exact numbers, located refusals, what can be saved of a broken document."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata3.edm.primitives import VerboseDate
from odata3.errors import ArgumentError, PayloadError
from odata3.formats.json_text import appended_error, number_text, read_json, salvage, write_json


def test_p28_numbers_keep_their_digits() -> None:
    tree = read_json(b'{"a": 2.50, "b": 1E+30, "c": 9007199254740993, "d": -0.0}')
    assert str(tree["a"]) == "2.50"
    assert tree["b"] == Decimal("1E+30")
    assert tree["c"] == 9007199254740993
    assert write_json(tree) == b'{"a":2.50,"b":1E+30,"c":9007199254740993,"d":-0.0}'


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1.0, "1.0"),
        (0.1, "0.1"),
        (1e30, "1E+30"),
        (5e-324, "5E-324"),
        (-0.0, "-0.0"),
        (float("nan"), '"NaN"'),
        (float("inf"), '"Infinity"'),
        (float("-inf"), '"-Infinity"'),
        (Decimal("NaN"), '"NaN"'),
        (Decimal("-Infinity"), '"-Infinity"'),
    ],
)
def test_r32_numbers_are_written_as_dotnet_does(number: Any, text: str) -> None:
    assert number_text(number) == text


@pytest.mark.parametrize(
    ("body", "tree"),
    [
        (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
        ('{"a":"ü"}'.encode("utf-16-le"), {"a": "ü"}),
        (b" \r\n[1 , 2]\t", [1, 2]),
        (b'{"a":1,"a":2}', {"a": 2}),
        (b'"\\ud83d\\ude00"', "😀"),
    ],
)
def test_r26_encodings_and_blanks(body: bytes, tree: Any) -> None:
    assert read_json(body) == tree


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"", "line 1"),
        (b"{", "line 1"),
        (b'{"a":1,\n "b" 2}', "line 2, column 6"),
        (b'{"a":1}x', "line 1"),
        (b'{"a":"\xff"}', "byte 6"),
        (b"[" * 100_000, None),
        (b'{"a":' * 100_000, None),
        (b"[" + b"9" * 10_000 + b"]", None),
        (b"[1e99999999999999999999999]", None),
        (b"{'a':1}", "line 1"),
        (b"<html/>", "line 1"),
        (b"nul", "line 1"),
        (b'"\x00"', "line 1"),
    ],
)
def test_r28_what_is_not_json_is_a_payload_error(body: bytes, where: str | None) -> None:
    with pytest.raises(PayloadError) as caught:
        read_json(body)
    assert caught.value.where == where if where is None else where in str(caught.value.where)


def test_r28_many_members_and_nan_tokens() -> None:
    body = json.dumps({f"n{n}": n for n in range(500_000)}).encode()
    assert len(read_json(body)) == 500_000
    assert read_json(b"[NaN,-Infinity]")[0].is_nan()


def test_lone_surrogates_come_back_as_escapes() -> None:
    tree = read_json(b'["\\ud800", "\\u00fc"]')
    assert write_json(tree) == b'["\\ud800","\xc3\xbc"]'


def test_text_stays_utf8_and_compact() -> None:
    assert write_json({"a": 'ü"\\\n\x01', "b": [], "c": {}, "d": [True, None]}) == (
        '{"a":"ü\\"\\\\\\n\\u0001","b":[],"c":{},"d":[true,null]}'.encode()
    )


def test_dates_of_version_2_have_escaped_slashes_and_texts_have_not() -> None:
    assert write_json([VerboseDate("/Date(0)/"), "/Date(0)/"]) == b'["\\/Date(0)\\/","/Date(0)/"]'


def test_what_has_no_form_is_refused() -> None:
    with pytest.raises(ArgumentError, match="object has no form in JSON"):
        write_json([object()])
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ArgumentError, match="too deep"):
        write_json(deep)
    while deep:  # taken apart by hand: freeing it at once would be as deep
        deep = deep[0]


TREES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(TREES)
def test_written_and_read_again(tree: Any) -> None:
    body = write_json(tree)
    assert json.loads(body) == tree
    again = read_json(body)
    assert read_json(write_json(again)) == again


@given(st.binary(max_size=60))
def test_r28_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(PayloadError):
        write_json(read_json(body))


FEED = '{"odata.metadata":"m","value":[{"a":1},{"a":{"b":[2]}},{"a":3}],"odata.count":"3"}'


@pytest.mark.parametrize("cut", range(len(FEED)))
def test_p104_whole_items_before_a_break(cut: int) -> None:
    found = salvage(FEED[:cut])
    if cut <= FEED.index("[{"):
        assert found is None
        return
    assert found is not None
    assert found.head == {"odata.metadata": "m"}
    whole = [
        item for item, text in (({"a": 1}, '{"a":1}'), ({"a": {"b": [2]}}, "2]}}"), ({"a": 3}, '{"a":3}')) if text in FEED[:cut]
    ]
    assert found.items == whole


@pytest.mark.parametrize(
    "text", ['{"d":[{"a":1},{"a":', '{"d":{"__count":"9","results":[{"a":1},{', '[{"a":1},x', '{"d" : {"results" : [ {"a":1} ,']
)
def test_p104_verbose_shapes_are_salvaged(text: str) -> None:
    found = salvage(text)
    assert found is not None
    assert found.items == [{"a": 1}]


@pytest.mark.parametrize("text", ["", "nonsense", '{"a', '{"a":1,', '{"value":{"a":', '{"value" 1', "{1:2}", "{" * 9])
def test_nothing_to_salvage(text: str) -> None:
    assert salvage(text) is None


def test_an_error_that_was_appended_is_found() -> None:
    text = '{"value":[{"a":1},{"b":"{\\"error\\":"{"odata.error":{"code":"x"}}'
    assert appended_error(text) == {"odata.error": {"code": "x"}}
    assert appended_error('{"value":[{"odata.error":{"code"') is None
    assert appended_error("[1") is None
    assert appended_error('{"error":' * 1_000_000) is None, "and at once"
