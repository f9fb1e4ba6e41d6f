"""Every primitive type in every spelling: URL literals, XML text, both JSON forms; and what is refused."""

import contextlib
import json
import math
import pickle
import struct
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata3.edm.primitives import PRIMITIVES, VerboseDate, parse_literal, primitive, primitive_of
from odata3.edm.spatial import Geography, Geometry

GUID = UUID("0f8fad5b-d9cb-469f-a165-70867728950e")
PLUS_TWO = timezone(timedelta(hours=2))


def row(name):
    found = primitive(name)
    assert found is not None
    return found


# --- the table of spellings --------------------------------------------------------------------------------------------------

#: type, value, URL literal, XML text, JSON light, JSON verbose of version 2
SPELLINGS = [
    ("Binary", b"\x0a\xff", "X'0AFF'", "Cv8=", "Cv8=", "Cv8="),
    ("Binary", b"", "X''", "", "", ""),
    ("Boolean", True, "true", "true", True, True),
    ("Boolean", False, "false", "false", False, False),
    ("Byte", 255, "255", "255", 255, 255),
    ("SByte", -128, "-128", "-128", -128, -128),
    ("Int16", -32768, "-32768", "-32768", -32768, -32768),
    ("Int32", 2**31 - 1, "2147483647", "2147483647", 2147483647, 2147483647),
    ("Int64", 42, "42L", "42", "42", "42"),
    ("Int64", 2**53 + 1, "9007199254740993L", "9007199254740993", "9007199254740993", "9007199254740993"),
    ("Decimal", Decimal("2.50"), "2.50M", "2.50", "2.50", "2.50"),
    ("Decimal", Decimal("-1E+3"), "-1000M", "-1000", "-1000", "-1000"),
    ("Double", 1.5, "1.5", "1.5", 1.5, 1.5),
    ("Double", 2.0, "2.0", "2.0", 2.0, 2.0),
    ("Double", 1e20, "1E+20", "1E+20", 1e20, 1e20),
    ("Double", math.inf, "INF", "INF", "Infinity", "Infinity"),
    ("Double", -math.inf, "-INF", "-INF", "-Infinity", "-Infinity"),
    ("Single", 1.5, "1.5f", "1.5", 1.5, 1.5),
    ("Single", 2.0, "2f", "2.0", 2.0, 2.0),
    ("String", "O'Neil", "'O''Neil'", "O'Neil", "O'Neil", "O'Neil"),
    ("String", "", "''", "", "", ""),
    ("Guid", GUID, f"guid'{GUID}'", str(GUID), str(GUID), str(GUID)),
    (
        "DateTime",
        datetime(2013, 8, 19, 22, 13, 9, 120_000),
        "datetime'2013-08-19T22:13:09.12'",
        "2013-08-19T22:13:09.12",
        "2013-08-19T22:13:09.12",
        "/Date(1376950389120)/",
    ),
    (
        "DateTime",
        datetime(2013, 8, 19, 22, 13, 9, tzinfo=UTC),
        "datetime'2013-08-19T22:13:09Z'",
        "2013-08-19T22:13:09Z",
        "2013-08-19T22:13:09Z",
        "/Date(1376950389000)/",
    ),
    (
        "DateTimeOffset",
        datetime(2013, 8, 19, 22, 13, 9, tzinfo=PLUS_TWO),
        "datetimeoffset'2013-08-19T22:13:09+02:00'",
        "2013-08-19T22:13:09+02:00",
        "2013-08-19T22:13:09+02:00",
        "/Date(1376950389000+0120)/",
    ),
    ("Time", timedelta(hours=13, minutes=20), "time'PT13H20M'", "PT13H20M", "PT13H20M", "PT13H20M"),
    ("Time", timedelta(0), "time'PT0S'", "PT0S", "PT0S", "PT0S"),
    (
        "GeographyPoint",
        Geography("Point", (-122.5, 47)),
        "geography'SRID=4326;POINT (-122.5 47)'",
        "SRID=4326;POINT (-122.5 47)",
        {"type": "Point", "coordinates": [-122.5, 47.0], "crs": {"type": "name", "properties": {"name": "EPSG:4326"}}},
        {"type": "Point", "coordinates": [-122.5, 47.0], "crs": {"type": "name", "properties": {"name": "EPSG:4326"}}},
    ),
    (
        "GeometryPoint",
        Geometry("Point", (1, 2)),
        "geometry'SRID=0;POINT (1 2)'",
        "SRID=0;POINT (1 2)",
        {"type": "Point", "coordinates": [1.0, 2.0]},
        {"type": "Point", "coordinates": [1.0, 2.0]},
    ),
]


