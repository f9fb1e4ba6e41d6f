"""JSON light, the default JSON of version 3: read and written.

::

    {"odata.metadata": "http://h/s/$metadata#Probes", "odata.count": "2", "value": [
        {"odata.etag": "W/\\"X'01'\\"", "Id": "7", "Bench@odata.navigationLinkUrl": "Probes(7L)/Bench", "Tags": ["a"]}],
     "odata.nextLink": "http://h/s/Probes?$skiptoken=7L"}

What a body is follows from the fragment of ``odata.metadata``, then from what the caller expects, then from its shape;
annotations may stand in any order. Members with a dot, an ``@`` or a ``#`` are annotations and never properties; unknown ones are
passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from odata3.edm.model import EntitySet, Model, Property
from odata3.errors import ArgumentError, DataServiceClientException, PayloadError
from odata3.formats.annotation_groups import Grouped, spread_groups
from odata3.formats.documents import (
    Complex,
    Dialect,
    Document,
    Entry,
    Expectation,
    Fault,
    Feed,
    Kind,
    Level,
    Operation,
    Parameters,
    Reference,
    References,
    ServiceDocument,
    Value,
)
from odata3.formats.faults import fault_of_tree, fault_tree, in_stream
from odata3.formats.fragments import Fragment, read_fragment, write_fragment
from odata3.formats.json_light_reader import EntryReader, Readers
from odata3.formats.json_light_writer import RequestWriter, ResponseWriter
from odata3.formats.json_members import kind_of, read_count, text_or_none
from odata3.formats.json_text import appended_error, decode_text, parse_json, salvage, write_json
from odata3.formats.links import Links
from odata3.formats.projection import Projection, read_projection
from odata3.formats.value_codecs import Codecs

_FRAGMENTS = 1_000


class JsonLight:
    """JSON light for one service: ``root`` is the service root as the client asks it. ``model`` may be None.

    ``key_as_segment`` says how ids are computed (``Set/1`` or ``Set(1)``).
    """

    dialect = Dialect.JSON_LIGHT
    accept = "application/json;odata=minimalmetadata"
    content_type = "application/json;odata=minimalmetadata"

    def __init__(self, model: Model | None, root: str, *, key_as_segment: bool = False) -> None:
        self._model = model
        self._root = root if root.endswith("/") else f"{root}/"
        self._codecs = Codecs(model, Dialect.JSON_LIGHT)
        self._links = Links(self._root)
        self._answers = Readers(model, self._links, self._codecs, key_as_segment=key_as_segment, request=False)
        self._requests = Readers(model, self._links, self._codecs, key_as_segment=key_as_segment, request=True)
        self._request_writer = RequestWriter(model)
        self._response_writers = {
            level: ResponseWriter(model, self._root, level, key_as_segment=key_as_segment) for level in Level
        }
        self._fragments: dict[str, Fragment] = {}

    # --- reading ------------------------------------------------------------------------------------------------------------

    def read(self, body: bytes, expect: Expectation, *, base: str = "") -> Document:
        """What an answer says. Entries before a break are delivered, and the break is the feed's ``failure``."""
        text = decode_text(body)
        try:
            tree = parse_json(text)
        except PayloadError as error:
            return self._broken(text, error, expect, base)
        try:
            return self._document(tree, expect, base)
        except Grouped:
            spread_groups(tree)
            return self._document(tree, expect, base)

    def read_request(self, body: bytes, expect: Expectation, *, base: str = "") -> Document:
        """What a request asks for: no ids and no links are computed, binds are in ``Entry.binds``."""
        tree = _object(parse_json(decode_text(body)))
        fragment = self._fragment(tree)
        kind = expect.kind
        if kind is Kind.VALUE:
            return self._value(tree, expect, fragment)
        if kind in (Kind.REFERENCE, Kind.REFERENCES):
            return self._references(tree, expect, base)
        reader = self._reader(self._requests, expect, fragment)
        try:
            return reader.entry(tree, "")
        except Grouped:
            spread_groups(tree)
            return reader.entry(tree, "")

    def read_parameters(self, body: bytes, types: Mapping[str, str]) -> Parameters:
        """The parameters of an action, decoded by their types; those that are not known by their form."""
        if not body.strip():
            return Parameters({}, dict(types))
        tree = _object(parse_json(decode_text(body)))
        codecs = self._codecs
        values = {
            name: codecs.decode_value(types.get(name) or text_or_none(tree.get(f"{name}@odata.type")), value, name)
            for name, value in tree.items()
            if "@" not in name and "." not in name
        }
        return Parameters(values, dict(types))

    def _document(self, tree: Any, expect: Expectation, base: str) -> Document:
        tree = _object(tree)
        if "@odata.context" in tree:
            raise PayloadError(
                "this is OData version 4; versions 1 to 3 are spoken here, take a client for V4", where="@odata.context"
            )
        fragment = self._fragment(tree)
        value = tree.get("value")
        fault = self._fault(tree, expect, fragment)
        if fault is not None and type(value) is not list:
            return fault
        kind = self._kind(tree, expect, fragment)
        if kind is Kind.VALUE:
            return self._value(tree, expect, fragment)
        if kind in (Kind.REFERENCE, Kind.REFERENCES):
            return self._references(tree, expect, base)
        if kind is Kind.SERVICE:
            return self._service(tree)
        reader = self._reader(self._answers, expect, fragment)
        if kind is Kind.FEED:
            return self._feed(tree, reader, base, None if fault is None else in_stream(fault))
        try:
            return reader.entry(tree, "")
        except DataServiceClientException as error:
            return Fault(error.code, error.message, error.inner_error)

    def _kind(self, tree: dict[str, Any], expect: Expectation, fragment: Fragment) -> Kind:
        """What a body is: by its fragment, by what is expected, by its shape."""
        has_array = type(tree.get("value")) is list
        kind, said = expect.kind, fragment.kind
        if said is Kind.VALUE or "odata.null" in tree:
            return Kind.VALUE
        if said in (Kind.REFERENCE, Kind.REFERENCES):
            return said
        if said is Kind.SERVICE and kind in (Kind.SERVICE, Kind.RESOURCE):
            return Kind.SERVICE
        if said is Kind.ENTRY and not (has_array and kind is Kind.FEED):
            return Kind.ENTRY
        if said is Kind.FEED and has_array and kind is not Kind.REFERENCES:
            return Kind.FEED
        if kind in (Kind.VALUE, Kind.SERVICE, Kind.REFERENCE, Kind.REFERENCES, Kind.ENTRY):
            return kind
        if kind is Kind.FEED and (not has_array or self._is_declared("value", expect, fragment)):
            raise PayloadError("a feed has its entries in an array called value, which is missing here", where="value")
        if kind is Kind.FEED:
            return kind
        return self._kind_by_shape(tree, has_array and not self._is_declared("value", expect, fragment), expect, fragment)

    def _kind_by_shape(self, tree: dict[str, Any], has_array: bool, expect: Expectation, fragment: Fragment) -> Kind:
        if has_array:
            items = tree["value"]
            return Kind.VALUE if items and not any(type(item) is dict for item in items) else Kind.FEED
        if set(tree) <= {"odata.metadata", "value"} and "value" in tree and not self._is_declared("value", expect, fragment):
            return Kind.VALUE
        return Kind.ENTRY

    def _is_declared(self, name: str, expect: Expectation, fragment: Fragment) -> bool:
        """Whether the entity expected has a property of this name."""
        _, type_name = self._place(expect, fragment)
        structured = None if self._model is None or type_name is None else self._model.structured_type(type_name)
        return structured is not None and structured.find(name) is not None

    def _fault(self, tree: dict[str, Any], expect: Expectation, fragment: Fragment) -> Fault | None:
        """The error that a body is, or that stands in it beside its entries."""
        if "odata.error" in tree:
            return fault_of_tree(tree)
        if "error" in tree and not self._is_declared("error", expect, fragment):
            error = tree["error"]
            if (isinstance(error, dict) and ("message" in error or "code" in error)) or "error_description" in tree:
                return fault_of_tree(tree)
        return None

    def _fragment(self, tree: dict[str, Any]) -> Fragment:
        url = tree.get("odata.metadata")
        if type(url) is not str:
            return read_fragment(None, None)
        found = self._fragments.get(url)
        if found is None:
            if len(self._fragments) >= _FRAGMENTS:
                self._fragments.clear()
            found = self._fragments[url] = read_fragment(url, self._model)
        return found

    def _place(self, expect: Expectation, fragment: Fragment) -> tuple[EntitySet | None, str | None]:
        """Set and type that rows belong to unless they say otherwise: the fragment's, else those expected."""
        entity_set = fragment.entity_set
        if entity_set is None:
            if self._model is not None and expect.entity_set is not None:
                entity_set = self._model.entity_sets.get(expect.entity_set)
            type_name = fragment.type_name or expect.type_name or (None if entity_set is None else entity_set.type)
            return entity_set, type_name
        return entity_set, fragment.type_name or entity_set.type

    def _reader(self, readers: Readers, expect: Expectation, fragment: Fragment) -> EntryReader:
        entity_set, type_name = self._place(expect, fragment)
        return readers.reader(entity_set, type_name, fragment.select is not None)

    def _feed(self, tree: dict[str, Any], reader: EntryReader, base: str, failure: Exception | None) -> Feed:
        entries: list[Entry] = []
        try:
            reader.entries(tree["value"], "value", entries)
        except DataServiceClientException as error:
            failure = error
        return Feed(
            entries,
            count=read_count(tree.get("odata.count"), "odata.count"),
            next_link=None if failure is not None else self._links.sent(tree.get("odata.nextLink"), "odata.nextLink", base),
            operations=self._operations(tree),
            failure=failure,
        )

    def _operations(self, tree: dict[str, Any]) -> tuple[Operation, ...]:
        """What a feed offers to do with all of it."""
        names = [name for name in tree if "#" in name]
        if not names:
            return ()
        found = []
        for name in names:
            metadata = self._links.metadata(name)
            short = metadata.rpartition(".")[2]
            for each in tree[name] if type(tree[name]) is list else [tree[name]]:
                if type(each) is dict:
                    target = text_or_none(each.get("target"))
                    found.append(
                        Operation(
                            metadata,
                            text_or_none(each.get("title")) or short,
                            None if target is None else self._links.absolute(target),
                            self._answers.is_function(short),
                        )
                    )
        return tuple(found)

    def _broken(self, text: str, error: PayloadError, expect: Expectation, base: str) -> Document:
        """What there is of a document that breaks off: whole entries with the failure behind them, or an error of the service."""
        appended = appended_error(text)
        fault = None if appended is None else fault_of_tree(appended)
        found = salvage(text) if expect.kind in (Kind.FEED, Kind.RESOURCE) else None
        if found is None or not found.items:
            if fault is None:
                raise error
            return fault
        tree = {**found.head, "value": found.items}
        spread_groups(tree)
        reader = self._reader(self._answers, expect, self._fragment(tree))
        return self._feed(tree, reader, base, error if fault is None else in_stream(fault))

    def _value(self, tree: dict[str, Any], expect: Expectation, fragment: Fragment) -> Value:
        type_name = fragment.type_name or expect.type_name
        if fragment.type_name is not None and expect.type_name is not None and not self._is_known(fragment.type_name):
            type_name = expect.type_name
        if "value" in tree and not self._is_member("value", type_name):
            value = self._codecs.decode_value(type_name, tree["value"], "value")
        elif tree.get("odata.null") in (True, "true") or fragment == _NULL:
            value = None
        elif not any(name[:6] != "odata." for name in tree) and self._is_primitive(type_name):
            raise PayloadError("this body has no value", where="value")
        else:
            value = self._codecs.decode_value(type_name, tree, type_name or "value")
            if isinstance(value, Complex):
                type_name = value.type_name or type_name
        return Value(value, type_name, expect.name, text_or_none(tree.get("value")))

    def _is_known(self, type_name: str) -> bool:
        return type_name.startswith(("Edm.", "Collection(")) or (
            self._model is not None and (type_name in self._model.complex_types or type_name in self._model.enum_types)
        )

    def _is_primitive(self, type_name: str | None) -> bool:
        return type_name is not None and type_name.startswith("Edm.")

    def _is_member(self, name: str, type_name: str | None) -> bool:
        """Whether ``name`` is a property of the complex type that a body is."""
        structured = None if self._model is None or type_name is None else self._model.complex_types.get(type_name)
        found: Property | None = None if structured is None else structured.properties.get(name)
        return found is not None

    def _references(self, tree: dict[str, Any], expect: Expectation, base: str) -> Reference | References:
        value = tree.get("value")
        if type(value) is list:
            urls = [self._url(item, f"value[{place}]") for place, item in enumerate(value)]
            if expect.kind is Kind.REFERENCE and len(urls) == 1:
                return Reference(urls[0])
            return References(
                urls,
                count=read_count(tree.get("odata.count"), "odata.count"),
                next_link=self._links.sent(tree.get("odata.nextLink"), "odata.nextLink", base),
            )
        return Reference(self._url(tree, ""))

    def _url(self, item: Any, where: str) -> str:
        url = item.get("url", item.get("uri")) if type(item) is dict else None  # "uri": verbose without saying so
        if type(url) is not str:
            raise PayloadError("a link is an object with a url", where=where or "url")
        return self._links.absolute(url)

    def _service(self, tree: dict[str, Any]) -> ServiceDocument:
        value = tree.get("value")
        if type(value) is not list:
            raise PayloadError("a service document has its entity sets in an array called value", where="value")
        found = []
        for place, item in enumerate(value):
            name = item.get("name") if type(item) is dict else None
            url = item.get("url", name) if type(item) is dict else None
            if type(name) is not str or type(url) is not str:
                raise PayloadError("an entity set has a name and a url", where=f"value[{place}]")
            found.append((name, self._links.absolute(url)))
        return ServiceDocument(found)

    # --- writing ------------------------------------------------------------------------------------------------------------

    def write_request(self, document: Document | Parameters, expect: Expectation) -> bytes:
        """A request's body: ``odata.type``, binds, properties; a value; a link; an action's parameters."""
        return write_json(self._request(document))

    def _request(self, document: Document | Parameters) -> Any:
        writer = self._request_writer
        if isinstance(document, Entry):
            return writer.entry(document)
        if isinstance(document, Value):
            return self._response_writers[Level.FULL].value(document, {})
        if isinstance(document, Reference):
            return {"url": document.url}
        if isinstance(document, References):
            return {"value": [{"url": url} for url in document.urls]}
        if isinstance(document, Parameters):
            types = document.types
            return {name: writer.encoders.encode(types.get(name), value, name) for name, value in document.values.items()}
        raise ArgumentError(f"a {type(document).__name__} is no request")

    def write_response(
        self,
        document: Document,
        expect: Expectation,
        *,
        level: Level = Level.MINIMAL,
        version: str = "3.0",
        select: str | None = None,
    ) -> bytes:
        """An answer's body at a level. ``expect`` gives the set, and the type of the URL where it casts."""
        if isinstance(document, Fault):
            return write_json({"odata.error": fault_tree(document)})
        entity_set = None
        if self._model is not None and expect.entity_set is not None:
            entity_set = self._model.entity_sets.get(expect.entity_set)
        head: dict[str, Any] = {}
        if level is not Level.NONE:
            fragment = self._fragment_of(document, entity_set, expect, select)
            if fragment is not None:
                head["odata.metadata"] = f"{self._root}$metadata{fragment}"
        kept = read_projection(select)
        return write_json(self._response(document, expect, entity_set, self._response_writers[level], head, kept))

    def _fragment_of(
        self, document: Document, entity_set: EntitySet | None, expect: Expectation, select: str | None
    ) -> str | None:
        if isinstance(document, Value):
            return write_fragment(Kind.VALUE, None, None if document.value is None else document.type_name or expect.type_name)
        kind = _KINDS.get(type(document))
        if kind is None:
            return None
        several = self._is_collection(entity_set, expect)
        return write_fragment(
            kind,
            entity_set,
            expect.type_name,
            name=expect.name,
            single=kind is Kind.REFERENCE and several,
            select=select,
        )

    def _is_collection(self, entity_set: EntitySet | None, expect: Expectation) -> bool:
        """Whether the navigation property of a ``$links`` URL leads to many."""
        entity_type = None if self._model is None or entity_set is None else self._model.entity_type_of(entity_set)
        navigation = None if entity_type is None or expect.name is None else entity_type.navigation_properties.get(expect.name)
        return navigation is not None and navigation.is_collection

    def _response(
        self,
        document: Document,
        expect: Expectation,
        entity_set: EntitySet | None,
        writer: ResponseWriter,
        head: dict[str, Any],
        kept: Projection,
    ) -> Any:
        expected = expect.type_name or (None if entity_set is None else entity_set.type)
        if isinstance(document, Entry):
            return writer.entry(document, entity_set, expected, head, kept)
        if isinstance(document, Feed):
            if document.count is not None:
                head["odata.count"] = str(document.count)
            head["value"] = [writer.entry(entry, entity_set, expected, {}, kept) for entry in document.entries]
            if document.next_link is not None:
                head["odata.nextLink"] = document.next_link
            return head
        if isinstance(document, Value):
            return writer.value(document, head)
        if isinstance(document, Reference):
            return {**head, "url": document.url}
        if isinstance(document, References):
            if document.count is not None:
                head["odata.count"] = str(document.count)
            head["value"] = [{"url": url} for url in document.urls]
            if document.next_link is not None:
                head["odata.nextLink"] = document.next_link
            return head
        if isinstance(document, ServiceDocument):
            head["value"] = [{"name": name, "url": url.removeprefix(self._root)} for name, url in document.collections]
            return head
        raise ArgumentError(f"a {type(document).__name__} is no answer")


_NULL = Fragment(Kind.VALUE)
_KINDS: dict[type, Kind] = {
    Entry: Kind.ENTRY,
    Feed: Kind.FEED,
    Reference: Kind.REFERENCE,
    References: Kind.REFERENCES,
    ServiceDocument: Kind.SERVICE,
}


def _object(tree: Any) -> dict[str, Any]:
    if type(tree) is not dict:
        raise PayloadError(f"a document in JSON is an object, not {kind_of(tree)}")
    return tree
