"""How-to 11: repair a virtual machine, and change the owner of one, with PUT and without waiting for the service."""

from connection import tenant

from odata3 import SaveChangesOptions
from spf_vmm.entities import UserAndRole


def main(vmm, owner="new.owner@contoso.com"):
    vm = vmm.VirtualMachines.where(lambda vm: vm.Status == "CreationFailed").first_or_default()
    if vm is not None:
        vm.Operation, vm.Dismiss = "Repair", True
        vmm.update_object(vm)
        vmm.save_changes()

    vm = vmm.VirtualMachines.where(lambda vm: vm.Name == "web01").first()
    vm.Owner = UserAndRole(UserName=owner, RoleName=vm.Owner.RoleName, RoleID=vm.Owner.RoleID)
    vmm.update_object(vm)

    @vmm.sending_request
    def without_waiting(args):
        if args.method == "PUT":
            args.url += "?RunAsynchronously=1"

    vmm.save_changes(SaveChangesOptions.REPLACE_ON_UPDATE)
    print(vm.Name, "belongs to", vm.Owner.UserName)


if __name__ == "__main__":
    tenant(main)
