"""Many messages as one: the ``multipart/mixed`` bodies of ``$batch``, both ways.

A batch is a sequence of parts. A part is a message by itself, or a *change set*: a tuple of messages that succeed or fail
together. The client encodes requests and decodes responses, the server does the reverse; nothing here opens a socket.

::

    --batch_5a                                     a part by itself
    Content-Type: application/http
    Content-Transfer-Encoding: binary

    GET http://h/s/Benches('A') HTTP/1.1
    Accept: application/json;odata=minimalmetadata

    --batch_5a                                     a change set: a multipart of its own
    Content-Type: multipart/mixed; boundary=changeset_7c

    --changeset_7c
    Content-Type: application/http
    Content-Transfer-Encoding: binary
    Content-ID: 1

    POST http://h/s/Probes HTTP/1.1
    Content-ID: 1
    Content-Length: 10

    {"Id":"9"}
    --changeset_7c--
    --batch_5a--

A message's ``Content-ID`` is one of its headers. It is written in both places where it is looked for (the MIME part and the
message in it) and read from either; where the two differ, the MIME part's is what ``$1`` refers to.

What is written has CRLF, true lengths and boundaries that occur in no body. What is read may end its lines with LF or CR, lack
the final boundary, the lengths, or have text before the first and after the last part. A length is trusted where it fits, so that
a body may hold the text of a boundary; one that reaches past its part stops at the boundary.

Source: OData V3 batch processing; RFC 2046, 5.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from itertools import chain
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import quote
from uuid import uuid4

from odata3.errors import InvalidOperationError, PayloadError
from odata3.wire.messages import Headers, Request, Response

#: What a batch is made of: a message by itself, or a change set.
RequestPart = Request | tuple[Request, ...]
ResponsePart = Response | tuple[Response, ...]


class Multipart(NamedTuple):
    """A body with the ``Content-Type`` that says where its parts begin."""

    content_type: str
    body: bytes


def random_boundary(kind: str) -> str:
    """``batch_`` or ``changeset_`` and 122 random bits."""
    return f"{kind}_{uuid4()}"


def encode_requests(parts: Iterable[RequestPart], *, boundary: Callable[[str], str] = random_boundary) -> Multipart:
    """The batch that asks for ``parts`` in this order.

    ``boundary`` is called with ``"batch"`` or ``"changeset"`` and gives a boundary; it is called again while its answer occurs in
    what it shall separate. Raises ``InvalidOperationError`` for what cannot travel in a batch: a line break or NUL in a method,
    URL or header, a body that is a file, a GET inside a change set.
    """
    return _encode(parts, _request_text, "batch", "changeset", boundary)


def encode_responses(parts: Iterable[ResponsePart], *, boundary: Callable[[str], str] = random_boundary) -> Multipart:
    """The answer to a batch; a change set that failed is one response in its place. Raises as :func:`encode_requests`."""
    return _encode(parts, _response_text, "batchresponse", "changesetresponse", boundary)


def decode_requests(content_type: str, body: bytes) -> list[RequestPart]:
    """The parts of a batch as a server gets it. URLs stand as they came: absolute, relative, or ``$1/...``.

    Raises ``PayloadError`` naming the part (``part 2.1``: the first of the second part, a change set) for what is no batch.
    """
    return _Reader(body, _read_request).read(content_type)


def decode_responses(content_type: str, body: bytes) -> list[ResponsePart]:
    """The parts of a batch's answer, in its order. Raises ``PayloadError`` as :func:`decode_requests`.

    Whether there are as many as were asked for is for the caller to see, who knows what was asked.
    """
    return _Reader(body, _read_response).read(content_type)


# Writing -----------------------------------------------------------------------------------------------------------------------

_CRLF = b"\r\n"
_PART_TEXT = "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
_PART = _PART_TEXT.encode()
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_URL_SAFE = "".join(chr(c) for c in range(0x21, 0x7F))
_NOT_IN_URLS = re.compile(r"[^\x21-\x7e]")

_M = TypeVar("_M", bound=Request | Response)


def _encode(
    parts: Iterable[_M | tuple[_M, ...]],
    text: Callable[[_M, _Lines], list[bytes]],
    kind: str,
    set_kind: str,
    boundary: Callable[[str], str],
) -> Multipart:
    blocks: list[list[bytes]] = []
    lines = _Lines()
    for part in parts:
        if isinstance(part, tuple):
            blocks.append(_change_set(part, text, lines, set_kind, boundary))
        else:
            blocks.append(text(part, lines))
    chosen, body = _joined(blocks, kind, boundary)
    return Multipart(f"multipart/mixed; boundary={chosen}", b"".join(body))


def _change_set(
    messages: tuple[_M, ...],
    text: Callable[[_M, _Lines], list[bytes]],
    lines: _Lines,
    kind: str,
    boundary: Callable[[str], str],
) -> list[bytes]:
    _refuse_reads(messages)
    chosen, body = _joined([text(message, lines) for message in messages], kind, boundary)
    return [f"Content-Type: multipart/mixed; boundary={chosen}\r\n\r\n".encode("ascii"), *body]


def _refuse_reads(messages: Iterable[Request | Response]) -> None:
    for message in messages:
        if isinstance(message, Request) and message.method.upper() in ("GET", "HEAD"):
            raise InvalidOperationError(f"A change set holds changes only; {message.method} {message.url!r} is a part by itself")


def _joined(blocks: list[list[bytes]], kind: str, boundary: Callable[[str], str]) -> tuple[str, list[bytes]]:
    """The blocks between delimiters made of a boundary that stands in none of them."""
    for _ in range(16):
        chosen = boundary(kind)
        if not re.fullmatch(r"[0-9A-Za-z'()+_,./:=?-]{1,70}", chosen):
            raise InvalidOperationError(f"{chosen!r} is no boundary")
        token = b"--" + chosen.encode("ascii")
        if token in b"".join(chain.from_iterable(blocks)):
            continue
        pieces: list[bytes] = []
        opening = token + _CRLF
        for block in blocks:
            pieces.append(opening)
            pieces += block
            pieces.append(_CRLF)
        pieces.append(token + b"--\r\n")
        return (f'"{chosen}"' if re.search(r"[^0-9A-Za-z'+_.-]", chosen) else chosen), pieces
    raise InvalidOperationError("No boundary was found that the bodies of the batch do not hold")


class _Lines(dict[tuple[str, str], str]):
    """The header fields met, as the lines that say them: most are the same from part to part."""

    def __missing__(self, field: tuple[str, str]) -> str:
        name, value = field
        if not _TOKEN.fullmatch(name) or _CONTROL.search(value):
            raise InvalidOperationError(f"The header {name!r} holds a line break or another character that no header may hold")
        line = "" if name.lower() == "content-length" else f"{name}: {value}\r\n"
        self[field] = line
        return line


def _request_text(request: Request, lines: _Lines) -> list[bytes]:
    method, url, body = request.method, request.url, request.body
    if not _TOKEN.fullmatch(method):
        raise InvalidOperationError(f"{method!r} is no HTTP method")
    if not url or _NOT_IN_URLS.search(url):
        if not url or _CONTROL.search(url) or "\t" in url:
            raise InvalidOperationError(f"The URL {url!r} is empty or holds a control character")
        url = quote(url, safe=_URL_SAFE)
    if body is not None and not isinstance(body, bytes):
        raise InvalidOperationError(f"{method} {request.url!r} has a stream as body; streams are not sent in a batch")
    return _message(f"{method} {url} HTTP/1.1\r\n", request.headers, body, lines)


def _response_text(response: Response, lines: _Lines) -> list[bytes]:
    try:
        reason = HTTPStatus(response.status).phrase
    except ValueError:
        reason = "Unknown"
    length_is_due = response.body or response.status not in (204, 304)
    body = response.body if length_is_due else None
    return _message(f"HTTP/1.1 {response.status} {reason}\r\n", response.headers, body, lines)


def _message(start_line: str, headers: Headers, body: bytes | None, lines: _Lines) -> list[bytes]:
    fields = "".join(map(lines.__getitem__, headers.pairs()))
    content_id = headers.get("Content-ID")
    named = "" if content_id is None else f"Content-ID: {content_id}\r\n"
    length = "" if body is None else f"Content-Length: {len(body)}\r\n"
    try:
        head = f"{_PART_TEXT}{named}\r\n{start_line}{fields}{length}\r\n".encode("latin-1")
    except UnicodeEncodeError as error:
        raise InvalidOperationError(f"A header of {start_line.rstrip()!r} has a character beyond Latin-1") from error
    return [head, body] if body else [head]


# Reading -----------------------------------------------------------------------------------------------------------------------

_END_OF_HEAD = b"\r\n\r\n"
_LINE_END = re.compile(rb"\r\n|\n|\r")
_LINE_ENDS = re.compile(rb"[\r\n]*")
_BLANK_LINE = re.compile(rb"(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r(?!\n))")
_DELIMITER_REST = re.compile(rb"(--)?[ \t]*(?:\r\n|\n|\r|\Z)")
_BOUNDARY_PARAMETER = re.compile(r';\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]+))', re.IGNORECASE)
_STATUS_LINE = re.compile(r"HTTP/\d+(?:\.\d+)?[ \t]+(\d{3})(?:[ \t].*)?", re.IGNORECASE | re.ASCII)
_VERSION = re.compile(r"HTTP/\d+(?:\.\d+)?", re.IGNORECASE | re.ASCII)

#: A part's number; a change set's number and the one within it.
_Place = tuple[int, ...]
#: Header fields by name in lower case.
_Fields = dict[str, tuple[str, str]]
_Field = tuple[str, tuple[str, str]]
_BINARY = ("", "binary")
#: The head that nearly every part has: nothing of it needs to be taken apart.
_USUAL_HEAD = re.compile(re.escape(_PART) + rb"(?:Content-ID: ([^\r\n]*)\r\n)?\r\n")
_Parts = list[_M | tuple[_M, ...]]
_ReadMessage = Callable[[str, _Fields, bytes, _Place], _M]


@dataclass(slots=True)
class _Mark:
    """A delimiter line: what precedes it ends at ``end`` (its line end taken off), what follows begins at ``after``."""

    end: int
    start: int
    after: int
    closing: bool
    depth: int


class _Boundary:
    """Where the delimiters of one multipart are. The next one is searched for once, so that reading stays linear."""

    def __init__(self, data: bytes, text: bytes, depth: int) -> None:
        self._data = data
        self._token = b"--" + text
        self._depth = depth
        self._asked = -1
        self._mark: _Mark | None = None

    def next(self, position: int) -> _Mark | None:
        """The first delimiter that begins at ``position`` or after it."""
        mark = self._mark
        if 0 <= self._asked <= position and (mark is None or position <= mark.start):
            return mark
        self._asked = position
        data, token = self._data, self._token
        start = data.find(token, position)
        while start >= 0:
            after = start + len(token)
            if data.startswith(_CRLF, after) and data.startswith(_CRLF, start - 2) and start - 2 >= position:
                mark = _Mark(start - 2, start, after + 2, False, self._depth)
            else:
                mark = self.at(start, position)
            if mark is not None:
                self._mark = mark
                return mark
            start = data.find(token, start + 1)
        self._mark = None
        return None

    def at(self, start: int, floor: int) -> _Mark | None:
        """The delimiter that begins just here; ``floor`` is as far back as its line end may reach."""
        data = self._data
        if (start and data[start - 1] not in b"\r\n") or not data.startswith(self._token, start):
            return None
        rest = _DELIMITER_REST.match(data, start + len(self._token))
        if rest is None:
            return None
        end = start - 2 if data.startswith(_CRLF, start - 2) else start - 1
        return _Mark(max(end, floor), start, rest.end(), rest.group(1) is not None, self._depth)


class _Reader(Generic[_M]):
    """One pass over a multipart body. Heads and lines that repeat from part to part, as most do, are read once."""

    def __init__(self, data: bytes, read_message: _ReadMessage[_M]) -> None:
        self._data = data
        self._read_message: _ReadMessage[_M] = read_message
        self._boundaries: list[_Boundary] = []
        self._known_lines = _KnownLines()
        self._known_heads: dict[str, tuple[str, _Fields]] = {}

    def read(self, content_type: str) -> _Parts[_M]:
        parts: _Parts[_M] = []
        self._multipart(0, content_type, (), parts)
        return parts

    def _multipart(self, position: int, content_type: str, place: _Place, parts: _Parts[_M]) -> _Mark:
        """Read the parts into ``parts``; gives the mark that ended them."""
        boundary = _boundary_of(content_type, place)
        depth = len(self._boundaries)
        self._boundaries.append(_Boundary(self._data, boundary, depth))
        mark = self._next(position)
        if mark.depth != depth:
            raise _refusal(f"The boundary {boundary.decode('latin-1')!r} of the batch does not occur in it", place)
        while mark.depth == depth and not mark.closing:
            mark = self._part(mark.after, (*place, len(parts) + 1), parts)
        self._boundaries.pop()
        return mark

    def _part(self, position: int, place: _Place, parts: _Parts[_M]) -> _Mark:
        mark = self._next(position)
        usual = _USUAL_HEAD.match(self._data, position, mark.end)
        if usual is not None:
            content_id = usual[1]
            outer = {} if content_id is None else {"content-id": ("Content-ID", str(content_id, "latin-1").strip(" \t"))}
            message, mark = self._message(usual.end(), mark, outer, place)
            parts.append(message)
            return mark
        _, fields, after = self._head(position, mark, place, False)
        content_type = fields["content-type"][1] if "content-type" in fields else ""
        media_type = content_type.partition(";")[0].strip().lower()
        if media_type == "application/http":
            message, mark = self._message(after, mark, fields, place)
            parts.append(message)
            return mark
        if media_type != "multipart/mixed":
            raise _refusal(f"The Content-Type {content_type!r} is neither application/http nor multipart/mixed", place)
        if len(place) > 1:
            raise _refusal("A change set holds another one", place)
        return self._change_set(after, content_type, place, parts)

    def _change_set(self, start: int, content_type: str, place: _Place, parts: _Parts[_M]) -> _Mark:
        nested: _Parts[_M] = []
        mark = self._multipart(start, content_type, place, nested)
        if mark.depth > 0:
            mark = self._next(mark.after)
        parts.append(tuple(message for message in nested if not isinstance(message, tuple)))
        return mark

    def _message(self, position: int, mark: _Mark, outer: _Fields, place: _Place) -> tuple[_M, _Mark]:
        encoding = outer.get("content-transfer-encoding", _BINARY)[1]
        if encoding != "binary" and encoding.lower() not in ("binary", "8bit", "7bit"):
            raise _refusal(f"The Content-Transfer-Encoding {encoding!r} is not 'binary'", place)
        data = self._data
        if data.startswith((b"\r", b"\n"), position):
            position = min(_skip_line_ends(data, position), mark.end)
        if "content-id" in outer:
            name, value = outer["content-id"]
            start_line, fields, after = self._head(position, mark, place, True, f"\r\n{name}: {value}")
            fields = {**fields, "content-id": (name, value)}
        else:
            start_line, fields, after = self._head(position, mark, place, True)
        end = mark.end
        if "content-length" in fields:
            length = fields["content-length"][1]
            if length.isascii() and length.isdigit() and len(length) < 20:
                end = after + int(length)
                if end > mark.end:
                    end, mark = self._body_end(after, end, mark, place)
        return self._read_message(start_line, fields, data[after:end], place), mark

    def _body_end(self, start: int, end: int, mark: _Mark, place: _Place) -> tuple[int, _Mark]:
        """Where a body ends whose length reaches past the next mark, and the mark behind it."""
        # That mark may be text of the body: then there is another one just behind the length.
        if end <= len(self._data):
            behind = _skip_line_ends(self._data, end)
            if behind == len(self._data):
                return end, self._end_mark()
            for boundary in self._boundaries:
                if (found := boundary.at(behind, end)) is not None:
                    return end, found
        if mark.depth < 0:
            raise _refusal(f"The batch ends within a body: {end - start} bytes are due, {mark.end - start} came", place)
        return mark.end, mark

    def _head(self, position: int, mark: _Mark, place: _Place, starts: bool, own: str = "") -> tuple[str, _Fields, int]:
        """What stands before the next blank line (a start line where ``starts``, then fields), and where the rest begins.

        ``own`` is a line that is left out: what is known already, and tells this head from others.
        """
        data = self._data
        end = data.find(_END_OF_HEAD, position, mark.end)
        if end > position:
            text = str(data[position:end], "latin-1")
            if own and text.endswith(own):
                text = text[: -len(own)]
            elif own:
                text = text.replace(f"{own}\r\n", "\r\n", 1)
            found = self._known_heads.get(text)
            if found is not None:
                return found[0], found[1], end + 4
            lines = text.split("\r\n")
            if lines[0] and text.count("\n") == len(lines) - 1 == text.count("\r"):
                start_line = lines.pop(0) if starts else ""
                self._known_heads[text] = start_line, fields = start_line, self._fields(lines, place)
                return start_line, fields, end + 4
        odd_lines, after = self._odd_head(position, mark, place)
        lines = [str(line, "latin-1") for line in odd_lines]
        start_line = lines.pop(0) if starts and lines else ""
        return start_line, self._fields([line for line in lines if line.strip()], place), after

    def _odd_head(self, position: int, mark: _Mark, place: _Place) -> tuple[list[bytes], int]:
        """The lines before a blank one, whatever ends them, or none at all."""
        data = self._data
        first = _LINE_END.match(data, position, mark.end)
        if first is not None:
            return [], first.end()
        blank = _BLANK_LINE.search(data, position, mark.end)
        if blank is not None:
            return _LINE_END.split(data[position : blank.start()]), blank.end()
        if mark.depth < 0 and position < mark.end:
            raise _refusal("The batch ends within the headers of a part", place)
        return _LINE_END.split(data[position : mark.end]), mark.end

    def _fields(self, lines: list[str], place: _Place) -> _Fields:
        fields = dict(map(self._known_lines.__getitem__, lines))
        return fields if len(fields) == len(lines) and "" not in fields else self._odd_fields(lines, place)

    def _odd_fields(self, lines: list[str], place: _Place) -> _Fields:
        """Fields that go on in a second line or come twice."""
        found: list[tuple[str, str]] = []
        for line in lines:
            if line[:1] in (" ", "\t") and found:
                name, value = found.pop()
                found.append((name, " ".join((value, line.strip(" \t")))))
                continue
            folded, field = self._known_lines[line]
            if not folded:
                raise _refusal(f"{line[:80]!r} is no header field", place)
            found.append(field)
        return {name.lower(): (name, value) for name, value in Headers(found).items()}

    def _next(self, position: int) -> _Mark:
        """The next delimiter of this multipart or of the one around it."""
        mark = self._boundaries[-1].next(position)
        if len(self._boundaries) > 1:
            outer = self._boundaries[0].next(position)
            if outer is not None and (mark is None or outer.start < mark.start):
                return outer
        return self._end_mark() if mark is None else mark

    def _end_mark(self) -> _Mark:
        size = len(self._data)
        return _Mark(size, size, size, True, -1)


def _refusal(text: str, place: _Place) -> PayloadError:
    return PayloadError(text, where=f"part {'.'.join(map(str, place))}" if place else None)


def _skip_line_ends(data: bytes, position: int) -> int:
    matched = _LINE_ENDS.match(data, position)
    return matched.end() if matched is not None else position


class _KnownLines(dict[str, _Field]):
    """The header lines met, with the fields they hold; one that is no field has an empty name."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def __missing__(self, line: str) -> _Field:
        name, colon, value = line.partition(":")
        folded = self._names.get(name)
        if folded is None:
            self._names[name] = folded = name.lower() if colon and _TOKEN.fullmatch(name) else ""
        self[line] = field = folded, (name, value.strip(" \t"))
        return field


