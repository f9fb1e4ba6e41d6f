"""How-to 10: list what a tenant has."""

from connection import tenant


def main(vmm):
    for name in ("VirtualMachines", "Clouds", "VMTemplates", "VirtualHardDisks", "LogicalNetworks"):
        print(f"{name}:", ", ".join(sorted(entity.Name for entity in vmm[name])))
    print("Stamps:", ", ".join({str(cloud.StampId) for cloud in vmm.Clouds}))


if __name__ == "__main__":
    tenant(main)
