"""Sections 5 and 6 of our description of the .NET client, rule by rule: headers, versions, URLs, bodies, errors."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest
from client.shop import METADATA, ROOT, category, created, feed, maker, product, reply
from client.wired import NO_CONTENT, Wired
from lxml import etree

from odata3.client.operations import BodyOperationParameter, UriOperationParameter
from odata3.client.options import DataServiceResponsePreference, SaveChangesOptions
from odata3.edm.spatial import Geography, Geometry
from odata3.errors import (
    ArgumentError,
    ConcurrencyError,
    DataServiceClientException,
    DataServiceQueryException,
    DataServiceRequestException,
    DataServiceTransportException,
    InvalidOperationError,
    NotFoundError,
    PayloadError,
)
from odata3.wire.batch import decode_requests
from odata3.wire.messages import Response

Make = Callable[..., Wired]
LIGHT, FULL = "application/json;odata=minimalmetadata", "application/json;odata=fullmetadata"
VERBOSE, ATOM, BOTH = "application/json;odata=verbose", "application/atom+xml", "application/atom+xml,application/xml"

# -- 5.1 and 5.2: one row per kind of request: DataServiceVersion, Accept, Content-Type in JSON; then those in Atom


def photo_of(on: Wired) -> Any:
    photo = on.attached("Photos", "Photo", '"e"', ID=1)
    record = on.ctx.get_entity_descriptor(photo)
    record.media.stream_link.edit_link = record.media.stream_link.self_link = f"{on.root}Photos(1)/$value"
    record.media.stream_link.etag = '"m"'
    record.stream("Thumb").stream_link.edit_link = f"{on.root}Photos(1)/Thumb"
    return photo


def saved(on: Wired, call: Callable[[], Any], options: SaveChangesOptions = SaveChangesOptions.NONE) -> None:
    call()
    on.ctx.save_changes(options)


def put_stream(on: Wired, *name: str) -> None:
    saved(on, lambda: on.ctx.set_save_stream(photo_of(on), *name, b"x", True, "image/png"))


def new_photo(on: Wired) -> None:
    photo = on.new("Photo", ID=2)
    on.ctx.add_object("Photos", photo)
    saved(on, lambda: on.ctx.set_save_stream(photo, b"x", True, "image/png", "a slug"))


def next_page(on: Wired) -> None:
    page = on.ctx.Products.execute()
    list(page)
    on.ctx.execute(page.get_continuation())


def the_product(on: Wired) -> Any:
    return on.attached("Products", "Product", '"e"', ID=1, Name="x")


def linked(on: Wired, name: str) -> None:
    c, p = on.attached("Categories", "Category", ID=1), the_product(on)
    calls = {
        "AddLink": lambda: on.ctx.add_link(c, "Products", p),
        "SetLink": lambda: on.ctx.set_link(p, "Category", c),
        "SetLink None": lambda: on.ctx.set_link(p, "Category", None),
        "DeleteLink": lambda: on.ctx.delete_link(c, "Products", p),
    }
    saved(on, calls[name])


def discount(on: Wired, *parameters: Any) -> None:
    on.ctx.execute("Products(1)/Discount", "POST", operation_parameters=parameters)


EMPTY = feed()
VALUE = reply(b"7", 200, Content_Type="text/plain")
BYTES = reply(b"png", 200, Content_Type="image/png")
BATCH_OF_NONE = reply(b"--b--\r\n", 202, Content_Type="multipart/mixed; boundary=b")
PAGED = feed(product(1), **{"odata.nextLink": f"{ROOT}Products?$skiptoken=1"})
PAGED_ATOM = reply(
    f'<feed xmlns="http://www.w3.org/2005/Atom"><link rel="next" href="{ROOT}Products?$skiptoken=1"/></feed>'.encode(),
    Content_Type="application/atom+xml",
)

Act = Callable[[Wired], Any]
Row = tuple[str | None, str, str | None]
KINDS: dict[str, tuple[Act, tuple[Response, ...], Row, Row]] = {
    "query": (lambda on: on.ctx.Products.to_list(), (EMPTY,), ("1.0", LIGHT, None), ("1.0", BOTH, None)),
    "select": (lambda on: on.ctx.Products.select("Name").to_list(), (EMPTY,), ("2.0", FULL, None), ("2.0", BOTH, None)),
    "inlinecount": (
        lambda on: on.ctx.Products.include_total_count().to_list(),
        (EMPTY,),
        ("2.0", LIGHT, None),
        ("2.0", BOTH, None),
    ),
    "count": (lambda on: on.ctx.Products.count(), (VALUE,), ("2.0", "text/plain", None), ("2.0", "text/plain", None)),
    "any": (
        lambda on: on.ctx.Categories.where(lambda c: c.Products.any(lambda p: p.Rating > 3)).to_list(),
        (feed(of="Categories"),),
        ("3.0", LIGHT, None),
        ("3.0", BOTH, None),
    ),
    "type segment": (
        lambda on: on.ctx.Products.of_type("Shop.Book").to_list(),
        (EMPTY,),
        ("3.0", LIGHT, None),
        ("3.0", BOTH, None),
    ),
    "execute": (lambda on: on.ctx.execute("Products"), (EMPTY,), (None, LIGHT, None), (None, BOTH, None)),
    "execute select": (lambda on: on.ctx.execute("Products?$select=ID"), (EMPTY,), (None, FULL, None), (None, BOTH, None)),
    "continuation": (next_page, (PAGED, EMPTY), (None, LIGHT, None), (None, BOTH, None)),
    "LoadProperty": (
        lambda on: on.ctx.load_property(the_product(on), "Category"),
        (NO_CONTENT,),
        ("1.0", LIGHT, None),
        ("1.0", BOTH, None),
    ),
    "LoadProperty, next link": (
        lambda on: on.ctx.load_property(on.attached("Categories", "Category", ID=1), "Products", "Products?$skiptoken=1"),
        (EMPTY,),
        ("2.0", LIGHT, None),
        ("2.0", BOTH, None),
    ),
    "insert": (
        lambda on: saved(on, lambda: on.ctx.add_object("Products", on.new("Product", ID=1))),
        (created("Products(1)"),),
        ("3.0", LIGHT, LIGHT),
        ("1.0", BOTH, ATOM),
    ),
    "insert of a collection": (
        lambda on: saved(on, lambda: on.ctx.add_object("TaggedSet", on.new("Tagged", ID=1, Tags=["a"]))),
        (created("TaggedSet(1)"),),
        ("3.0", LIGHT, LIGHT),
        ("3.0", BOTH, ATOM),
    ),
    "MERGE": (
        lambda on: saved(on, lambda: on.ctx.update_object(the_product(on))),
        (NO_CONTENT,),
        ("3.0", LIGHT, LIGHT),
        ("1.0", BOTH, ATOM),
    ),
    "PATCH": (
        lambda on: saved(on, lambda: on.ctx.update_object(the_product(on)), SaveChangesOptions.PATCH_ON_UPDATE),
        (NO_CONTENT,),
        ("3.0", LIGHT, LIGHT),
        ("3.0", BOTH, ATOM),
    ),
    "DELETE": (
        lambda on: saved(on, lambda: on.ctx.delete_object(the_product(on))),
        (NO_CONTENT,),
        ("1.0", LIGHT, None),
        ("1.0", BOTH, None),
    ),
    "AddLink": (lambda on: linked(on, "AddLink"), (NO_CONTENT,), ("3.0", LIGHT, LIGHT), ("1.0", BOTH, "application/xml")),
    "SetLink": (lambda on: linked(on, "SetLink"), (NO_CONTENT,), ("3.0", LIGHT, LIGHT), ("1.0", BOTH, "application/xml")),
    "SetLink None": (lambda on: linked(on, "SetLink None"), (NO_CONTENT,), ("1.0", LIGHT, None), ("1.0", BOTH, None)),
    "DeleteLink": (lambda on: linked(on, "DeleteLink"), (NO_CONTENT,), ("1.0", LIGHT, None), ("1.0", BOTH, None)),
    "media GET": (
        lambda on: on.ctx.get_read_stream(photo_of(on)).close(),
        (BYTES,),
        ("1.0", "*/*", None),
        ("1.0", "*/*", None),
    ),
    "named stream GET": (
        lambda on: on.ctx.get_read_stream(photo_of(on), "Thumb").close(),
        (BYTES,),
        ("3.0", "*/*", None),
        ("3.0", "*/*", None),
    ),
    "media PUT": (put_stream, (NO_CONTENT,), ("1.0", LIGHT, "image/png"), ("1.0", BOTH, "image/png")),
    "named stream PUT": (
        lambda on: put_stream(on, "Thumb"),
        (NO_CONTENT,),
        ("3.0", LIGHT, "image/png"),
        ("3.0", BOTH, "image/png"),
    ),
    "action": (
        lambda on: discount(on, BodyOperationParameter("percent", 5)),
        (NO_CONTENT,),
        ("3.0", LIGHT, LIGHT),
        (None, BOTH, VERBOSE),
    ),
    "action without parameters": (discount, (NO_CONTENT,), (None, LIGHT, None), (None, BOTH, None)),
    "service operation": (
        lambda on: on.ctx.execute("ByRating", operation_parameters=[UriOperationParameter("rating", 3)]),
        (EMPTY,),
        (None, LIGHT, None),
        (None, BOTH, None),
    ),
}


def media_get_version(kind: str, row: Row) -> Row:
    return (None, *row[1:]) if kind == "media GET" else row


@pytest.mark.parametrize("format", ["json", "atom"])
@pytest.mark.parametrize("kind", KINDS)
def test_5_1_5_2_headers(wired: Make, kind: str, format: str) -> None:
    act, steps, json_row, atom_row = KINDS[kind]
    on = wired(*((PAGED_ATOM, EMPTY) if (kind, format) == ("continuation", "atom") else steps), format=format)
    act(on)
    version, accept, content_type = media_get_version(kind, json_row if format == "json" else atom_row)
    assert on.header("DataServiceVersion") == (None if version is None else f"{version};NetFx")
    assert on.header("MaxDataServiceVersion") == "3.0;NetFx"
    assert (on.header("Accept"), on.header("Content-Type")) == (accept, content_type)
    assert on.header("Accept-Charset") == "UTF-8"
    is_entity = kind in ("MERGE", "PATCH", "DELETE")
    matches = {"media PUT": '"m"'}
    assert on.header("If-Match") == ('"e"' if is_entity else matches.get(kind))
    for absent in ("Prefer", "DataServiceUrlConventions", "X-HTTP-Method", "Slug"):
        assert on.header(absent) is None
    if kind == "action without parameters":
        assert on.header("Content-Length") == "0"


@pytest.mark.parametrize("format", ["json", "atom"])
def test_5_1_each_part_of_a_batch_has_its_own_headers(wired: Make, format: str) -> None:
    on = wired(BATCH_OF_NONE, format=format)
    on.ctx.add_and_update_response_preference = DataServiceResponsePreference.NO_CONTENT
    p = the_product(on)
    on.ctx.update_object(p)
    on.ctx.set_link(p, "Category", None)
    with pytest.raises(DataServiceRequestException):
        on.ctx.save_changes(SaveChangesOptions.BATCH)
    assert (on.header("Accept"), on.header("Prefer"), on.header("If-Match")) == ("multipart/mixed", None, None)
    ((update, link),) = decode_requests(on.header("Content-Type") or "", on.requests[0].body)
    accept, kind = (LIGHT, LIGHT) if format == "json" else (BOTH, ATOM)
    for part, version, content_type, prefer, match in (
        (update, "3.0", kind, "return-no-content", '"e"'),
        (link, "1.0", None, None, None),
    ):
        assert part.headers["DataServiceVersion"] == f"{version};NetFx"
        assert part.headers["MaxDataServiceVersion"] == "3.0;NetFx"
        assert (part.headers["Accept"], part.headers["Accept-Charset"]) == (accept, "UTF-8")
        assert (part.headers.get("Content-Type"), part.headers.get("Prefer"), part.headers.get("If-Match")) == (
            content_type,
            prefer,
            match,
        )


@pytest.mark.parametrize("format", ["json", "atom"])
def test_5_1_the_v2_client_names_a_content_type_also_without_a_body(wired: Make, format: str) -> None:
    on = wired(*[NO_CONTENT] * 3, format=format, max_protocol_version="2.0")
    linked(on, "SetLink None")
    linked_too = on.ctx.links[0].source
    on.ctx.delete_link(on.ctx.entities[0].entity, "Products", linked_too)
    on.ctx.delete_object(linked_too)
    on.ctx.save_changes()
    assert [seen.method for seen in on.requests] == ["DELETE"] * 3
    expected = ["application/xml", "application/xml", ATOM] if format == "atom" else [None] * 3
    assert [seen.headers.get("content-type") for seen in on.requests] == expected


@pytest.mark.parametrize("kind", KINDS)
def test_5_1_prefer_goes_with_writes_of_entities_alone(wired: Make, kind: str) -> None:
    act, steps, *_ = KINDS[kind]
    on = wired(*steps)
    on.ctx.add_and_update_response_preference = DataServiceResponsePreference.NO_CONTENT
    act(on)
    is_write = kind in ("insert", "insert of a collection", "MERGE", "PATCH")
    assert on.header("Prefer") == ("return-no-content" if is_write else None)
    assert not is_write or on.header("DataServiceVersion") == "3.0;NetFx"


@pytest.mark.parametrize("kind", KINDS)
def test_5_1_conventions_are_told_with_every_request(wired: Make, kind: str) -> None:
    act, steps, *_ = KINDS[kind]
    on = wired(*steps)
    on.ctx.url_key_as_segment = True
    act(on)
    assert on.header("DataServiceUrlConventions") == "KeyAsSegment"


def test_5_1_media_requests_take_slug_content_type_and_preference(wired: Make) -> None:
    on = wired(created("Photos(2)", ETag='"n"'), NO_CONTENT)
    on.ctx.add_and_update_response_preference = DataServiceResponsePreference.INCLUDE_CONTENT
    new_photo(on)
    assert [seen.method for seen in on.requests] == ["POST", "MERGE"]
    first = {name: on.header(name, 0) for name in ("Slug", "Content-Type", "Prefer", "DataServiceVersion", "If-Match")}
    assert first == {
        "Slug": "a slug",
        "Content-Type": "image/png",
        "Prefer": "return-content",
        "DataServiceVersion": "3.0;NetFx",
        "If-Match": None,
    }
    assert (on.header("If-Match"), on.header("Slug")) == ('"n"', None)  # the ETag of the POST is the entity's


@pytest.mark.parametrize("what", ["new", "media", "named"])
def test_5_1_headers_given_with_a_stream_go_along_save_of_accept(wired: Make, what: str) -> None:
    on = wired(created("Photos(2)") if what == "new" else NO_CONTENT, NO_CONTENT)
    photo = photo_of(on)
    if what == "new":
        photo = on.new("Photo", ID=2)
        on.ctx.add_object("Photos", photo)
    given = {"content-type": "image/png", "ACCEPT": "image/png", "Slug": "s", "X-Mine": "7"}
    on.ctx.set_save_stream(photo, *(["Thumb"] if what == "named" else []), b"x", True, given)
    on.ctx.save_changes()
    first = {name: on.header(name, 0) for name in ("Content-Type", "Accept", "Slug", "X-Mine")}
    assert first == {"Content-Type": "image/png", "Accept": LIGHT, "Slug": "s", "X-Mine": "7"}


def test_5_1_no_if_match_without_an_etag_and_the_users_own(wired: Make) -> None:
    on = wired(NO_CONTENT, NO_CONTENT)
    p = on.attached("Products", "Product", ID=1)
    on.ctx.update_object(p)
    on.ctx.save_changes()
    assert on.header("If-Match") is None
    on.ctx.get_entity_descriptor(p).etag = "*"
    on.ctx.delete_object(p)
    on.ctx.save_changes()
    assert on.header("If-Match") == "*"


@pytest.mark.parametrize("kind", ["select", "any", "insert", "insert of a collection", "PATCH", "named stream PUT", "AddLink"])
@pytest.mark.parametrize("maximum", ["1.0", "2.0"])
def test_5_2_what_needs_more_than_the_maximum_is_refused_before_it_is_sent(wired: Make, kind: str, maximum: str) -> None:
    act, steps, json_row, atom_row = KINDS[kind]
    for format, (version, *_) in (("json", json_row), ("atom", atom_row)):
        needed = "1.0" if kind in ("insert", "AddLink") else version  # below 3.0 JSON is the verbose form
        unversioned = [Response(step.status, step.headers.merged({"DataServiceVersion": None}), step.body) for step in steps]
        on = wired(*unversioned, format=format, max_protocol_version=maximum)
        if needed is None or needed <= maximum:
            act(on)
            assert on.header("MaxDataServiceVersion") == f"{maximum};NetFx"
            continue
        with pytest.raises((InvalidOperationError, DataServiceRequestException), match=needed.replace(".", r"\.")):
            act(on)
        assert on.requests == []


@pytest.mark.parametrize(
    ("declared", "version"),
    [
        ("Edm.Int32", "1.0"),
        ("Edm.GeographyPoint", "3.0"),
        ("Edm.Geometry", "3.0"),
        ("Collection(Edm.Int32)", "3.0"),
    ],
)
@pytest.mark.parametrize("place", ["the entity", "a complex type of it"])
def test_5_2_what_came_with_v3_needs_version_3_wherever_it_is_declared(
    wired: Make, declared: str, version: str, place: str
) -> None:
    name = b"Rating" if place == "the entity" else b"Height"
    metadata = METADATA.replace(b'Name="%s" Type="Edm.Int32"' % name, b'Name="%s" Type="%s"' % (name, declared.encode()))
    on = wired(NO_CONTENT, metadata=metadata, format="atom")
    on.ctx.update_object(on.attached("Products", "Product", ID=1, Name="x"))
    on.ctx.save_changes()
    assert on.header("DataServiceVersion") == f"{version};NetFx"


@pytest.mark.parametrize(
    ("said", "is_fine"),
    [("1.0;", True), ("3.0", True), ("2.0;NetFx", True), (None, True), ("4.0", False), ("3.1;", False), ("x", False)],
)
def test_5_2_versions_of_answers(wired: Make, said: str | None, is_fine: bool) -> None:
    row = {"odata.metadata": f"{ROOT}$metadata#Products", "value": []}
    body = json.dumps(row).encode()
    fields = {"Content-Type": LIGHT} | ({} if said is None else {"DataServiceVersion": said})
    on = wired(Response(200, reply(None, **{n.replace("-", "_"): v for n, v in fields.items()}).headers, body))
    if is_fine:
        assert on.ctx.Products.to_list() == []
    else:
        with pytest.raises(InvalidOperationError, match="DataServiceVersion"):
            on.ctx.Products.to_list()


# -- 5.3


def test_5_3_one_key_and_several(wired: Make) -> None:
    on = wired(NO_CONTENT, NO_CONTENT, feed(of="Seats"), reply(None, 204))
    seat = on.attached("Seats", "Seat", Row="O'Neil & co", Number=4)
    p = on.attached("Products", "Product", ID=-1)
    on.ctx.update_object(seat)
    on.ctx.update_object(p)
    on.ctx.save_changes()
    assert on.lines == ["MERGE Seats(Number=4L,Row='O''Neil & co')", "MERGE Products(-1)"]  # alphabetical
    on.ctx.Seats.where(lambda s: s.Row == "A" and s.Number == 1).to_list()
    assert on.lines[-1] == "GET Seats(Row='A',Number=1L)"  # as the predicate says


def test_5_3_an_edit_link_is_used_as_it_came(wired: Make) -> None:
    row = {"odata.id": "urn:7", "odata.editLink": "Odd%20place/Products(ID=7)", **product(7)}
    on = wired(feed(row), NO_CONTENT)
    (p,) = on.ctx.Products.to_list()
    on.ctx.update_object(p)
    on.ctx.save_changes()
    assert on.requests[-1].target == "/svc/Odd%20place/Products(ID=7)"


def test_p43_5_3_key_as_segment(wired: Make) -> None:
    on = wired(*[NO_CONTENT] * 5, metadata=METADATA.replace(b"Row", b"Code").replace(b'<PropertyRef Name="Number"/>', b""))
    on.ctx.url_key_as_segment = True
    names = {"A": "Seats/A", "$x": "Seats/$$x", "O'Neil": "Seats/O''Neil", "a/b": "Seats/a/b"}
    for code, path in names.items():
        on.ctx.update_object(on.attached("Seats", "Seat", Code=code))
        on.ctx.save_changes()
        assert on.lines[-1] == f"MERGE {path}"
    assert on.requests[-1].target == "/svc/Seats/a%2Fb"
    with pytest.raises(ArgumentError, match="an empty text cannot be a segment"):
        on.attached("Seats", "Seat", Code="")


def test_p43_5_3_key_as_segment_may_be_set_at_any_time(wired: Make) -> None:
    on = wired(feed(product(1)), feed(product(2)), NO_CONTENT)
    (one,) = on.ctx.Products.to_list()
    on.ctx.url_key_as_segment = True
    (two,) = on.ctx.Products.to_list()
    places = [on.ctx.get_entity_descriptor(p).edit_link.removeprefix(on.root) for p in (one, two)]
    assert places == ["Products(1)", "Products/2"]


@pytest.mark.parametrize(("as_segment", "path"), [(False, "Products/Shop.Book(7)"), (True, "Products/$/Shop.Book/7")])
def test_5_3_type_segments(wired: Make, as_segment: bool, path: str) -> None:
    on = wired(feed(), reply({"odata.metadata": f"{ROOT}$metadata#Products/Shop.Book/@Element", **product(7, Pages=1)}))
    on.ctx.url_key_as_segment = as_segment
    books = on.ctx.Products.of_type("Shop.Book")
    assert books.where(lambda b: b.Pages > 1).to_list() == []
    assert books.where(lambda b: b.ID == 7).single().Pages == 1
    assert on.lines == [f"GET {path[: path.index('Book')]}Book?$filter=Pages gt 1", f"GET {path}"]


def test_p43_5_3_composite_keys_keep_their_parentheses(wired: Make) -> None:
    on = wired(NO_CONTENT)
    on.ctx.url_key_as_segment = True
    on.ctx.update_object(on.attached("Seats", "Seat", Row="A", Number=1))
    on.ctx.save_changes()
    assert on.lines == ["MERGE Seats(Number=1L,Row='A')"]


# -- 5.4

KEYS: list[tuple[str, Any, str]] = [
    ("Edm.Boolean", True, "true"),
    ("Edm.Byte", 200, "200"),
    ("Edm.SByte", -7, "-7"),
    ("Edm.Int16", -300, "-300"),
    ("Edm.Int32", -7, "-7"),
    ("Edm.Int64", 42, "42L"),
    ("Edm.Decimal", Decimal("10.50"), "10.50M"),
    ("Edm.Double", 2.0, "2.0"),
    ("Edm.Double", 1e20, "1E%2B20"),
    ("Edm.Double", float("-inf"), "-INF"),
    ("Edm.Single", 1.5, "1.5f"),
    ("Edm.String", "O'Neil & Co", "'O''Neil%20%26%20Co'"),
    ("Edm.Guid", UUID("0F8FAD5B-D9CB-469F-A165-70867728950E"), "guid'0f8fad5b-d9cb-469f-a165-70867728950e'"),
    ("Edm.DateTime", datetime.datetime(2013, 8, 19, 22, 13, 9), "datetime'2013-08-19T22%3A13%3A09'"),
    ("Edm.DateTime", datetime.datetime(2013, 8, 19, 22, 13, 9, tzinfo=datetime.UTC), "datetime'2013-08-19T22%3A13%3A09Z'"),
    (
        "Edm.DateTimeOffset",
        datetime.datetime(2013, 8, 19, 22, 13, 9, tzinfo=datetime.timezone(datetime.timedelta(hours=2))),
        "datetimeoffset'2013-08-19T22%3A13%3A09%2B02%3A00'",
    ),
    ("Edm.Time", datetime.timedelta(hours=1, minutes=30), "time'PT1H30M'"),
    ("Edm.Binary", b"\x0a\xff", "X'0AFF'"),
]


@pytest.mark.parametrize(("edm_type", "value", "literal"), KEYS, ids=[f"{t}-{x}" for t, _, x in KEYS])
def test_5_4_literals_in_keys_and_filters(wired: Make, edm_type: str, value: Any, literal: str) -> None:
    metadata = METADATA.replace(
        b'<Property Name="Number" Type="Edm.Int64"', f'<Property Name="Number" Type="{edm_type}"'.encode()
    )
    on = wired(NO_CONTENT, feed(of="Seats"), metadata=metadata)
    on.ctx.update_object(on.attached("Seats", "Seat", Row="A", Number=value))
    on.ctx.save_changes()
    on.ctx.Seats.where(lambda s: s.Number == value).to_list()
    key, filtered = on.lines  # percent-encoding may differ from .NET's
    assert key == f"MERGE Seats(Number={unquote(literal)},Row='A')"
    assert filtered == f"GET Seats?$filter=Number eq {unquote(literal)}"
    assert "+" not in on.requests[1].target


@pytest.mark.parametrize(
    ("kind", "point", "literal"),
    [
        ("GeographyPoint", Geography.from_wkt("SRID=4326;POINT (-122.1 47.6)"), "geography'SRID=4326;POINT(-122.1 47.6)'"),
        ("GeometryPoint", Geometry.from_wkt("SRID=0;POINT (1 2)"), "geometry'SRID=0;POINT(1 2)'"),
    ],
)
def test_5_4_spatial_literals_in_filters(wired: Make, kind: str, point: Any, literal: str) -> None:
    metadata = METADATA.replace(b'Name="Action" Type="Edm.String"', f'Name="Spot" Type="Edm.{kind}"'.encode())
    on = wired(feed(of="Seats"), metadata=metadata)
    on.ctx.Seats.where(lambda s: s.Spot.distance(point) < 10.5).to_list()
    (line,) = on.lines
    assert line.replace("POINT (", "POINT(") == f"GET Seats?$filter=geo.distance(Spot,{literal}) lt 10.5"


def test_5_4_null_is_no_key_and_a_double_parameter_carries_d(wired: Make) -> None:
    on = wired(feed(of="Seats"), EMPTY)
    on.ctx.Seats.where(lambda s: s.Action == None).to_list()  # noqa: E711
    assert on.lines == ["GET Seats?$filter=Action eq null"]
    with pytest.raises(InvalidOperationError, match="key"):
        on.ctx.attach_to("Seats", on.new("Seat", Row="A"))
    given = [UriOperationParameter("x", 2.5), UriOperationParameter("y", 42), UriOperationParameter("z", None)]
    on.ctx.execute("ByRating", operation_parameters=given)
    assert on.lines[-1] == "GET ByRating?x=2.5D&y=42&z=null"


# -- 5.5

RICH = METADATA.replace(
    b'<Property Name="Name" Type="Edm.String"/>\n    <Property Name="Price"',
    b'<Property Name="Name" Type="Edm.String"/><Property Name="Big" Type="Edm.Int64"/><Property Name="Weight" Type="Edm.Double"/>'
    b'<Property Name="Guid" Type="Edm.Guid"/><Property Name="Blob" Type="Edm.Binary"/><Property Name="Span" Type="Edm.Time"/>'
    b'<Property Name="Price"',
    1,
)


def test_5_5_light_bodies(wired: Make) -> None:
    on = wired(created("Products(1)"), metadata=RICH)
    c = on.attached("Categories", "Category", ID=3)
    p = on.new(
        "Product",
        Weight=2.0,
        Price=Decimal("1.25"),
        Big=5000000000,
        ID=1,
        Name=None,
        Guid=UUID("0F8FAD5B-D9CB-469F-A165-70867728950E"),
        Blob=b"\x00\xff",
        Span=datetime.timedelta(minutes=90),
        Released=datetime.datetime(2013, 8, 19, 22, 13, 9),
        Size=on.new("Size", Width=1),
    )
    on.ctx.add_object("Products", p)
    on.ctx.set_link(p, "Category", c)
    on.ctx.save_changes()
    body = on.body()
    assert list(body)[:2] == ["odata.type", "Category@odata.bind"]
    assert body == {
        "odata.type": "Shop.Product",
        "Category@odata.bind": f"{on.root}Categories(3)",
        "ID": 1,
        "Name": None,
        "Big": "5000000000",
        "Weight": 2.0,
        "Guid": "0f8fad5b-d9cb-469f-a165-70867728950e",
        "Blob": "AP8=",
        "Span": "PT1H30M",
        "Price": "1.25",
        "Released": "2013-08-19T22:13:09",
        "Size": {"odata.type": "Shop.Size", "Width": 1},
    }
    assert b'"Weight":2.0' in on.requests[0].body


@pytest.mark.parametrize(
    ("value", "text"),
    [(float("nan"), b'"NaN"'), (float("inf"), b'"Infinity"'), (float("-inf"), b'"-Infinity"')],
)
def test_5_5_doubles_that_are_no_numbers(wired: Make, value: float, text: bytes) -> None:
    on = wired(created("Products(1)"), metadata=RICH)
    on.ctx.add_object("Products", on.new("Product", ID=1, Weight=value))
    on.ctx.save_changes()
    assert b'"Weight":' + text in on.requests[0].body


@pytest.mark.parametrize(
    "options", [SaveChangesOptions.NONE, SaveChangesOptions.PATCH_ON_UPDATE, SaveChangesOptions.REPLACE_ON_UPDATE]
)
def test_5_5_send_all_properties_sends_the_same_set_whatever_the_method(wired: Make, options: SaveChangesOptions) -> None:
    on = wired(created("Products(1)"), NO_CONTENT)
    on.ctx.send_all_properties = True
    p = on.new("Product", ID=1, Name="x")
    on.ctx.add_object("Products", p)
    on.ctx.save_changes()
    p.Rating = 5
    on.ctx.update_object(p)
    on.ctx.save_changes(options)
    first, second = on.body(0), on.body(1)
    nothing = {"Price": "0", "Released": None, "Size": None}
    assert first == {"odata.type": "Shop.Product", "ID": 1, "Name": "x", "Rating": 0, **nothing}
    assert second == first | {"Rating": 5}
    assert list(first)[1:] == sorted(list(first)[1:])


@pytest.mark.parametrize("format", ["json", "verbosejson", "atom"])
def test_5_5_links_streams_and_media_are_no_properties(wired: Make, format: str) -> None:
    on = wired(NO_CONTENT, NO_CONTENT, format=format)
    on.ctx.send_all_properties = True
    photo = photo_of(on)
    photo.Title = "x"
    p = the_product(on)
    p.Category = on.attached("Categories", "Category", ID=3)  # without set_link it is an object's field
    for entity in (photo, p):
        on.ctx.update_object(entity)
    on.ctx.save_changes()
    said = [seen.body.decode() for seen in on.requests]
    assert "Title" in said[0]
    assert [name for name in ("Thumb", "$value", "image/png") if name in said[0]] == []
    assert "Rating" in said[1]
    assert [name for name in ("Category", "Categories") if name in said[1]] == []


def test_p84_5_5_by_default_only_what_was_assigned(wired: Make) -> None:
    on = wired(feed(product(1)), NO_CONTENT, NO_CONTENT)
    (p,) = on.ctx.Products.to_list()
    p.Rating = 5
    on.ctx.update_object(p)
    on.ctx.save_changes()
    assert on.body() == {"odata.type": "Shop.Product", "Rating": 5}
    p.Rating = 6
    on.ctx.update_object(p)
    on.ctx.save_changes(SaveChangesOptions.REPLACE_ON_UPDATE)
    assert on.body() == {"odata.type": "Shop.Product", **product(1, Rating=6)}  # always all, digit for digit


def test_5_5_what_cannot_be_written_is_said(wired: Make) -> None:
    on = wired()
    t = on.new("Tagged", ID=1)
    with pytest.raises(ValueError, match="cannot be null"):
        t.Tags = None
    t.Tags.append(None)
    on.ctx.add_object("TaggedSet", t)
    with pytest.raises(DataServiceRequestException, match="Tags"):
        on.ctx.save_changes()
    assert on.requests == []


@pytest.mark.parametrize("format", ["json", "verbosejson", "atom"])
@pytest.mark.parametrize("sends_all", [False, True])
def test_5_5_a_complex_value_in_itself_is_said(wired: Make, format: str, sends_all: bool) -> None:
    height = b'<Property Name="Height" Type="Edm.Int32"/>'
    metadata = METADATA.replace(height, height + b'<Property Name="Within" Type="Shop.Size"/>')
    on = wired(metadata=metadata, format=format)
    on.ctx.send_all_properties = sends_all
    outer = on.new("Size", Width=1, Within=on.new("Size", Width=2))
    outer.Within.Within = outer
    on.ctx.add_object("Products", on.new("Product", ID=1, Size=outer))
    with pytest.raises(InvalidOperationError, match="contains itself"):
        on.ctx.pending_changes()
    with pytest.raises(DataServiceRequestException, match="contains itself"):
        on.ctx.save_changes()
    assert on.requests == []


def test_5_5_the_type_name_is_the_users_the_services_or_the_models(wired: Make) -> None:
    on = wired(feed({"odata.type": "Shop.Book", **product(1)}), *[NO_CONTENT] * 2, created("Products(2)"))
    (book,) = on.ctx.Products.to_list()
    on.ctx.update_object(book)
    on.ctx.save_changes()
    assert on.body()["odata.type"] == "Shop.Book"
    on.ctx.resolve_name = lambda cls: "Mine.Thing" if cls is on.ctx.types.Book else None
    on.ctx.update_object(book)
    on.ctx.save_changes()
    assert on.body()["odata.type"] == "Mine.Thing"
    on.ctx.add_object("Products", on.new("Product", ID=2))
    on.ctx.save_changes()
    assert on.body()["odata.type"] == "Shop.Product"


def test_5_5_atom_bodies(wired: Make) -> None:
    on = wired(created("Products(1)"), NO_CONTENT, format="atom")
    c = on.attached("Categories", "Category", ID=3)
    p = on.new("Product", ID=1, Name="Bolt", Price=Decimal("1.25"), Released=None)
    on.ctx.add_object("Products", p)
    on.ctx.set_link(p, "Category", c)
    on.ctx.save_changes()
    names = {
        "a": "http://www.w3.org/2005/Atom",
        "m": "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata",
        "d": "http://schemas.microsoft.com/ado/2007/08/dataservices",
    }
    root = etree.fromstring(on.requests[0].body)

    def all_of(path: str) -> Any:
        return root.xpath(path, namespaces=names)

    (term,) = all_of("a:category")
    assert dict(term.attrib) == {
        "term": "Shop.Product",
        "scheme": "http://schemas.microsoft.com/ado/2007/08/dataservices/scheme",
    }
    (link,) = all_of("a:link")
    assert dict(link.attrib) == {
        "rel": "http://schemas.microsoft.com/ado/2007/08/dataservices/related/Category",
        "type": "application/atom+xml;type=entry",
        "title": "Category",
        "href": f"{on.root}Categories(3)",
    }
    assert [e.tag.rpartition("}")[2] for e in all_of("*")].count("updated") == 1
    assert all_of("string(a:author/a:name)") == all_of("string(a:id)") == all_of("string(a:title)") == ""
    properties = {e.tag.rpartition("}")[2]: (e.text, dict(e.attrib)) for e in all_of("a:content/m:properties/*")}
    kind, null = (f"{{{names['m']}}}{name}" for name in ("type", "null"))
    assert properties == {
        "ID": ("1", {kind: "Edm.Int32"}),
        "Name": ("Bolt", {}),
        "Price": ("1.25", {kind: "Edm.Decimal"}),
        "Released": (None, {kind: "Edm.DateTime", null: "true"}),
    }
    p.Name = "Nut"
    on.ctx.update_object(p)
    on.ctx.save_changes()
    root = etree.fromstring(on.requests[1].body)
    assert all_of("string(a:id)") == f"{on.root}Products(1)"
    assert all_of("a:link") == []


def test_5_5_the_properties_of_a_media_entry_stand_beside_its_content(wired: Make) -> None:
    on = wired(NO_CONTENT, format="atom")
    on.ctx.update_object(on.attached("Photos", "Photo", ID=1, Title="x"))
    on.ctx.save_changes()
    root = etree.fromstring(on.requests[0].body)
    parents = [e.getparent().tag.rpartition("}")[2] for e in root.iter("{*}properties")]
    assert parents == ["entry"]


# -- 5.6


NAVIGATION = '<link rel="http://schemas.microsoft.com/ado/2007/08/dataservices/related/Category" href="far/category"/>'


def test_5_6_what_a_payload_says_of_its_links_wins(wired: Make) -> None:
    c = {
        **category(1),
        "Products@odata.navigationLinkUrl": f"{ROOT}far/members",
        "Products@odata.associationLinkUrl": f"{ROOT}far/links",
    }
    on = wired(feed(c, of="Categories"), created("Products(9)"), NO_CONTENT, NO_CONTENT, EMPTY)
    (c,) = on.ctx.Categories.to_list()
    p = on.attached("Products", "Product", ID=1)
    on.ctx.add_related_object(c, "Products", on.new("Product", ID=9))
    on.ctx.add_link(c, "Products", p)
    on.ctx.save_changes()
    on.ctx.delete_link(c, "Products", p)
    on.ctx.save_changes()
    on.ctx.load_property(c, "Products")
    assert on.lines[1:] == ["POST far/members", "POST far/links", "DELETE far/links(1)", "GET far/members"]


@pytest.mark.parametrize(
    ("format", "body"),
    [
        ("json", '{"url":"ROOTCategories(1)"}'),
        ("verbosejson", '{"uri":"ROOTCategories(1)"}'),
        ("atom", '<uri xmlns="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">ROOTCategories(1)</uri>'),
    ],
)
def test_p88_5_6_bodies_of_links(wired: Make, format: str, body: str) -> None:
    on = wired(NO_CONTENT, format=format)
    linked(on, "SetLink")
    said = on.requests[0].body.decode()
    assert said.rpartition("?>")[2].strip() == body.replace("ROOT", on.root)  # after the XML declaration, where there is one
    assert on.lines == ["PUT Products(1)/$links/Category"]


@pytest.mark.parametrize("links", ["", '<link rel="self" href="self"/>', '<link rel="self" href="self"/>' + NAVIGATION])
def test_5_6_load_property_by_the_navigation_link_or_below_the_edit_link(wired: Make, links: str) -> None:
    body = f'''<feed xmlns="http://www.w3.org/2005/Atom" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices"
        xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"><entry><id>urn:3</id>
        <link rel="edit" href="{ROOT}edit"/>{links.replace('href="', f'href="{ROOT}')}<content type="application/xml">
        <m:properties><d:ID m:type="Edm.Int32">3</d:ID></m:properties></content></entry></feed>'''
    on = wired(reply(body.encode(), Content_Type="application/atom+xml"), NO_CONTENT, format="atom")
    (p,) = on.ctx.Products.to_list()
    on.ctx.load_property(p, "Category")
    expected = "far/category" if NAVIGATION in links else "edit/Category"  # where none came, as light JSON computes it
    assert on.lines[1] == f"GET {expected}"


def test_5_6_load_property_of_an_attached_entity_goes_below_its_edit_link(wired: Make) -> None:
    on = wired(NO_CONTENT)
    on.ctx.load_property(on.attached("Products", "Product", ID=5), "Category")
    assert on.lines == ["GET Products(5)/Category"]


def test_5_6_an_entity_without_an_edit_link_cannot_be_saved(wired: Make) -> None:
    on = wired()
    p = on.attached("Products", "Product", ID=1)
    on.ctx.get_entity_descriptor(p).edit_link = None
    on.ctx.update_object(p)
    with pytest.raises(DataServiceRequestException, match="no edit link"):
        on.ctx.save_changes()
    assert on.requests == []


# -- 5.7


@pytest.mark.parametrize(
    "kind", ["insert", "MERGE", "PATCH", "DELETE", "AddLink", "SetLink", "SetLink None", "DeleteLink", "media PUT"]
)
def test_p92_5_7_tunnelling(wired: Make, kind: str) -> None:
    act, steps, *_ = KINDS[kind]
    plain, tunnelled = wired(*steps), wired(*steps)
    tunnelled.ctx.use_post_tunneling = True
    act(plain)
    act(tunnelled)
    (one,), (other,) = plain.requests, tunnelled.requests
    assert other.method == "POST"
    assert other.headers.get("x-http-method") == (None if one.method == "POST" else one.method)
    assert (other.target, other.body) == (one.target, one.body.replace(plain.root.encode(), tunnelled.root.encode()))
    assert (other.headers.get("content-length") == "0") is (one.method == "DELETE")
    assert other.headers.get("if-match") == one.headers.get("if-match")


# -- 6


def test_6_1_an_error_has_its_body_and_what_it_says(wired: Make) -> None:
    xml = (
        b'<m:error xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"><m:code>C</m:code>'
        b'<m:message xml:lang="en-US">no</m:message></m:error>'
    )
    verbose = b'{"error":{"code":"C","message":{"lang":"en-US","value":"no"},"innererror":{"message":"deep"}}}'
    for body, kind in (
        (xml, "application/xml"),
        (verbose, "application/json"),
        (verbose.replace(b'error"', b'odata.error"', 1), LIGHT),
    ):
        on = wired(reply(body, 400, Content_Type=kind))
        with pytest.raises(DataServiceQueryException) as caught:
            on.ctx.Products.to_list()
        cause = caught.value.__cause__
        assert isinstance(cause, DataServiceClientException)
        assert (cause.body, cause.code, cause.message) == (body.decode(), "C", "no")


ROW_IN_ATOM = f"""<entry><id>{ROOT}Products(1)</id><content type="application/xml"><m:properties>
 <d:ID m:type="Edm.Int32">1</d:ID></m:properties></content></entry>"""
BROKEN_OFF = {
    LIGHT: f'''{{"odata.metadata":"{ROOT}$metadata#Products","value":[{json.dumps(product(1))},
     {{"odata.error":{{"code":"","message":{{"lang":"en","value":"it broke"}}}}}}]}}''',
    VERBOSE: f'''{{"d":{{"results":[{{"__metadata":{{"uri":"{ROOT}Products(1)","type":"Shop.Product"}},"ID":1}},
     {{"error":{{"code":"","message":{{"lang":"en","value":"it broke"}}}}}}]}}}}''',
    ATOM: f"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices"
     xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">{ROW_IN_ATOM}
     <m:error><m:code/><m:message xml:lang="en">it broke</m:message></m:error></feed>""",
}


