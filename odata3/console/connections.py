"""Named connections: where a service is and who asks, in a file of the user's; never a secret.

::

    # ~/.config/odata3/connections.toml   (ODATA3_CONFIG names another file)
    [connections.shop]
    url = "https://shop.example/Shop.svc/"
    user = "reader"
    auth = "ntlm"

    [connections.wap]
    url = "https://wapserver:30006"
    subscription = "ba4146fa-fb41-41b6-a7c0-2b4ff4c3f7e3"
    principal = "user@contoso.com"
    ca = "/etc/ssl/contoso.pem"
    headers = { "x-client" = "reports" }

A password found in the file is refused, with what to do instead: it belongs into the keyring or the environment.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path, user_config_path

from odata3.errors import ArgumentError
from odata3.secrecy import is_secret, is_secret_header, masked
from odata3.wire.origins import origin_of

#: Names the file in place of the usual one.
CONFIG_VARIABLE = "ODATA3_CONFIG"
#: Names the folder of what is kept for completion.
CACHE_VARIABLE = "ODATA3_CACHE"
#: How a user shows who he is: what each needs is said in ``access.py``.
AUTHS = ("basic", "ntlm", "negotiate", "bearer")

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]+")
_SCHEMES = frozenset({"http", "https", "ftp", "file"})
_REMEDY = (
    "take it out; keep it in the keyring (odata3 connections password {name}), or give it in the environment (ODATA3_PASSWORD)"
)


@dataclass(frozen=True, slots=True)
class Connection:
    """A service by name. ``principal`` (a header of SPF) and ``subscription`` are those of ``spf_vmm.connect``; ``profile`` is a
    file that ``odata3 doctor`` wrote."""

    name: str
    url: str
    user: str | None = None
    auth: str | None = None
    ca: str | None = None
    timeout: float | None = None
    profile: str | None = None
    principal: str | None = None
    subscription: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def settings(self) -> dict[str, Any]:
        """What was set, by name, without the name itself."""
        return {name: value for name in _SETTINGS if (value := getattr(self, name))}

    @property
    def root(self) -> str:
        """The URL with the slash that ends a service root."""
        return self.url if self.url.endswith("/") else f"{self.url}/"


_SETTINGS = tuple(f.name for f in fields(Connection) if f.name != "name")


def config_path() -> Path:
    """The file of the connections."""
    named = os.environ.get(CONFIG_VARIABLE)
    return Path(named) if named else user_config_path("odata3", appauthor=False) / "connections.toml"


def metadata_path(name: str) -> Path:
    """Where the metadata that a connection was last answered with is kept, for completion without the network."""
    named = os.environ.get(CACHE_VARIABLE)
    return (Path(named) if named else user_cache_path("odata3", appauthor=False)) / "metadata" / f"{name}.xml"


def named_in(source: str) -> tuple[str, str] | None:
    """The connection that ``NAME:`` or ``NAME:path`` names, and the rest; None for a URL, a path, a drive."""
    name, colon, rest = source.partition(":")
    if not colon or rest.startswith(("//", "\\")) or not _NAME.fullmatch(name) or name.lower() in _SCHEMES:
        return None
    return name, rest.lstrip("/")


def connections() -> dict[str, Connection]:
    """Those of the file, by name; none where there is no file. ``ArgumentError`` for what is wrong in it."""
    path = config_path()
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ArgumentError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    return _parsed(text, path)


def connection(name: str) -> Connection:
    """The connection of this name; ``ArgumentError`` where there is none."""
    known = connections()
    if name not in known:
        there = f"there are {', '.join(known)}" if known else "there are none yet"
        raise ArgumentError(f"there is no connection {name!r} in {config_path()}; {there} (odata3 connections add NAME URL)")
    return known[name]


def add(made: Connection, *, replace: bool = False) -> Path:
    """Write a connection into the file; comments and other connections stay as they are. Gives the file's path."""
    path = config_path()
    checked = _checked(made.name, made.settings(), path)
    known = connections()
    if made.name in known and not replace:
        raise ArgumentError(f"there is a connection {made.name!r} already; --replace puts this one in its place")
    text = path.read_text("utf-8") if path.exists() else ""
    text = _without(text, made.name).rstrip("\n")
    lines = [f"[connections.{made.name}]"]
    lines += [f"{name} = {_toml(value)}" for name, value in checked.settings().items()]
    _write(path, f"{text}\n\n" * bool(text) + "\n".join(lines) + "\n")
    return path


