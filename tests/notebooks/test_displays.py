"""What notebooks show of our objects: HTML that says what is there, escapes what a service sent, and costs no request."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from client.shop import ROOT, feed, product, reply, shop
from docs.farm import MODEL, open_farm
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.formatters import DisplayFormatter
from lxml import html

from odata3 import DataServiceCollection, DataServiceContext, SaveChangesOptions, parse_metadata
from odata3.edm.spatial import Geography
from odata3.errors import DataServiceRequestException
from odata3.hypertext import LONGEST, card, details, element, shown, table
from odata3.server.wsgi import serve

#: What may stand in a display; everything else is a way out of it.
ELEMENTS = {"div", "strong", "table", "thead", "tbody", "tr", "th", "td", "em", "small", "code", "details", "summary"}
ATTRIBUTES = {"style", "dir", "scope"}
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</td></table><iframe src='//evil.example'>",
    '"><svg/onload=alert(1)>',
    "&lt;b&gt;",
    "a\u202egnp.exe",
    "\u2066\u200b\ufeff",
    "bell\x07 null\x00 escape\x1b[31m",
    "line\u2028paragraph\u2029",
    "lone \ud800 half",
]


def html_of(thing: object) -> str:
    """What IPython would put into the notebook."""
    formats, _ = DisplayFormatter().format(thing, include={"text/html", "text/plain"})
    assert formats["text/plain"]
    return str(formats["text/html"])


def checked(thing: object) -> html.HtmlElement:
    """The display's tree, which holds nothing but plain elements and plain text."""
    text = thing if isinstance(thing, str) else html_of(thing)
    text.encode()
    tree = html.fragment_fromstring(text)
    for node in tree.iter():
        assert node.tag in ELEMENTS
        assert set(node.attrib) <= ATTRIBUTES
        assert "url" not in node.get("style", "") and "color" not in node.get("style", "")
    whole = tree.text_content()
    hidden = {c for c in whole if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert hidden <= set("\t\n\u200c\u200d")
    return tree


def cells(tree: html.HtmlElement) -> list[list[str]]:
    return [[cell.text_content() for cell in row.iter("td", "th")] for row in tree.iter("tr")]


# -- the room that makes HTML


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_html_is_escaped_wherever_it_stands(text: str) -> None:
    made = card(text, table((text,), [(text,)]), details(text, [text]), element("div", text), [text], {text: text})
    tree = checked(made)
    assert len(list(tree.iter("strong"))) == 1 and len(list(tree.iter("td"))) == 1
    assert "<" not in text or text in tree.text_content()


def test_hidden_characters_are_spelled_out() -> None:
    assert shown("a\u202eb\x00") == "a\\u202eb\\x00"
    assert shown("\ud800") == "\\ud800"
    assert shown("Zoë, naïve, 日本, क्‍ष, 👩‍🚀\n") == "Zoë, naïve, 日本, क्‍ष, 👩‍🚀\n"


def test_long_texts_are_cut_and_say_so() -> None:
    assert shown("x" * LONGEST) == "x" * LONGEST
    assert shown("x" * 10_000_000) == "x" * LONGEST + "… (10,000,000 characters)"
    assert len(shown("&" * 10_000)) < 6 * LONGEST
    assert len(shown([["x" * 1000] * 1000] * 1000)) < 6 * LONGEST


class Colour(Enum):
    RED = 1


LOOP: list[Any] = []
LOOP.append(LOOP)


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        ("", ""),
        (True, "True"),
        (12, "12"),
        (0.5, "0.5"),
        (Decimal("12.50"), "12.50"),
        (UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (datetime(2013, 8, 2, 15, 12, 54, tzinfo=UTC), "2013-08-02 15:12:54+00:00"),
        (b"\x0a\xff", "0a ff (2 bytes)"),
        (bytes(17), "00 " * 16 + "… (17 bytes)"),
        ([1, "a", None], "[1, 'a', null]"),
        (list(range(9)), "[0, 1, 2, 3, 4, … 4 more]"),
        ({"a": [1]}, "{'a': [1]}"),
        ({"ApiToken": "hunter2", "a": {"Password": ["hunter2"]}}, "{'ApiToken': '***', 'a': {'Password': '***'}}"),
        (Geography("Point", (10.75, 59.91)), "SRID=4326;POINT (10.75 59.91)"),
        (Colour.RED, "RED"),
        (Broken(), "<RuntimeError>"),
        (LOOP, "<RecursionError>"),
        ([10**5000], "<ValueError>"),
    ],
)
def test_values(value: object, text: str) -> None:
    assert checked(f"<div>{shown(value)}</div>").text_content() == text


