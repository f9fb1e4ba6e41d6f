"""What a filter says, as a tree; Python's operators build it.

::

    (p.UnitPrice > 20) & p.ProductName.startswith("C")

    Logical("and", (Comparison("gt", Path UnitPrice, Literal 20M),
                    Call("startswith", (Path ProductName, Literal 'C'))))

    UnitPrice gt 20M and startswith(ProductName,'C')

:class:`Operand` has the operators and methods; :class:`Expression` and its kinds are the nodes. Nodes are never changed after
they were made, may be shared, and are walked by their public attributes. What two nodes mean is the same where their ``text`` is.

A tree is at most :data:`MAX_DEPTH` deep (``and`` and ``or`` take any number of operands and count one), so that whoever walks it
may recurse. Source: digest section 4.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn, Protocol, TypeAlias, TypeVar, overload
from uuid import UUID

from odata3.edm.model import ComplexType, EntityType
from odata3.edm.primitives import PRIMITIVES, PrimitiveType
from odata3.edm.spatial import Spatial
from odata3.uri.functions import FUNCTIONS, SPELLINGS
from odata3.uri.literals import (
    BOOLEAN,
    EdmType,
    comparable,
    convert,
    edm_name,
    literal_text,
    natural,
    promoted,
    row,
    type_named,
)
from odata3.uri.symbols import LiteralRangeError, Symbol, UnknownNameError, refusal

__all__ = [
    "MAX_DEPTH",
    "NULL",
    "Arithmetic",
    "Call",
    "Cast",
    "Comparison",
    "Condition",
    "Expression",
    "IsOf",
    "Literal",
    "Logical",
    "Negation",
    "Not",
    "Operand",
    "Ordering",
    "Path",
    "Quantifier",
    "Raw",
    "Readable",
    "calculate",
    "call",
    "comparison",
    "definite",
    "join",
    "negate",
]

T_co = TypeVar("T_co", covariant=True)
#: What is compared with its like; numbers have a rule of their own.
L = TypeVar(
    "L",
    str | None,
    UUID | None,
    datetime | None,
    timedelta | None,
    bytes | None,
    Enum | None,
    Spatial | None,
)

#: WCF Data Services refuses filters nested deeper.
MAX_DEPTH = 100


class Readable(Protocol[T_co]):
    """For type checkers: what a projection may read of a row, and as what; expressions, entities and collections on a class."""

    def _reads_as(self) -> T_co:
        """The value in a row of the projection."""


# What arguments may be, in the signatures below.
Text: TypeAlias = "str | Operand[str | None]"
Place: TypeAlias = "int | Operand[int | None]"
Number: TypeAlias = "float | Decimal | Operand[float | Decimal | None]"
#: What may also be met as a text.
Spelled: TypeAlias = "Operand[Decimal | UUID | datetime | timedelta | Enum | Spatial | None]"
Truth: TypeAlias = "bool | Operand[bool | None]"


class Incomparable:
    """For type checkers: what ``==`` of unlike types gives, where ``object`` would let it pass as a bool. No condition is one."""


class Operand(Symbol, Generic[T_co]):
    """What has a value of its own: the operators and functions of a filter.

    The signatures tell type checkers which Python values an operand of each type meets (``T_co`` is what the property reads as);
    at run time the model decides.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        def _reads_as(self) -> T_co: ...

    def _node(self) -> Expression[Any]:
        raise NotImplementedError

    def _shown(self) -> str:
        return self._node().text

    # comparison

    @overload  # type: ignore[override]
    def __eq__(self: Spelled, other: str) -> Condition: ...  # type: ignore[overload-overlap]
    @overload
    def __eq__(self: Operand[float | Decimal | None], other: Number | None) -> Condition: ...  # type: ignore[overload-overlap]
    @overload
    def __eq__(self: Operand[Enum | None], other: int) -> Condition: ...  # type: ignore[overload-overlap]
    @overload
    def __eq__(self: Operand[L], other: L | Operand[L] | None) -> Condition: ...  # type: ignore[overload-overlap]
    @overload
    def __eq__(self, other: object) -> Incomparable: ...
    def __eq__(self, other: object) -> Any:
        return _compare(self, "eq", other)

    @overload  # type: ignore[override]
    def __ne__(self: Spelled, other: str) -> Condition: ...  # type: ignore[overload-overlap]
    @overload
    def __ne__(self: Operand[float | Decimal | None], other: Number | None) -> Condition: ...  # type: ignore[overload-overlap]
    @overload
    def __ne__(self: Operand[Enum | None], other: int) -> Condition: ...  # type: ignore[overload-overlap]
    @overload
    def __ne__(self: Operand[L], other: L | Operand[L] | None) -> Condition: ...  # type: ignore[overload-overlap]
    @overload
    def __ne__(self, other: object) -> Incomparable: ...
    def __ne__(self, other: object) -> Any:
        return _compare(self, "ne", other)

    @overload
    def __lt__(self: Spelled, other: str) -> Condition: ...
    @overload
    def __lt__(self: Operand[float | Decimal | None], other: Number) -> Condition: ...
    @overload
    def __lt__(self: Operand[Enum | None], other: int) -> Condition: ...
    @overload
    def __lt__(self: Operand[L], other: L | Operand[L]) -> Condition: ...
    def __lt__(self, other: object) -> Condition:
        return _compare(self, "lt", other)

    @overload
    def __le__(self: Spelled, other: str) -> Condition: ...
    @overload
    def __le__(self: Operand[float | Decimal | None], other: Number) -> Condition: ...
    @overload
    def __le__(self: Operand[Enum | None], other: int) -> Condition: ...
    @overload
    def __le__(self: Operand[L], other: L | Operand[L]) -> Condition: ...
    def __le__(self, other: object) -> Condition:
        return _compare(self, "le", other)

    @overload
    def __gt__(self: Spelled, other: str) -> Condition: ...
    @overload
    def __gt__(self: Operand[float | Decimal | None], other: Number) -> Condition: ...
    @overload
    def __gt__(self: Operand[Enum | None], other: int) -> Condition: ...
    @overload
    def __gt__(self: Operand[L], other: L | Operand[L]) -> Condition: ...
    def __gt__(self, other: object) -> Condition:
        return _compare(self, "gt", other)

    @overload
    def __ge__(self: Spelled, other: str) -> Condition: ...
    @overload
    def __ge__(self: Operand[float | Decimal | None], other: Number) -> Condition: ...
    @overload
    def __ge__(self: Operand[Enum | None], other: int) -> Condition: ...
    @overload
    def __ge__(self: Operand[L], other: L | Operand[L]) -> Condition: ...
    def __ge__(self, other: object) -> Condition:
        return _compare(self, "ge", other)

    __hash__ = Symbol.__hash__

    # logic

    def __and__(self: Operand[bool | None], other: Truth) -> Condition:
        return join("and", _condition(self, "&"), _condition(other, "&"))

    def __rand__(self: Operand[bool | None], other: bool) -> Condition:
        return join("and", _condition(other, "&"), _condition(self, "&"))

    def __or__(self: Operand[bool | None], other: Truth) -> Condition:
        return join("or", _condition(self, "|"), _condition(other, "|"))

    def __ror__(self: Operand[bool | None], other: bool) -> Condition:
        return join("or", _condition(other, "|"), _condition(self, "|"))

    def __invert__(self: Operand[bool | None]) -> Condition:
        return negate(_condition(self, "~"))

    # arithmetic

    def __add__(self, other: object) -> Expression[Any]:
        return _add(self, other)

    def __radd__(self, other: object) -> Expression[Any]:
        return _add(other, self)

    def __sub__(self, other: object) -> Expression[Any]:
        return calculate("sub", self, other)

    def __rsub__(self, other: object) -> Expression[Any]:
        return calculate("sub", other, self)

    def __mul__(self, other: object) -> Expression[Any]:
        return calculate("mul", self, other)

    def __rmul__(self, other: object) -> Expression[Any]:
        return calculate("mul", other, self)

    def __truediv__(self, other: object) -> Expression[Any]:
        return calculate("div", self, other)

    def __rtruediv__(self, other: object) -> Expression[Any]:
        return calculate("div", other, self)

    def __mod__(self, other: object) -> Expression[Any]:
        return calculate("mod", self, other)

    def __rmod__(self, other: object) -> Expression[Any]:
        return calculate("mod", other, self)

    def __neg__(self) -> Any:
        """Minus a number; of anything else the falling order (``order_by(lambda p: -p.AddedTime)``)."""
        node = self._node()
        if node.type is None or node.is_number:
            return Negation(node)
        return Ordering(node, descending=True)

    def __pos__(self) -> Expression[Any]:
        node = self._node()
        if node.type is None or node.is_number:
            return node
        raise refusal(f"+{self._shown()} has no OData form: {edm_name(node.type)} is no number")

    # texts

    def startswith(self: Operand[str | None], prefix: Text) -> Condition:
        """Whether the text begins with ``prefix`` (``startswith``)."""
        return call("startswith", self, _text(self, prefix, "startswith"))

    def endswith(self: Operand[str | None], suffix: Text) -> Condition:
        """Whether the text ends in ``suffix`` (``endswith``)."""
        return call("endswith", self, _text(self, suffix, "endswith"))

    def contains(self: Operand[str | None], part: Text) -> Condition:
        """Whether ``part`` stands in the text (``substringof``); in lambdas also ``"x" in p.Name``."""
        return call("substringof", _text(self, part, "contains"), self)

    def __contains__(self: Operand[str | None], part: Text) -> bool:  # type: ignore[override]
        return bool(call("substringof", _text(self, part, "in"), self))

    def lower(self: Operand[str | None]) -> Expression[str | None]:
        """The text in small letters (``tolower``), as the service's database has them."""
        return call("tolower", self)

    def upper(self: Operand[str | None]) -> Expression[str | None]:
        """The text in capital letters (``toupper``), as the service's database has them."""
        return call("toupper", self)

    def strip(self: Operand[str | None]) -> Expression[str | None]:
        """The text without blanks at its ends (``trim``)."""
        return call("trim", self)

    def replace(self: Operand[str | None], old: Text, new: Text) -> Expression[str | None]:
        """The text with every ``old`` in it replaced by ``new`` (``replace``)."""
        return call("replace", self, _text(self, old, "replace"), _text(self, new, "replace"))

    def concat(self: Operand[str | None], other: Text) -> Expression[str | None]:
        """The text with ``other`` behind it (``concat``); ``+`` is the same."""
        return call("concat", self, _text(self, other, "concat"))

    def find(self: Operand[str | None], part: Text) -> Expression[int | None]:
        """The place of ``part``, from 0; -1 where it is not."""
        return call("indexof", self, _text(self, part, "find"))

    def substring(self: Operand[str | None], start: Place, length: Place | None = None) -> Expression[str | None]:
        """The text from the place ``start`` on (from 0), ``length`` characters of it or all that follow (``substring``); slices
        are the same."""
        return call("substring", self, start) if length is None else call("substring", self, start, length)

    def __getitem__(self, item: Any) -> Any:
        if type(item) is slice:
            return _sliced(self, item)
        raise refusal(f"{self._shown()}[...] has no OData form: write a slice, such as [0:1]")

    def length(self) -> Expression[Any]:
        """The number of characters of a text; the length of a line."""
        node = self._node()
        return call("geo.length" if edm_name(node.type).startswith(("Edm.Geo",)) else "length", node)

    # dates

    @property
    def year(self: Operand[datetime | None]) -> Expression[int | None]:
        """The year of a moment, as a whole number (``year``)."""
        return call("year", self)

    @property
    def month(self: Operand[datetime | None]) -> Expression[int | None]:
        """The month of a moment, a number from 1 to 12 (``month``)."""
        return call("month", self)

    @property
    def day(self: Operand[datetime | None]) -> Expression[int | None]:
        """The day of a moment in its month, 1 to 31 (``day``)."""
        return call("day", self)

    @property
    def hour(self: Operand[datetime | timedelta | None]) -> Expression[int | None]:
        """The hour of a moment, 0 to 23, or the hours of a duration (``hour``)."""
        return call("hour", self)

    @property
    def minute(self: Operand[datetime | timedelta | None]) -> Expression[int | None]:
        """The minutes of a moment or duration, 0 to 59 (``minute``)."""
        return call("minute", self)

    @property
    def second(self: Operand[datetime | timedelta | None]) -> Expression[int | None]:
        """The whole seconds of a moment or duration, 0 to 59 (``second``)."""
        return call("second", self)

    # numbers

    def round(self) -> Expression[Any]:
        """The nearest whole number, halves as the service rounds them (``round``)."""
        return call("round", self)

    def floor(self) -> Expression[Any]:
        """The next whole number downward (``floor``)."""
        return call("floor", self)

    def ceiling(self) -> Expression[Any]:
        """The next whole number upward (``ceiling``)."""
        return call("ceiling", self)

    def __round__(self, digits: object = None) -> Expression[Any]:
        if digits is not None:
            raise refusal(f"round({self._shown()}, {digits!r}) has no OData form: only whole numbers are rounded to")
        return call("round", self)

    def __floor__(self) -> Expression[Any]:
        return call("floor", self)

    def __ceil__(self) -> Expression[Any]:
        return call("ceiling", self)

    # shapes

    def distance(self, other: object) -> Expression[float | None]:
        """The distance to another point, ``other``, in the unit of the reference system, metres on the globe
        (``geo.distance``)."""
        return call("geo.distance", self, other)

    def intersects(self, other: object) -> Condition:
        """Whether a point lies in a polygon, whichever of them is asked and whichever is ``other`` (``geo.intersects``)."""
        node = self._node()
        return (
            call("geo.intersects", other, node)
            if edm_name(node.type).endswith("Polygon")
            else call("geo.intersects", node, other)
        )

    # types

    def is_of(self, target: object) -> Condition:
        """Whether the value is of the type ``target`` (a class, or a full name) or of one derived from it (``isof``)."""
        return IsOf(self._node(), type_named(target)[0])

    def cast(self, target: object) -> Expression[Any]:
        """The value as one of the type ``target`` (a class, or a full name), whose properties follow (``cast``)."""
        name, found = type_named(target)
        return Cast(self._node(), name, found)

    if not TYPE_CHECKING:  # a checker that saw it would let every name pass

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            hint = SPELLINGS.get(name.lower().replace("_", ""))
            if hint is None:
                near = get_close_matches(name, _METHODS, 1)
                hint = near[0] if near else None
            raise UnknownNameError(
                f"{self._shown()} ({edm_name(self._node().type)}) has no {name!r}" + (f": write {hint}" if hint else "")
            )


