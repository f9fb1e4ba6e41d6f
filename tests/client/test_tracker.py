"""The unit of work's bookkeeping (sections of our description of the .NET client in the names)."""

from __future__ import annotations

from typing import Any

import pytest
from client.shop import ROOT, created, feed, product, shop

from odata3.client.options import EntityStates
from odata3.errors import ArgumentError, DataServiceRequestException, InvalidOperationError

ADDED, UNCHANGED, MODIFIED, DELETED, DETACHED = (
    EntityStates.ADDED,
    EntityStates.UNCHANGED,
    EntityStates.MODIFIED,
    EntityStates.DELETED,
    EntityStates.DETACHED,
)


def in_state(state: EntityStates | None) -> tuple[Any, Any]:
    """A context and a product in a state; None: untracked."""
    ctx, _ = shop()
    p = ctx.types.Product(ID=1, Name="x")
    if state is ADDED:
        ctx.add_object("Products", p)
    elif state is not None:
        ctx.attach_to("Products", p)
        if state is MODIFIED:
            ctx.update_object(p)
        elif state is DELETED:
            ctx.delete_object(p)
    return ctx, p


def state_of(ctx: Any, entity: Any) -> EntityStates | None:
    found = ctx.get_entity_descriptor(entity)
    return None if found is None else found.state


CALLS = {
    "add": lambda ctx, p: ctx.add_object("Products", p),
    "attach": lambda ctx, p: ctx.attach_to("Products", p),
    "update": lambda ctx, p: ctx.update_object(p),
    "delete": lambda ctx, p: ctx.delete_object(p),
    "detach": lambda ctx, p: ctx.detach(p),
    "to modified": lambda ctx, p: ctx.change_state(p, MODIFIED),
    "to deleted": lambda ctx, p: ctx.change_state(p, DELETED),
    "to unchanged": lambda ctx, p: ctx.change_state(p, UNCHANGED),
    "to detached": lambda ctx, p: ctx.change_state(p, DETACHED),
    "to added": lambda ctx, p: ctx.change_state(p, ADDED),
}
IOE, ARG = InvalidOperationError, ArgumentError
#: call -> what becomes of untracked, ADDED, UNCHANGED, MODIFIED, DELETED
TABLE: dict[str, tuple[Any, ...]] = {
    "add": (ADDED, IOE, IOE, IOE, IOE),
    "attach": (UNCHANGED, IOE, IOE, IOE, IOE),
    "update": (ARG, ADDED, MODIFIED, MODIFIED, DELETED),
    "delete": (IOE, None, DELETED, DELETED, DELETED),
    "detach": (None, None, None, None, None),
    "to modified": (ARG, IOE, MODIFIED, MODIFIED, IOE),
    "to deleted": (IOE, IOE, DELETED, DELETED, DELETED),
    "to unchanged": (IOE, IOE, UNCHANGED, UNCHANGED, UNCHANGED),
    "to detached": (None, None, None, None, None),
    "to added": (IOE, IOE, IOE, IOE, IOE),
}
STATES = (None, ADDED, UNCHANGED, MODIFIED, DELETED)


@pytest.mark.parametrize(
    ("call", "before", "expected"),
    [(call, before, expected) for call, row in TABLE.items() for before, expected in zip(STATES, row, strict=True)],
    ids=lambda value: getattr(value, "__name__", None) or getattr(value, "name", None) or str(value),
)
def test_2_1_state_table(call: str, before: EntityStates | None, expected: Any) -> None:
    ctx, p = in_state(before)
    order = None if before is None else ctx.get_entity_descriptor(p).change_order
    if isinstance(expected, type):
        with pytest.raises(expected):
            CALLS[call](ctx, p)
        assert state_of(ctx, p) is before
        assert order is None or ctx.get_entity_descriptor(p).change_order == order
    else:
        CALLS[call](ctx, p)
        assert state_of(ctx, p) is expected


def test_2_1_detach_tells_whether_it_was_tracked() -> None:
    ctx, p = in_state(UNCHANGED)
    assert ctx.detach(p) is True
    assert ctx.detach(p) is False


@pytest.mark.parametrize("wrong", [None, "x", 7, object()])
def test_2_1_none_and_what_is_no_entity(wrong: Any) -> None:
    ctx, _ = shop()
    for call in CALLS.values():
        with pytest.raises(ArgumentError):
            call(ctx, wrong)
    assert ctx.entities == ()


