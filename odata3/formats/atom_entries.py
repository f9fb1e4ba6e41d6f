"""Entries in Atom: their identity, links, streams, operations, and what is expanded in them.

An entry's elements may stand in any order; they are looked at once, and what they mean is decided by tag and by link relation.
What is seldom asked for (links, streams, operations) is kept as the texts that were sent and worked out on demand, together with
what convention adds (``conventions``).

Source: digest section 5.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from odata3.edm.model import EntitySet, EntityType, Model
from odata3.errors import PayloadError
from odata3.formats.atom_values import ERROR, PropertiesReader, Shape, ValueReader, broken_off
from odata3.formats.conventions import Conventions, ordered, target_of
from odata3.formats.documents import Codec, Details, Entry, Feed, Link, Operation, Stream
from odata3.formats.feed_mappings import Place, places_of, read_mapped
from odata3.formats.value_codecs import Codecs
from odata3.markup import NS

_A = f"{{{NS.ATOM}}}"
_M = f"{{{NS.M}}}"
ENTRY = f"{_A}entry"
FEED = f"{_A}feed"
LINK = f"{_A}link"
ID = f"{_A}id"
COUNT = f"{_M}count"
DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
BASE = f"{{{NS.XML}}}base"
_ETAG = f"{_M}etag"
_INLINE = f"{_M}inline"
_CATEGORY, _CONTENT, _PROPERTIES = f"{_A}category", f"{_A}content", f"{_M}properties"
#: The elements of operations, and whether they are functions.
OPERATIONS: dict[Any, bool] = {f"{_M}action": False, f"{_M}function": True}
_IANA = "http://www.iana.org/assignments/relation/"

_log = logging.getLogger("odata3.formats")
_log.addHandler(logging.NullHandler())
_has_scheme = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:").match

#: The relations whose links concern a property, by their prefix.
_PREFIXES = (NS.RELATED, NS.RELATED_LINKS, NS.MEDIA_RESOURCE, NS.EDIT_MEDIA)


class Base:
    """What relative references are resolved against."""

    __slots__ = ("_prefix", "url")

    def __init__(self, url: str) -> None:
        self.url = url
        self._prefix = url if url.endswith("/") and "?" not in url and "#" not in url else None

    def join(self, reference: str) -> str:
        """The absolute form; the reference itself where there is no base, or where it is no URL at all."""
        if _has_scheme(reference) is not None or not self.url:
            return reference
        if self._prefix is not None and reference[:1] not in ("/", ".", "?", "#", "") and "/." not in reference:
            return self._prefix + reference
        try:
            return urljoin(self.url, reference)
        except ValueError:
            return reference

    def moved(self, reference: str) -> Base:
        return Base(self.join(reference))


#: A link as it was sent: what it is (one of ``_PREFIXES``, or ``edit-media``, ``src``), of which property, its URL and the base
#: of that, the media type and the ETag of a stream. A plain tuple, for every entry has several.
_Sent = tuple[str, str, str, Base, str | None, str | None]


class _Relations(dict[str | None, tuple[str, str]]):
    """The link relations met: what each is, and the property's name in it."""

    def __missing__(self, relation: str | None) -> tuple[str, str]:
        found = ("", "")
        if relation is not None:
            plain = relation.removeprefix(_IANA)
            prefix = next((prefix for prefix in _PREFIXES if relation.startswith(prefix)), None)
            found = (plain, "") if prefix is None else (prefix, relation[len(prefix) :])
        if len(self) < 10_000:
            self[relation] = found
        return found


@dataclass(slots=True)
class EntryKind:
    """Entries of one type in one set, as far as both are known: all that is prepared for them."""

    entity_set: EntitySet | None
    type_name: str | None
    entity_type: EntityType | None
    codec: Codec
    shape: Shape
    conventions: Conventions
    places: tuple[Place, ...]
    is_fixed: bool
    targets: dict[str, EntryKind]


