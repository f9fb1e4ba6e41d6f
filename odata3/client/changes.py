"""What a change is: what it asks of the service, and what its answer means.

``head()`` says what is asked and talks to nobody; ``written(head)`` tells it to the handlers of ``sending_request`` and writes
the body then, as .NET does; ``apply(response)`` takes a success and alone writes etag, identity, links and state. What the
changes of one save share is a :class:`Work`. The same changes serve a save one by one, a batch, and the dry run.

Sources: OData V3 digest section 8; WCF Data Services client, 4.2 to 4.5 and 5.5 to 5.7 of our description.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Protocol

from odata3.client.channel import Channel
from odata3.client.descriptors import Descriptor, EntityDescriptor, LinkDescriptor
from odata3.client.options import SaveChangesOptions
from odata3.client.tracker import EntityTracker
from odata3.wire.messages import Request, Response


class SaveLog(Protocol):
    """Who notes what a save sends, and what became of it."""

    def sent(self, descriptors: Collection[Descriptor]) -> None:
        """Called before a request leaves; what it raises keeps the request back."""

    def answered(self, descriptor: Descriptor) -> None:
        """Called when an answer has been taken over."""


@dataclass(slots=True)
class Work:
    """What the changes of one save share.

    ``address`` gives the URL by which a request names an entity: its edit link, or what stands for it while that is unknown.
    ``foresees`` tells whether the insert of an entity will have been answered when those after it are written.
    """

    channel: Channel
    tracker: EntityTracker
    options: SaveChangesOptions
    address: Callable[[EntityDescriptor], str]
    foresees: Callable[[EntityDescriptor], bool]
    log: SaveLog | None = None
    #: What the options mean for an update: its verb, the version that needs, and whether all of the entity goes.
    update_method: str = field(init=False)
    update_version: str = field(init=False)
    replaces: bool = field(init=False)

    def __post_init__(self) -> None:
        self.replaces = SaveChangesOptions.REPLACE_ON_UPDATE in self.options
        patches = SaveChangesOptions.PATCH_ON_UPDATE in self.options
        self.update_method = "PUT" if self.replaces else "PATCH" if patches else "MERGE"
        self.update_version = "3.0" if patches else "1.0"


class Change:
    """A pending save of one descriptor."""

    __slots__ = ("channel", "descriptor", "work")

    def __init__(self, work: Work, descriptor: Descriptor) -> None:
        self.work = work
        self.channel: Channel = work.channel
        self.descriptor = descriptor

    @property
    def content_id(self) -> str:
        """What names it in a batch: its place in the order of changes (.NET 4.4)."""
        return str(self.descriptor.change_order)

    def head(self) -> Request:
        """What is asked; an empty body stands for one that is written later. Sends nothing, changes nothing, reads no stream."""
        raise NotImplementedError

    def body(self) -> bytes:
        """The body of a head that has an empty one, written now."""
        raise NotImplementedError

    def written(self, head: Request, *, is_batch_part: bool = False, is_dry_run: bool = False) -> Request:
        """The whole request: the head as the handlers of ``sending_request`` leave it, and the body, written after them."""
        headers = head.headers.merged({"Content-ID": self.content_id}) if is_batch_part else head.headers
        if not self.channel.is_heard:
            return Request(head.method, head.url, headers, self.body() if head.body == b"" else head.body)
        write = self.body if head.body == b"" else None
        head = Request(head.method, head.url, headers, head.body)
        return self.channel.announce(head, self.descriptor, write=write, is_batch_part=is_batch_part, is_dry_run=is_dry_run)

    def ready(self) -> None:
        """Called once before the request leaves."""

    def apply(self, response: Response) -> None:
        """Take a success over. What the answer's head says is settled before its body is read, which may fail."""
        raise NotImplementedError

    def covered(self) -> tuple[LinkDescriptor, ...]:
        """Links that go along in this request, and need none of their own."""
        return ()
