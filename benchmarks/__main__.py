"""``python -m benchmarks``: measure and print; see ``--help``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import batches, exchanges, feeds, imports, memory, metadata, peers, properties, queries, saving, tracking
from benchmarks.charts import draw
from benchmarks.figures import FULL, REDUCED, Figure, Outcome
from benchmarks.report import Table, as_json, machine

FIGURES: tuple[Figure, ...] = (
    *feeds.FIGURES,
    *metadata.FIGURES,
    *properties.FIGURES,
    *tracking.FIGURES,
    *saving.FIGURES,
    *queries.FIGURES,
    *exchanges.FIGURES,
    *memory.FIGURES,
    *batches.FIGURES,
    *imports.FIGURES,
    *peers.FIGURES,
)
#: What the reduced run may exceed a must by before it fails: a busy machine is no defect.
TOLERANCE = 1.5


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks", description="What the library costs, over its floor.")
    parser.add_argument("figure", nargs="*", help="only these: " + ", ".join(figure.key for figure in FIGURES))
    parser.add_argument("--reduced", action="store_true", help=f"small sizes, seconds; fails only above {TOLERANCE} x must")
    parser.add_argument("--entities", type=int, metavar="N", help="entities of a feed")
    parser.add_argument("--rounds", type=int, metavar="N", help="rounds per figure, of which the median counts")
    parser.add_argument("--charts", type=Path, metavar="FOLDER", help="draw cost over size into this folder, and no table")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout instead of the table")
    parsed = parser.parse_args(given)
    unknown = set(parsed.figure) - {figure.key for figure in FIGURES}
    if unknown:
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    return parsed


def main(given: Sequence[str] | None = None) -> int:
    """Exit code 0, or 1 where a must was missed (by half, in the reduced run)."""
    asked = _arguments(given)
    if asked.charts is not None:
        draw(asked.charts)
        return 0
    scale = REDUCED if asked.reduced else FULL
    scale = replace(scale, entities=asked.entities or scale.entities, rounds=asked.rounds or scale.rounds)
    chosen = [figure for figure in FIGURES if not asked.figure or figure.key in asked.figure]
    table, outcomes = Table(chosen), dict[str, Outcome]()
    out = sys.stderr if asked.json else sys.stdout
    print(f"{machine()}\n\n{table.head()}", file=out, flush=True)
    for figure in chosen:
        outcomes[figure.key] = figure.measure(scale)
        print(table.line(figure, outcomes[figure.key]), file=out, flush=True)
    if asked.json:
        print(json.dumps(as_json(chosen, outcomes), indent=2))
    allowed = TOLERANCE if asked.reduced else 1.0
    missed = [f.title for f in chosen if f.must is not None and outcomes[f.key].value > f.must * allowed]
    if missed:
        print(f"\nabove {allowed:g} x must: {'; '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
