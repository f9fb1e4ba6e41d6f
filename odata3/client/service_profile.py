"""What is known of a service before it is asked: which format it speaks, which versions, how its links and keys are written.

``odata3 doctor`` finds it out and writes it down; a context takes it for the keywords that are not given::

    {"service": "https://shop.example/Shop.svc/", "format": "atom", "max_protocol_version": "2.0", "url_key_as_segment": false}

``service`` and ``found`` say where it comes from, and mean nothing to a context; so does what a later version may add.

Source: the keywords of ``DataServiceContext``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from os import PathLike, fspath
from typing import Any

from odata3.errors import ArgumentError


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """Keywords of a context, and settings it starts with; None for what is not known.

    ``format``, ``max_protocol_version``, ``rebase_links``, ``trusted_origins`` and ``timeout`` (seconds) are the keywords;
    ``url_key_as_segment`` is the setting, ``patch_on_update`` puts ``PATCH_ON_UPDATE`` into ``save_changes_default_options``.
    """

    format: str | None = None
    max_protocol_version: str | None = None
    rebase_links: bool | None = None
    trusted_origins: tuple[str, ...] = ()
    timeout: float | tuple[float, float] | None = None
    url_key_as_segment: bool | None = None
    patch_on_update: bool | None = None

    def to_dict(self) -> dict[str, Any]:
        """What is known, by name."""
        named = ((f.name, getattr(self, f.name)) for f in fields(self))
        return {name: list(value) if isinstance(value, tuple) else value for name, value in named if value not in (None, ())}


_KINDS: dict[str, tuple[type, ...]] = {
    "format": (str,),
    "max_protocol_version": (str,),
    "rebase_links": (bool,),
    "trusted_origins": (list, tuple),
    "timeout": (int, float, list, tuple),
    "url_key_as_segment": (bool,),
    "patch_on_update": (bool,),
}


def read_profile(source: Profile | Mapping[str, Any] | str | PathLike[str] | None) -> Profile:
    """A profile from the path of a JSON file, or a mapping; ``ArgumentError`` says what is wrong in it."""
    if source is None or isinstance(source, Profile):
        return source or Profile()
    where = "profile"
    if isinstance(source, str | PathLike):
        where = f"profile {fspath(source)}"
        source = _loaded(source, where)
    if not isinstance(source, Mapping):
        raise ArgumentError(f"{where} is a mapping or the path of a JSON file, not {type(source).__name__}")
    known = {name: source[name] for name in _KINDS if source.get(name) is not None}
    for name, value in known.items():
        if not isinstance(value, _KINDS[name]) or (isinstance(value, bool) and bool not in _KINDS[name]):
            raise ArgumentError(f"{where}: {name} cannot be {value!r}")
    fitting: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in known.items()}
    return Profile(**fitting)


def _loaded(path: str | PathLike[str], where: str) -> Any:
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except OSError as error:
        raise ArgumentError(f"{where} cannot be read: {error.strerror or error}") from None
    except ValueError:
        raise ArgumentError(f"{where} is no JSON") from None
