"""System Center Service Provider Foundation: its VMM service as a typed ``odata3`` context."""

from types import ModuleType as _ModuleType

from spf_vmm.service import VMM, JobFailedError, JobTimeoutError, connect

__all__ = ["VMM", "JobFailedError", "JobTimeoutError", "connect", "emulator"]


def __getattr__(name: str) -> _ModuleType:
    if name == "emulator":
        import importlib

        try:
            return importlib.import_module("spf_vmm.emulator")
        except ModuleNotFoundError as missing:
            raise ImportError(f"spf_vmm.emulator needs {missing.name}: pip install 'odata3[server]'", name=missing.name) from None
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
