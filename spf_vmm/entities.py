"""The classes of SPF's VMM service: ``from spf_vmm.entities import VMCheckPoint, VirtualMachine``.

They are made from the bundled model, each when it is first asked for, so that importing costs nothing; ``entities.pyi`` beside
this file tells editors and type checkers every property.
"""

from __future__ import annotations

from odata3.bindings.runtime import Binding
from odata3.client.context import DataServiceContext
from spf_vmm.metadata import model


class VMMContext(DataServiceContext):
    """A context whose entities are the classes of this module; its stub names the entity sets. ``VMM`` is the one to use."""

    _version_floor = "3.0"
    _types_nothing = True
    _types_module = "spf_vmm.entities"


_binding = Binding(__name__, model, "VMMContext")
types = _binding.types
__getattr__ = _binding.find
__dir__ = _binding.names
