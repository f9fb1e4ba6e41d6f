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
    <Property Name="A" Type="Edm.Int32"/><Property Name="B" Type="Edm.Int32"/><Property Name="C" Type="Edm.Int32" Nullable="false"/>
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


class WideSource(Source):
    """Predicates over every type and function of V3, beside those of :class:`Source`."""

    def condition(self, depth: int) -> str:
        if self.dice.random() < 0.55:
            return super().condition(depth)
        return self.typed(depth)

    def strict(self, depth: int) -> str:
        if self.dice.random() < 0.6:
            return super().strict(depth)
        return self.comparison_of_types()

    def typed(self, depth: int) -> str:
        return self.one(
            self.comparison_of_types,
            self.comparison_of_types,
            self.of_texts,
            self.of_collections,
            lambda: f"{self.row()}.is_of('R.Special')",
            lambda: f"({self.row()}.cast('R.Special').X {self.sign()} {self.number(0)})",
            lambda: f"({self.row()}.Home {self.dice.choice(['==', '!='])} None)",
            lambda: f"({self.row()}.Home.City {self.dice.choice(['==', '!='])} None and {self.condition(depth - 1)})",
            lambda: f"(not {self.typed(depth - 1)})",
            lambda: (
                f"({self.row()}.F {self.dice.choice(['==', '!='])} {self.dice.choice(['True', 'False', 'None', f'{self.row()}.G'])})"
            ),
        )

    def sign(self) -> str:
        return self.dice.choice(["==", "!=", "<", "<=", ">", ">="])

    def comparison_of_types(self) -> str:
        same = self.dice.choice(["==", "!="])
        return self.one(
            lambda: f"({self.decimal(2)} {self.sign()} {self.decimal(1)})",
            lambda: f"({self.double(2)} {self.sign()} {self.double(1)})",
            lambda: f"({self.whole(2)} {self.sign()} {self.whole(1)})",
            lambda: (
                f"({self.row()}.W {self.sign()} {self.dice.choice(['moments[0]', 'moments[1]', 'moments[2]', f'{self.row()}.W'])})"
            ),
            lambda: f"({self.row()}.O {self.sign()} {self.dice.choice(['instants[0]', 'instants[2]', f'{self.row()}.O'])})",
            lambda: f"({self.row()}.M {self.sign()} {self.dice.choice(['spans[0]', 'spans[1]', f'{self.row()}.M'])})",
            lambda: f"({self.row()}.U {same} {self.dice.choice(['guids[0]', 'guids[1]', 'None', f'{self.row()}.U'])})",
            lambda: f"({self.row()}.U in guids)",
            lambda: f"({self.row()}.E {same} {self.dice.choice(["'Red'", "'Blue'", 'None', f'{self.row()}.E'])})",
            lambda: f"({self.row()}.K {same} {self.dice.choice(['b""', 'b"\\x01\\xff"', 'None'])})",
            lambda: (
                f"({self.row()}.L {self.sign()} {self.dice.choice(['2**40', '-(2**62)', f'{self.row()}.L', f'{self.row()}.A'])})"
            ),
            lambda: f"({self.row()}.Home.Zip {self.sign()} {self.number(0)})",
        )

    def whole(self, depth: int) -> str:
        row = self.row()
        if depth <= 0:
            return self.one(lambda: f"{row}.Y", lambda: self.number(0))
        return self.one(
            lambda: f"{row}.Y",
            lambda: f"({self.whole(depth - 1)} {self.dice.choice('+-*')} {self.whole(depth - 1)})",
            lambda: f"({row}.{self.dice.choice('ABCY')} {self.dice.choice('/%')} {self.dice.choice(['2', '3', '-2'])})",
            lambda: f"{row}.S.find({self.text(0)})",
            lambda: f"{row}.{self.dice.choice('ST')}.length()",
            lambda: f"{row}.W.{self.dice.choice(['year', 'month', 'day', 'hour', 'minute', 'second'])}",
            lambda: f"{row}.O.{self.dice.choice(['year', 'month', 'day', 'hour', 'minute', 'second'])}",
            lambda: f"{row}.M.{self.dice.choice(['hour', 'minute'])}",
        )

    def decimal(self, depth: int) -> str:
        if depth <= 0:
            return self.one(
                lambda: f"{self.row()}.N", lambda: f"Decimal('{self.dice.choice(['0', '1.5', '2.50', '-0.5', '10'])}')"
            )
        return self.one(
            lambda: f"{self.row()}.N",
            lambda: f"({self.row()}.N {self.dice.choice('+-*')} {self.decimal(depth - 1)})",
            lambda: f"({self.row()}.N + {self.row()}.{self.dice.choice('AC')})",
            lambda: f"({self.row()}.N {self.dice.choice('/%')} {self.dice.choice(['2', 'Decimal("0.4")', '-4'])})",
            lambda: f"(-{self.row()}.N)",
            lambda: f"{self.dice.choice(['round', 'math.floor', 'math.ceil'])}({self.row()}.N)",
        )

    def double(self, depth: int) -> str:
        if depth <= 0:
            return self.one(lambda: f"{self.row()}.D", lambda: self.dice.choice(["0.0", "1.5", "-2.25", "1e30", "0.1"]))
        return self.one(
            lambda: f"{self.row()}.D",
            lambda: f"({self.row()}.D {self.dice.choice('+-*')} {self.double(depth - 1)})",
            lambda: f"({self.row()}.D + {self.row()}.{self.dice.choice('AC')})",
            lambda: f"({self.row()}.D {self.dice.choice('/%')} {self.dice.choice(['2.0', '0.75', '-4'])})",
            lambda: f"{self.dice.choice(['round', 'math.floor', 'math.ceil'])}({self.row()}.D)",
            lambda: f"{self.row()}.{self.dice.choice('AC')}.cast('Edm.Double')",
        )

    def text(self, depth: int) -> str:
        if self.dice.random() < 0.5:
            return super().text(depth)
        row, name = self.row(), self.dice.choice("ST")
        if depth <= 0:
            return self.one(lambda: f"{row}.{name}", lambda: repr(self.dice.choice(TEXTS)), lambda: f"{row}.Home.City")
        return self.one(
            lambda: f"{row}.{name}.{self.dice.choice(['lower', 'upper', 'strip'])}()",
            lambda: f"{row}.{name}.replace({self.dice.choice(["'a'", "'b'"])}, {self.text(0)})",
            lambda: f"{row}.{name}.concat({self.text(0)})",
            lambda: f"({row}.{name} + '-' + {self.row()}.T)",
            lambda: f"{row}.{name}.substring({self.dice.choice('012')}, {self.dice.choice('012')})",
            lambda: f"{row}.{self.dice.choice('ABC')}.cast('Edm.String')",
            lambda: f"{row}.Home.City",
        )

    def of_texts(self) -> str:
        return self.one(
            lambda: f"({self.text(2)} {self.sign()} {self.text(1)})",
            lambda: (
                f"{self.row()}.{self.dice.choice('ST')}.{self.dice.choice(['startswith', 'endswith', 'contains'])}({self.text(0)})"
            ),
            lambda: f"({self.text(0)} in {self.row()}.{self.dice.choice('ST')})",
            lambda: f"({self.row()}.{self.dice.choice('ST')} {self.dice.choice(['in', 'not in'])} words)",
        )

    def of_collections(self) -> str:
        row, kind = self.row(), self.dice.choice(["any", "all"])
        name = self.dice.choice("tu")
        return self.one(
            lambda: f"({self.dice.choice(["'a'", "'b'"])} in {row}.Tags)",
            lambda: f"{row}.Tags.{kind}(lambda {name}: {name}.startswith({row}.T) or {name} == 'b')",
            lambda: f"{row}.Tags.any()",
            lambda: (
                f"{row}.Homes.{kind}(lambda {name}: {name}.City == {row}.Home.City or {name}.Zip {self.sign()} {self.number(0)})"
            ),
            lambda: f"{row}.Kids.of_type('R.Special').{kind}(lambda {name}: {name}.X {self.sign()} {self.number(0)})",
        )


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
        "E": some([None, "Red", "Green", "Blue"]),
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
            values = {name: value for name, value in row.items() if name not in ("Up", "Kids")}
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
