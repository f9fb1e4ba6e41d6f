"""The model of SPF's VMM service, read once from the document that comes with the package.

``vmm.edmx`` states the facts of the service metadata of System Center 2012 R2 (API version ``SC2012R2``); it is the source of
truth for the classes, the stubs and the emulator.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from odata3.edm.csdl import read_metadata
from odata3.edm.model import Model


@cache
def document() -> bytes:
    """The ``$metadata`` document, as it would travel."""
    return files("spf_vmm").joinpath("vmm.edmx").read_bytes()


@cache
def model() -> Model:
    """The model that :func:`document` states. Immutable, and shared by everything in the process."""
    return read_metadata(document())
