"""Drives and adapters of virtual machines: an ISO is mounted, a disk grows, an adapter joins a network."""

from __future__ import annotations

from typing import Any

from odata3.server.hooks import Call, Change, Exchange
from odata3.server.service import Service
from odata3.server.store import Record
from spf_vmm.emulator.offers import Offers
from spf_vmm.emulator.states import FAILED
from spf_vmm.emulator.tenants import found

_GIGABYTE = 1024**3


class Storage:
    """The will of the sets of drives, disks and adapters."""

    def __init__(self, service: Service, offers: Offers) -> None:
        self._offers = offers
        service.on_insert("VirtualDVDDrives")(self._create_dvd)
        service.on_update("VirtualDVDDrives")(self._update_dvd)
        service.on_delete("VirtualDVDDrives", "VirtualDiskDrives", "VirtualNetworkAdapters")(self._delete)
        service.on_update("VirtualDiskDrives")(self._update)
        service.on_insert("VirtualDiskDrives")(self._create)
        service.on_insert("VirtualNetworkAdapters")(self._create_adapter)
        service.on_update("VirtualNetworkAdapters")(self._update_adapter)
        service.on_read("VirtualDVDDrives", "VirtualDiskDrives")(_hide_machine)
        service.operation("Expand", bound_to="VMM.VirtualDiskDrive")(self._expand)

    def _machine(self, change: Change, vm_id: Any) -> Record:
        return found(change, "VirtualMachines", "virtual machine", ID=vm_id, StampId=_stamp(change))

    def _create(self, change: Change) -> None:
        machine = self._machine(change, change.values.get("VMId"))
        self._offers.born(change, Name=machine["Name"], BusType="SCSI", IsVHD=True)

    def _update(self, change: Change) -> None:
        change.values.pop("VMId", None)
        self._offers.changed(change)

    def _delete(self, change: Change) -> None:
        self._offers.gone(change)

    def _create_dvd(self, change: Change) -> None:
        values = change.values
        machine = self._machine(change, values["VMId"])
        for drive in change.store.find("VirtualDVDDrives", VMId=machine["ID"], StampId=machine["StampId"]):
            if (drive["Bus"], drive["LUN"]) == (values["Bus"], values["LUN"]):
                change.refuse(500, f"Bus {values['Bus']}, LUN {values['LUN']} of {machine['Name']} is taken by another drive.")
        self._mount(change, values.get("ISOId"))
        self._offers.born(change, Name=machine["Name"], BusType="IDE", Connection="None", ISOLinked=False)

    def _update_dvd(self, change: Change) -> None:
        change.values.pop("VMId", None)
        self._mount(change, change.values.get("ISOId"))
        self._offers.changed(change)

    def _mount(self, change: Change, iso_id: Any) -> None:
        if iso_id is not None:
            iso = found(change, "ISOs", "ISO", ID=iso_id, StampId=_stamp(change))
            change.values |= {"Connection": "ISOImage", "Size": iso["Size"]}

    def _create_adapter(self, change: Change) -> None:
        machine = self._machine(change, change.values["VMId"])
        self._join(change)
        slot = len(change.store.find("VirtualNetworkAdapters", VMId=machine["ID"], StampId=machine["StampId"]))
        self._offers.born(
            change,
            Name=machine["Name"],
            SlotId=slot,
            MACAddressType="Dynamic",
            IPv4AddressType="Dynamic",
            VirtualNetworkAdapterType="Synthetic",
            IsSynthetic=True,
        )

    def _update_adapter(self, change: Change) -> None:
        change.values.pop("VMId", None)
        self._join(change)
        self._offers.changed(change)

    def _join(self, change: Change) -> None:
        network_id = change.values.get("VMNetworkId")
        if network_id is not None:
            network = found(change, "VMNetworks", "VM network", ID=network_id, StampId=_stamp(change))
            change.values["VMNetworkName"] = network["Name"]

    def _expand(self, call: Call) -> None:
        drive, size = call.bound, call.parameters.get("VirtualHardDiskSizeGB")
        assert isinstance(drive, Record)
        if size is None or size <= 0:
            call.refuse(400, "Expand takes VirtualHardDiskSizeGB, a number of gigabytes.")
        machine = call.store.get("VirtualMachines", ID=drive["VMId"], StampId=drive["StampId"])
        if machine is not None and machine["Status"] not in ("PowerOff", *FAILED):
            call.refuse(
                500, f"The virtual machine {machine['Name']} is {machine['StatusString']}: a disk grows while it is stopped."
            )
        disk = call.store.get("VirtualHardDisks", ID=drive["VirtualHardDiskId"], StampId=drive["StampId"])
        if disk is None:
            call.refuse(404, "There is no virtual hard disk in this drive.")
        if size * _GIGABYTE < (disk["MaximumSize"] or 0):
            call.refuse(
                500, f"A disk only grows: {size} GB is less than the {(disk['MaximumSize'] or 0) // _GIGABYTE} GB it has."
            )
        call.store.update(disk, {"MaximumSize": size * _GIGABYTE})
        call.store.update(drive, {"Size": size * _GIGABYTE})


def _stamp(change: Change) -> Any:
    return change.before["StampId"] if change.before is not None else change.values["StampId"]


def _hide_machine(record: Record, exchange: Exchange) -> None:
    """Whose drive it is, is an input: it reads as null."""
    record.values["VMId"] = None
