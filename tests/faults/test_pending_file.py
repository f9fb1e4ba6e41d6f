"""Pending work carried from one process to another: what is in the file, what is not, and what becomes of it."""

from __future__ import annotations

import json
import stat
from datetime import datetime
from decimal import Decimal

import pytest
from client.shop import ROOT, Script, category, created, entry, feed, product, reply, shop

from odata3 import ArgumentError, DataServiceContext, EntityStates, InvalidOperationError, ODataError, PayloadError


def busy():
    """A context with something of each kind pending: update, insert with a link, insert below a parent, delete, links."""
    ctx, script = shop(
        feed(product(1), product(2, Size={"Width": 1, "Height": 2})),
        feed(category(1), category(2), of="Categories"),
        headers={"X-Api-Key": "k3y-of-the-shop"},
        auth=("user", "s3cret"),
    )
    first, second = ctx.Products.to_list()
    one, two = ctx.Categories.to_list()
    first.Name, first.Price = "Rye", Decimal("3.10")
    ctx.update_object(first)
    new = ctx.types.Book(ID=50, Name="Ulysses", Price=Decimal("9.99"), Rating=5, Released=datetime(1922, 2, 2), Pages=730)
    ctx.add_object("Products", new)
    ctx.set_link(new, "Category", one)
    ctx.delete_object(two)
    ctx.add_link(one, "Products", first)
    below = ctx.types.Product(ID=51, Name="Below")
    ctx.add_related_object(one, "Products", below)
    ctx.set_link(first, "Maker", None)
    second.Size.Width = 7
    ctx.update_object(second)
    ctx.delete_link(one, "Products", second)
    return ctx, script


def asked(ctx):
    return [(c.method, c.url, c.body, dict(c.headers)) for c in ctx.pending_changes()]


def test_the_same_requests_go_out_after_a_round_trip(tmp_path):
    ctx, _ = busy()
    path = tmp_path / "work.json"
    ctx.pending_changes().save(path)
    other, script = shop(headers={"X-Api-Key": "k3y-of-the-shop"})
    loaded = other.load_pending_changes(path)
    mine, theirs = asked(ctx), asked(other)
    assert [line[:2] for line in theirs] == [line[:2] for line in mine] and theirs == mine
    assert [type(d.entity).__name__ for d in loaded] == ["Product", "Book", "Category", "Product", "Product"]
    done = reply(None, 204)
    script.steps = [
        done,
        created("Products(50)"),
        done,
        done,
        created("Products(51)"),
        done,
        done,
        done,
    ]
    other.save_changes()
    assert not other.pending_changes() and not script.steps


def test_a_second_file_says_the_same(tmp_path):
    ctx, _ = busy()
    ctx.pending_changes().save(tmp_path / "a")
    other, _ = shop()
    other.load_pending_changes(tmp_path / "a")
    other.pending_changes().save(tmp_path / "b")
    first, second = (json.loads((tmp_path / name).read_bytes()) for name in "ab")
    for tree in (first, second):
        for row in (*tree["entities"], *tree["links"]):
            del row["order"]
    key = json.dumps
    assert sorted(map(key, first["entities"])) and len(first["links"]) == len(second["links"])
    assert {json.dumps(r["values"], sort_keys=True) for r in first["entities"]} == {
        json.dumps(r["values"], sort_keys=True) for r in second["entities"]
    }


def test_the_seventh_digit_survives(tmp_path):
    ctx, _ = shop(entry(product(1)))
    one = ctx.Products.by_key(1).first()
    ctx.change_state(one, EntityStates.MODIFIED)
    before = asked(ctx)
    ctx.pending_changes().save(tmp_path / "w")
    other, _ = shop()
    other.load_pending_changes(tmp_path / "w")
    assert asked(other) == before and b"12:54.2694809" in before[0][2]


def test_no_credential_and_no_header_is_in_the_file(tmp_path):
    ctx, _ = busy()
    path = tmp_path / "work.json"
    ctx.pending_changes().save(path)
    text = path.read_text("utf-8")
    for secret in ("k3y-of-the-shop", "X-Api-Key", "s3cret", "dXNlcjpzM2NyZXQ", "Authorization"):
        assert secret not in text
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, "nobody else's business"
    assert [p.name for p in tmp_path.iterdir()] == ["work.json"]


