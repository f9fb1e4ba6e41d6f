"""Checkpoints: a tree for each machine, and the values that a restore brings back.

A new checkpoint hangs below the one that its machine stands on: the last that was made or restored. Restoring brings the
machine's make and state back as they were and moves the machine there; deleting one takes it out, and its children move up.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from odata3.server.hooks import Change
from odata3.server.service import Service
from odata3.server.store import Record, Transaction
from spf_vmm.emulator.jobs import Jobs
from spf_vmm.emulator.ledger import LASTING, MACHINES, SNAPSHOTS
from spf_vmm.emulator.machines import runs_asynchronously
from spf_vmm.emulator.settings import Settings
from spf_vmm.emulator.states import PASSING, state
from spf_vmm.emulator.tenants import demand, demand_values, found

INPUTS = ("VMCheckPointAction", "Confirm", "RunAsynchronously")


class Checkpoints:
    """The will of the set ``VMCheckPoints``."""

    def __init__(self, service: Service, jobs: Jobs, settings: Settings) -> None:
        self._jobs, self._settings = jobs, settings
        service.write_only("VMCheckPoints", *INPUTS)
        service.on_insert("VMCheckPoints")(self._create)
        service.on_update("VMCheckPoints")(self._update)
        service.on_delete("VMCheckPoints")(self._delete)

    def _create(self, change: Change) -> None:
        demand(change, "Checkpoint")
        demand_values(change, "VMId", "StampId")
        values, store = change.values, change.store
        machine = found(change, "VirtualMachines", "virtual machine", ID=values["VMId"], StampId=values["StampId"])
        self._refuse_passing(change, machine)
        now = self._settings.now()
        job_id = self._jobs.start(change, "Create new checkpoint", "New-SCVMCheckpoint", machine.values)
        made = {
            "ID": uuid4(),
            "Name": values.get("Name") or f"{machine['Name']} - ({now[:19]})",
            "Description": values.get("Description") or "",
            "VMId": machine["ID"],
            "StampId": machine["StampId"],
        }
        values.clear()
        values |= add_values(made, now)
        add_checkpoint(store, machine, change.apply())
        self._touch(store, machine, job_id, {})

    def _update(self, change: Change) -> None:
        checkpoint = change.before
        assert checkpoint is not None
        action = change.values.get("VMCheckPointAction")
        if action in (None, ""):
            demand(change, "Checkpoint")
            kept = {n: v for n, v in change.values.items() if n in ("Name", "Description") and v is not None}
            change.values.clear()
            change.values |= {**kept, "ModifiedTime": self._settings.now()}
        elif action == "Restore":
            demand(change, "Checkpoint", "CheckpointRestoreOnly")
            self._restore(change, checkpoint)
        else:
            change.refuse(400, f"{action!r} is no action of a checkpoint; the one there is, is 'Restore'.")

    def _restore(self, change: Change, checkpoint: Record) -> None:
        store = change.store
        machine = found(change, "VirtualMachines", "virtual machine", ID=checkpoint["VMId"], StampId=checkpoint["StampId"])
        self._refuse_passing(change, machine)
        snapshot = store.get(SNAPSHOTS, CheckpointID=checkpoint["ID"], StampId=checkpoint["StampId"])
        if snapshot is None:
            change.refuse(500, f"The files of the checkpoint {checkpoint['Name']} are missing.")
        brought = {name: value for name, value in snapshot.values.items() if name not in ("CheckpointID", "StampId")}
        effect = None
        if runs_asynchronously(change):
            effect = {"Status": brought["Status"], "Failure": {"Status": machine["Status"]}}
            brought |= state("RecoveringCheckpoint")
        job_id = self._jobs.start(change, "Restore virtual machine", "Restore-SCVMCheckpoint", machine.values, effect=effect)
        change.cancel()  # the checkpoint stays as it is; its machine changes
        self._touch(store, machine, job_id, {**brought, "LastRestoredCheckpointId": checkpoint["ID"]})
        stand_on(store, machine, checkpoint["ID"])

    def _delete(self, change: Change) -> None:
        checkpoint, store = change.before, change.store
        assert checkpoint is not None
        demand(change, "Checkpoint")
        key = {"StampId": checkpoint["StampId"]}
        machine = store.get("VirtualMachines", ID=checkpoint["VMId"], **key)
        parent_id = checkpoint["ParentCheckpointID"]
        for child in store.find("VMCheckPoints", ParentCheckpointID=checkpoint["ID"], **key):
            store.update(child, {"ParentCheckpointID": parent_id})
        if machine is not None:
            self._refuse_passing(change, machine)
            job_id = self._jobs.start(change, "Remove checkpoint", "Remove-SCVMCheckpoint", machine.values)
            self._touch(store, machine, job_id, {})
            if current(store, machine) == checkpoint["ID"]:
                stand_on(store, machine, parent_id)
        snapshot = store.get(SNAPSHOTS, CheckpointID=checkpoint["ID"], **key)
        if snapshot is not None:
            store.delete(snapshot)

    def _touch(self, store: Transaction, machine: Record, job_id: Any, values: dict[str, Any]) -> None:
        store.update(machine, {**values, "MostRecentTaskId": job_id, "ModifiedTime": self._settings.now()})

    def _refuse_passing(self, change: Change, machine: Record) -> None:
        if machine["Status"] in PASSING or machine["Status"] == "CreationFailed":
            change.refuse(500, f"The virtual machine {machine['Name']} is {machine['StatusString']}: wait until that has ended.")


def add_values(given: dict[str, Any], now: str) -> dict[str, Any]:
    """A checkpoint's values with the service's defaults."""
    return {"Accessibility": "Public", "Enabled": True, "AddedTime": now, "ModifiedTime": now, "CheckpointID": None, **given}


def add_checkpoint(store: Transaction, machine: Record, checkpoint: Record) -> None:
    """Hang a checkpoint below the one its machine stands on, keep the machine's values, and move the machine onto it."""
    below = current(store, machine)
    parent = None if below is None else store.get("VMCheckPoints", ID=below, StampId=machine["StampId"])
    if parent is not None:
        store.update(checkpoint, {"ParentCheckpointID": parent["ID"]})
    kept = {name: value for name, value in machine.values.items() if name not in LASTING}
    store.insert(SNAPSHOTS, {**kept, "CheckpointID": checkpoint["ID"], "StampId": machine["StampId"]})
    stand_on(store, machine, checkpoint["ID"])


def current(store: Transaction, machine: Record) -> Any:
    """The id of the checkpoint that a machine stands on; None for its beginning."""
    standing = store.get(MACHINES, VMId=machine["ID"], StampId=machine["StampId"])
    return None if standing is None else standing["CurrentCheckpointID"]


def stand_on(store: Transaction, machine: Record, checkpoint_id: Any) -> None:
    standing = store.get(MACHINES, VMId=machine["ID"], StampId=machine["StampId"])
    if standing is None:
        store.insert(MACHINES, {"VMId": machine["ID"], "StampId": machine["StampId"], "CurrentCheckpointID": checkpoint_id})
    else:
        store.update(standing, {"CurrentCheckpointID": checkpoint_id})
