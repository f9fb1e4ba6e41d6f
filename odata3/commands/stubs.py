"""``odata3 stubs``: a service's classes for editors and type checkers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from odata3.access import access_options, model_of
from odata3.bindings.stubs import write_stub
from odata3.completion import complete_source
from odata3.terminal import say


@click.command()
@click.argument("source", metavar="URL|FILE|NAME:", shell_complete=complete_source)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The .pyi file; stdout without it.")
@access_options()
def stubs(source: str, output: Path | None, **access: Any) -> None:
    """Write a .pyi with every class and property, for editors and type checkers."""
    text = write_stub(model_of(source, access))
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        say(f"wrote {output}")