def test_2_1_a_complex_value_is_no_entity() -> None:
    ctx, _ = shop()
    with pytest.raises(ArgumentError):
        ctx.add_object("Products", ctx.types.Size(Width=1))


@pytest.mark.parametrize("name", ["", "/", "http://x/y", "Products?$top=1", "Products#x", None, "Produts"])
def test_1_1_wrong_set_names(name: Any) -> None:
    ctx, _ = shop()
    for call in (lambda: ctx.add_object(name, ctx.types.Product(ID=1)), lambda: ctx.create_query(name)):
        with pytest.raises(ArgumentError):
            call()
    assert ctx.entities == ()


def test_1_1_slashes_around_a_set_name_are_trimmed() -> None:
    ctx, _ = shop()
    assert ctx.create_query("/Products/").url == f"{ROOT}Products"


def test_2_1_attach_needs_a_key() -> None:
    ctx, _ = shop()
    with pytest.raises(InvalidOperationError, match="key"):
        ctx.attach_to("Products", ctx.types.Product(Name="x"))
    assert ctx.entities == ()


def test_2_1_attach_of_a_second_object_with_the_same_identity() -> None:
    ctx, _ = shop()
    ctx.attach_to("Products", ctx.types.Product(ID=1))
    with pytest.raises(InvalidOperationError, match=r"Products\(1\)"):
        ctx.attach_to("Products", ctx.types.Product(ID=1))
    assert len(ctx.entities) == 1


def test_2_1_an_entity_of_another_type_than_the_set_holds() -> None:
    ctx, _ = shop()
    with pytest.raises(ArgumentError, match=r"Shop\.Product"):
        ctx.add_object("Products", ctx.types.Category(ID=1))
    ctx.add_object("Products", ctx.types.Book(ID=1))


def test_2_1_change_order_is_that_of_the_calls() -> None:
    ctx, _ = shop()
    first, second = ctx.types.Product(ID=1), ctx.types.Product(ID=2)
    ctx.attach_to("Products", first)
    ctx.attach_to("Products", second)
    ctx.update_object(second)
    ctx.update_object(first)
    ctx.update_object(second)
    assert [d.entity for d in ctx.entities] == [second, first]
    ctx.delete_object(second)
    assert [d.entity for d in ctx.entities] == [first, second]


def test_2_1_detach_removes_every_link_that_touches_the_entity() -> None:
    ctx, _ = shop()
    c, p = ctx.types.Category(ID=1), ctx.types.Product(ID=1)
    ctx.attach_to("Categories", c)
    ctx.attach_to("Products", p)
    ctx.add_link(c, "Products", p)
    ctx.set_link(p, "Category", c)
    ctx.detach(c)
    assert ctx.links == ()
    assert [d.entity for d in ctx.entities] == [p]


def test_2_1_the_parent_of_a_pending_child_cannot_go_first() -> None:
    ctx, _ = shop()
    c, p = ctx.types.Category(ID=1), ctx.types.Product(ID=1)
    ctx.add_object("Categories", c)
    ctx.add_related_object(c, "Products", p)
    for call in (ctx.detach, ctx.delete_object):
        with pytest.raises(InvalidOperationError, match="detach it first"):
            call(c)
    assert len(ctx.entities) == 2
    ctx.detach(p)
    assert ctx.links == ()
    ctx.detach(c)
    assert ctx.entities == ()


def test_2_2_one_identity_is_one_object() -> None:
    ctx, _ = shop(feed(product(1), product(2)), feed(product(2), product(1)))
    first = ctx.Products.to_list()
    second = ctx.Products.to_list()
    assert first[0] is second[1]
    assert first[1] is second[0]
    assert ctx.try_get_entity(f"{ROOT}Products(1)") is first[0]
    assert ctx.try_get_uri(first[0]) == f"{ROOT}Products(1)"
    assert ctx.try_get_entity(f"{ROOT}products(1)") is None
    assert ctx.try_get_uri(ctx.types.Product(ID=1)) is None


def test_2_2_attached_and_then_read_is_one_object() -> None:
    ctx, _ = shop(feed(product(1, Name="theirs")))
    p = ctx.types.Product(ID=1, Name="mine")
    ctx.attach_to("Products", p)
    assert ctx.Products.to_list() == [p]
    assert p.Name == "mine"


