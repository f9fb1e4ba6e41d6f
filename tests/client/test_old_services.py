"""A context of the default format against services that speak less: V1, V2, Atom alone, JSON without parameters.

Every service here is the reference service on a socket, behind a door that refuses what such a service refuses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from client.shop import METADATA, ROOT, category, product, reply
from client.wired import Wired

pytest.importorskip("sqlalchemy")

from odata3.client.context import DataServiceContext
from odata3.client.options import EntityStates, SaveChangesOptions
from odata3.edm.csdl import parse_metadata
from odata3.errors import (
    DataServiceQueryException,
    DataServiceRequestException,
    InvalidOperationError,
    MetadataError,
    PayloadError,
)
from odata3.formats.negotiation import read_media_type, split_list
from odata3.server.service import Service
from odata3.server.store import Store
from odata3.server.wsgi import serve
from odata3.wire.batch import decode_requests
from odata3.wire.messages import Headers, Request, Response

EDMX = """<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
<edmx:DataServices m:DataServiceVersion="1.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
<Schema Namespace="Attic" xmlns="http://schemas.microsoft.com/ado/2006/04/edm">
 <ComplexType Name="Box"><Property Name="Width" Type="Edm.Int32"/><Property Name="Label" Type="Edm.String"/></ComplexType>
 <EntityType Name="Item"><Key><PropertyRef Name="ID"/></Key>
  <Property Name="ID" Type="Edm.Int32" Nullable="false"/><Property Name="Name" Type="Edm.String"/>
  <Property Name="Price" Type="Edm.Decimal"/><Property Name="Count" Type="Edm.Int64"/>
  <Property Name="Made" Type="Edm.DateTime"/><Property Name="Box" Type="Attic.Box" Nullable="false"/>
  <NavigationProperty Name="Shelf" Relationship="Attic.IS" FromRole="I" ToRole="S"/></EntityType>
 <EntityType Name="Shelf"><Key><PropertyRef Name="Code"/></Key>
  <Property Name="Code" Type="Edm.String" Nullable="false"/>
  <NavigationProperty Name="Items" Relationship="Attic.IS" FromRole="S" ToRole="I"/></EntityType>
 <Association Name="IS"><End Role="I" Type="Attic.Item" Multiplicity="*"/>
  <End Role="S" Type="Attic.Shelf" Multiplicity="0..1"/></Association>
 <EntityContainer Name="Main" m:IsDefaultEntityContainer="true">
  <EntitySet Name="Items" EntityType="Attic.Item"/><EntitySet Name="Shelves" EntityType="Attic.Shelf"/>
  <AssociationSet Name="ISs" Association="Attic.IS">
   <End Role="I" EntitySet="Items"/><End Role="S" EntitySet="Shelves"/></AssociationSet>
 </EntityContainer></Schema></edmx:DataServices></edmx:Edmx>"""
MODEL = parse_metadata(EDMX)


@dataclass
class Door:
    """Lets through what a service of this kind understands, and keeps what came to it."""

    service: Service
    kind: str
    refusal: int = 415
    requests: list[Request] = field(default_factory=list)

    def send(self, request: Request) -> Response:
        self.requests.append(request)
        return self.service.send(request) if self._understands(request) else self._refuse(request)

    def _understands(self, request: Request) -> bool:
        accept, content_type = request.headers.get("Accept", ""), request.headers.get("Content-Type", "")
        if self.kind == "atom":
            return "json" not in content_type and any(not one.is_json for one in split_list(accept))
        if self.kind == "plain json":
            known = [
                one for one in split_list(accept) if "odata" not in one.parameters and (one.is_json or "$metadata" in request.url)
            ]
            sent = read_media_type(content_type)
            return bool(known) and "odata" not in sent.parameters and not sent.is_xml
        return True

    def _refuse(self, request: Request) -> Response:
        return Response(self.refusal, Headers({"Content-Type": "text/plain"}), b"no such media type", request.url)

    @property
    def said(self) -> list[tuple[str, str, str | None, str | None]]:
        """Method, DataServiceVersion, Accept, Content-Type of what came."""
        return [
            (r.method, r.headers.get("DataServiceVersion", ""), r.headers.get("Accept"), r.headers.get("Content-Type"))
            for r in self.requests
        ]


KINDS = {
    "v1": ("1.0", "any", 415),
    "v2": ("2.0", "any", 415),
    "atom 406": ("2.0", "atom", 406),
    "atom 415": ("1.0", "atom", 415),
    "plain json": ("2.0", "plain json", 406),
    "v3": ("3.0", "any", 415),
    "v3 atom": ("3.0", "atom", 415),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def door(kind: str) -> Iterator[Door]:
    version, way, refusal = KINDS[kind]
    service = Service(MODEL, Store(MODEL), max_version=version, page_size={"Items": 2} if version > "1.0" else None)
    with service.store.begin() as tx:
        shelf = tx.insert("Shelves", {"Code": "a'b"})
        for number in (1, 2, 3):
            values = {"ID": number, "Name": f"N{number}", "Price": Decimal("2.50"), "Count": 2**53 + 1}
            item = tx.insert("Items", {**values, "Made": "2013-08-19T22:13:09.1234567", "Box": {"Width": number}})
            tx.link(item, "Shelf", shelf)
    yield Door(service, way, refusal)
    service.close()


@pytest.fixture
def ctx(door: Door) -> Iterator[DataServiceContext]:
    with serve(door) as server, DataServiceContext(server.origin) as ctx:
        yield ctx


def stored(door: Door) -> dict[int, tuple[Any, ...]]:
    """What the service holds: name, count and shelf by ID."""
    found = DataServiceContext("http://h/", transport=Plainly(door.service), metadata=MODEL, format="atom")
    rows = found.Items.expand("Shelf").to_list()
    return {row.ID: (row.Name, row.Count, row.Shelf and row.Shelf.Code) for row in rows}


@dataclass
class Plainly:
    service: Service

    def send(self, request: Request) -> Response:
        return self.service.send(request)

    def close(self) -> None: ...


def test_what_is_there_is_read(ctx: DataServiceContext, door: Door, kind: str) -> None:
    items = ctx.Items.order_by(lambda i: i.ID).to_list()
    assert [(i.ID, i.Name, i.Price, i.Count, i.Box.Width) for i in items] == [
        (n, f"N{n}", Decimal("2.50"), 2**53 + 1, n) for n in (1, 2, 3)
    ]
    assert str(items[0].Price) == "2.50"
    assert items[0].Made.isoformat().startswith("2013-08-19T22:13:09.123")
    (shelf,) = ctx.Shelves.expand("Items").to_list()
    assert {i.ID for i in shelf.Items} == {1, 2, 3}
    assert all(i in items for i in shelf.Items)
    assert ctx.Items.where(lambda i: i.ID == 2).first() is items[1]
    asked = [accept for method, _, accept, _ in door.said[1:] if method == "GET"]
    assert len(set(asked[-3:])) == 1  # once known, it is not asked for anything else
    assert all(version <= f"{KINDS[kind][0]};NetFx" for _, version, _, _ in door.said)


def test_p2_p4_what_is_changed_is_written_in_what_was_spoken(ctx: DataServiceContext, door: Door, kind: str) -> None:
    first, second, third = sorted(ctx.Items.to_list(), key=lambda i: i.ID)
    start = len(door.requests)
    first.Name = "O'Neil & Söhne"
    ctx.update_object(first)
    ctx.delete_object(second)
    shelf = ctx.types.Shelf(Code="new")
    ctx.add_object("Shelves", shelf)
    ctx.set_link(third, "Shelf", shelf)
    fresh = ctx.types.Item(ID=4, Name="four", Count=2**53 + 1, Box=ctx.types.Box(Width=4))
    ctx.add_object("Items", fresh)
    ctx.set_link(fresh, "Shelf", None)
    ctx.save_changes()
    assert stored(door) == {
        1: ("O'Neil & Söhne", 2**53 + 1, "a'b"),
        3: ("N3", 2**53 + 1, "new"),
        4: ("four", 2**53 + 1, None),
    }
    for method, version, _, content_type in door.said[start:]:
        assert method != "PATCH"
        if content_type is None:
            continue
        if KINDS[kind][1] == "atom":
            assert "xml" in content_type
            assert version == "1.0;NetFx"
        elif kind == "plain json":
            assert (content_type, version) == ("application/json", "1.0;NetFx")
        elif kind == "v3":
            assert (content_type, version) == ("application/json;odata=minimalmetadata", "3.0;NetFx")
        else:
            assert (content_type, version) == ("application/json;odata=verbose", "1.0;NetFx")
    for request in door.requests:
        assert request.headers["MaxDataServiceVersion"] == "3.0;NetFx"


def test_changes_in_a_batch(ctx: DataServiceContext, door: Door, kind: str) -> None:
    first, *_ = sorted(ctx.Items.to_list(), key=lambda i: i.ID)
    first.Name = "changed"
    ctx.update_object(first)
    shelf = ctx.types.Shelf(Code="new")
    ctx.add_object("Shelves", shelf)
    ctx.add_link(shelf, "Items", first)
    start = len(door.requests)
    door.kind = "any"  # the envelope is no matter of formats
    ctx.save_changes(SaveChangesOptions.BATCH)
    (outer,) = door.requests[start:]
    assert isinstance(outer.body, bytes)
    (changes,) = decode_requests(outer.headers["Content-Type"], outer.body)
    wanted = {"atom": "xml", "plain json": "json", "any": "json"}[KINDS[kind][1]]
    assert all(wanted in request.headers["Content-Type"] for request in changes)  # type: ignore[union-attr]
    assert stored(door)[1] == ("changed", 2**53 + 1, "new")
    assert ctx.get_entity_descriptor(shelf).state is EntityStates.UNCHANGED


def test_what_was_read_goes_back_as_it_came(ctx: DataServiceContext, door: Door, kind: str) -> None:
    """P29: seven digits survive in the dialects that carry them; ``/Date()/`` of V1 and V2 JSON has three."""
    (first,) = ctx.Items.where(lambda i: i.ID == 1).to_list()
    first.Name = "changed"
    ctx.update_object(first)
    ctx.save_changes(SaveChangesOptions.REPLACE_ON_UPDATE)
    raw = Plainly(door.service).send(Request("GET", "http://h/Items(1)/Made/$value", Headers({"Accept": "*/*"}))).body
    digits = b"123" if kind in ("v1", "v2", "plain json") else b"1234567"
    assert raw == b"2013-08-19T22:13:09." + digits


def test_a_refusal_of_what_is_asked_is_no_matter_of_dialects(ctx: DataServiceContext, door: Door) -> None:
    ctx.Items.to_list()
    start = len(door.requests)
    with pytest.raises(DataServiceQueryException) as caught:
        ctx.execute("Items?$filter=Nope eq 1", element_type=ctx.types.Item).__iter__()
    assert caught.value.status_code == 400
    assert len(door.requests) == start + 1


@pytest.mark.parametrize("kind", ["v2"])
def test_a_write_before_any_read_is_not_repeated(ctx: DataServiceContext, door: Door) -> None:
    ctx.add_object("Shelves", ctx.types.Shelf(Code="new"))
    with pytest.raises(DataServiceRequestException):
        ctx.save_changes()
    assert [method for method, *_ in door.said] == ["GET", "POST"]


@pytest.mark.parametrize("kind", ["v2"])
def test_metadata_that_says_its_highest_version_is_believed(door: Door) -> None:
    known = EDMX.replace('m:DataServiceVersion="1.0"', 'm:DataServiceVersion="1.0" m:MaxDataServiceVersion="2.0"')
    with serve(door) as server, DataServiceContext(server.origin, metadata=known.encode()) as ctx:
        ctx.add_object("Shelves", ctx.types.Shelf(Code="new"))
        ctx.save_changes()
    assert door.said == [("POST", "1.0;NetFx", "application/json;odata=verbose", "application/json;odata=verbose")]


@pytest.mark.parametrize("kind", ["v3"])
def test_p6_a_context_of_version_2_asks_no_more_and_takes_no_more(door: Door) -> None:
    with serve(door) as server, DataServiceContext(server.origin, max_protocol_version="2.0") as ctx:
        assert len(ctx.Items.to_list()) == 3
        assert all(r.headers["MaxDataServiceVersion"] == "2.0;NetFx" for r in door.requests)
        with pytest.raises(InvalidOperationError, match=r"3\.0"):
            ctx.Shelves.where("Items/any(i: i/ID eq 1)").where(lambda s: s.Items.any(lambda i: i.ID == 1)).to_list()


ATOM_FEED = """<feed xml:base="{base}" xmlns="http://www.w3.org/2005/Atom"
 xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices"
 xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">{parts}</feed>"""


