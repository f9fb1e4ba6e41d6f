from __future__ import annotations

from collections.abc import Callable

import pytest
from server.lab import ATOM, LIGHT, VERBOSE, Plain

from odata3.formats.documents import Dialect
from odata3.server.acceptance import Shape, choose, dialect_of_body
from odata3.server.refusal import Refusal
from odata3.server.versions import Versions
from odata3.wire.messages import Headers


@pytest.mark.parametrize(("text", "version"), [("3.0;NetFx", "3.0"), ("1.0;", "1.0"), (" 2.0 ; x", "2.0"), ("3.0", "3.0")])
def test_p1_versions_are_read(text: str, version: str) -> None:
    assert Versions(Headers({"DataServiceVersion": text})).request == version


@pytest.mark.parametrize("text", ["x", "3", "", ";", "3.0.0", "-1.0", "4.0", "2.5", "1.5", "\u0663.\u0660", "99999.0"])
def test_p7_versions_that_are_none(still: Plain, text: str) -> None:
    assert still.get("Probes", DataServiceVersion=text.encode("utf-8").decode("latin-1")).status == 400


@pytest.mark.parametrize(
    ("path", "version", "enough"),
    [
        ("Probes?$select=Id", "1.0", "2.0"),
        ("Probes/$count", "1.0", "2.0"),
        ("Probes?$filter=Tags/any()", "2.0", "3.0"),
    ],
)
def test_p7_a_request_version_lower_than_what_it_uses(still: Plain, path: str, version: str, enough: str) -> None:
    answer = still.get(path, DataServiceVersion=version)
    assert answer.status == 400 and f"'{enough}'" in answer.message
    assert still.get(path, DataServiceVersion=enough).status == 200


def test_p7_patch_is_of_version_3(still: Plain) -> None:
    assert still("PATCH", "Probes(99)", {}, content_type=VERBOSE, DataServiceVersion="2.0").status == 400


def test_p8_never_above_what_the_asker_takes(still: Plain) -> None:
    assert still.get("Benches?$inlinecount=allpages", accept=ATOM, MaxDataServiceVersion="1.0").status == 400
    assert still.get("Probes", accept=ATOM, MaxDataServiceVersion="2.0").status == 400
    assert still.get("Probes?$select=Id", accept=ATOM, MaxDataServiceVersion="2.0").status == 200
    assert still.get("$metadata", accept="application/xml", MaxDataServiceVersion="2.0").status == 400
    assert still.get("Benches", accept=ATOM, MaxDataServiceVersion="1.0").headers["DataServiceVersion"] == "1.0;"
    assert still.get("Benches", accept=ATOM, MaxDataServiceVersion="9.0").status == 200
    assert still.get("Probes", accept=ATOM, MaxDataServiceVersion="10.0").headers["DataServiceVersion"] == "3.0;"


def test_operations_that_are_advertised_are_of_version_3(still: Plain) -> None:
    shown = still.get("Probes(1)?$select=Id,Main.Recalibrate", accept=VERBOSE)
    assert shown.headers["DataServiceVersion"] == "3.0;" and "Main.Recalibrate" in shown.text
    hidden = still.get("Probes(1)?$select=Id", accept=VERBOSE)
    assert hidden.headers["DataServiceVersion"] == "1.0;" and "Recalibrate" not in hidden.text


def test_the_floor_of_an_answer(still: Plain) -> None:
    assert still.get("Benches", accept=ATOM, MinDataServiceVersion="3.0").headers["DataServiceVersion"] == "3.0;"


def test_a_service_that_speaks_an_older_version(open_lab: Callable[..., Plain]) -> None:
    lab = open_lab(max_version="2.0")
    assert lab.get("Benches", accept="application/json").headers["Content-Type"].startswith(VERBOSE)
    assert lab.get("Benches", accept=LIGHT).status == 415
    patched = lab("PATCH", "Probes(1)", {}, content_type=VERBOSE, accept=VERBOSE)
    assert patched.status == 405 and patched.headers["Allow"] == "GET, POST, PUT, MERGE, DELETE"
    refused = lab.get("Benches", accept=VERBOSE, DataServiceVersion="3.0")
    assert refused.status == 400 and "less than or equal to '2.0'" in refused.text


def test_p9_plain_json_goes_by_the_ceiling(still: Plain) -> None:
    assert "odata=minimalmetadata" in still.get("Benches", accept="application/json").headers["Content-Type"]
    assert "odata=verbose" in still.get("Benches", accept="application/json", MaxDataServiceVersion="2.0").headers["Content-Type"]


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        ("json", "application/json;odata=minimalmetadata"),
        ("atom", "application/atom+xml;type=feed"),
        ("application/json;odata=verbose", VERBOSE),
        ("application/json;odata=fullmetadata", "application/json;odata=fullmetadata"),
        ("verbosejson", VERBOSE),
    ],
)
def test_p10_format_goes_before_accept(still: Plain, asked: str, got: str) -> None:
    for accept in (ATOM, LIGHT, "text/html"):
        assert still.get(f"Benches?$format={asked}", accept=accept).headers["Content-Type"].startswith(got)


@pytest.mark.parametrize(
    ("accept", "dialect"),
    [
        (None, Dialect.ATOM),
        ("*/*", Dialect.ATOM),
        ("application/*", Dialect.ATOM),
        ("application/json;q=0.5, application/atom+xml;q=0.4", Dialect.JSON_LIGHT),
        ("application/json;q=0.5, application/atom+xml", Dialect.ATOM),
        ("text/html, application/json;odata=verbose", Dialect.JSON_VERBOSE),
        ('APPLICATION/JSON ; ODATA="MinimalMetadata" ; streaming=TRUE ; charset=utf-8', Dialect.JSON_LIGHT),
        ("application/json;charset=utf-8;odata=light", Dialect.JSON_LIGHT),
        ("application/json;odata=nonsense,*/*;q=0.1", Dialect.ATOM),
    ],
)
def test_p11_what_is_accepted(accept: str | None, dialect: Dialect) -> None:
    assert choose(accept, Shape.FEED, "3.0").dialect is dialect


@pytest.mark.parametrize(
    "accept", ["text/html", "application/json;odata=foo", "application/xml", "application/json;q=0", ";;", "a/b/c"]
)
def test_p12_what_cannot_be_had_is_415(still: Plain, accept: str) -> None:
    answer = still.get("Benches", accept=accept)
    assert answer.status == 415 and answer.headers["Content-Type"] == "application/xml;charset=utf-8"


@pytest.mark.parametrize(
    ("content_type", "version", "dialect"),
    [
        ("application/json", "3.0", Dialect.JSON_LIGHT),
        ("application/json", "2.0", Dialect.JSON_VERBOSE),
        ("application/json;odata.metadata=minimal", "3.0", Dialect.JSON_LIGHT),
        ("application/json; charset=utf-8; odata=fullmetadata", "3.0", Dialect.JSON_LIGHT),
        ("application/json;odata=verbose", "1.0", Dialect.JSON_VERBOSE),
        ("application/atom+xml;type=entry", "1.0", Dialect.ATOM),
        ("text/xml", "3.0", Dialect.ATOM),
    ],
)
def test_the_dialect_of_a_body(content_type: str, version: str, dialect: Dialect) -> None:
    assert dialect_of_body(content_type, version) is dialect


@pytest.mark.parametrize(
    "content_type", [None, "", "text/plain", "application/json;odata=minimalmetadata", "application/json;odata=x"]
)
def test_bodies_of_no_dialect(content_type: str | None) -> None:
    with pytest.raises(Refusal):
        dialect_of_body(content_type, "2.0")
