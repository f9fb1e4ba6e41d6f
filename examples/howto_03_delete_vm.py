"""How-to 3: delete a virtual machine. It has to be stopped."""

from connection import tenant


def main(vmm, name="db01"):
    vm = vmm.VirtualMachines.where(lambda vm: vm.Name == name).first_or_default()
    if vm is not None:
        vmm.delete_object(vm)
        vmm.save_changes()
    print("left:", ", ".join(sorted(vm.Name for vm in vmm.VirtualMachines)))


if __name__ == "__main__":
    tenant(main)
