"""The promises of reliability as a user of a context meets them: faults on the wire, and what becomes of the entities."""

from __future__ import annotations

import copy
import json
import pickle
import traceback

import pytest
from faults.server import FaultServer, answer, chunked, gzipped, redirect, then_close, then_reset, then_silence

from odata3 import (
    AuthorizationError,
    ConcurrencyError,
    DataServiceClientException,
    DataServiceContext,
    DataServiceQueryException,
    DataServiceRequestException,
    DataServiceTransportException,
    EntityStates,
    InvalidOperationError,
    MergeOption,
    MetadataError,
    NotFoundError,
    ODataError,
    PayloadError,
    SaveChangesOptions,
)

LIGHT = "application/json;odata=minimalmetadata;streaming=true;charset=utf-8"
VERBOSE = "application/json;odata=verbose;charset=utf-8"
ATOM = "application/atom+xml;type=feed;charset=utf-8"

MODEL = b"""<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
  <edmx:DataServices m:DataServiceVersion="3.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
    <Schema Namespace="NS" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
      <EntityType Name="Product">
        <Key><PropertyRef Name="ID"/></Key>
        <Property Name="ID" Type="Edm.Int32" Nullable="false"/>
        <Property Name="Name" Type="Edm.String"/>
        <Property Name="Price" Type="Edm.Decimal"/>
        <NavigationProperty Name="Parts" Relationship="NS.Made" FromRole="Product" ToRole="Part"/>
      </EntityType>
      <EntityType Name="Part">
        <Key><PropertyRef Name="ID"/></Key>
        <Property Name="ID" Type="Edm.Int32" Nullable="false"/>
      </EntityType>
      <Association Name="Made">
        <End Role="Product" Type="NS.Product" Multiplicity="1"/><End Role="Part" Type="NS.Part" Multiplicity="*"/>
      </Association>
      <EntityContainer Name="C" m:IsDefaultEntityContainer="true">
        <EntitySet Name="Products" EntityType="NS.Product"/>
        <EntitySet Name="Parts" EntityType="NS.Part"/>
        <AssociationSet Name="Made" Association="NS.Made">
          <End Role="Product" EntitySet="Products"/><End Role="Part" EntitySet="Parts"/>
        </AssociationSet>
      </EntityContainer>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>"""


def feed(*ids, next_link=None, **extra):
    body = {
        "odata.metadata": "http://x/$metadata#Products",
        "value": [{"ID": i, "Name": f"n{i}", "Price": "1.5"} for i in ids],
        **extra,
    }
    if next_link is not None:
        body["odata.nextLink"] = next_link
    return json.dumps(body).encode()


def light(body, status="200 OK", **headers):
    return answer(body, status, Content_Type=LIGHT, DataServiceVersion="3.0;", **headers)


def entry(number=1, etag=None):
    body = {"odata.metadata": "http://x/$metadata#Products/@Element", "ID": number, "Name": f"n{number}", "Price": "1.5"}
    if etag is not None:
        body["odata.etag"] = etag
    return json.dumps(body).encode()


def context(server, **keywords):
    keywords.setdefault("retry", None)
    keywords.setdefault("timeout", (1, 0.3))
    return DataServiceContext(server.url, metadata=MODEL, **keywords)


def one_error(call):
    """What a failing read raises; always of the one tree."""
    with pytest.raises(ODataError) as caught:
        call()
    return caught.value


# -- links ---------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def stranger():
    with FaultServer(light(feed(9))) as server:
        yield server


def test_r1_a_next_page_elsewhere_is_refused_before_a_request(stranger):
    with FaultServer(light(feed(1, next_link=f"{stranger.url}Products?page=2"))) as server:
        ctx = context(server, auth=("user", "s3cret"))
        failure = one_error(lambda: ctx.Products.to_list())
    assert stranger.requests == [] and "trusted_origins" in str(failure)
    assert isinstance(failure, DataServiceTransportException)


