"""How-to 21: a service of several machines, created from a service template, stopped, started, and brought to a new version."""

from connection import tenant

from spf_vmm.entities import NewServiceDeployment, Service, ServiceDeploymentConfiguration


def main(vmm, name="Example shop"):
    template = vmm.ServiceTemplates.where(lambda t: t.Release == "1.0").first()
    service = Service(CloudId=vmm.Clouds.first().ID, StampId=template.StampId, ServiceTemplateId=template.ID)
    service.NewServiceDeployment = NewServiceDeployment(ServiceConfiguration=ServiceDeploymentConfiguration(Name=name))
    vmm.add_to_Services(service)
    (answer,) = vmm.save_changes()
    vmm.wait_for(answer.headers["x-ms-request-id"])

    for operation in ("Stop", "Start"):
        service.Operation = operation
        vmm.update_object(service)
        vmm.save_changes()

    service.ServiceTemplateId = vmm.ServiceTemplates.where(lambda t: t.Release == "2.0").first().ID
    vmm.update_object(service)
    vmm.save_changes()

    machines = vmm.VirtualMachines.where(lambda vm: vm.ServiceId == service.ID).to_list()
    (service,) = (it for it in vmm.reread("Services") if it.ID == service.ID)
    print(service.Name, service.ServiceTemplateRelease, "has", len(machines), "machines and is", service.ServiceStatus)


if __name__ == "__main__":
    tenant(main)
