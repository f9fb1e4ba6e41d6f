"""What a service is made of: entity types, sets, associations, operations.

These are plain, immutable values; ``csdl`` reads and writes them. Types name each other by full name
(``"NS.Product"``, ``"Edm.Int32"``, ``"Collection(NS.Address)"``), and the :class:`Model` finds what a name means. Aliases are
resolved when a document is read, so that two documents that say the same give equal models. Inheritance is walked once, at
construction: ``properties`` holds the base type's first, ``declared_properties`` only the type's own.

Source: [MS-ODATA] and CSDL 3.0 (namespaces 2006/04 to 2009/11).
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeVar

from odata3.edm.members import Members
from odata3.hypertext import Html, card, details, note, table

V = TypeVar("V")

#: Vendor attributes by Clark name (``{uri}local``) and vocabulary annotations by term (``term`` or ``term#qualifier``).
#: Values are text, or the trees that ``csdl`` describes.
Annotations = Mapping[str, Any]


def _frozen(mapping: Mapping[str, V]) -> Mapping[str, V]:
    return MappingProxyType(dict(mapping))


@dataclass(frozen=True, kw_only=True, slots=True)
class Documentation:
    """The texts of a ``Documentation`` element: its ``summary`` and ``long_description``, empty where it has none."""

    summary: str = ""
    long_description: str = ""


@dataclass(frozen=True, kw_only=True)
class Property:
    """A primitive, enum, complex, collection or stream property.

    ``type`` is a full name: ``Edm.Int32``, ``NS.Address``, ``Collection(Edm.String)``. The facets are None where the document
    has none: ``nullable``, ``max_length`` (characters or bytes: an int, or ``"Max"``), ``fixed_length``, ``precision`` and
    ``scale`` (digits), ``unicode``, ``collation``, ``srid`` (an int, or ``"Variable"``), ``mime_type``; on a collection they
    concern its items. ``concurrency_mode`` is ``"None"`` or ``"Fixed"`` (part of the ETag), ``store_generated_pattern``
    ``"None"``, ``"Identity"`` or ``"Computed"``. ``default_value`` is the lexical form. ``annotations`` and ``documentation``
    are those of the element.
    """

    name: str
    type: str
    nullable: bool = True
    max_length: int | str | None = None
    fixed_length: bool | None = None
    precision: int | None = None
    scale: int | str | None = None
    unicode: bool | None = None
    collation: str | None = None
    srid: int | str | None = None
    default_value: str | None = None
    concurrency_mode: str = "None"
    store_generated_pattern: str = "None"
    mime_type: str | None = None
    annotations: Annotations = field(default_factory=dict, hash=False)
    documentation: Documentation | None = None

    @property
    def is_collection(self) -> bool:
        """Whether the type is ``Collection(...)``."""
        return self.type.startswith("Collection(")

    @property
    def element_type(self) -> str:
        """The type without ``Collection(...)``."""
        return element_type(self.type)

    @property
    def is_stream(self) -> bool:
        """Whether this is a named stream (``Edm.Stream``), which has no value of its own."""
        return self.type == "Edm.Stream"

    def renamed(self, name: str) -> Property:
        """The same property under another name, in a tenth of the time the constructor takes: models have thousands."""
        values = self.__dict__.copy()
        values["name"] = name
        twin = object.__new__(Property)
        object.__setattr__(twin, "__dict__", values)
        return twin


def element_type(type_name: str) -> str:
    """``NS.T`` for a ``type_name`` of ``Collection(NS.T)``, and for ``NS.T`` itself."""
    return type_name[11:-1] if type_name.startswith("Collection(") else type_name


@dataclass(frozen=True, kw_only=True)
class NavigationProperty:
    """A way to related entities.

    ``type`` is the target entity type's full name (without ``Collection``), ``multiplicity`` that of the far end: ``"0..1"``,
    ``"1"`` or ``"*"``. ``relationship`` is the association's full name, ``from_role`` and ``to_role`` are its ends;
    ``contains_target`` says that the entities live below this one. ``annotations`` and ``documentation`` are those of the
    element.
    """

    name: str
    type: str
    multiplicity: str
    relationship: str
    from_role: str
    to_role: str
    contains_target: bool = False
    annotations: Annotations = field(default_factory=dict, hash=False)
    documentation: Documentation | None = None

    @property
    def is_collection(self) -> bool:
        """Whether the way leads to many entities."""
        return self.multiplicity == "*"


@dataclass(frozen=True, kw_only=True)
class FeedMapping:
    """A customizable feed mapping (``m:FC_*``): a property's value also, or only, at a place of the Atom entry.

    ``source_path`` leads to the property, ``target_path`` to the place (a ``Syndication...`` word or a path of elements, with
    ``namespace_uri`` and ``namespace_prefix``); ``keep_in_content`` tells whether it stands among the properties too,
    ``content_kind`` is ``"text"``, ``"html"`` or ``"xhtml"``.
    """

    source_path: str
    target_path: str
    keep_in_content: bool = True
    content_kind: str = "text"
    namespace_uri: str | None = None
    namespace_prefix: str | None = None


@dataclass(frozen=True, kw_only=True)
class ComplexType:
    """A structured value without identity: ``name``, ``namespace``, and ``properties``, the inherited ones first
    (``declared_properties`` only its own).

    ``base_type`` is a full name or None; ``abstract`` types have no values, values of an ``open_type`` may hold more than is
    declared. ``annotations`` and ``documentation`` are those of the element.
    """

    name: str
    namespace: str
    base_type: str | None = None
    abstract: bool = False
    open_type: bool = False
    properties: Members[Property] = field(default_factory=Members)
    declared_properties: Members[Property] = field(default_factory=Members)
    annotations: Annotations = field(default_factory=dict, hash=False)
    documentation: Documentation | None = None

    @cached_property
    def full_name(self) -> str:
        """Namespace and name, as other types and bodies name the type."""
        return f"{self.namespace}.{self.name}"

    def find(self, name: str) -> Property | NavigationProperty | None:
        """The property called ``name``, inherited or its own; None where there is none."""
        return self.properties.get(name)

    def _repr_html_(self) -> Html:
        return _type_html(self, "complex type", _property_rows(self.properties))


@dataclass(frozen=True, kw_only=True)
class EntityType:
    """A type of entities: ``name``, ``namespace``, and what they hold.

    ``key`` is the tuple of key property names (inherited from the root type); empty where the document names none, and then its
    entities are read, but not tracked. ``properties``, ``navigation_properties`` and ``feed_mappings`` hold the inherited ones
    first, ``declared_properties`` and ``declared_navigation_properties`` only the type's own. ``base_type`` is a full name or
    None; ``abstract`` types have no entities, entities of an ``open_type`` may hold more than is declared; with ``has_stream``
    each is a media link entry. ``annotations`` and ``documentation`` are those of the element.
    """

    name: str
    namespace: str
    base_type: str | None = None
    abstract: bool = False
    open_type: bool = False
    has_stream: bool = False
    key: tuple[str, ...] = ()
    properties: Members[Property] = field(default_factory=Members)
    navigation_properties: Members[NavigationProperty] = field(default_factory=Members)
    declared_properties: Members[Property] = field(default_factory=Members)
    declared_navigation_properties: Members[NavigationProperty] = field(default_factory=Members)
    feed_mappings: tuple[FeedMapping, ...] = ()
    annotations: Annotations = field(default_factory=dict, hash=False)
    documentation: Documentation | None = None

    @cached_property
    def full_name(self) -> str:
        """Namespace and name, as other types and bodies name the type."""
        return f"{self.namespace}.{self.name}"

    @cached_property
    def key_properties(self) -> tuple[Property, ...]:
        """The declarations behind ``key``, in the same order."""
        return tuple(self.properties[name] for name in self.key)

    @cached_property
    def etag_properties(self) -> tuple[Property, ...]:
        """Those with ``ConcurrencyMode="Fixed"``."""
        return tuple(p for p in self.properties if p.concurrency_mode == "Fixed")

    def find(self, name: str) -> Property | NavigationProperty | None:
        """The property or navigation property called ``name``, inherited or its own; None where there is none."""
        return self.properties.get(name) or self.navigation_properties.get(name)

    def _repr_html_(self) -> Html:
        links = ((n.name, f"{n.type}{'*' if n.is_collection else ''}", n.multiplicity) for n in self.navigation_properties)
        return _type_html(self, "entity type", [*_property_rows(self.properties, self.key), *links])


StructuredType = EntityType | ComplexType


def _property_rows(properties: Iterable[Property], key: tuple[str, ...] = ()) -> Iterator[tuple[str, str, str]]:
    for p in properties:
        facets = [name for name, said in (("key", p.name in key), ("not null", not p.nullable)) if said]
        limits = (("length", p.max_length), ("precision", p.precision), ("scale", p.scale), ("default", p.default_value))
        yield p.name, p.type, ", ".join([*facets, *(f"{name} {said}" for name, said in limits if said is not None)])


def _type_html(edm_type: StructuredType, sort: str, rows: Iterable[tuple[str, str, str]]) -> Html:
    """A type with its properties, inherited ones first."""
    media = isinstance(edm_type, EntityType) and edm_type.has_stream
    words = (("abstract", edm_type.abstract), ("open", edm_type.open_type), ("with a media resource", media))
    base = () if edm_type.base_type is None else (f"derived from {edm_type.base_type}",)
    said = "; ".join([sort, *(word for word, holds in words if holds), *base])
    told = () if edm_type.documentation is None else (edm_type.documentation.summary,)
    return card(edm_type.full_name, note(said), *told, table(("Property", "Type", "Facets"), rows))


@dataclass(frozen=True, kw_only=True, slots=True)
class EnumMember:
    """One word of an enum type: its ``name`` and the whole number, ``value``, that it stands for. ``annotations`` and
    ``documentation`` are those of the element."""

    name: str
    value: int
    annotations: Annotations = field(default_factory=dict, hash=False)
    documentation: Documentation | None = None


@dataclass(frozen=True, kw_only=True)
class EnumType:
    """A type whose values are the words among its ``members``: ``name``, ``namespace``, and the ``underlying_type`` of their
    numbers (``Edm.Int32`` ...).

    With ``is_flags`` several words make one value. ``annotations`` and ``documentation`` are those of the element.
    """

    name: str
    namespace: str
    underlying_type: str = "Edm.Int32"
    is_flags: bool = False
    members: Members[EnumMember] = field(default_factory=Members)
    annotations: Annotations = field(default_factory=dict, hash=False)
    documentation: Documentation | None = None

    @cached_property
    def full_name(self) -> str:
        """Namespace and name, as properties and bodies name the type."""
        return f"{self.namespace}.{self.name}"

    def _repr_html_(self) -> Html:
        said = f"{'flags' if self.is_flags else 'enum type'} over {self.underlying_type}"
        return card(self.full_name, note(said), table(("Member", "Value"), ((m.name, m.value) for m in self.members)))


@dataclass(frozen=True, kw_only=True)
class AssociationEnd:
    """One end of an association: ``name`` is its role, ``type`` the entity type there, ``multiplicity`` ``"0..1"``, ``"1"`` or
    ``"*"``; ``on_delete`` is ``"Cascade"`` where the other end goes with it, else ``"None"``. ``annotations`` are those of the
    element."""

    name: str
    type: str
    multiplicity: str
    on_delete: str = "None"
    annotations: Annotations = field(default_factory=dict, hash=False)

    @property
    def role(self) -> str:
        """The name of the end, under CSDL's word for it."""
        return self.name


