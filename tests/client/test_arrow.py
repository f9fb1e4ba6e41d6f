"""Arrow tables, record batches and Parquet files: what goes in comes out, or it is said."""

from __future__ import annotations

import io
import math
import sys
import threading
import warnings
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from client.shop import ROOT, Script, reply
from client.spectrum import EDGES, MODEL, ROWS, of_rows, probes, row
from docs.farm import open_farm
from hypothesis import example, given

from odata3.client.context import DataServiceContext
from odata3.edm.csdl import parse_metadata
from odata3.edm.spatial import Geography
from odata3.errors import ArgumentError, DataServiceQueryException, InvalidOperationError
from odata3.formats.documents import NATIVE, Complex
from odata3.server.service import Service
from odata3.server.store import Store
from odata3.server.wsgi import serve
from odata3.tabular.arrow import record_batches
from odata3.tabular.instants import RoundingWarning

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

DAY = "2013-08-19T22:13:09"


def back(name: str, value: Any) -> Any:
    """The value that a cell stands for."""
    if value is None:
        return None
    return {"Serial": UUID, "Place": Geography.from_wkt}.get(name, lambda same: same)(value)


def same(found: Any, expected: Any) -> bool:
    if isinstance(expected, float) and math.isnan(expected):
        return isinstance(found, float) and math.isnan(found)
    return bool(found == expected) and (found is None) == (expected is None)


def assert_holds(table: Any, rows: list[Mapping[str, Any]]) -> None:
    found = table.to_pylist()
    assert len(found) == len(rows)
    for got, expected in zip(found, rows, strict=True):
        for name, value in expected.items():
            assert same(back(name, got[name]), value), (name, got[name], value)


# -- types


def test_the_schema_follows_from_the_model() -> None:
    table = probes([])[0].to_arrow()
    assert {field.name: str(field.type) for field in table.schema} == {
        "ID": "int32",
        "Flag": "bool",
        "Octet": "uint8",
        "Tiny": "int8",
        "Small": "int16",
        "Whole": "int32",
        "Long": "int64",
        "Ratio": "float",
        "Real": "double",
        "Sum": "decimal128(20, 4)",
        "Text": "string",
        "Bytes": "binary",
        "Serial": "string",
        "Day": "timestamp[us]",
        "Moment": "timestamp[us, tz=UTC]",
        "Span": "duration[us]",
        "Place": "string",
        "Colour": "string",
        "Rights": "string",
        "Free": "decimal128(38, 9)",
        "Box.Opened": "timestamp[us]",
        "Box.Width": "int32",
        "Days": "list<item: timestamp[us]>",
        "Keys": "list<item: string>",
        "Boxes": "list<item: struct<Opened: timestamp[us], Width: int32>>",
    }
    assert table.num_rows == 0
    told = {field.name: (field.metadata or {}).get(b"edm.type") for field in table.schema}
    assert told["Serial"] == b"Edm.Guid" and told["Days"] == b"Collection(Edm.DateTime)" and told["Colour"] == b"Lab.Colour"
    assert told["Boxes"] is None and table.schema.field("Boxes").type.value_type.field("Opened").metadata == {
        b"edm.type": b"Edm.DateTime"
    }


@given(ROWS)
@example(EDGES)
def test_what_goes_in_comes_out(rows: list[Mapping[str, Any]]) -> None:
    assert_holds(of_rows(rows).to_arrow(), rows)


def test_parquet_holds_the_ends_of_every_range(tmp_path: Path) -> None:
    path, told = tmp_path / "probes.parquet", []
    assert of_rows(EDGES).to_parquet(path, progress=told.append) == len(EDGES)
    assert told == [len(EDGES)] and list(tmp_path.iterdir()) == [path]
    table = parquet.read_table(path)
    assert_holds(table, EDGES)
    assert table.schema.field("Serial").metadata[b"edm.type"] == b"Edm.Guid"
    file = io.BytesIO()
    assert of_rows(EDGES).to_parquet(file) == len(EDGES)
    assert repr(parquet.read_table(io.BytesIO(file.getvalue())).to_pylist()) == repr(table.to_pylist())


