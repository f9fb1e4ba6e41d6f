"""Sessions of ``requests`` with this library's manners: what is repeated, and which answers are final.

Only reads are sent again after a connection failure, never a change: a MERGE that arrived twice may restore a virtual machine
twice, and a DELETE repeated reports a false 404.
"""

from __future__ import annotations

import copy
import http.client
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Any

import requests
import urllib3.exceptions as faults
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager, ProxyManager
from urllib3.util.retry import Retry

from odata3.errors import ArgumentError

#: Methods that are safe to repeat.
READS = frozenset({"GET", "HEAD"})


class AsGiven(AuthBase):
    """An explicit Authorization header, kept from ``.netrc``."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class Nobody(AuthBase):
    """No credential at all, whatever the environment holds."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        for name in ("Authorization", "Cookie"):
            request.headers.pop(name, None)
        return request


class CredentialsError(requests.RequestException, ValueError):
    """There are no credentials to send, so nothing was sent."""


class Asked(AuthBase):
    """A caller's ``auth``, of which an exception of any kind, or no request at all, is a :class:`CredentialsError`."""

    def __init__(self, auth: Callable[[requests.PreparedRequest], requests.PreparedRequest]) -> None:
        self._auth = auth

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        try:
            signed = self._auth(request)
        except Exception as error:  # whose words may be secrets
            raise CredentialsError(f"the credentials could not be had: {type(error).__name__}") from error
        if not isinstance(signed, requests.PreparedRequest):
            raise CredentialsError(f"auth gave a {type(signed).__name__}, and not the request that it was called with")
        return signed


class _ReadsOnly(Retry):
    """Over any Retry: what is no read is never sent twice."""

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: Any = None,
        error: Exception | None = None,
        _pool: Any = None,
        _stacktrace: TracebackType | None = None,
    ) -> Any:
        if error is not None and (method is None or method.upper() not in READS):
            raise error
        return super().increment(method, url, response, error, _pool, _stacktrace)


class _ConnectionFailures(_ReadsOnly):
    """A count of repeats, for lost connections; a time-out has cost its time once, and ends there."""

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: Any = None,
        error: Exception | None = None,
        _pool: Any = None,
        _stacktrace: TracebackType | None = None,
    ) -> Any:
        timed_out = isinstance(error, faults.TimeoutError) and not isinstance(error, faults.NewConnectionError)
        if error is not None and timed_out:
            raise error
        return super().increment(method, url, response, error, _pool, _stacktrace)


def reads_only(retry: Retry | int | None) -> Retry:
    """What ``retry`` says, for GET and HEAD alone."""
    if isinstance(retry, Retry):
        narrowed = copy.copy(retry)
        narrowed.__class__ = type("ReadsOnly", (_ReadsOnly, type(retry)), {})
        narrowed.allowed_methods = READS if not retry.allowed_methods else READS & frozenset(retry.allowed_methods)
        narrowed.raise_on_status = False  # a refused answer is an answer
        return narrowed
    if retry is None:
        return Retry(0, read=False)
    if isinstance(retry, bool) or not isinstance(retry, int) or retry < 0:
        raise ArgumentError("retry is a count, a urllib3 Retry, or None")
    return _ConnectionFailures(
        retry,
        redirect=0,
        status=0,
        other=0,
        allowed_methods=READS,
        backoff_factor=0.1,
        raise_on_status=False,
        respect_retry_after_header=False,
    )


