"""Feeds into tracked entities: what people wait for."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, partial
from operator import attrgetter
from typing import Any

import requests
from lxml import etree

from benchmarks import data, service
from benchmarks.figures import Figure, Outcome, Scale
from benchmarks.measuring import Comparison, compare

URL = f"{data.ROOT}Machines"
_all = attrgetter(*data.NAMES)

#: What a dialect takes: the bytes, their media type, what to ask for, and how the floor decodes them.
_Dialect = tuple[Callable[[int], bytes], str, str, Callable[[bytes], object]]
LIGHT: _Dialect = (data.light_feed, service.LIGHT, "json", json.loads)
VERBOSE: _Dialect = (data.verbose_feed, service.VERBOSE, "verbosejson", json.loads)
ATOM: _Dialect = (data.atom_feed, service.ATOM, "atom", etree.fromstring)


def read(context: Any) -> object:
    return context, context.Machines.to_list()


def read_all(context: Any) -> object:
    """Every property once; ``attrgetter`` asks for them in C, so that what is measured is the reading."""
    entities = context.Machines.to_list()
    for entity in entities:
        _all(entity)
    return context, entities


@cache
def _asked(dialect: _Dialect, entities: int) -> requests.Session:
    write, media_type, _, _ = dialect
    return service.session({URL: service.Answer(write(entities), media_type)})


def against_floor(dialect: _Dialect, entities: int, rounds: int, work: Callable[[Any], object] = read) -> Comparison:
    """A feed fetched and decoded, and the same feed read into a fresh context."""
    session = _asked(dialect, entities)
    _, _, name, decode = dialect
    known = service.model()
    return compare(
        lambda: decode(session.get(URL).content),
        work,
        rounds=rounds,
        prepare=lambda: service.context(session, known, format=name),
    )


def forget() -> None:
    """Give up the bodies that were made: hundreds of megabytes."""
    _asked.cache_clear()


def _feed(dialect: _Dialect, work: Callable[[Any], object], scale: Scale) -> Outcome:
    return Outcome.of(against_floor(dialect, scale.entities, scale.rounds, work))


def _growth(scale: Scale) -> Outcome:
    """The ratio at the largest size over that at the smallest."""
    few = against_floor(LIGHT, scale.least, scale.rounds * 3)
    many = against_floor(LIGHT, scale.most, max(3, scale.rounds // 3))
    forget()
    return Outcome(many.ratio / few.ratio, many.best / few.best, few.own, many.own)


_JSON = "requests + json.loads"
FIGURES = (
    Figure("light", "JSON light feed → tracked entities", _JSON, 2.2, 1.3, partial(_feed, LIGHT, read)),
    Figure("light-all", "… then all 60 properties read once", _JSON, 4.0, 2.8, partial(_feed, LIGHT, read_all)),
    Figure("verbose", "JSON verbose feed → tracked entities", _JSON, 2.2, 1.3, partial(_feed, VERBOSE, read)),
    Figure("atom", "Atom feed with links → tracked entities", "requests + lxml fromstring", 3.6, 2.8, partial(_feed, ATOM, read)),
    Figure("growth", "growth: ratio at the largest feed over the smallest", "1", 1.35, 1.2, _growth),
)
