"""The calls of the recorded scenarios, in Python. Each is a function of a :class:`Play`, named as its recording."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from odata3.client.operations import BodyOperationParameter, UriOperationParameter
from odata3.client.options import MergeOption, SaveChangesOptions
from odata3.client.responses import ChangeOperationResponse, DataServiceResponse, QueryOperationResponse
from odata3.entities.entity import properties
from odata3.entities.structure import Structure
from odata3.errors import ODataError

G1, G2 = UUID("a11cc636-5521-4f88-92b2-cad392911fe0"), UUID("ba4146fa-fb41-4f59-a193-ad00c52a138c")
NONE, BATCH, REPLACE = SaveChangesOptions.NONE, SaveChangesOptions.BATCH, SaveChangesOptions.REPLACE_ON_UPDATE
UTC = datetime.UTC
SKIPPED = object()


@dataclass(frozen=True)
class Raised:
    """An exception, and what its response said when it was raised."""

    error: BaseException
    outcome: dict[str, Any] | None = None


class Play:
    """A context that plays a scenario, and the log of what came of it."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make
        self.ctx = make()
        self.log: list[tuple[str, Any]] = []
        self.is_v2 = self.ctx.max_protocol_version == "2.0"

    def note(self, name: str, value: Any) -> None:
        self.log.append((name, values(value)))

    def skip(self, name: str) -> None:
        """A step that has no counterpart in Python."""
        self.log.append((name, SKIPPED))

    def attempt(self, name: str, call: Callable[[], Any]) -> None:
        try:
            self.note(name, call())
        except (ODataError, TypeError) as error:
            came = getattr(error, "response", None)
            self.note(name, Raised(error, outcome(came) if isinstance(came, DataServiceResponse) else None))

    def do(self, name: str, call: Callable[[], Any]) -> None:
        self.attempt(name, lambda: (call(), "ok")[1])

    def state(self, name: str = "state", ctx: Any = None) -> None:
        self.note(name, state(ctx or self.ctx))

    def save(self, name: str, options: SaveChangesOptions = NONE) -> None:
        self.state(f"{name} before")
        self.attempt(name, lambda: outcome(self.ctx.save_changes(options)))
        self.state(f"{name} after")

    def new(self, type_name: str, **values: Any) -> Any:
        return getattr(self.ctx.types, type_name)(**values)

    def one(self, entity_set: str, key: Any) -> Any:
        return self.ctx[entity_set].by_key(key).first()


def entity(descriptor: Any) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "entity": type(descriptor.entity).__name__,
        "state": descriptor.state.name.capitalize(),
        "identity": descriptor.identity,
        "editLink": descriptor.edit_link,
        "selfLink": descriptor.self_link,
        "etag": descriptor.etag,
        "serverTypeName": descriptor.server_type_name,
        "readStream": descriptor.read_stream_uri,
        "editStream": descriptor.edit_stream_uri,
        "streamETag": descriptor.stream_etag,
        "parentProperty": descriptor.parent_property_for_insert,
    }
    return shown


def values(found: Any) -> Any:
    """What an entity, a complex value or a list of them holds at this moment."""
    if isinstance(found, list | tuple):
        return [values(item) for item in found]
    if isinstance(found, Structure):
        return {name: values(found[name]) for name in properties(found)}
    if isinstance(found, QueryOperationResponse):
        return {"statusCode": found.status_code}
    return found


def link(descriptor: Any) -> dict[str, Any]:
    target = descriptor.target
    return {
        "link": f"{type(descriptor.source).__name__}.{descriptor.source_property}",
        "state": descriptor.state.name.capitalize(),
        "target": None if target is None else type(target).__name__,
    }


def described(descriptor: Any) -> dict[str, Any]:
    return link(descriptor) if hasattr(descriptor, "source") else entity(descriptor)


def state(ctx: Any) -> dict[str, Any]:
    return {"entities": [entity(d) for d in ctx.entities], "links": [link(d) for d in ctx.links]}


def outcome(response: DataServiceResponse) -> dict[str, Any]:
    return {
        "batchStatusCode": response.batch_status_code,
        "isBatch": response.is_batch_response,
        "operations": [
            {"kind": type(o).__name__, "statusCode": o.status_code}
            | ({"error": o.error} if o.error is not None else {})
            | ({"descriptor": described(o.descriptor)} if isinstance(o, ChangeOperationResponse) else {})
            for o in response
        ],
    }


