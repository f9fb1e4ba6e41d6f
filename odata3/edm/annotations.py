"""What a model keeps beside what OData defines: vendor attributes, vendor elements, vocabulary annotations.

All of it stands in the ``annotations`` of the annotated thing, a mapping of text to text:

::

    {"{http://www.sap.com/Protocols/SAPData}label": "Price",                  an attribute, by Clark name
     "{http://example.com/x}Hint": Markup("<x:Hint …>…</x:Hint>"),            an element, by Clark name
     "Org.Example.Display": "Unit price",                                     ValueAnnotation Term=… String=…
     "Org.Example.Digits#csv": Constant("2", "Int"),                          another kind of constant, with a qualifier
     "Org.Example.Range": Markup("<TypeAnnotation …>…</TypeAnnotation>")}     anything larger: kept, never evaluated

Where several elements have one name, a tuple holds them. Source: CSDL 3.0 section 16 (vocabulary annotations), 18 (extension).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import etree

from odata3.errors import MetadataError
from odata3.markup import NS, parse

__all__ = ["CONSTANT_KINDS", "Constant", "Markup", "escape_attribute", "escape_text", "keep"]

#: The kinds of constants a ValueAnnotation may hold, as attribute or as child element.
CONSTANT_KINDS = ("String", "Int", "Bool", "Float", "Decimal", "Guid", "DateTime", "DateTimeOffset", "Time", "Binary", "Path")


class Constant(str):
    """A constant that is not a String: its text, and its ``kind`` (``"Int"``, ``"Bool"``, ``"Path"``, ...)."""

    __slots__ = ("kind",)
    kind: str

    def __new__(cls, text: str, kind: str) -> Constant:
        found = super().__new__(cls, text)
        found.kind = kind
        return found

    def __reduce__(self) -> tuple[Any, ...]:
        return Constant, (str(self), self.kind)


class Markup(str):
    """An annotation that is more than a text: its element, as XML of one canonical form.

    Elements stand in default namespaces, attributes in order, so that the same element gives the same text wherever it stood.
    (C14N would keep the prefixes, and refuses relative namespace names, which are in use.)
    """

    __slots__ = ()

    @classmethod
    def of(cls, element: etree._Element) -> Markup:
        parts: list[str] = []
        _spell(element, None, parts.append)
        return cls("".join(parts))

    def element(self) -> etree._Element:
        """The element, parsed anew."""
        return parse(self.encode("utf-8"), error=MetadataError)


def escape_text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def escape_attribute(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return text.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")


def _spell(element: etree._Element, default: str | None, write: Callable[[str], None]) -> None:
    """Writes an element inside the default namespace ``default``; the depth is bounded by the parser."""
    name = etree.QName(element)
    namespace = name.namespace or ""
    declared = "" if namespace == default else f' xmlns="{escape_attribute(namespace)}"'
    attributes = []
    prefixes: dict[str, str] = {NS.XML: "xml"}
    for key, value in sorted((str(key), str(value)) for key, value in element.items()):
        if key[:1] == "{":
            uri, _, key = key[1:].partition("}")
            if uri not in prefixes:
                prefixes[uri] = f"n{len(prefixes)}"
                declared += f' xmlns:{prefixes[uri]}="{escape_attribute(uri)}"'
            key = f"{prefixes[uri]}:{key}"
        attributes.append(f' {key}="{escape_attribute(value)}"')
    write(f"<{name.localname}{declared}{''.join(attributes)}")
    if not len(element) and not element.text:
        write("/>")
        return
    write(f">{escape_text(element.text or '')}")
    for child in element:
        _spell(child, namespace, write)
        write(escape_text(child.tail or ""))
    write(f"</{name.localname}>")


def keep(annotations: dict[str, Any], key: str, value: str) -> None:
    """Adds one value under its key; a second one makes a tuple."""
    if key not in annotations:
        annotations[key] = value
    else:
        found = annotations[key]
        annotations[key] = (*found, value) if isinstance(found, tuple) else (found, value)
