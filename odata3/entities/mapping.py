"""The crossing between entities and documents, both ways.

``from_entry`` and ``fill`` take raw values over as they are; ``to_entry`` gives back as they came those that nobody assigned, so
that what a Python value cannot hold (the seventh digit of a second) returns to the service unharmed. Links and related entities
are the client's: entries made here have neither. ``from_value`` and ``to_value`` do the same for single values, the parameters
and results of operations.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, TypeVar

from odata3.entities.changes import document_value, set_names, whole_values
from odata3.entities.classes import Namespace
from odata3.entities.entity import Entity, held, place
from odata3.entities.names import hint
from odata3.entities.properties import Column, Kind
from odata3.entities.streams import DataServiceStreamLink
from odata3.entities.structure import adopt, lifted, refresh
from odata3.errors import ArgumentError
from odata3.formats.documents import NATIVE, Entry

E = TypeVar("E", bound=Entity)


def from_entry(cls: type[E], entry: Entry) -> E:
    """A new entity over an entry's values."""
    entity = adopt(cls, entry.values, entry.codec)
    if cls._plan.streams:
        _place_streams(entity, entry)
    return entity


def fill(entity: Entity, entry: Entry, keep: Collection[str] = ()) -> None:
    """Take over what an entry says, save for the names in ``keep``; see :func:`~odata3.entities.entity.refresh`."""
    refresh(entity, entry.values, entry.codec, keep)
    if entity._plan.streams:
        _place_streams(entity, entry)


def _place_streams(entity: Entity, entry: Entry) -> None:
    for name in (stream.name for stream in entity._plan.streams):
        told = entry.streams.get(name)
        if told is None:
            continue
        link = held(entity, name)
        if link is None:
            place(entity, name, link := DataServiceStreamLink(name))
        link.self_link = told.read_link or link.self_link
        link.edit_link = told.edit_link or link.edit_link
        link.content_type = told.content_type or link.content_type
        link.etag = told.etag or link.etag


def to_entry(entity: Entity, names: Iterable[str] | None = None) -> Entry:
    """The entity as a document, with the properties named, or with those that are set (``set_names``).

    A property that is named, but was never set, is written as .NET writes it: the default of its type where it cannot be null,
    else null. Raises ``ArgumentError`` for an unknown name and for a value that does not fit (a collection filled in place with
    what it cannot hold), ``InvalidOperationError`` for a complex value that contains itself.
    """
    if names is None:
        values = {name: _value(entity, name) for name in set_names(entity)}
    else:
        raw, noted = entity._raw, entity._assigned or ()
        known: Collection[str] | None = None
        values = {}
        for name in names:
            is_set = name in noted or name in raw
            if not is_set or name not in entity._plan.by_name:  # it may have changed in place, or be no property of the body's
                known = set(set_names(entity)) if known is None else known
                is_set = name in known
            values[name] = _value(entity, name) if is_set else _default(entity, name)
    return Entry(entity._edm_type.full_name, values, NATIVE)


def to_whole_entry(entity: Entity) -> Entry:
    """The entity as .NET writes it: every property, sorted by name, in complex values too, never set ones as their defaults."""
    try:
        return Entry(entity._edm_type.full_name, whole_values(entity), NATIVE)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"{entity._edm_type.full_name}: {error}") from error


def _value(entity: Entity, name: str) -> Any:
    try:
        return document_value(entity, name)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"{entity._edm_type.full_name}.{name}: {error}") from error


def _default(entity: Entity, name: str) -> Any:
    found = entity._plan.by_name.get(name)
    if not isinstance(found, Column):
        known = [prop.name for prop in entity._plan.values]
        raise ArgumentError(f"{entity._edm_type.full_name} has no property {name!r} with a value{hint(name, known)}")
    return found.kind.default()


def from_value(types: Namespace, type_name: str | None, value: Any) -> Any:
    """A document's value as the user sees it: complex values as objects, enum values as members, in lists too.

    ``type_name`` is the EDM type (``Collection(NS.Address)``); without one the value itself says what it is.
    """
    return lifted(types.kind(type_name), value)


def to_value(types: Namespace, type_name: str | None, value: Any) -> Any:
    """What a user gives for a value of this EDM type, as a document's. Raises TypeError for a wrong type, ``ArgumentError``."""
    kind, checked = _checked(types, type_name, value)
    return None if checked is None else kind.lower(checked)


def to_whole_value(types: Namespace, type_name: str | None, value: Any) -> Any:
    """As :func:`to_value`, with every property of complex values, as .NET writes them."""
    kind, checked = _checked(types, type_name, value)
    return None if checked is None else kind.whole(checked)


def _checked(types: Namespace, type_name: str | None, value: Any) -> tuple[Kind, Any]:
    kind = types.kind(type_name)
    try:
        return kind, kind.check(value)
    except ValueError as error:
        raise ArgumentError(f"{type_name or 'a value'}: {error}") from error
