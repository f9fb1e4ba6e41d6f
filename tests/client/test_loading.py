"""Documents into tracked entities: merge options, expanded entities, paging (sections 3, 8 and 9.1)."""

from __future__ import annotations

import tracemalloc
from typing import Any
from unittest import mock

import pytest
from client.shop import ROOT, category, entry, feed, maker, product, reply, shop

from odata3.client.loading import Loader
from odata3.client.options import EntityStates, MergeOption
from odata3.errors import (
    ArgumentError,
    DataServiceClientException,
    DataServiceQueryException,
    InvalidOperationError,
    NotFoundError,
    PayloadError,
)

APPEND, OVERWRITE, PRESERVE, NO_TRACKING = MergeOption


def in_state(ctx: Any, state: EntityStates) -> Any:
    """A maker that was read with the ETag ``W/"1"``, changed here, in a state."""
    (m,) = ctx.Makers.to_list()
    m.Name = "mine"
    if state is EntityStates.MODIFIED:
        ctx.update_object(m)
    elif state is EntityStates.DELETED:
        ctx.delete_object(m)
    return m


U, M, D = EntityStates.UNCHANGED, EntityStates.MODIFIED, EntityStates.DELETED


@pytest.mark.parametrize(
    ("option", "before", "name", "etag", "after"),
    [
        (APPEND, U, "mine", '"1"', U),
        (APPEND, M, "mine", '"1"', M),
        (APPEND, D, "mine", '"1"', D),
        (OVERWRITE, U, "theirs", '"2"', U),
        (OVERWRITE, M, "theirs", '"2"', U),
        (OVERWRITE, D, "theirs", '"2"', U),
        (PRESERVE, U, "theirs", '"2"', U),
        (PRESERVE, M, "mine", '"2"', M),
        (PRESERVE, D, "theirs", '"2"', D),
    ],
)
def test_3_1_merge_options(option: MergeOption, before: EntityStates, name: str, etag: str, after: EntityStates) -> None:
    ctx, _ = shop(feed(maker(1, 'W/"1"'), of="Makers"), feed(maker(1, 'W/"2"', Name="theirs"), maker(5), of="Makers"))
    m = in_state(ctx, before)
    ctx.merge_option = option
    again, other = ctx.Makers.to_list()
    assert again is m
    descriptor = ctx.get_entity_descriptor(m)
    assert (m.Name, descriptor.etag, descriptor.state) == (name, f"W/{etag}", after)
    assert ctx.get_entity_descriptor(other).state is U


def test_3_1_no_tracking_gives_new_objects_and_tracks_nothing() -> None:
    ctx, _ = shop(feed(product(1)), feed(product(1, Category=category(2))))
    (p,) = ctx.Products.to_list()
    ctx.merge_option = NO_TRACKING
    (q,) = ctx.Products.expand("Category").to_list()
    assert q is not p
    assert (q.Name, q.Category.ID) == ("P1", 2)
    assert len(ctx.entities) == 1
    assert ctx.links == ()


def test_3_1_the_option_is_read_when_the_query_is_executed() -> None:
    ctx, _ = shop(feed(product(1)))
    query = ctx.Products
    ctx.merge_option = NO_TRACKING
    query.to_list()
    assert ctx.entities == ()


def test_3_1_what_a_payload_omits_is_left_alone() -> None:
    ctx, _ = shop(feed(product(1)), feed({"ID": 1, "Name": "new"}, of="Products&$select=ID,Name"))
    (p,) = ctx.Products.to_list()
    ctx.merge_option = OVERWRITE
    ctx.Products.select("ID", "Name").to_list()
    assert (p.Name, p.Rating) == ("new", 3)
    assert not ctx.get_entity_descriptor(p).is_partial


