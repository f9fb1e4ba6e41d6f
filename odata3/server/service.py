"""A service: a model, a store, and what a request to them is answered.

::

    service = Service(parse_metadata("lab.edmx"), Store(model, "sqlite:///lab.db"))
    service.send(Request("GET", "http://lab/Probes?$filter=Id gt 5"))

It answers as WCF Data Services does, whose texts and statuses it has; :mod:`odata3.server.hooks` shows how an emulator gives
it a will of its own. Being a function from request to response, it is also a transport: a client can be handed it in the
place of a network. Sources: digest sections 1, 8 and 9.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError

from odata3.edm.model import Model, OperationKind
from odata3.errors import ArgumentError, ODataError, PayloadError
from odata3.server.acceptance import Spelling, accept_of, choose_for_error
from odata3.server.answers import Formats, error
from odata3.server.batches import Failed, answer_batch
from odata3.server.changing import insert, remove, update
from odata3.server.hooks import ChangeHook, Exchange, Hooks, LinkHook, OperationHook, QueryHook, ReadHook
from odata3.server.incoming import MAX_URL, path_below
from odata3.server.operations import call, compose
from odata3.server.parts import write_link, write_property, write_stream
from odata3.server.reading import read
from odata3.server.refusal import Refusal, not_allowed, unreadable
from odata3.server.resources import Kind, Resource, find
from odata3.server.responses import Links
from odata3.server.store import Store, Transaction
from odata3.server.task import Settings, Task, format_option
from odata3.server.versions import Versions
from odata3.server.wording import refusal_of
from odata3.uri.parser import QuerySyntaxError
from odata3.wire.messages import Headers, Request, Response

__all__ = ["Service"]

_log = logging.getLogger("odata3.server")

_READS = ("GET", "HEAD")
_UPDATES = ("PUT", "PATCH", "MERGE")
_TUNNELLED = ("PUT", "PATCH", "MERGE", "DELETE")
_ALL = "GET, POST, PUT, PATCH, MERGE, DELETE"
#: The term that advertises KeyAsSegment on a container.
_URL_CONVENTIONS = "Com.Microsoft.Data.Services.Conventions.V1.UrlConventions"


class Service:
    """Answers requests to the entities of ``model`` in ``store`` (whose own model may hold more).

    The keywords are also ``settings``, to be changed while it runs; ``hooks`` are the functions that it calls. ``ArgumentError``
    for pages of nothing.

    Parameters
    ----------
    page_size : int, mapping of set name to int, or None
        How many entities a page holds; the rest follows by next links. None: everything at once.
    put_resets : bool
        Whether PUT resets what it does not name, as the protocol says. False: it leaves it, as MERGE does.
    max_version : str
        The highest protocol version spoken.
    key_as_segment : bool or None
        Whether ``Set/1`` names an entity. None: what the model's ``UrlConventions`` says. ``Set(1)`` does in any case.
    batch : bool
        Whether there is a ``$batch``.
    verbose_errors : bool
        Whether errors say in ``innererror`` what exactly was wrong.
    missing_etag_status : int
        How a change without ``If-Match`` is refused where the type has version properties: 400, as WCF Data Services does, or
        428.
    max_expand : int
        How many levels ``$expand`` may go.
    language : str
        The language that error messages claim to be in.
    """

    def __init__(
        self,
        model: Model,
        store: Store,
        *,
        page_size: int | Mapping[str, int] | None = None,
        put_resets: bool = True,
        max_version: str = "3.0",
        key_as_segment: bool | None = None,
        batch: bool = True,
        verbose_errors: bool = True,
        missing_etag_status: int = 400,
        max_expand: int = 12,
        language: str = "en-US",
    ) -> None:
        self.model = model
        self.store = store
        self.hooks = Hooks(model.entity_sets)
        pages = dict.fromkeys(model.entity_sets, page_size) if isinstance(page_size, int) else dict(page_size or {})
        if any(size < 1 for size in pages.values()):
            raise ArgumentError(f"a page holds one entity at least, not {min(pages.values())}; None puts everything into one")
        self.settings = Settings(
            page_size=pages,
            put_resets=put_resets,
            max_version=max_version,
            key_as_segment=_advertised(model) if key_as_segment is None else key_as_segment,
            batch=batch,
            verbose_errors=verbose_errors,
            missing_etag_status=missing_etag_status,
            max_expand=max_expand,
            language=language,
        )
        self._formats = Formats(model, key_as_segment=self.settings.key_as_segment)
        self._links = lru_cache(maxsize=64)(lambda root: Links(model, root, key_as_segment=self.settings.key_as_segment))

    # --- hooks, as decorators -------------------------------------------------------------------------------------------------

    def on_insert(self, *entity_sets: str) -> Callable[[ChangeHook], ChangeHook]:
        """Call the decorated function before an entity of these ``entity_sets`` (none: of any) is inserted; it gets a
        ``Change``. ``LookupError`` for a set that the model does not have."""
        return self.hooks.on_insert(*entity_sets)

    def on_update(self, *entity_sets: str) -> Callable[[ChangeHook], ChangeHook]:
        """Call the decorated function before an entity of these ``entity_sets`` (none: of any) is changed (PUT, PATCH, MERGE,
        and writes to a property); it gets a ``Change``. ``LookupError`` for a set that the model does not have."""
        return self.hooks.on_update(*entity_sets)

    def on_delete(self, *entity_sets: str) -> Callable[[ChangeHook], ChangeHook]:
        """Call the decorated function before an entity of these ``entity_sets`` (none: of any) is deleted; it gets a
        ``Change``. ``LookupError`` for a set that the model does not have."""
        return self.hooks.on_delete(*entity_sets)

    def on_link(self, *entity_sets: str) -> Callable[[LinkHook], LinkHook]:
        """Call the decorated function before a navigation property of an entity of these ``entity_sets`` (none: of any) is
        linked or unlinked: by ``$links``, or by a body. ``LookupError`` for a set that the model does not have."""
        return self.hooks.on_link(*entity_sets)

    def on_query(self, *entity_sets: str) -> Callable[[QueryHook], QueryHook]:
        """Call the decorated function before these ``entity_sets`` (none: any) are read; it gets a ``Query``, may write, and
        refuse. ``LookupError`` for a set that the model does not have."""
        return self.hooks.on_query(*entity_sets)

    def on_read(self, *entity_sets: str) -> Callable[[ReadHook], ReadHook]:
        """Call the decorated function with every entity of these ``entity_sets`` (none: of any) that goes into an answer, a
        ``Record`` whose ``values`` it may change, and the ``Exchange``. ``LookupError`` for a set that the model does not have.
        """
        return self.hooks.on_read(*entity_sets)

    def operation(self, name: str, *, bound_to: str | None = None) -> Callable[[OperationHook], OperationHook]:
        """Let the decorated function do the work of the function import ``name``: it gets a ``Call`` and gives what is
        returned.

        ``bound_to`` is the full type name of the binding parameter where overloads share a name.
        """
        return self.hooks.operation(name, bound_to=bound_to)

    def write_only(self, entity_set: str, *names: str) -> None:
        """Make properties of ``entity_set``, the ``names``, inputs: hooks see them in ``change.values``, they are never stored
        and read as null. ``LookupError`` for a set that the model does not have."""
        self.hooks.write_only(entity_set, *names)

    # --- requests ---------------------------------------------------------------------------------------------------------------

    def send(self, request: Request, root: str | None = None, scope: Mapping[str, Any] | None = None) -> Response:
        """The answer to a request; never raises for what a request can be. ``root`` is the service root it was asked by
        (None: the origin of its URL), ``scope`` what hooks shall know of the place."""
        if root is None:
            url = urlsplit(request.url)
            root = f"{url.scheme}://{url.netloc}/"
        exchange = Exchange(request, root, dict(scope or {}))
        response = _Answering(self, exchange).response()
        return replace(response, url=request.url)

    def open(self, request: Request) -> _Opened:
        """The answer to a ``request``, its body to be read in pieces: with it a service stands in for the network (a
        ``Transport``)."""
        return _Opened(self.send(request))

    def close(self) -> None:
        """Give the database's connections back; the service answers no more."""
        self.store.close()

    @cached_property
    def _reading_operations(self) -> bool:
        imports = self.model.function_imports.values()
        return any(operation.kind is not OperationKind.ACTION for overloads in imports for operation in overloads)

    @property
    def writes_on_read(self) -> bool:
        """Whether a GET may write: by a hook that is asked before a set is read, or by an operation."""
        return self.hooks.has_queries or self._reading_operations


