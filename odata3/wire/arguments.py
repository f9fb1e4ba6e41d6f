"""What a connection is told, checked before anything is sent: credentials, time-outs, TLS, proxies, header fields.

Each check gives what ``requests`` takes, or raises ``ArgumentError``, which shows no value that may be a secret.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import Any

import requests
from requests.auth import AuthBase

from odata3.errors import ArgumentError

Timeout = float | tuple[float | None, float | None] | None
Auth = tuple[str, str] | AuthBase | Callable[[requests.PreparedRequest], requests.PreparedRequest]

#: Seconds that a socket can be told (in nanoseconds of 63 bits).
_LONGEST_WAIT = 9_000_000_000

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BREAKING = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")  # RFC 9110, 5.5


def checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    checked = {}
    for name, value in headers.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ArgumentError(f"{name!r} is no name of a header field")
        if not isinstance(value, str):
            raise ArgumentError(f"the value of header {name} is a str, not {type(value).__name__}")
        if not (value.isascii() and value.isprintable()):  # most are, and right
            _check_value(name, value)
        checked[name] = value.strip(" \t")
    return checked


def _check_value(name: str, value: str) -> None:
    if _BREAKING.search(value):
        raise ArgumentError(f"the value of header {name} holds a line break, NUL or another control character")
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        raise ArgumentError(
            f"the value of header {name} holds characters that HTTP has no way to send (beyond Latin-1)"
        ) from None


def checked_auth(auth: Any) -> Auth | None:
    if auth is None or callable(auth):
        return auth  # type: ignore[no-any-return]
    if isinstance(auth, tuple) and len(auth) == 2 and all(isinstance(part, str) for part in auth):
        user, password = auth
        try:
            f"{user}{password}".encode("latin-1")
        except UnicodeEncodeError:  # RFC 7617 leaves UTF-8; requests would fail on a str
            return (user.encode(), password.encode())
        return user, password
    raise ArgumentError("auth is a pair (user, password) of strings, or an object that requests takes as auth")


def checked_session(session: Any) -> requests.Session:
    if not callable(getattr(session, "request", None)) or not hasattr(session, "headers"):
        raise ArgumentError(f"session is a requests.Session, not {type(session).__name__}")
    return session  # type: ignore[no-any-return]


def checked_verify(verify: Any) -> bool | str | None:
    if verify is None or isinstance(verify, bool):
        return verify
    try:
        return os.fspath(verify)  # type: ignore[no-any-return]
    except TypeError:
        raise ArgumentError(f"verify is True, False or the path of a CA bundle, not {type(verify).__name__}") from None


def checked_cert(cert: Any) -> str | tuple[str, str] | None:
    if cert is None:
        return None
    try:
        if isinstance(cert, tuple) and len(cert) == 2:
            return os.fspath(cert[0]), os.fspath(cert[1])
        return os.fspath(cert)  # type: ignore[no-any-return]
    except TypeError:
        raise ArgumentError("cert is the path of a client certificate, or a pair of paths: certificate and key") from None


def checked_proxies(proxies: Any) -> dict[str, str] | None:
    if proxies is None:
        return None
    if not isinstance(proxies, Mapping):
        raise ArgumentError(f"proxies maps a scheme to a URL, {{'https': 'http://proxy:8080'}}; this is {type(proxies).__name__}")
    return dict(proxies)


def checked_timeout(timeout: Any) -> Timeout:
    parts = timeout if isinstance(timeout, tuple) and len(timeout) == 2 else (timeout, timeout)
    for part in parts:
        if part is not None and (isinstance(part, bool) or not isinstance(part, int | float) or not part > 0):
            raise ArgumentError("timeout is a positive number of seconds, or a pair (connect, read) of such")
        if part is not None and part > _LONGEST_WAIT:
            raise ArgumentError("timeout is longer than any system waits; None waits without an end")
    return timeout  # type: ignore[no-any-return]
