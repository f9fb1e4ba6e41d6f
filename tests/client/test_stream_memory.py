"""Big streams pass through in pieces: what is held in memory is a small part of what goes over the wire.

``ODATA3_STREAM_BYTES=1073741824 pytest -s tests/client/test_stream_memory.py`` shows it for a gibibyte.
"""

from __future__ import annotations

import io
import os
import sys
import threading
import tracemalloc
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from client.shop import METADATA

from odata3.client.context import DataServiceContext

resource: Any = pytest.importorskip("resource")

SIZE = int(os.environ.get("ODATA3_STREAM_BYTES", 48 * 1024 * 1024))
LIMIT = min(64 * 1024 * 1024, SIZE // 4)
PIECE = b"\0" * 65536


class Sink(BaseHTTPRequestHandler):
    """Takes any POST, PUT or MERGE and forgets its bytes; answers any GET with SIZE of them."""

    protocol_version = "HTTP/1.1"
    taken = 0

    def do_PUT(self) -> None:
        left = int(self.headers.get("Content-Length", -1))
        while left > 0:
            left -= self.take(min(left, len(PIECE)))
        while left == -1 and (size := int(self.rfile.readline(), 16)):
            self.take(size)
            self.rfile.readline()
        if left == -1:
            self.rfile.readline()
        self.send_response(204)
        if self.command == "POST":
            self.send_header("Location", f"http://{self.headers['Host']}/Photos(1)")
        self.end_headers()

    do_POST = do_MERGE = do_PUT

    def take(self, size: int) -> int:
        got = len(self.rfile.read(size))
        type(self).taken += got if self.command != "MERGE" else 0
        return got

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(SIZE))
        self.end_headers()
        for _ in range(SIZE // len(PIECE)):
            self.wfile.write(PIECE)

    def log_message(self, format: str, *args: Any) -> None: ...


class Zeros(io.RawIOBase):
    """A file of SIZE zeros that is nowhere."""

    def __init__(self, *, seekable: bool) -> None:
        self.at = 0
        self._seekable = seekable

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._seekable

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = offset + (0, self.at, SIZE)[whence]
        return self.at

    def readinto(self, buffer: Any) -> int:
        count = min(len(buffer), SIZE - self.at)
        buffer[:count] = bytes(count)
        self.at += count
        return count


@pytest.fixture
def root() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    thread.join()


def resident() -> int:
    """The most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@pytest.mark.parametrize("way", ["PUT", "PUT of unknown length", "POST"])
def test_a_big_upload_and_download_stay_small_in_memory(root: str, way: str) -> None:
    Sink.taken = 0
    with DataServiceContext(root, metadata=METADATA) as ctx:
        photo: Any = ctx.types.Photo(ID=1)
        (ctx.add_object if way == "POST" else ctx.attach_to)("Photos", photo)
        descriptor = ctx.get_entity_descriptor(photo)
        assert descriptor is not None
        descriptor.media.stream_link.self_link = descriptor.media.stream_link.edit_link = f"{root}Photos(1)/$value"
        before = resident()
        tracemalloc.start()
        try:
            ctx.set_save_stream(photo, Zeros(seekable=way != "PUT of unknown length"), True, "image/png")
            assert len(ctx.pending_changes()) == (2 if way == "POST" else 1)
            ctx.save_changes()
            count = 0
            with ctx.get_read_stream(photo) as response:
                while piece := response.stream.read(65536):
                    count += len(piece)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    grown = resident() - before
    assert (Sink.taken, count) == (SIZE, SIZE)
    print(
        f"\n{way}: {SIZE / 2**20:.0f} MiB up and down, {peak / 2**20:.1f} MiB held, the process grew by {grown / 2**20:.1f} MiB"
    )
    assert peak < LIMIT
    assert grown < LIMIT
