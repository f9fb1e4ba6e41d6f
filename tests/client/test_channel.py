"""The conversation: dialects, versions, errors, metadata, hooks (R20 to R23, sections 1.6, 5.1, 5.2, 6)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from client.shop import JSON, METADATA, ROOT, Script, entry, feed, product, reply, shop
from faults.server import FaultServer, answer

from odata3.client.context import DataServiceContext
from odata3.errors import (
    ArgumentError,
    AuthorizationError,
    DataServiceClientException,
    DataServiceQueryException,
    DataServiceRequestException,
    DataServiceTransportException,
    InvalidOperationError,
    MetadataError,
    NotFoundError,
    ODataError,
    PayloadError,
)

VERBOSE = "application/json;odata=verbose"
PLAIN = "application/json"
ATOM = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://shop.example/svc/"
 xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices"
 xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
 <id>x</id><title/><updated>2020-01-01T00:00:00Z</updated><entry><id>http://shop.example/svc/Products(1)</id>
 <category term="Shop.Product" scheme="http://schemas.microsoft.com/ado/2007/08/dataservices/scheme"/>
 <link rel="edit" href="Products(1)"/><title/><updated>2020-01-01T00:00:00Z</updated><author><name/></author>
 <content type="application/xml"><m:properties><d:ID m:type="Edm.Int32">1</d:ID><d:Name>A</d:Name></m:properties></content>
 </entry></feed>"""


def verbose(*rows: dict[str, Any]) -> Any:
    shown = [
        row
        | {"__metadata": {"id": f"{ROOT}Products({row['ID']})", "uri": f"{ROOT}Products({row['ID']})", "type": "Shop.Product"}}
        for row in rows
    ]
    return reply({"d": {"results": shown}}, Content_Type=VERBOSE, DataServiceVersion="2.0;")


def live(*steps: Any, **keywords: Any) -> tuple[DataServiceContext, Script]:
    """A context that has its metadata to fetch."""
    script = Script(list(steps))
    return DataServiceContext(ROOT, transport=script, **keywords), script


# -- wished, not trusted


@pytest.mark.parametrize("format", ["json", "verbosejson", "atom"])
def test_whatever_comes_is_read(format: str) -> None:
    ctx, _ = shop(
        feed(product(5)), verbose({"ID": 2, "Name": "V"}), reply(ATOM, Content_Type="application/atom+xml"), format=format
    )
    assert [ctx.Products.first().Name for _ in range(3)] == ["P5", "V", "A"]


@pytest.mark.parametrize(
    ("format", "accept"), [("json", JSON), ("verbosejson", VERBOSE), ("atom", "application/atom+xml,application/xml")]
)
def test_5_1_accept_says_what_is_wished(format: str, accept: str) -> None:
    ctx, script = shop(feed(), format=format)
    ctx.Products.to_list()
    assert dict(script.requests[0].headers) == {
        "DataServiceVersion": "1.0;NetFx",
        "MaxDataServiceVersion": "3.0;NetFx",
        "Accept": accept,
        "Accept-Charset": "UTF-8",
    }


@pytest.mark.parametrize("status", [406, 415])
def test_a_refused_dialect_is_asked_for_in_another(status: int) -> None:
    no = reply(b"", status, Content_Type="text/plain")
    ctx, script = shop(no, verbose({"ID": 1, "Name": "V"}), verbose({"ID": 1}), reply(None, 204))
    (p,) = ctx.Products.to_list()
    ctx.Products.to_list()
    assert [r.headers["Accept"] for r in script.requests] == [JSON, VERBOSE, VERBOSE]
    p.Name = "x"
    ctx.update_object(p)
    ctx.save_changes()
    assert script.requests[3].headers["Content-Type"].startswith("application/json;odata=verbose")
    assert script.body()["__metadata"]["type"] == "Shop.Product"


def test_a_service_that_refuses_every_dialect() -> None:
    ctx, script = shop(*[reply(b"", 415, Content_Type="text/plain")] * 4)
    with pytest.raises(DataServiceQueryException) as caught:
        ctx.Products.to_list()
    assert caught.value.status_code == 415
    assert [r.headers["Accept"] for r in script.requests] == [JSON, VERBOSE, "application/atom+xml,application/xml", PLAIN]


