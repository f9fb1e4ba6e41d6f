"""How-to 20: a gateway with a VPN connection, its routes, and a BGP peer."""

from connection import tenant

from odata3 import MergeOption
from spf_vmm.entities import BGPPeer, VMNetworkGateway, VPNConnection, VPNNetworkRoute

with tenant() as vmm:
    vmm.merge_option = MergeOption.OVERWRITE_CHANGES
    network = vmm.VMNetworks.first()
    stamp = network.StampId
    gateway = VMNetworkGateway(Name="Example gateway", StampId=stamp, VMNetworkId=network.ID, RequiresVPN=True)
    vmm.add_to_VMNetworkGateways(gateway)
    vmm.save_changes()
    vpn = VPNConnection(Name="Branch office", StampId=stamp, VMNetworkGatewayId=gateway.ID)
    vmm.add_to_VPNConnections(vpn)
    vmm.add_to_BGPPeers(
        BGPPeer(Name="Peer", StampId=stamp, VMNetworkGatewayId=gateway.ID, PeerIPAddress="10.9.9.9", PeerASN=65001)
    )
    vmm.save_changes()
    vmm.add_to_VPNNetworkRoutes(VPNNetworkRoute(StampId=stamp, VPNConnectionId=vpn.ID, IPSubnet="10.1.0.0/16"))
    vmm.save_changes()
    print(vpn.Refresh().Name, "was read at", vpn.LastRead is not None)
