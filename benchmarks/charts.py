"""Cost over size, drawn: what grows linearly is a line, and the library's is parallel to its floor's.

Both axes are logarithmic; a slope of one is growth in proportion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from pathlib import Path

from benchmarks import batches, feeds, memory, metadata, saving
from benchmarks.measuring import Comparison, alone

Points = Sequence[tuple[float, float]]

_WIDTH, _HEIGHT = 720, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 190, 48, 56
_COLOURS = ("#8a8f94", "#1f6f8b", "#c2632f", "#5b7f3a")
_FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif"


@dataclass(frozen=True)
class Chart:
    """Lines over a common axis; ``series`` has the points of each by its name, the floor's first."""

    title: str
    across: str
    upward: str
    series: Mapping[str, Points]

    def svg(self) -> str:
        points = [point for line in self.series.values() for point in line]
        x = _Axis(min(px for px, _ in points), max(px for px, _ in points), _LEFT, _WIDTH - _RIGHT)
        y = _Axis(min(py for _, py in points), max(py for _, py in points), _HEIGHT - _BOTTOM, _TOP)
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
            f' aria-label="{escape(self.title)}" font-family="{_FONT}" font-size="12" fill="#3c4a50">',
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
            f'<text x="{_LEFT}" y="26" font-size="15" font-weight="600" fill="#1d2a2f">{escape(self.title)}</text>',
        ]
        for power in x.powers():
            at = x.place(10.0**power)
            parts.append(_rule(at, y.low, at, y.high))
            parts.append(f'<text x="{at:.1f}" y="{y.low + 18}" text-anchor="middle">{_power(power)}</text>')
        for power in y.powers():
            at = y.place(10.0**power)
            parts.append(_rule(x.low, at, x.high, at))
            parts.append(f'<text x="{_LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{_power(power)}</text>')
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        parts.append(f'<text x="{middle:.0f}" y="{_HEIGHT - 14}" text-anchor="middle">{escape(self.across)}</text>')
        parts.append(f'<text x="{_LEFT}" y="42" fill="#6a767b">{escape(self.upward)}</text>')
        for (name, line), colour in zip(self.series.items(), _COLOURS, strict=False):
            parts.extend(self._line(name, [(x.place(px), y.place(py)) for px, py in line], colour))
        return "\n".join((*parts, "</svg>", ""))

    def _line(self, name: str, places: Points, colour: str) -> list[str]:
        path = " ".join(f"{px:.1f},{py:.1f}" for px, py in places)
        last_x, last_y = places[-1]
        return [
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.2"/>',
            *(f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3.2" fill="{colour}"/>' for px, py in places),
            f'<text x="{last_x + 10:.1f}" y="{last_y + 4:.1f}" fill="{colour}">{escape(name)}</text>',
        ]


class _Axis:
    """A logarithmic axis, in whole powers of ten, between two places of the drawing."""

    def __init__(self, least: float, most: float, low: float, high: float) -> None:
        self._first, self._last = floor(log10(least)), ceil(log10(most))
        self.low, self.high = low, high

    def place(self, value: float) -> float:
        share = (log10(value) - self._first) / max(1, self._last - self._first)
        return self.low + share * (self.high - self.low)

    def powers(self) -> range:
        return range(self._first, self._last + 1)


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#e3e7e8"/>'


def _power(power: int) -> str:
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:.{-power}f}"


# --- what is drawn --------------------------------------------------------------------------------------------------------------


def _compared(
    title: str, across: str, names: tuple[str, str], sizes: Sequence[tuple[int, int]], measure: Callable[[int], Comparison]
) -> Chart:
    """Milliseconds of floor and library; ``sizes`` pairs what is asked for with what stands on the axis."""
    found = [(shown, measure(size)) for size, shown in sizes]
    return Chart(
        title,
        across,
        "milliseconds of CPU time",
        {
            names[0]: [(shown, compared.floor * 1000) for shown, compared in found],
            names[1]: [(shown, compared.own * 1000) for shown, compared in found],
        },
    )


def _same(*sizes: int) -> list[tuple[int, int]]:
    return [(size, size) for size in sizes]


def _feeds() -> Chart:
    sizes = (1_000, 3_000, 10_000, 30_000, 100_000)
    read = {size: feeds.against_floor(feeds.LIGHT, size, 3) for size in sizes}
    read_all = {size: feeds.against_floor(feeds.LIGHT, size, 3, feeds.read_all) for size in sizes}
    feeds.forget()
    return Chart(
        "A JSON feed of entities with 60 properties",
        "entities",
        "milliseconds of CPU time",
        {
            "fetch + json.loads": [(size, read[size].floor * 1000) for size in sizes],
            "tracked entities": [(size, read[size].own * 1000) for size in sizes],
            "… all 60 read": [(size, read_all[size].own * 1000) for size in sizes],
        },
    )


def _metadata() -> Chart:
    sizes = [(types, types * metadata.PROPERTIES) for types in (10, 30, 70, 200, 500)]
    names = ("lxml fromstring", "usable context")
    return _compared("$metadata into a context", "properties", names, sizes, lambda types: metadata.against_floor(types, 5))


def _batches() -> Chart:
    return _compared(
        "The answer to a batch",
        "parts",
        ("email.parser", "odata3"),
        _same(10, 100, 1_000, 10_000),
        lambda parts: batches.against_floor(parts, 5),
    )


def _saving() -> Chart:
    return _compared(
        "Updates saved in one change set",
        "updates",
        ("json.dumps + post + split", "save_changes"),
        _same(10, 100, 1_000, 10_000),
        lambda updates: saving.against_floor(updates, 5),
    )


def _pages() -> Chart:
    sizes = alone(memory.walk, 1_000)
    places = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)
    return Chart(
        "A walk over a million entities, a thousand a page, none of them tracked",
        "pages read",
        "MiB of memory in use",
        {"the whole process": [(page, sizes[page - 1] / 2**20) for page in places]},
    )


CHARTS: Mapping[str, Callable[[], Chart]] = {
    "feeds": _feeds,
    "metadata": _metadata,
    "batches": _batches,
    "saving": _saving,
    "pages": _pages,
}


def draw(folder: Path) -> None:
    """Measure and draw every chart into ``folder``, as ``performance-feeds.svg`` and so on."""
    for name, measured in CHARTS.items():
        path = folder / f"performance-{name}.svg"
        path.write_text(measured().svg(), encoding="utf-8")
        print(path, flush=True)