def test_2_2_a_duplicate_identity_shows_when_the_insert_is_answered() -> None:
    ctx, _ = shop(feed(product(1)), created("Products(1)", product(1)))
    ctx.Products.to_list()
    p = ctx.types.Product(ID=1)
    ctx.add_object("Products", p)
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes()
    assert isinstance(caught.value.__cause__, InvalidOperationError)


def test_2_2_composite_keys_are_sorted_by_name() -> None:
    ctx, _ = shop()
    seat = ctx.types.Seat(Row="A", Number=5)
    ctx.attach_to("Seats", seat)
    assert ctx.try_get_uri(seat) == f"{ROOT}Seats(Number=5L,Row='A')"


# -- 2.3: links


def two(ctx: Any) -> tuple[Any, Any]:
    c, p = ctx.types.Category(ID=1), ctx.types.Product(ID=1)
    ctx.attach_to("Categories", c)
    ctx.attach_to("Products", p)
    return c, p


def test_2_3_add_link() -> None:
    ctx, _ = shop()
    c, p = two(ctx)
    ctx.add_link(c, "Products", p)
    (link,) = ctx.links
    assert (link.source, link.source_property, link.target, link.state) == (c, "Products", p, ADDED)
    with pytest.raises(InvalidOperationError, match="already"):
        ctx.add_link(c, "Products", p)
    assert ctx.get_link_descriptor(c, "Products", p) is link


@pytest.mark.parametrize("call", ["add_link", "delete_link", "set_link", "attach_link"])
def test_2_3_wrong_ends(call: str) -> None:
    ctx, _ = shop()
    c, p = two(ctx)
    many = call in ("add_link", "delete_link")
    method = getattr(ctx, call)
    source, name, target = (c, "Products", p) if many else (p, "Category", c)
    stranger = ctx.types.Product(ID=9) if many else ctx.types.Category(ID=9)
    with pytest.raises(InvalidOperationError, match="not tracked"):
        method(source, name, stranger)
    with pytest.raises(InvalidOperationError, match="not tracked"):
        method(type(source)(ID=8), name, target)
    with pytest.raises(InvalidOperationError, match=name):
        method(source, name[:-1], target)
    with pytest.raises(InvalidOperationError, match="no navigation property"):
        method(source, "Name", target)
    with pytest.raises(ArgumentError):
        method(source, name, source)
    with pytest.raises(ArgumentError):
        method(None, name, target)
    assert ctx.links == ()


def test_2_3_collections_and_references_are_told_apart() -> None:
    ctx, _ = shop()
    c, p = two(ctx)
    with pytest.raises(InvalidOperationError, match="set_link"):
        ctx.add_link(p, "Category", c)
    with pytest.raises(InvalidOperationError, match="set_link"):
        ctx.delete_link(p, "Category", c)
    with pytest.raises(InvalidOperationError, match="add_link"):
        ctx.set_link(c, "Products", p)
    with pytest.raises(InvalidOperationError, match="set_link"):
        ctx.add_related_object(p, "Category", ctx.types.Category(ID=2))


def test_2_3_deleted_ends() -> None:
    ctx, _ = shop()
    c, p = two(ctx)
    ctx.delete_object(c)
    with pytest.raises(InvalidOperationError, match="deleted"):
        ctx.add_link(c, "Products", p)
    with pytest.raises(InvalidOperationError, match="deleted"):
        ctx.attach_link(p, "Category", c)
    ctx.set_link(p, "Category", c)
    ctx.delete_link(c, "Products", p)
    with pytest.raises(InvalidOperationError, match="deleted"):
        ctx.add_related_object(c, "Products", ctx.types.Product(ID=5))


def test_2_3_added_ends() -> None:
    ctx, _ = shop()
    c, p = two(ctx)
    fresh = ctx.types.Product(ID=7)
    ctx.add_object("Products", fresh)
    ctx.add_link(c, "Products", fresh)
    ctx.set_link(fresh, "Category", c)
    with pytest.raises(InvalidOperationError, match="added"):
        ctx.attach_link(fresh, "Maker", None)
    other = ctx.types.Product(ID=8)
    ctx.add_object("Products", other)
    with pytest.raises(InvalidOperationError, match="added"):
        ctx.delete_link(c, "Products", other)
    ctx.delete_link(c, "Products", fresh)
    assert [(link.source_property, link.state) for link in ctx.links] == [("Category", MODIFIED)]
    assert p is not None