def test_3_1_complex_values_are_merged_into_the_object() -> None:
    ctx, _ = shop(feed(product(1, Size={"Width": 1, "Height": 1})), feed(product(1, Size={"Width": 2, "Height": 2})))
    (p,) = ctx.Products.to_list()
    size = p.Size
    ctx.merge_option = OVERWRITE
    ctx.Products.to_list()
    assert p.Size is size
    assert size.Width == 2


# -- 3.2


def test_3_2_expanded_entities_are_set_and_linked() -> None:
    ctx, script = shop(
        feed(product(1, Category=category(2), Maker=None), product(3, Category=category(2), Maker=None)),
        feed(category(9, Products=[product(5), product(6)]), of="Categories"),
    )
    p, q = ctx.Products.expand("Category", "Maker").to_list()
    assert script.lines[0] == "GET Products?$expand=Category,Maker"
    assert p.Category is q.Category
    assert (p.Category.ID, p.Maker) == (2, None)
    (c,) = ctx.Categories.expand("Products").to_list()
    assert [x.ID for x in c.Products] == [5, 6]
    shown = [(link.source.ID, link.source_property, getattr(link.target, "ID", None), link.state) for link in ctx.links]
    assert (1, "Category", 2, U) in shown
    assert (9, "Products", 6, U) in shown


def test_3_2_append_only_leaves_a_tracked_parent_alone() -> None:
    ctx, _ = shop(feed(category(1), of="Categories"), feed(category(1, Products=[product(5)]), of="Categories"))
    (c,) = ctx.Categories.to_list()
    ctx.Categories.expand("Products").to_list()
    assert c.Products == []
    assert ctx.try_get_entity(f"{ROOT}Products(5)") is not None


def test_3_2_append_only_takes_no_later_page_of_a_tracked_parent_either() -> None:
    more = {"Products@odata.nextLink": f"{ROOT}Categories(1)/Products?$skiptoken=5"}
    ctx, script = shop(feed(category(1), of="Categories"), feed(category(1, Products=[product(5)], **more), of="Categories"))
    (c,) = ctx.Categories.to_list()
    ctx.Categories.expand("Products").to_list()
    assert c.Products == []
    assert len(script.requests) == 2


@pytest.mark.parametrize(("option", "kept"), [(APPEND, [1, 2, 3, 4]), (OVERWRITE, [3, 4]), (PRESERVE, [2, 3, 4])])
def test_3_2_collections(option: MergeOption, kept: list[int]) -> None:
    """1 was linked, 2 has a pending link, 3 is received again, 4 is new, 7 is neither linked nor received."""
    ctx, _ = shop(
        feed(category(1, Products=[product(1), product(3)]), of="Categories"), feed(product(2)), feed(product(3), product(4))
    )
    (c,) = ctx.Categories.expand("Products").to_list()
    (two,) = ctx.Products.to_list()
    ctx.add_link(c, "Products", two)
    c.Products.append(two)
    c.Products.append(ctx.types.Product(ID=7))
    ctx.merge_option = option
    ctx.load_property(c, "Products")
    ids = sorted(p.ID for p in c.Products)
    assert ids == sorted([*kept, 7] if option is APPEND else kept)
    linked = sorted(link.target.ID for link in ctx.links if link.source_property == "Products")
    assert linked == kept


def test_3_2_a_pending_set_link_wins_under_preserve_changes() -> None:
    ctx, _ = shop(
        feed(category(1), category(2), of="Categories"),
        feed(product(1, Category=category(1))),
        feed(product(1, Category=category(1))),
    )
    _, two = ctx.Categories.to_list()
    (p,) = ctx.Products.expand("Category").to_list()
    ctx.set_link(p, "Category", two)
    ctx.merge_option = PRESERVE
    ctx.Products.expand("Category").to_list()
    (link,) = ctx.links
    assert (link.target, link.state) == (two, M)
    assert p.Category.ID == 1


# -- 9.1


