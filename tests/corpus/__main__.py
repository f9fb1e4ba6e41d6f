"""``python -m tests.corpus FOLDER``: every part of the corpus, one after the other."""

import sys
from pathlib import Path

from . import metadata, payloads


def main() -> int:
    if len(sys.argv) != 2 or not Path(sys.argv[1], "expected.json").exists():
        print("usage: python -m tests.corpus FOLDER   (a folder with expected.json)", file=sys.stderr)
        return 2
    folder = Path(sys.argv[1])
    return 0 if all([part(folder) for part in (metadata.report, payloads.report)]) else 1


if __name__ == "__main__":
    sys.exit(main())
