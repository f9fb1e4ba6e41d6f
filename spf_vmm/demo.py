"""``spf-vmm demo``: a virtual machine is changed, and restored from a checkpoint, before your eyes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from odata3.errors import InvalidOperationError
from spf_vmm.service import VMM, job_of
from spf_vmm.transcript import Transcript

_SHOWN = ("Name", "Status", "CPUs", "Memory", "Description", "Last restored")


class Demo:
    """The story in its five steps, told on a console."""

    def __init__(self, vmm: VMM, console: Console, transcript: Transcript, *, interval: float) -> None:
        self._vmm, self._console, self._transcript, self._interval = vmm, console, transcript, interval

    def run(self, checkpoint_id: UUID, confirm: Callable[[str], None]) -> None:
        checkpoint, machine = self._find(checkpoint_id)
        self._heading("The virtual machines, and the checkpoints of " + str(machine.Name))
        self._draw(machine)
        confirm(f"Change the virtual machine {machine.Name}, and then restore it from the checkpoint {checkpoint.Name!r}?")
        self._heading(f"Something goes wrong with {machine.Name}")
        self._change(machine)
        self._draw(machine)
        self._heading(f"Restore the checkpoint {checkpoint.Name!r}")
        self._restore(checkpoint_id)
        self._heading("The virtual machines again")
        self._draw(machine)

    def _find(self, checkpoint_id: UUID) -> tuple[Any, Any]:
        checkpoint = self._vmm.VMCheckPoints.where(lambda cp: cp.ID == checkpoint_id).first_or_default()
        if checkpoint is None:
            raise InvalidOperationError(f"there is no checkpoint with the ID {checkpoint_id}")
        vm_id, stamp = checkpoint.VMId, checkpoint.StampId
        machine = self._vmm.VirtualMachines.where(lambda vm: (vm.ID == vm_id) & (vm.StampId == stamp)).first_or_default()
        return checkpoint, machine

    def _heading(self, text: str) -> None:
        self._console.print()
        self._console.rule(Text(text), align="left", characters="\u2500" if self._console.is_terminal else "-")

    def _say(self, text: str) -> None:
        self._console.print(text, markup=False, soft_wrap=True)

    def _draw(self, machine: Any) -> None:
        """Machines and checkpoints as the service has them now."""
        draw_machines(self._console, self._vmm.reread("VirtualMachines"))
        vm_id = machine.ID
        points = [point for point in self._vmm.reread("VMCheckPoints") if point.VMId == vm_id]
        draw_checkpoints(self._console, machine, points)

    def _change(self, machine: Any) -> None:
        """What a bad update might do: the machine stands still, and says so."""
        if machine.Status == "Running":
            self._vmm.stop(machine, wait=True, interval=self._interval)
            self._say(f"{machine.Name} was stopped.")
        machine.Description = "Broken by an update"
        self._vmm.update_object(machine)
        job_id = job_of(self._vmm.save_changes())
        if job_id is not None:
            self._vmm.wait_for(job_id, interval=self._interval)
        self._say(f"{machine.Name} was given another description.")

    def _restore(self, checkpoint_id: UUID) -> None:
        """The very calls of the guide."""
        checkpoint = self._vmm.VMCheckPoints.where(lambda cp: cp.ID == checkpoint_id).first_or_default()
        if checkpoint is None:
            raise InvalidOperationError(f"the checkpoint {checkpoint_id} is gone")
        checkpoint.VMCheckPointAction = "Restore"
        self._vmm.update_object(checkpoint)
        response = self._vmm.save_changes()
        self._say(self._transcript.last)
        job_id = job_of(response)
        self._console.print()
        if job_id is not None:
            watch(self._vmm, job_id, self._console, interval=self._interval)
        else:
            self._vmm.wait_for(checkpoint, interval=self._interval)


def draw_machines(console: Console, machines: list[Any]) -> None:
    """A table of virtual machines."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in _SHOWN:
        table.add_column(name, justify="right" if name in ("CPUs", "Memory") else "left")
    for vm in sorted(machines, key=lambda vm: vm.Name or ""):
        table.add_row(
            Text(vm.Name or ""),
            Text(vm.StatusString or "", style=_style(vm.Status or "")),
            "" if vm.CPUCount is None else str(vm.CPUCount),
            "" if vm.Memory is None else f"{vm.Memory} MB",
            Text(vm.Description or ""),
            "" if vm.LastRestoredCheckpointId in (None, vm.VMId) else str(vm.LastRestoredCheckpointId)[:8],
        )
    console.print(table)


def _style(status: str) -> str:
    if "Failed" in status or status == "Missing":
        return "red"
    return {"Running": "green", "Paused": "yellow", "Saved": "yellow"}.get(status, "")


def draw_checkpoints(console: Console, machine: Any, points: list[Any]) -> None:
    """The tree of one machine's checkpoints."""
    root = Tree(Text(machine.Name or str(machine.ID)))
    known = {point.ID for point in points}
    below: dict[Any, list[Any]] = {}
    for point in points:
        below.setdefault(point.ParentCheckpointID if point.ParentCheckpointID in known else None, []).append(point)
    waiting = [(root, None)]
    while waiting:
        branch, parent = waiting.pop()
        for point in sorted(below.get(parent, ()), key=lambda p: (str(p.AddedTime), p.Name or "")):
            label = Text.assemble(point.Name or "", "  ", (str(point.ID), "dim"))
            if point.ID == machine.LastRestoredCheckpointId:
                label.append("  <- restored last", "green")
            waiting.append((branch.add(label), point.ID))
    console.print(root)


def watch(vmm: VMM, job_id: UUID, console: Console, *, interval: float, timeout: float = 600.0) -> Any:
    """Wait for a job, with a bar on a terminal and lines elsewhere; gives the job."""
    if not console.is_terminal:

        def tell(job: Any) -> None:
            console.print(f"{job.Name}: {job.Progress} ({job.StatusString})", markup=False)

        return vmm.wait_for(job_id, timeout, tell, interval=interval)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("job", total=100)

        def move(job: Any) -> None:
            bar.update(task, description=str(job.Name), completed=job.ProgressValue or 0)

        return vmm.wait_for(job_id, timeout, move, interval=interval)


def ask(question: str, *, yes: bool) -> None:
    """Ask before something is changed; ``click.Abort`` for a no."""
    if not yes:
        click.confirm(question, abort=True, err=True)
