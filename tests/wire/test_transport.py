"""The transport when all goes well: sessions, headers, uploads, streams."""

from __future__ import annotations

import io
import os
from contextlib import closing

import pytest
import requests
from faults.server import FaultServer, answer, chunked, gzipped, then_close
from requests.auth import AuthBase

from odata3.errors import ArgumentError, DataServiceTransportException, InvalidOperationError
from odata3.wire.messages import Headers, Request, Transport
from odata3.wire.transport import RequestsTransport


@pytest.fixture
def server():
    with FaultServer() as server:
        yield server


def test_it_is_a_transport(server):
    transport: Transport = RequestsTransport(server.url)
    response = transport.send(Request("GET", server.url + "Products", Headers({"Accept": "application/json"})))
    assert (response.status, response.body, response.url) == (200, b"{}", server.url + "Products")
    assert response.headers["content-type"] == "application/json"
    assert server.requests[0].headers["accept"] == "application/json"
    assert server.requests[0].headers["accept-encoding"] == "gzip, deflate"
    transport.close()


def test_headers_of_the_request_go_over_configured_ones(server):
    transport = RequestsTransport(server.url, headers={"X-One": "configured", "X-Two": "configured"})
    transport.send(Request("GET", server.url, Headers({"x-two": "asked"})))
    seen = server.requests[0].headers
    assert (seen["x-one"], seen["x-two"]) == ("configured", "asked")


def test_a_field_that_comes_twice_is_one():
    with FaultServer(b"HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 0\r\n\r\n") as server:
        assert RequestsTransport(server.url).send(Request("GET", server.url)).headers["X-A"] == "1, 2"


def test_merge_travels_as_it_stands(server):
    RequestsTransport(server.url).send(
        Request("MERGE", server.url + "Products(ID=guid'a',x='b''c%2F')?$filter=a%20eq%201", body=b"{}")
    )
    assert server.requests[0].method == "MERGE"
    assert server.requests[0].target == "/Products(ID=guid'a',x='b''c%2F')?$filter=a%20eq%201"
    assert server.requests[0].body == b"{}"


def test_a_delete_says_that_it_has_no_body(server):
    RequestsTransport(server.url).send(Request("DELETE", server.url + "Products(1)"))
    assert server.requests[0].headers["content-length"] == "0"


class Token(AuthBase):
    def __call__(self, request):
        request.headers["Authorization"] = "Bearer token"
        return request


def test_auth_may_be_any_callable(server):
    RequestsTransport(server.url, auth=Token()).send(Request("GET", server.url))
    RequestsTransport(server.url, auth=lambda request: Token()(request)).send(Request("GET", server.url))
    assert [seen.headers["authorization"] for seen in server.requests] == ["Bearer token"] * 2


def test_auth_beyond_latin_1_goes_as_utf_8(server):
    RequestsTransport(server.url, auth=("користувач", "пароль")).send(Request("GET", server.url))
    assert requests.auth._basic_auth_str("користувач".encode(), "пароль".encode()) == server.requests[0].headers["authorization"]


@pytest.mark.parametrize("auth", ["user:password", ("user",), ("user", None), 5])
def test_wrong_auth_is_refused_at_once(auth):
    with pytest.raises(ArgumentError, match="auth is"):
        RequestsTransport("http://127.0.0.1/", auth=auth)


@pytest.mark.parametrize("timeout", [0, -1, True, "5", (1, 2, 3), (0, 1), float("inf"), (1, 1e300), float("nan")])
def test_wrong_time_outs_are_refused_at_once(timeout):
    with pytest.raises(ArgumentError, match="timeout"):
        RequestsTransport("http://127.0.0.1/", timeout=timeout)


@pytest.mark.parametrize("root", ["", "services.example", "ftp://host/", "http:///x", "http://a b/", None])
def test_wrong_roots_are_refused_at_once(root):
    with pytest.raises(ArgumentError):
        RequestsTransport(root)


def test_a_callers_session_is_used_and_stays_as_it_was(server):
    with requests.Session() as session:
        session.headers["X-Session"] = "yes"
        session.auth = ("session", "own")
        session.verify = "no-such-bundle.pem"
        before = {name: repr(getattr(session, name)) for name in session.__attrs__ if name != "cookies"}
        adapters = dict(session.adapters)
        transport = RequestsTransport(server.url, session=session, headers={"X-Mine": "1"}, timeout=5)
        transport.send(Request("GET", server.url))
        transport.close()
        assert session.get(server.url).status_code == 200, "close() left it alone"
        assert {name: repr(getattr(session, name)) for name in before} == before
        assert session.adapters == adapters
    seen = server.requests[0].headers
    assert seen["x-session"] == "yes" and seen["x-mine"] == "1" and seen["authorization"].startswith("Basic ")
    assert "x-mine" not in server.requests[1].headers


