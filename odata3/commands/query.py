"""``odata3 query``: the entities of a set, or of what any path leads to, as they come."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import click

from odata3.client.context import DataServiceContext
from odata3.client.options import MergeOption
from odata3.client.query import DataServiceQuery
from odata3.client.sets import UnknownEntitySetError
from odata3.console.access import access_options, context_of
from odata3.console.completion import complete_properties, complete_set
from odata3.console.output import ENTITY_FORMATS, format_option, output_option, write_entities, write_rows
from odata3.console.terminal import Ticker, is_terminal, say
from odata3.edm.model import EntityType
from odata3.entities.entity import type_of
from odata3.errors import ArgumentError, InvalidOperationError, ODataError, QueryTranslationError
from odata3.tabular.columns import Cells, cells_of_entities, reading
from odata3.tabular.records import exact_record
from odata3.uri.predicate_text import is_lambda, read_predicate
from odata3.uri.translation import Column, translate_paths, translate_projection

_TOLD_EVERY = 50


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of a set: its options as texts, others as they stood in the URL."""

    filter: str | None = None
    select: str | None = None
    expand: str | None = None
    orderby: str | None = None
    top: int | None = None
    skip: int | None = None
    custom: dict[str, str] = field(default_factory=dict)


@click.command()
@click.argument("url", metavar="URL|NAME:SET", required=False, shell_complete=complete_set)
@click.option("--root", help="The service root, where it cannot be told from URL.")
@click.option(
    "--filter",
    metavar="TEXT",
    help="$filter, as OData spells it (Price lt 5), or as a Python lambda (lambda p: p.Price < 5).",
)
@click.option("--select", metavar="NAMES", help="Properties, separated by commas.", shell_complete=complete_properties)
@click.option(
    "--expand", metavar="PATHS", help="Navigation properties to bring along, by commas.", shell_complete=complete_properties
)
@click.option(
    "--orderby",
    metavar="TEXT",
    help="Properties, each with an optional 'desc', separated by commas.",
    shell_complete=complete_properties,
)
@click.option("--top", type=click.IntRange(min=0), help="At most so many.")
@click.option("--skip", type=click.IntRange(min=0), help="Pass over so many.")
@click.option("--count", is_flag=True, help="Only the number.")
@output_option
@format_option(ENTITY_FORMATS)
@access_options()
def query(url: str | None, root: str | None, count: bool, output: Path | None, form: str, **given: Any) -> None:
    """Ask for the entities of a set.

    URL is the set's address, or any path below the root that leads to entities; the root alone lists the sets.
    """
    asked = _Question(**{name: given.pop(name) for name in ("filter", "select", "expand", "orderby", "top", "skip")})
    if url is None and given.get("connection") is None:
        raise click.UsageError("Missing argument 'URL|NAME:SET'.")
    address, _, options = (url or "").partition("?")
    context, path = context_of(address, root, given)
    with context:
        if not path:
            if count or asked != _Question() or options:
                raise click.UsageError("what is asked concerns a set: name it behind the root")
            _list_sets(context, form, output)
            return
        context.merge_option = MergeOption.NO_TRACKING  # rows pass through; a context that kept them would grow with the pages
        asked = _with_options(asked, options)
        source = _source(context, path)
        if source is None:
            _write_answer(context, f"{path}?{options}" if options else path, form, output)
            return
        found = _asked(source, asked)
        if count:
            click.echo(found.count())
            return
        _write(context, found, asked, form, output)


def _list_sets(context: DataServiceContext, form: str, output: Path | None) -> None:
    rows = [{"Set": s.url_name, "Type": s.type} for s in context.model.entity_sets.values()]
    if form == "parquet":
        raise click.UsageError("the sets of a service are no entities: Parquet holds those of one set")
    write_rows(rows, form, ("Set", "Type"), output)


# -- the question ----------------------------------------------------------------------------------------------------------------


def _with_options(asked: _Question, options: str) -> _Question:
    """The options that stood in the URL, where the command line has not said otherwise."""
    texts: dict[str, Any] = {}
    custom: dict[str, str] = {}
    for pair in filter(None, options.split("&")):
        name, _, value = pair.partition("=")
        name = unquote_plus(name)
        plain = name.removeprefix("$")
        if name.startswith("$") and plain in ("filter", "select", "expand", "orderby"):
            texts[plain] = unquote_plus(value)
        elif name in ("$top", "$skip"):
            if not (value.isascii() and value.isdecimal()):
                raise click.UsageError(f"{name} is a number, not {value!r}")
            texts[plain] = int(value)
        else:
            custom[name] = value
    unsaid = {name: value for name, value in texts.items() if getattr(asked, name) is None}
    return replace(asked, **unsaid, custom=custom)


