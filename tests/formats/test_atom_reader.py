"""Reading Atom: what every sentence of the digest's section 5 means for the document that comes out."""

from __future__ import annotations

import contextlib
import json
import logging
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from odata3.edm.csdl import parse_metadata
from odata3.edm.spatial import Geography
from odata3.errors import DataServiceClientException, ODataError, PayloadError
from odata3.formats import atom_reader
from odata3.formats.atom import Atom
from odata3.formats.documents import (
    Complex,
    Entry,
    Expectation,
    Fault,
    Feed,
    Kind,
    Link,
    Operation,
    Reference,
    References,
    ServiceDocument,
    Stream,
    Value,
)
from odata3.formats.json_light import JsonLight
from odata3.formats.json_verbose import JsonVerbose
from tests.formats.laboratory import MODEL, ROOT

SHARED = Path(__file__).parents[3] / "shared"
D = "http://schemas.microsoft.com/ado/2007/08/dataservices"
M = f"{D}/metadata"
NAMES = f'xmlns="http://www.w3.org/2005/Atom" xmlns:d="{D}" xmlns:m="{M}"'
SCHEME = f"{D}/scheme"

ATOM = Atom(MODEL, ROOT)
FREE = Atom(None, ROOT)
PROBES = Expectation(Kind.RESOURCE, "Lab.Probe", "Probes")
NOTES = Expectation(Kind.RESOURCE, "Lab.Note", "Notes")
SAMPLES = Expectation(Kind.RESOURCE, "Lab.Sample", "Samples")


def category(name: str) -> str:
    return f'<category term="{name}" scheme="{SCHEME}"/>'


def probe(properties: str = "<d:Id>7</d:Id>", before: str = "", attributes: str = "", names: str = NAMES) -> str:
    return (
        f'<entry {names} {attributes}><id>{ROOT}Probes(7L)</id><link rel="edit" href="Probes(7L)"/>{before}'
        f'<content type="application/xml"><m:properties>{properties}</m:properties></content></entry>'
    )


def feed(*entries: str, before: str = "", after: str = "", attributes: str = f'xml:base="{ROOT}"') -> str:
    return f"<feed {NAMES} {attributes}>{before}{''.join(entries)}{after}</feed>"


def read(text: str | bytes, expect: Expectation = PROBES, base: str = "", format_: Atom = ATOM) -> Any:
    return format_.read(text if isinstance(text, bytes) else text.encode(), expect, base=base)


def values(properties: str, expect: Expectation = PROBES, format_: Atom = ATOM) -> dict[str, Any]:
    return dict(read(probe(properties), expect, format_=format_).decoded())


# --- values -------------------------------------------------------------------------------------------------------------------


def test_p40_an_empty_element_is_the_empty_text_and_null_is_none() -> None:
    assert values("<d:Name/>")["Name"] == ""
    assert values("<d:Name></d:Name>")["Name"] == ""
    for spelled in (
        'm:null="true"',
        'm:null="1"',
        "m:null='true'",
        'm:type="Edm.String" m:null="true"',
        'm:null="true" xml:lang="x"',
    ):
        assert values(f"<d:Name {spelled}/>")["Name"] is None
        assert values(f"<d:Name {spelled}></d:Name>")["Name"] is None


def test_a_null_wins_over_content_and_type_and_false_is_no_null() -> None:
    assert values('<d:Name m:null="true">text</d:Name><d:Cal m:type="Edm.DateTime" m:null="1"> </d:Cal>') == {
        "Name": None,
        "Cal": None,
    }
    assert values('<d:Name m:null="false">text</d:Name><d:Id m:null="0">7</d:Id>') == {"Name": "text", "Id": 7}


def test_r27_the_whole_text_counts_with_cdata_comments_and_instructions_in_it() -> None:
    assert values("<d:Name>a<!-- no -->b<![CDATA[<c>]]><?pi x?>d</d:Name>")["Name"] == "ab<c>d"
    assert values("<d:Id> 1<!-- x -->7\n</d:Id>")["Id"] == 17


def test_r27_blanks_stay_in_strings_and_are_tolerated_around_the_rest() -> None:
    found = values(
        "<d:Name>  a\n b </d:Name><d:Id>\n 7 </d:Id><d:Cal> 2013-08-19T22:13:09 </d:Cal><d:Row> AAE= </d:Row>"
        "<d:Marks>\n <d:element> 1 </d:element>\n</d:Marks>"
    )
    assert found == {
        "Name": "  a\n b ",
        "Id": 7,
        "Cal": datetime(2013, 8, 19, 22, 13, 9),
        "Row": b"\0\1",
        "Marks": [1],
    }


def test_r27_any_prefix_will_do_and_unknown_elements_are_passed_over() -> None:
    text = (
        f'<a:entry xmlns:a="http://www.w3.org/2005/Atom" xmlns:x="{D}" xmlns:y="{M}" xmlns:z="http://z"><z:odd><x:Id>1</x:Id></z:odd>'
        "<a:rights/><a:content type='application/xml'><y:properties><z:Name>no</z:Name><x:Id>7</x:Id><x:Name y:null='true'/>"
        "</y:properties></a:content></a:entry>"
    )
    assert read(text).decoded() == {"Id": 7, "Name": None}


@pytest.mark.parametrize(
    ("text", "value"),
    [("NaN", float("nan")), ("INF", float("inf")), ("-INF", float("-inf")), ("1E+20", 1e20), ("-0", -0.0)],
)
def test_p36_doubles(text: str, value: float) -> None:
    assert repr(values(f"<d:ADouble>{text}</d:ADouble>", SAMPLES)["ADouble"]) == repr(value)