def atom_feed(*parts: str, base: str = ROOT) -> Response:
    return reply(ATOM_FEED.format(base=base, parts="".join(parts)).encode(), Content_Type="application/atom+xml;type=feed")


def atom_entry(path: str, properties: str, **inline: str) -> str:
    related = "http://schemas.microsoft.com/ado/2007/08/dataservices/related/"
    links = "".join(
        f'<link rel="{related}{name}" href="{path}/{name}"><m:inline>{held}</m:inline></link>' for name, held in inline.items()
    )
    content = f"<m:properties>{properties}</m:properties>"
    edit = f'<link rel="edit" href="{path}"/>'
    return f'<entry><id>{path}</id>{edit}{links}<content type="application/xml">{content}</content></entry>'


def verbose(*rows: Any) -> Response:
    return reply({"d": list(rows)}, Content_Type="application/json", DataServiceVersion="1.0;")


@pytest.mark.parametrize("held", [category(7), {"results": [category(7)]}, [category(7)]])
def test_the_metadata_tells_how_many_an_expanded_property_leads_to(held: Any) -> None:
    with Wired(verbose(product(Category=held))) as on:
        (row,) = on.ctx.Products.expand("Category").to_list()
    assert row.Category.ID == 7


@pytest.mark.parametrize(("held", "ids"), [(product(4), [4]), (None, []), ([product(4), product(5)], [4, 5])])
def test_what_leads_to_many_is_a_list_also_where_one_or_null_came(held: Any, ids: list[int]) -> None:
    with Wired(verbose(category(Products=held)), verbose(category(Products=held))) as on:
        (row,) = on.ctx.Categories.expand("Products").to_list()
        assert [each.ID for each in row.Products] == ids
        assert [each["ID"] for each in on.ctx.Categories.expand("Products").to_dicts()[0]["Products"]] == ids


