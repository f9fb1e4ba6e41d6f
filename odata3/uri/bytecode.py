"""What tracing cannot see, found in the bytecode: tests of identity.

``p.X is None`` calls nothing on ``p.X``, so a trace takes it for a plain False and the filter would be wrong. The same goes for
``match`` and for ``type(p.X) is str``. The bytecode of the lambda, and of every Python function called while it runs, is looked
through for such tests (also in their fused forms, ``POP_JUMP_IF_NONE`` and its kin), never to translate anything.

A test is harmless where what it tests is a plain name (or an attribute of one) whose value holds no symbol: ``status is None or
p.Status == status`` goes on working. Functions that cannot get hold of a symbol (``UUID("...")``, a cache) may test what they
like. Works on CPython 3.11 to 3.13: opcode events of ``sys.settrace`` do not come in 3.13.0, call events do.
"""

from __future__ import annotations

import builtins
import dis
import functools
import operator
import os
import re
import sys
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import BuiltinFunctionType, CellType, CodeType, FrameType, FunctionType, GeneratorType, MethodType, ModuleType
from typing import Any, NamedTuple
from uuid import UUID

from odata3.edm.model import Model
from odata3.uri.symbols import Symbol

__all__ = ["Check", "harmless"]

#: This package: an entity closed over is read by its own properties, which may test as they like.
_HERE = f"{Path(__file__).parents[1]}{os.sep}"
_JUMPS = frozenset(name for name in dis.opmap if name.startswith("POP_JUMP") and name.endswith("NONE"))
_MATCHES = frozenset(name for name in dis.opmap if name.startswith("MATCH_"))
_LOADS_NAME = frozenset(
    {"LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW", "LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_GLOBAL", "LOAD_NAME"}
)
_LOADS_CONSTANT = frozenset({"LOAD_CONST", "LOAD_CONST_IMMORTAL", "LOAD_SMALL_INT", "LOAD_COMMON_CONSTANT"})
_LOADS_ATTRIBUTE = frozenset({"LOAD_ATTR", "LOAD_METHOD"})
_NOISE = frozenset({"CACHE", "EXTENDED_ARG", "NOP", "PRECALL", "PUSH_NULL", "COPY_FREE_VARS", "RESUME", "NOT_TAKEN"})


#: A name and the attributes taken of it: what stands before a test.
_Chain = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Findings:
    """What one code object holds: chains whose values are tested, whether anything else is tested, and what it loads."""

    tested: tuple[_Chain, ...]
    unclear: bool
    names: tuple[str, ...]
    attributes: frozenset[str]
    imports: bool
    nested: tuple[CodeType, ...]


class _Step(NamedTuple):
    operation: str
    argument: Any
    is_target: bool


#: ``LOAD_FAST_LOAD_FAST``, ``STORE_FAST_LOAD_FAST``, ...
_halves = re.compile(r"(?:LOAD|STORE)_FAST(?:_BORROW|_CHECK|_AND_CLEAR)?").findall


def _steps(code: CodeType) -> list[_Step]:
    """The instructions, those that load or store two names (since 3.13) taken apart."""
    steps: list[_Step] = []
    is_target = False
    for instruction in dis.get_instructions(code):
        is_target = is_target or instruction.is_jump_target
        if instruction.opname in _NOISE:
            continue
        argument = instruction.argval
        if isinstance(argument, tuple) and len(halves := _halves(instruction.opname)) == 2:
            steps.append(_Step(halves[0], argument[0], is_target))
            steps.append(_Step(halves[1], argument[1], False))
        else:
            steps.append(_Step(instruction.opname, argument, is_target))
        is_target = False
    return steps


#: By the identity of the code (which is kept with it, so that no other code gets it): the hash of a code object costs more.
_KNOWN: dict[int, tuple[CodeType, _Findings]] = {}


def _findings(code: CodeType) -> _Findings:
    known = _KNOWN.get(id(code))
    if known is None:
        if len(_KNOWN) > 4_000:
            _KNOWN.clear()
        watching = sys.gettrace()
        if isinstance(watching, Check):  # of a lambda around this one: what happens here is no doing of its
            sys.settrace(None)
        try:
            known = _KNOWN[id(code)] = code, _look_through(code)
        finally:
            if isinstance(watching, Check):
                sys.settrace(watching)
    return known[1]


