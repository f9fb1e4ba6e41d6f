"""Section 3: ``DataServiceContext``, its keywords, changes, reading, tracking, settings, events."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from urllib.parse import unquote

import pytest
import requests
from contract.bakery import EDMX, MODEL, SERIAL
from contract.conftest import Sent
from faults.server import FaultServer, answer, then_reset

from odata3 import (
    ArgumentError,
    DataServiceContext,
    DataServiceQuery,
    DataServiceResponsePreference,
    DataServiceTransportException,
    EntityStates,
    InvalidOperationError,
    MergeOption,
    SaveChangesOptions,
)

JSON = "application/json;odata=minimalmetadata"

# -- keywords


def test_metadata_is_fetched_on_first_need(url):
    ctx = DataServiceContext(url)
    asked = []
    ctx.receiving_response += lambda args: asked.append(args.response.url.removeprefix(url))
    assert not asked
    assert ctx.Products.url == f"{url}Products"
    assert ctx.model == MODEL and ctx.model is ctx.model
    assert asked == ["$metadata"]


@pytest.mark.parametrize("source", [EDMX, str(EDMX), EDMX.read_bytes(), io.BytesIO(EDMX.read_bytes()), MODEL])
def test_metadata_given(source):
    assert DataServiceContext("http://bakery.example/", metadata=source).model == MODEL


@pytest.mark.parametrize("dialect", ["json", "verbosejson", "atom"])
def test_formats(url, fresh, dialect):
    ctx = DataServiceContext(url, format=dialect)
    sent = Sent(ctx)
    product = ctx.Products.expand("Category").where(lambda p: p.Name == "Rye bread").single()
    assert (product.Price, product.Tags, product.Category.Name) == (Decimal("2.50"), ["dark", "sour"], "Bread")
    product.Price = Decimal("3.00")
    ctx.update_object(product)
    ctx.save_changes()
    wanted = {"json": "odata=minimalmetadata", "verbosejson": "odata=verbose", "atom": "application/atom+xml"}[dialect]
    assert wanted in sent[-1][2]["Content-Type"] and wanted in sent[-2][2]["Accept"]
    assert DataServiceContext(url).Products.by_key(1).first().Price == Decimal("3.00")


def test_whatever_format_comes_back_is_read(scripted):
    body = json.dumps({"d": {"results": [{"__metadata": {"type": "Bakery.Product"}, "ID": 1, "Name": "x"}]}}).encode()
    ctx = scripted(answer(body, Content_Type="application/json;odata=verbose"), format="atom")
    assert ctx.Products.first().Name == "x"


def test_headers_go_with_every_request_and_auth_too():
    with FaultServer(answer(b'{"value":[]}')) as server:
        DataServiceContext(server.url, metadata=MODEL, headers={"X-Shop": "7"}, auth=("user", "pw")).Products.to_list()
    (seen,) = server.requests
    fields = dict(seen.fields)
    assert (fields["X-Shop"], fields["Authorization"]) == ("7", "Basic dXNlcjpwdw==")


def test_version_headers(ctx, sent):
    ctx.Products.take(1).to_list()
    ctx.Products.include_total_count().take(1).to_list()
    ctx.Products.where(lambda p: p.Tags.any()).to_list()
    assert [headers["DataServiceVersion"] for _, _, headers, _ in sent] == ["1.0;NetFx", "2.0;NetFx", "3.0;NetFx"]
    assert {headers["MaxDataServiceVersion"] for _, _, headers, _ in sent} == {"3.0;NetFx"}


def test_a_maximum_below_what_is_needed_is_an_error(url):
    ctx = DataServiceContext(url, metadata=MODEL, max_protocol_version="1.0")
    with pytest.raises(InvalidOperationError, match=r"2\.0"):
        ctx.Products.include_total_count().to_list()


def test_a_session_is_the_callers(url):
    session = requests.Session()
    session.headers["X-Mine"] = "1"
    before = dict(session.headers), session.auth, dict(session.adapters)
    with DataServiceContext(url, metadata=MODEL, session=session, auth=("u", "p"), headers={"X-More": "2"}) as ctx:
        ctx.Products.first()
    assert (dict(session.headers), session.auth, dict(session.adapters)) == before
    assert session.get(url, timeout=5).status_code == 200, "it is not closed"


def test_reads_are_repeated_and_changes_never(scripted):
    feed = answer(b'{"value":[{"ID":1}]}', Content_Type=JSON)
    assert scripted(then_reset(), feed, retry=2).Products.first().ID == 1
    with FaultServer(then_reset()) as server, DataServiceContext(server.url, metadata=MODEL, retry=3) as ctx:
        ctx.add_object("Categories", ctx.types.Category(ID=1))
        with pytest.raises(InvalidOperationError):
            ctx.save_changes()
        assert len(server.requests) == 1


def test_other_origins_are_refused_before_a_request(scripted):
    with FaultServer(answer(b'{"value":[{"ID":2}]}', Content_Type=JSON)) as inner:
        page = json.dumps({"value": [{"ID": 1}], "odata.nextLink": f"{inner.url}Products?$skiptoken=1"}).encode()
        with pytest.raises(DataServiceTransportException, match="trusted_origins"):
            scripted(answer(page, Content_Type=JSON)).Products.to_list()
        assert inner.requests == []
        trusting = scripted(answer(page, Content_Type=JSON), trusted_origins=[inner.url])
        assert [p.ID for p in trusting.Products] == [1, 2]
        assert "Authorization" not in inner.requests[0].headers


def test_rebased_links():
    page = json.dumps({"value": [{"ID": 1}], "odata.nextLink": "http://inner.example/svc/Products?$skiptoken=1"}).encode()
    last = answer(b'{"value":[{"ID":2}]}', Content_Type=JSON)
    with FaultServer(answer(page, Content_Type=JSON), last) as server:
        ctx = DataServiceContext(f"{server.url}svc/", metadata=MODEL, rebase_links=True)
        assert [p.ID for p in ctx.Products] == [1, 2]
        assert server.requests[1].target == "/svc/Products?$skiptoken=1"


def test_a_profile_fills_in_what_is_not_given(url):
    profile = {"format": "atom", "max_protocol_version": "2.0"}
    assert DataServiceContext(url, profile=profile).max_protocol_version == "2.0"
    assert DataServiceContext(url, profile=profile, max_protocol_version="1.0").max_protocol_version == "1.0"


def test_a_bound_on_bodies(scripted):
    with pytest.raises(DataServiceTransportException, match="max_response_bytes"):
        scripted(answer(b'{"value":[]}' + b" " * 500, Content_Type=JSON), max_response_bytes=100).Products.to_list()


@pytest.mark.parametrize(
    "keywords",
    [
        {"format": "xml"},
        {"max_protocol_version": "4.0"},
        {"timeout": "soon"},
        {"auth": "user"},
        {"session": 5},
        {"headers": "x"},
        {"proxies": "x"},
        {"verify": 5},
        {"cert": 5},
        {"retry": -1},
        {"trusted_origins": ["nonsense"]},
        {"profile": 5},
        {"max_response_bytes": 0},
    ],
)
def test_wrong_keywords_are_argument_errors(keywords):
    with pytest.raises(ArgumentError):
        DataServiceContext("http://bakery.example/", **keywords)


# -- entity sets and types


def test_sets_are_attributes_items_and_queries(ctx):
    for query in (ctx.Products, ctx["Products"], ctx.create_query("Products")):
        assert isinstance(query, DataServiceQuery)
    assert ctx.Products is not ctx.Products


def test_dir_lists_the_sets_before_any_request(url):
    assert {"Products", "Categories", "Lines", "Notes", "Photos", "save_changes"} <= set(dir(DataServiceContext(url)))
    assert "save_changes" in dir(DataServiceContext("http://127.0.0.1:1/", retry=None))


def test_unknown_names_say_the_nearest(ctx):
    with pytest.raises(AttributeError, match="'Products'"):
        _ = ctx.Prodcts
    with pytest.raises(KeyError, match="'Products'"):
        _ = ctx["Prodcts"]
    assert not hasattr(ctx, "Nothing")


@pytest.mark.parametrize(
    ("dotnet", "python"),
    [
        ("SaveChanges", "save_changes"),
        ("AddObject", "add_object"),
        ("MergeOption", "merge_option"),
        ("AddToProducts", "add_to_Products"),
        ("GetEntityDescriptor", "get_entity_descriptor"),
    ],
)
def test_dotnet_spellings_say_the_python_name(ctx, dotnet, python):
    with pytest.raises(AttributeError, match=python):
        getattr(ctx, dotnet)


def test_a_dotnet_setting_assigned_does_not_go_unheard(ctx):
    with pytest.raises(AttributeError, match="merge_option"):
        ctx.MergeOption = MergeOption.NO_TRACKING


def test_types(ctx):
    assert ctx.types.Product is ctx.types["Bakery.Product"]
    with pytest.raises(KeyError, match=r"did you mean 'Bakery\.Product'"):
        ctx.types["Bakery.Prodct"]
    with pytest.raises(AttributeError, match="Product"):
        _ = ctx.types.Prodct


# -- changes


def test_add_object_and_the_generated_shapes(ctx, sent, fresh, other):
    Product = ctx.types.Product
    ctx.add_object("Products", Product(ID=10, Name="a", Price=1))
    ctx.add_to_Products(Product(ID=11, Name="b", Price=1))
    ctx.Products.add(Product(ID=12, Name="c", Price=1))
    ctx.save_changes()
    assert sent.lines == ["POST Products"] * 3
    assert [p.Name for p in other.Products.where(lambda p: p.ID > 9)] == ["a", "b", "c"]


def test_update_and_delete(ctx, sent, fresh, other):
    product = ctx.Products.by_key(2).first()
    product.Name = "Bun"
    ctx.update_object(product)
    ctx.save_changes()
    ctx.delete_object(product)
    ctx.save_changes()
    assert sent.lines == ["GET Products(2)", "MERGE Products(2)", "DELETE Products(2)"]
    assert json.loads(sent[1][3]) == {"odata.type": "Bakery.Product", "Name": "Bun"}
    assert not other.Products.where(lambda p: p.ID == 2).any()


def test_attach_to_with_etag_and_detach(ctx, sent, fresh):
    category = ctx.types.Category(ID=1, Name="Breads")
    ctx.attach_to("Categories", category, 'W/"1"')
    ctx.update_object(category)
    ctx.save_changes()
    assert sent.lines == ["MERGE Categories(1)"] and sent[0][2]["If-Match"] == 'W/"1"'
    assert json.loads(sent[0][3]) == {"odata.type": "Bakery.Category", "Name": "Breads"}, "all that is set but the key"
    assert ctx.detach(category) is True and ctx.detach(category) is False


def test_related_objects(ctx, sent, fresh, other):
    bread = ctx.Categories.by_key(1).first()
    ctx.add_related_object(bread, "Products", ctx.types.Product(ID=20, Price=1))
    ctx.save_changes()
    assert sent.lines[-1] == "POST Categories(1)/Products"
    roll = ctx.Products.by_key(2).first()
    ctx.update_related_object(roll, "Category", category := ctx.types.Category(ID=1, Name="Other"))
    ctx.get_entity_descriptor(category).etag = "*"
    ctx.save_changes()
    assert sent.lines[-1] == "MERGE Products(2)/Category"
    assert other.Products.by_key(20).select_many("Category").single().Name == "Other"


def test_links(ctx, sent, fresh):
    bread, nameless = ctx.Categories.by_key(1).first(), ctx.Products.by_key(4).first()
    ctx.set_link(nameless, "Category", bread)
    ctx.save_changes()
    ctx.set_link(nameless, "Category", None)
    ctx.save_changes()
    ctx.add_link(bread, "Products", nameless)
    ctx.save_changes()
    ctx.delete_link(bread, "Products", nameless)
    ctx.save_changes()
    assert sent.lines[2:] == [
        "PUT Products(4)/$links/Category",
        "DELETE Products(4)/$links/Category",
        "POST Categories(1)/$links/Products",
        "DELETE Categories(1)/$links/Products(4)",
    ]
    ctx.attach_link(bread, "Products", nameless)
    ctx.change_link_state(bread, "Products", nameless, EntityStates.DELETED)
    assert ctx.get_link_descriptor(bread, "Products", nameless).state is EntityStates.DELETED
    assert ctx.detach_link(bread, "Products", nameless) is True
    assert ctx.detach_link(bread, "Products", nameless) is False


def test_change_state(ctx):
    product = ctx.Products.first()
    ctx.change_state(product, EntityStates.MODIFIED)
    assert ctx.get_entity_descriptor(product).state is EntityStates.MODIFIED
    ctx.change_state(product, EntityStates.UNCHANGED)
    assert len(ctx.pending_changes()) == 0


def test_wrong_changes_say_why(ctx):
    Product, Category = ctx.types.Product, ctx.types.Category
    for wrong in (
        lambda: ctx.update_object(Product(ID=1)),
        lambda: ctx.delete_object(Product(ID=1)),
        lambda: ctx.add_object("Categories", Product(ID=1)),
        lambda: ctx.add_object("Categoris", Category(ID=1)),
        lambda: ctx.add_object("Categories", None),
        lambda: ctx.attach_to("Products", Product()),
        lambda: ctx.add_link(Category(ID=1), "Products", Product(ID=1)),
    ):
        with pytest.raises((ArgumentError, InvalidOperationError)):
            wrong()
    assert ctx.entities == () and ctx.links == ()


def test_pending_changes_say_what_would_be_sent(ctx, sent, fresh):
    product = ctx.Products.by_key(1).first()
    sent.clear()
    product.Price = Decimal("3")
    ctx.update_object(product)
    ctx.add_object("Categories", category := ctx.types.Category(ID=9, Version=1))
    ctx.add_related_object(category, "Products", ctx.types.Product(ID=30, Price=1))
    pending = ctx.pending_changes()
    assert [change.method for change in pending] == ["MERGE", "POST", "POST"]
    assert [unquote(change.url).rpartition("/")[2] for change in pending] == ["Products(1)", "Categories", "Products"]
    assert "$" in pending[2].url, "what only an earlier answer tells"
    assert json.loads(pending[0].body) == {"odata.type": "Bakery.Product", "Price": "3"}
    assert pending[0].descriptor is ctx.get_entity_descriptor(product)
    assert pending[0].headers["Content-Type"] == JSON
    assert "MERGE" in str(pending) and "Price" in str(pending) and "2.50" in str(pending)
    assert ctx.get_entity_descriptor(product).state is EntityStates.MODIFIED
    assert sent == []
    ctx.save_changes()
    assert [(method, body) for method, _, _, body in sent] == [(c.method, c.body) for c in pending], "shown is sent"


# -- reading


def test_load_property_and_query(ctx, sent):
    bread = ctx.Categories.by_key(1).first()
    assert bread.Products == []
    ctx.load_property(bread, "Products")
    assert [p.ID for p in bread.Products] == [1, 2]
    assert [p.ID for p in ctx.query(bread, "Products").where(lambda p: p.Price > 1)] == [1]
    assert sent.lines[1:] == ["GET Categories(1)/Products", "GET Categories(1)/Products?$filter=Price gt 1M"]


def test_execute_takes_urls_and_continuations(ctx, url):
    assert [p.ID for p in ctx.execute("Products?$top=2")] == [1, 2]
    assert [p.ID for p in ctx.execute(f"{url}Products(3)")] == [3]
    assert list(ctx.execute("Products(1)/Name", element_type=str, single_result=True)) == ["Rye bread"]


def test_execute_batch(ctx, sent):
    response = ctx.execute_batch(ctx.Products.take(1), "Categories", ctx.Products.by_key(99))
    products, categories, missing = response
    assert [p.ID for p in products] == [1] and len(list(categories)) == 2
    assert (missing.status_code, missing.error.status_code) == (404, 404)
    assert response.is_batch_response and sent.lines[0] == "POST $batch"


def test_streams(ctx, sent, fresh):
    photo = ctx.types.Photo(ID=1, Title="Window")
    ctx.add_object("Photos", photo)
    source = io.BytesIO(b"picture")
    ctx.set_save_stream(photo, source, True, "image/jpeg", slug="window.jpg")
    ctx.save_changes()
    assert sent.lines == ["POST Photos", "MERGE Photos(1)"] and source.closed
    assert (sent[0][2]["Slug"], sent[0][2]["Content-Type"]) == ("window.jpg", "image/jpeg")
    with ctx.get_read_stream(photo) as stream:
        assert (stream.content_type, stream.read()) == ("image/jpeg", b"picture")
    assert ctx.get_read_stream_uri(photo).endswith("Photos(1)/$value")
    ctx.set_save_stream(photo, "Thumbnail", io.BytesIO(b"small"), True, "image/png")
    ctx.save_changes()
    assert ctx.get_read_stream(photo, "Thumbnail").read() == b"small"
    assert photo.Thumbnail.content_type == "image/png"
    ctx.set_save_stream(photo, None, io.BytesIO(b"another"), True, "image/jpeg")
    ctx.save_changes()
    assert ctx.get_read_stream(photo, None).read() == b"another"


# -- tracking


def test_tracking(ctx, url):
    product = ctx.Products.by_key(1).first()
    assert [d.entity for d in ctx.entities] == [product]
    assert ctx.get_entity_descriptor(product).identity == f"{url}Products(1)" == ctx.try_get_uri(product)
    assert ctx.try_get_entity(f"{url}Products(1)") is product
    assert ctx.try_get_entity(f"{url}Products(2)") is None
    assert ctx.get_entity_descriptor(ctx.types.Product(ID=1)) is None
    assert ctx.Products.by_key(1).first() is product, "one identity is one object"


# -- settings


def test_settings_as_they_start(ctx, url):
    assert ctx.merge_option is MergeOption.APPEND_ONLY
    assert ctx.ignore_missing_properties is True
    assert ctx.ignore_resource_not_found_exception is False
    assert ctx.add_and_update_response_preference is DataServiceResponsePreference.NONE
    assert ctx.save_changes_default_options is SaveChangesOptions.NONE
    assert (ctx.use_post_tunneling, ctx.url_key_as_segment, ctx.send_all_properties) == (False, False, False)
    assert ctx.resolve_name is ctx.resolve_type is ctx.resolve_entity_set is None
    assert ctx.base_uri == url


def test_merge_option(ctx, fresh, other):
    mine, theirs = ctx.Products.by_key(1).first(), other.Products.by_key(1).first()
    theirs.Name, mine.Name = "theirs", "mine"
    other.update_object(theirs)
    other.save_changes()
    ctx.update_object(mine)
    for option, name, state in (
        (MergeOption.APPEND_ONLY, "mine", EntityStates.MODIFIED),
        (MergeOption.PRESERVE_CHANGES, "mine", EntityStates.MODIFIED),
        (MergeOption.OVERWRITE_CHANGES, "theirs", EntityStates.UNCHANGED),
    ):
        ctx.merge_option = option
        assert ctx.Products.by_key(1).first() is mine
        assert (mine.Name, ctx.get_entity_descriptor(mine).state) == (name, state)
    ctx.merge_option = MergeOption.NO_TRACKING
    assert ctx.Products.by_key(1).first() is not mine


def test_missing_properties(scripted):
    feed = answer(b'{"value":[{"ID":1,"Newer":5}]}', Content_Type=JSON)
    ctx = scripted(feed)
    assert "Newer" not in ctx.Products.first().to_dict()
    ctx.ignore_missing_properties = False
    ctx.merge_option = MergeOption.NO_TRACKING
    with pytest.raises(InvalidOperationError, match="Newer"):
        ctx.Products.first()


def test_response_preference(ctx, sent, fresh):
    category = ctx.Categories.by_key(1).first()
    category.Name = "Breads"
    ctx.add_and_update_response_preference = DataServiceResponsePreference.INCLUDE_CONTENT
    ctx.update_object(category)
    assert [o.status_code for o in ctx.save_changes()] == [200]
    assert sent[-1][2]["Prefer"] == "return-content"


def test_post_tunnelling(ctx, sent, fresh):
    product = ctx.Products.by_key(1).first()
    ctx.use_post_tunneling = True
    product.Name = "Loaf"
    ctx.update_object(product)
    ctx.save_changes()
    assert sent[-1][0] == "POST" and sent[-1][2]["X-HTTP-Method"] == "MERGE"


def test_key_as_segment(ctx):
    ctx.url_key_as_segment = True
    assert unquote(ctx.Products.by_key(1).url).endswith("/Products/1")
    assert "Lines(OrderID=7,Code=guid'" in unquote(ctx.Lines.by_key(7, SERIAL).url), "composite keys keep parentheses"


def test_key_as_segment_as_the_metadata_says(vmm, ctx):
    assert vmm.url_key_as_segment is True and ctx.url_key_as_segment is False


def test_send_all_properties(ctx, sent, fresh):
    ctx.send_all_properties = True
    ctx.add_object("Categories", category := ctx.types.Category(ID=9))
    ctx.save_changes()
    assert list(json.loads(sent[0][3]).items()) == [
        ("odata.type", "Bakery.Category"),
        ("ID", 9),
        ("Name", None),
        ("Version", 0),
    ]
    category.Name = "x"
    ctx.update_object(category)
    ctx.save_changes()
    assert list(json.loads(sent[1][3])) == ["odata.type", "ID", "Name", "Version"], "keys and nulls included"


def test_resolve_hooks(ctx, url, sent, fresh):
    ctx.resolve_entity_set = lambda name: f"{url}Products" if name == "Products" else None
    assert ctx.Products.url == f"{url}Products"
    ctx.resolve_name = lambda cls: "Bakery.Product"
    ctx.add_object("Products", ctx.types.Product(ID=40, Price=1))
    ctx.save_changes()
    assert json.loads(sent[0][3])["odata.type"] == "Bakery.Product"


def test_base_uri_moves_the_context(url):
    ctx = DataServiceContext("http://127.0.0.1:1/", metadata=MODEL, retry=None)
    ctx.base_uri = url
    assert ctx.base_uri == url and ctx.Products.count() >= 5


# -- events


def test_events_are_list_like_and_decorators(ctx, fresh):
    heard = []

    def stamp(args):
        args.headers["X-Stamp"] = "7"
        heard.append("sending")

    ctx.sending_request += stamp
    ctx.receiving_response.append(lambda args: heard.append(args.status_code))

    @ctx.reading_entity
    def reading(args):
        heard.append(("reading", args.entity.ID))

    @ctx.writing_entity
    def writing(args):
        args.entry.values["Name"] = "by the handler"
        heard.append("writing")

    seen = Sent(ctx)
    ctx.Categories.by_key(1).first()
    ctx.add_object("Categories", category := ctx.types.Category(ID=9, Version=1))
    ctx.save_changes()
    assert heard == ["sending", 200, ("reading", 1), "sending", "writing", 201, ("reading", 9)]
    assert seen[0][2]["X-Stamp"] == "7" and category.Name == "by the handler"
    assert stamp in ctx.sending_request
    ctx.sending_request.remove(stamp)
    assert stamp not in ctx.sending_request
