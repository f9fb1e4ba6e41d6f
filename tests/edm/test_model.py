"""The model: look-ups, inheritance, the way from a set along a navigation property."""

import pickle
from dataclasses import replace

import pytest

from odata3.edm.model import (
    AssociationEnd,
    AssociationSet,
    EntityContainer,
    EntitySet,
    EntityType,
    Members,
    Model,
    NavigationProperty,
    Parameter,
    Property,
)


def property_named(name, **fields):
    return Property(name=name, type="Edm.String", **fields)


def test_members_are_found_by_place_and_name():
    a, b = property_named("A"), property_named("B")
    members = Members([a, b])
    assert (members[0], members["B"], members[:1]) == (a, b, (a,))
    assert ("A" in members, a in members, "C" in members, 5 in members) == (True, True, False, False)
    assert (members.get("B"), members.get("C"), members.get("C", a)) == (b, None, a)
    assert members.names() == ("A", "B")
    assert (len(members), list(members), repr(members)) == (2, [a, b], "Members(['A', 'B'])")
    assert members == Members([a, b]) != Members([b, a])
    assert hash(members) == hash(Members([a, b]))
    assert pickle.loads(pickle.dumps(members)) == members
    with pytest.raises(KeyError):
        members["C"]


def test_renamed_twins_differ_in_the_name_alone():
    first = property_named("A", nullable=False, max_length=5)
    twin = first.renamed("B")
    assert twin == property_named("B", nullable=False, max_length=5)
    assert first.name == "A"
    assert hash(twin) == hash(property_named("B", nullable=False, max_length=5))
    assert pickle.loads(pickle.dumps(twin)) == twin
    assert Parameter(name="p", type="Edm.Int32", mode="Out").renamed("q") == Parameter(name="q", type="Edm.Int32", mode="Out")
    with pytest.raises(AttributeError):
        twin.name = "C"


def chain(length):
    types = {}
    for n in range(length):
        base = f"Lab.T{n + 1}" if n + 1 < length else None
        types[f"Lab.T{n}"] = EntityType(name=f"T{n}", namespace="Lab", base_type=base)
    return Model(entity_types=types)


def test_r38_lineage_of_a_deep_hierarchy():
    model = chain(2000)
    assert model.is_derived("Lab.T0", "Lab.T1999")
    assert not model.is_derived("Lab.T1999", "Lab.T0")
    assert model.derived_types("Lab.T1998") == tuple(f"Lab.T{n}" for n in range(1999))


def test_what_is_prepared_for_a_model_is_one_for_all_threads():
    model = Model()
    prepared = vars(model)["prepared"]  # there before anybody asks: Python looks it up without a lock since 3.12
    assert model.prepared is prepared == {}
    assert replace(model).prepared is not prepared


def test_r38_lineage_survives_circles_and_missing_bases():
    types = {
        "Lab.A": EntityType(name="A", namespace="Lab", base_type="Lab.B"),
        "Lab.B": EntityType(name="B", namespace="Lab", base_type="Lab.A"),
        "Lab.C": EntityType(name="C", namespace="Lab", base_type="No.Where"),
    }
    model = Model(entity_types=types)
    assert model.is_derived("Lab.A", "Lab.B")
    assert model.is_derived("Lab.C", "No.Where")
    assert model.is_derived("Other.X", "Other.X")


def test_p18_target_sets():
    way = NavigationProperty(name="W", type="Lab.B", multiplicity="*", relationship="Lab.AB", from_role="A", to_role="B")
    types = {name: EntityType(name=name[4:], namespace="Lab") for name in ("Lab.A", "Lab.B")}
    sets = [EntitySet(name=name, type=f"Lab.{name[0]}", container="Lab.C") for name in ("As", "A2s", "Bs")]
    joined = AssociationSet(name="J", association="Lab.AB", ends=(("A", "As"), ("B", "Bs")))

    def model(*sets, joined=()):
        container = EntityContainer(
            name="C", namespace="Lab", is_default=True, entity_sets=Members(sets), association_sets=Members(joined)
        )
        return Model(
            entity_types=types, entity_containers={"Lab.C": container}, entity_sets={found.name: found for found in sets}
        )

    assert model(*sets, joined=[joined]).target_set(sets[0], way) is sets[2]
    assert model(*sets).target_set(sets[0], way) is sets[2]  # the only set of the type
    other = EntitySet(name="B2s", type="Lab.B", container="Lab.C")
    assert model(*sets, other, joined=[joined]).target_set(sets[1], way) is None


def test_models_pickle_and_compare_without_their_warnings():
    model = chain(3)
    remarked = Model(entity_types=model.entity_types, warnings=("line 1: odd",))
    assert model == remarked
    again = pickle.loads(pickle.dumps(remarked))
    assert again == model
    assert again.warnings == ("line 1: odd",)
    with pytest.raises(TypeError):
        model.entity_types["Lab.X"] = None


def test_ends_answer_to_their_role():
    assert AssociationEnd(name="R", type="Lab.A", multiplicity="1").role == "R"
