"""Sections 2 and 3 of our description of the .NET client, rule by rule: states, identities, links, merge options.

Every refused call names its error, and leaves the tracker as it was.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from client.shop import METADATA, ROOT, category, created, entry, feed, maker, product, reply
from client.wired import NO_CONTENT, Wired

from odata3.client.collection import DataServiceCollection
from odata3.client.options import EntityStates, MergeOption
from odata3.errors import ArgumentError, DataServiceRequestException, InvalidOperationError, ODataError

ADDED, UNCHANGED, MODIFIED, DELETED, DETACHED = (
    EntityStates.ADDED,
    EntityStates.UNCHANGED,
    EntityStates.MODIFIED,
    EntityStates.DELETED,
    EntityStates.DETACHED,
)
APPEND, OVERWRITE, PRESERVE, NO_TRACKING = MergeOption
IOE, ARG = InvalidOperationError, ArgumentError
Make = Callable[..., Wired]


def picture(ctx: Any) -> tuple[Any, ...]:
    """All that the tracker knows."""
    entities = [
        (d.entity, d.state, d.change_order, d.identity, d.edit_link, d.etag, d.parent_for_insert, d.entity_set)
        for d in ctx.entities
    ]
    links = [(link.source, link.source_property, link.target, link.state, link.change_order) for link in ctx.links]
    return entities, links


def put(on: Wired, entity: Any, entity_set: str, state: EntityStates | None) -> Any:
    """Bring an entity into a state."""
    if state is ADDED:
        on.ctx.add_object(entity_set, entity)
    elif state is not None:
        on.ctx.attach_to(entity_set, entity)
        on.ctx.change_state(entity, state)
    return entity


# -- 2.1, cell by cell

STATES = (None, ADDED, UNCHANGED, MODIFIED, DELETED)
CALLS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "AddObject": lambda ctx, p, c: ctx.add_object("Products", p),
    "AddRelatedObject": lambda ctx, p, c: ctx.add_related_object(c, "Products", p),
    "AttachTo": lambda ctx, p, c: ctx.attach_to("Products", p),
    "AttachTo with ETag": lambda ctx, p, c: ctx.attach_to("Products", p, 'W/"7"'),
    "UpdateObject": lambda ctx, p, c: ctx.update_object(p),
    "DeleteObject": lambda ctx, p, c: ctx.delete_object(p),
    "Detach": lambda ctx, p, c: ctx.detach(p),
    "to Modified": lambda ctx, p, c: ctx.change_state(p, MODIFIED),
    "to Deleted": lambda ctx, p, c: ctx.change_state(p, DELETED),
    "to Unchanged": lambda ctx, p, c: ctx.change_state(p, UNCHANGED),
    "to Detached": lambda ctx, p, c: ctx.change_state(p, DETACHED),
    "to Added": lambda ctx, p, c: ctx.change_state(p, ADDED),
}
#: call -> what becomes of untracked, ADDED, UNCHANGED, MODIFIED, DELETED: a state (with "order": a fresh place in the order of
#: changes), nothing tracked (None), or an error
TABLE: dict[str, tuple[Any, ...]] = {
    "AddObject": ((ADDED, "order"), IOE, IOE, IOE, IOE),
    "AddRelatedObject": ((ADDED, "order"), IOE, IOE, IOE, IOE),
    "AttachTo": ((UNCHANGED, "order"), IOE, IOE, IOE, IOE),
    "AttachTo with ETag": ((UNCHANGED, "order"), IOE, IOE, IOE, IOE),
    "UpdateObject": (ARG, ADDED, (MODIFIED, "order"), MODIFIED, DELETED),
    "DeleteObject": (IOE, None, (DELETED, "order"), (DELETED, "order"), DELETED),
    "Detach": (None, None, None, None, None),
    "to Modified": (ARG, IOE, (MODIFIED, "order"), MODIFIED, IOE),
    "to Deleted": (IOE, IOE, (DELETED, "order"), (DELETED, "order"), DELETED),
    "to Unchanged": (IOE, IOE, UNCHANGED, UNCHANGED, UNCHANGED),
    "to Detached": (None, None, None, None, None),
    "to Added": (IOE, IOE, IOE, IOE, IOE),
}
CELLS = [(call, before, cell) for call, row in TABLE.items() for before, cell in zip(STATES, row, strict=True)]


@pytest.mark.parametrize(("call", "before", "expected"), CELLS, ids=[f"{c}-{b and b.name}" for c, b, _ in CELLS])
def test_2_1_a_call_in_a_state(wired: Make, call: str, before: EntityStates | None, expected: Any) -> None:
    on = wired()
    ctx = on.ctx
    c = on.attached("Categories", "Category", ID=1)
    p = put(on, on.new("Product", ID=1, Name="x"), "Products", before)
    was = picture(ctx)
    last = max(d.change_order for d in ctx.entities)
    if isinstance(expected, type):
        with pytest.raises(expected) as caught:
            CALLS[call](ctx, p, c)
        assert repr(p) in str(caught.value) or "ADDED" in str(caught.value)
        assert isinstance(caught.value, ODataError)
        assert picture(ctx) == was
    elif expected is None:
        assert CALLS[call](ctx, p, c) == (None if call in ("DeleteObject", "to Detached") else before is not None)
        assert picture(ctx)[0] == [row for row in was[0] if row[0] is not p]
    else:
        CALLS[call](ctx, p, c)
        state, is_moved = expected if isinstance(expected, tuple) else (expected, None)
        descriptor = ctx.get_entity_descriptor(p)
        assert descriptor.state is state
        assert (descriptor.change_order > last) is (is_moved is not None)
        assert p.Name == "x"
    assert on.requests == []


def test_2_1_attach_to_takes_the_etag_and_the_identity_of_the_key(wired: Make) -> None:
    on = wired()
    p = on.attached("Products", "Product", 'W/"7"', ID=7)
    d = on.ctx.get_entity_descriptor(p)
    assert (d.identity, d.edit_link, d.self_link, d.etag) == (f"{on.root}Products(7)", f"{on.root}Products(7)", None, 'W/"7"')


@pytest.mark.parametrize("name", [n for n in CALLS if n not in ("AddRelatedObject",)])
def test_2_1_no_entity_is_an_argument_error(wired: Make, name: str) -> None:
    on = wired()
    c = on.attached("Categories", "Category", ID=1)
    was = picture(on.ctx)
    for nothing in (None, "Products(1)", on.ctx.types.Size(Width=1)):
        with pytest.raises(ArgumentError):
            CALLS[name](on.ctx, nothing, c)
    assert picture(on.ctx) == was


def test_2_1_a_type_without_a_key_is_an_argument_error(wired: Make) -> None:
    keyless = METADATA.replace(b'<EntityType Name="Maker"><Key><PropertyRef Name="ID"/></Key>', b'<EntityType Name="Maker">')
    on = wired(metadata=keyless)
    p = on.attached("Products", "Product", ID=1)
    was = picture(on.ctx)
    calls: list[Callable[[Any], Any]] = [
        lambda m: on.ctx.add_object("Makers", m),
        lambda m: on.ctx.attach_to("Makers", m),
        lambda m: on.ctx.update_related_object(p, "Maker", m),
    ]
    for call in calls:
        with pytest.raises(ArgumentError, match="has no key"):
            call(on.new("Maker", ID=1))
        assert picture(on.ctx) == was


def test_2_1_attach_needs_a_whole_key_and_an_identity_of_its_own(wired: Make) -> None:
    on = wired()
    on.attached("Products", "Product", ID=1)
    was = picture(on.ctx)
    for wrong in (on.new("Product"), on.new("Product", ID=1)):
        with pytest.raises(InvalidOperationError):
            on.ctx.attach_to("Products", wrong)
    with pytest.raises(InvalidOperationError, match="Number"):
        on.ctx.attach_to("Seats", on.new("Seat", Row="A"))
    assert picture(on.ctx) == was


def test_2_1_add_object_does_not_look_at_keys(wired: Make) -> None:
    on = wired(created("Products(1)"), created("Products(1)"))
    for _ in range(2):
        on.ctx.add_object("Products", on.new("Product"))
    with pytest.raises(DataServiceRequestException) as caught:  # the second of one identity shows when it is answered
        on.ctx.save_changes()
    assert isinstance(caught.value.__cause__, InvalidOperationError)
    assert f"{on.root}Products(1)" in str(caught.value)


def test_2_1_detach_takes_the_links_along_and_waits_for_pending_children(wired: Make) -> None:
    on = wired()
    c, p = on.attached("Categories", "Category", ID=1), on.attached("Products", "Product", ID=1)
    on.ctx.add_link(c, "Products", p)
    on.ctx.set_link(p, "Category", c)
    child = on.new("Product", ID=9)
    on.ctx.add_related_object(c, "Products", child)
    was = picture(on.ctx)
    for call in (on.ctx.detach, lambda e: on.ctx.change_state(e, DETACHED)):
        with pytest.raises(InvalidOperationError, match="detach it first"):
            call(c)
        assert picture(on.ctx) == was
    assert on.ctx.detach(child)
    assert on.ctx.detach(c)
    assert [d.entity for d in on.ctx.entities] == [p]
    assert on.ctx.links == ()


def test_2_1_deleting_an_added_parent_waits_for_its_children(wired: Make) -> None:
    on = wired()
    c, child = on.new("Category", ID=1), on.new("Product", ID=9)
    on.ctx.add_object("Categories", c)
    on.ctx.add_related_object(c, "Products", child)
    was = picture(on.ctx)
    with pytest.raises(InvalidOperationError, match="detach it first"):
        on.ctx.delete_object(c)
    assert picture(on.ctx) == was
    on.ctx.delete_object(child)
    on.ctx.delete_object(c)
    assert picture(on.ctx) == ([], [])


def test_2_1_an_entity_of_another_context_is_refused(wired: Make) -> None:
    here, there = wired(), wired()
    p = there.attached("Products", "Product", ID=1)
    c = here.attached("Categories", "Category", ID=1)
    mine = here.attached("Products", "Product", ID=2)
    was = picture(here.ctx), picture(there.ctx)
    calls: list[Callable[[], Any]] = [
        lambda: here.ctx.add_object("Products", p),
        lambda: here.ctx.attach_to("Products", p),
        lambda: here.ctx.add_related_object(c, "Products", p),
        lambda: here.ctx.update_object(p),
        lambda: here.ctx.delete_object(p),
        lambda: here.ctx.change_state(p, MODIFIED),
        lambda: here.ctx.add_link(c, "Products", p),
        lambda: here.ctx.delete_link(c, "Products", p),
        lambda: here.ctx.attach_link(c, "Products", p),
        lambda: here.ctx.set_link(p, "Category", c),
        lambda: here.ctx.load_property(p, "Category"),
        lambda: here.ctx.set_save_stream(p, b"x", True, "image/png"),
        lambda: here.ctx.update_related_object(mine, "Category", there.attached("Categories", "Category", ID=5)),
    ]
    for call in calls:
        with pytest.raises((InvalidOperationError, ArgumentError), match=r"another context|not tracked"):
            call()
    assert picture(here.ctx) == was[0]
    assert here.ctx.detach(p) is False
    assert there.ctx.detach(p) is True
    here.ctx.attach_to("Products", p)
    assert here.requests == there.requests == []


# -- 2.2


def test_2_2_identities_come_from_the_payload_the_answer_or_the_key(wired: Make) -> None:
    on = wired(
        feed({"odata.id": f"{ROOT}Odd(1)", "odata.editLink": f"{ROOT}Products(1)", **product(1)}, product(2)),
        reply(None, 204, Location=f"{ROOT}Products(3)", DataServiceId=f"{ROOT}Ids(3)"),
        created("Products(4)", product(4)),
    )
    one, two = on.ctx.Products.to_list()
    three, four = on.new("Product", ID=3), on.new("Product", ID=4)
    on.ctx.add_object("Products", three)
    on.ctx.add_object("Products", four)
    on.ctx.save_changes()
    five = on.attached("Products", "Product", ID=5)
    ids = {one: "Odd(1)", two: "Products(2)", three: "Ids(3)", four: "Products(4)", five: "Products(5)"}
    for entity, path in ids.items():
        descriptor = on.ctx.get_entity_descriptor(entity)
        assert on.ctx.try_get_entity(on.root + path) is entity
        assert on.ctx.try_get_uri(entity) == descriptor.identity == on.root + path
    assert on.ctx.try_get_entity(f"{on.root}products(2)") is None  # ordinal: case counts
    assert on.ctx.try_get_entity(f"{on.root}Products(1)") is None
    assert on.ctx.try_get_uri(on.new("Product", ID=2)) is None


def test_2_2_one_key_in_two_spellings_is_one_object(wired: Make) -> None:
    seat = {"odata.id": f"{ROOT}Seats(Number=1L,Row='O%27%27Neil')", "Row": "O'Neil", "Number": "1", "Action": None}
    on = wired(feed(seat, of="Seats"))
    s = on.attached("Seats", "Seat", Row="O'Neil", Number=1)
    assert on.ctx.Seats.to_list() == [s]


# -- 2.3, cell by cell

LINK_CALLS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "AddLink": lambda ctx, c, p: ctx.add_link(c, "Products", p),
    "AttachLink": lambda ctx, c, p: ctx.attach_link(c, "Products", p),
    "DeleteLink": lambda ctx, c, p: ctx.delete_link(c, "Products", p),
    "DetachLink": lambda ctx, c, p: ctx.detach_link(c, "Products", p),
    "AddRelatedObject": lambda ctx, c, p: ctx.add_related_object(c, "Products", p),
}
ENDS = (ADDED, UNCHANGED, MODIFIED, DELETED)


def of_collection(call: str, ends: set[EntityStates], link: EntityStates | None) -> Any:
    """Table 2.3: the link's state after a call, None for no link, or the error."""
    if call == "AddLink":
        return IOE if DELETED in ends or link is not None else ADDED
    if call == "AttachLink":
        return IOE if ends & {ADDED, DELETED} or link is not None else UNCHANGED
    if call == "DeleteLink":
        if link is ADDED:
            return None
        return IOE if ADDED in ends else DELETED
    return IOE if call == "AddRelatedObject" else None


