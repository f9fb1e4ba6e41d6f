"""Pending work as a file: what one process did not get to send, another loads and saves.

A file is JSON, and holds what the tracker knows of each pending change and of the entities it touches: type, state, links, ETag,
the values as they were read, and those assigned since. Values are spelled as in bodies of JSON light. There is no header in it,
no credential, no code; a link that holds a credential, and a stream to be sent, are refused. It is written whole or not at all.

While a save is under way, lines follow the document that say what was sent and what became of it (see ``pending_log``); a line
that breaks off is none. What is loaded may have been sent all the same by the process that wrote the file
(``Descriptor.is_reloaded``): see ``outcomes``.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from os import PathLike
from pathlib import Path
from typing import Any

from odata3.client.channel import Channel
from odata3.client.descriptors import Descriptor, EntityDescriptor, LinkDescriptor
from odata3.client.links import navigation_of
from odata3.client.options import EntityStates
from odata3.client.tracker import EntityTracker
from odata3.edm.model import EntityType
from odata3.entities.changes import noted_names, values_before
from odata3.entities.entity import Entity, type_of
from odata3.entities.mapping import from_entry, to_entry
from odata3.errors import ArgumentError, InvalidOperationError, ODataError, PayloadError
from odata3.formats.documents import Details, Dialect, Entry, Expectation, Kind, Link
from odata3.formats.json_text import read_json, write_json
from odata3.secrecy import masked

_KIND, _VERSION = "odata3 pending changes", 1
_STATES = {state.name: state for state in EntityStates if state is not EntityStates.DETACHED}
_URLS = ("identity", "edit_link", "self_link")
_TEXTS = (*_URLS, "etag", "server_type_name", "entity_set", "parent_property_for_insert")
_FLAGS = ("is_attached", "is_partial", "outcome_unknown")
_Records = Sequence[EntityDescriptor | None]


# -- writing


def put_whole(path: Path, data: bytes) -> None:
    """Write a file in place of what is there, for nobody else to read. ``ArgumentError`` where it cannot be written."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise
    except OSError as error:
        raise ArgumentError(f"the pending changes cannot be written to {str(path)!r}: {error.strerror or error}") from error


