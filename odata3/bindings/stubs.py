"""A ``.pyi`` for editors and type checkers: the classes of a model, and the context over them, printed.

The model is the one source of truth, and the stub is a print of the very classes that ``build_classes`` makes: bases, spellings
and nullability are theirs. Every name in it has been checked to be an identifier, every text stands in a quoted literal: nothing
of a document becomes code (R37).

::

    class VMCheckPoint(Entity):
        ID: Property[UUID, UUID | str]
        Name: Property[str | None, str | None]
        VM: Navigation[VirtualMachine]
        def __init__(
            self, *, ID: UUID | str = ..., Name: str | None = ..., VM: VirtualMachine | None = ...
        ) -> None: ...

    class VMM(DataServiceContext):
        VMCheckPoints: DataServiceQuery[VMCheckPoint]
        def add_to_VMCheckPoints(self, entity: VMCheckPoint) -> None: ...

Source: contract, sections 4, 10 and 11; PEP 484 and 561.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from typing import Any

from odata3.bindings import signatures
from odata3.bindings.spelling import Spelling, can_be_named, literal_of, quoted
from odata3.client.context import DataServiceContext
from odata3.edm import model as edm
from odata3.entities.classes import Namespace
from odata3.entities.entity import ComplexValue
from odata3.entities.names import spell
from odata3.entities.properties import Attribute, Column, Link, NamedStream, Operation, Plan
from odata3.errors import ArgumentError

#: The overloads of bound operations, by the type they are bound to and their name.
Bound = Mapping[tuple[str, str], list[edm.FunctionImport]]

#: What the classes say in place of a ``__getattr__`` that would let a checker pass every name.
_CLOSED = "    __getattr__: {}[None]  # type: ignore[assignment, misc]"


def write_stub(model: edm.Model, *, context: str | None = None, heading: str = "") -> str:
    """The text of a ``.pyi`` with the classes of a ``model``, valid for ``mypy --strict`` and pyright.

    ``context`` names a class derived from ``DataServiceContext`` that has the model's entity sets as attributes, its types and
    its function imports; None leaves it out. ``heading`` is what the module declares besides; its lines ``from x import y`` are
    put among the imports. Raises ``ArgumentError`` for a ``context`` that is no name, or that of a type.
    """
    if context is not None and not can_be_named(context):
        raise ArgumentError(f"{context!r} cannot be the name of a class")
    types = Namespace(model)
    if context is not None and types.get_short(context) is not None:
        raise ArgumentError(f"{context} is a type of the model: the context needs another name")
    names = Spelling(types, context)
    bound = _bound_operations(model)
    printed = [
        _enum(n, cls, names) if issubclass(cls, enum.Enum) else _structure(n, cls, names, bound) for n, cls in _bases_first(types)
    ]
    if context is not None:
        printed += [_types(types, names), _functions(model, names), _context(model, context, names)]
    aliases = names.aliases()
    declared = [line for line in heading.strip().splitlines() if not names.takes_import(line)]
    parts = [
        '"""Made by odata3 from the model: change the model, not this file."""',
        "\n".join(names.imports()),
        "\n".join(declared).strip("\n"),
        "\n".join(aliases),
        *("\n".join(lines) for lines in printed),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def context_name(model: edm.Model) -> str:
    """What the context of a ``model`` is called where nobody says: as its container is, like .NET's."""
    container = model.default_container or next(iter(model.entity_containers.values()), None)
    name = spell(container.name) if container is not None else "Service"
    taken = {spell(full.rpartition(".")[2]) for full in (*model.entity_types, *model.complex_types, *model.enum_types)}
    while name in taken:
        name += "Context"
    return name if can_be_named(name) else "Service"


def _bases_first(types: Namespace) -> Iterator[tuple[str, Any]]:
    """The classes in the order of the model, save that a base comes before what derives from it."""
    done: set[str] = set()
    for full_name, cls in types.items():
        line = (
            [(full_name, cls)]
            if issubclass(cls, enum.Enum)
            else [(c._edm_type.full_name, c) for c in cls.__mro__ if "_plan" in vars(c)]
        )
        for name, found in reversed(line):
            if name not in done:
                done.add(name)
                yield name, found


