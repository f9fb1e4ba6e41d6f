"""``pending_changes()``: what a save would send, without sending anything.

The same changes write the same requests as a save does; what only an earlier answer can tell, the URL of a new entity, stands as
``$n``, where n numbers the insert that tells it (its change order, and in a batch its Content-ID)::

    >>> print(ctx.pending_changes())
    MERGE http://h/s/Products(1)
      Name: 'Bread' → 'Rye'
    POST http://h/s/Products  [$3]
      ID: 50

Source: WCF Data Services client, section 5 of our description, for the requests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from os import PathLike
from typing import Any, BinaryIO, overload

from odata3.client.addresses import reference_of
from odata3.client.changes import Change, Work
from odata3.client.channel import Channel
from odata3.client.descriptors import Descriptor
from odata3.client.displays import steps
from odata3.client.entity_changes import Insert, Update
from odata3.client.link_changes import LinkChange
from odata3.client.options import SaveChangesOptions
from odata3.client.planning import plan
from odata3.client.saving import check_batchable, is_batch, work_for
from odata3.client.tracker import EntityTracker
from odata3.entities.changes import assigned_names, changed_names, set_names, value_before
from odata3.hypertext import counted
from odata3.secrecy import is_secret, masked
from odata3.wire.messages import Headers, Request


@dataclass(frozen=True, slots=True, repr=False)
class PendingChange:
    """One request that a save would send: ``method``, ``url``, ``headers``, ``descriptor`` (of the entity, link or stream), and
    ``lines`` that tell what it says.

    ``body`` is bytes, the file that would be read, or None. What only an earlier answer can tell stands as ``$n``.
    """

    method: str
    url: str
    headers: Headers
    body: bytes | BinaryIO | None
    descriptor: Descriptor
    lines: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<PendingChange {self.method} {masked(self.url)}>"

    def __str__(self) -> str:
        return "\n".join((f"{self.method} {masked(self.url)}{self.lines[0]}", *(f"  {line}" for line in self.lines[1:])))

    def _repr_html_(self) -> str:
        return steps(type(self).__name__, [_step(self)])


class PendingChanges(Sequence[PendingChange]):
    """The requests of a save, in their order.

    ``ctx.pending_changes()`` makes it, of the ``changes``, a function that can ``write`` them to a file, and one that gives words
    about what was assigned and is ``forgotten``: it is not sent before ``update_object`` is called. These are looked for when
    they are shown, for every tracked entity has to be looked at.
    """

    def __init__(
        self,
        changes: Sequence[PendingChange],
        write: Callable[[str | PathLike[str]], None],
        forgotten: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self._changes = tuple(changes)
        self._write = write
        self._forgotten = forgotten

    def save(self, path: str | PathLike[str]) -> None:
        """Write what the context has pending at this moment to a file, ``path``, for ``load_pending_changes`` of another
        process.

        The file is JSON; no header, credential or code is in it, and it is written whole or not at all. From then on the saves
        of the context keep it up to date, until all is saved and as long as it is there: a process that is killed in the midst
        of one leaves in it what was done, what was not, and what was on its way. ``InvalidOperationError`` for streams to be
        sent, ``ArgumentError`` where the file cannot be written.
        """
        self._write(path)

    @overload
    def __getitem__(self, index: int) -> PendingChange: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[PendingChange, ...]: ...
    def __getitem__(self, index: int | slice) -> PendingChange | tuple[PendingChange, ...]:
        return self._changes[index]

    def __len__(self) -> int:
        return len(self._changes)

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, PendingChanges | list | tuple) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        told = map(str, self._changes) if self._changes else ("nothing to save",)
        return "\n".join((*told, *self._forgotten()))

    def __repr__(self) -> str:
        return f"<{counted(len(self), 'pending change')}>\n{self}"

    def _repr_html_(self) -> str:
        title = counted(len(self), "pending change") if self._changes else "Nothing to save"
        return steps(title, [_step(change) for change in self], tuple(self._forgotten()))


def _step(change: PendingChange) -> tuple[str, str, tuple[str, ...]]:
    """Method, URL, and what is said, what stands beside the URL first."""
    return change.method, change.url, tuple(line for line in (change.lines[0].strip(), *change.lines[1:]) if line)


def preview(
    channel: Channel, tracker: EntityTracker, options: SaveChangesOptions, write: Callable[[str | PathLike[str]], None]
) -> PendingChanges:
    """The requests of a save, in a batch its parts; ``write`` puts them into a file. Raises what writing them raises."""
    work = work_for(channel, tracker, options)
    if is_batch(options):
        for descriptor in tracker.pending():
            check_batchable(descriptor)
    else:
        work = Work(channel, tracker, options, reference_of, lambda descriptor: True)
    return PendingChanges(list(_previewed(work)), write, partial(forgotten, tracker))


def forgotten(tracker: EntityTracker) -> Iterator[str]:
    """What was assigned and no save sends, for nobody called ``update_object``: the mistake that says nothing by itself."""
    for descriptor in tracker.unnoted():
        names = ", ".join(assigned_names(descriptor.entity))
        yield f"{descriptor.entity!r}: {names} was assigned, and goes out after update_object(entity) only"


def _previewed(work: Work) -> Iterator[PendingChange]:
    covered: set[Descriptor] = set()
    for changes in plan(work):
        for change in changes:
            descriptor = change.descriptor
            if descriptor in covered:
                continue
            head = change.head()
            covered.update(change.covered())
            is_part = is_batch(work.options)
            sent = change.written(head if is_part else work.channel.tunnelled(head), is_batch_part=is_part, is_dry_run=True)
            yield PendingChange(sent.method, sent.url, sent.headers, sent.body, descriptor, tuple(_lines(change, sent)))


def _lines(change: Change, request: Request) -> Iterator[str]:
    """What stands beside the URL, then below it."""
    if isinstance(change, Insert):
        yield f"  [${change.descriptor.change_order}]"
        yield from (f"{name}: {_said(name, change.entity[name])}" for name in set_names(change.entity))
        yield from (f"{link.source_property} → {_shown(link.target)}" for link in change.covered())
    elif isinstance(change, Update):
        yield ""
        yield from (_moved(change.entity, name) for name in change.names())
    elif isinstance(change, LinkChange):
        yield f"  ({change.link.source_property} → {_shown(change.link.target)})"
    else:
        yield "" if request.body is None else "  (a stream)"


def _moved(entity: Any, name: str) -> str:
    """Before and after; of an entity that was attached and holds what it held then, nobody knows what was before."""
    after = _said(name, entity[name])
    if name not in changed_names(entity):
        return f"{name}: {after}"
    return f"{name}: {_said(name, value_before(entity, name))} → {after}"


def _said(name: str, value: Any) -> str:
    """A property's value; a secret is sent, and not told."""
    return "'***'" if is_secret(name) else _shown(value)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."
