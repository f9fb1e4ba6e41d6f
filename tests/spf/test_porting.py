"""The porting guide names every example. (Its blocks are run with all other pages, by ``tests/docs``.)"""

from __future__ import annotations

import re
from pathlib import Path

GUIDE = Path(__file__).parents[2] / "docs" / "porting.md"


def test_the_guide_names_every_example():
    examples = sorted(path.name for path in (GUIDE.parents[1] / "examples").glob("howto_*.py"))
    assert re.findall(r"\bhowto_\d\d_\w+\.py(?=` \|)", GUIDE.read_text("utf-8")) == examples


def test_the_page_of_the_how_tos_shows_every_example():
    examples = sorted(path.name for path in (GUIDE.parents[1] / "examples").glob("howto_*.py"))
    page = GUIDE.with_name("howtos.md").read_text("utf-8")
    assert re.findall(r"^```\{literalinclude\} \.\./examples/(\S+)$", page, re.MULTILINE) == examples
