"""Answers of a real System Center that were captured in Atom, through a context: every value, every link, every identity."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

import pytest
from faults.server import FaultServer, answer
from lxml import etree

from odata3.client.context import DataServiceContext
from odata3.edm.csdl import parse_metadata
from odata3.edm.model import Model, StructuredType
from odata3.entities.entity import type_of

SPF = Path(__file__).parents[2].parent / "shared" / "spf"
ATOM = "{http://www.w3.org/2005/Atom}"
M = "{http://schemas.microsoft.com/ado/2007/08/dataservices/metadata}"
D_URI = "http://schemas.microsoft.com/ado/2007/08/dataservices"
BASE = "{http://www.w3.org/XML/1998/namespace}base"

CAPTURES = [
    ("hardware_profiles-2012sp1", "vmm-2012sp1", "HardwareProfiles"),
    ("virtual_machines-2012sp1", "vmm-2012sp1", "VirtualMachines"),
    ("vm_templates-2012sp1", "vmm-2012sp1", "VMTemplates"),
    ("virtual_disk_drive-created-2016", "vmm", "VirtualDiskDrives"),
    ("virtual_machines-2012sp1", "vmm", "VirtualMachines"),
]


def moment(text: str) -> dt.datetime:
    """With Python's own means: seven digits cut to six."""
    clock, dot, rest = text.partition(".")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    return dt.datetime.fromisoformat(f"{clock}.{digits[:6]:0<6}{rest[len(digits) :]}" if dot else text)


PLAIN = {
    "Edm.String": str,
    "Edm.Boolean": {"true": True, "false": False, "1": True, "0": False}.__getitem__,
    "Edm.Guid": UUID,
    "Edm.Decimal": Decimal,
    "Edm.DateTime": moment,
    "Edm.DateTimeOffset": moment,
    **dict.fromkeys(("Edm.Byte", "Edm.SByte", "Edm.Int16", "Edm.Int32", "Edm.Int64"), int),
    **dict.fromkeys(("Edm.Single", "Edm.Double"), float),
}


def meant(model: Model, type_name: str, element: etree._Element) -> Any:
    """A value as the element says it, worked out apart from the reader."""
    if element.get(f"{M}null") == "true":
        return None
    if type_name.startswith("Collection("):
        return [meant(model, type_name[11:-1], item) for item in element]
    if type_name in model.complex_types:
        return members(model, model.complex_types[type_name], element)
    return PLAIN[type_name](element.text or "")


def members(model: Model, structured: StructuredType, element: etree._Element) -> dict[str, Any]:
    declared = structured.properties
    names = {etree.QName(child).localname: child for child in element}
    return {name: meant(model, declared[name].type, child) for name, child in names.items() if name in declared}


def plain(value: Any) -> Any:
    """A value of an entity, complex ones as mappings of what the payload gave them."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    return {name: plain(item) for name, item in value.to_dict().items()} if hasattr(value, "to_dict") else value


@pytest.mark.skipif(
    not SPF.exists(),
    reason="checks against documents that others published, which are not ours to ship (they stand in ../shared)",
)
@pytest.mark.parametrize(("capture", "metadata", "entity_set"), CAPTURES)
def test_every_value_of_a_capture_in_atom(capture: str, metadata: str, entity_set: str) -> None:
    body = (SPF / "captures" / f"{capture}.atom.xml").read_bytes()
    model = parse_metadata(SPF / f"{metadata}.edmx")
    root = etree.fromstring(body)
    entries = [root] if root.tag == f"{ATOM}entry" else list(root.iter(f"{ATOM}entry"))
    base = root.get(BASE)
    said = answer(body, Content_Type="application/atom+xml;charset=utf-8", DataServiceVersion="3.0;")
    with FaultServer(said) as server, DataServiceContext(server.url, metadata=model, format="atom") as ctx:
        entities = list(ctx.execute(entity_set, element_type=ctx.types[model.entity_sets[entity_set].type]))
        assert len(entities) == len(entries) > 0
        compared = 0
        for entry, entity in zip(entries, entities, strict=True):
            structured = type_of(entity)
            properties = next(entry.iter(f"{M}properties"))
            expected = members(model, structured, properties)
            assert expected.keys() <= set(structured.properties.names())
            for name, value in expected.items():
                held = plain(entity[name])
                if isinstance(value, dict):
                    held = {key: held[key] for key in value}
                assert held == value, name
                compared += 1
            descriptor = ctx.get_entity_descriptor(entity)
            links = {link.get("rel"): urljoin(base or "", link.get("href")) for link in entry.iter(f"{ATOM}link")}
            assert descriptor.identity == entry.findtext(f"{ATOM}id")
            assert descriptor.edit_link == links["edit"]
            assert descriptor.etag == entry.get(f"{M}etag")
            assert descriptor.server_type_name == entry.find(f"{ATOM}category").get("term")
            known = {info.name: info.navigation_link for info in descriptor.link_infos}
            for rel, url in links.items():
                if rel.startswith(f"{D_URI}/related/"):
                    assert known[rel.rpartition("/")[2]] == url
        assert compared >= 5 * len(entries)
