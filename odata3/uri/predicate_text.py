"""A condition written as the text of a Python lambda, read without running any code.

::

    lambda vm: vm.Name.startswith("web") and vm.CPUCount > 2 and vm.AddedTime > datetime.now(UTC) - timedelta(days=7)

The text is parsed, and its tree is walked: there are attributes, methods and items of the row, comparisons, ``and or not in``,
arithmetic. Every other node is refused, and so is every name that is not the lambda's parameter, a constant or one of
:data:`CONSTRUCTORS`. Nothing is compiled or evaluated as code, no attribute of anything but the row is read, and no text can grow
without bound. What is read is a function of the row, such as a lambda in a program is.
"""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import reduce
from typing import Any
from uuid import UUID

from odata3.errors import QueryTranslationError
from odata3.uri.symbols import Symbol

__all__ = ["CONSTRUCTORS", "is_lambda", "read_predicate"]

#: No condition that a person types is longer.
_LONGEST = 10_000
_DEEPEST = 60


def _date(year: int, month: int, day: int) -> datetime:
    """V3 knows no dates without a time."""
    return datetime(year, month, day)


#: What may be called beside the methods of the row, by the names it goes under.
CONSTRUCTORS: Mapping[str, Callable[..., Any]] = {
    "UUID": UUID,
    "uuid.UUID": UUID,
    "Decimal": Decimal,
    "decimal.Decimal": Decimal,
    "date": _date,
    "datetime.date": _date,
    "datetime": datetime,
    "datetime.datetime": datetime,
    "datetime.now": lambda zone=None: datetime.now(zone),
    "datetime.datetime.now": lambda zone=None: datetime.now(zone),
    "datetime.fromisoformat": datetime.fromisoformat,
    "datetime.datetime.fromisoformat": datetime.fromisoformat,
    "timedelta": timedelta,
    "datetime.timedelta": timedelta,
    "timezone": timezone,
    "datetime.timezone": timezone,
    "bytes.fromhex": bytes.fromhex,
}
_CONSTANTS: Mapping[str, Any] = {
    "UTC": UTC,
    "datetime.UTC": UTC,
    "timezone.utc": UTC,
    "datetime.timezone.utc": UTC,
}
#: Functions of Python that expressions answer to.
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "round": round,
    "floor": math.floor,
    "math.floor": math.floor,
    "ceil": math.ceil,
    "math.ceil": math.ceil,
}
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_ARITHMETIC: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
}
_LOGIC: Mapping[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.And: operator.and_,
    ast.Or: operator.or_,
}
_NUMBERS = frozenset({int, float, Decimal, datetime, timedelta})

Scope = Mapping[str, Any]
#: Gives a part's value for the parameters of the lambdas around it.
Part = Callable[[Scope], Any]


def is_lambda(text: str) -> bool:
    """Whether a text is meant as Python's lambda, and not as OData's ``$filter``."""
    return text.lstrip().startswith("lambda") and text.lstrip()[6:7] in (" ", "\t", ":", "\n")


