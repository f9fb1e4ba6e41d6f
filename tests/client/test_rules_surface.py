"""Tables 1.1 to 1.4 of our description of the .NET client, member by member; and what answers another spelling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from client.shop import ROOT, created, feed, product, reply
from client.wired import NO_CONTENT, Wired

from odata3 import (
    BodyOperationParameter,
    DataServiceContext,
    DataServiceQueryContinuation,
    DataServiceResponsePreference,
    EntityStates,
    MergeOption,
    SaveChangesOptions,
    TrackingMode,
    UriOperationParameter,
)
from odata3.errors import InvalidOperationError

Make = Callable[..., Wired]

CONTEXT = """
BaseUri ResolveEntitySet ResolveName ResolveType MergeOption SaveChangesDefaultOptions AddAndUpdateResponsePreference
MaxProtocolVersion UsePostTunneling IgnoreMissingProperties IgnoreResourceNotFoundException ApplyingChanges Configurations
Entities Links GetEntityDescriptor GetLinkDescriptor TryGetEntity TryGetUri CreateQuery GetMetadataUri AddObject AttachTo
UpdateObject
DeleteObject Detach ChangeState AddRelatedObject AddLink SetLink AttachLink DeleteLink DetachLink SaveChanges LoadProperty Execute
ExecuteBatch GetReadStreamUri GetReadStream SetSaveStream ReceivingResponse ReadingEntity WritingEntity UpdateRelatedObject
ChangeLinkState
"""


@pytest.mark.parametrize("name", CONTEXT.split())
def test_1_1_every_member_of_the_context(wired: Make, name: str) -> None:
    ctx = wired().ctx
    with pytest.raises(AttributeError, match="in Python it is") as caught:
        getattr(ctx, name)
    python = str(caught.value).rpartition(" ")[2]
    assert python == "".join(f"_{c.lower()}" if c.isupper() else c for c in name).strip("_")
    assert hasattr(ctx, python)
    with pytest.raises(AttributeError, match=python):
        setattr(ctx, name, None)


@pytest.mark.parametrize(
    ("name", "python"),
    [
        ("SendingRequest", "sending_request"),
        ("SendingRequest2", "sending_request"),
        ("BuildingRequest", "sending_request"),
        ("UrlConventions", "url_key_as_segment"),
        ("UndeclaredPropertyBehavior", "ignore_missing_properties"),
    ],
)
def test_1_1_members_that_have_another_name(wired: Make, name: str, python: str) -> None:
    ctx = wired().ctx
    with pytest.raises(AttributeError, match=f"in Python it is {python}$"):
        getattr(ctx, name)
    with pytest.raises(AttributeError, match=f"in Python it is {python}$"):
        setattr(ctx, name, None)
    assert hasattr(ctx, python)


@pytest.mark.parametrize(("name", "keyword"), [("Credentials", "auth"), ("Timeout", "timeout"), ("timeout", "timeout")])
def test_1_1_what_is_given_when_the_context_is_made(wired: Make, name: str, keyword: str) -> None:
    ctx = wired().ctx
    with pytest.raises(AttributeError, match=f"as the keyword {keyword}"):
        getattr(ctx, name)
    with pytest.raises(AttributeError, match=f"as the keyword {keyword}"):
        setattr(ctx, name, 60)


def test_1_1_the_maximum_of_the_protocol_is_read_only(wired: Make) -> None:
    ctx = wired(max_protocol_version="2.0").ctx
    assert ctx.max_protocol_version == "2.0"
    with pytest.raises(AttributeError):
        ctx.max_protocol_version = "3.0"
    assert DataServiceContext(ROOT).max_protocol_version == "3.0"


@pytest.mark.parametrize("url", ["Elsewhere/Products", "ftp://h/Products", "{root}Products?x=1", "{root}Products#x", 7])
def test_1_1_resolve_entity_set_must_give_a_url_that_a_set_can_have(wired: Make, url: Any) -> None:
    on = wired()
    on.ctx.resolve_entity_set = lambda name: url.format(root=on.root) if isinstance(url, str) else url
    on.ctx.add_object("Products", on.new("Product", ID=1))
    for call in (lambda: on.ctx.Products.to_list(), on.ctx.pending_changes, on.ctx.save_changes):
        with pytest.raises(InvalidOperationError, match=r"resolve_entity_set\('Products'\)"):
            call()
    assert on.requests == []


EVERYTHING = f'''<entry xmlns="http://www.w3.org/2005/Atom" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices"
 xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata" m:etag="W/&quot;1&quot;">
 <id>{ROOT}ids/7</id>
 <category term="Shop.Photo" scheme="http://schemas.microsoft.com/ado/2007/08/dataservices/scheme"/>
 <link rel="edit" href="Photos(7)"/><link rel="self" href="self/7"/>
 <link rel="edit-media" href="media/7" m:etag="&quot;m&quot;"/>
 <link rel="http://schemas.microsoft.com/ado/2007/08/dataservices/mediaresource/Thumb" type="image/png" href="thumb/read"/>
 <link rel="http://schemas.microsoft.com/ado/2007/08/dataservices/edit-media/Thumb" type="image/png" href="thumb/edit"
  m:etag="&quot;t&quot;"/>
 <m:action metadata="{ROOT}$metadata#Main.Frame" title="Frame it" target="Photos(7)/Frame"/>
 <content type="image/jpeg" src="media/read/7"/>
 <m:properties><d:ID m:type="Edm.Int32">7</d:ID><d:Title>x</d:Title></m:properties></entry>'''


def test_1_2_every_member_of_the_descriptors(wired: Make) -> None:
    on = wired(reply(EVERYTHING.encode(), Content_Type="application/atom+xml;type=entry"), format="atom")
    photo = on.ctx.Photos.by_key(7).single()
    d = on.ctx.get_entity_descriptor(photo)
    assert (d.entity, d.state) == (photo, EntityStates.UNCHANGED)
    assert (d.identity, d.edit_link, d.self_link, d.etag, d.server_type_name) == (
        f"{on.root}ids/7",
        f"{on.root}Photos(7)",
        f"{on.root}self/7",
        'W/"1"',
        "Shop.Photo",
    )
    assert (d.read_stream_uri, d.edit_stream_uri, d.stream_etag) == (f"{on.root}media/read/7", f"{on.root}media/7", '"m"')
    assert (d.parent_for_insert, d.parent_property_for_insert) == (None, None)
    (stream,) = d.stream_descriptors
    link = stream.stream_link
    assert stream.entity_descriptor is d
    assert link is photo.Thumb
    assert (link.name, link.self_link, link.edit_link, link.content_type, link.etag) == (
        "Thumb",
        f"{on.root}thumb/read",
        f"{on.root}thumb/edit",
        "image/png",
        '"t"',
    )
    (action,) = d.operation_descriptors
    assert (action.title, action.metadata, action.target) == (
        "Frame it",
        f"{on.root}$metadata#Main.Frame",
        f"{on.root}Photos(7)/Frame",
    )
    assert d.link_infos == ()
    d.etag = "*"
    assert on.ctx.get_entity_descriptor(photo).etag == "*"


def test_1_2_descriptors_of_links_and_of_an_insert_below_a_parent(wired: Make) -> None:
    on = wired(feed(product(1)))
    (p,) = on.ctx.Products.to_list()
    infos = {info.name: info for info in on.ctx.get_entity_descriptor(p).link_infos}
    assert infos["Maker"].navigation_link == f"{on.root}Products(1)/Maker"
    assert infos["Maker"].association_link == f"{on.root}Products(1)/$links/Maker"
    c, child = on.attached("Categories", "Category", ID=1), on.new("Product", ID=9)
    on.ctx.add_related_object(c, "Products", child)
    d = on.ctx.get_entity_descriptor(child)
    assert (d.parent_for_insert, d.parent_property_for_insert) == (c, "Products")
    link = on.ctx.get_link_descriptor(c, "Products", child)
    assert (link.source, link.source_property, link.target, link.state.name) == (c, "Products", child, "ADDED")
    assert on.ctx.links == (link,)


def test_1_3_every_member_of_the_responses(wired: Make) -> None:
    on = wired(feed(product(1), **{"odata.nextLink": f"{ROOT}Products?$skiptoken=1"}), NO_CONTENT, created("Products(2)"))
    query = on.ctx.Products
    page = query.execute()
    (p,) = page
    assert (page.query, page.status_code, page.error) == (query, 200, None)
    assert page.headers["content-TYPE"] == page.headers["Content-Type"]
    continuation = page.get_continuation()
    assert isinstance(continuation, DataServiceQueryContinuation)
    assert str(continuation) == continuation.next_link_uri == f"{on.root}Products?$skiptoken=1"
    on.ctx.update_object(p)
    on.ctx.add_object("Products", on.new("Product", ID=2))
    saved = on.ctx.save_changes()
    assert (saved.batch_status_code, saved.is_batch_response, dict(saved.batch_headers)) == (-1, False, {})
    assert [(o.status_code, o.error, o.descriptor) for o in saved] == [(204, None, d) for d in on.ctx.entities]
    assert saved[1].headers["location"] == f"{on.root}Products(2)"


def test_1_3_a_query_is_immutable_and_prints_its_url(wired: Make) -> None:
    query = wired().ctx.Products
    url = str(query)
    more = query.expand("Category").include_total_count().add_query_option("x", "1")
    assert (str(query), query.url) == (url, url)
    assert str(more) == f"{url}?$expand=Category&$inlinecount=allpages&x=1"


def test_1_3_every_member_of_a_stream_response(wired: Make) -> None:
    on = wired(
        feed({"ID": 1, "Title": "x"}, of="Photos"),
        reply(b"png", Content_Type="image/png", Content_Disposition="attachment; filename=a.png"),
    )
    (photo,) = on.ctx.Photos.to_list()
    response = on.ctx.get_read_stream(photo)
    assert (response.content_type, response.content_disposition) == ("image/png", "attachment; filename=a.png")
    assert response.headers["content-type"] == "image/png"
    assert response.stream.read() == b"png"
    response.dispose()


def test_1_3_operation_parameters_are_a_name_and_a_value() -> None:
    for kind in (UriOperationParameter, BodyOperationParameter):
        parameter = kind("percent", 5)
        assert (parameter.name, parameter.value) == ("percent", 5)


def test_1_4_enumerations() -> None:
    assert {s.name: s.value for s in EntityStates} == {"DETACHED": 1, "UNCHANGED": 2, "ADDED": 4, "DELETED": 8, "MODIFIED": 16}
    assert [o.name for o in sorted(MergeOption)] == ["APPEND_ONLY", "OVERWRITE_CHANGES", "PRESERVE_CHANGES", "NO_TRACKING"]
    assert {o.name: o.value for o in SaveChangesOptions} == {
        "BATCH": 1,
        "CONTINUE_ON_ERROR": 2,
        "REPLACE_ON_UPDATE": 4,
        "PATCH_ON_UPDATE": 8,
        "BATCH_WITH_INDEPENDENT_OPERATIONS": 16,
    }
    assert SaveChangesOptions.NONE.value == 0
    assert [t.name for t in TrackingMode] == ["NONE", "AUTO_CHANGE_TRACKING"]
    assert [p.name for p in DataServiceResponsePreference] == ["NONE", "INCLUDE_CONTENT", "NO_CONTENT"]