@pytest.mark.parametrize(("name", "value", "literal", "text", "light", "verbose"), SPELLINGS)
def test_p26_p45_spellings_are_written_and_read_back(name, value, literal, text, light, verbose):
    known = row(f"Edm.{name}")
    assert known.to_literal(value) == literal
    assert known.format(value) == text
    assert known.to_light(value) == light
    assert known.to_verbose(value, "2.0") == verbose
    for found in (known.from_literal(literal), known.parse(text), known.from_json(light), known.check(value)):
        assert found == value
        assert type(found) is type(value)
    named, found = parse_literal(literal)
    assert found == value
    if name not in ("Byte", "SByte", "Int16"):
        assert named is known


@pytest.mark.parametrize(("name", "value", "literal", "text", "light", "verbose"), SPELLINGS)
def test_json_survives_the_wire(name, value, literal, text, light, verbose):
    known = row(name)
    for raw in (known.to_light(value), known.to_verbose(value, "2.0"), known.to_verbose(value, "3.0")):
        back = json.loads(json.dumps(raw), parse_float=Decimal)
        found = known.from_json(back)
        if name == "DateTime" and value.tzinfo is not None and str(raw).startswith("/Date"):
            found = found.replace(tzinfo=UTC)  # version 2 cannot say that it was UTC
        assert found == value


def test_dates_of_version_3_are_iso_in_verbose_json_too():
    moment = datetime(2013, 8, 19, 22, 13, 9)
    assert row("DateTime").to_verbose(moment, "3.0") == "2013-08-19T22:13:09"
    assert row("DateTimeOffset").to_verbose(moment.replace(tzinfo=UTC), "3.0") == "2013-08-19T22:13:09Z"
    assert type(row("DateTime").to_verbose(moment, "1.0")) is VerboseDate
    assert type(row("DateTimeOffset").to_verbose(moment.replace(tzinfo=UTC), "2.0")) is VerboseDate


MINIMA_AND_MAXIMA = [
    ("Byte", 0, 255),
    ("SByte", -128, 127),
    ("Int16", -(2**15), 2**15 - 1),
    ("Int32", -(2**31), 2**31 - 1),
    ("Int64", -(2**63), 2**63 - 1),
    ("Double", -1.7976931348623157e308, 5e-324),
    ("Single", -3.4028234663852886e38, 1.401298464324817e-45),
    ("Decimal", Decimal("-79228162514264337593543950335"), Decimal("0.0000000000000000000000000001")),
    ("DateTime", datetime.min, datetime.max),
    ("DateTimeOffset", datetime(1, 1, 1, 14, tzinfo=timezone(timedelta(hours=14))), datetime.max.replace(tzinfo=UTC)),
    ("Time", timedelta(days=-10675199), timedelta(days=10675199)),
]


@pytest.mark.parametrize(("name", "low", "high"), MINIMA_AND_MAXIMA)
def test_p26_minimum_and_maximum_round_trip(name, low, high):
    known = row(name)
    for value in (low, high, known.default):
        assert known.check(value) == value
        assert known.parse(known.format(value)) == value
        assert known.from_literal(known.to_literal(value)) == value
        assert known.from_json(json.loads(json.dumps(known.to_light(value)), parse_float=Decimal)) == value


# --- the table itself -------------------------------------------------------------------------------------------------------


