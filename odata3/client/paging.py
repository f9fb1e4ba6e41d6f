"""Page after page: the rows of a result to its end, one page held at a time.

A next link is opaque and sent as it came; an empty page is no end; one that was followed before is an error (R47). The lists of
expanded navigation properties are completed in the same way. ``ahead`` asks for the next page in the background while the rows
of this one are used; everything but the waiting stays in the thread of the user.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from odata3.client.loading import Loader
from odata3.client.questions import Asked
from odata3.client.responses import DataServiceQueryContinuation, QueryOperationResponse
from odata3.errors import DataServiceClientException, PayloadError
from odata3.secrecy import masked
from odata3.wire.messages import Request, Response

T = TypeVar("T")


def follow(loader: Loader, continuation: DataServiceQueryContinuation[T], query: object = None) -> QueryOperationResponse[T]:
    """The page that a continuation names."""
    return loader.query(continuation.asked, query)


def every(loader: Loader, first: QueryOperationResponse[T]) -> Iterator[T]:
    """The rows of a first page and of all that follow."""
    for rows in _pages(loader, first):
        yield from rows


def _pages(loader: Loader, first: QueryOperationResponse[T]) -> Iterator[Iterator[T]]:
    """The rows of each page; those of one are to be read before the next is asked for."""
    seen: set[str] = set()
    page = first
    while True:
        yield _completed(loader, page)
        following = page.get_continuation()
        if following is None:
            return
        seen = seen or {str(first.query)}
        _check_unseen(following, seen)
        page = follow(loader, following, page.query)


def ahead(loader: Loader, first: QueryOperationResponse[T]) -> Iterator[T]:
    """As :func:`every`, with the next page asked for while the rows of this one are used."""
    seen = {str(first.query)}
    page = first
    with ThreadPoolExecutor(1, thread_name_prefix="odata3-prefetch") as executor:
        while True:
            following = page.early_continuation()
            coming: _Coming | None = None
            if following is not None:
                _check_unseen(following, seen)
                coming = _Coming(loader, following.asked, executor)
            yield from _completed(loader, page)
            if coming is None:
                following = page.get_continuation()
                if following is None:
                    return
                _check_unseen(following, seen)
                page = follow(loader, following, page.query)
            else:
                page = coming.page(page.query)


class _Coming:
    """A page on its way: asked for in the user's thread, waited for in another, read in the user's again."""

    def __init__(self, loader: Loader, asked: Asked, executor: ThreadPoolExecutor) -> None:
        channel = loader.channel
        self._loader = loader
        self._asked = asked
        self._request: Request = channel.announce(channel.prepare("GET", asked.url, version=asked.version))
        self._answer: Future[Response] = executor.submit(channel.ask, self._request)

    def page(self, query: object) -> QueryOperationResponse[Any]:
        channel = self._loader.channel
        response = channel.received(self._answer.result)
        try:
            channel.check(self._request, response)
        except DataServiceClientException as refusal:
            return self._loader.refused(refusal, query)
        return self._loader.answer(response, self._asked, query)


def _completed(loader: Loader, page: QueryOperationResponse[T]) -> Iterator[T]:
    """The rows of a page, the lists of their expanded navigation properties read to the end."""
    for row in page:
        for collection, continuation in page.continuations():
            _complete(loader, collection, continuation)
        yield row


def _complete(loader: Loader, collection: list[Any], continuation: DataServiceQueryContinuation[Any]) -> None:
    owner, navigation = continuation.owner, continuation.navigation
    for rows in _pages(loader, follow(loader, continuation)):
        if owner is not None and navigation is not None:
            loader.place_more(owner, navigation, list(rows), continuation.asked.option)
        else:
            collection.extend(rows)


def _check_unseen(continuation: DataServiceQueryContinuation[Any], seen: set[str]) -> None:
    if continuation.next_link in seen:
        raise PayloadError(f"the service's next link leads round in a circle: {masked(continuation.next_link)}")
    seen.add(continuation.next_link)
