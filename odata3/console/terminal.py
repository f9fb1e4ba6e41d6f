"""How the commands speak: results on stdout, everything else on stderr, an exit code at the end.

Exit codes: 0 done, 1 the service said no or could not be reached, 2 wrong usage, 130 ended by Control-C. What a user can cause
never ends in a traceback. What a service says is shown with its control characters spelled out: no answer moves the cursor,
changes a colour or rings.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import warnings
from collections.abc import Iterator
from typing import Any, TextIO

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from odata3.errors import ArgumentError, ODataError, QueryTranslationError

INTERRUPTED = 130
#: The last lines of a message that points into a text.
_POINTER = re.compile(r"\n.*\n *\^ *$")
#: Width of what is drawn where there is no terminal.
_PAPER = 120

#: C0 and C1 controls, line separators, marks that turn the direction of writing, and lone surrogates.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def visible(text: str) -> str:
    """A text whose control characters are spelled out (``\\x1b``, ``\\n``): safe to send to a terminal."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


#: What all commands have in common, for click.
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


class Commands(click.Group):
    """A group of commands whose failures are one line on stderr and an exit code."""

    def main(self, *arguments: Any, **keywords: Any) -> Any:
        _speak_any_encoding()
        return super().main(*arguments, **keywords)

    def invoke(self, context: click.Context) -> Any:
        if context.parent is not None:
            return super().invoke(context)
        with warnings.catch_warnings():
            warnings.showwarning = _Told()
            return self._ended(context)

    def _ended(self, context: click.Context) -> Any:
        """Run the command; what goes wrong becomes a line and an exit code."""
        try:
            return super().invoke(context)
        except (ArgumentError, QueryTranslationError) as error:
            complain(str(error))
            context.exit(2)
        except ODataError as error:
            complain(str(error))
            context.exit(1)
        except KeyboardInterrupt:
            context.exit(INTERRUPTED)
        except click.Abort as ended:
            if isinstance(ended.__context__, KeyboardInterrupt):  # at a question
                say("")
                context.exit(INTERRUPTED)
            raise
        except BrokenPipeError:
            silence()
            context.exit(1)
        except OSError as error:
            complain(f"{error.strerror or error}" + (f": {error.filename}" if error.filename else ""))
            context.exit(1)


def silence() -> None:
    """Nobody reads stdout any more: what is still in its buffer has nowhere to go."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _speak_any_encoding() -> None:
    """A character that the terminal's encoding lacks is spelled out, and no error."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


class _Told:
    """Warnings as lines, each said once, without the place in the code."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def __call__(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        text = " ".join(str(message).split())
        if text not in self._said:
            self._said.add(text)
            say(f"warning: {text}")


def complain(text: str) -> None:
    """One line on stderr that says what went wrong; a caret below what is quoted would point nowhere."""
    name = click.get_current_context().find_root().info_name
    said = _POINTER.sub("", text)
    click.echo(f"{name}: {visible(' '.join(said.split()))}", err=True)


def say(text: str) -> None:
    """Something beside the result: goes to stderr."""
    click.echo("\n".join(map(visible, text.split("\n"))), err=True)


def tell(text: str) -> None:
    """A line of the result that may hold words of the service: goes to stdout."""
    click.echo(visible(text))


def is_terminal(stream: TextIO) -> bool:
    return bool(getattr(stream, "isatty", lambda: False)())


def console(*, stderr: bool = False) -> Console:
    """A place to draw on: with colours (not under ``NO_COLOR``) and the terminal's width; plain and wide without one."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(file=stream, width=None if is_terminal(stream) else _PAPER, highlight=False, soft_wrap=False)


class Ticker:
    """A count that moves on a terminal's stderr while rows come; nothing where there is no terminal."""

    def __init__(self, title: str, total: int | None, *, shown: bool) -> None:
        bar = (BarColumn(), MofNCompleteColumn()) if total is not None else (SpinnerColumn(), TextColumn("{task.completed:.0f}"))
        columns = (TextColumn("{task.description}"), *bar, TimeElapsedColumn())
        self._progress = Progress(
            *columns,
            console=console(stderr=True),
            transient=True,
            disable=not shown,
            redirect_stdout=False,  # the rows go their own way
            redirect_stderr=False,
        )
        self._task = self._progress.add_task(visible(title), total=total)

    def __call__(self, count: int) -> None:
        self._progress.update(self._task, completed=count)

    def stop(self) -> None:
        """Take it away, before something else is drawn."""
        self._progress.stop()

    @contextlib.contextmanager
    def running(self) -> Iterator[Ticker]:
        with self._progress:
            yield self
