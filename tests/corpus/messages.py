"""The HTTP messages of the corpus: batches and recorded exchanges, taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from odata3.wire.batch import decode_requests, decode_responses

_SECTIONS = re.compile(rb"(?m)^--- (Request|Response) ---\r?$")
_FIRST_BOUNDARY = re.compile(rb"(?m)^--([^\r\n]+?)(?:--)?[ \t]*\r?$")


@dataclass(frozen=True)
class Body:
    """A body with what its message says of it."""

    content_type: str
    data: bytes
    is_request: bool


def recorded(text: bytes) -> Iterator[Body]:
    """The bodies of a recording of two sections, ``--- Request ---`` and ``--- Response ---``."""
    pieces = _SECTIONS.split(text)[1:]
    for kind, section in zip(pieces[::2], pieces[1::2], strict=True):
        head, _, body = section.replace(b"\r\n", b"\n").partition(b"Content:\n")
        found = re.search(rb"(?m)^Content-Type: (.*)$", head)
        if body.strip():
            yield Body("" if found is None else found[1].decode(), body.strip(b"\n"), kind == b"Request")


def batch_type(data: bytes) -> str:
    """The Content-Type of a batch that has lost it: its first line names the boundary."""
    found = _FIRST_BOUNDARY.search(data)
    return "multipart/mixed" if found is None else f'multipart/mixed; boundary="{found[1].decode("latin-1")}"'


def parts(content_type: str, data: bytes, *, is_request: bool) -> list[Body]:
    """The bodies of a batch's messages, those of change sets among them; a message without one has an empty one."""
    found: list[Body] = []
    for part in (decode_requests if is_request else decode_responses)(content_type, data):
        for message in part if isinstance(part, tuple) else (part,):
            body = message.body if isinstance(message.body, bytes) else b""
            found.append(Body(message.headers.get("Content-Type", ""), body, is_request))
    return found
