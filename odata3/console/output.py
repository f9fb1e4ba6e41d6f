"""Rows as they leave a command: a table, JSON, lines of JSON, CSV or Parquet, on stdout or in a file.

All are written as the rows come, and hold a thousand rows at most. A file stands under its name when it is whole: what was
written before a failure is taken away again.
"""

from __future__ import annotations

import contextlib
import csv
import json
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, Protocol, TextIO

import click
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from odata3.console.terminal import console, is_terminal, say, visible
from odata3.edm.moments import FineDateTime, FineDuration
from odata3.edm.primitives import primitive_of
from odata3.errors import ArgumentError
from odata3.tabular.arrow import write_parquet
from odata3.tabular.columns import Cells
from odata3.tabular.delimited import write_csv
from odata3.tabular.files import whole_file
from odata3.tabular.instants import RoundingWarning

#: What rows of any kind are written as; those of a query also as Parquet.
FORMATS = ("table", "json", "jsonl", "csv")
ENTITY_FORMATS = (*FORMATS, "parquet")

#: So many rows decide how wide the columns of a table are.
_MEASURED = 1000
_BETWEEN = "   "

Row = Mapping[str, Any]


class Column(Protocol):
    """A column, and its value in a row."""

    @property
    def name(self) -> str: ...

    def of(self, row: Row, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class Named:
    """The column of a row's item."""

    name: str

    def of(self, row: Row, /) -> Any:
        return row.get(self.name)


def format_option(forms: Sequence[str] = FORMATS) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``--format``."""
    return click.option(
        "--format", "form", type=click.Choice(forms), default="table", show_default=True, help="How the result is written."
    )


def output_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """``-o FILE``."""
    option = click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file for the result.")
    return option(function)


def write_rows(rows: Iterable[Row], form: str, columns: Sequence[str], output: Path | None = None) -> int:
    """Write rows in one of :data:`FORMATS`, with these of their items; gives how many there were."""
    named = [Named(name) for name in columns]
    with opened(output) as stream:
        if form == "table":
            return write_table(rows, named, stream)
        if form == "csv":
            return _write_csv(rows, named, stream)
        return write_json(({one.name: one.of(row) for one in named} for row in rows), stream, lines=form == "jsonl")


def write_entities(
    rows: Iterable[Row],
    form: str,
    cells: Sequence[Cells],
    output: Path | None,
    *,
    chosen: bool,
    before: Callable[[], object] = lambda: None,
) -> int:
    """Write a query's rows (dictionaries) in one of :data:`ENTITY_FORMATS`; gives how many there were.

    ``cells`` are the columns of all but JSON, which has the rows whole. A table has all of them where they were ``chosen``, else
    those of plain values, and on a terminal those that fit; ``before`` is called before it is drawn.
    """
    if form == "parquet":
        return _write_parquet(rows, tuple(cells), output)
    with opened(output) as stream:
        if form == "table":
            shown = cells if chosen else [c for c in cells if len(c.way) == 1 and not c.column.is_collection] or cells
            return write_table(rows, shown, stream, fitting=not chosen, before=before)
        if form == "csv":
            return write_csv(rows, _Terminal(stream) if is_terminal(stream) else stream, tuple(cells), None)  # type: ignore[arg-type]
        first = tuple(dict.fromkeys(cell.way[0] for cell in cells)) if chosen else ()
        return write_json(map(partial(_in_order, first), rows), stream, lines=form == "jsonl")


def _in_order(names: tuple[str, ...], row: Row) -> Row:
    """The row with these items first."""
    return {**{name: row.get(name) for name in names}, **row} if names else row


# -- where to ------------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def opened(output: Path | None) -> Iterator[TextIO]:
    """stdout, or a text file that is there when all of it was written."""
    if output is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    with whole_file(output) as path, open(path, "w", encoding="utf-8", newline="") as stream:
        yield stream


class _Terminal:
    """A terminal as a file whose lines show no control characters."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(visible(text.removesuffix("\n")) + ("\n" if text.endswith("\n") else ""))


# -- tables ----------------------------------------------------------------------------------------------------------------------


def write_table(
    rows: Iterable[Row],
    columns: Sequence[Column],
    stream: TextIO,
    *,
    fitting: bool = False,
    before: Callable[[], object] = lambda: None,
) -> int:
    """A table whose columns are as wide as the first thousand rows ask for. ``fitting`` leaves out, on a terminal, the columns
    that do not fit, and says so."""
    names = [visible(column.name) for column in columns]
    remaining = iter(rows)
    first = [[shown(column.of(row)) for column in columns] for row in islice(remaining, _MEASURED)]
    before()
    widths = [max(map(cell_len, chain((name,), (line[i] for line in first)))) for i, name in enumerate(names)]
    draw: _Draw
    if is_terminal(stream):
        board = console()
        count = _fitting(widths, board.width) if fitting else len(columns)
        if count < len(columns):
            say(f"{len(columns) - count} more columns do not fit: see them with --select, or --format json")
        draw = partial(_on_terminal, board, names[:count], [min(width, board.width) for width in widths])
    else:
        draw = partial(_on_paper, stream, names, widths)
    draw(first, heads=True)
    total = len(first)
    while piece := [[shown(column.of(row)) for column in columns] for row in islice(remaining, _MEASURED)]:
        draw(piece, heads=False)
        total += len(piece)
    return total


class _Draw(Protocol):
    """Draws lines of cells, below their heads or going on."""

    def __call__(self, lines: list[list[str]], *, heads: bool) -> None: ...


def _fitting(widths: list[int], width: int) -> int:
    used = 0
    for count, wanted in enumerate(widths):
        used += wanted + 2
        if used > width + 2:
            return max(count, 1)
    return len(widths)


def _on_terminal(board: Console, names: Sequence[str], widths: Sequence[int], lines: list[list[str]], *, heads: bool) -> None:
    """Cells that are too wide are folded."""
    table = Table(box=SIMPLE_HEAD if heads else None, show_edge=False, pad_edge=False, show_header=heads)
    if not heads:
        table.padding = (0, 2, 0, 0)
    for name, width in zip(names, widths, strict=False):
        table.add_column(Text(name), overflow="fold", min_width=None if heads else width)
    for line in lines:
        table.add_row(*map(Text, line[: len(names)]))
    board.print(table)


def _on_paper(stream: TextIO, names: Sequence[str], widths: Sequence[int], lines: list[list[str]], *, heads: bool) -> None:
    """A line a row, however long, without blanks at its end."""
    rule = "\N{BOX DRAWINGS LIGHT HORIZONTAL}" if _takes_unicode(stream) else "-"
    above = [list(names), [rule * (sum(widths) + len(_BETWEEN) * max(len(widths) - 1, 0))]] if heads else []
    for line in (*above, *lines):
        cells = (f"{cell}{' ' * (width - cell_len(cell))}" for cell, width in zip(line, widths, strict=False))
        stream.write(f"{_BETWEEN.join(cells).rstrip()}\n")


def _takes_unicode(stream: TextIO) -> bool:
    return (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "").startswith("utf")


# -- texts -----------------------------------------------------------------------------------------------------------------------


def _write_csv(rows: Iterable[Row], columns: Sequence[Column], stream: TextIO) -> int:
    target: Any = _Terminal(stream) if is_terminal(stream) else stream
    writer, count = csv.writer(target, lineterminator="\n"), 0
    writer.writerow([column.name for column in columns])
    for row in rows:
        writer.writerow([_cell(column.of(row)) for column in columns])
        count += 1
    return count


def write_json(rows: Iterable[Row], stream: TextIO, *, lines: bool) -> int:
    """An array of objects, or an object a line. Characters that the stream, or a terminal, does not take are escaped."""
    ascii_only = not _takes_unicode(stream)
    count = 0
    for count, row in enumerate(rows, 1):
        text = _json_text(row, ascii_only)
        stream.write(f"{text}\n" if lines else f"{'[' if count == 1 else ','}\n  {text}")
    if not lines:
        stream.write("\n]\n" if count else "[]\n")
    return count


def json_text(told: Any) -> str:
    """What a command tells as indented JSON, safe for a terminal."""
    return _escaped(json.dumps(told, indent=2, ensure_ascii=False))


def _json_text(row: Row, ascii_only: bool) -> str:
    return _escaped(json.dumps(plain(row), ensure_ascii=ascii_only))


def _escaped(text: str) -> str:
    """JSON with what a terminal would obey as JSON's escapes; line ends between the items stay."""
    return (
        "".join(c if c == "\n" or visible(c) == c else f"\\u{ord(c):04x}" for c in text)
        if visible(text.replace("\n", "")) != text.replace("\n", "")
        else text
    )


def plain(value: Any) -> Any:
    """A value as JSON has it, primitive ones as OData's JSON spells them."""
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, FineDateTime | FineDuration):
        return value.text
    try:
        return primitive_of(value).to_light(value)
    except (TypeError, ValueError):
        return str(value)


def shown(value: Any) -> str:
    """A value as a cell of a table."""
    return visible(_cell(value))


def _cell(value: Any) -> str:
    told = plain(value)
    if told is None:
        return ""
    return told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)


# -- Parquet ---------------------------------------------------------------------------------------------------------------------


def _write_parquet(rows: Iterable[Row], cells: tuple[Cells, ...], output: Path | None) -> int:
    """A row group for every batch of rows; digits that no column holds are told on stderr."""
    if output is None and is_terminal(sys.stdout):
        raise ArgumentError("Parquet is bytes, and no text for a terminal: name a file with -o")
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always", RoundingWarning)
            count = write_parquet(rows, sys.stdout.buffer if output is None else output, cells)
    except ImportError as error:
        raise click.UsageError(str(error)) from None
    for warning in told:
        say(f"warning: {warning.message}")
    return count
