"""How-to 14: create a subnet, read it, and delete it. Subnets are not changed."""

from connection import tenant

from spf_vmm.entities import VMSubnet


def main(vmm, name="Example subnet", cidr="192.168.10.0/24"):
    network = vmm.VMNetworks.first()
    subnet = VMSubnet(Name=name, Subnet=cidr, VMNetworkId=network.ID, StampId=network.StampId)
    vmm.add_to_VMSubnets(subnet)
    vmm.save_changes()
    subnet = vmm.VMSubnets.where(lambda it: it.ID == subnet.ID and it.StampId == network.StampId).first()
    print(subnet.Name, subnet.Subnet, "in", subnet.VMNetworkName)
    vmm.delete_object(subnet)
    vmm.save_changes()


if __name__ == "__main__":
    tenant(main)
