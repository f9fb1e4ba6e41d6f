"""Atom documents as text: values, entries and feeds.

What is written has the form that .NET's client and server give it: the category with its scheme, ``m:type`` beside every value
that is no string, ``m:null`` for null, the properties beside the content of a media entry and within that of any other.

Source: digest section 5; the .NET client's requests (dotnet-client 5.5).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from odata3.edm.model import EntityType, Model, element_type
from odata3.errors import ArgumentError, PayloadError
from odata3.formats.atom_text import attribute, name, space, text
from odata3.formats.documents import NATIVE, Dialect, Entry, Feed
from odata3.formats.encoders import Encoders, natural_type
from odata3.formats.feed_mappings import TEXT_CONSTRUCTS, Place, places_of
from odata3.formats.gml import GmlText, Typed
from odata3.markup import NS, parse

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'
NAMESPACES = f' xmlns="{NS.ATOM}" xmlns:d="{NS.D}" xmlns:m="{NS.M}"'
_GML_ROOT = re.compile(r"<(?:[\w.-]+:)?(\w+)").match
_GML_TYPES = {"MultiCurve": "MultiLineString", "MultiSurface": "MultiPolygon", "MultiGeometry": "Collection"}


class ValueWriter:
    """Writes values of one model. Safe to share between threads.

    A null says the type of its property, save that of a string and those among ``untyped_nulls``.
    """

    def __init__(self, model: Model | None, untyped_nulls: Iterable[str] = ()) -> None:
        self._model = model
        self._untyped_nulls = frozenset({None, "Edm.String", *untyped_nulls})
        self.encoders = Encoders(model, Dialect.ATOM)
        self._declared: dict[str | None, Mapping[str, str]] = {}

    def declared(self, type_name: str | None) -> Mapping[str, str]:
        """The types of the properties of a structured type, by name."""
        found = self._declared.get(type_name)
        if found is None:
            structured = None if self._model is None or type_name is None else self._model.structured_type(type_name)
            found = {} if structured is None else {p.name: p.type for p in structured.properties}
            if structured is not None:
                self._declared[type_name] = found
        return found

    def raws(self, entry: Entry, entity_type: str | None) -> dict[str, Any]:
        """The values of an entry in their raw forms, in its order; undeclared ones are ``Typed``. Raises ``ArgumentError``."""
        declared = self.declared(entity_type)
        raws: dict[str, Any] = {}
        for property_name in entry.names():
            raw = entry.raw(property_name)
            type_name = declared.get(property_name)
            if type_name is None:
                self.encoders.dynamic_member(property_name, raw, raws)
            elif type_name != "Edm.Stream":
                raws[property_name] = self.encoders.encode(type_name, raw.value if raw.codec is NATIVE else raw, property_name)
        return raws

    def properties(self, raws: Mapping[str, Any], type_name: str | None, parts: list[str]) -> None:
        """Put the elements of the properties of an entity or complex value into ``parts``."""
        declared = self.declared(type_name)
        for property_name, raw in raws.items():
            if property_name != "m:type":
                self.element(f"d:{name(property_name)}", declared.get(property_name), raw, parts, property_name)

    def element(self, tag: str, type_name: str | None, raw: Any, parts: list[str], where: str) -> None:
        """Put one element into ``parts``: ``tag`` is its name with whatever attributes it has besides type and null."""
        while type(raw) is Typed:
            type_name, raw = raw.type_name or type_name, raw.raw
        if raw is None:
            shown = "" if type_name in self._untyped_nulls else f' m:type="{type_name}"'
            parts.append(f'<{tag}{shown} m:null="true" />')
            return
        attributes, content = self._content(type_name, raw, where)
        closing = tag.partition(" ")[0]
        parts.append(f"<{tag}{attributes}>{content}</{closing}>" if content or isinstance(raw, str) else f"<{tag}{attributes} />")

    def _content(self, type_name: str | None, raw: Any, where: str) -> tuple[str, str]:
        """The attributes and the content of the element of a value."""
        if type(raw) is GmlText:
            return f' m:type="{_spatial_type(raw, type_name)}"', str(raw)
        if isinstance(raw, str):
            shown = "" if type_name in (None, "Edm.String") else f' m:type="{type_name}"'
            return shown + space(raw), text(raw, where)
        parts: list[str] = []
        if isinstance(raw, Mapping):
            type_name = raw.get("m:type") or type_name
            self.properties(raw, type_name, parts)
        else:
            item_type = None if type_name is None else element_type(type_name)
            for item in raw:
                self._item(item, item_type, parts, where)
        return "" if type_name is None else f' m:type="{attribute(type_name, where)}"', "".join(parts)

    def _item(self, raw: Any, item_type: str | None, parts: list[str], where: str) -> None:
        """An item of a collection; it names its type only where that is not the collection's (digest section 5)."""
        if type(raw) is Typed:
            self.element("d:element", item_type, raw, parts, where)
            return
        if raw is None:
            raise ArgumentError(f"{where} holds a null; the items of a collection cannot be null")
        attributes, content = self._content(item_type, raw, where)
        usual = f' m:type="{item_type}"'
        parts.append(f"<d:element{attributes.removeprefix(usual)}>{content}</d:element>")


