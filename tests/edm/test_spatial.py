"""Spatial values: GeoJSON and well-known text in and out, and what is neither."""

import copy
import pickle
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata3.edm.spatial import Geography, Geometry

SQUARE = (((0, 0), (0, 1), (1, 1), (0, 0)),)

#: value, GeoJSON without crs, text without SRID
SHAPES = [
    (Geometry("Point", (1, 2)), {"type": "Point", "coordinates": [1, 2]}, "POINT (1 2)"),
    (Geometry("Point", (1.5, -2, 3, 4)), {"type": "Point", "coordinates": [1.5, -2, 3, 4]}, "POINT (1.5 -2 3 4)"),
    (Geometry("Point"), {"type": "Point", "coordinates": []}, "POINT EMPTY"),
    (Geometry("LineString", [(1, 2), (3, 4)]), {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}, "LINESTRING (1 2, 3 4)"),
    (
        Geometry("MultiPoint", [(1, 2), (3, 4)]),
        {"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]},
        "MULTIPOINT ((1 2), (3 4))",
    ),
    (
        Geometry("Polygon", SQUARE),
        {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]]]},
        "POLYGON ((0 0, 0 1, 1 1, 0 0))",
    ),
    (
        Geometry("MultiLineString", [[(1, 2), (3, 4)], []]),
        {"type": "MultiLineString", "coordinates": [[[1, 2], [3, 4]], []]},
        "MULTILINESTRING ((1 2, 3 4), EMPTY)",
    ),
    (
        Geometry("MultiPolygon", [SQUARE]),
        {"type": "MultiPolygon", "coordinates": [[[[0, 0], [0, 1], [1, 1], [0, 0]]]]},
        "MULTIPOLYGON (((0 0, 0 1, 1 1, 0 0)))",
    ),
    (
        Geometry("GeometryCollection", (), [Geometry("Point", (1, 2)), Geometry("LineString", [(1, 2), (3, 4)])]),
        {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Point", "coordinates": [1, 2]},
                {"type": "LineString", "coordinates": [[1, 2], [3, 4]]},
            ],
        },
        "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (1 2, 3 4))",
    ),
    (Geometry("GeometryCollection"), {"type": "GeometryCollection", "geometries": []}, "GEOMETRYCOLLECTION EMPTY"),
]


@pytest.mark.parametrize(("value", "geojson", "text"), SHAPES)
def test_shapes_are_written_and_read(value, geojson, text):
    assert value.to_geojson() == geojson
    assert Geometry.from_geojson(geojson) == value
    assert value.to_wkt() == f"SRID=0;{text}"
    assert Geometry.from_wkt(text) == Geometry.from_wkt(value.to_wkt()) == value
    assert str(value) == value.to_wkt()


@pytest.mark.parametrize(("value", "geojson", "text"), SHAPES)
def test_shapes_are_values(value, geojson, text):
    assert hash(value) == hash(Geometry.from_wkt(text))
    assert copy.deepcopy(value) == pickle.loads(pickle.dumps(value)) == value
    assert Geography.from_geojson(geojson) != value
    with pytest.raises(AttributeError):
        value.srid = 5


def test_p39_geojson_and_text_are_longitude_first():
    seattle = Geography("Point", (-122.3, 47.6))
    assert seattle.to_geojson() == {
        "type": "Point",
        "coordinates": [-122.3, 47.6],
        "crs": {"type": "name", "properties": {"name": "EPSG:4326"}},
    }
    assert Geography.from_wkt("SRID=4326;POINT (-122.3 47.6)") == seattle
    assert seattle.edm_type == "Edm.GeographyPoint"
    assert Geography("GeometryCollection").edm_type == "Edm.GeographyCollection"


def test_the_srid_travels():
    value = Geometry("Point", (1, 2), srid=3857)
    assert value.to_geojson()["crs"]["properties"]["name"] == "EPSG:3857"
    assert Geometry.from_geojson(value.to_geojson()) == value
    assert Geometry.from_wkt("srid=3857; point(1 2)") == value
    assert (
        Geography.from_geojson(
            {"type": "Point", "coordinates": [1, 2], "crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::4258"}}}
        ).srid
        == 4258
    )
    assert Geography.from_wkt("POINT (1 2)").srid == 4326
    nested = Geometry.from_wkt("SRID=5;GEOMETRYCOLLECTION (POINT (1 2))")
    assert nested.geometries[0].srid == 5


def test_json_decimals_are_taken():
    assert Geography.from_geojson({"type": "Point", "coordinates": [Decimal("-122.3"), 47]}).coordinates == (-122.3, 47.0)


def test_geo_interface_goes_both_ways():
    value = Geometry("Polygon", SQUARE)
    assert value.__geo_interface__ == {"type": "Polygon", "coordinates": value.coordinates}
    assert Geometry.from_geojson(value) == value
    inner = Geometry("GeometryCollection", (), [value])
    assert inner.__geo_interface__["geometries"][0]["type"] == "Polygon"
    assert Geography.from_geojson(inner).geometries[0] == Geography("Polygon", SQUARE)


