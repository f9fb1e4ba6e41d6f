"""The recorded answers of a real WCF Data Services V3 server, played against ours.

The model is the one that server published, save that it split two-way associations into one-way ones, which are joined here; the
data is what its answers show. Nothing of the recordings is kept in this repository: without them the tests that need them are
skipped.
"""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

from lxml import etree

from odata3.edm.csdl import parse_metadata
from odata3.edm.model import Model
from odata3.server.hooks import Call
from odata3.server.service import Service
from odata3.server.sites import Site
from odata3.server.store import Record, Store, Transaction
from odata3.server.wsgi import RunningServer, serve
from odata3.wire.batch import decode_responses
from odata3.wire.messages import Headers, Response

FOLDER = Path(__file__).parent.parent.parent.parent / "shared" / "traces" / "server"
RECORDED_ROOT = "http://127.0.0.1:18944/svc/"

#: Headers that say something of the protocol.
MEANINGFUL = ("DataServiceVersion", "Content-Type", "Location", "ETag", "DataServiceId", "Preference-Applied", "Content-ID")


@dataclass(frozen=True)
class Exchange:
    group: str
    number: int
    request: dict[str, Any]
    response: dict[str, Any]

    @property
    def title(self) -> str:
        return f"{self.group} {self.number}: {self.request['method']} {self.request['path']}"


def groups() -> list[str]:
    return sorted(path.name.removesuffix(".server.json") for path in FOLDER.glob("*.server.json"))


def exchanges(group: str) -> Iterator[Exchange]:
    for number, one in enumerate(json.loads((FOLDER / f"{group}.server.json").read_text("utf-8"))["exchanges"]):
        yield Exchange(group, number, one["request"], one["response"])


def recorded_model() -> Model:
    return parse_metadata(_joined(next(exchanges("metadata")).response["body"]))


def _joined(text: str) -> str:
    """Metadata with each pair of one-way associations as the two-way one it stands for."""
    for here, there, name, role in (
        ("Category_Products", "Product_Category", 'ToRole="Products"', 'ToRole="Product"'),
        ("Supplier_Products", "Product_Supplier", 'ToRole="Products"', 'ToRole="Product"'),
        ("VirtualMachine_VMCheckPoints", "VMCheckPoint_VM", 'ToRole="VMCheckPoints"', 'ToRole="VMCheckPoint"'),
    ):
        text = re.sub(rf'(Relationship="\w+\.){here}" {name}', rf'\g<1>{there}" {role}', text)
    return text.replace('ToRole="VMCheckPoint" FromRole="VirtualMachine"', 'ToRole="VMCheckPoint" FromRole="VM"')


def fill(store: Store) -> None:
    with store.begin() as tx:
        _products(tx)
        _machines(tx)
        _kinds(tx)
        for code, name in (("O'Neil", "K"), ("a b/c&d", "odd"), ("caf\u00e9", "accent")):
            tx.insert("Keyed", {"Code": code, "Name": name})
        tx.insert("Tagged", {"ID": 1, "Tags": ["a", "b & c"], "Places": [{"City": "X"}]})


def _products(tx: Transaction) -> None:
    food, beverages = (tx.insert("Categories", {"ID": n, "Name": name}) for n, name in enumerate(("Food", "Beverages")))
    address = {"Street": "NE 228th", "City": "Sammamish", "ZipCode": "98074"}
    exotic = tx.insert("Suppliers", {"ID": 0, "Name": "Exotic Liquids", "Address": address, "Concurrency": 0})
    tx.insert("Suppliers", {"ID": 1, "Name": "Tokyo Traders", "Concurrency": 0})
    bread = _product(tx, 0, "Bread", "Whole grain bread", datetime(1992, 1, 1), 4, "2.5")
    milk = _product(tx, 1, "Milk", "Low fat milk", datetime(1995, 10, 1), 3, "3.5")
    soda = _product(tx, 2, "Vint soda", None, datetime(2000, 10, 1), 3, "20.9")
    tx.update(soda, {"DiscontinuedDate": datetime(2005, 10, 1)})
    tx.link(bread, "Category", food)
    tx.link(milk, "Category", beverages)
    tx.link(soda, "Category", beverages)
    tx.link(milk, "Supplier", exotic)


def _product(tx: Transaction, number: int, name: str, description: str | None, date: datetime, rating: int, price: str) -> Record:
    values = {"ID": number, "Name": name, "Description": description, "ReleaseDate": date, "Rating": rating}
    return tx.insert("Products", {**values, "Price": Decimal(price)})


def _machines(tx: Transaction) -> None:
    stamp = "ba4146fa-fb41-4f59-a193-ad00c52a138c"
    machine = tx.insert("VirtualMachines", {"ID": "33333333-3333-3333-3333-333333333333", "StampId": stamp, "Name": "vm"})
    checkpoint = {
        "ID": "a11cc636-5521-4f88-92b2-cad392911fe0",
        "StampId": stamp,
        "Name": "one",
        "Description": "first",
        "AddedTime": "2013-08-19T22:13:09.12",
        "ModifiedTime": "2013-08-19T22:13:09Z",
        "VMId": "33333333-3333-3333-3333-333333333333",
        "Enabled": True,
    }
    tx.link(tx.insert("VMCheckPoints", checkpoint), "VM", machine)


