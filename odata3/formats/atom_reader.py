"""Atom documents: what a body is, and the documents that hold no entries.

What it is follows from its root element. A feed of some megabytes is read as a stream, entry by entry, and a broken one gives the
entries that came whole; the failure then stands in ``Feed.failure``.

Source: digest sections 5 and 11.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from odata3.edm.model import EntitySet, Model, element_type
from odata3.errors import DataServiceClientException, PayloadError
from odata3.formats.atom_entries import BASE, COUNT, ENTRY, FEED, LINK, Base, EntryKind, EntryKinds, EntryReader, read_count
from odata3.formats.atom_values import ERROR, TYPE, ValueReader
from odata3.formats.documents import (
    Dialect,
    Document,
    Entry,
    Expectation,
    Fault,
    Feed,
    Kind,
    Reference,
    References,
    ServiceDocument,
    Value,
)
from odata3.formats.faults import fault_of_element
from odata3.formats.gml import Typed
from odata3.formats.value_codecs import Codecs
from odata3.markup import NS, events, parse

#: Bodies above this size are read as a stream.
STREAM_ABOVE = 4 << 20

_D, _M, _A = f"{{{NS.D}}}", f"{{{NS.M}}}", f"{{{NS.ATOM}}}"
_ERRORS = (f"{_M}error", f"{_M}Error")  # as OData has it, and as Azure Storage writes it
#: A null that is not written as an empty element, as servers do: then every element must be asked.
_has_filled_null = re.compile(rb':null(?!="(?:true|1)" ?/>)').search
_BYTE_ENCODINGS = frozenset({"utf-8", "us-ascii", "ascii", "iso-8859-1", "windows-1252"})


class AtomReader:
    """Reads the documents of one service. Safe to share between threads.

    ``huge`` lifts libxml2's bounds: a depth of 256, and 10 MB for one value.
    """

    def __init__(
        self, model: Model | None, root: str, *, is_request: bool, key_as_segment: bool = False, huge: bool = False
    ) -> None:
        self._model = model
        self._root = root
        self._is_request = is_request
        self._huge = huge
        self._codecs = Codecs(model, Dialect.ATOM)
        self._values = ValueReader(model)
        self._kinds = EntryKinds(model, root, self._codecs, self._values, key_as_segment=key_as_segment)

    def read(self, body: bytes, expect: Expectation, base: str) -> Document:
        """What a body says. Raises ``PayloadError`` with the line; an error payload gives a :class:`Fault`."""
        try:
            if len(body) > STREAM_ABOVE:
                return self._streamed(body, expect, base)
            try:
                root = parse(body, huge=self._huge)
            except PayloadError as error:
                return self._salvaged(body, expect, base, error)
            return self._document(root, self._entries(body, root), expect, base)
        except RecursionError as error:
            raise PayloadError("the document is nested too deep") from error

    def _document(self, root: etree._Element, entries: EntryReader, expect: Expectation, base: str) -> Document:
        at = self._base(root, base)
        tag = str(root.tag)
        namespace, _, name = tag.rpartition("}")
        try:
            if tag == FEED:
                return self._feed(root, entries, self._kind(expect), at)
            if tag == ENTRY:
                return entries.entry(root, self._kind(expect), at)
        except DataServiceClientException as error:
            return Fault(error.code, error.message, error.inner_error)
        if tag in _ERRORS or (name == "error" and not (expect.kind is Kind.VALUE and expect.name == "error")):
            return fault_of_element(root)
        if name == "service":
            return _service(root, at)
        if namespace not in (_D[:-1], _M[:-1]):
            raise PayloadError(f"the root element {tag} begins no OData document", where=f"line {root.sourceline}")
        if expect.kind is not Kind.VALUE and name in ("links", "uri"):
            return _references(root, at, expect)
        return self._value(root, name, expect)

    def _base(self, root: etree._Element, base: str) -> Base:
        asked = Base("" if self._is_request else base or self._root)
        said = root.get(BASE)
        if said is None:
            return asked
        moved = asked.moved(said.strip())
        return Base(self._root) if moved.url + "/" == self._root else moved  # the root without its slash means the root

    def _entries(self, body: bytes, root: etree._Element) -> EntryReader:
        """The reader for one document, as careful as the document asks for."""
        encoding = (root.getroottree().docinfo.encoding or "utf-8").lower()
        is_bytes = encoding in _BYTE_ENCODINGS and b"\0" not in body[:4]
        first = body.find(b"xml:base")
        moves_base = (
            not is_bytes or (first >= 0 and body.find(b"xml:base", first + 8) >= 0) or (first >= 0 and root.get(BASE) is None)
        )
        is_lean = is_bytes and _has_filled_null(body) is None
        return EntryReader(
            self._kinds,
            moves_base=moves_base,
            properties=self._values.lean_properties if is_lean else self._values.properties,
            is_request=self._is_request,
        )

    def _kind(self, expect: Expectation) -> EntryKind:
        entity_set: EntitySet | None = None
        if self._model is not None and expect.entity_set is not None:
            entity_set = self._model.entity_sets.get(expect.entity_set)
        type_name = None if expect.type_name is None else element_type(expect.type_name)
        if type_name is None and entity_set is not None:
            type_name = entity_set.type
        return self._kinds.kind(entity_set, type_name)

    # --- feeds --------------------------------------------------------------------------------------------------------------

    def _feed(self, root: etree._Element, entries: EntryReader, kind: EntryKind, base: Base) -> Feed:
        found: list[Entry] = []
        feed = Feed(found)
        try:
            for child in root:
                if child.tag == ENTRY:
                    found.append(entries.entry(child, kind, base))
                else:
                    entries.feed_part(child, feed, base)
        except (PayloadError, DataServiceClientException) as error:
            feed.failure = error
        return feed

    def _streamed(self, body: bytes, expect: Expectation, base: str) -> Document:
        """A large body: a feed whose entries are read as they are asked for, or whatever else it is, as a whole."""
        elements = events(BytesIO(body), (ENTRY, ERROR), huge=self._huge)
        root = next(elements)
        if root.tag != FEED:
            tree = parse(body, huge=self._huge)
            return self._document(tree, self._entries(body, tree), expect, base)
        feed = Feed(())
        feed.entries = self._stream(elements, root, self._entries(body, root), self._kind(expect), feed, self._base(root, base))
        return feed

    def _stream(
        self,
        elements: Iterator[etree._Element],
        root: etree._Element,
        entries: EntryReader,
        kind: EntryKind,
        feed: Feed,
        base: Base,
    ) -> Iterator[Entry]:
        """The entries, each taken out of the tree once it is read; what surrounds them goes into ``feed``."""
        previous: etree._Element | None = None
        try:
            for element in elements:
                if element.tag == ERROR:
                    entries.feed_part(element, feed, base)
                if element.getparent() is not root:
                    continue
                if previous is not None:
                    root.remove(previous)
                elif (count := root.find(COUNT)) is not None:
                    feed.count = read_count(count)
                previous = element
                entry = entries.entry(element, kind, base)
                element.clear(keep_tail=True)
                yield entry
            for child in root:
                if child.tag != ENTRY:
                    entries.feed_part(child, feed, base)
        except (PayloadError, DataServiceClientException) as error:
            feed.failure = error
        except RecursionError as error:
            feed.failure = PayloadError("an entry is nested too deep")
            feed.failure.__cause__ = error

    def _salvaged(self, body: bytes, expect: Expectation, base: str, error: PayloadError) -> Document:
        """A feed that is broken somewhere: the entries before the break, and the failure. Anything else is refused."""
        try:
            elements = events(BytesIO(body), (ENTRY, ERROR), huge=self._huge)
            root = next(elements)
        except PayloadError:
            raise error from None
        if root.tag != FEED:
            if root.tag == ENTRY and (fault := _first_error(elements)) is not None:
                return fault
            raise error
        feed = Feed(())
        reading = EntryReader(self._kinds, moves_base=True, properties=self._values.properties, is_request=self._is_request)
        feed.entries = list(self._stream(elements, root, reading, self._kind(expect), feed, self._base(root, base)))
        return feed

    # --- values -------------------------------------------------------------------------------------------------------------

    def _value(self, root: etree._Element, name: str, expect: Expectation) -> Value:
        named = (root.get(TYPE) or "").strip() or None
        type_name = self._codecs.resolve(named, expect.type_name) if named is None or "(" not in named else named
        if type_name is None:
            raw = self._values.undeclared(root)
            if raw.type_name is None and isinstance(raw.raw, str):
                raw = Typed("Edm.String", raw.raw)
            return Value(self._codecs.decode_value(None, raw, name), raw.type_name, name)
        held = self._values.raw(root, type_name)
        return Value(self._codecs.decode_value(type_name, held, name), type_name, name, held if isinstance(held, str) else None)


def _first_error(elements: Iterator[etree._Element]) -> Fault | None:
    """The fault in what is left of a broken document."""
    try:
        for element in elements:
            if element.tag == ERROR:
                return fault_of_element(element)
    except PayloadError:
        pass
    return None


def _references(root: etree._Element, base: Base, expect: Expectation) -> Reference | References:
    if str(root.tag).rpartition("}")[2] == "uri":
        url = base.join((root.text or "").strip())
        return References([url]) if expect.kind is Kind.REFERENCES else Reference(url)
    found = References([])
    for child in root:
        name = str(child.tag).rpartition("}")[2]
        if name == "uri":
            found.urls.append(base.join((child.text or "").strip()))
        elif child.tag == COUNT or name == "count":
            found.count = read_count(child)
        elif name == "next":
            found.next_link = base.join((child.text or "").strip())
        elif child.tag == LINK and child.get("rel") == "next":
            found.next_link = base.join(child.get("href", ""))
    if expect.kind is Kind.REFERENCE and len(found.urls) == 1:
        return Reference(found.urls[0])
    return found


def _service(root: etree._Element, base: Base) -> ServiceDocument:
    """Every collection of every workspace; they are read by local name, for the namespace of APP has changed once."""
    found: list[tuple[str, str]] = []

    def walk(element: etree._Element, base: Base) -> None:
        said = element.get(BASE)
        at = base if said is None or element is root else base.moved(said.strip())
        for child in element:
            name = str(child.tag).rpartition("}")[2]
            if name == "workspace":
                walk(child, at)
            elif name == "collection":
                found.append(_collection(child, at))

    walk(root, base)
    return ServiceDocument(found)


def _collection(element: etree._Element, base: Base) -> tuple[str, str]:
    href = element.get("href")
    if href is None:
        raise PayloadError("a collection of the service document has no href", where=f"line {element.sourceline}")
    said = element.get(BASE)
    at = base if said is None else base.moved(said.strip())
    title = next((child.text for child in element if str(child.tag).rpartition("}")[2] == "title" and child.text), None)
    return (title or href.rstrip("/").rpartition("/")[2]).strip(), at.join(href)
