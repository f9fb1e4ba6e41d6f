"""The one door to the network: :class:`RequestsTransport` over ``requests``.

What it promises beyond ``requests`` (each rule is one a plain ``session.get`` breaks):

* credentials, cookies and configured headers go to the origin of the service root only; another origin is refused before a
  request, or, if it is trusted, asked without any of them; never from https to http;
* a redirect is followed for GET and HEAD on the same origin, ten times at most; a change is never turned into a GET, and is
  repeated (307, 308) on the same origin only;
* only GET and HEAD are repeated after a connection failure, never a change;
* a body is whole or an error: Content-Length to the byte, the last chunk, the end of the gzip stream; and it is bounded while
  it is read;
* every failure is a ``DataServiceTransportException`` that shows no credential, and says of a change whether it may have arrived.

``.netrc`` is consulted for the root's host alone and never over a credential that was given; proxy variables and CA bundles of
the environment hold as in ``requests``.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any
from urllib.parse import urldefrag, urljoin

import requests
from urllib3.util.retry import Retry

from odata3.errors import ArgumentError, DataServiceTransportException, InvalidOperationError, ODataError
from odata3.secrecy import masked, on_one_line
from odata3.wire.arguments import (
    Auth,
    Timeout,
    checked_auth,
    checked_cert,
    checked_headers,
    checked_proxies,
    checked_session,
    checked_timeout,
    checked_verify,
)
from odata3.wire.codings import ACCEPTED, unpacked
from odata3.wire.failures import FAILURES, failure, translated
from odata3.wire.messages import Headers, Request, Response, StreamedResponse
from odata3.wire.origins import Origin, has_credentials, home_of, origin_of, split_credentials
from odata3.wire.preparation import exchange
from odata3.wire.sessions import READS, AsGiven, Asked, Nobody, own_session, reads_only, spelled
from odata3.wire.uploads import Upload, upload

#: Bound on a decoded body held in memory, unless ``max_response_bytes`` says otherwise: 256 MiB.
MAX_RESPONSE_BYTES = 256 * 1024 * 1024
#: Seconds to connect, and to wait for the next bytes of an answer.
TIMEOUT = (10.0, 100.0)
#: How often a read is repeated after a connection failure.
RETRIES = 3

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REPEATING = frozenset({307, 308})
_MOST_REDIRECTS = 10
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PIECE = 64 * 1024
_DRAINED = 64 * 1024

#: What a foreign origin may be told: how to answer, never who asks.
_FOR_STRANGERS = frozenset(
    {
        "accept",
        "accept-charset",
        "accept-encoding",
        "accept-language",
        "dataserviceversion",
        "maxdataserviceversion",
        "mindataserviceversion",
        "if-match",
        "if-none-match",
        "range",
        "user-agent",
    }
)

_log = logging.getLogger("odata3.wire")


class RequestsTransport:
    """A service's connection to the world, over its own ``requests.Session`` or the caller's.

    Parameters
    ----------
    root : str
        The service root. User information in it is taken out and used as ``auth``; :attr:`root` has none.
    auth : (user, password), AuthBase or callable
        As ``requests`` takes it, for the root's origin.
    session : requests.Session
        The caller's: used for the root's origin, never closed nor configured; what is given here goes along per request.
    timeout, verify, cert, proxies
        As in ``requests``; ``timeout`` is (connect, read) seconds.
    retry : urllib3 Retry, int or None
        How reads are repeated after connection failures (a time-out is none) on the own session; the adapters of a caller's
        session decide for themselves.
    trusted_origins : iterable of str
        Other origins that may be read, without credentials.
    max_response_bytes : int
        Bound on a decoded body of :meth:`send`; bodies of :meth:`open` have none.
    headers : mapping
        Sent with every request to the root's origin.
    """

    def __init__(
        self,
        root: str,
        *,
        auth: Auth | None = None,
        session: requests.Session | None = None,
        timeout: Timeout = TIMEOUT,
        verify: bool | str | None = None,
        cert: str | tuple[str, str] | None = None,
        proxies: Mapping[str, str] | None = None,
        retry: Retry | int | None = RETRIES,
        trusted_origins: Iterable[str] = (),
        max_response_bytes: int = MAX_RESPONSE_BYTES,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.root, credentials = split_credentials(root)
        self.origin: Origin = origin_of(self.root)
        self._home = home_of(self.root)
        self._auth = checked_auth(credentials if auth is None else auth)
        self._timeout = checked_timeout(timeout)
        self._verify, self._cert = checked_verify(verify), checked_cert(cert)
        self._proxies = checked_proxies(proxies)
        self._retry = reads_only(retry)
        self._trusted = frozenset(map(origin_of, (trusted_origins,) if isinstance(trusted_origins, str) else trusted_origins))
        if isinstance(max_response_bytes, bool) or not isinstance(max_response_bytes, int) or max_response_bytes <= 0:
            raise ArgumentError("max_response_bytes is a positive number of bytes")
        self._limit = max_response_bytes
        self._headers = checked_headers(headers or {})
        self._own = None if session is not None else own_session(self._retry)
        self._session: requests.Session = self._own if session is None else checked_session(session)  # type: ignore[assignment]
        self._visitor: requests.Session | None = None
        self._listeners: list[Callable[[Request, Response], object]] = []

    def __repr__(self) -> str:
        return f"<RequestsTransport to {self.root}>"

    def send(self, request: Request) -> Response:
        """Ask, and read the answer to its end; ``DataServiceTransportException`` where there is no usable answer."""
        answer = self._answer(request)
        response = Response(answer.status, answer.headers, answer.whole(self._limit), answer.url)
        if _log.isEnabledFor(logging.DEBUG):
            _log.debug("%s %s: %d, %d bytes", request.method, masked(answer.url), answer.status, len(response.body))
        for listener in tuple(self._listeners):
            listener(answer.sent, response)
        return response

    def open(self, request: Request) -> StreamedResponse:
        """Ask, and leave the answer's body to be read in pieces; close it in any case."""
        answer = self._answer(request)
        _log.debug("%s %s: %d, to be read in pieces", request.method, masked(answer.url), answer.status)
        return answer

    def watch(self, listener: Callable[[Request, Response], object]) -> None:
        """Let a function see every exchange of :meth:`send`: the request as it went out at last, credentials and all, and the
        answer.
        """
        self._listeners.append(listener)

    def move(self, root: str) -> None:
        """Go on at another root, which its user named: credentials and configured headers go there from now on."""
        self.root, credentials = split_credentials(root)
        self.origin = origin_of(self.root)
        self._home = home_of(self.root)
        self._auth = self._auth if credentials is None else checked_auth(credentials)

    def close(self) -> None:
        """Give up the connections of the own session; a caller's session stays as it is."""
        for session in (self._own, self._visitor):
            if session is not None:
                session.close()

    # -- one request, with its redirects ------------------------------------------------------------------------------

    def _answer(self, request: Request) -> _Answer:
        url = urldefrag(request.url).url
        if _CONTROL.search(request.url):
            raise failure(request, on_one_line(url), "the URL holds a line break or another control character")
        seen = {url}
        while True:
            answer = self._exchange(request, url)
            if answer.status < 200:
                raise answer.broken(f"an interim answer ({answer.status}) came where a final one is due")
            location = answer.headers.get("Location")
            if answer.status not in _REDIRECTS or location is None:
                return answer
            answer.drain()
            url = self._next_url(request, url, answer.status, location)
            if url in seen or len(seen) > _MOST_REDIRECTS:
                raise failure(request, url, "the service redirects in a circle" if url in seen else "too many redirects")
            seen.add(url)

    def _next_url(self, request: Request, url: str, status: int, location: str) -> str:
        try:
            target = urldefrag(urljoin(url, location)).url
            origin = origin_of(target)
        except ValueError:
            raise failure(request, url, f"a redirect ({status}) to {masked(location)!r}, which is no http URL") from None
        if request.method not in READS:
            if status not in _REPEATING:
                raise failure(
                    request,
                    url,
                    f"the service redirects ({status}) a change to {masked(target)}; it was not repeated there."
                    " Is that the right service root, and does it want a sign-in (auth=)?",
                    outcome_unknown=status == 303,
                )
            if origin != origin_of(url):
                raise failure(request, url, f"the service redirects ({status}) a change to another origin, {origin}")
            _rewind(request, url)
        elif origin != self.origin and origin not in self._trusted and self.origin == origin_of(url):
            raise failure(
                request,
                url,
                f"the service redirects ({status}) to another origin, {masked(target)}. If that is right, make it the"
                f" service root, or put {str(origin)!r} into trusted_origins",
            )
        return target

    def _exchange(self, request: Request, url: str) -> _Answer:
        foreign = self._is_foreign(request, url)
        headers = checked_headers(request.headers)
        if foreign:
            headers = {name: value for name, value in headers.items() if name.lower() in _FOR_STRANGERS}
            session = self._stranger_session()
        else:
            session = self._session
            if self._headers:
                headers = dict(Headers(self._headers).merged(headers).items())
        folded = {name.lower() for name in headers}
        if "accept-encoding" not in folded:
            headers["Accept-Encoding"] = ACCEPTED
        body = _checked_body(request, url, headers)
        try:
            with spelled(url):
                response = exchange(
                    session,
                    request.method,
                    url,
                    headers=headers,
                    data=body,
                    auth=self._credentials(session, folded, foreign=foreign),
                    timeout=self._timeout,
                    verify=self._verify,
                    cert=None if foreign else self._cert,
                    proxies=self._proxies,
                    hook=_keep_redirect,
                )
        except FAILURES as error:
            raise translated(request, url, error, self._timeout) from error
        except ODataError:  # of an upload that was cut
            raise
        except Exception as error:  # of a handshake, or of a hook of the caller's session: its words may hold anything
            reason = f"the exchange of credentials, or a hook of the session, failed ({type(error).__name__})"
            raise failure(request, url, reason, outcome_unknown=request.method not in READS) from error
        return _Answer(response, request, url, self._timeout)

    def _is_foreign(self, request: Request, url: str) -> bool:
        """Whether ``url`` lies outside the root's origin; refuses what may not be asked at all."""
        if url.startswith(self._home):
            return False
        try:
            origin, named = origin_of(url), has_credentials(url)
        except ArgumentError as error:
            raise failure(request, url, str(error)) from None
        if named:
            raise failure(request, url, "the URL holds user information; credentials belong into auth")
        if origin == self.origin:
            return False
        if self.origin.scheme == "https" and origin.scheme != "https":
            raise failure(request, url, f"refused to leave https for {origin}")
        if origin not in self._trusted:
            raise failure(
                request,
                url,
                f"refused to ask {origin}, another origin than the service's ({self.origin}); trusted_origins permits it for"
                " reads, and rebase_links serves a gateway whose links name an inner host",
            )
        if request.method not in READS:
            raise failure(request, url, f"refused to send a change to {origin}; changes go to the service's own origin only")
        return True

    def _credentials(self, session: requests.Session, given: set[str], *, foreign: bool) -> Auth | None:
        if foreign:
            return Nobody()
        if self._auth is None and session.auth is None:
            named = given.union(str(name).lower() for name in session.headers or ())  # a plain dict may spell it any way
            if "authorization" in named:
                return AsGiven()  # else requests would put a .netrc entry over it
        return self._auth if self._auth is None or isinstance(self._auth, tuple) else Asked(self._auth)

    def _stranger_session(self) -> requests.Session:
        """A session without cookies, certificates or credentials, for trusted origins."""
        if self._visitor is None:
            self._visitor = own_session(self._retry)
        if self._session is not self._own:
            self._visitor.verify = self._session.verify
            self._visitor.proxies = self._session.proxies
            self._visitor.trust_env = self._session.trust_env
        self._visitor.cookies.clear()
        return self._visitor