_METHODS = [name for name in vars(Operand) if not name.startswith("_")]


# --- nodes ------------------------------------------------------------------------------------------------------------------

# How tightly a node's text holds together; what is looser than its place needs gets brackets.
_RAW, _LOGICAL, _COMPARED, _ADDED, _SIGNED, _PRIMARY = range(6)


class Expression(Operand[T_co]):
    """A node of the tree.

    Attributes
    ----------
    type : PrimitiveType, EnumType, EntityType, ComplexType or None
        What it is of; None where that is not known.
    nullable : bool
        Whether it may be null.
    is_collection : bool
        Whether it is a path to many (its ``type`` is then that of one).
    depth : int
        0 for a leaf.
    text : str
        As it stands in a URL before percent-encoding. ``str()`` gives it too.
    """

    __slots__ = ("_text",)

    type: EdmType | None
    nullable: bool = True
    is_collection: bool = False
    depth: int = 0
    _level: ClassVar[int] = _PRIMARY
    _text: str | None

    def _node(self) -> Expression[Any]:
        return self

    @property
    def is_structure(self) -> bool:
        """Whether this is an entity or complex value, or a collection."""
        kind = type(self.type)
        return self.is_collection or kind is EntityType or kind is ComplexType

    @property
    def is_number(self) -> bool:
        """Whether it is a single number, as far as is known."""
        type_ = self.type
        return type(type_) is PrimitiveType and type_.is_numeric and not self.is_collection

    @property
    def is_condition(self) -> bool:
        """Whether it is true or false, as far as is known."""
        return (self.type is BOOLEAN or self.type is None) and not self.is_collection

    @property
    def text(self) -> str:
        """The expression as a URL has it, not yet percent-encoded."""
        text = self._text
        if text is None:
            text = self._text = self._write("")
        return text

    def _write(self, it: str) -> str:
        """The text; ``it`` is what the outermost entity's own properties begin with (``$it/`` within ``any`` and ``all``)."""
        raise NotImplementedError

    def children(self) -> tuple[Expression[Any], ...]:
        """The nodes below, in the order of the text."""
        return ()


