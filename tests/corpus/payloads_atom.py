"""The part that reads Atom documents, batches and recorded exchanges."""

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
from odata3.formats.documents import Document, Entry, Expectation, Feed, Format, Kind, Level, ServiceDocument
from odata3.formats.json_light import JsonLight
from odata3.formats.json_verbose import JsonVerbose
from odata3.formats.negotiation import read_media_type

from .messages import Body, batch_type, parts, recorded

_TERM = re.compile(rb"""<(?:\w+:)?category\b[^>]*\bterm\s*=\s*["']([^"']+)["']""")
_BASE = re.compile(rb"""\bxml:base\s*=\s*["']([^"']+)["']""")
_ROOT = "http://corpus.example/"

#: What the formats refuse, and why that is right.
REFUSED = {
    "odata4j/META-INF__issue15.xml": "a fragment of an entry, which no service sends: its root element is 'fragment'",
    "cloud-odata-java/batchRequest.txt": "an article's example with '<AtomPub representation...>' in the place of a body",
    "olingo2/BatchResponseWithAdditionalLineEnding.batch": "its bodies are prose that says it is XML; the batch itself is read",
    "olingo2/BatchResponseWithLinesInBodyWin.batch": "its bodies are prose that says it is XML; the batch itself is read",
    "restlet/parentBatchResponse.xml.txt": "the head of an answer, without its body",
}


@dataclass
class Finding:
    """One file: what went wrong with it, and how it came back from each format."""

    name: str
    kind: str
    problems: list[str] = field(default_factory=list)
    refused: str | None = None
    #: format -> whether the document, written in it and read again, was equal
    came_back: dict[str, bool] = field(default_factory=dict)

    def __str__(self) -> str:
        return "\n".join(
            [self.name, *(f"  {problem}" for problem in self.problems), *([f"  refused: {self.refused}"] if self.refused else [])]
        )


class Models:
    """The metadata of the corpus, by the entity types that a payload names."""

    def __init__(self, folder: Path) -> None:
        self._models: dict[str, Model] = {}
        for path in sorted((folder / "metadata").iterdir()):
            try:
                self._models[path.name] = parse_metadata(path)
            except MetadataError:
                continue

    def of(self, name: str, data: bytes) -> Model | None:
        """The metadata that declares what a payload holds, of the same project where there is one; several services of
        the corpus give different types one name."""
        terms = {term.decode() for term in _TERM.findall(data)}
        found = [n for n, model in self._models.items() if terms and all(term in model.entity_types for term in terms)]
        project = name.partition("/")[0]
        found.sort(key=lambda n: not n.startswith(project))
        return next((self._models[n] for n in found if _fits(data, self._models[n])), None)


def _fits(data: bytes, model: Model) -> bool:
    """Whether the values are of the declared types, and what is expanded is declared."""
    try:
        document = Atom(model, _ROOT).read(data, Expectation())
        return all(
            entry.inline.keys() <= set(model.entity_types[entry.type_name or ""].navigation_properties.names())
            and entry.decoded() is not None
            for entry in _entries(document)
        )
    except (ODataError, KeyError):
        return False


def _entries(document: Document | None) -> Iterator[Entry]:
    """Every entry, expanded ones included."""
    if isinstance(document, Feed):
        for entry in document.entries:
            yield from _entries(entry)
    elif isinstance(document, Entry):
        yield document
        for inner in document.inline.values():
            yield from _entries(inner)


def examine(name: str, data: bytes, facts: Mapping[str, Any], models: Models) -> Finding:
    """Reads one Atom document with its metadata and without, and counts."""
    finding = Finding(name, "atom")
    counts = facts.get("counts", {})
    is_request = facts.get("http", {}).get("direction") == "request" or "RequestEntry" in name
    model = models.of(name, data)
    base = _BASE.search(data)
    root = _ROOT if base is None else base[1].decode()
    for known in dict.fromkeys((None, model)):
        document = _read(Atom(known, root), data, Expectation(), is_request, finding)
        if document is not None:
            _count(document, counts, finding)
            _decode(document, finding)
            if known is not None and not is_request and isinstance(document, Entry | Feed):
                _write_again(document, known, root, finding)
    return finding


def _read(format_: Atom, data: bytes, expect: Expectation, is_request: bool, finding: Finding) -> Document | None:
    try:
        return (format_.read_request if is_request else format_.read)(data, expect, base=_ROOT)
    except PayloadError as error:
        finding.refused = str(error)
        return None


def _count(document: Document, counts: Mapping[str, Any], finding: Finding) -> None:
    found: dict[str, Any] = {}
    if isinstance(document, Feed):
        entries = list(document.entries)
        document.entries = entries
        found = {
            "entries_top": len(entries),
            "entries_all": len(list(_entries(document))),
            "has_next": document.next_link is not None,
        }
        if document.failure is not None:
            finding.problems.append(f"failure: {document.failure}")
    elif isinstance(document, Entry):
        found = {"entries_top": 1, "entries_all": len(list(_entries(document)))}
    elif isinstance(document, ServiceDocument):
        found = {"collections": len(document.collections)}
    for kind, number in found.items():
        if kind in counts and counts[kind] != number:
            finding.problems.append(f"{kind}: {counts[kind]} in the document, {number} read")


