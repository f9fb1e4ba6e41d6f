"""How-to 10: list what a tenant has."""

from connection import tenant

with tenant() as vmm:
    for name in ("VirtualMachines", "Clouds", "VMTemplates", "VirtualHardDisks", "LogicalNetworks"):
        print(f"{name}:", ", ".join(sorted(entity.Name for entity in vmm[name])))
