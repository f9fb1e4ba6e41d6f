"""Who is tracked, under which identity, in which state, and in which order things changed. No I/O.

One object is looked up in two ways: by itself, and by its identity. Every call that changes a state is one row of the table in
which .NET's context has it (``UpdateObject`` of an added entity is a no-op, of a deleted one a silent no-op, and so on); a call
that is refused leaves everything as it was. What ``save_changes`` has to send is kept at hand, so that saving costs what changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

from odata3.client.descriptors import Descriptor, EntityDescriptor, LinkDescriptor, StreamDescriptor
from odata3.client.links import Links, check_entity, check_many, check_one, check_target, navigation_of, spelled
from odata3.client.options import EntityStates
from odata3.edm.model import NavigationProperty
from odata3.entities.changes import assigned_names, forget_changes, roll_back
from odata3.entities.entity import Entity, attach, held, owner_of, place, type_of
from odata3.errors import ArgumentError, InvalidOperationError
from odata3.formats.documents import Entry

_ADDED, _MODIFIED, _DELETED = EntityStates.ADDED, EntityStates.MODIFIED, EntityStates.DELETED
_UNCHANGED, _DETACHED = EntityStates.UNCHANGED, EntityStates.DETACHED
#: The place in the order of changes of a link that never is a change of its own (.NET: the greatest number).
_LAST = 0xFFFF_FFFF


class EntityTracker:
    """The entities and links of one context."""

    def __init__(self) -> None:
        self._entities: dict[Any, EntityDescriptor] = {}
        self._identities: dict[str, EntityDescriptor] = {}
        self._links = Links()
        self._pending: dict[int, Descriptor] = {}
        self._order = 0

    # -- looking up

    @property
    def entities(self) -> tuple[EntityDescriptor, ...]:
        """Every tracked entity's record, in the order of changes."""
        return tuple(sorted(self._entities.values(), key=_by_order))

    @property
    def links(self) -> tuple[LinkDescriptor, ...]:
        """Every tracked link, in the order of changes."""
        return tuple(sorted(self._links, key=_by_order))

    def pending(self) -> list[Descriptor]:
        """What is to be saved, in the order of changes."""
        self._pending = {key: descriptor for key, descriptor in self._pending.items() if descriptor.is_pending}
        return sorted(self._pending.values(), key=_by_order)

    def unnoted(self) -> list[EntityDescriptor]:
        """The unchanged entities to which something was assigned, in the order of changes."""
        found = [d for d in self._entities.values() if d.state is _UNCHANGED and assigned_names(d.entity)]
        return sorted(found, key=_by_order)

    def find(self, entity: object) -> EntityDescriptor | None:
        return self._entities.get(entity)

    def by_identity(self, identity: str) -> EntityDescriptor | None:
        return self._identities.get(_form(identity))

    def tracked(self, entity: object) -> EntityDescriptor:
        """The record of ``entity``; ``ArgumentError`` for None, ``InvalidOperationError`` where it is not tracked."""
        check_entity(entity)
        found = self._entities.get(entity)
        if found is None:
            raise InvalidOperationError(_not_tracked(entity))
        return found

    def find_link(self, source: object, name: str, target: object) -> LinkDescriptor | None:
        return self._links.find(source, name, target)

    def links_from(self, source: object, name: str) -> tuple[LinkDescriptor, ...]:
        return self._links.leading_from(source, name)

    def links_of(self, source: object) -> Iterator[LinkDescriptor]:
        """The links whose source is this entity, in the order of changes."""
        return iter(sorted((link for link in self._links.touching(source) if link.source is source), key=_by_order))

    def check_untracked(self, entity: Entity) -> None:
        """``InvalidOperationError`` where this context, or another, tracks it; ``ArgumentError`` for what cannot be tracked."""
        check_entity(entity)
        if not type_of(entity).key:
            raise ArgumentError(f"{type_of(entity).full_name} has no key: its entities can be read, not tracked")
        if entity in self._entities:
            raise InvalidOperationError(f"the context tracks {entity!r} already, as {self._entities[entity].state.name}")
        if owner_of(entity) is not None:
            raise InvalidOperationError(f"another context tracks {entity!r}: detach it there first")

    # -- entities

    def add(self, entity: Entity, entity_set: str) -> EntityDescriptor:
        """Track a new entity as ``ADDED`` (.NET: ``AddObject``)."""
        self.check_untracked(entity)
        descriptor = EntityDescriptor(entity, _ADDED, self._next())
        descriptor.entity_set = entity_set
        return self._enter(descriptor)

    def add_related(self, source: Entity, name: str, target: Entity) -> EntityDescriptor:
        """Track a new entity that is inserted below ``source`` (.NET: ``AddRelatedObject``)."""
        self.check_related(source, name, target)
        descriptor = EntityDescriptor(target, _ADDED, self._next())
        descriptor.parent_for_insert = source
        descriptor.parent_property_for_insert = name
        self._enter(descriptor)
        link = LinkDescriptor(source, name, target, _ADDED, _LAST)
        link.parent_link = True
        self._enter_link(link)
        return descriptor

    def check_related(self, source: Entity, name: str, target: Entity) -> None:
        """Raise what :meth:`add_related` would."""
        parent = self.tracked(source)
        navigation = navigation_of(source, name)
        check_many(navigation, source)
        check_target(navigation, source, target)
        if parent.state is _DELETED:
            raise InvalidOperationError(f"{source!r} is deleted: nothing can be added below it")
        self.check_untracked(target)

    def update_related(self, source: Entity, name: str, target: Entity, url: str) -> EntityDescriptor:
        """Track an entity as ``MODIFIED`` whose changes go to the reference ``name`` of ``source``, at ``url``."""
        parent = self.tracked(source)
        navigation = navigation_of(source, name)
        check_one(navigation, source)
        check_target(navigation, source, target)
        if parent.state in (_ADDED, _DELETED):
            raise InvalidOperationError(f"{source!r} is {parent.state.name}: what it refers to cannot be updated through it")
        self.check_untracked(target)
        descriptor = EntityDescriptor(target, _MODIFIED, self._next())
        descriptor.edit_link = url
        return self._enter(descriptor)

    def attach(self, entity: Entity, entity_set: str, url: str, etag: str | None) -> EntityDescriptor:
        """Track an entity that the service has, as ``UNCHANGED``, under its conventional URL (.NET: ``AttachTo``)."""
        self.check_untracked(entity)
        if _form(url) in self._identities:
            raise InvalidOperationError(f"the context tracks another object as {url}; detach it first, or use it")
        descriptor = EntityDescriptor(entity, _UNCHANGED, self._next())
        descriptor.entity_set = entity_set
        descriptor.identity = descriptor.edit_link = url
        descriptor.etag = etag
        descriptor.is_attached = True
        forget_changes(entity)
        self._identities[_form(url)] = descriptor
        return self._enter(descriptor)

    def track(self, entity: Entity, entry: Entry) -> EntityDescriptor:
        """Track an entity that was read, as ``UNCHANGED``; its entry's id must not be None, nor known."""
        self._order = order = self._order + 1
        descriptor = EntityDescriptor(entity, _UNCHANGED, order)
        descriptor.identity = identity = entry.id
        descriptor.etag = entry.etag
        descriptor.describe(entry)
        self._entities[entity] = descriptor
        self._identities[_form(identity)] = descriptor  # type: ignore[arg-type]
        return descriptor

    def resume(self, descriptor: EntityDescriptor) -> None:
        """Track an entity as its record says, last in the order of changes: the work of another process."""
        self.check_resumable(descriptor)
        descriptor.change_order = self._next()
        if descriptor.identity is not None:
            self._identities[_form(descriptor.identity)] = descriptor
        self._enter(descriptor)

    def check_resumable(self, descriptor: EntityDescriptor) -> None:
        """``InvalidOperationError`` where the entity, or another object of its identity, is tracked."""
        self.check_untracked(descriptor.entity)
        if descriptor.identity is not None and _form(descriptor.identity) in self._identities:
            raise InvalidOperationError(f"the context tracks another object as {descriptor.identity}; detach it first")

    def resume_link(self, source: Entity, name: str, target: Entity | None, state: EntityStates) -> LinkDescriptor:
        """Track a link in a state, last in the order of changes; ``ADDED`` to a new entity of this parent makes no request."""
        self._check_ends(source, name, target, many=None)
        self._check_no_link(source, name, target)
        link = LinkDescriptor(source, name, target, state, self._next())
        child = None if target is None else self.find(target)
        if child is not None and child.parent_for_insert is source and child.parent_property_for_insert == name:
            link.parent_link, link.change_order = True, _LAST
        return self._enter_link(link)

    def update(self, entity: Entity) -> None:
        """Note that an entity is to be sent (.NET: ``UpdateObject``)."""
        check_entity(entity)
        descriptor = self._entities.get(entity)
        if descriptor is None:
            raise ArgumentError(_not_tracked(entity))
        if descriptor.state is _UNCHANGED:
            self.move(descriptor, _MODIFIED)

    def delete(self, entity: Entity) -> None:
        """Note that an entity is to be deleted; one that was only added is forgotten (.NET: ``DeleteObject``)."""
        descriptor = self.tracked(entity)
        if descriptor.state is _ADDED:
            self._check_no_children(descriptor)
            self.forget(descriptor)
        elif descriptor.state is not _DELETED:
            self.move(descriptor, _DELETED)

    def detach(self, entity: Entity) -> bool:
        """Stop tracking an entity and its links; False where it was not tracked."""
        check_entity(entity)
        descriptor = self._entities.get(entity)
        if descriptor is None:
            return False
        self._check_no_children(descriptor)
        self.forget(descriptor)
        return True

    def change_state(self, entity: Entity, state: EntityStates) -> None:
        """.NET's ``ChangeState``: to ``ADDED`` never, from ``ADDED`` only to ``DETACHED``."""
        check_entity(entity)
        if state is _DETACHED:
            self.detach(entity)
            return
        if state is _ADDED:
            raise InvalidOperationError("a state cannot be changed to ADDED: use add_object or add_related_object")
        descriptor = self._entities.get(entity)
        if descriptor is None:
            raise (ArgumentError if state is _MODIFIED else InvalidOperationError)(_not_tracked(entity))
        if descriptor.state is _ADDED:
            raise InvalidOperationError(f"{entity!r} was added and not saved: its state cannot become {state.name}")
        if state is _MODIFIED and descriptor.state is _DELETED:
            raise InvalidOperationError(f"{entity!r} is deleted: make it UNCHANGED first")
        if state is _UNCHANGED:
            descriptor.state = state
        elif descriptor.state is not state:
            self.move(descriptor, state)

    # -- links

    def add_link(self, source: Entity, name: str, target: Entity) -> LinkDescriptor:
        """.NET's ``AddLink``: a new member of a collection."""
        self.check_link(source, name, target)
        return self._enter_link(LinkDescriptor(source, name, target, _ADDED, self._next()))

    def check_link(self, source: Entity, name: str, target: Entity) -> None:
        """Raise what :meth:`add_link` would."""
        self._check_ends(source, name, target, many=True)
        self._check_alive(source, target)
        self._check_no_link(source, name, target)

    def set_link(self, source: Entity, name: str, target: Entity | None) -> LinkDescriptor:
        """.NET's ``SetLink``: what a reference points to; None empties it."""
        self._check_ends(source, name, target, many=False)
        before = next((k if k.state is _UNCHANGED else k.before for k in self.links_from(source, name)), None)
        link = self._only_link(source, name, target) or self._enter_link(LinkDescriptor(source, name, target, _UNCHANGED, 0))
        if link.state is not _MODIFIED:
            self.move(link, _MODIFIED)
        link.before = before
        return link

    def attach_link(self, source: Entity, name: str, target: Entity | None) -> LinkDescriptor:
        """.NET's ``AttachLink``: a link that the service has."""
        navigation = self._check_ends(source, name, target, many=None)
        self._check_alive(source, target)
        for end in (source, target):
            if end is not None and self.tracked(end).state is _ADDED:
                raise InvalidOperationError(
                    f"{end!r} was added and not saved: the service has no link with it; use add_link or set_link"
                )
        if target is None and navigation.is_collection:
            raise InvalidOperationError(f"{spelled(source, name)} is a collection: a link to nothing makes no sense")
        self._check_no_link(source, name, target)
        return self.note_link(source, navigation, target)

    def note_link(self, source: Entity, navigation: NavigationProperty, target: Entity | None) -> LinkDescriptor:
        """The link as the service has it, ``UNCHANGED``: of a reference it replaces what was known. For entities read."""
        if navigation.is_collection:
            link = self.find_link(source, navigation.name, target)
        else:
            link = self._only_link(source, navigation.name, target)
            if link is not None:
                link.settle()
        return link or self._enter_link(LinkDescriptor(source, navigation.name, target, _UNCHANGED, self._next()))

    def delete_link(self, source: Entity, name: str, target: Entity) -> None:
        """.NET's ``DeleteLink``: take a member out of a collection; an unknown link is taken to exist on the service."""
        self._check_ends(source, name, target, many=True)
        link = self.find_link(source, name, target)
        if link is not None and link.state is _ADDED:
            self._check_not_parent_link(link)
            self.forget_link(link)
            return
        for end in (source, target):
            if self.tracked(end).state is _ADDED:
                raise InvalidOperationError(f"{end!r} was added and not saved: the service has no link with it to delete")
        if link is None:
            self._enter_link(LinkDescriptor(source, name, target, _DELETED, self._next()))
        elif link.state is not _DELETED:
            link.before = link
            self.move(link, _DELETED)

    def detach_link(self, source: Entity, name: str, target: Entity | None) -> bool:
        """Stop tracking a link; False where it was not tracked."""
        check_entity(source)
        link = self.find_link(source, name, target)
        if link is None:
            return False
        self._check_not_parent_link(link)
        self.forget_link(link)
        return True

    def change_link_state(self, source: Entity, name: str, target: Entity | None, state: EntityStates) -> None:
        """Put a link into a state: what ``add_link``, ``set_link``, ``attach_link``, ``delete_link`` or ``detach_link`` would do,
        a known link included."""
        if state is _DETACHED:
            self.detach_link(source, name, target)
            return
        navigation = self._check_ends(source, name, target, many=None)
        wrong = _MODIFIED if navigation.is_collection else _ADDED
        if state is wrong or (state is _DELETED and not navigation.is_collection):
            kind = "collection" if navigation.is_collection else "reference"
            raise InvalidOperationError(f"{spelled(source, name)} is a {kind}: its links cannot be {state.name}")
        link = self.find_link(source, name, target)
        if state is _MODIFIED:
            self.set_link(source, name, target)
        elif state is _DELETED:
            self.delete_link(source, name, target)  # type: ignore[arg-type]
        elif link is None:
            (self.add_link if state is _ADDED else self.attach_link)(source, name, target)  # type: ignore[arg-type]
        else:
            self._check_not_parent_link(link)
            if link.state is not state:
                self.move(link, state)

    # -- taking back

    def roll_back(self, entity: Entity) -> None:
        """Back to what was read or last saved, the links from the entity included; a new entity is forgotten."""
        descriptor = self.tracked(entity)
        if descriptor.state is _ADDED or descriptor.identity is None:
            self._check_no_children(descriptor)
            for link in self._links.touching(entity):
                self._roll_back_link(link)
            self.forget(descriptor)
            return
        for link in tuple(self.links_of(entity)):
            self._roll_back_link(link)
        roll_back(entity)
        for stream in descriptor.to_be_sent():
            stream.drop()
        descriptor.state = _UNCHANGED

    def roll_back_all(self) -> None:
        """Every entity and link, new ones last to first, so that children go before their parents."""
        for link in self.links:
            self._roll_back_link(link)
        for descriptor in reversed(self.entities):
            self.roll_back(descriptor.entity)

    def _roll_back_link(self, link: LinkDescriptor) -> None:
        """What was set, added or unknown is forgotten, and the reference leads where the service has it lead."""
        if not link.is_pending:
            return
        before = link.before
        if before is link and link.state is _DELETED:
            link.state = _UNCHANGED
            return
        self.forget_link(link)
        if before is not None:
            before.state = _UNCHANGED
            self._enter_link(before)
        if link.target is not None and held(link.source, link.source_property) is link.target:
            place(link.source, link.source_property, None if before is None else before.target)

    def mark(self) -> int:
        """The place that the order of changes has come to."""
        return self._order

    def take_back(self, updated: Iterable[tuple[EntityDescriptor, int]], mark: int) -> None:
        """Undo updates that were noted for a look alone: each record with its place before, and the order with them."""
        for descriptor, order in updated:
            descriptor.state, descriptor.change_order = _UNCHANGED, order
        self._order = mark

    # -- moving, for those who save and load

    def move(self, descriptor: Descriptor, state: EntityStates) -> None:
        """Put a record into a state, last in the order of changes."""
        descriptor.state = state
        descriptor.change_order = self._next()
        self._pending[id(descriptor)] = descriptor

    def note_stream(self, stream: StreamDescriptor) -> None:
        """A stream has new bytes: a named one is a change of its own, the media resource goes with its entity."""
        owner = stream.entity_descriptor
        if stream.stream_link.name is not None:
            self.move(stream, _MODIFIED)
            return
        stream.state = _ADDED if owner.state is _ADDED else _MODIFIED
        if owner.state is _UNCHANGED:
            owner.change_order = self._next()
        self._pending[id(owner)] = owner

    def identify(self, descriptor: EntityDescriptor, identity: str) -> None:
        """Give an entity its identity; ``InvalidOperationError`` where another object has it."""
        other = self._identities.get(_form(identity))
        if other is not None and other is not descriptor and other.state is not _DELETED:
            raise InvalidOperationError(f"the context tracks another object as {identity}")
        self._forget_identity(descriptor)
        descriptor.identity = identity
        self._identities[_form(identity)] = descriptor

    def forget(self, descriptor: EntityDescriptor) -> None:
        """Take an entity and every link that touches it out of the context."""
        entity = descriptor.entity
        for link in self._links.touching(entity):
            self.forget_link(link)
        self._entities.pop(entity, None)
        self._forget_identity(descriptor)
        for stream in descriptor.to_be_sent():
            stream.drop(_DETACHED)
        descriptor.state = _DETACHED
        self._pending.pop(id(descriptor), None)
        attach(entity, None)

    def forget_link(self, link: LinkDescriptor) -> None:
        self._links.forget(link)
        link.state = _DETACHED
        self._pending.pop(id(link), None)

    def join(self, descriptor: EntityDescriptor) -> None:
        """A new entity is on the service: so is the link from the parent that it was inserted below (``add_related_object``)."""
        name = descriptor.parent_property_for_insert
        link = None if name is None else self.find_link(descriptor.parent_for_insert, name, descriptor.entity)
        if link is not None:
            link.settle()
            link.parent_link = False  # from now on a link like others: it can be deleted, and put again
        descriptor.parent_for_insert = descriptor.parent_property_for_insert = None

    # -- within

    def _forget_identity(self, descriptor: EntityDescriptor) -> None:
        if descriptor.identity is not None and self._identities.get(_form(descriptor.identity)) is descriptor:
            del self._identities[_form(descriptor.identity)]

    def _next(self) -> int:
        self._order += 1
        return self._order

    def _enter(self, descriptor: EntityDescriptor) -> EntityDescriptor:
        self._entities[descriptor.entity] = descriptor
        if descriptor.is_pending:
            self._pending[id(descriptor)] = descriptor
        return descriptor

    def _enter_link(self, link: LinkDescriptor) -> LinkDescriptor:
        self._links.enter(link)
        if link.is_pending:
            self._pending[id(link)] = link
        return link

    def _only_link(self, source: Entity, name: str, target: Entity | None) -> LinkDescriptor | None:
        """The link of a reference to this target, where there is one; those to others are dropped."""
        for known in self.links_from(source, name):
            if known.target is not target:
                self.forget_link(known)
        return self.find_link(source, name, target)

    def _check_no_children(self, descriptor: EntityDescriptor) -> None:
        for link in self._links.touching(descriptor.entity):
            if link.parent_link and link.source is descriptor.entity and link.state is _ADDED:
                raise InvalidOperationError(
                    f"{link.target!r} is to be inserted below {descriptor.entity!r}, whose identity it needs: detach it first"
                )

    def _check_ends(self, source: Any, name: str, target: Any, *, many: bool | None) -> NavigationProperty:
        self.tracked(source)
        navigation = navigation_of(source, name)
        if many is not None:
            (check_many if many else check_one)(navigation, source)
        if target is None and (many is True):
            raise ArgumentError(f"{spelled(source, name)} is a collection: a link needs a target")
        if target is not None:
            check_target(navigation, source, target)
            self.tracked(target)
        return navigation

    def _check_alive(self, *ends: Any) -> None:
        for end in ends:
            if end is not None and self.tracked(end).state is _DELETED:
                raise InvalidOperationError(f"{end!r} is deleted: it cannot be linked")

    def _check_no_link(self, source: Any, name: str, target: Any) -> None:
        if (known := self.find_link(source, name, target)) is not None:
            raise InvalidOperationError(f"the context tracks that link of {spelled(source, name)} already, as {known.state.name}")

    def _check_not_parent_link(self, link: LinkDescriptor) -> None:
        if link.parent_link and link.state is _ADDED:
            raise InvalidOperationError(f"{link.target!r} is to be inserted by this very link: detach the entity instead")


def _form(identity: str) -> str:
    """An identity as it is looked up: services spell the same one with more or fewer characters percent-encoded."""
    return unquote(identity, errors="surrogateescape") if "%" in identity else identity


def _by_order(descriptor: Descriptor) -> int:
    return descriptor.change_order


def _not_tracked(entity: object) -> str:
    elsewhere = isinstance(entity, Entity) and owner_of(entity) is not None
    hint = (
        "another context tracks it; read it with this one, or detach it there and attach_to here"
        if elsewhere
        else "use add_object for a new entity, attach_to for one the service has"
    )
    return f"{entity!r} is not tracked by this context: {hint}"