# --- one class ------------------------------------------------------------------------------------------------------------------


def _enum(full_name: str, cls: type[enum.Enum], names: Spelling) -> list[str]:
    names.enter(())
    kind = names.support("Flag" if issubclass(cls, enum.Flag) else "Enum")
    members = [f"    {name} = {member.value}" for name, member in cls.__members__.items()]
    return [f"class {names.defined(full_name)}({kind}):", *(members or ["    ..."])]


def _structure(full_name: str, cls: Any, names: Spelling, bound: Bound) -> list[str]:
    plan: Plan = cls._plan
    base = cls.__bases__[0]
    root = "ComplexValue" if issubclass(cls, ComplexValue) else "Entity"
    opens = plan.dynamic is not None and "__getattr__" in vars(cls)
    names.enter(())
    bases = names.defined(base._edm_type.full_name) if "_plan" in vars(base) else names.support(root)
    metaclass = f", metaclass={names.support('OpenRowType')}" if opens else ""
    lines = [f"class {names.defined(full_name)}({bases}{metaclass}):"]
    names.enter(vars(cls))
    if told := quoted(plan.edm_type.documentation):
        lines += [f"    {told}", ""]
    for attribute in plan.attributes.values():
        if attribute.attribute in vars(cls):
            lines.append(f"    {attribute.attribute}: {_descriptor(attribute, names)}")
            lines += _told(attribute.declaration.documentation)
    anything = names.support("Any") if plan.dynamic is not None else None
    lines += _constructor(plan, names, anything)
    for spelled, operation in _operations(cls).items():
        lines += _bound(spelled, operation.name, cls, names, bound)
    if opens:
        lines.append(f"    def __getattr__(self, name: {names.support('str')}) -> {anything}: ...")
        lines.append(f"    def __setattr__(self, name: {names.support('str')}, value: {anything}) -> None: ...")
    return lines


def _told(documentation: edm.Documentation | None) -> list[str]:
    text = quoted(documentation)
    return [f"    {text}"] if text else []


def _operations(cls: Any) -> Mapping[str, Operation]:
    return {name: found for name, found in vars(cls).items() if isinstance(found, Operation)}


def _bound_operations(model: edm.Model) -> Bound:
    bound: dict[tuple[str, str], list[edm.FunctionImport]] = {}
    for overloads in model.function_imports.values():
        for operation in overloads:
            if (parameter := operation.binding_parameter) is not None:
                bound.setdefault((parameter.type, operation.name), []).append(operation)
    return bound


def _bound(spelled: str, name: str, cls: Any, names: Spelling, bound: Bound) -> list[str]:
    """A bound operation as a method; one that a base has by this name too takes what it may."""
    if any(spelled in vars(base) for base in cls.__mro__[1:]):
        return [f"    def {spelled}{signatures.anything(names)}: ..."]
    return signatures.written(spelled, bound[cls._edm_type.full_name, name], names)


def _constructor(plan: Plan, names: Spelling, anything: str | None) -> list[str]:
    """``__init__`` with a keyword for every attribute, one a line."""
    given = [a for a in plan.attributes.values() if not isinstance(a, NamedStream)]
    receiver = "self"
    while receiver in plan.attributes:
        receiver += "_"
    rest = [] if anything is None else [f"        **values: {anything},"]
    if not given:
        return [f"    def __init__({receiver}{', **values: ' + anything if anything else ''}) -> None: ..."]
    lines = [f"        {a.attribute}: {_taken(a, names)} = ...," for a in given]
    return ["    def __init__(", f"        {receiver},", "        *,", *lines, *rest, "    ) -> None: ..."]