def _spatial_type(raw: GmlText, type_name: str | None) -> str:
    """The type that a GML element is of: the declared one may be abstract."""
    if type_name not in (None, "Edm.Geography", "Edm.Geometry"):
        return str(type_name)
    found = _GML_ROOT(raw)
    shape = "" if found is None else found[1]
    return f"{type_name or 'Edm.Geography'}{_GML_TYPES.get(shape, shape)}"


# Mapped properties -------------------------------------------------------------------------------------------------------------


class Mapped:
    """What an entry's own elements say of its properties (``feed_mappings``), taken out of the raw values as mapped."""

    def __init__(self, places: Iterable[Place], raws: dict[str, Any]) -> None:
        self.atom: dict[tuple[str, ...], str] = {}
        custom: dict[tuple[str, ...], list[tuple[Place, str]]] = {}
        for place in places:
            holder: Any = raws
            for step in place.source[:-1]:
                holder = holder.get(step) if isinstance(holder, dict) else None
            value = holder.get(place.source[-1]) if isinstance(holder, dict) else None
            if not isinstance(value, str) or isinstance(value, GmlText):
                continue
            if not place.keep_in_content:
                del holder[place.source[-1]]
            if place.prefix is None and place.namespace == NS.ATOM:
                self.atom[_locals(place)] = _text_construct(place, value)
            else:
                custom.setdefault((place.namespace, *_locals(place)[:1]), []).append((place, value))
        self.custom = "".join(_custom_element(found, 0) for found in custom.values())

    def take(self, path: tuple[str, ...], otherwise: str) -> str:
        """The element mapped to ``path``, or what stands there else."""
        return self.atom.pop(path, otherwise)

    def person(self, who: str, otherwise: str) -> str:
        """``author`` or ``contributor``, with what is mapped into it."""
        said = [self.atom.pop((who, part), f"<{part} />" if part == "name" else "") for part in ("name", "email", "uri")]
        return f"<{who}>{''.join(said)}</{who}>" if "".join(said) != "<name />" else otherwise


def _locals(place: Place) -> tuple[str, ...]:
    return tuple(step.rpartition("}")[2] for step in place.path)


def _text_construct(place: Place, value: str) -> str:
    tag = place.path[-1].rpartition("}")[2]
    where = "/".join(place.source)
    if tag not in TEXT_CONSTRUCTS:
        return f"<{tag}>{text(value, where)}</{tag}>"
    if place.kind == "xhtml":
        return f'<{tag} type="xhtml">{_checked_markup(value, where)}</{tag}>'
    return f'<{tag} type="{place.kind if place.kind in ("text", "html") else "text"}"{space(value)}>{text(value, where)}</{tag}>'


def _checked_markup(value: str, where: str) -> str:
    try:
        parse(f'<div xmlns="http://www.w3.org/1999/xhtml">{value}</div>'.encode())
    except (PayloadError, UnicodeEncodeError) as error:
        raise ArgumentError(f"{where} is mapped to XHTML, but its value is none: {error}") from error
    return value


def _custom_element(found: list[tuple[Place, str]], depth: int) -> str:
    """The element that all these places share at ``depth`` of their paths, with what lies in it."""
    first = found[0][0]
    local = _locals(first)[depth]
    prefix = name(first.prefix or "cf")
    attributes = f' xmlns:{prefix}="{attribute(first.namespace, local)}"' if depth == 0 else ""
    content = ""
    below: dict[str, list[tuple[Place, str]]] = {}
    for place, value in found:
        where = "/".join(place.source)
        if len(place.path) > depth + 1:
            below.setdefault(_locals(place)[depth + 1], []).append((place, value))
        elif place.attribute is not None:
            attributes += f' {prefix}:{name(place.attribute)}="{attribute(value, where)}"'
        else:
            attributes += space(value)
            content = text(value, where)
    content += "".join(_custom_element(inner, depth + 1) for inner in below.values())
    return f"<{prefix}:{name(local)}{attributes}>{content}</{prefix}:{local}>"


# Requests ----------------------------------------------------------------------------------------------------------------------


