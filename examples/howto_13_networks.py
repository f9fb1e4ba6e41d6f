"""How-to 13: create a VM network, and change its description."""

from connection import tenant

from spf_vmm.entities import VMNetwork


def main(vmm, name="Example network"):
    logical = vmm.LogicalNetworks.first()
    network = VMNetwork(Name=name, LogicalNetworkId=logical.ID, StampId=logical.StampId)
    vmm.add_to_VMNetworks(network)
    vmm.save_changes()
    network.Description = "For the examples"
    vmm.update_object(network)
    vmm.save_changes()
    print(network.Name, "on", network.LogicalNetworkName)


if __name__ == "__main__":
    tenant(main)
