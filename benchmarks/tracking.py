"""What it costs to find ten changes among many tracked entities: it must not depend on how many there are."""

from __future__ import annotations

from statistics import median
from typing import Any

from benchmarks import data, service
from benchmarks.feeds import URL
from benchmarks.figures import Figure, Outcome, Scale
from benchmarks.measuring import seconds

CHANGES = 10
_NARROW = data.NAMES[:9]  # the eight guids and a text


def tracked(count: int) -> Any:
    """A context that tracks so many entities, and has ten changes of them spread among the others."""
    session = service.session({URL: service.Answer(data.light_feed(count, names=_NARROW), service.LIGHT)})
    context: Any = service.context(session, service.model())
    machines = context.Machines.to_list()
    for machine in machines[:: count // CHANGES][:CHANGES]:
        machine.String1 = "changed"
        context.update_object(machine)
    return context


def _find(context: Any) -> None:
    for _ in range(CHANGES):
        found = context.pending_changes()
        assert len(found) == CHANGES


def _growth(scale: Scale) -> Outcome:
    few, many = (tracked(count) for count in scale.tracked)
    ratios, least, most = [], [], []
    for number in range(scale.rounds * 2 + 1):
        small, large = seconds(_find, few), seconds(_find, many)
        if number:
            ratios.append(large / small)
            least.append(small)
            most.append(large)
    return Outcome(median(ratios), min(most) / min(least), min(least), min(most))


FIGURES = (Figure("changes", "find 10 changes among ten times as many tracked entities", "1", 2, 1.2, _growth),)