def test_p63_complex_values_collections_and_derived_types() -> None:
    found = values(
        '<d:Pos m:type="Lab.Xyz"><d:X m:type="Edm.Double">1.5</d:X><d:Z m:type="Edm.Int64">9007199254740993</d:Z>'
        '<d:Next m:type="Lab.Xy"><d:Label>in</d:Label></d:Next></d:Pos>'
        '<d:Tags m:type="Collection(Edm.String)"><d:element>a</d:element><d:element/></d:Tags>'
        "<d:Marks/>"
        '<d:Spots><d:element><d:X>1</d:X></d:element><d:element m:type="Lab.Xyz"><d:Z>2</d:Z></d:element></d:Spots>'
        '<d:Moments m:null="true"/>'
    )
    assert found == {
        "Pos": Complex("Lab.Xyz", {"X": 1.5, "Z": 2**53 + 1, "Next": Complex("Lab.Xy", {"Label": "in"})}),
        "Tags": ["a", ""],
        "Marks": [],
        "Spots": [Complex("Lab.Xy", {"X": 1.0}), Complex("Lab.Xyz", {"Z": 2})],
        "Moments": None,
    }


def test_an_empty_complex_element_is_a_complex_value_without_properties() -> None:
    assert values("<d:Pos/>") == {"Pos": Complex("Lab.Xy", {})}


def test_raw_values_are_small_things_and_no_part_of_the_tree() -> None:
    entry = read(
        probe("<d:Id>7</d:Id><d:Pos><d:X>1</d:X></d:Pos><d:Tags><d:element>a</d:element></d:Tags><d:Row m:null='true'/>")
    )
    assert entry.values == {"Id": "7", "Pos": {"X": "1"}, "Tags": ["a"], "Row": None}


def test_p29_text_that_no_datetime_holds_stays_as_it_came() -> None:
    entry = read(probe("<d:Cal>2013-08-19T22:13:09.1234567Z</d:Cal>"))
    assert entry.raw("Cal").value == "2013-08-19T22:13:09.1234567Z"
    assert entry.get("Cal") == datetime(2013, 8, 19, 22, 13, 9, 123456, tzinfo=UTC)


def test_enums_by_name_and_number() -> None:
    found = values(
        "<d:AColor>Green</d:AColor><d:AAccess>Read, Write</d:AAccess><d:ManyColor><d:element>7</d:element></d:ManyColor>", SAMPLES
    )
    assert found == {"AColor": 1, "AAccess": 3, "ManyColor": [7]}


def test_open_types_take_types_from_the_body() -> None:
    found = values(
        '<d:Id m:type="Edm.Int32">1</d:Id><d:Plain>text</d:Plain><d:Small m:type="Edm.Byte">7</d:Small>'
        '<d:None m:type="Edm.Guid" m:null="true"/><d:When m:type="Edm.DateTime">2001-01-01T00:00:00</d:When>'
        '<d:Spot m:type="Lab.Xy"><d:X>1</d:X></d:Spot><d:Many m:type="Collection(Edm.Int32)"><d:element>1</d:element></d:Many>'
        '<d:Old m:type="Bag(Edm.String)"><d:element>x</d:element></d:Old>',
        NOTES,
    )
    assert found == {
        "Id": 1,
        "Plain": "text",
        "Small": 7,
        "None": None,
        "When": datetime(2001, 1, 1),
        "Spot": Complex("Lab.Xy", {"X": 1.0}),
        "Many": [1],
        "Old": ["x"],
    }


def test_without_a_model_everything_is_what_the_body_says() -> None:
    entry = read(
        probe(
            '<d:Id m:type="Edm.Int64">7</d:Id><d:Name>n</d:Name><d:Gone m:null="true"/>'
            '<d:P m:type="X.Y"><d:Q m:type="Edm.Int32">1</d:Q></d:P>'
            "<d:L><d:element>a</d:element></d:L><d:C><d:S>1</d:S></d:C><d:E m:type='X.E'>Red</d:E><d:Z m:type='X.Z'/>"
        ),
        Expectation(),
        format_=FREE,
    )
    assert entry.type_name is None
    assert entry.decoded() == {
        "Id": 7,
        "Name": "n",
        "Gone": None,
        "P": Complex("X.Y", {"Q": 1}),
        "L": ["a"],
        "C": Complex(None, {"S": "1"}),
        "E": "Red",
        "Z": Complex("X.Z", {}),
    }


def test_values_of_closed_types_that_the_model_does_not_declare_are_told_apart() -> None:
    entry = read(probe('<d:Id>7</d:Id><d:New m:type="Edm.Int32">1</d:New>'))
    assert entry.undeclared() == ["New"]
    assert entry.decoded() == {"Id": 7}


def test_p39_gml_is_latitude_first_and_the_same_point_is_equal() -> None:
    gml = "http://www.opengis.net/gml"
    found = values(
        f'<d:AGeographyPoint m:type="Edm.GeographyPoint"><gml:Point xmlns:gml="{gml}" '
        'gml:srsName="http://www.opengis.net/def/crs/EPSG/0/4326"><gml:pos>47.6 -122.1</gml:pos></gml:Point></d:AGeographyPoint>'
        f'<d:AGeography><Point xmlns="{gml}"><pos> 1\n2 </pos></Point></d:AGeography><d:AGeometry m:null="true"/>',
        SAMPLES,
    )
    assert found == {
        "AGeographyPoint": Geography("Point", (-122.1, 47.6)),
        "AGeography": Geography("Point", (2, 1)),
        "AGeometry": None,
    }


