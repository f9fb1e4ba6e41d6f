"""The containers of a model: entity sets, association sets and function imports, with those of a container that is extended.

Source: CSDL 3.0 sections 13 to 15; digest section 2, "Which kind of operation" and "Containers".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from lxml import etree

from odata3.edm.csdl_document import (
    BEFORE_3,
    TYPE_ELEMENTS,
    Declared,
    Document,
    FieldTable,
    Scope,
    attributes_of,
    bases_first,
)
from odata3.edm.facets import FACETS
from odata3.edm.members import Members
from odata3.edm.model import (
    Association,
    AssociationSet,
    EntityContainer,
    EntitySet,
    FunctionImport,
    OperationKind,
    Parameter,
)
from odata3.markup import NS

__all__ = ["ContainerReader"]

_M = f"{{{NS.M}}}"
_PARAMETER_ATTRIBUTES: FieldTable = {
    "Name": ("name", None),
    "Type": ("type", None),
    "Mode": ("mode", None),
    **{name: FACETS[name] for name in ("Nullable", "MaxLength", "Precision", "Scale", "SRID")},
}
#: Facets that a Parameter may carry and the model does not keep: no caller needs them.
_PARAMETER_IGNORED = frozenset({"FixedLength", "Unicode", "Collation", "DefaultValue"})
_VERBS = frozenset({"GET", "POST", "PUT", "MERGE", "PATCH", "DELETE"})
_CONTAINER_CHILDREN = frozenset({"EntitySet", "AssociationSet", "FunctionImport"})
_OPERATION_CHILDREN = frozenset({"Parameter", "ReturnType"})


_Signature = tuple[str, tuple[tuple[str, str], ...]]


def _signature(operation: FunctionImport) -> _Signature:
    return operation.name, tuple((parameter.name, parameter.type) for parameter in operation.parameters)


class _Filling:
    """A container's children so far, beginning with those of the one it extends."""

    def __init__(self, full_name: str, is_default: bool, base: EntityContainer | None) -> None:
        self.place: dict[str, Any] = {"container": full_name, "in_default_container": is_default}
        self.sets: dict[str, EntitySet] = {}
        self.joined: dict[str, AssociationSet] = {}
        self.operations: dict[_Signature, FunctionImport] = {}
        if base is not None:
            self.sets = {found.name: replace(found, **self.place) for found in base.entity_sets}
            self.joined = {found.name: found for found in base.association_sets}
            self.operations = {_signature(found): replace(found, **self.place) for found in base.function_imports}


