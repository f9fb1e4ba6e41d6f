"""Small readings that both JSON forms share: counts, places, and words for what is not what it should be."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from odata3.errors import PayloadError


def read_count(value: Any, where: str) -> int | None:
    """``odata.count`` and ``__count``: a number, or its digits in a string."""
    if value is None:
        return None
    if type(value) is str and value.isascii() and value.isdigit() and len(value) < 20:
        return int(value)
    if type(value) is int and value >= 0:
        return value
    if type(value) is Decimal and value.is_finite() and 0 <= value < 1 << 63 and value == value.to_integral_value():
        return int(value)
    raise PayloadError(f"a count is a number, not {kind_of(value)}", where=where)


def path_to(where: str, name: str) -> str:
    """The path of a member: ``value[3].Memory``."""
    return f"{where}.{name}" if where else name


def at(error: PayloadError, where: str) -> PayloadError:
    """The refusal of a key's value, told with the path of its row."""
    name = (error.where or "").rpartition(".")[2]
    return PayloadError(str(error), where=path_to(where, name) if name else where or None)


def kind_of(value: Any) -> str:
    """What a JSON value is, in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def text_or_none(value: Any) -> str | None:
    return value if type(value) is str else None
