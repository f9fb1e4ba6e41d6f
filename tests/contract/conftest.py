"""One bakery and one emulator on sockets for the whole session; contexts over them, and what they sent."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any
from urllib.parse import unquote

import pytest
from contract.bakery import MODEL, open_bakery, refill
from faults.server import FaultServer

import spf_vmm
from odata3 import DataServiceContext
from odata3.server.wsgi import serve
from spf_vmm import emulator


@pytest.fixture(scope="session")
def bakery():
    """The service, and where it listens."""
    service = open_bakery()
    with serve(service) as server:
        yield service, server
    service.close()


@pytest.fixture
def url(bakery) -> str:
    return bakery[1].url


@pytest.fixture
def fresh(bakery):
    """For tests that write: afterwards the data are again as they were at the start."""
    yield
    refill(bakery[0])


@pytest.fixture
def ctx(url):
    with DataServiceContext(url, metadata=MODEL) as context:
        yield context


@pytest.fixture
def other(url):
    """A second context, to see what the service holds."""
    with DataServiceContext(url, metadata=MODEL) as context:
        yield context


class Sent(list):
    """What went over the wire: method, URL below the root (decoded), headers, body."""

    def __init__(self, context: DataServiceContext) -> None:
        super().__init__()
        root = context.base_uri if context.base_uri.endswith("/") else f"{context.base_uri}/"
        context._channel.transport.watch(
            lambda request, _: self.append(
                (request.method, unquote(request.url.removeprefix(root)), request.headers, request.body)
            )
        )

    @property
    def lines(self) -> list[str]:
        return [f"{method} {path}" for method, path, _, _ in self]


@pytest.fixture
def sent(ctx) -> Sent:
    return Sent(ctx)


def path(query: Any) -> str:
    """A query's URL below the root, decoded."""
    return unquote(query.url.partition("/")[2].partition("/")[2].partition("/")[2])


@pytest.fixture
def scripted():
    """``scripted(answer(...), ...)``: a context whose service answers by a script."""
    with ExitStack() as stack:

        def make(*script: Any, **keywords: Any) -> DataServiceContext:
            server = stack.enter_context(FaultServer(*script))
            defaults: dict[str, Any] = {"metadata": MODEL, "timeout": (2, 0.3), "retry": None, "auth": ("user", "s3cret")}
            return stack.enter_context(DataServiceContext(server.url, **(defaults | keywords)))

        yield make


@pytest.fixture(scope="session")
def box():
    with emulator.run(job_reads=2) as server:
        yield server


@pytest.fixture
def rested(box):
    """For tests that change machines: the emulator as it was at the start."""
    box.reset()


@pytest.fixture
def vmm(box):
    with spf_vmm.connect(box.url, principal_id=box.principal_id) as context:
        yield context
