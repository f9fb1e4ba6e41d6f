"""The corpus of real payloads, where it is at hand: read, counted, decoded, written in every format and read again."""

from pathlib import Path

import pytest
from corpus.payloads import REFUSED, findings, malformed

FOLDER = Path(__file__).parents[2].parent / "shared" / "corpus"
needs_shared = pytest.mark.skipif(
    not FOLDER.exists(),
    reason="checks against documents that others published, which are not ours to ship (they stand in ../shared)",
)


@needs_shared
def test_payloads_are_read_whole_and_come_back_from_every_format() -> None:
    """One in six: ``python -m tests.corpus``, which .ci/run calls, looks at all of them."""
    found = list(findings(FOLDER, 6))
    assert len(found) >= 119
    assert {finding.name for finding in found if finding.refused is not None} <= REFUSED.keys()
    assert [str(finding) for finding in found if finding.problems or finding.changed] == []
    assert sum(finding.bodies for finding in found) >= len(found)


@needs_shared
def test_malformed_payloads_are_refused_or_read_by_a_documented_repair() -> None:
    repaired = {"cloud-odata-java__invalidSvcExample.xml": "a service document without a workspace around its collections"}
    found = dict(malformed(FOLDER))
    assert len(found) >= 9
    for name, outcome in found.items():
        if name not in repaired and not name.endswith(".batch"):
            assert outcome.startswith(("refused: line", "refused: byte"))
        else:
            assert outcome.startswith("read: ")
