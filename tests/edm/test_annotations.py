"""Annotations: constants that know their kind, elements in one canonical form."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from odata3.edm.annotations import Constant, Markup, keep
from odata3.errors import MetadataError


def test_constants_are_texts_with_a_kind():
    value = Constant("5", "Int")
    assert value == "5"
    for twin in (copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert (twin, twin.kind) == ("5", "Int")


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ("<a/>", '<a xmlns=""/>'),
        ('<x:a xmlns:x="urn:x" b="1" a="2"/>', '<a xmlns="urn:x" a="2" b="1"/>'),
        ('<a xmlns="urn:x"><b xmlns=""/><c/></a>', '<a xmlns="urn:x"><b xmlns=""/><c/></a>'),
        ('<a xmlns:y="relative" y:b="1" xml:lang="en"/>', '<a xmlns="" xmlns:n1="relative" xml:lang="en" n1:b="1"/>'),
        ("<a> &lt;&amp;&gt; <b/>&#13;tail\n</a>", '<a xmlns=""> &lt;&amp;&gt; <b/>&#13;tail\n</a>'),
        ('<a b="&lt;&quot;&#10;&#9;"/>', '<a xmlns="" b="&lt;&quot;&#10;&#9;"/>'),
    ],
)
def test_markup_has_one_form(document, text):
    value = Markup.of(etree.fromstring(document))
    assert value == text
    assert Markup.of(value.element()) == value
    assert pickle.loads(pickle.dumps(value)) == value


def test_markup_leaves_out_what_follows_the_element():
    outer = etree.fromstring("<a><b/>tail</a>")
    assert Markup.of(outer[0]) == '<b xmlns=""/>'


def test_markup_that_a_user_made_badly_is_a_metadata_error():
    with pytest.raises(MetadataError):
        Markup("<a>").element()


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]) | st.sampled_from("\t\n\r")))
def test_texts_survive_in_markup(text):
    element = etree.Element("{urn:x}a", {"b": text})
    element.text = text
    again = Markup.of(element).element()
    assert (again.text or "", again.get("b")) == (text, text)


def test_repeated_names_make_a_tuple():
    annotations = {}
    for value in ("1", "2", "3"):
        keep(annotations, "{urn:x}a", value)
    assert annotations == {"{urn:x}a": ("1", "2", "3")}