@pytest.mark.parametrize("call", LINK_CALLS)
@pytest.mark.parametrize("source", ENDS)
@pytest.mark.parametrize("target", ENDS)
@pytest.mark.parametrize("link", [None, ADDED, UNCHANGED, DELETED])
def test_2_3_a_call_on_a_collection(
    wired: Make, call: str, source: EntityStates, target: EntityStates, link: EntityStates | None
) -> None:
    if link in (UNCHANGED, DELETED) and ADDED in (source, target):
        return  # nothing leads there
    on = wired()
    ctx = on.ctx
    c = put(on, on.new("Category", ID=1), "Categories", ADDED if source is ADDED else UNCHANGED)
    p = put(on, on.new("Product", ID=1), "Products", ADDED if target is ADDED else UNCHANGED)
    if link is not None:
        {ADDED: ctx.add_link, UNCHANGED: ctx.attach_link, DELETED: ctx.delete_link}[link](c, "Products", p)
    for entity, state in ((c, source), (p, target)):
        if state is not ADDED:
            ctx.change_state(entity, state)
    expected = of_collection(call, {source, target}, link)
    was = picture(ctx)
    if isinstance(expected, type):
        with pytest.raises(expected):
            LINK_CALLS[call](ctx, c, p)
        assert picture(ctx) == was
    else:
        answer = LINK_CALLS[call](ctx, c, p)
        found = ctx.get_link_descriptor(c, "Products", p)
        assert (None if found is None else found.state) is expected
        assert call != "DetachLink" or answer is (link is not None)
        assert picture(ctx)[0] == was[0]
    assert on.requests == []


