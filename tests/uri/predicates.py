"""Random predicates as Python source, and rows on which they are tried.

A predicate is compiled, traced to an expression, and the expression evaluated by OData's rules; the same predicate is called
with the row in plain Python, where values follow those rules too (an order with None is false, arithmetic with None is None).
Both must agree on every row, or the tracer must have refused.

    python tests/uri/predicates.py --examples 20000 --seed 1
    python tests/uri/predicates.py --examples 20000 --seed 1 --served    the rows in a database, asked with the filter's text
"""

from __future__ import annotations

import argparse
import math
import operator
import random
import time
import warnings
from collections.abc import Callable
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from odata3.edm.model import (
    Association,
    AssociationEnd,
    AssociationSet,
    EntityContainer,
    EntitySet,
    EntityType,
    Members,
    Model,
    NavigationProperty,
    Property,
)
from odata3.errors import QueryTranslationError
from odata3.uri.evaluation import evaluate
from odata3.uri.expressions import Path
from odata3.uri.parser import parse_filter
from odata3.uri.translation import translate_predicate

_PROPERTIES = (
    Property(name="ID", type="Edm.Int32", nullable=False),
    Property(name="A", type="Edm.Int32"),
    Property(name="B", type="Edm.Int32"),
    Property(name="C", type="Edm.Int32", nullable=False),
    Property(name="F", type="Edm.Boolean"),
    Property(name="G", type="Edm.Boolean", nullable=False),
    Property(name="S", type="Edm.String"),
    Property(name="T", type="Edm.String", nullable=False),
)


def _way(name: str, multiplicity: str) -> NavigationProperty:
    return NavigationProperty(
        name=name, type="R.Row", multiplicity=multiplicity, relationship=f"R.{name}", from_role="from", to_role="to"
    )


def _association(name: str, from_: str, to: str) -> Association:
    ends = (
        AssociationEnd(name="from", type="R.Row", multiplicity=from_),
        AssociationEnd(name="to", type="R.Row", multiplicity=to),
    )
    return Association(name=name, namespace="R", ends=Members(ends))


def _joined(name: str) -> AssociationSet:
    return AssociationSet(name=f"{name}s", association=f"R.{name}", ends=(("from", "Rows"), ("to", "Rows")))


_WAYS = Members((_way("Up", "0..1"), _way("Kids", "*")))
ROW = EntityType(
    name="Row",
    namespace="R",
    key=("ID",),
    properties=Members(_PROPERTIES),
    declared_properties=Members(_PROPERTIES),
    navigation_properties=_WAYS,
    declared_navigation_properties=_WAYS,
)
_ROWS = EntitySet(name="Rows", type="R.Row", container="R.Main")
MODEL = Model(
    entity_types={"R.Row": ROW},
    associations={"R.Up": _association("Up", "*", "0..1"), "R.Kids": _association("Kids", "0..1", "*")},
    entity_containers={
        "R.Main": EntityContainer(
            name="Main",
            namespace="R",
            is_default=True,
            entity_sets=Members((_ROWS,)),
            association_sets=Members((_joined("Up"), _joined("Kids"))),
        )
    },
    entity_sets={"Rows": _ROWS},
)


