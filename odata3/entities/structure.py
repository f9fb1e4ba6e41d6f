"""What entities and complex values are made of: raw values, converted when looked at, and the names of those assigned.

An object holds three things beside its values: the raw values as a body spelled them, adopted, neither copied nor converted;
the codec that reads them; and the names that were assigned since it was read or saved. A value is converted when it is first
read, and is a plain instance attribute from then on. What was never assigned can so be sent back as it came, digit for digit.

::

    _raw        {"ID": 7, "Name": "Bolt", "Made": "2013-08-02T15:12:54.2694809"}     what was last read, or saved
    __dict__    {"Name": "Nut"}                                                      what was looked at, or assigned
    _assigned   {"Name"}                                                             what was assigned since

An entity knows no tracker and no URL, and never loads anything by itself. What must reach further goes through two private slots:
an :class:`Owner` lends it bound operations, an :class:`Observer` hears its assignments; copies and pickles leave both out.

Dynamic properties of open types stand apart, by the service's names (``_dynamic``), for what Python calls them is known only when
it is asked. All names that the functions here take and give are the service's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, TypeVar, cast

from odata3.edm import model as edm
from odata3.entities.names import RESERVED, hint, spell
from odata3.entities.properties import Column, Kind, Link, NamedStream, Operation, Plan
from odata3.errors import ArgumentError
from odata3.formats.documents import NATIVE, Codec, Complex, Raw
from odata3.secrecy import complaint

S = TypeVar("S", bound="Structure")


class Owner(Protocol):
    """What lends an entity the operations that are bound to it: a context."""

    def operation(self, entity: Any, name: str) -> Callable[..., Any] | None:
        """The callable for a bound action or function, None where there is none of this name."""


class Observer(Protocol):
    """What hears the assignments of an entity: a ``DataServiceCollection``."""

    def assigned(self, entity: Any, name: str, value: Any) -> None:
        """Called after ``value`` was stored; ``name`` is the service's spelling."""


class UnfitValueError(ArgumentError, TypeError):
    """None where there is no null, a text that says nothing in the property's type, a moment without the offset that is due: a
    wrong value, and of a wrong type."""


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

    def __new__(cls, /, *args: Any, **values: Any) -> Self:
        if not hasattr(cls, "_plan"):
            raise TypeError(f"{cls.__name__} has no type of a model: take a class of ctx.types, or derive from one")
        return adopt(cls, NOTHING, NATIVE)

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        if "_plan" not in vars(cls) and hasattr(cls, "_plan"):
            for name in vars(cls).keys() & cls._plan.attributes.keys():
                raise TypeError(f"{cls.__name__}.{name} would hide a property of {cls._edm_type.full_name}: give it another name")

    def __init__(self, /, **values: Any) -> None:
        plan = self._plan
        if plan.edm_type.abstract:
            raise TypeError(f"{plan.edm_type.full_name} is abstract: make an object of a type derived from it")
        for name, value in values.items():
            known = plan.by_name.get(name) if name not in plan.attributes else None
            setattr(self, name if known is None else known.attribute, value)

    if not TYPE_CHECKING:  # a checker that saw it would let every name pass

        def __setattr__(self, name: str, value: Any) -> None:
            _assign(self, name, value)

    def __delattr__(self, name: str) -> None:
        if name in self._plan.attributes or name in dynamic_names(self):
            raise AttributeError(f"{place_of(self, name)} cannot be deleted; assign None")
        object.__delattr__(self, name)

    def __getitem__(self, name: str) -> Any:
        found = self._plan.by_name.get(name)
        if found is not None:
            return getattr(self, found.attribute)
        if name in dynamic_names(self):
            return read_dynamic(self, name)
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


#: The raw values of an object that was read from nothing.
NOTHING: Mapping[str, Any] = {}

#: Slots are written through their descriptors: ``__setattr__`` is for properties.
put_raw = Structure.__dict__["_raw"].__set__
_put_codec = Structure.__dict__["_codec"].__set__
put_assigned = Structure.__dict__["_assigned"].__set__
put_dynamic = Structure.__dict__["_dynamic"].__set__
put_owner = Structure.__dict__["_owner"].__set__
put_observer = Structure.__dict__["_observer"].__set__


# --- made from and refreshed by documents -------------------------------------------------------------------------------------


