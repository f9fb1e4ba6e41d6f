"""Batches: exact bytes out, every variety in, and ``email.parser`` as the oracle."""

from __future__ import annotations

import contextlib
import email
import itertools
import json
import re
from email.message import Message
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata3.errors import InvalidOperationError, ODataError, PayloadError
from odata3.wire.batch import (
    Multipart,
    RequestPart,
    ResponsePart,
    decode_requests,
    decode_responses,
    encode_requests,
    encode_responses,
    random_boundary,
)
from odata3.wire.messages import Headers, Request, Response

SHARED = Path(__file__).parents[3] / "shared"


def named(kind: str) -> str:
    return {"batch": "b1", "changeset": "c1", "batchresponse": "r1", "changesetresponse": "s1"}[kind]


def get(url: str = "http://h/s/Benches('A')", **headers: str) -> Request:
    return Request("GET", url, Headers({name.replace("_", "-"): value for name, value in headers.items()}))


def lines(*texts: str, end: str = "\r\n") -> bytes:
    return end.join(texts).encode("latin-1")


# --- writing ------------------------------------------------------------------------------------------------------------------


def test_p95_p96_the_example_of_the_protocol_byte_for_byte() -> None:
    json_type = "application/json;odata=minimalmetadata"
    insert = Request("POST", "http://h/s/Probes", Headers({"Content-ID": "1", "Content-Type": json_type}), b'{"Id":"9"}')
    link = Request(
        "PUT", "$1/$links/Bench", Headers({"Content-ID": "2", "Content-Type": json_type}), b'{"url":"http://h/s/Benches(\'A\')"}'
    )
    found = encode_requests([get(Accept=json_type), (insert, link)], boundary=named)
    assert found.content_type == "multipart/mixed; boundary=b1"
    assert found.body == lines(
        "--b1",
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
        "",
        "GET http://h/s/Benches('A') HTTP/1.1",
        "Accept: application/json;odata=minimalmetadata",
        "",
        "",
        "--b1",
        "Content-Type: multipart/mixed; boundary=c1",
        "",
        "--c1",
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
        "Content-ID: 1",
        "",
        "POST http://h/s/Probes HTTP/1.1",
        "Content-ID: 1",
        "Content-Type: application/json;odata=minimalmetadata",
        "Content-Length: 10",
        "",
        '{"Id":"9"}',
        "--c1",
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
        "Content-ID: 2",
        "",
        "PUT $1/$links/Bench HTTP/1.1",
        "Content-ID: 2",
        "Content-Type: application/json;odata=minimalmetadata",
        "Content-Length: 33",
        "",
        '{"url":"http://h/s/Benches(\'A\')"}',
        "--c1--",
        "",
        "--b1--",
        "",
    )


def test_answers_byte_for_byte() -> None:
    found = encode_responses(
        [
            Response(200, Headers({"Content-Type": "text/plain"}), b"7"),
            (Response(204, Headers({"Content-ID": "1"})),),
            Response(418),
        ],
        boundary=named,
    )
    assert found.content_type == "multipart/mixed; boundary=r1"
    part = ("Content-Type: application/http", "Content-Transfer-Encoding: binary")
    assert found.body == lines(
        *("--r1", *part, "", "HTTP/1.1 200 OK", "Content-Type: text/plain", "Content-Length: 1", "", "7"),
        *("--r1", "Content-Type: multipart/mixed; boundary=s1", ""),
        *("--s1", *part, "Content-ID: 1", "", "HTTP/1.1 204 No Content", "Content-ID: 1", "", "", "--s1--", ""),
        *("--r1", *part, "", "HTTP/1.1 418 I'm a Teapot", "Content-Length: 0", "", "", "--r1--", ""),
    )


def test_p95_the_length_is_the_true_one_whatever_the_headers_say() -> None:
    request = Request("POST", "http://h/s/A", Headers({"content-length": "7"}), "ü".encode())
    assert b"Content-Length: 2\r\n\r\n\xc3\xbc\r\n" in encode_requests([request]).body
    assert encode_requests([request]).body.lower().count(b"content-length") == 1