def test_9_1_load_property() -> None:
    ctx, script = shop(
        feed(product(1)),
        entry(category(2), "Categories"),
        reply(None, 204),
        reply({"odata.metadata": f"{ROOT}$metadata#Edm.String", "value": "fresh"}),
        reply({"odata.metadata": f"{ROOT}$metadata#Shop.Size", "Width": 3, "Height": 4}),
    )
    (p,) = ctx.Products.to_list()
    response = ctx.load_property(p, "Category")
    assert (response.status_code, p.Category.ID, list(response)) == (200, 2, [p.Category])
    assert ctx.load_property(p, "Maker").status_code == 204
    p.Name = "changed"
    assert list(ctx.load_property(p, "Name")) == ["fresh"]
    assert (p.Name, ctx.get_entity_descriptor(p).modified_properties) == ("fresh", ())
    ctx.load_property(p, "Size")
    assert p.Size.Width == 3
    assert script.lines[1:] == [f"GET Products(1)/{name}" for name in ("Category", "Maker", "Name", "Size")]


def test_9_1_pages() -> None:
    ctx, script = shop(
        feed(category(1), of="Categories"),
        feed(product(1), **{"odata.nextLink": "Categories(1)/Products?$skiptoken=1"}),
        feed(product(2)),
    )
    (c,) = ctx.Categories.to_list()
    response = ctx.load_property(c, "Products")
    continuation = response.get_continuation()
    assert [p.ID for p in c.Products] == [1]
    second = ctx.load_property(c, "Products", continuation)
    assert second.get_continuation() is None
    assert [p.ID for p in c.Products] == [1, 2]
    assert script.lines[2] == "GET Categories(1)/Products?$skiptoken=1"
    assert script.requests[2].headers["DataServiceVersion"] == "2.0;NetFx"


def test_9_1_a_next_link_as_text() -> None:
    ctx, script = shop(feed(category(1), of="Categories"), feed(product(2)))
    (c,) = ctx.Categories.to_list()
    ctx.load_property(c, "Products", f"{ROOT}Categories(1)/Products?$skiptoken=1")
    assert [p.ID for p in c.Products] == [2]
    assert script.lines[1] == "GET Categories(1)/Products?$skiptoken=1"


def test_9_1_wrong_calls() -> None:
    ctx, _ = shop(feed(product(1)), reply({"odata.error": {"code": "", "message": {"lang": "", "value": "gone"}}}, 404))
    (p,) = ctx.Products.to_list()
    fresh = ctx.types.Product(ID=7)
    with pytest.raises(InvalidOperationError, match="not tracked"):
        ctx.load_property(fresh, "Category")
    ctx.add_object("Products", fresh)
    with pytest.raises(InvalidOperationError, match="added"):
        ctx.load_property(fresh, "Category")
    with pytest.raises(InvalidOperationError, match="Category"):
        ctx.load_property(p, "Categori")
    ctx.ignore_resource_not_found_exception = True
    with pytest.raises(NotFoundError, match="gone"):
        ctx.load_property(p, "Category")


# -- 8


def test_8_3_unknown_properties() -> None:
    ctx, _ = shop(feed(product(1, Nova=1)), feed(product(2, Nova=1)))
    (p,) = ctx.Products.to_list()
    with pytest.raises(AttributeError):
        _ = p.Nova
    ctx.ignore_missing_properties = False
    with pytest.raises(InvalidOperationError, match=r"Shop\.Product.*Nova"):
        ctx.Products.to_list()


def test_8_4_the_type_on_the_wire_decides() -> None:
    ctx, _ = shop(feed(product(1, **{"odata.type": "Shop.Book"}, Pages=5)), feed(product(2, **{"odata.type": "Shop.Maker"})))
    (book,) = ctx.Products.to_list()
    assert type(book) is ctx.types.Book
    assert book.Pages == 5
    with pytest.raises((InvalidOperationError, PayloadError)):
        ctx.Products.to_list()


