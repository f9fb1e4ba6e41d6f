"""How-to 2: stop a virtual machine, and start it again."""

from connection import tenant

from odata3 import MergeOption

with tenant() as vmm:
    vmm.merge_option = MergeOption.OVERWRITE_CHANGES  # a query shows what the service has now
    for operation in ("Stop", "Start"):
        vm = vmm.VirtualMachines.where(lambda vm: vm.Name == "web01").first()
        vm.Operation = operation
        vmm.update_object(vm)
        vmm.save_changes()
        vm = vmm.VirtualMachines.where(lambda vm: vm.Name == "web01").first()
        print(operation, "->", vm.StatusString)
