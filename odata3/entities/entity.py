"""Entities and complex values, and what concerns entities alone: key, related entities, owner and observer.

``to_dict()`` and ``entity["Name"]`` are all that an entity offers in public, so that nearly every name stays free for the
service's own properties; the rest are functions, here and in ``structure.py`` and ``changes.py``.

Source: .NET's generated classes, in Python's manner.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, cast, overload

from odata3.edm import model as edm
from odata3.entities.changes import document_value, forget_changes, plain_values, said, set_names
from odata3.entities.displays import object_html
from odata3.entities.names import hint
from odata3.entities.properties import Attribute, Column, Link
from odata3.entities.structure import (
    NOTHING,
    Observer,
    Owner,
    Structure,
    adopt,
    dynamic_names,
    place_of,
    put_assigned,
    put_dynamic,
    put_observer,
    put_owner,
    put_raw,
    read_dynamic,
)
from odata3.errors import ArgumentError, InvalidOperationError
from odata3.formats.documents import NATIVE, Dialect, Raw, same_value
from odata3.formats.value_codecs import Codecs
from odata3.secrecy import is_secret
from odata3.uri.expressions import Condition

T = TypeVar("T", bound="Object")
C = TypeVar("C", bound=Structure)


if TYPE_CHECKING:

    class RowType(type):
        """What a row offers in a lambda beside its properties, for type checkers: there its type is that of the class."""

        def is_of(cls, target: type[Structure] | str) -> Condition: ...
        @overload
        def cast(cls, target: type[C]) -> type[C]: ...
        @overload
        def cast(cls, target: str) -> Any: ...
        def cast(cls, target: Any) -> Any: ...
        def __getitem__(cls, name: str) -> Any: ...

    class OpenRowType(RowType):
        """The same for an open type: any name may be a property."""

        def __getattr__(cls, name: str) -> Any: ...

else:
    RowType = type


class Object(Structure, metaclass=RowType):
    """What entities and complex values offer, and how they are copied and pickled: with their values, without their notes."""

    __slots__ = ()

    if TYPE_CHECKING:

        @classmethod
        def _reads_as(cls) -> Self | None: ...

    def to_dict(self) -> dict[str, Any]:
        """The values by the service's names, as plain ones: complex values as dictionaries, enum values by name.

        Every property of the type is there, never set ones as None, and what an object of an open type holds beyond them;
        related entities and streams are not.
        """
        return plain_values(self)

    def _repr_html_(self) -> str:
        return object_html(self)

    def __copy__(self) -> Any:
        return _copy_into(adopt(type(self), self._raw, self._codec), self, lambda value: value)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        made = memo[id(self)] = adopt(type(self), self._raw, self._codec)  # known before its values, which may lead back here
        return _copy_into(made, self, lambda value: copy.deepcopy(value, memo))

    def __reduce__(self) -> tuple[Any, ...]:
        cls = type(self)
        return _revive, (cls.__dict__.get("_reference") or cls,), _state(self)

    def __setstate__(self, state: dict[str, dict[str, Any]]) -> None:
        _restore(self, state)


class Entity(Object):
    """An object with identity. Equality and hash are those of the object, as with .NET's entities and SQLAlchemy's.

    The classes of a service derive from it: ``ctx.types.Product``, ``spf_vmm.entities.VirtualMachine``.
    """

    __slots__ = ()
    _edm_type: ClassVar[edm.EntityType]

    def __repr__(self) -> str:
        shown = ", ".join(f"{p.name}={_shown(self, p)}" for p in self._plan.key)
        return f"{type(self).__name__}({shown})"


class ComplexValue(Object):
    """A structured value without identity. Two of one type that say the same are equal."""

    __slots__ = ()
    _edm_type: ClassVar[edm.ComplexType]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ComplexValue):
            return NotImplemented
        if self is other:
            return True
        return self._edm_type == other._edm_type and same_value(said(self), said(other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{name}={_shown(self, self._plan.by_name[name])}" for name in set_names(self) if name in self._plan.by_name
        )
        return f"{type(self).__name__}({shown})"


def _shown(entity: Structure, attribute: Attribute) -> str:
    """A value for ``repr``, which never fails and never shows a secret."""
    if is_secret(attribute.name):
        return "'***'"
    try:
        return repr(getattr(entity, attribute.attribute))
    except Exception as error:
        return f"<{type(error).__name__}>"


# --- questions ------------------------------------------------------------------------------------------------------------------


@overload
def type_of(entity: Entity | type[Entity]) -> edm.EntityType: ...
@overload
def type_of(entity: ComplexValue | type[ComplexValue]) -> edm.ComplexType: ...
def type_of(entity: Any) -> Any:
    """The model's type of an object or a class. Raises ``ArgumentError`` for what has none."""
    found = getattr(entity, "_edm_type", None)
    if not isinstance(found, edm.EntityType | edm.ComplexType):
        raise ArgumentError(f"{entity!r} is neither an entity nor a class made from a model")
    return found


def properties(entity: Structure | type[Structure]) -> dict[str, str]:
    """The attributes of an ``entity``, or of a class: ``{"ID": "ID", "class": "class_"}``, properties first, then navigation
    properties."""
    return {attribute.name: attribute.attribute for attribute in entity._plan.attributes.values()}


def value_names(entity: Structure | type[Structure]) -> tuple[str, ...]:
    """The properties that travel as values: no navigation properties, no streams."""
    return tuple(p.name for p in entity._plan.values)


