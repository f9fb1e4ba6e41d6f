"""Codecs and encoders: each value of each type, in the raw forms of the three dialects."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import Enum, IntFlag
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata3.errors import ArgumentError, PayloadError
from odata3.formats.documents import Complex, Dialect, Raw, same_value
from odata3.formats.encoders import Encoders, natural_type
from odata3.formats.gml import Typed
from odata3.formats.json_text import read_json, write_json
from odata3.formats.value_codecs import Codecs
from tests.formats.laboratory import MODEL, PRIMITIVES, SPATIAL
from tests.formats.strategies import values

TYPES = [
    *(f"Edm.{name}" for name in (*PRIMITIVES, *SPATIAL)),
    *(f"Collection(Edm.{name})" for name in (*PRIMITIVES, *SPATIAL)),
    "Lab.Color",
    "Lab.Access",
    "Lab.Xy",
    "Lab.Xyz",
    "Collection(Lab.Xy)",
    "Collection(Lab.Color)",
]
DIALECTS = [Dialect.ATOM, Dialect.JSON_VERBOSE, Dialect.JSON_LIGHT]
CODECS = {dialect: Codecs(MODEL, dialect) for dialect in DIALECTS}


def through(dialect: Dialect, raw: Any) -> Any:
    """A raw value after the way over the wire, where that is JSON."""
    return raw if dialect is Dialect.ATOM else read_json(write_json(raw))


@pytest.mark.parametrize("dialect", DIALECTS)
@given(data=st.data())
def test_p26_every_type_round_trips(dialect: Dialect, data: st.DataObject) -> None:
    codecs = CODECS[dialect]
    type_name = data.draw(st.sampled_from(TYPES))
    value = data.draw(st.none() | values(type_name))
    raw = codecs.encode_value(type_name, value)
    assert same_value(codecs.decode_value(type_name, through(dialect, raw)), value)


@pytest.mark.parametrize("origin", DIALECTS)
@pytest.mark.parametrize("target", DIALECTS)
@given(data=st.data())
def test_raw_values_travel_between_dialects(origin: Dialect, target: Dialect, data: st.DataObject) -> None:
    type_name = data.draw(st.sampled_from(TYPES))
    value = data.draw(values(type_name))
    source = CODECS[origin].codec("Lab.None")
    source = CODECS[origin].extended(source, [("P", type_name)])
    raw = Raw(through(origin, CODECS[origin].encode_value(type_name, value)), source, "P")
    if origin is not Dialect.ATOM:
        assert same_value(raw.decode(), value)
    sent = CODECS[target].encode_value(type_name, raw)
    assert same_value(CODECS[target].decode_value(type_name, through(target, sent)), value)


TICKS = "2013-08-19T22:13:09.1234567-05:00"


@pytest.mark.parametrize("origin", [Dialect.ATOM, Dialect.JSON_LIGHT, Dialect.JSON_VERBOSE])
@pytest.mark.parametrize("target", [Dialect.ATOM, Dialect.JSON_LIGHT, Dialect.JSON_VERBOSE])
def test_p29_ticks_survive_the_way_between_dialects(origin: Dialect, target: Dialect) -> None:
    codec = CODECS[origin].extended(CODECS[origin].codec("Lab.None"), [("P", "Edm.DateTime"), ("Q", "Collection(Edm.DateTime)")])
    assert CODECS[target].encode_value("Edm.DateTime", Raw(TICKS, codec, "P")) == TICKS
    many = CODECS[target].encode_value("Collection(Edm.DateTime)", Raw([TICKS], codec, "Q"))
    assert (many["results"] if target is Dialect.JSON_VERBOSE else many) == [TICKS]
    assert CODECS[target].encode_value("Edm.DateTime", TICKS) == TICKS


def test_p29_version_2_dates_are_written_anew_elsewhere() -> None:
    codec = CODECS[Dialect.JSON_VERBOSE].codec("Lab.Probe")
    raw = Raw("/Date(1376950389123)/", codec, "Cal")
    assert CODECS[Dialect.JSON_LIGHT].encode_value("Edm.DateTime", raw) == "2013-08-19T22:13:09.123"
    assert CODECS[Dialect.JSON_VERBOSE].encode_value("Edm.DateTime", raw) == "2013-08-19T22:13:09.123"
    second = Encoders(MODEL, Dialect.JSON_VERBOSE, version="2.0")
    assert second.encode("Edm.DateTime", raw) == "/Date(1376950389123)/"
    assert second.encode("Edm.DateTime", "1970-01-01T00:00:01") == "/Date(1000)/"


@pytest.mark.parametrize(
    ("type_name", "raw", "value"),
    [
        ("Lab.Color", "Green", 1),
        ("Lab.Color", 7, 7),
        ("Lab.Color", "7", 7),
        ("Lab.Color", 5, 5),
        ("Lab.Color", "Lab.Color'Blue'", 7),
        ("Lab.Access", "Read, Write", 3),
        ("Lab.Access", "Read,Own", 5),
        ("Lab.Access", "4", 4),
        ("Lab.Color", None, None),
    ],
)
def test_enums_are_read_by_name_and_number(type_name: str, raw: Any, value: int | None) -> None:
    for dialect in (Dialect.JSON_LIGHT, Dialect.JSON_VERBOSE):
        assert CODECS[dialect].decode_value(type_name, raw) == value
    if isinstance(raw, str):
        assert CODECS[Dialect.ATOM].decode_value(type_name, raw) == value


class Color(Enum):
    GREEN = 1


class Access(IntFlag):
    BOTH = 3


@pytest.mark.parametrize(
    ("type_name", "value", "raw"),
    [
        ("Lab.Color", 1, "Green"),
        ("Lab.Color", Color.GREEN, "Green"),
        ("Lab.Color", "Blue", "Blue"),
        ("Lab.Color", 5, 5),
        ("Lab.Access", 3, "Read, Write"),
        ("Lab.Access", Access.BOTH, "Read, Write"),
        ("Lab.Access", "Read,Own", "Read,Own"),
        ("Lab.Access", 9, 9),
        ("Lab.Access", 0, 0),
    ],
)
def test_enums_are_written_by_name(type_name: str, value: Any, raw: Any) -> None:
    assert CODECS[Dialect.JSON_LIGHT].encode_value(type_name, value) == raw
    assert CODECS[Dialect.ATOM].encode_value(type_name, value) == str(raw)


@pytest.mark.parametrize(
    ("type_name", "raw"),
    [
        ("Lab.Color", "Pink"),
        ("Lab.Color", "Red, Green"),
        ("Lab.Color", True),
        ("Lab.Color", Decimal("1.5")),
        ("Lab.Color", 2**31),
        ("Lab.Access", "Read, Nothing"),
        ("Lab.Access", ""),
        ("Lab.Xy", "text"),
        ("Lab.Xy", []),
        ("Collection(Edm.Int32)", {}),
        ("Collection(Edm.Int32)", [1, "x"]),
        ("Edm.Int32", 2**31),
        ("Edm.Boolean", "yes"),
        ("Edm.Guid", "{a11cc636-5521-4f88-92b2-cad392911fe0}"),
        ("Edm.Binary", "not base64!"),
        ("Edm.Time", "P1Y"),
    ],
)
def test_r30_r34_refused(type_name: str, raw: Any) -> None:
    for dialect in (Dialect.JSON_LIGHT, Dialect.JSON_VERBOSE):
        with pytest.raises(PayloadError) as caught:
            CODECS[dialect].decode_value(type_name, raw, "here")
        assert caught.value.where == "here"
        assert type_name in str(caught.value) or "item 1" in str(caught.value) or "object" in str(caught.value)


@pytest.mark.parametrize(
    ("type_name", "value"),
    [
        ("Lab.Color", "Pink"),
        ("Lab.Color", 1.5),
        ("Lab.Xy", "text"),
        ("Edm.Int32", 2**31),
        ("Edm.DateTime", "yesterday"),
        ("Collection(Edm.Int32)", "12"),
        ("Collection(Edm.Int32)", 5),
        ("Collection(Edm.Int32)", {"a": 1}),
        (None, object()),
        (None, 2**70),
    ],
)
def test_p38_refused_before_it_is_written(type_name: str | None, value: Any) -> None:
    for dialect in DIALECTS:
        with pytest.raises(ArgumentError, match="here: "):
            CODECS[dialect].encode_value(type_name, value, "here")


def test_complex_values_nest_and_stay_lazy() -> None:
    codecs = CODECS[Dialect.JSON_LIGHT]
    raw = {"odata.type": "Lab.Xyz", "X": 1.5, "Z": "bad", "Next": {"X": 2.5}, "New": 1}
    value = codecs.decode_value("Lab.Xy", raw)
    assert value.values is raw
    assert value.type_name == "Lab.Xyz"
    assert list(value.names()) == ["X", "Z", "Next"]
    assert value.undeclared() == ["New"]
    assert value.get("Next") == Complex("Lab.Xy", {"X": 2.5})
    with pytest.raises(PayloadError, match=r"Lab.Xyz.Z"):
        value.get("Z")


def test_an_unknown_type_in_the_body_falls_back_on_the_declared_one() -> None:
    for dialect, raw in (
        (Dialect.JSON_LIGHT, {"odata.type": "Other.Xy", "X": 1.0}),
        (Dialect.JSON_VERBOSE, {"__metadata": {"type": "Other.Xy"}, "X": 1.0}),
        (Dialect.ATOM, {"m:type": "Other.Xy", "X": "1.0"}),
    ):
        assert CODECS[dialect].decode_value("Lab.Xy", raw) == Complex("Lab.Xy", {"X": 1.0})


def test_atom_wraps_what_nobody_declared() -> None:
    codecs = CODECS[Dialect.ATOM]
    assert codecs.encode_value(None, "x") == Typed(None, "x")
    assert codecs.encode_value(None, 5) == Typed("Edm.Int32", "5")
    assert codecs.encode_value(None, None) == Typed(None, None)
    assert codecs.encode_value(None, [1, 2]) == Typed("Collection(Edm.Int32)", ["1", "2"])
    assert codecs.decode_value(None, Typed("Edm.Int32", " 5 ")) == 5
    assert codecs.decode_value(None, Typed(None, " 5 ")) == " 5 "
    assert codecs.decode_value(None, Typed(None, {"a": Typed("Edm.Boolean", "1")})) == Complex(None, {"a": True})
    assert codecs.decode_value(None, Typed("Edm.Int32", None)) is None


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, None),
        (True, "Edm.Boolean"),
        (5, "Edm.Int32"),
        (2**40, "Edm.Int64"),
        ("x", "Edm.String"),
        (datetime(2000, 1, 1), "Edm.DateTime"),
        (Complex("Lab.Xy", {}), "Lab.Xy"),
        ({"a": 1}, None),
        ([None, 1], "Collection(Edm.Int32)"),
        ([], None),
    ],
)
def test_natural_types(value: Any, name: str | None) -> None:
    assert natural_type(value) == name


def test_codecs_are_made_once() -> None:
    codecs = Codecs(MODEL, Dialect.JSON_LIGHT)
    codec = codecs.codec("Lab.Note")
    assert codecs.codec("Lab.Note") is codec
    assert codecs.extended(codec, [("A", "Edm.Int64")]) is codecs.extended(codec, [("A", "Edm.Int64")])
    for number in range(3_000):  # shapes of hostile bodies do not pile up
        codecs.extended(codec, [(f"A{number}", "Edm.Int64")])


def test_a_value_nested_without_end_is_refused() -> None:
    raw: Any = "x"
    for _ in range(5_000):
        raw = [raw]
    with pytest.raises(PayloadError, match="too deep"):
        CODECS[Dialect.JSON_LIGHT].decode_value(None, raw)


def test_types_that_only_bodies_name_are_not_kept_without_end() -> None:
    codecs = Codecs(MODEL, Dialect.JSON_LIGHT)
    for number in range(10_100):
        assert codecs.decode_value(f"Foreign.T{number}", {"A": 1}).get("A") == 1
    assert codecs.decode_value("Edm.Int32", 7) == 7
    assert len(codecs._converters) <= 10_000 and len(codecs._codecs) <= 10_000
