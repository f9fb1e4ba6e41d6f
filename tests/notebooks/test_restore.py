"""``examples/restore.ipynb`` is executed in a kernel, as a reader would do it, and what it shows is looked at.

Requests are counted where they arrive: at the emulator that the notebook starts.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import html

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("ipykernel")
nbclient = pytest.importorskip("nbclient")
config = pytest.importorskip("traitlets.config")

ROOT = Path(__file__).parent.parent.parent
NOTEBOOK = ROOT / "examples" / "restore.ipynb"

#: Put before the notebook's own cells: after each of these the number of requests that have arrived so far is written down.
COUNTING = """
from IPython import get_ipython
from spf_vmm.emulator.provider import Emulator

def _count():
    arrived, send = [], Emulator.send
    def counted(self, request):
        arrived.append(request.url)
        return send(self, request)
    def note(result):
        with open({path!r}, "a") as file:
            print(len(arrived), file=file)
    Emulator.send = counted
    get_ipython().events.register("post_run_cell", note)

_count()
"""


@pytest.fixture
def short_path() -> Iterator[Path]:
    """Sockets of the file system have short names."""
    path = Path(tempfile.mkdtemp(prefix="nb"))
    yield path
    shutil.rmtree(path)


Cells = list[tuple[str, str, int]]


def executed(short_path: Path) -> Cells:
    """Each code cell: its source, the HTML (else the text) of its result, and the requests that it made."""
    counts = short_path / "counts"
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(COUNTING.format(path=str(counts))))
    channels = {"transport": "ipc", "ip": str(short_path / "k"), "connection_file": str(short_path / "kernel.json")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SPF_VMM_")}
    client = nbclient.NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=60,
        resources={"metadata": {"path": str(short_path)}},
        config=config.Config({"KernelManager": channels}),
    )
    client.execute(env={**kept, "IPYTHONDIR": str(short_path / "ipython"), "PYTHONPATH": str(ROOT)})
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    totals = [int(line) for line in counts.read_text().split()]
    assert len(totals) == len(cells), "one count after each cell, the counting one included"
    return [(cell.source, result(cell), totals[n] - totals[n - 1]) for n, cell in enumerate(cells) if n]


def result(cell: Any) -> str:
    assert [o for o in cell.outputs if o.output_type in ("stream", "error")] == []
    found = [o.data for o in cell.outputs if o.output_type == "execute_result"]
    return str(found[0].get("text/html", found[0]["text/plain"])) if found else ""


def shown(cells: Cells, source: str) -> tuple[str, int]:
    """What the one cell of this source showed, and the requests it made."""
    ((text, made),) = [(text, made) for code, text, made in cells if re.search(source, code)]
    return text, made


def words(text: str) -> list[list[str]]:
    return [[cell.text_content() for cell in row.iter("th", "td")] for row in html.fragment_fromstring(text).iter("tr")]


def test_the_notebook_is_stored_without_outputs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code and all(cell.outputs == [] and cell.execution_count is None for cell in code)


def test_the_notebook_shows_what_it_says(short_path: Path) -> None:
    """One test: a kernel takes seconds to start."""
    cells = executed(short_path)
    look_at_queries(cells)
    look_at_the_model(cells)
    look_at_the_dataframe(cells)
    look_at_the_checkpoint(cells)
    look_at_the_restore(cells)


def look_at_queries(cells: Cells) -> None:
    made = [made for _, _, made in cells]
    text, asked = shown(cells, r"^machines = ")
    assert "Not asked yet" in text and asked == 0
    assert "VirtualMachines?$filter=CPUCount%20gt%201" in html.fragment_fromstring(text).text_content()
    again, asked = shown(cells, r"^machines$")
    assert asked == 0 and words(again)[0] == ["CPUCount", "Memory", "Name", "StatusString"]
    assert [row[2] for row in words(again)[1:]] == ["build01", "db01", "web01"]
    assert shown(cells, r"^found = ")[1] == 1
    assert sum(made) > 4


def look_at_the_model(cells: Cells) -> None:
    text, made = shown(cells, "entity_types")
    assert ["ID", "Edm.Guid", "key, not null"] in words(text) and made == 0


def look_at_the_dataframe(cells: Cells) -> None:
    text, made = shown(cells, "to_dataframe")
    assert "web01" in text and made == 1


def look_at_the_checkpoint(cells: Cells) -> None:
    text, made = shown(cells, r"^checkpoint = ")
    assert made == 1 and html.fragment_fromstring(text).findtext(".//strong").startswith("VMCheckPoint(ID=")
    text, made = shown(cells, r"^checkpoint\.VMCheckPointAction")
    assert made == 0
    ((method, url, says),) = words(text)[1:]
    assert method == "MERGE" and "VMCheckPoints(ID=guid'" in url and says == "VMCheckPointAction: None → 'Restore'"


def look_at_the_restore(cells: Cells) -> None:
    text, made = shown(cells, "save_changes")
    assert made == 1 and words(text)[1][0] == "204"
    text, made = shown(cells, "wait_for")
    assert text == "'Completed'" and made >= 1