Condition = Expression[bool | None]


def _deeper(*parts: Expression[Any]) -> int:
    depth = 0
    for part in parts:
        if part.depth > depth:
            depth = part.depth
    if depth >= MAX_DEPTH:
        raise refusal(f"the expression is nested deeper than {MAX_DEPTH} levels, which services refuse")
    return depth + 1


def _joined(parts: tuple[Expression[Any], ...]) -> tuple[bool, int]:
    """Whether one of the parts may be null, and the depth of what holds them."""
    nullable, depth = False, 0
    for part in parts:
        nullable = nullable or part.nullable
        if part.depth > depth:
            depth = part.depth
    return nullable, depth + 1 if depth < MAX_DEPTH else _deeper(*parts)


def _within(node: Expression[Any], it: str, level: int) -> str:
    """The text of a part, in brackets where it holds together less than ``level``."""
    text = node._write(it) if it else node._text or node.text
    return text if node._level >= level else f"({text})"


class Literal(Expression[T_co]):
    """A constant: ``value`` (an int for an enum, None for null) of ``type``."""

    __slots__ = ("nullable", "type", "value")
    __match_args__ = ("value", "type")

    def __init__(self, value: Any, type: EdmType | None) -> None:
        self.value = value
        self.type = type
        self.nullable = value is None
        self._text = None

    def _write(self, it: str) -> str:
        return literal_text(self.value, self.type)