def test_8_4_resolve_type_chooses_the_class() -> None:
    ctx, _ = shop(feed(product(1)))

    class Mine(ctx.types.Product):  # type: ignore[misc,name-defined]
        pass

    ctx.resolve_type = lambda name: Mine if name == "Shop.Product" else None
    (p,) = ctx.Products.to_list()
    assert type(p) is Mine


def test_r35_an_entry_without_its_key_is_usable_and_not_tracked() -> None:
    ctx, _ = shop(feed({"Name": "x"}, of="Products&$select=Name"))
    (p,) = ctx.Products.select("Name").to_list()
    assert p.Name == "x"
    assert ctx.entities == ()


def test_r35_a_null_key_is_an_error() -> None:
    ctx, _ = shop(feed(product(1) | {"ID": None}))
    with pytest.raises(PayloadError, match="ID"):
        ctx.Products.to_list()
    assert ctx.entities == ()


# -- paging


def pages(*groups: list[int], last: str | None = None) -> list[Any]:
    made = []
    for number, ids in enumerate(groups, 1):
        more = {"odata.nextLink": f"{ROOT}Products?$skiptoken='%27%2B{number}'"} if number < len(groups) else {}
        if number == len(groups) and last is not None:
            more = {"odata.nextLink": last}
        made.append(feed(*map(product, ids), **more))
    return made


def test_p102_iteration_follows_next_links_as_they_came() -> None:
    ctx, script = shop(*pages([1, 2], [], [3]))
    assert [p.ID for p in ctx.Products] == [1, 2, 3]
    assert script.lines == ["GET Products", "GET Products?$skiptoken='%27%2B1'", "GET Products?$skiptoken='%27%2B2'"]
    assert script.requests[0].headers["DataServiceVersion"] == "1.0;NetFx"
    assert "DataServiceVersion" not in script.requests[1].headers


def test_r47_a_next_link_seen_before_is_an_error() -> None:
    here = f"{ROOT}Products?$skiptoken='%27%2B1'"
    ctx, script = shop(*pages([1], [2], last=here))
    with pytest.raises(PayloadError, match="circle"):
        ctx.Products.to_list()
    assert len(script.requests) == 2


def test_r47_a_failing_later_page_is_an_error() -> None:
    first, _ = pages([1], [2])
    ctx, _ = shop(first, reply(b"oops", 500, Content_Type="text/plain"))
    with pytest.raises(DataServiceQueryException) as caught:
        ctx.Products.to_list()
    assert caught.value.status_code == 500


def test_r48_stopping_early_asks_no_further() -> None:
    ctx, script = shop(*pages([1, 2], [3]))
    for row in ctx.Products:
        assert row.ID == 1
        break
    assert len(script.requests) == 1


def test_r47_later_pages_of_an_expanded_collection_are_put_in_page_by_page() -> None:
    links = [f"{ROOT}Categories(1)/Products?$skiptoken={page}" for page in (1, 2)]
    first = category(1, Products=[product(0)], **{"Products@odata.nextLink": links[0]})
    second = feed(*map(product, range(1, 101)), **{"odata.nextLink": links[1]})
    third = feed(*map(product, range(101, 201)))
    ctx, _ = shop(feed(first, of="Categories"), second, third)
    with mock.patch.object(Loader, "place_many", autospec=True, side_effect=Loader.place_many) as put:
        (one,) = ctx.Categories.expand("Products").to_list()
    assert [p.ID for p in one.Products] == list(range(201))
    assert put.call_count == 3, "each call looks through all that is there: one for every member took minutes"


def test_p102_expanded_collections_are_completed_in_iteration() -> None:
    more = f"{ROOT}Categories(1)/Products?$skiptoken=5"
    row = category(1, Products=[product(5)], **{"Products@odata.nextLink": more})
    ctx, script = shop(feed(row, of="Categories"), feed(product(6)))
    (c,) = ctx.Categories.expand("Products").to_list()
    assert [p.ID for p in c.Products] == [5, 6]
    assert script.lines[1] == "GET Categories(1)/Products?$skiptoken=5"
    assert [link.target.ID for link in ctx.links] == [5, 6]


