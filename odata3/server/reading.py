"""Answers to GET: the service document, metadata, feeds, entries, properties, links, counts, streams."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

from odata3.edm.csdl import write_metadata
from odata3.edm.model import EntityType, Property
from odata3.edm.moments import FineDuration
from odata3.edm.primitives import parse_literal, primitive
from odata3.formats.documents import Expectation, Feed, Reference, References, ServiceDocument, Value
from odata3.formats.documents import Kind as Document
from odata3.formats.encoders import natural_type
from odata3.server.acceptance import Shape
from odata3.server.answers import answer, empty
from odata3.server.columns import Moment
from odata3.server.projection import Projection, project
from odata3.server.records import Record
from odata3.server.refusal import Refusal, not_found
from odata3.server.resources import Kind, Resource, type_of
from odata3.server.responses import literal_of, spelled, value_version, version_of
from odata3.server.selections import OrderTerm, Selection
from odata3.server.streams import MEDIA, StoredStream
from odata3.server.task import COUNTED, FEED, NONE, REFERENCES, SINGLE, Task
from odata3.server.terms import Term
from odata3.uri.options import QueryOptions
from odata3.wire.messages import Response


def read(task: Task, resource: Resource) -> Response:
    """The answer to GET. Raises ``Refusal``."""
    if resource.kind is Kind.SERVICE:
        return _service_document(task)
    if resource.kind is Kind.METADATA:
        return _metadata(task)
    if resource.kind is Kind.ENTITIES:
        return _count(task, resource) if resource.count else _feed(task, resource)
    if resource.kind is Kind.ENTITY:
        return _stream(task, resource.owner, MEDIA) if resource.value else _entry(task, resource)
    if resource.kind is Kind.PROPERTY:
        return _property(task, resource)
    if resource.kind is Kind.STREAM:
        return _stream(task, resource.owner, resource.name)
    if resource.kind is Kind.LINKS:
        return _links(task, resource)
    raise Refusal(405, "The /$batch resource only supports POST method requests.", headers={"Allow": "POST"})


def _service_document(task: Task) -> Response:
    task.options(None, NONE)
    collections = [(s.url_name, f"{task.root}{s.url_name}") for s in task.model.entity_sets.values()]
    spelling = task.spelling(Shape.SERVICE)
    return task.write(ServiceDocument(collections), Expectation(Document.SERVICE), spelling)


def _metadata(task: Task) -> Response:
    task.options(None, NONE)
    spelling = task.spelling(Shape.METADATA)
    task.versions.raise_response(task.model.version or "1.0")
    body = task.model.prepared.get("server.metadata")
    if body is None:
        body = task.model.prepared["server.metadata"] = write_metadata(task.model)
    return answer(200, body, spelling.content_type, task.versions.response)


# --- entities ---------------------------------------------------------------------------------------------------------------


def _no_etags(task: Task) -> None:
    """Refuse the ETags of one where many are asked for."""
    if task.headers.get("If-Match") is not None or task.headers.get("If-None-Match") is not None:
        raise Refusal(
            400,
            "If-Match or If-None-Match HTTP headers cannot be specified since the URI refers to a collection of resources "
            "or has a $count or $links segment.",
        )


def _feed(task: Task, resource: Resource) -> Response:
    _no_etags(task)
    options = task.options(type_of(task, resource), FEED)
    _need_versions(task, options)
    assert resource.selection is not None
    selection = task.ask(resource.selection, options=options, source=resource.source)
    return feed(task, selection, options, name=resource.name, cast=resource.cast)


def _need_versions(task: Task, options: QueryOptions) -> None:
    """What the options ask of the versions (digest section 1)."""
    if options.inlinecount:
        task.versions.raise_response("2.0")
    if options.needs_version_3:
        task.versions.need_request("3.0")
    elif options.needs_version_2:
        task.versions.need_request("2.0")


def feed(
    task: Task,
    selection: Selection,
    options: QueryOptions,
    *,
    name: str | None,
    cast: str | None = None,
    given: Sequence[Record] | None = None,
) -> Response:
    """A page of entities as the options choose, order and show them. ``given`` is what the selection holds in an order of its
    own, kept where the options ask for no other."""
    set_name = selection.set_name
    entity_type = task.model.entity_types[selection.type_name]
    projection = _projection(task, entity_type, options)
    if options.filter is not None:
        selection = selection.where(options.filter)
    size = task.settings.page_size.get(set_name)
    paged = size is not None and (options.top is None or options.top > size)
    spelling = task.spelling(Shape.FEED)
    task.versions.raise_response(version_of(task.model, task.set_of(set_name), projection, operations=_offers(task)))
    if paged or options.skiptoken is not None or _expands_pages(task, entity_type, projection):
        task.versions.raise_response("2.0")
    count = task.transaction.size(selection) if options.inlinecount else None
    if given is not None and not paged and _as_they_are(options):
        records, next_link = list(given), None
    else:
        records, next_link = _Page(task, selection, options, size if paged else None).read()
    entries = task.dresser(spelling).entries(records, projection, task.expand(_nested_link(task, options)))
    document = Feed(entries, count=count, next_link=next_link, id=f"{task.root}{_bare_path(task)}")
    expect = Expectation(Document.FEED, cast, set_name, name)
    return task.write(document, expect, spelling, select=_select_text(options))


def _as_they_are(options: QueryOptions) -> bool:
    return options.filter is None and not options.orderby and options.skipped is None and options.top is None


def _offers(task: Task) -> bool:
    """Whether operations are advertised: where the answer may be of version 3."""
    return task.versions.ceiling >= "3.0"


def _bare_path(task: Task) -> str:
    return re.sub(r"\(\)$", "", task.path.strip("/"))


def _projection(task: Task, entity_type: EntityType, options: QueryOptions) -> Projection:
    deepest = max((path.count("/") + 1 for path in options.expanded), default=0)
    if deepest > task.settings.max_expand:
        raise Refusal(400, f"$expand goes deeper than {task.settings.max_expand} levels.")
    return project(task.model, entity_type, options.selected, options.expanded)


def _select_text(options: QueryOptions) -> str | None:
    return ",".join(options.selected) if options.selected else None


def _expands_pages(task: Task, entity_type: EntityType, projection: Projection) -> bool:
    """Whether something is expanded that comes in pages, so that a next link may stand in the answer."""
    for name, inner in projection.expanded.items():
        navigation = entity_type.navigation_properties.get(name)
        if navigation is None:
            continue
        target = task.model.set_of_type(navigation.type)
        if navigation.is_collection and target is not None and target.qualified_name in task.settings.page_size:
            return True
        if _expands_pages(task, task.model.entity_types[navigation.type], inner):
            return True
    return False


class _Page:
    """One page of a selection: its entities and the link to the next."""

    def __init__(self, task: Task, selection: Selection, options: QueryOptions, size: int | None) -> None:
        self.task = task
        self.selection = selection
        self.options = options
        self.size = size

    def read(self) -> tuple[list[Record], str | None]:
        options, transaction = self.options, self.task.transaction
        ordered = options.orderby or options.top is not None or options.skipped is not None or self.size is not None
        order = transaction.order(self.selection, options.orderby) if ordered else []
        after = None
        if options.skiptoken is not None:
            if self.selection.set_name not in self.task.settings.page_size:
                raise Refusal(400, "Skip tokens can only be provided for requests that return collections of entities in pages.")
            after = _after(self.selection, order, options.skiptoken)
        skip = 0 if after is not None else options.skipped or 0
        limit = self.size if self.size is not None else options.top
        if limit == 0:
            return [], None
        page = transaction.page(self.selection, order, after=after, skip=skip, limit=limit)
        if self.size is None or not page.more:
            return page.records, None
        token = ",".join(literal_of(type_name, value) for type_name, value in page.last)
        return page.records, self._next(token)

    def _next(self, token: str) -> str:
        """The URL asked, with a token in the place of ``$skip``, and of ``$top`` what is left of it."""
        kept = [part for part in self.task.query.split("&") if part and _name(part) not in ("$skiptoken", "$skip", "$top")]
        if self.options.top is not None and self.size is not None:
            kept.append(f"$top={self.options.top - self.size}")
        kept.append(f"$skiptoken={quote(token, safe=_PLAIN)}")
        return f"{self.task.root}{_bare_path(self.task)}?{'&'.join(kept)}"


_PLAIN = "'(),/:$*;=@"


def _name(part: str) -> str:
    return unquote(part.partition("=")[0]).strip()


def _nested_link(task: Task, options: QueryOptions) -> Any:
    """What makes the link to the rest of an expanded collection, expanded and projected as the page was."""

    def link(owner: Record, name: str, token: str) -> str:
        nested = [
            f"${option}={quote(','.join(below), safe=_PLAIN)}"
            for option, paths in (("expand", options.expanded), ("select", options.selected))
            if (below := [path.partition("/")[2] for path in paths if path.startswith(f"{name}/")])
        ]
        rest = "&".join([*nested, f"$skiptoken={quote(token, safe=_PLAIN)}"])
        return f"{task.links.edit_link(owner)}/{name}?{rest}"

    return link


def _after(selection: Selection, order: Sequence[OrderTerm], token: str) -> list[Term]:
    """The values of a ``$skiptoken``: what the last entity of the page before was sorted by."""
    texts = _split(token)
    if len(texts) != len(order):
        raise Refusal(400, f"Error in query syntax: '{token}' is no skip token of this request.")
    translator = selection.translator()
    values = []
    for text, term in zip(texts, order, strict=True):
        try:
            found, value = parse_literal(text)
        except ValueError as error:
            raise Refusal(400, f"Error in query syntax: '{token}' is no skip token of this request.", detail=str(error)) from None
        if found is None:
            values.append(translator.null)
        else:
            same = term.type_name is None or term.type_name == found.name
            values.append(translator.constant(found.name if same else str(term.type_name), value, text))
    return values


def _split(token: str) -> list[str]:
    """Literals between commas that stand in no quotes."""
    return re.split(r",(?=(?:[^']*'[^']*')*[^']*$)", token)


def _entry(task: Task, resource: Resource) -> Response:
    options = task.options(type_of(task, resource), SINGLE)
    _need_versions(task, options)
    if resource.record is None:
        return empty()
    etag = task.links.etag(resource.record)
    if (fresh := not_modified(task, etag)) is not None:
        return fresh
    return entry(task, resource.record, options, cast=resource.cast, name=resource.name)


def not_modified(task: Task, etag: str | None) -> Response | None:
    """304 where the asker has this state already (``If-None-Match``); 412 where he asked for another (``If-Match``)."""
    known, wanted = task.headers.get("If-None-Match"), task.headers.get("If-Match")
    if known is not None and wanted is not None:
        raise Refusal(400, "Both If-Match and If-None-Match HTTP headers cannot be specified at the same time.")
    if wanted is not None and etag is not None and not names_etag(wanted, etag):
        raise mismatch()
    if known is None or etag is None or not names_etag(known, etag):
        return None
    return empty(headers={"ETag": etag}, status=304)


def mismatch() -> Refusal:
    return Refusal(412, "The etag value in the request header does not match with the current etag value of the object.")


def names_etag(header: str, etag: str) -> bool:
    """Whether a header of ETags has this one, or ``*``."""
    if header.strip() == "*":
        return True
    return etag in re.findall(r'(?:W/)?"[^"]*"', header) or header.strip() == etag


def entry(
    task: Task,
    record: Record,
    options: QueryOptions = QueryOptions(),  # noqa: B008 - immutable
    *,
    status: int = 200,
    cast: str | None = None,
    name: str | None = None,
    headers: dict[str, str | None] | None = None,
) -> Response:
    """One entity as the options show it."""
    entity_type = task.model.entity_types[record.type_name]
    projection = _projection(task, entity_type, options)
    spelling = task.spelling(Shape.ENTRY)
    task.versions.raise_response(version_of(task.model, task.set_of(record.entity_set), projection, operations=_offers(task)))
    if _expands_pages(task, entity_type, projection):
        task.versions.raise_response("2.0")
    (dressed,) = task.dresser(spelling).entries([record], projection, task.expand(_nested_link(task, options)))
    expect = Expectation(Document.ENTRY, cast, record.entity_set, name)
    fields = {"ETag": dressed.etag, **(headers or {})}
    return task.write(dressed, expect, spelling, status=status, headers=fields, select=_select_text(options))


def _count(task: Task, resource: Resource) -> Response:
    _no_etags(task)
    options = task.options(type_of(task, resource), COUNTED)
    task.versions.raise_response("2.0")
    task.versions.need_request("3.0" if options.needs_version_3 else "2.0")
    assert resource.selection is not None
    selection = task.ask(resource.selection, options=options, source=resource.source)
    if options.filter is not None:
        selection = selection.where(options.filter)
    size = task.transaction.size(selection)
    size = max(0, size - (options.skipped or 0))
    size = size if options.top is None else min(size, options.top)
    return answer(200, str(size).encode(), "text/plain;charset=utf-8", task.versions.response)


# --- parts of an entity -----------------------------------------------------------------------------------------------------


def value_at(resource: Resource, record: Record) -> tuple[Any, str]:
    """The value of a property path in an entity, and its declared type; 404 where a complex value on the way is null."""
    value: Any = record.values
    type_name = ""
    for position, step in enumerate(resource.properties):
        name = step if isinstance(step, str) else step.name
        if value is None:
            previous = resource.properties[position - 1]
            raise not_found(previous if isinstance(previous, str) else previous.name)
        if isinstance(step, str) and name not in value:
            raise not_found(name)
        value = value.get(name)
        type_name = step.type if isinstance(step, Property) else _natural_type(value)
    return value, type_name


def _natural_type(value: Any) -> str:
    return natural_type(value) or "Edm.String"


def _property(task: Task, resource: Resource) -> Response:
    task.options(None, NONE)
    etag = task.links.etag(resource.owner)
    if (fresh := not_modified(task, etag)) is not None:
        return fresh
    shown = replace(resource.owner, values=dict(resource.owner.values))
    task.on_read(shown)
    value, type_name = value_at(resource, shown)
    if resource.value:
        return _raw_value(task, resource, value, type_name, etag)
    return value_answer(task, value, type_name, resource.name, {"ETag": etag})


def value_answer(task: Task, value: Any, type_name: str, name: str, headers: dict[str, str | None] | None = None) -> Response:
    """A value by itself: of a property, or what an operation returned."""
    spelling = task.spelling(Shape.VALUE)
    task.versions.raise_response(value_version(task.model, type_name))
    document = Value(spelled(value), type_name, name)
    return task.write(document, Expectation(Document.VALUE, type_name, None, name), spelling, headers=headers)


def _raw_value(task: Task, resource: Resource, value: Any, type_name: str, etag: str | None) -> Response:
    if value is None:
        raise not_found(resource.name)
    last = resource.properties[-1]
    return raw_answer(value, type_name, last.mime_type if isinstance(last, Property) else None, {"ETag": etag})


def raw_answer(
    value: Any, type_name: str, mime_type: str | None = None, headers: dict[str, str | None] | None = None
) -> Response:
    """A primitive value as bare text, or bytes: ``$value``."""
    if isinstance(value, bytes):
        return answer(200, value, mime_type or "application/octet-stream", "1.0", dict(headers or {}))
    if isinstance(value, Moment | FineDuration) and value.text is not None:
        text = value.text
    else:
        edm = primitive(type_name)
        text = str(value) if edm is None else edm.format(value)
    return answer(200, text.encode("utf-8"), mime_type or "text/plain;charset=utf-8", "1.0", dict(headers or {}))


def _stream(task: Task, owner: Record, name: str) -> Response:
    """A media resource or a named stream: 404 where there is none, 204 for a named one that was never written."""
    task.options(None, NONE)
    entity_type = task.model.entity_types[owner.type_name]
    if name == MEDIA and not entity_type.has_stream:
        raise Refusal(400, f"The type '{entity_type.full_name}' is no media entity: it has no $value.")
    found = _stored_stream(task, owner, name)
    version = "1.0" if name == MEDIA else "3.0"
    if found is None:
        if name == MEDIA:
            raise not_found("$value")
        return empty(version)
    stream, body = found
    if (fresh := not_modified(task, stream.etag)) is not None:
        return fresh
    return answer(200, body, stream.content_type, version, {"ETag": stream.etag})


def _stored_stream(task: Task, owner: Record, name: str) -> tuple[StoredStream, bytes] | None:
    """A stream with its bytes; where it was replaced or deleted since this transaction began, as it is by now."""
    place = owner.entity_set, owner.id, name
    try:
        return task.store.streams.read(task.transaction.connection, *place)
    except FileNotFoundError:
        with task.store.begin(write=False) as later:
            return task.store.streams.read(later.connection, *place)


def _links(task: Task, resource: Resource) -> Response:
    """The links of a navigation property."""
    _no_etags(task)
    assert resource.relation is not None and resource.selection is not None and resource.source is not None
    navigation = resource.relation.navigation
    if resource.target is not None:
        return _link(task, resource, resource.target)
    if not navigation.is_collection:
        task.options(None, NONE)
        found = task.transaction.records(task.ask(resource.selection, source=resource.source), limit=1)
        if not found:
            raise not_found(resource.name)
        return _link(task, resource, found[0])
    options = task.options(task.model.entity_types[navigation.type], REFERENCES)
    _need_versions(task, options)
    selection = task.ask(resource.selection, options=options, source=resource.source)
    if options.filter is not None:
        selection = selection.where(options.filter)
    if resource.count:
        task.versions.raise_response("2.0")
        size = str(task.transaction.size(selection)).encode()
        return answer(200, size, "text/plain;charset=utf-8", task.versions.response)
    size_of_page = task.settings.page_size.get(resource.entity_set)
    paged = size_of_page is not None and (options.top is None or options.top > size_of_page)
    if paged:
        task.versions.raise_response("2.0")
    spelling = task.spelling(Shape.VALUE)
    count = task.transaction.size(selection) if options.inlinecount else None
    records, next_link = _Page(task, selection, options, size_of_page if paged else None).read()
    document = References([task.links.identity(record) for record in records], count, next_link)
    expect = Expectation(Document.REFERENCES, None, resource.source.entity_set, resource.name)
    return task.write(document, expect, spelling)


def _link(task: Task, resource: Resource, target: Record) -> Response:
    assert resource.source is not None
    spelling = task.spelling(Shape.VALUE)
    expect = Expectation(Document.REFERENCE, None, resource.source.entity_set, resource.name)
    return task.write(Reference(task.links.identity(target)), expect, spelling)
