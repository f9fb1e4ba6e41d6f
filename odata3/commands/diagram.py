"""``odata3 diagram``: a model as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from odata3.console.access import access_options, model_of
from odata3.console.completion import complete_source, complete_type
from odata3.console.output import opened, output_option
from odata3.console.terminal import say
from odata3.diagram.mermaid import write_mermaid
from odata3.diagram.scene import SHOWN, scene
from odata3.diagram.svg import draw
from odata3.errors import ArgumentError

FORMS = ("svg", "mermaid")


@click.command()
@click.argument("source", metavar="URL|FILE|NAME:", required=False, shell_complete=complete_source)
@click.option("--types", metavar="NAMES", help="Only these types, separated by commas.", shell_complete=complete_type)
@click.option("--around", metavar="TYPE", help="Only this type and its neighbours.", shell_complete=complete_type)
@click.option("--depth", type=click.IntRange(min=0), default=1, show_default=True, help="How far away neighbours may be.")
@click.option(
    "--properties", type=click.IntRange(min=0), default=SHOWN, show_default=True, help="How many properties a box shows."
)
@click.option("--complex", "complex_types", is_flag=True, help="Complex types too.")
@click.option("--format", "form", type=click.Choice(FORMS), help="How it is drawn; as the file's name ends, else svg.")
@output_option
@access_options()
def diagram(
    source: str | None,
    types: str | None,
    around: str | None,
    depth: int,
    properties: int,
    complex_types: bool,
    form: str | None,
    output: Path | None,
    **access: Any,
) -> None:
    """Draw the entity types of a service.

    What joins them is drawn too: associations with how many there may be at each end, and base types. As SVG, or as
    Mermaid's text.
    """
    model = model_of(source, access)
    chosen = [name.strip() for name in types.split(",")] if types is not None else []
    shown = scene(model, types=chosen, around=around, depth=depth, shown=properties, complex_types=complex_types)
    if not shown.boxes:
        raise ArgumentError("there is nothing to draw: the model has no entity types")
    named = "mermaid" if output is not None and output.suffix in (".mmd", ".mermaid") else "svg"
    title = ", ".join(schema.namespace for schema in model.schemas)
    text = write_mermaid(shown) if (form or named) == "mermaid" else draw(shown, title=title)
    with opened(output) as stream:
        stream.write(text)
    if output is not None:
        say(f"wrote {output}: {len(shown.boxes)} types, {len(shown.lines)} lines")
