"""``$metadata`` into a model.

The document is read in two walks. The first notes every schema with its aliases, and what is declared where; the second builds the
types, associations before the navigation properties that follow them and base types before those derived from them, in whatever
order and schema they stand. Nothing recurses over the document: 2000 levels of inheritance are as good as two.

Real services publish flaws. What has an evident meaning is taken at that meaning, what has none is dropped, and each is said in
``Model.warnings`` with line and place. Only what leaves no model at all raises MetadataError: no XML, a DOCTYPE, no schema, types
that inherit from themselves, OData V4. Source: digest section 2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from lxml import etree

from odata3.edm.annotations import CONSTANT_KINDS, Constant, Markup, keep
from odata3.edm.facets import FACETS, Oddity, read_boolean, read_multiplicity
from odata3.edm.model import (
    Association,
    AssociationEnd,
    AssociationSet,
    ComplexType,
    Documentation,
    EntityContainer,
    EntitySet,
    EntityType,
    EnumMember,
    EnumType,
    FeedMapping,
    FunctionImport,
    Members,
    Model,
    NavigationProperty,
    OperationKind,
    Parameter,
    Property,
    ReferentialConstraint,
    Schema,
)
from odata3.edm.primitives import PRIMITIVES, primitive
from odata3.errors import MetadataError
from odata3.markup import NS, parse

__all__ = ["read_metadata"]

_ADO = "http://schemas.microsoft.com/ado/"
_BEFORE_3 = tuple(f"{_ADO}{stamp}/edm" for stamp in ("2006/04", "2007/05", "2008/01", "2008/09", "2009/08"))
_EDM_NAMESPACES = frozenset((*_BEFORE_3, NS.EDM))
_EDMX_NAMESPACES = frozenset(f"{_ADO}{stamp}/edmx" for stamp in ("2007/06", "2008/10", "2009/11"))
_V4 = "http://docs.oasis-open.org/odata/ns/"

_M = f"{{{NS.M}}}"
_STORE_GENERATED_PATTERN = f"{{{NS.ANNOTATION}}}StoreGeneratedPattern"

_PROPERTY_ATTRIBUTES: Mapping[str, tuple[str, Callable[[str], Any] | None]] = {
    "Name": ("name", None),
    "Type": ("type", None),
    **FACETS,
    f"{_M}MimeType": ("mime_type", None),
    _STORE_GENERATED_PATTERN: ("store_generated_pattern", None),
    "CollectionKind": ("collection_kind", None),
}
_PARAMETER_FACETS = ("Nullable", "MaxLength", "Precision", "Scale", "SRID")
_PARAMETER_ATTRIBUTES: Mapping[str, tuple[str, Callable[[str], Any] | None]] = {
    "Name": ("name", None),
    "Type": ("type", None),
    "Mode": ("mode", None),
    **{name: FACETS[name] for name in _PARAMETER_FACETS},
}
#: Facets that a Parameter may carry and the model does not keep: no caller needs them.
_PARAMETER_IGNORED = frozenset({"FixedLength", "Unicode", "Collation", "DefaultValue"})

_TYPE_ELEMENTS = frozenset({"CollectionType", "ReferenceType", "TypeRef", "RowType"})
_feed_attribute = re.compile(re.escape(_M) + r"FC_([A-Za-z]+)((?:_[0-9]+)?)").fullmatch
_wrapped = re.compile(r"(Collection|MultiValue|Bag|List|Ref)\((.*)\)", re.DOTALL).fullmatch
_V1_METADATA = re.compile(rb"http://schemas\.microsoft\.com/ado/2007/08/dataservices/metadata", re.IGNORECASE)

T = TypeVar("T")


def read_metadata(data: bytes) -> Model:
    """The model of an EDMX document, or of a bare CSDL schema.

    MetadataError, with the line, for what leaves no model; the model's ``warnings`` list what was repaired or dropped.
    """
    return _Reader(data).read()


@dataclass(slots=True)
class _Scope:
    """One Schema element: what names mean in it."""

    element: etree._Element
    namespace: str
    alias: str | None
    edm_namespace: str
    aliases: dict[str, str]
    types: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Declared:
    """One named child of a schema, before it is built."""

    scope: _Scope
    element: etree._Element
    name: str
    full_name: str


def _line(element: etree._Element) -> str:
    return f"line {element.sourceline}"


def bases_first(bases: Mapping[str, str | None], cycle: Callable[[str, list[str]], Exception]) -> Iterator[str]:
    """Every name of ``bases`` after the one it derives from; ``cycle`` makes the error for a name that derives from itself."""
    done: set[str] = set()
    for name in bases:
        chain: list[str] = []
        waiting: set[str] = set()
        step: str | None = name
        while step is not None and step not in done:
            if step in waiting:
                raise cycle(step, [*chain[chain.index(step) :], step])
            chain.append(step)
            waiting.add(step)
            step = bases.get(step)
        for found in reversed(chain):
            done.add(found)
            yield found


class _Reader:
    """One document on its way to a model."""

    def __init__(self, data: bytes) -> None:
        self.warnings: list[str] = []
        self._locals: dict[str, str | None] = {}
        self._scopes: list[_Scope] = []
        self._namespaces: set[str] = set()
        self._all_aliases: dict[str, str] = {}
        self._declared: dict[str, dict[str, _Declared]] = {}
        self._type_names: set[str] = set()
        self._targeted: dict[str, list[tuple[_Scope, etree._Element]]] = {}
        self._model_annotations: dict[str, Any] = {}
        self._versions: tuple[str | None, str | None] = (None, None)
        self._associations: dict[str, Association] = {}
        self._note_beginning(data)
        self._root = parse(data, error=MetadataError)
        self._mend_metadata_namespace(data)

    def read(self) -> Model:
        for element in self._schema_elements():
            self._open_schema(element)
        if not self._scopes:
            raise MetadataError("the document has no Schema", where=_line(self._root))
        self._collect()
        self._associations = self._read_all("Association", self._association)
        enum_types = self._read_all("EnumType", self._enum_type)
        complex_types = self._complex_types()
        entity_types = self._entity_types()
        containers = self._containers()
        sets = [found for container in containers.values() for found in container.entity_sets]
        operations: dict[str, tuple[FunctionImport, ...]] = {}
        for container in containers.values():
            for operation in container.function_imports:
                name = operation.qualified_name
                operations[name] = (*operations.get(name, ()), operation)
        return Model(
            schemas=Members(self._schema(scope) for scope in self._scopes),
            entity_types=entity_types,
            complex_types=complex_types,
            enum_types=enum_types,
            associations=self._associations,
            entity_containers=containers,
            entity_sets={found.qualified_name: found for found in sets},
            function_imports=operations,
            version=self._versions[0],
            max_version=self._versions[1],
            annotations=self._model_annotations,
            warnings=tuple(self.warnings),
        )

    def warn(self, element: etree._Element, text: str) -> None:
        self.warnings.append(f"{_line(element)}: {text}")

    # --- the frame ----------------------------------------------------------------------------------------------------------

    def _note_beginning(self, data: bytes) -> None:
        if data.startswith(b"\xef\xbb\xbf"):
            self.warnings.append("line 1: a byte order mark stands before the document")
        if data.removeprefix(b"\xef\xbb\xbf")[:1] in (b" ", b"\t", b"\r", b"\n"):
            self.warnings.append("line 1: blanks stand before the XML declaration")

    def _mend_metadata_namespace(self, data: bytes) -> None:
        """Services spell the metadata namespace with other capitals (``DataServices/Metadata``)."""
        odd = {found.decode("ascii") for found in _V1_METADATA.findall(data)} - {NS.M}
        if not odd:
            return
        self.warnings.append(f"line 1: the metadata namespace is spelled {', '.join(sorted(odd))}")
        for element in self._root.iter():
            for key, value in element.items():
                if key[:1] == "{" and key[1:].partition("}")[0] in odd:
                    del element.attrib[key]
                    element.set(f"{_M}{key.partition('}')[2]}", value)

    def _schema_elements(self) -> Iterator[etree._Element]:
        root = self._root
        name = etree.QName(root)
        if (name.namespace or "").startswith(_V4):
            raise _is_v4(root)
        if name.localname == "Schema":
            yield root
            return
        if name.localname == "Edmx":
            self._check_frame(root, name.namespace)
            children = list(root)
        elif name.localname == "DataServices":
            self.warn(root, "the root is DataServices, without an Edmx around it")
            children = [root]
        else:
            raise MetadataError(f"the root element {name.localname!r} is neither Edmx nor Schema", where=_line(root))
        for child in children:
            local = etree.QName(child).localname
            if local == "DataServices":
                yield from self._data_services(child)
            elif local == "Runtime":
                yield from (s for part in child if etree.QName(part).localname == "ConceptualModels" for s in self._schemas_of(part))
            elif local != "Designer":
                keep(self._model_annotations, str(child.tag), Markup.of(child))

    def _check_frame(self, root: etree._Element, namespace: str | None) -> None:
        if namespace not in _EDMX_NAMESPACES:
            self.warn(root, f"unknown EDMX namespace {namespace!r}")
        attributes = dict(root.items())
        version = attributes.pop("Version", None)
        if version is None:
            self.warn(root, "Edmx has no Version")
        elif version not in ("1.0", "2.0", "3.0"):
            self.warn(root, f"Edmx has the Version {version!r}; 1.0 is due")
        self._note_frame(root, attributes)

    def _note_frame(self, element: etree._Element, attributes: Mapping[str, str]) -> None:
        for key, value in attributes.items():
            if key[:1] == "{":
                self._model_annotations.setdefault(key, value)
            else:
                self.warn(element, f"unknown attribute {key!r} of {etree.QName(element).localname}")

    def _data_services(self, element: etree._Element) -> Iterator[etree._Element]:
        attributes = dict(element.items())
        self._versions = attributes.pop(f"{_M}DataServiceVersion", None), attributes.pop(f"{_M}MaxDataServiceVersion", None)
        self._note_frame(element, attributes)
        yield from self._schemas_of(element)

    def _schemas_of(self, element: etree._Element) -> Iterator[etree._Element]:
        for child in element:
            name = etree.QName(child)
            if name.localname != "Schema":
                keep(self._model_annotations, str(child.tag), Markup.of(child))
            elif (name.namespace or "").startswith(_V4):
                raise _is_v4(child)
            else:
                yield child

    def _open_schema(self, element: etree._Element) -> None:
        edm_namespace = etree.QName(element).namespace or ""
        if edm_namespace not in _EDM_NAMESPACES:
            self.warn(element, f"unknown EDM namespace {edm_namespace!r}; read as 3.0")
            self._locals[str(element.tag)] = "Schema"
        namespace = element.get("Namespace", "").strip()
        alias = element.get("Alias")
        aliases = {alias: namespace} if alias else {}
        for child in element:
            if self._local(child, edm_namespace) == "Using":
                used = child.get("Namespace") or child.get("NamespaceUri")
                if used and (named := child.get("Alias")):
                    aliases[named] = used
        if not namespace and any(self._local(child, edm_namespace) not in ("Annotations", "Using", None) for child in element):
            self.warn(element, "Schema has no Namespace")
        self._scopes.append(_Scope(element, namespace, alias, edm_namespace, aliases))
        self._namespaces.add(namespace)
        for key, value in aliases.items():
            self._all_aliases.setdefault(key, value)

    def _local(self, element: etree._Element, edm_namespace: str = "") -> str | None:
        """The local name of an element of EDM, in any of its namespaces; None for a foreign one."""
        tag = str(element.tag)
        try:
            return self._locals[tag]
        except KeyError:
            name = etree.QName(tag)
            known = name.namespace in _EDM_NAMESPACES or (bool(edm_namespace) and name.namespace == edm_namespace)
            found = self._locals[tag] = name.localname if known else None
            return found

    def _schema(self, scope: _Scope) -> Schema:
        left = {key: value for key, value in scope.element.items() if key not in ("Namespace", "Alias")}
        extras = self._extras(scope, scope.element, left, None, _SCHEMA_CHILDREN)
        annotations = dict(extras.get("annotations", {}))
        for child in scope.element:
            if self._local(child) in ("Function", "ValueTerm"):
                keep(annotations, str(child.tag), Markup.of(child))
        for targets in self._targeted.values():  # what is left names nothing in this document
            for owner, child in targets:
                if owner is scope:
                    for annotation in child:
                        annotation.set("Term", self._expand(scope, annotation.get("Term", "")))
                    keep(annotations, str(child.tag), Markup.of(child))
        return Schema(
            namespace=scope.namespace,
            alias=scope.alias,
            edm_namespace=scope.edm_namespace,
            annotations=annotations,
            documentation=extras.get("documentation"),
        )

    # --- names --------------------------------------------------------------------------------------------------------------

    def _collect(self) -> None:
        """What each schema declares, by kind and full name, and which annotations aim at it from outside."""
        kinds: dict[str, dict[str, _Declared]] = {
            kind: {} for kind in ("EntityType", "ComplexType", "EnumType", "Association", "EntityContainer")
        }
        for scope in self._scopes:
            for child in scope.element:
                kind = self._local(child)
                if kind is None:
                    continue
                if kind in kinds:
                    self._declare(kinds, kind, scope, child)
                elif kind == "Annotations":
                    target = self._expand(scope, child.get("Target", ""))
                    child.set("Target", target)
                    self._targeted.setdefault(target, []).append((scope, child))
                elif kind not in _SCHEMA_CHILDREN and kind not in _ANNOTATION_ELEMENTS:
                    self.warn(child, f"unknown element {kind!r} in Schema {scope.namespace}")
        self._declared = kinds

    def _declare(self, kinds: dict[str, dict[str, _Declared]], kind: str, scope: _Scope, element: etree._Element) -> None:
        name = element.get("Name", "").strip()
        if not name:
            self.warn(element, f"{kind} without a Name in Schema {scope.namespace}; dropped")
            return
        full_name = f"{scope.namespace}.{name}"
        is_type = kind in ("EntityType", "ComplexType", "EnumType")
        if full_name in kinds[kind] or (is_type and full_name in self._type_names):
            self.warn(element, f"{kind} {full_name} is declared twice; the first is kept")
            return
        if is_type:
            self._type_names.add(full_name)
        kinds[kind][full_name] = _Declared(scope, element, name, full_name)

    def _read_all(self, kind: str, read: Callable[[_Declared], T]) -> dict[str, T]:
        return {name: read(declared) for name, declared in self._declared[kind].items()}

    def _expand(self, scope: _Scope, text: str) -> str:
        """A name with its alias, if it has one, replaced by the namespace; the longest prefix wins."""
        head = text
        while "." in head:
            head = head.rpartition(".")[0]
            if head in self._namespaces and head not in scope.aliases:
                return text
            meant = scope.aliases.get(head) or self._all_aliases.get(head)
            if meant is not None:
                return meant + text[len(head) :]
        return text

    def _find(self, scope: _Scope, kind: str, text: str) -> str:
        """The full name of a declared thing, from what may be an alias or a bare name."""
        declared = self._declared[kind]
        text = text.strip()
        if text not in declared:
            expanded = self._expand(scope, text)
            if expanded in declared:
                return expanded
            if "." not in text and f"{scope.namespace}.{text}" in declared:
                return f"{scope.namespace}.{text}"
            return expanded
        return text

    def _type(self, scope: _Scope, text: str, element: etree._Element) -> str:
        """The full name of a type; each spelling is looked into once per schema."""
        found = scope.types.get(text)
        if found is None:
            found = scope.types[text] = self._resolve_type(scope, text, element)
        return found

    def _resolve_type(self, scope: _Scope, text: str, element: etree._Element) -> str:
        inner, wrappers = text.strip(), []
        while (wrapped := _wrapped(inner)) is not None and len(wrappers) < 3:
            wrappers.append(wrapped[1])
            inner = wrapped[2].strip()
        name = self._element_type(scope, inner, element)
        for wrapper in reversed(wrappers):
            if wrapper not in ("Collection", "Ref"):
                self.warn(element, f"{wrapper}({inner}) is a preview's spelling of Collection({inner})")
                wrapper = "Collection"
            name = f"{wrapper}({name})"
        return name

    def _element_type(self, scope: _Scope, text: str, element: etree._Element) -> str:
        if text in PRIMITIVES or text in self._type_names:
            return text
        if text == "Edm.Float":
            self.warn(element, "Edm.Float is read as Edm.Double")
            return "Edm.Double"
        if "." not in text:
            if (found := primitive(text)) is not None:  # EF's designer writes them so
                return found.name
            if f"{scope.namespace}.{text}" in self._type_names:
                self.warn(element, f"the type {text!r} is named without its namespace {scope.namespace}")
                return f"{scope.namespace}.{text}"
        expanded = self._expand(scope, text)
        if expanded in self._type_names or expanded in PRIMITIVES:
            return expanded
        known = _PRIMITIVES_LOWER.get(text.lower())
        if known is not None:
            self.warn(element, f"{text!r} is an odd spelling of {known}")
            return known
        self.warn(element, f"the type {text!r} is not in this document")
        return expanded

    # --- what every element may carry ---------------------------------------------------------------------------------------

    def _fields(
        self,
        scope: _Scope,
        element: etree._Element,
        known: Mapping[str, tuple[str, Callable[[str], Any] | None]],
        where: str,
        ignored: frozenset[str] = frozenset(),
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """Attributes as fields of the model, and those that are none."""
        fields: dict[str, Any] = {}
        left: dict[str, str] = {}
        for key, value in element.items():
            row = known.get(key)
            if row is None:
                if key not in ignored:
                    left[key] = value
            elif row[1] is None:
                fields[row[0]] = value
            else:
                try:
                    fields[row[0]] = row[1](value)
                except Oddity as odd:
                    fields[row[0]] = odd.value
                    self.warn(element, f"{where}{fields.get('name', '')}: {key}: {odd}")
        return fields, left

    def _boolean(self, element: etree._Element, left: dict[str, str], key: str, where: str, default: bool = False) -> bool:
        text = left.pop(key, None)
        if text is None:
            return default
        try:
            return read_boolean(text, default)
        except Oddity as odd:
            self.warn(element, f"{where}: {key.rpartition('}')[2]}: {odd}")
            return bool(odd.value)

    def _extras(
        self,
        scope: _Scope,
        element: etree._Element,
        left: Mapping[str, str],
        target: str | None,
        structure: frozenset[str] = frozenset(),
    ) -> dict[str, Any]:
        """``annotations`` and ``documentation`` of an element, where it has any, ready for its dataclass.

        ``left`` are attributes with no meaning of their own, ``target`` the path by which annotations elsewhere name the element,
        ``structure`` the children that someone else reads.
        """
        if not left and not len(element) and target not in self._targeted:
            return {}
        annotations: dict[str, Any] = {}
        found: dict[str, Any] = {}
        for key, value in left.items():
            if key[:1] == "{":
                keep(annotations, key, value)
            else:
                self.warn(element, f"unknown attribute {key!r} of {_describe(element)}")
        for child in element:
            local = self._local(child)
            if local is None:
                keep(annotations, str(child.tag), Markup.of(child))
            elif local == "Documentation":
                found["documentation"] = self._documentation(child)
            elif local in _ANNOTATION_ELEMENTS:
                self._annotate(annotations, scope, child, None)
            elif local not in structure:
                self.warn(child, f"unknown element {local!r} in {_describe(element)}")
        if target is not None:
            for owner, group in self._targeted.pop(target, ()):
                for child in group:
                    if self._local(child) in _ANNOTATION_ELEMENTS:
                        self._annotate(annotations, owner, child, group.get("Qualifier"))
                    else:
                        keep(annotations, str(child.tag), Markup.of(child))
        if annotations:
            found["annotations"] = annotations
        return found

    def _annotate(self, annotations: dict[str, Any], scope: _Scope, element: etree._Element, qualifier: str | None) -> None:
        term = self._expand(scope, element.get("Term", "").strip())
        if not term:
            self.warn(element, "an annotation without a Term; dropped")
            return
        element.set("Term", term)
        qualifier = element.get("Qualifier") or qualifier
        if qualifier:
            element.set("Qualifier", qualifier)
        key = f"{term}#{qualifier}" if qualifier else term
        if key in annotations:
            self.warn(element, f"the annotation {key} is given twice; the first is kept")
            return
        constant = self._constant(element)
        annotations[key] = Markup.of(element) if constant is None else constant

    def _constant(self, element: etree._Element) -> str | None:
        """The text of a ValueAnnotation that holds one constant; None for anything larger."""
        if self._local(element) != "ValueAnnotation":
            return None
        given = [(key, value) for key, value in element.items() if key not in ("Term", "Qualifier")]
        if len(given) == 1 and not len(element):
            kind, text = given[0]
        elif not given and len(element) == 1 and not len(element[0]) and not element[0].attrib:
            kind, text = self._local(element[0]) or "", element[0].text or ""
        else:
            return None
        if kind not in CONSTANT_KINDS:
            return None
        return text if kind == "String" else Constant(text, kind)

    def _documentation(self, element: etree._Element) -> Documentation:
        texts = {"Summary": "", "LongDescription": ""}
        for child in element:
            local = self._local(child)
            if local in texts:
                texts[local] = "".join(child.itertext()).strip()
        return Documentation(summary=texts["Summary"], long_description=texts["LongDescription"])

    # --- types --------------------------------------------------------------------------------------------------------------

    def _enum_type(self, declared: _Declared) -> EnumType:
        scope, element = declared.scope, declared.element
        left = _left(element, "Name")
        underlying = self._type(scope, left.pop("UnderlyingType", "Edm.Int32"), element)
        if underlying not in _ENUM_TYPES:
            self.warn(element, f"EnumType {declared.full_name}: {underlying} is no integer type; read as Edm.Int32")
            underlying = "Edm.Int32"
        is_flags = self._boolean(element, left, "IsFlags", f"EnumType {declared.full_name}")
        members: dict[str, EnumMember] = {}
        following = 0
        for child in self._children(element, "Member"):
            name, text = child.get("Name", ""), child.get("Value")
            value = following if text is None else self._member_value(child, text, following, f"{declared.full_name}.{name}")
            if not name or name in members:
                self.warn(child, f"EnumType {declared.full_name}: member {name!r} is {'given twice' if name else 'nameless'}; dropped")
                continue
            following = value + 1
            extras = self._extras(scope, child, _left(child, "Name", "Value"), f"{declared.full_name}/{name}")
            members[name] = EnumMember(name=name, value=value, **extras)
        return EnumType(
            name=declared.name,
            namespace=scope.namespace,
            underlying_type=underlying,
            is_flags=is_flags,
            members=Members(members.values()),
            **self._extras(scope, element, left, declared.full_name, frozenset({"Member"})),
        )

    def _member_value(self, element: etree._Element, text: str, default: int, where: str) -> int:
        try:
            value: int = PRIMITIVES["Edm.Int64"].parse(text)
        except ValueError:
            self.warn(element, f"{where}: the value {text!r} is no whole number; taken as {default}")
            return default
        return value

    def _bases(self, kind: str) -> dict[str, str | None]:
        """The base type of each declared type, None where it has none that this document knows."""
        bases: dict[str, str | None] = {}
        for name, declared in self._declared[kind].items():
            text = declared.element.get("BaseType")
            base = None if text is None else self._find(declared.scope, kind, text)
            if base is not None and base not in self._declared[kind]:
                self.warn(declared.element, f"{kind} {name}: its base type {text!r} is not in this document; read without it")
                base = None
            elif base == name:  # SharePoint publishes such a type; a longer circle has no such plain reading
                self.warn(declared.element, f"{kind} {name} names itself as its base type; read without one")
                base = None
            bases[name] = base
        return bases

    def _cycle(self, kind: str) -> Callable[[str, list[str]], MetadataError]:
        def error(name: str, chain: list[str]) -> MetadataError:
            shown = " -> ".join(chain if len(chain) < 8 else [*chain[:3], "...", *chain[-3:]])
            return MetadataError(f"{kind} {name} derives from itself: {shown}", where=_line(self._declared[kind][name].element))

        return error

    def _complex_types(self) -> dict[str, ComplexType]:
        bases = self._bases("ComplexType")
        built: dict[str, ComplexType] = {}
        for name in bases_first(bases, self._cycle("ComplexType")):
            declared = self._declared["ComplexType"][name]
            base = None if bases[name] is None else built[str(bases[name])]
            built[name] = self._complex_type(declared, base)
        return {name: built[name] for name in bases}

    def _complex_type(self, declared: _Declared, base: ComplexType | None) -> ComplexType:
        scope, element, where = declared.scope, declared.element, f"ComplexType {declared.full_name}"
        left = _left(element, "Name", "BaseType")
        abstract = self._boolean(element, left, "Abstract", where)
        open_type = self._boolean(element, left, "OpenType", where)
        inherited = () if base is None else tuple(base.properties)
        own = self._properties(declared, inherited, None)
        return ComplexType(
            name=declared.name,
            namespace=scope.namespace,
            base_type=None if base is None else base.full_name,
            abstract=abstract,
            open_type=open_type or (base is not None and base.open_type),
            properties=Members((*inherited, *own)),
            declared_properties=Members(own),
            **self._extras(scope, element, left, declared.full_name, frozenset({"Property"})),
        )

    def _entity_types(self) -> dict[str, EntityType]:
        bases = self._bases("EntityType")
        built: dict[str, EntityType] = {}
        for name in bases_first(bases, self._cycle("EntityType")):
            declared = self._declared["EntityType"][name]
            base = None if bases[name] is None else built[str(bases[name])]
            built[name] = self._entity_type(declared, base)
        return {name: built[name] for name in bases}

    def _entity_type(self, declared: _Declared, base: EntityType | None) -> EntityType:
        scope, element, where = declared.scope, declared.element, f"EntityType {declared.full_name}"
        left = _left(element, "Name", "BaseType")
        abstract = self._boolean(element, left, "Abstract", where)
        open_type = self._boolean(element, left, "OpenType", where)
        has_stream = self._boolean(element, left, f"{_M}HasStream", where)
        mappings = list(() if base is None else base.feed_mappings)
        mappings.extend(self._feed_mappings(element, left, None))
        inherited = () if base is None else tuple(base.properties)
        own = self._properties(declared, inherited, mappings)
        properties = Members((*inherited, *own))
        inherited_ways = () if base is None else tuple(base.navigation_properties)
        own_ways = self._navigation_properties(declared, properties, inherited_ways)
        return EntityType(
            name=declared.name,
            namespace=scope.namespace,
            base_type=None if base is None else base.full_name,
            abstract=abstract,
            open_type=open_type or (base is not None and base.open_type),
            has_stream=has_stream or (base is not None and base.has_stream),
            key=self._key(declared, properties, base, abstract),
            properties=properties,
            declared_properties=Members(own),
            navigation_properties=Members((*inherited_ways, *own_ways)),
            declared_navigation_properties=Members(own_ways),
            feed_mappings=tuple(mappings),
            **self._extras(scope, element, left, declared.full_name, _ENTITY_TYPE_CHILDREN),
        )

    def _key(self, declared: _Declared, properties: Members[Property], base: EntityType | None, abstract: bool) -> tuple[str, ...]:
        where = f"EntityType {declared.full_name}"
        names: list[str] = []
        for child in self._children(declared.element, "Key"):
            for reference in self._children(child, "PropertyRef"):
                name = reference.get("Name", "")
                if name not in properties:
                    self.warn(reference, f"{where}: its key names {name!r}, which is no property of it; dropped")
                elif name in names:
                    self.warn(reference, f"{where}: its key names {name} twice")
                else:
                    names.append(name)
                    self._check_key_property(reference, where, properties[name])
        if base is not None and base.key:
            if names:
                self.warn(declared.element, f"{where}: it has a key of its own beside the inherited one, which holds")
            return base.key
        if not names and not abstract:
            self.warn(declared.element, f"{where} has no key: its entities can be read, not tracked")
        return tuple(names)

    def _check_key_property(self, element: etree._Element, where: str, found: Property) -> None:
        if found.nullable:
            self.warn(element, f"{where}: its key property {found.name} is nullable")

    # --- properties ---------------------------------------------------------------------------------------------------------

    def _properties(
        self, declared: _Declared, inherited: tuple[Property, ...], mappings: list[FeedMapping] | None
    ) -> tuple[Property, ...]:
        found: dict[str, Property] = {}
        taken = {known.name for known in inherited}
        for child in declared.element:
            if self._local(child) == "Property":
                built = self._property(declared, child, mappings)
                if built is None:
                    continue
                if built.name in found or built.name in taken:
                    self.warn(child, f"{declared.full_name}.{built.name} is declared twice; the first is kept")
                else:
                    found[built.name] = built
        return tuple(found.values())

    def _property(self, declared: _Declared, element: etree._Element, mappings: list[FeedMapping] | None) -> Property | None:
        scope = declared.scope
        fields, left = self._fields(scope, element, _PROPERTY_ATTRIBUTES, f"{declared.full_name}.")
        name = fields.get("name", "").strip()
        if not name:
            self.warn(element, f"a property without a name in {declared.full_name}; dropped")
            return None
        fields["name"] = name
        type_name = self._type_of(scope, element, fields.pop("type", None))
        if type_name is None:
            self.warn(element, f"{declared.full_name}.{name} has no type; read as Edm.String")
            type_name = "Edm.String"
        if fields.pop("collection_kind", "None") != "None" and not type_name.startswith("Collection("):
            type_name = f"Collection({type_name})"
        fields["type"] = type_name
        if left and mappings is not None:
            mappings.extend(self._feed_mappings(element, left, name))
        if left or len(element) or self._targeted:
            fields.update(self._extras(scope, element, left, f"{declared.full_name}/{name}", _TYPE_ELEMENTS))
        return Property(**fields)

    def _type_of(self, scope: _Scope, element: etree._Element, text: str | None) -> str | None:
        """A type given as attribute, or as one of the elements that stand for it; None where it is not given."""
        if text is not None:
            return self._type(scope, text, element)
        wrappers: list[str] = []
        step: etree._Element | None = element
        while step is not None and len(wrappers) < 3:
            child = next((c for c in step if self._local(c) in _TYPE_ELEMENTS), None)
            if child is None:
                return None
            local = self._local(child)
            if local in ("CollectionType", "ReferenceType"):
                wrappers.append("Collection" if local == "CollectionType" else "Ref")
            named = child.get("ElementType") or child.get("Type")
            if named is not None:
                name = self._type(scope, named, child)
                for wrapper in reversed(wrappers):
                    name = f"{wrapper}({name})"
                return name
            step = child
        return None

    def _feed_mappings(self, element: etree._Element, left: dict[str, str], name: str | None) -> list[FeedMapping]:
        """``m:FC_TargetPath`` and its kin, taken out of ``left``; a suffix ``_1`` marks the second mapping, and so on."""
        groups: dict[str, dict[str, str]] = {}
        for key in list(left):
            if key.startswith(_M) and (found := _feed_attribute(key)) is not None:
                groups.setdefault(found[2], {})[found[1]] = left.pop(key)
        mappings = []
        for given in groups.values():
            path = given.get("SourcePath", "")
            if name is not None and path != name and not path.startswith(f"{name}/"):
                path = f"{name}/{path}" if path else name
            target = given.get("TargetPath")
            if not target or not path:
                self.warn(element, f"a feed mapping of {_describe(element)} lacks its path; dropped")
                continue
            keeps = given.get("KeepInContent", "true").strip().lower()
            mappings.append(
                FeedMapping(
                    source_path=path,
                    target_path=target,
                    keep_in_content=keeps not in ("false", "0"),
                    content_kind=given.get("ContentKind", "text"),
                    namespace_uri=given.get("NsUri"),
                    namespace_prefix=given.get("NsPrefix"),
                )
            )
        return mappings

    def _navigation_properties(
        self, declared: _Declared, properties: Members[Property], inherited: tuple[NavigationProperty, ...]
    ) -> tuple[NavigationProperty, ...]:
        found: dict[str, NavigationProperty] = {}
        taken = {known.name for known in inherited}
        for child in self._children(declared.element, "NavigationProperty"):
            name = child.get("Name", "").strip()
            where = f"{declared.full_name}.{name}"
            if not name:
                self.warn(child, f"a navigation property without a name in {declared.full_name}; dropped")
            elif name in found or name in taken or name in properties:
                self.warn(child, f"{where} is declared twice; the first is kept")
            else:
                built = self._navigation_property(declared, child, name, where)
                if built is not None:
                    found[name] = built
        return tuple(found.values())

    def _navigation_property(
        self, declared: _Declared, element: etree._Element, name: str, where: str
    ) -> NavigationProperty | None:
        scope = declared.scope
        left = _left(element, "Name")
        relationship = self._find(scope, "Association", left.pop("Relationship", ""))
        from_role, to_role = left.pop("FromRole", ""), left.pop("ToRole", "")
        association = self._associations.get(relationship)
        if association is None or len(association.ends) != 2:
            self.warn(element, f"{where}: its association {relationship!r} is not in this document; dropped")
            return None
        first, second = association.ends
        if first.role == second.role and to_role == first.role:
            far = second
        elif to_role in (first.role, second.role):
            far = association.ends[to_role]
        elif from_role in (first.role, second.role):
            far = second if first.role == from_role else first
            self.warn(element, f"{where}: its role {to_role!r} is none of {relationship}; the other end is taken")
            to_role = far.role
        else:
            self.warn(element, f"{where}: its roles {from_role!r} and {to_role!r} are none of {relationship}; dropped")
            return None
        return NavigationProperty(
            name=name,
            type=far.type,
            multiplicity=far.multiplicity,
            relationship=relationship,
            from_role=from_role,
            to_role=to_role,
            contains_target=self._boolean(element, left, "ContainsTarget", where),
            **self._extras(scope, element, left, f"{declared.full_name}/{name}"),
        )

    # --- associations -------------------------------------------------------------------------------------------------------

    def _association(self, declared: _Declared) -> Association:
        scope, element, where = declared.scope, declared.element, f"Association {declared.full_name}"
        ends = [self._association_end(scope, child, where) for child in self._children(element, "End")]
        if len(ends) != 2:
            self.warn(element, f"{where} has {len(ends)} ends, not two")
        elif ends[0].role == ends[1].role:
            self.warn(element, f"{where}: both its ends have the role {ends[0].role!r}")
        constraint = next(self._children(element, "ReferentialConstraint"), None)
        return Association(
            name=declared.name,
            namespace=scope.namespace,
            ends=Members(ends),
            referential_constraint=None if constraint is None else self._constraint(scope, constraint, where),
            **self._extras(scope, element, _left(element, "Name"), declared.full_name, frozenset({"End", "ReferentialConstraint"})),
        )

    def _association_end(self, scope: _Scope, element: etree._Element, where: str) -> AssociationEnd:
        left = _left(element)
        type_name = self._type(scope, left.pop("Type", ""), element)
        role = left.pop("Role", None) or type_name.rpartition(".")[2]
        try:
            multiplicity = read_multiplicity(left.pop("Multiplicity", "*"))
        except Oddity as odd:
            self.warn(element, f"{where}: {odd}")
            multiplicity = odd.value
        on_delete = next((child.get("Action", "None") for child in self._children(element, "OnDelete")), "None")
        extras = self._extras(scope, element, left, None, frozenset({"OnDelete"}))
        return AssociationEnd(
            name=role, type=type_name, multiplicity=multiplicity, on_delete=on_delete, annotations=extras.get("annotations", {})
        )

    def _constraint(self, scope: _Scope, element: etree._Element, where: str) -> ReferentialConstraint | None:
        sides: dict[str, tuple[str, tuple[str, ...]]] = {}
        for child in element:
            local = self._local(child)
            if local in ("Principal", "Dependent"):
                names = tuple(reference.get("Name", "") for reference in self._children(child, "PropertyRef"))
                sides[local] = child.get("Role", ""), names
        if len(sides) != 2 or len(sides["Principal"][1]) != len(sides["Dependent"][1]):
            self.warn(element, f"{where}: its referential constraint does not pair properties; dropped")
            return None
        extras = self._extras(scope, element, _left(element), None, frozenset({"Principal", "Dependent"}))
        return ReferentialConstraint(
            principal_role=sides["Principal"][0],
            principal_properties=sides["Principal"][1],
            dependent_role=sides["Dependent"][0],
            dependent_properties=sides["Dependent"][1],
            annotations=extras.get("annotations", {}),
        )

    # --- containers ---------------------------------------------------------------------------------------------------------

    def _containers(self) -> dict[str, EntityContainer]:
        declared = self._declared["EntityContainer"]
        bases: dict[str, str | None] = {}
        for name, container in declared.items():
            text = container.element.get("Extends")
            base = None if text is None else self._find(container.scope, "EntityContainer", text)
            if base is not None and base not in declared:
                same = [full_name for full_name, other in declared.items() if other.name == text and full_name != name]
                base = same[0] if len(same) == 1 else None
                if base is None:
                    self.warn(container.element, f"EntityContainer {name} extends {text!r}, which is not in this document")
            bases[name] = base
        default = self._default_container(declared)
        built: dict[str, EntityContainer] = {}
        for name in bases_first(bases, self._cycle("EntityContainer")):
            base = bases[name]
            built[name] = self._container(declared[name], None if base is None else built[base], name == default)
        return {name: built[name] for name in declared}

    def _default_container(self, declared: Mapping[str, _Declared]) -> str | None:
        marked = []
        for name, container in declared.items():
            left = {key.rpartition("}")[2]: text for key, text in container.element.items()}
            if self._boolean(container.element, left, "IsDefaultEntityContainer", f"EntityContainer {name}"):
                marked.append(name)
        if len(marked) > 1:
            self.warn(declared[marked[1]].element, f"{len(marked)} containers are marked as the default; {marked[0]} is taken")
        return next(iter([*marked, *declared]), None)

    def _container(self, declared: _Declared, base: EntityContainer | None, is_default: bool) -> EntityContainer:
        scope, element, full_name = declared.scope, declared.element, declared.full_name
        left = _left(element, "Name", "Extends", f"{_M}IsDefaultEntityContainer")
        if left.pop("IsDefaultEntityContainer", None) is not None:
            self.warn(element, f"EntityContainer {full_name}: IsDefaultEntityContainer stands outside the metadata namespace")
        moved: dict[str, Any] = {"container": full_name, "in_default_container": is_default}
        sets = {} if base is None else {found.name: replace(found, **moved) for found in base.entity_sets}
        joined = {} if base is None else {found.name: found for found in base.association_sets}
        operations = [] if base is None else [replace(found, **moved) for found in base.function_imports]
        for child in element:
            local = self._local(child)
            name = child.get("Name", "").strip()
            if local not in ("EntitySet", "AssociationSet", "FunctionImport"):
                continue
            if not name:
                self.warn(child, f"{local} without a Name in {full_name}; dropped")
            elif local == "FunctionImport":
                self._add_operation(operations, self._function_import(declared, child, name, moved), child)
            elif name in sets if local == "EntitySet" else name in joined:
                self.warn(child, f"{local} {name} is declared twice; the first is kept")
            elif local == "EntitySet":
                sets[name] = self._entity_set(declared, child, name, moved)
            else:
                joined[name] = self._association_set(declared, child, name)
        self._check_ends(element, joined.values(), sets)
        return EntityContainer(
            name=declared.name,
            namespace=scope.namespace,
            extends=element.get("Extends") if base is None else base.full_name,
            is_default=is_default,
            entity_sets=Members(sets.values()),
            association_sets=Members(joined.values()),
            function_imports=tuple(operations),
            **self._extras(scope, element, left, full_name, _CONTAINER_CHILDREN),
        )

    def _check_ends(self, element: etree._Element, joined: Iterable[AssociationSet], sets: Mapping[str, EntitySet]) -> None:
        for found in joined:
            for role, name in found.ends:
                if name not in sets:
                    self.warn(element, f"AssociationSet {found.name}: its end {role!r} names {name!r}, which is no set here")

    def _entity_set(self, declared: _Declared, element: etree._Element, name: str, where: Mapping[str, Any]) -> EntitySet:
        left = _left(element, "Name")
        text = left.pop("EntityType", "")
        type_name = self._find(declared.scope, "EntityType", text)
        if type_name not in self._declared["EntityType"]:
            self.warn(element, f"EntitySet {name}: its type {text!r} is not in this document")
        extras = self._extras(declared.scope, element, left, f"{declared.full_name}/{name}")
        return EntitySet(name=name, type=type_name, **where, **extras)

    def _association_set(self, declared: _Declared, element: etree._Element, name: str) -> AssociationSet:
        scope = declared.scope
        left = _left(element, "Name")
        association = self._find(scope, "Association", left.pop("Association", ""))
        known = self._associations.get(association)
        if known is None:
            self.warn(element, f"AssociationSet {name}: its association {association!r} is not in this document")
        ends: list[tuple[str, str]] = []
        for child in self._children(element, "End"):
            role = child.get("Role")
            if role is None and known is not None:
                free = [end.role for end in known.ends if end.role not in dict(ends)]
                role = free[0] if free else ""
                self.warn(child, f"AssociationSet {name}: an end without a Role; taken as {role!r}")
            ends.append((role or "", child.get("EntitySet", "")))
        extras = self._extras(scope, element, left, f"{declared.full_name}/{name}", frozenset({"End"}))
        return AssociationSet(name=name, association=association, ends=tuple(ends), annotations=extras.get("annotations", {}))

    def _add_operation(self, operations: list[FunctionImport], found: FunctionImport, element: etree._Element) -> None:
        signature = [(parameter.name, parameter.type) for parameter in found.parameters]
        for other in operations:
            if other.name == found.name and [(p.name, p.type) for p in other.parameters] == signature:
                self.warn(element, f"FunctionImport {found.name} is declared twice with the same parameters; the first is kept")
                return
        operations.append(found)

    def _function_import(
        self, declared: _Declared, element: etree._Element, name: str, where: Mapping[str, Any]
    ) -> FunctionImport:
        scope, place = declared.scope, f"FunctionImport {name}"
        left = _left(element, "Name")
        kind, http_method = self._operation_kind(scope, element, left, place)
        returned = next(self._children(element, "ReturnType"), None)
        return_text = left.pop("ReturnType", None)
        if return_text is not None or returned is None:
            return_type = None if return_text is None else self._type(scope, return_text, element)
        else:
            return_type = self._type_of(scope, returned, returned.get("Type") or returned.get("ElementType"))
        given = left if returned is None else {**dict(returned.items()), **left}
        entity_set, entity_set_path = given.get("EntitySet"), given.get("EntitySetPath")
        for key in ("EntitySet", "EntitySetPath"):
            left.pop(key, None)
        return FunctionImport(
            name=name,
            kind=kind,
            http_method=http_method,
            parameters=Members(self._parameters(scope, element, place)),
            return_type=return_type,
            entity_set=entity_set,
            entity_set_path=entity_set_path,
            bindable=self._boolean(element, left, "IsBindable", place),
            always_bindable=self._boolean(element, left, f"{_M}IsAlwaysBindable", place),
            side_effecting=self._boolean(element, left, "IsSideEffecting", place, default=kind is not OperationKind.FUNCTION),
            composable=self._boolean(element, left, "IsComposable", place),
            **where,
            **self._extras(scope, element, left, f"{declared.full_name}/{name}", frozenset({"Parameter", "ReturnType"})),
        )

    def _operation_kind(
        self, scope: _Scope, element: etree._Element, left: dict[str, str], where: str
    ) -> tuple[OperationKind, str | None]:
        """Digest section 2, "Which kind of operation"."""
        http_method = left.pop(f"{_M}HttpMethod", None)
        if http_method is not None:
            return OperationKind.SERVICE_OPERATION, http_method.strip().upper()
        if scope.edm_namespace in _BEFORE_3 and not {"IsSideEffecting", "IsBindable", "IsComposable"} & left.keys():
            return OperationKind.SERVICE_OPERATION, "GET"
        side_effecting = self._boolean(element, dict(left), "IsSideEffecting", where, default=True)
        return (OperationKind.ACTION if side_effecting else OperationKind.FUNCTION), None

    def _parameters(self, scope: _Scope, element: etree._Element, where: str) -> list[Parameter]:
        found: dict[str, Parameter] = {}
        for child in self._children(element, "Parameter"):
            fields, left = self._fields(scope, child, _PARAMETER_ATTRIBUTES, f"{where}, parameter ", _PARAMETER_IGNORED)
            name = fields.get("name", "").strip()
            if not name or name in found:
                self.warn(child, f"{where}: parameter {name!r} is {'given twice' if name else 'nameless'}; dropped")
                continue
            type_name = self._type_of(scope, child, fields.pop("type", None))
            if type_name is None:
                self.warn(child, f"{where}, parameter {name} has no type; read as Edm.String")
            fields.update(self._extras(scope, child, left, None, _TYPE_ELEMENTS))
            fields.update(name=name, type=type_name or "Edm.String")
            found[name] = Parameter(**fields)
        return list(found.values())

    def _children(self, element: etree._Element, local: str) -> Iterator[etree._Element]:
        return (child for child in element if self._local(child) == local)


_ANNOTATION_ELEMENTS = frozenset({"ValueAnnotation", "TypeAnnotation"})
_SCHEMA_CHILDREN = frozenset(
    {
        "Using",
        "EntityType",
        "ComplexType",
        "EnumType",
        "Association",
        "Function",
        "ValueTerm",
        "Annotations",
        "EntityContainer",
        "Documentation",
    }
)
_ENTITY_TYPE_CHILDREN = frozenset({"Key", "Property", "NavigationProperty"})
_CONTAINER_CHILDREN = frozenset({"EntitySet", "AssociationSet", "FunctionImport"})
_ENUM_TYPES = frozenset(f"Edm.{name}" for name in ("Byte", "SByte", "Int16", "Int32", "Int64"))
_PRIMITIVES_LOWER = {name.lower(): name for name in PRIMITIVES}


def _left(element: etree._Element, *known: str) -> dict[str, str]:
    return {key: value for key, value in element.items() if key not in known}


def _describe(element: etree._Element) -> str:
    return f"{etree.QName(element).localname} {element.get('Name', element.get('Role', element.get('Term', '')))}".strip()


def _is_v4(element: etree._Element) -> MetadataError:
    return MetadataError("this is the metadata of an OData V4 service; odata3 speaks versions 1 to 3", where=_line(element))