def _look_through(code: CodeType) -> _Findings:
    steps = _steps(code)
    assigned = {
        step.argument for step in steps if step.operation.startswith(("STORE_", "DELETE_")) and isinstance(step.argument, str)
    }
    tested: set[_Chain] = set()
    unclear = False
    for position, step in enumerate(steps):
        unclear = unclear or step.operation in _MATCHES
        operands = 1 if step.operation in _JUMPS else 2 if step.operation == "IS_OP" else 0
        end = position
        for _ in range(operands):
            chain, end = _operand(steps, end)
            if chain is None or (chain and chain[0] in assigned):
                unclear = True
                break
            if chain:
                tested.add(chain)
        # where paths join between operand and test, the value may have come another way
        if operands and any(joined.is_target for joined in steps[end + 1 : position + 1]):
            unclear = True
    names = {step.argument for step in steps if step.operation in _LOADS_NAME}
    attributes = {step.argument for step in steps if step.operation in _LOADS_ATTRIBUTE}
    imports = any(step.operation.startswith("IMPORT_") for step in steps)
    nested = tuple(constant for constant in code.co_consts if isinstance(constant, CodeType))
    return _Findings(tuple(tested), unclear, tuple(names), frozenset(attributes), imports, nested)


def _operand(steps: list[_Step], end: int) -> tuple[_Chain | None, int]:
    """The chain that ends before ``end`` and where it begins; () for a constant, None for anything else."""
    position = end - 1
    while position > 0 and steps[position].operation in _LOADS_ATTRIBUTE:
        position -= 1
    if position < 0:
        return None, 0
    root = steps[position]
    if root.operation in _LOADS_CONSTANT and position == end - 1:
        return (), position
    if root.operation in _LOADS_NAME and isinstance(root.argument, str):
        return (root.argument, *(step.argument for step in steps[position + 1 : end])), position
    return None, position


# --- before the lambda runs -------------------------------------------------------------------------------------------------

_ATOMS: frozenset[type] = frozenset(
    (type(None), bool, int, float, complex, str, bytes, bytearray, Decimal, UUID, datetime, date, time, timedelta, range, slice)
)
#: Callables that run no Python code with what they are given, or only such as refuses by itself.
_BUILTINS: frozenset[Any] = frozenset(
    {
        *(abs, all, any, bool, bytes, complex, dict, divmod, enumerate, filter, float, frozenset, hash, hex, int, isinstance),
        *(iter, len, list, map, max, min, next, oct, ord, pow, range, reversed, round, set, sorted, str, sum, tuple, zip),
        *(Decimal, datetime, date, time, timedelta),
    }
)
#: What looks at the symbol instead of the value, and asks nothing.
_BLIND = frozenset(map(id, (type, id, callable, vars, dir, hasattr, operator.is_, operator.is_not)))
_BLIND_ATTRIBUTES = frozenset({"is_", "is_not", "type", "id", "callable", "vars", "dir", "hasattr"})


def harmless(function: Callable[..., Any]) -> bool:
    """Whether the lambda can run unwatched: no test of identity in it, and nothing within its reach that runs Python code."""
    if type(function) is not FunctionType:
        return False
    code = function.__code__
    closure = function.__closure__
    if closure is not None and not all(_is_atom(cell) for cell in closure):
        return False
    if function.__defaults__ is not None or function.__kwdefaults__ is not None:
        return False
    return _quiet(code, function.__globals__)


def _quiet(code: CodeType, scope: dict[str, Any]) -> bool:
    found = _findings(code)
    if found.tested or found.unclear or found.imports:
        return False
    for name in found.names:
        if name in code.co_varnames or name in code.co_freevars or name in code.co_cellvars:
            continue
        value = scope.get(name, _MISSING)
        if value is _MISSING:
            value = vars(builtins).get(name)
        if type(value) not in _ATOMS and not _is_builtin(value):
            return False
    return all(_quiet(nested, scope) for nested in found.nested)


_MISSING = object()


def _is_builtin(value: object) -> bool:
    return type(value) in (type, BuiltinFunctionType) and value in _BUILTINS


def _is_atom(cell: CellType) -> bool:
    try:
        value = cell.cell_contents
    except ValueError:
        return True
    kind = type(value)
    if kind in (list, tuple):
        return all(type(item) in _ATOMS for item in value)
    return kind in _ATOMS or issubclass(kind, Symbol)


# --- while it runs ----------------------------------------------------------------------------------------------------------