def test_a_service_that_knows_json_without_parameters_alone() -> None:
    no = reply(b"", 415, Content_Type="text/plain")
    answered = reply(
        {"d": [{"__metadata": {"uri": ROOT + "Products(1)"}, "ID": 1, "Name": "V"}]}, Content_Type=PLAIN, DataServiceVersion="1.0"
    )
    ctx, script = shop(no, no, no, answered, answered, reply(None, 204))
    ctx.Products.to_list()
    (product,) = ctx.Products.to_list()
    ctx.update_object(product)
    ctx.save_changes()
    assert [r.headers["Accept"] for r in script.requests[3:]] == [PLAIN, PLAIN, PLAIN]
    assert script.requests[5].headers["Content-Type"] == PLAIN
    assert script.body()["__metadata"]["type"] == "Shop.Product"


def test_writes_speak_what_the_service_spoke() -> None:
    ctx, script = shop(reply(ATOM, Content_Type="application/atom+xml;type=feed", DataServiceVersion="1.0;"), reply(None, 204))
    (p,) = ctx.Products.to_list()
    p.Name = "x"
    ctx.update_object(p)
    ctx.save_changes()
    assert script.requests[1].headers["Content-Type"] == "application/atom+xml"
    assert script.requests[1].headers["DataServiceVersion"] == "1.0;NetFx"


@pytest.mark.parametrize(("last", "version"), [("Edm.Int32", "1.0"), ("Collection(Edm.Int32)", "3.0")])
def test_p2_types_that_stand_in_each_other_a_thousand_deep_say_their_version(last: str, version: str) -> None:
    deep = [f'<ComplexType Name="C{n}"><Property Name="P" Type="Shop.C{n + 1}"/></ComplexType>' for n in range(1500)]
    deep.append(f'<ComplexType Name="C1500"><Property Name="P" Type="{last}" Nullable="false"/></ComplexType>')
    own = b'<Property Name="Size" Type="Shop.Size"/>'
    metadata = METADATA.replace(b"<ComplexType", "".join(deep).encode() + b"<ComplexType", 1)
    script = Script([reply(None, 204)])
    ctx = DataServiceContext(
        ROOT, metadata=metadata.replace(own, own + b'<Property Name="Deep" Type="Shop.C0"/>'), transport=script, format="atom"
    )
    p = ctx.types.Product(ID=1, Name="Rye")
    ctx.attach_to("Products", p)
    ctx.update_object(p)
    ctx.save_changes()
    assert script.requests[0].headers["DataServiceVersion"] == f"{version};NetFx"


def test_json_below_version_3_is_the_verbose_form() -> None:
    ctx, script = shop(verbose(), max_protocol_version="2.0")
    ctx.Products.to_list()
    assert script.requests[0].headers["Accept"] == VERBOSE
    assert script.requests[0].headers["MaxDataServiceVersion"] == "2.0;NetFx"


def test_r20_nothing_where_a_list_was_expected() -> None:
    ctx, _ = shop(reply(None, 204), reply(None, 200))
    for status in (204, 200):
        with pytest.raises(PayloadError, match=str(status)):
            ctx.Products.to_list()


# -- versions


@pytest.mark.parametrize("version", ["4.0", "3.1", "x"])
def test_r21_a_version_that_is_not_spoken(version: str) -> None:
    ctx, _ = shop(reply(json.dumps({"value": []}).encode(), DataServiceVersion=version))
    with pytest.raises(InvalidOperationError, match=version.replace(".", r"\.")):
        ctx.Products.to_list()


def test_p6_a_version_above_the_maximum_names_both() -> None:
    ctx, _ = shop(reply(json.dumps({"value": []}).encode(), DataServiceVersion="3.0;"), max_protocol_version="2.0")
    with pytest.raises(InvalidOperationError, match=r"3\.0.*2\.0"):
        ctx.Products.to_list()


def test_r21_odata_4_says_so() -> None:
    ctx, _ = shop(reply({"value": []}, OData_Version="4.0"))
    with pytest.raises(InvalidOperationError, match=r"version 4\.0"):
        ctx.Products.to_list()


@pytest.mark.parametrize("version", ["1.0;", " 2.0 ; x", "3.0;NetFx", None])
def test_p1_p5_versions_that_are_tolerated(version: str | None) -> None:
    ctx, _ = shop(
        reply(
            json.dumps({"d": []}).encode(),
            Content_Type="application/json",
            **({"DataServiceVersion": version} if version else {"X": "y"}),
        )
    )
    assert ctx.Products.to_list() == []


# -- metadata


