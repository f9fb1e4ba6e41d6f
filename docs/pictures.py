"""The pictures of the site and the README, made by the tools themselves: ``python docs/pictures.py [NAME ...]``.

``house``
    the plan of the house, from the floors that ``tests/test_architecture.py`` holds
``demo``, ``restore``
    the terminal of ``spf-vmm demo``, and its second half
``vmm``, ``machine``
    the model of SPF's VMM service, and what stands around a virtual machine, by ``odata3 diagram``

``charts``
    what it costs over size, measured by ``python -m benchmarks``, which takes its minutes

Without a name all but the charts are drawn anew, into ``docs/images``.
"""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import spf_vmm  # noqa: E402
from spf_vmm.demo import Demo  # noqa: E402
from spf_vmm.transcript import Transcript  # noqa: E402
from tests.test_architecture import CLOSED, FLOORS, ROOF  # noqa: E402

IMAGES = Path(__file__).parent / "images"
MONOSPACE = 'ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace'
SANS = 'system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif'

# -- the house -------------------------------------------------------------------------------------------------------------------

WIDTH, GAP, PAD = 960.0, 10.0, 14.0
LINE, LETTER = 17.0, 6.35
COLOURS = {
    "odata3": "#d9d2c5",
    "odata3.wire": "#cfdcea",
    "odata3.edm": "#dce8d2",
    "odata3.uri": "#e9e5c4",
    "odata3.formats": "#f2dfc6",
    "odata3.diagram": "#e6e1da",
    "odata3.entities": "#e5d8ee",
    "odata3.client": "#c6e4e6",
    "odata3.tabular": "#f0dfcf",
    "odata3.bindings": "#d3e9e4",
    "odata3.server": "#f0d3cf",
    "odata3.console": "#dde3e4",
}


@dataclass(frozen=True)
class Room:
    """A floor of the house, as a box: its name, what it is for, and its files in the order in which they may import."""

    title: str
    purpose: str
    files: tuple[str, ...]
    colour: str

    def lines(self, width: float) -> list[str]:
        """The names of the files, broken to a width."""
        longest = int((width - 2 * PAD) / LETTER)
        broken = [""]
        for name in self.files:
            longer = f"{broken[-1]} · {name}" if broken[-1] else name
            if len(longer) <= longest:
                broken[-1] = longer
            else:
                broken.append(name)
        return broken

    def told(self, width: float) -> list[str]:
        """What it is for, broken to a width."""
        return textwrap.wrap(self.purpose, int((width - 2 * PAD) / (LETTER * 1.02)))

    def height(self, width: float) -> float:
        return 2 * PAD + 18 + LINE * (len(self.lines(width)) + len(self.told(width)))

    def draw(self, x: float, y: float, width: float, height: float) -> Iterator[str]:
        yield f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="6" fill="{self.colour}"/>'
        yield f'<text x="{x + PAD:g}" y="{y + PAD + 12:g}" class="title">{escape(self.title)}</text>'
        y += PAD + 14
        for line in self.told(width):
            y += LINE
            yield f'<text x="{x + PAD:g}" y="{y:g}" class="purpose">{escape(line)}</text>'
        for line in self.lines(width):
            y += LINE
            yield f'<text x="{x + PAD:g}" y="{y:g}" class="files">{escape(line)}</text>'


def purpose_of(package: str) -> str:
    """What a package's docstring says first."""
    tree = ast.parse((ROOT / package.replace(".", "/") / "__init__.py").read_text("utf-8"))
    first = re.split(r"(?<=\.)\s", ast.get_docstring(tree) or "", maxsplit=1)[0]
    return first.partition(": ")[2] or first


def room(package: str, files: list[str]) -> Room:
    purpose = "what all others stand on" if package == "odata3" else purpose_of(package).rstrip(".")
    return Room(package.replace(".", "/"), purpose, tuple(files), COLOURS.get(package, "#e4e4e4"))


