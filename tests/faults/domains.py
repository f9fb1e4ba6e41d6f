"""Each primitive type in words of our own: which Python values are its, which texts, which literals.

Nothing here is the library's: what leaves by an exit is judged by these rules. ``NAMES`` are the types; ``is_value`` judges what
a user gets, ``is_text`` what stands in a body or a CSV file, ``is_literal`` what stands in a URL. ``valid`` and ``invalid`` make
raw values to read, the one of the type, the other near it and far from it.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import struct
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from odata3.edm.spatial import Geography, Geometry

_INTEGERS = {"Byte": (0, 255), "SByte": (-128, 127), "Int16": (-(2**15), 2**15 - 1), "Int32": (-(2**31), 2**31 - 1)}
_INTEGERS["Int64"] = (-(2**63), 2**63 - 1)
_SHAPES = ("", "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "Collection")
SPATIAL = tuple(f"{family}{shape}" for family in ("Geography", "Geometry") for shape in _SHAPES)
PLAIN = (*_INTEGERS, "Binary", "Boolean", "Decimal", "Double", "Single", "String", "Guid", "DateTime", "DateTimeOffset", "Time")
NAMES = (*PLAIN, *SPATIAL)

_MOMENT = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T(([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?|24:00:00)"
_ZONE = r"(Z|[+-](0\d|1[0-4]):[0-5]\d)"
_DURATION = r"-?P(?=[\dT])(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?"
_GUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_DECIMAL = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?"
_FLOAT = rf"({_DECIMAL}|NaN|-?INF|-?Infinity)"


def _fits(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text, re.ASCII) is not None


# -- values of Python ----------------------------------------------------------------------------------------------------------


def is_value(name: str, value: Any) -> bool:
    """Whether ``value`` is what a property of ``Edm.<name>`` may give a user."""
    kind = type(value)
    if name in _INTEGERS:
        low, high = _INTEGERS[name]
        return kind is int and low <= value <= high
    match name:
        case "Binary":
            return kind is bytes
        case "Boolean":
            return kind is bool
        case "Decimal":
            return kind is Decimal and value.is_finite()
        case "Double":
            return kind is float
        case "Single":
            return kind is float and (not math.isfinite(value) or struct.unpack("f", struct.pack("f", value))[0] == value)
        case "String":
            return kind is str and value.encode("utf-8", "ignore").decode() == value
        case "Guid":
            return kind is UUID and 0 <= value.int < 2**128
        case "DateTime":
            return isinstance(value, datetime)
        case "DateTimeOffset":
            return isinstance(value, datetime) and value.tzinfo is not None
        case "Time":
            return isinstance(value, timedelta)
    family, shape = (Geography, name[9:]) if name.startswith("Geography") else (Geometry, name[8:])
    shape = "GeometryCollection" if shape == "Collection" else shape
    return isinstance(value, family) and shape in ("", value.type)


# -- texts of bodies, CSV files, URLs ------------------------------------------------------------------------------------------


def is_text(name: str, raw: Any, where: str) -> bool:
    """Whether ``raw`` is a spelling of ``Edm.<name>``; ``where`` is ``json``, ``xml`` (blanks around it are none) or ``csv``."""
    if name in SPATIAL:
        return _is_shape(name, raw)
    if isinstance(raw, bool):
        return name == "Boolean"
    if isinstance(raw, float | dict | list | None) and not (isinstance(raw, float) and name in ("Double", "Single", "Decimal")):
        return False
    text = str(raw)
    if name == "String":
        return isinstance(raw, str | int | Decimal)
    if where == "xml":
        text = text.strip(" \t\r\n")
    if name in _INTEGERS:
        low, high = _INTEGERS[name]
        return _fits(r"[+-]?\d{1,40}(\.0+)?", text) and low <= int(Decimal(text)) <= high
    match name:
        case "Binary":
            return _is_base64("".join(text.split()) if where == "xml" else text)
        case "Boolean":
            return text in ("true", "false") or (where == "xml" and text in ("1", "0"))
        case "Decimal":
            return _fits(_DECIMAL, text)
        case "Double":
            return _fits(_FLOAT, text)
        case "Single":
            return _fits(_FLOAT, text) and (not _fits(_DECIMAL, text) or abs(Decimal(text)) < Decimal("3.4028236e38"))
        case "Guid":
            return _fits(_GUID, text)
        case "DateTime" | "DateTimeOffset":
            ticks = where == "json" and _fits(r"/Date\(-?\d{1,15}([+-]\d{1,4})?\)/", text)
            return ticks or _fits(_MOMENT + _ZONE + ("?" if name == "DateTime" else ""), text)
        case "Time":
            return _fits(_DURATION, text)
    raise AssertionError(name)


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _is_shape(name: str, raw: Any) -> bool:
    """GeoJSON, or well-known text; of the kind that the type asks for."""
    shape = name.removeprefix("Geography").removeprefix("Geometry")
    if isinstance(raw, dict):
        wanted = "GeometryCollection" if shape == "Collection" else shape
        return isinstance(raw.get("type"), str) and wanted in ("", raw["type"]) and ("coordinates" in raw or "geometries" in raw)
    wanted = "GeometryCollection" if shape == "Collection" else shape
    return isinstance(raw, str) and re.match(rf"(SRID=\d+;)?{wanted or '[A-Z]'}", raw, re.IGNORECASE) is not None


def is_literal(name: str, text: str) -> bool:
    """Whether ``text`` is the literal of an ``Edm.<name>`` value, as [MS-ODATA] 2.2.2 has it; of a number, of any number's."""
    if name in SPATIAL:
        return re.fullmatch(rf"{name[:9].lower()}'SRID=\d+;.*'" if name[:9] == "Geography" else r"geometry'.*'", text) is not None
    if name in _INTEGERS:
        low, high = _INTEGERS[name]
        return _fits(r"-?\d{1,40}L?", text) and low <= int(text.rstrip("L")) <= high
    match name:
        case "Binary":
            return _fits(r"(X|binary)'([0-9A-Fa-f]{2})*'", text)
        case "Boolean":
            return text in ("true", "false")
        case "Decimal":
            return _fits(r"-?\d+(\.\d+)?[mM]", text)
        case "Double" | "Single":
            return _fits(r"-?\d+(\.\d+)?([eE][+-]?\d+)?[dDfF]?|NaN[DdFf]?|-?INF[DdFf]?|Nan|-?Infinity", text)
        case "String":
            return re.fullmatch(r"'([^']|'')*'", text, re.DOTALL) is not None
        case "Guid":
            return _fits(rf"guid'{_GUID}'", text)
        case "DateTime":
            return _fits(rf"datetime'{_MOMENT}{_ZONE}?'", text)
        case "DateTimeOffset":
            return _fits(rf"datetimeoffset'{_MOMENT}{_ZONE}'", text)
        case "Time":
            return _fits(rf"time'{_DURATION}'", text)
    raise AssertionError(name)


