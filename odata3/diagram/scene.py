"""What a picture shows of a model: a box for every type, a line for every association and every base type.

Nothing here has a place or a size yet. A navigation property is a row of its box, and its line begins there; the two navigation
properties of one association are one line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from odata3.edm.model import ComplexType, EntityType, Model, NavigationProperty, Property, StructuredType, element_type
from odata3.errors import ArgumentError

#: So many plain properties a box shows, unless it is told otherwise: keys first.
SHOWN = 8


class RowKind(Enum):
    KEY = "key"
    VALUE = "value"
    #: Says how many properties are not shown.
    MORE = "more"
    NAVIGATION = "navigation"


@dataclass(frozen=True, slots=True)
class Row:
    """A property in a box; ``type`` is short: ``Int32``, ``String[]``, ``Address?``."""

    name: str
    type: str
    kind: RowKind


@dataclass(frozen=True, slots=True)
class Box:
    """A type; ``name`` is its full name, ``title`` the short one."""

    name: str
    title: str
    namespace: str
    rows: tuple[Row, ...]
    is_abstract: bool = False
    is_complex: bool = False


class LineKind(Enum):
    ASSOCIATION = "association"
    INHERITANCE = "inheritance"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class End:
    """One end of a line: at which box, at which of its rows (None: at its head), and how many may stand there."""

    box: str
    row: int | None
    multiplicity: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line from the one to the many, from the owner to what it leads to, from the base type to the derived one."""

    kind: LineKind
    start: End
    end: End
    label: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def scene(
    model: Model,
    *,
    types: Iterable[str] = (),
    around: str | None = None,
    depth: int = 1,
    shown: int = SHOWN,
    complex_types: bool = False,
) -> Scene:
    """What to draw of a model.

    Raises ``ArgumentError`` for a name that the model does not have.

    Parameters
    ----------
    types : names, full or short
        Only these; all where none is named.
    around : name
        Only this type and those that are at most ``depth`` lines away from it.
    shown : int
        How many plain properties a box shows; navigation properties and keys are always there.
    complex_types : bool
        Whether complex types have boxes too.
    """
    candidates: dict[str, StructuredType] = dict(model.entity_types)
    if complex_types:
        candidates.update(model.complex_types)
    chosen = {find_type(candidates, name) for name in types} or set(candidates)
    if around is not None:
        chosen &= _near(model, candidates, find_type(candidates, around), depth)
    kept = {name: t for name, t in candidates.items() if name in chosen}
    boxes = {name: _box(t, kept, shown) for name, t in kept.items()}
    return Scene(tuple(boxes.values()), tuple(_lines(model, kept, boxes)))


def find_type(types: dict[str, StructuredType], name: str) -> str:
    """The full name of the type that a full or short name means."""
    if name in types:
        return name
    found = [full for full, t in types.items() if t.name == name]
    if len(found) != 1:
        raise ArgumentError(
            f"there is {'more than one' if found else 'no'} type {name!r}" + (f": {', '.join(found)}" * bool(found))
        )
    return found[0]


def _near(model: Model, types: dict[str, StructuredType], start: str, depth: int) -> set[str]:
    """The types at most ``depth`` lines away."""
    beside: dict[str, set[str]] = {name: set() for name in types}
    for name, t in types.items():
        others = [element_type(p.type) for p in t.declared_properties]
        others += [n.type for n in t.declared_navigation_properties] if isinstance(t, EntityType) else []
        for other in (*others, t.base_type):
            if other in beside:
                beside[name].add(str(other))
                beside[str(other)].add(name)
    found, edge = {start}, {start}
    for _ in range(depth):
        edge = {other for name in edge for other in beside[name]} - found
        found |= edge
    return found


# -- boxes -----------------------------------------------------------------------------------------------------------------------


