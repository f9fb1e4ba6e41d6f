"""How-to 24: create a user role, give it a member, and delete it; by the hoster."""

from connection import credentials, root

import spf_vmm
from spf_vmm.entities import UserRole

with root("SPF_HOSTER_ROOT", "hoster_url") as url, spf_vmm.connect(url, auth=credentials()) as vmm:
    role = UserRole(Name="Example role", UserRoleProfile="TenantAdmin")
    vmm.add_to_UserRoles(role)
    vmm.save_changes()
    role.AddMember.append("someone@contoso.com")
    vmm.update_object(role)
    vmm.save_changes()
    print(role.Name, "is a", role.Profile)
    vmm.delete_object(role)
    vmm.save_changes()