def test_wide_tables_say_how_much_is_missing() -> None:
    tree = checked(card("wide", table([f"c{n}" for n in range(30)], [range(30)])))
    head, row = cells(tree)
    assert head[-2:] == ["c19", "… 10 more columns"] and row[-2:] == ["19", "…"]


def test_long_tables_and_lists_are_cut() -> None:
    assert len(cells(checked(card("long", table(("n",), ((n,) for n in range(10**9))))))) == 202
    tree = checked(card("long", details("thing", range(10**9))))
    assert tree.findtext(".//summary") == "1000000000 things" and tree.text_content().endswith("199… 999999800 more")


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_leaves_its_cell(name: str, value: str) -> None:
    tree = checked(card("t", table((name,), [(value,), ([value],), ({name: value},)])))
    assert [len(row) for row in cells(tree)] == [1, 1, 1, 1]


# -- entities


def hostile_shop() -> tuple[Any, Any]:
    return shop(feed(*(product(n, Name=text) for n, text in enumerate(HOSTILE[:-1]))))


def test_an_entity_shows_what_it_holds() -> None:
    ctx, script = hostile_shop()
    entities = ctx.Products.to_list()
    asked = len(script.requests)
    for entity, text in zip(entities, HOSTILE, strict=False):
        tree = checked(entity)
        assert tree.findtext(".//strong") == f"Product(ID={entity.ID})"
        rows = {name: (value, kind) for name, value, kind in cells(tree)[1:]}
        assert rows["ID"] == (str(entity.ID), "Edm.Int32")
        assert rows["Price"] == ("2.50", "Edm.Decimal")
        assert rows["Name"][1] == "Edm.String" and ("<" not in text or rows["Name"][0] == text)
    assert len(script.requests) == asked


def test_moments_have_all_their_digits() -> None:
    ctx, _ = shop(feed(product(1)))
    assert ["Released", "2013-08-02T15:12:54.2694809", "Edm.DateTime"] in cells(checked(ctx.Products.first()))


def test_an_entity_tells_what_was_assigned_and_what_was_never_set() -> None:
    ctx, _ = shop()
    tree = checked(ctx.types.Product(ID=3, Name="Bread", Size={"Width": 1}))
    assert cells(tree)[1:] == [
        ["ID", "3", "Edm.Int32"],
        ["• Name", "Bread", "Edm.String"],
        ["• Size", "Size(Width=1)", "Shop.Size"],
    ]
    assert tree.findtext(".//small") == "3 properties never set; • assigned and not saved"
    assert cells(checked(ctx.types.Product(ID=3).Size or ctx.types.Size(Width=4)))[1:] == [["• Width", "4", "Edm.Int32"]]


def test_related_entities_that_are_there_are_named_and_no_list_is_made_for_the_display() -> None:
    ctx, _ = shop()
    lone = ctx.types.Category(ID=1)
    assert "Products" not in html_of(lone) and "Products" not in vars(lone)
    lone.Products.append(ctx.types.Product(ID=4))
    assert cells(checked(lone))[-1] == ["Products", "[Product(ID=4)]", "Collection(Shop.Product)"]


SAFE = parse_metadata(
    b"""<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"><edmx:DataServices>
 <Schema Namespace="Safe" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
  <EntityType Name="User" OpenType="true"><Key><PropertyRef Name="Password"/></Key>
   <Property Name="Password" Type="Edm.String" Nullable="false"/><Property Name="ApiToken" Type="Edm.String"/>
   <Property Name="_repr_html" Type="Edm.String"/></EntityType>
  <EntityContainer Name="Main"><EntitySet Name="Users" EntityType="Safe.User"/></EntityContainer>
 </Schema></edmx:DataServices></edmx:Edmx>"""
)


def test_secrets_are_not_told() -> None:
    ctx = DataServiceContext("http://user:hunter2@h.example/svc/", metadata=SAFE)
    user = ctx.types.User(Password="hunter2", ApiToken="hunter2", NewSecret="hunter2")
    ctx.add_object("Users", user)
    asked = ctx.Users.add_query_option("access_token", "hunter2")
    pending = ctx.pending_changes()
    for thing in (ctx, user, asked, pending, pending[0], DataServiceCollection([user])):
        assert "hunter2" not in html_of(thing)
        assert "hunter2" not in repr(thing)
    assert "hunter2" not in repr(ctx.entities[0]) and "hunter2" not in html_of(ctx.entities[0])
    assert "hunter2" not in str(ctx.pending_changes())
    assert "Password: &#x27;***&#x27;" in html_of(ctx.pending_changes())


