"""The tracker's records: of an entity, of a link between two, of a stream that belongs to one.

A descriptor of an entity that was read keeps the entry it came in; what is seldom looked at (links, streams, advertised
operations) is worked out from it when asked for.

Source: .NET's ``EntityDescriptor``, ``LinkDescriptor`` and ``StreamDescriptor``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from odata3.client.displays import address, facts
from odata3.client.options import EntityStates
from odata3.entities.changes import changed_names
from odata3.entities.entity import Entity, held, place
from odata3.entities.streams import DataServiceStreamLink
from odata3.errors import InvalidOperationError
from odata3.formats.documents import Dialect, Entry, Link, Operation, Stream
from odata3.hypertext import Html
from odata3.spellings import answering
from odata3.wire.messages import Response


@dataclass(slots=True)
class SaveStream:
    """Bytes to be sent as a media resource, from ``position`` on; where that is None they can be sent only once."""

    stream: BinaryIO
    close: bool
    headers: dict[str, str] = field(default_factory=dict)
    position: int | None = None
    was_sent: bool = False

    def rewind(self) -> None:
        """Make ready to be sent; ``InvalidOperationError`` for bytes that went already and cannot be had again."""
        if self.position is not None:
            self.stream.seek(self.position)
        elif self.was_sent:
            raise InvalidOperationError(
                "the stream was read by a save that failed, and cannot go back: set it again with set_save_stream"
            )
        self.was_sent = True

    def release(self) -> None:
        """Close the stream where that was asked for: it was sent, or will not be."""
        if self.close:
            self.stream.close()


class Descriptor:
    """What the records share: a state, the place in the order of changes (``change_order``), and what is not known of their
    last save.

    ``outcome_unknown`` is true while a change was sent and nobody knows whether it arrived; ``is_reloaded`` of one that was
    loaded from a file, which a process wrote that may have sent it.
    """

    __slots__ = ("change_order", "is_reloaded", "outcome_unknown", "state")

    def __init__(self, state: EntityStates, change_order: int) -> None:
        self.state = state
        self.change_order = change_order
        self.outcome_unknown = self.is_reloaded = False

    @property
    def is_in_doubt(self) -> bool:
        """Whether the service may have this change already."""
        return self.outcome_unknown or self.is_reloaded

    def make_certain(self) -> None:
        """Note that what is pending has not been sent, or has been answered."""
        self.outcome_unknown = self.is_reloaded = False

    @property
    def is_pending(self) -> bool:
        """Whether ``save_changes`` has something to send for it."""
        return self.state in _PENDING


_PENDING = frozenset({EntityStates.ADDED, EntityStates.MODIFIED, EntityStates.DELETED})


@answering
class StreamDescriptor(Descriptor):
    """A named stream, or the entity's own media resource (``stream_link.name`` None).

    ``stream_link`` says where its bytes are (it is made of that ``link``), ``entity_descriptor`` is the record of its entity,
    the ``owner``; ``save_stream`` holds the bytes that the next save sends, None where there are none.
    """

    __slots__ = ("entity_descriptor", "save_stream", "stream_link")

    def __init__(self, link: DataServiceStreamLink, owner: EntityDescriptor) -> None:
        super().__init__(EntityStates.UNCHANGED, 0)
        self.stream_link = link
        self.entity_descriptor = owner
        self.save_stream: SaveStream | None = None

    def take(self, stream: Stream) -> None:
        """Take over what a payload says of the stream; what it does not say stays."""
        link = self.stream_link
        link.self_link = stream.read_link or link.self_link
        link.edit_link = stream.edit_link or link.edit_link
        link.content_type = stream.content_type or link.content_type
        link.etag = stream.etag or link.etag

    def sent(self, response: Response) -> None:
        """The bytes arrived: note the ETag of the ``response``, and close the stream where that was asked for."""
        saved, self.save_stream = self.save_stream, None
        self.state = EntityStates.UNCHANGED
        self.stream_link.etag = response.headers.get("ETag")
        if saved is not None:
            self.stream_link.content_type = saved.headers.get("Content-Type", self.stream_link.content_type)
            saved.release()

    def drop(self, state: EntityStates = EntityStates.UNCHANGED) -> None:
        """Give up bytes that were to be sent; the ``state`` is what the stream is in then."""
        saved, self.save_stream = self.save_stream, None
        self.state = state
        if saved is not None:
            saved.release()

    def __repr__(self) -> str:
        return f"<StreamDescriptor {self.stream_link.name or '(media)'} {self.state.name}>"


@answering
class EntityDescriptor(Descriptor):
    """One entity that a context tracks, and what is known of it beside its values.

    Attributes
    ----------
    entity, state
        The object, and where it stands.
    identity, edit_link, self_link : str or None
        As the service spells them; None while an inserted entity has not been saved.
    etag : str or None
        What ``If-Match`` will say. May be set: ``"*"`` forces a change, None sends none.
    server_type_name : str or None
        The type as the service named it.
    parent_for_insert, parent_property_for_insert
        Of an entity added by ``add_related_object`` and not saved yet.
    is_partial : bool
        Whether the entity was read with ``$select``, and so does not hold all that the service has.
    is_attached : bool
        Whether the entity came from ``attach_to`` and was not saved since: then an update sends all that is set.
    entity_set : str or None
        The set given to ``add_object`` or ``attach_to``, or known of the entity read.
    change_order : int
        The place in the order of changes, in which a save sends.
    """

    __slots__ = (
        "_entry",
        "_media",
        "_offers",
        "_streams",
        "edit_link",
        "entity",
        "entity_set",
        "etag",
        "identity",
        "is_attached",
        "is_partial",
        "parent_for_insert",
        "parent_property_for_insert",
        "self_link",
        "server_type_name",
    )

    def __init__(self, entity: Entity, state: EntityStates, change_order: int) -> None:
        super().__init__(state, change_order)
        self.entity: Any = entity
        self.identity: str | None = None
        self.edit_link: str | None = None
        self.self_link: str | None = None
        self.etag: str | None = None
        self.server_type_name: str | None = None
        self.entity_set: str | None = None
        self.is_attached = False
        self.is_partial = False
        self.parent_for_insert: Any = None
        self.parent_property_for_insert: str | None = None
        self._entry: Entry | None = None
        self._offers: Entry | None = None
        self._media: StreamDescriptor | None = None
        self._streams: dict[str, StreamDescriptor] | None = None

    def describe(self, entry: Entry) -> None:
        """Take links, type and streams from the entry of this entity (not the ETag, not the values)."""
        self._entry = self._offers = entry
        self.edit_link = entry.edit_link or self.edit_link
        # Readers put the edit link where an entry names no self link: a convention of light JSON; elsewhere .NET leaves it out.
        if entry.self_link != entry.edit_link or entry.codec.dialect is Dialect.JSON_LIGHT:
            self.self_link = entry.self_link or self.self_link
        self.server_type_name = entry.type_name or self.server_type_name
        if self._streams:
            for name, stream in entry.streams.items():
                self.stream(name).take(stream)
        if self._media is not None and entry.media is not None:
            self._media.take(entry.media)

    def refresh_offers(self, entry: Entry) -> None:
        """Take over what is refreshed whatever the merge option: the operations that an ``entry`` advertises, and the links of
        its media resource."""
        self._offers = entry
        if self._media is not None and entry.media is not None:
            self._media.take(entry.media)

    @property
    def link_infos(self) -> tuple[Link, ...]:
        """The navigation links as the payload (or its conventions) gave them."""
        links = () if self._entry is None else self._entry.links.values()
        return tuple(link for link in links if link.navigation_link is not None or link.association_link is not None)

    def link(self, name: str) -> Link | None:
        """The link of the navigation property ``name`` as the payload gave it; None where it gave none."""
        return None if self._entry is None else self._entry.links.get(name)

    @property
    def operation_descriptors(self) -> tuple[Operation, ...]:
        """The actions and functions that the payload advertised."""
        return () if self._offers is None else self._offers.operations

    @property
    def stream_descriptors(self) -> tuple[StreamDescriptor, ...]:
        """The named streams."""
        return tuple(self._named().values())

    def stream(self, name: str) -> StreamDescriptor:
        """The record of the named stream ``name``, made where there is none yet."""
        named = self._named()
        found = named.get(name)
        if found is None:
            placed = held(self.entity, name)
            link = placed if isinstance(placed, DataServiceStreamLink) else DataServiceStreamLink(name)
            if placed is not link:
                place(self.entity, name, link)
            found = named[name] = StreamDescriptor(link, self)
        return found

    def _named(self) -> dict[str, StreamDescriptor]:
        if self._streams is None:
            self._streams = {}
            if self._entry is not None:
                for name, stream in self._entry.streams.items():
                    self.stream(name).take(stream)
        return self._streams

    @property
    def media(self) -> StreamDescriptor:
        """The record of the entity's own media resource."""
        if self._media is None:
            self._media = StreamDescriptor(DataServiceStreamLink(None), self)
            for entry in (self._entry, self._offers):
                if entry is not None and entry.media is not None:
                    self._media.take(entry.media)
        return self._media

    @property
    def pending_media(self) -> StreamDescriptor | None:
        """The media resource's record where ``set_save_stream`` gave it new bytes."""
        return self._media if self._media is not None and self._media.save_stream is not None else None

    def to_be_sent(self) -> tuple[StreamDescriptor, ...]:
        """Every stream that was given new bytes, the media resource among them."""
        media = self.pending_media
        return (*self.pending_streams(), *(() if media is None else (media,)))

    def pending_streams(self) -> Iterator[StreamDescriptor]:
        """The named streams that were given new bytes."""
        return (s for s in (self._streams or {}).values() if s.is_pending)

    @property
    def read_stream_uri(self) -> str | None:
        """Where the media resource is read from (``src`` of Atom, ``mediaReadLink`` of JSON); None where no payload said it."""
        return self.media.stream_link.self_link

    @property
    def edit_stream_uri(self) -> str | None:
        """Where the media resource is written to; None where no payload said it."""
        return self.media.stream_link.edit_link

    @property
    def stream_etag(self) -> str | None:
        """The ETag of the media resource; None where no payload said it."""
        return self.media.stream_link.etag

    @property
    def modified_properties(self) -> tuple[str, ...]:
        """The names assigned, or changed in place, since the entity was read or last saved."""
        return tuple(changed_names(self.entity))

    @property
    def is_pending(self) -> bool:
        """Whether a save has something to send: the entity is added, changed or deleted, or its media resource has new bytes."""
        return self.state in _PENDING or self.pending_media is not None

    def __repr__(self) -> str:
        return f"<EntityDescriptor {type(self.entity).__name__} {self.state.name} {self.identity or '(not saved yet)'}>"

    def _repr_html_(self) -> Html:
        links = {"identity": self.identity, "edit_link": self.edit_link, "self_link": self.self_link}
        known: dict[str, object] = {name: None if link is None else address(link) for name, link in links.items()}
        known |= {"etag": self.etag, "entity_set": self.entity_set, "type": self.server_type_name}
        told = {"modified": ", ".join(self.modified_properties) or None, "outcome_unknown": self.outcome_unknown or None}
        return facts(f"EntityDescriptor of {self.entity!r}, {self.state.name}", (known | told).items())


