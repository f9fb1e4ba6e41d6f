"""System Center Service Provider Foundation: its VMM service as a typed ``odata3`` context."""

from importlib import import_module as _import_module
from types import ModuleType as _ModuleType
from typing import TYPE_CHECKING

from odata3.faces import late as _late

__all__ = ["VMM", "JobFailedError", "JobTimeoutError", "connect", "emulator"]

_handed_on, __dir__ = _late(__name__, __all__, "spf_vmm.service")

if TYPE_CHECKING:  # a checker that saw the function would let every name pass
    from spf_vmm import emulator
    from spf_vmm.service import VMM, JobFailedError, JobTimeoutError, connect
else:

    def __getattr__(name: str) -> _ModuleType:
        if name != "emulator":
            return _handed_on(name)
        try:
            return _import_module("spf_vmm.emulator")
        except ModuleNotFoundError as missing:
            raise ImportError(f"spf_vmm.emulator needs {missing.name}: pip install 'odata3[server]'", name=missing.name) from None
