"""The benchmarks measure what they say, and the command that runs them says so. Nothing here looks at a time."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from lxml import etree

from benchmarks import __main__ as command
from benchmarks import charts, data, feeds, measuring, service
from benchmarks.figures import FULL, REDUCED, Figure, Outcome, Scale
from benchmarks.measuring import compare
from benchmarks.report import Table, verdict
from odata3.edm.csdl import parse_metadata

#: What was promised: must and goal by figure.
PROMISES = {
    "light": (2.2, 1.3),
    "light-all": (4.0, 2.8),
    "verbose": (2.2, 1.3),
    "atom": (3.6, 2.8),
    "growth": (1.35, 1.2),
    "metadata-70": (8, 5),
    "metadata-500": (8, 5),
    "read": (4, 2.2),
    "write-text": (6, 3),
    "write-int": (8, 3),
    "changes": (2, 1.2),
    "pending": (2, 1.2),
    "save": (6, 3),
    "url": (12, 6),
    "get": (1.25, 1.15),
    "memory": (1.6, 1.15),
    "pages": (24, 8),
    "batch": (0.5, 0.15),
    "import-odata3": (1.3, 1.15),
    "import-spf": (1.6, 1.3),
    "atom-peak": (20, 8),
}
#: Those that start other processes, and the peers.
APART = {"pages", "atom-peak", "get-socket", "import-odata3", "import-spf", "import-context", "pyodata", "pyslet"}
TINY = Scale(
    entities=20,
    least=5,
    most=10,
    rounds=1,
    types=10,
    tracked=(10, 100),
    loops=500,
    pages=22,
    megabytes=1,
    parts=5,
    peers=2,
)


@pytest.fixture(autouse=True)
def uncollected(monkeypatch: pytest.MonkeyPatch) -> None:
    """The heap of a test run is large, and here nothing is compared."""
    monkeypatch.setattr(measuring, "gc", SimpleNamespace(collect=lambda: 0))


def test_every_promise_has_its_figure() -> None:
    assert {f.key: (f.must, f.goal) for f in command.FIGURES if f.must is not None} == PROMISES
    assert len({f.key for f in command.FIGURES}) == len(command.FIGURES)


@pytest.mark.parametrize("figure", [f for f in command.FIGURES if f.key not in APART], ids=lambda f: f.key)
def test_every_figure_can_be_measured(figure: Figure) -> None:
    assert figure.measure(TINY).value > 0


# --- the data -------------------------------------------------------------------------------------------------------------------


def test_a_machine_has_the_sixty_properties() -> None:
    counts: dict[str, int] = {}
    for _, sort, _ in data.PROPERTIES:
        counts[sort] = counts.get(sort, 0) + 1
    assert counts == {
        "Edm.Guid": 8,
        "Edm.String": 22,
        "Edm.Int32": 10,
        "Edm.Int64": 3,
        "Edm.Boolean": 11,
        "Edm.DateTime": 4,
        "Edm.Double": 1,
        "Edm.Decimal": 1,
    }
    assert sum(nullable for _, _, nullable in data.PROPERTIES) == 9
    assert [name for name, value in data.machine(3).items() if value is None] == [name for name, _, n in data.PROPERTIES if n]


def test_the_metadata_has_as_many_types_and_properties_as_it_says() -> None:
    model = parse_metadata(data.metadata(500, 40))
    assert len(model.entity_types) == 500
    declared = [len(entity_type.properties) for name, entity_type in model.entity_types.items() if name != "Fleet.Machine"]
    assert set(declared) == {40}
    assert len(model.entity_types["Fleet.Machine"].properties) == 60
    assert not model.warnings


def test_the_dialects_say_the_same() -> None:
    known = service.model()

    def read(dialect: Any) -> list[dict[str, Any]]:
        write, media_type, name, _ = dialect
        session = service.session({feeds.URL: service.Answer(write(7), media_type)})
        context: Any = service.context(session, known, format=name)
        return [machine.to_dict() for machine in context.Machines]

    light, verbose, atom = (read(dialect) for dialect in (feeds.LIGHT, feeds.VERBOSE, feeds.ATOM))
    assert light == atom
    for full, cut in zip(light, verbose, strict=True):  # milliseconds are all that version 2 knows
        for name, value in full.items():
            if name.startswith("DateTime") and value is not None:
                full[name] = value.replace(microsecond=value.microsecond // 1000 * 1000)
        assert full == cut


# --- measuring ------------------------------------------------------------------------------------------------------------------


def test_turns_alternate_and_the_first_round_does_not_count() -> None:
    told: list[str] = []
    compared = compare(
        lambda: told.append("floor"), lambda made: told.append(made), rounds=3, prepare=lambda: f"own {len(told) // 2}"
    )
    assert told == ["floor", "own 0", "own 1", "floor", "floor", "own 2", "own 3", "floor"]
    assert compared.ratio > 0 and compared.floor > 0


# --- the command ----------------------------------------------------------------------------------------------------------------


def _figure(value: float, must: float | None = 2.0) -> Figure:
    return Figure("one", "one thing", "another", must, 1.0 if must else None, lambda scale: Outcome(value, value, 0.5, 1.0))


@pytest.mark.parametrize(
    ("value", "given", "code"),
    [(0.9, [], 0), (1.9, [], 0), (2.1, [], 1), (2.9, ["--reduced"], 0), (3.1, ["--reduced"], 1), (3.1, ["--json"], 1)],
)
def test_the_exit_code_says_whether_a_must_was_missed(
    value: float, given: list[str], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "FIGURES", (_figure(value), replace(_figure(9.0, None), key="peer")))
    assert command.main(given) == code
    said = capsys.readouterr()
    assert ("one thing" in said.err.split("must:")[-1]) == (code == 1)
    assert "Python" in (said.err if "--json" in given else said.out)


def test_json_has_every_figure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(command, "FIGURES", (_figure(1.5),))
    command.main(["--json"])
    told = json.loads(capsys.readouterr().out)
    assert told["figures"]["one"] == {
        "title": "one thing",
        "floor": "another",
        "unit": "ratio",
        "value": 1.5,
        "best": 1.5,
        "floor_seconds": 0.5,
        "own_seconds": 1.0,
        "must": 2.0,
        "goal": 1.0,
    }


def test_sizes_and_figures_are_chosen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    scales: list[Scale] = []
    seen = Figure("seen", "seen", "", 1, 1, lambda scale: scales.append(scale) or Outcome(1.0))
    monkeypatch.setattr(command, "FIGURES", (_figure(9.0), seen))
    assert command.main(["seen", "--entities", "7", "--rounds", "2"]) == 0
    assert command.main(["seen", "--reduced"]) == 0
    assert scales == [replace(FULL, entities=7, rounds=2), REDUCED]
    with pytest.raises(SystemExit):
        command.main(["nothing"])
    assert "no such figure: nothing" in capsys.readouterr().err


@pytest.mark.parametrize(("value", "said"), [(0.5, "goal"), (1.0, "goal"), (1.5, "must"), (2.5, "MISSED")])
def test_verdicts(value: float, said: str) -> None:
    figure = _figure(value)
    assert verdict(figure, figure.measure(TINY)) == said
    assert Table([figure]).line(figure, figure.measure(TINY)).endswith(said)


def test_a_chart_is_svg_with_a_line_for_each_series(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = charts.Chart("A & B", "entities", "ms", {"floor": [(1, 0.5), (100, 50)], "own": [(1, 1), (100, 100)]})
    monkeypatch.setattr(charts, "CHARTS", {"one": lambda: made})
    assert command.main(["--charts", str(tmp_path)]) == 0
    root = etree.fromstring((tmp_path / "performance-one.svg").read_bytes())
    lines = [element.get("points") for element in root.iter("{http://www.w3.org/2000/svg}polyline")]
    assert len(lines) == 2
    slopes = []
    for line in lines:
        (x1, y1), (x2, y2) = ([float(part) for part in place.split(",")] for place in line.split())
        slopes.append((y1 - y2) / (x2 - x1))
    assert slopes[0] == pytest.approx(slopes[1])
