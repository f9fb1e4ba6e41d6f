"""The how-tos of the Windows Azure Pack reference (10 to 24), with the calls that their .NET steps make."""

from __future__ import annotations

from uuid import UUID

import pytest

import spf_vmm
from odata3 import BodyOperationParameter, DataServiceQueryException, DataServiceRequestException, MergeOption, SaveChangesOptions
from spf_vmm.emulator.seed import CLOUD, STAMP, fixed
from spf_vmm.entities import (
    BGPPeer,
    NATConnection,
    NATRule,
    NewServiceDeployment,
    Service,
    ServiceDeploymentConfiguration,
    UserAndRole,
    UserRole,
    UserRoleScope,
    VirtualDVDDrive,
    VirtualNetworkAdapter,
    VMNetwork,
    VMNetworkGateway,
    VMSubnet,
    VPNConnection,
    VPNNetworkRoute,
)

NETWORK, GATEWAY = fixed("network"), fixed("gateway")


@pytest.fixture
def vmm(server):
    with spf_vmm.connect(server.url, principal_id=server.principal_id) as context:
        context.merge_option = MergeOption.OVERWRITE_CHANGES
        yield context


def by_id(query, entity_id):
    return query.where(lambda it: it.StampId == STAMP and it.ID == entity_id).first()


def added(vmm, entity_set, entity):
    vmm.add_object(entity_set, entity)
    (answer,) = vmm.save_changes()
    assert answer.status_code == 201
    return entity


def changed(vmm, entity, options=SaveChangesOptions.NONE):
    vmm.update_object(entity)
    (answer,) = vmm.save_changes(options)
    assert answer.status_code == 204
    assert UUID(answer.headers["x-ms-request-id"])


def test_howto_10_list_what_there_is(vmm):
    for query in (vmm.VirtualMachines, vmm.Clouds, vmm.VirtualHardDisks, vmm.VMTemplates, vmm.LogicalNetworks, vmm.UserRoles):
        assert query.to_list()
    assert {vm.StampId for vm in vmm.VirtualMachines} == {STAMP}


def test_howto_11_virtual_machines(vmm):
    vm = by_id(vmm.VirtualMachines, fixed("web01"))
    vm.Operation = "Stop"
    changed(vmm, vm, SaveChangesOptions.REPLACE_ON_UPDATE)
    assert by_id(vmm.VirtualMachines, vm.ID).Status == "PowerOff"
    vm.Owner = UserAndRole(UserName="new@contoso.com", RoleName=vm.Owner.RoleName, RoleID=vm.Owner.RoleID)
    changed(vmm, vm)
    assert by_id(vmm.VirtualMachines, vm.ID).Owner.UserName == "new@contoso.com"
    failed = by_id(vmm.VirtualMachines, fixed("failed01"))
    failed.Operation, failed.Dismiss = "Repair", True
    changed(vmm, failed)
    assert by_id(vmm.VirtualMachines, failed.ID).StatusString == "Stopped"


def test_howto_13_networks(vmm):
    network = VMNetwork(Name="My Network 1", LogicalNetworkId=fixed("logical network"), StampId=STAMP)
    added(vmm, "VMNetworks", network)
    assert (network.LogicalNetworkName, network.CAIPAddressPoolType) == ("Tenant Network", "IPv4")
    assert network.Owner.UserName == "user@contoso.com"
    network.Description = "for tests"
    changed(vmm, network)
    assert by_id(vmm.VMNetworks, network.ID).Description == "for tests"
    vmm.delete_object(network)
    vmm.save_changes()
    assert network.ID not in {n.ID for n in vmm.VMNetworks}
    in_use = by_id(vmm.VMNetworks, NETWORK)
    vmm.delete_object(in_use)
    with pytest.raises(DataServiceRequestException, match="in use"):
        vmm.save_changes()


def test_howto_14_subnets(vmm):
    subnet = added(
        vmm, "VMSubnets", VMSubnet(Name="Secondary Subnet", StampId=STAMP, Subnet="192.168.10.0/24", VMNetworkId=NETWORK)
    )
    assert subnet.VMNetworkName == "Front"
    subnet.Name = "other"
    vmm.update_object(subnet)
    with pytest.raises(DataServiceRequestException) as refused:
        vmm.save_changes()
    assert refused.value.status_code == 405
    vmm.delete_object(subnet)
    vmm.save_changes()
    vmm.add_object("VMSubnets", VMSubnet(Name="bad", StampId=STAMP, Subnet="nonsense", VMNetworkId=NETWORK))
    with pytest.raises(DataServiceRequestException, match="CIDR"):
        vmm.save_changes()


