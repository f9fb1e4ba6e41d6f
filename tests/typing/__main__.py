"""What both checkers say, in full.

``python -m tests.typing``: of the programs. ``python -m tests.typing FOLDER``: of the stubs of every metadata document in a
folder (the corpus's ``metadata``); a stub that a checker refuses, or whose module does not give the same model back, is an error.
"""

import sys
import tempfile
from pathlib import Path

from odata3.bindings.modules import metadata_behind, write_module
from odata3.bindings.stubs import context_name, write_stub
from odata3.edm.csdl import parse_metadata
from odata3.errors import MetadataError
from tests.typing.test_typing import differences, open_editor, run_mypy, said_by_mypy, said_in, write_bindings

#: pyright gives up on modules of more classes ("Code is too complex to analyze").
MOST_TYPES = 700


def of_programs(folder: Path) -> list[str]:
    write_bindings(folder)
    output = run_mypy(folder, folder / "cache")
    print(output)
    with open_editor(folder) as editor:
        said = said_in(editor, folder)
    print(*(f"{file}:{line}: {', '.join(sorted(rules))}" for (file, line), rules in sorted(said.items())), sep="\n")
    found = [f"mypy: {each}" for each in differences(said_by_mypy(output))]
    return [*found, *(f"pyright: {each}" for each in differences(said))]


def of_documents(folder: Path, source: Path) -> list[str]:
    found, count = [], 0
    for document in sorted(source.iterdir()):
        try:
            model = parse_metadata(document)
        except MetadataError:
            continue
        count += 1
        name, context = f"m{count:03}", context_name(model)
        (folder / f"{name}.pyi").write_text(f"# {document.name}\n{write_stub(model, context=context)}", encoding="utf-8")
        (folder / f"{name}.py").write_text(write_module(model, name=name, context=context), encoding="utf-8")
        if metadata_behind(folder / f"{name}.py") != model:
            found.append(f"{document.name}: another model comes back")
        if len(model.entity_types) + len(model.complex_types) > MOST_TYPES:
            (folder / f"{name}.pyi").unlink()
    print(f"{count} models")
    found += run_mypy(folder, folder / "cache").splitlines()
    with open_editor(folder) as editor:
        return [*found, *(f"{file}:{line}: {', '.join(rules)}" for (file, line), rules in said_in(editor, folder).items())]


with tempfile.TemporaryDirectory() as name:
    wrong = of_programs(Path(name)) if len(sys.argv) < 2 else of_documents(Path(name), Path(sys.argv[1]))
print("\n== what does not hold:", *(wrong or ["nothing"]), sep="\n")
sys.exit(bool(wrong))
