"""How-to 19: a NAT connection on a gateway, and a rule for it. Neither can be listed without StampId and the parent's id."""

from connection import tenant

from odata3 import SaveChangesOptions
from spf_vmm.entities import NATConnection, NATRule


def main(vmm, name="Example NAT", description="As fast as it can", rule_name="Web", port=25015, address="10.0.0.169"):
    gateway = vmm.VMNetworkGateways.first()
    stamp_id = gateway.StampId
    connection = NATConnection(Name=name, StampId=stamp_id, VMNetworkGatewayId=gateway.ID)
    vmm.add_to_NATConnections(connection)
    vmm.save_changes()

    connection.Description = description
    connection.MaximumBandwidthInboundKbps = None
    connection.MaximumBandwidthOutboundKbps = None
    vmm.update_object(connection)
    vmm.save_changes(SaveChangesOptions.REPLACE_ON_UPDATE)
    for found in vmm.NATConnections.where(lambda it: it.StampId == stamp_id and it.VMNetworkGatewayId == gateway.ID):
        print(found.Name, "is", found.Status)

    rule = NATRule(Name=rule_name, StampId=stamp_id, NATConnectionId=connection.ID)
    rule.ExternalPort, rule.InternalIPAddress, rule.InternalPort = port, address, port
    vmm.add_to_NATRules(rule)
    vmm.save_changes()
    for rule in vmm.NATRules.where(lambda it: it.StampId == stamp_id and it.NATConnectionId == connection.ID):
        print(rule.Name, rule.ExternalPort, "->", rule.InternalIPAddress, rule.InternalPort)
    vmm.delete_object(rule)
    vmm.save_changes()


if __name__ == "__main__":
    tenant(main)
