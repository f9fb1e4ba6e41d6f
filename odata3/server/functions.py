"""What OData asks of a database and SQL does not give, or gives differently everywhere.

Each function here is one SQL expression, :class:`Function`, spelled twice: on SQLite it calls a Python function that every
connection knows (SQLite's own ``lower`` knows ASCII only, its ``LIKE`` ignores case, its ``length`` stops at NUL); elsewhere
it is written in the SQL of PostgreSQL. Names come from this table alone, and arguments are expressions or bound parameters:
no text of a request ever becomes SQL.

::

    odata_contains(hay, needle)     SQLite: a Python function        PostgreSQL: (strpos(hay, needle) > 0)
    odata_json(document, '["City"]') SQLite: json_extract(...)       PostgreSQL: (document::jsonb #>> ...)

Source: digest section 4 (functions, null semantics); OData V3 URL conventions 5.1.1.
"""

from __future__ import annotations

import json
import math
import operator
import sqlite3
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, DecimalException
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import BigInteger, Boolean, ColumnElement, Float, Integer, Numeric, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from odata3.server.geometry import distance, intersects, length, on_globe, on_plane

__all__ = ["DecimalText", "Double", "Function", "JsonItems", "install", "json_path"]

#: .NET's decimal has 28 to 29 digits. The exponents go as far as a product of two that can be stored: every digit is written out.
_DECIMALS = Context(prec=29, rounding=ROUND_HALF_UP, Emin=-600, Emax=600)
#: Characters that ``replace`` may make of a shorter text: a few of them in each other would fill any memory.
_LONGEST = 1 << 22


class DecimalText(TypeDecorator[Decimal]):
    """An exact decimal that keeps its scale: text under a numeric collation on SQLite, ``NUMERIC`` elsewhere."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Text(collation=_COLLATION))
        return dialect.type_descriptor(Numeric(asdecimal=True))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return f"{value:f}" if isinstance(value, Decimal) else str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class _Real(UserDefinedType[Any]):
    """SQLite's REAL without SQLAlchemy's conversion, which would make a float of ``NaN`` again."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "REAL"


class Double(TypeDecorator[float]):
    """A double, NaN included: SQLite makes NULL of it, so there it is kept as the text ``NaN`` in a column of reals."""

    impl = Float
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(_Real() if dialect.name == "sqlite" else Float(53))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return "NaN" if dialect.name == "sqlite" and value is not None and value != value else value

    def process_result_value(self, value: Any, dialect: Dialect) -> float | None:
        return None if value is None else float(value)


# --- one expression, two spellings ------------------------------------------------------------------------------------------


class Function(FunctionElement[Any]):
    """A call of one of the functions of this room."""

    inherit_cache = True
    name = "odata"
    # ``spelling`` decides the SQL, so it belongs to the key under which compiled statements are remembered.
    _traverse_internals = [  # noqa: RUF012 - SQLAlchemy's own attribute
        *FunctionElement._traverse_internals,
        ("spelling", InternalTraversal.dp_string),
    ]

    def __init__(self, name: str, *arguments: ColumnElement[Any], type_: TypeEngine[Any] | None = None) -> None:
        if name not in _SPELLINGS:
            raise LookupError(name)
        self.spelling = name
        super().__init__(*arguments)
        self.type = type_ if type_ is not None else _SPELLINGS[name][2]


@compiles(Function)
def _portable(element: Function, compiler: SQLCompiler, **keywords: Any) -> str:
    arguments = [compiler.process(clause, **keywords) for clause in element.clauses]
    return _SPELLINGS[element.spelling][1].format(*arguments)


@compiles(Function, "sqlite")
def _sqlite(element: Function, compiler: SQLCompiler, **keywords: Any) -> str:
    arguments = [compiler.process(clause, **keywords) for clause in element.clauses]
    python = _SPELLINGS[element.spelling][0]
    if isinstance(python, str):
        return python.format(*arguments)
    return f"odata_{element.spelling}({', '.join(arguments)})"


class JsonItems(FunctionElement[Any]):
    """The items of a JSON array, as rows with one column ``value``."""

    inherit_cache = True
    name = "odata_items"


@compiles(JsonItems)
def _portable_items(element: JsonItems, compiler: SQLCompiler, **keywords: Any) -> str:
    return f"jsonb_array_elements(CAST({compiler.process(element.clauses, **keywords)} AS jsonb))"


