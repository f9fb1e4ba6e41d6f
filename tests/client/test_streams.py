"""Media resources and named streams (section 9.3)."""

from __future__ import annotations

import io
from typing import Any

import pytest
from client.shop import ROOT, created, feed, reply, shop

from odata3.client.options import SaveChangesOptions
from odata3.client.streams import DataServiceStreamResponse
from odata3.errors import (
    ArgumentError,
    ConcurrencyError,
    DataServiceClientException,
    DataServiceRequestException,
    InvalidOperationError,
    NotFoundError,
)

NO_CONTENT = reply(None, 204)
THUMB = f"{ROOT}Photos(1)/Thumb"


def photo(key: int = 1, **values: Any) -> dict[str, Any]:
    row = {
        "odata.mediaEtag": 'W/"m1"',
        "odata.mediaContentType": "image/png",
        "Thumb@odata.mediaEtag": 'W/"t1"',
        "ID": key,
        "Title": "sunset",
    }
    return row | values


def photos(*steps: Any) -> tuple[Any, Any, Any]:
    ctx, script = shop(feed(photo(), of="Photos"), *steps)
    (p,) = ctx.Photos.to_list()
    return ctx, script, p


def test_9_3_reading_in_pieces() -> None:
    ctx, script, p = photos(reply(b"x" * 10, Content_Type="image/png", ETag='W/"m2"', Content_Disposition="inline"))
    assert ctx.get_read_stream_uri(p) == f"{ROOT}Photos(1)/$value"
    with ctx.get_read_stream(p) as response:
        assert isinstance(response, DataServiceStreamResponse)
        assert (response.content_type, response.content_disposition) == ("image/png", "inline")
        assert response.read(4) == b"xxxx"
        assert response.stream.read() == b"xxxxxx"
    sent = script.requests[1]
    assert (sent.method, sent.headers["Accept"]) == ("GET", "*/*")
    assert "DataServiceVersion" not in sent.headers
    descriptor = ctx.get_entity_descriptor(p)
    assert (descriptor.stream_etag, descriptor.read_stream_uri) == ('W/"m2"', f"{ROOT}Photos(1)/$value")


def test_9_3_reading_with_another_accept_and_headers() -> None:
    ctx, script, p = photos(reply(b"x", Content_Type="image/png"))
    ctx.get_read_stream(p, accept="image/png", headers={"x-a": "b"}).close()
    assert script.requests[1].headers["Accept"] == "image/png"
    assert script.requests[1].headers["x-a"] == "b"


def test_9_3_named_streams() -> None:
    ctx, script, p = photos(reply(b"t", Content_Type="image/gif", ETag='W/"t2"'))
    assert ctx.get_read_stream_uri(p, "Thumb") == THUMB
    assert ctx.get_read_stream(p, "Thumb").read() == b"t"
    assert script.requests[1].headers["DataServiceVersion"] == "3.0;NetFx"
    (stream,) = ctx.get_entity_descriptor(p).stream_descriptors
    assert stream.stream_link is p.Thumb
    assert (p.Thumb.name, p.Thumb.etag, p.Thumb.content_type) == ("Thumb", 'W/"t2"', "image/gif")
    with pytest.raises(ArgumentError, match="Thumb"):
        ctx.get_read_stream(p, "Thum")


def test_9_3_what_cannot_be_read() -> None:
    ctx, _ = shop(created("Photos(1)"))
    p = ctx.types.Photo(ID=1)
    with pytest.raises(InvalidOperationError, match="not tracked"):
        ctx.get_read_stream(p)
    ctx.attach_to("Photos", p)
    with pytest.raises(ArgumentError, match="link"):
        ctx.get_read_stream(p)


def test_6_3_errors_of_streams_come_as_they_are() -> None:
    ctx, _, p = photos(reply({"odata.error": {"code": "", "message": {"lang": "", "value": "gone"}}}, 404))
    ctx.ignore_resource_not_found_exception = True
    with pytest.raises(NotFoundError, match="gone"):
        ctx.get_read_stream(p)


# -- saving


