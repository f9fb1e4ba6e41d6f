"""``odata3 metadata``: what a service is made of."""

from __future__ import annotations

from typing import Any

import click
from rich.text import Text
from rich.tree import Tree

from odata3.console.access import access_options, model_of
from odata3.console.completion import complete_source, complete_type
from odata3.console.output import format_option, json_text, write_rows
from odata3.console.terminal import console, say, tell, visible
from odata3.edm.model import EntityType, FunctionImport, Model, Property, StructuredType
from odata3.entities.names import hint
from odata3.errors import ArgumentError


@click.command()
@click.argument("source", metavar="URL|FILE|NAME:", required=False, shell_complete=complete_source)
@click.option("--type", "type_name", help="One type in detail, by its name.", shell_complete=complete_type)
@click.option("--tree", is_flag=True, help="All types with their properties.")
@format_option(("table", "json", "csv"))
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@access_options()
def metadata(source: str | None, type_name: str | None, tree: bool, form: str, as_json: bool, **access: Any) -> None:
    """What a service is made of: its sets, types and operations. As CSV: its sets, or the properties of a type."""
    form = "json" if as_json else form
    if tree and form == "csv":
        raise ArgumentError("a tree has no form as CSV: take --format json, or --type for the properties of one type")
    model = model_of(source, access)
    for warning in model.warnings:
        say(f"warning: {warning}")
    if type_name is not None:
        _show_type(model, named_type(model, type_name), form)
    elif form == "json":
        click.echo(json_text(_told(model)))
    elif tree:
        _show_tree(model)
    elif form == "csv":
        _write_sets(model, form)
    else:
        _show_summary(model)


def named_type(model: Model, name: str) -> StructuredType:
    """The type of this name, short where that is clear; ``ArgumentError`` names what there is."""
    found = model.structured_type(name)
    everything: list[StructuredType] = [*model.entity_types.values(), *model.complex_types.values()]
    matching = [found] if found is not None else [t for t in everything if t.name == name]
    if len(matching) != 1:
        if matching:
            raise ArgumentError(f"there is more than one type {name!r}: {', '.join(sorted(t.full_name for t in matching))}")
        raise ArgumentError(f"there is no type {name!r}{hint(name, [t.name for t in everything])}")
    return matching[0]


# -- in words -------------------------------------------------------------------------------------------------------------------


def _write_sets(model: Model, form: str) -> None:
    rows = [
        {"Set": s.url_name, "Type": s.type, "Key": ", ".join(t.key), "Properties": len(t.properties), "Leads to": _leads(t)}
        for s in model.entity_sets.values()
        if (t := model.entity_type_of(s)) is not None
    ]
    write_rows(rows, form, ("Set", "Type", "Key", "Properties", "Leads to"))


def _show_summary(model: Model) -> None:
    _write_sets(model, "table")
    operations = [f for overloads in model.function_imports.values() for f in overloads]
    if operations:
        click.echo()
        write_rows(
            [
                {"Operation": f.qualified_name, "Kind": f.kind.value, "Takes": _takes(f), "Gives": f.return_type}
                for f in operations
            ],
            "table",
            ("Operation", "Kind", "Takes", "Gives"),
        )
    click.echo(
        f"\n{len(model.entity_types)} entity types, {len(model.complex_types)} complex types, "
        f"{len(model.enum_types)} enum types, {len(model.entity_sets)} entity sets, {len(operations)} operations"
        + (f"; OData {model.version}" if model.version else "")
    )


def _leads(entity_type: EntityType) -> str:
    return ", ".join(f"{n.name}{'*' if n.is_collection else ''}" for n in entity_type.navigation_properties)


def _takes(operation: FunctionImport) -> str:
    return ", ".join(f"{p.name}: {p.type}" for p in operation.parameters)


def _show_type(model: Model, structured: StructuredType, form: str) -> None:
    told = _told_type(model, structured)
    if form == "json":
        click.echo(json_text(told))
    elif form == "csv":
        _write_properties(told, form)
    else:
        _describe_type(structured, told)