def _descriptor(attribute: Attribute, names: Spelling) -> str:
    if isinstance(attribute, NamedStream):
        return names.support("NamedStream")
    if isinstance(attribute, Link):
        kind = "Navigations" if attribute.is_collection else "Navigation"
        return f"{names.support(kind)}[{names.target(attribute.declaration.type)}]"
    declared = attribute.declaration
    cls = names.used(declared.element_type)
    kind = type(attribute).__name__
    if kind == "Complexes":
        return f"{names.support(kind)}[{cls}]"
    if kind == "Structured":
        return f"{names.support(kind)}[{cls}, {cls}{' | None' if declared.nullable else ''}]"
    nullable = declared.nullable and not declared.is_collection
    return f"{names.support(kind)}[{names.read(declared.element_type, nullable)}, {names.given(declared.element_type, nullable)}]"


def _taken(attribute: Column | Link, names: Spelling) -> str:
    """What a keyword of the constructor takes."""
    if isinstance(attribute, Link):
        target = names.target(attribute.declaration.type)
        return f"{names.support('Iterable')}[{target}]" if attribute.is_collection else f"{target} | None"
    declared = attribute.declaration
    one = names.given(declared.element_type, declared.nullable and not declared.is_collection)
    return f"{names.support('Iterable')}[{one}]" if declared.is_collection else one


# --- the context ----------------------------------------------------------------------------------------------------------------


def _types(types: Namespace, names: Spelling) -> list[str]:
    """``ctx.types``: the classes as attributes."""
    short = {cls.__name__: full for full, cls in types.items() if types.get_short(cls.__name__) == full}
    names.enter(short)
    lines = [f"class _Types({names.support('Namespace')}):", _CLOSED.format(names.support("ClassVar"))]
    return lines + [f"    {name}: {names.support('type')}[{names.used(full)}]" for name, full in short.items()]


def _functions(model: edm.Model, names: Spelling) -> list[str]:
    """``ctx.functions``: the function imports as methods."""
    offered = {
        name: [o for o in overloads if not o.bindable]
        for name, overloads in model.function_imports.items()
        if name == spell(name, dir(object)) and any(not o.bindable for o in overloads)
    }
    names.enter(offered)
    lines = [f"class _Functions({names.support('Functions')}):", _CLOSED.format(names.support("ClassVar"))]
    return lines + [line for name, overloads in offered.items() for line in signatures.written(name, overloads, names)]


def _items(model: edm.Model, names: Spelling) -> list[str]:
    """``ctx["Products"]``, which also reaches the sets whose names a context needs itself."""
    query, text, literal = names.support("DataServiceQuery"), names.support("str"), names.support("Literal")
    lines = []
    for name, entity_set in model.entity_sets.items():
        lines.append(f"    @{names.support('overload')}")
        target = names.target(entity_set.type)
        lines.append(f"    def __getitem__(self, name: {literal}[{literal_of(name)}]) -> {query}[{target}]: ...")
    if lines:
        lines.append(f"    @{names.support('overload')}")
        lines.append(f"    def __getitem__(self, name: {text}) -> {query}[{names.support('Any')}]: ...")
    return lines


#: The attributes of every context: a set of such a name is reached as an item.
_TAKEN = frozenset(dir(DataServiceContext))


def _context(model: edm.Model, context: str, names: Spelling) -> list[str]:
    """A context whose entity sets, types and function imports are known by name."""
    sets = {name: found for name, found in model.entity_sets.items() if name == spell(name, _TAKEN)}
    names.enter(())
    lines = [f"class {context}({names.support('DataServiceContext')}):"]
    names.enter((*sets, "functions", "types", *(f"add_to_{name}" for name in sets)))
    lines.append(_CLOSED.format(names.support("ClassVar")))
    for name, entity_set in sets.items():
        lines.append(f"    {name}: {names.support('DataServiceQuery')}[{names.target(entity_set.type)}]")
        lines += _told(entity_set.documentation)
    for name, entity_set in sets.items():
        if name in model.entity_sets and f"add_to_{name}" not in sets:
            lines.append(f"    def add_to_{name}(self, entity: {names.target(entity_set.type)}) -> None: ...")
    lines += _items(model, names)
    for name in ("functions", "types"):
        lines += [f"    @{names.support('property')}", f"    def {name}(self) -> _{name.title()}: ..."]
    return lines
