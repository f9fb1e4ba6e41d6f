"""Random predicates, and the rows that the reference service returns for their URLs.

A predicate is written as Python source and asked of the service over a real socket: ``ctx.Rows.where(predicate)``. The rows that
come back must be those for which the same predicate holds in plain Python (``predicates.py`` says how Python's values follow
OData's rules for null), or the tracer must have refused it.

    python -m tests.uri.comparison --examples 20000 --seed 1
"""

from __future__ import annotations

import argparse
import math
import random
import re
import time
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from odata3.client.context import DataServiceContext
from odata3.edm.csdl import parse_metadata
from odata3.errors import QueryTranslationError
from odata3.server.service import Service
from odata3.server.store import Store
from odata3.server.wsgi import serve

from .predicates import SCOPE, PythonRow, Source

METADATA = b"""<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
 <edmx:DataServices m:DataServiceVersion="3.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
  <Schema Namespace="R" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
   <EnumType Name="Color"><Member Name="Red"/><Member Name="Green"/><Member Name="Blue" Value="7"/></EnumType>
   <ComplexType Name="Home">
    <Property Name="City" Type="Edm.String"/><Property Name="Zip" Type="Edm.Int32"/>
   </ComplexType>
   <EntityType Name="Row"><Key><PropertyRef Name="ID"/></Key>
    <Property Name="ID" Type="Edm.Int32" Nullable="false"/>
    <Property Name="A" Type="Edm.Int32"/><Property Name="B" Type="Edm.Int32"/>
    <Property Name="C" Type="Edm.Int32" Nullable="false"/>
    <Property Name="F" Type="Edm.Boolean"/><Property Name="G" Type="Edm.Boolean" Nullable="false"/>
    <Property Name="S" Type="Edm.String"/><Property Name="T" Type="Edm.String" Nullable="false"/>
    <Property Name="L" Type="Edm.Int64"/><Property Name="Y" Type="Edm.Byte"/>
    <Property Name="N" Type="Edm.Decimal"/><Property Name="D" Type="Edm.Double"/>
    <Property Name="W" Type="Edm.DateTime"/><Property Name="O" Type="Edm.DateTimeOffset"/><Property Name="M" Type="Edm.Time"/>
    <Property Name="U" Type="Edm.Guid"/><Property Name="E" Type="R.Color"/><Property Name="K" Type="Edm.Binary"/>
    <Property Name="Home" Type="R.Home"/>
    <Property Name="Tags" Type="Collection(Edm.String)" Nullable="false"/>
    <Property Name="Homes" Type="Collection(R.Home)" Nullable="false"/>
    <NavigationProperty Name="Up" Relationship="R.Family" FromRole="Kid" ToRole="Up"/>
    <NavigationProperty Name="Kids" Relationship="R.Family" FromRole="Up" ToRole="Kid"/>
   </EntityType>
   <EntityType Name="Special" BaseType="R.Row"><Property Name="X" Type="Edm.Int32"/></EntityType>
   <Association Name="Family"><End Role="Kid" Type="R.Row" Multiplicity="*"/>
    <End Role="Up" Type="R.Row" Multiplicity="0..1"/></Association>
   <EntityContainer Name="Main" m:IsDefaultEntityContainer="true">
    <EntitySet Name="Rows" EntityType="R.Row"/>
    <AssociationSet Name="Family" Association="R.Family">
     <End Role="Kid" EntitySet="Rows"/><End Role="Up" EntitySet="Rows"/></AssociationSet>
   </EntityContainer>
  </Schema>
 </edmx:DataServices>
</edmx:Edmx>
"""

MODEL = parse_metadata(METADATA)
EAST = timezone(timedelta(hours=2))
MOMENTS = [datetime(2020, 1, 2, 3, 4, 5), datetime(2019, 12, 31, 23, 59, 59, 999999), datetime(2020, 1, 2)]
INSTANTS = [
    datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC),
    datetime(2020, 1, 2, 5, 4, 5, tzinfo=EAST),
    datetime(1999, 7, 1, tzinfo=EAST),
]
SPANS = [timedelta(), timedelta(days=1, hours=2, minutes=3, seconds=4), timedelta(minutes=-5)]
GUIDS = [uuid.UUID(int=0), uuid.UUID("a11cc636-5521-4f88-92b2-cad392911fe0")]
TEXTS = ["", "a", "ab", "B", "Bab", " ab ", "ÄB", "ß", "O'N", "a%b+c&d", "a/b", "\U0001f600", "a_b"]
WORDS = TEXTS[:6]
COLORS = {None: None, "Red": 0, "Green": 1, "Blue": 7}


