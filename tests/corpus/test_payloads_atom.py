"""The corpus of real Atom documents, batches and recordings, where it is at hand."""

from pathlib import Path

import pytest

from corpus.payloads_atom import REFUSED, findings

SHARED = Path(__file__).parents[2].parent / "shared"


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared")
def test_every_payload_is_read_whole_and_comes_back_from_every_format() -> None:
    found = list(findings(SHARED / "corpus"))
    assert {kind: sum(finding.kind == kind for finding in found) for kind in ("atom", "batch", "recording")} == {
        "atom": 312,
        "batch": 57,
        "recording": 147,
    }
    assert {finding.name for finding in found if finding.refused is not None} == REFUSED.keys()
    assert [str(finding) for finding in found if finding.problems] == []
    assert [finding.name for finding in found if not all(finding.came_back.values())] == []
