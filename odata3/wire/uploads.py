"""A caller's file as the body of a request: sent in pieces, never held, exactly as long as announced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from odata3.errors import ArgumentError

_PIECE = 64 * 1024


class Upload:
    """A file that can be read once. With a length it is announced as such, without one it travels in chunks.

    ``cut`` makes the error to raise when the file ends before its length; more than the length is never sent. Who authenticates
    in several steps sends a body again and again: what cannot be read again raises the error that ``spent`` makes, for a body
    that is empty the second time would be taken for the whole.
    """

    def __init__(self, file: BinaryIO, length: int | None, cut: Callable[[], Exception], spent: Callable[[], Exception]) -> None:
        self._file, self._left, self._cut, self._spent = file, length, cut, spent
        self._has_ended = False
        if length is not None:
            self.len = length  # requests looks for it

    def read(self, size: int = -1) -> bytes:
        if self._has_ended and size:
            self._begin_again()
        piece = self._file.read(size if self._left is None else self._left if size < 0 else min(size, self._left))
        if not piece and size:
            if self._left:
                raise self._cut()
            self._has_ended = True  # each pass ends with an empty piece
        if self._left is not None:
            self._left -= len(piece)
        return piece

    def _begin_again(self) -> None:
        raise self._spent()

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read(_PIECE):
            yield piece


class RewindableUpload(Upload):
    """One that an authentication handshake can send again: each pass starts at the beginning."""

    def __init__(
        self, file: BinaryIO, start: int, end: int, cut: Callable[[], Exception], spent: Callable[[], Exception]
    ) -> None:
        super().__init__(file, end - start, cut, spent)
        self._start, self._end = start, end
        self.len = end  # requests subtracts tell()

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go back to the beginning, whatever is asked for: who authenticates reckons from where the last pass should have ended,
        and a service that answers early leaves it elsewhere."""
        self._begin_again()
        return self._start

    def _begin_again(self) -> None:
        self._file.seek(self._start)
        self._left, self._has_ended = self._end - self._start, False


def upload(
    body: object, announced: str | None, cut: Callable[[], Exception], spent: Callable[[], Exception]
) -> bytes | Upload | None:
    """What requests is to send for a request's body. A length that the caller announced is believed of a file that knows none."""
    if body is None or isinstance(body, bytes | bytearray | memoryview):
        return body if body is None else bytes(body)
    if not hasattr(body, "read"):
        raise ArgumentError(f"a request's body is bytes or a binary file, not {type(body).__name__}")
    file: BinaryIO = body  # type: ignore[assignment]
    if getattr(file, "closed", False):
        raise ArgumentError("the file to send is closed")
    try:
        start = file.tell()
        end = file.seek(0, 2)
        file.seek(start)
    except (AttributeError, OSError, ValueError):  # a pipe, a generator in a file's dress
        length = int(announced) if announced is not None and announced.isdecimal() else None
        return b"" if length == 0 else Upload(file, length, cut, spent)
    return RewindableUpload(file, start, end, cut, spent) if end > start else b""
