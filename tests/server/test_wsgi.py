from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import requests
from server.lab import LIGHT, lab_service

from odata3.server.hooks import Change
from odata3.server.refusal import Refusal
from odata3.server.service import Service
from odata3.server.sites import Site
from odata3.server.store import Store
from odata3.server.wsgi import RunningServer, application, serve
from odata3.wire.messages import Headers, Request, Response


class Echo:
    def send(self, request: Request) -> Response:
        body = request.body if isinstance(request.body, bytes) else b""
        return Response(200, Headers({"x-url": request.url, "x-bad": "a\r\nb: c\u2603"}), request.method.encode() + b" " + body)


def test_a_request_arrives_as_it_was_asked() -> None:
    with serve(Echo()) as server, requests.Session() as session:
        answer = session.request("MERGE", f"{server.url}Set('a%2Fb')?x=%20y%2B", data=b"body", headers={"A-B": "c"})
        assert answer.content == b"MERGE body"
        assert answer.headers["x-url"] == f"{server.url}Set('a%2Fb')?x=%20y%2B"
        assert answer.headers["x-bad"] == "a b: c?"
        chunked = session.post(server.url, data=iter([b"one ", b"two"]))
        assert chunked.content == b"POST one two"
        assert session.get(server.url).content == b"GET "


def test_servers_start_and_stop_quickly() -> None:
    begin = time.perf_counter()
    for _ in range(5):
        with serve(Echo()) as server:
            assert requests.get(server.url, timeout=5).status_code == 200
    assert time.perf_counter() - begin < 30
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url, timeout=1)


def test_an_address_that_cannot_be_had() -> None:
    with serve(Echo()) as server, pytest.raises(OSError):
        serve(Echo(), port=server.port)


def test_bodies_have_a_bound() -> None:
    with serve(Echo(), max_body=10) as server:
        assert requests.post(server.url, data=b"x" * 10, timeout=5).status_code == 200
        assert requests.post(server.url, data=b"x" * 11, timeout=5).status_code == 413
        assert requests.post(server.url, data=iter([b"x" * 6, b"y" * 6]), timeout=5).status_code == 413


