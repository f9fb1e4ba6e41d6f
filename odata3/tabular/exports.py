"""The ends of a query that give tables: dictionaries, CSV, a pandas DataFrame, Arrow, Parquet.

All rows are read, page by page, and none is tracked. The columns follow from the model and the query, so that a result without
rows has them too: complex values and expanded single entities stand in columns of their own (``Network.VLan``). What a column
cannot hold exactly is refused, or told by a :class:`~odata3.tabular.instants.RoundingWarning`.

Source: the types are drawn in ``frames.py`` and ``arrow.py``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from os import PathLike
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from odata3.errors import ArgumentError
from odata3.tabular.arrow import SIZE, arrow_table, record_batches, write_parquet
from odata3.tabular.columns import Cells
from odata3.tabular.delimited import write_csv
from odata3.tabular.files import check_target
from odata3.tabular.frames import dataframe
from odata3.tabular.instants import ColumnTypes, TimeUnit

if TYPE_CHECKING:
    from pandas import DataFrame
    from pyarrow import RecordBatchReader, Table


class Exports(ABC):
    """What a query can be turned into."""

    __slots__ = ()

    @abstractmethod
    def _records(self, prefetch: bool) -> Iterator[dict[str, Any]]:
        """All rows as dictionaries, untracked."""

    @abstractmethod
    def _exact_records(self, prefetch: bool) -> Iterator[dict[str, Any]]:
        """The same with every digit of moments and durations."""

    @abstractmethod
    def _cells(self) -> tuple[Cells, ...]:
        """The columns of a table of the rows, known before the first."""

    def to_dicts(self, *, prefetch: bool = False) -> list[dict[str, Any]]:
        """All rows as dictionaries of the plain values they hold; nothing is tracked. With ``prefetch`` the next page is asked
        for while the rows of this one are used."""
        return list(self._records(prefetch))

    def to_csv(
        self, target: str | PathLike[str] | TextIO, *, progress: Callable[[int], object] | None = None, prefetch: bool = False
    ) -> int:
        """Write all rows to a CSV file (``target``: a path, or an open text file) as they come, and give their number.

        ``progress`` is told that number every thousand rows and at the end; ``prefetch`` asks for the next page ahead. Values
        stand as EDM spells them, with every digit; nothing is tracked. A file stands under its name when it is whole.
        ``ArgumentError`` for another target.
        """
        check_target(target)
        return write_csv(self._exact_records(prefetch), target, self._cells(), progress)

    def to_dataframe(self, *, prefetch: bool = False, time_unit: TimeUnit | None = None, utc: bool = False) -> DataFrame:
        """All rows as a pandas DataFrame with the nullable and datetime types of pandas (extra ``pandas``).

        Moments count in microseconds, or in nanoseconds where the seventh digit of a second needs it and all of the column lie
        from 1678 to 2261. ``time_unit`` settles it: ``"us"`` reaches from the year 1 to 9999 and cuts the seventh digit, which
        a :class:`~odata3.tabular.instants.RoundingWarning` tells; ``"ns"`` holds it from 1678 to 2261. ``utc`` takes every
        ``Edm.DateTime`` as UTC; ``prefetch`` asks for the next page ahead. ``InvalidOperationError`` for what a column cannot
        hold, ``ImportError`` without pandas.
        """
        return dataframe(self._exact_records(prefetch), self._cells(), ColumnTypes(time_unit, None, utc))

    def to_arrow(
        self,
        *,
        prefetch: bool = False,
        time_unit: TimeUnit | None = None,
        decimals: tuple[int, int] | None = None,
        utc: bool = False,
    ) -> Table:
        """All rows as a ``pyarrow.Table`` (extra ``arrow``).

        The keywords are those of :meth:`to_arrow_reader` (``time_unit``, ``utc``, ``prefetch``, and ``decimals`` in digits),
        and so are the errors.
        """
        types = ColumnTypes(time_unit, decimals, utc)
        return arrow_table(self._exact_records(prefetch), self._cells(), types)

    def to_arrow_reader(
        self,
        *,
        prefetch: bool = False,
        time_unit: TimeUnit | None = None,
        decimals: tuple[int, int] | None = None,
        utc: bool = False,
        batch_size: int = SIZE,
    ) -> RecordBatchReader:
        """All rows as a ``pyarrow.RecordBatchReader`` that asks for the pages as its batches, of ``batch_size`` rows, are read.

        ``time_unit``, ``utc`` and ``prefetch`` are those of :meth:`to_dataframe`; ``decimals`` is the (precision, scale) of all
        ``Edm.Decimal`` columns, in digits, where the facets of the model (else 38 and 9) do not hold the values.
        ``ArgumentError`` for a ``batch_size`` below 1, ``InvalidOperationError`` for what a column cannot hold, ``ImportError``
        without pyarrow.
        """
        if not isinstance(batch_size, int) or batch_size < 1:
            raise ArgumentError(f"batch_size is a number of rows, 1 or more, not {batch_size!r}")
        types = ColumnTypes(time_unit, decimals, utc)
        return record_batches(self._exact_records(prefetch), self._cells(), types, size=batch_size)

    def to_parquet(
        self,
        target: str | PathLike[str] | BinaryIO,
        *,
        progress: Callable[[int], object] | None = None,
        prefetch: bool = False,
        time_unit: TimeUnit | None = None,
        decimals: tuple[int, int] | None = None,
        utc: bool = False,
    ) -> int:
        """Write all rows to a Parquet file (``target``: a path, or a binary file) batch by batch, and give their number.

        ``progress`` is told that number after each batch. A file stands under its name when it is whole. The other keywords are
        those of :meth:`to_arrow_reader` (``time_unit``, ``utc``, ``prefetch``, and ``decimals`` in digits), and so are the
        errors; ``ArgumentError`` for another target.
        """
        check_target(target)
        types = ColumnTypes(time_unit, decimals, utc)
        return write_parquet(self._exact_records(prefetch), target, self._cells(), progress, types)
