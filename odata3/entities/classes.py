"""Classes made from a model: one per entity and complex type, one ``enum`` per enum type.

``build_classes(model)`` gives a :class:`Namespace`, in which each class is made when it is first asked for, bases first, so
that a model of thousands of types costs what is used of it. Nothing of a document is ever executed: classes are made by
``type``, and names that Python cannot spell are spelled by the rule of ``names.py``. A namespace may be used from several
threads.

Source: the types of CSDL; .NET's generated classes, in Python's manner.
"""

from __future__ import annotations

import enum
import importlib
from collections.abc import Callable, Iterator
from threading import RLock
from typing import Any, TypeVar, cast
from uuid import uuid4
from weakref import WeakValueDictionary

from odata3.edm import model as edm
from odata3.edm.primitives import primitive
from odata3.entities.documentation import ClassDocumentation, Keywords, enum_documentation
from odata3.entities.entity import ComplexValue, Entity
from odata3.entities.names import RESERVED, hint, spell, spell_all
from odata3.entities.properties import (
    Attribute,
    Column,
    Complexes,
    Kind,
    Link,
    NamedStream,
    Navigation,
    Navigations,
    Operation,
    Plan,
    Property,
    Structured,
    Values,
)
from odata3.entities.structure import assigner, dynamic_attribute
from odata3.entities.values import AnyKind, CollectionKind, ComplexKind, EnumKind, PrimitiveKind
from odata3.errors import ArgumentError
from odata3.hypertext import Html, card, details

C = TypeVar("C", bound=type)

#: Kinds at hand; a model of thousands of types has fewer.
_MOST_KINDS = 10_000

_lock = RLock()


def build_classes(model: edm.Model, *, module: str | None = None) -> Namespace:
    """The classes of a model: the same namespace whenever it is asked for with the same model.

    ``module`` is the importable module whose attributes the classes are; without one their ``__module__`` is the EDM namespace,
    and a pickle of their objects holds the model.
    """
    with _lock:
        found: Namespace | None = model.prepared.get(("entities.classes", module))
        if found is None:
            found = model.prepared["entities.classes", module] = Namespace(model, module)
            _live[found._token] = found
        return found


class UnknownTypeError(ArgumentError, KeyError):
    """``ctx.types["NS.Nmae"]``: the model has no type of this name."""

    __str__ = Exception.__str__


