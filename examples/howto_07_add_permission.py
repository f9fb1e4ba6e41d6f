"""How-to 7: add a permission to a user role. The list that is sent replaces the one of its stamp."""

from connection import tenant

from odata3 import MergeOption
from spf_vmm.entities import UserRolePermission

with tenant() as vmm:
    vmm.merge_option = MergeOption.OVERWRITE_CHANGES
    role = vmm.UserRoles.first()
    permission = UserRolePermission()
    permission.StampId = vmm.Clouds.first().StampId
    permission.Permission = [*role.Permission, "RemoteConnect"]
    role.PermissionInput.append(permission)
    vmm.update_object(role)
    vmm.save_changes()
    role = vmm.UserRoles.first()
    print(role.Permission[-1], "is granted")
