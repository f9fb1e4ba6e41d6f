"""Every page runs: README and CONTRIBUTING, and whatever lies in docs/."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .__main__ import rewritten
from .pages import ROOT, RUN, SHOWN, Page, PageError, pages, run
from .preparations import PREPARATIONS, prepared

PAGES = pages()


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page works in a folder of its own."""
    monkeypatch.chdir(tmp_path)


def run_prepared(page: Page) -> int:
    with prepared(page.preparations) as names:
        return run(page, names)


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_a_page_does_what_it_says(page: Page) -> None:
    assert run_prepared(page) == sum(block.is_run for block in page.blocks)


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_blocks_are_of_a_known_language(page: Page) -> None:
    """A misspelt ``pyhton`` would never be run."""
    unknown = {b.language for b in page.blocks if b.language not in RUN | SHOWN and not b.language.startswith("{")}
    assert unknown == set()
    assert not [b for b in page.blocks if b.language.startswith("{code")], "write a plain fenced block, so that it is run"
    assert page.text.count("<!-- not run:") == sum(b.reason is not None for b in page.blocks), "a reason without a block"
    assert set(page.preparations) <= set(PREPARATIONS)


def page_of(text: str) -> Page:
    return Page(ROOT / "page.md", text)


LIES = [
    ("```python\nprint(1)\n```\n\n```text\n2\n```\n", r"- 2\n    \+ 1"),
    ("```python\nprint(1)\nraise ValueError('no')\n```\n\n```text\n1\n```\n", "ValueError: no"),
    ("text\n\n```python\n1 / 0\n```\n", 'File "page.md", line 4'),
    ("```console\n$ odata3 --version\nodata3 9.9\n```\n", "- odata3 9.9"),
    ("```console\n$ odata3 metadata nowhere.edmx\n...\n$ echo $?\n0\n```\n", "- 0"),
    ("1. Indented:\n\n   ```python\n   print(3)\n   ```\n\n   ```text\n   4\n   ```\n\n```python\n1 + 1\n```\n", "- 4"),
    ("```console\n$ rm -r /\n```\n", "not run"),
    ("```sh\nodata3 metadata no-such-file.edmx\n```\n", "exit code"),
    (
        "```python\nimport odata3\nodata3.DataServiceContext('http://other.example/', retry=None).model\n```\n",
        "does not name",
    ),
]


@pytest.mark.parametrize(("text", "complaint"), LIES)
def test_a_page_that_lies_is_told(text: str, complaint: str) -> None:
    with pytest.raises(PageError, match=complaint) as caught:
        run_prepared(page_of(text))
    assert "page.md, line " in str(caught.value)


@pytest.mark.parametrize("text", [text for text, complaint in LIES if complaint.startswith("-")])
def test_a_page_that_lies_is_mended(text: str) -> None:
    mended = rewritten(page_of(text))
    assert mended != text
    run_prepared(page_of(mended))
    assert rewritten(page_of(mended)) == mended


@pytest.mark.parametrize(
    "text",
    [
        "```python\nprint(1, 5, 2)\n```\n\n```text\n1 ... 2\n```\n",
        "```python\nint('x')\n```\n\n```text\nValueError: invalid literal ...\n```\n",
        "```console\n$ A=1 odata3 \\\n    --version\nodata3 ...\n$ echo $?\n0\n```\n",
        "<!-- not run: it takes a disk -->\n```sh\nmkfs\n```\n",
    ],
)
def test_a_page_that_tells_the_truth_passes_and_stays(text: str) -> None:
    run_prepared(page_of(text))
    assert rewritten(page_of(text)) == text


def test_names_are_handed_on_from_block_to_block() -> None:
    names: dict[str, Any] = {}
    assert run(page_of("```python\na = 1\n```\n\n```python\na += 1\n```\n"), names) == 2
    assert names["a"] == 2
