"""How a value of each EDM type stands in the database.

Every value comes back exactly as it went in, and compares and sorts in SQL as OData says. SQLite's own types do neither, so a
type decides its :class:`Kind`, and the kind its columns::

    INTEGER   integer                                     Edm.Byte ... Edm.Int64, enums
    BOOLEAN   integer 0, 1
    FLOAT     real; NaN apart (functions.Double)
    DECIMAL   exact text, numeric order (functions.DecimalText)
    TEXT      text                                        Edm.String, Edm.Guid
    BINARY    blob
    INSTANT   ticks of 100 ns since the year 1 in UTC (to compare)   and beside them the text as it came (to give back)
    DURATION  ticks of 100 ns
    JSON      a document: complex values, collections, spatial values

Inside a document the same values stand in JSON's terms: an instant as ``[ticks, text]``, a decimal as text, a blob in base64,
a boolean as 0 or 1, and a type name under ``@`` where a complex value is of a derived type.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import BigInteger, Integer, LargeBinary, Text
from sqlalchemy.types import TypeEngine

from odata3.edm.dates import read_datetime, read_offset, write_datetime, write_duration
from odata3.edm.model import ComplexType, Model, element_type
from odata3.edm.moments import FineDuration, fine
from odata3.edm.primitives import PrimitiveType, primitive, primitive_of
from odata3.formats.documents import NATIVE, Complex
from odata3.server.functions import DecimalText, Double


class Moment(datetime):
    """A datetime that remembers the text it was, for seven digits and the ``Z`` of it."""

    text: str | None = None

    @classmethod
    def of(cls, plain: datetime, text: str) -> Moment:
        moment = cls(
            plain.year,
            plain.month,
            plain.day,
            plain.hour,
            plain.minute,
            plain.second,
            plain.microsecond,
            plain.tzinfo,
        )
        moment.text = text
        return moment


class Kind(Enum):
    INTEGER = "integer"
    BOOLEAN = "boolean"
    FLOAT = "float"
    DECIMAL = "decimal"
    TEXT = "text"
    BINARY = "binary"
    INSTANT = "instant"
    DURATION = "duration"
    JSON = "json"


_KINDS: dict[str, Kind] = {
    "Edm.Boolean": Kind.BOOLEAN,
    "Edm.Byte": Kind.INTEGER,
    "Edm.SByte": Kind.INTEGER,
    "Edm.Int16": Kind.INTEGER,
    "Edm.Int32": Kind.INTEGER,
    "Edm.Int64": Kind.INTEGER,
    "Edm.Single": Kind.FLOAT,
    "Edm.Double": Kind.FLOAT,
    "Edm.Decimal": Kind.DECIMAL,
    "Edm.String": Kind.TEXT,
    "Edm.Guid": Kind.TEXT,
    "Edm.Binary": Kind.BINARY,
    "Edm.DateTime": Kind.INSTANT,
    "Edm.DateTimeOffset": Kind.INSTANT,
    "Edm.Time": Kind.DURATION,
}

#: Types whose encodings are kept: more than any model has, but bodies may name others without end.
_KEPT = 10_000

SQL_TYPES: dict[Kind, TypeEngine[Any]] = {
    Kind.INTEGER: BigInteger(),
    Kind.BOOLEAN: Integer(),
    Kind.FLOAT: Double(),
    Kind.DECIMAL: DecimalText(),
    # By code point everywhere, as SQLite has it.
    Kind.TEXT: Text(collation="C").with_variant(Text(), "sqlite"),
    Kind.BINARY: LargeBinary(),
    Kind.INSTANT: BigInteger(),
    Kind.DURATION: BigInteger(),
    Kind.JSON: Text(),
}


def kind_of(model: Model, type_name: str) -> Kind:
    """The kind of a type by its full name; what is no single primitive value is a document."""
    if type_name in model.enum_types:
        return Kind.INTEGER
    return _KINDS.get(type_name, Kind.JSON)


@dataclass(frozen=True, slots=True)
class Encoding:
    """``encode`` gives the main column's value, of an instant ``(ticks, text)``; ``decode`` takes the main column's, of an
    instant the text. Both pass None. ``encode`` raises TypeError or ValueError for what is not of the type."""

    type_name: str
    kind: Kind
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]

    @property
    def sql_type(self) -> TypeEngine[Any]:
        return SQL_TYPES[self.kind]


class Encodings:
    """The encodings of a model's types, each made once."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._made: dict[str, Encoding] = {}

    def __getitem__(self, type_name: str) -> Encoding:
        found = self._made.get(type_name)
        if found is None:
            found = self._make(type_name)
            if len(self._made) < _KEPT:
                self._made[type_name] = found
        return found

    def _make(self, type_name: str) -> Encoding:
        kind = kind_of(self._model, type_name)
        if type_name in self._model.enum_types:
            return Encoding(type_name, kind, _enum_number, _same)
        if kind is not Kind.JSON:
            edm = primitive(type_name)
            assert edm is not None
            return Encoding(type_name, kind, *_primitive_coding(edm, kind))
        return Encoding(
            type_name,
            kind,
            lambda value: None if value is None else write_json(self.to_json(type_name, value)),
            lambda text: self.from_json(type_name, None if text is None else json.loads(text)),
        )

    # --- inside a document ------------------------------------------------------------------------------------------------------

    def to_json(self, type_name: str, value: Any) -> Any:
        """A value as it stands inside a document."""
        if value is None:
            return None
        if type_name.startswith("Collection("):
            if isinstance(value, str | bytes | Mapping):
                raise TypeError(f"{type_name} takes a list, not {value!r}")
            item = element_type(type_name)
            items = [self.to_json(item, one) for one in value]
            if None in items:
                raise ValueError("an item of a collection cannot be null")
            return items
        if type_name in self._model.complex_types:
            return self._complex_to_json(type_name, value)
        encoding = self[type_name]
        if encoding.kind is Kind.JSON:
            return _spatial_to_json(type_name, value)
        encoded = encoding.encode(value)
        if encoding.kind is Kind.BINARY:
            return base64.b64encode(encoded).decode("ascii")
        if encoding.kind is Kind.DECIMAL:
            return f"{encoded:f}"
        if encoding.kind is Kind.FLOAT and encoded != encoded:
            return "NaN"
        return list(encoded) if encoding.kind is Kind.INSTANT else encoded

    def from_json(self, type_name: str, stored: Any) -> Any:
        if type_name.startswith("Collection("):
            item = element_type(type_name)
            return [self.from_json(item, one) for one in stored or ()]
        if stored is None:
            return None
        if type_name in self._model.complex_types:
            return self._complex_from_json(type_name, stored)
        encoding = self[type_name]
        if encoding.kind is Kind.JSON:
            return _spatial_from_json(type_name, stored)
        if encoding.kind is Kind.INSTANT:
            return encoding.decode(stored[1])
        if encoding.kind is Kind.BINARY:
            return base64.b64decode(stored)
        if encoding.kind is Kind.DECIMAL:
            return Decimal(stored)
        return float(stored) if encoding.kind is Kind.FLOAT else encoding.decode(stored)

    def _complex_to_json(self, type_name: str, value: Any) -> dict[str, Any]:
        if isinstance(value, Complex):
            actual, members = value.type_name or type_name, {name: value.get(name) for name in value.names()}
        elif isinstance(value, Mapping):
            actual, members = type_name, dict(value)
        else:
            raise TypeError(f"{type_name} takes a complex value, not {value!r}")
        known = self._model.complex_types.get(actual)
        if known is None or not self._model.is_derived(actual, type_name):
            raise ValueError(f"{actual} is no {type_name}")
        document: dict[str, Any] = {} if actual == type_name else {"@": actual}
        for name, member in members.items():
            declared = known.properties.get(name)
            if declared is not None:
                document[name] = self.to_json(declared.type, member)
            elif known.open_type:
                document.setdefault("@open", {})[name] = self.dynamic_to_json(member)
            else:
                raise ValueError(f"{actual} has no property {name}")
        return document

    def _complex_from_json(self, type_name: str, stored: dict[str, Any]) -> Complex:
        actual = stored.get("@", type_name)
        known: ComplexType = self._model.complex_types[actual]
        values = {p.name: self.from_json(p.type, stored.get(p.name)) for p in known.properties}
        for name, member in stored.get("@open", {}).items():
            values[name] = self.dynamic_from_json(member)
        return Complex(actual, values, NATIVE)

    def dynamic_to_json(self, value: Any, type_name: str | None = None) -> list[Any] | None:
        """An undeclared value with its type, by default the one it has of itself: ``[type name, value]``."""
        if value is None:
            return None
        type_name = type_name or self._natural_type(value)
        return [type_name, self.to_json(type_name, value)]

    def dynamic_from_json(self, stored: list[Any] | None) -> Any:
        return None if stored is None else self.from_json(stored[0], stored[1])

    def _natural_type(self, value: Any) -> str:
        if isinstance(value, Complex):
            if value.type_name is None:
                raise ValueError("an undeclared complex value needs its type")
            return value.type_name
        if isinstance(value, list):
            return f"Collection({self._natural_type(value[0]) if value else 'Edm.String'})"
        return primitive_of(value).name


