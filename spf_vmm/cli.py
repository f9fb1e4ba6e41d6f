"""The ``spf-vmm`` command: checkpoints, virtual machines and jobs of an SPF, an SPF in a box, and a demonstration of both."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import update_wrapper
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from odata3.console.access import ACCESS, access_options, context_keywords
from odata3.console.output import format_option, write_rows
from odata3.console.terminal import Commands, console, say
from odata3.errors import InvalidOperationError
from spf_vmm.demo import Demo, ask, draw_checkpoints, watch
from spf_vmm.service import VMM, connect
from spf_vmm.transcript import Transcript

PREFIX = "SPF_VMM"


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="odata3", message="%(package)s %(version)s")
def command() -> None:
    """Virtual machines of a Service Provider Foundation: list them, work them, restore them.

    Where the service is, and who asks, may also stand in the environment: SPF_VMM_SERVER, SPF_VMM_SUBSCRIPTION,
    SPF_VMM_PRINCIPAL, SPF_VMM_USER, SPF_VMM_PASSWORD.
    """


def _server_options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--principal", envvar="SPF_VMM_PRINCIPAL", help="The user in whose name is asked (x-ms-principal-id)."),
        click.option("--subscription", envvar="SPF_VMM_SUBSCRIPTION", help="The tenant's subscription id."),
        click.option("--server", envvar="SPF_VMM_SERVER", help="https://server:port, or the service root itself."),
    ):
        function = option(function)
    return access_options(PREFIX)(function)


def _with_service(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the service that its options name."""

    def run(server: str | None, subscription: str | None, principal: str | None, **rest: Any) -> Any:
        if server is None:
            raise click.UsageError("--server is missing (or SPF_VMM_SERVER in the environment)")
        access = context_keywords(PREFIX, server, **{name: rest.pop(name) for name in ACCESS})
        with connect(server, subscription_id=subscription, principal_id=principal, **access) as vmm:
            return function(vmm, **rest)

    return _server_options(update_wrapper(run, function))


def _guid(context: click.Context, parameter: click.Parameter, value: str | None) -> UUID | None:
    try:
        return None if value is None else UUID(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no id") from None


# -- the demonstration -----------------------------------------------------------------------------------------------------------


@command.command()
@_server_options
@click.option("--checkpoint", callback=_guid, help="The checkpoint to restore; needed with --server.")
@click.option("--yes", is_flag=True, help="Do not ask before anything is changed.")
@click.option(
    "--save-transcript", type=click.Path(dir_okay=False, path_type=Path), help="Keep all requests and answers in a file."
)
def demo(
    server: str | None,
    subscription: str | None,
    principal: str | None,
    checkpoint: UUID | None,
    yes: bool,
    save_transcript: Path | None,
    **given: Any,
) -> None:
    """Restore a virtual machine from a checkpoint, and show what goes over the wire.

    Without --server a local emulator is started, and nothing outside it is touched.
    """
    transcript = Transcript()
    access = context_keywords(PREFIX, server or "http://127.0.0.1", **given)
    if server is not None:
        if checkpoint is None:
            raise click.UsageError("--checkpoint is missing: which one shall be restored?")
        with connect(server, subscription_id=subscription, principal_id=principal, **access) as vmm:
            _tell(vmm, transcript, checkpoint, yes, save_transcript, interval=1.0)
        return
    with tempfile.TemporaryDirectory(prefix="spf-vmm-") as folder, _emulator(database=Path(folder) / "vmm.db") as box:
        say(f"An emulator of the SPF VMM service listens at {box.url}")
        with connect(box.url, principal_id=principal or box.principal_id, **access) as vmm:
            _tell(vmm, transcript, checkpoint or box.checkpoint_id, True, save_transcript, interval=1.0)


def _tell(vmm: VMM, transcript: Transcript, checkpoint: UUID, yes: bool, save: Path | None, *, interval: float) -> None:
    vmm.watch(transcript.note)
    try:
        Demo(vmm, console(), transcript, interval=interval).run(checkpoint, lambda question: ask(question, yes=yes))
    finally:
        if save is not None:
            transcript.save(save)
            say(f"wrote {save}")


# -- the emulator ----------------------------------------------------------------------------------------------------------------


@contextmanager
def _emulator(**options: Any) -> Iterator[Any]:
    try:
        run = import_module("spf_vmm.emulator.provider").run  # it stands on packages of the extra ``server``
    except ModuleNotFoundError as missing:
        raise click.UsageError(f"this needs {missing.name}; install it with: pip install 'odata3[cli,server]'") from None
    with run(**options) as box:
        yield box


@command.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), default=30006, show_default=True, help="0 takes a free one.")
@click.option(
    "--database", type=click.Path(dir_okay=False, path_type=Path), help="A file that keeps the data; memory without it."
)
@click.option(
    "--user", help="Demand Basic authentication of this user; the password comes from SPF_VMM_PASSWORD, or is asked for."
)
@click.option("--job-reads", type=click.IntRange(min=1), default=3, show_default=True, help="How many looks a job takes.")
@click.option("--page-size", type=click.IntRange(min=1), help="How many entities a page holds.")
@click.option("--latency", type=click.FloatRange(min=0), default=0.0, help="Seconds that every answer waits.")
@click.option("--failure-rate", type=click.FloatRange(0, 1), default=0.0, help="Share of requests that are refused with 503.")
def emulator(host: str, port: int, database: Path | None, user: str | None, **knobs: Any) -> None:
    """Be an SPF VMM service, with a tenant and some virtual machines."""
    credentials = context_keywords(PREFIX, f"http://{host}", user=user).get("auth")
    with _emulator(host=host, port=port, database=database, credentials=credentials, **knobs) as box:
        click.echo(box.url)
        say(f"principal {box.principal_id}; directly {box.direct_url}; hoster {box.hoster_url}. Control-C ends it.")
        try:
            box.wait()
        except KeyboardInterrupt:
            say("ended")