def _kinds(tx: Transaction) -> None:
    tx.insert(
        "Kinds",
        {
            "ID": 5000000000,
            "Tiny": 200,
            "Signed": -5,
            "Small": -300,
            "Medium": 70000,
            "Big": 9007199254740993,
            "Ratio": 1.1,
            "Weight": 1e30,
            "Price": Decimal("12.50"),
            "Flag": True,
            "RowGuid": "a11cc636-5521-4f88-92b2-cad392911fe0",
            "When": "2013-08-19T22:13:09.1234567",
            "Blob": bytes([0, 1, 254, 255]),
            "Text": " \u00fc\u4e2d <&> ",
            "Span": "P1DT2H3M4.005S",
            "Offset": "2013-08-19T22:13:09+02:00",
        },
    )
    tx.insert(
        "Kinds",
        {
            "ID": 1,
            "Ratio": float("-inf"),
            "Weight": float("nan"),
            "When": "2013-08-19T22:13:09Z",
            "Blob": b"",
            "Text": "",
            "MaybeDouble": 1 / 3,
            "Offset": "0001-01-01T00:00:00Z",
        },
    )


def recorded_service(model: Model) -> Service:
    """Our server with what is known of the recorded one: Products come in pages, and there are three service operations."""
    service = Service(model, Store(model), page_size={"Products": 4}, verbose_errors=False, language="")
    fill(service.store)

    @service.operation("GetProductsByRating")
    def by_rating(call: Call) -> list[Record]:
        return call.store.find("Products", Rating=call.parameters["rating"])

    @service.operation("OneProduct")
    def one(call: Call) -> Record | None:
        return next(iter(call.store.find("Products", Name=call.parameters["name"])), None)

    @service.operation("Sum")
    def total(call: Call) -> int:
        return int(call.parameters["a"] + call.parameters["b"])

    return service


def start(service: Service) -> RunningServer:
    site = Site()
    site.mount("/svc/", service)
    return serve(site)


# --- comparing --------------------------------------------------------------------------------------------------------------


def ask(server: RunningServer, request: dict[str, Any]) -> Response:
    """Our answer to a recorded request, over a real socket."""
    root = f"{server.origin}/svc/"
    body = (request.get("body") or "").replace(RECORDED_ROOT, root).encode()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        path = quote(request["path"], safe="/$?&=%'(),:*-._~!@;+")
        headers = {name: value for name, value in request["headers"] if name.lower() != "content-length"}
        connection.request(request["method"], f"/svc/{path}", body or None, headers)
        answer = connection.getresponse()
        return Response(answer.status, Headers(answer.getheaders()), answer.read())
    finally:
        connection.close()


def differences(recorded: dict[str, Any], ours: Response, server: RunningServer) -> list[str]:
    """What a client could tell the two answers apart by."""
    theirs = (recorded.get("body") or "").encode()
    theirs = theirs.replace(b"%27", b"'")
    mine = ours.body.replace(f"{server.origin}/svc/".encode(), RECORDED_ROOT.encode())
    headers = {name.lower(): value.replace(f"{server.origin}/svc/", RECORDED_ROOT) for name, value in ours.headers.items()}
    told = {name.lower(): value for name, value in recorded["headers"]}
    found = [] if recorded["status"] == ours.status else [f"status {recorded['status']} / {ours.status}"]
    for name in MEANINGFUL:
        one, other = told.get(name.lower()), headers.get(name.lower())
        if name == "Content-Type" and (one or "").startswith("multipart/"):
            one, other = (one or "").partition(";")[0], (other or "").partition(";")[0]
        if one != other:
            found.append(f"{name}: {one} / {other}")
    kind = told.get("content-type", "")
    if kind.startswith("multipart/") and ours.status == recorded["status"]:
        return found + _batches_differ(kind, theirs, headers.get("content-type", ""), mine, server)
    if _canonical(kind, theirs) != _canonical(kind, mine):
        found.append(f"body:\n    {theirs.decode()}\n    {mine.decode()}")
    return found


def _batches_differ(kind: str, theirs: bytes, other_kind: str, mine: bytes, server: RunningServer) -> list[str]:
    one, other = (decode_responses(k, b) for k, b in ((kind, theirs), (other_kind, mine)))
    if [type(part) for part in one] != [type(part) for part in other]:
        return [f"parts: {one} / {other}"]
    found: list[str] = []
    for part, ours in zip(one, other, strict=True):
        left, right = (part, ours) if isinstance(part, tuple) and isinstance(ours, tuple) else ((part,), (ours,))
        if len(left) != len(right):
            found.append(f"{len(left)} / {len(right)} answers in a change set")
            continue
        for a, b in zip(left, right, strict=True):
            assert isinstance(a, Response) and isinstance(b, Response)
            told = {"status": a.status, "headers": list(a.headers.items()), "body": a.body.decode()}
            found += differences(told, b, server)
    return found


def _canonical(kind: str, body: bytes) -> Any:
    if not body:
        return b""
    if "json" in kind:
        return _numbers(json.loads(body, parse_float=Decimal))
    if b"<edmx:Edmx" in body:
        return parse_metadata(_joined(body.decode()))
    return _tree(etree.fromstring(body)) if "xml" in kind else body


def _numbers(value: Any) -> Any:
    """Numbers by what a double holds of them: 1E+30 and 1e30, 0.33333333333333331 and 0.3333333333333333 are the same."""
    if isinstance(value, dict):
        return {name: _numbers(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_numbers(one) for one in value]
    return float(value) if isinstance(value, Decimal | int) and not isinstance(value, bool) else value


def _tree(element: etree._Element) -> Any:
    """An element as a value; the time of ``updated`` is left out, attributes have no order, doubles many spellings."""
    if etree.QName(element).localname == "updated":
        return "updated"
    text = element.text or ""
    if str(element.get("{http://schemas.microsoft.com/ado/2007/08/dataservices/metadata}type")) in ("Edm.Double", "Edm.Single"):
        text = str(float(text.replace("INF", "inf"))) if text else ""
    return element.tag, dict(element.attrib), text, [_tree(child) for child in element]