def _box(t: StructuredType, kept: dict[str, StructuredType], shown: int) -> Box:
    key = t.key if isinstance(t, EntityType) else ()
    plain = _properties(t, kept)
    first = [p for p in plain if p.name in key]
    rest = [p for p in plain if p.name not in key]
    room = max(shown - len(first), 0)
    if len(rest) == room + 1:
        room += 1  # a line that says "1 more" takes as much room
    rows = [Row(p.name, short_type(p), RowKind.KEY if p.name in key else RowKind.VALUE) for p in (*first, *rest[:room])]
    if len(rest) > room:
        rows.append(Row(f"… {len(rest) - room} more", "", RowKind.MORE))
    rows += [Row(n.name, "", RowKind.NAVIGATION) for n in _navigations(t, kept)]
    return Box(
        t.full_name,
        t.name,
        t.namespace,
        tuple(rows),
        is_abstract=t.abstract,
        is_complex=isinstance(t, ComplexType),
    )


def _properties(t: StructuredType, kept: dict[str, StructuredType]) -> tuple[Property, ...]:
    """Its own; the inherited ones too, where the base type has no box."""
    return tuple(t.declared_properties if t.base_type in kept else t.properties)


def _navigations(t: StructuredType, kept: dict[str, StructuredType]) -> tuple[NavigationProperty, ...]:
    if not isinstance(t, EntityType):
        return ()
    return tuple(t.declared_navigation_properties if t.base_type in kept else t.navigation_properties)


def short_type(p: Property) -> str:
    """``String``, ``Address[]``; a question mark where it may be null."""
    name = p.element_type.rpartition(".")[2]
    return f"{name}[]" if p.is_collection else f"{name}?" if p.nullable else name


# -- lines -----------------------------------------------------------------------------------------------------------------------


def _lines(model: Model, kept: dict[str, StructuredType], boxes: dict[str, Box]) -> Iterable[Line]:
    drawn: set[tuple[str, str]] = set()
    for name, t in kept.items():
        if t.base_type in kept:
            yield Line(LineKind.INHERITANCE, End(str(t.base_type), None), End(name, None))
        for navigation in _navigations(t, kept):
            if navigation.type in kept and (name, navigation.name) not in drawn:
                back = _way_back(kept, name, navigation)
                drawn |= {(name, navigation.name)} | ({(navigation.type, back.name)} if back is not None else set())
                yield _association(model, boxes, name, navigation, back)
        for p in _properties(t, kept):
            if p.element_type in kept and isinstance(kept[p.element_type], ComplexType):
                many = "*" if p.is_collection else "0..1" if p.nullable else "1"
                yield Line(LineKind.VALUE, End(name, _row_of(boxes[name], p.name)), End(p.element_type, None, many), p.name)


def _way_back(kept: dict[str, StructuredType], name: str, navigation: NavigationProperty) -> NavigationProperty | None:
    """The navigation property of the other side."""
    for other in _navigations(kept[navigation.type], kept):
        same = other.relationship == navigation.relationship and other.from_role == navigation.to_role
        if same and other.type == name and (navigation.type != name or other.name != navigation.name):
            return other
    return None


def _association(
    model: Model, boxes: dict[str, Box], name: str, navigation: NavigationProperty, back: NavigationProperty | None
) -> Line:
    association = model.associations.get(navigation.relationship)
    own = association.ends.get(navigation.from_role) if association is not None else None
    here = End(name, _row_of(boxes[name], navigation.name), own.multiplicity if own is not None else "")
    row = None if back is None else _row_of(boxes[navigation.type], back.name)
    there = End(navigation.type, row, navigation.multiplicity)
    label = navigation.name if back is None else f"{navigation.name} / {back.name}"
    turned = back is not None and here.multiplicity == "*" and there.multiplicity != "*"
    return Line(LineKind.ASSOCIATION, there, here, label) if turned else Line(LineKind.ASSOCIATION, here, there, label)


def _row_of(box: Box, name: str) -> int | None:
    return next((i for i, row in enumerate(box.rows) if row.name == name and row.kind is not RowKind.MORE), None)
