"""What a figure is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.measuring import Comparison


@dataclass(frozen=True)
class Scale:
    """How large and how often. The reduced scale takes seconds and serves to catch what went wrong, not to compare."""

    entities: int = 10_000
    least: int = 1_000
    most: int = 100_000
    rounds: int = 9
    types: int = 500
    tracked: tuple[int, int] = (10_000, 100_000)
    loops: int = 50_000
    pages: int = 1_000
    megabytes: int = 50
    parts: int = 1_000
    peers: int = 500


FULL = Scale()
REDUCED = Scale(
    entities=1_000,
    least=200,
    most=2_000,
    rounds=5,
    types=100,
    tracked=(1_000, 10_000),
    loops=10_000,
    pages=60,
    megabytes=6,
    parts=1_000,
    peers=50,
)


@dataclass(frozen=True)
class Outcome:
    """A figure measured. ``best`` is the same from the best rounds; ``floor`` and ``own`` are seconds where it is a time."""

    value: float
    best: float | None = None
    floor: float | None = None
    own: float | None = None

    @classmethod
    def of(cls, compared: Comparison) -> Outcome:
        return cls(compared.ratio, compared.best, compared.floor, compared.own)


@dataclass(frozen=True)
class Figure:
    """A line of the table. ``must`` and ``goal`` are upper bounds in ``unit``; None where there is no promise (a peer's line)."""

    key: str
    title: str
    floor: str
    must: float | None
    goal: float | None
    measure: Callable[[Scale], Outcome]
    unit: str = ""
