"""Which changes save what is pending, in the order in which they are sent: that of the calls, kinds interleaved (.NET 4.1)."""

from __future__ import annotations

from collections.abc import Iterator

from odata3.client.changes import Change, Work
from odata3.client.descriptors import Descriptor, EntityDescriptor, LinkDescriptor, StreamDescriptor
from odata3.client.entity_changes import Delete, Insert, InsertMedia, PutStream, Update
from odata3.client.link_changes import AddLink, DeleteLink, LinkChange, SetLink
from odata3.client.options import EntityStates
from odata3.entities.entity import type_of


def plan(work: Work) -> list[tuple[Change, ...]]:
    """The changes of every pending descriptor, in the order in which they are sent."""
    return [changes_of(work, descriptor) for descriptor in work.tracker.pending()]


def changes_of(work: Work, descriptor: Descriptor) -> tuple[Change, ...]:
    """The changes that save one descriptor, in their order."""
    if isinstance(descriptor, EntityDescriptor):
        return tuple(_changes_of_entity(work, descriptor))
    if isinstance(descriptor, LinkDescriptor):
        return (_change_of_link(work, descriptor),)
    assert isinstance(descriptor, StreamDescriptor)
    return (PutStream(work, descriptor, descriptor),)


def _changes_of_entity(work: Work, descriptor: EntityDescriptor) -> Iterator[Change]:
    if descriptor.state is EntityStates.DELETED:
        yield Delete(work, descriptor)
    elif descriptor.state is EntityStates.ADDED:
        if type_of(descriptor.entity).has_stream or descriptor.pending_media is not None:
            yield InsertMedia(work, descriptor)
            yield Update(work, descriptor)
        else:
            yield Insert(work, descriptor)
    else:
        if (media := descriptor.pending_media) is not None:
            yield PutStream(work, descriptor, media)
        if descriptor.state is EntityStates.MODIFIED:
            yield Update(work, descriptor)


def _change_of_link(work: Work, link: LinkDescriptor) -> LinkChange:
    if link.state is EntityStates.DELETED:
        return DeleteLink(work, link)
    return AddLink(work, link) if link.state is EntityStates.ADDED else SetLink(work, link)
