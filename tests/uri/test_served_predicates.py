"""Random predicates once more: the rows that the reference service finds for the filter's text are those that Python finds."""

from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uri.predicates import Served

pytest.importorskip("sqlalchemy")


@lru_cache
def served() -> Served:
    return Served()


@given(st.integers(0, 2**40))
def test_random_predicates(seed: int) -> None:
    """Twenty thousand: ``python tests/uri/predicates.py --examples 20000 --served``."""
    served().check(seed)