#: Forms of a condition. ``{name}`` is filled in by the method of that name, ``[[a|b]]`` is one of these.
CONDITIONS = [
    "({decimal} {sign} {decimal})",
    "({double} {sign} {double})",
    "({whole} {sign} {whole})",
    "({row}.W {sign} [[moments[0]|moments[1]|moments[2]|{row}.W]])",
    "({row}.O {sign} [[instants[0]|instants[2]|{row}.O]])",
    "({row}.M {sign} [[spans[0]|spans[1]|{row}.M]])",
    "({row}.U {same} [[guids[0]|guids[1]|None|{row}.U]])",
    "({row}.E {same} [['Red'|'Blue'|None|{row}.E]])",
    "({row}.K {same} [[b''|bytes([1, 255])|None]])",
    "({row}.L {sign} [[2**40|-(2**62)|{row}.L|{row}.A]])",
    "({row}.Home.Zip {sign} {small})",
    "({row}.F {same} [[True|False|None|{row}.G]])",
    "({text} {sign} {text})",
]
#: And such as give a plain bool, or ask inside of a collection.
FURTHER = [
    "({row}.U in guids)",
    "{row}.[[S|T]].[[startswith|endswith|contains]]({text})",
    "({text} in {row}.[[S|T]])",
    "({row}.[[S|T]] [[in|not in]] words)",
    "([['a'|'b']] in {row}.Tags)",
    "{row}.Tags.[[any|all]](lambda t: t.startswith({row}.T) or t == 'b')",
    "{row}.Tags.any()",
    "{row}.Homes.[[any|all]](lambda h: h.City == {row}.Home.City or h.Zip {sign} {small})",
    "{row}.Kids.of_type('R.Special').[[any|all]](lambda s: s.X {sign} {small})",
    "{row}.is_of('R.Special')",
    "({row}.cast('R.Special').X {sign} {small})",
    "({row}.Home {same} None)",
    "({row}.Home.City {same} None and {typed})",
    "(not {typed})",
]
DECIMALS = [
    "{row}.N",
    "{row}.N",
    "Decimal('[[0|1.5|2.50|-0.5|10]]')",
    "({row}.N [[+|-|*]] {decimal})",
    "({row}.N + {row}.[[A|C]])",
    "({row}.N [[/|%]] [[2|Decimal('0.4')|-4]])",
    "(-{row}.N)",
    "[[round|math.floor|math.ceil]]({row}.N)",
]
DOUBLES = [
    "{row}.D",
    "{row}.D",
    "[[0.0|1.5|-2.25|1e30|0.1]]",
    "({row}.D [[+|-|*]] {double})",
    "({row}.D + {row}.[[A|C]])",
    "({row}.D [[/|%]] [[2.0|0.75|-4]])",
    "[[round|math.floor|math.ceil]]({row}.D)",
    "{row}.[[A|C]].cast('Edm.Double')",
]
WHOLES = [
    "{row}.[[A|B|C|Y]]",
    "[[0|1|2|3|5]]",
    "({whole} [[+|-|*]] {whole})",
    "({row}.[[A|B|C|Y]] [[/|%]] [[2|3|-2]])",
    "{row}.S.find({text})",
    "{row}.[[S|T]].length()",
    "{row}.[[W|O]].[[year|month|day|hour|minute|second]]",
    "{row}.M.[[hour|minute]]",
]
FURTHER_TEXTS = [
    "{row}.[[S|T]].[[lower|upper|strip]]()",
    "{row}.[[S|T]].replace([['a'|'b']], {text})",
    "{row}.[[S|T]].concat({text})",
    "({row}.[[S|T]] + '-' + {row}.T)",
    "{row}.[[S|T]].substring([[0|1|2]], [[0|1|2]])",
    "{row}.[[A|B|C]].cast('Edm.String')",
    "{row}.Home.City",
]