@dataclass(frozen=True, kw_only=True)
class ReferentialConstraint:
    """Properties paired by position: ``dependent_properties[i]`` holds the value of ``principal_properties[i]``.

    ``principal_role`` and ``dependent_role`` are the ends of the association. ``annotations`` are those of the element.
    """

    principal_role: str
    principal_properties: tuple[str, ...]
    dependent_role: str
    dependent_properties: tuple[str, ...]
    annotations: Annotations = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True)
class Association:
    """Which two entity types belong together: ``name``, ``namespace``, its two ``ends``, and the ``referential_constraint`` by
    which values follow from each other, where there is one. ``annotations`` and ``documentation`` are those of the element."""

    name: str
    namespace: str
    ends: Members[AssociationEnd] = field(default_factory=Members)
    referential_constraint: ReferentialConstraint | None = None
    annotations: Annotations = field(default_factory=dict, hash=False)
    documentation: Documentation | None = None

    @cached_property
    def full_name(self) -> str:
        """Namespace and name, as navigation properties name it."""
        return f"{self.namespace}.{self.name}"


@dataclass(frozen=True, kw_only=True)
class EntitySet:
    """A set of entities of ``type`` (a full name). ``container`` is the full name of its container, ``in_default_container``
    tells how URLs name it. ``annotations`` and ``documentation`` are those of the element."""

    name: str
    type: str
    container: str
    in_default_container: bool = True
    annotations: Annotations = field(default_factory=dict, hash=False)
    documentation: Documentation | None = None

    @property
    def url_name(self) -> str:
        """``Products``, or ``Container.Products`` outside the default container (URL conventions, section 4)."""
        return self.name if self.in_default_container else f"{self.container.rpartition('.')[2]}.{self.name}"

    @property
    def qualified_name(self) -> str:
        """``Products``, or ``NS.Container.Products`` outside the default container: the model's key for it."""
        return self.name if self.in_default_container else f"{self.container}.{self.name}"