def adopt(cls: type[S], values: Mapping[str, Any], codec: Codec) -> S:
    """An object over the raw values of a body: nothing is copied, converted or checked until it is looked at."""
    made = object.__new__(cls)
    put_raw(made, values)
    _put_codec(made, codec)
    put_assigned(made, None)
    put_dynamic(made, None)
    put_owner(made, None)
    put_observer(made, None)
    return made


def refresh(entity: Structure, values: Mapping[str, Any], codec: Codec, keep: Collection[str] = ()) -> None:
    """Take over what a payload says, as .NET's ``OverwriteChanges`` does; the names in ``keep`` stay as they are.

    Properties that the payload omits are left alone. A complex value held is merged into, a collection held is cleared and filled
    again, so that references to them stay good. The names taken over no longer count as assigned. Raises ``PayloadError`` before
    anything has changed where a complex value or collection cannot be read.
    """
    held = entity.__dict__
    known = entity._plan.attributes
    taken = [p for a in held if isinstance(p := known.get(a), Column) and p.name in values and p.name not in keep]
    refills = _refills(entity, taken, values, codec)
    merged = _merged(entity, values, codec, keep)
    refilled = {p.name: p.kind.known(value, merged[p.name]) for p, value, incoming in refills if p.kind.refill(value, incoming)}
    for prop in taken:
        if prop.name not in refilled:
            del held[prop.attribute]
    for notes in (entity._assigned or {}, entity._dynamic or {}):
        for name in [n for n in notes if n in values and n not in keep]:
            del notes[name]
    put_raw(entity, {**merged, **refilled} if refilled else merged)
    _put_codec(entity, codec)


def _refills(
    entity: Structure, taken: Iterable[Column], values: Mapping[str, Any], codec: Codec
) -> list[tuple[Column, Any, Any]]:
    """The values held that are filled anew, with what comes for each: decoded, and what comes for those inside them too."""
    held = entity.__dict__
    refills = [
        (p, held[p.attribute], _decoded(values[p.name], codec, p.name))
        for p in taken
        if p.kind.mutable and held[p.attribute] is not None
    ]
    for _, inner, value in refills:
        if isinstance(inner, Structure) and type(value) is Complex:
            known = inner._plan.by_name
            within = [p for name in value.values if isinstance(p := known.get(name), Column) and p.attribute in inner.__dict__]
            _refills(inner, within, value.values, value.codec)
    return refills


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


def decoded(entity: Structure, name: str) -> Any:
    """The raw value of a property, decoded anew: what was last read or saved."""
    return _decoded(entity._raw.get(name), entity._codec, name)


def lifted(kind: Kind, value: Any) -> Any:
    """What the user sees of a decoded value."""
    if value is None:
        return kind.empty()
    return value if kind.lift is None else kind.lift(value)


# --- assignment -----------------------------------------------------------------------------------------------------------------


def assigner(plan: Plan) -> Callable[[Any, str, Any], None]:
    """The ``__setattr__`` of a class: a value whose type alone makes it right, or an int in range, is stored and noted."""
    right: dict[str, Any] = dict.fromkeys(plan.attributes)
    right |= {p.attribute: p.kind.exact or p.kind.bounds for p in plan.values if p.attribute == p.name}

    def __setattr__(self: Structure, name: str, value: Any) -> None:
        try:
            known = right[name]
        except KeyError:
            known = None  # no property: a mistake, or the user's own
        if known is not type(value) and (type(known) is not tuple or type(value) is not int or not known[0] <= value <= known[1]):
            return _assign(self, name, value)
        self.__dict__[name] = value
        if (names := self._assigned) is not None:
            names[name] = None
        else:
            put_assigned(self, {name: None})
        if self._observer is not None:
            self._observer.assigned(self, name, value)

    return __setattr__


def _assign(entity: Structure, name: str, value: Any) -> None:
    """Any assignment: check, store, note."""
    attribute = entity._plan.attributes.get(name)
    if attribute is None:
        _assign_other(entity, name, value)
        return
    if isinstance(attribute, NamedStream):
        raise TypeError(
            f"{place_of(entity, attribute.name)} is a stream: its bytes are sent by set_save_stream(entity, {name!r}, ...)"
        )
    entity.__dict__[name] = value = _checked(entity, attribute, value)
    _note(entity, attribute.name, value)


