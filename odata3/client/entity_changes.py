"""The changes of entities and of their streams: insert, update, delete, media resources and named streams.

Sources: OData V3 digest section 8; WCF Data Services client, 4.2 to 4.5, 5.5 and 9.3 of our description.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit

from odata3.client.addresses import conventional_url, edit_link_of
from odata3.client.changes import Change, Work
from odata3.client.descriptors import Descriptor, EntityDescriptor, LinkDescriptor, StreamDescriptor
from odata3.client.events import EntityArgs
from odata3.client.links import navigation_of
from odata3.client.options import DataServiceResponsePreference, EntityStates
from odata3.client.pipelines import WritingLinkArgs
from odata3.edm.model import EntityType
from odata3.entities.changes import changed_names, forget_changes, set_names
from odata3.entities.mapping import fill, to_entry, to_whole_entry
from odata3.errors import InvalidOperationError, PayloadError
from odata3.formats.documents import Entry, Expectation, Kind
from odata3.secrecy import masked, on_one_line
from odata3.wire.messages import Request, Response

_UNCHANGED = EntityStates.UNCHANGED


@lru_cache(maxsize=256)
def _entry_of(type_name: str, entity_set: str | None) -> Expectation:
    return Expectation(Kind.ENTRY, type_name, entity_set)


class EntityChange(Change):
    """A change of an entity itself."""

    __slots__ = ("edm_type", "entity", "record")

    def __init__(self, work: Work, descriptor: EntityDescriptor) -> None:
        super().__init__(work, descriptor)
        self.record = descriptor
        self.entity: Any = descriptor.entity
        self.edm_type: EntityType = descriptor.entity._edm_type

    def carrier(self, method: str, url: str, *, version: str = "1.0", headers: Mapping[str, str] | None = None) -> Request:
        """The head of a request that carries the entity's document."""
        channel = self.channel
        preference = channel.settings.add_and_update_response_preference
        if preference is not DataServiceResponsePreference.NONE:
            headers = {**(headers or {}), "Prefer": preference.value}
            version = "3.0"
        if channel.needs_version_3(self.edm_type.full_name):
            version = "3.0"
        elif channel.speaks_atom and any(not mapping.keep_in_content for mapping in self.edm_type.feed_mappings):
            version = max(version, "2.0")  # customizable feeds
        return channel.prepare_change(method, url, b"", version=version, headers=headers)

    def write(self, entry: Entry) -> bytes:
        """The entity's document, after the handlers of ``writing_entity`` saw it."""
        channel = self.channel
        resolve, pipeline = channel.settings.resolve_name, channel.configurations.request_pipeline
        chosen = None if resolve is None else resolve(type(self.entity))
        entry.type_name = chosen or self.record.server_type_name or self.edm_type.full_name
        if channel.writing_entity or pipeline.hears_writing:
            args = EntityArgs(self.entity, entry)
            pipeline.wrote(args, self.bound_links())
            channel.writing_entity.fire(args)
        return channel.format.write_request(entry, self.expectation())

    def bound_links(self) -> tuple[WritingLinkArgs, ...]:
        """The links in the entity's document."""
        return ()

    def expectation(self) -> Expectation:
        return _entry_of(self.edm_type.full_name, self.record.entity_set)

    def entry_of(self, response: Response) -> Entry | None:
        """The entity in the answer's body, None where there is no body."""
        if not response.body:
            return None
        document = self.channel.read(response, self.expectation())
        if document is None or isinstance(document, Entry):
            return document
        raise PayloadError(f"the answer to the change of {self.entity!r} holds no entity, but a {type(document).__name__}")

    def if_match(self) -> dict[str, str]:
        return {} if self.record.etag is None else {"If-Match": self.record.etag}

    def take_head(self, response: Response) -> None:
        """Identity and edit link from ``Location`` and ``DataServiceId`` (digest section 8)."""
        location = response.headers.get("Location")
        if not location:
            self.record.outcome_unknown = True
            raise InvalidOperationError(
                f"the answer {response.status} to the change of {self.entity!r} has no Location header: where is the entity? "
                "The service may have made it: look before the next save, and settle it with ctx.resolve(entity, ...)"
            )
        if response.status == 202 and (wait := response.headers.get("Retry-After")) is not None:
            self.record.outcome_unknown = True  # what is there is the place to ask how far it is, and no entity
            raise InvalidOperationError(
                f"the service took {self.entity!r} on (202), and has not made it yet: ask {masked(location)} how far it is "
                f"(Retry-After: {on_one_line(wait)[:40]}), and settle it with ctx.resolve(entity, ...) before the next save"
            )
        base = response.url or self.channel.root
        location = self.channel.rebased(urljoin(base, location))
        named = response.headers.get("DataServiceId")
        identity = location if named is None else self.channel.rebased(urljoin(base, named))
        try:
            self.work.tracker.identify(self.record, identity)
        except InvalidOperationError as error:
            if self.record.state is EntityStates.ADDED:
                self.record.outcome_unknown = True  # the service has made it, and must not make it again
                raise InvalidOperationError(
                    f"the service made {self.entity!r}, and {error}: ctx.resolve(entity, keep=that object) puts it in its place"
                ) from error
            raise
        # A write never goes to an origin that only an answer named: such a Location is an identity and no more (R2).
        self.record.edit_link = location if self.channel.is_own(location) else self.conventional(location)

    def conventional(self, location: str) -> str:
        """The edit link of an entity whose ``location`` is no place to write to: what it was."""
        return edit_link_of(self.record)

    def take_over(self, entry: Entry, keep: Collection[str] = ()) -> None:
        """What an answer's body says holds, whatever the merge option (.NET: as with OverwriteChanges), save of properties to
        ``keep``."""
        pipeline = self.channel.configurations.response_pipeline
        pipeline.reads(entry)
        fill(self.entity, entry, keep=keep)
        self.record.describe(entry)
        args = EntityArgs(self.entity, entry)
        self.channel.reading_entity.fire(args)
        pipeline.on_entity_materialized.fire(args)