class Check:
    """The function for ``sys.settrace``: looks at every Python function that is entered.

    ``refuse`` is called with the reason when one tests what it should not.
    """

    def __init__(self, refuse: Callable[[str], None]) -> None:
        self._refuse = refuse

    def __call__(self, frame: FrameType, event: str, argument: object) -> None:
        code = frame.f_code
        if event == "call" and not code.co_filename.startswith(_HERE):
            reason = _objection(frame)
            if reason is not None:
                self._refuse(reason)


def _objection(frame: FrameType) -> str | None:
    """Why the function that is entered must not run under a trace; None where it may."""
    code = frame.f_code
    found = _findings(code)
    scope: Mapping[str, Any] = ChainMap(dict(frame.f_locals), frame.f_globals, frame.f_builtins)
    blind = any(_is_blind(scope.get(name), found.attributes) for name in found.names)
    if not (found.tested or found.unclear or blind):
        return None
    place = f"{code.co_qualname} ({Path(code.co_filename).name}, line {code.co_firstlineno})"
    for chain in found.tested:
        if chain[0] in scope and _is_symbol(scope[chain[0]], chain[1:]):
            return f"{place} tests {'.'.join(chain)} with `is`: write == None or != None"
    if (found.unclear or blind) and any(_holds_symbol(scope[name]) for name in _own_names(code) if name in scope):
        what = "a test with `is` or `match`" if found.unclear else "type(), id(), hasattr() or the like"
        return f"{place} has {what}: write == None or != None, .is_of(T), or make the test outside of the lambda"
    return None


def _is_blind(value: object, attributes: frozenset[str]) -> bool:
    if value is operator or value is builtins:
        return not attributes.isdisjoint(_BLIND_ATTRIBUTES)
    return id(value) in _BLIND


def _is_symbol(value: object, attributes: tuple[str, ...]) -> bool:
    """Whether the value at the end of the chain is a symbol, or may be one."""
    for name in attributes:
        if issubclass(type(value), Symbol):
            return True
        try:
            held = object.__getattribute__(value, "__dict__")
        except AttributeError:
            return _holds_symbol(value)
        if name not in held:
            return _holds_symbol(value)
        value = held[name]
    return issubclass(type(value), Symbol)


def _own_names(code: CodeType) -> Iterator[str]:
    yield from code.co_varnames
    yield from code.co_freevars
    yield from code.co_cellvars


#: A model keeps the rows made for it; the others hold nothing of the kind.
_NOT_SEARCHED = (Model, ModuleType, type, Enum, tzinfo)


def _holds_symbol(value: object) -> bool:
    """Whether a symbol can be reached from the value, or whether finding out takes too long."""
    seen: set[int] = set()
    heap = [(value, 0)]
    while heap:
        value, depth = heap.pop()
        kind = type(value)
        if issubclass(kind, Symbol):
            return True
        if kind in _ATOMS or depth > 4 or id(value) in seen or issubclass(kind, _NOT_SEARCHED):
            continue
        seen.add(id(value))
        if len(seen) > 5_000:
            return True
        heap.extend((part, depth + 1) for part in _parts(value))
    return False


#: Stands for what cannot be looked into.
_OPAQUE = Symbol()


def _iterated(value: Any) -> Iterable[object]:
    """What an iterator goes over."""
    if isinstance(value, GeneratorType):
        return () if value.gi_frame is None else tuple(value.gi_frame.f_locals.values())
    if type(value).__module__ != "builtins":
        return (_OPAQUE,)
    try:
        return tuple(value.__reduce__()[1])
    except (TypeError, IndexError):
        return (_OPAQUE,)


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(value)
    if isinstance(value, dict):
        return (*value.keys(), *value.values())
    if hasattr(type(value), "__next__"):
        return _iterated(value)
    if isinstance(value, MethodType):
        return value.__self__, value.__func__
    if isinstance(value, functools.partial):
        return value.func, *value.args, *value.keywords.values()
    if isinstance(value, FunctionType):
        cells = [cell.cell_contents for cell in value.__closure__ or () if cell != CellType()]
        return *cells, *(value.__defaults__ or ()), *(value.__kwdefaults__ or {}).values()
    parts: list[object] = list(getattr(value, "__dict__", {}).values())
    for cls in type(value).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            try:
                parts.append(object.__getattribute__(value, name))
            except AttributeError:
                continue
    return parts