@dataclass(frozen=True, kw_only=True)
class AssociationSet:
    """Which sets an ``association`` (a full name) joins; ``ends`` maps role to entity set name (of the same container).
    ``annotations`` are those of the element."""

    name: str
    association: str
    ends: tuple[tuple[str, str], ...] = ()
    annotations: Annotations = field(default_factory=dict, hash=False)


class OperationKind(Enum):
    """What a function import is: ``SERVICE_OPERATION`` of V1 and V2, or, since V3, ``ACTION`` (may change something, parameters
    in the body) and ``FUNCTION`` (changes nothing, parameters in the URL) (digest section 2)."""

    SERVICE_OPERATION = "service operation"
    ACTION = "action"
    FUNCTION = "function"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A value that an operation takes: its ``name``, and its ``type`` (a full name); ``mode`` is ``"In"``, ``"Out"`` or
    ``"InOut"``.

    The facets are those of a property: ``nullable``, ``max_length`` (characters or bytes), ``precision`` and ``scale``
    (digits), ``srid``. ``annotations`` and ``documentation`` are those of the element.
    """

    name: str
    type: str
    mode: str = "In"
    nullable: bool = True
    max_length: int | str | None = None
    precision: int | None = None
    scale: int | str | None = None
    srid: int | str | None = None
    annotations: Annotations = field(default_factory=dict, hash=False)
    documentation: Documentation | None = None

    def renamed(self, name: str) -> Parameter:
        """The same parameter under another name."""
        twin = object.__new__(Parameter)
        twin.__dict__.update(self.__dict__, name=name)
        return twin


@dataclass(frozen=True, kw_only=True)
class FunctionImport:
    """A service operation, action or function (``kind``) of a ``container``, with its ``parameters``.

    Of a ``bindable`` one the first parameter is what it is bound to, and is never sent; it is on offer for every such entity
    where ``always_bindable`` says so. ``return_type`` is None for void. ``entity_set`` names the set that returned entities
    belong to, ``entity_set_path`` the way there from the bound entity. ``side_effecting`` tells actions from functions,
    ``composable`` whether a query may go on behind it, ``http_method`` is that of a service operation, ``in_default_container``
    tells how URLs name it. ``annotations`` and ``documentation`` are those of the element.
    """

    name: str
    container: str
    kind: OperationKind
    parameters: Members[Parameter] = field(default_factory=Members)
    return_type: str | None = None
    entity_set: str | None = None
    entity_set_path: str | None = None
    bindable: bool = False
    always_bindable: bool = False
    side_effecting: bool = True
    composable: bool = False
    http_method: str | None = None
    in_default_container: bool = True
    annotations: Annotations = field(default_factory=dict, hash=False)
    documentation: Documentation | None = None

    @property
    def binding_parameter(self) -> Parameter | None:
        """The parameter that takes what the operation is bound to; None where it is not bound."""
        return self.parameters[0] if self.bindable and len(self.parameters) else None

    @property
    def url_parameters(self) -> tuple[Parameter, ...]:
        """Those a caller gives: all but the binding one."""
        return tuple(self.parameters)[1:] if self.bindable else tuple(self.parameters)

    @property
    def qualified_name(self) -> str:
        """The name, with namespace and container outside the default one: the model's key for it."""
        return self.name if self.in_default_container else f"{self.container}.{self.name}"