def key_of(entity: Entity) -> tuple[Any, ...]:
    """The key's values in the order of the model; ``()`` for a type without a key.

    Raises ``InvalidOperationError`` where one of them is None: such an entity is usable, but has no address (R35).
    """
    values = tuple(getattr(entity, p.attribute) for p in entity._plan.key)
    if None in values:
        missing = [p.name for p, value in zip(entity._plan.key, values, strict=True) if value is None]
        raise InvalidOperationError(
            f"a {entity._edm_type.full_name} without a value for its key ({', '.join(missing)}) has no address"
        )
    return values


# --- related entities, streams, owner and observer ------------------------------------------------------------------------------


def held(entity: Entity, name: str) -> Any:
    """What the entity holds under a name, as it stands: related entities, a list, a stream link; None where nothing was put."""
    found = entity._plan.by_name.get(name)
    return None if found is None else entity.__dict__.get(found.attribute)


def place(entity: Entity, name: str, value: Any) -> None:
    """Put related entities or a stream link where loading found them; it is no assignment. ``name`` is the service's."""
    found = entity._plan.by_name.get(name)
    if found is None or isinstance(found, Column):
        raise InvalidOperationError(
            f"{place_of(entity, name)} is no navigation property and no stream{hint(name, _linked(entity))}"
        )
    entity.__dict__[found.attribute] = value


def related(entity: Entity, name: str) -> list[Any]:
    """The list of a navigation property to many: the one that reading the attribute gives."""
    found = entity._plan.by_name.get(name)
    if not isinstance(found, Link) or not found.is_collection:
        raise InvalidOperationError(f"{place_of(entity, name)} does not lead to many entities{hint(name, _linked(entity))}")
    return cast(list[Any], getattr(entity, found.attribute))


def _linked(entity: Entity) -> list[str]:
    return [a.name for a in entity._plan.attributes.values() if not isinstance(a, Column)]


def attach(entity: Entity, owner: Owner | None) -> None:
    """Lend the entity the owner's bound operations."""
    put_owner(entity, owner)


def owner_of(entity: Entity) -> Owner | None:
    return entity._owner


def observe(entity: Entity, observer: Observer | None) -> None:
    """Let the observer hear every assignment."""
    put_observer(entity, observer)


def observer_of(entity: Entity) -> Observer | None:
    return entity._observer


# --- copies and pickles ---------------------------------------------------------------------------------------------------------


def _copy_into(made: T, source: Object, copied: Callable[[Any], Any]) -> T:
    """The values of ``source``, without its owner, observer and notes."""
    for attribute, value in source.__dict__.items():
        made.__dict__[attribute] = copied(value)
    if source._dynamic is not None:
        put_dynamic(made, {name: copied(value) for name, value in source._dynamic.items()})
    put_assigned(made, None if source._assigned is None else dict(source._assigned))
    forget_changes(made)
    return made


def _state(entity: Structure) -> dict[str, dict[str, Any]]:
    """What a pickle holds: converted values by the service's names, and whatever else is in the instance."""
    plan = entity._plan
    dynamic = dynamic_names(entity)
    values = {name: getattr(entity, plan.by_name[name].attribute) for name in set_names(entity) if name not in dynamic}
    others = {a: v for a, v in entity.__dict__.items() if not isinstance(plan.attributes.get(a), Column)}
    return {
        "values": values,
        "dynamic": {name: read_dynamic(entity, name) for name in dynamic},
        "others": others,
        "texts": {p.name: text for p in plan.values if p.declared_type in _FINER and (text := _text(entity, p.name)) is not None},
    }


#: Types whose texts may say more than their Python values hold: the seventh digit of a second.
_FINER = frozenset({"Edm.DateTime", "Edm.DateTimeOffset", "Edm.Time"})


def _text(entity: Structure, name: str) -> tuple[str, str] | None:
    """Dialect and text of a value that nobody assigned."""
    raw = document_value(entity, name)
    return (raw.codec.dialect.value, raw.value) if type(raw) is Raw and type(raw.value) is str else None


def _revive(source: Any) -> Any:
    return adopt(source if isinstance(source, type) else source(), NOTHING, NATIVE)


def _restore(entity: Structure, state: dict[str, dict[str, Any]]) -> None:
    plan = entity._plan
    entity.__dict__.update(state["others"])
    noted: dict[str, None] = {}
    for name, value in state["values"].items():
        found = plan.by_name.get(name)
        if found is not None:  # the model may have changed since
            entity.__dict__[found.attribute] = value
            noted[name] = None
    if plan.dynamic is not None and state["dynamic"]:
        put_dynamic(entity, dict(state["dynamic"]))
        noted |= dict.fromkeys(state["dynamic"])
    put_assigned(entity, noted or None)
    forget_changes(entity)
    texts = {name: _raw_of(entity, name, *text) for name, text in state["texts"].items() if name in noted}
    if texts:
        put_raw(entity, {**entity._raw, **texts})


def _raw_of(entity: Structure, name: str, dialect: str, text: str) -> Raw:
    prepared = entity._model.prepared
    codecs = prepared.get(("entities.codecs", dialect))
    if codecs is None:
        codecs = prepared["entities.codecs", dialect] = Codecs(entity._model, Dialect(dialect))
    return Raw(text, codecs.codec(entity._edm_type.full_name), name)
