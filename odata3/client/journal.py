"""What is logged, under ``odata3.client``: one line per exchange, and at DEBUG what was said in it.

    INFO   MERGE https://host/svc/Products(1) 204, 12 ms, request id 5f2c
    DEBUG  MERGE https://host/svc/Products(1) sent: {"Name":"Rye"}

Nothing secret is ever written: URLs without user information, no header at all but the request id, and in bodies the values of
members that are named after passwords, tokens and the like are blanked, as are credentials of HTTP. Line breaks of others do not
begin lines of the log. Nothing is shown unless the program configures ``logging``.
"""

from __future__ import annotations

import logging
from time import perf_counter

from odata3.client.refusals import request_id
from odata3.secrecy import HIDDEN, blanked, leads_to_secret, masked, on_one_line
from odata3.wire.messages import Request, Response

logging.getLogger("odata3").addHandler(logging.NullHandler())
_log = logging.getLogger("odata3.client")

#: How much of a body is logged.
_KEPT = 4096


class Exchange:
    """One exchange under way, from the moment the request leaves."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._began = perf_counter()
        if _log.isEnabledFor(logging.DEBUG) and request.body is not None:
            said = self._said(request.body) if isinstance(request.body, bytes) else "(a stream)"
            _log.debug("%s sent: %s", self._asked, said)

    def answered(self, response: Response) -> None:
        """Note the answer that came."""
        if not _log.isEnabledFor(logging.INFO):
            return
        named = request_id(response)
        tail = "" if named is None else f", request id {on_one_line(named)}"
        _log.info("%s %d, %d ms%s", self._asked, response.status, self._milliseconds, tail)
        if response.body:
            _log.debug("%s answered: %s", self._asked, self._said(response.body))

    def failed(self, error: Exception) -> None:
        """Note that no usable answer came."""
        if _log.isEnabledFor(logging.INFO):
            _log.info("%s no answer, %d ms: %s", self._asked, self._milliseconds, on_one_line(masked(str(error))))

    @property
    def _asked(self) -> str:
        return on_one_line(f"{self._request.headers.get('X-HTTP-Method', self._request.method)} {masked(self._request.url)}")

    def _said(self, body: bytes) -> str:
        """The body, unless it is nothing but one secret: ``.../Password/$value``."""
        return HIDDEN if leads_to_secret(self._request.url) else shown(body)

    @property
    def _milliseconds(self) -> int:
        return round((perf_counter() - self._began) * 1000)


def shown(body: bytes) -> str:
    """A body as it may be logged: on one line, clipped, with secrets blanked."""
    text = on_one_line(blanked(body[:_KEPT].decode("utf-8", "replace")))
    return text + ("…" if len(body) > _KEPT else "")
