"""Virtual machines and checkpoints as they are drawn on a console."""

from __future__ import annotations

from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from odata3.console.terminal import visible

_SHOWN = ("Name", "Status", "CPUs", "Memory", "Description", "Last restored")


def draw_machines(console: Console, machines: list[Any]) -> None:
    """A table of virtual machines."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in _SHOWN:
        table.add_column(name, justify="right" if name in ("CPUs", "Memory") else "left")
    for vm in sorted(machines, key=lambda vm: vm.Name or ""):
        table.add_row(
            _text(vm.Name),
            _text(vm.StatusString, _style(vm.Status or "")),
            "" if vm.CPUCount is None else str(vm.CPUCount),
            "" if vm.Memory is None else f"{vm.Memory} MB",
            _text(vm.Description),
            "" if vm.LastRestoredCheckpointId in (None, vm.VMId) else str(vm.LastRestoredCheckpointId)[:8],
        )
    console.print(table)


def _style(status: str) -> str:
    if "Failed" in status or status == "Missing":
        return "red"
    return {"Running": "green", "Paused": "yellow", "Saved": "yellow"}.get(status, "")


def draw_checkpoints(console: Console, machine: Any, points: list[Any]) -> None:
    """The tree of one machine's checkpoints."""
    root = Tree(_text(machine.Name or str(machine.ID)))
    known = {point.ID for point in points}
    below: dict[Any, list[Any]] = {}
    for point in points:
        below.setdefault(point.ParentCheckpointID if point.ParentCheckpointID in known else None, []).append(point)
    waiting = [(root, None)]
    while waiting:
        branch, parent = waiting.pop()
        for point in sorted(below.get(parent, ()), key=lambda p: (str(p.AddedTime), p.Name or "")):
            label = Text.assemble(visible(point.Name or ""), "  ", (str(point.ID), "dim"))
            if point.ID == machine.LastRestoredCheckpointId:
                label.append("  <- restored last", "green")
            waiting.append((branch.add(label), point.ID))
    console.print(root)


def _text(text: str | None, style: str = "") -> Text:
    return Text(visible(text or ""), style=style)
