"""Hooks: lists of functions that a context calls while it works, and what it hands to them.

::

    ctx.sending_request += stamp                    # or .append(stamp), or
    @ctx.sending_request
    def stamp(args): args.headers["X-Trace"] = "7"

In the order of one exchange (.NET: ``SendingRequest2``, ``WritingEntity`` ...): ``sending_request``, ``writing_entity``,
``receiving_response``, ``reading_entity``. An entity's body is written after ``sending_request``. In a batch the outer request is
announced without a descriptor, then every part. A handler of ``sending_request`` that looks at the body has it written there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Generic, TypeVar

from odata3.formats.documents import Entry
from odata3.spellings import Spelled
from odata3.wire.messages import Headers, Request, Response

A = TypeVar("A")
F = TypeVar("F", bound=Callable[..., object])


class Hook(list[Callable[[A], object]], Generic[A]):
    """Functions of one argument, called in the order they were added; what they return is not looked at."""

    def __iadd__(self, handler: Any) -> Hook[A]:  # type: ignore[misc,override]
        """Add one function, or each of several."""
        self.extend([handler] if callable(handler) else handler)
        return self

    def __isub__(self, handler: Callable[[A], object]) -> Hook[A]:
        self.remove(handler)
        return self

    def __call__(self, handler: F) -> F:
        """Add ``handler`` and give it back: for use as a decorator."""
        self.append(handler)
        return handler

    def fire(self, args: A) -> None:
        """Call every handler with these ``args``; what one of them raises goes on to the caller."""
        for handler in tuple(self):
            handler(args)


class HeaderFields(MutableMapping[str, str]):
    """Header fields that may be changed; names are the same whatever their case. They begin as the ``headers`` given, and
    ``frozen`` are those as they now stand."""

    __slots__ = ("frozen",)

    def __init__(self, headers: Headers) -> None:
        self.frozen = headers

    def __getitem__(self, name: str) -> str:
        return self.frozen[name]

    def __setitem__(self, name: str, value: str) -> None:
        self.frozen = self.frozen.merged({name: value})

    def __delitem__(self, name: str) -> None:
        if name not in self.frozen:
            raise KeyError(name)
        self.frozen = self.frozen.merged({name: None})

    def __iter__(self) -> Iterator[str]:
        return iter(self.frozen)

    def __len__(self) -> int:
        return len(self.frozen)

    def __repr__(self) -> str:
        return repr(self.frozen)


class SendingRequestArgs(Spelled):
    """A request about to leave.

    ``headers`` and ``url`` may be changed (``BuildingRequest`` of .NET; the rules of origins hold for the new URL all the
    same). ``descriptor`` is that of the entity, link or stream a change is about, else None. ``is_batch_part`` is true for an
    operation inside a batch, ``is_dry_run`` when ``pending_changes`` asks what would be sent, and nothing is.

    Contexts make them: from a ``request``, and a function that will ``write`` its body when it is needed.
    """

    __slots__ = ("_request", "_write", "descriptor", "headers", "is_batch_part", "is_dry_run", "url")

    def __init__(
        self,
        request: Request,
        descriptor: object | None,
        *,
        write: Callable[[], bytes] | None = None,
        is_batch_part: bool = False,
        is_dry_run: bool = False,
    ) -> None:
        self._request = request
        self._write = write
        self.headers = HeaderFields(request.headers)
        self.url = request.url
        self.descriptor = descriptor
        self.is_batch_part = is_batch_part
        self.is_dry_run = is_dry_run

    @property
    def method(self) -> str:
        """The verb of HTTP, as it will be sent."""
        return self._request.method

    @property
    def body(self) -> bytes | BinaryIO | None:
        """The bytes, or the file, that go along; None where there is no body."""
        if self._write is not None:
            self._request, self._write = replace(self._request, body=self._write()), None
        return self._request.body

    def __repr__(self) -> str:
        return f"<SendingRequestArgs {self.method} {self.url}>"

    def request(self) -> Request:
        """The request with headers and URL as the handlers left them, and its body."""
        return Request(self._request.method, self.url, self.headers.frozen, self.body)


@dataclass(frozen=True, slots=True)
class ReceivingResponseArgs(Spelled):
    """An answer that came, also one that is an error; ``response`` is None where none came.

    ``descriptor`` is that of the change or stream that was asked about, else None; ``is_batch_part`` is true for an answer
    inside a batch.
    """

    response: Response | None
    descriptor: object | None = None
    is_batch_part: bool = False

    @property
    def status_code(self) -> int | None:
        """The HTTP status; None where no answer came."""
        return None if self.response is None else self.response.status

    @property
    def headers(self) -> Headers:
        """The answer's header fields; none where no answer came."""
        return Headers() if self.response is None else self.response.headers


@dataclass(frozen=True, slots=True)
class EntityArgs(Spelled):
    """An entity and its document. In ``writing_entity`` what a handler changes in ``entry.values`` is what is sent;
    in ``reading_entity`` the entity holds the values already."""

    entity: Any
    entry: Entry
