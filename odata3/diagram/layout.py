"""Where everything stands: places of boxes, ways of lines. Lengths are pixels at 100 %, x to the right, y downward.

Boxes that are joined by lines are drawn in columns (:mod:`~odata3.diagram.layers`), and moved within these until the lines lie as
flat as they can. Groups stand side by side, and boxes without lines fill columns below.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import sqrt

from odata3.diagram.layers import Joint, Layering, layering
from odata3.diagram.scene import Box, End, LineKind, Scene

HEAD = 30.0
ROW = 19.0
PADDING = 12.0
#: Width of a character of 12 pixels, on the safe side of what fonts without serifs have.
LETTER = 6.9
_GAP = 26.0
_PASSING = 14.0
_CHANNEL = 96.0
_MARGIN = 28.0
_BETWEEN = 56.0
_ASPECT = 1.5
_PULLS = 24
_PORTS = 24.0

Point = tuple[float, float]


@dataclass(slots=True)
class Placed:
    """A box and its place: upper left corner, width, height."""

    box: Box
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0

    def row_y(self, row: int | None) -> float:
        """The height at which a line meets a row, or the head."""
        return self.y + (HEAD / 2 if row is None else HEAD + ROW * (row + 0.5) + 3)


@dataclass(slots=True)
class Way:
    """The way of the line of this number: its points in pairs, from one column to the next, from the line's start to its end."""

    line: int
    sections: list[tuple[Point, Point]] = field(default_factory=list)
    is_loop: bool = False


@dataclass(slots=True)
class Layout:
    boxes: list[Placed]
    ways: list[Way]
    width: float
    height: float


def arrange(scene: Scene) -> Layout:
    """Places for everything in a scene."""
    boxes = {box.name: _measured(box) for box in scene.boxes}
    groups, alone = _groups(scene)
    ways: list[Way] = []
    blocks: list[tuple[list[Placed], list[Way], float, float]] = []
    for names in groups:
        members = [boxes[name] for name in names]
        found = _drawn(scene, {p.box.name: p for p in members})
        ways += found
        blocks.append((members, found, *_extent(members, found)))
    width, height = _shelved(blocks)
    single = [boxes[name] for name in alone]
    width, height = _filled(single, width, height)
    return Layout(list(boxes.values()), ways, width + 2 * _MARGIN, height + 2 * _MARGIN)


def _measured(box: Box) -> Placed:
    rows = [len(row.name) + (len(row.type) + 3 if row.type else 2) for row in box.rows]
    title = (len(box.title) + (10 if box.is_abstract else 0)) * 1.12
    width = max([title, *rows]) * LETTER + 2 * PADDING + 12
    return Placed(box, 0.0, 0.0, max(width, 120.0), HEAD + len(box.rows) * ROW + (8 if box.rows else 0))


def _groups(scene: Scene) -> tuple[list[list[str]], list[str]]:
    """Boxes that lines join, the largest group first; and those without a line to another."""
    beside: dict[str, list[str]] = {box.name: [] for box in scene.boxes}
    for line in scene.lines:
        if line.start.box != line.end.box:
            beside[line.start.box].append(line.end.box)
            beside[line.end.box].append(line.start.box)
    seen: set[str] = set()
    groups: list[list[str]] = []
    for name in beside:
        if name in seen or not beside[name]:
            continue
        seen.add(name)
        group = [name]
        for member in group:
            for other in beside[member]:
                if other not in seen:
                    seen.add(other)
                    group.append(other)
        groups.append(group)
    order = {name: i for i, name in enumerate(beside)}
    groups = [sorted(group, key=order.__getitem__) for group in groups]
    return sorted(groups, key=len, reverse=True), [name for name in beside if not beside[name] and name not in seen]


# -- one group -------------------------------------------------------------------------------------------------------------------


def _drawn(scene: Scene, boxes: Mapping[str, Placed]) -> list[Way]:
    """Place a group's boxes in columns, its upper left corner at (0, 0); gives the ways of its lines."""
    own = {n: line for n, line in enumerate(scene.lines) if line.start.box in boxes}
    joining = {
        n: Joint(line.start.box, line.end.box, _place(line.start, boxes), _place(line.end, boxes))
        for n, line in own.items()
        if line.start.box != line.end.box
    }
    made = layering(list(boxes), joining)
    tops = _tops(made, boxes, scene)
    lefts, widths = _columns(made, boxes)
    for place, layer in enumerate(made.layers):
        for node in layer:
            if isinstance(node, str):
                boxes[node].x, boxes[node].y, boxes[node].width = lefts[place], tops[node], widths[place]
    ways = [_way(scene, n, way, boxes, tops, lefts, widths) for n, way in made.ways.items()]
    _spread(scene, ways, boxes)
    return ways + [_loop(scene, n, boxes) for n, line in own.items() if line.start.box == line.end.box]