def test_a_callers_session_follows_its_hooks_and_none_of_requests_redirects(server):
    heard = []
    with requests.Session() as session, FaultServer(answer(b"x", "302 Found", Location="/b"), answer(b"end")) as moved:
        session.hooks["response"].append(lambda response, **_: heard.append(response.status_code))
        response = RequestsTransport(moved.url, session=session).send(Request("GET", moved.url))
        assert response.url == moved.url + "b"
        assert len(session.hooks["response"]) == 1
    assert heard == [302, 200]


@pytest.mark.parametrize("alone", [True, False])
def test_a_hook_of_a_session_may_be_one_function_or_none(server, alone):
    heard = []
    with requests.Session() as session:
        session.hooks = {"response": lambda response, **_: heard.append(response.status_code)} if alone else None
        assert RequestsTransport(server.url, session=session).send(Request("GET", server.url)).status == 200
    assert heard == [200] * alone


def test_explicit_auth_goes_over_the_sessions(server):
    with requests.Session() as session:
        session.auth = ("session", "own")
        RequestsTransport(server.url, session=session, auth=Token()).send(Request("GET", server.url))
    assert server.requests[0].headers["authorization"] == "Bearer token"


def test_a_file_is_sent_with_its_length(server, tmp_path):
    path = tmp_path / "big"
    path.write_bytes(os.urandom(300_000))
    with path.open("rb") as file:
        file.seek(100)
        RequestsTransport(server.url).send(Request("PUT", server.url, Headers({"Content-Type": "image/png"}), file))
    seen = server.requests[0]
    assert seen.headers["content-length"] == "299900"
    assert seen.body == path.read_bytes()[100:]
    assert seen.headers["content-type"] == "image/png"


class Pipe(io.RawIOBase):
    """Readable once, of unknown length, and too big to be held."""

    def __init__(self, pieces):
        self.pieces, self.largest = list(pieces), 0

    def readable(self):
        return True

    def read(self, size=-1):
        self.largest = max(self.largest, size)
        return self.pieces.pop(0) if self.pieces else b""


def test_a_pipe_travels_in_chunks(server):
    pipe = Pipe([b"abc", b"d" * 1000])
    RequestsTransport(server.url).send(Request("POST", server.url, body=pipe))
    assert server.requests[0].headers["transfer-encoding"] == "chunked"
    assert server.requests[0].body == b"abc" + b"d" * 1000
    assert 0 < pipe.largest <= 1_000_000


def test_a_pipe_of_announced_length(server):
    RequestsTransport(server.url).send(Request("POST", server.url, Headers({"Content-Length": "4"}), Pipe([b"ab", b"cd"])))
    assert server.requests[0].headers["content-length"] == "4"
    assert server.requests[0].body == b"abcd"


def test_a_pipe_that_ends_before_its_length(server):
    request = Request("POST", server.url, Headers({"Content-Length": "9"}), Pipe([b"ab"]))
    with pytest.raises(DataServiceTransportException, match="ended before") as caught:
        RequestsTransport(server.url).send(request)
    assert caught.value.outcome_unknown is True


def test_an_object_with_nothing_but_read(server):
    class Reader:
        def __init__(self):
            self.pieces = [b"x", b"y"]

        def read(self, size=-1):
            return self.pieces.pop(0) if self.pieces else b""

    RequestsTransport(server.url).send(Request("POST", server.url, body=Reader()))
    assert server.requests[0].body == b"xy"


def test_an_empty_file_is_an_empty_body(server):
    RequestsTransport(server.url).send(Request("PUT", server.url, body=io.BytesIO()))
    assert server.requests[0].headers["content-length"] == "0"


def test_bodies_that_are_none_are_refused(server):
    closed = io.BytesIO(b"x")
    closed.close()
    for body in ("text", 5, closed):
        with pytest.raises(ArgumentError):
            RequestsTransport(server.url).send(Request("PUT", server.url, body=body))
    assert server.requests == []


