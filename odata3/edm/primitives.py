"""The primitive types of EDM V3, one object each, with all spellings of their values.

::

    primitive("Edm.Int64").to_literal(42)       '42L'       in a URL, not yet percent-encoded
    primitive("Edm.Int64").format(42)           '42'        in XML
    primitive("Edm.Int64").to_light(42)         '42'        in JSON; likewise to_verbose(42, "2.0")
    primitive("Edm.Int64").from_json("42")      42          either JSON form, any version
    primitive("Edm.Int64").check("42")          42          what a user may assign

A row's functions are plain functions, to be taken out once per property and called per value. None of them knows null: that is
the caller's. All raise ValueError for a bad shape or range ("not an Edm.Int32: 'abc'"), to which the caller adds the place;
``check`` raises TypeError besides, for a value of a wrong type. JSON numbers are expected as ``int`` and ``Decimal``
(``json.loads(..., parse_float=Decimal)``), so that ``2.50`` keeps its zero and 2**53+1 its last digit.

Reading is strict where Python's constructors are not: no ``1_000``, no digits of other scripts, no ``infinity``, no braces around
a guid in a payload. Source: digest section 3; [MS-ODATA] 2.2.2 for the literals.
"""

from __future__ import annotations

import binascii
import math
import operator
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID, SafeUUID

from odata3.edm.dates import (
    VerboseDate,
    check_datetime,
    check_duration,
    check_offset,
    read_datetime,
    read_duration,
    read_offset,
    refusal,
    write_datetime,
    write_duration,
    write_json_datetime,
    write_json_offset,
)
from odata3.edm.spatial import Geography, Geometry, Spatial

