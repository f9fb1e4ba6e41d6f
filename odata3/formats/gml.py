"""Spatial values in Atom: GML elements, and the raw forms that hold them.

::

    <d:Home m:type="Edm.GeographyPoint">
      <gml:Point gml:srsName="http://www.opengis.net/def/crs/EPSG/0/4326"><gml:pos>47.6 -122.1</gml:pos></gml:Point>
    </d:Home>

A geography's positions are latitude, longitude here, and longitude, latitude everywhere else (digest section 3, P39); a
geometry's are x, y. Written is what .NET's ``GmlFormatter`` writes; read are also position lists, GML 2 and the single-member
spellings.

Source: GML 3.1.1 simple features profile, as used by the OData V3 Atom format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from lxml import etree

from odata3.edm.spatial import Geography, Geometry, Position, Spatial
from odata3.errors import PayloadError
from odata3.markup import NS, parse


class GmlText(str):
    """A spatial value as it stood in an Atom document: its GML element, serialized with the namespaces it needs."""

    __slots__ = ()


class Typed(NamedTuple):
    """The raw form of a value in Atom whose name no model declares: what its ``m:type`` says, and the value."""

    type_name: str | None
    raw: Any


_SRS = "http://www.opengis.net/def/crs/EPSG/0/"
_finds_srid = re.compile(r"([0-9]{1,9})\s*\Z", re.ASCII).search
_is_number = re.compile(r"[-+]?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][-+]?[0-9]++)?", re.ASCII).fullmatch

_Family = type[Geography] | type[Geometry]

#: Elements that hold one member each, or several.
_MEMBERS = {
    "MultiPoint": ("pointMember", "pointMembers"),
    "MultiCurve": ("curveMember", "curveMembers", "lineStringMember"),
    "MultiLineString": ("lineStringMember", "curveMember", "curveMembers"),
    "MultiSurface": ("surfaceMember", "surfaceMembers", "polygonMember"),
    "MultiPolygon": ("polygonMember", "surfaceMember", "surfaceMembers"),
    "MultiGeometry": ("geometryMember", "geometryMembers"),
}
_SHAPES = {
    "Point": "Point",
    "LineString": "LineString",
    "Polygon": "Polygon",
    "MultiPoint": "MultiPoint",
    "MultiCurve": "MultiLineString",
    "MultiLineString": "MultiLineString",
    "MultiSurface": "MultiPolygon",
    "MultiPolygon": "MultiPolygon",
    "MultiGeometry": "GeometryCollection",
}


def gml_text(element: etree._Element) -> GmlText:
    """The raw form of a GML element."""
    return GmlText(etree.tostring(element, encoding="unicode", with_tail=False))


def read_gml(text: GmlText, type_name: str) -> Spatial:
    """The value of a GML element. Raises ValueError for what is no GML, or not of the type."""
    try:
        element = parse(text.encode())
    except PayloadError as error:
        raise ValueError(f"not GML: {error}") from error
    family: _Family = Geometry if type_name.startswith("Edm.Geometry") else Geography
    value = _read(element, family, 0 if family is Geometry else 4326)
    if type_name not in (value.edm_type, "Edm.Geography", "Edm.Geometry"):
        raise ValueError(f"a {value.edm_type} stands where a {type_name} is due")
    return value


def write_gml(value: Spatial) -> GmlText:
    """The GML element of a value, with the namespace it needs."""
    srid = f' gml:srsName="{_SRS}{value.srid}"' if value.srid or isinstance(value, Geography) else ""
    return GmlText(_written(value, f' xmlns:gml="{NS.GML}"{srid}'))


# Reading -----------------------------------------------------------------------------------------------------------------------


def _read(element: etree._Element, family: _Family, srid: int) -> Spatial:
    name = _local(element)
    if name == "where" and len(element) == 1:
        return _read(element[0], family, srid)
    shape = _SHAPES.get(name)
    if shape is None:
        raise ValueError(f"the GML element {name!r} is no shape that OData knows")
    srid = _srid(element, srid)
    swap = family is Geography
    if shape == "GeometryCollection":
        return family(shape, (), tuple(_read(member, family, srid) for member in _members(element)), srid)
    return family(shape, _coordinates(element, shape, swap), (), srid)


def _coordinates(element: etree._Element, shape: str, swap: bool) -> tuple[Any, ...]:
    if shape == "Point":
        positions = list(_positions(element, swap))
        if len(positions) > 1:
            raise ValueError("a gml:Point with several positions")
        return positions[0] if positions else ()
    if shape == "LineString":
        return tuple(_positions(element, swap))
    if shape == "Polygon":
        return tuple(_rings(element, swap))
    member_shape = shape.removeprefix("Multi")
    members = list(_members(element))
    for member in members:
        if _SHAPES.get(_local(member)) != member_shape:
            raise ValueError(f"a {shape} holds a {_local(member)!r}")
    return tuple(_coordinates(member, member_shape, swap) for member in members)


def _rings(element: etree._Element, swap: bool) -> Iterator[tuple[Position, ...]]:
    """The outer ring, then the inner ones."""
    found: dict[bool, list[tuple[Position, ...]]] = {True: [], False: []}
    for child in element:
        name = _local(child)
        if name in ("exterior", "outerBoundaryIs", "interior", "innerBoundaryIs"):
            for ring in child:
                found[name in ("exterior", "outerBoundaryIs")].append(tuple(_positions(ring, swap)))
    if len(found[True]) > 1 or (found[False] and not found[True]):
        raise ValueError("a gml:Polygon has one outer ring")
    yield from found[True]
    yield from found[False]


def _members(element: etree._Element) -> Iterator[etree._Element]:
    wanted = _MEMBERS[_local(element)]
    for child in element:
        if _local(child) in wanted:
            yield from child


def _positions(element: etree._Element, swap: bool) -> Iterator[Position]:
    for child in element:
        name = _local(child)
        text = child.text or ""
        if name == "pos":
            numbers = _numbers(text)
            if numbers:
                yield _position(numbers, swap)
        elif name == "posList":
            numbers = _numbers(text)
            size = _dimension(child, element)
            if len(numbers) % size:
                raise ValueError(f"a gml:posList of {len(numbers)} numbers, {size} to a position")
            for start in range(0, len(numbers), size):
                yield _position(numbers[start : start + size], swap)
        elif name == "coordinates":
            for position in text.split():
                yield _position(_numbers(position.replace(",", " ")), swap)
        elif name == "pointMember" or name == "pointProperty":
            for point in child:
                yield from _positions(point, swap)


def _position(numbers: list[float], swap: bool) -> Position:
    if not 2 <= len(numbers) <= 4:
        raise ValueError(f"a GML position of {len(numbers)} numbers")
    return (numbers[1], numbers[0], *numbers[2:]) if swap else tuple(numbers)


def _numbers(text: str) -> list[float]:
    words = text.split()
    for word in words:
        if not _is_number(word):
            raise ValueError(f"{word[:40]!r} is no coordinate")
    return [float(word) for word in words]


def _dimension(*elements: etree._Element) -> int:
    for element in elements:
        said = element.get("srsDimension") or element.get(f"{{{NS.GML}}}srsDimension")
        if said in ("2", "3", "4"):
            return int(said)
        if said is not None:
            raise ValueError(f"an srsDimension of {said!r}")
    return 2


def _srid(element: etree._Element, inherited: int) -> int:
    name = element.get(f"{{{NS.GML}}}srsName") or element.get("srsName")
    if name is None:
        return inherited
    found = _finds_srid(name)
    if found is None:
        raise ValueError(f"an srsName ends in an EPSG number, not {name[:80]!r}")
    return int(found[1])


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


# Writing -----------------------------------------------------------------------------------------------------------------------


def _written(value: Spatial, attributes: str) -> str:
    if value.type == "GeometryCollection":
        members = "".join(_written(member, "") for member in value.geometries)
        return _element("MultiGeometry", _element("geometryMembers", members) if members else "", attributes)
    return _shape_text(value.type, value.coordinates, isinstance(value, Geography), attributes)


def _shape_text(shape: str, coordinates: tuple[Any, ...], swap: bool, attributes: str = "") -> str:
    if shape == "Point":
        return _element("Point", _pos(coordinates, swap), attributes)
    if shape == "LineString":
        return _element("LineString", "".join(_pos(p, swap) for p in coordinates), attributes)
    if shape == "Polygon":
        rings = [_element("LinearRing", "".join(_pos(p, swap) for p in ring)) for ring in coordinates]
        inner = "".join(_element("exterior" if place == 0 else "interior", ring) for place, ring in enumerate(rings))
        return _element("Polygon", inner, attributes)
    name, holder, member = {
        "MultiPoint": ("MultiPoint", "pointMembers", "Point"),
        "MultiLineString": ("MultiCurve", "curveMembers", "LineString"),
        "MultiPolygon": ("MultiSurface", "surfaceMembers", "Polygon"),
    }[shape]
    members = "".join(_shape_text(member, part, swap) for part in coordinates)
    return _element(name, _element(holder, members) if members else "", attributes)


def _pos(position: Position, swap: bool) -> str:
    ordered = (position[1], position[0], *position[2:]) if swap and position else position
    return _element("pos", " ".join(repr(number).removesuffix(".0").replace("e", "E") for number in ordered))


def _element(name: str, content: str, attributes: str = "") -> str:
    return f"<gml:{name}{attributes}>{content}</gml:{name}>" if content else f"<gml:{name}{attributes}/>"
