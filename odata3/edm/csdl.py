"""CSDL, both ways: ``$metadata`` documents to models, and models to documents.

Reading, writing and reading again gives an equal model. The work is done in ``csdl_reader`` and ``csdl_writer``.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import BinaryIO

from odata3.edm.csdl_reader import read_metadata
from odata3.edm.csdl_writer import write_metadata
from odata3.edm.model import Model
from odata3.errors import MetadataError

__all__ = ["Source", "parse_metadata", "read_metadata", "write_metadata"]

Source = str | bytes | os.PathLike[str] | BinaryIO

_declaration = re.compile(r"\s*<\?xml.*?\?>", re.DOTALL).match


def parse_metadata(source: Source) -> Model:
    """The model of a ``$metadata`` document.

    Parameters
    ----------
    source : path, bytes, text or binary file
        A ``str`` that starts with ``<`` is the document itself, any other names a file.

    Raises
    ------
    MetadataError
        The file cannot be read, or the document makes no sense; the message says the line. What could be made sense of
        stands in the model's ``warnings``.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        return read_metadata(bytes(source))
    if isinstance(source, str) and source.lstrip("\ufeff \t\r\n").startswith("<"):
        return read_metadata(_encoded(source))
    try:
        if isinstance(source, str | os.PathLike):
            data: str | bytes = Path(source).read_bytes()
        else:
            data = source.read()
    except (OSError, ValueError) as error:
        raise MetadataError(f"the metadata cannot be read from {str(source)[:200]!r}: {_why(source, error)}") from error
    except AttributeError:
        raise MetadataError(f"metadata comes as path, bytes, text or binary file, not as {type(source).__name__}") from None
    return read_metadata(_encoded(data) if isinstance(data, str) else data)


def _why(source: object, error: Exception) -> object:
    is_url = isinstance(source, str) and source.startswith(("http://", "https://"))
    return "it names a file; a service's own is fetched where none is given" if is_url else error


def _encoded(text: str) -> bytes:
    """A text's bytes; the encoding it declares was that of the file it came from, and is void."""
    text = text.removeprefix("\ufeff")
    declared = _declaration(text)
    if declared is not None:
        text = "\n" * declared[0].count("\n") + text[declared.end() :]
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise MetadataError(f"the text holds half a surrogate pair at {error.start}") from None
