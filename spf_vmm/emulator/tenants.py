"""Who asks, and what they may: user roles, their permissions, and the scope that a request came in by.

In tenant scope the subscription in the URL is the id of the user role that acts, and ``x-ms-principal-id`` names its user. In the
hoster's scope (no subscription) everything is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from odata3.formats.documents import Complex
from odata3.server.hooks import Change, Exchange, Query
from odata3.server.service import Service
from odata3.server.store import Record, Transaction

#: Names of permissions that a user role may hold (``UserRole.Permission``).
PERMISSIONS = (
    "Create",
    "PauseAndResume",
    "Start",
    "Stop",
    "Save",
    "AllowLocalAdmin",
    "Remove",
    "Shutdown",
    "Checkpoint",
    "CheckpointRestoreOnly",
    "Store",
    "RemoteConnect",
    "Author",
    "AuthorVMNetwork",
    "CanShare",
    "CanReceive",
    "CreateFromVHDOrTemplate",
)

#: Inputs of a user role that are read as empty lists, and what they are applied to.
_INPUTS = (
    "AddMember",
    "RemoveMember",
    "AddScope",
    "RemoveScope",
    "AddResource",
    "RemoveResource",
    "AddCloudResourceExtension",
    "RemoveCloudResourceExtension",
    "PermissionInput",
    "CloudPermissionInput",
)


def subscription(scope: Mapping[str, Any]) -> UUID | None:
    """The tenant whose scope it is; None in the hoster's."""
    found = scope.get("tenant")
    return found if isinstance(found, UUID) else None


def acting_role(store: Transaction, exchange: Exchange) -> Record | None:
    """The user role that acts, None for the hoster."""
    tenant = subscription(exchange.scope)
    return None if tenant is None else store.get("UserRoles", ID=tenant)


def owner(store: Transaction, exchange: Exchange) -> Complex:
    """Who owns what this request creates: ``x-ms-principal-id`` as a user of the acting role."""
    role = acting_role(store, exchange)
    return Complex(
        "VMM.UserAndRole",
        {
            "UserName": exchange.scope.get("principal") or "CONTOSO\\SpfAdmin",
            "RoleName": "Administrator" if role is None else role["Name"],
            "RoleID": None if role is None else role["ID"],
        },
    )


def demand(change: Change, *permissions: str) -> None:
    """Refuse (403) unless the acting role has one of the permissions."""
    role = acting_role(change.store, change.exchange)
    if role is not None and not set(permissions) & {"", *(role["Permission"] or ())}:
        needed = " or ".join(p for p in permissions if p)
        change.refuse(403, f"The user role {role['Name']} does not have the permission {needed} that this takes.")


def demand_values(change: Change, *names: str) -> None:
    """Refuse (400) a create that lacks a mandatory property, naming it."""
    for name in names:
        if change.values.get(name) in (None, ""):
            change.refuse(400, f"The property {name} of {change.type_name.rpartition('.')[2]} is mandatory and was not given.")


def found(change: Change, entity_set: str, what: str, **key: Any) -> Record:
    """The entity that a property of the request names; 404 where there is none."""
    record = change.store.get(entity_set, **key)
    if record is None:
        change.refuse(404, f"There is no {what} with the ID {key.get('ID', key)}.")
    return record


#: Sets whose entities belong to a machine, by ``VMId``.
OF_MACHINES = (
    "GuestInfos",
    "PerformanceData",
    "VMCheckPoints",
    "VirtualDVDDrives",
    "VirtualDiskDrives",
    "VirtualNetworkAdapters",
    "VirtualSCSIAdapters",
)