# -- checkpoints -----------------------------------------------------------------------------------------------------------------


@command.group()
def checkpoints() -> None:
    """Checkpoints of virtual machines."""


@checkpoints.command("list")
@click.option("--vm", help="Name or id of a virtual machine; those of all without it.")
@click.option("--tree", is_flag=True, help="Draw them as a tree.")
@format_option()
@_with_service
def list_checkpoints(vmm: VMM, vm: str | None, tree: bool, form: str) -> None:
    """The checkpoints that there are."""
    machines = {m.ID: m for m in ([_machine(vmm, vm)] if vm is not None else vmm.VirtualMachines)}
    points = [p for p in vmm.VMCheckPoints if vm is None or p.VMId in machines]
    if tree:
        for vm_id, machine in machines.items():
            draw_checkpoints(console(), machine, [p for p in points if p.VMId == vm_id])
        return
    rows = [
        {
            "ID": p.ID,
            "VM": machines[p.VMId].Name if p.VMId in machines else p.VMId,
            "Name": p.Name,
            "Added": p.AddedTime,
            "Parent": p.ParentCheckpointID,
            "Description": p.Description,
        }
        for p in points
    ]
    write_rows(rows, form, ("ID", "VM", "Name", "Added", "Parent", "Description"))


@checkpoints.command("create")
@click.argument("vm", metavar="VM")
@click.argument("name")
@click.option("--description", help="What it is for.")
@_with_service
def create_checkpoint(vmm: VMM, vm: str, name: str, description: str | None) -> None:
    """Keep a virtual machine (its name or id) as it is now."""
    click.echo(vmm.create_checkpoint(_machine(vmm, vm), name, description).ID)


