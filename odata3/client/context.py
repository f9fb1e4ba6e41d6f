"""``DataServiceContext``: the front desk of the client, one unit of work over one service.

::

    ctx = DataServiceContext("https://services.example/Northwind.svc/")
    product = ctx.Products.where(lambda p: p.ProductName == "Chai").first()
    product.UnitPrice += 1
    ctx.update_object(product)
    ctx.save_changes()

Every method is a few lines that name the room which does the work. Only ``save_changes``, ``load_property``, ``execute``,
streams and the walking of a query touch the network (and ``$metadata``, once). A context is used by one thread at a time.

Source: .NET's ``DataServiceContext``; keywords as ``requests`` has them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from os import PathLike
from types import TracebackType
from typing import Any, BinaryIO, ClassVar, TypeVar

from odata3.client.addresses import conventional_url
from odata3.client.attributes import Attributes
from odata3.client.channel import VERSIONS, Channel
from odata3.client.configuration import Configured, check_root
from odata3.client.conflicts import Keep, resolve
from odata3.client.descriptors import EntityDescriptor, LinkDescriptor
from odata3.client.displays import address
from odata3.client.links import navigation_of
from odata3.client.loading import Loader
from odata3.client.operations import Functions, OperationParameter, Operations
from odata3.client.options import EntityStates, SaveChangesOptions, Settings, check_save_options
from odata3.client.paging import follow
from odata3.client.pending_file import read_pending
from odata3.client.pending_log import PendingLog
from odata3.client.preview import PendingChanges, forgotten, preview
from odata3.client.query import DataServiceQuery, Resource, related_resource
from odata3.client.resources import resource_at
from odata3.client.responses import DataServiceQueryContinuation, DataServiceResponse, QueryOperationResponse
from odata3.client.saving import save
from odata3.client.service_profile import Profile, read_profile
from odata3.client.sets import check_member, known_set
from odata3.client.streams import DataServiceStreamResponse, Streams, save_stream_arguments
from odata3.client.tracker import EntityTracker
from odata3.client.watch import Watch
from odata3.edm.csdl import parse_metadata
from odata3.edm.model import Model
from odata3.entities.classes import Namespace
from odata3.entities.entity import Entity, attach
from odata3.errors import ArgumentError, InvalidOperationError, MetadataError
from odata3.formats.documents import Dialect
from odata3.hypertext import card, counted, note
from odata3.secrecy import masked
from odata3.wire.arguments import Auth, Timeout
from odata3.wire.messages import Transport
from odata3.wire.origins import split_credentials
from odata3.wire.transport import MAX_RESPONSE_BYTES, RETRIES, TIMEOUT, RequestsTransport

_journal = logging.getLogger("odata3.client")
C = TypeVar("C", bound="DataServiceContext")
_DIALECTS = {dialect.value: dialect for dialect in Dialect if dialect is not Dialect.NATIVE}


class _Assumed(str):
    """A default, told apart from the same value given: what is assumed gives way to a profile."""

    __slots__ = ()


_FORMAT, _VERSION = _Assumed("json"), _Assumed("3.0")
MetadataSource = Model | str | PathLike[str] | bytes | BinaryIO


class DataServiceContext(Configured, Attributes):
    """One unit of work over one OData service, versions 1 to 3.

    Parameters
    ----------
    service_root
        The URL of the service. User information in it is used as credentials, and kept nowhere.
    metadata
        None: ``$metadata`` is fetched on first need; or a path, bytes, a binary file, or a model of ``parse_metadata``.
    auth
        (user, password), or an object of ``requests`` for NTLM, Negotiate, a token ...
    session
        A ``requests.Session`` of the caller's, which is neither closed nor changed.
    timeout
        Seconds to connect and seconds between two pieces of an answer: a number, or one for each.
    verify, cert, proxies
        As of ``requests``.
    retry
        How often reads are repeated where a connection fails: a number, a ``urllib3.Retry``, or None. Changes never are.
    headers
        Sent with every request to the service.
    format
        ``"json"``, ``"verbosejson"`` or ``"atom"``: what is asked for and sent. Whatever of the three comes back is read.
    max_protocol_version
        ``"1.0"``, ``"2.0"`` or ``"3.0"``.
    trusted_origins
        Other origins whose links may be followed, without credentials.
    rebase_links
        For services behind a gateway that name an inner host in their links: the path below the service root is kept.
    profile
        What ``odata3 doctor`` found out about the service (its file, a mapping, or a
        :class:`~odata3.client.service_profile.Profile`): fills in keywords not given, and how keys and updates are written.
    max_response_bytes
        Bound on a decoded body held in memory (256 MiB); streams have none.
    transport
        What takes requests to the service in place of the network: anything with ``send(Request) -> Response``.

    Raises
    ------
    ArgumentError
        For a root that is no absolute http or https URL, and for other wrong values.
    """

    #: The least DataServiceVersion that any request says; for bindings of services that ask for one.
    _version_floor: ClassVar[str | None] = None
    #: Whether changes name a Content-Type even without a body; for bindings of services whose documents have it so.
    _types_nothing: ClassVar[bool] = False
    #: The module that the classes of the entities are importable from; for bindings.
    _types_module: ClassVar[str | None] = None

    def __init__(
        self,
        service_root: str,
        *,
        metadata: MetadataSource | None = None,
        auth: Auth | None = None,
        session: Any = None,
        headers: Mapping[str, str] | None = None,
        format: str = _FORMAT,
        max_protocol_version: str = _VERSION,
        timeout: Timeout = TIMEOUT,
        verify: bool | str | None = None,
        cert: str | tuple[str, str] | None = None,
        proxies: Mapping[str, str] | None = None,
        retry: Any = RETRIES,
        trusted_origins: Iterable[str] | None = None,
        rebase_links: bool | None = None,
        profile: Profile | Mapping[str, Any] | str | PathLike[str] | None = None,
        max_response_bytes: int = MAX_RESPONSE_BYTES,
        transport: Transport | None = None,
    ) -> None:
        if headers is not None and not isinstance(headers, Mapping):
            raise ArgumentError(f"headers is a mapping, not {type(headers).__name__}")
        known = read_profile(profile)
        format = known.format or str(format) if format is _FORMAT else format
        if max_protocol_version is _VERSION:
            max_protocol_version = known.max_protocol_version or str(max_protocol_version)
        timeout = known.timeout or timeout if timeout is TIMEOUT else timeout
        rebase_links = bool(known.rebase_links) if rebase_links is None else rebase_links
        trusted_origins = known.trusted_origins if trusted_origins is None else trusted_origins
        check_root(service_root)
        if format not in _DIALECTS:
            raise ArgumentError(f"format is one of {', '.join(_DIALECTS)}, not {format!r}")
        if max_protocol_version not in VERSIONS:
            raise ArgumentError(f"max_protocol_version is one of {', '.join(VERSIONS)}, not {max_protocol_version!r}")
        if transport is None:
            transport = RequestsTransport(
                service_root,
                auth=auth,
                session=session,
                timeout=timeout,
                verify=verify,
                cert=cert,
                proxies=proxies,
                retry=retry,
                trusted_origins=trusted_origins,
                max_response_bytes=max_response_bytes,
            )
        self._settings = Settings(url_key_as_segment=known.url_key_as_segment)
        if known.patch_on_update and max_protocol_version == "3.0":
            self._settings.save_changes_default_options = SaveChangesOptions.PATCH_ON_UPDATE
        self._channel = Channel(
            split_credentials(service_root)[0],
            transport,
            self._settings,
            model=metadata if metadata is None or isinstance(metadata, Model) else parse_metadata(metadata),
            dialect=_DIALECTS[format],
            max_version=max_protocol_version,
            version_floor=self._version_floor,
            types_nothing=self._types_nothing,
            headers=headers or {},
            rebase_links=rebase_links,
        )
        self._tracker = EntityTracker()
        self._loader = Loader(self._channel, self._tracker, self._types_module)
        self._operations = Operations(self._loader)
        self._loader.owner = self._operations
        self._streams = Streams(self._channel, self._tracker)
        self._watch = self._operations.watch = Watch(self._loader)
        self._log: PendingLog | None = None

    # -- life

    def close(self) -> None:
        """Release the connections of the context's own session."""
        self._channel.transport.close()

    def __enter__(self: C) -> C:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {masked(self._channel.root)}>"

    def _repr_html_(self) -> str:
        """The root, what is tracked, and the sets where the metadata is there already: it is not fetched for a display."""
        pending = counted(len(self._tracker.pending()), "change")
        tracked = f"{counted(len(self.entities), 'entity')} tracked, {pending} pending"
        sets = self._channel.model._repr_html_() if self._channel.has_model else note("The metadata has not been read yet.")
        return card(type(self).__name__, address(self._channel.root), tracked, sets)

    # -- what there is

    @property
    def model(self) -> Model:
        """The service's metadata, fetched on first need."""
        return self._channel.model

    @property
    def types(self) -> Namespace:
        """The classes of the service's types: ``ctx.types.Product``, ``ctx.types["NS.Product"]``."""
        return self._loader.types

    @property
    def functions(self) -> Functions:
        """The service's function imports: ``ctx.functions.GetProductsByRating(rating=3)``."""
        return Functions(self._operations)

    def create_query(self, entity_set_name: str) -> DataServiceQuery[Any]:
        """A fresh query over the set that ``entity_set_name`` names, or over what a path below the root leads to
        (``Categories(1)/Products``), as .NET's takes too. ``ArgumentError`` for what is neither, ``MetadataError`` where the
        metadata does not define the set's type."""
        if isinstance(entity_set_name, str) and ("(" in entity_set_name or "/" in entity_set_name.strip("/")):
            return DataServiceQuery(self._loader, resource_at(self._channel, entity_set_name))
        name = known_set(self.model, entity_set_name)
        type_name = self.model.entity_sets[name].type
        if type_name not in self.model.entity_types:
            raise MetadataError(f"the metadata does not define {type_name}, the type of the entity set {name}")
        return DataServiceQuery(self._loader, Resource(self._channel.set_url(name), type_name, name))

    def get_metadata_uri(self) -> str:
        """The URL of the service's metadata document: the root and ``$metadata``."""
        return self._channel.root + "$metadata"

    # -- changes of entities

    def add_object(self, entity_set_name: str, entity: Any) -> None:
        """Add a new entity, to be inserted by the next save into the set that ``entity_set_name`` names (.NET: ``AddObject``).

        ``ArgumentError`` for a set that the service does not have, or one of other types; ``InvalidOperationError`` for an
        entity that is tracked already.
        """
        name = known_set(self.model, entity_set_name)
        check_member(self.model, name, entity)
        self._tracker.add(entity, name)
        attach(entity, self._operations)

    def add_related_object(self, source: Any, property_name: str, target: Any) -> None:
        """Add a new entity, ``target``, to be inserted below ``source`` into the collection that ``property_name`` names (a
        POST to the collection's URL).

        ``InvalidOperationError`` where ``source`` is not tracked or is deleted, the property is no collection of such entities,
        or ``target`` is tracked already.
        """
        self._tracker.add_related(source, property_name, target)
        attach(target, self._operations)

    def update_object(self, entity: Any) -> None:
        """Have the next save send what was assigned to a tracked ``entity``; where nothing was, all that is set, save the key.

        ``ArgumentError`` for an entity that is not tracked.
        """
        self._tracker.update(entity)

    def update_related_object(self, source: Any, property_name: str, target: Any) -> None:
        """Have the next save send ``target``, which is not tracked, as the entity that the reference ``property_name`` of
        ``source`` leads to.

        ``InvalidOperationError`` where ``source`` is not tracked, or the property is no reference to such an entity. (Newer
        .NET clients have it.)
        """
        url = self._loader.property_url(self._tracker.tracked(source), navigation_of(source, property_name).name)
        self._tracker.update_related(source, property_name, target, url)
        attach(target, self._operations)

    def delete_object(self, entity: Any) -> None:
        """Have the next save delete a tracked ``entity``; one that was only added is forgotten. ``InvalidOperationError`` for
        an entity that is not tracked."""
        self._tracker.delete(entity)

    def attach_to(self, entity_set_name: str, entity: Any, etag: str | None = None) -> None:
        """Track an ``entity`` that the service has, by the URL of the set ``entity_set_name`` and its key; ``etag`` is what
        ``If-Match`` will say.

        Until it is saved, an update sends all that is set. ``ArgumentError`` for what is no entity of the set,
        ``InvalidOperationError`` where a value of the key is missing, or the entity, or another of the same identity, is
        tracked already.
        """
        name = known_set(self.model, entity_set_name)
        if not isinstance(entity, Entity):
            raise ArgumentError(f"an entity is needed, and {entity!r} is none")
        check_member(self.model, name, entity)
        self._tracker.attach(entity, name, conventional_url(self._channel, name, entity), etag)
        attach(entity, self._operations)

    def detach(self, entity: Any) -> bool:
        """Stop tracking an entity and its links; False where it was not tracked."""
        return self._tracker.detach(entity)

    def change_state(self, entity: Any, state: EntityStates) -> None:
        """Put a tracked ``entity`` into a ``state`` (.NET: ``ChangeState``). ``ArgumentError`` for what is no state,
        ``InvalidOperationError`` for a step that no entity takes, and for an entity that is not tracked (``ArgumentError``,
        where it were to become ``MODIFIED``)."""
        self._tracker.change_state(entity, _checked_state(state))

    def rollback(self, entity: Any = None) -> None:
        """Put back what was read or last saved: of one entity, or of all, links included. New entities are forgotten."""
        if entity is None:
            self._tracker.roll_back_all()
        else:
            self._tracker.roll_back(entity)
        self._watch.restore()

    # -- changes of links

    def add_link(self, source: Any, property_name: str, target: Any) -> None:
        """Have the next save add ``target`` to the collection ``property_name`` of ``source`` (a POST to ``$links``). Both are
        tracked, else ``InvalidOperationError``."""
        self._tracker.add_link(source, property_name, target)

    def attach_link(self, source: Any, property_name: str, target: Any) -> None:
        """Track the link from ``source`` by ``property_name`` to ``target`` as one that the service has already; nothing will
        be sent. Both are tracked, else ``InvalidOperationError``."""
        self._tracker.attach_link(source, property_name, target)

    def set_link(self, source: Any, property_name: str, target: Any) -> None:
        """Have the next save point the reference ``property_name`` of ``source`` to ``target``, or to nothing (None): a PUT or
        DELETE to ``$links``. Entities are tracked, else ``InvalidOperationError``."""
        self._tracker.set_link(source, property_name, target)

    def delete_link(self, source: Any, property_name: str, target: Any) -> None:
        """Have the next save take ``target`` out of the collection ``property_name`` of ``source`` (a DELETE to ``$links``); a
        link that was only added is forgotten. Both are tracked, else ``InvalidOperationError``."""
        self._tracker.delete_link(source, property_name, target)

    def detach_link(self, source: Any, property_name: str, target: Any) -> bool:
        """Stop tracking the link from ``source`` by ``property_name`` to ``target``; False where it was not tracked."""
        return self._tracker.detach_link(source, property_name, target)

    def change_link_state(self, source: Any, property_name: str, target: Any, state: EntityStates) -> None:
        """Put the link from ``source`` by ``property_name`` to ``target`` into a ``state``, as newer .NET clients can.
        ``ArgumentError`` for what is no state, ``InvalidOperationError`` for a link that is not tracked."""
        self._tracker.change_link_state(source, property_name, target, _checked_state(state))

    # -- saving

    def save_changes(self, options: SaveChangesOptions | None = None) -> DataServiceResponse:
        """Send what is pending.

        ``DataServiceRequestException`` where anything failed: what succeeded is saved, the rest stays pending. A service that
        cannot be asked as wanted (streams in a batch, options that contradict each other) is an error before anything is sent.
        """
        chosen = self._save_options(options)
        self._watch.note_silent_changes()
        try:
            if self._log is None:
                response = save(self._channel, self._tracker, chosen)
            else:
                log = self._log
                try:
                    with log.kept():
                        response = save(self._channel, self._tracker, chosen, log)
                finally:
                    self._log = None if log.is_done else log
        finally:
            self._watch.settle()
        if not response:
            for told in forgotten(self._tracker):
                _journal.warning("nothing to save. %s", told)
        return response

    def pending_changes(self, options: SaveChangesOptions | None = None) -> PendingChanges:
        """The requests that ``save_changes`` would send with these ``options``, in their order; nothing is sent, nothing
        changes.

        Raises what a save raises before it sends: ``ArgumentError`` for options that contradict each other,
        ``InvalidOperationError`` for what cannot be written.
        """
        chosen = self._save_options(options)
        with self._watch.silent_changes():
            return preview(self._channel, self._tracker, chosen, self._write_pending)

    def _write_pending(self, path: str | PathLike[str]) -> None:
        with self._watch.silent_changes():
            log = PendingLog(self._channel, self._tracker, path)
            log.write()
        self._log = log

    def resolve(self, entity: Any, keep: Keep) -> tuple[str, ...]:
        """After a conflict (``ConcurrencyError``), bring an entity up to date with the service, and give what conflicted.

        ``keep`` is ``"mine"``, ``"theirs"``, or a function ``(name, mine, theirs) -> value``. It decides only of properties that
        were changed here and there, to different values; what changed on one side only is taken from that side. What is kept is
        sent by the next save, under the ETag that was read now. An insert whose outcome is unknown is let be sent again
        (``"mine"``) or forgotten (``"theirs"``); or ``keep`` is the entity that it made, read with this context: it stands for
        that one from then on. ``InvalidOperationError`` where the entity is gone and is to be kept.
        """
        self._loader.applying_changes = True
        try:
            return resolve(self._channel, self._tracker, entity, keep)
        finally:
            self._loader.applying_changes = False

    def load_pending_changes(self, path: str | PathLike[str]) -> tuple[EntityDescriptor, ...]:
        """Track again what ``pending_changes().save(path)`` of another process wrote, and give the entities' descriptors.

        The next save sends it. What that process may have sent already is not done twice: a change that the service refuses is
        compared with what the service holds, and an insert that was on its way when that process died, whose key the service
        makes, has ``outcome_unknown`` and is not sent until :meth:`resolve` says so. Saves keep the file up to date, as of
        ``pending_changes().save(path)``. ``ArgumentError`` or ``PayloadError`` for a file that is none of these,
        ``InvalidOperationError`` where it is of another service or this context tracks one of its entities.
        """
        records = read_pending(self._channel, self._tracker, self._loader.class_of, path)
        self._log = PendingLog(self._channel, self._tracker, path)
        for record in records:
            attach(record.entity, self._operations)
        return tuple(record for record in records if record.is_pending)

    # -- reading

    def load_property(
        self, entity: Any, name: str, continuation: DataServiceQueryContinuation[Any] | str | None = None
    ) -> QueryOperationResponse[Any]:
        """Load related entities, or one property's value, into a tracked ``entity`` (.NET: ``LoadProperty``).

        Of the collection ``name`` one page is loaded: the first, or the one that a ``continuation``, or a next link, names.
        ``InvalidOperationError`` for an entity that is not tracked or not saved yet, and for an unknown property; what the
        service says no to is the finer ``DataServiceClientException``.
        """
        return self._loader.load_property(entity, name, continuation)

    def query(self, entity: Any, name: str) -> DataServiceQuery[Any]:
        """The navigation property ``name`` of a tracked entity as a query: ``ctx.query(category, "Products").where(...)``.

        ``InvalidOperationError`` for an entity that is not tracked or not saved yet, and for what is no navigation property.
        """
        descriptor = self._tracker.tracked(entity)
        navigation = navigation_of(entity, name)
        if descriptor.state is EntityStates.ADDED:
            raise InvalidOperationError(f"{entity!r} was added and not saved: the service has nothing to query below it")
        return DataServiceQuery(self._loader, related_resource(self._loader, descriptor, navigation))

    def execute(
        self,
        url_or_continuation: str | DataServiceQueryContinuation[Any],
        http_method: str = "GET",
        *,
        operation_parameters: Iterable[OperationParameter] = (),
        element_type: type[Any] | str | None = None,
        single_result: bool | None = None,
    ) -> QueryOperationResponse[Any]:
        """Ask for a URL (relative to the root, or absolute), for a next page, or call an operation (.NET: ``Execute``).

        Raises ``ArgumentError`` for wrong arguments, ``DataServiceTransportException`` for URLs of other origins, and
        ``DataServiceQueryException`` where the service says no.

        Parameters
        ----------
        url_or_continuation
            The URL, or the continuation of an earlier answer; then nothing else is looked at.
        http_method
            ``"GET"``, or ``"POST"`` for actions and service operations that change something.
        operation_parameters
            ``UriOperationParameter`` and ``BodyOperationParameter`` values, each name once.
        element_type
            What the rows are: a class, or the full name of an EDM type; worked out from the URL and the metadata where it is
            None.
        single_result
            Whether one value or entity comes, and not a list; worked out where it is None.
        """
        if isinstance(url_or_continuation, DataServiceQueryContinuation):
            return follow(self._loader, url_or_continuation)
        if not isinstance(url_or_continuation, str):
            raise ArgumentError(f"execute takes a URL or a continuation, not {url_or_continuation!r}")
        return self._operations.execute(
            url_or_continuation,
            http_method,
            operation_parameters=operation_parameters,
            element_type=element_type,
            single_result=single_result,
        )

    def execute_batch(self, *queries: DataServiceQuery[Any] | str) -> DataServiceResponse:
        """Several ``queries`` (or URLs) in one exchange, a ``$batch`` of GETs; iterate over their responses, in their order.

        The error of a query that failed stands in its response. Raises ``ArgumentError`` where there is none,
        ``DataServiceQueryException`` where the batch as a whole was refused.
        """
        return self._operations.execute_batch(queries)

    def get_read_stream(
        self, entity: Any, name: str | None = None, *, accept: str = "*/*", headers: Mapping[str, str] | None = None
    ) -> DataServiceStreamResponse:
        """Open an entity's media resource, or the named stream ``name``, for reading in pieces.

        ``accept`` is the media type asked for, ``headers`` go along with the request. ``ArgumentError`` where the service gave
        no link to it, ``DataServiceClientException`` where it says no.
        """
        return self._streams.read(entity, name, accept=accept, headers=headers)

    def get_read_stream_uri(self, entity: Any, name: str | None = None) -> str | None:
        """The URL of an entity's media resource, or of the stream ``name``; None where the service gave none."""
        return self._streams.read_uri(entity, name)

    def set_save_stream(self, entity: Any, *arguments: Any, **named: Any) -> None:
        """``set_save_stream(entity, [name,] stream, close_stream, content_type, slug=None)``: the bytes that the next save
        sends.

        Of the ``arguments``, which may all be ``named``, ``stream`` is bytes or a binary file, ``name`` the named stream (none:
        the media resource); ``close_stream`` has the file closed when it was sent; ``content_type`` may be a mapping of headers
        in place of both it and the slug. ``ArgumentError`` for what is no stream or has no content type,
        ``InvalidOperationError`` for an entity that is not tracked.
        """
        self._streams.set_save_stream(entity, *save_stream_arguments(arguments, named))

    # -- tracking

    @property
    def entities(self) -> tuple[EntityDescriptor, ...]:
        """The tracked entities' descriptors, in the order of changes."""
        return self._tracker.entities

    @property
    def links(self) -> tuple[LinkDescriptor, ...]:
        """The tracked links' descriptors, in the order of changes."""
        return self._tracker.links

    @property
    def applying_changes(self) -> bool:
        """True while an answer is read into entities."""
        return self._loader.applying_changes

    def get_entity_descriptor(self, entity: Any) -> EntityDescriptor | None:
        """What the context knows of an ``entity``; None where it is not tracked (.NET: ``GetEntityDescriptor``)."""
        return self._tracker.find(entity) if isinstance(entity, Entity) else None

    def get_link_descriptor(self, source: Any, property_name: str, target: Any) -> LinkDescriptor | None:
        """What the context knows of the link from ``source`` by ``property_name`` to ``target``; None where it is not tracked
        (.NET: ``GetLinkDescriptor``)."""
        known = isinstance(source, Entity) and isinstance(target, Entity | None)
        return self._tracker.find_link(source, property_name, target) if known else None

    def try_get_entity(self, uri: str) -> Any:
        """The tracked entity of an identity, ``uri``; None where there is none (.NET: ``TryGetEntity``). ``ArgumentError`` for
        what is no text."""
        if not isinstance(uri, str):
            raise ArgumentError(f"the identity of an entity is a URL, not {uri!r}")
        found = self._tracker.by_identity(uri)
        return None if found is None or found.state is EntityStates.DELETED else found.entity

    def try_get_uri(self, entity: Any) -> str | None:
        """The identity of a tracked entity, or None."""
        found = self.get_entity_descriptor(entity)
        return None if found is None else found.identity

    # -- within

    def _save_options(self, options: SaveChangesOptions | None) -> SaveChangesOptions:
        chosen = self._settings.save_changes_default_options if options is None else check_save_options(options)
        if SaveChangesOptions.PATCH_ON_UPDATE in chosen and self.max_protocol_version < "3.0":
            raise InvalidOperationError("PATCH_ON_UPDATE needs max_protocol_version 3.0")
        return chosen


def _checked_state(state: EntityStates) -> EntityStates:
    if not isinstance(state, EntityStates):
        raise ArgumentError(f"a state is one of EntityStates, not {state!r}")
    return state
