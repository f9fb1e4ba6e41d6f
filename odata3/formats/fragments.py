"""The fragment of ``odata.metadata``: what a body in JSON light says of itself.

=================================  =====================================================================================
none                               service document
``Set``, ``Set/NS.T``              feed, feed cast to a derived type
``Set/@Element``                   entry; likewise ``Set/NS.T/@Element``
``…&$select=A,Nav/B``              projected
``Edm.String``, ``Collection(T)``  property or return value; ``Edm.Null`` for null
``Set/$links/Nav``                 links, or the one link of a single navigation property; ``/@Element`` one of several
=================================  =====================================================================================

``Set`` is bare in the default container, else ``NS.Container.Set``; a preview wrote ``NS.Container/Set``. A fragment that names
nothing known (SharePoint's lists) leaves what it cannot tell open. Source: digest section 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from odata3.edm.model import EntitySet, Model, element_type
from odata3.formats.documents import Kind


@dataclass(frozen=True, slots=True)
class Fragment:
    """``kind`` is None where the fragment does not tell; ``type_name`` the cast or the value's type; ``name`` the navigation
    property of links; ``select`` the projection, None where there is none."""

    kind: Kind | None = None
    entity_set: EntitySet | None = None
    type_name: str | None = None
    name: str | None = None
    select: str | None = None


UNKNOWN = Fragment()


def read_fragment(metadata_url: object, model: Model | None) -> Fragment:
    """The fragment of an ``odata.metadata`` URL. Never raises: what makes no sense tells nothing."""
    if not isinstance(metadata_url, str):
        return UNKNOWN
    _, mark, encoded = metadata_url.partition("#")
    path, *options = unquote(encoded).split("&")
    if not path:
        return UNKNOWN if mark else Fragment(Kind.SERVICE)
    select = next((option[8:] for option in options if option.startswith("$select=")), None)
    if path.startswith(("Collection(", "Edm.")):
        return Fragment(Kind.VALUE, type_name=None if path == "Edm.Null" else path)
    if model is not None and (path in model.complex_types or path in model.enum_types):
        return Fragment(Kind.VALUE, type_name=path)
    segments = path.split("/")
    element = segments[-1] == "@Element"
    if element:
        segments.pop()
    if "$links" in segments:
        return _links(segments, model, element)
    entity_set, rest = _set_of(segments, model)
    return Fragment(Kind.ENTRY if element else _feed_unless_type(segments, model), entity_set, _cast(rest, model), select=select)


def _feed_unless_type(segments: list[str], model: Model | None) -> Kind | None:
    """A set's name alone says feed; a name with dots that is no set may be anything."""
    unclear = len(segments) == 1 and "." in segments[0] and (model is None or _find_set(segments[0], model) is None)
    return None if unclear else Kind.FEED


def _links(segments: list[str], model: Model | None, element: bool) -> Fragment:
    place = segments.index("$links")
    entity_set, rest = _set_of(segments[:place], model)
    name = segments[place + 1] if place + 1 < len(segments) else None
    return Fragment(Kind.REFERENCE if element else Kind.REFERENCES, entity_set, _cast(rest, model), name)


def _set_of(segments: list[str], model: Model | None) -> tuple[EntitySet | None, list[str]]:
    """The set that the first segments name, and what follows them."""
    if model is None or not segments:
        return None, segments
    if len(segments) > 1 and (found := _find_set(f"{segments[0]}.{segments[1]}", model)) is not None:
        return found, segments[2:]
    found = _find_set(segments[0], model)
    if found is None:
        return None, segments
    for position in range(1, len(segments)):  # contained sets: Set/Nav; the type is what the navigation leads to
        if "." not in segments[position]:
            return None, segments
    return found, segments[1:]


def _find_set(name: str, model: Model) -> EntitySet | None:
    found = model.entity_sets.get(name)
    if found is not None or "." not in name:
        return found
    container, _, short = name.rpartition(".")
    for candidate in model.entity_sets.values():
        if candidate.name == short and container in (candidate.container, candidate.container.rpartition(".")[2]):
            return candidate
    return None


def _cast(segments: list[str], model: Model | None) -> str | None:
    """The last segment that is a type."""
    if model is None:
        return segments[-1] if len(segments) > 1 and "." in segments[-1] else None
    return next((segment for segment in reversed(segments) if segment in model.entity_types), None)


def write_fragment(
    kind: Kind,
    entity_set: EntitySet | None,
    type_name: str | None,
    *,
    name: str | None = None,
    single: bool = False,
    select: str | None = None,
) -> str | None:
    """The fragment, with its ``#``, that an answer of this kind carries; None where the set is not known.

    ``single`` marks one link of several.
    """
    if kind is Kind.SERVICE:
        return ""
    if kind is Kind.VALUE:
        return f"#{type_name or 'Edm.Null'}"
    if entity_set is None:
        return None
    cast = f"/{type_name}" if type_name and element_type(type_name) != entity_set.type else ""
    path = f"#{entity_set.qualified_name}{cast}"
    if kind in (Kind.REFERENCE, Kind.REFERENCES):
        return f"{path}/$links/{name}{'/@Element' if single else ''}"
    projection = "" if select is None else f"&$select={select}"
    return f"{path}{'/@Element' if kind is Kind.ENTRY else ''}{projection}"
