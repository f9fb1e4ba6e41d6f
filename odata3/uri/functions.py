"""The canonical functions of V3: what each takes and gives.

One table serves both ways: the methods of an expression (``p.Name.lower()``) and the parser of the server. ``isof``, ``cast``,
``any`` and ``all`` are no functions here but nodes of the tree. Source: digest section 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from odata3.edm.primitives import PRIMITIVES, PrimitiveType
from odata3.uri.literals import EdmType, edm_name, row

__all__ = ["FUNCTIONS", "SPELLINGS", "Function"]

_Types = frozenset[EdmType]

_STRING: _Types = frozenset({row("Edm.String")})
_INTEGER: _Types = frozenset(row(f"Edm.{name}") for name in ("Byte", "SByte", "Int16", "Int32", "Int64"))
_NUMBER: _Types = frozenset(r for r in PRIMITIVES.values() if r.is_numeric)
_DATE: _Types = frozenset({row("Edm.DateTime"), row("Edm.DateTimeOffset")})
_TIME: _Types = frozenset({row("Edm.Time")})
_CLOCK: _Types = _DATE | _TIME
_OFFSET: _Types = frozenset({row("Edm.DateTimeOffset")})
_DECIMAL = row("Edm.Decimal")


def _spatial(*shapes: str) -> _Types:
    """These shapes on globe and plane, and the abstract types that may hold any."""
    return frozenset(row(f"Edm.{family}{shape}") for family in ("Geography", "Geometry") for shape in ("", *shapes))


_POINT = _spatial("Point")
_LINE = _spatial("LineString", "MultiLineString")
_POLYGON = _spatial("Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class Function:
    """One function: the types each argument may have, how many arguments may be left out, and what comes out.

    ``result`` is None where that depends on the argument: ``round`` of a Decimal is a Decimal, of any other number a Double.
    ``endless`` functions take more arguments, of any type (``concat`` of more than two is no V3, but seen).
    """

    name: str
    parameters: tuple[_Types, ...]
    result: PrimitiveType | None
    optional: int = 0
    endless: bool = False

    def result_of(self, arguments: Sequence[EdmType | None]) -> EdmType | None:
        """The type of a call with arguments of these types (None: unknown). TypeError says what does not fit."""
        most = len(self.parameters)
        if len(arguments) != most:
            self._check_count(len(arguments))
        for position, (given, taken) in enumerate(zip(arguments, self.parameters, strict=False)):
            if given is not None and given not in taken:
                names = ", ".join(sorted(edm_name(t) for t in taken))
                raise TypeError(f"{self.name} takes {names} as argument {position + 1}, not {edm_name(given)}")
        if self.result is not None:
            return self.result
        given = arguments[0]
        return given if given is None or given is _DECIMAL else row("Edm.Double")

    def _check_count(self, count: int) -> None:
        most, fewest = len(self.parameters), len(self.parameters) - self.optional
        if count < fewest or (count > most and not self.endless):
            expected = f"{fewest} or {most}" if self.optional else f"{'at least ' if self.endless else ''}{most}"
            raise TypeError(f"{self.name} takes {expected} argument{'s' if most > 1 else ''}, not {count}")


def _table(*functions: Function) -> dict[str, Function]:
    return {function.name: function for function in functions}


_BOOL, _INT, _TEXT, _DOUBLE = row("Edm.Boolean"), row("Edm.Int32"), row("Edm.String"), row("Edm.Double")

#: Every function by its name in a URL. ``substringof`` takes the needle first.
FUNCTIONS = _table(
    Function("substringof", (_STRING, _STRING), _BOOL),
    Function("startswith", (_STRING, _STRING), _BOOL),
    Function("endswith", (_STRING, _STRING), _BOOL),
    Function("length", (_STRING,), _INT),
    Function("indexof", (_STRING, _STRING), _INT),
    Function("replace", (_STRING, _STRING, _STRING), _TEXT),
    Function("substring", (_STRING, _INTEGER, _INTEGER), _TEXT, optional=1),
    Function("tolower", (_STRING,), _TEXT),
    Function("toupper", (_STRING,), _TEXT),
    Function("trim", (_STRING,), _TEXT),
    Function("concat", (_STRING, _STRING), _TEXT, endless=True),
    Function("year", (_DATE,), _INT),
    Function("month", (_DATE,), _INT),
    Function("day", (_DATE,), _INT),
    Function("hour", (_CLOCK,), _INT),
    Function("minute", (_CLOCK,), _INT),
    Function("second", (_CLOCK,), _INT),
    Function("years", (_TIME,), _INT),
    Function("months", (_TIME,), _INT),
    Function("days", (_TIME,), _INT),
    Function("hours", (_TIME,), _INT),
    Function("minutes", (_TIME,), _INT),
    Function("seconds", (_TIME,), _INT),
    Function("gettotaloffsetminutes", (_OFFSET,), _INT),
    Function("round", (_NUMBER,), None),
    Function("floor", (_NUMBER,), None),
    Function("ceiling", (_NUMBER,), None),
    Function("geo.distance", (_POINT, _POINT), _DOUBLE),
    Function("geo.length", (_LINE,), _DOUBLE),
    Function("geo.intersects", (_POINT, _POLYGON), _BOOL),
)

#: What programs in other languages call things, in small letters without underscores, and what to write here.
SPELLINGS = {
    "tolower": ".lower()",
    "casefold": ".lower()",
    "toupper": ".upper()",
    "trim": ".strip()",
    "indexof": ".find(...)",
    "index": ".find(...)",
    "len": ".length()",
    "count": ".length()",
    "value": "the property itself",
    "hasvalue": "!= None",
    "equals": "==",
    "compareto": "< or >",
    "hours": ".hour",
    "minutes": ".minute",
    "seconds": ".second",
    "years": ".year",
    "substringof": ".contains(...)",
    "isnull": "== None",
    "in_": "`in` with a list, in a lambda",
    "isin": "`in` with a list, in a lambda",
}
