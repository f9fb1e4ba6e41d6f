"""How-to 2: stop a virtual machine, and start it again."""

from connection import tenant

from odata3 import MergeOption


def main(vmm, name="web01"):
    vmm.merge_option = MergeOption.OVERWRITE_CHANGES  # a query shows what the service has now
    for operation in ("Stop", "Start"):
        vm = vmm.VirtualMachines.where(lambda vm: vm.Name == name).first()
        vm.Operation = operation
        vmm.update_object(vm)
        vmm.save_changes()
        vm = vmm.VirtualMachines.where(lambda vm: vm.Name == name).first()
        print(operation, "->", vm.StatusString)


if __name__ == "__main__":
    tenant(main)
