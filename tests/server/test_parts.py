from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from server.lab import MODEL, SERIAL, VERBOSE, Plain, fill

from odata3.edm.csdl import parse_metadata
from odata3.server.service import Service
from odata3.server.store import Store
from odata3.wire.messages import Headers, Request

XML = "application/xml"


# --- properties -------------------------------------------------------------------------------------------------------------


def test_a_property_is_put(lab: Plain) -> None:
    assert lab("PUT", "Probes(1)/Name", {"value": "p"}).status == 204
    assert lab("PUT", "Probes(1)/Home/City", {"value": "Visby"}).status == 204
    assert lab("PUT", "Probes(1)/Tags", {"value": ["x", "y"]}).status == 204
    assert lab("PUT", "Probes(1)/Price", {"Price": "7.70"}, content_type=VERBOSE, DataServiceVersion="3.0").status == 204
    probe = lab.get("Probes(1)").json
    assert (probe["Name"], probe["Tags"], probe["Price"]) == ("p", ["x", "y"], "7.70")
    assert probe["Home"] == {"City": "Visby", "Zip": 75, "Since": "2001-02-03T00:00:00", "Rent": "9.9"}


def test_a_property_is_put_in_xml(lab: Plain) -> None:
    body = '<d:Name xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices">xml</d:Name>'
    assert lab("PUT", "Probes(1)/Name", body, content_type=XML).status == 204
    assert lab.get("Probes(1)/Name").json["value"] == "xml"


def test_a_complex_value_is_put_whole_and_merged_in_part(lab: Plain) -> None:
    assert lab("MERGE", "Probes(1)/Home", {"City": "M"}).status == 204
    assert lab.get("Probes(1)/Home").json["Zip"] == 75 and lab.get("Probes(1)/Home/City").json["value"] == "M"
    assert lab("PUT", "Probes(1)/Home", {"City": "P"}).status == 204
    assert lab.get("Probes(1)/Home").json["Zip"] is None


def test_raw_values_are_put(lab: Plain) -> None:
    assert lab("PUT", "Probes(1)/Name/$value", "räw", content_type="text/plain").status == 204
    assert lab("PUT", "Probes(1)/Blob/$value", b"\x00\x01", content_type="application/octet-stream").status == 204
    assert lab("PUT", "Probes(1)/Price/$value", "8.80", content_type="text/plain").status == 204
    assert lab.get("Probes(1)/Name/$value").text == "räw" and lab.get("Probes(1)/Blob/$value").body == b"\x00\x01"
    assert lab.get("Probes(1)/Price/$value").text == "8.80"
    assert lab("PUT", "Probes(1)/Price/$value", "x", content_type="text/plain").status == 400


MOMENTS = [("Taken", "2013-08-19T22:13:09.7654321"), ("Sent", "2013-08-19T22:13:09.7654321-07:00"), ("Span", "-PT1.7654321S")]


@pytest.mark.parametrize(("name", "text"), MOMENTS)
def test_moments_and_durations_keep_all_their_digits(lab: Plain, name: str, text: str) -> None:
    d = "http://schemas.microsoft.com/ado/2007/08/dataservices"
    ways = [
        (f"Probes(1)/{name}", {"value": text}, {}),
        (f"Probes(1)/{name}", {name: text}, {"content_type": VERBOSE, "DataServiceVersion": "3.0"}),
        (f"Probes(1)/{name}", f'<d:{name} xmlns:d="{d}">{text}</d:{name}>', {"content_type": XML}),
        (f"Probes(1)/{name}/$value", text, {"content_type": "text/plain"}),
        ("Probes(1)", {name: text}, {"method": "MERGE"}),
    ]
    for url, body, keywords in ways:
        lab("DELETE", f"Probes(1)/{name}")
        assert lab(keywords.pop("method", "PUT"), url, body, **keywords).status == 204
        assert lab.get(f"Probes(1)/{name}").json["value"] == text, url
        assert lab.get(f"Probes(1)/{name}/$value").text == text
        assert f">{text}</" in lab.get("Probes(1)", accept="application/atom+xml").text


def test_p94_null_in_three_ways(lab: Plain) -> None:
    assert lab("DELETE", "Probes(1)/Name").status == 204
    assert lab("DELETE", "Probes(1)/Price/$value").status == 204
    assert lab("PUT", "Probes(1)/Weight", {"odata.null": True}).status == 204
    probe = lab.get("Probes(1)").json
    assert probe["Name"] is probe["Price"] is probe["Weight"] is None


