"""Section 6: responses and descriptors."""

from __future__ import annotations

import pytest

from odata3 import (
    ChangeOperationResponse,
    DataServiceRequestException,
    DataServiceResponse,
    EntityDescriptor,
    EntityStates,
    LinkDescriptor,
    MergeOption,
    OperationResponse,
    QueryOperationResponse,
    SaveChangesOptions,
    StreamDescriptor,
)


def new_categories(ctx, *keys):
    made = [ctx.types.Category(ID=key, Version=1) for key in keys]
    for category in made:
        ctx.add_object("Categories", category)
    return made


def test_a_response_is_an_iterable_of_changes(ctx, fresh):
    made = new_categories(ctx, 10, 11)
    response = ctx.save_changes()
    assert isinstance(response, DataServiceResponse)
    assert (response.is_batch_response, response.batch_status_code, dict(response.batch_headers)) == (False, -1, {})
    for operation, category in zip(response, made, strict=True):
        assert isinstance(operation, ChangeOperationResponse) and isinstance(operation, OperationResponse)
        assert (operation.status_code, operation.error) == (201, None)
        assert operation.headers["location"].endswith(f"Categories({category.ID})")
        assert operation.descriptor is ctx.get_entity_descriptor(category)


def test_nothing_to_save_sends_nothing(ctx, sent):
    assert list(ctx.save_changes()) == [] and sent == []


def test_a_batch(ctx, sent, fresh):
    new_categories(ctx, 10, 11)
    response = ctx.save_changes(SaveChangesOptions.BATCH)
    assert (response.is_batch_response, response.batch_status_code) == (True, 202)
    assert response.batch_headers["Content-Type"].startswith("multipart/mixed")
    assert [operation.status_code for operation in response] == [201, 201]
    assert [line for line in sent.lines if "$batch" in line] == ["POST $batch"]


def test_a_change_set_refused_says_the_refusal_and_all_stays_pending(ctx, fresh, other):
    new_categories(ctx, 10, 1, 12)
    with pytest.raises(DataServiceRequestException, match="409") as caught:
        ctx.save_changes(SaveChangesOptions.BATCH)
    assert caught.value.status_code == 409 == caught.value.__cause__.status_code
    (operation,) = caught.value.response
    assert operation.descriptor.entity.ID == 1 and operation.error is caught.value.__cause__
    assert {d.state for d in ctx.entities} == {EntityStates.ADDED}
    assert other.Categories.count() == 2


def test_independent_operations_do_not_raise(ctx, fresh):
    new_categories(ctx, 10, 1, 12)
    response = ctx.save_changes(SaveChangesOptions.BATCH_WITH_INDEPENDENT_OPERATIONS)
    assert [operation.status_code for operation in response] == [201, 409, 201]
    assert [type(operation.error).__name__ for operation in response] == ["NoneType", "DataServiceClientException", "NoneType"]


def test_the_first_failure_stops_or_not(ctx, fresh):
    new_categories(ctx, 10, 1, 12)
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes()
    assert [operation.status_code for operation in caught.value.response] == [201, 409]
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes(SaveChangesOptions.CONTINUE_ON_ERROR)
    assert [operation.status_code for operation in caught.value.response] == [409, 201]


def test_default_options_and_contradictions(ctx, sent, fresh):
    product = ctx.Products.by_key(1).first()
    product.Name = "x"
    ctx.save_changes_default_options = SaveChangesOptions.PATCH_ON_UPDATE
    ctx.update_object(product)
    ctx.save_changes()
    assert sent.lines[-1] == "PATCH Products(1)"
    with pytest.raises(ValueError, match="BATCH"):
        ctx.save_changes(SaveChangesOptions.BATCH | SaveChangesOptions.CONTINUE_ON_ERROR)


def test_an_entity_descriptor(ctx, url):
    product = ctx.Products.by_key(1).first()
    found = ctx.get_entity_descriptor(product)
    assert isinstance(found, EntityDescriptor)
    assert (found.entity, found.state) == (product, EntityStates.UNCHANGED)
    assert found.identity == found.edit_link == found.self_link == f"{url}Products(1)"
    assert (found.etag, found.server_type_name, found.parent_for_insert) == (None, "Bakery.Product", None)
    assert (found.read_stream_uri, found.edit_stream_uri, found.stream_etag) == (None, None, None)
    assert tuple(found.modified_properties) == () and tuple(found.stream_descriptors) == ()
    (info,) = found.link_infos
    assert (info.name, info.navigation_link) == ("Category", f"{url}Products(1)/Category")
    assert info.association_link == f"{url}Products(1)/$links/Category"
    offered = {operation.title: operation.target for operation in found.operation_descriptors}
    assert offered["Discount"] == f"{url}Products(1)/Discount"


def test_etags_are_kept_and_sent(ctx, sent, fresh):
    category = ctx.Categories.by_key(1).first()
    found = ctx.get_entity_descriptor(category)
    before = found.etag
    assert before is not None
    category.Name = "x"
    ctx.update_object(category)
    ctx.save_changes()
    assert sent[-1][2]["If-Match"] == before and found.etag not in (None, before)


def test_a_child_knows_its_parent_until_saved(ctx, fresh):
    category = ctx.Categories.by_key(1).first()
    ctx.add_related_object(category, "Products", product := ctx.types.Product(ID=60, Price=1))
    found = ctx.get_entity_descriptor(product)
    assert (found.state, found.parent_for_insert, found.identity) == (EntityStates.ADDED, category, None)
    ctx.save_changes()
    assert (found.state, found.parent_for_insert) == (EntityStates.UNCHANGED, None)


def test_a_media_entry_has_its_streams(ctx, url, fresh):
    ctx.add_object("Photos", photo := ctx.types.Photo(ID=1))
    ctx.set_save_stream(photo, b"x", True, "image/png")
    ctx.save_changes()
    found = ctx.get_entity_descriptor(photo)
    assert found.read_stream_uri == f"{url}Photos(1)/$value" == found.edit_stream_uri
    (named,) = found.stream_descriptors
    assert isinstance(named, StreamDescriptor) and named.stream_link.name == "Thumbnail"
    assert named.entity_descriptor is found


def test_a_link_descriptor(ctx):
    category, product = ctx.Categories.by_key(1).first(), ctx.Products.by_key(4).first()
    ctx.add_link(category, "Products", product)
    (link,) = ctx.links
    assert isinstance(link, LinkDescriptor) and link == ctx.get_link_descriptor(category, "Products", product)
    assert (link.source, link.source_property, link.target, link.state) == (category, "Products", product, EntityStates.ADDED)


def test_the_words():
    assert [state.name for state in EntityStates] == ["DETACHED", "UNCHANGED", "ADDED", "DELETED", "MODIFIED"]
    assert [option.name for option in MergeOption] == ["APPEND_ONLY", "OVERWRITE_CHANGES", "PRESERVE_CHANGES", "NO_TRACKING"]
    names = ("NONE", "BATCH", "CONTINUE_ON_ERROR", "REPLACE_ON_UPDATE", "PATCH_ON_UPDATE", "BATCH_WITH_INDEPENDENT_OPERATIONS")
    assert [SaveChangesOptions[name].value for name in names] == [0, 1, 2, 4, 8, 16]
    assert SaveChangesOptions.BATCH in SaveChangesOptions.BATCH | SaveChangesOptions.REPLACE_ON_UPDATE


def test_a_query_in_a_batch_is_a_query_operation(ctx):
    (operation,) = ctx.execute_batch(ctx.Products)
    assert isinstance(operation, QueryOperationResponse) and operation.status_code == 200 and operation.error is None
