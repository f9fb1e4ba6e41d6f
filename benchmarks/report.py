"""The table, the machine, and the same as JSON."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, Outcome

_TITLES = ("figure", "floor", "measured", "best", "must", "goal", "")


def machine() -> str:
    """Interpreter, processor and packages, as one line."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    packages = ", ".join(f"{name} {version(name)}" for name in ("requests", "lxml"))
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python}, {platform.system()}, {os.cpu_count()} x {model}; {packages}"


def verdict(figure: Figure, outcome: Outcome) -> str:
    if figure.must is None or figure.goal is None:
        return ""
    return "goal" if outcome.value <= figure.goal else "must" if outcome.value <= figure.must else "MISSED"


def number(value: float | None, unit: str = "") -> str:
    if value is None:
        return ""
    shown = f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
    return f"{shown} {unit}".rstrip()


def row(figure: Figure, outcome: Outcome) -> tuple[str, ...]:
    return (
        figure.title,
        figure.floor,
        number(outcome.value, figure.unit),
        number(outcome.best, figure.unit),
        "" if figure.must is None else f"{figure.must:g}",
        "" if figure.goal is None else f"{figure.goal:g}",
        verdict(figure, outcome),
    )


class Table:
    """Lines printed as they come, in columns wide enough for every figure."""

    def __init__(self, figures: Sequence[Figure]) -> None:
        widest = max(len(figure.title) for figure in figures), max(len(figure.floor) for figure in figures)
        self._widths = (*widest, 8, 8, 5, 5, 6)

    def head(self) -> str:
        return "\n".join((self._line(_TITLES), self._line(["-" * width for width in self._widths])))

    def line(self, figure: Figure, outcome: Outcome) -> str:
        return self._line(row(figure, outcome))

    def _line(self, cells: Sequence[str]) -> str:
        aligned = (
            cell.rjust(width) if 2 <= place <= 5 else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(cells, self._widths, strict=True))
        )
        return "  ".join(aligned).rstrip()


def as_json(figures: Sequence[Figure], outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
    """Every figure by its key: value, best, seconds of floor and library, must and goal."""
    return {
        "machine": machine(),
        "figures": {
            figure.key: {
                "title": figure.title,
                "floor": figure.floor,
                "unit": figure.unit or "ratio",
                "value": outcomes[figure.key].value,
                "best": outcomes[figure.key].best,
                "floor_seconds": outcomes[figure.key].floor,
                "own_seconds": outcomes[figure.key].own,
                "must": figure.must,
                "goal": figure.goal,
            }
            for figure in figures
        },
    }
