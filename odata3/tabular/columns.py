"""The columns of a table of a query's rows.

They follow from the model and the query, not from the rows: those of the type that is asked for, then those of the types derived
from it. Complex values and single related entities are taken apart (``Network.VLan``, ``Host.Name``). What the model does not
know (properties of open types) has a column where it was selected by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from odata3.edm.model import ComplexType, EntityType, Model, NavigationProperty, Property
from odata3.edm.primitives import primitive
from odata3.uri.translation import Column

#: How deep complex values and related entities are taken apart; deeper ones are JSON.
_DEPTH = 8
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