__all__ = ["PRIMITIVES", "PrimitiveType", "VerboseDate", "parse_literal", "primitive", "primitive_of"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class PrimitiveType:
    """One primitive type of EDM: a row of the table :data:`PRIMITIVES`.

    Attributes
    ----------
    name : str
        ``"Edm.Int32"``.
    python_type : type
        What the readers give and ``check`` returns.
    default : value
        .NET's default of the type: what stands for a non-nullable property never set. None for reference types.
    check : value -> value
        What a user assigned, as the exact Python type; a ``str`` is taken where nothing is lost. TypeError, ValueError.
    parse, format : text -> value, value -> text
        The lexical form of XML (and of ``DefaultValue`` in a model). Space around is no matter, save for strings.
    from_json : JSON value -> value
        Light and verbose, all versions.
    to_light, to_verbose : value -> JSON value, (value, version) -> JSON value
        ``version`` is the payload's (``"2.0"``): dates changed with 3.0. A date before that comes as a :class:`VerboseDate`.
    to_literal, from_literal : value -> text, text -> value
        URL literal, not percent-encoded.
    is_numeric : bool
        Whether arithmetic knows it.
    """

    name: str
    python_type: type[Any]
    default: Any
    check: Callable[[Any], Any]
    parse: Callable[[str], Any]
    format: Callable[[Any], str]
    from_json: Callable[[Any], Any]
    to_light: Callable[[Any], Any]
    to_verbose: Callable[[Any, str], Any]
    to_literal: Callable[[Any], str]
    from_literal: Callable[[str], Any]
    is_numeric: bool = False

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return primitive, (self.name,)


_XML_SPACE = " \t\r\n"


def _wrong_type(type_name: str, expected: str, value: object) -> TypeError:
    return TypeError(f"{type_name} takes {expected}, not {type(value).__name__}: {str(value)[:80]!r}")


def _as_light(to_light: Callable[[Any], Any]) -> Callable[[Any, str], Any]:
    """For the many types that both JSON forms spell alike."""
    return lambda value, version: to_light(value)


def _same(value: Any) -> Any:
    return value


# --- whole numbers ----------------------------------------------------------------------------------------------------------

_is_integer = re.compile(r"[+-]?[0-9]{1,40}").fullmatch


def _integer(name: str, low: int, high: int, *, suffix: str = "", quoted: bool = False) -> PrimitiveType:
    """Byte to Int64. ``suffix`` marks the literal; ``quoted`` types are strings in JSON (2**53 is where JSON readers round)."""

    def from_json(raw: Any) -> int:
        if type(raw) is int:
            if low <= raw <= high:
                return raw
        elif type(raw) is str:
            if _is_integer(raw):
                number = int(raw)
                if low <= number <= high:
                    return number
            elif suffix and _literal_shape(raw) == name:
                return from_literal(raw)
        raise refusal(name, raw)

    def parse(text: str) -> int:
        if _is_integer(text):
            number = int(text)
            if low <= number <= high:
                return number
        elif (trimmed := text.strip(_XML_SPACE)) != text:
            return parse(trimmed)
        raise refusal(name, text)

    def from_literal(text: str) -> int:
        try:
            return parse(text[:-1] if suffix and text[-1:] in (suffix, suffix.lower()) else text)
        except ValueError:
            raise refusal(name, text) from None

    def check(value: Any) -> int:
        number = value if type(value) is int else _index(name, value)
        if low <= number <= high:
            return number
        raise refusal(name, value, f"{low} to {high}")

    to_json: Callable[[int], Any] = str if quoted else _same
    return PrimitiveType(
        name=name,
        python_type=int,
        default=0,
        check=check,
        parse=parse,
        format=int.__repr__,
        from_json=from_json,
        to_light=to_json,
        to_verbose=_as_light(to_json),
        to_literal=lambda value: f"{int(value)}{suffix}",
        from_literal=from_literal,
        is_numeric=True,
    )


def _index(name: str, value: Any) -> int:
    """An int out of what counts as one: a subclass, a numpy integer, its digits; never a bool."""
    if isinstance(value, str):
        if _is_integer(value):
            return int(value)
    elif not isinstance(value, bool):
        try:
            return int(operator.index(value))
        except TypeError:
            pass
    raise _wrong_type(name, "an int", value)


# --- Double and Single ------------------------------------------------------------------------------------------------------

_is_float = re.compile(r"[+-]?(?:[0-9]{1,400}\.?[0-9]{0,400}|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,5})?").fullmatch
_NON_FINITE = {"NaN": math.nan, "INF": math.inf, "-INF": -math.inf}
_NON_FINITE_JSON = {**_NON_FINITE, "Infinity": math.inf, "-Infinity": -math.inf}
_pack_single = struct.Struct("<f").pack
_unpack_single = struct.Struct("<f").unpack


def _double_text(number: float) -> str:
    """``1.5``, ``2.0``, ``1E+20``, ``INF``: what .NET and XML Schema read alike."""
    if math.isfinite(number):
        return repr(number).replace("e", "E")
    return "NaN" if number != number else "INF" if number > 0 else "-INF"


def _to_single(number: float) -> float:
    rounded: float = _unpack_single(_pack_single(number))[0]
    return rounded


def _shortest_single(number: float) -> float:
    """The double with the fewest digits that a 32-bit float reads as this number: 0.1 for 0.10000000149011612."""
    if math.isfinite(number):
        for digits in (6, 7, 8):
            candidate = float(f"{number:.{digits}g}")
            if abs(candidate) <= 3.4028235e38 and _to_single(candidate) == number:
                return candidate
        return float(f"{number:.9g}")
    return number


def _floating(name: str, narrow: Callable[[float], float], shorten: Callable[[float], float], suffix: str) -> PrimitiveType:
    """Double and Single. ``narrow`` rounds to the type's width, ``shorten`` gives the number whose ``repr`` is to be written."""

    def finite(raw: int | float | Decimal | str) -> float:
        try:
            number = narrow(float(raw))
        except OverflowError:
            raise refusal(name, raw, "out of range") from None
        if math.isfinite(number):
            return number
        raise refusal(name, raw, "out of range")

    def from_json(raw: Any) -> float:
        kind = type(raw)
        if kind is Decimal or kind is int:
            return finite(raw)
        if kind is float:
            return narrow(raw) if math.isfinite(raw) else raw
        if kind is str:
            found = _NON_FINITE_JSON.get(raw)
            if found is not None:
                return found
            if _is_float(raw):
                return finite(raw)
            if _literal_shape(raw) == name:
                return from_literal(raw)
        raise refusal(name, raw)

    def parse(text: str) -> float:
        if _is_float(text):
            return finite(text)
        found = _NON_FINITE_JSON.get(text)
        if found is not None:
            return found
        if (trimmed := text.strip(_XML_SPACE)) != text:
            return parse(trimmed)
        raise refusal(name, text)

    def from_literal(text: str) -> float:
        body = (
            text[:-1]
            if text[-1:] in (suffix, suffix.lower(), suffix.upper()) and text[-4:].upper() not in ("INF", "-INF")
            else text
        )
        if body in _NON_FINITE:
            return _NON_FINITE[body]
        if _is_float(body):
            return finite(body)
        raise refusal(name, text)

    def check(value: Any) -> float:
        if type(value) is float:
            return finite(value) if math.isfinite(value) else value
        if isinstance(value, float):
            return check(float(value))
        if isinstance(value, str):
            if _is_float(value) or value in _NON_FINITE_JSON:
                return parse(value)
        elif not isinstance(value, bool):
            try:
                return finite(operator.index(value))
            except TypeError:
                pass
        raise _wrong_type(name, "a float", value)

    def to_json(value: float) -> float | str:
        if math.isfinite(value):
            return shorten(value)
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"

    def to_literal(value: float) -> str:
        text = _double_text(shorten(value))
        return text + suffix if suffix == "f" and math.isfinite(value) else text

    return PrimitiveType(
        name=name,
        python_type=float,
        default=0.0,
        check=check,
        parse=parse,
        format=lambda value: _double_text(shorten(value)),
        from_json=from_json,
        to_light=to_json,
        to_verbose=_as_light(to_json),
        to_literal=to_literal,
        from_literal=from_literal,
        is_numeric=True,
    )


# --- Decimal ----------------------------------------------------------------------------------------------------------------

_DECIMAL = "Edm.Decimal"
#: [MS-ODATA] bounds the type by 10**255; what is past that is an attack or an accident, and would be written in full.
_MAX_EXPONENT = 255


def _bounded(number: Decimal, raw: object) -> Decimal:
    exponent = number.as_tuple().exponent
    if type(exponent) is int and exponent >= -_MAX_EXPONENT and number.adjusted() < _MAX_EXPONENT:
        return number
    raise refusal(_DECIMAL, raw, "a decimal has at most 255 digits on either side")


def _decimal_of_text(text: str) -> Decimal:
    if _is_float(text):
        try:
            return _bounded(Decimal(text), text)
        except InvalidOperation:
            pass
    raise refusal(_DECIMAL, text)


def _decimal_from_json(raw: Any) -> Decimal:
    kind = type(raw)
    if kind is str:
        if _is_float(raw):
            return _decimal_of_text(raw)
        if _literal_shape(raw) == _DECIMAL:
            return _decimal_from_literal(raw)
    elif kind is Decimal:
        return _bounded(raw, raw)
    elif kind is int and -(10**_MAX_EXPONENT) < raw < 10**_MAX_EXPONENT:
        return Decimal(raw)
    raise refusal(_DECIMAL, raw)


def _decimal_from_literal(text: str) -> Decimal:
    return _decimal_of_text(text[:-1] if text[-1:] in ("M", "m") else text)


def _check_decimal(value: Any) -> Decimal:
    if isinstance(value, Decimal):
        return _bounded(value if type(value) is Decimal else Decimal(value), value)
    if isinstance(value, str):
        if _is_float(value):
            return _decimal_of_text(value)
    elif not isinstance(value, bool | float):
        try:
            return _decimal_from_json(int(operator.index(value)))
        except TypeError:
            pass
    raise _wrong_type(_DECIMAL, "a Decimal", value)


def _decimal_text(value: Decimal) -> str:
    """All digits, never an exponent: V2 and V3 readers need not know one."""
    return format(value, "f")


# --- Boolean, String, Guid, Binary ------------------------------------------------------------------------------------------

_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}
_JSON_BOOLEANS = {"true": True, "false": False}


