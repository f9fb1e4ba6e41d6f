"""What a path below the service root leads to, as something to query: ``Categories(1)/Products``, ``People/NS.Employee``."""

from __future__ import annotations

from odata3.client.channel import Channel
from odata3.client.query import Resource
from odata3.edm.model import EntitySet, EntityType
from odata3.errors import ArgumentError
from odata3.uri.segments import EntitySetSegment, KeySegment, NavigationSegment, TypeSegment, parse_path


def resource_at(channel: Channel, path: str) -> Resource:
    """The entities, or the one entity, at a path whose segments are percent-encoded as in a URL.

    ``ArgumentError`` for a path that the model does not have, and for one that leads to something else (a value, a count, links,
    the result of an operation).
    """
    trimmed = path.strip("/")
    holder: EntitySet | None = None
    last = None
    for last in parse_path(trimmed, channel.model, channel.key_as_segment):
        if isinstance(last, EntitySetSegment | NavigationSegment):
            holder = last.entity_set
    if (
        not isinstance(last, EntitySetSegment | KeySegment | NavigationSegment | TypeSegment)
        or not isinstance(last.type, EntityType)
        or (isinstance(last, NavigationSegment) and last.links)
    ):
        raise ArgumentError(f"{path} leads to no entities")
    return Resource(
        channel.root + trimmed,
        last.type.full_name,
        None if holder is None else holder.qualified_name,
        last.is_collection,
        is_set=isinstance(last, EntitySetSegment),
        is_keyed=last.is_collection,
    )
