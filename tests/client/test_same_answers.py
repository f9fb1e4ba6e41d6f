"""What a real V3 server answered in Atom, verbose and light JSON gives the same context: entities, descriptors, links, ETags."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from odata3.client.context import DataServiceContext
from odata3.entities.entity import Entity
from odata3.errors import ODataError
from odata3.wire.messages import Headers, Request, Response

TRACES = Path(__file__).parents[2].parent / "shared" / "traces" / "server"
ROOT = "http://127.0.0.1:18944/svc/"
FORMATS = {"atom": "read-atom", "verbosejson": "read-verbose", "json": "read-light"}

pytestmark = pytest.mark.skipif(
    not TRACES.exists(),
    reason="checks against documents that others published, which are not ours to ship (they stand in ../shared)",
)

#: Light JSON at minimal metadata says no ids where the keys are not selected; a client asks for full metadata then.
WITHOUT_KEYS = {"Products?$select=Name", "Categories?$select=Products", "Products?$expand=Category&$select=ID,Category/Name"}


@cache
def exchanges(group: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((TRACES / f"{group}.server.json").read_text(encoding="utf-8"))["exchanges"]
    return found


@cache
def metadata() -> bytes:
    return next(
        x["response"]["body"].encode()
        for x in exchanges("metadata")
        if x["request"]["path"].endswith("$metadata") and x["response"]["status"] == 200
    )


def paths() -> list[tuple[str, str]]:
    if not TRACES.exists():
        return []
    return [(x["request"]["method"], x["request"]["path"]) for x in exchanges("read-atom")]


@dataclass
class Recorded:
    """The answers of one group, by path."""

    group: str

    def send(self, request: Request) -> Response:
        path = request.url.removeprefix(ROOT)
        found = next(x["response"] for x in exchanges(self.group) if x["request"]["path"] == path)
        return Response(found["status"], Headers([tuple(h) for h in found["headers"]]), found["body"].encode(), request.url)

    def close(self) -> None: ...


def plain(value: Any) -> Any:
    """A row as plain values, the entities expanded within by their identity alone; moments as ``/Date(ms)/`` can say them."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None, microsecond=value.microsecond // 1000 * 1000)
    if hasattr(value, "to_dict"):
        return (type(value).__name__, plain(value.to_dict()))
    return value


def told(ctx: DataServiceContext, method: str, path: str) -> dict[str, Any]:
    """All that a context says of an answer. How much of a URL is percent-encoded is nobody's business, and where a payload names
    no self link, light JSON alone computes one (as in .NET)."""
    try:
        rows = list(ctx.execute(path, http_method=method)) if method == "POST" else list(ctx.execute(path))
    except ODataError as error:
        cause: Any = error.__cause__
        return {"refused": (type(error).__name__, cause.status_code, cause.code, cause.message, cause.inner_error)}
    return {
        "rows": [plain(row) for row in rows],
        "etags": [ctx.get_entity_descriptor(row).etag for row in rows if _is_tracked(ctx, row)],
        "entities": {
            unquote(found.identity or ""): {
                "values": plain(found.entity),
                "state": found.state,
                "etag": found.etag,
                "edit": unquote(found.edit_link or ""),
                "self": unquote(found.self_link or found.edit_link or ""),
                "type": found.server_type_name,
                "links": {info.name: (info.navigation_link, info.association_link) for info in found.link_infos},
                "streams": [
                    (s.stream_link.name, s.stream_link.self_link, s.stream_link.edit_link) for s in found.stream_descriptors
                ],
                "media": (found.read_stream_uri, found.edit_stream_uri, found.stream_etag),
                "operations": [(o.metadata, o.title, o.target, o.is_function) for o in found.operation_descriptors],
            }
            for found in ctx.entities
        },
        "links": [
            (_identity(ctx, link.source), link.source_property, _identity(ctx, link.target), link.state) for link in ctx.links
        ],
    }


def _is_tracked(ctx: DataServiceContext, row: Any) -> bool:
    return isinstance(row, Entity) and any(found.entity is row for found in ctx.entities)


def _identity(ctx: DataServiceContext, entity: Any) -> str | None:
    return None if entity is None else unquote(ctx.get_entity_descriptor(entity).identity or "")


@pytest.mark.parametrize(("method", "path"), paths())
def test_p71_the_same_answer_in_three_formats(method: str, path: str) -> None:
    said = {}
    for format, group in FORMATS.items():
        ctx = DataServiceContext(ROOT, transport=Recorded(group), metadata=metadata(), format=format)
        said[format] = told(ctx, method, path)
    assert said["atom"] == said["verbosejson"]
    if path in WITHOUT_KEYS:
        assert said["json"]["rows"] == said["atom"]["rows"]
        assert len(said["json"]["entities"]) < len(said["atom"]["entities"])
    else:
        assert said["atom"] == said["json"]
    assert "refused" in said["atom"] or said["atom"]["rows"] or path.endswith(("eq%2099", "Supplier"))


def test_all_of_them_into_one_context() -> None:
    """One identity is one object, in whatever format it comes next."""
    ends = []
    for order in (["atom", "verbosejson", "json"], ["json", "atom", "verbosejson"]):
        recorded = Recorded("")
        ctx = DataServiceContext(ROOT, transport=recorded, metadata=metadata())
        objects: dict[str, Any] = {}
        for format in order:
            recorded.group = FORMATS[format]
            for path in ("Products", "Suppliers", "Keyed", "Categories?$expand=Products/Supplier", "Kinds", "Tagged"):
                list(ctx.execute(path))
            for found in ctx.entities:
                assert objects.setdefault(unquote(found.identity or ""), found.entity) is found.entity
        ends.append(sorted(type(entity).__name__ for entity in objects.values()))
    assert ends[0] == ends[1]
    assert len(ends[0]) == len(objects) > 10