@pytest.mark.parametrize("kind", BROKEN_OFF)
def test_6_2_an_error_in_the_stream_comes_after_the_rows_before_it(wired: Make, kind: str) -> None:
    on = wired(reply(BROKEN_OFF[kind].encode(), 200, Content_Type=kind))
    rows: list[Any] = []
    with pytest.raises(DataServiceClientException, match="it broke") as caught:
        rows.extend(row for row in on.ctx.Products)
    assert caught.value.status_code == 500
    assert [d.entity.ID for d in on.ctx.entities] == [1]  # rows read earlier stay tracked


@pytest.mark.parametrize("body", [b'{"value":[{"ID":', b"[]", b"\xff"])
def test_6_2_malformed_payloads(wired: Make, body: bytes) -> None:
    on = wired(reply(body, 200))
    with pytest.raises((PayloadError, InvalidOperationError)):
        on.ctx.Products.to_list()


GONE = reply({"odata.error": {"code": "", "message": {"lang": "en", "value": "gone"}}}, 404)


def test_6_3_a_refused_query(wired: Make) -> None:
    on = wired(GONE, GONE)
    for call in (lambda: list(on.ctx.Products), lambda: on.ctx.execute("Products")):
        with pytest.raises(DataServiceQueryException) as caught:
            call()
        assert isinstance(caught.value.__cause__, NotFoundError)
        assert (caught.value.response.status_code, caught.value.status_code) == (404, 404)
        assert isinstance(caught.value, InvalidOperationError)


