"""System Center Service Provider Foundation: its VMM service as a typed ``odata3`` context."""

from types import ModuleType as _ModuleType

from spf_vmm.service import VMM, JobFailedError, JobTimeoutError, connect

__all__ = ["VMM", "JobFailedError", "JobTimeoutError", "connect", "emulator"]


def __getattr__(name: str) -> _ModuleType:
    if name == "emulator":
        import importlib

        return importlib.import_module("spf_vmm.emulator")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