def _source(context: DataServiceContext, path: str) -> DataServiceQuery[Any] | None:
    """What a path leads to, as a query; None where it leads to no entities (a value, the result of an operation)."""
    name = path.partition("/")[0].partition("(")[0]
    if path not in context.model.entity_sets and name in context.model.function_imports:
        return None
    try:
        return context.create_query(path)
    except UnknownEntitySetError:
        raise
    except ArgumentError:  # it is something else, or nothing: the service will say
        return None


def _asked(source: DataServiceQuery[Any], asked: _Question) -> DataServiceQuery[Any]:
    found = source
    if asked.filter is not None:
        found = found.where(read_predicate(asked.filter) if is_lambda(asked.filter) else asked.filter)
    try:
        if asked.expand is not None:
            found = found.expand(asked.expand)
        if asked.orderby is not None:
            found = found.order_by(asked.orderby)
        if asked.select is not None:
            found = found.select(*asked.select.split(","))
    except QueryTranslationError as error:  # names that the service's model does not have: it would have refused them
        raise InvalidOperationError(str(error)) from error
    if asked.skip is not None:
        found = found.skip(asked.skip)
    if asked.top is not None:
        found = found.take(asked.top)
    for name, value in asked.custom.items():
        found = found.add_query_option(name, value)
    return found


# -- the answer ------------------------------------------------------------------------------------------------------------------


def _write(context: DataServiceContext, found: DataServiceQuery[Any], asked: _Question, form: str, output: Path | None) -> None:
    entity_type = type_of(found.element_type)
    cells = _cells(context, entity_type, asked)
    shown = is_terminal(sys.stderr) and (output is not None or form == "table" or not is_terminal(sys.stdout))
    total = _total(found, asked) if shown else None
    with Ticker(entity_type.name, total, shown=shown).running() as ticker:
        rows = _ticked(found, ticker)
        count = write_entities(rows, form, cells, output, chosen=asked.select is not None, before=ticker.stop)
    if not count:
        say("nothing found")


def _cells(context: DataServiceContext, entity_type: EntityType, asked: _Question) -> tuple[Cells, ...]:
    """The columns, known before the first row."""
    model = context.model
    selected: tuple[str, ...] = ()
    expanded = () if asked.expand is None else translate_paths(model, entity_type, asked.expand)
    if asked.select is not None:
        projection = translate_projection(model, entity_type, *asked.select.split(","))
        selected, expanded = projection.select, (*expanded, *projection.expand)
    return cells_of_entities(model, entity_type, reading(selected, expanded))


def _total(found: DataServiceQuery[Any], asked: _Question) -> int | None:
    """How many rows to expect; None where the service does not count."""
    with contextlib.suppress(ODataError):
        counted = max(found.count() - (asked.skip or 0), 0)
        return counted if asked.top is None else min(counted, asked.top)
    return None


def _ticked(found: DataServiceQuery[Any], ticker: Ticker) -> Iterator[dict[str, Any]]:
    """The rows as dictionaries, the ticker told of them."""
    count = 0
    for count, row in enumerate(found, 1):
        if count % _TOLD_EVERY == 0:
            ticker(count)
        yield exact_record(row)
    ticker(count)


def _write_answer(context: DataServiceContext, url: str, form: str, output: Path | None) -> None:
    """What is no entity of a set: the value of a property, the result of an operation."""
    rows = [_opened(exact_record(row)) for row in _walk(context, url)]
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [Cells(Column(name), (name,)) for name in names]
    if not write_entities(rows, form, cells, output, chosen=True):
        say("nothing found")


def _opened(row: dict[str, Any]) -> dict[str, Any]:
    """A complex value is a row by itself."""
    value = row.get("value") if len(row) == 1 else None
    return value if isinstance(value, dict) else row


def _walk(context: DataServiceContext, url: str) -> Iterator[Any]:
    page = context.execute(url)
    while True:
        yield from page
        following = page.get_continuation()
        if following is None:
            return
        page = context.execute(following)