def test_howto_15_network_adapters(vmm):
    adapter = added(vmm, "VirtualNetworkAdapters", VirtualNetworkAdapter(VMId=fixed("db01"), StampId=STAMP))
    assert (adapter.Name, adapter.SlotId, adapter.VMNetworkName) == ("db01", 1, None)
    adapter.VMNetworkId = NETWORK
    changed(vmm, adapter)
    assert by_id(vmm.VirtualNetworkAdapters, adapter.ID).VMNetworkName == "Front"
    vm = by_id(vmm.VirtualMachines, fixed("db01"))
    vmm.load_property(vm, "VirtualNetworkAdapters")
    assert adapter in vm.VirtualNetworkAdapters
    vmm.delete_object(adapter)
    vmm.save_changes()


def test_howto_16_dvd_drives(vmm):
    drive = added(vmm, "VirtualDVDDrives", VirtualDVDDrive(VMId=fixed("db01"), StampId=STAMP, Bus=1, LUN=1))
    assert (drive.VMId, drive.BusType, drive.Connection) == (None, "IDE", "None")
    drive.ISOId = fixed("iso")
    changed(vmm, drive, SaveChangesOptions.REPLACE_ON_UPDATE)
    drive = vmm.VirtualDVDDrives.expand("ISO").where(lambda d: d.ID == drive.ID).first()
    assert drive.ISO.Name == "tools.iso" and drive.Connection == "ISOImage"
    vm = by_id(vmm.VirtualMachines, fixed("db01"))
    vmm.load_property(vm, "VirtualDVDDrives")
    assert drive in vm.VirtualDVDDrives, "null for VMId does not take it away"
    vmm.add_object("VirtualDVDDrives", VirtualDVDDrive(VMId=fixed("db01"), StampId=STAMP, Bus=1, LUN=1))
    with pytest.raises(DataServiceRequestException, match="taken"):
        vmm.save_changes()


@pytest.mark.parametrize("way", ["execute", "bound"])
def test_howto_17_expand_a_disk(vmm, way):
    vm = vmm.VirtualMachines.expand("VirtualDiskDrives").where(lambda vm: vm.ID == fixed("db01")).first()
    (drive,) = vm.VirtualDiskDrives
    if way == "execute":
        uri = vmm.get_entity_descriptor(drive).edit_link + "/Expand"
        answer = vmm.execute(uri, "POST", operation_parameters=[BodyOperationParameter("VirtualHardDiskSizeGB", 400)])
        assert answer.status_code == 204
    else:
        drive.Expand(VirtualHardDiskSizeGB=400)
    vmm.load_property(drive, "VirtualHardDisk")
    assert drive.VirtualHardDisk.MaximumSize == 400 * 1024**3


def test_howto_18_isos(vmm):
    iso = vmm.ISOs.first()
    assert by_id(vmm.ISOs, iso.ID) is iso
    vmm.delete_object(iso)
    with pytest.raises(DataServiceRequestException) as refused:
        vmm.save_changes()
    assert refused.value.status_code == 405


def test_howto_19_nat(vmm):
    connection = NATConnection(Name="Basic NAT Connection", StampId=STAMP, VMNetworkGatewayId=GATEWAY)
    added(vmm, "NATConnections", connection)
    assert (connection.VMNetworkGatewayId, connection.Status) == (None, "Enabled")
    connection.Description = "Unlimited"
    connection.MaximumBandwidthInboundKbps = None
    changed(vmm, connection)
    found = vmm.NATConnections.where(lambda c: c.StampId == STAMP and c.VMNetworkGatewayId == GATEWAY).to_list()
    assert found == [connection]
    rule = NATRule(Name="Port", StampId=STAMP, NATConnectionId=connection.ID, ExternalPort=25015, InternalIPAddress="10.0.0.169",
                   InternalPort=25015)  # fmt: skip
    added(vmm, "NATRules", rule)
    assert rule.Protocol == "TCP"
    assert vmm.NATRules.where(lambda r: r.StampId == STAMP and r.NATConnectionId == connection.ID).to_list() == [rule]
    assert vmm.NATRules.by_key(rule.ID, STAMP).first() is rule
    for query in (vmm.NATRules, vmm.NATConnections):
        with pytest.raises(DataServiceQueryException, match="cannot be listed"):
            query.to_list()
    gateway = vmm.VMNetworkGateways.expand("NATConnections/Rules").first()
    assert gateway.NATConnections[0].Rules == [rule]
    vmm.delete_object(rule)
    vmm.save_changes()