def test_several_where_one_is_due_are_an_error_that_names_the_property() -> None:
    with Wired(verbose(product(Category=[category(1), category(2)]))) as on:
        with pytest.raises(PayloadError, match=r"Shop\.Product\.Category leads to one entity at most"):
            on.ctx.Products.expand("Category").to_list()
        assert list(on.ctx.entities) == []


def test_the_metadata_tells_how_many_in_atom_too() -> None:
    one, key = atom_entry("Categories(7)", "<d:ID>7</d:ID>"), "<d:ID>1</d:ID>"
    many = atom_entry("Products(4)", "<d:ID>4</d:ID>")
    with Wired(
        atom_feed(
            atom_entry("Products(1)", key, Category=f"<feed>{one}</feed>"), atom_entry("Products(2)", key, Category="<feed/>")
        ),
        atom_feed(atom_entry("Categories(1)", key, Products=many)),
    ) as on:
        first, second = on.ctx.Products.expand("Category").to_list()
        assert (first.Category.ID, second.Category) == (7, None)
        (row,) = on.ctx.Categories.expand("Products").to_list()
        assert [each.ID for each in row.Products] == [4]


def test_a_relative_atom_id_is_the_same_entity_as_the_whole_one() -> None:
    with Wired(atom_feed(atom_entry("Products(1)", "<d:ID>1</d:ID>"))) as on:
        attached = on.attached("Products", "Product", ID=1)
        (read,) = on.ctx.Products.to_list()
        assert read is attached
        assert on.ctx.try_get_entity(on.root + "Products(1)") is attached


