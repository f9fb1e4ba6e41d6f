"""A query's rows as tables: plain dictionaries, the columns of a table, a CSV file. Nothing of it is tracked.

A dictionary has what a row holds, related entities that were expanded as dictionaries of their own, or lists of these. In tables
(CSV, DataFrame, Arrow) complex values and single related entities are taken apart::

    ctx.Machines.expand("Host").to_csv("machines.csv")

    ID,Name,Network.Address,Network.VLan,Tags,Host.Name
    1,web-01,10.0.0.1,7,"[""prod""]",north

The columns follow from the model and the query, not from the rows: those of the type that is asked for, then those of the types
derived from it. What the model does not know (properties of open types) has a column where it was selected by name.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from odata3.edm.model import ComplexType, EntityType, Model, NavigationProperty, Property
from odata3.edm.moments import FineDateTime, FineDuration
from odata3.edm.primitives import PrimitiveType, primitive, primitive_of
from odata3.entities.changes import plain_values, set_names
from odata3.entities.entity import ComplexValue, Entity, held, type_of
from odata3.entities.exact import exact_values
from odata3.errors import ArgumentError
from odata3.uri.translation import Column

#: How deep complex values and related entities are taken apart; deeper ones are JSON.
_DEPTH = 8
_REPORT_EVERY = 1000
#: The most digits of a decimal that any table has.
_DIGITS = 76


# --- what a query reads -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Reading:
    """What is read of each entity: ``names`` of its properties (None: all), and what of which related ones."""

    names: dict[str, None] | None = None
    related: dict[str, Reading] = field(default_factory=dict)


def reading(selected: tuple[str, ...], expanded: tuple[str, ...]) -> Reading:
    """What the paths of ``$select`` and ``$expand`` say; type segments aside."""
    whole = Reading()
    for path in expanded:
        here = whole
        for segment in _names(path):
            here = here.related.setdefault(segment, Reading())
    if not selected:
        return whole
    chosen = Reading({})
    for path in selected:
        _choose(chosen, whole, _names(path))
    return chosen


def _choose(chosen: Reading, whole: Reading, names: list[str]) -> None:
    for position, name in enumerate(names):
        if name == "*":
            chosen.names = None
        elif name in whole.related:
            whole = whole.related[name]
            if position + 1 == len(names):
                chosen.related[name] = whole
            chosen = chosen.related.setdefault(name, Reading({}))
        elif chosen.names is not None:
            chosen.names[name] = None


def _names(path: str) -> list[str]:
    return [segment for segment in path.split("/") if "." not in segment]


# --- rows as dictionaries ---------------------------------------------------------------------------------------------------


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


# --- columns ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cells:
    """A column of a table, and the way to its value in a row's dictionary."""

    column: Column
    way: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.column.name

    def of(self, row: Mapping[str, Any]) -> Any:
        value: Any = row
        for name in self.way:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value


def cells_of_entities(model: Model, edm_type: EntityType, read: Reading) -> tuple[Cells, ...]:
    """The columns of a table of entities."""
    return tuple(
        Cells(replace(column, name=".".join(way)), way) for column, way in _cells(model, edm_type, read, (), _DEPTH).values()
    )


def cells_of_projection(model: Model, columns: tuple[Column, ...]) -> tuple[Cells, ...]:
    """The columns of what a lambda of ``select`` made; complex values and entities in it taken apart."""
    found: list[Cells] = []
    for column in columns:
        kind = column.type
        if column.is_collection or not isinstance(kind, EntityType | ComplexType):
            found.append(Cells(column, (column.name,)))
            continue
        inner = _cells(model, kind, Reading(), (), _DEPTH).values()
        found.extend(Cells(replace(c, name=".".join((column.name, *way))), (column.name, *way)) for c, way in inner)
    return tuple(found)


_Found = dict[tuple[str, ...], tuple[Column, tuple[str, ...]]]


