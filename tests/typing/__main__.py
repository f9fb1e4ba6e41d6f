"""``python -m tests.typing``: what both checkers say of the programs, in full."""

import sys
import tempfile
from pathlib import Path

from tests.typing.test_typing import differences, run_mypy, run_pyright, said_by_mypy, said_by_pyright, write_bindings

with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    write_bindings(folder)
    output = run_mypy(folder, folder / "cache")
    print(output)
    found = [f"mypy: {each}" for each in differences(said_by_mypy(output))]
    found += [f"pyright: {each}" for each in differences(said_by_pyright(run_pyright(folder)))]
    print(*found, sep="\n")
sys.exit(bool(found))