@dataclass
class _Opened:
    """A response whose body is read in pieces."""

    response: Response

    def __post_init__(self) -> None:
        self._body = io.BytesIO(self.response.body)
        self.status = self.response.status
        self.headers: Headers = self.response.headers
        self.url = self.response.url

    def read(self, size: int = -1, /) -> bytes:
        return self._body.read(size)

    def close(self) -> None:
        self._body.close()


def _advertised(model: Model) -> bool:
    """Whether the model says that keys may stand as segments."""
    return any(
        name.partition("#")[0] == _URL_CONVENTIONS and value == "KeyAsSegment"
        for container in model.entity_containers.values()
        for name, value in container.annotations.items()
    )


class _Answering:
    """One exchange, with what is found out about it on the way. Also answers the parts of a batch."""

    def __init__(self, service: Service, exchange: Exchange) -> None:
        self._service = service
        self._exchange = exchange

    def response(self) -> Response:
        request = self._exchange.request
        try:
            method = _method(request)
            if self._path().strip("/") == "$batch":
                found = self._batch(method)
            else:
                versions = self._versions()
                write = method not in _READS or self._service.writes_on_read
                with self._service.store.begin(write=write) as transaction:
                    found = self._answer(transaction, versions, method, {})
        except Exception as problem:
            found = self.refused(_as_refusal(problem, request), request)
        return self._with_headers(found)

    def _with_headers(self, response: Response) -> Response:
        added = self._exchange.headers
        return replace(response, headers=response.headers.merged(dict(added))) if added else response

    def _path(self) -> str:
        url = self._exchange.request.url
        if len(url) > MAX_URL:
            raise Refusal(414, f"The request URI is longer than {MAX_URL} characters.")
        return path_below(self._exchange.root, url)

    def _versions(self) -> Versions:
        return Versions(self._exchange.request.headers, self._service.settings.max_version)

    def _answer(self, transaction: Transaction, versions: Versions, method: str, known: dict[str, str]) -> Response:
        service, exchange = self._service, self._exchange
        task = Task(
            service.model,
            service.store,
            service.hooks,
            service.settings,
            service._formats,
            service._links(exchange.root),
            exchange,
            versions,
            transaction,
            method,
            self._path(),
            exchange.request.url.partition("#")[0].partition("?")[2],
            known,
        )
        if method == "PATCH":
            _need_patch(task)
        return _dispatch(task, find(task, compose))

    # --- errors -----------------------------------------------------------------------------------------------------------------

    def refused(self, refusal: Refusal, request: Request | None) -> Response:
        """The answer that says no, spelled as ``request`` asks (None: in XML)."""
        if not self._service.settings.verbose_errors and refusal.detail is not None:
            refusal = Refusal(refusal.status, refusal.message, code=refusal.code, headers=refusal.headers)
        return error(refusal, self._spelling_of_error(request), language=self._service.settings.language)

    def _spelling_of_error(self, request: Request | None) -> Spelling:
        if request is None:
            return choose_for_error(None, "3.0")
        try:
            ceiling = Versions(request.headers, self._service.settings.max_version).ceiling
        except Refusal:
            ceiling = "1.0"
        query = request.url.partition("#")[0].partition("?")[2]
        return choose_for_error(accept_of(request.headers, format_option(query)), ceiling)

    # --- batches ----------------------------------------------------------------------------------------------------------------

    def _batch(self, method: str) -> Response:
        if not self._service.settings.batch:
            raise Refusal(501, "The $batch resource is not implemented.")
        if method != "POST":
            raise not_allowed("The /$batch resource only supports POST method requests.", "POST")
        self._versions()
        return answer_batch(self, self._exchange.request, self._exchange.root)

    def _part(self, request: Request) -> _Answering:
        return _Answering(self._service, Exchange(request, self._exchange.root, self._exchange.scope))

    def alone(self, request: Request) -> Response:
        return self._part(request).response()

    def together(self, work: Callable[[Transaction], list[Response]]) -> list[Response]:
        with self._service.store.begin() as transaction:
            return work(transaction)

    def within(self, request: Request, transaction: Transaction, known: dict[str, str]) -> Response:
        part = self._part(request)
        try:
            found = part._answer(transaction, part._versions(), _method(request), known)
        except Exception as problem:
            raise Failed(part._with_headers(part.refused(_as_refusal(problem, request), request))) from problem
        return part._with_headers(found)


