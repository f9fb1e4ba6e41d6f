from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree
from server.lab import ATOM, EDMX, LIGHT, MODEL, SERIAL, VERBOSE, Plain, lab_service

from odata3.edm.csdl import parse_metadata
from odata3.errors import ArgumentError

D = "{http://schemas.microsoft.com/ado/2007/08/dataservices}"
FULL = "application/json;odata=fullmetadata"
NONE = "application/json;odata=nometadata"


def test_the_service_document_lists_the_sets(still: Plain) -> None:
    assert [one["name"] for one in still.get("").json["value"]] == ["Probes", "Benches", "Notes", "Photos", "Orders", "Lines"]


def test_metadata_is_the_model_again(still: Plain) -> None:
    answer = still.get("$metadata", accept=None)
    assert answer.headers["Content-Type"] == "application/xml;charset=utf-8"
    assert answer.headers["DataServiceVersion"] == "3.0;"
    assert parse_metadata(answer.body) == MODEL == parse_metadata(EDMX)


def test_an_entry_in_light_exactly(still: Plain) -> None:
    answer = still.get("Benches('N')")
    assert answer.text == (
        f'{{"odata.metadata":"{still.url}$metadata#Benches/@Element","odata.etag":"W/\\"0\\"",'
        '"Code":"N","Title":"North","Version":0}'
    )
    assert answer.headers["ETag"] == 'W/"0"'
    assert answer.headers["Content-Type"] == "application/json;odata=minimalmetadata;streaming=true;charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache" and answer.headers["X-Content-Type-Options"] == "nosniff"


def test_values_come_back_exactly(still: Plain) -> None:
    probe = still.get("Probes(1L)").json
    del probe["odata.metadata"]
    assert probe == {
        "Id": "1",
        "Name": "alpha",
        "Price": "2.50",
        "Weight": 1.5,
        "Taken": "2013-08-19T22:13:09.1234567",
        "Sent": "2013-08-19T22:13:09+02:00",
        "Span": "P1DT12H",
        "Flag": True,
        "Serial": SERIAL,
        "Blob": "Cv8=",
        "Small": 200,
        "Color": "Blue",
        "Home": {"City": "Uppsala", "Zip": 75, "Since": "2001-02-03T00:00:00", "Rent": "9.9"},
        "Tags": ["a", "b & c"],
        "Places": [
            {"City": "Lund", "Zip": None, "Since": None, "Rent": None},
            {"City": "Umeå", "Zip": 90, "Since": None, "Rent": None},
        ],
    }


@pytest.mark.parametrize("accept", [LIGHT, FULL, NONE, VERBOSE, ATOM])
def test_the_seventh_digit_survives_where_the_dialect_can_say_it(still: Plain, accept: str) -> None:
    text = still.get("Probes(1L)?$select=Taken", accept=accept).text
    assert ("2013-08-19T22:13:09.1234567" in text) or accept == VERBOSE


def test_a_derived_entity_says_its_type(still: Plain) -> None:
    hot = still.get("Probes(4L)").json
    assert hot["odata.type"] == "Lab.HotProbe" and hot["Limit"] == 9 and hot["Weight"] == "Infinity"


def test_dynamic_properties_of_an_open_type(still: Plain) -> None:
    note = still.get(f"Notes(guid'{SERIAL}')").json
    assert note["Mood"] == "fine" and note["Score"] == 3


def test_p42_keys_in_any_order_and_named(still: Plain) -> None:
    assert still.get("Lines(Item='x',Number=1)").json["Count"] == 2
    assert still.get("Probes(Id=1L)").json["Name"] == "alpha"
    assert still.get("Probes(1)").status == 200
    assert still.get("Lines(1)").status == 400


def test_p41_p44_odd_keys_are_one_segment(still: Plain) -> None:
    assert still.get("Benches('a%2Fb%20%25''')").json["Code"] == "a/b %'"
    assert still.get("Benches('a%2Fb%20%25%27%27')").json["Code"] == "a/b %'"
    assert still.get("Benches?$filter=Code eq 'a/b %25'''").json["value"][0]["Code"] == "a/b %'"