def _parse_boolean(text: str) -> bool:
    found = _BOOLEANS.get(text)
    if found is None:
        found = _BOOLEANS.get(text.strip(_XML_SPACE))
        if found is None:
            raise refusal("Edm.Boolean", text)
    return found


def _boolean_from_literal(text: str) -> bool:
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    raise refusal("Edm.Boolean", text)


def _boolean_from_json(raw: Any) -> bool:
    if raw is True or raw is False:
        return bool(raw)
    if type(raw) is str and raw in _JSON_BOOLEANS:
        return _JSON_BOOLEANS[raw]
    raise refusal("Edm.Boolean", raw)


def _check_boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in _JSON_BOOLEANS:
        return _JSON_BOOLEANS[value]
    if type(value).__module__ == "numpy" and type(value).__name__ in ("bool", "bool_"):
        return bool(value)
    raise _wrong_type("Edm.Boolean", "a bool", value)


def _boolean_text(value: bool) -> str:
    return "true" if value else "false"


def _string_from_json(raw: Any) -> str:
    kind = type(raw)
    if kind is str:
        return raw  # type: ignore[no-any-return]
    if kind is int or kind is Decimal:
        return str(raw)
    raise refusal("Edm.String", raw)


def _check_string(value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong_type("Edm.String", "a str", value)
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise refusal("Edm.String", value, "half a surrogate pair is no character") from None
    return str.__str__(value)


def _string_literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


_is_string_literal = re.compile(r"'((?:[^']|'')*)'", re.DOTALL).fullmatch


def _string_from_literal(text: str) -> str:
    found = _is_string_literal(text)
    if found is None:
        raise refusal("Edm.String", text, "a string literal stands in quotes, a quote inside it doubled")
    return found[1].replace("''", "'")


_new_uuid = object.__new__
_put = object.__setattr__
_int_from_bytes = int.from_bytes
_UNKNOWN = SafeUUID.unknown


def _guid(raw: Any) -> UUID:
    """Only the 36 characters, in any case. ``UUID(text)`` takes braces and blanks, and three times as long: its slots are set."""
    try:
        if len(raw) == 36 and raw[8] == raw[13] == raw[18] == raw[23] == "-":
            digits = bytes.fromhex(raw.replace("-", ""))
            if len(digits) == 16:
                found = _new_uuid(UUID)
                _put(found, "int", _int_from_bytes(digits, "big"))
                _put(found, "is_safe", _UNKNOWN)
                return found
    except (TypeError, ValueError, AttributeError, KeyError):
        pass
    if type(raw) is str:
        trimmed = raw.strip(_XML_SPACE)
        if trimmed != raw:
            return _guid(trimmed)
    raise refusal("Edm.Guid", raw)


def _guid_from_literal(text: str) -> UUID:
    body = _unwrap("Edm.Guid", text, "guid")
    return _guid(body[1:-1] if body[:1] == "{" and body[-1:] == "}" else body)


def _check_guid(value: Any) -> UUID:
    if isinstance(value, UUID):
        return value
    if isinstance(value, str):
        return _guid(str.__str__(value))
    raise _wrong_type("Edm.Guid", "a UUID", value)


def _base64(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        raise refusal("Edm.Binary", text, "base64 is due") from None


def _binary_from_json(raw: Any) -> bytes:
    if type(raw) is str:
        return _base64(raw)
    raise refusal("Edm.Binary", raw)


def _base64_text(value: bytes) -> str:
    return binascii.b2a_base64(value, newline=False).decode("ascii")


_is_hex = re.compile(r"(?:[0-9A-Fa-f]{2})*").fullmatch


def _binary_from_literal(text: str) -> bytes:
    body = text[2:-1] if text.startswith("X'") and text.endswith("'") and len(text) > 2 else _unwrap("Edm.Binary", text, "binary")
    if _is_hex(body):
        return bytes.fromhex(body)
    raise refusal("Edm.Binary", text, "pairs of hexadecimal digits are due")


def _check_binary(value: Any) -> bytes:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    raise _wrong_type("Edm.Binary", "bytes", value)


# --- literals in quotes behind a word ---------------------------------------------------------------------------------------

_WORDS = {
    "guid": "Edm.Guid",
    "datetime": "Edm.DateTime",
    "datetimeoffset": "Edm.DateTimeOffset",
    "time": "Edm.Time",
    "binary": "Edm.Binary",
    "geography": "Edm.Geography",
    "geometry": "Edm.Geometry",
}
_SUFFIXES = {"L": "Edm.Int64", "M": "Edm.Decimal", "D": "Edm.Double", "F": "Edm.Single"}
_is_marked_number = re.compile(r"(?:[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|-?INF|NaN)([LlMmDdFf])").fullmatch


def _unwrap(name: str, text: str, word: str) -> str:
    """The text between the quotes of ``word'…'``."""
    found, quote, body = text.partition("'")
    if quote and found.lower() == word and body[-1:] == "'" and "'" not in body[:-1]:
        return body[:-1]
    raise refusal(name, text, f"{word}'…' is due")


def _literal_shape(text: str) -> str | None:
    """The type that a prefix or suffix names; None for a text without."""
    marked = _is_marked_number(text)
    if marked is not None:
        return _SUFFIXES[marked[1].upper()]
    if text[-1:] == "'":
        word = text.partition("'")[0]
        return "Edm.Binary" if word == "X" else _WORDS.get(word.lower())
    return None


def _worded(
    name: str,
    word: str,
    python_type: type[Any],
    default: Any,
    *,
    check: Callable[[Any], Any],
    read: Callable[[Any], Any],
    write: Callable[[Any], str],
    to_verbose: Callable[[Any, str], Any] | None = None,
    from_literal: Callable[[str], Any] | None = None,
    read_json: Callable[[Any], Any] | None = None,
    literal: Callable[[Any], str] | None = None,
) -> PrimitiveType:
    """A type whose literal is ``word'text'``, and whose text is the same in XML and JSON unless said otherwise."""

    def unwrap(text: str) -> Any:
        return read(_unwrap(name, text, word))

    as_literal = unwrap if from_literal is None else from_literal
    plain = read if read_json is None else read_json

    def from_json(raw: Any) -> Any:
        try:
            return plain(raw)
        except ValueError:  # [MS-ODATA] once printed URL literals inside JSON strings, and some took it at its word
            if type(raw) is str and _literal_shape(raw) == name:
                return as_literal(raw)
            raise

    return PrimitiveType(
        name=name,
        python_type=python_type,
        default=default,
        check=check,
        parse=read,
        format=write,
        from_json=from_json,
        to_light=write,
        to_verbose=_as_light(write) if to_verbose is None else to_verbose,
        to_literal=(lambda value: f"{word}'{write(value)}'") if literal is None else literal,
        from_literal=as_literal,
    )


def _by_version(before_3: Callable[[Any], Any], since_3: Callable[[Any], Any]) -> Callable[[Any, str], Any]:
    return lambda value, version: since_3(value) if version >= "3.0" else before_3(value)


# --- spatial types ----------------------------------------------------------------------------------------------------------


def _spatial(name: str, family: type[Spatial], shape: str | None) -> PrimitiveType:
    """``shape`` is the only shape the type takes; None for the abstract type. XML text is WKT; GML is Atom's."""
    word = family.family.lower()

    def fitting(value: Spatial, raw: object) -> Spatial:
        if shape is None or value.type == shape:
            return value
        raise refusal(name, raw, f"it is a {value.type}")

    def read_with(read: Callable[[Any], Spatial]) -> Callable[[Any], Spatial]:
        def reader(raw: Any) -> Spatial:
            try:
                return fitting(read(raw), raw)
            except ValueError as error:
                raise refusal(name, raw, str(error)) from None

        return reader

    def check(value: Any) -> Spatial:
        if isinstance(value, family):
            return fitting(value, value)
        if isinstance(value, str):
            return of_wkt(value)
        if not isinstance(value, Spatial) and (isinstance(value, Mapping) or hasattr(value, "__geo_interface__")):
            return of_json(value)
        raise _wrong_type(name, f"a {family.__name__}", value)

    def from_json(raw: Any) -> Spatial:
        return of_literal(raw) if type(raw) is str and _literal_shape(raw) == f"Edm.{family.family}" else of_json(raw)

    of_wkt, of_json = read_with(family.from_wkt), read_with(family.from_geojson)
    of_literal = read_with(lambda text: family.from_wkt(_unwrap(name, text, word)))
    return PrimitiveType(
        name=name,
        python_type=family,
        default=None,
        check=check,
        parse=of_wkt,
        format=family.to_wkt,
        from_json=from_json,
        to_light=family.to_geojson,
        to_verbose=_as_light(family.to_geojson),
        to_literal=lambda value: f"{word}'{value.to_wkt()}'",
        from_literal=of_literal,
    )


def _spatial_types() -> list[PrimitiveType]:
    shapes = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")
    rows = []
    for family in (Geography, Geometry):
        rows.append(_spatial(f"Edm.{family.family}", family, None))
        rows.extend(_spatial(f"Edm.{family.family}{shape}", family, shape) for shape in shapes)
        rows.append(_spatial(f"Edm.{family.family}Collection", family, "GeometryCollection"))
    return rows


def _no_value(value: Any, *version: str) -> Any:
    raise TypeError("Edm.Stream has no value; a stream is read and sent by itself")


def _no_text(raw: Any) -> Any:
    raise ValueError("Edm.Stream has no value; a stream is read and sent by itself")


# --- the table --------------------------------------------------------------------------------------------------------------

_ROWS = [
    _worded(
        "Edm.Binary",
        "binary",
        bytes,
        None,
        check=_check_binary,
        read=lambda text: _base64("".join(text.split())),
        read_json=_binary_from_json,
        write=_base64_text,
        literal=lambda value: f"X'{value.hex().upper()}'",
        from_literal=_binary_from_literal,
    ),
    PrimitiveType(
        name="Edm.Boolean",
        python_type=bool,
        default=False,
        check=_check_boolean,
        parse=_parse_boolean,
        format=_boolean_text,
        from_json=_boolean_from_json,
        to_light=bool,
        to_verbose=_as_light(bool),
        to_literal=_boolean_text,
        from_literal=_boolean_from_literal,
    ),
    _integer("Edm.Byte", 0, 255),
    _integer("Edm.SByte", -128, 127),
    _integer("Edm.Int16", -(2**15), 2**15 - 1),
    _integer("Edm.Int32", -(2**31), 2**31 - 1),
    _integer("Edm.Int64", -(2**63), 2**63 - 1, suffix="L", quoted=True),
    _floating("Edm.Single", _to_single, _shortest_single, "f"),
    _floating("Edm.Double", _same, _same, "D"),
    PrimitiveType(
        name=_DECIMAL,
        python_type=Decimal,
        default=Decimal(0),
        check=_check_decimal,
        parse=lambda text: _decimal_of_text(text.strip(_XML_SPACE)),
        format=_decimal_text,
        from_json=_decimal_from_json,
        to_light=_decimal_text,
        to_verbose=_as_light(_decimal_text),
        to_literal=lambda value: _decimal_text(value) + "M",
        from_literal=_decimal_from_literal,
        is_numeric=True,
    ),
    PrimitiveType(
        name="Edm.String",
        python_type=str,
        default=None,
        check=_check_string,
        parse=_same,
        format=_same,
        from_json=_string_from_json,
        to_light=_same,
        to_verbose=_as_light(_same),
        to_literal=_string_literal,
        from_literal=_string_from_literal,
    ),
    _worded("Edm.Guid", "guid", UUID, UUID(int=0), check=_check_guid, read=_guid, write=str, from_literal=_guid_from_literal),
    _worded(
        "Edm.DateTime",
        "datetime",
        datetime,
        datetime(1, 1, 1),
        check=check_datetime,
        read=read_datetime,
        write=write_datetime,
        to_verbose=_by_version(write_json_datetime, write_datetime),
    ),
    _worded(
        "Edm.DateTimeOffset",
        "datetimeoffset",
        datetime,
        datetime(1, 1, 1, tzinfo=UTC),
        check=check_offset,
        read=read_offset,
        write=write_datetime,
        to_verbose=_by_version(write_json_offset, write_datetime),
    ),
    _worded("Edm.Time", "time", timedelta, timedelta(0), check=check_duration, read=read_duration, write=write_duration),
    PrimitiveType(
        name="Edm.Stream",
        python_type=type(None),
        default=None,
        check=_no_value,
        parse=_no_text,
        format=_no_value,
        from_json=_no_text,
        to_light=_no_value,
        to_verbose=_no_value,
        to_literal=_no_value,
        from_literal=_no_text,
    ),
    *_spatial_types(),
]

#: Every primitive type by full name.
PRIMITIVES: Mapping[str, PrimitiveType] = {row.name: row for row in _ROWS}


def primitive(name: str) -> PrimitiveType | None:
    """The primitive type of this name, ``Edm.Int32`` or bare ``Int32``; None for any other name."""
    return PRIMITIVES.get(name) or (None if "." in name else PRIMITIVES.get(f"Edm.{name}"))


_BY_CLASS = {
    bool: PRIMITIVES["Edm.Boolean"],
    float: PRIMITIVES["Edm.Double"],
    Decimal: PRIMITIVES[_DECIMAL],
    str: PRIMITIVES["Edm.String"],
    UUID: PRIMITIVES["Edm.Guid"],
    bytes: PRIMITIVES["Edm.Binary"],
    timedelta: PRIMITIVES["Edm.Time"],
}


def primitive_of(value: object) -> PrimitiveType:
    """The natural type of a Python value: an int is Int32 or, where too big, Int64; a datetime goes by its zone.

    TypeError for what has no EDM type, ValueError for an int that no type holds.
    """
    for cls in type(value).__mro__:
        if cls is int:
            return _type_of_int(int(value))  # type: ignore[call-overload]
        if cls is datetime:
            return PRIMITIVES["Edm.DateTime" if value.tzinfo is None else "Edm.DateTimeOffset"]  # type: ignore[attr-defined]
        if cls in _BY_CLASS:
            return _BY_CLASS[cls]
    if isinstance(value, Spatial):
        return PRIMITIVES[value.edm_type]
    raise TypeError(f"no EDM type for a {type(value).__name__}: {str(value)[:80]!r}")


def _type_of_int(number: int) -> PrimitiveType:
    for name in ("Edm.Int32", "Edm.Int64"):
        row = PRIMITIVES[name]
        try:
            row.check(number)
        except ValueError:
            continue
        return row
    raise refusal("Edm.Int64", number, "an int of 64 bits is the widest")


_is_null = re.compile(r"null(?:'[^']*')?").fullmatch


def parse_literal(text: str) -> tuple[PrimitiveType | None, Any]:
    """Any URL literal (percent-decoded), with the type its spelling names: ``42L``, ``guid'…'``, ``'text'``, ``null``.

    The type is None for null. Digits alone are Int32, Int64 or, where too big for those, Double. ValueError for what is none.
    """
    if _is_null(text):
        return None, None
    if text in _JSON_BOOLEANS:
        return PRIMITIVES["Edm.Boolean"], _JSON_BOOLEANS[text]
    if text[:1] == "'":
        return PRIMITIVES["Edm.String"], _string_from_literal(text)
    name = _literal_shape(text)
    if name is None:
        return _plain_number(text)
    value = PRIMITIVES[name].from_literal(text)
    return (PRIMITIVES[value.edm_type] if isinstance(value, Spatial) else PRIMITIVES[name]), value


def _plain_number(text: str) -> tuple[PrimitiveType, Any]:
    if _is_integer(text):
        number = int(text)
        for name in ("Edm.Int32", "Edm.Int64"):
            if -(2 ** (31 if name == "Edm.Int32" else 63)) <= number < 2 ** (31 if name == "Edm.Int32" else 63):
                return PRIMITIVES[name], number
    if _is_float(text) or text in _NON_FINITE:
        return PRIMITIVES["Edm.Double"], PRIMITIVES["Edm.Double"].from_literal(text)
    raise ValueError(f"not a literal: {text[:80]!r}")