def _decode(document: Document, finding: Finding) -> None:
    """Every value and every detail."""
    for entry in _entries(document):
        assert entry.details is not None
        for name in entry.names():
            try:
                entry.get(name)
            except PayloadError as error:
                finding.problems.append(str(error))


def _write_again(document: Entry | Feed, model: Model, root: str, finding: Finding) -> None:
    """Writes a document in each format and reads it again."""
    first = document if isinstance(document, Entry) else next(iter(document.entries), None)
    if first is None or first.type_name is None:
        return
    entity_set = model.set_of_type(first.type_name)
    expect = Expectation(Kind.RESOURCE, first.type_name, None if entity_set is None else entity_set.qualified_name)
    formats: tuple[tuple[Format, dict[str, Any]], ...] = (
        (Atom(model, root), {}),
        (JsonVerbose(model, root), {}),
        (JsonLight(model, root), {"level": Level.FULL}),
    )
    for format_, options in formats:
        name = format_.dialect.value
        try:
            found = format_.read(format_.write_response(document, expect, **options), expect, base=root)
        except ODataError as error:
            finding.came_back[name] = False
            finding.problems.append(f"{name}: {error}")
            continue
        finding.came_back[name] = finding.came_back.get(name, True) and found == document


def examine_batch(name: str, content_type: str, data: bytes, counts: Mapping[str, Any], models: Models) -> Finding:
    """Takes a batch apart, counts its messages and reads their Atom bodies."""
    is_request = counts.get("http_status_lines", 0) == 0
    finding = Finding(name, "batch")
    try:
        found = parts(content_type, data, is_request=is_request)
    except PayloadError as error:
        finding.refused = str(error)
        return finding
    expected = counts.get("http_request_lines", 0) + counts.get("http_status_lines", 0) - data.startswith(b"POST ")
    if expected and len(found) != expected:
        finding.problems.append(f"messages: {expected} in the batch, {len(found)} read")
    for body in found:
        _examine_body(name, body, finding, models)
    return finding


def _examine_body(name: str, body: Body, finding: Finding, models: Models) -> None:
    if not read_media_type(body.content_type).is_xml or not body.data.strip():
        return
    inner = examine(name, body.data, {"http": {"direction": "request"} if body.is_request else {}}, models)
    finding.problems += inner.problems
    finding.refused = finding.refused or inner.refused


def examine_recording(name: str, data: bytes, models: Models) -> Finding:
    """Reads both sides of a recorded exchange."""
    finding = Finding(name, "recording")
    for body in recorded(data):
        if body.content_type.startswith("multipart/"):
            counts = {} if body.is_request else {"http_status_lines": len(re.findall(rb"(?m)^HTTP/1\.1 \d", body.data))}
            inner = examine_batch(name, body.content_type, body.data, counts, models)
            finding.problems += inner.problems
            finding.refused = finding.refused or inner.refused
        else:
            _examine_body(name, body, finding, models)
    return finding


def findings(folder: Path) -> Iterator[Finding]:
    """Every Atom document, batch and recording of the corpus."""
    models = Models(folder)
    known = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for path, facts in known.items():
        if not path.startswith("payloads/") or not (folder / path).exists():
            continue
        name, data = path.removeprefix("payloads/"), (folder / path).read_bytes()
        if facts["format"] == "$batch body":
            yield examine_batch(name, batch_type(data), data, facts.get("counts", {}), models)
        elif facts["format"] == "HTTP recording (text)":
            yield examine_recording(name, data, models)
        elif "root" in facts:
            yield examine(name, data, facts, models)


def report(folder: Path) -> bool:
    """Prints, per kind, ``read N of M``, how many came back from each format, and everything that is not as it should be."""
    found = list(findings(folder))
    for finding in found:
        if finding.problems or (finding.refused and finding.name not in REFUSED):
            print(finding)
        if not all(finding.came_back.values()):
            print(f"{finding.name}\n  not the same after {', '.join(k for k, same in finding.came_back.items() if not same)}")
    good = True
    for kind in ("atom", "batch", "recording"):
        of_kind = [finding for finding in found if finding.kind == kind]
        read = [finding for finding in of_kind if finding.refused is None and not finding.problems]
        refused = [finding for finding in of_kind if finding.refused is not None]
        print(f"{kind}: read {len(read)} of {len(of_kind)}")
        for finding in refused:
            print(f"  refused {finding.name}: {REFUSED.get(finding.name, finding.refused)}")
        good = good and len(read) + len(refused) == len(of_kind) and all(finding.name in REFUSED for finding in refused)
    totals = Counter(name for finding in found for name in finding.came_back)
    same = Counter(name for finding in found for name, equal in finding.came_back.items() if equal)
    for name, total in totals.items():
        print(f"  written as {name} and read again, equal: {same[name]} of {total}")
    return good and same == totals
