"""How-to 11: change the owner of a virtual machine, with PUT and without waiting for the service."""

from connection import tenant

from odata3 import SaveChangesOptions
from spf_vmm.entities import UserAndRole

with tenant() as vmm:
    vm = vmm.VirtualMachines.where(lambda vm: vm.Name == "web01").first()
    vm.Owner = UserAndRole(UserName="new.owner@contoso.com", RoleName=vm.Owner.RoleName, RoleID=vm.Owner.RoleID)
    vmm.update_object(vm)

    @vmm.sending_request
    def without_waiting(args):
        if args.method == "PUT":
            args.url += "?RunAsynchronously=1"

    vmm.save_changes(SaveChangesOptions.REPLACE_ON_UPDATE)
    print(vm.Name, "belongs to", vm.Owner.UserName)