def test_what_a_property_cannot_be(lab: Plain) -> None:
    assert lab("PUT", "Probes(1)/Id", {"value": "2"}).status == 400
    raw = lab("PUT", "Probes(1)/Color/$value", b"1", content_type="text/plain")
    assert (raw.status, raw.message) == (400, "'Color' has no raw value that could be written.")
    assert lab("PUT", "Probes(1)/Small", {"value": 256}).status == 400
    for method, body in (("PUT", {"value": None}), ("PUT", {"odata.null": True}), ("DELETE", None)):
        assert lab(method, "Probes(1)/Tags", body).status == 400, "a collection is never null"
    assert lab("DELETE", "Lines(Number=1,Item='x')/Count").status == 400
    assert lab("DELETE", "Probes(1)/Tags").status == 400
    assert lab("PUT", "Probes(3)/Home/City", {"value": "x"}).status == 404
    assert lab("PUT", "Benches('N')/Title", {"value": "x"}).status == 400
    changed = lab("PUT", "Benches('N')/Title", {"value": "x"}, If_Match='W/"0"')
    assert (changed.status, changed.headers["ETag"]) == (204, 'W/"1"')


def test_a_dynamic_property_is_put(lab: Plain) -> None:
    assert lab("PUT", f"Notes(guid'{SERIAL}')/Mood", {"value": "calm"}).status == 204
    assert lab.get(f"Notes(guid'{SERIAL}')/Mood").json["value"] == "calm"


# --- links ------------------------------------------------------------------------------------------------------------------


def test_p88_links_in_light(lab: Plain) -> None:
    assert lab("PUT", "Probes(3)/$links/Bench", {"url": f"{lab.url}Benches('N')"}).status == 204
    assert lab.get("Benches('N')/Probes").ids == [1, 2, 3]
    assert lab("POST", "Benches('N')/$links/Probes", {"url": "Probes(4)"}).status == 204
    assert lab.get("Probes(4)/Bench").json["Code"] == "N"
    assert lab("DELETE", "Benches('N')/$links/Probes(4)").status == 204
    assert lab("DELETE", "Probes(3)/$links/Bench").status == 204
    assert lab.get("Benches('N')/Probes").ids == [1, 2]
    assert lab("DELETE", "Benches('N')/$links/Probes(4)").status == 404


@pytest.mark.parametrize(
    "namespace",
    ["http://schemas.microsoft.com/ado/2007/08/dataservices", "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"],
)
def test_p88_links_in_xml_of_either_namespace(lab: Plain, namespace: str) -> None:
    body = f"<uri xmlns=\"{namespace}\">{lab.url}Benches('N')</uri>"
    assert lab("PUT", "Probes(3)/$links/Bench", body, content_type=XML).status == 204
    assert lab.get("Probes(3)/Bench").json["Code"] == "N"


def test_p88_links_in_verbose(lab: Plain) -> None:
    assert lab("PUT", "Probes(3)/$links/Bench", {"uri": "/Benches('N')"}, content_type=VERBOSE).status == 204
    assert lab.get("Probes(3)/Bench").json["Code"] == "N"


def test_a_link_moves_with_the_end_that_has_one(lab: Plain) -> None:
    assert lab("POST", "Benches('a%2Fb%20%25''')/$links/Probes", {"url": "Probes(1)"}).status == 204
    assert lab.get("Benches('N')/Probes").ids == [2]


def test_links_that_follow_from_values(lab: Plain) -> None:
    assert lab("PUT", "Lines(Number=1,Item='y')/$links/Probe", {"url": "Probes(2)"}).status == 204
    assert lab.get("Lines(Number=1,Item='y')").json["ProbeId"] == "2"
    assert lab("DELETE", "Lines(Number=1,Item='y')/$links/Probe").status == 204
    assert lab.get("Lines(Number=1,Item='y')").json["ProbeId"] is None
    lab("POST", "Orders", {"Number": 2})
    assert lab("PUT", "Lines(Number=1,Item='y')/$links/Order", {"url": "Orders(2)"}).status == 400
    assert lab("DELETE", "Lines(Number=1,Item='y')/$links/Order").status == 400


@pytest.mark.parametrize(
    "url", ["Probes(1)", "Nowhere(1)", "Benches", "http://elsewhere/Benches('N')", "", "Benches('none')", "$9"]
)
def test_links_to_what_they_cannot_lead_to(lab: Plain, url: str) -> None:
    assert lab("PUT", "Probes(3)/$links/Bench", {"url": url}).status in (400, 404)
    assert lab.get("Probes(3)/Bench").status == 204


def test_a_link_of_any_length_is_not_walked(lab: Plain) -> None:
    there_and_back = "Probes(1)/" + "Bench/Probes(1)/" * 6000 + "Bench"
    refused = lab("PUT", "Probes(3)/$links/Bench", {"url": there_and_back})
    assert refused.status == 400 and "16384" in refused.json["odata.error"]["innererror"]["message"]


def test_if_match_has_no_business_with_links(lab: Plain) -> None:
    assert lab("DELETE", "Probes(1)/$links/Bench", If_Match="*").status == 400


