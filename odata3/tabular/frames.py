"""A query's rows as a pandas DataFrame. The types of the columns follow from the model, also where there is no row::

    Edm.Boolean                      boolean
    Edm.Byte, SByte, Int16 to Int64  UInt8, Int8, Int16, Int32, Int64
    Edm.Single, Double               Float32, Float64              null is NA, and is not NaN
    Edm.String                       string
    Edm.DateTime                     datetime64[us]                datetime64[us, UTC] where the texts carry a zone
    Edm.DateTimeOffset               datetime64[us, UTC]           the moment; the offset is not kept
    Edm.Time                         timedelta64[us]
    enum types                       category, of the type's members in their order
    Edm.Decimal, Guid, Binary        object: Decimal, UUID, bytes
    all others                       object: spatial values, lists, dictionaries

Moments count in microseconds, or in nanoseconds where their seventh digit needs it and all of the column fit (1678 to 2261);
``time_unit`` settles it for all columns. What a column cannot hold is refused
(``InvalidOperationError``), what it rounds is told (:class:`~odata3.tabular.instants.RoundingWarning`). Moments with a zone and
such without in one column stay Python's own.

Source: the nullable types of pandas 2 and 3; digest section 3 for the values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any

from odata3.edm.model import EnumType
from odata3.edm.primitives import PrimitiveType
from odata3.errors import InvalidOperationError
from odata3.tabular.columns import Cells
from odata3.tabular.instants import ColumnTypes, Instants

_NULLABLE = {
    "Edm.Boolean": "boolean",
    "Edm.Byte": "UInt8",
    "Edm.SByte": "Int8",
    "Edm.Int16": "Int16",
    "Edm.Int32": "Int32",
    "Edm.Int64": "Int64",
    "Edm.String": "string",
}
_FLOATS = {"Edm.Single": "float32", "Edm.Double": "float64"}
_NO_TIME = -(2**63)

Column = Callable[[list[Any]], Any]


def dataframe(rows: Iterable[Mapping[str, Any]], cells: tuple[Cells, ...], types: ColumnTypes | None = None) -> Any:
    """A pandas DataFrame of rows as ``exact_record`` gives them. ``ImportError`` where pandas is missing."""
    try:
        import pandas
    except ImportError as error:
        raise ImportError("to_dataframe needs pandas: pip install 'odata3[pandas]'") from error
    values: list[list[Any]] = [[] for _ in cells]
    for row in rows:
        for one, column in zip(cells, values, strict=True):
            column.append(one.of(row))
    maker = _Columns(pandas, types or ColumnTypes())
    made = {one.name: maker.column(one, column) for one, column in zip(cells, values, strict=True)}
    maker.instants.tell()
    return pandas.DataFrame(made, columns=[one.name for one in cells])


class _Columns:
    """Makes the columns of one frame."""

    def __init__(self, pandas: Any, types: ColumnTypes) -> None:
        self._pandas = pandas
        self._numpy: Any = import_module("numpy")
        self._types = types
        self.instants = Instants(types)

    def column(self, cells: Cells, values: list[Any]) -> Any:
        try:
            return self._made(cells, values)
        except (TypeError, ValueError, OverflowError) as error:
            if isinstance(error, InvalidOperationError):
                raise
            raise InvalidOperationError(f"column {cells.name} cannot hold {_culprit(values)}: {error}") from error

    def _made(self, cells: Cells, values: list[Any]) -> Any:
        kind = cells.column.type
        if cells.column.is_collection:
            return self._objects(cells.name, values)
        if isinstance(kind, EnumType) and not kind.is_flags:
            names = [member.name for member in kind.members]
            if all(value is None or value in names for value in values):
                return self._pandas.Series(self._pandas.Categorical(values, categories=names, ordered=False))
        if type(kind) is PrimitiveType:
            if kind.name in _NULLABLE:
                return self._pandas.Series(values, dtype=_NULLABLE[kind.name])
            if kind.name in _FLOATS:
                return self._floats(values, _FLOATS[kind.name])
            if kind.name == "Edm.Time":
                return self._pandas.Series(self._counted(cells.name, values, "m8"))
            if kind.name in ("Edm.DateTime", "Edm.DateTimeOffset"):
                return self._moments(cells.name, values, is_offset=kind.name == "Edm.DateTimeOffset")
        return self._objects(cells.name, values)

    def _objects(self, name: str, values: list[Any]) -> Any:
        return self._pandas.Series([self.instants.plain(name, value) for value in values], dtype="object")

    def _floats(self, values: list[Any], dtype: str) -> Any:
        """NaN stands among the values, null in the mask."""
        mask = self._numpy.array([value is None for value in values], dtype=bool)
        numbers = self._numpy.array([0.0 if value is None else value for value in values], dtype=dtype)
        return self._pandas.Series(self._pandas.arrays.FloatingArray(numbers, mask))

    def _moments(self, name: str, values: list[Any], *, is_offset: bool) -> Any:
        zoned = {value.tzinfo is not None for value in values if value is not None}
        if len(zoned) == 2 and not self._types.utc:
            return self._objects(name, values)
        series = self._pandas.Series(self._counted(name, values, "M8"))
        return series.dt.tz_localize("UTC") if is_offset or self._types.utc or zoned == {True} else series

    def _counted(self, name: str, values: list[Any], sort: str) -> Any:
        unit = self.instants.unit(values)
        count = self.instants.counter(name, unit)
        numbers = [_NO_TIME if value is None else count(value) for value in values]
        return self._numpy.array(numbers, dtype="int64").view(f"{sort}[{unit}]")


def _culprit(values: list[Any]) -> str:
    """The value that is no character of UTF-8, or simply one of the values."""
    for value in values:
        if isinstance(value, str) and not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                return ascii(value)[:80]
    return "one of its values"
