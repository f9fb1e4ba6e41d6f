"""Values in expressions: what a Python value becomes beside an expression of a known type, and which types may meet.

A literal is written for the type of the other side: ``Price > 20`` is ``Price gt 20M``, ``Big == 5`` is ``Big eq 5L``. A value
that cannot be of that type is refused (300 for a Byte, a naive datetime for a DateTimeOffset): the service would answer with an
error, or worse, with nothing. Source: digest section 3 (literals), section 4 (numeric promotion).
"""

from __future__ import annotations

import enum
import math
import re
from decimal import Decimal
from typing import Any
from uuid import UUID

from odata3.edm.model import ComplexType, EntityType, EnumType
from odata3.edm.primitives import PrimitiveType, primitive, primitive_of
from odata3.uri.symbols import Symbol, refusal

__all__ = [
    "BOOLEAN",
    "EdmType",
    "comparable",
    "convert",
    "edm_name",
    "enum_literal",
    "literal_text",
    "natural",
    "promoted",
    "read_enum",
    "row",
    "type_named",
    "widened",
]

#: What an expression can be of. None, where it stands for a type, means that nothing is known.
EdmType = PrimitiveType | EnumType | EntityType | ComplexType


def row(name: str) -> PrimitiveType:
    """The primitive type that must exist."""
    found = primitive(name)
    assert found is not None, name
    return found


BOOLEAN = row("Edm.Boolean")
_STRING = row("Edm.String")
_DECIMAL = row("Edm.Decimal")
_SAFE = 10**28
_DOUBLE = row("Edm.Double")
_SINGLE = row("Edm.Single")
_INT32 = row("Edm.Int32")
_INT64 = row("Edm.Int64")

#: Integers by width: each may stand where a later one is due (digest section 4).
_INTEGERS = {row(f"Edm.{name}"): width for width, name in enumerate(("Byte", "SByte", "Int16", "Int32", "Int64"))}
_FLOATS = (_SINGLE, _DOUBLE)


def edm_name(type_: EdmType | None) -> str:
    """``Edm.Int32``, ``NS.Product``; for errors also "unknown type"."""
    if type_ is None:
        return "unknown type"
    return type_.name if type(type_) is PrimitiveType else type_.full_name  # type: ignore[union-attr]


def natural(value: object) -> tuple[EdmType, object]:
    """Type and value of a Python value that meets nothing of known type. TypeError, ValueError."""
    if type(value) is str and value.isascii():
        return _STRING, value
    if isinstance(value, enum.Enum) and not isinstance(value, int | str):
        declared = getattr(type(value), "_edm_type", None)
        if isinstance(declared, EnumType):
            return declared, _enum_number(value, declared)
        raise TypeError(f"{value!r} is a member of an enum without an EDM type; write its value")
    found = primitive_of(value)
    return found, found.check(value)


def convert(value: object, type_: EdmType) -> object:
    """``value`` as one of ``type_``: what a :class:`Literal` holds (an int for an enum). TypeError, ValueError."""
    if type(type_) is not PrimitiveType:
        if type(type_) is EnumType:
            return _enum_number(value, type_)
        raise TypeError(f"a value of {edm_name(type_)} has no literal; compare its properties")
    kind = type(value)
    if kind is int or kind is str:
        if type_ is _DECIMAL and kind is int and -_SAFE < value < _SAFE:  # type: ignore[operator]
            return Decimal(value)  # type: ignore[arg-type]
    elif kind is float:
        if type_ is _DECIMAL and math.isfinite(value):  # type: ignore[arg-type]
            value = repr(value)  # 2.5 means 2.5, not the binary fraction next to it
    elif isinstance(value, enum.Enum) and not isinstance(value, int | str):
        raise TypeError(f"{value!r} is no {type_.name}; write its value")
    elif isinstance(value, Decimal) and type_ in _FLOATS:
        value = float(value)
    return type_.check(value)


def promoted(left: EdmType | None, right: EdmType | None) -> EdmType | None:
    """The type of ``left op right`` in arithmetic; None where a side is unknown. TypeError for types that do not mix."""
    if left is None or right is None:
        return None
    if not _is_numeric(left) or not _is_numeric(right):
        strange = right if _is_numeric(left) else left
        raise TypeError(f"{edm_name(strange)} knows no arithmetic")
    if left in _INTEGERS and right in _INTEGERS:
        return _INT64 if _INT64 in (left, right) else _INT32
    if _DECIMAL in (left, right):
        if left in _FLOATS or right in _FLOATS:
            raise TypeError(f"{edm_name(left)} and {edm_name(right)} do not mix: cast one of them, .cast('Edm.Double')")
        return _DECIMAL
    return _DOUBLE if _DOUBLE in (left, right) else _SINGLE