def test_p43_keys_as_segments_where_the_service_says_so(open_lab: Callable[..., Plain]) -> None:
    lab = open_lab(key_as_segment=True)
    assert lab.get("Probes/1").json["Name"] == lab.get("Probes(1)").json["Name"] == "alpha"
    assert lab.get("Benches/N/Probes").ids == [1, 2]
    assert lab.get("Lines(Number=1,Item='y')").json["Count"] == 3
    assert lab.get("Benches/N", accept=FULL).json["odata.id"] == f"{lab.url}Benches/N"
    assert lab.get("Probes/$count").text == "4"


def test_a_key_that_is_not_there(still: Plain) -> None:
    answer = still.get("Probes(99)")
    assert (answer.status, answer.message) == (404, "Resource not found for the segment 'Probes'.")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("Nope", 404),
        ("Probes(1)/Nope", 404),
        ("Probes(x)", 400),
        ("Probes('1')", 400),
        ("Probes(1", 400),
        ("Probes//Bench", 400),
        ("Probes(1)/Name/Nope", 404),
        ("Probes/Name", 400),
        ("Probes(3)/Bench/Title", 404),
        ("Probes(3)/Home/City", 404),
        ("Probes(1)/Lab.HotProbe", 404),
        ("Probes(1)/$links/Name", 404),
        ("Probes(1)/$links", 400),
        ("Probes(1)/Blob/$count", 400),
        ("$metadata/Probes", 400),
        ("Probes(9999999999999999999999)", 400),
        ("Benches(null)", 400),
        ("Benches('%FF')", 400),
    ],
)
def test_paths_that_lead_nowhere(still: Plain, path: str, status: int) -> None:
    answer = still.get(path)
    assert answer.status == status
    assert answer.message


# --- navigation, properties -------------------------------------------------------------------------------------------------


def test_navigation_both_ways(still: Plain) -> None:
    assert still.get("Probes(1)/Bench").json["Code"] == "N"
    assert still.get("Benches('N')/Probes").ids == [1, 2]
    assert still.get("Benches('N')/Probes(2)").json["Name"] == "Beta"
    assert still.get("Benches('N')/Probes(3)").status == 404
    assert still.get("Probes(1)/Bench/Probes(2)/Bench/Title").json["value"] == "North"


def test_a_null_navigation_is_204_and_its_link_404(still: Plain) -> None:
    assert still.get("Probes(3)/Bench").status == 204
    assert still.get("Probes(3)/$links/Bench").status == 404


def test_navigation_by_values_of_a_constraint(still: Plain) -> None:
    assert [one["Item"] for one in still.get("Orders(1)/Lines").json["value"]] == ["x", "y"]
    assert still.get("Lines(Number=1,Item='x')/Probe").json["Name"] == "alpha"
    assert still.get("Lines(Number=1,Item='y')/Probe").status == 204
    assert still.get("Lines(Number=1,Item='y')/Order").json["Number"] == 1


def test_properties(still: Plain) -> None:
    assert still.get("Probes(1)/Name").json == {"odata.metadata": f"{still.url}$metadata#Edm.String", "value": "alpha"}
    assert still.get("Probes(3)/Name").json == {"odata.metadata": f"{still.url}$metadata#Edm.Null", "odata.null": True}
    assert still.get("Probes(1)/Home").json["City"] == "Uppsala"
    assert still.get("Probes(1)/Home/Since").json["value"] == "2001-02-03T00:00:00"
    assert still.get("Probes(1)/Tags").json["value"] == ["a", "b & c"]
    assert still.get("Probes(1)/Taken").json["value"] == "2013-08-19T22:13:09.1234567"
    assert still.get(f"Notes(guid'{SERIAL}')/Mood").json["value"] == "fine"
    assert still.get(f"Notes(guid'{SERIAL}')/Nothing").status == 404


def test_p57_raw_values(still: Plain) -> None:
    name = still.get("Probes(1)/Name/$value")
    assert (name.text, name.headers["Content-Type"]) == ("alpha", "text/plain;charset=utf-8")
    blob = still.get("Probes(1)/Blob/$value")
    assert (blob.body, blob.headers["Content-Type"]) == (b"\x0a\xff", "application/octet-stream")
    assert still.get("Probes(1)/Taken/$value").text == "2013-08-19T22:13:09.1234567"
    assert still.get("Probes(1)/Price/$value").text == "2.50"
    assert still.get("Probes(1)/Color/$value").status == 200
    assert still.get("Probes(3)/Name/$value").status == 404
    assert still.get("Probes(1)/Home/$value").status == 400