def test_9_1_execute_gives_one_page_and_nested_continuations() -> None:
    more = f"{ROOT}Categories(1)/Products?$skiptoken=5"
    row = category(1, Products=[product(5)], **{"Products@odata.nextLink": more})
    ctx, script = shop(feed(row, category(2, Products=[]), of="Categories"), feed(product(6)))
    response = ctx.Categories.expand("Products").execute()
    rows = iter(response)
    c = next(rows)
    continuation = response.get_continuation(c.Products)
    assert continuation is not None
    second = next(rows)
    assert response.get_continuation(second.Products) is None
    with pytest.raises(ArgumentError):
        response.get_continuation(c.Products)
    ctx.load_property(c, "Products", continuation)
    assert [p.ID for p in c.Products] == [5, 6]
    assert len(script.requests) == 2


def test_1_3_a_response_is_iterated_once() -> None:
    ctx, _ = shop(*pages([1], [2]))
    response = ctx.Products.execute()
    with pytest.raises(InvalidOperationError, match="end"):
        response.get_continuation()
    assert [p.ID for p in response] == [1]
    with pytest.raises(InvalidOperationError, match="once"):
        list(response)
    continuation = response.get_continuation()
    assert str(continuation) == f"{ROOT}Products?$skiptoken='%27%2B1'"
    following = ctx.execute(continuation)
    assert [p.ID for p in following] == [2]
    assert following.get_continuation() is None


def test_1_3_total_count() -> None:
    ctx, script = shop(feed(product(1), **{"odata.count": "17"}), feed(product(1)))
    response = ctx.Products.include_total_count().execute()
    assert response.total_count == 17
    assert script.lines[0] == "GET Products?$inlinecount=allpages"
    assert script.requests[0].headers["DataServiceVersion"] == "2.0;NetFx"
    with pytest.raises(InvalidOperationError, match="count"):
        _ = ctx.Products.execute().total_count


def test_p104_6_2_an_error_inside_a_feed_comes_after_the_whole_entities() -> None:
    text = (
        f'{{"odata.metadata":"{ROOT}$metadata#Products","value":[{{"ID":1,"Name":"a"}},{{"ID":2,"Na'
        '{"odata.error":{"code":"X","message":{"lang":"en","value":"disk on fire"}}}'
    )
    ctx, _ = shop(reply(text.encode()))
    seen = []
    with pytest.raises((DataServiceClientException, PayloadError)):
        for row in ctx.Products:
            seen.append(row.ID)
    assert seen == [1]
    assert len(ctx.entities) == 1


def test_r22_an_error_object_in_a_200() -> None:
    ctx, _ = shop(reply({"odata.error": {"code": "X", "message": {"lang": "en", "value": "no"}}}))
    with pytest.raises(DataServiceClientException) as caught:
        ctx.Products.to_list()
    assert (caught.value.status_code, caught.value.code, caught.value.message) == (500, "X", "no")


def test_6_3_no_content_is_an_empty_result() -> None:
    ctx, _ = shop(feed(product(1)), reply(None, 204))
    (p,) = ctx.Products.to_list()
    assert ctx.query(p, "Category").first_or_default() is None


def test_r53_memory_of_an_untracked_iteration_does_not_grow() -> None:
    number = 0

    def serve(_: Any) -> Any:
        nonlocal number
        number += 1
        more = {"odata.nextLink": f"{ROOT}Products?$skiptoken={number}"} if number < 60 else {}
        script.steps.append(serve)
        return feed(*(product(key, Name="x" * 500) for key in range(100)), **more)

    ctx, script = shop(serve)
    ctx.merge_option = NO_TRACKING
    rows = iter(ctx.Products)
    for _ in range(500):
        next(rows)
    script.requests.clear()
    tracemalloc.start()
    try:
        for _ in range(4000):
            next(rows)
            script.requests.clear()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3_000_000
