"""How-to 3: delete a virtual machine. It has to be stopped."""

from connection import tenant

with tenant() as vmm:
    vm = vmm.VirtualMachines.where(lambda vm: vm.Name == "db01").first_or_default()
    if vm is not None:
        vmm.delete_object(vm)
        vmm.save_changes()
    print("left:", ", ".join(sorted(vm.Name for vm in vmm.VirtualMachines)))
