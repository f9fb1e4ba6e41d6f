"""A shop behind ``/Northwind.svc/``: what the README's second example asks."""

from __future__ import annotations

from decimal import Decimal

from odata3.edm.csdl import parse_metadata
from odata3.server.seeding import seed
from odata3.server.service import Service
from odata3.server.sites import Site
from odata3.server.store import Store
from odata3.wire.messages import Request, Response

CSDL = """
<Schema Namespace="Northwind" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
  <EntityType Name="Product"><Key><PropertyRef Name="ProductID"/></Key>
    <Property Name="ProductID" Type="Edm.Int32" Nullable="false"/>
    <Property Name="ProductName" Type="Edm.String"/>
    <Property Name="UnitPrice" Type="Edm.Decimal"/>
  </EntityType>
  <EntityContainer Name="Shop"><EntitySet Name="Products" EntityType="Northwind.Product"/></EntityContainer>
</Schema>"""

PRODUCTS = [
    {"ProductID": 1, "ProductName": "Cumin", "UnitPrice": Decimal("24.50")},
    {"ProductID": 2, "ProductName": "Cardamom", "UnitPrice": Decimal("31.00")},
    {"ProductID": 3, "ProductName": "Cress", "UnitPrice": Decimal("3.20")},
    {"ProductID": 4, "ProductName": "Saffron", "UnitPrice": Decimal("97.80")},
]


class Northwind:
    """A service at the path ``/Northwind.svc/``."""

    def __init__(self) -> None:
        model = parse_metadata(CSDL)
        self._service = Service(model, Store(model))
        seed(self._service, {"Products": PRODUCTS})
        self._site = Site()
        self._site.mount("/Northwind.svc/", self._service)

    def send(self, request: Request) -> Response:
        return self._site.send(request)

    def close(self) -> None:
        self._service.close()