def test_an_xml_base_that_is_the_root_without_its_slash_means_the_root() -> None:
    with Wired(
        atom_feed(atom_entry("Products(1)", "<d:ID>1</d:ID>"), '<link rel="next" href="Products?$skiptoken=1"/>', base="/svc"),
        atom_feed(atom_entry("Products(2)", "<d:ID>2</d:ID>"), base="/svc"),
    ) as on:
        rows = on.ctx.Products.to_list()
        assert on.lines == ["GET Products", "GET Products?$skiptoken=1"]
        assert [on.ctx.get_entity_descriptor(row).edit_link for row in rows] == [f"{on.root}Products({n})" for n in (1, 2)]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("said", ["application/json", "application/json;odata=verbose;charset=utf-16"])
def test_json_in_a_wide_encoding_tells_itself(encoding: str, said: str) -> None:
    body = '{"d":[{"ID":1,"Name":"Ö"}]}'.encode(encoding)
    with Wired(reply(body, Content_Type=said, DataServiceVersion="2.0;")) as on:
        (row,) = on.ctx.Products.to_list()
    assert (row.ID, row.Name) == (1, "Ö")


def test_a_blank_in_the_root_travels_encoded_wherever_it_stands() -> None:
    with Wired(reply(None, 204), metadata=EDMX.encode()) as on:
        ctx: Any = DataServiceContext(f"{on.server.url}My Team/svc", metadata=EDMX.encode())
        item, shelf = ctx.types.Item(ID=1), ctx.types.Shelf(Code="A")
        ctx.attach_to("Items", item)
        ctx.attach_to("Shelves", shelf)
        ctx.set_link(item, "Shelf", shelf)
        ctx.save_changes()
        assert on.requests[-1].target == "/My%20Team/svc/Items(1)/$links/Shelf"
        assert on.body()["url"] == f"{on.server.url}My%20Team/svc/Shelves('A')"
        ctx.close()


def test_a_verb_that_is_not_taken_leads_to_tunnelling() -> None:
    refused = reply(b"<html>", 405, Content_Type="text/html", Allow="GET, POST")
    with Wired(refused, refused) as on:
        item = on.attached("Products", "Product", ID=1)
        on.ctx.delete_object(item)
        with pytest.raises(DataServiceRequestException, match=r"takes GET, POST there\. .*use_post_tunneling = True"):
            on.ctx.save_changes()
        on.ctx.use_post_tunneling = True
        with pytest.raises(DataServiceRequestException) as caught:
            on.ctx.save_changes()
        assert "use_post_tunneling" not in str(caught.value)


FAULTS = [
    reply({"error": {"code": "7", "message": {"lang": "en", "value": "locked"}}}, Content_Type="application/json"),
    reply({"odata.error": {"code": "7", "message": {"value": "locked"}}}),
    reply(
        b'<?xml version="1.0"?><m:error xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">'
        b"<m:code>7</m:code><m:message>locked</m:message></m:error>",
        Content_Type="application/xml",
    ),
]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("state", [EntityStates.DELETED, EntityStates.MODIFIED, EntityStates.ADDED])
def test_r22_an_error_inside_the_success_of_a_change_keeps_it_pending(fault: Response, state: EntityStates) -> None:
    with Wired(fault, reply(None, 204, Location=f"{ROOT}Products(1)")) as on:
        if state is EntityStates.ADDED:
            one = on.new("Product", ID=1)
            on.ctx.add_object("Products", one)
        else:
            one = on.attached("Products", "Product", ID=1, Name="a")
            on.ctx.change_state(one, state)
        with pytest.raises(DataServiceRequestException, match="an error inside: 7: locked"):
            on.ctx.save_changes()
        assert on.ctx.get_entity_descriptor(one).state is state
        on.ctx.save_changes()
        assert len(on.requests) == 2


@pytest.mark.parametrize("options", [SaveChangesOptions.BATCH, SaveChangesOptions.BATCH_WITH_INDEPENDENT_OPERATIONS])
def test_r22_an_error_inside_a_success_of_a_batch(options: SaveChangesOptions) -> None:
    part = b"Content-Type: application/http\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + FAULTS[0].body
    nested = b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n" + part + b"\r\n--c--\r\n--b--\r\n"
    with Wired(reply(nested, 202, Content_Type="multipart/mixed; boundary=b")) as on:
        one = on.attached("Products", "Product", ID=1)
        on.ctx.delete_object(one)
        try:
            (operation,) = on.ctx.save_changes(options)
        except DataServiceRequestException as error:  # of one change set; independent ones say it one by one
            (operation,) = error.response
        assert "Products(1) answered 200 with an error inside: 7: locked" in str(operation.error)
        assert on.ctx.get_entity_descriptor(one).state is EntityStates.DELETED


def test_a_property_called_error_is_no_error() -> None:
    model = METADATA.replace(b'<Property Name="Name"', b'<Property Name="error" Type="Edm.String"/><Property Name="Name"', 1)
    said = reply({"error": "none", "ID": 1}, 201, Location=f"{ROOT}Products(1)")
    with Wired(said, metadata=model) as on:
        one = on.new("Product", ID=1)
        on.ctx.add_object("Products", one)
        on.ctx.save_changes()
        assert (one.error, on.ctx.get_entity_descriptor(one).state) == ("none", EntityStates.UNCHANGED)


