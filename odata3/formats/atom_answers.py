"""Answers in Atom, as a server gives them: feeds and entries with their links, and the documents without entries.

Ids, links, streams and operations that an entry does not bring along follow convention (``conventions``).

Source: digest section 5; recorded answers of WCF Data Services.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from odata3.edm.model import EntitySet, EntityType, Model
from odata3.formats.atom_text import attribute, name, readable, text
from odata3.formats.atom_writer import (
    NAMESPACES,
    Mapped,
    ValueWriter,
    category,
    content,
    entity_type_of,
    head,
    is_collection,
    places,
    related_link,
)
from odata3.formats.conventions import Conventions, target_of
from odata3.formats.documents import NATIVE, Details, Entry, Fault, Feed, Operation, References, ServiceDocument, Stream
from odata3.formats.projection import Projection
from odata3.markup import NS


class AnswerWriter:
    """Writes the answers of one service. ``updated`` gives the text of ``updated`` elements."""

    def __init__(self, model: Model | None, root: str, updated: Callable[[], str], *, key_as_segment: bool = False) -> None:
        self._model = model
        self._root = root
        self._updated = updated
        self._key_as_segment = key_as_segment
        self.values = ValueWriter(model)
        self._conventions: dict[tuple[str | None, str | None], Conventions] = {}
        self.namespaces = f' xml:base="{attribute(root, "the service root")}"{NAMESPACES}'

    # --- feeds --------------------------------------------------------------------------------------------------------------

    def feed(
        self,
        feed: Feed,
        entity_set: EntitySet | None,
        expected: str | None,
        parts: list[str],
        *,
        href: str,
        title: str,
        projection: Projection,
        namespaces: str = "",
    ) -> None:
        """Put a feed into ``parts``. ``href`` is its own URL, ``expected`` the type of entries that name none."""
        parts.append(f"<feed{namespaces}>")
        if feed.count is not None:
            parts.append(f"<m:count>{feed.count}</m:count>")
        shown = attribute(title, "the feed's title")
        parts.append(f"<id>{text(feed.id or href, 'the feed id')}</id>")
        parts.append(f'<title type="text">{shown}</title><updated>{self._updated()}</updated>')
        parts.append(f'<link rel="self" title="{shown}" href="{self._short(href)}" />')
        for operation in feed.operations:
            parts.append(self._operation(operation))
        surroundings = len(parts)
        for entry in feed.entries:
            self.entry(entry, entity_set, expected, parts, projection=projection)
        if len(parts) == surroundings:
            parts.append("<author><name /></author>")
        if feed.next_link is not None:
            parts.append(f'<link rel="next" href="{attribute(feed.next_link, "the next link")}" />')
        parts.append("</feed>")

    # --- entries ------------------------------------------------------------------------------------------------------------

    def entry(
        self,
        entry: Entry,
        entity_set: EntitySet | None,
        expected: str | None,
        parts: list[str],
        *,
        projection: Projection,
        namespaces: str = "",
    ) -> None:
        """Put an entry into ``parts``. ``expected`` is its type where it names none."""
        type_name = entry.type_name or expected
        entity_type = entity_type_of(self._model, type_name)
        conventions = self._of(entity_set, entity_type)
        instance = conventions.instance({key: entry.get(key) for key in conventions.key if key in entry.values})
        edit_link = entry.edit_link or (None if instance is None else instance + conventions.suffix)
        self_link = entry.self_link or edit_link
        details = entry.details if entry.has_details else conventions.details(edit_link, self_link)
        etag = "" if entry.etag is None else f' m:etag="{attribute(entry.etag, "the ETag")}"'
        parts.append(f"<entry{namespaces}{etag}>")
        parts.append(f"<id>{text(entry.id or instance or edit_link or '', 'the id')}</id>")
        if type_name:
            parts.append(category(type_name))
        title = attribute((type_name or "").rpartition(".")[2], "the type name")
        if edit_link is not None:
            parts.append(f'<link rel="edit" title="{title}" href="{self._short(edit_link)}" />')
        if self_link is not None and self_link != edit_link:
            parts.append(f'<link rel="self" title="{title}" href="{self._short(self_link)}" />')
        self._links(entry, details, edit_link, entity_set, entity_type, projection, parts)
        media = self._streams(details, entity_type, projection, title, parts)
        for operation in details.operations:
            if projection.keeps_operation(operation.metadata):
                parts.append(self._operation(operation))
        self._body(entry, type_name, entity_type, media, parts)
        parts.append("</entry>")

    def _body(
        self, entry: Entry, type_name: str | None, entity_type: EntityType | None, media: str | None, parts: list[str]
    ) -> None:
        raws = self.values.raws(entry, type_name)
        mapped = Mapped(places(entity_type, self._model), raws)
        parts.append(head(mapped, self._updated()))
        content(self.values, raws, type_name, media, parts)

    def _of(self, entity_set: EntitySet | None, entity_type: EntityType | None) -> Conventions:
        key = (None if entity_set is None else entity_set.qualified_name, None if entity_type is None else entity_type.full_name)
        found = self._conventions.get(key)
        if found is None:
            found = self._conventions[key] = Conventions(
                self._model, self._root, entity_set, entity_type, NATIVE, key_as_segment=self._key_as_segment
            )
        return found

    def _links(
        self,
        entry: Entry,
        details: Details,
        edit_link: str | None,
        entity_set: EntitySet | None,
        entity_type: EntityType | None,
        projection: Projection,
        parts: list[str],
    ) -> None:
        for navigation in dict.fromkeys((*details.links, *entry.inline)):
            if not projection.keeps(navigation) and navigation not in entry.inline:
                continue
            link = details.links.get(navigation)
            url = None if link is None else link.navigation_link
            related = entry.inline.get(navigation)
            is_many = isinstance(related, Feed) or is_collection(entity_type, navigation)
            start = related_link(navigation, None if url is None else self._short(url), is_many)
            if navigation in entry.inline:
                parts.append(f"<{start}><m:inline>")
                self._inline(navigation, related, url, entity_set, entity_type, projection.below(navigation), parts)
                parts.append("</m:inline></link>")
            elif url is not None:
                parts.append(f"<{start} />")
            association = None if link is None else link.association_link
            if association is not None and association != f"{edit_link}/$links/{navigation}":
                shown = attribute(navigation, navigation)
                start = f'link rel="{NS.RELATED_LINKS}{shown}" type="application/xml" title="{shown}"'
                parts.append(f'<{start} href="{self._short(association)}" />')

    def _inline(
        self,
        navigation: str,
        related: Entry | Feed | None,
        url: str | None,
        entity_set: EntitySet | None,
        entity_type: EntityType | None,
        projection: Projection,
        parts: list[str],
    ) -> None:
        declared = None if entity_type is None else entity_type.navigation_properties.get(navigation)
        target = None if declared is None else target_of(self._model, entity_set, declared)
        expected = None if declared is None else declared.type
        if isinstance(related, Entry):
            self.entry(related, target, expected, parts, projection=projection)
        elif related is not None:
            self.feed(related, target, expected, parts, href=url or navigation, title=navigation, projection=projection)

    def _streams(
        self, details: Details, entity_type: EntityType | None, projection: Projection, title: str, parts: list[str]
    ) -> str | None:
        """The links of named streams and of the media resource; gives the content element of a media entry."""
        for stream_name, stream in details.streams.items():
            if projection.keeps(stream_name):
                self._stream(NS.MEDIA_RESOURCE, stream_name, stream.read_link, stream, parts)
                self._stream(NS.EDIT_MEDIA, stream_name, stream.edit_link, stream, parts)
        media = details.media
        if media is None:
            return '<content type="application/octet-stream" />' if entity_type is not None and entity_type.has_stream else None
        if media.edit_link is not None:
            etag = "" if media.etag is None else f' m:etag="{attribute(media.etag, "the media ETag")}"'
            parts.append(f'<link rel="edit-media" title="{title}" href="{self._short(media.edit_link)}"{etag} />')
        kind = attribute(media.content_type or "application/octet-stream", "the media type")
        source = "" if media.read_link is None else f' src="{self._short(media.read_link)}"'
        return f'<content type="{kind}"{source} />'

    def _stream(self, relation: str, stream_name: str, url: str | None, stream: Stream, parts: list[str]) -> None:
        if url is None:
            return
        shown = attribute(stream_name, "a stream's name")
        kind = "" if stream.content_type is None else f' type="{attribute(stream.content_type, shown)}"'
        etag = "" if stream.etag is None else f' m:etag="{attribute(stream.etag, shown)}"'
        parts.append(f'<link rel="{relation}{shown}"{kind} title="{shown}" href="{self._short(url)}"{etag} />')

    def _operation(self, operation: Operation) -> str:
        tag = "m:function" if operation.is_function else "m:action"
        title = "" if operation.title is None else f' title="{attribute(operation.title, "a title")}"'
        target = "" if operation.target is None else f' target="{attribute(operation.target, "a target")}"'
        return f'<{tag} metadata="{attribute(operation.metadata, "the name")}"{title}{target} />'

    def _short(self, link: str) -> str:
        """As an attribute, relative to ``xml:base`` where the link lies below the service root."""
        rest = link.removeprefix(self._root)
        if rest == link or not rest or rest[0] in "/.?#" or ":" in rest.partition("/")[0]:
            rest = link
        return attribute(rest, "a link")


# Documents without entries -----------------------------------------------------------------------------------------------------


def service_document(document: ServiceDocument, root: str, parts: list[str]) -> None:
    """``app:service`` with one workspace."""
    base = attribute(root, "the service root")
    parts.append(f'<service xml:base="{base}" xmlns="{NS.APP}" xmlns:atom="{NS.ATOM}"><workspace>')
    parts.append("<atom:title>Default</atom:title>")
    for title, url in document.collections:
        rest = url.removeprefix(root)
        href = rest if rest and ":" not in rest.partition("/")[0] and rest[0] not in "/.?#" else url
        shown = f"<atom:title>{text(title, 'a title')}</atom:title>"
        parts.append(f'<collection href="{attribute(href, title)}">{shown}</collection>')
    parts.append("</workspace></service>")


def links(document: References, parts: list[str]) -> None:
    """``links`` with its ``uri`` elements."""
    parts.append(f'<links xmlns="{NS.D}">')
    if document.count is not None:
        parts.append(f'<m:count xmlns:m="{NS.M}">{document.count}</m:count>')
    parts.extend(f"<uri>{text(url, 'a link')}</uri>" for url in document.urls)
    if document.next_link is not None:
        parts.append(f"<next>{text(document.next_link, 'the next link')}</next>")
    parts.append("</links>")


def error(document: Fault, parts: list[str]) -> None:
    """``m:error``. What XML cannot hold is replaced: an error must always go out."""
    language = attribute(readable("en-US" if document.language is None else document.language), "")
    parts.append(f'<m:error xmlns:m="{NS.M}"><m:code>{text(readable(document.code), "")}</m:code>')
    parts.append(f'<m:message xml:lang="{language}">{text(readable(document.message), "")}</m:message>')
    if document.inner_error is not None:
        parts.append("<m:innererror>")
        _inner(document.inner_error, parts, 0)
        parts.append("</m:innererror>")
    parts.append("</m:error>")


def _inner(tree: Mapping[str, Any], parts: list[str], depth: int) -> None:
    for key, value in tree.items():
        tag = f"m:{name(key)}"
        parts.append(f"<{tag}>")
        if isinstance(value, Mapping) and depth < 50:
            _inner(value, parts, depth + 1)
        else:
            parts.append(text(readable("" if value is None else str(value)), ""))
        parts.append(f"</{tag}>")
