"""The faces of packages: names handed on when they are first asked for.

``import odata3`` by itself costs next to nothing; a name's room, and what that room needs, comes with the name. Type checkers and
editors see plain imports, which stand in the face beside this.

Source: PEP 562.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from importlib import import_module
from typing import Any


def late(face: str, names: Collection[str], *rooms: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The ``__getattr__`` and the ``__dir__`` of the module ``face``, which hands on ``names`` out of ``rooms``.

    The rooms stand from the ground up: as imports point down, the first that has a name is where it is at home.
    The ``__getattr__`` raises ``AttributeError`` for any other name, as a module does.
    """

    def __getattr__(name: str) -> Any:
        if name in names:
            for room in rooms:
                found = import_module(room)
                if hasattr(found, name):
                    value = getattr(found, name)
                    setattr(sys.modules[face], name, value)  # from now on a plain attribute
                    return value
        raise AttributeError(f"module {face!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*vars(sys.modules[face]), *names})

    return __getattr__, __dir__
