"""R30 to R34: a value that is none of its type leaves by no exit, whatever the type, the format and the exit.

One value of one type is read in one format, right or wrong. What it is, is judged by ``domains``, which knows nothing of the
library. Then every exit is tried: attribute, item, dictionaries, copies, pickles, DataFrame, CSV, the bodies of MERGE, PUT and
POST in each format, the file of pending changes, URLs. Each gives a value of the type, or an ``ODataError``; all give the same.

``ODATA3_EXITS=20000`` tries so many in each format.
"""

from __future__ import annotations

import copy
import csv
import io
import json
import math
import os
import pickle
import re
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import unquote

import pytest
from faults.domains import JSON_VALUES, NAMES, PLAIN, SPATIAL, TEXTS, VALID, is_literal, is_text, is_value
from faults.fuzz import Answers
from faults.server import FaultServer, answer
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from odata3 import DataServiceContext, ODataError, SaveChangesOptions, parse_metadata
from odata3.wire.messages import Headers, Response

ROOT = "http://exits.example/"
_D = "http://schemas.microsoft.com/ado/2007/08/dataservices"
_M = f"{_D}/metadata"
_COUNT = int(os.environ.get("ODATA3_EXITS", "25"))
_KEYS = tuple(name for name in PLAIN if name != "Binary")


def _edmx(version: str) -> bytes:
    plain = NAMES if version == "3.0" else PLAIN
    properties = "".join(f'<Property Name="A{name}" Type="Edm.{name}"/>' for name in plain)
    if version == "3.0":
        properties += "".join(f'<Property Name="Many{name}" Type="Collection(Edm.{name})" Nullable="false"/>' for name in PLAIN)
        properties += '<Property Name="AColor" Type="NS.Color"/>'
    inner = "".join(f'<Property Name="A{name}" Type="Edm.{name}"/>' for name in PLAIN)
    keyed = "".join(
        f'<EntityType Name="By{name}"><Key><PropertyRef Name="K"/></Key><Property Name="K" Type="Edm.{name}" Nullable="false"/>'
        "</EntityType>"
        for name in _KEYS
    )
    sets = "".join(f'<EntitySet Name="By{name}Set" EntityType="NS.By{name}"/>' for name in _KEYS)
    functions = "".join(
        f'<FunctionImport Name="F{name}" ReturnType="Edm.Int32" m:HttpMethod="GET"><Parameter Name="p" Type="Edm.{name}"/>'
        "</FunctionImport>"
        for name in plain
    )
    enum = '<EnumType Name="Color"><Member Name="Red" Value="0"/><Member Name="Blue" Value="7"/></EnumType>'
    return f"""<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
 <edmx:DataServices m:DataServiceVersion="{version}" m:MaxDataServiceVersion="{version}" xmlns:m="{_M}">
  <Schema Namespace="NS" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
   <ComplexType Name="Inner">{inner}</ComplexType>{enum if version == "3.0" else ""}
   <EntityType Name="Sample"><Key><PropertyRef Name="ID"/></Key>
    <Property Name="ID" Type="Edm.Int32" Nullable="false"/>{properties}<Property Name="Inside" Type="NS.Inner"/>
   </EntityType>{keyed}
   <EntityContainer Name="C" m:IsDefaultEntityContainer="true"><EntitySet Name="Samples" EntityType="NS.Sample"/>{sets}{functions}
   </EntityContainer>
  </Schema>
 </edmx:DataServices>
</edmx:Edmx>""".encode()


_MODELS = {version: parse_metadata(_edmx(version)) for version in ("1.0", "2.0", "3.0")}


# -- one value in each format --------------------------------------------------------------------------------------------------


def _light(name, raw):
    body = {"odata.metadata": f"{ROOT}$metadata#Samples", "value": [{"ID": 1, name: raw}]}
    return "application/json;odata=minimalmetadata", json.dumps(body).encode()


def _verbose(name, raw, *, results=True):
    row = {"__metadata": {"uri": f"{ROOT}Samples(1)", "type": "NS.Sample"}, "ID": 1, name: raw}
    body = {"d": {"results": [row]} if results else [row]}
    return "application/json;odata=verbose" if results else "application/json", json.dumps(body).encode()


def _atom(name, raw):
    feed = etree.Element("feed", nsmap={None: "http://www.w3.org/2005/Atom", "d": _D, "m": _M})
    entry = etree.SubElement(feed, "entry")
    etree.SubElement(entry, "id").text = f"{ROOT}Samples(1)"
    etree.SubElement(entry, "category", term="NS.Sample", scheme=f"{_D}/scheme")
    etree.SubElement(entry, "link", rel="edit", href="Samples(1)")
    properties = etree.SubElement(etree.SubElement(entry, "content", type="application/xml"), f"{{{_M}}}properties")
    etree.SubElement(properties, f"{{{_D}}}ID").text = "1"
    _element(properties, name, raw)
    text = etree.tostring(feed).replace(b"<feed ", b'<feed xml:base="http://exits.example/" ', 1)
    return "application/atom+xml;type=feed", text


