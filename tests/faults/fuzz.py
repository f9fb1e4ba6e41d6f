"""``python -m tests.faults.fuzz --count 100000 --seed 1 [FOLDER...]``: damaged answers through the public API of a context.

Bodies in every format, and metadata, are changed at random (bytes, tokens, cuts, repetitions, pieces of others) and answered to
queries, look-ups, saves, batches and ``$metadata``. Only an ``ODataError`` may come out, nothing may take longer than the limit,
and memory must not grow. Files of the folders given join the bodies.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from odata3 import DataServiceContext, ODataError, SaveChangesOptions, parse_metadata
from odata3.server.service import Service
from odata3.server.store import Store
from odata3.wire.messages import Headers, Request, Response

MODEL = b"""<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
  <edmx:DataServices m:DataServiceVersion="3.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
    <Schema Namespace="NS" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
      <ComplexType Name="Size"><Property Name="Width" Type="Edm.Int32"/><Property Name="Note" Type="Edm.String"/></ComplexType>
      <EntityType Name="Row" OpenType="true">
        <Key><PropertyRef Name="ID"/></Key>
        <Property Name="ID" Type="Edm.Int32" Nullable="false"/>
        <Property Name="Name" Type="Edm.String" ConcurrencyMode="Fixed"/>
        <Property Name="Made" Type="Edm.DateTime"/>
        <Property Name="Seen" Type="Edm.DateTimeOffset"/>
        <Property Name="Long" Type="Edm.Time"/>
        <Property Name="Price" Type="Edm.Decimal"/>
        <Property Name="Weight" Type="Edm.Double"/>
        <Property Name="Big" Type="Edm.Int64"/>
        <Property Name="Mark" Type="Edm.Guid"/>
        <Property Name="Data" Type="Edm.Binary"/>
        <Property Name="Size" Type="NS.Size"/>
        <Property Name="Tags" Type="Collection(Edm.String)" Nullable="false"/>
        <Property Name="Spot" Type="Edm.GeographyPoint"/>
        <NavigationProperty Name="Parts" Relationship="NS.Has" FromRole="Row" ToRole="Part"/>
      </EntityType>
      <EntityType Name="Part">
        <Key><PropertyRef Name="ID"/></Key>
        <Property Name="ID" Type="Edm.Int32" Nullable="false"/>
      </EntityType>
      <Association Name="Has">
        <End Role="Row" Type="NS.Row" Multiplicity="0..1"/><End Role="Part" Type="NS.Part" Multiplicity="*"/>
      </Association>
      <EntityContainer Name="C" m:IsDefaultEntityContainer="true">
        <EntitySet Name="Rows" EntityType="NS.Row"/><EntitySet Name="Parts" EntityType="NS.Part"/>
        <AssociationSet Name="Has" Association="NS.Has">
          <End Role="Row" EntitySet="Rows"/><End Role="Part" EntitySet="Parts"/>
        </AssociationSet>
      </EntityContainer>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>"""

ROOT = "http://fuzz.example/"
KINDS = (
    "application/json;odata=minimalmetadata",
    "application/json;odata=fullmetadata",
    "application/json;odata=verbose",
    "application/atom+xml",
    "application/xml",
    "multipart/mixed; boundary=b",
    "text/plain",
    "text/html",
    "",
)
TOKENS = [
    token.encode("utf-8", "surrogatepass")
    for token in (
        *("null", "true", "1e999", "-0.0", "NaN", "INF", "9" * 400, '""', "[]", "{}", "[[", "}}", '{"a":', "\\ud800", "\ud800"),
        *("odata.error", "odata.nextLink", "odata.id", "odata.type", "odata.etag", '"d":', "__metadata", "__deferred", "results"),
        *("value", "uri", "__next", "NS.Part", "Collection(NS.Size)", "Edm.Int64", "/Date(99999999999999999)/", "P9999999999D"),
        *(
            "<!DOCTYPE a [<!ENTITY x 'y'>]>",
            "&x;",
            "<![CDATA[",
            "<!--",
            "</entry>",
            "<entry>",
            "m:null='true'",
            "m:type='Edm.Guid'",
        ),
        *("xmlns=''", "--b", "--b--", "\r\n\r\n", "HTTP/1.1 200 OK", "Content-ID: 1", "BaseType='NS.Row'", "Type='NS.Nope'"),
        *(
            "9999-12-31T23:59:59.9999999",
            "0000-00-00",
            "file:///etc/hostname",
            "http://[::1",
            "//evil.example/",
            "\x00",
            "\ufeff",
        ),
        *("__class__", "__init__", "MaxLength='-1'", "[" * 3000, "<a>" * 400),
    )
]


class Answers:
    """A transport that answers with what it was given, whatever is asked, and thinks of nothing else."""

    def __init__(self) -> None:
        self.queue: list[Response] = []

    def send(self, request: Request) -> Response:
        found = self.queue.pop(0) if len(self.queue) > 1 else self.queue[0]
        return Response(found.status, found.headers, found.body, request.url)

    def open(self, request: Request) -> Any:
        raise NotImplementedError

    def close(self) -> None: ...


def seeds(folders: list[Path]) -> list[tuple[bytes, str]]:
    """Honest bodies, as the reference service writes them in every format; and files."""
    model = parse_metadata(MODEL)
    service = Service(model, Store(model))
    ctx = DataServiceContext(ROOT, metadata=model, transport=_Direct(service))
    row = ctx.types.Row(
        ID=1, Name="a", Price="1.50", Weight=0.5, Big=2**40, Mark="a11cc636-5521-4f88-92b2-cad392911fe0", Data=b"x", Tags=["t"]
    )
    row.Size = ctx.types.Size(Width=1, Note="n")
    ctx.add_object("Rows", row)
    ctx.add_related_object(row, "Parts", ctx.types.Part(ID=1))
    ctx.add_object("Rows", ctx.types.Row(ID=2, Name="b"))
    ctx.save_changes()
    found = [(MODEL, "application/xml")]
    for kind in KINDS[:4]:
        for path in ("Rows", "Rows(1)", "Rows?$expand=Parts", "Rows(1)/Parts", "Rows(1)/$links/Parts", "Rows(9)", "Rows(1)/Size"):
            accept = (
                kind
                if "atom" not in kind or "?" in path or path.startswith("Rows(1)/P") or "/" not in path
                else "application/xml"
            )
            answer = service.send(Request("GET", ROOT + path, Headers({"Accept": accept, "MaxDataServiceVersion": "3.0"})))
            found.append((answer.body, answer.headers.get("Content-Type", kind)))
    part = b"Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nHTTP/1.1 "
    found.append(
        (
            b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n"
            + part
            + b"204 No Content\r\nContent-ID: 4\r\n\r\n\r\n"
            b"--c--\r\n--b\r\n" + part + b"200 OK\r\nContent-Type: application/json\r\n\r\n{}\r\n--b--\r\n",
            "multipart/mixed; boundary=b",
        )
    )
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.stat().st_size < 200_000 and path.suffix.lower() in _SUFFIXES:
                body = path.read_bytes()
                if not body.startswith(b"--- "):  # a recording, and no body
                    found.append((body, kind_of(body)))
    return found


_SUFFIXES = (".json", ".xml", ".atom", ".edmx", ".csdl", ".txt", ".batch")


def kind_of(body: bytes) -> str:
    """The media type of a file's bytes, by how they begin."""
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:2000]
    if start[:2] == b"--":
        return f"multipart/mixed; boundary={start[2:].split()[0].decode('latin-1')}"
    if start[:1] in (b"{", b"["):
        return "application/json;odata=verbose" if start[1:20].lstrip().startswith(b'"d"') else "application/json"
    return "application/atom+xml" if b"w3.org/2005/Atom" in start else "application/xml"


