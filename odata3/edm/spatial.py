"""``Edm.Geography*`` and ``Edm.Geometry*``: frozen values that speak GeoJSON and well-known text.

::

    {"type": "Point", "coordinates": [lon, lat], "crs": {"type": "name", "properties": {"name": "EPSG:4326"}}}
    SRID=4326;POINT (lon lat)

A :class:`Geography` lies on the globe (longitude first, SRID 4326 unless said), a :class:`Geometry` on a plane (SRID 0). Both
give ``__geo_interface__``, so that shapely's ``shape()`` and its kin take them as they are. GML, where a geography's latitude
comes first, is written and read by the Atom format from ``coordinates`` and ``geometries``.

Source: digest section 3; RFC 7946 with the ``crs`` member of the 2008 draft; OGC simple features for the text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self, TypeVar

#: How deep the coordinates of each shape nest below a position; a collection has members instead.
_DEPTH = {"Point": 0, "LineString": 1, "MultiPoint": 1, "Polygon": 2, "MultiLineString": 2, "MultiPolygon": 3}
_SHAPES = (*_DEPTH, "GeometryCollection")
#: The grammar of URLs calls a collection by half its name.
_SHAPES_IN_WKT = {**{name.upper(): name for name in _SHAPES}, "COLLECTION": "GeometryCollection"}
_MAX_NESTING = 60

Position = tuple[float, ...]
S = TypeVar("S", bound="Spatial")


@dataclass(frozen=True, slots=True)
class Spatial:
    """What geographies and geometries share; make one of those.

    ``type`` is GeoJSON's word (``Point``, ``LineString``, ``Polygon``, ``MultiPoint``, ``MultiLineString``, ``MultiPolygon``,
    ``GeometryCollection``), ``coordinates`` nested tuples of floats (empty for an empty shape), ``geometries`` the members of a
    collection, ``srid`` the number of the reference system. Lists are taken and turned into tuples; what is no such shape
    raises ValueError.
    """

    type: str
    coordinates: tuple[Any, ...] = ()
    geometries: tuple[Any, ...] = ()
    srid: int = 0

    family: ClassVar[str] = ""

    def __post_init__(self) -> None:
        depth = _DEPTH.get(self.type)
        if depth is None and self.type != "GeometryCollection":
            raise ValueError(f"no spatial type: {self.type!r}; the types are {', '.join(_SHAPES)}")
        if type(self.srid) is not int or self.srid < 0:
            raise ValueError(f"an SRID is a whole number: {self.srid!r}")
        members = tuple(self.geometries)
        if depth is None:
            if self.coordinates or not all(type(member) is type(self) for member in members):
                raise ValueError(f"a GeometryCollection holds {self.family.lower()} values, no coordinates")
        elif members:
            raise ValueError(f"a {self.type} has no members")
        object.__setattr__(self, "geometries", members)
        object.__setattr__(self, "coordinates", () if depth is None else _coordinates(self.coordinates, depth))

    @property
    def edm_type(self) -> str:
        """``Edm.GeographyPoint``, ``Edm.GeometryCollection``, ..."""
        return f"Edm.{self.family}{self.type.removeprefix('Geometry')}"

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        if self.type == "GeometryCollection":
            return {"type": self.type, "geometries": [member.__geo_interface__ for member in self.geometries]}
        return {"type": self.type, "coordinates": self.coordinates}

    def to_geojson(self) -> dict[str, Any]:
        """The JSON form, with ``crs`` at the top wherever the SRID says something."""
        found = _geojson(self)
        if self.srid or self.family == "Geography":
            found["crs"] = {"type": "name", "properties": {"name": f"EPSG:{self.srid}"}}
        return found

    def to_wkt(self) -> str:
        """``SRID=4326;POINT (lon lat)``: the text inside a ``geography'…'`` literal."""
        return f"SRID={self.srid};{_wkt(self)}"

    def __str__(self) -> str:
        return self.to_wkt()

    @classmethod
    def from_geojson(cls, raw: Any) -> Self:
        """A value from decoded GeoJSON, ``raw``, or from anything with ``__geo_interface__``. ValueError if it is none."""
        raw = getattr(raw, "__geo_interface__", raw)
        if not isinstance(raw, Mapping):
            raise ValueError(f"not GeoJSON: {str(raw)[:80]!r}")
        return _of_geojson(cls, raw, _srid_of(raw), 0)

    @classmethod
    def from_wkt(cls, text: str) -> Self:
        """A value from well-known text, ``SRID=n;`` before it or not. ValueError if it is none."""
        found: Self = _WktReader(cls, text).read()
        return found


@dataclass(frozen=True, slots=True)
class Geography(Spatial):
    """A shape on the globe; positions are longitude, latitude[, elevation[, measure]]."""

    srid: int = 4326

    family: ClassVar[str] = "Geography"


@dataclass(frozen=True, slots=True)
class Geometry(Spatial):
    """A shape on a plane; positions are x, y[, z[, m]]."""

    family: ClassVar[str] = "Geometry"


def _coordinates(raw: Any, depth: int) -> tuple[Any, ...]:
    if not isinstance(raw, list | tuple):
        raise ValueError(f"coordinates are lists of numbers: {str(raw)[:80]!r}")
    if depth:
        return tuple(_coordinates(part, depth - 1) for part in raw)
    if raw and not 2 <= len(raw) <= 4:
        raise ValueError(f"a position has two to four numbers: {raw!r}")
    return tuple(map(_number, raw))


def _number(raw: Any) -> float:
    if type(raw) is bool or not isinstance(raw, int | float | Decimal):
        raise ValueError(f"a coordinate is a number: {raw!r}")
    try:
        number = float(raw)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"a coordinate is a finite number: {str(raw)[:80]}")
    return number


# --- GeoJSON ----------------------------------------------------------------------------------------------------------------


def _geojson(value: Spatial) -> dict[str, Any]:
    if value.type == "GeometryCollection":
        return {"type": value.type, "geometries": [_geojson(member) for member in value.geometries]}
    return {"type": value.type, "coordinates": _lists(value.coordinates)}


def _lists(part: tuple[Any, ...]) -> list[Any]:
    return [_lists(inner) if type(inner) is tuple else inner for inner in part]


def _of_geojson(cls: type[S], raw: Mapping[str, Any], srid: int | None, nesting: int) -> S:
    kind = raw.get("type")
    extra: dict[str, Any] = {} if srid is None else {"srid": srid}
    if kind != "GeometryCollection":
        return cls(str(kind), raw.get("coordinates", ()), **extra)
    members = raw.get("geometries")
    if not isinstance(members, list | tuple) or nesting == _MAX_NESTING:
        raise ValueError("a GeometryCollection has a list of geometries, nested sixty deep at most")
    found = []
    for member in members:
        if not isinstance(member, Mapping):
            raise ValueError(f"not GeoJSON: {str(member)[:80]!r}")
        found.append(_of_geojson(cls, member, srid, nesting + 1))
    return cls(kind, (), tuple(found), **extra)


_epsg = re.compile(r"(?:urn:ogc:def:crs:)?EPSG:(?:[0-9.]*:)?([0-9]{1,9})", re.IGNORECASE | re.ASCII).fullmatch


def _srid_of(raw: Mapping[str, Any]) -> int | None:
    crs = raw.get("crs")
    if crs is None:
        return None
    properties = crs.get("properties") if isinstance(crs, Mapping) else None
    name = properties.get("name") if isinstance(properties, Mapping) else None
    found = _epsg(name) if isinstance(name, str) else None
    if found is None:
        raise ValueError(f"a crs names an EPSG code: {str(crs)[:80]}")
    return int(found[1])


# --- well-known text --------------------------------------------------------------------------------------------------------


def _wkt(value: Spatial) -> str:
    name = value.type.upper()
    if value.type == "GeometryCollection":
        return f"{name} ({', '.join(map(_wkt, value.geometries))})" if value.geometries else f"{name} EMPTY"
    if not value.coordinates:
        return f"{name} EMPTY"
    if value.type == "MultiPoint":
        return f"{name} ({', '.join(_wkt_part(point, 0) for point in value.coordinates)})"
    return f"{name} {_wkt_part(value.coordinates, _DEPTH[value.type])}"


def _wkt_part(part: tuple[Any, ...], depth: int) -> str:
    if not part:
        return "EMPTY"
    if depth == 0:
        return f"({_wkt_position(part)})"
    if depth == 1 and all(part):
        return f"({', '.join(map(_wkt_position, part))})"
    return f"({', '.join(_wkt_part(inner, depth - 1) for inner in part)})"


def _wkt_position(position: Position) -> str:
    return " ".join(repr(number).removesuffix(".0").replace("e", "E") for number in position)


_token = re.compile(r"\s*([A-Za-z]+|[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[(),])", re.ASCII).match
_srid_prefix = re.compile(r"\s*SRID\s*=\s*([0-9]{1,9})\s*;", re.IGNORECASE | re.ASCII).match


class _WktReader:
    """One text, from left to right."""

    def __init__(self, cls: type[Any], text: str) -> None:
        self._cls = cls
        self._text = text
        prefix = _srid_prefix(text)
        self._extra = {} if prefix is None else {"srid": int(prefix[1])}
        self._tokens = self._scan(prefix.end() if prefix else 0)
        self._next = next(self._tokens)

    def _scan(self, at: int) -> Iterator[str]:
        text = self._text.rstrip()
        while at < len(text):
            found = _token(text, at)
            if found is None:
                raise self._refusal()
            at = found.end()
            yield found[1]
        while True:
            yield ""

    def _refusal(self) -> ValueError:
        return ValueError(f"not well-known text: {self._text[:80]!r}")

    def _take(self, *expected: str) -> str:
        found = self._next
        if expected and found not in expected:
            raise self._refusal()
        self._next = next(self._tokens)
        return found

    def read(self) -> Any:
        found = self._shape(0)
        if self._next:
            raise self._refusal()
        return found

    def _shape(self, nesting: int) -> Any:
        name = _SHAPES_IN_WKT.get(self._take().upper())
        if name is None or nesting > _MAX_NESTING:
            raise self._refusal()
        if self._next.upper() in ("Z", "M", "ZM"):
            self._take()
        if self._empty():
            return self._cls(name, **self._extra)
        if name == "GeometryCollection":
            self._take("(")
            if self._next == ")":
                self._take()
                return self._cls(name, **self._extra)
            members = [self._shape(nesting + 1)]
            while self._take(",", ")") == ",":
                members.append(self._shape(nesting + 1))
            return self._cls(name, (), tuple(members), **self._extra)
        return self._cls(name, self._part(_DEPTH[name], loose=name == "MultiPoint"), **self._extra)

    def _empty(self) -> bool:
        if self._next.upper() != "EMPTY":
            return False
        self._take()
        return True

    def _part(self, depth: int, *, loose: bool = False) -> tuple[Any, ...]:
        """A parenthesis: of one position, of positions, or of parentheses. ``loose``: positions may have their own, or not."""
        if self._empty():
            return ()
        self._take("(")
        if depth == 0:
            found = self._position()
            self._take(")")
            return found
        if self._next == ")":  # the protocol's grammar writes "MultiPoint()" for an empty one
            self._take()
            return ()
        parts = [self._inner(depth, loose)]
        while self._take(",", ")") == ",":
            parts.append(self._inner(depth, loose))
        return tuple(parts)

    def _inner(self, depth: int, loose: bool) -> tuple[Any, ...]:
        if depth > 1 or (loose and (self._next == "(" or self._next.upper() == "EMPTY")):
            return self._part(depth - 1)
        return self._position()

    def _position(self) -> Position:
        numbers: list[float] = []
        while self._next not in (",", ")"):
            token = self._take()
            try:
                numbers.append(float(token))
            except ValueError:
                raise self._refusal() from None
        return tuple(numbers)
