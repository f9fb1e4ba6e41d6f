"""Pieces of XML text: what escaping and checking a document that is written string by string needs."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

from odata3.errors import ArgumentError

_needs_care = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]").search
_forbidden = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_is_plain_name = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII).fullmatch
_BLANKS = (" ", "\t", "\n", "\r")


def text(value: str, where: str) -> str:
    """The text of an element. A character that XML 1.0 does not know raises ``ArgumentError`` naming ``where``."""
    if _needs_care(value) is None:
        return value
    found = _forbidden.search(value)
    if found is not None:
        raise ArgumentError(
            f"{where} holds the character U+{ord(found[0]):04X}, which XML has no form for: send it in JSON, or without it"
        )
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")


def attribute(value: str, where: str) -> str:
    """The text of an attribute in double quotes."""
    return text(value, where).replace('"', "&quot;").replace("\t", "&#x9;").replace("\n", "&#xA;")


def readable(value: str) -> str:
    """``value`` with U+FFFD in the place of what XML does not know: for messages, which must always go out."""
    return _forbidden.sub("\ufffd", value)


def space(value: str) -> str:
    """The attribute that keeps blanks at the ends of a text from being taken for layout, where there are any."""
    return ' xml:space="preserve"' if value.startswith(_BLANKS) or value.endswith(_BLANKS) else ""


@lru_cache(maxsize=10_000)
def name(value: str) -> str:
    """``value`` as the local name of an element. What is no XML name raises ``ArgumentError``."""
    if _is_plain_name(value) is None:
        try:
            if ":" in value or etree.QName(value).localname != value:
                raise ValueError(value)
        except ValueError as error:
            raise ArgumentError(f"the property name {value!r} is no XML name, and so has no form in Atom") from error
    return value
