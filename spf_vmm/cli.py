"""The ``spf-vmm`` command: checkpoints, virtual machines and jobs of an SPF, an SPF in a box, and a demonstration of both."""

from __future__ import annotations

import click

from odata3.commands.shells import completion
from odata3.console.completion import register_shells
from odata3.console.terminal import SETTINGS, Commands
from spf_vmm.commands.checkpoints import checkpoints
from spf_vmm.commands.emulation import demo, emulator
from spf_vmm.commands.jobs import jobs
from spf_vmm.commands.machines import vms


@click.group(cls=Commands, context_settings=SETTINGS)
@click.version_option(package_name="odata3", message="%(package)s %(version)s")
def command() -> None:
    """Virtual machines of a Service Provider Foundation: list them, work them, restore them.

    Where the service is, and who asks, may also stand in the environment (SPF_VMM_SERVER, SPF_VMM_SUBSCRIPTION,
    SPF_VMM_PRINCIPAL, SPF_VMM_USER, SPF_VMM_PASSWORD), or have a name (SPF_VMM_CONNECTION; see 'odata3 connections').
    """


register_shells()
for _command in (demo, emulator, checkpoints, vms, jobs, completion):
    command.add_command(_command)