def test_a_property_of_the_displays_name_does_not_take_its_place() -> None:
    ctx = DataServiceContext("http://h.example/svc/", metadata=SAFE)
    user = ctx.types.User()
    user["_repr_html"] = "<b>mine</b>"
    assert user._repr_html__ == "<b>mine</b>"
    assert ["• _repr_html", "<b>mine</b>", "Edm.String"] in cells(checked(user))


def test_a_value_that_cannot_be_read_is_named_by_its_error() -> None:
    ctx, _ = shop(feed(product(1, Released="yesterday")))
    (entity,) = ctx.Products.to_list()
    assert ["Released", "<PayloadError>", "Edm.DateTime"] in cells(checked(entity))


# -- queries and answers


def test_a_query_that_was_not_asked_shows_its_url_and_asks_nothing() -> None:
    ctx, script = shop()
    query = ctx.Products.where(lambda p: p.Price > 2).order_by(lambda p: p.Name)
    tree = checked(query)
    assert tree.findtext(".//code") == query.url
    assert tree.findtext(".//strong") == "DataServiceQuery of Shop.Product"
    assert "Not asked yet" in (tree.findtext(".//small") or "")
    assert script.requests == []


def test_a_long_url_is_shown_whole() -> None:
    ctx, _ = shop()
    query = ctx.Products.where(lambda p: p.Name != "x" * 900)
    assert len(query.url) > 900 and checked(query).findtext(".//code") == query.url


def test_a_query_that_was_asked_shows_its_first_rows_and_asks_nothing_more() -> None:
    ctx, script = shop(feed(*(product(n) for n in range(12))))
    query = ctx.Products
    assert len(query.to_list()) == 12
    tree = checked(query)
    head, *rows = cells(tree)
    assert head[0] == "ID" and [row[0] for row in rows] == [str(n) for n in range(10)]
    assert tree.xpath(".//small")[0].text == "The first 10 rows that the last reading gave."
    assert len(script.requests) == 1
    assert "Not asked yet" in html_of(query.take(3)), "another question was not asked"


def test_rows_of_a_projection_have_its_names() -> None:
    ctx, _ = shop(feed({"Name": "<b>", "Rating": 3}, of="Products&$select=Name,Rating"))
    query = ctx.Products.select(lambda p: (p.Name, p.Rating))
    assert query.to_list() == [("<b>", 3)]
    assert cells(checked(query)) == [["Name", "Rating"], ["<b>", "3"]]


def test_an_answer_shows_what_was_read_of_it_and_leaves_the_rest() -> None:
    ctx, script = shop(feed(*(product(n) for n in range(12)), **{"odata.count": "40"}))
    page = ctx.Products.include_total_count().execute()
    assert "40 rows in all; not read yet" in html_of(page)
    rows = iter(page)
    next(rows)
    tree = checked(page)
    assert "40 rows in all; being read" in tree.text_content() and len(cells(tree)) == 2
    assert [entity.ID for entity in rows] == list(range(1, 12)), "the display took none"
    assert "read to its end" in html_of(page)
    assert len(script.requests) == 1


def test_pending_changes_stand_as_requests() -> None:
    ctx, script = shop(feed(product(1)))
    (bread,) = ctx.Products.to_list()
    bread.Name = HOSTILE[0]
    ctx.update_object(bread)
    ctx.add_object("Products", ctx.types.Product(ID=9))
    tree = checked(ctx.pending_changes())
    assert tree.findtext(".//strong") == "2 pending changes"
    assert cells(tree)[1:] == [
        ["MERGE", f"{ROOT}Products(1)", f"Name: 'P1' → '{HOSTILE[0]}'"],
        ["POST", f"{ROOT}Products", "[$3]ID: 9"],
    ]
    assert cells(checked(ctx.pending_changes()[1]))[1][0] == "POST"
    assert checked(shop()[0].pending_changes()).findtext(".//strong") == "Nothing to save"
    assert len(script.requests) == 1


def test_what_was_assigned_and_forgotten_stands_below_what_would_be_sent() -> None:
    ctx, _ = shop(feed(product(1)))
    ctx.Products.first().Name = HOSTILE[0]
    tree = checked(ctx.pending_changes())
    assert tree.findtext(".//strong") == "Nothing to save" and "Name was assigned" in (tree.findtext(".//small") or "")


def test_a_descriptor_shows_what_the_context_knows() -> None:
    ctx, _ = shop(feed(product(1)))
    bread = ctx.Products.first()
    bread.Name = HOSTILE[0]
    ctx.update_object(bread)
    tree = checked(ctx.entities[0])
    assert tree.findtext(".//strong") == "EntityDescriptor of Product(ID=1), MODIFIED"
    assert ["modified", "Name"] in cells(tree) and ["identity", f"{ROOT}Products(1)"] in cells(tree)


