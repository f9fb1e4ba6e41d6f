"""Quotas of clouds, user roles, their members, and networks: what is used too much of is told by a job, or refused."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from spf.test_emulator import DIRECT, HOSTER, NEW, ask, key, machine, merge, message, read

from spf_vmm.emulator.seed import CLOUD, OTHER_SUBSCRIPTION, STAMP, SUBSCRIPTION, fixed

ROLE = f"{HOSTER}UserRoles/{SUBSCRIPTION}"
USAGE = "QuotaAndUsageComponents?$orderby=QuotaDimension"


def limit(box, **limits):
    """Give the tenant's user role these limits in its cloud, and no others."""
    scope = {"Scope": str(CLOUD), "StampId": str(STAMP), "ScopeType": "Cloud", **limits}
    assert ask(box, "MERGE", ROLE, {"AddScope": [scope]}).status == 204


def create(box, name="new01", principal="user@contoso.com", **values):
    """Ask for a machine; its state when the job has ended, and the problem of the job (None for a good one)."""
    answer = ask(box, "POST", "VirtualMachines", {**NEW, "Name": name, **values}, principal=principal)
    assert answer.status == 201, answer.body
    created = UUID(json.loads(answer.body)["ID"])
    box.finish_jobs()
    job = read(box, key("Jobs", UUID(answer.headers["x-ms-request-id"])))
    assert (job["Status"] == "Failed") is (job["ErrorInfo"]["Problem"] != "")
    return machine(box, created)["Status"], job["ErrorInfo"]["Problem"] or None


@pytest.mark.parametrize(
    ("limits", "values", "dimension", "limited", "used"),
    [
        ({"RoleVMCount": 5}, {}, "VMCount", 5, 5),
        ({"RoleCPUCount": 11}, {"CPUCount": 2}, "CPUCount", 11, 10),
        ({"RoleMemoryMB": 16_000}, {"Memory": 1024}, "MemoryMB", 16_000, 15_872),
    ],
)
def test_a_role_that_uses_too_much_is_told_late(box, limits, values, dimension, limited, used):
    limit(box, **limits)
    status, problem = create(box, **values)
    assert status == "CreationFailed"
    assert problem.endswith(f": {dimension} is limited to {limited}, and {used} are in use.")
    assert "exceeds the quota of the user role user@contoso.com_" in problem