class PendingWriter:
    """What is pending in a context as rows, each with its place.

    Made anew for each file: places are those of the moment. ``InvalidOperationError`` for a pending stream and for links with
    credentials in them, ``ArgumentError`` for a value that is none of its type.
    """

    def __init__(self, channel: Channel, tracker: EntityTracker) -> None:
        self._channel, self._tracker = channel, tracker
        self._format = channel.format_of(Dialect.JSON_LIGHT)
        self._places: dict[EntityDescriptor, int] = {}
        self._links: dict[int, tuple[LinkDescriptor, int]] = {}

    def document(self) -> bytes:
        """The file of what is pending now."""
        for descriptor in self._tracker.pending():
            if isinstance(descriptor, EntityDescriptor):
                self._enlist(descriptor)
            elif isinstance(descriptor, LinkDescriptor):
                for end in (descriptor.source, descriptor.target):
                    if end is not None:
                        self._enlist(self._tracker.tracked(end))
                self._links[id(descriptor)] = descriptor, len(self._links)
            else:
                raise InvalidOperationError(f"{descriptor!r}: streams cannot be saved to a file; save_changes sends them")
        tree = {
            "kind": _KIND,
            "version": _VERSION,
            "service": masked(self._channel.root),
            "entities": [self._entity(descriptor) for descriptor in self._places],
            "links": [self._link(link) for link, _ in self._links.values()],
        }
        return write_json(tree) + b"\n"

    def sent(self, descriptors: Collection[Descriptor]) -> bytes:
        """The line that says that these are on their way."""
        places: dict[str, list[int]] = {"entities": [], "links": []}
        for descriptor in descriptors:
            if descriptor in self._places:
                places["entities"].append(self._places[descriptor])
            elif id(descriptor) in self._links:
                places["links"].append(self._links[id(descriptor)][1])
        return write_json({"sent": places}) + b"\n"

    def now(self, descriptor: Descriptor) -> bytes:
        """The line that says how an entity and its links, or a link, stand after an answer."""
        entities, links = {}, {}
        if isinstance(descriptor, EntityDescriptor) and descriptor in self._places:
            is_gone = descriptor.state is EntityStates.DETACHED
            entities[str(self._places[descriptor])] = None if is_gone else self._entity(descriptor)
        for link, place in self._links.values():
            if link is descriptor or (
                isinstance(descriptor, EntityDescriptor) and descriptor.entity in (link.source, link.target)
            ):
                links[str(place)] = self._link(link) if link.is_pending else None
        return write_json({"now": {"entities": entities, "links": links}}) + b"\n"

    def _enlist(self, descriptor: EntityDescriptor) -> None:
        if descriptor.pending_media is not None:
            raise InvalidOperationError(f"{descriptor!r}: streams cannot be saved to a file; save_changes sends them")
        parent = descriptor.parent_for_insert
        if parent is not None:
            self._enlist(self._tracker.tracked(parent))
        self._places.setdefault(descriptor, len(self._places))

    def _entity(self, descriptor: EntityDescriptor) -> dict[str, Any]:
        entity = descriptor.entity
        record: dict[str, Any] = {"state": descriptor.state.name, "order": descriptor.change_order}
        record |= {name: value for name in _TEXTS if (value := getattr(descriptor, name)) is not None}
        record |= {name: True for name in _FLAGS if getattr(descriptor, name)}
        for name in _URLS:
            _check_link(record.get(name))
        if descriptor.parent_for_insert is not None:
            record["parent"] = self._places[self._tracker.tracked(descriptor.parent_for_insert)]
        record["links"] = {link.name: self._ways(link) for link in descriptor.link_infos}
        noted = noted_names(entity)
        full_name = type_of(entity).full_name
        record["values"] = self._members(Entry(full_name, values_before(entity)))
        record["assigned"] = self._members(to_entry(entity, noted))
        return record

    @staticmethod
    def _ways(link: Link) -> list[str | None]:
        _check_link(link.navigation_link)
        _check_link(link.association_link)
        return [link.navigation_link, link.association_link]

    def _members(self, entry: Entry) -> Any:
        return read_json(self._format.write_request(entry, Expectation(Kind.ENTRY, entry.type_name)))

    def _link(self, link: LinkDescriptor) -> dict[str, Any]:
        target = None if link.target is None else self._places[self._tracker.tracked(link.target)]
        return {
            "state": link.state.name,
            "order": link.change_order,
            "source": self._places[self._tracker.tracked(link.source)],
            "property": link.source_property,
            "target": target,
            "outcome_unknown": link.outcome_unknown,
        }


def _check_link(url: str | None) -> None:
    if url is not None and masked(url) != url:
        raise InvalidOperationError(f"a link of the service holds a credential, which no file shall hold: {masked(url)}")


# -- reading


def read_pending(
    channel: Channel,
    tracker: EntityTracker,
    class_of: Callable[[str | None, str | None], type[Entity]],
    path: str | PathLike[str],
) -> list[EntityDescriptor]:
    """Track again what a file holds, in its order, and give the entities' records. All of it, or nothing.

    ``ArgumentError`` for a file that cannot be read, ``PayloadError`` for one that is not what it should be, and
    ``InvalidOperationError`` where it is of another service, or the context tracks one of its entities already.
    """
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise ArgumentError(f"the pending changes cannot be read from {str(path)!r}: {error}") from error
    tree = _tree(data)
    if not isinstance(tree, dict) or tree.get("kind") != _KIND:
        raise PayloadError(f"{str(path)!r} holds no pending changes")
    if tree.get("version") != _VERSION:
        raise PayloadError(f"{str(path)!r} was written by another version of odata3: {tree.get('version')!r}")
    if tree.get("service") != masked(channel.root):
        raise InvalidOperationError(f"these changes are meant for {tree.get('service')!r}, and not for {masked(channel.root)}")
    return _Reader(channel, tracker, class_of).read(tree)


