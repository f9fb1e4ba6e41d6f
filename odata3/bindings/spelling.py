"""How a stub spells types: what it imports, what an EDM type reads as and takes, and by which name a class is used.

A class body sees its own attributes first: a property ``Cloud`` would hide the class ``Cloud`` from the annotations below it.
There an alias stands in: ``_datetime`` for what is imported, ``_CloudType`` for a class of the model.
"""

from __future__ import annotations

import enum
import keyword
import re
from collections.abc import Iterable, Iterator

from odata3.edm import model as edm
from odata3.entities.classes import Namespace
from odata3.entities.entity import Entity
from odata3.entities.names import spell

#: What a stub may need, and where it is found.
_SUPPORT = {
    **dict.fromkeys(("bool", "bytes", "dict", "float", "int", "list", "property", "str", "tuple", "type"), "builtins"),
    **dict.fromkeys(("Iterable", "Mapping"), "collections.abc"),
    **dict.fromkeys(("datetime", "timedelta"), "datetime"),
    "Decimal": "decimal",
    **dict.fromkeys(("Enum", "Flag"), "enum"),
    **dict.fromkeys(("Any", "ClassVar", "Literal", "TypeAlias", "overload"), "typing"),
    "UUID": "uuid",
    "DataServiceContext": "odata3.client.context",
    "Functions": "odata3.client.operations",
    "DataServiceQuery": "odata3.client.query",
    **dict.fromkeys(("Geography", "Geometry"), "odata3.edm.spatial"),
    "Namespace": "odata3.entities.classes",
    **dict.fromkeys(("ComplexValue", "Entity", "OpenRowType"), "odata3.entities.entity"),
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


class Spelling:
    """The names of one stub: asked while it is printed, they know at its end what must be imported."""

    def __init__(self, types: Namespace, context: str | None) -> None:
        self._enums = {full for full, cls in types.items() if issubclass(cls, enum.Enum)}
        self._entities = {full for full, cls in types.items() if issubclass(cls, Entity)}
        self._classes = {full: _own_name(types, full, cls) for full, cls in types.items()}
        self._defined = {*self._classes.values(), *(() if context is None else (context,))}
        self._inside: set[str] = set()
        self._imports: dict[str, set[str]] = {}
        self._aliases: dict[str, str] = {}

    def enter(self, attributes: Iterable[str]) -> None:
        """What follows stands in the body of a class with these attributes."""
        self._inside = set(attributes)

    def support(self, name: str) -> str:
        """What a stub needs beside its own classes, by the name it is used by."""
        used = f"_{name}" if name in self._defined or name in self._inside else name
        self._imports.setdefault(_SUPPORT[name], set()).add(name if used == name else f"{name} as {used}")
        return used

    def is_defined(self, name: str) -> bool:
        """Whether a class of the stub has this name."""
        return name in self._defined

    def defined(self, full_name: str) -> str:
        """The name that a class is defined by."""
        return self._classes[full_name]

    def used(self, full_name: str) -> str | None:
        """The name that a class is used by; None for one that the model does not have."""
        name = self._classes.get(full_name)
        if name is None or name not in self._inside:
            return name
        return self._aliases.setdefault(name, f"_{name}Type")

    def target(self, type_name: str) -> str:
        """The class of an entity type, ``Entity`` for one that the model does not have."""
        return self.used(type_name) or self.support("Entity")

    # -- types

    def read(self, type_name: str, nullable: bool = False) -> str:
        """What one value reads as."""
        return _union(self._readings(type_name)[:1], nullable)

    def given(self, type_name: str, nullable: bool = False) -> str:
        """What one value may be given as."""
        return _union(self._readings(type_name), nullable)

    def is_entity(self, type_name: str) -> bool:
        return type_name in self._entities

    def is_structure(self, type_name: str) -> bool:
        """Whether this is an entity or complex type of the model."""
        return type_name in self._classes and type_name not in self._enums

    def _readings(self, type_name: str) -> list[str]:
        """The Python type of an EDM type, and what is taken besides."""
        if type_name in _PRIMITIVES:
            return [self.support(name) for name in _PRIMITIVES[type_name]]
        if type_name.startswith(("Edm.Geography", "Edm.Geometry")):
            return [self.support("Geography" if type_name.startswith("Edm.Geography") else "Geometry")]
        cls = self.used(type_name)
        if cls is None:
            return [self.support("Any")]
        if type_name in self._enums:
            return [cls, self.support("int"), self.support("str")]
        return [cls, f"{self.support('Mapping')}[{self.support('str')}, {self.support('Any')}]"]

    # -- the head of the stub

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


def can_be_named(name: str) -> bool:
    """Whether a module or class of a binding may have this name: an identifier, no keyword, and not private."""
    return name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_")


def literal_of(text: str) -> str:
    """A text as a literal of one line, in the quotes that formatters want."""
    return f'"{text}"' if text.isprintable() and not set(text) & {'"', "\\"} else repr(text)


def quoted(documentation: edm.Documentation | None) -> str:
    """A documentation as a literal of one line, whatever it holds; empty where there is none."""
    text = "" if documentation is None else " ".join(f"{documentation.summary} {documentation.long_description}".split())
    if not text.isprintable():
        return repr(text)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"""{escaped}"""' if text else ""


def _own_name(types: Namespace, full_name: str, cls: type) -> str:
    """The class's name, or one made of the full name where two schemas share it."""
    return cls.__name__ if types.get_short(cls.__name__) == full_name else f"_{spell(full_name).rstrip('_')}_"


def _union(types: Iterable[str], nullable: bool) -> str:
    return " | ".join([*types, *(["None"] if nullable else [])])
