"""``python -m tests.docs PAGE.md ...``: write what the blocks of pages really print into the pages; then look at the difference.

Output that the page tells rightly stays, with its ``...``.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from textwrap import indent

from .pages import Page, PageError, compare, output, trimmed
from .preparations import prepared


def rewritten(page: Page) -> str:
    """The page's text, with the output that its blocks have now."""
    text, moved = page.text, 0
    with prepared(page.preparations) as names:
        for block in page.blocks:
            said = output(page, block, names) if block.is_run else None
            if said is None:
                continue
            try:
                compare(block.told, said, page.name)
            except PageError:
                written = indent(trimmed(said), block.indent)
                text = text[: block.where.start + moved] + written + text[block.where.stop + moved :]
                moved += len(written) - (block.where.stop - block.where.start)
    return text


def main() -> int:
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    here, failed = Path.cwd(), 0
    for name in sys.argv[1:]:
        page = Page.read(here / name)
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            try:
                text = rewritten(page)
            except PageError as error:
                print(error, file=sys.stderr)
                failed, text = 1, page.text
            finally:
                os.chdir(here)
        if text != page.text:
            page.path.write_text(text, encoding="utf-8")
            print(f"{page.name}: written", file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main())
