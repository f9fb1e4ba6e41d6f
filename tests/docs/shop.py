"""A shop: products with versions in categories, and photos; what the pages on changes and streams are run against."""

from __future__ import annotations

from decimal import Decimal

from odata3.edm.csdl import parse_metadata
from odata3.server.service import Service
from odata3.server.store import Store, Transaction

CSDL = """
<Schema Namespace="Shop" xmlns="http://schemas.microsoft.com/ado/2009/11/edm"
        xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
  <EntityType Name="Product"><Key><PropertyRef Name="ID"/></Key>
    <Property Name="ID" Type="Edm.Int32" Nullable="false"/>
    <Property Name="Name" Type="Edm.String"/>
    <Property Name="Price" Type="Edm.Decimal" Precision="9" Scale="2"/>
    <Property Name="Stock" Type="Edm.Int32"/>
    <Property Name="Added" Type="Edm.DateTime"/>
    <Property Name="Version" Type="Edm.Int32" Nullable="false" ConcurrencyMode="Fixed"/>
    <NavigationProperty Name="Category" Relationship="Shop.Sorted" FromRole="Product" ToRole="Category"/>
  </EntityType>
  <EntityType Name="Category"><Key><PropertyRef Name="ID"/></Key>
    <Property Name="ID" Type="Edm.Int32" Nullable="false"/>
    <Property Name="Name" Type="Edm.String"/>
    <NavigationProperty Name="Products" Relationship="Shop.Sorted" FromRole="Category" ToRole="Product"/>
  </EntityType>
  <EntityType Name="Photo" m:HasStream="true"><Key><PropertyRef Name="ID"/></Key>
    <Property Name="ID" Type="Edm.Int32" Nullable="false"/>
    <Property Name="Title" Type="Edm.String"/>
    <Property Name="Thumbnail" Type="Edm.Stream" Nullable="false"/>
  </EntityType>
  <Association Name="Sorted"><End Role="Product" Type="Shop.Product" Multiplicity="*"/>
    <End Role="Category" Type="Shop.Category" Multiplicity="0..1"/></Association>
  <EntityContainer Name="Main" m:IsDefaultEntityContainer="true">
    <EntitySet Name="Products" EntityType="Shop.Product"/>
    <EntitySet Name="Categories" EntityType="Shop.Category"/>
    <EntitySet Name="Photos" EntityType="Shop.Photo"/>
    <AssociationSet Name="Sorted" Association="Shop.Sorted"><End Role="Product" EntitySet="Products"/>
      <End Role="Category" EntitySet="Categories"/></AssociationSet>
  </EntityContainer>
</Schema>"""

MODEL = parse_metadata(CSDL)


def _fill(tx: Transaction) -> None:
    bread = tx.insert("Categories", {"ID": 1, "Name": "Bread"})
    tx.insert("Categories", {"ID": 2, "Name": "Sweets"})
    rows = [("Rye bread", "2.50", 12), ("Roll", "0.40", 90), ("Baguette", "1.80", 7)]
    for number, (name, price, stock) in enumerate(rows, 1):
        values = {"ID": number, "Name": name, "Price": Decimal(price), "Stock": stock, "Version": 1}
        tx.link(tx.insert("Products", values | {"Added": f"2013-08-0{number}T07:30:00"}), "Category", bread)


def open_shop() -> Service:
    service = Service(MODEL, Store(MODEL))
    with service.store.begin() as tx:
        _fill(tx)
    return service
