"""Verbose JSON: bodies of versions 1 to 3 and what they mean (digest, section 6)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from odata3.edm.members import Members
from odata3.edm.model import EntitySet, EntityType, Model, NavigationProperty, Property
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
    Link,
    Operation,
    Parameters,
    Reference,
    References,
    ServiceDocument,
    Stream,
    Value,
)
from odata3.formats.json_verbose import JsonVerbose
from tests.formats.laboratory import MODEL, ROOT

VERBOSE = JsonVerbose(MODEL, ROOT)
SECOND = JsonVerbose(MODEL, ROOT, version="2.0")
BARE = JsonVerbose(None, ROOT)
ANY = Expectation()
PROBES = Expectation(Kind.FEED, "Lab.Probe", "Probes")
PROBE = Expectation(Kind.ENTRY, "Lab.Probe", "Probes")
AT = f"{ROOT}Probes(7L)"
GUID = "a11cc636-5521-4f88-92b2-cad392911fe0"


def body(tree: Any) -> bytes:
    return json.dumps(tree).encode()


def row(**more: Any) -> dict[str, Any]:
    return {"__metadata": {"uri": AT, "type": "Lab.Probe", "etag": 'W/"1"'}, "Id": "7", **more}


def entry_of(tree: Any, expect: Expectation = PROBE, verbose: JsonVerbose = VERBOSE) -> Entry:
    found = verbose.read(body({"d": tree}), expect)
    assert isinstance(found, Entry)
    return found


# --- feeds and entries ----------------------------------------------------------------------------------------------------------

FEEDS = [
    {"d": [row()]},
    {"d": {"results": [row()]}},
    {"d": {"results": [row()], "__metadata": {}}},
    {"results": [row()]},
    [row()],
]


@pytest.mark.parametrize("verbose", [VERBOSE, BARE], ids=["model", "none"])
@pytest.mark.parametrize("expect", [PROBES, ANY, Expectation(Kind.RESOURCE, "Lab.Probe", "Probes")])
@pytest.mark.parametrize("tree", FEEDS)
def test_p65_feeds_of_all_versions_are_the_same(tree: Any, expect: Expectation, verbose: JsonVerbose) -> None:
    feed = verbose.read(body(tree), expect)
    assert isinstance(feed, Feed)
    (entry,) = feed.entries
    assert (entry.id, entry.edit_link, entry.etag, entry.type_name) == (AT, AT, 'W/"1"', "Lab.Probe")
    assert entry.decoded() == {"Id": 7 if verbose is VERBOSE else "7"}


@pytest.mark.parametrize("next_link", ["Probes?$skiptoken=7", {"uri": f"{ROOT}Probes?$skiptoken=7"}])
@pytest.mark.parametrize("count", ["37", 37, Decimal("37")])
def test_p67_counts_and_next_links(count: Any, next_link: Any) -> None:
    tree = {"d": {"results": [row()], "__count": count, "__next": next_link}}
    feed = VERBOSE.read(json.dumps(tree, default=int).encode(), PROBES)
    assert isinstance(feed, Feed)
    assert (feed.count, feed.next_link) == (37, f"{ROOT}Probes?$skiptoken=7")


def test_p67_metadata_may_stand_last() -> None:
    tree = {"Id": "7", "Heat": "1.5", "__metadata": {"type": "Lab.HotProbe", "uri": f"{AT}/Lab.HotProbe", "id": AT}}
    entry = entry_of(tree)
    assert (entry.type_name, entry.id, entry.edit_link) == ("Lab.HotProbe", AT, f"{AT}/Lab.HotProbe")
    assert entry.get("Heat") == Decimal("1.5")


@pytest.mark.parametrize("verbose", [VERBOSE, BARE], ids=["model", "none"])
def test_p67_deferred_inline_and_streams(verbose: JsonVerbose) -> None:
    bench = {"__metadata": {"uri": f"{ROOT}Benches('A')", "type": "Lab.Bench"}, "Code": "A"}
    part = {"__metadata": {"uri": f"{ROOT}Pairs(1)", "type": "Lab.Pair"}, "Right": "x"}
    tree = row(
        Bench=bench,
        Parts={"results": [part], "__count": "9", "__next": f"{AT}/Parts?$skiptoken=1"},
        Photo={
            "__mediaresource": {
                "media_src": "http://cdn/7.png",
                "content-type": "image/png",
                "edit_media": f"{AT}/Photo",
                "media_etag": '"p"',
            }
        },
        Other={"__deferred": {"uri": f"{AT}/Other"}},
    )
    entry = entry_of(tree, verbose=verbose)
    assert list(entry.names()) == ["Id"]
    assert entry.undeclared() == []
    found, parts = entry.inline["Bench"], entry.inline["Parts"]
    assert isinstance(found, Entry)
    assert isinstance(parts, Feed)
    assert (found.type_name, found.id) == ("Lab.Bench", f"{ROOT}Benches('A')")
    assert [each.get("Right") for each in parts.entries] == ["x"]
    assert (parts.count, parts.next_link) == (9, f"{AT}/Parts?$skiptoken=1")
    assert entry.streams == {"Photo": Stream("Photo", "http://cdn/7.png", f"{AT}/Photo", "image/png", '"p"')}
    assert entry.links["Other"] == Link("Other", f"{AT}/Other", f"{AT}/$links/Other")


def test_p65_an_expanded_collection_of_version_1() -> None:
    part = {"__metadata": {"uri": f"{ROOT}Pairs(1)"}, "Left": GUID, "Right": "x"}
    parts = entry_of(row(Parts=[part])).inline["Parts"]
    assert isinstance(parts, Feed)
    assert [each.get("Right") for each in parts.entries] == ["x"]


def test_an_expanded_null_and_links() -> None:
    entry = entry_of(row(Bench=None, Parts={"__deferred": {"uri": f"{AT}/Parts"}}))
    assert entry.inline == {"Bench": None}
    assert entry.links == {name: Link(name, f"{AT}/{name}", f"{AT}/$links/{name}") for name in ("Bench", "Parts")}


@pytest.mark.parametrize("spelling", ["associationuri", "__associationuri"])
def test_p61_metadata_of_media_entities_and_operations(spelling: str) -> None:
    at = f"{ROOT}Films(guid'{GUID}')"
    metadata = {
        "uri": at,
        "id": "urn:film",
        "type": "Lab.Film",
        "media_src": f"{at}/$value",
        "content_type": "video/mp4",
        "edit_media": "Films/edit",
        "media_etag": '"m"',
        "properties": {"Nav": {spelling: f"{at}/$links/Nav"}},
        "actions": {f"{ROOT}$metadata#Main.Play": [{"title": "Play it", "target": f"{at}/Play"}, {"target": "x"}]},
        "functions": {"#Main.Length": [{}]},
    }
    entry = entry_of({"__metadata": metadata, "Id": GUID}, Expectation(Kind.ENTRY, "Lab.Film", "Films"))
    assert (entry.id, entry.edit_link) == ("urn:film", at)
    assert entry.media == Stream(None, f"{at}/$value", f"{ROOT}Films/edit", "video/mp4", '"m"')
    assert entry.links["Nav"] == Link("Nav", f"{at}/Nav", f"{at}/$links/Nav")
    assert entry.operations == (
        Operation(f"{ROOT}$metadata#Main.Play", "Play it", f"{at}/Play"),
        Operation(f"{ROOT}$metadata#Main.Play", "Play", f"{ROOT}x"),
        Operation(f"{ROOT}$metadata#Main.Length", "Length", None, is_function=True),
    )


def test_without_metadata_identity_is_computed() -> None:
    entry = entry_of({"Id": "7", "Name": "x"})
    assert (entry.id, entry.edit_link, entry.type_name) == (AT, AT, "Lab.Probe")


def _typed(name: str, extra: str) -> Model:
    key = Property(name="Id", type="Edm.Int32", nullable=False)
    nav = NavigationProperty(name="Kin", type="N.T", multiplicity="*", relationship="N.A", from_role="a", to_role="b")
    types = EntityType(
        name="T",
        namespace="N",
        key=("Id",),
        properties=Members([key, Property(name=extra, type="Edm.String")]),
        navigation_properties=Members([nav]),
    )
    return Model(entity_types={"N.T": types}, entity_sets={name: EntitySet(name=name, type="N.T", container="N.C")})


@pytest.mark.parametrize("name", ["results", "d", "error", "EntitySets"])
def test_p68_a_property_may_be_called_like_a_wrapper(name: str) -> None:
    verbose = JsonVerbose(_typed("Ts", name), ROOT)
    one = {"Id": 1, name: "x"}
    for kind in (Kind.ENTRY, Kind.RESOURCE):
        tree = {"d": one} if name != "d" else one
        entry = verbose.read(body(tree), Expectation(kind, "N.T", "Ts"))
        assert isinstance(entry, Entry)
        assert entry.decoded() == {"Id": 1, name: "x"}
    if name == "results":
        entry = verbose.read(body({"d": {"Id": 1, "Kin": {"Id": 2, "results": "y"}}}), Expectation(Kind.ENTRY, "N.T", "Ts"))
        assert isinstance(entry, Entry)
        assert isinstance(entry.inline["Kin"], Entry)


def test_entities_under_the_name_of_their_operation() -> None:
    assert entry_of({"Clone": row()}).id == AT
    assert entry_of({"Clone": row()}, ANY, BARE).id == AT
    for rows in ([row()], {"results": [row()]}):
        feed = VERBOSE.read(body({"d": {"Similar": rows}}), PROBES)
        assert isinstance(feed, Feed)
        assert [entry.id for entry in feed.entries] == [AT]
    alone = entry_of({"Bench": {"__metadata": {"uri": "b"}, "Code": "A"}})
    assert list(alone.inline) == ["Bench"]


def test_a_look_up_answered_by_an_array_of_one() -> None:
    assert entry_of([row()]).id == AT
    assert entry_of({"results": [row()]}).id == AT
    assert entry_of({"results": row()}).id == AT
    assert isinstance(VERBOSE.read(body({"d": [row(), row()]}), PROBE), Feed)


# --- values ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_name", "name", "tree", "value"),
    [
        ("Edm.String", "Name", {"Name": "Milk"}, "Milk"),
        ("Edm.String", "Name", {"results": {"Name": "Milk"}}, "Milk"),
        ("Edm.String", None, {"Anything": "Milk"}, "Milk"),
        ("Edm.Int32", None, 5, 5),
        ("Edm.String", "Name", {"Name": None}, None),
        ("Edm.Decimal", "Price", {"Price": "3.50"}, Decimal("3.50")),
        ("Edm.DateTime", "Cal", {"Cal": "/Date(1376950389123)/"}, datetime(2013, 8, 19, 22, 13, 9, 123000)),
        ("Edm.DateTime", "Cal", {"Cal": "2013-08-19T22:13:09"}, datetime(2013, 8, 19, 22, 13, 9)),
        ("Lab.Xy", "Pos", {"Pos": {"X": 1.5}}, Complex("Lab.Xy", {"X": 1.5})),
        ("Lab.Xy", "Pos", {"results": {"X": 1.5}}, Complex("Lab.Xy", {"X": 1.5})),
        ("Lab.Xy", "Pos", {"X": 1.5, "Label": None}, Complex("Lab.Xy", {"X": 1.5, "Label": None})),
        ("Lab.Xy", "Pos", {"__metadata": {"type": "Lab.Xyz"}, "Z": "1"}, Complex("Lab.Xyz", {"Z": 1})),
        ("Lab.Xy", None, {"Pos": None}, None),
        ("Lab.Xyz", "Next", {"Next": {"X": 1.0}}, Complex("Lab.Xyz", {"X": 1.0})),
        ("Collection(Edm.Int64)", "Marks", {"__metadata": {"type": "Collection(Edm.Int64)"}, "results": ["1", 2]}, [1, 2]),
        ("Collection(Edm.Int64)", "Marks", {"Marks": {"__metadata": {}, "results": ["1"]}}, [1]),
        ("Collection(Edm.Int64)", "Marks", {"results": []}, []),
        ("Collection(Edm.String)", "Tags", {"Tags": ["a"]}, ["a"]),
        ("Collection(Edm.String)", None, ["a"], ["a"]),
        ("Collection(Lab.Xy)", "Spots", {"results": [{"X": 1.0}]}, [Complex("Lab.Xy", {"X": 1.0})]),
        ("Lab.Color", "Color", {"Color": "Blue"}, 7),
        (None, "Sum", {"Sum": 3}, 3),
        (None, None, {"Sum": {"__metadata": {"type": "Lab.Xy"}, "X": 1.0}}, Complex("Lab.Xy", {"X": 1.0})),
    ],
)
def test_p66_values_in_all_their_forms(type_name: str | None, name: str | None, tree: Any, value: Any) -> None:
    found = VERBOSE.read(body({"d": tree}), Expectation(Kind.VALUE, type_name, name=name))
    assert isinstance(found, Value)
    assert found.value == value
    if type_name is not None and type_name.startswith("Edm."):
        assert VERBOSE.read(body({"d": tree}), Expectation(Kind.RESOURCE, type_name, name=name)) == found


def test_p66_an_operation_may_answer_with_anything() -> None:
    assert isinstance(VERBOSE.read(body({"d": {"Sum": 3}}), Expectation(name="Sum")), Value)
    assert isinstance(VERBOSE.read(body({"d": [1, 2]}), ANY), Value)
    assert isinstance(VERBOSE.read(body({"d": {"results": ["a"]}}), ANY), Value)
    assert isinstance(VERBOSE.read(body({"d": {"results": [row()]}}), Expectation(Kind.VALUE)), Feed)
    assert VERBOSE.read(body({"d": None}), ANY) == Value(None)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("/Date(3600000+0060)/", datetime(1970, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))),
        ("/Date(-3600000-0060)/", datetime(1969, 12, 31, 23, tzinfo=timezone(timedelta(hours=-1)))),
        ("2013-08-19T22:13:09Z", datetime(2013, 8, 19, 22, 13, 9, tzinfo=UTC)),
    ],
)
def test_p30_moments_with_offset(raw: str, value: datetime) -> None:
    found = VERBOSE.read(body({"d": {"P": raw}}), Expectation(Kind.VALUE, "Edm.DateTimeOffset", name="P"))
    assert isinstance(found, Value)
    assert found.value == value
    assert found.value.utcoffset() == value.utcoffset()


def test_p32_only_what_is_declared_or_unknown_becomes_a_date() -> None:
    assert entry_of(row(Name="/Date(1)/")).get("Name") == "/Date(1)/"
    unknown = entry_of({"__metadata": {"uri": "x"}, "A": "/Date(0)/", "B": "/Date(0+0000)/", "C": "/Date(0)/ "}, ANY, BARE)
    assert unknown.decoded() == {"A": datetime(1970, 1, 1), "B": datetime(1970, 1, 1, tzinfo=UTC), "C": "/Date(0)/ "}


def test_spatial_values_with_their_metadata() -> None:
    raw = {
        "__metadata": {"type": "Edm.GeographyPoint"},
        "type": "Point",
        "coordinates": [1.0, 2.0],
        "crs": {"type": "name", "properties": {"name": "EPSG:4326"}},
    }
    point = Geography("Point", (1.0, 2.0), srid=4326)
    sample = entry_of(
        {"__metadata": {"uri": "x"}, "Id": GUID, "AGeographyPoint": raw}, Expectation(Kind.ENTRY, "Lab.Sample", "Samples")
    )
    assert sample.get("AGeographyPoint") == point
    note = entry_of({"__metadata": {"uri": "x"}, "Id": 1, "At": raw}, Expectation(Kind.ENTRY, "Lab.Note", "Notes"))
    assert note.get("At") == point


def test_a_dynamic_spatial_value_carries_its_type() -> None:
    point = Geography("Point", (1.0, 2.0), srid=4326)
    written = json.loads(VERBOSE.write_request(Entry("Lab.Note", {"Id": 1, "At": point}), ANY))
    assert written["At"]["__metadata"] == {"type": "Edm.GeographyPoint"}
    note = entry_of({"__metadata": {"uri": "x"}, **written}, Expectation(Kind.ENTRY, "Lab.Note", "Notes"))
    assert note.get("At") == point


def test_a_relative_uri_is_below_the_root() -> None:
    entry = entry_of({"__metadata": {"uri": "Probes(7L)", "type": "Lab.Probe"}, "Id": "7"})
    assert (entry.id, entry.edit_link, entry.self_link) == (AT, AT, AT)


# --- links, service documents, errors -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tree", [{"d": [{"uri": "a"}, {"uri": "b"}]}, {"d": {"results": [{"uri": "a"}, {"uri": "b"}]}}, [{"uri": "a"}, {"uri": "b"}]]
)
def test_p65_links_of_all_versions_are_the_same(tree: Any) -> None:
    assert VERBOSE.read(body(tree), Expectation(Kind.REFERENCES)) == References([f"{ROOT}a", f"{ROOT}b"])
    assert VERBOSE.read(body(tree), ANY) == References([f"{ROOT}a", f"{ROOT}b"])
    for expect in (Expectation(Kind.REFERENCE), ANY):
        assert VERBOSE.read(body({"d": {"uri": "a"}}), expect) == Reference(f"{ROOT}a")


def test_the_service_document() -> None:
    for tree in ({"d": {"EntitySets": ["A", "B"]}}, {"EntitySets": ["A", "B"]}):
        assert VERBOSE.read(body(tree), Expectation(Kind.SERVICE)) == ServiceDocument([("A", f"{ROOT}A"), ("B", f"{ROOT}B")])


@pytest.mark.parametrize(
    ("tree", "fault"),
    [
        ({"error": {"code": "5", "message": {"lang": "en", "value": "x"}}}, Fault("5", "x", None, "en")),
        ({"error": {"message": "plain", "innererror": {"errordetails": []}}}, Fault("", "plain", {"errordetails": []})),
        ({"odata.error": {"code": "1", "message": "light"}}, Fault("1", "light")),
        ({"error": "denied", "error_description": "why"}, Fault("denied", "why")),
        ({"d": {"__metadata": {}, "Id": "7", "error": {"message": "late"}}}, Fault("", "late")),
        ({"d": {"Id": "7"}, "error": {"message": "late"}}, Fault("", "late")),
    ],
)
def test_r22_errors(tree: Any, fault: Fault) -> None:
    assert VERBOSE.read(body(tree), PROBE) == fault


FIRST = f'{{"d":{{"results":[{{"Id":"7","__metadata":{{"uri":"{AT}"}}}}'


@pytest.mark.parametrize(
    ("rest", "error"),
    [
        ('],"error":{"code":"E","message":{"value":"boom"}}}}', DataServiceClientException),
        (']},"error":{"code":"E","message":{"value":"boom"}}}', DataServiceClientException),
        (',{"error":{"code":"E","message":{"value":"boom"}}}]}}', DataServiceClientException),
        (',{"Id":"9","Na{"error":{"code":"E","message":{"value":"boom"}}}', DataServiceClientException),
        (',{"Id":"9","Na', PayloadError),
        ('],"__next":"', PayloadError),
    ],
)
def test_p104_errors_in_the_stream_come_after_whole_entities(rest: str, error: type[Exception]) -> None:
    feed = VERBOSE.read((FIRST + rest).encode(), PROBES)
    assert isinstance(feed, Feed)
    assert [entry.id for entry in feed.entries] == [AT]
    assert type(feed.failure) is error
    assert feed.next_link is None


@pytest.mark.parametrize(
    ("tree", "expect", "where"),
    [
        ({"d": {"results": [row(), 5]}}, PROBES, "d.results[1]"),
        ({"d": [5]}, PROBES, "d[0]"),
        ({"d": {"results": [{"Id": None}]}}, PROBES, "d.results[0].Id"),
        ({"d": {"results": [{"Id": "x"}]}}, PROBES, "d.results[0].Id"),
        ({"d": {"Id": "7"}}, PROBES, "d"),
        ({"d": row(Bench=5)}, PROBE, "d.Bench"),
        ({"d": row(Parts={"results": [5]})}, PROBE, "d.Parts.results[0]"),
        ({"d": {"__metadata": 5}}, PROBE, "d.__metadata"),
        ({"d": {"__metadata": {"uri": 5}}}, PROBE, "d.__metadata.uri"),
        ({"d": 5}, PROBE, "d"),
        ({"d": {"results": [], "__count": "x"}}, PROBES, "d.__count"),
        ({"d": {"results": [], "__next": 5}}, PROBES, "d.__next"),
        ({"d": {"results": [], "__next": {"uri": 5}}}, PROBES, "d.__next"),
        ({"d": {"results": [], "__next": {"uri": "x", "more": "y"}}}, PROBES, "d.__next"),
        ({"d": {"results": [{"url": "x"}]}}, Expectation(Kind.REFERENCES), "d.results[0]"),
        ({"d": {}}, Expectation(Kind.REFERENCES), "d"),
        ({"d": {"EntitySets": [1]}}, Expectation(Kind.SERVICE), "d"),
    ],
)
def test_r20_what_is_not_the_document_says_where(tree: Any, expect: Expectation, where: str) -> None:
    with pytest.raises(PayloadError) as caught:
        VERBOSE.read(body(tree), expect)
    assert caught.value.where == where


@pytest.mark.parametrize("text", [b"null", b'"x"', b"5", b"", b"{", b"<a/>"])
def test_r20_the_wrong_kind_of_answer(text: bytes) -> None:
    with pytest.raises(PayloadError):
        VERBOSE.read(text, PROBES)


def test_r30_a_wrong_value_names_type_and_property() -> None:
    with pytest.raises(PayloadError, match=r"Lab.Probe.Cal.*Edm.DateTime"):
        entry_of(row(Cal="/Date(9999999999999999)/")).get("Cal")


# --- requests -------------------------------------------------------------------------------------------------------------------


def test_p69_requests_have_no_wrapper() -> None:
    values = {
        "Id": 5,
        "Cal": datetime(1970, 1, 1, 0, 0, 1),
        "Pos": Complex("Lab.Xy", {"X": 1.0}),
        "Tags": ["a"],
        "Name": "/Date(1)/",
    }
    entry = Entry("Lab.Probe", values, binds={"Bench": f"{ROOT}Benches('A')", "Parts": [f"{ROOT}Pairs(1)"]})
    written = SECOND.write_request(entry, ANY).decode()
    assert written == (
        '{"__metadata":{"type":"Lab.Probe"},'
        f'"Bench":{{"__metadata":{{"uri":"{ROOT}Benches(\'A\')"}}}},"Parts":[{{"__metadata":{{"uri":"{ROOT}Pairs(1)"}}}}],'
        '"Id":"5","Cal":"\\/Date(1000)\\/","Pos":{"__metadata":{"type":"Lab.Xy"},"X":1.0},'
        '"Tags":{"__metadata":{"type":"Collection(Edm.String)"},"results":["a"]},"Name":"/Date(1)/"}'
    )
    assert '"Cal":"1970-01-01T00:00:01"' in VERBOSE.write_request(entry, ANY).decode()


def test_p69_binds_and_deep_inserts_are_read() -> None:
    sent = {
        "__metadata": {"type": "Lab.HotProbe", "uri": "ignored"},
        "Bench": {"__metadata": {"uri": f"{ROOT}Benches('A')"}},
        "Parts": [{"__metadata": {"uri": f"{ROOT}Pairs(1)"}}, {"Left": GUID, "Right": "x"}],
        "Film": {"__deferred": {"uri": "ignored"}},
        "Name": "n",
        "Tags": ["a"],
        "Marks": {"results": ["1"]},
    }
    found = VERBOSE.read_request(body(sent), PROBE)
    assert isinstance(found, Entry)
    assert (found.type_name, found.edit_link, found.details) == ("Lab.HotProbe", None, Details())
    assert found.binds == {"Bench": f"{ROOT}Benches('A')", "Parts": [f"{ROOT}Pairs(1)"]}
    parts = found.inline["Parts"]
    assert isinstance(parts, Feed)
    assert [each.get("Right") for each in parts.entries] == ["x"]
    assert found.decoded() == {"Name": "n", "Tags": ["a"], "Marks": [1]}


def test_a_type_that_the_model_lacks_stays_named_in_a_request() -> None:
    found = VERBOSE.read_request(b'{"__metadata":{"type":"Lab.Nope"},"Id":"7"}', PROBE)
    assert isinstance(found, Entry)
    assert (found.type_name, found.get("Id")) == ("Lab.Nope", 7)


def test_a_deep_insert_beside_binds_is_written_as_one_array() -> None:
    entry = Entry(None, {}, binds={"Parts": ["u"]}, inline={"Parts": Feed([Entry("Lab.Pair", {"Right": "x"})]), "Bench": None})
    assert json.loads(VERBOSE.write_request(entry, ANY)) == {
        "Parts": [{"__metadata": {"uri": "u"}}, {"__metadata": {"type": "Lab.Pair"}, "Right": "x"}]
    }


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Value(5, "Edm.Int64", "Id"), b'{"Id":"5"}'),
        (Value(None, "Edm.String", "Name"), b'{"Name":null}'),
        (Value(Complex("Lab.Xy", {"X": 1.0}), "Lab.Xy", "Pos"), b'{"Pos":{"__metadata":{"type":"Lab.Xy"},"X":1.0}}'),
    ],
)
def test_a_property_as_a_request(value: Value, written: bytes) -> None:
    assert VERBOSE.write_request(value, ANY) == written
    assert VERBOSE.read_request(written, Expectation(Kind.VALUE, value.type_name, name=value.name)) == value


def test_what_is_no_document_of_this_kind() -> None:
    with pytest.raises(ArgumentError, match="is no answer"):
        VERBOSE.write_response(5, ANY)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="is no request"):
        VERBOSE.write_request(5, ANY)  # type: ignore[arg-type]


def test_links_and_parameters_as_requests() -> None:
    assert VERBOSE.write_request(Reference("http://x/1"), ANY) == b'{"uri":"http://x/1"}'
    assert VERBOSE.read_request(b'{"uri":"http://x/1"}', Expectation(Kind.REFERENCE)) == Reference("http://x/1")
    types = {"Offset": "Edm.Decimal", "Tags": "Collection(Edm.String)", "When": "Edm.DateTime"}
    values = {"Offset": Decimal("0.5"), "Tags": ["a"], "When": datetime(1970, 1, 1)}
    written = SECOND.write_request(Parameters(values, types), ANY)
    assert written == (b'{"Offset":"0.5","Tags":["a"],"When":"\\/Date(0)\\/"}')
    assert dict(VERBOSE.read_parameters(written, types).values) == values
    assert VERBOSE.read_parameters(b" ", types).values == {}


def test_p29_unassigned_values_go_back_as_they_came() -> None:
    entry = entry_of(row(Cal="/Date(1376950389123)/", Name="/Date(1)/", Moments={"results": ["/Date(5)/"]}))
    values = {name: entry.raw(name) for name in ("Cal", "Name", "Moments")}
    written = SECOND.write_request(Entry("Lab.Probe", values), ANY).decode()
    assert '"Cal":"\\/Date(1376950389123)\\/"' in written
    assert '"Name":"/Date(1)/"' in written
    assert '"results":["\\/Date(5)\\/"]' in written


# --- answers --------------------------------------------------------------------------------------------------------------------


def _answer(document: Any, version: str, expect: Expectation = PROBES, **more: Any) -> Any:
    return json.loads(VERBOSE.write_response(document, expect, version=version, **more))


def test_answers_by_version() -> None:
    entry = Entry("Lab.HotProbe", {"Id": 7, "Heat": Decimal("1.50")}, etag='W/"1"', inline={"Parts": Feed([])})
    first = _answer(Feed([entry]), "1.0")
    assert first == {
        "d": [
            {
                "__metadata": {"id": AT, "uri": AT, "etag": 'W/"1"', "type": "Lab.HotProbe"},
                "Bench": {"__deferred": {"uri": f"{AT}/Bench"}},
                "Film": {"__deferred": {"uri": f"{AT}/Film"}},
                "Parts": [],
                "Id": "7",
                "Heat": "1.50",
            }
        ]
    }
    second = _answer(Feed([entry], count=9, next_link="n"), "2.0")["d"]
    assert (second["__count"], second["__next"], second["results"][0]["Parts"]) == ("9", "n", {"results": []})
    third = _answer(Feed([entry]), "3.0")["d"]["results"][0]
    below = f"{AT}/Lab.HotProbe"
    assert third["__metadata"] == {
        "id": AT,
        "uri": below,
        "etag": 'W/"1"',
        "type": "Lab.HotProbe",
        "properties": {name: {"associationuri": f"{below}/$links/{name}"} for name in ("Bench", "Parts", "Film")},
        "actions": {f"{ROOT}$metadata#Main.Recalibrate": [{"title": "Recalibrate", "target": f"{AT}/Recalibrate"}]},
        "functions": {f"{ROOT}$metadata#Main.Cool": [{"title": "Cool", "target": f"{below}/Cool"}]},
    }
    assert third["Photo"] == {"__mediaresource": {"edit_media": f"{below}/Photo", "media_src": f"{below}/Photo"}}


def test_items_name_their_type_where_it_is_derived() -> None:
    entry = Entry("Lab.Probe", {"Id": 7, "Pos": Complex("Lab.Xy", {}), "Spots": [Complex("Lab.Xy", {}), Complex("Lab.Xyz", {})]})
    found = _answer(entry, "3.0", PROBE)["d"]
    assert found["Pos"] == {"__metadata": {"type": "Lab.Xy"}}
    assert found["Spots"]["results"] == [{}, {"__metadata": {"type": "Lab.Xyz"}}]


def test_a_projection_narrows_links_streams_and_operations() -> None:
    entry = Entry("Lab.Probe", {"Id": 7}, inline={"Parts": Feed([Entry("Lab.Pair", {"Left": GUID, "Right": "x"})])})
    found = _answer(entry, "3.0", PROBE, select="Id,Parts/Right,Main.Recalibrate")["d"]
    assert set(found) == {"__metadata", "Parts", "Id"}
    assert set(found["__metadata"]["properties"]) == {"Parts"}
    assert set(found["__metadata"]["actions"]) == {f"{ROOT}$metadata#Main.Recalibrate"}
    assert "actions" not in _answer(entry, "3.0", PROBE, select="*")["d"]["__metadata"]


@pytest.mark.parametrize("version", ["1.0", "2.0", "3.0"])
@pytest.mark.parametrize(
    ("document", "expect"),
    [
        (Value("x", "Edm.String", "Name"), Expectation(Kind.VALUE, "Edm.String", name="Name")),
        (Value(None, "Edm.String", "Name"), Expectation(Kind.VALUE, "Edm.String", name="Name")),
        (Value(datetime(1970, 1, 1), "Edm.DateTime", "Cal"), Expectation(Kind.VALUE, "Edm.DateTime", name="Cal")),
        (Value(Complex("Lab.Xyz", {"Z": 1}), "Lab.Xyz", "Pos"), Expectation(Kind.VALUE, "Lab.Xy", name="Pos")),
        (Value(["a"], "Collection(Edm.String)", "Tags"), Expectation(Kind.VALUE, "Collection(Edm.String)", name="Tags")),
        (Reference("http://x/1"), Expectation(Kind.REFERENCE)),
        (References(["http://x/1"]), Expectation(Kind.REFERENCES)),
        (References(["http://x/1"], 5, "http://x/n"), Expectation(Kind.REFERENCES)),
        (ServiceDocument([("Probes", f"{ROOT}Probes")]), Expectation(Kind.SERVICE)),
        (Fault("5", "x", {"a": "b"}, "de"), ANY),
    ],
)
def test_p82_other_documents_round_trip(document: Any, expect: Expectation, version: str) -> None:
    written = VERBOSE.write_response(document, expect, version=version)
    assert VERBOSE.read(written, expect) == document
