"""One small GET: what stands between a program and ``requests``, from memory and over a socket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import requests

from benchmarks import data, service
from benchmarks.figures import Figure, Outcome, Scale
from benchmarks.measuring import compare
from odata3.client.context import DataServiceContext

_NARROW = data.NAMES[:10]
#: What any OData client has to say of itself.
_FIELDS = {
    "Accept": "application/json;odata=minimalmetadata",
    "Accept-Charset": "UTF-8",
    "DataServiceVersion": "1.0;NetFx",
    "MaxDataServiceVersion": "3.0;NetFx",
}


def _body(root: str) -> bytes:
    row = {"odata.metadata": f"{root}$metadata#Machines/@Element", **data.light_row(1, _NARROW)}
    return json.dumps(row).encode()


def _get(root: str, session: requests.Session, scale: Scale) -> Outcome:
    """A query that was built before, asked again and again: of the second time on, the entity is tracked."""
    context: Any = DataServiceContext(root, metadata=service.model(), session=session)
    query = context.Machines.by_key(data.guid(1))
    url = root + data.path_of(1)
    often = range(scale.loops // 250)

    def floor() -> None:
        for _ in often:
            json.loads(session.get(url, headers=_FIELDS).content)

    def own(_: None) -> None:
        for _each in often:
            query.first()

    return Outcome.of(compare(floor, own, rounds=scale.rounds * 2))


def _from_memory(scale: Scale) -> Outcome:
    answer = service.Answer(_body(data.ROOT), service.LIGHT)
    return _get(data.ROOT, service.session({data.ROOT + data.path_of(1): answer}), scale)


# --- over a socket --------------------------------------------------------------------------------------------------------------


class _Handler(BaseHTTPRequestHandler):
    """Gives the one answer there is, and keeps the connection."""

    protocol_version = "HTTP/1.1"
    body = b""

    def do_GET(self) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {service.LIGHT}\r\nDataServiceVersion: 3.0;\r\nContent-Length: {len(self.body)}"
        self.wfile.write(f"{head}\r\n\r\n".encode() + self.body)


def serve(told: Connection) -> None:
    """Answer on a free port of loopback, which is told to who asked for it, until this process is ended."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        port = server.server_address[1]
        _Handler.body = _body(f"http://127.0.0.1:{port}/svc/")
        told.send(port)
        server.serve_forever()


@contextmanager
def _served() -> Iterator[str]:
    """The root of a service in a process of its own, whose time is not counted."""
    processes = get_context("spawn")
    here, there = processes.Pipe(duplex=False)
    process = processes.Process(target=serve, args=(there,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}/svc/"
    finally:
        process.terminate()
        process.join()


def _over_a_socket(scale: Scale) -> Outcome:
    with _served() as root, requests.Session() as session:
        session.trust_env = False
        return _get(root, session, scale)


_FLOOR = "requests.Session.get + json.loads"
FIGURES = (
    Figure("get", "one small GET", _FLOOR, 1.25, 1.15, _from_memory),
    Figure("get-socket", "… over a loopback socket", _FLOOR, None, None, _over_a_socket),
)
