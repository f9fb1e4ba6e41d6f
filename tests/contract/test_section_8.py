"""Section 8: errors; and the bad input that a first hour brings."""

from __future__ import annotations

import json
import logging
import pickle
import traceback

import pytest
from faults.server import answer, then_close, then_reset, then_silence

import odata3
from odata3 import (
    ArgumentError,
    AuthorizationError,
    ConcurrencyError,
    DataServiceClientException,
    DataServiceContext,
    DataServiceQueryException,
    DataServiceRequestException,
    DataServiceTransportException,
    EntityStates,
    InvalidOperationError,
    MetadataError,
    NotFoundError,
    ODataError,
    PayloadError,
    QueryOperationResponse,
    QueryTranslationError,
    SaveChangesOptions,
)

JSON = "application/json;odata=minimalmetadata"
FAULT = json.dumps(
    {"odata.error": {"code": "Oven", "message": {"lang": "en-US", "value": "The oven is cold."}, "innererror": {"message": "x"}}}
).encode()


def refusing(status: str, body: bytes = FAULT, **headers: str) -> bytes:
    return answer(body, status, **{"Content_Type": JSON, "request_id": "r-17", **headers})


@pytest.mark.parametrize(
    ("kind", "bases"),
    [
        (ArgumentError, (ODataError, ValueError)),
        (InvalidOperationError, (ODataError, RuntimeError)),
        (DataServiceClientException, (InvalidOperationError,)),
        (AuthorizationError, (DataServiceClientException,)),
        (NotFoundError, (DataServiceClientException,)),
        (ConcurrencyError, (DataServiceClientException,)),
        (DataServiceQueryException, (InvalidOperationError,)),
        (DataServiceRequestException, (InvalidOperationError,)),
        (DataServiceTransportException, (InvalidOperationError,)),
        (MetadataError, (ODataError,)),
        (PayloadError, (ODataError,)),
        (QueryTranslationError, (ODataError, TypeError)),
    ],
)
def test_one_tree(kind, bases):
    assert issubclass(kind, bases[0]) and all(issubclass(kind, base) for base in bases)
    assert issubclass(ODataError, Exception)


CLASSES = [
    ("401 Unauthorized", AuthorizationError),
    ("403 Forbidden", AuthorizationError),
    ("404 Not Found", NotFoundError),
    ("412 Precondition Failed", ConcurrencyError),
    ("500 Internal Server Error", DataServiceClientException),
]


@pytest.mark.parametrize(("status", "kind"), CLASSES)
def test_a_refused_query(scripted, status, kind):
    ctx = scripted(refusing(status))
    with pytest.raises(DataServiceQueryException) as caught:
        ctx.Products.where(lambda p: p.Rating == 3).to_list()
    error, cause = caught.value, caught.value.__cause__
    assert type(cause) is kind and error.status_code == cause.status_code == int(status[:3])
    assert isinstance(error.response, QueryOperationResponse) and error.response.status_code == error.status_code
    assert error.response.error is cause
    assert (cause.code, cause.message, cause.request_id) == ("Oven", "The oven is cold.", "r-17")
    assert cause.inner_error == {"message": "x"} and cause.headers["request-id"] == "r-17" and "Oven" in cause.body
    for part in ("GET", "Products?$filter=", status, "Oven", "The oven is cold.", "r-17"):
        assert part in str(error)


@pytest.mark.parametrize(("status", "kind"), CLASSES)
def test_a_refused_save(scripted, status, kind):
    ctx = scripted(refusing(status))
    product = ctx.types.Product(ID=1, Name="x")
    ctx.attach_to("Products", product)
    ctx.update_object(product)
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes()
    error = caught.value
    assert type(error.__cause__) is kind and error.status_code == int(status[:3])
    (operation,) = error.response
    assert operation.error is error.__cause__ and list(error.errors) == [error.__cause__]
    assert ctx.get_entity_descriptor(product).state is EntityStates.MODIFIED
    assert "MERGE" in str(error) and "The oven is cold." in str(error)


def test_errors_of_all_operations(scripted):
    ctx = scripted(refusing("412 Precondition Failed"), refusing("404 Not Found"))
    for key in (1, 2):
        ctx.attach_to("Products", product := ctx.types.Product(ID=key, Name="x"))
        ctx.update_object(product)
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes(SaveChangesOptions.CONTINUE_ON_ERROR)
    assert [error.status_code for error in caught.value.errors] == [412, 404] and caught.value.status_code == 412


