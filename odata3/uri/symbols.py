"""What stands for a value of the service, and must not be taken for one.

A lambda gets symbols in place of values. Whatever Python could do with them beyond building an expression is refused here:
hashing, iterating, formatting, ``int()``, ``isinstance``, ... For otherwise the lambda would go on with the symbol as if it were
the value, and mean something else than it says. A refusal made while a lambda is traced is kept by the tracer, so that no
``except`` in the lambda can hide it.
"""

from __future__ import annotations

import sys
import threading
from abc import ABCMeta
from dis import opmap
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Protocol, TypeVar
from uuid import UUID

from odata3.errors import QueryTranslationError

__all__ = ["TRACING", "LiteralRangeError", "Symbol", "Tracer", "UnknownNameError", "refusal"]

E = TypeVar("E", bound=QueryTranslationError)


class LiteralRangeError(QueryTranslationError, ValueError):
    """A value that the type it meets cannot hold."""


class UnknownNameError(QueryTranslationError, AttributeError):
    """A name that the type does not have."""


class Tracer(Protocol):
    """Who answers the questions of a lambda (``lambdas.py``)."""

    def decide(self, condition: Any) -> bool:
        """The truth of ``condition`` on the path that is being followed."""

    def note(self, refused: QueryTranslationError) -> None:
        """Keep the refusal, whatever the lambda makes of the exception."""


class _Tracing(threading.local):
    tracer: Tracer | None = None
    #: The range variables of the lambdas inside ``any`` and ``all`` that are being traced.
    variables: tuple[str, ...] = ()


#: The trace that runs in this thread, if one does.
TRACING = _Tracing()


def refusal(message: str, kind: type[E] = QueryTranslationError) -> E:  # type: ignore[assignment]
    """The error to raise for what has no OData form. A running trace keeps it, so that no ``except`` of a lambda can hide it."""
    error = kind(message)
    if TRACING.tracer is not None:
        TRACING.tracer.note(error)
    return error


# --- what stands for something ----------------------------------------------------------------------------------------------


def _refusing(what: str, instead: str) -> Any:
    """A method that refuses: ``what`` was done, and what to write ``instead``."""

    def refuse(self: Symbol, *_: object, **__: object) -> NoReturn:
        raise refusal(f"{what} of {self._shown()} has no OData form: {instead}")

    return refuse


_COMPARISONS = frozenset(function.__code__ for function in (UUID.__eq__, UUID.__lt__, UUID.__le__, UUID.__gt__, UUID.__ge__))
_INSTANCE_CHECK = ABCMeta.__instancecheck__.__code__
_COMPARING = (opmap["COMPARE_OP"], opmap["CONTAINS_OP"])


def _asked_by_comparison() -> bool:
    """Whether ``__class__`` is read by the other side of a comparison, which then leaves the answer to ours.

    ``UUID == x`` and ``Decimal < x`` look at the class of ``x`` first; an ``isinstance`` of the lambda's own stands in a call.
    """
    frame = sys._getframe(2)
    if frame.f_code in _COMPARISONS:
        return True
    if frame.f_code is _INSTANCE_CHECK and frame.f_back is not None:
        frame = frame.f_back
        return frame.f_code.co_code[frame.f_lasti] in _COMPARING
    return False


