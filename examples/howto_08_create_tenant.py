"""How-to 8: create a tenant, by the hoster's Admin service. Its classes come from the service's own metadata."""

from connection import administrator


def main(admin, name="Fabrikam"):
    tenant = admin.types.Tenant()
    tenant.Name = name
    admin.add_to_Tenants(tenant)
    admin.save_changes()
    print("created", tenant.Name)


if __name__ == "__main__":
    administrator(main)
