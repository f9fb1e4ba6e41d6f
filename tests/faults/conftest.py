"""The small service of the client's tests, behind a real socket."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from client.shop import METADATA, ROOT
from faults.server import FaultServer, Item, then_reset

from odata3 import DataServiceContext, DataServiceTransportException
from odata3.wire.messages import Headers, Request, Response

#: An answer, what happens to the connection, or what happens to the client when the answer has come.
Step = Response | Exception | Callable[[Response | None], object]

_BEYOND = b"HTTP/1.1 500 beyond the script\r\nContent-Length: 0\r\n\r\n"


class Script:
    """What one context is answered, and what it asked. URLs are told with the root of ``client.shop``."""

    def __init__(self, server: FaultServer, steps: tuple[Step, ...]) -> None:
        self._server, self._start = server, len(server.requests)
        self.root = f"{server.url}svc/"
        self.moments: dict[str, Callable[[Response | None], object]] = {}
        self._server._script = [_BEYOND]
        self.then(*steps)

    def then(self, *steps: Step) -> None:
        """More answers, after those given."""
        self._server._script[-1:-1] = [self._item(step) for step in steps]

    def _item(self, step: Step) -> Item:
        if isinstance(step, DataServiceTransportException):
            return then_reset()
        if callable(step) and not isinstance(step, Response):
            name = f"moment-{len(self.moments)}"
            self.moments[name] = step
            return f"HTTP/1.1 204 No Content\r\nX-Moment: {name}\r\n\r\n".encode()
        assert isinstance(step, Response)
        fields = "".join(f"{name}: {value.replace(ROOT, self.root)}\r\n" for name, value in step.headers.items())
        body = step.body.replace(ROOT.encode(), self.root.encode())
        length = "" if step.status == 204 else f"Content-Length: {len(body)}\r\n"
        return f"HTTP/1.1 {step.status} X\r\n{fields}{length}\r\n".encode() + body

    @property
    def is_done(self) -> bool:
        """Whether every answer was given."""
        return self._server._script == [_BEYOND]

    @property
    def requests(self) -> list[Request]:
        return [
            Request(seen.method, ROOT + unquote(seen.target).removeprefix("/svc/"), Headers(seen.fields), seen.body)
            for seen in self._server.requests[self._start :]
        ]

    @property
    def lines(self) -> list[str]:
        return [f"{request.method} {request.url.removeprefix(ROOT)}" for request in self.requests]

    def body(self, index: int = -1) -> Any:
        data = self.requests[index].body
        assert isinstance(data, bytes)
        return json.loads(data)


@pytest.fixture
def shop() -> Iterator[Callable[..., tuple[Any, Script]]]:
    """Makes contexts over one server, each with the script of answers that it gets; one is used after the other."""
    contexts: list[DataServiceContext] = []
    with FaultServer() as server:

        def made(*steps: Step, **keywords: Any) -> tuple[Any, Script]:
            script = Script(server, steps)
            ctx = DataServiceContext(script.root, metadata=METADATA, retry=None, timeout=(2, 5), **keywords)
            contexts.append(ctx)

            @ctx.receiving_response
            def moment(args: Any) -> None:
                name = None if args.response is None else args.response.headers.get("X-Moment")
                if name is not None:
                    script.moments[name](args.response)

            return ctx, script

        yield made
        for ctx in contexts:
            ctx.close()
