"""What has become of a model: added, removed, changed, and whether code that was written for the old one still works.

::

    compare(before, after)
    (removed property Shop.Product.Note ..., changed property Shop.Product.Price: Edm.Int32 -> Edm.Int64)

What is compared is what a caller meets: types with their properties, keys and navigation properties, enum members, entity sets,
operations and their parameters. Documentation, annotations, and the names of associations are no caller's business.

A change *breaks* where a program that a type checker passed, and the service served, before may now fail: because a name is gone,
a value reads as another type or as None, or a request that was taken is refused.

Source: CSDL 3.0, as the model has it (:mod:`~odata3.edm.model`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from odata3.edm.differences import Difference, changed, members, retyped
from odata3.edm.model import (
    ComplexType,
    EntitySet,
    EntityType,
    EnumMember,
    EnumType,
    Model,
    NavigationProperty,
    Property,
)
from odata3.edm.operation_differences import operations

__all__ = ["Difference", "compare"]


def compare(before: Model, after: Model) -> tuple[Difference, ...]:
    """The differences between two models, ``before`` and ``after``, in their order; none where callers cannot tell them apart."""
    models = _Models(before, after)
    return tuple(
        [
            *members("entity type", before.entity_types, after.entity_types, models.entity_types),
            *members("complex type", before.complex_types, after.complex_types, models.structures),
            *members("enum type", before.enum_types, after.enum_types, _enum_types),
            *members("entity set", before.entity_sets, after.entity_sets, _entity_sets),
            *members("operation", before.function_imports, after.function_imports, operations),
        ]
    )


# --- types ----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Models:
    """Both models, which know the bases of types: what a type only inherits is told of its base."""

    before: Model
    after: Model

    def entity_types(self, name: str, old: EntityType, new: EntityType) -> Iterator[Difference]:
        yield from self.structures(name, old, new)
        if not self._is_inherited("key", old, new):
            yield from changed("key", name, old.key, new.key, True, "look-ups by key, and the addresses of entities, are others")
        if not self._is_inherited("has_stream", old, new):
            effect = "an insert needs a stream" if new.has_stream else "there is no media resource any more"
            yield from changed("stream", name, old.has_stream, new.has_stream, True, effect)
        yield from _attributes(
            name,
            (old.declared_navigation_properties, new.declared_navigation_properties),
            (old.navigation_properties, new.navigation_properties),
            "navigation property",
            _navigations,
            lambda added: False,
        )

    def structures(self, name: str, old: EntityType | ComplexType, new: EntityType | ComplexType) -> Iterator[Difference]:
        yield from changed(
            "base type", name, old.base_type, new.base_type, True, "isinstance, of_type and inherited names change"
        )
        yield from changed("abstract", name, old.abstract, new.abstract, new.abstract, "none can be made" if new.abstract else "")
        if not self._is_inherited("open_type", old, new):
            closed = not new.open_type
            yield from changed("open type", name, old.open_type, new.open_type, closed, "undeclared names fail" if closed else "")
        yield from _attributes(
            name,
            (old.declared_properties, new.declared_properties),
            (old.properties, new.properties),
            "property",
            _properties,
            lambda added: not added.nullable and added.default_value is None and added.store_generated_pattern == "None",
        )

    def _is_inherited(self, attribute: str, old: EntityType | ComplexType, new: EntityType | ComplexType) -> bool:
        """Whether both say what their base says; of one that has another base now, that is told."""
        if old.base_type != new.base_type:
            return True
        was = self.before.structured_type(old.base_type or "")
        now = self.after.structured_type(new.base_type or "")
        if was is None or now is None:
            return False
        return all(getattr(t, attribute) == getattr(base, attribute) for t, base in ((old, was), (new, now)))


def _attributes(
    type_name: str,
    declared: tuple[Any, Any],
    known: tuple[Any, Any],
    what: str,
    common: Callable[[str, Any, Any], Iterator[Difference]],
    is_asked_for: Callable[[Any], bool],
) -> Iterator[Difference]:
    """The properties of a type: its own, and those that moved to or from a base, which are still there for callers."""
    for old in declared[0]:
        if old.name not in known[1]:
            yield Difference("removed", what, f"{type_name}.{old.name}", old.type, None, True, "what names it fails")
    for name in dict.fromkeys(attribute.name for side in declared for attribute in side):
        if name in known[0] and name in known[1]:
            yield from common(f"{type_name}.{name}", known[0][name], known[1][name])
    for new in declared[1]:
        if new.name not in known[0]:
            asked = is_asked_for(new)
            effect = "an insert without it may be refused" if asked else ""
            yield Difference("added", what, f"{type_name}.{new.name}", None, new.type, asked, effect)


def _properties(where: str, old: Property, new: Property) -> Iterator[Difference]:
    yield from retyped("property", where, old.type, new.type)
    effect = "it may read as None" if new.nullable else "None is refused"
    yield from changed("nullable", where, old.nullable, new.nullable, True, effect)
    for facet in ("max_length", "precision", "scale"):
        before, after = getattr(old, facet), getattr(new, facet)
        less = _size(after) < _size(before)
        yield from changed(facet.replace("_", " "), where, before, after, less, "what was taken may be refused" if less else "")
    yield from changed("default value", where, old.default_value, new.default_value, False)
    fixed = new.concurrency_mode == "Fixed"
    told = "updates are checked by its ETag" if fixed else "updates are not checked by it any more"
    yield from changed("concurrency", where, old.concurrency_mode, new.concurrency_mode, False, told)
    yield from changed("made by the service", where, old.store_generated_pattern, new.store_generated_pattern, False)


def _navigations(where: str, old: NavigationProperty, new: NavigationProperty) -> Iterator[Difference]:
    yield from changed("navigation property", where, old.type, new.type, True, f"it leads to {new.type} now")
    if old.is_collection is not new.is_collection:
        effect = "it reads as a list" if new.is_collection else "it reads as one entity or None"
    else:
        effect = "a new entity needs this link" if new.multiplicity == "1" else ""
    yield from changed("multiplicity", where, old.multiplicity, new.multiplicity, bool(effect), effect)
    yield from changed("contained", where, old.contains_target, new.contains_target, True, "its entities have another address")


def _enum_types(name: str, old: EnumType, new: EnumType) -> Iterator[Difference]:
    yield from changed(
        "flags", name, old.is_flags, new.is_flags, True, "its members combine" if new.is_flags else "they do not combine"
    )
    yield from changed("underlying type", name, old.underlying_type, new.underlying_type, False)
    was, now = ({f"{name}.{m.name}": m for m in sort.members} for sort in (old, new))
    yield from members("member", was, now, _enum_members)


def _enum_members(where: str, old: EnumMember, new: EnumMember) -> Iterator[Difference]:
    yield from changed("member", where, old.value, new.value, True, "what was stored means another member")


def _entity_sets(name: str, old: EntitySet, new: EntitySet) -> Iterator[Difference]:
    yield from changed("entity set", name, old.type, new.type, True, f"its entities are {new.type} now")


def _size(facet: int | str | None) -> float:
    """How much a facet allows: one that is not given, ``Max`` and ``Variable`` set no bound."""
    return float(facet) if isinstance(facet, int) else float("inf")
