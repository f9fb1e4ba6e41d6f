"""Content codings: bodies unpacked piece by piece, to a verified end.

HTTP libraries take a gzip stream that stops short for a whole one. Here a body that was packed is whole only when the packer's
own end mark came (RFC 1952), and no piece grows beyond a few hundred kilobytes in one step, however small it came.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

#: What is announced in ``Accept-Encoding``.
ACCEPTED = "gzip, deflate"

_STEP = 256 * 1024
_MOST_CODINGS = 4


class CodingError(ValueError):
    """A body that is not packed as its ``Content-Encoding`` says."""


def unpacked(pieces: Iterable[bytes], content_encoding: str) -> Iterator[bytes]:
    """The pieces of a body without the codings that ``Content-Encoding`` names; raises :class:`CodingError`.

    An empty body is whole whatever the header says (answers to HEAD, 204 and 304 have none).
    """
    names = [name for name in (part.strip().lower() for part in content_encoding.split(",")) if name not in ("", "identity")]
    if len(names) > _MOST_CODINGS:
        raise CodingError(f"{len(names)} content codings upon each other")
    for name in reversed(names):  # the last one named was applied last
        if name in ("gzip", "x-gzip"):
            pieces = _gunzipped(pieces)
        elif name == "deflate":
            pieces = _inflated(pieces)
        else:
            raise CodingError(f"content coding {name!r}, which was not asked for")
    return iter(pieces)


def _gunzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """One or more gzip members, as RFC 1952 (2.2) allows; zero bytes may pad the end."""
    unpacker = None
    for piece in pieces:
        data = piece
        while data:
            if unpacker is None:
                unpacker = zlib.decompressobj(wbits=31)
            elif unpacker.eof:
                data = data.lstrip(b"\0")
                if not data:
                    break
                unpacker = zlib.decompressobj(wbits=31)
            yield from _steps(unpacker, data, "gzip")
            data = unpacker.unused_data
    if unpacker is not None and not unpacker.eof:
        raise CodingError("the gzip stream breaks off before its end")


def _inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A zlib stream (RFC 1950), or the bare deflate data that some servers send under the same name."""
    unpacker = None
    for piece in pieces:
        if not piece:
            continue
        if unpacker is None:
            unpacker = zlib.decompressobj(wbits=15 if piece[0] & 0x0F == 8 else -15)
        yield from _steps(unpacker, piece, "deflate")
        if unpacker.unused_data:
            raise CodingError("something follows the end of the deflate stream")
    if unpacker is not None and not unpacker.eof:
        raise CodingError("the deflate stream breaks off before its end")


def _steps(unpacker: zlib._Decompress, data: bytes, name: str) -> Iterator[bytes]:
    while True:
        try:
            out = unpacker.decompress(data, _STEP)
        except zlib.error as error:
            raise CodingError(f"broken {name} stream ({error})") from error
        if out:
            yield out
        data = unpacker.unconsumed_tail
        if unpacker.eof or (not data and len(out) < _STEP):
            return
