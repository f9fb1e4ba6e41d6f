from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from server.lab import Plain, lab_service

from odata3.server.service import Service
from odata3.server.wsgi import RunningServer, serve
from odata3.wire.messages import Request, Response


class Stage:
    """Hands requests to the service that plays now, so that one server does for many tests."""

    service: Service | None = None

    def send(self, request: Request) -> Response:
        assert self.service is not None
        return self.service.send(request)


@pytest.fixture(scope="session")
def stage() -> Iterator[tuple[Stage, RunningServer]]:
    stage = Stage()
    with serve(stage) as server:
        yield stage, server


@pytest.fixture
def open_lab(stage: tuple[Stage, RunningServer]) -> Iterator[Callable[..., Plain]]:
    """Opens a laboratory on a socket: ``open_lab(page_size=2)``, in the place of the one before. It is closed after the test."""
    opened: list[Service] = []

    def open_one(service: Service | None = None, **settings: Any) -> Plain:
        opened.append(service if service is not None else lab_service(**settings))
        stage[0].service = opened[-1]
        return Plain(stage[1])

    yield open_one
    for service in opened:
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
