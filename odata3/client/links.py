"""The links between tracked entities, and where one may lead.

A link is found by its three parts (source, property, target), and by either end; the table says nothing of states.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import chain
from typing import Any, NoReturn

from odata3.client.descriptors import LinkDescriptor
from odata3.edm.model import NavigationProperty
from odata3.entities.entity import Entity, type_of
from odata3.errors import ArgumentError, InvalidOperationError


class Links:
    """The links of one context."""

    def __init__(self) -> None:
        self._by_place: dict[tuple[Any, str], dict[Any, LinkDescriptor]] = {}
        self._by_end: dict[Any, dict[LinkDescriptor, None]] = {}

    def __iter__(self) -> Iterator[LinkDescriptor]:
        return chain.from_iterable(links.values() for links in self._by_place.values())

    def find(self, source: object, name: str, target: object) -> LinkDescriptor | None:
        return self._by_place.get((source, name), {}).get(target)

    def leading_from(self, source: object, name: str) -> tuple[LinkDescriptor, ...]:
        """Those of one navigation property."""
        return tuple(self._by_place.get((source, name), {}).values())

    def touching(self, end: object) -> tuple[LinkDescriptor, ...]:
        """Those whose source or target is an entity."""
        return tuple(self._by_end.get(end, ()))

    def enter(self, link: LinkDescriptor) -> None:
        self._by_place.setdefault((link.source, link.source_property), {})[link.target] = link
        for end in (link.source, link.target):
            if end is not None:
                self._by_end.setdefault(end, {})[link] = None

    def forget(self, link: LinkDescriptor) -> None:
        place = link.source, link.source_property
        links = self._by_place.get(place, {})
        links.pop(link.target, None)
        if not links:
            self._by_place.pop(place, None)
        for end in (link.source, link.target):
            touching = self._by_end.get(end)
            if touching is not None:
                touching.pop(link, None)
                if not touching:
                    del self._by_end[end]


def navigation_of(entity: Any, name: str) -> NavigationProperty:
    """A navigation property of an entity's type; ``InvalidOperationError`` where it is none, naming the nearest."""
    entity_type = type_of(entity)
    found = entity_type.find(name) if isinstance(name, str) else None
    if isinstance(found, NavigationProperty):
        return found
    names = entity_type.navigation_properties.names()
    if found is not None:
        raise InvalidOperationError(
            f"{entity_type.full_name}.{name} is no navigation property; these are: {', '.join(names) or 'none'}"
        )
    near = get_close_matches(str(name), names, 1)
    hint = f"; did you mean {near[0]}?" if near else f"; it has {', '.join(names) or 'none'}"
    raise InvalidOperationError(f"{entity_type.full_name} has no navigation property {name}{hint}")


def check_entity(entity: object) -> None:
    if not isinstance(entity, Entity):
        _refuse_entity(entity)


def _refuse_entity(entity: object) -> NoReturn:
    given = "None" if entity is None else repr(entity)
    raise ArgumentError(f"an entity is needed, and {given} is none: make one of a class of ctx.types")


def check_target(navigation: NavigationProperty, source: Any, target: Any) -> None:
    check_entity(target)
    if not any(
        issubclass(cls, Entity) and cls is not Entity and type_of(cls).full_name == navigation.type
        for cls in type(target).__mro__
    ):
        raise ArgumentError(f"{spelled(source, navigation.name)} takes a {navigation.type}, not {target!r}")


def check_many(navigation: NavigationProperty, source: Any) -> None:
    if not navigation.is_collection:
        raise InvalidOperationError(f"{spelled(source, navigation.name)} is a reference, no collection: use set_link")


def check_one(navigation: NavigationProperty, source: Any) -> None:
    if navigation.is_collection:
        raise InvalidOperationError(f"{spelled(source, navigation.name)} is a collection, no reference: use add_link")


def spelled(source: Any, name: str) -> str:
    return f"{type(source).__name__}.{name}"
