"""Random predicates against the rows of the service: a small version of ``python -m tests.uri.comparison``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uri.comparison import Comparison, opened


@pytest.fixture(scope="module")
def comparison() -> Iterator[Comparison]:
    with opened(seed=5, count=25) as found:
        yield found


@given(st.integers(0, 2**40))
def test_the_service_returns_the_rows_that_python_means(comparison: Comparison, seed: int) -> None:
    comparison.check(seed)


def test_a_wrong_filter_would_be_seen(comparison: Comparison, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison compares: with the rows of another predicate it fails."""
    comparison.check(5_000_020)
    monkeypatch.setattr(comparison, "rows", [row for row in comparison.rows if row["ID"] > 9])
    with pytest.raises(AssertionError):
        for number in range(20):
            comparison.check(number)