class _Direct(Answers):
    def __init__(self, service: Service) -> None:
        super().__init__()
        self._service = service

    def send(self, request: Request) -> Response:
        return self._service.send(request)


def damaged(choice: random.Random, body: bytes, others: list[tuple[bytes, str]]) -> bytes:
    """The body after one to four accidents."""
    data = bytearray(body)
    for _ in range(choice.choice((1, 1, 1, 2, 3, 4))):
        at = choice.randrange(len(data) + 1)
        to = min(len(data), at + choice.randint(1, 40))
        match choice.randrange(9):
            case 7 | 8 if data:
                data[min(at, len(data) - 1)] = choice.choice(b"0123456789-.TZ\"'<>{}[]:,/ aenE\\\x00\xff")
            case 0:
                data[at:to] = choice.randbytes(choice.randint(0, 4))
            case 1:
                data[at:at] = choice.choice(TOKENS)
            case 2:
                data[at:to] = choice.choice(TOKENS)
            case 3:
                del data[at : at + choice.randint(1, len(data) + 1)]
            case 4:
                data[at:at] = data[at:to] * choice.randint(1, 50)
            case 5:
                other = choice.choice(others)[0]
                start = choice.randrange(len(other) + 1)
                data[at:to] = other[start : start + choice.randint(1, 200)]
            case _:
                data = data.replace(choice.choice((b'"', b":", b"<", b"1", b"Rows", b"NS.")), choice.choice(TOKENS), 1)
    return bytes(data)


