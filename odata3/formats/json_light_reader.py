"""Entries of JSON light: rows adopted as they are, with what they leave out worked out once per shape.

The rows of a feed nearly always have the same members. What a sequence of names means (which are annotations, which expanded
navigation properties, whether the type is named) is decided once, as a :class:`_Shape`; a row of a plain shape then costs the
text of its identity and one ``Entry``. Links, streams and operations wait until they are asked for.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from odata3.edm.model import EntitySet, EntityType, Model, NavigationProperty
from odata3.errors import PayloadError
from odata3.formats.annotation_groups import Grouped, has_group
from odata3.formats.conventions import Conventions, is_function, ordered, target_of
from odata3.formats.documents import Details, Entry, Feed, Link, Operation, Stream
from odata3.formats.faults import fault_of_tree, in_stream
from odata3.formats.json_members import at, kind_of, path_to, read_count
from odata3.formats.links import Links
from odata3.formats.value_codecs import Codecs

_log = logging.getLogger("odata3.formats")
_log.addHandler(logging.NullHandler())
_SHAPES = 1_000
_ABSENT: Any = object()


class _Shape:
    """What the members of a row are, by their names alone."""

    __slots__ = ("binds", "dynamic", "explicit", "faulty", "inline", "placed", "plain", "typed")

    def __init__(self, names: tuple[str, ...], entity_type: EntityType | None, open_type: bool) -> None:
        declared = frozenset(() if entity_type is None else entity_type.navigation_properties.names())
        marked = [name for name in names if "." in name or "@" in name or name[:1] == "#"]
        links = {name.partition("@")[0] for name in marked if name.endswith(_LINK_MARKS)}
        self.inline = [name for name in names if name in declared or name in links]
        self.typed = "odata.type" in names
        self.dynamic = open_type and any(name.endswith("@odata.type") for name in marked)
        self.explicit = any(_is_detail(name) for name in marked)
        self.binds = [name for name in marked if name.endswith("@odata.bind")]
        self.faulty = "odata.error" in names
        self.placed = "odata.metadata" in names
        self.plain = not marked and not self.inline


_LINK_MARKS = ("@odata.navigationLinkUrl", "@odata.associationLinkUrl", "@odata.nextLink", "@odata.count")


#: How the fragments of what is no entity end, in the answers to delta links.
_PAST = ("/$deletedEntity", "/$deletedLink", "/$link")


def _is_of_a_delta(context: Any) -> bool:
    return type(context) is str and context.endswith(_PAST)


def _is_detail(name: str) -> bool:
    """Whether an annotation says something of links, streams or operations."""
    return name[:1] == "#" or "#" in name or ".media" in name or name.endswith("LinkUrl")


class EntryReader:
    """Reads the entries of one set (or of none that is known) whose type is ``type_name`` unless a row says otherwise."""

    def __init__(
        self,
        readers: Readers,
        entity_set: EntitySet | None,
        type_name: str | None,
        projected: bool,
    ) -> None:
        model = readers.model
        self._readers = readers
        self._set = entity_set
        self._type_name = type_name
        self._projected = projected
        self._type = None if model is None or type_name is None else model.entity_types.get(type_name)
        self._codec = readers.codecs.codec(type_name)
        self._conventions = Conventions(
            model, readers.links.root, entity_set, self._type, self._codec, key_as_segment=readers.key_as_segment
        )
        self._shapes: dict[tuple[str, ...], _Shape] = {}
        self._targets: dict[str, EntryReader] = {}

    def entries(self, rows: list[Any], where: str, into: list[Entry]) -> None:
        """Put the entries of ``rows`` into ``into``. What is wrong raises; what was read before it is in the list by then."""
        codec, type_name, details, shapes = self._codec, self._type_name, self._details, self._shapes
        conventions = self._conventions
        instance, etag, suffix = conventions.instance, conventions.etag, conventions.suffix
        names: tuple[str, ...] = ()
        shape: _Shape | None = None
        put = into.append
        for row in rows:
            if type(row) is not dict:
                raise PayloadError(f"an entry is an object, not {kind_of(row)}", where=f"{where}[{len(into)}]")
            found = tuple(row)
            if shape is None or found != names:
                names = found
                shape = shapes.get(names) or self._shape(names)
            if not shape.plain:
                if shape.placed and _is_of_a_delta(row["odata.metadata"]):
                    _log.warning("what a delta says of the past was passed over: %s", row.get("id", row["odata.metadata"]))
                    continue
                put(self._entry(row, shape, f"{where}[{len(into)}]"))
                continue
            try:
                url = instance(row)
                tag = None if etag is None else etag(row)
            except PayloadError as error:
                raise at(error, f"{where}[{len(into)}]") from error
            link = url if url is None or not suffix else url + suffix
            put(Entry(type_name, row, codec, id=url, etag=tag, edit_link=link, self_link=link, details=details))

    def entry(self, row: Any, where: str) -> Entry:
        """One entry. ``where`` is the path of its row."""
        if type(row) is not dict:
            raise PayloadError(f"an entry is an object, not {kind_of(row)}", where=where or None)
        names = tuple(row)
        return self._entry(row, self._shapes.get(names) or self._shape(names), where)

    def _shape(self, names: tuple[str, ...]) -> _Shape:
        if has_group(names):
            raise Grouped
        if len(self._shapes) >= _SHAPES:
            self._shapes.clear()
        shape = self._shapes[names] = _Shape(names, self._type, self._codec.open_type)
        return shape

    def _entry(self, row: dict[str, Any], shape: _Shape, where: str) -> Entry:
        if shape.faulty and (fault := fault_of_tree(row)) is not None:
            raise in_stream(fault)
        if not shape.typed:
            return self._read(row, shape, where)
        actual = self._actual(row["odata.type"], where)
        if actual == self._type_name:
            entry = self._read(row, shape, where)
        else:
            entry = self._readers.reader(self._set, actual, self._projected).entry_of_type(row, where)
        if row["odata.type"]:
            entry.type_name = row["odata.type"].removeprefix("#")  # also one that the model does not have: whoever reads, decides
        return entry

    def entry_of_type(self, row: dict[str, Any], where: str) -> Entry:
        """One entry whose row has named this reader's type."""
        names = tuple(row)
        return self._read(row, self._shapes.get(names) or self._shape(names), where)

    def _actual(self, named: Any, where: str) -> str | None:
        if named is None:
            return self._type_name
        if type(named) is not str:
            raise PayloadError(f"a type's name is a text, not {kind_of(named)}", where=path_to(where, "odata.type"))
        return self._readers.codecs.resolve(named.removeprefix("#"), self._type_name)

    def _read(self, row: dict[str, Any], shape: _Shape, where: str) -> Entry:
        codec = self._codec
        if shape.dynamic or (shape.inline and codec.open_type):
            types, _ = self._readers.codecs.says(row, codec)
            codec = self._readers.codecs.extended(codec, types, shape.inline if self._type is None else ())
        said_id, edit, self_link = self._identity(row, where)
        etag = row.get("odata.etag", _ABSENT)
        if etag is _ABSENT:
            compute = None if self._readers.request else self._conventions.etag
            etag = None if compute is None else self._computed(compute, row, where)
        return Entry(
            self._type_name,
            row,
            codec,
            id=said_id,
            etag=_text(etag, where, "odata.etag"),
            edit_link=edit,
            self_link=self_link,
            inline={name: self._inline(name, row, where) for name in shape.inline if name in row} if shape.inline else None,
            binds={name[:-11]: _bound(row[name], path_to(where, name)) for name in shape.binds} if shape.binds else None,
            details=self._details,
        )

    def _identity(self, row: dict[str, Any], where: str) -> tuple[str | None, str | None, str | None]:
        """Id, edit link and self link: what the row says, then what convention has."""
        if self._readers.request:
            return _text(row.get("odata.id"), where, "odata.id"), None, None
        said = row.get("odata.id", _ABSENT)
        edit = self._readers.link(row.get("odata.editLink", _ABSENT), where, "odata.editLink")
        read = self._readers.link(row.get("odata.readLink", _ABSENT), where, "odata.readLink")
        instance = None
        if edit is _ABSENT or (said is _ABSENT and read is _ABSENT):
            instance = self._computed(self._conventions.instance, row, where)
        if said is _ABSENT:
            said = read if read not in (_ABSENT, None) else edit if edit not in (_ABSENT, None) else instance
        if edit is _ABSENT:
            edit = None if instance is None else instance + self._conventions.suffix
        return _text(said, where, "odata.id"), edit, edit if read is _ABSENT else read

    def _computed(self, compute: Any, row: dict[str, Any], where: str) -> str | None:
        try:
            computed: str | None = compute(row)
            return computed
        except PayloadError as error:
            raise at(error, where) from error

    # --- expanded entities --------------------------------------------------------------------------------------------------

    def _inline(self, name: str, row: dict[str, Any], where: str) -> Entry | Feed | None:
        value = row[name]
        if value is None:
            return None
        target = self._targets.get(name) or self._target(name)
        path = path_to(where, name)
        if type(value) is dict:
            return target.entry(value, path)
        if type(value) is not list:
            raise PayloadError(f"expanded entities are an object or an array, not {kind_of(value)}", where=path)
        entries: list[Entry] = []
        target.entries(value, path, entries)
        return Feed(
            entries,
            count=read_count(row.get(f"{name}@odata.count"), path_to(where, f"{name}@odata.count")),
            next_link=self._readers.links.sent(row.get(f"{name}@odata.nextLink"), f"{path}@odata.nextLink"),
        )

    def _target(self, name: str) -> EntryReader:
        navigation: NavigationProperty | None = None if self._type is None else self._type.navigation_properties.get(name)
        if navigation is None:
            return self._readers.reader(None, None, self._projected)
        target = self._readers.reader(target_of(self._readers.model, self._set, navigation), navigation.type, self._projected)
        self._targets[name] = target
        return target

    # --- links, streams, operations -----------------------------------------------------------------------------------------

    def _details(self, entry: Entry) -> Details:
        if self._readers.request:
            return Details()
        row = entry.values
        details = self._conventions.details(entry.edit_link, entry.self_link, operations=not self._projected)
        names = tuple(row)
        shape = self._shapes.get(names) or self._shape(names)
        if shape.explicit:
            self._overlay(details, entry, row)
        return details

    def _overlay(self, details: Details, entry: Entry, row: Mapping[str, Any]) -> None:
        """What the row says over what convention has; an explicit null means: not available."""
        operations = {op.metadata: [op] for op in details.operations}
        for name, value in row.items():
            if "#" in name:
                metadata = self._readers.links.metadata(name)
                operations[metadata] = self._operations(metadata, value, entry)
                continue
            owner, mark, annotation = name.rpartition("@")
            if not mark:
                owner, annotation = "", name
            if annotation == "odata.navigationLinkUrl":
                old = details.links.get(owner) or Link(owner, None, _below(entry.edit_link, f"$links/{owner}"))
                details.links[owner] = Link(owner, self._link_or_none(value), old.association_link)
            elif annotation == "odata.associationLinkUrl":
                old = details.links.get(owner) or Link(owner, _below(entry.edit_link, owner))
                details.links[owner] = Link(owner, old.navigation_link, self._link_or_none(value))
            elif annotation.startswith("odata.media"):
                self._stream(details, owner, annotation[11:], value, entry)
        details.operations = ordered(op for offered in operations.values() for op in offered)

    def _stream(self, details: Details, owner: str, part: str, value: Any, entry: Entry) -> None:
        """One annotation of a stream; ``owner`` is empty for the entry's own."""
        old = details.streams.get(owner) if owner else details.media
        if old is None:
            old = Stream(owner or None)
        text = value if type(value) is str else None
        new = Stream(
            old.name,
            self._link_or_none(value) if part == "ReadLink" else old.read_link,
            self._link_or_none(value) if part == "EditLink" else old.edit_link,
            text if part == "ContentType" else old.content_type,
            text if part in ("ETag", "Etag") else old.etag,
        )
        if owner:
            details.streams[owner] = new
        else:
            details.media = new

    def _operations(self, metadata: str, value: Any, entry: Entry) -> list[Operation]:
        """An operation's member: an object or an array of objects, whose parts may all be missing; null withdraws it."""
        name = metadata.rpartition("#")[2].rpartition(".")[2]
        function = self._readers.is_function(name)
        found = []
        for each in value if type(value) is list else [value]:
            if type(each) is not dict:
                continue
            target = each.get("target", _ABSENT)
            if target is _ABSENT:
                instance = None if entry.edit_link is None else self._conventions.instance_of(entry.edit_link)
                link = _below(instance, name)
            else:
                link = self._link_or_none(target)
            title = each.get("title")
            found.append(Operation(metadata, title if type(title) is str else name, link, function))
        return found

    def _link_or_none(self, value: Any) -> str | None:
        return self._readers.links.absolute(value) if type(value) is str else None


