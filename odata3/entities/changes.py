"""What an object says that the service does not know yet, and how a document says it.

The raw values are the snapshot: what a body said, or what was last saved. Assigned names are noted; complex values and
collections, which can change in place, are compared with the raw value, converted again.

Source: .NET sends every property; MERGE of the protocol (digest section 5) keeps what is not named, and so only what changed
goes.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from odata3.entities.properties import Column, Kind
from odata3.entities.structure import Structure, decoded, dynamic_names, lifted, put_assigned, put_dynamic, put_raw, read_dynamic
from odata3.errors import InvalidOperationError
from odata3.formats.documents import NATIVE, Complex, Raw

_ABSENT: Any = object()


def assigned_names(entity: Structure) -> tuple[str, ...]:
    """Every name assigned since the entity was read or saved, keys and navigation properties too, in the order of assignment."""
    return tuple(entity._assigned or ())


def changed_names(entity: Structure) -> tuple[str, ...]:
    """What an update sends: properties assigned since the entity was read or saved, equal values too, and complex values and
    collections changed in place. No keys, no navigation properties, no streams; in the order of the type, dynamic ones last."""
    moved = _moved(entity)
    changed = {*(entity._assigned or ()), *moved} if moved else entity._assigned
    if not changed:
        return ()
    plan = entity._plan
    if len(changed) == 1:  # as most updates are
        found = plan.by_name.get(name := next(iter(changed)))
        if found is not None:
            return (name,) if isinstance(found, Column) and found not in plan.key else ()
    declared = [p.name for p in plan.values if p.name in changed and p not in plan.key]
    return (*declared, *(name for name in dynamic_names(entity) if name in changed))


def set_names(entity: Structure) -> tuple[str, ...]:
    """Every property that has been read, or assigned, ever: in the order of the type, dynamic ones last."""
    known = {*entity._raw, *(entity._assigned or ()), *_moved(entity)}
    return (*(p.name for p in entity._plan.values if p.name in known), *dynamic_names(entity))


def forget_changes(entity: Structure) -> None:
    """What the entity says now is what the service knows: after a save, or on attaching. Values stay, notes go.

    A collection that holds what it cannot hold stays noted: no service can know it.
    """
    moved = _moved(entity)
    changed = dict.fromkeys((*(entity._assigned or ()), *moved)) if moved else entity._assigned
    if not changed:
        return
    raw = dict(entity._raw)
    wrong: dict[str, None] = {}
    for name in changed:
        kind, held = _kind_and_value(entity, name)
        if kind is None:
            continue
        try:
            raw[name] = None if held is None else Raw(kind.lower(held), NATIVE, name)
        except (TypeError, ValueError):
            wrong[name] = None
        else:
            kind.settle(held)
    put_raw(entity, raw)
    put_assigned(entity, wrong or None)


def _kind_and_value(entity: Structure, name: str) -> tuple[Kind | None, Any]:
    """How a property travels, and the value that was looked at or assigned; no kind for navigation properties and streams."""
    found = entity._plan.by_name.get(name)
    if found is None:
        return entity._plan.dynamic, (entity._dynamic or {}).get(name, _ABSENT)
    return (found.kind, entity.__dict__.get(found.attribute, _ABSENT)) if isinstance(found, Column) else (None, None)


def noted_names(entity: Structure) -> tuple[str, ...]:
    """What the entity says and the service may not know, keys included: assigned, or changed in place; values only."""
    changed = {*(entity._assigned or ()), *_moved(entity)}
    return tuple(name for name in set_names(entity) if name in changed)


def values_before(entity: Structure) -> dict[str, Raw]:
    """The values as they were read or last saved, as the documents spelled them."""
    codec = entity._codec
    known = ((n, v) for n, v in entity._raw.items() if type(v) is Raw or n in codec.decoders or codec.is_property(n))
    return {name: value if type(value) is Raw else Raw(value, codec, name) for name, value in known}


def roll_back(entity: Structure) -> None:
    """Back to the values as they were read or last saved; related entities stay as they are."""
    for prop in entity._plan.values:
        entity.__dict__.pop(prop.attribute, None)
    put_dynamic(entity, None)
    put_assigned(entity, None)


def value_before(entity: Structure, name: str) -> Any:
    """A property's value as it was read or last saved."""
    kind, _ = _kind_and_value(entity, name)
    return None if kind is None else lifted(kind, decoded(entity, name))


