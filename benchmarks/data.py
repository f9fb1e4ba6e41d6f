"""The data of all figures, made by counting, so that every run has the same bytes.

A ``Machine`` has 60 properties (8 guids, 22 strings, 10 int32, 3 int64, 11 booleans, 4 datetimes, a double, a decimal), nine of
them nullable and null in every third entity, and four navigation properties: about what SPF says of a virtual machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape

ROOT = "http://benchmark.example/svc/"
NAMESPACE = "Fleet"

_SORTS = (
    ("Guid", 8, 3),
    ("String", 22, 3),
    ("Int32", 10, 1),
    ("Int64", 3, 0),
    ("Boolean", 11, 0),
    ("DateTime", 4, 2),
    ("Double", 1, 0),
    ("Decimal", 1, 0),
)
#: The properties of a Machine: name, EDM type, whether it is nullable.
PROPERTIES: tuple[tuple[str, str, bool], ...] = tuple(
    (f"{sort}{number}", f"Edm.{sort}", number > count - nullable)
    for sort, count, nullable in _SORTS
    for number in range(1, count + 1)
)
NAMES = tuple(name for name, _, _ in PROPERTIES)
KEY = "Guid1"
#: The navigation properties: name, and whether they lead to many.
NAVIGATIONS = (("Disks", True), ("Adapters", True), ("Checkpoints", True), ("Host", False))

_WORDS = ("contoso", "restored from tape", "R&D <lab>", "Überwachung", "", "vmm-library share", "northwind", "idle")
_EPOCH = datetime(1970, 1, 1)
_DAY_ONE = datetime(2013, 8, 19, 22, 13, 9)

#: What JSON calls the members of one entity, and what Atom writes of it.
Row = dict[str, Any]


# --- entities -------------------------------------------------------------------------------------------------------------------


def guid(number: int, place: int = 1) -> str:
    return f"{number:08x}-{place:04x}-4f88-92b2-{number * 7919 + place:012x}"


def moment(number: int, place: int) -> datetime:
    return _DAY_ONE + timedelta(seconds=number * 61 + place, microseconds=(number * 1009 + place) % 1_000_000)


def _value(sort: str, number: int, place: int) -> Any:
    """A value as JSON light spells it; a datetime for a moment, which each dialect spells its own way."""
    if sort == "Edm.String":
        return f"{_WORDS[(number + place) % len(_WORDS)]} {number}.{place}"
    if sort == "Edm.Guid":
        return guid(number, place)
    if sort == "Edm.Int32":
        return number * place % 2_000_000
    if sort == "Edm.Int64":
        return str(number * 1_000_003 + place)
    if sort == "Edm.Boolean":
        return (number + place) % 2 == 0
    if sort == "Edm.DateTime":
        return moment(number, place)
    return number + 0.25 if sort == "Edm.Double" else f"{number}.50"


def machine(number: int) -> Row:
    """The values of the entity ``number``; a datetime stands for a moment."""
    return {
        name: None if nullable and number % 3 == 0 else _value(sort, number, place)
        for place, (name, sort, nullable) in enumerate(PROPERTIES, 1)
    }


def _seven_digits(value: datetime) -> str:
    """As .NET writes a moment."""
    return f"{value.isoformat(timespec='microseconds')}7"


def path_of(number: int) -> str:
    return f"Machines(guid'{guid(number)}')"


# --- feeds ----------------------------------------------------------------------------------------------------------------------


def light_row(number: int, names: tuple[str, ...] = NAMES) -> Row:
    """An entity in the JSON of version 3 with minimal metadata; with ``names`` a part of it."""
    row = machine(number)
    return {name: _seven_digits(row[name]) if isinstance(row[name], datetime) else row[name] for name in names}


def light_feed(count: int, first: int = 0, *, names: tuple[str, ...] = NAMES, next_link: str | None = None) -> bytes:
    select = "" if names is NAMES else f"&$select={','.join(names)}"
    head = {"odata.metadata": f"{ROOT}$metadata#Machines{select}"}
    rows = (json.dumps(light_row(number, names), ensure_ascii=False) for number in range(first, first + count))
    tail = "" if next_link is None else f', "odata.nextLink": {json.dumps(next_link)}'
    return f'{json.dumps(head)[:-1]}, "value": [{", ".join(rows)}]{tail}}}'.encode()


def verbose_row(number: int) -> Row:
    """An entity in the JSON of version 2."""
    uri = ROOT + path_of(number)
    row: Row = {"__metadata": {"id": uri, "uri": uri, "type": f"{NAMESPACE}.Machine"}}
    row |= {name: {"__deferred": {"uri": f"{uri}/{name}"}} for name, _ in NAVIGATIONS}
    for name, value in machine(number).items():
        row[name] = f"/Date({(value - _EPOCH) // timedelta(milliseconds=1)})/" if isinstance(value, datetime) else value
    return row


def verbose_feed(count: int) -> bytes:
    rows = (json.dumps(verbose_row(number), ensure_ascii=False) for number in range(count))
    return f'{{"d": {{"results": [{", ".join(rows)}]}}}}'.replace("/Date", "\\/Date").replace(")/", ")\\/").encode()


_FEED = (
    '<?xml version="1.0" encoding="utf-8"?><feed xml:base="{root}" xmlns="http://www.w3.org/2005/Atom"'
    ' xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices"'
    ' xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"><title type="text">Machines</title>'
    '<id>{root}Machines</id><updated>2013-08-19T22:13:09Z</updated><link rel="self" title="Machines" href="Machines"/>'
)
_RELATED = "http://schemas.microsoft.com/ado/2007/08/dataservices/related/"


def atom_entry(number: int) -> str:
    """An entity in Atom, with the links to what it is related to."""
    path = path_of(number)
    links = "".join(
        f'<link rel="{_RELATED}{name}" type="application/atom+xml;type={"feed" if many else "entry"}" title="{name}"'
        f' href="{path}/{name}"/>'
        for name, many in NAVIGATIONS
    )
    values = []
    for (name, sort, _), value in zip(PROPERTIES, machine(number).values(), strict=True):
        kind = "" if sort == "Edm.String" else f' m:type="{sort}"'
        if value is None:
            values.append(f'<d:{name}{kind} m:null="true"/>')
        else:
            text = _seven_digits(value) if isinstance(value, datetime) else value
            text = str(text).lower() if isinstance(value, bool) else escape(str(text))
            values.append(f"<d:{name}{kind}>{text}</d:{name}>")
    return (
        f'<entry><id>{ROOT}{path}</id><category term="{NAMESPACE}.Machine"'
        ' scheme="http://schemas.microsoft.com/ado/2007/08/dataservices/scheme"/>'
        f'<link rel="edit" title="Machine" href="{path}"/>{links}<title/><updated>2013-08-19T22:13:09Z</updated>'
        f'<author><name/></author><content type="application/xml"><m:properties>{"".join(values)}</m:properties></content>'
        "</entry>"
    )


def atom_feed(count: int) -> bytes:
    return "".join((_FEED.format(root=ROOT), *map(atom_entry, range(count)), "</feed>")).encode()


# --- metadata -------------------------------------------------------------------------------------------------------------------

_EDMX = (
    '<?xml version="1.0" encoding="utf-8"?><edmx:Edmx Version="1.0"'
    ' xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"><edmx:DataServices m:DataServiceVersion="{version}"'
    ' m:MaxDataServiceVersion="{version}" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">'
    '<Schema Namespace="Fleet" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">{body}</Schema></edmx:DataServices></edmx:Edmx>'
)


def metadata(types: int = 5, properties: int = 60, *, version: str = "3.0") -> bytes:
    """``$metadata``: the Machine and what it is related to, then more types of ``properties`` properties, ``types`` in all.

    Every further type leads to the one before it and back, as real models do.
    """
    related = [name for name, _ in NAVIGATIONS]
    names = ["Machine", *(f"{name}Item" for name in related), *(f"Type{number}" for number in range(6, types + 1))]
    ends = {"Machine": list(NAVIGATIONS)}
    ends |= {name: [(before, True)] for before, name in pairwise(names[4:])}
    targets = {("Machine", name): f"{name}Item" for name in related}
    entities, associations, sets, association_sets = [], [], [], []
    for name in names:
        entities.append(f'<EntityType Name="{name}"><Key><PropertyRef Name="{KEY}"/></Key>{_declared(name, properties)}')
        sets.append(f'<EntitySet Name="{name}s" EntityType="Fleet.{name}"/>')
        for leads, many in ends.get(name, ()):
            target = targets.get((name, leads), leads)
            association = f"{name}_{leads}"
            entities.append(
                f'<NavigationProperty Name="{leads}" Relationship="Fleet.{association}" FromRole="From" ToRole="To"/>'
            )
            associations.append(
                f'<Association Name="{association}"><End Role="From" Type="Fleet.{name}" Multiplicity="*"/>'
                f'<End Role="To" Type="Fleet.{target}" Multiplicity="{"*" if many else "0..1"}"/></Association>'
            )
            association_sets.append(
                f'<AssociationSet Name="{association}Set" Association="Fleet.{association}">'
                f'<End Role="From" EntitySet="{name}s"/><End Role="To" EntitySet="{target}s"/></AssociationSet>'
            )
        entities.append("</EntityType>")
    container = f'<EntityContainer Name="Main" m:IsDefaultEntityContainer="true">{"".join((*sets, *association_sets))}'
    body = "".join((*entities, *associations, container, "</EntityContainer>"))
    return _EDMX.format(version=version, body=body).encode()


def _declared(name: str, count: int) -> str:
    """The properties of a type; the Machine has its sixty whatever the others have."""
    return "".join(
        f'<Property Name="{title}" Type="{sort}" Nullable="{str(nullable).lower()}"{_facets(sort)}/>'
        for title, sort, nullable in (PROPERTIES if name == "Machine" else _endless(name, count))
    )


def _endless(owner: str, count: int) -> Iterator[tuple[str, str, bool]]:
    """A fifth of the names are the same in all types, key and common ones as it were; the others are the type's own."""
    for number in range(count):
        name, sort, nullable = PROPERTIES[number % len(PROPERTIES)]
        yield (name if number % 5 == 0 else f"{owner}{name}_{number}"), sort, nullable


def _facets(sort: str) -> str:
    if sort == "Edm.Decimal":
        return ' Precision="19" Scale="4"'
    return ' MaxLength="255" Unicode="true" FixedLength="false"' if sort == "Edm.String" else ""