@pytest.mark.parametrize("source", ENDS)
@pytest.mark.parametrize("target", [*ENDS, None])
@pytest.mark.parametrize("known", ["none", "same", "same, set", "other", "other, set"])
@pytest.mark.parametrize("call", ["SetLink", "AttachLink"])
def test_2_3_a_call_on_a_reference(wired: Make, call: str, source: EntityStates, target: EntityStates | None, known: str) -> None:
    if known in ("same", "other") and (source is ADDED or (known == "same" and target is ADDED)):
        return  # nothing leads there
    on = wired()
    ctx = on.ctx
    p = put(on, on.new("Product", ID=1), "Products", ADDED if source is ADDED else UNCHANGED)
    other = on.attached("Categories", "Category", ID=2)
    c = None if target is None else put(on, on.new("Category", ID=1), "Categories", ADDED if target is ADDED else UNCHANGED)
    end = c if known.startswith("same") else other
    if known != "none":
        (ctx.set_link if "set" in known else ctx.attach_link)(p, "Category", end)
    for entity, state in ((p, source), (c, target)):
        if state not in (ADDED, None):
            ctx.change_state(entity, state)
    was = picture(ctx)
    if call == "AttachLink" and ({source, target} & {ADDED, DELETED} or known.startswith("same")):
        with pytest.raises(InvalidOperationError):
            ctx.attach_link(p, "Category", c)
        assert picture(ctx) == was
        return
    (ctx.set_link if call == "SetLink" else ctx.attach_link)(p, "Category", c)
    (link,) = ctx.links  # what led elsewhere is dropped silently
    assert (link.source, link.source_property, link.target) == (p, "Category", c)
    assert link.state is (MODIFIED if call == "SetLink" else UNCHANGED)
    assert picture(ctx)[0] == was[0]
    assert known != "same, set" or call != "SetLink" or picture(ctx) == was  # the same again keeps its place
    assert on.requests == []


