"""Section 9: the model."""

from __future__ import annotations

import io

import pytest
from contract.bakery import EDMX, MODEL

from odata3 import MetadataError, parse_metadata


@pytest.mark.parametrize(
    "source", [EDMX, str(EDMX), EDMX.read_bytes(), EDMX.read_text("utf-8"), io.BytesIO(EDMX.read_bytes())], ids=type
)
def test_parse_metadata_takes(source):
    assert parse_metadata(source) == MODEL


def test_mappings_by_full_name_in_document_order():
    assert [schema.namespace for schema in MODEL.schemas] == ["Bakery"]
    assert list(MODEL.entity_types) == [f"Bakery.{n}" for n in ("Product", "Cake", "Category", "Line", "Note", "Photo")]
    assert list(MODEL.complex_types) == ["Bakery.Address"]
    assert list(MODEL.enum_types) == ["Bakery.Grain", "Bakery.Allergens"]
    assert list(MODEL.associations) == ["Bakery.Product_Category"]
    assert list(MODEL.entity_containers) == ["Bakery.Shop"]
    assert MODEL.default_container.name == "Shop"
    assert list(MODEL.entity_sets) == ["Products", "Categories", "Lines", "Notes", "Photos"]
    assert MODEL.version == "3.0" and list(MODEL.warnings) == []


def test_function_imports_by_name_are_tuples_of_overloads():
    assert list(MODEL.function_imports) == ["GetProductsByRating", "Sum", "Cities", "Close", "Discount", "Like"]
    (operation,) = MODEL.function_imports["GetProductsByRating"]
    assert isinstance(MODEL.function_imports["Sum"], tuple)
    assert (operation.return_type, operation.http_method) == ("Collection(Bakery.Product)", "GET")
    assert operation.parameters["rating"].type == "Edm.Int32"


def test_outside_the_default_container_by_qualified_name():
    model = parse_metadata(
        b"""<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"><edmx:DataServices
        xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"><Schema Namespace="T"
        xmlns="http://schemas.microsoft.com/ado/2008/09/edm"><EntityType Name="A"><Key><PropertyRef Name="ID"/></Key>
        <Property Name="ID" Type="Edm.Int32" Nullable="false"/></EntityType>
        <EntityContainer Name="Main" m:IsDefaultEntityContainer="true"><EntitySet Name="As" EntityType="T.A"/></EntityContainer>
        <EntityContainer Name="Other"><EntitySet Name="Bs" EntityType="T.A"/><FunctionImport Name="Do"/></EntityContainer>
        </Schema></edmx:DataServices></edmx:Edmx>"""
    )
    assert list(model.entity_sets) == ["As", "T.Other.Bs"] and list(model.function_imports) == ["T.Other.Do"]


def test_an_entity_type():
    cake = MODEL.entity_types["Bakery.Cake"]
    assert (cake.name, cake.namespace, cake.full_name, cake.base_type) == ("Cake", "Bakery", "Bakery.Cake", "Bakery.Product")
    assert (cake.abstract, cake.open_type, cake.has_stream, cake.key) == (False, False, False, ("ID",))
    assert [p.name for p in cake.declared_properties] == ["Layers"]
    assert [p.name for p in cake.properties][:2] == ["ID", "Name"] and cake.properties[-1].name == "Layers"
    assert [n.name for n in cake.navigation_properties] == ["Category"]
    assert MODEL.entity_types["Bakery.Note"].open_type and MODEL.entity_types["Bakery.Photo"].has_stream
    assert MODEL.entity_types["Bakery.Line"].key == ("OrderID", "Code")


def test_properties_are_a_sequence_and_a_mapping():
    properties = MODEL.entity_types["Bakery.Product"].properties
    assert properties["Name"] is properties[1] and "Name" in properties and "Nmae" not in properties
    assert list(properties.keys()) == [p.name for p in properties] and list(properties.values()) == list(properties)
    assert dict(properties)["Price"] is properties["Price"] and dict(properties.items()) == dict(properties)
    assert properties.get("Nmae") is None and len(properties) == 23


def test_a_property():
    properties = MODEL.entity_types["Bakery.Product"].properties
    price, name = properties["Price"], properties["Name"]
    assert (price.name, price.type, price.nullable, price.precision, price.scale) == ("Price", "Edm.Decimal", False, 10, 2)
    assert (name.max_length, name.nullable, name.default_value, name.concurrency_mode) == (40, True, None, "None")
    category = MODEL.entity_types["Bakery.Category"].properties
    assert (category["Name"].default_value, category["Version"].concurrency_mode) == ("new", "Fixed")
    assert dict(price.annotations) == {}


def test_oddities_are_warnings():
    text = EDMX.read_text("utf-8").replace('Type="Edm.Double"', 'Type="Edm.Real"')
    model = parse_metadata(text)
    assert "Bakery.Product" in model.entity_types and any("Edm.Real" in str(warning) for warning in model.warnings)


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"<html><body/></html>",
        b"<a/>",
        EDMX.read_bytes()[:700],
        b'<!DOCTYPE x [<!ENTITY a "b">]><x/>',
        "/nowhere/at/all.edmx",
        None,
        5,
    ],
)
def test_what_makes_no_sense_is_a_metadata_error(source):
    with pytest.raises(MetadataError):
        parse_metadata(source)