def test_a_link_that_is_refused_inside_a_success_stays_pending() -> None:
    with Wired(FAULTS[0]) as on:
        source, target = on.attached("Categories", "Category", ID=1), on.attached("Products", "Product", ID=2)
        on.ctx.add_link(source, "Products", target)
        with pytest.raises(DataServiceRequestException, match="7: locked"):
            on.ctx.save_changes()
        assert on.ctx.links[0].state is EntityStates.ADDED


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(product(1), 201), "no Location header"),
        (reply(None, 202, Location=f"{ROOT}jobs/1", Retry_After="5"), r"has not made it yet: ask .*/jobs/1"),
    ],
)
def test_an_insert_that_may_have_been_made_is_not_made_twice(answer: Response, words: str) -> None:
    with Wired(answer) as on:
        made = on.new("Product", Name="Bread")  # the service makes its key
        on.ctx.add_object("Products", made)
        with pytest.raises(DataServiceRequestException, match=words):
            on.ctx.save_changes()
        assert on.ctx.get_entity_descriptor(made).outcome_unknown
        with pytest.raises(DataServiceRequestException, match=r"ctx\.resolve"):
            on.ctx.save_changes()
        assert len(on.requests) == 1


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (reply(b"CSRF token validation failed", 403, Content_Type="text/plain", X_CSRF_Token="Required"), "its root gave none"),
        (
            reply(
                {
                    "odata.error": {
                        "code": "-2130575251",
                        "message": {"value": "The security validation for this page is invalid."},
                    }
                },
                403,
            ),
            "X-RequestDigest",
        ),
        (reply({"odata.error": {"code": "", "message": {"value": "no"}}}, 403), "not allowed this"),
    ],
)
def test_a_403_says_which_token_is_missing(refused: Response, words: str) -> None:
    with Wired(refused, refused) as on:
        on.ctx.delete_object(on.attached("Products", "Product", ID=1))
        with pytest.raises(DataServiceRequestException, match=words):
            on.ctx.save_changes()


def test_a_wrong_value_names_its_entity_among_the_rows() -> None:
    words = r"Shop\.Product\.Price: .*'cheap' \(of the entity with ID=2\)"
    with Wired(verbose(product(1), product(2, Price="cheap"))) as on, pytest.raises(PayloadError, match=words):
        on.ctx.Products.to_dicts()


@pytest.mark.parametrize(
    ("content_type", "encoding"),
    [("text/html", "utf-8"), ("application/xml; charset=iso-8859-1", "latin-1"), ("text/html; charset=ISO-8859-1", "latin-1")],
)
def test_metadata_is_known_by_what_it_is_and_by_its_charset(content_type: str, encoding: str) -> None:
    said = EDMX.replace("<Key>", "<Documentation><Summary>Übrig</Summary></Documentation><Key>", 1).encode(encoding)
    with Wired(reply(said, Content_Type=content_type, DataServiceVersion="")) as on:
        ctx: Any = DataServiceContext(on.root)
        assert "Übrig" in (ctx.types.Item.__doc__ or "")
        ctx.close()


def test_a_web_page_in_the_place_of_metadata_is_called_one() -> None:
    with Wired(reply(b"<div>Please sign in</div>", Content_Type="text/html")) as on:
        ctx = DataServiceContext(on.root)
        with pytest.raises(MetadataError, match="web page"):
            ctx.model  # noqa: B018
        ctx.close()


@pytest.mark.parametrize("uri", ["", None])
def test_an_empty_uri_is_none_and_no_row_is_another(uri: str | None) -> None:
    rows = [product(key, __metadata={"uri": uri, "type": "Shop.Product"}) for key in (1, 2)]
    said = {"d": {"results": rows, "__next": ""}}
    with Wired(reply(said, Content_Type="application/json", DataServiceVersion="2.0;")) as on:
        read = on.ctx.Products.to_list()
        assert [row.ID for row in read] == [1, 2]
        assert [on.ctx.get_entity_descriptor(row).edit_link for row in read] == [f"{on.root}Products({n})" for n in (1, 2)]
