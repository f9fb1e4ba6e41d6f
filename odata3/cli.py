"""The ``odata3`` command: look at a service, ask it, write stubs for it, or be one."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote, urlsplit

import click
from rich.tree import Tree

from odata3.client.context import DataServiceContext
from odata3.client.options import MergeOption
from odata3.client.query import DataServiceQuery
from odata3.edm.csdl import parse_metadata
from odata3.edm.model import EntityType, Model, StructuredType
from odata3.entities.entity import Entity, held
from odata3.bindings.stubs import write_stub
from odata3.errors import ArgumentError, DataServiceClientException, MetadataError, ODataError
from odata3.terminal import Commands, console, format_option, plain, say, write_rows
from odata3.wire.origins import masked, origin_of

PREFIX = "ODATA3"


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="odata3", message="%(package)s %(version)s")
def command() -> None:
    """OData v1 to v3 services, from the command line."""


# -- asking for access -----------------------------------------------------------------------------------------------------------


Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def access_options(prefix: str) -> Decorator:
    """The options that say how a service is reached; ``prefix`` is that of the variables in the environment."""
    options = (
        click.option("--timeout", type=float, envvar=f"{prefix}_TIMEOUT", help="Seconds to wait for an answer."),
        click.option("--header", "headers", multiple=True, metavar="NAME:VALUE", help="A header for every request."),
        click.option("--insecure", is_flag=True, help="Do not check the server's certificate."),
        click.option(
            "--ca",
            type=click.Path(exists=True, path_type=Path),
            envvar=f"{prefix}_CA",
            help="File of the certificate authority to trust.",
        ),
        click.option(
            "--user",
            envvar=f"{prefix}_USER",
            help=f"User name; the password comes from the environment ({prefix}_PASSWORD), or is asked for.",
        ),
    )

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in options:
            function = option(function)
        return function

    return decorate


def context_keywords(
    prefix: str,
    *,
    user: str | None,
    ca: Path | None = None,
    insecure: bool = False,
    headers: tuple[str, ...] = (),
    timeout: float | None = None,
) -> dict[str, Any]:
    """What the options mean for a context."""
    keywords: dict[str, Any] = {}
    if user is not None:
        password = os.environ.get(f"{prefix}_PASSWORD")
        keywords["auth"] = (
            user,
            click.prompt(f"Password of {user}", hide_input=True, err=True) if password is None else password,
        )
    if insecure:
        keywords["verify"] = False
    elif ca is not None:
        keywords["verify"] = str(ca)
    if headers:
        pairs = [text.partition(":") for text in headers]
        if wrong := [name for name, colon, _ in pairs if not colon]:
            raise click.UsageError(f"--header takes NAME:VALUE, not {wrong[0]!r}")
        keywords["headers"] = {name.strip(): value.strip() for name, _, value in pairs}
    if timeout is not None:
        keywords["timeout"] = timeout
    return keywords


# -- metadata --------------------------------------------------------------------------------------------------------------------


@command.command()
@click.argument("source", metavar="URL|FILE")
@click.option("--type", "type_name", help="One type in detail, by its name.")
@click.option("--tree", is_flag=True, help="All types with their properties.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@access_options(PREFIX)
def metadata(source: str, type_name: str | None, tree: bool, as_json: bool, **access: Any) -> None:
    """What a service is made of: its sets, types and operations."""
    model = _model(source, access)
    for warning in model.warnings:
        say(f"warning: {warning}")
    if type_name is not None:
        _show_type(model, _named_type(model, type_name), as_json)
    elif as_json:
        click.echo(json.dumps(_told(model), indent=2, ensure_ascii=False))
    elif tree:
        _show_tree(model)
    else:
        rows = [
            {"Set": s.url_name, "Type": s.type, "Key": ", ".join(t.key), "Properties": len(t.properties), "Leads to": _leads(t)}
            for s in model.entity_sets.values()
            if (t := model.entity_type_of(s)) is not None
        ]
        write_rows(rows, "table", ("Set", "Type", "Key", "Properties", "Leads to"))
        operations = [f for overloads in model.function_imports.values() for f in overloads]
        click.echo(
            f"\n{len(model.entity_types)} entity types, {len(model.complex_types)} complex types, "
            f"{len(model.enum_types)} enum types, {len(model.entity_sets)} entity sets, {len(operations)} operations"
        )


def _leads(entity_type: EntityType) -> str:
    return ", ".join(f"{n.name}{'*' if n.is_collection else ''}" for n in entity_type.navigation_properties)


def _named_type(model: Model, name: str) -> StructuredType:
    found = model.structured_type(name)
    everything: list[StructuredType] = [*model.entity_types.values(), *model.complex_types.values()]
    matching = [found] if found is not None else [t for t in everything if t.name == name]
    if len(matching) != 1:
        names = ", ".join(sorted(t.full_name for t in matching or everything)[:8])
        raise ArgumentError(f"there is {'more than one' if matching else 'no'} type {name!r}; there are {names} ...")
    return matching[0]


def _show_type(model: Model, structured: StructuredType, as_json: bool) -> None:
    key = structured.key if isinstance(structured, EntityType) else ()
    rows: list[dict[str, Any]] = [
        {"Property": p.name, "Type": p.type, "Nullable": p.nullable, "Key": p.name in key} for p in structured.properties
    ]
    if isinstance(structured, EntityType):
        rows += [
            {
                "Property": n.name,
                "Type": f"Collection({n.type})" if n.is_collection else n.type,
                "Nullable": n.multiplicity == "0..1",
            }
            for n in structured.navigation_properties
        ]
    if as_json:
        click.echo(json.dumps({"name": structured.full_name, "base": structured.base_type, "properties": rows}, indent=2))
        return
    click.echo(structured.full_name + (f" : {structured.base_type}" if structured.base_type else ""))
    write_rows([{**row, "Nullable": "yes" if row["Nullable"] else "", "Key": "key" if row.get("Key") else ""} for row in rows],
               "table", ("Property", "Type", "Nullable", "Key"))  # fmt: skip


def _told(model: Model) -> dict[str, Any]:
    return {
        "version": model.version,
        "sets": {s.url_name: s.type for s in model.entity_sets.values()},
        "types": {
            t.full_name: {
                "base": t.base_type,
                "key": list(t.key),
                "properties": {p.name: p.type for p in t.properties},
                "navigation": {n.name: f"Collection({n.type})" if n.is_collection else n.type for n in t.navigation_properties},
            }
            for t in model.entity_types.values()
        },
        "complex": {t.full_name: {p.name: p.type for p in t.properties} for t in model.complex_types.values()},
        "enums": {e.full_name: {m.name: m.value for m in e.members} for e in model.enum_types.values()},
        "operations": sorted(model.function_imports),
    }


def _show_tree(model: Model) -> None:
    root = Tree("types")
    everything: list[StructuredType] = [*model.entity_types.values(), *model.complex_types.values()]
    for structured in everything:
        branch = root.add(structured.full_name + (f" : {structured.base_type}" if structured.base_type else ""))
        for prop in structured.declared_properties:
            branch.add(f"{prop.name}: {prop.type}")
        if isinstance(structured, EntityType):
            for navigation in structured.declared_navigation_properties:
                branch.add(f"{navigation.name} -> {navigation.type}{'*' if navigation.is_collection else ''}")
    console().print(root)


def _model(source: str, access: dict[str, Any]) -> Model:
    if "://" not in source:
        path = Path(source)
        if not path.is_file():
            raise click.UsageError(f"{source!r} is neither a URL nor a file that is there")
        return parse_metadata(path)
    root = source.partition("$metadata")[0].partition("?")[0]
    with DataServiceContext(root, **context_keywords(PREFIX, **access)) as context:
        return context.model


# -- query -----------------------------------------------------------------------------------------------------------------------


@command.command()
@click.argument("url")
@click.option("--root", help="The service root, where it cannot be told from URL.")
@click.option("--filter", "predicate", metavar="TEXT", help="$filter, as OData spells it.")
@click.option("--select", metavar="NAMES", help="Properties, separated by commas.")
@click.option("--expand", metavar="PATHS", help="Navigation properties to bring along, separated by commas.")
@click.option("--orderby", metavar="TEXT", help="Properties, each with an optional 'desc', separated by commas.")
@click.option("--top", type=click.IntRange(min=0), help="At most so many.")
@click.option("--skip", type=click.IntRange(min=0), help="Pass over so many.")
@click.option("--count", is_flag=True, help="Only the number.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file for the result.")
@format_option()
@access_options(PREFIX)
def query(
    url: str,
    root: str | None,
    predicate: str | None,
    select: str | None,
    expand: str | None,
    orderby: str | None,
    top: int | None,
    skip: int | None,
    count: bool,
    output: Path | None,
    form: str,
    **access: Any,
) -> None:
    """Ask for the entities of a set: URL is the set's address, or only the service root to list the sets."""
    context, path = _context_for(url, root, context_keywords(PREFIX, **access))
    with context:
        if not path:
            write_rows(
                [{"Set": s.url_name, "Type": s.type} for s in context.model.entity_sets.values()], form, ("Set", "Type"), output
            )
            return
        context.merge_option = MergeOption.NO_TRACKING  # rows pass through; a context that kept them would grow with the pages
        texts = {"$filter": predicate, "$orderby": orderby, "$expand": expand, "$select": select}
        numbers = {"$skip": skip, "$top": top}
        options = {name: str(value) for name, value in {**texts, **numbers}.items() if value is not None}
        if count:
            click.echo(_set_query(context, path, options).count())
            return
        entities = _set_query(context, path, options) if path in context.model.entity_sets else _walk(context, path, options)
        _write_entities(entities, form, select, expand, output)