def test_the_table_holds_every_type_of_version_3():
    spatial = {
        f"Edm.{family}{shape}"
        for family in ("Geography", "Geometry")
        for shape in ("", "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "Collection")
    }
    plain = "Binary Boolean Byte SByte Int16 Int32 Int64 Single Double Decimal String Guid DateTime DateTimeOffset Time Stream"
    assert set(PRIMITIVES) == spatial | {f"Edm.{name}" for name in plain.split()}


def test_types_are_found_by_full_and_bare_name():
    assert primitive("Int32") is primitive("Edm.Int32") is PRIMITIVES["Edm.Int32"]
    assert primitive("Edm.Int33") is None
    assert primitive("NS.Int32") is None
    assert primitive("edm.int32") is None


def test_rows_pickle_as_themselves():
    assert pickle.loads(pickle.dumps(row("Guid"))) is row("Guid")
    assert repr(row("Guid")) == "<Edm.Guid>"


def test_defaults_are_those_of_dotnet():
    assert row("Int32").default == 0
    assert row("Boolean").default is False
    assert row("Guid").default == UUID(int=0)
    assert row("DateTime").format(row("DateTime").default) == "0001-01-01T00:00:00"
    assert row("DateTimeOffset").format(row("DateTimeOffset").default) == "0001-01-01T00:00:00Z"
    assert row("String").default is None


def test_streams_have_no_value():
    with pytest.raises(TypeError, match="stream"):
        row("Stream").check(b"")
    with pytest.raises(ValueError, match="stream"):
        row("Stream").from_json("x")


def test_natural_types():
    cases = [
        (True, "Boolean"),
        (1, "Int32"),
        (2**31, "Int64"),
        (-(2**31) - 1, "Int64"),
        (1.0, "Double"),
        (Decimal(1), "Decimal"),
        ("x", "String"),
        (GUID, "Guid"),
        (b"", "Binary"),
        (datetime(2013, 1, 1), "DateTime"),
        (datetime(2013, 1, 1, tzinfo=UTC), "DateTimeOffset"),
        (timedelta(0), "Time"),
        (Geography("Point", (1, 2)), "GeographyPoint"),
        (Geometry("GeometryCollection"), "GeometryCollection"),
        (Geography("GeometryCollection"), "GeographyCollection"),
    ]
    for value, name in cases:
        assert primitive_of(value) is row(name)


def test_what_has_no_edm_type():
    for value in (None, object(), [], 1j, date(2013, 1, 1)):
        with pytest.raises(TypeError):
            primitive_of(value)
    with pytest.raises(ValueError, match="64 bits"):
        primitive_of(2**63)


# --- numbers ----------------------------------------------------------------------------------------------------------------

NUMBERS = ["Byte", "SByte", "Int16", "Int32", "Int64", "Single", "Double", "Decimal"]
INTEGERS = NUMBERS[:5]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize(
    "text", ["", " ", "abc", "1_000", "\u0663", "\uff11", "0x10", "1 2", "+-1", "--1", "1,5", "nan", "infinity", "1.2.3"]
)
def test_r30_r32_shapes_of_numbers_are_strict(name, text):
    known = row(name)
    for read in (known.parse, known.from_json, known.from_literal):
        with pytest.raises(ValueError, match=f"not an Edm.{name}"):
            read(text)


@pytest.mark.parametrize("name", INTEGERS)
@pytest.mark.parametrize("raw", [True, 1.0, Decimal("1.0"), Decimal("1.5"), {}, [], "1.0", "1e3", 10**30, "9" * 5000, None])
def test_r30_what_is_no_integer(name, raw):
    with pytest.raises(ValueError, match=f"not an Edm.{name}"):
        row(name).from_json(raw)


@pytest.mark.parametrize(("name", "low", "high"), MINIMA_AND_MAXIMA[:5])
def test_p38_r30_integers_are_checked_for_range(name, low, high):
    known = row(name)
    for outside in (low - 1, high + 1):
        with pytest.raises(ValueError, match=f"not an Edm.{name}"):
            known.check(outside)
        for read in (known.parse, known.from_json, known.from_literal):
            with pytest.raises(ValueError, match=f"not an Edm.{name}"):
                read(str(outside))


def test_p27_int64_and_decimal_are_strings_in_json_and_numbers_are_read():
    assert row("Int64").to_light(1) == "1"
    assert row("Int64").from_json(2**53 + 1) == 2**53 + 1
    assert row("Decimal").from_json(Decimal("2.5")) == Decimal("2.5")
    assert row("Decimal").from_json(7) == Decimal(7)
    assert row("Int32").from_json("7") == 7
    assert row("Double").from_json("1.5") == 1.5
    assert row("String").from_json(7) == "7"


def test_p28_a_decimal_keeps_its_scale():
    known = row("Decimal")
    for raw in ("2.50", Decimal("2.50")):
        assert known.to_light(known.from_json(raw)) == "2.50"
    assert known.format(known.parse("0.00")) == "0.00"
    assert known.to_literal(known.from_literal("2.50M")) == "2.50M"


def test_r31_decimals_are_exact_and_never_absurd():
    known = row("Decimal")
    digits = "0.1234567890123456789012345678901234567890"
    assert known.to_light(known.from_json(digits)) == digits
    assert known.parse("1E2") == Decimal(100)
    assert known.format(known.parse("1E2")) == "100"
    assert known.from_literal("1e-3m") == Decimal("0.001")
    for raw in (
        "NaN",
        "INF",
        "Infinity",
        "1E999999999",
        "1e-99999",
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("1E+400"),
        10**300,
        True,
    ):
        with pytest.raises(ValueError, match=r"not an Edm\.Decimal"):
            known.from_json(raw)


def test_p36_r32_non_finite_numbers():
    for name in ("Double", "Single"):
        known = row(name)
        for text in ("NaN", "INF", "-INF", "Infinity", "-Infinity"):
            assert math.isinf(known.from_json(text)) or math.isnan(known.from_json(text))
            assert known.parse(text) == known.from_json(text) or text == "NaN"
        assert known.to_light(-math.inf) == "-Infinity"
        assert known.to_light(math.nan) == "NaN"
        assert known.format(math.inf) == "INF"
        assert known.to_literal(-math.inf) == "-INF"
        assert math.isnan(known.from_literal("NaN"))
        assert known.from_literal("INF") == math.inf
    assert parse_literal("-INF") == (row("Double"), -math.inf)


def test_r32_negative_zero_is_kept_and_overflow_is_no_infinity():
    known = row("Double")
    assert math.copysign(1, known.from_json(Decimal("-0.0"))) == -1
    assert known.to_literal(-0.0) == "-0.0"
    for raw in (Decimal("1e400"), "1e400", 10**400):
        with pytest.raises(ValueError, match="out of range"):
            known.from_json(raw)
    with pytest.raises(ValueError, match="out of range"):
        row("Single").check(1e39)


def test_p37_singles_are_rounded_to_32_bits_and_printed_shortest():
    known = row("Single")
    assert known.check(0.1) == 0.10000000149011612
    assert known.from_json(Decimal("0.1")) == 0.10000000149011612
    assert known.parse("16777217") == 16777216.0
    assert known.to_literal(known.check(0.1)) == "0.1f"
    assert known.format(known.check(3.14159274)) == "3.1415927"
    assert json.dumps(known.to_light(known.check(1.1))) == "1.1"


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_p37_every_single_is_recovered_from_its_shortest_text(number):
    known = row("Single")
    assert struct.pack("<f", known.parse(known.format(number))) == struct.pack("<f", number)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("1", "Int32", 1),
        ("-1", "Int32", -1),
        ("2147483648", "Int64", 2147483648),
        ("9223372036854775808", "Double", 9223372036854775808.0),
        ("42l", "Int64", 42),
        ("2.5m", "Decimal", Decimal("2.5")),
        ("2M", "Decimal", Decimal(2)),
        ("1.5F", "Single", 1.5),
        ("1.0D", "Double", 1.0),
        ("1d", "Double", 1.0),
        ("1E+20", "Double", 1e20),
        ("1e20D", "Double", 1e20),
        (".5", "Double", 0.5),
        ("5.", "Double", 5.0),
        ("true", "Boolean", True),
        ("GUID'0F8FAD5B-D9CB-469F-A165-70867728950E'", "Guid", GUID),
        ("guid'{0f8fad5b-d9cb-469f-a165-70867728950e}'", "Guid", GUID),
        ("DateTime'2013-08-19T22:13'", "DateTime", datetime(2013, 8, 19, 22, 13)),
        ("Time'13:20:00'", "Time", timedelta(hours=13, minutes=20)),
        ("binary'0aff'", "Binary", b"\x0a\xff"),
        ("BINARY'0aff'", "Binary", b"\x0a\xff"),
        ("X'0aff'", "Binary", b"\x0a\xff"),
        ("'it''s'", "String", "it's"),
        ("geometry'POINT(1 2)'", "GeometryPoint", Geometry("Point", (1, 2))),
    ],
)
def test_p45_literals_are_read_in_all_their_spellings(text, name, value):
    assert parse_literal(text) == (row(name), value)


