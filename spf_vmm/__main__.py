"""``python -m spf_vmm``: the ``spf-vmm`` command."""

from __future__ import annotations

import sys

_EXTRA = ("click", "platformdirs", "rich")


def main() -> None:
    """Run the command; without the extra ``cli`` say what to install."""
    try:
        from spf_vmm.cli import command
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] not in _EXTRA:
            raise
        print(f"spf-vmm: the command needs {missing.name}; install it with: pip install 'odata3[cli,server]'", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    command(prog_name="spf-vmm")


if __name__ == "__main__":
    main()
