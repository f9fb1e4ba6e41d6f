"""The programs beside this file under mypy and pyright: what is right passes, what is wrong is refused, line by line.

Each line that ends in ``# refused: <why>`` must be refused, for that reason, by both checkers; any other line by none.
The programs run over the bundled binding, over two models of our own, and over stubs that are written from models of the shared
corpus. There is one process per checker, for all of them: ``python -m tests.typing`` has them print what they say.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from odata3.bindings.modules import write_module
from odata3.bindings.stubs import write_stub
from odata3.edm.csdl import parse_metadata
from tests.typing.editor import Editor

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PROGRAMS = HERE / "programs"
CORPUS = ROOT / "../shared/corpus/metadata"

#: Where each binding's model is, and what its context is called.
OURS = {"shop": (HERE.parent / "entities" / "shop.edmx", "Shop"), "fleet": (HERE / "fleet.edmx", "Fleet")}
SHARED = {
    "northwind": (CORPUS / "odatajclient__resources__Northwind-metadata.xml", "NorthwindEntities"),
    "actions": (CORPUS / "jaydata__JaySvcUtil___metadata.action.xml", "context"),
    "primer": (CORPUS / "olingo4-v3fit__V30__metadata.xml", "DefaultContainer"),
}
BINDINGS = OURS | {name: found for name, found in SHARED.items() if found[0].exists()}
NAMES = sorted([*BINDINGS, "spf"])

#: What a checker calls an error of each sort.
REASONS = {
    "name": {
        *("attr-defined", "call-arg", "name-defined"),
        *("reportAttributeAccessIssue", "reportCallIssue"),
    },
    "type": {
        *("arg-type", "assignment", "call-arg", "call-overload", "list-item", "misc", "operator", "return-value"),
        *("reportArgumentType", "reportAssignmentType", "reportAttributeAccessIssue", "reportCallIssue", "reportOperatorIssue"),
    },
    "none": {
        *("union-attr", "operator"),
        *("reportOptionalMemberAccess", "reportOptionalOperand"),
    },
}
#: What comes along with an error of any sort on the same line.
BESIDE = {"arg-type", "return-value", "misc", "call-overload", "reportCallIssue", "reportArgumentType"}

Said = dict[tuple[str, int], set[str]]


def programs() -> list[Path]:
    return [PROGRAMS / f"{name}_{kind}.py" for name in NAMES for kind in ("right", "wrong")]


def write_bindings(folder: Path) -> None:
    """The stubs and modules of all bindings, as ``odata3 stubs`` writes them, and the programs beside them."""
    for program in programs():
        shutil.copy(program, folder)
    for name, (source, context) in BINDINGS.items():
        model = parse_metadata(source)
        (folder / f"{name}.pyi").write_text(write_stub(model, context=context), encoding="utf-8")
        (folder / f"{name}.py").write_text(write_module(model, name=name, context=context), encoding="utf-8")


def run_mypy(folder: Path, cache: Path) -> str:
    """What mypy says of the programs and of every stub. It runs as a user's would: with no settings but ``--strict``."""
    files = [
        path.name
        for path in sorted(folder.glob("*.py*"))
        if path.with_suffix(".pyi") == path or not path.with_suffix(".pyi").exists()
    ]
    options = ["--strict", "--config-file=", "--no-pretty", "--hide-error-context", "--show-error-codes", "--no-error-summary"]
    told = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "--follow-imports=silent", f"--cache-dir={cache}", *files],
        env={**os.environ, "MYPYPATH": os.pathsep.join([str(folder), str(ROOT)])},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert told.returncode in (0, 1), told.stderr
    return told.stdout


def open_editor(folder: Path) -> Editor:
    """An editor over the folder, which has pyright; skips where it is not installed, or node cannot be fetched."""
    pytest.importorskip("pyright", reason="needs pyright, of the extra test")
    settings = {"extraPaths": [str(ROOT)], "pythonVersion": "3.11"}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    try:
        return Editor(folder)
    except (OSError, ValueError) as error:
        pytest.skip(f"pyright does not run here: {error}")


def said_by_mypy(output: str) -> Said:
    said: Said = {}
    for path, line, code in re.findall(r"^(.+?):(\d+):(?:\d+:)? error: .*\[([\w-]+)\]$", output, re.MULTILINE):
        said.setdefault((Path(path).name, int(line)), set()).add(code)
    assert output.count(" error: ") == len(re.findall(r" error: .*\[[\w-]+\]$", output, re.MULTILINE)), output
    return said


def said_in(editor: Editor, folder: Path) -> Said:
    said: Said = {}
    files = sorted(folder.glob("*.py*"))
    for path in files:
        editor.open(path)
    for path in files:
        for line, rule in editor.errors(path):
            said.setdefault((path.name, line), set()).add(rule)
    return said


