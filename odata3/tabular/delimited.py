"""Rows as CSV: values as EDM spells them, with every digit.

::

    ctx.Machines.expand("Host").to_csv("machines.csv")

    ID,Name,Network.Address,Network.VLan,Tags,Host.Name
    1,web-01,10.0.0.1,7,"[""prod""]",north

Source: RFC 4180; the lexical forms of EDM (digest section 3).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager
from os import PathLike
from typing import Any, TextIO

from odata3.edm.moments import FineDateTime, FineDuration
from odata3.edm.primitives import PrimitiveType, primitive_of
from odata3.tabular.columns import Cells
from odata3.tabular.files import whole_file
from odata3.uri.translation import Column

_REPORT_EVERY = 1000


def write_csv(
    rows: Iterable[Mapping[str, Any]],
    target: str | PathLike[str] | TextIO,
    cells: tuple[Cells, ...],
    progress: Callable[[int], object] | None,
) -> int:
    """Write rows as they come; the number of them, which ``progress`` is told every thousand rows and at the end.

    A file stands under its name when it is whole: what was written before a failure is taken away again.
    """
    with _opened(target) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([one.name for one in cells])
        spellings = [(one, _spelling(one.column)) for one in cells]
        count = 0
        for count, row in enumerate(rows, 1):
            writer.writerow([None if (value := one.of(row)) is None else spell(value) for one, spell in spellings])
            if progress is not None and count % _REPORT_EVERY == 0:
                progress(count)
    if progress is not None:
        progress(count)
    return count


@contextmanager
def _opened(target: str | PathLike[str] | TextIO) -> Any:
    if not isinstance(target, str | PathLike):
        yield target
        return
    with whole_file(target) as part, open(part, "w", encoding="utf-8", newline="") as file:
        yield file


def _spelling(column: Column) -> Callable[[Any], object]:
    """How a column's values stand in CSV: texts as they are, others as EDM spells them, what has parts as JSON."""
    if type(column.type) is PrimitiveType and not column.is_collection:
        return spelled if column.type.name in _MOMENTS else column.type.format
    return spelled


_MOMENTS = ("Edm.DateTime", "Edm.DateTimeOffset", "Edm.Time")


def spelled(value: Any) -> str:
    """A value in a cell of text: texts as they are, what has parts as JSON, others as EDM spells them, with every digit."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict):
        return json.dumps(_json(value), ensure_ascii=False)
    return value.text if isinstance(value, FineDateTime | FineDuration) else primitive_of(value).format(value)


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _json(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, FineDateTime | FineDuration):
        return value.text
    return value if value is None or isinstance(value, str) else primitive_of(value).to_light(value)
