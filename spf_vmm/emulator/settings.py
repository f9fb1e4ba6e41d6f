"""The knobs of an emulator.

Source: what the how-to pages of Service Provider Foundation say, and what running clients met.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta


def local_time() -> datetime:
    """Now, with the offset of the place; the service writes its times so."""
    return datetime.now().astimezone()


@dataclass(slots=True)
class Settings:
    """How an emulator behaves. The fields may be changed while it runs.

    Attributes
    ----------
    credentials : (user, password) or None
        What Basic authentication has to bring; None lets everyone in.
    job_reads : int
        How many reads of a job, or of its virtual machine, it takes until the job is complete.
    latency : float
        Seconds that every answer waits.
    failure_rate : float
        The share of requests, 0 to 1, that are answered by 503, in an order that is the same in every run.
    page_size : int or None
        How many entities a page of a feed holds; None for all.
    clock : callable
        Gives the time, aware of its zone.
    refuse_batch : bool
        Answer ``$batch`` with 501, as a service behind a gateway may.
    put_resets : bool
        PUT gives what it does not name its default, as the how-to pages say; else it leaves it alone, as running clients rely on.
    jobs_fail : bool
        Jobs end in failure, late: the request that starts one still succeeds.
    """

    credentials: tuple[str, str] | None = None
    job_reads: int = 3
    latency: float = 0.0
    failure_rate: float = 0.0
    page_size: int | None = None
    clock: Callable[[], datetime] = local_time
    refuse_batch: bool = False
    put_resets: bool = False
    jobs_fail: bool = False

    def now(self, *, ago: timedelta = timedelta()) -> str:
        """The time, or one that long ago, as the service writes it: seven digits, with offset."""
        moment = self.clock() - ago
        text = moment.isoformat(timespec="microseconds")
        return f"{text[:26]}{moment.microsecond % 9 + 1}{text[26:]}"
