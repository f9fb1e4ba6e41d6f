"""JSON light: bodies and what they mean (digest, sections 1 and 7)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from odata3.edm.spatial import Geography
from odata3.errors import ArgumentError, DataServiceClientException, PayloadError
from odata3.formats.documents import (
    Complex,
    Details,
    Entry,
    Expectation,
    Fault,
    Feed,
    Kind,
    Level,
    Link,
    Operation,
    Parameters,
    Reference,
    References,
    ServiceDocument,
    Stream,
    Value,
)
from odata3.formats.json_light import JsonLight
from tests.formats.laboratory import MODEL, ROOT

LIGHT = JsonLight(MODEL, ROOT)
BARE = JsonLight(None, ROOT)
ANY = Expectation()
GUID = "a11cc636-5521-4f88-92b2-cad392911fe0"


def body(tree: Any, fragment: str | None = None) -> bytes:
    """The bytes of a tree; with a fragment, ``odata.metadata`` stands first."""
    head = {} if fragment is None else {"odata.metadata": f"{ROOT}$metadata#{fragment}"}
    return json.dumps({**head, **tree}).encode()


def entry_of(tree: Any, fragment: str = "Probes/@Element", expect: Expectation = ANY, light: JsonLight = LIGHT) -> Entry:
    found = light.read(body(tree, fragment), expect)
    assert isinstance(found, Entry)
    return found


def feed_of(tree: Any, fragment: str | None = "Probes", expect: Expectation = ANY, light: JsonLight = LIGHT) -> Feed:
    found = light.read(body(tree, fragment), expect)
    assert isinstance(found, Feed)
    return found


# --- what a body is -----------------------------------------------------------------------------------------------------------


def test_a_feed() -> None:
    feed = feed_of({"odata.count": "2", "value": [{"Id": "7"}, {"Id": 8}], "odata.nextLink": "Probes?$skiptoken=8"})
    assert [entry.get("Id") for entry in feed.entries] == [7, 8]
    assert (feed.count, feed.next_link) == (2, f"{ROOT}Probes?$skiptoken=8")
    assert feed.failure is None


def test_a_row_is_adopted_as_it_is() -> None:
    tree = {"Id": "7", "Name": "x", "Unknown": 1}
    entry = next(iter(feed_of({"value": [tree]}).entries))
    assert dict(entry.values) == tree
    assert list(entry.names()) == ["Id", "Name"]
    assert entry.undeclared() == ["Unknown"]
    assert entry.get("Name") == "x"
    assert entry.get("Missing") is None


def test_p74_annotations_in_any_order() -> None:
    row = {"Id": "7", "Name": "x", "odata.type": "Lab.HotProbe", "Heat": "2.50"}
    tree = {"value": [row], "odata.nextLink": f"{ROOT}n", "odata.count": 1, "odata.metadata": f"{ROOT}$metadata#Probes"}
    feed = feed_of(tree, None)
    (entry,) = feed.entries
    assert (entry.type_name, entry.get("Heat")) == ("Lab.HotProbe", Decimal("2.50"))
    assert (feed.count, feed.next_link) == (1, f"{ROOT}n")
    assert entry.edit_link == f"{ROOT}Probes(7L)/Lab.HotProbe"


@pytest.mark.parametrize(
    ("expect", "tree", "kind"),
    [
        (ANY, {"value": [{"Id": 1}]}, Feed),
        (ANY, {"value": []}, Feed),
        (ANY, {"Id": 1}, Entry),
        (Expectation(Kind.FEED, "Lab.Probe"), {"value": []}, Feed),
        (Expectation(Kind.ENTRY, "Lab.Probe"), {"Id": 1}, Entry),
        (Expectation(Kind.VALUE, "Edm.String"), {"value": "x"}, Value),
        (ANY, {"value": 5}, Value),
        (ANY, {"value": ["a", "b"]}, Value),
        (ANY, {"odata.null": True}, Value),
        (Expectation(Kind.REFERENCES), {"value": [{"url": "x"}]}, References),
        (Expectation(Kind.REFERENCE), {"url": "x"}, Reference),
        (Expectation(Kind.SERVICE), {"value": []}, ServiceDocument),
    ],
)
def test_p70_without_fragment_expectation_and_shape_decide(expect: Expectation, tree: Any, kind: type) -> None:
    assert type(LIGHT.read(body(tree), expect)) is kind
    assert type(BARE.read(body(tree), expect)) is kind


@pytest.mark.parametrize(
    ("fragment", "tree", "kind"),
    [
        ("Probes", {"value": []}, Feed),
        ("Probes/@Element", {"Id": 1}, Entry),
        ("Probes/%40Element&%24select=Id", {"Id": 1}, Entry),
        ("Edm.String", {"value": "x"}, Value),
        ("Collection(Edm.Int64)", {"value": ["1"]}, Value),
        ("Lab.Xy", {"X": 1.5}, Value),
        ("Probes/$links/Parts", {"value": [{"url": "x"}]}, References),
        ("Probes/$links/Bench", {"url": "x"}, Reference),
        ("Nowhere", {"value": [{"a": 1}]}, Feed),
        ("Nowhere/@Element", {"a": 1}, Entry),
        ("SP.ListData.Tasks", {"value": [{"a": 1}]}, Feed),
        ("SP.ListData.Tasks", {"a": 1, "b": 2}, Entry),
    ],
)
def test_p70_the_fragment_decides_over_the_shape(fragment: str, tree: Any, kind: type) -> None:
    assert type(LIGHT.read(body(tree, fragment), ANY)) is kind


def test_p70_a_cast_in_the_fragment_is_the_type() -> None:
    feed = feed_of({"value": [{"Id": "7", "Heat": 1.5}]}, "Probes/Lab.HotProbe")
    (entry,) = feed.entries
    assert entry.type_name == "Lab.HotProbe"
    assert entry.get("Heat") == Decimal("1.5")
    assert entry.edit_link == f"{ROOT}Probes(7L)/Lab.HotProbe"


def test_p70_an_unknown_set_falls_back_on_what_was_asked() -> None:
    expect = Expectation(Kind.FEED, "Lab.Probe", "Probes")
    (entry,) = feed_of({"value": [{"Id": "7"}]}, "SharePoint.List", expect).entries
    assert (entry.type_name, entry.id) == ("Lab.Probe", f"{ROOT}Probes(7L)")


# --- conventions --------------------------------------------------------------------------------------------------------------


def link(name: str, base: str) -> Link:
    return Link(name, f"{base}/{name}", f"{base}/$links/{name}")


def test_p72_a_base_entity() -> None:
    entry = entry_of({"Id": "7", "Row": "AQ=="})
    at = f"{ROOT}Probes(7L)"
    assert (entry.id, entry.edit_link, entry.self_link) == (at, at, at)
    assert entry.etag == "W/\"X'01'\""
    assert entry.links == {"Bench": link("Bench", at), "Parts": link("Parts", at)}
    assert entry.streams == {"Photo": Stream("Photo", f"{at}/Photo", f"{at}/Photo")}
    assert entry.media is None
    assert entry.operations == (Operation(f"{ROOT}$metadata#Main.Recalibrate", "Recalibrate", f"{at}/Recalibrate"),)


def test_p72_a_derived_entity() -> None:
    entry = entry_of({"odata.type": "Lab.HotProbe", "Id": "7"})
    at = f"{ROOT}Probes(7L)"
    below = f"{at}/Lab.HotProbe"
    assert (entry.id, entry.edit_link, entry.self_link) == (at, below, below)
    assert entry.etag is None
    assert set(entry.links) == {"Bench", "Parts", "Film"}
    assert entry.links["Film"] == link("Film", below)
    assert entry.operations == (
        Operation(f"{ROOT}$metadata#Main.Recalibrate", "Recalibrate", f"{at}/Recalibrate"),
        Operation(f"{ROOT}$metadata#Main.Cool", "Cool", f"{below}/Cool", is_function=True),
    )


def test_p72_a_composite_key_and_its_encoding() -> None:
    entry = entry_of({"Left": GUID.upper(), "Right": "O'Neil & Söhne/50%"}, "Pairs/@Element")
    assert entry.id == f"{ROOT}Pairs(Left=guid'{GUID}',Right='O''Neil%20%26%20S%C3%B6hne%2F50%25')"


def test_p72_a_media_entity() -> None:
    entry = entry_of({"Id": GUID, "odata.mediaContentType": "video/mp4", "odata.mediaETag": '"1"'}, "Films/@Element")
    at = f"{ROOT}Films(guid'{GUID}')"
    assert entry.media == Stream(None, f"{at}/$value", f"{at}/$value", "video/mp4", '"1"')


def test_p72_key_as_segment() -> None:
    light = JsonLight(MODEL, ROOT, key_as_segment=True)
    assert entry_of({"Code": "a b"}, "Benches/@Element", light=light).id == f"{ROOT}Benches/a%20b"
    assert entry_of({"Id": "7"}, light=light).edit_link == f"{ROOT}Probes/7"
    assert entry_of({"Left": GUID, "Right": "x"}, "Pairs/@Element", light=light).id == f"{ROOT}Pairs(Left=guid'{GUID}',Right='x')"


def test_p72_nested_entities_follow_association_sets() -> None:
    row = {
        "Id": "7",
        "Bench": {"Code": "A", "Probes": []},
        "Parts": [{"Left": GUID, "Right": "x"}],
        "Parts@odata.nextLink": "Probes(7L)/Parts?$skiptoken=x",
        "Parts@odata.count": "9",
    }
    entry = entry_of(row)
    bench, parts = entry.inline["Bench"], entry.inline["Parts"]
    assert isinstance(bench, Entry)
    assert isinstance(parts, Feed)
    assert (bench.type_name, bench.id) == ("Lab.Bench", f"{ROOT}Benches('A')")
    assert bench.inline["Probes"] == Feed([])
    (part,) = parts.entries
    assert part.id == f"{ROOT}Pairs(Left=guid'{GUID}',Right='x')"
    assert (parts.count, parts.next_link) == (9, f"{ROOT}Probes(7L)/Parts?$skiptoken=x")
    assert list(entry.names()) == ["Id"]
    assert entry.links["Bench"] == link("Bench", f"{ROOT}Probes(7L)")


def test_p72_an_expanded_null() -> None:
    entry = entry_of({"Id": "7", "Bench": None})
    assert entry.inline == {"Bench": None}


def test_p72_the_root_that_was_asked_holds_behind_a_gateway() -> None:
    tree = {
        "odata.metadata": "https://inner.local:8090/VMM.svc/$metadata#Probes/@Element",
        "Id": "7",
        "odata.readLink": "Probes(7L)",
    }
    entry = LIGHT.read(body(tree), ANY)
    assert isinstance(entry, Entry)
    assert (entry.id, entry.edit_link) == (f"{ROOT}Probes(7L)", f"{ROOT}Probes(7L)")
    assert entry.links["Bench"].navigation_link == f"{ROOT}Probes(7L)/Bench"


def test_p72_all_digits_of_a_key_that_is_a_moment() -> None:
    from odata3.edm.members import Members
    from odata3.edm.model import EntitySet, EntityType, Model, Property

    when = Property(name="When", type="Edm.DateTime", nullable=False, concurrency_mode="Fixed")
    event = EntityType(name="Event", namespace="N", key=("When",), properties=Members([when]))
    events = EntitySet(name="Events", type="N.Event", container="N.C")
    light = JsonLight(Model(entity_types={"N.Event": event}, entity_sets={"Events": events}), ROOT)
    entry = entry_of({"When": "2013-08-19T22:13:09.1234567"}, "Events/@Element", light=light)
    assert entry.id == f"{ROOT}Events(datetime'2013-08-19T22%3A13%3A09.1234567')"
    assert entry.etag == "W/\"datetime'2013-08-19T22%3A13%3A09.1234567'\""


def test_p73_what_is_said_wins_over_what_is_computed() -> None:
    row = {
        "odata.id": "urn:probe:7",
        "odata.etag": 'W/"1"',
        "odata.editLink": "Other(7)",
        "odata.readLink": "http://read.example/7",
        "Bench@odata.navigationLinkUrl": "Somewhere/Bench",
        "Bench@odata.associationLinkUrl": "Somewhere/$links/Bench",
        "Photo@odata.mediaReadLink": "http://cdn.example/7.png",
        "Photo@odata.mediaEditLink": "Photos(7)",
        "Photo@odata.mediaContentType": "image/png",
        "Photo@odata.mediaETag": '"p"',
        "#Main.Recalibrate": {"title": "Again", "target": "http://x.example/Recalibrate"},
        "Id": "7",
        "Row": "AQ==",
    }
    entry = entry_of(row)
    assert (entry.id, entry.etag) == ("urn:probe:7", 'W/"1"')
    assert (entry.edit_link, entry.self_link) == (f"{ROOT}Other(7)", "http://read.example/7")
    assert entry.links["Bench"] == Link("Bench", f"{ROOT}Somewhere/Bench", f"{ROOT}Somewhere/$links/Bench")
    assert entry.links["Parts"] == link("Parts", f"{ROOT}Other(7)")
    assert entry.streams["Photo"] == Stream("Photo", "http://cdn.example/7.png", f"{ROOT}Photos(7)", "image/png", '"p"')
    assert entry.operations == (Operation(f"{ROOT}$metadata#Main.Recalibrate", "Again", "http://x.example/Recalibrate"),)


@pytest.mark.parametrize(
    ("annotations", "identity"),
    [
        ({"odata.readLink": "R"}, (f"{ROOT}R", f"{ROOT}Probes(7L)", f"{ROOT}R")),
        ({"odata.editLink": "E"}, (f"{ROOT}E", f"{ROOT}E", f"{ROOT}E")),
        ({"odata.editLink": "E", "odata.readLink": "R"}, (f"{ROOT}R", f"{ROOT}E", f"{ROOT}R")),
        ({"odata.id": "x"}, ("x", f"{ROOT}Probes(7L)", f"{ROOT}Probes(7L)")),
    ],
)
def test_p73_the_id_follows_the_links(annotations: Any, identity: tuple[str, str, str]) -> None:
    entry = entry_of({**annotations, "Id": "7"})
    assert (entry.id, entry.edit_link, entry.self_link) == identity


def test_p73_null_means_not_available() -> None:
    row = {
        "Id": "7",
        "Row": "AQ==",
        "odata.etag": None,
        "odata.editLink": None,
        "Bench@odata.navigationLinkUrl": None,
        "Photo@odata.mediaEditLink": None,
        "#Main.Recalibrate": None,
    }
    entry = entry_of(row)
    assert (entry.etag, entry.edit_link) == (None, None)
    assert entry.links["Bench"].navigation_link is None
    assert entry.streams["Photo"].edit_link is None
    assert entry.operations == ()


def test_p73_links_of_navigation_properties_that_nobody_declared() -> None:
    entry = entry_of({"Id": "7", "New@odata.navigationLinkUrl": "Probes(7L)/New", "New": {"a": 1}})
    assert entry.links["New"] == Link("New", f"{ROOT}Probes(7L)/New", f"{ROOT}Probes(7L)/$links/New")
    assert isinstance(entry.inline["New"], Entry)


@pytest.mark.parametrize(
    ("said", "operations"),
    [
        ({}, [("Melt", f"{ROOT}Probes(7L)/Melt")]),
        ({"title": "M"}, [("M", f"{ROOT}Probes(7L)/Melt")]),
        ({"target": "t"}, [("Melt", f"{ROOT}t")]),
        ([{"title": "A"}, {"target": "http://x/b"}], [("A", f"{ROOT}Probes(7L)/Melt"), ("Melt", "http://x/b")]),
        ({"target": None}, [("Melt", None)]),
        ("odd", []),
    ],
)
def test_p79_operations(said: Any, operations: list[tuple[str, str | None]]) -> None:
    for name in ("#Main.Melt", f"{ROOT}$metadata#Main.Melt"):
        entry = entry_of({"Id": "7", name: said})
        found = [(op.title, op.target) for op in entry.operations if op.name == "Main.Melt"]
        assert found == operations


def test_p79_operations_of_a_feed() -> None:
    feed = feed_of({"value": [], "#Main.Purge": {"target": "Probes/Purge"}})
    assert feed.operations == (Operation(f"{ROOT}$metadata#Main.Purge", "Purge", f"{ROOT}Probes/Purge"),)


def test_a_projection_drops_operations_that_it_does_not_name() -> None:
    assert entry_of({"Id": "7"}, "Probes/@Element&$select=Id").operations == ()
    named = entry_of({"Id": "7", "#Main.Melt": {}}, "Probes/@Element&$select=Id,Main.Melt")
    assert [op.name for op in named.operations] == ["Main.Melt"]


def test_r35_without_its_key_an_entry_has_no_identity() -> None:
    entry = entry_of({"Name": "x"}, "Probes/@Element&$select=Name")
    assert (entry.id, entry.edit_link) == (None, None)
    assert entry.links == {"Bench": Link("Bench"), "Parts": Link("Parts")}
    assert entry.get("Name") == "x"


def test_p80_custom_and_unknown_annotations_are_passed_over() -> None:
    row = {
        "Id": "7",
        "my.term": {"x": 1},
        "Name@my.term": 5,
        "Name": "x",
        "odata.new": [],
        "Name@odata.new": None,
        "odata.annotationGroup": {"name": "g"},
        "odata.annotationGroupReference": "g",
    }
    entry = entry_of(row)
    assert entry.decoded() == {"Id": 7, "Name": "x"}
    assert entry.undeclared() == []


def test_r29_names_of_payloads_are_data() -> None:
    row = {"Id": "7", "__class__": "x", "__dict__": {}, "_ctx": 1, "values": 2, "get": 3}
    entry = entry_of(row)
    assert entry.get("Id") == 7
    assert set(entry.undeclared()) == {"__class__", "__dict__", "_ctx", "values", "get"}


def test_annotation_groups_are_spread_out() -> None:
    group = {"name": "g", "odata.editLink": "Shared", "Bench@odata.navigationLinkUrl": "Shared/Bench"}
    rows: list[Any] = [
        {"odata.annotationGroup": group, "Id": 1},
        {"odata.annotationGroupReference": "g", "Id": 2, "odata.editLink": "Own"},
        {"odata.annotationGroupReference": "unknown", "Id": 3},
        {"odata.annotationGroup": 5, "Id": 4},
    ]
    first, second, third, fourth = feed_of({"value": rows}).entries
    assert (first.edit_link, second.edit_link) == (f"{ROOT}Shared", f"{ROOT}Own")
    assert first.links["Bench"].navigation_link == second.links["Bench"].navigation_link == f"{ROOT}Shared/Bench"
    assert (third.edit_link, fourth.edit_link) == (f"{ROOT}Probes(3L)", f"{ROOT}Probes(4L)")


def test_annotation_groups_make_no_mountain_of_little() -> None:
    group = {"name": "g", **{f"odata.x{number}": 1 for number in range(2_000)}}
    rows: list[Any] = [{"odata.annotationGroup": group}, *({"odata.annotationGroupReference": "g"} for _ in range(1_000))]
    with pytest.raises(PayloadError, match="annotation groups"):
        LIGHT.read(json.dumps({"value": rows}).encode(), ANY)


def test_r21_version_4_is_named() -> None:
    with pytest.raises(PayloadError, match="version 4"):
        LIGHT.read(b'{"@odata.context":"http://h/$metadata#Probes","value":[]}', ANY)


# --- open types and no types --------------------------------------------------------------------------------------------------


def test_p75_dynamic_properties_by_their_type_and_by_their_form() -> None:
    row = {
        "Id": 1,
        "When@odata.type": "Edm.DateTime",
        "When": "2013-08-19T22:13:09",
        "Big@odata.type": "Edm.Int64",
        "Big": "9007199254740993",
        "Key@odata.type": "Edm.Guid",
        "Key": GUID,
        "Size": 5,
        "Share": 0.5,
        "Flag": True,
        "Words@odata.type": "Collection(Edm.String)",
        "Words": ["a"],
        "At@odata.type": "Edm.GeographyPoint",
        "At": {"type": "Point", "coordinates": [1.0, 2.0], "crs": {"type": "name", "properties": {"name": "EPSG:4326"}}},
        "Pos": {"odata.type": "Lab.Xy", "X": 1.0},
        "Nothing": None,
    }
    entry = entry_of(row, "Notes/@Element")
    assert entry.decoded() == {
        "Id": 1,
        "When": datetime(2013, 8, 19, 22, 13, 9),
        "Big": 9007199254740993,
        "Key": UUID(GUID),
        "Size": 5,
        "Share": 0.5,
        "Flag": True,
        "Words": ["a"],
        "At": Geography("Point", (1.0, 2.0), srid=4326),
        "Pos": Complex("Lab.Xy", {"X": 1.0}),
        "Nothing": None,
    }


def test_p75_dynamic_properties_written_with_their_types() -> None:
    values = {
        "Id": 1,
        "Text": "x",
        "Flag": True,
        "Size": 5,
        "Share": 0.5,
        "Big": 2**40,
        "Endless": float("inf"),
        "Price": Decimal("2.50"),
        "When": datetime(2013, 8, 19, 22, 13, 9, 120000),
        "Then": datetime(2013, 8, 19, tzinfo=UTC),
        "Key": UUID(GUID),
        "Data": b"\x01",
        "Span": timedelta(hours=1),
        "Words": ["a"],
        "Pos": Complex("Lab.Xy", {"X": 1.0}),
        "Nothing": None,
    }
    written = LIGHT.write_request(Entry("Lab.Note", values), ANY)
    assert json.loads(written) == {
        "odata.type": "Lab.Note",
        "Id": 1,
        "Text": "x",
        "Flag": True,
        "Size": 5,
        "Share": 0.5,
        "Big@odata.type": "Edm.Int64",
        "Big": str(2**40),
        "Endless@odata.type": "Edm.Double",
        "Endless": "Infinity",
        "Price@odata.type": "Edm.Decimal",
        "Price": "2.50",
        "When@odata.type": "Edm.DateTime",
        "When": "2013-08-19T22:13:09.12",
        "Then@odata.type": "Edm.DateTimeOffset",
        "Then": "2013-08-19T00:00:00Z",
        "Key@odata.type": "Edm.Guid",
        "Key": GUID,
        "Data@odata.type": "Edm.Binary",
        "Data": "AQ==",
        "Span@odata.type": "Edm.Time",
        "Span": "PT1H",
        "Words@odata.type": "Collection(Edm.String)",
        "Words": ["a"],
        "Pos": {"odata.type": "Lab.Xy", "X": 1.0},
        "Nothing": None,
    }


def test_without_a_model_everything_goes_by_its_form() -> None:
    row = {
        "odata.type": "Any.Thing",
        "odata.id": "http://x/Things(1)",
        "odata.editLink": "Things(1)",
        "Id": 1,
        "Big@odata.type": "Edm.Int64",
        "Big": "5",
        "Nav@odata.navigationLinkUrl": "Things(1)/Nav",
        "Pos": {"X": 1.5},
        "Tags": ["a", 1],
    }
    entry = entry_of(row, "Things/@Element", light=BARE)
    assert entry.type_name == "Any.Thing"
    assert entry.decoded() == {"Id": 1, "Big": 5, "Pos": Complex(None, {"X": 1.5}), "Tags": ["a", 1]}
    assert (entry.id, entry.edit_link) == ("http://x/Things(1)", f"{ROOT}Things(1)")
    assert entry.links["Nav"].navigation_link == f"{ROOT}Things(1)/Nav"


# --- values -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fragment", "tree", "expect", "value"),
    [
        ("Edm.String", {"value": "Milk"}, ANY, Value("Milk", "Edm.String")),
        ("Edm.Decimal", {"value": "3.50"}, ANY, Value(Decimal("3.50"), "Edm.Decimal")),
        ("Edm.Int64", {"value": "5"}, Expectation(Kind.RESOURCE, "Edm.Int64"), Value(5, "Edm.Int64")),
        ("Edm.Null", {"odata.null": True}, Expectation(Kind.VALUE, "Edm.String"), Value(None, "Edm.String")),
        ("Edm.Null", {"odata.null": "true"}, Expectation(Kind.VALUE, "Edm.String"), Value(None, "Edm.String")),
        ("Edm.Null", {}, Expectation(Kind.VALUE, "Edm.String"), Value(None, "Edm.String")),
        (None, {"odata.null": True}, Expectation(Kind.VALUE, "Lab.Xy"), Value(None, "Lab.Xy")),
        ("Lab.Xy", {"X": 1.5}, ANY, Value(Complex("Lab.Xy", {"X": 1.5}), "Lab.Xy")),
        ("Lab.Xy", {"odata.type": "Lab.Xyz", "Z": "1"}, ANY, Value(Complex("Lab.Xyz", {"Z": 1}), "Lab.Xyz")),
        ("Collection(Edm.Int64)", {"value": ["1", 2]}, ANY, Value([1, 2], "Collection(Edm.Int64)")),
        ("Collection(Lab.Xy)", {"value": [{"X": 1.0}]}, ANY, Value([Complex("Lab.Xy", {"X": 1.0})], "Collection(Lab.Xy)")),
        ("Lab.Color", {"value": "Blue"}, ANY, Value(7, "Lab.Color")),
        (None, {"value": 1}, Expectation(Kind.VALUE, "Edm.Boolean"), None),
        (None, {}, Expectation(Kind.VALUE, "Edm.Int32"), None),
    ],
)
def test_p77_top_level_values(fragment: str | None, tree: Any, expect: Expectation, value: Value | None) -> None:
    if value is None:
        with pytest.raises(PayloadError):
            LIGHT.read(body(tree, fragment), expect)
    else:
        assert LIGHT.read(body(tree, fragment), expect) == value


def test_p32_a_text_that_looks_like_a_date_stays_text() -> None:
    entry = entry_of({"Id": "7", "Name": "/Date(1)/", "Cal": "/Date(3600000)/"})
    assert entry.get("Name") == "/Date(1)/"
    assert entry.get("Cal") == datetime(1970, 1, 1, 1)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"Id": "x"}, ["Lab.Probe.Id", "Edm.Int64"]),
        ({"Id": 1, "Cal": "2013-W01"}, ["Lab.Probe.Cal", "Edm.DateTime"]),
        ({"Id": 1, "Name": {}}, ["Lab.Probe.Name", "Edm.String"]),
        ({"Id": 1, "Tags": "a"}, ["Lab.Probe.Tags"]),
        ({"Id": 1, "Tags": ["a", []]}, ["Lab.Probe.Tags", "item 1"]),
        ({"Id": 1, "Pos": 5}, ["Lab.Probe.Pos"]),
        ({"Id": 1, "Color": "Pink"}, ["Lab.Probe.Color", "Lab.Color"]),
        ({"Id": 1, "Color": True}, ["Lab.Probe.Color"]),
        ({"Id": True}, ["Lab.Probe.Id", "Edm.Int64"]),
    ],
)
def test_r30_a_wrong_value_names_type_and_property(row: Any, words: list[str]) -> None:
    with pytest.raises(PayloadError) as caught:
        entry_of(row).decoded()
    for word in words:
        assert word in str(caught.value)


def test_r30_a_wrong_key_names_the_row() -> None:
    with pytest.raises(PayloadError) as caught:
        feed_of({"value": [{"Id": "7"}, {"Id": "x"}]})
    assert caught.value.where == "value[1].Id"


def test_r35_a_null_key_is_refused_with_its_place() -> None:
    with pytest.raises(PayloadError, match="a key cannot be null") as caught:
        feed_of({"value": [{"Id": "7"}, {"Id": None}]})
    assert caught.value.where == "value[1].Id"


# --- links, service documents -------------------------------------------------------------------------------------------------


def test_deletions_of_a_delta_are_passed_over_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    rows = [
        {"Id": "1"},
        {"odata.metadata": f"{ROOT}$metadata#Probes/$deletedEntity", "id": f"{ROOT}Probes(2L)", "reason": "deleted"},
        {"odata.metadata": f"{ROOT}$metadata#Probes/$deletedLink", "source": "a", "relationship": "Bench", "target": "b"},
        {"odata.metadata": f"{ROOT}$metadata#Probes/@Element", "Id": "3"},
    ]
    tree = {"odata.metadata": f"{ROOT}$metadata#Probes/@delta", "value": rows, "odata.deltaLink": "x"}
    feed = LIGHT.read(json.dumps(tree).encode(), Expectation(Kind.FEED, entity_set="Probes"))
    assert isinstance(feed, Feed)
    assert [entry.get("Id") for entry in feed.entries] == [1, 3]
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 2
    assert "Probes(2L)" in caplog.text


def test_a_link_to_an_entity_of_the_same_change_set_stays_as_it_is() -> None:
    for url in ("$1", "$12/Bench"):
        assert LIGHT.read_request(json.dumps({"url": url}).encode(), Expectation(Kind.REFERENCE)) == Reference(url)
    relative = json.dumps({"url": "$metadata"}).encode()
    assert LIGHT.read_request(relative, Expectation(Kind.REFERENCE)) == Reference(f"{ROOT}$metadata")


def test_links_of_verbose_json_that_do_not_say_so() -> None:
    """V2 clients send ``{"uri": …}`` as plain ``application/json``, which no first member tells from light."""
    body = json.dumps({"uri": f"{ROOT}Benches('A')"}).encode()
    assert LIGHT.read_request(body, Expectation(Kind.REFERENCE)) == Reference(f"{ROOT}Benches('A')")


def test_p82_links_and_service_documents_round_trip() -> None:
    expect = Expectation(Kind.REFERENCES, entity_set="Probes", name="Parts")
    links = References([f"{ROOT}Pairs(1)", f"{ROOT}Pairs(2)"], count=5, next_link=f"{ROOT}n")
    written = LIGHT.write_response(links, expect)
    assert json.loads(written)["odata.metadata"] == f"{ROOT}$metadata#Probes/$links/Parts"
    assert LIGHT.read(written, ANY) == links
    single = LIGHT.write_response(
        Reference(f"{ROOT}Benches('A')"), Expectation(Kind.REFERENCE, entity_set="Probes", name="Bench")
    )
    assert single == (f'{{"odata.metadata":"{ROOT}$metadata#Probes/$links/Bench","url":"{ROOT}Benches(\'A\')"}}').encode()
    assert LIGHT.read(single, Expectation(Kind.REFERENCE)) == Reference(f"{ROOT}Benches('A')")
    service = ServiceDocument([("Probes", f"{ROOT}Probes"), ("Benches", f"{ROOT}Benches")])
    written = LIGHT.write_response(service, Expectation(Kind.SERVICE))
    assert (
        written
        == (
            f'{{"odata.metadata":"{ROOT}$metadata","value":[{{"name":"Probes","url":"Probes"}},{{"name":"Benches","url":"Benches"}}]}}'
        ).encode()
    )
    assert LIGHT.read(written, Expectation(Kind.SERVICE)) == service
    assert LIGHT.write_request(Reference(f"{ROOT}x"), ANY) == f'{{"url":"{ROOT}x"}}'.encode()


@pytest.mark.parametrize("document", [Parameters({}), 5])
def test_what_is_no_document_of_this_kind(document: Any) -> None:
    with pytest.raises(ArgumentError, match="is no answer"):
        LIGHT.write_response(document, ANY)
    with pytest.raises(ArgumentError, match="is no request"):
        LIGHT.write_request(5, ANY)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tree", "expect", "where"),
    [
        ({"value": [{"link": "x"}]}, Expectation(Kind.REFERENCES), "value[0]"),
        ({"value": [5]}, Expectation(Kind.REFERENCES), "value[0]"),
        ({}, Expectation(Kind.REFERENCE), "url"),
        ({"value": {}}, Expectation(Kind.SERVICE), "value"),
        ({"value": [{"url": "x"}]}, Expectation(Kind.SERVICE), "value[0]"),
        ({"Id": 1}, Expectation(Kind.FEED), "value"),
        ({"value": [{"Id": 1}, 5]}, Expectation(Kind.FEED), "value[1]"),
        ({"value": [{"Id": 1, "Bench": 5}]}, Expectation(Kind.FEED, "Lab.Probe", "Probes"), "value[0].Bench"),
        ({"value": [{"Id": 1, "Parts": [5]}]}, Expectation(Kind.FEED, "Lab.Probe", "Probes"), "value[0].Parts[0]"),
        ({"value": [], "odata.count": "x"}, Expectation(Kind.FEED), "odata.count"),
        ({"value": [], "odata.nextLink": 5}, Expectation(Kind.FEED), "odata.nextLink"),
        ({"value": [{"odata.type": 5}]}, Expectation(Kind.FEED), "value[0].odata.type"),
        ({"value": [{"odata.etag": 5}]}, Expectation(Kind.FEED), "value[0].odata.etag"),
        ({"value": [{"odata.editLink": []}]}, Expectation(Kind.FEED), "value[0].odata.editLink"),
    ],
)
def test_r20_what_is_not_the_document_says_where(tree: Any, expect: Expectation, where: str) -> None:
    with pytest.raises(PayloadError) as caught:
        LIGHT.read(body(tree), expect)
    assert caught.value.where == where


@pytest.mark.parametrize("text", [b"null", b"[]", b'"x"', b"5", b"", b"<html/>", b'{"value":', b"\xff"])
def test_r20_the_wrong_kind_of_answer(text: bytes) -> None:
    with pytest.raises(PayloadError):
        LIGHT.read(text, Expectation(Kind.FEED))


@pytest.mark.parametrize(
    ("sent", "base", "link_"),
    [
        ("Probes?$skip=1", f"{ROOT}Probes", f"{ROOT}Probes?$skip=1"),
        ("Benches('A')/Probes?$skip=1", f"{ROOT}Benches('A')/Probes", f"{ROOT}Benches('A')/Probes?$skip=1"),
        ("?$skiptoken=1", f"{ROOT}Probes?$top=1", f"{ROOT}Probes?$skiptoken=1"),
        ("http://other.example/x?a=%2B", f"{ROOT}Probes", "http://other.example/x?a=%2B"),
        ("/elsewhere/x", f"{ROOT}Probes", "http://lab.example/elsewhere/x"),
    ],
)
def test_p102_next_links_are_made_absolute_and_left_alone(sent: str, base: str, link_: str) -> None:
    feed = LIGHT.read(body({"value": [], "odata.nextLink": sent}), Expectation(Kind.FEED), base=base)
    assert isinstance(feed, Feed)
    assert feed.next_link == link_


# --- errors -------------------------------------------------------------------------------------------------------------------


def test_p82_an_error_round_trips() -> None:
    fault = Fault("17", "Nothing here", {"message": "inner", "type": "X"}, "de-AT")
    written = LIGHT.write_response(fault, ANY)
    assert json.loads(written) == {
        "odata.error": {
            "code": "17",
            "message": {"lang": "de-AT", "value": "Nothing here"},
            "innererror": {"message": "inner", "type": "X"},
        }
    }
    assert LIGHT.read(written, ANY) == fault


@pytest.mark.parametrize(
    ("tree", "fault"),
    [
        ({"odata.error": {"code": "", "message": "plain"}}, Fault("", "plain")),
        ({"error": {"code": "5", "message": {"lang": "en", "value": "x"}}}, Fault("5", "x", None, "en")),
        ({"Id": "7", "odata.error": {"message": "late"}}, Fault("", "late")),
        ({"error": "invalid_grant", "error_description": "no"}, Fault("invalid_grant", "no")),
    ],
)
def test_r22_errors_inside_200(tree: Any, fault: Fault) -> None:
    assert LIGHT.read(body(tree), ANY) == fault


def test_an_entity_may_have_a_property_called_error() -> None:
    assert isinstance(LIGHT.read(body({"error": None, "Id": 1}), ANY), Entry)


FIRST = '{"odata.metadata":"http://lab.example/svc/$metadata#Probes","value":[{"Id":"7"},{"Id":"8"}'


@pytest.mark.parametrize(
    ("rest", "error"),
    [
        ('],"odata.error":{"code":"E","message":{"value":"boom"}}}', DataServiceClientException),
        (',{"odata.error":{"code":"E","message":{"value":"boom"}}}]}', DataServiceClientException),
        (',{"Id":"9","Bench":{"Code":"A","odata.error":{"code":"E","message":"boom"}}}]}', DataServiceClientException),
        (',{"Id":"9","Na{"odata.error":{"code":"E","message":{"value":"boom"}}}', DataServiceClientException),
        (',{"Id":"9","Na', PayloadError),
        ("", PayloadError),
        ('],"odata.nex', PayloadError),
    ],
)
def test_p104_errors_in_the_stream_come_after_whole_entities(rest: str, error: type[Exception]) -> None:
    feed = LIGHT.read((FIRST + rest).encode(), Expectation(Kind.FEED, entity_set="Probes"))
    assert isinstance(feed, Feed)
    assert [entry.id for entry in feed.entries] == [f"{ROOT}Probes(7L)", f"{ROOT}Probes(8L)"]
    assert type(feed.failure) is error
    assert feed.next_link is None
    if isinstance(feed.failure, DataServiceClientException):
        assert (feed.failure.code, feed.failure.message, feed.failure.status_code) == ("E", "boom", 500)


def test_p104_a_broken_entry_is_refused_and_an_error_in_it_told() -> None:
    with pytest.raises(PayloadError, match="line 1"):
        LIGHT.read(b'{"Id":"7","Na', Expectation(Kind.ENTRY))
    with pytest.raises(PayloadError, match="line 1"):
        LIGHT.read(b'{"value":[{"Id":', Expectation(Kind.FEED))
    assert LIGHT.read(b'{"Id":"7","Na{"odata.error":{"code":"E","message":"m"}}', Expectation(Kind.ENTRY)) == Fault("E", "m")


# --- requests -----------------------------------------------------------------------------------------------------------------


def test_the_restore_body_to_the_byte() -> None:
    entry = Entry("VMM.VMCheckPoint", {"VMCheckPointAction": "Restore"})
    assert BARE.write_request(entry, ANY) == b'{"odata.type":"VMM.VMCheckPoint","VMCheckPointAction":"Restore"}'


def test_a_request_in_the_order_of_dotnet() -> None:
    values = {
        "Id": 5,
        "Name": "Ünü",
        "Pos": Complex("Lab.Xy", {"X": 1.0, "Label": None}),
        "Tags": ["a"],
        "Spots": [Complex("Lab.Xyz", {"Z": 2})],
        "Color": 1,
        "Row": None,
    }
    entry = Entry("Lab.Probe", values, binds={"Bench": f"{ROOT}Benches('A')", "Parts": [f"{ROOT}Pairs(1)"]})
    assert LIGHT.write_request(entry, ANY).decode() == (
        '{"odata.type":"Lab.Probe",'
        f'"Bench@odata.bind":"{ROOT}Benches(\'A\')","Parts@odata.bind":["{ROOT}Pairs(1)"],'
        '"Id":"5","Name":"Ünü","Pos":{"odata.type":"Lab.Xy","X":1.0,"Label":null},'
        '"Tags@odata.type":"Collection(Edm.String)","Tags":["a"],'
        '"Spots@odata.type":"Collection(Lab.Xy)","Spots":[{"odata.type":"Lab.Xyz","Z":"2"}],'
        '"Color":"Green","Row":null}'
    )


def test_p89_a_deep_insert() -> None:
    parts = Feed([Entry("Lab.Pair", {"Right": "x"}), Entry("Lab.Pair", {"Right": "y"})])
    entry = Entry("Lab.Probe", {"Id": 5}, inline={"Bench": Entry("Lab.Bench", {"Code": "A"}), "Parts": parts, "Film": None})
    assert LIGHT.write_request(entry, ANY) == (
        b'{"odata.type":"Lab.Probe","Id":"5","Bench":{"odata.type":"Lab.Bench","Code":"A"},'
        b'"Parts":[{"odata.type":"Lab.Pair","Right":"x"},{"odata.type":"Lab.Pair","Right":"y"}]}'
    )


@pytest.mark.parametrize("values", [{"Id": 2**63}, {"Tags": 5}, {"Name": "x", "Cal": "yesterday"}])
def test_p38_a_wrong_property_is_refused_by_name(values: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError, match=f"^{list(values)[-1]}: "):
        LIGHT.write_request(Entry("Lab.Probe", values), ANY)


def test_p78_an_empty_array_of_binds_is_never_sent() -> None:
    assert LIGHT.write_request(Entry("Lab.Probe", {}, binds={"Parts": []}), ANY) == b'{"odata.type":"Lab.Probe"}'


def test_p78_binds_and_deep_inserts_are_read() -> None:
    sent = {
        "Bench@odata.bind": f"{ROOT}Benches('A')",
        "Parts@odata.bind": [f"{ROOT}Pairs(1)"],
        "Parts": [{"Left": GUID, "Right": "x"}],
        "Name": "n",
        "odata.type": "Lab.HotProbe",
    }
    found = LIGHT.read_request(json.dumps(sent).encode(), Expectation(Kind.ENTRY, "Lab.Probe", "Probes"))
    assert isinstance(found, Entry)
    assert found.type_name == "Lab.HotProbe"
    assert found.binds == {"Bench": f"{ROOT}Benches('A')", "Parts": [f"{ROOT}Pairs(1)"]}
    assert isinstance(found.inline["Parts"], Feed)
    assert (found.id, found.edit_link, found.details) == (None, None, Details())
    assert found.decoded() == {"Name": "n"}


def test_p81_the_type_may_stand_last() -> None:
    sent = b'{"VMCheckPointAction":"Restore","odata.type":"VMM.VMCheckPoint"}'
    found = BARE.read_request(sent, Expectation(Kind.ENTRY))
    assert isinstance(found, Entry)
    assert (found.type_name, found.decoded()) == ("VMM.VMCheckPoint", {"VMCheckPointAction": "Restore"})


def test_a_type_that_the_model_lacks_stays_named_in_a_request() -> None:
    found = LIGHT.read_request(b'{"odata.type":"Lab.Nope","Id":"7"}', Expectation(Kind.ENTRY, "Lab.Probe", "Probes"))
    assert isinstance(found, Entry)
    assert (found.type_name, found.get("Id")) == ("Lab.Nope", 7)


def test_a_null_key_in_a_request_is_the_callers_matter() -> None:
    found = LIGHT.read_request(b'{"Id":null}', Expectation(Kind.ENTRY, "Lab.Probe", "Probes"))
    assert isinstance(found, Entry)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Value(5, "Edm.Int64"), b'{"value":"5"}'),
        (Value(None, "Edm.String"), b'{"odata.null":true}'),
        (Value(Complex("Lab.Xy", {"X": 1.0}), "Lab.Xy"), b'{"odata.type":"Lab.Xy","X":1.0}'),
        (Value(["a"], "Collection(Edm.String)"), b'{"value":["a"]}'),
    ],
)
def test_a_property_as_a_request(value: Value, written: bytes) -> None:
    assert LIGHT.write_request(value, ANY) == written
    assert LIGHT.read_request(written, Expectation(Kind.VALUE, value.type_name)) == value


def test_action_parameters() -> None:
    types = {"Offset": "Edm.Decimal", "Tags": "Collection(Edm.String)", "Pos": "Lab.Xy", "None": "Edm.Int32"}
    values = {"Offset": Decimal("0.5"), "Tags": ["a"], "Pos": Complex("Lab.Xy", {"X": 1.0}), "None": None, "Free": 2**40}
    written = LIGHT.write_request(Parameters(values, types), ANY)
    assert written == (b'{"Offset":"0.5","Tags":["a"],"Pos":{"odata.type":"Lab.Xy","X":1.0},"None":null,"Free":"1099511627776"}')
    found = LIGHT.read_parameters(written, {**types, "Free": "Edm.Int64"})
    assert dict(found.values) == values
    assert LIGHT.read_parameters(b"", types).values == {}


@pytest.mark.parametrize(
    ("type_name", "value"),
    [
        ("Edm.Byte", 300),
        ("Edm.Guid", "x"),
        ("Edm.Int32", "five"),
        ("Collection(Edm.Int32)", 5),
        ("Lab.Xy", 5),
        ("Lab.Color", object()),
    ],
)
def test_p38_a_wrong_value_is_refused_before_it_is_sent(type_name: str, value: Any) -> None:
    with pytest.raises(ArgumentError, match="P: "):
        LIGHT.write_request(Parameters({"P": value}, {"P": type_name}), ANY)


# --- what was not assigned goes back as it came ---------------------------------------------------------------------------------


def _sent_back(row: dict[str, Any], fragment: str = "Probes/@Element") -> dict[str, Any]:
    entry = entry_of(row, fragment)
    values = {name: entry.raw(name) for name in entry.names()}
    written: dict[str, Any] = json.loads(LIGHT.write_request(Entry(entry.type_name, values), ANY), parse_float=Decimal)
    return {name: value for name, value in written.items() if "odata.type" not in name}


@pytest.mark.parametrize(
    "row",
    [
        {"Id": "7", "Cal": "2013-08-19T22:13:09.1234567"},
        {"Id": "7", "Cal": "2013-08-19T22:13:09Z"},
        {"Id": "7", "Cal": "2013-08-19T22:13:09.5-05:00"},
        {"Id": "7", "Color": 1},
        {"Id": "7", "Moments": ["2013-08-19T22:13:09.1234567", "0001-01-01T00:00:00"]},
        {"Id": "7", "Marks": ["1", "9223372036854775807"]},
        {"Id": "7", "Name": None, "Pos": {"X": 1e30, "Newer": [1]}},
    ],
)
def test_p29_p31_unassigned_text_is_sent_as_it_came(row: dict[str, Any]) -> None:
    sent = json.loads(json.dumps(_sent_back(row), default=float))
    if "Color" in row:
        row["Color"] = "Green"
    if "Pos" in row:
        sent["Pos"].pop("odata.type", None)
    assert sent == row


def test_p27_p28_numbers_go_back_as_text_with_their_digits() -> None:
    assert _sent_back({"Id": 7, "odata.type": "Lab.HotProbe", "Heat": 2.5}) == {"Id": "7", "Heat": "2.5"}


def test_r30_what_is_no_value_of_its_type_is_not_sent_on() -> None:
    with pytest.raises(PayloadError, match="Cal"):
        _sent_back({"Id": 7, "Cal": "yesterday"})


def test_dynamic_values_go_back_with_their_type() -> None:
    row = {"Id": 1, "When@odata.type": "Edm.DateTime", "When": "2013-08-19T22:13:09.1234567Z"}
    entry = entry_of(row, "Notes/@Element")
    written = LIGHT.write_request(Entry(entry.type_name, {"When": entry.raw("When")}), ANY)
    assert json.loads(written) == {"odata.type": "Lab.Note", **{name: row[name] for name in ("When@odata.type", "When")}}


# --- answers --------------------------------------------------------------------------------------------------------------------


def _answer(entry: Entry, level: Level, expect: Expectation | None = None, **more: Any) -> Any:
    return json.loads(LIGHT.write_response(entry, expect or Expectation(Kind.ENTRY, entity_set="Probes"), level=level, **more))


PROBE: Callable[[], Entry] = lambda: Entry("Lab.Probe", {"Id": 7, "Row": b"\x01", "Tags": ["a"]}, etag="W/\"X'01'\"")  # noqa: E731


def test_p71_no_metadata_says_the_values_alone() -> None:
    assert _answer(PROBE(), Level.NONE) == {"Id": "7", "Row": "AQ==", "Tags": ["a"]}


def test_p71_minimal_metadata_leaves_out_what_is_computed() -> None:
    assert _answer(PROBE(), Level.MINIMAL) == {
        "odata.metadata": f"{ROOT}$metadata#Probes/@Element",
        "odata.etag": "W/\"X'01'\"",
        "Id": "7",
        "Row": "AQ==",
        "Tags": ["a"],
    }


def test_p71_full_metadata_says_everything() -> None:
    assert _answer(PROBE(), Level.FULL) == {
        "odata.metadata": f"{ROOT}$metadata#Probes/@Element",
        "odata.type": "Lab.Probe",
        "odata.id": f"{ROOT}Probes(7L)",
        "odata.etag": "W/\"X'01'\"",
        "odata.editLink": "Probes(7L)",
        "Bench@odata.navigationLinkUrl": "Probes(7L)/Bench",
        "Bench@odata.associationLinkUrl": "Probes(7L)/$links/Bench",
        "Parts@odata.navigationLinkUrl": "Probes(7L)/Parts",
        "Parts@odata.associationLinkUrl": "Probes(7L)/$links/Parts",
        "Photo@odata.mediaEditLink": "Probes(7L)/Photo",
        "Photo@odata.mediaReadLink": "Probes(7L)/Photo",
        "#Main.Recalibrate": {"title": "Recalibrate", "target": "Probes(7L)/Recalibrate"},
        "Id@odata.type": "Edm.Int64",
        "Id": "7",
        "Row@odata.type": "Edm.Binary",
        "Row": "AQ==",
        "Tags@odata.type": "Collection(Edm.String)",
        "Tags": ["a"],
    }


def test_an_answer_says_what_differs_from_convention() -> None:
    entry = Entry("Lab.Probe", {"Id": 7}, id="urn:7", edit_link=f"{ROOT}Other(7)", self_link="http://read.example/7")
    assert _answer(entry, Level.MINIMAL) == {
        "odata.metadata": f"{ROOT}$metadata#Probes/@Element",
        "odata.id": "urn:7",
        "odata.editLink": "Other(7)",
        "odata.readLink": "http://read.example/7",
        "Id": "7",
    }


def test_a_cast_and_a_projection_stand_in_the_fragment() -> None:
    expect = Expectation(Kind.ENTRY, "Lab.HotProbe", "Probes")
    assert _answer(Entry("Lab.HotProbe", {"Id": 7}), Level.MINIMAL, expect, select="Id") == {
        "odata.metadata": f"{ROOT}$metadata#Probes/Lab.HotProbe/@Element&$select=Id",
        "Id": "7",
    }


def test_a_projection_narrows_links_streams_and_operations() -> None:
    entry = Entry("Lab.Probe", {"Id": 7}, inline={"Parts": Feed([Entry("Lab.Pair", {"Left": GUID, "Right": "x"})])})
    full = _answer(entry, Level.FULL, select="Id,Parts/Right,Main.Recalibrate")
    assert [name for name in full if "@odata.nav" in name or "media" in name] == ["Parts@odata.navigationLinkUrl"]
    minimal = _answer(entry, Level.MINIMAL, select="Id,Parts,Main.*")
    assert minimal["#Main.Recalibrate"] == {"title": "Recalibrate", "target": "Probes(7L)/Recalibrate"}
    assert [name for name in minimal if name[:1] == "#" or "@" in name] == ["#Main.Recalibrate"]
    assert "#Main.Recalibrate" not in _answer(entry, Level.FULL, select="*")


def test_p76_types_stand_inside_complex_values_and_beside_collections() -> None:
    entry = Entry("Lab.Probe", {"Id": 7, "Pos": Complex("Lab.Xy", {"X": 1.0}), "Spots": [Complex("Lab.Xyz", {"X": 1.0})]})
    minimal = _answer(entry, Level.MINIMAL)
    assert minimal["Pos"] == {"X": 1.0}
    assert minimal["Spots"] == [{"odata.type": "Lab.Xyz", "X": 1.0}]
    full = _answer(entry, Level.FULL)
    assert full["Pos"] == {"odata.type": "Lab.Xy", "X": 1.0}
    assert full["Spots@odata.type"] == "Collection(Lab.Xy)"


@pytest.mark.parametrize("level", [Level.MINIMAL, Level.FULL])
@pytest.mark.parametrize(
    "value",
    [
        Value(5, "Edm.Int64", "Id"),
        Value(None, "Edm.String", "Name"),
        Value(Complex("Lab.Xyz", {"Z": 1}), "Lab.Xyz", "Pos"),
        Value(["a"], "Collection(Edm.String)", "Tags"),
        Value([Complex("Lab.Xyz", {"Z": 1})], "Collection(Lab.Xy)", "Spots"),
    ],
)
def test_p77_values_as_answers(level: Level, value: Value) -> None:
    written = LIGHT.write_response(value, Expectation(Kind.VALUE, value.type_name, name=value.name), level=level)
    assert LIGHT.read(written, Expectation(Kind.VALUE, value.type_name, name=value.name)) == value


def test_r32_nothing_is_lost_of_a_double() -> None:
    feed = feed_of({"value": [{"Id": GUID, "ADouble": "-Infinity", "ASingle": "NaN"}]}, "Samples")
    (entry,) = feed.entries
    assert entry.get("ADouble") == float("-inf")
    assert entry.get("ASingle") != entry.get("ASingle")
