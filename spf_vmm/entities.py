"""The classes of SPF's VMM service: ``from spf_vmm.entities import VMCheckPoint, VirtualMachine``.

They are made from the bundled model, each when it is first asked for, so that importing costs nothing; ``entities.pyi`` beside
this file tells editors and type checkers every property.
"""

from __future__ import annotations

from typing import Any

from odata3.client.context import DataServiceContext
from odata3.entities.classes import Namespace, build_classes
from spf_vmm.metadata import model


class VMMContext(DataServiceContext):
    """A context whose entities are the classes of this module; its stub names the entity sets. ``VMM`` is the one to use."""

    _version_floor = "3.0"
    _types_module = "spf_vmm.entities"


def types() -> Namespace:
    """The namespace of all classes: the one that every :class:`~spf_vmm.service.VMM` uses."""
    return build_classes(model(), module=__name__)


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return sorted(dir(types()))
    if name.startswith("__"):
        raise AttributeError(name)
    try:
        return getattr(types(), name)
    except AttributeError as error:
        raise AttributeError(f"{__name__}: {error}", name=name) from None


def __dir__() -> list[str]:
    return sorted({*dir(types()), "VMMContext", "types"})
