"""What went over the wire, as text: each request with its answer, no credential shown."""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from odata3.secrecy import blanked, is_secret_header, masked
from odata3.wire.messages import Headers, Request, Response

_LONGEST = 4_000


class Transcript:
    """Keeps exchanges; a transport calls :meth:`note` after each."""

    def __init__(self) -> None:
        self.exchanges: list[tuple[Request, Response]] = []

    def note(self, request: Request, response: Response) -> None:
        self.exchanges.append((request, response))

    @property
    def last(self) -> str:
        """The last exchange."""
        return exchange_text(*self.exchanges[-1]) if self.exchanges else ""

    def text(self) -> str:
        """All of them."""
        return "\n\n".join(exchange_text(*exchange) for exchange in self.exchanges) + "\n"

    def save(self, path: Path) -> None:
        path.write_text(self.text(), encoding="utf-8")


def exchange_text(request: Request, response: Response) -> str:
    """A request and its answer as they travelled; bodies of JSON on several lines, long ones cut."""
    parts = urlsplit(request.url)
    target = masked(parts.path + (f"?{parts.query}" if parts.query else ""))
    host = {"Host": parts.netloc.rpartition("@")[2]} if "Host" not in request.headers else {}
    asked = _message(f"{request.method} {target} HTTP/1.1", {**host, **_masked(request.headers)}, request.body)
    try:
        phrase = HTTPStatus(response.status).phrase
    except ValueError:
        phrase = ""
    return f"{asked}\n\n{_message(f'HTTP/1.1 {response.status} {phrase}'.rstrip(), _masked(response.headers), response.body)}"


def _masked(headers: Headers) -> dict[str, str]:
    return {name: "***" if is_secret_header(name) else value for name, value in headers.items()}


def _message(first: str, headers: dict[str, str], body: object) -> str:
    lines = [first, *(f"{name}: {value}" for name, value in headers.items())]
    if isinstance(body, bytes) and body:
        lines += ["", _body(body)]
    return "\n".join(lines)


def _body(body: bytes) -> str:
    try:
        text = json.dumps(json.loads(body), indent=2, ensure_ascii=False) if len(body) > 120 else body.decode()
    except (ValueError, RecursionError):
        text = body.decode("utf-8", "replace")
    return blanked(text) if len(text) <= _LONGEST else f"{blanked(text[:_LONGEST])}\n... ({len(body)} bytes)"