class _Head:
    """The lines of a status line and header: a line that breaks off, or an end before the empty line, is an error.

    http.client takes both for the end of the header, and a cut ``HTTP/1.1 204`` for a whole answer.
    """

    def __init__(self, stream: Any) -> None:
        self._stream, self._lines = stream, 0

    def readline(self, limit: int = -1) -> bytes:
        line: bytes = self._stream.readline(limit)
        if not line.endswith(b"\n") and len(line) != limit and (line or self._lines):
            raise http.client.IncompleteRead(line)
        self._lines += 1
        return line

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _Chunks:
    """The lines between chunks: http.client bounds neither their length nor, behind the last chunk, their number."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._lines = stream, 0

    def readline(self, limit: int = -1) -> bytes:
        self._lines += 1
        line: bytes = self._stream.readline(_LONGEST_LINE if limit < 0 else limit)
        if len(line) == _LONGEST_LINE or self._lines > _MOST_LINES:
            raise http.client.HTTPException("the lines between the chunks have no end")
        return line

    def read(self, *size: int) -> bytes:
        self._lines = 0
        data: bytes = self._stream.read(*size)
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


_LONGEST_LINE = 16 * 1024
_MOST_LINES = 200
_MOST_INTERIM = 50


class _FinalResponse(http.client.HTTPResponse):
    """An answer whose head is whole, and ends.

    Passes over interim answers (100, 103 ...) as RFC 9110 (15.2) asks; http.client knows 100 alone, and any number of them.
    """

    _heads = 0

    def begin(self) -> None:
        stream: Any = self.fp
        self.fp = _Head(stream)  # type: ignore[assignment]
        try:
            super().begin()
        finally:
            if self.fp is not None:
                self.fp = _Chunks(stream) if getattr(self, "chunked", False) is True else stream  # type: ignore[assignment]

    def _read_status(self) -> Any:
        while True:
            self._heads += 1
            if self._heads > _MOST_INTERIM:
                raise http.client.HTTPException("interim answers without end")
            status_line = super()._read_status()  # type: ignore[misc]
            if not 102 <= status_line[1] < 200:
                return status_line
            http.client.parse_headers(self.fp)


#: The URL as a payload spelled it, and the request target made of it, while one request is on its way.
_spelled: ContextVar[str | None] = ContextVar("_spelled", default=None)
_target: ContextVar[str | None] = ContextVar("_target", default=None)
_can_travel = re.compile(r"[!-~]+").fullmatch


@contextmanager
def spelled(url: str) -> Iterator[None]:
    """Sessions of ours send ``url`` byte for byte: a next link is opaque, and ``%2f`` need not mean ``%2F`` to who made it.

    requests and urllib3 would write escapes anew. A URL that cannot travel as it is (blanks, other alphabets) is left to them.
    """
    token = _spelled.set(url.partition("#")[0] if _can_travel(url) else None)
    try:
        yield
    finally:
        _spelled.reset(token)


class _Connection(HTTPConnection):
    response_class = _FinalResponse

    def putrequest(self, method: str, url: str, *arguments: Any, **keywords: Any) -> None:
        super().putrequest(method, _target.get() or url, *arguments, **keywords)


class _SecureConnection(HTTPSConnection):
    response_class = _FinalResponse

    def putrequest(self, method: str, url: str, *arguments: Any, **keywords: Any) -> None:
        super().putrequest(method, _target.get() or url, *arguments, **keywords)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *arguments: Any, **keywords: Any) -> None:
        super().init_poolmanager(*arguments, **keywords)
        _skip_interim_answers(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **keywords: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **keywords)
        if isinstance(manager, ProxyManager):
            _skip_interim_answers(manager)
        return manager

    def send(self, request: requests.PreparedRequest, *arguments: Any, **keywords: Any) -> requests.Response:
        url = _spelled.get()
        if url is None or request.url not in (url, _written_anew(url)):  # or: credentials have put something into it
            return super().send(request, *arguments, **keywords)
        request.url = url
        token = _target.set(self.request_url(request, keywords.get("proxies")))
        try:
            return super().send(request, *arguments, **keywords)
        finally:
            _target.reset(token)


def _written_anew(url: str) -> str | None:
    prepared = requests.PreparedRequest()
    prepared.prepare_url(url, None)
    return prepared.url


def _skip_interim_answers(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


def own_session(retry: Retry) -> requests.Session:
    """A session of ours, with ``retry`` (from :func:`reads_only`) on its adapters."""
    session = requests.Session()
    session.headers["User-Agent"] = "odata3"
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter(max_retries=retry))
    return session
