"""URLs that bodies hold, made absolute on the root that the client was given."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin

from odata3.errors import PayloadError
from odata3.formats.json_members import kind_of

#: What stands for an entity of the same change set (``$1``, digest section 9).
_is_content_id = re.compile(r"\$\d+(?:/.*)?").fullmatch
#: What is simply appended to the root: no scheme, no slash, query or dots to begin with, no dots as segments.
_is_below = re.compile(r"(?![/?#.\\]|[A-Za-z][A-Za-z0-9+.-]*:)(?!.*/\.)[^ \t\r\n]+").fullmatch


class Links:
    """``root`` is the service root, with its slash."""

    def __init__(self, root: str) -> None:
        self.root = root

    def absolute(self, url: str) -> str:
        """``url`` on the service root, where it is relative; what is no URL at all, or a Content-ID, stays as it is."""
        if _is_below(url):
            return url if url[:1] == "$" and _is_content_id(url) else self.root + url
        try:
            return url if "://" in url[:12] else urljoin(self.root, url)
        except ValueError:
            return url

    def sent(self, value: Any, where: str, base: str = "") -> str | None:
        """A next link. One that is only a query belongs to the URL that was asked (``base``); other relative ones to the root; an
        empty one is none."""
        if value is None or value == "":
            return None
        if type(value) is not str:
            raise PayloadError(f"a link is a text, not {kind_of(value)}", where=where)
        if value[:1] == "?" and base:
            return urljoin(base, value)
        return self.absolute(value)

    def metadata(self, name: str) -> str:
        """The full name of an operation that a body calls ``#Container.Name``."""
        return f"{self.root}$metadata{name}" if name[:1] == "#" else name