def test_dimensions_in_text():
    assert Geometry.from_wkt("POINT Z (1 2 3)") == Geometry("Point", (1, 2, 3))
    assert Geometry.from_wkt("POINT ZM (1 2 3 4)") == Geometry("Point", (1, 2, 3, 4))
    for text in ("MultiPoint()", "MultiPoint EMPTY"):
        assert Geometry.from_wkt(text) == Geometry("MultiPoint")
    assert Geometry.from_wkt("Collection(Point(1 2))") == Geometry("GeometryCollection", (), (Geometry("Point", (1, 2)),))
    assert Geometry.from_wkt("Collection()") == Geometry("GeometryCollection")
    assert Geometry.from_wkt("MULTIPOINT (1 2, 3 4)") == Geometry("MultiPoint", [(1, 2), (3, 4)])
    assert Geometry.from_wkt("POINT (1e3 -.5)") == Geometry("Point", (1000, -0.5))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "POINT",
        "POINT 1 2",
        "POINT (1)",
        "POINT (1 2 3 4 5)",
        "POINT (1, 2)",
        "POINT (1 2",
        "POINT (1 2))",
        "POINT (a b)",
        "POINT (nan 1)",
        "POINT (1 1e999)",
        "CIRCLE (1 2)",
        "LINESTRING ((1 2))",
        "POLYGON (1 2, 3 4)",
        "SRID=x;POINT (1 2)",
        "SRID=4326;SRID=4326;POINT (1 2)",
        "GEOMETRYCOLLECTION (1 2)",
        "GEOMETRYCOLLECTION (" * 500,
        "FULLGLOBE",
        "POINT (1 2); drop",
        "\u0661",
    ],
)
def test_what_is_no_well_known_text(text):
    with pytest.raises(ValueError):
        Geometry.from_wkt(text)


def _nested(depth):
    value = {"type": "Point", "coordinates": [1, 2]}
    for _ in range(depth):
        value = {"type": "GeometryCollection", "geometries": [value]}
    return value


@pytest.mark.parametrize(
    "raw",
    [
        None,
        5,
        "POINT (1 2)",
        [],
        {},
        {"type": "Circle", "coordinates": [1, 2]},
        {"type": ["Point"], "coordinates": [1, 2]},
        {"type": "Point", "coordinates": [1]},
        {"type": "Point", "coordinates": [1, 2, 3, 4, 5]},
        {"type": "Point", "coordinates": ["1", "2"]},
        {"type": "Point", "coordinates": [True, 2]},
        {"type": "Point", "coordinates": [None, 2]},
        {"type": "Point", "coordinates": [float("nan"), 2]},
        {"type": "Point", "coordinates": [10**400, 2]},
        {"type": "Point", "coordinates": {"x": 1}},
        {"type": "LineString", "coordinates": [1, 2]},
        {"type": "LineString", "coordinates": [[[1, 2]]]},
        {"type": "Point", "coordinates": [1, 2], "crs": "EPSG:4326"},
        {"type": "Point", "coordinates": [1, 2], "crs": {"properties": {"name": "WGS84"}}},
        {"type": "GeometryCollection"},
        {"type": "GeometryCollection", "geometries": [5]},
        _nested(500),
    ],
)
def test_what_is_no_geojson(raw):
    with pytest.raises(ValueError):
        Geometry.from_geojson(raw)


def test_collections_hold_their_own_family_only():
    with pytest.raises(ValueError, match="geography values"):
        Geography("GeometryCollection", (), [Geometry("Point", (1, 2))])
    with pytest.raises(ValueError, match="no members"):
        Geometry("Point", (1, 2), [Geometry("Point", (1, 2))])
    with pytest.raises(ValueError, match="SRID"):
        Geometry("Point", (1, 2), srid=-1)


NUMBER = st.floats(allow_nan=False, allow_infinity=False)
POSITION = st.tuples(NUMBER, NUMBER)
LINE = st.lists(POSITION, max_size=4)
VALUE = st.recursive(
    st.builds(Geography, st.just("Point"), POSITION)
    | st.builds(Geography, st.sampled_from(["LineString", "MultiPoint"]), LINE)
    | st.builds(Geography, st.sampled_from(["Polygon", "MultiLineString"]), st.lists(LINE, max_size=3))
    | st.builds(Geography, st.just("MultiPolygon"), st.lists(st.lists(LINE, max_size=2), max_size=2)),
    lambda inner: st.builds(Geography, st.just("GeometryCollection"), st.just(()), st.lists(inner, max_size=3)),
    max_leaves=6,
)


@given(VALUE)
def test_every_value_round_trips(value):
    assert Geography.from_wkt(value.to_wkt()) == value
    assert Geography.from_geojson(value.to_geojson()) == value


@given(st.text(alphabet="POINTLESRDGYMU=;(),. 0123456789-eEMPTYZ"))
def test_texts_near_the_mark_raise_nothing_but_value_errors(text):
    for start in ("", "POINT (", "GEOMETRYCOLLECTION (POINT (1 2), ", "SRID="):
        try:
            Geometry.from_wkt(start + text)
        except ValueError as error:
            assert str(error)
