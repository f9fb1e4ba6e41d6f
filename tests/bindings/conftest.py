"""The shop's model, which has one of everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from odata3.edm.csdl import parse_metadata
from odata3.edm.model import Model


@pytest.fixture(scope="session")
def model() -> Model:
    return parse_metadata(Path(__file__).parents[1] / "entities" / "shop.edmx")
