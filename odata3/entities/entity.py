"""Entities and complex values, and the functions over them.

An object holds three things beside its values: the raw values as a body spelled them, adopted, neither copied nor converted; the
codec that reads them; and the names that were assigned since it was read or saved. A value is converted when it is first read, and
is a plain instance attribute from then on. What was never assigned can so be sent back as it came, digit for digit.

::

    _raw        {"ID": 7, "Name": "Bolt", "Made": "2013-08-02T15:12:54.2694809"}     what was last read, or saved
    __dict__    {"Name": "Nut"}                                                      what was looked at, or assigned
    _assigned   {"Name"}                                                             what was assigned since

An entity knows no tracker and no URL, and never loads anything by itself. What must reach further goes through two private slots:
an :class:`Owner` lends it bound operations, an :class:`Observer` hears its assignments; copies and pickles leave both out.

``to_dict()`` and ``entity["Name"]`` are all that an entity offers in public, so that nearly every name stays free for the service's
own properties; the rest are functions. All names that these functions take and give are the service's.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, ClassVar, Protocol, TypeVar, cast, overload

from odata3.edm import model as edm
from odata3.entities.names import hint, spell
from odata3.entities.properties import Attribute, NamedStream, Navigation, Navigations, Plan, Property
from odata3.errors import ArgumentError, InvalidOperationError
from odata3.formats.documents import NATIVE, Codec, Complex, Raw, same_value

S = TypeVar("S", bound="Structure")
E = TypeVar("E", bound="Entity")


class Owner(Protocol):
    """What lends an entity the operations that are bound to it: a context."""

    def operation(self, entity: Entity, name: str) -> Callable[..., Any] | None:
        """The callable for a bound action or function, None where there is none of this name."""


class Observer(Protocol):
    """What hears the assignments of an entity: a ``DataServiceCollection``."""

    def assigned(self, entity: Entity, name: str, value: Any) -> None:
        """Called after ``value`` was stored; ``name`` is the service's spelling."""


class UnknownItemError(AttributeError, KeyError):
    """``entity["Nmae"]``: no property of this name. An ``AttributeError`` as for ``entity.Nmae``, and a ``KeyError``."""

    __str__ = Exception.__str__