@pytest.mark.parametrize(
    ("properties", "expect", "name"),
    [
        ("<d:Id>x</d:Id>", PROBES, "Lab.Probe.Id"),
        ("<d:Id/>", PROBES, "Lab.Probe.Id"),
        ("<d:Id>1<b/>2</d:Id>", PROBES, "Lab.Probe.Id"),
        ("<d:Name>a<d:b>c</d:b></d:Name>", PROBES, "Lab.Probe.Name"),
        ("<d:Pos>text</d:Pos>", PROBES, "Lab.Probe.Pos"),
        ("<d:Tags>text</d:Tags>", PROBES, "Lab.Probe.Tags"),
        ("<d:Marks><d:element>x</d:element></d:Marks>", PROBES, "Lab.Probe.Marks"),
        ("<d:AGeographyPoint>POINT (1 2)</d:AGeographyPoint>", SAMPLES, "Lab.Sample.AGeographyPoint"),
        ("<d:AGeographyPoint><x/></d:AGeographyPoint>", SAMPLES, "Lab.Sample.AGeographyPoint"),
        ("<d:AByte>256</d:AByte>", SAMPLES, "Lab.Sample.AByte"),
        ("<d:ABoolean>yes</d:ABoolean>", SAMPLES, "Lab.Sample.ABoolean"),
        ("<d:AGuid>{a11cc636-5521-4f88-92b2-cad392911fe0}</d:AGuid>", SAMPLES, "Lab.Sample.AGuid"),
    ],
)
def test_r30_what_is_not_of_the_type_is_refused_when_it_is_asked_for(properties: str, expect: Expectation, name: str) -> None:
    entry = read(probe(properties), expect)
    with pytest.raises(PayloadError) as caught:
        entry.decoded()
    assert str(caught.value).startswith(name)


# --- entries ------------------------------------------------------------------------------------------------------------------


def test_an_entry_with_all_that_it_may_have() -> None:
    text = probe(
        "<d:Id>7</d:Id>",
        f'{category("Lab.HotProbe")}<category term="x" scheme="other"/><link rel="self" href="Probes(7L)?self"/>'
        f'<link rel="{D}/related/Bench" type="application/atom+xml;type=entry" href="Probes(7L)/TheBench"/>'
        f'<link rel="{D}/relatedlinks/Bench" type="application/xml" href="Probes(7L)/$links/TheBench"/>'
        f'<link rel="{D}/mediaresource/Photo" type="image/png" href="http://cdn/7.png"/>'
        f'<link rel="{D}/edit-media/Photo" type="image/png" m:etag="&quot;p&quot;" href="Probes(7L)/ThePhoto"/>'
        f'<m:action metadata="#Main.Melt" title="Melt it" target="Probes(7L)/Melt"/>'
        f'<m:function metadata="{ROOT}$metadata#Main.Cool"/>',
        f'xml:base="{ROOT}" m:etag="W/&quot;1&quot;"',
    )
    entry = read(text)
    link = f"{ROOT}Probes(7L)"
    assert (entry.type_name, entry.id, entry.etag) == ("Lab.HotProbe", link, 'W/"1"')
    assert (entry.edit_link, entry.self_link) == (link, f"{link}?self")
    assert entry.links["Bench"] == Link("Bench", f"{link}/TheBench", f"{link}/$links/TheBench")
    assert entry.links["Film"] == Link("Film", f"{link}/Film", f"{link}/$links/Film")
    assert entry.streams == {"Photo": Stream("Photo", "http://cdn/7.png", f"{link}/ThePhoto", "image/png", '"p"')}
    assert entry.operations == (
        Operation(f"{ROOT}$metadata#Main.Melt", "Melt it", f"{link}/Melt"),
        Operation(f"{ROOT}$metadata#Main.Cool", "Cool", f"{link}/Cool", True),
    )


def test_what_can_always_be_called_is_offered_by_whole_entries_alone() -> None:
    """A projection offers what it names (P55)."""
    names = [prop.name for prop in MODEL.entity_types["Lab.Probe"].properties if not prop.is_stream and prop.name != "Id"]
    nulls = "".join(f'<d:{name} m:null="true"/>' for name in names)
    always = (Operation(f"{ROOT}$metadata#Main.Recalibrate", "Recalibrate", f"{ROOT}Probes(7L)/Recalibrate"),)
    sent = '<m:function metadata="#Main.Cool"/>'
    cool = (Operation(f"{ROOT}$metadata#Main.Cool", "Cool", f"{ROOT}Probes(7L)/Cool", True),)
    assert read(probe(f"<d:Id>7</d:Id>{nulls}")).operations == always
    assert read(probe(f"<d:Id>7</d:Id>{nulls}", sent)).operations == always + cool
    assert read(probe("<d:Id>7</d:Id>", sent)).operations == cool
    assert read(probe("<d:Id>7</d:Id>")).operations == ()


def test_p60_media_entries_have_their_properties_beside_the_content() -> None:
    text = (
        f'<entry {NAMES} xml:base="{ROOT}"><id>x</id><link rel="edit" href="Films(1)"/>'
        '<link rel="edit-media" href="Films(1)/$value" m:etag="W/&quot;m&quot;"/>'
        "<m:properties><d:Title>T</d:Title></m:properties>"
        '<content type="image/png" src="http://cdn/1.png"/></entry>'
    )
    entry = read(text, Expectation(Kind.ENTRY, "Lab.Film", "Films"))
    assert entry.decoded() == {"Title": "T"}
    assert entry.media == Stream(None, "http://cdn/1.png", f"{ROOT}Films(1)/$value", "image/png", 'W/"m"')


def test_the_links_of_streams_that_are_not_sent_follow_convention() -> None:
    entry = read(
        f'<entry {NAMES}><link rel="edit" href="Films(1)"/><content type="a/b"/></entry>', Expectation(type_name="Lab.Film")
    )
    assert entry.media == Stream(None, f"{ROOT}Films(1)/$value", f"{ROOT}Films(1)/$value")
    assert read(probe()).streams["Photo"].read_link == f"{ROOT}Probes(7L)/Photo"


@pytest.mark.parametrize("rel", ["edit", "http://www.iana.org/assignments/relation/edit"])
def test_relations_come_short_and_long(rel: str) -> None:
    assert read(f'<entry {NAMES}><link rel="{rel}" href="A(1)"/></entry>').edit_link == f"{ROOT}A(1)"