def test_p90_replacing_a_media_resource() -> None:
    ctx, script, p = photos(reply(None, 204, ETag='W/"m2"'), NO_CONTENT, NO_CONTENT)
    body = io.BytesIO(b"NEW")
    ctx.set_save_stream(p, body, True, "text/plain", "slug")
    pending = ctx.pending_changes()
    assert [(c.method, c.body) for c in pending] == [("PUT", body)]
    response = ctx.save_changes()
    sent = script.requests[1]
    assert (sent.method, sent.url) == ("PUT", f"{ROOT}Photos(1)/$value")
    assert {n: sent.headers[n] for n in ("Content-Type", "Slug", "If-Match", "DataServiceVersion")} == {
        "Content-Type": "text/plain",
        "Slug": "slug",
        "If-Match": 'W/"m1"',
        "DataServiceVersion": "1.0;NetFx",
    }
    assert [o.descriptor for o in response] == [ctx.get_entity_descriptor(p)]
    assert body.closed
    assert ctx.get_entity_descriptor(p).stream_etag == 'W/"m2"'
    assert ctx.pending_changes() == []


def test_9_3_a_modified_entity_saves_its_stream_first() -> None:
    ctx, script, p = photos(NO_CONTENT, NO_CONTENT)
    ctx.set_save_stream(p, b"NEW", False, "text/plain")
    p.Title = "dawn"
    ctx.update_object(p)
    ctx.save_changes()
    assert script.lines[1:] == ["PUT Photos(1)/$value", "MERGE Photos(1)"]
    assert script.body() == {"odata.type": "Shop.Photo", "Title": "dawn"}


def test_p90_a_new_media_link_entry_is_a_post_and_a_merge() -> None:
    row = photo(7, Title="made by the server")
    ctx, script = shop(created("Photos(7)", row, "Photos", ETag='W/"e"'), NO_CONTENT)
    p = ctx.types.Photo(Title="mine")
    ctx.add_object("Photos", p)
    ctx.set_save_stream(p, io.BytesIO(b"FIRST"), True, "image/jpeg", "pic.jpg")
    shown = ctx.pending_changes()
    number = ctx.get_entity_descriptor(p).change_order
    assert [(c.method, c.url.removeprefix(ROOT)) for c in shown] == [("POST", "Photos"), ("MERGE", f"${number}")]
    response = ctx.save_changes()
    assert script.lines == ["POST Photos", "MERGE Photos(7)"]
    post, merge = script.requests
    assert (post.headers["Content-Type"], post.headers["Slug"]) == ("image/jpeg", "pic.jpg")
    assert merge.headers["If-Match"] == 'W/"e"'
    assert script.body() == {"odata.type": "Shop.Photo", "Title": "mine"}
    assert [o.descriptor for o in response] == [ctx.get_entity_descriptor(p)] * 2
    assert (p.ID, p.Title) == (7, "mine")
    assert ctx.get_entity_descriptor(p).state.name == "UNCHANGED"


def test_9_3_a_media_link_entry_without_its_stream() -> None:
    ctx, script = shop()
    ctx.add_object("Photos", ctx.types.Photo(ID=1))
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes()
    assert isinstance(caught.value.__cause__, InvalidOperationError)
    assert script.requests == []


def test_9_3_a_failed_media_post_leaves_the_entity_added_and_can_be_sent_again() -> None:
    ctx, script = shop(reply(b"", 500, Content_Type="text/plain"), created("Photos(7)"), NO_CONTENT)
    p = ctx.types.Photo(Title="x")
    body = io.BytesIO(b"..BYTES")
    body.seek(2)
    ctx.add_object("Photos", p)
    ctx.set_save_stream(p, body, True, "image/png")
    with pytest.raises(DataServiceRequestException):
        ctx.save_changes()
    assert ctx.get_entity_descriptor(p).state.name == "ADDED"
    assert not body.closed
    body.read()
    at: list[int] = []
    ctx.sending_request += lambda args: None
    script.steps.insert(0, lambda request: (at.append(request.body.tell()), script.steps.pop(0))[1])  # type: ignore[arg-type,union-attr,return-value]
    ctx.save_changes()
    assert at == [2]
    assert script.lines == ["POST Photos", "POST Photos", "MERGE Photos(7)"]


def test_9_3_after_the_post_succeeded_only_the_merge_is_repeated() -> None:
    ctx, script = shop(created("Photos(7)"), reply(b"", 500, Content_Type="text/plain"), NO_CONTENT)
    p = ctx.types.Photo(Title="x")
    ctx.add_object("Photos", p)
    ctx.set_save_stream(p, b"BYTES", True, "image/png")
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes()
    assert [o.status_code for o in caught.value.response] == [204, 500]
    ctx.save_changes()
    assert script.lines == ["POST Photos", "MERGE Photos(7)", "MERGE Photos(7)"]


