"""Records as documents, documents as answers.

A :class:`Dresser` makes the entry of a record as the answer's dialect needs it: with its identity, ETag, links, streams and
the entities expanded into it. What JSON light leaves out by convention is left out here too, where the record is only shown
in part and a reader could not compute it; that is how WCF Data Services answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from odata3.edm.model import EntitySet, EntityType, Model
from odata3.edm.moments import FineDuration
from odata3.edm.primitives import primitive, primitive_of
from odata3.formats.conventions import Conventions
from odata3.formats.documents import NATIVE, Complex, Details, Dialect, Entry, Feed, Level, Stream
from odata3.server.acceptance import Spelling
from odata3.server.columns import Moment
from odata3.server.projection import ALL, Projection
from odata3.server.records import Record
from odata3.server.store import Transaction
from odata3.server.streams import MEDIA, StoredStream

#: What is to be expanded into records of one set: for each navigation property and record, the linked ones and the next link.
Related = Mapping[str, Mapping[int, "tuple[list[Record], str | None]"]]


def spelled(value: Any) -> Any:
    """A stored value as the writers take it: a moment or duration that is more than Python's own hold goes as its text."""
    if isinstance(value, Moment | FineDuration) and value.text is not None:
        return value.text
    if isinstance(value, Complex):
        return Complex(value.type_name, {name: spelled(value.get(name)) for name in value.names()}, NATIVE)
    return [spelled(one) for one in value] if isinstance(value, list) else value


class Links:
    """The identities and links of a service's entities under one root. Made once per root, shared by threads."""

    def __init__(self, model: Model, root: str, *, key_as_segment: bool) -> None:
        self.model = model
        self.root = root
        self._key_as_segment = key_as_segment
        self._known: dict[tuple[str, str], Conventions] = {}

    def conventions(self, set_name: str, type_name: str) -> Conventions:
        found = self._known.get((set_name, type_name))
        if found is None:
            entity_set, entity_type = self.model.entity_sets[set_name], self.model.entity_types[type_name]
            found = Conventions(self.model, self.root, entity_set, entity_type, NATIVE, key_as_segment=self._key_as_segment)
            self._known[set_name, type_name] = found
        return found

    def identity(self, record: Record) -> str:
        """The URL that names the entity."""
        conventions = self.conventions(record.entity_set, record.type_name)
        found = conventions.instance({name: spelled(value) for name, value in record.key.items()})
        return found if found is not None else self.root + self.model.entity_sets[record.entity_set].url_name

    def edit_link(self, record: Record) -> str:
        return self.identity(record) + self.conventions(record.entity_set, record.type_name).suffix

    def etag(self, record: Record) -> str | None:
        """The ETag of an entity's version properties; None for a type without them."""
        compute = self.conventions(record.entity_set, record.type_name).etag
        return None if compute is None else compute({name: spelled(value) for name, value in record.values.items()})


class Dresser:
    """Entries for one answer."""

    def __init__(
        self,
        links: Links,
        spelling: Spelling,
        transaction: Transaction,
        *,
        offers_operations: bool,
        on_read: Callable[[Record], None] | None = None,
    ) -> None:
        self._links = links
        self._model = links.model
        self._transaction = transaction
        self._terse = spelling.dialect is Dialect.JSON_LIGHT and spelling.level is not Level.FULL
        self._offers_operations = offers_operations
        self._on_read = on_read

    def entries(
        self,
        records: Sequence[Record],
        projection: Projection = ALL,
        expand: Callable[[Sequence[Record], Projection], Related] | None = None,
    ) -> list[Entry]:
        """The entries of records of one set. ``expand`` finds what belongs to them."""
        if not records:
            return []
        streams = self._streams(records)
        related = expand(records, projection) if expand is not None and projection.expanded else {}
        inline: dict[int, dict[str, Entry | Feed | None]] = {record.id: {} for record in records}
        for name, by_record in related.items():
            self._put_inline(name, by_record, records, projection.expanded[name], inline, expand)
        return [self._entry(record, projection, inline[record.id], streams.get(record.id, {})) for record in records]

    def _put_inline(
        self,
        name: str,
        by_record: Mapping[int, tuple[list[Record], str | None]],
        records: Sequence[Record],
        projection: Projection,
        inline: dict[int, dict[str, Entry | Feed | None]],
        expand: Callable[[Sequence[Record], Projection], Related] | None,
    ) -> None:
        """Dress everything that one navigation property leads to at once, then give each record its own."""
        everything = list({linked.id: linked for found, _ in by_record.values() for linked in found}.values())
        dressed = dict(zip((r.id for r in everything), self.entries(everything, projection, expand), strict=True))
        for record in records:
            navigation = self._type(record).navigation_properties.get(name)
            if navigation is None:
                continue
            linked, next_link = by_record.get(record.id, ([], None))
            if navigation.is_collection:
                link = f"{self._links.edit_link(record)}/{name}"
                inline[record.id][name] = Feed([dressed[one.id] for one in linked], next_link=next_link, id=link)
            else:
                inline[record.id][name] = dressed[linked[0].id] if linked else None

    def _type(self, record: Record) -> EntityType:
        return self._model.entity_types[record.type_name]

    def _streams(self, records: Sequence[Record]) -> dict[int, dict[str, StoredStream]]:
        names = {record.type_name: self._type(record) for record in records}
        if not any(t.has_stream or any(p.is_stream for p in t.properties) for t in names.values()):
            return {}
        store = self._transaction.store
        return store.streams.of(self._transaction.connection, records[0].entity_set, [record.id for record in records])

    def _entry(
        self,
        record: Record,
        projection: Projection,
        inline: Mapping[str, Entry | Feed | None],
        streams: Mapping[str, StoredStream],
    ) -> Entry:
        identity, edit_link = self._links.identity(record), self._links.edit_link(record)
        etag = self._links.etag(record)
        shown = self._shown(record)
        entity_type = self._type(record)
        values = {
            name: spelled(value)
            for name, value in shown.values.items()
            if projection.shows(name) and (entity_type.open_type or entity_type.properties.get(name) is not None)
        }
        partial = projection.names is not None
        hidden = self._terse and partial and any(name not in values for name in entity_type.key)
        return Entry(
            record.type_name,
            values,
            replace(NATIVE, dynamic_types=record.dynamic_types) if record.dynamic_types else NATIVE,
            id=None if hidden else identity,
            etag=etag,
            edit_link=None if hidden else edit_link,
            inline=inline,
            details=None if hidden and not streams else self._details(record, edit_link, projection, streams),
        )

    def _shown(self, record: Record) -> Record:
        """The record as the hooks of reading leave it; identity and ETag are those of the stored one."""
        if self._on_read is None:
            return record
        shown = replace(record, values=dict(record.values))
        self._on_read(shown)
        return shown

    def _details(
        self, record: Record, edit_link: str, projection: Projection, streams: Mapping[str, StoredStream]
    ) -> Details | None:
        entity_type = self._type(record)
        usual = self._links.conventions(record.entity_set, record.type_name).details(
            edit_link, edit_link, operations=self._offers_operations
        )
        links = {n: link for n, link in usual.links.items() if projection.shows_link(n) or n in projection.expanded}
        operations = tuple(o for o in usual.operations if projection.shows_operation(o.name.rpartition(".")[2]))
        named = {n: _known(s, streams.get(n)) for n, s in usual.streams.items() if projection.shows(n)}
        media = None if usual.media is None or not entity_type.has_stream else _known(usual.media, streams.get(MEDIA))
        return Details(links, named, media, operations)


