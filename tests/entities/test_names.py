"""How names of a service are spelled in Python."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata3.entities.names import RESERVED, hint, nearest, spell, spell_all


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("Name", "Name"),
        ("VMCheckPointAction", "VMCheckPointAction"),
        ("match", "match"),  # a soft keyword is a name like any other
        ("Größe", "Größe"),
        ("class", "class_"),
        ("None", "None_"),
        ("to_dict", "to_dict_"),
        ("__init__", "__init___"),
        ("_raw", "_raw_"),
        ("__class_", "__class___"),
        ("_repr_html", "_repr_html__"),
        ("_ipython_display", "_ipython_display__"),
        ("Foo-Bar", "Foo_Bar_"),
        ("1st", "_1st_"),
        ("a.b c", "a_b_c_"),
        ("\ufb01eld", "field"),  # Python reads source in this normal form
        ("", "__"),
        ("{0.__class__}", "_0___class____"),
    ],
)
def test_r36_one_name(name: str, attribute: str) -> None:
    assert spell(name, RESERVED) == attribute


def test_r36_plain_names_take_theirs_first() -> None:
    assert spell_all(["class", "class_", "Class"]) == {"class": "class__", "class_": "class_", "Class": "Class"}


def test_r36_names_of_the_base_type_stay() -> None:
    assert spell_all(["class_", "Name"], taken=["class_"]) == {"class_": "class__", "Name": "Name"}


@given(st.lists(st.one_of(st.text(max_size=8), st.sampled_from([*keyword.kwlist, "to_dict", "_raw", "__class__", "a", "a_"]))))
def test_r36_every_name_gets_a_spelling_of_its_own(names: list[str]) -> None:
    spelled = spell_all(names, RESERVED)
    assert list(spelled) == list(dict.fromkeys(names))
    assert len(set(spelled.values())) == len(spelled)
    for attribute in spelled.values():
        assert attribute.isidentifier() and not keyword.iskeyword(attribute) and attribute not in RESERVED
        assert not attribute.startswith("_") or attribute.endswith("_")
        assert not (attribute.startswith("__") and hasattr(object, attribute))
    assert spell_all(names, RESERVED) == spelled


def test_nearest() -> None:
    assert nearest("nmae", ["Name", "Size"]) == "Name"
    assert nearest("NAME", ["Name", "Size"]) == "Name"
    assert nearest("zzz", ["Name"]) is None
    assert hint("Nmae", ["Name"]) == "; did you mean 'Name'?"
    assert hint("zzz", ["Name"]) == ""