class Path(Expression[T_co]):
    """A way to a property: ``Category/Name``, ``Address/City``, ``NS.Vip/Limit``.

    Attributes
    ----------
    variable : str or None
        The range variable the path begins with; None for the entity that is filtered, ``$it``.
    segments : tuple of str
        Property names; one with a dot is a type segment. Empty for the entity or the variable itself.
    root : str or None
        Full name of the type that a path without variable begins at, where it is known.
    """

    __slots__ = ("is_collection", "nullable", "root", "segments", "type", "variable")
    __match_args__ = ("variable", "segments")

    def __init__(
        self,
        segments: tuple[str, ...] = (),
        type: EdmType | None = None,
        nullable: bool = True,
        is_collection: bool = False,
        variable: str | None = None,
        root: str | None = None,
    ) -> None:
        self.segments = segments
        self.type = type
        self.nullable = nullable
        self.is_collection = is_collection
        self.variable = variable
        self.root = root
        self._text = None

    def step(self, segment: str, type: EdmType | None, nullable: bool, is_collection: bool = False) -> Path[Any]:
        """The path one segment further. What lies behind a nullable step is nullable."""
        return Path((*self.segments, segment), type, nullable, is_collection, self.variable, self.root)

    def _write(self, it: str) -> str:
        path = "/".join(self.segments)
        if self.variable is not None:
            return f"{self.variable}/{path}" if path else self.variable
        return it + path if path else "$it"