def test_an_entry_without_an_edit_link_is_read_only_and_has_its_id_from_what_there_is() -> None:
    keyless = read(f"<entry {NAMES}><content/></entry>")
    assert (keyless.id, keyless.edit_link, keyless.self_link) == (None, None, None)
    entry = read(f"<entry {NAMES}><id/><content><m:properties><d:Id>7</d:Id></m:properties></content></entry>")
    assert (entry.id, entry.edit_link) == (f"{ROOT}Probes(7L)", None)
    assert read(f'<entry {NAMES}><link rel="edit"/><link rel="next"/><link/></entry>').edit_link is None
    with_self = read(f'<entry {NAMES}><link rel="self" href="P(1)"/></entry>')
    assert (with_self.id, with_self.self_link) == (f"{ROOT}P(1)", f"{ROOT}P(1)")


def test_the_type_may_stand_behind_the_content_and_an_unknown_one_gives_way() -> None:
    text = (
        f"<entry {NAMES}><content><m:properties><d:Heat>1.50</d:Heat></m:properties></content>{category('Lab.HotProbe')}</entry>"
    )
    entry = read(text)
    assert entry.type_name == "Lab.HotProbe"
    assert str(entry.get("Heat")) == "1.50"
    assert read(probe(before=category("Other.Probe"))).type_name == "Other.Probe"  # its name stays, for whoever reads
    assert read(probe(before=category("Other.Probe")), format_=FREE).type_name == "Other.Probe"


def test_p59_inline_absent_empty_entry_and_feed() -> None:
    def expanded(inline: str, name: str = "Bench", kind: str = "entry") -> Entry:
        link = f'<link rel="{D}/related/{name}" type="application/atom+xml;type={kind}" href="x">{inline}</link>'
        found = read(probe(before=link))
        assert isinstance(found, Entry)
        return found

    bench = f"<entry>{category('Lab.Bench')}<content><m:properties><d:Code>A</d:Code></m:properties></content></entry>"
    assert expanded("").inline == {}
    assert expanded("<m:inline/>").inline == {"Bench": None}
    found = expanded(f"<m:inline>{bench}</m:inline>").inline["Bench"]
    assert isinstance(found, Entry)
    assert found.decoded() == {"Code": "A"}
    assert expanded("<m:inline/>", "Parts", "feed").inline == {"Parts": Feed([])}
    parts = expanded(
        "<m:inline><feed><m:count>2</m:count><link rel='next' href='more'/><entry/><entry/></feed></m:inline>", "Parts", "feed"
    ).inline["Parts"]
    assert isinstance(parts, Feed)
    assert [entry.type_name for entry in parts.entries] == ["Lab.Pair", "Lab.Pair"]
    assert (parts.count, parts.next_link) == (2, f"{ROOT}more")
    unknown = read(
        probe(before=f'<link rel="{D}/related/N" type="application/atom+xml; type=feed" href="x"><m:inline/></link>'),
        format_=FREE,
    )
    assert unknown.inline == {"N": Feed([])}


def test_expanded_to_any_depth() -> None:
    text = "<entry><content><m:properties><d:Code>end</d:Code></m:properties></content></entry>"
    depth = 60
    for level in range(depth):
        name, term = ("Bench", "Lab.Probe") if level % 2 == 0 else ("Probes", "Lab.Bench")
        inner = text if name == "Bench" else f"<feed>{text}</feed>"
        text = f'<entry>{category(term)}<link rel="{D}/related/{name}" href="x"><m:inline>{inner}</m:inline></link></entry>'
    found = read(text.replace("<entry>", f"<entry {NAMES}>", 1), Expectation())
    for _ in range(depth):
        assert isinstance(found, Entry)
        (inner_document,) = found.inline.values()
        found = next(iter(inner_document.entries)) if isinstance(inner_document, Feed) else inner_document
    assert isinstance(found, Entry)
    assert found.get("Code") == "end"


# --- xml:base -----------------------------------------------------------------------------------------------------------------


def test_p58_relative_links_resolve_against_the_nearest_base() -> None:
    text = (
        f'<feed {NAMES} xml:base="http://a/s/"><link rel="next" xml:base="http://b/" href="n"/>'
        f'<entry><link rel="edit" href="P(1)"/><link rel="{D}/related/Bench" xml:base="sub/" href="B"/></entry>'
        f'<entry xml:base="deep/"><link rel="edit" href="P(2)"/><link rel="self" href="/P"/>'
        f'<link rel="{D}/related/Bench" href="B"><m:inline xml:base="http://c/"><entry><link rel="edit" href="x"/></entry>'
        "</m:inline></link>"
        '<content type="a/b" src="m" xml:base="http://d/e/f"/></entry></feed>'
    )
    found = read(text)
    first, second = found.entries
    assert found.next_link == "http://b/n"
    assert (first.edit_link, first.links["Bench"].navigation_link) == ("http://a/s/P(1)", "http://a/s/sub/B")
    assert (second.edit_link, second.self_link) == ("http://a/s/deep/P(2)", "http://a/P")
    assert second.inline["Bench"].edit_link == "http://c/x"
    assert second.media.read_link == "http://d/e/m"


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("P(1)", "http://h/s/P(1)"),
        ("K('a:b')", "http://h/s/K('a:b')"),
        ("/x/P", "http://h/x/P"),
        ("//g/P", "http://g/P"),
        ("../P", "http://h/P"),
        ("?$skip=1", "http://h/s/Q?$skip=1"),
        ("http://g/P", "http://g/P"),
        ("urn:uuid:1", "urn:uuid:1"),
        ("http://[broken", "http://[broken"),
        ("", "http://h/s/Q"),
    ],
)
def test_without_a_base_links_resolve_against_the_url_that_was_asked(href: str, expected: str) -> None:
    found = read(f'<entry {NAMES}><link rel="edit" href="{href}"/></entry>', base="http://h/s/Q")
    assert found.edit_link == expected


# --- feeds --------------------------------------------------------------------------------------------------------------------