@dataclass(frozen=True, kw_only=True)
class EntityContainer:
    """What a service exposes: ``entity_sets``, ``association_sets`` and ``function_imports`` (which may repeat a name:
    overloads).

    ``name`` and ``namespace`` name it; the children of the container that it ``extends`` are merged in; ``is_default`` marks
    the one whose sets URLs name by themselves. ``annotations`` and ``documentation`` are those of the element.
    """

    name: str
    namespace: str
    extends: str | None = None
    is_default: bool = False
    entity_sets: Members[EntitySet] = field(default_factory=Members)
    association_sets: Members[AssociationSet] = field(default_factory=Members)
    function_imports: tuple[FunctionImport, ...] = ()
    annotations: Annotations = field(default_factory=dict, hash=False)
    documentation: Documentation | None = None

    @cached_property
    def full_name(self) -> str:
        """Namespace and name, as URLs of other containers' sets begin."""
        return f"{self.namespace}.{self.name}"


@dataclass(frozen=True, kw_only=True)
class Schema:
    """One ``Schema`` element: what it is called (``namespace``, ``alias``) and which CSDL version's namespace it used
    (``edm_namespace``). ``annotations`` and ``documentation`` are those of the element."""

    namespace: str
    alias: str | None = None
    edm_namespace: str = "http://schemas.microsoft.com/ado/2009/11/edm"
    annotations: Annotations = field(default_factory=dict, hash=False)
    documentation: Documentation | None = None

    @property
    def name(self) -> str:
        """The namespace, by which a model's ``schemas`` are looked up."""
        return self.namespace


