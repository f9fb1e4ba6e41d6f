"""How-to 5: restore a virtual machine from a checkpoint."""

from uuid import UUID

from connection import tenant

CHECKPOINT = UUID("a11cc636-5521-4f88-92b2-cad392911fe0")


def main(vmm, checkpoint_id=CHECKPOINT):
    checkpoint = vmm.VMCheckPoints.where(lambda cp: cp.ID == checkpoint_id).first_or_default()
    if checkpoint is not None:
        checkpoint.VMCheckPointAction = "Restore"
        vmm.update_object(checkpoint)
        (answer,) = vmm.save_changes()
        print("answered", answer.status_code)
        vmm.wait_for(answer.headers["x-ms-request-id"])
        vm = vmm.VirtualMachines.where(lambda vm: vm.ID == checkpoint.VMId).first()
        print(vm.Name, "is back at", checkpoint.Name)


if __name__ == "__main__":
    tenant(main)