MORE = (
    "<m:count> 12 </m:count><id>http://lab.example/svc/Probes</id><title>Probes</title><link rel='self' href='Probes'/>",
    "<link rel='next' href='Probes?$skiptoken=7L'/><link rel='http://docs.oasis-open.org/odata/ns/delta' href='d'/>"
    "<m:action metadata='#Main.Melt' target='Probes/Melt'/>",
)


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("order", [MORE, ("", "".join(MORE)), ("".join(MORE), "")])
def test_a_feed_and_what_surrounds_its_entries(order: tuple[str, str], streamed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atom_reader, "STREAM_ABOVE", 0 if streamed else 1 << 30)
    found = read(feed(probe(names=""), probe("<d:Id>8</d:Id>", names=""), before=order[0], after=order[1]))
    entries = list(found.entries)
    assert [entry.get("Id") for entry in entries] == [7, 8]
    assert (found.count, found.id) == (12, f"{ROOT}Probes")
    assert found.next_link == f"{ROOT}Probes?$skiptoken=7L"
    assert found.operations == (Operation(f"{ROOT}$metadata#Main.Melt", None, f"{ROOT}Probes/Melt"),)
    assert found.failure is None


def test_large_feeds_are_read_as_their_entries_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atom_reader, "STREAM_ABOVE", 1_000)
    bench = f'<link rel="{D}/related/Bench" href="x"><m:inline><entry><content/></entry></m:inline></link>'
    text = feed(*(probe(f"<d:Id>{n}</d:Id><d:Name>{'x' * 100}</d:Name>", bench, names="") for n in range(3_000)), before=MORE[0])
    found = read(text)
    assert not isinstance(found.entries, list)
    entries = iter(found.entries)
    assert next(entries).get("Id") == 0
    assert found.count == 12
    rest = list(entries)
    assert [entry.get("Id") for entry in rest] == list(range(1, 3_000))
    assert all(isinstance(entry.inline["Bench"], Entry) for entry in rest)
    monkeypatch.setattr(atom_reader, "STREAM_ABOVE", 1 << 30)
    assert list(read(text).entries)[1:] == rest


def test_a_large_document_that_is_no_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atom_reader, "STREAM_ABOVE", 10)
    assert read(probe()).get("Id") == 7


def test_deleted_entries_of_a_delta_are_passed_over_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    gone = '<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="http://h/P(1)" when="2012-01-01T00:00:00Z"/>'
    with caplog.at_level(logging.WARNING):
        assert len(read(feed(gone, probe(names=""), gone)).entries) == 1
    assert [record.getMessage() for record in caplog.records] == ["a deleted entry was passed over: http://h/P(1)"] * 2


# --- errors -------------------------------------------------------------------------------------------------------------------

ERROR = "<m:error><m:code>42</m:code><m:message xml:lang='en-US'>it broke</m:message></m:error>"


@pytest.mark.parametrize("namespace", [M, D, ""])
def test_p64_error_documents(namespace: str) -> None:
    inner = "<innererror><message>x</message></innererror>"
    text = f'<error xmlns="{namespace}"><code>7</code><message xml:lang="de">nein</message>{inner}</error>'
    assert read(text) == Fault("7", "nein", {"message": "x"}, "de")


def test_p64_the_error_of_azure_is_one_in_the_metadata_namespace() -> None:
    text = f'<Error xmlns="{M}"><Code>InvalidHeaderValue</Code><Message>no</Message><HeaderName>Range</HeaderName></Error>'
    assert read(text) == Fault("InvalidHeaderValue", "no")
    assert isinstance(read(f'<d:Error xmlns:d="{D}">x</d:Error>', Expectation(Kind.VALUE, "Edm.String", name="Error")), Value)


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        feed(probe(names=""), after=ERROR),
        feed(probe(names=""), ERROR, probe("<d:Id>8</d:Id>", names="")),
        feed(probe(names=""), probe("<d:Id>8</d:Id>", ERROR, names="")),
        feed(probe(names=""), probe(f"<d:Id>8</d:Id>{ERROR}", names="")),
        feed(probe(names=""), f"<entry><content>{ERROR}</content></entry>"),
        feed(probe(names=""), f"<entry><link rel='{D}/related/Bench'><m:inline>{ERROR}</m:inline></link></entry>"),
        feed(probe(names=""), f"<entry><link rel='{D}/related/Parts'><m:inline><feed>{ERROR}</feed></m:inline></link></entry>"),
        feed(probe(names=""), f"<entry><id>x</id>{ERROR}").removesuffix("</feed>"),
        feed(probe(names=""), ERROR).removesuffix("</feed>"),
        feed(probe(names=""), f"<entry><content><m:properties><d:Id>8</d:Id>{ERROR}").removesuffix("</feed>"),
    ],
)
def test_p104_an_error_in_the_stream_comes_after_the_whole_entries(
    text: str, streamed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atom_reader, "STREAM_ABOVE", 0 if streamed else 1 << 30)
    found = read(text)
    assert [entry.get("Id") for entry in found.entries] == [7]
    assert isinstance(found.failure, DataServiceClientException)
    assert (found.failure.code, found.failure.message) == ("42", "it broke")


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("left", [1, 7, 20, 60, 150])
def test_r14_p104_a_cut_feed_gives_its_whole_entries_and_then_the_failure(
    left: int, streamed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atom_reader, "STREAM_ABOVE", 0 if streamed else 1 << 30)
    text = feed(probe(names=""), probe("<d:Id>8</d:Id>", names=""))
    found = read(text[:-left])
    assert [entry.get("Id") for entry in found.entries] == ([7, 8] if left <= 7 else [7])
    assert isinstance(found.failure, PayloadError)
    assert found.failure.where == "line 1"


