"""Queries, answers and pending changes as notebooks show them. A display asks the service for nothing.

Source: the rich display protocol of IPython; what is masked in a URL is decided in ``wire/origins.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from odata3.entities.displays import rows_html
from odata3.hypertext import MANY, Html, card, code, element, note, table
from odata3.secrecy import masked

__all__ = ["address", "facts", "failure", "query_html", "rows_card", "steps"]

_NOT_ASKED = "Not asked yet: iterate over it, or call .to_list(), .first() or .to_dataframe()."
_STEPS = 50


def address(url: object) -> Html:
    """A URL, without what lets one in."""
    return code(masked(str(url)))


def failure(error: BaseException | None) -> str:
    """What went wrong, in one line."""
    return "" if error is None else masked(f"{type(error).__name__}: {error}")


def query_html(title: str, url: str, rows: Sequence[Any], names: tuple[str, ...]) -> Html:
    """A query: its URL, and the first rows where it has been asked."""
    if not rows:
        return card(title, address(url), note(_NOT_ASKED))
    read = "The first row" if len(rows) == 1 else f"The first {len(rows)} rows"
    return card(title, address(url), rows_html(rows, names), note(f"{read} that the last reading gave."))


def rows_card(title: str, rows: Iterable[Any], *parts: object, names: tuple[str, ...] = (), remark: str = "") -> Html:
    """Rows that are there, the first of them as a table."""
    first = list(islice(rows, MANY))
    shown = (rows_html(first, names),) if first else ()
    return card(title, *parts, *shown, *((note(remark),) if remark else ()))


def steps(title: str, requests: Sequence[tuple[str, str, Sequence[str]]], remarks: Sequence[str] = ()) -> Html:
    """Requests that would be sent: method, URL, and what each says, line by line; then what else is to be said."""
    rows = [
        (method, address(url), element("div", *(element("div", line) for line in lines)))
        for method, url, lines in requests[:_STEPS]
    ]
    more = (note(f"… {len(requests) - _STEPS} more"),) if len(requests) > _STEPS else ()
    found = (table(("Method", "URL", "What it says"), rows),) if rows else ()
    return card(title, *found, *more, *map(note, remarks[:_STEPS]))


def facts(title: str, known: Iterable[tuple[str, object]]) -> Html:
    """What is known of something: names and values, those of None left out."""
    return card(title, table(("", ""), [(name, value) for name, value in known if value is not None]))
