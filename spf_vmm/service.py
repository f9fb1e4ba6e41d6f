"""The VMM service as a context: where it is found, who asks, and the calls that take a job to come true.

What stands here is knowledge, not machinery: every helper makes the few public calls that a user would write by hand.

Source: the how-to pages of Service Provider Foundation, sections on its VMM service.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, overload
from urllib.parse import urlsplit
from uuid import UUID

from odata3.client.options import EntityStates, MergeOption
from odata3.client.query import DataServiceQuery
from odata3.client.responses import DataServiceResponse
from odata3.entities.entity import Entity, type_of
from odata3.errors import ArgumentError, DataServiceQueryException, InvalidOperationError
from odata3.secrecy import masked
from odata3.wire.messages import Request, Response
from odata3.wire.origins import origin_of
from odata3.wire.transport import RequestsTransport
from spf_vmm.entities import VMMContext
from spf_vmm.metadata import model

if TYPE_CHECKING:
    from spf_vmm.entities import Job, VirtualMachine, VMCheckPoint

PRINCIPAL = "x-ms-principal-id"

_GUID = r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"
_TENANT = re.compile(rf"/{_GUID}/(?:services/systemcenter/|Microsoft\.Management\.Odata\.svc)", re.IGNORECASE)
#: What is done, not kept, when it is assigned: sent twice, it would be done twice.
_COMMANDS = {
    "VMM.VirtualMachine": ("Operation", "Retry", "Undo", "Dismiss"),
    "VMM.VMCheckPoint": ("VMCheckPointAction",),
    "VMM.Service": ("Operation",),
    "VMM.Job": ("SkipLastFailedStep",),
}
_PASSING = frozenset({"Running", "Pending", "Queued", "NotStarted"})
_SETTLED = frozenset({"Running", "PowerOff", "Paused", "Saved", "Stored"})

Progress = Callable[["Job"], object]
E = TypeVar("E", bound=Entity)


class JobFailedError(InvalidOperationError):
    """A job that ended badly: what was asked for was accepted, and failed later. ``job`` tells how (``ErrorInfo.Problem``)."""

    def __init__(self, job: Job) -> None:
        told = job.ErrorInfo.Problem if job.ErrorInfo is not None else None
        super().__init__(
            f"the job {job.Name!r} ({job.ID}) ended as {job.StatusString or job.Status}: {told or 'no reason given'}"
        )
        self.job = job


class JobTimeoutError(InvalidOperationError, TimeoutError):
    """A job, or a machine, that was not done in the time given. It may still be done later."""


class VMM(VMMContext):
    """The VMM service of a Service Provider Foundation.

    Its metadata comes with the package, so that it starts without a round trip. Every request says ``3.0;NetFx`` in both
    version headers, ``DataServiceUrlConventions: KeyAsSegment``, and who asks (``x-ms-principal-id``).

    ``commands`` names the properties whose assignment is a command (``Operation``, ``VMCheckPointAction``), for what may have
    been carried out already.

    Parameters
    ----------
    service_root : str
        As in ``spf_vmm.connect``, which finds it.
    principal_id : str or None
        The user in whose name a tenant asks; what a request creates is owned by it. Needed for a tenant's root.
    **keywords
        Those of :class:`~odata3.DataServiceContext`.
    """

    def __init__(self, service_root: str, *, principal_id: str | None = None, **keywords: Any) -> None:
        headers: dict[str, str] = dict(keywords.pop("headers", None) or {})
        if principal_id:
            headers = {name: value for name, value in headers.items() if name.lower() != PRINCIPAL}
            headers[PRINCIPAL] = principal_id
        elif PRINCIPAL not in map(str.lower, headers) and is_tenant_root(service_root):
            raise ArgumentError(
                f"{masked(service_root)} is a tenant's service and needs principal_id: what is created is owned by that user, and"
                f" requests without the header {PRINCIPAL} are refused. Any name will do, an e-mail address for instance"
            )
        if keywords.get("metadata") is None:
            keywords["metadata"] = model()
        super().__init__(service_root, headers=headers, **keywords)
        self.commands = _COMMANDS

    # -- checkpoints ------------------------------------------------------------------------------------------------------------

    def restore_checkpoint(self, checkpoint_or_id: VMCheckPoint | UUID | str, wait: bool = False, **waiting: Any) -> UUID | None:
        """Bring a virtual machine back to a checkpoint, ``checkpoint_or_id``; gives the id of the job that does it.

        ``wait`` waits for it as :meth:`wait_for` does, with its keywords as ``waiting`` (``timeout`` and ``interval`` in
        seconds, ``progress``). Without it the job may still fail. ``InvalidOperationError`` for an id that nothing has; with
        ``wait`` also :class:`JobFailedError` and :class:`JobTimeoutError`.
        """
        found: VMCheckPoint = self._entity("VMCheckPoints", checkpoint_or_id)
        found.VMCheckPointAction = "Restore"
        self.update_object(found)
        return self._done(self.save_changes(), found, wait, waiting)

    def create_checkpoint(self, vm: VirtualMachine | UUID | str, name: str, description: str | None = None) -> VMCheckPoint:
        """Keep a virtual machine (``vm``: it, or its id) as it is now; the new checkpoint, called ``name`` and with a
        ``description`` where one is given, hangs below the one it stands on. ``InvalidOperationError`` for an id that nothing
        has, ``ArgumentError`` for what is no machine."""
        machine: VirtualMachine = self._entity("VirtualMachines", vm)
        made: VMCheckPoint = self.types.VMCheckPoint(VMId=machine.ID, StampId=machine.StampId, Name=name)
        if description is not None:
            made.Description = description
        self.add_object("VMCheckPoints", made)
        self.save_changes()
        return made

    def delete_checkpoint(self, checkpoint_or_id: VMCheckPoint | UUID | str, wait: bool = False, **waiting: Any) -> UUID | None:
        """Take a checkpoint, ``checkpoint_or_id``, out of its tree; those below it move up. Gives the id of the job; ``wait``
        waits for it as :meth:`wait_for` does, with its keywords as ``waiting`` (``timeout`` and ``interval`` in seconds,
        ``progress``).

        ``InvalidOperationError`` for an id that nothing has; with ``wait`` also :class:`JobFailedError` and
        :class:`JobTimeoutError`.
        """
        found: VMCheckPoint = self._entity("VMCheckPoints", checkpoint_or_id)
        self.delete_object(found)
        return self._done(self.save_changes(), found, wait, waiting)

    # -- power ------------------------------------------------------------------------------------------------------------------

    def start(self, vm: VirtualMachine | UUID | str, wait: bool = False, **waiting: Any) -> UUID | None:
        """Turn a virtual machine on. ``vm`` is the machine, or its id. Gives the id of the job; ``wait`` waits for it as
        :meth:`wait_for` does, with its keywords as ``waiting`` (``timeout`` and ``interval`` in seconds, ``progress``).

        ``InvalidOperationError`` for an id that nothing has; with ``wait`` also :class:`JobFailedError` and
        :class:`JobTimeoutError`.
        """
        return self.operate(vm, "Start", wait, **waiting)

    def stop(self, vm: VirtualMachine | UUID | str, wait: bool = False, **waiting: Any) -> UUID | None:
        """Turn a virtual machine off, as pulling its plug does. ``vm`` is the machine, or its id. Gives the id of the job;
        ``wait`` waits for it as :meth:`wait_for` does, with its keywords as ``waiting`` (``timeout`` and ``interval`` in
        seconds, ``progress``).

        ``InvalidOperationError`` for an id that nothing has; with ``wait`` also :class:`JobFailedError` and
        :class:`JobTimeoutError`.
        """
        return self.operate(vm, "Stop", wait, **waiting)

    def shutdown(self, vm: VirtualMachine | UUID | str, wait: bool = False, **waiting: Any) -> UUID | None:
        """Let the guest shut itself down; needs its guest services. ``vm`` is the machine, or its id. Gives the id of the job;
        ``wait`` waits for it as :meth:`wait_for` does, with its keywords as ``waiting`` (``timeout`` and ``interval`` in
        seconds, ``progress``).

        ``InvalidOperationError`` for an id that nothing has; with ``wait`` also :class:`JobFailedError` and
        :class:`JobTimeoutError`.
        """
        return self.operate(vm, "Shutdown", wait, **waiting)

    def suspend(self, vm: VirtualMachine | UUID | str, wait: bool = False, **waiting: Any) -> UUID | None:
        """Pause a running virtual machine. ``vm`` is the machine, or its id. Gives the id of the job; ``wait`` waits for it as
        :meth:`wait_for` does, with its keywords as ``waiting`` (``timeout`` and ``interval`` in seconds, ``progress``).

        ``InvalidOperationError`` for an id that nothing has; with ``wait`` also :class:`JobFailedError` and
        :class:`JobTimeoutError`.
        """
        return self.operate(vm, "Suspend", wait, **waiting)

    def resume(self, vm: VirtualMachine | UUID | str, wait: bool = False, **waiting: Any) -> UUID | None:
        """Let a paused virtual machine go on. ``vm`` is the machine, or its id. Gives the id of the job; ``wait`` waits for it
        as :meth:`wait_for` does, with its keywords as ``waiting`` (``timeout`` and ``interval`` in seconds, ``progress``).

        ``InvalidOperationError`` for an id that nothing has; with ``wait`` also :class:`JobFailedError` and
        :class:`JobTimeoutError`.
        """
        return self.operate(vm, "Resume", wait, **waiting)

    def reset(self, vm: VirtualMachine | UUID | str, wait: bool = False, **waiting: Any) -> UUID | None:
        """Restart a running virtual machine. ``vm`` is the machine, or its id. Gives the id of the job; ``wait`` waits for it
        as :meth:`wait_for` does, with its keywords as ``waiting`` (``timeout`` and ``interval`` in seconds, ``progress``).

        ``InvalidOperationError`` for an id that nothing has; with ``wait`` also :class:`JobFailedError` and
        :class:`JobTimeoutError`.
        """
        return self.operate(vm, "Reset", wait, **waiting)

    def operate(self, vm: VirtualMachine | UUID | str, operation: str, wait: bool = False, **waiting: Any) -> UUID | None:
        """Give a virtual machine an ``operation``: what the calls above do, for any value of its property ``Operation``. ``vm``
        is the machine, or its id. Gives the id of the job; ``wait`` waits for it as :meth:`wait_for` does, with its keywords as
        ``waiting`` (``timeout`` and ``interval`` in seconds, ``progress``).

        ``InvalidOperationError`` for an id that nothing has; with ``wait`` also :class:`JobFailedError` and
        :class:`JobTimeoutError`.
        """
        machine: VirtualMachine = self._entity("VirtualMachines", vm)
        machine.Operation = operation
        self.update_object(machine)
        return self._done(self.save_changes(), machine, wait, waiting)

    # -- waiting ----------------------------------------------------------------------------------------------------------------

    @overload
    def wait_for(
        self, entity_or_job: E, timeout: float = ..., progress: Progress | None = ..., *, interval: float = ...
    ) -> E: ...
    @overload
    def wait_for(
        self, entity_or_job: UUID | str, timeout: float = ..., progress: Progress | None = ..., *, interval: float = ...
    ) -> Job: ...
    def wait_for(
        self,
        entity_or_job: Entity | UUID | str,
        timeout: float = 600.0,
        progress: Progress | None = None,
        *,
        interval: float = 1.0,
    ) -> Any:
        """Wait until a job is completed, or a virtual machine is done with what is under way; gives it as it then is.

        ``entity_or_job`` is a job's id, a ``Job``, a ``VirtualMachine`` or one of its checkpoints. Whatever ``merge_option``
        says, each look is at the service; an entity with assignments not yet saved keeps its values. ``progress`` is called
        with the job after every look, ``interval`` is the most seconds between two. Raises :class:`JobFailedError`,
        :class:`JobTimeoutError` after ``timeout`` seconds, ``InvalidOperationError`` for a machine that is gone,
        ``ArgumentError`` for what cannot be waited for.
        """
        clock = _Clock(timeout, interval)
        if isinstance(entity_or_job, UUID | str):
            return self._wait_for_job(_guid(entity_or_job), None, clock, progress)
        kind = type_of(entity_or_job).name
        entity: Any = entity_or_job
        if kind == "Job":
            return self._wait_for_job(entity.ID, entity.StampId, clock, progress)
        if kind == "VMCheckPoint":
            self._wait_for_machine(entity.VMId, entity.StampId, clock, progress)
            return entity
        if kind == "VirtualMachine":
            return self._wait_for_machine(entity.ID, entity.StampId, clock, progress)
        raise ArgumentError(f"wait_for takes a Job, a VirtualMachine, a VMCheckPoint or a job's id, not a {kind}")

    def _wait_for_job(self, job_id: UUID, stamp: UUID | None, clock: _Clock, progress: Progress | None) -> Job:
        while True:
            job: Job | None = self._look("Jobs", job_id, stamp)
            if job is not None:
                if progress is not None:
                    progress(job)
                if job.IsCompleted or (job.Status is not None and job.Status not in _PASSING and job.EndTime is not None):
                    if job.Status in ("Failed", "Canceled", "Invalid"):
                        raise JobFailedError(job)
                    return job
            shown = "has not appeared" if job is None else f"is at {job.Progress or job.StatusString}"
            clock.pause(f"the job {job_id} {shown}")

    def _wait_for_machine(self, vm_id: UUID, stamp: UUID, clock: _Clock, progress: Progress | None) -> VirtualMachine:
        waited_for = None
        while True:
            # A tracked machine with assignments pending would keep its old state: what is decided here, is decided on a copy.
            machine: VirtualMachine | None = self._look("VirtualMachines", vm_id, stamp, MergeOption.NO_TRACKING)
            if machine is None:
                raise InvalidOperationError(f"the virtual machine {vm_id} is not there any more")
            task = machine.MostRecentTaskId
            if task is not None and task != waited_for:
                self._wait_for_job(task, stamp, clock, progress)
                waited_for = task
            elif machine.Status in _SETTLED or "Failed" in (machine.Status or "") or machine.Status == "Missing":
                found: VirtualMachine = self._look("VirtualMachines", vm_id, stamp)
                return found
            else:
                clock.pause(f"the virtual machine {machine.Name} is {machine.StatusString}")

    def _look(
        self, entity_set: str, entity_id: UUID, stamp: UUID | None, option: MergeOption = MergeOption.PRESERVE_CHANGES
    ) -> Any:
        """The entity as the service has it now; None while it is not there."""
        query = self.create_query(entity_set).where(lambda it: it.ID == entity_id)
        if stamp is not None:
            query = query.where(lambda it: it.StampId == stamp)
        try:
            return query.with_merge_option(option).first_or_default()
        except DataServiceQueryException as refused:
            if refused.status_code == 404:  # a look-up by its whole key
                return None
            raise

    def reread(self, entity_set: str) -> list[Any]:
        """All entities of the set ``entity_set`` as the service has them now, whatever ``merge_option`` says; assignments
        pending are kept."""
        query: DataServiceQuery[Any] = self.create_query(entity_set)
        return query.with_merge_option(MergeOption.PRESERVE_CHANGES).to_list()

    def watch(self, listener: Callable[[Request, Response], object]) -> None:
        """Let a function, ``listener``, see every exchange (request and response) as it went over the wire, credentials and
        all: mask what you show. ``InvalidOperationError`` for a context that is not over the network."""
        transport = self._channel.transport
        if not isinstance(transport, RequestsTransport):
            raise InvalidOperationError("only a context over the network can be watched")
        transport.watch(listener)

    # -- within -----------------------------------------------------------------------------------------------------------------

    def _entity(self, entity_set: str, given: Any) -> Any:
        """The entity itself, tracked; or the one with this id."""
        if isinstance(given, UUID | str):
            found = self._look(entity_set, _guid(given), None)
            if found is None:
                raise InvalidOperationError(f"there is no entity with the ID {given} in {entity_set}")
            given = found
        expected = self.model.entity_sets[entity_set].type
        if not isinstance(given, Entity) or type_of(given).full_name != expected:
            raise ArgumentError(f"a {expected.rpartition('.')[2]} or its id is needed, and {given!r} is none")
        descriptor = self.get_entity_descriptor(given)
        if descriptor is None or descriptor.state is EntityStates.DETACHED:
            self.attach_to(entity_set, given)
        return given

    def _done(self, response: DataServiceResponse, entity: Any, wait: bool, waiting: Mapping[str, Any]) -> UUID | None:
        job_id = job_of(response)
        if wait and job_id is not None:
            options = dict(waiting)
            clock = _Clock(options.pop("timeout", 600.0), options.pop("interval", 1.0))
            self._wait_for_job(job_id, entity.StampId, clock, options.pop("progress", None))
        return job_id


class _Clock:
    """How long to wait, and how often to look: soon at first, then less and less often."""

    def __init__(self, timeout: float, interval: float) -> None:
        if timeout < 0 or interval < 0:
            raise ArgumentError("timeout and interval are seconds, and not negative")
        self._timeout, self._interval = timeout, interval
        self._pause = interval / 8
        self._end = time.monotonic() + timeout

    def pause(self, where: str) -> None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise JobTimeoutError(f"not done within {self._timeout:g} seconds: {where}")
        time.sleep(min(self._pause, left))
        self._pause = min(2 * self._pause, self._interval)


def job_of(response: DataServiceResponse) -> UUID | None:
    """The id of the job that the last operation of a save started (``x-ms-request-id``)."""
    started = None
    for operation in response:
        text = operation.headers.get("x-ms-request-id", "")
        if re.fullmatch(_GUID, text):
            started = UUID(text)
    return started


def _guid(given: UUID | str) -> UUID:
    if isinstance(given, UUID):
        return given
    if not re.fullmatch(_GUID, given):
        raise ArgumentError(f"{given!r} is no id: a guid of 36 characters is due")
    return UUID(given)


def is_tenant_root(service_root: str) -> bool:
    """Whether a service root is that of a tenant, and not the hoster's."""
    return _TENANT.search(urlsplit(service_root).path) is not None


