"""After a failure: what was applied, what was not, what is unknown, and a second save that does nothing twice."""

from __future__ import annotations

import pytest
from client.shop import created, entry, feed, maker, product, reply

from odata3 import (
    ArgumentError,
    ConcurrencyError,
    DataServiceRequestException,
    DataServiceTransportException,
    EntityStates,
    InvalidOperationError,
    NotFoundError,
    SaveChangesOptions,
)

CUT = DataServiceTransportException("cut", outcome_unknown=True)
REFUSED = reply({"odata.error": {"code": "", "message": {"lang": "", "value": "no"}}}, 409)
STALE = reply({"odata.error": {"code": "", "message": {"lang": "", "value": "changed"}}}, 412)
GONE = reply({"odata.error": {"code": "", "message": {"lang": "", "value": "gone"}}}, 404)


def fails(ctx, options=None):
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes(options)
    return caught.value


def new_product(ctx, **values):
    one = ctx.types.Product(**values)
    ctx.add_object("Products", one)
    return one


def test_r17_an_insert_that_arrived_is_not_made_twice(shop):
    ctx, script = shop(CUT, REFUSED, entry(product(7, Name="new")))
    one = new_product(ctx, ID=7, Name="new")
    assert fails(ctx).__cause__.outcome_unknown
    descriptor = ctx.get_entity_descriptor(one)
    assert (descriptor.state, descriptor.outcome_unknown) == (EntityStates.ADDED, True)
    (done,) = ctx.save_changes()
    assert (done.status_code, done.error) == (201, None)
    assert (descriptor.state, descriptor.outcome_unknown, one.Rating) == (EntityStates.UNCHANGED, False, 3)
    assert script.lines == ["POST Products", "POST Products", "GET Products(7)"]
    ctx.save_changes()
    assert len(script.requests) == 3


def test_r17_what_another_made_is_not_taken_for_ones_own(shop):
    ctx, _ = shop(CUT, REFUSED, entry(product(7, Name="somebody else's")))
    one = new_product(ctx, ID=7, Name="new")
    fails(ctx)
    assert fails(ctx).status_code == 409
    assert ctx.get_entity_descriptor(one).state is EntityStates.ADDED and one.Name == "new"


def test_a_refusal_without_doubt_is_just_that(shop):
    ctx, script = shop(REFUSED)
    new_product(ctx, ID=7, Name="new")
    assert fails(ctx).status_code == 409
    assert len(script.requests) == 1


def test_r17_an_insert_whose_key_the_service_makes_waits_for_a_decision(shop):
    ctx, script = shop(CUT, created("Products(8)", product(8, Name="new")))
    one = new_product(ctx, Name="new")
    fails(ctx)
    assert isinstance(fails(ctx).__cause__, InvalidOperationError) and len(script.requests) == 1
    ctx.resolve(one, keep="mine")
    ctx.save_changes()
    assert one.ID == 8
    ctx, _ = shop(CUT)
    one = new_product(ctx, Name="new")
    fails(ctx)
    ctx.resolve(one, keep="theirs")
    assert ctx.entities == () and len(ctx.save_changes()) == 0


def test_r17_a_deletion_that_arrived(shop):
    ctx, script = shop(entry(product(1)), CUT, GONE, GONE)
    one = ctx.Products.by_key(1).first()
    ctx.delete_object(one)
    fails(ctx)
    assert ctx.get_entity_descriptor(one).state is EntityStates.DELETED
    ctx.save_changes()
    assert ctx.entities == () and script.lines[1:3] == ["DELETE Products(1)"] * 2


def test_r17_an_update_that_arrived_has_a_new_etag(shop):
    ctx, script = shop(entry(maker(1), "Makers"), CUT, STALE, entry(maker(1, 'W/"2"', Name="new"), "Makers"), reply(None, 204))
    one = ctx.Makers.by_key(1).first()
    one.Name = "new"
    ctx.update_object(one)
    fails(ctx)
    ctx.save_changes()
    descriptor = ctx.get_entity_descriptor(one)
    assert (descriptor.state, descriptor.etag) == (EntityStates.UNCHANGED, 'W/"2"')
    ctx.delete_object(one)
    ctx.save_changes()
    assert script.requests[-1].headers["If-Match"] == 'W/"2"'


def test_r17_a_batch_that_arrived(shop):
    ctx, script = shop(CUT, entry(product(7, Name="new")))
    new_product(ctx, ID=7, Name="new")
    fails(ctx, SaveChangesOptions.BATCH)
    ctx.save_changes(SaveChangesOptions.BATCH)
    assert script.lines == ["POST $batch", "GET Products(7)"] and not ctx.pending_changes()


