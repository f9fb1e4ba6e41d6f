"""Answers of real services, read into entities: every value of a property that the model knows is there, and is the payload's."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from odata3.edm.csdl import parse_metadata
from odata3.edm.model import Model, StructuredType
from odata3.entities.changes import changed_names, document_value, set_names
from odata3.entities.classes import build_classes
from odata3.entities.entity import Object, value_names
from odata3.entities.mapping import from_entry
from odata3.formats.atom import Atom
from odata3.formats.documents import Entry, Expectation, Feed, Kind, Raw
from odata3.formats.json_light import JsonLight
from odata3.formats.json_verbose import JsonVerbose

SHARED = Path(__file__).parents[2] / "../shared"
ROOT = "http://host/VMM/"


def spelled(type_name: str, raw: Any) -> Any:
    """What a raw JSON value means, worked out with Python's own means."""
    if raw is None or type_name in ("Edm.String", "Edm.Boolean", "Edm.Int32", "Edm.Int16", "Edm.Byte"):
        return raw
    if type_name == "Edm.Guid":
        return UUID(raw)
    if type_name == "Edm.Int64":
        return int(raw)
    if type_name == "Edm.Decimal":
        return Decimal(str(raw))
    if type_name in ("Edm.Double", "Edm.Single"):
        return float(raw)
    if type_name in ("Edm.DateTime", "Edm.DateTimeOffset"):
        clock, dot, rest = raw.partition(".")
        digits = "".join(iter_digits(rest))
        zone = rest[len(digits) :] if dot else ""
        return dt.datetime.fromisoformat(f"{clock}.{digits[:6]:0<6}{zone}" if dot else raw)
    raise AssertionError(f"a {type_name} is not expected here")


def iter_digits(text: str) -> Iterator[str]:
    for character in text:
        if not character.isdigit():
            return
        yield character


def agrees(model: Model, held: Object, type_: StructuredType, raw: dict[str, Any]) -> int:
    """Compare an object with the JSON object that it was read from; the number of values compared."""
    seen = 0
    for prop in type_.properties:
        if prop.name not in raw or prop.is_stream:
            continue
        value, given = held[prop.name], raw[prop.name]
        nested = model.complex_types.get(prop.element_type)
        items = list(zip(value, given, strict=True)) if prop.is_collection and given is not None else [(value, given)]
        for item, said in items:
            if nested is not None and said is not None:
                seen += agrees(model, item, nested, said)
            else:
                assert item == spelled(prop.element_type, said), (type_.full_name, prop.name)
                seen += 1
    return seen


@pytest.mark.parametrize(
    ("name", "entity_set"),
    [
        ("cloud-2016", "Clouds"),
        ("clouds-2016", "Clouds"),
        ("job-2016", "Jobs"),
        ("virtual_hard_disk-2016", "VirtualHardDisks"),
        ("virtual_hard_disks-2016", "VirtualHardDisks"),
        ("virtual_machine-2016", "VirtualMachines"),
    ],
)
def test_spf_captures_in_json(name: str, entity_set: str) -> None:
    source = SHARED / "spf" / "captures" / f"{name}.json"
    if not source.exists():
        pytest.skip("checks against documents that others published, which are not ours to ship (they stand in ../shared)")
    model = parse_metadata(SHARED / "spf" / "vmm.edmx")
    types, entity_type = build_classes(model), model.entity_types[model.entity_sets[entity_set].type]
    body = source.read_bytes()
    document = JsonLight(model, ROOT).read(body, Expectation(Kind.RESOURCE, entity_type.full_name, entity_set), base=ROOT)
    entries = list(document.entries) if isinstance(document, Feed) else [document]
    told = json.loads(body, parse_float=Decimal)
    rows = told.get("value", [told])
    assert len(entries) == len(rows) > 0
    seen = 0
    for entry, row in zip(entries, rows, strict=True):
        assert isinstance(entry, Entry)
        entity = from_entry(types[entity_type.full_name], entry)
        seen += agrees(model, entity, entity_type, row)
        assert set(set_names(entity)) == set(value_names(entity)) & set(row)
        assert changed_names(entity) == ()
        for name in set_names(entity):
            raw = document_value(entity, name)
            assert raw is None or (type(raw) is Raw and raw.value == row[name])
    assert seen >= 7 * len(rows)


def recorded(group: str, model: Model) -> Iterator[tuple[str, bytes, str]]:
    """Path, body and entity set of the recorded answers that hold entities of a set, or one of them."""
    exchanges = json.loads((SHARED / "traces" / "server" / f"{group}.server.json").read_text(encoding="utf-8"))["exchanges"]
    for exchange in exchanges:
        path, answer = exchange["request"]["path"], exchange["response"]
        resource = path.partition("?")[0]
        entity_set, _, key = resource.partition("(")
        if answer["status"] == 200 and entity_set in model.entity_sets and (not key or key.endswith(")")):
            yield path, answer["body"].encode(), entity_set


def as_dates(value: Any) -> Any:
    """``/Date(ms)/`` of JSON verbose holds milliseconds and no zone."""
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None, microsecond=value.microsecond // 1000 * 1000)
    if isinstance(value, dict):
        return {name: as_dates(item) for name, item in value.items()}
    return [as_dates(item) for item in value] if isinstance(value, list | tuple) else value


def test_the_same_answers_in_three_dialects_are_the_same_entities() -> None:
    source = SHARED / "traces" / "server" / "metadata.server.json"
    if not source.exists():
        pytest.skip("checks against documents that others published, which are not ours to ship (they stand in ../shared)")
    answers = json.loads(source.read_text(encoding="utf-8"))["exchanges"]
    metadata = next(
        e["response"]["body"] for e in answers if e["response"]["status"] == 200 and "$metadata" in e["request"]["path"]
    )
    model = parse_metadata(metadata.encode())
    types = build_classes(model)
    readers = {"read-light": JsonLight, "read-verbose": JsonVerbose, "read-atom": Atom}
    service = "http://127.0.0.1:18944/svc/"
    found: dict[str, dict[str, Any]] = {}
    for group, reader in readers.items():
        for path, body, entity_set in recorded(group, model):
            expect = Expectation(Kind.RESOURCE, model.entity_sets[entity_set].type, entity_set)
            document = reader(model, service).read(body, expect, base=service + path.partition("?")[0])
            entries = list(document.entries) if isinstance(document, Feed) else [document]
            entities = [from_entry(types[entry.type_name or ""], entry) for entry in entries if isinstance(entry, Entry)]
            found.setdefault(path, {})[group] = [(type(e).__name__, e.to_dict(), set_names(e)) for e in entities]
    assert len(found) >= 10
    for path, said in found.items():
        assert list(said) == list(readers), path
        assert said["read-light"] == said["read-atom"], path
        assert as_dates(said["read-light"]) == as_dates(said["read-verbose"]), path
