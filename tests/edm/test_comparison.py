"""What has become of a model: each single change is told once, with whether it breaks callers."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from odata3.edm.comparison import Difference, compare
from odata3.edm.csdl import read_metadata, write_metadata
from odata3.edm.model import Model
from tests.edm.test_csdl_writer import models

DOCUMENT = b"""<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
<edmx:DataServices m:DataServiceVersion="3.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
<Schema Namespace="Farm" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
  <EnumType Name="Sort"><Member Name="Cow" Value="1"/><Member Name="Hen" Value="2"/></EnumType>
  <ComplexType Name="Place"><Property Name="X" Type="Edm.Single"/>
    <Property Name="Name" Type="Edm.String" MaxLength="20"/></ComplexType>
  <EntityType Name="Animal">
    <Key><PropertyRef Name="ID"/></Key>
    <Property Name="ID" Type="Edm.Int32" Nullable="false"/>
    <Property Name="Tag" Type="Edm.Int16"/>
    <Property Name="Weight" Type="Edm.Decimal" Precision="10" Scale="2"/>
    <Property Name="Stall" Type="Farm.Place"/>
    <Property Name="Names" Type="Collection(Edm.String)" Nullable="false"/>
    <Property Name="Stamp" Type="Edm.Binary" Nullable="false" DefaultValue="AA=="/>
    <NavigationProperty Name="Keeper" Relationship="Farm.Keeps" FromRole="Animal" ToRole="Keeper"/>
  </EntityType>
  <EntityType Name="Cow" BaseType="Farm.Animal"><Property Name="Milk" Type="Edm.Double"/></EntityType>
  <EntityType Name="Keeper">
    <Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Guid" Nullable="false"/>
    <NavigationProperty Name="Animals" Relationship="Farm.Keeps" FromRole="Keeper" ToRole="Animal"/>
  </EntityType>
  <Association Name="Keeps">
    <End Role="Animal" Type="Farm.Animal" Multiplicity="*"/><End Role="Keeper" Type="Farm.Keeper" Multiplicity="0..1"/>
  </Association>
  <EntityContainer Name="Main" m:IsDefaultEntityContainer="true">
    <EntitySet Name="Animals" EntityType="Farm.Animal"/><EntitySet Name="Keepers" EntityType="Farm.Keeper"/>
    <AssociationSet Name="Keeps" Association="Farm.Keeps">
      <End Role="Animal" EntitySet="Animals"/><End Role="Keeper" EntitySet="Keepers"/>
    </AssociationSet>
    <FunctionImport Name="Heavy" ReturnType="Collection(Farm.Animal)" EntitySet="Animals" m:HttpMethod="GET">
      <Parameter Name="from" Type="Edm.Int32" Nullable="false"/><Parameter Name="to" Type="Edm.Int32"/>
    </FunctionImport>
    <FunctionImport Name="Feed" IsBindable="true" m:IsAlwaysBindable="true">
      <Parameter Name="animal" Type="Farm.Animal"/><Parameter Name="kilos" Type="Edm.Decimal"/>
    </FunctionImport>
    <FunctionImport Name="Sum" ReturnType="Edm.Int32" IsSideEffecting="false">
      <Parameter Name="a" Type="Edm.Int32"/></FunctionImport>
    <FunctionImport Name="Sum" ReturnType="Edm.Int32" IsSideEffecting="false">
      <Parameter Name="a" Type="Edm.Int32"/><Parameter Name="b" Type="Edm.Int32"/>
    </FunctionImport>
  </EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>"""
EDM = "{http://schemas.microsoft.com/ado/2009/11/edm}"
M = "{http://schemas.microsoft.com/ado/2007/08/dataservices/metadata}"

Change = Callable[[etree._Element], None]


def setting(path: str, **attributes: str | None) -> Change:
    """Give an element other attributes; None takes one away, ``m_X`` is one of the metadata namespace."""

    def change(tree: etree._Element) -> None:
        element = found(tree, path)
        for name, value in attributes.items():
            name = f"{M}{name[2:]}" if name.startswith("m_") else name
            if value is None:
                del element.attrib[name]
            else:
                element.set(name, value)

    return change


def adding(path: str, text: str, place: int | None = None) -> Change:
    def change(tree: etree._Element) -> None:
        parent = found(tree, path)
        parent.insert(
            len(parent) if place is None else place,
            etree.fromstring(text.replace("<", "<e:", 1).replace(" ", f' xmlns:e="{EDM[1:-1]}" ', 1)),
        )

    return change


def removing(path: str) -> Change:
    def change(tree: etree._Element) -> None:
        element = found(tree, path)
        element.getparent().remove(element)

    return change


def found(tree: etree._Element, path: str) -> etree._Element:
    """``EntityType Animal/Property Tag``: elements by their kind and name, below the schema."""
    step = tree.find(f".//{EDM}Schema")
    for part in path.split("/") if path else ():
        kind, _, name = part.partition(" ")
        role = "Role" if kind == "End" else "Name"
        step = next(e for e in step.iter(f"{EDM}{kind}") if e.get(role) == name or not name)
    return step


def after(change: Change) -> Model:
    tree = etree.fromstring(DOCUMENT)
    change(tree)
    return read_metadata(etree.tostring(tree))


BEFORE = read_metadata(DOCUMENT)
ANIMAL, TAG = "EntityType Animal", "EntityType Animal/Property Tag"
HEAVY = "EntityContainer/FunctionImport Heavy"

#: A change, the one difference it makes (change, what, where, before, after), and whether it breaks callers.
CHANGES: dict[str, tuple[Change, tuple[str, str, str, str | None, str | None], bool]] = {
    "type gone": (removing("EntityType Cow"), ("removed", "entity type", "Farm.Cow", None, None), True),
    "type new": (
        adding("", '<EntityType Name="Hen" BaseType="Farm.Animal"/>'),
        ("added", "entity type", "Farm.Hen", None, None),
        False,
    ),
    "complex type new": (adding("", '<ComplexType Name="Area"/>'), ("added", "complex type", "Farm.Area", None, None), False),
    "enum type gone": (removing("EnumType Sort"), ("removed", "enum type", "Farm.Sort", None, None), True),
    "base type": (
        setting("EntityType Cow", BaseType=None),
        ("changed", "base type", "Farm.Cow", "Farm.Animal", None),
        True,
    ),
    "abstract": (setting(ANIMAL, Abstract="true"), ("changed", "abstract", "Farm.Animal", "no", "yes"), True),
    "open": (setting(ANIMAL, OpenType="true"), ("changed", "open type", "Farm.Animal", "no", "yes"), False),
    "stream": (setting(ANIMAL, m_HasStream="true"), ("changed", "stream", "Farm.Animal", "no", "yes"), True),
    "key": (
        adding(f"{ANIMAL}/Key", '<PropertyRef Name="Tag"/>'),
        ("changed", "key", "Farm.Animal", "ID", "ID, Tag"),
        True,
    ),
    "property gone": (removing(TAG), ("removed", "property", "Farm.Animal.Tag", "Edm.Int16", None), True),
    "property of a derived type gone": (
        removing("EntityType Cow/Property Milk"),
        ("removed", "property", "Farm.Cow.Milk", "Edm.Double", None),
        True,
    ),
    "property new": (
        adding(ANIMAL, '<Property Name="Note" Type="Edm.String"/>'),
        ("added", "property", "Farm.Animal.Note", None, "Edm.String"),
        False,
    ),
    "property asked for": (
        adding(ANIMAL, '<Property Name="Note" Type="Edm.String" Nullable="false"/>'),
        ("added", "property", "Farm.Animal.Note", None, "Edm.String"),
        True,
    ),
    "property with a default": (
        adding(ANIMAL, '<Property Name="Note" Type="Edm.String" Nullable="false" DefaultValue="x"/>'),
        ("added", "property", "Farm.Animal.Note", None, "Edm.String"),
        False,
    ),
    "wider": (setting(TAG, Type="Edm.Int64"), ("changed", "property", "Farm.Animal.Tag", "Edm.Int16", "Edm.Int64"), False),
    "narrower": (setting(TAG, Type="Edm.Byte"), ("changed", "property", "Farm.Animal.Tag", "Edm.Int16", "Edm.Byte"), True),
    "another type": (
        setting(TAG, Type="Edm.String"),
        ("changed", "property", "Farm.Animal.Tag", "Edm.Int16", "Edm.String"),
        True,
    ),
    "a collection": (
        setting("ComplexType Place/Property X", Type="Collection(Edm.Double)"),
        ("changed", "property", "Farm.Place.X", "Edm.Single", "Collection(Edm.Double)"),
        True,
    ),
    "no collection": (
        setting("EntityType Animal/Property Names", Type="Edm.String"),
        ("changed", "property", "Farm.Animal.Names", "Collection(Edm.String)", "Edm.String"),
        True,
    ),
    "not null": (setting(TAG, Nullable="false"), ("changed", "nullable", "Farm.Animal.Tag", "yes", "no"), True),
    "null": (
        setting("EntityType Animal/Property Stamp", Nullable="true"),
        ("changed", "nullable", "Farm.Animal.Stamp", "no", "yes"),
        True,
    ),
    "shorter": (
        setting("ComplexType Place/Property Name", MaxLength="10"),
        ("changed", "max length", "Farm.Place.Name", "20", "10"),
        True,
    ),
    "longer": (
        setting("ComplexType Place/Property Name", MaxLength="Max"),
        ("changed", "max length", "Farm.Place.Name", "20", "Max"),
        False,
    ),
    "less precise": (
        setting("EntityType Animal/Property Weight", Precision="5"),
        ("changed", "precision", "Farm.Animal.Weight", "10", "5"),
        True,
    ),
    "scale": (
        setting("EntityType Animal/Property Weight", Scale="3"),
        ("changed", "scale", "Farm.Animal.Weight", "2", "3"),
        False,
    ),
    "default": (
        setting("EntityType Animal/Property Stamp", DefaultValue="AQ=="),
        ("changed", "default value", "Farm.Animal.Stamp", "AA==", "AQ=="),
        False,
    ),
    "etag": (setting(TAG, ConcurrencyMode="Fixed"), ("changed", "concurrency", "Farm.Animal.Tag", "None", "Fixed"), False),
    "way gone": (
        removing("EntityType Keeper/NavigationProperty Animals"),
        ("removed", "navigation property", "Farm.Keeper.Animals", "Farm.Animal", None),
        True,
    ),
    "multiplicity of one": (
        setting("Association Keeps/End Keeper", Multiplicity="1"),
        ("changed", "multiplicity", "Farm.Animal.Keeper", "0..1", "1"),
        True,
    ),
    "multiplicity of many": (
        setting("Association Keeps/End Animal", Multiplicity="0..1"),
        ("changed", "multiplicity", "Farm.Keeper.Animals", "*", "0..1"),
        True,
    ),
    "way elsewhere": (
        setting("Association Keeps/End Animal", Type="Farm.Cow"),
        ("changed", "navigation property", "Farm.Keeper.Animals", "Farm.Animal", "Farm.Cow"),
        True,
    ),
    "contained": (
        setting("EntityType Keeper/NavigationProperty Animals", ContainsTarget="true"),
        ("changed", "contained", "Farm.Keeper.Animals", "no", "yes"),
        True,
    ),
    "member gone": (removing("EnumType Sort/Member Hen"), ("removed", "member", "Farm.Sort.Hen", None, None), True),
    "member new": (
        adding("EnumType Sort", '<Member Name="Pig" Value="3"/>'),
        ("added", "member", "Farm.Sort.Pig", None, None),
        False,
    ),
    "member's value": (setting("EnumType Sort/Member Hen", Value="5"), ("changed", "member", "Farm.Sort.Hen", "2", "5"), True),
    "flags": (setting("EnumType Sort", IsFlags="true"), ("changed", "flags", "Farm.Sort", "no", "yes"), True),
    "underlying": (
        setting("EnumType Sort", UnderlyingType="Edm.Int64"),
        ("changed", "underlying type", "Farm.Sort", "Edm.Int32", "Edm.Int64"),
        False,
    ),
    "set gone": (removing("EntityContainer/EntitySet Keepers"), ("removed", "entity set", "Keepers", None, None), True),
    "set new": (
        adding("EntityContainer", '<EntitySet Name="Cows" EntityType="Farm.Cow"/>'),
        ("added", "entity set", "Cows", None, None),
        False,
    ),
    "set of others": (
        setting("EntityContainer/EntitySet Animals", EntityType="Farm.Cow"),
        ("changed", "entity set", "Animals", "Farm.Animal", "Farm.Cow"),
        True,
    ),
    "operation gone": (removing("EntityContainer/FunctionImport Feed"), ("removed", "operation", "Feed", None, None), True),
    "operation new": (
        adding("EntityContainer", '<FunctionImport Name="Count" ReturnType="Edm.Int32"/>'),
        ("added", "operation", "Count", None, None),
        False,
    ),
    "overload gone": (
        removing("EntityContainer/FunctionImport Sum"),
        ("removed", "overload", "Sum(a)", None, None),
        True,
    ),
    "parameter gone": (removing(f"{HEAVY}/Parameter to"), ("removed", "parameter", "Heavy(to)", "Edm.Int32", None), True),
    "parameter new": (
        adding(HEAVY, '<Parameter Name="at" Type="Edm.String"/>'),
        ("added", "parameter", "Heavy(at)", None, "Edm.String"),
        False,
    ),
    "parameter asked for": (
        adding(HEAVY, '<Parameter Name="at" Type="Edm.String" Nullable="false"/>'),
        ("added", "parameter", "Heavy(at)", None, "Edm.String"),
        True,
    ),
    "parameter's type": (
        setting(f"{HEAVY}/Parameter from", Type="Edm.String"),
        ("changed", "parameter", "Heavy(from)", "Edm.Int32", "Edm.String"),
        True,
    ),
    "parameter wider": (
        setting(f"{HEAVY}/Parameter from", Type="Edm.Int64"),
        ("changed", "parameter", "Heavy(from)", "Edm.Int32", "Edm.Int64"),
        False,
    ),
    "parameter not null": (
        setting(f"{HEAVY}/Parameter to", Nullable="false"),
        ("changed", "nullable", "Heavy(to)", "yes", "no"),
        True,
    ),
    "bound elsewhere": (
        setting("EntityContainer/FunctionImport Feed/Parameter animal", Type="Farm.Keeper"),
        ("changed", "bound to", "Feed", "Farm.Animal", "Farm.Keeper"),
        True,
    ),
    "result": (
        setting(HEAVY, ReturnType="Collection(Farm.Cow)"),
        ("changed", "result", "Heavy", "Collection(Farm.Animal)", "Collection(Farm.Cow)"),
        True,
    ),
    "by another verb": (
        setting(HEAVY, m_HttpMethod="POST"),
        ("changed", "called as", "Heavy", "service operation, GET", "service operation, POST"),
        True,
    ),
    "results of another set": (
        setting(HEAVY, EntitySet="Keepers"),
        ("changed", "entity set", "Heavy", "Animals", "Keepers"),
        False,
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_single_change_is_the_one_difference(name: str) -> None:
    change, (kind, what, where, was, now), breaks = CHANGES[name]
    (difference,) = compare(BEFORE, after(change))
    assert (difference.change, difference.what, difference.where) == (kind, what, where)
    assert (difference.before, difference.after, difference.breaks) == (was, now, breaks)
    assert where in str(difference) and str(difference).startswith("! ") is breaks
    assert json.loads(json.dumps(difference.to_dict()))["breaks"] is breaks


def test_parameters_in_another_order() -> None:
    def turned(tree: etree._Element) -> None:
        heavy = found(tree, HEAVY)
        heavy.append(heavy[0])

    (difference,) = compare(BEFORE, after(turned))
    assert (difference.what, difference.before, difference.after, difference.breaks) == (
        "order of parameters",
        "from, to",
        "to, from",
        True,
    )


def test_a_property_that_moves_to_the_base_is_there_for_callers() -> None:
    def moved(tree: etree._Element) -> None:
        found(tree, ANIMAL).append(found(tree, "EntityType Cow/Property Milk"))

    assert [str(d) for d in compare(BEFORE, after(moved))] == ["added property Farm.Animal.Milk: nothing -> Edm.Double"]
    assert [d.change for d in compare(after(moved), BEFORE)] == ["removed"]


@pytest.mark.parametrize(
    "change",
    [
        adding(
            ANIMAL,
            '<Documentation ><Summary xmlns="http://schemas.microsoft.com/ado/2009/11/edm">x</Summary></e:Documentation>',
            0,
        ),
        setting("", Alias="Self"),
        setting(TAG, Unicode="false"),
    ],
)
def test_what_is_no_callers_business_is_no_difference(change: Change) -> None:
    changed = after(change)
    assert changed != BEFORE and compare(BEFORE, changed) == ()


def test_where_a_whole_type_goes_its_properties_are_not_listed() -> None:
    told = compare(BEFORE, Model())
    assert {d.what for d in told} == {"entity type", "complex type", "enum type", "entity set", "operation"}
    assert all(d.change == "removed" and d.breaks for d in told) and len(told) == 3 + 1 + 1 + 2 + 3
    assert not any(d.breaks for d in compare(Model(), BEFORE))


@settings(max_examples=settings.default.max_examples // 3)
@given(models())
def test_a_model_does_not_differ_from_itself(model: Model) -> None:
    assert compare(model, deepcopy(model)) == () == compare(model, read_metadata(write_metadata(model)))


@settings(max_examples=settings.default.max_examples // 3)
@given(models(), models())
def test_there_and_back(one: Model, other: Model) -> None:
    def told(differences: tuple[Difference, ...], kind: str) -> set[tuple[str, str]]:
        return {(d.what, d.where) for d in differences if d.change == kind}

    there, back = compare(one, other), compare(other, one)
    assert told(there, "added") == told(back, "removed") and told(there, "removed") == told(back, "added")
    assert {(d.what, d.where, d.before, d.after) for d in there if d.change == "changed"} == {
        (d.what, d.where, d.after, d.before) for d in back if d.change == "changed"
    }
    assert len({(d.what, d.where) for d in there}) == len(there)


@given(st.lists(st.sampled_from(sorted(CHANGES)), min_size=2, max_size=2, unique=True))
def test_two_changes_are_two_differences(names: list[str]) -> None:
    """Unless the one takes away what the other changes."""
    tree = etree.fromstring(DOCUMENT)
    try:
        for name in names:
            CHANGES[name][0](tree)
    except StopIteration:
        return
    wanted = {CHANGES[name][1][:3] for name in names}
    told = {(d.change, d.what, d.where) for d in compare(BEFORE, read_metadata(etree.tostring(tree)))}
    assert told & wanted and (
        told == wanted or any(name.endswith(("gone", "type", "elsewhere", "others", "new")) for name in names)
    )
