from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from server.lab import ATOM, LIGHT, SERIAL, VERBOSE, Plain

from odata3.edm.csdl import parse_metadata
from odata3.server import Service, Store

V3 = {"DataServiceVersion": "3.0", "MaxDataServiceVersion": "3.0"}


# --- insert -----------------------------------------------------------------------------------------------------------------


def test_p83_insert_answers_with_the_entity_and_where_it_is(lab: Plain) -> None:
    answer = lab("POST", "Benches", {"Code": "S", "Title": "South"})
    assert (answer.status, answer.headers["Location"], answer.headers["ETag"]) == (201, f"{lab.url}Benches('S')", 'W/"0"')
    assert answer.json["Title"] == "South" and answer.json["odata.metadata"] == f"{lab.url}$metadata#Benches/@Element"
    assert lab.get("Benches('S')").json["Title"] == "South"


def test_p81_the_type_may_come_last(lab: Plain) -> None:
    answer = lab("POST", "Probes", '{"Id":"9","Limit":3,"odata.type":"Lab.HotProbe"}')
    assert answer.status == 201 and answer.json["odata.type"] == "Lab.HotProbe" and answer.json["Limit"] == 3
    assert answer.headers["Location"] == f"{lab.url}Probes(9L)/Lab.HotProbe"


def test_every_value_goes_in_and_out(lab: Plain) -> None:
    probe = {
        "Id": "10",
        "Name": "ünï <&> ''",
        "Price": "79228162514264337593543950335",
        "Weight": "-Infinity",
        "Taken": "2013-08-02T15:12:54.2694809-07:00",
        "Sent": "2013-08-19T22:13:09.1234567Z",
        "Span": "-P1DT2H3M4.005S",
        "Flag": False,
        "Serial": SERIAL,
        "Blob": "AAH+/w==",
        "Small": 255,
        "Color": "Green",
        "Home": {"City": "X", "Zip": None, "Since": "2013-08-19T22:13:09.1234567Z", "Rent": "0.10"},
        "Tags": ["", "x"],
        "Places": [{"City": None, "Zip": 1, "Since": None, "Rent": None}],
    }
    assert lab("POST", "Probes", probe).status == 201
    read = lab.get("Probes(10)").json
    del read["odata.metadata"]
    assert read == probe


def test_keys_are_made_up_where_they_can_be(lab: Plain) -> None:
    assert lab("POST", "Probes", {"Name": "no id"}).json["Id"] == "5"
    assert len(lab("POST", "Notes", {"Text": "x"}).json["Id"]) == 36
    assert lab("POST", "Benches", {"Title": "no code"}).status == 400


def test_defaults_of_what_is_not_sent(lab: Plain) -> None:
    assert lab("POST", "Orders", {"Number": 7}).json["State"] == "new"
    line = lab("POST", "Lines", {"Number": 7, "Item": "z"}).json
    assert line["Count"] == 0 and line["ProbeId"] is None


def test_a_key_that_is_there_is_a_conflict(lab: Plain) -> None:
    answer = lab("POST", "Benches", {"Code": "N"})
    assert answer.status == 409 and "Benches" in answer.message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff\xfe{",
        b'{"Id":"x"}',
        b'{"Id":1.5}',
        b'{"Id":"1","Nope":1}',
        b'{"Small":256}',
        b'{"Flag":"yes"}',
        b'{"Taken":"yesterday"}',
        b'{"Serial":"{x}"}',
        b'{"Color":"Pink"}',
        b'{"Home":5}',
        b'{"Home":{"Nope":1}}',
        b'{"Tags":"a"}',
        b'{"Tags":null}',
        b'{"Tags":["a",null]}',
        b'{"Name":"\\ud800"}',
        b'{"odata.type":"Lab.Nope"}',
        b'{"odata.type":"Lab.Bench"}',
        b'{"Bench@odata.bind":"Nowhere(1)"}',
        b'{"Bench@odata.bind":"Benches(\'none\')"}',
        b'{"Bench@odata.bind":"Probes(1)"}',
        b'{"Bench@odata.bind":"http://elsewhere/x"}',
        b'{"Bench@odata.bind":5}',
        b'{"Bench":[]}',
        b'{"Id":' + b"[" * 500 + b"]" * 500 + b"}",
    ],
)
def test_bodies_that_are_refused_and_leave_nothing(lab: Plain, body: bytes) -> None:
    answer = lab("POST", "Probes", body)
    assert answer.status in (400, 404), answer.text
    assert answer.message
    assert lab.get("Probes/$count").text == "4"