def spf_restore(play: Play) -> None:
    ctx = play.ctx
    cp = ctx.VMCheckPoints.where(lambda x: x.ID == G1).first_or_default()
    play.note("found", cp)
    cp.VMCheckPointAction = "Restore"
    ctx.update_object(cp)
    play.save("save")


def spf_restore_headers(play: Play) -> None:
    ctx = play.ctx

    @ctx.sending_request
    def principal(args: Any) -> None:
        args.headers["x-ms-principal-id"] = "user@contoso.com"

    cp = ctx.VMCheckPoints.where(lambda x: x.ID == G1 and x.StampId == G2).first_or_default()
    play.note("found", cp)
    cp.VMCheckPointAction = "Restore"
    ctx.update_object(cp)
    play.save("save")


def spf_restore_put(play: Play) -> None:
    ctx = play.ctx
    cp = ctx.VMCheckPoints.where(lambda x: x.ID == G1).first_or_default()
    cp.VMCheckPointAction = "Restore"
    ctx.update_object(cp)
    play.save("save", REPLACE)


def paging_continuation(play: Play) -> None:
    ctx = play.ctx
    page = ctx.Products.execute()
    play.attempt("token before reading", page.get_continuation)
    play.attempt("page 1", lambda: [p.ID for p in page])
    while True:
        token = page.get_continuation()
        play.note("continuation", None if token is None else str(token))
        if token is None:
            break
        page = ctx.execute(token)
        play.note("page", [p.ID for p in page])
    play.note("plain enumeration stops after page 1", len(list(ctx.Products.execute())))


def load_property(play: Play) -> None:
    ctx = play.ctx
    p = play.one("Products", 1)
    for name, property_name in (("reference", "Category"), ("reference again", "Category"), ("null reference", "Supplier")):
        play.attempt(name, lambda n=property_name: [ctx.load_property(p, n).status_code, p[n]])  # type: ignore[misc]
    p.Name = "changed"
    play.attempt("primitive", lambda: [ctx.load_property(p, "Name").status_code, p.Name])
    k = play.one("Categories", 1)
    play.attempt("collection", lambda: [ctx.load_property(k, "Products").status_code, [x.ID for x in k.Products]])
    play.attempt("unknown", lambda: ctx.load_property(k, "Nope"))
    play.attempt("untracked", lambda: ctx.load_property(play.new("Category"), "Products"))
    play.state()


def update_merge(play: Play) -> None:
    p = play.one("Products", 1)
    p.Name, p.Description = "Renamed", None
    play.ctx.update_object(p)
    play.save("save")


def update_put(play: Play) -> None:
    p = play.one("Products", 1)
    p.Name = "Renamed"
    play.ctx.update_object(p)
    play.save("save", REPLACE)


def update_complex(play: Play) -> None:
    s = play.one("Suppliers", 0)
    s.Address.City = "Kirkland"
    play.ctx.update_object(s)
    play.save("save")
    play.note("after", s)


def insert(play: Play) -> None:
    made = datetime.datetime(2013, 8, 19, 22, 13, 9, tzinfo=UTC)
    p = play.new("Product", ID=50, Name="New <&> \u00e9", ReleaseDate=made, Price=Decimal("3.50"))
    play.ctx.add_object("Products", p)
    play.save("save")
    play.note("entity", p)
    p.Name = "again"
    play.ctx.update_object(p)
    play.save("update after insert")


def insert_kinds(play: Play) -> None:
    when = datetime.datetime(2013, 8, 19, 22, 13, 9)
    text = "  lead & trail <x> \u00fc\u4e2d\U0001f600 \r\n\t'\"  "
    values: dict[str, Any] = {
        "ID": 7,
        "Tiny": 200,
        "Signed": -5,
        "Small": -300,
        "Medium": 70000,
        "Big": 5000000000,
        "Ratio": 1.1,
        "Weight": 1e30,
        "Price": Decimal("12.50"),
        "Flag": True,
        "RowGuid": G1,
        "When": when.replace(microsecond=120000, tzinfo=UTC),
        "Blob": bytes([0, 1, 254, 255]),
        "Text": text,
    }
    if not play.is_v2:
        values["Span"] = datetime.timedelta(days=1, hours=2, minutes=3, seconds=4, milliseconds=5)
        values["Offset"] = when.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    play.ctx.add_object("Kinds", play.new("Kind", **values))
    play.save("save")
    inf = float("inf")
    second = play.new(
        "Kind",
        ID=8,
        Weight=float("nan"),
        Ratio=inf,
        When=when,
        Text="",
        Blob=b"",
        MaybeInt=0,
        MaybeDecimal=Decimal("0.00"),
        MaybeDouble=-inf,
    )
    play.ctx.add_object("Kinds", second)
    play.save("save 2")
    local = when.replace(tzinfo=UTC)
    third = play.new("Kind", ID=9, When=local, Weight=1.0 / 3, Ratio=1 / 3, Price=Decimal("-0.0001"))
    play.ctx.add_object("Kinds", third)
    play.save("save 3")