def test_2_3_rules_common_to_all(wired: Make) -> None:
    on = wired()
    ctx = on.ctx
    c, p = on.attached("Categories", "Category", ID=1), on.attached("Products", "Product", ID=1)
    stranger, m = on.new("Product", ID=8), on.attached("Makers", "Maker", ID=1)
    was = picture(ctx)
    many, one = (ctx.add_link, ctx.delete_link, ctx.attach_link), (ctx.set_link, ctx.attach_link)
    wrong: list[tuple[type[Exception], str, Callable[[], Any]]] = []
    for link in many:
        wrong += [
            (IOE, "not tracked", lambda link=link: link(on.new("Category", ID=7), "Products", p)),
            (IOE, "not tracked", lambda link=link: link(c, "Products", stranger)),
            (IOE, "has no navigation property Product; did you mean Products", lambda link=link: link(c, "Product", p)),
            (IOE, "no navigation property; these are: Products", lambda link=link: link(c, "Name", p)),
            (ARG, "takes a Shop.Product", lambda link=link: link(c, "Products", m)),
        ]
    for link in one:
        wrong += [
            (IOE, "not tracked", lambda link=link: link(stranger, "Category", c)),
            (IOE, "not tracked", lambda link=link: link(p, "Category", on.new("Category", ID=7))),
            (IOE, "did you mean Category", lambda link=link: link(p, "Categor", c)),
            (ARG, "takes a Shop.Category", lambda link=link: link(p, "Category", m)),
        ]
    wrong += [
        (IOE, "is a reference", lambda: ctx.add_link(p, "Category", c)),
        (IOE, "is a reference", lambda: ctx.delete_link(p, "Category", c)),
        (IOE, "is a reference", lambda: ctx.add_related_object(p, "Category", on.new("Category", ID=7))),
        (IOE, "is a collection", lambda: ctx.set_link(c, "Products", p)),
        (IOE, "is a collection", lambda: ctx.set_link(c, "Products", None)),
        (IOE, "is a collection", lambda: ctx.update_related_object(c, "Products", stranger)),
        (IOE, "is a collection", lambda: ctx.attach_link(c, "Products", None)),
        (ARG, "needs a target", lambda: ctx.add_link(c, "Products", None)),
        (ARG, "needs a target", lambda: ctx.delete_link(c, "Products", None)),
        (ARG, "None is none", lambda: ctx.add_related_object(c, "Products", None)),
        (ARG, "takes a Shop.Product", lambda: ctx.add_related_object(c, "Products", on.new("Maker", ID=7))),
        (IOE, "not tracked", lambda: ctx.add_related_object(on.new("Category", ID=7), "Products", stranger)),
    ]
    for kind, words, call in wrong:
        with pytest.raises(kind, match=re.escape(words)):
            call()
        assert picture(ctx) == was


