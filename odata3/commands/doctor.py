"""``odata3 doctor``: what a service can do, and what a user needs for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from odata3.client.examination import examine
from odata3.client.findings import Examination, Grade
from odata3.console.access import PREFIX, access_options, context_keywords, place_of
from odata3.console.completion import complete_source
from odata3.console.output import json_text, opened, output_option
from odata3.console.terminal import console, say, visible
from odata3.errors import ArgumentError

_STYLES = {Grade.GOOD: "green", Grade.NOTE: "yellow", Grade.PROBLEM: "red"}


@click.command()
@click.argument("source", metavar="URL|NAME:", required=False, shell_complete=complete_source)
@click.option("--json", "as_json", is_flag=True, help="Findings and profile as JSON.")
@output_option
@access_options()
@click.pass_context
def doctor(context: click.Context, /, source: str | None, as_json: bool, output: Path | None, **access: Any) -> None:
    """Find out what a service can do.

    The requests are harmless: GET, and one OPTIONS. With -o the profile is written to a file, which --profile, a connection
    and DataServiceContext(url, profile=...) take.
    """
    place = place_of(source, access.get("connection"))
    if not place.url:
        raise click.UsageError("Missing argument 'URL|NAME:'.")
    if "://" not in place.url:
        raise ArgumentError(f"{place.url!r} is no URL, and no connection (NAME:)")
    root = place.root or place.url.partition("$metadata")[0].partition("?")[0]
    keywords = context_keywords(PREFIX, root, given=place.connection, **access)
    keywords.pop("profile", None)
    found = examine(root, **keywords)
    if output is not None:
        with opened(output) as stream:
            json.dump(found.to_dict(), stream, indent=2, ensure_ascii=False)
            stream.write("\n")
    if as_json:
        click.echo(json_text(found.to_dict()))
    else:
        _report(found)
    if output is not None:
        say(f"wrote {output}: give it as --profile {output}, or DataServiceContext(url, profile={str(output)!r})")
    context.exit(0 if found.is_usable else 1)


def _report(found: Examination) -> None:
    board = console()
    _print(board, Text(visible(found.service), style="bold"))
    wide = max((len(finding.topic) for finding in found.findings), default=0)
    for finding in found.findings:
        grade = Text(f"{finding.grade.value:<8}", style=_STYLES[finding.grade])
        _print(board, grade, f"{finding.topic:<{wide}}  ", visible(finding.text))
        if finding.remedy:
            _print(board, " " * (10 + wide), Text(f"-> {visible(finding.remedy)}", style="cyan"))
    told = ", ".join(f"{name}={value!r}" for name, value in found.profile.to_dict().items())
    _print(board, visible(f"profile: {told or 'nothing that a context would not assume'} ({found.requests} requests)"))


def _print(board: Console, *parts: str | Text) -> None:
    """One line; the terminal breaks it, where there is one."""
    board.print(Text.assemble(*parts), soft_wrap=True)