class _Answer:
    """An answer whose body is still on the wire (a ``StreamedResponse``)."""

    def __init__(self, response: requests.Response, request: Request, url: str, timeout: Timeout) -> None:
        self._response, self._request, self._timeout = response, request, timeout
        fields = getattr(response.raw, "headers", None) or response.headers
        self.status: int = response.status_code
        self.headers = Headers(list(fields.items()))
        self.url = url
        self._pieces = self._read_on(None)
        self._held = memoryview(b"")
        self._closed = False

    def __enter__(self) -> _Answer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read(_PIECE):
            yield piece

    @property
    def sent(self) -> Request:
        """What went out: with the fields that the session and the credentials added."""
        prepared = self._response.request
        fields = {
            str(name): value if isinstance(value, str) else value.decode("latin-1") for name, value in prepared.headers.items()
        }
        return Request(self._request.method, self.url, Headers(fields), self._request.body)

    def whole(self, limit: int) -> bytes:
        pieces, size = [], 0
        for piece in self._read_on(limit):
            size += len(piece)
            if size > limit:
                raise self.broken(_too_long(limit))
            pieces.append(piece)
        return b"".join(pieces)

    def read(self, size: int = -1, /) -> bytes:
        if self._closed:
            raise InvalidOperationError("the stream is closed")
        if size < 0:
            return b"".join((bytes(self._held), *self._pieces))
        if not self._held and size:
            self._held = memoryview(next(self._pieces, b""))
        piece, self._held = self._held[:size], self._held[size:]
        return bytes(piece)

    def close(self) -> None:
        self._closed = True
        self._response.close()

    def drain(self) -> None:
        """Read a short body away, so that its connection serves again; give up a long one."""
        try:
            for _ in self._wire(_DRAINED):
                pass
        except (*FAILURES, DataServiceTransportException):
            pass
        finally:
            self.close()

    def broken(self, reason: str) -> DataServiceTransportException:
        """The failure that ``reason`` names; the connection is given up."""
        self.close()
        return failure(self._request, self.url, reason, outcome_unknown=self._request.method not in READS)

    def _read_on(self, limit: int | None) -> Iterator[bytes]:
        try:
            yield from unpacked(self._wire(limit), self.headers.get("Content-Encoding", ""))
        except FAILURES as error:
            self.close()
            raise translated(self._request, self.url, error, self._timeout) from error
        finally:
            self._response.close()  # a body read to its end has given its connection back by now; any other gives it up

    def _wire(self, limit: int | None) -> Iterator[bytes]:
        """The body as it travels, exactly as long as its framing says."""
        raw = self._response.raw
        expected = None if getattr(raw, "chunked", False) else getattr(raw, "length_remaining", None)
        size = 0
        for piece in raw.stream(_PIECE, decode_content=False) if expected is None else self._exactly(raw, expected):
            size += len(piece)
            if limit is not None and size > limit:
                raise self.broken(_too_long(limit))
            yield piece

    def _exactly(self, raw: Any, length: int) -> Iterator[bytes]:
        left = length
        kept = 0 if _buffer(raw) is None else 1  # the last byte waits, for what follows it is seen before it is read
        while left > 0:
            if left == kept and _follows_more(raw):
                raise self.broken(f"the body goes on after the {length} bytes that its Content-Length names")
            piece = raw.read(min(_PIECE, left - kept or 1), decode_content=False)
            if not piece:
                raise self.broken(f"the body was cut: {length - left} bytes came of the {length} that its Content-Length names")
            left -= len(piece)
            yield piece
        if not raw.closed:
            raw.read(decode_content=False)  # notices the end, and gives the connection back