def test_null_literals():
    assert parse_literal("null") == (None, None)
    assert parse_literal("null'NS.Address'") == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x'0aff'",
        "X'0af'",
        "X'0A F0'",
        "X'0G'",
        "binary'Zm8='",
        "guid'0f8fad5b'",
        "guid'0f8fad5bd9cb469fa16570867728950e'",
        "guid'0f8fad5b-d9cb-469f-a165-70867728950e",
        "datetime'2013-08-1'",
        "datetime'2013-W33-1T10:00'",
        "'it's'",
        "'open",
        "True",
        "NULL",
        "1.5X",
        "1L2",
        "time'PT'",
        "NS.E'Member'",
        "guid'a'b'",
        "geometry'POINT(1)'",
        "1_0L",
    ],
)
def test_p35_r34_what_is_no_literal(text):
    with pytest.raises(ValueError):
        parse_literal(text)


# --- Boolean, String, Guid, Binary ------------------------------------------------------------------------------------------


def test_booleans():
    known = row("Boolean")
    assert known.parse("1") is True
    assert known.parse(" false\n") is False
    assert known.from_literal("0") is False
    assert known.from_json("true") is True
    for raw in ("yes", "True", "TRUE", "", 1, 0, Decimal(1), None, [], {}):
        with pytest.raises(ValueError, match=r"not an Edm\.Boolean"):
            known.from_json(raw)