class WideSource(Source):
    """Predicates over every type and function of V3, beside those of :class:`Source`."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__(dice)
        self.room = 12

    def fill(self, forms: list[str]) -> str:
        form = self.dice.choice(forms)
        form = re.sub(r"\[\[(.*?)\]\](?!\])", lambda found: self.dice.choice(found[1].split("|")), form)
        return re.sub(r"\{(\w+)\}", lambda found: str(getattr(self, f"any_{found[1]}")()), form)

    def condition(self, depth: int) -> str:
        return super().condition(depth) if self.dice.random() < 0.55 else self.any_typed()

    def strict(self, depth: int) -> str:
        return super().strict(depth) if self.dice.random() < 0.6 else self.fill(CONDITIONS)

    def text(self, depth: int) -> str:
        return super().text(depth) if self.dice.random() < 0.5 else self.any_text()

    def any_typed(self) -> str:
        return self.fill(CONDITIONS + FURTHER if self._may_grow() else CONDITIONS)

    def any_row(self) -> str:
        return self.row()

    def any_small(self) -> str:
        return self.number(0)

    def any_sign(self) -> str:
        return self.dice.choice(["==", "!=", "<", "<=", ">", ">="])

    def any_same(self) -> str:
        return self.dice.choice(["==", "!="])

    def any_decimal(self) -> str:
        return self.fill(DECIMALS if self._may_grow() else DECIMALS[:3])

    def any_double(self) -> str:
        return self.fill(DOUBLES if self._may_grow() else DOUBLES[:3])

    def any_whole(self) -> str:
        return self.fill(WHOLES if self._may_grow() else WHOLES[:2])

    def any_text(self) -> str:
        if self._may_grow():
            return self.fill(FURTHER_TEXTS)
        return repr(self.dice.choice(TEXTS)) if self.dice.random() < 0.5 else super().text(0)

    def _may_grow(self) -> bool:
        self.room -= 1
        return self.room > 0


SCOPE_HERE = SCOPE | {
    "Decimal": Decimal,
    "math": math,
    "moments": MOMENTS,
    "instants": INSTANTS,
    "spans": SPANS,
    "guids": GUIDS,
    "words": WORDS,
}


def records(dice: random.Random, count: int) -> list[dict[str, Any]]:
    """Rows with few values each, so that many comparisons hold; then who is whose child."""
    rows = [_record(dice, key) for key in range(1, count + 1)]
    for row in rows:
        above = dice.choice([None, *rows])
        row["Up"] = above
        if above is not None:
            above["Kids"].append(row)
    return rows


def _record(dice: random.Random, key: int) -> dict[str, Any]:
    some = dice.choice
    row = {
        "ID": key,
        "A": some([None, 0, 1, 2, 3, 5]),
        "B": some([None, 0, 1, 2, 4]),
        "C": some([0, 1, 2, 3]),
        "F": some([None, True, False]),
        "G": some([True, False]),
        "S": some([None, *TEXTS]),
        "T": some(TEXTS),
        "L": some([None, 0, 2, 2**40, -(2**62)]),
        "Y": some([None, 0, 2, 200]),
        "N": some([None, Decimal("0"), Decimal("1.5"), Decimal("2.50"), Decimal("-0.5"), Decimal("10.00")]),
        "D": some([None, 0.0, 1.5, -2.25, 0.1, 1e30, math.inf, math.nan]),
        "W": some([None, *MOMENTS]),
        "O": some([None, *INSTANTS]),
        "M": some([None, *SPANS]),
        "U": some([None, *GUIDS]),
        "E": some([*COLORS]),
        "K": some([None, b"", b"\x01\xff"]),
        "Home": some([None, {"City": None, "Zip": 2}, {"City": "ab", "Zip": None}, {"City": "B", "Zip": 3}]),
        "Tags": some([[], ["a"], ["a", "b"], ["ab", ""]]),
        "Homes": some([[], [{"City": "ab", "Zip": 1}], [{"City": None, "Zip": None}, {"City": "B", "Zip": 5}]]),
        "Up": None,
        "Kids": [],
    }
    return row | {"X": some([None, 1, 2])} if dice.random() < 0.3 else row


class Comparison:
    """A service with random rows, and a context that asks it."""

    def __init__(self, context: DataServiceContext, rows: list[dict[str, Any]]) -> None:
        self.context = context
        self.rows = rows

    def check(self, seed: int) -> bool:
        """Try one predicate. False where the tracer refused; AssertionError where the rows differ."""
        source = WideSource(random.Random(seed)).predicate()
        scope: dict[str, Any] = dict(SCOPE_HERE)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(source, f"<predicate {seed}>", "exec"), scope)  # our own text
        predicate = scope["predicate"]
        try:
            query = self.context.Rows.where(predicate)
        except QueryTranslationError:
            return False
        expected = [row["ID"] for row in self.rows if predicate(PythonRow(row))]
        found = query.order_by("ID").select(lambda row: row.ID).to_list()
        assert found == expected, (
            f"seed {seed}\n{source}\n{query._options.filter.text}\nthe service: {found}\nPython: {expected}\n"
            + "\n".join(str(_shown(row)) for row in self.rows if (row["ID"] in found) != (row["ID"] in expected))
        )
        return True


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    up = row["Up"]
    return row | {"Up": up and up["ID"], "Kids": [kid["ID"] for kid in row["Kids"]]}


@contextmanager
def opened(seed: int, count: int = 40) -> Iterator[Comparison]:
    """A comparison over ``count`` random rows, on a socket."""
    rows = records(random.Random(seed), count)
    service = Service(MODEL, Store(MODEL))
    with service.store.begin() as tx:
        stored = {}
        for row in rows:
            values = {name: value for name, value in row.items() if name not in ("Up", "Kids")} | {"E": COLORS[row["E"]]}
            stored[row["ID"]] = tx.insert("Rows", values, type_name="R.Special" if "X" in row else None)
        for row in rows:
            if row["Up"] is not None:
                tx.link(stored[row["ID"]], "Up", stored[row["Up"]["ID"]])
    try:
        with serve(service) as server, DataServiceContext(server.url, metadata=MODEL) as context:
            yield Comparison(context, rows)
    finally:
        service.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--examples", type=int, default=20_000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    start = time.perf_counter()
    followed = 0
    with opened(given.seed) as comparison:
        for number in range(given.examples):
            followed += comparison.check(given.seed * 1_000_003 + number)
    seconds = time.perf_counter() - start
    print(
        f"{given.examples} predicates, seed {given.seed}: {followed} followed with the same rows, "
        f"{given.examples - followed} refused, {seconds:.0f} s"
    )


if __name__ == "__main__":
    main()