def comparable(left: EdmType | None, right: EdmType | None) -> bool:
    """Whether values of these types may be compared."""
    if left is None or right is None or left is right:
        return True
    if _is_numeric(left) and _is_numeric(right):
        return not (_DECIMAL in (left, right) and (left in _FLOATS or right in _FLOATS))
    return edm_name(left) == edm_name(right)


def widened(value: object, from_: EdmType | None, to: EdmType | None) -> object | None:
    """A number of one numeric type as one of another, where nothing is lost; else None."""
    if from_ is to or type(to) is not PrimitiveType or not _is_numeric(from_) or not _is_numeric(to):
        return None
    if type(value) is float and (to is _DECIMAL or to in _INTEGERS):
        return None
    if type(value) is Decimal:
        return None
    try:
        converted: object = to.check(value)
    except (TypeError, ValueError):
        return None
    return converted if converted == value or to is _SINGLE else None


def _is_numeric(type_: EdmType | None) -> bool:
    return type(type_) is PrimitiveType and type_.is_numeric


# --- types by name ----------------------------------------------------------------------------------------------------------

_PYTHON_TYPES: dict[object, str] = {bool: "Boolean", str: "String", float: "Double", bytes: "Binary", UUID: "Guid"}


def type_named(target: object) -> tuple[str, EdmType | None]:
    """Full name of a type, and the type where it is known: from a name, an EDM type, or a class that has one."""
    if isinstance(target, Symbol):
        raise refusal(f"{target._shown()} is no type")
    if isinstance(target, str):
        if not all(part.isidentifier() for part in target.split(".")):
            raise refusal(f"not the name of a type: {target!r}")
        found: EdmType | None = primitive(target)
        return (target, None) if found is None else (edm_name(found), found)
    declared: Any = getattr(target, "_edm_type", target)
    if isinstance(declared, EdmType):
        return edm_name(declared), declared
    if type(target) is type and target in _PYTHON_TYPES:
        return f"Edm.{_PYTHON_TYPES[target]}", row(f"Edm.{_PYTHON_TYPES[target]}")
    raise refusal(f"{target!r} is no EDM type: give a name such as 'Edm.Int32' or 'NS.Product', or an entity class")


# --- enums ------------------------------------------------------------------------------------------------------------------

_is_number = re.compile(r"-?[0-9]{1,19}").fullmatch


def _enum_number(value: object, type_: EnumType) -> int:
    if isinstance(value, enum.Enum):
        declared = getattr(type(value), "_edm_type", None)
        if isinstance(declared, EnumType):
            if declared.full_name != type_.full_name:
                raise TypeError(f"{value!r} is a {declared.full_name}, not a {type_.full_name}")
        elif not isinstance(value, enum.Flag) and (
            (member := type_.members.get(value.name)) is None or member.value != value.value
        ):
            raise TypeError(f"{value!r} is no member of {type_.full_name}: {', '.join(type_.members.names())}")
        if type(value.value) is int:
            return value.value
        raise TypeError(f"{value!r} has no number")
    if isinstance(value, str):
        return read_enum(value, type_)
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    raise TypeError(f"{type_.full_name} takes a member, its name or its number, not {type(value).__name__}")


def read_enum(text: str, type_: EnumType) -> int:
    """The number of ``Member``, ``A,B`` or ``3``. ValueError for a name the type does not have."""
    number = 0
    for name in text.split(","):
        name = name.strip()
        member = type_.members.get(name)
        if member is not None:
            number |= member.value
        elif _is_number(name):
            number |= int(name)
        else:
            raise ValueError(f"{type_.full_name} has no member {name!r}, only {', '.join(type_.members.names())}")
    return number


def enum_literal(number: int, type_: EnumType) -> str:
    """``NS.E'Member'``, ``NS.E'A,B'`` for flags, ``NS.E'7'`` where no member says it (digest section 3)."""
    exact = next((m.name for m in type_.members if m.value == number), None)
    if exact is None and type_.is_flags:
        parts = [m for m in type_.members if m.value and m.value & number == m.value]
        covered = 0
        for member in parts:
            covered |= member.value
        if parts and covered == number:
            exact = ",".join(m.name for m in parts)
    return f"{type_.full_name}'{exact if exact is not None else number}'"


def literal_text(value: Any, type_: EdmType | None) -> str:
    """A value as it stands in an expression, not percent-encoded."""
    if value is None:
        return "null"
    if type(type_) is PrimitiveType:
        return type_.to_literal(value)
    assert type(type_) is EnumType, type_
    return enum_literal(value, type_)
