"""How-to 22: read clouds, and the addresses of a running guest."""

from connection import tenant


def main(vmm):
    for cloud in vmm.Clouds.expand("Capacity"):
        print(cloud.Name, "has room for", cloud.Capacity[0].VMCount, "machines")
    vm = vmm.VirtualMachines.where(lambda vm: vm.Name == "web01").first()
    guest = vmm.GuestInfos.where(lambda it: it.StampId == vm.StampId and it.VMId == vm.ID).first()
    print(vm.Name, "is at", guest.IPv4Addresses)


if __name__ == "__main__":
    tenant(main)
