"""The Python blocks of the porting guide, in their order, against the emulator."""

from __future__ import annotations

import re
from pathlib import Path

GUIDE = Path(__file__).parents[2] / "docs" / "porting.md"


def test_the_guide_runs(serving, capsys):
    blocks = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    assert len(blocks) > 10
    with serving(credentials=("user", "secret")) as server:
        names = {"server": server.origin, "subscription": server.subscription_id.upper()}
        for number, block in enumerate(blocks):
            exec(compile(block, f"block {number} of {GUIDE.name}", "exec"), names)
        names["vmm"].close()
    said = capsys.readouterr().out
    assert "Contoso Cloud" in said
    assert "MERGE" in said and "100 %" in said
    assert "big01 exceeds the quota of its cloud" in said
    assert "400 'Explode' is no operation" in said


def test_the_guide_names_every_example():
    examples = sorted(path.name for path in (GUIDE.parents[1] / "examples").glob("howto_*.py"))
    assert re.findall(r"\bhowto_\d\d_\w+\.py(?=` \|)", GUIDE.read_text("utf-8")) == examples
