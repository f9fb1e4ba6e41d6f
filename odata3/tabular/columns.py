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

#: How deep related entities are taken apart; deeper ones are JSON.
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
    """A column of a table, and the way to its value in a row's dictionary.

    ``items``, of a collection of complex values or of related entities, are the columns of one of its members; None where a
    member may hold what the model does not know (open types), or lies too deep.
    """

    column: Column
    way: tuple[str, ...]
    items: tuple[Cells, ...] | None = None

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
    return _Finder(model).columns(edm_type, read, ())


def cells_of_projection(model: Model, columns: tuple[Column, ...]) -> tuple[Cells, ...]:
    """The columns of what a lambda of ``select`` made; complex values and entities in it taken apart."""
    found: list[Cells] = []
    for column in columns:
        kind, finder = column.type, _Finder(model)
        if not isinstance(kind, EntityType | ComplexType):
            found.append(Cells(column, (column.name,)))
        elif column.is_collection:
            found.append(Cells(column, (column.name,), finder.members(kind, Reading())))
        else:
            found.extend(finder.columns(kind, Reading(), (column.name,)))
    return tuple(found)


_Structure = EntityType | ComplexType
_Found = dict[tuple[str, ...], Cells]


@dataclass(frozen=True, slots=True)
class _Finder:
    """Finds columns; ``within`` are the types that are being taken apart: one inside itself is not, or there would be no end."""

    model: Model
    within: tuple[str, ...] = ()

    def columns(self, edm_type: _Structure, read: Reading, way: tuple[str, ...]) -> tuple[Cells, ...]:
        """The columns of what stands at ``way``, each called by its way."""
        found = self._at(edm_type, read, way).values()
        return tuple(replace(one, column=replace(one.column, name=".".join(one.way))) for one in found)

    def members(self, edm_type: _Structure, read: Reading) -> tuple[Cells, ...] | None:
        """The columns of one member of a collection."""
        if len(self.within) >= _DEPTH or any(found.open_type for found in self._lineage(edm_type)):
            return None
        return self.columns(edm_type, read, ()) or None

    def _at(self, edm_type: _Structure, read: Reading, way: tuple[str, ...]) -> _Found:
        found: _Found = {}
        inside = _Finder(self.model, (*self.within, edm_type.full_name))
        lineage = self._lineage(edm_type)
        for name in read.names if read.names is not None else _values(lineage):
            declared = next((p for t in lineage if isinstance(p := t.find(name), Property)), None)
            if declared is None and name in _navigations(lineage):
                continue  # a link, which has no value
            found |= inside._property(name, declared, (*way, name))
        for name, inner in read.related.items():
            navigation = _navigations(lineage).get(name)
            target = None if navigation is None else self.model.entity_types.get(navigation.type)
            here = (*way, name)
            if navigation is None or target is None:
                continue
            if navigation.is_collection:
                found[here] = Cells(Column(name, None, True), here, inside.members(target, inner))
            elif len(inside.within) > _DEPTH:
                found[here] = Cells(Column(name), here)
            else:
                found |= inside._at(target, inner, here)
        return found

    def _property(self, name: str, declared: Property | None, here: tuple[str, ...]) -> _Found:
        if declared is None:
            return {here: Cells(Column(name), here)}
        if declared.is_stream:
            return {}
        structure = self.model.complex_types.get(declared.element_type)
        if structure is not None and structure.full_name in self.within:
            structure = None
        if structure is not None and not declared.is_collection:
            return self._at(structure, Reading(), here)
        members = None if structure is None else self.members(structure, Reading())
        element = primitive(declared.element_type) or self.model.enum_types.get(declared.element_type)
        return {here: Cells(Column(name, element, declared.is_collection, _digits(declared)), here, members)}

    def _lineage(self, edm_type: _Structure) -> list[_Structure]:
        """A type and those derived from it."""
        derived = (self.model.structured_type(name) for name in self.model.derived_types(edm_type.full_name))
        return list({found.full_name: found for found in (edm_type, *derived) if found is not None}.values())


def _digits(declared: Property) -> tuple[int, int] | None:
    """Precision and scale, where the model says both."""
    precision, scale = declared.precision, declared.scale
    return (precision, scale) if precision and isinstance(scale, int) and scale <= precision <= _DIGITS else None


def _values(lineage: list[_Structure]) -> dict[str, None]:
    return dict.fromkeys(p.name for t in lineage for p in t.properties)


def _navigations(lineage: list[_Structure]) -> dict[str, NavigationProperty]:
    return {n.name: n for t in reversed(lineage) if isinstance(t, EntityType) for n in t.navigation_properties}
