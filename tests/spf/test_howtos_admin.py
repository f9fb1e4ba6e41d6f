"""How-tos 8 and 9 (the hoster's Admin service) and 25 (VM roles), with the calls that their .NET steps make."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

import spf_vmm
from odata3 import (
    DataServiceContext,
    DataServiceQueryException,
    DataServiceRequestException,
    MergeOption,
    SaveChangesOptions,
)
from odata3.edm.csdl import parse_metadata
from spf_vmm.entities import (
    CloudService,
    IntrinsicSettings,
    ResourceConfiguration,
    ScaleOutSetting,
    VMRole,
    VMRoleResourceDefinition,
)
from spf_vmm.metadata import admin_model

CAPTURED = Path(__file__).parents[2].parent / "shared" / "spf" / "admin.edmx"


@pytest.fixture
def admin(server):
    with DataServiceContext(server.admin_url) as context:
        yield context


def test_the_admin_model_equals_the_captured_one():
    if not CAPTURED.is_file():
        pytest.skip("checks against documents that others published, which are not ours to ship (they stand in ../shared)")
    assert admin_model() == parse_metadata(CAPTURED)


def test_howto_8_create_a_tenant(admin, server):
    tenant = admin.types.Tenant(Name="Fabrikam")
    admin.add_to_Tenants(tenant)
    (answer,) = admin.save_changes()
    assert answer.status_code == 201
    assert tenant.SubscriptionID == tenant.ID
    with spf_vmm.connect(server.root_of(tenant.ID), principal_id="someone") as vmm:
        assert [role.Name for role in vmm.UserRoles] == [f"Fabrikam_{tenant.ID}"]
        assert vmm.VirtualMachines.to_list() == []
    admin.delete_object(tenant)
    admin.save_changes()
    with spf_vmm.connect(server.root_of(tenant.ID), principal_id="someone") as vmm, pytest.raises(DataServiceQueryException):
        vmm.UserRoles.to_list()


def test_howto_9_assign_a_stamp_to_a_tenant(admin):
    tenant = admin.types.Tenant(Name="Fabrikam")
    admin.Tenants.add(tenant)
    admin.save_changes()
    stamp = admin.Stamps.first()
    admin.add_link(tenant, "Stamps", stamp)
    (answer,) = admin.save_changes()
    assert answer.status_code == 204
    admin.load_property(tenant, "Stamps")
    assert tenant.Stamps == [stamp]
    admin.delete_link(tenant, "Stamps", stamp)
    admin.save_changes()
    assert admin.query(tenant, "Stamps").to_list() == []


def test_reset_takes_new_tenants_away(admin, server):
    admin.Tenants.add(admin.types.Tenant(Name="Fabrikam"))
    admin.save_changes()
    server.reset()
    assert len(admin.Tenants.to_list()) == 2
    admin.load_property(admin.Tenants.first(), "Stamps")
    with server.emulator.store.begin() as store:
        assert store.count("UserRoles") == 2


def test_a_tenant_that_is_refused_leaves_no_user_role(admin, server):
    known = admin.Tenants.first().ID
    admin.Tenants.add(admin.types.Tenant(ID=known, Name="Again", SubscriptionID=uuid4()))
    with pytest.raises(DataServiceRequestException) as refused:
        admin.save_changes()
    assert refused.value.status_code == 409
    with server.emulator.store.begin() as store:
        assert store.count("UserRoles") == 2


def test_a_tenant_of_a_change_set_that_is_undone_leaves_no_user_role(admin, server):
    known = admin.Tenants.first()
    admin.delete_object(known)
    admin.Tenants.add(admin.types.Tenant(Name="Fabrikam"))
    admin.Tenants.add(admin.types.Tenant())  # without the name that it takes
    with pytest.raises(DataServiceRequestException):
        admin.save_changes(SaveChangesOptions.BATCH)
    with server.emulator.store.begin() as store:
        assert store.count("UserRoles") == 2
        assert store.get("UserRoles", ID=known.ID) is not None


def test_a_stamp_with_its_server(admin):
    stamp = admin.types.Stamp(Name="Stamp 2")
    stamp.NameOfServerToCreateAndAssociateToStamp = "vmm2.contoso.com"
    admin.Stamps.add(stamp)
    admin.save_changes()
    admin.load_property(stamp, "Servers")
    assert [server.Name for server in stamp.Servers] == ["vmm2.contoso.com"]


@pytest.fixture
def roles(server):
    with spf_vmm.VMM(server.roles_url, principal_id=server.principal_id) as context:

        @context.sending_request
        def add_version(args):
            args.url += ("&" if "?" in args.url else "?") + "api-version=2013-03"

        yield context


def test_howto_25_vm_roles(roles):
    service = CloudService(Name="TestingCloudService", Label="TestingCloudService")
    roles.add_to_CloudServices(service)
    (answer,) = roles.save_changes()
    assert answer.status_code == 201
    assert (
        answer.headers["Location"]
        == "https://spf.contoso.com:8090/SC2012R2/VMM/Microsoft.Management.Odata.svc/CloudServices/TestingCloudService"
    )
    assert service.ProvisioningState == "Provisioned"
    roles.load_property(service, "Resources")
    (resource,) = service.Resources
    role = VMRole(Name="Web", Label="Web")
    role.ResourceDefinition = VMRoleResourceDefinition(
        Name="IIS",
        Version="1.0.0.0",
        IntrinsicSettings=IntrinsicSettings(ScaleOutSettings=ScaleOutSetting(InitialInstanceCount="2")),
    )
    role.ResourceConfiguration = ResourceConfiguration(Version="1.0.0.0", ParameterValues="{}")
    roles.add_related_object(resource, "VMRoles", role)
    roles.save_changes()
    machines = roles.query(role, "VMs").to_list()
    assert [m.RuntimeState for m in machines] == ["Running", "Running"]
    machines[0].Stop()
    assert sorted(m.RuntimeState for m in roles.query(role, "VMs").with_merge_option(MergeOption.OVERWRITE_CHANGES)) == [
        "PowerOff",
        "Running",
    ]
    machines[0].Restart()
    assert len(roles.query(machines[0], "Disks").to_list()) == len(roles.query(machines[0], "Nics").to_list()) == 1
    role.Scale(InstanceCount=4)
    assert len(roles.query(role, "VMs").to_list()) == 4
    role.Repair(Skip=False)
    role.ResourceDefinition.IntrinsicSettings.ScaleOutSettings.InitialInstanceCount = "9" * 5000
    endless = VMRole(
        Name="Endless",
        Label="Endless",
        ResourceDefinition=role.ResourceDefinition,
        ResourceConfiguration=role.ResourceConfiguration,
    )
    roles.add_related_object(resource, "VMRoles", endless)
    with pytest.raises(DataServiceRequestException, match="at most 1000"):
        roles.save_changes()


def test_vm_roles_want_their_version(server):
    with spf_vmm.VMM(server.roles_url, principal_id="x") as vmm, pytest.raises(DataServiceQueryException, match="api-version"):
        vmm.CloudServices.to_list()
