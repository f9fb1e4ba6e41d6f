"""And what it refuses."""

from uuid import UUID

import spf_vmm
from spf_vmm.entities import VirtualMachine, VMCheckPiont, VMCheckPoint  # refused: name


def use(vmm: spf_vmm.VMM, vm: VirtualMachine, checkpoint: VMCheckPoint, some: UUID) -> None:
    print(vmm.VMCheckpoints)  # refused: name
    print(spf_vmm.conect, spf_vmm.emulator.rnu)  # refused: name
    vmm.VMCheckPoints.where(lambda cp: cp.Id == some)  # refused: name
    vmm.VMCheckPoints.where(lambda cp: cp.ID == 5)  # refused: type
    vmm.VMCheckPoints.where(lambda cp: cp.AddedTime > "yesterday".upper)  # refused: type
    vmm.VMCheckPoints.where(lambda cp: cp.ParentCheckPoint.Nmae == "web01")  # refused: name
    vmm.VMCheckPoints.FirstOrDefault()  # refused: name
    vmm.SaveChanges()  # refused: name
    vmm.start(vm.Nmae)  # refused: name
    vmm.start(5)  # refused: type
    checkpoint.VMCheckpointAction = "Restore"  # refused: name
    checkpoint.VMCheckPointAction = 5  # refused: type
    print(checkpoint.AddedTime.year)  # refused: none
    print(vmm.VMCheckPoints.first_or_default().ID)  # refused: none
    VMCheckPoint(VMID=vm.ID)  # refused: name
    VMCheckPoint(VMId=5)  # refused: type
    vmm.add_to_VMCheckPoints(vm)  # refused: type
    print(VMCheckPiont)
