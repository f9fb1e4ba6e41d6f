"""The corpus of real metadata documents, where it is at hand."""

from pathlib import Path

import pytest
from corpus.metadata import findings

from odata3.edm.csdl import parse_metadata, read_metadata, write_metadata
from odata3.errors import MetadataError

SHARED = Path(__file__).parents[2].parent / "shared"
needs_shared = pytest.mark.skipif(
    not SHARED.exists(),
    reason="checks against documents that others published, which are not ours to ship (they stand in ../shared)",
)


@needs_shared
def test_documents_are_read_whole_or_say_what_is_missing():
    """One in four: ``python -m tests.corpus``, which .ci/run calls, looks at all of them."""
    found = list(findings(SHARED / "corpus", 4))
    assert len(found) >= 45
    assert [str(finding) for finding in found if not finding.accounted_for] == []


@needs_shared
def test_the_documents_of_spf_are_read_without_a_remark():
    documents = [*(SHARED / "spf").glob("*.edmx"), SHARED / "traces" / "model.edmx"]
    assert len(documents) >= 5
    for document in documents:
        model = parse_metadata(document)
        assert model.warnings == ()
        assert parse_metadata(write_metadata(model)) == model


@needs_shared
def test_r38_broken_documents_are_read_or_refused():
    for document in (SHARED / "corpus" / "malformed").iterdir():
        try:
            model = parse_metadata(document)
        except MetadataError as error:
            assert error.where
        else:
            assert read_metadata(write_metadata(model)) == model