def _moved(entity: Structure) -> list[str]:
    """The complex values and collections that say something else than the raw value: it is their snapshot, converted again."""
    plan = entity._plan
    if not plan.mutable and plan.dynamic is None:  # most types
        return []
    noted, held = entity._assigned or (), entity.__dict__
    moved = [
        p.name
        for p in plan.mutable
        if p.attribute in held and p.name not in noted and _differs(entity, p.kind, p.name, held[p.attribute])
    ]
    kind = plan.dynamic
    if kind is not None:
        moved += [n for n, v in (entity._dynamic or {}).items() if n not in noted and _differs(entity, kind, n, v)]
    return moved


def _differs(entity: Structure, kind: Kind, name: str, held: Any) -> bool:
    if held is None:
        return entity._raw.get(name) is not None
    try:
        return bool(kind.differs(held, decoded(entity, name)))
    except (TypeError, ValueError):
        return True  # something wrong was put into it: writing it says what


# --- documents' values ----------------------------------------------------------------------------------------------------------


def document_value(entity: Structure, name: str, within: tuple[Structure, ...] = ()) -> Any:
    """What a document says of one property: the raw value as it came where nothing changed, else a native value.

    Raises TypeError or ValueError where a collection was filled with what it cannot hold, and ``InvalidOperationError`` for a
    complex value that contains itself.
    """
    if within and any(outer is entity for outer in within):
        raise InvalidOperationError(f"a {entity._edm_type.full_name} contains itself: it cannot be written")
    kind, held = _kind_and_value(entity, name)
    noted = name in (entity._assigned or ())
    if kind is None or held is _ABSENT or not (noted or (kind.mutable and _differs(entity, kind, name, held))):
        raw = entity._raw.get(name)
        return raw if raw is None or type(raw) is Raw else Raw(raw, entity._codec, name)
    return None if held is None else kind.lower(held, (*within, entity))


def snapshot(value: Structure, within: tuple[Structure, ...] = ()) -> Complex:
    """A complex value as a document's, with the properties that are set."""
    return Complex(value._edm_type.full_name, {name: document_value(value, name, within) for name in set_names(value)}, NATIVE)


def whole_values(entity: Structure, within: tuple[Structure, ...] = ()) -> dict[str, Any]:
    """Every property as a document's value, sorted by name, never set ones as .NET's defaults; complex values whole as well.

    Source: the bodies of the .NET client, which knows no part of an entity.
    """
    known, kinds = set(set_names(entity)), {p.name: p.kind for p in entity._plan.values}
    values = {}
    for name in sorted({*kinds, *known}):
        kind = kinds.get(name) or entity._plan.dynamic
        if kind is None or name not in known:
            values[name] = None if kind is None else kind.default()
        elif kind.mutable:
            if any(outer is entity for outer in within):
                raise InvalidOperationError(f"a {entity._edm_type.full_name} contains itself: it cannot be written")
            held = entity[name]
            if held is None:
                values[name] = None
            elif any(isinstance(item, Structure) for item in (held if isinstance(held, list) else [held])):
                values[name] = kind.whole(held, (*within, entity))
            else:
                values[name] = document_value(entity, name, within)
        else:
            values[name] = document_value(entity, name, within)
    return values


def said(value: Structure) -> dict[str, Any]:
    """What a complex value says, for comparison: its properties that are not null, decoded."""
    return {name: given for name, given in snapshot(value).decoded().items() if given is not None}


def plain_values(entity: Structure, within: tuple[Structure, ...] = (), names: Collection[str] | None = None) -> dict[str, Any]:
    """What ``to_dict`` gives; with ``names`` these alone."""
    if any(outer is entity for outer in within):
        raise InvalidOperationError(f"a {entity._edm_type.full_name} contains itself: it has no plain form")
    inside = (*within, entity)
    values = [p for p in entity._plan.values if names is None or p.name in names]
    plain = {p.name: p.kind.plain(getattr(entity, p.attribute), inside) for p in values}
    kind = entity._plan.dynamic
    if kind is not None:
        dynamic = [name for name in dynamic_names(entity) if names is None or name in names]
        plain |= {name: kind.plain(read_dynamic(entity, name), inside) for name in dynamic}
    return plain
