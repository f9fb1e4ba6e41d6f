"""How-to 25: a cloud service with a VM role, which is scaled and repaired, and the machines of the role."""

from connection import roles

from odata3 import MergeOption
from spf_vmm.entities import (
    CloudService,
    IntrinsicSettings,
    ResourceConfiguration,
    ScaleOutSetting,
    VMRole,
    VMRoleResourceDefinition,
)


def main(vmm, name="ExampleService", label="An example"):
    vmm.merge_option = MergeOption.OVERWRITE_CHANGES

    @vmm.sending_request
    def as_the_guide_says(args):
        """Every URL says the version, and the media types are plain."""
        args.url += ("&" if "?" in args.url else "?") + "api-version=2013-03"
        for header in {"Accept", "Content-Type"} & set(args.headers):
            args.headers[header] = "application/json"

    service = CloudService(Name=name, Label=label)
    vmm.add_to_CloudServices(service)
    vmm.save_changes()
    vmm.load_property(service, "Resources")

    role = VMRole(Name="Web", Label="Web servers")
    scaling = ScaleOutSetting(InitialInstanceCount="2")
    role.ResourceDefinition = VMRoleResourceDefinition(Name="IIS", IntrinsicSettings=IntrinsicSettings(ScaleOutSettings=scaling))
    role.ResourceConfiguration = ResourceConfiguration(Version="1.0.0.0", ParameterValues="{}")
    vmm.add_related_object(service.Resources[0], "VMRoles", role)
    vmm.save_changes()
    role.Scale(InstanceCount=3)
    role.Repair(Skip=False)

    for machine in vmm.query(role, "VMs"):
        machine.Shutdown()
        machine.Start()
        disks, adapters = vmm.query(machine, "Disks").to_list(), vmm.query(machine, "Nics").to_list()
        print(machine.ComputerName, "has", len(disks), "disk and", len(adapters), "adapter")
    machine.Stop()
    machine.Restart()
    print({machine.ComputerName: machine.RuntimeState for machine in vmm.query(role, "VMs")})


if __name__ == "__main__":
    roles(main)
