"""Networks of tenants, and what connects them: subnets, gateways, NAT, VPN and BGP."""

from __future__ import annotations

import ipaddress
from typing import Any

from odata3.server.hooks import Call, Change, Exchange, Query
from odata3.server.service import Service
from odata3.server.store import Record
from spf_vmm.emulator.offers import Offers
from spf_vmm.emulator.quotas import demand_room_for_network, demand_room_for_vpn
from spf_vmm.emulator.settings import Settings
from spf_vmm.emulator.tenants import demand, found

#: Sets that cannot be listed as a whole, and the parent's id that narrows them enough.
_UNLISTED = {"NATConnections": "VMNetworkGatewayId", "NATRules": "NATConnectionId"}


class Networks:
    """The will of the sets of networks."""

    def __init__(self, service: Service, offers: Offers, settings: Settings) -> None:
        self._offers, self._settings = offers, settings
        service.on_insert("VMNetworks")(self._create_network)
        service.on_update("VMNetworks")(self._update_network)
        service.on_delete("VMNetworks")(self._delete_network)
        service.on_insert("VMSubnets")(self._create_subnet)
        service.on_delete("VMSubnets", "NATRules")(self._delete)
        service.on_insert("VMNetworkGateways")(self._create_gateway)
        service.on_insert("VPNConnections")(demand_room_for_vpn)
        service.on_insert("NATConnections", "VPNConnections", "BGPPeers")(self._create_connection)
        service.on_insert("NATRules")(self._create_rule)
        service.on_insert("VPNNetworkRoutes")(self._create_route)
        plain = ("VMNetworkGateways", "NATConnections", "VPNConnections", "BGPPeers", "VPNNetworkRoutes")
        service.on_update(*plain)(self._update)
        service.on_delete(*plain)(self._delete)
        service.on_query(*_UNLISTED)(_demand_narrowing)
        service.on_read("NATConnections")(_hide_gateway)
        service.operation("Refresh", bound_to="VMM.VPNConnection")(self._refresh)

    def _update(self, change: Change) -> None:
        self._offers.changed(change)

    def _delete(self, change: Change) -> None:
        self._offers.gone(change)

    def _create_network(self, change: Change) -> None:
        demand(change, "AuthorVMNetwork")
        demand_room_for_network(change)
        values = change.values
        logical = found(change, "LogicalNetworks", "logical network", ID=values["LogicalNetworkId"], StampId=values["StampId"])
        values["LogicalNetworkName"] = logical["Name"]
        self._offers.born(
            change,
            IsolationType="WindowsNetworkVirtualization" if logical["NetworkVirtualizationEnabled"] else "NoIsolation",
            CAIPAddressPoolType="IPv4",
            PAIPAddressPoolType="IPv4",
            IsAssigned=False,
        )

    def _update_network(self, change: Change) -> None:
        demand(change, "AuthorVMNetwork")
        self._offers.changed(change)

    def _delete_network(self, change: Change) -> None:
        demand(change, "AuthorVMNetwork")
        network = change.before
        assert network is not None
        if change.store.find("VirtualNetworkAdapters", VMNetworkId=network["ID"], StampId=network["StampId"]):
            change.refuse(500, f"The VM network {network['Name']} is in use by network adapters.")
        for subnet in change.store.find("VMSubnets", VMNetworkId=network["ID"], StampId=network["StampId"]):
            change.store.delete(subnet)
        self._offers.gone(change)

    def _create_subnet(self, change: Change) -> None:
        demand(change, "AuthorVMNetwork")
        values = change.values
        network = found(change, "VMNetworks", "VM network", ID=values["VMNetworkId"], StampId=values["StampId"])
        try:
            ipaddress.ip_network(values["Subnet"], strict=False)
        except ValueError:
            change.refuse(400, f"The Subnet {values['Subnet']!r} is no network in CIDR notation (10.0.0.0/24).")
        values["VMNetworkName"] = network["Name"]
        self._offers.born(change)

    def _create_gateway(self, change: Change) -> None:
        values = change.values
        found(change, "VMNetworks", "VM network", ID=values["VMNetworkId"], StampId=values["StampId"])
        self._offers.born(change, RequiresNAT=False, RequiresVPN=False, EnableBGP=False)

    def _create_connection(self, change: Change) -> None:
        values = change.values
        found(change, "VMNetworkGateways", "gateway", ID=values["VMNetworkGatewayId"], StampId=values["StampId"])
        self._offers.born(change, Status="Enabled")

    def _create_rule(self, change: Change) -> None:
        values = change.values
        found(change, "NATConnections", "NAT connection", ID=values["NATConnectionId"], StampId=values["StampId"])
        for name in ("ExternalPort", "InternalPort"):
            if not 1 <= values[name] <= 65535:
                change.refuse(400, f"{name} is 1 to 65535, not {values[name]}.")
        self._offers.born(change, Protocol="TCP")

    def _create_route(self, change: Change) -> None:
        values = change.values
        found(change, "VPNConnections", "VPN connection", ID=values["VPNConnectionId"], StampId=values["StampId"])
        self._offers.born(change)

    def _refresh(self, call: Call) -> Any:
        assert isinstance(call.bound, Record)
        return call.store.update(call.bound, {"LastRead": self._settings.now()})


def _demand_narrowing(query: Query) -> None:
    """The service has no cmdlet that lists these: it wants StampId with ID, or with the parent's id."""
    name = query.entity_set.name
    if query.key is not None or query.source is not None or query.expanded:
        return
    asked = query.options.filter
    told = "" if asked is None else str(asked)
    if "StampId" not in told or ("ID eq" not in told.replace("StampID", "") and _UNLISTED[name] not in told):
        query.refuse(500, f"{name} cannot be listed: filter by StampId together with ID or {_UNLISTED[name]}.")


def _hide_gateway(record: Record, exchange: Exchange) -> None:
    record.values["VMNetworkGatewayId"] = None
