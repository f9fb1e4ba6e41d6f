"""``spf-vmm checkpoints``: keep a virtual machine as it is, and bring it back."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click

from odata3.console.output import format_option, output_option, write_rows
from odata3.console.terminal import console
from spf_vmm.commands.server import (
    FORMS,
    ask,
    filter_option,
    filtered,
    finish,
    guid,
    machine_of,
    wait_option,
    with_service,
)
from spf_vmm.drawings import draw_checkpoints
from spf_vmm.service import VMM


@click.group()
def checkpoints() -> None:
    """Checkpoints of virtual machines."""


@checkpoints.command("list")
@click.option("--vm", help="Name or id of a virtual machine; those of all without it.")
@click.option("--tree", is_flag=True, help="Draw them as a tree.")
@filter_option
@output_option
@format_option(FORMS)
@with_service
def list_checkpoints(vmm: VMM, vm: str | None, tree: bool, condition: str | None, output: Path | None, form: str) -> None:
    """The checkpoints that there are."""
    machines = {m.ID: m for m in ([machine_of(vmm, vm)] if vm is not None else vmm.VirtualMachines)}
    points = [p for p in filtered(vmm.VMCheckPoints, condition) if vm is None or p.VMId in machines]
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
    write_rows(rows, form, ("ID", "VM", "Name", "Added", "Parent", "Description"), output)


@checkpoints.command("create")
@click.argument("vm", metavar="VM")
@click.argument("name")
@click.option("--description", help="What it is for.")
@with_service
def create_checkpoint(vmm: VMM, vm: str, name: str, description: str | None) -> None:
    """Keep a virtual machine (its name or id) as it is now; prints the id of the checkpoint."""
    click.echo(vmm.create_checkpoint(machine_of(vmm, vm), name, description).ID)


@checkpoints.command("restore")
@click.argument("checkpoint", callback=guid)
@click.option("--yes", is_flag=True, help="Do not ask.")
@wait_option
@with_service
def restore_checkpoint(vmm: VMM, checkpoint: UUID, wait: bool, within: float, yes: bool) -> None:
    """Bring a virtual machine back to a checkpoint (its id)."""
    ask(f"Restore the checkpoint {checkpoint}? What happened since is lost.", yes=yes)
    finish(vmm, vmm.restore_checkpoint(checkpoint), wait, within)


@checkpoints.command("delete")
@click.argument("checkpoint", callback=guid)
@click.option("--yes", is_flag=True, help="Do not ask.")
@wait_option
@with_service
def delete_checkpoint(vmm: VMM, checkpoint: UUID, wait: bool, within: float, yes: bool) -> None:
    """Delete a checkpoint (its id); those below it move up."""
    ask(f"Delete the checkpoint {checkpoint}?", yes=yes)
    finish(vmm, vmm.delete_checkpoint(checkpoint), wait, within)