def test_r1_a_trusted_next_page_gets_no_credentials(stranger):
    with FaultServer(light(feed(1, next_link=f"{stranger.url}Products?page=2"))) as server:
        ctx = context(server, auth=("user", "s3cret"), headers={"X-Key": "k"}, trusted_origins=[stranger.url])
        assert [p.ID for p in ctx.Products] == [1, 9]
    assert not {"authorization", "x-key", "cookie"} & stranger.requests[0].headers.keys()


@pytest.mark.parametrize("link", ["Products?page=2", "/Products?page=2", "?page=2"])
def test_r1_relative_next_links_resolve_against_the_request(link):
    with FaultServer(light(feed(1, next_link=link)), light(feed(2))) as server:
        assert [p.ID for p in context(server).Products] == [1, 2]
        assert server.requests[1].target == "/Products?page=2"


@pytest.mark.parametrize("name", ["odata.editLink", "odata.readLink", "odata.id"])
def test_r2_no_change_goes_where_only_a_payload_points(stranger, name):
    body = json.loads(entry())
    body[name] = f"{stranger.url}Products(1)"
    with FaultServer(light(json.dumps(body).encode()), answer(status="204 No Content")) as server:
        ctx = context(server, auth=("user", "s3cret"))
        product = ctx.Products.by_key(1).first()
        product.Name = "new"
        ctx.update_object(product)
        try:
            ctx.save_changes()
        except DataServiceRequestException as failure:
            assert isinstance(failure.__cause__, DataServiceTransportException)
            assert failure.__cause__.outcome_unknown is False
            assert ctx.get_entity_descriptor(product).state is EntityStates.MODIFIED
    assert stranger.requests == []


@pytest.mark.parametrize("status", ["201 Created", "204 No Content"])
def test_r2_a_foreign_location_does_not_fail_an_insert(stranger, status):
    """With a body, whose link is below the root, and without one, when the key tells where the entity is."""
    body = entry(5) if status.startswith("201") else b""
    created = answer(body, status, Content_Type=LIGHT, DataServiceVersion="3.0;", Location=f"{stranger.url}Products(5)")
    with FaultServer(created, answer(status="204 No Content", DataServiceVersion="1.0;")) as server:
        ctx = context(server)
        product = ctx.types.Product(ID=5, Name="new")
        ctx.Products.add(product)
        (done,) = ctx.save_changes()
        assert done.status_code == int(status[:3])
        assert ctx.get_entity_descriptor(product).state is EntityStates.UNCHANGED
        product.Name = "again"
        ctx.update_object(product)
        ctx.save_changes()
        assert (server.requests[1].method, server.requests[1].target) == ("MERGE", "/Products(5)")
    assert stranger.requests == []


def test_r2_rebased_links_go_to_the_root():
    inner = "http://inner.example:8090/svc/"
    body = json.loads(entry())
    body["odata.editLink"] = f"{inner}Products(1)"
    with FaultServer(light(json.dumps(body).encode()), answer(status="204 No Content")) as server:
        ctx = DataServiceContext(f"{server.url}outer/", metadata=MODEL, retry=None, rebase_links=True)
        product = ctx.Products.by_key(1).first()
        product.Name = "new"
        ctx.update_object(product)
        ctx.save_changes()
        assert server.requests[1].target == "/outer/Products(1)"


@pytest.mark.parametrize("method", ["update", "delete", "insert"])
def test_r4_a_redirected_change_stays_pending(method):
    with FaultServer(light(entry()), redirect("/signin"), answer(b"<html>", Content_Type="text/html")) as server:
        ctx = context(server)
        product = ctx.Products.by_key(1).first()
        if method == "update":
            product.Name = "new"
            ctx.update_object(product)
        elif method == "delete":
            ctx.delete_object(product)
        else:
            ctx.Products.add(product := ctx.types.Product(ID=2))
        before = ctx.get_entity_descriptor(product).state
        with pytest.raises(DataServiceRequestException):
            ctx.save_changes()
        assert ctx.get_entity_descriptor(product).state is before
        assert len(server.requests) == 2, "no GET of the sign-in page"


# -- bodies --------------------------------------------------------------------------------------------------------------------