class Namespace:
    """The classes of a ``model``: ``types.Product``, ``types["NS.Product"]``, ``for cls in types``.

    A short name that two schemas share must be given in full. Types of keyword names stand with a trailing underscore.
    ``module`` is the importable module whose attributes the classes are, where there is one.
    """

    def __init__(self, model: edm.Model, module: str | None = None) -> None:
        self._model = model
        self._module = module
        self._token = uuid4().hex
        self._classes: dict[str, Any] = {}
        self._stand_ins: dict[str, Any] = {}
        self._any = AnyKind("any type", self.get)
        self._kinds: dict[tuple[str, bool], Kind] = {}
        self._operations: dict[str, list[str]] | None = None
        self._full_names: dict[str, list[str]] = {}
        for name in (*model.entity_types, *model.complex_types, *model.enum_types):
            self._full_names.setdefault(_python_name(name), []).append(name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") and not name.endswith("_"):
            raise AttributeError(name)
        found = self._full_names.get(name, ())
        if len(found) == 1:
            return self[found[0]]
        if found:
            raise AttributeError(f"{name} is ambiguous: take types[{found[0]!r}] or types[{found[-1]!r}]")
        raise AttributeError(f"the model has no type {name!r}{hint(name, self._full_names)}")

    def __getitem__(self, name: str) -> Any:
        """The class of a full name, or of a short one that is unique. Raises ``ArgumentError``, a ``KeyError`` too, for an
        unknown one."""
        found = self.get(name)
        if found is not None:
            return found
        short = self._full_names.get(_python_name(name), ()) if "." not in name else ()
        if len(short) == 1:
            return self[short[0]]
        if short:
            raise ArgumentError(f"{name} is ambiguous: {', '.join(short)}")
        known = [full for names in self._full_names.values() for full in names]
        raise UnknownTypeError(f"the model has no type {name!r}{hint(name, known)}")

    def get(self, name: str) -> Any:
        """The class of a full name, or None."""
        found = self._stand_ins.get(name) or self._classes.get(name)
        if found is None and (self._model.structured_type(name) is not None or name in self._model.enum_types):
            with _lock:
                found = self._classes.get(name) or self._make(name)
        return found

    def get_short(self, name: str) -> str | None:
        """The full name that an attribute of the namespace stands for."""
        found = self._full_names.get(name, ())
        return found[0] if len(found) == 1 else None

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (
            name in self._full_names or self._model.structured_type(name) is not None or name in self._model.enum_types
        )

    def __iter__(self) -> Iterator[Any]:
        return (self[name] for names in self._full_names.values() for name in names)

    def items(self) -> Iterator[tuple[str, Any]]:
        """Full names and classes, in the order of the model."""
        return ((name, self[name]) for names in self._full_names.values() for name in names)

    def __len__(self) -> int:
        return sum(map(len, self._full_names.values()))

    def __dir__(self) -> list[str]:
        return sorted({*object.__dir__(self), *(name for name, found in self._full_names.items() if len(found) == 1)})

    def __repr__(self) -> str:
        return f"<{len(self)} types of {', '.join(schema.namespace for schema in self._model.schemas)}>"

    def _repr_html_(self) -> Html:
        model = self._model
        families = (("entity type", model.entity_types), ("complex type", model.complex_types), ("enum type", model.enum_types))
        lists = (details(name, found) for name, found in families if found)
        return card(f"Classes of {', '.join(schema.namespace for schema in model.schemas)}", *lists)

    def stand_in(self, cls: C) -> C:
        """Let a class of the user's own, derived from one of these, stand in for its type: documents are read into it.

        Usable as a decorator. Raises ``ArgumentError`` for a class that does not derive from one of these.
        """
        edm_type = getattr(cls, "_edm_type", None)
        made = None if edm_type is None else self.get(edm_type.full_name)
        if made is None or getattr(cls, "_model", None) is not self._model:
            raise ArgumentError(f"{cls.__name__} does not derive from a class of this model")
        with _lock:
            self._stand_ins[edm_type.full_name] = cls  # type: ignore[union-attr]
        return cls

    def kind(self, type_name: str | None) -> Kind:
        """What values of the EDM type ``type_name`` are (``Collection(NS.Address)``); None: whatever the value says."""
        if type_name is None:
            return self._any
        with _lock:
            return self._kind(type_name, True)

    # --- making -------------------------------------------------------------------------------------------------------------

    def _make(self, name: str) -> Any:
        """Make the class of a full name, its bases first, without recursion: a model may be thousands of types deep."""
        if name in self._model.enum_types:
            made = self._classes[name] = _enum_class(self._model.enum_types[name], self)
            return made
        pending: dict[str, edm.StructuredType] = {}
        step = self._model.structured_type(name)
        while step is not None and step.full_name not in self._classes and step.full_name not in pending:
            pending[step.full_name] = step
            step = None if step.base_type is None else self._same_sort(step, step.base_type)
        for edm_type in reversed(pending.values()):
            self._classes[edm_type.full_name] = self._structured_class(edm_type)
        return self._classes[name]

    def _same_sort(self, edm_type: edm.StructuredType, base: str) -> edm.StructuredType | None:
        if isinstance(edm_type, edm.EntityType):
            return self._model.entity_types.get(base)
        return self._model.complex_types.get(base)

    def _structured_class(self, edm_type: edm.StructuredType) -> type:
        root = Entity if isinstance(edm_type, edm.EntityType) else ComplexValue
        known = self._classes.get(edm_type.base_type or "")
        base: Any = known if isinstance(known, type) and issubclass(known, root) else None
        inherited: Plan | None = None if base is None else base._plan
        attributes = dict(inherited.attributes) if inherited is not None else {}
        own = self._attributes(edm_type, inherited)
        attributes |= own
        dynamic = self._any if edm_type.open_type or (inherited and inherited.dynamic) else None
        plan = Plan(self._model, edm_type, attributes, dynamic)
        name = _python_name(edm_type.full_name)
        body: dict[str, Any] = {
            "__slots__": (),
            "__module__": self._module or edm_type.namespace,
            "__qualname__": name,
            "__doc__": ClassDocumentation(edm_type),
            "__signature__": Keywords(),
            "__setattr__": assigner(plan),
            "_plan": plan,
            "_model": self._model,
            "_edm_type": edm_type,
            "_reference": Reference(self, edm_type.full_name),
            **self._bound(edm_type, attributes),
            **own,
        }
        if dynamic is not None:
            body["__getattr__"] = dynamic_attribute
        return type(name, (base or root,), body)

    def _attributes(self, edm_type: edm.StructuredType, inherited: Plan | None) -> dict[str, Attribute]:
        """What the type adds to its base: descriptors by their Python names."""
        entity = edm_type if isinstance(edm_type, edm.EntityType) else None
        values = edm_type.properties if inherited is None else edm_type.declared_properties
        links = (
            () if entity is None else entity.navigation_properties if inherited is None else entity.declared_navigation_properties
        )
        before = inherited.by_name if inherited is not None else {}
        taken = inherited.attributes if inherited is not None else ()
        names = [p.name for p in (*values, *links)]
        spelled = spell_all([n for n in names if n not in before], RESERVED, taken)
        spelled |= {n: before[n].attribute for n in names if n in before}
        made: dict[str, Attribute] = {}
        for p in values:
            at = spelled[p.name]
            made[at] = NamedStream(p, at) if p.is_stream else self._column(p, at)
        for link in links:
            at = spelled[link.name]
            way: type[Link] = Navigations if link.is_collection else Navigation
            made[at] = way(self._model, link, at, self._target(link.type))
        return made

    def _column(self, declared: edm.Property, attribute: str) -> Column:
        sort: type[Column] = Property
        if declared.is_collection:
            sort = Complexes if declared.element_type in self._model.complex_types else Values
        elif declared.type in self._model.complex_types:
            sort = Structured
        return sort(self._model, declared, attribute, self._kind(declared.type, declared.nullable))

    def _target(self, type_name: str) -> Callable[[], type[Any]]:
        """The class that a navigation property leads to: made when an entity is assigned, not before."""
        return lambda: cast(type[Any], self._classes.get(type_name) or self.get(type_name) or Entity)

    def _bound(self, edm_type: edm.StructuredType, attributes: dict[str, Attribute]) -> dict[str, Operation]:
        if self._operations is None:
            self._operations = {}
            for overloads in self._model.function_imports.values():
                for operation in overloads:
                    if (bound := operation.binding_parameter) is not None:
                        self._operations.setdefault(bound.type, []).append(operation.name)
        names = self._operations.get(edm_type.full_name, ())
        return {at: Operation(name, at) for name, at in spell_all(names, RESERVED, attributes).items()}

    def _kind(self, type_name: str, nullable: bool) -> Kind:
        found = self._kinds.get((type_name, nullable))
        if found is None:
            if len(self._kinds) >= _MOST_KINDS:  # of types that only bodies name there is no end
                self._kinds.clear()
            found = self._kinds[type_name, nullable] = self._new_kind(type_name, nullable)
        return found

    def _new_kind(self, type_name: str, nullable: bool) -> Kind:
        element = edm.element_type(type_name)
        if element != type_name:
            return CollectionKind(self._kind(element, True))
        if (row := primitive(type_name)) is not None:
            return PrimitiveKind(row, nullable)
        if (enum_type := self._model.enum_types.get(type_name)) is not None:
            return EnumKind(enum_type, self.get(type_name), nullable)
        if type_name in self._model.complex_types:
            return ComplexKind(type_name, self.get)
        return AnyKind(type_name, self.get)


def _python_name(full_name: str) -> str:
    return spell(full_name.rpartition(".")[2], _RESERVED_TYPES)


#: What a type cannot be called in a namespace: its own methods.
_RESERVED_TYPES = frozenset(dir(Namespace))


def _enum_class(enum_type: edm.EnumType, namespace: Namespace) -> type[enum.Enum]:
    name = _python_name(enum_type.full_name)
    spelled = spell_all((member.name for member in enum_type.members), _RESERVED_MEMBERS)
    for member, attribute in spelled.items():  # an enum refuses names in underscores: x_1st_
        if attribute.startswith("_"):
            attribute = f"x{attribute}"
            while attribute in spelled.values():
                attribute += "_"
            spelled[member] = attribute
    members = [(spelled[member.name], member.value) for member in {m.name: m for m in enum_type.members}.values()]
    module = namespace._module or enum_type.namespace
    sort: Any = enum.Enum
    boundary = {}
    if enum_type.is_flags and all(value >= 0 for _, value in members):
        sort, boundary = enum.Flag, {"boundary": enum.KEEP}
    made = sort(name, members, module=module, qualname=name, **boundary)
    reference = Reference(namespace, enum_type.full_name)
    made._edm_type = enum_type
    made._reference = reference
    made.__reduce_ex__ = lambda member, protocol: (_revive_member, (reference, member.value))
    made.__doc__ = enum_documentation(enum_type)
    return cast(type[enum.Enum], made)


#: What an enum's members cannot be called.
_RESERVED_MEMBERS = frozenset({*dir(enum.Flag("_", [("a", 1)])), "name", "value", "mro"}) - {"a"}


# --- pickles --------------------------------------------------------------------------------------------------------------------

_live: WeakValueDictionary[str, Namespace] = WeakValueDictionary()


class Reference:
    """What a pickle finds a class by: the module it can be imported from, else the model it was made from."""

    __slots__ = ("_name", "_namespace")

    def __init__(self, namespace: Namespace, name: str) -> None:
        self._namespace = namespace
        self._name = name

    def __call__(self) -> Any:
        return self._namespace._classes[self._name]

    def __reduce__(self) -> tuple[Any, ...]:
        namespace = self._namespace
        if namespace._module is not None and _importable(namespace._module, _python_name(self._name)) is self():
            return _imported, (namespace._module, _python_name(self._name))
        return _reference, (namespace._model, namespace._token, self._name)


def _importable(module: str, name: str) -> Any:
    try:
        return getattr(importlib.import_module(module), name, None)
    except ImportError:
        return None


def _imported(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)._reference


def _reference(model: edm.Model, token: str, name: str) -> Reference:
    """The class in this process: of the very namespace, of one over an equal model, or of a new one."""
    with _lock:
        found = _live.get(token) or next((n for n in _live.values() if n._model == model), None) or build_classes(model)
        _live[token] = found
    found[name]
    return Reference(found, name)


def _revive_member(reference: Reference, value: int) -> Any:
    return reference()(value)
