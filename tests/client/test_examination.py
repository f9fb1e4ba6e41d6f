"""What the doctor finds out: over a service of ours, and over scripts of services that are otherwise."""

from __future__ import annotations

import json

import pytest
from console.shop import MODEL, serving
from faults.server import CERTIFICATE, FaultServer, answer

from odata3.client.context import DataServiceContext
from odata3.client.examination import examine
from odata3.client.findings import Grade
from odata3.client.options import SaveChangesOptions
from odata3.client.service_profile import Profile, read_profile
from odata3.errors import ArgumentError
from odata3.wire.messages import Headers, Response

ROOT = "http://shop.example/Shop.svc/"
LIGHT = "application/json;odata=minimalmetadata;charset=utf-8"
PRODUCT = {"ID": 1, "Name": "Bread", "Price": "2.50", "Made": None, "Size": {"Width": 1.5}}


class Shop:
    """A service as a script: what it answers is decided by what it is."""

    def __init__(self, **ways):
        self.ways = ways
        self.asked = []

    def send(self, request):
        self.asked.append(request)
        path = request.url.removeprefix(ROOT)
        for name, said in self.ways.items():
            if path.partition("?")[0] == name.replace("metadata", "$metadata") or (name == request.method):
                return said(request) if callable(said) else said
        if path == "$metadata":
            return made(MODEL, "application/xml", DataServiceVersion="3.0")
        if path.startswith("Products/$count"):
            return made("1", "text/plain")
        if request.method == "OPTIONS":
            return made("", "text/plain", 405)
        if path.startswith("Products") and "atom" not in request.headers["Accept"].partition(",")[0]:
            return self.products(request)
        return made("", "text/plain", 404)

    def products(self, request):
        row = self.ways.get("row", {})
        told = {"odata.metadata": f"{ROOT}$metadata#Products", "value": [{**PRODUCT, **row}]}
        if "Products(" in request.url:
            told = {"odata.metadata": f"{ROOT}$metadata#Products/@Element", **PRODUCT, **row}
        return made(json.dumps(told), LIGHT, DataServiceVersion="3.0")

    def open(self, request):
        raise AssertionError("the doctor reads no streams")

    def close(self):
        pass


def made(body, kind, status=200, **headers):
    fields = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Response(status, Headers(fields), body.encode(), ROOT)


def found(shop, topic):
    return [finding for finding in examine(ROOT, transport=shop).findings if finding.topic == topic]


def one(shop, topic):
    (finding,) = found(shop, topic)
    return finding


def test_a_service_of_ours():
    with serving() as url:
        examination = examine(url)
        told = {finding.topic: finding for finding in examination.findings}
        assert told["version"].text == "OData 3.0"
        assert told["formats"].text.startswith("light JSON, verbose JSON, Atom")
        assert told["$count"].text == "answered (Products: 3)"
        assert told["paging"].text.endswith("2 rows a page")
        assert told["any/all"].grade is told["keys"].grade is Grade.GOOD
        assert examination.is_usable and examination.profile == Profile(format="json")
        assert examination.requests < 20


def test_it_never_writes():
    shop = Shop()
    examine(ROOT, transport=shop)
    assert {request.method for request in shop.asked} == {"GET", "OPTIONS"}
    assert all(request.body is None for request in shop.asked)
    whole = [request.url for request in shop.asked if request.method == "GET" and request.url.endswith("/Products")]
    assert whole == [], "no set is read without $top"


def test_authentication_is_told_with_its_remedy():
    wanted = answer(b"", "401 Unauthorized", WWW_Authenticate='Negotiate, NTLM, Basic realm="a, b=c"')
    with FaultServer(wanted) as server:
        examination = examine(server.url, auth=("me", "s3cret"))
    (finding,) = [f for f in examination.findings if f.topic == "authentication"]
    assert finding.grade is Grade.PROBLEM and "Negotiate, NTLM, Basic" in finding.remedy
    assert "odata3[ntlm]" in finding.remedy and "odata3[kerberos]" in finding.remedy and "s3cret" not in str(finding)
    assert "authorization" not in server.requests[0].headers and "authorization" in server.requests[1].headers
    assert not examination.is_usable


