"""A local SPF VMM service: virtual machines that obey, checkpoints that restore, jobs that take a moment. Needs the extra
``server``.
"""

from spf_vmm.emulator.provider import Emulator, EmulatorServer, run
from spf_vmm.emulator.settings import Settings

__all__ = ["Emulator", "EmulatorServer", "Settings", "run"]