@answering
class LinkDescriptor(Descriptor):
    """A link from ``source`` by its navigation property ``source_property`` to ``target`` (None: to nothing).

    Two are equal when source and target are the same objects and the property is the same. ``before`` is, for one set or
    deleted and not saved yet, the link in this place that the service has, as far as that is known. ``parent_link`` is true of
    a link that the insert below its parent makes, without a request of its own; ``change_order`` is the place in the order of
    changes.
    """

    __slots__ = ("before", "parent_link", "source", "source_property", "target")

    def __init__(self, source: Any, source_property: str, target: Any, state: EntityStates, change_order: int) -> None:
        super().__init__(state, change_order)
        self.source = source
        self.source_property = source_property
        self.target = target
        self.before: LinkDescriptor | None = None
        self.parent_link = False  # of add_related_object: the insert below the parent makes it, no request of its own does

    def settle(self) -> None:
        """Note that the service has the link."""
        self.state = EntityStates.UNCHANGED
        self.before = None

    @property
    def is_pending(self) -> bool:
        """Whether a save has a request to send for the link."""
        return self.state in _PENDING and not self.parent_link

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LinkDescriptor):
            return NotImplemented
        same_ends = self.source is other.source and self.target is other.target
        return same_ends and self.source_property == other.source_property

    def __hash__(self) -> int:
        return hash((id(self.source), self.source_property, id(self.target)))

    def __repr__(self) -> str:
        return f"<LinkDescriptor {self.source!r}.{self.source_property} -> {self.target!r} {self.state.name}>"