class Comparison(Expression[bool | None]):
    """``left operator right``, operator one of ``eq ne lt le gt ge``."""

    __slots__ = ("depth", "left", "operator", "right")
    __match_args__ = ("operator", "left", "right")
    type = BOOLEAN
    nullable = False
    _level = _COMPARED

    def __init__(self, operator: str, left: Expression[Any], right: Expression[Any]) -> None:
        self.operator = operator
        self.left = left
        self.right = right
        self.depth = _deeper(left, right) if left.depth or right.depth else 1
        self._text = None

    def _write(self, it: str) -> str:
        return f"{_within(self.left, it, _ADDED)} {self.operator} {_within(self.right, it, _ADDED)}"

    def children(self) -> tuple[Expression[Any], ...]:
        return self.left, self.right


class Logical(Expression[bool | None]):
    """``a and b and c``, ``a or b``: two or more conditions under one operator."""

    __slots__ = ("depth", "nullable", "operands", "operator")
    __match_args__ = ("operator", "operands")
    type = BOOLEAN
    _level = _LOGICAL

    def __init__(self, operator: str, operands: tuple[Expression[Any], ...]) -> None:
        self.operator = operator
        self.operands = operands
        self.nullable, self.depth = _joined(operands)
        self._text = None

    def _write(self, it: str) -> str:
        return f" {self.operator} ".join([_within(operand, it, _COMPARED) for operand in self.operands])

    def children(self) -> tuple[Expression[Any], ...]:
        return self.operands


class Not(Expression[bool | None]):
    """``not operand``."""

    __slots__ = ("depth", "operand")
    __match_args__ = ("operand",)
    type = BOOLEAN
    _level = _COMPARED

    def __init__(self, operand: Expression[Any]) -> None:
        self.operand = operand
        self.depth = _deeper(operand)
        self._text = None

    def _write(self, it: str) -> str:
        return f"not {_within(self.operand, it, _PRIMARY)}"

    def children(self) -> tuple[Expression[Any], ...]:
        return (self.operand,)