@dataclass(frozen=True, kw_only=True)
class Model:
    """Everything one ``$metadata`` document says.

    ``schemas``, then mappings in document order: ``entity_types``, ``complex_types``, ``enum_types``, ``associations`` and
    ``entity_containers`` by full name; ``entity_sets`` and ``function_imports`` of the default container by their plain name,
    others by ``Namespace.Container.Name``. ``version`` and ``max_version`` are the data service versions that the document
    names, ``annotations`` those of its root. ``warnings`` lists what the reader repaired or dropped; two models that say the
    same are equal whatever their warnings.
    """

    schemas: Members[Schema] = field(default_factory=Members)
    entity_types: Mapping[str, EntityType] = field(default_factory=dict)
    complex_types: Mapping[str, ComplexType] = field(default_factory=dict)
    enum_types: Mapping[str, EnumType] = field(default_factory=dict)
    associations: Mapping[str, Association] = field(default_factory=dict)
    entity_containers: Mapping[str, EntityContainer] = field(default_factory=dict)
    entity_sets: Mapping[str, EntitySet] = field(default_factory=dict)
    function_imports: Mapping[str, tuple[FunctionImport, ...]] = field(default_factory=dict)
    version: str | None = None
    max_version: str | None = None
    annotations: Annotations = field(default_factory=dict)
    warnings: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        for name in (
            "entity_types",
            "complex_types",
            "enum_types",
            "associations",
            "entity_containers",
            "entity_sets",
            "function_imports",
        ):
            object.__setattr__(self, name, _frozen(getattr(self, name)))
        object.__setattr__(self, "prepared", {})  # made now: threads that look first at one moment must find the same

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<Model of {len(self.entity_types)} entity types in {', '.join(s.namespace for s in self.schemas)}>"

    def _repr_html_(self) -> Html:
        """The sets with their types, keys and ways; types and operations, and what was repaired, folded."""
        families: tuple[tuple[str, Collection[str]], ...] = (
            ("entity type", self.entity_types),
            ("complex type", self.complex_types),
            ("enum type", self.enum_types),
            ("operation", self.function_imports),
            ("warning", self.warnings),
        )
        lists = (details(name, found) for name, found in families if found)
        rows = [(s.qualified_name, s.type, *_ways(self.entity_types.get(s.type))) for s in self.entity_sets.values()]
        head = ("Set", "Type", "Key", "Properties", "Leads to")
        return card(f"Model of {', '.join(s.namespace for s in self.schemas)}", table(head, rows), *lists)

    def __reduce__(self) -> tuple[Any, ...]:
        values = ((f.name, getattr(self, f.name)) for f in fields(self))
        return _rebuild, ({name: dict(v) if isinstance(v, MappingProxyType) else v for name, v in values},)

    @cached_property
    def prepared(self) -> dict[Hashable, Any]:
        """What the floors above prepare once for this model (rows, codecs, classes), keyed by their room; it dies with it."""
        return {}

    @cached_property
    def default_container(self) -> EntityContainer | None:
        """The container whose sets URLs name by themselves; None where the document marks none."""
        return next((c for c in self.entity_containers.values() if c.is_default), None)

    def structured_type(self, name: str) -> EntityType | ComplexType | None:
        """The entity or complex type of this full name."""
        return self.entity_types.get(name) or self.complex_types.get(name)

    def entity_type_of(self, entity_set: EntitySet) -> EntityType | None:
        """The type of the entities of an ``entity_set``; None where the document does not define it."""
        return self.entity_types.get(entity_set.type)

    def is_derived(self, name: str, base: str) -> bool:
        """Whether the type ``name`` is ``base`` or has it among its base types."""
        return base in self._lineage.get(name, (name,))

    def derived_types(self, name: str) -> tuple[str, ...]:
        """The full names of ``name`` and every type below it, in document order."""
        return tuple(t for t in (*self.entity_types, *self.complex_types) if self.is_derived(t, name))

    @cached_property
    def _lineage(self) -> dict[str, tuple[str, ...]]:
        lineage: dict[str, tuple[str, ...]] = {}
        types: dict[str, EntityType | ComplexType] = {**self.complex_types, **self.entity_types}
        for name in types:
            chain: dict[str, None] = {}
            step: str | None = name
            while step is not None and step not in chain and step not in lineage:
                chain[step] = None
                step = found.base_type if (found := types.get(step)) is not None else None
            rest = () if step is None else lineage.get(step, ())
            for link in reversed(chain):
                rest = lineage[link] = (link, *rest)
        return lineage

    def set_of_type(self, type_name: str) -> EntitySet | None:
        """The one set that holds entities of the type ``type_name``; None where several do, or none does."""
        found = [s for s in self.entity_sets.values() if self.is_derived(type_name, s.type)]
        return found[0] if len(found) == 1 else None

    def target_set(self, entity_set: EntitySet, navigation: NavigationProperty) -> EntitySet | None:
        """The set that ``navigation`` leads to from ``entity_set`` (digest section 2, Navigation)."""
        return self._target_sets.get(
            (entity_set.container, entity_set.name, navigation.relationship, navigation.from_role, navigation.to_role)
        ) or self.set_of_type(navigation.type)

    @cached_property
    def _target_sets(self) -> dict[tuple[str, str, str, str, str], EntitySet]:
        targets: dict[tuple[str, str, str, str, str], EntitySet] = {}
        for container in self.entity_containers.values():
            for joined in container.association_sets:
                for from_role, from_set in joined.ends:
                    for to_role, to_set in joined.ends:
                        found = container.entity_sets.get(to_set)
                        if from_role != to_role and found is not None:
                            targets[container.full_name, from_set, joined.association, from_role, to_role] = found
        return targets

    def operations_bound_to(self, type_name: str) -> tuple[FunctionImport, ...]:
        """The function imports whose binding parameter takes a ``type_name`` (not a collection of them)."""
        return tuple(
            operation
            for overloads in self.function_imports.values()
            for operation in overloads
            if (bound := operation.binding_parameter) is not None and self.is_derived(type_name, bound.type)
        )


def _ways(entity_type: EntityType | None) -> tuple[object, ...]:
    if entity_type is None:
        return "", "", ""
    leads = ", ".join(f"{n.name}{'*' if n.is_collection else ''}" for n in entity_type.navigation_properties)
    return ", ".join(entity_type.key), len(entity_type.properties), leads


def _rebuild(state: dict[str, Any]) -> Model:
    return Model(**state)