def test_a_stream_is_read_in_pieces():
    data = os.urandom(400_000)
    for script in (answer(data), chunked(*(data[n : n + 7000] for n in range(0, len(data), 7000))), gzipped(data)):
        with FaultServer(script) as server, RequestsTransport(server.url).open(Request("GET", server.url)) as stream:
            assert stream.status == 200
            first = stream.read(10)
            assert first == data[:10]
            rest = b"".join(iter(lambda s=stream: s.read(50_000), b""))
            assert first + rest == data
            assert stream.read(5) == b"" and stream.read() == b""


def test_a_stream_may_be_read_whole_or_iterated():
    with FaultServer(answer(b"abc" * 50_000)) as server:
        transport = RequestsTransport(server.url, max_response_bytes=10)
        with transport.open(Request("GET", server.url)) as stream:
            assert stream.read(3) + stream.read() == b"abc" * 50_000
        with transport.open(Request("GET", server.url)) as stream:
            assert b"".join(stream) == b"abc" * 50_000
        assert server.opened == 1
        stream.close()
        with pytest.raises(InvalidOperationError, match="closed"):
            stream.read()


def test_a_stream_that_is_given_up_gives_its_connection_up():
    with FaultServer(answer(b"x" * 1_000_000)) as server:
        transport = RequestsTransport(server.url)
        for _ in range(20):
            transport.open(Request("GET", server.url)).close()
        assert transport.send(Request("GET", server.url)).status == 200


def test_a_stream_that_is_cut_ends_in_the_error():
    with FaultServer(then_close(answer(b"x" * 1000, Content_Length="2000"))) as server:
        stream = RequestsTransport(server.url).open(Request("GET", server.url))
        with pytest.raises(DataServiceTransportException, match="cut"):
            while stream.read(100):
                pass


def test_proxies_are_asked(server):
    transport = RequestsTransport("http://service.example/svc/", proxies={"http": server.url}, auth=("a", "b"))
    assert transport.send(Request("GET", "http://service.example/svc/Products")).status == 200
    assert server.requests[0].target == "http://service.example/svc/Products"


def test_proxies_of_the_environment_are_honoured(server, monkeypatch):
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert RequestsTransport("http://service.example/").send(Request("GET", "http://service.example/")).status == 200


def test_repr_shows_the_root_alone():
    assert repr(RequestsTransport("http://me:secret@127.0.0.1/x/")) == "<RequestsTransport to http://127.0.0.1/x/>"


def test_a_listener_sees_what_went_out_at_last(server):
    seen = []
    transport = RequestsTransport(server.url, auth=("me", "pw"), headers={"X-One": "1"})
    transport.watch(lambda request, response: seen.append((request, response)))
    transport.send(Request("MERGE", server.url + "x", Headers({"Accept": "a/b"}), b"{}"))
    ((request, response),) = seen
    assert (request.method, request.url, request.body) == ("MERGE", server.url + "x", b"{}")
    assert request.headers["authorization"].startswith("Basic ") and request.headers["x-one"] == "1"
    assert request.headers["content-length"] == "2"
    assert response.status == 200
    assert "Basic" not in repr(request.headers)


@pytest.mark.parametrize(
    "target", ["/a%7eb/%c3%a4?x=%2f&$y='%3a'", "/Set('a%2fb')", "/?%24skiptoken=a+b", "/a/../b", "/a//b?x", "/x?url=http://h/%2e"]
)
def test_a_url_travels_byte_for_byte(target: str) -> None:
    with FaultServer(answer(b"{}")) as server, closing(RequestsTransport(server.url)) as transport:
        transport.send(Request("GET", server.url.rstrip("/") + target, Headers()))
        assert server.requests[0].target == target


def test_a_url_that_cannot_travel_is_escaped() -> None:
    with FaultServer(answer(b"{}")) as server, closing(RequestsTransport(server.url)) as transport:
        transport.send(Request("GET", server.url + "Set('ä b')#here", Headers()))
        assert server.requests[0].target == "/Set('%C3%A4%20b')"


def test_what_credentials_add_to_a_url_is_kept() -> None:
    class InQuery(AuthBase):
        def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
            request.url = f"{request.url}?key=1"
            return request

    with FaultServer(answer(b"{}")) as server, closing(RequestsTransport(server.url, auth=InQuery())) as transport:
        transport.send(Request("GET", server.url + "a%7eb", Headers()))
        assert server.requests[0].target == "/a~b?key=1"