def service_root(server: str, *, subscription_id: str | UUID | None = None, path: str | None = None) -> str:
    """The root of the VMM service on a server.

    A URL with a path is the root as it stands; ``path``, where given, is the root's path; port 8090, or no subscription, means
    the service itself (``/SC2012R2/VMM/...``), and any other port Windows Azure Pack in front of it.
    """
    origin = origin_of(server)
    parts = urlsplit(server)
    if parts.path not in ("", "/"):
        return server
    base = f"{parts.scheme}://{parts.netloc}"
    if path is not None:
        return f"{base}/{path.lstrip('/')}"
    if subscription_id is not None and not re.fullmatch(_GUID, str(subscription_id)):
        raise ArgumentError(f"subscription_id is a guid of 36 characters, not {str(subscription_id)!r}")
    if subscription_id is None:
        return f"{base}/SC2012R2/VMM/Microsoft.Management.Odata.svc/"
    if origin.port == 8090:
        return f"{base}/SC2012R2/VMM/{subscription_id}/Microsoft.Management.Odata.svc/"
    return f"{base}/{subscription_id}/services/systemcenter/vmm/"


def connect(
    server: str,
    *,
    subscription_id: str | UUID | None = None,
    principal_id: str | None = None,
    auth: Any = None,
    path: str | None = None,
    **context_keywords: Any,
) -> VMM:
    """The VMM service of ``server``, found as follows. Nothing is sent until something is asked.

    A ``server`` with a path is the service root as it stands; ``path``, where given, is the root's path; port 8090, or no
    ``subscription_id`` (a guid), means the service itself (``/SC2012R2/VMM/...``), and any other port Windows Azure Pack in
    front of it. ``principal_id`` is the user in whose name a tenant asks. ``auth`` is what ``requests`` takes: (user,
    password), or an object for NTLM, Negotiate or a token; a client certificate is ``cert``, and a private certificate
    authority ``verify``, among the ``context_keywords``. Raises ``ArgumentError`` for a tenant's service without
    ``principal_id``.
    """
    root = service_root(server, subscription_id=subscription_id, path=path)
    return VMM(root, principal_id=principal_id, auth=auth, **context_keywords)