def insert_204(play: Play) -> None:
    p = play.new("Product", ID=50, Name="New")
    play.ctx.add_object("Products", p)
    play.save("save")
    play.note("entity", p)


def delete(play: Play) -> None:
    play.ctx.delete_object(play.one("Products", 1))
    play.save("save")
    play.save("again")


def etag_flow(play: Play) -> None:
    s = play.one("Suppliers", 0)
    play.state()
    for name, step in (("S2", "save 1"), ("S3", "save 2 (new etag from header)")):
        s.Name = name
        play.ctx.update_object(s)
        play.save(step)
    play.ctx.delete_object(s)
    play.save("delete")


def links(play: Play) -> None:
    ctx = play.ctx
    p, k, s = play.one("Products", 1), play.one("Categories", 1), play.one("Suppliers", 0)
    ctx.set_link(p, "Category", k)
    play.save("SetLink")
    ctx.set_link(p, "Supplier", s)
    ctx.set_link(p, "Category", None)
    play.save("SetLink + SetLink null")
    ctx.add_link(k, "Products", p)
    play.save("AddLink")
    ctx.delete_link(k, "Products", p)
    play.save("DeleteLink")
    ctx.attach_link(k, "Products", p)
    ctx.detach_link(k, "Products", p)
    play.save("Attach/Detach")
    ctx.add_link(k, "Products", p)
    ctx.delete_link(k, "Products", p)
    play.save("Add then delete unsaved")
    play.do("AddLink on reference", lambda: ctx.add_link(p, "Category", k))
    play.do("SetLink on collection", lambda: ctx.set_link(k, "Products", p))
    play.do("AddLink untracked", lambda: ctx.add_link(k, "Products", play.new("Product", ID=1000)))
    play.do("AddLink twice", lambda: [ctx.add_link(k, "Products", p), ctx.add_link(k, "Products", p)])
    play.do("AddLink unknown", lambda: ctx.add_link(k, "Nope", p))


def links_new_to_existing(play: Play) -> None:
    k = play.one("Categories", 1)
    p = play.new("Product", ID=60, Name="NewProd")
    play.ctx.add_object("Products", p)
    play.ctx.set_link(p, "Category", k)
    play.save("save")


def _mixed(play: Play) -> None:
    ctx = play.ctx
    ps = list(ctx.Products.execute())
    k = play.one("Categories", 1)
    ctx.delete_object(ps[2])
    ps[0].Name = "U0"
    ctx.update_object(ps[0])
    n = play.new("Product", ID=70, Name="N1")
    ctx.add_object("Products", n)
    ctx.add_link(k, "Products", n)
    ctx.set_link(ps[1], "Category", k)
    ps[1].Name = "U1"
    ctx.update_object(ps[1])
    ctx.add_related_object(k, "Products", play.new("Product", ID=71, Name="N2"))
    ctx.delete_link(k, "Products", ps[0])


def mixed_none(play: Play) -> None:
    _mixed(play)
    play.save("save")


def mixed_fail_second(play: Play) -> None:
    _mixed(play)
    play.save("save")
    play.save("retry")


def batch_new_graph(play: Play) -> None:
    ctx = play.ctx
    k, p = play.new("Category", ID=5, Name="NewCat"), play.new("Product", ID=60, Name="NewProd")
    ctx.add_object("Categories", k)
    ctx.add_related_object(k, "Products", p)
    ctx.add_object("Suppliers", play.new("Supplier", ID=9, Name="NewSup"))
    ctx.set_link(p, "Category", k)
    play.save("save", BATCH)