@compiles(JsonItems, "sqlite")
def _sqlite_items(element: JsonItems, compiler: SQLCompiler, **keywords: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **keywords)})"


def json_path(names: Sequence[str | int]) -> str:
    """A path into a document, as the function ``json`` takes it: ``["Address", "City"]``."""
    return json.dumps(list(names))


# --- what SQLite calls ------------------------------------------------------------------------------------------------------


def _null_in_null_out(function: Callable[..., Any]) -> Callable[..., Any]:
    """OData: a function of null is null. What cannot be computed is null as well, never an error in the middle of a query."""

    def called(*arguments: Any) -> Any:
        if None in arguments:
            return None
        try:
            return function(*arguments)
        except (ArithmeticError, ValueError, TypeError):
            return None

    return called


def _substring(text: str, start: int, count: int | None = None) -> str:
    first = max(start, 0)
    return text[first:] if count is None else text[first : max(first, start + count)]


def _replaced(text: str, find: str, put: str) -> str:
    grown = text.count(find) * (len(put) - len(find)) if find else 0
    if grown > 0 and len(text) + grown > _LONGEST:
        raise RuntimeError("replace makes a text longer than any")  # the query fails: null would be a wrong answer
    return text.replace(find, put) if find else text


def _half_away(value: float) -> float:
    return value if not math.isfinite(value) else math.copysign(math.floor(abs(value) + 0.5), value)


def _doubles(function: Callable[..., float]) -> Callable[..., Any]:
    """Arithmetic of doubles as IEEE 754 has it; NaN comes and goes as text (:class:`Double`)."""

    def called(*operands: Any) -> Any:
        result = function(*map(float, operands))
        return "NaN" if result != result else result

    return called


def _quotient(dividend: float, divisor: float) -> float:
    if divisor:
        return dividend / divisor
    return math.nan if not dividend or dividend != dividend else math.copysign(math.inf, dividend) * math.copysign(1, divisor)


def _remainder(dividend: float, divisor: float) -> float:
    return math.fmod(dividend, divisor) if divisor and not math.isinf(dividend) else math.nan


def _real(function: Callable[[float], float]) -> Callable[[Any], Any]:
    """On doubles; NaN, which SQLite only knows as text, stays what it is."""
    return lambda value: value if isinstance(value, str) or not math.isfinite(value) else float(function(value))


def _decimals(function: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Any, Any], str]:
    def called(left: Any, right: Any) -> str:
        return _plain(function(Decimal(str(left)), Decimal(str(right))))

    return called


def _plain(value: Decimal) -> str:
    if not value.is_finite():
        raise DecimalException
    return f"{value:f}"


def _rounded(rounding: str) -> Callable[[Any], str]:
    return lambda value: _plain(Decimal(str(value)).to_integral_value(rounding=rounding))


def _json(document: Any, path: str) -> Any:
    """One value of a document by its path; arrays and objects as JSON text."""
    found = json.loads(document) if isinstance(document, str) else document
    for step in json.loads(path):
        if isinstance(found, dict):
            found = found.get(step)
        elif isinstance(found, list) and isinstance(step, int) and step < len(found):
            found = found[step]
        else:
            return None
    return json.dumps(found) if isinstance(found, dict | list) else found


def _truncated(dividend: int, divisor: int) -> int:
    """Integer division as .NET does it: towards zero."""
    quotient = abs(dividend) // abs(divisor)
    return quotient if (dividend < 0) == (divisor < 0) else -quotient


def _as_integer(value: Any) -> int | None:
    number = Decimal(str(value))
    return int(number) if -(2**63) - 1 < number < 2**63 else None  # asked first: 1E+999999 has a million digits


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else repr(value)


_GEOGRAPHY = "ST_GeomFromGeoJSON({{{}}})::geography"
_JSONB = "(CAST({0} AS jsonb) #>> ARRAY(SELECT jsonb_array_elements_text(CAST({1} AS jsonb))))"

_IF_NUMBER = r"(CASE WHEN CAST({0} AS text) ~ '^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$' THEN NUMBER END)"