def test_errors_in_a_single_entry() -> None:
    assert read(probe(before=ERROR)) == Fault("42", "it broke")
    assert read(probe(ERROR)) == Fault("42", "it broke")
    assert read(probe(before=ERROR)[:-30]) == Fault("42", "it broke", language="en-US")
    with pytest.raises(PayloadError, match="line 1"):
        read(probe()[:-30])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"{}",
        b"not xml",
        b"<html><body>Sign in</body></html>",
        b"<!DOCTYPE html><html/>",
        f'<!DOCTYPE entry [<!ENTITY x "y">]><entry {NAMES}>&x;</entry>'.encode(),
        f'<!DOCTYPE entry SYSTEM "http://127.0.0.1:1/x.dtd"><entry {NAMES}/>'.encode(),
        f"<entry {NAMES}>&undefined;</entry>".encode(),
        f"<entry {NAMES}><id>\x01</id></entry>".encode(),
        f"<entry {NAMES}><id>".encode() + b"\xff\xfe\x80</id></entry>",
        f"<entry {NAMES}>{'<a>' * 300}{'</a>' * 300}</entry>".encode(),
        f"<entry {NAMES}><content><m:properties>{'<d:a>' * 100_000}".encode(),
        f"<feed {NAMES}><m:count>many</m:count".encode(),
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
        f"<service {NAMES}><workspace><collection/></workspace></service>".encode(),
    ],
)
def test_r24_r25_r26_what_is_no_document_is_refused(body: bytes) -> None:
    with pytest.raises(PayloadError):
        found = read(body)
        if isinstance(found, Feed) and found.failure is not None:
            raise found.failure


def test_r25_values_of_more_than_ten_megabytes_are_refused() -> None:
    with pytest.raises(PayloadError):
        read(probe(f"<d:Name>{'x' * (10 << 20)}x</d:Name>"))
    large = read(probe(f"<d:Name>{'x' * (10 << 20)}x</d:Name>"), format_=Atom(MODEL, ROOT, huge=True))
    assert len(large.get("Name")) == (10 << 20) + 1


def test_values_nested_as_deep_as_xml_may_be() -> None:
    assert read(probe(f"<d:Deep>{'<d:a>' * 100}{'</d:a>' * 100}</d:Deep>"), NOTES).get("Deep") is not None
    with contextlib.suppress(PayloadError):
        read(probe(f"<d:Deep>{'<d:a>' * 240}{'</d:a>' * 240}</d:Deep>"), NOTES).decoded()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_r26_encodings(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?>' + feed(
        probe('<d:Name>ü</d:Name><d:Row m:null="true">x</d:Row>', attributes='xml:base="http://b/"', names="")
    )
    (entry,) = read(text.encode(encoding)).entries
    assert (entry.decoded(), entry.edit_link) == ({"Name": "ü", "Row": None}, "http://b/Probes(7L)")


def test_blanks_before_the_declaration_are_tolerated() -> None:
    assert read('\n <?xml version="1.0"?>' + probe()).get("Id") == 7


# --- other documents ----------------------------------------------------------------------------------------------------------

PROPERTY = f'xmlns:d="{D}" xmlns:m="{M}"'


@pytest.mark.parametrize(
    ("text", "expect", "value", "type_name"),
    [
        (f"<d:Name {PROPERTY}>x</d:Name>", None, "x", "Edm.String"),
        (f"<d:Name {PROPERTY}/>", "Edm.String", "", "Edm.String"),
        (f'<d:Name {PROPERTY} m:null="true"/>', "Edm.String", None, "Edm.String"),
        (f'<d:Name {PROPERTY} m:null="true"/>', None, None, None),
        (f'<d:Sum {PROPERTY} m:type="Edm.Int32">3</d:Sum>', None, 3, "Edm.Int32"),
        (f"<d:Sum {PROPERTY}> 3 </d:Sum>", "Edm.Decimal", Decimal(3), "Edm.Decimal"),
        (
            f'<m:value {PROPERTY} m:type="Edm.Guid">a11cc636-5521-4f88-92b2-cad392911fe0</m:value>',
            None,
            UUID("a11cc636-5521-4f88-92b2-cad392911fe0"),
            "Edm.Guid",
        ),
        (f"<d:L {PROPERTY}><d:element>1</d:element></d:L>", "Collection(Edm.Int16)", [1], "Collection(Edm.Int16)"),
        (f'<d:L {PROPERTY} m:type="Collection(Edm.Byte)"><d:element>1</d:element></d:L>', None, [1], "Collection(Edm.Byte)"),
        (f"<d:L {PROPERTY}><d:element>1</d:element></d:L>", None, ["1"], None),
        (f"<d:L {PROPERTY}/>", "Collection(Lab.Xy)", [], "Collection(Lab.Xy)"),
        (f'<d:P {PROPERTY} m:type="Lab.Xyz"><d:Z>1</d:Z></d:P>', "Lab.Xy", Complex("Lab.Xyz", {"Z": 1}), "Lab.Xyz"),
        (f"<d:P {PROPERTY}><d:X>1</d:X></d:P>", "Lab.Xy", Complex("Lab.Xy", {"X": 1.0}), "Lab.Xy"),
        (f"<d:error {PROPERTY}>x</d:error>", "Edm.String", "x", "Edm.String"),
        (f"<d:uri {PROPERTY}>x</d:uri>", "Edm.String", "x", "Edm.String"),
        (f'<d:T {PROPERTY} m:type="Edm.Time">PT1H</d:T>', None, timedelta(hours=1), "Edm.Time"),
    ],
)
def test_p64_property_documents(text: str, expect: str | None, value: object, type_name: str | None) -> None:
    found = read(text, Expectation(Kind.VALUE, expect, name="error" if "error" in text else None))
    assert found == Value(value, type_name)
    assert found.name == etree.QName(etree.fromstring(text)).localname


def test_a_property_that_is_not_of_its_type_is_refused() -> None:
    with pytest.raises(PayloadError, match="Sum"):
        read(f"<d:Sum {PROPERTY}>x</d:Sum>", Expectation(Kind.VALUE, "Edm.Int32"))