def test_p57_counts_are_text(still: Plain) -> None:
    answer = still.get("Probes/$count", accept="text/plain")
    assert (answer.text, answer.headers["DataServiceVersion"]) == ("4", "2.0;")
    assert answer.headers["Content-Type"] == "text/plain;charset=utf-8"
    assert still.get("Probes/$count?$filter=Price gt 3").text == "2"
    assert still.get("Probes/$count?$skip=1&$top=2").text == "2"
    assert still.get("Benches('N')/Probes/$count").text == "2"
    assert still.get("Probes(1)/$count").status == 400


def test_links(still: Plain) -> None:
    assert still.get("Probes(1)/$links/Bench").json["url"] == f"{still.url}Benches('N')"
    many = still.get("Benches('N')/$links/Probes?$top=1&$inlinecount=allpages").json
    assert many["odata.count"] == "2" and many["value"] == [{"url": f"{still.url}Probes(1L)"}]
    assert still.get("Benches('N')/$links/Probes(2)").json["url"] == f"{still.url}Probes(2L)"
    assert still.get("Benches('N')/$links/Probes/$count").text == "2"


# --- types ------------------------------------------------------------------------------------------------------------------


def test_p52_type_segments(still: Plain) -> None:
    feed = still.get("Probes/Lab.HotProbe").json
    assert feed["odata.metadata"] == f"{still.url}$metadata#Probes/Lab.HotProbe"
    assert [one["Id"] for one in feed["value"]] == ["4"]
    assert still.get("Probes/Lab.HotProbe(4)/Limit").json["value"] == 9
    assert still.get("Probes(4)/Lab.HotProbe/Limit").json["value"] == 9
    assert still.get("Probes/Lab.HotProbe(1)").status == 404
    assert still.get("Probes/Lab.HotProbe/$count").text == "1"
    assert still.get("Probes(4)/Lab.HotProbe/Spare").ids == [1]
    assert still.get("Probes?$filter=Lab.HotProbe/Limit gt 5").ids == [4]
    assert still.get("Probes?$filter=isof('Lab.HotProbe')").ids == [4]
    assert still.get("Probes(4)?$expand=Lab.HotProbe/Spare").json["Spare"][0]["Id"] == "1"
    assert set(still.get("Probes?$select=Id,Lab.HotProbe/Limit").json["value"][3]) == {"odata.type", "Id", "Limit"}
    assert still.get("Probes/Lab.Bench").status == 400


# --- order, pages -----------------------------------------------------------------------------------------------------------


def test_p53_skip_before_top_and_a_stable_order(still: Plain) -> None:
    assert still.get("Probes?$top=2&$skip=1").ids == [2, 3]
    assert still.get("Probes?$orderby=Price&$skip=1").ids == [1, 2, 3]
    assert still.get("Probes?$orderby=Price desc,Id desc").ids == [3, 2, 1, 4]
    assert still.get("Probes?$orderby=Name").ids == [3, 2, 1, 4]
    assert still.get("Probes?$orderby=Weight").ids == [3, 2, 1, 4]
    assert still.get("Probes?$orderby=length(Name) desc,Bench/Title,Id").ids[0] in (1, 4)
    assert still.get("Probes?$top=0").ids == []


def test_p54_inlinecount(still: Plain) -> None:
    page = still.get("Probes?$inlinecount=allpages&$top=1&$filter=Price gt 3").json
    assert page["odata.count"] == "2" and len(page["value"]) == 1
    assert "odata.count" not in still.get("Probes?$inlinecount=none").json
    assert still.get("Probes?$inlinecount=all").status == 400


@pytest.mark.parametrize(
    "query",
    ["$top=-1", "$top=x", "$skip=1.5", "$nope=1", "$top=1&$top=2", "$filter=", "$orderby=Nope", "$select=Nope", "$expand=Name"],
)
def test_p56_wrong_options(still: Plain, query: str) -> None:
    answer = still.get(f"Probes?{query}")
    assert answer.status == 400 and answer.message


def test_p56_custom_options_pass(still: Plain) -> None:
    assert len(still.get("Probes?api-version=2013-03&x=$1&y").ids) == 4


