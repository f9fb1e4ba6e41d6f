"""How OData spells moments and durations: all that is known of ``Edm.DateTime``, ``Edm.DateTimeOffset`` and ``Edm.Time``.

::

    2013-08-19T22:13:09.1234567        DateTime: seven digits of .NET, a datetime holds six (the rest is cut, never rounded)
    2013-08-19T22:13:09Z               DateTime of a service that writes the zone: an aware datetime
    2013-08-19T22:13:09+02:00          DateTimeOffset
    /Date(1376950389123)/              DateTime in the JSON of versions 1 and 2: milliseconds since 1970, clock time
    /Date(1376957589123+0120)/         DateTimeOffset there: clock time *at that offset*, the offset in minutes
    -P1DT2H3.5S                        Time, a duration

Every reader raises ValueError for what has not exactly the shape. ``datetime.fromisoformat`` alone would also take week dates,
basic forms and commas, hence the check before it; ``dateutil`` is ten times slower and serves only the odd spellings of
offsets. Source: digest section 3, traps 1 to 5.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, TypeVar

from dateutil.parser import isoparse

__all__ = [
    "VerboseDate",
    "check_datetime",
    "check_duration",
    "check_offset",
    "read_datetime",
    "read_duration",
    "read_offset",
    "refusal",
    "write_datetime",
    "write_duration",
    "write_json_datetime",
    "write_json_offset",
]

V = TypeVar("V")


class VerboseDate(str):
    """``/Date(…)/``, a JSON string whose slashes must travel escaped (``"\\/Date(…)\\/"``).

    Servers of version 1 and 2 answer 400 to bare slashes, and know a date from a text by the escape.
    """

    __slots__ = ()


def refusal(type_name: str, value: object, reason: str = "") -> ValueError:
    """The ValueError that says ``value`` is not of the type, as every reader of this folder words it."""
    try:
        shown = repr(value)
    except ValueError:  # Python does not spell ints of more than 4300 digits
        shown = "an int of thousands of digits"
    if len(shown) > 80:
        shown = shown[:77] + "..."
    return ValueError(f"not an {type_name}: {shown}" + (f" ({reason})" if reason else ""))


# --- moments ----------------------------------------------------------------------------------------------------------------

_OFFSET = r"[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)"
_is_moment = re.compile(rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|{_OFFSET})?", re.ASCII).fullmatch
_is_aware_moment = re.compile(rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|{_OFFSET})", re.ASCII).fullmatch
#: Offsets without a colon or minutes, lower case letters, a comma: odd, but of one meaning. ``dateutil`` knows them.
_is_odd_moment = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:[Zz]|[+-](?:0\d|1[0-3])(?::?[0-5]\d)?|[+-]14(?::?00)?)", re.ASCII
).fullmatch
_is_json_date = re.compile(r"\\?/Date\((-?\d{1,18})([+-]\d{1,4})?\)\\?/", re.ASCII).fullmatch
_is_end_of_day = re.compile(r"\d{4}-\d\d-\d\dT24:00(?::00(?:\.0+)?)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII).fullmatch

_from_iso = datetime.fromisoformat
_EPOCH = datetime(1970, 1, 1)
_MILLISECOND = timedelta(milliseconds=1)
_MAX_OFFSET = timedelta(hours=14)


def read_datetime(text: Any) -> datetime:
    """An ``Edm.DateTime``: naive, or aware where the text carries ``Z`` or an offset."""
    try:
        if _is_plain(text) or _is_moment(text):
            return _from_iso(text)
    except (TypeError, ValueError, LookupError):  # of a dict, which may be asked for a slice since Python 3.12
        pass
    return _odd_moment("Edm.DateTime", text)


def _is_plain(text: str) -> bool:
    """Whether a text has the form that .NET writes, a fraction and no zone; its digits are ``fromisoformat``'s to look at, which
    takes none but ASCII ones, and between these marks no other form."""
    marked = text[19:20] == "." and text[4] == text[7] == "-" and text[10] == "T" and text[13] == text[16] == ":"
    return marked and text[20:].isdigit() and text.isascii()


def read_offset(text: Any) -> datetime:
    """An ``Edm.DateTimeOffset``: always aware; a text without zone is refused, for whose clock it was nobody knows."""
    try:
        if _is_aware_moment(text):
            return _from_iso(text)
    except (TypeError, ValueError):
        pass
    found = _odd_moment("Edm.DateTimeOffset", text)
    if found.tzinfo is None:
        raise refusal("Edm.DateTimeOffset", text, "it has no offset")
    return found


def _odd_moment(type_name: str, text: Any) -> datetime:
    """What is no plain ISO text: ``/Date(…)/``, 24:00, second 60, odd offsets."""
    if not isinstance(text, str):
        raise refusal(type_name, text)
    trimmed = text.strip(" \t\r\n")
    try:
        if (found := _is_json_date(trimmed)) is not None:
            return _moment_of_json(int(found[1]), found[2], utc=type_name == "Edm.DateTimeOffset")
        if _is_moment(trimmed):
            return _shifted(trimmed)
        if type_name == "Edm.DateTimeOffset" and _is_odd_moment(trimmed):
            odd = isoparse(re.sub(r"([.,]\d{6})\d+", r"\1", trimmed.upper()))
            return odd.replace(tzinfo=timezone(odd.utcoffset() or timedelta(0)))
    except (ValueError, OverflowError) as error:
        raise refusal(type_name, text, str(error)) from None
    raise refusal(type_name, text)


def _shifted(text: str) -> datetime:
    """``T24:00:00`` is the next midnight; a leap second is read as the last microsecond before it."""
    if _is_end_of_day(text):
        return _from_iso(text[:11] + "00" + text[13:]) + timedelta(days=1)
    if text[16:19] == ":60":
        rest = re.sub(r"^\.\d+", "", text[19:])
        return _from_iso(f"{text[:16]}:59.999999{rest}")
    return _from_iso(text)


def _moment_of_json(milliseconds: int, offset: str | None, *, utc: bool) -> datetime:
    moment = _EPOCH + milliseconds * _MILLISECOND
    if offset is None:
        return moment.replace(tzinfo=UTC) if utc else moment
    shift = timedelta(minutes=int(offset))
    if abs(shift) > _MAX_OFFSET:
        raise ValueError("the offset passes 14 hours")
    return moment.replace(tzinfo=timezone(shift))


def write_datetime(value: datetime) -> str:
    """ISO text, the fraction as short as it can be; ``Z`` for an offset of zero, no zone for a naive value."""
    text = value.isoformat()
    if value.tzinfo is None:
        return text.rstrip("0") if "." in text else text
    text, offset = text[:-6], text[-6:]
    if offset[0] not in "+-":  # an offset with seconds, which no check lets through
        raise refusal("Edm.DateTimeOffset", value, "its offset is no whole number of minutes")
    if "." in text:
        text = text.rstrip("0")
    return text + ("Z" if offset == "+00:00" else offset)


def write_json_datetime(value: datetime) -> VerboseDate:
    """``/Date(ms)/``; an aware value goes as UTC, the way .NET sends its ``Utc`` kind."""
    since = value.replace(tzinfo=None) - _EPOCH - (value.utcoffset() or timedelta(0))
    return VerboseDate(f"/Date({since // _MILLISECOND})/")


def write_json_offset(value: datetime) -> VerboseDate:
    """``/Date(ms+mmmm)/``: clock time at the offset, and the offset in minutes."""
    minutes = _offset_minutes(value)
    return VerboseDate(
        f"/Date({(value.replace(tzinfo=None) - _EPOCH) // _MILLISECOND}{'-' if minutes < 0 else '+'}{abs(minutes):04d})/"
    )


def _offset_minutes(value: datetime) -> int:
    offset = value.utcoffset()
    if offset is None:
        raise refusal(
            "Edm.DateTimeOffset",
            value,
            "a datetime without offset; give it one: .replace(tzinfo=timezone.utc), or .astimezone() for local time",
        )
    minutes, rest = divmod(offset, timedelta(minutes=1))
    if rest or abs(offset) > _MAX_OFFSET:
        raise refusal("Edm.DateTimeOffset", value, "offsets are whole minutes, up to 14 hours")
    return minutes


def check_datetime(value: Any) -> datetime:
    """A datetime, a date (its midnight) or an ISO text."""
    if isinstance(value, datetime):
        exact = _exact("Edm.DateTime", value)
        if exact.tzinfo is not None:
            _offset_minutes(exact)
        return exact
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    return _of_text("Edm.DateTime", "datetime", value, read_datetime)


def check_offset(value: Any) -> datetime:
    """An aware datetime or an ISO text with an offset; a naive datetime is a ValueError."""
    if isinstance(value, datetime):
        exact = _exact("Edm.DateTimeOffset", value)
        _offset_minutes(exact)
        return exact
    return _of_text("Edm.DateTimeOffset", "datetime", value, read_offset)


def _exact(type_name: str, value: datetime) -> datetime:
    """A plain datetime: subclasses (``pandas.Timestamp``, ``NaT``) have manners of their own."""
    if type(value) is datetime:
        return value
    try:
        return datetime.combine(
            date(value.year, value.month, value.day),
            value.time().replace(tzinfo=value.tzinfo),
        )
    except (TypeError, ValueError):
        raise refusal(type_name, value) from None


def _of_text(type_name: str, expected: str, value: Any, read: Callable[[str], V]) -> V:
    if not isinstance(value, str):
        raise TypeError(f"{type_name} takes a {expected}, not {type(value).__name__}: {value!r}")
    return read(str.__str__(value))


# --- durations --------------------------------------------------------------------------------------------------------------

_duration = re.compile(
    r"(-)?P(?=[\dT])(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,12})H)?(?:(\d{1,14})M)?(?:(\d{1,15})(?:\.(\d+))?S)?)?", re.ASCII
).fullmatch
#: The clock form, also with days as .NET's ``TimeSpan.ToString`` writes them: ``[-][d.]hh:mm:ss[.fffffff]``.
_clock = re.compile(r"(-)?(?:(\d{1,8})\.)?(\d{1,2}):([0-5]\d):([0-5]\d)(?:\.(\d+))?", re.ASCII).fullmatch
_has_months = re.compile(r"-?P(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T.*)?", re.ASCII).fullmatch
_MICROSECOND = timedelta(microseconds=1)
_TICKS_PER_DAY = 864_000_000_000
_MIN_TICKS, _MAX_TICKS = -(2**63), 2**63 - 1


def read_duration(text: Any) -> timedelta:
    """An ``Edm.Time``: days to seconds, negative and over 24 hours too; also ``13:20:00``. Years and months are refused."""
    if type(text) is not str:
        raise refusal("Edm.Time", text)
    found = _duration(text) or _clock(text) or _duration(text.strip(" \t\r\n"))
    if found is None:
        reason = "years, months and weeks have no fixed length" if _has_months(text) and re.search(r"P[^T]*[YMW]", text) else ""
        raise refusal("Edm.Time", text, reason)
    minus, days, hours, minutes, seconds, fraction = found.groups()
    whole = ((int(days or 0) * 24 + int(hours or 0)) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    ticks = whole * 10_000_000 + int((fraction or "")[:7].ljust(7, "0"))
    if not _MIN_TICKS <= (-ticks if minus else ticks) <= _MAX_TICKS:
        raise refusal("Edm.Time", text, "longer than 10675199 days")
    length = timedelta(microseconds=ticks // 10)
    return -length if minus else length


def write_duration(value: timedelta) -> str:
    """``-P1DT2H3M4.005S``, only with the parts that are not zero; ``PT0S`` for nothing."""
    microseconds = abs(value) // _MICROSECOND
    days, rest = divmod(microseconds, _TICKS_PER_DAY // 10)
    hours, rest = divmod(rest, 3_600_000_000)
    minutes, rest = divmod(rest, 60_000_000)
    seconds, rest = divmod(rest, 1_000_000)
    parts = [f"{hours}H" if hours else "", f"{minutes}M" if minutes else ""]
    if rest:
        parts.append(f"{seconds}.{rest:06d}".rstrip("0") + "S")
    elif seconds or microseconds == 0:
        parts.append(f"{seconds}S")
    clock = "".join(parts)
    return f"{'-' if value < timedelta(0) else ''}P{f'{days}D' if days else ''}{'T' + clock if clock else ''}"


def check_duration(value: Any) -> timedelta:
    """A timedelta within the reach of .NET's TimeSpan, or a text of the duration's forms."""
    if isinstance(value, timedelta):
        try:
            exact = timedelta(days=value.days, seconds=value.seconds, microseconds=value.microseconds)
        except (TypeError, ValueError):
            raise refusal("Edm.Time", value) from None
        if not _MIN_TICKS <= (exact // _MICROSECOND) * 10 <= _MAX_TICKS:
            raise refusal("Edm.Time", value, "longer than 10675199 days")
        return exact
    return _of_text("Edm.Time", "timedelta", value, read_duration)
