"""Which verbs each set takes, and what it wants to be given; the defaults that the service adds.

The sets that have no will of their own (templates, ISOs, networks' pools ...) live by this table alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from odata3.edm.model import EntityType
from odata3.server.hooks import Change
from odata3.server.service import Service
from spf_vmm.emulator.jobs import Jobs
from spf_vmm.emulator.settings import Settings
from spf_vmm.emulator.tenants import demand_values, owner

#: Sets that do not take every verb: what they take beside reading.
_VERBS: Mapping[str, str] = {
    "ApplicationHosts": "",
    "ApplicationHostTemplates": "",
    "BasicStatistics": "",
    "CapabilityProfiles": "",
    "CloudCapacities": "",
    "CloudResource": "",
    "Clouds": "",
    "ComputerTierTemplates": "",
    "ComputerTiers": "update",
    "GuestInfos": "",
    "ISOs": "",
    "LibraryShares": "",
    "LogicalNetworks": "",
    "NATRules": "insert delete",
    "PerformanceData": "",
    "QuotaAndUsageComponents": "",
    "ServiceTemplates": "update",
    "StaticIPAddressPools": "",
    "VM": "",
    "VMRoleSizeProfiles": "",
    "VMRoleVMDisk": "",
    "VMRoleVMNic": "",
    "VMSubnets": "insert delete",
    "VMTemplates": "update",
}

#: What a create has to bring.
_MANDATORY: Mapping[str, tuple[str, ...]] = {
    "BGPPeers": ("StampId", "Name", "VMNetworkGatewayId", "PeerIPAddress", "PeerASN"),
    "HardwareProfiles": ("StampId", "Name"),
    "NATConnections": ("StampId", "Name", "VMNetworkGatewayId"),
    "NATRules": ("StampId", "Name", "NATConnectionId", "ExternalPort", "InternalIPAddress", "InternalPort"),
    "RunAsAccounts": ("StampId", "Name", "UserName", "Password"),
    "VMNetworkGateways": ("StampId", "Name", "VMNetworkId"),
    "VMNetworks": ("StampId", "Name", "LogicalNetworkId"),
    "VMSubnets": ("StampId", "Name", "Subnet", "VMNetworkId"),
    "VPNConnections": ("StampId", "Name", "VMNetworkGatewayId"),
    "VPNNetworkRoutes": ("StampId", "VPNConnectionId", "IPSubnet"),
    "VirtualDVDDrives": ("StampId", "VMId", "Bus", "LUN"),
    "VirtualDiskDrives": ("StampId", "VMId", "Bus", "LUN"),
    "VirtualHardDisks": ("StampId", "Name"),
    "VirtualNetworkAdapters": ("StampId", "VMId"),
    "VirtualSCSIAdapters": ("StampId", "VMId"),
}

#: Values that the service gives where nothing else does.
_DEFAULTS: Mapping[str, Any] = {"Accessibility": "Public", "Enabled": True, "Description": ""}

#: Changed together or not at all.
_TOGETHER = {"RunAsAccounts": ("Domain", "UserName", "Password")}


class Offers:
    """The table at work: refuses verbs, demands values, adds defaults, starts a job for what is done."""

    def __init__(self, service: Service, jobs: Jobs, settings: Settings) -> None:
        self._jobs, self._settings = jobs, settings
        for name, verbs in _VERBS.items():
            if "insert" not in verbs:
                service.on_insert(name)(_refuse)
            if "update" not in verbs:
                service.on_update(name)(_refuse)
            if "delete" not in verbs:
                service.on_delete(name)(_refuse)
        for name in _MANDATORY:
            service.on_insert(name)(self._demand)
        service.write_only("RunAsAccounts", "Password", "NoValidation")
        service.on_update("RunAsAccounts")(_change_together)
        for name in (
            "HardwareProfiles",
            "RunAsAccounts",
            "VMTemplates",
            "ServiceTemplates",
            "VirtualHardDisks",
            "VirtualSCSIAdapters",
        ):
            service.on_insert(name)(self.born)
            service.on_update(name)(self.changed)
            service.on_delete(name)(self.gone)

    def _demand(self, change: Change) -> None:
        demand_values(change, *_MANDATORY[change.entity_set.name])

    def born(self, change: Change, **defaults: Any) -> None:
        """Give a new entity its id, times, owner and defaults, and start the job of its creation."""
        values, entity_type = change.values, self._type(change)
        now = self._settings.now()
        told = {
            "ID": uuid4(),
            "AddedTime": now,
            "ModifiedTime": now,
            "CreationTime": now,
            "Owner": owner(change.store, change.exchange),
        }
        values |= {name: value for name, value in told.items() if _holds(entity_type, name)}
        for name, value in (*defaults.items(), *_DEFAULTS.items()):
            if _holds(entity_type, name) and values.get(name) is None:
                values[name] = value
        self._start(change, values, "New", "Create")

    def changed(self, change: Change) -> None:
        """An update by the rules of the service: what is null was not given; and its job."""
        entity = change.before
        assert entity is not None
        keeps = not (change.replaces and self._settings.put_resets)
        for name in [name for name, value in change.values.items() if value is None and keeps]:
            del change.values[name]
        for name in ("AddedTime", "Owner"):
            change.values.pop(name, None)
        if _holds(self._type(change), "ModifiedTime"):
            change.values["ModifiedTime"] = self._settings.now()
        self._start(change, entity.values, "Set", "Change properties of")

    def gone(self, change: Change) -> None:
        """A delete, and its job."""
        entity = change.before
        assert entity is not None
        self._start(change, entity.values, "Remove", "Remove")

    def _start(self, change: Change, target: Mapping[str, Any], verb: str, told: str) -> None:
        kind = change.type_name.rpartition(".")[2]
        name = change.entity_set.name
        self._jobs.start(change, f"{told} {kind}", f"{verb}-SC{kind}", target, target_set=name, kind=kind)

    def _type(self, change: Change) -> EntityType:
        return change.store.model.entity_types[change.type_name]


def _holds(entity_type: EntityType, name: str) -> bool:
    held = entity_type.properties.get(name)
    return held is not None and not (name == "Owner" and held.type == "Edm.String")


def _refuse(change: Change) -> None:
    done = {"insert": "created", "update": "changed", "delete": "deleted"}[change.kind.value]
    change.refuse(405, f"The entities of {change.entity_set.name} cannot be {done} here.")


def _change_together(change: Change) -> None:
    names = _TOGETHER[change.entity_set.name]
    given = [name for name in names if change.values.get(name) is not None]
    if given and len(given) < len(names):
        change.refuse(400, f"{', '.join(names)} are updated together; only {', '.join(given)} came.")
