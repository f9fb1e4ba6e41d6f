"""``spf-vmm vms``: virtual machines, and their power."""

from __future__ import annotations

from pathlib import Path

import click

from odata3.console.output import format_option, output_option, write_rows
from spf_vmm.commands.server import FORMS, filter_option, filtered, finish, machine_of, wait_option, with_service
from spf_vmm.service import VMM

_COLUMNS = {
    "ID": "ID",
    "Name": "Name",
    "Status": "StatusString",
    "CPUs": "CPUCount",
    "Memory": "Memory",
    "Description": "Description",
}


@click.group()
def vms() -> None:
    """Virtual machines."""


@vms.command("list")
@filter_option
@output_option
@format_option(FORMS)
@with_service
def list_vms(vmm: VMM, condition: str | None, output: Path | None, form: str) -> None:
    """The virtual machines that there are."""
    found = filtered(vmm.VirtualMachines, condition)
    write_rows(({shown: vm[name] for shown, name in _COLUMNS.items()} for vm in found), form, tuple(_COLUMNS), output)


def _operation(name: str, told: str) -> None:
    @vms.command(name, help=f"{told} (its name or id).")
    @click.argument("vm", metavar="VM")
    @wait_option
    @with_service
    def operate(vmm: VMM, vm: str, wait: bool, within: float) -> None:
        finish(vmm, vmm.operate(machine_of(vmm, vm), name.capitalize()), wait, within)


for _name, _told in {
    "start": "Turn a virtual machine on",
    "stop": "Turn a virtual machine off",
    "shutdown": "Let the guest of a virtual machine shut down",
    "suspend": "Pause a virtual machine",
    "resume": "Let a paused virtual machine go on",
    "reset": "Restart a virtual machine",
}.items():
    _operation(_name, _told)