def _method(request: Request) -> str:
    """The verb, be it tunnelled through POST. Refuses one that is none."""
    tunnelled = request.headers.get("X-HTTP-Method")
    if tunnelled is None:
        return request.method
    verb = tunnelled.strip().upper()
    if request.method != "POST" or verb not in _TUNNELLED:
        raise Refusal(
            400,
            f"The X-HTTP-Method '{tunnelled[:20]}' is not valid: it goes with POST, and names one of {', '.join(_TUNNELLED)}.",
        )
    return verb


def _need_patch(task: Task) -> None:
    """PATCH came with version 3: an older service does not know it."""
    if task.settings.max_version < "3.0":
        raise not_allowed("This service does not know PATCH; use MERGE.", *_ALL.replace(" PATCH,", "").split(", "))
    task.versions.need_request("3.0")


def _dispatch(task: Task, resource: Resource) -> Response:
    """To the room that does the work."""
    method = task.method
    if resource.kind is Kind.OPERATION:
        return call(task, resource)
    if method in _READS:
        return read(task, resource)
    if method == "POST":
        return _post(task, resource)
    if method not in (*_UPDATES, "DELETE"):
        raise Refusal(501, "Not Implemented")
    if resource.kind is Kind.ENTITY and not resource.value:
        if resource.record is None:
            raise Refusal(404, f"Resource not found for the segment '{resource.name}'.")
        return remove(task, resource) if method == "DELETE" else update(task, resource)
    if resource.kind is Kind.PROPERTY:
        return write_property(task, resource)
    if resource.kind is Kind.STREAM or resource.value:
        return write_stream(task, resource)
    if resource.kind is Kind.LINKS:
        return write_link(task, resource)
    asked = f"The URI '{task.root}{task.path}' is not valid for {method} operation."
    if method == "DELETE":
        reason = "The URI must refer to a single resource from an entity set or from a property referring to a set of resources."
    else:
        reason = f"The URI must point to a single resource for {method} operations."
    raise not_allowed(f"{asked} {reason}", "GET", *(["POST"] if resource.kind is Kind.ENTITIES else []))