def _cells(model: Model, edm_type: EntityType | ComplexType, read: Reading, way: tuple[str, ...], depth: int) -> _Found:
    found: _Found = {}
    lineage = [edm_type, *(model.structured_type(name) for name in model.derived_types(edm_type.full_name))]
    for name in read.names if read.names is not None else _values(lineage):
        declared = next((p for t in lineage if t is not None and isinstance(p := t.find(name), Property)), None)
        if declared is None and name in _navigations(lineage):
            continue  # a link, which has no value
        found |= _property(model, name, declared, way, depth)
    for name, inner in read.related.items():
        navigation = _navigations(lineage).get(name)
        target = None if navigation is None else model.entity_types.get(navigation.type)
        if navigation is None or target is None:
            continue
        if navigation.is_collection or depth == 0:
            found[*way, name] = Column(name, None, navigation.is_collection), (*way, name)
        else:
            found |= _cells(model, target, inner, (*way, name), depth - 1)
    return found


def _property(model: Model, name: str, declared: Property | None, way: tuple[str, ...], depth: int) -> _Found:
    here = (*way, name)
    if declared is None:
        return {here: (Column(name), here)}
    if declared.is_stream:
        return {}
    inside = model.complex_types.get(declared.type)
    if inside is not None and depth:
        return _cells(model, inside, Reading(), here, depth - 1)
    element = primitive(declared.element_type) or model.enum_types.get(declared.element_type)
    return {here: (Column(name, element, declared.is_collection, _digits(declared)), here)}


def _digits(declared: Property) -> tuple[int, int] | None:
    """Precision and scale, where the model says both."""
    precision, scale = declared.precision, declared.scale
    return (precision, scale) if precision and isinstance(scale, int) and scale <= precision <= _DIGITS else None


def _values(lineage: list[Any]) -> dict[str, None]:
    return dict.fromkeys(p.name for t in lineage if t is not None for p in t.properties)


def _navigations(lineage: list[Any]) -> dict[str, NavigationProperty]:
    return {n.name: n for t in reversed(lineage) if isinstance(t, EntityType) for n in t.navigation_properties}


# --- CSV --------------------------------------------------------------------------------------------------------------------


def check_target(target: object) -> None:
    """``ArgumentError`` for what is neither a path nor a file."""
    if not isinstance(target, str | PathLike) and not hasattr(target, "write"):
        raise ArgumentError(f"a path or a text file is needed, not {target!r}")


def write_csv(
    rows: Iterable[Mapping[str, Any]],
    target: str | PathLike[str] | TextIO,
    cells: tuple[Cells, ...],
    progress: Callable[[int], object] | None,
) -> int:
    """Write rows as they come; the number of them, which ``progress`` is told every thousand rows and at the end.

    A file stands under its name when it is whole: what was written before a failure is taken away again.
    """
    with _opened(target) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([one.name for one in cells])
        spellings = [(one, _spelling(one.column)) for one in cells]
        count = 0
        for count, row in enumerate(rows, 1):
            writer.writerow([None if (value := one.of(row)) is None else spell(value) for one, spell in spellings])
            if progress is not None and count % _REPORT_EVERY == 0:
                progress(count)
    if progress is not None:
        progress(count)
    return count


@contextmanager
def _opened(target: str | PathLike[str] | TextIO) -> Any:
    if not isinstance(target, str | PathLike):
        yield target
        return
    with whole_file(target) as part, open(part, "w", encoding="utf-8", newline="") as file:
        yield file


@contextmanager
def whole_file(target: str | PathLike[str] | BinaryIO) -> Iterator[Any]:
    """The path to write to, beside the one that takes its place at the end; a file stays what it is. What was written before a
    failure is taken away again."""
    if not isinstance(target, str | PathLike):
        yield target
        return
    path = Path(target)
    part = path.with_name(f"{path.name}.part")
    try:
        yield str(part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _spelling(column: Column) -> Callable[[Any], object]:
    """How a column's values stand in CSV: texts as they are, others as EDM spells them, what has parts as JSON."""
    if type(column.type) is PrimitiveType and not column.is_collection:
        return spelled if column.type.name in _MOMENTS else column.type.format
    return spelled


_MOMENTS = ("Edm.DateTime", "Edm.DateTimeOffset", "Edm.Time")


def spelled(value: Any) -> str:
    """A value in a cell of text: texts as they are, what has parts as JSON, others as EDM spells them, with every digit."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict):
        return json.dumps(_json(value), ensure_ascii=False)
    return value.text if isinstance(value, FineDateTime | FineDuration) else primitive_of(value).format(value)


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _json(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, FineDateTime | FineDuration):
        return value.text
    return value if value is None or isinstance(value, str) else primitive_of(value).to_light(value)