def test_r45_an_answer_to_a_batch_that_is_none_leaves_the_outcome_open(shop):
    ctx, _ = shop(reply(b"nonsense", 202, Content_Type="multipart/mixed; boundary=b"))
    one = new_product(ctx, ID=7)
    fails(ctx, SaveChangesOptions.BATCH)
    assert ctx.get_entity_descriptor(one).outcome_unknown


def test_r55_an_interruption_while_waiting_leaves_the_outcome_open(shop):
    def interrupt(request):
        raise KeyboardInterrupt

    ctx, _ = shop(interrupt, created("Products(7)", product(7)))
    one = new_product(ctx, ID=7)
    with pytest.raises(KeyboardInterrupt):
        ctx.save_changes()
    assert ctx.get_entity_descriptor(one).outcome_unknown
    ctx.save_changes()
    assert ctx.get_entity_descriptor(one).state is EntityStates.UNCHANGED


@pytest.mark.parametrize("status", [502, 504])
@pytest.mark.parametrize("batch", [False, True])
def test_r17_a_gateway_that_got_no_answer_leaves_the_outcome_open(shop, status, batch):
    options = SaveChangesOptions.BATCH if batch else SaveChangesOptions.NONE
    gateway, now = reply(b"<html>Bad gateway</html>", status, Content_Type="text/html"), entry(product(7, Name="new"))
    ctx, script = shop(*((gateway, now) if batch else (gateway, REFUSED, now)))
    one = new_product(ctx, ID=7, Name="new")
    error = fails(ctx, options)
    assert error.status_code == status and "may have arrived" in str(error)
    assert ctx.get_entity_descriptor(one).outcome_unknown and len(script.requests) == 1
    ctx.save_changes(options)
    assert script.lines[1:] == (["GET Products(7)"] if batch else ["POST Products", "GET Products(7)"])
    assert not ctx.pending_changes()


@pytest.mark.parametrize("status", [400, 409, 500, 503])
def test_a_refusal_of_the_service_itself_leaves_no_doubt(shop, status):
    ctx, _ = shop(reply(b"no", status, Content_Type="text/plain"))
    one = new_product(ctx, Name="new")
    fails(ctx)
    assert not ctx.get_entity_descriptor(one).outcome_unknown


# -- conflicts -----------------------------------------------------------------------------------------------------------------


def conflict(shop, *steps, **theirs):
    """A maker changed here (Name) and there."""
    now = entry(maker(1, 'W/"2"', **theirs), "Makers")
    ctx, script = shop(entry(maker(1), "Makers"), STALE, *(steps or (now,)), reply(None, 204, ETag='W/"3"'))
    one = ctx.Makers.by_key(1).first()
    one.Name = "mine"
    ctx.update_object(one)
    error = fails(ctx).__cause__
    assert isinstance(error, ConcurrencyError)
    return ctx, script, one, error


def test_r43_the_error_shows_what_the_service_has_now(shop):
    now = entry(maker(1, 'W/"2"', Name="theirs"), "Makers")
    ctx, script, one, error = conflict(shop, now, GONE)
    assert len(script.requests) == 2, "nothing is read before it is asked for"
    current = error.current
    assert (current.Name, one.Name, ctx.get_entity_descriptor(current)) == ("theirs", "mine", None)
    assert error.current is None
    with pytest.raises(InvalidOperationError):
        _ = ConcurrencyError("text", status_code=412).current


@pytest.mark.parametrize(
    ("keep", "name", "sent"),
    [
        ("mine", "mine", {"Name": "mine"}),
        ("theirs", "theirs", None),
        (lambda name, mine, theirs: f"{name}: {mine} and {theirs}", "Name: mine and theirs", {"Name": "Name: mine and theirs"}),
        (lambda name, mine, theirs: theirs, "theirs", None),
    ],
)
def test_r43_a_conflict_is_resolved(shop, keep, name, sent):
    ctx, script, one, _ = conflict(shop, Name="theirs", Version=9)
    assert ctx.resolve(one, keep) == ("Name",)
    assert (one.Name, one.Version) == (name, 9)
    ctx.save_changes()
    if sent is None:
        assert len(script.requests) == 3
    else:
        body = script.body()
        body.pop("odata.type")
        assert body == sent and script.requests[-1].headers["If-Match"] == 'W/"2"'
        assert ctx.get_entity_descriptor(one).etag == 'W/"3"'


def test_r43_only_what_truly_conflicts_is_asked_about(shop):
    ctx, script, one, _ = conflict(shop, Version=9)
    assert ctx.resolve(one, lambda *asked: pytest.fail(f"asked about {asked}")) == ()
    assert (one.Name, one.Version) == ("mine", 9)
    ctx.save_changes()
    assert script.body()["Name"] == "mine"


def narrowed(name, mine, theirs):
    theirs.Width = mine.Width
    return theirs


