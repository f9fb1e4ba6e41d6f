"""One property of every primitive type, and rows of them: what tables are measured with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

from client.shop import ROOT, Script, reply
from hypothesis import strategies as st

from odata3.client.context import DataServiceContext
from odata3.edm.csdl import parse_metadata
from odata3.edm.primitives import PRIMITIVES
from odata3.edm.spatial import Geography

TYPES = {
    "Flag": "Edm.Boolean",
    "Octet": "Edm.Byte",
    "Tiny": "Edm.SByte",
    "Small": "Edm.Int16",
    "Whole": "Edm.Int32",
    "Long": "Edm.Int64",
    "Ratio": "Edm.Single",
    "Real": "Edm.Double",
    "Sum": "Edm.Decimal",
    "Text": "Edm.String",
    "Bytes": "Edm.Binary",
    "Serial": "Edm.Guid",
    "Day": "Edm.DateTime",
    "Moment": "Edm.DateTimeOffset",
    "Span": "Edm.Time",
    "Place": "Edm.GeographyPoint",
}
FACETS = {"Sum": ' Precision="20" Scale="4"'}
_PROPERTIES = "".join(f'<Property Name="{name}" Type="{kind}"{FACETS.get(name, "")}/>' for name, kind in TYPES.items())
MODEL = parse_metadata(
    f"""<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"><edmx:DataServices>
 <Schema Namespace="Lab" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
  <EnumType Name="Colour"><Member Name="Red"/><Member Name="Blue"/></EnumType>
  <EnumType Name="Rights" IsFlags="true"><Member Name="Read" Value="1"/><Member Name="Write" Value="2"/></EnumType>
  <ComplexType Name="Box"><Property Name="Opened" Type="Edm.DateTime"/><Property Name="Width" Type="Edm.Int32"/></ComplexType>
  <EntityType Name="Probe" OpenType="true"><Key><PropertyRef Name="ID"/></Key>
   <Property Name="ID" Type="Edm.Int32" Nullable="false"/>
   {_PROPERTIES}
   <Property Name="Colour" Type="Lab.Colour"/><Property Name="Rights" Type="Lab.Rights"/>
   <Property Name="Free" Type="Edm.Decimal"/><Property Name="Box" Type="Lab.Box"/>
   <Property Name="Days" Type="Collection(Edm.DateTime)" Nullable="false"/>
   <Property Name="Keys" Type="Collection(Edm.Guid)" Nullable="false"/>
   <Property Name="Boxes" Type="Collection(Lab.Box)" Nullable="false"/>
  </EntityType>
  <EntityContainer Name="Main"><EntitySet Name="Probes" EntityType="Lab.Probe"/></EntityContainer>
 </Schema></edmx:DataServices></edmx:Edmx>""".encode()
)
NAMES = ("ID", *TYPES)

_MICROSECONDS = st.integers(-(10**15), 10**15)
STRATEGIES: Mapping[str, st.SearchStrategy[Any]] = {
    "Edm.Boolean": st.booleans(),
    "Edm.Byte": st.integers(0, 255),
    "Edm.SByte": st.integers(-128, 127),
    "Edm.Int16": st.integers(-(2**15), 2**15 - 1),
    "Edm.Int32": st.integers(-(2**31), 2**31 - 1),
    "Edm.Int64": st.integers(-(2**63), 2**63 - 1),
    "Edm.Single": st.floats(width=32),
    "Edm.Double": st.floats(),
    "Edm.Decimal": st.decimals(Decimal("-9999999999999999"), Decimal("9999999999999999"), places=4),
    "Edm.String": st.text(st.characters(exclude_categories=("Cs",))),
    "Edm.Binary": st.binary(),
    "Edm.Guid": st.uuids(),
    "Edm.DateTime": st.datetimes(),
    "Edm.DateTimeOffset": st.datetimes(
        datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.integers(-840, 840).map(lambda m: timezone(timedelta(minutes=m)))
    ),
    "Edm.Time": st.builds(lambda n: timedelta(microseconds=n), _MICROSECONDS),
    "Edm.GeographyPoint": st.just(Geography("Point", (10.75, 59.91))),
}
ROWS = st.lists(st.fixed_dictionaries({name: st.none() | STRATEGIES[kind] for name, kind in TYPES.items()}), max_size=4)

#: The ends of each range.
EDGES: list[dict[str, Any]] = [
    dict.fromkeys(TYPES),
    {
        "Flag": False,
        "Octet": 255,
        "Tiny": -128,
        "Small": -(2**15),
        "Whole": -(2**31),
        "Long": -(2**63),
        "Ratio": float("-inf"),
        "Real": float("nan"),
        "Sum": Decimal("-9999999999999999.9999"),
        "Text": "",
        "Bytes": b"",
        "Serial": UUID(int=0),
        "Day": datetime(1, 1, 1),
        "Moment": datetime(1, 1, 1, tzinfo=UTC),
        "Span": timedelta(microseconds=-1),
        "Place": Geography("Point", (-180.0, 90.0)),
    },
    {
        "Flag": True,
        "Octet": 0,
        "Tiny": 127,
        "Small": 2**15 - 1,
        "Whole": 2**31 - 1,
        "Long": 2**63 - 1,
        "Ratio": 3.4028234663852886e38,
        "Real": 5e-324,
        "Sum": Decimal("0.0001"),
        "Text": "\x00\U0010ffff",
        "Bytes": bytes(range(256)),
        "Serial": UUID(int=2**128 - 1),
        "Day": datetime(9999, 12, 31, 23, 59, 59, 999999),
        "Moment": datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        "Span": timedelta(days=10_675_199),
        "Place": Geography("Point", (0.5, 0.25)),
    },
]


def row(key: int = 1, **raw: Any) -> dict[str, Any]:
    """A row as light JSON has it."""
    return {"ID": key, **raw}


def of_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Python's values as light JSON has them."""
    return {n: None if v is None else _json(PRIMITIVES[TYPES[n]].to_light(v)) for n, v in values.items()}


def _json(raw: Any) -> Any:
    return str(raw) if isinstance(raw, Decimal) else raw


def probes(*pages: Sequence[Mapping[str, Any]]) -> tuple[Any, Script]:
    """The query of a set whose pages these rows are, and the script that answers it."""
    script = Script()
    for number, rows in enumerate(pages, 1):
        more = {"odata.nextLink": f"{ROOT}Probes?$skiptoken={number}"} if number < len(pages) else {}
        script.steps.append(reply({"odata.metadata": f"{ROOT}$metadata#Probes", **more, "value": list(rows)}))
    return DataServiceContext(ROOT, metadata=MODEL, transport=script).Probes, script


def of_rows(rows: Iterable[Mapping[str, Any]]) -> Any:
    """The query of rows of Python's values, read whole."""
    return probes([row(n, **of_values(values)) for n, values in enumerate(rows)])[0].select(*NAMES)
