"""The URLs by which requests name entities: as the service gave them, as they follow from set and key, and ``$n`` before either.

Source: WCF Data Services client, 5.3 and 5.6 of our description.
"""

from __future__ import annotations

from typing import Any

from odata3.client.channel import Channel
from odata3.client.descriptors import EntityDescriptor
from odata3.entities.entity import key_of, type_of
from odata3.errors import InvalidOperationError
from odata3.uri.paths import key_predicate


def edit_link_of(descriptor: EntityDescriptor) -> str:
    """The edit link; ``InvalidOperationError`` where the entity has none (yet)."""
    if descriptor.edit_link is None:
        raise InvalidOperationError(f"{descriptor.entity!r} has no edit link: it has to be saved first, or attached with its key")
    return descriptor.edit_link


def reference_of(descriptor: EntityDescriptor) -> str:
    """The edit link, or ``$n`` for an entity whose insert, with Content-ID n, has not been answered yet."""
    return descriptor.edit_link or f"${descriptor.change_order}"


def conventional_url(channel: Channel, entity_set: str, entity: Any) -> str:
    """The URL of an entity by its set and key, in the alphabetical order of .NET (5.3).

    ``InvalidOperationError`` where a key property is None.
    """
    return channel.set_url(entity_set) + key_segment(entity, key_as_segment=channel.key_as_segment)


def key_segment(entity: Any, *, key_as_segment: bool = False) -> str:
    """An entity's key as it stands behind the name of its set; ``InvalidOperationError`` where a key property is None."""
    edm_type = type_of(entity)
    pairs = sorted(zip(edm_type.key, key_of(entity), strict=True))
    return key_predicate(edm_type, pairs, key_as_segment=key_as_segment)
