"""What an emulator's database holds at first: one stamp, one cloud, one tenant, and machines in every state worth seeing.

The ids are fixed, so that programs and tests can name them; everything else is made up here.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from odata3.formats.documents import Complex
from odata3.server.store import Record, Transaction
from spf_vmm.emulator.checkpoints import add_checkpoint, add_values, stand_on
from spf_vmm.emulator.jobs import error_info, job_values
from spf_vmm.emulator.machines import add_console, blank_machine
from spf_vmm.emulator.settings import Settings
from spf_vmm.emulator.states import state
from spf_vmm.emulator.tenants import PERMISSIONS

STAMP = UUID("ba4146fa-fb41-4f59-a193-ad00c52a138c")
#: The tenant: subscription, user role and the ``{subscription}`` of its URLs are one id.
SUBSCRIPTION = UUID("ba4146fa-fb41-41b6-a7c0-2b4ff4c3f7e3")
#: A second tenant, with a role and nothing else.
OTHER_SUBSCRIPTION = UUID("5d1f0c9e-7c43-4f0e-9d2a-2f6f6c1f7a10")
PRINCIPAL = "user@contoso.com"
#: The checkpoint that the guide restores.
CHECKPOINT = UUID("a11cc636-5521-4f88-92b2-cad392911fe0")

_GIGABYTE = 1024**3


def fixed(name: str) -> UUID:
    """The id of a seeded thing, by the name it has in this file (``fixed("web01")``)."""
    return uuid5(STAMP, name)


CLOUD = fixed("cloud")
TEMPLATE = fixed("template")


class Seed:
    """Writes the first data into an empty store."""

    def __init__(self, store: Transaction, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._days = 60
        self._now = settings.now(ago=timedelta(days=self._days))
        self._owner = Complex(
            "VMM.UserAndRole",
            {"UserName": PRINCIPAL, "RoleName": f"{PRINCIPAL}_{SUBSCRIPTION}", "RoleID": SUBSCRIPTION},
        )

    def write(self) -> None:
        """Everything; in an order that lets each find what it stands on."""
        self._roles()
        self._fabric()
        self._library()
        self._networks()
        self._machines()

    def _add(self, entity_set: str, name: str, **values: Any) -> Record:
        return self._store.insert(entity_set, {"ID": fixed(name), "StampId": STAMP, **values})

    def _times(self) -> dict[str, Any]:
        return {"AddedTime": self._now, "ModifiedTime": self._now, "Enabled": True, "Accessibility": "Public"}

    def _roles(self) -> None:
        for tenant, user in ((SUBSCRIPTION, PRINCIPAL), (OTHER_SUBSCRIPTION, "other@fabrikam.com")):
            self._store.insert(
                "UserRoles",
                {
                    "ID": tenant,
                    "Name": f"{user}_{tenant}",
                    "Description": "",
                    "Profile": "TenantAdmin",
                    "Members": [user],
                    "Permission": [p for p in PERMISSIONS if p not in ("Store", "RemoteConnect")],
                    "Quotas": [_quota()],
                    "VMNetworkQuota": [],
                    **{name: [] for name in ("CloudPermission", "UserRoleDataPath")},
                },
            )

    def _fabric(self) -> None:
        cloud = self._add(
            "Clouds",
            "cloud",
            Name="Contoso Cloud",
            Description="For tenants",
            WritableLibraryPath="\\\\library.contoso.com\\Tenants\\",
        )
        role = self._store.get("UserRoles", ID=SUBSCRIPTION)
        if role is not None:
            self._store.link(role, "Clouds", cloud)
        self._store.insert(
            "CloudCapacities",
            {
                "CloudId": CLOUD,
                "StampId": STAMP,
                "CPUCount": 40,
                "MemoryMB": 65_536,
                "StorageGB": 2_000,
                "VMCount": 20,
                **{f"Use{name}Maximum": False for name in ("CPUCount", "MemoryMB", "StorageGB", "VMCount")},
                "CustomQuotaCount": 0,
                "UseCustomQuotaCountMaximum": True,
            },
        )
        profile = self._add("CapabilityProfiles", "hyper-v", Name="Hyper-V", Description="What the hosts can do")
        self._store.link(cloud, "CapabilityProfiles", profile)
        for dimension, quota, usage in (("VMCount", 20, 5), ("MemoryMB", 65_536, 15_872), ("CPUCount", 40, 10)):
            self._store.insert(
                "QuotaAndUsageComponents",
                {
                    "ID": CLOUD,
                    "StampId": STAMP,
                    "QuotaDimension": dimension,
                    "UserRoleID": SUBSCRIPTION,
                    "UserRoleQuota": quota,
                    "UserRoleUsage": usage,
                    "UserUsage": usage,
                },
            )
        self._store.insert(
            "BasicStatistics",
            {
                "ID": SUBSCRIPTION,
                "Clouds": 1,
                "ServiceDeployments": 0,
                "ServiceDeploymentsNotRunning": 0,
                "ServiceDeploymentsRequiringAttention": 0,
                "ServiceVMs": 0,
                "StandaloneVMs": 6,
                "VMsNotRunning": 4,
                "VMsRequiringAttention": 1,
            },
        )

    def _library(self) -> None:
        share = self._add(
            "LibraryShares", "library", Name="VMMLibrary", Description="", Path="\\\\library.contoso.com\\VMMLibrary"
        )
        cloud = self._store.get("Clouds", ID=CLOUD, StampId=STAMP)
        if cloud is not None:
            self._store.link(cloud, "LibraryShares", share)
        system = _operating_system("64-bit edition of Windows Server 2012 R2 Standard", "6.3", "Windows")
        common = {**self._times(), "Owner": self._owner, "Description": ""}
        self._add(
            "VMTemplates",
            "template",
            **common,
            Name="Server 2012 R2",
            CPUCount=2,
            Memory=2048,
            DynamicMemoryEnabled=False,
            Generation=2,
            OperatingSystem=system.get("Name"),
            OperatingSystemInstance=system,
            GrantedToList=[],
            IsCustomizable=True,
            Status="Normal",
            Tag="(none)",
            TotalVHDCapacity=12 * _GIGABYTE,
            VirtualizationPlatform="HyperV",
            CapabilityProfile="Hyper-V",
            CreationTime=self._now,
        )
        self._add(
            "VirtualHardDisks",
            "template disk",
            **common,
            Name="Server2012R2.vhdx",
            TemplateId=TEMPLATE,
            Size=9 * _GIGABYTE,
            MaximumSize=40 * _GIGABYTE,
            State="Normal",
            VHDType="DynamicallyExpanding",
            VirtualizationPlatform="HyperV",
            Directory="\\\\library.contoso.com\\VMMLibrary\\VHDs",
            SharePath="\\\\library.contoso.com\\VMMLibrary\\VHDs\\Server2012R2.vhdx",
            LibraryShareId=share["ID"],
            OperatingSystem=system.get("Name"),
            OperatingSystemInstance=system,
        )
        self._add("HardwareProfiles", "small", **common, Name="Small", CPUCount=1, Memory=1024, Generation=2, GrantedToList=[])
        self._add(
            "ISOs",
            "iso",
            **common,
            Name="tools.iso",
            Size=734_003_200,
            State="Normal",
            LibraryShareId=share["ID"],
            Directory="\\\\library.contoso.com\\VMMLibrary\\ISOs",
            SharePath="\\\\library.contoso.com\\VMMLibrary\\ISOs\\tools.iso",
        )
        release = self._add(
            "ServiceTemplates",
            "service template",
            **common,
            Name="Shop",
            Release="1.0",
            IsPublished=True,
            PublishedTime=self._now,
            ServicePriority="Normal",
            ServiceTemplateState="Ready",
            GrantedToList=[],
            ServiceSettings=[],
            CustomProperty=[],
        )
        self._add(
            "ComputerTierTemplates",
            "tier template",
            **self._times(),
            Name="Web",
            Description="",
            ServiceTemplateId=release["ID"],
            DefaultInstanceCount=2,
            InstanceMinimumCount=1,
            InstanceMaximumCount=4,
        )
        self._add(
            "ServiceTemplates", "next service template", **common, Name="Shop", Release="2.0", IsPublished=True, GrantedToList=[]
        )
        self._add(
            "VirtualNetworkAdapters", "template adapter", **self._times(), Name="Server 2012 R2", TemplateId=TEMPLATE, SlotId=0
        )

    def _networks(self) -> None:
        logical = self._add(
            "LogicalNetworks",
            "logical network",
            Name="Tenant Network",
            Description="",
            CloudId=CLOUD,
            NetworkVirtualizationEnabled=True,
        )
        network = self._add(
            "VMNetworks",
            "network",
            Name="Front",
            Description="",
            LogicalNetworkId=logical["ID"],
            LogicalNetworkName=logical["Name"],
            IsolationType="WindowsNetworkVirtualization",
            CAIPAddressPoolType="IPv4",
            PAIPAddressPoolType="IPv4",
            Owner=self._owner,
            GrantedToList=[],
            Enabled=True,
            IsAssigned=True,
            AddedTime=self._now,
            ModifiedTime=self._now,
        )
        self._add(
            "VMSubnets",
            "subnet",
            Name="Front subnet",
            Subnet="10.0.0.0/24",
            VMNetworkId=network["ID"],
            VMNetworkName=network["Name"],
        )
        self._add(
            "VMNetworkGateways",
            "gateway",
            Name="Front gateway",
            Description="",
            VMNetworkId=network["ID"],
            RequiresNAT=True,
            RequiresVPN=True,
            EnableBGP=False,
            IPSubnets=["10.0.0.0/24"],
        )

    # -- machines ---------------------------------------------------------------------------------------------------------------

    def _machines(self) -> None:
        web = self._machine("web01", "Running", CPUCount=2, Memory=4096, Description="Web server, release 1.0")
        self._checkpoint(web, "Fresh installation", "As it came from the template", cpus=2, memory=2048, told="Web server")
        self._checkpoint(web, "Before updates", "Release 1.0, in good order", checkpoint_id=CHECKPOINT)
        self._checkpoint(web, "Updates installed", "All updates, release 1.0")
        stand_on(self._store, web, CHECKPOINT)
        self._checkpoint(web, "Release 1.1, try", "A branch that was given up", memory=6144, told="Web server, release 1.1")
        stand_on(self._store, web, fixed("web01/Updates installed"))
        for counter, values in (("CPUUsage", [7, 12, 9, 31, 18, 8]), ("MemoryUsage", [61, 61, 63, 70, 66, 62])):
            self._store.insert(
                "PerformanceData",
                {
                    "VMId": web["ID"],
                    "StampId": STAMP,
                    "PerformanceCounter": counter,
                    "TimeFrame": "Hour",
                    "PerformanceHistory": values,
                    "TimeSamples": [self._settings.now(ago=timedelta(minutes=10 * n)) for n in range(len(values), 0, -1)],
                },
            )
        database = self._machine("db01", "PowerOff", CPUCount=4, Memory=8192, Description="Database")
        self._checkpoint(database, "Empty", "Before the first import")
        self._machine("build01", "Paused", CPUCount=2, Memory=2048, Description="Builds at night")
        self._machine("archive01", "Saved", CPUCount=1, Memory=1024, Description="Seldom asked")
        self._machine("edge01", "PowerOff", CPUCount=1, Memory=512, HasVMAdditions=False, Description="An appliance")
        self._machine("failed01", "CreationFailed", CPUCount=1, Memory=1024, Description="", job="failed01 job")

    def _machine(self, name: str, status: str, *, job: str | None = None, **values: Any) -> Record:
        problem = None if job is None else "The virtual hard disk of the template could not be copied."
        job_id = fixed(job or f"{name} job")
        machine = self._add(
            "VirtualMachines",
            name,
            **{
                **blank_machine(name, self._now),
                "CloudId": CLOUD,
                "ComputerName": name.upper(),
                "CreationSource": "Server 2012 R2",
                "OperatingSystem": "64-bit edition of Windows Server 2012 R2 Standard",
                "OperatingSystemInstance": _operating_system(
                    "64-bit edition of Windows Server 2012 R2 Standard", "6.3", "Windows"
                ),
                "Owner": self._owner,
                "TotalSize": 12 * _GIGABYTE,
                "VMHostName": None,
                "VMId": fixed(f"{name} in Hyper-V"),
                "MostRecentTaskId": job_id,
                "FailedJobID": job_id if problem else None,
                "MemoryAssignedMB": values.get("Memory", 0) if status == "Running" else 0,
                "HasSavedState": status == "Saved",
                **state(status),
                **values,
            },
        )
        done: dict[str, Any] = {"IsCompleted": True, "EndTime": self._now, "Status": "Completed", "StatusString": "Completed"}
        if problem is not None:
            done |= {"Status": "Failed", "StatusString": "Failed", "IsRestartable": True, "ErrorInfo": error_info(problem)}
        target = {"Target": name, "TargetObjectID": machine["ID"], "TargetObjectType": "VM"}
        result = {
            "ResultName": name,
            "ResultObjectID": machine["ID"],
            "ResultObjectType": "VM",
            "ResultObjectTypeName": "Virtual Machine",
        }
        progress = {"Progress": "100 %", "ProgressValue": 100} if problem is None else {"Progress": "42 %", "ProgressValue": 42}
        self._store.insert(
            "Jobs",
            {
                "ID": job_id,
                "StampId": STAMP,
                **job_values("Create virtual machine", "New-SCVirtualMachine", self._now, PRINCIPAL),
                **done,
                **target,
                **result,
                **progress,
            },
        )
        self._furnish(machine)
        return machine

    def _furnish(self, machine: Record) -> None:
        add_console(self._store, machine)
        name = machine["Name"]
        own = {"VMId": machine["ID"], "Name": name, **self._times(), "Description": ""}
        disk = self._add(
            "VirtualHardDisks",
            f"{name} disk",
            **{**own, "Name": f"{name}_disk_1"},
            Size=machine["TotalSize"],
            MaximumSize=40 * _GIGABYTE,
            State="Normal",
            VHDType="DynamicallyExpanding",
            VirtualizationPlatform="HyperV",
            Owner=self._owner,
        )
        drive = {**own, "Bus": 0, "BusType": "SCSI"}
        self._add("VirtualDiskDrives", f"{name} drive", **drive, LUN=0, IsVHD=True, SCSI=True, VirtualHardDiskId=disk["ID"])
        self._add("VirtualDVDDrives", f"{name} dvd", **drive, LUN=1, Connection="None", ISOLinked=False)
        self._add("VirtualSCSIAdapters", f"{name} scsi", **own, AdapterID=7, Bus=0, Shared=False)
        self._add(
            "VirtualNetworkAdapters",
            f"{name} adapter",
            **own,
            SlotId=0,
            VMNetworkId=fixed("network"),
            VMNetworkName="Front",
            VMSubnetId=fixed("subnet"),
            IPv4AddressType="Dynamic",
            IsSynthetic=True,
            MACAddressType="Dynamic",
            VirtualNetworkAdapterType="Synthetic",
        )

    def _checkpoint(
        self,
        machine: Record,
        name: str,
        description: str,
        *,
        checkpoint_id: UUID | None = None,
        cpus: int | None = None,
        memory: int | None = None,
        told: str | None = None,
    ) -> None:
        """A checkpoint of the machine as it is, or was with these values; each some days after the one before."""
        self._days -= 9
        now = dict(machine.values)
        changed = {"CPUCount": cpus, "Memory": memory, "Description": told}
        self._store.update(machine, {n: v for n, v in changed.items() if v is not None})
        record = self._store.insert(
            "VMCheckPoints",
            add_values(
                {
                    "ID": checkpoint_id or fixed(f"{machine['Name']}/{name}"),
                    "StampId": STAMP,
                    "VMId": machine["ID"],
                    "Name": name,
                    "Description": description,
                },
                self._settings.now(ago=timedelta(days=self._days)),
            ),
        )
        add_checkpoint(self._store, machine, record)
        self._store.update(machine, {n: now[n] for n in changed})


def _operating_system(name: str, version: str, family: str) -> Complex:
    return Complex(
        "VMM.OperatingSystem",
        {
            "Name": name,
            "Description": name,
            "Version": version,
            "Architecture": "amd64",
            "Edition": "Standard",
            "OSType": family,
            "ProductType": "Server",
        },
    )


def _quota() -> Complex:
    return Complex(
        "VMM.UserRoleScope",
        {
            "Scope": CLOUD,
            "StampId": STAMP,
            "ScopeType": "Cloud",
            "RoleCPUCount": 40,
            "RoleMemoryMB": 65_536,
            "RoleStorageGB": 2_000,
            "RoleVMCount": 20,
        },
    )
