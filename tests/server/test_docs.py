from __future__ import annotations

import re
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent.parent.parent / "docs"


def test_the_examples_run(capsys: Any) -> None:
    """One after the other, in one namespace, as a reader types them."""
    namespace: dict[str, Any] = {}
    for block in re.findall(r"^```python\n(.*?)^```", (DOCS / "server.md").read_text("utf-8"), re.MULTILINE | re.DOTALL):
        exec(compile(block, "server.md", "exec"), namespace)
    assert capsys.readouterr().out.startswith("http://127.0.0.1:")
    namespace["service"].close()