def _set_query(context: DataServiceContext, entity_set: str, options: dict[str, str]) -> DataServiceQuery[Any]:
    asked: DataServiceQuery[Any] = context.create_query(entity_set)
    for name, text in options.items():
        asked = asked.add_query_option(name, text)
    return asked


def _walk(context: DataServiceContext, path: str, options: dict[str, str]) -> Iterator[Any]:
    """What stands at any path below the root (``Products(1)``, ``Categories(1)/Products``), page after page."""
    query_string = "&".join(f"{name}={quote(text, safe='')}" for name, text in options.items())
    page = context.execute(f"{path}?{query_string}" if query_string else path)
    while True:
        yield from page
        following = page.get_continuation()
        if following is None:
            return
        page = context.execute(following)


def _context_for(url: str, root: str | None, keywords: dict[str, Any]) -> tuple[DataServiceContext, str]:
    """The context that a URL belongs to, and what of it stands below its root."""
    origin_of(url)  # here the user's own words are at hand
    plain_url = url.partition("?")[0]
    if root is not None:
        base = root if root.endswith("/") else f"{root}/"
        if not plain_url.startswith(base):
            raise ArgumentError(f"{masked(url)} does not stand below the root {masked(base)}")
        return DataServiceContext(base, **keywords), plain_url[len(base) :].strip("/")
    refusal: ODataError | None = None
    for base, rest in _splits(plain_url):
        context = DataServiceContext(base, **keywords)
        try:
            sets = context.model.entity_sets
        except (DataServiceClientException, MetadataError) as error:
            if isinstance(error, DataServiceClientException) and error.status_code not in (400, 404, 405):
                raise
            refusal = refusal or error
        else:
            name = re.split(r"[(/]", rest, maxsplit=1)[0]
            if not rest or name in sets:
                return context, rest
            known = ", ".join(sorted(sets, key=lambda known: (known[:1] != name[:1], known))[:6])
            refusal = ArgumentError(f"{masked(base)} has no entity set {name!r}; it has {known}")
        context.close()
    raise refusal or ArgumentError(f"{masked(url)} leads to no entity set of a service")


