"""``save_changes`` one by one: what is sent, in which order, what becomes of the answers (sections 4.1 to 4.3, 4.5, 5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from client.shop import JSON, ROOT, category, created, entry, feed, maker, product, reply, shop

from odata3.client.options import DataServiceResponsePreference, EntityStates, MergeOption, SaveChangesOptions
from odata3.errors import (
    ArgumentError,
    ConcurrencyError,
    DataServiceClientException,
    DataServiceRequestException,
    DataServiceTransportException,
    InvalidOperationError,
    NotFoundError,
)

NONE, CONTINUE = SaveChangesOptions.NONE, SaveChangesOptions.CONTINUE_ON_ERROR
PUT, PATCH = SaveChangesOptions.REPLACE_ON_UPDATE, SaveChangesOptions.PATCH_ON_UPDATE
NO_CONTENT = reply(None, 204)


def refusal(status: int, message: str = "no") -> Any:
    return reply({"odata.error": {"code": "C", "message": {"lang": "en", "value": message}}}, status)


def states(ctx: Any) -> list[str]:
    return [d.state.name for d in ctx.entities]


# -- what is sent


def test_p84_a_merge_holds_what_was_assigned_and_no_key() -> None:
    ctx, script = shop(feed(product(1)), NO_CONTENT)
    (p,) = ctx.Products.to_list()
    p.Name = "Rye"
    ctx.update_object(p)
    response = ctx.save_changes()
    assert script.lines[1] == "MERGE Products(1)"
    assert script.body() == {"odata.type": "Shop.Product", "Name": "Rye"}
    assert dict(script.requests[1].headers) == {
        "DataServiceVersion": "3.0;NetFx",
        "MaxDataServiceVersion": "3.0;NetFx",
        "Content-Type": JSON,
        "Accept": JSON,
        "Accept-Charset": "UTF-8",
    }
    assert [o.status_code for o in response] == [204]
    assert states(ctx) == ["UNCHANGED"]
    assert ctx.save_changes()._operations == ()
    assert len(script.requests) == 2


@pytest.mark.parametrize(
    "link", ["Products?$select=ID&$skiptoken=1", "Products?%24select=ID&$skiptoken=1", "Products?$skiptoken=1"]
)
def test_5_4_what_a_later_page_of_a_selection_left_out_is_not_blanked(link: str) -> None:
    ctx, script = shop(feed({"ID": 1}, **{"odata.nextLink": ROOT + link}), feed({"ID": 2}))
    _, second = ctx.Products.select("ID").to_list()
    second.Name = "Rye"
    ctx.update_object(second)
    with pytest.raises(DataServiceRequestException, match=r"\$select"):
        ctx.save_changes(PUT)
    assert len(script.requests) == 2


@pytest.mark.parametrize("by_hand", [True, False])
def test_5_4_nor_what_a_later_page_of_an_expanded_selection_left_out(by_hand: bool) -> None:
    more = {"Products": [{"ID": 1}], "Products@odata.nextLink": f"{ROOT}Categories(1)/Products?$skiptoken=1"}
    ctx, script = shop(feed({"ID": 1, **more}, of="Categories"), feed({"ID": 2}))
    query = ctx.Categories.expand("Products").select("ID", "Products/ID")
    if by_hand:
        page = query.execute()
        for one in page:
            ctx.load_property(one, "Products", page.get_continuation(one.Products))
    else:
        (one,) = query.to_list()
    one.Products[1].Name = "Rye"
    ctx.update_object(one.Products[1])
    with pytest.raises(DataServiceRequestException, match=r"\$select"):
        ctx.save_changes(PUT)
    assert len(script.requests) == 2


def test_a_saved_link_holds_no_link_before_it() -> None:
    ctx, _ = shop(*[NO_CONTENT] * 3)
    p, *categories = ctx.types.Product(ID=1), ctx.types.Category(ID=1), ctx.types.Category(ID=2)
    ctx.attach_to("Products", p)
    for c in categories:
        ctx.attach_to("Categories", c)
    for n in range(3):
        ctx.set_link(p, "Category", categories[n % 2])
        ctx.save_changes()
    (link,) = ctx.links
    assert link.before is None


def test_an_assignment_of_an_equal_value_counts() -> None:
    ctx, script = shop(feed(product(1)), NO_CONTENT, NO_CONTENT)
    (p,) = ctx.Products.to_list()
    for _ in range(2):
        p.Name = "P1"
        ctx.update_object(p)
        ctx.save_changes()
        assert script.body() == {"odata.type": "Shop.Product", "Name": "P1"}


def test_nothing_assigned_sends_all_that_is_set_but_the_key() -> None:
    ctx, script = shop(feed(product(1)), NO_CONTENT)
    (p,) = ctx.Products.to_list()
    ctx.update_object(p)
    ctx.save_changes()
    sent = product(1)
    del sent["ID"]
    assert script.body() == {"odata.type": "Shop.Product", **sent}


def test_p33_what_was_not_assigned_goes_back_digit_for_digit() -> None:
    ctx, script = shop(feed(product(1)), NO_CONTENT)
    (p,) = ctx.Products.to_list()
    assert p.Released.microsecond == 269480
    p.Name = "x"
    ctx.update_object(p)
    ctx.save_changes(PUT)
    assert script.lines[1] == "PUT Products(1)"
    assert script.body()["Released"] == "2013-08-02T15:12:54.2694809"


def test_attached_entities_send_all_that_is_set() -> None:
    ctx, script = shop(NO_CONTENT, NO_CONTENT)
    p = ctx.types.Product(ID=1, Name="x")
    ctx.attach_to("Products", p)
    p.Rating = 4
    ctx.update_object(p)
    ctx.save_changes()
    assert script.body() == {"odata.type": "Shop.Product", "Name": "x", "Rating": 4}
    p.Rating = 5
    ctx.update_object(p)
    ctx.save_changes()
    assert script.body() == {"odata.type": "Shop.Product", "Rating": 5}


def test_complex_values_changed_in_place_count_as_changed() -> None:
    ctx, script = shop(feed(product(1, Size={"Width": 1, "Height": 2})), NO_CONTENT)
    (p,) = ctx.Products.to_list()
    p.Size.Width = 7
    ctx.update_object(p)
    ctx.save_changes()
    assert script.body()["Size"]["Width"] == 7
    assert set(script.body()) == {"odata.type", "Size"}


def test_5_5_send_all_properties_is_the_dotnet_body() -> None:
    ctx, script = shop(feed(product(1)), NO_CONTENT, created("Products(9)"))
    ctx.send_all_properties = True
    (p,) = ctx.Products.to_list()
    p.Name = "x"
    ctx.update_object(p)
    ctx.save_changes()
    assert list(script.body()) == ["odata.type", "ID", "Name", "Price", "Rating", "Released", "Size"]
    ctx.add_object("Products", ctx.types.Product(ID=9))
    ctx.save_changes()
    assert script.body() == {
        "odata.type": "Shop.Product",
        "ID": 9,
        "Name": None,
        "Price": "0",
        "Rating": 0,
        "Released": None,
        "Size": None,
    }


def test_4_2_methods() -> None:
    ctx, script = shop(feed(product(1)), *[NO_CONTENT] * 3)
    (p,) = ctx.Products.to_list()
    for options in (NONE, PUT, PATCH):
        p.Name = "x"
        ctx.update_object(p)
        ctx.save_changes(options)
    assert [r.method for r in script.requests[1:]] == ["MERGE", "PUT", "PATCH"]


@pytest.mark.parametrize(
    "options",
    [
        SaveChangesOptions.BATCH | CONTINUE,
        SaveChangesOptions.BATCH | SaveChangesOptions.BATCH_WITH_INDEPENDENT_OPERATIONS,
        SaveChangesOptions.BATCH_WITH_INDEPENDENT_OPERATIONS | CONTINUE,
        PUT | PATCH,
        7,
        "BATCH",
    ],
)
def test_4_2_contradictory_options(options: Any) -> None:
    ctx, script = shop()
    ctx.add_object("Products", ctx.types.Product(ID=1))
    with pytest.raises(ArgumentError):
        ctx.save_changes(options)
    with pytest.raises(ArgumentError):
        ctx.save_changes_default_options = options
    assert script.requests == []


def test_4_2_default_options() -> None:
    ctx, script = shop(feed(product(1)), NO_CONTENT)
    ctx.save_changes_default_options = PUT
    (p,) = ctx.Products.to_list()
    ctx.update_object(p)
    ctx.save_changes()
    assert script.requests[1].method == "PUT"


def test_p85_patch_needs_version_3() -> None:
    ctx, _ = shop(max_protocol_version="2.0")
    with pytest.raises(InvalidOperationError, match=r"3\.0"):
        ctx.save_changes(PATCH)


def test_4_1_the_order_is_that_of_the_calls() -> None:
    ctx, script = shop(created("Products(9)", product(9)), created("Categories(5)", category(5), "Categories"), NO_CONTENT)
    p, c = ctx.types.Product(ID=9), ctx.types.Category(ID=5)
    ctx.add_object("Products", p)
    ctx.add_object("Categories", c)
    ctx.set_link(p, "Category", c)
    response = ctx.save_changes()
    assert script.lines == ["POST Products", "POST Categories", "PUT Products(9)/$links/Category"]
    assert script.body() == {"url": f"{ROOT}Categories(5)"}
    assert [o.status_code for o in response] == [201, 201, 204]
    assert [link.state.name for link in ctx.links] == ["UNCHANGED"]


def test_4_1_links_to_what_has_an_identity_are_folded_into_the_insert() -> None:
    ctx, script = shop(created("Categories(5)"), created("Products(9)", product(9)))
    p, c = ctx.types.Product(ID=9, Name="Bolt"), ctx.types.Category(ID=5)
    ctx.add_object("Categories", c)
    ctx.add_object("Products", p)
    ctx.set_link(p, "Category", c)
    response = ctx.save_changes()
    assert script.lines == ["POST Categories", "POST Products"]
    assert script.body() == {
        "odata.type": "Shop.Product",
        "Category@odata.bind": f"{ROOT}Categories(5)",
        "ID": 9,
        "Name": "Bolt",
    }
    assert len(list(response)) == 2
    assert [link.state.name for link in ctx.links] == ["UNCHANGED"]
    assert ctx.pending_changes() == []


def test_4_1_several_links_of_a_collection_are_folded_as_an_array() -> None:
    ctx, script = shop(feed(product(1), product(2)), created("Categories(5)"))
    one, two = ctx.Products.to_list()
    c = ctx.types.Category(ID=5)
    ctx.add_object("Categories", c)
    ctx.add_link(c, "Products", one)
    ctx.add_link(c, "Products", two)
    ctx.save_changes()
    assert script.body()["Products@odata.bind"] == [f"{ROOT}Products(1)", f"{ROOT}Products(2)"]
    assert len(script.requests) == 2


def test_4_1_no_delete_of_the_old_link() -> None:
    ctx, script = shop(feed(product(1)), feed(category(1), category(2), of="Categories"), NO_CONTENT)
    (p,) = ctx.Products.to_list()
    old, new = ctx.Categories.to_list()
    ctx.attach_link(p, "Category", old)
    ctx.set_link(p, "Category", new)
    ctx.save_changes()
    assert script.lines[2:] == ["PUT Products(1)/$links/Category"]


def test_p88_links() -> None:
    ctx, script = shop(feed(product(1)), feed(category(1), of="Categories"), *[NO_CONTENT] * 4)
    (p,) = ctx.Products.to_list()
    (c,) = ctx.Categories.to_list()
    ctx.set_link(p, "Category", c)
    ctx.add_link(c, "Products", p)
    ctx.save_changes()
    assert script.lines[2:] == ["PUT Products(1)/$links/Category", "POST Categories(1)/$links/Products"]
    assert script.body(2) == {"url": f"{ROOT}Categories(1)"}
    assert script.requests[2].headers["DataServiceVersion"] == "3.0;NetFx"
    ctx.set_link(p, "Category", None)
    ctx.delete_link(c, "Products", p)
    ctx.save_changes()
    assert script.lines[4:] == ["DELETE Products(1)/$links/Category", "DELETE Categories(1)/$links/Products(1)"]
    assert script.requests[4].headers["DataServiceVersion"] == "1.0;NetFx"
    assert script.requests[4].body is None
    assert "Content-Type" not in script.requests[4].headers
    assert [(link.source, link.target, link.state.name) for link in ctx.links] == [(p, None, "UNCHANGED")]


def test_5_6_an_untracked_link_can_be_deleted() -> None:
    ctx, script = shop(NO_CONTENT)
    c, p = ctx.types.Category(ID=1), ctx.types.Product(ID=7)
    ctx.attach_to("Categories", c)
    ctx.attach_to("Products", p)
    ctx.delete_link(c, "Products", p)
    ctx.save_changes()
    assert script.lines == ["DELETE Categories(1)/$links/Products(7)"]
    assert ctx.links == ()


def test_5_6_a_related_entity_is_inserted_below_its_parent() -> None:
    ctx, script = shop(feed(category(3), of="Categories"), created("Products(9)", product(9)))
    (c,) = ctx.Categories.to_list()
    p = ctx.types.Product(ID=9)
    ctx.add_related_object(c, "Products", p)
    ctx.save_changes()
    assert script.lines[1:] == ["POST Categories(3)/Products"]
    assert states(ctx) == ["UNCHANGED", "UNCHANGED"]
    (link,) = ctx.links
    assert link.state is EntityStates.UNCHANGED
    assert ctx.get_entity_descriptor(p).parent_for_insert is None


def test_5_6_a_new_parent_goes_before_its_child() -> None:
    ctx, script = shop(created("Categories(5)"), created("Products(9)"))
    c, p = ctx.types.Category(ID=5), ctx.types.Product(ID=9)
    ctx.add_object("Categories", c)
    ctx.add_related_object(c, "Products", p)
    ctx.save_changes()
    assert script.lines == ["POST Categories", "POST Categories(5)/Products"]


def test_update_related_object_goes_to_the_reference() -> None:
    ctx, script = shop(feed(product(1)), NO_CONTENT)
    (p,) = ctx.Products.to_list()
    c = ctx.types.Category(Name="renamed")
    ctx.update_related_object(p, "Category", c)
    ctx.save_changes()
    assert script.lines[1:] == ["MERGE Products(1)/Category"]
    assert script.body() == {"odata.type": "Shop.Category", "Name": "renamed"}
    with pytest.raises(InvalidOperationError):
        ctx.update_related_object(p, "Category", c)


def test_delete_is_sent_without_a_body() -> None:
    ctx, script = shop(feed(maker(1), of="Makers"), NO_CONTENT)
    (m,) = ctx.Makers.to_list()
    ctx.delete_object(m)
    ctx.save_changes()
    assert script.lines[1] == "DELETE Makers(1)"
    assert script.requests[1].body is None
    assert script.requests[1].headers["If-Match"] == 'W/"1"'
    assert ctx.entities == ()
    assert ctx.try_get_entity(f"{ROOT}Makers(1)") is None


def test_p91_prefer_goes_with_version_3_on_entities_only() -> None:
    ctx, script = shop(
        feed(product(1)), feed(category(1), of="Categories"), entry(product(1, Name="theirs")), NO_CONTENT, NO_CONTENT
    )
    ctx.add_and_update_response_preference = DataServiceResponsePreference.INCLUDE_CONTENT
    (p,) = ctx.Products.to_list()
    (c,) = ctx.Categories.to_list()
    p.Name = "mine"
    ctx.update_object(p)
    ctx.set_link(p, "Category", c)
    ctx.save_changes()
    assert script.requests[2].headers["Prefer"] == "return-content"
    assert script.requests[2].headers["DataServiceVersion"] == "3.0;NetFx"
    assert "Prefer" not in script.requests[3].headers
    assert p.Name == "theirs"
    ctx.add_and_update_response_preference = DataServiceResponsePreference.NO_CONTENT
    ctx.update_object(p)
    ctx.save_changes()
    assert script.requests[4].headers["Prefer"] == "return-no-content"


def test_p92_tunnelling() -> None:
    ctx, script = shop(feed(product(1)), NO_CONTENT, NO_CONTENT)
    ctx.use_post_tunneling = True
    (p,) = ctx.Products.to_list()
    p.Name = "T"
    ctx.update_object(p)
    ctx.save_changes()
    assert script.lines[1] == "POST Products(1)"
    assert script.requests[1].headers["X-HTTP-Method"] == "MERGE"
    ctx.delete_object(p)
    ctx.save_changes()
    sent = script.requests[2]
    assert (sent.method, sent.headers["X-HTTP-Method"], sent.headers["Content-Length"]) == ("POST", "DELETE", "0")
    assert "X-HTTP-Method" not in script.requests[0].headers


def test_resolve_name_chooses_the_type_sent() -> None:
    ctx, script = shop(feed(product(1)), NO_CONTENT)
    (p,) = ctx.Products.to_list()
    ctx.resolve_name = lambda cls: f"Other.{cls.__name__}"
    p.Name = "x"
    ctx.update_object(p)
    ctx.save_changes()
    assert script.body()["odata.type"] == "Other.Product"


def test_resolve_entity_set_chooses_the_url() -> None:
    ctx, script = shop(created("Products(9)"))
    ctx.resolve_entity_set = lambda name: "http://shop.example/other/Products/" if name == "Products" else None
    ctx.add_object("Products", ctx.types.Product(ID=9))
    ctx.save_changes()
    assert script.requests[0].url == "http://shop.example/other/Products"
    assert ctx.Categories.url == f"{ROOT}Categories"


def test_collections_need_version_3_whatever_the_format() -> None:
    ctx, script = shop(created("TaggedSet(1)"), format="atom")
    ctx.add_object("TaggedSet", ctx.types.Tagged(ID=1, Tags=["a"]))
    ctx.add_object("Products", ctx.types.Product(ID=1))
    script.steps.append(created("Products(1)"))
    ctx.save_changes()
    assert [r.headers["DataServiceVersion"] for r in script.requests] == ["3.0;NetFx", "1.0;NetFx"]


# -- what becomes of the answers (4.5)


def test_p83_a_201_gives_its_values_and_links() -> None:
    ctx, _ = shop(created("Products(9)", product(9, Name="theirs", Price="7"), ETag='W/"x"'))
    p = ctx.types.Product(ID=9, Name="mine")
    ctx.add_object("Products", p)
    ctx.save_changes()
    descriptor = ctx.get_entity_descriptor(p)
    assert (p.Name, p.Price) == ("theirs", Decimal(7))
    assert (descriptor.identity, descriptor.edit_link) == (f"{ROOT}Products(9)",) * 2
    assert descriptor.etag == 'W/"x"'
    assert descriptor.server_type_name == "Shop.Product"
    assert ctx.try_get_entity(f"{ROOT}Products(9)") is p
    assert descriptor.modified_properties == ()


def test_p83_a_204_leaves_local_values() -> None:
    ctx, _ = shop(reply(None, 204, Location=f"{ROOT}Products(9)", DataServiceId="urn:p9", ETag='W/"y"'))
    p = ctx.types.Product(ID=9, Name="mine")
    ctx.add_object("Products", p)
    ctx.save_changes()
    descriptor = ctx.get_entity_descriptor(p)
    assert (p.Name, descriptor.identity, descriptor.edit_link) == ("mine", "urn:p9", f"{ROOT}Products(9)")
    assert descriptor.etag == 'W/"y"'


def test_r44_server_made_keys() -> None:
    ctx, script = shop(created("Products(77)", product(77)), NO_CONTENT)
    p = ctx.types.Product(Name="x")
    ctx.add_object("Products", p)
    ctx.save_changes()
    assert p.ID == 77
    p.Name = "y"
    ctx.update_object(p)
    ctx.save_changes()
    assert script.lines[1] == "MERGE Products(77)"


def test_r2_a_foreign_location_is_an_identity_and_no_more() -> None:
    ctx, script = shop(created("", product(9), Location="http://inner:8090/svc/Products(9)"), NO_CONTENT)
    p = ctx.types.Product(ID=9)
    ctx.add_object("Products", p)
    ctx.save_changes()
    descriptor = ctx.get_entity_descriptor(p)
    assert descriptor.edit_link == f"{ROOT}Products(9)"
    p.Name = "x"
    ctx.update_object(p)
    ctx.save_changes()
    assert script.lines[1] == "MERGE Products(9)"


def test_r2_a_foreign_location_without_a_body() -> None:
    ctx, _ = shop(reply(None, 204, Location="http://inner:8090/svc/Products(9)"))
    p = ctx.types.Product(Name="key by the server")
    ctx.add_object("Products", p)
    ctx.save_changes()
    descriptor = ctx.get_entity_descriptor(p)
    assert (descriptor.identity, descriptor.edit_link) == ("http://inner:8090/svc/Products(9)", f"{ROOT}Products(9)")


def test_4_3_an_insert_without_location_is_that_operations_error() -> None:
    ctx, script = shop(created("Products(1)"), reply(None, 204))
    first, second, third = (ctx.types.Product(ID=n) for n in (1, 2, 3))
    for p in (first, second, third):
        ctx.add_object("Products", p)
    with pytest.raises(DataServiceRequestException, match="Location") as caught:
        ctx.save_changes()
    assert [o.error is None for o in caught.value.response] == [True, False]
    assert states(ctx) == ["UNCHANGED", "ADDED", "ADDED"]
    assert len(script.requests) == 2


def test_4_5_an_etag_is_cleared_by_a_204_without_one() -> None:
    ctx, script = shop(feed(maker(1), of="Makers"), NO_CONTENT, NO_CONTENT)
    (m,) = ctx.Makers.to_list()
    for name in ("a", "b"):
        m.Name = name
        ctx.update_object(m)
        ctx.save_changes()
    assert script.requests[1].headers["If-Match"] == 'W/"1"'
    assert "If-Match" not in script.requests[2].headers


def test_p86_the_new_etag_is_used_next_time() -> None:
    ctx, script = shop(feed(maker(1), of="Makers"), reply(None, 204, ETag='W/"2"'), NO_CONTENT)
    (m,) = ctx.Makers.to_list()
    for name in ("a", "b"):
        m.Name = name
        ctx.update_object(m)
        ctx.save_changes()
    assert script.requests[2].headers["If-Match"] == 'W/"2"'


def test_4_5_a_body_without_an_etag_keeps_the_old_one() -> None:
    ctx, _ = shop(feed(product(1, **{"odata.etag": 'W/"1"'})), entry(product(1, Name="theirs"), ETag='W/"header"'))
    (p,) = ctx.Products.to_list()
    p.Name = "mine"
    ctx.update_object(p)
    ctx.save_changes()
    assert p.Name == "theirs"
    assert ctx.get_entity_descriptor(p).etag == 'W/"1"'


def test_6_4_an_etag_of_the_users_own() -> None:
    ctx, script = shop(feed(maker(1), of="Makers"), NO_CONTENT, NO_CONTENT)
    (m,) = ctx.Makers.to_list()
    descriptor = ctx.get_entity_descriptor(m)
    for etag in ("*", None):
        descriptor.etag = etag
        ctx.update_object(m)
        ctx.save_changes()
    assert [r.headers.get("If-Match") for r in script.requests[1:]] == ["*", None]


def test_3_3_answers_to_saves_are_taken_whatever_the_merge_option() -> None:
    ctx, _ = shop(feed(product(1)), entry(product(1, Name="theirs")))
    ctx.merge_option = MergeOption.APPEND_ONLY
    (p,) = ctx.Products.to_list()
    p.Name = "mine"
    ctx.update_object(p)
    ctx.save_changes()
    assert p.Name == "theirs"


# -- failures (4.3)


def test_p86_412_is_a_concurrency_error_and_changes_nothing() -> None:
    ctx, script = shop(feed(maker(1), of="Makers"), refusal(412, "etag"), NO_CONTENT)
    (m,) = ctx.Makers.to_list()
    m.Name = "mine"
    ctx.update_object(m)
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes()
    error = caught.value
    assert error.status_code == 412
    cause = error.__cause__
    assert isinstance(cause, ConcurrencyError)
    assert (cause.code, cause.message, cause.method, cause.url) == ("C", "etag", "MERGE", f"{ROOT}Makers(1)")
    assert error.errors == (cause,)
    (operation,) = error.response
    assert operation.error is cause
    assert operation.descriptor is ctx.get_entity_descriptor(m)
    assert states(ctx) == ["MODIFIED"]
    assert (m.Name, ctx.get_entity_descriptor(m).etag) == ("mine", 'W/"1"')
    ctx.save_changes()
    assert script.body() == {"odata.type": "Shop.Maker", "Name": "mine"}


def test_6_4_preserve_changes_recovers_from_a_conflict() -> None:
    ctx, script = shop(
        feed(maker(1), of="Makers"), refusal(412), feed(maker(1, etag='W/"2"', Name="theirs"), of="Makers"), NO_CONTENT
    )
    (m,) = ctx.Makers.to_list()
    m.Name = "mine"
    ctx.update_object(m)
    with pytest.raises(DataServiceRequestException):
        ctx.save_changes()
    ctx.merge_option = MergeOption.PRESERVE_CHANGES
    ctx.Makers.to_list()
    ctx.save_changes()
    assert script.requests[3].headers["If-Match"] == 'W/"2"'
    assert script.body() == {"odata.type": "Shop.Maker", "Name": "mine"}


def test_r46_the_first_failure_stops_and_what_succeeded_is_not_sent_again() -> None:
    ctx, script = shop(created("Products(1)"), refusal(500), created("Products(2)"), created("Products(3)"))
    for n in (1, 2, 3):
        ctx.add_object("Products", ctx.types.Product(ID=n))
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes()
    assert [o.status_code for o in caught.value.response] == [204, 500]
    assert states(ctx) == ["UNCHANGED", "ADDED", "ADDED"]
    ctx.save_changes()
    assert [script.body(n)["ID"] for n in range(4)] == [1, 2, 2, 3]
    assert states(ctx) == ["UNCHANGED"] * 3


def test_4_3_continue_on_error_goes_on() -> None:
    ctx, script = shop(refusal(400), created("Products(2)"), refusal(409))
    for n in (1, 2, 3):
        ctx.add_object("Products", ctx.types.Product(ID=n))
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes(CONTINUE)
    error = caught.value
    assert [o.status_code for o in error.response] == [400, 204, 409]
    assert [type(e) for e in error.errors] == [DataServiceClientException] * 2
    assert error.status_code == 400
    assert error.__cause__ is error.errors[0]
    assert states(ctx) == ["ADDED", "UNCHANGED", "ADDED"]
    assert len(script.requests) == 3


def test_4_3_a_link_whose_end_failed_to_insert_is_not_sent() -> None:
    ctx, script = shop(refusal(400), created("Categories(5)"))
    p, c = ctx.types.Product(ID=9), ctx.types.Category(ID=5)
    ctx.add_object("Products", p)
    ctx.add_object("Categories", c)
    ctx.set_link(p, "Category", c)
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes(CONTINUE)
    assert script.lines == ["POST Products", "POST Categories"]
    operations = list(caught.value.response)
    assert len(operations) == 3
    failed = operations[2].error
    assert isinstance(failed, DataServiceClientException)
    assert failed.__cause__ is operations[0].error
    assert [link.state.name for link in ctx.links] == ["MODIFIED"]


def test_r17_an_unknown_outcome_leaves_everything_pending() -> None:
    lost = DataServiceTransportException("cut", method="POST", url=ROOT, outcome_unknown=True)
    ctx, script = shop(lost, created("Products(1)"))
    ctx.add_object("Products", ctx.types.Product(ID=1))
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes()
    assert caught.value.__cause__ is lost
    assert caught.value.status_code == 500
    (operation,) = caught.value.response
    assert (operation.status_code, operation.headers["Content-Type"]) == (500, "text/plain")
    assert states(ctx) == ["ADDED"]
    ctx.save_changes()
    assert len(script.requests) == 2


def test_r55_an_interruption_keeps_what_was_done() -> None:
    ctx, script = shop(created("Products(1)"), KeyboardInterrupt(), created("Products(2)"))  # type: ignore[arg-type]
    script.steps[1] = interrupt  # type: ignore[assignment]
    for n in (1, 2):
        ctx.add_object("Products", ctx.types.Product(ID=n))
    with pytest.raises(KeyboardInterrupt):
        ctx.save_changes()
    assert states(ctx) == ["UNCHANGED", "ADDED"]
    ctx.save_changes()
    assert [script.body(n)["ID"] for n in range(3)] == [1, 2, 2]


def interrupt(_: Any) -> Any:
    raise KeyboardInterrupt


def test_4_3_a_success_with_an_unusable_body_stops_and_is_not_sent_again() -> None:
    ctx, script = shop(reply(b"{broken", 201, Location=f"{ROOT}Products(1)"), created("Products(2)"))
    for n in (1, 2):
        ctx.add_object("Products", ctx.types.Product(ID=n))
    with pytest.raises(DataServiceRequestException):
        ctx.save_changes()
    assert states(ctx) == ["UNCHANGED", "ADDED"]
    ctx.save_changes()
    assert len(script.requests) == 2


def test_5_2_a_version_above_the_maximum_is_an_error() -> None:
    ctx, _ = shop(feed(product(1)), reply(None, 204, DataServiceVersion="4.0"))
    (p,) = ctx.Products.to_list()
    p.Name = "x"
    ctx.update_object(p)
    with pytest.raises(DataServiceRequestException, match=r"4\.0"):
        ctx.save_changes()


def test_p97_delete_answered_404_is_an_error_like_any_other() -> None:
    ctx, _ = shop(feed(product(1)), refusal(404))
    (p,) = ctx.Products.to_list()
    ctx.delete_object(p)
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes()
    assert isinstance(caught.value.__cause__, NotFoundError)
    assert states(ctx) == ["DELETED"]


def test_a_put_of_a_partly_selected_entity_is_refused() -> None:
    ctx, script = shop(feed({"ID": 1, "Name": "x"}, of="Products&$select=ID,Name"))
    (p,) = ctx.Products.select("ID", "Name").to_list()
    p.Name = "y"
    ctx.update_object(p)
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes(PUT)
    assert isinstance(caught.value.__cause__, InvalidOperationError)
    assert len(script.requests) == 1


def test_4_3_nothing_to_save_sends_nothing() -> None:
    ctx, script = shop()
    response = ctx.save_changes()
    assert (list(response), response.batch_status_code, response.is_batch_response) == ([], -1, False)
    assert script.requests == []


# -- the dry run


def test_pending_changes_are_what_is_sent() -> None:
    ctx, script = shop(
        feed(product(1), product(2)),
        NO_CONTENT,
        created("Categories(5)"),
        created("Products(9)"),
        NO_CONTENT,
        NO_CONTENT,
    )
    one, two = ctx.Products.to_list()
    one.Name = "Rye"
    ctx.update_object(one)
    c, p = ctx.types.Category(ID=5), ctx.types.Product(ID=9)
    ctx.add_object("Categories", c)
    ctx.add_object("Products", p)
    ctx.set_link(p, "Category", c)
    ctx.set_link(two, "Category", c)
    ctx.delete_object(two)
    before = [(d.entity, d.state, d.change_order) for d in ctx.entities]
    pending = ctx.pending_changes()
    assert len(script.requests) == 1
    assert [(d.entity, d.state, d.change_order) for d in ctx.entities] == before
    number = ctx.get_entity_descriptor(c).change_order
    ctx.save_changes()
    sent = script.requests[1:]
    assert [c.method for c in pending] == [r.method for r in sent]
    for shown, request in zip(pending, sent, strict=True):
        assert shown.url == request.url
        assert shown.headers == request.headers
        body = None if shown.body is None else bytes(shown.body).replace(f"${number}".encode(), f"{ROOT}Categories(5)".encode())
        assert body == request.body


def test_pending_changes_print_readably() -> None:
    ctx, _ = shop(feed(product(1)))
    (p,) = ctx.Products.to_list()
    assert str(ctx.pending_changes()) == "nothing to save"
    p.Name = "Rye"
    ctx.update_object(p)
    ctx.add_object("Categories", ctx.types.Category(ID=5))
    number = ctx.entities[-1].change_order
    assert str(ctx.pending_changes()) == (
        f"MERGE {ROOT}Products(1)\n  Name: 'P1' → 'Rye'\nPOST {ROOT}Categories  [${number}]\n  ID: 5"
    )


# -- the same in each format

ATOM_LINK = b'<uri xmlns="http://schemas.microsoft.com/ado/2007/08/dataservices'


@pytest.mark.parametrize(
    ("format", "kind", "link"),
    [
        ("json", JSON, b'{"url":"http://shop.example/svc/Categories(1)"}'),
        ("verbosejson", "application/json;odata=verbose", b'{"uri":"http://shop.example/svc/Categories(1)"}'),
        ("atom", "application/xml", ATOM_LINK),
    ],
)
def test_p88_links_in_each_format(format: str, kind: str, link: bytes) -> None:
    ctx, script = shop(NO_CONTENT, format=format)
    c, p = ctx.types.Category(ID=1), ctx.types.Product(ID=1)
    ctx.attach_to("Categories", c)
    ctx.attach_to("Products", p)
    ctx.set_link(p, "Category", c)
    ctx.save_changes()
    sent = script.requests[0]
    assert sent.headers["Content-Type"] == kind
    assert isinstance(sent.body, bytes)
    assert link in sent.body
    assert b"Categories(1)" in sent.body


@pytest.mark.parametrize("format", ["json", "verbosejson", "atom"])
def test_p85_patch_goes_with_version_3_in_each_format(format: str) -> None:
    ctx, script = shop(NO_CONTENT, format=format)
    p = ctx.types.Product(ID=1, Name="x")
    ctx.attach_to("Products", p)
    ctx.update_object(p)
    ctx.save_changes(PATCH)
    assert (script.requests[0].method, script.requests[0].headers["DataServiceVersion"]) == ("PATCH", "3.0;NetFx")


@pytest.mark.parametrize("format", ["json", "verbosejson", "atom"])
def test_what_was_read_in_another_format_is_written_in_this(format: str) -> None:
    ctx, script = shop(feed(product(1, Size={"Width": 1, "Height": 2})), NO_CONTENT, format=format)
    (p,) = ctx.Products.to_list()
    assert p.Size.Width == 1
    ctx.update_object(p)
    ctx.save_changes()
    assert isinstance(script.requests[1].body, bytes)
    assert b"2013-08-02T15:12:54.2694809" in script.requests[1].body


def test_p85_a_v2_context_uses_merge() -> None:
    ctx, script = shop(NO_CONTENT, max_protocol_version="2.0", format="atom")
    p = ctx.types.Product(ID=1, Name="x")
    ctx.attach_to("Products", p)
    ctx.update_object(p)
    ctx.save_changes()
    assert (script.requests[0].method, script.requests[0].headers["DataServiceVersion"]) == ("MERGE", "1.0;NetFx")
    assert script.requests[0].headers["MaxDataServiceVersion"] == "2.0;NetFx"