class Value:
    """A value that keeps OData's rules for null under Python's operators."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __bool__(self) -> bool:
        if self.value is None or type(self.value) is bool:
            return self.value is True
        raise TypeError("no condition")

    def __eq__(self, other: object) -> Any:
        return Value(self.value == plain(other))

    def __ne__(self, other: object) -> Any:
        return Value(self.value != plain(other))

    __hash__ = None  # type: ignore[assignment]

    def _ordered(self, other: object, compare: Any) -> Value:
        right = plain(other)
        return Value(False if self.value is None or right is None else compare(self.value, right))

    def __lt__(self, other: object) -> Value:
        return self._ordered(other, lambda a, b: a < b)

    def __le__(self, other: object) -> Value:
        return self._ordered(other, lambda a, b: a <= b)

    def __gt__(self, other: object) -> Value:
        return self._ordered(other, lambda a, b: a > b)

    def __ge__(self, other: object) -> Value:
        return self._ordered(other, lambda a, b: a >= b)

    def __and__(self, other: object) -> Value:
        return Value(bool(self) and bool(other))

    __rand__ = __and__

    def __or__(self, other: object) -> Value:
        return Value(bool(self) or bool(other))

    __ror__ = __or__

    def __invert__(self) -> Value:
        return Value(not bool(self))

    def _reckoned(self, other: object, reckon: Any) -> Value:
        right = plain(other)
        return Value(None if self.value is None or right is None else reckon(self.value, right))

    def __add__(self, other: object) -> Value:
        return self._reckoned(other, lambda a, b: a + b)

    def __radd__(self, other: object) -> Value:
        return self._reckoned(other, lambda a, b: b + a)

    def __sub__(self, other: object) -> Value:
        return self._reckoned(other, lambda a, b: a - b)

    def __rsub__(self, other: object) -> Value:
        return self._reckoned(other, lambda a, b: b - a)

    def __mul__(self, other: object) -> Value:
        return self._reckoned(other, lambda a, b: a * b)

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Value:
        return self._reckoned(other, divided)

    def __mod__(self, other: object) -> Value:
        return self._reckoned(other, remainder)

    def __neg__(self) -> Value:
        return self._of(operator.neg)

    def _of(self, work_out: Callable[..., Any], *others: object) -> Value:
        """A function of null is null."""
        values = [self.value, *map(plain, others)]
        return Value(None if None in values else work_out(*values))

    def __round__(self) -> Value:
        return self._of(half_away)

    def __floor__(self) -> Value:
        return self._of(lambda value: whole(value, "ROUND_FLOOR", math.floor))

    def __ceil__(self) -> Value:
        return self._of(lambda value: whole(value, "ROUND_CEILING", math.ceil))

    def __contains__(self, part: object) -> bool:
        return bool(self.contains(part))

    def __getitem__(self, item: slice) -> Value:
        return self._of(lambda text: text[item])

    def startswith(self, prefix: object) -> Value:
        return Value(bool(self._of(str.startswith, prefix)))

    def endswith(self, suffix: object) -> Value:
        return Value(bool(self._of(str.endswith, suffix)))

    def contains(self, part: object) -> Value:
        return Value(bool(self._of(operator.contains, part)))

    def lower(self) -> Value:
        return self._of(str.lower)

    def upper(self) -> Value:
        return self._of(str.upper)

    def strip(self) -> Value:
        return self._of(str.strip)

    def length(self) -> Value:
        return self._of(len)

    def find(self, part: object) -> Value:
        return self._of(str.find, part)

    def replace(self, old: object, new: object) -> Value:
        return self._of(str.replace, old, new)

    def concat(self, other: object) -> Value:
        return self._of(operator.add, other)

    def substring(self, start: object, length: object) -> Value:
        return self._of(lambda text, first, count: text[first : first + count], start, length)

    def cast(self, target: str) -> Value:
        return self._of({"Edm.String": str, "Edm.Double": float, "Edm.Decimal": Decimal}[target])

    def __getattr__(self, name: str) -> Value:
        if name not in ("year", "month", "day", "hour", "minute", "second"):
            raise AttributeError(name)
        return self._of(lambda moment: part_of(moment, name))


def plain(value: object) -> Any:
    return value.value if type(value) is Value else value


def divided(left: Any, right: Any) -> Any:
    """Whole numbers are divided as whole numbers, towards zero."""
    if isinstance(left, int) and isinstance(right, int):
        return abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
    return left / right


def remainder(left: Any, right: Any) -> Any:
    """It has the sign of what is divided."""
    if isinstance(left, int) and isinstance(right, int):
        return left - right * divided(left, right)
    if isinstance(left, float) or isinstance(right, float):
        return math.nan if math.isinf(left) else math.fmod(left, right)
    return left % right


def half_away(value: Any) -> Any:
    if isinstance(value, Decimal):
        return value.to_integral_value(ROUND_HALF_UP)
    return value if isinstance(value, float) and not math.isfinite(value) else math.copysign(math.floor(abs(value) + 0.5), value)


def whole(value: Any, decimal: str, real: Callable[[float], int]) -> Any:
    if isinstance(value, Decimal):
        return value.to_integral_value(decimal)
    return value if isinstance(value, float) and not math.isfinite(value) else float(real(value))


def part_of(moment: Any, name: str) -> int:
    """``hour`` and its kin, of a time of the day too."""
    if isinstance(moment, timedelta):
        unit, modulus = {"hour": (3600, 24), "minute": (60, 60), "second": (1, 60)}[name]
        return int(math.fmod(int(moment.total_seconds() / unit), modulus))
    return int(getattr(moment, name))


#: Names that lead to a row: one that is not there has nothing but nulls.
ONE = {"Up", "Home"}
#: The property that only rows of the derived type have.
SPECIAL = "X"


class PythonRow:
    """A row as Python sees it."""

    def __init__(self, record: dict[str, Any] | None) -> None:
        self.record = record

    def __getattr__(self, name: str) -> Any:
        found = None if self.record is None else self.record.get(name)
        if name in ONE:
            return PythonRow(found)
        return PythonMany(found or []) if name in MANY else Value(found)

    def is_of(self, target: str) -> Value:
        return Value(self.record is not None and SPECIAL in self.record)

    def cast(self, target: str) -> PythonRow:
        return self if self.is_of(target) else PythonRow(None)

    def __eq__(self, other: object) -> Any:
        return Value(self.record is None)

    def __ne__(self, other: object) -> Any:
        return Value(self.record is not None)

    __hash__ = None  # type: ignore[assignment]


#: Names that lead to many.
MANY = {"Kids", "Tags", "Homes"}


class PythonMany:
    def __init__(self, items: list[Any]) -> None:
        self.items = items

    def any(self, predicate: Any = None) -> Value:
        return Value(any(predicate is None or bool(predicate(seen(item))) for item in self.items))

    def all(self, predicate: Any) -> Value:
        return Value(all(bool(predicate(seen(item))) for item in self.items))

    def of_type(self, target: str) -> PythonMany:
        return PythonMany([item for item in self.items if seen(item).is_of(target)])

    def __contains__(self, item: object) -> bool:
        return plain(item) in self.items


def seen(item: Any) -> Any:
    return PythonRow(item) if isinstance(item, dict) else Value(item)


def between(value: Any) -> Any:
    return value > 1 and value < 4


def pick(condition: Any, first: Any, second: Any) -> Any:
    return first if condition else second


def early(value: Any, other: Any) -> Any:
    if value == None:  # noqa: E711
        return other > 2
    if value > other:
        return True
    return value == 3


def is_nothing(value: Any) -> bool:
    """What no lambda can ask (for test_lambdas.py)."""
    return value is None


class Holder:
    """Something with an attribute and a method, as closures are full of."""

    limit = 2

    def above(self, value: Any) -> Any:
        return value > self.limit


SCOPE = {"between": between, "pick": pick, "early": early, "holder": Holder(), "three": 3, "words": ["a", "ab"], "nothing": None}


class Source:
    """Writes predicates. ``rows`` are the names of the rows in reach, innermost last."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.rows = ["p"]

    def predicate(self) -> str:
        """A ``def``, so that statements occur too."""
        form = self.dice.randrange(6)
        if form <= 2:
            body = f"    return {self.condition(3)}"
        elif form == 3:
            body = f"    if {self.condition(2)}:\n        return {self.condition(2)}\n    return {self.condition(2)}"
        elif form == 4:
            body = (
                f"    x = {self.number(1)}\n    for i in (1, 2):\n        if {self.condition(1)} and x == i:\n"
                f"            return {self.condition(1)}\n    return {self.condition(1)}"
            )
        else:
            forms = ["c and d", "c or not d", "not c", "d if c else c", "c == d"]
            body = f"    c = {self.condition(1)}\n    d = {self.condition(1)}\n    return {self.dice.choice(forms)}"
        return f"def predicate(p):\n{body}\n"

    def one(self, *forms: Any) -> str:
        return str(self.dice.choice(forms)())

    def row(self) -> str:
        name = self.dice.choice(self.rows)
        return f"{name}.Up" if self.dice.random() < 0.15 else name

    def condition(self, depth: int) -> str:
        if depth <= 0:
            return self.one(self.comparison, self.comparison, self.flag, self.texts)
        return self.one(
            self.comparison,
            self.flag,
            self.texts,
            lambda: f"not {self.condition(depth - 1)}" if self.dice.random() < 0.5 else f"not ({self.condition(depth - 1)})",
            lambda: f"({self.condition(depth - 1)} and {self.condition(depth - 1)})",
            lambda: f"({self.condition(depth - 1)} or {self.condition(depth - 1)})",
            lambda: f"({self.condition(depth - 1)} and {self.condition(depth - 1)} or {self.condition(depth - 1)})",
            lambda: f"({self.strict(depth - 1)} & {self.strict(depth - 1)})",
            lambda: f"({self.strict(depth - 1)} | {self.strict(depth - 1)})",
            lambda: f"(~{self.strict(depth - 1)})",
            lambda: f"({self.condition(depth - 1)} if {self.condition(depth - 1)} else {self.condition(depth - 1)})",
            lambda: f"({self.number(1)} <= {self.number(1)} < {self.number(1)})",
            lambda: (
                f"({self.number(1)} {self.dice.choice(['in', 'not in'])} {self.dice.choice(['[1, 2]', '(0, 3, 5)', '[three]'])})"
            ),
            lambda: f"any({self.row()}.A == i {self.dice.choice(['and', 'or'])} {self.condition(0)} for i in (1, 2, 3))",
            lambda: f"all({self.number(0)} != i for i in (1, 4))",
            lambda: f"between({self.number(0)})",
            lambda: f"early({self.number(0)}, {self.number(0)})",
            lambda: f"pick({self.condition(depth - 1)}, {self.condition(depth - 1)}, {self.condition(depth - 1)})",
            lambda: f"holder.above({self.number(0)})",
            lambda: f"({self.strict(0)} == {self.strict(0)})",
            lambda: f"({self.row()}.Up {self.dice.choice(['==', '!='])} None)",
            lambda: f"(nothing is None or {self.condition(depth - 1)}) and {self.condition(depth - 1)}",
            lambda: f"[{self.condition(0)}, {self.condition(0)}][{self.condition(0)}]",
            lambda: self.quantifier(depth - 1),
        )

    def strict(self, depth: int) -> str:
        """A condition that is an expression, not a bool: what & and | take."""
        if depth <= 0:
            return self.one(self.comparison, self.flag)
        return self.one(
            self.comparison,
            self.flag,
            lambda: f"({self.strict(depth - 1)} & {self.strict(depth - 1)})",
            lambda: f"(~{self.strict(depth - 1)})",
            lambda: self.quantifier(depth - 1),
        )

    def comparison(self) -> str:
        sign = self.dice.choice(["==", "!=", "<", "<=", ">", ">="])
        if self.dice.random() < 0.15:
            return f"({self.row()}.{self.dice.choice('ABSF')} {self.dice.choice(['==', '!='])} None)"
        if self.dice.random() < 0.3:
            return f"({self.text(1)} {sign} {self.text(0)})"
        return f"({self.number(2)} {sign} {self.number(1)})"

    def flag(self) -> str:
        return f"{self.row()}.{self.dice.choice('FFG')}"

    def texts(self) -> str:
        return self.one(
            lambda: f"{self.row()}.S.startswith('a')",
            lambda: f"('b' in {self.row()}.{self.dice.choice('ST')})",
            lambda: f"{self.row()}.S.contains({self.row()}.T)",
            lambda: f"({self.row()}.{self.dice.choice('ST')} in words)",
        )

    def number(self, depth: int) -> str:
        if depth <= 0:
            return self.one(lambda: f"{self.row()}.{self.dice.choice('ABC')}", lambda: str(self.dice.randrange(6)))
        return self.one(
            lambda: f"{self.row()}.{self.dice.choice('ABC')}",
            lambda: f"{self.row()}.{self.dice.choice('ABC')}",
            lambda: "three",
            lambda: str(self.dice.randrange(6)),
            lambda: f"({self.number(depth - 1)} {self.dice.choice('+-*')} {self.number(depth - 1)})",
            lambda: f"(-{self.row()}.{self.dice.choice('ABC')})",
            lambda: f"{self.row()}.S.length()",
            lambda: f"({self.number(0)} if {self.condition(0)} else {self.number(0)})",
            lambda: f"{self.dice.choice(['max', 'min'])}({self.number(0)}, {self.number(0)})",
        )

    def text(self, depth: int) -> str:
        if depth <= 0:
            return self.one(
                lambda: f"{self.row()}.{self.dice.choice('ST')}", lambda: repr(self.dice.choice(["", "a", "ab", "B"]))
            )
        return self.one(
            lambda: f"{self.row()}.{self.dice.choice('ST')}",
            lambda: f"{self.row()}.S.lower()",
            lambda: f"({self.row()}.S + {self.text(0)})",
            lambda: f"{self.row()}.T[{self.dice.choice(['1:', ':2', '0:1'])}]",
        )

    def quantifier(self, depth: int) -> str:
        row = self.dice.choice(self.rows)
        if self.dice.random() < 0.15:
            return f"{row}.Kids.any()"
        name = self.dice.choice("kqp") if len(self.rows) < 3 else "k"
        outer, self.rows = self.rows, [*(r for r in self.rows if r != name), name]
        body = self.condition(min(depth, 1))
        self.rows = outer
        return f"{row}.Kids.{self.dice.choice(['any', 'all'])}(lambda {name}: {body})"


