"""Bodies in JSON light: requests as .NET writes them, answers at the three levels of metadata.

What an answer leaves out at a level is what its reader computes (``conventions``): an id, a link, an ETag travels at
``minimalmetadata`` only where the document says something else than convention has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from odata3.edm.model import EntitySet, EntityType, Model, NavigationProperty
from odata3.formats.conventions import Conventions, target_of
from odata3.formats.documents import NATIVE, Complex, Details, Dialect, Entry, Feed, Level, Link, Stream, Value
from odata3.formats.encoders import Encoders
from odata3.formats.json_properties import PropertyWriter
from odata3.formats.projection import WHOLE, Projection


class RequestWriter:
    """Entities to insert or update."""

    def __init__(self, model: Model | None) -> None:
        self._model = model
        self.encoders = Encoders(model, Dialect.JSON_LIGHT)
        self._writers: dict[str | None, PropertyWriter] = {}

    def _properties(self, type_name: str | None) -> PropertyWriter:
        found = self._writers.get(type_name)
        if found is None:
            entity_type = None if self._model is None or type_name is None else self._model.entity_types.get(type_name)
            found = self._writers[type_name] = PropertyWriter(self.encoders, entity_type, None)
        return found

    def entry(self, entry: Entry) -> dict[str, Any]:
        """``odata.type``, binds, properties, then deep inserts. An empty array of binds is never sent (P78)."""
        members: dict[str, Any] = {}
        if entry.type_name:
            members["odata.type"] = entry.type_name
        for name, urls in entry.binds.items():
            if isinstance(urls, str) or urls:
                members[f"{name}@odata.bind"] = urls
        self._properties(entry.type_name).write(entry, members)
        for name, related in entry.inline.items():
            if isinstance(related, Entry):
                members[name] = self.entry(related)
            elif related is not None:
                members[name] = [self.entry(each) for each in related.entries]
        return members


class ResponseWriter:
    """Answers of one service at one level."""

    def __init__(self, model: Model | None, root: str, level: Level, *, key_as_segment: bool = False) -> None:
        self._model = model
        self._root = root
        self._level = level
        self._key_as_segment = key_as_segment
        self.encoders = Encoders(model, Dialect.JSON_LIGHT, type_member=_TYPE_MEMBERS[level], annotated=level is not Level.NONE)
        self._prepared: dict[tuple[str | None, str | None], tuple[Conventions, PropertyWriter]] = {}

    def entry(
        self,
        entry: Entry,
        entity_set: EntitySet | None,
        expected: str | None,
        members: dict[str, Any],
        kept: Projection = WHOLE,
    ) -> dict[str, Any]:
        """Put an entry into ``members``. ``expected`` is the type that the reader takes for granted."""
        entity_type = None
        if self._model is not None:
            entity_type = self._model.entity_types.get(entry.type_name or expected or "")
        conventions, properties = self._of(entity_set, entity_type)
        told: dict[str, Any] = {}
        if self._level is not Level.NONE:
            instance = conventions.instance({name: entry.get(name) for name in conventions.key if name in entry.values})
            self._identity(entry, expected, instance, conventions, members)
            if entry.has_details or self._level is Level.FULL or kept is not WHOLE:
                computed = self._computed(entry, instance, conventions)
                details = entry.details if entry.has_details else computed
                usual = _NOTHING if self._level is Level.FULL else computed
                self._links(details, usual, kept, members)
                self._streams(details, usual, kept, told)
                self._operations(details, usual if kept is WHOLE else _NOTHING, kept, told)
        for name, related in entry.inline.items():
            self._inline(name, related, entity_set, entity_type, members, kept.below(name))
        members.update(told)
        properties.write(entry, members)
        return members

    def _of(self, entity_set: EntitySet | None, entity_type: EntityType | None) -> tuple[Conventions, PropertyWriter]:
        key = (None if entity_set is None else entity_set.qualified_name, None if entity_type is None else entity_type.full_name)
        found = self._prepared.get(key)
        if found is None:
            conventions = Conventions(
                self._model, self._root, entity_set, entity_type, NATIVE, key_as_segment=self._key_as_segment
            )
            properties = PropertyWriter(self.encoders, entity_type, self._level)
            found = self._prepared[key] = (conventions, properties)
        return found

    def _computed(self, entry: Entry, instance: str | None, conventions: Conventions) -> Details:
        link = entry.edit_link or (None if instance is None else instance + conventions.suffix)
        return conventions.details(link, entry.self_link or link)

    def _identity(
        self, entry: Entry, expected: str | None, instance: str | None, conventions: Conventions, members: dict[str, Any]
    ) -> None:
        full = self._level is Level.FULL
        if entry.type_name and (full or entry.type_name != expected):
            members["odata.type"] = entry.type_name
        computed_edit = None if instance is None else instance + conventions.suffix
        edit = entry.edit_link or computed_edit
        said = entry.id or instance
        self_link = entry.self_link or edit
        # A reader takes the id from the links where it is not sent; so it is sent wherever a link is.
        shown_edit = edit is not None and (full or edit != computed_edit)
        shown_self = self_link is not None and self_link != edit
        if said is not None and (full or said != instance or shown_edit or shown_self):
            members["odata.id"] = said
        if entry.etag is not None:
            members["odata.etag"] = entry.etag
        if shown_edit:
            members["odata.editLink"] = self._short(edit)
        if shown_self:
            members["odata.readLink"] = self._short(self_link)

    def _links(self, details: Details, usual: Details, kept: Projection, members: dict[str, Any]) -> None:
        for name, link in details.links.items():
            known = usual.links.get(name, _NO_LINK)
            if not kept.keeps(name):
                continue
            if link.navigation_link is not None and known.navigation_link != link.navigation_link:
                members[f"{name}@odata.navigationLinkUrl"] = self._short(link.navigation_link)
            if link.association_link is not None and known.association_link != link.association_link:
                members[f"{name}@odata.associationLinkUrl"] = self._short(link.association_link)

    def _streams(self, details: Details, usual: Details, kept: Projection, members: dict[str, Any]) -> None:
        if details.media is not None:
            self._stream("", details.media, usual.media, members)
        for name, stream in details.streams.items():
            if kept.keeps(name):
                self._stream(f"{name}@", stream, usual.streams.get(name), members)

    def _operations(self, details: Details, usual: Details, kept: Projection, members: dict[str, Any]) -> None:
        for operation in details.operations:
            if operation in usual.operations or not kept.keeps_operation(operation.metadata):
                continue
            shown = {"title": operation.title, "target": self._short(operation.target)}
            metadata = operation.metadata.removeprefix(f"{self._root}$metadata")
            found = members.get(metadata)
            said = {name: value for name, value in shown.items() if value is not None}
            members[metadata] = said if found is None else [*(found if isinstance(found, list) else [found]), said]

    def _stream(self, prefix: str, stream: Stream, usual: Stream | None, members: dict[str, Any]) -> None:
        for part, link, known in (
            ("EditLink", stream.edit_link, None if usual is None else usual.edit_link),
            ("ReadLink", stream.read_link, None if usual is None else usual.read_link),
        ):
            if link is not None and link != known:
                members[f"{prefix}odata.media{part}"] = self._short(link)
        if stream.content_type is not None:
            members[f"{prefix}odata.mediaContentType"] = stream.content_type
        if stream.etag is not None:
            members[f"{prefix}odata.mediaETag"] = stream.etag

    def _inline(
        self,
        name: str,
        related: Entry | Feed | None,
        entity_set: EntitySet | None,
        entity_type: EntityType | None,
        members: dict[str, Any],
        kept: Projection,
    ) -> None:
        navigation: NavigationProperty | None = None if entity_type is None else entity_type.navigation_properties.get(name)
        target = None if navigation is None else target_of(self._model, entity_set, navigation)
        expected = None if navigation is None else navigation.type
        if related is None:
            members[name] = None
        elif isinstance(related, Entry):
            members[name] = self.entry(related, target, expected, {}, kept)
        else:
            if related.count is not None and self._level is not Level.NONE:
                members[f"{name}@odata.count"] = str(related.count)
            members[name] = [self.entry(each, target, expected, {}, kept) for each in related.entries]
            if related.next_link is not None:
                members[f"{name}@odata.nextLink"] = related.next_link

    def _short(self, link: str | None) -> str | None:
        """Relative to the root, where it lies below it."""
        if link is None or not link.startswith(self._root) or link == self._root:
            return link
        rest = link[len(self._root) :]
        return link if ":" in rest.partition("/")[0] else rest

    def value(self, value: Value, members: dict[str, Any]) -> dict[str, Any]:
        """Put a top-level value into ``members``; a complex one stands there by itself."""
        found = value.value
        if found is None:
            members["odata.null"] = True
        elif isinstance(found, Complex | Mapping):
            members.update(self.encoders.encode(value.type_name, found, value.name or "value"))
        else:
            members["value"] = self.encoders.encode(value.type_name, found, value.name or "value")
        return members


_NOTHING = Details()
_NO_LINK = Link("")
_TYPE_MEMBERS = {
    Level.NONE: lambda declared, actual: None,
    Level.MINIMAL: lambda declared, actual: None if declared is not None and declared == actual else actual,
    Level.FULL: lambda declared, actual: actual,
}
