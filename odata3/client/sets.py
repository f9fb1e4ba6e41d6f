"""Entity sets by name: what a name may look like, which set it means, whether it holds an entity."""

from __future__ import annotations

from typing import Any

from odata3.edm.model import EntitySet, Model
from odata3.entities.entity import Entity, type_of
from odata3.entities.names import hint
from odata3.errors import ArgumentError


class UnknownEntitySetError(ArgumentError, AttributeError, KeyError):
    """No entity set of this name. An ``AttributeError`` as of ``ctx.Nmae``, a ``KeyError`` as of ``ctx["Nmae"]``."""

    __str__ = Exception.__str__


def find_set(model: Model, name: str) -> EntitySet | None:
    """The entity set of a name: plain, ``Container.Set`` or ``NS.Container.Set``."""
    return model.entity_sets.get(name) or next((s for s in model.entity_sets.values() if name in (s.name, s.url_name)), None)


def known_set(model: Model, name: str) -> str:
    """The model's name for an entity set, slashes around it aside.

    ``ArgumentError`` for what is no such name (empty, absolute, with a query), :class:`UnknownEntitySetError` for one that the
    model does not know.
    """
    trimmed = name.strip("/") if isinstance(name, str) else ""
    if not trimmed or "://" in trimmed or "?" in trimmed or "#" in trimmed:
        raise ArgumentError(f"the name of an entity set is needed, and {name!r} is none")
    found = find_set(model, trimmed)
    if found is None:
        raise UnknownEntitySetError(f"the service has no entity set {trimmed!r}{hint(trimmed, model.entity_sets)}")
    return found.qualified_name


def check_member(model: Model, entity_set: str, entity: Any) -> None:
    """``ArgumentError`` where an entity is of no type that the set holds."""
    known = model.entity_sets.get(entity_set)
    if known is None or not isinstance(entity, Entity):
        return
    if not model.is_derived(type_of(entity).full_name, known.type):
        fitting = model.set_of_type(type_of(entity).full_name)
        more = f"; it belongs into {fitting.qualified_name}" if fitting is not None else ""
        raise ArgumentError(f"{entity_set} holds {known.type}, and {entity!r} is none{more}")
