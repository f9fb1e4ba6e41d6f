"""The file of pending changes while it is saved: what another process learns from it of a process that died."""

from __future__ import annotations

import io
import json
import logging

import pytest
from client.shop import category, created, entry, feed, product, reply
from faults.kill import Machines
from faults.server import FaultServer, answer, then_reset
from faults.test_context import context

import spf_vmm
from odata3 import (
    ArgumentError,
    DataServiceRequestException,
    EntityStates,
    InvalidOperationError,
    PayloadError,
    SaveChangesOptions,
)

DONE = reply(None, 204)


class Died(BaseException):
    """What no code catches: the process is no more."""


def lines(path):
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def die(request):
    raise Died


def death(copy, path):
    """A step of a script that dies, with the file as it is then."""

    def step(request):
        copy.write_bytes(path.read_bytes())
        raise Died

    return step


def died_at(shop, tmp_path, *before, change):
    """The file that a process leaves which dies when it waits for the answer after those of ``before``."""
    path, left = tmp_path / "work.json", tmp_path / "left.json"
    ctx, _ = shop(*before, death(left, path))
    change(ctx)
    ctx.pending_changes().save(path)
    with pytest.raises(Died):
        ctx.save_changes()
    return left


def test_r55_an_insert_on_its_way_is_known_to_be_in_doubt_and_not_sent_again_unasked(shop, tmp_path):
    def change(ctx):
        ctx.add_object("Products", ctx.types.Product(Name="first"))
        ctx.add_object("Products", ctx.types.Product(Name="second"))
        ctx.add_object("Products", ctx.types.Product(Name="third"))

    left = died_at(shop, tmp_path, created("Products(1)", product(1, Name="first")), change=change)
    document, *notes = lines(left)
    assert [row["state"] for row in document["entities"]] == ["ADDED"] * 3
    assert [list(note) for note in notes] == [["sent"], ["now"], ["sent"]]
    ctx, script = shop(created("Products(3)", product(3, Name="third")))
    loaded = ctx.load_pending_changes(left)
    assert [(d.entity.Name, d.outcome_unknown) for d in loaded] == [("second", True), ("third", False)]
    assert ctx.entities[0].identity.endswith("Products(1)") and ctx.entities[0].state is EntityStates.UNCHANGED
    with pytest.raises(DataServiceRequestException, match="look whether the service has it"):
        ctx.save_changes(SaveChangesOptions.CONTINUE_ON_ERROR)
    assert script.lines == ["POST Products"] and script.body()["Name"] == "third"
    (pending,) = ctx.pending_changes()
    assert pending.descriptor.entity.Name == "second"


def test_r55_the_entity_that_was_found_takes_the_place_of_the_insert_in_doubt(shop, tmp_path):
    def change(ctx):
        (one,) = ctx.Categories.to_list()
        new = ctx.types.Product(Name="new")
        ctx.add_object("Products", new)
        ctx.add_link(one, "Products", new)

    left = died_at(shop, tmp_path, feed(category(1), of="Categories"), change=change)
    ctx, script = shop(feed(product(9, Name="new")), entry(product(9, Name="new"), ETag='W/"7"'), DONE)
    descriptor = next(d for d in ctx.load_pending_changes(left) if d.outcome_unknown)
    (found,) = ctx.Products.to_list()
    assert ctx.resolve(descriptor.entity, keep=found) == ()
    assert (descriptor.state, descriptor.etag, descriptor.entity.ID) == (EntityStates.UNCHANGED, 'W/"7"', 9)
    assert ctx.get_entity_descriptor(found) is None and not descriptor.is_in_doubt
    ctx.save_changes()
    assert script.lines[-1] == "POST Categories(1)/$links/Products"
    assert script.body() == {"url": descriptor.identity} and not ctx.pending_changes()


