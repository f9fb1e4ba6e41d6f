"""Saving and asking in one exchange (sections 4.4, 5.8 and 9.5)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from client.shop import JSON, ROOT, Script, category, feed, maker, product, reply, shop

from odata3.client.options import SaveChangesOptions
from odata3.client.responses import QueryOperationResponse
from odata3.errors import (
    ConcurrencyError,
    DataServiceClientException,
    DataServiceRequestException,
    DataServiceTransportException,
    InvalidOperationError,
    NotFoundError,
    PayloadError,
)
from odata3.wire.batch import RequestPart, ResponsePart, decode_requests, encode_responses
from odata3.wire.messages import Headers, Request, Response

BATCH, INDEPENDENT = SaveChangesOptions.BATCH, SaveChangesOptions.BATCH_WITH_INDEPENDENT_OPERATIONS


def asked(script: Script, index: int = -1) -> list[RequestPart]:
    request = script.requests[index]
    assert isinstance(request.body, bytes)
    return decode_requests(request.headers["Content-Type"], request.body)


def answered(*parts: ResponsePart, status: int = 202, **headers: str) -> Response:
    multipart = encode_responses(parts)
    return Response(
        status, Headers({"Content-Type": multipart.content_type, "DataServiceVersion": "1.0;", **headers}), multipart.body
    )


def by_content_id(answers: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """A service that answers each change of a change set, echoing Content-IDs, last one first."""

    def serve(request: Request) -> Response:
        assert isinstance(request.body, bytes)
        parts: list[ResponsePart] = []
        for part in decode_requests(request.headers["Content-Type"], request.body):
            assert isinstance(part, tuple)
            made = [echoed(change, answers(change)) for change in part]
            parts.append(tuple(reversed(made)))
        return answered(*parts)

    return serve


def echoed(request: Request, response: Response) -> Response:
    return Response(response.status, response.headers.merged({"Content-ID": request.headers["Content-ID"]}), response.body)


def success(request: Request) -> Response:
    if request.method != "POST" or "$links" in request.url:
        return reply(None, 204)
    assert isinstance(request.body, bytes)
    key = json.loads(request.body)["ID"]
    name = request.url.rpartition("/")[2]
    return reply(None, 204, Location=f"{ROOT}{name}({key})", DataServiceId=f"{ROOT}{name}({key})")


def refusal(status: int, message: str = "no") -> Response:
    return reply({"odata.error": {"code": "C", "message": {"lang": "en", "value": message}}}, status)


def states(ctx: Any) -> list[str]:
    return [d.state.name for d in ctx.entities]


def test_5_8_one_change_set_with_references() -> None:
    ctx, script = shop(by_content_id(success))
    c, p, other = ctx.types.Category(ID=5, Name="Fasteners"), ctx.types.Product(ID=60), ctx.types.Product(ID=61)
    ctx.add_object("Categories", c)
    ctx.add_object("Products", p)
    ctx.set_link(p, "Category", c)
    ctx.add_related_object(c, "Products", other)
    response = ctx.save_changes(BATCH)

    outer = script.requests[0]
    assert (outer.method, outer.url) == ("POST", f"{ROOT}$batch")
    assert outer.headers["Content-Type"].startswith("multipart/mixed; boundary=batch_")
    assert {name: outer.headers[name] for name in outer.headers if name != "Content-Type"} == {
        "DataServiceVersion": "1.0;NetFx",
        "MaxDataServiceVersion": "3.0;NetFx",
        "Accept": "multipart/mixed",
        "Accept-Charset": "UTF-8",
    }
    (changes,) = asked(script)
    assert isinstance(changes, tuple)
    ids = [d.change_order for d in (ctx.get_entity_descriptor(c), ctx.get_entity_descriptor(p))]
    assert [(r.method, r.url) for r in changes] == [
        ("POST", f"{ROOT}Categories"),
        ("POST", f"{ROOT}Products"),
        ("PUT", f"${ids[1]}/$links/Category"),
        ("POST", f"{ROOT}${ids[0]}/Products"),
    ]
    assert [r.headers["Content-ID"] for r in changes][:2] == [str(n) for n in ids]
    assert json.loads(changes[2].body or b"") == {"url": f"${ids[0]}"}
    assert changes[0].headers["DataServiceVersion"] == "3.0;NetFx"
    assert changes[0].headers["Content-Type"] == JSON

    assert (response.is_batch_response, response.batch_status_code) == (True, 202)
    assert [o.status_code for o in response] == [204] * 4
    assert states(ctx) == ["UNCHANGED"] * 3
    assert {link.state.name for link in ctx.links} == {"UNCHANGED"}
    assert ctx.try_get_entity(f"{ROOT}Products(60)") is p


def test_4_1_in_a_batch_links_to_the_unchanged_are_folded() -> None:
    ctx, script = shop(feed(category(1), of="Categories"), by_content_id(success))
    (c,) = ctx.Categories.to_list()
    p = ctx.types.Product(ID=9)
    ctx.add_object("Products", p)
    ctx.set_link(p, "Category", c)
    ctx.save_changes(BATCH)
    (changes,) = asked(script)
    assert isinstance(changes, tuple)
    assert len(changes) == 1
    assert json.loads(changes[0].body or b"")["Category@odata.bind"] == f"{ROOT}Categories(1)"
    assert [link.state.name for link in ctx.links] == ["UNCHANGED"]


def test_p97_r45_a_failed_change_set_leaves_everything_pending() -> None:
    ctx, _ = shop(feed(maker(1), of="Makers"), answered(refusal(412, "etag")), by_content_id(success))
    (m,) = ctx.Makers.to_list()
    m.Name = "x"
    ctx.update_object(m)
    ctx.add_object("Products", ctx.types.Product(ID=9))
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes(BATCH)
    assert caught.value.status_code == 412
    assert isinstance(caught.value.__cause__, ConcurrencyError)
    (operation,) = caught.value.response
    assert operation.error is caught.value.__cause__
    assert caught.value.response.is_batch_response
    assert states(ctx) == ["MODIFIED", "ADDED"]
    ctx.save_changes(BATCH)
    assert states(ctx) == ["UNCHANGED", "UNCHANGED"]


def test_the_failed_part_is_told_by_its_content_id() -> None:
    def serve(request: Request) -> Response:
        assert isinstance(request.body, bytes)
        (changes,) = decode_requests(request.headers["Content-Type"], request.body)
        assert isinstance(changes, tuple)
        return answered(echoed(changes[1], refusal(409)))

    ctx, _ = shop(serve)
    first, second = ctx.types.Product(ID=1), ctx.types.Product(ID=2)
    for p in (first, second):
        ctx.add_object("Products", p)
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes(BATCH)
    (operation,) = caught.value.response
    assert operation.descriptor is ctx.get_entity_descriptor(second)


def without_ids(request: Request) -> Response:
    assert isinstance(request.body, bytes)
    (changes,) = decode_requests(request.headers["Content-Type"], request.body)
    assert isinstance(changes, tuple)
    return answered(tuple(success(change) for change in changes))


def test_answers_without_content_ids_are_taken_in_their_order() -> None:
    ctx, _ = shop(without_ids)
    first, second = ctx.types.Product(ID=1), ctx.types.Product(ID=2)
    for p in (first, second):
        ctx.add_object("Products", p)
    ctx.save_changes(BATCH)
    assert ctx.try_get_uri(second) == f"{ROOT}Products(2)"


DONE = reply(None, 204, Location=f"{ROOT}Products(1)")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (answered((DONE,)), InvalidOperationError),
        (answered((DONE, DONE, DONE)), InvalidOperationError),
        (answered((DONE, DONE), (DONE, DONE)), InvalidOperationError),
        (answered(), InvalidOperationError),
        (
            answered(tuple(Response(204, Headers({"Content-ID": n, "Location": f"{ROOT}Products({n})"})) for n in ("77", "78"))),
            InvalidOperationError,
        ),
        (reply(b"fine", 202, Content_Type="text/plain"), PayloadError),
        (reply({"value": []}, 200), PayloadError),
        (refusal(500), DataServiceClientException),
        (refusal(404), NotFoundError),
        (DataServiceTransportException("cut", outcome_unknown=True), DataServiceTransportException),
    ],
    ids=["one too few", "one too many", "two change sets", "none", "of other changes", "text", "a feed", "500", "404", "cut"],
)
def test_r45_p101_answers_that_are_no_answer(answer: Any, kind: type[Exception]) -> None:
    ctx, _ = shop(answer)
    for n in (1, 2):
        ctx.add_object("Products", ctx.types.Product(ID=n))
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes(BATCH)
    assert isinstance(caught.value.__cause__, kind)
    assert caught.value.errors
    assert states(ctx) == ["ADDED", "ADDED"]
    assert caught.value.response.is_batch_response


def test_4_4_an_outer_refusal_has_its_status() -> None:
    ctx, _ = shop(refusal(503))
    ctx.add_object("Products", ctx.types.Product(ID=1))
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes(BATCH)
    assert (caught.value.status_code, caught.value.response.batch_status_code) == (503, 503)


def test_4_4_independent_operations_do_not_raise() -> None:
    def serve(request: Request) -> Response:
        assert isinstance(request.body, bytes)
        parts = decode_requests(request.headers["Content-Type"], request.body)
        assert [len(part) for part in parts if isinstance(part, tuple)] == [1, 1, 1]
        return answered((success(parts[0][0]),), refusal(400), (success(parts[2][0]),))  # type: ignore[index]

    ctx, _ = shop(serve)
    for n in (1, 2, 3):
        ctx.add_object("Products", ctx.types.Product(ID=n))
    response = ctx.save_changes(INDEPENDENT)
    assert [type(o.error) for o in response] == [type(None), DataServiceClientException, type(None)]
    assert states(ctx) == ["UNCHANGED", "ADDED", "UNCHANGED"]


def test_p101_fewer_parts_than_asked_are_errors_of_their_operations() -> None:
    ctx, _ = shop(answered((DONE,)))
    for n in (1, 2):
        ctx.add_object("Products", ctx.types.Product(ID=n))
    response = ctx.save_changes(INDEPENDENT)
    assert [o.error is None for o in response] == [True, False]
    assert states(ctx) == ["UNCHANGED", "ADDED"]


def test_4_4_independent_operations_cannot_refer_to_each_other() -> None:
    ctx, script = shop()
    c, p = ctx.types.Category(ID=5), ctx.types.Product(ID=9)
    ctx.add_object("Products", p)
    ctx.add_object("Categories", c)
    ctx.set_link(p, "Category", c)
    with pytest.raises(InvalidOperationError, match="edit link"):
        ctx.save_changes(INDEPENDENT)
    assert script.requests == []
    assert states(ctx) == ["ADDED", "ADDED"]


@pytest.mark.parametrize("options", [BATCH, INDEPENDENT])
def test_4_4_streams_are_refused_before_anything_is_sent(options: SaveChangesOptions) -> None:
    ctx, script = shop()
    ctx.add_object("Products", ctx.types.Product(ID=1))
    ctx.add_object("Photos", ctx.types.Photo(ID=1))
    with pytest.raises(InvalidOperationError, match="stream"):
        ctx.save_changes(options)
    with pytest.raises(InvalidOperationError, match="stream"):
        ctx.pending_changes(options)
    assert script.requests == []


def test_4_3_nothing_to_save_in_a_batch() -> None:
    ctx, script = shop()
    response = ctx.save_changes(BATCH)
    assert (list(response), response.batch_status_code, response.is_batch_response) == ([], 0, True)
    assert script.requests == []


def test_4_4_a_batch_is_previewed_part_by_part() -> None:
    ctx, script = shop(by_content_id(success))
    c, p = ctx.types.Category(ID=5), ctx.types.Product(ID=9)
    ctx.add_object("Categories", c)
    ctx.add_object("Products", p)
    ctx.set_link(p, "Category", c)
    pending = ctx.pending_changes(BATCH)
    ctx.save_changes(BATCH)
    (changes,) = asked(script)
    assert isinstance(changes, tuple)
    for shown, sent in zip(pending, changes, strict=True):
        assert (shown.method, shown.url, shown.body) == (sent.method, sent.url, sent.body)
        assert {n: sent.headers.get(n) for n in shown.headers} == dict(shown.headers)


def test_5_7_parts_keep_their_method_under_tunnelling() -> None:
    ctx, script = shop(feed(product(1)), by_content_id(success))
    ctx.use_post_tunneling = True
    (p,) = ctx.Products.to_list()
    p.Name = "x"
    ctx.update_object(p)
    ctx.save_changes(BATCH)
    assert script.requests[1].method == "POST"
    assert "X-HTTP-Method" not in script.requests[1].headers
    (changes,) = asked(script)
    assert isinstance(changes, tuple)
    assert changes[0].method == "MERGE"


def test_1_6_in_a_batch_the_outer_request_is_announced_first() -> None:
    ctx, _ = shop(feed(product(1)), by_content_id(success))
    (p,) = ctx.Products.to_list()
    heard: list[Any] = []
    ctx.sending_request += lambda args: heard.append(("sending", args.method, args.is_batch_part, args.descriptor))
    ctx.receiving_response += lambda args: heard.append(("receiving", args.status_code, args.is_batch_part, args.descriptor))
    ctx.update_object(p)
    ctx.save_changes(BATCH)
    descriptor = ctx.get_entity_descriptor(p)
    assert heard == [
        ("sending", "POST", False, None),
        ("sending", "MERGE", True, descriptor),
        ("receiving", 202, False, None),
        ("receiving", 204, True, descriptor),
    ]


# -- execute_batch


def test_9_5_several_queries_in_one_exchange() -> None:
    ctx, script = shop(
        answered(feed(product(1), **{"odata.nextLink": f"{ROOT}Products?$skiptoken=1"}), refusal(404), feed(product(2)))
    )
    first, second, third = ctx.Products.where("Rating gt 3"), ctx.Products.by_key(404), "Products?$top=1"
    response = ctx.execute_batch(first, second, third)
    parts = asked(script)
    assert [(r.method, r.url) for r in parts if isinstance(r, Request)] == [
        ("GET", first.url),
        ("GET", second.url),
        ("GET", f"{ROOT}Products?$top=1"),
    ]
    assert all("Content-ID" not in r.headers for r in parts if isinstance(r, Request))
    one, two, three = response
    assert isinstance(one, QueryOperationResponse)
    assert isinstance(two, QueryOperationResponse)
    assert isinstance(three, QueryOperationResponse)
    assert [p.ID for p in one] == [1]
    assert str(one.get_continuation()) == f"{ROOT}Products?$skiptoken=1"
    assert (two.status_code, type(two.error)) == (404, NotFoundError)
    with pytest.raises(InvalidOperationError) as caught:
        list(two)
    assert caught.value.__cause__ is two.error
    assert [p.ID for p in three] == [2]
    assert (one.query, three.query) == (first, third)
    assert response.is_batch_response


def test_9_5_missing_answers_are_errors() -> None:
    ctx, _ = shop(answered(feed(product(1))))
    one, two = ctx.execute_batch(ctx.Products, ctx.Categories)
    assert one.error is None
    assert isinstance(two.error, InvalidOperationError)


def test_6_3_a_404_in_a_query_batch_may_be_ignored() -> None:
    ctx, _ = shop(answered(refusal(404)))
    ctx.ignore_resource_not_found_exception = True
    (one,) = ctx.execute_batch(ctx.Products.by_key(1))
    assert isinstance(one, QueryOperationResponse)
    assert (one.status_code, one.error, list(one)) == (404, None, [])


def test_9_5_at_least_one_query() -> None:
    ctx, script = shop()
    with pytest.raises(ValueError, match="at least one"):
        ctx.execute_batch()
    assert script.requests == []
