"""Sections 1, 8 and 9 of our description of the .NET client, rule by rule: hooks, materialisation, and the other operations."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from client.shop import METADATA, ROOT, category, created, entry, feed, product, reply
from client.test_rules_saving import answers
from client.wired import NO_CONTENT, Wired

from odata3.client.collection import DataServiceCollection
from odata3.client.operations import BodyOperationParameter, UriOperationParameter
from odata3.client.options import MergeOption, SaveChangesOptions, TrackingMode
from odata3.errors import (
    ArgumentError,
    DataServiceClientException,
    DataServiceQueryException,
    DataServiceRequestException,
    InvalidOperationError,
    NotFoundError,
    PayloadError,
)
from odata3.wire.batch import decode_requests
from odata3.wire.messages import Response

Make = Callable[..., Wired]
BATCH = SaveChangesOptions.BATCH

# -- 1.1 to 1.3


def test_1_1_try_get_and_descriptors_know_or_are_none(wired: Make) -> None:
    on = wired()
    p = on.attached("Products", "Product", ID=1)
    assert on.ctx.get_entity_descriptor(p).entity is p
    for call in (on.ctx.get_entity_descriptor, on.ctx.try_get_uri):
        assert call(on.new("Product", ID=2)) is None
    assert on.ctx.get_link_descriptor(p, "Category", None) is None
    assert on.ctx.try_get_entity("http://elsewhere.example/Products(1)") is None
    assert on.ctx.get_metadata_uri() == f"{on.root}$metadata"


@pytest.mark.parametrize("name", ["", "/", "http://h/Products", "Products?x=1", "Products#a", None, 7])
def test_1_1_a_set_name_is_a_name(wired: Make, name: Any) -> None:
    with pytest.raises(ArgumentError):
        wired().ctx.create_query(name)


def test_1_1_base_uri_is_what_was_set_and_goes_with_a_slash(wired: Make) -> None:
    on = wired(feed())
    on.ctx.base_uri = on.root.rstrip("/")
    assert on.ctx.base_uri == on.root.rstrip("/")
    on.ctx.Products.to_list()
    assert on.lines == ["GET Products"]
    for wrong in ("relative", f"{on.root}?x=1", f"{on.root}#a", "ftp://h/", None):
        with pytest.raises(InvalidOperationError):
            on.ctx.base_uri = wrong
    assert on.ctx.base_uri == on.root.rstrip("/")


def test_1_1_resolve_entity_set_overrides_single_sets(wired: Make) -> None:
    on = wired(feed(of="Categories"), feed(), created("Elsewhere/Products(1)"))
    on.ctx.resolve_entity_set = lambda name: f"{on.root}Elsewhere/Products/" if name == "Products" else None
    on.ctx.Categories.to_list()
    on.ctx.Products.to_list()
    on.ctx.add_object("Products", on.new("Product", ID=1))
    on.ctx.save_changes()
    assert on.lines == ["GET Categories", "GET Elsewhere/Products", "POST Elsewhere/Products"]


def test_1_3_a_response_is_iterated_once_and_knows_its_end(wired: Make) -> None:
    on = wired(feed(product(1), **{"odata.count": "9"}), feed())
    page = on.ctx.Products.include_total_count().execute()
    with pytest.raises(InvalidOperationError):
        page.get_continuation()
    assert (len(list(page)), page.total_count, page.get_continuation()) == (1, 9, None)
    with pytest.raises(InvalidOperationError):
        list(page)
    with pytest.raises(InvalidOperationError):
        _ = on.ctx.Products.execute().total_count


# -- 1.6


def heard(on: Wired) -> list[str]:
    """What the hooks hear, in its order."""
    order: list[str] = []

    def of(args: Any) -> str:
        whose = f" for {type(args.descriptor).__name__}" if args.descriptor else ""
        return f"{' part' * args.is_batch_part}{whose}"

    on.ctx.sending_request += lambda args: order.append(f"sending {args.method} {args.url.replace(on.root, '')}{of(args)}")
    on.ctx.writing_entity += lambda args: order.append(f"writing {args.entity!r}")
    on.ctx.receiving_response += lambda args: order.append(f"receiving {args.status_code}{of(args)}")
    on.ctx.reading_entity += lambda args: order.append(f"reading {args.entity!r}")
    return order


def test_1_6_the_order_of_hooks(wired: Make) -> None:
    on = wired(feed(product(1)), entry(product(1)), reply(None, 404))
    order = heard(on)
    (p,) = on.ctx.Products.to_list()
    on.ctx.update_object(p)
    on.ctx.save_changes()
    on.ctx.delete_object(p)
    with pytest.raises(DataServiceRequestException):
        on.ctx.save_changes()
    assert order == [
        "sending GET Products",
        "receiving 200",
        "reading Product(ID=1)",
        "sending MERGE Products(1) for EntityDescriptor",
        "writing Product(ID=1)",
        "receiving 200 for EntityDescriptor",
        "reading Product(ID=1)",
        "sending DELETE Products(1) for EntityDescriptor",
        "receiving 404 for EntityDescriptor",
    ]


def test_1_6_the_order_of_hooks_in_a_batch(wired: Make) -> None:
    on = wired(feed(product(1), product(2)))
    one, two = on.ctx.Products.to_list()
    on.ctx.update_object(one)
    on.ctx.delete_object(two)
    on.ctx.set_link(one, "Category", None)
    on.then(answers((NO_CONTENT, NO_CONTENT, NO_CONTENT)))
    order = heard(on)
    on.ctx.save_changes(BATCH)
    assert order == [
        "sending POST $batch",
        "sending MERGE Products(1) part for EntityDescriptor",
        "writing Product(ID=1)",
        "sending DELETE Products(2) part for EntityDescriptor",
        "sending DELETE Products(1)/$links/Category part for LinkDescriptor",
        "receiving 202",
        "receiving 204 part for EntityDescriptor",
        "receiving 204 part for EntityDescriptor",
        "receiving 204 part for LinkDescriptor",
    ]


def test_1_6_a_failed_part_is_heard_without_its_descriptor(wired: Make) -> None:
    on = wired(feed(product(1)))
    (one,) = on.ctx.Products.to_list()
    on.ctx.update_object(one)
    on.then(answers((reply(None, 409),)))
    order = heard(on)
    with pytest.raises(DataServiceRequestException):
        on.ctx.save_changes(BATCH)
    assert order[-2:] == ["receiving 202", "receiving 409 part"]


def test_1_6_who_looks_at_a_body_has_it_written(wired: Make) -> None:
    on = wired(created("Products(1)"), created("Products(2)"))
    bodies: list[Any] = []
    on.ctx.sending_request += lambda args: bodies.append((args.body, args.body))
    order = heard(on)
    on.ctx.add_object("Products", on.new("Product", ID=1))
    on.ctx.save_changes()
    assert order[:2] == ["writing Product(ID=1)", "sending POST Products for EntityDescriptor"]
    assert bodies == [(on.requests[0].body, on.requests[0].body)]


def test_1_6_headers_and_url_may_be_changed_and_values_before_they_are_written(wired: Make) -> None:
    on = wired(created("Products(1)"))

    @on.ctx.sending_request
    def stamp(args: Any) -> None:
        args.headers["X-Stamp"] = "7"
        del args.headers["Accept"]
        args.url += "?api-version=2"

    @on.ctx.writing_entity
    def fewer(args: Any) -> None:
        args.entry.values = {"ID": args.entry.values["ID"]}

    on.ctx.add_object("Products", on.new("Product", ID=1, Name="x"))
    shown = on.ctx.pending_changes()[0]
    on.ctx.save_changes()
    assert on.lines == ["POST Products?api-version=2"]
    assert (on.header("X-Stamp"), on.body()) == ("7", {"odata.type": "Shop.Product", "ID": 1})
    assert (shown.url, shown.headers["X-Stamp"], shown.body) == (f"{on.root}Products?api-version=2", "7", on.requests[0].body)


# -- 8


def test_8_1_rows_are_materialised_and_tracked_one_by_one(wired: Make) -> None:
    on = wired(feed(product(1), product(2), product(3)))
    states: list[bool] = []
    on.ctx.reading_entity += lambda args: states.append(on.ctx.applying_changes)
    rows = iter(on.ctx.Products)
    next(rows)
    assert [d.entity.ID for d in on.ctx.entities] == [1]
    assert states == [True]
    assert on.ctx.applying_changes is False
    next(rows)
    assert len(on.ctx.entities) == 2


def test_8_2_what_minimal_metadata_leaves_out_is_computed(wired: Make) -> None:
    on = wired(feed({"ID": 1, "Title": "x"}, of="Photos"), feed(product(1)))
    (photo,) = on.ctx.Photos.to_list()
    d = on.ctx.get_entity_descriptor(photo)
    assert (d.identity, d.edit_link, d.read_stream_uri, d.edit_stream_uri) == (
        f"{on.root}Photos(1)",
        f"{on.root}Photos(1)",
        f"{on.root}Photos(1)/$value",
        f"{on.root}Photos(1)/$value",
    )
    assert [(s.stream_link.name, s.stream_link.edit_link) for s in d.stream_descriptors] == [
        ("Thumb", f"{on.root}Photos(1)/Thumb")
    ]
    (p,) = on.ctx.Products.to_list()
    links = {link.name: (link.navigation_link, link.association_link) for link in on.ctx.get_entity_descriptor(p).link_infos}
    assert links["Category"] == (f"{on.root}Products(1)/Category", f"{on.root}Products(1)/$links/Category")


def test_8_2_verbose_answers_are_read_as_well(wired: Make) -> None:
    row = {"__metadata": {"uri": f"{ROOT}Products(1)", "type": "Shop.Product"}, **product(1)}
    on = wired(reply({"d": {"results": [row]}}, 200, Content_Type="application/json;odata=verbose"))
    assert [(p.ID, p.Price) for p in on.ctx.Products] == [(1, Decimal("2.50"))]


@pytest.mark.parametrize("ignores", [True, False])
def test_p29_8_3_unknown_properties(wired: Make, ignores: bool) -> None:
    on = wired(feed(product(1), product(2, Newer=7)))
    on.ctx.ignore_missing_properties = ignores
    rows: list[Any] = []
    if ignores:
        rows.extend(on.ctx.Products)
        assert [hasattr(p, "Newer") for p in rows] == [False, False]
        return
    with pytest.raises(InvalidOperationError, match=r"Shop\.Product.*Newer"):
        rows.extend(on.ctx.Products)
    assert [p.ID for p in rows] == [1]  # the row fails, those before it stay


def test_8_3_unknown_links_never_fail_and_null_is_tolerated(wired: Make) -> None:
    on = wired(
        feed(product(1, Rating=None) | {"Other@odata.navigationLinkUrl": "x"}), feed({"ID": 1, "Tags": None}, of="TaggedSet")
    )
    on.ctx.ignore_missing_properties = False
    (p,) = on.ctx.Products.to_list()
    assert p.Rating is None
    (t,) = on.ctx.TaggedSet.to_list()
    assert t.Tags == []


def test_8_4_the_type_is_the_wires_the_resolvers_or_the_expected_one(wired: Make) -> None:
    rows = [product(1), {"odata.type": "Shop.Book", **product(2, Pages=7)}, {"odata.type": "Newer.Book", **product(3)}]
    on = wired(feed(*rows), feed(product(4), rows[1]), feed({"odata.type": "Shop.Category", **category(1)}))

    class Mine(on.ctx.types.Book):  # type: ignore[name-defined,misc]
        pass

    assert [type(p).__name__ for p in on.ctx.Products] == ["Product", "Book", "Product"]
    on.ctx.merge_option = MergeOption.NO_TRACKING
    on.ctx.resolve_type = lambda name: Mine if name == "Shop.Book" else None
    assert [type(p).__name__ for p in on.ctx.Products] == ["Product", "Mine"]
    with pytest.raises((InvalidOperationError, PayloadError), match=r"Shop\.Category"):
        on.ctx.Products.to_list()


NEWER: dict[str, Response] = {
    "json": feed({"odata.type": "Newer.Book", **product(3)}),
    "verbosejson": reply(
        {"d": [{"__metadata": {"uri": f"{ROOT}Products(3)", "type": "Newer.Book"}, **product(3)}]},
        Content_Type="application/json;odata=verbose",
    ),
    "atom": reply(
        f'''<feed xmlns="http://www.w3.org/2005/Atom" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices"
        xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"><entry><id>{ROOT}Products(3)</id>
        <link rel="edit" href="{ROOT}Products(3)"/>
        <category term="Newer.Book" scheme="http://schemas.microsoft.com/ado/2007/08/dataservices/scheme"/>
        <content type="application/xml"><m:properties><d:ID m:type="Edm.Int32">3</d:ID></m:properties></content>
        </entry></feed>'''.encode(),
        Content_Type="application/atom+xml",
    ),
}


@pytest.mark.parametrize("format", NEWER)
def test_8_4_a_type_that_the_model_does_not_know_keeps_its_name(wired: Make, format: str) -> None:
    on = wired(NEWER[format], NEWER[format], NO_CONTENT, format=format)
    asked: list[str] = []
    (p,) = on.ctx.Products.to_list()
    assert (type(p), on.ctx.get_entity_descriptor(p).server_type_name) == (on.ctx.types.Product, "Newer.Book")
    on.ctx.merge_option = MergeOption.NO_TRACKING
    on.ctx.resolve_type = lambda name: asked.append(name) or on.ctx.types.Book
    assert [type(other) for other in on.ctx.Products] == [on.ctx.types.Book]
    assert asked == ["Newer.Book"]
    p.Name = "x"
    on.ctx.update_object(p)
    on.ctx.save_changes()
    assert b"Newer.Book" in on.requests[-1].body


# -- 9.1


def test_9_1_load_property_of_every_kind(wired: Make) -> None:
    on = wired(
        feed(product(1)),
        entry(category(1), of="Categories"),
        reply({"odata.metadata": f"{ROOT}$metadata#Edm.String", "value": "loaded"}),
        reply({"odata.metadata": f"{ROOT}$metadata#Shop.Size", "Width": 1, "Height": 2}),
        NO_CONTENT,
    )
    (p,) = on.ctx.Products.to_list()
    loaded = on.ctx.load_property(p, "Category")
    assert (list(loaded), loaded.status_code, p.Category.Name) == ([p.Category], 200, "C1")
    p.Name = "mine"
    assert list(on.ctx.load_property(p, "Name")) == ["loaded"]
    assert (p.Name, on.state(p)) == ("loaded", "UNCHANGED")
    on.ctx.load_property(p, "Size")
    assert (p.Size.Width, p.Size.Height) == (1, 2)
    answer = on.ctx.load_property(p, "Category")
    assert (answer.status_code, p.Category.Name) == (204, "C1")  # 204 leaves it
    assert on.lines[1:] == [
        "GET Products(1)/Category",
        "GET Products(1)/Name",
        "GET Products(1)/Size",
        "GET Products(1)/Category",
    ]


def test_9_1_load_property_in_the_wrong_state(wired: Make) -> None:
    on = wired()
    added = on.new("Product", ID=1)
    on.ctx.add_object("Products", added)
    p = on.attached("Products", "Product", ID=2)
    for entity, name in ((on.new("Product", ID=3), "Category"), (added, "Category"), (p, "Nope")):
        with pytest.raises(InvalidOperationError):
            on.ctx.load_property(entity, name)
    with pytest.raises(ArgumentError):
        on.ctx.load_property(None, "Category")
    assert on.requests == []


def test_9_1_paging_is_never_followed_by_execute(wired: Make) -> None:
    link = f"{ROOT}Products?$select=ID&$skiptoken='a b'%2C1"
    on = wired(feed(product(1), **{"odata.nextLink": link}), feed(product(2)))
    page = on.ctx.Products.select("ID").execute()
    assert [p.ID for p in page] == [1]
    continuation = page.get_continuation()
    assert str(continuation) == continuation.next_link_uri == link.replace(ROOT, on.root)
    following = on.ctx.execute(continuation)
    assert [p.ID for p in following] == [2]
    assert following.get_continuation() is None
    assert on.requests[1].target == "/svc/Products?$select=ID&$skiptoken='a%20b'%2C1"
    assert on.ctx.get_entity_descriptor(on.ctx.entities[1].entity).is_partial  # the projection is kept


def test_9_1_what_was_loaded_knows_its_continuation_at_once(wired: Make) -> None:
    on = wired(feed(product(1), **{"odata.nextLink": f"{ROOT}Categories(1)/Products?$skiptoken=1"}), feed(product(2)))
    c = on.attached("Categories", "Category", ID=1)
    loaded = on.ctx.load_property(c, "Products")
    continuation = loaded.get_continuation()  # before a row is looked at
    assert [p.ID for p in loaded] == [p.ID for p in c.Products] == [1]
    assert on.ctx.load_property(c, "Products", continuation).get_continuation() is None
    assert [p.ID for p in c.Products] == [1, 2]


def test_9_1_continuations_of_nested_collections(wired: Make) -> None:
    more = {"Products": [product(1)], "Products@odata.nextLink": f"{ROOT}Categories(1)/Products?$skiptoken=1"}
    on = wired(feed({**category(1), **more}, category(2), of="Categories"), feed(product(2)))
    page = on.ctx.Categories.expand("Products").execute()
    rows = iter(page)
    c = next(rows)
    continuation = page.get_continuation(c.Products)
    with pytest.raises(ArgumentError):
        page.get_continuation([])
    next(rows)
    with pytest.raises(ArgumentError):  # it is not of the row just read
        page.get_continuation(c.Products)
    on.ctx.load_property(c, "Products", continuation)
    assert [p.ID for p in c.Products] == [1, 2]
    assert on.lines[-1] == "GET Categories(1)/Products?$skiptoken=1"


# -- 9.2, line by line of the table


def watched(on: Wired, *rows: dict[str, Any], **keywords: Any) -> Any:
    on.then(feed(*rows))
    return DataServiceCollection(on.ctx.Products, **keywords)


def shown(on: Wired) -> list[str]:
    return [f"{c.method} {c.url.removeprefix(on.root)}" for c in on.ctx.pending_changes()]


def test_9_2_load_attaches_what_is_not_tracked(wired: Make) -> None:
    on = wired()
    p = on.new("Product", ID=1)
    products = DataServiceCollection(context=on.ctx, entity_set_name="Products")
    products.load([p, p])
    assert (on.state(p), list(products)) == ("UNCHANGED", [p])


def test_9_2_without_a_context_it_begins_with_the_first_load(wired: Make) -> None:
    on = wired(feed(product(1)), feed(product(2)))
    products: Any = DataServiceCollection()
    untracked = on.new("Product", ID=9)
    products.append(untracked)
    assert on.state(untracked) is None
    products.load(on.ctx.Products)
    products[1].Name = "heard"
    assert shown(on) == ["MERGE Products(1)"]
    products.append(on.new("Product", ID=8))
    assert shown(on) == ["MERGE Products(1)", "POST Products"]


def test_9_2_tracking_mode_none_is_a_list_and_no_more(wired: Make) -> None:
    on = wired(feed(product(1), **{"odata.nextLink": f"{ROOT}Products?$skiptoken=1"}), feed(product(2)))
    products: Any = DataServiceCollection(on.ctx.Products, context=on.ctx, tracking_mode=TrackingMode.NONE)
    assert products.load_next_partial_set()
    products[0].Name = "unheard"
    products.load(on.new("Product", ID=7))
    products.append(on.new("Product", ID=9))
    del products[0]
    assert [p.ID for p in products] == [2, 7, 9]
    assert shown(on) == []
    assert len(on.ctx.entities) == 2
    with pytest.raises(ArgumentError, match="TrackingMode"):
        DataServiceCollection(tracking_mode="none")  # type: ignore[arg-type]


def test_9_2_adding_to_a_root_collection(wired: Make) -> None:
    on = wired()
    products = watched(on, product(1))
    fresh = on.new("Product", ID=9)
    products.append(fresh)
    products.append(fresh)  # present already: ignored
    assert (len(products), shown(on)) == (2, ["POST Products"])
    nameless = DataServiceCollection(context=on.ctx)
    seats = METADATA.count(b'EntityType="Shop.Seat"')
    assert seats == 1
    nameless.append(on.new("Seat", Row="A", Number=1))  # the only set of its type
    assert shown(on) == ["POST Products", "POST Seats"]


def test_9_2_adding_to_a_navigation_collection(wired: Make) -> None:
    on = wired(feed({**category(1), "Products": [product(1)]}, of="Categories"))
    categories = DataServiceCollection(on.ctx.Categories.expand("Products"))
    c = categories[0]
    c.Products.append(on.new("Product", ID=9))
    c.Products.append(on.attached("Products", "Product", ID=5))
    assert shown(on) == ["POST Categories(1)/Products", "POST Categories(1)/$links/Products"]


def test_9_2_a_list_assigned_to_a_navigation_property_takes_the_place_of_the_old_one(wired: Make) -> None:
    on = wired(feed({**category(1), "Products": [product(1), product(2)]}, of="Categories"))
    categories = DataServiceCollection(on.ctx.Categories.expand("Products"))
    c = categories[0]
    old = c.Products
    one, two = old
    c.Products = [one, on.new("Product", ID=9)]
    assert isinstance(c.Products, DataServiceCollection)
    assert shown(on) == ["POST Categories(1)/Products"]
    old.append(on.new("Product", ID=10))
    two.Name = "unheard"
    assert shown(on) == ["POST Categories(1)/Products"]
    one.Name = "heard"
    c.Products.append(two)  # its link is known: nothing is to be sent
    assert shown(on) == ["POST Categories(1)/Products", "MERGE Products(1)"]
    with pytest.raises(TypeError):
        c.Products = None


@pytest.mark.parametrize(
    ("index", "values", "held", "calls"),
    [
        (-1, [9], [1, 2, 9], ["DELETE Products(3)", "POST Products"]),
        (0, [2], [2, 3], ["DELETE Products(1)"]),
        (1, [2], [1, 2, 3], []),
        (slice(1, 2), [8, 9], [1, 8, 9, 3], ["DELETE Products(2)", "POST Products", "POST Products"]),
        (slice(None), [3, 1, 2], [3, 1, 2], []),
        (slice(None, None, 2), [3, 1], [3, 2, 1], []),
        (slice(0, 2), [], [3], ["DELETE Products(1)", "DELETE Products(2)"]),
        (slice(3, None), [9, 1], [1, 2, 3, 9], ["POST Products"]),
    ],
)
def test_9_2_items_and_slices_assigned(wired: Make, index: Any, values: list[int], held: list[int], calls: list[str]) -> None:
    on = wired()
    products = watched(on, product(1), product(2), product(3))
    known = {p.ID: p for p in products}
    given = [known.get(key) or on.new("Product", ID=key) for key in values]
    products[index] = given if isinstance(index, slice) else given[0]
    assert ([p.ID for p in products], shown(on)) == (held, calls)
    for p in products:
        p.Name = "heard"
    assert len(shown(on)) == len(calls) + sum(p.ID < 8 for p in products)


def test_9_2_what_cannot_be_assigned_changes_nothing(wired: Make) -> None:
    on = wired()
    products = watched(on, product(1), product(2))
    with pytest.raises(ValueError, match="extended slice"):
        products[::2] = [on.new("Product", ID=8), on.new("Product", ID=9)]
    with pytest.raises(IndexError):
        products[5] = on.new("Product", ID=8)
    for wrong in (lambda: products.__setitem__(slice(0, 1), ["x"]), lambda: products.__setitem__(0, None)):
        with pytest.raises(ArgumentError):
            wrong()
    with pytest.raises(TypeError):
        products *= 2
    assert ([p.ID for p in products], shown(on)) == ([1, 2], [])


def test_9_2_a_collection_that_refuses_one_entity_is_left_as_it_was(wired: Make) -> None:
    here, there = wired(feed({**category(1), "Products": [product(1)]}, of="Categories")), wired()
    categories = DataServiceCollection(here.ctx.Categories.expand("Products"))
    c = categories[0]
    products = c.Products
    foreign, fresh, other = here.new("Product", ID=8), here.new("Product", ID=9), here.new("Category", ID=7)
    there.ctx.attach_to("Products", foreign)
    there.ctx.attach_to("Categories", other)
    wrong: list[Callable[[], Any]] = [
        lambda: products.append(foreign),
        lambda: products.extend([foreign]),
        lambda: products.__setitem__(0, foreign),
        lambda: products.__setitem__(slice(0, 1), [fresh, foreign]),
        lambda: setattr(c, "Products", [fresh, foreign]),
        lambda: categories.__setitem__(0, other),
    ]
    for call in wrong:
        with pytest.raises(InvalidOperationError, match="another context"):
            call()
        assert (shown(here), len(here.ctx.entities), here.state(fresh)) == ([], 2, None)
        assert ([p.ID for p in products], list(categories)) == ([1], [c])
        assert c.Products is products
    products[0].Name = "still heard"
    assert shown(here) == ["MERGE Products(1)"]


def test_9_2_what_is_below_an_entity_that_left_is_heard_no_more(wired: Make) -> None:
    on = wired(feed({**category(1), "Products": [product(1)]}, of="Categories"))
    categories = DataServiceCollection(on.ctx.Categories.expand("Products"))
    c = categories[0]
    p = c.Products[0]
    categories.clear()
    p.Name = "unheard"
    c.Products.append(on.new("Product", ID=8))
    assert shown(on) == []
    categories.load(c)  # it comes back
    p.Name = "heard"
    c.Products.append(on.new("Product", ID=9))
    assert shown(on) == ["MERGE Products(1)", "POST Categories(1)/Products"]
    others = DataServiceCollection([p], context=on.ctx)
    categories.remove(c)
    on.ctx.rollback()
    p.Name = "heard by another"
    assert (list(others), shown(on)) == ([p], ["MERGE Products(1)"])


def test_9_2_removing_deletes_the_entity_and_its_pending_children(wired: Make) -> None:
    on = wired(feed(category(1), of="Categories"))
    categories = DataServiceCollection(on.ctx.Categories)
    c = categories[0]
    c.Products.append(on.new("Product", ID=9))
    categories.remove(c)
    assert shown(on) == ["DELETE Categories(1)"]
    assert len(on.ctx.entities) == 1


def test_9_2_changes_of_properties(wired: Make) -> None:
    on = wired()
    products = watched(on, product(1, Size={"Width": 1, "Height": 1}), product(2), product(3))
    products[0].Size.Width = 2
    products[1].Name = "x"
    on.then(NO_CONTENT, NO_CONTENT)
    assert shown(on) == ["MERGE Products(2)", "MERGE Products(1)"]
    on.ctx.save_changes()
    assert on.lines[1:] == ["MERGE Products(2)", "MERGE Products(1)"]
    assert on.body() == {"odata.type": "Shop.Product", "Size": {"odata.type": "Shop.Size", "Width": 2, "Height": 1}}


def test_9_2_a_reference_is_set_and_its_target_added(wired: Make) -> None:
    on = wired()
    products = watched(on, product(1))
    products[0].Category = on.new("Category", ID=5)
    assert shown(on) == ["POST Categories", "PUT Products(1)/$links/Category"]
    products[0].Category = None
    assert shown(on) == ["POST Categories", "DELETE Products(1)/$links/Category"]


@pytest.mark.parametrize("stop", [False, True])
def test_9_2_clear_deletes_nothing(wired: Make, stop: bool) -> None:
    on = wired()
    products = watched(on, product(1))
    (p,) = products
    products.clear(stop)
    p.Name = "unheard"
    assert (list(products), shown(on), on.state(p)) == ([], [], None if stop else "UNCHANGED")


def test_9_2_after_a_save_what_is_tracked_no_more_is_dropped(wired: Make) -> None:
    on = wired()
    products = watched(on, product(1), product(2))
    on.ctx.delete_object(products[0])
    on.then(NO_CONTENT)
    on.ctx.save_changes()
    assert [p.ID for p in products] == [2]


def test_9_2_callbacks_that_answer_true_stand_in_place_of_the_call(wired: Make) -> None:
    on = wired()
    said: list[Any] = []

    def changed(params: Any) -> bool:
        said.append((params.property_name, params.value))
        return True

    def moved(params: Any) -> bool:
        said.append((params.action, params.entity.ID))
        return True

    products = watched(on, product(1), entity_changed=changed, collection_changed=moved)
    products[0].Name = "x"
    products.append(on.new("Product", ID=9))
    del products[0]
    assert (said, shown(on)) == ([("Name", "x"), ("add", 9), ("remove", 1)], [])


def test_9_2_nothing_is_heard_while_an_answer_is_read(wired: Make) -> None:
    on = wired()
    products = watched(on, product(1))
    on.ctx.merge_option = MergeOption.OVERWRITE_CHANGES
    on.then(feed(product(1, Name="theirs", Category=category(1))))
    on.ctx.Products.expand("Category").to_list()
    assert (products[0].Name, products[0].Category.ID, shown(on)) == ("theirs", 1, [])


def test_9_2_pages_and_detach(wired: Make) -> None:
    on = wired(feed(product(1), **{"odata.nextLink": f"{ROOT}Products?$skiptoken=1"}), feed(product(2)))
    products = DataServiceCollection(on.ctx.Products)
    assert products.continuation is not None
    assert products.load_next_partial_set() is True
    assert ([p.ID for p in products], products.load_next_partial_set()) == ([1, 2], False)
    products.detach()
    products[0].Name = "unheard"
    assert shown(on) == []


# -- 9.3


def a_photo(on: Wired) -> Any:
    on.then(feed({"ID": 1, "Title": "x", "odata.mediaETag": '"m"'}, of="Photos"))
    (photo,) = on.ctx.Photos.to_list()
    return photo


def test_9_3_reading(wired: Make) -> None:
    on = wired()
    photo = a_photo(on)
    on.then(reply(b"png", 200, Content_Type="image/png", ETag='"n"'), reply(b"gif", 200, Content_Type="image/gif"))
    with on.ctx.get_read_stream(photo) as response:
        assert (response.read(), response.content_type) == (b"png", "image/png")
    assert (on.lines[-1], on.header("Accept")) == ("GET Photos(1)/$value", "*/*")
    assert on.ctx.get_entity_descriptor(photo).stream_etag == '"n"'
    with on.ctx.get_read_stream(photo, "Thumb", accept="image/gif") as response:
        assert response.stream.read(2) == b"gi"
    assert (on.lines[-1], on.header("Accept")) == ("GET Photos(1)/Thumb", "image/gif")
    for wrong in (
        lambda: on.ctx.get_read_stream(photo, "Nope"),
        lambda: on.ctx.get_read_stream(on.attached("Photos", "Photo", ID=9)),
        lambda: on.ctx.get_read_stream(on.attached("Products", "Product", ID=9)),
    ):
        with pytest.raises(ArgumentError):
            wrong()
    on.then(reply(None, 404))
    with pytest.raises(NotFoundError):
        on.ctx.get_read_stream(photo)


def test_9_3_named_streams_need_version_3(wired: Make) -> None:
    on = wired(max_protocol_version="2.0", format="atom")
    photo = on.attached("Photos", "Photo", ID=1)
    on.ctx.get_entity_descriptor(photo).stream("Thumb").stream_link.self_link = f"{on.root}Photos(1)/Thumb"
    with pytest.raises(InvalidOperationError, match=r"3\.0"):
        on.ctx.get_read_stream(photo, "Thumb")
    assert on.requests == []


@pytest.mark.parametrize(
    ("state", "requests"),
    [
        ("UNCHANGED", ["PUT Photos(1)/$value"]),
        ("MODIFIED", ["PUT Photos(1)/$value", "MERGE Photos(1)"]),
        ("ADDED", ["POST Photos", "MERGE Photos(1)"]),
    ],
)
def test_p90_9_3_what_is_sent_of_a_media_entry(wired: Make, state: str, requests: list[str]) -> None:
    on = wired()
    if state == "ADDED":
        photo = on.new("Photo", ID=1, Title="x")
        on.ctx.add_object("Photos", photo)
        on.then(created("Photos(1)", ETag='"e"'))
    else:
        photo = a_photo(on)
        on.then(reply(None, 204, ETag='"n"'))
    if state == "MODIFIED":
        on.ctx.update_object(photo)
    file = io.BytesIO(b"bytes")
    on.ctx.set_save_stream(photo, file, True, "image/png", "a slug")
    on.then(NO_CONTENT)
    shown_before = [(c.method, c.body is file) for c in on.ctx.pending_changes()]
    assert file.tell() == 0
    response = on.ctx.save_changes()
    assert on.lines[-len(requests) :] == requests
    first = on.requests[-len(requests)]
    assert (first.body, first.headers["content-type"], first.headers["slug"]) == (b"bytes", "image/png", "a slug")
    assert first.headers.get("if-match") == (None if state == "ADDED" else '"m"')
    assert shown_before == [(line.partition(" ")[0], at == 0) for at, line in enumerate(requests)]
    assert [o.descriptor for o in response][-1] in (
        on.ctx.get_entity_descriptor(photo),
        on.ctx.get_entity_descriptor(photo).media,
    )
    assert (file.closed, on.state(photo)) == (True, "UNCHANGED")
    if state == "ADDED":
        assert on.header("If-Match") == '"e"'
        assert len({id(o.descriptor) for o in response}) == 1


def test_9_3_set_save_stream_in_the_wrong_state(wired: Make) -> None:
    on = wired(max_protocol_version="2.0", format="atom")
    photo = on.attached("Photos", "Photo", ID=1)
    wrong: list[tuple[type[Exception], Callable[[], Any]]] = [
        (ArgumentError, lambda: on.ctx.set_save_stream(photo, b"x", True, None)),
        (ArgumentError, lambda: on.ctx.set_save_stream(photo, None, True, "image/png")),
        (ArgumentError, lambda: on.ctx.set_save_stream(photo, b"x", True, {"Slug": None})),
        (ArgumentError, lambda: on.ctx.set_save_stream(photo, b"x", True, {7: "x"})),
        (ArgumentError, lambda: on.ctx.set_save_stream(photo, "Thumb", b"x", True, {})),
        (ArgumentError, lambda: on.ctx.set_save_stream(photo, "Nope", b"x", True, "image/png")),
        (InvalidOperationError, lambda: on.ctx.set_save_stream(photo, "Thumb", b"x", True, "image/png")),  # needs V3
        (InvalidOperationError, lambda: on.ctx.set_save_stream(on.new("Photo", ID=3), b"x", True, "image/png")),
    ]
    for kind, call in wrong:
        with pytest.raises(kind):
            call()
    on.ctx.delete_object(photo)
    with pytest.raises(DataServiceClientException):
        on.ctx.set_save_stream(photo, b"x", True, "image/png")
    assert [c.method for c in on.ctx.pending_changes()] == ["DELETE"]
    assert on.requests == []


def test_9_3_no_link_to_edit_is_an_error(wired: Make) -> None:
    on = wired()
    photo = on.attached("Photos", "Photo", ID=1)
    on.ctx.set_save_stream(photo, b"x", True, "image/png")
    with pytest.raises(DataServiceRequestException, match="no link to edit"):
        on.ctx.save_changes()
    assert on.requests == []


def test_9_3_a_failed_media_post_leaves_the_entity_added(wired: Make) -> None:
    on = wired(reply(None, 503), created("Photos(1)"), NO_CONTENT)
    photo = on.new("Photo", ID=1)
    on.ctx.add_object("Photos", photo)
    on.ctx.set_save_stream(photo, io.BytesIO(b"bytes"), True, "image/png")
    with pytest.raises(DataServiceRequestException):
        on.ctx.save_changes()
    assert on.state(photo) == "ADDED"
    on.ctx.save_changes()
    assert [seen.body for seen in on.requests[:2]] == [b"bytes"] * 2
    assert on.lines[1:] == ["POST Photos", "MERGE Photos(1)"]


def test_p90_9_3_a_named_stream_of_a_new_entity_uses_the_link_of_the_answer(wired: Make) -> None:
    on = wired()
    photo = on.new("Photo", ID=1)
    on.ctx.add_object("Photos", photo)
    on.ctx.set_save_stream(photo, b"media", True, "image/png")
    on.ctx.set_save_stream(photo, "Thumb", b"small", True, "image/gif")
    made = {"ID": 1, "Title": None, "Thumb@odata.mediaEditLink": f"{ROOT}thumbs/1", "Thumb@odata.mediaETag": '"t"'}
    on.then(created("Photos(1)", made, of="Photos"), NO_CONTENT, reply(None, 204, ETag='"u"'))
    number = on.ctx.get_entity_descriptor(photo).change_order
    assert shown(on) == ["POST Photos", f"MERGE ${number}", f"PUT ${number}/Thumb"]
    on.ctx.save_changes()
    assert on.lines == ["POST Photos", "MERGE Photos(1)", "PUT thumbs/1"]
    assert (on.header("If-Match"), on.header("Content-Type"), photo.Thumb.etag) == ('"t"', "image/gif", '"u"')


# -- 9.4


def given(*pairs: tuple[str, Any], body: bool = True) -> list[Any]:
    return [(BodyOperationParameter if body else UriOperationParameter)(name, value) for name, value in pairs]


def test_p93_9_4_an_action_by_url(wired: Make) -> None:
    on = wired(NO_CONTENT, NO_CONTENT)
    size = on.new("Size", Width=1, Height=None)
    on.ctx.execute(
        "Products(1)/Discount",
        "POST",
        operation_parameters=given(("percent", 10), ("tags", ["a"]), ("size", size), ("none", None)),
    )
    assert on.body() == {
        "percent": 10,
        "tags": ["a"],
        "size": {"odata.type": "Shop.Size", "Width": 1, "Height": None},
        "none": None,
    }
    on.ctx.execute("Products(1)/Discount", "POST")
    assert (on.requests[1].body, on.header("Content-Length"), on.header("Content-Type")) == (b"", "0", None)
    assert on.lines == ["POST Products(1)/Discount"] * 2


def test_9_4_wrong_calls_are_said_before_anything_is_sent(wired: Make) -> None:
    on = wired()
    p = on.attached("Products", "Product", ID=1)
    wrong: list[Callable[[], Any]] = [
        lambda: on.ctx.execute("Reset", "PUT"),
        lambda: on.ctx.execute("Reset", 7),
        lambda: on.ctx.execute("ByRating", operation_parameters=given(("rating", 3))),
        lambda: on.ctx.execute("Reset", "POST", operation_parameters=given(("a", 1), ("A", 2))),
        lambda: on.ctx.execute("Reset", "POST", operation_parameters=given(("", 1))),
        lambda: on.ctx.execute("ByRating", operation_parameters=given(("a", 1), ("A", 2), body=False)),
        lambda: on.ctx.execute("ByRating", operation_parameters=given(("@r", 1), body=False)),
        lambda: on.ctx.execute("Reset", "POST", operation_parameters=given(("entity", p))),
    ]
    for call in wrong:
        with pytest.raises((ArgumentError, TypeError, InvalidOperationError)):
            call()
    assert on.requests == []


def test_p93_9_4_uri_parameters_and_aliases(wired: Make) -> None:
    on = wired(feed(), feed())
    on.ctx.execute("ByRating", operation_parameters=given(("rating", 3), ("name", "O'Neil & co"), body=False))
    on.ctx.execute("ByRating(rating=@r)", operation_parameters=given(("@r", 3), body=False))
    assert on.lines == ["GET ByRating?rating=3&name='O''Neil & co'", "GET ByRating(rating=@r)?@r=3"]


def test_9_4_results(wired: Make) -> None:
    metadata = f"{ROOT}$metadata"
    on = wired(
        reply({"odata.metadata": f"{metadata}#Edm.Decimal", "value": "9.50"}),
        reply({"odata.metadata": f"{metadata}#Collection(Edm.String)", "value": ["a", "b"]}),
        feed(product(1)),
        reply(None, 409),
    )
    assert list(on.ctx.execute("Total", element_type=Decimal, single_result=True)) == [Decimal("9.50")]
    assert list(on.ctx.execute("Names", "POST", element_type=str, single_result=False)) == ["a", "b"]
    (p,) = on.ctx.execute("ByRating?rating=3", element_type=on.ctx.types.Product)
    assert on.state(p) == "UNCHANGED"
    with pytest.raises(DataServiceQueryException) as caught:
        on.ctx.execute("Reset", "POST")
    assert caught.value.status_code == 409


# -- 9.5


def test_9_5_queries_in_a_batch(wired: Make) -> None:
    on = wired()
    parts = (feed(product(1)), reply(None, 404), feed(category(1), of="Categories"))
    on.then(answers(*map(on.local, parts)))
    response = on.ctx.execute_batch(on.ctx.Products, on.ctx.Products.by_key(404), "Categories")
    parts = decode_requests(on.header("Content-Type") or "", on.requests[0].body)
    assert [(part.method, part.url) for part in parts] == [  # type: ignore[union-attr]
        ("GET", f"{on.root}Products"),
        ("GET", f"{on.root}Products(404)"),
        ("GET", f"{on.root}Categories"),
    ]
    assert all("Content-ID" not in part.headers for part in parts)  # type: ignore[union-attr]
    versions = [part.headers.get("DataServiceVersion") for part in parts]  # type: ignore[union-attr]
    assert versions == ["1.0;NetFx", "1.0;NetFx", None]  # a raw URL names none
    one, two, three = response
    assert (response.is_batch_response, response.batch_status_code) == (True, 202)
    assert [o.status_code for o in response] == [200, 404, 200]
    assert [p.ID for p in one] == [1]
    with pytest.raises(InvalidOperationError) as caught:
        list(two)
    assert caught.value.__cause__ is two.error
    assert isinstance(two.error, NotFoundError)
    assert [type(c).__name__ for c in three] == ["Category"]


def test_p101_9_5_missing_answers_are_errors(wired: Make) -> None:
    on = wired()
    on.then(answers(feed(product(1))))
    _, two = on.ctx.execute_batch("Products", "Categories")
    with pytest.raises(InvalidOperationError):
        list(two)


# -- pending_changes


OPTIONS = [
    SaveChangesOptions.NONE,
    SaveChangesOptions.REPLACE_ON_UPDATE,
    SaveChangesOptions.PATCH_ON_UPDATE,
    SaveChangesOptions.BATCH,
    SaveChangesOptions.BATCH | SaveChangesOptions.PATCH_ON_UPDATE,
    SaveChangesOptions.BATCH_WITH_INDEPENDENT_OPERATIONS,
]


def much(on: Wired, *, new: bool) -> None:
    """Changes of every kind that a batch takes too; new entities that refer to each other only where they can."""
    c, d = on.attached("Categories", "Category", '"c"', ID=1), on.attached("Categories", "Category", ID=2)
    p, q = (
        on.attached("Products", "Product", '"p"', ID=1, Name="x", Price=Decimal("2.50")),
        on.attached("Products", "Product", ID=2),
    )
    on.ctx.update_object(p)
    on.ctx.set_link(p, "Category", c)
    on.ctx.add_link(d, "Products", p)
    on.ctx.delete_link(c, "Products", q)
    on.ctx.set_link(q, "Category", None)
    fresh = on.new("Product", ID=9, Name="ü", Size=on.new("Size", Width=1))
    on.ctx.add_object("Products", fresh)
    on.ctx.set_link(fresh, "Category", c)
    if new:
        made = on.new("Category", ID=5)
        on.ctx.add_object("Categories", made)
        on.ctx.set_link(p, "Category", made)
        on.ctx.add_related_object(made, "Products", on.new("Product", ID=6))
        later = on.new("Product", ID=7)
        on.ctx.add_object("Products", later)
        on.ctx.set_link(later, "Category", made)
    on.ctx.delete_object(q)


@pytest.mark.parametrize("options", OPTIONS, ids=lambda o: str(o.name))
@pytest.mark.parametrize("format", ["json", "verbosejson", "atom"])
@pytest.mark.parametrize("settings", [{}, {"send_all_properties": True, "use_post_tunneling": True}], ids=["plain", "set"])
def test_pending_changes_is_byte_for_byte_what_save_changes_sends(
    wired: Make, options: SaveChangesOptions, format: str, settings: dict[str, bool]
) -> None:
    on = wired(format=format)
    for name, value in settings.items():
        setattr(on.ctx, name, value)
    on.ctx.sending_request += lambda args: args.headers.update({"X-Stamp": args.method})
    is_independent = SaveChangesOptions.BATCH_WITH_INDEPENDENT_OPERATIONS in options
    is_batch = is_independent or SaveChangesOptions.BATCH in options
    much(on, new=not is_independent)
    before = (
        [(d.entity, d.state, d.change_order) for d in on.ctx.entities],
        [(o.target, o.state, o.change_order) for o in on.ctx.links],
    )
    pending = on.ctx.pending_changes(options)
    again = on.ctx.pending_changes(options)
    assert [timeless(c.body) for c in pending] == [timeless(c.body) for c in again]
    after = (
        [(d.entity, d.state, d.change_order) for d in on.ctx.entities],
        [(o.target, o.state, o.change_order) for o in on.ctx.links],
    )
    assert before == after
    assert on.requests == []
    if is_batch:
        on.then(answers(*([(NO_CONTENT,)] * len(pending) if is_independent else [()])))
        with pytest.raises(DataServiceRequestException) if not is_independent else _nothing():
            on.ctx.save_changes(options)
        (request,) = on.requests
        parts = decode_requests(request.headers["content-type"], request.body)
        sent = [part for block in parts for part in (block if isinstance(block, tuple) else (block,))]
        assert [(p.method, p.url, timeless(p.body)) for p in sent] == [(c.method, c.url, timeless(c.body)) for c in pending]
        for part, change in zip(sent, pending, strict=True):
            assert {n.lower(): part.headers[n] for n in part.headers if n != "Content-Length"} == {
                n.lower(): change.headers[n] for n in change.headers
            }
        return
    places = {"Products": iter(["Products(9)", "Products(7)"]), "Categories": iter(["Categories(5)"])}
    known: dict[str, str] = {}
    for change in pending:
        path = change.url.removeprefix(on.root)
        if change.headers["X-Stamp"] == "POST" and "$links" not in path and "X-HTTP-Method" not in change.headers:
            place = next(places[path]) if path in places else "Products(6)"
            known[f"${change.descriptor.change_order}"] = on.root + place
            on.then(created(place))
        else:
            on.then(NO_CONTENT)
    on.ctx.save_changes(options)
    assert len(on.requests) == len(pending)

    def told(text: str) -> str:
        for number, url in sorted(known.items(), reverse=True):
            text = text.replace(number, url)
        return text

    for seen, change in zip(on.requests, pending, strict=True):
        assert (seen.method, f"http://127.0.0.1:{on.server.port}{seen.target}") == (change.method, told(change.url))
        assert timeless(seen.body) == told(timeless(change.body))
        for name in change.headers:
            assert seen.headers[name.lower()] == change.headers[name]


def test_pending_changes_of_streams_are_what_save_changes_sends_and_read_nothing(wired: Make) -> None:
    on = wired()
    known = a_photo(on)
    files = [io.BytesIO(b"0123456789") for _ in range(3)]
    for file in files:
        file.seek(4)
    fresh = on.new("Photo", ID=2, Title="new")
    on.ctx.set_save_stream(known, files[0], False, "image/png", "slug")
    on.ctx.add_object("Photos", fresh)
    on.ctx.set_save_stream(fresh, files[1], False, {"Content-Type": "image/gif", "X-Mine": "7"})
    on.ctx.set_save_stream(known, "Thumb", files[2], False, "image/bmp")
    on.ctx.update_object(known)
    pending = on.ctx.pending_changes()
    assert [file.tell() for file in files] == [4, 4, 4]
    number = f"${on.ctx.get_entity_descriptor(fresh).change_order}"
    on.then(created("Photos(2)"), NO_CONTENT, NO_CONTENT, NO_CONTENT, NO_CONTENT)
    on.ctx.save_changes()
    sent = on.requests[1:]
    assert len(sent) == len(pending) == 5
    for seen, change in zip(sent, pending, strict=True):
        assert (seen.method, f"http://127.0.0.1:{on.server.port}{seen.target}") == (
            change.method,
            change.url.replace(number, f"{on.root}Photos(2)"),
        )
        assert {name: seen.headers[name.lower()] for name in change.headers} == dict(change.headers.items())
        is_stream = change.body in files
        assert seen.body == (b"456789" if is_stream else (change.body or b""))
    assert [file.closed for file in files] == [False] * 3
    assert list(on.ctx.pending_changes()) == []


class _nothing:
    def __enter__(self) -> None: ...

    def __exit__(self, *args: object) -> None: ...


def timeless(body: Any) -> str:
    """A body as text, without the moment at which Atom says it was written."""
    text = (body or b"").decode()
    head, found, tail = text.partition("<updated>")
    return head + tail.partition("</updated>")[2] if found else text


def test_pending_changes_of_a_watched_entity_leaves_no_trace(wired: Make) -> None:
    on = wired()
    products = watched(on, product(1, Size={"Width": 1, "Height": 1}))
    products[0].Size.Width = 2
    (first,) = on.ctx.pending_changes(BATCH)
    assert on.state(products[0]) == "UNCHANGED"
    (second,) = on.ctx.pending_changes(BATCH)
    assert (first.headers["Content-ID"], first.body) == (second.headers["Content-ID"], second.body)
    on.then(answers((NO_CONTENT,)))
    on.ctx.save_changes(BATCH)
    ((part,),) = decode_requests(on.header("Content-Type") or "", on.requests[-1].body)  # type: ignore[misc]
    assert (part.headers["Content-ID"], part.body) == (first.headers["Content-ID"], first.body)


def test_pending_changes_says_before_and_after_of_each_property(wired: Make) -> None:
    on = wired(feed(product(1)))
    (p,) = on.ctx.Products.to_list()
    p.Name, p.Price = "Rye", Decimal(3)
    on.ctx.update_object(p)
    on.ctx.update_object(on.attached("Products", "Product", ID=2, Name="x"))
    c = on.new("Category", ID=5, Name="New")
    on.ctx.add_object("Categories", c)
    on.ctx.set_link(p, "Category", c)
    number = on.ctx.get_entity_descriptor(c).change_order
    assert str(on.ctx.pending_changes()).replace(on.root, "") == (
        "MERGE Products(1)\n  Name: 'P1' → 'Rye'\n  Price: Decimal('2.50') → Decimal('3')\n"
        "MERGE Products(2)\n  Name: 'x'\n"
        f"POST Categories  [${number}]\n  ID: 5\n  Name: 'New'\n"
        "PUT Products(1)/$links/Category  (Category → Category(ID=5))"
    )
    assert json.loads(on.ctx.pending_changes()[3].body) == {"url": f"${number}"}
