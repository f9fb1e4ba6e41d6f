"""JSON as OData bodies have it: numbers exact, what is broken named, what came whole before a break kept.

Reading gives the plain tree of ``json`` with ``Decimal`` for every number that has a fraction or an exponent (``2.50`` keeps its
zero), and ``Decimal`` also for the bare tokens ``NaN`` and ``Infinity`` that some services write. Writing takes the same tree
back, plus ``float``; text stays UTF-8, and a ``VerboseDate`` gets the escaped slashes that V1 and V2 services insist on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import islice
from math import isfinite
from typing import Any, NamedTuple

from odata3.edm.primitives import VerboseDate
from odata3.errors import ArgumentError, PayloadError

_decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=Decimal)
_scan: Callable[[str, int], tuple[Any, int]] = _decoder.scan_once  # type: ignore[attr-defined]
_WHITE = re.compile(r"[ \t\n\r]*")


def decode_text(body: bytes) -> str:
    """The characters of a body: UTF-8, or UTF-16/32 where its first bytes say so. Invalid bytes raise ``PayloadError``."""
    try:
        return body.decode(json.detect_encoding(body)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise PayloadError(f"this is not JSON: {error.reason} ({error.encoding})", where=f"byte {error.start}") from error


def parse_json(text: str) -> Any:
    """The tree of a whole document. Raises ``PayloadError`` with the line of what is wrong."""
    try:
        return _decoder.decode(text)
    except json.JSONDecodeError as error:
        raise PayloadError(f"this is not JSON: {error.msg}", where=f"line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise PayloadError("this JSON is nested too deep") from error
    except (ValueError, ArithmeticError) as error:
        reason = str(error).partition(";")[0].partition("\n")[0] or type(error).__name__
        raise PayloadError(f"this JSON holds a number that cannot be: {reason}") from error


def read_json(body: bytes) -> Any:
    """The tree of a whole body."""
    return parse_json(decode_text(body))


class Salvage(NamedTuple):
    """What a broken document holds up to the break: members before its array, the whole items, and the text after them."""

    head: dict[str, Any]
    items: list[Any]
    rest: str


_UNREADABLE = (StopIteration, ValueError, ArithmeticError, RecursionError)
_ARRAYS = ("value", "results", "d")


def salvage(text: str) -> Salvage | None:
    """The array of a feed (``value``, ``results``, ``d``, or the document itself) in a text that breaks off, or None."""
    head: dict[str, Any] = {}
    position = _skip(text, 0)
    if text[position : position + 1] == "[":
        return Salvage(head, *_items(text, position + 1))
    try:
        while text[position : position + 1] in ("{", ","):
            key, position = _scan(text, _skip(text, position + 1))
            position = _skip(text, position)
            if type(key) is not str or text[position : position + 1] != ":":
                return None
            position = _skip(text, position + 1)
            opener = text[position : position + 1]
            if key in _ARRAYS and opener == "[":
                return Salvage(head, *_items(text, position + 1))
            if key == "d" and opener == "{":
                continue
            head[key], position = _scan(text, position)
            position = _skip(text, position)
    except _UNREADABLE:
        pass
    return None


def _items(text: str, position: int) -> tuple[list[Any], str]:
    """The items that can be read whole from just after the ``[``, and the text after the last."""
    items: list[Any] = []
    end = position
    try:
        while True:
            item, end = _scan(text, _skip(text, position))
            items.append(item)
            position = _skip(text, end)
            if text[position : position + 1] != ",":
                break
            position += 1
    except _UNREADABLE:
        pass
    return items, text[end:]


#: Beginnings of an error that are followed, each perhaps to the end of the text.
_TRIES = 10
_ERROR = re.compile(r'\{\s*"(?:odata\.)?error"\s*:')


def appended_error(text: str) -> Any:
    """The object with an error that a service put where its answer broke off; None if there is none."""
    for found in islice(_ERROR.finditer(text), _TRIES):
        try:
            tree, _ = _scan(text, found.start())
        except _UNREADABLE:
            continue
        return tree
    return None


def _skip(text: str, position: int) -> int:
    found = _WHITE.match(text, position)
    return found.end() if found else position


_quote = json.encoder.encode_basestring
_LONE = re.compile("[\ud800-\udfff]")


def write_json(tree: Any) -> bytes:
    """The bytes of a tree, without blanks. Numbers keep their digits; a whole ``float`` gets ``.0``.

    ``ArgumentError`` for what has no form in JSON, or is nested too deep.
    """
    parts: list[str] = []
    try:
        _emit(tree, parts.append)
    except RecursionError as error:
        raise ArgumentError("this value is nested too deep to be written as JSON") from error
    text = "".join(parts)
    try:
        return text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair has no UTF-8; JSON has an escape for it
        return _LONE.sub(lambda half: f"\\u{ord(half[0]):04x}", text).encode()


def _emit(tree: Any, put: Callable[[str], None]) -> None:
    kind = type(tree)
    if kind is str:
        put(_quote(tree))
    elif tree is None:
        put("null")
    elif kind is bool:
        put("true" if tree else "false")
    elif kind is int:
        put(str(tree))
    elif kind is float or kind is Decimal:
        put(number_text(tree))
    elif kind is dict or isinstance(tree, Mapping):
        opener = "{"
        for name, value in tree.items():
            if type(value) is str:
                put(f"{opener}{_quote(name)}:{_quote(value)}")
            else:
                put(f"{opener}{_quote(name)}:")
                _emit(value, put)
            opener = ","
        put("{}" if opener == "{" else "}")
    elif isinstance(tree, list | tuple):
        opener = "["
        for value in tree:
            put(opener)
            opener = ","
            _emit(value, put)
        put("[]" if opener == "[" else "]")
    elif kind is VerboseDate:
        put(_quote(tree).replace("/", "\\/"))
    elif isinstance(tree, str):
        put(_quote(str.__str__(tree)))
    elif isinstance(tree, int):
        put(str(int(tree)))
    else:
        raise ArgumentError(f"a {kind.__name__} has no form in JSON")


def number_text(number: float | Decimal) -> str:
    """``1.0``, ``0.1``, ``1E+30``: never to be taken for a whole number. What is not finite becomes OData's string for it."""
    if isinstance(number, Decimal):
        if number.is_finite():
            text = str(number)
            return text if "." in text or "E" in text else f"{text}.0"
        return '"NaN"' if number.is_nan() else '"Infinity"' if number > 0 else '"-Infinity"'
    if isfinite(number):
        return repr(number).replace("e", "E")
    return '"NaN"' if number != number else '"Infinity"' if number > 0 else '"-Infinity"'