def _known(stream: Stream, stored: StoredStream | None) -> Stream:
    return stream if stored is None else replace(stream, content_type=stored.content_type, etag=stored.etag)


def version_of(model: Model, entity_set: EntitySet, projection: Projection = ALL, *, operations: bool = False) -> str:
    """The protocol version that entities of a set need, whatever the dialect (digest section 1). ``operations`` tells whether
    those they offer are shown."""
    for type_name in model.derived_types(entity_set.type):
        demanding, offers = _demands(model, type_name)
        if any(projection.shows(name) for name in demanding):
            return "3.0"
        if operations and any(projection.shows_operation(name) for name in offers):
            return "3.0"
    needed = "1.0"
    for name, inner in projection.expanded.items():
        target = _target(model, entity_set, name)
        if target is not None:
            needed = max(needed, version_of(model, target, inner, operations=operations))
    return needed


def _demands(model: Model, type_name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The properties of a type that version 3 brought, and the operations it always offers."""
    key = ("server.demands", type_name)
    found: tuple[tuple[str, ...], tuple[str, ...]] | None = model.prepared.get(key)
    if found is None:
        entity_type = model.entity_types[type_name]
        names = tuple(p.name for p in entity_type.properties if _holds_collection(model, p.type, ()))
        offered = tuple(o.name for o in model.operations_bound_to(type_name) if o.always_bindable)
        found = model.prepared[key] = names, offered
    return found


def _target(model: Model, entity_set: EntitySet, name: str) -> EntitySet | None:
    """The set that a navigation property of the set's types, or of one derived from them, leads to."""
    for type_name in model.derived_types(entity_set.type):
        navigation = model.entity_types[type_name].navigation_properties.get(name)
        if navigation is not None:
            return model.target_set(entity_set, navigation)
    return None


def value_version(model: Model, type_name: str) -> str:
    """The protocol version that a single value needs."""
    return "3.0" if _holds_collection(model, type_name, ()) else "1.0"


def _holds_collection(model: Model, type_name: str, above: tuple[str, ...]) -> bool:
    if type_name.startswith(("Collection(", "Edm.Geo")) or type_name == "Edm.Stream":
        return True
    complex_type = model.complex_types.get(type_name)
    if complex_type is None or type_name in above:
        return False
    return any(_holds_collection(model, p.type, (*above, type_name)) for p in complex_type.properties)


def literal_of(type_name: str | None, value: Any) -> str:
    """A value as a URL literal, not percent-encoded; one whose type is not known, as what it is."""
    if value is None:
        return "null"
    text = spelled(value)
    if isinstance(text, str) and type_name in ("Edm.DateTime", "Edm.DateTimeOffset"):
        return f"{'datetime' if type_name == 'Edm.DateTime' else 'datetimeoffset'}'{text}'"
    edm = primitive_of(value) if type_name is None else primitive(type_name)
    return str(value) if edm is None else edm.to_literal(value)
