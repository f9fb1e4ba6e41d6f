"""The JSON documents of the corpus, as tests: each read, counted, decoded, written in every format and read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.payloads_json import findings, malformed

FOLDER = Path(__file__).parents[2].parent / "shared" / "corpus"


def test_the_json_documents_of_the_corpus() -> None:
    if not FOLDER.exists():
        pytest.skip("needs ../shared")
    wrong = [
        finding for finding in findings(FOLDER) if finding.problems or finding.refused or not all(finding.came_back.values())
    ]
    assert not wrong, "\n".join(map(str, wrong))


def test_what_is_malformed_is_refused_or_breaks_off() -> None:
    if not FOLDER.exists():
        pytest.skip("needs ../shared")
    assert [name for name, outcome in malformed(FOLDER) if "without a word" in outcome] == []
