"""Attributes by another spelling: what ``entity_descriptor.ETag``, ``query.FirstOrDefault`` and ``ctx.saveChanges`` are here.

Whoever comes from .NET types its names first. They are no attributes here, and the error says which one is meant; a name that is
nearly right is answered with the nearest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import EnumMeta
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

C = TypeVar("C", bound=type)


def python_name(name: str) -> str:
    """``save_changes`` for ``SaveChanges``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def no_attribute(owner: str, name: str, known: Iterable[str], elsewhere: Mapping[str, str]) -> AttributeError:
    """The error for an attribute that is none: what to write instead, by spelling, by what other libraries call it, by likeness.

    ``elsewhere`` says what to do in place of names from elsewhere, by their folded spelling (``groupby``).
    """
    missing = f"{owner} has no attribute {name!r}"
    public = [attribute for attribute in known if not attribute.startswith("_")]
    if (told := elsewhere.get(_folded(name))) is not None:
        return AttributeError(f"{missing}: {told}")
    if (same := next((attribute for attribute in public if _folded(attribute) == _folded(name)), None)) is not None:
        return AttributeError(f"{missing}; in Python it is {same}")
    near = get_close_matches(name, public, n=1)
    return AttributeError(f"{missing}; did you mean {near[0]!r}?" if near else missing)


def _folded(name: str) -> str:
    return name.replace("_", "").lower()


class Spelled:
    """What answers an attribute that it does not have with the one that is meant."""

    __slots__ = ()
    #: What to do in place of names from elsewhere.
    _elsewhere: ClassVar[Mapping[str, str]] = {}

    if not TYPE_CHECKING:  # a checker that saw it would let every name pass

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            if hasattr(type(self), name):  # a property that an AttributeError ended, of a handler of the user's say
                return object.__getattribute__(self, name)
            raise no_attribute(type(self).__name__, name, object.__dir__(self), self._elsewhere)


def answering(cls: C) -> C:
    """Have a class answer .NET's spelling of its attributes, where :class:`Spelled` would cost too much.

    A class with a ``__getattr__`` loses what Python does to make the reading of attributes fast. Here each spelling stands in the
    class by itself, and raises; ``dir`` does not list them.
    """
    attributes = [name for name in dir(cls) if not name.startswith("_")]
    for name in attributes:
        setattr(cls, _pascal_case(name), _Elsewhere(name))

    def listed(self: object) -> list[str]:
        return sorted(name for name in object.__dir__(self) if type(getattr(type(self), name, None)) is not _Elsewhere)

    cls.__dir__ = listed  # type: ignore[assignment]
    return cls


def _pascal_case(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_")).replace("Etag", "ETag")


class _Elsewhere:
    """An attribute that is called otherwise in Python."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type) -> Any:
        if instance is None:
            return self
        raise AttributeError(f"{owner.__name__} has no attribute {_pascal_case(self._name)!r}; in Python it is {self._name}")


class SpelledMembers(EnumMeta):
    """The same for the members of an enum: ``MergeOption.AppendOnly`` is ``APPEND_ONLY``."""

    if not TYPE_CHECKING:

        def __getattr__(cls, name: str) -> Any:
            members = cls.__dict__.get("_member_map_", {})
            if name in members:  # where Python has no other way to them (3.11)
                return members[name]
            if name.startswith("_"):
                raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")
            raise no_attribute(cls.__name__, name, members, {})
