"""The part that reads payloads: documents of every format, batches, recorded exchanges; and what is made of malformed ones."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from odata3.errors import PayloadError
from odata3.formats.documents import Expectation, Feed
from odata3.formats.negotiation import dialect_of

from .documents import CHANGED, ROOT, Finding, Models, entries_of, examine, format_of
from .messages import Body, batch_type, message, parts, recorded, wrapped

#: What the formats refuse, and why that is right.
REFUSED = {
    "odata4j/META-INF__issue15.xml": "a fragment of an entry, which no service sends: its root element is 'fragment'",
    "cloud-odata-java/batchRequest.txt": "an article's example with '<AtomPub representation...>' in the place of a body",
    "olingo2/BatchResponseWithAdditionalLineEnding.batch": "its bodies are prose that says it is XML; the batch itself is read",
    "olingo2/BatchResponseWithLinesInBodyWin.batch": "its bodies are prose that says it is XML; the batch itself is read",
    "restlet/parentBatchResponse.xml.txt": "the head of an answer, without its body",
}


def examine_file(name: str, data: bytes, facts: Mapping[str, Any], models: Models) -> Finding:
    """What one file of the corpus holds."""
    kind = facts["format"]
    finding = Finding(name, "XML document" if kind.startswith("XML") else kind)
    counts = facts.get("counts", {})
    if kind == "$batch body":
        is_request = counts.get("http_status_lines", 0) == 0
        messages = counts.get("http_request_lines", 0) + counts.get("http_status_lines", 0) - data.startswith(b"POST ")
        _examine_batch(Body(batch_type(data), data, is_request), messages, finding, models)
    elif kind == "HTTP recording (text)":
        for body in recorded(data):
            _examine_any(body, finding, models)
    elif kind == "HTTP recording (JSON wrapper)":
        _examine_any(wrapped(data), finding, models)
    elif kind == "HTTP message":
        _examine_any(message(data), finding, models)
    else:
        http = facts.get("http", {})
        is_request = http.get("direction") == "request" or ".request." in name or "RequestEntry" in name or kind == "json-request"
        content_type = "application/xml" if "root" in facts else http.get("headers", {}).get("Content-Type", "application/json")
        if kind.startswith("JSON") and "odata" not in content_type and ("verbose" in kind or "light" in kind):
            _check_dialect(data, kind, finding)
        examine(Body(content_type, data, is_request, http.get("request", "")), counts, finding, models)
    return finding


def _check_dialect(data: bytes, kind: str, finding: Finding) -> None:
    """What a body is taken for by its first bytes."""
    taken = dialect_of("application/json", data).value
    if taken != ("verbosejson" if "verbose" in kind else "json"):
        finding.problems.append(f"taken for {taken}")


def _examine_any(body: Body, finding: Finding, models: Models) -> None:
    if body.is_batch:
        _examine_batch(body, 0 if body.is_request else body.status_lines, finding, models)
    else:
        examine(body, {}, finding, models)


def _examine_batch(batch: Body, messages: int, finding: Finding, models: Models) -> None:
    """Takes a batch apart, counts its messages and reads their bodies."""
    try:
        found = parts(batch.content_type, batch.data, is_request=batch.is_request)
    except PayloadError as error:
        finding.refused = str(error)
        return
    if messages and len(found) != messages:
        finding.problems.append(f"messages: {messages} in the batch, {len(found)} read")
    for body in found:
        if body.data.strip() and ("json" in body.content_type or "xml" in body.content_type):
            examine(body, {}, finding, models)


def findings(folder: Path, every: int = 1) -> Iterator[Finding]:
    """Every payload of the corpus, or every second, third..."""
    models = Models(folder)
    known = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    there = [path for path in known if path.startswith("payloads/") and (folder / path).exists()]
    for path in there[::every]:
        yield examine_file(path.removeprefix("payloads/"), (folder / path).read_bytes(), known[path], models)


def malformed(folder: Path) -> Iterator[tuple[str, str]]:
    """What becomes of the broken payloads: refused, read as a whole, or whole entries with the failure behind them."""
    for path in sorted((folder / "malformed").iterdir()):
        data = path.read_bytes()
        if path.suffix == ".batch":
            yield path.name, f"read: {len(parts(batch_type(data), data, is_request=True))} requests"
        elif path.suffix == ".txt" or b"<app:service" in data:
            yield path.name, _outcome(data)


def _outcome(data: bytes) -> str:
    try:
        document = format_of(dialect_of(None, data), None, ROOT).read(data, Expectation())
    except PayloadError as error:
        return f"refused: {error}"
    if isinstance(document, Feed) and document.failure is not None:
        return f"{len(list(entries_of(document)))} entries, then: {document.failure}"
    return f"read: {type(document).__name__}"


def report(folder: Path) -> bool:
    """Prints, per format, ``read N of M`` and what is refused; how many came back from each format; all that is not as it
    should be."""
    found = list(findings(folder))
    for finding in found:
        if finding.problems or finding.changed or (finding.refused and finding.name not in REFUSED):
            print(finding)
    for kind, total in Counter(finding.kind for finding in found).items():
        of_kind = [finding for finding in found if finding.kind == kind]
        print(f"{kind}: read {sum(finding.is_read for finding in of_kind)} of {total} ({sum(f.bodies for f in of_kind)} bodies)")
        for finding in of_kind:
            if finding.refused is not None:
                print(f"  refused {finding.name}: {REFUSED.get(finding.name, finding.refused)}")
    written, equal, explained = Counter[str](), Counter[str](), Counter[str]()
    for finding in found:
        written += finding.written
        equal += finding.equal
        explained += finding.explained
    for name, total in sorted(written.items()):
        others = f", explained: {explained[name]}" if explained[name] else ""
        print(f"  written as {name} and read again, equal: {equal[name]} of {total}{others}")
    for what, reason in CHANGED.items():
        print(f"    explained: {what if isinstance(what, str) else what.__name__}: {reason}")
    for name, outcome in malformed(folder):
        print(f"  malformed {name}: {outcome}")
    refused = {finding.name for finding in found if finding.refused is not None}
    return written == equal + explained and refused == REFUSED.keys() and not any(finding.problems for finding in found)
