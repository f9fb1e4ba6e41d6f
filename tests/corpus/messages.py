"""The HTTP messages of the corpus: batches, recorded exchanges and single messages, taken apart."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from odata3.wire.batch import decode_requests, decode_responses
from odata3.wire.messages import Request

_SECTIONS = re.compile(rb"(?m)^--- (Request|Response) ---\r?$")
_FIRST_BOUNDARY = re.compile(rb"(?m)^--([^\r\n]+?)(?:--)?[ \t]*\r?$")
_STATUS_LINES = re.compile(rb"(?m)^HTTP/1\.1 \d")


@dataclass(frozen=True)
class Body:
    """A body with what its message says of it; ``url`` is what a request is sent to."""

    content_type: str
    data: bytes
    is_request: bool = False
    url: str = ""

    @property
    def is_batch(self) -> bool:
        return self.content_type.startswith("multipart/")

    @property
    def status_lines(self) -> int:
        return len(_STATUS_LINES.findall(self.data))


def recorded(text: bytes) -> Iterator[Body]:
    """The bodies of a recording of two sections, ``--- Request ---`` and ``--- Response ---``."""
    pieces = _SECTIONS.split(text)[1:]
    for kind, section in zip(pieces[::2], pieces[1::2], strict=True):
        head, _, body = section.replace(b"\r\n", b"\n").partition(b"Content:\n")
        if body.strip():
            url = _after(head, b"Command: [A-Z]+ ") if kind == b"Request" else ""
            yield Body(_after(head, b"Content-Type: "), body.strip(b"\n"), kind == b"Request", url)


def wrapped(text: bytes) -> Body:
    """The answer of a recording that is a JSON object of its parts."""
    recording = json.loads(text)
    fields = {field["Key"].lower(): field["Value"][0] for field in recording["ContentHeaders"]}
    return Body(fields["content-type"], recording["Content"].encode())


def message(text: bytes) -> Body:
    """The body of one answer, head and all."""
    head, _, body = text.lstrip().replace(b"\r\n", b"\n").partition(b"\n\n")
    return Body(_after(head, b"Content-Type: "), body)


def _after(head: bytes, start: bytes) -> str:
    found = re.search(rb"(?m)^" + start + rb"(.*)$", head)
    return "" if found is None else found[1].decode()


def batch_type(data: bytes) -> str:
    """The Content-Type of a batch that has lost it: its first line names the boundary."""
    found = _FIRST_BOUNDARY.search(data)
    return "multipart/mixed" if found is None else f'multipart/mixed; boundary="{found[1].decode("latin-1")}"'


def parts(content_type: str, data: bytes, *, is_request: bool) -> list[Body]:
    """The bodies of a batch's messages, those of change sets among them; a message without one has an empty one."""
    found: list[Body] = []
    for part in (decode_requests if is_request else decode_responses)(content_type, data):
        for one in part if isinstance(part, tuple) else (part,):
            body = one.body if isinstance(one.body, bytes) else b""
            url = one.url if isinstance(one, Request) else ""
            found.append(Body(one.headers.get("Content-Type", ""), body, is_request, url))
    return found
