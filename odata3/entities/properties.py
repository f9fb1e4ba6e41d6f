"""The attributes of an entity class, and what a class knows of them.

On the class an attribute is an expression for queries (``VMCheckPoint.ID == some_id``), on an instance the value. Each has only a
``__get__``: the first read converts the raw value and leaves the result in the instance's ``__dict__``, which Python looks at
first, so every later read is that of a plain attribute. What a value may be, and how it stands in a document, is the business of
its :class:`Kind` (``values.py``).

What is read and taken is told to type checkers alone: ``Property[T, V]``, ``Structured[E, T]``, ``Values``, ``Complexes``,
``Navigation[E]``, ``Navigations[E]`` are what a generated stub says. At run time there is no ``__set__``: assignments go through
the ``__setattr__`` that ``classes.py`` makes per class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Protocol, Self, TypeVar, overload

from odata3.edm import model as edm
from odata3.entities.streams import DataServiceStreamLink
from odata3.errors import InvalidOperationError, PayloadError
from odata3.formats.documents import Raw
from odata3.secrecy import is_secret, on_one_line
from odata3.uri.expressions import Expression
from odata3.uri.rows import property_path

#: How much of a key's value an error shows.
_SHOWN = 60

T = TypeVar("T")
V = TypeVar("V")
E = TypeVar("E")


class Kind(Protocol):
    """What the values of one property are. ``type_name`` is the full EDM type (``Collection(Edm.String)``)."""

    type_name: str
    #: Whether a value can change in place (complex values and collections).
    mutable: bool
    #: Types of which every value is right, so that an assignment needs no further look; ints need their least and most.
    exact: type | None
    bounds: tuple[int, int] | None
    #: From what a document's codec gives to what the user sees; None where that is the same.
    lift: Callable[[Any], Any] | None

    def check(self, value: Any) -> Any:
        """The value to store for what the user assigns. TypeError or ValueError, saying what is wrong, not where."""

    def lower(self, value: Any, within: tuple[Any, ...] = ()) -> Any:
        """From what the user sees to what documents hold, checked once more where it may have changed in place.

        ``within`` are the objects around it, so that a complex value that contains itself is found.
        """

    def whole(self, value: Any, within: tuple[Any, ...] = ()) -> Any:
        """As ``lower``, with every property of complex values, never set ones as their defaults: what .NET sends."""

    def plain(self, value: Any, within: tuple[Any, ...] = ()) -> Any:
        """For ``to_dict``: dictionaries, lists, numbers, texts, dates."""

    def empty(self) -> Any:
        """What a property reads as that was never set."""

    def default(self) -> Any:
        """What a document says of a property that was never set: .NET's default of the type."""

    def refill(self, held: Any, value: Any) -> bool:
        """Put a document's value into the object that is held already; False where that cannot be."""

    def known(self, held: Any, raw: Any) -> Any:
        """What is known of a value that was just refilled from ``raw``: a complex value keeps what the document left out."""

    def differs(self, held: Any, value: Any) -> bool:
        """Whether the value held says something else than the document's value."""

    def settle(self, held: Any) -> None:
        """Forget what was noted inside the value held: it has been saved."""


class _Nothing:
    """No raw value is of this type."""


class Column:
    """A property with a value, as it works; the four classes below say to type checkers what it is read as and takes."""

    def __init__(self, model: edm.Model, declaration: edm.Property, attribute: str, kind: Kind) -> None:
        self.model = model
        self.declaration = declaration
        self.name = declaration.name
        self.attribute = attribute
        self.kind = kind
        self.declared_type = declaration.type
        # What is the same in every dialect needs no codec: texts, truth values, small numbers in range.
        self._same: type = kind.exact if kind.exact in (str, bool) else _Nothing
        self._least, self._most = kind.bounds or (1, 0)
        self._lift = kind.lift

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return property_path(self.model, owner, self.declaration)
        try:
            raw = instance._raw[self.name]
        except KeyError:
            raw = None
        kind = type(raw)
        if kind is self._same or (kind is int and self._least <= raw <= self._most):
            value = raw
        elif raw is None:
            value = self.kind.empty()
        else:
            codec = instance._codec
            try:
                value = codec.converters[self.name](raw)
            except Exception:  # what is odd, wrong or no primitive is for the decoder, which can say where it stands
                try:
                    value = raw.decode() if type(raw) is Raw else codec.decode(self.name, raw)
                except PayloadError as error:
                    raise _of_row(error, instance) from error.__cause__
            if (lift := self._lift) is not None:
                value = lift(value)
        instance.__dict__[self.attribute] = value
        return value