class Structure:
    """What entities and complex values share. Not for direct use: ``classes.py`` makes the classes."""

    __slots__ = ("__dict__", "__weakref__", "_assigned", "_codec", "_dynamic", "_observer", "_owner", "_raw")

    _plan: ClassVar[Plan]
    _model: ClassVar[edm.Model]
    #: The type of the model that this class stands for; ``uri`` takes classes as types by it.
    _edm_type: ClassVar[Any]
    #: Of a class made from a model: what a pickle finds it by.
    _reference: ClassVar[Any] = None

    _raw: Mapping[str, Any]
    _codec: Codec
    _assigned: dict[str, None] | None
    _dynamic: dict[str, Any] | None
    _owner: Owner | None
    _observer: Observer | None

    def __new__(cls, /, *args: Any, **values: Any) -> Any:
        if not hasattr(cls, "_plan"):
            raise TypeError(f"{cls.__name__} has no type of a model: take a class of ctx.types, or derive from one")
        return adopt(cls, _NOTHING, NATIVE)

    def __init__(self, /, **values: Any) -> None:
        plan = self._plan
        if plan.edm_type.abstract:
            raise TypeError(f"{plan.edm_type.full_name} is abstract: make an object of a type derived from it")
        for name, value in values.items():
            known = plan.by_name.get(name) if name not in plan.attributes else None
            setattr(self, name if known is None else known.attribute, value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") and (name.startswith("__") or not name.endswith("_")) and not name.endswith("___"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        if (found := _dynamic_name(self, name)) is not None:
            return _read_dynamic(self, found)
        owner = _slot_owner.__get__(self)
        if owner is not None and (operation := owner.operation(self, name)) is not None:
            return operation
        raise AttributeError(_unknown(self, name))

    def __setattr__(self, name: str, value: Any) -> None:
        _assign(self, name, value)

    def __delattr__(self, name: str) -> None:
        if name in self._plan.attributes or name in dynamic_names(self):
            raise AttributeError(f"{_place(self, name)} cannot be deleted; assign None")
        object.__delattr__(self, name)

    def __getitem__(self, name: str) -> Any:
        found = self._plan.by_name.get(name)
        if found is not None:
            return getattr(self, found.attribute)
        if name in dynamic_names(self):
            return _read_dynamic(self, name)
        raise UnknownItemError(_unknown_item(self, name))

    def __setitem__(self, name: str, value: Any) -> None:
        found = self._plan.by_name.get(name)
        if found is not None:
            setattr(self, found.attribute, value)
        elif self._plan.dynamic is not None and isinstance(name, str):
            _assign_dynamic(self, name, value)
        else:
            raise UnknownItemError(_unknown_item(self, name))

    def __contains__(self, name: object) -> bool:
        return name in self._plan.by_name or name in dynamic_names(self)

    __iter__ = None

    def __dir__(self) -> Iterable[str]:
        return sorted({*object.__dir__(self), *(spell(name, RESERVED) for name in dynamic_names(self))})

    def to_dict(self) -> dict[str, Any]:
        """The values by the service's names, as plain ones: complex values as dictionaries, enum values by name.

        Every property of the type is there, never set ones as None, and what an object of an open type holds beyond them;
        related entities and streams are not.
        """
        return plain_values(self)

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


class Entity(Structure):
    """An object with identity. Equality and hash are those of the object, as with .NET's entities and SQLAlchemy's.

    The classes of a service derive from it: ``ctx.types.Product``, ``spf_vmm.entities.VirtualMachine``.
    """

    __slots__ = ()
    _edm_type: ClassVar[edm.EntityType]

    def __repr__(self) -> str:
        shown = ", ".join(f"{p.name}={_shown(self, p)}" for p in self._plan.key)
        return f"{type(self).__name__}({shown})"


class ComplexValue(Structure):
    """A structured value without identity. Two of one type that say the same are equal."""

    __slots__ = ()
    _edm_type: ClassVar[edm.ComplexType]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ComplexValue):
            return NotImplemented
        if self is other:
            return True
        return self._edm_type == other._edm_type and same_value(_said(self), _said(other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={_shown(self, self._plan.by_name[name])}" for name in set_names(self) if name in self._plan.by_name)
        return f"{type(self).__name__}({shown})"


_NOTHING: Mapping[str, Any] = {}
_ABSENT: Any = object()

# Slots are written through their descriptors: ``__setattr__`` is for properties.
_put_raw = Structure.__dict__["_raw"].__set__
_put_codec = Structure.__dict__["_codec"].__set__
_put_assigned = Structure.__dict__["_assigned"].__set__
_put_dynamic = Structure.__dict__["_dynamic"].__set__
_put_owner = Structure.__dict__["_owner"].__set__
_put_observer = Structure.__dict__["_observer"].__set__
_slot_owner = Structure.__dict__["_owner"]

#: Names that no property can have as its attribute, for objects and classes need them.
RESERVED = frozenset({*dir(Entity), *dir(ComplexValue), "_plan", "_model", "_edm_type"})


# --- made from and refreshed by documents -------------------------------------------------------------------------------------


def adopt(cls: type[S], values: Mapping[str, Any], codec: Codec) -> S:
    """An object over the raw values of a body: nothing is copied, converted or checked until it is looked at."""
    made = object.__new__(cls)
    _put_raw(made, values)
    _put_codec(made, codec)
    _put_assigned(made, None)
    _put_dynamic(made, None)
    _put_owner(made, None)
    _put_observer(made, None)
    return made


def refresh(entity: Structure, values: Mapping[str, Any], codec: Codec, keep: Collection[str] = ()) -> None:
    """Take over what a payload says, as .NET's ``OverwriteChanges`` does; the names in ``keep`` stay as they are.

    Properties that the payload omits are left alone. A complex value held is merged into, a collection held is cleared and filled
    again, so that references to them stay good. The names taken over no longer count as assigned. Raises ``PayloadError`` before
    anything has changed where a complex value or collection cannot be read.
    """
    held = entity.__dict__
    known = entity._plan.attributes
    taken = [p for a in held if isinstance(p := known.get(a), Property) and p.name in values and p.name not in keep]
    refills = [
        (p, held[p.attribute], _decoded(values[p.name], codec, p.name))
        for p in taken
        if p.kind.mutable and held[p.attribute] is not None
    ]
    merged = _merged(entity, values, codec, keep)
    refilled = {p.attribute for p, value, incoming in refills if p.kind.refill(value, incoming)}
    for prop in taken:
        if prop.attribute not in refilled:
            del held[prop.attribute]
    for notes in (entity._assigned, entity._dynamic):
        for name in [n for n in notes or () if n in values and n not in keep]:
            del notes[name]
    _put_raw(entity, merged)
    _put_codec(entity, codec)


def _merged(entity: Structure, values: Mapping[str, Any], codec: Codec, keep: Collection[str]) -> Mapping[str, Any]:
    """The raw values after a refresh. Adopted dictionaries are shared with copies, hence replaced and never changed."""
    before, reads = entity._raw, entity._codec
    if not keep and before.keys() <= values.keys():
        return values
    if reads is not codec:  # what stays is read by the codec it came with; annotations of the old body go
        before = {
            name: raw if raw is None or type(raw) is Raw else Raw(raw, reads, name)
            for name, raw in before.items()
            if name in reads.decoders or reads.is_property(name)
        }
    merged = {**before, **values}
    for name in keep:
        if name in before:
            merged[name] = before[name]
        else:
            merged.pop(name, None)
    return merged


def _decoded(raw: Any, codec: Codec, name: str) -> Any:
    if raw is None:
        return None
    return raw.decode() if type(raw) is Raw else codec.decode(name, raw)


# --- assignment -----------------------------------------------------------------------------------------------------------------


def assigner(plan: Plan) -> Callable[[Any, str, Any], None]:
    """The ``__setattr__`` of a class: values whose type alone makes them right, and ints in range, are stored and noted at once."""
    plain = {p.attribute: p.kind for p in plan.values if p.attribute == p.name}
    exact = {name: kind.exact for name, kind in plain.items() if kind.exact is not None}
    spans = {name: kind.span for name, kind in plain.items() if kind.span is not None}

    def __setattr__(self: Structure, name: str, value: Any) -> None:
        if exact.get(name) is not type(value):
            span = spans.get(name)
            if span is None or type(value) is not int or value not in span:
                return _assign(self, name, value)
        self.__dict__[name] = value
        names = self._assigned
        if names is None:
            _put_assigned(self, {name: None})
        else:
            names[name] = None
        if self._observer is not None:
            self._observer.assigned(cast(Entity, self), name, value)

    return __setattr__


def _assign(entity: Structure, name: str, value: Any) -> None:
    """Any assignment: check, store, note."""
    attribute = entity._plan.attributes.get(name)
    if attribute is None:
        _assign_other(entity, name, value)
        return
    if isinstance(attribute, NamedStream):
        raise TypeError(f"{_place(entity, attribute.name)} is a stream: its bytes are sent by set_save_stream(entity, {name!r}, ...)")
    entity.__dict__[name] = value = _checked(entity, attribute, value)
    _note(entity, attribute.name, value)


def _note(entity: Structure, name: str, value: Any) -> None:
    if entity._assigned is None:
        _put_assigned(entity, {name: None})
    else:
        entity._assigned[name] = None
    if entity._observer is not None:
        entity._observer.assigned(cast(Entity, entity), name, value)


def _checked(entity: Structure, attribute: Property[Any, Any] | Navigation[Any] | Navigations[Any], value: Any) -> Any:
    try:
        if isinstance(attribute, Property):
            return attribute.kind.check(value)
        return _related(attribute, value)
    except TypeError as error:
        raise TypeError(f"{_place(entity, attribute.name)}: {error}") from None
    except ValueError as error:
        raise ArgumentError(f"{_place(entity, attribute.name)}: {error}") from None


def _related(attribute: Navigation[Any] | Navigations[Any], value: Any) -> Any:
    target = attribute.target()
    if isinstance(attribute, Navigation):
        if value is None or isinstance(value, target):
            return value
        raise TypeError(f"takes a {target.__name__} or None, not {type(value).__name__}")
    if value is None or isinstance(value, str | bytes | Mapping | Structure) or not isinstance(value, Iterable):
        raise TypeError(f"takes a list of {target.__name__}, not {type(value).__name__}")
    items = value if isinstance(value, list) else list(value)
    for item in items:
        if not isinstance(item, target):
            raise TypeError(f"takes a list of {target.__name__}, and an item is {type(item).__name__}")
    return items


def _assign_other(entity: Structure, name: str, value: Any) -> None:
    """A name that is no property of the type: the user's own class attribute, a dynamic property, or a mistake."""
    owner = next((cls for cls in type(entity).__mro__ if name in cls.__dict__), None)
    if owner is not None:
        if "_plan" in owner.__dict__ or (owner in _OWN and not name.startswith("_")):
            raise AttributeError(f"{type(entity).__name__}.{name} is a method and cannot be assigned")
        object.__setattr__(entity, name, value)
    elif entity._plan.dynamic is not None:
        _assign_dynamic(entity, _dynamic_name(entity, name) or name, value)
    else:
        raise AttributeError(_unknown(entity, name))


_OWN = (Structure, Entity, ComplexValue, object)


# --- dynamic properties of open types -------------------------------------------------------------------------------------------


def dynamic_names(entity: Structure) -> tuple[str, ...]:
    """The undeclared properties that an object of an open type holds; none for other types."""
    if entity._plan.dynamic is None:
        return ()
    declared, codec = entity._plan.by_name, entity._codec
    read = [n for n in entity._raw if n not in declared and (n in codec.decoders or codec.is_property(n))]
    return tuple(dict.fromkeys((*read, *(entity._dynamic or ()))))


def undeclared_names(entity: Structure) -> tuple[str, ...]:
    """The properties in the payload that a closed type does not declare: they are dropped, or refused by whoever asks (R29)."""
    if entity._plan.dynamic is not None:
        return ()
    declared, codec = entity._plan.by_name, entity._codec
    return tuple(n for n in entity._raw if n not in declared and (n in codec.decoders or codec.is_undeclared(n)))


def _dynamic_name(entity: Structure, attribute: str) -> str | None:
    """The dynamic property that an attribute stands for."""
    if entity._plan.dynamic is None:
        return None
    names = dynamic_names(entity)
    return attribute if attribute in names else next((n for n in names if spell(n, RESERVED) == attribute), None)


def _read_dynamic(entity: Structure, name: str) -> Any:
    values, kind = entity._dynamic, entity._plan.dynamic
    assert kind is not None
    if values is None:
        _put_dynamic(entity, values := {})
    if name not in values:
        values[name] = _lifted(kind, _decoded(entity._raw.get(name), entity._codec, name))
    return values[name]


def _assign_dynamic(entity: Structure, name: str, value: Any) -> None:
    kind = entity._plan.dynamic
    assert kind is not None
    try:
        value = kind.check(value)
    except TypeError as error:
        raise TypeError(f"{_place(entity, name)}: {error}") from None
    except ValueError as error:
        raise ArgumentError(f"{_place(entity, name)}: {error}") from None
    if entity._dynamic is None:
        _put_dynamic(entity, {})
    cast(dict[str, Any], entity._dynamic)[name] = value
    _note(entity, name, value)


def _lifted(kind: Any, value: Any) -> Any:
    if value is None:
        return kind.empty()
    return value if kind.lift is None else kind.lift(value)


# --- what changed ---------------------------------------------------------------------------------------------------------------


def assigned_names(entity: Structure) -> tuple[str, ...]:
    """Every name assigned since the entity was read or saved, keys and navigation properties too, in the order of assignment."""
    return tuple(entity._assigned or ())


def changed_names(entity: Structure) -> tuple[str, ...]:
    """What an update sends: properties assigned since the entity was read or saved, equal values too, and complex values and
    collections changed in place. No keys, no navigation properties, no streams; in the order of the type, dynamic ones last."""
    changed = {*(entity._assigned or ()), *_moved(entity)}
    if not changed:
        return ()
    plan = entity._plan
    declared = [p.name for p in plan.values if p.name in changed and p not in plan.key]
    return (*declared, *(name for name in dynamic_names(entity) if name in changed))


def set_names(entity: Structure) -> tuple[str, ...]:
    """Every property that has been read, or assigned, ever: in the order of the type, dynamic ones last."""
    known = {*entity._raw, *(entity._assigned or ()), *_moved(entity)}
    return (*(p.name for p in entity._plan.values if p.name in known), *dynamic_names(entity))


def forget_changes(entity: Structure) -> None:
    """What the entity says now is what the service knows: after a save, or on attaching. Values stay, notes go."""
    changed = [*dict.fromkeys((*(entity._assigned or ()), *_moved(entity)))]
    if not changed:
        return
    plan = entity._plan
    raw = dict(entity._raw)
    for name in changed:
        found = plan.by_name.get(name)
        kind = found.kind if isinstance(found, Property) else plan.dynamic if found is None else None
        if kind is not None:
            value = getattr(entity, found.attribute) if found is not None else _read_dynamic(entity, name)
            raw[name] = None if value is None else Raw(kind.lower(value), NATIVE, name)
            kind.settle(value)
    _put_raw(entity, raw)
    _put_assigned(entity, None)


def roll_back(entity: Structure) -> None:
    """Back to the values as they were read or last saved; related entities stay as they are."""
    for prop in entity._plan.values:
        entity.__dict__.pop(prop.attribute, None)
    _put_dynamic(entity, None)
    _put_assigned(entity, None)


def value_before(entity: Structure, name: str) -> Any:
    """A property's value as it was read or last saved."""
    found = entity._plan.by_name.get(name)
    kind = found.kind if isinstance(found, Property) else entity._plan.dynamic
    return _lifted(kind, _decoded(entity._raw.get(name), entity._codec, name)) if kind is not None else None


def _moved(entity: Structure) -> list[str]:
    """The complex values and collections that say something else than the raw value: it is their snapshot, converted again."""
    noted, held = entity._assigned or (), entity.__dict__
    moved = [
        p.name
        for p in entity._plan.mutable
        if p.attribute in held and p.name not in noted and _differs(entity, p.kind, p.name, held[p.attribute])
    ]
    kind = entity._plan.dynamic
    if kind is not None:
        moved += [n for n, v in (entity._dynamic or {}).items() if n not in noted and _differs(entity, kind, n, v)]
    return moved


def _differs(entity: Structure, kind: Any, name: str, held: Any) -> bool:
    raw = entity._raw.get(name)
    if held is None:
        return raw is not None
    try:
        return bool(kind.differs(held, _decoded(raw, entity._codec, name)))
    except (TypeError, ValueError):
        return True  # something wrong was put into it: writing it says what


# --- documents' values ----------------------------------------------------------------------------------------------------------


def document_value(entity: Structure, name: str, within: tuple[Structure, ...] = ()) -> Any:
    """What a document says of one property: the raw value as it came where nothing changed, else a native value.

    Raises TypeError or ValueError where a collection was filled with what it cannot hold, and ``InvalidOperationError`` for a
    complex value that contains itself.
    """
    if any(outer is entity for outer in within):
        raise InvalidOperationError(f"a {entity._edm_type.full_name} contains itself: it cannot be written")
    found = entity._plan.by_name.get(name)
    kind = found.kind if isinstance(found, Property) else entity._plan.dynamic
    held = (entity._dynamic or {}).get(name, _ABSENT) if found is None else entity.__dict__.get(found.attribute, _ABSENT)
    untouched = held is _ABSENT or (
        name not in (entity._assigned or ()) and not (kind is not None and kind.mutable and _differs(entity, kind, name, held))
    )
    if untouched:
        raw = entity._raw.get(name)
        return raw if raw is None or type(raw) is Raw else Raw(raw, entity._codec, name)
    return None if held is None or kind is None else kind.lower(held, (*within, entity))


def snapshot(value: ComplexValue, within: tuple[Structure, ...] = ()) -> Complex:
    """A complex value as a document's, with the properties that are set."""
    return Complex(value._edm_type.full_name, {name: document_value(value, name, within) for name in set_names(value)}, NATIVE)


def _said(value: ComplexValue) -> dict[str, Any]:
    return {name: given for name, given in snapshot(value).decoded().items() if given is not None}


def plain_values(entity: Structure, within: tuple[Structure, ...] = ()) -> dict[str, Any]:
    """What ``to_dict`` gives."""
    if any(outer is entity for outer in within):
        raise InvalidOperationError(f"a {entity._edm_type.full_name} contains itself: it has no plain form")
    inside = (*within, entity)
    plain = {p.name: p.kind.plain(getattr(entity, p.attribute), inside) for p in entity._plan.values}
    kind = entity._plan.dynamic
    if kind is not None:
        plain |= {name: kind.plain(_read_dynamic(entity, name), inside) for name in dynamic_names(entity)}
    return plain


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
    """The attributes of a class: ``{"ID": "ID", "class": "class_"}``, properties first, then navigation properties."""
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
        raise InvalidOperationError(f"a {entity._edm_type.full_name} without a value for its key ({', '.join(missing)}) has no address")
    return values


# --- related entities, streams, owner and observer ------------------------------------------------------------------------------


def held(entity: Entity, name: str) -> Any:
    """What the entity holds under a name, as it stands: related entities, a list, a stream link; None where nothing was put."""
    found = entity._plan.by_name.get(name)
    return None if found is None else entity.__dict__.get(found.attribute)


def place(entity: Entity, name: str, value: Any) -> None:
    """Put related entities or a stream link where loading found them; it is no assignment. ``name`` is the service's."""
    found = entity._plan.by_name.get(name)
    if found is None or isinstance(found, Property):
        raise InvalidOperationError(f"{_place(entity, name)} is no navigation property and no stream{hint(name, _linked(entity))}")
    entity.__dict__[found.attribute] = value


def related(entity: Entity, name: str) -> list[Any]:
    """The list of a navigation property to many: the one that reading the attribute gives."""
    found = entity._plan.by_name.get(name)
    if not isinstance(found, Navigations):
        raise InvalidOperationError(f"{_place(entity, name)} does not lead to many entities{hint(name, _linked(entity))}")
    return cast(list[Any], getattr(entity, found.attribute))


def _linked(entity: Entity) -> list[str]:
    return [a.name for a in (*entity._plan.navigations, *entity._plan.streams)]


def attach(entity: Entity, owner: Owner | None) -> None:
    """Lend the entity the owner's bound operations."""
    _put_owner(entity, owner)


def owner_of(entity: Entity) -> Owner | None:
    return entity._owner


def observe(entity: Entity, observer: Observer | None) -> None:
    """Let the observer hear every assignment."""
    _put_observer(entity, observer)


def observer_of(entity: Entity) -> Observer | None:
    return entity._observer


# --- copies and pickles ---------------------------------------------------------------------------------------------------------


def _copy_into(made: S, source: Structure, copied: Callable[[Any], Any]) -> S:
    """The values of ``source``, without its owner, observer and notes."""
    for attribute, value in source.__dict__.items():
        made.__dict__[attribute] = copied(value)
    if source._dynamic is not None:
        _put_dynamic(made, {name: copied(value) for name, value in source._dynamic.items()})
    _put_assigned(made, None if source._assigned is None else dict(source._assigned))
    forget_changes(made)
    return made


def _state(entity: Structure) -> dict[str, dict[str, Any]]:
    """What a pickle holds: converted values by the service's names, and whatever else is in the instance."""
    plan = entity._plan
    dynamic = dynamic_names(entity)
    values = {name: getattr(entity, plan.by_name[name].attribute) for name in set_names(entity) if name not in dynamic}
    others = {a: v for a, v in entity.__dict__.items() if not isinstance(plan.attributes.get(a), Property)}
    return {"values": values, "dynamic": {name: _read_dynamic(entity, name) for name in dynamic}, "others": others}


def _revive(source: Any) -> Any:
    return adopt(source if isinstance(source, type) else source(), _NOTHING, NATIVE)


def _restore(entity: Structure, state: dict[str, dict[str, Any]]) -> None:
    plan = entity._plan
    entity.__dict__.update(state["others"])
    noted = {}
    for name, value in state["values"].items():
        found = plan.by_name.get(name)
        if found is not None:  # the model may have changed since
            entity.__dict__[found.attribute] = value
            noted[name] = None
    if plan.dynamic is not None and state["dynamic"]:
        _put_dynamic(entity, dict(state["dynamic"]))
        noted |= dict.fromkeys(state["dynamic"])
    _put_assigned(entity, noted or None)
    forget_changes(entity)


# --- words ----------------------------------------------------------------------------------------------------------------------


def _place(entity: Structure, name: str) -> str:
    """``NS.Product.Price (Edm.Decimal)``."""
    found = entity._plan.attributes.get(name) or entity._plan.by_name.get(name)
    if found is None:
        return f"{entity._edm_type.full_name}.{name}"
    return f"{entity._edm_type.full_name}.{found.name} ({found.declared_type})"


def _unknown(entity: Structure, name: object) -> str:
    plan = entity._plan
    spelled = plan.by_name.get(name) if isinstance(name, str) else None
    said = hint(str(name), plan.attributes) if spelled is None else f"; it is spelled {spelled.attribute!r} in Python"
    return f"{plan.edm_type.full_name} has no property {name!r}{said}"


def _unknown_item(entity: Structure, name: object) -> str:
    plan = entity._plan
    spelled = plan.attributes.get(name) if isinstance(name, str) else None
    said = hint(str(name), plan.by_name) if spelled is None else f"; the service's name is {spelled.name!r}"
    return f"{plan.edm_type.full_name} has no property {name!r}{said}"


#: Words in a property's name that say its value is nobody's business.
_SECRET = ("password", "secret", "credential", "token")


def _shown(entity: Structure, attribute: Attribute) -> str:
    """A value for ``repr``, which never fails and never shows a secret."""
    if any(word in attribute.name.lower() for word in _SECRET):
        return "'***'"
    try:
        return repr(getattr(entity, attribute.attribute))
    except Exception as error:
        return f"<{type(error).__name__}>"
