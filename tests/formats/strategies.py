"""Random values and documents of the laboratory's model, for all dialects.

Everything is native: what a client would write or a server answer with. Texts keep to what XML can hold, unless ``any_text`` is
asked for; values are such that each dialect can say them (what a dialect cannot say has tests of its own).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from odata3.edm.model import EntityType, Property, element_type
from odata3.edm.spatial import Geography, Geometry
from odata3.formats.conventions import Conventions
from odata3.formats.documents import NATIVE, Complex, Details, Entry, Feed
from tests.formats.laboratory import MODEL, ROOT

#: Characters that XML 1.0 allows, blanks and line ends among them as they stand (a carriage return only where it is escaped).
XML_TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\t\n\r", exclude_characters="\ufffe\uffff"), max_size=12
)
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)

ZONES = st.integers(-840, 840).map(lambda minutes: timezone(timedelta(minutes=minutes)))
NAIVE = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30))
AWARE = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=ZONES)
DECIMALS = st.decimals(min_value=Decimal(-(10**18)), max_value=Decimal(10**18), allow_nan=False, places=None).map(
    lambda d: d if d.as_tuple().exponent > -18 else round(d, 9)
)
NUMBER = st.floats(-180, 180, allow_nan=False).map(lambda x: round(x, 6))
POSITION = st.tuples(NUMBER, NUMBER)
RING = st.lists(POSITION, min_size=3, max_size=5).map(lambda ring: (*ring, ring[0]))


def _point(cls: type[Any]) -> st.SearchStrategy[Any]:
    return st.builds(lambda position: cls("Point", position, srid=4326 if cls is Geography else 0), POSITION)


def _line(cls: type[Any]) -> st.SearchStrategy[Any]:
    lines = st.lists(POSITION, min_size=2, max_size=4).map(tuple)
    return st.builds(lambda line: cls("LineString", line, srid=4326 if cls is Geography else 0), lines)


def _polygon(cls: type[Any]) -> st.SearchStrategy[Any]:
    rings = st.lists(RING, min_size=1, max_size=2).map(tuple)
    return st.builds(lambda parts: cls("Polygon", parts, srid=4326 if cls is Geography else 0), rings)


def _gathered(cls: type[Any]) -> st.SearchStrategy[Any]:
    members = st.lists(st.one_of(_point(cls), _line(cls)), min_size=1, max_size=3).map(tuple)
    return st.builds(lambda parts: cls("GeometryCollection", geometries=parts, srid=4326 if cls is Geography else 0), members)


def primitives(text: st.SearchStrategy[str] = XML_TEXT) -> dict[str, st.SearchStrategy[Any]]:
    """A strategy for each primitive type."""
    return {
        "Edm.Binary": st.binary(max_size=12),
        "Edm.Boolean": st.booleans(),
        "Edm.Byte": st.integers(0, 255),
        "Edm.SByte": st.integers(-128, 127),
        "Edm.Int16": st.integers(-(2**15), 2**15 - 1),
        "Edm.Int32": st.integers(-(2**31), 2**31 - 1),
        "Edm.Int64": st.integers(-(2**63), 2**63 - 1),
        "Edm.Decimal": DECIMALS,
        "Edm.Double": st.floats(),
        "Edm.Single": st.floats(width=32),
        "Edm.String": text,
        "Edm.Guid": st.uuids(),
        "Edm.DateTime": st.one_of(NAIVE, AWARE),
        "Edm.DateTimeOffset": AWARE,
        "Edm.Time": st.timedeltas(timedelta(days=-1000), timedelta(days=1000)),
        "Edm.GeographyPoint": _point(Geography),
        "Edm.GeographyPolygon": _polygon(Geography),
        "Edm.GeometryLineString": _line(Geometry),
        "Edm.GeometryCollection": _gathered(Geometry),
        "Edm.Geography": st.one_of(_point(Geography), _line(Geography)),
        "Edm.Geometry": st.one_of(_point(Geometry), _polygon(Geometry)),
    }


def values(type_name: str, text: st.SearchStrategy[str] = XML_TEXT) -> st.SearchStrategy[Any]:
    """Native values of a type of the laboratory; no nulls."""
    element = element_type(type_name)
    if element != type_name:
        return st.lists(values(element, text), max_size=3)
    if element == "Lab.Color":
        return st.sampled_from([0, 1, 7])
    if element == "Lab.Access":
        return st.integers(1, 7)
    if element in MODEL.complex_types:
        return complexes(element, text)
    return primitives(text)[element]


def complexes(type_name: str, text: st.SearchStrategy[str] = XML_TEXT) -> st.SearchStrategy[Complex]:
    """Complex values of a type or one derived from it, with some of its properties."""
    return st.sampled_from(MODEL.derived_types(type_name)).flatmap(lambda name: _complex(name, text))


@st.composite
def _complex(draw: st.DrawFn, type_name: str, text: st.SearchStrategy[str]) -> Complex:
    declared = MODEL.complex_types[type_name].properties
    found = {}
    for each in declared:
        if each.name != "Next" and draw(st.booleans()):
            found[each.name] = draw(st.none() | values(each.type, text))
    return Complex(type_name, found)


@st.composite
def properties(
    draw: st.DrawFn, entity_type: EntityType, text: st.SearchStrategy[str] = XML_TEXT, share: int = 3
) -> dict[str, Any]:
    """The key and some of the other properties, nulls among them."""
    found: dict[str, Any] = {}
    for each in entity_type.properties:
        if each.is_stream:
            continue
        if each.name in entity_type.key:
            found[each.name] = draw(_keys(each, text))
        elif draw(st.integers(0, share)) == 0:
            found[each.name] = draw(values(each.type, text) if each.is_collection else st.none() | values(each.type, text))
    return found


def _keys(declared: Property, text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    found = values(declared.type, text)
    return found.filter(bool) if declared.type == "Edm.String" else found


#: Values that every dialect can say of an undeclared property without a model.
PLAIN_DYNAMIC = st.one_of(
    XML_TEXT.filter(lambda text: "/Date(" not in text), st.booleans(), st.integers(-(2**31), 2**31 - 1), st.floats(-1e6, 1e6)
)
ETAGS = st.integers(0, 999).map(lambda number: f'W/"{number}"')
EXTRAS = st.dictionaries(st.sampled_from(["Extra", "Über", "Price2"]), PLAIN_DYNAMIC, max_size=3)


@st.composite
def entries(
    draw: st.DrawFn, set_name: str, text: st.SearchStrategy[str] = XML_TEXT, *, expand: bool = True, extras: Any = EXTRAS
) -> Entry:
    """An entity of a set, as a server would answer with it: with an ETag where its type has concurrency, links by convention."""
    base = MODEL.entity_sets[set_name].type
    entity_type = MODEL.entity_types[draw(st.sampled_from(MODEL.derived_types(base)))]
    found = draw(properties(entity_type, text))
    if entity_type.open_type:
        found.update(draw(extras))
    inline: dict[str, Entry | Feed | None] = {}
    if expand:
        for navigation in entity_type.navigation_properties:
            if draw(st.integers(0, 2)):
                continue
            target = MODEL.target_set(MODEL.entity_sets[set_name], navigation)
            assert target is not None
            if navigation.is_collection:
                inline[navigation.name] = draw(feeds(target.name, text, expand=False))
            else:
                inline[navigation.name] = draw(st.none() | entries(target.name, text, expand=False))
    etag = draw(ETAGS) if entity_type.etag_properties else draw(st.none() | ETAGS)
    details = draw(streamed(set_name, entity_type, found)) if entity_type.has_stream or draw(st.booleans()) else None
    return Entry(entity_type.full_name, found, etag=etag, inline=inline, details=details)


@st.composite
def streamed(draw: st.DrawFn, set_name: str, entity_type: EntityType, found: dict[str, Any]) -> Details:
    """The details of convention, with what only a server knows of its streams."""
    conventions = Conventions(MODEL, ROOT, MODEL.entity_sets[set_name], entity_type, NATIVE)
    instance = conventions.instance(found)
    assert instance is not None
    link = instance + conventions.suffix
    details = conventions.details(link, link)
    if details.media is not None:
        details.media = replace(details.media, content_type="image/png", etag=draw(st.none() | ETAGS))
    for name, stream in details.streams.items():
        details.streams[name] = replace(
            stream, content_type=draw(st.none() | st.just("image/jpeg")), etag=draw(st.none() | ETAGS)
        )
    return details


@st.composite
def feeds(draw: st.DrawFn, set_name: str, text: st.SearchStrategy[str] = XML_TEXT, *, expand: bool = True) -> Feed:
    """A page of a set."""
    return Feed(
        draw(st.lists(entries(set_name, text, expand=expand), max_size=3)),
        count=draw(st.none() | st.integers(0, 10**6)),
        next_link=draw(st.none() | st.just(f"{ROOT}{set_name}?$skiptoken=5")),
    )


SET_NAMES = st.sampled_from(["Probes", "Benches", "Films", "Notes", "Pairs", "Samples"])