def read_predicate(text: str) -> Callable[[Any], Any]:
    """The function of a row that the text of a lambda says; ``QueryTranslationError`` names the part that may not stand there."""
    if len(text) > _LONGEST:
        raise QueryTranslationError(f"a condition of {len(text)} characters is longer than {_LONGEST}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in texts: they mean what Python says they mean
            tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        told = error.msg if isinstance(error, SyntaxError) else "it cannot be read"
        raise QueryTranslationError(f"the lambda is no Python: {told}") from None
    if not isinstance(tree, ast.Lambda):
        raise QueryTranslationError("a condition in Python is one lambda, such as: lambda p: p.Price < 5")
    return _Reader(text.strip()).function(tree, ())({})  # type: ignore[no-any-return]


class _Reader:
    """Turns each node into a part that is a plain closure; whatever node is not named here is refused."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._depth = 0

    def refuse(self, node: ast.AST, why: str) -> QueryTranslationError:
        found = ast.get_source_segment(self._text, node) or type(node).__name__
        return QueryTranslationError(f"{found[:80]!r} in the lambda: {why}")

    def function(self, node: ast.Lambda, known: tuple[str, ...]) -> Part:
        """A lambda of one parameter; parts inside see the parameters around it too."""
        given = node.args
        if len(given.args) != 1 or given.posonlyargs or given.kwonlyargs or given.vararg or given.kwarg or given.defaults:
            raise self.refuse(node, "a lambda takes one parameter, the row")
        name = given.args[0].arg
        body = self.read(node.body, (*known, name))
        return lambda scope: lambda row: self._condition(node.body, body({**scope, name: row}))

    def read(self, node: ast.expr, known: tuple[str, ...]) -> Part:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self.refuse(node, "it is nested too deep")
        try:
            reader = getattr(self, f"_{type(node).__name__.lower()}", None)
            if reader is None:
                raise self.refuse(node, "this cannot stand in a condition")
            part: Part = reader(node, known)
            return part
        finally:
            self._depth -= 1

    # -- leaves

    def _constant(self, node: ast.Constant, known: tuple[str, ...]) -> Part:
        value = node.value
        if value is Ellipsis or isinstance(value, complex):
            raise self.refuse(node, "V3 has no such value")
        return lambda scope: value

    def _name(self, node: ast.Name, known: tuple[str, ...]) -> Part:
        name = node.id
        if name in known:
            return lambda scope: scope[name]
        return self._known_constant(node, known)

    def _known_constant(self, node: ast.expr, known: tuple[str, ...]) -> Part:
        dotted = _dotted(node)
        if dotted in _CONSTANTS and dotted.partition(".")[0] not in known:
            value = _CONSTANTS[dotted]
            return lambda scope: value
        raise self.refuse(node, f"it is neither the row ({', '.join(known)}) nor one of {', '.join(_SHORT)}")

    def _tuple(self, node: ast.Tuple | ast.List | ast.Set, known: tuple[str, ...]) -> Part:
        parts = [self.read(item, known) for item in node.elts]
        return lambda scope: tuple(part(scope) for part in parts)

    _list = _set = _tuple

    # -- the row

    def _attribute(self, node: ast.Attribute, known: tuple[str, ...]) -> Part:
        root = _dotted(node).partition(".")[0]
        if root and root not in known:
            return self._known_constant(node, known)
        if node.attr.startswith("_"):
            raise self.refuse(node, f"a property of such a name is read as an item, [{node.attr!r}]")
        owner, name = self.read(node.value, known), node.attr
        return lambda scope: getattr(self._symbol(node, owner(scope)), name)

    def _subscript(self, node: ast.Subscript, known: tuple[str, ...]) -> Part:
        owner = self.read(node.value, known)
        if isinstance(node.slice, ast.Slice):
            ends = [
                None if end is None else self.read(end, known) for end in (node.slice.lower, node.slice.upper, node.slice.step)
            ]
            return lambda scope: self._symbol(node, owner(scope))[slice(*(end and end(scope) for end in ends))]
        item = self.read(node.slice, known)
        return lambda scope: self._symbol(node, owner(scope))[item(scope)]

    def _call(self, node: ast.Call, known: tuple[str, ...]) -> Part:
        if any(isinstance(argument, ast.Starred) for argument in node.args) or any(k.arg is None for k in node.keywords):
            raise self.refuse(node, "arguments are written out, without * and **")
        arguments = [self._argument(argument, known) for argument in node.args]
        named = {str(keyword.arg): self._argument(keyword.value, known) for keyword in node.keywords}
        dotted = _dotted(node.func)
        if dotted and dotted.partition(".")[0] not in known:
            return self._known_call(node, dotted, arguments, named)
        if not isinstance(node.func, ast.Attribute):
            raise self.refuse(node, "only methods of the row are called")
        method = self.read(node.func, known)
        return lambda scope: method(scope)(*(a(scope) for a in arguments), **{n: a(scope) for n, a in named.items()})

    def _argument(self, node: ast.expr, known: tuple[str, ...]) -> Part:
        return self.function(node, known) if isinstance(node, ast.Lambda) else self.read(node, known)

    def _known_call(self, node: ast.Call, dotted: str, arguments: list[Part], named: dict[str, Part]) -> Part:
        """A constructor is called once, when the text is read; a function of Python's each time."""
        if dotted in _FUNCTIONS:
            function = _FUNCTIONS[dotted]
            return lambda scope: function(*(self._symbol(node, a(scope)) for a in arguments))
        if dotted not in CONSTRUCTORS:
            raise self.refuse(node, f"only methods of the row are called, and {', '.join(_SHORT)}")
        try:
            value = CONSTRUCTORS[dotted](*(a({}) for a in arguments), **{n: a({}) for n, a in named.items()})
        except KeyError:
            raise self.refuse(node, "what a constructor takes is known without the row") from None
        except (AttributeError, AssertionError):  # UUID takes its argument for a text, or for bytes, and looks no further
            raise self.refuse(node, f"{dotted} is not made of that") from None
        except (TypeError, ValueError, ArithmeticError) as error:
            raise self.refuse(node, str(error) or type(error).__name__) from None
        return lambda scope: value

    def _symbol(self, node: ast.AST, value: Any) -> Any:
        """Only what stands for the service's values has attributes here."""
        if not _stands_for(value):
            raise self.refuse(node, f"it is read of {value!r:.40}, and not of the row")
        return value

    # -- conditions

    def _compare(self, node: ast.Compare, known: tuple[str, ...]) -> Part:
        operands = [self.read(operand, known) for operand in (node.left, *node.comparators)]
        for op in node.ops:
            if isinstance(op, ast.Is | ast.IsNot):
                raise self.refuse(node, "compare with == and !=, with None too")
        pairs = list(zip(node.ops, operands, operands[1:], strict=False))

        def compare(scope: Scope) -> Any:
            return reduce(operator.and_, (self._compared(node, op, left(scope), right(scope)) for op, left, right in pairs))

        return compare

    def _compared(self, node: ast.Compare, op: ast.cmpop, left: Any, right: Any) -> Any:
        if not isinstance(op, ast.In | ast.NotIn):
            if not _stands_for(left) and not _stands_for(right):
                raise self.refuse(node, "two values are compared, and nothing of the row")
            return _COMPARISONS[type(op)](left, right)
        if type(right) is tuple:
            if not right:
                raise self.refuse(node, "nothing is in an empty list")
            found = reduce(operator.or_, (self._symbol(node, left) == item for item in right))
        else:
            contains = getattr(self._symbol(node, right), "contains", None)
            found = right.any(lambda item: item == left) if hasattr(type(right), "any") else contains(left)  # type: ignore[misc]
        return found if isinstance(op, ast.In) else ~found

    def _boolop(self, node: ast.BoolOp, known: tuple[str, ...]) -> Part:
        parts = [self.read(value, known) for value in node.values]
        both = _LOGIC[type(node.op)]
        return lambda scope: reduce(both, (self._condition(node, part(scope)) for part in parts))

    def _unaryop(self, node: ast.UnaryOp, known: tuple[str, ...]) -> Part:
        operand = self.read(node.operand, known)
        if isinstance(node.op, ast.Not | ast.Invert):
            return lambda scope: ~self._condition(node, operand(scope))
        sign = operator.neg if isinstance(node.op, ast.USub) else operator.pos
        return lambda scope: sign(self._number(node, operand(scope)))

    def _binop(self, node: ast.BinOp, known: tuple[str, ...]) -> Part:
        left, right = self.read(node.left, known), self.read(node.right, known)
        both = _LOGIC.get(type(node.op))
        if both is not None:
            return lambda scope: both(self._condition(node, left(scope)), self._condition(node, right(scope)))
        calculate = _ARITHMETIC.get(type(node.op))
        if calculate is None:
            raise self.refuse(node, "V3 calculates with + - * / % alone")

        def calculated(scope: Scope) -> Any:
            one, other = left(scope), right(scope)
            if type(one) is str and type(other) is str and isinstance(node.op, ast.Add):
                return one + other
            try:
                return calculate(self._number(node, one, other), self._number(node, other, one))
            except (TypeError, ValueError, ArithmeticError) as error:
                if isinstance(error, QueryTranslationError):
                    raise
                raise self.refuse(node, str(error)) from None

        return calculated

    def _condition(self, node: ast.AST, value: Any) -> Any:
        if _stands_for(value):
            found = value._node()
            if not found.is_condition:
                raise self.refuse(node, f"{found.text} is no condition: compare it, for instance with == or !=")
            return found
        raise self.refuse(node, f"{value!r:.40} is no condition")

    def _number(self, node: ast.AST, value: Any, beside: Any = None) -> Any:
        """What may be calculated with: a text only beside what stands for one, so that none grows."""
        if _stands_for(value) or type(value) in _NUMBERS or (type(value) is str and _stands_for(beside)):
            return value
        raise self.refuse(node, f"{value!r:.40} is nothing to calculate with")


def _stands_for(value: object) -> bool:
    """Whether it stands for something of the service. (``isinstance`` of a symbol is refused while a lambda is traced.)"""
    return issubclass(type(value), Symbol)


def _dotted(node: ast.expr) -> str:
    """``datetime.now`` for such a chain of names; empty for anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else ""


#: The names in messages.
_SHORT = ("UUID", "Decimal", "date", "datetime", "datetime.now", "timedelta", "UTC", "bytes.fromhex", "round", "floor", "ceil")
