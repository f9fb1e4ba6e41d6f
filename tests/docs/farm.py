"""A farm of virtual machines: the model and the data that the examples of ``docs/`` are run against."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from odata3.edm.csdl import parse_metadata
from odata3.edm.spatial import Geography
from odata3.server.service import Service
from odata3.server.store import Store, Transaction

EDMX = b"""<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
 <edmx:DataServices m:DataServiceVersion="3.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
  <Schema Namespace="Farm" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
   <EnumType Name="PowerState"><Member Name="Off"/><Member Name="Running"/><Member Name="Paused"/></EnumType>
   <ComplexType Name="Network">
    <Property Name="Address" Type="Edm.String"/>
    <Property Name="VLan" Type="Edm.Int32"/>
   </ComplexType>
   <EntityType Name="Machine"><Key><PropertyRef Name="ID"/></Key>
    <Property Name="ID" Type="Edm.Int32" Nullable="false"/>
    <Property Name="Name" Type="Edm.String"/>
    <Property Name="Owner" Type="Edm.String"/>
    <Property Name="CPUCount" Type="Edm.Int16"/>
    <Property Name="Memory" Type="Edm.Int64" Nullable="false"/>
    <Property Name="Load" Type="Edm.Double"/>
    <Property Name="Cost" Type="Edm.Decimal"/>
    <Property Name="Priority" Type="Edm.Byte"/>
    <Property Name="Enabled" Type="Edm.Boolean" Nullable="false"/>
    <Property Name="Shielded" Type="Edm.Boolean"/>
    <Property Name="State" Type="Farm.PowerState" Nullable="false"/>
    <Property Name="Serial" Type="Edm.Guid"/>
    <Property Name="Digest" Type="Edm.Binary"/>
    <Property Name="Created" Type="Edm.DateTime"/>
    <Property Name="Modified" Type="Edm.DateTimeOffset"/>
    <Property Name="Uptime" Type="Edm.Time"/>
    <Property Name="Network" Type="Farm.Network"/>
    <Property Name="Place" Type="Edm.GeographyPoint"/>
    <Property Name="Tags" Type="Collection(Edm.String)" Nullable="false"/>
    <NavigationProperty Name="Host" Relationship="Farm.Runs" FromRole="Machine" ToRole="Host"/>
    <NavigationProperty Name="Checkpoints" Relationship="Farm.Saves" FromRole="Machine" ToRole="Checkpoint"/>
   </EntityType>
   <EntityType Name="Replica" BaseType="Farm.Machine">
    <Property Name="Lag" Type="Edm.Int32"/>
    <NavigationProperty Name="Original" Relationship="Farm.Mirrors" FromRole="Replica" ToRole="Original"/>
   </EntityType>
   <EntityType Name="Host"><Key><PropertyRef Name="Name"/></Key>
    <Property Name="Name" Type="Edm.String" Nullable="false"/>
    <Property Name="Memory" Type="Edm.Int64" Nullable="false"/>
    <Property Name="City" Type="Edm.String"/>
    <NavigationProperty Name="Machines" Relationship="Farm.Runs" FromRole="Host" ToRole="Machine"/>
   </EntityType>
   <EntityType Name="Checkpoint"><Key><PropertyRef Name="ID"/><PropertyRef Name="StampId"/></Key>
    <Property Name="ID" Type="Edm.Guid" Nullable="false"/>
    <Property Name="StampId" Type="Edm.Guid" Nullable="false"/>
    <Property Name="MachineId" Type="Edm.Int32"/>
    <Property Name="Name" Type="Edm.String"/>
    <Property Name="Enabled" Type="Edm.Boolean"/>
    <Property Name="Added" Type="Edm.DateTime"/>
    <NavigationProperty Name="Machine" Relationship="Farm.Saves" FromRole="Checkpoint" ToRole="Machine"/>
   </EntityType>
   <Association Name="Runs"><End Role="Machine" Type="Farm.Machine" Multiplicity="*"/>
    <End Role="Host" Type="Farm.Host" Multiplicity="0..1"/></Association>
   <Association Name="Saves"><End Role="Machine" Type="Farm.Machine" Multiplicity="0..1"/>
    <End Role="Checkpoint" Type="Farm.Checkpoint" Multiplicity="*"/></Association>
   <Association Name="Mirrors"><End Role="Replica" Type="Farm.Replica" Multiplicity="*"/>
    <End Role="Original" Type="Farm.Machine" Multiplicity="0..1"/></Association>
   <EntityContainer Name="Main" m:IsDefaultEntityContainer="true">
    <EntitySet Name="Machines" EntityType="Farm.Machine"/>
    <EntitySet Name="Hosts" EntityType="Farm.Host"/>
    <EntitySet Name="Checkpoints" EntityType="Farm.Checkpoint"/>
    <AssociationSet Name="Runs" Association="Farm.Runs">
     <End Role="Machine" EntitySet="Machines"/><End Role="Host" EntitySet="Hosts"/></AssociationSet>
    <AssociationSet Name="Saves" Association="Farm.Saves">
     <End Role="Machine" EntitySet="Machines"/><End Role="Checkpoint" EntitySet="Checkpoints"/></AssociationSet>
    <AssociationSet Name="Mirrors" Association="Farm.Mirrors">
     <End Role="Replica" EntitySet="Machines"/><End Role="Original" EntitySet="Machines"/></AssociationSet>
    <FunctionImport Name="Busiest" ReturnType="Collection(Farm.Machine)" EntitySet="Machines" m:HttpMethod="GET">
     <Parameter Name="above" Type="Edm.Double"/></FunctionImport>
   </EntityContainer>
  </Schema>
 </edmx:DataServices>
