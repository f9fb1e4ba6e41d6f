"""A layout as SVG: one file, no script, no font, nothing fetched; light by itself, dark where the reader's screen is.

Line ends are crow's feet (a fork for many, a bar for one, a ring where there may be none), and say it in figures too; a triangle
points from a derived type to its base. What a box or a line stands for in full appears under the pointer.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from odata3.diagram.layout import HEAD, PADDING, ROW, Layout, Placed, Point, Way, arrange
from odata3.diagram.scene import Box, Line, LineKind, RowKind, Scene

_STYLE = """
text { font: 12px system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; fill: #1f2933; }
.paper { fill: #ffffff; }
.body { fill: #ffffff; stroke: #c3ccd6; }
.head { fill: #2f5d8a; }
.head.n1 { fill: #3a7a5e; } .head.n2 { fill: #8a5a2f; } .head.n3 { fill: #6d4a8c; } .head.n4 { fill: #8c3f55; }
.head.n5 { fill: #4a6572; }
.complex .head { fill: #7b8794; }
.title { font-weight: 600; fill: #ffffff; }
.abstract .title { font-style: italic; }
.kind { font-size: 10px; fill: #ffffff; opacity: .8; }
.key { font-weight: 600; }
.type, .more { fill: #67758a; }
.more { font-style: italic; }
.way { fill: #2f5d8a; }
.rule { stroke: #e4e9ee; }
.line, .foot { fill: none; stroke: #52667a; stroke-width: 1.3; }
.value .line { stroke-dasharray: 5 4; }
.ring, .triangle { fill: #ffffff; stroke: #52667a; stroke-width: 1.3; }
.many { font-size: 10px; fill: #405261; paint-order: stroke; stroke: #ffffff; stroke-width: 3px; }
g.line-group:hover .line, g.line-group:hover .foot { stroke: #d9480f; stroke-width: 2; }
@media (prefers-color-scheme: dark) {
  text { fill: #e4e9ee; }
  .paper { fill: #14191f; }
  .body { fill: #1d242c; stroke: #3b4653; }
  .head { fill: #3b6ea3; } .head.n1 { fill: #3f8467; } .head.n2 { fill: #96653a; } .head.n3 { fill: #795799; }
  .head.n4 { fill: #9a4d63; } .head.n5 { fill: #557280; } .complex .head { fill: #5c6875; }
  .type, .more { fill: #9aa7b5; }
  .way { fill: #8ab8e6; }
  .rule { stroke: #2b343e; }
  .line, .foot { stroke: #8fa3b5; }
  .ring, .triangle { fill: #14191f; stroke: #8fa3b5; }
  .many { fill: #b8c5d1; stroke: #14191f; }
}
"""
_COLOURS = 6
_KINDS = {RowKind.KEY: "key", RowKind.VALUE: "", RowKind.MORE: "more", RowKind.NAVIGATION: "way"}
_BEND = 0.5
_LOOP = 44.0


def draw(scene: Scene, *, title: str = "") -> str:
    """The picture of a scene, as the text of an SVG file."""
    layout = arrange(scene)
    namespaces = list(dict.fromkeys(box.namespace for box in scene.boxes))
    width, height = round(layout.width), round(layout.height)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img">',
            f"<title>{_text(title or 'Entity types')}</title>",
            f"<style>{_STYLE}</style>",
            f'<rect class="paper" width="{width}" height="{height}"/>',
            *(_box(placed, namespaces.index(placed.box.namespace) % _COLOURS) for placed in layout.boxes),
            *(_line(scene.lines[way.line], way) for way in _long_first(layout)),
            "</svg>\n",
        ]
    )


def _long_first(layout: Layout) -> list[Way]:
    return sorted(layout.ways, key=lambda way: -len(way.sections))


# -- boxes -----------------------------------------------------------------------------------------------------------------------


def _box(placed: Placed, colour: int) -> str:
    box, x, y, w, h = placed.box, placed.x, placed.y, placed.width, placed.height
    kinds = " ".join(["box", *(["abstract"] if box.is_abstract else []), *(["complex"] if box.is_complex else [])])
    corner = f"M{_n(x)} {_n(y + HEAD)}v{_n(6 - HEAD)}a6 6 0 0 1 6 -6h{_n(w - 12)}a6 6 0 0 1 6 6v{_n(HEAD - 6)}z"
    parts = [
        f'<g class="{kinds}"><title>{_text(box.name)}</title>',
        f'<rect class="body" x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}" rx="6"/>',
        f'<path class="head n{colour}" d="{corner}"/>',
        _label("title", x + PADDING, y + HEAD / 2 + 4.5, box.title),
    ]
    if kind := "abstract" if box.is_abstract else "complex" if box.is_complex else "":
        parts.append(_label("kind", x + w - PADDING, y + HEAD / 2 + 4, kind, end=True))
    parts += list(_rows(box, x, y, w))
    return "".join([*parts, "</g>"])


def _rows(box: Box, x: float, y: float, width: float) -> Iterator[str]:
    first_way = next((i for i, row in enumerate(box.rows) if row.kind is RowKind.NAVIGATION), None)
    for i, row in enumerate(box.rows):
        base = y + HEAD + 3 + ROW * (i + 1) - 5.5
        if i == first_way and i:
            level = y + HEAD + 3 + ROW * i
            yield f'<path class="rule" d="M{_n(x + 1)} {_n(level)}h{_n(width - 2)}"/>'
        if row.kind is RowKind.KEY:
            yield f'<circle class="way" cx="{_n(x + PADDING - 1)}" cy="{_n(base - 4)}" r="2.6"/>'
        yield _label(_KINDS[row.kind], x + PADDING + 6, base, row.name)
        if row.type:
            yield _label("type", x + width - PADDING, base, row.type, end=True)


def _label(kind: str, x: float, y: float, text: str, *, end: bool = False) -> str:
    anchor = ' text-anchor="end"' if end else ""
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{_n(x)}" y="{_n(y)}"{anchor}>{_text(text)}</text>'


# -- lines -----------------------------------------------------------------------------------------------------------------------


def _line(line: Line, way: Way) -> str:
    start, end = way.sections[0][0], way.sections[-1][1]
    if way.is_loop:
        path = _loop_path(start, end)
        leaving = arriving = 1.0
    else:
        path = _path(way)
        leaving = 1.0 if way.sections[0][1][0] > start[0] else -1.0
        arriving = 1.0 if way.sections[-1][0][0] > end[0] else -1.0
    told = " — ".join(f"{end.box.rpartition('.')[2]} {end.multiplicity}".strip() for end in (line.start, line.end))
    named = _text(f"{line.label or 'is a'}: {told}")
    parts = [
        f'<g class="line-group {line.kind.value}"><title>{named}</title>',
        f'<path class="line" d="{path}"/>',
    ]
    if line.kind is LineKind.INHERITANCE:
        parts.append(_triangle(start, leaving))
    else:
        after, before = way.sections[0][1], way.sections[-1][0]
        parts.append(_foot(start, leaving, line.start.multiplicity, rises=after[1] < start[1] - 1))
        parts.append(_foot(end, arriving, line.end.multiplicity, rises=before[1] < end[1] - 1))
    return "".join([*parts, "</g>"])


def _path(way: Way) -> str:
    """Curves through the channels between columns, straight lines through the columns passed."""
    parts = [f"M{_p(way.sections[0][0])}"]
    for i, (one, other) in enumerate(way.sections):
        if i:
            parts.append(f"L{_p(one)}")
        bend = (other[0] - one[0]) * _BEND
        parts.append(f"C{_p((one[0] + bend, one[1]))} {_p((other[0] - bend, other[1]))} {_p(other)}")
    return "".join(parts)


def _loop_path(start: Point, end: Point) -> str:
    far = start[0] + _LOOP
    if abs(start[1] - end[1]) < 1:
        start, end = (start[0], start[1] - 5), (end[0], end[1] + 5)
    return f"M{_p(start)}C{_p((far, start[1]))} {_p((far, end[1]))} {_p(end)}"


def _foot(at: Point, way: float, multiplicity: str, *, rises: bool) -> str:
    """The end of a line; ``way`` is +1 where the line leads to the right. The figure stands where the line does not go."""
    x, y = at
    parts = []
    if multiplicity == "*":
        parts.append(f'<path class="foot" d="M{_n(x)} {_n(y - 5)}L{_n(x + 11 * way)} {_n(y)}L{_n(x)} {_n(y + 5)}"/>')
    elif multiplicity:
        parts.append(f'<path class="foot" d="M{_n(x + 6 * way)} {_n(y - 5)}v10"/>')
        if multiplicity == "0..1":
            parts.append(f'<circle class="ring" cx="{_n(x + 12 * way)}" cy="{_n(y)}" r="3.6"/>')
    if multiplicity:
        parts.append(_label("many", x + 17 * way, y + (12 if rises else -4), multiplicity, end=way < 0))
    return "".join(parts)


def _triangle(at: Point, way: float) -> str:
    x, y = at
    return f'<path class="triangle" d="M{_n(x)} {_n(y)}l{_n(12 * way)} -6v12z"/>'


def _text(text: str) -> str:
    """Text for XML, which has no control characters."""
    return escape("".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text))


def _p(point: Point) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
