"""One request at work: what every room that answers needs to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from odata3.edm.model import EntitySet, EntityType, Model
from odata3.errors import ArgumentError
from odata3.formats.documents import Dialect, Document, Expectation, Format
from odata3.server.acceptance import Shape, Spelling, accept_of, choose, dialect_of_body
from odata3.server.answers import Formats, answer
from odata3.server.hooks import Exchange, Hooks, Query
from odata3.server.projection import Projection
from odata3.server.records import Record
from odata3.server.refusal import Refusal, unreadable
from odata3.server.responses import Dresser, Links, Related, literal_of
from odata3.server.selections import Selection
from odata3.server.store import Store, Transaction
from odata3.server.versions import Versions
from odata3.uri.expressions import Expression
from odata3.uri.options import QueryOptions
from odata3.uri.parser import QuerySyntaxError
from odata3.wire.messages import Request, Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a service behaves where there is a choice; see :class:`~odata3.server.service.Service`."""

    page_size: Mapping[str, int]
    put_resets: bool
    max_version: str
    key_as_segment: bool
    batch: bool
    verbose_errors: bool
    missing_etag_status: int
    max_expand: int
    language: str


@dataclass(slots=True)
class Task:
    """A request, the transaction it is answered in, and the service's ways.

    ``path`` is the path below the root, ``query`` the query string, neither decoded. ``known`` holds what earlier requests of the
    same change set made, by Content-ID.
    """

    model: Model
    store: Store
    hooks: Hooks
    settings: Settings
    formats: Formats
    links: Links
    exchange: Exchange
    versions: Versions
    transaction: Transaction
    method: str
    path: str
    query: str
    known: dict[str, str] = field(default_factory=dict)
    _asked: dict[str, list[Expression[Any]]] = field(default_factory=dict)

    @property
    def request(self) -> Request:
        return self.exchange.request

    @property
    def headers(self) -> Mapping[str, str]:
        return self.exchange.request.headers

    @property
    def root(self) -> str:
        return self.exchange.root

    @property
    def body(self) -> bytes:
        body = self.exchange.request.body
        return body if isinstance(body, bytes) else b"" if body is None else body.read()

    # --- options ----------------------------------------------------------------------------------------------------------------

    def options(self, entity_type: EntityType | None, allowed: frozenset[str]) -> QueryOptions:
        """The query options over entities of a type. Refuses those that do not bear on what was asked."""
        options = QueryOptions.parse(self.query, self.model, entity_type)
        given = {name for name in _OPTIONS if _OPTIONS[name](options)}
        stray = given - allowed - {"$format", "$callback"}
        if stray:
            names = ", ".join(sorted(stray))
            raise Refusal(
                400,
                "Query options $orderby, $inlinecount, $skip and $top cannot be applied to the requested resource."
                if stray <= {"$orderby", "$inlinecount", "$skip", "$top"}
                else f"Query options {names} cannot be applied to the requested resource.",
            )
        return options

    def spelling(self, shape: Shape) -> Spelling:
        """How an answer of this shape is spelled; the versions it needs are raised. Refuses what cannot be had."""
        chosen = choose(self.accept, shape, self.versions.ceiling)
        self.versions.raise_response(chosen.lowest_version)
        return chosen

    @property
    def accept(self) -> str | None:
        return accept_of(self.headers, format_option(self.query))

    # --- bodies -----------------------------------------------------------------------------------------------------------------

    def reader(self) -> Format:
        """The format that the request's body is in. Refuses (415) what is none."""
        return self.formats.of(self.body_dialect, self.root)

    @property
    def body_dialect(self) -> Dialect:
        return dialect_of_body(self.headers.get("Content-Type"), self.versions.request)

    def read(self, expect: Expectation) -> Document:
        """The document in the request's body."""
        body = self.body
        if not body.strip():
            raise unreadable("The request has no body.")
        return self.reader().read_request(body, expect, base=self.root)

    # --- answers ----------------------------------------------------------------------------------------------------------------

    def write(
        self,
        document: Document,
        expect: Expectation,
        spelling: Spelling,
        *,
        status: int = 200,
        headers: dict[str, str | None] | None = None,
        select: str | None = None,
    ) -> Response:
        """A response with a document."""
        writer = self.formats.of(spelling.dialect, self.root)
        try:
            body = writer.write_response(document, expect, level=spelling.level, version=self.versions.response, select=select)
        except ArgumentError as error:  # a control character, say, that XML cannot hold
            raise Refusal(500, f"The answer cannot be written in this format: {error}") from error
        return answer(status, body, spelling.content_type, self.versions.response, headers)

    def dresser(self, spelling: Spelling) -> Dresser:
        """Who makes entries of records for this answer. Operations are offered where the answer may be of version 3."""
        return Dresser(
            self.links,
            spelling,
            self.transaction,
            offers_operations=self.versions.ceiling >= "3.0",
            on_read=self.on_read,
        )

    def on_read(self, record: Record) -> None:
        """Let the hooks of reading dress a record, and hide what is input only."""
        for name in self.hooks.inputs(record.entity_set):
            record.values[name] = [] if record.entity_type.properties[name].is_collection else None
        for hook in self.hooks.of_read(record.entity_set):
            hook(record, self.exchange)

    # --- reading sets ----------------------------------------------------------------------------------------------------------

    def set_of(self, name: str) -> EntitySet:
        return self.model.entity_sets[name]

    def ask(
        self,
        selection: Selection,
        *,
        key: Mapping[str, Any] | None = None,
        options: QueryOptions = QueryOptions(),  # noqa: B008 - immutable
        source: Record | None = None,
    ) -> Selection:
        """Call the hooks of a set about to be read, and narrow the selection as they ask."""
        query = Query(self.set_of(selection.set_name), key, options, self.transaction, self.exchange, source)
        for hook in self.hooks.of_query(selection.set_name):
            hook(query)
        for condition in query.narrowed:
            selection = selection.where(condition)
        return selection

    def narrowing(self, set_name: str) -> list[Expression[Any]]:
        """What the hooks narrow a set by that is expanded into; they are asked once per request."""
        found = self._asked.get(set_name)
        if found is None:
            query = Query(self.set_of(set_name), None, QueryOptions(), self.transaction, self.exchange, None, expanded=True)
            for hook in self.hooks.of_query(set_name):
                hook(query)
            found = self._asked[set_name] = list(query.narrowed)
        return found

    def expand(self, next_link: Callable[[Record, str, str], str]) -> Callable[[Sequence[Record], Projection], Related]:
        """The function that finds what is expanded into records. ``next_link`` makes the link to what a page does not hold."""

        def found(records: Sequence[Record], projection: Projection) -> Related:
            related: dict[str, dict[int, tuple[list[Record], str | None]]] = {}
            by_type: dict[str, list[Record]] = {}
            for record in records:
                by_type.setdefault(record.type_name, []).append(record)
            for name in projection.expanded:
                related[name] = {}
                for alike in by_type.values():
                    related[name].update(self._related(alike, name, next_link))
            return related

        return found

    def _related(
        self, records: Sequence[Record], name: str, next_link: Callable[[Record, str, str], str]
    ) -> dict[int, tuple[list[Record], str | None]]:
        relation = self.store.layout.relation(records[0].entity_set, records[0].type_name, name)
        if relation is None or relation.target.name not in self.model.entity_sets:
            return {}
        target = relation.target.name
        limit = self.settings.page_size.get(target) if relation.navigation.is_collection else None
        found = self.transaction.related(relation, records, limit=limit, narrowed=self.narrowing(target))
        by_id = {record.id: record for record in records}
        return {
            owner: (linked, next_link(by_id[owner], name, self.token(linked[-1])) if more else None)
            for owner, (linked, more) in found.items()
        }

    def token(self, record: Record) -> str:
        """The ``$skiptoken`` that goes on behind this record, in the order of the key."""
        from_key = self.store.table(record.entity_set).root
        return ",".join(literal_of(p.type, record.values[p.name]) for p in from_key.key_properties)


def format_option(query: str) -> str | None:
    """``$format`` of a query string that may be wrong otherwise."""
    for part in query.split("&"):
        if part.startswith(("$format=", "%24format=")):
            try:
                return QueryOptions.parse(part).format
            except QuerySyntaxError:
                return None
    return None


_OPTIONS: dict[str, Callable[[QueryOptions], bool]] = {
    "$filter": lambda o: o.filter is not None,
    "$orderby": lambda o: bool(o.orderby),
    "$skip": lambda o: o.skipped is not None,
    "$top": lambda o: o.top is not None,
    "$expand": lambda o: bool(o.expanded),
    "$select": lambda o: bool(o.selected),
    "$inlinecount": lambda o: o.inlinecount is not None,
    "$skiptoken": lambda o: o.skiptoken is not None,
    "$format": lambda o: o.format is not None,
    "$callback": lambda o: o.callback is not None,
}

NONE: frozenset[str] = frozenset()
SINGLE = frozenset({"$expand", "$select"})
COUNTED = frozenset({"$filter", "$orderby", "$skip", "$top"})
FEED = frozenset({*COUNTED, *SINGLE, "$inlinecount", "$skiptoken"})
REFERENCES = frozenset({*COUNTED, "$inlinecount", "$skiptoken"})