def _boundary_of(content_type: str, place: _Place) -> bytes:
    media_type = content_type.partition(";")[0].strip()
    if media_type.lower() not in ("multipart/mixed", "multipart/form-data", "multipart/batch"):
        raise _refusal(f"A batch is multipart/mixed; this is {media_type or 'without a Content-Type'!r}", place)
    parameter = _BOUNDARY_PARAMETER.search(content_type)
    text = "" if parameter is None else parameter.group(2) or re.sub(r"\\(.)", r"\1", parameter.group(1) or "")
    try:
        boundary = text.rstrip().encode("latin-1")
    except UnicodeEncodeError:
        boundary = b""
    if not boundary:
        raise _refusal(f"The Content-Type {content_type!r} of the batch names no boundary", place)
    return boundary


def _read_request(start_line: str, fields: _Fields, body: bytes, place: _Place) -> Request:
    """A URL may hold raw blanks: the line is split at its first and its last one."""
    method, _, rest = start_line.strip().partition(" ")
    url, _, version = rest.rpartition(" ")
    if not _TOKEN.fullmatch(method) or not url.strip() or not _VERSION.fullmatch(version):
        raise _refusal(f"{start_line[:80]!r} is no request line", place)
    url = url.strip()
    with suppress(UnicodeDecodeError):
        url = url.encode("latin-1").decode("utf-8")
    return Request(method, url, Headers.adopt(fields), body or None)


def _read_response(start_line: str, fields: _Fields, body: bytes, place: _Place) -> Response:
    status = (_known_status if len(start_line) < 64 else _status_of)(start_line)
    if status is None:
        raise _refusal(f"{start_line[:80]!r} is no status line", place)
    return Response(status, Headers.adopt(fields), body)


def _status_of(start_line: str) -> int | None:
    matched = _STATUS_LINE.fullmatch(start_line.strip())
    return None if matched is None else int(matched.group(1))


_known_status = lru_cache(maxsize=64)(_status_of)