def test_2_3_a_derived_target_is_an_instance_of_the_property(wired: Make) -> None:
    on = wired()
    c = on.attached("Categories", "Category", ID=1)
    book = on.attached("Products", "Book", ID=1)
    on.ctx.add_link(c, "Products", book)
    assert [link.target for link in on.ctx.links] == [book]


@pytest.mark.parametrize("state", [ADDED, UNCHANGED, MODIFIED, DELETED])
def test_2_3_add_related_object_below_a_parent(wired: Make, state: EntityStates) -> None:
    on = wired()
    c = put(on, on.new("Category", ID=1), "Categories", state)
    child = on.new("Product", ID=9)
    was = picture(on.ctx)
    if state is DELETED:
        with pytest.raises(InvalidOperationError, match="deleted"):
            on.ctx.add_related_object(c, "Products", child)
        assert picture(on.ctx) == was
        return
    on.ctx.add_related_object(c, "Products", child)
    (link,) = on.ctx.links
    assert (on.state(child), link.state) == ("ADDED", ADDED)
    assert [change.method for change in on.ctx.pending_changes()].count("POST") == 1 + (state is ADDED)  # none for the link
    was = picture(on.ctx)
    for call in (on.ctx.delete_link, on.ctx.detach_link):
        with pytest.raises(InvalidOperationError):
            call(c, "Products", child)
        assert picture(on.ctx) == was


