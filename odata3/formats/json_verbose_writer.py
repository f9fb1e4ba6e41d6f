"""Bodies in verbose JSON: requests, and answers in the shapes of versions 1, 2 and 3."""

from __future__ import annotations

from typing import Any

from odata3.edm.model import EntitySet, EntityType, Model, NavigationProperty
from odata3.formats.conventions import Conventions, target_of
from odata3.formats.documents import NATIVE, Complex, Details, Dialect, Entry, Feed, Operation, Stream
from odata3.formats.encoders import Encoders
from odata3.formats.json_properties import PropertyWriter
from odata3.formats.projection import Projection


class RequestWriter:
    """Entities to insert or update."""

    def __init__(self, model: Model | None, version: str) -> None:
        self._model = model
        self.encoders = Encoders(model, Dialect.JSON_VERBOSE, version=version)
        self._writers: dict[str | None, PropertyWriter] = {}

    def _properties(self, type_name: str | None) -> PropertyWriter:
        found = self._writers.get(type_name)
        if found is None:
            entity_type = None if self._model is None or type_name is None else self._model.entity_types.get(type_name)
            found = self._writers[type_name] = PropertyWriter(self.encoders, entity_type)
        return found

    def entry(self, entry: Entry) -> dict[str, Any]:
        """``__metadata`` with the type, binds, properties, deep inserts (P69)."""
        members: dict[str, Any] = {}
        if entry.type_name:
            members["__metadata"] = {"type": entry.type_name}
        for name, urls in entry.binds.items():
            if isinstance(urls, str):
                members[name] = _reference(urls)
            elif urls:
                members[name] = [_reference(url) for url in urls]
        self._properties(entry.type_name).write(entry, members)
        for name, related in entry.inline.items():
            if isinstance(related, Entry):
                members[name] = self.entry(related)
            elif related is not None:
                members[name] = [*members.get(name, ()), *(self.entry(each) for each in related.entries)]
        return members

    def parameter(self, type_name: str | None, value: Any, name: str) -> Any:
        """One parameter of an action. A collection stands there as a bare array, as .NET's client writes it."""
        found = self.encoders.encode(type_name, value, name)
        is_collection = isinstance(found, dict) and isinstance(found.get("results"), list) and not isinstance(value, Complex)
        return found["results"] if is_collection else found


def _reference(url: str) -> dict[str, Any]:
    return {"__metadata": {"uri": url}}


