"""Rows as dictionaries of plain values. Nothing of them is tracked.

A dictionary has what a row holds, related entities that were expanded as dictionaries of their own, or lists of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from odata3.entities.changes import plain_values, set_names
from odata3.entities.entity import ComplexValue, Entity, held, type_of
from odata3.entities.exact import exact_values
from odata3.uri.translation import Column

#: What gives an object's plain values.
_Values = Callable[..., dict[str, Any]]


def record(row: Any, columns: tuple[Column, ...] = ()) -> dict[str, Any]:
    """A row as a dictionary of plain values: an entity's are those it holds, a projection's are called as its columns."""
    return _record(row, columns, plain_values)


def exact_record(row: Any, columns: tuple[Column, ...] = ()) -> dict[str, Any]:
    """As :func:`record`, with every digit of moments and durations (:class:`~odata3.edm.moments.FineDateTime`): for tables."""
    return _record(row, columns, exact_values)


def _record(row: Any, columns: tuple[Column, ...], values: _Values) -> dict[str, Any]:
    if isinstance(row, Entity):
        return _entity(row, values)
    if isinstance(row, Mapping):
        named: Iterable[tuple[str, Any]] = row.items()
    elif is_dataclass(row):
        named = ((part.name, getattr(row, part.name)) for part in fields(row) if part.init)
    elif isinstance(row, tuple | list):
        names = [column.name for column in columns] or [f"column {position}" for position in range(1, len(row) + 1)]
        named = zip(names, row, strict=True)
    else:
        named = ((columns[0].name if columns else "value", row),)
    return {str(name): _plain(value, values) for name, value in named}


def _entity(entity: Entity, values: _Values) -> dict[str, Any]:
    plain = values(entity, names=frozenset(set_names(entity)))
    for navigation in type_of(entity).navigation_properties:
        related = held(entity, navigation.name)
        if isinstance(related, list):
            plain[navigation.name] = [_entity(item, values) for item in related]
        elif related is not None:
            plain[navigation.name] = _entity(related, values)
    return plain


def _plain(value: Any, values: _Values) -> Any:
    if isinstance(value, Entity):
        return _entity(value, values)
    if isinstance(value, ComplexValue):
        return values(value)
    if isinstance(value, list | tuple):
        return [_plain(item, values) for item in value]
    if isinstance(value, Mapping):
        return {name: _plain(item, values) for name, item in value.items()}
    return value.name if isinstance(value, Enum) else value
