"""``DataServiceCollection``: a list that makes the calls of a context by itself.

::

    products = DataServiceCollection(ctx.Products.where(lambda p: p.Price > 20))
    products[0].Price = 19                   # update_object
    products.append(Product(ID=9))           # add_object
    products.remove(products[1])             # delete_object
    ctx.save_changes()

Assigning to an entity in it is ``update_object``, assigning a reference ``set_link``; adding is ``add_object``, in the list of a
navigation property ``add_related_object`` or ``add_link``; taking out is ``delete_object``. What a new entity leads to is added
with it. The lists of its entities' navigation properties become such collections too. Source: WCF Data Services client, 9.2 of
our description.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, NoReturn, SupportsIndex, TypeVar, cast

from odata3.client.context import DataServiceContext
from odata3.client.displays import rows_card
from odata3.client.operations import Operations
from odata3.client.options import EntityStates, TrackingMode
from odata3.client.paging import follow
from odata3.client.query import DataServiceQuery, owner_of_query, set_of
from odata3.client.responses import DataServiceQueryContinuation, QueryOperationResponse
from odata3.client.watch import Watch
from odata3.edm.model import NavigationProperty
from odata3.entities.entity import Entity, held, owner_of, place, type_of
from odata3.errors import ArgumentError, ODataError
from odata3.hypertext import MANY, counted
from odata3.spellings import Spelled

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EntityChangedParams:
    """An assignment to an ``entity`` of a ``collection``: the ``value`` given to the property that ``property_name`` names
    (.NET: ``EntityChangedParams``)."""

    collection: DataServiceCollection[Any]
    entity: Any
    property_name: str
    value: Any


@dataclass(frozen=True, slots=True)
class EntityCollectionChangedParams:
    """An entity that came into a collection, or left it: ``action`` is ``"add"`` or ``"remove"``.

    ``source`` and ``property_name`` are those of a navigation property's list.
    """

    collection: DataServiceCollection[Any]
    action: str
    entity: Any
    source: Any = None
    property_name: str | None = None


class DataServiceCollection(list[T], Spelled, Generic[T]):
    """Entities whose changes are noted by themselves.

    Raises ``ArgumentError`` for what is no entity.

    ``continuation`` says where the next page is, of a collection that was loaded from a query or response; None at the end.

    Parameters
    ----------
    items
        A query, a response, or entities, to begin with.
    context
        The context whose calls are made; taken from a query, or from entities that it tracks, where it is not given.
    entity_set_name
        Where new entities go; else the set of the query, or the only set of their type.
    tracking_mode
        With ``TrackingMode.NONE`` it is a list that pages can be loaded into, and no more.
    entity_changed, collection_changed
        Called before the default call for an assignment, or a coming or leaving; a true answer stands in its place.
    """

    def __init__(
        self,
        items: DataServiceQuery[T] | QueryOperationResponse[T] | Iterable[T] = (),
        *,
        context: DataServiceContext | None = None,
        entity_set_name: str | None = None,
        tracking_mode: TrackingMode = TrackingMode.AUTO_CHANGE_TRACKING,
        entity_changed: Callable[[EntityChangedParams], object] | None = None,
        collection_changed: Callable[[EntityCollectionChangedParams], object] | None = None,
    ) -> None:
        super().__init__()
        self._watch: Watch | None = None if context is None else watch_of(context)
        self._set = entity_set_name
        self._entity_changed = entity_changed
        self._collection_changed = collection_changed
        self._source: Entity | None = None
        self._navigation: NavigationProperty | None = None
        if not isinstance(tracking_mode, TrackingMode):
            raise ArgumentError(f"tracking_mode is one of TrackingMode, not {tracking_mode!r}")
        self._observes = tracking_mode is TrackingMode.AUTO_CHANGE_TRACKING
        self._ids: set[int] = set()
        self.continuation: DataServiceQueryContinuation[T] | None = None
        if self._watch is not None:
            self._watch.enlist(self)
        if not isinstance(items, tuple) or items:
            self.load(items)

    # -- loading

    def load(self, items: DataServiceQuery[T] | QueryOperationResponse[T] | Iterable[T] | T) -> None:
        """Take in ``items`` as the service has them: those not tracked yet are attached. Of a query or response the first page
        comes, and ``continuation`` says where the next is. ``ArgumentError`` for what is no entity."""
        if isinstance(items, DataServiceQuery):
            self._set = self._set or set_of(items)
            items = items.execute()
        page = items if isinstance(items, QueryOperationResponse) else None
        if page is not None and isinstance(page.query, DataServiceQuery):
            self._set = self._set or set_of(page.query)
            self._join(owner_of_query(page.query))
        if not isinstance(items, Entity | Iterable):
            raise ArgumentError(f"entities are loaded, a query or a response, not {items!r}")
        given = [cast(T, items)] if isinstance(items, Entity) else list(items)
        for item in given:
            self._load_one(item)
        self.continuation = None if page is None else page.get_continuation()

    def load_next_partial_set(self) -> bool:
        """Load the page that ``continuation`` names; False where there is none."""
        if self.continuation is None or self._watch is None:
            return False
        self.load(follow(self._watch.loader, self.continuation))
        return True

    def _load_one(self, item: T) -> None:
        entity = _entity(item)
        watch = self._found_watch(entity) if self._observes else None
        if watch is not None and watch.tracker.find(entity) is None:
            watch.attach(entity, self._set_for(entity))
        if watch is not None and self._source is not None and self._navigation is not None:
            watch.tracker.note_link(self._source, self._navigation, entity)
        if not self._holds(entity):
            self._put(len(self), item)

    # -- a list's own methods

    def append(self, item: T) -> None:
        """Put ``item`` at the end, and have the next save add it (``add_object``, ``add_related_object`` or ``add_link``); one
        that is there stays where it is. ``ArgumentError`` for what is no entity."""
        self.insert(len(self), item)

    def insert(self, index: SupportsIndex, item: T) -> None:
        """Put ``item`` before the place ``index``, and have the next save add it, as :meth:`append` does. ``ArgumentError`` for
        what is no entity."""
        entity, place_ = _entity(item), operator.index(index)
        if self._holds(entity):
            return
        is_new = self._is_new(entity)
        self.come(entity)
        self._put(place_, item)
        if is_new and self._watch is not None:
            self._watch.bring_along(entity)

    def extend(self, items: Iterable[T]) -> None:
        """Append all ``items``, one after the other, as :meth:`append` does. ``ArgumentError`` for what is no entity."""
        for item in list(items):
            self.append(item)

    def __iadd__(self, items: Iterable[T]) -> DataServiceCollection[T]:  # type: ignore[override,misc]
        self.extend(items)
        return self

    def remove(self, item: T) -> None:
        """Take ``item`` out, and have the next save delete it. ``ValueError`` for an entity that is not in the collection, as
        of lists."""
        del self[self._index(item)]

    def pop(self, index: SupportsIndex = -1) -> T:
        """Take out the entity at the place ``index`` (the last), have the next save delete it, and give it. ``IndexError`` as
        of lists."""
        item = self[index]
        del self[index]
        return item

    def __delitem__(self, index: SupportsIndex | slice) -> None:
        gone = self[index] if isinstance(index, slice) else [self[index]]
        for item in list(gone):
            self._leave(_entity(item))
        super().__delitem__(index)
        for item in gone:
            self._ids.discard(id(item))
            self._end(_entity(item))

    def __setitem__(self, index: Any, value: Any) -> None:
        wanted: list[Any] = list(self)
        wanted[index] = [_entity(item) for item in value] if isinstance(index, slice) else _entity(value)
        self._become(list({id(item): item for item in wanted}.values()))

    def _become(self, wanted: list[T]) -> None:
        """Hold these, in this order: who is not among them leaves, then who is new comes. All of it, or nothing."""
        kept = {id(item) for item in wanted}
        new = [item for item in wanted if not self._holds(_entity(item))]
        for item in new:
            self._check_coming(_entity(item))
        for item in [item for item in self if id(item) not in kept]:
            self.remove(item)
        for item in new:
            self.append(item)
        super().__setitem__(slice(None), wanted)

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        """Copies and pickles are lists: they keep the entities, not the context."""
        return list, (), None, iter(self)

    def __imul__(self, count: SupportsIndex) -> NoReturn:
        raise TypeError("a DataServiceCollection holds an entity once")

    def clear(self, stop_tracking: bool = False) -> None:
        """Let all entities go, without deleting them; ``stop_tracking`` detaches them from the context as well."""
        items = list(self)
        super().clear()
        self._ids.clear()
        for item in items:
            self._end(_entity(item))
            if stop_tracking and self._watch is not None:
                self._watch.tracker.detach(_entity(item))

    def detach(self) -> None:
        """Stop noting changes; the entities stay in the list and tracked."""
        self._observes = False
        for item in self:
            self._end(_entity(item))

    # -- for the watch

    def allows_change(self, entity: Entity, name: str, value: Any) -> bool:
        """For the context: whether ``entity_changed`` leaves the assignment of ``value`` to the property ``name`` of ``entity``
        to the default."""
        return self._entity_changed is None or not self._entity_changed(EntityChangedParams(self, entity, name, value))

    def drop_untracked(self) -> None:
        """For the context: let go of the entities that it tracks no more; without tracking it is a list and no more."""
        if self._watch is None or not self._observes:
            return
        self._let_go([item for item in self if self._watch.tracker.find(item) is None])

    def restore(self) -> None:
        """For the context: let go of entities tracked no more; in the list of a navigation property hold those that are linked,
        and no other."""
        self.drop_untracked()
        if self._watch is None or self._source is None or self._navigation is None:
            return
        links = self._watch.tracker.links_from(self._source, self._navigation.name)
        linked = {id(link.target) for link in links}
        self._let_go([item for item in self if id(item) not in linked])
        for link in links:
            if link.state is EntityStates.UNCHANGED and not self._holds(link.target):
                self._put(len(self), link.target)

    def _let_go(self, items: list[T]) -> None:
        if not items:
            return
        self._ids.difference_update(map(id, items))
        super().__setitem__(slice(None), [item for item in self if id(item) in self._ids])
        for item in items:
            self._end(_entity(item))

    def adopt_list(self, source: Entity, navigation: NavigationProperty, items: list[Any]) -> list[Any]:
        """For the context: the list ``items`` of the property ``navigation`` of ``source`` as a collection of its own; items
        that are not linked yet are added. What stood there before is heard no more."""
        assert self._watch is not None
        replaced = self._watch.collections_of(source, navigation)
        nested: DataServiceCollection[Any] = self._below(source, navigation)
        try:
            for item in items:
                nested._check_coming(_entity(item))
        except ODataError:
            nested.detach()
            for before in replaced:
                place(source, navigation.name, before)
            raise
        for before in replaced:
            before.detach()
        place(source, navigation.name, nested)
        for item in items:
            if self._watch.tracker.find_link(source, navigation.name, item) is not None:
                nested._load_one(item)
            else:
                nested.append(item)
        return nested

    def is_of(self, source: Entity, navigation: NavigationProperty) -> bool:
        """For the context: whether this is the list of the property ``navigation`` of ``source``."""
        return self._observes and self._source is source and self._navigation is navigation

    def _below(self, source: Entity, navigation: NavigationProperty) -> DataServiceCollection[Any]:
        nested: DataServiceCollection[Any] = DataServiceCollection(
            entity_changed=self._entity_changed, collection_changed=self._collection_changed
        )
        nested._watch, nested._source, nested._navigation = self._watch, source, navigation
        assert self._watch is not None
        self._watch.enlist(nested)
        return nested

    # -- coming and leaving

    def _check_coming(self, entity: Entity) -> None:
        """Raise what the default calls for one that comes would."""
        watch = self._found_watch(entity)
        if watch is None or watch.loader.applying_changes or not self._hears or self._collection_changed is not None:
            return
        if self._source is not None and self._navigation is not None:
            watch.check_add_below(self._source, self._navigation.name, entity)
        elif watch.tracker.find(entity) is None:
            watch.check_add(entity, self._set_for(entity))

    def _is_new(self, entity: Entity) -> bool:
        """Whether an entity that comes is one that the context does not know, and is to add."""
        watch = self._found_watch(entity)
        return watch is not None and not watch.loader.applying_changes and self._hears and watch.tracker.find(entity) is None

    def come(self, entity: Entity) -> None:
        """For the context: make the calls for an entity that comes, as :meth:`append` does."""
        watch = self._found_watch(entity)
        if watch is None or watch.loader.applying_changes or not self._hears or self._is_handled("add", entity):
            return
        if self._source is not None and self._navigation is not None:
            watch.add_below(self._source, self._navigation.name, entity)
        elif watch.tracker.find(entity) is None:
            watch.add(entity, self._set_for(entity))

    def _leave(self, entity: Entity) -> None:
        watch = self._watch
        if watch is None or watch.loader.applying_changes or not self._hears or self._is_handled("remove", entity):
            return
        watch.delete(entity)

    def _is_handled(self, action: str, entity: Entity) -> bool:
        if self._collection_changed is None:
            return False
        name = None if self._navigation is None else self._navigation.name
        return bool(self._collection_changed(EntityCollectionChangedParams(self, action, entity, self._source, name)))

    def _put(self, index: SupportsIndex, item: T) -> None:
        super().insert(index, item)
        self._ids.add(id(item))
        self._begin(_entity(item))

    def _begin(self, entity: Entity) -> None:
        """Hear an entity, and the lists of its navigation properties."""
        if self._watch is None or not self._hears or not self._watch.watch(entity, self):
            return
        for navigation in type_of(entity).navigation_properties:
            if navigation.is_collection:
                items = held(entity, navigation.name)
                if isinstance(items, DataServiceCollection):
                    for item in items:
                        items._begin(item)
                    continue
                nested = self._below(entity, navigation)
                place(entity, navigation.name, nested)
                for item in items or ():
                    nested._put(len(nested), item)

    def _end(self, entity: Entity) -> None:
        """Hear an entity no more; and where no other collection does, the lists of its navigation properties neither."""
        if self._watch is None or not self._watch.unwatch(entity, self):
            return
        for navigation in type_of(entity).navigation_properties:
            items = held(entity, navigation.name) if navigation.is_collection else None
            if isinstance(items, DataServiceCollection):
                for item in items:
                    items._end(item)

    @property
    def _hears(self) -> bool:
        """Whether it makes calls: the list of an entity's navigation property does while that entity is heard itself."""
        return self._observes and (self._source is None or (self._watch is not None and self._watch.hears(self._source)))

    def _found_watch(self, entity: Entity) -> Watch | None:
        """The watch of the context; found by an entity that one tracks where none was given."""
        self._join(owner_of(entity))
        return self._watch

    def _join(self, owner: object) -> None:
        """Belong to the context of this owner of entities, where it does not belong to one yet."""
        if self._watch is None and isinstance(owner, Operations) and owner.watch is not None:
            self._watch = owner.watch
            self._watch.enlist(self)
            for item in self:
                self._begin(_entity(item))

    def _set_for(self, entity: Entity) -> str | None:
        if self._set is not None or self._watch is None:
            return self._set
        found = self._watch.loader.channel.model.set_of_type(type_of(entity).full_name)
        return None if found is None else found.qualified_name

    def _holds(self, entity: Entity) -> bool:
        return id(entity) in self._ids

    def _index(self, item: Any) -> int:
        for place_, other in enumerate(self):
            if other is item:
                return place_
        raise ValueError(f"{item!r} is not in the collection")

    def _repr_html_(self) -> str:
        more = "" if self.continuation is None else "The service has more: load_next_partial_set()."
        first = f"The first {MANY} of them. " if len(self) > MANY else ""
        return rows_card(f"DataServiceCollection, {counted(len(self), 'entity')}", self, remark=f"{first}{more}".strip())

    __hash__ = object.__hash__  # type: ignore[assignment]


def watch_of(context: DataServiceContext) -> Watch:
    if not isinstance(context, DataServiceContext):
        raise ArgumentError(f"a DataServiceContext is needed, not {context!r}")
    return context._watch


def _entity(item: Any) -> Entity:
    if not isinstance(item, Entity):
        raise ArgumentError(f"a DataServiceCollection holds entities, and {item!r} is none")
    return item