def test_6_3_a_look_up_by_the_whole_key_raises_for_404_first_or_default_too(wired: Make) -> None:
    on = wired(GONE, GONE, feed(of="Seats"))
    with pytest.raises(DataServiceQueryException):
        on.ctx.Products.where(lambda p: p.ID == 404).first_or_default()
    on.ctx.ignore_resource_not_found_exception = True
    assert on.ctx.Products.where(lambda p: p.ID == 404).first_or_default() is None
    on.ctx.ignore_resource_not_found_exception = False
    assert on.ctx.Seats.where(lambda s: s.Row == "A").first_or_default() is None  # a part of a key is a filter
    assert on.lines == ["GET Products(404)", "GET Products(404)", "GET Seats?$filter=Row eq 'A'&$top=1"]


def test_6_3_what_ignoring_404_covers(wired: Make) -> None:
    on = wired(*[GONE] * 6)
    on.ctx.ignore_resource_not_found_exception = True
    p = the_product(on)
    assert on.ctx.Products.to_list() == []
    answer = on.ctx.execute("Products(9)")
    assert (answer.status_code, list(answer)) == (404, [])
    not_covered: list[tuple[type[Exception], Callable[[], Any]]] = [
        (NotFoundError, lambda: on.ctx.load_property(p, "Category")),
        (NotFoundError, lambda: on.ctx.Products.count()),
        (NotFoundError, lambda: on.ctx.get_read_stream(photo_of(on))),
        (DataServiceRequestException, lambda: saved(on, lambda: on.ctx.delete_object(p))),
    ]
    for kind, call in not_covered:
        with pytest.raises(kind):
            call()