@pytest.mark.parametrize(
    "ask",
    [
        lambda ctx: ctx.load_property(ctx.entities[0].entity, "Category"),
        lambda ctx: ctx.Products.count(),
    ],
)
def test_load_property_and_count_raise_the_finer_class_itself(scripted, ask):
    ctx = scripted(refusing("404 Not Found"))
    ctx.attach_to("Products", ctx.types.Product(ID=1))
    with pytest.raises(NotFoundError):
        ask(ctx)


def test_metadata_and_streams_raise_the_finer_class_itself(scripted):
    with pytest.raises(AuthorizationError):
        _ = scripted(refusing("401 Unauthorized"), metadata=None).model
    photo = json.dumps({"value": [{"ID": 1}]}).encode()
    ctx = scripted(answer(photo, Content_Type=JSON), refusing("404 Not Found"))
    with pytest.raises(NotFoundError):
        ctx.get_read_stream(ctx.Photos.first())


@pytest.mark.parametrize(
    ("item", "says"),
    [
        (then_silence(b""), "0.3 seconds"),
        (then_reset(), "reset"),
        (then_close(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"), "cut"),
        (then_close(b"no http at all\r\n\r\n"), "GET"),
    ],
)
def test_no_usable_answer(scripted, item, says):
    with pytest.raises(DataServiceTransportException, match=says) as caught:
        scripted(item).Products.to_list()
    assert caught.value.outcome_unknown is False and "\n" not in str(caught.value)


def test_a_write_that_may_have_arrived(scripted):
    ctx = scripted(then_silence(b""))
    ctx.add_object("Categories", category := ctx.types.Category(ID=1))
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes()
    assert isinstance(caught.value.__cause__, DataServiceTransportException) and caught.value.__cause__.outcome_unknown is True
    assert ctx.get_entity_descriptor(category).state is EntityStates.ADDED


def test_a_write_that_cannot_have_arrived():
    ctx = DataServiceContext("http://127.0.0.1:1/", metadata=odata3.parse_metadata(MINIMAL))
    ctx.add_object("Things", ctx.types.Thing(ID=1))
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes()
    assert caught.value.__cause__.outcome_unknown is False


MINIMAL = b"""<Schema Namespace="T" xmlns="http://schemas.microsoft.com/ado/2008/09/edm"><EntityType Name="Thing">
<Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/></EntityType>
<EntityContainer Name="C"><EntitySet Name="Things" EntityType="T.Thing"/></EntityContainer></Schema>"""


# -- what is not what it should be

PAGE = answer(b"<!DOCTYPE html><html><body>Sign in</body></html>", Content_Type="text/html")


@pytest.mark.parametrize(
    "item",
    [
        PAGE,
        answer(b'{"hello": 1}'),
        answer(b"hello", Content_Type="text/plain"),
        answer(b"", Content_Type="application/xml"),
        answer(b"<edmx:Edmx", Content_Type="application/xml"),
        answer(
            b'<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"/>', Content_Type="application/xml"
        ),
    ],
)
def test_no_metadata(scripted, item):
    with pytest.raises(MetadataError) as caught:
        _ = scripted(item, metadata=None).Products
    assert "$metadata" in str(caught.value)


@pytest.mark.parametrize(
    ("item", "place"),
    [
        (PAGE, "text/html"),
        (answer(b'{"value":['), "line 1"),
        (answer(b'{"value":[{"ID":1},{"ID":"x"}]}', Content_Type=JSON), r"value\[1\].ID"),
        (answer(b'{"value":[{"ID":null}]}', Content_Type=JSON), r"value\[0\].ID"),
        (answer(b'{"value":5}', Content_Type=JSON), "value"),
        (answer(b"[" * 100_000, Content_Type=JSON), "nested"),
    ],
)
def test_no_payload(scripted, item, place):
    with pytest.raises(PayloadError, match=place):
        scripted(item).Products.to_list()


@pytest.mark.parametrize("dialect", ["json", "verbosejson", "atom"])
def test_a_refused_stream_says_what_the_service_said(url, fresh, dialect):
    with DataServiceContext(url, format=dialect) as ctx, DataServiceContext(url) as other:
        photo = ctx.types.Photo(ID=1)
        ctx.add_object("Photos", photo)
        ctx.set_save_stream(photo, b"picture", True, "image/png")
        ctx.save_changes()
        other.delete_object(other.Photos.by_key(1).first())
        other.save_changes()
        for name in (None, "Thumbnail"):
            with pytest.raises(NotFoundError) as caught:
                ctx.get_read_stream(photo, name)
            assert caught.value.message == "Resource not found for the segment 'Photos'."


def test_a_refused_stream_is_read_whole_however_it_comes(scripted):
    """In one piece or many; and where it is long."""
    long = json.loads(FAULT)
    long["odata.error"]["innererror"]["stacktrace"] = "at Oven.Heat()\n" * 1000
    media = json.dumps({"value": [{"odata.mediaReadLink": "Photos(1)/$value", "ID": 1}]}).encode()
    for body in (FAULT, json.dumps(long).encode()):
        ctx = scripted(answer(media, Content_Type=JSON), refusing("403 No", body))
        photo = ctx.Photos.to_list()[0]
        with pytest.raises(AuthorizationError) as caught:
            ctx.get_read_stream(photo)
        assert (caught.value.code, caught.value.message, caught.value.request_id) == ("Oven", "The oven is cold.", "r-17")


def test_a_batch_of_queries_that_is_refused_fails_as_a_query_does(scripted):
    """Also where a 404 is to be ignored: it says that there is no $batch, not that there are no rows."""
    for status, kind in (("401 No", AuthorizationError), ("404 No", NotFoundError), ("500 No", DataServiceClientException)):
        ctx = scripted(refusing(status))
        ctx.ignore_resource_not_found_exception = True
        with pytest.raises(DataServiceQueryException, match=r"\$batch answered.*The oven is cold") as caught:
            ctx.execute_batch(ctx.Products, "Categories")
        error = caught.value
        assert type(error.__cause__) is kind and error.status_code == int(status[:3]) == error.response.status_code
        assert error.response.error is error.__cause__


def test_a_web_page_is_no_success_of_a_change(scripted):
    for change in ("update_object", "delete_object"):
        ctx = scripted(PAGE)
        ctx.attach_to("Products", product := ctx.types.Product(ID=1, Name="x"))
        getattr(ctx, change)(product)
        before = ctx.get_entity_descriptor(product).state
        with pytest.raises(DataServiceRequestException, match="web page"):
            ctx.save_changes()
        assert ctx.get_entity_descriptor(product).state is before


@pytest.mark.parametrize(
    "root", ["", "nonsense", "ftp://host/", "http://", "//host/", "http://host:99999/", "http://h/?x=1", None, 5]
)
def test_a_wrong_root(root):
    with pytest.raises(ArgumentError):
        DataServiceContext(root)


def test_nobody_there():
    with pytest.raises(DataServiceTransportException, match="connection refused"):
        _ = DataServiceContext("http://127.0.0.1:1/", retry=None).Products


# -- no secrets


def test_no_message_repr_or_log_line_holds_a_credential(scripted, caplog):
    caplog.set_level(logging.DEBUG, "odata3")
    texts = []
    for item in (refusing("401 Unauthorized"), then_reset(), PAGE):
        ctx = scripted(item, auth=("user", "s3cret"), headers={"Authorization": "Bearer s3cret"})
        texts += [repr(ctx), repr(ctx.Products), str(ctx.Products)]
        try:
            ctx.Products.to_list()
        except ODataError as error:
            texts += traceback.format_exception(error)
    for root in ("http://user:s3cret@127.0.0.1:1/", "http://user:s3cret@/"):
        try:
            ctx = DataServiceContext(root, retry=None)
            texts += [repr(ctx), ctx.base_uri]
            _ = ctx.Products
        except ODataError as error:
            texts += [*traceback.format_exception(error), repr(error)]
    text = "".join([*texts, caplog.text])
    assert "s3cret" not in text and "dXNlcjpzM2NyZXQ=" not in text


def test_secrets_among_query_options_are_masked(scripted):
    ctx = scripted(refusing("403 Forbidden"))
    with pytest.raises(DataServiceQueryException) as caught:
        ctx.Products.add_query_option("api_key", "s3cret").to_list()
    assert "s3cret" not in str(caught.value) and "s3cret" not in caught.value.__cause__.url


def test_errors_can_be_pickled(scripted):
    with pytest.raises(DataServiceQueryException) as caught:
        scripted(refusing("404 Not Found")).Products.to_list()
    for error in (caught.value, caught.value.__cause__, PayloadError("bad", where="value[0]")):
        copied = pickle.loads(pickle.dumps(error))
        assert type(copied) is type(error) and str(copied) == str(error)
        assert {**vars(copied), "response": None} == {**vars(error), "response": None}