class Creation(EntityChange):
    """What an insert and the insert of a media resource share: where they go, and what their answer's head says."""

    __slots__ = ()

    def target(self) -> str:
        parent, name = self.record.parent_for_insert, self.record.parent_property_for_insert
        if parent is None or name is None:
            return self.channel.set_url(self.record.entity_set or "")
        owner = self.work.tracker.tracked(parent)
        link = owner.link(name)
        if link is not None and link.navigation_link is not None:
            return link.navigation_link
        address = self.work.address(owner)
        # In a batch $n stands behind the root (.NET); in a dry run it stands for the URL that an answer will tell.
        is_reference = address.startswith("$") and not self.work.foresees(owner)
        return f"{self.channel.root if is_reference else ''}{address}/{name}"

    def conventional(self, location: str) -> str:
        """The edit link below the root: by the key, or where the service made it, by the last segment of ``location``."""
        if self.record.entity_set is None:
            return f"{self.target()}{location[location.rfind('(') :]}" if "(" in location else self.target()
        try:
            return conventional_url(self.channel, self.record.entity_set, self.entity)
        except InvalidOperationError:
            return self.channel.root + urlsplit(location).path.rpartition("/")[2]

    def take_body(self, entry: Entry, keep: Collection[str] = ()) -> None:
        """What an answer's body says: values, save of properties to ``keep``, identity, ETag, and links of our own service."""
        record = self.record
        located = record.edit_link
        self.take_over(entry, keep)
        if entry.id is not None:
            self.work.tracker.identify(record, self.channel.rebased(entry.id))
        if record.edit_link is not None and not self.channel.is_own(record.edit_link):
            record.edit_link = located
        record.etag = entry.etag or record.etag


class Insert(Creation):
    """POST of a new entity, with the links to entities that have a URL already."""

    __slots__ = ("_bound", "folded")

    def __init__(self, work: Work, descriptor: EntityDescriptor) -> None:
        super().__init__(work, descriptor)
        self.folded: tuple[LinkDescriptor, ...] = ()
        self._bound: tuple[WritingLinkArgs, ...] = ()

    def head(self) -> Request:
        self.folded = tuple(self._foldable())
        self._bound = tuple(map(self._written, self.folded))
        return self.carrier("POST", self.target())

    def body(self) -> bytes:
        entry = to_whole_entry(self.entity) if self.channel.settings.send_all_properties else to_entry(self.entity)
        entry.binds = self._binds()
        return self.write(entry)

    def _foldable(self) -> Iterator[LinkDescriptor]:
        tracker = self.work.tracker
        for link in tracker.links_of(self.entity):
            if link.state not in (EntityStates.ADDED, EntityStates.MODIFIED) or link.parent_link or link.target is None:
                continue
            target = tracker.tracked(link.target)
            if target.state in (_UNCHANGED, EntityStates.MODIFIED):
                if target.edit_link is not None:
                    yield link
            elif self._will_be_saved(target):
                yield link

    def _will_be_saved(self, target: EntityDescriptor) -> bool:
        """In a dry run: whether an insert that goes before this one will have given the entity its identity."""
        is_earlier = target.state is EntityStates.ADDED and target.change_order < self.record.change_order
        return is_earlier and self.work.foresees(target)

    def covered(self) -> tuple[LinkDescriptor, ...]:
        return self.folded

    def bound_links(self) -> tuple[WritingLinkArgs, ...]:
        return self._bound

    def _written(self, link: LinkDescriptor) -> WritingLinkArgs:
        url = self.work.address(self.work.tracker.tracked(link.target))
        return WritingLinkArgs(link.source, link.source_property, link.target, url)

    def _binds(self) -> dict[str, str | list[str]]:
        binds: dict[str, str | list[str]] = {}
        for link in self._bound:
            if navigation_of(self.entity, link.name).is_collection:
                many = binds.setdefault(link.name, [])
                assert isinstance(many, list)
                many.append(link.url)
            else:
                binds[link.name] = link.url
        return binds

    def apply(self, response: Response) -> None:
        self.take_head(response)
        record = self.record
        record.etag = response.headers.get("ETag")
        record.state = _UNCHANGED
        forget_changes(self.entity)
        for link in self.folded:
            link.settle()
        self.work.tracker.join(record)
        entry = self.entry_of(response)
        if entry is not None:
            self.take_body(entry)


