"""A service on a socket.

:func:`application` makes a WSGI application of anything that answers requests, :func:`serve` runs it with cheroot::

    with serve(service) as server:
        requests.get(server.url + "Products")

The path is taken from ``REQUEST_URI``: ``PATH_INFO`` arrives decoded and cannot tell ``'a%2Fb'`` from ``'a/b'``. Bodies are
read to a bound and no further. Needs the extra ``server``.

Source: PEP 3333 (WSGI).
"""

from __future__ import annotations

import os
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Protocol
from urllib.parse import quote, urlsplit

from cheroot.server import HTTPConnection
from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Gateway_10, Server

from odata3.errors import ArgumentError
from odata3.server.acceptance import choose_for_error
from odata3.server.answers import error
from odata3.server.doors import Door
from odata3.server.refusal import Refusal
from odata3.wire.messages import Headers, Request, Response


class Answering(Protocol):
    """What can be put on a socket: a ``Service``, a ``Site``, or what wraps one."""

    def send(self, request: Request) -> Response: ...


StartResponse = Callable[..., Any]
Application = Callable[[Mapping[str, Any], StartResponse], Iterable[bytes]]

#: Larger bodies are refused (413) unless told otherwise.
MAX_BODY = 64 * 1024 * 1024

#: Where the environment of a request holds an object that lives as long as its connection.
_CONNECTION = "odata3.connection"

_looks_like_host = re.compile(r"[A-Za-z0-9._~%-]+(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?", re.ASCII).fullmatch