def record(dice: random.Random, depth: int = 2) -> dict[str, Any]:
    return {
        "A": dice.choice([None, 0, 1, 2, 3, 5]),
        "B": dice.choice([None, 0, 1, 2, 4]),
        "C": dice.choice([0, 1, 2, 3]),
        "F": dice.choice([None, True, False]),
        "G": dice.choice([True, False]),
        "S": dice.choice([None, "", "a", "ab", "Bab"]),
        "T": dice.choice(["", "a", "ab", "B"]),
        "Up": record(dice, 0) if depth and dice.random() < 0.6 else None,
        "Kids": [record(dice, depth - 1) for _ in range(dice.choice([0, 1, 2]))] if depth else [],
    }


def read(row: dict[str, Any]) -> Any:
    def at(path: Path[Any]) -> Any:
        value: Any = row
        for segment in path.segments:
            if value is None:
                return None
            value = value[segment]
        return value

    return at


def compiled(seed: int) -> tuple[str, Any]:
    """A predicate: its source and the function."""
    source = Source(random.Random(seed)).predicate()
    scope: dict[str, Any] = dict(SCOPE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(source, f"<predicate {seed}>", "exec"), scope)  # our own text
    return source, scope["predicate"]


def check(seed: int) -> bool:
    """Try one predicate. False where the tracer refused; AssertionError where it was wrong."""
    source, predicate = compiled(seed)
    try:
        expression = translate_predicate(MODEL, ROW, predicate)
    except QueryTranslationError:
        return False
    dice = random.Random(seed)
    for _ in range(12):
        row = record(dice)
        said = bool(predicate(PythonRow(row)))
        found = evaluate(expression, read(row)) is True
        assert said is found, f"seed {seed}\n{source}\n{expression.text}\n{row}\nPython: {said}, OData: {found}"
    again = parse_filter(expression.text, MODEL, ROW)
    assert again.text == expression.text, f"seed {seed}: {expression.text} is read as {again.text}"
    return True


