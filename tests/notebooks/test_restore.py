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


@pytest.fixture(scope="module")
def short_path() -> Iterator[Path]:
    """Sockets of the file system have short names."""
    path = Path(tempfile.mkdtemp(prefix="nb"))
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def executed(short_path: Path) -> list[tuple[str, str, int]]:
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


def shown(executed: list[tuple[str, str, int]], source: str) -> tuple[str, int]:
    """What the one cell of this source showed, and the requests it made."""
    ((text, made),) = [(text, made) for code, text, made in executed if re.search(source, code)]
    return text, made


def words(text: str) -> list[list[str]]:
    return [[cell.text_content() for cell in row.iter("th", "td")] for row in html.fragment_fromstring(text).iter("tr")]


def test_the_notebook_is_stored_without_outputs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code and all(cell.outputs == [] and cell.execution_count is None for cell in code)


def test_to_look_at_something_asks_nobody(executed: list[tuple[str, str, int]]) -> None:
    made = [made for _, _, made in executed]
    text, asked = shown(executed, r"^machines = ")
    assert (
        "Not asked yet" in text and "VirtualMachines?$filter=CPUCount%20gt%201" in html.fragment_fromstring(text).text_content()
    )
    assert asked == 0
    again, asked = shown(executed, r"^machines$")
    assert asked == 0 and words(again)[0] == ["CPUCount", "Memory", "Name", "StatusString"]
    assert [row[2] for row in words(again)[1:]] == ["build01", "db01", "web01"]
    assert shown(executed, r"^found = ")[1] == 1
    assert sum(made) > 4


def test_a_type_of_the_model_is_shown(executed: list[tuple[str, str, int]]) -> None:
    text, made = shown(executed, "entity_types")
    assert ["ID", "Edm.Guid", "key, not null"] in words(text) and made == 0


def test_a_dataframe_is_shown_as_pandas_does(executed: list[tuple[str, str, int]]) -> None:
    text, made = shown(executed, "to_dataframe")
    assert "web01" in text and made == 1


def test_the_checkpoint_and_what_would_be_sent_are_shown(executed: list[tuple[str, str, int]]) -> None:
    text, made = shown(executed, r"^checkpoint = ")
    assert made == 1 and html.fragment_fromstring(text).findtext(".//strong").startswith("VMCheckPoint(ID=")
    text, made = shown(executed, r"^checkpoint\.VMCheckPointAction")
    assert made == 0
    ((method, url, says),) = words(text)[1:]
    assert method == "MERGE" and "VMCheckPoints(ID=guid'" in url and says == "VMCheckPointAction: None → 'Restore'"


def test_the_restore_is_accepted_and_done(executed: list[tuple[str, str, int]]) -> None:
    text, made = shown(executed, "save_changes")
    assert made == 1 and words(text)[1][0] == "204"
    text, made = shown(executed, "wait_for")
    assert text == "'Completed'" and made >= 1
