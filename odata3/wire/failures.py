"""Why there is no usable answer, in words: one on what happened, one on what to do.

    GET https://wapserver:30006/...: the server's certificate is not trusted; give its CA file as verify='ca.pem', or ... (...)

``requests`` wraps ``urllib3`` wraps ``http.client`` wraps the system: what tells most lies at the bottom. No message shows a
credential, and one of a change says whether it may have arrived.
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
import urllib3.exceptions as faults

from odata3.errors import DataServiceTransportException
from odata3.secrecy import masked, on_one_line
from odata3.wire.arguments import Timeout
from odata3.wire.codings import CodingError
from odata3.wire.messages import Request
from odata3.wire.sessions import READS, CredentialsError

#: What an exchange may fail with.
FAILURES = (requests.RequestException, faults.HTTPError, http.client.HTTPException, OSError, UnicodeError, CodingError)

_SHOWN = 2_000
_DETAIL = 200


def failure(request: Request, url: str, reason: str, *, outcome_unknown: bool = False) -> DataServiceTransportException:
    """The error for a request that no usable answer came to."""
    shown = masked(url)[:_SHOWN]
    reason = on_one_line(masked(reason))[:_SHOWN]
    doubt = "; the change may have arrived all the same" if outcome_unknown else ""
    return DataServiceTransportException(
        f"{request.method} {shown}: {reason}{doubt}", method=request.method, url=shown, outcome_unknown=outcome_unknown
    )


def translated(request: Request, url: str, error: Exception, timeout: Timeout) -> DataServiceTransportException:
    """The error for one of :data:`FAILURES`."""
    chain = _chain(error)
    unsent = any(
        isinstance(e, faults.ConnectTimeoutError | faults.NewConnectionError | ssl.SSLCertVerificationError) for e in chain
    )
    unsent = unsent or (isinstance(error, ValueError) and isinstance(error, requests.RequestException))  # by requests itself
    return failure(request, url, _reason(chain, url, timeout), outcome_unknown=request.method not in READS and not unsent)


def _chain(error: BaseException) -> list[BaseException]:
    """The exception and everything beneath it."""
    chain: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting and len(chain) < 20:
        found = waiting.pop(0)
        if isinstance(found, BaseException) and found not in chain:
            chain.append(found)
            waiting += [getattr(found, "reason", None), found.__cause__, found.__context__, *found.args]
    return chain


def _reason(chain: list[BaseException], url: str, timeout: Timeout) -> str:
    for error in chain:
        if isinstance(error, CredentialsError):
            return str(error)
    secure = next((error for error in chain if isinstance(error, ssl.SSLError)), None)
    if secure is not None:
        return f"{_tls(secure, url)} ({str(secure)[:_DETAIL]})"
    for kind, reason in _reasons(url, timeout):
        if found := [error for error in chain if isinstance(error, kind)]:
            return _proxy(chain) if isinstance(found[0], requests.exceptions.ProxyError) else reason
    last = chain[-1]
    told = f"{type(last).__name__}: {' '.join(str(last)[:_DETAIL].split())}"
    return f"{told}; verify= takes the path of a CA file" if "CA certificate bundle" in told else told


def _reasons(url: str, timeout: Timeout) -> Iterator[tuple[type[BaseException], str]]:
    """Each kind of failure, what tells most first, and what is said of it."""
    connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    longer = "a slower one needs a longer timeout=(connect, read)"
    plain = "; does the service speak https there?" if url.startswith("http:") else ""
    yield requests.exceptions.ProxyError, ""
    yield faults.NameResolutionError, "there is no such host; is its name spelled right, and known here (DNS, VPN)?"
    yield ConnectionRefusedError, "connection refused; is the service running, and the port right?"
    yield faults.ReadTimeoutError, f"no answer within {read} seconds; {longer}"
    yield faults.ConnectTimeoutError, f"no connection within {connect} seconds; is the host reachable from here? {longer}"
    yield TimeoutError, f"no answer within {read} seconds; {longer}"
    yield http.client.RemoteDisconnected, f"the connection was closed without an answer{plain}"
    yield http.client.IncompleteRead, "the body was cut"
    yield ConnectionResetError, f"the connection was reset{plain}"
    yield BrokenPipeError, "the connection broke while sending"


def _proxy(chain: list[BaseException]) -> str:
    if any("407" in str(error) for error in chain):
        return "the proxy wants credentials; put user and password into its URL, in proxies= or HTTPS_PROXY"
    return "the proxy could not be reached, or refused; look at proxies= and the variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY"


def _tls(error: ssl.SSLError, url: str) -> str:
    if "CERTIFICATE_REQUIRED" in str(error):
        return "the server wants a client certificate; give its path, or the paths of certificate and key, as cert="
    if not isinstance(error, ssl.SSLCertVerificationError):
        return "TLS failed; does the service speak https there, or plain http, or on another port?"
    if "match" in str(error.verify_message):
        return f"the server's certificate is not for {urlsplit(url).hostname}; ask it by the name that it was made for"
    if "expired" in str(error.verify_message):
        return "the server's certificate has expired; whoever runs the server renews it"
    return (
        "the server's certificate is not trusted; give its CA file as verify='ca.pem', or have Python trust what the system "
        "trusts (pip install truststore, then truststore.inject_into_ssl())"
    )
