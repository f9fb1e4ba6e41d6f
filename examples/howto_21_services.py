"""How-to 21: a service of several machines, created from a service template, then stopped."""

from connection import tenant

from spf_vmm.entities import NewServiceDeployment, Service, ServiceDeploymentConfiguration

with tenant() as vmm:
    template = vmm.ServiceTemplates.where(lambda t: t.Release == "1.0").first()
    service = Service(CloudId=vmm.Clouds.first().ID, StampId=template.StampId, ServiceTemplateId=template.ID)
    service.NewServiceDeployment = NewServiceDeployment(ServiceConfiguration=ServiceDeploymentConfiguration(Name="Example shop"))
    vmm.add_to_Services(service)
    (answer,) = vmm.save_changes()
    vmm.wait_for(answer.headers["x-ms-request-id"])
    service.Operation = "Stop"
    vmm.update_object(service)
    vmm.save_changes()
    machines = vmm.VirtualMachines.where(lambda vm: vm.ServiceId == service.ID).to_list()
    print(service.Name, "has", len(machines), "machines:", {vm.StatusString for vm in machines})
