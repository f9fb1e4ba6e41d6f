"""What the emulator remembers and no client sees: entity sets beside those of the model, in the same store.

They live in the same database and the same transactions as the rest, so that a refused request leaves nothing behind, and an
emulator started again on its file goes on where it was.

``EmulatorSnapshots``
    the values of a virtual machine as a checkpoint found them (one per checkpoint)
``EmulatorMachines``
    which checkpoint a virtual machine stands on
``EmulatorTasks``
    jobs that are under way, and what becomes of their target when they end
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from odata3.edm.members import Members
from odata3.edm.model import EntitySet, EntityType, Model, Property

SNAPSHOTS = "EmulatorSnapshots"
MACHINES = "EmulatorMachines"
TASKS = "EmulatorTasks"

#: Values of a virtual machine that a checkpoint does not bring back: they tell of the machine's life, not of its make.
LASTING = frozenset(
    {
        "ID",
        "StampId",
        "AddedTime",
        "CloudId",
        "CreationTime",
        "FailedJobID",
        "GrantedToList",
        "LastRestoredCheckpointId",
        "ModifiedTime",
        "MostRecentTaskId",
        "Owner",
        "VMConnection",
        "VMHostName",
        "VMId",
    }
)


def _same_stamp(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
    return [*pairs, ("StampId", "StampId")]


#: Which values lead where: nearly every navigation property of the model follows from ids that the entities hold.
RELATIONS = {
    f"VMM.{name}": _same_stamp(pair)
    for name, pair in {
        "Cloud.Capacity": ("ID", "CloudId"),
        "Cloud.LogicalNetworks": ("ID", "CloudId"),
        "Cloud.QuotaAndUsageComponents": ("ID", "ID"),
        "ComputerTier.ComputerTierTemplate": ("TierTemplateId", "ID"),
        "ComputerTier.VMs": ("ID", "ComputerTierId"),
        "ISO.LibraryShare": ("LibraryShareId", "ID"),
        "NATConnection.Rules": ("ID", "NATConnectionId"),
        "Service.ApplicationHosts": ("ID", "ServiceId"),
        "Service.Cloud": ("CloudId", "ID"),
        "Service.ComputerTiers": ("ID", "ServiceId"),
        "Service.FailedJob": ("FailedJobID", "ID"),
        "Service.ServiceTemplate": ("ServiceTemplateId", "ID"),
        "ServiceTemplate.ApplicationHostTemplates": ("ID", "ServiceTemplateId"),
        "ServiceTemplate.ComputerTierTemplates": ("ID", "ServiceTemplateId"),
        "VMCheckPoint.ParentCheckPoint": ("ParentCheckpointID", "ID"),
        "VMNetwork.VMNetworkGateways": ("ID", "VMNetworkId"),
        "VMNetworkGateway.BGPPeers": ("ID", "VMNetworkGatewayId"),
        "VMNetworkGateway.NATConnections": ("ID", "VMNetworkGatewayId"),
        "VMNetworkGateway.VPNConnections": ("ID", "VMNetworkGatewayId"),
        "VMTemplate.VirtualDVDDrives": ("ID", "TemplateId"),
        "VMTemplate.VirtualDiskDrives": ("ID", "TemplateId"),
        "VMTemplate.VirtualHardDisks": ("ID", "TemplateId"),
        "VMTemplate.VirtualNetworkAdapters": ("ID", "TemplateId"),
        "VMTemplate.VirtualSCSIAdapters": ("ID", "TemplateId"),
        "VPNConnection.NetworkRoutes": ("ID", "VPNConnectionId"),
        "VirtualDVDDrive.ISO": ("ISOId", "ID"),
        "VirtualDiskDrive.VirtualHardDisk": ("VirtualHardDiskId", "ID"),
        "VirtualMachine.Cloud": ("CloudId", "ID"),
        "VirtualMachine.FailedJob": ("FailedJobID", "ID"),
        "VirtualMachine.MostRecentTask": ("MostRecentTaskId", "ID"),
        "VirtualMachine.VMCheckpoints": ("ID", "VMId"),
        "VirtualMachine.VirtualDVDDrives": ("ID", "VMId"),
        "VirtualMachine.VirtualDiskDrives": ("ID", "VMId"),
        "VirtualMachine.VirtualHardDisks": ("ID", "VMId"),
        "VirtualMachine.VirtualNetworkAdapters": ("ID", "VMId"),
        "VirtualMachine.VirtualSCSIAdapters": ("ID", "VMId"),
    }.items()
}

_STAMP = Property(name="StampId", type="Edm.Guid", nullable=False)


@cache
def extended(model: Model) -> Model:
    """The model with the emulator's own sets; made once."""
    machine = model.entity_types["VMM.VirtualMachine"]
    snapshot = _type("Snapshot", "CheckpointID", [p for p in machine.properties if p.name not in LASTING])
    standing = _type("Machine", "VMId", [Property(name="CurrentCheckpointID", type="Edm.Guid")])
    task = _type(
        "Task",
        "JobID",
        [
            Property(name="Remaining", type="Edm.Int32"),
            Property(name="Reads", type="Edm.Int32"),
            Property(name="TargetSet", type="Edm.String"),
            Property(name="TargetID", type="Edm.Guid"),
            Property(name="Effect", type="Edm.String"),
            Property(name="Failure", type="Edm.String"),
        ],
    )
    sets = {name: _set(name, of, model) for name, of in ((SNAPSHOTS, snapshot), (MACHINES, standing), (TASKS, task))}
    return replace(
        model,
        entity_types={**model.entity_types, **{t.full_name: t for t in (snapshot, standing, task)}},
        entity_sets={**model.entity_sets, **sets},
        entity_containers={
            name: replace(c, entity_sets=Members((*c.entity_sets, *sets.values()))) if c.is_default else c
            for name, c in model.entity_containers.items()
        },
    )


def _type(name: str, key: str, properties: list[Property]) -> EntityType:
    everything = Members([Property(name=key, type="Edm.Guid", nullable=False), _STAMP, *properties])
    return EntityType(
        name=name, namespace="Emulator", key=(key, "StampId"), properties=everything, declared_properties=everything
    )


def _set(name: str, of: EntityType, model: Model) -> EntitySet:
    container = model.default_container
    assert container is not None
    return EntitySet(name=name, type=of.full_name, container=container.full_name)
