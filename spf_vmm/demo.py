"""``spf-vmm demo``: a virtual machine is changed, and restored from a checkpoint, before your eyes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.text import Text

from odata3.console.terminal import visible
from odata3.errors import InvalidOperationError
from spf_vmm.drawings import draw_checkpoints, draw_machines
from spf_vmm.service import VMM, job_of
from spf_vmm.transcript import Transcript
from spf_vmm.waiting import watch


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
        self._console.rule(Text(visible(text)), align="left", characters="\u2500" if self._console.is_terminal else "-")

    def _say(self, text: str) -> None:
        self._console.print(Text("\n".join(map(visible, text.split("\n")))), soft_wrap=True)

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
