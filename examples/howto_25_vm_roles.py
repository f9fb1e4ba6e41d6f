"""How-to 25: a cloud service with a VM role of two machines. Every URL says ``api-version``: a hook adds it."""

import os

from connection import credentials, root

import spf_vmm
from spf_vmm.entities import (
    CloudService,
    IntrinsicSettings,
    ResourceConfiguration,
    ScaleOutSetting,
    VMRole,
    VMRoleResourceDefinition,
)

principal = os.environ.get("SPF_VMM_PRINCIPAL", "user@contoso.com")
with root("SPF_ROLES_ROOT", "roles_url") as url, spf_vmm.VMM(url, principal_id=principal, auth=credentials()) as vmm:

    @vmm.sending_request
    def add_version(args):
        args.url += ("&" if "?" in args.url else "?") + "api-version=2013-03"

    service = CloudService(Name="ExampleService", Label="An example")
    vmm.add_to_CloudServices(service)
    vmm.save_changes()
    vmm.load_property(service, "Resources")
    role = VMRole(Name="Web", Label="Web servers")
    scaling = ScaleOutSetting(InitialInstanceCount="2")
    role.ResourceDefinition = VMRoleResourceDefinition(Name="IIS", IntrinsicSettings=IntrinsicSettings(ScaleOutSettings=scaling))
    role.ResourceConfiguration = ResourceConfiguration(Version="1.0.0.0", ParameterValues="{}")
    vmm.add_related_object(service.Resources[0], "VMRoles", role)
    vmm.save_changes()
    for machine in vmm.query(role, "VMs"):
        machine.Restart()
        print(machine.ComputerName, machine.RuntimeState)