def marked() -> Iterator[tuple[tuple[str, int], str]]:
    for program in programs():
        for number, line in enumerate(program.read_text("utf-8").splitlines(), 1):
            if found := re.search(r"  # refused: (\w+)$", line):
                yield (program.name, number), found[1]


def differences(said: Said) -> list[str]:
    """Where a checker says something else than the marks do."""
    expected = dict(marked())
    lines = {program.name: program.read_text("utf-8").splitlines() for program in programs()}
    found = [f"{place}: refused ({', '.join(codes)})" for place, codes in said.items() if place not in expected]
    for place, reason in expected.items():
        codes = said.get(place, set())
        if not codes & REASONS[reason] or codes - REASONS[reason] - BESIDE:
            found.append(f"{place}: {', '.join(codes) or 'accepted'}: {lines[place[0]][place[1] - 1].strip()}")
    return sorted(found)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("bindings")
    write_bindings(made)
    return made


def test_mypy_strict(folder: Path, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    pytest.importorskip("mypy", reason="needs mypy, of the extra test")
    kept = getattr(request.config, "cache", None)  # none without pytest's cache
    assert differences(said_by_mypy(run_mypy(folder, tmp_path if kept is None else kept.mkdir("mypy-of-users")))) == []


OPENING = """import fleet, spf_vmm, shop
from fleet import Fleet, Vehicle
from spf_vmm.entities import VMCheckPoint
ctx = Fleet("https://host/fleet.svc/")
vmm = spf_vmm.connect("https://host:30006", principal_id="user@contoso.com")
"""

#: What is typed, and names that must be offered behind it.
OFFERED = {
    "ctx.": {"Vehicles", "Drivers", "add_to_Vehicles", "save_changes", "functions", "types"},
    "ctx.types.": {"Vehicle", "Truck", "Fuel"},
    "ctx.functions.": {"Free", "Distance", "Reset"},
    "ctx.Vehicles.": {"where", "select", "first_or_default", "by_key"},
    "ctx.Vehicles.where(lambda v: v.": {"Plate", "Seats", "Driver", "is_of", "cast"},
    "ctx.Vehicles.where(lambda v: v.Driver.": {"Name", "Born", "Vehicles"},
    "ctx.Vehicles.where(lambda v: v.Plate.": {"startswith", "length", "lower"},
    "ctx.Vehicles.where(lambda v: v.Track.any(lambda at: at.": {"Lat", "Lon"},
    "ctx.Vehicles.order_by(lambda v: v.": {"Plate", "Seats"},
    "ctx.Vehicles.first().": {"Plate", "Driver", "Move", "to_dict"},
    "ctx.Vehicles.select(lambda v: (v.Plate, v.Driver)).first()[1].": {"Name", "Vehicles"},
    "for v in ctx.Vehicles: v.": {"Plate", "Seats"},
    "ctx.Vehicles.to_list()[0].At.": {"Lat", "Lon"},
    "Vehicle(": {"Plate=", "Seats=", "Driver="},
    "Vehicle.": {"Plate", "Seats"},
    "fleet.Fuel.": {"Diesel", "Electric"},
    "vmm.": {"VMCheckPoints", "VirtualMachines", "restore_checkpoint"},
    "vmm.VMCheckPoints.where(lambda cp: cp.": {"ID", "AddedTime", "VMCheckPointAction"},
    "VMCheckPoint(": {"VMId=", "StampId=", "Name="},
}


def test_pyright_and_what_it_offers(folder: Path) -> None:
    """Both in one process: that of the language server, which is what editors run."""
    with open_editor(folder) as editor:
        assert differences(said_in(editor, folder)) == []
        missing = {typed: names - editor.completions(OPENING + typed) for typed, names in OFFERED.items()}
    assert {typed: names for typed, names in missing.items() if names} == {}


@pytest.mark.parametrize("name", SHARED)
def test_the_corpus_is_there(name: str) -> None:
    if name not in BINDINGS:
        pytest.skip(f"the programs over {name} need its metadata, which others published and is not ours to ship (../shared)")
    assert sum(place[0] == f"{name}_wrong.py" for place, _ in marked()) >= 8


def test_a_mark_that_does_not_hold_is_found() -> None:
    (place, reason), *_ = marked()
    honest: Said = {where: {sorted(REASONS[why])[0]} for where, why in marked()}
    assert differences(honest) == []
    assert differences({where: codes for where, codes in honest.items() if where != place}) != []
    assert differences(honest | {(place[0], 1): {"misc"}}) != [] and differences(honest | {place: {"syntax"}}) != []
    assert reason in REASONS
