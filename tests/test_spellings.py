"""Names from .NET and elsewhere: whatever has an attribute answers its other spellings with the one that is meant."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from client.shop import feed, product, shop

from odata3 import (
    ConcurrencyError,
    DataServiceCollection,
    DataServiceStreamLink,
    EntityDescriptor,
    EntityStates,
    LinkDescriptor,
    MergeOption,
    SaveChangesOptions,
    StreamDescriptor,
)
from odata3.spellings import no_attribute, python_name


@pytest.mark.parametrize(
    ("name", "python"),
    [("SaveChanges", "save_changes"), ("BaseUri", "base_uri"), ("URLConventions", "url_conventions"), ("where", "where")],
)
def test_python_names(name: str, python: str) -> None:
    assert python_name(name) == python


def told(thing: Any, name: str) -> str:
    with pytest.raises(AttributeError) as caught:
        getattr(thing, name)
    assert not hasattr(thing, name)
    return str(caught.value)


@pytest.fixture
def things() -> dict[str, Any]:
    """One of each kind that a program meets."""
    ctx, _ = shop(feed(product(1)))
    query = ctx.Products.take(1)
    page = query.execute()
    (found,) = page
    ctx.set_link(found, "Category", None)
    descriptor = ctx.get_entity_descriptor(found)
    assert descriptor is not None
    return {
        "ctx": ctx,
        "query": query,
        "page": page,
        "entity": descriptor,
        "link": ctx.links[0],
        "stream": descriptor.media,
        "collection": DataServiceCollection(),
        "error": ConcurrencyError("changed", status_code=412),
        "stream link": DataServiceStreamLink("Photo"),
    }


@pytest.mark.parametrize(
    ("thing", "name", "says"),
    [
        ("ctx", "SaveChanges", "DataServiceContext has no attribute 'SaveChanges'; in Python it is save_changes"),
        ("ctx", "MergeOption", "DataServiceContext has no attribute 'MergeOption'; in Python it is merge_option"),
        ("ctx", "AddToProducts", "DataServiceContext has no attribute 'AddToProducts'; in Python it is add_to_Products"),
        (
            "ctx",
            "BeginSaveChanges",
            "DataServiceContext has no attribute 'BeginSaveChanges': there is no asynchronous form: write save_changes()",
        ),
        (
            "ctx",
            "Credentials",
            "a context has no attribute 'Credentials': it is given when the context is made, as the keyword auth",
        ),
        ("query", "Where", "DataServiceQuery has no attribute 'Where'; in Python it is where"),
        ("query", "FirstOrDefault", "DataServiceQuery has no attribute 'FirstOrDefault'; in Python it is first_or_default"),
        ("query", "toList", "DataServiceQuery has no attribute 'toList'; in Python it is to_list"),
        ("query", "ToArray", "DataServiceQuery has no attribute 'ToArray': write to_list(), or iterate over the query"),
        ("query", "filter", "DataServiceQuery has no attribute 'filter': write where(lambda row: ...)"),
        ("query", "frist", "DataServiceQuery has no attribute 'frist'; did you mean 'first'?"),
        (
            "page",
            "GetContinuation",
            "QueryOperationResponse has no attribute 'GetContinuation'; in Python it is get_continuation",
        ),
        ("page", "StatusCode", "QueryOperationResponse has no attribute 'StatusCode'; in Python it is status_code"),
        ("entity", "ETag", "EntityDescriptor has no attribute 'ETag'; in Python it is etag"),
        ("entity", "EditLink", "EntityDescriptor has no attribute 'EditLink'; in Python it is edit_link"),
        ("entity", "State", "EntityDescriptor has no attribute 'State'; in Python it is state"),
        ("link", "SourceProperty", "LinkDescriptor has no attribute 'SourceProperty'; in Python it is source_property"),
        ("stream", "StreamLink", "StreamDescriptor has no attribute 'StreamLink'; in Python it is stream_link"),
        ("stream link", "ContentType", "DataServiceStreamLink has no attribute 'ContentType'; in Python it is content_type"),
        (
            "collection",
            "LoadNextPartialSet",
            "DataServiceCollection has no attribute 'LoadNextPartialSet'; in Python it is load_next_partial_set",
        ),
        ("error", "StatusCode", "ConcurrencyError has no attribute 'StatusCode'; in Python it is status_code"),
        ("error", "InnerException", "ConcurrencyError has no attribute 'InnerException': it is the error's __cause__"),
    ],
)
def test_what_is_meant(things: dict[str, Any], thing: str, name: str, says: str) -> None:
    found = told(things[thing], name)
    assert found == says


@pytest.mark.parametrize("name", ["GroupBy", "Distinct", "Sum", "Last", "Get", "All", "Limit", "Offset", "AsNoTracking", "Top"])
def test_what_a_query_does_not_have(things: dict[str, Any], name: str) -> None:
    assert told(things["query"], name).startswith(f"DataServiceQuery has no attribute {name!r}: ")


@pytest.mark.parametrize(
    ("enum", "name", "says"),
    [
        (MergeOption, "AppendOnly", "MergeOption has no attribute 'AppendOnly'; in Python it is APPEND_ONLY"),
        (
            SaveChangesOptions,
            "ReplaceOnUpdate",
            "SaveChangesOptions has no attribute 'ReplaceOnUpdate'; in Python it is REPLACE_ON_UPDATE",
        ),
        (EntityStates, "Added", "EntityStates has no attribute 'Added'; in Python it is ADDED"),
        (EntityStates, "MODIFED", "EntityStates has no attribute 'MODIFED'; did you mean 'MODIFIED'?"),
    ],
)
def test_members(enum: Any, name: str, says: str) -> None:
    assert told(enum, name) == says
    first = next(iter(enum))
    assert enum(first.value) is first and getattr(enum, first.name) is first


def test_an_attribute_that_is_like_nothing(things: dict[str, Any]) -> None:
    for thing in ("query", "page", "error"):
        assert told(things[thing], "Xyzzy").endswith("has no attribute 'Xyzzy'")
    assert told(things["query"], "__wrapped__") == "'DataServiceQuery' object has no attribute '__wrapped__'"
    assert str(no_attribute("It", "Abc", ["abc"], {"abc": "write x"})) == "It has no attribute 'Abc': write x"


def test_it_stands_in_nobodys_way(things: dict[str, Any]) -> None:
    names = dir(things["entity"])
    assert {"state", "etag", "entity"} <= set(names) and not {"State", "ETag", "Entity"} & set(names)
    for cls in (EntityDescriptor, LinkDescriptor, StreamDescriptor):
        assert "__getattr__" not in dir(cls)  # reading their attributes stays as fast as Python can
    error = things["error"]
    assert pickle.loads(pickle.dumps(error)).status_code == copy.copy(error).status_code == 412
    assert copy.copy(things["stream link"]) == things["stream link"]
