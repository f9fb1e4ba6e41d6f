"""A small model that has one of everything, and entities read from bodies of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest

from odata3.edm.csdl import parse_metadata
from odata3.edm.model import Model
from odata3.entities.classes import Namespace, build_classes
from odata3.entities.structure import adopt
from odata3.formats.documents import Dialect
from odata3.formats.value_codecs import Codecs

METADATA = b"""<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
<edmx:DataServices m:DataServiceVersion="3.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
<Schema Namespace="Shop" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
  <EnumType Name="Colour"><Member Name="None" Value="0"/><Member Name="Red" Value="1"/><Member Name="Blue" Value="5"/></EnumType>
  <EnumType Name="Rights" IsFlags="true">
    <Member Name="Read" Value="1"/><Member Name="Write" Value="2"/><Member Name="All" Value="3"/>
  </EnumType>
  <ComplexType Name="Address">
    <Property Name="City" Type="Edm.String"/>
    <Property Name="Zip" Type="Edm.Int32" Nullable="false"/>
    <Property Name="Since" Type="Edm.DateTime"/>
    <Property Name="Place" Type="Shop.Place"/>
  </ComplexType>
  <ComplexType Name="Place">
    <Property Name="X" Type="Edm.Double"/><Property Name="Names" Type="Collection(Edm.String)"/></ComplexType>
  <ComplexType Name="Flat" BaseType="Shop.Address"><Property Name="Floor" Type="Edm.Int16"/></ComplexType>
  <ComplexType Name="Login"><Property Name="User" Type="Edm.String"/><Property Name="Password" Type="Edm.String"/></ComplexType>
  <EntityType Name="Thing" Abstract="true">
    <Key><PropertyRef Name="ID"/></Key>
    <Property Name="ID" Type="Edm.Guid" Nullable="false"/>
  </EntityType>
  <EntityType Name="Product" BaseType="Shop.Thing">
    <Documentation><Summary>Something that is sold.</Summary></Documentation>
    <Property Name="Name" Type="Edm.String" Nullable="false">
      <Documentation><Summary>What it is called.</Summary></Documentation>
    </Property>
    <Property Name="Note" Type="Edm.String"/>
    <Property Name="Stock" Type="Edm.Int32" Nullable="false"/>
    <Property Name="Sold" Type="Edm.Int64"/>
    <Property Name="Small" Type="Edm.Byte"/>
    <Property Name="Price" Type="Edm.Decimal"/>
    <Property Name="Weight" Type="Edm.Double"/>
    <Property Name="Size" Type="Edm.Single"/>
    <Property Name="Active" Type="Edm.Boolean"/>
    <Property Name="Image" Type="Edm.Binary"/>
    <Property Name="Made" Type="Edm.DateTime"/>
    <Property Name="Seen" Type="Edm.DateTimeOffset"/>
    <Property Name="Takes" Type="Edm.Time"/>
    <Property Name="Maker" Type="Edm.Guid"/>
    <Property Name="Colour" Type="Shop.Colour"/>
    <Property Name="Rights" Type="Shop.Rights" Nullable="false"/>
    <Property Name="Home" Type="Shop.Address"/>
    <Property Name="Tags" Type="Collection(Edm.String)" Nullable="false"/>
    <Property Name="Numbers" Type="Collection(Edm.Int32)"/>
    <Property Name="Colours" Type="Collection(Shop.Colour)"/>
    <Property Name="Homes" Type="Collection(Shop.Address)"/>
    <Property Name="Photo" Type="Edm.Stream"/>
    <NavigationProperty Name="Category" Relationship="Shop.Sorts" FromRole="Product" ToRole="Category"/>
  </EntityType>
  <EntityType Name="Book" BaseType="Shop.Product"><Property Name="Pages" Type="Edm.Int32"/></EntityType>
  <EntityType Name="Category" OpenType="true">
    <Key><PropertyRef Name="Code"/><PropertyRef Name="Area"/></Key>
    <Property Name="Code" Type="Edm.String" Nullable="false"/>
    <Property Name="Area" Type="Edm.Int32" Nullable="false"/>
    <NavigationProperty Name="Products" Relationship="Shop.Sorts" FromRole="Category" ToRole="Product"/>
  </EntityType>
  <EntityType Name="Odd">
    <Key><PropertyRef Name="class"/></Key>
    <Property Name="class" Type="Edm.Int32" Nullable="false"/>
    <Property Name="None" Type="Edm.String"/>
    <Property Name="to_dict" Type="Edm.String"/>
    <Property Name="__init__" Type="Edm.String"/>
    <Property Name="__dict__" Type="Edm.String"/>
    <Property Name="_raw" Type="Edm.String"/>
    <Property Name="_plan" Type="Edm.String"/>
    <Property Name="name" Type="Edm.String"/>
    <Property Name="Name" Type="Edm.String"/>
    <Property Name="class_" Type="Edm.String"/>
  </EntityType>
  <Association Name="Sorts">
    <End Role="Product" Type="Shop.Product" Multiplicity="*"/><End Role="Category" Type="Shop.Category" Multiplicity="0..1"/>
  </Association>
  <EntityContainer Name="All" m:IsDefaultEntityContainer="true">
    <EntitySet Name="Products" EntityType="Shop.Product"/><EntitySet Name="Categories" EntityType="Shop.Category"/>
    <EntitySet Name="Odds" EntityType="Shop.Odd"/>
    <AssociationSet Name="Sorts" Association="Shop.Sorts">
      <End Role="Product" EntitySet="Products"/><End Role="Category" EntitySet="Categories"/>
    </AssociationSet>
    <FunctionImport Name="Discount" IsBindable="true" IsSideEffecting="true" m:IsAlwaysBindable="true">
      <Parameter Name="product" Type="Shop.Product"/><Parameter Name="percent" Type="Edm.Int32"/>
    </FunctionImport>
  </EntityContainer>