def test_dynamic_properties_come_with_their_types(lab: Plain) -> None:
    note = {
        "Text": "t",
        "N": 5,
        "Big@odata.type": "Edm.Int64",
        "Big": "5",
        "At@odata.type": "Edm.DateTime",
        "At": "2013-08-19T22:13:09",
    }
    made = lab("POST", "Notes", note)
    assert made.status == 201
    read = made.json
    assert read["N"] == 5 and read["Big@odata.type"] == "Edm.Int64" and read["At"] == "2013-08-19T22:13:09"
    assert len(lab.get("Notes?$filter=N gt 4").json["value"]) == 1
    assert len(lab.get("Notes?$filter=At eq datetime'2013-08-19T22:13:09'").json["value"]) == 1
    assert len(lab.get("Notes?$filter=Mood eq 'fine'&$orderby=Score").json["value"]) == 1


def test_p89_bind_and_deep_insert(lab: Plain) -> None:
    bound = lab("POST", "Probes", {"Id": "11", "Bench@odata.bind": f"{lab.url}Benches('N')"})
    assert bound.status == 201 and lab.get("Probes(11)/Bench").json["Code"] == "N"
    deep = lab("POST", "Benches", {"Code": "D", "Probes": [{"Id": "12"}, {"Id": "13", "odata.type": "Lab.HotProbe"}]})
    assert deep.status == 201 and lab.get("Benches('D')/Probes").ids == [12, 13]
    many = lab("POST", "Benches", {"Code": "E", "Probes@odata.bind": ["Probes(12)", "Probes(13)"]})
    assert many.status == 201 and lab.get("Benches('E')/Probes").ids == [12, 13] and lab.get("Benches('D')/Probes").ids == []


def test_p89_an_insert_that_fails_deep_down_leaves_nothing(lab: Plain) -> None:
    failed = lab("POST", "Benches", {"Code": "F", "Probes": [{"Id": "14"}, {"Id": "1"}]})
    assert failed.status == 409
    assert lab.get("Benches('F')").status == 404 and lab.get("Probes(14)").status == 404


def test_insert_into_a_navigation_property(lab: Plain) -> None:
    answer = lab("POST", "Benches('N')/Probes", {"Id": "15"})
    assert answer.headers["Location"] == f"{lab.url}Probes(15L)"
    assert lab.get("Benches('N')/Probes").ids == [1, 2, 15]
    assert lab("POST", "Orders(1)/Lines", {"Item": "q"}).json["Number"] == 1


# --- update -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["MERGE", "PATCH"])
def test_p84_what_is_not_named_stays(lab: Plain, method: str) -> None:
    before = lab.get("Probes(1)").json
    answer = lab(method, "Probes(1)", {"Name": "new"}, **V3)
    assert (answer.status, answer.body, answer.headers["DataServiceVersion"]) == (204, b"", "1.0;")
    assert lab.get("Probes(1)").json == {**before, "Name": "new"}


def test_put_resets_what_is_not_named(lab: Plain) -> None:
    assert lab("PUT", "Probes(1)", {"Name": "new"}).status == 204
    probe = lab.get("Probes(1)").json
    assert probe["Name"] == "new" and probe["Price"] is None and probe["Tags"] == [] and probe["Home"] is None
    assert lab.get("Probes(1)/Bench").json["Code"] == "N"
    assert lab("PUT", f"Notes(guid'{SERIAL}')", {"Text": "only"}).status == 204
    assert lab.get(f"Notes(guid'{SERIAL}')").json.keys() == {"odata.metadata", "Id", "Text"}