def test_6_3_nothing_in_an_answer_is_an_empty_result(wired: Make) -> None:
    unnamed = Response(200, reply(None).headers)  # and without a Content-Type
    on = wired(NO_CONTENT, NO_CONTENT, unnamed, unnamed)
    p = the_product(on)
    for _ in range(2):
        assert on.ctx.query(p, "Category").to_list() == []
        assert list(on.ctx.execute("Reset", "POST")) == []


def test_p86_6_4_a_conflict_and_the_two_ways_out_of_it(wired: Make) -> None:
    conflict = reply(None, 412)
    theirs = feed(maker(1, 'W/"2"', Name="theirs"), of="Makers")
    on = wired(feed(maker(1, 'W/"1"'), of="Makers"), conflict, theirs, NO_CONTENT, conflict, theirs)
    (m,) = on.ctx.Makers.to_list()
    m.Name = "mine"
    on.ctx.update_object(m)
    with pytest.raises(DataServiceRequestException) as caught:
        on.ctx.save_changes()
    assert isinstance(caught.value.__cause__, ConcurrencyError)
    assert caught.value.status_code == 412
    record = on.ctx.get_entity_descriptor(m)
    assert (record.state.name, record.etag, m.Name) == ("MODIFIED", 'W/"1"', "mine")
    on.ctx.merge_option = on.ctx.merge_option.PRESERVE_CHANGES
    on.ctx.Makers.to_list()
    on.ctx.save_changes()
    assert (on.header("If-Match"), m.Name, on.state(m)) == ('W/"2"', "mine", "UNCHANGED")
    m.Name = "mine again"
    on.ctx.update_object(m)
    with pytest.raises(DataServiceRequestException):
        on.ctx.save_changes()
    on.ctx.merge_option = on.ctx.merge_option.OVERWRITE_CHANGES
    on.ctx.Makers.to_list()
    assert (m.Name, on.state(m), record.etag) == ("theirs", "UNCHANGED", 'W/"2"')


def test_6_a_read_that_gets_no_answer_fails_as_itself(wired: Make) -> None:
    on = wired(retry=None)
    on.server.close()
    with pytest.raises(DataServiceTransportException):
        on.ctx.Products.to_list()


@pytest.mark.parametrize(
    ("format", "keeps", "version"), [("atom", "true", "1.0"), ("atom", "false", "2.0"), ("json", "false", "3.0")]
)
def test_5_2_customizable_feeds_need_version_2(wired: Make, format: str, keeps: str, version: str) -> None:
    mapped = f'Name="Title" m:FC_TargetPath="SyndicationTitle" m:FC_KeepInContent="{keeps}" Type='.encode()
    on = wired(NO_CONTENT, format=format, metadata=METADATA.replace(b'Name="Title" Type=', mapped))
    on.ctx.update_object(on.attached("Photos", "Photo", ID=1, Title="x"))
    on.ctx.save_changes()
    assert on.header("DataServiceVersion") == f"{version};NetFx"
