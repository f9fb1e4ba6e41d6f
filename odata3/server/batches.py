"""``$batch``: many requests in one, change sets as transactions.

Every part is answered as if it had come alone; a change set is kept whole or undone whole, and then its one answer stands for
all of it. A later request of a change set may begin its URL, and the URLs in its body, with ``$1`` for what the one with
Content-ID 1 made. Source: digest section 9.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol
from urllib.parse import urlsplit

from odata3.errors import PayloadError
from odata3.server.refusal import Refusal, unreadable
from odata3.server.store import Transaction
from odata3.wire.batch import decode_requests, encode_responses
from odata3.wire.messages import Headers, Request, Response

#: WCF Data Services' own bounds.
MAX_PARTS = 100
MAX_CHANGES = 1000


class Failed(Exception):
    """A request of a change set was refused: the set is undone, and this is the answer that says why."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


class Parts(Protocol):
    """Who answers the parts: the service."""

    def alone(self, request: Request) -> Response:
        """The answer to a part by itself."""

    def together(self, work: Callable[[Transaction], list[Response]]) -> list[Response]:
        """Do ``work`` in one transaction; undone where it raises."""

    def within(self, request: Request, transaction: Transaction, known: dict[str, str]) -> Response:
        """The answer to a request of a change set. Raises :class:`Failed` for one that is refused."""

    def refused(self, refusal: Refusal, request: Request | None) -> Response:
        """The answer that says no, in the format of the part."""


def answer_batch(parts: Parts, request: Request, root: str) -> Response:
    """The answer to a whole batch. Raises ``Refusal`` for what is no batch."""
    content_type = request.headers.get("Content-Type", "")
    if not content_type.lower().startswith("multipart/mixed"):
        raise unreadable("A batch is multipart/mixed, with a boundary.")
    body = request.body if isinstance(request.body, bytes) else b""
    try:
        asked = decode_requests(content_type, body)
    except PayloadError as error:
        raise unreadable(str(error)) from None
    if len(asked) > MAX_PARTS:
        raise unreadable(f"A batch holds {MAX_PARTS} parts at most.")
    batch = _Batch(parts, root)
    answered = [batch.part(one) for one in asked]
    whole = encode_responses(answered)
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
        "DataServiceVersion": "1.0;",
        "Content-Type": whole.content_type,
    }
    return Response(202, Headers(headers), whole.body)


class _Batch:
    def __init__(self, parts: Parts, root: str) -> None:
        self._parts = parts
        self._root = root
        self._seen: set[str] = set()

    def part(self, asked: Request | tuple[Request, ...]) -> Response | tuple[Response, ...]:
        if isinstance(asked, Request):
            if asked.method != "GET":
                return self._parts.refused(unreadable("A change stands in a change set."), None)
            return _marked(asked, self._parts.alone(self._placed(asked, {})))
        return self._change_set(asked)

    def _change_set(self, asked: tuple[Request, ...]) -> tuple[Response, ...]:
        """The answers of a change set; where it failed, the one that says why."""
        known: dict[str, str] = {}

        def work(transaction: Transaction) -> list[Response]:
            return [self._change(one, transaction, known) for one in asked]

        try:
            wrong = self._wrong(asked)
            if wrong is not None:
                raise Failed(self._parts.refused(wrong, asked[0]))
            return tuple(self._parts.together(work))
        except Failed as failed:
            return (failed.response,)

    def _wrong(self, asked: tuple[Request, ...]) -> Refusal | None:
        """What keeps a change set from being one."""
        if len(asked) > MAX_CHANGES:
            return unreadable(f"A change set holds {MAX_CHANGES} changes at most.")
        for one in asked:
            if one.method in ("GET", "HEAD"):
                return unreadable("A change set holds no GET.")
            content_id = one.headers.get("Content-ID")
            if content_id is not None:
                if content_id in self._seen:
                    return unreadable(f"The Content-ID '{content_id}' is given twice.")
                self._seen.add(content_id)
        return None

    def _change(self, asked: Request, transaction: Transaction, known: dict[str, str]) -> Response:
        placed = self._placed(asked, known)
        try:
            response = self._parts.within(placed, transaction, known)
        except Failed as failed:
            raise Failed(_marked(asked, failed.response)) from None
        content_id = asked.headers.get("Content-ID")
        if content_id is not None:
            known[content_id] = response.headers.get("Location") or placed.url
        return _marked(asked, response)

    def _placed(self, asked: Request, known: Mapping[str, str]) -> Request:
        """The request with an absolute URL."""
        url = asked.url
        first, slash, rest = url.removeprefix(self._root).partition("/")  # .NET writes $1 behind the root, where it is a parent
        if first.startswith("$") and first[1:] in known:
            url = known[first[1:]] + slash + rest
        if url.startswith("/"):
            root = urlsplit(self._root)
            url = f"{root.scheme}://{root.netloc}{url}"
        elif "://" not in url.partition("?")[0].partition("(")[0]:
            url = self._root + url
        return replace(asked, url=url)


def _marked(asked: Request, response: Response) -> Response:
    """The answer with the Content-ID of its request."""
    content_id = asked.headers.get("Content-ID")
    return response if content_id is None else replace(response, headers=response.headers.merged({"Content-ID": content_id}))
