"""Refusals as answers: an OData error body in the format that was asked for."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from odata3.formats.documents import Dialect
from odata3.markup import NS
from odata3.server.acceptance import Spelling
from odata3.server.refusal import Refusal
from odata3.wire.messages import Headers, Response

#: Characters that XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = {c: "\ufffd" for c in (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)}


def error_response(refusal: Refusal, spelling: Spelling, url: str = "") -> Response:
    """The answer that says no. Its version is that of its dialect."""
    message = refusal.message.encode("utf-8", "replace").decode("utf-8")
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
        "DataServiceVersion": f"{spelling.lowest_version};",
        "Content-Type": spelling.content_type,
    }
    body = _xml(refusal.code, message) if spelling.dialect is Dialect.ATOM else _json(refusal.code, message, spelling)
    return Response(refusal.status, Headers(headers).merged(dict(refusal.headers)), body, url)


def _json(code: str, message: str, spelling: Spelling) -> bytes:
    name = "odata.error" if spelling.dialect is Dialect.JSON_LIGHT else "error"
    fault = {name: {"code": code, "message": {"lang": "", "value": message}}}
    return json.dumps(fault, separators=(",", ":")).encode("ascii")


def _xml(code: str, message: str) -> bytes:
    said = escape(message.translate(_FORBIDDEN))
    coded = f"<m:code>{escape(code.translate(_FORBIDDEN))}</m:code>" if code else "<m:code />"
    text = f'<m:error xmlns:m="{NS["m"]}">{coded}<m:message xml:lang="">{said}</m:message></m:error>'
    return f'<?xml version="1.0" encoding="utf-8"?>{text}'.encode()
