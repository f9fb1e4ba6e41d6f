"""What the columns of a table hold where there is a choice, and moments as the whole numbers that they hold.

A column counts in microseconds, which reach from the year 1 to 9999; in nanoseconds, which hold all seven digits of .NET and
reach from 1678 to 2261, where its values need that and all of them fit. What a column cannot hold is refused; digits that it
cuts are counted, and told by one :class:`RoundingWarning` that names the column.

Source: digest section 3 (ticks of 100 nanoseconds, from the year 1 on).
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from odata3.edm.moments import FineDateTime, FineDuration
from odata3.errors import ArgumentError, InvalidOperationError

TimeUnit = Literal["us", "ns"]

_EPOCH = datetime(1970, 1, 1)
_MICROSECOND = timedelta(microseconds=1)
#: Microseconds since 1970 of the first and last moment that Python has.
_REACH = range((datetime.min - _EPOCH) // _MICROSECOND, (datetime.max - _EPOCH) // _MICROSECOND + 1)
#: 64 bits, without the number that means "no time".
_INT64 = range(-(2**63) + 1, 2**63)
_REACH_OF_NANOSECONDS = range(_INT64.start // 1000 + 1, _INT64.stop // 1000)
_PRECISION = 76
_UNITS = {"us": "microsecond", "ns": "nanosecond"}


class RoundingWarning(UserWarning):
    """Digits were cut from values of a table's column; the message names the column, the number of values, and a way out."""


@dataclass(frozen=True, slots=True)
class ColumnTypes:
    """What a table's columns hold where the model leaves a choice.

    ``time_unit`` is ``"us"`` or ``"ns"`` for every column of moments and durations; None: microseconds, or nanoseconds for a
    column that has digits past the microsecond and nothing out of reach. ``decimals`` is the (precision, scale) of Arrow's
    decimal columns; None: the facets of the property, and (38, 9) where it has none. With ``utc`` every ``Edm.DateTime`` is a
    moment in UTC, also one whose text has no zone.

    Raises ``ArgumentError`` for another unit, and for a precision or scale beyond what Arrow has (76 digits).
    """

    time_unit: TimeUnit | None = None
    decimals: tuple[int, int] | None = None
    utc: bool = False

    def __post_init__(self) -> None:
        if self.time_unit not in ("us", "ns", None):
            raise ArgumentError(f"time_unit is 'us', 'ns' or None, not {self.time_unit!r}")
        if self.decimals is not None:
            try:
                precision, scale = self.decimals
                fits = 0 <= int(scale) <= int(precision) <= _PRECISION and precision > 0
            except (TypeError, ValueError):
                fits = False
            if not fits:
                raise ArgumentError(
                    f"decimals is (precision, scale), a precision of 1 to {_PRECISION} digits and no larger scale, "
                    f"not {self.decimals!r}"
                )


class Instants:
    """The numbers of a table's moments and durations, and how many of them were cut."""

    def __init__(self, types: ColumnTypes) -> None:
        self._types = types
        self._cut: Counter[tuple[str, TimeUnit]] = Counter()

    def unit(self, values: Iterable[Any]) -> TimeUnit:
        """The unit of a column of these values, lists of moments among them."""
        if self._types.time_unit is not None:
            return self._types.time_unit
        singles = list(_singles(values))
        needs = any(isinstance(value, FineDateTime | FineDuration) for value in singles)
        return "ns" if needs and all(_microseconds(value) in _REACH_OF_NANOSECONDS for value in singles) else "us"

    def counter(self, column: str, unit: TimeUnit) -> Callable[[Any], int]:
        """What makes a column's values numbers of ``unit``: of moments since 1970 (in UTC, where they have an offset).
        ``InvalidOperationError`` for what the unit does not reach."""
        in_nanoseconds = unit == "ns"
        cut = self._cut

        def count(value: Any) -> int:
            number = _microseconds(value)
            kind = type(value)
            is_fine = kind is FineDateTime or kind is FineDuration
            if in_nanoseconds:
                number = number * 1000 + (value.nanoseconds if is_fine else 0)
                is_fine = is_fine and value.is_cut
            elif isinstance(value, datetime) and number not in _REACH:
                raise InvalidOperationError(f"column {column}: {value} lies outside the years 1 to 9999 when it is put into UTC")
            if number not in _INT64:
                raise InvalidOperationError(
                    f"column {column}: {value} is out of the reach of 64 bits of {_UNITS[unit]}s"
                    + ("; time_unit='us' holds it" if in_nanoseconds else "")
                )
            if is_fine:
                cut[column, unit] += 1
            return number

        return count

    def plain(self, column: str, value: Any) -> Any:
        """A value for a column of Python's own objects: lists too."""
        if isinstance(value, list):
            return [self.plain(column, item) for item in value]
        if isinstance(value, FineDateTime | FineDuration):
            self._cut[column, "us"] += 1
            return value.plain()
        return value

    def tell(self) -> None:
        """Warn of what was cut, once."""
        if not self._cut:
            return
        told = (
            f"{column} ({count} value{'s' * (count > 1)}, past the {_UNITS[unit]})" for (column, unit), count in self._cut.items()
        )
        advice = "; time_unit='ns' keeps seven digits of the years 1678 to 2261" if self._types.time_unit == "us" else ""
        text = f"digits were cut: {', '.join(told)}{advice}"
        self._cut.clear()
        warnings.warn(text, RoundingWarning, stacklevel=3)


def _singles(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list):
            yield from (item for item in value if item is not None)
        elif value is not None:
            yield value


def _microseconds(value: datetime | timedelta) -> int:
    if isinstance(value, timedelta):
        return (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds
    offset = value.utcoffset()
    number = (value.replace(tzinfo=None) - _EPOCH) // _MICROSECOND
    return number if offset is None else number - offset // _MICROSECOND