def _element(parent, name, raw):
    element = etree.SubElement(parent, f"{{{_D}}}{name}")
    if isinstance(raw, dict | list):
        for inner, value in raw.items() if isinstance(raw, dict) else (("element", item) for item in raw):
            _element(element, inner, value)
    elif raw is None:
        element.set(f"{{{_M}}}null", "true")
    else:
        element.text = raw


#: Format, how it writes an answer, the version that model and context speak, what raw values it can hold.
FORMATS = {
    "light": ("json", _light, "3.0", JSON_VALUES),
    "verbose": ("verbosejson", _verbose, "3.0", JSON_VALUES),
    "verbose V2": ("verbosejson", _verbose, "2.0", JSON_VALUES),
    "verbose V1": ("verbosejson", lambda name, raw: _verbose(name, raw, results=False), "1.0", JSON_VALUES),
    "atom": ("atom", _atom, "3.0", st.one_of(TEXTS, st.just({"x": "1"}), st.just(["1", "2"]))),
    "atom V2": ("atom", _atom, "2.0", st.one_of(TEXTS, st.just({"x": "1"}))),
}


def open_context(form, name=None, raw=None):
    dialect, write, version, _ = FORMATS[form]
    transport = Answers()
    if name is not None:
        kind, body = write(name, raw)
        transport.queue = [Response(200, Headers({"Content-Type": kind, "DataServiceVersion": f"{version};"}), body)]
    return DataServiceContext(ROOT, metadata=_MODELS[version], format=dialect, max_protocol_version=version, transport=transport)


# -- every exit ----------------------------------------------------------------------------------------------------------------


def values_out(ctx, row, name):
    """The exits of Python: what a user holds in his hands."""
    yield lambda: getattr(row, name)
    yield lambda: row[name]
    yield lambda: row.to_dict()[name]
    yield lambda: copy.copy(row)[name]
    yield lambda: copy.deepcopy(row).to_dict()[name]
    yield lambda: pickle.loads(pickle.dumps(row))[name]
    yield lambda: ctx.Samples.to_dicts()[0][name]


def bodies_out(form, name, raw, tmp_path):
    """The exits of the wire and the disk: raw spellings, with the format they are in."""
    dialect = FORMATS[form][0]

    def body(options):
        ctx = open_context(form, name, raw)
        ctx.update_object(ctx.Samples.to_list()[0])
        return spelled(ctx.pending_changes(options)[0].body, name)

    yield dialect, lambda: body(SaveChangesOptions.NONE)
    yield dialect, lambda: body(SaveChangesOptions.REPLACE_ON_UPDATE)

    def insert():
        ctx = open_context(form, name, raw)
        new = copy.deepcopy(ctx.Samples.to_list()[0])
        ctx.add_object("Samples", new)
        return spelled(ctx.pending_changes()[0].body, name)

    yield dialect, insert

    def file():
        ctx = open_context(form, name, raw)
        ctx.update_object(ctx.Samples.to_list()[0])
        ctx.pending_changes().save(tmp_path / "pending")
        (row,) = json.loads((tmp_path / "pending").read_text(), parse_float=Decimal)["entities"]
        return row["values"][name]

    yield "json", file

    def table():
        ctx = open_context(form, name, raw)
        target = io.StringIO(newline="")
        ctx.Samples.to_csv(target)
        names, cells = csv.reader(target.getvalue().splitlines(keepends=True))
        return cells[names.index(name)]

    yield "csv", table


def spelled(body, name):
    """What a body says of the property."""
    if body.lstrip().startswith(b"<"):
        found = etree.fromstring(body).find(f".//{{{_D}}}{name}")
        if found.get(f"{{{_M}}}null") == "true":
            return None
        return found if len(found) else (found.text or "")
    tree = json.loads(body, parse_float=Decimal)
    return tree.get("d", tree)[name]


def outcome(leave):
    try:
        return leave()
    except ODataError as error:
        return error


def same(left, right):
    if isinstance(left, float) and isinstance(right, float):
        return (math.isnan(left) and math.isnan(right)) or left == right
    return left == right