@checkpoints.command("restore")
@click.argument("checkpoint", callback=_guid)
@click.option("--wait/--no-wait", default=True, show_default=True, help="Wait until it is done.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_with_service
def restore_checkpoint(vmm: VMM, checkpoint: UUID, wait: bool, yes: bool) -> None:
    """Bring a virtual machine back to a checkpoint (its id)."""
    ask(f"Restore the checkpoint {checkpoint}? What happened since is lost.", yes=yes)
    _finish(vmm, vmm.restore_checkpoint(checkpoint), wait)


@checkpoints.command("delete")
@click.argument("checkpoint", callback=_guid)
@click.option("--yes", is_flag=True, help="Do not ask.")
@_with_service
def delete_checkpoint(vmm: VMM, checkpoint: UUID, yes: bool) -> None:
    """Delete a checkpoint (its id); those below it move up."""
    ask(f"Delete the checkpoint {checkpoint}?", yes=yes)
    _finish(vmm, vmm.delete_checkpoint(checkpoint), wait=True)


# -- virtual machines ------------------------------------------------------------------------------------------------------------


@command.group()
def vms() -> None:
    """Virtual machines."""


@vms.command("list")
@format_option()
@_with_service
def list_vms(vmm: VMM, form: str) -> None:
    """The virtual machines that there are."""
    names = {
        "ID": "ID",
        "Name": "Name",
        "Status": "StatusString",
        "CPUs": "CPUCount",
        "Memory": "Memory",
        "Description": "Description",
    }
    rows = ({shown: vm[name] for shown, name in names.items()} for vm in vmm.VirtualMachines)
    write_rows(rows, form, tuple(names))


def _operation(name: str, told: str) -> None:
    @vms.command(name, help=f"{told} (its name or id).")
    @click.argument("vm", metavar="VM")
    @click.option("--wait/--no-wait", default=True, show_default=True, help="Wait until it is done.")
    @_with_service
    def operate(vmm: VMM, vm: str, wait: bool) -> None:
        _finish(vmm, vmm.operate(_machine(vmm, vm), name.capitalize()), wait)


for _name, _told in {
    "start": "Turn a virtual machine on",
    "stop": "Turn a virtual machine off",
    "shutdown": "Let the guest of a virtual machine shut down",
    "suspend": "Pause a virtual machine",
    "resume": "Let a paused virtual machine go on",
    "reset": "Restart a virtual machine",
}.items():
    _operation(_name, _told)


def _machine(vmm: VMM, given: str) -> Any:
    """The virtual machine of this id, or this name."""
    try:
        vm_id = UUID(given)
    except ValueError:
        found = vmm.VirtualMachines.where(lambda vm: vm.Name == given).take(2).to_list()
    else:
        found = vmm.VirtualMachines.where(lambda vm: vm.ID == vm_id).take(2).to_list()
    if len(found) != 1:
        raise InvalidOperationError(f"there is {'more than one' if found else 'no'} virtual machine {given!r}")
    return found[0]


# -- jobs ------------------------------------------------------------------------------------------------------------------------


@command.group()
def jobs() -> None:
    """What the service is doing, and has done."""


@jobs.command("list")
@click.option("--running", is_flag=True, help="Only those that are not completed.")
@format_option()
@_with_service
def list_jobs(vmm: VMM, running: bool, form: str) -> None:
    """The jobs that there are."""
    found = vmm.Jobs.where("IsCompleted eq false") if running else vmm.Jobs
    names = {
        "ID": "ID",
        "Name": "Name",
        "Target": "Target",
        "Status": "StatusString",
        "Progress": "Progress",
        "Started": "StartTime",
    }
    write_rows(({shown: job[name] for shown, name in names.items()} for job in found), form, tuple(names))


@jobs.command("watch")
@click.argument("job", callback=_guid)
@click.option("--within", type=float, default=600.0, show_default=True, help="Seconds to wait at most.")
@_with_service
def watch_job(vmm: VMM, job: UUID, within: float) -> None:
    """Wait for a job (its id) to end."""
    done = watch(vmm, job, console(stderr=True), interval=1.0, timeout=within)
    click.echo(done.StatusString)


def _finish(vmm: VMM, job_id: UUID | None, wait: bool) -> None:
    if job_id is None:
        say("done")
    elif wait:
        click.echo(watch(vmm, job_id, console(stderr=True), interval=1.0).StatusString)
    else:
        click.echo(job_id)
