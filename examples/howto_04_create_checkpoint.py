"""How-to 4: create a checkpoint of a virtual machine."""

from connection import tenant

from spf_vmm.entities import VMCheckPoint


def main(vmm, machine="web01", name="Before the release", description="In good order"):
    vm = vmm.VirtualMachines.where(lambda vm: vm.Name == machine).first()
    checkpoint = VMCheckPoint()
    checkpoint.VMId = vm.ID
    checkpoint.StampId = vm.StampId
    checkpoint.Name = name
    if description:
        checkpoint.Description = description
    vmm.add_to_VMCheckPoints(checkpoint)
    vmm.save_changes()
    print("created", checkpoint.Name, "below", checkpoint.ParentCheckpointID)


if __name__ == "__main__":
    tenant(main)
