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
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
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
from odata3.edm.numeric_types import NON_FINITE, NUMERIC_TYPES, is_float, is_integer
from odata3.edm.primitive_type import XML_SPACE, PrimitiveType, as_light, literal_shape, same, unwrap, wrong_type
from odata3.edm.spatial import Geography, Geometry, Spatial

__all__ = ["PRIMITIVES", "PrimitiveType", "VerboseDate", "parse_literal", "primitive", "primitive_of"]

# --- Boolean, String, Guid, Binary ------------------------------------------------------------------------------------------

_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}
_JSON_BOOLEANS = {"true": True, "false": False}


def _parse_boolean(text: str) -> bool:
    found = _BOOLEANS.get(text)
    if found is None:
        found = _BOOLEANS.get(text.strip(XML_SPACE))
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
    raise wrong_type("Edm.Boolean", "a bool", value)


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
        raise wrong_type("Edm.String", "a str", value)
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
_put_int = vars(UUID)["int"].__set__
_put_is_safe = vars(UUID)["is_safe"].__set__
_int_from_bytes = int.from_bytes
_from_hex = binascii.unhexlify
_UNKNOWN = SafeUUID.unknown


def _guid(raw: Any) -> UUID:
    """Only the 36 characters, in any case. ``UUID(text)`` takes braces and blanks, and three times as long: its slots are set."""
    try:
        if len(raw) == 36 and raw[8] == raw[13] == raw[18] == raw[23] == "-":
            digits = _from_hex(raw.replace("-", ""))  # strict: unlike bytes.fromhex it takes no blanks
            if len(digits) == 16:
                found = _new_uuid(UUID)
                _put_int(found, _int_from_bytes(digits))
                _put_is_safe(found, _UNKNOWN)
                return found
    except (TypeError, ValueError, AttributeError, KeyError):
        pass
    if type(raw) is str:
        trimmed = raw.strip(XML_SPACE)
        if trimmed != raw:
            return _guid(trimmed)
    raise refusal("Edm.Guid", raw)


def _guid_from_literal(text: str) -> UUID:
    body = unwrap("Edm.Guid", text, "guid")
    return _guid(body[1:-1] if body[:1] == "{" and body[-1:] == "}" else body)


def _check_guid(value: Any) -> UUID:
    if isinstance(value, UUID):
        return value
    if isinstance(value, str):
        return _guid(str.__str__(value))
    raise wrong_type("Edm.Guid", "a UUID", value)


def _datetime_from_literal(text: str) -> datetime:
    """``datetime'1995-10-01T12:00:00'``; a date alone is its midnight, as WCF Data Services reads it."""
    body = unwrap("Edm.DateTime", text, "datetime")
    return read_datetime(f"{body}T00:00:00" if len(body) == 10 else body)


def _base64(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        raise refusal("Edm.Binary", text, "base64 is due") from None


def _binary_from_json(raw: Any) -> bytes:
    if type(raw) is str:
        return _base64(raw.replace("\r", "").replace("\n", "") if "\n" in raw else raw)  # Java's encoders break lines
    raise refusal("Edm.Binary", raw)


def _base64_text(value: bytes) -> str:
    return binascii.b2a_base64(value, newline=False).decode("ascii")


_is_hex = re.compile(r"(?:[0-9A-Fa-f]{2})*").fullmatch


def _binary_from_literal(text: str) -> bytes:
    body = text[2:-1] if text.startswith("X'") and text.endswith("'") and len(text) > 2 else unwrap("Edm.Binary", text, "binary")
    if _is_hex(body):
        return bytes.fromhex(body)
    raise refusal("Edm.Binary", text, "pairs of hexadecimal digits are due")


def _check_binary(value: Any) -> bytes:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    raise wrong_type("Edm.Binary", "bytes", value)


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

    def from_word(text: str) -> Any:
        return read(unwrap(name, text, word))

    as_literal = from_word if from_literal is None else from_literal
    plain = read if read_json is None else read_json

    def from_json(raw: Any) -> Any:
        try:
            return plain(raw)
        except ValueError:  # [MS-ODATA] once printed URL literals inside JSON strings, and some took it at its word
            if type(raw) is str and literal_shape(raw) == name:
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
        to_verbose=as_light(write) if to_verbose is None else to_verbose,
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
        raise wrong_type(name, f"a {family.__name__}", value)

    def from_json(raw: Any) -> Spatial:
        return of_literal(raw) if type(raw) is str and literal_shape(raw) == f"Edm.{family.family}" else of_json(raw)

    of_wkt, of_json = read_with(family.from_wkt), read_with(family.from_geojson)
    of_literal = read_with(lambda text: family.from_wkt(unwrap(name, text, word)))
    return PrimitiveType(
        name=name,
        python_type=family,
        default=None,
        check=check,
        parse=of_wkt,
        format=family.to_wkt,
        from_json=from_json,
        to_light=family.to_geojson,
        to_verbose=as_light(family.to_geojson),
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
        to_verbose=as_light(bool),
        to_literal=_boolean_text,
        from_literal=_boolean_from_literal,
    ),
    *NUMERIC_TYPES,
    PrimitiveType(
        name="Edm.String",
        python_type=str,
        default=None,
        check=_check_string,
        parse=same,
        format=same,
        from_json=_string_from_json,
        to_light=same,
        to_verbose=as_light(same),
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
        from_literal=_datetime_from_literal,
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
    Decimal: PRIMITIVES["Edm.Decimal"],
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
            found = _type_of_int(value)  # type: ignore[arg-type]
            if found is None:
                raise refusal("Edm.Int64", value, "64 bits are the most")
            return found
        if cls is datetime:
            return PRIMITIVES["Edm.DateTime" if value.tzinfo is None else "Edm.DateTimeOffset"]  # type: ignore[attr-defined]
        if cls in _BY_CLASS:
            return _BY_CLASS[cls]
    if isinstance(value, Spatial):
        return PRIMITIVES[value.edm_type]
    raise TypeError(f"no EDM type for a {type(value).__name__}: {str(value)[:80]!r}")


_INTEGERS = ((PRIMITIVES["Edm.Int32"], 2**31), (PRIMITIVES["Edm.Int64"], 2**63))


def _type_of_int(number: int) -> PrimitiveType | None:
    """The narrower of Int32 and Int64 that holds a number; None where neither does."""
    return next((row for row, bound in _INTEGERS if -bound <= number < bound), None)


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
    name = literal_shape(text)
    if name is None:
        return _plain_number(text)
    value = PRIMITIVES[name].from_literal(text)
    return (PRIMITIVES[value.edm_type] if isinstance(value, Spatial) else PRIMITIVES[name]), value


def _plain_number(text: str) -> tuple[PrimitiveType, Any]:
    if is_integer(text) and (found := _type_of_int(int(text))) is not None:
        return found, int(text)
    if is_float(text) or text in NON_FINITE:
        double = PRIMITIVES["Edm.Double"]
        return double, double.from_literal(text)
    raise ValueError(f"not a literal: {text[:80]!r}")