@dataclass(frozen=True)
class Storey:
    """Rooms one above the other, from the lowest up, and the tower that stands beside all of them."""

    rooms: list[Room]
    tower: Room | None = None

    @property
    def width(self) -> float:
        """That of the rooms; the tower has the rest."""
        if self.tower is None:
            return WIDTH
        return WIDTH * (0.76 if len(self.tower.files) < 15 else 0.62) - GAP / 2

    @property
    def heights(self) -> list[float]:
        """Those of the rooms: what they need, and more where the tower is higher."""
        needed = [each.height(self.width) for each in self.rooms]
        tower = 0.0 if self.tower is None else self.tower.height(WIDTH - self.width - GAP)
        more = max(0.0, tower - sum(needed) - GAP * (len(needed) - 1))
        return [height + more / len(needed) for height in needed]

    @property
    def height(self) -> float:
        return sum(self.heights) + GAP * (len(self.rooms) - 1)

    def draw(self, y: float) -> Iterator[str]:
        if self.tower is not None:
            yield from self.tower.draw(self.width + GAP, y, WIDTH - self.width - GAP, self.height)
        for each, height in zip(reversed(self.rooms), reversed(self.heights), strict=True):
            yield from each.draw(0, y, self.width, height)
            y += height + GAP


def storeys() -> Iterator[Storey]:
    """The house from the ground up."""
    rooms = {name: room(name, files) for name, files in FLOORS}
    names = list(rooms)
    towers: dict[str, list[str]] = {}
    for name in names:
        if (beside := standing_beside(name, names)) and not any(name in others for others in towers.values()):
            towers[name] = beside
    below: dict[str, str] = {beside[0]: tower for tower, beside in towers.items()}
    covered = {name for beside in towers.values() for name in beside} | set(towers)
    for name in names:
        if name in below:
            yield Storey([rooms[each] for each in towers[below[name]]], rooms[below[name]])
        elif name not in covered:
            yield Storey([rooms[name]])


def standing_beside(name: str, names: list[str]) -> list[str]:
    """The floors that a room stands beside, where neither may import the other; none where that is a single floor."""
    closed = {other for other in names if name in CLOSED.get(other, ()) or other in CLOSED.get(name, ())}
    return [other for other in names if other in closed] if len(closed) > 1 else []


def house() -> str:
    """The plan of the house. Imports point down, and from right to left within a room."""
    y, parts = _roof()
    for storey in reversed(list(storeys())):
        parts += storey.draw(y)
        y += storey.height + GAP
    fonts = {
        "title": f"600 15px {SANS};fill:#1d2a2f",
        "purpose": f"italic 12.5px {SANS};fill:#3c4a50",
        "files": f"10.5px {MONOSPACE};fill:#2c3a40",
        "roof": f"600 15px {SANS};fill:#fff",
        "rooms": f"10.5px {MONOSPACE};fill:#e8f2f2",
    }
    style = "".join(f".{name}{{font:{font}}}" for name, font in fonts.items())
    label = "The plan of the house: which room stands on which"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {y - GAP:g}" role="img" aria-label="{label}">\n'
        f"<style>{style}</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )


def _roof() -> tuple[float, list[str]]:
    """The roof over all: the commands and the binding."""
    height, parts = 128.0, []
    parts.append(
        f'<path d="M {WIDTH * 0.2:g} 0 H {WIDTH * 0.8:g} L {WIDTH:g} {height:g} H 0 Z" fill="#2c5a63" stroke="#2c5a63" '
        'stroke-width="6" stroke-linejoin="round"/>'
    )
    titles = {"odata3": "the command odata3", "spf_vmm": "spf_vmm and its command"}
    for number, (package, files) in enumerate(ROOF.items()):
        x = WIDTH * (0.215 + 0.33 * number)
        parts.append(f'<text x="{x:g}" y="40" class="roof">{escape(titles.get(package, package))}</text>')
        for line_number, line in enumerate(Room("", "", tuple(files), "").lines(WIDTH * 0.31)):
            parts.append(f'<text x="{x:g}" y="{62 + LINE * line_number:g}" class="rooms">{escape(line)}</text>')
    return height + GAP, parts


# -- the terminal ----------------------------------------------------------------------------------------------------------------

COLUMNS = 104
# The eight colours of a terminal, from black to white.
NORMAL = "#464e58 #ff7b72 #7ed385 #e3b341 #79b2ff #d299ff #5fc9c6 #dce2e8"
BRIGHT = "#6e7681 #ffa198 #56d364 #f2cc60 #a5d6ff #e2c5ff #88e0dd #ffffff"


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