class Symbol:
    """Something that stands for a value of the service: an expression, an entity, a collection."""

    __slots__ = ()
    #: numpy scalars then leave operators to this side.
    __array_ufunc__: ClassVar[None] = None

    def _node(self) -> Any:
        """The node of the tree this stands for as an operand."""
        raise NotImplementedError

    def _shown(self) -> str:
        """How an error message names it."""
        raise NotImplementedError

    def __bool__(self) -> bool:
        node = self._node()
        if not node.is_condition:
            raise refusal(f"{self._shown()} is no condition: compare it, for instance {self._shown()} != None")
        tracer = TRACING.tracer
        if tracer is None:
            raise QueryTranslationError(
                f"whether {self._shown()} holds is not known here: join conditions with & | ~ (each in parentheses) instead of "
                "and, or, not, in; or write them in a lambda, as where(lambda p: ...) takes it"
            )
        return tracer.decide(node)

    __hash__ = _refusing("the hash", "a set or dict cannot be searched for it; compare with == or use `in` with a list or tuple")

    if not TYPE_CHECKING:  # type checkers refuse these best where they do not see them
        __iter__ = _refusing("iterating over the value", "use .any(lambda x: ...), .contains(), a slice")
        __reversed__ = _refusing("reversing the value", "there is no function for it")
        __len__ = _refusing("len()", "write .length()")
        __int__ = _refusing("int()", "write .cast('Edm.Int32')")
        __float__ = _refusing("float()", "write .cast('Edm.Double')")
        __complex__ = _refusing("complex()", "there is no such type")
        __index__ = _refusing("using the value as an index or int", "the value is known to the service alone")
        __trunc__ = _refusing("trunc()", "write .floor() or .ceiling()")
        __bytes__ = _refusing("bytes()", "the value is known to the service alone")
        __call__ = _refusing("calling", "a property is no method")
        __abs__ = _refusing("abs()", "there is no such function")
        __pow__ = __rpow__ = _refusing("the power", "there is no such operator")
        __floordiv__ = __rfloordiv__ = _refusing("//", "write / (whole numbers are divided as whole numbers)")
        __divmod__ = __rdivmod__ = _refusing("divmod()", "write / and %")
        __matmul__ = __rmatmul__ = _refusing("@", "there is no such operator")
        __lshift__ = __rlshift__ = __rshift__ = __rrshift__ = _refusing("shifting", "there is no such operator")
        __xor__ = __rxor__ = _refusing("^", "write != between conditions")
        __fspath__ = _refusing("a path", "the value is known to the service alone")
        __enter__ = __exit__ = __await__ = __aiter__ = _refusing("such a use", "the value is known to the service alone")
        __setitem__ = __delitem__ = _refusing("assigning to a part", "a query changes nothing")

    __lt__ = __le__ = __gt__ = __ge__ = _refusing("the order", "compare its properties")
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _refusing("arithmetic", "use its properties")
    __truediv__ = __rtruediv__ = __mod__ = __rmod__ = __neg__ = __pos__ = _refusing("arithmetic", "use its properties")
    __and__ = __rand__ = __or__ = __ror__ = __invert__ = _refusing("the truth", "compare it with None, or ask its properties")

    def __contains__(self, item: object) -> bool:
        raise refusal(f"`in` {self._shown()} has no OData form: it is for texts and for collections of values")

    def __getitem__(self, item: Any) -> Any:
        raise refusal(f"{self._shown()}[...] has no OData form")

    def _outside(self, what: str, instead: str) -> None:
        if TRACING.tracer is not None:
            raise refusal(f"{what} of {self._shown()} has no OData form: {instead}")

    def __repr__(self) -> str:
        self._outside("the text", "compare values, not their texts")
        return f"<{type(self).__name__} {self._shown()}>"

    def __str__(self) -> str:
        self._outside("the text", "compare values, not their texts; + joins texts")
        return self._shown()

    def __format__(self, spec: str) -> str:
        self._outside("formatting", "compare values, not their texts; + joins texts")
        return format(self._shown(), spec)

    def __copy__(self) -> Any:
        self._outside("a copy", "use it as it is")
        return self

    def __deepcopy__(self, memo: object) -> Any:
        self._outside("a copy", "use it as it is")
        return self

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise refusal(f"pickling {self._shown()} is not supported")

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        if TRACING.tracer is not None and not _asked_by_comparison():
            raise refusal(
                f"isinstance() of {self._shown()} has no OData form: write .is_of(T), or ask about the value, not its class"
            )
        return type(self)
