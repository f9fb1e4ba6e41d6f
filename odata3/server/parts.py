"""Writes to less than an entity: properties, streams, links. Source: digest section 8."""

from __future__ import annotations

from typing import Any

from odata3.edm.primitives import primitive
from odata3.formats.documents import NATIVE, Complex, Expectation, Kind, Reference, Value
from odata3.server.answers import empty
from odata3.server.changing import apply_update, check_etag, updated
from odata3.server.incoming import entity_at, exact, put_in, refuse_null, type_of_property
from odata3.server.linking import link, unlink
from odata3.server.reading import mismatch, names_etag, value_at
from odata3.server.refusal import Refusal, not_allowed, unreadable
from odata3.server.resources import Resource
from odata3.server.streams import MEDIA
from odata3.server.task import NONE, Task
from odata3.wire.messages import Response

# --- properties -------------------------------------------------------------------------------------------------------------


def write_property(task: Task, resource: Resource) -> Response:
    """PUT, PATCH, MERGE of a property or its ``$value``, and DELETE, which makes it null: 204."""
    task.options(None, NONE)
    record = resource.owner
    check_etag(task, record)
    entity_type = task.model.entity_types[record.type_name]
    first = resource.properties[0]
    name = first if isinstance(first, str) else first.name
    if name in entity_type.key:
        raise Refusal(400, f"The property '{name}' belongs to the key and cannot be changed.")
    value = _new_value(task, resource)
    if not isinstance(resource.properties[-1], str):
        refuse_null(value, resource.properties[-1])
    name, value = put_in(record.values, resource.properties, value)
    changed = apply_update(task, record, {name: value}, frozenset({name}))
    return updated(task, changed if changed is not None else record)


def _new_value(task: Task, resource: Resource) -> Any:
    type_name = type_of_property(resource.properties)
    if task.method == "DELETE":
        return None
    if resource.value:
        return _raw_value(task, type_name, resource.name)
    document = task.read(Expectation(Kind.VALUE, type_name, None, resource.name))
    if not isinstance(document, Value):
        raise unreadable("A property's value was expected.")
    value = exact(document.value, document.text)
    if task.method == "PUT" or not isinstance(value, Complex):
        return value
    before, _ = value_at(resource, resource.owner)
    kept = {} if not isinstance(before, Complex) else {member: before.get(member) for member in before.names()}
    return Complex(value.type_name, {**kept, **{member: value.get(member) for member in value.names()}}, NATIVE)


def _raw_value(task: Task, type_name: str | None, name: str) -> Any:
    edm = primitive(type_name or "Edm.String")
    if edm is None:
        raise Refusal(400, f"'{name}' has no raw value that could be written.")
    if edm.name == "Edm.Binary":
        return task.body
    try:
        text = task.body.decode("utf-8-sig")
        return exact(edm.parse(text), text)
    except (UnicodeDecodeError, ValueError) as error:
        raise unreadable(str(error)) from None


# --- streams ----------------------------------------------------------------------------------------------------------------


def write_stream(task: Task, resource: Resource) -> Response:
    """PUT of a media resource or a named stream: 204 with its ETag."""
    task.options(None, NONE)
    owner = resource.owner
    name = MEDIA if resource.value else resource.name
    if name == MEDIA and not task.model.entity_types[owner.type_name].has_stream:
        raise Refusal(400, f"The type '{owner.type_name}' is no media entity: it has no $value.")
    if task.method == "DELETE":
        raise not_allowed("A stream cannot be deleted; delete its entity.", "GET", "PUT")
    if task.method != "PUT":
        raise not_allowed(f"{task.method} is not valid for a stream: it is replaced as a whole, by PUT.", "GET", "PUT")
    content_type = task.headers.get("Content-Type")
    if not content_type:
        raise Refusal(400, "The Content-Type of the stream is missing.")
    connection, endings = task.transaction.connection, task.transaction.endings
    before = task.store.streams.of(connection, owner.entity_set, [owner.id]).get(owner.id, {}).get(name)
    wanted = task.headers.get("If-Match")
    if wanted is not None and (before is None or not names_etag(wanted, before.etag)):
        raise mismatch()
    written = task.store.streams.write(connection, endings, owner.entity_set, owner.id, name, content_type, task.body)
    return empty("1.0" if name == MEDIA else "3.0", {"ETag": written.etag})


# --- links ------------------------------------------------------------------------------------------------------------------


def write_link(task: Task, resource: Resource) -> Response:
    """POST (one more), PUT (this one), DELETE of links: 204."""
    task.options(None, NONE)
    assert resource.source is not None and resource.relation is not None
    source, navigation = resource.source, resource.relation.navigation
    if task.method == "DELETE":
        return _remove_link(task, resource)
    if navigation.is_collection != (task.method == "POST") or resource.target is not None:
        allowed = ("GET", "POST") if navigation.is_collection else ("GET", "PUT", "DELETE")
        raise not_allowed(f"{task.method} is not valid for the links of '{navigation.name}'.", *allowed)
    document = task.read(Expectation(Kind.REFERENCE, None, source.entity_set, navigation.name))
    if not isinstance(document, Reference):
        raise unreadable("One link was expected.")
    link(task, source, navigation.name, entity_at(task, document.url))
    return empty()


def _remove_link(task: Task, resource: Resource) -> Response:
    assert resource.source is not None and resource.relation is not None
    navigation = resource.relation.navigation
    if task.headers.get("If-Match") is not None or task.headers.get("If-None-Match") is not None:
        raise Refusal(400, "If-Match or If-None-Match HTTP headers cannot be specified for DELETE operations of links.")
    if navigation.is_collection and resource.target is None:
        raise not_allowed(f"Of the links of '{navigation.name}' one is deleted at a time, by its key.", "GET", "POST")
    unlink(task, resource.source, navigation.name, resource.target)
    return empty()