def test_enums_complex_values_collections_and_what_the_model_does_not_know() -> None:
    rows = [
        row(1, Colour="Blue", Rights="Read,Write", Box={"Opened": DAY, "Width": 3}, Days=[DAY + ".5"], Keys=[str(UUID(int=7))]),
        row(2, Colour="7", Boxes=[{"Opened": DAY + ".1234567", "Width": None}], Extra=[1, "a"]),
    ]
    query, _ = probes(rows)
    names = ("ID", "Colour", "Rights", "Box", "Days", "Keys", "Boxes", "Extra")
    one, two = query.select(*names).to_arrow().to_pylist()
    assert one == {
        "ID": 1,
        "Colour": "Blue",
        "Rights": "Read,Write",
        "Box.Opened": datetime(2013, 8, 19, 22, 13, 9),
        "Box.Width": 3,
        "Days": [datetime(2013, 8, 19, 22, 13, 9, 500000)],
        "Keys": [str(UUID(int=7))],
        "Boxes": None,
        "Extra": None,
    }
    assert two["Colour"] == "7" and two["Box.Width"] is None
    assert two["Boxes"] == [{"Opened": pandas_moment(DAY + ".1234567"), "Width": None}]
    assert two["Extra"] == '[1, "a"]'


def pandas_moment(text: str) -> Any:
    """What pyarrow gives for a moment in nanoseconds."""
    return pytest.importorskip("pandas").Timestamp(text)


def test_expanded_collections_are_lists_of_structs() -> None:
    service = open_farm()
    with serve(service) as server, DataServiceContext(server.url) as ctx:
        table = ctx.Hosts.expand("Machines/Checkpoints").select("Name", "Machines/ID", "Machines/Checkpoints/Name").to_arrow()
    service.close()
    assert str(table.schema.field("Machines").type) == (
        "list<item: struct<ID: int32, Checkpoints: list<item: struct<Name: string>>>>"
    )
    north, _ = table.to_pylist()
    assert [machine["ID"] for machine in north["Machines"]] == [1, 2]
    assert north["Machines"][0]["Checkpoints"] == [{"Name": f"before patch {n}"} for n in range(3)]


def test_what_is_wrong_within_a_collection_is_named_by_its_way() -> None:
    rows = [row(1, Boxes=[{"Opened": DAY}]), row(2, Boxes=[{"Opened": None}, {"Opened": DAY + "Z"}])]
    with pytest.raises(InvalidOperationError, match=r"column Boxes\.Opened: .*carries a zone"):
        probes(rows)[0].select("Boxes").to_arrow()


def test_a_type_that_holds_itself_and_an_open_one_are_json() -> None:
    model = parse_metadata(
        b"""<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"><edmx:DataServices>
 <Schema Namespace="Lab" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
  <ComplexType Name="Node"><Property Name="Size" Type="Edm.Int32"/><Property Name="Left" Type="Lab.Node"/>
   <Property Name="Right" Type="Lab.Node"/><Property Name="Rest" Type="Collection(Lab.Node)" Nullable="false"/></ComplexType>
  <ComplexType Name="Loose" OpenType="true"><Property Name="Size" Type="Edm.Int32"/></ComplexType>
  <EntityType Name="Tree"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/>
   <Property Name="Root" Type="Lab.Node"/><Property Name="Parts" Type="Collection(Lab.Loose)" Nullable="false"/></EntityType>
  <EntityContainer Name="Main"><EntitySet Name="Trees" EntityType="Lab.Tree"/></EntityContainer>
 </Schema></edmx:DataServices></edmx:Edmx>"""
    )
    found = {"ID": 1, "Root": {"Size": 1, "Left": {"Size": 2}}, "Parts": [{"Size": 3, "Colour": "red"}]}
    answer = reply({"odata.metadata": f"{ROOT}$metadata#Trees", "value": [found]})
    ctx = DataServiceContext(ROOT, metadata=model, transport=Script([answer]))
    (tree,) = ctx.Trees.to_arrow().to_pylist()
    assert tree == {
        "ID": 1,
        "Root.Size": 1,
        "Root.Left": '{"Size": 2, "Left": null, "Right": null, "Rest": []}',
        "Root.Right": None,
        "Root.Rest": "[]",
        "Parts": '[{"Size": 3, "Colour": "red"}]',
    }


# -- moments