def _tree(data: bytes) -> Any:
    """The document with what the lines behind it say of its rows."""
    try:
        return read_json(data)
    except PayloadError:
        document, end, rest = data.partition(b"\n")
        if not end:
            raise
    tree = read_json(document)
    *lines, _ = rest.split(b"\n")  # the last one has no end: a killed process did not get to write it
    for number, line in enumerate(lines, 2):
        try:
            _note(tree, read_json(line))
        except (PayloadError, TypeError, ValueError, LookupError, AttributeError) as error:
            raise PayloadError(f"this is no note of a save: {error}", where=f"line {number}") from error
    return tree


def _note(tree: Any, note: Any) -> None:
    for name, places in note.get("sent", {}).items():
        for place in places:
            tree[name][place]["outcome_unknown"] = True
    for name, rows in note.get("now", {}).items():
        for place, row in rows.items():
            tree[name][int(place)] = row


class _Reader:
    def __init__(
        self, channel: Channel, tracker: EntityTracker, class_of: Callable[[str | None, str | None], type[Entity]]
    ) -> None:
        self._channel, self._tracker, self._class_of = channel, tracker, class_of
        self._format = channel.format_of(Dialect.JSON_LIGHT)

    def read(self, tree: dict[str, Any]) -> list[EntityDescriptor]:
        rows = list(_rows(tree, "entities"))
        records = [None if row is None else self._entity(row, where) for row, where in rows]
        for record, (row, where) in zip(records, rows, strict=True):
            if record is None or row is None:
                continue
            if "parent" in row:
                record.parent_for_insert = _at(records, row, "parent", where).entity
            elif record.state is EntityStates.ADDED and record.entity_set not in self._channel.model.entity_sets:
                raise PayloadError("a new entity needs an entity set", where=where)
        links = [(row, where, self._ends(row, where, records)) for row, where in _rows(tree, "links") if row is not None]
        found = [record for record in records if record is not None]
        self._check(found)
        self._enter(found, links)
        return found

    def _check(self, records: list[EntityDescriptor]) -> None:
        identities = [record.identity for record in records if record.identity is not None]
        if len(set(identities)) < len(identities):
            raise PayloadError("two entities have one identity")
        for record in records:
            self._tracker.check_resumable(record)

    def _enter(self, records: list[EntityDescriptor], links: list[tuple[dict[str, Any], str, tuple[Any, str, Any]]]) -> None:
        """Links come after the entities in the order of changes where their numbers say so; entities must be known first."""
        numbers = [record.change_order for record in records]
        entered: list[EntityDescriptor] = []
        try:
            for record in sorted(records, key=lambda r: r.change_order):
                self._tracker.resume(record)
                entered.append(record)
            made = list(zip(numbers, records, strict=True))
            for row, where, ends in links:
                made.append((_number(row, "order", where), self._link(row, where, ends)))  # type: ignore[arg-type]
            for record in records:
                if record.parent_for_insert is not None and record.parent_property_for_insert is not None:
                    source, name = record.parent_for_insert, record.parent_property_for_insert
                    self._tracker.resume_link(source, name, record.entity, EntityStates.ADDED)
            for _, descriptor in sorted(made, key=lambda pair: pair[0]):
                self._tracker.move(descriptor, descriptor.state)
        except BaseException:
            for record in entered:
                self._tracker.forget(record)
            raise

    def _entity(self, row: dict[str, Any], where: str) -> EntityDescriptor:
        state = _state(row, where)
        before, assigned = (self._members(row, name, where) for name in ("values", "assigned"))
        cls = self._class_of(before.type_name, None)
        if assigned.type_name != before.type_name:
            raise PayloadError("values and assigned values are of different types", where=where)
        try:
            entity = from_entry(cls, before)
            source = from_entry(cls, assigned)
            for name in assigned.names():
                entity[name] = source[name]
            before.decoded()
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            raise PayloadError(f"a value does not fit: {error}", where=where) from error
        record = EntityDescriptor(entity, state, _number(row, "order", where))
        for name in _TEXTS:
            setattr(record, name, _text(row, name, where))
        for name in _FLAGS:
            setattr(record, name, row.get(name) is True)
        record.is_reloaded = record.is_pending
        if state is not EntityStates.ADDED and record.edit_link is None:
            raise PayloadError("an entity that the service has needs an edit_link", where=where)
        links = dict(self._links(row, type_of(entity), where))
        record.describe(Entry(before.type_name, before.values, before.codec, details=Details(links=links)))
        record.server_type_name = _text(row, "server_type_name", where)
        return record

    def _members(self, row: dict[str, Any], name: str, where: str) -> Entry:
        members = row.get(name)
        if not isinstance(members, dict) or not isinstance(members.get("odata.type"), str):
            raise PayloadError("an object with odata.type is needed", where=f"{where}.{name}")
        document = self._format.read_request(write_json(members), Expectation(Kind.ENTRY, members["odata.type"]))
        if not isinstance(document, Entry) or document.inline or document.binds:
            raise PayloadError("these are not the values of an entity", where=f"{where}.{name}")
        return document

    def _links(self, row: dict[str, Any], edm_type: EntityType, where: str) -> Iterator[tuple[str, Link]]:
        ways = row.get("links", {})
        if not isinstance(ways, dict):
            raise PayloadError("an object is needed", where=f"{where}.links")
        for name, pair in ways.items():
            if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(url, str | None) for url in pair):
                raise PayloadError("a pair of URLs is needed", where=f"{where}.links.{name}")
            if name in edm_type.navigation_properties:
                yield name, Link(name, *pair)

    def _ends(self, row: dict[str, Any], where: str, records: _Records) -> tuple[Any, str, Any]:
        source = _at(records, row, "source", where).entity
        target = None if row.get("target") is None else _at(records, row, "target", where).entity
        name = _text(row, "property", where)
        try:
            return source, navigation_of(source, name or "").name, target
        except InvalidOperationError as error:
            raise PayloadError(str(error), where=where) from error

    def _link(self, row: dict[str, Any], where: str, ends: tuple[Any, str, Any]) -> LinkDescriptor:
        try:
            link = self._tracker.resume_link(*ends, _state(row, where))
        except ODataError as error:
            raise PayloadError(str(error), where=where) from error
        link.outcome_unknown, link.is_reloaded = row.get("outcome_unknown") is True, True
        return link