</Schema>
</edmx:DataServices></edmx:Edmx>"""

BODY = {
    "odata.type": "Shop.Product",
    "ID": "a11cc636-5521-4f88-92b2-cad392911fe0",
    "Name": "Bolt",
    "Note": None,
    "Stock": 4,
    "Sold": "9007199254740993",
    "Small": 255,
    "Price": "2.50",
    "Weight": Decimal("1.5"),
    "Size": Decimal("0.1"),
    "Active": True,
    "Image": "AAEC",
    "Made": "2013-08-02T15:12:54.2694809",
    "Seen": "2013-08-02T15:12:54.2694809+02:00",
    "Takes": "PT1.0000001S",
    "Maker": "A11CC636-5521-4F88-92B2-CAD392911FE1",
    "Colour": "Red",
    "Rights": "3",
    "Home": {"City": "Ulm", "Zip": 1, "Since": "2000-01-01T00:00:00.1234567", "Place": {"X": Decimal("1"), "Names": ["a"]}},
    "Tags": ["new", "red"],
    "Numbers": [1, 2],
    "Colours": ["Red", "Blue"],
    "Homes": [{"City": "Bonn", "Zip": 2}, {"odata.type": "Shop.Flat", "City": "Köln", "Zip": 3, "Floor": 4}],
    "Later": "a property newer than the model",
}


@pytest.fixture(scope="session")
def model() -> Model:
    return parse_metadata(METADATA)


@pytest.fixture(scope="session")
def types(model: Model) -> Namespace:
    return build_classes(model)


@pytest.fixture(scope="session")
def codecs(model: Model) -> Codecs:
    return Codecs(model, Dialect.JSON_LIGHT)


@pytest.fixture(scope="session")
def read(types: Namespace, codecs: Codecs) -> Callable[..., Any]:
    """An entity as it is after reading: ``read("Product", {"Name": ...})``."""

    def read(name: str, values: Mapping[str, Any] = BODY) -> Any:
        return adopt(types[name], values, codecs.codec(f"Shop.{name}"))

    return read


@pytest.fixture
def product(read: Callable[..., Any]) -> Any:
    return read("Product")
