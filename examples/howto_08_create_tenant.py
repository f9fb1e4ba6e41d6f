"""How-to 8: create a tenant, by the hoster's Admin service."""

from connection import credentials, root

from odata3 import DataServiceContext

with root("SPF_ADMIN_ROOT", "admin_url") as url, DataServiceContext(url, auth=credentials()) as admin:
    tenant = admin.types.Tenant()
    tenant.Name = "Fabrikam"
    admin.add_to_Tenants(tenant)
    admin.save_changes()
    print("created", tenant.Name)