def test_p32_a_string_that_looks_like_a_date_stays_a_string():
    assert row("String").from_json("/Date(1)/") == "/Date(1)/"


def test_p40_an_empty_text_is_an_empty_string_and_empty_bytes():
    assert row("String").parse("") == ""
    assert row("Binary").parse("") == b""
    assert row("String").parse("  a \n") == "  a \n"


def test_r34_only_the_canonical_guid_is_read():
    known = row("Guid")
    assert known.from_json("0F8FAD5B-D9CB-469F-A165-70867728950E") == GUID
    assert known.parse(" 0f8fad5b-d9cb-469f-a165-70867728950e ") == GUID
    for raw in (
        "{0f8fad5b-d9cb-469f-a165-70867728950e}",
        "0f8fad5bd9cb469fa16570867728950e",
        "0f8fad5b_d9cb_469f_a165_70867728950e",
        "0f8fad5b-d9cb-469f-a165-70867728950",
        "urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e",
        "0f8fad5-bd9cb-469f-a165-70867728950e",
        "0f8fad5b-d9cb-469f-a165-7086772 950e",
        "\u0660f8fad5b-d9cb-469f-a165-70867728950e",
        "0f8f-d5b-d9cb-469f-a165-70867728950e",
        12,
        None,
        {},
    ):
        with pytest.raises(ValueError, match=r"not an Edm\.Guid"):
            known.from_json(raw)


def test_a_guid_read_is_a_whole_uuid():
    found = row("Guid").from_json(str(GUID))
    assert (found, hash(found), found.hex, found.is_safe) == (GUID, hash(GUID), GUID.hex, GUID.is_safe)
    assert pickle.loads(pickle.dumps(found)) == GUID


def test_p35_r34_binary_is_hex_in_urls_and_strict_base64_elsewhere():
    known = row("Binary")
    assert known.parse("Cv\r\n8=") == b"\x0a\xff"  # XML wraps it
    assert known.from_json("Cv\r\n8=\n") == b"\x0a\xff"  # and encoders that break lines do it anywhere
    for raw in ("Cv8", "Cv8=x", "C v8=", "Cv-_", "=", "é", "0AFG!", 5, None):
        with pytest.raises(ValueError, match=r"not an Edm\.Binary"):
            known.from_json(raw)


