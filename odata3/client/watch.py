"""What hears the assignments of entities in a ``DataServiceCollection``, and makes the calls of a context for them.

One watch serves all collections of a context, for an entity may be in several. While an answer is read (``applying_changes``)
nothing is heard: what the service says is no change.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol, runtime_checkable
from weakref import WeakSet

from odata3.client.addresses import conventional_url
from odata3.client.descriptors import EntityDescriptor
from odata3.client.loading import Loader
from odata3.client.options import EntityStates
from odata3.edm.model import NavigationProperty
from odata3.entities.changes import assigned_names, changed_names
from odata3.entities.entity import Entity, attach, held, observe, place, type_of
from odata3.errors import InvalidOperationError, ODataError


@runtime_checkable
class Watched(Protocol):
    """A collection, as the watch knows it."""

    def allows_change(self, entity: Entity, name: str, value: Any) -> bool:
        """Whether the default call is to be made for an assignment; a callback of the user's may have made its own."""

    def drop_untracked(self) -> None:
        """Let go of entities that the context tracks no more."""

    def restore(self) -> None:
        """Hold what was read, after a rollback."""

    def is_of(self, source: Entity, navigation: NavigationProperty) -> bool:
        """Whether it is the list of an entity's navigation property."""

    def detach(self) -> None:
        """Hear no more."""

    def come(self, entity: Entity) -> None:
        """Make the calls for an entity that comes into it."""

    def adopt_list(self, source: Entity, navigation: NavigationProperty, items: list[Any]) -> list[Any]:
        """The list given, as one that is heard when it changes."""


