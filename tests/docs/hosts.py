"""Hosts that the pages name, and that are not there: connections to them end at servers on loopback."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from urllib3.util import connection

#: The certificate of ``wapserver``, ``spfserver``, ``services.example`` and a few more, with its key; it is its own authority.
CERTIFICATE = Path(__file__).parent / "named_hosts.pem"


class Hosts:
    """Which port of loopback answers for a host and port."""

    def __init__(self) -> None:
        self._ports: dict[tuple[str, int], int] = {}

    def name(self, host: str, port: int, answered_by: int) -> None:
        """Let connections to ``host:port`` end at a port of loopback."""
        self._ports[host, port] = answered_by

    def resolve(self, host: str, port: int) -> tuple[str, int]:
        """Where a connection goes. Only loopback can be reached: a page that asks anything else fails."""
        if (host, port) in self._ports:
            return "127.0.0.1", self._ports[host, port]
        if host in ("127.0.0.1", "localhost"):
            return host, port
        raise OSError(f"the page asks {host}:{port}, which its preparation does not name")


@contextmanager
def named(hosts: Hosts, environment: Mapping[str, str]) -> Iterator[None]:
    """Connections of ``requests`` go where ``hosts`` says, their certificates are trusted, and no proxy is asked."""
    create = connection.create_connection

    def elsewhere(address: tuple[str, int], *arguments: Any, **keywords: Any) -> Any:
        return create(hosts.resolve(*address), *arguments, **keywords)

    surroundings = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    surroundings |= {"REQUESTS_CA_BUNDLE": str(CERTIFICATE), **environment}
    with mock.patch.object(connection, "create_connection", elsewhere), mock.patch.dict(os.environ, surroundings, clear=True):
        yield
