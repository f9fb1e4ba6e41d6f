"""The stub beside ``entities.py`` is what the model says. ``python tests/spf/test_stub.py`` writes it anew."""

from pathlib import Path

import spf_vmm
from odata3.bindings.stubs import write_stub
from spf_vmm.metadata import model

STUB = Path(spf_vmm.__file__).with_name("entities.pyi")
HEADING = "def types() -> Any: ..."


def written() -> str:
    return write_stub(model(), context="VMMContext", heading=HEADING)


def test_the_stub_equals_the_model():
    assert STUB.read_text("utf-8") == written(), "run: python tests/spf/test_stub.py"


def test_it_names_every_class_and_every_set():
    text = STUB.read_text("utf-8")
    assert all(f"class {t.name}(" in text for t in (*model().entity_types.values(), *model().complex_types.values()))
    assert all(f"    {s.name}: DataServiceQuery[" in text for s in model().entity_sets.values())


if __name__ == "__main__":
    STUB.write_text(written(), "utf-8")
