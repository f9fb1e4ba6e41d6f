"""Section 4 of our description of the .NET client, rule by rule: what a save sends, in which order, and what it takes over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from client.shop import ROOT, category, created, entry, feed, maker, product, reply
from client.wired import NO_CONTENT, Wired
from faults.server import then_reset

from odata3.client.options import DataServiceResponsePreference, EntityStates, SaveChangesOptions
from odata3.errors import (
    ArgumentError,
    ConcurrencyError,
    DataServiceClientException,
    DataServiceRequestException,
    DataServiceTransportException,
    InvalidOperationError,
    NotFoundError,
)
from odata3.wire.batch import RequestPart, ResponsePart, decode_requests, encode_responses
from odata3.wire.messages import Headers, Response

NONE, BATCH, GOES_ON, REPLACE, PATCH, INDEPENDENT = (
    SaveChangesOptions.NONE,
    SaveChangesOptions.BATCH,
    SaveChangesOptions.CONTINUE_ON_ERROR,
    SaveChangesOptions.REPLACE_ON_UPDATE,
    SaveChangesOptions.PATCH_ON_UPDATE,
    SaveChangesOptions.BATCH_WITH_INDEPENDENT_OPERATIONS,
)
Make = Callable[..., Wired]


def refusal(status: int, words: str = "no") -> Response:
    return reply({"odata.error": {"code": "C", "message": {"lang": "en", "value": words}}}, status)


def thumbed(key: int = 1) -> dict[str, Any]:
    """A photo as it is read, with a stream to edit."""
    return {"ID": key, "Title": "x", "Thumb@odata.mediaEditLink": f"{ROOT}Photos({key})/Thumb"}


# -- 4.1


def test_4_1_the_order_of_the_calls_kinds_interleaved(wired: Make) -> None:
    on = wired(
        feed(product(1), product(2), product(3)),
        feed(thumbed(), of="Photos"),
        *[NO_CONTENT] * 5,
        created("Products(9)"),
        NO_CONTENT,
    )
    one, two, three = on.ctx.Products.to_list()
    (photo,) = on.ctx.Photos.to_list()
    c = on.attached("Categories", "Category", ID=1)
    on.ctx.update_object(two)
    on.ctx.set_save_stream(photo, "Thumb", b"small", True, "image/png")
    on.ctx.set_link(one, "Category", c)
    on.ctx.delete_object(three)
    on.ctx.add_link(c, "Products", one)
    on.ctx.add_object("Products", on.new("Product", ID=9))
    on.ctx.update_object(two)  # it is MODIFIED, and does not move
    on.ctx.delete_link(c, "Products", two)
    on.ctx.save_changes()
    assert on.lines[2:] == [
        "MERGE Products(2)",
        "PUT Photos(1)/Thumb",
        "PUT Products(1)/$links/Category",
        "DELETE Products(3)",
        "POST Categories(1)/$links/Products",
        "POST Products",
        "DELETE Categories(1)/$links/Products(2)",
    ]


def test_4_1_a_delete_after_an_update_moves(wired: Make) -> None:
    on = wired(feed(product(1), product(2)), NO_CONTENT, NO_CONTENT)
    one, two = on.ctx.Products.to_list()
    on.ctx.update_object(one)
    on.ctx.update_object(two)
    on.ctx.delete_object(one)
    on.ctx.save_changes()
    assert on.lines[1:] == ["MERGE Products(2)", "DELETE Products(1)"]


def test_4_1_no_topological_sort(wired: Make) -> None:
    on = wired(created("Products(1)"), created("Categories(1)"), NO_CONTENT)
    p, c = on.new("Product", ID=1), on.new("Category", ID=1)
    on.ctx.add_object("Products", p)
    on.ctx.add_object("Categories", c)
    on.ctx.set_link(p, "Category", c)
    on.ctx.save_changes()
    assert on.lines == ["POST Products", "POST Categories", "PUT Products(1)/$links/Category"]
    assert on.body() == {"url": f"{on.root}Categories(1)"}


def test_4_1_a_link_to_what_was_saved_before_is_folded_into_the_body(wired: Make) -> None:
    on = wired(created("Categories(1)"), created("Products(1)"))
    c, p = on.new("Category", ID=1), on.new("Product", ID=1)
    on.ctx.add_object("Categories", c)
    on.ctx.add_object("Products", p)
    on.ctx.set_link(p, "Category", c)
    response = on.ctx.save_changes()
    assert on.lines == ["POST Categories", "POST Products"]
    assert on.body() == {"odata.type": "Shop.Product", "Category@odata.bind": f"{on.root}Categories(1)", "ID": 1}
    assert len(response) == 2
    assert [link.state for link in on.ctx.links] == [EntityStates.UNCHANGED]


@pytest.mark.parametrize("state", ["UNCHANGED", "MODIFIED", "DELETED"])
def test_4_1_folding_asks_for_a_target_that_stays(wired: Make, state: str) -> None:
    on = wired(*[NO_CONTENT] * (state != "UNCHANGED"), created("Products(1)"), NO_CONTENT)
    c = on.attached("Categories", "Category", ID=1, Name="x")
    if state == "MODIFIED":
        on.ctx.update_object(c)
    elif state == "DELETED":
        on.ctx.delete_object(c)
    p = on.new("Product", ID=1)
    on.ctx.add_object("Products", p)
    on.ctx.set_link(p, "Category", c)
    shown = [change.method for change in on.ctx.pending_changes()]
    on.ctx.save_changes()
    assert (
        shown
        == [seen.method for seen in on.requests]
        == {"UNCHANGED": ["POST"], "MODIFIED": ["MERGE", "POST"], "DELETED": ["DELETE", "POST", "PUT"]}[state]
    )


def test_4_1_a_link_from_what_was_not_added_is_not_folded(wired: Make) -> None:
    on = wired(created("Products(1)"), NO_CONTENT)
    c = on.attached("Categories", "Category", ID=1)
    p = on.new("Product", ID=1)
    on.ctx.add_object("Products", p)
    on.ctx.add_link(c, "Products", p)
    on.ctx.save_changes()
    assert on.lines == ["POST Products", "POST Categories(1)/$links/Products"]


def test_4_1_set_link_deletes_no_old_link(wired: Make) -> None:
    on = wired(feed(product(1, Category=category(1))), NO_CONTENT)
    (p,) = on.ctx.Products.expand("Category").to_list()
    on.ctx.set_link(p, "Category", on.attached("Categories", "Category", ID=2))
    on.ctx.save_changes()
    assert on.lines[1:] == ["PUT Products(1)/$links/Category"]


def test_4_1_a_second_identical_assignment_is_sent_again(wired: Make) -> None:
    seat = {"Row": "A", "Number": "1", "Action": None}
    on = wired(feed(seat, of="Seats"), NO_CONTENT, NO_CONTENT)
    (s,) = on.ctx.Seats.to_list()
    for _ in range(2):
        s.Action = "Restore"
        on.ctx.update_object(s)
        on.ctx.save_changes()
    assert on.lines[1:] == ["MERGE Seats(Row='A',Number=1L)"] * 2
    assert [on.body(1), on.body(2)] == [{"odata.type": "Shop.Seat", "Action": "Restore"}] * 2


# -- 4.2


def changed(on: Wired, what: str) -> None:
    """One pending change of each kind."""
    ctx = on.ctx
    c, p = on.attached("Categories", "Category", ID=1), on.attached("Products", "Product", ID=1)
    photo = on.attached("Photos", "Photo", ID=1)
    ctx.get_entity_descriptor(photo).stream("Thumb").stream_link.edit_link = f"{on.root}Photos(1)/Thumb"
    calls: dict[str, Callable[[], Any]] = {
        "entity added": lambda: ctx.add_object("Products", on.new("Product", ID=2)),
        "entity modified": lambda: ctx.update_object(p),
        "entity deleted": lambda: ctx.delete_object(p),
        "link added": lambda: ctx.add_link(c, "Products", p),
        "link deleted": lambda: ctx.delete_link(c, "Products", p),
        "reference set": lambda: ctx.set_link(p, "Category", c),
        "reference emptied": lambda: ctx.set_link(p, "Category", None),
        "named stream": lambda: ctx.set_save_stream(photo, "Thumb", b"x", True, "image/png"),
    }
    calls[what]()


@pytest.mark.parametrize(
    ("what", "methods"),
    [
        ("entity added", ["POST"] * 3),
        ("entity modified", ["MERGE", "PUT", "PATCH"]),
        ("entity deleted", ["DELETE"] * 3),
        ("link added", ["POST"] * 3),
        ("link deleted", ["DELETE"] * 3),
        ("reference set", ["PUT"] * 3),
        ("reference emptied", ["DELETE"] * 3),
        ("named stream", ["PUT"] * 3),
    ],
)
def test_4_2_methods(wired: Make, what: str, methods: list[str]) -> None:
    for options, method in zip((NONE, REPLACE, PATCH), methods, strict=True):
        on = wired(created("Products(2)") if what == "entity added" else NO_CONTENT)
        changed(on, what)
        on.ctx.save_changes(options)
        assert [seen.method for seen in on.requests] == [method]


@pytest.mark.parametrize(
    "options", [BATCH | GOES_ON, BATCH | INDEPENDENT, INDEPENDENT | GOES_ON, REPLACE | PATCH, REPLACE | PATCH | BATCH, 1, "BATCH"]
)
def test_4_2_contradictory_options_are_said_before_anything_is_sent(wired: Make, options: Any) -> None:
    on = wired()
    changed(on, "entity modified")
    for call in (on.ctx.save_changes, on.ctx.pending_changes):
        with pytest.raises(ArgumentError):
            call(options)
    with pytest.raises(ArgumentError):
        on.ctx.save_changes_default_options = options
    assert on.ctx.save_changes_default_options is NONE
    assert on.requests == []
    with pytest.raises(ValueError, match="64"):
        SaveChangesOptions(64)


def test_4_2_patch_needs_version_3(wired: Make) -> None:
    on = wired(max_protocol_version="2.0")
    changed(on, "entity modified")
    for call in (on.ctx.save_changes, on.ctx.pending_changes):
        with pytest.raises(InvalidOperationError, match=r"3\.0"):
            call(PATCH)
    assert on.requests == []


# -- 4.3


def three_updates(on: Wired) -> list[Any]:
    rows = on.ctx.Makers.to_list()
    for row in rows:
        row.Name = "mine"
        on.ctx.update_object(row)
    return list(rows)


MAKERS = feed(maker(1, '"1"'), maker(2, '"2"'), maker(3, '"3"'), of="Makers")


def test_4_3_the_first_failure_ends_it(wired: Make) -> None:
    on = wired(MAKERS, NO_CONTENT, refusal(400, "wrong"), NO_CONTENT, NO_CONTENT)
    makers = three_updates(on)
    with pytest.raises(DataServiceRequestException) as caught:
        on.ctx.save_changes()
    assert on.lines[1:] == ["MERGE Makers(1)", "MERGE Makers(2)"]
    error = caught.value
    done, failed = list(error.response)  # what was never sent has no entry
    assert (done.status_code, done.error, failed.status_code) == (204, None, 400)
    assert [o.descriptor.entity for o in (done, failed)] == makers[:2]
    assert error.__cause__ is failed.error is error.errors[0]
    assert isinstance(failed.error, DataServiceClientException)
    assert (error.status_code, failed.error.message) == (400, "wrong")
    assert failed.error.body == refusal(400, "wrong").body.decode()
    assert [on.state(m) for m in makers] == ["UNCHANGED", "MODIFIED", "MODIFIED"]
    descriptor = on.ctx.get_entity_descriptor(makers[1])
    assert (makers[1].Name, descriptor.etag, descriptor.modified_properties) == ("mine", '"2"', ("Name",))
    on.ctx.save_changes()  # only what is pending goes again
    assert on.lines[3:] == ["MERGE Makers(2)", "MERGE Makers(3)"]
    assert on.header("If-Match", 3) == '"2"'


def test_4_3_continue_on_error_goes_on(wired: Make) -> None:
    on = wired(MAKERS, refusal(400), refusal(412), NO_CONTENT)
    makers = three_updates(on)
    with pytest.raises(DataServiceRequestException) as caught:
        on.ctx.save_changes(GOES_ON)
    assert [o.status_code for o in caught.value.response] == [400, 412, 204]
    assert [type(error) for error in caught.value.errors] == [DataServiceClientException, ConcurrencyError]
    assert caught.value.__cause__ is caught.value.errors[0]
    assert [on.state(m) for m in makers] == ["MODIFIED", "MODIFIED", "UNCHANGED"]


@pytest.mark.parametrize("options", [NONE, GOES_ON])
def test_4_3_a_success_that_cannot_be_read_is_a_failure_too(wired: Make, options: SaveChangesOptions) -> None:
    on = wired(MAKERS, reply(b"{", 200), NO_CONTENT, NO_CONTENT)
    three_updates(on)
    with pytest.raises(DataServiceRequestException):
        on.ctx.save_changes(options)
    assert len(on.requests) == (4 if options is GOES_ON else 2)


def test_4_3_a_transport_failure_is_status_500_in_plain_text(wired: Make) -> None:
    on = wired(MAKERS, then_reset())
    makers = three_updates(on)
    with pytest.raises(DataServiceRequestException) as caught:
        on.ctx.save_changes()
    (operation,) = caught.value.response
    assert (operation.status_code, operation.headers["Content-Type"]) == (500, "text/plain")
    assert isinstance(caught.value.__cause__, DataServiceTransportException)
    assert caught.value.__cause__.outcome_unknown
    assert [on.state(m) for m in makers] == ["MODIFIED"] * 3


def test_4_3_a_link_whose_end_failed_to_insert_is_an_error_and_no_request(wired: Make) -> None:
    on = wired(refusal(400, "no such product"), created("Categories(1)"))
    p, c = on.new("Product", ID=1), on.new("Category", ID=1)
    on.ctx.add_object("Products", p)
    on.ctx.add_object("Categories", c)
    on.ctx.set_link(p, "Category", c)
    with pytest.raises(DataServiceRequestException) as caught:
        on.ctx.save_changes(GOES_ON)
    assert on.lines == ["POST Products", "POST Categories"]
    insert, _, link = caught.value.response
    assert isinstance(link.error, DataServiceClientException)
    assert link.error.__cause__ is insert.error
    assert "failed to insert" in str(link.error)
    assert [o.state for o in on.ctx.links] == [EntityStates.MODIFIED]


def test_4_3_what_keeps_a_change_from_being_sent_is_a_client_exception_of_status_500(wired: Make) -> None:
    on = wired()
    lost = on.attached("Products", "Product", ID=1)
    on.ctx.get_entity_descriptor(lost).edit_link = None
    on.ctx.update_object(lost)
    on.ctx.add_object("Photos", on.new("Photo", ID=9))  # without its bytes
    tagged = on.new("Tagged", ID=1)
    tagged.Tags.append(None)
    on.ctx.add_object("TaggedSet", tagged)
    with pytest.raises(DataServiceRequestException) as caught:
        on.ctx.save_changes(GOES_ON)
    assert caught.value.__cause__ is caught.value.errors[0]
    for operation, words in zip(caught.value.response, ("no edit link", "set_save_stream", "Tags"), strict=True):
        error = operation.error
        assert isinstance(error, DataServiceClientException)
        assert (operation.status_code, error.status_code) == (500, 500)
        assert isinstance(error.__cause__, InvalidOperationError | ValueError | TypeError)
        assert words in str(error) == str(error.__cause__)
    assert on.requests == []


def test_4_3_an_insert_without_location_is_an_error_of_its_own(wired: Make) -> None:
    on = wired(created("Products(1)"), reply(product(2), 201), created("Products(3)"))
    made = [on.new("Product", ID=key) for key in (1, 2, 3)]
    for p in made:
        on.ctx.add_object("Products", p)
    with pytest.raises(DataServiceRequestException, match="Location") as caught:
        on.ctx.save_changes(GOES_ON)
    assert [o.error is None for o in caught.value.response] == [True, False, True]
    assert (on.state(made[0]), on.state(made[2])) == ("UNCHANGED", "UNCHANGED")


@pytest.mark.parametrize(("options", "status", "is_batch"), [(NONE, -1, False), (BATCH, 0, True), (INDEPENDENT, 0, True)])
def test_4_3_nothing_to_save(wired: Make, options: SaveChangesOptions, status: int, is_batch: bool) -> None:
    on = wired()
    on.attached("Products", "Product", ID=1)
    response = on.ctx.save_changes(options)
    assert (len(response), response.batch_status_code, response.is_batch_response) == (0, status, is_batch)
    assert on.requests == []


# -- 4.4


def answers(*parts: ResponsePart, status: int = 202) -> Response:
    multipart = encode_responses(parts)
    return Response(status, Headers({"Content-Type": multipart.content_type, "DataServiceVersion": "1.0;"}), multipart.body)


def named(content_id: int, response: Response) -> Response:
    return Response(response.status, response.headers.merged({"Content-ID": str(content_id)}), response.body)


def sent_parts(on: Wired, index: int = -1) -> list[RequestPart]:
    return decode_requests(on.header("Content-Type", index) or "", on.requests[index].body)


def graph(on: Wired) -> tuple[Any, Any, Any]:
    """A new category, a product below it, a product that points to it."""
    c, child, p = on.new("Category", ID=5), on.new("Product", ID=6), on.new("Product", ID=7)
    on.ctx.add_object("Categories", c)
    on.ctx.add_related_object(c, "Products", child)
    on.ctx.add_object("Products", p)
    on.ctx.set_link(p, "Category", c)
    return c, child, p


def test_4_4_one_change_set_of_all_changes(wired: Make) -> None:
    on = wired()
    c, child, p = graph(on)
    numbers = [on.ctx.get_entity_descriptor(e).change_order for e in (c, child, p)]
    link = on.ctx.get_link_descriptor(p, "Category", c).change_order
    on.then(
        answers(
            (
                named(link, NO_CONTENT),  # in any order: Content-IDs tell
                named(numbers[2], created("Products(7)")),
                named(numbers[0], created("Categories(5)")),
                named(numbers[1], created("Products(6)")),
            )
        )
    )
    response = on.ctx.save_changes(BATCH)
    assert on.lines == ["POST $batch"]
    fields = {name: on.header(name) for name in ("Accept", "DataServiceVersion", "MaxDataServiceVersion", "Accept-Charset")}
    assert fields == {
        "Accept": "multipart/mixed",
        "DataServiceVersion": "1.0;NetFx",
        "MaxDataServiceVersion": "3.0;NetFx",
        "Accept-Charset": "UTF-8",
    }
    assert (on.header("Content-Type") or "").startswith("multipart/mixed; boundary=batch_")
    (parts,) = sent_parts(on)
    assert isinstance(parts, tuple)
    assert [(part.method, part.url.replace(on.root, "ROOT/"), part.headers["Content-ID"]) for part in parts] == [
        ("POST", "ROOT/Categories", str(numbers[0])),
        ("POST", f"ROOT/${numbers[0]}/Products", str(numbers[1])),
        ("POST", "ROOT/Products", str(numbers[2])),
        ("PUT", f"${numbers[2]}/$links/Category", str(link)),
    ]
    assert (parts[3].body or b"").decode() == f'{{"url":"${numbers[0]}"}}'
    raw = on.requests[0].body.decode()
    assert raw.count("Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n") == 4
    assert [o.status_code for o in response] == [204] * 4
    assert [o.descriptor for o in response] == [*(on.ctx.get_entity_descriptor(e) for e in (c, child, p)), on.ctx.links[0]]
    assert [on.state(e) for e in (c, child, p)] == ["UNCHANGED"] * 3
    assert on.ctx.try_get_entity(f"{on.root}Products(6)") is child


def test_p97_4_4_a_failed_change_set_leaves_everything_pending(wired: Make) -> None:
    on = wired()
    entities = graph(on)
    number = on.ctx.get_entity_descriptor(entities[1]).change_order
    on.then(answers((named(number, refusal(400, "wrong")),)))
    with pytest.raises(DataServiceRequestException) as caught:
        on.ctx.save_changes(BATCH)
    (operation,) = caught.value.response  # just that one
    assert operation.descriptor.entity is entities[1]
    assert caught.value.__cause__ is operation.error
    assert (operation.status_code, str(operation.error).count("wrong")) == (400, 1)
    assert [on.state(e) for e in entities] == ["ADDED"] * 3
    assert len(on.ctx.pending_changes(BATCH)) == 4


@pytest.mark.parametrize("missing", [0, 1])
def test_p101_4_4_answers_that_are_missing_are_errors(wired: Make, missing: int) -> None:
    on = wired(feed(product(1), product(2)))
    one, two = on.ctx.Products.to_list()
    for p in (one, two):
        p.Name = "mine"
        on.ctx.update_object(p)
    numbers = [on.ctx.get_entity_descriptor(p).change_order for p in (one, two)]
    given = [named(number, NO_CONTENT) for number in numbers]
    on.then(answers(tuple(given[missing:][:1])), answers(tuple(given)))
    with pytest.raises(DataServiceRequestException, match=r"had a response|single 204") as caught:
        on.ctx.save_changes(BATCH)
    assert isinstance(caught.value.__cause__, InvalidOperationError)
    assert [on.state(p) for p in (one, two)] == ["MODIFIED"] * 2


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(b"out of order", 200, Content_Type="text/plain"), "out of order"),
        (reply(b"<html>", 200, Content_Type="text/html"), "<html>"),
        (reply(b"", 202, Content_Type="multipart/mixed; boundary=b"), "the batch failed"),
    ],
)
def test_4_4_a_success_that_is_no_batch_is_an_error(wired: Make, answer: Response, words: str) -> None:
    on = wired(answer)
    changed(on, "entity added")
    with pytest.raises(DataServiceRequestException, match=words) as caught:
        on.ctx.save_changes(BATCH)
    assert caught.value.response.is_batch_response
    assert caught.value.__cause__ is not None
    assert [d.state for d in on.ctx.entities][-1] is EntityStates.ADDED


def test_4_4_a_refused_batch_has_its_status(wired: Make) -> None:
    on = wired(refusal(404, "no batches here"))
    changed(on, "entity added")
    with pytest.raises(DataServiceRequestException, match="no batches here") as caught:
        on.ctx.save_changes(BATCH)
    response = caught.value.response
    assert (response.batch_status_code, list(response), caught.value.status_code) == (404, [], 404)
    assert isinstance(caught.value.__cause__, NotFoundError)


def test_4_4_independent_operations_do_not_raise(wired: Make) -> None:
    on = wired(feed(product(1), product(2), product(3)))
    rows = on.ctx.Products.to_list()
    for p in rows:
        p.Name = "mine"
        on.ctx.update_object(p)
    on.then(answers((NO_CONTENT,), refusal(409, "taken"), (NO_CONTENT,)))
    response = on.ctx.save_changes(INDEPENDENT)
    assert [isinstance(part, tuple) and len(part) for part in sent_parts(on)] == [1, 1, 1]
    assert [o.status_code for o in response] == [204, 409, 204]
    assert [o.error is None for o in response] == [True, False, True]
    assert [on.state(p) for p in rows] == ["UNCHANGED", "MODIFIED", "UNCHANGED"]


def test_4_4_independent_operations_give_every_part_a_content_id_and_fold_links(wired: Make) -> None:
    on = wired()
    c, p = on.attached("Categories", "Category", ID=1), on.attached("Products", "Product", ID=1)
    fresh = on.new("Product", ID=2)
    on.ctx.add_object("Products", fresh)
    on.ctx.set_link(fresh, "Category", c)
    on.ctx.set_link(p, "Category", c)
    on.then(answers((created("Products(2)"),), (NO_CONTENT,)))
    assert [o.status_code for o in on.ctx.save_changes(INDEPENDENT)] == [204, 204]
    parts = [part for parts in sent_parts(on) for part in (parts if isinstance(parts, tuple) else (parts,))]
    assert [part.method for part in parts] == ["POST", "PUT"]
    assert all("Content-ID" in part.headers for part in parts)
    assert on.ctx.pending_changes() == []


def test_4_4_independent_operations_cannot_name_each_other(wired: Make) -> None:
    on = wired()
    entities = graph(on)
    for call in (on.ctx.save_changes, on.ctx.pending_changes):
        with pytest.raises(InvalidOperationError, match="saved first"):
            call(INDEPENDENT)
    assert on.requests == []
    assert [on.state(e) for e in entities] == ["ADDED"] * 3


@pytest.mark.parametrize("options", [BATCH, INDEPENDENT])
@pytest.mark.parametrize("stream", ["new", "media", "named"])
def test_4_4_a_batch_with_a_stream_is_said_before_anything_is_sent(wired: Make, options: SaveChangesOptions, stream: str) -> None:
    on = wired()
    changed(on, "entity added")
    if stream == "new":
        on.ctx.add_object("Photos", on.new("Photo", ID=9))
    else:
        photo = on.ctx.entities[2].entity
        on.ctx.set_save_stream(photo, *(["Thumb"] if stream == "named" else []), b"x", True, "image/png")
    for call in (on.ctx.save_changes, on.ctx.pending_changes):
        with pytest.raises(InvalidOperationError, match="cannot be saved in a batch"):
            call(options)
    assert on.requests == []


# -- 4.5


def test_p83_4_5_a_post_without_a_body(wired: Make) -> None:
    on = wired(created("Makers(1)", ETag='"1"'), created("Makers(2)"))
    makers = [on.new("Maker", ID=key, Name="mine") for key in (1, 2)]
    for m in makers:
        on.ctx.add_object("Makers", m)
    on.ctx.save_changes()
    assert [on.ctx.get_entity_descriptor(m).etag for m in makers] == ['"1"', None]
    assert [(m.Name, on.state(m)) for m in makers] == [("mine", "UNCHANGED")] * 2


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [('"h"', '"b"', '"b"'), ('"h"', None, '"h"'), (None, '"b"', '"b"'), (None, None, None)],
)
def test_p83_4_5_a_post_with_a_body(wired: Make, header: str | None, row: str | None, expected: str | None) -> None:
    body = product(1, Name="theirs") | ({} if row is None else {"odata.etag": row})
    on = wired(created("Products(1)", body, **({} if header is None else {"ETag": header})))
    p = on.new("Product", ID=1, Name="mine")
    on.ctx.add_object("Products", p)
    on.ctx.save_changes()
    descriptor = on.ctx.get_entity_descriptor(p)
    assert (descriptor.etag, p.Name, descriptor.identity) == (expected, "theirs", f"{on.root}Products(1)")


@pytest.mark.parametrize("options", [NONE, REPLACE, PATCH])
@pytest.mark.parametrize(
    ("known", "header", "row", "expected"),
    [
        ('"1"', None, "no body", None),  # cleared by a 204 without one
        ('"1"', '"h"', "no body", '"h"'),
        ('"1"', None, None, '"1"'),
        ('"1"', '"h"', None, '"1"'),
        (None, '"h"', None, '"h"'),
        ('"1"', '"h"', '"b"', '"b"'),
    ],
)
def test_p86_4_5_an_update(
    wired: Make, options: SaveChangesOptions, known: str | None, header: str | None, row: str | None, expected: str | None
) -> None:
    fields = {} if header is None else {"ETag": header}
    theirs = product(1, Name="theirs") | ({} if row is None else {"odata.etag": row})
    on = wired(reply(None, 204, **fields) if row == "no body" else entry(theirs, "Products", 200, **fields))
    p = on.attached("Products", "Product", known, ID=1, Name="mine")
    on.ctx.update_object(p)
    on.ctx.save_changes(options)
    assert on.header("If-Match") == known
    assert (on.ctx.get_entity_descriptor(p).etag, on.state(p)) == (expected, "UNCHANGED")
    assert p.Name == ("mine" if row == "no body" else "theirs")


def test_4_5_a_delete_takes_the_entity_and_its_links_away(wired: Make) -> None:
    on = wired(NO_CONTENT)
    c, p = on.attached("Categories", "Category", ID=1), on.attached("Products", "Product", ID=1)
    on.ctx.attach_link(c, "Products", p)
    on.ctx.attach_link(p, "Category", c)
    on.ctx.delete_object(c)
    on.ctx.save_changes()
    assert [d.entity for d in on.ctx.entities] == [p]
    assert on.ctx.links == ()
    assert on.ctx.try_get_entity(f"{on.root}Categories(1)") is None


@pytest.mark.parametrize("status", [404, 412])
def test_4_5_a_delete_that_is_refused_is_an_error_like_any_other(wired: Make, status: int) -> None:
    on = wired(refusal(status))
    p = on.attached("Products", "Product", '"1"', ID=1)
    on.ctx.delete_object(p)
    with pytest.raises(DataServiceRequestException) as caught:
        on.ctx.save_changes()
    assert (caught.value.status_code, on.state(p), on.ctx.get_entity_descriptor(p).etag) == (status, "DELETED", '"1"')


@pytest.mark.parametrize(
    ("what", "state"),
    [
        ("link added", "UNCHANGED"),
        ("reference set", "UNCHANGED"),
        ("reference emptied", "UNCHANGED"),
        ("link deleted", None),
    ],
)
def test_4_5_links_after_a_success(wired: Make, what: str, state: str | None) -> None:
    on = wired(NO_CONTENT)
    changed(on, what)
    (link,) = on.ctx.links
    target = link.target
    on.ctx.save_changes()
    assert [(link.state.name, link.target) for link in on.ctx.links] == ([] if state is None else [(state, target)])


def test_4_5_a_named_stream_takes_its_etag_from_the_answer(wired: Make) -> None:
    on = wired(reply(None, 204, ETag='"s"'), reply(None, 204))
    changed(on, "named stream")
    photo = on.ctx.entities[2].entity
    for expected in ('"s"', None):
        on.ctx.set_save_stream(photo, "Thumb", b"y", True, "image/png")
        on.ctx.save_changes()
        (stream,) = on.ctx.get_entity_descriptor(photo).stream_descriptors
        assert (stream.stream_link.etag, stream.state.name) == (expected, "UNCHANGED")
    assert [seen.headers.get("if-match") for seen in on.requests] == [None, '"s"']


def test_4_5_links_that_went_along_become_unchanged(wired: Make) -> None:
    on = wired(created("Categories(5)"), created("Products(6)"), created("Products(7)"))
    graph(on)
    on.ctx.save_changes()
    assert on.lines == ["POST Categories", "POST Categories(5)/Products", "POST Products"]
    assert [link.state for link in on.ctx.links] == [EntityStates.UNCHANGED] * 2
    assert [d.parent_for_insert for d in on.ctx.entities] == [None] * 3


@pytest.mark.parametrize(("options", "moves"), [(NONE, False), (REPLACE, False), (PATCH, True)], ids=["MERGE", "PUT", "PATCH"])
def test_4_5_of_updates_only_a_patch_may_say_where_the_entity_is(wired: Make, options: SaveChangesOptions, moves: bool) -> None:
    on = wired(reply(None, 204, Location=f"{ROOT}Products(7)", DataServiceId=f"{ROOT}Ids(7)"))
    changed(on, "entity modified")
    on.ctx.save_changes(options)
    d = on.ctx.entities[-1]
    expected = ("Ids(7)", "Products(7)") if moves else ("Products(1)", "Products(1)")
    assert (d.identity, d.edit_link) == tuple(on.root + path for path in expected)


def test_4_5_a_data_service_id_needs_a_location(wired: Make) -> None:
    for options, what in ((NONE, "entity added"), (PATCH, "entity modified")):
        on = wired(reply(None, 204, DataServiceId=f"{ROOT}Ids(7)"))
        changed(on, what)
        with pytest.raises(DataServiceRequestException, match="Location"):
            on.ctx.save_changes(options)


def test_4_5_what_came_instead_of_an_entity_is_an_error(wired: Make) -> None:
    on = wired(reply([], 201, Location=f"{ROOT}Products(2)"))
    changed(on, "entity added")
    with pytest.raises(DataServiceRequestException):
        on.ctx.save_changes()


@pytest.mark.parametrize("preference", list(DataServiceResponsePreference))
def test_p91_both_outcomes_of_a_preference(wired: Make, preference: DataServiceResponsePreference) -> None:
    on = wired(
        created("Products(1)", product(1, Name="made")),
        created("Products(2)"),
        entry(product(1, Name="theirs")),
        NO_CONTENT,
    )
    on.ctx.add_and_update_response_preference = preference
    made = [on.new("Product", ID=key, Name="mine") for key in (1, 2)]
    for p in made:
        on.ctx.add_object("Products", p)
    on.ctx.save_changes()
    assert [p.Name for p in made] == ["made", "mine"]
    for p in made:
        on.ctx.update_object(p)
    on.ctx.save_changes()
    assert [p.Name for p in made] == ["theirs", "mine"]
    assert [seen.headers.get("prefer") for seen in on.requests] == [preference.value] * 4


@pytest.mark.parametrize("said", ["return-content", "return-no-content"])
def test_4_5_preference_applied_is_never_read(wired: Make, said: str) -> None:
    on = wired(
        created("Products(1)", product(1, Name="made"), Preference_Applied=said), reply(None, 204, Preference_Applied=said)
    )
    p = on.new("Product", ID=1, Name="mine")
    on.ctx.add_object("Products", p)
    on.ctx.save_changes()
    assert p.Name == "made"
    p.Name = "mine"
    on.ctx.update_object(p)
    on.ctx.save_changes()
    assert (p.Name, on.state(p)) == ("mine", "UNCHANGED")


# -- what is in doubt


def test_r17_the_links_of_an_insert_that_arrived_are_sent_by_themselves(wired: Make) -> None:
    on = wired(then_reset(), refusal(409, "it exists"), entry(product(1, Name="mine")), NO_CONTENT)
    p = on.new("Product", ID=1, Name="mine")
    on.ctx.add_object("Products", p)
    with pytest.raises(DataServiceRequestException):
        on.ctx.save_changes()
    on.ctx.set_link(p, "Category", on.attached("Categories", "Category", ID=1))
    on.ctx.save_changes()
    assert on.lines == ["POST Products", "POST Products", "GET Products(1)", "PUT Products(1)/$links/Category"]
    assert (on.state(p), [link.state for link in on.ctx.links]) == ("UNCHANGED", [EntityStates.UNCHANGED])


@pytest.mark.parametrize("what", ["link deleted", "reference emptied"])
def test_r17_a_link_that_is_gone_is_deleted(wired: Make, what: str) -> None:
    on = wired(then_reset(), refusal(404, "no such link"))
    changed(on, what)
    with pytest.raises(DataServiceRequestException):
        on.ctx.save_changes()
    assert [o.status_code for o in on.ctx.save_changes()] == [204]
    assert list(on.ctx.pending_changes()) == []


@pytest.mark.parametrize("preference", list(DataServiceResponsePreference))
def test_r17_an_update_that_arrived_gives_what_the_preference_asks_for(
    wired: Make, preference: DataServiceResponsePreference
) -> None:
    theirs = entry(maker(1, 'W/"2"', Name="mine", Version=2), of="Makers")
    on = wired(feed(maker(1, 'W/"1"'), of="Makers"), then_reset(), refusal(412), theirs, NO_CONTENT)
    on.ctx.add_and_update_response_preference = preference
    (m,) = on.ctx.Makers.to_list()
    m.Name = "mine"
    on.ctx.update_object(m)
    with pytest.raises(DataServiceRequestException):
        on.ctx.save_changes()
    (operation,) = on.ctx.save_changes()
    is_told = preference is DataServiceResponsePreference.INCLUDE_CONTENT
    assert (operation.status_code, m.Version) == ((200, 2) if is_told else (204, 1))
    assert (on.state(m), on.ctx.get_entity_descriptor(m).etag) == ("UNCHANGED", 'W/"2"')
    assert on.lines[1:] == ["MERGE Makers(1)", "MERGE Makers(1)", "GET Makers(1)"]


def test_r17_a_put_that_was_lost_is_not_taken_for_done(wired: Make) -> None:
    on = wired(then_reset(), refusal(400, "no"), entry(product(1, Name="theirs")))
    p = on.attached("Products", "Product", ID=1)
    on.ctx.update_object(p)
    with pytest.raises(DataServiceRequestException):
        on.ctx.save_changes(REPLACE)
    with pytest.raises(DataServiceRequestException):
        on.ctx.save_changes(REPLACE)
    assert on.state(p) == "MODIFIED"


def test_4_5_the_link_that_an_insert_below_its_parent_made_can_be_deleted(wired: Make) -> None:
    on = wired(created("Products(9)"), NO_CONTENT)
    c = on.attached("Categories", "Category", ID=1)
    child = on.new("Product", ID=9)
    on.ctx.add_related_object(c, "Products", child)
    on.ctx.save_changes()
    on.ctx.delete_link(c, "Products", child)
    on.ctx.save_changes()
    assert on.lines == ["POST Categories(1)/Products", "DELETE Categories(1)/$links/Products(9)"]
    assert on.ctx.links == ()


def test_4_1_a_link_folded_into_an_insert_that_failed_is_no_failure_of_its_own(wired: Make) -> None:
    on = wired(refusal(409), created("Products(9)"))
    c = on.attached("Categories", "Category", ID=1)
    p = on.new("Product", ID=9)
    on.ctx.add_object("Products", p)
    on.ctx.set_link(p, "Category", c)
    with pytest.raises(DataServiceRequestException) as caught:
        on.ctx.save_changes(GOES_ON)
    assert [o.status_code for o in caught.value.response] == [409]
    assert [o.state for o in on.ctx.links] == [EntityStates.MODIFIED]
    on.ctx.save_changes()
    assert on.lines == ["POST Products", "POST Products"]
    assert on.body()["Category@odata.bind"] == f"{on.root}Categories(1)"
    assert [o.state for o in on.ctx.links] == [EntityStates.UNCHANGED]
