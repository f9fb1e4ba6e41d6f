from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from server.lab import MODEL, fill

from odata3.edm.csdl import parse_metadata
from odata3.errors import ArgumentError, InvalidOperationError
from odata3.server.store import DuplicateKeyError, Store


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store(MODEL)
    fill(store)
    yield store
    store.close()


# --- entities ---------------------------------------------------------------------------------------------------------------


def test_find_query_get_count(store: Store) -> None:
    with store.begin() as tx:
        assert [r["Id"] for r in tx.find("Probes", Flag=True)] == [1]
        assert [r["Id"] for r in tx.find("Probes", Name=None)] == [3]
        assert [r["Id"] for r in tx.query("Probes", filter="Id gt 1", orderby="Id desc", skip=1, top=1)] == [3]
        assert tx.get("Lines", Number=1, Item="y")["Count"] == 3  # type: ignore[index]
        assert tx.get("Lines", Number=1, Item="q") is None
        assert tx.count("Probes") == 4
        record = tx.get("Probes", Id=4)
        assert record is not None and record.type_name == "Lab.HotProbe" and record.key == {"Id": 4} and record["Limit"] == 9
        assert record.get("Nope", 7) == 7


def test_names_that_the_model_does_not_have(store: Store) -> None:
    with store.begin() as tx:
        with pytest.raises(LookupError, match="Nope"):
            tx.find("Nope")
        with pytest.raises(LookupError, match="Nope"):
            tx.find("Probes", Nope=1)
        with pytest.raises(LookupError, match="Nope"):
            tx.linked(tx.find("Probes")[0], "Nope")
        with pytest.raises(ValueError, match=r"Lab\.Bench"):
            tx.insert("Probes", {}, type_name="Lab.Bench")


def test_a_key_is_there_once(store: Store) -> None:
    with store.begin() as tx:
        with pytest.raises(DuplicateKeyError):
            tx.insert("Lines", {"Number": 1, "Item": "x"})
        assert tx.count("Lines") == 2
        tx.insert("Lines", {"Number": 1, "Item": "X"})


def test_updates_leave_keys_and_count_versions(store: Store) -> None:
    with store.begin() as tx:
        bench = tx.get("Benches", Code="N")
        assert bench is not None
        assert tx.update(bench, {"Code": "other", "Title": "T"}).values == {"Code": "N", "Title": "T", "Version": 1}
        assert tx.update(bench, {"Version": 9})["Version"] == 9


def test_what_raises_is_undone(store: Store) -> None:
    with pytest.raises(RuntimeError), store.begin() as tx:
        tx.insert("Benches", {"Code": "gone"})
        raise RuntimeError
    with store.begin() as tx:
        assert tx.get("Benches", Code="gone") is None


def test_a_transaction_within_a_transaction_is_a_mistake(store: Store) -> None:
    with store.begin(), pytest.raises(InvalidOperationError, match=r"change\.store"), store.begin():
        pass


# --- links ------------------------------------------------------------------------------------------------------------------


def test_one_link_seen_from_both_ends(store: Store) -> None:
    with store.begin() as tx:
        third, north = tx.get("Probes", Id=3), tx.get("Benches", Code="N")
        assert third is not None and north is not None
        tx.link(north, "Probes", third)
        tx.link(third, "Bench", north)
        assert [r["Code"] for r in tx.linked(third, "Bench")] == ["N"]
        assert [r["Id"] for r in tx.linked(north, "Probes")] == [1, 2, 3]
        assert tx.unlink(third, "Bench") and not tx.unlink(third, "Bench")
        assert [r["Id"] for r in tx.linked(north, "Probes")] == [1, 2]


def test_links_lead_to_what_they_may(store: Store) -> None:
    with store.begin() as tx:
        first, second = tx.find("Probes", Id=1)[0], tx.find("Probes", Id=2)[0]
        with pytest.raises(ValueError, match="Bench"):
            tx.link(first, "Bench", second)


def test_links_of_a_set_to_itself_have_a_direction(store: Store) -> None:
    with store.begin() as tx:
        hot, first = tx.find("Probes", Id=4)[0], tx.find("Probes", Id=1)[0]
        assert [r["Id"] for r in tx.linked(hot, "Spare")] == [1]
        with pytest.raises(LookupError):
            tx.linked(first, "Spare")


