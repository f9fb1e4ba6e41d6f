"""The Admin service: the hoster's tenants, stamps and servers, beside the VMM service.

A tenant that is created becomes a user role of VMM with the same id: that id is the subscription by which its URLs name it. It
may do nothing until a stamp is assigned to it (``POST Tenants(..)/$links/Stamps``).
"""

from __future__ import annotations

from uuid import UUID, uuid4

from odata3.server.hooks import Call, Change
from odata3.server.service import Service
from odata3.server.store import Record, Store, Transaction
from spf_vmm.emulator.seed import OTHER_SUBSCRIPTION, PRINCIPAL, STAMP, SUBSCRIPTION, fixed
from spf_vmm.emulator.tenants import demand_values
from spf_vmm.metadata import admin_model

SERVER = fixed("server")


class Administration:
    """The Admin service over a store of its own; ``machines`` is the store of the VMM service, which holds the user roles."""

    def __init__(self, database: str, machines: Store) -> None:
        self._machines = machines
        self.store = Store(admin_model(), database)
        self.service = service = Service(admin_model(), self.store)
        service.on_insert("Tenants", "Stamps", "Servers", "Roles", "TrustedIssuers", "SpfSetting")(_give_id)
        service.on_insert("Tenants")(self._create_tenant)
        service.on_delete("Tenants")(self._delete_tenant)
        service.write_only("Tenants", "AuthenticationKey")
        service.write_only("TrustedIssuers", "AuthenticationKey")
        names = ("NameOfServerToCreateAndAssociateToStamp", "ServerTypeOfServerToCreateAndAssociateToStamp")
        service.on_insert("Stamps")(_create_stamp)
        service.write_only("Stamps", *names)
        service.operation("Publish")(_publish)
        service.operation("Unpublish")(_unpublish)
        with self.store.begin() as store:
            if not store.count("Stamps"):
                _seed(store)

    def reset(self) -> None:
        """Everything as it was at the start; the user roles are the VMM service's."""
        with self.store.begin() as store:
            for entity_set in self.store.model.entity_sets:
                for record in store.find(entity_set):
                    store.delete(record)
            _seed(store)

    def close(self) -> None:
        self.store.close()

    def _create_tenant(self, change: Change) -> None:
        demand_values(change, "Name")
        values = change.values
        values["SubscriptionID"] = values.get("SubscriptionID") or values["ID"]
        role = {
            "ID": values["SubscriptionID"],
            "Name": f"{values['Name']}_{values['SubscriptionID']}",
            "Description": "",
            "Profile": "TenantAdmin",
            **{name: [] for name in ("Members", "Permission", "Quotas", "VMNetworkQuota", "CloudPermission", "UserRoleDataPath")},
        }
        change.apply()
        with self._machines.begin() as machines:
            if machines.get("UserRoles", ID=role["ID"]) is not None:
                change.refuse(409, f"There is a tenant with the subscription {role['ID']}.")
            machines.insert("UserRoles", role)
        change.store.endings.undone.append(lambda: self._delete_role(role["ID"]))

    def _delete_tenant(self, change: Change) -> None:
        assert change.before is not None
        subscription = change.before["SubscriptionID"]
        change.store.endings.committed.append(lambda: self._delete_role(subscription))

    def _delete_role(self, subscription: UUID) -> None:
        with self._machines.begin() as machines:
            role = machines.get("UserRoles", ID=subscription)
            if role is not None:
                machines.delete(role)


def _seed(store: Transaction) -> None:
    """One stamp with its server, and the tenants of the VMM service on it."""
    stamp = store.insert("Stamps", {"ID": STAMP, "Name": "Stamp 1", "DataCenterName": "Contoso"})
    server = store.insert("Servers", {"ID": SERVER, "Name": "vmm.contoso.com", "ServerType": "VMM"})
    store.link(stamp, "Servers", server)
    for tenant, user in ((SUBSCRIPTION, PRINCIPAL), (OTHER_SUBSCRIPTION, "other@fabrikam.com")):
        record = store.insert("Tenants", {"ID": tenant, "Name": f"{user}_{tenant}", "SubscriptionID": tenant})
        store.link(record, "Stamps", stamp)


def _give_id(change: Change) -> None:
    if change.values.get("ID") in (None, UUID(int=0)):
        change.values["ID"] = uuid4()


def _create_stamp(change: Change) -> None:
    """A stamp may be created together with its server."""
    demand_values(change, "Name")
    name = change.values.get("NameOfServerToCreateAndAssociateToStamp")
    kind = change.values.get("ServerTypeOfServerToCreateAndAssociateToStamp")
    stamp = change.apply()
    if name:
        server = change.store.insert("Servers", {"ID": uuid4(), "Name": name, "ServerType": kind or "VMM"})
        change.store.link(stamp, "Servers", server)


def _publish(call: Call) -> Record:
    assert isinstance(call.bound, Record)
    return call.store.update(call.bound, {"PublishingStatus": "Published"})


def _unpublish(call: Call) -> Record:
    assert isinstance(call.bound, Record)
    return call.store.update(call.bound, {"PublishingStatus": "Unpublished"})