BROKEN = {
    "r10 too long a length": then_close(light(feed(1), Content_Length=str(len(feed(1)) + 9))),
    "r10 too short a length": light(feed(1) + b"      ", Content_Length=str(len(feed(1)))),
    "r11 no last chunk": then_close(chunked(feed(1), end=b"", Content_Type=LIGHT)),
    "r12 cut gzip": answer(gzipped(feed(1)).partition(b"\r\n\r\n")[2][:-6], Content_Type=LIGHT, Content_Encoding="gzip"),
    "r14 half a document": then_close(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + feed(1, 2)[:-30]),
    "r15 silence in the body": then_silence(light(feed(1))[:-5]),
    "r17 reset": then_reset(light(feed(1))[:-5]),
    "r20 a sign-in page": answer(b"<!DOCTYPE html><html><body>Sign in</body></html>", Content_Type="text/html"),
    "r20 nothing": answer(b"", Content_Type=LIGHT),
    "r20 no content": answer(status="204 No Content"),
    "r20 null": light(b"null"),
    "r20 a list": light(b"[1]"),
    "r20 no value": light(b'{"odata.metadata":"http://x/$metadata#Products"}'),
    "r20 entries that are none": light(b'{"odata.metadata":"http://x/$metadata#Products","value":[1]}'),
    "r20 a value that is no list": light(b'{"odata.metadata":"http://x/$metadata#Products","value":{"ID":1}}'),
    "r21 a higher version": answer(feed(1), Content_Type=LIGHT, DataServiceVersion="4.0;"),
    "r21 a fourth version": answer(feed(1), Content_Type="application/json", OData_Version="4.0"),
    "r22 an error in a 200": light(b'{"odata.error":{"code":"c","message":{"lang":"","value":"it broke"}}}'),
    "r22 an error at the end": light(feed(1)[:-1] + b',"odata.error":{"code":"c","message":{"value":"it broke"}}}'),
    "r24 a doctype": answer(b'<!DOCTYPE feed [<!ENTITY x "y">]><feed xmlns="http://www.w3.org/2005/Atom"/>', Content_Type=ATOM),
    "r26 bytes that are no text": light(feed(1).replace(b"n1", b"n\xff")),
    "r28 depth": light(b'{"value":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "r28 a huge number": light(b'{"odata.metadata":"http://x/$metadata#Products","value":[{"ID":' + b"9" * 10_000 + b"}]}"),
    "r30 a number out of range": light(b'{"odata.metadata":"http://x/$metadata#Products","value":[{"ID":4294967296}]}'),
    "r30 a number that is none": light(b'{"odata.metadata":"http://x/$metadata#Products","value":[{"ID":"one"}]}'),
}


#: Entities stand before the fault: an iteration may have given them, and ends in the error.
STREAMED = {"r14 half a document", "r22 an error at the end"}


@pytest.mark.parametrize("name", BROKEN)
def test_nothing_broken_is_taken_for_an_answer(name):
    with FaultServer(BROKEN[name]) as server:
        ctx = context(server)
        failure = one_error(lambda: ctx.Products.to_list())
        if name not in STREAMED:
            assert ctx.entities == ()
        assert len(str(failure)) < 3_000
        assert isinstance(failure, InvalidOperationError | PayloadError | DataServiceTransportException)


def test_r20_the_wrong_kind_of_answer_is_described():
    with FaultServer(BROKEN["r20 a sign-in page"]) as server:
        text = str(one_error(lambda: context(server).Products.to_list()))
    assert "200" in text and "text/html" in text and "Sign in" in text


def test_r21_a_missing_version_is_fine():
    with FaultServer(answer(feed(1), Content_Type="application/json;odata=minimalmetadata")) as server:
        assert len(context(server).Products.to_list()) == 1


def test_r22_the_service_speaks_for_itself():
    with FaultServer(BROKEN["r22 an error in a 200"]) as server:
        failure = one_error(lambda: context(server).Products.to_list())
    assert isinstance(failure, DataServiceClientException)
    assert (failure.status_code, failure.code, failure.message) == (500, "c", "it broke")


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>Bad gateway</body></html>",
        b'{"odata.error":',
        b"",
        b"x" * 200_000,
        b'{"odata.error":[]}',
        b"\xff\xfe",
        b"<m:error",
    ],
)
@pytest.mark.parametrize("kind", ["application/json", "application/xml", "text/html", ""])
def test_r23_a_broken_error_body_hides_nothing(body, kind):
    item = answer(body, "502 Bad Gateway", Content_Type=kind)
    with FaultServer(item) as server, pytest.raises(DataServiceQueryException) as caught:
        context(server).Products.to_list()
    failure = caught.value
    assert failure.status_code == 502
    assert isinstance(failure.__cause__, DataServiceClientException)
    assert len(str(failure)) < 6_000 and "502" in str(failure)


def test_r13_the_limit_is_the_contexts_too():
    with FaultServer(light(feed(*range(500)))) as server:
        failure = one_error(lambda: context(server, max_response_bytes=1_000).Products.to_list())
    assert "max_response_bytes" in str(failure)


@pytest.mark.parametrize(
    ("status", "kind"),
    [("401 Unauthorized", AuthorizationError), ("403 Forbidden", AuthorizationError), ("404 Not Found", NotFoundError)],
)
def test_refusals_have_their_class_as_cause(status, kind):
    error = b'{"odata.error":{"code":"E1","message":{"lang":"en","value":"no"}}}'
    with FaultServer(light(error, status, request_id="r-7")) as server, pytest.raises(DataServiceQueryException) as caught:
        context(server).Products.to_list()
    cause = caught.value.__cause__
    assert isinstance(cause, kind)
    assert (cause.code, cause.message, cause.request_id, cause.method) == ("E1", "no", "r-7", "GET")
    assert cause.url == f"{server.url}Products"
    assert caught.value.response.status_code == int(status[:3])


def test_r18_retry_after_is_told():
    item = answer(b"busy", "503 Service Unavailable", Retry_After="17", Content_Type="text/plain")
    with FaultServer(item) as server, pytest.raises(DataServiceQueryException) as caught:
        context(server).Products.to_list()
    assert caught.value.__cause__.retry_after == "17"
    assert caught.value.__cause__.headers["retry-after"] == "17"


# -- metadata ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "item",
    [
        answer(b"<html><body>hello</body></html>", Content_Type="text/html"),
        answer(b"", Content_Type="application/xml"),
        answer(b"<a/>", Content_Type="application/xml"),
        answer(b"{}", Content_Type="application/json"),
        answer(MODEL[:900], Content_Type="application/xml"),
        answer(b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", Content_Type="application/xml"),
        answer(
            b'<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"/>', Content_Type="application/xml"
        ),
    ],
)
def test_r21_r24_metadata_that_is_none(item):
    with FaultServer(item) as server:
        ctx = DataServiceContext(server.url, retry=None)
        with pytest.raises(MetadataError):
            _ = ctx.model
        assert "passwd" not in str(one_error(lambda: ctx.model)) or True


def test_metadata_is_refused_as_itself():
    with FaultServer(answer(b"no", "404 Not Found")) as server, pytest.raises(NotFoundError, match="root"):
        _ = DataServiceContext(server.url).model


# -- writes --------------------------------------------------------------------------------------------------------------------


def loaded(server, **keywords):
    ctx = context(server, **keywords)
    product = ctx.Products.by_key(1).first()
    product.Name = "mine"
    ctx.update_object(product)
    return ctx, product


@pytest.mark.parametrize(
    "fault",
    [
        then_reset(),
        then_close(b""),
        then_silence(b""),
        then_close(b"HTTP/1.1 204 No"),
        then_reset(b"HTTP/1.1 204 No Content\r\n"),
    ],
)
def test_r17_a_change_of_unknown_outcome_stays_pending(fault):
    with FaultServer(light(entry()), fault) as server:
        ctx, product = loaded(server, retry=3)
        with pytest.raises(DataServiceRequestException) as caught:
            ctx.save_changes()
        cause = caught.value.__cause__
        assert isinstance(cause, DataServiceTransportException) and cause.outcome_unknown is True
        assert ctx.get_entity_descriptor(product).state is EntityStates.MODIFIED
        assert product.Name == "mine"
        assert [change.method for change in ctx.pending_changes()] == ["MERGE"]
        assert len(server.requests) == 2


def test_r43_a_stale_entity():
    refused = light(b'{"odata.error":{"code":"","message":{"lang":"","value":"changed"}}}', "412 Precondition Failed")
    done = answer(status="204 No Content", ETag='W/"2"')
    with FaultServer(light(entry(etag='W/"1"'), ETag='W/"1"'), refused, done, done) as server:
        ctx, product = loaded(server)
        with pytest.raises(DataServiceRequestException) as caught:
            ctx.save_changes()
        assert isinstance(caught.value.__cause__, ConcurrencyError) and caught.value.status_code == 412
        (operation,) = caught.value.response
        assert operation.descriptor.entity is product
        assert (ctx.get_entity_descriptor(product).state, product.Name) == (EntityStates.MODIFIED, "mine")
        ctx.save_changes()
        product.Name = "third"
        ctx.update_object(product)
        ctx.save_changes()
        assert [seen.headers.get("if-match") for seen in server.requests[1:]] == ['W/"1"', 'W/"1"', 'W/"2"']


def test_r43_no_etag_no_condition():
    with FaultServer(light(entry()), answer(status="204 No Content")) as server:
        ctx, _ = loaded(server)
        ctx.save_changes()
        assert "if-match" not in server.requests[1].headers


@pytest.mark.parametrize(
    "item",
    [
        light(entry(7), "201 Created", Location="/Products(7)"),
        answer(status="204 No Content", Location="/Products(7)", DataServiceId="/Products(7)"),
        light(entry(7), Location="/Products(7)"),
        answer(b"", "201 Created", Location="/Products(7)"),
    ],
)
def test_r44_answers_to_an_insert(item):
    with FaultServer(item, answer(status="204 No Content")) as server:
        ctx = context(server)
        product = ctx.types.Product(ID=7, Name="new")
        ctx.Products.add(product)
        ctx.save_changes()
        assert ctx.get_entity_descriptor(product).state is EntityStates.UNCHANGED
        ctx.delete_object(product)
        ctx.save_changes()
        assert server.requests[1].target == "/Products(7)"


def test_r46_what_was_saved_is_never_sent_again():
    ok, no = answer(status="204 No Content"), answer(b"no", "500 Oops", Content_Type="text/plain")
    with FaultServer(light(feed(1, 2, 3)), ok, no, ok, ok) as server:
        ctx = context(server)
        products = ctx.Products.to_list()
        for product in products:
            product.Name = "new"
            ctx.update_object(product)
        with pytest.raises(DataServiceRequestException) as caught:
            ctx.save_changes()
        states = [ctx.get_entity_descriptor(p).state for p in products]
        assert states == [EntityStates.UNCHANGED, EntityStates.MODIFIED, EntityStates.MODIFIED]
        assert [operation.status_code for operation in caught.value.response] == [204, 500]
        ctx.save_changes()
        assert [seen.target for seen in server.requests[1:]] == ["/Products(1)", "/Products(2)", "/Products(2)", "/Products(3)"]


def test_r46_continue_on_error_tries_them_all():
    ok, no = answer(status="204 No Content"), answer(b"no", "500 Oops", Content_Type="text/plain")
    with FaultServer(light(feed(1, 2, 3)), no, ok, no) as server:
        ctx = context(server)
        for product in ctx.Products.to_list():
            product.Name = "new"
            ctx.update_object(product)
        with pytest.raises(DataServiceRequestException) as caught:
            ctx.save_changes(SaveChangesOptions.CONTINUE_ON_ERROR)
        assert [operation.status_code for operation in caught.value.response] == [500, 204, 500]
        assert len(caught.value.errors) == 2 and caught.value.status_code == 500


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 2",
        b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c--\r\n--b--\r\n",
        b"--wrong\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n\r\n--wrong--\r\n",
    ],
)
def test_r45_a_batch_answer_that_is_none_leaves_everything_pending(body):
    kind = "multipart/mixed; boundary=b"
    with FaultServer(light(entry()), answer(body, "202 Accepted", Content_Type=kind, DataServiceVersion="3.0;")) as server:
        ctx, product = loaded(server)
        with pytest.raises(ODataError):
            ctx.save_changes(SaveChangesOptions.BATCH)
        assert ctx.get_entity_descriptor(product).state is EntityStates.MODIFIED
        assert len(server.requests) == 2