def test_an_action_without_parameters_has_a_length_of_zero_and_a_delete_none() -> None:
    assert b"Content-Length: 0\r\n\r\n\r\n--" in encode_requests([Request("POST", "http://h/s/Act", body=b"")]).body
    assert b"Content-Length" not in encode_requests([Request("DELETE", "http://h/s/A(1)")]).body


def test_an_empty_batch_and_an_empty_change_set_go_and_come() -> None:
    assert encode_requests([], boundary=named).body == b"--b1--\r\n"
    assert decode_requests(*encode_requests([])) == []
    assert decode_requests(*encode_requests([()])) == [()]


def test_r42_boundaries_are_random_and_stand_in_no_body() -> None:
    assert random_boundary("batch") != random_boundary("batch")
    bodies = [b"--b1\r\n", b"x", b"--b2--"]
    tries = iter(["b1", "b2", "b3"])
    found = encode_requests([Request("POST", "http://h/s/A", body=body) for body in bodies], boundary=lambda kind: next(tries))
    assert found.content_type.endswith("boundary=b3")
    assert [part.body for part in decode_requests(*found) if isinstance(part, Request)] == bodies


def test_r42_a_boundary_that_cannot_be_found_is_an_error() -> None:
    with pytest.raises(InvalidOperationError, match="boundary"):
        encode_requests([Request("POST", "http://h/s/A", body=b"--b1")], boundary=named)
    with pytest.raises(InvalidOperationError, match="boundary"):
        encode_requests([], boundary=lambda kind: "a\r\nb")


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET\r\nX: y", "http://h/s/A"),
        Request("GET x", "http://h/s/A"),
        Request("", "http://h/s/A"),
        Request("GET", "http://h/s/A HTTP/1.1\r\nX: y\r\n\r\n"),
        Request("GET", "http://h/s/A\nB"),
        Request("GET", "http://h/s/A\0"),
        Request("GET", ""),
        Request("GET", "http://h/s/A", Headers({"If-Match": 'W/"1"\r\nX: y'})),
        Request("GET", "http://h/s/A", Headers({"Content-ID": "1\n"})),
        Request("GET", "http://h/s/A", Headers({"Slug": "a\0b"})),
        Request("GET", "http://h/s/A", Headers({"A: b\r\nC": "d"})),
        Request("GET", "http://h/s/A", Headers({"Slug": "\u4e2d"})),
        Request("POST", "http://h/s/A", body=BytesIO(b"stream")),
    ],
)
def test_r41_r42_what_would_break_the_lines_is_refused(request_: Request) -> None:
    with pytest.raises(InvalidOperationError):
        encode_requests([request_])


def test_p100_a_get_in_a_change_set_is_refused() -> None:
    with pytest.raises(InvalidOperationError, match="change set"):
        encode_requests([(get(),)])


def test_blanks_and_letters_beyond_ascii_in_a_url_are_encoded_and_the_rest_is_left_alone() -> None:
    body = encode_requests([get("http://h/s/Keyed('O''Neil%20&%2F')?$filter=A eq 'é'")]).body
    assert b"GET http://h/s/Keyed('O''Neil%20&%2F')?$filter=A%20eq%20'%C3%A9' HTTP/1.1\r\n" in body


# --- reading ------------------------------------------------------------------------------------------------------------------

PART = ("Content-Type: application/http", "Content-Transfer-Encoding: binary", "")
MIXED = "multipart/mixed; boundary=b"


def responses(body: bytes, content_type: str = MIXED) -> list[ResponsePart]:
    return decode_responses(content_type, body)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("length", [("Content-Length: 4",), ()])
