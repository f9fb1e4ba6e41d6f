"""The bundled model says what the captured service metadata says."""

from pathlib import Path

import pytest

from odata3.edm.csdl import parse_metadata, read_metadata, write_metadata
from spf_vmm.metadata import document, model

CAPTURED = Path(__file__).parents[2].parent / "shared" / "spf" / "vmm.edmx"


def test_it_equals_the_captured_one():
    if not CAPTURED.is_file():
        pytest.skip("checks against documents that others published, which are not ours to ship (they stand in ../shared)")
    captured = parse_metadata(CAPTURED)
    assert not captured.warnings
    assert model() == captured


def test_it_reads_without_a_warning_and_writes_back():
    assert model().warnings == ()
    assert read_metadata(write_metadata(model())) == model()
    assert read_metadata(document()) == model()


def test_what_it_holds():
    assert len(model().entity_sets) == 44
    assert model().entity_types["VMM.VirtualMachine"].key == ("ID", "StampId")
    assert model().entity_types["VMM.UserRole"].key == ("ID",)
    assert len(model().entity_types["VMM.VirtualMachine"].properties) == 129


def test_it_is_read_once():
    assert model() is model()
