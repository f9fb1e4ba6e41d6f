"""Media types: read in any spelling, bodies told apart by type and by first bytes."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata3.errors import PayloadError
from odata3.formats.documents import Dialect, Level
from odata3.formats.negotiation import accept_of, dialect_of, in_utf8, read_media_type, split_list

LIGHT, VERBOSE, ATOM = Dialect.JSON_LIGHT, Dialect.JSON_VERBOSE, Dialect.ATOM


@pytest.mark.parametrize(
    ("text", "name", "parameters"),
    [
        ("application/json;odata=verbose", "application/json", {"odata": "verbose"}),
        (
            ' Application/JSON ; OData = "MinimalMetadata" ; charset=UTF-8',
            "application/json",
            {"odata": "minimalmetadata", "charset": "utf-8"},
        ),
        ("application/json;streaming=true;odata=nometadata", "application/json", {"streaming": "true", "odata": "nometadata"}),
        ('a/b;x="1;2";y=3', "a/b", {"x": "1;2", "y": "3"}),
        ("a/b;x=1;x=2", "a/b", {"x": "1"}),
        ("a/b;;c", "a/b", {"c": ""}),
        ("", "", {}),
        (None, "", {}),
    ],
)
def test_p11_media_types(text: str | None, name: str, parameters: dict[str, str]) -> None:
    found = read_media_type(text)
    assert (found.name, found.parameters) == (name, parameters)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("application/json;odata=nometadata", Level.NONE),
        ("application/json;odata=minimalmetadata;streaming=true;charset=utf-8", Level.MINIMAL),
        ("application/json;odata=light", Level.MINIMAL),
        ("application/json;charset=utf-8;ODATA=FullMetadata", Level.FULL),
        ("application/json;odata.metadata=minimal", Level.MINIMAL),
        ("application/json;odata.metadata=none", Level.NONE),
        ("application/json;odata.metadata=full", Level.FULL),
        ("application/json;odata=verbose", None),
        ("application/json", None),
    ],
)
def test_p11_levels(text: str, level: Level | None) -> None:
    assert read_media_type(text).level is level


def test_accept_is_sorted_by_weight() -> None:
    accept = 'application/json;q=0.5, application/atom+xml, text/plain;q=0, a/b;q=x, c/d;x="1,2"'
    assert [one.name for one in split_list(accept)] == ["application/atom+xml", "c/d", "application/json"]


@pytest.mark.parametrize(
    ("content_type", "body", "dialect"),
    [
        ("application/json;odata=verbose;charset=utf-8", b'{"value":1}', VERBOSE),
        ("application/json;odata=minimalmetadata", b'{"d":[]}', LIGHT),
        ("application/json;odata.metadata=minimal", b"{}", LIGHT),
        ("application/json", b'{"d":{"results":[]}}', VERBOSE),
        ("application/json;charset=utf-8", b' \r\n{ "d" : 1}', VERBOSE),
        ("application/json", b'[{"Name":"x"}]', VERBOSE),
        ("application/json", b'{"odata.metadata":"x","value":[]}', LIGHT),
        ("application/json", b'{"Name":"x"}', LIGHT),
        ("application/json", b'{"Name":"x","Nav":{"__deferred":{}}}', VERBOSE),
        ("application/json", b'{"value":[{"Photo@odata.mediaReadLink":"x","T":"\\"__metadata\\":"}]}', LIGHT),
        ("application/json", b'\xef\xbb\xbf{"d":1}', VERBOSE),
        ("application/json", b'{"EntitySets":[]}', VERBOSE),
        ("application/json", b"<feed/>", ATOM),
        ("application/atom+xml;type=feed;charset=utf-8", b"", ATOM),
        ("application/xml", b"<a/>", ATOM),
        ("text/xml", b"<a/>", ATOM),
        ("application/atomsvc+xml", b"<a/>", ATOM),
        ("application/xml", b'{"d":1}', VERBOSE),
        ("text/plain", b'{"odata.error":{}}', LIGHT),
        ("text/html", b'{"d":1}', VERBOSE),
        (None, b'  <?xml version="1.0"?><entry/>', ATOM),
        (None, b"\xff\xfe<\x00a\x00", ATOM),
        (None, b"[]", VERBOSE),
        ("application/octet-stream", b"{}", LIGHT),
    ],
)
def test_p11_the_dialect_of_a_body(content_type: str | None, body: bytes, dialect: Dialect) -> None:
    assert dialect_of(content_type, body) is dialect


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/html; charset=utf-8", b"<!DOCTYPE html><html><title>Sign in</title></html>"),
        ("text/html", b"<p>moved</p>"),
        (None, b"<HTML>"),
        ("text/plain", b"Service unavailable" * 100),
        (None, b""),
        ("image/png", b"\x89PNG"),
    ],
)
def test_r20_what_is_no_odata_is_shown(content_type: str | None, body: bytes) -> None:
    with pytest.raises(PayloadError) as caught:
        dialect_of(content_type, body)
    assert (content_type or "without a type") in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("application/json;charset=ISO-8859-1", '{"N":"Käse"}'.encode("latin-1"), '{"N":"Käse"}'.encode()),
        ('application/xml; charset="windows-1252"', "<a>€</a>".encode("cp1252"), "<a>€</a>".encode()),
        ("application/json;charset=utf-8", b'{"N":"\xff"}', b'{"N":"\xff"}'),
        ("application/json;charset=nobody-knows", b"{}", b"{}"),
        ("application/json;charset=hex", b"{}", b"{}"),
        ("application/json;charset=a\x00b", b"{}", b"{}"),
        ("application/json;charset=punycode", b'"' + b"abcd" * 500_000 + b'-abcd"', None),
        ("application/xml;charset=us-ascii", b'<?xml version="1.0" encoding="latin-1"?><a>\xe4</a>', None),
        (None, b"{}", b"{}"),
    ],
)
def test_p11_the_charset_of_a_body(content_type: str | None, body: bytes, expected: bytes | None) -> None:
    assert in_utf8(content_type, body) == (body if expected is None else expected)


def test_p11_bytes_that_are_not_in_their_charset() -> None:
    with pytest.raises(PayloadError, match="us-ascii"):
        in_utf8("application/json;charset=us-ascii", b'"\xe4"')


def test_accept_by_dialect() -> None:
    assert accept_of(LIGHT) == "application/json;odata=minimalmetadata"
    assert accept_of(LIGHT, Level.FULL) == "application/json;odata=fullmetadata"
    assert accept_of(VERBOSE) == "application/json;odata=verbose"
    assert accept_of(ATOM) == "application/atom+xml,application/xml"


@given(st.text(max_size=40), st.binary(max_size=40))
def test_any_type_and_body_have_a_dialect_or_a_payload_error(content_type: str, body: bytes) -> None:
    with suppress(PayloadError):
        dialect_of(content_type, body)
    split_list(content_type)