def remove(name: str) -> None:
    """Take a connection out of the file."""
    connection(name)
    path = config_path()
    text = _without(path.read_text("utf-8"), name)
    if name in _parsed(text, path):
        raise ArgumentError(f"{path}: {name!r} stands in no table [connections.{name}] of its own; take it out by hand")
    _write(path, text)
    metadata_path(name).unlink(missing_ok=True)


# -- the file --------------------------------------------------------------------------------------------------------------------


def _parsed(text: str, path: Path) -> dict[str, Connection]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ArgumentError(f"{path}: {error}") from None
    tables = document.get("connections", {})
    if not isinstance(tables, dict) or set(document) - {"connections"}:
        raise ArgumentError(f"{path}: it holds tables [connections.NAME], and nothing else")
    return {name: _checked(name, table, path) for name, table in tables.items()}


def _checked(name: str, table: Any, path: Path) -> Connection:
    """A connection of what its table says; ``ArgumentError`` for secrets, unknown settings and wrong values."""
    where = f"{path}: the connection {name!r}"
    if not _NAME.fullmatch(name) or name.lower() in _SCHEMES:
        raise ArgumentError(f"{where}: a name is a letter, then letters, digits, - and _, and no scheme of URLs")
    if not isinstance(table, dict):
        raise ArgumentError(f"{where} is no table")
    _refuse_secrets(name, table, where)
    if unknown := [key for key in table if key not in _SETTINGS]:
        raise ArgumentError(f"{where} has no setting {unknown[0]!r}; there are {', '.join(_SETTINGS)}")
    for key, value in table.items():
        fits = {
            "headers": isinstance(value, dict) and all(isinstance(v, str) for v in value.values()),
            "timeout": isinstance(value, int | float) and not isinstance(value, bool) and value > 0,
        }.get(key, isinstance(value, str))
        if not fits:
            raise ArgumentError(f"{where}: {key} cannot be {value!r}")
    if "url" not in table:
        raise ArgumentError(f"{where} has no url")
    if table.get("auth", AUTHS[0]) not in AUTHS:
        raise ArgumentError(f"{where}: auth is one of {', '.join(AUTHS)}")
    try:
        origin_of(table["url"])
    except ArgumentError as error:
        raise ArgumentError(f"{where}: {error}") from None
    return Connection(name, **table)


def _refuse_secrets(name: str, table: dict[str, Any], where: str) -> None:
    headers = table.get("headers")
    found = [key for key in table if is_secret(key)]
    if isinstance(headers, dict):
        found += [f"headers.{key}" for key in headers if is_secret_header(key)]
    url = table.get("url")
    if isinstance(url, str) and masked(url) != url:
        found.append("url")
    if found:
        raise ArgumentError(f"{where} holds a secret ({found[0]}): {_REMEDY.format(name=name)}")


def _without(text: str, name: str) -> str:
    """The file without a connection's tables; what stands before a table as comment stays."""
    kept, inside = [], False
    own = re.compile(rf"\s*\[connections\.(?:{re.escape(name)}|\"{re.escape(name)}\")(?:\.[^\]]*)?\]")
    for line in text.splitlines(keepends=True):
        if line.lstrip().startswith("["):
            inside = own.match(line) is not None
        if not inside:
            kept.append(line)
    return "".join(kept)


def _write(path: Path, text: str) -> None:
    _parsed(text, path)  # what was made of the file must still be one
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.chmod(0o600)
    os.replace(part, path)


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_toml(key)} = {_toml(inner)}" for key, inner in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f") if isinstance(value, str) else repr(value)