def _splits(url: str) -> Iterator[tuple[str, str]]:
    """Where the root may end: behind ``.svc``, else behind the last segments, the last first."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    start = url[: len(url) - len(parts.path)] if parts.path else url
    services = [i + 1 for i, segment in enumerate(segments) if segment.lower().endswith(".svc")]
    keyed = [i for i, segment in enumerate(segments) if "(" in segment]
    last = min((*keyed, len(segments)))
    downward = range(last, -1, -1)
    ends = services or (downward if keyed or url.endswith("/") else [last - 1, last, *downward[2:]])
    for end in ends:
        if end >= 0:
            yield "/".join([start, *segments[:end]]) + "/", "/".join(segments[end:])


def _write_entities(entities: Iterable[Any], form: str, select: str | None, expand: str | None, output: Path | None) -> None:
    expanded = [] if expand is None else [path.strip().partition("/")[0] for path in expand.split(",")]
    chosen = None if select is None else [name.strip().partition("/")[0] for name in select.split(",")]
    rows = iter(entities)
    first = next(rows, None)
    if first is None:
        write_rows([], form, chosen or [], output)
        say("nothing found")
        return
    told = _row(first, expanded)
    columns = chosen if chosen is not None and "*" not in chosen else list(told)
    columns = [*columns, *(name for name in expanded if name not in columns)]
    if form == "table" and chosen is None:
        columns = [name for name in columns if not isinstance(told.get(name), dict | list)] or columns

    def everything() -> Iterator[dict[str, Any]]:
        yield told
        for entity in rows:
            yield _row(entity, expanded)

    write_rows(everything(), form, columns, output)


def _row(entity: Any, expanded: list[str]) -> dict[str, Any]:
    if not isinstance(entity, Entity):
        return entity if isinstance(entity, dict) else {"value": plain(entity)}
    row = dict(entity.to_dict())
    for name in expanded:
        related = held(entity, name)
        row[name] = [r.to_dict() for r in related] if isinstance(related, list) else related and related.to_dict()
    return row


# -- stubs -----------------------------------------------------------------------------------------------------------------------


@command.command()
@click.argument("source", metavar="URL|FILE")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The .pyi file; stdout without it.")
@access_options(PREFIX)
def stubs(source: str, output: Path | None, **access: Any) -> None:
    """Write a .pyi with every class and property, for editors and type checkers."""
    text = write_stub(_model(source, access))
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        say(f"wrote {output}")


# -- serve -----------------------------------------------------------------------------------------------------------------------


@command.command()
@click.argument("model_file", metavar="MODEL.edmx", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--database", help="A file, or a URL as SQLAlchemy has it; without it the data lives in memory.")
@click.option("--data", type=click.Path(exists=True, dir_okay=False, path_type=Path), help='First data: {"Set": [{...}, ...]}.')
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes a free one.")
@click.option("--page-size", type=click.IntRange(min=1), help="How many entities a page holds.")
def serve(model_file: Path, database: str | None, data: Path | None, host: str, port: int, page_size: int | None) -> None:
    """Be an OData service for any model, over any database."""
    rooms = _server_rooms()
    model = parse_metadata(model_file)
    url = "sqlite://" if database is None else database if "://" in database else f"sqlite:///{database}"
    service = rooms["service"].Service(model, rooms["store"].Store(model, url), page_size=page_size)
    if data is not None:
        try:
            count = rooms["seeding"].seed(service, data.read_bytes())
        except ArgumentError as error:
            raise ArgumentError(f"{data}: {error}") from error
        say(f"loaded {count} entities")
    with rooms["wsgi"].serve(service, host=host, port=port) as server:
        click.echo(server.url)
        say("Control-C ends it.")
        try:
            server.wait()
        except KeyboardInterrupt:
            say("ended")


def _server_rooms() -> dict[str, ModuleType]:
    """The rooms of the server wing: they stand on packages of the extra ``server``, which other commands do without."""
    try:
        return {name: import_module(f"odata3.server.{name}") for name in ("store", "service", "seeding", "wsgi")}
    except ModuleNotFoundError as missing:
        raise click.UsageError(f"this needs {missing.name}; install it with: pip install 'odata3[server]'") from None