class EntryKinds:
    """The kinds of entries of one service, prepared when first met. Safe to share between threads."""

    def __init__(
        self, model: Model | None, root: str, codecs: Codecs, values: ValueReader, *, key_as_segment: bool = False
    ) -> None:
        self.model = model
        self.root = root
        self._key_as_segment = key_as_segment
        self.codecs = codecs
        self.values = values
        self.relations = _Relations()
        self._kinds: dict[tuple[str | None, str | None], EntryKind] = {}

    def kind(self, entity_set: EntitySet | None, type_name: str | None) -> EntryKind:
        key = (None if entity_set is None else entity_set.qualified_name, type_name)
        found = self._kinds.get(key)
        if found is None:
            found = self._prepare(entity_set, type_name)
            if len(self._kinds) < 10_000:
                self._kinds[key] = found
        return found

    def _prepare(self, entity_set: EntitySet | None, type_name: str | None) -> EntryKind:
        model = self.model
        entity_type = None if model is None or type_name is None else model.entity_types.get(type_name)
        codec = self.codecs.codec(type_name)
        conventions = Conventions(model, self.root, entity_set, entity_type, codec, key_as_segment=self._key_as_segment)
        places = () if entity_type is None or model is None else places_of(entity_type, model)
        is_fixed = entity_type is not None and not entity_type.open_type
        return EntryKind(
            entity_set, type_name, entity_type, codec, self.values.shape(type_name), conventions, places, is_fixed, {}
        )

    def target(self, kind: EntryKind, name: str) -> EntryKind:
        """The kind of what the navigation property ``name`` leads to."""
        found = kind.targets.get(name)
        if found is None:
            navigation = None if kind.entity_type is None else kind.entity_type.navigation_properties.get(name)
            if navigation is None:
                return self.kind(None, None)
            entity_set = target_of(self.model, kind.entity_set, navigation)
            found = kind.targets[name] = self.kind(entity_set, navigation.type)
        return found


class _Found:
    """What the elements of one entry are."""

    __slots__ = (
        "base", "category", "content", "edit_link", "expanded", "id", "operations", "properties", "self_link", "sent"
    )  # fmt: skip

    def __init__(self, base: Base) -> None:
        self.base = base
        self.id: str | None = None
        self.edit_link: str | None = None
        self.self_link: str | None = None
        self.category: str | None = None
        self.content: etree._Element | None = None
        self.properties: etree._Element | None = None
        self.sent: list[_Sent] = []
        self.expanded: list[tuple[str, etree._Element, Base]] | None = None
        self.operations: tuple[Operation, ...] = ()


