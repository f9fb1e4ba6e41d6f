"""The URLs that the .NET client was recorded to send, written by this room's parts. They are compared decoded, without the empty
parentheses behind a set."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest

from odata3.edm.csdl import parse_metadata
from odata3.edm.model import Model
from odata3.uri.options import QueryOptions
from odata3.uri.paths import key_lookup, key_predicate
from odata3.uri.translation import translate_ordering, translate_paths, translate_predicate, translate_projection

TRACES = Path(__file__).parents[2] / ".." / "shared" / "traces"
G1, G2 = UUID("a11cc636-5521-4f88-92b2-cad392911fe0"), UUID("ba4146fa-fb41-4f59-a193-ad00c52a138c")


@lru_cache
def model() -> Model:
    path = TRACES / "model.edmx"
    if not path.exists():
        pytest.skip("checks against documents that others published, which are not ours to ship (they stand in ../shared)")
    return parse_metadata(path)


class Query:
    """Just enough of a query to put the parts together."""

    def __init__(self, entity_set: str, options: QueryOptions | None = None) -> None:
        self.set = model().entity_sets[entity_set]
        found = model().entity_type_of(self.set)
        assert found is not None
        self.type = found
        self.options = QueryOptions() if options is None else options

    def _with(self, options: QueryOptions) -> Query:
        return Query(self.set.name, options)

    def where(self, predicate: Any) -> Query:
        return self._with(self.options.where(translate_predicate(model(), self.type, predicate)))

    def order_by(self, key: Any, descending: bool = False) -> Query:
        return self._with(self.options.order_by(translate_ordering(model(), self.type, key, descending)))

    def then_by(self, key: Any, descending: bool = False) -> Query:
        return self._with(self.options.then_by(translate_ordering(model(), self.type, key, descending)))

    def skip(self, count: int) -> Query:
        return self._with(self.options.skip(count))

    def take(self, count: int) -> Query:
        return self._with(self.options.take(count))

    def expand(self, *paths: Any) -> Query:
        return self._with(self.options.expand(translate_paths(model(), self.type, *paths)))

    def select(self, *names: Any) -> Query:
        found = translate_projection(model(), self.type, *names)
        return self._with(self.options.select(found.select).expand(found.expand))

    def option(self, name: str, value: Any) -> Query:
        return self._with(self.options.with_custom(name, value))

    def counted(self) -> Query:
        return self._with(self.options.include_total_count())

    def url(self, key_as_segment: bool = False) -> str:
        options, key = self.options, ""
        if options.is_lookup_candidate and (found := key_lookup(self.type, options.filter)) is not None:
            key, options = key_predicate(self.type, found, key_as_segment=key_as_segment), options.without_filter()
        query = options.query_string()
        return self.set.name + key + (f"?{query}" if query else "")


def recorded(scenario: str) -> dict[str, str]:
    path = TRACES / f"{scenario}.v3-json.json"
    if not path.exists():
        pytest.skip("checks against documents that others published, which are not ours to ship (they stand in ../shared)")
    steps = json.loads(path.read_text(encoding="utf-8"))["client_result"]
    found = {}
    for step in steps:
        for name, value in step.items():
            if name.endswith(" [ToString]") and isinstance(value, str) and value.startswith("http"):
                found[name.removesuffix(" [ToString]")] = unquote(value.partition("/svc/")[2]).replace("()", "", 1)
    return found


KEYS: dict[str, Callable[[], Query]] = {
    "full key, one Where": lambda: Query("VMCheckPoints").where(lambda x: x.ID == G1 and x.StampId == G2),
    "full key, other order": lambda: Query("VMCheckPoints").where(lambda x: x.StampId == G2 and x.ID == G1),
    "full key, two Wheres": lambda: Query("VMCheckPoints").where(lambda x: x.ID == G1).where(lambda x: x.StampId == G2),
    "part key": lambda: Query("VMCheckPoints").where(lambda x: x.ID == G1),
    "non key": lambda: Query("VMCheckPoints").where(lambda x: x.Name == "one"),
    "key and non key": lambda: Query("VMCheckPoints").where(lambda x: x.ID == G1 and x.StampId == G2 and x.Name == "one"),
    "key then non key": lambda: (
        Query("VMCheckPoints").where(lambda x: x.ID == G1 and x.StampId == G2).where(lambda x: x.Name == "one")
    ),
    "int key": lambda: Query("Products").where(lambda p: p.ID == 1),
    "int key reversed": lambda: Query("Products").where(lambda p: 1 == p.ID),
    "int key or": lambda: Query("Products").where(lambda p: p.ID == 1 or p.ID == 2),
    "int key gt": lambda: Query("Products").where(lambda p: p.ID > 1),
    "not key": lambda: Query("Products").where(lambda p: not (p.ID == 1)),  # noqa: SIM201
    "long key": lambda: Query("Kinds").where(lambda p: p.ID == 5000000000),
    "key then orderby": lambda: Query("Products").where(lambda p: p.ID == 1).order_by(lambda p: p.Name),
    "key then take": lambda: Query("Products").where(lambda p: p.ID == 1).take(1),
    "key then expand": lambda: Query("Products").expand("Category").where(lambda p: p.ID == 1),
}
OPTIONS: dict[str, Callable[[], Query]] = {
    "orderby": lambda: Query("Products").order_by(lambda p: p.Name),
    "orderby desc thenby": lambda: Query("Products").order_by("Rating", True).then_by("Name").then_by(lambda p: p.ID, True),
    "skip take": lambda: Query("Products").skip(2).take(3),
    "orderby skip take where": lambda: Query("Products").where(lambda p: p.Rating > 2).order_by("Name").skip(1).take(2),
    "take twice": lambda: Query("Products").take(5).take(2),
    "skip twice": lambda: Query("Products").skip(1).skip(2),
    "expand string": lambda: Query("Products").expand("Category"),
    "expand two": lambda: Query("Products").expand("Category,Supplier"),
    "expand twice": lambda: Query("Products").expand("Category").expand("Supplier"),
    "expand deep": lambda: Query("Categories").expand("Products/Supplier"),
    "expand lambda": lambda: Query("Products").expand(lambda p: p.Category),
    "AddQueryOption top": lambda: Query("Products").option("$top", 2),
    "AddQueryOption filter": lambda: Query("Products").option("$filter", "Rating gt 3"),
    "AddQueryOption custom": lambda: Query("Products").option("foo", "b a&r=1"),
    "AddQueryOption two": lambda: (
        Query("Products").option("$filter", "Rating gt 3").option("$orderby", "Name desc").option("$select", "ID,Name")
    ),
    "IncludeTotalCount where": lambda: Query("Products").where(lambda p: p.Rating > 1).counted(),
    "two wheres": lambda: Query("Products").where(lambda p: p.Rating > 1).where(lambda p: p.Price < 10),
    "expand + orderby + take": lambda: Query("Products").expand("Category").order_by(lambda p: p.Price).take(1),
}
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "StartsWith": lambda p: p.Name.startswith("B"),
    "EndsWith": lambda p: p.Name.endswith("d"),
    "Contains": lambda p: "rea" in p.Name,
    "not Contains": lambda p: "rea" not in p.Name,
    "IndexOf": lambda p: p.Name.find("e") == 2,
    "Length": lambda p: p.Name.length() > 4,
    "Replace": lambda p: p.Name.replace("a", "b") == "x",
    "Substring1": lambda p: p.Name.substring(1) == "read",
    "Substring2": lambda p: p.Name[1:3] == "re",
    "ToLower": lambda p: p.Name.lower() == "bread",
    "ToUpper": lambda p: p.Name.upper() == "BREAD",
    "Trim": lambda p: p.Name.strip() == "Bread",
    "Concat": lambda p: p.Name.concat("x") == "Breadx",
    "plus": lambda p: p.Name + "x" == "Breadx",
    "Year": lambda p: p.ReleaseDate.year == 1992,
    "Month Day Hour Minute Second": lambda p: (
        p.ReleaseDate.month == 1
        and p.ReleaseDate.day == 2
        and p.ReleaseDate.hour == 3
        and p.ReleaseDate.minute == 4
        and p.ReleaseDate.second == 5
    ),
    "nullable Year": lambda p: p.DiscontinuedDate.year == 1992,
    "Round decimal": lambda p: round(p.Price) == 3,
    "Equals": lambda p: p.Name == "Bread",
    "string compare": lambda p: p.Name > "Bread",
}
MOMENT = datetime(2013, 8, 19, 22, 13, 9)
LITERALS: dict[str, Callable[[Any], Any]] = {
    "datetime utc": lambda k: k.When == MOMENT.replace(tzinfo=UTC),
    "datetime unspecified": lambda k: k.When == MOMENT,
    "datetime ms": lambda k: k.When == MOMENT.replace(microsecond=120_000, tzinfo=UTC),
    "datetime date": lambda k: k.When == datetime(2013, 8, 19),
    "datetime min": lambda k: k.When == datetime.min,
    "guid": lambda k: k.RowGuid == UUID("BA4146FA-FB41-41B6-A7C0-2B4FF4C3F7E3"),
    "guid empty": lambda k: k.RowGuid == UUID(int=0),
    "decimal": lambda k: k.Price == Decimal("12.50"),
    "decimal int": lambda k: k.Price == 12,
    "decimal negative": lambda k: k.Price > Decimal("-0.001"),
    "decimal big": lambda k: k.Price < 79228162514264337593543950335,
    "long": lambda k: k.Big == 5000000000,
    "long small": lambda k: k.Big == 5,
    "long negative": lambda k: k.Big == -5,
    "byte": lambda k: k.Tiny.cast("Edm.Int32") == 200,
    "sbyte": lambda k: k.Signed.cast("Edm.Int32") == -5,
    "short": lambda k: k.Small.cast("Edm.Int32") == 300,
    "double": lambda k: k.Weight == 1.5,
    "double int": lambda k: k.Weight == 2,
    "double exp": lambda k: k.Weight > 1e30,
    "double small exp": lambda k: k.Weight > 1.5e-7,
    "double negative": lambda k: k.Weight < -1.5,
    "double nan": lambda k: k.Weight == float("nan"),
    "double inf": lambda k: k.Weight == float("inf"),
    "double -inf": lambda k: k.Weight == float("-inf"),
    "float": lambda k: k.Ratio == 1.1,
    "float int": lambda k: k.Ratio == 2,
    "float exp": lambda k: k.Ratio > 1e30,
    "bool": lambda k: k.Flag == False,  # noqa: E712
    "binary": lambda k: k.Blob == bytes([0, 1, 254, 255]),
    "binary empty": lambda k: k.Blob == b"",
    "nullable int": lambda k: k.MaybeInt == 3,
    "nullable decimal": lambda k: k.MaybeDecimal > 3,
    "time": lambda k: k.Span == timedelta(days=1, hours=2, minutes=3, seconds=4, milliseconds=5),
    "time zero": lambda k: k.Span == timedelta(0),
    "time negative": lambda k: k.Span > timedelta(hours=-1),
    "offset": lambda k: k.Offset == MOMENT.replace(tzinfo=timezone(timedelta(hours=2))),
    "offset utc": lambda k: k.Offset == MOMENT.replace(microsecond=500_000, tzinfo=UTC),
}
#: What differs: .NET writes a third with 17 digits, where 16 say the same number; a local DateTime in UTC as +00:00; it has ticks
#: that a datetime cannot hold; the rest are navigations, which the query puts together.
OTHERWISE = {
    "query-literals": {"double third", "datetime local", "datetime ticks", "datetime max"},
    "query-keys": {"key and navigation", "key, navigation, filter"},
    "query-functions": {"Floor Ceiling double"},
    "query-options": set(),
}


def test_nothing_recorded_is_left_out() -> None:
    ours = {"query-keys": KEYS, "query-options": OPTIONS, "query-functions": FUNCTIONS, "query-literals": LITERALS}
    for scenario, cases in ours.items():
        assert set(recorded(scenario)) == set(cases) | OTHERWISE[scenario]


@pytest.mark.parametrize("name", KEYS)
def test_keys(name: str) -> None:
    assert unquote(KEYS[name]().url()) == recorded("query-keys")[name]


@pytest.mark.parametrize("name", OPTIONS)
def test_options(name: str) -> None:
    assert unquote(OPTIONS[name]().url()) == recorded("query-options")[name]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(name: str) -> None:
    assert unquote(Query("Products").where(FUNCTIONS[name]).url()) == recorded("query-functions")[name]


@pytest.mark.parametrize("name", LITERALS)
def test_literals(name: str) -> None:
    assert unquote(Query("Kinds").where(LITERALS[name]).url()) == recorded("query-literals")[name]


def test_floor_and_ceiling() -> None:
    import math

    query = Query("Kinds").where(lambda p: math.floor(p.Weight) == 3.0 and math.ceil(p.Weight) == 4.0)
    assert unquote(query.url()) == recorded("query-functions")["Floor Ceiling double"]


def test_selections() -> None:
    path = TRACES / "query-select.v3-json.json"
    if not path.exists():
        pytest.skip("checks against documents that others published, which are not ours to ship (they stand in ../shared)")
    requests = json.loads(path.read_text(encoding="utf-8"))["requests"]
    sent = [unquote(r["path"]).partition("/svc/")[2].replace("()", "", 1) for r in requests]
    products = Query("Products")
    ours = [
        products.select(lambda p: (p.ID, p.Name)),
        products.select("ID", "Name"),
        products.select(lambda p: {"ID": p.ID, "C": p.Category.Name}),
        products.select(lambda p: (p.ID, p.Category)),
        Query("Suppliers").select(lambda s: (s.ID, s.Address)),
        Query("Suppliers").select(lambda s: {"ID": s.ID, "City": s.Address.City}),
        products.select(lambda p: {"Twice": p.Rating * 2}),
        products.where(lambda p: p.Rating > 1).order_by("Name").select(lambda p: (p.Name,)),
    ]
    # "scalar" and "nav" of a look-up are properties of one entity
    assert [unquote(query.url()) for query in ours] == [url for url in sent if not url.startswith("Products(1)/")]


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("int key", lambda: Query("Products").where(lambda p: p.ID == 1)),
        ("string key", lambda: Query("Keyed").where(lambda p: p.Code == "O'Neil")),
        ("string key dollar", lambda: Query("Keyed").where(lambda p: p.Code == "$x")),
        ("guid pair", lambda: Query("VMCheckPoints").where(lambda x: x.ID == G1 and x.StampId == G2)),
    ],
)
def test_p43_keys_as_segments(name: str, query: Callable[[], Query]) -> None:
    path = TRACES / "key-as-segment.v3-json.json"
    if not path.exists():
        pytest.skip("checks against documents that others published, which are not ours to ship (they stand in ../shared)")
    assert unquote(query().url(key_as_segment=True)) == recorded("key-as-segment")[name]