@pytest.mark.parametrize("namespace", [D, M])
def test_p64_links(namespace: str) -> None:
    one = f"<uri xmlns=\"{namespace}\"> Benches('A') </uri>"
    url = f"{ROOT}Benches('A')"
    assert read(one) == Reference(url)
    assert read(one, Expectation(Kind.REFERENCES)) == References([url])
    many = f'<links xmlns="{namespace}"><m:count xmlns:m="{M}">5</m:count><uri>{url}</uri><uri>http://x/</uri><next>more</next></links>'
    assert read(many) == References([url, "http://x/"], 5, f"{ROOT}more")
    assert read(f'<links xmlns="{namespace}"/>') == References([])
    assert read(f'<links xmlns="{namespace}"><uri>{url}</uri></links>', Expectation(Kind.REFERENCE)) == Reference(url)


@pytest.mark.parametrize("namespace", ["http://www.w3.org/2007/app", "http://purl.org/atom/app#"])
def test_service_documents(namespace: str) -> None:
    text = (
        f'<service xmlns="{namespace}" xmlns:atom="http://www.w3.org/2005/Atom" xml:base="{ROOT}">'
        '<workspace xml:base="sub/"><atom:title>Default</atom:title><collection href="Probes"><atom:title>All probes</atom:title>'
        '</collection><collection xml:base="http://x/" href="Benches/"/></workspace>'
        '<workspace><collection href="http://h/Films"><atom:title>Films</atom:title></collection></workspace></service>'
    )
    assert read(text, Expectation(Kind.SERVICE)) == ServiceDocument(
        [("All probes", f"{ROOT}sub/Probes"), ("Benches", "http://x/Benches/"), ("Films", "http://h/Films")]
    )


# --- requests, as a server reads them -----------------------------------------------------------------------------------------


def test_links_of_requests_are_binds() -> None:
    text = probe(
        before=f'<link rel="{D}/related/Bench" type="application/atom+xml;type=entry" href="$1"/>'
        f'<link rel="{D}/related/Parts" type="application/atom+xml;type=feed" href="Pairs(1)"/>'
        f'<link rel="{D}/related/Parts" type="application/atom+xml;type=feed" href="http://x/Pairs(2)"/>'
        f'<link rel="{D}/related/Film" href="no"><m:inline><entry><content/></entry></m:inline></link>'
    ).replace(f"<id>{ROOT}Probes(7L)</id>", "<id/>")
    found = ATOM.read_request(text.encode(), PROBES)
    assert isinstance(found, Entry)
    assert (found.id, found.edit_link, found.links) == (None, None, {})
    assert found.binds == {"Bench": "$1", "Parts": ["Pairs(1)", "http://x/Pairs(2)"]}
    assert isinstance(found.inline["Film"], Entry)
    unknown = ATOM.read_request(probe(before=category("Other.Probe")).encode(), PROBES)
    assert isinstance(unknown, Entry)
    assert unknown.type_name == "Other.Probe"


def test_binds_keep_the_base_that_the_request_names_and_go_by_form_without_a_model() -> None:
    text = probe(
        before=f'<link rel="{D}/related/A" type="application/atom+xml;type=feed" href="P(1)"/>'
        f'<link rel="{D}/related/B" href="Q(1)"/><link rel="{D}/related/B" href="Q(2)"/>',
        attributes='xml:base="http://b/"',
    )
    found = FREE.read_request(text.encode(), Expectation())
    assert isinstance(found, Entry)
    assert found.binds == {"A": ["http://b/P(1)"], "B": ["http://b/Q(1)", "http://b/Q(2)"]}


# --- hostile and broken -------------------------------------------------------------------------------------------------------

WHOLE = feed(
    probe(
        '<d:Id>7</d:Id><d:Name>n &amp; ü</d:Name><d:Pos m:type="Lab.Xyz"><d:Z>1</d:Z></d:Pos>'
        "<d:Tags><d:element>a</d:element></d:Tags>"
        '<d:Row m:null="true" /><d:Cal m:type="Edm.DateTime">2013-08-19T22:13:09.1234567</d:Cal>',
        f'{category("Lab.HotProbe")}<link rel="{D}/related/Bench" href="B"><m:inline><entry><content><m:properties>'
        "<d:Code>A</d:Code></m:properties></content></entry></m:inline></link><m:action metadata='#Main.Melt'/>",
        names="",
    ),
    probe("<d:Id>8</d:Id>", names=""),
    before=MORE[0],
    after=MORE[1],
).encode()


def look_at(document: Any) -> None:
    """Everything that a caller could ask of a document."""
    if isinstance(document, Feed):
        for entry in document.entries:
            look_at(entry)
        if document.failure is not None:
            assert isinstance(document.failure, ODataError)
    elif isinstance(document, Entry):
        assert document.details is not None
        with contextlib.suppress(ODataError):
            document.decoded()
        for inner in document.inline.values():
            look_at(inner)


@given(st.data())
def test_mutated_documents_raise_nothing_but_odata_errors(data: st.DataObject) -> None:
    body = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, max(len(body) - 1, 0)))
        match data.draw(st.integers(0, 3)):
            case 0 if body:
                body[place] = data.draw(st.integers(0, 255))
            case 1:
                del body[place : place + data.draw(st.integers(1, 60))]
            case 2:
                body[place:place] = body[place : place + data.draw(st.integers(1, 120))]
            case _:
                del body[place:]
    for format_ in (ATOM, FREE):
        for read_one in (format_.read, format_.read_request):
            with contextlib.suppress(ODataError):
                look_at(read_one(bytes(body), PROBES))


@given(st.data())
def test_mutated_documents_read_as_a_stream(data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(WHOLE)))
    garbage = data.draw(st.binary(max_size=5))
    before = atom_reader.STREAM_ABOVE
    atom_reader.STREAM_ABOVE = 0
    try:
        with contextlib.suppress(ODataError):
            look_at(ATOM.read(WHOLE[:cut] + garbage + WHOLE[cut:], PROBES))
    finally:
        atom_reader.STREAM_ABOVE = before


