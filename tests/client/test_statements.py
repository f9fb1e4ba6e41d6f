"""Statements of the protocol that are the client's, each over a real socket with a context."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from client.shop import METADATA
from faults.server import FaultServer, Item, Seen, answer, then_close

from odata3.client.context import DataServiceContext
from odata3.client.options import MergeOption
from odata3.errors import (
    ConcurrencyError,
    DataServiceClientException,
    DataServiceQueryException,
    DataServiceRequestException,
    DataServiceTransportException,
    InvalidOperationError,
    ODataError,
    PayloadError,
)

LIGHT = "application/json;odata=minimalmetadata"
VERBOSE = "application/json;odata=verbose"
ATOM = "application/atom+xml"
NAMESPACES = (
    'xmlns="http://www.w3.org/2005/Atom" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices" '
    'xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"'
)
SCHEME = "http://schemas.microsoft.com/ado/2007/08/dataservices"


@contextmanager
def talking(*script: Item, **keywords: Any) -> Iterator[tuple[DataServiceContext, FaultServer]]:
    """A context at a server that answers by a script; ``metadata`` is at hand."""
    with FaultServer(*script) as server, DataServiceContext(server.url, metadata=METADATA, retry=None, **keywords) as ctx:
        yield ctx, server


def light(*rows: dict[str, Any], more: str = "", **headers: str) -> bytes:
    text = f'{{"odata.metadata":"$metadata#Products",{more}"value":{json.dumps(rows)}}}'
    return answer(text.encode(), Content_Type=LIGHT, **headers)


def asked(seen: Seen) -> tuple[str, str | None, str]:
    return seen.target, seen.headers.get("dataserviceversion"), seen.headers["maxdataserviceversion"]


# -- versions


@pytest.mark.parametrize("maximum", ["1.0", "2.0", "3.0"])
def test_p2_every_request_says_the_maximum(maximum: str) -> None:
    verbose = answer(b'{"d":[{"__metadata":{"uri":"Products(1)"},"ID":1}]}', Content_Type=VERBOSE)
    created = answer(b"", "204 No Content", Location="http://h/Products(9)", DataServiceId="http://h/Products(9)")
    done = answer(b"", "204 No Content")
    script = [verbose, done, done, created, answer(b"7", Content_Type="text/plain"), verbose]
    with talking(*script, max_protocol_version=maximum) as (ctx, server):
        (product,) = ctx.Products.to_list()
        product.Name = "x"
        ctx.update_object(product)
        ctx.save_changes()
        ctx.delete_object(product)
        ctx.save_changes()
        ctx.add_object("Products", ctx.types.Product(ID=9))
        ctx.save_changes()
        if maximum > "1.0":
            assert ctx.Products.count() == 7
            ctx.execute("Products(1)", element_type=ctx.types.Product).__iter__()
        assert [seen.headers["maxdataserviceversion"] for seen in server.requests] == [f"{maximum};NetFx"] * len(server.requests)


def test_p3_the_lowest_version_that_the_question_needs() -> None:
    page = light()
    with talking(page) as (ctx, server):
        ctx.Products.to_list()
        ctx.Products.where(lambda p: p.Rating > 3).order_by("Name").skip(1).take(2).expand("Category").to_list()
        ctx.Products.select("ID", "Name").to_list()
        ctx.Products.include_total_count().to_list()
        ctx.Categories.where(lambda c: c.Products.any(lambda p: p.Rating > 3)).to_list()
        ctx.Categories.where(lambda c: c.Products.all(lambda p: p.Rating > 3)).to_list()
        versions = [seen.headers["dataserviceversion"] for seen in server.requests]
    assert versions == [f"{version};NetFx" for version in ("1.0", "1.0", "2.0", "2.0", "3.0", "3.0")]
    with talking(answer(b"\xef\xbb\xbf12", Content_Type="text/plain")) as (ctx, server):
        assert ctx.Products.count() == 12
        assert server.requests[0].headers["dataserviceversion"] == "2.0;NetFx"


@pytest.mark.parametrize(("format", "version"), [("json", "3.0"), ("verbosejson", "3.0"), ("atom", "1.0")])
def test_p4_a_light_body_goes_with_version_3(format: str, version: str) -> None:
    """Verbose goes with 3.0 where it spells moments as 3.0 has them; see the tests of old services for those that do not."""
    with talking(answer(b"", "204 No Content", Location="/Products(1)"), format=format) as (ctx, server):
        ctx.add_object("Products", ctx.types.Product(ID=1, Name="x"))
        ctx.save_changes()
        (seen,) = server.requests
    assert (seen.method, seen.headers["dataserviceversion"]) == ("POST", f"{version};NetFx")
    assert seen.headers["content-type"].startswith({"json": LIGHT, "verbosejson": VERBOSE, "atom": ATOM}[format])


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"d":[{"__metadata":{"uri":"Products(1)"},"ID":1,"Released":"\\/Date(1000)\\/"}]}', "application/json"),
        (b'{"d":{"results":[{"__metadata":{"uri":"Products(1)"},"ID":1,"Released":"\\/Date(1000)\\/"}]}}', "application/json"),
        (b'{"value":[{"ID":1,"Released":"1970-01-01T00:00:01"}]}', "application/json"),
        (b'[{"__metadata":{"uri":"Products(1)"},"ID":1,"Released":"\\/Date(1000)\\/"}]', "text/plain"),
    ],
)
def test_p5_an_answer_without_a_version(body: bytes, content_type: str) -> None:
    with talking(answer(body, Content_Type=content_type)) as (ctx, _):
        (product,) = ctx.Products.to_list()
        assert (product.ID, product.Released.isoformat()) == (1, "1970-01-01T00:00:01")


@pytest.mark.parametrize("said", ["3.0", "3.0;", "3.0;NetFx"])
def test_p6_a_version_above_the_maximum_names_both(said: str) -> None:
    for maximum in ("1.0", "2.0"):
        with (
            talking(light({"ID": 1}, DataServiceVersion=said), max_protocol_version=maximum) as (ctx, _),
            pytest.raises(InvalidOperationError) as caught,
        ):
            ctx.Products.to_list()
        assert "3.0" in str(caught.value)
        assert maximum in str(caught.value)
        assert len(ctx.entities) == 0


def test_a_service_of_version_4_says_so() -> None:
    v4 = answer(b'{"@odata.context":"$metadata#Products","value":[{"ID":1}]}', OData_Version="4.0")
    with talking(v4) as (ctx, _), pytest.raises(InvalidOperationError, match=r"4\.0"):
        ctx.Products.to_list()
    edmx = (
        b'<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>'
        b'<Schema Namespace="N" xmlns="http://docs.oasis-open.org/odata/ns/edm"/></edmx:DataServices></edmx:Edmx>'
    )
    with (
        FaultServer(answer(edmx, Content_Type="application/xml", OData_Version="4.0")) as server,
        DataServiceContext(server.url) as ctx,
        pytest.raises(ODataError, match="4"),
    ):
        ctx.create_query("Products").to_list()


# -- media types


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json;odata=verbose",
        "APPLICATION/JSON;ODATA=VERBOSE",
        'application/json; charset=utf-8; odata="verbose"',
        "application/json;streaming=true;charset=UTF-8;odata=verbose",
        "application/json ; odata = verbose",
    ],
)
def test_p11_a_media_type_in_any_dress(content_type: str) -> None:
    """The body alone would be taken for light JSON."""
    body = b'{"d":{"ID":1,"Name":"x","__metadata":{"uri":"Products(1)"}},"x.y":1}'
    with talking(answer(body, Content_Type=content_type)) as (ctx, _):
        assert ctx.Products.by_key(1).single().Name == "x"


def test_p11_a_charset_is_heard() -> None:
    body = '{"odata.metadata":"$metadata#Products","value":[{"ID":1,"Name":"Käse"}]}'.encode("latin-1")
    with talking(answer(body, Content_Type=f"{LIGHT};charset=ISO-8859-1")) as (ctx, _):
        assert ctx.Products.first().Name == "Käse"


def test_p11_the_charset_of_an_error_is_heard() -> None:
    body = '{"odata.error":{"code":"7","message":{"lang":"de","value":"Ungültig"}}}'.encode("latin-1")
    with talking(answer(body, "400 Bad Request", Content_Type=f"{LIGHT};charset=ISO-8859-1")) as (ctx, _):
        with pytest.raises(DataServiceQueryException, match="Ungültig") as caught:
            ctx.Products.to_list()
        assert caught.value.__cause__.code == "7"  # type: ignore[union-attr]


@pytest.mark.parametrize("status", ["406 Not Acceptable", "415 Unsupported Media Type"])
def test_p12_what_is_not_acceptable_is_told_alike(status: str) -> None:
    refused = answer(b'{"odata.error":{"code":"","message":{"lang":"","value":"no such type"}}}', status)
    with talking(refused) as (ctx, server), pytest.raises(DataServiceQueryException) as caught:
        ctx.Products.to_list()
    assert caught.value.status_code == int(status[:3])
    cause = caught.value.__cause__
    assert type(cause) is DataServiceClientException
    assert cause.message == "no such type"
    assert [seen.headers["accept"] for seen in server.requests][:3] == [LIGHT, VERBOSE, f"{ATOM},application/xml"]


# -- pages


@pytest.mark.parametrize(
    "link", ["Products?$skiptoken='%c3%a4%2B%20'&x=%7e", "?$skiptoken=1,'a%2fb'", "Products()?%24skiptoken=a%20b"]
)
def test_p102_next_links_byte_for_byte(link: str) -> None:
    rows = [light({"ID": 1}, more=f'"odata.nextLink":"{link}",'), light(more='"odata.nextLink":"Products?2",'), light({"ID": 2})]
    with talking(*rows) as (ctx, server):
        assert [p.ID for p in ctx.Products.where("Rating gt 1")] == [1, 2]
        first, second, third = (seen.target for seen in server.requests)
    assert first == "/Products?$filter=Rating%20gt%201"
    assert second == (f"/{link}" if link[0] != "?" else f"/Products{link}")
    assert third == "/Products?2"


def test_p102_nested_and_circular_links() -> None:
    row = {"ID": 1, "Products": [{"ID": 5}], "Products@odata.nextLink": "Categories(1)/Products?$skiptoken=%27%2B%27"}
    inner = light({"ID": 6})
    categories = light(row).replace(b"#Products", b"#Categories").replace(b"Content-Length: ", b"X-Length: ")
    with talking(then_close(categories), inner) as (ctx, server):
        (category,) = ctx.Categories.expand("Products").to_list()
        assert [p.ID for p in category.Products] == [5, 6]
        assert server.requests[1].target == "/Categories(1)/Products?$skiptoken=%27%2B%27"
    with talking(light({"ID": 1}, more='"odata.nextLink":"Products",')) as (ctx, server):
        with pytest.raises(PayloadError, match="circle"):
            ctx.Products.to_list()
        assert len(server.requests) == 1


def test_pages_by_headers_as_azure_table_has_them() -> None:
    first = light({"ID": 1}, x_ms_continuation_NextPartitionKey="1!8!a=/", x_ms_continuation_NextRowKey="r")
    second = light(x_ms_continuation_NextPartitionKey="z")
    with talking(first, second, light({"ID": 2})) as (ctx, server):
        assert [p.ID for p in ctx.Products.where("Rating gt 1")] == [1, 2]
        assert [seen.target.removeprefix("/Products?$filter=Rating%20gt%201") for seen in server.requests] == [
            "",
            "&NextPartitionKey=1%218%21a%3D%2F&NextRowKey=r",
            "&NextPartitionKey=z",
        ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("Products('O''x')", "Products('O%27%27x')", True), ("Products('%c3%a4')", "Products('ä')", True),
     ("Products('%2541')", "Products('A')", False), ("Products('%ff')", "Products('%fe')", False)],
)  # fmt: skip
def test_an_identity_in_another_spelling_is_the_same(one: str, other: str, same: bool) -> None:
    with talking(light({"odata.id": f"http://h/{one}", "ID": 1}), light({"odata.id": f"http://h/{other}", "ID": 1})) as (ctx, _):
        assert (ctx.Products.first() is ctx.Products.first()) is same
        assert ctx.try_get_entity(f"http://h/{other}") is not None


# -- errors

INNER = {"message": "deep", "type": "X", "stacktrace": "at"}
LIGHT_ERROR = json.dumps({"odata.error": {"code": "C", "message": {"lang": "en", "value": "M"}, "innererror": INNER}}).encode()
VERBOSE_ERROR = LIGHT_ERROR.replace(b"odata.error", b"error")
ATOM_ERROR = (
    f'<m:error {NAMESPACES}><m:code>C</m:code><m:message xml:lang="en">M</m:message><m:innererror>'
    "<m:message>deep</m:message><m:type>X</m:type><m:stacktrace>at</m:stacktrace></m:innererror></m:error>"
).encode()


@pytest.mark.parametrize("body", [LIGHT_ERROR, VERBOSE_ERROR, ATOM_ERROR], ids=["light", "verbose", "atom"])
@pytest.mark.parametrize("content_type", [LIGHT, "application/xml", "text/plain", ""])
def test_p103_every_shape_of_an_error(body: bytes, content_type: str) -> None:
    """Whatever the type says: XML errors to JSON requests are common."""
    refused = answer(body, "400 Bad Request", Content_Type=content_type)
    with talking(refused) as (ctx, _), pytest.raises(DataServiceQueryException) as caught:
        ctx.Products.to_list()
    cause = caught.value.__cause__
    assert isinstance(cause, DataServiceClientException)
    assert (cause.status_code, cause.code, cause.message) == (400, "C", "M")
    assert cause.inner_error is not None
    assert {name: cause.inner_error[name] for name in INNER} == INNER


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (b"<html><head><title>Sign in</title></head><body><p>Please sign in</p></body></html>", "text/html", "ign in"),
        (b"", "", "502"),
        (b'{"Message":"No way","ExceptionMessage":"x"}', "application/json", "No way"),
        (b'{"error":"invalid_token","error_description":"expired"}', "application/json", "expired"),
        (b'{"error":{"code":"C","message":"plain"}}', "application/json", "plain"),
        (b"upstream is down", "text/plain", "upstream is down"),
        (b'{"odata.error":{"code":"C","mess', "application/json", "502"),
    ],
)
def test_p103_what_stands_before_the_service_answers_readably(body: bytes, content_type: str, words: str) -> None:
    with talking(answer(body, "502 Bad Gateway", Content_Type=content_type)) as (ctx, _):
        with pytest.raises(DataServiceQueryException, match=words) as caught:
            ctx.Products.to_list()
        assert caught.value.status_code == 502
        ctx.add_object("Products", ctx.types.Product(ID=1))
        with pytest.raises(DataServiceRequestException, match=words):
            ctx.save_changes()


def test_p103_a_refused_change_says_what_the_service_said() -> None:
    with talking(light({"ID": 1}), answer(ATOM_ERROR, "412 Precondition Failed", Content_Type="application/xml")) as (ctx, _):
        (product,) = ctx.Products.to_list()
        ctx.update_object(product)
        with pytest.raises(DataServiceRequestException) as caught:
            ctx.save_changes()
    assert isinstance(caught.value.__cause__, ConcurrencyError)
    assert caught.value.__cause__.code == "C"


# -- errors inside of an answer

ENTRY = (
    '<entry><id>http://h/Products({0})</id><category term="Shop.Product" scheme="' + SCHEME + '/scheme"/>'
    '<link rel="edit" href="Products({0})"/>{1}<content type="application/xml"><m:properties>'
    '<d:ID m:type="Edm.Int32">{0}</d:ID><d:Name>P{0}</d:Name></m:properties></content></entry>'
)
CATEGORY = (
    '<link rel="' + SCHEME + '/related/Category" type="application/atom+xml;type=entry" href="x"><m:inline><entry>'
    '<id>http://h/Categories(7)</id><category term="Shop.Category" scheme="' + SCHEME + '/scheme"/>'
    '<link rel="edit" href="Categories(7)"/><content type="application/xml"><m:properties><d:ID m:type="Edm.Int32">7</d:ID>'
    "</m:properties></content></entry></m:inline></link>"
)
WHOLE_LIGHT = '{"ID":1,"Name":"P1"},{"ID":2,"Name":"P2"}'
WHOLE_VERBOSE = ",".join(f'{{"__metadata":{{"uri":"http://h/Products({n})"}},"ID":{n},"Name":"P{n}"}}' for n in (1, 2))
WHOLE_ATOM = ENTRY.format(1, "") + ENTRY.format(2, "")
ERROR_TEXT = LIGHT_ERROR.decode()
BROKEN = {
    "light, cut inside an expanded entity": (
        LIGHT,
        f'{{"odata.metadata":"x/$metadata#Products","value":[{WHOLE_LIGHT},{{"ID":3,"Category":{{"ID":7,"Na',
    ),
    "light, cut between": (LIGHT, f'{{"odata.metadata":"x/$metadata#Products","value":[{WHOLE_LIGHT},'),
    "light, an error behind the break": (
        LIGHT,
        f'{{"odata.metadata":"x/$metadata#Products","value":[{WHOLE_LIGHT},{{"ID":3,"Category":{{"ID":7}},{ERROR_TEXT}',
    ),
    "light, an error beside value": (
        LIGHT,
        f'{{"odata.metadata":"x/$metadata#Products","value":[{WHOLE_LIGHT}],"odata.error":{{"code":"C","message":"M"}}}}',
    ),
    "verbose, cut": (VERBOSE, f'{{"d":{{"results":[{WHOLE_VERBOSE},{{"ID":3,"Category":{{"__metadata":{{"uri":"x"}},"ID":7}},'),
    "verbose of V1, cut": (VERBOSE, f'{{"d":[{WHOLE_VERBOSE},{{"__metadata":{{"uri":"http://h/Products(3)"}}'),
    "verbose, an error behind the break": (VERBOSE, f'{{"d":{{"results":[{WHOLE_VERBOSE},{{"ID":3{VERBOSE_ERROR.decode()}'),
    "atom, cut inside an expanded entity": (
        ATOM,
        f"<feed {NAMESPACES}>{WHOLE_ATOM}{ENTRY.format(3, CATEGORY)[:-200]}",
    ),
    "atom, cut between": (ATOM, f"<feed {NAMESPACES}>{WHOLE_ATOM}"),
    "atom, an error in the feed": (ATOM, f"<feed {NAMESPACES}>{WHOLE_ATOM}{ATOM_ERROR.decode()}</feed>"),
    "atom, an error in an entry": (
        ATOM,
        f"<feed {NAMESPACES}>{WHOLE_ATOM}"
        f"{ENTRY.format(3, CATEGORY).replace('<content', ATOM_ERROR.decode() + '<content')}</feed>",
    ),
    "atom, an error behind the break": (
        ATOM,
        f"<feed {NAMESPACES}>{WHOLE_ATOM}<entry><id>http://h/Products(3)</id>{CATEGORY}{ATOM_ERROR.decode()}",
    ),
    "atom, an error in an expanded entity": (
        ATOM,
        f"<feed {NAMESPACES}>{WHOLE_ATOM}"
        f"{ENTRY.format(3, CATEGORY.replace('<content', ATOM_ERROR.decode() + '<content'))}</feed>",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("option", [MergeOption.APPEND_ONLY, MergeOption.OVERWRITE_CHANGES])
def test_p104_whole_entities_then_the_error_and_nothing_of_the_broken_one(name: str, option: MergeOption) -> None:
    content_type, text = BROKEN[name]
    with talking(answer(text.encode(), Content_Type=content_type)) as (ctx, _):
        ctx.merge_option = option
        seen = []
        with pytest.raises((DataServiceClientException, PayloadError)) as caught:
            for product in ctx.Products.expand("Category"):
                seen.append((product.ID, product.Name))
                assert ctx.get_entity_descriptor(product) is not None
        assert seen == [(1, "P1"), (2, "P2")]
        assert [type(d.entity).__name__ + str(d.entity.ID) for d in ctx.entities] == ["Product1", "Product2"]
        assert len(ctx.links) == 0
        if "error" in name:
            assert isinstance(caught.value, DataServiceClientException)
            assert (caught.value.code, caught.value.message) == ("C", "M")


def test_nothing_of_a_row_with_a_broken_expanded_entity_is_tracked() -> None:
    """The row is begun when its part turns out to be of another type than the model says."""
    wrong = {"ID": 2, "Maker": {"ID": 4, "Name": "M"}, "Category": {"odata.type": "Shop.Maker", "ID": 3}}
    with talking(light({"ID": 1, "Maker": {"ID": 4}}, wrong, {"ID": 3})) as (ctx, _):
        seen = []
        with pytest.raises(InvalidOperationError, match=r"Shop\.Maker where a Shop\.Category"):
            for product in ctx.Products.expand("Maker", "Category"):
                seen.append(product.ID)
        assert seen == [1]
        assert [(type(d.entity).__name__, d.entity.ID) for d in ctx.entities] == [("Product", 1), ("Maker", 4)]


@pytest.mark.parametrize("cut", [b'{"odata.metadata":"x/$metadata#Products","value":[{"ID":1},{"ID":2', b'{"value":[{"ID":1}]'])
def test_p104_a_body_shorter_than_its_length_is_no_answer(cut: bytes) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {LIGHT}\r\nContent-Length: 4000\r\n\r\n".encode()
    with talking(then_close(head + cut)) as (ctx, _), pytest.raises((DataServiceTransportException, PayloadError)):
        ctx.Products.to_list()
