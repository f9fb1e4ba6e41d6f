"""Whatever is sent, there is an answer: never a 500, never a foreign exception, and the data stands."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from server.lab import LIGHT, VERBOSE, lab_service

from odata3.server.service import Service
from odata3.wire.messages import Headers, Request, Response

ATOM = "application/atom+xml"


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    service = lab_service(page_size={"Probes": 2})

    @service.operation("Sum")
    def total(call: object) -> int:
        return 1

    logging.getLogger("odata3.server").setLevel(logging.CRITICAL)
    yield service
    logging.getLogger("odata3.server").setLevel(logging.NOTSET)
    service.close()


def ask(service: Service, method: str, path: str, body: bytes | None = None, **headers: str) -> Response:
    fields = {"Accept": LIGHT, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return service.send(Request(method, f"http://h/{path}", Headers(fields), body))


def check(answer: Response) -> None:
    assert answer.status != 500, answer.body
    assert 200 <= answer.status < 600
    if answer.status >= 400:
        assert b"error" in answer.body


_words = st.sampled_from(
    [
        "Probes", "Benches", "Notes", "Photos", "Orders", "Lines", "(1)", "('N')", "(Number=1,Item='x')", "()", "/Bench",
        "/Probes", "/Name",
        "/Home", "/City", "/Tags", "/$value", "/$count", "/$links", "/Lab.HotProbe", "/Spare", "/Thumb", "/Recalibrate",
        "/Similar(below=1M)",
        "Sum(a=1,b=2)", "Forget", "$metadata", "$batch", "(", ")", "'", "%27", "%2F", "/", "//", "%", "..", "$", ";", ",",
        "=", "%00", "ü", "(null)",
    ]
)  # fmt: skip
_tokens = st.sampled_from(
    [
        "Name", "Price", "Weight", "Taken", "Span", "Flag", "Home", "City", "Tags", "Bench", "Title", "Id", "Nope", "eq",
        "ne", "gt", "and", "or",
        "not", "add", "div", "mod", "-", "(", ")", ",", "/", "'x'", "''", "1", "2.5M", "1.5", "3L", "null", "true",
        "datetime'2013-08-19T00:00:00'",
        "guid'a11cc636-5521-4f88-92b2-cad392911fe0'", "X'00'", "time'PT1H'", "any(t:t", "all(p:p", "any()", "t", "p", "$it",
        "startswith(", "year(",
        "substring(", "cast(", "isof(", "'Edm.Int32'", "'Lab.HotProbe'", "concat(", "round(", "INF", "NaN",
        "9999999999999999999", "1e400", "desc",
    ]
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(words=st.lists(_words, max_size=7), method=st.sampled_from(["GET", "POST", "PUT", "MERGE", "DELETE", "FOO", "HEAD"]))
def test_any_path(service: Service, words: list[str], method: str) -> None:
    check(
        ask(
            service,
            method,
            "".join(words),
            b"{}" if method in ("POST", "PUT", "MERGE") else None,
            Content_Type=LIGHT,
            If_Match="*",
        )
    )


@given(tokens=st.lists(_tokens, max_size=9), option=st.sampled_from(["$filter", "$orderby", "$skiptoken"]))
def test_any_expression_of_likely_words(service: Service, tokens: list[str], option: str) -> None:
    check(ask(service, "GET", f"Probes?{option}={quote(' '.join(tokens))}"))


@given(
    text=st.text(max_size=40),
    option=st.sampled_from(["$filter", "$orderby", "$select", "$expand", "$top", "$format", "$inlinecount", "x"]),
)
def test_any_query(service: Service, text: str, option: str) -> None:
    check(ask(service, "GET", f"Probes?{option}={quote(text, errors='replace')}"))
    check(ask(service, "GET", f"Probes?{text}".encode("utf-8", "replace").decode()))


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["Lab.HotProbe", "Benches('N')", "$1"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["Id", "Name", "Price", "Home", "City", "Tags", "Places", "Bench", "Bench@odata.bind", "odata.type",
            "__metadata", "results", "url", "value", "d"]
        )
        | st.text(max_size=3),
        inner,
        max_size=4,
    ),
    max_leaves=8,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    tree=_json,
    dialect=st.sampled_from([LIGHT, VERBOSE]),
    target=st.sampled_from(
        [
            "POST Probes",
            "MERGE Probes(1)",
            "PUT Benches('N')",
            "PUT Probes(1)/Home",
            "PUT Probes(1)/$links/Bench",
            "POST Notes",
            "PUT Probes(1)/Tags",
        ]
    ),
)
def test_any_json_body(service: Service, tree: object, dialect: str, target: str) -> None:
    import json

    method, _, path = target.partition(" ")
    check(ask(service, method, path, json.dumps(tree).encode(), Content_Type=dialect, If_Match="*" if method != "POST" else ""))


@given(
    body=st.binary(max_size=60),
    content_type=st.sampled_from([LIGHT, VERBOSE, ATOM, "application/xml", "multipart/mixed; boundary=b", "x/y"]),
)
def test_any_bytes(service: Service, body: bytes, content_type: str) -> None:
    for method, path in (
        ("POST", "Probes"),
        ("MERGE", "Probes(1)"),
        ("PUT", "Probes(1)/Name"),
        ("POST", "$batch"),
        ("PUT", "Probes(1)/$links/Bench"),
    ):
        check(ask(service, method, path, body, Content_Type=content_type))


@given(
    name=st.sampled_from(
        ["Accept", "Content-Type", "DataServiceVersion", "MaxDataServiceVersion", "MinDataServiceVersion", "If-Match",
        "If-None-Match", "Prefer",
         "X-HTTP-Method", "Accept-Charset", "Slug"]
    ),
    value=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30),
)  # fmt: skip
def test_any_header(service: Service, name: str, value: str) -> None:
    check(service.send(Request("GET", "http://h/Benches('N')", Headers({name: value}))))
    check(service.send(Request("MERGE", "http://h/Benches('N')", Headers({"Content-Type": LIGHT, name: value}), b"{}")))


@pytest.mark.parametrize("depth", [50, 99, 200, 5000])
def test_deep_things(service: Service, depth: int) -> None:
    check(ask(service, "GET", "Probes?$filter=" + "(" * depth + "true" + ")" * depth))
    check(ask(service, "GET", "Probes?$filter=" + "not%20" * depth + "true"))
    check(ask(service, "GET", "Probes?$filter=" + "%20or%20".join(["Id%20eq%201"] * depth)))
    check(ask(service, "GET", "Probes?$filter=" + "%20add%20".join(["1"] * depth) + "%20eq%201"))
    check(ask(service, "GET", "Probes?$expand=" + "/".join(["Bench/Probes"] * depth)))
    check(ask(service, "POST", "Probes", b'{"Bench":' * depth + b"null" + b"}" * depth, Content_Type=LIGHT))
    check(ask(service, "POST", "Probes", b"<a>" * depth, Content_Type=ATOM))


def test_the_data_stands(service: Service) -> None:
    with service.store.begin() as tx:
        first = tx.get("Probes", Id=1)
        assert first is not None and tx.count("Probes") >= 1


@pytest.mark.parametrize(
    "body",
    [
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><entry xmlns="http://www.w3.org/2005/Atom">&b;</entry>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    ],
)
def test_no_document_types(service: Service, body: str) -> None:
    answer = ask(service, "POST", "Probes", body.encode(), Content_Type=ATOM)
    assert answer.status == 400 and b"root:" not in answer.body
