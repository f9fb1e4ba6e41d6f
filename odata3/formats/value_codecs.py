"""Codecs: how the raw values of each type are decoded, prepared once per type and dialect.

The raw forms that the three readers hand over::

    light     JSON values; complex: object, its type in "odata.type"; dynamic: a type in the sibling "P@odata.type"
    verbose   JSON values; complex: object, its type in "__metadata"; collection: {"results": [...]} or a bare array
    Atom      text; complex: dict, its type in "m:type"; collection: list; spatial: GmlText; undeclared: Typed(type, raw)

A decoder raises ``PayloadError`` whose ``where`` is ``Namespace.Type.Property``. A value of an unknown type, and of no declared
name at all, is decoded by its form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from odata3.edm.model import EntityType, EnumType, Model, Property, element_type
from odata3.edm.primitives import PRIMITIVES, PrimitiveType, primitive
from odata3.errors import PayloadError
from odata3.formats.documents import Codec, Complex, Decoder, Dialect
from odata3.formats.encoders import Encoders
from odata3.formats.gml import GmlText, Typed, read_gml
from odata3.secrecy import complaint, is_secret

#: What the readers of values may raise for a value that is not of the type.
_REFUSALS = (ValueError, TypeError, ArithmeticError, RecursionError)
_EXTENSIONS = 1_000
#: Types that something is kept for: more than any model has, but bodies may name others without end.
_KEPT = 10_000


class Codecs:
    """The codecs of one model in one dialect. ``model`` may be None: everything is then decoded by its form.

    Safe to share between threads.
    """

    def __init__(self, model: Model | None, dialect: Dialect) -> None:
        self._model = model
        self._dialect = dialect
        self._encoders = Encoders(model, dialect)
        self._codecs: dict[str | None, Codec] = {}
        self._converters: dict[str, Decoder] = {}
        self._extended: dict[tuple[Any, ...], Codec] = {}
        self._spelling = _SPELLINGS[dialect]

    def codec(self, type_name: str | None) -> Codec:
        """The codec of an entity or complex type; of an unknown one, a codec that goes by the form of each value."""
        found = self._codecs.get(type_name)
        if found is None:
            found = self._prepare(type_name)
            if len(self._codecs) < _KEPT:
                self._codecs[type_name] = found
        return found

    def resolve(self, actual: str | None, declared: str | None) -> str | None:
        """The type to go by where a body names ``actual`` and the model says ``declared``."""
        if actual is None or actual == declared:
            return declared
        if self._model is not None and self._model.structured_type(actual) is None and declared is not None:
            return declared
        return actual

    def extended(self, codec: Codec, types: Iterable[tuple[str, str]] = (), hidden: Iterable[str] = ()) -> Codec:
        """``codec`` for one body's shape: with the types it gives to undeclared names, without the names that are no values."""
        key = (codec.type_name, tuple(types), frozenset(hidden))
        found = self._extended.get(key)
        if found is None:
            if len(self._extended) >= _EXTENSIONS:
                self._extended.clear()
            found = self._extended[key] = self._extend(codec, key[1], key[2])
        return found

    def decode_value(self, type_name: str | None, raw: Any, where: str | None = None) -> Any:
        """One value that stands by itself (a property's document, a parameter). ``where`` names it in the error."""
        return self._decoder(type_name or "", where or type_name or "value")(raw)

    def encode_value(self, type_name: str | None, value: Any, where: str = "") -> Any:
        """One value in its raw form; the dynamic form where the type is None. Raises ``ArgumentError``."""
        return self._encoders.encode(type_name, value, where)

    # --- preparing ----------------------------------------------------------------------------------------------------------

    def _prepare(self, type_name: str | None) -> Codec:
        structured = None if self._model is None or type_name is None else self._model.structured_type(type_name)
        is_name = self._spelling.is_name
        dynamic = self._decoder("", f"{type_name}: a dynamic property" if type_name else "a dynamic property")
        if structured is None:
            return Codec(self._dialect, type_name, {}, dynamic, is_name, open_type=True)
        decoders = {p.name: self._property(p, structured.full_name) for p in structured.properties if not p.is_stream}
        converters = {p.name: direct for p in structured.properties if (direct := self._spelling.direct(p.type)) is not None}
        others = {p.name for p in structured.properties if p.is_stream}
        if isinstance(structured, EntityType):
            others.update(structured.navigation_properties.names())

        def is_other(name: str) -> bool:
            return name not in decoders and name not in others and is_name(name)

        if structured.open_type:
            return Codec(self._dialect, type_name, decoders, dynamic, is_other, open_type=True, converters=converters)
        return Codec(self._dialect, type_name, decoders, dynamic, _never, is_undeclared=is_other, converters=converters)

    def _extend(self, codec: Codec, types: tuple[tuple[str, str], ...], hidden: frozenset[str]) -> Codec:
        decoders = dict(codec.decoders)
        for name, type_name in types:
            if name not in decoders:
                decode = self._decoder(type_name, f"{codec.type_name}.{name}" if codec.type_name else name)
                decoders[name] = _bare(decode) if self._dialect is Dialect.ATOM else decode
        is_property, is_undeclared = codec.is_property, codec.is_undeclared
        if hidden:
            is_property, is_undeclared = _without(hidden, is_property), _without(hidden, is_undeclared)
        known = {**codec.dynamic_types, **{name: type_name for name, type_name in types if name not in codec.decoders}}
        return replace(codec, decoders=decoders, is_property=is_property, is_undeclared=is_undeclared, dynamic_types=known)

    def _property(self, declared: Property, owner: str) -> Decoder:
        return self._decoder(declared.type, f"{owner}.{declared.name}")

    def _decoder(self, type_name: str, where: str) -> Decoder:
        """The converter of a type, with null let through and refusals told as ``PayloadError``."""
        if type_name == "Edm.String":
            return _text_decoder(self._converter(type_name), where)
        convert = self._converter(type_name)

        def decode(raw: Any) -> Any:
            if raw is None:
                return None
            try:
                return convert(raw)
            except _REFUSALS as error:
                raise _refusal(error, type_name, where) from (None if is_secret(where) else error)

        return decode

    def _converter(self, type_name: str) -> Decoder:
        """The function from raw to value, which raises ValueError; the empty name means: by its form."""
        found = self._converters.get(type_name)
        if found is None:
            found = self._new_converter(type_name)
            if len(self._converters) < _KEPT:
                self._converters[type_name] = found
        return found

    def _new_converter(self, type_name: str) -> Decoder:
        if not type_name:
            return self._by_form
        element = element_type(type_name)
        if element != type_name:
            return self._collection(self._converter(element))
        kind = primitive(type_name)
        if kind is not None:
            return self._spelling.reader(kind)
        if self._model is not None and type_name in self._model.enum_types:
            return _enum_reader(self._model.enum_types[type_name])
        if type_name.startswith("Edm."):
            return self._by_form
        return lambda raw: self._complex(raw, type_name)

    def _collection(self, convert: Decoder) -> Decoder:
        items = self._spelling.items

        def decode(raw: Any) -> list[Any]:
            values: list[Any] = []
            for item in items(raw):
                try:
                    values.append(None if item is None else convert(item))
                except _REFUSALS as error:
                    raise ValueError(f"item {len(values)}: {error}") from error
            return values

        return decode

    def _complex(self, raw: Any, declared: str | None) -> Complex:
        if not isinstance(raw, dict):
            raise ValueError(f"{_shown(raw)} is no object")
        codec = self.codec(self.resolve(self._spelling.type_of(raw), declared))
        if codec.open_type:
            codec = self.fitted(codec, raw)
        return Complex(codec.type_name, raw, codec)

    def fitted(self, codec: Codec, members: Mapping[str, Any]) -> Codec:
        """The codec of an open or unknown type, fitted to what these members say of themselves."""
        types, hidden = self.says(members, codec)
        return self.extended(codec, types, hidden) if types or hidden else codec

    def says(self, members: Mapping[str, Any], codec: Codec) -> tuple[list[tuple[str, str]], list[str]]:
        """The types that a body gives to names the codec does not know, and the names that stand for something elsewhere."""
        return self._spelling.says(members, codec.decoders)

    def _by_form(self, raw: Any) -> Any:
        """A value of unknown type."""
        if type(raw) is Typed:
            if raw.raw is None:
                return None
            if raw.type_name is not None:
                return self._converter(raw.type_name)(raw.raw)
            raw = raw.raw
        if isinstance(raw, dict):
            named = self._spelling.type_of(raw)
            if named is not None and (named.startswith("Edm.") or element_type(named) != named):
                return self._converter(named)(raw)
            if self._spelling.is_collection(raw):
                return [None if item is None else self._by_form(item) for item in self._spelling.items(raw)]
            return self._complex(raw, None)
        if isinstance(raw, list):
            return [None if item is None else self._by_form(item) for item in raw]
        return self._spelling.plain(raw)


