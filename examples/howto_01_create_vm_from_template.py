"""How-to 1: create a virtual machine from a template, and wait until it is there."""

from connection import tenant

from spf_vmm.entities import VirtualMachine


def main(vmm, name="Example machine", computer="EXAMPLE"):
    template = vmm.VMTemplates.first()
    vm = VirtualMachine()
    vm.VMTemplateId = template.ID
    vm.StampId = template.StampId
    vm.CloudId = vmm.Clouds.first().ID
    vm.Name = name
    vm.ComputerName = computer
    vm.LocalAdminUserName = "Administrator"
    vm.LocalAdminPassword = "!!123abc"
    vm.StartVM = True
    vmm.add_to_VirtualMachines(vm)
    vmm.save_changes()
    print(vm.Name, "is", vm.StatusString)

    vmm.wait_for(vm, progress=lambda job: print(job.Name, job.Progress))
    print(vm.Name, "is", vm.StatusString)


if __name__ == "__main__":
    tenant(main)
