"""Services: several tiers of machines made from one service template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from odata3.formats.documents import Complex
from odata3.server.hooks import Change
from odata3.server.service import Service
from odata3.server.store import Record, Transaction
from spf_vmm.emulator.jobs import Jobs
from spf_vmm.emulator.machines import blank_machine
from spf_vmm.emulator.quotas import excess
from spf_vmm.emulator.settings import Settings
from spf_vmm.emulator.states import state
from spf_vmm.emulator.tenants import demand, demand_values, found, owner

_OPERATIONS = {"Start": "Running", "Stop": "PowerOff", "Shutdown": "PowerOff", "Suspend": "Paused", "Resume": "Running"}


class Deployments:
    """The will of the set ``Services``."""

    def __init__(self, service: Service, jobs: Jobs, settings: Settings) -> None:
        self._jobs, self._settings = jobs, settings
        service.write_only("Services", "NewServiceDeployment", "Operation", "IgnorePlacementErrors")
        service.on_insert("Services")(self._create)
        service.on_update("Services")(self._update)
        service.on_delete("Services")(self._delete)

    def _create(self, change: Change) -> None:
        demand(change, "Create")
        values = change.values
        demand_values(change, "StampId", "CloudId", "ServiceTemplateId")
        stamp = {"StampId": values["StampId"]}
        found(change, "Clouds", "cloud", ID=values["CloudId"], **stamp)
        template = found(change, "ServiceTemplates", "service template", ID=values["ServiceTemplateId"], **stamp)
        deployment: Complex | None = values.get("NewServiceDeployment")
        configured = deployment.get("ServiceConfiguration") if deployment is not None else None
        now = self._settings.now()
        values |= {
            "ID": uuid4(),
            "Name": values.get("Name") or (configured.get("Name") if configured is not None else None) or template["Name"],
            "Owner": owner(change.store, change.exchange),
            "DeploymentState": "Deploying",
            "OverallStatus": "OK",
            "ServiceStatus": "Deploying",
            "ServiceTemplateRelease": template["Release"],
            "Enabled": True,
            "Accessibility": "Public",
            "AddedTime": now,
            "ModifiedTime": now,
        }
        plan = _planned(change.store, values, deployment)
        machine = _machine(values, values["Name"])
        failure = excess(change.store, machine, times=sum(len(names) for _, names in plan), what="service")
        values["FailedJobID"] = self._jobs.start(
            change,
            "Create service",
            "New-SCService",
            values,
            target_set="Services",
            kind="Service",
            effect={
                "DeploymentState": "Deployed",
                "ServiceStatus": "Running",
                "Failure": {"DeploymentState": "Failed", "ServiceStatus": "Failed"},
            },
            failure=failure,
        )
        made = change.apply()
        if failure is None:
            _deploy(change.store, made, plan)

    def _update(self, change: Change) -> None:
        service, values = change.before, change.values
        assert service is not None
        action = values.pop("Operation", None)
        for name in [name for name, value in values.items() if value is None]:
            del values[name]
        for name in ("Owner", "AddedTime", "DeploymentState", "ServiceStatus", "OverallStatus", "FailedJobID"):
            values.pop(name, None)
        values["ModifiedTime"] = self._settings.now()
        job = "Change properties of service", "Set-SCService"
        if action not in (None, ""):
            target = _OPERATIONS.get(str(action))
            if target is None:
                change.refuse(400, f"{action!r} is no operation of a service; there are {', '.join(_OPERATIONS)}.")
            demand(change, "PauseAndResume" if action in ("Suspend", "Resume") else str(action))
            values["ServiceStatus"] = {"PowerOff": "Stopped"}.get(target, target)
            for machine in machines_of(change.store, service):
                change.store.update(machine, state(target))
            job = f"{action} service", f"{action}-SCService"
        elif (template_id := values.get("ServiceTemplateId")) is not None:
            template = found(change, "ServiceTemplates", "service template", ID=template_id, StampId=service["StampId"])
            values["ServiceTemplateRelease"] = template["Release"]
            job = "Update service", "Update-SCService"
        self._jobs.start(change, *job, service.values, target_set="Services", kind="Service")

    def _delete(self, change: Change) -> None:
        service, store = change.before, change.store
        assert service is not None
        demand(change, "Remove")
        for machine in machines_of(store, service):
            store.delete(machine)
        for tier in store.find("ComputerTiers", ServiceId=service["ID"]):
            store.delete(tier)
        self._jobs.start(change, "Remove service", "Remove-SCService", service.values, target_set="Services", kind="Service")


def machines_of(store: Transaction, service: Record) -> list[Any]:
    """The virtual machines of all tiers of a service."""
    return store.find("VirtualMachines", ServiceId=service["ID"], StampId=service["StampId"])


def _planned(store: Transaction, service: Mapping[str, Any], deployment: Complex | None) -> list[tuple[Record, list[str]]]:
    """The tier templates of a service to be, with the names of the machines of each tier."""
    tiers = (deployment.get("TierConfigurations") if deployment is not None else None) or []
    wanted = {tier.get("Name"): tier for tier in tiers}
    plan = []
    for template in store.find("ComputerTierTemplates", ServiceTemplateId=service["ServiceTemplateId"]):
        configured = wanted.get(template["Name"])
        names = [c.get("VMName") for c in (configured.get("VMConfigurations") if configured is not None else None) or []]
        names += [None] * ((template["DefaultInstanceCount"] or 1) - len(names))
        plan.append(
            (template, [name or f"{service['Name']}-{template['Name']}-{number}" for number, name in enumerate(names, 1)])
        )
    return plan


def _machine(service: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A machine of a service."""
    ids = {
        "ID": uuid4(),
        "VMId": uuid4(),
        "StampId": service["StampId"],
        "CloudId": service["CloudId"],
        "Owner": service["Owner"],
    }
    return {**blank_machine(name, service["AddedTime"]), **state("Running"), **ids}


def _deploy(store: Transaction, service: Record, plan: list[tuple[Record, list[str]]]) -> None:
    """A tier and its machines for each tier template."""
    for template, names in plan:
        tier = store.insert(
            "ComputerTiers",
            {
                "ID": uuid4(),
                "StampId": service["StampId"],
                "Name": template["Name"],
                "ServiceId": service["ID"],
                "TierTemplateId": template["ID"],
                "InstanceMinimumCount": template["InstanceMinimumCount"],
                "InstanceMaximumCount": template["InstanceMaximumCount"],
                "ComputerTierStatus": "OK",
                "OverallStatus": "OK",
                "DeploymentState": "Deployed",
                "AddedTime": service["AddedTime"],
                "ModifiedTime": service["AddedTime"],
            },
        )
        belongs = {"ServiceId": service["ID"], "ComputerTierId": tier["ID"], "MostRecentTaskId": service["FailedJobID"]}
        for name in names:
            store.insert("VirtualMachines", {**_machine(service.values, name), **belongs})
