"""Where a media resource is: the value of an ``Edm.Stream`` property.

Source: OData V3 digest section 8 (media).
"""

from __future__ import annotations

from dataclasses import dataclass

from odata3.spellings import Spelled


@dataclass(slots=True)
class DataServiceStreamLink(Spelled):
    """Where the bytes of a named stream are read and written (OData V3, named resource streams).

    ``name`` is the property, None for the entity's own media resource. ``self_link`` reads, ``edit_link`` writes,
    ``content_type`` and ``etag`` are those of the bytes; each is None where no payload told.
    """

    name: str | None
    self_link: str | None = None
    edit_link: str | None = None
    content_type: str | None = None
    etag: str | None = None