class RequestWriter:
    """Entities to insert or update, as .NET's client writes them.

    ``updated`` gives the text of the element that Atom asks for and no service reads.
    """

    def __init__(self, model: Model | None, updated: Callable[[], str]) -> None:
        self._model = model
        self._updated = updated
        self.values = ValueWriter(model, () if model is None else model.complex_types)

    def entry(self, entry: Entry, parts: list[str], namespaces: str = NAMESPACES) -> None:
        """Category, links, then the properties; an insert has an empty id behind its links, an update its id before all.

        Raises ``ArgumentError`` for a value that is not of its type or that XML cannot hold.
        """
        entity_type = entity_type_of(self._model, entry.type_name)
        parts.append(f"<entry{namespaces}>")
        if entry.id:
            parts.append(f"<id>{text(entry.id, 'the id')}</id>")
        if entry.type_name:
            parts.append(category(entry.type_name))
        for navigation, urls in entry.binds.items():
            for url in [urls] if isinstance(urls, str) else urls:
                is_many = not isinstance(urls, str) or is_collection(entity_type, navigation)
                parts.append(f"<{related_link(navigation, url, is_many)} />")
        for navigation, related in entry.inline.items():
            self._inline(navigation, related, is_collection(entity_type, navigation), parts)
        if not entry.id:
            parts.append("<id />")
        raws = self.values.raws(entry, entry.type_name)
        mapped = Mapped(places(entity_type, self._model), raws)
        parts.append(head(mapped, self._updated()))
        is_media = (entity_type is not None and entity_type.has_stream) or entry.media is not None
        content(self.values, raws, entry.type_name, "" if is_media else None, parts)
        parts.append("</entry>")

    def _inline(self, navigation: str, related: Entry | Feed | None, is_many: bool, parts: list[str]) -> None:
        """A deep insert."""
        is_feed = isinstance(related, Feed)
        parts.append(f"<{related_link(navigation, None, is_feed or is_many)}><m:inline>")
        if isinstance(related, Entry):
            self.entry(related, parts, "")
        elif related is not None:
            parts.append("<feed>")
            for entry in related.entries:
                self.entry(entry, parts, "")
            parts.append("</feed>")
        parts.append("</m:inline></link>")


# What requests and answers share -----------------------------------------------------------------------------------------------


def entity_type_of(model: Model | None, type_name: str | None) -> EntityType | None:
    return None if model is None or type_name is None else model.entity_types.get(type_name)


def places(entity_type: EntityType | None, model: Model | None) -> tuple[Place, ...]:
    return () if entity_type is None or model is None or not entity_type.feed_mappings else places_of(entity_type, model)


def is_collection(entity_type: EntityType | None, navigation: str) -> bool:
    found = None if entity_type is None else entity_type.navigation_properties.get(navigation)
    return found is not None and found.is_collection


def category(type_name: str) -> str:
    return f'<category term="{attribute(type_name, "the type name")}" scheme="{NS.SCHEME}" />'


def related_link(navigation: str, url: str | None, is_many: bool) -> str:
    """The start tag of the link of a navigation property, without its brackets."""
    shown = attribute(navigation, "a navigation property's name")
    href = "" if url is None else f' href="{attribute(url, navigation)}"'
    kind = "feed" if is_many else "entry"
    return f'link rel="{NS.RELATED}{shown}" type="application/atom+xml;type={kind}" title="{shown}"{href}'


def head(mapped: Mapped, updated: str) -> str:
    """``title`` to ``author``, with what is mapped to them, and the other elements that hold mapped values."""
    parts = [
        mapped.take(("title",), "<title />"),
        mapped.take(("summary",), ""),
        mapped.take(("published",), ""),
        mapped.take(("updated",), f"<updated>{updated}</updated>"),
        mapped.person("author", "<author><name /></author>"),
        mapped.person("contributor", ""),
        mapped.take(("rights",), ""),
        mapped.custom,
    ]
    return "".join(parts)


def content(values: ValueWriter, raws: Mapping[str, Any], type_name: str | None, media: str | None, parts: list[str]) -> None:
    """The properties: beside ``media`` (the content element of a media entry, which a request leaves out), or in a content of
    their own."""
    if media is None and not raws:
        parts.append('<content type="application/xml" />')
        return
    parts.append('<content type="application/xml"><m:properties>' if media is None else f"{media}<m:properties>")
    values.properties(raws, type_name, parts)
    parts.append("</m:properties></content>" if media is None else "</m:properties>")


def value_element(values: ValueWriter, property_name: str, type_name: str | None, value: Any, parts: list[str]) -> None:
    """A property's document: its element as root. A null says no type."""
    known = type_name or natural_type(value)
    raw = values.encoders.encode(known, value, property_name)
    tag = f'd:{name(property_name)} xmlns:d="{NS.D}" xmlns:m="{NS.M}"'
    values.element(tag, None if raw is None else known, raw, parts, property_name)