def test_storage_counts_too(box):
    used = sum(
        -(-int(vm["TotalSize"]) // 2**30) for vm in read(box, "VirtualMachines")["value"] if vm["Status"] != "CreationFailed"
    )
    limit(box, RoleStorageGB=used)
    status, problem = create(box)
    assert status == "CreationFailed" and f"StorageGB is limited to {used}, and {used} are in use" in problem


def test_what_came_to_nothing_leaves_room(box):
    limit(box, RoleVMCount=6)
    assert create(box, "new01") == ("PowerOff", None)
    assert create(box, "new02")[0] == "CreationFailed"
    name = UUID(read(box, "VirtualMachines?$filter=Name eq 'new01'".replace(" ", "%20"))["value"][0]["ID"])
    assert ask(box, "DELETE", key("VirtualMachines", name)).status == 204
    assert create(box, "new03") == ("PowerOff", None)


def test_a_member_has_a_quota_of_its_own(box):
    limit(box, MemberVMCount=1)
    assert create(box, "first", principal="b@contoso.com") == ("PowerOff", None)
    status, problem = create(box, "second", principal="b@contoso.com")
    assert status == "CreationFailed" and "the quota of the user b@contoso.com: VMCount is limited to 1, and 1 are in" in problem
    assert create(box, "third", principal="c@contoso.com") == ("PowerOff", None)


def test_other_roles_and_the_hoster_are_not_bound_by_it(box):
    limit(box, RoleVMCount=0)
    for root, principal in ((HOSTER, None), (DIRECT.replace(str(SUBSCRIPTION), str(OTHER_SUBSCRIPTION)), "other@fabrikam.com")):
        answer = ask(box, "POST", f"{root}VirtualMachines", NEW, principal=principal)
        box.finish_jobs()
        assert read(box, HOSTER + key("VirtualMachines", UUID(json.loads(answer.body)["ID"])))["Status"] == "PowerOff"


def test_a_change_that_asks_for_too_much_is_refused(box):
    limit(box, RoleMemoryMB=15_872, RoleCPUCount=10)
    db = machine(box, "db01")
    refused = ask(box, "MERGE", key("VirtualMachines", "db01"), {"Memory": db["Memory"] + 1024})
    assert refused.status == 500 and "MemoryMB is limited to 15872" in message(refused)
    refused = ask(box, "MERGE", key("VirtualMachines", "db01"), {"CPUCount": db["CPUCount"] + 1})
    assert refused.status == 500 and "CPUCount is limited to 10" in message(refused)
    assert machine(box, "db01")["Memory"] == db["Memory"]
    merge(box, key("VirtualMachines", "db01"), Memory=db["Memory"] - 1024)
    merge(box, key("VirtualMachines", "db01"), Memory=db["Memory"])


def test_a_machine_is_handed_to_a_role_that_has_room_for_it(box):
    limit(box, RoleVMCount=5)
    answer = ask(box, "POST", f"{HOSTER}VirtualMachines", NEW, principal=None)
    box.finish_jobs()
    own = HOSTER + key("VirtualMachines", UUID(json.loads(answer.body)["ID"]))
    owner = {"UserName": "user@contoso.com", "RoleName": "", "RoleID": str(SUBSCRIPTION)}
    refused = ask(box, "MERGE", own, {"Owner": owner}, principal=None)
    assert refused.status == 500 and "VMCount is limited to 5, and 5 are in use" in message(refused)
    limit(box, RoleVMCount=6)
    assert ask(box, "MERGE", own, {"Owner": owner}, principal=None).status == 204


def test_a_service_needs_room_for_all_its_machines(box):
    body = {"StampId": str(STAMP), "CloudId": str(CLOUD), "ServiceTemplateId": str(fixed("service template")), "Name": "Shop"}
    limit(box, RoleVMCount=6)
    answer = ask(box, "POST", "Services", body)
    assert answer.status == 201
    box.finish_jobs()
    service = read(box, key("Services", UUID(json.loads(answer.body)["ID"])))
    problem = read(box, key("Jobs", UUID(service["FailedJobID"])))["ErrorInfo"]["Problem"]
    assert problem.startswith("The service Shop exceeds the quota of the user role") and "VMCount is limited to 6" in problem
    assert (service["DeploymentState"], service["ServiceStatus"]) == ("Failed", "Failed")
    assert len(read(box, "VirtualMachines")["value"]) == 6
    limit(box, RoleVMCount=7)
    answer = ask(box, "POST", "Services", body)
    box.finish_jobs()
    service = read(box, key("Services", UUID(json.loads(answer.body)["ID"])))
    assert (service["DeploymentState"], service["ServiceStatus"], service["FailedJobID"]) == ("Deployed", "Running", None)
    assert len(read(box, "VirtualMachines")["value"]) == 8


def test_usage_is_told_as_it_stands(box):
    def told():
        rows = read(box, USAGE)["value"]
        return {r["QuotaDimension"]: (r["UserRoleQuota"], r["UserRoleUsage"], r["UserQuota"], r["UserUsage"]) for r in rows}

    assert told() == {"CPUCount": (40, 10, None, 10), "MemoryMB": (65_536, 15_872, None, 15_872), "VMCount": (20, 5, None, 5)}
    limit(box, RoleVMCount=9, MemberVMCount=8)
    create(box, "new01", principal="b@contoso.com")
    assert told()["VMCount"] == (9, 6, 8, 5)
    other = DIRECT.replace(str(SUBSCRIPTION), str(OTHER_SUBSCRIPTION))
    rows = read(box, f"{other}QuotaAndUsageComponents", principal="other@fabrikam.com")["value"]
    assert {(UUID(r["UserRoleID"]), r["UserRoleUsage"]) for r in rows} == {(OTHER_SUBSCRIPTION, 0)}
    cloud = read(box, f"{key('Clouds', CLOUD)}?$expand=QuotaAndUsageComponents")
    assert {c["QuotaDimension"]: c["UserRoleUsage"] for c in cloud["QuotaAndUsageComponents"]}["VMCount"] == 6


def networks(box, **limits):
    assert ask(box, "MERGE", ROLE, {"VMNetworkQuota": [{"StampId": str(STAMP), **limits}]}).status == 204


def network(box, name, principal="user@contoso.com"):
    body = {"Name": name, "StampId": str(STAMP), "LogicalNetworkId": str(fixed("logical network"))}
    return ask(box, "POST", "VMNetworks", body, principal=principal)


def test_networks_are_counted(box):
    own = len(read(box, "VMNetworks?$filter=Owner/RoleID eq guid'".replace(" ", "%20") + f"{SUBSCRIPTION}'")["value"])
    networks(box, VMNetworkMaximum=own + 2, VMNetworkMaximumPerUser=1)
    assert network(box, "a", "b@contoso.com").status == 201
    refused = network(box, "b", "b@contoso.com")
    assert refused.status == 500 and "user b@contoso.com has reached its quota: 1 VM networks" in message(refused)
    networks(box, RemoveVMNetworkMaximumPerUser=True)
    assert read(box, ROLE)["VMNetworkQuota"][0]["VMNetworkMaximum"] == own + 2, "what is not named stays"
    assert network(box, "b", "b@contoso.com").status == 201
    refused = network(box, "c", "c@contoso.com")
    assert refused.status == 500 and f"has reached its quota: {own + 2} VM networks" in message(refused)
    networks(box, RemoveVMNetworkMaximum=True)
    assert network(box, "c", "c@contoso.com").status == 201


def test_vpn_connections_are_counted(box):
    made = json.loads(network(box, "mine").body)["ID"]
    gateway = ask(box, "POST", "VMNetworkGateways", {"Name": "g", "StampId": str(STAMP), "VMNetworkId": made})
    body = {"Name": "v", "StampId": str(STAMP), "VMNetworkGatewayId": json.loads(gateway.body)["ID"]}
    networks(box, VPNConnectionMaximum=1)
    assert ask(box, "POST", "VPNConnections", body).status == 201
    refused = ask(box, "POST", "VPNConnections", body)
    assert refused.status == 500 and "has reached its quota: 1 VPN connections" in message(refused)
