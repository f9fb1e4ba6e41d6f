"""What the docstrings say of errors is true: each call raises what the docstring of its method names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from client.shop import feed, product, shop

from odata3 import (
    ArgumentError,
    DataServiceCollection,
    DataServiceContext,
    DataServiceQuery,
    EntityStates,
    InvalidOperationError,
    QueryTranslationError,
    SaveChangesOptions,
)

Argument, Operation, Translation = ArgumentError, InvalidOperationError, QueryTranslationError
CONTRADICTION = SaveChangesOptions.BATCH | SaveChangesOptions.CONTINUE_ON_ERROR

#: Method of the context, what it is called with (a tracked product, an untracked one, an untracked category), what it raises.
CONTEXT: list[tuple[str, Callable[[Any, Any, Any, Any], object], type[Exception]]] = [
    ("add_object", lambda ctx, p, new, c: ctx.add_object("Nope", new), Argument),
    ("add_object", lambda ctx, p, new, c: ctx.add_object("Products", c), Argument),
    ("add_object", lambda ctx, p, new, c: ctx.add_object("Products", p), Operation),
    ("add_related_object", lambda ctx, p, new, c: ctx.add_related_object(c, "Products", new), Operation),
    ("add_related_object", lambda ctx, p, new, c: ctx.add_related_object(p, "Category", c), Operation),
    ("update_object", lambda ctx, p, new, c: ctx.update_object(new), Argument),
    ("update_related_object", lambda ctx, p, new, c: ctx.update_related_object(new, "Category", c), Operation),
    ("update_related_object", lambda ctx, p, new, c: ctx.update_related_object(p, "Name", c), Operation),
    ("delete_object", lambda ctx, p, new, c: ctx.delete_object(new), Operation),
    ("attach_to", lambda ctx, p, new, c: ctx.attach_to("Products", 5), Argument),
    ("attach_to", lambda ctx, p, new, c: ctx.attach_to("Products", c), Argument),
    ("attach_to", lambda ctx, p, new, c: ctx.attach_to("Products", type(p)()), Operation),
    ("attach_to", lambda ctx, p, new, c: ctx.attach_to("Products", type(p)(ID=1)), Operation),
    ("change_state", lambda ctx, p, new, c: ctx.change_state(p, 3), Argument),
    ("change_state", lambda ctx, p, new, c: ctx.change_state(new, EntityStates.MODIFIED), Argument),
    ("change_state", lambda ctx, p, new, c: ctx.change_state(p, EntityStates.ADDED), Operation),
    ("add_link", lambda ctx, p, new, c: ctx.add_link(c, "Products", p), Operation),
    ("attach_link", lambda ctx, p, new, c: ctx.attach_link(c, "Products", p), Operation),
    ("set_link", lambda ctx, p, new, c: ctx.set_link(p, "Category", c), Operation),
    ("delete_link", lambda ctx, p, new, c: ctx.delete_link(c, "Products", p), Operation),
    ("change_link_state", lambda ctx, p, new, c: ctx.change_link_state(p, "Category", c, 7), Argument),
    ("change_link_state", lambda ctx, p, new, c: ctx.change_link_state(p, "Category", c, EntityStates.ADDED), Operation),
    ("query", lambda ctx, p, new, c: ctx.query(c, "Products"), Operation),
    ("query", lambda ctx, p, new, c: ctx.query(p, "Name"), Operation),
    ("create_query", lambda ctx, p, new, c: ctx.create_query("Nope"), Argument),
    ("execute", lambda ctx, p, new, c: ctx.execute(5), Argument),
    ("execute", lambda ctx, p, new, c: ctx.execute("Products", "PUT"), Argument),
    ("execute_batch", lambda ctx, p, new, c: ctx.execute_batch(), Argument),
    ("execute_batch", lambda ctx, p, new, c: ctx.execute_batch(None), Argument),
    ("try_get_entity", lambda ctx, p, new, c: ctx.try_get_entity(None), Argument),
    ("get_read_stream", lambda ctx, p, new, c: ctx.get_read_stream(p), Argument),
    ("set_save_stream", lambda ctx, p, new, c: ctx.set_save_stream(c, b"x", True, "a/b"), Operation),
    ("set_save_stream", lambda ctx, p, new, c: ctx.set_save_stream(p, None, True, "a/b"), Argument),
    ("set_save_stream", lambda ctx, p, new, c: ctx.set_save_stream(p, b"x", True, None), Argument),
    ("load_property", lambda ctx, p, new, c: ctx.load_property(c, "Products"), Operation),
    ("load_property", lambda ctx, p, new, c: ctx.load_property(p, "Nope"), Operation),
    ("load_property", lambda ctx, p, new, c: ctx.load_property(p, None), Operation),
    ("pending_changes", lambda ctx, p, new, c: ctx.pending_changes(CONTRADICTION), Argument),
    ("base_uri", lambda ctx, p, new, c: setattr(ctx, "base_uri", "shop"), Operation),
    ("url_key_as_segment", lambda ctx, p, new, c: setattr(ctx, "url_key_as_segment", 1), Argument),
    ("add_and_update_response_preference", lambda ctx, *_: setattr(ctx, "add_and_update_response_preference", 1), Argument),
    ("save_changes_default_options", lambda ctx, *_: setattr(ctx, "save_changes_default_options", CONTRADICTION), Argument),
    ("resolve", lambda ctx, p, new, c: ctx.resolve(c, "mine"), Operation),
]

QUERY: list[tuple[str, Callable[[Any], object], type[Exception]]] = [
    ("where", lambda q: q.where(lambda p: p.Nope == 1), Translation),
    ("where", lambda q: q.select(lambda p: p.ID).where("ID eq 1"), Translation),
    ("order_by", lambda q: q.order_by(lambda p: p.Size), Translation),
    ("order_by_descending", lambda q: q.order_by_descending("Nope"), Translation),
    ("then_by", lambda q: q.then_by(lambda p: p.Size), Translation),
    ("then_by_descending", lambda q: q.then_by_descending(lambda p: p.Size), Translation),
    ("skip", lambda q: q.skip(-1), Argument),
    ("skip", lambda q: q.by_key(1).skip(1), Translation),
    ("take", lambda q: q.take(-1), Argument),
    ("take", lambda q: q.by_key(1).take(1), Translation),
    ("expand", lambda q: q.expand("Name"), Translation),
    ("select", lambda q: q.select("ID").select("ID"), Translation),
    ("of_type", lambda q: q.of_type("Nope"), Argument),
    ("of_type", lambda q: q.of_type("Category"), Translation),
    ("select_many", lambda q: q.select_many("Category"), Translation),
    ("select_many", lambda q: q.by_key(1).select_many("Name"), Translation),
    ("by_key", lambda q: q.by_key(1, 2), Argument),
    ("by_key", lambda q: q.by_key(None), Argument),
    ("by_key", lambda q: q.by_key(1).by_key(1), Translation),
    ("include_total_count", lambda q: q.by_key(1).include_total_count(), Translation),
    ("add_query_option", lambda q: q.add_query_option("$top", 1).add_query_option("$top", 2), Translation),
    ("add_query_option", lambda q: q.add_query_option("x", None), Argument),
    ("add_query_option", lambda q: q.add_query_option(" ", 2), Argument),
    ("with_merge_option", lambda q: q.with_merge_option(1), Argument),
    ("add", lambda q: q.by_key(1).add(q), Operation),
    ("add", lambda q: q.add(5), Argument),
    ("to_csv", lambda q: q.to_csv(7), Argument),
    ("to_parquet", lambda q: q.to_parquet(7), Argument),
    ("to_arrow_reader", lambda q: q.to_arrow_reader(batch_size=0), Argument),
]

COLLECTION: list[tuple[str, Callable[[Any, Any], object], type[Exception]]] = [
    ("append", lambda many, p: many.append(5), Argument),
    ("insert", lambda many, p: many.insert(0, 5), Argument),
    ("extend", lambda many, p: many.extend([5]), Argument),
    ("load", lambda many, p: many.load(5), Argument),
    ("load", lambda many, p: many.load([5]), Argument),
    ("remove", lambda many, p: many.remove(p), ValueError),
    ("pop", lambda many, p: many.pop(), IndexError),
]


def said(cls: type, name: str) -> str:
    found = getattr(cls, name)
    return str((found.fget if isinstance(found, property) else found).__doc__)


@pytest.mark.parametrize(("name", "call", "error"), CONTEXT)
def test_contexts(name: str, call: Callable[..., object], error: type[Exception]) -> None:
    ctx, script = shop(feed(product(1)))
    tracked = ctx.Products.first()
    with pytest.raises(error):
        call(ctx, tracked, ctx.types.Product(ID=8), ctx.types.Category(ID=1))
    assert error.__name__ in said(DataServiceContext, name)
    assert len(script.requests) == 1


@pytest.mark.parametrize(("name", "call", "error"), QUERY)
def test_queries(name: str, call: Callable[..., object], error: type[Exception]) -> None:
    ctx, script = shop()
    with pytest.raises(error):
        call(ctx.Products)
    assert error.__name__ in said(DataServiceQuery, name)
    assert script.requests == []


@pytest.mark.parametrize(("name", "call", "error"), COLLECTION)
def test_collections(name: str, call: Callable[..., object], error: type[Exception]) -> None:
    ctx, _ = shop()
    many: Any = DataServiceCollection(context=ctx)
    with pytest.raises(error):
        call(many, ctx.types.Product(ID=1))
    assert error.__name__ in said(DataServiceCollection, name)
    assert many == []