LINK_STATES: dict[tuple[str, EntityStates], str] = {
    ("Products", ADDED): "AddLink",
    ("Products", UNCHANGED): "AttachLink",
    ("Products", DELETED): "DeleteLink",
    ("Category", MODIFIED): "SetLink",
    ("Category", UNCHANGED): "AttachLink",
}


@pytest.mark.parametrize("name", ["Products", "Category"])
@pytest.mark.parametrize("state", [ADDED, UNCHANGED, MODIFIED, DELETED, DETACHED])
def test_2_3_change_link_state_does_what_the_call_of_that_state_does(wired: Make, name: str, state: EntityStates) -> None:
    on = wired()
    c, p = on.attached("Categories", "Category", ID=1), on.attached("Products", "Product", ID=1)
    source, target = (c, p) if name == "Products" else (p, c)
    was = picture(on.ctx)
    if state is DETACHED:
        on.ctx.change_link_state(source, name, target, state)
        assert picture(on.ctx) == was
    elif (name, state) in LINK_STATES:
        on.ctx.change_link_state(source, name, target, state)
        assert [link.state for link in on.ctx.links] == [state]
    else:
        with pytest.raises(InvalidOperationError):
            on.ctx.change_link_state(source, name, target, state)
        assert picture(on.ctx) == was


# -- 3.1 and 3.2 are in test_loading; here what its tables leave open


@pytest.mark.parametrize("option", [OVERWRITE, PRESERVE])
def test_3_1_what_was_read_anew_no_longer_counts_as_assigned(wired: Make, option: MergeOption) -> None:
    on = wired(feed(product(1)), feed(product(1, Name="theirs")), NO_CONTENT)
    (p,) = on.ctx.Products.to_list()
    p.Name = "mine"
    on.ctx.merge_option = option
    on.ctx.Products.to_list()
    p.Rating = 5
    on.ctx.update_object(p)
    on.ctx.save_changes()
    assert (p.Name, on.body()) == ("theirs", {"odata.type": "Shop.Product", "Rating": 5})


def test_3_1_overwrite_changes_revives_a_deleted_entity(wired: Make) -> None:
    on = wired(feed(product(1)), feed(product(1, Name="theirs")), NO_CONTENT)
    (p,) = on.ctx.Products.to_list()
    on.ctx.delete_object(p)
    on.ctx.merge_option = OVERWRITE
    assert on.ctx.Products.to_list() == [p]
    assert (on.state(p), p.Name, list(on.ctx.pending_changes())) == ("UNCHANGED", "theirs", [])
    assert list(on.ctx.save_changes()) == []
    assert on.lines == ["GET Products", "GET Products"]


def test_3_1_preserve_changes_sends_the_new_etag_with_the_old_values(wired: Make) -> None:
    on = wired(feed(maker(1, 'W/"1"'), of="Makers"), feed(maker(1, 'W/"2"', Name="theirs"), of="Makers"), NO_CONTENT)
    (m,) = on.ctx.Makers.to_list()
    m.Name = "mine"
    on.ctx.update_object(m)
    on.ctx.merge_option = PRESERVE
    on.ctx.Makers.to_list()
    on.ctx.save_changes()
    assert on.header("If-Match") == 'W/"2"'
    assert on.body() == {"odata.type": "Shop.Maker", "Name": "mine"}


@pytest.mark.parametrize("option", [APPEND, OVERWRITE, PRESERVE])
def test_3_1_offers_and_media_links_are_refreshed_whatever_the_option(wired: Make, option: MergeOption) -> None:
    def photo(place: str) -> dict[str, Any]:
        return {"ID": 1, "Title": "x", "Thumb": None} | {"odata.mediaReadLink": f"{ROOT}{place}", "odata.mediaETag": f'"{place}"'}

    on = wired(feed(photo("old"), of="Photos"), feed(photo("new"), of="Photos"))
    (p,) = on.ctx.Photos.to_list()
    on.ctx.merge_option = option
    on.ctx.Photos.to_list()
    d = on.ctx.get_entity_descriptor(p)
    assert (d.read_stream_uri, d.stream_etag) == (f"{on.root}new", '"new"')


@pytest.mark.parametrize("option", [APPEND, OVERWRITE, PRESERVE])
def test_3_1_a_payload_without_an_etag_keeps_it(wired: Make, option: MergeOption) -> None:
    without = {name: value for name, value in maker(1).items() if name != "odata.etag"}
    on = wired(feed(maker(1, 'W/"1"'), of="Makers"), feed(without, of="Makers"))
    (m,) = on.ctx.Makers.to_list()
    on.ctx.merge_option = option
    on.ctx.Makers.to_list()
    assert on.ctx.get_entity_descriptor(m).etag == 'W/"1"'