def _place(end: End, boxes: Mapping[str, Placed]) -> float:
    return _height_of(end) / boxes[end.box].height


def _columns(made: Layering, boxes: Mapping[str, Placed]) -> tuple[list[float], list[float]]:
    lefts, widths, x = [], [], 0.0
    for layer in made.layers:
        width = max((boxes[node].width for node in layer if isinstance(node, str)), default=0.0)
        lefts.append(x)
        widths.append(width)
        x += width + _CHANNEL + min(4.0 * len(layer), 60.0)
    return lefts, widths


def _tops(made: Layering, boxes: Mapping[str, Placed], scene: Scene) -> dict[object, float]:
    """The upper edge of every node: each column is moved to where its lines lie flat, without anything overlapping."""

    def height(node: object) -> float:
        return boxes[node].height if isinstance(node, str) else 0.0

    def gap(one: object, other: object) -> float:
        return _GAP if isinstance(one, str) and isinstance(other, str) else _PASSING

    offsets = [_offsets(layer, height, gap) for layer in made.layers]
    tops: dict[object, float] = {}
    for layer, above in zip(made.layers, offsets, strict=True):
        tall = above[-1] + height(layer[-1]) if layer else 0.0
        tops.update((node, off - tall / 2) for node, off in zip(layer, above, strict=True))
    ports = _ports(made, scene)
    for pull in range(_PULLS):
        columns = range(len(made.layers)) if pull % 2 == 0 else range(len(made.layers) - 1, -1, -1)
        for i in columns:
            wanted = [_wanted(node, ports, tops) for node in made.layers[i]]
            weights = [float(len(ports[node])) or 0.05 for node in made.layers[i]]
            aims = [tops[node] if aim is None else aim for node, aim in zip(made.layers[i], wanted, strict=True)]
            for node, top in zip(made.layers[i], _apart(aims, weights, offsets[i]), strict=True):
                tops[node] = top
    highest = min(tops.values())
    return {node: top - highest for node, top in tops.items()}


def _offsets(layer: Sequence[object], height: object, gap: object) -> list[float]:
    """How far below the first each node of a column stands at least."""
    found, y = [], 0.0
    for i, node in enumerate(layer):
        if i:
            y += height(layer[i - 1]) + gap(layer[i - 1], node)  # type: ignore[operator]
        found.append(y)
    return found


def _ports(made: Layering, scene: Scene) -> dict[object, list[tuple[float, object, float]]]:
    """For every node its lines: where on it the line stands, the node at the other side, and where it stands there."""
    found: dict[object, list[tuple[float, object, float]]] = {node: [] for layer in made.layers for node in layer}
    for number, way in made.ways.items():
        line = scene.lines[number]
        heights = {line.start.box: _height_of(line.start), line.end.box: _height_of(line.end)}
        for one, other in pairwise(way):
            here = heights[one] if isinstance(one, str) else 0.0
            there = heights[other] if isinstance(other, str) else 0.0
            found[one].append((here, other, there))
            found[other].append((there, one, here))
    return found


def _height_of(end: End) -> float:
    return HEAD / 2 if end.row is None else HEAD + ROW * (end.row + 0.5) + 3


def _wanted(
    node: object, ports: Mapping[object, list[tuple[float, object, float]]], tops: Mapping[object, float]
) -> float | None:
    aims = [tops[other] + there - here for here, other, there in ports[node]]
    return sum(aims) / len(aims) if aims else None