THEME = TerminalTheme(
    _rgb("#161b22"),
    _rgb("#dce2e8"),
    [_rgb(c) for c in NORMAL.split()],
    [_rgb(c) for c in BRIGHT.split()],
)
TERMINAL = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="TITLE">
<style>
.{unique_id}-matrix {{ font-family: FONT; font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font: 600 18px SANS; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
""".replace("FONT", MONOSPACE).replace("SANS", SANS)


def noon() -> datetime:
    return datetime(2013, 8, 19, 12, tzinfo=UTC)


def demo() -> str:
    """The terminal of ``spf-vmm demo``: the same story, told by the same code, over an emulator whose clock stands still."""
    return terminal("spf-vmm demo", _story())


def restore() -> str:
    """The second half of the story, from the restore on."""
    told = _story().split("\n")
    start = next(number for number, line in enumerate(told) if "Restore the checkpoint" in line)
    return terminal("spf-vmm demo, second half", "\n".join(told[start:]))


def _story() -> str:
    said = io.StringIO()
    console = Console(
        file=said, force_terminal=True, color_system="standard", width=COLUMNS, highlight=False, legacy_windows=False
    )
    transcript = Transcript()
    with spf_vmm.emulator.run(clock=noon) as box, spf_vmm.connect(box.url, principal_id=box.principal_id) as vmm:
        vmm.watch(transcript.note)
        Demo(vmm, console, transcript, interval=0.0).run(box.checkpoint_id, lambda question: None)
        text = said.getvalue().replace(box.origin.rpartition("/")[2], "127.0.0.1:30006")
    return text.strip("\n")


def terminal(title: str, text: str) -> str:
    """What a terminal shows in the end of what was written to it, as a picture."""
    shown = Text("\n").join(piece for line in screen(text) for piece in folded(Text.from_ansi(line)))
    recorder = Console(file=io.StringIO(), record=True, width=COLUMNS, force_terminal=True, color_system="truecolor")
    recorder.print(shown, soft_wrap=True)
    form = TERMINAL.replace("TITLE", title)
    svg = recorder.export_svg(title=title, theme=THEME, code_format=form, unique_id=re.sub(r"\W", "-", title))
    return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE)


def screen(text: str) -> list[str]:
    """The lines that stay: a progress bar goes back to its line, clears it, and writes it again."""
    lines, here = [""], 0
    for piece in re.findall(r"\n|\r|\x1b\[2K|\x1b\[\d*A|\x1b\[\?25[lh]|(?:[^\n\r\x1b]|\x1b\[[\d;]*m)+", text):
        if piece == "\n":
            here += 1
            if here == len(lines):
                lines.append("")
        elif piece.endswith("A") and piece.startswith("\x1b"):
            here -= int(piece[2:-1] or 1)
        elif piece == "\x1b[2K":
            lines[here] = ""
        elif piece[0] != "\r" and not piece.startswith("\x1b[?"):
            lines[here] += piece
    return lines


def folded(line: Text) -> list[Text]:
    """A line as a terminal breaks it: where its width ends."""
    return list(line.divide(range(COLUMNS, len(line), COLUMNS))) or [line]


# -- the model -------------------------------------------------------------------------------------------------------------------


def vmm() -> str:
    """All of SPF's model."""
    return diagram("--properties", "6")


def machine() -> str:
    """What stands around a virtual machine."""
    return diagram("--around", "VirtualMachine", "--properties", "5")


def diagram(*options: str) -> str:
    """What ``odata3 diagram`` draws of SPF's model."""
    model = ROOT / "spf_vmm" / "vmm.edmx"
    command = [sys.executable, "-m", "odata3", "diagram", str(model), "--format", "svg", *options]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8", cwd=ROOT).stdout


PICTURES: dict[str, Callable[[], str]] = {"house": house, "demo": demo, "restore": restore, "vmm": vmm, "machine": machine}


def main() -> int:
    names = sys.argv[1:] or list(PICTURES)
    unknown = sorted({*names} - {*PICTURES, "charts"})
    if unknown:
        print(f"there is no picture {unknown[0]!r}; there are {', '.join(PICTURES)}, charts", file=sys.stderr)
        return 2
    IMAGES.mkdir(exist_ok=True)
    for name in names:
        if name == "charts":
            subprocess.run([sys.executable, "-m", "benchmarks", "--charts", str(IMAGES)], check=True, cwd=ROOT)
            continue
        (IMAGES / f"{name}.svg").write_text(PICTURES[name](), encoding="utf-8")
        print(f"docs/images/{name}.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
