"""Entries of verbose JSON: everything is said, so hardly anything is computed.

::

    {"__metadata": {"uri": "http://h/s/Probes(7L)", "type": "Lab.Probe", "etag": "W/\\"1\\""},
     "Bench": {"__deferred": {"uri": "http://h/s/Probes(7L)/Bench"}},
     "Parts": {"results": [{…}], "__next": "…"},                  V1: "Parts": [{…}]
     "Photo": {"__mediaresource": {"media_src": "…", "content_type": "image/png"}},
     "Id": "7", "Cal": "/Date(1376950389123)/"}

Members are told apart by their form, and by the model where there is one: without it, an object with a ``uri`` in its
``__metadata`` is an entity. Source: digest section 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from odata3.edm.model import EntitySet, Model, NavigationProperty
from odata3.errors import PayloadError
from odata3.formats.conventions import Conventions, target_of
from odata3.formats.documents import Codec, Details, Entry, Feed, Link, Operation, Stream
from odata3.formats.faults import fault_of_tree, in_stream
from odata3.formats.json_members import at, kind_of, path_to, read_count
from odata3.formats.links import Links
from odata3.formats.value_codecs import Codecs, is_reference

_LIMIT = 1_000


class _Shape:
    """What the members of a row may be, by their names: related entities, streams, and names that nobody declared."""

    __slots__ = ("faulty", "related", "unknown")

    def __init__(self, names: tuple[str, ...], navigation: Any, codec: Codec) -> None:
        self.related = [name for name in names if name in navigation]
        self.unknown = [
            name
            for name in names
            if name not in navigation and name not in codec.decoders and (codec.is_property(name) or codec.is_undeclared(name))
        ]
        self.faulty = "error" in names and "error" in self.unknown


class EntryReader:
    """Reads the entries of one set (or of none that is known) whose type is ``type_name`` unless a row says otherwise."""

    def __init__(self, readers: Readers, entity_set: EntitySet | None, type_name: str | None) -> None:
        model = readers.model
        self._readers = readers
        self._set = entity_set
        self._type_name = type_name
        self._type = None if model is None or type_name is None else model.entity_types.get(type_name)
        self._codec = readers.codecs.codec(type_name)
        self._conventions = Conventions(
            model, readers.links.root, entity_set, self._type, self._codec, key_as_segment=readers.key_as_segment
        )
        self._navigation: Any = () if self._type is None else self._type.navigation_properties
        self._shapes: dict[tuple[str, ...], _Shape] = {}
        self._targets: dict[str, EntryReader] = {}

    def entries(self, rows: list[Any], where: str, into: list[Entry]) -> None:
        """Put the entries of ``rows`` into ``into``. What is wrong raises; what was read before it is in the list by then."""
        for row in rows:
            into.append(self.entry(row, f"{where}[{len(into)}]"))

    def entry(self, row: Any, where: str) -> Entry:
        """One entry, of the type that its ``__metadata`` names."""
        if type(row) is not dict:
            raise PayloadError(f"an entry is an object, not {kind_of(row)}", where=where or None)
        metadata = row.get("__metadata")
        if metadata is None:
            return self._entry(row, _NOTHING, where)
        if type(metadata) is not dict:
            raise PayloadError(f"this is an object, not {kind_of(metadata)}", where=path_to(where, "__metadata"))
        named = metadata.get("type")
        if type(named) is not str or named == self._type_name:
            return self._entry(row, metadata, where)
        actual = self._readers.codecs.resolve(named, self._type_name)
        reader = self if actual == self._type_name else self._readers.reader(self._set, actual)
        entry = reader._entry(row, metadata, where)
        entry.type_name = named  # also one that the model does not have: whoever reads, decides
        return entry

    def _shape(self, row: dict[str, Any]) -> _Shape:
        names = tuple(row)
        shape = self._shapes.get(names)
        if shape is None:
            if len(self._shapes) >= _LIMIT:
                self._shapes.clear()
            shape = self._shapes[names] = _Shape(names, self._navigation, self._codec)
        return shape

    def _entry(self, row: dict[str, Any], metadata: dict[str, Any], where: str) -> Entry:
        shape, codec = self._shape(row), self._codec
        if shape.faulty and (fault := _fault(row)) is not None:
            raise in_stream(fault)
        inline: dict[str, Entry | Feed | None] = {}
        binds: dict[str, str | list[str]] = {}
        for name in shape.related:
            self._related(name, row[name], path_to(where, name), inline, binds)
        if shape.unknown:
            hidden = self._look_at(shape.unknown, row, where, inline, binds)
            if hidden:
                codec = self._readers.codecs.extended(codec, (), hidden)
        uri = self._text(metadata, "uri", where)
        said = self._text(metadata, "id", where)
        edit = self_link = None
        if not self._readers.request:
            uri = uri or None  # an empty one names nothing, and would be the same for all
            edit = self._readers.links.absolute(uri) if uri is not None else self._computed(row, where)
            self_link = edit
            uri = None if uri is None else edit  # a relative one is below the root
        return Entry(
            self._type_name,
            row,
            codec,
            id=said or uri or self._instance(edit),
            etag=self._text(metadata, "etag", where),
            edit_link=edit,
            self_link=self_link,
            inline=inline or None,
            binds=binds or None,
            details=self._details,
        )

    def _computed(self, row: dict[str, Any], where: str) -> str | None:
        try:
            url = self._conventions.instance(row)
        except PayloadError as error:
            raise at(error, where) from error
        return None if url is None else url + self._conventions.suffix

    def _instance(self, edit: str | None) -> str | None:
        return None if edit is None else self._conventions.instance_of(edit)

    def _text(self, metadata: Mapping[str, Any], name: str, where: str) -> str | None:
        value = metadata.get(name)
        if value is None or type(value) is str:
            return value
        raise PayloadError(f"this is a text, not {kind_of(value)}", where=path_to(where, f"__metadata.{name}"))

    # --- related entities ---------------------------------------------------------------------------------------------------

    def _look_at(
        self,
        names: list[str],
        row: dict[str, Any],
        where: str,
        inline: dict[str, Entry | Feed | None],
        binds: dict[str, str | list[str]],
    ) -> list[str]:
        """The names, among those that nobody declared, that stand for related entities or streams."""
        hidden = []
        for name in names:
            value = row[name]
            if type(value) is dict and is_reference(value):
                hidden.append(name)
            elif self._type is None and _is_related(value):
                hidden.append(name)
                self._related(name, value, path_to(where, name), inline, binds)
        return hidden

    def _related(
        self,
        name: str,
        value: Any,
        where: str,
        inline: dict[str, Entry | Feed | None],
        binds: dict[str, str | list[str]],
    ) -> None:
        if type(value) is dict and is_reference(value):
            return
        if self._readers.request and self._bind(name, value, where, inline, binds):
            return
        target = self._targets.get(name) or self._target(name)
        if value is None:
            inline[name] = None
        elif type(value) is list:
            inline[name] = target.feed(value, {}, where)
        elif type(value) is dict and type(value.get("results")) is list and not target.declares("results"):
            inline[name] = target.feed(value["results"], value, path_to(where, "results"))
        elif type(value) is dict:
            inline[name] = target.entry(value, where)
        else:
            raise PayloadError(f"expanded entities are an object or an array, not {kind_of(value)}", where=where)

    def _bind(
        self,
        name: str,
        value: Any,
        where: str,
        inline: dict[str, Entry | Feed | None],
        binds: dict[str, str | list[str]],
    ) -> bool:
        """In a request: what only names a ``uri`` is a link to an entity that exists."""
        if type(value) is dict and type(value.get("results")) is list:
            value = value["results"]
        if type(value) is not list:
            url = _bound(value)
            if url is not None:
                binds[name] = url
            return url is not None
        urls = [url for url in map(_bound, value) if url is not None]
        if not urls:
            return False
        binds[name] = urls
        rest = [item for item in value if _bound(item) is None]
        if rest:
            inline[name] = self._target(name).feed(rest, {}, where)
        return True

    def feed(self, rows: list[Any], around: Mapping[str, Any], where: str) -> Feed:
        """An expanded collection; ``around`` is the object that its rows stand in."""
        entries: list[Entry] = []
        self.entries(rows, where, entries)
        return Feed(
            entries,
            count=read_count(around.get("__count"), path_to(where, "__count")),
            next_link=self._readers.links.sent(next_link(around), path_to(where, "__next")),
        )

    def declares(self, name: str) -> bool:
        return self._type is not None and self._type.find(name) is not None

    def _target(self, name: str) -> EntryReader:
        navigation: NavigationProperty | None = None if self._type is None else self._type.navigation_properties.get(name)
        if navigation is None:
            return self._readers.reader(None, None)
        target = self._targets[name] = self._readers.reader(
            target_of(self._readers.model, self._set, navigation), navigation.type
        )
        return target

    # --- links, streams, operations -----------------------------------------------------------------------------------------

    def _details(self, entry: Entry) -> Details:
        if self._readers.request:
            return Details()
        details = self._conventions.details(entry.edit_link, entry.self_link, operations=False)
        metadata = entry.values.get("__metadata")
        metadata = metadata if type(metadata) is dict else _NOTHING
        for name, value in entry.values.items():
            if type(value) is not dict:
                continue
            if type(deferred := value.get("__deferred")) is dict:
                old = details.links.get(name) or Link(name, None, _below(entry.edit_link, f"$links/{name}"))
                details.links[name] = Link(name, self._url(deferred.get("uri")), old.association_link)
            elif type(media := value.get("__mediaresource")) is dict:
                details.streams[name] = self._stream(name, media)
        self._associations(details, metadata, entry)
        if any(type(metadata.get(name)) is str for name in ("media_src", "edit_media")):
            details.media = self._stream(None, metadata)
        details.operations = self.operations(metadata)
        return details

    def operations(self, metadata: Mapping[str, Any]) -> tuple[Operation, ...]:
        """What a ``__metadata`` offers to do."""
        return (*self._operations(metadata.get("actions"), False), *self._operations(metadata.get("functions"), True))

    def _associations(self, details: Details, metadata: Mapping[str, Any], entry: Entry) -> None:
        properties = metadata.get("properties")
        for name, said in properties.items() if type(properties) is dict else ():
            if type(said) is dict and (url := self._url(said.get("associationuri", said.get("__associationuri")))) is not None:
                old = details.links.get(name) or Link(name, _below(entry.edit_link, name))
                details.links[name] = Link(name, old.navigation_link, url)

    def _stream(self, name: str | None, said: Mapping[str, Any]) -> Stream:
        content_type = said.get("content_type", said.get("content-type"))
        etag = said.get("media_etag")
        return Stream(
            name,
            self._url(said.get("media_src")),
            self._url(said.get("edit_media")),
            content_type if type(content_type) is str else None,
            etag if type(etag) is str else None,
        )

    def _operations(self, said: Any, function: bool) -> list[Operation]:
        found = []
        for metadata, offered in said.items() if type(said) is dict else ():
            for each in offered if type(offered) is list else [offered]:
                if type(each) is dict:
                    title = each.get("title")
                    name = metadata.rpartition("#")[2].rpartition(".")[2]
                    url = self._readers.links.metadata(metadata)
                    found.append(Operation(url, title if type(title) is str else name, self._url(each.get("target")), function))
        return found

    def _url(self, value: Any) -> str | None:
        return self._readers.links.absolute(value) if type(value) is str else None


class Readers:
    """The entry readers of one service, made when first needed. ``request`` readers read binds and compute no links."""

    def __init__(self, model: Model | None, links: Links, codecs: Codecs, *, key_as_segment: bool, request: bool) -> None:
        self.model = model
        self.links = links
        self.codecs = codecs
        self.key_as_segment = key_as_segment
        self.request = request
        self._readers: dict[tuple[str | None, str | None], EntryReader] = {}

    def reader(self, entity_set: EntitySet | None, type_name: str | None) -> EntryReader:
        key = (None if entity_set is None else entity_set.qualified_name, type_name)
        found = self._readers.get(key)
        if found is None:
            if len(self._readers) >= _LIMIT:
                self._readers.clear()
            found = self._readers[key] = EntryReader(self, entity_set, type_name)
        return found


_NOTHING: dict[str, Any] = {}


def _is_related(value: Any) -> bool:
    """Whether an undeclared member is an expanded entity, or a collection of such, by its form."""
    if type(value) is list:
        return bool(value) and all(type(item) is dict and _is_entity(item) for item in value)
    if type(value) is not dict:
        return False
    results = value.get("results")
    if type(results) is list and "__metadata" not in value and all(name == "results" or name[:2] == "__" for name in value):
        return all(type(item) is dict and _is_entity(item) for item in results)
    return _is_entity(value)


def next_link(around: Mapping[str, Any]) -> Any:
    """``__next`` as it came; some services of V2 (pyslet's) make a link of it, ``{"uri": "…"}``."""
    link = around.get("__next")
    return link["uri"] if type(link) is dict and set(link) == {"uri"} else link


def _is_entity(value: dict[str, Any]) -> bool:
    metadata = value.get("__metadata")
    return type(metadata) is dict and ("uri" in metadata or "id" in metadata)


def _bound(value: Any) -> str | None:
    """The URL that an object of a request links to, where that is all it says."""
    if type(value) is not dict or set(value) != {"__metadata"} or type(value["__metadata"]) is not dict:
        return None
    url = value["__metadata"].get("uri")
    return url if type(url) is str else None


def _fault(row: dict[str, Any]) -> Any:
    error = row["error"]
    return fault_of_tree(row) if type(error) is dict and ("message" in error or "code" in error) else None


def _below(link: str | None, name: str) -> str | None:
    return None if link is None else f"{link}/{name}"
