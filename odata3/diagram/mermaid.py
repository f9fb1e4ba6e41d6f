"""A scene as Mermaid's ``erDiagram``, which many sites and editors draw from the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from odata3.diagram.scene import Box, Line, LineKind, Row, RowKind, Scene

_LEFT = {"*": "}o", "1": "||", "0..1": "|o", "": "|o"}
_RIGHT = {"*": "o{", "1": "||", "0..1": "o|", "": "o|"}


def write_mermaid(scene: Scene) -> str:
    """The text of a diagram. Names that Mermaid cannot spell have underscores."""
    short = Counter(box.title for box in scene.boxes)
    names = {box.name: _word(box.title if short[box.title] == 1 else box.name) for box in scene.boxes}
    lines = ["erDiagram"]
    for box in scene.boxes:
        lines += _box(box, names[box.name])
    lines += [_line(line, names) for line in scene.lines]
    return "\n".join(lines) + "\n"


def _box(box: Box, name: str) -> Iterator[str]:
    rows = [_row(row) for row in box.rows if row.kind is not RowKind.NAVIGATION]
    if not rows:
        yield f"    {name}"
        return
    yield f"    {name} {{"
    yield from rows
    yield "    }"


def _row(row: Row) -> str:
    if row.kind is RowKind.MORE:
        return f"        %% {row.name}"
    many = "[]" if row.type.endswith("[]") else ""
    key = " PK" if row.kind is RowKind.KEY else ""
    return f"        {_word(row.type.rstrip('?').removesuffix('[]'))}{many} {_word(row.name)}{key}"


def _line(line: Line, names: dict[str, str]) -> str:
    start, end = names[line.start.box], names[line.end.box]
    if line.kind is LineKind.INHERITANCE:
        return f'    {start} ||..o| {end} : "is a"'
    joint = "--" if line.kind is LineKind.ASSOCIATION else ".."
    label = line.label.replace('"', "'")
    return f'    {start} {_LEFT[line.start.multiplicity]}{joint}{_RIGHT[line.end.multiplicity]} {end} : "{label}"'


def _word(text: str) -> str:
    word = re.sub(r"\W", "_", text, flags=re.ASCII)
    return word if word[:1].isalpha() else f"_{word}" if word[:1].isdigit() else word or "_"
