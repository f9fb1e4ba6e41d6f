"""The fields of an Arrow schema: a type for each column, and what makes its values. They follow from the model::

    Edm.Boolean                      bool
    Edm.Byte, SByte, Int16 to Int64  uint8, int8, int16, int32, int64
    Edm.Single, Double               float, double
    Edm.Decimal                      decimal128 or 256 of the property's Precision and Scale, else of 38 and 9 digits
    Edm.String                       string
    Edm.Binary                       binary
    Edm.Guid                         string: 36 characters, which every reader of Parquet takes
    Edm.DateTime                     timestamp[us]      timestamp[us, UTC] where the texts carry a zone
    Edm.DateTimeOffset               timestamp[us, UTC] the moment; the offset is not kept
    Edm.Time                         duration[us]
    enum types                       string: names; numbers where there is none
    Edm.Geography*, Geometry*        string: WKT, with its SRID
    collections                      list of these, or of structs of these (complex values, expanded entities)
    all others                       string: JSON of members of open types, and of values of unknown types

Complex values and single related entities are columns of their own (``Network.VLan``). The EDM type stands in each field's
metadata (``edm.type``).

Source: the Arrow columnar format; digest section 3 for the values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from odata3.edm.model import EnumType
from odata3.edm.primitives import PrimitiveType
from odata3.errors import InvalidOperationError
from odata3.tabular.columns import Cells
from odata3.tabular.delimited import spelled
from odata3.tabular.instants import ColumnTypes, Instants

_DECIMALS = (38, 9)  # all digits of .NET's integers, and of money
_WIDE = 38

_PLAIN = {
    "Edm.Boolean": "bool_",
    "Edm.Byte": "uint8",
    "Edm.SByte": "int8",
    "Edm.Int16": "int16",
    "Edm.Int32": "int32",
    "Edm.Int64": "int64",
    "Edm.Single": "float32",
    "Edm.Double": "float64",
    "Edm.String": "string",
    "Edm.Binary": "binary",
}
_TIMES = ("Edm.Time", "Edm.DateTime", "Edm.DateTimeOffset")

Convert = Callable[[Any], Any]
_Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its cells, how messages call it, its field of the schema, and what makes a value one that pyarrow takes (None:
    nothing)."""

    cells: Cells
    label: str
    arrow: Any
    convert: Convert | None

    def value(self, row: Mapping[str, Any]) -> Any:
        """The column's value in a row, as pyarrow takes it."""
        found = self.cells.of(row)
        return found if found is None or self.convert is None else self.convert(found)


class Fields:
    """Makes the fields of one table; what is not said by the model (zones, units) is seen in the rows that are known."""

    def __init__(self, pyarrow: Any, types: ColumnTypes, instants: Instants) -> None:
        self._pyarrow = pyarrow
        self._types = types
        self._instants = instants

    def of_columns(self, cells: Iterable[Cells], rows: _Rows, within: str = "") -> list[Field]:
        """The fields of columns, which messages call by their names behind ``within``."""
        return [self._field(one, rows, within + one.name) for one in cells]

    def _field(self, cells: Cells, rows: _Rows, label: str) -> Field:
        found, convert = self._type(cells, rows, label)
        return Field(cells, label, self._pyarrow.field(cells.name, found, metadata=_told(cells)), convert)

    def _type(self, cells: Cells, rows: _Rows, label: str) -> tuple[Any, Convert | None]:
        kind = cells.column.type
        if type(kind) is PrimitiveType or isinstance(kind, EnumType):
            found, convert = self._single(cells, kind, rows, label)
            if not cells.column.is_collection:
                return found, convert
            return self._pyarrow.list_(found), None if convert is None else _each(convert)
        if cells.items is None:
            return self._pyarrow.string(), spelled
        members = [member for row in rows for member in cells.of(row) or () if isinstance(member, Mapping)]
        fields = self.of_columns(cells.items, members, f"{label}.")
        return self._pyarrow.list_(self._pyarrow.struct([field.arrow for field in fields])), _each(_struct(fields))

    def _single(self, cells: Cells, kind: PrimitiveType | EnumType, rows: _Rows, label: str) -> tuple[Any, Convert | None]:
        """The type of single values, and what makes them."""
        arrow = self._pyarrow
        if isinstance(kind, EnumType) or kind.name == "Edm.Guid":
            return arrow.string(), str
        if kind.name in _PLAIN:
            return getattr(arrow, _PLAIN[kind.name])(), None
        if kind.name == "Edm.Decimal":
            precision, scale = self._types.decimals or cells.column.digits or _DECIMALS
            return (arrow.decimal128 if precision <= _WIDE else arrow.decimal256)(precision, scale), None
        if kind.name not in _TIMES:
            return arrow.string(), kind.format
        unit = self._instants.unit(map(cells.of, rows))
        counted = self._instants.counter(label, unit)
        if kind.name == "Edm.Time":
            return arrow.duration(unit), counted
        if kind.name == "Edm.DateTimeOffset" or self._types.utc:
            return arrow.timestamp(unit, "UTC"), counted
        zoned = _first_is_zoned(cells, rows)
        return arrow.timestamp(unit, "UTC" if zoned else None), _of_one_sort(label, zoned, counted)


def _told(cells: Cells) -> dict[str, str] | None:
    kind = cells.column.type
    if kind is None:
        return None
    name = kind.name if isinstance(kind, PrimitiveType) else kind.full_name
    return {"edm.type": f"Collection({name})" if cells.column.is_collection else name}


def _each(convert: Convert) -> Convert:
    return lambda values: [None if value is None else convert(value) for value in values]


def _struct(fields: list[Field]) -> Convert:
    return lambda member: {field.cells.name: field.value(member) for field in fields}


def _first_is_zoned(cells: Cells, rows: _Rows) -> bool:
    """Whether the first moment of a column carries a zone; without one there is none."""
    for row in rows:
        value = cells.of(row)
        for moment in value if isinstance(value, list) else (value,):
            if isinstance(moment, datetime):
                return moment.tzinfo is not None
    return False


def _of_one_sort(column: str, zoned: bool, count: Callable[[Any], int]) -> Convert:
    """A column holds moments with a zone or such without, as its first."""

    def counted(value: Any) -> int:
        if (value.tzinfo is not None) is not zoned:
            said = "carries a zone, and those before it none" if not zoned else "carries no zone, and those before it do"
            raise InvalidOperationError(f"column {column}: {value} {said}; utc=True takes all of them for moments in UTC")
        return count(value)

    return counted
