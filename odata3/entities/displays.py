"""Entities, complex values and their rows as notebooks show them.

Only what an object holds is shown; nothing is loaded for it, and no secret is told: the value of a property whose name says
that it is one (``Password``) stands as ``***``. Source: the rich display protocol of IPython.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from odata3.entities.changes import changed_names, set_names
from odata3.entities.exact import exact_item
from odata3.entities.properties import Column, Link
from odata3.entities.structure import Structure
from odata3.hypertext import Html, card, counted, note, shown, table
from odata3.secrecy import is_secret

_HIDDEN = "***"


def object_html(value: Structure) -> Html:
    """An entity or a complex value: its name and key, then each property that is set, with its EDM type."""
    plan = value._plan
    changed = frozenset(changed_names(value))
    names = set_names(value)
    rows = [(f"• {name}" if name in changed else name, _cell(value, name), _type(value, name)) for name in names]
    rows += [(link.name, shown(held), link.declared_type) for link, held in _related(value)]
    unset = len(plan.values) - sum(name in plan.by_name for name in names)
    remarks = [f"{counted(unset, 'property')} never set"] * (unset > 0) + ["• assigned and not saved"] * bool(changed)
    key = ", ".join(f"{p.name}={shown_plainly(value, p.name)}" for p in plan.key)
    title = f"{type(value).__name__}({key})" if key else type(value).__name__
    return card(title, table(("Property", "Value", "Type"), rows), *([note("; ".join(remarks))] if remarks else []))


def rows_html(rows: Iterable[Any], names: tuple[str, ...] = ()) -> Html:
    """Rows of a query as a table: entities with the properties that one of them holds, keys first; projections by their parts.

    ``names`` are those of the parts of a row that is a tuple or a single value.
    """
    found = [_parts(row, names) for row in rows]
    head = dict.fromkeys(name for parts in found for name in parts)
    return table(tuple(head), [[parts[name]() if name in parts else shown("") for name in head] for parts in found])


def shown_plainly(value: Structure, name: str) -> str:
    """One value in a word or two, for a heading."""
    if is_secret(name):
        return _HIDDEN
    try:
        return str(value[name])
    except Exception as error:
        return f"<{type(error).__name__}>"


_Cell = Callable[[], Html]


def _parts(row: Any, names: tuple[str, ...]) -> dict[str, _Cell]:
    if isinstance(row, Structure):
        names_set, key = set_names(row), [p.name for p in row._plan.key]
        held = [*(name for name in key if name in names_set), *(name for name in names_set if name not in key)]
        return {name: _cell_of(row, name) for name in held} | {link.name: _of(item) for link, item in _related(row)}
    if isinstance(row, Mapping):
        named: Iterable[tuple[Any, Any]] = row.items()
    elif is_dataclass(row):
        named = ((part.name, getattr(row, part.name)) for part in fields(row))
    elif isinstance(row, tuple | list):
        known = names if len(names) == len(row) else tuple(f"column {place}" for place in range(1, len(row) + 1))
        named = zip(known, row, strict=True)
    else:
        named = ((names[0] if len(names) == 1 else "value", row),)
    return {str(name): _of(_HIDDEN if is_secret(str(name)) else item) for name, item in named}


def _of(value: Any) -> _Cell:
    return lambda: shown(value)


def _cell_of(value: Structure, name: str) -> _Cell:
    return lambda: _cell(value, name)


def _cell(value: Structure, name: str) -> Html:
    """A property's value; one that cannot be read is named by its error."""
    if is_secret(name):
        return shown(_HIDDEN)
    try:
        return shown(exact_item(value, name))
    except Exception as error:
        return shown(f"<{type(error).__name__}>")


def _type(value: Structure, name: str) -> str:
    found = value._plan.by_name.get(name)
    return found.declared_type if isinstance(found, Column) else ""


def _related(value: Structure) -> Iterator[tuple[Link, Any]]:
    """The related entities that are there, as they stand: a list that nothing was loaded into is not made for the display."""
    for link in value._plan.navigations:
        held = value.__dict__.get(link.attribute)
        if held is not None and not (isinstance(held, list) and not held):
            yield link, held
