"""Distances, lengths, intersections."""

from __future__ import annotations

import json
import math

import pytest

from odata3.server.geometry import distance, intersects, length, on_globe, on_plane

CRS = {"type": "name", "properties": {"name": "EPSG:4326"}}


def shape(kind: str, coordinates: object, **more: object) -> str:
    return json.dumps({"type": kind, "coordinates": coordinates, "crs": CRS} | more)


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        # two hills of Vincenty's own example
        ((144 + 25 / 60 + 29.5244 / 3600, -37 - 57 / 60 - 3.7203 / 3600), (143.926495527778, -37.652821138889), 54_972.271),
        ((0, 0), (1, 0), 111_319.491),
        ((0, 0), (0, 1), 110_574.389),
        ((179.5, 0), (-179.5, 0), 111_319.491),
        ((10.75, 59.91), (10.75, 59.91), 0),
        ((0, 90), (0, -90), 20_003_931.459),
    ],
)
def test_on_the_globe(one: tuple[float, float], other: tuple[float, float], metres: float) -> None:
    assert on_globe(one, other) == pytest.approx(metres, abs=0.001)
    assert on_globe(other, one) == pytest.approx(metres, abs=0.001)


def test_opposite_points_have_the_great_circle() -> None:
    assert on_globe((0, 0), (180, 0.1)) == pytest.approx(math.pi * 6_371_000, rel=0.01)


def test_distance_is_null_where_there_is_none() -> None:
    here = shape("Point", [0, 0])
    assert distance(on_plane, here, shape("Point", [3, 4])) == 5
    assert distance(on_plane, here, shape("Point", [])) is None
    assert distance(on_plane, here, shape("Point", [3, 4], crs=None)) is None


def test_lengths() -> None:
    assert length(on_plane, shape("LineString", [[0, 0], [3, 4], [3, 5]])) == 6
    assert length(on_plane, shape("MultiLineString", [[[0, 0], [3, 4]], [[0, 0], [0, 1]]])) == 6
    assert length(on_plane, shape("LineString", [])) == 0
    assert length(on_globe, shape("LineString", [[0, 0], [1, 0]])) == pytest.approx(111_319.491, abs=0.001)


RING = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
HOLE = [[1, 1], [1, 3], [3, 3], [3, 1], [1, 1]]


@pytest.mark.parametrize(
    ("point", "found"),
    [((0.5, 0.5), True), ((2, 2), False), ((5, 2), False), ((0, 2), True), ((4, 4), True), ((1, 2), True), ((-1, 0), False)],
)
def test_in_a_polygon_with_a_hole(point: tuple[float, float], found: bool) -> None:
    here = shape("Point", point)
    assert intersects(here, shape("Polygon", [RING, HOLE])) is found
    assert intersects(here, shape("MultiPolygon", [[[[9, 9], [10, 9], [9, 10]]], [RING, HOLE]])) is found
    assert intersects(shape("Point", []), shape("Polygon", [RING])) is None