def test_credentials_that_are_taken():
    def door(wire):
        given = "authorization" in wire.seen.headers
        body = MODEL.encode() if given else b""
        status = "200 OK" if given else "401 Unauthorized"
        wire.send(answer(body, status, Content_Type="application/xml", WWW_Authenticate="Basic"))

    with FaultServer(door) as server:
        told = {f.topic: f.text for f in examine(server.url, auth=("me", "s3cret")).findings}
    assert told["authentication"] == "demanded (Basic), and given"


@pytest.mark.parametrize(
    ("answered", "topic", "says"),
    [
        (made("<html>Sign in</html>", "text/html"), "metadata", "no page for signing in"),
        (made("", "text/plain", 404), "metadata", "Is this the root"),
        (made('<edmx:Edmx Version="4.0"/>', "application/xml", OData_Version="4.0"), "version", "client of V4"),
        (made("the x-ms-principal-id is missing: principal", "text/plain", 400), "metadata", "x-ms-principal-id"),
        (made("{}", "application/json"), "metadata", "OData"),
    ],
)
def test_what_stands_in_the_way(answered, topic, says):
    finding = one(Shop(metadata=answered), topic)
    assert finding.grade is Grade.PROBLEM and says in finding.remedy + finding.text


def test_a_service_that_refuses_version_3():
    def old(request):
        if request.headers["MaxDataServiceVersion"].startswith("3.0"):
            return made("MaxDataServiceVersion 3.0 is too high", "text/plain", 400)
        return made(MODEL, "application/xml")

    assert examine(ROOT, transport=Shop(metadata=old)).profile.max_protocol_version == "2.0"
    xml = made('<?xml version="1.0"?><error/>', "application/xml", 400)
    assert examine(ROOT, transport=Shop(metadata=xml)).profile == Profile()


def test_nobody_there():
    (finding,) = examine("http://127.0.0.1:1/").findings
    assert finding.topic == "connection" and "connection refused" in finding.text
    with pytest.raises(ArgumentError):
        examine("ftp://host/")


def test_certificates():
    with FaultServer(answer(b"", "404 Not Found"), tls=True) as server:
        (refused,) = examine(server.url).findings
        assert refused.grade is Grade.PROBLEM and "not trusted" in refused.text and "--ca FILE" in refused.remedy
        trusted = examine(server.url, verify=str(CERTIFICATE)).findings[0]
        assert trusted.grade is Grade.GOOD and trusted.text == "https, and the certificate is trusted"
        with pytest.warns(Warning, match="Unverified"):
            unchecked = examine(server.url, verify=False).findings[0]
        assert unchecked.grade is Grade.NOTE and "not checked" in unchecked.text


def test_without_the_slash():
    assert "slash" in examine(ROOT.rstrip("/"), transport=Shop()).findings[0].text


def test_a_service_that_speaks_light_json_alone_and_does_not_page():
    shop = Shop()
    assert one(shop, "formats").text == "light JSON; light JSON is taken"
    assert one(shop, "paging").text == "none seen in 1 rows"


def test_a_service_of_version_2_with_verbose_json():
    def rows(request):
        if "minimal" in request.headers["Accept"] or "atom" in request.headers["Accept"].partition(",")[0]:
            return made("", "text/plain", 415)
        row = {"__metadata": {"uri": f"{ROOT}Products(1)", "type": "Shop.Product", "etag": 'W/"1"'}, **PRODUCT, "Size": None}
        return made(json.dumps({"d": {"results": [row]}}), "application/json", DataServiceVersion="2.0")

    metadata = made(MODEL.replace('DataServiceVersion="3.0"', 'DataServiceVersion="2.0"'), "application/xml")
    examination = examine(ROOT, transport=Shop(metadata=metadata, Products=rows))
    assert examination.profile.format == "verbosejson" and examination.profile.max_protocol_version == "2.0"
    assert "sent (Product)" in next(f.text for f in examination.findings if f.topic == "ETags")