# PostgreSQL refuses to divide by zero; IEEE, and .NET, give what is not finite.
_TOP, _BOTTOM = "CAST({0} AS double precision)", "CAST({1} AS double precision)"
_QUOTIENT = (
    f"(CASE WHEN {_BOTTOM} <> 0 THEN {_TOP} / {_BOTTOM} WHEN {_TOP} = 0 OR {_TOP} = 'NaN' THEN 'NaN' + {_BOTTOM}"
    f" ELSE sign({_TOP}) * (CASE WHEN CAST({_BOTTOM} AS text) LIKE '-%%' THEN -1 ELSE 1 END) * ('Infinity' + {_BOTTOM}) END)"
)
_REMAINDER = (
    f"(CASE WHEN {_BOTTOM} = 0 OR abs({_TOP}) = 'Infinity' THEN 'NaN' * {_TOP} WHEN abs({_BOTTOM}) = 'Infinity' THEN {_TOP}"
    f" ELSE {_TOP} - {_BOTTOM} * trunc({_TOP} / {_BOTTOM}) END)"
)

#: name -> (what SQLite calls, or its SQL; the SQL elsewhere; the type of the result)
_SPELLINGS: dict[str, tuple[Callable[..., Any] | str, str, TypeEngine[Any]]] = {
    "contains": (lambda hay, needle: needle in hay, "(strpos({0}, {1}) > 0)", Boolean()),
    "startswith": (lambda text, prefix: text.startswith(prefix), "starts_with({0}, {1})", Boolean()),
    "endswith": (lambda text, suffix: text.endswith(suffix), "(right({0}, length({1})) = {1})", Boolean()),
    "length": (len, "length({0})", Integer()),
    "indexof": (lambda text, needle: text.find(needle), "(strpos({0}, {1}) - 1)", Integer()),
    "replace": (_replaced, "replace({0}, {1}, {2})", Text()),
    "substring_from": (_substring, "substr({0}, greatest(CAST({1} AS integer), 0) + 1)", Text()),
    "substring": (_substring, "substr({0}, greatest(CAST({1} AS integer), 0) + 1, greatest(CAST({2} AS integer), 0))", Text()),
    "tolower": (lambda text: text.lower(), "lower({0})", Text()),
    "toupper": (lambda text: text.upper(), "upper({0})", Text()),
    "trim": (lambda text: text.strip(), "btrim({0}, E' \\t\\n\\r\\f\\v')", Text()),
    "concat": (lambda left, right: left + right, "({0} || {1})", Text()),
    "part": (
        lambda text, start, count: int(text[start - 1 : start - 1 + count]),
        "CAST(substr({0}, {1}, {2}) AS integer)",
        Integer(),
    ),
    "offset": (
        lambda text: _offset_minutes(text),
        "(CASE WHEN {0} LIKE '%%Z' THEN 0 ELSE CAST(substr(right({0}, 6), 1, 3) AS integer) * 60 END)",
        Integer(),
    ),
    "round": (_real(_half_away), "(sign({0}) * floor(abs({0}) + 0.5))", Double()),
    "floor": (_real(math.floor), "floor({0})", Double()),
    "ceiling": (_real(math.ceil), "ceil({0})", Double()),
    "decimal_round": (_rounded("ROUND_HALF_UP"), "round({0})", DecimalText()),
    "decimal_floor": (_rounded("ROUND_FLOOR"), "floor({0})", DecimalText()),
    "decimal_ceiling": (_rounded("ROUND_CEILING"), "ceil({0})", DecimalText()),
    "decimal_add": (_decimals(_DECIMALS.add), "({0} + {1})", DecimalText()),
    "decimal_sub": (_decimals(_DECIMALS.subtract), "({0} - {1})", DecimalText()),
    "decimal_mul": (_decimals(_DECIMALS.multiply), "({0} * {1})", DecimalText()),
    "decimal_div": (_decimals(_DECIMALS.divide), "({0} / nullif({1}, 0))", DecimalText()),
    "decimal_mod": (_decimals(_DECIMALS.remainder), "mod({0}, nullif({1}, 0))", DecimalText()),
    "decimal_neg": (lambda value: _plain(Decimal(str(value)).copy_negate()), "(- {0})", DecimalText()),
    "integer_div": (_truncated, "({0} / nullif({1}, 0))", BigInteger()),
    "integer_mod": (lambda a, b: a - b * _truncated(a, b), "mod({0}, nullif({1}, 0))", BigInteger()),
    "double_add": (_doubles(operator.add), "({0} + {1})", Double()),
    "double_sub": (_doubles(operator.sub), "({0} - {1})", Double()),
    "double_mul": (_doubles(operator.mul), "({0} * {1})", Double()),
    "double_div": (_doubles(_quotient), _QUOTIENT, Double()),
    "double_mod": (_doubles(_remainder), _REMAINDER, Double()),
    "double_neg": (_doubles(operator.neg), "(- {0})", Double()),
    # SQLite keeps NaN as text, which is larger than every number: it is asked for before a comparison.
    "is_nan": ("(typeof({0}) = 'text')", "({0} = 'NaN')", Boolean()),
    # The collation of a column is lost in an expression: it is named wherever decimals meet.
    "decimal": ("(({0}) COLLATE odata_decimal)", "{0}", DecimalText()),
    "json": (_json, _JSONB, Text()),
    "json_integer": (_json, f"CAST({_JSONB} AS bigint)", BigInteger()),
    "json_double": (_json, f"CAST({_JSONB} AS double precision)", Double()),
    "json_decimal": (_json, f"CAST({_JSONB} AS numeric)", DecimalText()),
    # An item of a collection: SQLite hands out a scalar as such, PostgreSQL as a document.
    "item": ("{0}", "({0} #>> '{{}}')", Text()),
    "item_integer": ("{0}", "CAST(({0} #>> '{{}}') AS bigint)", BigInteger()),
    "item_double": ("{0}", "CAST(({0} #>> '{{}}') AS double precision)", Double()),
    "item_decimal": ("{0}", "CAST(({0} #>> '{{}}') AS numeric)", DecimalText()),
    # A text that is no number casts to null.
    # PostGIS reads GeoJSON too; a database without it refuses these.
    "globe_distance": (partial(distance, on_globe), f"ST_Distance({_GEOGRAPHY.format(0)}, {_GEOGRAPHY.format(1)})", Double()),
    "plane_distance": (partial(distance, on_plane), "ST_Distance(ST_GeomFromGeoJSON({0}), ST_GeomFromGeoJSON({1}))", Double()),
    "globe_length": (partial(length, on_globe), f"ST_Length({_GEOGRAPHY.format(0)})", Double()),
    "plane_length": (partial(length, on_plane), "ST_Length(ST_GeomFromGeoJSON({0}))", Double()),
    "intersects": (intersects, "ST_Intersects(ST_GeomFromGeoJSON({0}), ST_GeomFromGeoJSON({1}))", Boolean()),
    "to_integer": (_as_integer, _IF_NUMBER.replace("NUMBER", "CAST(trunc(CAST({0} AS numeric)) AS bigint)"), BigInteger()),
    "to_double": (lambda value: float(value), _IF_NUMBER.replace("NUMBER", "CAST({0} AS double precision)"), Double()),
    "to_decimal": (
        lambda value: _plain(_DECIMALS.create_decimal(str(value))),
        _IF_NUMBER.replace("NUMBER", "CAST({0} AS numeric)"),
        DecimalText(),
    ),
    "to_text": (_as_text, "CAST({0} AS text)", Text()),
}


def _offset_minutes(text: str) -> int | None:
    if text.endswith("Z"):
        return 0
    if len(text) < 6 or text[-6] not in "+-":
        return None
    minutes = int(text[-5:-3]) * 60 + int(text[-2:])
    return -minutes if text[-6] == "-" else minutes


# --- on every connection ----------------------------------------------------------------------------------------------------

_COLLATION = "odata_decimal"


@lru_cache(maxsize=4096)
def _number(text: str) -> Decimal:
    return Decimal(text)


def _compare(left: str, right: str) -> int:
    one, other = _number(left), _number(right)
    return (one > other) - (one < other)


_ON_SQLITE = [
    (f"odata_{name}", _null_in_null_out(python)) for name, (python, _, _) in _SPELLINGS.items() if not isinstance(python, str)
]


def install(connection: sqlite3.Connection) -> None:
    """Teach a new SQLite connection the functions and the collation of this room."""
    for name, function in _ON_SQLITE:
        connection.create_function(name, -1, function, deterministic=True)
    connection.create_collation(_COLLATION, _compare)
