"""The types of a model: entity, complex and enum types, their properties, and the associations between them.

Associations are read before the navigation properties that follow them, base types before those derived from them, wherever they
stand in the document; nothing recurses, 2000 levels of inheritance are as good as two. Source: CSDL 3.0 sections 4 to 9.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from odata3.edm.csdl_document import TYPE_ELEMENTS, Declared, Document, FieldTable, Scope, attributes_of, bases_first, describe
from odata3.edm.facets import FACETS, Oddity, read_mime_type, read_multiplicity
from odata3.edm.members import Members
from odata3.edm.model import (
    Association,
    AssociationEnd,
    ComplexType,
    EntityType,
    EnumMember,
    EnumType,
    FeedMapping,
    NavigationProperty,
    Property,
    ReferentialConstraint,
    StructuredType,
)
from odata3.edm.primitives import PRIMITIVES
from odata3.markup import NS

__all__ = ["TypeReader"]

_M = f"{{{NS.M}}}"
_PROPERTY_ATTRIBUTES: FieldTable = {
    "Name": ("name", None),
    "Type": ("type", None),
    **FACETS,
    f"{_M}MimeType": ("mime_type", read_mime_type),
    f"{{{NS.ANNOTATION}}}StoreGeneratedPattern": ("store_generated_pattern", None),
    "CollectionKind": ("collection_kind", None),
}
_COMPLEX_TYPE_CHILDREN = frozenset({"Property"})
_ENTITY_TYPE_CHILDREN = frozenset({"Key", "Property", "NavigationProperty"})
_ENUM_TYPES = frozenset(f"Edm.{name}" for name in ("Byte", "SByte", "Int16", "Int32", "Int64"))
_feed_attribute = re.compile(re.escape(_M) + r"FC_([A-Za-z]+)((?:_[0-9]+)?)").fullmatch


class TypeReader:
    """Builds what a document declares, but for its containers."""

    def __init__(self, document: Document) -> None:
        self._document = document
        declared = document.declared["Association"]
        self.associations: Mapping[str, Association] = {name: self._association(found) for name, found in declared.items()}

    # --- types ---------------------------------------------------------------------------------------------------------

    def enum_types(self) -> dict[str, EnumType]:
        return {name: self._enum_type(declared) for name, declared in self._document.declared["EnumType"].items()}

    def _enum_type(self, declared: Declared) -> EnumType:
        scope, element = declared.scope, declared.element
        left = attributes_of(element, "Name")
        underlying = self._document.type_name(scope, left.pop("UnderlyingType", "Edm.Int32"), element)
        if underlying not in _ENUM_TYPES:
            self._document.warn(element, f"EnumType {declared.full_name}: {underlying} is no integer type; read as Edm.Int32")
            underlying = "Edm.Int32"
        is_flags = self._document.boolean(element, left, "IsFlags", f"EnumType {declared.full_name}")
        members: dict[str, EnumMember] = {}
        following = 0
        for child in self._document.children(element, "Member"):
            name, text = child.get("Name", ""), child.get("Value")
            value = following if text is None else self._member_value(child, text, following, f"{declared.full_name}.{name}")
            if not name or name in members:
                self._document.warn(
                    child, f"EnumType {declared.full_name}: member {name!r} is {'given twice' if name else 'nameless'}; dropped"
                )
                continue
            following = value + 1
            extras = self._document.extras(scope, child, attributes_of(child, "Name", "Value"), f"{declared.full_name}/{name}")
            members[name] = EnumMember(name=name, value=value, **extras)
        return EnumType(
            name=declared.name,
            namespace=scope.namespace,
            underlying_type=underlying,
            is_flags=is_flags,
            members=Members(members.values()),
            **self._document.extras(scope, element, left, declared.full_name, frozenset({"Member"})),
        )

    def _member_value(self, element: etree._Element, text: str, default: int, where: str) -> int:
        try:
            value: int = PRIMITIVES["Edm.Int64"].parse(text)
        except ValueError:
            self._document.warn(element, f"{where}: the value {text!r} is no whole number; taken as {default}")
            return default
        return value

    def complex_types(self) -> dict[str, ComplexType]:
        bases = self._document.bases("ComplexType")
        built: dict[str, ComplexType] = {}
        for name in bases_first(bases, self._document.cycle("ComplexType")):
            declared = self._document.declared["ComplexType"][name]
            base = None if bases[name] is None else built[str(bases[name])]
            built[name] = self._complex_type(declared, base)
        return {name: built[name] for name in bases}

    def _complex_type(self, declared: Declared, base: ComplexType | None) -> ComplexType:
        scope, element, where = declared.scope, declared.element, f"ComplexType {declared.full_name}"
        left = attributes_of(element, "Name", "BaseType")
        abstract = self._document.boolean(element, left, "Abstract", where)
        open_type = self._document.boolean(element, left, "OpenType", where)
        children = self._document.grouped(element, _COMPLEX_TYPE_CHILDREN)
        _, properties, own = self._properties(declared, children["Property"], base, None)
        return ComplexType(
            name=declared.name,
            namespace=scope.namespace,
            base_type=None if base is None else base.full_name,
            abstract=abstract,
            open_type=open_type or (base is not None and base.open_type),
            properties=properties,
            declared_properties=own,
            **self._document.extras(scope, element, left, declared.full_name, children=children[""]),
        )

    def entity_types(self) -> dict[str, EntityType]:
        bases = self._document.bases("EntityType")
        built: dict[str, EntityType] = {}
        for name in bases_first(bases, self._document.cycle("EntityType")):
            declared = self._document.declared["EntityType"][name]
            base = None if bases[name] is None else built[str(bases[name])]
            built[name] = self._entity_type(declared, base)
        return {name: built[name] for name in bases}

    def _entity_type(self, declared: Declared, base: EntityType | None) -> EntityType:
        scope, element, where = declared.scope, declared.element, f"EntityType {declared.full_name}"
        left = attributes_of(element, "Name", "BaseType")
        abstract = self._document.boolean(element, left, "Abstract", where)
        open_type = self._document.boolean(element, left, "OpenType", where)
        has_stream = self._document.boolean(element, left, f"{_M}HasStream", where)
        mappings = list(() if base is None else base.feed_mappings)
        mappings.extend(self._feed_mappings(element, left, None))
        children = self._document.grouped(element, _ENTITY_TYPE_CHILDREN)
        alike, properties, own = self._properties(declared, children["Property"], base, mappings)
        inherited_ways = () if base is None else tuple(base.navigation_properties)
        own_ways = self._navigation_properties(declared, children["NavigationProperty"], inherited_ways, alike)
        return EntityType(
            name=declared.name,
            namespace=scope.namespace,
            base_type=None if base is None else base.full_name,
            abstract=abstract,
            open_type=open_type or (base is not None and base.open_type),
            has_stream=has_stream or (base is not None and base.has_stream),
            key=self._key(declared, children["Key"], alike, base, abstract),
            properties=properties,
            declared_properties=own,
            navigation_properties=Members((*inherited_ways, *own_ways)),
            declared_navigation_properties=Members(own_ways),
            feed_mappings=tuple(mappings),
            **self._document.extras(scope, element, left, declared.full_name, children=children[""]),
        )

    def _key(
        self,
        declared: Declared,
        elements: list[etree._Element],
        properties: Mapping[str, Property],
        base: EntityType | None,
        abstract: bool,
    ) -> tuple[str, ...]:
        where = f"EntityType {declared.full_name}"
        names: list[str] = []
        for child in elements:
            for reference in self._document.children(child, "PropertyRef"):
                name = reference.get("Name", "")
                known = properties.get(name)
                if known is None:
                    self._document.warn(reference, f"{where}: its key names {name!r}, which is no property of it; dropped")
                elif name in names:
                    self._document.warn(reference, f"{where}: its key names {name} twice")
                else:
                    names.append(name)
                    if known.nullable:
                        self._document.warn(reference, f"{where}: its key property {name} is nullable")
        if base is not None and base.key:
            if names:
                self._document.warn(declared.element, f"{where}: it has a key of its own beside the inherited one, which holds")
            return base.key
        if not names and not abstract:
            self._document.warn(declared.element, f"{where} has no key: its entities can be read, not tracked")
        return tuple(names)

    # --- properties ---------------------------------------------------------------------------------------------------------

    def _properties(
        self,
        declared: Declared,
        elements: list[etree._Element],
        base: StructuredType | None,
        mappings: list[FeedMapping] | None,
    ) -> tuple[dict[str, Property], Members[Property], Members[Property]]:
        """By its name what stands for each property of a type, one alike in all but the name; all properties; those of its own.

        What is declared like an earlier property differs from it in the name alone, and is made when it is looked at. A derived
        type's list is made at once, while its base's stands: a deep hierarchy must not be walked by recursion.
        """
        document = self._document
        known = {} if base is None else {inherited.name: inherited for inherited in base.properties}
        own: dict[str, Property] = {}
        like, targeted = declared.scope.shapes.get, document.targeted
        for child in elements:
            attributes = child.items()
            found = like(tuple(attributes[1:]))
            if found is None or attributes[0][0] != "Name" or len(child):
                found = self._property(declared, child, mappings)
                name = found.name
            else:
                name = attributes[0][1].strip()
                if targeted and f"{declared.full_name}/{name}" in targeted:
                    found = self._property(declared, child, mappings)
            if not name:
                document.warn(child, f"a property without a name in {declared.full_name}; dropped")
            elif name in own or name in known:
                document.warn(child, f"{declared.full_name}.{name} is declared twice; the first is kept")
            else:
                own[name] = found
        made = Members.late(lambda: (found if found.name == name else found.renamed(name) for name, found in own.items()))
        if base is None:
            return own, made, made
        return {**known, **own}, Members((*base.properties, *made)), made

    def _property(self, declared: Declared, element: etree._Element, mappings: list[FeedMapping] | None) -> Property:
        document, scope = self._document, declared.scope
        warnings = len(document.warnings)
        fields, left = document.fields(scope, element, _PROPERTY_ATTRIBUTES, f"{declared.full_name}.")
        name = fields["name"] = fields.get("name", "").strip()
        type_name = document.type_of(scope, element, fields.pop("type", None))
        if type_name is None:
            document.warn(element, f"{declared.full_name}.{name} has no type; read as Edm.String")
            type_name = "Edm.String"
        if fields.pop("collection_kind", "None") != "None" and not type_name.startswith("Collection("):
            type_name = f"Collection({type_name})"
        fields["type"] = type_name
        plain = not left and not len(element) and len(document.warnings) == warnings
        if left and mappings is not None:
            mappings.extend(self._feed_mappings(element, left, name))
        extras = document.extras(scope, element, left, f"{declared.full_name}/{name}", TYPE_ELEMENTS)
        found = Property(**fields, **extras)
        items = element.items()
        if plain and not extras and items[0][0] == "Name":
            scope.shapes[tuple(items[1:])] = found
        return found

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
                self._document.warn(element, f"a feed mapping of {describe(element)} lacks its path; dropped")
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
        self,
        declared: Declared,
        elements: list[etree._Element],
        inherited: tuple[NavigationProperty, ...],
        properties: Mapping[str, Property],
    ) -> tuple[NavigationProperty, ...]:
        found: dict[str, NavigationProperty] = {}
        taken = {known.name for known in inherited}
        for child in elements:
            name = child.get("Name", "").strip()
            where = f"{declared.full_name}.{name}"
            if not name:
                self._document.warn(child, f"a navigation property without a name in {declared.full_name}; dropped")
            elif name in found or name in taken or name in properties:
                self._document.warn(child, f"{where} is declared twice; the first is kept")
            else:
                built = self._navigation_property(declared, child, name, where)
                if built is not None:
                    found[name] = built
        return tuple(found.values())

    def _navigation_property(
        self, declared: Declared, element: etree._Element, name: str, where: str
    ) -> NavigationProperty | None:
        scope = declared.scope
        left = attributes_of(element, "Name")
        relationship = self._document.find(scope, "Association", left.pop("Relationship", ""))
        from_role, to_role = left.pop("FromRole", ""), left.pop("ToRole", "")
        association = self.associations.get(relationship)
        if association is None or len(association.ends) != 2:
            self._document.warn(element, f"{where}: its association {relationship!r} is not in this document; dropped")
            return None
        first, second = association.ends
        if first.role == second.role and to_role == first.role:
            far = second
        elif to_role in (first.role, second.role):
            far = association.ends[to_role]
        elif from_role in (first.role, second.role):
            far = second if first.role == from_role else first
            self._document.warn(element, f"{where}: its role {to_role!r} is none of {relationship}; the other end is taken")
            to_role = far.role
        else:
            self._document.warn(element, f"{where}: its roles {from_role!r} and {to_role!r} are none of {relationship}; dropped")
            return None
        return NavigationProperty(
            name=name,
            type=far.type,
            multiplicity=far.multiplicity,
            relationship=relationship,
            from_role=from_role,
            to_role=to_role,
            contains_target=self._document.boolean(element, left, "ContainsTarget", where),
            **self._document.extras(scope, element, left, f"{declared.full_name}/{name}"),
        )

    # --- associations -------------------------------------------------------------------------------------------------------

    def _association(self, declared: Declared) -> Association:
        scope, element, where = declared.scope, declared.element, f"Association {declared.full_name}"
        ends = [self._association_end(scope, child, where) for child in self._document.children(element, "End")]
        if len(ends) != 2:
            self._document.warn(element, f"{where} has {len(ends)} ends, not two")
        elif ends[0].role == ends[1].role:
            self._document.warn(element, f"{where}: both its ends have the role {ends[0].role!r}")
        constraint = next(self._document.children(element, "ReferentialConstraint"), None)
        return Association(
            name=declared.name,
            namespace=scope.namespace,
            ends=Members(ends),
            referential_constraint=None if constraint is None else self._constraint(scope, constraint, where),
            **self._document.extras(
                scope, element, attributes_of(element, "Name"), declared.full_name, frozenset({"End", "ReferentialConstraint"})
            ),
        )

    def _association_end(self, scope: Scope, element: etree._Element, where: str) -> AssociationEnd:
        left = attributes_of(element)
        type_name = self._document.type_name(scope, left.pop("Type", ""), element)
        role = left.pop("Role", None) or type_name.rpartition(".")[2]
        try:
            multiplicity = read_multiplicity(left.pop("Multiplicity", "*"))
        except Oddity as odd:
            self._document.warn(element, f"{where}: {odd}")
            multiplicity = odd.value
        on_delete = next((child.get("Action", "None") for child in self._document.children(element, "OnDelete")), "None")
        extras = self._document.extras(scope, element, left, None, frozenset({"OnDelete"}))
        return AssociationEnd(
            name=role, type=type_name, multiplicity=multiplicity, on_delete=on_delete, annotations=extras.get("annotations", {})
        )

    def _constraint(self, scope: Scope, element: etree._Element, where: str) -> ReferentialConstraint | None:
        sides: dict[str, tuple[str, tuple[str, ...]]] = {}
        for child in element:
            local = self._document.local(child)
            if local in ("Principal", "Dependent"):
                names = tuple(reference.get("Name", "") for reference in self._document.children(child, "PropertyRef"))
                sides[local] = child.get("Role", ""), names
        if len(sides) != 2 or len(sides["Principal"][1]) != len(sides["Dependent"][1]):
            self._document.warn(element, f"{where}: its referential constraint does not pair properties; dropped")
            return None
        extras = self._document.extras(scope, element, attributes_of(element), None, frozenset({"Principal", "Dependent"}))
        return ReferentialConstraint(
            principal_role=sides["Principal"][0],
            principal_properties=sides["Principal"][1],
            dependent_role=sides["Dependent"][0],
            dependent_properties=sides["Dependent"][1],
            annotations=extras.get("annotations", {}),
        )
