"""What a request's body says, as the values a store takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NoReturn
from urllib.parse import urlsplit

from odata3.edm.model import ComplexType, EntityType, Property, element_type
from odata3.edm.moments import fine
from odata3.formats.documents import NATIVE, Complex, Entry, Raw
from odata3.formats.gml import Typed
from odata3.server.columns import Moment
from odata3.server.records import Record
from odata3.server.refusal import Refusal, not_found, unreadable
from odata3.server.resources import Kind, Resource, find
from odata3.server.task import Task

#: Longer URLs are refused, in bodies too; IIS stops far below.
MAX_URL = 16_384
_FINE = frozenset({"Edm.DateTime", "Edm.DateTimeOffset", "Edm.Time"})


def type_of_entry(task: Task, entry: Entry, expected: EntityType) -> EntityType:
    """The type an entry says it is of, or else the expected one; refuses one that does not fit."""
    name = entry.type_name
    if name is None or name == expected.full_name:
        return expected
    found = task.model.entity_types.get(name)
    if found is None:
        raise Refusal(400, f"Error processing request stream. The type name '{name}' is not valid.")
    if not task.model.is_derived(name, expected.full_name):
        raise Refusal(400, f"Error processing request stream. The type '{name}' is not derived from '{expected.full_name}'.")
    return found


def dynamic_types_of(entry: Entry, entity_type: EntityType) -> dict[str, str]:
    """The types that a body gives to undeclared properties: a value alone does not tell an Int64 from an Int32."""
    found: dict[str, str] = {}
    for name in entry.names() if entity_type.open_type else ():
        if entity_type.properties.get(name) is None:
            raw = entry.raw(name)
            type_name = raw.value.type_name if isinstance(raw.value, Typed) else raw.codec.dynamic_types.get(name)
            if type_name is not None:
                found[name] = type_name
    return found


def values_of(entry: Entry, entity_type: EntityType) -> dict[str, Any]:
    """The properties of an entry as Python values. Refuses names that the type does not have; raises ``PayloadError``."""
    values: dict[str, Any] = {}
    for name in entry.names():
        declared = entity_type.properties.get(name)
        if declared is None and not entity_type.open_type:
            raise _unknown(name, entity_type)
        if declared is not None and declared.is_stream:
            continue
        values[name] = value_of(entry.raw(name), declared.type if declared is not None else None, entity_type)
        if declared is not None:
            refuse_null(values[name], declared)
    for name in entry.undeclared():
        raise _unknown(name, entity_type)
    return values


def refuse_null(value: Any, declared: Property) -> None:
    """Refuse null for a collection, which may be empty and is never null (digest section 3)."""
    if value is None and declared.is_collection:
        raise unreadable(f"A null value was found for the property '{declared.name}', which is of type '{declared.type}'.")


def value_of(raw: Raw, type_name: str | None, owner: EntityType | ComplexType) -> Any:
    """One value; a moment keeps the text it was, for its seventh digit and its zone."""
    decoded = raw.decode()
    if decoded is None:
        return None
    if type(raw.value) is str:
        return exact(decoded, raw.value)
    if type_name is not None and element_type(type_name) in _FINE and isinstance(raw.value, list):
        return [exact(one, str(text)) for one, text in zip(decoded, raw.value, strict=True)]
    return native(decoded)


def exact(value: Any, text: str | None) -> Any:
    """A decoded value; a moment or a duration with what its text says beyond microseconds, a moment with its zone."""
    if isinstance(value, timedelta) and text is not None:
        return fine(value, text)
    if isinstance(value, datetime) and text is not None and "Date(" not in text:
        return Moment.of(value, text.strip())
    return native(value)


def native(value: Any) -> Any:
    """A decoded value with everything in it decoded. Refuses undeclared members of complex values."""
    if isinstance(value, Complex):
        for name in value.undeclared():
            raise unreadable(f"{value.type_name} has no property '{name}'.")
        return Complex(value.type_name, {name: _member(value, name) for name in value.names()}, NATIVE)
    return [native(one) for one in value] if isinstance(value, list) else value


def _member(value: Complex, name: str) -> Any:
    raw = value.raw(name)
    decoded = raw.decode()
    return exact(decoded, raw.value if type(raw.value) is str else None)


def _unknown(name: str, entity_type: EntityType) -> Refusal:
    return unreadable(f"The property '{name}' does not exist on type '{entity_type.full_name}'.")


# --- entities that a body names by URL --------------------------------------------------------------------------------------


def _no_function(task: Task, resource: Resource) -> NoReturn:
    raise unreadable(f"'{resource.name}' is a function; a link names an entity by its own address.")


def entity_at(task: Task, url: str) -> Record:
    """The entity a URL of a body names: absolute, relative to the root or the host, or ``$1`` for an earlier request of the
    change set.

    Raises ``Refusal``: 404 for none that is there, 400 for a URL that is none of this service's.
    """
    if len(url) > MAX_URL:
        raise unreadable(f"A URI that the body names is longer than {MAX_URL} characters.")
    first, slash, rest = url.partition("/")
    if first.startswith("$") and first[1:] in task.known:
        url = task.known[first[1:]] + slash + rest
    resource = find(replace(task, path=path_below(task.root, url), query=""), _no_function)
    if resource.kind is not Kind.ENTITY:
        raise Refusal(400, f"The URI '{url}' does not name an entity.")
    if resource.record is None:
        raise not_found(resource.name)
    return resource.record


def path_below(root: str, url: str) -> str:
    """The path of a URL below the service root, not decoded. Refuses a URL that lies elsewhere.

    The scheme is no matter: behind what ends TLS, a service is asked by another one than its clients say.
    """
    whole = url.partition("#")[0].partition("?")[0]
    if whole.startswith(root):
        return whole[len(root) :]
    if f"{whole}/" == root:
        return ""
    base = urlsplit(root)
    if "://" in whole.partition("(")[0]:
        host, _, path = whole.split("://", 1)[1].partition("/")
        whole = f"/{path}" if host.lower() == base.netloc.lower() else ""
    elif not whole.startswith("/"):
        return whole
    if whole.lower().startswith(base.path.lower()):
        return whole[len(base.path) :]
    raise Refusal(400, f"The URI '{url}' is not valid because it is not based on '{root}'.")


def type_of_property(steps: list[Property | str]) -> str | None:
    last = steps[-1]
    return last.type if isinstance(last, Property) else None


def put_in(values: Mapping[str, Any], steps: list[Property | str], value: Any) -> tuple[str, Any]:
    """A new value at a path of properties, as (name, value) of the entity's own property. 404 where a complex value is null."""
    name = steps[0] if isinstance(steps[0], str) else steps[0].name
    if len(steps) == 1:
        return name, value
    within = values.get(name)
    if not isinstance(within, Complex):
        raise not_found(name)
    members = {member: within.get(member) for member in within.names()}
    inner, changed = put_in(members, steps[1:], value)
    return name, Complex(within.type_name, {**members, inner: changed}, NATIVE)