def application(answering: Answering, *, max_body: int = MAX_BODY, door: Door | None = None) -> Application:
    """The WSGI application of what is ``answering`` requests: a service, a site, or what wraps one.

    What the ``door`` does not let in is answered by it (:class:`~odata3.server.Door`). Bodies of more than ``max_body`` bytes are
    refused (413). It raises nothing: what HTTP itself does not allow is answered, as is every ``Refusal``.
    """

    def answer(environ: Mapping[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        try:
            request = _request(environ, max_body)
        except Refusal as refusal:
            response = error(refusal, choose_for_error(environ.get("HTTP_ACCEPT"), "3.0"))
        else:
            refused = None if door is None else door.refusal(request, environ.get(_CONNECTION))
            response = answering.send(request) if refused is None else refused
        fields = [(name, _one_line(value)) for name, value in response.headers.items() if name.lower() != "content-length"]
        body = b"" if environ.get("REQUEST_METHOD") == "HEAD" else response.body
        if response.status not in (204, 304):
            fields.append(("Content-Length", str(len(response.body))))
        start_response(f"{response.status} {_reason(response.status)}", fields)
        return [body]

    return answer


def _request(environ: Mapping[str, Any], max_body: int) -> Request:
    headers = {
        name[5:].replace("_", "-").title(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") and isinstance(value, str)
    }
    for name, field in (("CONTENT_TYPE", "Content-Type"), ("CONTENT_LENGTH", "Content-Length")):
        if environ.get(name):
            headers[field] = environ[name]
    return Request(str(environ.get("REQUEST_METHOD", "GET")).upper(), _url(environ), Headers(headers), _body(environ, max_body))


def _url(environ: Mapping[str, Any]) -> str:
    """The URL as it was asked, with nothing decoded."""
    host = environ.get("HTTP_HOST") or ""
    if not _is_host(host):
        host = f"{environ.get('SERVER_NAME', 'localhost')}:{environ.get('SERVER_PORT', '80')}"
    raw = environ.get("REQUEST_URI")
    if raw is None:
        path = quote((environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1"))
        query = environ.get("QUERY_STRING", "")
        raw = f"{path}?{query}" if query else path
    if isinstance(raw, bytes):
        raw = raw.decode("latin-1")
    if "://" in raw.partition("?")[0]:  # the absolute form that proxies use
        raw = "/" + raw.split("://", 1)[1].partition("/")[2]
    return f"{environ.get('wsgi.url_scheme', 'http')}://{host}{raw if raw.startswith('/') else '/' + raw}"


def _is_host(text: str) -> bool:
    try:
        return _looks_like_host(text) is not None and urlsplit(f"//{text}").port != 0
    except ValueError:  # brackets about what is no address, or a port beyond all ports
        return False


def _body(environ: Mapping[str, Any], max_body: int) -> bytes:
    source, length = environ["wsgi.input"], str(environ.get("CONTENT_LENGTH") or "")
    if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":  # goes before a length (RFC 9112, 6.3)
        return _in_pieces(source, max_body)
    if not length:
        return b""
    if not (length.isascii() and length.isdecimal() and len(length) < 20):
        raise Refusal(400, "The Content-Length is no number.")
    if int(length) > max_body:
        raise Refusal(413, f"The request's body is larger than {max_body} bytes.")
    body = bytes(source.read(int(length)))
    if len(body) < int(length):  # and what is half a picture shall not be kept for a whole one
        raise Refusal(
            400, f"The request's body breaks off: {len(body)} bytes came of the {length} that its Content-Length names."
        )
    return body


def _in_pieces(source: Any, max_body: int) -> bytes:
    body = bytearray()
    while piece := source.read(65536):
        body += piece
        if len(body) > max_body:
            raise Refusal(413, f"The request's body is larger than {max_body} bytes.")
    return bytes(body)


def _one_line(value: str) -> str:
    """A header's value as it may travel: no line breaks, Latin letters."""
    return re.sub(r"[\r\n\x00]+", " ", value).encode("latin-1", "replace").decode("latin-1")


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Status"


class _Chunks:
    """The body of a request that comes in chunks (RFC 9112, 7.1), of which no more is held than was asked for.

    Of cheroot's own reader a chunk, a line between chunks and the trailers may have any length. Where the chunks end is lost
    with the first that is none, so the connection ends there, too.
    """

    def __init__(self, request: Any) -> None:
        self._request, self._source = request, request.conn.rfile
        self._left = 0
        self._has_ended = False

    def read(self, size: int) -> bytes:
        if not self._left and not self._has_ended:
            self._begin_chunk()
        piece: bytes = self._source.read(min(size, self._left))
        if self._left and not piece:
            self._give_up()
        self._left -= len(piece)
        if piece and not self._left and self._line():
            self._give_up()
        return piece

    def _begin_chunk(self) -> None:
        size = self._line().partition(b";")[0].strip(b" \t")
        if not _is_size(size):
            self._give_up()
        self._left = int(size, 16)
        if not self._left:
            self._has_ended = True
            self._skip_trailers()

    def _skip_trailers(self) -> None:
        for _ in range(_MOST_TRAILERS):
            if not self._line():
                return
        self._give_up()

    def _line(self) -> bytes:
        line: bytes = self._source.readline(_LONGEST_LINE)
        if not line.endswith(b"\n"):
            self._give_up()
        return line.rstrip(b"\r\n")

    def _give_up(self) -> NoReturn:
        self._request.close_connection = True
        raise Refusal(400, "The request's body breaks off, or is not in chunks as its Transfer-Encoding says.")


_is_size = re.compile(rb"[0-9A-Fa-f]{1,15}").fullmatch
_LONGEST_LINE = 8 * 1024
_MOST_TRAILERS = 100
#: Bytes of a request line and its header fields: beyond the longest URL, and the largest of tickets.
_MOST_HEADERS = 256 * 1024


class _Gateway(Gateway_10):
    """Tells connections apart, and reads chunks to a bound."""

    def get_environ(self) -> dict[str, Any]:  # type: ignore[override]
        environ: dict[str, Any] = super().get_environ()  # type: ignore[no-untyped-call]
        chunks = {"wsgi.input": _Chunks(self.req)} if self.req.chunked_read else {}
        return {**environ, **chunks, _CONNECTION: self.req.conn}


class _Connection(HTTPConnection):
    """Drops what a client did not wait for: a writer left full complains about it when it is thrown away (Python 3.13)."""

    def close(self) -> None:
        super().close()
        with suppress(OSError):
            self.wfile.close()


def _try_address(host: str, port: int) -> None:
    """Raise what stands in the way of an address; cheroot would leave the socket it tried open."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    with socket.socket(family, kind, protocol) as tried:
        if os.name == "posix":
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tried.bind(address)


def _tls_adapter(certificate: str, key: str, client_authority: str | Path | None) -> BuiltinSSLAdapter:
    try:
        adapter = BuiltinSSLAdapter(certificate, key)
    except ssl.SSLError as error:
        raise ArgumentError(f"{certificate} and {key} are no certificate and its key in PEM files: {error}") from error
    if client_authority is not None:
        try:
            adapter.context.load_verify_locations(str(client_authority))
        except ssl.SSLError as error:
            raise ArgumentError(f"{client_authority} holds no certificate of an authority in PEM: {error}") from error
        adapter.context.verify_mode = ssl.CERT_REQUIRED
    return adapter


class RunningServer:
    """A server that listens until it is stopped; a context manager. :func:`serve` makes it of a ``server``, a ``scheme`` and a
    ``host``.

    ``origin`` is scheme, host and port (``http://127.0.0.1:8080``), ``port`` the number alone.
    """

    def __init__(self, server: Server, scheme: str, host: str) -> None:
        self._server = server
        port = server.bind_addr[1]
        shown = f"[{host}]" if ":" in host else host
        #: ``http://127.0.0.1:8080``
        self.origin = f"{scheme}://{shown}:{port}"
        self.port: int = port
        self._thread = threading.Thread(target=server.serve, name=f"odata3 on {port}", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The root of a service that stands at the origin."""
        return f"{self.origin}/"

    def wait(self) -> None:
        """Until the server is stopped (by another thread, or Control-C)."""
        while self._thread.is_alive():
            self._thread.join(1)

    def stop(self) -> None:
        """Answer what has begun, and listen no more."""
        self._server.stop()
        self._thread.join()

    def __enter__(self) -> RunningServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.stop()


def serve(
    answering: Answering,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    tls: tuple[str | Path, str | Path] | None = None,
    client_authority: str | Path | None = None,
    door: Door | None = None,
    threads: int = 8,
    max_body: int = MAX_BODY,
) -> RunningServer:
    """Listen at ``host`` and ``port``, and let what is ``answering`` do so in the background.

    ``port`` 0 takes a free one; ``tls`` names a certificate and its key (PEM files), and ``client_authority`` those whose
    clients' certificates let in (then nobody else is); ``door`` asks for credentials; ``threads`` answer at a time; bodies of
    more than ``max_body`` bytes are refused.

    Raises OSError where the address cannot be had or a file not be read, ArgumentError for files that are no certificates, and
    for ``client_authority`` without ``tls``.
    """
    if client_authority is not None and tls is None:
        raise ArgumentError("client_authority needs tls: a client shows its certificate to a server that has one")
    _try_address(host, port)
    answer = application(answering, max_body=max_body, door=door)
    server = Server((host, port), answer, numthreads=threads, server_name=host)
    server.gateway = _Gateway
    server.ConnectionClass = _Connection
    server.software = "odata3"
    server.max_request_header_size = _MOST_HEADERS
    server.request_queue_size = 128  # many clients may knock at the same moment
    server.shutdown_timeout = 0.5
    server.expiration_interval = 0.02  # how often the server looks whether it shall stop
    if tls is not None:
        server.ssl_adapter = _tls_adapter(str(tls[0]), str(tls[1]), client_authority)
    server.prepare()
    return RunningServer(server, "https" if tls is not None else "http", host)