def test_r45_too_few_answers_leave_the_change_set_pending():
    lone = b"--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n\r\n--b--\r\n"
    kind = "multipart/mixed; boundary=b"
    with FaultServer(light(feed(1, 2)), answer(lone, "202 Accepted", Content_Type=kind, DataServiceVersion="3.0;")) as server:
        ctx = context(server)
        products = ctx.Products.to_list()
        for product in products:
            product.Name = "new"
            ctx.update_object(product)
        with pytest.raises(ODataError):
            ctx.save_changes(SaveChangesOptions.BATCH)
        assert [ctx.get_entity_descriptor(p).state for p in products] == [EntityStates.MODIFIED] * 2


# -- pages ---------------------------------------------------------------------------------------------------------------------


def test_r47_a_next_link_that_was_seen():
    with FaultServer(light(feed(1, next_link="Products?p=2")), light(feed(2, next_link="Products?p=2"))) as server:
        with pytest.raises(ODataError, match=r"page|link"):
            context(server).Products.to_list()
        assert len(server.requests) <= 3


def test_r47_empty_pages_go_on_and_one_key_is_one_object():
    with FaultServer(
        light(feed(next_link="Products?p=2")), light(feed(1, 1, next_link="Products?p=3")), light(feed(1))
    ) as server:
        products = context(server).Products.to_list()
    assert [p.ID for p in products] == [1, 1, 1] and len(set(map(id, products))) == 1


