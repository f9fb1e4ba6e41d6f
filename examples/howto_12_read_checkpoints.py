"""How-to 12: read the checkpoints of a virtual machine, as a tree."""

from connection import tenant

with tenant() as vmm:
    vm = vmm.VirtualMachines.expand("VMCheckpoints").where(lambda vm: vm.Name == "web01").first()
    below = {}
    for checkpoint in vm.VMCheckpoints:
        below.setdefault(checkpoint.ParentCheckpointID, []).append(checkpoint)

    def show(parent, depth):
        for checkpoint in below.get(parent, ()):
            print("  " * depth + checkpoint.Name)
            show(checkpoint.ID, depth + 1)

    show(None, 0)