def test_put_leaves_what_is_not_named_if_told_to(open_lab: Callable[..., Plain]) -> None:
    lab = open_lab(put_resets=False)
    assert lab("PUT", "Probes(1)", {"Name": "new"}).status == 204
    assert lab.get("Probes(1)").json["Price"] == "2.50"


def test_keys_in_an_update_are_passed_over(lab: Plain) -> None:
    assert lab("MERGE", "Probes(1)", {"Id": "99", "Name": "x"}).status == 204
    assert lab.get("Probes(1)").json["Name"] == "x" and lab.get("Probes(99)").status == 404


def test_an_update_may_bind_a_single_link(lab: Plain) -> None:
    assert lab("MERGE", "Probes(3)", {"Bench@odata.bind": "Benches('N')"}).status == 204
    assert lab.get("Benches('N')/Probes").ids == [1, 2, 3]
    assert lab("MERGE", "Benches('N')", {"Probes@odata.bind": ["Probes(4)"]}, If_Match="*").status == 400
    assert lab("MERGE", "Probes(3)", {"Bench": {"Code": "Z"}}).status == 400


def test_update_of_what_is_not_there(lab: Plain) -> None:
    assert lab("MERGE", "Probes(99)", {"Name": "x"}).status == 404
    assert lab("MERGE", "Probes(3)/Bench", {"Title": "x"}).status == 404


def test_dynamic_properties_are_merged(lab: Plain) -> None:
    path = f"Notes(guid'{SERIAL}')"
    assert lab("MERGE", path, {"Mood": "bad", "Extra": True}).status == 204
    assert {n: v for n, v in lab.get(path).json.items() if n in ("Mood", "Extra", "Score")} == {
        "Mood": "bad",
        "Extra": True,
        "Score": 3,
    }


# --- ETags ------------------------------------------------------------------------------------------------------------------


def test_p86_etags_guard_changes(lab: Plain) -> None:
    assert lab("MERGE", "Benches('N')", {"Title": "x"}).status == 400
    stale = lab("MERGE", "Benches('N')", {"Title": "x"}, If_Match='W/"9"')
    assert stale.status == 412 and lab.get("Benches('N')").json["Title"] == "North"
    changed = lab("MERGE", "Benches('N')", {"Title": "x"}, If_Match='W/"0"')
    assert (changed.status, changed.headers["ETag"]) == (204, 'W/"1"')
    assert lab("PUT", "Benches('N')", {"Title": "y"}, If_Match='W/"1"').headers["ETag"] == 'W/"2"'
    assert lab("DELETE", "Benches('N')", If_Match='W/"1"').status == 412
    assert lab("DELETE", "Benches('N')", If_Match="*").status == 204


def test_if_match_where_it_has_no_business(lab: Plain) -> None:
    assert lab("MERGE", "Probes(1)", {"Name": "x"}, If_Match='W/"0"').status == 400
    assert lab("MERGE", "Probes(1)", {"Name": "x"}, If_Match="*").status == 204
    assert lab("MERGE", "Benches('N')", {}, If_None_Match="*").status == 400
    assert lab("POST", "Benches", {"Code": "q"}, If_Match="*").status == 400


def test_428_by_choice(open_lab: Callable[..., Plain]) -> None:
    assert open_lab(missing_etag_status=428)("MERGE", "Benches('N')", {"Title": "x"}).status == 428


# --- delete -----------------------------------------------------------------------------------------------------------------


def test_delete(lab: Plain) -> None:
    assert lab("DELETE", "Probes(1)").status == 204
    assert lab("DELETE", "Probes(1)").status == 404
    assert lab.get("Benches('N')/Probes").ids == [2]


