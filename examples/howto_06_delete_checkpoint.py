"""How-to 6: delete a checkpoint. Those below it move up."""

from connection import tenant


def main(vmm, name="Before updates"):
    checkpoint = vmm.VMCheckPoints.where(lambda cp: cp.Name == name).first_or_default()
    if checkpoint is not None:
        vmm.delete_object(checkpoint)
        vmm.save_changes()
    print("left:", ", ".join(sorted(cp.Name for cp in vmm.VMCheckPoints)))


if __name__ == "__main__":
    tenant(main)
