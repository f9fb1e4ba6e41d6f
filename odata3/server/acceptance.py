"""Which dialect an answer has, and which one a body is in.

::

    Accept: application/json                            light at version 3.0, verbose below
    Accept: application/json;odata=verbose              verbose at every version
    Accept: application/atom+xml,application/xml        Atom, or XML where the answer is no entry and no feed
    Accept: */*, or none                                Atom
    $format=json                                        goes before Accept

What cannot be had is refused by 415, as WCF Data Services does (the texts of the protocol say 406).
Source: digest section 1, "Media types".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from odata3.formats.documents import Dialect, Level
from odata3.formats.negotiation import LEVELS, MediaType, read_media_type, split_list
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


_SHORT = {
    "json": "application/json",
    "verbosejson": "application/json;odata=verbose",
    "jsonverbose": "application/json;odata=verbose",
    "atom": "application/atom+xml",
    "xml": "application/xml",
}

VERBOSE = Spelling(Dialect.JSON_VERBOSE, Level.MINIMAL, "application/json;odata=verbose;charset=utf-8")


def _light(level: Level) -> Spelling:
    return Spelling(Dialect.JSON_LIGHT, level, f"application/json;odata={level.value};streaming=true;charset=utf-8")


def _xml(media_type: str) -> Spelling:
    return Spelling(Dialect.ATOM, Level.MINIMAL, f"{media_type};charset=utf-8")


def choose(accept: str | None, shape: Shape, ceiling: str) -> Spelling:
    """The spelling of an answer of this shape. Refuses (415) what cannot be had."""
    if accept is None or not accept.strip():
        return _xml(shape.value[0])
    for one in split_list(accept):
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
    if one.is_verbose or (odata is None and ceiling < "3.0"):
        return VERBOSE
    level = Level.MINIMAL if odata is None else LEVELS.get(odata)
    return None if level is None or ceiling < "3.0" else _light(level)


def dialect_of_body(content_type: str | None, version: str) -> Dialect:
    """The dialect a request's body is in. Refuses (415) what is none, or none of the request's version."""
    media_type = read_media_type(content_type)
    if media_type.name == "application/json":
        unsaid = "odata" not in media_type.parameters and media_type.level is None
        if media_type.is_verbose or (unsaid and version < "3.0"):
            return Dialect.JSON_VERBOSE
        if version >= "3.0" and (unsaid or media_type.level is not None):
            return Dialect.JSON_LIGHT
    elif media_type.name in ("application/atom+xml", "application/xml", "text/xml"):
        return Dialect.ATOM
    raise unsupported()


def unsupported() -> Refusal:
    return Refusal(415, "Unsupported media type requested.")