def streams(play: Play) -> None:
    ctx = play.ctx
    a = ctx.Advertisements.first()
    play.state()
    play.attempt("GetReadStreamUri", lambda: ctx.get_read_stream_uri(a))

    def read() -> list[Any]:
        with ctx.get_read_stream(a) as response:
            return [response.stream.read().decode(), response.content_type, response.content_disposition]

    play.attempt("GetReadStream", read)

    def read_as() -> str:
        with ctx.get_read_stream(a, accept="image/png") as response:
            return response.read().decode()

    play.attempt("GetReadStream accept", read_as)
    ctx.set_save_stream(a, Chunked(b"NEWBYTES"), True, "text/plain", "slug1")
    play.save("replace stream")
    ctx.set_save_stream(a, Chunked(b"NEWBYTES2"), True, "text/plain", "slug2")
    a.Name = "ren"
    ctx.update_object(a)
    play.save("replace stream and update entity")
    n = play.new("Advertisement", Name="brand new", AirDate=datetime.datetime(2013, 1, 2))
    ctx.add_object("Advertisements", n)
    ctx.set_save_stream(n, Chunked(b"FIRST"), True, "image/jpeg", "pic.jpg")
    play.save("insert media link entry")
    play.note("entity", n)
    ctx.add_object("Advertisements", play.new("Advertisement", Name="no stream"))
    play.save("insert MLE without stream")


class Chunked(io.BytesIO):
    """Bytes whose number nobody knows beforehand."""

    def seekable(self) -> bool:
        return False


def tunneling(play: Play) -> None:
    ctx = play.ctx
    ctx.use_post_tunneling = True
    p = play.one("Products", 1)
    p.Name = "T"
    ctx.update_object(p)
    play.save("merge")
    ctx.update_object(p)
    play.save("put", REPLACE)
    k = play.one("Categories", 1)
    ctx.set_link(p, "Category", k)
    play.save("set link")
    ctx.set_link(p, "Category", None)
    play.save("set link null")
    ctx.add_link(k, "Products", p)
    play.save("add link")
    ctx.delete_link(k, "Products", p)
    play.save("delete link")
    ctx.delete_object(p)
    play.save("delete")
    n = play.new("Product", ID=80)
    ctx.add_object("Products", n)
    play.save("insert")
    ctx.update_object(n)
    play.save("merge in batch", BATCH)


def error_404_key(play: Play) -> None:
    ctx = play.ctx
    play.attempt("query", lambda: ctx.Products.where(lambda p: p.ID == 404).to_list())
    play.attempt("FirstOrDefault", lambda: ctx.Products.where(lambda p: p.ID == 404).first_or_default())
    ctx.ignore_resource_not_found_exception = True
    play.attempt("ignored query", lambda: ctx.Products.where(lambda p: p.ID == 404).to_list())
    play.attempt("ignored FirstOrDefault", lambda: ctx.Products.where(lambda p: p.ID == 404).first_or_default())


def error_400_xml(play: Play) -> None:
    ctx = play.ctx
    play.attempt("query", lambda: ctx.Products.where(lambda p: p.Name == "bad").to_list())
    p = play.one("Products", 1)
    p.Name = "bad"
    ctx.update_object(p)
    play.save("save")
    play.save("save again")


def error_412(play: Play) -> None:
    s = play.one("Suppliers", 0)
    s.Name = "x"
    play.ctx.update_object(s)
    play.save("save")


def merge_options(play: Play) -> None:
    names = ("AppendOnly", "OverwriteChanges", "PreserveChanges", "NoTracking")
    for name, option in zip(names, MergeOption, strict=True):
        ctx = play.make()
        ctx.merge_option = option

        def read(ctx: Any = ctx) -> Any:
            return ctx.Products.by_key(1).first()

        p = read()
        p.Name, p.Rating = "local", 99
        again = read()
        play.note(f"{name} unchanged entity", [p is again, again.Name, again.Rating, len(ctx.entities)])
        if option is MergeOption.NO_TRACKING:
            play.do("update untracked", lambda c=ctx, e=p: c.update_object(e))  # type: ignore[misc]
            continue
        p.Name = "local"
        ctx.update_object(p)
        again = read()
        play.note(f"{name} modified entity", [p is again, again.Name, again.Rating, state(ctx)])
        ctx.delete_object(p)
        again = read()
        play.note(f"{name} deleted entity", [p is again, again.Name, state(ctx)])


