"""VM roles: ``CloudServices``, the roles in them, and the machines of a role.

They live below a root of their own, ``/{subscription}/CloudServices?api-version=2013-03``, and a role is always created inside
a cloud service: ``CloudServices/{name}/Resources/MicrosoftCompute/VMRoles``.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from odata3.formats.documents import Complex
from odata3.server.hooks import Call, Change
from odata3.server.service import Service
from odata3.server.store import Record, Transaction
from spf_vmm.emulator.tenants import demand_values

PROVIDER = "MicrosoftCompute"

_STATES = {"Start": "Running", "Stop": "PowerOff", "Shutdown": "PowerOff", "Restart": "Running"}

#: Machines of one role.
_MOST = 1000


class Gallery:
    """The will of the sets of VM roles."""

    def __init__(self, service: Service) -> None:
        service.on_insert("CloudServices")(self._create_service)
        service.on_insert("VMRole")(self._create_role)
        service.operation("Scale")(self._scale)
        service.operation("Repair")(self._repair)
        for name in _STATES:
            service.operation(name, bound_to="MicrosoftCompute.VM")(self._operate)

    def _create_service(self, change: Change) -> None:
        demand_values(change, "Name", "Label")
        change.values["ProvisioningState"] = "Provisioned"
        change.headers["x-ms-request-id"] = str(uuid4())
        made = change.apply()
        resource = change.store.get("CloudResource", ResourceProviderNamespace=PROVIDER)
        if resource is None:
            resource = change.store.insert("CloudResource", {"ResourceProviderNamespace": PROVIDER})
        change.store.link(made, "Resources", resource)

    def _create_role(self, change: Change) -> None:
        demand_values(change, "Name", "ResourceDefinition", "ResourceConfiguration")
        change.values["ProvisioningState"] = "Provisioned"
        change.headers["x-ms-request-id"] = str(uuid4())
        count = _initial_count(change.values["ResourceDefinition"])
        if count > _MOST:
            change.refuse(400, f"InitialInstanceCount is at most {_MOST}.")
        role = change.apply()
        self._grow(change.store, role, count)

    def _grow(self, store: Transaction, role: Record, count: int) -> None:
        """Make or remove machines until the role has ``count``."""
        machines = store.linked(role, "VMs")
        for machine in machines[count:]:
            store.delete(machine)
        for number in range(len(machines), count):
            address = Complex(
                "MicrosoftCompute.ConnectToAddress", {"IPAddress": f"10.0.1.{number + 10}", "NetworkName": "Front", "Port": 3389}
            )
            machine = store.insert(
                "VM",
                {
                    "Id": uuid4(),
                    "ComputerName": f"{role['Name']}-{number + 1}",
                    "RuntimeState": "Running",
                    "ConnectToAddresses": [address],
                },
            )
            store.link(role, "VMs", machine)
            disk = {"DataVirtualHardDiskImage": "", "DiskLun": 0, "DiskDataFile": f"{role['Name']}-{number + 1}.vhdx"}
            store.link(machine, "Disks", store.insert("VMRoleVMDisk", {"Id": uuid4(), **disk, "DiskSize": 42_949_672_960}))
            nic = {"NetworkAdapterName": "NIC1", "CurrentIpAddresses": [f"10.0.1.{number + 10}"]}
            store.link(machine, "Nics", store.insert("VMRoleVMNic", {"Id": uuid4(), **nic}))
        view = {"InstanceCount": count, "VIPs": [], "ResolvedResourceDefinition": role["ResourceDefinition"]}
        store.update(role, {"InstanceView": Complex("MicrosoftCompute.InstanceView", view)})

    def _scale(self, call: Call) -> None:
        count = call.parameters.get("InstanceCount")
        if count is None or not 0 <= count <= _MOST:
            call.refuse(400, f"Scale takes InstanceCount, 0 to {_MOST}.")
        assert isinstance(call.bound, Record)
        self._grow(call.store, call.bound, count)

    def _repair(self, call: Call) -> None:
        assert isinstance(call.bound, Record)
        call.store.update(call.bound, {"ProvisioningState": "Provisioned"})

    def _operate(self, call: Call) -> None:
        assert isinstance(call.bound, Record)
        call.store.update(call.bound, {"RuntimeState": _STATES[call.operation.name]})


def _initial_count(definition: Any) -> int:
    settings = definition.get("IntrinsicSettings") if isinstance(definition, Complex) else None
    scaling = settings.get("ScaleOutSettings") if settings is not None else None
    text = scaling.get("InitialInstanceCount") if scaling is not None else None
    return int(str(text)[:20]) if text and str(text).isdecimal() else 1
