"""The numeric types of EDM: Byte to Int64, Single, Double, Decimal.

Integers are checked for range, decimals are exact and never pass through a float, a Single has the digits that 32 bits hold.
Python's own spellings (``1_000``, ``infinity``, digits of other scripts) are refused. Source: digest section 3, traps 6, 7 and 9.
"""

from __future__ import annotations

import math
import operator
import re
import struct
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from odata3.edm.dates import refusal
from odata3.edm.primitive_type import XML_SPACE, PrimitiveType, as_light, literal_shape, same, wrong_type

__all__ = ["NON_FINITE", "NUMERIC_TYPES", "is_float", "is_integer"]

# --- whole numbers ----------------------------------------------------------------------------------------------------------

is_integer = re.compile(r"[+-]?[0-9]{1,40}").fullmatch


def _integer(name: str, low: int, high: int, *, suffix: str = "", quoted: bool = False) -> PrimitiveType:
    """Byte to Int64. ``suffix`` marks the literal; ``quoted`` types are strings in JSON (2**53 is where JSON readers round)."""

    def from_json(raw: Any) -> int:
        if type(raw) is int:
            if low <= raw <= high:
                return raw
        elif type(raw) is str:
            if is_integer(raw):
                number = int(raw)
                if low <= number <= high:
                    return number
            elif suffix and literal_shape(raw) == name:
                return from_literal(raw)
        raise refusal(name, raw)

    def parse(text: str) -> int:
        if is_integer(text):
            number = int(text)
            if low <= number <= high:
                return number
        elif (trimmed := text.strip(XML_SPACE)) != text:
            return parse(trimmed)
        raise refusal(name, text)

    def from_literal(text: str) -> int:
        try:
            return parse(text[:-1] if suffix and text[-1:] in (suffix, suffix.lower()) else text)
        except ValueError:
            raise refusal(name, text) from None

    def check(value: Any) -> int:
        number = value if type(value) is int else _index(name, value)
        if low <= number <= high:
            return number
        raise refusal(name, value, f"{low} to {high}")

    to_json: Callable[[int], Any] = str if quoted else same
    return PrimitiveType(
        name=name,
        python_type=int,
        default=0,
        check=check,
        parse=parse,
        format=int.__repr__,
        from_json=from_json,
        to_light=to_json,
        to_verbose=as_light(to_json),
        to_literal=lambda value: f"{int(value)}{suffix}",
        from_literal=from_literal,
        is_numeric=True,
    )


def _index(name: str, value: Any) -> int:
    """An int out of what counts as one: a subclass, a numpy integer, its digits; never a bool."""
    if isinstance(value, str):
        if is_integer(value):
            return int(value)
    elif not isinstance(value, bool):
        try:
            return int(operator.index(value))
        except TypeError:
            pass
    raise wrong_type(name, "an int", value)


# --- Double and Single ------------------------------------------------------------------------------------------------------

is_float = re.compile(r"[+-]?(?:[0-9]{1,400}+\.?[0-9]{0,400}+|\.[0-9]{1,400}+)(?:[eE][+-]?[0-9]{1,5})?").fullmatch
NON_FINITE = {"NaN": math.nan, "INF": math.inf, "-INF": -math.inf}
_NON_FINITE_JSON = {**NON_FINITE, "Infinity": math.inf, "-Infinity": -math.inf}
_pack_single = struct.Struct("<f").pack
_unpack_single = struct.Struct("<f").unpack


def _double_text(number: float) -> str:
    """``1.5``, ``2.0``, ``1E+20``, ``INF``: what .NET and XML Schema read alike."""
    if math.isfinite(number):
        return repr(number).replace("e", "E")
    return "NaN" if number != number else "INF" if number > 0 else "-INF"


def _to_single(number: float) -> float:
    rounded: float = _unpack_single(_pack_single(number))[0]
    return rounded


def _shortest_single(number: float) -> float:
    """The double with the fewest digits that a 32-bit float reads as this number: 0.1 for 0.10000000149011612."""
    if math.isfinite(number):
        for digits in (6, 7, 8):
            candidate = float(f"{number:.{digits}g}")
            if abs(candidate) <= 3.4028235e38 and _to_single(candidate) == number:
                return candidate
        return float(f"{number:.9g}")
    return number