def test_metadata_is_fetched_once_on_first_need() -> None:
    ctx, script = live(reply(METADATA, Content_Type="application/xml"), feed(), feed())
    assert script.requests == []
    ctx.Products.to_list()
    ctx.Categories.to_list()
    assert script.lines == ["GET $metadata", "GET Products", "GET Categories"]
    assert script.requests[0].headers["Accept"] == "application/xml"
    assert ctx.get_metadata_uri() == f"{ROOT}$metadata"


@pytest.mark.parametrize(
    ("answered", "error", "words"),
    [
        (reply(b"<!DOCTYPE html><html>Sign in</html>", Content_Type="text/html"), MetadataError, "web page"),
        (reply(b"<html><body>Sign in", Content_Type="application/xml"), MetadataError, "web page"),
        (reply({"value": []}), MetadataError, "metadata"),
        (reply(b"", 401, Content_Type="text/plain"), AuthorizationError, "auth"),
        (reply(b"", 403, Content_Type="text/plain"), AuthorizationError, "allowed"),
        (reply(b"", 404, Content_Type="text/plain"), NotFoundError, "root"),
        (reply(b"<service/>", Content_Type="application/xml"), MetadataError, "metadata"),
    ],
)
def test_r20_what_is_no_metadata(answered: Any, error: type[Exception], words: str) -> None:
    ctx, _ = live(answered)
    with pytest.raises(error, match=words):
        _ = ctx.Products


# -- errors


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<html><body>Sign in</body></html>", "text/html"),
        (b"", "application/json"),
        (b"null", JSON),
        (b"[1, 2]", JSON),
        (b'{"odata.metadata": "x"', JSON),
        (b'{"value": [1]}', JSON),
        (b'{"value": "x"}', JSON),
        (b"hello", "text/plain"),
        (b"\xff\xfe\x00", JSON),
    ],
)
def test_r20_the_wrong_kind_of_answer(body: bytes, content_type: str) -> None:
    ctx, _ = shop(reply(body, Content_Type=content_type))
    with pytest.raises(PayloadError) as caught:
        ctx.Products.to_list()
    assert content_type.partition(";")[0] in str(caught.value)
    assert "200" in str(caught.value)
    assert ctx.entities == ()


ERRORS = [
    (b'{"odata.error":{"code":"C1","message":{"lang":"en","value":"no such thing"},"innererror":{"message":"deep"}}}', JSON),
    (b'{"error":{"code":"C1","message":{"lang":"en","value":"no such thing"},"innererror":{"message":"deep"}}}', VERBOSE),
    (
        b'<m:error xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"><m:code>C1</m:code>'
        b'<m:message xml:lang="en">no such thing</m:message><m:innererror><m:message>deep</m:message></m:innererror></m:error>',
        "application/xml",
    ),
]


@pytest.mark.parametrize(("body", "content_type"), ERRORS)
def test_p103_6_1_error_bodies_are_parsed(body: bytes, content_type: str) -> None:
    ctx, _ = shop(reply(body, 400, Content_Type=content_type, request_id="r-7"))
    with pytest.raises(DataServiceQueryException) as caught:
        ctx.Products.to_list()
    error = caught.value.__cause__
    assert isinstance(error, DataServiceClientException)
    assert (error.status_code, error.code, error.message, error.request_id) == (400, "C1", "no such thing", "r-7")
    assert error.inner_error == {"message": "deep"}
    assert error.body == body.decode()
    assert (error.method, error.url) == ("GET", f"{ROOT}Products")
    assert error.headers["request-id"] == "r-7"
    text = str(error)
    assert "GET" in text
    assert f"{ROOT}Products" in text
    assert "400 Bad Request" in text
    assert "C1: no such thing" in text
    assert "r-7" in text


@pytest.mark.parametrize(
    "body", [b"", b"<html>gateway</html>", b'{"odata.error": {"co', b'{"error": 7}', b"[]", b"\xff\x00", b"x" * 200_000]
)
def test_r23_broken_error_bodies_are_still_the_http_error(body: bytes) -> None:
    ctx, _ = shop(reply(body, 502, Content_Type="application/json"))
    with pytest.raises(DataServiceQueryException) as caught:
        ctx.Products.to_list()
    assert caught.value.status_code == 502
    assert len(str(caught.value)) < 6000
    assert len(caught.value.__cause__.body) < 6000  # type: ignore[union-attr]


@pytest.mark.parametrize(("status", "kind"), [(401, AuthorizationError), (403, AuthorizationError), (404, NotFoundError)])
def test_finer_classes(status: int, kind: type[Exception]) -> None:
    ctx, _ = shop(reply(b"", status, Content_Type="text/plain"))
    with pytest.raises(DataServiceQueryException) as caught:
        ctx.Products.to_list()
    assert type(caught.value.__cause__) is kind


