"""A server that answers as its script says, byte for byte: cut, reset, silent, wrong, or well-behaved.

    with FaultServer(answer(b"{}"), cut_after(b"HTTP/1.1 200 OK\\r\\nContent-Le")) as server:
        ...
        server.requests[0].method

Each request takes the next item of the script; the last one serves for ever. An item is the bytes to send, or a function of
a :class:`Wire` that does what it likes with the connection. Nothing here sleeps: a silent server waits for its own end.
"""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

CERTIFICATE = Path(__file__).parent / "certificate.pem"


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int
    fields: list[tuple[str, str]] = field(default_factory=list)


class Wire:
    """One connection, in the hands of a script's item."""

    def __init__(self, connection: socket.socket, ended: threading.Event) -> None:
        self._connection, self.ended = connection, ended
        self.open = True
        self.seen: Seen | None = None  # the request to be answered

    def send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def close(self) -> None:
        self.open = False

    def reset(self) -> None:
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.open = False

    def stay_silent(self) -> None:
        self.ended.wait(30)
        self.open = False


Item = bytes | Callable[[Wire], None]


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """A whole, honest answer; header names are given with underscores."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    fields.setdefault("Content-Type", "application/json")
    if not status.startswith(("204", "304")):
        fields.setdefault("Content-Length", str(len(body)))
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    return answer(b"moved", status, Location=location)


def chunked(*pieces: bytes, end: bytes = b"0\r\n\r\n", **headers: str) -> bytes:
    fields = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n{fields}\r\n".encode() + chunks + end


def gzipped(body: bytes, **headers: str) -> bytes:
    return answer(gzip.compress(body), Content_Encoding="gzip", **headers)


def then_close(data: bytes) -> Item:
    def item(wire: Wire) -> None:
        wire.send(data)
        wire.close()

    return item


def then_silence(data: bytes) -> Item:
    def item(wire: Wire) -> None:
        wire.send(data)
        wire.stay_silent()

    return item


def trickled(data: bytes) -> Item:
    """Byte after byte, each in a packet of its own."""

    def item(wire: Wire) -> None:
        for place in range(len(data)):
            wire.send(data[place : place + 1])

    return item


def then_reset(data: bytes = b"") -> Item:
    def item(wire: Wire) -> None:
        if data:
            wire.send(data)
        wire.reset()

    return item


def endless(head: bytes, piece: bytes) -> Item:
    """Goes on until the client hangs up."""

    def item(wire: Wire) -> None:
        wire.send(head)
        try:
            while not wire.ended.is_set():
                wire.send(piece)
        except OSError:
            pass
        wire.close()

    return item


class FaultServer:
    def __init__(self, *script: Item, tls: bool | ssl.SSLContext = False) -> None:
        self._given = list(script) or [answer(b"{}")]
        self._script = list(self._given)
        self.requests: list[Seen] = []
        self.opened = 0
        self.open_now = 0
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._context = None
        if isinstance(tls, ssl.SSLContext):
            self._context = tls
        elif tls:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(CERTIFICATE)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}/"
        self._connections: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def __enter__(self) -> FaultServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def rewind(self) -> None:
        """Begin the script anew."""
        with self._lock:
            self._script = list(self._given)

    def close(self) -> None:
        self._ended.set()
        with socket.socket() as knock:
            knock.settimeout(1)
            knock.connect_ex(("127.0.0.1", self.port))
        self._threads[0].join(5)
        self._listener.close()
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._ended.is_set():
                connection.close()
                return
            with self._lock:
                self.opened += 1
                self.open_now += 1
                self._connections.append(connection)
                thread = threading.Thread(target=self._serve, args=(connection, self.opened), daemon=True)
                self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket, number: int) -> None:
        connection = plain
        if self._context is not None:
            connection = self._context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        with self._lock:
            self._connections.append(connection)
        try:
            if isinstance(connection, ssl.SSLSocket):
                connection.do_handshake()
        except OSError:
            _let_read(connection)
        else:
            self._converse(connection, number)
        with self._lock:
            self.open_now -= 1
        connection.close()
        plain.close()

    def _converse(self, connection: socket.socket, number: int) -> None:
        wire = Wire(connection, self._ended)
        try:
            with connection.makefile("rb") as stream:
                while wire.open:
                    seen = _read_request(stream, number)
                    if seen is None:
                        return
                    with self._lock:
                        self.requests.append(seen)
                        wire.seen = seen
                        item = self._script.pop(0) if len(self._script) > 1 else self._script[0]
                    if callable(item):
                        item(wire)
                    else:
                        wire.send(item)
        except (OSError, ValueError):  # ValueError: a body that is cut within its chunks
            pass


def _let_read(connection: socket.socket) -> None:
    """Close a connection so that the other side can read why: what it still sends is read away."""
    with contextlib.suppress(OSError):
        connection.settimeout(5)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass


def _read_request(stream: BinaryIO, number: int) -> Seen | None:
    line = stream.readline().decode("latin-1").split()
    if len(line) != 3:
        return None
    fields = []
    while (raw := stream.readline().decode("latin-1").rstrip("\r\n")) != "":
        name, _, value = raw.partition(":")
        fields.append((name, value.strip()))
    headers = {name.lower(): value for name, value in fields}
    body = b""
    if "chunked" in headers.get("transfer-encoding", ""):
        while size := int(stream.readline(), 16):
            body += stream.read(size)
            stream.readline()
        stream.readline()
    elif "content-length" in headers:
        length = int(headers["content-length"])
        body = stream.read(length)
        if len(body) < length:
            return None  # cut, and no request
    return Seen(line[0], line[1], headers, body, number, fields)
