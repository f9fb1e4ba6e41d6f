"""Virtual machines: they are made from templates, obey ``Operation``, and are changed and removed.

Inputs (``Operation``, ``StartVM``, passwords ...) are read back as null, as the real service does; what only the service can tell
(``Status``, times, owner of the job) is taken from no client.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

from odata3.formats.documents import Complex
from odata3.server.hooks import Change
from odata3.server.service import Service
from odata3.server.store import Record, Transaction
from spf_vmm.emulator.jobs import Jobs, error_info
from spf_vmm.emulator.ledger import LASTING, MACHINES, SNAPSHOTS
from spf_vmm.emulator.quotas import excess
from spf_vmm.emulator.settings import Settings
from spf_vmm.emulator.states import FAILED, OPERATIONS, PASSING, state
from spf_vmm.emulator.tenants import demand, demand_values, found, owner

INPUTS = (
    "CPULimitForMigration",
    "CPULimitFunctionality",
    "CPURelativeWeight",
    "DelayStartSeconds",
    "Dismiss",
    "Domain",
    "FullName",
    "HardwareProfileId",
    "LinuxAdministratorSSHKey",
    "LinuxAdministratorSSHKeyString",
    "LinuxDomainName",
    "LocalAdminPassword",
    "LocalAdminRunAsAccountName",
    "LocalAdminUserName",
    "NewVirtualNetworkAdapterInput",
    "Operation",
    "OrganizationName",
    "Password",
    "ProductKey",
    "Retry",
    "RunAsAccountUserName",
    "StartVM",
    "TimeZone",
    "Undo",
    "UserName",
    "VMTemplateId",
    "VirtualHardDiskId",
    "WorkGroup",
)

#: What only the service tells; a client that sends back what it read changes none of it.
TOLD = frozenset(
    {
        "AddedTime",
        "CanVMConnect",
        "CreationSource",
        "CreationTime",
        "FailedJobID",
        "HasSavedState",
        "HasVMAdditions",
        "LastRestoredCheckpointId",
        "MemoryAssignedMB",
        "ModifiedTime",
        "MostRecentTaskId",
        "PerfCPUUtilization",
        "PerfDiskBytesRead",
        "PerfDiskBytesWrite",
        "PerfNetworkBytesRead",
        "PerfNetworkBytesWrite",
        "Status",
        "StatusString",
        "TotalSize",
        "VMHostName",
        "VMId",
        "VirtualMachineState",
    }
)

#: Changes of these take a machine that is off.
_HARDWARE = ("CPUCount", "Memory", "DynamicMemoryEnabled", "DynamicMemoryMinimumMB", "DynamicMemoryMaximumMB")

#: Sets whose entities belong to a machine (by ``VMId``) and go with it.
_OWN = (
    "VirtualDiskDrives",
    "VirtualDVDDrives",
    "VirtualHardDisks",
    "VirtualNetworkAdapters",
    "VirtualSCSIAdapters",
    "VMCheckPoints",
)


def blank_machine(name: str, now: str) -> dict[str, Any]:
    """The values of a machine about which nothing else is known."""
    nothing = Complex("VMM.ErrorInfo", {})
    return {
        "Name": name,
        "AddedTime": now,
        "CreationTime": now,
        "ModifiedTime": now,
        "BackupEnabled": True,
        "CPUCount": 1,
        "CPUMax": 100,
        "CPUReserve": 0,
        "CPUType": "3.60 GHz Xeon (2 MB L2 cache)",
        "CPUUtilization": 0,
        "CanVMConnect": False,
        "CapabilityProfile": "Hyper-V",
        "DataExchangeEnabled": True,
        "DelayStart": 0,
        "DeploymentErrorInfo": nothing,
        "Description": "",
        "DiskIO": 0,
        "DynamicMemoryDemandMB": 0,
        "DynamicMemoryEnabled": False,
        "Enabled": True,
        "ExcludeFromPRO": False,
        "ExpectedCPUUtilization": 20,
        "Generation": 2,
        "GrantedToList": [],
        "HasPassthroughDisk": False,
        "HasSavedState": False,
        "HasVMAdditions": True,
        "HeartbeatEnabled": True,
        "IsFaultTolerant": False,
        "IsHighlyAvailable": False,
        "IsRecoveryVM": False,
        "IsUndergoingLiveMigration": False,
        "LibraryGroup": "",
        "LimitCPUForMigration": False,
        "LimitCPUFunctionality": False,
        "Location": "",
        "MarkedAsTemplate": False,
        "Memory": 1024,
        "MemoryAssignedMB": 0,
        "MemoryWeight": 5000,
        "NetworkUtilization": 0,
        "NewVirtualNetworkAdapterInput": [],
        "OperatingSystem": "Unknown",
        "OperatingSystemShutdownEnabled": True,
        "PerfCPUUtilization": -1,
        "PerfDiskBytesRead": -1,
        "PerfDiskBytesWrite": -1,
        "PerfNetworkBytesRead": -1,
        "PerfNetworkBytesWrite": -1,
        "SourceObjectType": "VM Template",
        "StartAction": "NeverAutoTurnOnVM",
        "StopAction": "SaveVM",
        "Tag": "(none)",
        "TimeSynchronizationEnabled": True,
        "TotalSize": 0,
        "UndoDisksEnabled": False,
        "VMNetworkAssignments": [],
        "VirtualizationPlatform": "HyperV",
        **state("PowerOff"),
    }


def add_console(store: Transaction, machine: Record) -> None:
    """The file that a remote desktop client opens the machine's console with: the named stream ``VMConnection``."""
    text = f"full address:s:console.contoso.com\r\npcb:s:{machine['VMId']}\r\nserver port:i:2179\r\n"
    place = machine.entity_set, machine.id, "VMConnection"
    store.store.streams.write(store.connection, store.endings, *place, "application/x-rdp", text.encode())


