"""How-to 14: create a subnet, read it, and delete it. Subnets are not changed."""

from connection import tenant

from spf_vmm.entities import VMSubnet

with tenant() as vmm:
    network = vmm.VMNetworks.first()
    subnet = VMSubnet(Name="Example subnet", Subnet="192.168.10.0/24", VMNetworkId=network.ID, StampId=network.StampId)
    vmm.add_to_VMSubnets(subnet)
    vmm.save_changes()
    print(subnet.Name, subnet.Subnet, "in", subnet.VMNetworkName)
    vmm.delete_object(subnet)
    vmm.save_changes()
