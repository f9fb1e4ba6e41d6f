"""What stands around the schemas of a ``$metadata`` document.

::

    edmx:Edmx Version="1.0"
      edmx:Reference …                         kept among the model's annotations
      edmx:DataServices m:DataServiceVersion   the version of the protocol the service asks for
        Schema …                               one or more, each in an EDM namespace of its own

A designer's file has ``Runtime/ConceptualModels`` in the place of ``DataServices``; a ``.csdl`` file is a bare Schema. Source:
[MC-EDMX]; digest section 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from odata3.edm.annotations import Markup, keep
from odata3.errors import MetadataError
from odata3.markup import NS, parse

__all__ = ["Frame", "line_of"]

_ADO = "http://schemas.microsoft.com/ado/"
_EDMX_NAMESPACES = frozenset(f"{_ADO}{stamp}/edmx" for stamp in ("2007/06", "2008/10", "2009/11"))
_V4 = "http://docs.oasis-open.org/odata/ns/"
_M = f"{{{NS.M}}}"
_any_metadata_namespace = re.compile(re.escape(NS.M.encode("ascii")), re.IGNORECASE).findall


def line_of(element: etree._Element) -> str:
    return f"line {element.sourceline}"


class Frame:
    """A document opened: its Schema elements, its versions, what else stands beside them, and the warnings so far.

    MetadataError where there is no schema to read.
    """

    def __init__(self, data: bytes) -> None:
        self.warnings: list[str] = []
        self.annotations: dict[str, Any] = {}
        self.versions: tuple[str | None, str | None] = (None, None)
        self._note_beginning(data)
        self._root = parse(data, error=MetadataError)
        self._mend_metadata_namespace(data)
        self.schemas = list(self._find_schemas())
        if not self.schemas:
            raise MetadataError("the document has no Schema", where=line_of(self._root))

    def warn(self, element: etree._Element, text: str) -> None:
        self.warnings.append(f"{line_of(element)}: {text}")

    def _note_beginning(self, data: bytes) -> None:
        if data.startswith(b"\xef\xbb\xbf"):
            self.warnings.append("line 1: a byte order mark stands before the document")
        if data.removeprefix(b"\xef\xbb\xbf")[:1].isspace() and data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml"):
            self.warnings.append("line 1: blanks stand before the XML declaration")

    def _mend_metadata_namespace(self, data: bytes) -> None:
        """Services spell the metadata namespace with other capitals (``DataServices/Metadata``)."""
        name = NS.M.encode("ascii")
        if data.count(name) == data.lower().count(name):
            return
        odd = {found.decode("ascii") for found in _any_metadata_namespace(data)} - {NS.M}
        self.warnings.append(f"line 1: the metadata namespace is spelled {', '.join(sorted(odd))}")
        for element in self._root.iter():
            for key, value in element.items():
                if key[:1] == "{" and key[1:].partition("}")[0] in odd:
                    del element.attrib[key]
                    element.set(f"{_M}{key.partition('}')[2]}", value)

    def _find_schemas(self) -> Iterator[etree._Element]:
        root = self._root
        name = etree.QName(root)
        if (name.namespace or "").startswith(_V4):
            raise _is_v4(root)
        if name.localname == "Schema":
            yield root
            return
        if name.localname == "Edmx":
            self._check_frame(root, name.namespace)
            children = list(root)
        elif name.localname == "DataServices":
            self.warn(root, "the root is DataServices, without an Edmx around it")
            children = [root]
        elif name.localname.lower() == "html":
            raise MetadataError("an HTML page came in the place of metadata; is it a sign-in page?", where=line_of(root))
        else:
            raise MetadataError(f"the root element {name.localname!r} is neither Edmx nor Schema", where=line_of(root))
        for child in children:
            local = etree.QName(child).localname
            if local == "DataServices":
                yield from self._data_services(child)
            elif local == "Runtime":
                yield from (
                    s for part in child if etree.QName(part).localname == "ConceptualModels" for s in self._schemas_of(part)
                )
            elif local != "Designer":
                keep(self.annotations, str(child.tag), Markup.of(child))

    def _check_frame(self, root: etree._Element, namespace: str | None) -> None:
        if namespace not in _EDMX_NAMESPACES:
            self.warn(root, f"unknown EDMX namespace {namespace!r}")
        attributes = dict(root.items())
        version = attributes.pop("Version", None)
        if version is None:
            self.warn(root, "Edmx has no Version")
        elif version not in ("1.0", "2.0", "3.0"):
            self.warn(root, f"Edmx has the Version {version!r}; 1.0 is due")
        self._note_frame(root, attributes)

    def _note_frame(self, element: etree._Element, attributes: Mapping[str, str]) -> None:
        for key, value in attributes.items():
            if key[:1] == "{":
                self.annotations.setdefault(key, value)
            else:
                self.warn(element, f"unknown attribute {key!r} of {etree.QName(element).localname}")

    def _data_services(self, element: etree._Element) -> Iterator[etree._Element]:
        attributes = dict(element.items())
        self.versions = attributes.pop(f"{_M}DataServiceVersion", None), attributes.pop(f"{_M}MaxDataServiceVersion", None)
        self._note_frame(element, attributes)
        yield from self._schemas_of(element)

    def _schemas_of(self, element: etree._Element) -> Iterator[etree._Element]:
        for child in element:
            name = etree.QName(child)
            if name.localname != "Schema":
                keep(self.annotations, str(child.tag), Markup.of(child))
            elif (name.namespace or "").startswith(_V4):
                raise _is_v4(child)
            else:
                yield child


def _is_v4(element: etree._Element) -> MetadataError:
    return MetadataError(
        "this is the metadata of an OData V4 service; odata3 speaks versions 1 to 3, take a client for V4", where=line_of(element)
    )