def test_r55_only_an_insert_in_doubt_takes_what_was_found(shop):
    ctx, _ = shop(feed(product(1), product(2)), feed(category(1), of="Categories"))
    first, second = ctx.Products.to_list()
    with pytest.raises(InvalidOperationError, match="no insert whose outcome is unknown"):
        ctx.resolve(first, keep=second)
    new = ctx.types.Product(Name="new")
    ctx.add_object("Products", new)
    with pytest.raises(InvalidOperationError, match="no insert whose outcome is unknown"):
        ctx.resolve(new, keep=second)
    descriptor = ctx.get_entity_descriptor(new)
    descriptor.outcome_unknown = True
    with pytest.raises(ArgumentError, match="none that the insert"):
        ctx.resolve(new, keep=ctx.Categories.to_list()[0])
    first.Name = "changed"
    ctx.update_object(first)
    with pytest.raises(InvalidOperationError, match="changes of its own"):
        ctx.resolve(new, keep=first)


def test_the_file_holds_what_is_left_when_a_save_ends(shop, tmp_path):
    path = tmp_path / "work.json"
    refused = reply({"odata.error": {"code": "", "message": {"lang": "", "value": "no"}}}, 400)
    ctx, _ = shop(created("Products(1)", product(1)), refused, DONE)
    for key in (1, 2):
        ctx.add_object("Products", ctx.types.Product(ID=key, Name="n"))
    ctx.pending_changes().save(path)
    with pytest.raises(DataServiceRequestException):
        ctx.save_changes()
    (document,) = lines(path)
    assert [(row["state"], row["values"].get("ID") or row["assigned"]["ID"]) for row in document["entities"]] == [("ADDED", 2)]
    other, script = shop(created("Products(2)", product(2)))
    other.load_pending_changes(path)
    other.save_changes()
    assert script.lines == ["POST Products"]
    (document,) = lines(path)
    assert document["entities"] == document["links"] == []


def test_a_file_that_was_taken_away_is_not_made_again(shop, tmp_path):
    path = tmp_path / "work.json"
    ctx, _ = shop(created("Products(1)", product(1)))
    ctx.add_object("Products", ctx.types.Product(ID=1))
    ctx.pending_changes().save(path)
    path.unlink()
    ctx.save_changes()
    assert list(tmp_path.iterdir()) == [] and not ctx.pending_changes()


def test_a_file_whose_work_is_done_is_left_alone(shop, tmp_path):
    path = tmp_path / "work.json"
    ctx, script = shop(created("Products(1)", product(1)), created("Photos(1)", of="Photos"), DONE, DONE)
    ctx.add_object("Products", ctx.types.Product(ID=1))
    ctx.pending_changes().save(path)
    ctx.save_changes()
    assert lines(path)[0]["entities"] == []
    path.write_text("somebody else's now")
    photo = ctx.types.Photo(ID=1, Title="t")
    ctx.add_object("Photos", photo)
    ctx.set_save_stream(photo, io.BytesIO(b"x"), True, "image/png")
    ctx.save_changes()
    assert path.read_text() == "somebody else's now" and len(script.requests) == 3


def test_streams_that_came_later_cannot_join_the_file(shop, tmp_path):
    path = tmp_path / "work.json"
    ctx, script = shop(created("Products(1)", product(1)), created("Photos(1)", of="Photos"), DONE)
    ctx.add_object("Products", ctx.types.Product(ID=1))
    ctx.pending_changes().save(path)
    photo = ctx.types.Photo(ID=1, Title="t")
    ctx.add_object("Photos", photo)
    ctx.set_save_stream(photo, io.BytesIO(b"x"), True, "image/png")
    with pytest.raises(InvalidOperationError, match="away to save without it"):
        ctx.save_changes()
    assert script.requests == [] and lines(path)[0]["entities"]
    path.unlink()
    ctx.save_changes()
    assert len(script.requests) == 3