def test_streams_are_refused(tmp_path):
    import io

    ctx, _ = shop()
    photo = ctx.types.Photo(ID=1, Title="t")
    ctx.add_object("Photos", photo)
    ctx.set_save_stream(photo, io.BytesIO(b"x"), True, "image/png")
    with pytest.raises(InvalidOperationError, match="stream"):
        ctx.pending_changes().save(tmp_path / "w")
    assert list(tmp_path.iterdir()) == []


def test_named_streams_are_refused(tmp_path):
    import io

    ctx, _ = shop()
    photo = ctx.types.Photo(ID=1, Title="t")
    ctx.attach_to("Photos", photo)
    ctx.get_entity_descriptor(photo).stream("Thumb").stream_link.edit_link = f"{ROOT}Photos(1)/Thumb"
    ctx.set_save_stream(photo, "Thumb", io.BytesIO(b"x"), True, "image/png")
    with pytest.raises(InvalidOperationError, match="streams cannot be saved to a file"):
        ctx.pending_changes().save(tmp_path / "w")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "link", ["Products(1)?sig=s3cret", "Products(1)?access_token=s3cret", "http://u:s3cret@shop.example/svc/P(1)"]
)
def test_r7_a_link_that_holds_a_credential_is_refused(tmp_path, link):
    ctx, _ = shop(entry(product(1) | {"odata.editLink": link}))
    one = ctx.Products.by_key(1).first()
    ctx.update_object(one)
    with pytest.raises(InvalidOperationError, match="holds a credential") as caught:
        ctx.pending_changes().save(tmp_path / "w")
    assert list(tmp_path.iterdir()) == [] and "s3cret" not in str(caught.value)


def test_nothing_is_loaded_twice_nor_into_another_service(tmp_path):
    ctx, _ = busy()
    path = tmp_path / "work.json"
    ctx.pending_changes().save(path)
    with pytest.raises(InvalidOperationError, match="tracks"):
        ctx.load_pending_changes(path)
    elsewhere = DataServiceContext("http://other.example/svc/", metadata=ctx.model)
    with pytest.raises(InvalidOperationError, match="meant for"):
        elsewhere.load_pending_changes(path)
    assert elsewhere.entities == ()


def test_r2_a_changed_file_sends_nothing_elsewhere(tmp_path):
    ctx, _ = shop(entry(product(1)))
    one = ctx.Products.by_key(1).first()
    one.Name = "new"
    ctx.update_object(one)
    ctx.pending_changes().save(tmp_path / "w")
    text = (tmp_path / "w").read_text().replace(f"{ROOT}Products(1)", "http://127.0.0.1:9/Products(1)")
    (tmp_path / "w").write_text(text)
    other = DataServiceContext(ROOT, metadata=ctx.model, auth=("user", "s3cret"))
    other.load_pending_changes(tmp_path / "w")
    with pytest.raises(ODataError, match="refused to ask"):
        other.save_changes()


def mutations(tree):
    """The file with each of its values replaced by something else, one at a time."""

    def places(node, path=()):
        items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for key, value in items:
            yield (*path, key)
            yield from places(value, (*path, key))

    for path in list(places(tree)):
        for wrong in (None, 10**9, "nonsense", [], {"a": [1]}, True):
            copy = json.loads(json.dumps(tree))
            node = copy
            for key in path[:-1]:
                node = node[key]
            node[path[-1]] = wrong
            yield copy


def test_r51_a_broken_file_is_refused_whole(tmp_path):
    ctx, _ = busy()
    path = tmp_path / "work.json"
    ctx.pending_changes().save(path)
    tree = json.loads(path.read_bytes())
    for name in ("entities", "links"):  # one of each kind is enough
        tree[name] = tree[name][:4]
    refused = 0
    for broken in mutations(tree):
        path.write_text(json.dumps(broken))
        other = DataServiceContext(ROOT, metadata=ctx.model, transport=Script())
        try:
            other.load_pending_changes(path)
            other.pending_changes()
        except ODataError:
            refused += 1
            continue
    assert refused > 100
    for data in (b"", b"{", b"[]", b"\xff", b"[" * 50_000, b'{"kind":"odata3 pending changes","version":9}'):
        path.write_bytes(data)
        other, _ = shop()
        with pytest.raises(PayloadError):
            other.load_pending_changes(path)
        assert other.entities == () and other.links == ()
    with pytest.raises(ArgumentError):
        other.load_pending_changes(tmp_path / "absent")
    with pytest.raises(ArgumentError):
        ctx.pending_changes().save(tmp_path / "absent" / "file")