class EntryReader:
    """Reads the entries and feeds of one document.

    ``moves_base`` tells that an ``xml:base`` stands somewhere below the root; ``properties`` reads the children of
    ``m:properties``; ``is_request`` that related links without an inline are binds.
    """

    def __init__(self, kinds: EntryKinds, *, moves_base: bool, properties: PropertiesReader, is_request: bool) -> None:
        self._kinds = kinds
        self._moves_base = moves_base
        self._properties = properties
        self._is_request = is_request

    def base(self, element: etree._Element, base: Base) -> Base:
        """The base that holds within ``element``."""
        if self._moves_base and (said := element.get(BASE)) is not None:
            return base.moved(said.strip())
        return base

    # --- entries ------------------------------------------------------------------------------------------------------------

    def entry(self, element: etree._Element, kind: EntryKind, base: Base) -> Entry:
        """One entry. An ``m:error`` in it raises what it says, as ``DataServiceClientException``."""
        found = self._scan(element, self.base(element, base) if self._moves_base else base)
        named = found.category
        if named is not None and named != kind.type_name:
            # A server must see a type that it does not know; a client reads entities of one as what it asked for.
            actual = named if self._is_request else self._kinds.codecs.resolve(named, kind.type_name)
            kind = self._kinds.kind(kind.entity_set, actual)
        if found.content is not None:
            self._content(found.content, found)
        values: dict[str, Any] = {}
        if found.properties is not None:
            self._properties(found.properties, kind.shape, values)
        if kind.places:
            read_mapped(element, kind.places, values)
        codec = kind.codec if kind.is_fixed else self._kinds.codecs.fitted(kind.codec, values)
        inline = None if found.expanded is None else self._inline(found.expanded, kind)
        etag = element.get(_ETAG)
        if self._is_request:
            binds = _binds(found.sent, kind)
            return Entry(kind.type_name, values, codec, id=found.id, etag=etag, inline=inline, binds=binds, details=Details())
        edit_link, self_link = found.edit_link, found.self_link or found.edit_link
        return Entry(
            named or kind.type_name,  # also one that the model does not have: whoever reads, decides
            values,
            codec,
            id=found.id or self_link or _instance(kind, values, element),
            etag=etag,
            edit_link=edit_link,
            self_link=self_link,
            inline=inline,
            details=_LateDetails(kind, found.sent, found.operations),
        )

    def _scan(self, element: etree._Element, base: Base) -> _Found:
        found = _Found(base)
        for child in element:
            tag = child.tag
            if tag == LINK:
                self._link(child, found)
            elif tag == _CONTENT:
                found.content = child
            elif tag == ID:
                identity = (child.text or "").strip()
                found.id = base.join(identity) if identity else None
            elif tag == _CATEGORY:
                if child.get("scheme") == NS.SCHEME:
                    found.category = child.get("term", "").strip() or found.category
            elif tag == _PROPERTIES:
                found.properties = child
            elif tag in OPERATIONS:
                found.operations = (*found.operations, self.operation(child, base))
            elif tag == ERROR:
                raise broken_off(child)
        return found

    def _link(self, element: etree._Element, found: _Found) -> None:
        relation, name = self._kinds.relations[element.get("rel")]
        base = self.base(element, found.base) if self._moves_base else found.base
        if relation == NS.RELATED and len(element):
            found.expanded = [*(found.expanded or ()), (name, element, base)]
            if self._is_request:
                return
        href = element.get("href")
        if href is None:
            return
        if relation == NS.RELATED:
            found.sent.append((relation, name, href, base, element.get("type") if self._is_request else None, None))
        elif name or relation == "edit-media":
            found.sent.append((relation, name, href, base, element.get("type"), element.get(_ETAG)))
        elif relation == "edit" and found.edit_link is None:
            found.edit_link = base.join(href)
        elif relation == "self" and found.self_link is None:
            found.self_link = base.join(href)

    def _content(self, element: etree._Element, found: _Found) -> None:
        """``content`` holds the properties, or says where the media resource is and of what type."""
        for child in element:
            if child.tag == _PROPERTIES:
                found.properties = child
            elif child.tag == ERROR:
                raise broken_off(child)
        source = element.get("src")
        if source is not None:
            found.sent.append(("src", "", source, self.base(element, found.base), element.get("type"), None))

    def operation(self, element: etree._Element, base: Base) -> Operation:
        """``m:action`` or ``m:function``, on an entry or a feed. Its attributes have no namespace on the wire."""
        said = {name: element.get(name, element.get(f"{_M}{name}")) for name in ("metadata", "title", "target")}
        metadata = said["metadata"] or ""
        if metadata[:1] == "#":
            metadata = f"{self._kinds.root}$metadata{metadata}"
        target = None if said["target"] is None else self.base(element, base).join(said["target"])
        return Operation(metadata, said["title"], target, OPERATIONS[element.tag])

    # --- what is expanded ---------------------------------------------------------------------------------------------------

    def _inline(self, links: list[tuple[str, etree._Element, Base]], kind: EntryKind) -> dict[str, Entry | Feed | None]:
        found: dict[str, Entry | Feed | None] = {}
        for name, link, base in links:
            for holder in link:
                if holder.tag == _INLINE:
                    found[name] = self._held(holder, name, link, kind, self.base(holder, base))
        return found

    def _held(self, holder: etree._Element, name: str, link: etree._Element, kind: EntryKind, base: Base) -> Entry | Feed | None:
        target = self._kinds.target(kind, name)
        for child in holder:
            if child.tag == ENTRY:
                return self.entry(child, target, base)
            if child.tag == FEED:
                feed, entries = Feed([]), []
                at = self.base(child, base)
                for part in child:
                    if part.tag == ENTRY:
                        entries.append(self.entry(part, target, at))
                    else:
                        self.feed_part(part, feed, at)
                feed.entries = entries
                return feed
            if child.tag == ERROR:
                raise broken_off(child)
        return Feed([]) if _is_collection(kind, name, link.get("type")) else None

    def feed_part(self, element: etree._Element, feed: Feed, base: Base) -> None:
        """Take over what an element of a feed that is no entry says."""
        tag = element.tag
        if tag == LINK:
            if self._kinds.relations[element.get("rel")][0] == "next":
                feed.next_link = self.base(element, base).join(element.get("href", ""))
        elif tag == COUNT:
            feed.count = read_count(element)
        elif tag == ID:
            feed.id = (element.text or "").strip() or None
        elif tag in OPERATIONS:
            feed.operations = (*feed.operations, self.operation(element, base))
        elif tag == ERROR:
            raise broken_off(element)
        elif tag == DELETED:
            _log.warning("a deleted entry was passed over: %s", element.get("ref"))


