"""Section 4: entity classes, their values, and what an update sends."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from contract.bakery import MODEL, SERIAL

from odata3 import DataServiceCollection, DataServiceStreamLink, SaveChangesOptions
from odata3.entities.classes import build_classes

types = build_classes(MODEL)
Product, Cake, Address, Note = types.Product, types.Cake, types.Address, types.Note


@pytest.fixture
def bread(ctx):
    return ctx.Products.by_key(1).first()


# -- classes


def test_made_by_keywords_and_inheritance_follows_base_type():
    product = Product(ID=1, Name="Bread")
    assert (product.ID, product.Name) == (1, "Bread")
    cake = Cake(ID=2, Name="Sponge", Layers=3)
    assert isinstance(cake, Product) and not isinstance(product, Cake) and issubclass(Cake, Product)


def test_an_attribute_of_the_class_is_for_queries_of_an_instance_the_value(ctx, bread):
    assert str(Product.Name == "x") == "Name eq 'x'"
    assert str((Product.Price > 2) & (Product.Category.Name == "Bread")) == "Price gt 2M and Category/Name eq 'Bread'"
    assert ctx.Products.where(ctx.types.Product.Name == "Rye bread").single() is bread
    assert bread.Name == "Rye bread"


def test_what_was_never_set_reads_as_none_and_collections_as_empty_lists():
    product = Product()
    assert (product.Name, product.Price, product.Maker, product.Category) == (None, None, None, None)
    assert (product.Tags, product.Branches, types.Category().Products) == ([], [], [])


@pytest.mark.parametrize(
    ("name", "value", "kind", "edm_type"),
    [
        ("ID", "x", TypeError, "Edm.Int32"),
        ("ID", 1.5, TypeError, "Edm.Int32"),
        ("ID", True, TypeError, "Edm.Int32"),
        ("Name", 5, TypeError, "Edm.String"),
        ("Discontinued", 1, TypeError, "Edm.Boolean"),
        ("Price", 2.5, TypeError, "Edm.Decimal"),
        ("Released", 5, TypeError, "Edm.DateTime"),
        ("Tags", "x", TypeError, "Collection(Edm.String)"),
        ("Tags", [1], TypeError, "Collection(Edm.String)"),
        ("Maker", "Ulm", TypeError, "Bakery.Address"),
        ("Category", Product(ID=1), TypeError, "Bakery.Category"),
        ("Small", 256, ValueError, "Edm.Byte"),
        ("Tiny", -129, ValueError, "Edm.SByte"),
        ("Short", 2**15, ValueError, "Edm.Int16"),
        ("Rating", 2**31, ValueError, "Edm.Int32"),
        ("Big", 2**63, ValueError, "Edm.Int64"),
        ("Serial", "no guid", ValueError, "Edm.Guid"),
        ("Serial", "no guid", TypeError, "Edm.Guid"),
        ("Changed", datetime(2020, 1, 1), ValueError, "Edm.DateTimeOffset"),
        ("Changed", datetime(2020, 1, 1), TypeError, "Edm.DateTimeOffset"),
        ("Grain", "Rie", ValueError, "Bakery.Grain"),
        ("Grain", "Rie", TypeError, "Bakery.Grain"),
        ("Price", None, ValueError, "Edm.Decimal"),
        ("Price", None, TypeError, "Edm.Decimal"),
        ("Tags", None, ValueError, "Collection(Edm.String)"),
        ("Tags", None, TypeError, "Collection(Edm.String)"),
    ],
)
def test_wrong_values_name_type_property_and_edm_type(name, value, kind, edm_type):
    product = Product()
    for assign in (lambda: setattr(product, name, value), lambda: Product(**{name: value})):
        with pytest.raises(kind) as caught:
            assign()
        assert "Bakery.Product" in str(caught.value) and name in str(caught.value) and edm_type in str(caught.value)
    assert not product.to_dict().get(name)


def test_a_wrong_part_of_a_value_is_told_as_one_of_the_value():
    """Whatever is wrong with a part, the message of the whole names it."""
    for value in ([{"City": "Ulm"}, {"City": 5}], [{"City": "Ulm"}, None]):
        with pytest.raises((TypeError, ValueError), match=r"Bakery\.Product\.Branches.*item 1"):
            Product(Branches=value)


def test_an_unknown_property_names_the_nearest():
    for assign in (lambda: setattr(Product(), "Nmae", "x"), lambda: Product(Nmae="x")):
        with pytest.raises(AttributeError, match=r"Bakery\.Product.*'Nmae'.*'Name'"):
            assign()
    with pytest.raises(AttributeError, match="Nmae"):
        _ = Product().Nmae
    with pytest.raises(KeyError, match="'Name'"):
        _ = Product()["Nmae"]


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("Serial", SERIAL, UUID(SERIAL)),
        ("Price", "2.50", Decimal("2.50")),
        ("Price", 2, Decimal(2)),
        ("Rating", "5", 5),
        ("Weight", 2, 2.0),
        ("Released", "2013-08-02T15:12:54", datetime(2013, 8, 2, 15, 12, 54)),
        ("Grain", "Rye", types.Grain.Rye),
        ("Contains", "Gluten,Nuts", types.Allergens.Gluten | types.Allergens.Nuts),
        ("Maker", {"City": "Ulm"}, Address(City="Ulm")),
        ("Branches", [{"City": "Ulm"}], [Address(City="Ulm")]),
    ],
)
def test_what_converts_without_loss_is_taken(name, given, kept):
    product = Product(**{name: given})
    assert product[name] == kept and type(product[name]) is type(kept)


def test_repr_shows_type_and_key_and_equality_is_identity(ctx, bread):
    assert repr(bread) == "Product(ID=1)"
    assert repr(types.Line(OrderID=7, Code=SERIAL)) == f"Line(OrderID=7, Code=UUID('{SERIAL}'))"
    assert Product(ID=1) != Product(ID=1) and bread == bread
    assert len({Product(ID=1), Product(ID=1)}) == 2


def test_open_types_take_undeclared_properties(ctx, fresh, other):
    note = ctx.Notes.first()
    assert (note.Mood, note.Score, note["Mood"]) == ("fine", 3, "fine")
    note.Extra, note.Mood = Decimal("1.5"), "better"
    ctx.update_object(note)
    ctx.save_changes()
    assert other.Notes.first().to_dict() == {"ID": 1, "Text": "open", "Mood": "better", "Score": 3, "Extra": Decimal("1.5")}
    with pytest.raises(AttributeError):
        _ = Note(ID=2).Mood


def test_names_that_python_cannot_spell(bread):
    assert bread.class_ == bread["class"] == "A"
    bread["class"] = "B"
    assert bread.class_ == "B" and Product(class_="C")["class"] == "C"
    assert str(Product.class_ == "A") == "class eq 'A'"


def test_docstrings_list_the_properties():
    text = Product.__doc__
    assert "Something to eat." in text and "What stands on the sign." in text
    assert "ID : Edm.Int32, not null, key" in text
    assert "Price : Edm.Decimal, not null" in text and "Category" in text


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda entity: pickle.loads(pickle.dumps(entity))])
def test_copies_keep_values_not_tracking(ctx, bread, copied):
    bread.Name = "changed"
    twin = copied(bread)
    assert twin is not bread and twin.to_dict() == bread.to_dict() and isinstance(twin, ctx.types.Product)
    assert ctx.get_entity_descriptor(twin) is None


def test_to_dict_gives_plain_values(bread):
    values = bread.to_dict()
    assert values["Maker"] == {"Street": "Main 1", "City": "Ulm"}
    assert values["Branches"] == [{"Street": None, "City": "Ulm"}, {"Street": None, "City": "Bonn"}]
    assert (values["Grain"], values["Tags"], values["class"]) == ("Rye", ["dark", "sour"], "A")


# -- values


def test_values(bread):
    assert bread.Serial == UUID(SERIAL)
    assert bread.Released == datetime(2013, 8, 2, 15, 12, 54, 269480) and bread.Released.tzinfo is None
    assert bread.Changed.utcoffset() == timedelta(hours=2)
    assert bread.BakeTime == timedelta(hours=1, minutes=30)
    assert (bread.Price, bread.Picture, bread.Big) == (Decimal("2.50"), b"\x0a\xff", 2**40)
    assert (bread.Weight, bread.Ratio, bread.Discontinued) == (1.5, 0.5, False)
    assert [type(bread[n]) for n in ("Small", "Tiny", "Short", "Weight", "Discontinued", "Price")] == [
        int, int, int, float, bool, Decimal,
    ]  # fmt: skip
    assert bread.Grain is types.Grain.Rye and bread.Contains == types.Allergens(3)


def test_times_of_spf_are_aware(vmm):
    assert vmm.VMCheckPoints.first().AddedTime.utcoffset() is not None


def test_a_stream_is_a_link(ctx, fresh):
    photo = ctx.types.Photo(ID=1, Title="x")
    ctx.add_object("Photos", photo)
    ctx.set_save_stream(photo, b"x", True, "image/png")
    ctx.save_changes()
    assert isinstance(photo.Thumbnail, DataServiceStreamLink) and photo.Thumbnail.name == "Thumbnail"
    with pytest.raises(TypeError, match="set_save_stream"):
        photo.Thumbnail = b"x"


def test_spatial_values_are_geojson_shaped(ctx, fresh, other):
    product = ctx.Products.by_key(2).first()
    product.Shop = {"type": "Point", "coordinates": [10.0, 48.4]}
    assert product.Shop.__geo_interface__ == {"type": "Point", "coordinates": (10.0, 48.4)}
    ctx.update_object(product)
    ctx.save_changes()
    assert other.Products.by_key(2).first().Shop.coordinates == (10.0, 48.4)


def test_seven_digits_survive(ctx, sent, fresh, bread):
    assert bread.Released.microsecond == 269480
    bread.Name = "x"
    ctx.update_object(bread)
    ctx.save_changes(SaveChangesOptions.REPLACE_ON_UPDATE)
    assert json.loads(sent[-1][3])["Released"] == "2013-08-02T15:12:54.2694809"


# -- what is sent


def body(sent):
    return {name: value for name, value in json.loads(sent[-1][3]).items() if "odata.type" not in name}


def test_merge_sends_what_was_assigned_and_never_the_key(ctx, sent, fresh, bread):
    bread.Price, bread.Rating = Decimal("3.00"), 5
    assert set(ctx.get_entity_descriptor(bread).modified_properties) == {"Price", "Rating"}
    ctx.update_object(bread)
    ctx.save_changes()
    assert sent[-1][0] == "MERGE" and body(sent) == {"Price": "3.00", "Rating": 5}


def test_an_equal_value_counts_and_a_second_time_too(ctx, sent, fresh, bread):
    for _ in range(2):
        bread.Rating = 4
        ctx.update_object(bread)
        ctx.save_changes()
        assert body(sent) == {"Rating": 4}


def test_nothing_assigned_sends_all_that_is_set_but_the_key(ctx, sent, fresh, bread):
    ctx.update_object(bread)
    ctx.save_changes()
    assert "ID" not in body(sent) and body(sent)["Name"] == "Rye bread" and body(sent)["Tags"] == ["dark", "sour"]


def test_complex_values_and_collections_changed_in_place_count(ctx, sent, fresh, bread):
    bread.Maker.City = "Bonn"
    bread.Tags.append("new")
    ctx.update_object(bread)
    ctx.save_changes()
    assert set(body(sent)) == {"Maker", "Tags"} and body(sent)["Tags"] == ["dark", "sour", "new"]


def test_replace_sends_everything(ctx, sent, fresh, bread):
    bread.Name = "Loaf"
    ctx.update_object(bread)
    ctx.save_changes(SaveChangesOptions.REPLACE_ON_UPDATE)
    assert sent[-1][0] == "PUT" and set(body(sent)) == set(MODEL.entity_types["Bakery.Product"].properties.names())


def test_an_insert_sends_what_was_set(ctx, sent, fresh):
    ctx.add_object("Products", ctx.types.Product(ID=50, Name="x", Price=1))
    ctx.save_changes()
    assert body(sent) == {"ID": 50, "Name": "x", "Price": "1"}


def test_nothing_is_sent_without_update_object_but_in_a_collection(ctx, sent, fresh, bread):
    bread.Name = "Loaf"
    sent.clear()
    ctx.save_changes()
    assert sent == []
    collection = DataServiceCollection(ctx.Products)
    collection[1].Name = "Bun"
    ctx.save_changes()
    assert body(sent) == {"Name": "Bun"}


def test_values_of_dates_written(ctx, fresh, other):
    product = ctx.Products.by_key(2).first()
    product.Changed = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    product.BakeTime = timedelta(minutes=45)
    product.Weight = float("inf")
    ctx.update_object(product)
    ctx.save_changes()
    read = other.Products.by_key(2).first()
    assert (read.Changed, read.BakeTime, read.Weight) == (product.Changed, product.BakeTime, product.Weight)
