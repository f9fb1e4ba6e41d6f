"""Error payloads, in every shape that services and what stands before them answer with.

OData itself has three (``{"odata.error": …}``, ``{"error": …}``, ``<m:error>``); a proxy, a sign-in page, a plain Web API
controller, an OAuth server have their own. Whoever asked has a status already, so nothing here ever raises: at worst the fault's
message is the text itself, clipped.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from odata3.errors import DataServiceClientException, PayloadError
from odata3.formats.documents import Fault
from odata3.formats.json_text import read_json
from odata3.markup import parse

_MESSAGE_LIMIT = 2_000
_PLAIN_LIMIT = 200
_READ_LIMIT = 1 << 20


def read_fault(content_type: str | None, body: bytes) -> Fault:
    """What an error answer says, whatever its shape. Never raises; an empty body gives an empty fault."""
    text = body[:_READ_LIMIT].strip()
    if not text:
        return Fault()
    kind = (content_type or "").lower()
    found = None
    if _is_markup(text):
        found = None if "html" in kind else _fault_of_markup(text)
    elif text[:1] in (b"{", b"[", b'"') or "json" in kind:
        found = _fault_of_json(text)
    return Fault(message=_plain(text)) if found is None else found


def _fault_of_json(text: bytes) -> Fault | None:
    try:
        return fault_of_tree(read_json(text))
    except (PayloadError, RecursionError):
        return None


def _fault_of_markup(text: bytes) -> Fault | None:
    try:
        element = parse(text)
    except PayloadError:
        return None
    return fault_of_element(element) if _local(element) in _ELEMENTS else None


#: Roots of XML errors: OData's, Azure's, WCF's, Web API's.
_ELEMENTS = frozenset({"error", "Error", "ExceptionDetail", "HttpError", "Fault"})


def _is_markup(text: bytes) -> bool:
    start = text.removeprefix(b"\xef\xbb\xbf")[:15].lower()
    return start[:1] in (b"<", b"\xff", b"\xfe") and not start.startswith((b"<!doctype", b"<html"))


def in_stream(fault: Fault) -> DataServiceClientException:
    """The error that a service put into an answer it had begun with 200."""
    said = ": ".join(part for part in (fault.code, fault.message) if part) or "no reason given"
    return DataServiceClientException(
        f"the service broke off its answer with an error: {said}",
        status_code=500,
        code=fault.code,
        message=fault.message,
        inner_error=fault.inner_error,
    )


def fault_of_tree(tree: Any) -> Fault | None:
    """The fault that a JSON document is, wrapped or bare, or None where it does not look like one."""
    if isinstance(tree, str):
        return Fault(message=tree[:_MESSAGE_LIMIT])
    if not isinstance(tree, Mapping):
        return None
    for name in ("odata.error", "error"):
        if name in tree:
            return _fault_of_error(tree[name], tree)
    if isinstance(tree.get("Error"), Mapping):
        return _fault_of_error(tree["Error"], tree)
    return _fault_of_bare(tree)


def fault_tree(fault: Fault) -> dict[str, Any]:
    """The inside of a JSON error, the same in both forms."""
    tree: dict[str, Any] = {
        "code": fault.code,
        "message": {"lang": "en-US" if fault.language is None else fault.language, "value": fault.message},
    }
    if fault.inner_error is not None:
        tree["innererror"] = dict(fault.inner_error)
    return tree


def _fault_of_error(error: Any, around: Mapping[str, Any]) -> Fault:
    if isinstance(error, str):  # OAuth 2.0, RFC 6749, 5.2
        return Fault(code=error[:_MESSAGE_LIMIT], message=_text(around.get("error_description")))
    if not isinstance(error, Mapping):
        return Fault(message=_text(error))
    message, language = _message(error.get("message", error.get("Message")))
    inner = error.get("innererror", error.get("innerError", error.get("InnerError")))
    return Fault(
        code=_text(error.get("code", error.get("Code"))),
        message=message,
        inner_error=inner if isinstance(inner, Mapping) else None if inner is None else {"message": inner},
        language=language,
    )


_BARE = ("Message", "message", "ExceptionMessage", "error_description", "title", "detail")


def _fault_of_bare(tree: Mapping[str, Any]) -> Fault | None:
    """ASP.NET Web API (``Message``, ``ExceptionMessage``…), problem details, and whatever has a message."""
    said = [_message(tree[name]) for name in _BARE if tree.get(name)]
    if not said:
        return None
    rest = {name: value for name, value in tree.items() if name not in ("Message", "message", "code", "Code")}
    texts = list(dict.fromkeys(text for text, _ in said if text))
    return Fault(
        code=_text(tree.get("code", tree.get("Code"))),
        message=" ".join(texts)[:_MESSAGE_LIMIT],
        inner_error=rest or None,
        language=said[0][1],
    )


def _message(message: Any) -> tuple[str, str | None]:
    """Text and language of ``"…"`` and of ``{"lang": …, "value": …}``."""
    if isinstance(message, Mapping):
        language = message.get("lang")
        return _text(message.get("value")), language if isinstance(language, str) and language else None
    return _text(message), None


def _text(value: Any) -> str:
    if value is None:
        return ""
    return (value if isinstance(value, str) else str(value)).strip()[:_MESSAGE_LIMIT]


def fault_of_element(element: etree._Element) -> Fault:
    """The fault of an ``error`` element, in the metadata namespace or any other."""
    children = {_local(child): child for child in element}
    message = children.get("message", children.get("Message"))
    code = children.get("code", children.get("Code"))
    inner = children.get("innererror")
    return Fault(
        code=_content(code),
        message=_content(message),
        inner_error=None if inner is None else _tree(inner),
        language=None if message is None else message.get("{http://www.w3.org/XML/1998/namespace}lang") or None,
    )


def _tree(element: etree._Element) -> dict[str, Any]:
    """``innererror``, and the ``internalexception`` within, as the mapping that JSON would have; what repeats (the details of
    SAP) is a list."""
    found: dict[str, Any] = {}
    for child in element:
        if isinstance(child.tag, str):
            value = _tree(child) if len(child) else "".join(child.itertext())
            found.setdefault(_local(child), []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _content(element: etree._Element | None) -> str:
    return "" if element is None else "".join(element.itertext()).strip()[:_MESSAGE_LIMIT]


def _local(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


# What is not closed reaches to the end: looked for from each of its beginnings, it would take time that grows with the square.
_HIDDEN = re.compile(
    r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<head\b.*?(?:</head\s*>|(?=<body\b)|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
_TITLE = re.compile(r"<title\b[^<>]*>([^<]*)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


def _plain(body: bytes) -> str:
    """The readable part of an HTML page or a text, on one line."""
    text = body[:65_536].decode("utf-8", "replace")
    if text.lstrip()[:1] == "<":
        title = _TITLE.search(text)
        shown = _TAG.sub(" ", _HIDDEN.sub(" ", text))
        text = html.unescape(f"{title[1]}: {shown}" if title else shown)
    line = " ".join(text.split())
    return line if len(line) <= _PLAIN_LIMIT else line[: _PLAIN_LIMIT - 1] + "…"