USES = range(9)


def use(ctx: DataServiceContext, transport: Answers, answer: Response, way: int) -> None:
    """One thing that a user does, and looks at all that comes."""
    transport.queue = [answer, Response(404)]
    match way:
        case 0:
            for row in ctx.Rows.take(50):
                row.to_dict()
        case 1:
            for row in ctx.Rows.to_dicts():
                str(row)
        case 2:
            for row in ctx.Rows.expand("Parts").where("ID eq 1").execute():
                row.to_dict(), list(row.Parts)
        case 3:
            row = ctx.types.Row(ID=1, Name="n")
            ctx.add_object("Rows", row)
            ctx.save_changes()
            row.to_dict()
        case 4:
            row = ctx.types.Row(ID=1, Name="n")
            ctx.attach_to("Rows", row, "*")
            ctx.save_changes(SaveChangesOptions.BATCH)
            ctx.update_object(row)
            ctx.save_changes(SaveChangesOptions.BATCH)
        case 5:
            list(ctx.execute("Rows(1)/Size"))
        case 6:
            list(ctx.execute("Rows(1)/$links/Parts"))
        case 7:
            for row in ctx.execute("Rows(1)", element_type=ctx.types.Row, single_result=True):
                row.to_dict() if hasattr(row, "to_dict") else str(row)
        case _:
            row = ctx.types.Row(ID=1)
            ctx.attach_to("Rows", row)
            ctx.load_property(row, "Parts")


def ways_of(body: bytes, kind: str, model: Any) -> list[int]:
    """The uses that an undamaged body is good for."""
    found = []
    for way in USES:
        transport = Answers()
        ctx = DataServiceContext(ROOT, metadata=model, transport=transport)
        try:
            use(ctx, transport, _answer(200, kind, body), way)
        except ODataError:
            continue
        found.append(way)
    return found


def _answer(status: int, kind: str, body: bytes) -> Response:
    headers = {"Content-Type": kind, "DataServiceVersion": "3.0;", "Location": f"{ROOT}Rows(1)"}
    return Response(status, Headers(headers), body)


def read_model(transport: Answers, answer: Response) -> None:
    transport.queue = [answer]
    ctx = DataServiceContext(ROOT, transport=transport)
    for name in list(ctx.model.entity_sets)[:3]:
        _ = ctx.create_query(name).url
    for full_name in list(ctx.model.entity_types)[:5]:
        dir(ctx.types[full_name])


def run(count: int, seed: int, folders: list[Path], limit: float = 5.0) -> Counter[str]:
    """Answer ``count`` times; AssertionError, with what to repeat it by, for anything but an ``ODataError``."""
    known = seeds(folders)
    model = parse_metadata(MODEL)
    transport = Answers()
    outcomes: Counter[str] = Counter()
    ways: dict[int, list[int]] = {}
    for number in range(count):
        choice = random.Random(f"{seed}/{number}")
        place = choice.randrange(len(known))
        body, kind = known[place]
        good = ways.get(place)
        if good is None:
            good = ways[place] = ways_of(body, kind, model)
        way = choice.choice(good) if good and choice.random() < 0.8 else choice.choice(USES)
        body = damaged(choice, body, known)
        kind = kind if choice.random() < 0.8 else choice.choice(KINDS)
        status = 200 if choice.random() < 0.8 else choice.choice((201, 202, 204, 400, 404, 412, 500))
        answer = _answer(status, kind, body)
        began = time.perf_counter()
        try:
            if body.lstrip()[:200].find(b"Edmx") >= 0:
                read_model(transport, answer)
            else:
                use(DataServiceContext(ROOT, metadata=model, transport=transport), transport, answer, way)
            outcomes["read"] += 1
        except ODataError as error:
            outcomes[type(error).__name__] += 1
            assert len(str(error)) < 20_000, f"seed {seed}, answer {number}: an endless message"
        except Exception as error:
            raise AssertionError(
                f"seed {seed}, answer {number}: {type(error).__name__}: {error}\n{kind} {body[:2000]!r}"
            ) from error
        took = time.perf_counter() - began
        assert took < limit, f"seed {seed}, answer {number}: {took:.1f} s\n{kind} {body[:2000]!r}"
    return outcomes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("folders", type=Path, nargs="*")
    given = parser.parse_args()
    began = time.perf_counter()
    outcomes = run(given.count, given.seed, given.folders)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    shown = ", ".join(f"{number} {name}" for name, number in outcomes.most_common())
    print(f"{given.count} answers, seed {given.seed}: {shown}")
    print(f"{time.perf_counter() - began:.0f} s, the process never held more than {peak:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