def test_howto_20_gateways_vpn_and_bgp(vmm):
    gateway = added(vmm, "VMNetworkGateways", VMNetworkGateway(Name="g", StampId=STAMP, VMNetworkId=NETWORK, RequiresVPN=True))
    connection = added(vmm, "VPNConnections", VPNConnection(Name="v", StampId=STAMP, VMNetworkGatewayId=gateway.ID))
    route = added(vmm, "VPNNetworkRoutes", VPNNetworkRoute(StampId=STAMP, VPNConnectionId=connection.ID, IPSubnet="10.1.0.0/16"))
    peer = BGPPeer(Name="p", StampId=STAMP, VMNetworkGatewayId=gateway.ID, PeerIPAddress="10.9.9.9", PeerASN=65001)
    added(vmm, "BGPPeers", peer)
    refreshed = connection.Refresh()
    assert refreshed.LastRead is not None and refreshed.ID == connection.ID
    gateway = vmm.VMNetworkGateways.expand("BGPPeers", "VPNConnections/NetworkRoutes").where(lambda g: g.ID == gateway.ID).first()
    assert gateway.BGPPeers == [peer] and gateway.VPNConnections[0].NetworkRoutes == [route]


def test_howto_21_services(vmm):
    template = vmm.ServiceTemplates.where(lambda t: t.Release == "1.0").first()
    configuration = ServiceDeploymentConfiguration(Name="Web shop")
    service = Service(CloudId=CLOUD, StampId=STAMP, ServiceTemplateId=template.ID)
    service.NewServiceDeployment = NewServiceDeployment(ServiceConfiguration=configuration)
    vmm.add_to_Services(service)
    vmm.save_changes()
    assert (service.Name, service.DeploymentState, service.NewServiceDeployment) == ("Web shop", "Deploying", None)
    for _ in range(3):
        service = by_id(vmm.Services, service.ID)
    assert (service.DeploymentState, service.ServiceStatus) == ("Deployed", "Running")
    tiers = vmm.Services.expand("ComputerTiers/VMs").where(lambda s: s.ID == service.ID).first().ComputerTiers
    assert [len(tier.VMs) for tier in tiers] == [2]
    service.Operation = "Stop"
    changed(vmm, service)
    assert {vm.Status for vm in vmm.VirtualMachines if vm.ServiceId == service.ID} == {"PowerOff"}
    service.ServiceTemplateId = vmm.ServiceTemplates.where(lambda t: t.Release == "2.0").first().ID
    changed(vmm, service)
    assert by_id(vmm.Services, service.ID).ServiceTemplateRelease == "2.0"


def test_howto_22_clouds_and_guests(vmm):
    (cloud,) = vmm.Clouds
    assert by_id(vmm.Clouds, cloud.ID) is cloud
    vmm.load_property(cloud, "Capacity")
    assert cloud.Capacity[0].VMCount == 20
    guest = vmm.GuestInfos.by_key(StampId=STAMP, VMId=fixed("web01")).first()
    assert guest.IPv4Addresses.startswith("10.0.0.")
    with pytest.raises(DataServiceQueryException) as off:
        vmm.GuestInfos.by_key(StampId=STAMP, VMId=fixed("db01")).first()
    assert off.value.status_code == 404


def test_howto_23_clear_the_failure_of_a_job(vmm):
    job = by_id(vmm.Jobs, fixed("failed01 job"))
    assert job.Status == "Failed" and job.ErrorInfo.Problem
    job.SkipLastFailedStep = True
    changed(vmm, job)
    job = by_id(vmm.Jobs, job.ID)
    assert (job.Status, job.SkipLastFailedStep) == ("SucceedWithInfo", None)
    assert by_id(vmm.VirtualMachines, fixed("failed01")).FailedJobID is None


def test_howto_24_user_roles(server):
    with spf_vmm.connect(server.hoster_url) as vmm:
        vmm.merge_option = MergeOption.OVERWRITE_CHANGES
        role = added(vmm, "UserRoles", UserRole(Name="tests", UserRoleProfile="TenantAdmin"))
        assert (role.Profile, role.UserRoleProfile, role.Permission) == ("TenantAdmin", None, [])
        role.AddMember.append("someone@contoso.com")
        role.AddScope.append(UserRoleScope(Scope=CLOUD, StampId=STAMP, ScopeType="Cloud", RoleVMCount=3))
        vmm.update_object(role)
        vmm.save_changes()
        role = vmm.UserRoles.where(lambda r: r.Name == "tests").first()
        assert role.Members == ["someone@contoso.com"] and role.AddMember == []
        assert [(q.Scope, q.RoleVMCount) for q in role.Quotas] == [(CLOUD, 3)]
        role.RemoveMember.append("someone@contoso.com")
        vmm.update_object(role)
        vmm.save_changes()
        assert vmm.UserRoles.where(lambda r: r.Profile == "TenantAdmin" and r.Name == "tests").first().Members == []
        vmm.delete_object(role)
        vmm.save_changes()
        assert vmm.UserRoles.where(lambda r: r.Name == "tests").first_or_default() is None
