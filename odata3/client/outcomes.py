"""What became of a change of which nobody knows whether it arrived: nothing is lost, and nothing is done twice.

A change is in doubt when it was sent and no answer came, or when it was loaded from a file that another process wrote. The next
save sends it again; where the service then refuses it (the key exists, the ETag is another, there is nothing to delete), the
service is asked how things stand, and what is there as it was to be counts as done. A batch is asked about beforehand, for it
succeeds or fails as a whole. An insert whose key the service makes cannot be told from another's: it is not sent again until
``ctx.resolve`` says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from odata3.client.addresses import conventional_url, key_segment
from odata3.client.changes import Change, SaveLog
from odata3.client.channel import Channel
from odata3.client.descriptors import Descriptor, EntityDescriptor
from odata3.client.entity_changes import Delete, EntityChange, Insert, InsertMedia, Update
from odata3.client.link_changes import LinkChange
from odata3.client.links import navigation_of
from odata3.client.options import DataServiceResponsePreference
from odata3.entities.changes import set_names
from odata3.entities.entity import Entity, key_of, type_of, value_names
from odata3.entities.mapping import from_entry
from odata3.errors import (
    DataServiceClientException,
    DataServiceTransportException,
    InvalidOperationError,
    ODataError,
    PayloadError,
)
from odata3.formats.documents import Entry, Expectation, Kind, Reference, References, same_value
from odata3.secrecy import masked
from odata3.wire.messages import Headers, Response

_GONE = (404, 410)
#: How many pages of links are looked through; a service may name a next one for ever.
_MOST_PAGES = 1_000
#: What a gateway says that got no answer, or none that it understood, from the service behind it.
_UNANSWERED = (502, 504)


@contextmanager
def under_way(descriptors: Collection[Descriptor], log: SaveLog | None) -> Iterator[None]:
    """While a request is out its outcome is unknown; an answer, or an error that knows better, ends that."""
    if log is not None:
        log.sent(descriptors)
    before = [(descriptor, descriptor.outcome_unknown) for descriptor in descriptors]
    for descriptor in descriptors:
        descriptor.outcome_unknown = True
    unknown = False
    try:
        yield
    except DataServiceTransportException as error:
        unknown = error.outcome_unknown
        raise
    except DataServiceClientException as error:
        unknown = error.status_code in _UNANSWERED
        raise
    except PayloadError:  # an answer came, and nobody understands it
        unknown = True
        raise
    except ODataError:
        raise
    except BaseException:  # interrupted
        unknown = True
        raise
    finally:
        for descriptor, was in before:
            descriptor.outcome_unknown = was or unknown


def check_repeatable(change: Change) -> None:
    """``InvalidOperationError`` for a change that may have arrived, and would be made twice."""
    if not change.descriptor.outcome_unknown:
        return
    if isinstance(change, Update) and (command := _command(change)) is not None:
        raise InvalidOperationError(
            f"{change.entity!r} was sent with {command} = {change.entity[command]!r}, and no answer came: look whether the "
            "service obeyed. ctx.resolve(entity, keep='theirs') counts it as done, keep='mine' lets it be sent again"
        )
    if isinstance(change, InsertMedia) or (isinstance(change, Insert) and not _has_key(change.entity)):
        raise InvalidOperationError(
            f"{change.entity!r} was sent, no answer came, and its key is the service's to make: look whether the service has it. "
            "ctx.resolve(entity, keep=found) takes the one found there for it, keep='mine' lets it be sent again, keep='theirs' "
            "forgets it"
        )


def evidence(change: Change, refused: DataServiceClientException | None = None) -> Response | None:
    """What the service must have answered to a change in doubt, where it shows that it has it; None where it does not.

    ``refused`` is what it said when it was asked again: of a link to be taken out, that there is none.
    """
    try:
        if isinstance(change, LinkChange):
            return _of_link(change, refused)
        if isinstance(change, Insert):
            return _of_insert(change)
        if isinstance(change, Update):
            return _of_update(change)
        if isinstance(change, Delete):
            url = change.work.address(change.record)
            return Response(204, url=url) if find(change.channel, change.record, url) is None else None
    except (ODataError, TypeError, ValueError):
        return None  # it cannot be told
    return None


def find(channel: Channel, record: EntityDescriptor, url: str) -> tuple[Response, Entry, str | None] | None:
    """The entity as the service has it now: the answer, the document, the ETag; None where it is gone."""
    try:
        response = channel.get(url)
    except DataServiceClientException as error:
        if error.status_code in _GONE:
            return None
        raise
    document = channel.read(response, Expectation(Kind.ENTRY, type_of(record.entity).full_name, record.entity_set))
    if not isinstance(document, Entry):
        raise PayloadError(f"{record.entity!r} was asked for, and a {type(document).__name__} came")
    return response, document, document.etag or response.headers.get("ETag")


def current(channel: Channel, record: EntityDescriptor) -> Entity | None:
    """The entity as the service has it now, as an object that nobody tracks."""
    if record.edit_link is None:
        raise InvalidOperationError(f"{record.entity!r} has no edit link to be read from")
    found = find(channel, record, record.edit_link)
    return None if found is None else from_entry(type(record.entity), found[1])


def agrees(entity: Any, theirs: Any, name: str) -> bool:
    """Whether both say the same of a property."""
    return same_value(entity[name], theirs[name])


def _of_insert(change: Insert) -> Response | None:
    record = change.record
    if record.entity_set is None:
        url = change.target() + key_segment(change.entity)
    else:
        url = conventional_url(change.channel, record.entity_set, change.entity)
    found = find(change.channel, record, url)
    if found is None or not _says_all(change, found[1], set_names(change.entity)):
        return None
    change.folded = ()  # of the links nothing is known: they are sent by themselves
    response, entry, etag = found
    head = response.headers.merged({"Location": entry.edit_link or url, "ETag": etag})
    return Response(201, head, response.body, response.url)


def _of_update(change: Update) -> Response | None:
    found = find(change.channel, change.record, change.work.address(change.record))
    names = value_names(change.entity) if change.sends_all else change.names()
    if found is None or not _says_all(change, found[1], names):
        return None
    response, _, etag = found
    if change.channel.settings.add_and_update_response_preference is DataServiceResponsePreference.INCLUDE_CONTENT:
        change.record.etag = None  # the answer has the one that holds now
        return Response(200, response.headers.merged({"ETag": etag}), response.body, response.url)
    return Response(204, Headers({} if etag is None else {"ETag": etag}))


def _of_link(change: LinkChange, refused: DataServiceClientException | None) -> Response | None:
    if change.deletes and refused is not None and refused.status_code in _GONE:
        return Response(204)
    if change.source.edit_link is None or (change.target is not None and change.target.identity is None):
        return None
    is_there = any(change.target is None or _is_of(change, url) for url in _linked(change))
    return Response(204) if is_there != change.deletes else None


def _linked(change: LinkChange) -> Iterator[str]:
    """The URLs of what is linked by this property now."""
    channel, url = change.channel, change.url()
    many = navigation_of(change.link.source, change.link.source_property).is_collection
    expect = Expectation(Kind.REFERENCES if many else Kind.REFERENCE, name=change.link.source_property)
    seen: set[str] = set()
    following: str | None = url
    while following is not None:
        if following in seen or len(seen) == _MOST_PAGES:
            raise PayloadError(f"the links of {masked(url)} have no end")
        seen.add(following)
        try:
            document = channel.read(channel.get(following), expect)
        except DataServiceClientException as error:
            if error.status_code in _GONE and not many:
                return
            raise
        following = None
        if isinstance(document, References):
            yield from document.urls
            following = document.next_link
        elif isinstance(document, Reference):
            yield document.url


def _is_of(change: LinkChange, url: str) -> bool:
    return change.work.tracker.by_identity(change.channel.absolute(url)) is change.target


def _says_all(change: EntityChange, entry: Entry, names: Collection[str]) -> bool:
    theirs: Any = from_entry(type(change.entity), entry)
    told = set(entry.names())
    return all(agrees(change.entity, theirs, name) for name in names if name in told)


def commands_in(channel: Channel, entity: Entity) -> frozenset[str]:
    """The properties of an entity whose assignment is a command (``ctx.commands``), its base types' too."""
    commands = channel.settings.commands
    if not commands:
        return frozenset()
    lineage = [type_of(cls).full_name for cls in type(entity).__mro__ if issubclass(cls, Entity) and cls is not Entity]
    return frozenset(name for type_name in lineage for name in commands.get(type_name, ()))


def _command(change: Update) -> str | None:
    """A command that the update gives."""
    known = commands_in(change.channel, change.entity)
    return next((name for name in change.names() if name in known and change.entity[name] is not None), None)


def _has_key(entity: Entity) -> bool:
    try:
        return bool(key_of(entity))
    except InvalidOperationError:
        return False
