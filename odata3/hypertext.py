"""HTML for notebooks: what ``_repr_html_`` of queries, entities, models and pending changes is made of.

A child of an element is text, and escaped, unless this room made it: so nothing that a service sent can be markup. Texts are
cut where they are long; control characters, and those that turn the direction of a line, stand as ``\\u202e``. There is no
script, no link, no colour, and nothing is loaded from anywhere: a display looks as the notebook's own tables do, by day and by
night.

::

    card("Product", table(("Property", "Value"), [("Name", "<script>")]))

Source: the rich display protocol of IPython (``_repr_html_``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import Enum
from html import escape
from itertools import islice
from typing import Any

from odata3.secrecy import HIDDEN, is_secret

__all__ = ["MANY", "Html", "card", "code", "counted", "details", "element", "note", "shown", "table"]

#: So many characters of a text, rows or columns of a table are shown.
LONGEST = 200
_LONGEST_URL = 8_000
MANY = 10
_WIDEST = 20
_TALLEST = 200
_ITEMS = 5
#: Joiners, without which scripts and emoji fall apart, and white space.
_HARMLESS = frozenset("\t\n\u200c\u200d")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class Html(str):
    """Text that is HTML: made by this room alone."""

    __slots__ = ()


def element(tag: str, *children: object, **attributes: str) -> Html:
    """An element; children that are not HTML are escaped, attributes are too."""
    said = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    inner = "".join(child if isinstance(child, Html) else _escaped(str(child)) for child in children)
    return Html(f"<{tag}{said}>{inner}</{tag}>")


def card(title: object, *parts: object) -> Html:
    """A display as a whole: a heading, and what stands below it."""
    return element("div", element("div", element("strong", title)), *(element("div", part) for part in parts))


def table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> Html:
    """A table; columns beyond the twentieth are told by their number, rows beyond the two hundredth by three dots."""
    more = len(head) - _WIDEST
    named = [*head[:_WIDEST], *([f"… {counted(more, 'more column')}"] if more > 0 else [])]
    top = element("tr", *(element("th", name, style=_LEFT, scope="col") for name in named))
    coming = iter(rows)
    body = [
        element("tr", *(element("td", shown(cell), style=_CELL, dir="auto") for cell in row[:_WIDEST]), *_beyond(more))
        for row in islice(coming, _TALLEST)
    ]
    if next(coming, None) is not None:
        body.append(element("tr", element("td", "…")))
    return element("table", element("thead", top), element("tbody", *body))


def counted(number: int, thing: str) -> str:
    """``1 entity type``, ``2 entity types``."""
    if number == 1:
        return f"{number} {thing}"
    return f"{number} {thing[:-1]}ies" if thing.endswith("ty") else f"{number} {thing}s"


def details(thing: str, items: Collection[object]) -> Html:
    """A list that is unfolded by a click; its heading tells the number of things in it."""
    rest = len(items) - _TALLEST
    more = (element("div", f"… {rest} more"),) if rest > 0 else ()
    return element(
        "details",
        element("summary", counted(len(items), thing)),
        *(element("div", item) for item in islice(items, _TALLEST)),
        *more,
    )


def note(text: object) -> Html:
    """A remark in small type."""
    return element("small", text)


def code(text: object) -> Html:
    """An address or another text of machines, as long as a URL may be."""
    return element("code", _escaped(str(text), _LONGEST_URL), dir="ltr", style="overflow-wrap: anywhere")


def shown(value: object) -> Html:
    """A value as it stands in a cell: texts as they are, the parts of lists and dictionaries as Python writes them.

    Of long values the beginning is shown, and their length. It never fails: what cannot be shown is named by its type.
    """
    if isinstance(value, Html):
        return value
    if value is None:
        return element("em", "null", style="opacity: 0.6")
    try:
        return _escaped(value if isinstance(value, str) and not isinstance(value, Enum) else _written(value))
    except Exception as error:
        return _escaped(f"<{type(error).__name__}>")


_LEFT = "text-align: left; vertical-align: top"
_CELL = f"{_LEFT}; white-space: pre-wrap; overflow-wrap: break-word; max-width: 40em"


def _beyond(more: int) -> list[Html]:
    return [element("td", "…")] if more > 0 else []


def _written(value: object) -> str:
    if isinstance(value, Enum):
        return value.name or str(value.value)
    if isinstance(value, bytes | bytearray):
        return f"{value[:16].hex(' ')}{' …' if len(value) > 16 else ''} ({len(value)} bytes)"
    if isinstance(value, list | tuple | set | frozenset):
        return f"[{_listed(map(_part, value), len(value))}]"
    if isinstance(value, Mapping):
        told = (f"{_part(name)}: {_part(HIDDEN if is_secret(str(name)) else item)}" for name, item in value.items())
        return "{" + _listed(told, len(value)) + "}"
    return str(value)


def _part(value: Any) -> str:
    if isinstance(value, str) and not isinstance(value, Enum):
        return repr(value[: LONGEST + 1])
    return "null" if value is None else _written(value)


def _listed(parts: Iterable[str], count: int) -> str:
    first = ", ".join(islice(parts, _ITEMS))
    return f"{first}, … {count - _ITEMS} more" if count > _ITEMS else first


def _escaped(text: str, longest: int = LONGEST) -> Html:
    length = len(text)
    cut = text if length <= longest else f"{text[:longest]}… ({length:,} characters)"
    return Html(escape("".join(c if c.isascii() and c.isprintable() else _visible(c) for c in cut)))


def _visible(character: str) -> str:
    if character in _HARMLESS or unicodedata.category(character) not in _HIDDEN:
        return character
    return character.encode("unicode_escape").decode("ascii")
