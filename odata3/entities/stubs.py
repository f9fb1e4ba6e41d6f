"""A ``.pyi`` for editors and type checkers: the classes of a model, printed.

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
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator
from typing import Any

from odata3.edm import model as edm
from odata3.entities.classes import Namespace
from odata3.entities.entity import ComplexValue
from odata3.entities.names import RESERVED, spell
from odata3.entities.properties import Attribute, Column, Link, NamedStream, Operation, Plan
from odata3.errors import ArgumentError


def write_stub(model: edm.Model, *, context: str | None = None, heading: str = "") -> str:
    """The text of a ``.pyi`` with the classes of a model, valid for ``mypy --strict`` and pyright.

    ``context`` names a class derived from ``DataServiceContext`` that has the model's entity sets as attributes; None leaves it
    out. ``heading`` is what the module declares besides; its lines ``from x import y`` are put among the imports. Raises
    ``ArgumentError`` for a ``context`` that is no name.
    """
    if context is not None and not context.isidentifier():
        raise ArgumentError(f"{context!r} cannot be the name of a class")
    types = Namespace(model)
    names = _Names(types, context)
    printed = [
        _enum(n, cls, names) if issubclass(cls, enum.Enum) else _structure(n, cls, names) for n, cls in _bases_first(types)
    ]
    if context is not None:
        printed.append(_context(model, context, names))
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


#: What a stub may need, and where it is found.
_SUPPORT = {
    **dict.fromkeys(("bool", "bytes", "float", "int", "list", "property", "str"), "builtins"),
    **dict.fromkeys(("Callable", "Iterable", "Mapping"), "collections.abc"),
    **dict.fromkeys(("datetime", "timedelta"), "datetime"),
    "Decimal": "decimal",
    **dict.fromkeys(("Enum", "Flag"), "enum"),
    **dict.fromkeys(("Any", "TypeAlias"), "typing"),
    "UUID": "uuid",
    "DataServiceContext": "odata3.client.context",
    "DataServiceQuery": "odata3.client.query",
    **dict.fromkeys(("Geography", "Geometry"), "odata3.edm.spatial"),
    **dict.fromkeys(("ComplexValue", "Entity"), "odata3.entities.entity"),
    **dict.fromkeys(
        ("Complexes", "NamedStream", "Navigation", "Navigations", "Property", "Structured", "Values"),
        "odata3.entities.properties",
    ),
}
#: What a primitive reads as, and what it takes besides.
_PRIMITIVES = {
    "Edm.Binary": ("bytes",),
    "Edm.Boolean": ("bool",),
    "Edm.DateTime": ("datetime", "str"),
    "Edm.DateTimeOffset": ("datetime", "str"),
    "Edm.Decimal": ("Decimal", "int", "str"),
    "Edm.Double": ("float",),
    "Edm.Guid": ("UUID", "str"),
    "Edm.Single": ("float",),
    "Edm.String": ("str",),
    "Edm.Time": ("timedelta", "str"),
    **dict.fromkeys(("Edm.Byte", "Edm.SByte", "Edm.Int16", "Edm.Int32", "Edm.Int64"), ("int",)),
}


_is_import = re.compile(r"from ([\w.]+) import ([\w, ]+)").fullmatch


class _Names:
    """How types are named in the stub.

    A class body sees its own attributes first: a property ``Cloud`` would hide the class ``Cloud`` from the annotations below it.
    There an alias stands in: ``_datetime`` for what is imported, ``_CloudType`` for a class of the model.
    """

    def __init__(self, types: Namespace, context: str | None) -> None:
        self._enums = {full for full, cls in types.items() if issubclass(cls, enum.Enum)}
        self._classes = {full: _own_name(types, full, cls) for full, cls in types.items()}
        self._defined = {*self._classes.values(), *(() if context is None else (context,))}
        self._inside: set[str] = set()
        self._imports: dict[str, set[str]] = {}
        self._aliases: dict[str, str] = {}

    def enter(self, attributes: Iterable[str]) -> None:
        """What follows stands in the body of a class with these attributes."""
        self._inside = set(attributes)

    def support(self, name: str) -> str:
        used = f"_{name}" if name in self._defined or name in self._inside else name
        self._imports.setdefault(_SUPPORT[name], set()).add(name if used == name else f"{name} as {used}")
        return used

    def defined(self, full_name: str) -> str:
        """The name that a class is defined by."""
        return self._classes[full_name]

    def used(self, full_name: str) -> str | None:
        """The name that a class is used by; None for one that the model does not have."""
        name = self._classes.get(full_name)
        if name is None or name not in self._inside:
            return name
        return self._aliases.setdefault(name, f"_{name}Type")

    def is_enum(self, full_name: str) -> bool:
        return full_name in self._enums

    def aliases(self) -> list[str]:
        self.enter(())
        return [f"{alias}: {self.support('TypeAlias')} = {name}" for name, alias in sorted(self._aliases.items())]

    def takes_import(self, line: str) -> bool:
        """Whether the line is an import, which then stands among the others."""
        found = _is_import(line)
        if found is not None:
            self._imports.setdefault(found[1], set()).update(name.strip() for name in found[2].split(","))
        return found is not None

    def imports(self) -> Iterator[str]:
        needed = {
            m: sorted(names if m != "builtins" else {n for n in names if " as " in n}) for m, names in self._imports.items()
        }
        ours = [module for module in sorted(needed) if module.startswith("odata3.")]
        others = [module for module in sorted(needed) if module not in ours and needed[module]]
        yield from (f"from {module} import {', '.join(needed[module])}" for module in others)
        if ours and others:
            yield ""
        yield from (f"from {module} import {', '.join(needed[module])}" for module in ours)


def _own_name(types: Namespace, full_name: str, cls: type) -> str:
    """The class's name, or one made of the full name where two schemas share it."""
    return cls.__name__ if types.get_short(cls.__name__) == full_name else f"_{spell(full_name).rstrip('_')}_"


