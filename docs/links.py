"""Whether every link inside the built site leads somewhere: ``python docs/links.py docs/_build/html``.

Files and anchors are looked up; links to other sites are not asked.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Document(HTMLParser):
    """What a page links to (by line), and which anchors it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[tuple[int, str]] = []
        self.anchors: set[str] = {""}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if value is None:
                continue
            if name == "id" or (name == "name" and tag == "a"):
                self.anchors.add(value)
            elif name in ("href", "src"):
                self.links.append((self.getpos()[0], value))


@cache
def document(path: Path) -> Document:
    return Document(path.read_text("utf-8"))


def dead_links(folder: Path) -> Iterator[str]:
    """Each link that leads nowhere, with its page and line."""
    for page in sorted(folder.rglob("*.html")):
        for line, link in document(page).links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page.resolve()
            if target.is_dir():
                target /= "index.html"
            place = f"{page.relative_to(folder)}, line {line}: {link}"
            if not target.is_file() or not target.is_relative_to(folder.resolve()):
                yield f"{place}: there is no such file"
            elif parts.fragment and target.suffix == ".html" and unquote(parts.fragment) not in document(target).anchors:
                yield f"{place}: that page has no such anchor"


def main() -> int:
    if len(sys.argv) != 2 or not Path(sys.argv[1], "index.html").is_file():
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(sys.argv[1])
    dead = list(dead_links(folder))
    for one in dead:
        print(one)
    pages = sorted(folder.rglob("*.html"))
    print(f"{sum(len(document(page).links) for page in pages)} links on {len(pages)} pages, {len(dead)} dead", file=sys.stderr)
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main())