def _rows(tree: dict[str, Any], name: str) -> Iterator[tuple[dict[str, Any] | None, str]]:
    """The rows with their places; None for one that a save has done away with."""
    rows = tree.get(name)
    if not isinstance(rows, list):
        raise PayloadError("a list is needed", where=name)
    for place, row in enumerate(rows):
        if not isinstance(row, dict | None):
            raise PayloadError("an object is needed", where=f"{name}[{place}]")
        yield row, f"{name}[{place}]"


def _state(row: dict[str, Any], where: str) -> EntityStates:
    state = _STATES.get(str(row.get("state")))
    if state is None:
        raise PayloadError(f"a state is one of {', '.join(_STATES)}", where=f"{where}.state")
    return state


def _number(row: dict[str, Any], name: str, where: str) -> int:
    value = row.get(name)
    if type(value) is not int:
        raise PayloadError("a whole number is needed", where=f"{where}.{name}")
    return value


def _text(row: dict[str, Any], name: str, where: str) -> str | None:
    value = row.get(name)
    if not isinstance(value, str | None):
        raise PayloadError("a text is needed", where=f"{where}.{name}")
    return value


def _at(records: _Records, row: dict[str, Any], name: str, where: str) -> EntityDescriptor:
    place = _number(row, name, where)
    found = records[place] if 0 <= place < len(records) else None
    if found is None:
        raise PayloadError("there is no such entity in the file", where=f"{where}.{name}")
    return found
