"""How-to 6: delete a checkpoint. Those below it move up."""

from connection import tenant

with tenant() as vmm:
    checkpoint = vmm.VMCheckPoints.where(lambda cp: cp.Name == "Before updates").first_or_default()
    if checkpoint is not None:
        vmm.delete_object(checkpoint)
        vmm.save_changes()
    print("left:", ", ".join(sorted(cp.Name for cp in vmm.VMCheckPoints)))
