"""The documented requests, and what it means that one of ours is such a request.

Method, path, headers and query options are equal, and every member that our body holds has the documented value (the pages also
send nulls, keys and times; ours does not). The pages lie outside the repository; without them there are none.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import UUID

FILE = Path(__file__).parents[2].parent / "shared" / "spf" / "howto-requests.json"

COMPARED = (
    "DataServiceVersion",
    "MaxDataServiceVersion",
    "Accept",
    "Accept-Charset",
    "Content-Type",
    "DataServiceUrlConventions",
    "x-ms-principal-id",
)

#: Options of the pages; what else a query says ($filter, $expand) is not theirs to fix.
OPTIONS = ("RunAsynchronously", "api-version")

Page = dict[str, Any]


def pages() -> list[Page]:
    """All of them, in their order; fresh copies."""
    return json.loads(FILE.read_text("utf-8")) if FILE.is_file() else []


def given_values(page: Page) -> dict[str, Any]:
    """What a page's body says beyond nulls, empty lists and the placeholder of a key."""
    nothing = (None, [], str(UUID(int=0)))
    return {
        name: value
        for name, value in (page["body"] or {}).items()
        if "odata." not in name and value not in nothing and not isinstance(value, dict)
    }


def check_head(request: Any, page: Page) -> None:
    """Method, path, options and headers."""
    assert request.method == page["method"]
    assert place(request.url) == place(page["url"])
    assert _options(request.url) == _options(page["url"])
    for header in COMPARED:
        if page["headers"].get(header, "1.0;NetFx") == "1.0;NetFx":  # one page, against all others
            continue
        assert request.headers[header] == page["headers"][header], header


def check_members(sent: dict[str, Any], page: Page) -> None:
    """Each member that we send has the documented value."""
    for member, value in sent.items():
        if member != "odata.type" or "odata.type" in page["body"]:
            assert plain(value) == plain(page["body"].get(member)), member


def place(url: str) -> tuple[str, frozenset[str]]:
    """The path within the service: the set (letters in any case), and the parts of the key in any order."""
    path = unquote(urlsplit(url).path).partition("/services/systemcenter/vmm/")
    path = path[2] or "/".join(path[0].split("/")[2:])
    before, _, after = path.partition("(")
    key, _, rest = after.partition(")")
    return (before + rest).lower(), frozenset(key.split(",")) if key else frozenset()


def plain(value: Any) -> Any:
    """Without the annotations that say a type: those of nested values are optional."""
    if isinstance(value, dict):
        return {n: plain(v) for n, v in value.items() if "odata.type" not in n}
    return [plain(v) for v in value] if isinstance(value, list) else value


def _options(url: str) -> dict[str, str]:
    return {name: value for name, value in parse_qsl(urlsplit(url).query) if name in OPTIONS}