def test_p95_every_line_end_with_and_without_lengths(end: str, length: tuple[str, ...]) -> None:
    body = lines(
        *("a preamble", "--b", *PART, "HTTP/1.1 200 OK", "ETag: x", *length, "", "body"),
        *("--b", "Content-Type: multipart/mixed; boundary=c", ""),
        *("--c", *PART, "HTTP/1.1 201 Created", "Content-ID: 1", "", "one"),
        *("--c", *PART, "HTTP/1.1 204 No Content", "Content-ID: 2", "", "", "--c--", "", "--b--", "an epilogue"),
        end=end,
    )
    assert responses(body) == [
        Response(200, Headers({"ETag": "x", **({"Content-Length": "4"} if length else {})}), b"body"),
        (Response(201, Headers({"Content-ID": "1"}), b"one"), Response(204, Headers({"Content-ID": "2"}))),
    ]


def test_p95_a_missing_final_boundary_is_tolerated() -> None:
    assert responses(lines("--b", *PART, "HTTP/1.1 200 OK", "", "body")) == [Response(200, body=b"body")]
    nested = lines(
        *("--b", "Content-Type: multipart/mixed; boundary=c", "", "--c", *PART, "HTTP/1.1 200 OK", "", "x"),
        *("--b", *PART, "HTTP/1.1 404 Not Found", "", "y", "--b--"),
    )
    assert responses(nested) == [(Response(200, body=b"x"),), Response(404, body=b"y")]


@pytest.mark.parametrize(
    "content_type",
    [
        'multipart/mixed; boundary="b"',
        "Multipart/Mixed;BOUNDARY=b",
        "multipart/mixed; charset=utf-8; boundary = b ; type=x",
        r'multipart/mixed; boundary="\b"',
    ],
)
def test_boundary_parameters(content_type: str) -> None:
    assert responses(lines("--b  ", *PART, "HTTP/1.1 200 OK", "", "", "--b-- "), content_type) == [Response(200)]


def test_p99_a_body_of_known_length_may_hold_the_text_of_a_boundary() -> None:
    tricky = b"x\r\n--b\r\n--b--\r\ny\r\n--c--"
    body = (
        lines("--b", *PART, "HTTP/1.1 200 OK", f"Content-Length: {len(tricky)}", "", "")
        + tricky
        + lines("", "--b", *PART, "HTTP/1.1 204 No Content", "", "", "--b--")
    )
    found = responses(body)
    assert [part.body for part in found if isinstance(part, Response)] == [tricky, b""]
    within = (
        lines("--b", "Content-Type: multipart/mixed; boundary=c", "", "--c", *PART, "HTTP/1.1 200 OK")
        + lines("", f"Content-Length: {len(tricky)}", "", "")
        + tricky
        + lines("", "--c--", "--b--")
    )
    assert [[r.body for r in part] for part in responses(within) if isinstance(part, tuple)] == [[tricky]]


def test_p99_binary_bodies_come_back_as_they_went() -> None:
    body = bytes(range(256)) * 3
    request = Request("PUT", "http://h/s/Films(1)/$value", Headers({"Content-ID": "1"}), body)
    ((found,),) = decode_requests(*encode_requests([(request,)]))  # type: ignore[misc]
    assert found.body == body