def raw_answer(server: RunningServer, sent: bytes) -> bytes:
    """What comes back until the server hangs up; nothing more is sent after ``sent``."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


CHUNKED = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n0123456789", id="length"),
        pytest.param(CHUNKED + b"a\r\n01234", id="in a chunk"),
        pytest.param(CHUNKED + b"a\r\n0123456789", id="behind a chunk"),
        pytest.param(CHUNKED + b"a\r\n0123456789\r\n", id="between chunks"),
        pytest.param(CHUNKED + b"a\r\n0123456789\r\n0\r\n", id="in the trailers"),
    ],
)
def test_a_body_that_breaks_off_is_not_taken_for_a_whole_one(sent: bytes) -> None:
    heard: list[Request] = []

    class Listening(Echo):
        def send(self, request: Request) -> Response:
            heard.append(request)
            return super().send(request)

    with serve(Listening()) as server:
        answer = raw_answer(server, sent)
        assert answer.startswith(b"HTTP/1.1 400 ") and b"breaks off" in answer
    assert not heard


@pytest.mark.parametrize(
    "chunks",
    [b"zz\r\nab\r\n", b"-2\r\nab\r\n", b"0x2\r\nab\r\n", b"2\r\nabcd\r\n", b"2" * 9000, b"0\r\n" + b"A: b\r\n" * 101],
    ids=["no number", "negative", "prefix", "longer than it says", "a line without end", "trailers without end"],
)
def test_chunks_that_are_none_are_refused_and_end_the_connection(chunks: bytes) -> None:
    with serve(Echo()) as server:
        answer = raw_answer(server, CHUNKED + chunks)
        assert answer.startswith(b"HTTP/1.1 400 ") and b"\r\nConnection: close\r\n" in answer
        assert answer.count(b"HTTP/1.1 ") == 1


def test_chunks_and_trailers_are_read_and_the_connection_serves_on() -> None:
    first = CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Length: 2\r\n\r\n")  # the chunks tell
    body = b"3;note=x\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n"
    with serve(Echo()) as server:
        answer = raw_answer(server, first + body + b"GET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        assert b"POST abcde" in answer and answer.endswith(b"GET ") and answer.count(b"HTTP/1.1 200 OK") == 2


def test_a_chunk_is_held_no_further_than_the_bound() -> None:
    with serve(Echo(), max_body=100_000) as server, socket.create_connection(("127.0.0.1", server.port), timeout=5) as stranger:
        stranger.sendall(CHUNKED + b"7fffffff\r\n" + b"x" * 200_000)  # of 2 GiB: what more is due is not waited for
        assert stranger.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_head_without_end_is_not_listened_to() -> None:
    with serve(Echo()) as server, socket.create_connection(("127.0.0.1", server.port), timeout=5) as stranger:
        stranger.sendall(b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"x" * 300_000)
        assert stranger.recv(100).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("host", ["evil/../x", "a b", '"><script>', "h:99999999", "h:99999", "[1.2]", "[::1:::]", ""])
def test_a_host_that_is_none_is_not_believed(host: str) -> None:
    with serve(Echo()) as server:
        answer = requests.get(server.url, headers={"Host": host}, timeout=5)
        assert answer.status_code != 500
        if answer.status_code == 200:
            assert answer.headers["x-url"].startswith(("http://127.0.0.1:", "http://localhost:"))


def test_what_is_no_http_is_no_crash() -> None:
    with serve(lab_service()) as server:
        for raw in (
            b"\x00\x01\x02\r\n\r\n",
            b"GET\r\n\r\n",
            b"GET http://x/%zz HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
        ):
            with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
                connection.sendall(raw)
                assert b"500" not in connection.recv(100)
        assert requests.get(server.url, timeout=5).status_code == 200


def test_under_another_wsgi_server() -> None:
    started: list[Any] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "/app",
        "PATH_INFO": "/Set('é')",
        "QUERY_STRING": "a=b",
        "SERVER_NAME": "h",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "https",
        "wsgi.input": None,
    }
    environ["PATH_INFO"] = environ["PATH_INFO"].encode().decode("latin-1")  # type: ignore[union-attr]
    body = b"".join(application(Echo())(environ, lambda status, headers: started.append((status, dict(headers)))))
    assert body == b"GET " and started[0][0] == "200 OK"
    assert started[0][1]["x-url"] == "https://h:80/app/Set%28%27%C3%A9%27%29?a=b"


def test_tls() -> None:
    certificate = Path(__file__).parent.parent / "faults" / "certificate.pem"
    with serve(Echo(), host="localhost", tls=(certificate, certificate)) as server:
        assert server.url.startswith("https://localhost:")
        answer = requests.get(server.url, verify=str(certificate.with_name("authority.pem")), timeout=5)
        assert answer.headers["x-url"] == server.url


# --- sites ------------------------------------------------------------------------------------------------------------------


def test_one_service_at_two_places() -> None:
    service = lab_service()
    scopes: list[Any] = []

    @service.on_insert("Benches")
    def note(change: Change) -> None:
        scopes.append(dict(change.scope))

    def guard(request: Request, scope: dict[str, Any]) -> Response | None:
        if "Authorization" not in request.headers:
            return Response(401, Headers({"WWW-Authenticate": "Basic"}), b"<Error/>")
        if scope["tenant"] == "bad":
            raise Refusal(403, "no such tenant")
        scope["user"] = "me"
        return None

    site = Site()
    site.mount("/Direct/Lab.svc/", service)
    site.mount("/{tenant}/services/lab/", service, guard=guard)
    with serve(site) as server:
        direct, tenant = f"{server.origin}/direct/LAB.svc/", f"{server.origin}/t%201/services/lab/"
        assert requests.get(f"{direct}Benches('N')", headers={"Accept": LIGHT}).json()["odata.metadata"] == (
            f"{direct}$metadata#Benches/@Element"
        )
        assert requests.get(tenant).status_code == 401
        made = requests.post(f"{tenant}Benches", json={"Code": "X"}, auth=("a", "b"), headers={"Accept": LIGHT})
        assert made.status_code == 201 and made.headers["Location"] == f"{tenant}Benches('X')"
        assert scopes == [{"tenant": "t 1", "user": "me"}]
        refused = requests.get(f"{server.origin}/bad/services/lab/Benches", auth=("a", "b"), headers={"Accept": LIGHT})
        assert refused.status_code == 403 and refused.json()["odata.error"]["message"]["value"] == "no such tenant"
        assert requests.get(f"{server.origin}/elsewhere").status_code == 404
        assert requests.get(direct.rstrip("/")).status_code == 200
        links = requests.get(f"{direct}Probes(1)/$links/Bench", headers={"Accept": LIGHT}).json()
        assert links["url"] == f"{direct}Benches('N')"


def test_a_service_is_a_transport() -> None:
    service = lab_service()
    answer = service.send(Request("GET", "http://h/Probes(1)", Headers({"Accept": LIGHT})))
    assert answer.status == 200 and answer.url == "http://h/Probes(1)" and b"http://h/$metadata" in answer.body
    opened = service.open(Request("GET", "http://h/$metadata"))
    assert opened.status == 200 and opened.read(5) == b"<?xml" and opened.headers["Content-Type"]
    opened.close()
    rooted = service.send(Request("GET", "http://h/a/b/Probes(1)", Headers({"Accept": LIGHT})), "http://h/a/b/")
    assert rooted.status == 200
    service.close()


def test_a_service_of_less_than_its_store_holds() -> None:
    from server.lab import EDMX

    from odata3.edm.csdl import parse_metadata

    wide = parse_metadata(
        EDMX.replace('<EntitySet Name="Notes"', '<EntitySet Name="Private" EntityType="Lab.Note"/><EntitySet Name="Notes"')
    )
    narrow = parse_metadata(EDMX)
    store = Store(wide)
    service = Service(narrow, store)
    with store.begin() as tx:
        tx.insert("Private", {"Text": "hidden"})
        tx.insert("Notes", {"Text": "shown"})
    ask = Headers({"Accept": LIGHT})
    assert service.send(Request("GET", "http://h/Private", ask)).status == 404
    assert b"shown" in service.send(Request("GET", "http://h/Notes", ask)).body
    service.close()


_LEAVING = """
import gc, socket, struct, sys
from odata3.server.wsgi import serve
from odata3.wire.messages import Headers, Response

class Long:
    def send(self, request):
        return Response(200, Headers({"Content-Type": "text/plain"}), bytes(30_000_000))

with serve(Long()) as server:
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"GET / HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n")
        client.recv(100)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0))
gc.collect()
"""


def test_a_client_that_leaves_in_the_middle_of_an_answer_is_no_event() -> None:
    """In Python's development mode every version says what Python 3.13 always says of a writer that is thrown away full."""
    done = subprocess.run([sys.executable, "-X", "dev", "-c", _LEAVING], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
