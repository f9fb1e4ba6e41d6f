"""What the client's tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from client.wired import Wired


@pytest.fixture
def wired() -> Iterator[Callable[..., Wired]]:
    """Makes contexts over real sockets, closed when the test is over."""
    with ExitStack() as stack:

        def make(*steps: Any, **keywords: Any) -> Wired:
            return stack.enter_context(Wired(*steps, **keywords))

        yield make