# --- what real services sent --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("metadata", ["vmm-2012sp1.edmx", "vmm.edmx"])
@pytest.mark.parametrize(
    "name", ["hardware_profiles-2012sp1", "virtual_machines-2012sp1", "vm_templates-2012sp1", "virtual_disk_drive-created-2016"]
)
def test_captures_of_spf_with_every_value(name: str, metadata: str) -> None:
    path = SHARED / "spf" / "captures" / f"{name}.atom.xml"
    if not path.exists():
        pytest.skip("checks against documents that others published, which are not ours to ship (they stand in ../shared)")
    model = parse_metadata(SHARED / "spf" / metadata)
    body = path.read_bytes()
    found = Atom(model, "https://spf.example/").read(body, Expectation())
    entries = list(found.entries) if isinstance(found, Feed) else [found]
    elements = list(etree.fromstring(body).iter("{http://www.w3.org/2005/Atom}entry"))
    assert len(entries) == len(elements)
    for entry, element in zip(entries, elements, strict=True):
        assert isinstance(entry, Entry)
        (properties,) = element.iter(f"{{{M}}}properties")
        known = model.entity_types[entry.type_name or ""].properties
        assert entry.id == element.findtext("{http://www.w3.org/2005/Atom}id")
        for child in properties:
            property_name = etree.QName(child).localname
            if property_name not in known:
                assert property_name in entry.undeclared()
                continue
            check_value(entry.get(property_name), child, known[property_name].type)
        assert len(entry.values) == len(properties)


def check_value(value: object, element: etree._Element, type_name: str) -> None:
    """A value of a capture against its text, by rules of their own."""
    text = element.text or ""
    if element.get(f"{{{M}}}null") == "true":
        assert value is None
    elif type_name.startswith("Collection("):
        assert isinstance(value, list)
        for item, child in zip(value, element, strict=True):
            check_value(item, child, type_name[11:-1])
    elif isinstance(value, Complex):
        assert {etree.QName(child).localname for child in element} == set(value.values) - {"m:type"}
    elif type_name == "Edm.DateTime":
        assert isinstance(value, datetime)
        assert value.isoformat()[:19] == text[:19]
        assert (value.tzinfo is not None) == (text[-6:-5] in ("+", "-") or text.endswith("Z"))
    elif type_name == "Edm.Boolean":
        assert value is (text == "true")
    else:
        assert type(value)(text) == value


TRACES = SHARED / "traces" / "server"


def recorded(dialect: str) -> dict[str, str]:
    path = TRACES / f"read-{dialect}.server.json"
    if not path.exists():
        return {}
    exchanges = json.loads(path.read_text(encoding="utf-8"))["exchanges"]
    return {e["request"]["path"]: e["response"]["body"] for e in exchanges if e["response"]["body"]}


@pytest.mark.parametrize("path", recorded("atom") or [None])
def test_a_real_service_says_the_same_in_every_dialect(path: str | None) -> None:
    if path is None:
        pytest.skip("checks against documents that others published, which are not ours to ship (they stand in ../shared)")
    model = parse_metadata(TRACES.parent / "model.edmx")
    root = "http://127.0.0.1:18944/svc/"
    expect = expectation(model, path)
    found = Atom(model, root).read(recorded("atom")[path].encode(), expect, base=root + path)
    if path in recorded("light") and "$select" not in path and not path.startswith("Keyed"):
        # A projection in light may lack the key, and so the identity; and the service encodes quotes where convention need not.
        assert found == JsonLight(model, root).read(recorded("light")[path].encode(), expect, base=root + path)
    if path.startswith(("VMCheckPoints", "Kinds", "Sum")):
        return  # the dates of verbose JSON have milliseconds and no zone
    assert found == JsonVerbose(model, root).read(recorded("verbose")[path].encode(), expect, base=root + path)


def expectation(model: Any, path: str) -> Expectation:
    first, *rest = path.partition("?")[0].split("/")
    entity_set = model.entity_sets.get(first.partition("(")[0])
    if not first:
        return Expectation(Kind.SERVICE)
    if "$links" in path:
        return Expectation(Kind.REFERENCES if path.endswith("Products") else Kind.REFERENCE)
    if entity_set is None:
        return Expectation()
    if not rest:
        return Expectation(Kind.RESOURCE, entity_set.type, entity_set.name)
    found = model.entity_types[entity_set.type].find(rest[0])
    if hasattr(found, "multiplicity"):
        return Expectation(Kind.RESOURCE, found.type, model.target_set(entity_set, found).name)
    return Expectation(Kind.VALUE, found.type, name=found.name)


# --- at the edges -------------------------------------------------------------------------------------------------------------


def test_an_expectation_may_name_the_set_alone() -> None:
    assert read(probe(), Expectation(entity_set="Probes")).type_name == "Lab.Probe"


def test_gml_of_an_undeclared_name_is_told_by_its_form() -> None:
    found = values('<d:P><Point xmlns="http://www.opengis.net/gml"><pos>1 2</pos></Point></d:P>', NOTES)
    assert found == {"P": Geography("Point", (2, 1))}


def test_r35_a_null_key_is_an_error_where_the_id_must_be_computed() -> None:
    nameless = f'<entry {NAMES}><content><m:properties><d:Id m:null="true"/></m:properties></content></entry>'
    with pytest.raises(PayloadError, match="line 1"):
        read(nameless)
    found = read(feed(probe(names=""), nameless))
    assert (len(found.entries), type(found.failure)) == (1, PayloadError)


@pytest.mark.parametrize("count", ["", "many", "-1", "1.5", "9" * 30, "\u0661"])
def test_a_count_is_a_number(count: str) -> None:
    found = read(feed(probe(names=""), before=f"<m:count>{count}</m:count>"))
    assert isinstance(found.failure, PayloadError)
    with pytest.raises(PayloadError):
        read(f'<links xmlns="{D}"><count>{count}</count></links>')
