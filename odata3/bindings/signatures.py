"""What function imports look like to a caller: ``def Discount(self, percent: int | None = ...) -> None: ...``.

Parameters that may be null may be left out; what comes behind the first of them is given by name. A result is what
``ctx.functions.Name(...)`` gives: a query for entities that a GET brings, a list for other collections, else one value or None.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable

from odata3.bindings.spelling import Spelling, quoted
from odata3.edm.model import FunctionImport, OperationKind, Parameter, element_type


def written(attribute: str, overloads: Iterable[FunctionImport], names: Spelling) -> list[str]:
    """The lines of a method: one signature, or one for each overload."""
    found = list(overloads)
    signatures = list(dict.fromkeys(_signature(operation, names) for operation in found))
    if len(signatures) > 1 and not _are_apart(found):
        signatures = [anything(names)]
    told = quoted(found[0].documentation) if len(found) == 1 else ""
    if len(signatures) == 1:
        return [f"    def {attribute}{signatures[0]}: {told or '...'}"]
    return [
        line for signature in signatures for line in (f"    @{names.support('overload')}", f"    def {attribute}{signature}: ...")
    ]


def anything(names: Spelling) -> str:
    """The signature of what cannot be told: any arguments, any result."""
    anything = names.support("Any")
    return f"(self, *arguments: {anything}, **parameters: {anything}) -> {anything}"


def _signature(operation: FunctionImport, names: Spelling) -> str:
    parameters = operation.url_parameters
    if not all(_is_plain(p.name) for p in parameters) or len({p.name for p in parameters}) < len(parameters):
        return anything(names)
    listed = ["self"]
    for place, parameter in enumerate(parameters):
        if parameter.nullable and "*" not in listed and any(not later.nullable for later in parameters[place:]):
            listed.append("*")
        given = _given(operation, parameter, names)
        listed.append(f"{parameter.name}: {given} = ..." if parameter.nullable else f"{parameter.name}: {given}")
    return f"({', '.join(listed)}) -> {_result(operation, names)}"


def _is_plain(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name) and name != "self" and not name.startswith("__")


def _are_apart(overloads: list[FunctionImport]) -> bool:
    """Whether no call fits two of them: each asks for another number of arguments."""
    counts = [len(operation.url_parameters) for operation in overloads]
    return len(set(counts)) == len(counts) and not any(p.nullable for operation in overloads for p in operation.url_parameters)


def _given(operation: FunctionImport, parameter: Parameter, names: Spelling) -> str:
    """What an argument may be; in a URL a structure is one of its class, and a collection a list or tuple."""
    element = element_type(parameter.type)
    in_body = operation.kind is OperationKind.ACTION
    taken = names.read(element) if names.is_structure(element) and not in_body else names.given(element)
    if element != parameter.type:
        taken = f"{names.support('list')}[{taken}] | {names.support('tuple')}[{taken}, ...]"
    return f"{taken} | None" if parameter.nullable else taken


def _result(operation: FunctionImport, names: Spelling) -> str:
    returned = operation.return_type
    if returned is None:
        return "None"
    element = element_type(returned)
    one = names.read(element)
    if element == returned:
        return one if one == names.support("Any") else f"{one} | None"
    is_query = names.is_entity(element) and operation.kind is not OperationKind.ACTION and operation.http_method != "POST"
    return f"{names.support('DataServiceQuery' if is_query else 'list')}[{one}]"
