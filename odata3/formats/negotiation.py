"""Media types: which dialect a body is in, and what to ask for.

What was asked for is wished, not trusted: a body is read by its ``Content-Type``, and by its first bytes where that is missing,
says nothing of OData, or says what cannot be. Source: digest section 1, "Media types"; statements P9 to P12.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from json import detect_encoding

from odata3.errors import PayloadError
from odata3.formats.documents import Dialect, Level

__all__ = ["ACCEPT", "LEVELS", "MediaType", "accept_of", "dialect_of", "in_utf8", "read_media_type", "split_list"]

#: What to ask for, by dialect; light at the level it is written in.
ACCEPT: Mapping[Dialect, str] = {
    Dialect.ATOM: "application/atom+xml,application/xml",
    Dialect.JSON_VERBOSE: "application/json;odata=verbose",
    Dialect.JSON_LIGHT: "application/json;odata=minimalmetadata",
}

#: The levels of light by the value of ``odata=``; a draft wrote ``light``.
LEVELS: Mapping[str, Level] = {
    "nometadata": Level.NONE,
    "minimalmetadata": Level.MINIMAL,
    "light": Level.MINIMAL,
    "fullmetadata": Level.FULL,
}

#: How version 4 spells the levels, in ``odata.metadata=``: met in what services send, never asked for.
_LEVELS_OF_V4: Mapping[str, Level] = {"none": Level.NONE, "minimal": Level.MINIMAL, "full": Level.FULL}


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type in lower case; ``parameters`` without quotes, their names and values in lower case."""

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def level(self) -> Level | None:
        """The level of metadata that JSON light names, in the spelling of version 3 or 4; None where it names none."""
        found = LEVELS.get(self.parameters.get("odata", ""))
        return found or _LEVELS_OF_V4.get(self.parameters.get("odata.metadata", ""))

    @property
    def is_verbose(self) -> bool:
        return self.parameters.get("odata") == "verbose"

    @property
    def is_json(self) -> bool:
        return self.name == "application/json" or self.name.endswith(("/json", "+json"))

    @property
    def is_xml(self) -> bool:
        return self.name.endswith(("/xml", "+xml")) and self.name != "application/xhtml+xml"

    @property
    def quality(self) -> float:
        """The weight in an ``Accept``: 1 where none is given, 0 where it makes no sense."""
        try:
            return float(self.parameters.get("q", "1"))
        except ValueError:
            return 0.0


_items = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+').findall
_parts = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*"?)+').findall


@lru_cache(256)
def read_media_type(text: str | None) -> MediaType:
    """A media type in any letter case and order of parameters, quoted or not (P11). Of a repeated parameter the first counts."""
    name, *rest = _parts(text or "") or [""]
    parameters: dict[str, str] = {}
    for part in rest:
        key, _, value = part.partition("=")
        parameters.setdefault(key.strip().lower(), value.strip().strip('"').strip().lower())
    return MediaType(name.strip().lower(), parameters)


def split_list(text: str) -> list[MediaType]:
    """The media types of an ``Accept``, most wanted first, of equals the first; those with weight 0 are left out."""
    wanted = [read_media_type(item) for item in _items(text) if item.strip()]
    return sorted((one for one in wanted if one.quality > 0), key=lambda one: -one.quality)


def accept_of(dialect: Dialect, level: Level = Level.MINIMAL) -> str:
    """The ``Accept`` that asks for a dialect, light at a level."""
    if dialect is Dialect.JSON_LIGHT:
        return f"application/json;odata={level.value}"
    return ACCEPT[dialect]


def in_utf8(content_type: str | None, body: bytes) -> bytes:
    """A body whose ``charset`` says another encoding, in UTF-8; any other as it is.

    XML that names its encoding itself goes by that, JSON in UTF-16 or UTF-32 by its first bytes. Raises ``PayloadError`` where
    the bytes are not what ``charset`` says.
    """
    media_type = read_media_type(content_type)
    charset = media_type.parameters.get("charset", "utf-8")
    if media_type.is_json and charset.startswith("utf"):
        charset = detect_encoding(body)  # RFC 4627: UTF-16 and UTF-32 tell themselves
    if charset.startswith("utf-8") or (charset.startswith("utf") and not media_type.is_json) or _names_encoding(body):
        return body
    try:
        if codecs.lookup(charset).name in _NO_CHARSETS:
            return body
        return body.decode(charset).encode("utf-8")
    except LookupError:  # a charset nobody knows
        return body
    except UnicodeError as error:
        raise PayloadError(f"the body is not in {charset}, as its Content-Type says: {error}") from error
    except ValueError:  # a NUL in its name
        return body


#: What Python calls encodings and no body is in: for names of hosts, at a cost that grows with the square of the length.
_NO_CHARSETS = frozenset({"idna", "punycode"})
_SNIFFED = 4_096
_SHOWN = 200
_verbose_start = re.compile(rb'\s*(?:\[|\{\s*"(?:d|EntitySets|__metadata|results)"\s*:)').match
_verbose_member = re.compile(rb'"(?:__metadata|__deferred|__mediaresource|__next|__count)"\s*:').search
_light_member = re.compile(rb'"(?:[^"\\]*@)?odata\.[A-Za-z]+"\s*:').search
_names_encoding = re.compile(rb"\s*<\?xml[^>]*\bencoding\s*=").match
is_page = re.compile(rb"\s*(?:<!doctype\s+html|<html|<head|<body)", re.IGNORECASE).match


def dialect_of(content_type: str | None, body: bytes) -> Dialect:
    """The dialect of a body. Raises ``PayloadError`` for what is none: a sign-in page, a plain text, nothing at all (R20)."""
    media_type = read_media_type(content_type)
    start = body[:_SNIFFED].removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    if media_type.is_json and start[:1] != b"<":
        if media_type.is_verbose:
            return Dialect.JSON_VERBOSE
        if media_type.level is not None:
            return Dialect.JSON_LIGHT
        return _json_of(start)
    if media_type.is_xml and start[:1] not in (b"{", b"["):
        return Dialect.ATOM
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Dialect.ATOM
    if start[:1] in (b"{", b"["):
        return _json_of(start)
    if start[:1] == b"<" and not is_page(start) and "html" not in media_type.name:
        return Dialect.ATOM
    shown = " ".join(body[:_SHOWN].decode("utf-8", "replace").split())
    named = f"of type {content_type}" if content_type else "without a type"
    raise PayloadError(f"this is no OData: a body {named}" + (f" that begins with {shown!r}" if shown else ", and empty"))


def _json_of(start: bytes) -> Dialect:
    """Which JSON: by the first member, then by the annotations within reach; light, where nothing tells."""
    if _verbose_start(start):
        return Dialect.JSON_VERBOSE
    light, verbose = _light_member(start), _verbose_member(start)
    if verbose is not None and (light is None or verbose.start() < light.start()):
        return Dialect.JSON_VERBOSE
    return Dialect.JSON_LIGHT
