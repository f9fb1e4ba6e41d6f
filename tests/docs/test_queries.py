"""docs/queries.md, row by row: the Python makes the URL, and the service answers it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import pytest

from odata3.client.query import DataServiceQuery
from odata3.edm.spatial import Geography
from odata3.errors import QueryTranslationError

from . import pages
from .preparations import prepared

PAGE = pages.Page.read(pages.ROOT / "docs" / "queries.md")


def tables() -> Iterator[tuple[str, list[list[str]]]]:
    """Every table of the page: its head, and its rows as the code in their cells."""
    for table in re.findall(r"^\|.*\n\| ---.*\n(?:\|.*\n?)+", PAGE.text, re.MULTILINE):
        head, _, *rows = table.strip().splitlines()
        yield head, [cells(row) for row in rows]


def cells(row: str) -> list[str]:
    parts = re.split(r"(?<!\\)\|", row.strip().strip("|"))
    return [part.strip().strip("`").replace("\\|", "|") for part in parts]


def rows_under(head: str) -> list[list[str]]:
    return [row for found, rows in tables() if found == head for row in rows]


TRANSLATED = rows_under("| C# | Python | asks for |")
REFUSED = rows_under("| refused | because | instead |")


@dataclass
class Line:
    name: str
    cost: Decimal


@pytest.fixture(scope="module")
def scope() -> Iterator[dict[str, Any]]:
    """What the page's examples see, as the page's own code makes it."""
    with prepared(PAGE.preparations) as found:
        found |= {
            "math": math,
            "Line": Line,
            "UTC": UTC,
            "datetime": datetime,
            "timedelta": timedelta,
            "oslo": Geography("Point", (10.75, 59.91)),
            "area": Geography("Polygon", (((10, 59), (11, 59), (11, 60), (10, 60), (10, 59)),)),
            "asked": [],
        }
        pages.run(PAGE, found)
        found["ctx"].sending_request += lambda args: found["asked"].append(args.url)
        yield found


def run(code: str, scope: dict[str, Any]) -> str:
    """What the code asks for first, below the root. A query is read to its end."""
    scope["asked"].clear()
    result = eval(code, scope)
    if isinstance(result, DataServiceQuery):
        url = result.url
        result.to_list()
        assert scope["asked"][0] == url
    return str(scope["asked"][0]).removeprefix(scope["ctx"].base_uri)


def test_the_page_has_sixty_queries_and_more() -> None:
    assert len({python for _, python, _ in TRANSLATED}) >= 60
    assert all(csharp.startswith("ctx.") for csharp, _, _ in TRANSLATED)


@pytest.mark.parametrize(("csharp", "python", "url"), TRANSLATED, ids=[row[0] for row in TRANSLATED])
def test_the_python_of_the_page_asks_for_its_url(scope: dict[str, Any], csharp: str, python: str, url: str) -> None:
    asked = run(python, scope)
    assert unquote(asked) == url
    assert not re.search(r'[^!-~]|["<>\\^`{|}]', asked)


@pytest.mark.parametrize(("wrong", "because", "instead"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_the_page_says_is_refused(scope: dict[str, Any], wrong: str, because: str, instead: str) -> None:
    with pytest.raises(QueryTranslationError) as caught:
        eval(wrong, scope)
    assert len(str(caught.value)) > 20
    run(instead, scope)
