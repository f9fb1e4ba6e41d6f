"""The programs beside this file, under the type checkers: what is right passes, what is wrong is refused, line by line."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from odata3.edm.csdl import parse_metadata
from odata3.bindings.stubs import write_stub

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PROGRAMS = [HERE / "right.py", HERE / "wrong.py"]


@pytest.fixture(scope="module")
def stubs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``shop.pyi``."""
    folder = tmp_path_factory.mktemp("stubs")
    text = write_stub(parse_metadata(HERE.parent / "entities" / "shop.edmx"), context="Shop")
    (folder / "shop.pyi").write_text(text, encoding="utf-8")
    return folder


def refused(program: Path) -> set[int]:
    lines = program.read_text(encoding="utf-8").splitlines()
    return {number for number, line in enumerate(lines, 1) if line.endswith("# refused")}


def test_mypy_strict(stubs: Path) -> None:
    pytest.importorskip("mypy")
    told = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--no-pretty",
            "--no-error-summary",
            *map(str, PROGRAMS),
            str(stubs / "shop.pyi"),
        ],
        env={**os.environ, "MYPYPATH": str(stubs)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    found = re.findall(r"^(.*?([\w.]+)):(\d+):.*? error: (.*)$", told.stdout, re.MULTILINE) or re.findall(
        r"^(.*?([\w.]+)):(\d+): error: (.*)$", told.stdout, re.MULTILINE
    )
    assert told.returncode in (0, 1), told.stderr
    assert [line for line in found if line[1] in ("right.py", "shop.pyi")] == []
    assert {int(number) for _, name, number, _ in found if name == "wrong.py"} == refused(HERE / "wrong.py")


def test_pyright(stubs: Path) -> None:
    if shutil.which("pyright") is None:
        pytest.skip("needs pyright")
    settings = {"extraPaths": [str(ROOT), str(stubs)], "pythonVersion": "3.11", "reportMissingModuleSource": False}
    (stubs / "pyrightconfig.json").write_text(json.dumps({"include": ["."], **settings}), encoding="utf-8")
    for program in PROGRAMS:
        shutil.copy(program, stubs)
    told = subprocess.run(
        ["pyright", "--outputjson", "--pythonpath", sys.executable], cwd=stubs, capture_output=True, text=True, timeout=300
    )
    found = json.loads(told.stdout)["generalDiagnostics"]
    errors = [
        (Path(each["file"]).name, each["range"]["start"]["line"] + 1, each["message"])
        for each in found
        if each["severity"] == "error"
    ]
    assert [error for error in errors if error[0] != "wrong.py"] == []
    assert {number for name, number, _ in errors if name == "wrong.py"} == refused(HERE / "wrong.py")