@pytest.mark.parametrize("form", FORMATS)
def test_r30_r31_r32_r33_r34_what_is_none_of_its_type_leaves_by_no_exit(form, tmp_path_factory):
    version, raws = FORMATS[form][2:]
    folder = tmp_path_factory.mktemp("exits")
    names = NAMES if version == "3.0" else PLAIN

    @settings(max_examples=_COUNT)
    @given(data=st.data(), short=st.sampled_from(names))
    def check(data, short):
        raw = data.draw(st.one_of(raws, VALID.get(short, raws)))
        name = f"A{short}"
        ctx = open_context(form, name, raw)
        try:
            (row,) = ctx.Samples.to_list()
        except ODataError:
            return
        outcomes = [outcome(leave) for leave in values_out(ctx, row, name)]
        first = outcomes[0]
        written = [(kind, outcome(leave)) for kind, leave in bodies_out(form, name, raw, folder)]
        if isinstance(first, ODataError):
            assert name in str(first) and f"Edm.{short}"[:13] in str(first), first
            assert all(isinstance(found, ODataError) for found in outcomes), outcomes
            assert all(isinstance(found, ODataError) for _, found in written), written
            return
        assert is_value(short, first), (short, raw, first)
        assert all(same(found, first) for found in outcomes), outcomes
        for kind, found in written:
            where = "xml" if kind == "atom" else "csv" if kind == "csv" else "json"
            assert not isinstance(found, ODataError), (kind, found)
            if short in SPATIAL and where == "xml":
                assert etree.QName(found[0]).namespace == "http://www.opengis.net/gml", found
            elif not (found == raw and is_literal(short, str(raw))):  # as a service wrote it that puts literals into JSON
                assert is_text(short, found, where), (short, raw, kind, found)

    check()


