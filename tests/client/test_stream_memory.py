"""Big streams pass through in pieces: what is held in memory is a small part of what goes over the wire.

``ODATA3_STREAM_BYTES=1073741824 pytest -s tests/client/test_stream_memory.py`` shows it for a gibibyte.
"""

from __future__ import annotations

import io
import os
import threading
import tracemalloc
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from client.shop import METADATA

from odata3.client.context import DataServiceContext

SIZE = int(os.environ.get("ODATA3_STREAM_BYTES", 48 * 1024 * 1024))
LIMIT = min(64 * 1024 * 1024, SIZE // 4)
PIECE = b"\0" * 65536


class Sink(BaseHTTPRequestHandler):
    """Takes any PUT and forgets its bytes; answers any GET with SIZE of them."""

    protocol_version = "HTTP/1.1"
    taken = 0

    def do_PUT(self) -> None:
        left = int(self.headers["Content-Length"])
        while left:
            piece = self.rfile.read(min(left, 65536))
            left -= len(piece)
            type(self).taken += len(piece)
        self.send_response(204)
        self.end_headers()

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

    def __init__(self) -> None:
        self.at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

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


def test_a_big_upload_and_download_stay_small_in_memory(root: str) -> None:
    with DataServiceContext(root, metadata=METADATA) as ctx:
        photo: Any = ctx.types.Photo(ID=1)
        ctx.attach_to("Photos", photo)
        descriptor = ctx.get_entity_descriptor(photo)
        assert descriptor is not None
        descriptor.media.stream_link.self_link = descriptor.media.stream_link.edit_link = f"{root}Photos(1)/$value"
        tracemalloc.start()
        try:
            ctx.set_save_stream(photo, Zeros(), True, "image/png")
            ctx.save_changes()
            count = 0
            with ctx.get_read_stream(photo) as response:
                while piece := response.stream.read(65536):
                    count += len(piece)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert (Sink.taken, count) == (SIZE, SIZE)
    print(f"\n{SIZE / 2**20:.0f} MiB up and down, at most {peak / 2**20:.1f} MiB held")
    assert peak < LIMIT
