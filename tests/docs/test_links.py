"""Links of the pages lead to files and headings that are there; those of the built site are checked by ``docs/links.py``."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from .pages import ROOT, Page, pages

PAGES = {page.path: page for page in pages()}


def anchors(page: Page) -> set[str]:
    """The anchors of a page's headings, as GitHub and the site make them."""
    text = re.sub(r"^```.*?^```$", "", page.text, flags=re.MULTILINE | re.DOTALL)
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.+?)\s*$", text, re.MULTILINE):
        slug = re.sub(r"[^\w\- ]", "", re.sub(r"`|\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()).replace(" ", "-")
        number = sum(slug == known or re.fullmatch(re.escape(slug) + r"-\d+", known) is not None for known in found)
        found.add(f"{slug}-{number}" if number else slug)
    return found


def links(page: Page) -> list[str]:
    text = re.sub(r"^```.*?^```$|`[^`\n]*`", "", page.text, flags=re.MULTILINE | re.DOTALL)
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+:", link)]


@pytest.mark.parametrize("page", PAGES.values(), ids=[page.name for page in PAGES.values()])
def test_links_between_pages_resolve(page: Page) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.path.parent / path).resolve() if path else page.path
        assert target.exists(), f"{page.name}: {link} leads to no file"
        if anchor:
            assert anchor in anchors(PAGES[target]), f"{page.name}: {link}: that page has no such heading"


def test_pages_are_linked_to_the_site() -> None:
    """A page that no table of contents names is found by nobody. (The build says so as well.)"""
    named = {
        (page.path.parent / name.strip()).with_suffix(".md").resolve()
        for page in PAGES.values()
        for tree in re.findall(r"^```\{toctree\}\n(.*?)^```", page.text, re.MULTILINE | re.DOTALL)
        for name in tree.splitlines()
        if name.strip() and not name.startswith(":")
    }
    docs = {path for path in PAGES if path.is_relative_to(ROOT / "docs")} - {ROOT / "docs" / "index.md"}
    assert named == docs


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "docs" / "links.py"), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_checker_of_the_built_site_finds_what_is_dead(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "index.html").write_text(
        '<a href="sub/other.html#there">1</a> <a href="https://elsewhere.example/#x">2</a> <img src="no.svg">\n'
        '<a href="sub/other.html#gone">3</a> <a href="#">4</a> <a href="sub/no%20page.html">5</a>\n'
        '<a href="../outside.html">6</a>'
    )
    (tmp_path / "sub" / "other.html").write_text('<h1 id="there">x</h1><a href="../index.html">back</a>')
    done = check(tmp_path)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "index.html, line 1: no.svg: there is no such file",
        "index.html, line 2: sub/other.html#gone: that page has no such anchor",
        "index.html, line 2: sub/no%20page.html: there is no such file",
        "index.html, line 3: ../outside.html: there is no such file",
    ]
    (tmp_path / "index.html").write_text('<a href="sub/other.html#there">1</a>')
    assert check(tmp_path).returncode == 0
    assert check(tmp_path / "sub").returncode == 2