def test_what_cannot_be_noted_is_not_sent(shop, tmp_path, monkeypatch):
    path = tmp_path / "work.json"
    ctx, script = shop()
    ctx.add_object("Products", ctx.types.Product(ID=1))
    ctx.pending_changes().save(path)

    calls = []

    def full(handle):
        calls.append(handle)
        if len(calls) == 2:  # the document is written, then the first note
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DataServiceRequestException, match="nothing was: No space left"):
        ctx.save_changes()
    assert script.requests == [] and len(ctx.pending_changes()) == 1


def test_an_answer_that_cannot_be_noted_is_taken_over_all_the_same(shop, tmp_path, monkeypatch, caplog):
    path = tmp_path / "work.json"
    ctx, _ = shop(created("Products(1)", product(1)), created("Products(2)", product(2)))
    for key in (1, 2):
        ctx.add_object("Products", ctx.types.Product(ID=key))
    ctx.pending_changes().save(path)
    monkeypatch.setattr("odata3.client.pending_file.PendingWriter.now", lambda *_: (_ for _ in ()).throw(ArgumentError("odd")))
    with caplog.at_level(logging.WARNING, "odata3.client"):
        ctx.save_changes()
    assert not ctx.pending_changes() and caplog.text.count("does not know of an answer") == 2


def test_r51_a_line_that_breaks_off_is_none_and_a_wrong_one_is_named(shop, tmp_path):
    def change(ctx):
        ctx.add_object("Products", ctx.types.Product(Name="a"))

    left = died_at(shop, tmp_path, change=change)
    whole = left.read_bytes()
    for cut in (1, 5):
        left.write_bytes(whole[:-cut])
        ctx, _ = shop()
        (loaded,) = ctx.load_pending_changes(left)
        assert not loaded.outcome_unknown, "the request leaves only when the line has come to its end"
    for wrong in (b"{}x\n", b"[]\n", b'{"sent":{"entities":[7]}}\n', b'{"now":{"nothing":{"0":null}}}\n', b'{"sent":3}\n'):
        left.write_bytes(whole + wrong)
        ctx, _ = shop()
        with pytest.raises(PayloadError, match="line 3"):
            ctx.load_pending_changes(left)
        assert ctx.entities == ()


def test_r55_over_sockets_a_lost_answer_is_in_the_file_as_doubt(tmp_path):
    path = tmp_path / "work.json"
    with FaultServer(answer(b"", "204 No Content", Location="x", DataServiceId="x"), then_reset()) as server:
        ctx = context(server)
        for name in ("one", "two"):
            ctx.add_object("Products", ctx.types.Product(Name=name))
        ctx.pending_changes().save(path)
        with pytest.raises(DataServiceRequestException):
            ctx.save_changes()
        assert len(server.requests) == 2
        (document,) = lines(path)
        assert [row["outcome_unknown"] for row in document["entities"]] == [True]


# -- links and commands in doubt ----------------------------------------------------------------------------------------------


def references(*urls, many=True):
    body = {"odata.metadata": "http://shop.example/svc/$metadata#Categories/$links/Products"}
    return reply(body | ({"value": [{"url": url} for url in urls]} if many else {"url": urls[0]}))


@pytest.mark.parametrize(
    ("deletes", "linked", "sent"),
    [(False, True, False), (False, False, True), (True, True, True), (True, False, False)],
)
def test_r55_links_of_a_batch_in_doubt_are_looked_for(shop, deletes, linked, sent):
    def interrupt(request):
        raise KeyboardInterrupt

    held = references(*(["http://shop.example/svc/Products(1)"] if linked else []), "http://shop.example/svc/Products(2)")
    ctx, script = shop(feed(product(1)), feed(category(1), of="Categories"), interrupt, held)
    (one,), (cat,) = ctx.Products.to_list(), ctx.Categories.to_list()
    (ctx.delete_link if deletes else ctx.add_link)(cat, "Products", one)
    with pytest.raises(KeyboardInterrupt):
        ctx.save_changes(SaveChangesOptions.BATCH)
    if sent:
        script.then(die)
        with pytest.raises(Died):
            ctx.save_changes(SaveChangesOptions.BATCH)
    else:
        ctx.save_changes(SaveChangesOptions.BATCH)
    assert script.lines[3] == "GET Categories(1)/$links/Products"
    assert (script.lines[4:] == ["POST $batch"]) is sent


