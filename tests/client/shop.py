"""A small service of our own for the client's tests: its model, and scripted answers over real sockets or in process."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from odata3.client.context import DataServiceContext
from odata3.wire.messages import Headers, Request, Response

ROOT = "http://shop.example/svc/"

METADATA = b"""<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
 <edmx:DataServices m:DataServiceVersion="3.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
  <Schema Namespace="Shop" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
   <EntityType Name="Product"><Key><PropertyRef Name="ID"/></Key>
    <Property Name="ID" Type="Edm.Int32" Nullable="false"/>
    <Property Name="Name" Type="Edm.String"/>
    <Property Name="Price" Type="Edm.Decimal" Nullable="false"/>
    <Property Name="Rating" Type="Edm.Int32" Nullable="false"/>
    <Property Name="Released" Type="Edm.DateTime"/>
    <Property Name="Size" Type="Shop.Size"/>
    <NavigationProperty Name="Category" Relationship="Shop.PC" FromRole="P" ToRole="C"/>
    <NavigationProperty Name="Maker" Relationship="Shop.PM" FromRole="P" ToRole="M"/>
   </EntityType>
   <EntityType Name="Book" BaseType="Shop.Product"><Property Name="Pages" Type="Edm.Int32"/></EntityType>
   <EntityType Name="Category"><Key><PropertyRef Name="ID"/></Key>
    <Property Name="ID" Type="Edm.Int32" Nullable="false"/>
    <Property Name="Name" Type="Edm.String"/>
    <NavigationProperty Name="Products" Relationship="Shop.PC" FromRole="C" ToRole="P"/>
   </EntityType>
   <EntityType Name="Maker"><Key><PropertyRef Name="ID"/></Key>
    <Property Name="ID" Type="Edm.Int32" Nullable="false"/>
    <Property Name="Name" Type="Edm.String"/>
    <Property Name="Version" Type="Edm.Int32" Nullable="false" ConcurrencyMode="Fixed"/>
    <NavigationProperty Name="Products" Relationship="Shop.PM" FromRole="M" ToRole="P"/>
   </EntityType>
   <EntityType Name="Seat"><Key><PropertyRef Name="Row"/><PropertyRef Name="Number"/></Key>
    <Property Name="Row" Type="Edm.String" Nullable="false"/>
    <Property Name="Number" Type="Edm.Int64" Nullable="false"/>
    <Property Name="Action" Type="Edm.String"/>
   </EntityType>
   <EntityType Name="Photo" m:HasStream="true"><Key><PropertyRef Name="ID"/></Key>
    <Property Name="ID" Type="Edm.Int32" Nullable="false"/>
    <Property Name="Title" Type="Edm.String"/>
    <Property Name="Thumb" Type="Edm.Stream" Nullable="false"/>
   </EntityType>
   <EntityType Name="Tagged"><Key><PropertyRef Name="ID"/></Key>
    <Property Name="ID" Type="Edm.Int32" Nullable="false"/>
    <Property Name="Tags" Type="Collection(Edm.String)" Nullable="false"/>
   </EntityType>
   <ComplexType Name="Size"><Property Name="Width" Type="Edm.Int32"/><Property Name="Height" Type="Edm.Int32"/></ComplexType>
   <Association Name="PC"><End Role="P" Type="Shop.Product" Multiplicity="*"/>
    <End Role="C" Type="Shop.Category" Multiplicity="0..1"/></Association>
   <Association Name="PM"><End Role="P" Type="Shop.Product" Multiplicity="*"/>
    <End Role="M" Type="Shop.Maker" Multiplicity="0..1"/></Association>
   <EntityContainer Name="Main" m:IsDefaultEntityContainer="true">
    <EntitySet Name="Products" EntityType="Shop.Product"/>
    <EntitySet Name="Categories" EntityType="Shop.Category"/>
    <EntitySet Name="Makers" EntityType="Shop.Maker"/>
    <EntitySet Name="Seats" EntityType="Shop.Seat"/>
    <EntitySet Name="Photos" EntityType="Shop.Photo"/>
    <EntitySet Name="TaggedSet" EntityType="Shop.Tagged"/>
    <AssociationSet Name="PCs" Association="Shop.PC">
     <End Role="P" EntitySet="Products"/><End Role="C" EntitySet="Categories"/></AssociationSet>
    <AssociationSet Name="PMs" Association="Shop.PM">
     <End Role="P" EntitySet="Products"/><End Role="M" EntitySet="Makers"/></AssociationSet>
    <FunctionImport Name="ByRating" ReturnType="Collection(Shop.Product)" EntitySet="Products" m:HttpMethod="GET">
     <Parameter Name="rating" Type="Edm.Int32" Mode="In"/></FunctionImport>
    <FunctionImport Name="Total" ReturnType="Edm.Decimal" m:HttpMethod="GET"/>
    <FunctionImport Name="Reset"/>
    <FunctionImport Name="Discount" IsBindable="true" m:IsAlwaysBindable="true">
     <Parameter Name="product" Type="Shop.Product"/><Parameter Name="percent" Type="Edm.Int32" Nullable="false"/></FunctionImport>
   </EntityContainer>
  </Schema>
 </edmx:DataServices>