def test_seven_digits_fit_into_nanoseconds() -> None:
    rows = [
        row(1, Day=DAY + ".1234567", Moment=DAY + ".0000001+02:00", Span="-PT0.0000001S", Box={"Opened": DAY + ".0000009"}),
        row(2, Day="1677-09-21T00:12:44", Span="P106751D", Days=[DAY + ".1234567"]),
    ]
    table = probes(rows)[0].select("Day", "Moment", "Span", "Box", "Days").to_arrow(time_unit="ns")
    counts = {name: table[name].combine_chunks().cast(pyarrow.int64()).to_pylist() for name in ("Day", "Moment", "Span")}
    second = int(datetime(2013, 8, 19, 22, 13, 9, tzinfo=UTC).timestamp())
    assert counts["Day"][0] == second * 10**9 + 123456700
    assert counts["Moment"][0] == (second - 7200) * 10**9 + 100
    assert counts["Span"] == [-100, 106751 * 86400 * 10**9]
    assert table["Box.Opened"].cast(pyarrow.int64()).to_pylist()[0] == second * 10**9 + 900
    assert table["Days"].combine_chunks().flatten().cast(pyarrow.int64()).to_pylist() == [second * 10**9 + 123456700]


@pytest.mark.parametrize("dialect", ["json", "verbosejson", "atom"])
def test_seven_digits_come_through_every_format(dialect: str) -> None:
    service = Service(MODEL, Store(MODEL))
    day = DAY + ".1234567"
    box = Complex("Lab.Box", {"Opened": day, "Width": 1}, NATIVE)
    with service.store.begin() as tx:
        tx.insert("Probes", {"ID": 1, "Day": day, "Moment": day + "Z", "Days": [day], "Box": box, "Boxes": [box]})
    with serve(service) as server, DataServiceContext(server.url, format=dialect) as ctx:
        (found,) = ctx.Probes.to_arrow().to_pylist()
    service.close()
    exact = pandas_moment(day)
    assert found["Day"] == exact and found["Moment"] == exact.tz_localize("UTC") and found["Box.Opened"] == exact
    assert found["Days"] == [exact] and found["Boxes"] == [{"Opened": exact, "Width": 1}]


def test_a_digit_that_is_cut_is_told_with_column_and_number() -> None:
    rows = [row(n, Day=f"{DAY}.123456{n}", Span="PT0.0000001S") for n in range(3)]
    with pytest.warns(RoundingWarning) as told:
        table = probes(rows)[0].select("Day", "Span").to_arrow(time_unit="us")
    assert [str(one.message) for one in told] == [
        "digits were cut: Day (2 values, past the microsecond), Span (3 values, past the microsecond); "
        "time_unit='ns' keeps seven digits of the years 1678 to 2261"
    ]
    assert set(table["Day"].to_pylist()) == {datetime(2013, 8, 19, 22, 13, 9, 123456)}
    with pytest.warns(RoundingWarning, match=r"cut: Day \(1 value, past the nanosecond\)$"):
        probes([row(1, Day=DAY + ".1234567891")])[0].select("Day").to_arrow(time_unit="ns")


def units(rows: list[dict[str, Any]], **keywords: Any) -> list[str]:
    schema = probes(rows)[0].select("Day", "Span", "Days").to_arrow_reader(**keywords).schema
    return [str(field.type) for field in schema if field.name != "ID"]


def test_a_column_counts_in_nanoseconds_where_that_loses_nothing() -> None:
    fine, coarse, far = (row(n, Day=day) for n, day in enumerate([DAY + ".1234567", DAY, "0001-01-01T00:00:00"]))
    assert units([coarse, fine]) == ["timestamp[ns]", "duration[us]", "list<item: timestamp[us]>"]
    assert units([coarse, far]) == ["timestamp[us]", "duration[us]", "list<item: timestamp[us]>"]
    assert units([fine, far])[0] == "timestamp[us]"
    assert units([row(1, Days=[DAY + ".1234567"], Span="PT0.0000001S")])[1:] == ["duration[ns]", "list<item: timestamp[ns]>"]
    assert units([fine], time_unit="us")[0] == "timestamp[us]" and units([coarse], time_unit="ns")[0] == "timestamp[ns]"
    with pytest.warns(RoundingWarning, match=r"cut: Day \(1 value, past the microsecond\)$"):
        probes([fine, far])[0].select("Day").to_arrow()


def test_more_than_one_batch_counts_in_microseconds_for_nobody_knows_what_comes() -> None:
    rows = [row(n, Day=DAY + ".1234567") for n in range(3)]
    assert units(rows, batch_size=3)[0] == "timestamp[ns]" and units(rows, batch_size=2)[0] == "timestamp[us]"


@pytest.mark.parametrize("day", ["1677-09-21T00:12:43", "2262-04-11T23:47:17", "0001-01-01T00:00:00"])
def test_what_nanoseconds_do_not_reach_is_refused(day: str) -> None:
    with pytest.raises(InvalidOperationError, match=r"column Day: .* is out of the reach .* time_unit='us' holds it"):
        probes([row(1, Day=day)])[0].select("Day").to_arrow(time_unit="ns")


