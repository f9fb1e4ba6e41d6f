"""The reference and the pictures are of this code: no public name is missing, and the plan of the house is the tests' own."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from textwrap import dedent
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


#: A section of a docstring, up to the next one or the end.
SECTION = re.compile(
    r"^(?P<indent> *)(?:Parameters|Attributes)\n(?P=indent)-+\n(?P<text>.*?)(?=^ *\"{3}|^(?P=indent)\w+\n(?P=indent)-+$)",
    re.MULTILINE | re.DOTALL,
)
ENTRY = re.compile(r"|\s.*|[\w*]+(, [\w*]+)*( : .*)?")


def test_docstrings_say_the_rest_before_their_parameters() -> None:
    """A section ends where the next one begins: the site would take a sentence after it for the name of a parameter."""
    wrong = [
        f"{path.relative_to(ROOT)}: {line}"
        for package in ("odata3", "spf_vmm")
        for path in (ROOT / package).rglob("*.py")
        for section in SECTION.finditer(path.read_text("utf-8"))
        for line in dedent(section["text"]).splitlines()
        if not ENTRY.fullmatch(line)
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
