"""What pages find before their first block: ``<!-- runs with: farm -->`` names one or several of these.

Each is a context manager that gets the page's :class:`~docs.hosts.Hosts` and yields the names it makes. To add one, write it
here and decorate it; underscores of its name are spaces on the page.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import spf_vmm
from odata3 import DataServiceContext
from odata3.server import Service, serve
from spf_vmm.emulator import Emulator, EmulatorServer, Settings

from .farm import open_farm
from .hosts import CERTIFICATE, Hosts, named
from .northwind import Northwind
from .shop import open_shop

Preparation = Callable[[Hosts], AbstractContextManager[dict[str, Any]]]

PREPARATIONS: dict[str, Preparation] = {}


def preparation(function: Callable[[Hosts], Iterator[dict[str, Any]]]) -> Preparation:
    prepared = contextmanager(function)
    PREPARATIONS[function.__name__.replace("_", " ")] = prepared
    return prepared


@preparation
def farm(hosts: Hosts) -> Iterator[dict[str, Any]]:
    """The farm of virtual machines at ``http://farm.example/``; ``ctx`` is a context over it, ``service`` the service itself."""
    service = open_farm(page_size=3)
    with serve(service) as server:
        hosts.name("farm.example", 80, server.port)
        with DataServiceContext("http://farm.example/") as ctx:
            yield {"ctx": ctx, "service": service, "server": server}
    service.close()


@preparation
def shop(hosts: Hosts) -> Iterator[dict[str, Any]]:
    """The shop at ``http://shop.example/``, and ``ctx``, a context over it."""
    service = open_shop()
    with serve(service) as server:
        hosts.name("shop.example", 80, server.port)
        with DataServiceContext("http://shop.example/") as ctx:
            yield {"ctx": ctx, "service": service}
    service.close()


@preparation
def northwind(hosts: Hosts) -> Iterator[dict[str, Any]]:
    """Products at ``https://services.example/Northwind.svc/``."""
    service = Northwind()
    with serve(service, tls=(CERTIFICATE, CERTIFICATE)) as server:
        hosts.name("services.example", 443, server.port)
        yield {}
    service.close()


@preparation
def emulator(hosts: Hosts) -> Iterator[dict[str, Any]]:
    """``server``, as ``spf-vmm emulator`` starts it at ``http://127.0.0.1:30006``, and ``vmm``, its tenant."""
    with _box(Settings(job_reads=2, clock=noon)) as box, serve(box) as running:
        hosts.name("127.0.0.1", 30006, running.port)
        server = EmulatorServer(box, running)
        with spf_vmm.connect(server.url, principal_id=server.principal_id) as vmm:
            yield {"server": server, "vmm": vmm}


@preparation
def wapserver(hosts: Hosts) -> Iterator[dict[str, Any]]:
    """An SPF that demands Basic authentication: the Pack at ``https://wapserver:30006``, itself at ``https://spfserver:8090``."""
    demanding = Settings(job_reads=2, clock=noon, credentials=("user", "secret"))
    with _box(demanding) as box, serve(box, tls=(CERTIFICATE, CERTIFICATE)) as running:
        hosts.name("wapserver", 30006, running.port)
        hosts.name("spfserver", 8090, running.port)
        yield {}


@preparation
def fixtures(hosts: Hosts) -> Iterator[dict[str, Any]]:
    """What the fixtures ``spf_emulator`` and ``spf_tenant`` give; tests that a page defines are called with them."""
    with _box(Settings(clock=noon)) as box, serve(box) as running:
        server = EmulatorServer(box, running)
        with spf_vmm.connect(server.url, principal_id=server.principal_id) as tenant:
            yield {"spf_emulator": server, "spf_tenant": tenant}


def noon() -> datetime:
    """The emulators' time: it stands still, so that pages may show it."""
    return datetime(2013, 8, 19, 12, 0, 0, tzinfo=UTC)


@cache
def _seeded() -> bytes:
    """The database of an emulator at its start; made once, for it takes its time."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "seeded.db")
        Emulator(file, Settings(clock=noon)).close()
        return file.read_bytes()


@contextmanager
def _box(settings: Settings) -> Iterator[Emulator]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "vmm.db")
        file.write_bytes(_seeded())
        box = Emulator(file, settings)
        try:
            yield box
        finally:
            box.close()


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Modules that a page writes into its folder can be imported, by that page alone."""
    known = set(sys.modules)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in set(sys.modules) - known:
            if str(getattr(sys.modules[name], "__file__", None)).startswith(str(folder)):
                del sys.modules[name]


@contextmanager
def prepared(names_of_preparations: Iterable[str]) -> Iterator[dict[str, Any]]:
    """A namespace that holds what the preparations make. What the page opened and left open is closed at the end."""
    hosts, names = Hosts(), {"__name__": "__main__"}
    random.seed(20130819)
    with ExitStack() as stack:
        stack.enter_context(_importable(Path.cwd()))
        stack.enter_context(
            named(hosts, {"COLUMNS": "120", "NO_COLOR": "1", "ODATA3_CONFIG": "connections.toml", "ODATA3_CACHE": "cache"})
        )
        for name in names_of_preparations:
            names |= stack.enter_context(PREPARATIONS[name](hosts))
        try:
            yield names
        finally:
            for value in names.values():
                if isinstance(value, DataServiceContext | Service):
                    value.close()
