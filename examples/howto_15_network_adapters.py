"""How-to 15: give a virtual machine another network adapter, let it join a network, and take it away."""

from connection import tenant

from odata3 import MergeOption
from spf_vmm.entities import VirtualNetworkAdapter


def main(vmm):
    vmm.merge_option = MergeOption.OVERWRITE_CHANGES
    vm = vmm.VirtualMachines.where(lambda vm: vm.Name == "db01").first()
    adapter = VirtualNetworkAdapter(VMId=vm.ID, StampId=vm.StampId)
    vmm.add_to_VirtualNetworkAdapters(adapter)
    vmm.save_changes()
    adapter.VMNetworkId = vmm.VMNetworks.first().ID
    vmm.update_object(adapter)
    vmm.save_changes()
    adapter = vmm.VirtualNetworkAdapters.where(lambda a: a.ID == adapter.ID).first()
    print("adapter", adapter.SlotId, "of", vm.Name, "is on", adapter.VMNetworkName)
    vmm.delete_object(adapter)
    vmm.save_changes()


if __name__ == "__main__":
    tenant(main)
