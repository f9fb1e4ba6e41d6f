"""One property read or written, each inside a one-line function, against the same function on a slot."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import repeat
from typing import Any

from benchmarks import data, service
from benchmarks.figures import Figure, Outcome, Scale
from benchmarks.measuring import compare
from odata3.client.context import DataServiceContext


class _Slotted:
    __slots__ = ("Int321", "String1")


def _read(thing: Any) -> Any:
    return thing.String1


def _write_text(thing: Any) -> None:
    thing.String1 = "a new name"


def _write_int(thing: Any) -> None:
    thing.Int321 = 4096


def _tracked() -> Any:
    context: Any = DataServiceContext(data.ROOT, metadata=service.model())
    machine = context.types.Machine(Guid1=data.guid(1), String1="a name", Int321=1)
    context.attach_to("Machines", machine)
    return machine


def _access(work: Callable[[Any], object], scale: Scale) -> Outcome:
    slotted, tracked = _Slotted(), _tracked()
    _write_text(slotted)

    def often(thing: Any) -> None:
        for each in repeat(thing, scale.loops):
            work(each)

    return Outcome.of(compare(lambda: often(slotted), lambda _: often(tracked), rounds=scale.rounds * 3))


_SLOT = "the same function on a slot"
FIGURES = (
    Figure("read", "property read", _SLOT, 4, 2.2, partial(_access, _read)),
    Figure("write-text", "tracked write of a string", _SLOT, 6, 3, partial(_access, _write_text)),
    Figure("write-int", "tracked write of an int, range checked", _SLOT, 8, 3, partial(_access, _write_int)),
)