class Readers:
    """The entry readers of one service, made when first needed. ``request`` readers compute no identity and no links."""

    def __init__(self, model: Model | None, links: Links, codecs: Codecs, *, key_as_segment: bool, request: bool) -> None:
        self.model = model
        self.links = links
        self.codecs = codecs
        self.key_as_segment = key_as_segment
        self.request = request
        self._readers: dict[tuple[str | None, str | None, bool], EntryReader] = {}
        self._functions = (
            frozenset()
            if model is None
            else frozenset(f.name for overloads in model.function_imports.values() for f in overloads if is_function(f))
        )

    def reader(self, entity_set: EntitySet | None, type_name: str | None, projected: bool) -> EntryReader:
        key = (None if entity_set is None else entity_set.qualified_name, type_name, projected)
        found = self._readers.get(key)
        if found is None:
            if len(self._readers) >= _SHAPES:
                self._readers.clear()
            found = self._readers[key] = EntryReader(self, entity_set, type_name, projected)
        return found

    def is_function(self, name: str) -> bool:
        return name in self._functions

    def link(self, value: Any, where: str, name: str) -> Any:
        """An annotation's URL made absolute; null and absence stay what they are."""
        if value is _ABSENT or value is None:
            return value
        if type(value) is not str:
            raise PayloadError(f"a link is a text, not {kind_of(value)}", where=path_to(where, name))
        return self.links.absolute(value)


def _bound(value: Any, where: str) -> str | list[str]:
    if type(value) is str:
        return value
    if type(value) is list and all(type(url) is str for url in value):
        return list(value)
    raise PayloadError(f"a bind is a URL or an array of URLs, not {kind_of(value)}", where=where)


def _text(value: Any, where: str, name: str) -> str | None:
    if value is None or value is _ABSENT or type(value) is str:
        return None if value is _ABSENT else value
    raise PayloadError(f"this is a text, not {kind_of(value)}", where=path_to(where, name))


def _below(link: str | None, name: str) -> str | None:
    return None if link is None else f"{link}/{name}"
