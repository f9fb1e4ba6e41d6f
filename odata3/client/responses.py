"""What a context hands back: the outcome of each operation, the page of a query, the whole of a save.

The names are those of WCF Data Services (``OperationResponse`` and its kin).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from odata3.client.descriptors import Descriptor
from odata3.client.displays import address, failure, rows_card
from odata3.edm.model import NavigationProperty
from odata3.errors import ArgumentError, DataServiceClientException, DataServiceQueryException, InvalidOperationError
from odata3.hypertext import MANY, card, counted, table
from odata3.secrecy import masked
from odata3.spellings import Spelled
from odata3.wire.messages import Headers, Response

T = TypeVar("T")

#: The status of an operation that nothing answered (.NET: 500 with ``Content-Type: text/plain``).
UNANSWERED = Response(500, Headers({"Content-Type": "text/plain"}))


class OperationResponse(Spelled):
    """The outcome of one operation: ``status_code``, ``headers``, and ``error`` where it failed. Contexts make it of a
    ``response``."""

    def __init__(self, response: Response, error: Exception | None = None) -> None:
        self.status_code = response.status
        self.headers = response.headers
        self.error = error

    def __repr__(self) -> str:
        failed = f" {type(self.error).__name__}" if self.error is not None else ""
        return f"<{type(self).__name__} {self.status_code}{failed}>"

    def _repr_html_(self) -> str:
        return card(f"{type(self).__name__} {self.status_code}", *([failure(self.error)] if self.error is not None else []))


class ChangeOperationResponse(OperationResponse):
    """The outcome of one change; ``descriptor`` is that of its entity, link or stream. Contexts make it of a ``response``, or
    of the ``error`` that came in its place."""

    def __init__(self, descriptor: Descriptor, response: Response, error: Exception | None = None) -> None:
        super().__init__(response, error)
        self.descriptor = descriptor

    def _repr_html_(self) -> str:
        parts = [repr(self.descriptor), *([failure(self.error)] if self.error is not None else [])]
        return card(f"{type(self).__name__} {self.status_code}", *map(masked, parts))


@dataclass(frozen=True, slots=True)
class DataServiceQueryContinuation(Spelled, Generic[T]):
    """Where the next page of a result is. ``next_link`` is sent as it came.

    ``asked`` says how its answer is read; ``owner`` and ``navigation`` are those of an expanded collection's next page.
    """

    next_link: str
    asked: Any
    owner: Any = None
    navigation: NavigationProperty | None = None

    @property
    def next_link_uri(self) -> str:
        """The same under .NET's name: ``next_link``, as it came."""
        return self.next_link

    def __str__(self) -> str:
        return self.next_link


Nested = dict[int, tuple[list[Any], DataServiceQueryContinuation[Any] | None]]


class Rows(Generic[T]):
    """The rows of one page while they are read: an iterator that knows, at its end, where the next page is.

    ``nested`` has, by its id, each expanded collection of the row just read and where its next page is.
    """

    def __init__(self, rows: Iterable[T] = (), nested: Nested | None = None) -> None:
        self.rows = iter(rows)
        self.count: int | None = None
        self.next: DataServiceQueryContinuation[T] | None = None
        self.early: DataServiceQueryContinuation[T] | None = None
        self.nested: Nested = {} if nested is None else nested
        self.finished = False


