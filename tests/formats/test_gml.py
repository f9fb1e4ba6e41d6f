"""GML: the shapes of Atom's spatial values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata3.edm.spatial import Geography, Geometry, Spatial
from odata3.formats.gml import GmlText, read_gml, write_gml

GML = "http://www.opengis.net/gml"


def gml(text: str) -> GmlText:
    """A GML element whose first tag gets the namespace."""
    return GmlText(text.replace(">", f' xmlns:gml="{GML}">', 1))


def test_p39_a_geography_is_written_latitude_first_with_its_srid() -> None:
    assert write_gml(Geography("Point", (-122.1, 47.6))) == (
        f'<gml:Point xmlns:gml="{GML}" gml:srsName="http://www.opengis.net/def/crs/EPSG/0/4326">'
        "<gml:pos>47.6 -122.1</gml:pos></gml:Point>"
    )


def test_p39_a_geometry_is_written_x_first() -> None:
    assert write_gml(Geometry("Point", (1, 2.5, 3))) == f'<gml:Point xmlns:gml="{GML}"><gml:pos>1 2.5 3</gml:pos></gml:Point>'


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<gml:Point><gml:pos>1 2</gml:pos></gml:Point>", Geography("Point", (2, 1))),
        ("<gml:Point><gml:pos/></gml:Point>", Geography("Point")),
        ("<gml:Point></gml:Point>", Geography("Point")),
        ("<gml:Point><gml:coordinates>1,2</gml:coordinates></gml:Point>", Geography("Point", (2, 1))),
        (
            '<gml:Point gml:srsName="urn:ogc:def:crs:EPSG::4267"><gml:pos>1 2 3 4</gml:pos></gml:Point>',
            Geography("Point", (2, 1, 3, 4), srid=4267),
        ),
        ("<gml:LineString><gml:posList>1 2 3 4</gml:posList></gml:LineString>", Geography("LineString", ((2, 1), (4, 3)))),
        (
            '<gml:LineString><gml:posList srsDimension="3">1 2 3 4 5 6</gml:posList></gml:LineString>',
            Geography("LineString", ((2, 1, 3), (5, 4, 6))),
        ),
        (
            "<gml:LineString><gml:pos>1 2</gml:pos><gml:pos>3 4</gml:pos></gml:LineString>",
            Geography("LineString", ((2, 1), (4, 3))),
        ),
        (
            "<gml:LineString><gml:pointMember><gml:Point><gml:pos>1 2</gml:pos></gml:Point></gml:pointMember>"
            "<gml:pos>3 4</gml:pos></gml:LineString>",
            Geography("LineString", ((2, 1), (4, 3))),
        ),
        (
            "<gml:Polygon><gml:interior><gml:LinearRing><gml:pos>9 9</gml:pos></gml:LinearRing></gml:interior>"
            "<gml:exterior><gml:LinearRing><gml:posList>0 0 0 1 1 1 0 0</gml:posList></gml:LinearRing></gml:exterior>"
            "</gml:Polygon>",
            Geography("Polygon", (((0, 0), (1, 0), (1, 1), (0, 0)), ((9, 9),))),
        ),
        (
            "<gml:MultiPoint><gml:pointMember><gml:Point><gml:pos>1 2</gml:pos></gml:Point></gml:pointMember>"
            "<gml:pointMembers><gml:Point><gml:pos>3 4</gml:pos></gml:Point></gml:pointMembers></gml:MultiPoint>",
            Geography("MultiPoint", ((2, 1), (4, 3))),
        ),
        (
            "<gml:MultiLineString><gml:lineStringMember><gml:LineString><gml:posList>1 2 3 4</gml:posList></gml:LineString>"
            "</gml:lineStringMember></gml:MultiLineString>",
            Geography("MultiLineString", (((2, 1), (4, 3)),)),
        ),
        (
            '<gml:MultiGeometry gml:srsName="x/4267"><gml:geometryMember><gml:Point><gml:pos>1 2</gml:pos></gml:Point>'
            "</gml:geometryMember></gml:MultiGeometry>",
            Geography("GeometryCollection", geometries=(Geography("Point", (2, 1), srid=4267),), srid=4267),
        ),
        (
            '<g:where xmlns:g="http://www.georss.org/georss"><gml:Point><gml:pos>1 2</gml:pos></gml:Point></g:where>',
            Geography("Point", (2, 1)),
        ),
    ],
)
def test_every_spelling_is_read(text: str, value: Spatial) -> None:
    assert read_gml(gml(text), "Edm.Geography") == value


@pytest.mark.parametrize(
    ("text", "type_name"),
    [
        ("<gml:Point><gml:pos>1</gml:pos></gml:Point>", "Edm.Geography"),
        ("<gml:Point><gml:pos>1 x</gml:pos></gml:Point>", "Edm.Geography"),
        ("<gml:Point><gml:pos>1 nan</gml:pos></gml:Point>", "Edm.Geography"),
        ("<gml:Point><gml:pos>1 1e999</gml:pos></gml:Point>", "Edm.Geography"),
        ("<gml:Point><gml:pos>1 2 3 4 5</gml:pos></gml:Point>", "Edm.Geography"),
        ("<gml:Point><gml:pos>1 2</gml:pos><gml:pos>1 2</gml:pos></gml:Point>", "Edm.Geography"),
        ("<gml:Point><gml:pos>1 2</gml:pos></gml:Point>", "Edm.GeographyPolygon"),
        ('<gml:Point srsName="WGS"><gml:pos>1 2</gml:pos></gml:Point>', "Edm.Geography"),
        ("<gml:LineString><gml:posList>1 2 3</gml:posList></gml:LineString>", "Edm.Geography"),
        ('<gml:LineString><gml:posList srsDimension="1">1 2 3</gml:posList></gml:LineString>', "Edm.Geography"),
        ("<gml:Polygon><gml:interior><gml:LinearRing/></gml:interior></gml:Polygon>", "Edm.Geography"),
        ("<gml:MultiPoint><gml:pointMember><gml:Polygon/></gml:pointMember></gml:MultiPoint>", "Edm.Geography"),
        ("<gml:Circle></gml:Circle>", "Edm.Geography"),
        ("nothing", "Edm.Geography"),
    ],
)
def test_what_is_no_gml_is_a_value_error(text: str, type_name: str) -> None:
    with pytest.raises(ValueError):
        read_gml(gml(text), type_name)


numbers = st.floats(-1e9, 1e9) | st.integers(-180, 180).map(float)
positions = st.lists(numbers, min_size=2, max_size=4).map(tuple)
lines = st.lists(positions, max_size=4).map(tuple)
polygons = st.lists(lines.filter(bool), max_size=3).map(tuple)


def shapes(family: type) -> st.SearchStrategy[Spatial]:
    plain = st.one_of(
        st.builds(family, st.just("Point"), positions | st.just(())),
        st.builds(family, st.just("LineString"), lines),
        st.builds(family, st.just("Polygon"), polygons),
        st.builds(family, st.just("MultiPoint"), lines),
        st.builds(family, st.just("MultiLineString"), st.lists(lines, max_size=3)),
        st.builds(family, st.just("MultiPolygon"), st.lists(polygons, max_size=3)),
    )
    return plain | st.builds(lambda members: family("GeometryCollection", (), tuple(members)), st.lists(plain, max_size=3))


@given(shapes(Geography) | shapes(Geometry))
def test_shapes_come_back(value: Spatial) -> None:
    assert read_gml(write_gml(value), value.edm_type) == value
    assert read_gml(write_gml(value), f"Edm.{value.family}") == value
