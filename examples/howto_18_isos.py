"""How-to 18: read all ISOs of the library, and one."""

from connection import tenant


def main(vmm):
    for iso in vmm.ISOs.expand("LibraryShare"):
        print(iso.Name, "in", iso.LibraryShare.Name)
    one = vmm.ISOs.where(lambda it: it.ID == iso.ID and it.StampId == iso.StampId).first()
    print(one.Name, "has", one.Size, "bytes")


if __name__ == "__main__":
    tenant(main)
