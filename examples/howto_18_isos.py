"""How-to 18: read the ISOs of the library."""

from connection import tenant

with tenant() as vmm:
    for iso in vmm.ISOs.expand("LibraryShare"):
        print(iso.Name, "in", iso.LibraryShare.Name)
