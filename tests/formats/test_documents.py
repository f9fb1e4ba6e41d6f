"""Documents: equality by what they say, values decoded when asked for."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from odata3.formats.documents import (
    NATIVE,
    Complex,
    Details,
    Dialect,
    Entry,
    Feed,
    Link,
    Operation,
    Raw,
    Value,
    same_value,
)
from odata3.formats.value_codecs import Codecs
from tests.formats.laboratory import MODEL

CODEC = Codecs(MODEL, Dialect.JSON_LIGHT).codec("Lab.Probe")


def test_documents_that_say_the_same_are_equal_whatever_their_spelling() -> None:
    raw = Entry("Lab.Probe", {"Id": "7", "Pos": {"X": 1.5}, "Tags": ["a"]}, CODEC, id="x")
    native = Entry("Lab.Probe", {"Id": 7, "Pos": Complex("Lab.Xy", {"X": 1.5}), "Tags": ["a"]}, id="x")
    assert raw == native
    assert Feed([raw]) == Feed([native])
    assert raw != Entry("Lab.Probe", {"Id": 8}, id="x")
    assert raw != Entry("Lab.Probe", dict(raw.values), CODEC, id="y")
    assert raw != 5
    assert Complex("Lab.Xy", {}) != 5
    assert Value(1, "Edm.Int32") == Value(1, "Edm.Int32", "Name")
    assert Value(1) != Value(True)
    assert Value(1) != 1


@pytest.mark.parametrize("document", [Entry(None, {}), Complex(None, {}), Value(1)])
def test_documents_are_not_hashable(document: Any) -> None:
    with pytest.raises(TypeError):
        hash(document)


def test_null_is_not_nothing() -> None:
    assert Entry(None, {"a": None}) != Entry(None, {})


def test_raw_values_among_native_ones() -> None:
    entry = Entry("Lab.Probe", {"Id": Raw("7", CODEC, "Id"), "Name": "x", "Row": Raw(None, CODEC, "Row")})
    assert entry.decoded() == {"Id": 7, "Name": "x", "Row": None}
    assert entry.raw("Id").value == "7"
    assert entry.raw("Name").codec is NATIVE
    assert entry.get("Missing") is None


def test_details_are_worked_out_once() -> None:
    calls = []

    def work_out(entry: Entry) -> Details:
        calls.append(entry)
        return Details({"Nav": Link("Nav", "n")})

    entry = Entry(None, {}, details=work_out)
    assert entry.has_details
    assert entry.links == {"Nav": Link("Nav", "n")}
    assert (entry.streams, entry.media, entry.operations) == ({}, None, ())
    assert calls == [entry]
    assert not Entry(None, {}).has_details
    assert Entry(None, {}).details == Details()


def test_reprs_show_what_there_is() -> None:
    assert repr(Complex("N.T", {"a": 1})) == "Complex('N.T', {'a': 1})"
    assert repr(Entry("N.T", {"a": 1}, id="x")) == "Entry('N.T', id='x', {'a': 1})"


def test_same_value() -> None:
    nan = float("nan")
    assert same_value(nan, nan)
    assert same_value([nan], [nan])
    assert same_value({"a": nan}, {"a": nan})
    assert not same_value(1, True)
    assert not same_value(1, 1.0)
    assert not same_value([1], [1, 2])
    assert not same_value({"a": 1}, {"b": 1})


def test_operations_are_named_by_their_metadata() -> None:
    assert Operation("http://h/$metadata#Main.Play").name == "Main.Play"


def test_documents_can_be_copied() -> None:
    entry = Entry("Lab.Probe", {"Id": 7})
    assert copy.copy(entry) == entry