def _note(entity: Structure, name: str, value: Any) -> None:
    if entity._assigned is None:
        put_assigned(entity, {name: None})
    else:
        entity._assigned[name] = None
    if entity._observer is not None:
        entity._observer.assigned(entity, name, value)


def _checked(entity: Structure, attribute: Column | Link, value: Any) -> Any:
    try:
        if isinstance(attribute, Column):
            return attribute.kind.check(value)
        return _related(attribute, value)
    except ValueError as error:  # before TypeError: a part of the value may be at fault in both ways
        kind = UnfitValueError if isinstance(value, str | datetime | None) else ArgumentError
        raise kind(f"{place_of(entity, attribute.name)}: {complaint(str(error), attribute.name)}") from None
    except TypeError as error:
        raise TypeError(f"{place_of(entity, attribute.name)}: {complaint(str(error), attribute.name)}") from None


def _related(attribute: Link, value: Any) -> Any:
    target = attribute.target()
    if not attribute.is_collection:
        if value is None or _fits(value, target):
            return value
        raise TypeError(f"takes {target.__name__} or None, not {type(value).__name__}")
    if value is None or isinstance(value, str | bytes | Mapping | Structure) or not isinstance(value, Iterable):
        raise TypeError(f"takes a list of {target.__name__}, not {type(value).__name__}")
    items = value if isinstance(value, list) else list(value)
    for item in items:
        if not _fits(item, target):
            raise TypeError(f"takes a list of {target.__name__}, and an item is {type(item).__name__}")
    return items


def _fits(value: Any, target: type[Structure]) -> bool:
    """Whether a value is of the class, or of the one that another context made of the same type."""
    if isinstance(value, target):
        return True
    return isinstance(value, Structure) and target._model.is_derived(value._edm_type.full_name, target._edm_type.full_name)


def _assign_other(entity: Structure, name: str, value: Any) -> None:
    """A name that is no property of the type: the user's own class attribute, a dynamic property, or a mistake."""
    owner = next((cls for cls in type(entity).__mro__ if name in cls.__dict__), None)
    if owner is not None:
        if name in RESERVED or isinstance(owner.__dict__[name], Operation):
            raise AttributeError(f"{type(entity).__name__}.{name} is a method and cannot be assigned")
        object.__setattr__(entity, name, value)
    elif entity._plan.dynamic is not None:
        _assign_dynamic(entity, _dynamic_name(entity, name) or name, value)
    else:
        raise AttributeError(_unknown(entity, name))


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


def dynamic_attribute(entity: Any, name: str) -> Any:
    """The ``__getattr__`` of open types. Others have none, for it makes every access to an object slower."""
    found = None if name.startswith("_") and not name.endswith("_") else _dynamic_name(entity, name)
    if found is None:
        raise AttributeError(_unknown(entity, name), name=name, obj=entity)
    return read_dynamic(entity, found)


def _dynamic_name(entity: Structure, attribute: str) -> str | None:
    """The dynamic property that an attribute stands for."""
    if entity._plan.dynamic is None:
        return None
    names = dynamic_names(entity)
    return attribute if attribute in names else next((n for n in names if spell(n, RESERVED) == attribute), None)


def read_dynamic(entity: Structure, name: str) -> Any:
    """The value of a dynamic property that is there."""
    values, kind = entity._dynamic, entity._plan.dynamic
    assert kind is not None
    if values is None:
        put_dynamic(entity, values := {})
    if name not in values:
        values[name] = lifted(kind, decoded(entity, name))
    return values[name]


def _assign_dynamic(entity: Structure, name: str, value: Any) -> None:
    kind = entity._plan.dynamic
    assert kind is not None
    try:
        value = kind.check(value)
    except TypeError as error:
        raise TypeError(f"{place_of(entity, name)}: {error}") from None
    except ValueError as error:
        raise ArgumentError(f"{place_of(entity, name)}: {error}") from None
    if entity._dynamic is None:
        put_dynamic(entity, {})
    cast(dict[str, Any], entity._dynamic)[name] = value
    _note(entity, name, value)


# --- words ----------------------------------------------------------------------------------------------------------------------


def place_of(entity: Structure, name: str) -> str:
    """Type, property and expected EDM type, as errors name them: ``NS.Product.Price (Edm.Decimal)``."""
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