def test_3_1_a_tracked_object_of_another_type_is_an_error(wired: Make) -> None:
    on = wired(feed(product(1)), feed({"odata.id": f"{ROOT}Products(1)", **category(1)}, of="Categories"))
    on.ctx.Products.to_list()
    with pytest.raises(InvalidOperationError, match=r"tracked as Shop\.Product"):
        on.ctx.Categories.to_list()


@pytest.mark.parametrize("option", [OVERWRITE, PRESERVE])
def test_3_1_values_that_can_be_held_stay_the_same_objects(wired: Make, option: MergeOption) -> None:
    def tagged(*tags: str | None) -> Any:
        return feed({"ID": 1, "Tags": list(tags)}, of="TaggedSet")

    size = {"Width": 1, "Height": 2}
    on = wired(tagged("a"), tagged("b", "c"), feed(product(1, Size=size)), feed(product(1, Size={"Width": 9})))
    on.ctx.merge_option = option
    (t,) = on.ctx.TaggedSet.to_list()
    tags = t.Tags
    on.ctx.TaggedSet.to_list()
    assert t.Tags is tags  # cleared and filled again
    assert tags == ["b", "c"]
    (p,) = on.ctx.Products.to_list()
    held = p.Size
    on.ctx.Products.to_list()
    assert p.Size is held  # merged into
    assert (held.Width, held.Height) == (9, 2)


def expanded(*products: dict[str, Any], **values: Any) -> Any:
    return feed({**category(1, **values), "Products": list(products)}, of="Categories")


@pytest.mark.parametrize(
    ("option", "held", "links"),
    [
        (APPEND, [1, 2, 9], {1: UNCHANGED, 2: UNCHANGED, 9: ADDED}),
        (OVERWRITE, [2, 3], {2: UNCHANGED, 3: UNCHANGED}),
        (PRESERVE, [2, 9, 3], {2: UNCHANGED, 3: UNCHANGED, 9: ADDED}),
    ],
)
def test_3_2_collections_of_an_expanded_parent(
    wired: Make, option: MergeOption, held: list[int], links: dict[int, EntityStates]
) -> None:
    on = wired(expanded(product(1), product(2)), expanded(product(2), product(3)))
    (c,) = on.ctx.Categories.expand("Products").to_list()
    nine = on.attached("Products", "Product", ID=9)
    c.Products.append(nine)
    on.ctx.add_link(c, "Products", nine)
    on.ctx.merge_option = option
    on.ctx.Categories.expand("Products").to_list()
    assert [p.ID for p in c.Products] == held
    assert {link.target.ID: link.state for link in on.ctx.links} == links


@pytest.mark.parametrize("option", [APPEND, OVERWRITE, PRESERVE])
def test_3_2_a_later_page_takes_nothing_out(wired: Make, option: MergeOption) -> None:
    on = wired(expanded(product(1), product(2)), feed(product(3)))
    (c,) = on.ctx.Categories.expand("Products").to_list()
    on.ctx.merge_option = option
    on.ctx.load_property(c, "Products", f"{on.root}Categories(1)/Products?$skiptoken=2")
    assert [p.ID for p in c.Products] == [1, 2, 3]
    assert [link.state for link in on.ctx.links] == [UNCHANGED] * 3


def test_3_2_items_neither_linked_nor_received_are_removed(wired: Make) -> None:
    on = wired(expanded(product(1)), expanded(product(1)))
    (c,) = on.ctx.Categories.expand("Products").to_list()
    c.Products.append(on.new("Product", ID=9))
    on.ctx.merge_option = PRESERVE
    on.ctx.Categories.expand("Products").to_list()
    assert [p.ID for p in c.Products] == [1]


@pytest.mark.parametrize("option", [APPEND, OVERWRITE, PRESERVE])
def test_3_2_a_reference_under_append_only_keeps_its_link(wired: Make, option: MergeOption) -> None:
    on = wired(
        feed(product(1, Category=category(1))),
        entry(category(2), of="Categories"),
    )
    (p,) = on.ctx.Products.expand("Category").to_list()
    first = p.Category
    on.ctx.merge_option = option
    on.ctx.load_property(p, "Category")
    assert p.Category.ID == 2
    (link,) = on.ctx.links
    assert link.target is (first if option is APPEND else p.Category)
    assert link.state is UNCHANGED