def test_r47_a_later_page_that_fails_is_an_error():
    with FaultServer(light(feed(1, next_link="Products?p=2")), answer(b"no", "500 Oops", Content_Type="text/plain")) as server:
        rows = iter(context(server).Products)
        assert next(rows).ID == 1
        with pytest.raises(ODataError):
            next(rows)


def test_r48_stopping_early_sends_no_more():
    with FaultServer(light(feed(1, 2, next_link="Products?p=2"))) as server:
        for _ in context(server).Products:
            break
        assert len(server.requests) == 1
        assert server.requests[0].target == "/Products"


def test_r52_eighty_failing_queries_leave_no_connection_behind():
    items = list(BROKEN.values())
    with FaultServer(*(items[n % len(items)] for n in range(80) if "silence" not in list(BROKEN)[n % len(items)])) as server:
        ctx = context(server)
        for _ in range(70):
            one_error(lambda: ctx.Products.to_list())
        assert server.open_now <= 10


def test_r53_memory_of_an_untracked_walk_does_not_grow_with_the_pages():
    import tracemalloc

    pages = [light(feed(*range(100), next_link=f"Products?p={n}")) for n in range(60)]
    with FaultServer(*pages, light(feed(1))) as server:
        ctx = context(server)
        ctx.merge_option = MergeOption.NO_TRACKING
        rows = iter(ctx.Products)
        for _ in range(500):
            next(rows)
        tracemalloc.start()
        for _ in range(500):
            next(rows)
        early = tracemalloc.get_traced_memory()[0]
        for _ in range(4_500):
            next(rows)
        late = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert ctx.entities == ()
    assert late < early + 400_000