def test_delete_takes_along_what_the_model_says(lab: Plain) -> None:
    assert lab("DELETE", "Orders(1)").status == 204
    assert lab.get("Lines/$count").text == "0"


# --- verbs, preferences, tunnels --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "Probes(1)", "GET"),
        ("PUT", "Probes", "GET, POST"),
        ("DELETE", "Probes", "GET, POST"),
        ("POST", "", "GET"),
        ("PUT", "$metadata", "GET"),
        ("POST", "Probes/$count", "GET"),
        ("POST", "Probes(1)/Name", "GET"),
        ("GET", "$batch", "POST"),
        ("POST", "Probes(1)/$links/Bench", "GET, PUT, DELETE"),
        ("PUT", "Benches('N')/$links/Probes", "GET, POST"),
        ("DELETE", "Benches('N')/$links/Probes", "GET, POST"),
    ],
)
def test_wrong_verbs_are_told_the_right_ones(lab: Plain, method: str, path: str, allowed: str) -> None:
    answer = lab(method, path, {} if method != "GET" else None)
    assert answer.status == 405
    assert answer.headers["Allow"].startswith(allowed)


def test_an_unknown_verb(lab: Plain) -> None:
    assert lab("FOO", "Probes").status == 501


def test_p91_preferences(lab: Plain) -> None:
    quiet = lab("POST", "Benches", {"Code": "Q"}, Prefer="return-no-content", **V3)
    assert (quiet.status, quiet.headers["Preference-Applied"]) == (204, "return-no-content")
    assert quiet.headers["Location"] == quiet.headers["DataServiceId"] == f"{lab.url}Benches('Q')"
    assert quiet.headers["DataServiceVersion"] == "3.0;" and quiet.headers["ETag"] == 'W/"0"'
    loud = lab("MERGE", "Probes(1)", {"Name": "loud"}, Prefer="return-content", **V3)
    assert (loud.status, loud.json["Name"], loud.headers["Preference-Applied"]) == (200, "loud", "return-content")
    deaf = lab("MERGE", "Probes(1)", {"Name": "deaf"}, content_type=VERBOSE, Prefer="return-content", DataServiceVersion="2.0")
    assert deaf.status == 204 and "Preference-Applied" not in deaf.headers


@pytest.mark.parametrize("verb", ["MERGE", "PATCH", "PUT", "DELETE"])
def test_p92_verbs_through_a_tunnel(lab: Plain, verb: str) -> None:
    assert lab("POST", "Probes(1)", None if verb == "DELETE" else {"Name": "x"}, X_HTTP_Method=verb).status == 204
    assert lab.get("Probes(1)").status == (404 if verb == "DELETE" else 200)


def test_p92_tunnels_lead_nowhere_else(lab: Plain) -> None:
    assert lab.get("Probes", X_HTTP_Method="DELETE").status == 400
    assert lab("POST", "Probes(1)", {}, X_HTTP_Method="GET").status == 400
    assert lab("PUT", "Probes(1)", {}, X_HTTP_Method="MERGE").status == 400


# --- the other dialects -----------------------------------------------------------------------------------------------------


def test_verbose_bodies(lab: Plain) -> None:
    probe: dict[str, Any] = {
        "__metadata": {"type": "Lab.HotProbe"},
        "Id": "20",
        "Taken": "\\/Date(1376950389123)\\/",
        "Tags": {"results": ["v"]},
        "Home": {"__metadata": {"type": "Lab.Address"}, "City": "V"},
        "Bench": {"__metadata": {"uri": f"{lab.url}Benches('N')"}},
    }
    made = lab("POST", "Probes", probe, accept=VERBOSE, content_type=VERBOSE, DataServiceVersion="3.0")
    assert made.status == 201 and made.json["d"]["__metadata"]["type"] == "Lab.HotProbe"
    assert lab.get("Probes(20)/Bench").json["Code"] == "N"
    assert lab.get("Probes(20)").json["Tags"] == ["v"]
    assert lab("MERGE", "Probes(20)", {"Name": "w"}, content_type="application/json", DataServiceVersion="2.0").status == 204
    assert lab("MERGE", "Probes(20)", {"Name": "w"}, content_type=LIGHT, DataServiceVersion="2.0").status == 415


