"""The types of a model as a page of Markdown: a table for each, with links between them."""

from __future__ import annotations

from collections.abc import Iterator

from odata3.edm.model import ComplexType, EntityType, EnumType, Model, NavigationProperty, Property, element_type


def model_tables(model: Model) -> str:
    """All entity types, complex types and enum types, each group in the order of names."""
    groups = {
        "Entity types": model.entity_types,
        "Complex types": model.complex_types,
        "Enum types": model.enum_types,
    }
    lines: list[str] = []
    for title, types in groups.items():
        if types:
            lines += [f"## {title}", ""]
        for name in sorted(types, key=lambda full_name: full_name.rpartition(".")[2].lower()):
            lines += [f"({name})=", f"### {types[name].name}", ""]
            lines += _enum(types[name]) if isinstance(types[name], EnumType) else _structure(model, types[name])
            lines += [""]
    return "\n".join(lines)


def _structure(model: Model, kind: EntityType | ComplexType) -> Iterator[str]:
    sets = [name for name, entity_set in model.entity_sets.items() if entity_set.type == kind.full_name]
    told = [f"`{kind.full_name}`"]
    if sets:
        told.append("in " + ", ".join(f"`{name}`" for name in sets))
    if kind.base_type is not None:
        told.append(f"a {_linked(model, kind.base_type)}")
    yield ", ".join(told)
    yield ""
    yield "| property | type | |"
    yield "| --- | --- | --- |"
    key = kind.key if isinstance(kind, EntityType) else ()
    for property in kind.properties:
        yield f"| `{property.name}` | {_linked(model, property.type)} | {_remarks(property, property.name in key)} |"
    for navigation in kind.navigation_properties if isinstance(kind, EntityType) else ():
        yield f"| `{navigation.name}` | {_linked(model, navigation.type)} | {_multiplicity(navigation)} |"


def _enum(kind: EnumType) -> Iterator[str]:
    yield f"`{kind.full_name}`: " + ", ".join(f"`{member.name}`" for member in kind.members)


def _linked(model: Model, name: str) -> str:
    """A type's name as it stands, with a link to its table where it has one."""
    inner = element_type(name)
    known = inner in model.entity_types or inner in model.complex_types or inner in model.enum_types
    shown = name.replace(inner, inner.rpartition(".")[2]) if known else name
    return f"[`{shown}`](#{inner})" if known else f"`{shown}`"


def _remarks(property: Property, in_key: bool) -> str:
    return "key" if in_key else "" if property.nullable else "not null"


def _multiplicity(navigation: NavigationProperty) -> str:
    return "leads to many" if navigation.is_collection else "leads to one"
