"""Commands that are a service: the options that say where and how they listen, and how they end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import click

from odata3.console.terminal import say


class Listening(Protocol):
    """A server that listens at a URL."""

    @property
    def url(self) -> str: ...

    @property
    def wait(self) -> Callable[[], None]: ...


def listening_options(port: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``--host``, ``--port`` (by default this one), ``--tls`` and ``--page-size``."""
    options = (
        click.option("--page-size", type=click.IntRange(min=1), help="How many entities a page holds."),
        click.option(
            "--tls",
            nargs=2,
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            metavar="CERTIFICATE KEY",
            help="Speak TLS, with this certificate and its key (PEM files).",
        ),
        click.option("--port", type=click.IntRange(0, 65535), default=port, show_default=True, help="0 takes a free one."),
        click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen."),
    )

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in options:
            function = option(function)
        return function

    return decorate


def listen(server: Listening, told: str = "") -> None:
    """Say where the server listens, and what is ``told`` besides, and wait for Control-C."""
    click.echo(server.url)
    say(f"{told}Control-C ends it.")
    try:
        server.wait()
    except KeyboardInterrupt:
        say("ended")
