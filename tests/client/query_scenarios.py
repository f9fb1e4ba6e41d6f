"""The recorded query scenarios in Python: LINQ, line by line."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from decimal import Decimal
from functools import reduce
from typing import Any
from uuid import UUID

from client.scenarios import G1, G2, UTC, Play, state


def ask(play: Play, name: str, make: Callable[[Any], Any]) -> None:
    """Its URL, and the number of rows it gives; a step that is refused shows at both."""
    play.attempt(f"{name} [ToString]", lambda: make(play.ctx).url)
    play.attempt(name, lambda: f"{len(make(play.ctx).to_list())} item(s)")


def no_counterpart(play: Play, *names: str) -> None:
    """Steps that .NET refuses, or that have no Python form."""
    for name in names:
        play.skip(name)


def ask_all(play: Play, queries: dict[str, Callable[[Any], Any]]) -> None:
    for name, make in queries.items():
        ask(play, name, make)


def query_keys(play: Play) -> None:
    ask_all(
        play,
        {
            "full key, one Where": lambda c: c.VMCheckPoints.where(lambda x: x.ID == G1 and x.StampId == G2),
            "full key, other order": lambda c: c.VMCheckPoints.where(lambda x: x.StampId == G2 and x.ID == G1),
            "full key, two Wheres": lambda c: c.VMCheckPoints.where(lambda x: x.ID == G1).where(lambda x: x.StampId == G2),
            "part key": lambda c: c.VMCheckPoints.where(lambda x: x.ID == G1),
            "non key": lambda c: c.VMCheckPoints.where(lambda x: x.Name == "one"),
            "key and non key": lambda c: c.VMCheckPoints.where(lambda x: x.ID == G1 and x.StampId == G2 and x.Name == "one"),
            "key then non key": lambda c: c.VMCheckPoints.where(lambda x: x.ID == G1 and x.StampId == G2).where(
                lambda x: x.Name == "one"
            ),
            "int key": lambda c: c.Products.where(lambda p: p.ID == 1),
            "int key reversed": lambda c: c.Products.where(lambda p: 1 == p.ID),
            "int key or": lambda c: c.Products.where(lambda p: p.ID == 1 or p.ID == 2),
            "int key gt": lambda c: c.Products.where(lambda p: p.ID > 1),
            "not key": lambda c: c.Products.where(lambda p: not (p.ID == 1)),  # noqa: SIM201
            "long key": lambda c: c.Kinds.where(lambda p: p.ID == 5000000000),
            "key and navigation": lambda c: c.Categories.where(lambda p: p.ID == 1).select_many(lambda x: x.Products),
            "key, navigation, filter": lambda c: (
                c.Categories.where(lambda p: p.ID == 1).select_many(lambda x: x.Products).where(lambda p: p.Price > 3)
            ),
        },
    )
    if play.is_v2:
        no_counterpart(play, "key then orderby [ToString]", "key then orderby", "key then take [ToString]", "key then take")
    else:
        ask(play, "key then orderby", lambda c: c.Products.where(lambda p: p.ID == 1).order_by(lambda p: p.Name))
        ask(play, "key then take", lambda c: c.Products.where(lambda p: p.ID == 1).take(1))
    ask(play, "key then expand", lambda c: c.Products.expand("Category").where(lambda p: p.ID == 1))


def query_single_ops(play: Play) -> None:
    c = play.ctx
    attempts: dict[str, Callable[[], Any]] = {
        "FirstOrDefault part key": lambda: c.VMCheckPoints.where(lambda x: x.ID == G1).first_or_default(),
        "FirstOrDefault full key": lambda: c.VMCheckPoints.where(lambda x: x.ID == G1 and x.StampId == G2).first_or_default(),
        "First": lambda: c.Products.where(lambda p: p.Name == "Bread").first(),
        "Single": lambda: c.Products.where(lambda p: p.Name == "Bread").single(),
        "SingleOrDefault": lambda: c.Products.where(lambda p: p.Name == "Bread").single_or_default(),
        "First int key": lambda: c.Products.where(lambda p: p.ID == 1).first(),
        "Single int key": lambda: c.Products.where(lambda p: p.ID == 1).single(),
    }
    for name, call in attempts.items():
        play.attempt(name, call)
    no_counterpart(play, "First with predicate", "FirstOrDefault with predicate")
    counts: dict[str, Callable[[], Any]] = {
        "Count": lambda: c.Products.count(),
        "LongCount": lambda: c.Products.long_count(),
        "Count filtered": lambda: c.Products.where(lambda p: p.Price > 2).count(),
    }
    for name, call in counts.items():
        play.attempt(name, call)
    no_counterpart(play, "Any", "Last")


def query_options(play: Play) -> None:
    ask_all(
        play,
        {
            "orderby": lambda c: c.Products.order_by(lambda p: p.Name),
            "orderby desc thenby": lambda c: (
                c.Products.order_by_descending(lambda p: p.Rating).then_by(lambda p: p.Name).then_by_descending(lambda p: p.ID)
            ),
            "skip take": lambda c: c.Products.skip(2).take(3),
            "orderby skip take where": lambda c: (
                c.Products.where(lambda p: p.Rating > 2).order_by(lambda p: p.Name).skip(1).take(2)
            ),
            "take then where": lambda c: c.Products.take(2).where(lambda p: p.Rating > 2),
            "take then orderby": lambda c: c.Products.take(2).order_by(lambda p: p.Name),
            "skip after take": lambda c: c.Products.take(5).skip(2),
            "take twice": lambda c: c.Products.take(5).take(2),
            "skip twice": lambda c: c.Products.skip(1).skip(2),
            "expand string": lambda c: c.Products.expand("Category"),
            "expand two": lambda c: c.Products.expand("Category,Supplier"),
            "expand twice": lambda c: c.Products.expand("Category").expand("Supplier"),
            "expand deep": lambda c: c.Categories.expand("Products/Supplier"),
        },
    )
    if not play.is_v2:
        ask(play, "expand lambda", lambda c: c.Products.expand(lambda p: p.Category))
    ask_all(
        play,
        {
            "AddQueryOption top": lambda c: c.Products.add_query_option("$top", 2),
            "AddQueryOption filter": lambda c: c.Products.add_query_option("$filter", "Rating gt 3"),
            "AddQueryOption custom": lambda c: c.Products.add_query_option("foo", "b a&r=1"),
        },
    )
    if play.is_v2:
        no_counterpart(play, "AddQueryOption two [ToString]", "AddQueryOption two")
    else:
        two = {"$filter": "Rating gt 3", "$orderby": "Name desc", "$select": "ID,Name"}
        ask(play, "AddQueryOption two", lambda c: reduce(lambda q, o: q.add_query_option(*o), two.items(), c.Products))
    ask_all(
        play,
        {
            "IncludeTotalCount where": lambda c: c.Products.where(lambda p: p.Rating > 1).include_total_count(),
            "two wheres": lambda c: c.Products.where(lambda p: p.Rating > 1).where(lambda p: p.Price < 10),
            "expand + orderby + take": lambda c: c.Products.expand("Category").order_by(lambda p: p.Price).take(1),
        },
    )

    def counted() -> list[int]:
        response = play.ctx.Products.include_total_count().execute()
        return [len(list(response)), response.total_count]

    play.attempt("inline count value", counted)


def query_select(play: Play) -> None:
    c = play.ctx
    play.attempt("anonymous", lambda: c.Products.select(lambda p: (p.ID, p.Name)).to_list())
    play.note("anonymous state", state(c))
    play.attempt("same type", lambda: c.Products.select("ID", "Name").to_list())
    play.note("same type state", state(c))
    attempts: dict[str, Callable[[], Any]] = {
        "scalar": lambda: c.Products.where(lambda p: p.ID == 1).select(lambda p: p.Name).to_list(),
        "nav": lambda: c.Products.where(lambda p: p.ID == 1).select_many(lambda p: p.Category).to_list(),
        "nav anonymous": lambda: c.Products.select(lambda p: (p.ID, p.Category.Name)).to_list(),
        "nav entity": lambda: c.Products.select(lambda p: (p.ID, p.Category)).to_list(),
        "complex": lambda: c.Suppliers.select(lambda p: (p.ID, p.Address)).to_list(),
    }
    for name, call in attempts.items():
        play.attempt(name, call)
    if play.is_v2:
        no_counterpart(play, "complex part")
    else:
        play.attempt("complex part", lambda: c.Suppliers.select(lambda p: (p.ID, p.Address.City)).to_list())
    more: dict[str, Callable[[], Any]] = {
        "computed": lambda: c.Products.select(lambda p: (p.Rating * 2,)).to_list(),
        "where+select": lambda: (
            c.Products.where(lambda p: p.Rating > 1).order_by(lambda p: p.Name).select(lambda p: (p.Name,)).to_list()
        ),
    }
    for name, call in more.items():
        play.attempt(name, call)


def query_functions(play: Play) -> None:
    ask_all(
        play,
        {
            "StartsWith": lambda c: c.Products.where(lambda p: p.Name.startswith("B")),
            "EndsWith": lambda c: c.Products.where(lambda p: p.Name.endswith("d")),
            "Contains": lambda c: c.Products.where(lambda p: "rea" in p.Name),
            "not Contains": lambda c: c.Products.where(lambda p: "rea" not in p.Name),
            "IndexOf": lambda c: c.Products.where(lambda p: p.Name.find("e") == 2),
            "Length": lambda c: c.Products.where(lambda p: p.Name.length() > 4),
            "Replace": lambda c: c.Products.where(lambda p: p.Name.replace("a", "b") == "x"),
            "Substring1": lambda c: c.Products.where(lambda p: p.Name[1:] == "read"),
            "Substring2": lambda c: c.Products.where(lambda p: p.Name.substring(1, 2) == "re"),
            "ToLower": lambda c: c.Products.where(lambda p: p.Name.lower() == "bread"),
            "ToUpper": lambda c: c.Products.where(lambda p: p.Name.upper() == "BREAD"),
            "Trim": lambda c: c.Products.where(lambda p: p.Name.strip() == "Bread"),
            "Concat": lambda c: c.Products.where(lambda p: p.Name.concat("x") == "Breadx"),
            "plus": lambda c: c.Products.where(lambda p: p.Name + "x" == "Breadx"),
            "Year": lambda c: c.Products.where(lambda p: p.ReleaseDate.year == 1992),
            "Month Day Hour Minute Second": lambda c: c.Products.where(
                lambda p: (
                    p.ReleaseDate.month == 1
                    and p.ReleaseDate.day == 2
                    and p.ReleaseDate.hour == 3
                    and p.ReleaseDate.minute == 4
                    and p.ReleaseDate.second == 5
                )
            ),
            "nullable Year": lambda c: c.Products.where(lambda p: p.DiscontinuedDate.year == 1992),
            "Round decimal": lambda c: c.Products.where(lambda p: round(p.Price) == 3),
            "Floor Ceiling double": lambda c: c.Kinds.where(lambda p: math.floor(p.Weight) == 3.0 and math.ceil(p.Weight) == 4.0),
        },
    )
    no_counterpart(play, "string.IsNullOrEmpty [ToString]", "string.IsNullOrEmpty")
    ask_all(
        play,
        {
            "Equals": lambda c: c.Products.where(lambda p: p.Name == "Bread"),
            "string compare": lambda c: c.Products.where(lambda p: p.Name > "Bread"),
        },
    )


def query_literals(play: Play) -> None:
    moment = datetime.datetime(2013, 8, 19, 22, 13, 9)
    values: dict[str, tuple[str, str, Any]] = {
        "datetime utc": ("When", "==", moment.replace(tzinfo=UTC)),
        "datetime unspecified": ("When", "==", moment),
        "datetime local": ("When", "==", moment.replace(tzinfo=UTC)),
        "datetime ms": ("When", "==", moment.replace(microsecond=120000, tzinfo=UTC)),
        "datetime ticks": ("When", ">", moment.replace(hour=16, microsecond=123456)),
        "datetime date": ("When", "==", datetime.datetime(2013, 8, 19)),
        "datetime min": ("When", "==", datetime.datetime.min),
        "datetime max": ("When", "==", datetime.datetime.max),
        "guid": ("RowGuid", "==", UUID("BA4146FA-FB41-41B6-A7C0-2B4FF4C3F7E3")),
        "guid empty": ("RowGuid", "==", UUID(int=0)),
        "decimal": ("Price", "==", Decimal("12.50")),
        "decimal int": ("Price", "==", Decimal(12)),
        "decimal negative": ("Price", ">", Decimal("-0.001")),
        "decimal big": ("Price", "<", Decimal("79228162514264337593543950335")),
        "long": ("Big", "==", 5000000000),
        "long small": ("Big", "==", 5),
        "long negative": ("Big", "==", -5),
        "byte": ("Tiny", "==", 200),
        "sbyte": ("Signed", "==", -5),
        "short": ("Small", "==", 300),
        "double": ("Weight", "==", 1.5),
        "double int": ("Weight", "==", 2.0),
        "double exp": ("Weight", ">", 1e30),
        "double small exp": ("Weight", ">", 1.5e-7),
        "double third": ("Weight", ">", 1.0 / 3),
        "double negative": ("Weight", "<", -1.5),
        "double nan": ("Weight", "==", float("nan")),
        "double inf": ("Weight", "==", float("inf")),
        "double -inf": ("Weight", "==", float("-inf")),
        "float": ("Ratio", "==", 1.1),
        "float int": ("Ratio", "==", 2.0),
        "float exp": ("Ratio", ">", 1e30),
        "bool": ("Flag", "==", False),
        "binary": ("Blob", "==", bytes([0, 1, 254, 255])),
        "binary empty": ("Blob", "==", b""),
        "nullable int": ("MaybeInt", "==", 3),
        "nullable decimal": ("MaybeDecimal", ">", 3),
    }
    if not play.is_v2:
        duration = datetime.timedelta(days=1, hours=2, minutes=3, seconds=4, milliseconds=5)
        east = datetime.timezone(datetime.timedelta(hours=2))
        values |= {
            "time": ("Span", "==", duration),
            "time zero": ("Span", "==", datetime.timedelta()),
            "time negative": ("Span", ">", datetime.timedelta(hours=-1)),
            "offset": ("Offset", "==", moment.replace(tzinfo=east)),
            "offset utc": ("Offset", "==", moment.replace(microsecond=500000, tzinfo=UTC)),
        }
    operators: dict[str, Callable[[Any, Any], Any]] = {
        "==": lambda a, b: a == b,
        ">": lambda a, b: a > b,
        "<": lambda a, b: a < b,
    }
    for name, (property_name, operator, value) in values.items():
        compare = operators[operator]
        ask(play, name, lambda c, p=property_name, v=value, op=compare: c.Kinds.where(lambda k: op(getattr(k, p), v)))  # type: ignore[misc]