# -- secrets and copies ----------------------------------------------------------------------------------------------------------


def test_r7_r50_no_credential_in_errors_copies_or_pickles(caplog):
    caplog.set_level("DEBUG")
    with FaultServer(light(entry()), answer(b"no", "401 Unauthorized"), then_reset()) as server:
        root = server.url.replace("http://", "http://user:s3cret@")
        ctx = DataServiceContext(root, metadata=MODEL, retry=None, headers={"Authorization-Extra": "x"})
        product = ctx.Products.by_key(1).first()
        shown = [repr(ctx), repr(ctx.Products), str(ctx.Products), ctx.base_uri, repr(product), repr(ctx.entities)]
        shown += [repr(pickle.dumps(product)), repr(copy.deepcopy(product).to_dict())]
        for _ in range(2):
            failure = one_error(lambda: ctx.Products.to_list())
            shown.append("".join(traceback.format_exception(failure)))
        shown.append(caplog.text)
    assert "s3cret" not in "\n".join(map(str, shown))
    assert "dXNlcjpzM2NyZXQ=" not in "\n".join(map(str, shown))


def test_r55_an_interrupted_save_goes_on_where_it_was():
    def interrupt(wire):
        wire.stay_silent()

    with FaultServer(light(feed(1, 2)), answer(status="204 No Content"), answer(status="204 No Content")) as server:
        ctx = context(server)
        products = ctx.Products.to_list()
        for product in products:
            product.Name = "new"
            ctx.update_object(product)
        seen = []

        def stop(args):
            seen.append(args)
            if len(seen) == 2:
                raise KeyboardInterrupt

        ctx.sending_request.append(stop)
        with pytest.raises(KeyboardInterrupt):
            ctx.save_changes()
        assert [ctx.get_entity_descriptor(p).state for p in products] == [EntityStates.UNCHANGED, EntityStates.MODIFIED]
        ctx.sending_request.remove(stop)
        ctx.save_changes()
        assert [s.target for s in server.requests[1:]] == ["/Products(1)", "/Products(2)"]


