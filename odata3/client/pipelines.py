"""The pipelines of .NET's ``Configurations``: hooks that see a body part by part, while it is written and while it is read.

::

    @ctx.configurations.request_pipeline.on_entry_ending
    def fewer(args):                                     # what is taken out of args.entry.values is not sent
        args.entry.values.pop("Secret", None)

In their order, for one change: ``on_message_creating`` (before ``sending_request``), ``on_entry_starting``, then for each link in
the body ``on_navigation_link_starting``, ``on_entity_reference_link``, ``on_navigation_link_ending``, then ``on_entry_ending``
(before ``writing_entity``). For an answer: ``on_feed_started``, ``on_entry_started``, ``on_navigation_link_started`` and what was
expanded below it, ``on_navigation_link_ended``, ``on_entry_ended``, ``on_entity_materialized`` (after ``reading_entity``),
``on_feed_ended``.

Source: WCF Data Services client, 1.6 of our description.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from odata3.client.events import EntityArgs, Hook
from odata3.errors import ArgumentError, InvalidOperationError
from odata3.formats.documents import Entry, Feed, Link
from odata3.wire.messages import Request


@dataclass(frozen=True, slots=True)
class WritingLinkArgs:
    """A link in the body of an insert: from ``source`` by its property ``name`` to ``target``, whose URL is ``url``."""

    source: Any
    name: str
    target: Any
    url: str


@dataclass(frozen=True, slots=True)
class ReadingFeedArgs:
    """A feed that is read; its ``count`` and ``next_link`` are final when it has ended."""

    feed: Feed


@dataclass(frozen=True, slots=True)
class ReadingEntryArgs:
    """An entry that is read, before an entity is made of it; its ``values``, as they came in the body, may be replaced."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class ReadingLinkArgs:
    """A navigation link of an entry that is read: ``link.name``, ``link.navigation_link``, ``link.association_link``."""

    link: Link


class _Pipeline:
    """Hooks that are added to, and never replaced."""

    def __setattr__(self, name: str, value: object) -> None:
        known = self.__dict__.get(name)
        if isinstance(known, Hook) and value is not known:
            raise ArgumentError(f"{name} is not replaced: add a handler with += or append, take one out with remove")
        object.__setattr__(self, name, value)


class RequestPipeline(_Pipeline):
    """What is heard while a request is made and its body written.

    Attributes
    ----------
    on_entry_starting, on_entry_ending
        Hooks of :class:`~odata3.client.events.EntityArgs`; both may change ``entry.values``.
    on_navigation_link_starting, on_entity_reference_link, on_navigation_link_ending
        Hooks of :class:`WritingLinkArgs`.
    """

    def __init__(self) -> None:
        self._creating: Callable[[Request], Request] | None = None
        self.on_entry_starting: Hook[EntityArgs] = Hook()
        self.on_navigation_link_starting: Hook[WritingLinkArgs] = Hook()
        self.on_entity_reference_link: Hook[WritingLinkArgs] = Hook()
        self.on_navigation_link_ending: Hook[WritingLinkArgs] = Hook()
        self.on_entry_ending: Hook[EntityArgs] = Hook()

    @property
    def on_message_creating(self) -> Callable[[Request], Request] | None:
        """A function that gives the request to be sent in place of the one that it gets (without its body, which is written
        later); None for none."""
        return self._creating

    @on_message_creating.setter
    def on_message_creating(self, function: Callable[[Request], Request] | None) -> None:
        if function is not None and not callable(function):
            raise ArgumentError(f"on_message_creating is a function or None, not {function!r}")
        self._creating = function

    def created(self, request: Request) -> Request:
        """The request that ``on_message_creating`` makes of one; ``InvalidOperationError`` where it gives none."""
        if self._creating is None:
            return request
        made = self._creating(request)
        if not isinstance(made, Request):
            raise InvalidOperationError(f"on_message_creating must give a Request, and gave {made!r}")
        return made

    @property
    def hears_writing(self) -> bool:
        """Whether anybody is to be told of what is written."""
        return bool(
            self.on_entry_starting
            or self.on_entry_ending
            or self.on_navigation_link_starting
            or self.on_entity_reference_link
            or self.on_navigation_link_ending
        )

    def wrote(self, args: EntityArgs, links: Iterable[WritingLinkArgs]) -> None:
        """Tell the hooks of an entry that is about to be written: its ``args``, and the ``links`` in it."""
        self.on_entry_starting.fire(args)
        for link in links:
            self.on_navigation_link_starting.fire(link)
            self.on_entity_reference_link.fire(link)
            self.on_navigation_link_ending.fire(link)
        self.on_entry_ending.fire(args)


class ResponsePipeline(_Pipeline):
    """What is heard while an answer is read.

    Attributes
    ----------
    on_feed_started, on_feed_ended
        Hooks of :class:`ReadingFeedArgs`, for what was expanded too.
    on_entry_started, on_entry_ended
        Hooks of :class:`ReadingEntryArgs`.
    on_navigation_link_started, on_navigation_link_ended
        Hooks of :class:`ReadingLinkArgs`.
    on_entity_materialized
        Hook of :class:`~odata3.client.events.EntityArgs`: the entity holds the values, and is tracked.
    """

    def __init__(self) -> None:
        self.on_feed_started: Hook[ReadingFeedArgs] = Hook()
        self.on_feed_ended: Hook[ReadingFeedArgs] = Hook()
        self.on_entry_started: Hook[ReadingEntryArgs] = Hook()
        self.on_entry_ended: Hook[ReadingEntryArgs] = Hook()
        self.on_navigation_link_started: Hook[ReadingLinkArgs] = Hook()
        self.on_navigation_link_ended: Hook[ReadingLinkArgs] = Hook()
        self.on_entity_materialized: Hook[EntityArgs] = Hook()

    def reads(self, entry: Entry) -> None:
        """Tell of an entry that was read, with all that was expanded below it."""
        if not (
            self.on_entry_started
            or self.on_entry_ended
            or self.on_navigation_link_started
            or self.on_navigation_link_ended
            or self.on_feed_started
            or self.on_feed_ended
        ):
            return
        args = ReadingEntryArgs(entry)
        self.on_entry_started.fire(args)
        for link in tuple(_links_of(entry)):
            self.on_navigation_link_started.fire(ReadingLinkArgs(link))
            below = entry.inline.get(link.name)
            if isinstance(below, Entry):
                self.reads(below)
            elif below is not None:
                self._reads_feed(below)
            self.on_navigation_link_ended.fire(ReadingLinkArgs(link))
        self.on_entry_ended.fire(args)

    def _reads_feed(self, feed: Feed) -> None:
        args = ReadingFeedArgs(feed)
        feed.entries = list(feed.entries)
        self.on_feed_started.fire(args)
        for entry in feed.entries:
            self.reads(entry)
        self.on_feed_ended.fire(args)


@dataclass(frozen=True, slots=True)
class Configurations:
    """The pipelines of a context: ``request_pipeline`` and ``response_pipeline``."""

    request_pipeline: RequestPipeline = field(default_factory=RequestPipeline)
    response_pipeline: ResponsePipeline = field(default_factory=ResponsePipeline)


def _links_of(entry: Entry) -> Iterable[Link]:
    """The navigation links that came, or follow from convention; of what came expanded without one, its name alone."""
    for link in entry.links.values():
        if link.name in entry.inline or link.navigation_link is not None or link.association_link is not None:
            yield link
    yield from (Link(name) for name in entry.inline if name not in entry.links)
