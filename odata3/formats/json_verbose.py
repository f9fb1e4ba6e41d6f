"""Verbose JSON, the JSON of versions 1 and 2, and of 3 where ``odata=verbose`` is asked for: read and written.

::

    V1   {"d": [{…}]}                       bare arrays
    V2   {"d": {"__count": "37", "results": [{…}], "__next": "url"}}
         {"d": {"Name": "Milk"}}            a property; also {"d": {"results": {"Name": "Milk"}}}
         {"error": {"code": "", "message": {"lang": "en-US", "value": "…"}}}
    requests have no wrapper

Everything is unwrapped by its shape and not by a version: services of all ages answer as they like. Members with two leading
underscores are never properties. Source: digest section 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from odata3.edm.model import EntitySet, Model, element_type
from odata3.errors import ArgumentError, DataServiceClientException, PayloadError
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
    Parameters,
    Reference,
    References,
    ServiceDocument,
    Value,
)
from odata3.formats.faults import fault_of_tree, fault_tree, in_stream
from odata3.formats.json_members import kind_of, path_to, read_count, text_or_none
from odata3.formats.json_text import appended_error, decode_text, parse_json, salvage, write_json
from odata3.formats.json_verbose_reader import EntryReader, Readers, next_link
from odata3.formats.json_verbose_writer import RequestWriter, ResponseWriter
from odata3.formats.links import Links
from odata3.formats.projection import read_projection
from odata3.formats.value_codecs import Codecs


class JsonVerbose:
    """Verbose JSON for one service: ``root`` is the service root as the client asks it. ``model`` may be None.

    ``version`` is the DataServiceVersion that requests are written by: below 3.0, moments go as ``/Date(ms)/``, which holds no
    more than milliseconds.
    """

    dialect = Dialect.JSON_VERBOSE
    accept = "application/json;odata=verbose"
    content_type = "application/json;odata=verbose"

    def __init__(self, model: Model | None, root: str, *, version: str = "3.0", key_as_segment: bool = False) -> None:
        self._model = model
        self._root = root if root.endswith("/") else f"{root}/"
        self._key_as_segment = key_as_segment
        self._codecs = Codecs(model, Dialect.JSON_VERBOSE)
        self._links = Links(self._root)
        self._answers = Readers(model, self._links, self._codecs, key_as_segment=key_as_segment, request=False)
        self._requests = Readers(model, self._links, self._codecs, key_as_segment=key_as_segment, request=True)
        self._request_writer = RequestWriter(model, version)
        self._response_writers: dict[str, ResponseWriter] = {}

    # --- reading ------------------------------------------------------------------------------------------------------------

    def read(self, body: bytes, expect: Expectation, *, base: str = "") -> Document:
        """What an answer says. Entries before a break are delivered, and the break is the feed's ``failure``."""
        text = decode_text(body)
        try:
            tree = parse_json(text)
        except PayloadError as error:
            return self._broken(text, error, expect, base)
        failure: Exception | None = None
        fault = self._fault(tree, expect)
        if fault is not None:
            if "d" not in tree and "results" not in tree:
                return fault
            failure = in_stream(fault)
        where = ""
        if type(tree) is dict and "d" in tree and not self._declares("d", expect):
            tree, where = tree["d"], "d"
        tree, where = self._result(tree, where, expect)
        try:
            found = self._document(tree, where, expect, base)
        except DataServiceClientException as error:
            return Fault(error.code, error.message, error.inner_error)
        if failure is None:
            return found
        if isinstance(found, Feed):
            found.failure, found.next_link = failure, None
            return found
        return fault if fault is not None else found

    def read_request(self, body: bytes, expect: Expectation, *, base: str = "") -> Document:
        """What a request asks for: no ids and no links are computed, binds are in ``Entry.binds``."""
        tree = parse_json(decode_text(body))
        if expect.kind is Kind.VALUE:
            return self._value(tree, "", expect)
        if expect.kind in (Kind.REFERENCE, Kind.REFERENCES):
            return self._references(tree, "", base)
        return self._reader(self._requests, expect).entry(tree, "")

    def read_parameters(self, body: bytes, types: Mapping[str, str]) -> Parameters:
        """The parameters of an action, decoded by their types; those that are not known by their form."""
        if not body.strip():
            return Parameters({}, dict(types))
        tree = parse_json(decode_text(body))
        if type(tree) is not dict:
            raise PayloadError(f"parameters are an object, not {kind_of(tree)}")
        decode = self._codecs.decode_value
        values = {name: decode(types.get(name), value, name) for name, value in tree.items() if name[:2] != "__"}
        return Parameters(values, dict(types))

    def _result(self, tree: Any, where: str, expect: Expectation) -> tuple[Any, str]:
        """Entities that stand under the name of the operation that gave them, as SAP answers."""
        if type(tree) is not dict or expect.kind in (Kind.REFERENCE, Kind.REFERENCES, Kind.SERVICE):
            return tree, where
        names = [name for name in tree if name[:2] != "__"]
        if len(names) != 1 or "__metadata" in tree or names[0] == "results" or self._declares(names[0], expect):
            return tree, where
        inner = tree[names[0]]
        rows = inner.get("results", [inner]) if type(inner) is dict else inner
        if type(rows) is list and rows and all(_is_entity(row) for row in rows):
            return inner, path_to(where, names[0])
        return tree, where

    def _document(self, tree: Any, where: str, expect: Expectation, base: str) -> Document:
        kind = self._kind(tree, expect)
        if kind is Kind.SERVICE:
            return self._service(tree, where)
        if kind in (Kind.REFERENCE, Kind.REFERENCES):
            return self._references(tree, where, base)
        if kind is Kind.VALUE:
            return self._value(tree, where, expect)
        reader = self._reader(self._answers, expect)
        if kind is Kind.FEED or self._has_rows(tree, expect):
            rows, around, path = _rows(tree, where)
            if kind is Kind.ENTRY and len(rows) == 1:  # some services answer a look-up with an array of one
                return reader.entry(rows[0], f"{path}[0]")
            return self._feed(rows, around, path, reader, base)
        if type(tree) is dict and type(tree.get("results")) is dict and not self._declares("results", expect):
            return reader.entry(tree["results"], path_to(where, "results"))
        return reader.entry(tree, where)

    def _kind(self, tree: Any, expect: Expectation) -> Kind:
        """What a body is: by what is expected where that fits, else by its shape."""
        kind = expect.kind
        has_rows = self._has_rows(tree, expect)
        if type(tree) is dict and type(tree.get("EntitySets")) is list and kind in (Kind.SERVICE, Kind.RESOURCE):
            return Kind.SERVICE
        if kind is Kind.FEED and not has_rows:
            raise PayloadError(f"a feed is an array, or an object with results, not {kind_of(tree)}", where="d")
        if kind is Kind.VALUE:
            return Kind.FEED if self._is_feed(tree, expect) else kind
        if kind is not Kind.RESOURCE:
            return kind
        if _are_links(tree if type(tree) is list else tree.get("results") if has_rows else [tree]) and not self._declares(
            "uri", expect
        ):
            return Kind.REFERENCES
        if self._is_value(tree, expect):
            return Kind.VALUE
        return Kind.FEED if has_rows else Kind.ENTRY

    def _has_rows(self, tree: Any, expect: Expectation) -> bool:
        if type(tree) is dict:
            return type(tree.get("results")) is list and not self._declares("results", expect)
        return type(tree) is list

    def _is_feed(self, tree: Any, expect: Expectation) -> bool:
        """Whether what should be a value holds entities after all."""
        if self._is_value_type(expect.type_name):
            return False
        rows = tree if type(tree) is list else tree.get("results") if type(tree) is dict else None
        return type(rows) is list and bool(rows) and all(_is_entity(row) for row in rows)

    def _is_value(self, tree: Any, expect: Expectation) -> bool:
        """Whether what may be anything is a property or an operation's result."""
        if self._is_value_type(expect.type_name):
            return True
        if type(tree) not in (dict, list):
            return True
        if type(tree) is list:
            return bool(tree) and not any(type(item) is dict for item in tree)
        metadata = tree.get("__metadata")
        if type(metadata) is dict:
            named = metadata.get("type")
            return type(named) is str and self._is_value_type(named) and "uri" not in metadata
        if expect.type_name is not None and self._model is not None and expect.type_name in self._model.entity_types:
            return False
        results = tree.get("results")
        if type(results) is list:
            return bool(results) and not any(type(item) is dict for item in results)
        names = [name for name in tree if name[:2] != "__"]
        return len(names) == 1 and expect.entity_set is None

    def _is_value_type(self, type_name: str | None) -> bool:
        if type_name is None:
            return False
        element = element_type(type_name)
        if element.startswith("Edm."):
            return True
        model = self._model
        return model is not None and (element in model.complex_types or element in model.enum_types)

    def _declares(self, name: str, expect: Expectation) -> bool:
        """Whether the type expected has a property of this name, so that it is no wrapper."""
        type_name = self._type_name(expect)
        structured = None if self._model is None or type_name is None else self._model.structured_type(type_name)
        return structured is not None and structured.find(name) is not None

    def _type_name(self, expect: Expectation) -> str | None:
        if expect.type_name is not None:
            return expect.type_name
        entity_set = self._entity_set(expect)
        return None if entity_set is None else entity_set.type

    def _entity_set(self, expect: Expectation) -> EntitySet | None:
        if self._model is None or expect.entity_set is None:
            return None
        return self._model.entity_sets.get(expect.entity_set)

    def _reader(self, readers: Readers, expect: Expectation) -> EntryReader:
        return readers.reader(self._entity_set(expect), self._type_name(expect))

    def _fault(self, tree: Any, expect: Expectation) -> Fault | None:
        if type(tree) is not dict or self._declares("error", expect):
            return None
        if "odata.error" in tree:
            return fault_of_tree(tree)
        error = tree.get("error")
        if type(error) is dict or (type(error) is str and "error_description" in tree):
            return fault_of_tree(tree)
        return None

    def _feed(self, rows: list[Any], around: Mapping[str, Any], where: str, reader: EntryReader, base: str) -> Feed:
        entries: list[Entry] = []
        failure: Exception | None = None
        if type(around.get("error")) is dict and (fault := fault_of_tree(around)) is not None:
            failure = in_stream(fault)
        try:
            reader.entries(rows, where, entries)
        except DataServiceClientException as error:
            failure = error
        metadata = around.get("__metadata")
        return Feed(
            entries,
            count=read_count(around.get("__count"), "d.__count"),
            next_link=None if failure is not None else self._links.sent(next_link(around), "d.__next", base),
            operations=reader.operations(metadata) if type(metadata) is dict else (),
            failure=failure,
        )

    def _broken(self, text: str, error: PayloadError, expect: Expectation, base: str) -> Document:
        """What there is of a document that breaks off: whole entries with the failure behind them, or an error of the service."""
        appended = appended_error(text)
        fault = None if appended is None else fault_of_tree(appended)
        found = salvage(text) if expect.kind in (Kind.FEED, Kind.RESOURCE) else None
        if found is None or not found.items:
            if fault is None:
                raise error
            return fault
        feed = self._feed(found.items, found.head, "d.results", self._reader(self._answers, expect), base)
        feed.next_link = None
        feed.failure = feed.failure or (error if fault is None else in_stream(fault))
        return feed

    def _value(self, tree: Any, where: str, expect: Expectation) -> Value:
        """A property in its three forms: under its name, under ``results``, or by itself."""
        type_name = expect.type_name
        raw, where = self._unwrapped(tree, where, type_name, expect.name)
        value = self._codecs.decode_value(type_name, raw, where or expect.name or "d")
        if isinstance(value, Complex) and value.type_name is not None:
            type_name = value.type_name
        elif type_name is None and type(raw) is dict and type(raw.get("__metadata")) is dict:
            named = raw["__metadata"].get("type")
            type_name = named if type(named) is str else None
        return Value(value, type_name, expect.name, text_or_none(raw))

    def _unwrapped(self, tree: Any, where: str, type_name: str | None, name: str | None) -> tuple[Any, str]:
        if type(tree) is not dict:
            return tree, where
        if type(tree.get("results")) is dict and len([n for n in tree if n[:2] != "__"]) == 1:
            tree, where = tree["results"], path_to(where, "results")
        names = [n for n in tree if n[:2] != "__"]
        if len(names) != 1 or "__metadata" in tree:
            if name is not None and name in tree and not self._has_members(type_name, names):
                return tree[name], path_to(where, name)
            return tree, where
        (only,) = names
        if only == "results" and type(tree["results"]) is list:
            return tree, where
        if only != name and self._has_members(type_name, names):
            return tree, where
        return tree[only], path_to(where, only)

    def _has_members(self, type_name: str | None, names: list[str]) -> bool:
        """Whether these are members of the complex type that a value is to be of."""
        structured = None if self._model is None or type_name is None else self._model.complex_types.get(type_name)
        return structured is not None and bool({*names} & {*structured.properties.names()})

    def _references(self, tree: Any, where: str, base: str) -> Reference | References:
        if type(tree) is dict and type(tree.get("uri")) is str:
            return Reference(self._links.absolute(tree["uri"]))
        items, around, path = _rows(tree, where)
        urls = []
        for place, item in enumerate(items):
            url = item.get("uri") if type(item) is dict else None
            if type(url) is not str:
                raise PayloadError("a link is an object with a uri", where=f"{path}[{place}]")
            urls.append(self._links.absolute(url))
        count = read_count(around.get("__count"), "d.__count")
        return References(urls, count, self._links.sent(next_link(around), "d.__next", base))

    def _service(self, tree: Any, where: str) -> ServiceDocument:
        names = tree.get("EntitySets") if type(tree) is dict else None
        if type(names) is not list or not all(type(name) is str for name in names):
            raise PayloadError("a service document has the names of its sets in an array called EntitySets", where=where or None)
        return ServiceDocument([(name, self._links.absolute(name)) for name in names])

    # --- writing ------------------------------------------------------------------------------------------------------------

    def write_request(self, document: Document | Parameters, expect: Expectation) -> bytes:
        """A request's body, without a wrapper: an entity, a property under its name, a link, an action's parameters."""
        return write_json(self._request(document, expect))

    def _request(self, document: Document | Parameters, expect: Expectation) -> Any:
        writer = self._request_writer
        if isinstance(document, Entry):
            return writer.entry(document)
        if isinstance(document, Value):
            name = document.name or expect.name or "value"
            return {name: writer.encoders.encode(document.type_name or expect.type_name, document.value, name)}
        if isinstance(document, Reference):
            return {"uri": document.url}
        if isinstance(document, References):
            return [{"uri": url} for url in document.urls]
        if isinstance(document, Parameters):
            return {name: writer.parameter(document.types.get(name), value, name) for name, value in document.values.items()}
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
        """An answer's body in the shape of ``version``. ``level`` is light's affair."""
        if isinstance(document, Fault):
            return write_json({"error": fault_tree(document)})
        writer = self._response_writers.get(version)
        if writer is None:
            writer = self._response_writers[version] = ResponseWriter(
                self._model, self._root, version, key_as_segment=self._key_as_segment
            )
        return write_json({"d": self._response(document, expect, writer, select)})

    def _response(self, document: Document, expect: Expectation, writer: ResponseWriter, select: str | None) -> Any:
        if isinstance(document, Entry):
            return writer.entry(document, self._entity_set(expect), self._type_name(expect), read_projection(select))
        if isinstance(document, Feed):
            return writer.feed(document, self._entity_set(expect), self._type_name(expect), read_projection(select))
        if isinstance(document, Value):
            name = document.name or expect.name or "value"
            return {name: writer.encoders.encode(document.type_name or expect.type_name, document.value, name)}
        if isinstance(document, Reference):
            return {"uri": document.url}
        if isinstance(document, References):
            return writer.collection([{"uri": url} for url in document.urls], document.count, document.next_link)
        if isinstance(document, ServiceDocument):
            return {"EntitySets": [name for name, _ in document.collections]}
        raise ArgumentError(f"a {type(document).__name__} is no answer")


def _rows(tree: Any, where: str) -> tuple[list[Any], Mapping[str, Any], str]:
    """The array of a collection, the object around it, and its path."""
    if type(tree) is list:
        return tree, {}, where
    results = tree.get("results") if type(tree) is dict else None
    if type(results) is not list:
        raise PayloadError(f"a collection is an array, or an object with results, not {kind_of(tree)}", where=where or None)
    return results, tree, path_to(where, "results")


def _are_links(rows: list[Any]) -> bool:
    return bool(rows) and all(type(row) is dict and len(row) == 1 and type(row.get("uri")) is str for row in rows)


def _is_entity(row: Any) -> bool:
    metadata = row.get("__metadata") if type(row) is dict else None
    return type(metadata) is dict and ("uri" in metadata or "id" in metadata)