def test_relations_told_by_value(store: Store) -> None:
    model = parse_metadata(
        """<Schema Namespace="V" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
        <EntityType Name="Machine"><Key><PropertyRef Name="ID"/><PropertyRef Name="Stamp"/></Key>
         <Property Name="ID" Type="Edm.Guid" Nullable="false"/><Property Name="Stamp" Type="Edm.Int32" Nullable="false"/>
         <Property Name="CloudId" Type="Edm.Guid"/>
         <NavigationProperty Name="Points" Relationship="V.MP" FromRole="M" ToRole="P"/>
         <NavigationProperty Name="Cloud" Relationship="V.MC" FromRole="M" ToRole="C"/></EntityType>
        <EntityType Name="Point"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Guid" Nullable="false"/>
         <Property Name="VMId" Type="Edm.Guid"/><Property Name="Stamp" Type="Edm.Int32"/>
         <NavigationProperty Name="Machine" Relationship="V.MP" FromRole="P" ToRole="M"/></EntityType>
        <EntityType Name="Cloud"><Key><PropertyRef Name="ID"/></Key>
         <Property Name="ID" Type="Edm.Guid" Nullable="false"/></EntityType>
        <Association Name="MP"><End Role="M" Type="V.Machine" Multiplicity="0..1"/>
         <End Role="P" Type="V.Point" Multiplicity="*"/></Association>
        <Association Name="MC"><End Role="M" Type="V.Machine" Multiplicity="*"/>
         <End Role="C" Type="V.Cloud" Multiplicity="0..1"/></Association>
        <EntityContainer Name="C">
         <EntitySet Name="Machines" EntityType="V.Machine"/><EntitySet Name="Points" EntityType="V.Point"/>
         <EntitySet Name="Clouds" EntityType="V.Cloud"/></EntityContainer></Schema>"""
    )
    told = {"V.Machine.Points": [("ID", "VMId"), ("Stamp", "Stamp")], "V.Machine.Cloud": [("CloudId", "ID")]}
    store = Store(model, relations=told)
    with store.begin() as tx:
        cloud = tx.insert("Clouds", {"ID": uuid4()})
        machine = tx.insert("Machines", {"ID": uuid4(), "Stamp": 1, "CloudId": cloud["ID"]})
        point = tx.insert("Points", {"VMId": machine["ID"], "Stamp": 1})
        tx.insert("Points", {"VMId": machine["ID"], "Stamp": 2})
        loose = tx.insert("Points", {})
        assert [r.key for r in tx.linked(machine, "Points")] == [point.key]
        assert [r.key for r in tx.linked(point, "Machine")] == [machine.key]
        assert tx.linked(loose, "Machine") == []
        assert [r.key for r in tx.linked(machine, "Cloud")] == [cloud.key]
        assert len(tx.query("Machines", filter="Cloud/ID ne null and Points/any(p:p/Stamp eq 1)")) == 1
        tx.link(machine, "Points", loose)
        assert (loose["VMId"], loose["Stamp"]) == (machine["ID"], 1)
        relation = store.relation(machine, "Points")
        assert [len(found) for found, _ in tx.related(relation, [machine]).values()] == [2]
        tx.unlink(machine, "Cloud")
        assert machine["CloudId"] is None
    store.close()


@pytest.mark.parametrize("told", [{"Lab.Probe.Nope": []}, {"Lab.Probe.Bench": [("Nope", "Code")]}, {"x": []}])
def test_relations_that_the_model_does_not_have(told: dict[str, list[tuple[str, str]]]) -> None:
    with pytest.raises(LookupError):
        Store(MODEL, relations=told)


def test_deleting_cascades_and_loosens(store: Store) -> None:
    with store.begin() as tx:
        tx.delete(tx.find("Orders", Number=1)[0])
        assert tx.count("Lines") == 0
        tx.delete(tx.find("Benches", Code="N")[0])
        assert tx.linked(tx.find("Probes", Id=1)[0], "Bench") == []


# --- databases --------------------------------------------------------------------------------------------------------------