def test_r18_retry_after_is_an_attribute() -> None:
    ctx, _ = shop(reply(b"", 503, Content_Type="text/plain", Retry_After="30"))
    with pytest.raises(DataServiceQueryException, match="30") as caught:
        ctx.Products.to_list()
    assert caught.value.__cause__.retry_after == "30"  # type: ignore[union-attr]


def test_x_ms_request_id_serves_too() -> None:
    ctx, _ = shop(reply(b"", 400, Content_Type="text/plain", x_ms_request_id="job-1"))
    with pytest.raises(DataServiceQueryException, match="job-1"):
        ctx.Products.to_list()


def test_400_for_a_version_reports_both_headers() -> None:
    ctx, _ = shop(reply({"odata.error": {"code": "", "message": {"lang": "", "value": "Unsupported version"}}}, 400))
    with pytest.raises(DataServiceQueryException, match=r"DataServiceVersion: 1\.0;NetFx, MaxDataServiceVersion: 3\.0;NetFx"):
        ctx.Products.to_list()


def test_a_transport_failure_of_a_read_comes_as_it_is() -> None:
    lost = DataServiceTransportException("cut")
    ctx, _ = shop(lost)
    with pytest.raises(DataServiceTransportException) as caught:
        ctx.Products.to_list()
    assert caught.value is lost


def test_r7_p105_no_message_holds_a_credential() -> None:
    with FaultServer(answer(b"no", "401 Unauthorized", Content_Type="text/plain")) as server:
        root = server.url.replace("://", "://someone:s3cret@")
        ctx = DataServiceContext(root, metadata=METADATA)
        with pytest.raises(DataServiceQueryException) as caught:
            ctx.Products.to_list()
        shown = (
            f"{caught.value} {caught.value!r} {caught.value.__cause__!r} {ctx!r} {ctx.base_uri} {ctx.Products} {ctx.Products.url}"
        )
        assert "s3cret" not in shown
        assert "someone" not in shown
        assert server.requests[0].headers["authorization"].startswith("Basic ")
        ctx.close()


# -- hooks


def test_1_6_hooks_in_their_order() -> None:
    ctx, script = shop(feed(product(1)), entry(product(1)))
    heard: list[str] = []
    ctx.writing_entity += lambda args: heard.append(f"writing {args.entity!r}")
    ctx.sending_request.append(lambda args: heard.append(f"sending {args.method} {args.url.removeprefix(ROOT)}"))

    @ctx.receiving_response
    def received(args: Any) -> None:
        heard.append(f"receiving {args.status_code}")

    ctx.reading_entity += lambda args: heard.append(f"reading {args.entity!r}")
    (p,) = ctx.Products.to_list()
    p.Name = "x"
    ctx.update_object(p)
    ctx.save_changes()
    assert heard == [
        "sending GET Products",
        "receiving 200",
        "reading Product(ID=1)",
        "sending MERGE Products(1)",
        "writing Product(ID=1)",
        "receiving 200",
        "reading Product(ID=1)",
    ]
    ctx.receiving_response.remove(received)
    assert list(ctx.receiving_response) == []
    assert len(script.requests) == 2


def test_1_6_a_handler_may_change_headers() -> None:
    ctx, script = shop(feed(product(1)), reply(None, 204))

    @ctx.sending_request
    def stamp(args: Any) -> None:
        args.headers["x-ms-principal-id"] = "me"
        args.headers["ACCEPT-charset"] = "x"
        del args.headers["MaxDataServiceVersion"]

    (p,) = ctx.Products.to_list()
    p.Name = "x"
    ctx.update_object(p)
    (pending,) = ctx.pending_changes()
    ctx.save_changes()
    for headers in (script.requests[0].headers, script.requests[1].headers):
        assert headers["x-ms-principal-id"] == "me"
        assert headers["Accept-Charset"] == "x"
        assert "MaxDataServiceVersion" not in headers
    assert pending.headers == script.requests[1].headers


def test_1_6_a_handler_may_change_what_is_written() -> None:
    ctx, script = shop(feed(product(1)), reply(None, 204))

    @ctx.writing_entity
    def add(args: Any) -> None:
        args.entry.values = {**args.entry.values, "Rating": 5}

    (p,) = ctx.Products.to_list()
    p.Name = "x"
    ctx.update_object(p)
    ctx.save_changes()
    assert script.body() == {"odata.type": "Shop.Product", "Name": "x", "Rating": 5}


