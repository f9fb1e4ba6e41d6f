"""Between entities and documents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata3.entities.changes import changed_names, forget_changes
from odata3.entities.classes import Namespace
from odata3.entities.entity import held, value_names
from odata3.entities.mapping import fill, from_entry, from_value, to_entry, to_value, to_whole_entry, to_whole_value
from odata3.entities.streams import DataServiceStreamLink
from odata3.errors import ArgumentError
from odata3.formats.documents import NATIVE, Complex, Details, Entry, Raw, Stream
from odata3.formats.value_codecs import Codecs


def test_the_restore_sends_one_name(product: Any) -> None:
    product.Note = "Restore"
    entry = to_entry(product, changed_names(product))
    assert entry.type_name == "Shop.Product" and dict(entry.values) == {"Note": "Restore"} and entry.codec is NATIVE
    forget_changes(product)
    product.Note = "Restore"
    assert dict(to_entry(product, changed_names(product)).values) == {"Note": "Restore"}


def test_without_names_everything_that_is_set(product: Any, types: Namespace) -> None:
    entry = to_entry(product)
    assert list(entry.values)[:3] == ["ID", "Name", "Note"] and "Photo" not in entry.values and "Later" not in entry.values
    assert all(value is None or type(value) is Raw for value in entry.values.values())
    assert entry.get("ID") == UUID("a11cc636-5521-4f88-92b2-cad392911fe0") and entry.get("Price") == Decimal("2.50")
    assert dict(to_entry(types.Product(Name="a", Colour="Red", Rights=3)).values) == {"Name": "a", "Colour": 1, "Rights": 3}


def test_values_named_but_never_set_are_dotnets_defaults(types: Namespace) -> None:
    made = types.Product(Name="a")
    values = to_entry(made, sorted(value_names(made))).values
    assert list(values) == sorted(value_names(made))
    assert values["ID"] == UUID(int=0) and values["Stock"] == 0 and values["Rights"] == 0
    assert values["Note"] is None and values["Price"] is None and values["Home"] is None and values["Tags"] == []
    with pytest.raises(ArgumentError, match="did you mean 'Name'"):
        to_entry(made, ["Nmae"])
    with pytest.raises(ArgumentError):
        to_entry(made, ["Category"])


def test_complex_values_and_collections(types: Namespace, product: Any) -> None:
    made = types.Product(Home=types.Flat(City="Ulm", Floor=3), Homes=[{"City": "Bonn"}], Colours=["Red"], Tags=["a"])
    values = to_entry(made).values
    assert values["Home"] == Complex("Shop.Flat", {"City": "Ulm", "Floor": 3})
    assert values["Homes"] == [Complex("Shop.Address", {"City": "Bonn"})]
    assert values["Colours"] == [1] and values["Tags"] == ["a"]
    product.Tags.append(5)
    with pytest.raises(ArgumentError, match=r"Shop\.Product\.Tags: item 2"):
        to_entry(product, ["Tags"])


def test_whole_entries_are_dotnets(types: Namespace, product: Any) -> None:
    made = types.Product(Name="a", Home={"City": "X", "Place": {"X": 1}}, Homes=[types.Flat(Floor=1)])
    values = to_whole_entry(made).values
    assert list(values) == sorted(value_names(made))
    place = Complex("Shop.Place", {"X": 1.0, "Names": []})
    assert values["Home"] == Complex("Shop.Address", {"City": "X", "Zip": 0, "Since": None, "Place": place})
    assert list(values["Home"].values) == ["City", "Place", "Since", "Zip"]
    assert values["Homes"] == [Complex("Shop.Flat", {"City": None, "Zip": 0, "Since": None, "Place": None, "Floor": 1})]
    assert values["ID"] == UUID(int=0) and values["Note"] is None and values["Tags"] == []
    read = to_whole_entry(product).values
    assert read["Made"].value == "2013-08-02T15:12:54.2694809" and read["Home"].values["Since"].value.endswith("1234567")
    opened = to_whole_entry(types.Category(Code="a", Zulu=1, Alpha=types.Place())).values
    assert dict(opened) == {"Alpha": Complex("Shop.Place", {"X": None, "Names": []}), "Area": 0, "Code": "a", "Zulu": 1}
    assert to_whole_value(types, "Shop.Place", {"X": 2}) == Complex("Shop.Place", {"X": 2.0, "Names": []})
    made.Tags.append(3)
    with pytest.raises(ArgumentError, match="item 0"):
        to_whole_entry(made)


def test_half_a_surrogate_pair_is_found_when_written(types: Namespace) -> None:
    with pytest.raises(ArgumentError, match="Name"):
        to_entry(types.Product(Name="a\ud800"))


def entry_of(codecs: Codecs, values: dict[str, Any], **streams: Stream) -> Entry:
    return Entry("Shop.Product", values, codecs.codec("Shop.Product"), details=Details(streams=streams))


def test_from_entry_and_fill_place_stream_links(types: Namespace, codecs: Codecs) -> None:
    told = Stream("Photo", read_link="http://host/photo", content_type="image/png", etag='"1"')
    made = from_entry(types.Product, entry_of(codecs, {"Name": "a"}, Photo=told))
    link = made.Photo
    assert link == DataServiceStreamLink("Photo", "http://host/photo", None, "image/png", '"1"')
    fill(made, entry_of(codecs, {"Name": "b"}, Photo=Stream("Photo", edit_link="http://host/edit")))
    assert made.Photo is link and link.edit_link == "http://host/edit" and link.self_link == "http://host/photo"
    assert made.Name == "b" and held(made, "Photo") is link
    assert from_entry(types.Product, entry_of(codecs, {"Name": "a"})).Photo is None


def test_details_are_not_worked_out_for_types_without_streams(types: Namespace, codecs: Codecs) -> None:
    def refuse(entry: Entry) -> Details:
        raise AssertionError

    entry = Entry("Shop.Category", {"Code": "a", "Area": 1}, codecs.codec("Shop.Category"), details=refuse)
    made = from_entry(types.Category, entry)
    fill(made, entry)
    assert made.Code == "a"


def test_fill_keeps(types: Namespace, codecs: Codecs) -> None:
    made = from_entry(types.Product, entry_of(codecs, {"Name": "a", "Stock": 1}))
    made.Name = "mine"
    fill(made, entry_of(codecs, {"Name": "theirs", "Stock": 2}), keep=["Name"])
    assert (made.Name, made.Stock) == ("mine", 2) and changed_names(made) == ("Name",)


def test_single_values(types: Namespace) -> None:
    assert from_value(types, "Shop.Colour", 1) is types.Colour.Red
    assert from_value(types, "Collection(Shop.Address)", [Complex("Shop.Flat", {"Floor": 1})])[0].Floor == 1
    assert from_value(types, None, Complex("Shop.Address", {"City": "Ulm"})) == types.Address(City="Ulm")
    assert from_value(types, None, Complex("Gone.Type", {"City": "Ulm"})) == {"City": "Ulm"}
    assert from_value(types, "Edm.String", None) is None
    assert to_value(types, "Shop.Colour", "Red") == 1
    assert to_value(types, "Shop.Address", {"City": "Ulm"}) == Complex("Shop.Address", {"City": "Ulm"})
    assert to_value(types, "Collection(Edm.Int32)", ["1", 2]) == [1, 2]
    assert to_value(types, None, dt.timedelta(1)) == dt.timedelta(1) and to_value(types, "Edm.Int32", None) is None
    with pytest.raises(ArgumentError, match=r"Edm\.Byte"):
        to_value(types, "Edm.Byte", 300)
    with pytest.raises(TypeError):
        to_value(types, "Edm.Byte", "x")


SCALARS = {
    "Name": st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    "Stock": st.integers(-(2**31), 2**31 - 1),
    "Price": st.none() | st.decimals(-(10**9), 10**9, places=3),
    "Made": st.none() | st.datetimes(),
    "Maker": st.none() | st.uuids(),
    "Image": st.none() | st.binary(max_size=4),
    "Tags": st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=3), max_size=3),
    "Home": st.none() | st.fixed_dictionaries({}, optional={"City": st.text("ab"), "Zip": st.integers(0, 9)}),
}


@given(st.fixed_dictionaries({}, optional=SCALARS))
def test_an_entity_and_its_entry_say_the_same(types: Namespace, values: dict[str, Any]) -> None:
    made = types.Product(**values)
    again = from_entry(types.Product, to_entry(made))
    assert again.to_dict() == made.to_dict() and to_entry(again) == to_entry(made)
    assert changed_names(again) == ()


def test_reading_and_writing_back_gives_the_same_raw_values(read: Callable[..., Any]) -> None:
    made = read("Product")
    made.to_dict()
    for name, value in to_entry(made).values.items():
        assert (value.value if value is not None else None) == made._raw[name]
