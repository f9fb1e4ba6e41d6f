"""The differences of operations: overloads, parameters, results, and how they are called.

Overloads are told apart by what they are bound to and by the names of their parameters; where one is left over on both sides, it
is the same in another form.
"""

from __future__ import annotations

from collections.abc import Iterator

from odata3.edm.differences import Difference, changed, retyped
from odata3.edm.model import FunctionImport, OperationKind, Parameter


def operations(name: str, before: tuple[FunctionImport, ...], after: tuple[FunctionImport, ...]) -> Iterator[Difference]:
    """The differences between the overloads of one name."""
    old = {_key(operation): operation for operation in before}
    new = {_key(operation): operation for operation in after}
    gone = [key for key in old if key not in new]
    come = [key for key in new if key not in old]
    pairs = [(key, key) for key in old if key in new]
    if len(gone) == len(come) == 1:
        pairs.append((gone.pop(), come.pop()))
    for was, now in pairs:
        yield from _operation(_shown(old[was]) if len(old) > 1 else name, old[was], new[now])
    for key in gone:
        yield Difference("removed", "overload", _shown(old[key]), breaks=True, effect="such calls fail")
    yield from (Difference("added", "overload", _shown(new[key])) for key in come)


def _key(operation: FunctionImport) -> tuple[str, tuple[str, ...]]:
    return _bound_to(operation) or "", tuple(p.name for p in operation.url_parameters)


def _bound_to(operation: FunctionImport) -> str | None:
    bound = operation.binding_parameter
    return None if bound is None else bound.type


def _shown(operation: FunctionImport) -> str:
    return f"{operation.qualified_name}({', '.join(p.name for p in operation.url_parameters)})"


def _operation(where: str, old: FunctionImport, new: FunctionImport) -> Iterator[Difference]:
    yield from changed("bound to", where, _bound_to(old), _bound_to(new), True, "it is called on something else")
    is_another = _is_query(old) is not _is_query(new)
    effect = ("its result is a query now" if _is_query(new) else "its result is a list now") if is_another else ""
    yield from changed("called as", where, _called(old), _called(new), is_another, effect)
    if old.return_type is None or new.return_type is None:
        yield from changed("result", where, old.return_type, new.return_type, old.return_type is not None, "")
    else:
        yield from retyped("result", where, old.return_type, new.return_type)
    yield from changed("entity set", where, old.entity_set, new.entity_set, False)
    yield from _parameters(where, {p.name: p for p in old.url_parameters}, {p.name: p for p in new.url_parameters})


def _called(operation: FunctionImport) -> str:
    verb = f", {operation.http_method}" if operation.http_method else ""
    return operation.kind.value + verb


def _is_query(operation: FunctionImport) -> bool:
    """Whether a call gives a query: of many by GET."""
    many = (operation.return_type or "").startswith("Collection(")
    return many and operation.kind is not OperationKind.ACTION and operation.http_method != "POST"


def _parameters(where: str, old: dict[str, Parameter], new: dict[str, Parameter]) -> Iterator[Difference]:
    for name, was in old.items():
        if (now := new.get(name)) is None:
            yield Difference("removed", "parameter", f"{where}({name})", was.type, None, True, "calls that give it fail")
            continue
        yield from retyped("parameter", f"{where}({name})", was.type, now.type)
        effect = "" if now.nullable else "it must be given"
        yield from changed("nullable", f"{where}({name})", was.nullable, now.nullable, not now.nullable, effect)
    for name, now in new.items():
        if name not in old:
            effect = "" if now.nullable else "calls without it fail"
            yield Difference("added", "parameter", f"{where}({name})", None, now.type, not now.nullable, effect)
    was_order, now_order = (tuple(n for n in names if n in old and n in new) for names in (old, new))
    yield from changed("order of parameters", where, was_order, now_order, True, "arguments without names mean others")