class InsertMedia(Creation):
    """POST of the bytes of a new media link entry; an :class:`Update` with its properties follows (digest section 8)."""

    __slots__ = ()

    def head(self) -> Request:
        saved = self.record.media.save_stream
        if saved is None:
            raise InvalidOperationError(f"{self.entity!r} is a media link entry: give it its bytes with set_save_stream first")
        headers = dict(saved.headers)
        content_type = headers.pop("Content-Type", "*/*")
        prefer = self.channel.settings.add_and_update_response_preference.value
        version = "1.0"
        if prefer is not None:
            headers["Prefer"] = prefer
            version = "3.0"
        return self.channel.prepare(
            "POST", self.target(), version=version, content_type=content_type, body=saved.stream, headers=headers
        )

    def ready(self) -> None:
        if self.record.media.save_stream is not None:
            self.record.media.save_stream.rewind()

    def apply(self, response: Response) -> None:
        record = self.record
        self.take_head(response)
        record.etag = response.headers.get("ETag")
        record.media.sent(response)
        record.state = EntityStates.MODIFIED
        self.work.tracker.join(record)
        entry = self.entry_of(response)
        if entry is not None:  # as with PreserveChanges: what was set here is still to be sent, and wins
            self.take_body(entry, keep=set_names(self.entity))


class Update(EntityChange):
    """MERGE, PATCH or PUT of an entity to its edit link."""

    __slots__ = ()

    def head(self) -> Request:
        work = self.work
        if work.replaces and self.record.is_partial:
            raise InvalidOperationError(
                f"{self.entity!r} was read with $select: a replacing PUT would blank what was not selected; "
                "save it without REPLACE_ON_UPDATE, or read it whole"
            )
        address = work.address(self.record)
        return self.carrier(work.update_method, address, version=work.update_version, headers=self.if_match())

    def body(self) -> bytes:
        entry = to_whole_entry(self.entity) if self.sends_all else to_entry(self.entity, self.names())
        entry.id = self.record.identity
        return self.write(entry)

    @property
    def sends_all(self) -> bool:
        """Whether the whole entity goes, keys and nulls included, as .NET sends it (5.5)."""
        return self.work.replaces or self.channel.settings.send_all_properties

    def names(self) -> tuple[str, ...]:
        """What is sent else: what was assigned, or where nothing was, what is set; of these never the key."""
        changed = () if self.record.is_attached else changed_names(self.entity)
        return changed or tuple(name for name in set_names(self.entity) if name not in self.edm_type.key)

    def apply(self, response: Response) -> None:
        record = self.record
        record.state = _UNCHANGED
        record.is_attached = False
        forget_changes(self.entity)
        etag = response.headers.get("ETag")
        record.etag = (record.etag or etag) if response.body else etag
        if self.work.update_method == "PATCH" and _names_place(response):
            self.take_head(response)
        entry = self.entry_of(response)
        if entry is not None:
            self.take_over(entry)
            record.etag = entry.etag or record.etag


def _names_place(response: Response) -> bool:
    """Whether an answer says where the entity is from now on: of updates only PATCH may (.NET)."""
    return "Location" in response.headers or "DataServiceId" in response.headers


class Delete(EntityChange):
    """DELETE of an entity's edit link."""

    __slots__ = ()

    def head(self) -> Request:
        return self.channel.prepare_change("DELETE", self.work.address(self.record), None, headers=self.if_match())

    def apply(self, response: Response) -> None:
        self.work.tracker.forget(self.record)


class PutStream(Change):
    """PUT of new bytes of a media resource or a named stream to its edit-media link."""

    __slots__ = ("stream",)

    def __init__(self, work: Work, descriptor: Descriptor, stream: StreamDescriptor) -> None:
        super().__init__(work, descriptor)
        self.stream = stream

    def head(self) -> Request:
        link, saved = self.stream.stream_link, self.stream.save_stream
        assert saved is not None
        owner = self.stream.entity_descriptor
        url = link.edit_link
        if url is None and link.name is not None and owner.state is EntityStates.ADDED and self.work.foresees(owner):
            url = f"{self.work.address(owner)}/{link.name}"
        if url is None:
            what = "its media resource" if link.name is None else f"the stream {link.name}"
            raise InvalidOperationError(f"{owner.entity!r}: the service gave no link to edit {what}")
        headers = dict(saved.headers)
        content_type = headers.pop("Content-Type", "*/*")
        if link.etag is not None:
            headers.setdefault("If-Match", link.etag)
        version = "1.0" if link.name is None else "3.0"
        return self.channel.prepare("PUT", url, version=version, content_type=content_type, body=saved.stream, headers=headers)

    def ready(self) -> None:
        if self.stream.save_stream is not None:
            self.stream.save_stream.rewind()

    def apply(self, response: Response) -> None:
        self.stream.sent(response)
