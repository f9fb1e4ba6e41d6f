"""Attributes of CSDL as values, and what is made of odd ones."""

import pytest

from odata3.edm.facets import FACETS, Oddity, read_boolean, read_multiplicity


@pytest.mark.parametrize(
    ("attribute", "text", "value"),
    [
        ("Nullable", "false", False),
        ("Nullable", "true", True),
        ("MaxLength", "40", 40),
        ("MaxLength", "Max", "Max"),
        ("FixedLength", "true", True),
        ("Precision", "18", 18),
        ("Scale", "0", 0),
        ("Scale", "Variable", "Variable"),
        ("SRID", "Variable", "Variable"),
        ("SRID", "4326", 4326),
        ("Unicode", "false", False),
        ("ConcurrencyMode", "Fixed", "Fixed"),
    ],
)
def test_facets_as_they_should_be(attribute, text, value):
    read = FACETS[attribute][1]
    assert read(text) == value


@pytest.mark.parametrize(
    ("attribute", "text", "value"),
    [
        ("Nullable", " true ", True),
        ("Nullable", "no", False),
        ("Nullable", "", True),
        ("MaxLength", "MAX", "Max"),
        ("MaxLength", " 40", 40),
        ("MaxLength", "1e9", None),
        ("MaxLength", "\u0664", None),
        ("MaxLength", "9" * 5000, None),
        ("FixedLength", "10", True),
        ("Precision", "-1", None),
        ("ConcurrencyMode", "FIXED", "Fixed"),
        ("ConcurrencyMode", "", "None"),
    ],
)
def test_p24_odd_facets_have_a_value_and_a_reason(attribute, text, value):
    with pytest.raises(Oddity) as caught:
        FACETS[attribute][1](text)
    assert caught.value.value == value
    assert str(caught.value)


def test_booleans_fall_back_to_their_default():
    for default in (True, False):
        with pytest.raises(Oddity) as caught:
            read_boolean("perhaps", default)
        assert caught.value.value is default


@pytest.mark.parametrize(("text", "meaning"), [("1..1", "1"), ("0..*", "*"), ("Many", "*"), ("?", "*")])
def test_p24_odd_multiplicities(text, meaning):
    assert read_multiplicity("0..1") == "0..1"
    with pytest.raises(Oddity) as caught:
        read_multiplicity(text)
    assert caught.value.value == meaning