def _operations(cls: Any) -> dict[str, Operation]:
    return {name: found for name, found in vars(cls).items() if isinstance(found, Operation)}


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


def _enum(full_name: str, cls: type[enum.Enum], names: _Names) -> list[str]:
    names.enter(())
    kind = names.support("Flag" if issubclass(cls, enum.Flag) else "Enum")
    members = [f"    {name} = {member.value}" for name, member in cls.__members__.items()]
    return [f"class {names.defined(full_name)}({kind}):", *(members or ["    ..."])]


def _structure(full_name: str, cls: Any, names: _Names) -> list[str]:
    plan: Plan = cls._plan
    base = cls.__bases__[0]
    root = "ComplexValue" if issubclass(cls, ComplexValue) else "Entity"
    names.enter(())
    bases = names.defined(base._edm_type.full_name) if "_plan" in vars(base) else names.support(root)
    lines = [f"class {names.defined(full_name)}({bases}):"]
    names.enter(vars(cls))
    lines += [*told, ""] if (told := _quoted(plan.edm_type.documentation)) else ()
    for attribute in plan.attributes.values():
        if attribute.attribute in vars(cls):
            lines.append(f"    {attribute.attribute}: {_descriptor(attribute, names)}")
            lines += _quoted(attribute.declaration.documentation)
    anything = names.support("Any") if plan.dynamic is not None else None
    lines += _constructor(plan, names, anything)
    for operation in _operations(cls):
        lines.append(f"    def {operation}(self, **parameters: {names.support('Any')}) -> {names.support('Any')}: ...")
    if anything is not None and "__getattr__" in vars(cls):
        lines.append(f"    def __getattr__(self, name: {names.support('str')}) -> {anything}: ...")
        lines.append(f"    def __setattr__(self, name: {names.support('str')}, value: {anything}) -> None: ...")
    return lines


def _constructor(plan: Plan, names: _Names, anything: str | None) -> list[str]:
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


def _quoted(documentation: edm.Documentation | None) -> list[str]:
    text = "" if documentation is None else " ".join(f"{documentation.summary} {documentation.long_description}".split())
    if not text.isprintable():
        return [f"    {text!r}"]
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return [f'    """{escaped}"""'] if text else []


def _descriptor(attribute: Attribute, names: _Names) -> str:
    if isinstance(attribute, NamedStream):
        return names.support("NamedStream")
    if isinstance(attribute, Link):
        target = names.used(attribute.declaration.type) or names.support("Entity")
        return f"{names.support('Navigations' if attribute.is_collection else 'Navigation')}[{target}]"
    declared = attribute.declaration
    cls = names.used(declared.element_type)
    kind = type(attribute).__name__
    if kind == "Complexes":
        return f"{names.support(kind)}[{cls}]"
    if kind == "Structured":
        return f"{names.support(kind)}[{cls}, {cls}{' | None' if declared.nullable else ''}]"
    nullable = declared.nullable and not declared.is_collection
    return f"{names.support(kind)}[{_read(declared, names, nullable)}, {_given(declared, names, nullable)}]"


def _taken(attribute: Column | Link, names: _Names) -> str:
    """What a keyword of the constructor takes."""
    if isinstance(attribute, Link):
        target = names.used(attribute.declaration.type) or names.support("Entity")
        return f"{names.support('Iterable')}[{target}]" if attribute.is_collection else f"{target} | None"
    declared = attribute.declaration
    one = _given(declared, names, declared.nullable and not declared.is_collection)
    return f"{names.support('Iterable')}[{one}]" if declared.is_collection else one


def _read(declared: edm.Property, names: _Names, nullable: bool) -> str:
    """What one value reads as."""
    return _union(_readings(declared.element_type, names)[:1], nullable)


def _given(declared: edm.Property, names: _Names, nullable: bool) -> str:
    """What one value may be given as."""
    return _union(_readings(declared.element_type, names), nullable)


def _readings(type_name: str, names: _Names) -> list[str]:
    """The Python type of an EDM type, and what is taken besides."""
    if type_name in _PRIMITIVES:
        return [names.support(name) for name in _PRIMITIVES[type_name]]
    if type_name.startswith(("Edm.Geography", "Edm.Geometry")):
        return [names.support("Geography" if type_name.startswith("Edm.Geography") else "Geometry")]
    cls = names.used(type_name)
    if cls is None:
        return [names.support("Any")]
    if names.is_enum(type_name):
        return [cls, names.support("int"), names.support("str")]
    return [cls, f"{names.support('Mapping')}[{names.support('str')}, {names.support('Any')}]"]


def _union(types: Iterable[str], nullable: bool) -> str:
    return " | ".join([*types, *(["None"] if nullable else [])])


def _context(model: edm.Model, context: str, names: _Names) -> list[str]:
    """A context whose entity sets are known by name."""
    names.enter(())
    lines = [f"class {context}({names.support('DataServiceContext')}):"]
    names.enter(model.entity_sets)
    query = names.support("DataServiceQuery")
    for name, entity_set in model.entity_sets.items():
        target = names.used(entity_set.type) or names.support("Entity")
        if name == spell(name, RESERVED):
            lines.append(f"    {name}: {query}[{target}]")
    return lines if len(lines) > 1 else [*lines, "    ..."]