def test_atom_bodies(lab: Plain) -> None:
    entry = f"""<entry xmlns="http://www.w3.org/2005/Atom" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices"
        xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
      <category term="Lab.HotProbe" scheme="http://schemas.microsoft.com/ado/2007/08/dataservices/scheme"/>
      <link rel="http://schemas.microsoft.com/ado/2007/08/dataservices/related/Bench" type="application/atom+xml;type=entry"
        href="{lab.url}Benches('N')"/>
      <title/><author><name/></author><updated>2013-08-19T22:13:09Z</updated>
      <content type="application/xml"><m:properties>
        <d:Id m:type="Edm.Int64">21</d:Id><d:Name> spaced </d:Name><d:Price m:null="true"/>
        <d:Taken m:type="Edm.DateTime">2013-08-02T15:12:54.2694809-07:00</d:Taken><d:Limit m:type="Edm.Int32">4</d:Limit>
        <d:Tags m:type="Collection(Edm.String)"><d:element>t</d:element></d:Tags>
      </m:properties></content></entry>"""
    made = lab("POST", "Probes", entry, accept=ATOM, content_type="application/atom+xml")
    assert made.status == 201 and made.headers["Content-Type"] == "application/atom+xml;type=entry;charset=utf-8"
    read = lab.get("Probes(21)").json
    assert read["Name"] == " spaced " and read["Taken"] == "2013-08-02T15:12:54.2694809-07:00" and read["Limit"] == 4
    assert lab.get("Probes(21)/Bench").json["Code"] == "N"
    assert lab("PUT", "Probes(21)", entry.replace(" spaced ", "put"), content_type="application/atom+xml").status == 204
    assert lab.get("Probes(21)/Name").json["value"] == "put"


def test_what_xml_cannot_hold_is_told(lab: Plain) -> None:
    assert lab("POST", "Probes", {"Id": "30", "Name": "a\u0001b"}).status == 201
    assert lab.get("Probes(30)/Name").json["value"] == "a\x01b"
    answer = lab.get("Probes(30)", accept=ATOM)
    assert answer.status == 500 and "Name" in answer.text


@pytest.mark.parametrize("content_type", ["text/plain", "application/json;odata=nonsense", "multipart/mixed", "", "image/png"])
def test_bodies_of_other_types(lab: Plain, content_type: str) -> None:
    assert lab("POST", "Benches", {"Code": "x"}, content_type=content_type).status == 415


def test_moments_in_collections_keep_their_digits(open_lab: Callable[..., Plain]) -> None:
    model = parse_metadata(
        """<Schema Namespace="T" xmlns="http://schemas.microsoft.com/ado/2009/11/edm"><EntityType Name="Series">
        <Key><PropertyRef Name="Id"/></Key><Property Name="Id" Type="Edm.Int32" Nullable="false"/>
        <Property Name="Times" Type="Collection(Edm.DateTime)" Nullable="false"/></EntityType>
        <EntityContainer Name="C"><EntitySet Name="Series" EntityType="T.Series"/></EntityContainer></Schema>"""
    )
    lab = open_lab(Service(model, Store(model)))
    times = ["2013-08-19T22:13:09.1234567", "2013-08-02T15:12:54.2694809-07:00", "2013-08-19T22:13:09Z"]
    assert lab("POST", "Series", {"Id": 1, "Times": times}).json["Times"] == times
    assert lab.get("Series?$filter=Times/any(t:t eq datetime'2013-08-19T22:13:09.1234567')").json["value"][0]["Id"] == 1
