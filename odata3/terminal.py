"""What the commands say, and how they end: rows as tables, JSON or CSV on stdout, everything else on stderr, an exit code.

Exit codes: 0 done, 1 the service said no or could not be reached, 2 wrong usage. What a user can cause never ends in a traceback.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from odata3.edm.primitives import primitive_of
from odata3.errors import ArgumentError, ODataError, QueryTranslationError

FORMATS = ("table", "json", "jsonl", "csv")

Row = Mapping[str, Any]


class Commands(click.Group):
    """A group of commands whose failures are one line on stderr and an exit code."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except (ArgumentError, QueryTranslationError) as error:
            complain(str(error))
            context.exit(2)
        except ODataError as error:
            complain(str(error))
            context.exit(1)
        except BrokenPipeError:
            with contextlib.suppress(OSError):  # what is still in the buffer has nowhere to go
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            context.exit(1)
        except OSError as error:
            complain(f"{error.strerror or error}" + (f": {error.filename}" if error.filename else ""))
            context.exit(1)


def complain(text: str) -> None:
    """One line on stderr that says what went wrong."""
    name = click.get_current_context().find_root().info_name
    click.echo(f"{name}: {' '.join(text.split())}", err=True)


def say(text: str) -> None:
    """Something beside the result: goes to stderr."""
    click.echo(text, err=True)


def console(*, stderr: bool = False) -> Console:
    """A place to draw on: with colours and the terminal's width, or plain and wide where there is none."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else 120, highlight=False, soft_wrap=False)


def format_option(*, default: str = "table") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(
        "--format", "form", type=click.Choice(FORMATS), default=default, show_default=True, help="How the result is written."
    )


def write_rows(rows: Iterable[Row], form: str, columns: Sequence[str], output: Path | None = None) -> int:
    """Write rows in one of :data:`FORMATS` to stdout or a file; gives how many there were. All but tables are written as they
    come.
    """
    with _opened(output) as stream:
        if form == "table":
            return _write_table(list(rows), columns, stream)
        if form == "csv":
            return _write_csv(rows, columns, stream)
        return _write_json(rows, columns, stream, lines=form == "jsonl")


@contextlib.contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
        sys.stdout.flush()
    else:
        with output.open("w", encoding="utf-8", newline="") as stream:
            yield stream


def _write_table(rows: list[Row], columns: Sequence[str], stream: TextIO) -> int:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(shown(row.get(name)) for name in columns))
    if stream is sys.stdout and stream.isatty():
        console().print(table)
    else:
        Console(file=stream, width=100_000, highlight=False, color_system=None).print(table)
    return len(rows)


def _write_csv(rows: Iterable[Row], columns: Sequence[str], stream: TextIO) -> int:
    writer, count = csv.writer(stream, lineterminator="\n"), 0
    writer.writerow(columns)
    for row in rows:
        writer.writerow([shown(row.get(name)) for name in columns])
        count += 1
    return count


def _write_json(rows: Iterable[Row], columns: Sequence[str], stream: TextIO, *, lines: bool) -> int:
    count = 0
    for count, row in enumerate(rows, 1):
        text = json.dumps({name: plain(row.get(name)) for name in columns}, ensure_ascii=False)
        stream.write(text if lines else f"{'[' if count == 1 else ','}\n  {text}")
        if lines:
            stream.write("\n")
    if not lines:
        stream.write("\n]\n" if count else "[]\n")
    return count


def plain(value: Any) -> Any:
    """A value as JSON has it, primitive ones as OData's JSON spells them."""
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    try:
        return primitive_of(value).to_light(value)
    except (TypeError, ValueError):
        return str(value)


def shown(value: Any) -> str:
    """A value as a cell of a table."""
    told = plain(value)
    if told is None:
        return ""
    return told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)
