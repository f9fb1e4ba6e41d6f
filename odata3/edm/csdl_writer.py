"""A model as a ``$metadata`` document.

Types stand in the schema of their namespace, under the EDM namespace that schema was read with; names are written in full, and
kinds of operations are spelled out, so that they do not hang on the version. Reading the document gives an equal model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from odata3.edm.annotations import Constant, Markup, escape_attribute, escape_text
from odata3.edm.model import (
    Annotations,
    Association,
    AssociationSet,
    ComplexType,
    Documentation,
    EntityContainer,
    EntityType,
    EnumType,
    FeedMapping,
    FunctionImport,
    Model,
    NavigationProperty,
    OperationKind,
    Parameter,
    Property,
    Schema,
)
from odata3.errors import MetadataError
from odata3.markup import NS

__all__ = ["write_metadata"]

_PREFIXES = {
    NS.XML: "xml",
    NS.EDMX: "edmx",
    NS.M: "m",
    NS.ANNOTATION: "annotation",
    "http://www.sap.com/Protocols/SAPData": "sap",
}
_unfit = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]").search

Attributes = Mapping[str, str | None]


def write_metadata(model: Model) -> bytes:
    """The EDMX document of a model, in UTF-8.

    MetadataError for a model that no document can hold (control characters in a name or text).
    """
    text = "".join(_Writer(model).document())
    unfit = _unfit(text)
    if unfit is not None:
        line = text.count("\n", 0, unfit.start()) + 1
        raise MetadataError(f"XML cannot hold the character U+{ord(unfit[0]):04X} of the model", where=f"line {line}")
    return text.encode("utf-8")


class _Writer:
    """One model on its way to a document."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._prefixes = dict(_PREFIXES)
        self._used: set[str] = {NS.EDMX, NS.M}
        self._lines: list[str] = []

    def document(self) -> list[str]:
        """The pieces in order; the root comes last to be made, for only then it is known which prefixes it must declare."""
        model = self._model
        versions = {f"{{{NS.M}}}DataServiceVersion": model.version, f"{{{NS.M}}}MaxDataServiceVersion": model.max_version}
        self._elements(model.annotations, 1)
        with_annotations = {**versions, **_vendor_attributes(model.annotations)}
        self._open(1, "edmx:DataServices", with_annotations)
        written: set[str] = set()
        for schema in self._schemas():
            self._schema(schema, first=schema.namespace not in written)
            written.add(schema.namespace)
        self._close(1, "edmx:DataServices")
        declared = "".join(f' xmlns:{self._prefixes[uri]}="{escape_attribute(uri)}"' for uri in sorted(self._used - {NS.XML}))
        root = f'<?xml version="1.0" encoding="utf-8"?>\n<edmx:Edmx Version="1.0"{declared}>\n'
        return [root, *self._lines, "</edmx:Edmx>\n"]

    # --- elements -----------------------------------------------------------------------------------------------------------

    def _start(self, tag: str, attributes: Attributes) -> str:
        parts = [f"<{tag}"]
        for key, value in attributes.items():
            if value is None:
                continue
            if key[:1] == "{":
                uri, _, local = key[1:].partition("}")
                key = f"{self._prefix(uri)}:{local}"
            parts.append(f' {key}="{escape_attribute(value)}"')
        return "".join(parts)

    def _prefix(self, uri: str) -> str:
        self._used.add(uri)
        found = self._prefixes.get(uri)
        if found is None:
            found = self._prefixes[uri] = f"ns{len(self._prefixes)}"
        return found

    def _open(self, depth: int, tag: str, attributes: Attributes) -> None:
        self._lines.append(f"{'  ' * depth}{self._start(tag, attributes)}>\n")

    def _close(self, depth: int, tag: str) -> None:
        self._lines.append(f"{'  ' * depth}</{tag}>\n")

    def _element(
        self,
        depth: int,
        tag: str,
        attributes: Attributes,
        annotations: Annotations | None = None,
        documentation: Documentation | None = None,
    ) -> None:
        """An element without structure of its own."""
        if not annotations and documentation is None:
            self._lines.append(f"{'  ' * depth}{self._start(tag, attributes)}/>\n")
            return
        self._begin(depth, tag, attributes, annotations or {}, documentation)
        self._end(depth, tag, annotations or {})

    def _begin(
        self, depth: int, tag: str, attributes: Attributes, annotations: Annotations, documentation: Documentation | None
    ) -> None:
        self._open(depth, tag, {**attributes, **_vendor_attributes(annotations)})
        if documentation is not None:
            inner = "  " * (depth + 1)
            self._lines.append(
                f"{inner}<Documentation><Summary>{escape_text(documentation.summary)}</Summary>"
                f"<LongDescription>{escape_text(documentation.long_description)}</LongDescription></Documentation>\n"
            )

    def _end(self, depth: int, tag: str, annotations: Annotations) -> None:
        self._elements(annotations, depth + 1)
        self._close(depth, tag)

    def _elements(self, annotations: Annotations, depth: int) -> None:
        for key, value in annotations.items():
            for part in _parts(value):
                if isinstance(part, Markup):
                    self._lines.append(f"{'  ' * depth}{part}\n")
                elif key[:1] != "{":
                    term, _, qualifier = key.partition("#")
                    kind = part.kind if isinstance(part, Constant) else "String"
                    self._element(depth, "ValueAnnotation", {"Term": term, "Qualifier": qualifier or None, kind: part})

    # --- schemas and types --------------------------------------------------------------------------------------------------

    def _schemas(self) -> Iterator[Schema]:
        """Those of the model, and one for each namespace that a type bears without having one."""
        yield from self._model.schemas
        known = {schema.namespace for schema in self._model.schemas}
        model = self._model
        for named in (model.entity_types, model.complex_types, model.enum_types, model.associations, model.entity_containers):
            for found in named.values():
                if found.namespace not in known:
                    known.add(found.namespace)
                    yield Schema(namespace=found.namespace)

    def _schema(self, schema: Schema, *, first: bool) -> None:
        attributes = {"Namespace": schema.namespace or None, "Alias": schema.alias, "xmlns": schema.edm_namespace}
        self._begin(2, "Schema", attributes, schema.annotations, schema.documentation)
        if first:
            model, namespace = self._model, schema.namespace
            for entity_type in _of(namespace, model.entity_types):
                self._entity_type(entity_type)
            for complex_type in _of(namespace, model.complex_types):
                self._complex_type(complex_type)
            for enum_type in _of(namespace, model.enum_types):
                self._enum_type(enum_type)
            for association in _of(namespace, model.associations):
                self._association(association)
            for container in _of(namespace, model.entity_containers):
                self._container(container)
        self._end(2, "Schema", schema.annotations)

    def _entity_type(self, found: EntityType) -> None:
        base = None if found.base_type is None else self._model.entity_types.get(found.base_type)
        inherited = () if base is None else base.feed_mappings
        attributes = {
            "Name": found.name,
            "BaseType": found.base_type,
            "Abstract": _true(found.abstract),
            "OpenType": _true(found.open_type and not (base is not None and base.open_type)),
            f"{{{NS.M}}}HasStream": _true(found.has_stream and not (base is not None and base.has_stream)),
            **_feed_attributes(found.feed_mappings[len(inherited) :]),
        }
        self._begin(3, "EntityType", attributes, found.annotations, found.documentation)
        if found.key and (base is None or not base.key):
            self._open(4, "Key", {})
            for name in found.key:
                self._element(5, "PropertyRef", {"Name": name})
            self._close(4, "Key")
        for prop in found.declared_properties:
            self._property(prop)
        for navigation in found.declared_navigation_properties:
            self._navigation_property(navigation)
        self._end(3, "EntityType", found.annotations)

    def _complex_type(self, found: ComplexType) -> None:
        base = None if found.base_type is None else self._model.complex_types.get(found.base_type)
        attributes = {
            "Name": found.name,
            "BaseType": found.base_type,
            "Abstract": _true(found.abstract),
            "OpenType": _true(found.open_type and not (base is not None and base.open_type)),
        }
        self._begin(3, "ComplexType", attributes, found.annotations, found.documentation)
        for prop in found.declared_properties:
            self._property(prop)
        self._end(3, "ComplexType", found.annotations)

    def _enum_type(self, found: EnumType) -> None:
        attributes = {
            "Name": found.name,
            "UnderlyingType": None if found.underlying_type == "Edm.Int32" else found.underlying_type,
            "IsFlags": _true(found.is_flags),
        }
        self._begin(3, "EnumType", attributes, found.annotations, found.documentation)
        for member in found.members:
            self._element(
                4, "Member", {"Name": member.name, "Value": str(member.value)}, member.annotations, member.documentation
            )
        self._end(3, "EnumType", found.annotations)

    def _property(self, found: Property) -> None:
        attributes = {
            "Name": found.name,
            "Type": found.type,
            "Nullable": None if found.nullable else "false",
            "MaxLength": _text(found.max_length),
            "FixedLength": _text(found.fixed_length),
            "Precision": _text(found.precision),
            "Scale": _text(found.scale),
            "Unicode": _text(found.unicode),
            "Collation": found.collation,
            "SRID": _text(found.srid),
            "DefaultValue": found.default_value,
            "ConcurrencyMode": None if found.concurrency_mode == "None" else found.concurrency_mode,
            f"{{{NS.M}}}MimeType": found.mime_type,
        }
        if found.store_generated_pattern != "None":
            attributes[f"{{{NS.ANNOTATION}}}StoreGeneratedPattern"] = found.store_generated_pattern
        self._element(4, "Property", attributes, found.annotations, found.documentation)

    def _navigation_property(self, found: NavigationProperty) -> None:
        attributes = {
            "Name": found.name,
            "Relationship": found.relationship,
            "ToRole": found.to_role,
            "FromRole": found.from_role,
            "ContainsTarget": _true(found.contains_target),
        }
        self._element(4, "NavigationProperty", attributes, found.annotations, found.documentation)

    def _association(self, found: Association) -> None:
        self._begin(3, "Association", {"Name": found.name}, found.annotations, found.documentation)
        for end in found.ends:
            attributes = {"Type": end.type, "Role": end.role, "Multiplicity": end.multiplicity}
            if end.on_delete == "None":
                self._element(4, "End", attributes, end.annotations)
                continue
            self._begin(4, "End", attributes, end.annotations, None)
            self._element(5, "OnDelete", {"Action": end.on_delete})
            self._end(4, "End", end.annotations)
        constraint = found.referential_constraint
        if constraint is not None:
            self._begin(4, "ReferentialConstraint", {}, constraint.annotations, None)
            self._constraint_side("Principal", constraint.principal_role, constraint.principal_properties)
            self._constraint_side("Dependent", constraint.dependent_role, constraint.dependent_properties)
            self._end(4, "ReferentialConstraint", constraint.annotations)
        self._end(3, "Association", found.annotations)

    def _constraint_side(self, tag: str, role: str, names: Iterable[str]) -> None:
        self._open(5, tag, {"Role": role})
        for name in names:
            self._element(6, "PropertyRef", {"Name": name})
        self._close(5, tag)

    # --- containers ---------------------------------------------------------------------------------------------------------

    def _container(self, found: EntityContainer) -> None:
        base = None if found.extends is None else self._model.entity_containers.get(found.extends)
        inherited_sets = set() if base is None else set(base.entity_sets.names())
        inherited_joined = set() if base is None else set(base.association_sets.names())
        inherited_operations = 0 if base is None else len(base.function_imports)
        attributes = {
            "Name": found.name,
            "Extends": found.extends,
            f"{{{NS.M}}}IsDefaultEntityContainer": _true(found.is_default),
        }
        self._begin(3, "EntityContainer", attributes, found.annotations, found.documentation)
        for entity_set in found.entity_sets:
            if entity_set.name not in inherited_sets:
                named = {"Name": entity_set.name, "EntityType": entity_set.type}
                self._element(4, "EntitySet", named, entity_set.annotations, entity_set.documentation)
        for joined in found.association_sets:
            if joined.name not in inherited_joined:
                self._association_set(joined)
        for operation in found.function_imports[inherited_operations:]:
            self._function_import(operation)
        self._end(3, "EntityContainer", found.annotations)

    def _association_set(self, found: AssociationSet) -> None:
        self._begin(4, "AssociationSet", {"Name": found.name, "Association": found.association}, found.annotations, None)
        for role, name in found.ends:
            self._element(5, "End", {"Role": role, "EntitySet": name})
        self._end(4, "AssociationSet", found.annotations)

    def _function_import(self, found: FunctionImport) -> None:
        is_service_operation = found.kind is OperationKind.SERVICE_OPERATION
        attributes = {
            "Name": found.name,
            "ReturnType": found.return_type,
            "EntitySet": found.entity_set,
            "EntitySetPath": found.entity_set_path,
            "IsBindable": _true(found.bindable),
            "IsSideEffecting": _side_effecting(found),
            "IsComposable": _true(found.composable),
            f"{{{NS.M}}}HttpMethod": (found.http_method or "GET") if is_service_operation else None,
            f"{{{NS.M}}}IsAlwaysBindable": _true(found.always_bindable),
        }
        if not found.parameters:
            self._element(4, "FunctionImport", attributes, found.annotations, found.documentation)
            return
        self._begin(4, "FunctionImport", attributes, found.annotations, found.documentation)
        for parameter in found.parameters:
            self._parameter(parameter)
        self._end(4, "FunctionImport", found.annotations)

    def _parameter(self, found: Parameter) -> None:
        attributes = {
            "Name": found.name,
            "Type": found.type,
            "Mode": None if found.mode == "In" else found.mode,
            "Nullable": None if found.nullable else "false",
            "MaxLength": _text(found.max_length),
            "Precision": _text(found.precision),
            "Scale": _text(found.scale),
            "SRID": _text(found.srid),
        }
        self._element(5, "Parameter", attributes, found.annotations, found.documentation)


