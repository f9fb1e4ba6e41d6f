"""A query's rows as Arrow record batches and Parquet files, batch by batch as the pages come. The schema follows from the model::

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
    collections of primitives        list of these
    all others                       string: JSON of complex collections, expanded collections and values of unknown types

Complex values and single related entities are columns of their own (``Network.VLan``). The EDM type stands in each field's
metadata (``edm.type``). What a column cannot hold is refused with column and value (``InvalidOperationError``), digits that are
cut are told (:class:`~odata3.tabular.instants.RoundingWarning`).

Moments count in microseconds; in nanoseconds where their seventh digit needs it and all of the column fit (1678 to 2261), as
far as that can be known: of a result that is read batch by batch, and has more than one, the schema stands before the rows.
There it is microseconds, unless ``time_unit`` says otherwise.

Source: the Arrow columnar format; digest section 3 for the values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, islice
from os import PathLike
from typing import Any, BinaryIO

from odata3.edm.model import EnumType
from odata3.edm.primitives import PrimitiveType
from odata3.errors import InvalidOperationError
from odata3.tabular.columns import Cells
from odata3.tabular.delimited import spelled
from odata3.tabular.files import whole_file
from odata3.tabular.instants import ColumnTypes, Instants

#: Rows of a batch; a batch is a row group of a Parquet file.
SIZE = 65_536
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


def record_batches(
    rows: Iterable[Mapping[str, Any]], cells: tuple[Cells, ...], types: ColumnTypes | None = None, *, size: int = SIZE
) -> Any:
    """A ``pyarrow.RecordBatchReader`` over rows as ``exact_record`` gives them, in batches of ``size`` rows; one batch is held.

    The first batch is read at once: whether the texts of an ``Edm.DateTime`` carry a zone is seen there; and where it holds all
    rows, which unit its moments need. ``ImportError`` where
    pyarrow is missing. What the reader raises is an ``InvalidOperationError`` for what a column cannot hold, else the query's
    own.
    """
    pyarrow = _pyarrow()
    coming = iter(rows)
    first = list(islice(coming, size + 1))
    chosen = types or ColumnTypes()
    if chosen.time_unit is None and len(first) > size:
        chosen = replace(chosen, time_unit="us")
    writer = _Columns(pyarrow, chosen, cells, first)
    return pyarrow.RecordBatchReader.from_batches(writer.schema, writer.batches(chain(first, coming), size))


def arrow_table(rows: Iterable[Mapping[str, Any]], cells: tuple[Cells, ...], types: ColumnTypes | None = None) -> Any:
    """A ``pyarrow.Table`` of rows as ``exact_record`` gives them. Raises what ``record_batches`` raises."""
    pyarrow = _pyarrow()
    known = list(rows)
    writer = _Columns(pyarrow, types or ColumnTypes(), cells, known)
    return pyarrow.Table.from_batches(list(writer.batches(iter(known), SIZE)), writer.schema)


def write_parquet(
    rows: Iterable[Mapping[str, Any]],
    target: str | PathLike[str] | BinaryIO,
    cells: tuple[Cells, ...],
    progress: Callable[[int], object] | None = None,
    types: ColumnTypes | None = None,
) -> int:
    """Write rows to a Parquet file (a path, or a binary file) batch by batch; the number of them, which ``progress`` is told too.

    A file stands under its name when it is whole. Raises what ``record_batches`` raises.
    """
    _pyarrow()
    from pyarrow.parquet import ParquetWriter

    reader = record_batches(rows, cells, types)
    count = 0
    with whole_file(target) as place, ParquetWriter(place, reader.schema) as file:
        for batch in reader:
            file.write_batch(batch)
            count += batch.num_rows
            if progress is not None:
                progress(count)
    return count


def _pyarrow() -> Any:
    try:
        import pyarrow
    except ImportError as error:
        raise ImportError("Arrow and Parquet need pyarrow: pip install odata3[arrow]") from error
    return pyarrow


@dataclass(frozen=True, slots=True)
class _Field:
    """A column: its cells, its type, and what makes a value one that pyarrow takes (None: nothing)."""

    cells: Cells
    type: Any
    convert: Callable[[Any], Any] | None


class _Columns:
    """Makes the batches of one table."""

    def __init__(self, pyarrow: Any, types: ColumnTypes, cells: tuple[Cells, ...], first: list[Mapping[str, Any]]) -> None:
        self._pyarrow = pyarrow
        self._types = types
        self._instants = Instants(types)
        self._fields = [self._field(one, first) for one in cells]
        self.schema = pyarrow.schema([pyarrow.field(f.cells.name, f.type, metadata=_told(f.cells)) for f in self._fields])

    def batches(self, coming: Iterator[Mapping[str, Any]], size: int) -> Iterator[Any]:
        """The batches, the digits that were cut told at the end."""
        while rows := list(islice(coming, size)):
            arrays = [self._array(field, [field.cells.of(row) for row in rows]) for field in self._fields]
            yield self._pyarrow.RecordBatch.from_arrays(arrays, schema=self.schema)
        self._instants.tell()

    # -- types

    def _field(self, cells: Cells, first: list[Mapping[str, Any]]) -> _Field:
        kind = cells.column.type
        if type(kind) is PrimitiveType or isinstance(kind, EnumType):
            found, convert = self._of(cells, kind, first)
            if not cells.column.is_collection:
                return _Field(cells, found, convert)
            return _Field(cells, self._pyarrow.list_(found), None if convert is None else _each(convert))
        return _Field(cells, self._pyarrow.string(), spelled)

    def _of(self, cells: Cells, kind: PrimitiveType | EnumType, first: list[Mapping[str, Any]]) -> tuple[Any, Any]:
        """The type of single values, and what makes them."""
        arrow = self._pyarrow
        if isinstance(kind, EnumType) or kind.name == "Edm.Guid":
            return arrow.string(), str
        if kind.name in _PLAIN:
            return getattr(arrow, _PLAIN[kind.name])(), None
        if kind.name == "Edm.Decimal":
            return self._decimal(cells), None
        if kind.name not in ("Edm.Time", "Edm.DateTime", "Edm.DateTimeOffset"):
            return arrow.string(), kind.format
        unit = self._instants.unit(map(cells.of, first))
        counted = self._instants.counter(cells.name, unit)
        if kind.name == "Edm.Time":
            return arrow.duration(unit), counted
        if kind.name == "Edm.DateTimeOffset" or self._types.utc:
            return arrow.timestamp(unit, "UTC"), counted
        zoned = _first_is_zoned(cells, first)
        return arrow.timestamp(unit, "UTC" if zoned else None), _of_one_sort(cells.name, zoned, counted)

    def _decimal(self, cells: Cells) -> Any:
        precision, scale = self._types.decimals or cells.column.digits or _DECIMALS
        make = self._pyarrow.decimal128 if precision <= _WIDE else self._pyarrow.decimal256
        return make(precision, scale)

    # -- values

    def _array(self, field: _Field, values: list[Any]) -> Any:
        convert = field.convert
        made = values if convert is None else [None if value is None else convert(value) for value in values]
        try:
            array = self._pyarrow.array(made, field.type, from_pandas=False)
            if isinstance(array, self._pyarrow.ChunkedArray):
                raise InvalidOperationError(
                    f"column {field.cells.name} holds more than 2 GiB in a batch: take a smaller batch_size"
                )
            return array
        except InvalidOperationError:
            raise
        except (self._pyarrow.ArrowException, TypeError, ValueError, OverflowError) as error:
            raise self._refusal(field, values, made, error) from error

    def _refusal(self, field: _Field, values: list[Any], made: list[Any], error: Exception) -> InvalidOperationError:
        """Which value it is that does not fit."""
        culprit = "one of its values"
        for value, converted in zip(values, made, strict=True):
            try:
                self._pyarrow.array([converted], field.type, from_pandas=False)
            except (self._pyarrow.ArrowException, TypeError, ValueError, OverflowError) as reason:
                culprit, error = ascii(value)[:80], reason
                break
        advice = "; decimals=(precision, scale) says how many digits it has" if self._pyarrow.types.is_decimal(field.type) else ""
        return InvalidOperationError(f"column {field.cells.name} ({field.type}) cannot hold {culprit}: {error}{advice}")


def _told(cells: Cells) -> dict[str, str] | None:
    kind = cells.column.type
    if kind is None:
        return None
    name = kind.full_name if isinstance(kind, EnumType) else str(getattr(kind, "name", kind))
    return {"edm.type": f"Collection({name})" if cells.column.is_collection else name}


def _each(convert: Callable[[Any], Any]) -> Callable[[Any], list[Any]]:
    return lambda values: [None if value is None else convert(value) for value in values]


def _first_is_zoned(cells: Cells, rows: list[Mapping[str, Any]]) -> bool:
    """Whether the first moment of a column carries a zone; without one there is none."""
    for row in rows:
        value = cells.of(row)
        for moment in value if isinstance(value, list) else (value,):
            if isinstance(moment, datetime):
                return moment.tzinfo is not None
    return False


def _of_one_sort(column: str, zoned: bool, count: Callable[[Any], int]) -> Callable[[Any], int]:
    """A column holds moments with a zone or such without, as its first."""

    def counted(value: Any) -> int:
        if (value.tzinfo is not None) is not zoned:
            said = "carries a zone, and those before it none" if not zoned else "carries no zone, and those before it do"
            raise InvalidOperationError(f"column {column}: {value} {said}; utc=True takes all of them for moments in UTC")
        return count(value)

    return counted
