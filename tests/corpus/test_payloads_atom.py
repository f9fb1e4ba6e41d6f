"""The corpus of real Atom documents, batches and recordings, where it is at hand."""

from pathlib import Path

import pytest

from corpus.messages import batch_type, parts
from corpus.payloads_atom import REFUSED, findings
from odata3.errors import PayloadError
from odata3.formats.atom import Atom
from odata3.formats.documents import Expectation, ServiceDocument

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


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared")
def test_broken_payloads_are_read_or_refused() -> None:
    for path in (SHARED / "corpus" / "malformed").iterdir():
        data = path.read_bytes()
        try:
            if path.suffix == ".batch":
                assert parts(batch_type(data), data, is_request=True)
            else:
                assert isinstance(Atom(None, "http://h/").read(data, Expectation()), ServiceDocument)
        except PayloadError as error:
            assert error.where
