"""HTTP messages as values.

A :class:`Request` can be built, printed and compared before anything leaves the house, and a :class:`Response` is what came
back. Both are immutable; ``request.with_headers(...)`` gives a new one. Neither knows how it travels.

Source: RFC 9110 (HTTP semantics).
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol, TypeVar, overload

from odata3.secrecy import HIDDEN, is_secret_header, masked

T = TypeVar("T")


class Headers(Mapping[str, str]):
    """Header fields in the order given, looked up without regard to case (RFC 9110, 5.1).

    A field that comes twice is one field with both values, joined by a comma.
    """

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        self._fields: dict[str, tuple[str, str]] = {}
        for name, value in fields.items() if isinstance(fields, Mapping) else fields:
            folded = name.lower()
            known = self._fields.get(folded)
            self._fields[folded] = (name, value) if known is None else (known[0], f"{known[1]}, {value}")

    @classmethod
    def adopt(cls, fields: dict[str, tuple[str, str]]) -> Headers:
        """The fields of a mapping from name in lower case to name and value: taken over, not copied."""
        headers = cls.__new__(cls)
        headers._fields = fields
        return headers

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()][1]

    @overload
    def get(self, name: str, /) -> str | None: ...
    @overload
    def get(self, name: str, /, default: str) -> str: ...
    @overload
    def get(self, name: str, /, default: T) -> str | T: ...
    def get(self, name: str, /, default: Any = None) -> Any:
        """The value of the field ``name``, or ``default``: asked for often, and mostly of what is not there."""
        found = self._fields.get(name.lower())
        return default if found is None else found[1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._fields.values())

    def pairs(self) -> Iterable[tuple[str, str]]:
        """Names and values, in the order given, to be walked through once: the quick form of ``items()``."""
        return self._fields.values()

    def items(self) -> ItemsView[str, str]:
        """Names and values, in the order given, as a mapping has them."""
        return _Fields(self)

    def __len__(self) -> int:
        return len(self._fields)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._fields

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        return {k.lower(): v for k, v in self.items()} == {str(k).lower(): v for k, v in other.items()}

    def __hash__(self) -> int:
        return hash(frozenset((folded, value) for folded, (_, value) in self._fields.items()))

    def __repr__(self) -> str:
        shown = {name: HIDDEN if is_secret_header(name) else value for name, value in self.items()}
        return f"Headers({shown!r})"

    def merged(self, fields: Mapping[str, str | None]) -> Headers:
        """These fields with those of ``fields`` put over them; ``None`` takes a field out."""
        merged = self._fields.copy()
        for name, value in fields.items():
            if value is None:
                merged.pop(name.lower(), None)
            else:
                merged[name.lower()] = (name, value)
        return Headers.adopt(merged)


class _Fields(ItemsView[str, str]):
    """Names and values as they stand in :class:`Headers`: every message is walked through more than once."""

    _mapping: Headers

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._mapping._fields.values())


@dataclass(frozen=True, slots=True, repr=False, init=False)
class Request:
    """What is asked: the verb of HTTP (``method``), the ``url``, the ``headers``.

    ``body`` is bytes, or a binary file that is sent in pieces; its ``repr`` shows no secret, and no body.
    """

    method: str
    url: str
    headers: Headers
    body: bytes | BinaryIO | None

    def __init__(self, method: str, url: str, headers: Headers | None = None, body: bytes | BinaryIO | None = None) -> None:
        # Several are made for each change of a batch; what dataclasses write for a frozen class takes three times as long.
        _put_method(self, method)
        _put_url(self, url)
        _put_headers(self, Headers() if headers is None else headers)
        _put_body(self, body)

    def __repr__(self) -> str:
        return f"<Request {self.method} {masked(self.url)} {self.headers!r}, {_extent(self.body)}>"

    def with_headers(self, fields: Mapping[str, str | None]) -> Request:
        """The same request with ``fields`` put over its headers; ``None`` takes a field out."""
        return Request(self.method, self.url, self.headers.merged(fields), self.body)


_put_method, _put_url, _put_headers, _put_body = (Request.__dict__[name].__set__ for name in ("method", "url", "headers", "body"))


@dataclass(frozen=True, slots=True, repr=False, init=False)
class Response:
    """What came back, read to its end: the HTTP ``status``, ``headers``, and ``body`` (bytes, decoded). ``url`` is where it
    came from, after redirects (the base of relative links)."""

    status: int
    headers: Headers
    body: bytes
    url: str

    def __init__(self, status: int, headers: Headers | None = None, body: bytes = b"", url: str = "") -> None:
        _answer_status(self, status)
        _answer_headers(self, Headers() if headers is None else headers)
        _answer_body(self, body)
        _answer_url(self, url)

    def __repr__(self) -> str:
        return f"<Response {self.status} {masked(self.url)} {self.headers!r}, {_extent(self.body)}>"


_answer_status, _answer_headers, _answer_body, _answer_url = (
    Response.__dict__[name].__set__ for name in ("status", "headers", "body", "url")
)


def _extent(body: object) -> str:
    return "no body" if not body else f"{len(body)} bytes" if isinstance(body, bytes) else "a stream"


class StreamedResponse(Protocol):
    """What came back with its body still on the wire: read it in pieces, then close it."""

    @property
    def status(self) -> int:
        """The HTTP status, a number."""

    @property
    def headers(self) -> Headers:
        """The header fields of the answer."""

    @property
    def url(self) -> str:
        """Where it came from, after redirects."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to ``size`` bytes of the decoded body; empty at its end."""

    def close(self) -> None:
        """Give the connection back, whether or not the body was read."""


class Transport(Protocol):
    """The door to the network. Raises ``DataServiceTransportException`` where there is no usable answer."""

    def send(self, request: Request) -> Response:
        """The answer to a ``request``, its body read to its end. ``DataServiceTransportException`` where there is none."""

    def open(self, request: Request) -> StreamedResponse:
        """The answer to a ``request``, its body still to be read. ``DataServiceTransportException`` where there is none."""

    def close(self) -> None:
        """Release the connections that the transport holds."""
