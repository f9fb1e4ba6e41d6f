"""``$metadata`` into a context that can be worked with: model, a set, a class."""

from __future__ import annotations

from functools import partial

from lxml import etree

from benchmarks import data
from benchmarks.figures import Figure, Outcome, Scale
from benchmarks.measuring import Comparison, compare
from odata3.client.context import DataServiceContext

#: So many properties a type: 500 types have 20,000.
PROPERTIES = 40


def usable(document: bytes) -> object:
    context = DataServiceContext(data.ROOT, metadata=document)
    return context, context.Machines, context.types.Machine


def against_floor(types: int, rounds: int, properties: int = PROPERTIES) -> Comparison:
    document = data.metadata(types, properties)
    return compare(lambda: etree.fromstring(document), lambda _: usable(document), rounds=rounds)


def _metadata(types: int, scale: Scale) -> Outcome:
    return Outcome.of(against_floor(min(types, scale.types), scale.rounds * 2 if types < 100 else scale.rounds))


FIGURES = tuple(
    Figure(
        f"metadata-{types}",
        f"$metadata → usable context, {types} types, {types * PROPERTIES:,} properties",
        "lxml fromstring",
        8,
        5,
        partial(_metadata, types),
    )
    for types in (70, 500)
)
