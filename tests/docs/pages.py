"""Pages of Markdown as programs: their blocks in order, in one namespace and one working folder, with the output they show.

A page is read by humans first, so little is asked of it:

``<!-- runs with: farm -->``
    names what is there before the first block: one or several of :mod:`docs.preparations`, by commas.
A ``python`` block
    is run. A ``text`` block right after it holds what it prints, and, where it raises, ends in the error as Python prints it.
A ``console`` block
    holds lines ``$ odata3 ...`` and ``$ spf-vmm ...`` (a backslash continues a line) with what they print; ``$ echo $?`` is
    the exit code. A ``sh`` block is the same without ``$`` and output.
``...``
    in shown output stands for anything.
A function ``test_...``
    is called right after its block, with what the namespace has for its parameters.
``<!-- not run: reason -->``
    on the line above a block leaves it out.
"""

from __future__ import annotations

import doctest
import io
import re
import shlex
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from inspect import signature
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from typing import Any
from unittest import mock

import odata3.__main__
import spf_vmm.__main__

ROOT = Path(__file__).parents[2]

#: Languages that are only shown. Everything else is run, or says why not.
SHOWN = {"text", "xml", "json", "http", "csharp", "powershell", "toml", "ini", "yaml", "typescript", "pycon", ""}
RUN = {"python", "console", "sh"}
COMMANDS: dict[str, Callable[[], None]] = {"odata3": odata3.__main__.main, "spf-vmm": spf_vmm.__main__.main}

_block = re.compile(
    r"(?:^ *<!-- not run: (?P<reason>[^\n]+?) -->\n)?"
    r"^(?P<indent> *)(?P<fence>```+)(?P<language>[^\n]*)\n(?P<text>.*?)^(?P=indent)(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
_preparations = re.compile(r"^<!-- runs with: (.+?) -->$", re.MULTILINE)
_assignment = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)", re.DOTALL)


class PageError(AssertionError):
    """A block does something else than its page says."""


@dataclass(frozen=True)
class Block:
    """One fenced block, and why it is not run; the output shown right after it; where in the page that stands."""

    language: str
    text: str
    line: int
    reason: str | None
    shown: str | None
    where: slice
    indent: str

    @property
    def is_run(self) -> bool:
        return self.language in RUN and self.reason is None

    @property
    def told(self) -> str:
        """What the page shows as this block's output; for commands with the commands."""
        return self.text if self.shown is None else self.shown


@dataclass(frozen=True)
class Page:
    """A page of Markdown."""

    path: Path
    text: str

    @classmethod
    def read(cls, path: Path) -> Page:
        return cls(path, path.read_text("utf-8"))

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def preparations(self) -> list[str]:
        found = _preparations.search(self.text)
        return [] if found is None else [name.strip() for name in found[1].split(",")]

    @property
    def blocks(self) -> list[Block]:
        return list(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        found = [*_block.finditer(self.text), None]
        for match, after in pairwise(found):
            assert match is not None
            told = match
            if match["language"] == "python" and after is not None and after["language"] == "text":
                told = match if self.text[match.end() : after.start()].strip() else after
            yield Block(
                match["language"].strip(),
                dedent(match["text"]),
                self.text.count("\n", 0, match.start("fence")) + 1,
                match["reason"],
                None if told is match else dedent(told["text"]),
                slice(told.start("text"), told.end("text")),
                told["indent"],
            )


def pages() -> list[Page]:
    """Every page that a reader sees, on the site or in the repository."""
    beside = (ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "CHANGELOG", "SECURITY"))
    paths = [*beside, *(path for path in sorted((ROOT / "docs").rglob("*.md")) if "_build" not in path.parts)]
    return [Page.read(path) for path in paths if path.exists()]


def output(page: Page, block: Block, names: dict[str, Any]) -> str | None:
    """Run a block: what a terminal shows of it, as the page would write it; None where the page shows no output of it.

    Raises PageError, which names page and line, where it raises what the page does not show.
    """
    place = f"{page.name}, line {block.line}"
    if block.language == "python":
        return _output_of_python(block, names, place)
    if block.language == "console":
        return _output_of_console(block, place)
    for command in _joined(block.text):
        if command and not command.startswith("#"):
            code, said = _run_command(command, place)
            if code:
                raise PageError(f"{place}: {command}: exit code {code}\n{said}")
    return None