</edmx:Edmx>
"""

MODEL = parse_metadata(EDMX)
CHECKPOINT = UUID("a11cc636-5521-4f88-92b2-cad392911fe0")
STAMP = UUID("ba4146fa-fb41-41b6-a7c0-2b4ff4c3f7e3")


def _machine(key: int, name: str, **values: Any) -> dict[str, Any]:
    return {"ID": key, "Name": name, "Memory": 2048 * key, "Enabled": key % 2 == 1, "State": key % 3, "Tags": []} | values


def _fill(tx: Transaction) -> None:
    """Two hosts, four machines (one a replica), three checkpoints."""
    north = tx.insert("Hosts", {"Name": "north", "Memory": 65536, "City": "Oslo"})
    south = tx.insert("Hosts", {"Name": "south", "Memory": 4096, "City": None})
    web = tx.insert(
        "Machines",
        _machine(
            1,
            "web-01",
            Owner="O'Neil",
            CPUCount=4,
            Load=0.75,
            Cost=Decimal("12.50"),
            Priority=3,
            Shielded=True,
            Serial=STAMP,
            Digest=b"\x0a\xff",
            Created="2013-08-19T22:13:09.1234567",
            Modified="2013-08-19T22:13:09+02:00",
            Uptime="PT36H",
            Network={"Address": "10.0.0.1", "VLan": 7},
            Place=Geography("Point", (10.75, 59.91)),
            Tags=["prod", "web"],
        ),
    )
    database = tx.insert(
        "Machines", _machine(2, "db-01", CPUCount=8, Load=0.25, Cost=Decimal(40), Shielded=False, Created="2012-01-02T00:00:00")
    )
    tx.insert("Machines", _machine(3, "test", Tags=["test"]))
    spare = tx.insert("Machines", _machine(4, "web-02", Lag=30), type_name="Farm.Replica")
    for host, machine in ((north, web), (north, database), (south, spare)):
        tx.link(machine, "Host", host)
    tx.link(spare, "Original", web)
    for number, enabled in enumerate((True, None, False)):
        saved = {
            "ID": UUID(int=CHECKPOINT.int + number),
            "StampId": STAMP,
            "MachineId": 1,
            "Name": f"before patch {number}",
            "Enabled": enabled,
            "Added": f"2013-08-0{number + 1}T12:00:00",
        }
        tx.link(tx.insert("Checkpoints", saved), "Machine", web)


def open_farm(**settings: Any) -> Service:
    service = Service(MODEL, Store(MODEL), **settings)
    with service.store.begin() as tx:
        _fill(tx)

    @service.operation("Busiest")
    def busiest(call: Any) -> Any:
        return call.store.query("Machines", filter=f"Load gt {call.parameters['above']!r}d")

    return service