def state_machine(play: Play) -> None:
    ctx = play.ctx
    p = play.new("Product", ID=1)
    play.do("update untracked", lambda: ctx.update_object(p))
    play.do("delete untracked", lambda: ctx.delete_object(p))
    play.do("add", lambda: ctx.add_object("Products", p))
    play.do("add twice", lambda: ctx.add_object("Products", p))
    play.do("update added", lambda: ctx.update_object(p))
    play.state()
    play.do("delete added", lambda: ctx.delete_object(p))
    play.state()
    play.do("attach", lambda: ctx.attach_to("Products", p))
    play.do("delete attached", lambda: ctx.delete_object(p))
    play.do("update deleted", lambda: ctx.update_object(p))
    play.do("delete twice", lambda: ctx.delete_object(p))
    play.state()
    play.attempt("detach", lambda: ctx.detach(p))
    play.attempt("detach again", lambda: ctx.detach(p))
    play.state()
    k = play.new("Category", ID=5)
    ctx.attach_to("Categories", k)
    ctx.attach_to("Products", p)
    ctx.add_link(k, "Products", p)
    play.do("detach with link", lambda: ctx.detach(k))
    play.state()
    play.attempt("TryGetEntity", lambda: ctx.try_get_entity(f"{ctx.base_uri.rstrip('/')}/Products(1)") is not None)
    play.do("UpdateObject null", lambda: ctx.update_object(None))
    play.do("AddObject null", lambda: ctx.add_object("Products", None))
    play.do("AddObject no set", lambda: ctx.add_object("", play.new("Product")))
    play.do("AddObject non entity", lambda: ctx.add_object("X", play.new("Address")))
    play.do("attach no key value", lambda: ctx.attach_to("Keyed", play.new("Keyed")))
    play.note("uri", ctx.create_query("Products/").url)
    play.note("CreateQuery slash", "ok")
    play.note("base", ctx.base_uri)
    play.note("base uri", "ok")


def key_as_segment(play: Play) -> None:
    ctx = play.ctx
    ctx.url_key_as_segment = True

    def ask(name: str, query: Any) -> None:
        play.attempt(f"{name} [ToString]", lambda: query.url)
        play.attempt(name, lambda: f"{len(query.to_list())} item(s)")

    ask("int key", ctx.Products.where(lambda p: p.ID == 1))
    ask("string key", ctx.Keyed.where(lambda p: p.Code == "O'Neil"))
    ask("string key dollar", ctx.Keyed.where(lambda p: p.Code == "$x"))
    ask("guid pair", ctx.VMCheckPoints.where(lambda x: x.ID == G1 and x.StampId == G2))
    q = play.new("Product", ID=4, Name="x")
    ctx.attach_to("Products", q)
    ctx.update_object(q)
    play.save("update attached")
    cp = play.new("VMCheckPoint", ID=G2, StampId=G1, VMCheckPointAction="Restore")
    play.do("attach two-part key", lambda: [ctx.attach_to("VMCheckPoints", cp), ctx.update_object(cp)])
    play.save("update two-part key")


def operations(play: Play) -> None:
    ctx, body, uri = play.ctx, BodyOperationParameter, UriOperationParameter
    given = [body("percent", 10), body("why", "it's <old>")]
    play.attempt("action void", lambda: ctx.execute("Products(1)/Discount", "POST", operation_parameters=given))
    product = ctx.types.Product
    play.attempt(
        "action result", lambda: list(ctx.execute("Products(1)/Clone", "POST", element_type=product, single_result=True))
    )
    play.attempt("action no params", lambda: ctx.execute("Reset", "POST"))
    asked = [
        uri("rating", 3),
        uri("name", "O'Neil & co"),
        uri("since", datetime.datetime(2013, 8, 19)),
        uri("g", G1),
    ]
    play.attempt(
        "function",
        lambda: list(ctx.execute("GetProductsByRating", operation_parameters=asked, element_type=product, single_result=False)),
    )
    tags = [body("tags", ["a", "b"]), body("where", play.new("Address", City="X")), body("none", None)]
    play.attempt("collection param", lambda: ctx.execute("Retag", "POST", operation_parameters=tags))


def partial_update_v3(play: Play) -> None:
    ctx = play.ctx
    is_v3 = ctx.max_protocol_version == "3.0"  # the V2 client filters in its event

    @(ctx.configurations.request_pipeline.on_entry_starting if is_v3 else ctx.writing_entity)
    def only_the_action(args: Any) -> None:
        args.entry.values = {"VMCheckPointAction": args.entry.values["VMCheckPointAction"]}

    cp = ctx.VMCheckPoints.where(lambda x: x.ID == G1).first_or_default()
    cp.VMCheckPointAction = "Restore"
    ctx.update_object(cp)
    play.save("save")