def run(page: Page, names: dict[str, Any]) -> int:
    """Run a page's blocks; the names that they make are left in ``names``. Gives how many blocks were run.

    Raises PageError, which names page and line, where one raises or prints what the page does not show.
    """
    count = 0
    for block in page.blocks:
        if block.is_run:
            said = output(page, block, names)
            if said is not None:
                compare(block.told, said, f"{page.name}, line {block.line}")
            count += 1
    return count


def _output_of_python(block: Block, names: dict[str, Any], place: str) -> str | None:
    said = io.StringIO()
    # Line numbers of tracebacks are those of the page.
    code = compile("\n" * block.line + block.text, place.partition(",")[0], "exec", dont_inherit=True)
    try:
        with redirect_stdout(said):
            exec(code, names)
            for name in re.findall(r"^def (test_\w+)", block.text, re.MULTILINE):
                names[name](*(names[parameter] for parameter in signature(names[name]).parameters))
    except Exception as error:
        if block.shown is None:
            raise PageError(f"{place}: {''.join(traceback.format_exception(error))}") from error
        if isinstance(error, AttributeError | NameError):
            error.name = None  # type: ignore[assignment]  # else later Pythons add a guess of their own
        said.write("".join(traceback.format_exception_only(error)))
    return None if block.shown is None else said.getvalue()


def _output_of_console(block: Block, place: str) -> str:
    """The block as it should be: each command, and what it writes."""
    code, told = 0, ""
    for typed in _typed(block.text):
        (command,) = _joined(typed)
        if command == "echo $?":
            said = f"{code}\n"
        else:
            code, said = _run_command(command, place)
        told += f"$ {typed}{said}"
    return told


def _typed(text: str) -> Iterator[str]:
    """What is typed after each ``$``, without what is shown after it."""
    start, *parts = re.split(r"^\$ ", text, flags=re.MULTILINE)
    if start.strip():
        raise PageError(f"a console block begins with '$ ', not with {start!r}")
    for part in parts:
        lines = part.splitlines(keepends=True)
        length = 1
        while length < len(lines) and lines[length - 1].rstrip().endswith("\\"):
            length += 1
        yield "".join(lines[:length])


def _joined(text: str) -> list[str]:
    return [line.strip() for line in re.sub(r"\\\n\s*", " ", text).splitlines()]


def _run_command(line: str, place: str) -> tuple[int, str]:
    """A command in this process, as a shell would start it: exit code, and what it wrote to stdout and stderr."""
    words = shlex.split(line, comments=True)
    environment = {}
    while words and (assigned := _assignment.fullmatch(words[0])):
        environment[assigned[1]] = assigned[2]
        words.pop(0)
    if not words or words[0] not in COMMANDS:
        raise PageError(f"{place}: {line!r} is not one of {', '.join(COMMANDS)}: say above the block why it is not run")
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n", write_through=True)
    code = 0
    with (
        mock.patch.object(sys, "argv", words),
        mock.patch.object(sys, "stdin", io.StringIO()),
        mock.patch.dict("os.environ", environment),
        redirect_stdout(output),
        redirect_stderr(output),
    ):
        try:
            with suppress(KeyboardInterrupt):
                COMMANDS[words[0]]()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return code, output.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]


def compare(shown: str, said: str, place: str) -> None:
    """Raise PageError where output is not what a page shows. Spaces at the ends of lines do not count."""
    want, got = trimmed(shown), trimmed(said)
    checker = doctest.OutputChecker()
    if not checker.check_output(want, got, doctest.ELLIPSIS):
        told = checker.output_difference(doctest.Example("", want), got, doctest.ELLIPSIS | doctest.REPORT_NDIFF)
        raise PageError(f"{place}\n{told}")


def trimmed(text: str) -> str:
    """Output as a page holds it: no spaces at the ends of lines, one line break at the end."""
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE).rstrip("\n") + "\n"
