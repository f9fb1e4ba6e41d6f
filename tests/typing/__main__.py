"""``python -m tests.typing``: what both checkers say of the programs, in full."""

import sys
import tempfile
from pathlib import Path

from tests.typing.test_typing import differences, open_editor, run_mypy, said_by_mypy, said_in, write_bindings

with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    write_bindings(folder)
    output = run_mypy(folder, folder / "cache")
    print(output)
    with open_editor(folder) as editor:
        said = said_in(editor, folder)
    print(*(f"{file}:{line}: {', '.join(sorted(rules))}" for (file, line), rules in sorted(said.items())), sep="\n")
    found = [f"mypy: {each}" for each in differences(said_by_mypy(output))]
    found += [f"pyright: {each}" for each in differences(said)]
print("\n== marks that do not hold:", *(found or ["none"]), sep="\n")
sys.exit(bool(found))
