"""What a shell completes, without the network: connections, sets, types and properties, as far as a file tells of them.

The names of sets and types come from the metadata that a connection was last answered with, or from the metadata file on the
command line. bash breaks words at ``:`` and ``=``; our script for it reads the line itself, so that ``shop:Pro`` is one word.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem, FishComplete, ShellComplete, ZshComplete, add_completion_class

from odata3.console.connections import connections, metadata_path, named_in
from odata3.edm.csdl import parse_metadata
from odata3.edm.model import EntityType, Model, NavigationProperty, StructuredType
from odata3.errors import ODataError

SHELLS = ("bash", "zsh", "fish")

_BASH = """\
%(complete_func)s() {
    local line kind value
    COMPREPLY=()
    while IFS= read -r line; do
        kind=${line%%%%,*}
        value=${line#*,}
        if [[ $kind == dir ]]; then
            compopt -o dirnames
        elif [[ $kind == file ]]; then
            compopt -o default
        else
            [[ $value == *: || $value == */ ]] && compopt -o nospace
            COMPREPLY+=("$value")
        fi
    done < <(env COMP_LINE="$COMP_LINE" COMP_POINT="$COMP_POINT" %(complete_var)s=bash_complete "$1")
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class _Bash(ShellComplete):
    """bash, told the whole line."""

    name = "bash"
    source_template = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        line = os.environ.get("COMP_LINE", "")
        line = line.encode()[: int(os.environ.get("COMP_POINT") or len(line.encode()))].decode("utf-8", "ignore")
        words = _words(line)
        whole = [] if not words or line.endswith((" ", "\t")) else [words.pop()]
        return words[1:], whole[0] if whole else ""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """bash replaces only what stands behind the last ``:`` or ``=``."""
        said = max(incomplete.rfind(":"), incomplete.rfind("=")) + 1
        found = super().get_completions(args, incomplete)
        for item in found:
            if item.type == "plain" and item.value[:said] == incomplete[:said]:
                item.value = item.value[said:]
        return found

    def format_completion(self, item: CompletionItem) -> str:
        return f"{item.type},{item.value}"


def _words(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters = True, ""
    words: list[str] = []
    try:
        words.extend(lexer)
    except ValueError:  # a quotation that is not closed yet
        words.append(lexer.token)
    return words


def register_shells() -> None:
    """Make click know our bash."""
    add_completion_class(_Bash)


def script(shell: str, command: click.Command, program: str) -> str:
    """The script that teaches a shell to complete ``program``."""
    kind: type[ShellComplete] = {"bash": _Bash, "zsh": ZshComplete, "fish": FishComplete}[shell]
    return kind(command, {}, program, f"_{program.upper().replace('-', '_')}_COMPLETE").source()


# -- what there is ------------------------------------------------------------------------------------------------------------


def complete_connection(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of connections."""
    return _items(_connection_names(), incomplete)


def complete_source(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """``NAME:`` of a connection; or a file."""
    found = [CompletionItem(f"{name}:") for name in _connection_names() if f"{name}:".startswith(incomplete)]
    return found if found and incomplete else [*found, CompletionItem(incomplete, type="file")]


def complete_set(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """``NAME:`` of a connection, then the sets of its service."""
    named = named_in(incomplete)
    if named is None:
        option = context.params.get("connection")
        if option:
            return _items(_sets(_known_model(f"{option}:")), incomplete)
        return [CompletionItem(f"{name}:") for name in _connection_names() if f"{name}:".startswith(incomplete)]
    sets = _sets(_known_model(incomplete))
    return [CompletionItem(f"{named[0]}:{name}") for name in sets if name.startswith(named[1])]


def complete_type(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The types of the model on the command line."""
    model = _known_model(_source(context))
    if model is None:
        return []
    everything: list[StructuredType] = [*model.entity_types.values(), *model.complex_types.values()]
    names = [t.full_name if "." in incomplete else t.name for t in everything]
    return _items(names, incomplete)


def complete_properties(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Properties of the set's entities, after commas too; for ``--expand`` those that lead to others."""
    source = _source(context)
    model = _known_model(source)
    entity_type = None if model is None else _type_at(model, source)
    if entity_type is None:
        return []
    names: Iterable[str] = entity_type.navigation_properties.names()
    if parameter.name != "expand":
        names = entity_type.properties.names()
    done, comma, last = incomplete.rpartition(",")
    return [CompletionItem(f"{done}{comma}{name}") for name in names if name.startswith(last)]


def _items(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in dict.fromkeys(names) if name.startswith(incomplete)]


def _connection_names() -> list[str]:
    try:
        return list(connections())
    except ODataError:
        return []


def _source(context: click.Context) -> str:
    """What the command line names so far: its connection and path. While an option has no value yet, click leaves arguments
    unread."""
    given = context.params
    source = str(given.get("source") or given.get("url") or next(iter(context.args), ""))
    return source if ":" in source or not given.get("connection") else f"{given['connection']}:{source}"


def _known_model(source: str) -> Model | None:
    """The model of a connection's kept metadata, or of a file; None where neither is there."""
    named = named_in(source)
    path = metadata_path(named[0]) if named is not None else Path(source)
    try:
        return parse_metadata(path) if path.is_file() else None
    except (ODataError, OSError):
        return None


def _sets(model: Model | None) -> list[str]:
    return [] if model is None else [found.url_name for found in model.entity_sets.values()]


def _type_at(model: Model, source: str) -> EntityType | None:
    """The type of what stands at a path: a set, and navigation properties behind it."""
    named = named_in(source)
    path = named[1] if named is not None else ""
    first, *rest = [re.sub(r"\(.*\)$", "", segment) for segment in path.split("/")]
    found = model.entity_sets.get(first)
    here = None if found is None else model.entity_type_of(found)
    for segment in rest:
        step = None if here is None else here.find(segment)
        here = model.entity_types.get(step.type) if isinstance(step, NavigationProperty) else here
    return here
