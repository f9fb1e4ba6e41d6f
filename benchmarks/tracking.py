"""What it costs to find ten changes among many tracked entities: it must not depend on how many there are."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

from benchmarks import data, service
from benchmarks.feeds import URL
from benchmarks.figures import Figure, Outcome, Scale
from benchmarks.measuring import seconds

CHANGES = 10
_NARROW = data.NAMES[:9]  # the eight guids and a text


class _Tracked:
    """A context that tracks so many entities, ten of which change, spread among the others."""

    def __init__(self, count: int) -> None:
        feed = service.Answer(data.light_feed(count, names=_NARROW), service.LIGHT)
        saved = service.Answer(b"", service.LIGHT, status=204)
        self._context: Any = service.context(service.session(lambda url: feed if url == URL else saved), service.model())
        machines = self._context.Machines.to_list()
        self._changing = machines[:: count // CHANGES][:CHANGES]

    def change(self) -> None:
        for machine in self._changing:
            machine.String1 = "changed"
            self._context.update_object(machine)

    def save(self) -> None:
        assert len(list(self._context.save_changes())) == CHANGES

    def preview(self) -> None:
        assert len(self._context.pending_changes()) == CHANGES


def _growth(find: Callable[[_Tracked], None], scale: Scale) -> Outcome:
    few, many = (_Tracked(count) for count in scale.tracked)
    ratios, least, most = [], [], []
    for number in range(scale.rounds * 2 + 1):
        few.change()
        many.change()
        small, large = seconds(find, few), seconds(find, many)
        if number:
            ratios.append(large / small)
            least.append(small)
            most.append(large)
    return Outcome(median(ratios), min(most) / min(least), min(least), min(most))


FIGURES = (
    Figure("changes", "save 10 changes among 100k tracked, over among 10k", "1", 2, 1.2, partial(_growth, _Tracked.save)),
    Figure("pending", "… pending_changes() of the same", "1", 2, 1.2, partial(_growth, _Tracked.preview)),
)
