"""The text of ``$filter`` and ``$orderby`` back to trees: for the server, for tools, for round trips.

Hand-written descent, one level per bracket. With a model every name is looked up, so that literals and paths carry their types;
without one any name is taken, and of unknown type. A text that is wrong raises :class:`QuerySyntaxError`, which shows the place:

::

    $filter, position 10: NS.Product has no property 'Nmae': did you mean 'Name'?
      Price gt Nmae
               ^

From high to low: brackets, literals, paths and calls; ``-x`` and ``not x``; ``mul div mod``; ``add sub``; ``lt le gt ge``;
``eq ne``; ``and``; ``or``; all of them associate to the left, so ``not A eq B`` is ``(not A) eq B``. Source: digest section 4.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, NoReturn, TypeVar

from odata3.edm.model import ComplexType, EntityType, EnumType, Model, NavigationProperty
from odata3.edm.primitives import parse_literal
from odata3.errors import ArgumentError, QueryTranslationError
from odata3.uri.expressions import (
    MAX_DEPTH,
    Cast,
    Expression,
    IsOf,
    Literal,
    Logical,
    Negation,
    Not,
    Ordering,
    Path,
    Quantifier,
    calculate,
    call,
    comparison,
)
from odata3.uri.functions import FUNCTIONS
from odata3.uri.literals import BOOLEAN, EdmType, convert, edm_name, read_enum, row, widened
from odata3.uri.rows import resolve_type

R = TypeVar("R")

__all__ = ["QuerySyntaxError", "no_property", "parse_expression", "parse_filter", "parse_orderby"]


class QuerySyntaxError(ArgumentError):
    """A query option that is wrong: ``option`` (``"$filter"``), ``text``, and the ``position`` in it, from 0.

    ``message`` is what is wrong, without the picture.
    """

    def __init__(self, message: str, option: str, text: str, position: int) -> None:
        begin = max(0, position - 60)
        line = re.sub(r"\s", " ", text[begin : position + 60])
        super().__init__(f"{option}, position {position + 1}: {message}\n  {line}\n  {' ' * (position - begin)}^")
        self.message = message
        self.option = option
        self.text = text
        self.position = position


def parse_filter(text: str, model: Model | None = None, entity_type: EntityType | ComplexType | None = None) -> Expression[Any]:
    """The tree of a ``$filter``, which must be a condition. QuerySyntaxError."""
    parser = _Parser("$filter", text, model, entity_type)
    found = parser.whole(parser.expression)
    if not found.is_condition:
        parser.fail(f"a filter is true or false, and this is {edm_name(found.type)}", 0)
    return found


def parse_expression(
    text: str, model: Model | None = None, entity_type: EntityType | ComplexType | None = None
) -> Expression[Any]:
    """The tree of any expression, not only a condition. QuerySyntaxError."""
    parser = _Parser("expression", text, model, entity_type)
    return parser.whole(parser.expression)


def parse_orderby(
    text: str, model: Model | None = None, entity_type: EntityType | ComplexType | None = None
) -> tuple[Ordering, ...]:
    """The items of an ``$orderby``. QuerySyntaxError."""
    parser = _Parser("$orderby", text, model, entity_type)
    return parser.whole(parser.orderings)


# --- words ------------------------------------------------------------------------------------------------------------------

_token = re.compile(
    r"""
    (?P<string>'(?:[^']|'')*')
  | (?P<quoted>[^\W\d][\w.]*'[^']*')
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[LlMmDdFf]?(?![\w.]))
  | (?P<name>\$it(?!\w)|[^\W\d]\w*(?:\.[^\W\d]\w*)*)
  | (?P<mark>[(),/:*-])
    """,
    re.VERBOSE,
).match
_space = re.compile(r"[ \t\r\n]*").match
_is_literal_name = frozenset({"true", "false", "null", "NaN", "INF"})

#: Binary operators by how tightly they bind.
_BINDING = {
    "or": 1,
    "and": 2,
    **dict.fromkeys(("eq", "ne"), 3),
    **dict.fromkeys(("lt", "le", "gt", "ge"), 4),
    **dict.fromkeys(("add", "sub"), 5),
    **dict.fromkeys(("mul", "div", "mod"), 6),
}


class _Parser:
    """One text on its way to a tree: ``kind`` and ``word`` are the token at ``position``."""

    def __init__(self, option: str, text: str, model: Model | None, type_: EntityType | ComplexType | None) -> None:
        self.option = option
        self.text = text
        self.model = model
        self.it: Path[Any] = Path((), type_, False, False, None, None if type_ is None else type_.full_name)
        self.variables: dict[str, Path[Any]] = {}
        self.depth = 0
        self.end = 0
        self.advance()

    # the text

    def advance(self) -> None:
        """On to the next token."""
        start = _space(self.text, self.end).end()  # type: ignore[union-attr]
        self.position = start
        if start >= len(self.text):
            self.kind, self.word, self.end = "end", "", start
            return
        found = _token(self.text, start)
        if found is None:
            if self.text[start] == "'":
                self.fail("a text begins here and does not end")
            self.fail(f"{self.text[start]!r} means nothing here")
        self.kind, self.word, self.end = str(found.lastgroup), found[0], found.end()
        if self.kind == "name" and self.text[self.end : self.end + 1] == "'":
            self.fail("a literal begins here and does not end")

    def fail(self, message: str, position: int | None = None) -> NoReturn:
        raise QuerySyntaxError(message, self.option, self.text, self.position if position is None else position)

    def take(self, mark: str) -> bool:
        """Pass over the mark, if it is the next token."""
        if self.kind == "mark" and self.word == mark:
            self.advance()
            return True
        return False

    def expect(self, mark: str, after: str) -> None:
        if not self.take(mark):
            self.fail(f"{mark!r} is missing after {after}")

    def whole(self, read: Callable[[], R]) -> R:
        """What ``read`` makes of the whole text."""
        try:
            found = read()
        except RecursionError:
            self.fail("nested too deeply")
        if self.kind != "end":
            self.fail(self._leftover())
        return found

    def _leftover(self) -> str:
        if self.kind == "name" and self.word.lower() in _BINDING:
            return f"operators are written in small letters: {self.word.lower()}"
        if self.word == ")":
            return "a bracket is closed that was not opened"
        return f"an operator or the end was expected, not {self.word!r}"

    def guarded(self, build: Callable[[], Expression[Any]], position: int) -> Expression[Any]:
        """A node, refusals of its making placed in the text."""
        try:
            return build()
        except QueryTranslationError as error:
            self.fail(str(error), position)

    # expressions

    def expression(self, binding: int = 1) -> Expression[Any]:
        """Operators that bind at least as tightly as ``binding``, and what stands between them."""
        if self.kind == "end":
            self.fail("an expression was expected")
        start = self.position
        left = self._unary()
        while self.kind == "name" and (rank := _BINDING.get(self.word, 0)) >= binding:
            operator, place = self.word, self.position
            self.advance()
            if rank <= 2:
                left = self._joined(operator, left, rank, start)
                continue
            right = self.expression(rank + 1)
            left = self.guarded(lambda o=operator, a=left, b=right, r=rank: self._binary(o, r, a, b), place)  # type: ignore[misc]
        return left

    def _joined(self, operator: str, first: Expression[Any], rank: int, start: int) -> Expression[Any]:
        """``a and b and c`` as one node."""
        self._condition(first, operator, start)
        operands = [first]
        while True:
            place = self.position
            operands.append(self._condition(self.expression(rank + 1), operator, place))
            if self.kind != "name" or self.word != operator:
                return self.guarded(lambda: Logical(operator, tuple(operands)), start)
            self.advance()

    def _condition(self, node: Expression[Any], operator: str, place: int) -> Expression[Any]:
        if not node.is_condition:
            self.fail(f"{node.text} is {edm_name(node.type)} and no condition, as {operator!r} needs", place)
        return node

    def _binary(self, operator: str, rank: int, left: Expression[Any], right: Expression[Any]) -> Expression[Any]:
        left, right = _met(left, right), _met(right, left)
        return comparison(operator, left, right) if rank <= 4 else calculate(operator, left, right)

    def _unary(self) -> Expression[Any]:
        """``-x``, ``not x``, or what stands alone."""
        place = self.position
        if self.kind == "mark" and self.word == "-":
            self.advance()
            if self.end and self.position == place + 1 and (self.kind == "number" or self.word == "INF"):
                self.word = "-" + self.word
                return self._literal()
            with _Level(self):
                operand = self._unary()
            if self.model is not None and not (operand.type is None or operand.is_number):
                self.fail(f"{operand.text} is {edm_name(operand.type)} and no number", place)
            return self.guarded(lambda: Negation(operand), place)
        if self.kind == "name" and self.word == "not":
            self.advance()
            with _Level(self):
                operand = self._condition(self._unary(), "not", self.position)
            return self.guarded(lambda: Not(operand), place)
        return self._primary()

    def _primary(self) -> Expression[Any]:
        if self.take("("):
            with _Level(self):
                found = self.expression()
            self.expect(")", f"{found.text[:40]}")
            return found
        if self.kind in ("string", "quoted", "number") or self.word in _is_literal_name:
            return self._literal()
        if self.kind == "name":
            return self._named()
        self.fail("an expression was expected" if self.kind == "end" else f"an expression was expected, not {self.word!r}")

    def _literal(self) -> Literal[Any]:
        place, word, kind = self.position, self.word, self.kind
        self.advance()
        if kind == "quoted" and "." in word.partition("'")[0]:
            return self._enum(word, place)
        try:
            type_, value = parse_literal(word)
        except ValueError as error:
            self.fail(str(error), place)
        found: Literal[Any] = Literal(value, type_)
        if type_ is not None and type_.name in _MOMENTS:
            found._text = word  # a datetime holds six digits of the seconds, the text may have seven
        return found

    def _enum(self, word: str, place: int) -> Literal[Any]:
        name, _, member = word[:-1].partition("'")
        type_ = None if self.model is None else self.model.enum_types.get(name)
        if type_ is None:
            self.fail(f"there is no enum type {name}", place)
        try:
            return Literal(read_enum(member, type_), type_)
        except ValueError as error:
            self.fail(str(error), place)

    # names

    def _named(self) -> Expression[Any]:
        """A call, or a path."""
        place, word = self.position, self.word
        self.advance()
        if self.kind == "mark" and self.word == "(" and word not in self.variables:
            self.advance()
            with _Level(self):
                return self._called(word, place)
        if word == "$it":
            path = self.it
        elif word in self.variables:
            path = self.variables[word]
        else:
            path = self._step(self.it, word, place)
        return self._path(path, place)

    def _path(self, path: Path[Any], start: int) -> Expression[Any]:
        """The rest of a path, with ``any`` or ``all`` at its end."""
        while self.take("/"):
            place, word = self.position, self.word
            if self.kind != "name":
                self.fail("the name of a property was expected after /")
            self.advance()
            if word in ("any", "all") and self.kind == "mark" and self.word == "(":
                self.advance()
                with _Level(self):
                    return self._quantifier(word, path, place)
            path = self._step(path, word, place)
        if path.is_collection:
            self.fail(f"{path.text} is a collection: ask with {path.text}/any(x:...) or /all(x:...)", start)
        return path

    def _step(self, path: Path[Any], word: str, place: int) -> Path[Any]:
        """The path one segment further."""
        type_ = path.type
        if "." in word:
            return self._type_step(path, word, place)
        if path.is_collection:
            self.fail(f"{path.text} is a collection: its items are asked with any() or all()", place)
        if type_ is None:
            return path.step(word, None, True)
        if not isinstance(type_, EntityType | ComplexType):
            self.fail(f"{path.text} is {edm_name(type_)} and has no properties", place)
        found = type_.find(word)
        if found is None:
            if type_.open_type:
                return path.step(word, None, True)
            self.fail(no_property(type_, word), place)
        if isinstance(found, NavigationProperty):
            nullable = not found.is_collection and (path.nullable or found.multiplicity != "1")
            return path.step(word, resolve_type(self.model, found.type), nullable, found.is_collection)
        nullable = path.nullable or found.nullable
        return path.step(word, resolve_type(self.model, found.element_type), nullable, found.is_collection)

    def _type_step(self, path: Path[Any], word: str, place: int) -> Path[Any]:
        if path.segments and "." in path.segments[-1]:
            self.fail("two type segments in a row", place)
        found = self._structured(word, place)
        known = path.type
        if found is not None and isinstance(known, EntityType | ComplexType) and self.model is not None:
            related = self.model.is_derived(word, known.full_name) or self.model.is_derived(known.full_name, word)
            if not related:
                self.fail(f"{word} is not derived from {known.full_name}", place)
        return path.step(word, found, not path.is_collection, path.is_collection)

    def _structured(self, name: str, place: int) -> EntityType | ComplexType | None:
        if self.model is None:
            return None
        found = self.model.structured_type(name)
        if found is None:
            self.fail(f"there is no type {name}", place)
        return found

    def _quantifier(self, operator: str, source: Path[Any], place: int) -> Expression[Any]:
        if not source.is_collection and source.type is not None:
            self.fail(f"{source.text} is no collection, so it has no {operator}()", place)
        if self.take(")"):
            if operator == "all":
                self.fail("all() needs a predicate: all(x:...)", place)
            return self.guarded(lambda: Quantifier("any", source), place)
        variable, at = self.word, self.position
        if self.kind != "name" or "." in variable or variable == "$it":
            self.fail(f"{operator}( is followed by a name and a colon: {operator}(x:...)")
        if variable in self.variables:
            self.fail(f"the name {variable} is taken by an outer any() or all()", at)
        self.advance()
        self.expect(":", f"{operator}({variable}")
        self.variables[variable] = Path((), source.type, source.type is None, False, variable)
        try:
            begin = self.position
            predicate = self._condition(self.expression(), f"{operator}()", begin)
        finally:
            del self.variables[variable]
        self.expect(")", "the predicate")
        return self.guarded(lambda: Quantifier(operator, source, variable, predicate), place)

    # calls

    def _called(self, name: str, place: int) -> Expression[Any]:
        if name in ("isof", "cast"):
            return self._typed(name, place)
        arguments: list[Expression[Any]] = []
        if not self.take(")"):
            while True:
                arguments.append(self.expression())
                if not self.take(","):
                    break
            self.expect(")", f"the arguments of {name}")
        if name not in FUNCTIONS:
            near = get_close_matches(name.lower(), FUNCTIONS, 1)
            self.fail(f"there is no function {name!r}" + (f": did you mean {near[0]!r}?" if near else ""), place)
        return self.guarded(lambda: call(name, *arguments), place)

    def _typed(self, name: str, place: int) -> Expression[Any]:
        """``isof(T)``, ``isof(x,T)``, ``cast(T)``, ``cast(x,T)``, the type's name in quotes or bare."""
        operand: Expression[Any] = self.it
        if not self._at_type():
            operand = self.expression()
            self.expect(",", f"the first argument of {name}")
            if not self._at_type():
                self.fail(f"{name} takes the name of a type here")
        elif self.variables:
            self.fail(f"inside any() and all() {name} takes two arguments", place)
        target, at = self.word.strip("'"), self.position
        self.advance()
        self.expect(")", f"the arguments of {name}")
        type_ = self._type(target, at)
        if name == "isof":
            return self.guarded(lambda: IsOf(operand, target), place)
        return self.guarded(lambda: Cast(operand, target, type_), place)

    def _at_type(self) -> bool:
        """Whether a type's name and the closing bracket are next."""
        if self.kind not in ("string", "name"):
            return False
        rest = self.text[self.end :].lstrip()
        word = self.word.strip("'")
        return rest[:1] == ")" and (self.kind == "string" or resolve_type(self.model, word) is not None or "." in word)

    def _type(self, name: str, place: int) -> EdmType | None:
        found = resolve_type(self.model, name)
        if found is None and (self.model is not None or name.startswith("Edm.")):
            self.fail(f"there is no type {name!r}", place)
        return found

    # orderings

    def orderings(self) -> tuple[Ordering, ...]:
        found: list[Ordering] = []
        while True:
            place = self.position
            item = self.expression()
            if item.is_structure:
                self.fail(f"{item.text} is {edm_name(item.type)}, which has no order", place)
            descending = self.kind == "name" and self.word == "desc"
            if self.kind == "name" and self.word in ("asc", "desc"):
                self.advance()
            found.append(Ordering(item, descending))
            if not self.take(","):
                return tuple(found)


