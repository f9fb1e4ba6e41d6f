"""Waiting for a job before somebody's eyes: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from odata3.console.terminal import say, visible
from spf_vmm.service import VMM


def watch(vmm: VMM, job_id: UUID, console: Console, *, interval: float, timeout: float = 600.0) -> Any:
    """Wait for a job; gives it as it ended. Control-C ends the waiting, not the job."""
    try:
        return (
            _drawn(vmm, job_id, console, interval, timeout)
            if console.is_terminal
            else _told(vmm, job_id, console, interval, timeout)
        )
    except KeyboardInterrupt:
        say(f"the job {job_id} goes on; spf-vmm jobs watch {job_id} waits for it again")
        raise


def _told(vmm: VMM, job_id: UUID, console: Console, interval: float, timeout: float) -> Any:
    last = ""

    def tell(job: Any) -> None:
        nonlocal last
        line = visible(f"{job.Name}: {job.Progress} ({job.StatusString})")
        if line != last:
            console.print(Text(line), soft_wrap=True)
            last = line

    return vmm.wait_for(job_id, timeout, tell, interval=interval)


def _drawn(vmm: VMM, job_id: UUID, console: Console, interval: float, timeout: float) -> Any:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn())
    with Progress(*columns, console=console, redirect_stdout=False, redirect_stderr=False) as bar:
        task = bar.add_task("job", total=100)

        def move(job: Any) -> None:
            bar.update(task, description=Text(visible(str(job.Name))).markup, completed=job.ProgressValue or 0)

        return vmm.wait_for(job_id, timeout, move, interval=interval)
