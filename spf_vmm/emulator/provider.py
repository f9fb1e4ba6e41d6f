"""The emulator itself: the VMM service of a Service Provider Foundation, in this process, over any database.

with spf_vmm.emulator.run() as server:
    vmm = spf_vmm.connect(server.url, principal_id="user@contoso.com")

Source: the how-to pages of Service Provider Foundation; its metadata.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from odata3.server.doors import Door
from odata3.server.service import Service
from odata3.server.store import Store
from odata3.server.wsgi import RunningServer, serve
from odata3.wire.messages import Headers, Request, Response
from spf_vmm.emulator.admin import Administration
from spf_vmm.emulator.checkpoints import Checkpoints
from spf_vmm.emulator.deployments import Deployments
from spf_vmm.emulator.doors import ADMIN, DIRECT, DIRECT_TENANT, PACK, ROLES, site
from spf_vmm.emulator.gallery import Gallery
from spf_vmm.emulator.guests import Guests
from spf_vmm.emulator.jobs import Jobs
from spf_vmm.emulator.ledger import RELATIONS, extended
from spf_vmm.emulator.machines import Machines
from spf_vmm.emulator.networks import Networks
from spf_vmm.emulator.offers import Offers
from spf_vmm.emulator.quotas import Usage
from spf_vmm.emulator.seed import CHECKPOINT, PRINCIPAL, SUBSCRIPTION, Seed
from spf_vmm.emulator.settings import Settings
from spf_vmm.emulator.storage import Storage
from spf_vmm.emulator.tenants import Tenants
from spf_vmm.metadata import model

_BACK_END = f"https://spf.contoso.com:8090{DIRECT}"
_DIE = 20130819  # by which requests fail: the same ones in every run
_BUSY = b'{"odata.error":{"code":"","message":{"lang":"en-US","value":"The service is busy (the emulator was told so)."}}}'


class Emulator:
    """A service to send requests to; :func:`run` puts it on a socket.

    Its data is in ``store``, and ``service`` is the VMM service over it.

    Parameters
    ----------
    database : path, URL of SQLAlchemy, or None
        Where its data is kept; an empty database is filled first, None is one in memory.
    settings : Settings
        How it behaves; they may be changed while it runs.
    """

    def __init__(self, database: str | Path | None = None, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.store = Store(extended(model()), _database_url(database), relations=RELATIONS)
        self.service = Service(model(), self.store)
        service, knobs = self.service, self.settings
        self._jobs = jobs = Jobs(service, knobs)
        offers = Offers(service, jobs, knobs)
        Tenants(service)
        Machines(service, jobs, knobs)
        Checkpoints(service, jobs, knobs)
        Storage(service, offers)
        Networks(service, offers, knobs)
        Deployments(service, jobs, knobs)
        Guests(service)
        Usage(service)
        Gallery(service)
        self._admin: Administration | None = None
        self._admin_database = _beside(database)
        self._site = site(self.service, _Late(self._administration), self.store, self.settings)
        self._chance, self._lock = random.Random(_DIE), Lock()
        with self.store.begin() as store:
            if not store.count("UserRoles"):
                Seed(store, self.settings).write()

    def send(self, request: Request) -> Response:
        """Answer a request; its URL says by which root it asks."""
        if self.settings.latency:
            time.sleep(self.settings.latency)
        self._turn_knobs()
        response = self._busy() if self._fails() else self._site.send(request)
        if _is_of_roles(request):
            response = _named_by_the_back_end(response)
        extra: Mapping[str, str] = {
            "request-id": str(uuid4()),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-cache",
        }
        return Response(response.status, response.headers.merged(extra), response.body, response.url)

    def reset(self) -> None:
        """Everything as it was at the start, tenants and stamps too; the settings stay."""
        with self.store.begin() as store:
            for entity_set in self.store.model.entity_sets:
                for record in store.find(entity_set):
                    store.delete(record)
            Seed(store, self.settings).write()
        with self._lock:
            self._chance.seed(_DIE)
            if self._admin is not None:
                self._admin.reset()

    def _turn_knobs(self) -> None:
        """Those of the service beneath may be turned at any time, as all others."""
        knobs, sets = self.settings, self.service.model.entity_sets
        pages = {} if knobs.page_size is None else dict.fromkeys(sets, knobs.page_size)
        wanted = replace(self.service.settings, page_size=pages, put_resets=knobs.put_resets, batch=not knobs.refuse_batch)
        if wanted != self.service.settings:
            self.service.settings = wanted

    def _administration(self) -> Administration:
        """The Admin service, made when it is first asked."""
        with self._lock:
            if self._admin is None:
                self._admin = Administration(self._admin_database, self.store)
            return self._admin

    def finish_jobs(self) -> None:
        """End all jobs that are under way."""
        with self.store.begin() as store:
            self._jobs.finish_all(store)

    def close(self) -> None:
        """Give the databases' connections back; the emulator answers no more."""
        self.store.close()
        if self._admin is not None:
            self._admin.close()

    def _fails(self) -> bool:
        rate = self.settings.failure_rate
        if not rate:
            return False
        with self._lock:
            return self._chance.random() < rate

    @staticmethod
    def _busy() -> Response:
        headers = {
            "Content-Type": "application/json;odata=minimalmetadata;charset=utf-8",
            "DataServiceVersion": "3.0;",
            "Retry-After": "1",
        }
        return Response(503, Headers(headers), _BUSY)


