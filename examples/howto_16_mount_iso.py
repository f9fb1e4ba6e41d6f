"""How-to 16: add a DVD drive to a virtual machine, and mount an ISO."""

from connection import tenant

from odata3 import SaveChangesOptions
from spf_vmm.entities import VirtualDVDDrive


def main(vmm):
    vm = vmm.VirtualMachines.where(lambda vm: vm.Name == "db01").first()
    drive = VirtualDVDDrive(VMId=vm.ID, StampId=vm.StampId, Bus=1, LUN=1)
    vmm.add_to_VirtualDVDDrives(drive)
    vmm.save_changes()
    drive.ISOId = vmm.ISOs.first().ID
    vmm.update_object(drive)
    vmm.save_changes(SaveChangesOptions.REPLACE_ON_UPDATE)
    vmm.load_property(drive, "ISO")
    print(drive.ISO.Name, "is in the drive of", vm.Name)


if __name__ == "__main__":
    tenant(main)
