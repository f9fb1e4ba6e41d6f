"""The paths of ``$select`` and ``$expand``, read and checked against the model.

::

    Name,Category/Name,Category/*,Shop.Special/Limit,Main.Discount
    Category,Category/Products,Shop.Special/Guarantor

Source: digest section 4.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from odata3.edm.model import ComplexType, EntityType, Model, NavigationProperty
from odata3.uri.expressions import MAX_DEPTH
from odata3.uri.parser import QuerySyntaxError, no_property

__all__ = ["parse_expand", "parse_select"]


def parse_select(text: str, model: Model | None = None, entity_type: EntityType | ComplexType | None = None) -> tuple[str, ...]:
    """The paths of a ``$select``: ``*``, ``P``, ``Nav``, ``Nav/P``, ``Nav/*``, ``NS.T/P``, ``Container.Op``, ``Container.*``."""
    return _paths("$select", text, model, entity_type, _select_path)


def parse_expand(text: str, model: Model | None = None, entity_type: EntityType | ComplexType | None = None) -> tuple[str, ...]:
    """The paths of an ``$expand``: ``Nav``, ``Nav/Sub``, ``NS.T/Nav``."""
    return _paths("$expand", text, model, entity_type, _expand_path)


_is_segment = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*(?:\.\*)?|\*").fullmatch


def _paths(
    option: str,
    text: str,
    model: Model | None,
    type_: EntityType | ComplexType | None,
    check: Callable[[list[str], Model, EntityType], str | None],
) -> tuple[str, ...]:
    """The items of a comma list of paths, each checked against the model; repeated ones once."""
    found: dict[str, None] = {}
    position = 0
    for item in text.split(","):
        path = item.strip()
        segments = path.split("/")
        place = position + len(item) - len(item.lstrip())
        if not all(map(_is_segment, segments)):
            raise QuerySyntaxError(f"not a path: {path!r}" if path else "a path was expected", option, text, place)
        if len(segments) > MAX_DEPTH:
            raise QuerySyntaxError(f"a path of more than {MAX_DEPTH} segments", option, text, place)
        if model is not None and isinstance(type_, EntityType):
            reason = check(segments, model, type_)
            if reason is not None:
                raise QuerySyntaxError(reason, option, text, place)
        found[path] = None
        position += len(item) + 1
    return tuple(found)


def _select_path(segments: list[str], model: Model, type_: EntityType) -> str | None:
    """What is wrong with a path of ``$select``."""
    for position, segment in enumerate(segments):
        last = position == len(segments) - 1
        if segment == "*" or segment.endswith(".*"):
            return None if last else f"{segment} stands at the end of a path"
        found = type_.find(segment)
        if isinstance(found, NavigationProperty):
            target = model.entity_types.get(found.type)
            if target is None:
                return None
            type_ = target
        elif found is not None or segment not in model.entity_types:
            if found is None and not (type_.open_type or _is_operation(segment, model)):
                return no_property(type_, segment)
            return None if last else f"{segment} is no navigation property, so nothing can follow it"
        else:
            if not model.is_derived(segment, type_.full_name) and not model.is_derived(type_.full_name, segment):
                return f"{segment} is not derived from {type_.full_name}"
            if last:
                return f"{segment} is a type: a property of it was expected"
            type_ = model.entity_types[segment]
    return None


def _is_operation(name: str, model: Model) -> bool:
    """Whether this names an action or function, with or without its container."""
    container, _, short = name.rpartition(".")
    return any(
        operation.name == short and (not container or f".{operation.container}".endswith(f".{container}"))
        for overloads in model.function_imports.values()
        for operation in overloads
    )


def _expand_path(segments: list[str], model: Model, type_: EntityType) -> str | None:
    """What is wrong with a path of ``$expand``."""
    found: object = None
    for segment in segments:
        found = type_.find(segment)
        if isinstance(found, NavigationProperty):
            target = model.entity_types.get(found.type)
            if target is None:
                return None
            type_ = target
        elif segment in model.entity_types:
            if not model.is_derived(segment, type_.full_name) and not model.is_derived(type_.full_name, segment):
                return f"{segment} is not derived from {type_.full_name}"
            type_ = model.entity_types[segment]
        elif found is not None:
            return f"{segment} is no navigation property: only those can be expanded"
        else:
            return no_property(type_, segment)
    if isinstance(found, NavigationProperty):
        return None
    return f"{segments[-1]} is a type: a navigation property of it was expected"