class Arithmetic(Expression[T_co]):
    """``left operator right``, operator one of ``add sub mul div mod``.

    In brackets wherever it is a part of another, so that no server's ranking of the operators can change its meaning.
    """

    __slots__ = ("depth", "left", "nullable", "operator", "right", "type")
    __match_args__ = ("operator", "left", "right")
    _level = _ADDED

    def __init__(self, operator: str, left: Expression[Any], right: Expression[Any], type: EdmType | None) -> None:
        self.operator = operator
        self.left = left
        self.right = right
        self.type = type
        self.nullable = left.nullable or right.nullable
        self.depth = _deeper(left, right)
        self._text = None

    def _write(self, it: str) -> str:
        left = self.left
        same = type(left) is Arithmetic and left.operator == self.operator
        return f"{_within(left, it, _ADDED if same else _PRIMARY)} {self.operator} {_within(self.right, it, _PRIMARY)}"

    def children(self) -> tuple[Expression[Any], ...]:
        return self.left, self.right


class Negation(Expression[T_co]):
    """``-operand``."""

    __slots__ = ("depth", "nullable", "operand", "type")
    __match_args__ = ("operand",)
    _level = _SIGNED

    def __init__(self, operand: Expression[Any]) -> None:
        self.operand = operand
        self.type = operand.type if operand.is_number else None
        self.nullable = operand.nullable
        self.depth = _deeper(operand)
        self._text = None

    def _write(self, it: str) -> str:
        text = _within(self.operand, it, _PRIMARY)
        return f"-({text})" if type(self.operand) is Literal else f"-{text}"

    def children(self) -> tuple[Expression[Any], ...]:
        return (self.operand,)


class Call(Expression[T_co]):
    """``name(arguments)``: one of the canonical functions."""

    __slots__ = ("arguments", "depth", "name", "nullable", "type")
    __match_args__ = ("name", "arguments")

    def __init__(self, name: str, arguments: tuple[Expression[Any], ...], type: EdmType | None) -> None:
        self.name = name
        self.arguments = arguments
        self.type = type
        self.nullable, self.depth = _joined(arguments)
        self._text = None

    def _write(self, it: str) -> str:
        return f"{self.name}({','.join([_within(argument, it, _LOGICAL) for argument in self.arguments])})"

    def children(self) -> tuple[Expression[Any], ...]:
        return self.arguments


class Quantifier(Expression[bool | None]):
    """``source/any(variable:predicate)`` and ``all``; ``any()`` without both: not empty."""

    __slots__ = ("depth", "operator", "predicate", "source", "variable")
    __match_args__ = ("operator", "source", "variable", "predicate")
    type = BOOLEAN
    nullable = False

    def __init__(
        self, operator: str, source: Path[Any], variable: str | None = None, predicate: Expression[Any] | None = None
    ) -> None:
        self.operator = operator
        self.source = source
        self.variable = variable
        self.predicate = predicate
        self.depth = _deeper(source) if predicate is None else _deeper(source, predicate)
        self._text = None

    def _write(self, it: str) -> str:
        source = _within(self.source, it, _PRIMARY)
        if self.predicate is None:
            return f"{source}/{self.operator}()"
        return f"{source}/{self.operator}({self.variable}:{self.predicate._write('$it/')})"

    def children(self) -> tuple[Expression[Any], ...]:
        return (self.source,) if self.predicate is None else (self.source, self.predicate)


class Cast(Expression[T_co]):
    """``cast(operand,'target')``; null where the value cannot be of that type."""

    __slots__ = ("depth", "operand", "target", "type")
    __match_args__ = ("operand", "target")

    def __init__(self, operand: Expression[Any], target: str, type: EdmType | None) -> None:
        self.operand = operand
        self.target = target
        self.type = type
        self.depth = _deeper(operand)
        self._text = None

    def _write(self, it: str) -> str:
        return f"cast({_argument(self.operand, it)}'{self.target}')"

    def children(self) -> tuple[Expression[Any], ...]:
        return (self.operand,)


class IsOf(Expression[bool | None]):
    """``isof(operand, 'target')``; without operand in the text where it is the entity itself."""

    __slots__ = ("depth", "operand", "target")
    __match_args__ = ("operand", "target")
    type = BOOLEAN
    nullable = False

    def __init__(self, operand: Expression[Any], target: str) -> None:
        self.operand = operand
        self.target = target
        self.depth = _deeper(operand)
        self._text = None

    def _write(self, it: str) -> str:
        return f"isof({_argument(self.operand, it)}'{self.target}')"

    def children(self) -> tuple[Expression[Any], ...]:
        return (self.operand,)


