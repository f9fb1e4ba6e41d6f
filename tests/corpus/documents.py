"""One body of the corpus: read with its metadata and without, counted, decoded, written in every format and read again."""

from __future__ import annotations

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
    Reference,
    References,
    ServiceDocument,
    Value,
)
from odata3.formats.json_light import JsonLight
from odata3.formats.json_verbose import JsonVerbose
from odata3.formats.negotiation import dialect_of

from .messages import Body

ROOT = "http://corpus.example/"
_NAMED = (
    re.compile(rb'"(?:odata\.)?type"\s*:\s*"(?:Collection\()?([\w.]+\.[\w.]+)\)?"'),
    re.compile(rb'"odata\.metadata"\s*:\s*"[^"#]*#(?:Collection\()?([\w.]+)'),
    re.compile(rb"""<(?:\w+:)?category\b[^>]*\bterm\s*=\s*["']([^"']+)["']"""),
    re.compile(rb"""\b\w+:type\s*=\s*["'](?:Collection\()?(\w[\w.]*\.\w+)\)?["']"""),
)
_ROOTS = (
    re.compile(rb'"odata\.metadata"\s*:\s*"(http[^"#]*?)\$metadata'),
    re.compile(rb"""\bxml:base\s*=\s*["']([^"']+)["']"""),
)

#: Where a count of the corpus means something else than what is read.
COUNTED_OTHERWISE = {
    (
        "nuget-client/resources__WindowsAzureStorageFindPackagesById~7bc43f.xml",
        "properties",
    ): "LastEdited stands twice in an entry",
    (
        "restlet/cafe__cafes~1fc442.xml",
        "properties",
    ): "a member of a complex value that is called properties counts as m:properties",
    ("restlet/cafecustofeeds__cafes~8faf0d.xml", "properties"): "the same",
}
#: What does not come back from a format, by file or by kind of document, and why.
CHANGED = {
    ServiceDocument: "verbose JSON has the names of the sets alone, no titles beside them",
    Fault: "the language of a message that names none is written as en-US",
    "webapi-v3/SupplierRequestEntryInAtom.xml": "an answer sent as a request: these hold no ids, no ETags",
}


@dataclass
class Finding:
    """One file: what went wrong with it, what was refused, and how its documents came back from each format."""

    name: str
    kind: str
    problems: list[str] = field(default_factory=list)
    refused: str | None = None
    bodies: int = 0
    #: Format -> documents written in it and read again, equal or not.
    written: Counter[str] = field(default_factory=Counter)
    equal: Counter[str] = field(default_factory=Counter)
    explained: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)

    @property
    def is_read(self) -> bool:
        return self.refused is None and not self.problems

    def __str__(self) -> str:
        lines = [self.name, *(f"  {problem}" for problem in self.problems)]
        lines += [f"  refused: {self.refused}"] if self.refused else []
        return "\n".join([*lines, *(f"  not the same after {name}" for name in self.changed)])


class Models:
    """The metadata of the corpus, by the types and sets that a body names."""

    def __init__(self, folder: Path) -> None:
        self._models: dict[str, Model] = {}
        for path in sorted((folder / "metadata").iterdir()):
            try:
                self._models[path.name] = parse_metadata(path)
            except MetadataError:
                continue

    def of(self, name: str, body: Body, dialect: Dialect) -> Model | None:
        """The metadata that declares all that a body names; of the same project and with all its properties first.

        Several services of the corpus give different types one name, so that the values are tried.
        """
        named = {found.decode() for pattern in _NAMED for found in pattern.findall(body.data)}
        named = {found for found in named if not found.startswith("Edm.")}
        project = name.partition("/")[0]
        fitting = []
        for file, model in self._models.items():
            is_same = file.startswith(project)
            if named and all(_knows(model, found, is_same) for found in named):
                undeclared = _undeclared(body, model, dialect)
                if undeclared is not None:
                    fitting.append((undeclared, not is_same, file))
        return self._models[min(fitting)[2]] if fitting else None


def _knows(model: Model, name: str, is_same_project: bool) -> bool:
    """Whether a model has this type; a set's short name says little, and counts within a project alone."""
    return name in model.entity_types or name in model.complex_types or (is_same_project and name in model.entity_sets)


def _undeclared(body: Body, model: Model, dialect: Dialect) -> int | None:
    """How many members a model does not declare; None where it is of another service altogether."""
    try:
        document = read(body, format_of(dialect, model, ROOT))
        count = 0
        for entry in entries_of(document):
            declared = model.entity_types[entry.type_name or ""].navigation_properties
            if not entry.inline.keys() <= set(declared.names()):
                return None
            count += len(entry.undeclared())
            entry.decoded()
    except (ODataError, KeyError):
        return None
    return count


def format_of(dialect: Dialect, model: Model | None, root: str) -> Format:
    if dialect is Dialect.ATOM:
        return Atom(model, root)
    return JsonLight(model, root) if dialect is Dialect.JSON_LIGHT else JsonVerbose(model, root)


def read(body: Body, format_: Format, expect: Expectation | None = None) -> Document:
    if body.is_request:
        kind = Kind.REFERENCE if "$links/" in body.url else Kind.ENTRY
        return format_.read_request(body.data, expect or Expectation(kind), base=ROOT)
    return format_.read(body.data, expect or Expectation(), base=ROOT)