@pytest.mark.parametrize("keep", ["theirs", "mine"])
def test_r55_a_command_that_may_have_been_carried_out_waits_for_a_decision(keep):
    with spf_vmm.emulator.run(job_reads=1) as server:
        vmm = spf_vmm.connect(server.url, principal_id=server.principal_id)
        chosen = Machines(server)
        vm = vmm.VirtualMachines.where("Name eq 'web01'").single()
        seen = []

        @vmm.receiving_response
        def lose(args):
            if not seen and vmm.get_entity_descriptor(vm).outcome_unknown:
                seen.append(args)
                raise KeyboardInterrupt

        vm.Operation = "Stop"
        vmm.update_object(vm)
        with pytest.raises(KeyboardInterrupt):
            vmm.save_changes()
        assert vmm.get_entity_descriptor(vm).outcome_unknown
        with pytest.raises(DataServiceRequestException, match=r"Operation = 'Stop'.*look whether the service obeyed"):
            vmm.save_changes()
        assert vmm.resolve(vm, keep) == ("Operation",)
        server.finish_jobs()
        assert stops(chosen) == 1
        if keep == "mine":
            vmm.save_changes()
            assert stops(chosen) == 2, "sent again, as was decided"
        else:
            vmm.save_changes()
            assert stops(chosen) == 1 and vm.Operation is None
        assert not vmm.pending_changes()


def test_r47_links_in_doubt_without_end_say_nothing(shop):
    """Then the change is sent, and the service says what it thinks of it."""

    def interrupt(response):
        raise KeyboardInterrupt

    round_ = reply(
        {
            "odata.metadata": "http://shop.example/svc/$metadata#Categories/$links/Products",
            "value": [{"url": "http://shop.example/svc/Products(2)"}],
            "odata.nextLink": "http://shop.example/svc/Categories(1)/$links/Products",
        }
    )
    ctx, script = shop(feed(product(1)), feed(category(1), of="Categories"), interrupt, round_, die)
    (one,), (cat,) = ctx.Products.to_list(), ctx.Categories.to_list()
    ctx.delete_link(cat, "Products", one)
    with pytest.raises(KeyboardInterrupt):
        ctx.save_changes(SaveChangesOptions.BATCH)
    with pytest.raises(Died):
        ctx.save_changes(SaveChangesOptions.BATCH)
    assert script.lines[3:] == ["GET Categories(1)/$links/Products", "POST $batch"]


def stops(chosen):
    with chosen.connect() as ctx:
        return sum((job.CmdletName or "").startswith("Stop-") for job in ctx.Jobs)


def test_commands_are_of_types_and_of_what_derives_from_them(shop):
    ctx, script = shop(feed(product(1) | {"odata.type": "Shop.Book"}))
    ctx.commands = {"Shop.Product": ("Name",)}
    (book,) = ctx.Products.to_list()
    book.Name = "obey"
    ctx.update_object(book)
    ctx.get_entity_descriptor(book).outcome_unknown = True
    with pytest.raises(DataServiceRequestException, match="Name = 'obey'"):
        ctx.save_changes()
    assert len(script.requests) == 1
    with pytest.raises(ArgumentError, match="commands"):
        ctx.commands = 3


def test_the_commands_of_spf_are_properties_of_its_model():
    vmm = spf_vmm.VMM("http://h/SC2012R2/VMM/Microsoft.Management.Odata.svc/")
    assert vmm.commands["VMM.VMCheckPoint"] == ("VMCheckPointAction",)
    for type_name, names in vmm.commands.items():
        assert all(vmm.model.entity_types[type_name].find(name) is not None for name in names), type_name