_StructuralKind = Any


def _of(namespace: str, named: Mapping[str, _StructuralKind]) -> Iterator[_StructuralKind]:
    return (found for found in named.values() if found.namespace == namespace)


def _parts(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _vendor_attributes(annotations: Annotations) -> dict[str, str]:
    return {
        key: part
        for key, value in annotations.items()
        if key[:1] == "{"
        for part in _parts(value)
        if not isinstance(part, Markup)
    }


def _true(flag: bool) -> str | None:
    return "true" if flag else None


def _text(value: object) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _side_effecting(found: FunctionImport) -> str | None:
    """Said wherever it decides what the import is: older schemas take silence for a service operation."""
    if found.kind is OperationKind.SERVICE_OPERATION:
        return None if found.side_effecting else "false"
    return "true" if found.kind is OperationKind.ACTION else "false"


def _feed_attributes(mappings: Iterable[FeedMapping]) -> dict[str, str | None]:
    """``m:FC_*``, with ``_1``, ``_2``, ... after those of the second mapping and on."""
    attributes: dict[str, str | None] = {}
    for index, mapping in enumerate(mappings):
        suffix = f"_{index}" if index else ""
        given = {
            "SourcePath": mapping.source_path,
            "TargetPath": mapping.target_path,
            "KeepInContent": "true" if mapping.keep_in_content else "false",
            "ContentKind": mapping.content_kind,
            "NsUri": mapping.namespace_uri,
            "NsPrefix": mapping.namespace_prefix,
        }
        attributes.update((f"{{{NS.M}}}FC_{name}{suffix}", value) for name, value in given.items())
    return attributes
