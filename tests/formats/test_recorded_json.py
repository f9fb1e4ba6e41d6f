"""Recorded answers: those of SPF against its model, and a V3 server's in both JSON forms against each other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from odata3.edm.csdl import parse_metadata
from odata3.edm.model import Model
from odata3.edm.primitives import primitive
from odata3.formats.documents import Complex, Document, Entry, Expectation, Fault, Feed, Kind, Level, same_value
from odata3.formats.json_light import JsonLight
from odata3.formats.json_verbose import JsonVerbose

SHARED = Path(__file__).parents[2].parent / "shared"
SERVER = "http://127.0.0.1:18944/svc/"

pytestmark = pytest.mark.skipif(
    not SHARED.exists(),
    reason="checks against documents that others published, which are not ours to ship (they stand in ../shared)",
)


def _captures() -> list[Path]:
    return sorted((SHARED / "spf" / "captures").glob("*.json"))


@pytest.fixture(scope="module")
def vmm() -> Model:
    return parse_metadata(SHARED / "spf" / "vmm.edmx")


@pytest.fixture(scope="module")
def demo() -> Model:
    return parse_metadata(SHARED / "traces" / "model.edmx")


def _entries(document: Document) -> list[Entry]:
    return [document] if isinstance(document, Entry) else list(document.entries) if isinstance(document, Feed) else []


def _plain(type_name: str, raw: Any) -> Any:
    """A raw value by the primitive table alone."""
    kind = primitive(type_name)
    assert kind is not None
    return None if raw is None else kind.from_json(raw)


def _check(model: Model, type_name: str, raw: Any, value: Any) -> None:
    """``value`` is what ``raw`` spells, to the last nested property."""
    if raw is None:
        assert value is None
    elif type_name.startswith("Collection("):
        assert len(value) == len(raw)
        for one, other in zip(raw, value, strict=True):
            _check(model, type_name[11:-1], one, other)
    elif type_name in model.complex_types:
        assert isinstance(value, Complex)
        for declared in model.complex_types[type_name].properties:
            if declared.name in raw:
                _check(model, declared.type, raw[declared.name], value.get(declared.name))
    else:
        assert same_value(value, _plain(type_name, raw))


@pytest.mark.parametrize("path", _captures(), ids=lambda path: path.stem)
def test_captures_of_spf(path: Path, vmm: Model) -> None:
    body = path.read_bytes()
    tree = json.loads(body, parse_float=Decimal)
    light = JsonLight(vmm, "https://spf.example/vmm/")
    document = light.read(body, Expectation())
    rows = tree.get("value", [tree])
    entries = _entries(document)
    assert len(entries) == len(rows) > 0
    for row, entry in zip(rows, entries, strict=True):
        assert entry.type_name is not None
        entity_type = vmm.entity_types[entry.type_name]
        assert entry.id is not None
        assert entry.id.startswith("https://spf.example/vmm/")
        known = [p for p in entity_type.properties if p.name in row]
        assert set(entry.names()) == {p.name for p in known}
        assert set(entry.undeclared()) == {name for name in row if "." not in name} - {p.name for p in known}
        for declared in known:
            _check(vmm, declared.type, row[declared.name], entry.get(declared.name))


@pytest.mark.parametrize("path", _captures(), ids=lambda path: path.stem)
def test_captures_of_spf_go_back_as_they_came(path: Path, vmm: Model) -> None:
    light = JsonLight(vmm, "https://spf.example/vmm/")
    body = path.read_bytes()
    tree = json.loads(body, parse_float=Decimal)
    rows = tree.get("value", [tree])
    for row, entry in zip(rows, _entries(light.read(body, Expectation())), strict=True):
        sent = Entry(entry.type_name, {name: entry.raw(name) for name in entry.names()})
        written = json.loads(light.write_request(sent, Expectation()), parse_float=Decimal)
        assert written["odata.type"] == entry.type_name
        for name in entry.names():
            assert _without_types(written[name]) == row[name]


def _without_types(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {name: _without_types(value) for name, value in tree.items() if name != "odata.type"}
    return [_without_types(item) for item in tree] if isinstance(tree, list) else tree


def _exchanges(group: str) -> dict[str, dict[str, Any]]:
    if not SHARED.exists():
        return {}
    recorded = json.loads((SHARED / "traces" / "server" / f"{group}.server.json").read_bytes())
    return {x["request"]["path"]: x["response"] for x in recorded["exchanges"] if x["response"]["body"]}


LIGHT, VERBOSE = _exchanges("read-light"), _exchanges("read-verbose")

#: Whole paths, or sets by the path before its key and options.
EXPECTED: dict[str, Expectation] = {
    "": Expectation(Kind.SERVICE),
    "Suppliers(0)/Address": Expectation(Kind.VALUE, "ODataDemo.Address", name="Address"),
    "Suppliers(1)/Address": Expectation(Kind.VALUE, "ODataDemo.Address", name="Address"),
    "Products(1)/Name": Expectation(Kind.VALUE, "Edm.String", name="Name"),
    "Products(1)/Price": Expectation(Kind.VALUE, "Edm.Decimal", name="Price"),
    "Products(2)/Description": Expectation(Kind.VALUE, "Edm.String", name="Description"),
    "Tagged(1)/Tags": Expectation(Kind.VALUE, "Collection(Edm.String)", name="Tags"),
    "Tagged(1)/Places": Expectation(Kind.VALUE, "Collection(ODataDemo.Address)", name="Places"),
    "Products(1)/$links/Category": Expectation(Kind.REFERENCE, entity_set="Products", name="Category"),
    "Categories(1)/$links/Products": Expectation(Kind.REFERENCES, entity_set="Categories", name="Products"),
    "Sum?a=1&b=2": Expectation(Kind.VALUE, "Edm.Int32", name="Sum"),
}
SETS = {
    "Products(1)/Category": "Categories",
    "Categories(1)/Products": "Products",
    "GetProductsByRating": "Products",
    "OneProduct": "Products",
}
#: Where the server itself says less in one form: milliseconds alone in verbose, no key in a projection.
LOSSY = {"Kinds", "Products?$select=Name", "Products?$expand=Category&$select=ID,Category/Name", "Categories?$select=Products"}


def _expect(path: str, model: Model) -> Expectation:
    if path in EXPECTED:
        return EXPECTED[path]
    name = SETS.get(path.partition("?")[0]) or path.partition("?")[0].partition("(")[0]
    entity_set = model.entity_sets.get(name)
    return Expectation(Kind.RESOURCE, None if entity_set is None else entity_set.type, None if entity_set is None else name)


def _both(path: str, model: Model) -> Iterator[Document]:
    expect = _expect(path, model)
    for format_, recorded in ((JsonLight(model, SERVER), LIGHT), (JsonVerbose(model, SERVER), VERBOSE)):
        yield format_.read(recorded[path]["body"].encode(), expect, base=SERVER + path)


@pytest.mark.parametrize("path", sorted(set(LIGHT) & set(VERBOSE)))
def test_p71_a_recorded_server_says_the_same_in_both_forms(path: str, demo: Model) -> None:
    light, verbose = _both(path, demo)
    assert type(light) is type(verbose)
    if path.partition("?")[0] not in ("Keyed", "Kinds", "Categories") and "guid" not in path and path not in LOSSY:
        assert light == verbose
        return
    for one, other in zip(_entries(light), _entries(verbose), strict=True):
        assert one.type_name == other.type_name
        assert one.etag == other.etag
        for name in one.names():
            if name not in ("When", "ModifiedTime"):  # seven digits and a zone, which the server's verbose form drops
                assert same_value(one.get(name), other.get(name))
        if one.id is not None:
            assert other.id is not None
            assert one.id == other.id.replace("%27", "'")
            assert one.links.keys() == other.links.keys()


@pytest.mark.parametrize("path", sorted(LIGHT))
def test_recorded_answers_are_written_and_read_again(path: str, demo: Model) -> None:
    expect = _expect(path, demo)
    light, verbose = JsonLight(demo, SERVER), JsonVerbose(demo, SERVER)
    document = light.read(LIGHT[path]["body"].encode(), expect)
    if path in LOSSY or isinstance(document, Fault):
        return
    for level in (Level.MINIMAL, Level.FULL):
        assert light.read(light.write_response(document, expect, level=level), expect) == document
    assert verbose.read(verbose.write_response(document, expect), expect) == document


def test_the_recorded_action_parameters(demo: Model) -> None:
    types = {"tags": "Collection(Edm.String)", "where": "ODataDemo.Address", "none": "Edm.String"}
    for client, format_ in (("v3-json", JsonLight(demo, SERVER)), ("v3-atom", JsonVerbose(demo, SERVER))):
        recorded = json.loads((SHARED / "traces" / f"operations.{client}.json").read_bytes())
        (body,) = [r["body"] for r in recorded["requests"] if r["path"].endswith("/Retag")]
        read = format_.read_parameters(body.encode(), types)
        assert json.loads(format_.write_request(read, Expectation())) == json.loads(body)
