"""What counts as changed, and what is forgotten after a save."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata3.entities.changes import (
    assigned_names,
    changed_names,
    document_value,
    forget_changes,
    roll_back,
    set_names,
    value_before,
)
from odata3.entities.classes import Namespace
from odata3.entities.structure import adopt
from odata3.errors import InvalidOperationError
from odata3.formats.documents import Raw
from odata3.formats.value_codecs import Codecs


def test_looking_changes_nothing(product: Any) -> None:
    for name in [*product.to_dict(), "Category"]:
        getattr(product, name)
    assert product.Home.Place.Names and product.Homes[0].City
    assert changed_names(product) == () and assigned_names(product) == ()


def test_an_equal_value_assigned_counts(product: Any) -> None:
    product.Name = product.Name
    product.Home = product.Home
    assert changed_names(product) == ("Name", "Home")
    forget_changes(product)
    assert changed_names(product) == ()
    product.Name = "Bolt"
    assert changed_names(product) == ("Name",)


def test_changes_come_in_the_order_of_the_type_and_without_key_and_navigation(product: Any, types: Namespace) -> None:
    product.Tags, product.Category, product.Stock, product.Name = [], types.Category(), 1, "a"
    product.ID = "a11cc636-5521-4f88-92b2-cad392911fe9"
    assert changed_names(product) == ("Name", "Stock", "Tags")
    assert assigned_names(product) == ("Tags", "Category", "Stock", "Name", "ID")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda p: setattr(p.Home, "City", "Bern"), "Home"),
        (lambda p: setattr(p.Home, "City", None), "Home"),
        (lambda p: setattr(p.Home.Place, "X", 2), "Home"),
        (lambda p: p.Home.Place.Names.append("b"), "Home"),
        (lambda p: p.Tags.append("b"), "Tags"),
        (lambda p: p.Tags.clear(), "Tags"),
        (lambda p: p.Tags.sort(reverse=True), "Tags"),
        (lambda p: p.Numbers.__setitem__(0, 7), "Numbers"),
        (lambda p: p.Numbers.append("wrong"), "Numbers"),
        (lambda p: p.Colours.pop(), "Colours"),
        (lambda p: setattr(p.Homes[1], "Floor", 9), "Homes"),
        (lambda p: p.Homes.pop(), "Homes"),
    ],
)
def test_complex_values_and_collections_changed_in_place(product: Any, change: Callable[[Any], Any], name: str) -> None:
    change(product)
    assert changed_names(product) == (name,) and assigned_names(product) == ()


def test_there_and_back_in_place_is_no_change(product: Any) -> None:
    product.Tags.append("b")
    product.Tags.pop()
    product.Home.City = "Bern"
    product.Home.City = "Ulm"
    assert changed_names(product) == ()


def test_a_list_never_set_counts_when_something_is_put_in(types: Namespace) -> None:
    made = types.Product(Name="a")
    assert made.Tags == [] and set_names(made) == ("Name",)
    made.Tags.append("x")
    assert changed_names(made) == ("Name", "Tags") and set_names(made) == ("Name", "Tags")


def test_forgetting_makes_a_new_snapshot(product: Any) -> None:
    product.Home.City, product.Name = "Bern", "Nut"
    product.Tags.append("b")
    forget_changes(product)
    assert changed_names(product) == () and product.Home.City == "Bern" and product.Tags == ["new", "red", "b"]
    product.Home.City = "Ulm"  # as it was read, but not as it was saved
    product.Tags.pop()
    assert changed_names(product) == ("Home", "Tags")
    roll_back(product)
    assert (product.Home.City, product.Name, product.Tags) == ("Bern", "Nut", ["new", "red", "b"])
    assert changed_names(product) == ()


def test_a_complex_value_in_two_entities(types: Namespace) -> None:
    first, second = types.Product(Home={"City": "Ulm"}), types.Product()
    second.Home = first.Home
    forget_changes(first)
    forget_changes(second)
    first.Home.City = "Bern"
    assert changed_names(first) == changed_names(second) == ("Home",)
    forget_changes(first)
    assert changed_names(first) == () and changed_names(second) == ("Home",)


def test_value_before(product: Any) -> None:
    product.Name = "Nut"
    product.Tags.append("b")
    assert (value_before(product, "Name"), value_before(product, "Tags")) == ("Bolt", ["new", "red"])
    assert value_before(product, "Category") is None
    forget_changes(product)
    assert value_before(product, "Name") == "Nut"


def test_r33_texts_that_nobody_assigned_stay_as_they_came(product: Any) -> None:
    for name in ("Made", "Seen", "Takes", "Price", "Maker", "Weight"):
        getattr(product, name)
        raw = document_value(product, name)
        assert type(raw) is Raw and raw.value == product._raw[name]
    product.Home.City = "Bern"
    home = document_value(product, "Home")
    assert home.values["City"] == "Bern" and home.values["Since"].value == "2000-01-01T00:00:00.1234567"
    product.Made = product.Made
    assert document_value(product, "Made") == product.Made


def test_a_complex_value_that_contains_itself(types: Namespace) -> None:
    opened = types.Category(Code="a", Area=1)
    address = types.Address(City="a")
    opened.Home = address
    loop = {"a": 1}
    opened.Loop = loop
    opened.Loop["b"] = opened.Loop
    with pytest.raises(InvalidOperationError, match="itself"):
        document_value(opened, "Loop")


NAMES = ["Name", "Note", "Stock", "Tags", "Home"]


@given(st.lists(st.sampled_from([*NAMES, "tags", "city", "save", "back"]), max_size=8))
def test_changed_names_follow_a_plain_record(types: Namespace, codecs: Codecs, steps: list[str]) -> None:
    body = {"Name": "a", "Stock": 1, "Tags": ["x"], "Home": {"City": "Ulm", "Zip": 0}}
    made = adopt(types.Product, body, codecs.codec("Shop.Product"))
    noted: set[str] = set()
    tags, city = ["x"], "Ulm"
    saved = (["x"], "Ulm")
    for at, step in enumerate(steps):
        if step == "save":
            forget_changes(made)
            noted, saved = set(), (list(tags), city)
        elif step == "back":
            roll_back(made)
            noted, tags, city = set(), list(saved[0]), saved[1]
        elif step == "tags":
            made.Tags.append(str(at))
            tags.append(str(at))
        elif step == "city":
            made.Home.City = city = f"c{at}"
        else:
            values = {"Name": "b", "Note": None, "Stock": 2, "Tags": ["y"], "Home": {"City": "Bonn", "Zip": 0}}
            setattr(made, step, values[step])
            noted.add(step)
            tags, city = (["y"], city) if step == "Tags" else (tags, "Bonn") if step == "Home" else (tags, city)
        moved = {name for name, changed in (("Tags", tags != saved[0]), ("Home", city != saved[1])) if changed}
        assert set(changed_names(made)) == noted | moved
        assert made.Tags == tags and made.Home.City == city
