"""P103: errors in every shape give code, message and inner error; nothing raises."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata3.formats.documents import Fault
from odata3.formats.faults import fault_tree, in_stream, read_fault

M = "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"
JSON_TABLE: list[tuple[Any, Fault]] = [
    ({"odata.error": {"code": "", "message": {"lang": "en-US", "value": "m"}}}, Fault("", "m", None, "en-US")),
    ({"error": {"code": "c", "message": {"lang": "", "value": "m"}}}, Fault("c", "m")),
    ({"error": {"code": "c", "message": "plain"}}, Fault("c", "plain")),
    ({"error": {"code": 5, "message": None}}, Fault("5", "")),
    (
        {"error": {"code": "c", "message": {"value": "m"}, "innererror": {"type": "T", "errordetails": [1]}}},
        Fault("c", "m", {"type": "T", "errordetails": [1]}),
    ),
    ({"error": {"message": "m", "innererror": "text"}}, Fault("", "m", {"message": "text"})),
    ({"error": "invalid_client", "error_description": "who?"}, Fault("invalid_client", "who?")),
    ({"error": "flat"}, Fault("flat", "")),
    ({"error": None}, Fault("", "")),
    ({"Message": "An error has occurred."}, Fault("", "An error has occurred.")),
    (
        {"Message": "An error has occurred.", "ExceptionMessage": "Divided", "ExceptionType": "E", "StackTrace": "s"},
        Fault("", "An error has occurred. Divided", {"ExceptionMessage": "Divided", "ExceptionType": "E", "StackTrace": "s"}),
    ),
    ({"code": "429", "message": "slow down"}, Fault("429", "slow down")),
    ({"Error": {"Code": "c", "Message": "m"}}, Fault("c", "m")),
    ("just text", Fault("", "just text")),
]


@pytest.mark.parametrize(("tree", "fault"), JSON_TABLE)
def test_p103_json(tree: Any, fault: Fault) -> None:
    for content_type in ("application/json;odata=verbose", "text/plain", None):
        assert read_fault(content_type, json.dumps(tree).encode()) == fault


XML_TABLE: list[tuple[str, Fault]] = [
    (
        f'<m:error xmlns:m="{M}"><m:code>c</m:code><m:message xml:lang="de">m &amp; n</m:message></m:error>',
        Fault("c", "m & n", None, "de"),
    ),
    (f'<error xmlns="{M}"><code/><message/></error>', Fault("", "")),
    (
        f'<?xml version="1.0"?><error xmlns="{M}"><code/><message>m</message><innererror><message>i</message>'
        "<internalexception><type>T</type></internalexception></innererror></error>",
        Fault("", "m", {"message": "i", "internalexception": {"type": "T"}}),
    ),
    (
        f"<error xmlns='{M}'><message> m\n</message><innererror><stacktrace>  at a\n  at b</stacktrace></innererror></error>",
        Fault("", "m", {"stacktrace": "  at a\n  at b"}),
    ),
    ("<Error><Code>AuthorizationFailure</Code><Message>no</Message></Error>", Fault("AuthorizationFailure", "no")),
]


@pytest.mark.parametrize(("text", "fault"), XML_TABLE)
def test_p103_xml(text: str, fault: Fault) -> None:
    for content_type in ("application/xml;charset=utf-8", "application/json", None):
        assert read_fault(content_type, text.encode()) == fault
    assert read_fault("application/xml", b"\xef\xbb\xbf" + text.encode()) == fault


@pytest.mark.parametrize(
    ("content_type", "body", "message"),
    [
        (
            "text/html",
            b"<html><head><title>404 - Not found</title><style>x{}</style></head><body><h1>Gone</h1>&amp; away</body></html>",
            "404 - Not found: Gone & away",
        ),
        ("text/html", b"<!DOCTYPE html><script>var a;</script><p>Sign   in</p>", "Sign in"),
        ("text/html", b"<html><head><title>Gone</title><meta name='x'><body>for good", "Gone: for good"),
        ("text/html", b"<html><p>Gone<script>var a = 1 <", "Gone"),
        ("text/plain", b"Service\r\nunavailable ", "Service unavailable"),
        ("application/json", b'{"error": {"mess', '{"error": {"mess'),
        ("application/json", b"[1,2]", "[1,2]"),
        ("application/xml", b"<a><b>text</b></a>", "text"),
        ("application/xml", b"<broken", "<broken"),
        (None, b"\xff\xfe\xfd", "\ufffd\ufffd\ufffd"),
        ("text/plain", b"", ""),
        (None, b"  \n", ""),
    ],
)
def test_r23_other_bodies_give_a_readable_message(content_type: str | None, body: bytes, message: str) -> None:
    assert read_fault(content_type, body) == Fault("", message)


def test_r23_long_bodies_are_clipped() -> None:
    assert len(read_fault("text/html", b"<p>" + b"x" * 200_000).message) == 200
    assert len(read_fault(None, json.dumps({"error": {"message": "x" * 200_000}}).encode()).message) == 2_000


@given(st.sampled_from([None, "application/json", "application/xml", "text/html", "odd"]), st.binary(max_size=80))
def test_r23_nothing_raises(content_type: str | None, body: bytes) -> None:
    read_fault(content_type, body)


@given(
    st.sampled_from([None, "application/json"]),
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: (
            st.dictionaries(
                st.sampled_from(["error", "odata.error", "message", "code", "value", "lang", "innererror", "Message"]),
                inner,
                max_size=3,
            )
            | st.lists(inner, max_size=2)
        ),
    ),
)
def test_r23_no_tree_raises(content_type: str | None, tree: Any) -> None:
    read_fault(content_type, json.dumps(tree).encode())


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"error":' * 50_000, b"<a>" * 5_000, b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>']
)
def test_r23_hostile_bodies(body: bytes) -> None:
    assert len(read_fault(None, body).message) <= 200


@pytest.mark.parametrize("piece", [b"<", b"<script ", b"<title", b"<title>", b"<!--", b"</head ", b"<head>"])
def test_a_page_of_beginnings_takes_the_time_of_one_look(piece: bytes) -> None:
    body = b"<html>" + piece * (65_000 // len(piece))
    for _ in range(20):
        assert len(read_fault("text/html", body).message) <= 200


def test_an_error_in_the_stream() -> None:
    error = in_stream(Fault("c", "m", {"a": 1}))
    assert (error.status_code, error.code, error.message, error.inner_error) == (500, "c", "m", {"a": 1})
    assert "c: m" in str(error)
    assert "no reason given" in str(in_stream(Fault()))


def test_details_that_repeat_in_xml_are_all_kept() -> None:
    details = "".join(f"<errordetail><code>{code}</code></errordetail>" for code in ("1", "2"))
    inner = f"<innererror><errordetails>{details}</errordetails></innererror>"
    body = f'<error xmlns="{M}"><code>c</code><message>m</message>{inner}</error>'
    assert read_fault("application/xml", body.encode()).inner_error == {
        "errordetails": {"errordetail": [{"code": "1"}, {"code": "2"}]}
    }


def test_the_inside_of_a_json_error() -> None:
    assert fault_tree(Fault("c", "m")) == {"code": "c", "message": {"lang": "en-US", "value": "m"}}
