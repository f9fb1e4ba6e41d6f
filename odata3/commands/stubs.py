"""``odata3 stubs``: a service's classes for editors and type checkers, and what has become of them since."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from odata3.bindings.modules import is_current, metadata_behind, write_module
from odata3.bindings.stubs import context_name, write_stub
from odata3.console.access import access_options, model_of
from odata3.console.completion import complete_source
from odata3.console.output import json_text, output_option, write_rows
from odata3.console.terminal import say
from odata3.edm.comparison import compare
from odata3.edm.model import Model


@click.command()
@click.argument("source", metavar="URL|FILE|NAME:", shell_complete=complete_source)
@output_option
@click.option("--context", metavar="NAME", help="What the context is called; without it, as the service's container is.")
@click.option(
    "--check",
    "checked",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Compare a stub, its module, or a metadata file with the service; writes nothing, exit code 1 for differences.",
)
@click.option("--json", "as_json", is_flag=True, help="With --check: the differences as JSON.")
@access_options()
@click.pass_context
def stubs(
    command: click.Context,
    /,
    source: str,
    output: Path | None,
    context: str | None,
    checked: Path | None,
    as_json: bool,
    **access: Any,
) -> None:
    """Write what editors and type checkers need to know of a service.

    With -o northwind.pyi there come to be two files: that stub, and northwind.py beside it, which makes it run:
    from northwind import NorthwindEntities, Product. Without -o the stub goes to stdout.
    """
    if checked is None:
        if as_json:
            raise click.UsageError("--json goes with --check")
        _write(model_of(source, access), output, context)
        return
    if output is not None or context is not None:
        raise click.UsageError("--check writes nothing: leave out -o and --context")
    before = metadata_behind(checked)
    if not is_current(checked):
        say(f"{checked} is not what this version of odata3 writes of its model: write it anew with -o {checked}")
    command.exit(1 if _tell(checked, before, model_of(source, access), as_json) else 0)


def _write(model: Model, output: Path | None, context: str | None) -> None:
    named = context or context_name(model)
    text = write_stub(model, context=named)
    if output is None:
        click.echo(text, nl=False)
        return
    if output.suffix not in (".pyi", ".py"):
        raise click.UsageError(f"-o names the stub, NAME.pyi; {output.name} is no such name")
    module = write_module(model, name=output.stem, context=named)
    for path, content in ((output.with_suffix(".pyi"), text), (output.with_suffix(".py"), module)):
        path.write_text(content, encoding="utf-8", newline="\n")
        say(f"wrote {path}")
    say(f"use it so: from {output.stem} import {named}")


_COLUMNS = ("Breaks", "Change", "What", "Where", "Before", "After", "Effect")


def _tell(checked: Path, before: Model, after: Model, as_json: bool) -> bool:
    """Say what differs, and whether anything does."""
    found = compare(before, after)
    breaking = sum(difference.breaks for difference in found)
    if as_json:
        told = {"file": str(checked), "breaks": breaking > 0, "differences": [difference.to_dict() for difference in found]}
        click.echo(json_text(told))
    elif found:
        rows = ({name: row[name.lower()] for name in _COLUMNS} for row in (difference.to_dict() for difference in found))
        write_rows(({**row, "Breaks": "yes" if row["Breaks"] else ""} for row in rows), "table", _COLUMNS)
    if not found:
        say(f"{checked} is what the service is")
        return False
    say(f"{len(found)} difference{'s' if len(found) > 1 else ''}, {breaking or 'none'} of which may break callers")
    return True
