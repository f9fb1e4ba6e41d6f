"""The reference and the pictures are of this code: no public name is missing, and the plan of the house is the tests' own."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
import sys
from itertools import pairwise
from types import ModuleType

import pytest

from .pages import ROOT

REFERENCE = ROOT / "docs" / "reference"


def named(directives: str, text: str) -> set[str]:
    return set(re.findall(rf"^\.\. (?:{directives}):: (\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("face", ["odata3", "odata3.server", "spf_vmm", "spf_vmm.emulator"])
def test_every_public_name_is_in_the_reference_and_in_its_table(face: str) -> None:
    module = importlib.import_module(face)
    public = {f"{face}.{name}" for name in module.__all__ if not name.startswith("__")}
    public = {name for name in public if not isinstance(getattr(module, name.rpartition(".")[2]), ModuleType)}
    pages = "\n".join(path.read_text("utf-8") for path in REFERENCE.glob("*.md"))
    assert public <= named("autoclass|autoexception|autofunction|autodata", pages)
    listed = set(re.findall(r"^   ~(\S+)$", (REFERENCE / "index.md").read_text("utf-8"), re.MULTILINE))
    assert {name for name in listed if name.rpartition(".")[0] == face} == public


def prose_among_parameters(docstring: str) -> list[str]:
    """Lines that the site would take for the name of a parameter: a section ends where the next one begins, not before."""
    section, found = "", []
    entry = re.compile(r"\s.*||-+|[\w*]+(, [\w*]+)*( : .*)?")
    for line, after in pairwise([*docstring.splitlines(), ""]):
        if re.fullmatch("-{3,}", after):
            section = line
        elif section in ("Parameters", "Attributes") and not entry.fullmatch(line):
            found.append(line)
    return found


def test_docstrings_say_the_rest_before_their_parameters() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}, {getattr(node, 'name', 'module')}: {line}"
        for package in ("odata3", "spf_vmm")
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        for line in prose_among_parameters(ast.get_docstring(node) or "")
    ]
    assert wrong == []


def test_the_plan_of_the_house_is_the_one_that_the_tests_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rich")
    spec = importlib.util.spec_from_file_location("pictures", ROOT / "docs" / "pictures.py")
    assert spec is not None and spec.loader is not None
    pictures = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "pictures", pictures)
    monkeypatch.syspath_prepend(str(ROOT))
    spec.loader.exec_module(pictures)
    drawn = (ROOT / "docs" / "images" / "house.svg").read_text("utf-8")
    assert drawn == pictures.house(), "the plan has changed: python docs/pictures.py house"
