"""The request and response pipelines (table 1.6 of our description of the .NET client): each hook in its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from client.shop import ROOT, category, created, entry, feed, product
from client.test_rules_saving import answers
from client.wired import NO_CONTENT, Wired

from odata3.client.options import SaveChangesOptions
from odata3.errors import ArgumentError, InvalidOperationError, PayloadError

Make = Callable[..., Wired]


def listened(on: Wired) -> list[str]:
    """What all hooks hear, in its order."""
    order: list[str] = []
    write, read = on.ctx.configurations.request_pipeline, on.ctx.configurations.response_pipeline
    on.ctx.sending_request += lambda args: order.append(f"sending {args.method}")
    on.ctx.writing_entity += lambda args: order.append("writing")
    on.ctx.receiving_response += lambda args: order.append("receiving")
    on.ctx.reading_entity += lambda args: order.append(f"reading {args.entity!r}")
    write.on_entry_starting += lambda args: order.append(f"entry starting {args.entity!r}")
    write.on_entry_ending += lambda args: order.append(f"entry ending {args.entity!r}")
    write.on_navigation_link_starting += lambda args: order.append(f"link starting {args.name}")
    write.on_entity_reference_link += lambda args: order.append(f"reference {args.url.replace(on.root, '')}")
    write.on_navigation_link_ending += lambda args: order.append(f"link ending {args.name}")
    read.on_feed_started += lambda args: order.append("feed started")
    read.on_feed_ended += lambda args: order.append(f"feed ended, next {args.feed.next_link}")
    read.on_entry_started += lambda args: order.append(f"entry started {args.entry.type_name}")
    read.on_entry_ended += lambda args: order.append(f"entry ended {args.entry.type_name}")
    read.on_navigation_link_started += lambda args: order.append(f"link started {args.link.name}")
    read.on_navigation_link_ended += lambda args: order.append(f"link ended {args.link.name}")
    read.on_entity_materialized += lambda args: order.append(f"materialized {args.entity!r} {on.state(args.entity)}")
    return order


def test_1_6_what_is_heard_of_an_insert_with_its_link(wired: Make) -> None:
    on = wired(created("Products(1)"))
    order = listened(on)
    p = on.new("Product", ID=1)
    on.ctx.add_object("Products", p)
    on.ctx.set_link(p, "Category", on.attached("Categories", "Category", ID=3))
    on.ctx.save_changes()
    assert order == [
        "sending POST",
        "entry starting Product(ID=1)",
        "link starting Category",
        "reference Categories(3)",
        "link ending Category",
        "entry ending Product(ID=1)",
        "writing",
        "receiving",
    ]


def test_1_6_what_is_heard_of_an_answer(wired: Make) -> None:
    on = wired(feed({**category(1), "Products": [product(2)]}, of="Categories"))
    order = listened(on)
    on.ctx.Categories.expand("Products").to_list()
    assert order == [
        "sending GET",
        "receiving",
        "feed started",
        "entry started Shop.Category",
        "link started Products",
        "feed started",
        "entry started Shop.Product",
        "link started Category",
        "link ended Category",
        "link started Maker",
        "link ended Maker",
        "entry ended Shop.Product",
        "feed ended, next None",
        "link ended Products",
        "entry ended Shop.Category",
        "reading Product(ID=2)",
        "materialized Product(ID=2) UNCHANGED",
        "reading Category(ID=1)",
        "materialized Category(ID=1) UNCHANGED",
        "feed ended, next None",
    ]


@pytest.mark.parametrize("format", ["json", "verbosejson", "atom"])
@pytest.mark.parametrize("hook", ["on_entry_starting", "on_entry_ending"])
def test_1_6_what_is_taken_out_of_an_entry_is_not_sent(wired: Make, hook: str, format: str) -> None:
    on = wired(created("Products(1)"), format=format)

    @getattr(on.ctx.configurations.request_pipeline, hook)  # type: ignore[untyped-decorator]
    def fewer(args: Any) -> None:
        args.entry.values = {name: value for name, value in args.entry.values.items() if name != "Name"}

    on.ctx.add_object("Products", on.new("Product", ID=1, Name="kept to oneself", Rating=5))
    (shown,) = on.ctx.pending_changes()
    on.ctx.save_changes()
    said = on.requests[0].body
    assert b"Rating" in said
    assert b"Name" not in said
    assert format == "atom" or shown.body == said  # Atom has the moment in it


@pytest.mark.parametrize("hook", ["on_entry_started", "on_entry_ended"])
def test_1_6_what_is_changed_in_an_entry_that_is_read_is_what_the_entity_holds(wired: Make, hook: str) -> None:
    on = wired(feed(product(1)), entry(product(1, Name="theirs")))

    @getattr(on.ctx.configurations.response_pipeline, hook)  # type: ignore[untyped-decorator]
    def louder(args: Any) -> None:
        args.entry.values = {**args.entry.values, "Name": args.entry.values["Name"].upper() + "!"}

    (p,) = on.ctx.Products.to_list()
    assert p.Name == "P1!"
    on.ctx.update_object(p)
    on.ctx.save_changes()  # an answer to a save is read like any other
    assert p.Name == "THEIRS!"


def test_1_6_the_body_after_a_media_post_is_heard_too(wired: Make) -> None:
    on = wired(created("Photos(7)", {"ID": 7, "Title": None}, of="Photos"), NO_CONTENT)
    order = listened(on)
    photo = on.new("Photo", Title="mine")
    on.ctx.add_object("Photos", photo)
    on.ctx.set_save_stream(photo, b"bytes", True, "image/png")
    on.ctx.save_changes()
    assert order == [
        "sending POST",
        "receiving",
        "entry started Shop.Photo",
        "entry ended Shop.Photo",
        "reading Photo(ID=7)",
        "materialized Photo(ID=7) MODIFIED",
        "sending MERGE",
        "entry starting Photo(ID=7)",
        "entry ending Photo(ID=7)",
        "writing",
        "receiving",
    ]


def test_1_6_on_message_creating_gives_the_request_that_goes(wired: Make) -> None:
    on = wired(feed(), created("Products(1)"))
    seen: list[str] = []

    def elsewhere(request: Any) -> Any:
        seen.append(request.method)
        return replace(request, url=request.url + "?v=2", headers=request.headers.merged({"X-Made": "yes"}))

    on.ctx.configurations.request_pipeline.on_message_creating = elsewhere
    on.ctx.sending_request += lambda args: seen.append(f"{args.headers['X-Made']} {args.url.replace(on.root, '')}")
    on.ctx.Products.to_list()
    on.ctx.add_object("Products", on.new("Product", ID=1))
    on.ctx.save_changes()
    assert on.lines == ["GET Products?v=2", "POST Products?v=2"]
    assert on.body() == {"odata.type": "Shop.Product", "ID": 1}
    assert seen == ["GET", "yes Products?v=2", "POST", "yes Products?v=2"]


def test_1_6_on_message_creating_makes_the_parts_of_a_batch_too(wired: Make) -> None:
    on = wired()
    made: list[str] = []
    on.ctx.configurations.request_pipeline.on_message_creating = lambda request: made.append(request.method) or request
    on.ctx.update_object(on.attached("Products", "Product", ID=1))
    on.then(answers((NO_CONTENT,)))
    on.ctx.save_changes(SaveChangesOptions.BATCH)
    assert made == ["POST", "MERGE"]


def test_1_6_on_message_creating_must_give_a_request(wired: Make) -> None:
    on = wired()
    pipeline = on.ctx.configurations.request_pipeline
    pipeline.on_message_creating = lambda request: None
    with pytest.raises(InvalidOperationError, match="must give a Request"):
        on.ctx.Products.to_list()
    with pytest.raises(ArgumentError, match="a function or None"):
        pipeline.on_message_creating = "x"
    assert on.requests == []


def test_1_6_a_hook_is_added_to_and_never_replaced(wired: Make) -> None:
    on = wired()
    for pipeline, hook in (("request_pipeline", "on_entry_ending"), ("response_pipeline", "on_entity_materialized")):
        with pytest.raises(ArgumentError, match=hook):
            setattr(getattr(on.ctx.configurations, pipeline), hook, print)
    with pytest.raises(AttributeError):
        on.ctx.configurations = None


def test_1_6_a_handler_that_raises_leaves_nothing_of_the_row_tracked(wired: Make) -> None:
    on = wired(feed({**category(1), "Products": [product(2)]}, of="Categories"))

    @on.ctx.configurations.response_pipeline.on_entity_materialized  # type: ignore[untyped-decorator]
    def choosy(args: Any) -> None:
        if args.entity.ID == 1:
            raise PayloadError("not this one", where="here")

    with pytest.raises(PayloadError):
        on.ctx.Categories.expand("Products").to_list()
    assert on.ctx.entities == ()
    assert on.ctx.applying_changes is False


def test_1_6_values_of_every_part_are_there_in_atom(wired: Make) -> None:
    body = f"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices"
        xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"><entry><id>{ROOT}Products(3)</id>
        <link rel="http://schemas.microsoft.com/ado/2007/08/dataservices/related/Category" href="Products(3)/Category"/>
        <content type="application/xml"><m:properties><d:ID m:type="Edm.Int32">3</d:ID></m:properties></content></entry></feed>"""
    from_atom = replace(feed(), body=body.encode(), headers=feed().headers.merged({"Content-Type": "application/atom+xml"}))
    on = wired(from_atom, format="atom")
    order = listened(on)
    (p,) = on.ctx.Products.to_list()
    assert [link.name for link in on.ctx.get_entity_descriptor(p).link_infos] == ["Category"]
    assert order[2:] == [
        "feed started",
        "entry started Shop.Product",
        "link started Category",
        "link ended Category",
        "entry ended Shop.Product",
        "reading Product(ID=3)",
        "materialized Product(ID=3) UNCHANGED",
        "feed ended, next None",
    ]