def test_a_moment_that_has_no_year_in_utc_is_refused() -> None:
    with pytest.raises(InvalidOperationError, match=r"column Moment: .* outside the years 1 to 9999"):
        probes([row(1, Moment="0001-01-01T00:00:00+14:00")])[0].select("Moment").to_arrow()


def test_a_service_that_writes_zones_gives_moments_in_utc() -> None:
    rows = [row(1, Day=None), row(2, Day=DAY + "+02:00"), row(3, Day=DAY + "Z")]
    table = probes(rows)[0].select("Day").to_arrow()
    assert str(table.schema.field("Day").type) == "timestamp[us, tz=UTC]"
    assert table["Day"].to_pylist() == [
        None,
        datetime(2013, 8, 19, 20, 13, 9, tzinfo=UTC),
        datetime(2013, 8, 19, 22, 13, 9, tzinfo=UTC),
    ]


@pytest.mark.parametrize(("days", "said"), [((DAY, DAY + "Z"), "carries a zone"), ((DAY + "Z", DAY), "carries no zone")])
def test_moments_of_both_kinds_are_refused_unless_they_are_all_utc(days: tuple[str, str], said: str) -> None:
    rows = [row(n, Day=day) for n, day in enumerate(days)]
    with pytest.raises(InvalidOperationError, match=f"column Day: .*{said}.*utc=True"):
        probes(rows)[0].select("Day").to_arrow()
    table = probes(rows)[0].select("Day").to_arrow(utc=True)
    assert set(table["Day"].to_pylist()) == {datetime(2013, 8, 19, 22, 13, 9, tzinfo=UTC)}


# -- what does not fit


@pytest.mark.parametrize(
    ("name", "digits"), [("Sum", "0.00001"), ("Sum", "12345678901234567"), ("Free", "1E-10"), ("Free", "1" * 30)]
)
def test_a_decimal_that_does_not_fit_is_refused_with_a_way_out(name: str, digits: str) -> None:
    rows = [row(1, **{name: "1"}), row(2, **{name: digits})]
    with pytest.raises(InvalidOperationError) as refused:
        probes(rows)[0].select(name).to_arrow()
    said = str(refused.value)
    assert said.startswith(f"column {name} (decimal128(") and f"cannot hold {Decimal(digits)!r}" in said
    assert "decimals=(precision, scale)" in said
    table = probes(rows)[0].select(name).to_arrow(decimals=(76, 20))
    assert table[name].to_pylist() == [Decimal(1), Decimal(digits)]
    assert str(table.schema.field(name).type) == "decimal256(76, 20)"


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(InvalidOperationError, match=r"column Text \(string\) cannot hold '\\ud800'"):
        probes([row(1, Text="fine"), row(2, Text="\ud800")])[0].select("Text").to_arrow()


@pytest.mark.parametrize(
    ("keywords", "said"),
    [
        ({"time_unit": "ms"}, "time_unit is 'us', 'ns' or None"),
        ({"decimals": (77, 0)}, "a precision of 1 to 76"),
        ({"decimals": (4, 5)}, "no larger scale"),
        ({"decimals": 9}, "not 9"),
        ({"batch_size": 0}, "batch_size is a number of rows"),
    ],
)
def test_wrong_arguments(keywords: dict[str, Any], said: str) -> None:
    query, script = probes()
    with pytest.raises(ArgumentError, match=said):
        query.to_arrow_reader(**keywords)
    assert script.requests == []


# -- batches


def test_pages_are_asked_for_as_batches_are_read() -> None:
    query, script = probes(*([row(3 * page + n) for n in range(3)] for page in range(4)))
    reader = query.select("ID").to_arrow_reader(batch_size=3)
    assert len(script.requests) == 2, "of the next page one row, to see whether there is more than one batch"
    batches = []
    for batch in reader:
        batches.append(batch.to_pydict()["ID"])
        assert len(script.requests) <= len(batches) + 1
    assert batches == [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]]
    assert query._loader.tracker.entities == ()