class Pipe(io.RawIOBase):
    """What can be read once."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return 0


def test_9_3_what_cannot_go_back_is_sent_once() -> None:
    ctx, script, p = photos(reply(b"", 500, Content_Type="text/plain"))
    ctx.set_save_stream(p, Pipe(), True, "text/plain")
    with pytest.raises(DataServiceRequestException):
        ctx.save_changes()
    with pytest.raises(DataServiceRequestException, match="cannot go back"):
        ctx.save_changes()
    assert len(script.requests) == 2


def test_p90_a_named_stream_has_its_own_etag_and_order() -> None:
    ctx, script, p = photos(NO_CONTENT, reply(None, 204, ETag='W/"t2"'))
    p.Title = "x"
    ctx.update_object(p)
    ctx.set_save_stream(p, "Thumb", b"tiny", True, "image/gif")
    response = ctx.save_changes()
    assert script.lines[1:] == ["MERGE Photos(1)", "PUT Photos(1)/Thumb"]
    sent = script.requests[2]
    assert (sent.headers["If-Match"], sent.headers["DataServiceVersion"]) == ('W/"t1"', "3.0;NetFx")
    assert p.Thumb.etag == 'W/"t2"'
    assert [type(o.descriptor).__name__ for o in response] == ["EntityDescriptor", "StreamDescriptor"]


def test_9_3_the_named_stream_of_a_new_entity_waits_for_its_link() -> None:
    ctx, script = shop(created("Photos(7)", photo(7), "Photos"), NO_CONTENT, NO_CONTENT)
    p = ctx.types.Photo(ID=7)
    ctx.add_object("Photos", p)
    ctx.set_save_stream(p, b"big", True, "image/png")
    ctx.set_save_stream(p, "Thumb", b"tiny", True, "image/gif")
    ctx.save_changes()
    assert script.lines == ["POST Photos", "MERGE Photos(7)", "PUT Photos(7)/Thumb"]


def test_r43_a_conflict_of_a_stream() -> None:
    ctx, _, p = photos(reply(b"", 412, Content_Type="text/plain"))
    ctx.set_save_stream(p, b"x", True, "text/plain")
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes()
    assert isinstance(caught.value.__cause__, ConcurrencyError)
    assert ctx.get_entity_descriptor(p).stream_etag == 'W/"m1"'
    assert len(ctx.pending_changes()) == 1


def test_9_3_wrong_calls() -> None:
    ctx, _, p = photos()
    for call in (
        lambda: ctx.set_save_stream(p, None, True, "x/y"),
        lambda: ctx.set_save_stream(p, b"x", True, None),
        lambda: ctx.set_save_stream(p, b"x", True),
        lambda: ctx.set_save_stream(p, "Thum", b"x", True, "x/y"),
        lambda: ctx.set_save_stream(p, "Thumb", b"x", True, ""),
        lambda: ctx.set_save_stream(p, b"x", True, 7),
        lambda: ctx.set_save_stream(p),
    ):
        with pytest.raises(ArgumentError):
            call()
    with pytest.raises(InvalidOperationError):
        ctx.set_save_stream(ctx.types.Photo(ID=9), b"x", True, "x/y")
    ctx.delete_object(p)
    with pytest.raises(DataServiceClientException):
        ctx.set_save_stream(p, b"x", True, "x/y")
    assert len(ctx.pending_changes()) == 1


def test_9_3_headers_in_place_of_content_type() -> None:
    ctx, script, p = photos(NO_CONTENT)
    ctx.set_save_stream(p, b"x", True, {"Content-Type": "text/plain", "x-a": "b"})
    ctx.save_changes()
    assert (script.requests[1].headers["Content-Type"], script.requests[1].headers["x-a"]) == ("text/plain", "b")


def test_replacing_put_of_an_entity_leaves_its_stream_alone() -> None:
    ctx, script, p = photos(NO_CONTENT)
    ctx.update_object(p)
    ctx.save_changes(SaveChangesOptions.REPLACE_ON_UPDATE)
    assert script.body() == {"odata.type": "Shop.Photo", "ID": 1, "Title": "sunset"}


@pytest.mark.parametrize("name", ["Thum", 3])
def test_a_stream_that_is_none_is_an_argument_error(name: Any) -> None:
    ctx, _ = shop()
    photo = ctx.types.Photo(ID=1)
    ctx.attach_to("Photos", photo)
    with pytest.raises(ArgumentError, match=f"has no stream {name}"):
        ctx.get_read_stream(photo, name)