def _argument(operand: Expression[Any], it: str) -> str:
    """The first argument of ``isof`` and ``cast`` with its comma: none for the entity itself, outside of ``any`` and ``all``."""
    if type(operand) is Path and not operand.segments and operand.variable is None and not it:
        return ""
    return f"{_within(operand, it, _LOGICAL)},"


class Raw(Expression[Any]):
    """A filter or ordering as the caller wrote it, passed on as it is. Nothing is known of it."""

    __slots__ = ("_source",)
    type = None
    _level = _RAW

    def __init__(self, text: str) -> None:
        self._source = text
        self._text = None

    def _write(self, it: str) -> str:
        return self._source


class Ordering(Symbol):
    """One item of ``$orderby``: ``expression``, and whether it is ``descending``."""

    __slots__ = ("descending", "expression")
    __match_args__ = ("expression", "descending")

    def __init__(self, expression: Expression[Any], descending: bool = False) -> None:
        self.expression = expression
        self.descending = descending

    @property
    def text(self) -> str:
        return f"{self.expression.text} desc" if self.descending else self.expression.text

    def _node(self) -> NoReturn:
        raise refusal(f"{self._shown()} is an order and no value: minus is for numbers")

    def _shown(self) -> str:
        return self.text


NULL: Literal[None] = Literal(None, None)
TRUE: Literal[bool] = Literal(True, BOOLEAN)


# --- building ---------------------------------------------------------------------------------------------------------------


def _literal(value: object, beside: Expression[Any]) -> Literal[Any]:
    """``value`` as a literal of the type it meets."""
    type_ = beside.type
    try:
        if type_ is None:
            found, checked = natural(value)
            return Literal(checked, found)
        return Literal(convert(value, type_), type_)
    except ValueError as error:
        raise refusal(f"{beside.text} is {edm_name(type_)}: {error}", LiteralRangeError) from error
    except TypeError as error:
        raise refusal(f"{beside.text} is {edm_name(type_)}: {error}") from error


def _compare(subject: Operand[Any], operator: str, other: object) -> Comparison:
    left = subject._node()
    if type(left) is Logical:
        left = definite(left)
    if isinstance(other, Symbol):
        right: Expression[Any] = other._node()
        return comparison(operator, left, definite(right) if type(right) is Logical else right)
    if other is None:
        if operator not in _EQUALITY:
            raise refusal(f"{left.text} is compared with None by == or != alone")
        return comparison(operator, left, NULL)
    if left.is_structure:
        raise refusal(f"{left.text} is {edm_name(left.type)}: compare it with None, or compare its properties")
    if left.type in _UNORDERED and operator not in _EQUALITY:
        raise refusal(f"{left.text} is {edm_name(left.type)}, which has no order: < and > are for plain values")
    return Comparison(operator, left, _literal(other, left))


#: Shapes and streams are equal or not, and nothing more.
_UNORDERED = frozenset(type_ for name, type_ in PRIMITIVES.items() if name.startswith(("Edm.Geo", "Edm.Stream")))
_EQUALITY = ("eq", "ne")


def comparison(operator: str, left: Expression[Any], right: Expression[Any]) -> Comparison:
    """``left operator right``, where their types may be compared so."""
    if left.type is not right.type and not comparable(left.type, right.type):
        raise refusal(
            f"{left.text} is {edm_name(left.type)} and {right.text} is {edm_name(right.type)}: they cannot be compared; "
            "cast one of them"
        )
    for side in (left, right):
        if side.is_collection:
            raise refusal(f"{side.text} is a collection: ask with any() or all()")
        if operator not in _EQUALITY and (side.is_structure or side.type in _UNORDERED):
            raise refusal(f"{side.text} is {edm_name(side.type)}, which has no order: < and > are for plain values")
    return Comparison(operator, left, right)


def _condition(value: object, operator: str) -> Expression[Any]:
    if not isinstance(value, Symbol):
        raise refusal(
            f"{value!r} is no condition, as {operator} needs: put each comparison in parentheses, "
            f"(p.A == 1) {operator} (p.B == 2)"
        )
    node: Expression[Any] = value._node()
    if node.is_condition:
        return node
    raise refusal(
        f"{node.text} is {edm_name(node.type)} and no condition, as {operator} needs: put each comparison in parentheses, "
        f"(p.A == 1) {operator} (p.B == 2)"
    )