class Served:
    """The same rows in a database: a predicate goes there as the text of its filter."""

    def __init__(self, seed: int = 1, count: int = 40) -> None:
        from odata3.server.store import Store

        self.store = Store(MODEL)
        self.records: dict[int, dict[str, Any]] = {}
        dice = random.Random(seed)
        with self.store.begin() as transaction:
            for _ in range(count):
                self._insert(transaction, record(dice))

    def _insert(self, transaction: Any, row: dict[str, Any]) -> Any:
        number = len(self.records)
        self.records[number] = row
        stored = transaction.insert("Rows", {"ID": number, **{name: row[name] for name in "ABCFGST"}})
        if row["Up"] is not None:
            transaction.link(stored, "Up", self._insert(transaction, row["Up"]))
        for kid in row["Kids"]:
            transaction.link(stored, "Kids", self._insert(transaction, kid))
        return stored

    def check(self, seed: int) -> bool:
        source, predicate = compiled(seed)
        try:
            text = translate_predicate(MODEL, ROW, predicate).text
        except QueryTranslationError:
            return False
        said = {number for number, row in self.records.items() if bool(predicate(PythonRow(row)))}
        with self.store.begin(write=False) as transaction:
            found = {found["ID"] for found in transaction.query("Rows", filter=text)}
        wrong = [(number, self.records[number]) for number in sorted(said ^ found)]
        assert said == found, f"seed {seed}\n{source}\n{text}\n{wrong[:3]}"
        return True


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--examples", type=int, default=20_000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--served", action="store_true")
    given = arguments.parse_args()
    start = time.perf_counter()
    tried = Served(given.seed).check if given.served else check
    followed = sum(tried(given.seed * 1_000_003 + number) for number in range(given.examples))
    seconds = time.perf_counter() - start
    print(
        f"{given.examples} predicates, seed {given.seed}: {followed} followed, {given.examples - followed} refused, "
        f"{seconds:.0f} s"
    )


if __name__ == "__main__":
    main()
