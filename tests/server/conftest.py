from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from server.lab import Plain, lab_service

from odata3.server.service import Service
from odata3.server.wsgi import serve


@pytest.fixture
def open_lab() -> Iterator[Callable[..., Plain]]:
    """Opens a laboratory on a socket: ``open_lab(page_size=2)``. It is closed after the test."""
    running: list[Any] = []

    def opened(service: Service | None = None, **settings: Any) -> Plain:
        service = service if service is not None else lab_service(**settings)
        server = serve(service)
        running.append((server, service))
        return Plain(server)

    yield opened
    for server, service in running:
        server.stop()
        service.close()


@pytest.fixture
def lab(open_lab: Callable[..., Plain]) -> Plain:
    return open_lab()


@pytest.fixture(scope="module")
def still() -> Iterator[Plain]:
    """A laboratory that a module's tests only read."""
    service = lab_service()
    with serve(service) as server:
        yield Plain(server)
    service.close()