def test_p95_a_length_never_reaches_past_the_boundary_and_is_trusted_before_it() -> None:
    long = lines("--b", *PART, "HTTP/1.1 200 OK", "Content-Length: 100000", "", "body", "--b--")
    assert responses(long) == [Response(200, Headers({"Content-Length": "100000"}), b"body")]
    short = lines("--b", *PART, "HTTP/1.1 200 OK", "Content-Length: 4", "", "body", "", "", "--b--")
    assert responses(short) == [Response(200, Headers({"Content-Length": "4"}), b"body")]


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [(["Content-ID: 7"], [], "7"), ([], ["content-id: 7"], "7"), (["Content-ID: new"], ["Content-ID: 1"], "new"), ([], [], None)],
)
def test_p96_the_content_id_is_read_from_either_place(outer: list[str], inner: list[str], expected: str | None) -> None:
    head = ("--b", *PART[:2], *outer, "")
    found = decode_requests(MIXED, lines(*head, "POST Rooms HTTP/1.1", *inner, "Accept: x", "", "{}", "--b--"))
    assert found[0].headers.get("Content-ID") == expected  # type: ignore[union-attr]
    answers = responses(lines(*head, "HTTP/1.1 200 OK", *inner, "", "", "--b--"))
    assert answers[0].headers.get("content-id") == expected  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "inner",
    [
        ["Content-ID: 1", "ETag: a"],
        ["ETag: a", "Content-ID: 1"],
        ["Content-ID: 17", "ETag: a"],
        ["ETag: a", "Content-ID: 17"],
        ["content-id: 1", "ETag: a"],
        ["ETag: a"],
    ],
)
def test_p96_heads_that_differ_in_their_content_id_alone_are_not_taken_for_each_other(inner: list[str]) -> None:
    def part(number: str, *fields: str) -> bytes:
        outer = ("--b", "Content-Type: application/http", "Content-Transfer-Encoding: binary", f"Content-ID: {number}", "")
        return lines(*outer, "HTTP/1.1 204 No Content", *fields, "X-Content-ID: 1", "", "", "")

    body = part("1", *inner) + part("17", *inner) + part("1", "ETag: b") + lines("--b--", "")
    one, two, three = decode_responses("multipart/mixed; boundary=b", body)
    assert [dict(r.headers.items()) for r in (one, two, three)] == [  # type: ignore[union-attr]
        {"ETag": "a", "X-Content-ID": "1", "Content-ID": "1"},
        {"ETag": "a", "X-Content-ID": "1", "Content-ID": "17"},
        {"ETag": "b", "X-Content-ID": "1", "Content-ID": "1"},
    ]


@pytest.mark.parametrize(
    ("line", "method", "url"),
    [
        ("GET Products(1) HTTP/1.1", "GET", "Products(1)"),
        ("GET /s/Products?$filter=Name eq 'a b' HTTP/1.1", "GET", "/s/Products?$filter=Name eq 'a b'"),
        ("MERGE $1/$links/Bench http/1.0", "MERGE", "$1/$links/Bench"),
        ("GET http://h/s/A('\u00e9') HTTP/1.1", "GET", "http://h/s/A('\u00e9')"),
    ],
)
def test_request_lines_split_at_their_first_and_last_blank(line: str, method: str, url: str) -> None:
    (found,) = decode_requests(MIXED, lines("--b", *PART, "") + line.encode() + b"\r\n\r\n\r\n--b--")
    assert found == Request(method, url)


def test_blank_lines_before_a_message_and_missing_ones_behind_headers_are_tolerated() -> None:
    assert responses(lines("--b", *PART, "", "", "HTTP/1.1 200 OK", "A: b", "--b--")) == [Response(200, Headers({"A": "b"}))]
    assert decode_requests(MIXED, lines("--b", *PART, "GET x HTTP/1.1", "--b--")) == [Request("GET", "x")]


def test_headers_folded_repeated_and_of_odd_letters() -> None:
    body = lines("--b", *PART, "HTTP/1.1 200", "A: 1", "a: 2", "B: x", "  y", "C:", "D: \xe4", "", "", "--b--")
    (found,) = responses(body)
    assert isinstance(found, Response)
    assert dict(found.headers) == {"A": "1, 2", "B": "x y", "C": "", "D": "\xe4"}