def _floating(name: str, narrow: Callable[[float], float], shorten: Callable[[float], float], suffix: str) -> PrimitiveType:
    """Double and Single. ``narrow`` rounds to the type's width, ``shorten`` gives the number whose ``repr`` is to be written."""

    def finite(raw: int | float | Decimal | str) -> float:
        try:
            number = narrow(float(raw))
        except (OverflowError, ValueError):
            raise refusal(name, raw, "out of range") from None
        if math.isfinite(number):
            return number
        raise refusal(name, raw, "out of range")

    def from_json(raw: Any) -> float:
        kind = type(raw)
        if kind is Decimal or kind is int:
            return finite(raw)
        if kind is float:
            return narrow(raw) if math.isfinite(raw) else raw
        if kind is str:
            found = _NON_FINITE_JSON.get(raw)
            if found is not None:
                return found
            if is_float(raw):
                return finite(raw)
            if literal_shape(raw) == name:
                return from_literal(raw)
        raise refusal(name, raw)

    def parse(text: str) -> float:
        if is_float(text):
            return finite(text)
        found = _NON_FINITE_JSON.get(text)
        if found is not None:
            return found
        if (trimmed := text.strip(XML_SPACE)) != text:
            return parse(trimmed)
        raise refusal(name, text)

    def from_literal(text: str) -> float:
        body = (
            text[:-1]
            if text[-1:] in (suffix, suffix.lower(), suffix.upper()) and text[-4:].upper() not in ("INF", "-INF")
            else text
        )
        if body in NON_FINITE:
            return NON_FINITE[body]
        if is_float(body):
            return finite(body)
        raise refusal(name, text)

    def check(value: Any) -> float:
        if type(value) is float:
            return finite(value) if math.isfinite(value) else value
        if isinstance(value, float):
            return check(float(value))
        if isinstance(value, str):
            if is_float(value) or value in _NON_FINITE_JSON:
                return parse(value)
        elif not isinstance(value, bool):
            try:
                return finite(operator.index(value))
            except TypeError:
                pass
        raise wrong_type(name, "a float", value)

    def to_json(value: float) -> float | str:
        if math.isfinite(value):
            return shorten(value)
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"

    def to_literal(value: float) -> str:
        text = _double_text(shorten(value))
        return text.removesuffix(".0") + suffix if suffix == "f" and math.isfinite(value) else text

    return PrimitiveType(
        name=name,
        python_type=float,
        default=0.0,
        check=check,
        parse=parse,
        format=lambda value: _double_text(shorten(value)),
        from_json=from_json,
        to_light=to_json,
        to_verbose=as_light(to_json),
        to_literal=to_literal,
        from_literal=from_literal,
        is_numeric=True,
    )


# --- Decimal ----------------------------------------------------------------------------------------------------------------

DECIMAL = "Edm.Decimal"
#: [MS-ODATA] bounds the type by 10**255; what is past that is an attack or an accident, and would be written in full.
_MAX_EXPONENT = 255


def _bounded(number: Decimal, raw: object) -> Decimal:
    exponent = number.as_tuple().exponent
    if type(exponent) is int and exponent >= -_MAX_EXPONENT and number.adjusted() < _MAX_EXPONENT:
        return number
    raise refusal(DECIMAL, raw, "a decimal has at most 255 digits on either side")


_is_short_decimal = re.compile(r"-?[0-9]{1,60}(?:\.[0-9]{1,60})?").fullmatch


def _decimal_of_text(text: str) -> Decimal:
    if _is_short_decimal(text):
        return Decimal(text)
    if is_float(text):
        try:
            return _bounded(Decimal(text), text)
        except InvalidOperation:
            pass
    raise refusal(DECIMAL, text)


def _decimal_from_json(raw: Any) -> Decimal:
    kind = type(raw)
    if kind is str:
        if _is_short_decimal(raw):
            return Decimal(raw)
        if is_float(raw):
            return _decimal_of_text(raw)
        if literal_shape(raw) == DECIMAL:
            return _decimal_from_literal(raw)
    elif kind is Decimal:
        return _bounded(raw, raw)
    elif kind is int and -(10**_MAX_EXPONENT) < raw < 10**_MAX_EXPONENT:
        return Decimal(raw)
    raise refusal(DECIMAL, raw)


def _decimal_from_literal(text: str) -> Decimal:
    return _decimal_of_text(text[:-1] if text[-1:] in ("M", "m") else text)


def _check_decimal(value: Any) -> Decimal:
    if isinstance(value, Decimal):
        return _bounded(value if type(value) is Decimal else Decimal(value), value)
    if isinstance(value, str):
        if is_float(value):
            return _decimal_of_text(value)
    elif not isinstance(value, bool | float):
        try:
            return _decimal_from_json(int(operator.index(value)))
        except TypeError:
            pass
    if isinstance(value, float):
        raise TypeError(f"{DECIMAL} takes a Decimal, not float: write Decimal('{value!r}')")
    raise wrong_type(DECIMAL, "a Decimal", value)


def _decimal_text(value: Decimal) -> str:
    """All digits, never an exponent: V2 and V3 readers need not know one."""
    return format(value, "f")


NUMERIC_TYPES: list[PrimitiveType] = [
    _integer("Edm.Byte", 0, 255),
    _integer("Edm.SByte", -128, 127),
    _integer("Edm.Int16", -(2**15), 2**15 - 1),
    _integer("Edm.Int32", -(2**31), 2**31 - 1),
    _integer("Edm.Int64", -(2**63), 2**63 - 1, suffix="L", quoted=True),
    _floating("Edm.Single", _to_single, _shortest_single, "f"),
    _floating("Edm.Double", same, same, "D"),
    PrimitiveType(
        name=DECIMAL,
        python_type=Decimal,
        default=Decimal(0),
        check=_check_decimal,
        parse=lambda text: _decimal_of_text(text.strip(XML_SPACE)),
        format=_decimal_text,
        from_json=_decimal_from_json,
        to_light=_decimal_text,
        to_verbose=as_light(_decimal_text),
        to_literal=lambda value: _decimal_text(value) + "M",
        from_literal=_decimal_from_literal,
        is_numeric=True,
    ),
]
