"""What ``help()`` shows of the classes of a model: docstrings and keywords, written when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import Parameter, Signature
from typing import Any

from odata3.edm import model as edm
from odata3.entities.properties import Attribute, NamedStream, Plan


class ClassDocumentation:
    """A class's ``__doc__``, written when it is asked for."""

    def __init__(self, edm_type: edm.StructuredType) -> None:
        self._edm_type = edm_type

    def __get__(self, instance: object, owner: Any = None) -> str:
        plan: Plan = owner._plan
        return "\n".join(_documentation(self._edm_type, plan)).rstrip() + "\n"


class Keywords:
    """A class's ``__signature__``: a keyword for every attribute, for ``help()`` and completion."""

    def __get__(self, instance: object, owner: Any = None) -> Signature:
        plan: Plan = owner._plan
        names = [name for name, attribute in plan.attributes.items() if not isinstance(attribute, NamedStream)]
        keywords = [Parameter(name, Parameter.KEYWORD_ONLY, default=None) for name in names]
        rest = [] if plan.dynamic is None else [Parameter("values", Parameter.VAR_KEYWORD)]
        return Signature([*keywords, *([] if "values" in names else rest)])


def _documentation(edm_type: edm.StructuredType, plan: Plan) -> Iterator[str]:
    entity = isinstance(edm_type, edm.EntityType)
    yield f"``{edm_type.full_name}``, {'an entity type' if entity else 'a complex type'} of the service."
    yield from _paragraphs(edm_type.documentation, "")
    if edm_type.base_type:
        yield from ("", f"Base type: ``{edm_type.base_type}``.")
    if edm_type.abstract:
        yield from ("", "Abstract: objects are of a type derived from it.")
    if edm_type.open_type:
        yield from ("", "Open: takes properties beyond those below.")
    if plan.values or plan.streams:
        yield from ("", "Properties", "----------")
    for value in plan.values:
        null = "" if value.declaration.nullable else ", not null"
        key = ", key" if value in plan.key else ""
        yield f"{value.attribute} : {value.declared_type}{null}{key}{_spelled(value)}"
        yield from _paragraphs(value.declaration.documentation, "    ")
    for stream in plan.streams:
        yield f"{stream.attribute} : {stream.declared_type}{_spelled(stream)}"
        yield from _paragraphs(stream.declaration.documentation, "    ")
    if plan.navigations:
        yield from ("", "Navigation properties", "---------------------")
    for link in plan.navigations:
        many = {"*": "many", "1": "one", "0..1": "one or none"}.get(link.declaration.multiplicity, link.declaration.multiplicity)
        yield f"{link.attribute} : {link.declaration.type}, {many}{_spelled(link)}"
        yield from _paragraphs(link.declaration.documentation, "    ")


def _spelled(attribute: Attribute) -> str:
    return "" if attribute.attribute == attribute.name else f", the service's {attribute.name!r}"


def _paragraphs(documentation: edm.Documentation | None, indent: str) -> Iterator[str]:
    if documentation is None:
        return
    for text in (documentation.summary, documentation.long_description):
        lines = [line.strip() for line in text.strip().splitlines()]
        if lines:
            yield from ("",) if not indent else ()
            yield from (f"{indent}{line}" if line else "" for line in lines)


def enum_documentation(enum_type: edm.EnumType) -> str:
    """The docstring of an enum's class."""
    lines = [f"``{enum_type.full_name}``, {'flags' if enum_type.is_flags else 'an enum type'} of the service."]
    lines += _paragraphs(enum_type.documentation, "")
    return "\n".join(lines)