@pytest.mark.parametrize(
    ("content_type", "body", "where"),
    [
        ("application/json", b"{}", None),
        ("", b"", None),
        ("multipart/mixed", b"--b--", None),
        ("multipart/mixed; boundary=", b"--b--", None),
        (MIXED, b"", None),
        (MIXED, b"<html>sign in</html>", None),
        ("multipart/mixed; boundary=other", b"--b\r\n--b--", None),
        (MIXED, lines("--b", "Content-Type: text/html", "", "<html/>", "--b--"), "part 1"),
        (MIXED, lines("--b", "", "HTTP/1.1 200 OK", "", "", "--b--"), "part 1"),
        (MIXED, lines("--b", *PART, "nonsense", "", "", "--b--"), "part 1"),
        (MIXED, lines("--b", *PART, "--b--"), "part 1"),
        (MIXED, lines("--b", *PART, "HTTP/1.1 200 OK", "no field", "", "", "--b--"), "part 1"),
        (MIXED, lines("--b", *PART[:1], "Content-Transfer-Encoding: base64", "", "HTTP/1.1 200 OK", "", "", "--b--"), "part 1"),
        (MIXED, lines("--b", *PART, "HTTP/1.1 200 OK", "", "", "--b", *PART, "HTTP/1.1 200 OK", "Content-Le"), "part 2"),
        (MIXED, lines("--b", *PART, "HTTP/1.1 200 OK", "Content-Length: 9", "", "cut"), "part 1"),
        (MIXED, lines("--b", "Content-Type: multipart/mixed", "", "--c", "--b--"), "part 1"),
        (MIXED, lines("--b", "Content-Type: multipart/mixed; boundary=c", "", "nothing", "--b--"), "part 1"),
        (
            MIXED,
            lines(
                "--b",
                "Content-Type: multipart/mixed; boundary=c",
                "",
                "--c",
                "Content-Type: multipart/mixed; boundary=d",
                "",
                "--b--",
            ),
            "part 1.1",
        ),
    ],
)
def test_r45_what_is_no_answer_to_a_batch_is_refused_with_its_place(content_type: str, body: bytes, where: str | None) -> None:
    with pytest.raises(PayloadError) as caught:
        decode_responses(content_type, body)
    assert caught.value.where == where


def test_p97_p101_parts_are_told_apart_and_fewer_are_just_fewer() -> None:
    sent: list[ResponsePart] = [Response(400, body=b"no"), (Response(201),)]
    assert [type(part) for part in decode_responses(*encode_responses(sent))] == [Response, tuple]
    assert decode_responses(*encode_responses([])) == []


def test_reading_is_linear() -> None:
    """A boundary's text in many bodies, and a change set of many parts, must not be searched again and again."""
    part = Response(200, Headers({"Content-Length": "8"}), b"x\r\n--b\r\n")
    count = 3_000
    body = b"".join(
        b"--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n" + part.body + b"\r\n"
        for _ in range(count)
    )
    assert responses(body + b"--b--") == [part] * count
    many = tuple(Response(204, Headers({"Content-ID": str(number)})) for number in range(count))
    assert decode_responses(*encode_responses([many, many])) == [many, many]


# --- there and back -----------------------------------------------------------------------------------------------------------

tokens = st.text("abcXYZ019-!#$%&'*+.^_`|~", min_size=1, max_size=8)
values = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=12).map(
    lambda text: text.strip(" \t")
)
heads = (
    st.dictionaries(tokens.filter(lambda t: t.lower() not in ("content-length", "content-id")), values, max_size=3)
    .filter(lambda d: len({k.lower() for k in d}) == len(d))
    .map(Headers)
)
bodies = st.binary(max_size=40) | st.sampled_from([b"--b1", b"\r\n--c1\r\n", b"\r\n", b"\n\r\n", b"--b1--\r\n"])
urls = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=20)
answers = st.builds(Response, st.integers(100, 599), heads, bodies)
asked = st.builds(Request, st.sampled_from(["GET", "POST", "MERGE"]), urls, heads, bodies.map(lambda b: b or None))
changes = st.builds(Request, st.sampled_from(["POST", "PATCH", "DELETE"]), urls, heads, bodies.map(lambda b: b or None))


def counted() -> object:
    numbers = itertools.count()
    return lambda kind: f"{kind[0]}{next(numbers)}"


def without_lengths(part: Request | Response) -> object:
    return type(part)(
        **{**{f: getattr(part, f) for f in part.__dataclass_fields__}, "headers": part.headers.merged({"Content-Length": None})}
    )


@given(st.lists(answers | st.lists(answers, max_size=3).map(tuple), max_size=5))
def test_answers_come_back(parts: list[ResponsePart]) -> None:
    found = decode_responses(*encode_responses(parts, boundary=counted()))  # type: ignore[arg-type]
    assert [tuple(map(without_lengths, p)) if isinstance(p, tuple) else without_lengths(p) for p in found] == parts


