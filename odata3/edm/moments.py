"""Moments and durations finer than a microsecond, which Python's own cannot hold.

.NET counts in ticks of 100 nanoseconds, seven digits; a ``datetime`` has six. Where the last must not be lost, a value stands as
a :class:`FineDateTime` or :class:`FineDuration`: what Python would have, and beside it the text that came and the nanoseconds
that are missing::

    fine(read_datetime(text), text)        text = "2013-08-19T22:13:09.1234567"
    FineDateTime(2013, 8, 19, 22, 13, 9, 123456), nanoseconds 700

Source: digest section 3, traps 1 to 5.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TypeVar

M = TypeVar("M", datetime, timedelta)

_finds_digits = re.compile(r"\.\d{6}(\d*[1-9])", re.ASCII).search


class FineDateTime(datetime):
    """A moment with digits past the microsecond.

    ``text`` is what the service wrote. ``nanoseconds`` (0 to 999) come on top; ``is_cut`` tells whether there are digits past
    these as well.
    """

    __slots__ = ("is_cut", "nanoseconds", "text")
    text: str
    nanoseconds: int
    is_cut: bool

    def __str__(self) -> str:
        return self.text

    def plain(self) -> datetime:
        """The moment as Python has it, cut to microseconds."""
        return datetime.combine(self.date(), self.timetz())


class FineDuration(timedelta):
    """A duration with digits past the microsecond; as :class:`FineDateTime`, ``nanoseconds`` negative in a negative one."""

    __slots__ = ("is_cut", "nanoseconds", "text")
    text: str
    nanoseconds: int
    is_cut: bool

    def __str__(self) -> str:
        return self.text

    def plain(self) -> timedelta:
        """The duration as Python has it, cut to microseconds."""
        return timedelta(days=self.days, seconds=self.seconds, microseconds=self.microseconds)


def fine(value: M, text: str) -> M:
    """The value with the digits that its text has past the microsecond; the value itself where there are none."""
    found = _finds_digits(text)
    if found is None:
        return value
    made: FineDateTime | FineDuration
    if isinstance(value, datetime):
        made = FineDateTime.combine(value.date(), value.timetz())
    else:
        made = FineDuration(days=value.days, seconds=value.seconds, microseconds=value.microseconds)
    digits = found[1]
    made.text = text.strip()
    made.nanoseconds = int(digits[:3].ljust(3, "0")) * (-1 if made.text.startswith("-P") or made.text.startswith("-") else 1)
    made.is_cut = len(digits) > 3
    return made