class Machines:
    """The will of the set ``VirtualMachines``."""

    def __init__(self, service: Service, jobs: Jobs, settings: Settings) -> None:
        self._jobs, self._settings = jobs, settings
        service.write_only("VirtualMachines", *INPUTS)
        service.on_insert("VirtualMachines")(self._create)
        service.on_update("VirtualMachines")(self._update)
        service.on_delete("VirtualMachines")(self._delete)

    # -- create -----------------------------------------------------------------------------------------------------------------

    def _create(self, change: Change) -> None:
        given = {name: value for name, value in change.values.items() if value is not None and name not in TOLD}
        demand(change, "Create", "CreateFromVHDOrTemplate")
        demand_values(change, "StampId", "Name", "CloudId")
        stamp = given["StampId"]
        found(change, "Clouds", "cloud", ID=given["CloudId"], StampId=stamp)
        source, size = self._source(change, given)
        now = self._settings.now()
        values = {**blank_machine(given["Name"], now), **source, **given}
        values |= {
            "ID": uuid4(),
            "TotalSize": size,
            "Owner": owner(change.store, change.exchange),
            "BackupEnabled": False,
            "HasVMAdditions": False,
            "VMId": uuid4(),
            **state("UnderCreation"),
        }
        job_id = self._jobs.start(
            change,
            "Create virtual machine",
            "New-SCVirtualMachine",
            values,
            effect={
                "Status": "Running" if given.get("StartVM") else "PowerOff",
                "HasVMAdditions": True,
                "Failure": {"Status": "CreationFailed"},
            },
            failure=excess(change.store, values),
        )
        change.values.clear()
        change.values |= {**values, "MostRecentTaskId": job_id, "FailedJobID": job_id}
        self._furnish(change, change.apply(), given)

    def _source(self, change: Change, given: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """What a template, or a disk with a hardware profile, says of the machine."""
        stamp = given["StampId"]
        if (template_id := given.get("VMTemplateId")) is not None:
            template = found(change, "VMTemplates", "template", ID=template_id, StampId=stamp)
            names = ("CPUCount", "Memory", "DynamicMemoryEnabled", "DynamicMemoryMaximumMB", "OperatingSystem", "Generation")
            source = {name: template[name] for name in names if template[name] is not None}
            source["OperatingSystemInstance"] = template["OperatingSystemInstance"]
            source["CreationSource"] = template["Name"]
            return source, template["TotalVHDCapacity"] or 0
        disk_id, profile_id = given.get("VirtualHardDiskId"), given.get("HardwareProfileId")
        if disk_id is None or profile_id is None:
            change.refuse(
                400, "A virtual machine takes VMTemplateId, or VirtualHardDiskId and HardwareProfileId, as mandatory properties."
            )
        disk = found(change, "VirtualHardDisks", "virtual hard disk", ID=disk_id, StampId=stamp)
        profile = found(change, "HardwareProfiles", "hardware profile", ID=profile_id, StampId=stamp)
        source = {name: profile[name] for name in ("CPUCount", "Memory", "Generation") if profile[name] is not None}
        return {**source, "CreationSource": disk["Name"], "SourceObjectType": "Virtual Hard Disk"}, disk["Size"] or 0

    def _furnish(self, change: Change, machine: Record, given: dict[str, Any]) -> None:
        """Its console, adapters, disk and drives."""
        add_console(change.store, machine)
        store, now = change.store, machine["AddedTime"]
        ids = {"VMId": machine["ID"], "StampId": machine["StampId"]}
        common = {
            **ids,
            "Accessibility": "Public",
            "AddedTime": now,
            "ModifiedTime": now,
            "Enabled": True,
            "Name": machine["Name"],
        }
        wanted: list[Complex] = given.get("NewVirtualNetworkAdapterInput") or [Complex("VMM.NewVMVirtualNetworkAdapterInput", {})]
        for slot, adapter in enumerate(wanted):
            network = adapter.get("VMNetworkName")
            known = store.find("VMNetworks", Name=network)[:1] if network else []
            store.insert(
                "VirtualNetworkAdapters",
                {
                    **common,
                    "ID": uuid4(),
                    "SlotId": slot,
                    "VMNetworkName": network,
                    "VMNetworkId": known[0]["ID"] if known else None,
                    "IsSynthetic": True,
                    "MACAddressType": adapter.get("MACAddressType") or "Dynamic",
                    "VirtualNetworkAdapterType": "Synthetic",
                },
            )
        disk = store.insert(
            "VirtualHardDisks",
            {
                **common,
                "ID": uuid4(),
                "Name": f"{machine['Name']}_disk_1",
                "Size": machine["TotalSize"],
                "MaximumSize": max(machine["TotalSize"] or 0, 42_949_672_960),
                "State": "Normal",
                "VHDType": "DynamicallyExpanding",
                "VirtualizationPlatform": "HyperV",
            },
        )
        drive = {**common, "Bus": 0, "BusType": "SCSI"}
        store.insert(
            "VirtualDiskDrives", {**drive, "ID": uuid4(), "LUN": 0, "IsVHD": True, "SCSI": True, "VirtualHardDiskId": disk["ID"]}
        )
        store.insert("VirtualDVDDrives", {**drive, "ID": uuid4(), "LUN": 1, "Connection": "None", "ISOLinked": False})

    # -- update -----------------------------------------------------------------------------------------------------------------

    def _update(self, change: Change) -> None:
        machine = change.before
        assert machine is not None
        resets = change.replaces and self._settings.put_resets
        values = {
            name: value
            for name, value in change.values.items()
            if name not in TOLD and (value is not None or (resets and name not in LASTING))
        }
        action = values.pop("Operation", None)
        repair = [name for name in ("Retry", "Undo", "Dismiss") if values.pop(name, None)]
        if machine["Status"] in PASSING:
            change.refuse(500, _wrong_state(machine, "it is being worked on"))
        values = {n: v for n, v in values.items() if n not in INPUTS}
        self._check_hardware(change, machine, values)
        self._check_quotas(change, machine, values)
        change.values.clear()
        change.values |= {**values, "ModifiedTime": self._settings.now()}
        if action in (None, ""):
            job_id = self._jobs.start(change, "Change properties of virtual machine", "Set-SCVirtualMachine", machine.values)
            change.values["MostRecentTaskId"] = job_id
        else:
            self._operate(change, machine, str(action), repair)

    def _check_hardware(self, change: Change, machine: Record, values: dict[str, Any]) -> None:
        moved = [name for name in _HARDWARE if name in values and values[name] != machine[name]]
        if moved and machine["Status"] not in ("PowerOff", *FAILED):
            change.refuse(500, _wrong_state(machine, f"{moved[0]} is changed while it is stopped"))
        if (count := values.get("CPUCount")) is not None and not 1 <= count <= 64:
            change.refuse(400, f"CPUCount is 1 to 64, not {count}.")
        if (memory := values.get("Memory")) is not None and not 32 <= memory <= 1_048_576:
            change.refuse(400, f"Memory is 32 to 1048576 MB, not {memory}.")

    def _check_quotas(self, change: Change, machine: Record, values: dict[str, Any]) -> None:
        """A change that asks for more, or hands the machine to another role, needs room in the quotas."""
        grows = any((values.get(name) or 0) > (machine[name] or 0) for name in ("CPUCount", "Memory"))
        given = values.get("Owner")
        if grows or (given is not None and given != machine["Owner"]):
            problem = excess(change.store, {**machine.values, **values})
            if problem is not None:
                change.refuse(500, problem)

    def _operate(self, change: Change, machine: Record, action: str, repair: list[str]) -> None:
        operation = OPERATIONS.get(action)
        if operation is None:
            change.refuse(400, f"{action!r} is no operation of a virtual machine; there are {', '.join(OPERATIONS)}.")
        demand(change, operation.permission)
        if machine["Status"] not in operation.sources:
            change.refuse(500, _wrong_state(machine, f"{action} takes one that is {_either(operation.sources)}"))
        if operation.needs_guest and not machine["HasVMAdditions"]:
            change.refuse(500, _wrong_state(machine, "it has no guest services that could shut it down"))
        target = operation.target
        if action == "Repair" and (repair or machine["Status"] in FAILED):
            target = "PowerOff"
            change.values |= {"FailedJobID": None, "DeploymentErrorInfo": error_info()}
        if target is None or target == machine["Status"]:
            change.values["MostRecentTaskId"] = self._jobs.start(change, operation.job, operation.cmdlet, machine.values)
            return
        settled = {"MemoryAssignedMB": (machine["Memory"] or 0) if target == "Running" else 0, "HasSavedState": target == "Saved"}
        waits = not runs_asynchronously(change) or operation.passing is None
        effect = None if waits else {"Status": target, "Failure": {"Status": machine["Status"]}, **settled}
        change.values["MostRecentTaskId"] = self._jobs.start(
            change, operation.job, operation.cmdlet, machine.values, effect=effect
        )
        change.values |= {**state(target), **settled} if waits else state(str(operation.passing))

    # -- delete -----------------------------------------------------------------------------------------------------------------

    def _delete(self, change: Change) -> None:
        machine, store = change.before, change.store
        assert machine is not None
        demand(change, "Remove")
        if machine["Status"] not in ("PowerOff", *FAILED):
            change.refuse(500, _wrong_state(machine, "a machine is deleted while it is stopped"))
        self._jobs.start(change, "Remove virtual machine", "Remove-SCVirtualMachine", machine.values)
        for entity_set in _OWN:
            for record in store.find(entity_set, VMId=machine["ID"], StampId=machine["StampId"]):
                snapshot = store.get(SNAPSHOTS, CheckpointID=record["ID"], StampId=record["StampId"])
                if snapshot is not None:
                    store.delete(snapshot)
                store.delete(record)
        standing = store.get(MACHINES, VMId=machine["ID"], StampId=machine["StampId"])
        if standing is not None:
            store.delete(standing)


def runs_asynchronously(change: Change) -> bool:
    """Whether the request asks to be answered before its job is done (``?RunAsynchronously=1``, or the property)."""
    options = {name.lower(): value for name, value in parse_qsl(urlsplit(change.request.url).query)}
    return options.get("runasynchronously", "").lower() in ("1", "true") or change.values.get("RunAsynchronously") is True


def _wrong_state(machine: Record, why: str) -> str:
    return f"The virtual machine {machine['Name']} is {machine['StatusString']}: {why}."


def _either(statuses: frozenset[str]) -> str:
    return " or ".join(sorted(statuses))
