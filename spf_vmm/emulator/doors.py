"""The roots that the emulator answers on, and who is let in.

The hoster's scope, and the tenant's directly or through Windows Azure Pack::

    /SC2012R2/VMM/Microsoft.Management.Odata.svc/
    /services/systemcenter/SC2012R2/VMM/Microsoft.Management.Odata.svc/
    /SC2012R2/VMM/{subscription}/Microsoft.Management.Odata.svc/
    /{subscription}/services/systemcenter/vmm/
    /{subscription}/services/systemcenter/VMM/Microsoft.Management.Odata.svc/

VM roles stand below ``/{subscription}/``, always with ``?api-version=2013-03``, and the hoster's tenants and stamps in the Admin
service::

    /{subscription}/CloudServices
    /SC2012R2/Admin/Microsoft.Management.Odata.svc/

A tenant's root demands the header ``x-ms-principal-id``, and a subscription that is known. Where Windows Azure Pack stands in
front, what it refuses itself is told in its own XML.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID
from xml.sax.saxutils import escape

from odata3.server.doors import Basic
from odata3.server.refusal import Refusal
from odata3.server.service import Service
from odata3.server.sites import Mountable, Site
from odata3.server.store import Store
from odata3.wire.messages import Headers, Request, Response
from spf_vmm.emulator.settings import Settings

DIRECT = "/SC2012R2/VMM/Microsoft.Management.Odata.svc/"
DIRECT_TENANT = "/SC2012R2/VMM/{subscription}/Microsoft.Management.Odata.svc/"
PACK = "/{subscription}/services/systemcenter/vmm/"
PACK_LONG = "/{subscription}/services/systemcenter/VMM/Microsoft.Management.Odata.svc/"
PACK_HOSTER = "/services/systemcenter/SC2012R2/VMM/Microsoft.Management.Odata.svc/"

ROLES = "/{subscription}/"
ADMIN = "/SC2012R2/Admin/Microsoft.Management.Odata.svc/"

PRINCIPAL = "x-ms-principal-id"
_API_VERSION = "2013-03"

Guard = Callable[[Request, dict[str, Any]], Response | None]


def site(service: Service, admin: Mountable, store: Store, settings: Settings) -> Site:
    """Both services behind all their roots."""
    doors = _Doors(store, settings)
    made = Site()
    made.mount(PACK_LONG, service, guard=doors.pack)
    made.mount(PACK, service, guard=doors.pack)
    made.mount(DIRECT_TENANT, service, guard=doors.tenant)
    made.mount(PACK_HOSTER, service, guard=doors.hoster)
    made.mount(DIRECT, service, guard=doors.hoster)
    made.mount(ADMIN, admin, guard=doors.hoster)
    made.mount(ROLES, service, guard=doors.roles)
    return made


class _Doors:
    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings

    def hoster(self, request: Request, scope: dict[str, Any]) -> Response | None:
        scope["principal"] = request.headers.get(PRINCIPAL)
        return self._unauthorized(request)

    def tenant(self, request: Request, scope: dict[str, Any]) -> Response | None:
        if (refused := self._unauthorized(request)) is not None:
            return refused
        tenant = self._tenant(scope)
        if tenant is None:
            raise Refusal(403, f"The subscription {scope.get('subscription')} is not known here.", code="Forbidden")
        self._let_in(request, scope, tenant)
        return None

    def pack(self, request: Request, scope: dict[str, Any]) -> Response | None:
        if (refused := self._unauthorized(request)) is not None:
            return refused
        tenant = self._tenant(scope)
        if tenant is None:
            return _pack_error(404, "SubscriptionNotFound", f"The subscription {scope.get('subscription')} was not found.")
        self._let_in(request, scope, tenant)
        return None

    def roles(self, request: Request, scope: dict[str, Any]) -> Response | None:
        """The root of VM roles: only what begins with a subscription, and names the version of the API."""
        if self._tenant(scope) is None:
            raise Refusal(404, "There is no service here.")
        options = {name.lower(): value for name, value in parse_qsl(urlsplit(request.url).query)}
        if options.get("api-version") != _API_VERSION:
            return _pack_error(400, "InvalidApiVersion", f"The URL has to say api-version={_API_VERSION}.")
        return self.pack(request, scope)

    def _let_in(self, request: Request, scope: dict[str, Any], tenant: UUID) -> None:
        principal = request.headers.get(PRINCIPAL)
        if not principal:
            raise Refusal(
                400,
                f"The header {PRINCIPAL} is required here: it names the user that owns what the request creates.",
                code="BadRequest",
            )
        scope["tenant"], scope["principal"] = tenant, principal

    def _tenant(self, scope: dict[str, Any]) -> UUID | None:
        try:
            tenant = UUID(str(scope.get("subscription")))
        except ValueError:
            return None
        with self._store.begin(write=False) as store:
            return tenant if store.get("UserRoles", ID=tenant) is not None else None

    def _unauthorized(self, request: Request) -> Response | None:
        credentials = self._settings.credentials
        return None if credentials is None else Basic(dict([credentials]), realm="SPF").refusal(request)


def _pack_error(status: int, code: str, message: str) -> Response:
    """An error of the layer in front: XML of its own."""
    body = (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<Error xmlns="http://schemas.microsoft.com/windowsazure">'
        f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message><Severity>0</Severity><State></State></Error>"
    )
    return Response(status, Headers({"Content-Type": "application/xml; charset=utf-8"}), body.encode())
