"""Clients that are not ours, against our server, with a model of version 2."""

from __future__ import annotations

import gc
from decimal import Decimal

import pytest
import requests

from odata3.edm.csdl import parse_metadata
from odata3.server import Service, Store, seed, serve

SHOP = """<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
<edmx:DataServices m:DataServiceVersion="2.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
<Schema Namespace="Shop" xmlns="http://schemas.microsoft.com/ado/2008/09/edm">
 <EntityType Name="Product"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/>
  <Property Name="Name" Type="Edm.String"/><Property Name="Price" Type="Edm.Decimal" Precision="10" Scale="2"/>
  <NavigationProperty Name="Category" Relationship="Shop.PC" FromRole="P" ToRole="C"/></EntityType>
 <EntityType Name="Category"><Key><PropertyRef Name="Code"/></Key><Property Name="Code" Type="Edm.String" Nullable="false"/>
  <NavigationProperty Name="Products" Relationship="Shop.PC" FromRole="C" ToRole="P"/></EntityType>
 <Association Name="PC"><End Role="P" Type="Shop.Product" Multiplicity="*"/>
  <End Role="C" Type="Shop.Category" Multiplicity="0..1"/></Association>
 <EntityContainer Name="Main" m:IsDefaultEntityContainer="true"><EntitySet Name="Products" EntityType="Shop.Product"/>
  <EntitySet Name="Categories" EntityType="Shop.Category"/><AssociationSet Name="PCs" Association="Shop.PC">
   <End Role="P" EntitySet="Products"/><End Role="C" EntitySet="Categories"/></AssociationSet></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>"""


def shop() -> Service:
    model = parse_metadata(SHOP)
    service = Service(model, Store(model), max_version="2.0")
    return service


@pytest.mark.filterwarnings("ignore")
def test_pyodata() -> None:
    pyodata = pytest.importorskip("pyodata")
    service = shop()
    with serve(service) as server, requests.Session() as session:
        client = pyodata.Client(server.url, session)
        products = client.entity_sets.Products
        assert products.create_entity().set(ID=1, Name="O'Neil", Price=2.5).execute().Name == "O'Neil"
        client.entity_sets.Categories.create_entity().set(Code="F'x").execute()
        found = products.get_entities().filter("Name eq 'O''Neil' and Price gt 2").select("ID,Name").execute()
        assert [product.ID for product in found] == [1]
        assert Decimal(products.get_entity(1).execute().Price) == Decimal("2.5")
        products.update_entity(1, method="MERGE").set(Name="Cake").execute()
        assert products.get_entity(1).execute().Name == "Cake"
        assert products.get_entities().count().execute() == 1
        assert products.get_entities().top(5).skip(0).order_by("Name desc").execute()[0].Name == "Cake"
        products.delete_entity(1).execute()
        assert products.get_entities().count().execute() == 0
        with pytest.raises(pyodata.exceptions.HttpError):
            products.get_entity(1).execute()
    service.close()


@pytest.mark.filterwarnings("ignore")
def test_pyslet() -> None:
    client_module = pytest.importorskip("pyslet.odata2.client", exc_type=Exception)
    service = shop()
    seed(Service(service.model, service.store), {"Products": [{"ID": 1, "Name": "Bread", "Price": "2.50"}]})
    with serve(service) as server:
        client = client_module.Client(server.url)
        with client.feeds["Products"].open() as products:
            assert products[1]["Name"].value == "Bread"
            assert len(products) == 1
            product = products[1]
            product["Name"].set_from_value("Cake")
            products.update_entity(product)
            assert products[1]["Name"].value == "Cake"
            del products[1]
            assert len(products) == 0
        client.close()
    service.close()
    del client, products, product
    gc.collect()  # it leaves connections to the collector, who warns of them
