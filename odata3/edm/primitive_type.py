"""What a primitive type is: a row of functions that spell its values, and the shapes all such types share.

The rows stand in ``numeric_types`` and ``primitives``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from odata3.edm.dates import refusal

__all__ = ["XML_SPACE", "PrimitiveType", "as_light", "literal_shape", "same", "unwrap", "wrong_type"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class PrimitiveType:
    """One primitive type of EDM: a row of the table ``PRIMITIVES``.

    Attributes
    ----------
    name : str
        ``"Edm.Int32"``.
    python_type : type
        What the readers give and ``check`` returns.
    default : value
        .NET's default of the type: what stands for a non-nullable property never set. None for reference types.
    check : value -> value
        What a user assigned, as the exact Python type; a ``str`` is taken where nothing is lost. TypeError, ValueError.
    parse, format : text -> value, value -> text
        The lexical form of XML (and of ``DefaultValue`` in a model). Space around is no matter, save for strings.
    from_json : JSON value -> value
        Light and verbose, all versions.
    to_light, to_verbose : value -> JSON value, (value, version) -> JSON value
        ``version`` is the payload's (``"2.0"``): dates changed with 3.0. A date before that comes as a :class:`VerboseDate`.
    to_literal, from_literal : value -> text, text -> value
        URL literal, not percent-encoded.
    is_numeric : bool
        Whether arithmetic knows it.
    """

    name: str
    python_type: type[Any]
    default: Any
    check: Callable[[Any], Any]
    parse: Callable[[str], Any]
    format: Callable[[Any], str]
    from_json: Callable[[Any], Any]
    to_light: Callable[[Any], Any]
    to_verbose: Callable[[Any, str], Any]
    to_literal: Callable[[Any], str]
    from_literal: Callable[[str], Any]
    is_numeric: bool = False

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _row, (self.name,)

    def __post_init__(self) -> None:
        _rows[self.name] = self


#: Every row that was made; a pickle holds only the name.
_rows: dict[str, PrimitiveType] = {}


def _row(name: str) -> PrimitiveType:
    return _rows[name]


XML_SPACE = " \t\r\n"


def wrong_type(type_name: str, expected: str, value: object) -> TypeError:
    return TypeError(f"{type_name} takes {expected}, not {type(value).__name__}: {str(value)[:80]!r}")


def as_light(to_light: Callable[[Any], Any]) -> Callable[[Any, str], Any]:
    """For the many types that both JSON forms spell alike."""
    return lambda value, version: to_light(value)


def same(value: Any) -> Any:
    return value


# --- literals in quotes behind a word ---------------------------------------------------------------------------------------

_WORDS = {
    "guid": "Edm.Guid",
    "datetime": "Edm.DateTime",
    "datetimeoffset": "Edm.DateTimeOffset",
    "time": "Edm.Time",
    "binary": "Edm.Binary",
    "geography": "Edm.Geography",
    "geometry": "Edm.Geometry",
}
_SUFFIXES = {"L": "Edm.Int64", "M": "Edm.Decimal", "D": "Edm.Double", "F": "Edm.Single"}
_is_marked_number = re.compile(r"(?:[+-]?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?|-?INF|NaN)([LlMmDdFf])").fullmatch


def unwrap(name: str, text: str, word: str) -> str:
    """The text between the quotes of ``word'…'``."""
    found, quote, body = text.partition("'")
    if quote and found.lower() == word and body[-1:] == "'" and "'" not in body[:-1]:
        return body[:-1]
    raise refusal(name, text, f"{word}'…' is due")


def literal_shape(text: str) -> str | None:
    """The type that a prefix or suffix names; None for a text without."""
    marked = _is_marked_number(text)
    if marked is not None:
        return _SUFFIXES[marked[1].upper()]
    if text[-1:] == "'":
        word = text.partition("'")[0]
        return "Edm.Binary" if word == "X" else _WORDS.get(word.lower())
    return None
