"""What lambdas are given, and what class attributes stand for."""

from __future__ import annotations

import copy
import enum
import pickle
from typing import Any

import pytest
from uri.catalogue import CATEGORY, COLOR, MODEL, NOTE, ORDER, PRODUCT, RIGHTS, SPECIAL

from odata3.errors import QueryTranslationError
from odata3.uri.expressions import Path
from odata3.uri.rows import Many, Row, property_path, resolve_type, row
from odata3.uri.translation import translate_predicate

P = row(MODEL, PRODUCT)


class Special:
    """As a generated class is seen from here."""

    _edm_type = SPECIAL


class Color(enum.Enum):
    Red = 0
    Green = 1
    None_ = 7


Color._edm_type = COLOR  # type: ignore[attr-defined]
Rights = enum.Flag("Rights", {"Read": 1, "Write": 2, "Own": 4})
Rights._edm_type = RIGHTS  # type: ignore[attr-defined]


class Stranger(enum.Enum):
    Red = 0
    Green = 5


def test_rows_are_made_once() -> None:
    assert row(MODEL, PRODUCT) is P
    assert P.Name is P.Name
    assert row(MODEL, PRODUCT, "x") is not P
    assert row(MODEL, PRODUCT, "x").Name.text == "x/Name"


def test_properties_and_their_types() -> None:
    assert isinstance(P.Name, Path) and repr(P.Name.type) == "<Edm.String>" and P.Name.nullable
    assert not P.Active.nullable
    assert isinstance(P.Category, Row) and isinstance(P.Address, Row)
    assert isinstance(P.Orders, Many) and isinstance(P.Tags, Many)
    assert P.Category.Name.nullable
    assert P.Category.ID.nullable  # no category, no id
    assert not P.Supplier.Code.nullable
    assert P.Address.City.nullable
    assert P.Color.type is COLOR
    assert P.Category.Parent.Parent.Name.text == "Category/Parent/Parent/Name"


def test_names_that_python_cannot_spell() -> None:
    assert P.class_.text == P["class"].text == "class"
    assert P.cast_.text == P["cast"].text == "cast"
    assert P["Category"]["Name"].text == "Category/Name"
    with pytest.raises(QueryTranslationError):
        P[0]


def test_unknown_names_name_the_nearest() -> None:
    with pytest.raises(AttributeError, match=r"Shop\.Product has no property 'Nmae': did you mean 'Name'\?"):
        _ = P.Nmae
    with pytest.raises(AttributeError, match="did you mean 'Category'"):
        _ = P.category
    with pytest.raises(AttributeError):
        P["Nope"]
    with pytest.raises(AttributeError):
        _ = P.__wrapped__
    assert not hasattr(P, "_repr_html_")


def test_open_types_and_rows_without_a_model_take_any_name() -> None:
    note = row(MODEL, NOTE)
    assert (note.Mood == "good").text == "Mood eq 'good'"
    assert (note.Mood.Colour.Tone == 2.5).text == "Mood/Colour/Tone eq 2.5"
    assert str(note.Mood["startswith"]) == "Mood/startswith"
    assert (note.Mood + "x" == "gx").text == "concat(Mood,'x') eq 'gx'"
    assert (note.Mood + 1 > 2).text == "Mood add 1 gt 2"
    assert (~note.Mood).text == "Mood ne true"
    assert str(note.Mood[1:2]) == "substring(Mood,1,1)"
    with pytest.raises(QueryTranslationError):
        note.Mood + note.Other
    with pytest.raises(QueryTranslationError):
        note["no name' or 1 eq 1"]
    with pytest.raises(QueryTranslationError):
        note.Mood["a/b"]
    bare = row(None, None)
    assert (bare.A.B == 1).text == "A/B eq 1"
    assert bare.Items.any(lambda i: i.Total > bare.Limit).text == "Items/any(i:i/Total gt $it/Limit)"
    assert bare.Items.all(lambda i: i).text == "Items/all(i:i eq true)"


def test_types_in_paths() -> None:
    assert (P.cast(Special).Limit > 1).text == "Shop.SpecialProduct/Limit gt 1M"
    assert (P.cast("SpecialProduct").Guarantor.Name == "x").text == "Shop.SpecialProduct/Guarantor/Name eq 'x'"
    assert P.cast(SPECIAL).cast(Special).Limit.text == "Shop.SpecialProduct/Limit"
    assert P.cast(Special).Limit.nullable
    assert P.is_of(Special).text == "isof('Shop.SpecialProduct')"
    assert P.Category.is_of("Shop.Category").text == "isof(Category,'Shop.Category')"
    category = row(MODEL, CATEGORY)
    assert category.Products.any(lambda x: x.is_of(Special)).text == "Products/any(x:isof(x,'Shop.SpecialProduct'))"
    assert P.Orders.any(lambda o: P.is_of(Special)).text == "Orders/any(o:isof($it,'Shop.SpecialProduct'))"
    assert category.Products.of_type(Special).any().text == "Products/Shop.SpecialProduct/any()"
    with pytest.raises(QueryTranslationError, match="not derived"):
        P.cast("Shop.Category")
    with pytest.raises(QueryTranslationError, match="SpecialProduct"):
        P.is_of("Shop.SpecialProdukt")
    with pytest.raises(QueryTranslationError):
        P.is_of(int)
    with pytest.raises(QueryTranslationError):
        P.is_of("x') or (1 eq 1")


