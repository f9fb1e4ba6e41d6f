"""``import odata3`` and ``import spf_vmm``, each in a fresh interpreter, against what they cannot do without."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, Outcome, Scale

_FLOOR = "import requests, lxml.etree"


class _Interpreter:
    """Fresh interpreters that find what they import compiled, as they do wherever a package was installed."""

    def __init__(self, cache: str) -> None:
        self._environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
        self._environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def seconds(self, statement: str) -> float:
        program = f"from time import process_time as now; started = now(); {statement}; print(now() - started)"
        done = subprocess.run(
            [sys.executable, "-c", program], env=self._environment, stdout=subprocess.PIPE, text=True, check=True
        )
        return float(done.stdout)


def _import(statement: str, scale: Scale) -> Outcome:
    with TemporaryDirectory() as cache:
        fresh = _Interpreter(cache)
        rounds = [(fresh.seconds(_FLOOR), fresh.seconds(statement)) for _ in range(scale.rounds + 1)][1:]
    floor, own = (min(column) for column in zip(*rounds, strict=True))
    return Outcome(median(spent / base for base, spent in rounds), own / floor, floor, own)


FIGURES = (
    Figure("import-odata3", "import odata3", "import of requests + lxml", 1.3, 1.15, partial(_import, "import odata3")),
    Figure("import-spf", "import spf_vmm", "import of requests + lxml", 1.6, 1.3, partial(_import, "import spf_vmm")),
    Figure(
        "import-context",
        "… with what a first line needs: from odata3 import DataServiceContext",
        "import of requests + lxml",
        None,
        None,
        partial(_import, "from odata3 import DataServiceContext"),
    ),
)