class _LateDetails:
    """The links, streams and operations of an entry: what was sent, over what convention has. Worked out when asked for."""

    __slots__ = ("_kind", "_operations", "_sent")

    def __init__(self, kind: EntryKind, sent: list[_Sent], operations: tuple[Operation, ...]) -> None:
        self._kind = kind
        self._sent = sent
        self._operations = operations

    def __call__(self, entry: Entry) -> Details:
        # A projection offers what it names, as in light; elsewhere what can always be called may be left out.
        is_whole = entry.values.keys() >= self._kind.codec.decoders.keys()
        details = self._kind.conventions.details(entry.edit_link, entry.self_link, operations=is_whole)
        for sent in self._sent:
            _put(sent, details, entry)
        if self._operations:
            sent_names = {operation.metadata for operation in self._operations}
            usual = [operation for operation in details.operations if operation.metadata not in sent_names]
            details.operations = ordered([*usual, *(self._whole(operation, entry) for operation in self._operations)])
        return details

    def _whole(self, operation: Operation, entry: Entry) -> Operation:
        """An operation with the title and the target that convention has where they were not sent."""
        name = operation.name.rpartition(".")[2]
        target = operation.target
        if target is None and entry.edit_link is not None:
            target = f"{self._kind.conventions.instance_of(entry.edit_link)}/{name}"
        return Operation(operation.metadata, operation.title or name, target, operation.is_function)


def _put(sent: _Sent, details: Details, entry: Entry) -> None:
    relation, name, href, base, content_type, etag = sent
    url = base.join(href)
    below = entry.edit_link
    if relation == NS.RELATED:
        link = details.links.get(name) or Link(name, None, f"{below}/$links/{name}" if below else None)
        details.links[name] = Link(name, url, link.association_link)
    elif relation == NS.RELATED_LINKS:
        link = details.links.get(name) or Link(name, f"{below}/{name}" if below else None)
        details.links[name] = Link(name, link.navigation_link, url)
    elif relation in ("src", "edit-media"):
        details.media = _stream(details.media or Stream(), relation == "src", url, content_type, etag)
    else:
        old = details.streams.get(name) or Stream(name)
        details.streams[name] = _stream(old, relation == NS.MEDIA_RESOURCE, url, content_type, etag)


def _stream(old: Stream, is_read: bool, url: str, content_type: str | None, etag: str | None) -> Stream:
    read_link, edit_link = (url, old.edit_link) if is_read else (old.read_link, url)
    return Stream(old.name, read_link, edit_link, content_type or old.content_type, etag or old.etag)


def _binds(sent: list[_Sent], kind: EntryKind) -> dict[str, str | list[str]]:
    """The related links of a request that hold nothing: links to entities that exist already."""
    binds: dict[str, str | list[str]] = {}
    for relation, name, href, base, content_type, _ in sent:
        if relation != NS.RELATED or not href:
            continue
        url = href if href[:1] == "$" else base.join(href)
        known = binds.get(name)
        if isinstance(known, list):
            known.append(url)
        elif known is not None:
            binds[name] = [known, url]
        else:
            binds[name] = [url] if _is_collection(kind, name, content_type) else url
    return binds


def _is_collection(kind: EntryKind, name: str, content_type: str | None) -> bool:
    navigation = None if kind.entity_type is None else kind.entity_type.navigation_properties.get(name)
    if navigation is not None:
        return navigation.is_collection
    return "type=feed" in (content_type or "").replace(" ", "").replace('"', "").lower()


def _instance(kind: EntryKind, values: dict[str, Any], element: etree._Element) -> str | None:
    """The id that convention has for an entry without one; a key that is null or impossible raises ``PayloadError``."""
    try:
        return kind.conventions.instance(values)
    except PayloadError as error:
        raise PayloadError(str(error), where=f"line {element.sourceline}") from error


def read_count(element: etree._Element) -> int:
    """``m:count``."""
    text = (element.text or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise PayloadError(f"a count is a number, not {text[:40]!r}", where=f"line {element.sourceline}")
    return int(text)