def _describe_type(structured: StructuredType, told: dict[str, Any]) -> None:
    words = [w for w, said in (("abstract", structured.abstract), ("open", structured.open_type)) if said]
    if isinstance(structured, EntityType) and structured.has_stream:
        words.append("with a media resource")
    base = f" : {structured.base_type}" if structured.base_type else ""
    tell(f"{structured.full_name}{base}" + (f" ({', '.join(words)})" if words else ""))
    if structured.documentation is not None and structured.documentation.summary:
        tell(structured.documentation.summary)
    _write_properties(told, "table")
    for title in ("sets", "derived", "operations"):
        if told.get(title):
            tell(f"{title}: {', '.join(told[title])}")


def _write_properties(told: dict[str, Any], form: str) -> None:
    rows: list[dict[str, Any]] = [
        {
            "Property": p["name"],
            "Type": p["type"],
            "Nullable": "yes" if p["nullable"] else "",
            "Key": "key" if p.get("key") else "",
            "Facets": ", ".join(f"{k} {v}" for k, v in p["facets"].items()) if p.get("facets") else "",
        }
        for p in (*told["properties"], *told.get("navigation", ()))
    ]
    write_rows(rows, form, ("Property", "Type", "Nullable", "Key", "Facets"))


def _show_tree(model: Model) -> None:
    root = Tree("types")
    everything: list[StructuredType] = [*model.entity_types.values(), *model.complex_types.values()]
    for structured in everything:
        branch = root.add(_label(structured.full_name + (f" : {structured.base_type}" if structured.base_type else "")))
        key = structured.key if isinstance(structured, EntityType) else ()
        for prop in structured.declared_properties:
            branch.add(_label(f"{prop.name}: {prop.type}", "bold" if prop.name in key else ""))
        if isinstance(structured, EntityType):
            for navigation in structured.declared_navigation_properties:
                branch.add(_label(f"{navigation.name} -> {navigation.type}{'*' if navigation.is_collection else ''}", "cyan"))
    for enum in model.enum_types.values():
        branch = root.add(_label(f"{enum.full_name} (enum)"))
        for member in enum.members:
            branch.add(_label(f"{member.name} = {member.value}"))
    console().print(root)


def _label(text: str, style: str = "") -> Text:
    return Text(visible(text), style=style)


# -- as JSON --------------------------------------------------------------------------------------------------------------------


def _told(model: Model) -> dict[str, Any]:
    return {
        "version": model.version,
        "sets": {s.url_name: s.type for s in model.entity_sets.values()},
        "types": {
            t.full_name: {
                "base": t.base_type,
                "key": list(t.key),
                "properties": {p.name: p.type for p in t.properties},
                "navigation": {n.name: f"Collection({n.type})" if n.is_collection else n.type for n in t.navigation_properties},
            }
            for t in model.entity_types.values()
        },
        "complex": {t.full_name: {p.name: p.type for p in t.properties} for t in model.complex_types.values()},
        "enums": {e.full_name: {m.name: m.value for m in e.members} for e in model.enum_types.values()},
        "operations": sorted(model.function_imports),
        "warnings": list(model.warnings),
    }


def _told_type(model: Model, structured: StructuredType) -> dict[str, Any]:
    key = structured.key if isinstance(structured, EntityType) else ()
    told: dict[str, Any] = {
        "name": structured.full_name,
        "base": structured.base_type,
        "abstract": structured.abstract,
        "open": structured.open_type,
        "properties": [
            {"name": p.name, "type": p.type, "nullable": p.nullable, "key": p.name in key, "facets": _facets(p)}
            for p in structured.properties
        ],
    }
    if isinstance(structured, EntityType):
        told["navigation"] = [
            {
                "name": n.name,
                "type": f"Collection({n.type})" if n.is_collection else n.type,
                "nullable": n.multiplicity == "0..1",
            }
            for n in structured.navigation_properties
        ]
        told["sets"] = [s.url_name for s in model.entity_sets.values() if model.is_derived(structured.full_name, s.type)]
        told["operations"] = [f.qualified_name for f in model.operations_bound_to(structured.full_name)]
    told["derived"] = [name for name in model.derived_types(structured.full_name) if name != structured.full_name]
    return told


def _facets(prop: Property) -> dict[str, Any]:
    named = {
        "max length": prop.max_length,
        "precision": prop.precision,
        "scale": prop.scale,
        "default": prop.default_value,
        "concurrency": prop.concurrency_mode if prop.concurrency_mode != "None" else None,
    }
    return {name: value for name, value in named.items() if value is not None}
