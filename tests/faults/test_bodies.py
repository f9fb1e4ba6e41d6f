"""R10 to R15: a body is whole or an error, and bounded."""

from __future__ import annotations

import gzip
import time
import tracemalloc
import zlib

import pytest
from faults.server import FaultServer, answer, chunked, endless, gzipped, then_close, then_reset, then_silence, trickled

from odata3.errors import DataServiceTransportException
from odata3.wire.messages import Request
from odata3.wire.transport import RequestsTransport

JSON = b'{"value":[{"ID":1}]}'


def ask(*script, method="GET", **keywords):
    keywords.setdefault("retry", None)
    with FaultServer(*script) as server:
        transport = RequestsTransport(server.url, **keywords)
        try:
            return transport.send(Request(method, server.url, body=b"{}" if method == "POST" else None))
        finally:
            transport.close()


def fails(*script, match=None, method="GET", **keywords):
    with pytest.raises(DataServiceTransportException, match=match) as caught:
        ask(*script, method=method, **keywords)
    assert caught.value.outcome_unknown is (method == "POST")
    return caught.value


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_r10_content_length_too_large(method):
    fails(then_close(answer(JSON, Content_Length=str(len(JSON) + 5))), match="cut", method=method)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_r10_content_length_too_small_though_what_came_is_json(method):
    fails(answer(JSON + b"trailing", Content_Length=str(len(JSON))), match="goes on after", method=method)


def test_r10_content_length_that_contradicts_itself():
    fails(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 4\r\n\r\n{}{}")


def test_r11_chunks_are_put_together():
    assert ask(chunked(JSON[:3], JSON[3:])).body == JSON


@pytest.mark.parametrize("end", [b"", b"5\r\nab", b"zz\r\n", b"-1\r\n", b"5", b"\r\n"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_r11_chunked_body_that_breaks_though_the_json_was_complete(end, method):
    fails(then_close(chunked(JSON, end=end)), method=method)


def test_r12_gzip_and_deflate_are_unpacked():
    assert ask(gzipped(JSON)).body == JSON
    assert ask(answer(zlib.compress(JSON), Content_Encoding="deflate")).body == JSON
    raw = zlib.compressobj(wbits=-15)
    assert ask(answer(raw.compress(JSON) + raw.flush(), Content_Encoding="deflate")).body == JSON
    assert ask(answer(gzip.compress(gzip.compress(JSON)), Content_Encoding="gzip, gzip")).body == JSON
    assert ask(answer(gzip.compress(JSON[:4]) + gzip.compress(JSON[4:]) + b"\0\0", Content_Encoding="x-gzip")).body == JSON
    assert ask(answer(b"", Content_Encoding="gzip")).body == b""


PACKED = gzip.compress(JSON * 50)


@pytest.mark.parametrize(
    "packed",
    [
        PACKED[:-1],
        PACKED[:-8],
        PACKED[:20],
        PACKED[:-8] + b"\0" * 8,
        JSON,
        PACKED + b"junk",
        PACKED[:30] + b"\xff" * 10 + PACKED[40:],
    ],
    ids=["cut end", "no trailer", "cut", "bad checksum", "not packed", "junk behind", "damaged"],
)
def test_r12_a_broken_gzip_stream(packed):
    fails(answer(packed, Content_Encoding="gzip"))
    fails(chunked(packed, Content_Encoding="gzip"))


def test_r12_a_broken_deflate_stream():
    packed = zlib.compress(JSON)
    for broken in (packed[:-1], packed + b"x", b"\xff\xff"):
        fails(answer(broken, Content_Encoding="deflate"))


def test_r12_a_coding_that_was_not_asked_for():
    fails(answer(JSON, Content_Encoding="br"), match="'br'")


def test_r13_a_bomb_is_stopped_near_the_limit():
    packer = zlib.compressobj(wbits=31)
    bomb = b"".join(packer.compress(b" " * 1_000_000) for _ in range(400)) + packer.flush()
    assert len(bomb) < 500_000
    tracemalloc.start()
    fails(answer(bomb, Content_Encoding="gzip"), match="max_response_bytes", max_response_bytes=2_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12_000_000


def test_r13_a_chain_of_fifty_codings():
    fails(answer(b"x", Content_Encoding=", ".join(["gzip"] * 50)), match="codings")


def test_r13_an_endless_body():
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    fails(endless(head, b" " * 65536), match="max_response_bytes", max_response_bytes=1_000_000)
    empty_members = gzip.compress(b"") * 1000
    packed = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    fails(endless(packed, empty_members), match="max_response_bytes", max_response_bytes=1_000_000)


def test_r13_an_endless_body_of_a_redirect_is_not_read():
    redirected = endless(b"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n", b" " * 65536)
    assert ask(redirected, answer(JSON)).body == JSON


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0" * 65536),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;", b"x" * 65536),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", b"X-More: 1\r\n" * 5000),
    ],
    ids=["a size", "an extension", "trailers"],
)
def test_r13_lines_between_chunks_that_have_no_end(head, piece, method):
    tracemalloc.start()
    fails(endless(head, piece), match="have no end|exceeded maximum", method=method)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000


@pytest.mark.parametrize("interim", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n"])
def test_r15_r19_interim_answers_without_end(interim):
    fails(endless(interim, interim * 1000), match="interim answers without end")


def test_r11_trailers_are_passed_over():
    assert ask(chunked(JSON, end=b"0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n")).body == JSON


def test_r13_the_limit_itself_is_fine():
    assert ask(answer(JSON), max_response_bytes=len(JSON)).body == JSON
    assert ask(gzipped(b" " * 1000), max_response_bytes=1000).body == b" " * 1000


def test_r14_a_body_that_ends_with_its_connection_is_taken_as_it_came():
    assert ask(then_close(b"HTTP/1.1 200 OK\r\n\r\n" + JSON)).body == JSON


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\nConte", answer(JSON)[:-4], chunked(JSON, end=b"")])
def test_r15_a_server_that_falls_silent_ends_in_a_time_out(begun, method):
    started = time.monotonic()
    failure = fails(then_silence(begun), match="no answer within 0.2 seconds", method=method, timeout=(1, 0.2), retry=3)
    assert time.monotonic() - started < 15
    assert failure.url is not None


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\n", answer(JSON)[:-4]])
def test_r17_a_reset_leaves_the_outcome_of_a_change_open(begun, method):
    fails(then_reset(begun), method=method)


@pytest.mark.parametrize(
    "nonsense", [b"\0\1\2\3\r\n\r\n", b"SSH-2.0-OpenSSH\r\n", b"HTTP/9.9 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 300]
)
def test_r20_what_is_no_http_is_an_error(nonsense):
    fails(then_close(nonsense))


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_bodiless_answers(method):
    assert ask(answer(status="204 No Content"), method=method).body == b""
    assert ask(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n", method=method).body == b""
    if method == "HEAD":
        assert ask(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Encoding: gzip\r\n\r\n", method=method).body == b""


@pytest.mark.parametrize(
    "whole", [answer(JSON), chunked(JSON[:5], JSON[5:]), gzipped(JSON), b"HTTP/1.1 103 Early\r\n\r\n" + answer(JSON)]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_r15_what_comes_byte_by_byte_is_read_to_its_end(whole, method):
    assert ask(trickled(whole), method=method).body == JSON
