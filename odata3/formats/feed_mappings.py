"""Customizable feeds: properties whose values stand, also or only, in elements of the Atom entry itself (``m:FC_*``).

::

    <title type="text">Bread</title>                          SyndicationTitle
    <author><name/><email>a@b</email></author>                SyndicationAuthorEmail
    <geo:where xmlns:geo="http://g"><geo:lat deg="7"/>        a custom path where/lat/@deg

A value in ``m:properties`` wins over the mapped one. Where ``keep_in_content`` is false it is not there, except for null, which
is always there; an element that is missing says nothing. Source: digest section 5, "Customizable feeds"; P62.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lxml import etree

from odata3.edm.model import ComplexType, EntityType, FeedMapping, Model
from odata3.markup import NS

_SYNDICATION = {
    "SyndicationTitle": ("title",),
    "SyndicationSummary": ("summary",),
    "SyndicationRights": ("rights",),
    "SyndicationPublished": ("published",),
    "SyndicationUpdated": ("updated",),
    **{
        f"Syndication{who}{what}": (who.lower(), what.lower())
        for who in ("Author", "Contributor")
        for what in ("Name", "Email", "Uri")
    },
}
#: The elements whose text has a ``type`` of its own.
TEXT_CONSTRUCTS = frozenset({"title", "summary", "rights"})


@dataclass(frozen=True, slots=True)
class Place:
    """One mapping, made ready.

    ``source`` is the path of the property (more than one name: within a complex value), ``path`` the Clark names of the elements
    from the entry downward, ``attribute`` the local name of the attribute of the last one, ``namespace`` that of a custom path.
    """

    source: tuple[str, ...]
    path: tuple[str, ...]
    attribute: str | None
    namespace: str
    prefix: str | None
    kind: str
    keep_in_content: bool
    is_text: bool


def places_of(entity_type: EntityType, model: Model) -> tuple[Place, ...]:
    """The places to which the properties of a type are mapped; mappings that make no sense are left out."""
    return tuple(place for mapping in entity_type.feed_mappings if (place := _place(mapping, entity_type, model)) is not None)


def _place(mapping: FeedMapping, entity_type: EntityType, model: Model) -> Place | None:
    source = tuple(mapping.source_path.split("/"))
    known = _SYNDICATION.get(mapping.target_path)
    namespace = NS.ATOM if known is not None else mapping.namespace_uri or ""
    steps = known if known is not None else tuple(step for step in mapping.target_path.split("/") if step)
    attribute = None
    if known is None and steps and steps[-1].startswith("@"):
        steps, attribute = steps[:-1], steps[-1][1:]
    if not steps or any(step.startswith("@") for step in steps) or (known is None and not namespace):
        return None
    path = tuple(f"{{{namespace}}}{step}" for step in steps)
    is_text = _type_of(source, entity_type, model) == "Edm.String"
    prefix = None if known is not None else mapping.namespace_prefix
    return Place(source, path, attribute, namespace, prefix, mapping.content_kind, mapping.keep_in_content, is_text)


def _type_of(source: tuple[str, ...], entity_type: EntityType, model: Model) -> str | None:
    owner: EntityType | ComplexType | None = entity_type
    type_name = None
    for name in source:
        found = None if owner is None else owner.properties.get(name)
        if found is None:
            return None
        type_name = found.type
        owner = model.complex_types.get(type_name)
    return type_name


def read_mapped(entry: etree._Element, places: Iterable[Place], values: dict[str, Any]) -> None:
    """Put the values that the entry's own elements hold into ``values``, where these have none."""
    for place in places:
        holder = _holder(place.source, values)
        if holder is None or place.source[-1] in holder:
            continue
        text = _mapped_text(entry, place)
        if text is None or (not text.strip() and not place.is_text):
            continue
        target = values
        for name in place.source[:-1]:
            target = target.setdefault(name, {})
        target[place.source[-1]] = text


def _holder(source: tuple[str, ...], values: dict[str, Any]) -> dict[str, Any] | None:
    """The mapping in which the last name of ``source`` stands or is missing; None where a value on the way is null."""
    holder: Any = values
    for name in source[:-1]:
        holder = holder.get(name, {})
        if not isinstance(holder, dict):
            return None
    return holder  # type: ignore[no-any-return]


def _mapped_text(entry: etree._Element, place: Place) -> str | None:
    element: etree._Element | None = entry
    for step in place.path:
        element = None if element is None else element.find(step)
    if element is None:
        return None
    if place.attribute is not None:
        found = element.get(f"{{{place.namespace}}}{place.attribute}")
        return element.get(place.attribute) if found is None else found
    if element.get("type") == "xhtml" or len(element):
        return inner_markup(element)
    return element.text or ""


def inner_markup(element: etree._Element) -> str:
    """What stands between the tags of an element, its own namespaces not declared again."""
    parts = [element.text or ""]
    for child in element:
        text = etree.tostring(child, encoding="unicode")
        for prefix, uri in element.nsmap.items():
            text = text.replace(f' xmlns:{prefix}="{uri}"' if prefix else f' xmlns="{uri}"', "")
        parts.append(text)
    return "".join(parts)
