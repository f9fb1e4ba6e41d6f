"""A query's URL from a lambda of two conditions, against the text written by hand."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from benchmarks import data, service
from benchmarks.figures import Figure, Outcome, Scale
from benchmarks.measuring import compare
from odata3.client.context import DataServiceContext

_OWNER = UUID(data.guid(7, 2))


def _by_hand(name: str) -> str:
    text = f"Guid2 eq guid'{_OWNER}' and String1 eq '{name}'"
    return f"{data.ROOT}Machines?$filter={quote(text, safe='')}"


def _by_lambda(machines: Any, name: str) -> str:
    url: str = machines.where(lambda m: (m.Guid2 == _OWNER) & (m.String1 == name)).url
    return url


def _url(scale: Scale) -> Outcome:
    context: Any = DataServiceContext(data.ROOT, metadata=service.model())
    machines = context.Machines
    names = [f"machine {number}" for number in range(scale.loops // 20)]
    return Outcome.of(
        compare(
            lambda: [_by_hand(name) for name in names],
            lambda _: [_by_lambda(machines, name) for name in names],
            rounds=scale.rounds * 2,
        )
    )


FIGURES = (Figure("url", "query URL from a lambda of two conditions", "f-string + quote", 12, 6, _url),)