def _same(value: Any) -> Any:
    return value


def _enum_number(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"an enum is stored by its number, not {value!r}")
    return int(value)


def _primitive_coding(edm: PrimitiveType, kind: Kind) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    check = edm.check
    if kind is Kind.INSTANT:
        read = read_offset if edm.name == "Edm.DateTimeOffset" else read_datetime
        return lambda value: None if value is None else instant(value, read, check), lambda text: _moment(text, read)
    if kind is Kind.DURATION:
        return lambda value: None if value is None else _duration_ticks(value, check), _ticks_duration
    if kind is Kind.BOOLEAN:
        return lambda value: None if value is None else int(check(value)), lambda stored: None if stored is None else bool(stored)
    if edm.name == "Edm.Guid":
        return lambda value: None if value is None else str(check(value)), lambda text: None if text is None else edm.parse(text)
    if kind is Kind.DECIMAL:
        return lambda value: None if value is None else check(value), _same
    if kind is Kind.FLOAT:
        return lambda value: None if value is None else check(value), lambda stored: None if stored is None else float(stored)
    return lambda value: None if value is None else check(value), _same


_fraction = re.compile(r"\.(\d+)").search
_US_PER_DAY = 86_400_000_000


def instant(value: Any, read: Callable[[str], datetime], check: Callable[[Any], Any]) -> tuple[int, str]:
    """``(ticks, text)`` of a datetime or of its text, whose seventh digit no datetime holds."""
    source = value.text if isinstance(value, Moment) and value.text is not None else value
    if isinstance(source, str):
        plain = read(source)
        found = _fraction(source)
        seventh = int(found[1][6]) if found is not None and len(found[1]) > 6 else 0
    else:
        plain = check(source)
        seventh = 0
    text = write_datetime(plain)
    if seventh:
        head, _, zone = (
            text.partition("Z") if text.endswith("Z") else (text[:-6], "", text[-6:]) if plain.tzinfo else (text, "", "")
        )
        zone = "Z" if text.endswith("Z") else zone
        text = f"{head.partition('.')[0]}.{plain.microsecond:06d}{seventh}{zone}"
    offset = plain.utcoffset() or timedelta(0)
    microseconds = (
        (plain.toordinal() - 1) * _US_PER_DAY
        + ((plain.hour * 60 + plain.minute) * 60 + plain.second) * 1_000_000
        + plain.microsecond
        - offset // timedelta(microseconds=1)
    )
    return microseconds * 10 + seventh, text


