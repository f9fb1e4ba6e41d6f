"""How-to 20: a gateway with a VPN connection, its routes, and a BGP peer."""

from connection import tenant

from odata3 import MergeOption
from spf_vmm.entities import BGPPeer, VMNetworkGateway, VPNConnection, VPNNetworkRoute


def main(vmm):
    vmm.merge_option = MergeOption.OVERWRITE_CHANGES
    network = vmm.VMNetworks.first()
    stamp_id = network.StampId
    gateway = VMNetworkGateway(Name="Example gateway", StampId=stamp_id, VMNetworkId=network.ID, RequiresVPN=True)
    vmm.add_to_VMNetworkGateways(gateway)
    vmm.save_changes()
    vpn = VPNConnection(Name="Branch office", StampId=stamp_id, VMNetworkGatewayId=gateway.ID)
    peer = BGPPeer(Name="Peer", StampId=stamp_id, VMNetworkGatewayId=gateway.ID, PeerIPAddress="10.9.9.9", PeerASN=65001)
    vmm.add_to_VPNConnections(vpn)
    vmm.add_to_BGPPeers(peer)
    vmm.save_changes()
    vmm.add_to_VPNNetworkRoutes(VPNNetworkRoute(StampId=stamp_id, VPNConnectionId=vpn.ID, IPSubnet="10.1.0.0/16"))
    vmm.save_changes()
    print(vpn.Refresh().Name, "was read at", vpn.LastRead)


if __name__ == "__main__":
    tenant(main)