def test_a_file_keeps_what_was_written(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/lab.db"
    store = Store(MODEL, url)
    fill(store)
    store.close()
    again = Store(MODEL, url)
    with again.begin(write=False) as tx:
        assert tx.count("Probes") == 4
    again.close()


def test_a_file_is_read_while_it_is_written(tmp_path: Path) -> None:
    store = Store(MODEL, f"sqlite:///{tmp_path}/lab.db")
    fill(store)
    seen: list[int] = []

    def read() -> None:
        with store.begin(write=False) as tx:
            seen.append(tx.count("Probes"))

    with store.begin() as tx:
        assert tx.connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        tx.insert("Probes", {"Id": 99})
        reader = threading.Thread(target=read)
        reader.start()
        reader.join(5)
        assert not reader.is_alive() and seen == [4], "it sees what was there before"
    read()
    assert seen == [4, 5]
    store.close()


def test_a_file_of_another_model_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/lab.db"
    Store(MODEL, url).close()
    other = parse_metadata(
        """<Schema Namespace="O" xmlns="http://schemas.microsoft.com/ado/2009/11/edm"><EntityType Name="T">
        <Key><PropertyRef Name="A"/></Key><Property Name="A" Type="Edm.Int32" Nullable="false"/></EntityType>
        <EntityContainer Name="C"><EntitySet Name="Ts" EntityType="O.T"/></EntityContainer></Schema>"""
    )
    with sqlite3.connect(tmp_path / "lab.db") as looked:
        before = looked.execute("SELECT name FROM sqlite_master").fetchall()
        with pytest.raises(InvalidOperationError, match="another model"):
            Store(other, url)
        assert looked.execute("SELECT name FROM sqlite_master").fetchall() == before, "and nothing is added to them"
    looked.close()


TREE = """<Schema Namespace="T" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
 <EntityType Name="Node"><Key><PropertyRef Name="Id"/></Key><Property Name="Id" Type="Edm.Int32" Nullable="false"/>
  <NavigationProperty Name="Above" Relationship="T.Tree" FromRole="Child" ToRole="Parent"/>
  <NavigationProperty Name="Below" Relationship="T.Tree" FromRole="Parent" ToRole="Child"/></EntityType>
 <Association Name="Tree"><End Role="Parent" Type="T.Node" Multiplicity="0..1"><OnDelete Action="Cascade"/></End>
  <End Role="Child" Type="T.Node" Multiplicity="*"/></Association>
 <EntityContainer Name="C"><EntitySet Name="Nodes" EntityType="T.Node"/>
  <AssociationSet Name="A" Association="T.Tree"><End Role="Parent" EntitySet="Nodes"/><End Role="Child" EntitySet="Nodes"/>
  </AssociationSet></EntityContainer></Schema>"""


def test_a_circle_that_is_deleted_with_its_first_comes_to_an_end() -> None:
    store = Store(parse_metadata(TREE))
    with store.begin() as tx:
        first, second, third, other = (tx.insert("Nodes", {"Id": number}) for number in range(1, 5))
        for one, below in ((first, second), (second, third), (third, first)):
            tx.link(one, "Below", below)
        tx.delete(second)
        assert [node["Id"] for node in tx.find("Nodes")] == [other["Id"]]
    store.close()


@pytest.mark.parametrize("url", ["nonsense", "nodb://x", "sqlite:////no/such/folder/x.db"])
def test_urls_that_open_nothing(url: str) -> None:
    with pytest.raises(ArgumentError):
        Store(MODEL, url)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"not a database at all, but long enough to be looked at" * 100)
    with pytest.raises(InvalidOperationError):
        Store(MODEL, f"sqlite:///{tmp_path}/x.db")


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_many_threads_count_right(tmp_path: Path, kind: str) -> None:
    store = Store(MODEL, "sqlite://" if kind == "memory" else f"sqlite:///{tmp_path}/lab.db")
    with store.begin() as tx:
        tx.insert("Orders", {"Number": 1, "State": "0"})
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(10):
                with store.begin() as tx:
                    order = tx.find("Orders", Number=1)[0]
                    tx.update(order, {"State": str(int(order["State"]) + 1)})
                with store.begin(write=False) as tx:
                    assert tx.count("Orders") == 1
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.begin() as tx:
        assert tx.find("Orders", Number=1)[0]["State"] == "80"
    store.close()
    assert failures == []


def test_a_derived_type_may_come_before_its_base() -> None:
    model = parse_metadata(
        """<Schema Namespace="D" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
        <EntityType Name="C" BaseType="D.B"><Property Name="Z" Type="Edm.Int32"/></EntityType>
        <EntityType Name="B" BaseType="D.A"><Property Name="Y" Type="Edm.Int32"/></EntityType>
        <EntityType Name="A"><Key><PropertyRef Name="X"/></Key><Property Name="X" Type="Edm.Int32" Nullable="false"/></EntityType>
        <EntityContainer Name="Main"><EntitySet Name="As" EntityType="D.A"/></EntityContainer></Schema>"""
    )
    store = Store(model)
    with store.begin() as tx:
        tx.insert("As", {"X": 1, "Y": 2, "Z": 3}, type_name="D.C")
        found = tx.get("As", X=1)
        assert found is not None and found.values == {"X": 1, "Y": 2, "Z": 3}
        assert len(tx.query("As", filter="D.B/Y eq 2 and X eq 1")) == 1
    store.close()


def test_names_that_sql_does_not_like() -> None:
    names = ["select", "Name", "name", "NAME", "ünïcode", "_id", "a" * 90, "a" * 91, "When", "When_text"]
    properties = "".join(f'<Property Name="{n}" Type="Edm.{"DateTime" if n == "When" else "String"}"/>' for n in names)
    model = parse_metadata(
        f"""<Schema Namespace="S" xmlns="http://schemas.microsoft.com/ado/2009/11/edm"><EntityType Name="Order">
        <Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/>{properties}</EntityType>
        <EntityContainer Name="C"><EntitySet Name="group" EntityType="S.Order"/></EntityContainer></Schema>"""
    )
    store = Store(model)
    with store.begin() as tx:
        made = tx.insert("group", {name: name for name in names if name != "When"})
        assert {name: made[name] for name in names} == {name: None if name == "When" else name for name in names}
        assert len(tx.query("group", filter="select eq 'select' and name ne Name", orderby="ünïcode")) == 1
    store.close()
