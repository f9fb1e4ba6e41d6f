"""Distances, lengths and intersections of shapes, worked out from the GeoJSON that a shape is stored as.

On the globe a distance is that of a geodesic on the WGS 84 ellipsoid, in metres (Vincenty's inverse formula; where it does not
converge, for points nearly opposite to each other, the great circle). On a plane it is Euclid's, in the units of its coordinates.
A point on the edge of a polygon is in it, one in a hole is not; on the globe, too, edges are straight in longitude and latitude.

Null comes of shapes that are empty or of different systems of reference. Source: digest section 4 (``geo.distance``,
``geo.length``, ``geo.intersects``).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

__all__ = ["distance", "intersects", "length", "on_globe", "on_plane"]

Position = Sequence[float]
Measure = Callable[[Position, Position], float]


def distance(measure: Measure, left: str, right: str) -> float | None:
    """Between two points."""
    one, other = json.loads(left), json.loads(right)
    if _system(one) != _system(other) or not one["coordinates"] or not other["coordinates"]:
        return None
    return measure(one["coordinates"], other["coordinates"])


def length(measure: Measure, line: str) -> float:
    """Of a line, or of all lines of several."""
    shape = json.loads(line)
    lines = [shape["coordinates"]] if shape["type"] == "LineString" else shape["coordinates"]
    return math.fsum(measure(one, other) for positions in lines for one, other in pairwise(positions))


def intersects(point: str, area: str) -> bool | None:
    """Whether a point is in a polygon, or in one of several."""
    here, shape = json.loads(point), json.loads(area)
    if _system(here) != _system(shape) or not here["coordinates"]:
        return None
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    return any(_is_in(here["coordinates"], polygon) for polygon in polygons if polygon)


def _system(shape: dict[str, Any]) -> object:
    return shape.get("crs")


# --- measures ---------------------------------------------------------------------------------------------------------------

#: The WGS 84 ellipsoid: its half axes in metres, and its flattening.
_EQUATORIAL, _POLAR = 6_378_137.0, 6_356_752.314245
_FLATTENING = 1 / 298.257223563


def on_plane(one: Position, other: Position) -> float:
    return math.hypot(one[0] - other[0], one[1] - other[1])


def on_globe(one: Position, other: Position) -> float:
    """Vincenty's inverse formula, with its names: U the reduced latitudes, L and lambda the difference in longitude."""
    reduced1, reduced2 = (math.atan((1 - _FLATTENING) * math.tan(math.radians(position[1]))) for position in (one, other))
    sin1, cos1, sin2, cos2 = math.sin(reduced1), math.cos(reduced1), math.sin(reduced2), math.cos(reduced2)
    apart = math.radians(math.remainder(other[0] - one[0], 360))
    spread = apart
    for _ in range(200):
        sin_sigma = math.hypot(cos2 * math.sin(spread), cos1 * sin2 - sin1 * cos2 * math.cos(spread))
        if sin_sigma == 0:
            return 0.0
        cos_sigma = sin1 * sin2 + cos1 * cos2 * math.cos(spread)
        sigma = math.atan2(sin_sigma, cos_sigma)
        sin_alpha = cos1 * cos2 * math.sin(spread) / sin_sigma
        cos2_alpha = 1 - sin_alpha**2
        cos_middle = cos_sigma - 2 * sin1 * sin2 / cos2_alpha if cos2_alpha else 0.0
        c = _FLATTENING / 16 * cos2_alpha * (4 + _FLATTENING * (4 - 3 * cos2_alpha))
        inner = cos_middle + c * cos_sigma * (2 * cos_middle**2 - 1)
        before, spread = spread, apart + (1 - c) * _FLATTENING * sin_alpha * (sigma + c * sin_sigma * inner)
        if abs(spread - before) < 1e-12:
            return _arc(sigma, sin_sigma, cos_sigma, cos2_alpha, cos_middle)
    return _great_circle(one, other)


def _arc(sigma: float, sin_sigma: float, cos_sigma: float, cos2_alpha: float, cos_middle: float) -> float:
    """The length of the geodesic, from the angle that it spans on the auxiliary sphere."""
    u2 = cos2_alpha * (_EQUATORIAL**2 - _POLAR**2) / _POLAR**2
    a = 1 + u2 / 16384 * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)))
    b = u2 / 1024 * (256 + u2 * (-128 + u2 * (74 - 47 * u2)))
    last = b / 6 * cos_middle * (4 * sin_sigma**2 - 3) * (4 * cos_middle**2 - 3)
    return _POLAR * a * (sigma - b * sin_sigma * (cos_middle + b / 4 * (cos_sigma * (2 * cos_middle**2 - 1) - last)))


def _great_circle(one: Position, other: Position) -> float:
    latitude1, latitude2 = math.radians(one[1]), math.radians(other[1])
    apart = math.radians(other[0] - one[0])
    half = math.sin((latitude2 - latitude1) / 2) ** 2 + math.cos(latitude1) * math.cos(latitude2) * math.sin(apart / 2) ** 2
    return (2 * _EQUATORIAL + _POLAR) / 3 * 2 * math.asin(math.sqrt(min(1.0, half)))


# --- in and out -------------------------------------------------------------------------------------------------------------


def _is_in(point: Position, polygon: Sequence[Sequence[Position]]) -> bool:
    outer, *holes = polygon
    if _is_on(point, outer):
        return True
    return _is_within(point, outer) and not any(_is_within(point, hole) and not _is_on(point, hole) for hole in holes)


def _edges(ring: Sequence[Position]) -> Iterator[tuple[Position, Position]]:
    yield from pairwise(ring)
    if ring and list(ring[0][:2]) != list(ring[-1][:2]):
        yield ring[-1], ring[0]


def _is_within(point: Position, ring: Sequence[Position]) -> bool:
    """Whether a ray to the right crosses the ring an odd number of times."""
    x, y = point[0], point[1]
    crossings = 0
    for (x1, y1, *_), (x2, y2, *_) in _edges(ring):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossings += 1
    return crossings % 2 == 1


def _is_on(point: Position, ring: Sequence[Position]) -> bool:
    x, y = point[0], point[1]
    for (x1, y1, *_), (x2, y2, *_) in _edges(ring):
        cross = (x - x1) * (y2 - y1) - (y - y1) * (x2 - x1)
        if cross == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
            return True
    return False
