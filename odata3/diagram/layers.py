"""In which column a box stands, and above which other: the first steps of a layered drawing (Sugiyama, Tagawa, Toda).

Lines run from left to right. Circles are opened by turning some of them round; a line that passes a column has a *way-mark*
there, which takes part in the ordering as a box would. Within a column the order is that in which few lines cross.
"""

from __future__ import annotations

from bisect import bisect_left, insort
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

    def neighbours(self) -> tuple[dict[object, list[object]], dict[object, list[object]]]:
        """What stands left and right of every node at the lines it is part of."""
        left: dict[object, list[object]] = {node: [] for layer in self.layers for node in layer}
        right: dict[object, list[object]] = {node: [] for layer in self.layers for node in layer}
        for way in self.ways.values():
            for one, other in pairwise(way):
                right[one].append(other)
                left[other].append(one)
        return left, right


def layering(nodes: Sequence[str], lines: Mapping[int, tuple[str, str]]) -> Layering:
    """The columns of connected boxes. ``lines`` are (left, right) by number; none leads from a box to itself."""
    directed = _without_circles(nodes, lines)
    column = _columns(nodes, directed.values())
    made = Layering([[] for _ in range(max(column.values()) + 1)])
    for name in nodes:
        made.layers[column[name]].append(name)
    for number, (start, end) in directed.items():
        way: list[object] = [start]
        for passed in range(column[start] + 1, column[end]):
            made.layers[passed].append((number, passed))
            way.append((number, passed))
        made.ways[number] = [*way, end]
    _order(made)
    return made


def _without_circles(nodes: Sequence[str], lines: Mapping[int, tuple[str, str]]) -> dict[int, tuple[str, str]]:
    """The lines, those turned round that lead back to where a walk along them came from."""
    out: dict[str, list[tuple[int, str]]] = {name: [] for name in nodes}
    incoming = dict.fromkeys(nodes, 0)
    for number, (start, end) in lines.items():
        out[start].append((number, end))
        incoming[end] += 1
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
    return {n: (end, start) if n in turned else (start, end) for n, (start, end) in lines.items()}


def _columns(nodes: Sequence[str], lines: Iterable[tuple[str, str]]) -> dict[str, int]:
    """As far right as the longest way to a box demands, then moved to where its lines are short."""
    before: dict[str, list[str]] = {name: [] for name in nodes}
    after: dict[str, list[str]] = {name: [] for name in nodes}
    for start, end in lines:
        before[end].append(start)
        after[start].append(end)
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


def _order(made: Layering) -> None:
    """Sweep to and fro, each column ordered by the mean place of its neighbours; the best order found stays."""
    left, right = made.neighbours()
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


def _arrange(layer: list[object], beside: Mapping[object, list[object]], layers: list[list[object]]) -> None:
    place = {node: i / max(len(other) - 1, 1) for other in layers if other is not layer for i, node in enumerate(other)}
    own = {node: i / max(len(layer) - 1, 1) for i, node in enumerate(layer)}

    def mean(node: object) -> float:
        places = [place[other] for other in beside[node] if other in place]
        return sum(places) / len(places) if places else own[node]

    layer.sort(key=lambda node: (mean(node), own[node]))


def _crossings(layers: list[list[object]], right: Mapping[object, list[object]]) -> int:
    count = 0
    for layer, following in pairwise(layers):
        place = {node: i for i, node in enumerate(following)}
        seen: list[int] = []
        for node in layer:
            ends = sorted(place[other] for other in right[node])
            count += sum(len(seen) - bisect_left(seen, end + 1) for end in ends)
            for end in ends:
                insort(seen, end)
    return count
