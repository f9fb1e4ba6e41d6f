"""What nobody assigned goes back as it came: each type in its odd spellings, read and sent by a context in each format."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from client.shop import Script, reply
from lxml import etree

from odata3.client.context import DataServiceContext
from odata3.client.options import SaveChangesOptions

EDMX = """<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
<edmx:DataServices m:DataServiceVersion="{version}" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
<Schema Namespace="T" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
<EnumType Name="E"><Member Name="A"/><Member Name="B"/></EnumType>
<ComplexType Name="C"><Property Name="DateTime" Type="Edm.DateTime"/><Property Name="Guid" Type="Edm.Guid"/></ComplexType>
<EntityType Name="K" OpenType="true"><Key><PropertyRef Name="Id"/></Key>
<Property Name="Id" Type="Edm.Int32" Nullable="false"/>{properties}
<Property Name="E" Type="T.E"/><Property Name="C" Type="T.C"/>
<Property Name="Times" Type="Collection(Edm.DateTime)" Nullable="false"/></EntityType>
<EntityContainer Name="M" m:IsDefaultEntityContainer="true"><EntitySet Name="Ks" EntityType="T.K"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>"""
GUID = "A11CC636-5521-4F88-92B2-cad392911fe0"
TICKS = "2013-08-19T22:13:09.1234567"

#: Type -> the text of XML, the value of light JSON; what is odd about it is not what Python would write.
VALUES: dict[str, tuple[str, Any]] = {
    "Binary": ("AAE=", "AAE="),
    "Boolean": ("1", True),
    "Byte": ("007", 7),
    "Int32": ("+5", "5"),
    "Int64": ("9007199254740993", "9007199254740993"),
    "Decimal": ("2.500", "2.500"),
    "Double": ("1.50E+20", Decimal("1.50E+20")),
    "Single": ("1.10", Decimal("1.10")),
    "String": (" /Date(1)/\n", " /Date(1)/\n"),
    "Guid": (GUID, GUID),
    "DateTime": (f"{TICKS}Z", f"{TICKS}Z"),
    "DateTimeOffset": (f"{TICKS}+02:00", f"{TICKS}+02:00"),
    "Time": ("PT36H0.50S", "PT36H0.50S"),
}
DOUBTFUL = {
    "E": ("B", "B"),
    "C": ({"DateTime": "2013-08-19T24:00:00", "Guid": GUID},) * 2,
    "Times": ([TICKS, "2013-08-19T22:13"],) * 2,
}
ALL = {**VALUES, **DOUBTFUL, "Dynamic": (TICKS, TICKS)}


def metadata(version: str) -> bytes:
    properties = "".join(f'<Property Name="{name}" Type="Edm.{name}"/>' for name in VALUES)
    return EDMX.format(version=version, properties=properties).encode()


# -- bodies, by hand


def light() -> bytes:
    row = {"odata.metadata": "http://h/$metadata#Ks/@Element", "Id": 1, **{name: value for name, (_, value) in ALL.items()}}
    row = {**row, "Dynamic@odata.type": "Edm.DateTime"}
    return written(row)


def written(tree: Any) -> bytes:
    """JSON with numbers as they are spelled."""
    numbers: list[str] = []

    def spelled(value: Any) -> str:
        numbers.append(str(value))
        return f"\0{len(numbers) - 1}\0"

    text = json.dumps(tree, default=spelled)
    for place, number in enumerate(numbers):
        text = text.replace(f'"\\u0000{place}\\u0000"', number)
    return text.encode()


def verbose(version: str) -> bytes:
    row = {name: value for name, (_, value) in ALL.items() if name != "Dynamic"}
    row["Times"] = {"__metadata": {"type": "Collection(Edm.DateTime)"}, "results": row["Times"]}
    if version < "3.0":
        row |= {
            "DateTime": "/Date(1376950389123)/",
            "DateTimeOffset": "/Date(1376950389123+0120)/",
            "C": {"DateTime": "/Date(1)/"},
        }
        del row["Times"]
    return written({"d": {"__metadata": {"uri": "http://h/Ks(1)", "type": "T.K"}, "Id": 1, **row}})


M, D = (
    "{http://schemas.microsoft.com/ado/2007/08/dataservices/metadata}",
    "{http://schemas.microsoft.com/ado/2007/08/dataservices}",
)


def atom() -> bytes:
    entry = etree.Element("{http://www.w3.org/2005/Atom}entry")
    etree.SubElement(entry, "{http://www.w3.org/2005/Atom}id").text = "http://h/Ks(1)"
    etree.SubElement(entry, "{http://www.w3.org/2005/Atom}link", rel="edit", href="http://h/Ks(1)")
    content = etree.SubElement(entry, "{http://www.w3.org/2005/Atom}content", type="application/xml")
    properties = etree.SubElement(content, f"{M}properties")
    etree.SubElement(properties, f"{D}Id", {f"{M}type": "Edm.Int32"}).text = "1"
    for name, (text, _) in ALL.items():
        kind = {"C": "T.C", "E": "T.E", "Times": "Collection(Edm.DateTime)", "Dynamic": "Edm.DateTime"}.get(name, f"Edm.{name}")
        element = etree.SubElement(properties, f"{D}{name}", {f"{M}type": kind})
        if isinstance(text, dict):
            for key, value in text.items():
                etree.SubElement(element, f"{D}{key}", {f"{M}type": f"Edm.{key}"}).text = value
        elif isinstance(text, list):
            for item in text:
                etree.SubElement(element, f"{D}element").text = item
        else:
            element.text = text
    return etree.tostring(entry)


# -- there and back


def sent(format: str, body: bytes, content_type: str, version: str, options: SaveChangesOptions, touch: bool) -> bytes:
    script = Script([reply(body, Content_Type=content_type, DataServiceVersion=version), reply(None, 204)])
    ctx = DataServiceContext("http://h/", transport=script, metadata=metadata(version), format=format)
    k = ctx.Ks.by_key(1).single()
    if touch:
        assert all(k[name] is not None for name in k.to_dict())
    ctx.update_object(k)
    ctx.save_changes(options)
    found = script.requests[1].body
    assert isinstance(found, bytes)
    return found


MODES = [
    pytest.param(options, touch, id=f"{name}-{'touched' if touch else 'untouched'}")
    for name, options in (("merge", SaveChangesOptions.NONE), ("put", SaveChangesOptions.REPLACE_ON_UPDATE))
    for touch in (False, True)
]


@pytest.mark.parametrize(("options", "touch"), MODES)
def test_p29_light(options: SaveChangesOptions, touch: bool) -> None:
    body = sent("json", light(), "application/json;odata=minimalmetadata", "3.0", options, touch)
    tree = json.loads(body, parse_float=Decimal)
    tree["C"].pop("odata.type", None)
    assert {name: tree[name] for name in ALL} == {name: value for name, (_, value) in ALL.items()}
    assert b"1.50E+20" in body and b"1.10" in body
    assert tree["Dynamic@odata.type"] == "Edm.DateTime"


@pytest.mark.parametrize(("options", "touch"), MODES)
@pytest.mark.parametrize("version", ["2.0", "3.0"])
def test_p29_verbose(version: str, options: SaveChangesOptions, touch: bool) -> None:
    given = verbose(version)
    body = sent("verbosejson", given, "application/json;odata=verbose", version, options, touch)
    tree, came = json.loads(body, parse_float=Decimal), json.loads(given, parse_float=Decimal)["d"]
    assert tree.pop("__metadata")["type"] == "T.K"
    for name in came.keys() - {"__metadata", "Id"}:
        if name == "C":
            assert tree[name].pop("__metadata") == {"type": "T.C"}
            assert {key: tree[name][key] for key in came[name]} == came[name]
        else:
            assert tree[name] == came[name], name
    if version < "3.0":
        assert b'"\\/Date(1376950389123)\\/"' in body


@pytest.mark.parametrize(("options", "touch"), MODES)
def test_p29_atom(options: SaveChangesOptions, touch: bool) -> None:
    body = sent("atom", atom(), "application/atom+xml", "3.0", options, touch)
    properties = {etree.QName(e).localname: e for e in next(etree.fromstring(body).iter(f"{M}properties"))}
    for name, (text, _) in ALL.items():
        element = properties[name]
        if isinstance(text, dict):
            assert {etree.QName(child).localname: child.text for child in element} == text
        elif isinstance(text, list):
            assert [child.text for child in element] == text
        else:
            assert element.text == text, name