def test_url_literals_inside_json_strings_are_read_where_the_plain_form_fails():
    assert row("Guid").from_json(f"guid'{GUID}'") == GUID
    assert row("Time").from_json("time'PT1H'") == timedelta(hours=1)
    assert row("Decimal").from_json("12M") == Decimal(12)
    assert row("Int64").from_json("12L") == 12
    assert row("Single").from_json("1.5f") == 1.5
    assert row("Binary").from_json("X'0AFF'") == b"\x0a\xff"
    assert row("DateTime").from_json("datetime'2013-08-19T22:13:09'") == datetime(2013, 8, 19, 22, 13, 9)
    assert row("GeometryPoint").from_json("geometry'POINT (1 2)'") == Geometry("Point", (1, 2))
    assert row("String").from_json("guid'x'") == "guid'x'"
    with pytest.raises(ValueError):
        row("Guid").from_json("time'PT1H'")


# --- what a user may assign -------------------------------------------------------------------------------------------------


class Level(int):
    pass


class Label(str):
    pass


@pytest.mark.parametrize(
    ("name", "given_value", "value"),
    [
        ("Int32", Level(5), 5),
        ("Int32", "5", 5),
        ("Double", 5, 5.0),
        ("Double", "1.5", 1.5),
        ("Single", 2, 2.0),
        ("Decimal", 5, Decimal(5)),
        ("Decimal", "2.50", Decimal("2.50")),
        ("String", Label("x"), "x"),
        ("Guid", str(GUID), GUID),
        ("Binary", bytearray(b"x"), b"x"),
        ("Binary", memoryview(b"x"), b"x"),
        ("Boolean", "true", True),
        ("DateTime", "2013-08-19T22:13:09Z", datetime(2013, 8, 19, 22, 13, 9, tzinfo=UTC)),
        ("DateTime", date(2013, 8, 19), datetime(2013, 8, 19)),
        ("DateTimeOffset", "2013-08-19T22:13:09+02:00", datetime(2013, 8, 19, 22, 13, 9, tzinfo=PLUS_TWO)),
        ("Time", "PT1H", timedelta(hours=1)),
        ("GeographyPoint", {"type": "Point", "coordinates": [1, 2]}, Geography("Point", (1, 2))),
        ("GeographyPoint", "POINT (1 2)", Geography("Point", (1, 2))),
        ("Geography", Geography("LineString", [(1, 2), (3, 4)]), Geography("LineString", [(1, 2), (3, 4)])),
    ],
)
def test_assignments_that_lose_nothing_are_taken(name, given_value, value):
    found = row(name).check(given_value)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Int32", "lots"),
        ("Int32", 1.0),
        ("Int32", True),
        ("Int32", Decimal(1)),
        ("Int32", None),
        ("Int32", []),
        ("Double", "much"),
        ("Double", True),
        ("Double", Decimal(1)),
        ("Decimal", 1.5),
        ("Decimal", True),
        ("Decimal", "much"),
        ("Boolean", 1),
        ("Boolean", "yes"),
        ("String", 5),
        ("String", b"x"),
        ("Guid", 5),
        ("Guid", b"0123456789abcdef"),
        ("Binary", "Cv8="),
        ("Binary", [1, 2]),
        ("DateTime", 5),
        ("DateTimeOffset", date(2013, 8, 19)),
        ("Time", 5),
        ("GeographyPoint", Geometry("Point", (1, 2))),
        ("GeographyPoint", 5),
    ],
)
def test_assignments_of_a_wrong_type(name, value):
    with pytest.raises(TypeError, match=f"Edm.{name} takes"):
        row(name).check(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Byte", 256),
        ("Int32", 2**31),
        ("Int32", "2147483648"),
        ("Single", 1e39),
        ("Double", 10**400),
        ("Decimal", Decimal("NaN")),
        ("String", "half \ud800"),
        ("Guid", "not a guid"),
        ("DateTime", "yesterday"),
        ("DateTimeOffset", datetime(2013, 8, 19)),
        ("DateTimeOffset", "2013-08-19T22:13:09"),
        ("DateTimeOffset", datetime(2013, 8, 19, tzinfo=timezone(timedelta(hours=15)))),
        ("DateTime", datetime(2013, 8, 19, tzinfo=timezone(timedelta(seconds=30)))),
        ("Time", timedelta.max),
        ("Time", "P1Y"),
        ("GeographyPoint", Geography("LineString", [(1, 2), (3, 4)])),
        ("GeographyPoint", {"type": "Point"}),
        ("GeographyPoint", {"type": "Circle", "coordinates": [1, 2]}),
        ("GeographyPoint", "POINT 1 2"),
    ],
)
def test_assignments_of_a_wrong_value(name, value):
    if (name, value) == ("GeographyPoint", {"type": "Point"}):
        assert row(name).check(value).coordinates == ()  # an empty point
        return
    with pytest.raises(ValueError, match=f"not an Edm.{name}"):
        row(name).check(value)