# -- raw values to read --------------------------------------------------------------------------------------------------------

_PLAIN_TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=8)
_MOMENTS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999)).map(lambda at: at.isoformat())
_ZONES = st.sampled_from(("Z", "+00:00", "+14:00", "-08:30"))
_TICKS = st.integers(-(10**13), 10**13).map(lambda number: f"/Date({number})/")

VALID: dict[str, st.SearchStrategy[Any]] = {
    **{name: st.integers(low, high).map(str) for name, (low, high) in _INTEGERS.items()},
    "Binary": st.binary(max_size=9).map(lambda data: base64.b64encode(data).decode()),
    "Boolean": st.sampled_from(("true", "false")),
    "Decimal": st.decimals(-(10**15), 10**15, allow_nan=False, places=4).map(str),
    "Double": st.floats(allow_nan=False, allow_infinity=False).map(repr),
    "Single": st.floats(width=32, allow_nan=False, allow_infinity=False).map(repr),
    "String": _PLAIN_TEXTS,
    "Guid": st.uuids().map(str),
    "DateTime": st.one_of(
        _MOMENTS, st.builds("".join, st.tuples(_MOMENTS, st.just("7").filter(bool))).filter(lambda t: "." in t)
    ),
    "DateTimeOffset": st.builds(lambda at, zone: at + zone, _MOMENTS, _ZONES),
    "Time": st.sampled_from(("PT1S", "P1DT2H", "-PT0.1234567S", "PT0S", "P10675198D")),
}

