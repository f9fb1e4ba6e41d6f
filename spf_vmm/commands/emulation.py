"""``spf-vmm emulator`` and ``spf-vmm demo``: an SPF in a box, and a restore before your eyes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from odata3.console.access import context_keywords, credentials_of
from odata3.console.listening import listen, listening_options
from odata3.console.terminal import console, say
from spf_vmm.commands.server import PREFIX, ask, guid, server_options, service_of
from spf_vmm.demo import Demo
from spf_vmm.service import VMM, connect
from spf_vmm.transcript import Transcript


@click.command()
@server_options
@click.option("--checkpoint", callback=guid, help="The checkpoint to restore; needed with --server.")
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
    **access: Any,
) -> None:
    """Restore a virtual machine before your eyes.

    From a checkpoint, with what goes over the wire. Without --server a local emulator is started, and nothing outside it is
    touched.
    """
    transcript = Transcript()
    if server is not None or access["connection"] is not None:
        if checkpoint is None:
            raise click.UsageError("--checkpoint is missing: which one shall be restored?")
        with service_of(server, subscription, principal, access) as vmm:
            _tell(vmm, transcript, checkpoint, yes, save_transcript)
        return
    with tempfile.TemporaryDirectory(prefix="spf-vmm-") as folder, _emulator(database=Path(folder) / "vmm.db") as box:
        say(f"An emulator of the SPF VMM service listens at {box.url}")
        keywords = context_keywords(PREFIX, box.url, **access)
        with connect(box.url, principal_id=principal or box.principal_id, **keywords) as vmm:
            _tell(vmm, transcript, checkpoint or box.checkpoint_id, True, save_transcript)


def _tell(vmm: VMM, transcript: Transcript, checkpoint: UUID, yes: bool, save: Path | None) -> None:
    vmm.watch(transcript.note)
    try:
        Demo(vmm, console(), transcript, interval=1.0).run(checkpoint, lambda question: ask(question, yes=yes))
    finally:
        if save is not None:
            transcript.save(save)
            say(f"wrote {save}")


@contextmanager
def _emulator(**options: Any) -> Iterator[Any]:
    try:
        run = import_module("spf_vmm.emulator.provider").run  # it stands on packages of the extra ``server``
    except ModuleNotFoundError as missing:
        raise click.UsageError(f"this needs {missing.name}; install it with: pip install 'odata3[cli,server]'") from None
    with run(**options) as box:
        yield box


@click.command()
@listening_options(port=30006)
@click.option(
    "--database", type=click.Path(dir_okay=False, path_type=Path), help="A file that keeps the data; memory without it."
)
@click.option(
    "--user", help="Demand Basic authentication of this user; the password comes from SPF_VMM_PASSWORD, or is asked for."
)
@click.option("--job-reads", type=click.IntRange(min=1), default=3, show_default=True, help="How many looks a job takes.")
@click.option("--latency", type=click.FloatRange(min=0), default=0.0, help="Seconds that every answer waits.")
@click.option("--failure-rate", type=click.FloatRange(0, 1), default=0.0, help="Share of requests that are refused with 503.")
def emulator(host: str, port: int, database: Path | None, user: str | None, **knobs: Any) -> None:
    """Be an SPF VMM service.

    With a tenant and some virtual machines.
    """
    credentials = credentials_of(PREFIX, f"http://{host}:{port}", user, None)
    with _emulator(host=host, port=port, database=database, credentials=credentials, **knobs) as box:
        listen(box, f"principal {box.principal_id}; directly {box.direct_url}; hoster {box.hoster_url}. ")
