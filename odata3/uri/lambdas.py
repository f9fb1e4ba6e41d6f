"""A lambda, called to find out what it asks, becomes one expression.

::

    lambda p: 1 < p.Price < 9 and p.Name in ("a", "b")

Python asks the truth of ``Price gt 1M``, then of ``Price lt 9M``, ... Each answer is tried: the lambda runs once per path through
its ``and``, ``or``, ``not``, ``in``, conditionals and early returns, always with the deepest question answered anew. The runs
make a tree of decisions, which is folded back into ``and`` and ``or`` as they were written. No source is needed, and none read.

The outcome is right or there is none: whatever cannot be followed raises :class:`QueryTranslationError`. A lambda that could say
something else each time (an iterator is used up, a counter counts) is called twice on the first paths, and must say the same; the
clock alone may tick meanwhile, and its first reading counts. Refusals are kept by the tracer and raised after the call, whatever
the lambda made of the exception. ``&``, ``|`` and ``~`` ask nothing and never add a run; a clause of
``(a or b) and (c or d) and ...`` doubles them, and past :data:`MAX_RUNS` the lambda is refused.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path as File
from time import perf_counter
from typing import Any

from odata3.errors import QueryTranslationError
from odata3.uri.bytecode import Check, harmless
from odata3.uri.expressions import Condition, Expression, Literal, Path
from odata3.uri.folding import Decision, Leaf, decision, fold
from odata3.uri.symbols import TRACING, Symbol

__all__ = ["MAX_RUNS", "capture", "trace"]

MAX_RUNS = 1_000
#: Of so many runs, each is made twice where that is due: whatever changes shows by then.
_DOUBLED = 64
_MAX_QUESTIONS = 2_000
_MAX_ASKED = 200_000


class _Endless(BaseException):
    """Ends a lambda that asks on and on; no ``except Exception`` of its own shall stop that."""


class _Tracer:
    """Answers the questions of one lambda, run by run."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.outer: Any = TRACING.tracer
        self.refused: QueryTranslationError | None = None
        self.prefix: list[tuple[Expression[Any], bool]] = []
        self.path: list[tuple[Expression[Any], bool]] = []
        self.known: dict[str, bool] = {}
        self.asked = 0
        self.began = perf_counter()
        #: Whether the lambda reaches what may change from call to call.
        self.doubted = False

    def note(self, refused: QueryTranslationError) -> None:
        if self.refused is None:
            self.refused = refused
        if self.outer is not None:
            self.outer.note(refused)

    def refuse(self, message: str) -> QueryTranslationError:
        error = QueryTranslationError(f"{message} (in {_named(self.function)})")
        self.note(error)
        return error

    def decide(self, condition: Expression[Any]) -> bool:
        key = condition.text
        answer = self.known.get(key)
        self.asked += 1
        if answer is not None:
            if self.asked > _MAX_ASKED:
                self.refuse(f"it asks about {key} again and again: a loop that the entity ends has no OData form")
                raise _Endless
            return answer
        position = len(self.path)
        if position < len(self.prefix):
            expected, answer = self.prefix[position]
            if expected.text != key:
                if not self.is_same(expected, condition):
                    raise self.changed(f"{expected.text}, then {key}")
                condition = expected
        else:
            answer = True
            if position >= _MAX_QUESTIONS:
                self.refuse(f"it asks more than {_MAX_QUESTIONS} questions: {_ADVICE}")
                raise _Endless
        self.known[key] = answer
        self.path.append((condition, answer))
        return answer

    def changed(self, what: str = "") -> QueryTranslationError:
        return self.refuse(
            f"it does not say the same when called again{what and f' ({what})'}: it depends on something that changes. Work that "
            "out before the lambda; make a list of an iterator"
        )

    def is_same(self, one: Leaf, other: Leaf) -> bool:
        """Whether two calls said the same: but for moments and durations, which may differ by the time that has passed."""
        if type(one) is bool or type(other) is bool:
            return one is other
        assert isinstance(one, Expression) and isinstance(other, Expression)
        return one.text == other.text or _is_same(one, other, timedelta(seconds=perf_counter() - self.began))

    def run(self, rows: tuple[object, ...]) -> object:
        """One call of the lambda."""
        self.path = []
        self.known = {}
        self.asked = 0
        try:
            result = self.function(*rows)
        except QueryTranslationError as error:
            raise self.refused or error from None
        except (Exception, _Endless) as error:
            if self.refused is not None:
                raise self.refused from None
            raise QueryTranslationError(f"{_named(self.function)} raised {type(error).__name__}: {error}") from error
        if self.refused is not None:
            raise self.refused
        return result


_ADVICE = "write conditions with & | ~ (each in parentheses), which are taken as they stand"


