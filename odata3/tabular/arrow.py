"""A query's rows as Arrow record batches and Parquet files, batch by batch as the pages come.

The schema follows from the model (drawn in ``fields.py``). What a column cannot hold is refused with column and value
(``InvalidOperationError``), digits that are cut are told (:class:`~odata3.tabular.instants.RoundingWarning`).

Moments count in microseconds; in nanoseconds where their seventh digit needs it and all of the column fit (1678 to 2261), as far
as that can be known: of a result that is read batch by batch, and has more than one, the schema stands before the rows. There it
is microseconds, unless ``time_unit`` says otherwise.

Source: the Arrow columnar format; digest section 3 for the values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, islice
from os import PathLike
from typing import Any, BinaryIO

from odata3.errors import InvalidOperationError
from odata3.tabular.columns import Cells
from odata3.tabular.fields import Field, Fields
from odata3.tabular.files import whole_file
from odata3.tabular.instants import ColumnTypes, Instants

#: Rows of a batch; a batch is a row group of a Parquet file.
SIZE = 65_536


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
        raise ImportError("Arrow and Parquet need pyarrow: pip install 'odata3[arrow]'") from error
    return pyarrow


class _Columns:
    """Makes the batches of one table."""

    def __init__(self, pyarrow: Any, types: ColumnTypes, cells: tuple[Cells, ...], first: list[Mapping[str, Any]]) -> None:
        self._pyarrow = pyarrow
        self._instants = Instants(types)
        self._fields = Fields(pyarrow, types, self._instants).of_columns(cells, first)
        self.schema = pyarrow.schema([field.arrow for field in self._fields])

    def batches(self, coming: Iterator[Mapping[str, Any]], size: int) -> Iterator[Any]:
        """The batches, the digits that were cut told at the end."""
        while rows := list(islice(coming, size)):
            arrays = [self._array(field, rows) for field in self._fields]
            yield self._pyarrow.RecordBatch.from_arrays(arrays, schema=self.schema)
        self._instants.tell()

    def _array(self, field: Field, rows: list[Mapping[str, Any]]) -> Any:
        made = [field.value(row) for row in rows]
        try:
            array = self._pyarrow.array(made, field.arrow.type, from_pandas=False)
        except (self._pyarrow.ArrowException, TypeError, ValueError, OverflowError) as error:
            raise self._refusal(field, rows, made, error) from error
        if isinstance(array, self._pyarrow.ChunkedArray):
            raise InvalidOperationError(f"column {field.label} holds more than 2 GiB in a batch: take a smaller batch_size")
        return array

    def _refusal(self, field: Field, rows: list[Mapping[str, Any]], made: list[Any], error: Exception) -> InvalidOperationError:
        """Which value it is that does not fit."""
        kind, culprit = field.arrow.type, "one of its values"
        for row, converted in zip(rows, made, strict=True):
            try:
                self._pyarrow.array([converted], kind, from_pandas=False)
            except (self._pyarrow.ArrowException, TypeError, ValueError, OverflowError) as reason:
                culprit, error = ascii(field.cells.of(row))[:80], reason
                break
        advice = "; decimals=(precision, scale) says how many digits it has" if "decimal" in str(kind) else ""
        return InvalidOperationError(f"column {field.label} ({kind}) cannot hold {culprit}: {error}{advice}")