def _buffer(raw: Any) -> Any:
    """The buffer beneath urllib3; None where there is none to look into."""
    buffer = getattr(getattr(raw, "_fp", None), "fp", None)
    return buffer if hasattr(buffer, "peek") else None


def _follows_more(raw: Any) -> bool:
    """Whether more than the one byte still due has arrived."""
    buffer = _buffer(raw)
    return buffer is not None and len(buffer.peek(2)) > 1


def _too_long(limit: int) -> str:
    return f"the answer is longer than max_response_bytes ({limit})"


# -- what goes out ----------------------------------------------------------------------------------------------------


def _checked_body(request: Request, url: str, headers: dict[str, str]) -> bytes | Upload | None:
    """The body as requests takes it; its framing is decided here, so that fields about it are taken out of ``headers``."""
    framing = {
        name.lower(): headers.pop(name) for name in list(headers) if name.lower() in ("content-length", "transfer-encoding")
    }

    def cut() -> Exception:
        return failure(request, url, "the file to send ended before the length announced", outcome_unknown=True)

    def spent() -> Exception:
        reason = (
            "the service asks who you are, and the stream to send cannot be read again: read something of the service first,"
            " so that the connection is known to it, or give a file that can go back to its beginning"
        )
        return failure(request, url, reason)

    return upload(request.body, framing.get("content-length"), cut, spent)


def _rewind(request: Request, url: str) -> None:
    if request.body is None or isinstance(request.body, bytes):
        return
    raise failure(request, url, "the service redirects a change whose body is a file; give the address it names as the root")


def _keep_redirect(response: requests.Response, **_: Any) -> None:
    """Hide a redirect's target from requests, which would read its whole body to prepare a next request.

    The raw answer keeps the field for us.
    """
    if response.status_code in _REDIRECTS:
        response.headers.pop("Location", None)
