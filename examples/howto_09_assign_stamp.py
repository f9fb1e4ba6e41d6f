"""How-to 9: assign a stamp to a tenant, by the hoster's Admin service."""

from connection import credentials, root

from odata3 import DataServiceContext

with root("SPF_ADMIN_ROOT", "admin_url") as url, DataServiceContext(url, auth=credentials()) as admin:
    tenant = admin.types.Tenant(Name="Fabrikam")
    admin.add_to_Tenants(tenant)
    admin.save_changes()
    stamp = admin.Stamps.first()
    admin.add_link(tenant, "Stamps", stamp)
    admin.save_changes()
    admin.load_property(tenant, "Stamps")
    print(tenant.Name, "works on", ", ".join(stamp.Name for stamp in tenant.Stamps))