@pytest.mark.parametrize(
    "path", ["Probes(1)?$top=1", "Probes(1)?$filter=true", "Probes(1)/Name?$select=x", "?$top=1", "Probes/$count?$expand=Bench"]
)
def test_options_that_do_not_bear_on_what_is_asked(still: Plain, path: str) -> None:
    assert still.get(path).status == 400


def test_server_paging_hands_out_everything_once(open_lab: Callable[..., Plain]) -> None:
    lab = open_lab(page_size=2)
    for query in (
        "",
        "$orderby=Price desc",
        "$orderby=Weight,Name desc",
        "$filter=Id gt 0&$orderby=Home/City",
        "$orderby=Taken desc",
    ):
        whole = lab.get(f"Probes?$skip=0&{query}&$top=2").ids if not query else None
        url, found, pages = f"Probes?{query}", [], 0
        while url:
            answer = lab.get(url)
            assert answer.headers["DataServiceVersion"] == "3.0;"
            found += answer.ids
            next_link = answer.json.get("odata.nextLink", "")
            assert next_link == "" or next_link.startswith(lab.url)
            url = next_link.removeprefix(lab.url)
            pages += 1
        assert sorted(found) == [1, 2, 3, 4] and pages == 2
        assert whole is None or found[:2] == whole


def test_paging_by_what_only_some_entities_have(open_lab: Callable[..., Plain]) -> None:
    lab = open_lab(page_size=1)
    for number, mood in enumerate(["calm", 2, 2.5, "o'k"]):
        note = {"Id": f"00000000-0000-0000-0000-00000000000{number}", "Mood": mood}
        assert lab("POST", "Notes", note).status == 201
    assert lab("POST", "Notes", {"Id": "00000000-0000-0000-0000-000000000009"}).status == 201
    url, moods = "Notes?$orderby=Mood", []
    while url:
        page = lab.get(url).json
        moods += [note.get("Mood") for note in page["value"]]
        url = page.get("odata.nextLink", "").removeprefix(lab.url)
    assert moods == [None, 2, 2.5, "calm", "fine", "o'k"]


def test_p102_next_links_keep_the_question(open_lab: Callable[..., Plain]) -> None:
    lab = open_lab(page_size={"Probes": 1})
    first = lab.get("Probes?$top=3&$skip=1&$inlinecount=allpages&x=%C3%A4&$select=Id").json
    assert first["odata.nextLink"] == f"{lab.url}Probes?$inlinecount=allpages&x=%C3%A4&$select=Id&$top=2&$skiptoken=2L"
    second = lab.get(first["odata.nextLink"].removeprefix(lab.url)).json
    assert second["odata.count"] == "4" and second["value"] == [{"Id": "3"}]
    last = lab.get(second["odata.nextLink"].removeprefix(lab.url)).json
    assert [one["Id"] for one in last["value"]] == ["4"] and "odata.nextLink" not in last


def test_paging_within_an_expansion(open_lab: Callable[..., Plain]) -> None:
    lab = open_lab(page_size={"Probes": 1})
    bench = lab.get("Benches('N')?$expand=Probes&$select=Code,Probes/Id").json
    assert bench["Probes"] == [{"Id": "1"}]
    assert bench["Probes@odata.nextLink"] == f"{lab.url}Benches('N')/Probes?$select=Id&$skiptoken=1L"
    assert lab.get(bench["Probes@odata.nextLink"].removeprefix(lab.url)).json["value"] == [{"Id": "2"}]


@pytest.mark.parametrize("token", ["x", "1,2", "'a'", "1L,", "datetime'x'"])
def test_skip_tokens_that_are_none(open_lab: Callable[..., Plain], token: str) -> None:
    assert open_lab(page_size=2).get(f"Probes?$skiptoken={token}").status == 400


@pytest.mark.parametrize("size", [0, -1, {"Probes": 0}])
def test_pages_of_nothing_are_refused(size: Any) -> None:
    with pytest.raises(ArgumentError, match="one entity at least"):
        lab_service(page_size=size)


def test_a_skip_token_where_there_are_no_pages(still: Plain) -> None:
    assert still.get("Probes?$skiptoken=1L").status == 400


# --- select, expand ---------------------------------------------------------------------------------------------------------


