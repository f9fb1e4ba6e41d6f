"""CSDL: ``$metadata`` documents to models and back. (Being written.)"""

from __future__ import annotations

import os
from typing import BinaryIO

from odata3.edm.model import Model

Source = str | bytes | os.PathLike[str] | BinaryIO


def read_metadata(data: bytes) -> Model:
    """The model of an EDMX or CSDL document. MetadataError for what makes no sense, warnings on the model for the rest."""
    raise NotImplementedError


def write_metadata(model: Model) -> bytes:
    """The EDMX document of a model; reading it gives an equal model."""
    raise NotImplementedError


def parse_metadata(source: Source) -> Model:
    """The model of a document given as path, bytes, text or binary file."""
    raise NotImplementedError