def _of_row(error: PayloadError, instance: Any) -> PayloadError:
    """The same, telling of which entity: among a hundred thousand rows, type and property are no place yet."""
    keys = getattr(instance._edm_type, "key", ())
    told = ", ".join(f"{name}={_key_shown(name, instance._raw.get(name))}" for name in keys)
    if told:
        error.args = (f"{error} (of the entity with {told})", *error.args[1:])
    return error


def _key_shown(name: str, raw: object) -> str:
    return "'***'" if is_secret(name) else on_one_line(repr(raw))[:_SHOWN]


class Property(Column, Generic[T, V]):
    """A primitive or enum property: reads as ``T``, takes ``V``; on the class an expression."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any = None) -> Expression[T]: ...
        @overload
        def __get__(self, instance: object, owner: Any = None) -> T: ...
        def __get__(self, instance: Any, owner: Any = None) -> Any: ...
        def __set__(self, instance: object, value: V) -> None: ...


class Structured(Column, Generic[E, T]):
    """A complex property of the class ``E``, which reads as ``T`` (``E`` or ``E | None``); on the class its properties follow."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any = None) -> type[E]: ...
        @overload
        def __get__(self, instance: object, owner: Any = None) -> T: ...
        def __get__(self, instance: Any, owner: Any = None) -> Any: ...
        def __set__(self, instance: object, value: T | Mapping[str, Any]) -> None: ...


class Values(Column, Generic[T, V]):
    """A collection of primitive or enum values: a list of ``T``, which takes ``V``."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any = None) -> ManyValues[T]: ...
        @overload
        def __get__(self, instance: object, owner: Any = None) -> list[T]: ...
        def __get__(self, instance: Any, owner: Any = None) -> Any: ...
        def __set__(self, instance: object, value: Iterable[V]) -> None: ...


class Complexes(Column, Generic[E]):
    """A collection of complex values: a list of ``E``."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any = None) -> Many[E]: ...
        @overload
        def __get__(self, instance: object, owner: Any = None) -> list[E]: ...
        def __get__(self, instance: Any, owner: Any = None) -> Any: ...
        def __set__(self, instance: object, value: Iterable[E | Mapping[str, Any]]) -> None: ...


class Many(Generic[E]):
    """A collection of entities or complex values on the class: ``Product.Tags.any(lambda tag: ...)``. For type checkers alone."""

    if TYPE_CHECKING:

        def any(
            self, predicate: Callable[[type[E]], Expression[bool | None] | bool] | None = None
        ) -> Expression[bool | None]: ...
        def all(self, predicate: Callable[[type[E]], Expression[bool | None] | bool]) -> Expression[bool | None]: ...
        def _reads_as(self) -> list[E]: ...


class ManyValues(Generic[T]):
    """A collection of primitive values on the class. For type checkers alone."""

    if TYPE_CHECKING:

        def any(
            self, predicate: Callable[[Expression[T]], Expression[bool | None] | bool] | None = None
        ) -> Expression[bool | None]: ...
        def all(self, predicate: Callable[[Expression[T]], Expression[bool | None] | bool]) -> Expression[bool | None]: ...
        def __contains__(self, item: T) -> bool: ...
        def _reads_as(self) -> list[T]: ...


