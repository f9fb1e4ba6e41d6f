"""Quotas: how much of a cloud may be used by all, by one user role (``UserRole.Quotas``) and by each of its members; and how
many networks and VPN connections a user role may have (``UserRole.VMNetworkQuota``). A limit that is null does not limit.

Usage is counted from the machines that are there; ``QuotaAndUsageComponents`` tell it. What a creation would use too much of is
told late, by the job that makes a machine; a change, and a network, are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from odata3.formats.documents import Complex
from odata3.server.hooks import Change, Query
from odata3.server.service import Service
from odata3.server.store import Record, Transaction
from spf_vmm.emulator.tenants import acting_role, owner

_GIGABYTE = 2**30

#: What is limited, and how much of it a machine uses.
DIMENSIONS: Mapping[str, Callable[[Mapping[str, Any]], int]] = {
    "VMCount": lambda machine: 1,
    "CPUCount": lambda machine: machine.get("CPUCount") or 0,
    "MemoryMB": lambda machine: machine.get("Memory") or 0,
    "StorageGB": lambda machine: -(-(machine.get("TotalSize") or 0) // _GIGABYTE),
}


@dataclass(frozen=True, slots=True)
class _Bound:
    """One limit: whose it is, of which dimension, how much, and the machines that count."""

    whose: str
    dimension: str
    limit: int
    counts: Callable[[Record], bool]


def excess(store: Transaction, machine: Mapping[str, Any], *, times: int = 1, what: str = "virtual machine") -> str | None:
    """The quota that a machine, new or changed, or so many of them, would exceed, as a job tells it; None if there is room."""
    others = [vm for vm in store.find("VirtualMachines", CloudId=machine["CloudId"]) if _counts(vm) and vm["ID"] != machine["ID"]]
    for bound in _bounds(store, machine):
        use = DIMENSIONS[bound.dimension]
        used = sum(use(other.values) for other in others if bound.counts(other))
        if used + times * use(machine) > bound.limit:
            return (
                f"The {what} {machine['Name']} exceeds the quota of {bound.whose}:"
                f" {bound.dimension} is limited to {bound.limit}, and {used} are in use."
            )
    return None


def _counts(machine: Record) -> bool:
    """A machine that came to nothing uses nothing."""
    return bool(machine["Status"] != "CreationFailed")


def _bounds(store: Transaction, machine: Mapping[str, Any]) -> Iterator[_Bound]:
    cloud = {"CloudId": machine["CloudId"], "StampId": machine["StampId"]}
    capacity = store.get("CloudCapacities", **cloud)
    for name in DIMENSIONS if capacity is not None else ():
        assert capacity is not None
        if not capacity[f"Use{name}Maximum"] and capacity[name] is not None:
            yield _Bound("its cloud", name, capacity[name], lambda other: True)
    owned: Complex | None = machine.get("Owner")
    role = None if owned is None or owned.get("RoleID") is None else store.get("UserRoles", ID=owned.get("RoleID"))
    if role is None or owned is None:
        return
    role_id, user = role["ID"], owned.get("UserName")
    for scope in role["Quotas"] or ():
        if scope.get("Scope") != machine["CloudId"] or scope.get("StampId") not in (None, machine["StampId"]):
            continue
        for name in DIMENSIONS:
            if (limit := scope.get(f"Role{name}")) is not None:
                yield _Bound(f"the user role {role['Name']}", name, limit, lambda other: _is_of(other, role_id))
            if (limit := scope.get(f"Member{name}")) is not None:
                yield _Bound(f"the user {user}", name, limit, lambda other: _is_of(other, role_id, user))


def _is_of(entity: Record, role_id: Any, user: Any = None) -> bool:
    """Whether it belongs to the user role, and to this user of it where one is named."""
    owned: Complex | None = entity["Owner"]
    return owned is not None and owned.get("RoleID") == role_id and user in (None, owned.get("UserName"))


def demand_room_for_network(change: Change) -> None:
    """Refuse (500) a VM network that is one too many for the acting role, or its user."""
    networks = change.store.find("VMNetworks", StampId=change.values["StampId"])
    _demand_room(change, "VMNetworkMaximum", "VM networks", lambda role, user: sum(_is_of(n, role, user) for n in networks))


def demand_room_for_vpn(change: Change) -> None:
    """Refuse (500) a VPN connection that is one too many for the acting role, or its user."""
    store, stamp = change.store, change.values["StampId"]
    connections = store.find("VPNConnections", StampId=stamp)

    def count(role: Any, user: Any) -> int:
        networks = {n["ID"] for n in store.find("VMNetworks", StampId=stamp) if _is_of(n, role, user)}
        gateways = {g["ID"] for g in store.find("VMNetworkGateways", StampId=stamp) if g["VMNetworkId"] in networks}
        return sum(connection["VMNetworkGatewayId"] in gateways for connection in connections)

    _demand_room(change, "VPNConnectionMaximum", "VPN connections", count)


def _demand_room(change: Change, name: str, what: str, count: Callable[[Any, Any], int]) -> None:
    role = acting_role(change.store, change.exchange)
    if role is None:
        return
    user = owner(change.store, change.exchange).get("UserName")
    for quota in role["VMNetworkQuota"] or ():
        if quota.get("StampId") not in (None, change.values["StampId"]):
            continue
        for limit, whose, asked in (
            (quota.get(name), f"user role {role['Name']}", None),
            (quota.get(f"{name}PerUser"), f"user {user}", user),
        ):
            if limit is not None and count(role["ID"], asked) >= limit:
                change.refuse(500, f"The {whose} has reached its quota: {limit} {what}.")


class Usage:
    """Keeps ``QuotaAndUsageComponents`` in step with the machines, as the asking role may use them."""

    def __init__(self, service: Service) -> None:
        service.on_query("QuotaAndUsageComponents")(_follow)


def _follow(query: Query) -> None:
    store = query.store
    acting = acting_role(store, query.exchange)
    user = None if acting is None else owner(store, query.exchange).get("UserName")
    for known in store.find("QuotaAndUsageComponents"):
        use = DIMENSIONS.get(known["QuotaDimension"])
        role = acting if acting is not None else store.get("UserRoles", ID=known["UserRoleID"])
        if use is None or role is None:
            continue
        machines = [vm for vm in store.find("VirtualMachines", CloudId=known["ID"]) if _counts(vm) and _is_of(vm, role["ID"])]
        scope = next((scope for scope in role["Quotas"] or () if scope.get("Scope") == known["ID"]), None)
        told = {
            "UserRoleID": role["ID"],
            "UserRoleQuota": None if scope is None else scope.get(f"Role{known['QuotaDimension']}"),
            "UserRoleUsage": sum(use(vm.values) for vm in machines),
            "UserQuota": None if scope is None else scope.get(f"Member{known['QuotaDimension']}"),
            "UserUsage": sum(use(vm.values) for vm in machines if _is_of(vm, role["ID"], user)),
        }
        if any(known[name] != value for name, value in told.items()):
            store.update(known, told)
