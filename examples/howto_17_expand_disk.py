"""How-to 17: let the disk of a stopped virtual machine grow: an action, bound to the drive."""

from connection import tenant

with tenant() as vmm:
    vm = vmm.VirtualMachines.expand("VirtualDiskDrives").where(lambda vm: vm.Name == "db01").first()
    drive = vm.VirtualDiskDrives[0]
    drive.Expand(VirtualHardDiskSizeGB=400)
    vmm.load_property(drive, "VirtualHardDisk")
    print(drive.VirtualHardDisk.MaximumSize // 1024**3, "GB")
