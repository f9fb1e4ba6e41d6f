"""Damaged answers: the small permanent version of ``python -m tests.faults.fuzz``."""

from __future__ import annotations

import tracemalloc

from faults.fuzz import run


def test_r51_only_errors_of_the_one_tree_come_out_of_damaged_answers():
    outcomes = run(400, 7, [])
    assert outcomes["read"] > 20 and outcomes["PayloadError"] > 50


def test_r53_memory_stays_bounded_under_damaged_answers():
    run(30, 8, [])
    tracemalloc.start()
    run(80, 9, [])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60_000_000
