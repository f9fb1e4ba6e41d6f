"""XML: the one place that makes an lxml parser, and the namespaces of OData.

No document reaches the network or a file, none expands an entity, and any DOCTYPE is refused: with entities merely switched off
lxml would drop them from the text without a word. libxml2's own bounds on depth (256) and on the size of one text (10 MB) stay
on unless ``huge`` says otherwise. Comments and processing instructions are left out of the tree, so that an element's ``text``
is all of its text.

What is not well-formed raises the ODataError class that the caller names, with the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from lxml import etree

from odata3.errors import MetadataError, PayloadError

__all__ = ["NS", "events", "parse"]


class NS:
    """Namespaces and URI prefixes (digest, "Namespaces used throughout")."""

    ATOM = "http://www.w3.org/2005/Atom"
    APP = "http://www.w3.org/2007/app"
    D = "http://schemas.microsoft.com/ado/2007/08/dataservices"
    M = "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"
    SCHEME = "http://schemas.microsoft.com/ado/2007/08/dataservices/scheme"
    RELATED = D + "/related/"
    RELATED_LINKS = D + "/relatedlinks/"
    MEDIA_RESOURCE = D + "/mediaresource/"
    EDIT_MEDIA = D + "/edit-media/"
    GEORSS = "http://www.georss.org/georss"
    GML = "http://www.opengis.net/gml"
    XML = "http://www.w3.org/XML/1998/namespace"
    EDMX = "http://schemas.microsoft.com/ado/2007/06/edmx"
    EDM = "http://schemas.microsoft.com/ado/2009/11/edm"
    ANNOTATION = "http://schemas.microsoft.com/ado/2009/02/edm/annotation"


Error = type[MetadataError] | type[PayloadError]

_CHUNK = 1 << 16
_UTF8_BOM = b"\xef\xbb\xbf"
_finds_late_declaration = re.compile(rb"(?:\xef\xbb\xbf)?([ \t\r\n]+)(<\?xml\b.*?\?>)", re.DOTALL).match
_finds_doctype = re.compile(
    rb"(?:\xef\xbb\xbf)?(?>\s+|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE(\s+html\b)?", re.DOTALL | re.IGNORECASE
).match
#: A declaration readable byte by byte cannot be UTF-16, whatever it says: .NET's StringWriter says so.
_claims_utf16 = re.compile(rb"<\?xml[^>]{0,100}encoding\s*=\s*[\"'](?:utf-?16|ucs-?2|unicode)", re.IGNORECASE).match
_at_place = re.compile(r",? line \d+, column \d+")


def parse(data: bytes, *, error: Error = PayloadError, huge: bool = False) -> etree._Element:
    """The root element of a document.

    A byte order mark and blanks before the declaration are passed over. What is not well-formed, has a DOCTYPE, or passes the
    bounds raises ``error`` with the line.
    """
    data = _from_declaration(data)
    _refuse_doctype(data, error)
    try:
        root: etree._Element = etree.fromstring(data, etree.XMLParser(**_settings(data, huge)))
    except etree.XMLSyntaxError as failure:
        raise _located(failure, error) from None
    except (ValueError, LookupError) as failure:
        raise error(f"not XML: {failure}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _doctype(error)
    return root


def events(stream: BinaryIO, tags: Iterable[str], *, error: Error = PayloadError, huge: bool = False) -> Iterator[etree._Element]:
    """The elements of a document as it is being read.

    The first is the root, at its start; then come those whose Clark name is among ``tags``, as each ends (the root too, if
    named). They stay in the tree until the caller clears them. What is wrong with the document raises ``error``, after the
    elements before it.
    """
    head, root_tag = _read_to_root(stream, huge, error)
    parser = etree.XMLPullParser(events=("start", "end"), tag=[root_tag, *tags], **_settings(head, huge))
    wanted = frozenset(tags)
    started = False
    chunk = head
    failure: etree.XMLSyntaxError | None = None
    while failure is None:
        try:
            if chunk:
                parser.feed(chunk)
            else:
                parser.close()
        except etree.XMLSyntaxError as caught:
            failure = caught
        for event, element in parser.read_events():
            if event == "end":
                if element.tag in wanted:
                    yield element
            elif not started:
                started = True
                if element.getroottree().docinfo.internalDTD is not None:
                    raise _doctype(error)
                yield element
        if not chunk:
            break
        chunk = stream.read(_CHUNK)
    if failure is not None:
        raise _located(failure, error)


def _read_to_root(stream: BinaryIO, huge: bool, error: Error) -> tuple[bytes, str]:
    """What must be read to see the root's start tag, and the root's name."""
    head = b""
    while True:
        chunk = stream.read(_CHUNK)
        head += chunk
        head = _from_declaration(head)
        _refuse_doctype(head, error)
        scout = etree.XMLPullParser(events=("start",), **_settings(head, huge))
        failure: etree.XMLSyntaxError | None = None
        try:
            scout.feed(head)
            if not chunk:
                scout.close()
        except etree.XMLSyntaxError as caught:
            failure = caught
        for _, element in scout.read_events():
            return head, str(element.tag)
        if failure is not None or not chunk:
            raise error("an empty document") if failure is None else _located(failure, error)


def _from_declaration(data: bytes) -> bytes:
    """Blanks before an XML declaration, which XML forbids, moved behind it, so that the lines count as before."""
    found = _finds_late_declaration(data)
    return data if found is None else b"%b%b%b" % (found[2], found[1], data[found.end() :])


def _settings(data: bytes, huge: bool) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "resolve_entities": False,
        "no_network": True,
        "load_dtd": False,
        "dtd_validation": False,
        "attribute_defaults": False,
        "collect_ids": False,
        "huge_tree": huge,
        "remove_comments": True,
        "remove_pis": True,
    }
    if _claims_utf16(data.removeprefix(_UTF8_BOM)) is not None:
        settings["encoding"] = "utf-8"
    return settings


def _refuse_doctype(data: bytes, error: Error) -> None:
    found = _finds_doctype(data)
    if found is not None and found[1]:
        raise error("an HTML page, not an OData document; is it a sign-in or error page? (its DOCTYPE says HTML)", where="line 1")
    if found is not None:
        raise _doctype(error)


def _doctype(error: Error) -> MetadataError | PayloadError:
    return error("the document has a DOCTYPE, which no OData document has; it is not read", where="line 1")


def _located(failure: etree.XMLSyntaxError, error: Error) -> MetadataError | PayloadError:
    line = failure.lineno or 1
    return error(f"not well-formed XML: {_at_place.sub('', failure.msg or str(failure))}", where=f"line {line}")
