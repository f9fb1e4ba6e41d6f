"""``spf-vmm jobs``: what the service is doing, and has done."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click

from odata3.console.output import format_option, output_option, write_rows
from odata3.console.terminal import console, say, tell
from spf_vmm.commands.server import FORMS, filter_option, filtered, guid, with_service
from spf_vmm.service import VMM
from spf_vmm.waiting import watch

_RUNNING = "IsCompleted eq false"
_COLUMNS = {
    "ID": "ID",
    "Name": "Name",
    "Target": "Target",
    "Status": "StatusString",
    "Progress": "Progress",
    "Started": "StartTime",
}


@click.group()
def jobs() -> None:
    """What the service is doing, and has done."""


@jobs.command("list")
@click.option("--running", is_flag=True, help="Only those that are not completed.")
@filter_option
@output_option
@format_option(FORMS)
@with_service
def list_jobs(vmm: VMM, running: bool, condition: str | None, output: Path | None, form: str) -> None:
    """The jobs that there are."""
    found = filtered(vmm.Jobs.where(_RUNNING) if running else vmm.Jobs, condition)
    write_rows(({shown: job[name] for shown, name in _COLUMNS.items()} for job in found), form, tuple(_COLUMNS), output)


@jobs.command("watch")
@click.argument("job", callback=guid, required=False)
@click.option("--within", type=click.FloatRange(min=0), default=600.0, show_default=True, help="Seconds to wait at most.")
@with_service
def watch_job(vmm: VMM, job: UUID | None, within: float) -> None:
    """Wait for a job (its id) to end, or for all that run."""
    if job is not None:
        tell(str(watch(vmm, job, console(stderr=True), interval=1.0, timeout=within).StatusString))
        return
    running = [found.ID for found in vmm.Jobs.where(_RUNNING)]
    if not running:
        say("no job runs")
    for job_id in running:
        done = watch(vmm, job_id, console(stderr=True), interval=1.0, timeout=within)
        tell(f"{job_id} {done.StatusString}")