def test_messages_are_short():
    with pytest.raises(ValueError) as caught:
        row("Int32").from_json("x" * 1_000_000)
    assert len(str(caught.value)) < 200
    for name in ("Int32", "Decimal", "Double"):
        with pytest.raises(ValueError, match=rf"not an Edm\.{name}: an int of thousands of digits"):
            row(name).check(10**5000)


# --- round trips ------------------------------------------------------------------------------------------------------------

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
VALUES = {
    "Edm.Binary": st.binary(),
    "Edm.Boolean": st.booleans(),
    "Edm.Byte": st.integers(0, 255),
    "Edm.Int32": st.integers(-(2**31), 2**31 - 1),
    "Edm.Int64": st.integers(-(2**63), 2**63 - 1),
    "Edm.Double": st.floats(allow_nan=False),
    "Edm.Single": st.floats(allow_nan=False, width=32),
    "Edm.Decimal": st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**28), max_value=10**28),
    "Edm.String": st.text(),
    "Edm.Guid": st.uuids(),
    "Edm.DateTime": st.datetimes() | st.datetimes(timezones=OFFSETS),
    "Edm.DateTimeOffset": st.datetimes(timezones=OFFSETS),
    "Edm.Time": st.timedeltas(timedelta(days=-10_000_000), timedelta(days=10_000_000)),
}


@pytest.mark.parametrize("name", VALUES)
@given(data=st.data())
def test_p26_p45_what_is_written_is_read_back(name, data):
    known = PRIMITIVES[name]
    value = data.draw(VALUES[name])
    assert known.check(value) == value
    named, found = parse_literal(known.to_literal(value))
    assert found == value
    assert named is known or name == "Edm.Byte" or value in (math.inf, -math.inf)  # INF does not say how wide it is
    assert known.from_literal(known.to_literal(value)) == value
    assert known.parse(known.format(value)) == value
    wire = json.loads(json.dumps(known.to_light(value)), parse_float=Decimal)
    assert known.from_json(wire) == value
    if isinstance(value, datetime):
        assert known.from_json(wire).utcoffset() == value.utcoffset()


@pytest.mark.parametrize("name", [name for name in PRIMITIVES if name != "Edm.String"])
@given(
    raw=st.text()
    | st.integers()
    | st.booleans()
    | st.none()
    | st.decimals()
    | st.lists(st.integers())
    | st.dictionaries(st.text(), st.integers())
)
def test_r30_readers_raise_nothing_but_value_errors(name, raw):
    known = PRIMITIVES[name]
    try:
        known.from_json(raw)
    except ValueError as error:
        assert "Edm." in str(error)
    if isinstance(raw, str):
        for read in (known.parse, known.from_literal, parse_literal):
            with contextlib.suppress(ValueError):
                read(raw)


@given(st.text(alphabet="guidtmeXLMDf'0123456789-+.:TPZHS(){};=, "))
def test_r30_literals_near_the_mark_raise_nothing_but_value_errors(text):
    for read in (parse_literal, *(known.from_literal for known in PRIMITIVES.values())):
        with contextlib.suppress(ValueError):
            read(text)