class QueryOperationResponse(OperationResponse, Generic[T]):
    """One page of a query's result. It is iterated once.

    ``query`` is what was asked (a ``DataServiceQuery`` or a URL). A failed query of a batch has its ``error``, which iteration
    raises as the cause of an ``InvalidOperationError``. ``head`` holds the first ten ``rows`` that were read, which is what a
    notebook shows. Contexts make it of a ``response``.
    """

    def __init__(self, response: Response, query: object, rows: Rows[T] | None = None, error: Exception | None = None) -> None:
        super().__init__(response, error)
        self.query = query
        self._rows: Rows[T] = Rows() if rows is None else rows
        self._begun = False
        #: The first rows that were read, for displays.
        self.head: list[T] = []

    @property
    def total_count(self) -> int:
        """The server's ``$inlinecount``; ``InvalidOperationError`` where the answer holds none."""
        if self._rows.count is None:
            raise InvalidOperationError("the answer holds no count: ask for it with include_total_count()")
        return self._rows.count

    def __iter__(self) -> Iterator[T]:
        if self.error is not None:
            raise InvalidOperationError(f"this query failed: {self.error}") from self.error
        if self._begun:
            raise InvalidOperationError("a QueryOperationResponse is iterated once; keep list(response), or run the query again")
        self._begun = True
        return self._read()

    def _read(self) -> Iterator[T]:
        for row in islice(self._rows.rows, MANY):
            self.head.append(row)
            yield row
        yield from self._rows.rows
        self._rows.finished = True

    def _repr_html_(self) -> str:
        """The rows that have been read, the first of them; reading them here would take them from the user."""
        count = () if self._rows.count is None else (f"{counted(self._rows.count, 'row')} in all",)
        read = ("read to its end",) if self._rows.finished else ("being read",) if self._begun else ("not read yet",)
        failed = () if self.error is None else (failure(self.error),)
        title, remark = f"{type(self).__name__} {self.status_code}", "; ".join((*count, *read))
        return rows_card(title, self.head, address(self.query), *failed, remark=remark)

    def get_continuation(self, collection: object = None) -> DataServiceQueryContinuation[Any] | None:
        """Where the next page is, None at the end.

        Of the page itself once it is iterated to its end; or, while a row is at hand, of one of its expanded collections
        (``ArgumentError`` for a collection that is not the row's).
        """
        rows = self._rows
        if collection is not None:
            if id(collection) not in rows.nested:
                raise ArgumentError("the collection does not belong to the entity just read")
            return rows.nested[id(collection)][1]
        if not rows.finished and self.error is None:
            raise InvalidOperationError("the continuation is known when the page has been iterated to its end")
        return rows.next

    def early_continuation(self) -> DataServiceQueryContinuation[Any] | None:
        """Where the next page is, if that is known before this one has been iterated; else None."""
        return self._rows.early

    def continuations(self) -> list[tuple[list[Any], DataServiceQueryContinuation[Any]]]:
        """The expanded collections of the row just read that go on, with where."""
        return [(collection, following) for collection, following in self._rows.nested.values() if following is not None]


def query_failure(refusal: DataServiceClientException, asked: object) -> DataServiceQueryException:
    """What is raised of a query, or a batch of them, that the service refused; the refusal is to be its cause."""
    answer = Response(refusal.status_code, Headers(refusal.headers))
    failed: QueryOperationResponse[Any] = QueryOperationResponse(answer, asked, error=refusal)
    return DataServiceQueryException(str(refusal), response=failed, status_code=refusal.status_code)


class DataServiceResponse(Spelled):
    """The outcome of ``save_changes`` or ``execute_batch``: iterate over its ``operations``, in the order of the requests.

    ``is_batch_response`` tells whether they went in a batch; ``batch_status_code`` and ``batch_headers`` are then those of the
    outer answer, else -1 and none.
    """

    def __init__(
        self,
        operations: Iterable[OperationResponse] = (),
        *,
        batch_headers: Headers | None = None,
        batch_status_code: int = -1,
        is_batch_response: bool = False,
    ) -> None:
        self._operations = tuple(operations)
        self.batch_headers = Headers() if batch_headers is None else batch_headers
        self.batch_status_code = batch_status_code
        self.is_batch_response = is_batch_response

    def __iter__(self) -> Iterator[OperationResponse]:
        return iter(self._operations)

    def __len__(self) -> int:
        return len(self._operations)

    def __getitem__(self, index: int) -> OperationResponse:
        return self._operations[index]

    def __repr__(self) -> str:
        return f"<DataServiceResponse {list(self._operations)!r}>"

    def _repr_html_(self) -> str:
        batch = f" in a batch ({self.batch_status_code})" if self.is_batch_response else ""
        return card(
            f"DataServiceResponse, {counted(len(self), 'operation')}{batch}",
            table(("Status", "Operation", "Error"), map(_told, self._operations)),
        )


def _told(operation: OperationResponse) -> tuple[object, ...]:
    """A row about one operation."""
    about: object = type(operation).__name__
    if isinstance(operation, ChangeOperationResponse):
        about = address(repr(operation.descriptor))
    elif isinstance(operation, QueryOperationResponse):
        about = address(operation.query)
    return operation.status_code, about, failure(operation.error)


_CONTINUATION = "x-ms-continuation-"
_OPTIONS = frozenset({"NextPartitionKey", "NextRowKey", "NextTableName"})


def link_of_headers(response: Response, url: str) -> str | None:
    """The next page of what was asked at ``url``, where the answer's headers name it: Azure Table has no links, but sends
    ``x-ms-continuation-NextRowKey`` and its kin, which come back as query options."""
    given = {
        name[len(_CONTINUATION) :]: text for name, text in response.headers.items() if name.lower().startswith(_CONTINUATION)
    }
    if not given:
        return None
    path, _, query = url.partition("?")
    kept = [part for part in query.split("&") if part and part.partition("=")[0] not in _OPTIONS | given.keys()]
    return f"{path}?" + "&".join([*kept, *(f"{name}={quote(text, safe='')}" for name, text in given.items())])
