"""Bad input, item by item: what cannot become a query is refused, with the part that is wrong and what to write instead."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from docs.farm import MODEL

from odata3.client.context import DataServiceContext
from odata3.errors import QueryTranslationError
from odata3.wire.messages import Request, Response


class Nobody:
    """A transport that must not be asked."""

    def send(self, request: Request) -> Response:
        raise AssertionError(f"{request.method} {request.url} was sent")

    def close(self) -> None: ...


@pytest.fixture
def ctx() -> DataServiceContext:
    return DataServiceContext("http://farm.example/", metadata=MODEL, transport=Nobody())


def refused(make: Callable[[], Any], *words: str) -> None:
    with pytest.raises(QueryTranslationError) as caught:
        make()
    message = str(caught.value)
    for word in words:
        assert word in message, message


# --- what tracing cannot see ------------------------------------------------------------------------------------------------


def unset(value: Any) -> Any:
    return value is None


def unset_in_a_branch(value: Any) -> Any:
    if value is None:
        return False
    return value == "x"


def unset_deeper(value: Any) -> Any:
    return unset_in_a_branch(value)


class Rule:
    def holds(self, machine: Any) -> Any:
        return machine.Owner is not None and machine.Enabled


IS = ("Owner", "`is`", "== None")
HELPER = ("`is`", "== None")


@pytest.mark.parametrize(
    ("predicate", "words"),
    [
        (lambda m: m.Owner is None, IS),
        (lambda m: m.Owner is not None, IS),
        (lambda m: m.Owner is None and m.Enabled, IS),
        (lambda m: m.Enabled and m.Owner is not None, IS),
        (lambda m: m.Enabled if m.Owner is None else m.Memory > 1, IS),
        (lambda m: m.Memory > 1 if m.Owner is not None else m.Enabled, IS),
        (lambda m: not (m.Owner is None), IS),  # noqa: E714
        (lambda m: m.Host.City is None, ("Host.City", "`is`", "== None")),
        (lambda m: m.Checkpoints.any(lambda c: c.Name is None), ("c.Name", "`is`", "== None")),
        (lambda m: unset(m.Owner) or m.Enabled, ("unset", *HELPER)),
        (lambda m: unset_in_a_branch(m.Owner), ("unset_in_a_branch", *HELPER)),
        (lambda m: unset_deeper(m.Owner), ("unset_in_a_branch", *HELPER)),
        (lambda m: functools.partial(unset_in_a_branch, m.Owner)(), ("unset_in_a_branch", *HELPER)),
        (Rule().holds, ("machine.Owner", *HELPER)),
        (lambda m: m.ID == 1 & m.Memory == 2, ("&", "parentheses", "(p.A == 1) & (p.B == 2)")),
        (lambda m: m.ID == 1 | m.Memory == 2, ("|", "parentheses", "(p.A == 1) | (p.B == 2)")),
        (lambda m: m.Enabled & m.Memory == 2, ("Memory", "&", "parentheses")),
        (lambda m: ~m.Memory == 2, ("Memory", "~")),
        (lambda m: m.Name in {"a", "b"}, ("hash", "Name", "list or tuple")),
        (lambda m: m.Name in frozenset("ab"), ("hash", "Name", "list or tuple")),
        (lambda m: m.Name in {"a": 1}, ("hash", "Name", "list or tuple")),
        (lambda m: {"a": 1}[m.Name] == m.ID, ("hash", "Name", "list or tuple")),
        (lambda m: {"a": 1}.get(m.Name) == m.ID, ("hash", "Name")),
        (lambda m: f"{m.Name}" == "x", ("formatting", "Name", "+ joins")),
        (lambda m: f"{m.Memory:05}" == "x", ("formatting", "Memory", "+ joins")),
        (lambda m: "{}".format(m.Name) == "x", ("formatting", "Name", "+ joins")),  # noqa: UP032
        (lambda m: "%s" % m.Name == "x", ("text", "Name", "+ joins")),  # noqa: UP031
        (lambda m: str(m.Name) == "x", ("text", "Name", "+ joins")),
        (lambda m: f"{m.Name!r}" == "x", ("text", "Name")),
        (lambda m: str(m.Host) == "x", ("text", "Host")),
        (lambda m: [c for c in m.Name] == ["x"], ("iterating", "Name", ".contains()")),
        (lambda m: any(t == "x" for t in m.Tags), ("iterating", "Tags", ".any(lambda")),
        (lambda m: [c.Name for c in m.Checkpoints] == [], ("iterating", "Checkpoints", ".any(lambda")),
        (lambda m: isinstance(m.Name, str), ("isinstance()", "Name", ".is_of(T)")),
        (lambda m: isinstance(m, dict), ("isinstance()", ".is_of(T)")),
        (lambda m: int(m.Load) == 1, ("int()", "Load", ".cast('Edm.Int32')")),
        (lambda m: float(m.Cost) == 1, ("float()", "Cost", ".cast('Edm.Double')")),
        (lambda m: len(m.Name) == 1, ("len()", "Name", ".length()")),
        (lambda m: len(m.Tags) == 1, ("len()", "Tags", ".any()")),
        (lambda m: len(m.Checkpoints) > 0, ("len()", "Checkpoints", ".any()")),
        (lambda m: type(m.Name) is str, ("`is`", ".is_of(T)")),
        (lambda m: type(m.Name) == str or m.Enabled, ("type()", ".is_of(T)")),  # noqa: E721
    ],
)
def test_what_tracing_cannot_see(ctx: DataServiceContext, predicate: Any, words: tuple[str, ...]) -> None:
    refused(lambda: ctx.Machines.where(predicate), *words)


# --- what is no condition ---------------------------------------------------------------------------------------------------


def flip(m: Any) -> Any:
    return m.ID == 1 if random.random() < 0.5 else m.Memory == 2


def changing() -> Callable[[Any], Any]:
    answers = iter([True, False] * 100)
    return lambda m: m.Enabled if next(answers) else m.ID == 1


PAIRS = [(number, str(number)) for number in range(12)]


@pytest.mark.parametrize(
    ("predicate", "words"),
    [
        (lambda m: True, ("plain True",)),
        (lambda m: m.ID == 1 or True, ("plain True",)),
        (lambda m: "a" == "b", ("plain False", "by Python alone")),
        (lambda m: None, ("None", "return a condition")),
        (lambda m: 5, ("int", "no condition")),
        (lambda m: m.Name, ("Name", "compare it")),
        (lambda m: m.Memory and m.Enabled, ("Memory", "Memory != None")),
        (lambda m: m.Host, ("Host", "compare it")),
        (lambda m: m.Tags, ("Tags", "compare it")),
        (changing(), ("again", "before the lambda")),
        (lambda m: any(m.ID == i and m.Name == n for i, n in PAIRS), ("paths", "& | ~")),
    ],
)
def test_what_is_no_condition(ctx: DataServiceContext, predicate: Any, words: tuple[str, ...]) -> None:
    refused(lambda: ctx.Machines.where(predicate), *words)


def test_a_lambda_that_tosses_a_coin(ctx: DataServiceContext) -> None:
    """It is refused when both calls differ; when they do not, what comes out is what it said."""
    said = set()
    for seed in range(20):
        random.seed(seed)
        try:
            said.add(str(ctx.Machines.where(flip)._options.filter))
        except QueryTranslationError as error:
            said.add("refused" if "again" in str(error) else str(error))
    assert said == {"refused", "ID eq 1", "Memory eq 2L"}


# --- what cannot be filtered as it is written -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("predicate", "words"),
    [
        (lambda m: m.Tags == ["a"], ("Tags", ".any(lambda")),
        (lambda m: m.Network == 5, ("Network", "compare its", "properties")),
        (lambda m: m.Host == m.Host, ("Host", "key properties")),
        (lambda m: m.Checkpoints.Name == "x", ("Checkpoints", ".any(lambda x: x.Name")),
        (lambda m: m.Place < m.Place, ("Place", "no order")),
        (lambda m: m.Name.year == 1, ("year", "Edm.String")),
        (lambda m: m.Memory.startswith("1"), ("startswith", "Memory", "Edm.Int64")),
        (lambda m: m.Nmae == "x", ("Nmae", "did you mean 'Name'")),
        (lambda m: m.Name.ToLower() == "x", ("ToLower", ".lower()")),
        (lambda m: m.Name.Length == 3, ("Length", "length")),
        (lambda m: m.Lag > 3, ("Farm.Machine", "Lag")),
        (lambda m: m.is_of("Farm.Host"), ("Farm.Host", "not derived")),
        (lambda m: m.Name == 5, ("Name", "Edm.String", "int")),
        (lambda m: m.Memory == "5x", ("Memory", "Edm.Int64")),
        (lambda m: m.Priority == 300, ("Priority", "Edm.Byte", "300")),
        (lambda m: m.Modified > datetime(2013, 8, 1), ("Modified", "Edm.DateTimeOffset", "offset")),
        (lambda m: m.State == "Runing", ("State", "Runing", "Running")),
        (lambda m: m.Serial == "not a guid", ("Serial", "Edm.Guid")),
        (lambda m: m.Cost > m.Load, ("Cost", "Load", "cast")),
        (lambda m: m.Name == m.ID, ("Name", "ID", "cast")),
        (lambda m: m.Created + 1 > m.Created, ("Created", "arithmetic")),
    ],
)
def test_what_cannot_be_filtered_as_it_is_written(ctx: DataServiceContext, predicate: Any, words: tuple[str, ...]) -> None:
    refused(lambda: ctx.Machines.where(predicate), *words)


# --- illegal orders ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda c: c.Machines.take(1).where(lambda m: m.Enabled), ("where", "after take")),
        (lambda c: c.Machines.skip(1).where(lambda m: m.Enabled), ("where", "after skip")),
        (lambda c: c.Machines.take(1).order_by("Name"), ("order_by", "after take")),
        (lambda c: c.Machines.take(1).skip(1), ("skip", "after take", "skips first")),
        (lambda c: c.Machines.then_by("Name"), ("then_by", "after order_by")),
        (lambda c: c.Machines.select("Name").select("ID"), ("once",)),
        (lambda c: c.Machines.select(lambda m: m.Name).where(lambda m: m.Enabled), ("where", "before select")),
        (lambda c: c.Machines.select(lambda m: m.Name).order_by("Name"), ("order_by", "before select")),
        (lambda c: c.Machines.select(lambda m: m.Name).select("Name"), ("once",)),
        (lambda c: c.Machines.select(lambda m: m.Name).by_key(1), ("by_key", "before select")),
        (lambda c: c.Machines.of_type("Replica").of_type("Replica"), ("of_type", "once")),
        (lambda c: c.Machines.select_many("Checkpoints"), ("select_many", "look it up")),
        (lambda c: c.Machines.by_key(1).where(lambda m: m.Enabled), ("where", "Machines(1) is one entity")),
        (lambda c: c.Machines.by_key(1).by_key(1), ("by_key", "one entity")),
        (lambda c: c.Machines.by_key(1).order_by("Name"), ("order_by", "one entity")),
        (lambda c: c.Machines.by_key(1).take(1), ("take", "one entity")),
        (lambda c: c.Machines.by_key(1).select_many("Host").skip(1), ("skip", "Machines(1)/Host is one entity")),
        (lambda c: c.Machines.order_by(lambda m: m.Tags), ("Tags", "no order")),
        (lambda c: c.Machines.order_by(lambda m: m.Host), ("Host", "no order")),
        (lambda c: c.Machines.order_by(lambda m: m.Tags.any()), ("any()", "cannot be ordered by")),
        (lambda c: c.Machines.expand("Name"), ("Name", "navigation")),
        (lambda c: c.Machines.expand(lambda m: m.Name), ("Name", "navigation")),
        (lambda c: c.Machines.select("Nmae"), ("Nmae", "Name")),
        (lambda c: c.Machines.select(lambda m: f"{m.Name}"), ("formatting", "Name")),
        (lambda c: c.Machines.select(lambda m: m.Name if m.Enabled else m.Owner), ("Enabled", "filter")),
        (lambda c: c.Machines.select(lambda m: 5), ("nothing of the row",)),
        (lambda c: c.Machines.where(c.types.Host.City == "x"), ("City", "Farm.Host", "Farm.Machine")),
        (lambda c: c.Machines.where(True), ("True", "by Python already")),
        (lambda c: c.Machines.where(""), ("empty",)),
        (lambda c: c.Machines.where("Name eq 'x'").add_query_option("$filter", "Enabled"), ("$filter", "already")),
        (lambda c: c.Machines.add_query_option("$apply", "x"), ("$apply",)),
    ],
)
def test_steps_in_no_order_that_a_service_knows(ctx: DataServiceContext, make: Any, words: tuple[str, ...]) -> None:
    refused(lambda: make(ctx), *words)