@given(st.lists(asked | st.lists(changes, max_size=3).map(tuple), max_size=5))
def test_requests_come_back(parts: list[RequestPart]) -> None:
    found = decode_requests(*encode_requests(parts, boundary=counted()))  # type: ignore[arg-type]
    assert [tuple(map(without_lengths, p)) if isinstance(p, tuple) else without_lengths(p) for p in found] == parts


def oracle(multipart: Multipart) -> list[object]:
    """The bodies of a batch's parts as the standard library's mail parser finds them."""
    message = email.message_from_bytes(b"Content-Type: " + multipart.content_type.encode() + b"\r\n\r\n" + multipart.body)

    def payload(part: Message) -> object:
        if part.get_content_type() == "multipart/mixed":
            found = part.get_payload()
            return [payload(each) for each in found if isinstance(each, Message)] if isinstance(found, list) else []
        raw = part.get_payload(decode=True)
        assert isinstance(raw, bytes)
        return raw.partition(b"\r\n\r\n")[2]

    found = payload(message)
    return found if isinstance(found, list) else []


@given(st.lists(st.binary(max_size=60) | st.lists(st.binary(max_size=60), min_size=1, max_size=3), min_size=1, max_size=4))
def test_the_mail_parser_of_the_standard_library_finds_the_same_bodies(tree: list[object]) -> None:
    def answer(body: object) -> Response:
        assert isinstance(body, bytes)
        return Response(200, Headers({"X": "y"}), body)

    parts = [tuple(map(answer, each)) if isinstance(each, list) else answer(each) for each in tree]
    multipart = encode_responses(parts)
    assert oracle(multipart) == tree
    found = decode_responses(*multipart)
    assert [[r.body for r in part] if isinstance(part, tuple) else part.body for part in found] == tree


whole = encode_responses(
    [
        Response(200, Headers({"Content-Type": "application/json"}), b'{"value":[]}'),
        (Response(201, Headers({"Content-ID": "1"}), b"{}"), Response(204, Headers({"Content-ID": "2"}))),
        Response(404, Headers({"Content-Type": "application/xml"}), b"<m:error/>"),
    ],
    boundary=named,
)


@given(st.data())
def test_mutated_batches_raise_nothing_but_odata_errors(data: st.DataObject) -> None:
    body = bytearray(whole.body)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(body) - 1))
        match data.draw(st.integers(0, 3)):
            case 0:
                body[place] = data.draw(st.integers(0, 255))
            case 1:
                del body[place : place + data.draw(st.integers(1, 40))]
            case 2:
                body[place:place] = body[place : place + data.draw(st.integers(1, 80))]
            case _:
                del body[place:]
        if not body:
            break
    for decode in (decode_responses, decode_requests):
        with contextlib.suppress(ODataError):
            decode(whole.content_type, bytes(body))


# --- what others recorded -----------------------------------------------------------------------------------------------------


def recorded() -> list[tuple[str, str, str]]:
    path = SHARED / "traces" / "server" / "batch.server.json"
    if not path.exists():
        return []
    exchanges = json.loads(path.read_text(encoding="utf-8"))["exchanges"]
    found = []
    for exchange in exchanges:
        for side in ("request", "response"):
            message = exchange[side]
            content_type = dict(message["headers"]).get("Content-Type", "")
            if content_type.startswith("multipart") and message["body"] and "--b" in message["body"]:
                found.append((side, content_type, message["body"]))
    return found


@pytest.mark.parametrize(("side", "content_type", "body"), recorded() or [("", "", "")])
def test_recorded_batches_of_a_real_service(side: str, content_type: str, body: str) -> None:
    if not side:
        pytest.skip("checks against documents that others published, which are not ours to ship (they stand in ../shared)")
    decode = decode_requests if side == "request" else decode_responses
    found = decode(content_type, body.encode())
    flat = [message for part in found for message in (part if isinstance(part, tuple) else (part,))]
    begins = re.findall(r"(?m)^HTTP/1\.1 \d{3}|^[A-Z]+ \S.* HTTP/1\.1\r?$", body)
    assert len(flat) == len(begins)
