"""A shop of three products, for the commands: its model, its data, and the service of it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from decimal import Decimal

from click.testing import CliRunner

from odata3.cli import command
from odata3.edm.csdl import parse_metadata
from odata3.formats.documents import Complex
from odata3.server.service import Service
from odata3.server.store import Store
from odata3.server.wsgi import serve

MODEL = """<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
  <edmx:DataServices m:DataServiceVersion="3.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
    <Schema Namespace="Shop" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
      <EntityType Name="Product">
        <Key><PropertyRef Name="ID"/></Key>
        <Property Name="ID" Type="Edm.Int32" Nullable="false"/>
        <Property Name="Name" Type="Edm.String"/>
        <Property Name="Price" Type="Edm.Decimal"/>
        <Property Name="Made" Type="Edm.DateTime"/>
        <Property Name="Size" Type="Shop.Size" Nullable="false"/>
        <NavigationProperty Name="Category" Relationship="Shop.Sorted" FromRole="Product" ToRole="Category"/>
      </EntityType>
      <EntityType Name="Category">
        <Key><PropertyRef Name="ID"/></Key>
        <Property Name="ID" Type="Edm.Int32" Nullable="false"/>
        <Property Name="Name" Type="Edm.String"/>
        <NavigationProperty Name="Products" Relationship="Shop.Sorted" FromRole="Category" ToRole="Product"/>
      </EntityType>
      <ComplexType Name="Size"><Property Name="Width" Type="Edm.Double" Nullable="false"/></ComplexType>
      <Association Name="Sorted">
        <End Role="Product" Type="Shop.Product" Multiplicity="*"/>
        <End Role="Category" Type="Shop.Category" Multiplicity="0..1"/>
      </Association>
      <EntityContainer Name="Entities" m:IsDefaultEntityContainer="true">
        <EntitySet Name="Products" EntityType="Shop.Product"/>
        <EntitySet Name="Categories" EntityType="Shop.Category"/>
        <AssociationSet Name="Sorted" Association="Shop.Sorted">
          <End Role="Product" EntitySet="Products"/><End Role="Category" EntitySet="Categories"/>
        </AssociationSet>
      </EntityContainer>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>
"""

DATA = {
    "Categories": [{"ID": 1, "Name": "Bakery"}],
    "Products": [
        {"ID": 1, "Name": "Bread, white", "Price": "2.50", "Made": "2026-01-02T03:04:05.1234567", "Size": {"Width": 1.5}},
        {"ID": 2, "Name": "Rolls", "Price": "0.40", "Size": {"Width": 0.5}},
        {"ID": 3, "Name": None, "Price": None, "Size": {"Width": 0}},
    ],
}


def write_files(folder):
    """shop.edmx and shop.json in a folder."""
    (folder / "shop.edmx").write_text(MODEL)
    (folder / "shop.json").write_text(json.dumps(DATA))
    return folder


@contextmanager
def serving():
    """The shop on a socket, two entities a page."""
    model = parse_metadata(MODEL.encode())
    store = Store(model)
    with store.begin() as tx:
        bakery = tx.insert("Categories", {"ID": 1, "Name": "Bakery"})
        for values in DATA["Products"]:
            plain = {name: value for name, value in values.items() if name in ("ID", "Name", "Made")}
            price = None if values["Price"] is None else Decimal(values["Price"])
            size = Complex("Shop.Size", {"Width": float(values["Size"]["Width"])})
            product = tx.insert("Products", {**plain, "Price": price, "Size": size})
            tx.link(product, "Category", bakery)
    with serve(Service(model, store, page_size=2)) as server:
        yield server.url


def run(*arguments, command=command, **environment):
    """(exit code, stdout, stderr) of a command, in process."""
    result = CliRunner().invoke(
        command, [str(a) for a in arguments], env={name: str(value) for name, value in environment.items()}
    )
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr
