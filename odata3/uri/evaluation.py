"""The value of an expression, worked out here: for what a selection computes, and as a picture of what a service does.

Null has the meaning it has in a filter: arithmetic and functions of null are null, ``eq`` and ``ne`` compare it as a value, an
order with null and a test of a null text are false, and a condition that is null counts as false. Source: digest section 4.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from odata3.errors import QueryTranslationError
from odata3.uri.expressions import (
    Arithmetic,
    Call,
    Cast,
    Comparison,
    Expression,
    IsOf,
    Literal,
    Logical,
    Negation,
    Not,
    Path,
    Quantifier,
)

__all__ = ["evaluate"]

Read = Callable[[Path[Any]], Any]


def evaluate(node: Expression[Any], read: Read) -> Any:
    """The value of ``node`` for a row; ``read`` gives the value at a path (None where something on the way is null).

    An item of a collection is read with the path that begins with the range variable's own value: ``read`` is asked for paths of
    the row alone. QueryTranslationError for what only the service can tell (shapes, types).
    """
    return _Evaluation(read, {}).value(node)


class _Evaluation:
    def __init__(self, read: Read, variables: Mapping[str, Any]) -> None:
        self.read = read
        self.variables = variables

    def value(self, node: Expression[Any]) -> Any:
        match node:
            case Literal(value):
                return value
            case Path(variable, segments):
                return self.read(node) if variable is None else _below(self.variables[variable], segments)
            case Comparison(sign, left, right):
                return _compare(sign, self.value(left), self.value(right))
            case Logical(sign, operands):
                return _logical(sign, [self.value(operand) for operand in operands])
            case Not(operand):
                value = self.value(operand)
                return None if value is None else not value
            case Arithmetic(sign, left, right):
                return _calculate(sign, self.value(left), self.value(right))
            case Negation(operand):
                value = self.value(operand)
                return None if value is None else -value
            case Call(name, arguments):
                return _call(name, [self.value(argument) for argument in arguments])
            case Quantifier():
                return self.quantifier(node)
            case Cast(operand, target):
                return _cast(self.value(operand), target)
            case IsOf():
                raise QueryTranslationError(f"only the service can tell {node.text}")
        raise QueryTranslationError(f"{node.text} cannot be worked out here")

    def quantifier(self, node: Quantifier) -> bool:
        items = self.value(node.source) or ()
        if node.predicate is None:
            return bool(items)
        predicate, variable = node.predicate, str(node.variable)
        results = (_Evaluation(self.read, {**self.variables, variable: item}).value(predicate) is True for item in items)
        return any(results) if node.operator == "any" else all(results)


def _below(value: Any, segments: tuple[str, ...]) -> Any:
    for segment in segments:
        if value is None:
            return None
        if "." not in segment:
            value = value[segment]
    return value


_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
}


def _compare(sign: str, left: Any, right: Any) -> bool:
    if sign not in ("eq", "ne") and (left is None or right is None):
        return False
    if isinstance(left, datetime) and isinstance(right, datetime) and (left.tzinfo is None) != (right.tzinfo is None):
        left, right = (moment.replace(tzinfo=moment.tzinfo or UTC) for moment in (left, right))
    return bool(_SIGNS[sign](left, right))


def _logical(sign: str, values: list[Any]) -> bool | None:
    """Three values: false settles ``and``, true settles ``or``, else null wins."""
    settled = sign == "or"
    if any(value is settled for value in values):
        return settled
    return None if any(value is None for value in values) else not settled


def _calculate(sign: str, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    if sign in _SIGNS:
        return _SIGNS[sign](left, right)
    if right == 0 and not isinstance(right, float):
        raise QueryTranslationError("division by zero")
    whole = isinstance(left, int) and isinstance(right, int)
    if sign == "div":
        if whole:  # towards zero, as whole numbers are divided in .NET
            return abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return left / right if right else math.nan if not left else math.copysign(math.inf, left)
    if whole:
        return abs(left) % abs(right) * (1 if left >= 0 else -1)
    if isinstance(left, float) or isinstance(right, float):
        return math.fmod(left, right) if right and math.isfinite(left) else math.nan
    return left % right


def _call(name: str, arguments: list[Any]) -> Any:
    if any(argument is None for argument in arguments):
        return False if name in _TESTS else None
    function = _FUNCTIONS.get(name)
    if function is None:
        raise QueryTranslationError(f"only the service can work out {name}()")
    return function(*arguments)


def _round(value: Any) -> Any:
    if isinstance(value, Decimal):
        return value.to_integral_value(ROUND_HALF_UP)
    if not math.isfinite(value):
        return value
    return math.copysign(math.floor(abs(value) + 0.5), value)


def _whole(value: Any, decimal: str, real: Callable[[float], int]) -> Any:
    if isinstance(value, Decimal):
        return value.to_integral_value(decimal)
    return float(real(value)) if math.isfinite(value) else value


def _clock(unit: int, modulus: int, name: str) -> Callable[[datetime | timedelta], int]:
    def part(value: datetime | timedelta) -> int:
        if isinstance(value, timedelta):  # a negative one has negative parts, as in .NET
            return int(math.fmod(int(value.total_seconds() / unit), modulus))
        return int(getattr(value, name))

    return part


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "substringof": lambda part, text: part in text,
    "startswith": str.startswith,
    "endswith": str.endswith,
    "length": len,
    "indexof": str.find,
    "replace": str.replace,
    "substring": lambda text, start, count=None: text[start:] if count is None else text[start : start + count],
    "tolower": str.lower,
    "toupper": str.upper,
    "trim": str.strip,
    "concat": lambda *texts: "".join(map(str, texts)),
    "year": lambda value: value.year,
    "month": lambda value: value.month,
    "day": lambda value: value.day,
    "hour": _clock(3600, 24, "hour"),
    "minute": _clock(60, 60, "minute"),
    "second": _clock(1, 60, "second"),
    "round": _round,
    "floor": lambda value: _whole(value, "ROUND_FLOOR", math.floor),
    "ceiling": lambda value: _whole(value, "ROUND_CEILING", math.ceil),
}

#: Tests of a null text are false, as orders with null are.
_TESTS = frozenset({"substringof", "startswith", "endswith"})

_CASTS: dict[str, Callable[[Any], Any]] = {
    "Edm.String": str,
    "Edm.Double": float,
    "Edm.Single": float,
    "Edm.Decimal": lambda value: Decimal(str(value)),
    "Edm.Byte": int,
    "Edm.SByte": int,
    "Edm.Int16": int,
    "Edm.Int32": int,
    "Edm.Int64": int,
}


def _cast(value: Any, target: str) -> Any:
    """The value as one of another type; null where it cannot be one."""
    if value is None or target not in _CASTS:
        return value
    try:
        return _CASTS[target](value)
    except (ValueError, ArithmeticError, TypeError):
        return None