class ResponseWriter:
    """Answers of one service in one version."""

    def __init__(self, model: Model | None, root: str, version: str, *, key_as_segment: bool = False) -> None:
        self._model = model
        self._root = root
        self._key_as_segment = key_as_segment
        self.is_first = version.startswith("1")
        self.is_third = not version.startswith(("1", "2"))
        self.encoders = Encoders(model, Dialect.JSON_VERBOSE, version=version, item_member=_where_derived)
        self._prepared: dict[tuple[str | None, str | None], tuple[Conventions, PropertyWriter]] = {}

    def entry(self, entry: Entry, entity_set: EntitySet | None, expected: str | None, kept: Projection) -> dict[str, Any]:
        """One entity, with everything said. ``expected`` is its type where the document names none."""
        entity_type = None
        if self._model is not None:
            entity_type = self._model.entity_types.get(entry.type_name or expected or "")
        conventions, properties = self._of(entity_set, entity_type)
        instance = conventions.instance({name: entry.get(name) for name in conventions.key if name in entry.values})
        suffix = conventions.suffix if self.is_third else ""  # type segments came with version 3
        link = entry.edit_link or (None if instance is None else instance + suffix)
        details = entry.details if entry.has_details else conventions.details(link, entry.self_link or link)
        members: dict[str, Any] = {}
        metadata = self._metadata(entry, entry.id or instance, link, entity_type, details, kept)
        if metadata:
            members["__metadata"] = metadata
        for name, known in details.links.items():
            if name not in entry.inline and known.navigation_link is not None and kept.keeps(name):
                members[name] = {"__deferred": {"uri": known.navigation_link}}
        for name, related in entry.inline.items():
            members[name] = self._inline(name, related, entity_set, entity_type, kept.below(name))
        for name, stream in details.streams.items():
            if self.is_third and kept.keeps(name):
                members[name] = {"__mediaresource": _stream(stream)}
        properties.write(entry, members)
        return members

    def _of(self, entity_set: EntitySet | None, entity_type: EntityType | None) -> tuple[Conventions, PropertyWriter]:
        key = (None if entity_set is None else entity_set.qualified_name, None if entity_type is None else entity_type.full_name)
        found = self._prepared.get(key)
        if found is None:
            conventions = Conventions(
                self._model, self._root, entity_set, entity_type, NATIVE, key_as_segment=self._key_as_segment
            )
            found = self._prepared[key] = (conventions, PropertyWriter(self.encoders, entity_type))
        return found

    def _metadata(
        self,
        entry: Entry,
        said_id: str | None,
        link: str | None,
        entity_type: EntityType | None,
        details: Details,
        kept: Projection,
    ) -> dict[str, Any]:
        type_name = entry.type_name or (None if entity_type is None else entity_type.full_name)
        said = {"id": said_id, "uri": link or said_id, "etag": entry.etag, "type": type_name}
        metadata: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
        if details.media is not None:
            metadata.update(_stream(details.media))
        if not self.is_third:
            return metadata
        properties = {
            name: {"associationuri": known.association_link}
            for name, known in details.links.items()
            if known.association_link is not None and kept.keeps(name)
        }
        if properties:
            metadata["properties"] = properties
        for member, function in (("actions", False), ("functions", True)):
            offered = [op for op in details.operations if op.is_function is function and kept.keeps_operation(op.metadata)]
            if offered:
                metadata[member] = _operations(offered)
        return metadata

    def _inline(
        self,
        name: str,
        related: Entry | Feed | None,
        entity_set: EntitySet | None,
        entity_type: EntityType | None,
        kept: Projection,
    ) -> Any:
        if related is None:
            return None
        navigation: NavigationProperty | None = None if entity_type is None else entity_type.navigation_properties.get(name)
        target = None if navigation is None else target_of(self._model, entity_set, navigation)
        expected = None if navigation is None else navigation.type
        if isinstance(related, Entry):
            return self.entry(related, target, expected, kept)
        return self.feed(related, target, expected, kept)

    def feed(self, feed: Feed, entity_set: EntitySet | None, expected: str | None, kept: Projection) -> Any:
        """A bare array in version 1, else an object with ``results``."""
        rows = [self.entry(entry, entity_set, expected, kept) for entry in feed.entries]
        return self.collection(rows, feed.count, feed.next_link)

    def collection(self, items: list[Any], count: int | None, next_link: str | None) -> Any:
        """Rows or links in the shape of the version."""
        if self.is_first and count is None and next_link is None:
            return items
        members: dict[str, Any] = {} if count is None else {"__count": str(count)}
        members["results"] = items
        if next_link is not None:
            members["__next"] = next_link
        return members


def _where_derived(declared: str | None, actual: str | None) -> str | None:
    """The type of an item, which its collection names already unless it is a derived one."""
    return None if actual == declared else actual


def _stream(stream: Stream) -> dict[str, Any]:
    said = {
        "edit_media": stream.edit_link,
        "media_src": stream.read_link,
        "content_type": stream.content_type,
        "media_etag": stream.etag,
    }
    return {name: value for name, value in said.items() if value is not None}


def _operations(offered: list[Operation]) -> dict[str, Any]:
    found: dict[str, list[dict[str, Any]]] = {}
    for operation in offered:
        said = {"title": operation.title, "target": operation.target}
        found.setdefault(operation.metadata, []).append({name: value for name, value in said.items() if value is not None})
    return found