@pytest.mark.parametrize("form", FORMATS)
def test_r30_the_parts_of_complex_values_and_collections_leave_by_no_exit_either(form, tmp_path_factory):
    version, raws = FORMATS[form][2:]
    folder = tmp_path_factory.mktemp("parts")
    kinds = ("Inside", "Many") if version == "3.0" else ("Inside",)

    @settings(max_examples=_COUNT // 2)
    @given(data=st.data(), short=st.sampled_from(PLAIN), kind=st.sampled_from(kinds))
    def check(data, short, kind):
        raw = data.draw(st.one_of(raws, VALID[short]))
        name = "Inside" if kind == "Inside" else f"Many{short}"
        items = {"results": [raw]} if form == "verbose" else [raw]
        ctx = open_context(form, name, {f"A{short}": raw} if kind == "Inside" else items)
        try:
            (row,) = ctx.Samples.to_list()
        except ODataError:
            return

        def inner(found):
            return found[f"A{short}"] if kind == "Inside" else found[0]

        exits = list(values_out(ctx, row, name))
        outcomes = [outcome(lambda leave=leave: inner(leave())) for leave in exits]
        first = outcomes[0]
        if isinstance(first, ODataError):
            assert all(isinstance(found, ODataError) for found in outcomes), outcomes
        else:
            assert is_value(short, first), (short, raw, first)
            assert all(same(found, first) for found in outcomes), outcomes
        changed = open_context(form, name, {f"A{short}": raw} if kind == "Inside" else items)
        changed.update_object(changed.Samples.to_list()[0])
        for leave in (
            lambda: changed.pending_changes()[0].body,
            lambda: changed.pending_changes().save(folder / "file"),
            lambda: open_context(form, name, {f"A{short}": raw} if kind == "Inside" else items).Samples.to_csv(io.StringIO()),
        ):
            assert isinstance(outcome(leave), ODataError) == isinstance(first, ODataError), (short, raw, first)

    check()


@pytest.mark.filterwarnings("ignore::odata3.tabular.instants.RoundingWarning")
@pytest.mark.parametrize("way", ["to_dataframe", "to_arrow"])
def test_r30_tables_hold_values_of_the_type_alone(way):
    pytest.importorskip("pandas" if way == "to_dataframe" else "pyarrow")

    @settings(max_examples=_COUNT)
    @given(data=st.data(), short=st.sampled_from(NAMES), form=st.sampled_from(("light", "verbose", "atom")))
    def check(data, short, form):
        raws = FORMATS[form][3]
        raw = data.draw(st.one_of(raws, VALID.get(short, raws)))
        name = f"A{short}"
        try:
            value = open_context(form, name, raw).Samples.to_list()[0][name]
        except ODataError as error:
            value = error
        table = outcome(lambda: getattr(open_context(form, name, raw).Samples, way)())
        if isinstance(value, ODataError):
            assert isinstance(table, ODataError), (short, raw, table)
        elif isinstance(table, ODataError):
            assert way == "to_arrow" and short in ("Decimal", "Time", "DateTime", "DateTimeOffset"), (short, raw, table)
        else:
            cell = table[name].iloc[0] if way == "to_dataframe" else table.column(name)[0].as_py()
            assert _is_cell(short, value, cell), (raw, value, cell)

    check()


def _is_cell(short, value, cell):
    if isinstance(value, datetime):
        at = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo is not None else value
        told = cell.replace(tzinfo=None)
        return told.isoformat()[:26] == at.isoformat()[:26]
    if isinstance(value, float):
        return same(float(cell), value)
    if short in SPATIAL and isinstance(cell, str):
        return json.loads(cell)["type"] == value.type
    return cell == value or (short == "Guid" and cell == str(value))


_WRONG = {
    **dict.fromkeys(("Byte", "SByte", "Int16", "Int32", "Int64"), "9999999999999999999"),
    **dict.fromkeys(PLAIN[5:], "1_000"),
    "Single": "1e39",
    "DateTimeOffset": "2013-01-01T00:00:00",
    "Time": "P99999999999D",
    "String": ["1"],
}


@pytest.mark.parametrize("short", PLAIN)
def test_r30_the_command_writes_no_wrong_value_either(short):
    runner = pytest.importorskip("click.testing").CliRunner()
    command = pytest.importorskip("odata3.cli").command
    name, good = f"A{short}", {"Binary": "AQ==", "Boolean": True, "String": "x", "Guid": "a11cc636-5521-4f88-92b2-cad392911fe0"}
    good |= {"DateTime": "2013-01-01T00:00:00", "DateTimeOffset": "2013-01-01T00:00:00Z", "Time": "PT1S"}
    right = good.get(short, "1")
    for raw in (right, _WRONG[short]):
        with FaultServer(answer(_edmx("3.0"), Content_Type="application/xml"), _sent("light", name, raw)) as server:
            for form in ("csv", "json", "table"):
                ran = runner.invoke(command, ["query", f"{server.url}Samples", "--select", name, "--format", form])
                if raw is right:
                    assert ran.exit_code == 0, ran.output
                    if form == "csv":
                        (row,) = csv.DictReader(io.StringIO(ran.stdout))
                        assert is_text(short, row[name], "csv"), ran.stdout
                else:
                    assert ran.exit_code == 1 and str(raw) not in ran.stdout and name in ran.stderr, ran.output
                server.rewind()


def _sent(form, name, raw):
    kind, body = FORMATS[form][1](name, raw)
    return answer(body, Content_Type=kind)


# -- URLs ----------------------------------------------------------------------------------------------------------------------


def literal_in(url, pattern):
    return re.search(pattern, unquote(url), re.DOTALL)[1]


#: What a user may hand over: values of every type, right and wrong, and texts.
_GIVEN = st.one_of(
    JSON_VALUES,
    st.decimals(allow_nan=True),
    st.floats(),
    st.binary(max_size=5),
    st.uuids(),
    st.timedeltas(),
    st.datetimes(),
    st.datetimes(timezones=st.just(UTC)),
    st.just(object()),
    st.sampled_from((10**4_000, -(10**4_000), Decimal("1e999999"), Decimal("9" * 5_000))),
    st.text(max_size=5),
)
_REFUSED = (ODataError, TypeError, ValueError)


def asked_by(call):
    """The URL of the request that a call makes."""
    ctx, urls = open_context("light", "AInt32", 1), []
    ctx.sending_request.append(lambda args: urls.append(args.url))
    try:
        call(ctx)
    except ODataError:
        if not urls:
            raise
    return urls[0]


@settings(max_examples=_COUNT * 3)
@given(data=st.data(), short=st.sampled_from(NAMES))
def test_r30_r40_no_wrong_literal_stands_in_a_url(data, short):
    value = data.draw(st.one_of(_GIVEN, VALID.get(short, _GIVEN)))
    ctx = open_context("light")
    attempts = [
        (lambda: ctx.Samples.where(lambda row: row[f"A{short}"] == value).url, r"\$filter=A\w+ eq (.*)$"),
        (lambda: ctx.Samples.where(getattr(ctx.types.Sample, f"A{short}") != value).url, r"\$filter=A\w+ ne (.*)$"),
        (lambda: asked_by(lambda ctx: getattr(ctx.functions, f"F{short}")(p=value)), r"\?p=(.*)$"),
    ]
    if short in _KEYS:
        attempts.append((lambda: ctx[f"By{short}Set"].by_key(value).url, r"Set\((.*)\)$"))
    for ask, pattern in attempts:
        try:
            url = ask()
        except _REFUSED:
            continue
        text = literal_in(url, pattern)
        assert is_literal(short, text) or text == "null", (short, value, url)
        assert re.fullmatch(r"[!-~]+", url) and not re.search(r"[\"<>\\^`{|} ]", url.partition("?")[2]), url


@pytest.mark.parametrize("value", [10**5_000, -(10**5_000), 2**63], ids=["large", "small", "over"])
def test_r51_a_number_without_measure_is_an_error_of_ours(value):
    rows = open_context("light").Samples
    for ask in (rows.take, rows.skip):
        with pytest.raises(ODataError, match="whole number"):
            ask(value)
    if abs(value) > 2**64:
        with pytest.raises(ODataError, match="cannot be written"):
            rows.add_query_option("x", value)
