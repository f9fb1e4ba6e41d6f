"""A laboratory: a small model with one of everything, its data, and a plain client that knows nothing of OData."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from odata3.edm.csdl import parse_metadata
from odata3.edm.model import Model
from odata3.server.service import Service
from odata3.server.store import Store
from odata3.server.wsgi import RunningServer

EDMX = """<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
<edmx:DataServices m:DataServiceVersion="3.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
<Schema Namespace="Lab" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
 <EnumType Name="Color"><Member Name="Red"/><Member Name="Green"/><Member Name="Blue" Value="7"/></EnumType>
 <ComplexType Name="Address">
  <Property Name="City" Type="Edm.String"/><Property Name="Zip" Type="Edm.Int32"/>
  <Property Name="Since" Type="Edm.DateTime"/><Property Name="Rent" Type="Edm.Decimal"/>
 </ComplexType>
 <EntityType Name="Probe">
  <Key><PropertyRef Name="Id"/></Key>
  <Property Name="Id" Type="Edm.Int64" Nullable="false"/>
  <Property Name="Name" Type="Edm.String"/>
  <Property Name="Price" Type="Edm.Decimal"/>
  <Property Name="Weight" Type="Edm.Double"/>
  <Property Name="Taken" Type="Edm.DateTime"/>
  <Property Name="Sent" Type="Edm.DateTimeOffset"/>
  <Property Name="Span" Type="Edm.Time"/>
  <Property Name="Flag" Type="Edm.Boolean"/>
  <Property Name="Serial" Type="Edm.Guid"/>
  <Property Name="Blob" Type="Edm.Binary"/>
  <Property Name="Small" Type="Edm.Byte"/>
  <Property Name="Color" Type="Lab.Color"/>
  <Property Name="Home" Type="Lab.Address"/>
  <Property Name="Tags" Type="Collection(Edm.String)" Nullable="false"/>
  <Property Name="Places" Type="Collection(Lab.Address)" Nullable="false"/>
  <NavigationProperty Name="Bench" Relationship="Lab.Probe_Bench" FromRole="Probe" ToRole="Bench"/>
 </EntityType>
 <EntityType Name="HotProbe" BaseType="Lab.Probe">
  <Property Name="Limit" Type="Edm.Int32"/>
  <NavigationProperty Name="Spare" Relationship="Lab.Hot_Spare" FromRole="Hot" ToRole="Spare"/>
 </EntityType>
 <EntityType Name="Bench">
  <Key><PropertyRef Name="Code"/></Key>
  <Property Name="Code" Type="Edm.String" Nullable="false"/>
  <Property Name="Title" Type="Edm.String"/>
  <Property Name="Version" Type="Edm.Int32" Nullable="false" ConcurrencyMode="Fixed"/>
  <NavigationProperty Name="Probes" Relationship="Lab.Probe_Bench" FromRole="Bench" ToRole="Probe"/>
 </EntityType>
 <EntityType Name="Note" OpenType="true">
  <Key><PropertyRef Name="Id"/></Key>
  <Property Name="Id" Type="Edm.Guid" Nullable="false"/>
  <Property Name="Text" Type="Edm.String"/>
 </EntityType>
 <EntityType Name="Photo" m:HasStream="true">
  <Key><PropertyRef Name="Id"/></Key>
  <Property Name="Id" Type="Edm.Int32" Nullable="false"/>
  <Property Name="Title" Type="Edm.String"/>
  <Property Name="Thumb" Type="Edm.Stream"/>
 </EntityType>
 <EntityType Name="Order">
  <Key><PropertyRef Name="Number"/></Key>
  <Property Name="Number" Type="Edm.Int32" Nullable="false"/>
  <Property Name="State" Type="Edm.String" DefaultValue="new"/>
  <NavigationProperty Name="Lines" Relationship="Lab.Order_Lines" FromRole="Order" ToRole="Line"/>
 </EntityType>
 <EntityType Name="Line">
  <Key><PropertyRef Name="Number"/><PropertyRef Name="Item"/></Key>
  <Property Name="Number" Type="Edm.Int32" Nullable="false"/>
  <Property Name="Item" Type="Edm.String" Nullable="false"/>
  <Property Name="Count" Type="Edm.Int16" Nullable="false"/>
  <Property Name="ProbeId" Type="Edm.Int64"/>
  <NavigationProperty Name="Order" Relationship="Lab.Order_Lines" FromRole="Line" ToRole="Order"/>
  <NavigationProperty Name="Probe" Relationship="Lab.Line_Probe" FromRole="Line" ToRole="Probe"/>
 </EntityType>
 <Association Name="Probe_Bench">
  <End Role="Probe" Type="Lab.Probe" Multiplicity="*"/><End Role="Bench" Type="Lab.Bench" Multiplicity="0..1"/>
 </Association>
 <Association Name="Hot_Spare">
  <End Role="Hot" Type="Lab.HotProbe" Multiplicity="*"/><End Role="Spare" Type="Lab.Probe" Multiplicity="*"/>
 </Association>
 <Association Name="Order_Lines">
  <End Role="Order" Type="Lab.Order" Multiplicity="1"><OnDelete Action="Cascade"/></End>
  <End Role="Line" Type="Lab.Line" Multiplicity="*"/>
  <ReferentialConstraint>
   <Principal Role="Order"><PropertyRef Name="Number"/></Principal>
   <Dependent Role="Line"><PropertyRef Name="Number"/></Dependent>
  </ReferentialConstraint>
 </Association>
 <Association Name="Line_Probe">
  <End Role="Line" Type="Lab.Line" Multiplicity="*"/><End Role="Probe" Type="Lab.Probe" Multiplicity="0..1"/>
  <ReferentialConstraint>
   <Principal Role="Probe"><PropertyRef Name="Id"/></Principal>
   <Dependent Role="Line"><PropertyRef Name="ProbeId"/></Dependent>
  </ReferentialConstraint>
 </Association>
 <EntityContainer Name="Main" m:IsDefaultEntityContainer="true">
  <EntitySet Name="Probes" EntityType="Lab.Probe"/><EntitySet Name="Benches" EntityType="Lab.Bench"/>
  <EntitySet Name="Notes" EntityType="Lab.Note"/><EntitySet Name="Photos" EntityType="Lab.Photo"/>
  <EntitySet Name="Orders" EntityType="Lab.Order"/><EntitySet Name="Lines" EntityType="Lab.Line"/>
  <AssociationSet Name="PB" Association="Lab.Probe_Bench">
   <End Role="Probe" EntitySet="Probes"/><End Role="Bench" EntitySet="Benches"/></AssociationSet>
  <AssociationSet Name="HS" Association="Lab.Hot_Spare">
   <End Role="Hot" EntitySet="Probes"/><End Role="Spare" EntitySet="Probes"/></AssociationSet>
  <AssociationSet Name="OL" Association="Lab.Order_Lines">
   <End Role="Order" EntitySet="Orders"/><End Role="Line" EntitySet="Lines"/></AssociationSet>
  <AssociationSet Name="LP" Association="Lab.Line_Probe">
   <End Role="Line" EntitySet="Lines"/><End Role="Probe" EntitySet="Probes"/></AssociationSet>
  <FunctionImport Name="Recalibrate" IsBindable="true" m:IsAlwaysBindable="true" ReturnType="Edm.Decimal">
   <Parameter Name="probe" Type="Lab.Probe"/><Parameter Name="Offset" Type="Edm.Decimal"/>
   <Parameter Name="Tags" Type="Collection(Edm.String)"/><Parameter Name="Where" Type="Lab.Address"/></FunctionImport>
  <FunctionImport Name="Similar" IsBindable="true" IsSideEffecting="false" ReturnType="Collection(Lab.Probe)" EntitySet="Probes">
   <Parameter Name="probe" Type="Lab.Probe"/><Parameter Name="below" Type="Edm.Decimal"/></FunctionImport>
  <FunctionImport Name="Sum" IsSideEffecting="false" ReturnType="Edm.Int32">
   <Parameter Name="a" Type="Edm.Int32"/><Parameter Name="b" Type="Edm.Int32"/></FunctionImport>
  <FunctionImport Name="Forget"/>
  <FunctionImport Name="ByName" ReturnType="Collection(Lab.Probe)" EntitySet="Probes" m:HttpMethod="GET">
   <Parameter Name="name" Type="Edm.String"/></FunctionImport>
  <FunctionImport Name="Cities" ReturnType="Collection(Edm.String)" m:HttpMethod="GET"/>
 </EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>"""

MODEL: Model = parse_metadata(EDMX)

LIGHT = "application/json;odata=minimalmetadata"
VERBOSE = "application/json;odata=verbose"
ATOM = "application/atom+xml,application/xml"
SERIAL = "a11cc636-5521-4f88-92b2-cad392911fe0"


def fill(store: Store) -> None:
    """Two benches, four probes (one of them hot), a note, an order with two lines."""
    with store.begin() as tx:
        north = tx.insert("Benches", {"Code": "N", "Title": "North"})
        tx.insert("Benches", {"Code": "a/b %'", "Title": None})
        first = tx.insert(
            "Probes",
            {
                "Id": 1,
                "Name": "alpha",
                "Price": Decimal("2.50"),
                "Weight": 1.5,
                "Taken": "2013-08-19T22:13:09.1234567",
                "Sent": "2013-08-19T22:13:09+02:00",
                "Span": timedelta(hours=36),
                "Flag": True,
                "Serial": SERIAL,
                "Blob": b"\x0a\xff",
                "Small": 200,
                "Color": 7,
                "Home": {"City": "Uppsala", "Zip": 75, "Since": datetime(2001, 2, 3), "Rent": Decimal("9.9")},
                "Tags": ["a", "b & c"],
                "Places": [{"City": "Lund"}, {"City": "Umeå", "Zip": 90}],
            },
        )
        second = tx.insert("Probes", {"Id": 2, "Name": "Beta", "Price": Decimal("10"), "Weight": float("nan"), "Flag": False})
        tx.insert("Probes", {"Id": 3, "Price": Decimal("10.0"), "Taken": "2013-08-19T22:13:09.1234568", "Tags": ["a"]})
        hot = tx.insert("Probes", {"Id": 4, "Name": "delta", "Weight": float("inf"), "Limit": 9}, type_name="Lab.HotProbe")
        tx.link(first, "Bench", north)
        tx.link(north, "Probes", second)
        tx.link(hot, "Spare", first)
        tx.insert("Notes", {"Id": SERIAL, "Text": "one", "Mood": "fine", "Score": 3})
        tx.insert("Orders", {"Number": 1})
        tx.insert("Lines", {"Number": 1, "Item": "x", "Count": 2, "ProbeId": 1})
        tx.insert("Lines", {"Number": 1, "Item": "y", "Count": 3, "ProbeId": None})


def lab_service(**settings: Any) -> Service:
    service = Service(MODEL, Store(MODEL), **settings)
    fill(service.store)
    return service


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def message(self) -> str:
        """What an error in light JSON says."""
        return str(self.json["odata.error"]["message"]["value"])

    @property
    def ids(self) -> list[int]:
        """The ids of a feed of probes in light JSON."""
        return [int(one["Id"]) for one in self.json["value"]]


class Plain:
    """``http.client`` and nothing else: what is sent is what the test says."""

    def __init__(self, server: RunningServer, root: str = "/") -> None:
        self.server = server
        self.root = root
        self.url = f"{server.origin}{root}"

    def __call__(
        self, method: str, path: str, body: Any = None, *, accept: str | None = LIGHT, content_type: str = LIGHT, **headers: str
    ) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if accept is not None:
            sent["Accept"] = accept
        if body is not None:
            sent["Content-Type"] = content_type
            body = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        try:
            connection.request(method, self.root + path.replace(" ", "%20"), body, sent)
            answer = connection.getresponse()
            fields: dict[str, str] = dict(answer.getheaders())
            return Answer(answer.status, fields, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **keywords: Any) -> Answer:
        return self("GET", path, **keywords)