@pytest.mark.parametrize("option", list(MergeOption))
def test_3_3_the_answer_to_a_save_overwrites_whatever_the_option(wired: Make, option: MergeOption) -> None:
    on = wired(created("Products(1)", product(1, Name="made", Rating=9)), entry(product(1, Name="theirs")))
    on.ctx.merge_option = option
    p = on.new("Product", ID=1, Name="mine")
    on.ctx.add_object("Products", p)
    on.ctx.save_changes()
    assert (p.Name, p.Rating, on.state(p)) == ("made", 9, "UNCHANGED")
    p.Name = "mine"
    on.ctx.update_object(p)
    on.ctx.save_changes()
    assert (p.Name, on.state(p)) == ("theirs", "UNCHANGED")


def test_3_3_the_answer_to_a_media_post_preserves_what_was_set(wired: Make) -> None:
    made = {"ID": 7, "Title": "theirs", "odata.editLink": f"{ROOT}Photos(7)"}
    on = wired(created("Photos(7)", made, of="Photos"), NO_CONTENT)
    p = on.new("Photo", Title="mine")
    on.ctx.add_object("Photos", p)
    on.ctx.set_save_stream(p, b"bytes", True, "image/png")
    on.ctx.save_changes()
    assert (p.ID, p.Title) == (7, "mine")
    assert on.lines == ["POST Photos", "MERGE Photos(7)"]
    assert on.body() == {"odata.type": "Shop.Photo", "Title": "mine"}


# -- rollback


def test_rollback_leads_a_reference_back(wired: Make) -> None:
    on = wired(feed(product(1, Category=category(1))), reply(None, 204))
    (p,) = on.ctx.Products.expand("Category").to_list()
    first = p.Category
    on.ctx.set_link(p, "Category", on.attached("Categories", "Category", ID=2))
    on.ctx.set_link(p, "Category", None)
    on.ctx.rollback(p)
    (link,) = on.ctx.links
    assert (link.target, link.state, p.Category) == (first, UNCHANGED, first)
    assert on.ctx.save_changes() is not None
    assert len(on.requests) == 1


def test_rollback_keeps_what_was_attached_and_forgets_what_was_only_to_be_sent(wired: Make) -> None:
    on = wired()
    p = on.attached("Products", "Product", ID=1, Name="x")
    p.Name = "y"
    on.ctx.update_object(p)
    c = on.new("Category", Name="z")
    on.ctx.update_related_object(p, "Category", c)
    on.ctx.rollback()
    assert (p.ID, p.Name, on.state(p), on.state(c), c.Name) == (1, "x", "UNCHANGED", None, "z")
    assert list(on.ctx.pending_changes()) == []


def test_rollback_of_collections_holds_what_is_linked(wired: Make) -> None:
    on = wired(expanded(product(1), product(2)))
    categories = DataServiceCollection(on.ctx.Categories.expand("Products"))
    (c,) = categories
    one, two = c.Products
    c.Products.remove(one)
    c.Products.append(on.new("Product", ID=9))
    two.Category = c
    categories.append(on.new("Category", ID=5))
    assert len(on.ctx.pending_changes()) == 4
    on.ctx.rollback()
    assert {p.ID for p in c.Products} == {1, 2}
    assert list(categories) == [c]
    assert two.Category is None
    assert [on.state(e) for e in (c, one, two)] == ["UNCHANGED"] * 3
    assert list(on.ctx.pending_changes()) == []
    two.Name = "still heard"
    assert on.state(two) == "MODIFIED"


def test_rollback_closes_the_streams_that_it_gives_up(wired: Make) -> None:
    on = wired()
    photo = on.attached("Photos", "Photo", ID=1)
    files = [io.BytesIO(b"x") for _ in range(4)]
    on.ctx.set_save_stream(photo, files[0], True, "image/png")
    on.ctx.set_save_stream(photo, files[1], True, "image/png")
    on.ctx.set_save_stream(photo, "Thumb", files[2], False, "image/png")
    on.ctx.set_save_stream(photo, "Thumb", files[3], True, "image/png")
    assert [file.closed for file in files] == [True, False, False, False]
    on.ctx.rollback(photo)
    assert [file.closed for file in files] == [True, True, False, True]
    assert list(on.ctx.pending_changes()) == []
