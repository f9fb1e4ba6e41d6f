"""Where a URL leads: origins, and credentials in URLs.

An *origin* is scheme, host and port (RFC 6454). What belongs to a service (credentials, cookies, configured headers) goes to
the origin of its root and nowhere else, whatever link a payload names.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from odata3.errors import ArgumentError
from odata3.secrecy import masked

_DEFAULT_PORTS = {"http": 80, "https": 443}
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")


class Origin(NamedTuple):
    """Scheme, host and port, in lower case and with the port spelled out."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        shown = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{shown}"


def origin_of(url: str) -> Origin:
    """The origin of an absolute http or https URL; ``ArgumentError`` for anything else."""
    parts = _split(url)
    try:
        port = parts.port
    except ValueError:
        raise ArgumentError(f"{masked(url)!r} has an impossible port") from None
    return Origin(parts.scheme, (parts.hostname or "").rstrip("."), _DEFAULT_PORTS[parts.scheme] if port is None else port)


def home_of(url: str) -> str:
    """What every URL begins with that spells its origin as this one does: scheme, host and port up to the first slash."""
    parts = _split(url)
    return f"{parts.scheme}://{parts.netloc}/"


def has_credentials(url: str) -> bool:
    """Whether the URL holds user information (``https://user@host/``)."""
    return "@" in _split(url).netloc


def split_credentials(url: str) -> tuple[str, tuple[str, str] | None]:
    """The URL without its user information, and that information as (user, password) where there was any."""
    parts = _split(url)
    information, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, None
    user, _, password = information.partition(":")
    return parts._replace(netloc=host).geturl(), (unquote(user), unquote(password))


def _split(url: str) -> SplitResult:
    if not isinstance(url, str):
        raise ArgumentError(f"a URL is a str, not {type(url).__name__}")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ArgumentError(f"{masked(url)!r} is no URL") from None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or _FORBIDDEN.search(parts.netloc):
        raise ArgumentError(f"{masked(url)!r} is no absolute http or https URL")
    return parts
