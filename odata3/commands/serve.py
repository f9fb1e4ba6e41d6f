"""``odata3 serve``: an OData service for any model, over any database."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

import click

from odata3.console.listening import listen, listening_options
from odata3.console.terminal import say
from odata3.edm.csdl import parse_metadata
from odata3.errors import ArgumentError


@click.command()
@click.argument("model_file", metavar="MODEL.edmx", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--database", help="A file, or a URL as SQLAlchemy has it; without it the data lives in memory.")
@click.option("--data", type=click.Path(exists=True, dir_okay=False, path_type=Path), help='First data: {"Set": [{...}, ...]}.')
@listening_options(port=8080)
def serve(
    model_file: Path,
    database: str | None,
    data: Path | None,
    host: str,
    port: int,
    page_size: int | None,
    tls: tuple[Path, Path] | None,
) -> None:
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
    with rooms["wsgi"].serve(service, host=host, port=port, tls=tls) as server:
        listen(server)


def _server_rooms() -> dict[str, ModuleType]:
    """The rooms of the server wing: they stand on packages of the extra ``server``, which other commands do without."""
    try:
        return {name: import_module(f"odata3.server.{name}") for name in ("store", "service", "seeding", "wsgi")}
    except ModuleNotFoundError as missing:
        raise click.UsageError(f"this needs {missing.name}; install it with: pip install 'odata3[server]'") from None
