"""How-to 19: a NAT connection on a gateway, and a rule for it. Neither can be listed without StampId and the parent's id."""

from connection import tenant

from spf_vmm.entities import NATConnection, NATRule

with tenant() as vmm:
    gateway = vmm.VMNetworkGateways.first()
    connection = NATConnection(Name="Example NAT", StampId=gateway.StampId, VMNetworkGatewayId=gateway.ID)
    vmm.add_to_NATConnections(connection)
    vmm.save_changes()
    rule = NATRule(Name="Web", StampId=gateway.StampId, NATConnectionId=connection.ID)
    rule.ExternalPort, rule.InternalIPAddress, rule.InternalPort = 25015, "10.0.0.169", 25015
    vmm.add_to_NATRules(rule)
    vmm.save_changes()
    stamp, connection_id = gateway.StampId, connection.ID
    for rule in vmm.NATRules.where(lambda rule: rule.StampId == stamp and rule.NATConnectionId == connection_id):
        print(rule.Name, rule.ExternalPort, "->", rule.InternalIPAddress, rule.InternalPort)