def test_entities_compare_with_none_alone() -> None:
    assert (P.Category == None).text == "Category eq null"  # noqa: E711
    assert (P.Address != None).text == "Address ne null"  # noqa: E711
    for wrong in (
        lambda: P.Category == P.Supplier,
        lambda: P.Category < 1,
        lambda: P.Category + 1,
        lambda: P.Category & P.Active,
    ):
        with pytest.raises(QueryTranslationError):
            wrong()


def test_enums() -> None:
    assert (P.Color == Color.Green).text == "Color eq Shop.Color'Green'"
    assert (Color.Green == P.Color).text == "Color eq Shop.Color'Green'"  # type: ignore[attr-defined]
    assert (P.Color == "Blue").text == "Color eq Shop.Color'Blue'"
    assert (P.Color == 2).text == "Color eq Shop.Color'Blue'"
    assert (P.Color == 9).text == "Color eq Shop.Color'9'"
    assert (P.Color == Color.None_).text == "Color eq Shop.Color'7'"
    assert (P.Color == None).text == "Color eq null"  # noqa: E711
    assert (P.Rights == Rights.Read | Rights.Write).text == "Rights eq Shop.Rights'Read,Write'"
    assert (P.Color == Stranger.Red).text == "Color eq Shop.Color'Red'"
    for wrong in (Stranger.Green, Rights.Read, "Pink", 1.5, True):
        with pytest.raises(QueryTranslationError):
            _ = P.Color == wrong
    assert (row(MODEL, NOTE).Mood == Color.Red).text == "Mood eq Shop.Color'Red'"
    with pytest.raises(QueryTranslationError):
        _ = row(MODEL, NOTE).Mood == Stranger.Red


def test_class_attributes() -> None:
    name = property_path(MODEL, Special, SPECIAL.properties["Name"])
    assert (name == "x").text == "Name eq 'x'"
    assert isinstance(property_path(MODEL, PRODUCT, PRODUCT.navigation_properties["Category"]), Row)
    orders = property_path(MODEL, PRODUCT, PRODUCT.navigation_properties["Orders"])
    assert orders.any(lambda o: o.Total > 5).text == "Orders/any(o:o/Total gt 5M)"
    limit = property_path(MODEL, SPECIAL, SPECIAL.properties["Limit"])
    assert translate_predicate(MODEL, SPECIAL, limit > 1).text == "Limit gt 1M"
    assert translate_predicate(MODEL, SPECIAL, property_path(MODEL, PRODUCT, PRODUCT.properties["ID"]) > 1).text == "ID gt 1"
    for wrong in (limit > 1, row(MODEL, CATEGORY).Name == "x", row(MODEL, CATEGORY).Products.any()):
        with pytest.raises(QueryTranslationError, match="the query is about"):
            translate_predicate(MODEL, PRODUCT, wrong)
    with pytest.raises(QueryTranslationError, match="the query is about"):
        translate_predicate(MODEL, PRODUCT, lambda p: p.Active & (row(MODEL, CATEGORY).Name == "x"))


def test_collections_of_values() -> None:
    assert P.Tags.any(lambda t: t.startswith("a")).text == "Tags/any(t:startswith(t,'a'))"
    assert P.Places.all(lambda a: a.City != "x").text == "Places/all(a:a/City ne 'x')"
    assert row(MODEL, ORDER).Items.any(lambda i: i.Tags.any(lambda t: t == i.Name)).text == (
        "Items/any(i:i/Tags/any(t:t eq i/Name))"
    )


def test_symbols_cannot_be_changed_or_pickled() -> None:
    def assign() -> None:
        P.Name = "x"

    with pytest.raises(QueryTranslationError):
        assign()
    with pytest.raises(QueryTranslationError):
        pickle.dumps(P.Name)
    assert copy.copy(P.Name) is P.Name
    assert copy.deepcopy(P) is P


def test_other_than_lambdas_are_traced_too() -> None:
    class Asker:
        def __call__(self, p: Any) -> Any:
            return p.Active and p.ID == 1

        def ask(self, p: Any) -> Any:
            return p.Orders.any(self.inner)

        def inner(self, order: Any) -> Any:
            return order.Total > 1 or order.Total < 0

    assert translate_predicate(MODEL, PRODUCT, Asker()).text == "Active and ID eq 1"
    assert translate_predicate(MODEL, PRODUCT, Asker().ask).text == "Orders/any(order:order/Total gt 1M or order/Total lt 0M)"


def test_resolve_type() -> None:
    assert resolve_type(MODEL, "Shop.Color") is COLOR
    assert resolve_type(MODEL, "Shop.Product") is PRODUCT
    assert resolve_type(MODEL, "Shop.Nope") is None
    assert repr(resolve_type(None, "Edm.Int32")) == "<Edm.Int32>"