def test_how_updates_are_wanted():
    merges = one(Shop(OPTIONS=made("", "text/plain", Allow="GET, PUT, MERGE, PATCH")), "updates")
    assert merges.grade is Grade.GOOD and merges.text.startswith("MERGE")
    patches = Shop(OPTIONS=made("", "text/plain", Allow="GET, PATCH"))
    assert one(patches, "updates").remedy == "PATCH_ON_UPDATE"
    profile = examine(ROOT, transport=patches).profile
    assert profile.patch_on_update
    context = DataServiceContext(ROOT, metadata=MODEL.encode(), profile=profile)
    assert context.save_changes_default_options is SaveChangesOptions.PATCH_ON_UPDATE
    assert "for reading" in one(Shop(OPTIONS=made("", "text/plain", Allow="GET, HEAD")), "updates").remedy
    assert "not told" in one(Shop(), "updates").text


def test_a_service_behind_a_gateway():
    shop = Shop(row={"odata.id": "http://inner.example/Shop.svc/Products(1)", "odata.editLink": "http://inner.example/P(1)"})
    assert one(shop, "links").remedy == "rebase_links=True"
    assert examine(ROOT, transport=shop).profile.rebase_links is True
    assert found(Shop(), "links") == []


def test_keys_as_segments():
    def never(request):
        return made("", "text/plain", 404)

    shop = Shop(**{"Products(1)": never, "Products/1": Shop().products})
    assert one(shop, "keys").remedy == "url_key_as_segment = True"
    context = DataServiceContext(ROOT, metadata=MODEL.encode(), profile=examine(ROOT, transport=shop).profile)
    assert context.url_key_as_segment and context.Products.by_key(1).url == f"{ROOT}Products/1"


def test_a_report_becomes_a_profile(tmp_path):
    told = examine(ROOT, transport=Shop()).to_dict()
    assert told["service"] == ROOT and told["format"] == "json" and told["found"]
    (tmp_path / "profile.json").write_text(json.dumps({**told, "format": "atom"}))
    for profile in ({**told, "format": "atom"}, tmp_path / "profile.json", str(tmp_path / "profile.json")):
        assert read_profile(profile).format == "atom"
        assert ctx_format(profile=profile) == "atom"
        assert ctx_format(profile=profile, format="json") == "json", "what is given counts, a default's value too"


def ctx_format(**keywords):
    return DataServiceContext(ROOT, metadata=MODEL.encode(), **keywords)._channel.format.dialect.value


@pytest.mark.parametrize(
    "profile", [{"format": 1}, {"rebase_links": "yes"}, {"timeout": True}, [1], 5, "gone.json", {"trusted_origins": "x"}]
)
def test_profiles_that_are_none(profile):
    with pytest.raises(ArgumentError, match="profile"):
        DataServiceContext(ROOT, metadata=MODEL.encode(), profile=profile)


def test_a_profile_of_a_later_version_is_read_as_far_as_it_is_known():
    assert read_profile({"format": "json", "quantum": True, "timeout": [1, 2]}) == Profile(format="json", timeout=(1, 2))


def test_a_page_for_signing_in_is_no_answer():
    page = made("<html><title>Sign in</title></html>", "text/html")
    shop = Shop(Products=page, **{"Products/$count": page})
    problem = one(shop, "sets")
    assert (problem.grade, "web page" in problem.text) == (Grade.PROBLEM, True)
    assert found(shop, "any/all") == found(shop, "paging") == []


def test_a_set_of_few_rows_that_are_not_counted():
    row = json.dumps({"d": [{"__metadata": {"uri": f"{ROOT}Products(1)", "type": "Shop.Product"}, **PRODUCT}]})
    shop = Shop(
        Products=made(row, "application/json", DataServiceVersion="1.0;"), **{"Products/$count": made("", "text/plain", 400)}
    )
    assert one(shop, "paging").text == "none seen in 1 rows"