@pytest.mark.parametrize(
    ("keep", "left"),
    [
        (lambda name, mine, theirs: mine, {"Width": 5, "Height": 1}),
        (lambda name, mine, theirs: theirs, {"Width": 7, "Height": 7}),
        (narrowed, {"Width": 5, "Height": 7}),
    ],
)
def test_r43_a_complex_value_is_kept_as_the_function_says(shop, keep, left):
    read, now = (entry(product(1, Size={"Width": n, "Height": n})) for n in (1, 7))
    ctx, _ = shop(read, STALE, now)
    one = ctx.Products.by_key(1).first()
    one.Size.Width = 5
    ctx.update_object(one)
    fails(ctx)
    assert ctx.resolve(one, keep) == ("Size",)
    assert one.Size.to_dict() == left
    assert ("Size" in ctx.get_entity_descriptor(one).modified_properties) == (left["Width"] == 5)


def test_r43_a_choice_that_does_not_fit_changes_nothing(shop):
    ctx, _, one, _ = conflict(shop, Name="theirs")
    with pytest.raises(TypeError, match=r"Shop\.Maker\.Name"):
        ctx.resolve(one, lambda name, mine, theirs: 7)
    descriptor = ctx.get_entity_descriptor(one)
    assert (one.Name, descriptor.etag, descriptor.modified_properties) == ("mine", 'W/"1"', ("Name",))


def test_r17_an_insert_that_got_the_identity_of_another_object_is_not_made_twice(shop):
    ctx, script = shop(created("Products(7)", product(7, Name="new")), entry(product(7, Name="new")), reply(None, 204))
    gone = ctx.types.Product(ID=7, Name="gone")
    ctx.attach_to("Products", gone)
    one = new_product(ctx, Name="new")
    for _ in range(2):
        fails(ctx)
    assert script.lines == ["POST Products"]
    ctx.resolve(one, keep=gone)
    descriptor = ctx.get_entity_descriptor(one)
    assert (one.ID, descriptor.state) == (7, EntityStates.UNCHANGED) and descriptor.edit_link.endswith("/Products(7)")
    assert ctx.get_entity_descriptor(gone) is None and not ctx.save_changes()


@pytest.mark.parametrize("resolved", [True, False])
def test_r17_the_link_of_an_insert_below_its_parent_can_be_deleted_afterwards(shop, resolved):
    done = created("Products(50)", product(50))
    ctx, script = shop(*((CUT, entry(product(50)), entry(product(50))) if resolved else (done,)), reply(None, 204))
    parent, one = ctx.types.Category(ID=1), ctx.types.Product(Name="new")
    ctx.attach_to("Categories", parent)
    ctx.add_related_object(parent, "Products", one)
    if resolved:
        fails(ctx)
        ctx.resolve(one, keep=ctx.Products.by_key(50).single())
    else:
        ctx.save_changes()
    ctx.delete_link(parent, "Products", one)
    ctx.save_changes()
    assert script.lines[-1] == "DELETE Categories(1)/$links/Products(50)"


def test_r43_what_cannot_be_decided_changes_nothing(shop):
    def stop(name, mine, theirs):
        raise LookupError(name)

    ctx, _, one, _ = conflict(shop, Name="theirs")
    with pytest.raises(LookupError):
        ctx.resolve(one, stop)
    assert (one.Name, ctx.get_entity_descriptor(one).etag) == ("mine", 'W/"1"')
    with pytest.raises(ArgumentError):
        ctx.resolve(one, "ours")
    with pytest.raises(InvalidOperationError):
        ctx.resolve(ctx.types.Maker(ID=3), "mine")


def test_r43_what_is_gone(shop):
    ctx, _, one, _ = conflict(shop, GONE, GONE)
    with pytest.raises(InvalidOperationError, match="gone"):
        ctx.resolve(one, "mine")
    ctx.resolve(one, "theirs")
    assert ctx.entities == ()


@pytest.mark.parametrize(("keep", "state"), [("mine", EntityStates.DELETED), ("theirs", EntityStates.UNCHANGED)])
def test_r43_a_deletion_that_conflicts(shop, keep, state):
    ctx, _ = shop(entry(maker(1), "Makers"), STALE, entry(maker(1, 'W/"2"', Name="theirs"), "Makers"))
    one = ctx.Makers.by_key(1).first()
    ctx.delete_object(one)
    fails(ctx)
    ctx.resolve(one, keep)
    descriptor = ctx.get_entity_descriptor(one)
    assert (descriptor.state, descriptor.etag) == (state, 'W/"2"')
    assert one.Name == ("M1" if keep == "mine" else "theirs")


def test_what_reading_says_is_told(shop):
    ctx, _, one, error = conflict(shop, reply(b"no", 500), reply(b"no", 500))
    with pytest.raises(Exception, match="500"):
        ctx.resolve(one, "mine")
    with pytest.raises(Exception, match="500"):
        _ = error.current
    assert one.Name == "mine" and not isinstance(error, NotFoundError)
    assert feed()
