"""What running guests tell: their addresses, and their performance."""

from __future__ import annotations

from odata3.server.hooks import Query
from odata3.server.service import Service


class Guests:
    """Keeps ``GuestInfos`` in step with the machines that run and have guest services."""

    def __init__(self, service: Service) -> None:
        service.on_query("GuestInfos")(_follow)


def _follow(query: Query) -> None:
    store = query.store
    running = {
        (vm["ID"], vm["StampId"]): number
        for number, vm in enumerate(store.find("VirtualMachines"), 10)
        if vm["Status"] == "Running" and vm["HasVMAdditions"]
    }
    for known in store.find("GuestInfos"):
        if running.pop((known["VMId"], known["StampId"]), None) is None:
            store.delete(known)
    for (vm_id, stamp), number in running.items():
        addresses = {"IPv4Addresses": f"10.0.0.{number % 250};", "IPv6Addresses": f"fe80::{number:x};"}
        store.insert("GuestInfos", {"VMId": vm_id, "StampId": stamp, **addresses})
