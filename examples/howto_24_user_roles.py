"""How-to 24: create a user role, give it a member and a share of a cloud, take the member away, delete it; by the hoster."""

from connection import hoster

from odata3 import MergeOption
from spf_vmm.entities import UserRole, UserRoleScope


def main(vmm, name="Example role", member="someone@contoso.com"):
    vmm.merge_option = MergeOption.OVERWRITE_CHANGES
    role = UserRole(Name=name, UserRoleProfile="TenantAdmin")
    vmm.add_to_UserRoles(role)
    vmm.save_changes()

    cloud = vmm.Clouds.first()
    role.AddMember.append(member)
    role.AddScope.append(UserRoleScope(Scope=cloud.ID, StampId=cloud.StampId, ScopeType="Cloud", RoleVMCount=3))
    vmm.update_object(role)
    vmm.save_changes()
    role = vmm.UserRoles.where(lambda it: it.Name == name).first()
    print(role.Name, "is a", role.Profile, "with", *role.Members, "and", role.Quotas[0].RoleVMCount, "machines")

    role.RemoveMember.append(member)
    vmm.update_object(role)
    vmm.save_changes()
    vmm.delete_object(role)
    vmm.save_changes()


if __name__ == "__main__":
    hoster(main)