def test_2_3_set_link_drops_the_link_to_another_target() -> None:
    ctx, _ = shop()
    c, p = two(ctx)
    d = ctx.types.Category(ID=2)
    ctx.attach_to("Categories", d)
    ctx.attach_link(p, "Category", c)
    ctx.set_link(p, "Category", d)
    (link,) = ctx.links
    assert (link.target, link.state) == (d, MODIFIED)
    order = link.change_order
    ctx.set_link(p, "Category", d)
    assert ctx.links == (link,)
    assert link.change_order == order
    ctx.set_link(p, "Category", None)
    (link,) = ctx.links
    assert link.target is None


def test_2_3_attach_link() -> None:
    ctx, _ = shop()
    c, p = two(ctx)
    ctx.attach_link(c, "Products", p)
    (link,) = ctx.links
    assert link.state is UNCHANGED
    with pytest.raises(InvalidOperationError, match="already"):
        ctx.attach_link(c, "Products", p)
    with pytest.raises(InvalidOperationError, match="collection"):
        ctx.attach_link(c, "Products", None)
    ctx.attach_link(p, "Category", c)
    ctx.attach_link(p, "Category", None)
    assert [link.target for link in ctx.links] == [p, None]
    assert ctx.pending_changes() == []


def test_2_3_delete_and_detach_link() -> None:
    ctx, _ = shop()
    c, p = two(ctx)
    ctx.delete_link(c, "Products", p)
    (link,) = ctx.links
    assert link.state is DELETED
    assert ctx.detach_link(c, "Products", p) is True
    assert ctx.detach_link(c, "Products", p) is False
    assert ctx.links == ()


def test_2_3_the_link_of_a_pending_child_stays() -> None:
    ctx, _ = shop()
    c, _p = two(ctx)
    child = ctx.types.Product(ID=5)
    ctx.add_related_object(c, "Products", child)
    (link,) = ctx.links
    assert link.state is ADDED
    for call in (ctx.delete_link, ctx.detach_link):
        with pytest.raises(InvalidOperationError, match="inserted"):
            call(c, "Products", child)
    with pytest.raises(InvalidOperationError, match="already"):
        ctx.add_link(c, "Products", child)
    descriptor = ctx.get_entity_descriptor(child)
    assert (descriptor.parent_for_insert, descriptor.parent_property_for_insert) == (c, "Products")


def test_2_3_change_link_state() -> None:
    ctx, _ = shop()
    c, p = two(ctx)
    ctx.change_link_state(c, "Products", p, ADDED)
    ctx.change_link_state(c, "Products", p, UNCHANGED)
    assert [link.state for link in ctx.links] == [UNCHANGED]
    ctx.change_link_state(c, "Products", p, DELETED)
    assert [link.state for link in ctx.links] == [DELETED]
    ctx.change_link_state(c, "Products", p, DETACHED)
    ctx.change_link_state(p, "Category", c, MODIFIED)
    assert [link.state for link in ctx.links] == [MODIFIED]
    for wrong in (
        lambda: ctx.change_link_state(c, "Products", p, MODIFIED),
        lambda: ctx.change_link_state(p, "Category", c, ADDED),
    ):
        with pytest.raises(InvalidOperationError):
            wrong()


def test_1_2_links_are_equal_by_their_ends() -> None:
    ctx, _ = shop()
    c, p = two(ctx)
    ctx.add_link(c, "Products", p)
    (first,) = ctx.links
    ctx.detach_link(c, "Products", p)
    ctx.add_link(c, "Products", p)
    (second,) = ctx.links
    assert first is not second
    assert first == second
    assert len({first, second}) == 1


def test_rollback_puts_back_what_was_read() -> None:
    ctx, script = shop(feed(product(1), product(2)))
    p, q = ctx.Products.to_list()
    p.Name, q.Name = "changed", "changed"
    ctx.update_object(p)
    ctx.delete_object(q)
    fresh = ctx.types.Product(ID=9)
    ctx.add_object("Products", fresh)
    ctx.rollback(p)
    assert (p.Name, state_of(ctx, p)) == ("P1", UNCHANGED)
    assert (q.Name, state_of(ctx, q)) == ("changed", DELETED)
    ctx.rollback()
    assert (q.Name, state_of(ctx, q)) == ("P2", UNCHANGED)
    assert state_of(ctx, fresh) is None
    assert ctx.pending_changes() == []
    assert len(script.requests) == 1
    with pytest.raises(InvalidOperationError):
        ctx.rollback(fresh)
