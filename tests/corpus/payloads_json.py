"""The part that reads JSON documents, light and verbose, answers, requests and errors."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from odata3.edm.csdl import parse_metadata
from odata3.edm.model import Model
from odata3.errors import MetadataError, ODataError, PayloadError
from odata3.formats.atom import Atom
from odata3.formats.documents import (
    Dialect,
    Document,
    Entry,
    Expectation,
    Fault,
    Feed,
    Format,
    Kind,
    Level,
    References,
    ServiceDocument,
    Value,
)
from odata3.formats.json_light import JsonLight
from odata3.formats.json_verbose import JsonVerbose
from odata3.formats.negotiation import dialect_of

ROOT = "http://corpus.example/"
FORMATS = ("JSON light", "JSON verbose", "JSON error", "json-request", "json-verbose-frag")
_NAMED = re.compile(rb'"(?:odata\.)?type"\s*:\s*"(?:Collection\()?([\w.]+\.[\w.]+)\)?"')
_FRAGMENT = re.compile(rb'"odata\.metadata"\s*:\s*"[^"#]*#(?:Collection\()?([\w.]+)')
_METADATA = re.compile(rb'"odata\.metadata"\s*:\s*"([^"#]*?)\$metadata')

#: What the formats refuse of the well-formed documents, and why that is right.
REFUSED: dict[str, str] = {}


@dataclass
class Finding:
    """One file: what went wrong with it, and how it came back from each format."""

    name: str
    kind: str
    problems: list[str] = field(default_factory=list)
    refused: str | None = None
    came_back: dict[str, bool] = field(default_factory=dict)

    def __str__(self) -> str:
        lines = [self.name, *(f"  {problem}" for problem in self.problems)]
        return "\n".join([*lines, f"  refused: {self.refused}"] if self.refused else lines)


class Models:
    """The metadata of the corpus, by the types and sets that a payload names."""

    def __init__(self, folder: Path) -> None:
        self._models: dict[str, Model] = {}
        for path in sorted((folder / "metadata").iterdir()):
            try:
                self._models[path.name] = parse_metadata(path)
            except MetadataError:
                continue

    def of(self, name: str, data: bytes) -> Model | None:
        """The metadata that declares all types that a payload names, or the set of its fragment; of the same project first."""
        named = {found.decode() for found in (*_NAMED.findall(data), *_FRAGMENT.findall(data))}
        named = {found for found in named if not found.startswith("Edm.")}
        project = name.partition("/")[0]
        fitting = [
            (not file.startswith(project), file)
            for file, model in self._models.items()
            if named and all(_knows(model, found, file.startswith(project)) for found in named)
        ]
        for _, file in sorted(fitting):
            if _fits(data, self._models[file]):
                return self._models[file]
        return None


def _knows(model: Model, name: str, same_project: bool) -> bool:
    """Whether a model has this type; a set's short name says little, and counts within a project alone."""
    return name in model.entity_types or name in model.complex_types or (same_project and name in model.entity_sets)


def _fits(data: bytes, model: Model) -> bool:
    """Whether every value is of its declared type, and what is declared is all there is."""
    try:
        document = _format(model, ROOT, dialect_of("application/json", data)).read(data, Expectation())
        return all(
            entry.type_name in model.entity_types
            and entry.inline.keys() <= set(model.entity_types[entry.type_name].navigation_properties.names())
            and not entry.undeclared()
            and entry.decoded() is not None
            for entry in entries_of(document)
        )
    except ODataError:
        return False


def _format(model: Model | None, root: str, dialect: Dialect) -> JsonLight | JsonVerbose:
    return JsonLight(model, root) if dialect is Dialect.JSON_LIGHT else JsonVerbose(model, root)


def entries_of(document: Document | None) -> Iterator[Entry]:
    """Every entry, expanded ones included."""
    if isinstance(document, Feed):
        for entry in document.entries:
            yield from entries_of(entry)
    elif isinstance(document, Entry):
        yield document
        for inner in document.inline.values():
            yield from entries_of(inner)


def examine(name: str, data: bytes, facts: Mapping[str, Any], models: Models) -> Finding:
    """Reads one document with its metadata and without, counts, decodes, and writes it in every format."""
    finding = Finding(name, facts["format"])
    is_request = facts["format"] == "json-request" or ".request." in name
    content_type = facts.get("http", {}).get("headers", {}).get("Content-Type", "application/json")
    asked = _METADATA.search(data)
    root = asked[1].decode() if asked is not None and asked[1].startswith(b"http") else ROOT
    try:
        dialect = dialect_of(content_type, data)
    except PayloadError as error:
        finding.refused = str(error)
        return finding
    if finding.kind == f"JSON {'verbose' if dialect is Dialect.JSON_LIGHT else 'light'}":
        finding.problems.append(f"taken for {dialect.value}")
    for model in dict.fromkeys((None, models.of(name, data))):
        format_ = _format(model, root, dialect)
        try:
            document = format_.read_request(data, Expectation(Kind.ENTRY)) if is_request else format_.read(data, Expectation())
        except PayloadError as error:
            finding.refused = str(error)
            continue
        _count(document, facts.get("counts", {}), finding)
        _decode(document, finding)
        if not is_request and (model is not None or isinstance(document, Value)):
            _write_again(document, model, root, finding)
    return finding