def entries_of(document: Document | None) -> Iterator[Entry]:
    """Every entry, expanded ones included."""
    if isinstance(document, Feed):
        for entry in document.entries:
            yield from entries_of(entry)
    elif isinstance(document, Entry):
        yield document
        for inner in document.inline.values():
            yield from entries_of(inner)


def examine(body: Body, counts: Mapping[str, Any], finding: Finding, models: Models) -> None:
    """All that is tried with one body."""
    finding.bodies += 1
    root = next((found[1].decode() for pattern in _ROOTS if (found := pattern.search(body.data)) is not None), ROOT)
    try:
        dialect = dialect_of(body.content_type, body.data)
        for model in dict.fromkeys((None, models.of(finding.name, body, dialect))):
            format_ = format_of(dialect, model, root)
            document = read(body, format_)
            if isinstance(document, Feed):
                document.entries = list(document.entries)
            _count(document, counts, finding, has_model=model is not None)
            _decode(document, finding)
            _write_again(document, body, model, root, finding)
    except PayloadError as error:
        finding.refused = finding.refused or str(error)


# -- counted


def _count(document: Document, counts: Mapping[str, Any], finding: Finding, *, has_model: bool) -> None:
    found: dict[str, Any] = {}
    entries = list(entries_of(document))
    if isinstance(document, Feed):
        found = {"has_next": document.next_link is not None, "has_count": document.count is not None}
        found |= dict.fromkeys(("entries_top", "value", "results"), len(list(document.entries)))
        found["m_count"] = None if document.count is None else str(document.count)
        if document.failure is not None:
            finding.problems.append(f"failure: {document.failure}")
    elif isinstance(document, Entry):
        found = {"entries_top": 1}
    elif isinstance(document, References):
        found = dict.fromkeys(("value", "results", "uris"), len(document.urls))
    elif isinstance(document, ServiceDocument):
        found = dict.fromkeys(("collections", "value", "results"), len(document.collections))
    elif isinstance(document, Value) and isinstance(document.value, list):
        found = dict.fromkeys(("value", "results"), len(document.value))
    elif isinstance(document, Fault):
        found = {"code": document.code, "has_innererror": document.inner_error is not None}
    if entries:
        found["entries_all"] = len(entries)
        if finding.kind.startswith("Atom") and not has_model:
            found["properties"] = sum(len(list(entry.names())) for entry in entries)
    if ("error" in finding.kind or "code" in counts) and not isinstance(document, Fault):
        finding.problems.append(f"an error, read as a {type(document).__name__}")
    for kind, number in found.items():
        if kind in counts and counts[kind] != number and (finding.name, kind) not in COUNTED_OTHERWISE:
            finding.problems.append(f"{kind}: {counts[kind]} in the document, {number} read")


def _decode(document: Document, finding: Finding) -> None:
    """Every value and every detail."""
    for entry in entries_of(document):
        assert entry.details is not None
        for name in [*entry.names(), *entry.undeclared()]:
            try:
                entry.get(name)
            except PayloadError as error:
                finding.problems.append(str(error))


# -- written and read again


def _write_again(document: Document, body: Body, model: Model | None, root: str, finding: Finding) -> None:
    expect = _expectation(document, model, body)
    if expect is None:
        return
    if isinstance(document, Value):
        document.name = expect.name
    ways: list[tuple[Format, Level]] = [(Atom(model, root), Level.FULL), (JsonVerbose(model, root), Level.FULL)]
    light = JsonLight(model, root)
    ways += [(light, Level.FULL)] if body.is_request or model is None else [(light, Level.FULL), (light, Level.MINIMAL)]
    for format_, level in ways:
        name = "request " * body.is_request + format_.dialect.value + " minimal" * (level is Level.MINIMAL)
        try:
            if body.is_request:
                found = format_.read_request(format_.write_request(document, expect), expect, base=root)
            else:
                found = format_.read(format_.write_response(document, expect, level=level), expect, base=root)
        except ODataError as error:
            finding.written[name] += 1
            finding.problems.append(f"{name}: {error}")
            continue
        finding.written[name] += 1
        finding.equal[name] += found == document
        if found != document:
            reason = CHANGED.get(type(document)) or CHANGED.get(finding.name)
            (finding.explained if reason else finding.changed)[name] += 1


def _expectation(document: Document, model: Model | None, body: Body) -> Expectation | None:
    """What a service that answers so was asked for; None where that cannot be known."""
    if isinstance(document, Value):
        if document.type_name is None or (model is None and "Edm." not in document.type_name):
            return None
        return Expectation(Kind.VALUE, document.type_name, name=document.name or "value")
    if isinstance(document, Entry | Feed):
        first = next(entries_of(document), None)
        if (
            model is None
            or first is None
            or first.type_name not in model.entity_types
            or (first.id is None and not body.is_request)
        ):
            return None
        entity_set = model.set_of_type(first.type_name)
        kind = Kind.FEED if isinstance(document, Feed) else Kind.ENTRY
        base = first.type_name if entity_set is None else entity_set.type
        return Expectation(kind, base, None if entity_set is None else entity_set.qualified_name)
    kinds = {Reference: Kind.REFERENCE, References: Kind.REFERENCES, ServiceDocument: Kind.SERVICE}
    kind = kinds.get(type(document), Kind.RESOURCE)
    return None if model is not None else Expectation(kind)
