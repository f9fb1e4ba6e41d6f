"""A context over a real socket, answered by the script of a test."""

from __future__ import annotations

import json
from types import TracebackType
from typing import Any
from urllib.parse import unquote

from client.shop import METADATA, ROOT
from faults.server import FaultServer, Item, Seen

from odata3.client.context import DataServiceContext
from odata3.wire.messages import Headers, Response

NO_CONTENT = Response(204)


class Wired:
    """The shop's context, the server it talks to, and what was asked.

    Steps are answers made with the helpers of ``shop`` (``ROOT`` becomes the server's), or whatever a server of faults does.
    """

    def __init__(self, *steps: Response | Item, metadata: bytes = METADATA, **keywords: Any) -> None:
        self.server = FaultServer()
        self.root = f"{self.server.url}svc/"
        beyond = b"HTTP/1.1 500 beyond the script\r\nContent-Length: 0\r\n\r\n"
        self.server._script = [*(self._item(step) for step in steps), beyond]
        self.ctx: Any = DataServiceContext(self.root, metadata=metadata, **keywords)

    def _item(self, step: Response | Item) -> Item:
        if not isinstance(step, Response):
            return step
        answer = self.local(step)
        fields = "".join(f"{name}: {answer.headers[name]}\r\n" for name in answer.headers)
        length = "" if answer.status == 204 else f"Content-Length: {len(answer.body)}\r\n"
        return f"HTTP/1.1 {answer.status} X\r\n{fields}{length}\r\n".encode() + answer.body

    def local(self, step: Response) -> Response:
        """An answer with this server's root."""
        fields = {name: step.headers[name].replace(ROOT, self.root) for name in step.headers}
        return Response(step.status, Headers(fields), step.body.replace(ROOT.encode(), self.root.encode()))

    def __enter__(self) -> Wired:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.ctx.close()
        self.server.close()

    def then(self, *steps: Response | Item) -> None:
        """More answers, after those given."""
        self.server._script[-1:-1] = [self._item(step) for step in steps]

    @property
    def requests(self) -> list[Seen]:
        return self.server.requests

    @property
    def lines(self) -> list[str]:
        """What was asked: method and path below the root."""
        return [f"{seen.method} {unquote(seen.target).removeprefix('/svc/')}" for seen in self.requests]

    def header(self, name: str, index: int = -1) -> str | None:
        return self.requests[index].headers.get(name.lower())

    def body(self, index: int = -1) -> Any:
        return json.loads(self.requests[index].body)

    def new(self, type_name: str, **values: Any) -> Any:
        return getattr(self.ctx.types, type_name)(**values)

    def attached(self, entity_set: str, type_name: str, etag: str | None = None, **values: Any) -> Any:
        entity = self.new(type_name, **values)
        self.ctx.attach_to(entity_set, entity, etag)
        return entity

    def state(self, entity: Any) -> str | None:
        found = self.ctx.get_entity_descriptor(entity)
        return None if found is None else str(found.state.name)