class Watch:
    """The observer of a context's collections."""

    def __init__(self, loader: Loader) -> None:
        self.loader = loader
        self.tracker = loader.tracker
        self._collections: WeakSet[Any] = WeakSet()
        self._members: dict[Entity, list[Watched]] = {}

    def enlist(self, collection: Watched) -> None:
        self._collections.add(collection)

    def collections_of(self, source: Entity, navigation: NavigationProperty) -> list[Watched]:
        """The list of an entity's navigation property, where it is one that is heard."""
        return [collection for collection in self._collections if collection.is_of(source, navigation)]

    def watch(self, entity: Entity, collection: Watched) -> bool:
        """Hear an entity for a collection; whether it was heard by none before."""
        known = self._members.setdefault(entity, [])
        known.append(collection)
        observe(entity, self)
        return len(known) == 1

    def hears(self, entity: Entity) -> bool:
        """Whether an entity is heard for any collection."""
        return entity in self._members

    def unwatch(self, entity: Entity, collection: Watched) -> bool:
        """Hear an entity no more for a collection; whether it is now heard for none."""
        known = self._members.get(entity)
        if known is None:
            return False
        known[:] = [other for other in known if other is not collection]
        if known:
            return False
        del self._members[entity]
        observe(entity, None)
        return True

    # -- what is heard

    def assigned(self, entity: Entity, name: str, value: Any) -> None:
        """An assignment: ``update_object``, or ``set_link`` for a reference (.NET 9.2)."""
        if self._brings(entity, name, value):
            self.bring_along(value)

    def _brings(self, entity: Entity, name: str, value: Any) -> bool:
        """Make the calls for an assignment; whether the context has a new entity by it."""
        if self.loader.applying_changes or self.tracker.find(entity) is None:
            return False
        collections = tuple(self._members.get(entity, ()))
        if not all(collection.allows_change(entity, name, value) for collection in collections):
            return False
        found = type_of(entity).find(name)
        if not isinstance(found, NavigationProperty):
            self.tracker.update(entity)
        elif found.is_collection:
            for collection in collections[:1]:
                collection.adopt_list(entity, found, list(value))
        else:
            is_new = value is not None and self.tracker.find(value) is None
            try:
                if is_new:
                    self.add(value, self._target_set(entity, found))
                self.tracker.set_link(entity, name, value)
            except ODataError:  # the reference leads where it led
                place(entity, name, next((link.target for link in self.tracker.links_from(entity, name)), None))
                raise
            return is_new
        return False

    def note_silent_changes(self) -> list[tuple[EntityDescriptor, int]]:
        """Complex values and collections change in place without a word: before a save they are looked at.

        Gives the records that are pending for it, each with its place in the order of changes before.
        """
        noted: list[tuple[EntityDescriptor, int]] = []
        for entity in tuple(self._members):
            descriptor = self.tracker.find(entity)
            if descriptor is None or descriptor.state is not EntityStates.UNCHANGED:
                continue
            if not set(changed_names(entity)) <= set(assigned_names(entity)):
                noted.append((descriptor, descriptor.change_order))
                self.tracker.update(entity)
        return noted

    @contextmanager
    def silent_changes(self) -> Iterator[None]:
        """For a look at what is pending: silent changes are noted, and afterwards nothing is."""
        mark = self.tracker.mark()
        noted = self.note_silent_changes()
        try:
            yield
        finally:
            self.tracker.take_back(noted, mark)

    def settle(self) -> None:
        """After a save: let the collections drop what is tracked no more."""
        for collection in tuple(self._collections):
            collection.drop_untracked()

    def restore(self) -> None:
        """After a rollback: let the collections hold what the links say."""
        for collection in tuple(self._collections):
            collection.restore()

    # -- the calls

    def add(self, entity: Entity, entity_set: str | None) -> None:
        self.check_add(entity, entity_set)
        self.tracker.add(entity, entity_set or "")
        attach(entity, self.loader.owner)

    def attach(self, entity: Entity, entity_set: str | None) -> None:
        """Track an entity that the service has."""
        if entity_set is None:
            raise InvalidOperationError(f"of which entity set is {entity!r}? Give the collection an entity_set_name")
        self.tracker.attach(entity, entity_set, conventional_url(self.loader.channel, entity_set, entity), None)
        attach(entity, self.loader.owner)

    def add_below(self, source: Entity, name: str, entity: Entity) -> None:
        """A new member of a navigation property: a new entity is inserted below its parent, a known one is linked."""
        if self.tracker.find(entity) is None:
            self.tracker.add_related(source, name, entity)
            attach(entity, self.loader.owner)
        elif self.tracker.find_link(source, name, entity) is None:
            self.tracker.add_link(source, name, entity)

    def bring_along(self, source: Entity) -> None:
        """What a new entity leads to comes with it, as if it were put there now (.NET: the whole graph), depth first."""
        ways = [self._led_to(source)]
        while ways:
            new = next(ways[-1], None)
            if new is None:
                ways.pop()
            else:
                ways.append(self._led_to(new))

    def _led_to(self, source: Entity) -> Iterator[Entity]:
        """Make the calls for what a new entity leads to; those are given that are new themselves."""
        if self.tracker.find(source) is None:  # a callback of the user's took it
            return
        for navigation in type_of(source).navigation_properties:
            value = held(source, navigation.name)
            if value is None:
                continue
            for target in list(value) if navigation.is_collection else (value,):
                known = self.tracker.find(target)
                is_gone = known is not None and known.state is EntityStates.DELETED
                if is_gone or self.tracker.find_link(source, navigation.name, target) is not None:
                    continue
                if not navigation.is_collection:
                    self._brings(source, navigation.name, target)
                elif isinstance(value, Watched):
                    value.come(target)
                else:
                    self.add_below(source, navigation.name, target)
                if known is None:
                    yield target

    def check_add(self, entity: Entity, entity_set: str | None) -> None:
        """Raise what :meth:`add` would."""
        if entity_set is None:
            raise InvalidOperationError(f"into which entity set does {entity!r} go? Give the collection an entity_set_name")
        self.tracker.check_untracked(entity)

    def check_add_below(self, source: Entity, name: str, entity: Entity) -> None:
        """Raise what :meth:`add_below` would."""
        if self.tracker.find(entity) is None:
            self.tracker.check_related(source, name, entity)
        elif self.tracker.find_link(source, name, entity) is None:
            self.tracker.check_link(source, name, entity)

    def delete(self, entity: Entity) -> None:
        """Delete an entity, and its pending children with it (.NET 9.2)."""
        if self.tracker.find(entity) is None:
            return
        for link in tuple(self.tracker.links_of(entity)):
            if link.parent_link and link.state is EntityStates.ADDED:
                self.delete(link.target)
        self.tracker.delete(entity)

    def _target_set(self, source: Entity, navigation: NavigationProperty) -> str | None:
        descriptor = self.tracker.find(source)
        assert descriptor is not None
        return self.loader.target_set(descriptor, navigation)
