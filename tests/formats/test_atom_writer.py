"""Writing Atom: exact bytes of requests and answers, and what comes back when they are read."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from odata3.edm.spatial import Geography
from odata3.errors import ArgumentError, ODataError
from odata3.formats.atom import Atom
from odata3.formats.documents import (
    Complex,
    Details,
    Entry,
    Expectation,
    Fault,
    Feed,
    Kind,
    Link,
    Operation,
    Parameters,
    Raw,
    Reference,
    References,
    ServiceDocument,
    Stream,
    Value,
    same_value,
)
from tests.formats.laboratory import MODEL, ROOT
from tests.formats.strategies import ANY_TEXT, SET_NAMES, XML_TEXT, complexes, entries, feeds, values

NOW = datetime(2013, 8, 20, 0, 13, 9, 500_000, tzinfo=timezone(timedelta(hours=2)))
ATOM = Atom(MODEL, ROOT, clock=lambda: NOW)
D = "http://schemas.microsoft.com/ado/2007/08/dataservices"
M = f"{D}/metadata"
HEAD = '<?xml version="1.0" encoding="utf-8"?>'
NAMES = f'xmlns="http://www.w3.org/2005/Atom" xmlns:d="{D}" xmlns:m="{M}"'
REST = "<title /><updated>2013-08-19T22:13:09Z</updated><author><name /></author>"
PROBES = Expectation(Kind.ENTRY, "Lab.Probe", "Probes")


def category(name: str) -> str:
    return f'<category term="{name}" scheme="{D}/scheme" />'


def request(entry: Any, expect: Expectation = PROBES) -> str:
    return ATOM.write_request(entry, expect).decode()


def answer(document: Any, expect: Expectation = PROBES, **options: Any) -> str:
    return ATOM.write_response(document, expect, **options).decode()


# --- requests -----------------------------------------------------------------------------------------------------------------


def test_an_insert_byte_for_byte() -> None:
    entry = Entry(
        "Lab.HotProbe",
        {"Id": 7, "Name": "New <&> é", "Row": None, "Heat": Decimal("3.50"), "Cal": datetime(2013, 8, 19, 22, 13, 9)},
        binds={"Bench": f"{ROOT}Benches('A')", "Parts": ["$1", "$2"]},
    )
    assert request(entry) == (
        f"{HEAD}<entry {NAMES}>{category('Lab.HotProbe')}"
        f'<link rel="{D}/related/Bench" type="application/atom+xml;type=entry" title="Bench" href="{ROOT}Benches(\'A\')" />'
        f'<link rel="{D}/related/Parts" type="application/atom+xml;type=feed" title="Parts" href="$1" />'
        f'<link rel="{D}/related/Parts" type="application/atom+xml;type=feed" title="Parts" href="$2" />'
        f'<id />{REST}<content type="application/xml"><m:properties><d:Id m:type="Edm.Int64">7</d:Id>'
        '<d:Name>New &lt;&amp;&gt; é</d:Name><d:Row m:type="Edm.Binary" m:null="true" />'
        '<d:Heat m:type="Edm.Decimal">3.50</d:Heat>'
        '<d:Cal m:type="Edm.DateTime">2013-08-19T22:13:09</d:Cal></m:properties></content></entry>'
    )


def test_an_update_byte_for_byte() -> None:
    entry = Entry("Lab.Probe", {"Name": None, "Color": 7, "Pos": None}, id=f"{ROOT}Probes(7L)?a&b")
    assert request(entry) == (
        f"{HEAD}<entry {NAMES}><id>{ROOT}Probes(7L)?a&amp;b</id>{category('Lab.Probe')}{REST}"
        '<content type="application/xml"><m:properties><d:Name m:null="true" /><d:Color m:type="Lab.Color">Blue</d:Color>'
        '<d:Pos m:null="true" /></m:properties></content></entry>'
    )


def test_without_a_type_there_is_no_category_and_without_values_no_properties() -> None:
    assert request(Entry(None, {})) == f'{HEAD}<entry {NAMES}><id />{REST}<content type="application/xml" /></entry>'


def test_p60_the_properties_of_a_media_entry_stand_beside_its_content() -> None:
    body = request(Entry("Lab.Film", {"Title": "T"}, id="x"))
    assert f"{REST}<m:properties><d:Title>T</d:Title></m:properties></entry>" in body
    assert "<content" not in body


def test_p63_complex_values_and_collections_byte_for_byte() -> None:
    body = request(
        Entry(
            "Lab.Probe",
            {
                "Pos": Complex("Lab.Xyz", {"X": 1.0, "Z": None, "Next": Complex("Lab.Xy", {"Label": " in "})}),
                "Tags": ["a", " b", ""],
                "Marks": [],
                "Spots": [Complex("Lab.Xy", {}), Complex("Lab.Xyz", {"Z": 1})],
            },
        )
    )
    assert (
        '<d:Pos m:type="Lab.Xyz"><d:X m:type="Edm.Double">1</d:X><d:Z m:type="Edm.Int64" m:null="true" />'
        '<d:Next m:type="Lab.Xy"><d:Label xml:space="preserve"> in </d:Label></d:Next></d:Pos>'
        '<d:Tags m:type="Collection(Edm.String)"><d:element>a</d:element><d:element xml:space="preserve"> b</d:element>'
        '<d:element></d:element></d:Tags><d:Marks m:type="Collection(Edm.Int64)" />'
        '<d:Spots m:type="Collection(Lab.Xy)"><d:element></d:element>'
        '<d:element m:type="Lab.Xyz"><d:Z m:type="Edm.Int64">1</d:Z></d:element></d:Spots>'
    ) in body.replace(">1.0</d:X>", ">1</d:X>")


def test_deep_inserts() -> None:
    body = request(
        Entry("Lab.Probe", {}, inline={"Bench": Entry("Lab.Bench", {"Code": "A"}), "Parts": Feed([Entry("Lab.Pair", {})])})
    )
    inner = f'<id />{REST}<content type="application/xml">'
    assert (
        f'<link rel="{D}/related/Bench" type="application/atom+xml;type=entry" title="Bench"><m:inline><entry>'
        f"{category('Lab.Bench')}{inner}"
        "<m:properties><d:Code>A</d:Code></m:properties></content></entry></m:inline></link>"
        f'<link rel="{D}/related/Parts" type="application/atom+xml;type=feed" title="Parts"><m:inline><feed><entry>'
        f"{category('Lab.Pair')}"
    ) in body


def test_undeclared_properties_say_their_types() -> None:
    when = datetime(2001, 1, 1, tzinfo=UTC)
    body = request(
        Entry(
            "Lab.Note",
            {
                "A": "t",
                "B": 1,
                "C": None,
                "D": True,
                "E": UUID(int=0),
                "F": [1, 2],
                "G": Complex("Lab.Xy", {"X": 1.5}),
                "H": when,
                "I": Geography("Point", (2, 1)),
            },
        )
    )
    assert '<d:A>t</d:A><d:B m:type="Edm.Int32">1</d:B><d:C m:null="true" /><d:D m:type="Edm.Boolean">true</d:D>' in body
    assert '<d:E m:type="Edm.Guid">00000000-0000-0000-0000-000000000000</d:E>' in body
    assert '<d:F m:type="Collection(Edm.Int32)"><d:element>1</d:element><d:element>2</d:element></d:F>' in body
    assert '<d:G m:type="Lab.Xy"><d:X m:type="Edm.Double">1.5</d:X></d:G>' in body
    assert '<d:H m:type="Edm.DateTimeOffset">2001-01-01T00:00:00Z</d:H>' in body
    assert '<d:I m:type="Edm.GeographyPoint"><gml:Point xmlns:gml=' in body


def test_abstract_spatial_properties_say_what_they_hold() -> None:
    line = Geography("MultiLineString", (((1, 2), (3, 4)),))
    assert '<d:AGeography m:type="Edm.GeographyMultiLineString"><gml:MultiCurve' in request(
        Entry("Lab.Sample", {"AGeography": line})
    )


def test_p29_a_value_that_came_goes_back_as_it_came() -> None:
    body = request(Entry("Lab.Probe", {"Cal": "2013-08-19T22:13:09.1234567Z", "Id": 7, "Name": "n"}, id="x"))
    read = ATOM.read(body.encode(), PROBES)
    assert isinstance(read, Entry)
    again = Entry("Lab.Probe", {name: read.raw(name) for name in read.names()}, id="x")
    assert all(type(value) is Raw for value in again.values.values())
    assert ">2013-08-19T22:13:09.1234567Z</d:Cal>" in body
    assert request(again) == body


@pytest.mark.parametrize("char", ["\0", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_what_xml_cannot_hold_is_refused_with_the_name_of_the_property(char: str) -> None:
    with pytest.raises(ArgumentError, match=f"Name holds the character U\\+{ord(char):04X}"):
        request(Entry("Lab.Probe", {"Name": f"a{char}b"}))
    with pytest.raises(ArgumentError, match="Tags"):
        request(Entry("Lab.Probe", {"Tags": [char]}))
    with pytest.raises(ArgumentError, match="Label"):
        request(Entry("Lab.Probe", {"Pos": Complex("Lab.Xy", {"Label": char})}))
    with pytest.raises(ArgumentError):
        request(Entry("Lab.Probe", {}, id=char))


@pytest.mark.parametrize(
    "entry",
    [
        Entry("Lab.Probe", {"Id": "x"}),
        Entry("Lab.Probe", {"Tags": [None]}),
        Entry("Lab.Probe", {"Tags": "text"}),
        Entry("Lab.Probe", {"Pos": 1}),
        Entry("Lab.Note", {"a b": 1}),
        Entry("Lab.Note", {"a:b": 1}),
        Entry("Lab.Note", {"><x/>": 1}),
        Entry("Lab.Note", {"A": object()}),
        Entry("Lab.Note", {"\u00b2": 1}),
        Entry("Lab.Probe", {"Name": "\ud800"}),
        Entry("Lab.Note", {"A": "\ud800"}),
    ],
)
def test_what_has_no_form_is_refused(entry: Entry) -> None:
    with pytest.raises(ArgumentError):
        request(entry)


def test_parameters_and_feeds_are_no_requests_of_atom() -> None:
    for document in (Parameters({"a": 1}), Feed([])):
        with pytest.raises(ArgumentError, match="JSON"):
            request(document)


def test_links_and_properties_as_requests() -> None:
    assert request(Reference("http://h/s/A(1)?x&y")) == f'{HEAD}<uri xmlns="{M}">http://h/s/A(1)?x&amp;y</uri>'
    names = f'xmlns:d="{D}" xmlns:m="{M}"'
    price = Expectation(Kind.VALUE, "Edm.Decimal", name="Price")
    assert request(Value(Decimal("2.50")), price) == f'{HEAD}<d:Price {names} m:type="Edm.Decimal">2.50</d:Price>'
    assert request(Value(None), price) == f'{HEAD}<d:Price {names} m:null="true" />'
    assert request(Value("", "Edm.String", "Name"), price) == f"{HEAD}<d:Name {names}></d:Name>"


# --- answers ------------------------------------------------------------------------------------------------------------------


def test_an_entry_by_convention_byte_for_byte() -> None:
    entry = Entry("Lab.Bench", {"Code": "A b", "Room": 3}, etag='W/"1"')
    link = "Benches('A%20b')"
    assert answer(entry, Expectation(Kind.ENTRY, "Lab.Bench", "Benches")) == (
        f'{HEAD}<entry xml:base="{ROOT}" {NAMES} m:etag="W/&quot;1&quot;"><id>{ROOT}{link}</id>{category("Lab.Bench")}'
        f'<link rel="edit" title="Bench" href="{link}" />'
        f'<link rel="{D}/related/Probes" type="application/atom+xml;type=feed" title="Probes" href="{link}/Probes" />{REST}'
        '<content type="application/xml"><m:properties><d:Code>A b</d:Code><d:Room m:type="Edm.Int32">3</d:Room>'
        "</m:properties></content></entry>"
    )


def test_keys_as_segments() -> None:
    atom = Atom(MODEL, ROOT, key_as_segment=True)
    body = atom.write_response(Entry("Lab.Bench", {"Code": "A"}), Expectation(Kind.ENTRY, "Lab.Bench", "Benches"))
    assert b'<link rel="edit" title="Bench" href="Benches/A" />' in body
    nameless = f"<entry {NAMES}><content><m:properties><d:Code>A</d:Code></m:properties></content></entry>"
    read = atom.read(nameless.encode(), Expectation(Kind.ENTRY, "Lab.Bench", "Benches"))
    assert isinstance(read, Entry)
    assert read.id == f"{ROOT}Benches/A"


def test_a_feed_byte_for_byte() -> None:
    feed = Feed(
        [], count=12, next_link=f"{ROOT}Probes?$skiptoken=7L&x", operations=(Operation(f"{ROOT}$metadata#Main.Melt", "Melt"),)
    )
    assert answer(feed, Expectation(Kind.FEED, "Lab.Probe", "Probes")) == (
        f'{HEAD}<feed xml:base="{ROOT}" {NAMES}><m:count>12</m:count><id>{ROOT}Probes</id><title type="text">Probes</title>'
        '<updated>2013-08-19T22:13:09Z</updated><link rel="self" title="Probes" href="Probes" />'
        f'<m:action metadata="{ROOT}$metadata#Main.Melt" title="Melt" />'
        "<author><name /></author>"
        f'<link rel="next" href="{ROOT}Probes?$skiptoken=7L&amp;x" /></feed>'
    )


def test_p60_p61_media_named_streams_links_and_operations() -> None:
    link = f"{ROOT}Films(1)"
    entry = Entry(
        "Lab.Film",
        {"Title": "T"},
        id="urn:1",
        edit_link=link,
        self_link=f"{link}?r",
        details=Details(
            links={"N": Link("N", f"{link}/M", "http://x/links")},
            streams={"S": Stream("S", "http://cdn/s", f"{link}/S", "image/png", '"e"')},
            media=Stream(None, f"{link}/$value", f"{link}/edit", "video/x", 'W/"m"'),
            operations=(Operation(f"{ROOT}$metadata#Main.Cool", "Cool", f"{link}/Cool", True),),
        ),
    )
    body = answer(entry)
    for piece in (
        "<id>urn:1</id>",
        '<link rel="self" title="Film" href="Films(1)?r" />',
        f'<link rel="{D}/related/N" type="application/atom+xml;type=entry" title="N" href="Films(1)/M" />',
        f'<link rel="{D}/relatedlinks/N" type="application/xml" title="N" href="http://x/links" />',
        f'<link rel="{D}/mediaresource/S" type="image/png" title="S" href="http://cdn/s" m:etag="&quot;e&quot;" />',
        f'<link rel="{D}/edit-media/S" type="image/png" title="S" href="Films(1)/S" m:etag="&quot;e&quot;" />',
        '<link rel="edit-media" title="Film" href="Films(1)/edit" m:etag="W/&quot;m&quot;" />',
        f'<m:function metadata="{ROOT}$metadata#Main.Cool" title="Cool" target="{link}/Cool" />',
        '<content type="video/x" src="Films(1)/$value" /><m:properties><d:Title>T</d:Title></m:properties></entry>',
    ):
        assert piece in body
    assert ATOM.read(body.encode(), PROBES) == entry


def test_p59_what_is_expanded() -> None:
    entry = Entry("Lab.Probe", {"Id": 1}, inline={"Bench": None, "Parts": Feed([], count=0)})
    body = answer(entry)
    assert 'title="Bench" href="Probes(1L)/Bench"><m:inline></m:inline></link>' in body
    assert f'href="Probes(1L)/Parts"><m:inline><feed><m:count>0</m:count><id>{ROOT}Probes(1L)/Parts</id>' in body
    read = ATOM.read(body.encode(), PROBES)
    assert isinstance(read, Entry)
    assert read.inline == entry.inline


@pytest.mark.parametrize(
    ("select", "shown"),
    [
        (None, ["Bench", "Parts"]),
        ("*", ["Bench", "Parts"]),
        ("Name", []),
        ("Name,Bench", ["Bench"]),
        ("Lab.HotProbe/Parts, Name", ["Parts"]),
    ],
)
def test_a_projection_leaves_out_links_and_operations(select: str | None, shown: list[str]) -> None:
    body = answer(Entry("Lab.Probe", {"Id": 1}), select=select)
    assert [name for name in ("Bench", "Parts") if f'title="{name}"' in body] == shown
    assert ("m:action" in body) == (select is None)


def test_links_that_lie_below_the_root_are_relative_and_others_are_not() -> None:
    for url, href in [
        (f"{ROOT}A(1)", "A(1)"),
        (f"{ROOT}K('a:b')", f"{ROOT}K('a:b')"),
        (f"{ROOT}?x", f"{ROOT}?x"),
        (f"{ROOT}/A", f"{ROOT}/A"),
        ("http://other/A", "http://other/A"),
    ]:
        body = answer(Entry(None, {}, id="x", edit_link=url))
        assert f'<link rel="edit" title="Probe" href="{href}" />' in body
        assert etree.fromstring(body.encode()).find("{*}link").get("href") == href  # type: ignore[union-attr]


def test_other_answers_byte_for_byte() -> None:
    assert answer(Reference("http://x/")) == f'{HEAD}<uri xmlns="{D}">http://x/</uri>'
    assert answer(References(["http://x/", "http://y/?a&b"], 5, "http://n/")) == (
        f'{HEAD}<links xmlns="{D}"><m:count xmlns:m="{M}">5</m:count><uri>http://x/</uri><uri>http://y/?a&amp;b</uri><next>http://n/</next></links>'
    )
    assert answer(ServiceDocument([("A & B", f"{ROOT}A"), ("C", "http://x/C")])) == (
        f'{HEAD}<service xml:base="{ROOT}" xmlns="http://www.w3.org/2007/app" xmlns:atom="http://www.w3.org/2005/Atom"><workspace>'
        '<atom:title>Default</atom:title><collection href="A"><atom:title>A &amp; B</atom:title></collection>'
        '<collection href="http://x/C"><atom:title>C</atom:title></collection></workspace></service>'
    )
    fault = Fault("7", "no <\0>", {"message": "in", "internalexception": {"type": "T"}}, "de")
    assert answer(fault) == (
        f'{HEAD}<m:error xmlns:m="{M}"><m:code>7</m:code><m:message xml:lang="de">no &lt;\ufffd&gt;</m:message>'
        "<m:innererror><m:message>in</m:message><m:internalexception><m:type>T</m:type></m:internalexception></m:innererror></m:error>"
    )
    assert '<m:message xml:lang="en-US"></m:message>' in answer(Fault())
    assert '<m:message xml:lang="">' in answer(Fault(language=""))
    assert '<d:Pos m:type="Lab.Xy" m:null="true" />' in answer(Entry("Lab.Probe", {"Pos": None}))


# --- there and back -----------------------------------------------------------------------------------------------------------


@given(st.data(), SET_NAMES)
def test_p26_p63_answers_come_back(data: st.DataObject, set_name: str) -> None:
    feed = data.draw(feeds(set_name, XML_TEXT))
    expect = Expectation(Kind.FEED, MODEL.entity_sets[set_name].type, set_name)
    found = ATOM.read(ATOM.write_response(feed, expect), expect, base=f"{ROOT}{set_name}")
    assert isinstance(found, Feed)
    assert found.failure is None
    assert (found.count, found.next_link) == (feed.count, feed.next_link)
    for came, went in zip(found.entries, feed.entries, strict=True):
        assert same_value(came.decoded(), went.decoded())
        assert (came.type_name, came.etag, came.inline.keys()) == (went.type_name, went.etag, went.inline.keys())
    assert ATOM.read(ATOM.write_response(found, expect), expect) == found


@given(st.data(), SET_NAMES)
def test_requests_come_back(data: st.DataObject, set_name: str) -> None:
    entry = data.draw(entries(set_name, ANY_TEXT))
    expect = Expectation(Kind.ENTRY, MODEL.entity_sets[set_name].type, set_name)
    entry.binds = {"Bench": "http://x/", "Parts": ["$1"]} if set_name == "Probes" and not entry.inline else {}
    with contextlib.suppress(ArgumentError):  # a character that XML has not
        found = ATOM.read_request(ATOM.write_request(entry, expect), expect)
        assert isinstance(found, Entry)
        assert same_value(found.decoded(), entry.decoded())
        assert (found.binds, found.inline.keys()) == (entry.binds, entry.inline.keys())


@given(
    st.data(),
    st.sampled_from(["Edm.String", "Edm.Double", "Edm.Decimal", "Collection(Edm.String)", "Edm.Geography", "Lab.Color"]),
)
def test_values_come_back(data: st.DataObject, type_name: str) -> None:
    value = Value(data.draw(st.none() | values(type_name, XML_TEXT)), type_name)
    expect = Expectation(Kind.VALUE, type_name, name="P")
    assert ATOM.read(ATOM.write_response(value, expect), expect) == value
    assert ATOM.read_request(ATOM.write_request(value, expect), expect) == value


@given(complexes("Lab.Xy", XML_TEXT))
def test_complex_values_come_back(value: Complex) -> None:
    expect = Expectation(Kind.VALUE, "Lab.Xy", name="P")
    assert ATOM.read(ATOM.write_response(Value(value, "Lab.Xy"), expect), expect) == Value(value, value.type_name)


@given(
    st.text(), st.text(), st.dictionaries(st.sampled_from(["message", "type", "stacktrace"]), XML_TEXT, max_size=3) | st.none()
)
def test_faults_always_go_out(code: str, message: str, inner: dict[str, str] | None) -> None:
    with contextlib.suppress(ODataError):
        assert isinstance(ATOM.read(ATOM.write_response(Fault(code, message, inner), PROBES), PROBES), Fault)


def test_the_formats_stay_apart_from_each_other() -> None:
    """Two services, one process: nothing prepared for one model serves the other."""
    other = Atom(None, "http://other/")
    body = answer(Entry("Lab.Probe", {"Id": 1})).encode()
    typed, free = ATOM.read(body, PROBES), other.read(body, PROBES)
    assert isinstance(typed, Entry)
    assert isinstance(free, Entry)
    assert typed.values == {"Id": "1"}
    assert free.get("Id") == 1
