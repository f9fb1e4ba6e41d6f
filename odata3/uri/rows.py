"""The row a lambda is given, and what a class attribute stands for.

``p.Category.Name``: an attribute is a property of the type, a primitive one a :class:`~odata3.uri.expressions.Path`, an entity or
complex value a :class:`Row` again, a collection a :class:`Many`. Names resolve as on entities: as the service spells them, with a
trailing underscore where Python cannot spell them or they clash (``p.class_``), and as items (``p["class"]``). A name the type
does not have raises, naming the nearest; open types give a :class:`Dynamic` for it.

Symbols never change, so every row is made once per type and variable, and every property once per row.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from odata3.edm.model import ComplexType, EntityType, EnumType, Model, NavigationProperty, Property
from odata3.edm.primitives import PrimitiveType, primitive
from odata3.uri.expressions import NULL, Comparison, Condition, IsOf, Operand, Path, Quantifier, definite
from odata3.uri.lambdas import trace
from odata3.uri.literals import EdmType, edm_name, type_named
from odata3.uri.symbols import TRACING, Symbol, UnknownNameError, refusal

__all__ = ["Dynamic", "Many", "Row", "property_path", "resolve_type", "row"]


def row(model: Model | None, entity_type: EntityType | ComplexType | None, variable: str | None = None) -> Row:
    """What stands for an entity in a lambda: ``$it``, or the range ``variable``. Without a model every name is taken."""
    if model is None or entity_type is None:
        return Row(model, entity_type, Path((), entity_type, False, False, variable, None))
    key = ("uri.rows", entity_type.full_name, variable)
    found: Row | None = model.prepared.get(key)
    if found is None:
        root = entity_type.full_name if variable is None else None
        found = model.prepared[key] = Row(model, entity_type, Path((), entity_type, False, False, variable, root))
    return found


def property_path(model: Model, owner: Any, prop: Property | NavigationProperty) -> Any:
    """What a class attribute stands for (``Product.Name``). ``owner`` is the class (with ``_edm_type``) or the EDM type."""
    return row(model, getattr(owner, "_edm_type", owner))[prop.name]


def resolve_type(model: Model | None, name: str) -> EdmType | None:
    """The type of this full name: primitive, enum, complex or entity."""
    if model is not None:
        found = model.structured_type(name) or model.enum_types.get(name)
        if found is not None:
            return found
    return primitive(name)


class Row(Symbol):
    """An entity or complex value: its attributes are its properties."""

    __slots__ = ("__dict__", "_model", "_path", "_type")
    _model: Model | None
    _type: EntityType | ComplexType | None
    _path: Path[Any]

    def __init__(self, model: Model | None, type_: EntityType | ComplexType | None, path: Path[Any]) -> None:
        object.__setattr__(self, "_model", model)
        object.__setattr__(self, "_type", type_)
        object.__setattr__(self, "_path", path)

    def _node(self) -> Path[Any]:
        return self._path

    def _shown(self) -> str:
        return self._path.text

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        found = self._find(name)
        self.__dict__[name] = found
        return found

    def __getitem__(self, name: Any) -> Any:
        if type(name) is not str:
            raise refusal(f"{self._shown()}[...] takes the name of a property")
        return self._find(name)

    def _find(self, name: str) -> Any:
        type_ = self._type
        if type_ is None:
            return Dynamic(self._model, self._path.step(_simple(name), None, True))
        for spelled in (name, name[:-1]) if name.endswith("_") else (name,):
            found = type_.find(spelled)
            if found is not None:
                return _symbol(self._model, self._path, found)
        if type_.open_type and _is_simple(name):
            return Dynamic(self._model, self._path.step(name, None, True))
        raise _unknown(type_, name)

    def __setattr__(self, name: str, value: object) -> None:
        raise refusal(f"{name} of {self._shown()} cannot be assigned to: a query changes nothing")

    def __eq__(self, other: object) -> Condition:  # type: ignore[override]
        return self._compared("eq", other)

    def __ne__(self, other: object) -> Condition:  # type: ignore[override]
        return self._compared("ne", other)

    __hash__ = Symbol.__hash__

    def _compared(self, operator: str, other: object) -> Condition:
        if other is None:
            return Comparison(operator, self._path, NULL)
        raise refusal(f"{self._shown()} is {edm_name(self._type)}: compare it with None, or compare its key properties")

    def is_of(self, target: object) -> Condition:
        """Whether the entity is of the type: ``isof('NS.Derived')``."""
        return IsOf(self._path, _derived(self._model, self._type, target)[0])

    def cast(self, target: object) -> Row:
        """The entity as one of a derived type: ``NS.Derived/Property``. Entities of other types fail the condition."""
        name, type_ = _derived(self._model, self._type, target)
        return Row(self._model, type_, _narrowed(self._path, name, type_, True))


class Dynamic(Operand[Any]):
    """A property of which nothing is known: that of an open type, or of any type without a model."""

    __slots__ = ("_model", "_path")

    def __init__(self, model: Model | None, path: Path[Any]) -> None:
        self._model = model
        self._path = path

    def _node(self) -> Path[Any]:
        return self._path

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Dynamic(self._model, self._path.step(_simple(name), None, True))

    def __getitem__(self, item: Any) -> Any:
        if type(item) is str:
            return Dynamic(self._model, self._path.step(_simple(item), None, True))
        return super().__getitem__(item)

    def any(self, predicate: Callable[[Any], Any] | None = None) -> Condition:
        return Many(self._model, self._path).any(predicate)

    def all(self, predicate: Callable[[Any], Any]) -> Condition:
        return Many(self._model, self._path).all(predicate)


class Many(Symbol):
    """A collection of entities or values: it is asked with ``any`` and ``all``."""

    __slots__ = ("_model", "_path")

    def __init__(self, model: Model | None, path: Path[Any]) -> None:
        self._model = model
        self._path = path

    def _node(self) -> Path[Any]:
        return self._path

    def _shown(self) -> str:
        return self._path.text

    def any(self, predicate: Callable[[Any], Any] | None = None) -> Condition:
        """Whether the predicate holds for one item; without predicate, whether there is one."""
        if predicate is None:
            return Quantifier("any", self._path)
        return self._quantified("any", predicate)

    def all(self, predicate: Callable[[Any], Any]) -> Condition:
        """Whether the predicate holds for every item; true where there is none."""
        return self._quantified("all", predicate)

    def of_type(self, target: object) -> Many:
        """Those items that are of the derived type."""
        type_ = self._path.type
        structure = type_ if isinstance(type_, EntityType | ComplexType) else None
        name, found = _derived(self._model, structure, target)
        return Many(self._model, _narrowed(self._path, name, found, False))

    if not TYPE_CHECKING:

        def __len__(self) -> int:
            raise refusal(
                f"len() of {self._shown()} has no OData form: V3 counts in no filter; ask .any() or .any(lambda x: ...) of it"
            )

    def __contains__(self, item: object) -> bool:
        if isinstance(self._path.type, EntityType | ComplexType):
            raise refusal(f"`in` {self._shown()} has no OData form: write .any(lambda x: ...) with the keys compared")
        return bool(self._quantified("any", lambda value: value == item))

    def __eq__(self, other: object) -> Condition:  # type: ignore[override]
        raise refusal(f"{self._shown()} is a collection: ask with .any(lambda x: ...) or .all(lambda x: ...)")

    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__  # type: ignore[assignment]
    __hash__ = Symbol.__hash__

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise UnknownNameError(
            f"{self._shown()} is a collection and has no {name!r}: write .any(lambda x: x.{name} ...) or .all(...)"
        )

    def _quantified(self, operator: str, predicate: Callable[[Any], Any]) -> Condition:
        if not callable(predicate) or isinstance(predicate, Symbol):
            raise refusal(f"{operator}() of {self._shown()} takes a lambda, such as {operator}(lambda x: ...)")
        outer = TRACING.variables
        variable = _variable(predicate, outer)
        TRACING.variables = (*outer, variable)
        try:
            condition = trace(predicate, _item(self._model, self._path, variable))
        finally:
            TRACING.variables = outer
        # a null predicate must not make `all` true
        return Quantifier(operator, self._path, variable, definite(condition) if operator == "all" else condition)


def _symbol(model: Model | None, path: Path[Any], found: Property | NavigationProperty) -> Symbol:
    """What stands for a property that was found on the type at the end of ``path``."""
    if isinstance(found, NavigationProperty):
        type_ = resolve_type(model, found.type)
        nullable = path.nullable or found.multiplicity != "1"
        further = path.step(found.name, type_, nullable and not found.is_collection, found.is_collection)
        if found.is_collection:
            return Many(model, further)
        return Row(model, type_ if isinstance(type_, EntityType) else None, further)
    type_ = resolve_type(model, found.element_type)
    further = path.step(found.name, type_, path.nullable or found.nullable, found.is_collection)
    if found.is_collection:
        return Many(model, further)
    if isinstance(type_, ComplexType):
        return Row(model, type_, further)
    return further if isinstance(type_, PrimitiveType | EnumType) else Dynamic(model, further)


def _item(model: Model | None, source: Path[Any], variable: str) -> Symbol:
    """What stands for one item of a collection."""
    type_ = source.type
    if isinstance(type_, EntityType | ComplexType):
        return row(model, type_, variable)
    if type_ is None:
        return Dynamic(model, Path((), None, True, False, variable))
    return Path((), type_, False, False, variable)


def _narrowed(path: Path[Any], name: str, type_: EdmType | None, nullable: bool) -> Path[Any]:
    """The path with a type segment; a second one takes the place of the first, for two in a row are not allowed."""
    segments = path.segments[:-1] if path.segments and "." in path.segments[-1] else path.segments
    return Path((*segments, name), type_, nullable, path.is_collection, path.variable, path.root)


def _derived(
    model: Model | None, from_: EntityType | ComplexType | None, target: object
) -> tuple[str, EntityType | ComplexType | None]:
    """The type that ``target`` names, which must be of the family of ``from_``."""
    name, found = type_named(target)
    if model is None:
        return name, found if isinstance(found, EntityType | ComplexType) else None
    if "." not in name:
        base = from_.full_name if from_ is not None else ""
        near = [full for full in model.derived_types(base) if full.rpartition(".")[2] == name]
        name = near[0] if len(near) == 1 else name
    type_ = model.structured_type(name)
    if type_ is None:
        short = [full for full in (*model.entity_types, *model.complex_types)]
        guess = get_close_matches(name, short, 1)
        raise UnknownNameError(f"the service has no type {name!r}" + (f": did you mean {guess[0]!r}?" if guess else ""))
    if from_ is not None and not (model.is_derived(name, from_.full_name) or model.is_derived(from_.full_name, name)):
        raise refusal(f"{name} is not derived from {from_.full_name}, so nothing here is ever one")
    return name, type_


_is_simple = re.compile(r"[^\W\d]\w{0,479}").fullmatch


def _simple(name: str) -> str:
    """A property name, of which the model says nothing; what is none must not reach a URL."""
    if _is_simple(name):
        return name
    raise refusal(f"{name!r} is no name of a property")


def _unknown(type_: EntityType | ComplexType, name: str) -> UnknownNameError:
    names = list(type_.properties.names())
    if isinstance(type_, EntityType):
        names.extend(type_.navigation_properties.names())
    near = get_close_matches(name, names, 1) or [known for known in names if known.lower() == name.lower()]
    return UnknownNameError(f"{type_.full_name} has no property {name!r}" + (f": did you mean {near[0]!r}?" if near else ""))


_WORDS = frozenset(
    {
        *("and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "add", "sub", "mul", "div", "mod", "null", "true", "false"),
        *("any", "all", "isof", "cast", "asc", "desc", "INF", "NaN"),
    }
)


def _variable(predicate: Callable[[Any], Any], taken: tuple[str, ...]) -> str:
    """The range variable: the name the lambda gives its parameter, made unlike those of the lambdas around."""
    function = getattr(predicate, "__func__", predicate)
    code = getattr(function, "__code__", None)
    position = 0 if function is predicate else 1
    name = code.co_varnames[position] if code is not None and code.co_argcount > position else "x"
    if not (name.isascii() and _is_simple(name)) or name in _WORDS:
        name = "x"
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name}{number}"
    return candidate