def test_what_fails_on_the_way_is_raised_at_its_turn_and_as_what_it_is() -> None:
    query, script = probes([row(1), row(2)], [row(3)])
    script.steps[1] = reply(b"", 500, Content_Type="text/plain")
    reader, read = query.select("ID").to_arrow_reader(batch_size=1), []
    with pytest.raises(DataServiceQueryException, match="answered 500"):
        read.extend(batch.to_pydict()["ID"] for batch in reader)
    assert read == [[1], [2]]
    reader = probes([row(1, Sum="1"), row(2, Sum="0.00001")])[0].select("Sum").to_arrow_reader(batch_size=1)
    assert reader.read_next_batch().num_rows == 1
    with pytest.raises(InvalidOperationError, match="column Sum"):
        reader.read_next_batch()


def test_a_column_too_large_for_a_batch_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyarrow, "array", lambda values, kind, **_: pyarrow.chunked_array([[1], [2]]))
    with pytest.raises(InvalidOperationError, match="column ID holds more than 2 GiB in a batch: take a smaller batch_size"):
        probes([row(1), row(2)])[0].select("ID").to_arrow()


def test_stopping_early_ends_the_thread() -> None:
    reader = probes([row(1), row(2)], [row(3)])[0].select("ID").to_arrow_reader(batch_size=1, prefetch=True)
    assert reader.read_next_batch().num_rows == 1
    reader.close()
    del reader
    assert not [t for t in threading.enumerate() if t.name.startswith("odata3-prefetch")]


def test_a_parquet_file_has_a_row_group_for_each_batch() -> None:
    query, _ = probes([row(n) for n in range(5)])
    batches = record_batches(query._exact_records(False), query._cells(), size=2)
    assert [batch.num_rows for batch in batches] == [2, 2, 1]


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "probes.parquet"
    path.write_bytes(b"before")
    query, _ = probes([row(1, Sum="1"), row(2, Sum="0.00001")])
    with pytest.raises(InvalidOperationError):
        query.select("Sum").to_parquet(path)
    query, script = probes([row(1)], [])
    script.steps[1] = reply(b"", 500, Content_Type="text/plain")
    with pytest.raises(DataServiceQueryException):
        query.to_parquet(path)
    with pytest.raises(ArgumentError):
        query.to_parquet(7)
    assert path.read_bytes() == b"before" and list(tmp_path.iterdir()) == [path]


def test_rows_of_a_projection_keep_their_digits() -> None:
    query, _ = probes([row(1, Day=DAY + ".1234567", Sum="2.5", Span="PT1S")])
    table = query.select(lambda p: {"day": p.Day, "twice": p.Sum * 2, "span": p.Span}).to_arrow(time_unit="ns")
    assert table["day"].combine_chunks().cast(pyarrow.int64()).to_pylist()[0] % 10**9 == 123456700
    assert table["twice"].to_pylist() == [Decimal(5)]
    assert table["span"].cast(pyarrow.int64()).to_pylist() == [10**9]


def test_collections_and_complex_values_of_a_projection_keep_their_digits() -> None:
    day = DAY + ".1234567"
    query, _ = probes([row(1, Days=[day], Boxes=[{"Opened": day, "Width": 2}], Box={"Opened": day})])
    table = query.select(lambda p: {"days": p.Days, "boxes": p.Boxes, "opened": p.Box.Opened, "box": p.Box}).to_arrow()
    exact = pandas_moment(day)
    (found,) = table.to_pylist()
    assert found == {
        "days": [exact],
        "boxes": [{"Opened": exact, "Width": 2}],
        "opened": exact,
        "box.Opened": exact,
        "box.Width": None,
    }
    assert table.schema.field("boxes").metadata == {b"edm.type": b"Collection(Lab.Box)"}


def test_a_value_that_was_looked_at_keeps_its_digits_and_dictionaries_have_pythons_values() -> None:
    query, _ = probes([row(1, Day=DAY + ".1234567")])
    (plain,) = query.select("Day").to_dicts()
    assert type(plain["Day"]) is datetime and plain["Day"] == datetime(2013, 8, 19, 22, 13, 9, 123456)
    assert probes([row(1, Span="PT0.0000001S")])[0].select("Span").to_dicts() == [{"ID": 1, "Span": timedelta(0)}]


def test_without_pyarrow_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    query, script = probes()
    for call in (query.to_arrow, query.to_arrow_reader, lambda: query.to_parquet(tmp_path / "x")):
        with pytest.raises(ImportError, match=r"odata3\[arrow\]"):
            call()
    assert script.requests == [] and list(tmp_path.iterdir()) == []


def test_no_warning_without_cause() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        probes([row(1, Day=DAY + ".1234560", Span="PT1.1234560S")])[0].select("Day", "Span").to_arrow()