class _Level:
    """One bracket deeper."""

    def __init__(self, parser: _Parser) -> None:
        self.parser = parser

    def __enter__(self) -> None:
        self.parser.depth += 1
        if self.parser.depth > MAX_DEPTH:
            self.parser.fail(f"nested deeper than {MAX_DEPTH} levels")

    def __exit__(self, *_: object) -> None:
        self.parser.depth -= 1


def no_property(type_: EntityType | ComplexType, name: str) -> str:
    """What to say of a name that the type does not have."""
    names = list(type_.properties.names())
    if isinstance(type_, EntityType):
        names.extend(type_.navigation_properties.names())
    near = get_close_matches(name, names, 1)
    return f"{type_.full_name} has no property {name!r}" + (f": did you mean {near[0]!r}?" if near else "")


_INT32 = row("Edm.Int32")
_MOMENTS = frozenset({"Edm.DateTime", "Edm.DateTimeOffset", "Edm.Time"})


def _met(node: Expression[Any], other: Expression[Any]) -> Expression[Any]:
    """A literal as one of the type it meets, where nothing is lost: ``Price gt 10`` compares decimals."""
    if type(node) is not Literal or type(other) is Literal or node.value is None or other.type is None:
        return node
    target = other.type
    if target is BOOLEAN and node.type is _INT32 and node.value in (0, 1):
        return Literal(bool(node.value), BOOLEAN)
    if type(target) is EnumType:
        if node.type is target:
            return node
        try:
            return Literal(convert(node.value, target), target)
        except (TypeError, ValueError) as error:
            raise QueryTranslationError(str(error)) from error
    value = widened(node.value, node.type, target)
    return node if value is None else Literal(value, target)