def _moment(text: str | None, read: Callable[[str], datetime]) -> datetime | None:
    if text is None:
        return None
    plain = read(text)
    return plain if len(text) <= 26 and plain.tzinfo is None else Moment.of(plain, text)


def _duration_ticks(value: Any, check: Callable[[Any], timedelta]) -> int:
    exact = fine(check(value), value) if isinstance(value, str) else value
    finer = exact.nanoseconds // 100 if isinstance(exact, FineDuration) else 0
    return check(exact) // timedelta(microseconds=1) * 10 + finer


def _ticks_duration(ticks: int | None) -> timedelta | None:
    if ticks is None:
        return None
    whole, seventh = divmod(abs(ticks), 10)
    duration = timedelta(microseconds=whole if ticks >= 0 else -whole)
    if not seventh:
        return duration
    to_the_minute, ticks_left = divmod(abs(ticks), 600_000_000)
    before = write_duration(timedelta(minutes=to_the_minute)) if to_the_minute else "PT"
    seconds = f"{ticks_left // 10_000_000}.{ticks_left % 10_000_000:07d}S"
    return fine(duration, f"{'-' if ticks < 0 else ''}{before}{'' if 'T' in before else 'T'}{seconds}")


def _spatial_to_json(type_name: str, value: Any) -> Any:
    edm = primitive(type_name)
    if edm is None:
        raise ValueError(f"{type_name} is no type that can be stored")
    return edm.to_light(edm.check(value))


def _spatial_from_json(type_name: str, stored: Any) -> Any:
    edm = primitive(type_name)
    return None if edm is None else edm.from_json(stored)


def write_json(value: Any) -> str:
    """JSON in which an infinite double is a number too large for a double, which SQLite and Python read back as infinite."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{write_json(member)}" for name, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(write_json, value)) + "]"
    if isinstance(value, float) and math.isinf(value):
        return "9e999" if value > 0 else "-9e999"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json.dumps(value)
