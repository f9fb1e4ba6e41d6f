"""SECURITY.md is true: the tests that it names exist, every promise has its test, no version with a known leak is let in."""

from __future__ import annotations

import configparser
import fnmatch
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "SECURITY.md").read_text("utf-8")


def names_of_tests() -> set[str]:
    files = (ROOT / "tests").rglob("test_*.py")
    return {name for path in files for name in re.findall(r"^ *def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)}


TESTS = names_of_tests()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+\*?)`", TEXT))))
def test_what_security_names_exists(name):
    assert fnmatch.filter(TESTS, name), f"SECURITY.md names {name}, and there is none"


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:tests|docs)/[\w/.]+)`", TEXT))))
def test_what_security_points_to_exists(path):
    assert (ROOT / path).is_file()


def test_every_line_of_security_is_shown_by_something():
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith(("| promise", "| ---"))]
    assert len(rows) > 25
    assert all("test_" in row.rsplit("|", 2)[1] for row in rows)


@pytest.mark.parametrize("promise", [*(f"r{number}" for number in range(1, 56)), "p105", "p106"])
def test_every_promise_has_a_test_with_its_number(promise):
    assert [name for name in TESTS if re.search(rf"_{promise}(_|$)", name)]


@pytest.mark.parametrize(("package", "least"), [("requests", (2, 32, 4)), ("lxml", (6, 1, 3))])
def test_r6_no_version_with_a_known_leak_is_let_in(package, least):
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    (line,) = [need for need in setup["options"]["install_requires"].split() if need.startswith(package)]
    lowest = re.search(r">=([\d.]+)", line)
    assert lowest is not None and tuple(map(int, lowest[1].split("."))) >= least
    assert "<" in line, "an upper bound, for what is not known yet"


def test_r6_the_audit_is_part_of_ci():
    assert "pip-audit" in (ROOT / ".ci" / "run").read_text("utf-8")
