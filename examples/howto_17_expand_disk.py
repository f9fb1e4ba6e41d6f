"""How-to 17: let the disk of a stopped virtual machine grow: an action, bound to the drive."""

from connection import tenant

from odata3 import BodyOperationParameter


def main(vmm, gigabytes=400):
    vm = vmm.VirtualMachines.expand("VirtualDiskDrives").where(lambda vm: vm.Name == "db01").first()
    drive = vm.VirtualDiskDrives[0]
    uri = vmm.get_entity_descriptor(drive).edit_link + "/Expand"
    vmm.execute(uri, "POST", operation_parameters=[BodyOperationParameter("VirtualHardDiskSizeGB", gigabytes)])
    # or shorter: drive.Expand(VirtualHardDiskSizeGB=gigabytes)
    vmm.load_property(drive, "VirtualHardDisk")
    print(drive.VirtualHardDisk.MaximumSize // 1024**3, "GB")


if __name__ == "__main__":
    tenant(main)