def test_1_6_errors_are_heard_too_and_none_where_nothing_came() -> None:
    ctx, _ = shop(reply(b"", 500, Content_Type="text/plain"), DataServiceTransportException("cut"))
    heard: list[Any] = []
    ctx.receiving_response += lambda args: heard.append(args.status_code)
    for _ in range(2):
        with pytest.raises(ODataError):
            ctx.Products.to_list()
    assert heard == [500, None]


def test_an_event_is_not_replaced() -> None:
    ctx, _ = shop()
    with pytest.raises(ArgumentError, match=r"\+="):
        ctx.sending_request = []  # type: ignore[assignment]


# -- headers of the user's own


def test_headers_go_along_with_every_request() -> None:
    ctx, script = shop(feed(product(1)), reply(None, 204), headers={"x-ms-principal-id": "me", "Accept-Charset": "mine"})
    (p,) = ctx.Products.to_list()
    p.Name = "x"
    ctx.update_object(p)
    ctx.save_changes()
    assert [r.headers["x-ms-principal-id"] for r in script.requests] == ["me", "me"]
    assert script.requests[0].headers["accept-charset"] == "mine"


def test_r1_a_next_link_to_another_origin_is_refused_before_a_request() -> None:
    with FaultServer() as other, FaultServer() as server:
        first = {"odata.metadata": f"{server.url}$metadata#Products", "value": [], "odata.nextLink": f"{other.url}Products"}
        server._script = [answer(json.dumps(first).encode(), Content_Type=JSON)]
        with (
            DataServiceContext(server.url, metadata=METADATA, headers={"x-key": "k"}) as ctx,
            pytest.raises(DataServiceTransportException, match="origin"),
        ):
            ctx.Products.to_list()
        assert other.requests == []
        other._script = [answer(json.dumps({"value": []}).encode(), Content_Type=JSON)]
        with DataServiceContext(
            server.url, metadata=METADATA, headers={"x-key": "k"}, auth=("u", "p"), trusted_origins=[other.url]
        ) as ctx:
            assert ctx.Products.to_list() == []
        (seen,) = other.requests
        assert "x-key" not in seen.headers
        assert "authorization" not in seen.headers


def test_rebased_links_stay_below_the_root() -> None:
    inner = "http://inner:8090/vmm/Products(1)"
    row = product(1, **{"odata.id": inner, "odata.editLink": inner})
    more = {"odata.nextLink": "http://inner:8090/vmm/Products?$skiptoken=1"}
    ctx, script = shop(feed(row, **more), feed(), reply(None, 204), rebase_links=True)
    (p,) = ctx.Products.to_list()
    p.Name = "x"
    ctx.update_object(p)
    ctx.save_changes()
    assert script.lines == ["GET Products", "GET Products?$skiptoken=1", "MERGE Products(1)"]
    assert ctx.try_get_uri(p) == f"{ROOT}Products(1)"


# -- tokens against forged requests (SAP Gateway)

REQUIRED = reply(b"", 403, Content_Type="text/plain", X_CSRF_Token="Required")
TOKEN = reply({"d": {"EntitySets": []}}, Content_Type="application/json", X_CSRF_Token="t0ken", DataServiceVersion="2.0")


def test_p106_a_token_is_fetched_once_when_a_write_demands_it() -> None:
    ctx, script = shop(feed(product(1)), REQUIRED, TOKEN, reply(None, 204), reply(None, 204))
    (p,) = ctx.Products.to_list()
    for _ in range(2):
        p.Name = "x"
        ctx.update_object(p)
        ctx.save_changes()
    assert script.lines[1:] == ["MERGE Products(1)", "GET ", "MERGE Products(1)", "MERGE Products(1)"]
    assert [r.headers.get("X-CSRF-Token") for r in script.requests] == [None, None, "Fetch", "t0ken", "t0ken"]
    assert script.requests[1].body == script.requests[3].body
    assert "t0ken" not in repr(script.requests[3].headers)


def test_p106_once_only_and_only_when_demanded() -> None:
    ctx, script = shop(feed(product(1)), REQUIRED, TOKEN, REQUIRED)
    (p,) = ctx.Products.to_list()
    ctx.update_object(p)
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes()
    assert caught.value.status_code == 403
    assert len(script.requests) == 4
    ctx, script = shop(feed(product(1)), reply(b"", 403, Content_Type="text/plain"))
    (p,) = ctx.Products.to_list()
    ctx.update_object(p)
    with pytest.raises(DataServiceRequestException):
        ctx.save_changes()
    assert len(script.requests) == 2
