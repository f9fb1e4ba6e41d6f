"""How CSDL spells facets and other attributes: ``Nullable="false"``, ``MaxLength="Max"``, ``Multiplicity="0..1"``.

Each reader gives the value; where a service wrote something near it, the meaning is taken and an :class:`Oddity` is raised with
it, which the caller notes as a warning. Source: CSDL 3.0 section 6.2 (facets); digest section 2, "Tolerate".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["FACETS", "Oddity", "read_boolean", "read_mime_type", "read_multiplicity"]


class Oddity(Exception):
    """An attribute not spelled as it should be, with what is made of it."""

    def __init__(self, text: str, value: Any) -> None:
        super().__init__(text)
        self.value = value


_BOOLEANS = {"true": True, "false": False}
_ODD_BOOLEANS = {"1": True, "0": False, "yes": True, "no": False}
_is_length = re.compile(r"[0-9]{1,10}").fullmatch
_is_media_type = re.compile(r"[\w!#$&^.+*-]+/[\w!#$&^.+*-]+\s*(?:;.*)?", re.ASCII).fullmatch


def read_boolean(text: str, default: bool = False) -> bool:
    found = _BOOLEANS.get(text)
    if found is None:
        lowered = text.strip().lower()
        known = _BOOLEANS.get(lowered, _ODD_BOOLEANS.get(lowered))
        if known is None:
            raise Oddity(f"{text!r} is neither true nor false; taken as {str(default).lower()}", default)
        raise Oddity(f"{text!r} is an odd spelling of {str(known).lower()}", known)
    return found


def _nullable(text: str) -> bool:
    return read_boolean(text, True)


def _fixed_length(text: str) -> bool:
    if _is_length(text) and text not in "01":  # one text of the specification takes it for a length
        raise Oddity(f"{text!r} is a length; taken as true", True)
    return read_boolean(text)


def _number(text: str) -> int | None:
    if _is_length(text):
        return int(text)
    if _is_length(text.strip()):
        raise Oddity(f"blanks around {text.strip()}", int(text))
    raise Oddity(f"{text!r} is no whole number; ignored", None)


def _number_or(word: str) -> Callable[[str], int | str | None]:
    def read(text: str) -> int | str | None:
        if _is_length(text):
            return int(text)
        if text == word:
            return word
        if text.strip().lower() == word.lower():
            raise Oddity(f"{text!r} is an odd spelling of {word}", word)
        return _number(text)

    return read


def _concurrency(text: str) -> str:
    if text in ("None", "Fixed"):
        return text
    known = {"none": "None", "fixed": "Fixed"}.get(text.strip().lower())
    raise Oddity(f"{text!r} is neither Fixed nor None; taken as {known or 'None'}", known or "None")


def read_mime_type(text: str) -> str:
    if _is_media_type(text):
        return text
    raise Oddity(f"{text!r} is no media type; kept as it stands", text)


def read_multiplicity(text: str) -> str:
    if text in ("0..1", "1", "*"):
        return text
    known = {"1..1": "1", "0..*": "*", "1..*": "*", "n": "*", "many": "*"}.get(text.strip().lower(), "*")
    raise Oddity(f"multiplicity {text!r} is none of 0..1, 1 and *; taken as {known}", known)


#: Attribute -> field of the model, and its reader (None: the text itself).
FACETS: Mapping[str, tuple[str, Callable[[str], Any] | None]] = {
    "Nullable": ("nullable", _nullable),
    "MaxLength": ("max_length", _number_or("Max")),
    "FixedLength": ("fixed_length", _fixed_length),
    "Precision": ("precision", _number),
    "Scale": ("scale", _number_or("Variable")),
    "Unicode": ("unicode", lambda text: read_boolean(text, True)),
    "Collation": ("collation", None),
    "SRID": ("srid", _number_or("Variable")),
    "DefaultValue": ("default_value", None),
    "ConcurrencyMode": ("concurrency_mode", _concurrency),
}