# --- streams ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("on_disk", [False, True])
def test_p90_media_entities_and_named_streams(open_lab: Callable[..., Plain], tmp_path: Path, on_disk: bool) -> None:
    store = Store(MODEL, media=tmp_path / "media" if on_disk else None)
    fill(store)
    lab = open_lab(Service(MODEL, store))
    bytes_of = bytes(range(256)) * 10
    made = lab("POST", "Photos", bytes_of, content_type="image/png", Slug="sunset")
    assert made.status == 201 and made.headers["Location"] == f"{lab.url}Photos(1)"
    assert made.json["odata.mediaContentType"] == "image/png" and made.json["odata.mediaETag"]
    read = lab.get("Photos(1)/$value", accept="*/*")
    assert (read.body, read.headers["Content-Type"]) == (bytes_of, "image/png")
    assert read.headers["ETag"] == made.json["odata.mediaETag"]
    assert lab("MERGE", "Photos(1)", {"Title": "t"}).status == 204

    put = lab("PUT", "Photos(1)/$value", b"new", content_type="image/gif", If_Match=read.headers["ETag"])
    assert put.status == 204 and put.headers["ETag"] != read.headers["ETag"]
    assert lab("PUT", "Photos(1)/$value", b"newer", content_type="image/gif", If_Match=read.headers["ETag"]).status == 412
    assert lab.get("Photos(1)/$value").body == b"new"
    assert lab.get("Photos(1)/$value", If_None_Match=put.headers["ETag"]).status == 304

    assert lab.get("Photos(1)/Thumb").status == 204
    thumb = lab("PUT", "Photos(1)/Thumb", b"th", content_type="image/x-thumb")
    assert thumb.status == 204 and lab.get("Photos(1)/Thumb").body == b"th"
    entry = lab.get("Photos(1)").json
    assert entry["Thumb@odata.mediaContentType"] == "image/x-thumb" and entry["Thumb@odata.mediaETag"] == thumb.headers["ETag"]
    assert lab("MERGE", "Photos(1)/Thumb", b"x", content_type="a/b").status == 405
    assert lab("DELETE", "Photos(1)/Thumb").status == 405
    if on_disk:
        assert len(list((tmp_path / "media").iterdir())) == 2
    assert lab("DELETE", "Photos(1)").status == 204
    if on_disk:
        assert list((tmp_path / "media").iterdir()) == []


def test_streams_that_are_not_there(lab: Plain) -> None:
    assert lab.get("Probes(1)/$value").status == 400
    assert lab("PUT", "Probes(1)/$value", b"x", content_type="a/b").status == 400
    assert lab("PUT", "Photos(9)/$value", b"x", content_type="a/b").status == 404


ALBUM = """<Schema Namespace="A" xmlns="http://schemas.microsoft.com/ado/2009/11/edm"
 xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
 <EntityType Name="Photo" m:HasStream="true"><Key><PropertyRef Name="Id"/></Key>
  <Property Name="Id" Type="Edm.Int32" Nullable="false"/></EntityType>
 <EntityContainer Name="C"><EntitySet Name="Photos" EntityType="A.Photo"/></EntityContainer></Schema>"""


@pytest.mark.parametrize(("method", "status"), [("PUT", 200), ("DELETE", 404)])
def test_a_stream_that_is_replaced_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, status: int
) -> None:
    model = parse_metadata(ALBUM)  # no functions, whose hooks might write: what reads it waits for nobody
    service = Service(model, Store(model, f"sqlite:///{tmp_path / 'album.db'}", media=tmp_path / "media"))
    media = Headers({"Content-Type": "text/plain"})
    assert service.send(Request("POST", "http://h/Photos", media, b"before")).status == 201
    change = Request(method, "http://h/Photos(1)/$value" if method == "PUT" else "http://h/Photos(1)", media, b"after")
    read_bytes = Path.read_bytes

    def read_late(path: Path) -> bytes:
        monkeypatch.setattr(Path, "read_bytes", read_bytes)
        other = threading.Thread(target=service.send, args=(change,))
        other.start()
        other.join(timeout=10)
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", read_late)
    answer = service.send(Request("GET", "http://h/Photos(1)/$value"))
    assert answer.status == status and (status == 404 or answer.body == b"after")
    service.close()


def test_a_failed_insert_leaves_no_file(open_lab: Callable[..., Plain], tmp_path: Path) -> None:
    store = Store(MODEL, media=tmp_path)
    service = Service(MODEL, store)

    @service.on_insert("Photos")
    def refuse(change: object) -> None:
        change.apply()  # type: ignore[attr-defined]
        change.refuse(403, "no photos")  # type: ignore[attr-defined]

    lab = open_lab(service)
    assert lab("POST", "Photos", b"x", content_type="image/png").status == 403
    assert list(tmp_path.iterdir()) == []
