"""How native values are spelled in a dialect: the way back of the codecs, prepared once per type.

What is encoded may be a Python value, a :class:`Complex`, a list of these, or :class:`Raw`: a value that an earlier body spelled
and nobody assigned. A raw value of the same dialect goes back as it came, and the text of a moment or duration travels between
Atom and JSON unread, so that the seventh digit of .NET's fractions survives; but each is decoded first, for what is no value of
its type is never sent on unnoticed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from math import isfinite
from typing import Any

from odata3.edm.model import EnumType, Model, element_type
from odata3.edm.primitives import PrimitiveType, VerboseDate, primitive, primitive_of
from odata3.errors import ArgumentError
from odata3.formats.documents import Complex, Dialect, Raw
from odata3.formats.gml import Typed, write_gml

Encoder = Callable[[Any], Any]
#: From the declared and the actual type of a complex value to the type name that is written inside it, or None.
TypeMember = Callable[[str | None, str | None], str | None]

#: Types whose text is the same in Atom and in JSON since version 3.
_TEMPORAL = frozenset({"Edm.DateTime", "Edm.DateTimeOffset", "Edm.Time"})
#: Types of which each value of the Python type is one.
_UNBOUNDED = frozenset({"Edm.String", "Edm.Boolean", "Edm.Guid", "Edm.Binary"})
#: Types that JSON holds as text (P27), whatever a service wrote.
_QUOTED = frozenset({"Edm.Int64", "Edm.Decimal"})
#: Types that the form of a JSON value tells: they need no ``odata.type`` beside it.
SELF_EVIDENT = frozenset({"Edm.String", "Edm.Boolean", "Edm.Int32"})


class Encoders:
    """Encoders by type name, for one model and dialect.

    ``version`` concerns verbose JSON alone (``/Date(…)/`` below 3.0). ``type_member`` is called with the declared and the actual
    type of each complex value and gives the type name to write inside it, or None; ``item_member``, where it differs, of those
    in a collection. ``annotated`` says whether light writes
    ``P@odata.type`` beside dynamic values.
    """

    def __init__(
        self,
        model: Model | None,
        dialect: Dialect,
        *,
        version: str = "3.0",
        type_member: TypeMember = lambda declared, actual: actual,
        item_member: TypeMember | None = None,
        annotated: bool = True,
    ) -> None:
        self._model = model
        self._dialect = dialect
        self._version = version
        self._iso = dialect is not Dialect.JSON_VERBOSE or not version.startswith(("1", "2"))
        self._type_member = type_member
        self._item_member = item_member or type_member
        self._annotated = annotated and dialect is Dialect.JSON_LIGHT
        self._encoders: dict[str | None, Encoder] = {}

    def encoder(self, type_name: str | None) -> Encoder:
        """The function that spells a value of this type; of None, a value by its own nature. It raises ``ArgumentError``."""
        found = self._encoders.get(type_name)
        if found is None:
            found = self._encoders[type_name] = self._prepare(type_name)
        return found

    def encode(self, type_name: str | None, value: Any, where: str = "") -> Any:
        """One value, spelled. ``where`` names it in the error."""
        try:
            return self.encoder(type_name)(value)
        except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
            if isinstance(error, ArgumentError):
                raise
            raise ArgumentError(f"{where}: {error}" if where else str(error)) from error

    def _prepare(self, type_name: str | None) -> Encoder:
        if type_name is None:
            return self._natural
        element = element_type(type_name)
        if element != type_name:
            return self._collection(type_name, element)
        kind = primitive(type_name)
        if kind is not None:
            return self._primitive(kind)
        if self._model is not None and type_name in self._model.enum_types:
            return self._enum(self._model.enum_types[type_name])
        return self._complex(type_name)

    # --- one value of each family -------------------------------------------------------------------------------------------

    def _spell(self, kind: PrimitiveType) -> Encoder:
        if self._dialect is Dialect.JSON_LIGHT:
            return kind.to_light
        if self._dialect is Dialect.JSON_VERBOSE:
            version = self._version
            return lambda value: kind.to_verbose(value, version)
        return write_gml if kind.name.startswith("Edm.Geo") else kind.format

    def _primitive(self, kind: PrimitiveType) -> Encoder:
        spell, check, temporal = self._spell(kind), kind.check, kind.name in _TEMPORAL
        respell = self._respeller(kind)
        safe = kind.python_type if kind.name in _UNBOUNDED else None

        def encode(value: Any) -> Any:
            if value is None:
                return None
            if type(value) is safe:
                return spell(value)
            if type(value) is Raw:
                return respell(value.decode(), value.value, value.codec.dialect)
            if temporal and isinstance(value, str):
                parsed = kind.parse(value)
                return str.__str__(value) if self._iso and "Date(" not in value else spell(parsed)
            return spell(check(value))

        return encode

    def _respeller(self, kind: PrimitiveType) -> Callable[[Any, Any, Dialect], Any]:
        """The function that writes a decoded value as it came from a dialect, where the two spell it alike."""
        spell, temporal = self._spell(kind), kind.name in _TEMPORAL
        dialect, iso, quoted = self._dialect, self._iso, kind.name in _QUOTED

        def respell(value: Any, came: Any, origin: Dialect) -> Any:
            if value is None:
                return None
            if type(came) is Typed:
                came = came.raw
            if not temporal:
                return came if origin is dialect and (type(came) is str or not quoted) else spell(value)
            if type(came) is str and ("Date(" not in came if iso else origin is dialect):
                return came.strip(" \t\r\n") if iso or "Date(" not in came else VerboseDate(came)
            return spell(value)

        return respell

    def _enum(self, enum_type: EnumType) -> Encoder:
        names = {member.value: member.name for member in reversed(enum_type.members)}
        by_name = {member.name: member.value for member in enum_type.members}
        text = self._dialect is Dialect.ATOM

        def encode(value: Any) -> Any:
            if type(value) is Raw:
                value = value.decode()
            if value is None:
                return None
            number = value.value if isinstance(value, Enum) else value
            if isinstance(number, str):
                if all(part.strip() in by_name for part in number.split(",")):
                    return number
                raise ValueError(f"{number!r} is no member of {enum_type.full_name}")
            if type(number) is not int:
                raise TypeError(f"{enum_type.full_name} takes a member or its number, not {value!r}")
            if number in names:
                return names[number]
            flags = [name for name, bits in by_name.items() if bits and bits & number == bits]
            union = 0
            for name in flags:
                union |= by_name[name]
            if enum_type.is_flags and flags and union == number:
                return ", ".join(flags)
            return str(number) if text else number

        return encode

    def _collection(self, type_name: str, element: str) -> Encoder:
        verbose = self._dialect is Dialect.JSON_VERBOSE
        kind = primitive(element)
        is_complex = kind is None and not (self._model is not None and element in self._model.enum_types)
        item = self._complex(element, self._item_member) if is_complex else self.encoder(element)
        respell = None if kind is None else self._respeller(kind)

        def encode(value: Any) -> Any:
            if value is None:
                return None
            if type(value) is Raw:
                decoded, came, origin = value.decode(), _items(value.value), value.codec.dialect
                if respell is None or len(came) != len(decoded):
                    items = [item(each) for each in decoded]
                else:
                    items = [respell(each, raw, origin) for each, raw in zip(decoded, came, strict=True)]
            elif isinstance(value, str | bytes | Mapping) or not hasattr(value, "__iter__"):
                raise TypeError(f"{type_name} takes a list, not {type(value).__name__}")
            else:
                items = [item(each) for each in value]
            return {"__metadata": {"type": type_name}, "results": items} if verbose else items

        return encode

    def _complex(self, declared: str | None, type_member: TypeMember | None = None) -> Encoder:
        shown = type_member or self._type_member

        def encode(value: Any) -> Any:
            if type(value) is Raw:
                value = value.decode()
            if value is None:
                return None
            if isinstance(value, Complex):
                return self._object(declared, value, shown)
            if isinstance(value, Mapping):
                return self._object(declared, Complex(declared, value), shown)
            raise TypeError(f"{declared or 'a complex type'} takes a complex value, not {type(value).__name__}: {value!r}")

        return encode

    def _object(self, declared: str | None, value: Complex, type_member: TypeMember) -> dict[str, Any]:
        """The members of a complex value in the body's order, its type name first where one is to be written."""
        members: dict[str, Any] = {}
        actual = value.type_name or declared
        shown = type_member(declared, actual)
        if shown is not None:
            if self._dialect is Dialect.JSON_VERBOSE:
                members["__metadata"] = {"type": shown}
            else:
                members["odata.type" if self._dialect is Dialect.JSON_LIGHT else "m:type"] = shown
        self.members(actual, value, members)
        return members

    def members(self, type_name: str | None, value: Complex, members: dict[str, Any]) -> None:
        """Put the members of ``value`` into ``members``; undeclared ones by their nature."""
        structured = self._model.structured_type(type_name) if self._model is not None and type_name else None
        same = value.codec.dialect is self._dialect
        undeclared = set(value.undeclared()) if same else ()
        for name in value.values:
            declared = None if structured is None else structured.properties.get(name)
            if declared is not None:
                raw = value.raw(name)
                members[name] = self.encode(declared.type, raw if raw.codec.dialect is not Dialect.NATIVE else raw.value, name)
            elif name in undeclared:
                members[name] = value.values[name]
            elif value.codec.is_property(name):
                self.dynamic_member(name, value.raw(name), members)

    # --- values of undeclared names -----------------------------------------------------------------------------------------

    def dynamic_member(self, name: str, raw: Raw, members: dict[str, Any]) -> None:
        """Put the value of an undeclared property into ``members``, in light with its ``odata.type`` before it."""
        known = raw.codec.dynamic_types.get(name)
        value: Any = raw if raw.codec.dialect is not Dialect.NATIVE else raw.value
        native = raw.decode()
        try:
            type_name = known or natural_type(native)
        except (TypeError, ValueError) as error:
            raise ArgumentError(f"{name}: {error}") from error
        if type_name is not None and self._annotated and not _is_evident(type_name, native):
            members[f"{name}@odata.type"] = type_name
        if type(native) is Complex:
            value = native
        if self._dialect is Dialect.ATOM and known is None:
            members[name] = self.encode(None, native, name)
        elif self._dialect is Dialect.ATOM:
            members[name] = Typed(None if known == "Edm.String" else known, self.encode(known, value, name))
        elif self._dialect is Dialect.JSON_VERBOSE and type_name is not None and type_name.startswith("Edm.Geo"):
            members[name] = {"__metadata": {"type": type_name}, **self.encode(type_name, value, name)}
        else:
            members[name] = self.encode(type_name, value, name)

    def _natural(self, value: Any) -> Any:
        native = value.decode() if type(value) is Raw else value
        type_name = natural_type(native)
        if self._dialect is Dialect.ATOM:
            return Typed(None if type_name == "Edm.String" else type_name, self._by_nature(type_name, native))
        return self._by_nature(type_name, native)

    def _by_nature(self, type_name: str | None, native: Any) -> Any:
        if native is None:
            return None
        if type_name is not None:
            return self.encoder(type_name)(native)
        if isinstance(native, list | tuple):
            items = [self._by_nature(natural_type(item), item) for item in native]
            return {"results": items} if self._dialect is Dialect.JSON_VERBOSE else items
        return self._complex(None)(native)


def natural_type(value: Any) -> str | None:
    """The EDM name that a Python value has of itself; None for null, an untyped complex value, an empty list."""
    if value is None or isinstance(value, Mapping):
        return None
    if type(value) is Complex:
        return value.type_name
    if isinstance(value, list | tuple):
        item = next((natural_type(each) for each in value if each is not None), None)
        return None if item is None else f"Collection({item})"
    return primitive_of(value).name


def _is_evident(type_name: str, value: Any) -> bool:
    """Whether light leaves the type beside the value out (P75); a complex value carries it inside."""
    if value is None or type_name in SELF_EVIDENT or type(value) is Complex:
        return True
    return type_name == "Edm.Double" and type(value) is float and isfinite(value)


def _items(raw: Any) -> list[Any]:
    """The items of a raw collection, in whatever dialect."""
    if type(raw) is Typed:
        raw = raw.raw
    if isinstance(raw, Mapping):
        raw = raw.get("results")
    return raw if isinstance(raw, list) else []