def _count(document: Document, counts: Mapping[str, Any], finding: Finding) -> None:
    found: dict[str, Any] = {}
    number: int | None = None
    if isinstance(document, Feed):
        number = len(list(document.entries))
        found = {"has_next": document.next_link is not None, "has_count": document.count is not None}
        if document.failure is not None:
            finding.problems.append(f"failure: {document.failure}")
    elif isinstance(document, References):
        number = len(document.urls)
    elif isinstance(document, ServiceDocument):
        number = len(document.collections)
    elif isinstance(document, Value) and isinstance(document.value, list):
        number = len(document.value)
    elif finding.kind == "JSON error" and not isinstance(document, Fault):
        finding.problems.append(f"an error, read as a {type(document).__name__}")
    for kind, there in {**found, "value": number, "results": number}.items():
        if kind in counts and counts[kind] != there:
            finding.problems.append(f"{kind}: {counts[kind]} in the document, {there} read")


def _decode(document: Document, finding: Finding) -> None:
    """Every value and every detail."""
    for entry in entries_of(document):
        assert entry.details is not None
        for name in [*entry.names(), *entry.undeclared()]:
            try:
                entry.get(name)
            except PayloadError as error:
                finding.problems.append(str(error))


def _write_again(document: Document, model: Model | None, root: str, finding: Finding) -> None:
    """Writes an answer in each format and reads it again."""
    if not isinstance(document, Entry | Feed | Value):
        return
    expect = Expectation()
    if isinstance(document, Value):
        if document.type_name is None or (model is None and "Edm." not in document.type_name):
            return
        document.name = document.name or "value"
        expect = Expectation(Kind.VALUE, document.type_name, name=document.name)
    else:
        first = next(entries_of(document), None)
        if model is None or first is None or first.type_name is None or first.id is None:
            return
        entity_set = model.set_of_type(first.type_name)
        kind = Kind.FEED if isinstance(document, Feed) else Kind.ENTRY
        base = first.type_name if entity_set is None else entity_set.type
        expect = Expectation(kind, base, None if entity_set is None else entity_set.qualified_name)
    for format_ in (Atom(model, root), JsonVerbose(model, root), JsonLight(model, root)):
        _one_way(format_, document, expect, finding)


def _one_way(format_: Format, document: Document, expect: Expectation, finding: Finding) -> None:
    name = format_.dialect.value
    try:
        written = format_.write_response(document, expect, level=Level.FULL)
        found = format_.read(written, expect, base=ROOT)
    except ODataError as error:
        finding.came_back[name] = False
        finding.problems.append(f"{name}: {error}")
        return
    finding.came_back[name] = finding.came_back.get(name, True) and found == document


def findings(folder: Path) -> Iterator[Finding]:
    """Every JSON document of the corpus."""
    models = Models(folder)
    known = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for path, facts in known.items():
        if path.startswith("payloads/") and facts["format"] in FORMATS and (folder / path).exists():
            yield examine(path.removeprefix("payloads/"), (folder / path).read_bytes(), facts, models)


def malformed(folder: Path) -> Iterator[tuple[str, str]]:
    """What becomes of the broken JSON documents: refused, or whole entries with the failure behind them."""
    for path in sorted((folder / "malformed").iterdir()):
        data = path.read_bytes()
        if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"{", b"["):
            continue
        try:
            document = _format(None, ROOT, dialect_of("application/json", data)).read(data, Expectation())
        except PayloadError as error:
            yield path.name, f"refused: {error}"
            continue
        failure = document.failure if isinstance(document, Feed) else None
        count = len(list(entries_of(document)))
        yield (
            path.name,
            f"read without a word ({type(document).__name__})" if failure is None else f"{count} entries, then: {failure}",
        )


def report(folder: Path) -> bool:
    """Prints, per format, ``read N of M``, how many came back from each format, and everything that is not as it should be."""
    found = list(findings(folder))
    for finding in found:
        if finding.problems or (finding.refused and finding.name not in REFUSED):
            print(finding)
        if not all(finding.came_back.values()):
            print(f"{finding.name}\n  not the same after {', '.join(k for k, same in finding.came_back.items() if not same)}")
    for kind, total in Counter(finding.kind for finding in found).items():
        read = sum(1 for f in found if f.kind == kind and f.refused is None and not f.problems)
        print(f"{kind}: read {read} of {total}")
    totals = Counter(name for finding in found for name in finding.came_back)
    same = Counter(name for finding in found for name, equal in finding.came_back.items() if equal)
    for name, total in totals.items():
        print(f"  written as {name} and read again, equal: {same[name]} of {total}")
    broken = dict(malformed(folder))
    for name, outcome in broken.items():
        print(f"  malformed {name}: {outcome}")
    good = all(not f.problems and (f.refused is None or f.name in REFUSED) for f in found)
    return good and same == totals and not any("without a word" in outcome for outcome in broken.values())