class Tenants:
    """The will of the set ``UserRoles``; and a tenant sees what is its own, and no more."""

    def __init__(self, service: Service) -> None:
        service.on_query("VirtualMachines", "Services", "VMNetworks")(_own)
        service.on_query(*OF_MACHINES)(_of_own_machines)
        service.on_query("UserRoles")(_own_role)
        service.on_query("Clouds")(_own_clouds)
        service.on_insert("UserRoles")(self._create)
        service.on_update("UserRoles")(self._update)
        service.on_delete("UserRoles")(_delete_role)
        service.write_only("UserRoles", "VMId", "VMTemplateId", *_INPUTS)

    def _create(self, change: Change) -> None:
        demand_values(change, "Name")
        values = change.values
        values["Profile"] = values.get("UserRoleProfile") or values.get("Profile") or "TenantAdmin"
        values["UserRoleProfile"] = None
        values["Permission"] = []
        self._apply(change, [], [])

    def _update(self, change: Change) -> None:
        role = change.before
        assert role is not None
        for name in ("Permission", "Profile", "Members", "ID"):
            change.values.pop(name, None)
        self._apply(change, role["Permission"] or [], role["Members"] or [])

    def _apply(self, change: Change, permissions: list[str], members: list[str]) -> None:
        values = change.values
        inputs: list[Complex] = values.get("PermissionInput") or []
        for given in inputs:
            names = given.get("Permission") or []
            unknown = [name for name in names if name not in PERMISSIONS]
            if unknown:
                change.refuse(400, f"{unknown[0]!r} is no permission; there are {', '.join(PERMISSIONS)}.")
            permissions = list(dict.fromkeys(names))
        values["Permission"] = permissions
        added, removed = values.get("AddMember") or [], set(values.get("RemoveMember") or [])
        values["Members"] = [m for m in dict.fromkeys([*members, *added]) if m not in removed]
        quotas = {scope.get("Scope"): scope for scope in (change.before["Quotas"] if change.before else None) or []}
        for scope in values.get("AddScope") or []:
            quotas[scope.get("Scope")] = scope
        for scope in values.get("RemoveScope") or []:
            quotas.pop(scope.get("Scope"), None)
        if not values.get("Quotas"):
            values["Quotas"] = list(quotas.values())
        standing = {quota.get("StampId"): quota for quota in (change.before["VMNetworkQuota"] if change.before else None) or []}
        for quota in values.get("VMNetworkQuota") or []:
            standing[quota.get("StampId")] = _network_quota(standing.get(quota.get("StampId")), quota)
        values["VMNetworkQuota"] = list(standing.values())


def _network_quota(before: Complex | None, given: Complex) -> Complex:
    """A quota of networks as it stands after an update: what is null stays, ``Remove…`` lifts a limit."""
    told = {} if before is None else {name: before.get(name) for name in before.names()}
    told |= {name: given.get(name) for name in given.names() if given.get(name) is not None and not name.startswith("Remove")}
    told |= {name: None for name in told if given.get(f"Remove{name.removesuffix('Kbps')}")}
    return Complex(given.type_name, told)


def _delete_role(change: Change) -> None:
    role = acting_role(change.store, change.exchange)
    if role is not None and change.before is not None and role["ID"] == change.before["ID"]:
        change.refuse(403, f"The user role {role['Name']} cannot delete itself.")


def _own(query: Query) -> None:
    tenant = subscription(query.exchange.scope)
    if tenant is not None:
        query.narrow(f"Owner/RoleID eq guid'{tenant}' or GrantedToList/any(g: g/RoleID eq guid'{tenant}')")


#: No condition of a database is deeper than a thousand.
_AT_ONCE = 200


def _of_own_machines(query: Query) -> None:
    """What belongs to own machines, or to none (adapters of templates)."""
    tenant = subscription(query.exchange.scope)
    if tenant is not None:
        own = f"Owner/RoleID eq guid'{tenant}' or GrantedToList/any(g: g/RoleID eq guid'{tenant}')"
        others = query.store.query("VirtualMachines", filter=f"not ({own})")
        for start in range(0, len(others), _AT_ONCE):
            foreign = " or ".join(f"VMId eq guid'{machine['ID']}'" for machine in others[start : start + _AT_ONCE])
            query.narrow(f"VMId eq null or not ({foreign})")


def _own_role(query: Query) -> None:
    tenant = subscription(query.exchange.scope)
    if tenant is not None:
        query.narrow(f"ID eq guid'{tenant}'")


def _own_clouds(query: Query) -> None:
    role = acting_role(query.store, query.exchange)
    if role is not None:
        clouds = [f"ID eq guid'{cloud['ID']}'" for cloud in query.store.linked(role, "Clouds")]
        query.narrow(" or ".join(clouds) or "false")
