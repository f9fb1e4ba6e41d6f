"""Services at their places, with a guard before each.

::

    site = Site()
    site.mount("/SC2012R2/VMM/Microsoft.Management.Odata.svc/", service)
    site.mount("/{subscription}/services/systemcenter/vmm/", service, guard=check)

One service may stand at several places; the links of an answer begin with the place that was asked. A guard sees every request
before the service does, and may answer it itself (401, say). What stands in braces matches one path segment, and hooks find it
in ``exchange.scope``. Paths match without regard to letter case, as IIS has it.

Source: services as IIS mounts them, one below the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from odata3.server.acceptance import choose_for_error
from odata3.server.answers import error
from odata3.server.refusal import Refusal
from odata3.wire.messages import Request, Response

#: Called before the service; what it puts into the scope, hooks see. A response ends the exchange.
Guard = Callable[[Request, dict[str, Any]], Response | None]


class Mountable(Protocol):
    """What can be mounted: a :class:`~odata3.server.service.Service`."""

    def send(self, request: Request, root: str | None = None, scope: Mapping[str, Any] | None = None) -> Response: ...


@dataclass(frozen=True, slots=True)
class _Mount:
    pattern: re.Pattern[str]
    service: Mountable
    guard: Guard | None


class Site:
    """A transport for everything mounted: ``send(request)`` finds the place, asks its guard and hands the request on."""

    def __init__(self) -> None:
        self._mounts: list[_Mount] = []

    def mount(self, path: str, service: Mountable, *, guard: Guard | None = None) -> None:
        """Let ``service`` answer below ``path``, asked by its ``guard`` first. Of several that match the first mounted wins."""
        parts = re.split(r"\{(\w+)\}", path.strip("/"))
        pattern = "".join(f"(?P<{part}>[^/]+)" if i % 2 else re.escape(part) for i, part in enumerate(parts))
        whole = f"/{pattern}" if pattern else ""
        self._mounts.append(_Mount(re.compile(rf"{whole}(?:/|$)", re.IGNORECASE), service, guard))

    def send(self, request: Request) -> Response:
        """The answer to a ``request`` by the service that is asked; 404 where there is none."""
        url = urlsplit(request.url)
        for mount in self._mounts:
            found = mount.pattern.match(url.path or "/")
            if found is None:
                continue
            scope: dict[str, Any] = {name: unquote(value) for name, value in found.groupdict().items()}
            root = f"{url.scheme}://{url.netloc}{found[0].rstrip('/')}/"
            try:
                answer = mount.guard(request, scope) if mount.guard is not None else None
            except Refusal as refusal:
                answer = _refused(request, refusal)
            return answer if answer is not None else mount.service.send(request, root, scope)
        return _refused(request, Refusal(404, "There is no service here."))


def _refused(request: Request, refusal: Refusal) -> Response:
    return error(refusal, choose_for_error(request.headers.get("Accept"), "3.0"))
