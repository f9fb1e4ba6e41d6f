"""In which column a box stands, and above which other: the first steps of a layered drawing (Sugiyama, Tagawa, Toda).

Lines run from left to right. Circles are opened by turning some of them round; a line that passes a column has a *way-mark*
there, which takes part in the ordering as a box would. Within a column the order is that in which few lines cross.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

_SWEEPS = 16
_TIGHTENINGS = 8


@dataclass(slots=True)
class Layering:
    """``layers`` are the columns, from the left; a node is the name of a box, or a way-mark ``(line, column)``. ``ways`` gives
    for every line the nodes it passes, from the left."""

    layers: list[list[object]] = field(default_factory=list)
    ways: dict[int, list[object]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Joint:
    """A line between two boxes, with the place on each where it stands: 0 is the upper end, 1 the lower."""

    start: str
    end: str
    start_place: float = 0.5
    end_place: float = 0.5

    def turned(self) -> Joint:
        return Joint(self.end, self.start, self.end_place, self.start_place)


#: For every node the lines to one side: where on the node, which node at the other side, where on that.
_Beside = dict[object, list[tuple[float, object, float]]]


def layering(nodes: Sequence[str], lines: Mapping[int, Joint]) -> Layering:
    """The columns of connected boxes. ``lines`` go from left to right, by number; none leads from a box to itself."""
    directed = _without_circles(nodes, lines)
    column = _columns(nodes, directed.values())
    made = Layering([[] for _ in range(max(column.values()) + 1)])
    for name in nodes:
        made.layers[column[name]].append(name)
    for number, joint in directed.items():
        way: list[object] = [joint.start]
        for passed in range(column[joint.start] + 1, column[joint.end]):
            made.layers[passed].append((number, passed))
            way.append((number, passed))
        made.ways[number] = [*way, joint.end]
    _order(made, directed)
    return made


def _without_circles(nodes: Sequence[str], lines: Mapping[int, Joint]) -> dict[int, Joint]:
    """The lines, those turned round that lead back to where a walk along them came from."""
    out: dict[str, list[tuple[int, str]]] = {name: [] for name in nodes}
    incoming = dict.fromkeys(nodes, 0)
    for number, joint in lines.items():
        out[joint.start].append((number, joint.end))
        incoming[joint.end] += 1
    turned: set[int] = set()
    state: dict[str, int] = {}
    for root in sorted(nodes, key=lambda name: (incoming[name], -len(out[name]))):
        if root in state:
            continue
        state[root] = 1
        walk = [(root, iter(out[root]))]
        while walk:
            name, rest = walk[-1]
            number, following = next(rest, (-1, ""))
            if number < 0:
                state[name] = 2
                walk.pop()
            elif state.get(following) == 1:
                turned.add(number)
            elif following not in state:
                state[following] = 1
                walk.append((following, iter(out[following])))
    return {n: joint.turned() if n in turned else joint for n, joint in lines.items()}


def _columns(nodes: Sequence[str], lines: Iterable[Joint]) -> dict[str, int]:
    """As far right as the longest way to a box demands, then moved to where its lines are short."""
    before: dict[str, list[str]] = {name: [] for name in nodes}
    after: dict[str, list[str]] = {name: [] for name in nodes}
    for joint in lines:
        before[joint.end].append(joint.start)
        after[joint.start].append(joint.end)
    column = dict.fromkeys(nodes, 0)
    waiting = {name: len(before[name]) for name in nodes}
    ready = [name for name in nodes if not waiting[name]]
    order: list[str] = []
    while ready:
        name = ready.pop()
        order.append(name)
        for following in after[name]:
            column[following] = max(column[following], column[name] + 1)
            waiting[following] -= 1
            if not waiting[following]:
                ready.append(following)
    for _ in range(_TIGHTENINGS):
        for name in reversed(order):
            least = max((column[n] + 1 for n in before[name]), default=0)
            most = min((column[n] - 1 for n in after[name]), default=column[name])
            column[name] = most if len(after[name]) > len(before[name]) else least if before[name] else most
    first = min(column.values())
    return {name: place - first for name, place in column.items()}


# -- order -----------------------------------------------------------------------------------------------------------------------


def _order(made: Layering, lines: Mapping[int, Joint]) -> None:
    """Sweep to and fro, each column ordered by the mean place of its neighbours; the best order found stays."""
    left, right = _neighbours(made, lines)
    best, fewest = [list(layer) for layer in made.layers], _crossings(made.layers, right)
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        beside, columns = (left, made.layers[1:]) if forth else (right, made.layers[-2::-1])
        for layer in columns:
            _arrange(layer, beside, made.layers)
        count = _crossings(made.layers, right)
        if count < fewest:
            best, fewest = [list(layer) for layer in made.layers], count
        if not fewest:
            break
    made.layers[:] = best


def _neighbours(made: Layering, lines: Mapping[int, Joint]) -> tuple[_Beside, _Beside]:
    """What stands left and right of every node at the lines it is part of."""
    left: _Beside = {node: [] for layer in made.layers for node in layer}
    right: _Beside = {node: [] for layer in made.layers for node in layer}
    for number, way in made.ways.items():
        joint = lines[number]
        for one, other in pairwise(way):
            here = joint.start_place if one is way[0] else 0.5
            there = joint.end_place if other is way[-1] else 0.5
            right[one].append((here, other, there))
            left[other].append((there, one, here))
    return left, right


def _arrange(layer: list[object], beside: _Beside, layers: list[list[object]]) -> None:
    place = {node: (i, len(other)) for other in layers if other is not layer for i, node in enumerate(other)}
    own = {node: i / max(len(layer), 1) for i, node in enumerate(layer)}

    def mean(node: object) -> float:
        places = [(place[other][0] + there) / place[other][1] for _, other, there in beside[node]]
        return sum(places) / len(places) if places else own[node]

    layer.sort(key=lambda node: (mean(node), own[node]))


def _crossings(layers: list[list[object]], right: _Beside) -> int:
    count = 0
    for layer, following in pairwise(layers):
        place = {node: i for i, node in enumerate(following)}
        seen: list[float] = []
        for node in layer:
            for _, other, there in sorted(right[node], key=lambda joint: (joint[0], place[joint[1]] + joint[2])):
                end = place[other] + there
                count += len(seen) - bisect_right(seen, end)
                insort(seen, end)
    return count