class _Late:
    """A service that is made when it is first asked."""

    def __init__(self, make: Callable[[], Administration]) -> None:
        self._make = make

    def send(self, request: Request, root: str | None = None, scope: Mapping[str, Any] | None = None) -> Response:
        return self._make().service.send(request, root, {} if scope is None else scope)


def _is_of_roles(request: Request) -> bool:
    return re.match(r"/[^/]+/(CloudServices|Gallery)", urlsplit(request.url).path) is not None


def _named_by_the_back_end(response: Response) -> Response:
    """VM roles tell ``Location`` by the host behind the Pack, which no tenant can reach."""
    location = response.headers.get("Location")
    if location is None:
        return response
    path = urlsplit(location).path.split("/", 2)[2]
    return Response(response.status, response.headers.merged({"Location": f"{_BACK_END}{path}"}), response.body, response.url)


class EmulatorServer:
    """An emulator that listens, and the URLs of its services.

    Attributes
    ----------
    url : str
        The root of its tenant's service, as through Windows Azure Pack.
    direct_url, hoster_url : str
        The tenant's root and the hoster's, without the Pack in front.
    roles_url, admin_url : str
        The roots of VM roles (``?api-version=2013-03`` on every URL), and of the hoster's Admin service.
    origin : str
        Scheme, host and port.
    subscription_id : str
    principal_id : str
        A user of the tenant.
    checkpoint_id : UUID
        A checkpoint that can be restored.
    wait : callable
        Blocks until the server is stopped.
    emulator : Emulator
    """

    principal_id = PRINCIPAL
    checkpoint_id = CHECKPOINT

    def __init__(self, emulator: Emulator, server: RunningServer) -> None:
        self.emulator = emulator
        self.origin = server.origin
        self.wait = server.wait
        self.subscription_id = str(SUBSCRIPTION)
        self.url = self.root_of(SUBSCRIPTION)
        self.direct_url = self.origin + DIRECT_TENANT.format(subscription=SUBSCRIPTION)
        self.hoster_url = self.origin + DIRECT
        self.roles_url = self.origin + ROLES.format(subscription=SUBSCRIPTION)
        self.admin_url = self.origin + ADMIN

    @property
    def settings(self) -> Settings:
        """How the emulator behaves; the fields may be changed while it runs."""
        return self.emulator.settings

    def root_of(self, subscription: UUID | str) -> str:
        """The root of the service of a tenant, by the guid of its ``subscription``."""
        return self.origin + PACK.format(subscription=subscription)

    def reset(self) -> None:
        """Put everything back as it was at the start; the settings stay."""
        self.emulator.reset()

    def finish_jobs(self) -> None:
        """End all jobs that are under way, as if the time they take had passed."""
        self.emulator.finish_jobs()


@contextmanager
def run(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    database: str | Path | None = None,
    settings: Settings | None = None,
    tls: tuple[str | Path, str | Path] | None = None,
    client_authority: str | Path | None = None,
    door: Door | None = None,
    **knobs: Any,
) -> Iterator[EmulatorServer]:
    """An emulator on a socket, for as long as the block lasts.

    It listens at ``host`` and ``port`` (0 takes a free one), over a ``database`` as of :class:`Emulator`. Its ``settings``, or
    their fields as ``knobs``, are those of :class:`~spf_vmm.emulator.settings.Settings`: ``run(job_reads=1, page_size=2)``.
    ``tls``, ``client_authority`` and ``door`` are those of :func:`odata3.server.serve`, as are the errors.
    """
    emulator = Emulator(database, settings or Settings(**knobs))
    try:
        with serve(emulator, host, port, tls=tls, client_authority=client_authority, door=door) as server:
            yield EmulatorServer(emulator, server)
    finally:
        emulator.close()


def _beside(database: str | Path | None) -> str:
    """Where the Admin service keeps its data: a second file beside the first; in memory where the first is no file."""
    if database is None or "://" in str(database):
        return "sqlite://"
    path = Path(database)
    return _database_url(path.with_name(f"{path.stem}-admin{path.suffix}"))


def _database_url(database: str | Path | None) -> str:
    if database is None:
        return "sqlite://"
    text = str(database)
    return text if "://" in text else f"sqlite:///{text}"