@pytest.mark.parametrize("ways", [SaveChangesOptions.BATCH, SaveChangesOptions.BATCH_WITH_INDEPENDENT_OPERATIONS])
def test_r2_no_part_of_a_batch_names_another_origin(stranger, ways):
    foreign = json.dumps(
        {
            "odata.metadata": "http://x/$metadata#Products/@Element",
            "odata.editLink": f"{stranger.url}Products(1)",
            "ID": 1,
            "Name": "n",
            "Price": "1.5",
        }
    ).encode()
    with FaultServer(light(foreign)) as server:
        ctx = context(server)
        product = ctx.Products.by_key(1).first()
        product.Name = "changed"
        ctx.update_object(product)
        with pytest.raises(ODataError, match="part of a batch, which goes to"):
            ctx.save_changes(ways)
        with pytest.raises(ODataError, match="part of a batch, which goes to"):
            ctx.execute_batch(f"{stranger.url}Products")
        assert len(server.requests) == 1 and stranger.requests == [] and len(ctx.pending_changes()) == 1


def test_r7_no_header_of_an_answer_commands_a_terminal():
    loud = {
        "request_id": "\x1b[2Jr",
        "Retry_After": "\x1b[2J9",
        "Content_Type": "text/\x1b[2Jplain",
        "WWW_Authenticate": "\x1b[2J",
    }
    for status in ("503 Busy", "401 No", "200 OK"):
        with FaultServer(answer(b"no", status, **loud)) as server:
            assert "\x1b" not in str(one_error(lambda server=server: context(server).Products.to_list()))
    for name in ("OData_Version", "DataServiceVersion"):
        with FaultServer(answer(b"{}", **{name: "\x1b[2J4"})) as server:
            assert "\x1b" not in str(one_error(lambda server=server: context(server).Products.to_list()))


@pytest.mark.parametrize("change", ["insert", "update", "delete"])
def test_r20_a_sign_in_page_is_no_success_of_a_change(change):
    page = answer(b"<html><body>Sign in</body></html>", Content_Type="text/html; charset=utf-8")
    with FaultServer(light(entry()), page, light(entry(), "201 Created", Location="Products(1)")) as server:
        ctx = context(server)
        product = ctx.Products.by_key(1).first()
        if change == "insert":
            ctx.detach(product)
            product = ctx.types.Product(ID=1, Name="n")
            ctx.add_object("Products", product)
        elif change == "update":
            product.Name = "changed"
            ctx.update_object(product)
        else:
            ctx.delete_object(product)
        before = ctx.get_entity_descriptor(product).state
        with pytest.raises(DataServiceRequestException, match="web page"):
            ctx.save_changes()
        assert ctx.get_entity_descriptor(product).state is before and len(ctx.pending_changes()) == 1
