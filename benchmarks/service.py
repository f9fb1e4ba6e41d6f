"""The data behind ``requests``: an adapter that answers from memory, so that everything of HTTP is paid but the socket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from benchmarks import data
from odata3.client.context import DataServiceContext
from odata3.edm.csdl import parse_metadata
from odata3.edm.model import Model

LIGHT = "application/json;odata=minimalmetadata;streaming=true;charset=utf-8"
VERBOSE = "application/json;odata=verbose;charset=utf-8"
ATOM = "application/atom+xml;type=feed;charset=utf-8"


class Answer:
    """What the service says to one URL. Immutable; ``fields`` are more header fields."""

    def __init__(self, body: bytes, content_type: str, *, status: int = 200, fields: Mapping[str, str] | None = None) -> None:
        self.body = body
        self.status = status
        self.fields = {
            "Content-Type": content_type,
            "Content-Length": str(len(body)),
            "DataServiceVersion": "3.0;",
            **(fields or {}),
        }


class Memory(HTTPAdapter):
    """Answers by URL, without a network; ``answers`` is a table, or a function for what has no bounds."""

    def __init__(self, answers: Mapping[str, Answer] | Callable[[str], Answer]) -> None:
        super().__init__()
        self._answer = answers if callable(answers) else answers.__getitem__

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        answer = self._answer(request.url or "")
        raw = HTTPResponse(
            body=BytesIO(answer.body),
            headers=answer.fields,
            status=answer.status,
            preload_content=False,
            request_method=request.method,
        )
        return self.build_response(request, raw)


def session(answers: Mapping[str, Answer] | Callable[[str], Answer]) -> requests.Session:
    """A session that asks the memory, and nothing of the environment."""
    made = requests.Session()
    made.trust_env = False
    made.mount("http://", Memory(answers))
    return made


def model(types: int = 5) -> Model:
    """The model of the data, read once for all contexts of a figure."""
    return parse_metadata(data.metadata(types))


def context(asked: requests.Session, known: Model, **keywords: Any) -> DataServiceContext:
    return DataServiceContext(data.ROOT, metadata=known, session=asked, **keywords)