def join(operator: str, left: Expression[Any], right: Expression[Any]) -> Logical:
    """``left and right``, ``left or right``; a left side of the same kind takes the right one in."""
    if type(left) is Logical and left.operator == operator:
        return Logical(operator, (*left.operands, right))
    return Logical(operator, (left, right))


def definite(condition: Expression[Any]) -> Expression[Any]:
    """The condition with null counted as false, for places where null would not come out as false."""
    if type(condition) is Logical:
        operands = tuple(map(definite, condition.operands))
        same = all(new is old for new, old in zip(operands, condition.operands, strict=True))
        return condition if same else Logical(condition.operator, operands)
    if condition.nullable and type(condition) in (Path, Cast):
        return Comparison("eq", condition, TRUE)
    return condition


def negate(condition: Expression[Any]) -> Expression[Any]:
    """``not condition``, true also where the condition is null, as in Python (contract, section 5)."""
    if type(condition) is Not:
        return condition.operand
    if condition.nullable and type(condition) in (Path, Cast):
        return Comparison("ne", condition, TRUE)
    return Not(definite(condition))


def _side(value: object, beside: object) -> Expression[Any]:
    """An operand of arithmetic: a number takes the type of the other side where it fits, else its own."""
    if isinstance(value, Symbol):
        node: Expression[Any] = value._node()
        return node
    assert isinstance(beside, Symbol)
    other = beside._node()
    if other.is_number and other.type is not None and not isinstance(value, str):
        try:
            return Literal(convert(value, other.type), other.type)
        except (TypeError, ValueError):
            pass
    try:
        type_, checked = natural(value)
    except (TypeError, ValueError) as error:
        raise refusal(f"{other.text}: {error}") from error
    return Literal(checked, type_)


def calculate(operator: str, left: object, right: object) -> Expression[Any]:
    """``left operator right`` in numbers."""
    first, second = _side(left, right), _side(right, left)
    try:
        type_ = promoted(first.type, second.type)
        for side in (first, second):
            if side.type is None or not side.is_structure:
                continue
            raise TypeError(f"{side.text} is no number")
    except TypeError as error:
        raise refusal(f"{operator} of {first.text} and {second.text}: {error}") from error
    return Arithmetic(operator, first, second, type_)


_STRING = row("Edm.String")


def _add(left: object, right: object) -> Expression[Any]:
    types = [side._node().type for side in (left, right) if isinstance(side, Symbol)]
    if _STRING in types or any(not isinstance(side, Symbol) and isinstance(side, str) for side in (left, right)):
        return call("concat", left, right)
    if types == [None, None]:
        raise refusal("+ of two properties of unknown type: write .concat(...) for texts, .cast('Edm.Double') for numbers")
    return calculate("add", left, right)


def call(name: str, *arguments: object) -> Call[Any]:
    """A call of a canonical function, its arguments checked against the table."""
    nodes = tuple([argument._node() if isinstance(argument, Symbol) else _constant(name, argument) for argument in arguments])
    try:
        for node in nodes:
            if node.is_collection:
                raise TypeError(f"{node.text} is a collection")
        result = FUNCTIONS[name].result_of([node.type for node in nodes])
    except TypeError as error:
        raise refusal(f"{name}({','.join(node.text for node in nodes)}): {error}") from error
    return Call(name, nodes, result)


def _constant(name: str, value: object) -> Literal[Any]:
    try:
        type_, value = natural(value)
    except (TypeError, ValueError) as error:
        raise refusal(f"{name}: {error}") from error
    return Literal(value, type_)


def _text(subject: Operand[Any], value: object, method: str) -> object:
    """An argument that must be a text."""
    if isinstance(value, Symbol) or isinstance(value, str):  # noqa: SIM101  (a symbol must not be asked for its class)
        return value
    raise refusal(f"{method} of {subject._shown()} takes a text, not {type(value).__name__}: {value!r}")


def _sliced(subject: Operand[Any], item: slice) -> Expression[Any]:
    start, stop = 0 if item.start is None else item.start, item.stop
    if item.step is not None or any(type(bound) is not int or bound < 0 for bound in (start, 0 if stop is None else stop)):
        raise refusal(f"{subject._shown()}[...] has no OData form: a slice goes forward from a number to a number, such as [2:5]")
    if stop is None:
        return call("substring", subject, start)
    return call("substring", subject, start, max(stop - start, 0))
