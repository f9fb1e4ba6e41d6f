"""The states of a virtual machine, and which operation leads from which to which."""

from __future__ import annotations

from dataclasses import dataclass

#: Status: (StatusString, VirtualMachineState).
_STATES: dict[str, tuple[str, str]] = {
    "Running": ("Running", "Running"),
    "PowerOff": ("Stopped", "PowerOff"),
    "Paused": ("Paused", "Paused"),
    "Saved": ("Saved State", "Saved"),
    "UnderCreation": ("Creating...", "PowerOff"),
    "CreationFailed": ("Creation Failed", "PowerOff"),
    "UpdateFailed": ("Update Failed", "PowerOff"),
    "CustomizationFailed": ("Customization Failed", "PowerOff"),
    "Missing": ("Missing", "PowerOff"),
    "Starting": ("Starting...", "Starting"),
    "PoweringOff": ("Stopping...", "PoweringOff"),
    "Pausing": ("Pausing...", "Pausing"),
    "Saving": ("Saving...", "Saving"),
    "Restoring": ("Restoring...", "Restoring"),
    "Deleting": ("Deleting...", "PowerOff"),
    "RecoveringCheckpoint": ("Restoring Checkpoint...", "PowerOff"),
    "CreatingCheckpoint": ("Creating Checkpoint...", "PowerOff"),
}

#: States that a job ends; while one lasts, nothing else can be done with the machine.
PASSING = frozenset(
    {
        "UnderCreation",
        "Starting",
        "PoweringOff",
        "Pausing",
        "Saving",
        "Restoring",
        "Deleting",
        "RecoveringCheckpoint",
        "CreatingCheckpoint",
    }
)

FAILED = frozenset({"CreationFailed", "UpdateFailed", "CustomizationFailed", "Missing"})


def state(status: str) -> dict[str, str]:
    """The three properties that tell of a status."""
    shown, machine = _STATES[status]
    return {"Status": status, "StatusString": shown, "VirtualMachineState": machine}


@dataclass(frozen=True, slots=True)
class Operation:
    """A value of ``Operation``: from which states it leads where, by way of what, and the permission it takes."""

    job: str
    cmdlet: str
    permission: str
    sources: frozenset[str]
    target: str | None
    passing: str | None = None
    needs_guest: bool = False


_ALL = frozenset({"Running", "PowerOff", "Paused", "Saved"})

#: What ``VirtualMachine.Operation`` may be.
OPERATIONS: dict[str, Operation] = {
    "Start": Operation("Start virtual machine", "Start-SCVirtualMachine", "Start", _ALL, "Running", "Starting"),
    "Stop": Operation("Stop virtual machine", "Stop-SCVirtualMachine", "Stop", _ALL, "PowerOff", "PoweringOff"),
    "Shutdown": Operation(
        "Shut down virtual machine",
        "Stop-SCVirtualMachine",
        "Shutdown",
        frozenset({"Running"}),
        "PowerOff",
        "PoweringOff",
        needs_guest=True,
    ),
    "Suspend": Operation(
        "Pause virtual machine",
        "Suspend-SCVirtualMachine",
        "PauseAndResume",
        frozenset({"Running", "Paused"}),
        "Paused",
        "Pausing",
    ),
    "Resume": Operation(
        "Resume virtual machine",
        "Resume-SCVirtualMachine",
        "PauseAndResume",
        frozenset({"Running", "Paused"}),
        "Running",
        "Starting",
    ),
    "Reset": Operation(
        "Reset virtual machine", "Reset-SCVirtualMachine", "Stop", frozenset({"Running", "Paused"}), "Running", "Starting"
    ),
    "SaveState": Operation(
        "Save state of virtual machine",
        "Stop-SCVirtualMachine",
        "Save",
        frozenset({"Running", "Paused", "Saved"}),
        "Saved",
        "Saving",
    ),
    "DiscardSavedState": Operation(
        "Discard saved state", "DiscardSavedState-SCVirtualMachine", "Save", frozenset({"Saved"}), "PowerOff"
    ),
    "Refresh": Operation("Refresh virtual machine", "Read-SCVirtualMachine", "", _ALL | FAILED, None),
    "Repair": Operation("Repair virtual machine", "Repair-SCVirtualMachine", "Create", _ALL | FAILED, None),
}
