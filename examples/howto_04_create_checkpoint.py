"""How-to 4: create a checkpoint of a virtual machine."""

from connection import tenant

from spf_vmm.entities import VMCheckPoint

with tenant() as vmm:
    vm = vmm.VirtualMachines.where(lambda vm: vm.Name == "web01").first()
    checkpoint = VMCheckPoint()
    checkpoint.VMId = vm.ID
    checkpoint.StampId = vm.StampId
    checkpoint.Name = "Before the release"
    checkpoint.Description = "In good order"
    vmm.add_to_VMCheckPoints(checkpoint)
    vmm.save_changes()
    print("created", checkpoint.Name, "below", checkpoint.ParentCheckpointID)
