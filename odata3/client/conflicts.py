"""``ctx.resolve(entity, keep=...)``: after a conflict, one entity brought up to date with what the service has now.

Three things are compared: what was read, what was assigned here, what the service says now. What changed on one side only is
taken from that side; a property conflicts where both changed it, to different values, and of these alone ``keep`` decides.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterable
from typing import Any

from odata3.client.channel import Channel
from odata3.client.descriptors import EntityDescriptor
from odata3.client.events import EntityArgs
from odata3.client.options import EntityStates
from odata3.client.outcomes import agrees, commands_in, find
from odata3.client.tracker import EntityTracker
from odata3.entities.changes import changed_names, forget_changes, set_names, value_before
from odata3.entities.entity import Entity, type_of
from odata3.entities.mapping import fill, from_entry
from odata3.errors import ArgumentError, InvalidOperationError
from odata3.formats.documents import Entry, same_value

#: ``"mine"``, ``"theirs"``, or what is asked of each conflicting property: ``(name, mine, theirs) -> value``; of an insert in
#: doubt, the entity that it made.
Keep = str | Callable[[str, Any, Any], Any] | Entity


def resolve(channel: Channel, tracker: EntityTracker, entity: Any, keep: Keep) -> tuple[str, ...]:
    """Bring a tracked entity up to date, and give the names of the properties that conflicted.

    Raises ``ArgumentError`` for another ``keep``, ``InvalidOperationError`` for an entity that is not tracked, or is gone from
    the service while what was changed here is to be kept; what reading raises; what ``keep`` raises, and an assignment of what it
    gives, with nothing changed.
    """
    record = tracker.tracked(entity)
    if isinstance(keep, Entity):
        _adopt(channel, tracker, record, keep)
        return ()
    if keep not in ("mine", "theirs") and not callable(keep):
        raise ArgumentError(f"keep is 'mine', 'theirs', or a function of name, mine and theirs, not {keep!r}")
    if callable(keep) and record.state in (EntityStates.ADDED, EntityStates.DELETED):
        raise ArgumentError(f"{entity!r} is {record.state.name}: keep is 'mine' or 'theirs', for no property is asked about")
    if record.state is EntityStates.ADDED:
        _decide_insert(tracker, record, keep)
        return ()
    if record.edit_link is None:
        raise InvalidOperationError(f"{entity!r} has no edit link to be read from")
    found = find(channel, record, record.edit_link)
    if found is None:
        _decide_gone(tracker, record, keep)
        return ()
    _, entry, etag = found
    if record.state is EntityStates.DELETED and keep == "mine":
        conflicts: tuple[str, ...] = ()
    else:
        channel.reading_entity.fire(EntityArgs(entity, entry))
        doubtful = commands_in(channel, entity) if record.outcome_unknown else frozenset[str]()
        conflicts = _merge(record, entry, "theirs" if record.state is EntityStates.DELETED else keep, doubtful)
    record.describe(entry)
    record.etag = etag
    record.is_attached = record.is_partial = False
    record.make_certain()
    return conflicts


def _decide_insert(tracker: EntityTracker, record: EntityDescriptor, keep: Keep) -> None:
    """Of an insert that may have arrived: send it again, or take it as the service's."""
    if not record.is_in_doubt:
        raise InvalidOperationError(f"{record.entity!r} was added and not sent: there is no conflict")
    if keep == "mine":
        record.make_certain()
    else:
        tracker.detach(record.entity)


def _adopt(channel: Channel, tracker: EntityTracker, record: EntityDescriptor, found: Entity) -> None:
    """An insert in doubt arrived, and made ``found``: from now on this record stands for that one. Its links are still sent."""
    if record.state is not EntityStates.ADDED or not record.is_in_doubt:
        raise InvalidOperationError(f"{record.entity!r} is no insert whose outcome is unknown: it cannot stand for {found!r}")
    other = tracker.tracked(found)
    if type_of(found) is not type_of(record.entity) or other is record:
        raise ArgumentError(f"{found!r} is none that the insert of {record.entity!r} made")
    if other.is_pending or other.edit_link is None or other.identity is None:
        raise InvalidOperationError(f"{found!r} has changes of its own: save them first")
    now = find(channel, record, other.edit_link)
    if now is None:
        raise InvalidOperationError(f"{found!r} is gone from the service")
    _, entry, etag = now
    fill(record.entity, entry)
    tracker.forget(other)
    forget_changes(record.entity)
    record.describe(entry)
    record.edit_link, record.etag = other.edit_link, etag
    tracker.identify(record, other.identity)
    tracker.join(record)
    record.state = EntityStates.UNCHANGED
    record.make_certain()


def _decide_gone(tracker: EntityTracker, record: EntityDescriptor, keep: Keep) -> None:
    if keep != "theirs" and record.state is not EntityStates.DELETED:
        raise InvalidOperationError(
            f"{record.entity!r} is gone from the service: add it anew, or let it go with ctx.resolve(entity, keep='theirs')"
        )
    tracker.forget(record)


def _merge(record: EntityDescriptor, entry: Entry, keep: Keep, doubtful: Collection[str]) -> tuple[str, ...]:
    """``doubtful`` are commands that may have been carried out: of these ``keep`` decides too."""
    entity = record.entity
    theirs: Any = from_entry(type(entity), entry)
    mine = _mine(record)
    told = set(entry.names())
    apart = [name for name in mine if name in told and not agrees(entity, theirs, name)]
    moved = {n for n in apart if record.is_attached or not same_value(value_before(entity, n), theirs[n])}
    conflicts = tuple(n for n in mine if n in moved or n in doubtful)
    kept = {name: copy.deepcopy(entity[name]) for name in _kept(mine, apart, conflicts, told, keep)}
    if callable(keep):
        # Copies are asked about: what stands in the entity is filled anew, and what is made of theirs must show.
        chosen = {name: keep(name, copy.deepcopy(entity[name]), copy.deepcopy(theirs[name])) for name in conflicts}
        kept |= {name: value for name, value in chosen.items() if not same_value(value, theirs[name])}
        for name, value in chosen.items():
            theirs[name] = value  # what does not fit is found while nothing has changed
    fill(entity, entry)
    forget_changes(entity)
    for name, value in kept.items():
        entity[name] = value
    if not kept and record.state in (EntityStates.MODIFIED, EntityStates.DELETED):
        record.state = EntityStates.UNCHANGED
    return conflicts


def _mine(record: EntityDescriptor) -> tuple[str, ...]:
    """What an update would send."""
    entity = record.entity
    if record.state is EntityStates.DELETED:
        return ()
    names = set_names(entity) if record.is_attached else changed_names(entity)
    return tuple(name for name in names if name not in type_of(entity).key)


def _kept(mine: Iterable[str], apart: list[str], conflicts: Iterable[str], told: set[str], keep: Keep) -> list[str]:
    if keep == "mine":
        return list(mine)
    return [name for name in mine if name not in conflicts and (name in apart or name not in told)]
