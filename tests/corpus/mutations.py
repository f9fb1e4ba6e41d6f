"""``python -m tests.corpus.mutations --count 10000 --seed 1 [FOLDER]``: broken bodies through every reader.

Documents of all formats, metadata and batches have bytes flipped, pieces cut out or doubled, and are read, with a model and
without, as answers and as requests; every value and every detail is looked at. Only an ``ODataError`` may come out, and what
still has a value of a declared type has one of its Python type. With a folder (the corpus) its files take part, each with the
metadata it belongs to.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odata3.edm.csdl import parse_metadata, write_metadata
from odata3.edm.model import Model
from odata3.edm.primitives import primitive
from odata3.errors import ODataError
from odata3.formats.documents import Complex, Dialect, Document, Entry, Expectation, Feed, Format, Kind, Level, Parameters, Value
from odata3.formats.faults import read_fault
from odata3.formats.json_light import JsonLight
from odata3.formats.json_verbose import JsonVerbose
from odata3.formats.negotiation import dialect_of, in_utf8
from odata3.uri.options import QueryOptions
from odata3.wire.batch import decode_requests, decode_responses, encode_requests
from odata3.wire.messages import Headers, Request
from tests.formats.laboratory import MODEL
from tests.formats.strategies import SET_NAMES, feeds

from .documents import Models, entries_of, format_of
from .messages import Body, batch_type

ROOT = "http://corpus.example/"


@dataclass(frozen=True)
class Seed:
    """A whole body, to be broken: ``kind`` is metadata, batch or payload."""

    kind: str
    content_type: str
    data: bytes
    model: Model | None = None
    entity_set: str | None = None


# -- what is broken


def own_seeds() -> list[Seed]:
    """Feeds of the laboratory in every format, its metadata, and a batch of them."""
    found = [Seed("metadata", "application/xml", write_metadata(MODEL))]
    for name, feed in _feeds(20):
        expect = Expectation(Kind.FEED, entity_set=name)
        for dialect in (Dialect.ATOM, Dialect.JSON_VERBOSE, Dialect.JSON_LIGHT):
            format_ = format_of(dialect, MODEL, ROOT)
            kind = "application/atom+xml" if dialect is Dialect.ATOM else format_.content_type
            for level in (Level.MINIMAL, Level.FULL):
                found.append(Seed("payload", kind, format_.write_response(feed, expect, level=level), MODEL, name))
    requests = [Request("POST", ROOT + "x", Headers({"Content-Type": seed.content_type}), seed.data) for seed in found[1:4]]
    batch = encode_requests([tuple(requests), Request("GET", ROOT + "y")])
    return [*found, Seed("batch", batch.content_type, batch.body)]


def _feeds(count: int) -> list[tuple[str, Feed]]:
    """The same random feeds every time."""
    found: list[tuple[str, Feed]] = []

    @settings(
        max_examples=count, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(st.data(), SET_NAMES)
    def gather(data: st.DataObject, name: str) -> None:
        found.append((name, data.draw(feeds(name))))

    gather()
    return found


def corpus_seeds(folder: Path, limit: int = 40_000) -> Iterator[Seed]:
    """The files of the corpus that are not too long to be broken often."""
    models = Models(folder)
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.stat().st_size > limit or path.parent.name == "uri" or path.parent == folder:
            continue
        data = path.read_bytes()
        if path.parent.name == "metadata" or path.suffix == ".edmx":
            yield Seed("metadata", "application/xml", data)
        elif data.lstrip()[:2] == b"--":
            yield Seed("batch", batch_type(data), data)
        else:
            try:
                dialect = dialect_of(None, data)
            except ODataError:
                continue
            name = f"{path.parent.name}/{path.name}"
            yield Seed("payload", "", data, models.of(name, Body("", data), dialect))


def broken(choice: random.Random, data: bytes, other: bytes) -> bytes:
    """The body with one to four things wrong; every other one still well-formed, with texts and numbers exchanged."""
    if choice.random() < 0.5:
        return _exchanged(choice, data, other)
    body = bytearray(data)
    for _ in range(choice.randint(1, 4)):
        at = choice.randrange(len(body) + 1)
        end = min(len(body), at + choice.choice((1, 2, 8, 40, 400)))
        match choice.randrange(8):
            case 0 if at < len(body):
                body[at] ^= 1 << choice.randrange(8)
            case 1:
                body[at:end] = b""
            case 2:
                body[at:at] = body[at:end]
            case 3:
                del body[at:]
            case 4:
                body[at:end] = bytes(choice.randrange(256) for _ in range(end - at))
            case 5:
                start = choice.randrange(len(other) + 1)
                body[at:at] = other[start : start + 60]
            case 6:
                body[at:end] = choice.choice(_TOKENS)
            case _:
                first = choice.randrange(len(body) + 1)
                body[at:at] = body[first : first + 30]
    return bytes(body)


def _exchanged(choice: random.Random, data: bytes, other: bytes) -> bytes:
    places = [found.span() for found in _words(data)]
    words = [found[0] for text in (data, other) for found in _words(text)] + [b'""', b"0", b"-1", b"null", b'"x"', b"1e400"]
    for _ in range(choice.randint(1, 4) if places else 0):
        start, end = places.pop(choice.randrange(len(places)))
        data = data[:start] + choice.choice(words) + data[end:]
        places = [(a, b) for a, b in places if b <= start]
        if not places:
            break
    return data


_words = re.compile(rb'"[^"<>]*"|(?<=>)[^<>]+(?=<)|\btrue\b|\bfalse\b|-?\d[\w.+:-]*').finditer

_TOKENS = [
    *(b'null true -1 1e999 9999999999999999999999 NaN INF [] {} "" [[]] {"a":1} ]} <x/> </feed> &#0; &x; ]]> \x00'.split(b" ")),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\r\n\r\n", b"--", b"/Date(1)/", b"datetime'x'", b'"odata.type":5', b'"__metadata":[]'),
    *(b'm:null="true"', b'm:type="Edm.Int32"', b"Collection(", b"POINT(1 2)", b'"type":"Point"', b"2013-13-32T25:61:61", b"P1Y"),
]


# -- how it is read


def read_through(seed: Seed, data: bytes) -> bool:
    """Read all that can be read of a body; whether it was taken for whole."""
    match seed.kind:
        case "metadata":
            model = parse_metadata(data)
            assert isinstance(write_metadata(model), bytes)
        case "batch":
            _take_apart(seed, data)
        case _:
            read_fault(seed.content_type, data)
            body = in_utf8(seed.content_type, data)
            dialect = dialect_of(seed.content_type or None, body)
            for model in dict.fromkeys((None, seed.model)):
                _read_all(format_of(dialect, model, ROOT), body, seed.entity_set, model)
    return True


def _take_apart(seed: Seed, data: bytes) -> None:
    refused: list[ODataError] = []
    for decode in (decode_requests, decode_responses):
        try:
            for part in decode(seed.content_type, data):
                for message in part if isinstance(part, tuple) else (part,):
                    assert message.headers is not None
        except ODataError as error:
            refused.append(error)
    if len(refused) == 2:
        raise refused[0]


def _read_all(format_: Format, body: bytes, entity_set: str | None, model: Model | None) -> None:
    """As an answer of every kind, and as a request; the last refusal is raised at the end."""
    refused: ODataError | None = None
    for kind in Kind:
        for is_request in (False, True):
            read = format_.read_request if is_request else format_.read
            try:
                _look(read(body, Expectation(kind, entity_set=entity_set), base=ROOT), model)
            except ODataError as error:
                refused = error
    if isinstance(format_, JsonLight | JsonVerbose):
        try:
            assert isinstance(format_.read_parameters(body, {"a": "Edm.Int32"}), Parameters)
        except ODataError as error:
            refused = error
    if refused is not None:
        raise refused


def _look(document: Document, model: Model | None) -> None:
    for entry in entries_of(document):
        assert entry.details is not None
        repr(entry)
        for name in [*entry.names(), *entry.undeclared()]:
            try:
                value = entry.get(name)
            except ODataError:
                continue
            _check(model, entry, name, value)
    if isinstance(document, Feed):
        assert document.failure is None or isinstance(document.failure, ODataError)
        if document.next_link is not None:
            with suppress(ODataError):
                QueryOptions.parse(document.next_link.partition("?")[2])
    elif isinstance(document, Value):
        repr(document.value)


def _check(model: Model | None, entry: Entry, name: str, value: Any) -> None:
    """A value of a declared type is one of its Python type, in range."""
    structured = None if model is None else model.structured_type(entry.type_name or "")
    declared = None if structured is None else structured.properties.get(name)
    if declared is None or value is None:
        return
    kind = primitive(declared.element_type)
    for item in value if declared.is_collection else [value]:
        if kind is not None and item is not None and "Geo" not in kind.name:
            assert isinstance(item, kind.python_type), (entry.type_name, name, item)
            if not isinstance(item, datetime):
                kind.check(item)
        elif model is not None and declared.element_type in model.complex_types:
            assert item is None or isinstance(item, Complex)


#: Six of ten are payloads.
_KINDS = (*["payload"] * 6, *["metadata"] * 2, *["batch"] * 2)


def run(count: int, seed: int, seeds: list[Seed]) -> Counter[str]:
    """Breaks and reads ``count`` bodies; what came of them. An exception that is no ``ODataError`` comes out, with its body."""
    choice = random.Random(seed)
    by_kind = {kind: [one for one in seeds if one.kind == kind] for kind in _KINDS}
    outcomes: Counter[str] = Counter()
    for number in range(count):
        one, other = choice.choice(by_kind[choice.choice(_KINDS)]), choice.choice(seeds)
        data = broken(choice, one.data, other.data)
        try:
            read_through(one, data)
            outcomes[f"{one.kind}: read"] += 1
        except ODataError as error:
            outcomes[f"{one.kind}: {type(error).__name__}"] += 1
        except Exception as error:
            error.add_note(f"number {number} of seed {seed}, {one.kind} {one.content_type}: {data!r}")
            raise
    return outcomes


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.corpus.mutations")
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    seeds = own_seeds()
    if arguments.folder is not None:
        seeds += corpus_seeds(arguments.folder)
    start = time.monotonic()
    outcomes = run(arguments.count, arguments.seed, seeds)
    for name, number in sorted(outcomes.items()):
        print(f"{number:8} {name}")
    seconds = time.monotonic() - start
    print(f"{arguments.count} broken bodies out of {len(seeds)}, seed {arguments.seed}: nothing but ODataError, {seconds:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