class ContainerReader:
    """Builds the containers of a document, in which the associations are known already."""

    def __init__(self, document: Document, associations: Mapping[str, Association]) -> None:
        self._document = document
        self._associations = associations

    def containers(self) -> dict[str, EntityContainer]:
        declared = self._document.declared["EntityContainer"]
        bases: dict[str, str | None] = {}
        for name, container in declared.items():
            text = container.element.get("Extends")
            base = None if text is None else self._document.find(container.scope, "EntityContainer", text)
            if base is not None and base not in declared:
                same = [full_name for full_name, other in declared.items() if other.name == text and full_name != name]
                base = same[0] if len(same) == 1 else None
                if base is None:
                    self._document.warn(
                        container.element, f"EntityContainer {name} extends {text!r}, which is not in this document"
                    )
            bases[name] = base
        default = self._default_container(declared)
        built: dict[str, EntityContainer] = {}
        for name in bases_first(bases, self._document.cycle("EntityContainer")):
            base = bases[name]
            built[name] = self._container(declared[name], None if base is None else built[base], name == default)
        return {name: built[name] for name in declared}

    def _default_container(self, declared: Mapping[str, Declared]) -> str | None:
        marked = []
        for name, container in declared.items():
            left = {key.rpartition("}")[2]: text for key, text in container.element.items()}
            if self._document.boolean(container.element, left, "IsDefaultEntityContainer", f"EntityContainer {name}"):
                marked.append(name)
        if len(marked) > 1:
            self._document.warn(
                declared[marked[1]].element, f"{len(marked)} containers are marked as the default; {marked[0]} is taken"
            )
        chosen = next(iter([*marked, *declared]), None)
        if not marked and len(declared) > 1 and chosen is not None:
            self._document.warn(
                declared[chosen].element, f"none of {len(declared)} containers is marked as the default; {chosen} is taken"
            )
        return chosen

    def _container(self, declared: Declared, base: EntityContainer | None, is_default: bool) -> EntityContainer:
        element, full_name = declared.element, declared.full_name
        left = attributes_of(element, "Name", "Extends", f"{_M}IsDefaultEntityContainer")
        if left.pop("IsDefaultEntityContainer", None) is not None:
            self._document.warn(
                element, f"EntityContainer {full_name}: IsDefaultEntityContainer is not in the metadata namespace"
            )
        filled = _Filling(full_name, is_default, base)
        for child in element:
            local = self._document.local(child)
            if local in _CONTAINER_CHILDREN:
                name = child.get("Name", "").strip()
                if not name:
                    self._document.warn(child, f"{local} without a Name in {full_name}; dropped")
                else:
                    self._fill(filled, declared, child, local, name)
        self._check_ends(element, filled.joined.values(), filled.sets)
        return EntityContainer(
            name=declared.name,
            namespace=declared.scope.namespace,
            extends=element.get("Extends") if base is None else base.full_name,
            is_default=is_default,
            entity_sets=Members(filled.sets.values()),
            association_sets=Members(filled.joined.values()),
            function_imports=tuple(filled.operations.values()),
            **self._document.extras(declared.scope, element, left, full_name, _CONTAINER_CHILDREN),
        )

    def _fill(self, filled: _Filling, declared: Declared, element: etree._Element, local: str | None, name: str) -> None:
        """Adds one child, unless its name (of an import: with its parameters) is taken."""
        if local == "FunctionImport":
            operation = self._function_import(declared, element, name, filled.place)
            if filled.operations.setdefault(_signature(operation), operation) is not operation:
                self._document.warn(
                    element, f"FunctionImport {name} is declared twice with the same parameters; the first is kept"
                )
        elif name in filled.sets if local == "EntitySet" else name in filled.joined:
            self._document.warn(element, f"{local} {name} is declared twice; the first is kept")
        elif local == "EntitySet":
            filled.sets[name] = self._entity_set(declared, element, name, filled.place)
        else:
            filled.joined[name] = self._association_set(declared, element, name)

    def _check_ends(self, element: etree._Element, joined: Iterable[AssociationSet], sets: Mapping[str, EntitySet]) -> None:
        for found in joined:
            for role, name in found.ends:
                if name not in sets:
                    self._document.warn(
                        element, f"AssociationSet {found.name}: its end {role!r} names {name!r}, which is no set here"
                    )

    def _entity_set(self, declared: Declared, element: etree._Element, name: str, where: Mapping[str, Any]) -> EntitySet:
        left = attributes_of(element, "Name")
        text = left.pop("EntityType", "")
        type_name = self._document.find(declared.scope, "EntityType", text)
        if type_name not in self._document.declared["EntityType"]:
            self._document.warn(element, f"EntitySet {name}: its type {text!r} is not in this document")
        elif "." not in text:
            self._document.warn(element, f"EntitySet {name}: its type {text!r} is named without its namespace")
        extras = self._document.extras(declared.scope, element, left, f"{declared.full_name}/{name}")
        return EntitySet(name=name, type=type_name, **where, **extras)

    def _association_set(self, declared: Declared, element: etree._Element, name: str) -> AssociationSet:
        scope = declared.scope
        left = attributes_of(element, "Name")
        association = self._document.find(scope, "Association", left.pop("Association", ""))
        known = self._associations.get(association)
        if known is None:
            self._document.warn(element, f"AssociationSet {name}: its association {association!r} is not in this document")
        ends: list[tuple[str, str]] = []
        for child in self._document.children(element, "End"):
            role = child.get("Role")
            if role is None and known is not None:
                free = [end.role for end in known.ends if end.role not in dict(ends)]
                role = free[0] if free else ""
                self._document.warn(child, f"AssociationSet {name}: an end without a Role; taken as {role!r}")
            ends.append((role or "", child.get("EntitySet", "")))
        extras = self._document.extras(scope, element, left, f"{declared.full_name}/{name}", frozenset({"End"}))
        return AssociationSet(name=name, association=association, ends=tuple(ends), annotations=extras.get("annotations", {}))

    def _function_import(
        self, declared: Declared, element: etree._Element, name: str, where: Mapping[str, Any]
    ) -> FunctionImport:
        scope, place = declared.scope, f"FunctionImport {name}"
        left = attributes_of(element, "Name")
        kind, http_method = self._operation_kind(scope, element, left, place)
        return_type, entity_set, entity_set_path = self._returned(scope, element, left)
        if kind is OperationKind.SERVICE_OPERATION and return_type is not None:
            self._check_set(element, return_type, entity_set or entity_set_path, place)
        return FunctionImport(
            name=name,
            kind=kind,
            http_method=http_method,
            parameters=Members(self._parameters(scope, element, place)),
            return_type=return_type,
            entity_set=entity_set,
            entity_set_path=entity_set_path,
            bindable=self._document.boolean(element, left, "IsBindable", place),
            always_bindable=self._document.boolean(element, left, f"{_M}IsAlwaysBindable", place),
            side_effecting=self._document.boolean(
                element, left, "IsSideEffecting", place, default=kind is not OperationKind.FUNCTION
            ),
            composable=self._document.boolean(element, left, "IsComposable", place),
            **where,
            **self._document.extras(scope, element, left, f"{declared.full_name}/{name}", _OPERATION_CHILDREN),
        )

    def _check_set(self, element: etree._Element, return_type: str, entity_set: str | None, where: str) -> None:
        """A service operation names a set where it returns entities, and only there ([MC-CSDL] 2.1.15)."""
        returned = return_type.removeprefix("Collection(").removesuffix(")")
        if returned in self._document.declared["EntityType"]:
            if entity_set is None:
                self._document.warn(element, f"{where} returns {return_type} and names no EntitySet; it goes by the type")
        elif entity_set is not None:
            self._document.warn(element, f"{where} returns {return_type}, and its EntitySet {entity_set!r} means nothing")

    def _returned(self, scope: Scope, element: etree._Element, left: dict[str, str]) -> tuple[str | None, str | None, str | None]:
        """Return type, entity set and its path, from attributes or from the (first) ReturnType child."""
        text, entity_set, path = (left.pop(key, None) for key in ("ReturnType", "EntitySet", "EntitySetPath"))
        returned = next(self._document.children(element, "ReturnType"), None)
        if returned is None:
            return None if text is None else self._document.type_name(scope, text, element), entity_set, path
        text = text or returned.get("Type") or returned.get("ElementType")
        return_type = self._document.type_of(scope, returned, text)
        return return_type, entity_set or returned.get("EntitySet"), path or returned.get("EntitySetPath")

    def _operation_kind(
        self, scope: Scope, element: etree._Element, left: dict[str, str], where: str
    ) -> tuple[OperationKind, str | None]:
        """Digest section 2, "Which kind of operation"."""
        http_method = left.pop(f"{_M}HttpMethod", None)
        if http_method is not None:
            verb = http_method.strip().upper()
            if verb not in _VERBS:
                self._document.warn(element, f"{where}: HttpMethod {http_method!r} is no verb of OData; kept as it stands")
            return OperationKind.SERVICE_OPERATION, verb
        if scope.edm_namespace in BEFORE_3 and not {"IsSideEffecting", "IsBindable", "IsComposable"} & left.keys():
            return OperationKind.SERVICE_OPERATION, "GET"
        side_effecting = self._document.boolean(element, dict(left), "IsSideEffecting", where, default=True)
        return (OperationKind.ACTION if side_effecting else OperationKind.FUNCTION), None

    def _parameters(self, scope: Scope, element: etree._Element, where: str) -> Iterable[Parameter]:
        found: dict[str, Parameter] = {}
        for child in self._document.children(element, "Parameter"):
            items = child.items()
            shape = scope.parameter_shapes.get(tuple(items[1:])) if items and items[0][0] == "Name" and not len(child) else None
            built = self._parameter(scope, child, where) if shape is None else shape.renamed(items[0][1].strip())
            if not built.name or built.name in found:
                self._document.warn(
                    child, f"{where}: parameter {built.name!r} is {'given twice' if built.name else 'nameless'}; dropped"
                )
            else:
                found[built.name] = built
        return found.values()

    def _parameter(self, scope: Scope, element: etree._Element, where: str) -> Parameter:
        document = self._document
        warnings = len(document.warnings)
        fields, left = document.fields(scope, element, _PARAMETER_ATTRIBUTES, f"{where}, parameter ", _PARAMETER_IGNORED)
        name = fields["name"] = fields.get("name", "").strip()
        type_name = document.type_of(scope, element, fields.pop("type", None))
        if type_name is None:
            document.warn(element, f"{where}, parameter {name} has no type; read as Edm.String")
        extras = document.extras(scope, element, left, None, TYPE_ELEMENTS)
        found = Parameter(type=type_name or "Edm.String", **fields, **extras)
        items = element.items()
        if not extras and not left and not len(element) and len(document.warnings) == warnings and items[0][0] == "Name":
            scope.parameter_shapes[tuple(items[1:])] = found
        return found