def _post(task: Task, resource: Resource) -> Response:
    if resource.kind is Kind.ENTITIES and not resource.count:
        return insert(task, resource)
    if resource.kind is Kind.LINKS:
        return write_link(task, resource)
    raise not_allowed(
        f"The URI '{task.root}{task.path}' is not valid for POST operation. "
        "For POST operations, the URI must refer to a service operation or an entity set.",
        *(_ALL.replace("POST, ", "").split(", ") if resource.kind is Kind.ENTITY else ["GET"]),
    )


def _as_refusal(problem: Exception, request: Request) -> Refusal:
    """What a request is told of a problem: its own mistakes in full, ours not at all."""
    if isinstance(problem, Refusal):
        return problem
    if isinstance(problem, QuerySyntaxError):
        return refusal_of(problem)
    if isinstance(problem, PayloadError):
        return unreadable(str(problem))
    if isinstance(problem, ODataError):
        return Refusal(400, str(problem))
    if isinstance(problem, SQLAlchemyError):
        reason = str(getattr(problem, "orig", problem))[:200]
        _log.warning("%s %s: the database refused a statement: %s", request.method, urlsplit(request.url).path, reason)
        return Refusal(400, "The request asks for more than the database can compute.")
    _log.error("%s %s failed", request.method, urlsplit(request.url).path, exc_info=problem)
    return Refusal(500, "An error occurred while processing this request.")