</edmx:Edmx>
"""

JSON = "application/json;odata=minimalmetadata"


def reply(body: Any = None, status: int = 200, **headers: str) -> Response:
    """An answer; names of headers are given with underscores. A body that is no bytes goes as JSON."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is None:
        return Response(status, Headers(fields))
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields.setdefault("Content-Type", JSON)
    fields.setdefault("DataServiceVersion", "3.0;")
    return Response(status, Headers(fields), data)


def feed(*rows: dict[str, Any], of: str = "Products", **more: Any) -> Response:
    return reply({"odata.metadata": f"{ROOT}$metadata#{of}", **more, "value": list(rows)})


def entry(row: dict[str, Any], of: str = "Products", status: int = 200, **headers: str) -> Response:
    return reply({"odata.metadata": f"{ROOT}$metadata#{of}/@Element", **row}, status, **headers)


def product(key: int = 1, **values: Any) -> dict[str, Any]:
    row = {"ID": key, "Name": f"P{key}", "Price": "2.50", "Rating": 3, "Released": "2013-08-02T15:12:54.2694809", "Size": None}
    return row | values


def category(key: int = 1, **values: Any) -> dict[str, Any]:
    return {"ID": key, "Name": f"C{key}"} | values


def maker(key: int = 1, etag: str = 'W/"1"', **values: Any) -> dict[str, Any]:
    return {"odata.etag": etag, "ID": key, "Name": f"M{key}", "Version": 1} | values


def created(path: str, row: dict[str, Any] | None = None, of: str = "Products", **headers: str) -> Response:
    """A 201, or a 204 where there is no row, with its Location."""
    headers.setdefault("Location", ROOT + path)
    if row is None:
        return reply(None, 204, DataServiceId=ROOT + path, **headers)
    return entry(row, of, 201, **headers)


Step = Response | Exception | Callable[[Request], Response]


@dataclass
class Script:
    """A transport that answers by a script, and keeps what it was asked."""

    steps: list[Step] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def send(self, request: Request) -> Response:
        self.requests.append(request)
        assert self.steps, f"unexpected request: {request.method} {request.url} {request.body!r}"
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        answer = step(request) if callable(step) else step
        return Response(answer.status, answer.headers, answer.body, answer.url or request.url)

    def open(self, request: Request) -> Any:
        return Opened(self.send(request))

    def close(self) -> None: ...

    @property
    def lines(self) -> list[str]:
        """What was asked: method and URL below the root."""
        return [f"{r.method} {r.url.removeprefix(ROOT)}" for r in self.requests]

    def body(self, index: int = -1) -> Any:
        data = self.requests[index].body
        assert isinstance(data, bytes)
        return json.loads(data)


@dataclass
class Opened:
    response: Response
    at: int = 0
    closed: bool = False

    status = property(lambda self: self.response.status)
    headers = property(lambda self: self.response.headers)
    url = property(lambda self: self.response.url)

    def read(self, size: int = -1, /) -> bytes:
        end = len(self.response.body) if size < 0 else self.at + size
        piece = self.response.body[self.at : end]
        self.at += len(piece)
        return piece

    def close(self) -> None:
        self.closed = True


def shop(*steps: Step, **keywords: Any) -> tuple[DataServiceContext, Script]:
    """A context over the model, and the script that answers it."""
    script = Script(list(steps))
    return DataServiceContext(ROOT, metadata=METADATA, transport=script, **keywords), script
