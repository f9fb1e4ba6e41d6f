"""Which dialect an answer has, and which one a body is in.

::

    Accept: application/json                            light at version 3.0, verbose below
    Accept: application/json;odata=verbose              verbose at every version
    Accept: application/atom+xml,application/xml        Atom, or XML where the answer is no entry and no feed
    Accept: */*, or none                                Atom
    $format=json                                        goes before Accept

What cannot be had is refused by 415, as WCF Data Services does (the texts of the protocol say 406). Source: digest section 1, "Media types".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from odata3.formats.documents import Dialect, Level
from odata3.server.refusal import Refusal


class Shape(Enum):
    """What is answered, with the XML media types it may have, its own first."""

    FEED = ("application/atom+xml;type=feed",)
    ENTRY = ("application/atom+xml;type=entry",)
    VALUE = ("application/xml", "text/xml")
    SERVICE = ("application/atomsvc+xml", "application/xml")
    METADATA = ("application/xml",)
    ERROR = ("application/xml", "text/xml", "application/atom+xml", "application/atomsvc+xml")


@dataclass(frozen=True, slots=True)
class Spelling:
    """A dialect, of light JSON at a level, and the ``Content-Type`` that says so."""

    dialect: Dialect
    level: Level
    content_type: str

    @property
    def lowest_version(self) -> str:
        return "3.0" if self.dialect is Dialect.JSON_LIGHT else "1.0"


@dataclass(frozen=True, slots=True)
class MediaType:
    name: str
    parameters: Mapping[str, str]

    @property
    def quality(self) -> float:
        try:
            return float(self.parameters.get("q", "1"))
        except ValueError:
            return 0.0


#: One item of a list, quoted texts held together.
_items = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+').findall
_parts = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*")+').findall

_SHORT = {
    "json": "application/json",
    "verbosejson": "application/json;odata=verbose",
    "jsonverbose": "application/json;odata=verbose",
    "atom": "application/atom+xml",
    "xml": "application/xml",
}
_LEVELS = {
    "nometadata": Level.NONE,
    "minimalmetadata": Level.MINIMAL,
    "light": Level.MINIMAL,
    "fullmetadata": Level.FULL,
}
#: How version 4 spells the levels; met in what is sent, never asked for.
_LEVELS_OF_V4 = {"none": Level.NONE, "minimal": Level.MINIMAL, "full": Level.FULL}

VERBOSE = Spelling(Dialect.JSON_VERBOSE, Level.MINIMAL, "application/json;odata=verbose;charset=utf-8")


def _light(level: Level) -> Spelling:
    return Spelling(Dialect.JSON_LIGHT, level, f"application/json;odata={level.value};streaming=true;charset=utf-8")


def _xml(media_type: str) -> Spelling:
    return Spelling(Dialect.ATOM, Level.MINIMAL, f"{media_type};charset=utf-8")


def read_media_type(text: str) -> MediaType:
    """A media type with its parameters, in lower case and without quotes."""
    name, *rest = _parts(text) or [""]
    parameters: dict[str, str] = {}
    for part in rest:
        key, _, value = part.partition("=")
        parameters.setdefault(key.strip().lower(), value.strip().strip('"').lower())
    return MediaType(name.strip().lower(), parameters)


def _ranges(accept: str) -> Iterator[MediaType]:
    """What is accepted, most wanted first; of equals the first."""
    wanted = [read_media_type(item) for item in _items(accept) if item.strip()]
    return iter(sorted((one for one in wanted if one.quality > 0), key=lambda one: -one.quality))


def choose(accept: str | None, shape: Shape, ceiling: str) -> Spelling:
    """The spelling of an answer of this shape. Refuses (415) what cannot be had."""
    if accept is None or not accept.strip():
        return _xml(shape.value[0])
    for one in _ranges(accept):
        found = _offered(one, shape, ceiling)
        if found is not None:
            return found
    raise unsupported()


def choose_for_error(accept: str | None, ceiling: str) -> Spelling:
    """The spelling of an error: as asked where that can be, else XML."""
    try:
        chosen = choose(accept, Shape.ERROR, ceiling)
    except Refusal:
        return _xml("application/xml")
    return _xml("application/xml") if chosen.dialect is Dialect.ATOM else chosen


def accept_of(headers: Mapping[str, str], format_option: str | None) -> str | None:
    """What is asked for: ``$format`` goes before ``Accept``."""
    if format_option is None:
        return headers.get("Accept")
    return _SHORT.get(format_option.strip().lower(), format_option)


def _offered(one: MediaType, shape: Shape, ceiling: str) -> Spelling | None:
    if one.name == "application/json":
        return _json_offered(one, ceiling) if shape is not Shape.METADATA else None
    for media_type in shape.value:
        plain, _, _ = media_type.partition(";")
        if one.name in (plain, "*/*") or (one.name == "application/*" and plain.startswith("application/")):
            return _xml(media_type)
    return None


def _json_offered(one: MediaType, ceiling: str) -> Spelling | None:
    odata = one.parameters.get("odata")
    if odata is None:
        return _light(Level.MINIMAL) if ceiling >= "3.0" else VERBOSE
    if odata == "verbose":
        return VERBOSE
    level = _LEVELS.get(odata)
    return None if level is None or ceiling < "3.0" else _light(level)


def dialect_of_body(content_type: str | None, version: str) -> Dialect:
    """The dialect a request's body is in. Refuses (415) what is none, or none of the request's version."""
    media_type = read_media_type(content_type or "")
    if media_type.name == "application/json":
        odata = media_type.parameters.get("odata")
        if odata is None and media_type.parameters.get("odata.metadata") in _LEVELS_OF_V4:
            odata = "minimalmetadata"
        if odata == "verbose" or (odata is None and version < "3.0"):
            return Dialect.JSON_VERBOSE
        if version >= "3.0" and (odata is None or odata in _LEVELS):
            return Dialect.JSON_LIGHT
    elif media_type.name in ("application/atom+xml", "application/xml", "text/xml"):
        return Dialect.ATOM
    raise unsupported()


def unsupported() -> Refusal:
    return Refusal(415, "Unsupported media type requested.")
