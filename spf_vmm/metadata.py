"""The models of SPF's services, read once from the documents that come with the package.

``vmm.edmx`` and ``admin.edmx`` state the facts of the metadata of System Center 2012 R2 (API version ``SC2012R2``).
``vmm.edmx`` is the source of truth for the classes, the stubs and the emulator; the emulator serves the Admin service from
``admin.edmx``.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from odata3.edm.csdl import read_metadata
from odata3.edm.model import Model


@cache
def document(service: str = "vmm") -> bytes:
    """The ``$metadata`` document of a service (``vmm``, ``admin``), as it would travel."""
    return files("spf_vmm").joinpath(f"{service}.edmx").read_bytes()


@cache
def model() -> Model:
    """The model of the VMM service. Immutable, and shared by everything in the process."""
    return read_metadata(document())


@cache
def admin_model() -> Model:
    """The model of the Admin service."""
    return read_metadata(document("admin"))