def test_classes_are_listed_without_making_them() -> None:
    ctx, _ = shop()
    tree = checked(ctx.types)
    assert [s.text for s in tree.iter("summary")] == ["7 entity types", "1 complex type"]
    assert "Shop.Product" in tree.text_content() and ctx.types._classes == {}


def test_the_outcome_of_a_save() -> None:
    ctx, _ = shop(feed(product(1)), reply(b"", 204), reply(b"a < b", 409, Content_Type="text/plain"))
    (bread,) = ctx.Products.to_list()
    bread.Name = "Rye"
    ctx.update_object(bread)
    outcome = ctx.save_changes()
    assert cells(checked(outcome))[1][0] == "204" and "EntityDescriptor Product" in cells(checked(outcome))[1][1]
    assert checked(outcome[0]).findtext(".//strong") == "ChangeOperationResponse 204"
    bread.Name = "Malt"
    ctx.update_object(bread)
    with pytest.raises(DataServiceRequestException) as caught:
        ctx.save_changes(SaveChangesOptions.CONTINUE_ON_ERROR)
    status, _, error = cells(checked(caught.value.response))[1]
    assert status == "409" and error.endswith("409 Conflict: a < b")


def test_a_collection_shows_its_first_entities() -> None:
    ctx, _ = shop(feed(*(product(n) for n in range(12))))
    tree = checked(DataServiceCollection(ctx.Products))
    assert tree.findtext(".//strong") == "DataServiceCollection, 12 entities"
    assert len(cells(tree)) == 11 and "The first 10 of them." in tree.text_content()


# -- models


def test_a_model_shows_its_sets_types_and_warnings() -> None:
    tree = checked(MODEL)
    assert cells(tree)[:2] == [
        ["Set", "Type", "Key", "Properties", "Leads to"],
        ["Machines", "Farm.Machine", "ID", "19", "Host, Checkpoints*"],
    ]
    assert [s.text for s in tree.iter("summary")] == ["4 entity types", "1 complex type", "1 enum type", "1 operation"]
    assert ["ID", "Edm.Int32", "key, not null"] in cells(checked(MODEL.entity_types["Farm.Replica"]))
    assert "derived from Farm.Machine" in html_of(MODEL.entity_types["Farm.Replica"])
    assert cells(checked(MODEL.complex_types["Farm.Network"]))[1] == ["Address", "Edm.String", ""]
    assert cells(checked(MODEL.enum_types["Farm.PowerState"]))[1:] == [["Off", "0"], ["Running", "1"], ["Paused", "2"]]


def test_the_words_of_a_hostile_model_are_escaped() -> None:
    name = "&lt;script&gt;alert(1)&lt;/script&gt;"
    model = parse_metadata(
        f"""<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"><edmx:DataServices>
 <Schema Namespace="N" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
  <EntityType Name="T"><Documentation><Summary>{name}</Summary></Documentation><Key><PropertyRef Name="{name}"/></Key>
   <Property Name="{name}" Type="Edm.String" Nullable="false" DefaultValue="{name}"/></EntityType>
  <EntityContainer Name="Main"><EntitySet Name="{name}" EntityType="N.T"/></EntityContainer>
 </Schema></edmx:DataServices></edmx:Edmx>""".encode()
    )
    for thing in (model, model.entity_types["N.T"]):
        assert "<script>" in checked(thing).text_content()


# -- a context, and requests counted where they arrive


@pytest.fixture
def counted() -> Iterator[tuple[str, list[str]]]:
    service = open_farm(page_size=2)
    arrived: list[str] = []
    answer = service.send

    def send(request: Any, *more: Any) -> Any:
        arrived.append(request.url)
        return answer(request, *more)

    service.send = send  # type: ignore[method-assign]
    with serve(service) as server:
        yield server.url, arrived
    service.close()


def test_no_display_reaches_the_server(counted: tuple[str, list[str]]) -> None:
    url, arrived = counted
    with DataServiceContext(url) as ctx:
        assert "metadata has not been read" in html_of(ctx)
        assert arrived == []
        query = ctx.Machines.expand("Host")
        things = [ctx, ctx.model, ctx.types, query, ctx.functions, ctx.types.Machine]
        assert len(arrived) == 1, "$metadata"
        for thing in things:
            DisplayFormatter().format(thing)
        machines = query.to_list()
        before = len(arrived)
        page = query.execute()
        machines[0].Name = "other"
        ctx.update_object(machines[0])
        things += [page, machines, *machines, machines[0].Network, ctx.entities, ctx.links, ctx.pending_changes()]
        for thing in things:
            DisplayFormatter().format(thing)
        assert len(arrived) == before + 1, "the page that was asked for"
        assert "Farm.Machine" in html_of(ctx) and "1 change pending" in html_of(ctx)
