"""How-to 22: read clouds, and the addresses of a running guest."""

from connection import tenant

with tenant() as vmm:
    for cloud in vmm.Clouds.expand("Capacity"):
        print(cloud.Name, "has room for", cloud.Capacity[0].VMCount, "machines")
    vm = vmm.VirtualMachines.where(lambda vm: vm.Name == "web01").first()
    print(vm.Name, "is at", vmm.GuestInfos.by_key(StampId=vm.StampId, VMId=vm.ID).first().IPv4Addresses)
