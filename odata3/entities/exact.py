"""Values with every digit that a service sent: for tables, which are measured by what they lose.

What ``entity.Created`` gives is a ``datetime``, and cut to microseconds; the text beside it has all seven digits as long as
nothing was assigned. Here such values come as :class:`~odata3.edm.moments.FineDateTime` and ``FineDuration``, all others as
ever.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from odata3.edm.moments import fine
from odata3.entities.changes import document_value, plain_values
from odata3.entities.structure import Structure
from odata3.formats.documents import Raw


def exact_values(value: Structure, names: Collection[str] | None = None) -> dict[str, Any]:
    """What ``to_dict`` gives, with every digit; with ``names`` these alone."""
    plain = plain_values(value, names=names)
    for name, item in plain.items():
        kind = type(item)
        if kind is datetime or kind is timedelta or kind is dict or kind is list:
            plain[name] = _exact(value, name, item)
    return plain


def exact_item(value: Any, name: str) -> Any:
    """``value[name]`` with every digit."""
    found = value[name]
    if not isinstance(value, Structure):
        return found
    first = found[0] if isinstance(found, list) and found else found
    return _exact(value, name, found) if isinstance(first, datetime | timedelta) else found


def _exact(value: Structure, name: str, plain: Any) -> Any:
    if not isinstance(plain, dict | list):
        return _fine(value, name, plain)
    held = value[name]
    if isinstance(held, Structure):
        return exact_values(held)
    if not isinstance(held, list) or not held:
        return plain
    if isinstance(held[0], Structure):
        return [exact_values(item) if isinstance(item, Structure) else item for item in held]
    texts = _raw(value, name)
    if isinstance(texts, Mapping):  # verbose JSON
        texts = texts.get("results")
    if isinstance(held[0], datetime | timedelta) and isinstance(texts, list) and len(texts) == len(held):
        return [fine(item, text) if type(text) is str else item for item, text in zip(held, texts, strict=True)]
    return plain


def _fine(value: Structure, name: str, found: Any) -> Any:
    text = _raw(value, name)
    return fine(found, text) if type(text) is str else found


def _raw(value: Structure, name: str) -> Any:
    """What the body says; None for what was assigned."""
    raw = document_value(value, name)
    return raw.value if type(raw) is Raw else None