def _apart(aims: Sequence[float], weights: Sequence[float], offsets: Sequence[float]) -> list[float]:
    """The places nearest to what is wanted (least squares) that keep their order and distances: pooled adjacent violators."""
    pools: list[tuple[float, float, int]] = []
    for aim, weight, offset in zip(aims, weights, offsets, strict=True):
        pools.append((aim - offset, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (one, first, count), (other, second, more) = pools[-2], pools[-1]
            pools[-2:] = [((one * first + other * second) / (first + second), first + second, count + more)]
    flat = [mean for mean, _, count in pools for _ in range(count)]
    return [mean + offset for mean, offset in zip(flat, offsets, strict=True)]


# -- lines -----------------------------------------------------------------------------------------------------------------------


def _way(
    scene: Scene,
    number: int,
    nodes: Sequence[object],
    boxes: Mapping[str, Placed],
    tops: Mapping[object, float],
    lefts: Sequence[float],
    widths: Sequence[float],
) -> Way:
    line = scene.lines[number]
    backwards = nodes[0] != line.start.box
    first, last = (line.end, line.start) if backwards else (line.start, line.end)
    left, right = boxes[first.box], boxes[last.box]
    points: list[Point] = [(left.x + left.width, left.row_y(first.row))]
    for node in nodes[1:-1]:
        column: int = node[1]  # type: ignore[index]
        points += [(lefts[column], tops[node]), (lefts[column] + widths[column], tops[node])]
    points.append((right.x, right.row_y(last.row)))
    sections = list(zip(points[::2], points[1::2], strict=True))
    if backwards:
        sections = [(end, start) for start, end in reversed(sections)]
    return Way(number, sections)


def _spread(scene: Scene, ways: Sequence[Way], boxes: Mapping[str, Placed]) -> None:
    """Lines that meet a box at its head share that side of it, in the order of where they come from."""
    meeting: dict[tuple[str, bool], list[tuple[float, Way, bool]]] = {}
    for way in ways:
        line = scene.lines[way.line]
        for end, at_start in ((line.start, True), (line.end, False)):
            if end.row is None and line.kind is not LineKind.INHERITANCE:
                near, far = way.sections[0] if at_start else reversed(way.sections[-1])
                meeting.setdefault((end.box, near[0] <= boxes[end.box].x), []).append((far[1], way, at_start))
    for (name, _), found in meeting.items():
        step = min(_PORTS, max(boxes[name].height - HEAD, 0.0) / len(found))
        for i, (_, way, at_start) in enumerate(sorted(found, key=lambda item: item[0])):
            y = boxes[name].row_y(None) + i * step
            if at_start:
                way.sections[0] = ((way.sections[0][0][0], y), way.sections[0][1])
            else:
                way.sections[-1] = (way.sections[-1][0], (way.sections[-1][1][0], y))


def _loop(scene: Scene, number: int, boxes: Mapping[str, Placed]) -> Way:
    """A line from a box to itself, at its right side."""
    line = scene.lines[number]
    placed = boxes[line.start.box]
    right = placed.x + placed.width
    return Way(number, [((right, placed.row_y(line.start.row)), (right, placed.row_y(line.end.row)))], is_loop=True)


# -- all groups ------------------------------------------------------------------------------------------------------------------


def _extent(boxes: Iterable[Placed], ways: Iterable[Way]) -> tuple[float, float]:
    members = list(boxes)
    points = [point for way in ways for section in way.sections for point in section]
    loops = [way.sections[0][0][0] + 60 for way in ways if way.is_loop]
    right = max([p.x + p.width for p in members] + loops)
    bottom = max([p.y + p.height for p in members] + [y for _, y in points])
    return right, bottom


def _shelved(blocks: Sequence[tuple[list[Placed], list[Way], float, float]]) -> tuple[float, float]:
    """Groups side by side on shelves, tall ones first; gives the width and height of it all."""
    if not blocks:
        return 0.0, 0.0
    area = sum((w + _BETWEEN) * (h + _BETWEEN) for *_, w, h in blocks)
    limit = max(max(w for *_, w, _ in blocks), sqrt(area * _ASPECT))
    x = y = shelf = widest = 0.0
    for boxes, ways, width, height in sorted(blocks, key=lambda block: -block[3]):
        if x and x + width > limit:
            x, y, shelf = 0.0, y + shelf + _BETWEEN, 0.0
        _move(boxes, ways, x + _MARGIN, y + _MARGIN)
        x, shelf = x + width + _BETWEEN, max(shelf, height)
        widest = max(widest, x - _BETWEEN)
    return widest, y + shelf


def _filled(boxes: Sequence[Placed], width: float, height: float) -> tuple[float, float]:
    """Boxes without lines below the groups, in columns that end at about one height."""
    if not boxes:
        return width, height
    column = max(placed.width for placed in boxes)
    area = sum((column + _GAP) * (placed.height + _GAP) for placed in boxes)
    available = max(width, sqrt(area * _ASPECT))
    count = min(max(int((available + _GAP) // (column + _GAP)), 1), len(boxes))
    ends = [height + _BETWEEN if height else 0.0] * count
    for placed in sorted(boxes, key=lambda placed: -placed.height):
        shortest = min(range(count), key=ends.__getitem__)
        placed.width = column
        placed.x, placed.y = shortest * (column + _GAP) + _MARGIN, ends[shortest] + _MARGIN
        ends[shortest] += placed.height + _GAP
    return max(width, count * (column + _GAP) - _GAP), max(ends) - _GAP


def _move(boxes: Iterable[Placed], ways: Iterable[Way], x: float, y: float) -> None:
    for placed in boxes:
        placed.x, placed.y = placed.x + x, placed.y + y
    for way in ways:
        way.sections = [((a + x, b + y), (c + x, d + y)) for (a, b), (c, d) in way.sections]
