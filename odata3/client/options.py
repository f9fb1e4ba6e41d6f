"""The words a user of the client chooses from, as WCF Data Services has them, and the settings of one context."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum, Flag, IntEnum
from typing import Any

from odata3.errors import ArgumentError
from odata3.spellings import SpelledMembers


class EntityStates(IntEnum, metaclass=SpelledMembers):
    """Where an entity or a link stands between its service and this context (.NET: ``EntityStates``).

    ``DETACHED`` is not tracked, ``UNCHANGED`` as it was read or saved; ``ADDED``, ``DELETED`` and ``MODIFIED`` are what the
    next save inserts, deletes and updates.
    """

    DETACHED = 1
    UNCHANGED = 2
    ADDED = 4
    DELETED = 8
    MODIFIED = 16


class MergeOption(IntEnum, metaclass=SpelledMembers):
    """What happens when an entity that is read is tracked already (.NET: ``MergeOption``).

    ``APPEND_ONLY`` leaves it, ``OVERWRITE_CHANGES`` takes everything from the service, ``PRESERVE_CHANGES`` all but the
    entities that were changed here (and then the ETag alone); with ``NO_TRACKING`` nothing is looked up, and each row is a new
    object that no context knows.
    """

    APPEND_ONLY = 0
    OVERWRITE_CHANGES = 1
    PRESERVE_CHANGES = 2
    NO_TRACKING = 3


class SaveChangesOptions(Flag, metaclass=SpelledMembers):
    """How ``save_changes`` goes about it; members combine with ``|`` (.NET: ``SaveChangesOptions``).

    ``NONE`` sends one request after the other and stops at the first that fails, ``CONTINUE_ON_ERROR`` goes on. ``BATCH`` sends
    one change set, which succeeds or fails as a whole, ``BATCH_WITH_INDEPENDENT_OPERATIONS`` a batch of changes that do not
    depend on each other. ``REPLACE_ON_UPDATE`` updates by PUT with all properties, ``PATCH_ON_UPDATE`` by PATCH in place of
    MERGE.
    """

    NONE = 0
    BATCH = 1
    CONTINUE_ON_ERROR = 2
    REPLACE_ON_UPDATE = 4
    PATCH_ON_UPDATE = 8
    BATCH_WITH_INDEPENDENT_OPERATIONS = 16


class DataServiceResponsePreference(Enum, metaclass=SpelledMembers):
    """What the service is asked to answer inserts and updates with (header ``Prefer``, V3).

    ``NONE`` leaves it to the service, ``INCLUDE_CONTENT`` asks for the entity as it then is, ``NO_CONTENT`` for a 204 without
    it.
    """

    NONE = None
    INCLUDE_CONTENT = "return-content"
    NO_CONTENT = "return-no-content"


class TrackingMode(Enum, metaclass=SpelledMembers):
    """Whether a ``DataServiceCollection`` makes the calls of a context for what is done to it (.NET: ``TrackingMode``).

    ``AUTO_CHANGE_TRACKING`` does, with ``NONE`` the collection is a list.
    """

    NONE = 0
    AUTO_CHANGE_TRACKING = 1


_CONTRADICTIONS = (
    (SaveChangesOptions.BATCH, SaveChangesOptions.CONTINUE_ON_ERROR),
    (SaveChangesOptions.BATCH, SaveChangesOptions.BATCH_WITH_INDEPENDENT_OPERATIONS),
    (SaveChangesOptions.BATCH_WITH_INDEPENDENT_OPERATIONS, SaveChangesOptions.CONTINUE_ON_ERROR),
    (SaveChangesOptions.REPLACE_ON_UPDATE, SaveChangesOptions.PATCH_ON_UPDATE),
)


def check_save_options(options: object) -> SaveChangesOptions:
    """``options`` if it is a sensible combination; ``ArgumentError`` where two of them contradict each other."""
    if not isinstance(options, SaveChangesOptions):
        raise ArgumentError(f"save_changes takes SaveChangesOptions, not {options!r}")
    for one, other in _CONTRADICTIONS:
        if one in options and other in options:
            raise ArgumentError(f"SaveChangesOptions.{one.name} and SaveChangesOptions.{other.name} contradict each other")
    return options


@dataclass(slots=True)
class Settings:
    """What a user may change on a context at any time; the rooms of the client read it when they act.

    ``url_key_as_segment`` None means: as the metadata says. ``resolve_name`` maps an entity class to the name sent,
    ``resolve_type`` the name received to a class, ``resolve_entity_set`` a set's name to its URL; each may answer None.
    ``commands`` names, by full names of types, properties whose assignment is a command (SPF's ``Operation``): an update with
    one that may have arrived already is not sent again until ``ctx.resolve`` says so.
    """

    merge_option: MergeOption = MergeOption.APPEND_ONLY
    save_changes_default_options: SaveChangesOptions = SaveChangesOptions.NONE
    add_and_update_response_preference: DataServiceResponsePreference = DataServiceResponsePreference.NONE
    ignore_missing_properties: bool = True
    ignore_resource_not_found_exception: bool = False
    use_post_tunneling: bool = False
    url_key_as_segment: bool | None = None
    send_all_properties: bool = False
    resolve_name: Callable[[type[Any]], str | None] | None = None
    resolve_type: Callable[[str], type[Any] | None] | None = None
    resolve_entity_set: Callable[[str], str | None] | None = None
    commands: Mapping[str, Collection[str]] = field(default_factory=dict)


class Setting:
    """An attribute of the context that is one of its :class:`Settings`; a wrong value is an ``ArgumentError``."""

    def __init__(self, kind: type[Any] | tuple[type[Any], ...] | None = None) -> None:
        self._kind = kind

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: type[Any] | None = None) -> Any:
        return self if instance is None else getattr(instance._settings, self._name)

    def __set__(self, instance: Any, value: Any) -> None:
        if self._kind is not None and not isinstance(value, self._kind):
            raise ArgumentError(f"{self._name} cannot be {value!r}")
        if self._kind is None and value is not None and not callable(value):
            raise ArgumentError(f"{self._name} is a function or None, not {value!r}")
        setattr(instance._settings, self._name, value)