def trace(function: Callable[..., Any], *rows: object) -> Condition:
    """The condition that ``function`` says of ``rows`` (symbols, as ``rows.py`` makes them).

    QueryTranslationError for everything that has no OData form, with what to write instead; the cause is the lambda's own
    exception where it raised one.
    """
    tracer = _Tracer(function)
    found: Condition = _watched(tracer, lambda: _explore(tracer, rows))
    return found


def capture(function: Callable[..., Any], *rows: object) -> object:
    """What ``function`` gives for ``rows``: for selections and orderings, which ask nothing."""
    tracer = _Tracer(function)

    def run() -> object:
        result = tracer.run(rows)
        if tracer.path:
            raise tracer.refuse(f"it asks whether {tracer.path[0][0].text}, which only a filter can do")
        return result

    return _watched(tracer, run)


def _is_same(one: Expression[Any], other: Expression[Any], passed: timedelta) -> bool:
    if type(one) is not type(other) or any(getattr(one, name, None) != getattr(other, name, None) for name in _TOLD):
        return False
    if type(one) is Literal and type(other) is Literal:
        return one.text == other.text or _is_tick(one.value, other.value, passed)
    if type(one) is Path:
        return one.text == other.text
    parts, others = one.children(), other.children()
    return len(parts) == len(others) and all(_is_same(a, b, passed) for a, b in zip(parts, others, strict=True))


#: What nodes say beside their parts.
_TOLD = ("operator", "name", "variable", "target")


def _is_tick(one: object, other: object, passed: timedelta) -> bool:
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one.tzinfo == other.tzinfo and abs(other - one) <= passed
    return isinstance(one, timedelta) and isinstance(other, timedelta) and abs(other - one) <= passed


def _watched(tracer: _Tracer, run: Callable[[], Any]) -> Any:
    """``run`` with the tracer in place, and with an eye on the functions it calls where that is due."""
    function = tracer.function
    TRACING.tracer = tracer
    try:
        if harmless(function):
            return run()
        tracer.doubted = True
        before, collecting = sys.gettrace(), gc.isenabled()
        gc.disable()  # else finalizers of anybody's objects run inside the lambda, and are taken for functions it calls
        sys.settrace(Check(lambda reason: tracer.note(QueryTranslationError(reason))))
        try:
            return run()
        finally:
            sys.settrace(before)
            if collecting:
                gc.enable()
    finally:
        TRACING.tracer = tracer.outer


def _explore(tracer: _Tracer, rows: tuple[object, ...]) -> Condition:
    """Run by run, the deepest open question answered anew, until none is left."""
    done: list[Leaf] = []  # for each question on the path answered False: what True led to
    for number in range(MAX_RUNS):
        tracer.doubted = tracer.doubted and number < _DOUBLED
        value = _said(tracer, rows)
        path = tracer.path
        while path and not path[-1][1]:
            value = decision(path.pop()[0], done.pop(), value)
        if not path:
            return _outcome(tracer, value)
        question = path.pop()[0]
        done.append(value)
        tracer.prefix = [*path, (question, False)]
        # the questions before it are still answered True or have their other half in `done`
    raise tracer.refuse(f"it has more than {MAX_RUNS} paths: {_ADVICE}")


def _said(tracer: _Tracer, rows: tuple[object, ...]) -> Leaf:
    """What the lambda says on the way of the prefix: twice the same, where that is in doubt."""
    value = _leaf(tracer, tracer.run(rows))
    if len(tracer.path) < len(tracer.prefix):
        raise tracer.changed()
    if tracer.doubted:
        tracer.prefix = tracer.path
        again = _leaf(tracer, tracer.run(rows))
        if len(tracer.path) != len(tracer.prefix) or not tracer.is_same(value, again):
            raise tracer.changed()
    return value


def _leaf(tracer: _Tracer, result: object) -> Leaf:
    """What one run says: true, false, or a condition."""
    if isinstance(result, Symbol):
        node: Expression[Any] = result._node()
        if not node.is_condition:
            raise tracer.refuse(f"its result, {node.text}, is no condition: compare it, for instance with == or !=")
        return tracer.known.get(node.text, node)
    if result is True or result is False:
        return bool(result)
    if result is None:
        raise tracer.refuse("it gives None on some path: every path must return a condition")
    raise tracer.refuse(f"its result is a {type(result).__name__} and no condition")


def _outcome(tracer: _Tracer, value: Leaf) -> Condition:
    if type(value) is Decision:
        value = fold(value)
    if type(value) is bool:
        raise tracer.refuse(
            f"its result is a plain {value} whatever the entity is: a comparison in it was made by Python alone, or none is there"
        )
    return value  # type: ignore[return-value]  # no decision is left


def _named(function: Callable[..., Any]) -> str:
    """How a message names the lambda."""
    code = getattr(function, "__code__", None)
    name = getattr(function, "__qualname__", type(function).__name__)
    if code is None:
        return str(name)
    return f"{name.rpartition('<locals>.')[2]}, line {code.co_firstlineno} of {File(code.co_filename).name}"
