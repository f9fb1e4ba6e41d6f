"""The changes of links alone, by ``$links``.

Sources: OData V3 digest section 8; WCF Data Services client, 4.2 and 5.6 of our description.
"""

from __future__ import annotations

from odata3.client.addresses import key_segment
from odata3.client.changes import Change, Work
from odata3.client.descriptors import LinkDescriptor
from odata3.client.options import EntityStates
from odata3.formats.documents import Dialect, Expectation, Kind, Reference
from odata3.wire.messages import Request, Response


class LinkChange(Change):
    """A change of a link alone (digest section 8, ``$links``)."""

    __slots__ = ("_reference", "link", "source", "target")

    def __init__(self, work: Work, descriptor: LinkDescriptor) -> None:
        super().__init__(work, descriptor)
        self.link = descriptor
        self.source = work.tracker.tracked(descriptor.source)
        self.target = None if descriptor.target is None else work.tracker.tracked(descriptor.target)
        self._reference: Reference | None = None

    @property
    def deletes(self) -> bool:
        """Whether it takes a link away, and points to nothing new."""
        return self.link.state is EntityStates.DELETED or self.link.target is None

    def url(self) -> str:
        source = self.source
        known = source.link(self.link.source_property)
        if known is not None and known.association_link is not None:
            return known.association_link
        return f"{self.work.address(source)}/$links/{self.link.source_property}"

    def carrier(self, method: str) -> Request:
        """The head of a request that carries the target's URL."""
        assert self.target is not None
        self._reference = Reference(self.work.address(self.target))
        return self._prepared(method, self.url(), b"")

    def removal(self, url: str) -> Request:
        """The head of a request that takes the link at a URL away."""
        return self._prepared("DELETE", url, None)

    def _prepared(self, method: str, url: str, body: bytes | None) -> Request:
        kind = "application/xml" if self.channel.format.dialect is Dialect.ATOM else None
        return self.channel.prepare_change(method, url, body, content_type=kind)

    def body(self) -> bytes:
        assert self._reference is not None
        return self.channel.format.write_request(self._reference, Expectation(Kind.REFERENCE, name=self.link.source_property))

    def apply(self, response: Response) -> None:
        if self.link.state is not EntityStates.DETACHED:  # an end was deleted before it
            self.link.settle()


class AddLink(LinkChange):
    """POST of a new member's URL to a collection."""

    __slots__ = ()

    def head(self) -> Request:
        return self.carrier("POST")


class SetLink(LinkChange):
    """PUT of what a reference points to, or DELETE to empty it."""

    __slots__ = ()

    def head(self) -> Request:
        if self.link.target is None:
            return self.removal(self.url())
        return self.carrier("PUT")


class DeleteLink(LinkChange):
    """DELETE of one member's link."""

    __slots__ = ()

    def head(self) -> Request:
        return self.removal(self.url() + key_segment(self.link.target))

    def apply(self, response: Response) -> None:
        self.work.tracker.forget_link(self.link)
