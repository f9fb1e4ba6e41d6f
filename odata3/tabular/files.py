"""Files that stand under their names when they are whole.

What is written before a failure is taken away again; a file that the caller opened, a pipe and a device stay what they are.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

from odata3.errors import ArgumentError


def check_target(target: object) -> None:
    """``ArgumentError`` for what is neither a path nor a file."""
    if not isinstance(target, str | PathLike) and not hasattr(target, "write"):
        raise ArgumentError(f"a path or a text file is needed, not {target!r}")


@contextmanager
def whole_file(target: str | PathLike[str] | BinaryIO) -> Iterator[Any]:
    """The path to write to, beside the one that takes its place at the end. What was written before a failure is taken away
    again. A file that is open is written to as it is, a pipe or a device (``/dev/stdout``) where it stands, and a symbolic link
    goes on leading where it leads."""
    if not isinstance(target, str | PathLike):
        yield target
        return
    path = Path(target)
    if path.exists() and not path.is_file():
        yield str(path)
        return
    if path.is_symlink():
        path = path.resolve()
    part = path.with_name(f"{path.name}.part")
    try:
        yield str(part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