#: What stands at or over the edges of types, or is only Python's.
_ODD = (
    *(
        "",
        " ",
        "x",
        "1_000",
        "٣",
        "\uff11",
        "yes",
        "True",
        "0x1",
        "0b1",
        "{}",
        "null",
        "None",
        "nan",
        "infinity",
        "inf",
        "+INF",
        "1e999",
    ),
    *(
        "-1",
        "256",
        "128",
        "-129",
        "32768",
        "2147483648",
        "-2147483649",
        "9223372036854775808",
        "1.5",
        "1.0",
        "1e2",
        "-0",
        "+1",
        " 1 ",
    ),
    *(
        "1e400",
        "3.5e38",
        "1E+9999999",
        "9" * 400,
        "NaN",
        "INF",
        "-INF",
        "Infinity",
        "-Infinity",
        "sNaN",
        "1,5",
        ".5",
        "5.",
        "5L",
        "1m",
    ),
    *(
        "{a11cc636-5521-4f88-92b2-cad392911fe0}",
        "a11cc63655214f8892b2cad392911fe0",
        "a11cc636-5521-4f88-92b2-cad392911fe",
        "g" * 36,
    ),
    *(
        "guid'a11cc636-5521-4f88-92b2-cad392911fe0'",
        "datetime'2013-01-01T00:00:00'",
        "X'00'",
        "AQ",
        "AQ==",
        "A Q==",
        "AQ=",
        "____",
    ),
    *(
        "2013-02-30T00:00:00",
        "0000-01-01T00:00:00",
        "2013-01-01",
        "2013-W01-1T00:00:00",
        "20130101T000000",
        "2013-01-01 00:00:00",
    ),
    *(
        "2013-01-01T24:00:00",
        "2013-01-01T25:00:00",
        "2013-01-01T00:00:00+15:00",
        "2013-01-01T00:00:00Z",
        "9999-12-31T23:59:59.9999999",
    ),
    *("2013-01-01T00:00", "2013-01-01T00:00:00.12345678", "10000-01-01T00:00:00", "/Date(0)/", "/Date(99999999999999999)/"),
    *("/Date(x)/", "P1Y", "P1M", "PT", "P", "P99999999999D", "1:00:00", "PT1,5S", "P1DT", "POINT (1 2)", "SRID=4326;Point (1 2)"),
    *("Point ()", "POINT (91 181 x)", "Point (1e400 0)", "Point (nan 0)", "SRID=-1;Point (1 2)", "LineString (1 2, 3 4)"),
)
_NESTED = st.one_of(
    st.just([]), st.just([[1]]), st.just({}), st.just({"a": 1}), st.just({"type": "Point", "coordinates": [1, "2"]})
)
_SHAPED = st.sampled_from(
    (
        {"type": "Point", "coordinates": [1.0, 2.0]},
        {"type": "Point", "coordinates": []},
        {"type": "Point", "coordinates": [True, 2]},
        {"type": "Point", "coordinates": [[1, 2]]},
        {"type": "LineString", "coordinates": [[1, 2], [3, 4]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
        {"type": "Nothing", "coordinates": [1, 2]},
    )
)
TEXTS = st.one_of(*VALID.values(), st.sampled_from(_ODD), _PLAIN_TEXTS)
#: Anything that a JSON member may hold.
JSON_VALUES = st.one_of(
    TEXTS,
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    _NESTED,
    _SHAPED,
)