class Link:
    """A navigation property, as it works."""

    def __init__(
        self, model: edm.Model, declaration: edm.NavigationProperty, attribute: str, target: Callable[[], type[Any]]
    ) -> None:
        self.model = model
        self.declaration = declaration
        self.name = declaration.name
        self.attribute = attribute
        self.target = target
        self.is_collection = declaration.is_collection
        self.declared_type = f"Collection({declaration.type})" if declaration.is_collection else declaration.type

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return property_path(self.model, owner, self.declaration)
        return instance.__dict__.setdefault(self.attribute, []) if self.is_collection else None


class Navigation(Link, Generic[E]):
    """A way to one related entity: None until it was loaded or assigned."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any = None) -> type[E]: ...
        @overload
        def __get__(self, instance: object, owner: Any = None) -> E | None: ...
        def __get__(self, instance: Any, owner: Any = None) -> Any: ...
        def __set__(self, instance: object, value: E | None) -> None: ...


class Navigations(Link, Generic[E]):
    """A way to many related entities: the same list at every read, empty until something was loaded into it."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any = None) -> Many[E]: ...
        @overload
        def __get__(self, instance: object, owner: Any = None) -> list[E]: ...
        def __get__(self, instance: Any, owner: Any = None) -> Any: ...
        def __set__(self, instance: object, value: Iterable[E]) -> None: ...


class NamedStream:
    """A named stream: its :class:`~odata3.entities.streams.DataServiceStreamLink` once a payload told of it."""

    def __init__(self, declaration: edm.Property, attribute: str) -> None:
        self.declaration = declaration
        self.name = declaration.name
        self.attribute = attribute
        self.declared_type = declaration.type

    @overload
    def __get__(self, instance: None, owner: Any = None) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: Any = None) -> DataServiceStreamLink | None: ...
    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else None


class Operation:
    """An action or function bound to the type: ``product.Discount(percent=5)``, where a context can be reached."""

    def __init__(self, name: str, attribute: str) -> None:
        self.name = name
        self.attribute = attribute

    @overload
    def __get__(self, instance: None, owner: Any) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> Callable[..., Any]: ...
    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        found = None if (reached := instance._owner) is None else reached.operation(instance, self.name)
        return _Unreachable(f"{type(instance).__name__}.{self.name}") if found is None else found


class _Unreachable:
    """An operation of an entity that no context knows, or that is not saved: to look at it is no error, to call it is."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, *_: Any, **__: Any) -> NoReturn:
        raise InvalidOperationError(
            f"{self._name}: an operation is called on an entity that a context has read, attached or saved"
        )

    def __repr__(self) -> str:
        return f"<{self._name}, out of reach>"


#: The attributes that a document's values, or loading code, fill.
Attribute = Column | Link | NamedStream


class Plan:
    """What a class knows of its attributes, worked out once.

    Attributes
    ----------
    model, edm_type
        Where the class comes from.
    attributes : mapping
        Every attribute by its Python spelling.
    by_name : mapping
        The same by the service's spelling.
    values, navigations, streams : tuple
        The attributes of each sort in declaration order.
    mutable : tuple of Column
        Those whose values can change in place.
    key : tuple of Column
        The key, in the order of the model.
    dynamic : Kind or None
        What undeclared properties are, on an open type.
    """

    __slots__ = ("attributes", "by_name", "dynamic", "edm_type", "key", "model", "mutable", "navigations", "streams", "values")

    def __init__(
        self,
        model: edm.Model,
        edm_type: edm.EntityType | edm.ComplexType,
        attributes: Mapping[str, Attribute],
        dynamic: Kind | None,
    ) -> None:
        self.model = model
        self.dynamic = dynamic
        self.edm_type = edm_type
        self.attributes = attributes
        self.by_name: dict[str, Attribute] = {attribute.name: attribute for attribute in attributes.values()}
        self.values = tuple(a for a in attributes.values() if isinstance(a, Column))
        self.navigations = tuple(a for a in attributes.values() if isinstance(a, Link))
        self.streams = tuple(a for a in attributes.values() if isinstance(a, NamedStream))
        self.mutable = tuple(p for p in self.values if p.kind.mutable)
        key = edm_type.key if isinstance(edm_type, edm.EntityType) else ()
        self.key = tuple(found for name in key if isinstance(found := self.by_name.get(name), Column))
