"""``DataServiceCollection``: a list that makes the calls of a context (section 9.2)."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from client.shop import ROOT, Script, category, created, entry, feed, product, reply, shop

from odata3.client.collection import DataServiceCollection, EntityChangedParams, EntityCollectionChangedParams
from odata3.client.context import DataServiceContext
from odata3.client.options import EntityStates, MergeOption, TrackingMode
from odata3.errors import ArgumentError, InvalidOperationError

NO_CONTENT = reply(None, 204)


def states(ctx: Any) -> list[str]:
    return [d.state.name for d in ctx.entities]


def test_9_2_an_assignment_is_update_object() -> None:
    ctx, script = shop(feed(product(1), product(2)), NO_CONTENT)
    products: Any = DataServiceCollection(ctx.Products)
    assert [p.ID for p in products] == [1, 2]
    products[0].Name = "Rye"
    assert states(ctx) == ["UNCHANGED", "MODIFIED"]
    ctx.save_changes()
    assert script.lines[1:] == ["MERGE Products(1)"]
    assert script.body() == {"odata.type": "Shop.Product", "Name": "Rye"}


def test_9_2_complex_values_changed_in_place_are_found_before_a_save() -> None:
    ctx, script = shop(feed(product(1, Size={"Width": 1, "Height": 2})), NO_CONTENT)
    products: Any = DataServiceCollection(ctx.Products)
    products[0].Size.Width = 9
    assert [c.method for c in ctx.pending_changes()] == ["MERGE"]
    ctx.save_changes()
    assert script.body()["Size"]["Width"] == 9


def test_9_2_adding_is_add_object() -> None:
    ctx, script = shop(feed(product(1)), created("Products(9)", product(9)))
    products: Any = DataServiceCollection(ctx.Products)
    p = ctx.types.Product(ID=9)
    products.append(p)
    products.append(p)
    assert len(products) == 2
    p.Name = "still an insert"
    ctx.save_changes()
    assert script.lines[1:] == ["POST Products"]
    assert script.body()["Name"] == "still an insert"


def test_9_2_what_a_new_entity_leads_to_is_added_with_it() -> None:
    ctx, script = shop(feed(of="Categories"), created("Categories(5)"), created("Products(9)"), created("Makers(7)"), NO_CONTENT)
    categories: Any = DataServiceCollection(ctx.Categories)
    c, p = ctx.types.Category(ID=5), ctx.types.Product(ID=9)
    p.Maker = ctx.types.Maker(ID=7)
    p.Category = c
    c.Products.append(p)
    categories.append(c)
    ctx.save_changes()
    assert script.lines[1:] == ["POST Categories", "POST Categories(5)/Products", "POST Makers", "PUT Products(9)/$links/Maker"]
    assert script.body(2)["Category@odata.bind"] == f"{ROOT}Categories(5)"
    p.Name = "heard"
    assert [e.entity for e in ctx.entities if e.state is EntityStates.MODIFIED] == [p]


def test_9_2_a_new_entity_that_a_reference_is_set_to_brings_its_own() -> None:
    ctx, _ = shop(feed(product(1)))
    products: Any = DataServiceCollection(ctx.Products)
    m = ctx.types.Maker(ID=7)
    m.Products.append(ctx.types.Product(ID=9))
    products[0].Maker = m
    assert [(c.method, c.url.removeprefix(ROOT)) for c in ctx.pending_changes()] == [
        ("POST", "Makers"),
        ("PUT", "Products(1)/$links/Maker"),
        ("POST", "$2/Products"),
    ]


def test_9_2_a_chain_of_new_entities_may_be_long() -> None:
    ctx, _ = shop(feed())
    products: Any = DataServiceCollection(ctx.Products)
    p, links = ctx.types.Product(ID=0), 1500
    first = p
    for number in range(1, links):
        maker = ctx.types.Maker(ID=number)
        p.Maker = maker
        p = ctx.types.Product(ID=number)
        maker.Products.append(p)
    products.append(first)
    assert len(ctx.entities) == 2 * links - 1


def test_9_2_a_query_without_rows_tells_the_context_as_well() -> None:
    ctx, script = shop(feed(), created("Products(9)"))
    products: Any = DataServiceCollection(ctx.Products.execute())
    products.append(ctx.types.Product(ID=9))
    ctx.save_changes()
    assert script.lines == ["GET Products", "POST Products"]


def test_9_2_without_tracking_a_save_takes_nothing_out_of_the_list() -> None:
    more = {"odata.nextLink": f"{ROOT}Products?$skiptoken=1"}
    ctx, _ = shop(feed(product(1), **more), feed(product(2)), created("Products(9)"))
    ctx.merge_option = MergeOption.NO_TRACKING
    products: Any = DataServiceCollection(ctx.Products, tracking_mode=TrackingMode.NONE)
    assert products.load_next_partial_set()
    ctx.add_object("Products", ctx.types.Product(ID=9))
    ctx.save_changes()
    assert [p.ID for p in products] == [1, 2]


def test_9_2_without_a_set_name_adding_is_an_error() -> None:
    ctx, _ = shop()
    collection: Any = DataServiceCollection(context=ctx, entity_set_name=None)
    collection.append(ctx.types.Seat(Row="A", Number=1))
    assert states(ctx) == ["ADDED"]


@pytest.mark.parametrize("twin", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_9_2_copies_and_pickles_keep_values_and_no_context(twin: Any) -> None:
    ctx, _ = shop(feed(category(1, Products=[product(1), product(2)]), of="Categories"))
    categories: Any = DataServiceCollection(ctx.Categories.expand("Products"))
    made = twin(categories)
    assert type(made) is list and [c.Name for c in made] == ["C1"]
    one = twin(categories[0])
    assert [p.Name for p in one.Products] == ["P1", "P2"] and ctx.get_entity_descriptor(one) is None
    products = twin(categories[0].Products)
    products.append(ctx.types.Product(ID=9))
    assert len(categories[0].Products) == 2 and states(ctx) == ["UNCHANGED"] * 3


def test_9_2_what_is_refused_leaves_all_as_it_was() -> None:
    ctx, _ = shop(feed(product(1, Category=category(1))))
    script = Script([feed(category(5), of="Categories")])
    (foreign,) = DataServiceContext(ROOT, metadata=ctx.model, transport=script).Categories.to_list()
    products: Any = DataServiceCollection(ctx.Products.expand("Category"))
    (p,) = products
    before = p.Category
    with pytest.raises(InvalidOperationError, match="another context"):
        p.Category = foreign
    assert p.Category is before is not None and not ctx.pending_changes()
    with pytest.raises(TypeError):
        products.insert("first", ctx.types.Product(ID=9))
    assert states(ctx) == ["UNCHANGED"] * 2


def test_9_2_removing_is_delete_object() -> None:
    ctx, script = shop(feed(product(1), product(2)), NO_CONTENT)
    products: Any = DataServiceCollection(ctx.Products)
    first = products[0]
    products.remove(first)
    assert [p.ID for p in products] == [2]
    ctx.save_changes()
    assert script.lines[1:] == ["DELETE Products(1)"]
    first.Name = "nobody hears"
    assert states(ctx) == ["UNCHANGED"]


def test_9_2_clear_deletes_nothing() -> None:
    ctx, _ = shop(feed(product(1)))
    products: Any = DataServiceCollection(ctx.Products)
    p = products[0]
    products.clear()
    p.Name = "unheard"
    assert states(ctx) == ["UNCHANGED"]
    products.load(p)
    products.clear(stop_tracking=True)
    assert ctx.entities == ()


def test_9_2_a_reference_is_set_link() -> None:
    ctx, script = shop(feed(product(1)), feed(category(1), of="Categories"), NO_CONTENT, created("Categories(7)"), NO_CONTENT)
    products: Any = DataServiceCollection(ctx.Products)
    (c,) = ctx.Categories.to_list()
    products[0].Category = c
    ctx.save_changes()
    assert script.lines[2:] == ["PUT Products(1)/$links/Category"]
    products[0].Category = ctx.types.Category(ID=7)
    ctx.save_changes()
    assert script.lines[3:] == ["POST Categories", "PUT Products(1)/$links/Category"]


def test_9_2_navigation_lists_become_collections() -> None:
    ctx, script = shop(feed(category(1, Products=[product(1)]), of="Categories"), created("Products(9)"), NO_CONTENT, NO_CONTENT)
    categories: Any = DataServiceCollection(ctx.Categories.expand("Products"))
    products = categories[0].Products
    assert isinstance(products, DataServiceCollection)
    products.append(ctx.types.Product(ID=9))
    products[0].Name = "x"
    ctx.save_changes()
    assert script.lines[1:] == ["POST Categories(1)/Products", "MERGE Products(1)"]
    products.remove(products[0])
    ctx.save_changes()
    assert script.lines[3:] == ["DELETE Products(1)"]


def test_9_2_a_known_entity_is_linked() -> None:
    ctx, script = shop(feed(category(1), of="Categories"), feed(product(5)), NO_CONTENT)
    categories: Any = DataServiceCollection(ctx.Categories)
    (p,) = ctx.Products.to_list()
    categories[0].Products.append(p)
    ctx.save_changes()
    assert script.lines[2:] == ["POST Categories(1)/$links/Products"]


def test_9_2_what_is_loaded_is_no_change() -> None:
    ctx, _ = shop(feed(category(1), of="Categories"), feed(product(1), product(2)), entry(category(1, Name="new"), "Categories"))
    categories: Any = DataServiceCollection(ctx.Categories)
    c = categories[0]
    ctx.load_property(c, "Products")
    assert [p.ID for p in c.Products] == [1, 2]
    assert ctx.pending_changes() == []
    c.Products[0].Name = "heard"
    assert len(ctx.pending_changes()) == 1


def test_9_2_entities_that_are_tracked_no_more_are_dropped_after_a_save() -> None:
    ctx, _ = shop(feed(product(1), product(2)), NO_CONTENT)
    products: Any = DataServiceCollection(ctx.Products)
    ctx.delete_object(products[0])
    assert len(products) == 2
    ctx.save_changes()
    assert [p.ID for p in products] == [2]


def test_9_2_loading_attaches_what_is_not_tracked() -> None:
    ctx, script = shop(NO_CONTENT)
    products: Any = DataServiceCollection(context=ctx)
    p = ctx.types.Product(ID=3, Name="x")
    products.load([p])
    assert ctx.try_get_uri(p) == f"{ROOT}Products(3)"
    p.Name = "y"
    ctx.save_changes()
    assert script.lines == ["MERGE Products(3)"]


def test_9_2_callbacks_that_answer_true_stand_in_place_of_the_call() -> None:
    heard: list[Any] = []

    def on_change(params: EntityChangedParams) -> bool:
        heard.append((params.property_name, params.value))
        return True

    def on_collection(params: EntityCollectionChangedParams) -> bool:
        heard.append(params.action)
        return True

    ctx, _ = shop(feed(product(1)))
    products: Any = DataServiceCollection(ctx.Products, entity_changed=on_change, collection_changed=on_collection)
    products[0].Name = "x"
    products.append(ctx.types.Product(ID=2))
    products.remove(products[1])
    assert heard == [("Name", "x"), "add", "remove"]
    assert ctx.pending_changes() == []


def test_9_2_pages() -> None:
    ctx, _ = shop(
        feed(product(1), **{"odata.nextLink": f"{ROOT}Products?$skiptoken=1"}),
        feed(product(2)),
    )
    products: Any = DataServiceCollection(ctx.Products)
    assert str(products.continuation) == f"{ROOT}Products?$skiptoken=1"
    assert products.load_next_partial_set() is True
    assert products.load_next_partial_set() is False
    assert [p.ID for p in products] == [1, 2]


def test_9_2_the_context_is_found_by_an_entity() -> None:
    ctx, _ = shop(feed(product(1)))
    products: Any = DataServiceCollection(ctx.Products.to_list())
    products[0].Name = "x"
    assert states(ctx) == ["MODIFIED"]


def test_9_2_deleting_takes_pending_children_along() -> None:
    ctx, _ = shop()
    categories: Any = DataServiceCollection(context=ctx)
    c = ctx.types.Category(ID=1)
    categories.append(c)
    c.Products.append(ctx.types.Product(ID=2))
    assert states(ctx) == ["ADDED", "ADDED"]
    categories.remove(c)
    assert ctx.entities == ()


def test_9_2_detach_stops_it() -> None:
    ctx, _ = shop(feed(product(1)))
    products: Any = DataServiceCollection(ctx.Products)
    products.detach()
    products[0].Name = "x"
    products.append(ctx.types.Product(ID=5))
    assert states(ctx) == ["UNCHANGED"]


@pytest.mark.parametrize("wrong", [None, 7, "x"])
def test_what_is_no_entity_is_refused(wrong: Any) -> None:
    ctx, _ = shop()
    products: Any = DataServiceCollection(context=ctx)
    with pytest.raises(ArgumentError):
        products.append(wrong)
    with pytest.raises((ArgumentError, TypeError)):
        DataServiceCollection(context=wrong or 1)
    assert products == []


def test_a_list_in_every_other_way() -> None:
    ctx, _ = shop(feed(product(1), product(2), product(3)))
    products: Any = DataServiceCollection(ctx.Products)
    products.sort(key=lambda p: -p.ID)
    assert [p.ID for p in products] == [3, 2, 1]
    last = products.pop()
    assert last.ID == 1
    products += [ctx.types.Product(ID=9)]
    products[0] = ctx.types.Product(ID=8)
    assert [p.ID for p in products] == [8, 2, 9]
    assert sorted(states(ctx)) == ["ADDED", "ADDED", "DELETED", "DELETED", "UNCHANGED"]
    with pytest.raises(ValueError, match="not in"):
        products.remove(last)
