"""Documents as answers: the headers and bodies of responses, errors included."""

from __future__ import annotations

from functools import lru_cache

from odata3.edm.model import Model
from odata3.formats.atom import Atom
from odata3.formats.documents import Dialect, Expectation, Fault, Format
from odata3.formats.json_light import JsonLight
from odata3.formats.json_verbose import JsonVerbose
from odata3.server.acceptance import Spelling
from odata3.server.refusal import Refusal
from odata3.wire.messages import Headers, Response

#: What every answer carries.
_ALWAYS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}
_NOWHERE = "http://localhost/"
#: Characters that XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = {c: "\ufffd" for c in (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)}
#: Roots that formats are kept for; a root comes from a request's Host, so there is a bound.
_ROOTS = 64


class Formats:
    """The three formats of one model, for each root it is asked by."""

    def __init__(self, model: Model | None, *, key_as_segment: bool = False) -> None:
        self._model = model
        self._key_as_segment = key_as_segment
        self.of = lru_cache(maxsize=3 * _ROOTS)(self._make)

    def _make(self, dialect: Dialect, root: str) -> Format:
        if dialect is Dialect.ATOM:
            return Atom(self._model, root)
        if dialect is Dialect.JSON_VERBOSE:
            return JsonVerbose(self._model, root, key_as_segment=self._key_as_segment)
        return JsonLight(self._model, root, key_as_segment=self._key_as_segment)


_ERRORS = Formats(None)


def answer(status: int, body: bytes, content_type: str, version: str, headers: dict[str, str | None] | None = None) -> Response:
    """A response with a body."""
    fields = {**_ALWAYS, "DataServiceVersion": f"{version};", "Content-Type": content_type}
    return Response(status, Headers(fields).merged(headers or {}), body)


def empty(version: str = "1.0", headers: dict[str, str | None] | None = None, status: int = 204) -> Response:
    """A response without a body."""
    return Response(status, Headers({**_ALWAYS, "DataServiceVersion": f"{version};"}).merged(headers or {}))


def error(refusal: Refusal, spelling: Spelling, *, language: str = "en-US") -> Response:
    """The answer that says no; ``innererror`` is what WCF Data Services adds with verbose errors. Its version is its
    dialect's."""
    message = refusal.message.encode("utf-8", "replace").decode("utf-8").translate(_FORBIDDEN)
    inner = None
    if refusal.detail is not None:
        inner = {
            "message": refusal.detail.encode("utf-8", "replace").decode("utf-8").translate(_FORBIDDEN),
            "type": "",
            "stacktrace": "",
        }
    fault = Fault(code=refusal.code.translate(_FORBIDDEN), message=message, inner_error=inner, language=language)
    writer = _ERRORS.of(spelling.dialect, _NOWHERE)
    body = writer.write_response(fault, Expectation(), version=spelling.lowest_version)
    return answer(refusal.status, body, spelling.content_type, spelling.lowest_version, dict(refusal.headers))
