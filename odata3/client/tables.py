"""A query's rows as tables: plain dictionaries, a CSV file, a pandas DataFrame. Nothing of it is tracked.

Related entities that were expanded stand in a row as dictionaries of their own, or lists of these.
"""

from __future__ import annotations

import base64
import csv
import enum
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from os import PathLike
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID

from odata3.edm.model import EntityType
from odata3.edm.primitives import primitive
from odata3.entities.changes import set_names
from odata3.entities.entity import ComplexValue, Entity, held, type_of
from odata3.errors import ArgumentError

#: pandas' types by EDM type: those that hold None beside the values.
_COLUMN_TYPES = {
    "Edm.Boolean": "boolean",
    "Edm.Byte": "UInt8",
    "Edm.SByte": "Int8",
    "Edm.Int16": "Int16",
    "Edm.Int32": "Int32",
    "Edm.Int64": "Int64",
    "Edm.Single": "Float32",
    "Edm.Double": "Float64",
    "Edm.String": "string",
}
_MOMENTS = ("Edm.DateTime", "Edm.DateTimeOffset")
_REPORT_EVERY = 1000


def record(row: Any) -> Any:
    """A row as plain values: an entity as a dictionary of what it holds, anything else as it is."""
    if not isinstance(row, Entity):
        return row.to_dict() if isinstance(row, ComplexValue) else row
    values = row.to_dict()
    plain = {name: values[name] for name in set_names(row)}
    for navigation in type_of(row).navigation_properties:
        related = held(row, navigation.name)
        if isinstance(related, list):
            plain[navigation.name] = [record(item) for item in related]
        elif related is not None:
            plain[navigation.name] = record(related)
    return plain


def check_target(target: object) -> None:
    """``ArgumentError`` for what is neither a path nor a file."""
    if not isinstance(target, str | PathLike) and not hasattr(target, "write"):
        raise ArgumentError(f"a path or a text file is needed, not {target!r}")


def write_csv(
    rows: Iterable[Any], target: str | PathLike[str] | TextIO, columns: tuple[str, ...], progress: Callable[[int], object] | None
) -> int:
    """Write rows as they come; the number of them. ``progress`` is told that number from time to time, and at the end."""
    if isinstance(target, str | PathLike):
        with Path(target).open("w", encoding="utf-8", newline="") as file:
            return write_csv(rows, file, columns, progress)
    writer = csv.writer(target)
    count = 0
    for row in rows:
        named = _named(record(row), columns)
        if count == 0:
            columns = columns or tuple(named)
            writer.writerow(columns)
        writer.writerow([_cell(named.get(name)) for name in columns])
        count += 1
        if progress is not None and count % _REPORT_EVERY == 0:
            progress(count)
    if count == 0 and columns:
        writer.writerow(columns)
    if progress is not None:
        progress(count)
    return count


def dataframe(rows: Iterable[Any], columns: tuple[str, ...], edm_type: EntityType | None) -> Any:
    """A pandas DataFrame whose columns have the types of the properties. Needs pandas (extra ``pandas``)."""
    try:
        import pandas as pd  # type: ignore[import-untyped,import-not-found,unused-ignore]
    except ImportError as error:
        raise ImportError("to_dataframe needs pandas: pip install odata3[pandas]") from error
    records = [_named(record(row), columns) for row in rows]
    names = columns or tuple(dict.fromkeys(name for found in records for name in found))
    made: dict[str, Any] = {}
    for name in names:
        values = [found.get(name) for found in records]
        prop = None if edm_type is None else edm_type.properties.get(name)
        made[name] = _column(pd, values, None if prop is None else prop.type)
    return pd.DataFrame(made, columns=list(names))


def _column(pd: Any, values: list[Any], type_name: str | None) -> Any:
    chosen = _COLUMN_TYPES.get(type_name or "")
    if chosen is not None:
        return pd.array(values, dtype=chosen)
    if type_name in _MOMENTS and values and _fits(values):
        return pd.to_datetime(pd.Series(values, dtype="object"))
    if type_name == "Edm.Time":
        return pd.to_timedelta(pd.Series(values, dtype="object"))
    return pd.Series(values, dtype="object") if type_name is not None or not values else values


def _fits(values: list[Any]) -> bool:
    """Whether moments are all naive or all of one offset, and in the years that pandas counts."""
    offsets = {value.utcoffset() for value in values if value is not None}
    return len(offsets) == 1 and all(value is None or 1678 <= value.year <= 2261 for value in values)


def _named(row: Any, columns: tuple[str, ...]) -> Mapping[str, Any]:
    """A row's values by name: those of a tuple are numbered, a single value is called ``value``."""
    if isinstance(row, Mapping):
        return row
    if isinstance(row, tuple | list):
        fields = getattr(row, "_fields", columns or tuple(map(str, range(len(row)))))
        return dict(zip(fields, row, strict=False))
    attributes = getattr(type(row), "__dataclass_fields__", None)
    if attributes is not None:
        return {name: getattr(row, name) for name in attributes}
    return {"value": row}


def _cell(value: Any) -> object:
    """A value as CSV text: ISO 8601 for moments, EDM's durations, base64 for bytes, JSON for what has parts."""
    if value is None or isinstance(value, str | bool | int | float | Decimal | UUID):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        time = primitive("Edm.Time")
        assert time is not None
        return time.format(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, enum.Enum):
        return value.name
    return json.dumps(value, default=lambda inner: str(_cell(inner)), ensure_ascii=False)


def columns_of(edm_type: EntityType, selected: tuple[str, ...], expanded: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of a table of entities: the properties selected, or all that travel as values; and what is expanded."""
    values = tuple(p.name for p in edm_type.properties if not p.is_stream)
    chosen = tuple(path for path in selected if path in values)
    related = tuple(dict.fromkeys(path.partition("/")[0] for path in expanded))
    return (*(chosen if selected and "*" not in selected else values), *related)