def _bare(decode: Decoder) -> Decoder:
    """``decode`` for values that Atom's reader hands over with the type that the body gave them."""
    return lambda raw: decode(raw.raw if type(raw) is Typed else raw)


def _never(name: str) -> bool:
    return False


def _without(hidden: frozenset[str], shown: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda name: name not in hidden and shown(name)


def _text_decoder(convert: Decoder, where: str) -> Decoder:
    """Strings are most of what travels, and stand as they are."""

    def decode(raw: Any) -> Any:
        if raw is None or type(raw) is str:
            return raw
        try:
            return convert(raw)
        except _REFUSALS as error:
            raise _refusal(error, "Edm.String", where) from (None if is_secret(where) else error)

    return decode


def _refusal(error: Exception, type_name: str, where: str) -> PayloadError:
    if isinstance(error, RecursionError):
        return PayloadError("the value is nested too deep", where=where)
    text = complaint(str(error), where)
    if type_name and type_name not in text:
        text = f"{text} (the type is {type_name})"
    return PayloadError(text, where=where)


def _shown(raw: Any) -> str:
    try:
        text = repr(raw)
    except RecursionError:
        return f"a {type(raw).__name__}"
    return text if len(text) <= 80 else text[:77] + "..."


def _enum_reader(enum_type: EnumType) -> Decoder:
    """Numbers and member names (``"Red"``, ``"Read, Write"``) to int."""
    kind = primitive(enum_type.underlying_type) or primitive("Edm.Int32")
    assert kind is not None
    by_name = {member.name: member.value for member in enum_type.members}
    literal = re.compile(rf"{re.escape(enum_type.full_name)}'(.*)'", re.DOTALL).fullmatch

    def read(raw: Any) -> int:
        if type(raw) is not str:
            return int(kind.from_json(raw))
        text = raw.strip(" \t\r\n")
        if (found := literal(text)) is not None:
            text = found[1]
        if text in by_name:
            return by_name[text]
        try:
            return int(kind.parse(text))
        except ValueError:
            pass
        total = 0
        for part in text.split(",") if enum_type.is_flags else ():
            if part.strip() not in by_name:
                break
            total |= by_name[part.strip()]
        else:
            if enum_type.is_flags:
                return total
        raise ValueError(f"{_shown(raw)} is no member of {enum_type.full_name}")

    return read


# --- what the dialects do differently ---------------------------------------------------------------------------------------


#: Types whose text is the same in XML and in JSON of version 3, so that the reader of the one serves the other.
_TEXTUAL = frozenset({"Edm.Guid", "Edm.DateTime", "Edm.DateTimeOffset", "Edm.Time"})
_NUMBERS = frozenset({"Edm.Byte", "Edm.SByte", "Edm.Int16", "Edm.Int32", "Edm.Int64", "Edm.Single", "Edm.Double", "Edm.Decimal"})


class _Light:
    """JSON light."""

    def reader(self, kind: PrimitiveType) -> Decoder:
        return kind.from_json

    def direct(self, type_name: str) -> Decoder | None:
        """What :attr:`Codec.converters` has for a type; None for those that have nothing simpler than their decoder."""
        if type_name in _TEXTUAL:
            return PRIMITIVES[type_name].parse
        return PRIMITIVES[type_name].from_json if type_name in _NUMBERS else None

    def is_name(self, name: str) -> bool:
        return "." not in name and "@" not in name and name[:1] != "#"

    def type_of(self, members: Mapping[str, Any]) -> str | None:
        named = members.get("odata.type")
        return named if type(named) is str else None

    def is_collection(self, members: Mapping[str, Any]) -> bool:
        return False

    def items(self, raw: Any) -> list[Any]:
        if type(raw) is not list:
            raise ValueError(f"{_shown(raw)} is no array")
        return raw

    def says(self, members: Mapping[str, Any], declared: Mapping[str, Any]) -> tuple[list[tuple[str, str]], list[str]]:
        types = [
            (name[:-11], value)
            for name, value in members.items()
            if name.endswith("@odata.type") and type(value) is str and name[:-11] not in declared
        ]
        return types, []

    def plain(self, raw: Any) -> Any:
        if type(raw) is Decimal:
            return float(raw)
        return raw


_TICKS = re.compile(r"/Date\(-?\d+([+-]\d+)?\)/").fullmatch


class _Verbose(_Light):
    """JSON verbose."""

    def reader(self, kind: PrimitiveType) -> Decoder:
        if kind.name.startswith("Edm.Geo"):
            return lambda raw: kind.from_json(_without_metadata(raw))
        return kind.from_json

    def is_name(self, name: str) -> bool:
        return name[:2] != "__" and "@" not in name and "." not in name

    def type_of(self, members: Mapping[str, Any]) -> str | None:
        metadata = members.get("__metadata")
        named = metadata.get("type") if isinstance(metadata, dict) else None
        return named if type(named) is str else None

    def is_collection(self, members: Mapping[str, Any]) -> bool:
        return type(members.get("results")) is list and all(name == "results" or name[:2] == "__" for name in members)

    def items(self, raw: Any) -> list[Any]:
        if type(raw) is dict and type(raw.get("results")) is list:
            raw = raw["results"]
        return super().items(raw)

    def says(self, members: Mapping[str, Any], declared: Mapping[str, Any]) -> tuple[list[tuple[str, str]], list[str]]:
        hidden = [name for name, value in members.items() if type(value) is dict and is_reference(value)]
        return [], hidden

    def plain(self, raw: Any) -> Any:
        if type(raw) is str and raw[:6] == "/Date(" and (found := _TICKS(raw)) is not None:
            kind = primitive("Edm.DateTime" if found[1] is None else "Edm.DateTimeOffset")
            assert kind is not None
            return kind.from_json(raw)
        return super().plain(raw)


def is_reference(value: Mapping[str, Any]) -> bool:
    """Whether a member of a verbose object stands for something elsewhere: related entities, or a stream."""
    return "__deferred" in value or "__mediaresource" in value


def _without_metadata(raw: Any) -> Any:
    return {name: value for name, value in raw.items() if name != "__metadata"} if type(raw) is dict else raw


class _Atom(_Light):
    """Atom, as ``atom_reader`` hands values over."""

    def reader(self, kind: PrimitiveType) -> Decoder:
        if kind.name.startswith("Edm.Geo"):
            return lambda raw: read_gml(_gml(raw, kind.name), kind.name)
        return _atom_text(kind.parse, kind.name)

    def direct(self, type_name: str) -> Decoder | None:
        return PRIMITIVES[type_name].parse if type_name in _TEXTUAL or type_name in _NUMBERS else None

    def is_name(self, name: str) -> bool:
        return name != "m:type"

    def type_of(self, members: Mapping[str, Any]) -> str | None:
        named = members.get("m:type")
        return named if type(named) is str else None

    def says(self, members: Mapping[str, Any], declared: Mapping[str, Any]) -> tuple[list[tuple[str, str]], list[str]]:
        return [
            (name, value.type_name)
            for name, value in members.items()
            if type(value) is Typed and value.type_name is not None and name not in declared
        ], []

    def plain(self, raw: Any) -> Any:
        return read_gml(raw, "Edm.Geography") if type(raw) is GmlText else raw


def _atom_text(parse: Callable[[str], Any], type_name: str) -> Decoder:
    def read(raw: Any) -> Any:
        if type(raw) is Typed:
            raw = raw.raw
        if not isinstance(raw, str):
            raise ValueError(f"{_shown(raw)} is no text")
        return parse(raw)

    return read


def _gml(raw: Any, type_name: str) -> GmlText:
    if type(raw) is Typed:
        raw = raw.raw
    if type(raw) is not GmlText:
        raise ValueError(f"{_shown(raw)} is no GML")
    return raw


_SPELLINGS: dict[Dialect, _Light] = {
    Dialect.JSON_LIGHT: _Light(),
    Dialect.JSON_VERBOSE: _Verbose(),
    Dialect.ATOM: _Atom(),
}
