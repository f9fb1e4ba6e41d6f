"""The front desk: construction, entity sets as attributes, settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from client.shop import METADATA, ROOT, Script, created, feed, product, reply, shop

from odata3.client.context import DataServiceContext
from odata3.client.options import DataServiceResponsePreference, MergeOption, SaveChangesOptions
from odata3.edm.csdl import parse_metadata
from odata3.errors import ArgumentError, DataServiceTransportException, InvalidOperationError


@pytest.mark.parametrize("root", ["", "svc", "ftp://x/y", "http://", "http://x/y?a=1", "http://x/y#z", "//x/y", None, 7])
def test_1_1_roots_that_are_none(root: Any) -> None:
    with pytest.raises(ArgumentError):
        DataServiceContext(root)


@pytest.mark.parametrize(
    "keywords",
    [{"format": "xml"}, {"max_protocol_version": "4.0"}, {"max_protocol_version": 3}, {"timeout": -1}, {"max_response_bytes": 0}],
)
def test_wrong_keywords(keywords: Any) -> None:
    with pytest.raises((ArgumentError, TypeError)):
        DataServiceContext(ROOT, **keywords)


def test_metadata_from_a_path_bytes_file_or_model(tmp_path: Path) -> None:
    path = tmp_path / "shop.edmx"
    path.write_bytes(METADATA)
    with path.open("rb") as file:
        for source in (path, str(path), METADATA, METADATA.decode(), file, parse_metadata(METADATA)):
            ctx = DataServiceContext(ROOT, metadata=source)
            assert "Products" in ctx.model.entity_sets


def test_entity_sets_are_attributes_items_and_queries() -> None:
    ctx, _ = shop()
    assert ctx.Products.url == ctx["Products"].url == ctx.create_query("Products").url == f"{ROOT}Products"
    assert ctx.Products is not ctx.Products
    assert {"Products", "Categories", "save_changes"} <= set(dir(ctx))


def test_an_unknown_name_names_the_nearest() -> None:
    ctx, _ = shop()
    with pytest.raises(AttributeError, match="'Products'"):
        _ = ctx.Prodcuts
    with pytest.raises(KeyError, match="'Products'"):
        _ = ctx["products"]
    with pytest.raises(AttributeError):
        _ = ctx["products"]
    with pytest.raises(AttributeError, match="save_changes"):
        _ = ctx.save_change
    assert not hasattr(ctx, "Nothing")
    assert not hasattr(ctx, "__len__")


@pytest.mark.parametrize(
    ("dotnet", "python"),
    [
        ("SaveChanges", "save_changes"),
        ("UpdateObject", "update_object"),
        ("AttachTo", "attach_to"),
        ("GetEntityDescriptor", "get_entity_descriptor"),
        ("MergeOption", "merge_option"),
        ("BaseUri", "base_uri"),
    ],
)
def test_dotnet_spellings_are_answered_with_the_python_name(dotnet: str, python: str) -> None:
    ctx, _ = shop()
    with pytest.raises(AttributeError, match=python):
        getattr(ctx, dotnet)


def test_dotnet_spellings_are_answered_also_where_the_service_cannot_be_reached() -> None:
    script = Script([DataServiceTransportException("no route")] * 2)
    ctx = DataServiceContext(ROOT, transport=script)
    with pytest.raises(AttributeError, match="save_changes"):
        _ = ctx.SaveChanges
    with pytest.raises(DataServiceTransportException):
        _ = ctx.Products


def test_a_handler_that_fails_by_an_attribute_error_is_told_of() -> None:
    uses: list[Any] = [lambda ctx: ctx.Products, lambda ctx: ctx["Products"], lambda ctx: ctx.model, lambda ctx: ctx.types]
    for use in uses:
        script = Script([])
        ctx = DataServiceContext(ROOT, transport=script)
        ctx.sending_request += lambda args: args.header
        with pytest.raises(AttributeError, match=r"SendingRequestArgs has no attribute 'header'; did you mean 'headers'\?"):
            use(ctx)
        assert not script.requests
    ctx, _ = shop(feed(product(1)))
    (p,) = ctx.Products.to_list()
    ctx.update_object(p)
    ctx.sending_request += lambda args: print(args.body)
    ctx.writing_entity += lambda args: args.entity.Nmae
    with pytest.raises(AttributeError, match=r"no attribute 'Nmae'"):
        ctx.pending_changes()


def test_the_generated_dotnet_shapes_of_adding() -> None:
    ctx, script = shop(created("Products(1)"), created("Products(2)"))
    ctx.add_to_Products(ctx.types.Product(ID=1))
    ctx.Products.add(ctx.types.Product(ID=2))
    ctx.save_changes()
    assert script.lines == ["POST Products", "POST Products"]
    with pytest.raises(AttributeError):
        ctx.add_to_Nothing(None)
    with pytest.raises(ArgumentError):
        ctx.Products.add(ctx.types.Category(ID=2))
    with pytest.raises(InvalidOperationError):
        ctx.Categories.by_key(1).select_many("Products").add(ctx.types.Product(ID=3))


def test_settings_start_as_documented_and_refuse_what_is_none() -> None:
    ctx, _ = shop()
    assert ctx.merge_option is MergeOption.APPEND_ONLY
    assert ctx.save_changes_default_options is SaveChangesOptions.NONE
    assert ctx.add_and_update_response_preference is DataServiceResponsePreference.NONE
    assert ctx.ignore_missing_properties is True
    assert ctx.ignore_resource_not_found_exception is False
    assert ctx.use_post_tunneling is False
    assert ctx.url_key_as_segment is False
    assert ctx.send_all_properties is False
    assert ctx.resolve_name is ctx.resolve_type is ctx.resolve_entity_set is None
    assert ctx.max_protocol_version == "3.0"
    for name, wrong in (("merge_option", 1.5), ("use_post_tunneling", "yes"), ("resolve_type", 7), ("url_key_as_segment", None)):
        with pytest.raises(ArgumentError, match=name):
            setattr(ctx, name, wrong)


def test_1_1_a_response_preference_needs_version_3() -> None:
    ctx, _ = shop(max_protocol_version="2.0")
    with pytest.raises(InvalidOperationError):
        ctx.add_and_update_response_preference = DataServiceResponsePreference.NO_CONTENT
    ctx.add_and_update_response_preference = DataServiceResponsePreference.NONE


def test_base_uri_moves_the_context_on_its_origin() -> None:
    ctx, script = shop(feed(product(1)))
    assert ctx.base_uri == ROOT
    for wrong in ("nonsense", "http://shop.example/x?y", "http://elsewhere/"):
        with pytest.raises(InvalidOperationError):
            ctx.base_uri = wrong
    ctx.base_uri = "http://shop.example/other"
    ctx.Products.to_list()
    assert script.requests[0].url == "http://shop.example/other/Products"


def test_a_root_without_a_slash() -> None:
    ctx = DataServiceContext("http://shop.example/svc", metadata=METADATA)
    assert ctx.base_uri == "http://shop.example/svc"
    assert ctx.Products.url == f"{ROOT}Products"


def test_a_profile_fills_in_keywords_not_given() -> None:
    script = Script([reply({"d": []}, Content_Type="application/json", DataServiceVersion="2.0;")])
    found = {"format": "atom", "max_protocol_version": "2.0", "rebase_links": True}
    ctx = DataServiceContext(ROOT, metadata=METADATA, transport=script, profile=found)
    assert ctx.max_protocol_version == "2.0"
    assert DataServiceContext(ROOT, profile=found, max_protocol_version="1.0").max_protocol_version == "1.0"
    ctx.Products.to_list()
    assert script.requests[0].headers["Accept"].startswith("application/atom+xml")


def test_it_is_a_context_manager() -> None:
    with DataServiceContext(ROOT) as ctx:
        assert repr(ctx) == f"<DataServiceContext {ROOT}>"


def test_two_contexts_keep_their_entities_apart() -> None:
    one, _ = shop(feed(product(1)))
    two, _ = shop()
    (p,) = one.Products.to_list()
    with pytest.raises(ArgumentError, match=r"not tracked by this context: another"):
        two.update_object(p)
    with pytest.raises(InvalidOperationError, match="not tracked"):
        two.delete_object(p)
