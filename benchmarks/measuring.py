"""Turns, medians, memory, and a process of one's own.

Times are CPU seconds of this process: what others do on the machine at the same moment is not in them, though it still costs
caches. Each round measures the floor and the library one after the other, in alternating order, after a full collection; the
figure is the median of the rounds' ratios. The ratio of the two best rounds stands beside it as a cross-check.
"""

from __future__ import annotations

import ctypes
import gc
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Comparison:
    """Floor and library in seconds of CPU time, best rounds, and the two ratios."""

    ratio: float
    best: float
    floor: float
    own: float


def compare(
    floor: Callable[[], object], own: Callable[[T], object], *, rounds: int, prepare: Callable[[], T] | None = None
) -> Comparison:
    """Measure in turns. ``prepare`` makes afresh what ``own`` takes, outside the time; a first round only warms both."""
    made: Callable[[], Any] = prepare or _nothing
    floors, owns = [], []
    for number in range(rounds + 1):
        argument = made()
        if number % 2:
            spent, base = seconds(own, argument), seconds(floor)
        else:
            base, spent = seconds(floor), seconds(own, argument)
        if number:
            floors.append(base)
            owns.append(spent)
    ratio = median(spent / base for spent, base in zip(owns, floors, strict=True))
    return Comparison(ratio, min(owns) / min(floors), min(floors), min(owns))


def _nothing() -> None:
    return None


def seconds(work: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> float:
    """The CPU seconds of a call; what it returns is given up after the time is taken."""
    gc.collect()
    started = process_time()
    kept = work(*args, **kwargs)
    spent = process_time() - started
    del kept
    return spent


# --- memory ---------------------------------------------------------------------------------------------------------------------


def allocated(work: Callable[[], object]) -> int:
    """The bytes that Python holds for what a call returns."""
    kept = work()  # warms caches, which are not of the result
    del kept
    gc.collect()
    tracemalloc.start()
    try:
        kept = work()
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
        del kept
    finally:
        tracemalloc.stop()
    return held


def settle() -> None:
    """Collect, and give what is free back to the system (glibc)."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)


def resident() -> int:
    """The bytes of this process that are in memory now (Linux)."""
    return _status("VmRSS")


def peak() -> int:
    """The most bytes that this process ever had in memory (Linux)."""
    return _status("VmHWM")


def forget_peak() -> None:
    """Let :func:`peak` begin anew (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")


def _status(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    raise OSError(f"/proc/self/status has no {field}")


def alone(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function of a module in a fresh process, in which no earlier figure has left memory."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        return executor.submit(work, *args, **kwargs).result()
