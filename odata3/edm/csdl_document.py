"""A CSDL document on its way to a model: its schemas, and what names in it mean.

Several schemas may stand in one document, each under an EDM namespace and with aliases of its own; a name may be full, bare, or
begin with an alias. :class:`Document` notes all of that in one walk, so that the readers of types and containers only ask. It
also reads what any element may carry (annotations, documentation, facets) and collects the warnings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from odata3.edm.annotations import CONSTANT_KINDS, Constant, Markup, keep
from odata3.edm.csdl_frame import Frame, line_of
from odata3.edm.facets import Oddity, read_boolean
from odata3.edm.model import Documentation, Parameter, Property, Schema
from odata3.edm.primitives import PRIMITIVES, primitive
from odata3.errors import MetadataError
from odata3.markup import NS

__all__ = [
    "BEFORE_3",
    "TYPE_ELEMENTS",
    "Declared",
    "Document",
    "FieldTable",
    "Scope",
    "attributes_of",
    "bases_first",
    "describe",
]

_ADO = "http://schemas.microsoft.com/ado/"
#: The EDM namespaces of CSDL 1.0, 1.1, 1.2 and 2.0 (two).
BEFORE_3 = tuple(f"{_ADO}{stamp}/edm" for stamp in ("2006/04", "2007/05", "2008/01", "2008/09", "2009/08"))
_EDM_NAMESPACES = frozenset((*BEFORE_3, NS.EDM))
_M = f"{{{NS.M}}}"

_KINDS = ("EntityType", "ComplexType", "EnumType", "Association", "EntityContainer")
_ANNOTATION_ELEMENTS = frozenset({"ValueAnnotation", "TypeAnnotation"})
_SCHEMA_CHILDREN = frozenset({*_KINDS, "Using", "Function", "ValueTerm", "Annotations"})
_KNOWN_CHILDREN = _SCHEMA_CHILDREN | _ANNOTATION_ELEMENTS | {"Documentation"}
#: Elements that stand for a ``Type`` attribute.
TYPE_ELEMENTS = frozenset({"CollectionType", "ReferenceType", "TypeRef", "RowType"})
_PRIMITIVES_LOWER = {name.lower(): name for name in PRIMITIVES}

_wrapped = re.compile(r"(Collection|MultiValue|Bag|List|Ref)\((.*)\)", re.DOTALL).fullmatch

#: Attribute -> field of a model's dataclass, and its reader (None: the text itself).
FieldTable = Mapping[str, tuple[str, Callable[[str], Any] | None]]


#: All attributes of an element but its name, which comes first.
Attributes = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Scope:
    """One Schema element: what names mean in it.

    ``types`` remembers each spelling of a type, ``shapes`` and ``parameter_shapes`` each set of attributes that was read without
    a remark: of ten thousand properties a few hundred differ in more than the name.
    """

    element: etree._Element
    namespace: str
    alias: str | None
    edm_namespace: str
    aliases: dict[str, str]
    types: dict[str, str] = field(default_factory=dict)
    shapes: dict[Attributes, Property] = field(default_factory=dict)
    parameter_shapes: dict[Attributes, Parameter] = field(default_factory=dict)


@dataclass(slots=True)
class Declared:
    """One named child of a schema, before it is built."""

    scope: Scope
    element: etree._Element
    name: str
    full_name: str


class _LocalNames(dict[Any, str | None]):
    """Tag -> local name, where the tag is of an EDM namespace; else None."""

    def __init__(self) -> None:
        self.namespaces = set(_EDM_NAMESPACES)

    def __missing__(self, tag: Any) -> str | None:
        name = etree.QName(tag)
        found = self[tag] = name.localname if (name.namespace or "") in self.namespaces else None
        return found


class Document:
    """One document: its scopes, its declarations by kind and full name, its warnings."""

    def __init__(self, data: bytes) -> None:
        self.frame = Frame(data)
        self.warnings = self.frame.warnings
        self.scopes: list[Scope] = []
        self.declared: dict[str, dict[str, Declared]] = {kind: {} for kind in _KINDS}
        #: Annotations that stand apart from what they annotate, by the path that names it.
        self.targeted: dict[str, list[tuple[Scope, etree._Element]]] = {}
        self._namespaces: set[str] = set()
        self._all_aliases: dict[str, str] = {}
        self._type_names: set[str] = set()
        self.local_names = _LocalNames()
        for element in self.frame.schemas:
            self._open_schema(element)
        for scope in self.scopes:
            self._collect(scope)
        if not any(self.declared.values()):
            self.warn(self.frame.schemas[0], "the document declares no type and no container")

    def warn(self, element: etree._Element, text: str) -> None:
        self.frame.warn(element, text)

    # --- names --------------------------------------------------------------------------------------------------------------

    def _open_schema(self, element: etree._Element) -> None:
        edm_namespace = etree.QName(element).namespace or ""
        if edm_namespace not in _EDM_NAMESPACES:
            self.warn(element, f"unknown EDM namespace {edm_namespace!r}; read as 3.0")
            self.local_names.namespaces.add(edm_namespace)
        namespace = element.get("Namespace", "").strip()
        alias = element.get("Alias")
        aliases = {alias: namespace} if alias else {}
        for child in element:
            if self.local(child) == "Using":
                used = child.get("Namespace") or child.get("NamespaceUri")
                if used and (named := child.get("Alias")):
                    aliases[named] = used
        if not namespace and any(self.local(child) not in ("Annotations", "Using", None) for child in element):
            self.warn(element, "Schema has no Namespace")
        self.scopes.append(Scope(element, namespace, alias, edm_namespace, aliases))
        self._namespaces.add(namespace)
        for key, value in aliases.items():
            self._all_aliases.setdefault(key, value)

    def _collect(self, scope: Scope) -> None:
        """What a schema declares, by kind and full name, and which annotations in it aim at something elsewhere."""
        for child in scope.element:
            kind = self.local(child)
            if kind in _KINDS:
                self._declare(kind, scope, child)
            elif kind == "Annotations":
                target = self.expand(scope, child.get("Target", ""))
                child.set("Target", target)
                self.targeted.setdefault(target, []).append((scope, child))
            elif kind is not None and kind not in _KNOWN_CHILDREN:
                self.warn(child, f"unknown element {kind!r} in Schema {scope.namespace}")

    def _declare(self, kind: str, scope: Scope, element: etree._Element) -> None:
        name = element.get("Name", "").strip()
        if not name and kind == "EntityContainer":
            name = "Container"
            self.warn(element, f"EntityContainer without a Name in Schema {scope.namespace}; called {name}")
        if not name:
            self.warn(element, f"{kind} without a Name in Schema {scope.namespace}; dropped")
            return
        full_name = f"{scope.namespace}.{name}"
        is_type = kind in ("EntityType", "ComplexType", "EnumType")
        if full_name in self.declared[kind] or (is_type and full_name in self._type_names):
            self.warn(element, f"{kind} {full_name} is declared twice; the first is kept")
            return
        if is_type:
            self._type_names.add(full_name)
        self.declared[kind][full_name] = Declared(scope, element, name, full_name)

    def expand(self, scope: Scope, text: str) -> str:
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

    def find(self, scope: Scope, kind: str, text: str) -> str:
        """The full name of a declared thing, from what may be an alias or a bare name."""
        declared = self.declared[kind]
        text = text.strip()
        if text not in declared:
            expanded = self.expand(scope, text)
            if expanded in declared:
                return expanded
            if "." not in text and f"{scope.namespace}.{text}" in declared:
                return f"{scope.namespace}.{text}"
            return expanded
        return text

    def type_name(self, scope: Scope, text: str, element: etree._Element) -> str:
        """The full name of a type; each spelling is looked into once per schema."""
        found = scope.types.get(text)
        if found is None:
            found = scope.types[text] = self._resolve_type(scope, text, element)
        return found

    def _resolve_type(self, scope: Scope, text: str, element: etree._Element) -> str:
        inner, wrappers = text.strip(), list[str]()
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

    def _element_type(self, scope: Scope, text: str, element: etree._Element) -> str:
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
        expanded = self.expand(scope, text)
        if expanded in self._type_names or expanded in PRIMITIVES:
            return expanded
        known = _PRIMITIVES_LOWER.get(text.lower())
        if known is not None:
            self.warn(element, f"{text!r} is an odd spelling of {known}")
            return known
        self.warn(element, f"the type {text!r} is not in this document")
        return expanded

    def type_of(self, scope: Scope, element: etree._Element, text: str | None) -> str | None:
        """A type given as attribute, or as one of the elements that stand for it; None where it is not given."""
        if text is not None:
            return self.type_name(scope, text, element)
        wrappers: list[str] = []
        step: etree._Element | None = element
        while step is not None and len(wrappers) < 3:
            child = next((c for c in step if self.local(c) in TYPE_ELEMENTS), None)
            if child is None:
                return None
            local = self.local(child)
            if local in ("CollectionType", "ReferenceType"):
                wrappers.append("Collection" if local == "CollectionType" else "Ref")
            named = child.get("ElementType") or child.get("Type")
            if named is not None:
                name = self.type_name(scope, named, child)
                for wrapper in reversed(wrappers):
                    name = f"{wrapper}({name})"
                return name
            step = child
        return None

    def bases(self, kind: str) -> dict[str, str | None]:
        """The base type of each declared type, None where it has none that this document knows."""
        bases: dict[str, str | None] = {}
        for name, declared in self.declared[kind].items():
            text = declared.element.get("BaseType")
            base = None if text is None else self.find(declared.scope, kind, text)
            if base is not None and base not in self.declared[kind]:
                self.warn(declared.element, f"{kind} {name}: its base type {text!r} is not in this document; read without it")
                base = None
            elif base == name:  # SharePoint publishes such a type; a longer circle has no such plain reading
                self.warn(declared.element, f"{kind} {name} names itself as its base type; read without one")
                base = None
            bases[name] = base
        return bases

    def cycle(self, kind: str) -> Callable[[str, list[str]], MetadataError]:
        def error(name: str, chain: list[str]) -> MetadataError:
            shown = " -> ".join(chain if len(chain) < 8 else [*chain[:3], "...", *chain[-3:]])
            return MetadataError(f"{kind} {name} derives from itself: {shown}", where=line_of(self.declared[kind][name].element))

        return error

    # --- what every element may carry ---------------------------------------------------------------------------------------

    def fields(
        self,
        scope: Scope,
        element: etree._Element,
        known: FieldTable,
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

    def boolean(self, element: etree._Element, left: dict[str, str], key: str, where: str, default: bool = False) -> bool:
        text = left.pop(key, None)
        if text is None:
            return default
        try:
            return read_boolean(text, default)
        except Oddity as odd:
            self.warn(element, f"{where}: {key.rpartition('}')[2]}: {odd}")
            return bool(odd.value)

    def extras(
        self,
        scope: Scope,
        element: etree._Element,
        left: Mapping[str, str],
        target: str | None,
        structure: frozenset[str] = frozenset(),
        children: Iterable[etree._Element] | None = None,
    ) -> dict[str, Any]:
        """``annotations`` and ``documentation`` of an element, where it has any, ready for its dataclass.

        ``left`` are attributes with no meaning of their own, ``target`` the path by which annotations elsewhere name the element,
        ``structure`` the children that someone else reads, ``children`` those to look at, if not all.
        """
        if not left and not len(element) and target not in self.targeted:
            return {}
        annotations: dict[str, Any] = {}
        found: dict[str, Any] = {}
        for key, value in left.items():
            if key[:1] == "{":
                keep(annotations, key, value)
                if key.startswith(_M):
                    odd = f"m:{key.removeprefix(_M)}"
                    self.warn(element, f"the attribute {odd} means nothing on {describe(element)}; kept as an annotation")
            else:
                self.warn(element, f"unknown attribute {key!r} of {describe(element)}")
        names = self.local_names
        for child in element if children is None else children:
            local = names[child.tag]
            if local in structure:
                continue
            if local is None:
                keep(annotations, str(child.tag), Markup.of(child))
            elif local == "Documentation":
                found["documentation"] = self._documentation(child)
            elif local in _ANNOTATION_ELEMENTS:
                self._annotate(annotations, scope, child, None)
            else:
                self.warn(child, f"unknown element {local!r} in {describe(element)}")
        if target is not None:
            for owner, group in self.targeted.pop(target, ()):
                for child in group:
                    if self.local(child) in _ANNOTATION_ELEMENTS:
                        self._annotate(annotations, owner, child, group.get("Qualifier"))
                    else:
                        keep(annotations, str(child.tag), Markup.of(child))
        if annotations:
            found["annotations"] = annotations
        return found

    def _annotate(self, annotations: dict[str, Any], scope: Scope, element: etree._Element, qualifier: str | None) -> None:
        term = self.expand(scope, element.get("Term", "").strip())
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
        if self.local(element) != "ValueAnnotation":
            return None
        given = [(key, value) for key, value in element.items() if key not in ("Term", "Qualifier")]
        if len(given) == 1 and not len(element):
            kind, text = given[0]
        elif not given and len(element) == 1 and not len(element[0]) and not element[0].attrib:
            kind, text = self.local(element[0]) or "", element[0].text or ""
        else:
            return None
        if kind not in CONSTANT_KINDS:
            return None
        return text if kind == "String" else Constant(text, kind)

    def _documentation(self, element: etree._Element) -> Documentation:
        texts = {"Summary": "", "LongDescription": ""}
        for child in element:
            local = self.local(child)
            if local in texts:
                texts[local] = "".join(child.itertext()).strip()
        return Documentation(summary=texts["Summary"], long_description=texts["LongDescription"])

    def children(self, element: etree._Element, local: str) -> Iterator[etree._Element]:
        names = self.local_names
        return (child for child in element if names[child.tag] == local)

    def grouped(self, element: etree._Element, structure: frozenset[str]) -> dict[str, list[etree._Element]]:
        """The children by local name, all but those of ``structure`` under ``""``. (A child costs more to reach than to read.)"""
        names = self.local_names
        groups: dict[str, list[etree._Element]] = {name: [] for name in structure}
        others: list[etree._Element] = []
        groups[""] = others
        for child in element:
            groups.get(names[child.tag] or "", others).append(child)
        return groups

    def local(self, element: etree._Element) -> str | None:
        """The local name of an element of EDM, in any of its namespaces; None for a foreign one."""
        return self.local_names[element.tag]

    def schema(self, scope: Scope) -> Schema:
        """A schema as the model keeps it; to be asked for last, when the annotations left over are known."""
        left = attributes_of(scope.element, "Namespace", "Alias")
        extras = self.extras(scope, scope.element, left, None, _SCHEMA_CHILDREN)
        annotations = dict(extras.get("annotations", {}))
        for child in scope.element:
            local = self.local(child)
            if local in ("Function", "ValueTerm"):
                keep(annotations, str(child.tag), Markup.of(child))
            elif local == "Annotations" and child.get("Target", "") in self.targeted:  # it names nothing in this document
                for annotation in child:
                    annotation.set("Term", self.expand(scope, annotation.get("Term", "")))
                keep(annotations, str(child.tag), Markup.of(child))
        return Schema(
            namespace=scope.namespace,
            alias=scope.alias,
            edm_namespace=scope.edm_namespace,
            annotations=annotations,
            documentation=extras.get("documentation"),
        )


def attributes_of(element: etree._Element, *known: str) -> dict[str, str]:
    """The attributes but for those the caller has read."""
    return {key: value for key, value in element.items() if key not in known}


def describe(element: etree._Element) -> str:
    """``Property Name``, for a warning."""
    return f"{etree.QName(element).localname} {element.get('Name', element.get('Role', element.get('Term', '')))}".strip()


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