def test_p55_select_and_expand(still: Plain) -> None:
    assert still.get("Probes(1)?$select=Name").json == {
        "odata.metadata": f"{still.url}$metadata#Probes/@Element&$select=Name",
        "Name": "alpha",
    }
    assert still.get("Probes(1)?$select=Bench/Code").status == 400
    nested = still.get("Probes(1)?$expand=Bench/Probes&$select=Id,Bench/Code,Bench/Probes/Name").json
    assert nested["Bench"] == {"odata.etag": 'W/"0"', "Code": "N", "Probes": [{"Name": "alpha"}, {"Name": "Beta"}]}
    assert still.get("Probes(3)?$expand=Bench").json["Bench"] is None
    assert still.get("Probes(1)?$expand=Bench&$select=Id,Bench").json["Bench"]["Title"] == "North"
    assert "Bench" not in still.get("Probes(1)?$expand=Bench&$select=Id").json
    assert still.get("Probes(1)?$select=*").json["Name"] == "alpha"


def test_p55_select_drops_what_is_not_named(still: Plain) -> None:
    whole = still.get("Probes(1)", accept=FULL).json
    assert "#Main.Recalibrate" in whole and whole["Bench@odata.navigationLinkUrl"] == "Probes(1L)/Bench"
    some = still.get("Probes(1)?$select=Id,Bench", accept=FULL).json
    assert "#Main.Recalibrate" not in some and "Bench@odata.navigationLinkUrl" in some
    assert "#Main.Recalibrate" in still.get("Probes(1)?$select=Main.Recalibrate", accept=FULL).json
    assert "#Main.Recalibrate" in still.get("Probes(1)?$select=Main.*", accept=FULL).json
    assert "#Main.Recalibrate" not in still.get("Probes(1)?$select=*", accept=FULL).json


def test_expansions_have_a_bottom(open_lab: Callable[..., Plain]) -> None:
    lab = open_lab(max_expand=2)
    assert lab.get("Probes?$expand=Bench/Probes").status == 200
    assert lab.get("Probes?$expand=Bench/Probes/Bench").status == 400


# --- dialects ---------------------------------------------------------------------------------------------------------------


def test_the_same_feed_in_every_dialect(still: Plain) -> None:
    light = still.get("Probes?$select=Id,Name").json["value"]
    verbose = still.get("Probes?$select=Id,Name", accept=VERBOSE).json["d"]
    rows = verbose["results"] if isinstance(verbose, dict) else verbose
    assert [{n: v for n, v in row.items() if n != "__metadata"} for row in rows] == [
        {n: v for n, v in row.items() if n != "odata.type"} for row in light
    ]
    feed = etree.fromstring(still.get("Probes?$select=Id,Name", accept=ATOM).body)
    assert [e.text for e in feed.iter(f"{D}Id")] == ["1", "2", "3", "4"]


def test_no_metadata_says_nothing_but_the_values(still: Plain) -> None:
    assert still.get("Benches('N')", accept=NONE).json == {"Code": "N", "Title": "North", "Version": 0}


def test_full_metadata_says_everything(still: Plain) -> None:
    entry = still.get("Benches('N')", accept=FULL).json
    assert entry["odata.type"] == "Lab.Bench" and entry["odata.id"] == f"{still.url}Benches('N')"
    assert entry["odata.editLink"] == "Benches('N')" and entry["odata.etag"] == 'W/"0"'
    assert entry["Probes@odata.associationLinkUrl"] == "Benches('N')/$links/Probes"


def test_p87_if_none_match(still: Plain) -> None:
    fresh = still.get("Benches('N')", If_None_Match='W/"0"')
    assert (fresh.status, fresh.body, fresh.headers["ETag"]) == (304, b"", 'W/"0"')
    assert still.get("Benches('N')", If_None_Match="*").status == 304
    assert still.get("Benches('N')", If_None_Match='W/"1", W/"2"').status == 200
    assert still.get("Benches('N')/Title", If_None_Match='W/"0"').status == 304
    assert still.get("Benches('N')", If_None_Match="*", If_Match="*").status == 400
    for path in ("Benches", "Benches/$count", "Benches('N')/Probes", "Probes(1)/$links/Bench"):
        assert still.get(path, If_None_Match="*").status == 400


def test_head_is_get_without_a_body(still: Plain) -> None:
    answer = still("HEAD", "Probes(1)")
    assert (answer.status, answer.body) == (200, b"") and int(answer.headers["Content-Length"]) > 100
