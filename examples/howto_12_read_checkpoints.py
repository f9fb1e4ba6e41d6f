"""How-to 12: read one checkpoint, by its whole key, and all of a virtual machine, as a tree."""

from uuid import UUID

from connection import tenant

CHECKPOINT = UUID("a11cc636-5521-4f88-92b2-cad392911fe0")


def main(vmm, checkpoint_id=CHECKPOINT):
    stamp_id = vmm.Clouds.first().StampId
    checkpoint = vmm.VMCheckPoints.where(lambda cp: cp.ID == checkpoint_id and cp.StampId == stamp_id).first()
    vm = vmm.VirtualMachines.expand("VMCheckpoints").where(lambda vm: vm.ID == checkpoint.VMId).first()
    below = {}
    for checkpoint in vm.VMCheckpoints:
        below.setdefault(checkpoint.ParentCheckpointID, []).append(checkpoint)

    def show(parent, depth):
        for checkpoint in below.get(parent, ()):
            print("  " * depth + checkpoint.Name)
            show(checkpoint.ID, depth + 1)

    show(None, 0)


if __name__ == "__main__":
    tenant(main)
