"""How-to 7: add a permission to a user role. The list that is sent replaces the one of its stamp."""

from connection import tenant

from odata3 import MergeOption
from spf_vmm.entities import UserRolePermission


def main(vmm, added="RemoteConnect"):
    vmm.merge_option = MergeOption.OVERWRITE_CHANGES
    role = vmm.UserRoles.first()
    permission = UserRolePermission()
    permission.StampId = vmm.Clouds.first().StampId
    permission.Permission = [*role.Permission, added]
    role.PermissionInput.append(permission)
    vmm.update_object(role)
    vmm.save_changes()
    role = vmm.UserRoles.where(lambda it: it.ID == role.ID).first()
    print(role.Name, "may:", ", ".join(role.Permission))


if __name__ == "__main__":
    tenant(main)
