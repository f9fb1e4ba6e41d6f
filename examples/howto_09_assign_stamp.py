"""How-to 9: assign a stamp to a tenant, by the hoster's Admin service."""

from connection import administrator


def main(admin):
    tenant = admin.Tenants.first()
    stamp = admin.types.Stamp(Name="Stamp 2")
    admin.add_to_Stamps(stamp)
    admin.save_changes()
    admin.add_link(tenant, "Stamps", stamp)
    admin.save_changes()
    admin.load_property(tenant, "Stamps")
    print("works on", ", ".join(sorted(stamp.Name for stamp in tenant.Stamps)))


if __name__ == "__main__":
    administrator(main)
