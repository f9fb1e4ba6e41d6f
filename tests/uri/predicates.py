"""Random predicates as Python source, and rows on which they are tried.

A predicate is compiled, traced to an expression, and the expression evaluated by OData's rules; the same predicate is called
with the row in plain Python, where values follow those rules too (an order with None is false, arithmetic with None is None).
Both must agree on every row, or the tracer must have refused.

    python tests/uri/predicates.py --examples 20000 --seed 1
"""

from __future__ import annotations

import argparse
import random
import time
import warnings
from typing import Any

from odata3.edm.model import EntityType, Members, Model, NavigationProperty, Property
from odata3.errors import QueryTranslationError
from odata3.uri.evaluation import evaluate
from odata3.uri.expressions import Path
from odata3.uri.parser import parse_filter
from odata3.uri.translation import translate_predicate

_PROPERTIES = (
    Property(name="A", type="Edm.Int32"),
    Property(name="B", type="Edm.Int32"),
    Property(name="C", type="Edm.Int32", nullable=False),
    Property(name="F", type="Edm.Boolean"),
    Property(name="G", type="Edm.Boolean", nullable=False),
    Property(name="S", type="Edm.String"),
    Property(name="T", type="Edm.String", nullable=False),
)


def _way(name: str, multiplicity: str) -> NavigationProperty:
    return NavigationProperty(name=name, type="R.Row", multiplicity=multiplicity, relationship=name, from_role="a", to_role="b")


ROW = EntityType(
    name="Row",
    namespace="R",
    properties=Members(_PROPERTIES),
    navigation_properties=Members((_way("Up", "0..1"), _way("Kids", "*"))),
)
MODEL = Model(entity_types={"R.Row": ROW})


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

    def __neg__(self) -> Value:
        return Value(None if self.value is None else -self.value)

    def __contains__(self, part: object) -> bool:
        return self.value is not None and plain(part) in self.value

    def __getitem__(self, item: slice) -> Value:
        return Value(None if self.value is None else self.value[item])

    def startswith(self, prefix: object) -> Value:
        return Value(self.value is not None and self.value.startswith(plain(prefix)))

    def contains(self, part: object) -> Value:
        return Value(self.value is not None and plain(part) is not None and plain(part) in self.value)

    def lower(self) -> Value:
        return Value(None if self.value is None else self.value.lower())

    def length(self) -> Value:
        return Value(None if self.value is None else len(self.value))


def plain(value: object) -> Any:
    return value.value if type(value) is Value else value


class PythonRow:
    """A row as Python sees it. One that is not there has nothing but nulls."""

    def __init__(self, record: dict[str, Any] | None) -> None:
        self.record = record

    def __getattr__(self, name: str) -> Any:
        found = None if self.record is None else self.record[name]
        if name == "Up":
            return PythonRow(found)
        return PythonMany(found or []) if name == "Kids" else Value(found)

    def __eq__(self, other: object) -> Any:
        return Value(self.record is None)

    def __ne__(self, other: object) -> Any:
        return Value(self.record is not None)

    __hash__ = None  # type: ignore[assignment]


class PythonMany:
    def __init__(self, records: list[dict[str, Any]]) -> None:
        self.records = records

    def any(self, predicate: Any = None) -> Value:
        return Value(any(predicate is None or bool(predicate(PythonRow(record))) for record in self.records))

    def all(self, predicate: Any) -> Value:
        return Value(all(bool(predicate(PythonRow(record))) for record in self.records))


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


def check(seed: int) -> bool:
    """Try one predicate. False where the tracer refused; AssertionError where it was wrong."""
    dice = random.Random(seed)
    source = Source(dice).predicate()
    scope: dict[str, Any] = dict(SCOPE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(source, f"<predicate {seed}>", "exec"), scope)  # our own text
    predicate = scope["predicate"]
    try:
        expression = translate_predicate(MODEL, ROW, predicate)
    except QueryTranslationError:
        return False
    for _ in range(12):
        row = record(dice)
        said = bool(predicate(PythonRow(row)))
        found = evaluate(expression, read(row)) is True
        assert said is found, f"seed {seed}\n{source}\n{expression.text}\n{row}\nPython: {said}, OData: {found}"
    again = parse_filter(expression.text, MODEL, ROW)
    assert again.text == expression.text, f"seed {seed}: {expression.text} is read as {again.text}"
    return True


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--examples", type=int, default=20_000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    start = time.perf_counter()
    followed = sum(check(given.seed * 1_000_003 + number) for number in range(given.examples))
    seconds = time.perf_counter() - start
    print(
        f"{given.examples} predicates, seed {given.seed}: {followed} followed, {given.examples - followed} refused, "
        f"{seconds:.0f} s"
    )


if __name__ == "__main__":
    main()
