"""Documents into tracked entities: identity, merge option, expanded entities, pages, several queries in one batch.

One identity is one object. What a payload says of an object that is tracked already is taken or left as the merge option
says (.NET: table 3.1)::

                         APPEND_ONLY   OVERWRITE_CHANGES   PRESERVE_CHANGES
    not tracked          new object    new object          new object
    UNCHANGED            left          taken               taken
    MODIFIED, ADDED      left          taken, UNCHANGED    only the ETag
    DELETED              left          taken, UNCHANGED    taken, stays DELETED
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from odata3.client.channel import Channel
from odata3.client.descriptors import EntityDescriptor
from odata3.client.events import EntityArgs
from odata3.client.options import EntityStates, MergeOption
from odata3.client.pipelines import ReadingFeedArgs
from odata3.client.questions import Asked, Reading
from odata3.client.refusals import described
from odata3.client.responses import DataServiceQueryContinuation, QueryOperationResponse, Rows, link_of_headers, query_failure
from odata3.client.tracker import EntityTracker
from odata3.edm.model import NavigationProperty, Property
from odata3.entities.changes import forget_changes
from odata3.entities.classes import Namespace, build_classes
from odata3.entities.entity import Entity, attach, place, related, type_of
from odata3.entities.mapping import fill, from_entry, from_value
from odata3.entities.names import hint
from odata3.entities.structure import Owner, refresh
from odata3.errors import DataServiceClientException, InvalidOperationError, NotFoundError, PayloadError
from odata3.formats.documents import (
    NATIVE,
    Document,
    Entry,
    Expectation,
    Feed,
    Kind,
    Reference,
    References,
    ServiceDocument,
    Value,
)
from odata3.secrecy import masked
from odata3.wire.messages import Headers, Response

T = TypeVar("T")
_NO_TRACKING = MergeOption.NO_TRACKING
_KEPT_LOCAL = (EntityStates.MODIFIED, EntityStates.ADDED)


def _is_answer_to(kind: Kind, document: Document | None) -> bool:
    """Whether a document can be what was asked for: null is no list, and a value is no entity."""
    if kind not in (Kind.ENTRY, Kind.FEED) or document is None or isinstance(document, Entry | Feed):
        return True
    return kind is Kind.ENTRY and isinstance(document, Value) and document.value is None


class Loader:
    """Reads what the service answers into this context's entities."""

    def __init__(self, channel: Channel, tracker: EntityTracker, types_module: str | None = None) -> None:
        self.channel = channel
        self.tracker = tracker
        self._types_module = types_module
        self._heard = channel.configurations.response_pipeline
        self.owner: Owner | None = None
        #: True while an answer is read into entities: what they take then is no change of the user's.
        self.applying_changes = False
        #: What the row that is read now has brought into the context.
        self._begun: list[EntityDescriptor] = []
        self._types: Namespace | None = None
        self._offers: dict[str, bool] = {}

    @property
    def types(self) -> Namespace:
        """The classes of the service's types."""
        if self._types is None:
            self._types = build_classes(self.channel.model, module=self._types_module)
        return self._types

    # -- queries

    def query(self, asked: Asked, query: object = None) -> QueryOperationResponse[Any]:
        """Ask, and give the first page. A refusal is a ``DataServiceQueryException``."""
        try:
            response = self.channel.get(asked.url, version=asked.version)
        except DataServiceClientException as refusal:
            return self.refused(refusal, asked.url if query is None else query)
        if asked.expect.kind is Kind.FEED and not response.body:
            raise PayloadError(f"{masked(asked.url)}: a list was expected, and nothing came; {described(response)}")
        return self.answer(response, asked, query)

    def answer(self, response: Response, asked: Asked, query: object = None) -> QueryOperationResponse[Any]:
        """The page that a success holds."""
        document = self.channel.read(response, asked.expect)
        if not _is_answer_to(asked.expect.kind, document):
            raise PayloadError(f"entities were expected, and a {type(document).__name__} came; {described(response)}")
        if isinstance(document, Feed) and document.next_link is None:
            document.next_link = link_of_headers(response, asked.url)
        return QueryOperationResponse(response, asked.url if query is None else query, self.rows(document, self.reading(asked)))

    def rows(self, document: Document | None, reading: Reading) -> Rows[Any]:
        """The rows of a document, read one by one as they are asked for."""
        rows: Rows[Any] = Rows(nested=reading.nested)
        rows.rows = self._rows(document, reading, rows)
        if isinstance(document, Feed):
            rows.count = document.count
            if isinstance(document.entries, list):
                rows.early = reading.asked.next(document.next_link, reading.option)
        return rows

    def _rows(self, document: Document | None, reading: Reading, rows: Rows[Any]) -> Iterator[Any]:
        if isinstance(document, Feed):
            yield from self._entries(document, reading, rows)
        elif isinstance(document, Entry):
            yield self._row(document, reading)
        elif isinstance(document, Value):
            value = from_value(self.types, document.type_name or reading.asked.expect.type_name, document.value)
            yield from value if isinstance(value, list) else (value,)
        elif isinstance(document, References):
            yield from document.urls
            rows.next = reading.asked.next(document.next_link, reading.option)
        elif isinstance(document, Reference):
            yield document.url
        elif isinstance(document, ServiceDocument):
            yield from (name for name, _ in document.collections)
        rows.finished = True

    def _entries(self, feed: Feed, reading: Reading, rows: Rows[Any]) -> Iterator[Any]:
        nested = reading.nested
        self._heard.on_feed_started.fire(ReadingFeedArgs(feed))
        for entry in feed.entries:
            if nested:
                nested.clear()
            yield self._row(entry, reading)
        if feed.failure is not None:
            raise feed.failure
        rows.count = feed.count
        rows.next = reading.asked.next(feed.next_link, reading.option)
        self._heard.on_feed_ended.fire(ReadingFeedArgs(feed))

    def _row(self, entry: Entry, reading: Reading) -> Any:
        self.applying_changes = True
        self._begun.clear()
        try:
            self._heard.reads(entry)
            entity = self.entity(entry, reading, reading.asked.expect.type_name)
        except (PayloadError, InvalidOperationError, DataServiceClientException):
            for descriptor in reversed(self._begun):  # nothing of a broken row is tracked
                self.tracker.forget(descriptor)
            raise
        finally:
            self.applying_changes = False
        projected = reading.asked.projected
        return entity if projected is None else projected.row(entity)

    def reading(self, asked: Asked) -> Reading:
        """How the answer is read now. Rows that a projection makes are no entities, and not tracked."""
        option = self.channel.settings.merge_option if asked.option is None else asked.option
        if asked.projected is not None:
            option = _NO_TRACKING
        return Reading(option, asked)

    def refused(self, refusal: DataServiceClientException, asked: object) -> QueryOperationResponse[Any]:
        """What becomes of a query that the service refused: an empty answer for a 404 that is to be ignored, else
        ``DataServiceQueryException``."""
        if isinstance(refusal, NotFoundError) and self.channel.settings.ignore_resource_not_found_exception:
            return QueryOperationResponse(Response(refusal.status_code, Headers(refusal.headers)), asked, Rows())
        raise query_failure(refusal, asked) from refusal

    # -- entities

    def entity(self, entry: Entry, reading: Reading, expected: str | None) -> Entity:
        """The object for an entry: the tracked one of its identity, brought up to date as the merge option says, or a new one."""
        channel, option = self.channel, reading.option
        if not channel.settings.ignore_missing_properties and (unknown := entry.undeclared()):
            raise InvalidOperationError(
                f"{entry.type_name or expected} has no property {', '.join(unknown)}: the service is newer than the model "
                "(ignore_missing_properties = True passes over what is not declared)"
            )
        if channel.rebases:
            _rebase(entry, channel)
        identity = None if option is _NO_TRACKING else entry.id
        known = None if identity is None else self.tracker.by_identity(identity)
        if known is None:
            entity = from_entry(self.class_of(entry.type_name, expected), entry)
            takes = True
            if identity is not None and entity._edm_type.key:
                known = self._track(entity, entry, reading)
        else:
            entity = known.entity
            takes = self._merge(known, entry, reading, expected)
        if entry.inline:
            self._expanded(entity, entry, reading, takes)
        if channel.reading_entity:
            channel.reading_entity.fire(EntityArgs(entity, entry))
        if self._heard.on_entity_materialized:
            self._heard.on_entity_materialized.fire(EntityArgs(entity, entry))
        return entity

    def class_of(self, type_name: str | None, expected: str | None) -> type[Entity]:
        """The class for a type name of the wire; the expected type's where the name is unknown or absent."""
        resolve = self.channel.settings.resolve_type
        found = None if resolve is None or type_name is None else resolve(type_name)
        for name in (type_name, expected):
            if found is None and name is not None:
                found = self.types.get(name)
        if found is None or not issubclass(found, Entity):
            raise PayloadError(
                f"the service sent an entity of the type {type_name or '(none)'}, which its metadata does not know"
            )
        if (
            type_name != expected
            and expected is not None
            and not self.channel.model.is_derived(type_of(found).full_name, expected)
        ):
            raise InvalidOperationError(f"the service sent a {type_of(found).full_name} where a {expected} was expected")
        return found

    def _track(self, entity: Entity, entry: Entry, reading: Reading) -> EntityDescriptor:
        for key in entity._edm_type.key:
            if entry.values.get(key, self) is None:
                raise PayloadError(f"{entry.id}: the key property {key} is null")
        descriptor = self.tracker.track(entity, entry)
        self._begun.append(descriptor)
        descriptor.entity_set = reading.asked.expect.entity_set
        descriptor.is_partial = reading.asked.is_partial
        attach(entity, self.owner)
        return descriptor

    def _merge(self, known: EntityDescriptor, entry: Entry, reading: Reading, expected: str | None) -> bool:
        """Bring a tracked entity up to date; whether its values were taken from the entry."""
        entity = known.entity
        if expected is not None and not self.channel.model.is_derived(type_of(entity).full_name, expected):
            raise InvalidOperationError(f"{entry.id} is tracked as {type_of(entity).full_name}, and came as {expected}")
        option = reading.option
        if option is MergeOption.APPEND_ONLY:
            self._refresh_offers(known, entry)
            return False
        if option is MergeOption.PRESERVE_CHANGES and known.state in _KEPT_LOCAL:
            known.etag = entry.etag or known.etag
            self._refresh_offers(known, entry)
            return False
        fill(entity, entry)
        known.describe(entry)
        known.etag = entry.etag or known.etag
        known.is_partial = known.is_partial and reading.asked.is_partial
        if option is MergeOption.OVERWRITE_CHANGES:
            forget_changes(entity)
            known.is_attached = False
            known.state = EntityStates.UNCHANGED
        return True

    def _refresh_offers(self, known: EntityDescriptor, entry: Entry) -> None:
        """Operations and media links are refreshed whatever the merge option (.NET 3.1); most types have neither."""
        edm_type = type_of(known.entity)
        offers = self._offers.get(edm_type.full_name)
        if offers is None:
            offers = edm_type.has_stream or bool(self.channel.model.operations_bound_to(edm_type.full_name))
            self._offers[edm_type.full_name] = offers
        if offers:
            known.refresh_offers(entry)

    # -- expanded entities

    def _expanded(self, entity: Entity, entry: Entry, reading: Reading, takes: bool) -> None:
        navigations = entity._edm_type.navigation_properties
        for name, inner in entry.inline.items():
            navigation = navigations.get(name)
            if navigation is None:
                continue
            within = reading if reading.asked.projected is None else self._within(reading, name)
            inner = _as_many(inner) if navigation.is_collection else _as_one(inner, entity, name)
            if isinstance(inner, Feed):
                items = [self.entity(item, within, navigation.type) for item in inner.entries]
                if inner.failure is not None:
                    raise inner.failure
                if takes:
                    self.place_many(entity, navigation, items, reading.option)
                collection = related(entity, name)
                following: DataServiceQueryContinuation[Any] | None = None
                if inner.next_link is not None and takes:
                    expect = Expectation(Kind.FEED, navigation.type)
                    more = Asked(inner.next_link, expect, None, None, within.option, within.asked.is_partial)
                    following = DataServiceQueryContinuation(inner.next_link, more, entity, navigation)
                reading.nested[id(collection)] = (collection, following)
            else:
                target = None if inner is None else self.entity(inner, within, navigation.type)
                if takes:
                    self.place_one(entity, navigation, target, reading.option)

    def _within(self, reading: Reading, name: str) -> Reading:
        """How a projection's related entities are read: those taken whole are entities like others (.NET)."""
        projected = reading.asked.projected
        assert projected is not None
        asked = reading.asked.option
        option = (self.channel.settings.merge_option if asked is None else asked) if name in projected.whole else _NO_TRACKING
        below = Asked(reading.asked.url, reading.asked.expect, selects=reading.asked.is_partial)
        return Reading(option, below, reading.nested)

    def place_one(self, source: Entity, navigation: NavigationProperty, target: Entity | None, option: MergeOption) -> None:
        """Set a reference that was read, and note its link."""
        place(source, navigation.name, target)
        if not self._are_tracked(option, source, target):
            return
        known = self.tracker.links_from(source, navigation.name)
        if known:
            keeps = option is MergeOption.APPEND_ONLY or (
                option is MergeOption.PRESERVE_CHANGES
                and known[0].state is EntityStates.MODIFIED
                and known[0].target is not target
            )
            if keeps:
                return
        self.tracker.note_link(source, navigation, target)

    def place_many(
        self,
        source: Entity,
        navigation: NavigationProperty,
        items: Iterable[Entity],
        option: MergeOption,
        *,
        continues: bool = False,
    ) -> None:
        """Put members that were read into a collection, and note their links.

        OVERWRITE_CHANGES and PRESERVE_CHANGES take out those that the service has no more, save on a page that ``continues``
        another.
        """
        held = related(source, navigation.name)
        received = {id(item): item for item in items}
        if option in (MergeOption.OVERWRITE_CHANGES, MergeOption.PRESERVE_CHANGES) and not continues:
            self._take_out(source, navigation, held, received, option)
        present = {id(item) for item in held}
        held.extend(item for key, item in received.items() if key not in present)
        for item in received.values():
            if not self._are_tracked(option, source, item):
                continue
            link = self.tracker.note_link(source, navigation, item)
            kept = (EntityStates.DELETED,) if option is MergeOption.PRESERVE_CHANGES else ()
            if option is not MergeOption.APPEND_ONLY and link.state not in kept:
                link.state = EntityStates.UNCHANGED

    def place_more(self, source: Entity, navigation: NavigationProperty, items: Iterable[Entity], option: MergeOption) -> None:
        """Put the members of a later page into a collection."""
        self.applying_changes = True
        try:
            self.place_many(source, navigation, items, option, continues=True)
        finally:
            self.applying_changes = False

    def _take_out(
        self, source: Entity, navigation: NavigationProperty, held: list[Any], received: dict[int, Entity], option: MergeOption
    ) -> None:
        linked = {id(link.target): link for link in self.tracker.links_from(source, navigation.name)}
        gone: set[int] = set()
        for key, link in linked.items():
            if key not in received and (option is MergeOption.OVERWRITE_CHANGES or link.state is EntityStates.UNCHANGED):
                gone.add(key)
                self.tracker.forget_link(link)
        held[:] = [item for item in held if id(item) in received or (id(item) in linked and id(item) not in gone)]

    def _are_tracked(self, option: MergeOption, *ends: Entity | None) -> bool:
        return option is not _NO_TRACKING and all(end is None or self.tracker.find(end) is not None for end in ends)

    # -- one property

    def load_property(
        self, entity: Any, name: str, continuation: DataServiceQueryContinuation[Any] | str | None = None
    ) -> QueryOperationResponse[Any]:
        """Get one property, or related entities, of a tracked entity and set it; one page of a collection."""
        descriptor = self.tracker.tracked(entity)
        if descriptor.state is EntityStates.ADDED:
            raise InvalidOperationError(f"{entity!r} was added and not saved: the service has nothing to load of it")
        edm_type = type_of(entity)
        found = edm_type.find(name)
        if found is None:
            known = (*edm_type.properties.names(), *edm_type.navigation_properties.names())
            raise InvalidOperationError(f"{edm_type.full_name} has no property {name}{hint(str(name), known)}")
        if isinstance(found, NavigationProperty):
            return self._load_related(descriptor, found, continuation)
        if found.is_stream:
            raise InvalidOperationError(f"{edm_type.full_name}.{name} is a stream: read it with get_read_stream")
        return self._load_value(descriptor, found)

    def property_url(self, descriptor: EntityDescriptor, name: str) -> str:
        """Where a property or related entities are: the link that came, else below the self or edit link."""
        link = descriptor.link(name)
        if link is not None and link.navigation_link is not None:
            return link.navigation_link
        place = descriptor.self_link or descriptor.edit_link
        if place is None:
            raise InvalidOperationError(f"{descriptor.entity!r} has no link to load {name} from")
        return f"{place}/{name}"

    def _load_related(
        self,
        descriptor: EntityDescriptor,
        navigation: NavigationProperty,
        continuation: DataServiceQueryContinuation[Any] | str | None,
    ) -> QueryOperationResponse[Any]:
        kind = Kind.FEED if navigation.is_collection else Kind.ENTRY
        expect = Expectation(kind, navigation.type, self.target_set(descriptor, navigation))
        url, version = self.property_url(descriptor, navigation.name), "1.0"
        if continuation is not None:
            url, version = self.channel.absolute(str(continuation)), "2.0"
        selects = isinstance(continuation, DataServiceQueryContinuation) and continuation.asked.is_partial
        response = self.channel.get(url, version=version)
        reading = self.reading(Asked(url, expect, selects=selects))
        rows = self.rows(self.channel.read(response, expect), reading)
        items = list(rows.rows)
        if not all(isinstance(item, Entity | None) for item in items):
            raise PayloadError(f"{masked(url)}: entities of {navigation.type} were expected, not values; {described(response)}")
        self.applying_changes = True
        try:
            if navigation.is_collection:
                self.place_many(descriptor.entity, navigation, items, reading.option, continues=continuation is not None)
            elif response.status != 204:
                if len(items) > 1:
                    raise PayloadError(f"{masked(url)} leads to one entity at most, and {len(items)} came; {described(response)}")
                self.place_one(descriptor.entity, navigation, items[0] if items else None, reading.option)
        finally:
            self.applying_changes = False
        rows.rows = iter(items)
        return QueryOperationResponse(response, url, rows)

    def _load_value(self, descriptor: EntityDescriptor, prop: Property) -> QueryOperationResponse[Any]:
        url = self.property_url(descriptor, prop.name)
        response = self.channel.get(url, version="1.0")
        document = self.channel.read(response, Expectation(Kind.VALUE, prop.type, name=prop.name))
        values: list[Any] = []
        if isinstance(document, Value):
            refresh(descriptor.entity, {prop.name: document.value}, NATIVE)
            values = [descriptor.entity[prop.name]]
        rows: Rows[Any] = Rows(values)
        rows.finished = True
        return QueryOperationResponse(response, url, rows)

    def target_set(self, descriptor: EntityDescriptor, navigation: NavigationProperty) -> str | None:
        model = self.channel.model
        source = model.entity_sets.get(descriptor.entity_set or "") or model.set_of_type(type_of(descriptor.entity).full_name)
        found = None if source is None else model.target_set(source, navigation)
        return None if found is None else found.qualified_name


def _as_many(inner: Entry | Feed | None) -> Feed:
    """What a navigation property to many leads to: the metadata tells how many, not the form that came."""
    if isinstance(inner, Feed):
        return inner
    return Feed([] if inner is None else [inner])


def _as_one(inner: Entry | Feed | None, source: Entity, name: str) -> Entry | None:
    """What a reference leads to, also where it came as a list of it alone. ``PayloadError`` for a list of several."""
    if not isinstance(inner, Feed):
        return inner
    if inner.failure is not None:
        raise inner.failure
    entries = list(inner.entries)
    if len(entries) > 1 or inner.next_link is not None:
        raise PayloadError(f"{type_of(source).full_name}.{name} leads to one entity at most, and a list came that holds more")
    return entries[0] if entries else None


def _rebase(entry: Entry, channel: Channel) -> None:
    entry.id = None if entry.id is None else channel.rebased(entry.id)
    entry.edit_link = None if entry.edit_link is None else channel.rebased(entry.edit_link)
    entry.self_link = None if entry.self_link is None else channel.rebased(entry.self_link)
