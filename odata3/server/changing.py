"""Inserts, updates and deletes of entities.

Every change is announced to the hooks of its set as a :class:`~odata3.server.hooks.Change` and then written. An insert is one
thing with all that is bound to it or inserted with it. Source: digest section 8.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from odata3.edm.model import EntityType
from odata3.formats.documents import Entry, Expectation, Feed, Kind
from odata3.server.acceptance import Shape
from odata3.server.answers import empty
from odata3.server.hooks import Change, ChangeKind
from odata3.server.incoming import dynamic_types_of, entity_at, type_of_entry, values_of
from odata3.server.linking import link
from odata3.server.reading import entry as entry_answer
from odata3.server.reading import mismatch, names_etag
from odata3.server.records import Record, default_value
from odata3.server.refusal import Refusal, unreadable
from odata3.server.resources import Resource, type_of
from odata3.server.store import DuplicateKeyError
from odata3.server.streams import MEDIA
from odata3.server.tables import ByValue, Relation
from odata3.server.task import NONE, SINGLE, Task
from odata3.wire.messages import Response


@dataclass(frozen=True, slots=True)
class Preference:
    """``Prefer``: whether content is wanted, and the header that says it was heeded."""

    content: bool | None

    @property
    def headers(self) -> dict[str, str | None]:
        if self.content is None:
            return {}
        return {"Preference-Applied": "return-content" if self.content else "return-no-content"}


def preference(task: Task) -> Preference:
    """What the asker prefers; heard from version 3 on."""
    said = re.findall(r"return-(?:no-)?content", task.headers.get("Prefer", "")) if task.versions.request >= "3.0" else []
    if not said:
        return Preference(None)
    task.versions.raise_response("3.0")
    return Preference(said[0] == "return-content")


# --- insert -----------------------------------------------------------------------------------------------------------------


def insert(task: Task, resource: Resource) -> Response:
    """POST to entities: 201 with the new one, or 204 if that is preferred."""
    _no_etags(task)
    entity_type = type_of(task, resource)
    options = task.options(entity_type, SINGLE)
    if entity_type.has_stream:
        record = _insert_media(task, resource, entity_type)
    else:
        document = task.read(Expectation(Kind.ENTRY, entity_type.full_name, resource.entity_set))
        if not isinstance(document, Entry):
            raise unreadable("An entry was expected.")
        task.spelling(Shape.ENTRY)
        record = _insert_entry(task, resource.entity_set, document, entity_type, parent=_parent(resource))
    wish = preference(task)
    if record is None:
        return empty(task.versions.response, wish.headers)
    location = task.links.edit_link(record)
    headers: dict[str, str | None] = {"Location": location, "ETag": task.links.etag(record), **wish.headers}
    if wish.content is False:
        return empty("3.0", {**headers, "DataServiceId": task.links.identity(record)})
    return entry_answer(task, record, options, status=201, headers=headers)


def _parent(resource: Resource) -> tuple[Record, Relation] | None:
    """The entity whose navigation property is inserted into."""
    return None if resource.source is None or resource.relation is None else (resource.source, resource.relation)


def _insert_media(task: Task, resource: Resource, entity_type: EntityType) -> Record | None:
    """A media entity: its bytes are the body, its properties follow by MERGE."""
    content_type = task.headers.get("Content-Type")
    if not content_type:
        raise Refusal(400, "The Content-Type of the media resource is missing.")
    return _insert_entry(task, resource.entity_set, Entry(None, {}), entity_type, parent=_parent(resource), media=content_type)


def _insert_entry(
    task: Task,
    set_name: str,
    document: Entry,
    expected: EntityType,
    *,
    parent: tuple[Record, Relation] | None = None,
    media: str | None = None,
) -> Record | None:
    entity_type = type_of_entry(task, document, expected)
    if entity_type.abstract:
        raise unreadable(f"The type '{entity_type.full_name}' is abstract.")
    sent = values_of(document, entity_type)
    transaction = task.transaction

    def store(change: Change, values: dict[str, Any]) -> Record:
        return transaction.insert(set_name, values, type_name=entity_type.full_name, dynamic_types=change.dynamic_types)

    def write(change: Change) -> Record:
        record = _stored(task, change, store)
        if media is not None:
            task.store.streams.write(transaction.connection, transaction.endings, set_name, record.id, MEDIA, media, task.body)
        if parent is not None:
            link(task, parent[0], parent[1].navigation.name, record)
        _link_all(task, record, document)
        return record

    change = Change(
        ChangeKind.INSERT,
        task.set_of(set_name),
        entity_type.full_name,
        None,
        {**_values_unsent(task, entity_type, parent), **sent},
        frozenset(sent),
        True,
        transaction,
        task.exchange,
        write,
        dynamic_types_of(document, entity_type),
    )
    return announce(task, change)


def _values_unsent(task: Task, entity_type: EntityType, parent: tuple[Record, Relation] | None) -> dict[str, Any]:
    """What an entity starts with where the body is silent: defaults, and what its place below ``parent`` says."""
    made = {
        p.name: default_value(task.model, p) for p in entity_type.properties if not p.is_stream and p.name not in entity_type.key
    }
    if parent is not None and isinstance(parent[1].by, ByValue) and not parent[1].by.near_depends:
        made.update({there: parent[0].values[here] for here, there in parent[1].by.pairs})
    return made


def announce(task: Task, change: Change) -> Record | None:
    """Let the hooks of a change have their say, then write it; the entity as it stands after all that."""
    for hook in task.hooks.of_change(change.kind, change.entity_set.qualified_name):
        hook(change)
    if not change.applied:
        change.apply()
    return None if change.after is None else task.transaction.reread(change.after)


def _stored(task: Task, change: Change, store: Callable[[Change, dict[str, Any]], Record]) -> Record:
    """Write the values of a change but those that are input only; what the store refuses is refused to the asker."""
    inputs = task.hooks.inputs(change.entity_set.qualified_name)
    stored = {name: value for name, value in change.values.items() if name not in inputs}
    try:
        return store(change, stored)
    except DuplicateKeyError as error:
        raise Refusal(409, str(error)) from None
    except (TypeError, ValueError) as error:
        raise unreadable(str(error)) from None


def _link_all(task: Task, record: Record, document: Entry) -> None:
    """What an entry binds, and what it holds to be inserted with it."""
    for name, urls in document.binds.items():
        for url in [urls] if isinstance(urls, str) else urls:
            link(task, record, name, entity_at(task, url))
    for name, inline in document.inline.items():
        if inline is None:
            continue
        relation = task.store.layout.relation(record.entity_set, record.type_name, name)
        if relation is None:
            raise unreadable(f"'{name}' leads to no entity set.")
        if isinstance(inline, Feed) != relation.navigation.is_collection:
            raise unreadable(f"'{name}' leads to {'many' if relation.navigation.is_collection else 'one'}.")
        target = task.model.entity_types[relation.navigation.type]
        for one in inline.entries if isinstance(inline, Feed) else [inline]:
            _insert_entry(task, relation.target.name, one, target, parent=(record, relation))


# --- update -----------------------------------------------------------------------------------------------------------------


def update(task: Task, resource: Resource) -> Response:
    """PUT, PATCH and MERGE of an entity: 204, or 200 with it if that is preferred."""
    task.options(type_of(task, resource), NONE)
    record = resource.owner
    check_etag(task, record)
    entity_type = task.model.entity_types[record.type_name]
    document = task.read(Expectation(Kind.ENTRY, entity_type.full_name, record.entity_set))
    if not isinstance(document, Entry):
        raise unreadable("An entry was expected.")
    if any(inline is not None for inline in document.inline.values()):
        raise unreadable("An update cannot hold related entities; change them by themselves.")
    type_of_entry(task, document, task.model.entity_types[_root_of(task, entity_type)])
    sent = values_of(document, entity_type)
    replaces = task.method == "PUT"
    values = {name: value for name, value in sent.items() if name not in entity_type.key}
    if replaces and task.settings.put_resets:
        values = {**_blank(task, entity_type), **values}
    changed = apply_update(task, record, values, frozenset(sent), replaces=replaces, document=document)
    return updated(task, changed if changed is not None else record)


def _root_of(task: Task, entity_type: EntityType) -> str:
    here = entity_type
    while here.base_type is not None and here.base_type in task.model.entity_types:
        here = task.model.entity_types[here.base_type]
    return here.full_name


def _blank(task: Task, entity_type: EntityType) -> dict[str, Any]:
    """What PUT leaves of an entity whose properties are not sent; its version properties go on counting."""
    versions = {p.name for p in entity_type.etag_properties}
    kept = {*entity_type.key, *versions}
    return {p.name: default_value(task.model, p) for p in entity_type.properties if not p.is_stream and p.name not in kept}


def apply_update(
    task: Task,
    record: Record,
    values: dict[str, Any],
    sent: frozenset[str],
    *,
    replaces: bool = False,
    document: Entry | None = None,
) -> Record | None:
    """Announce and write new values of an entity."""

    def store(change: Change, values: dict[str, Any]) -> Record:
        return task.transaction.update(record, values, dynamic_types=change.dynamic_types)

    def write(change: Change) -> Record:
        if replaces and task.settings.put_resets:
            task.transaction.forget_dynamic(record)
        changed = _stored(task, change, store)
        if document is not None:
            _bind(task, changed, document)
        return changed

    change = Change(
        ChangeKind.UPDATE,
        task.set_of(record.entity_set),
        record.type_name,
        record.copy(),
        values,
        sent,
        replaces,
        task.transaction,
        task.exchange,
        write,
        {} if document is None else dynamic_types_of(document, task.model.entity_types[record.type_name]),
    )
    return announce(task, change)


def _bind(task: Task, record: Record, document: Entry) -> None:
    entity_type = task.model.entity_types[record.type_name]
    for name, urls in document.binds.items():
        navigation = entity_type.navigation_properties.get(name)
        if navigation is None or navigation.is_collection or not isinstance(urls, str):
            raise unreadable(f"An update binds single navigation properties only, not '{name}'.")
        link(task, record, name, entity_at(task, urls))


def updated(task: Task, record: Record) -> Response:
    """The answer to a change of an entity or a part of it."""
    wish = preference(task)
    if wish.content:
        return entry_answer(task, record, headers=wish.headers)
    version = "1.0" if wish.content is None else "3.0"
    return empty(version, {"ETag": task.links.etag(record), **wish.headers})


# --- delete -----------------------------------------------------------------------------------------------------------------


def remove(task: Task, resource: Resource) -> Response:
    """DELETE of an entity: 204."""
    task.options(type_of(task, resource), NONE)
    record = resource.owner
    check_etag(task, record)

    def write(change: Change) -> None:
        task.transaction.delete(record)

    change = Change(
        ChangeKind.DELETE,
        task.set_of(record.entity_set),
        record.type_name,
        record,
        {},
        frozenset(),
        False,
        task.transaction,
        task.exchange,
        write,
    )
    announce(task, change)
    return empty()


# --- ETags ------------------------------------------------------------------------------------------------------------------


def check_etag(task: Task, record: Record) -> None:
    """Refuse a change of an entity that is no longer, or not known to be, what the asker has seen."""
    wanted = task.headers.get("If-Match")
    if task.headers.get("If-None-Match") is not None:
        raise Refusal(400, "If-None-Match HTTP header cannot be specified for PUT, MERGE, PATCH and DELETE operations.")
    etag = task.links.etag(record)
    if etag is None:
        if wanted is not None and wanted.strip() != "*":
            raise Refusal(
                400,
                "If-Match or If-None-Match headers cannot be specified if the target type does not have etag properties defined.",
            )
    elif wanted is None:
        raise Refusal(task.settings.missing_etag_status, "The resource needs an If-Match header.")
    elif not names_etag(wanted, etag):
        raise mismatch()


def _no_etags(task: Task) -> None:
    if task.headers.get("If-Match") is not None or task.headers.get("If-None-Match") is not None:
        raise Refusal(400, "If-Match or If-None-Match HTTP headers cannot be specified for POST operations.")
