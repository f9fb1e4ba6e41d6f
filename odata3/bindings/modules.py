"""The module beside a stub: what makes ``from northwind import Northwind, Product`` run.

It holds the metadata that it was written from, as a text, so that it needs no other file, starts without a round trip, and can be
compared with the service later. Like the stub it is made of quoted literals and checked names: nothing of a document becomes code
(R37), and reading it back executes nothing.

Source: contract, section 11 (``odata3 stubs``).
"""

from __future__ import annotations

import ast
from os import PathLike
from pathlib import Path

from odata3.bindings.spelling import can_be_named
from odata3.bindings.stubs import write_stub
from odata3.edm.csdl import parse_metadata, write_metadata
from odata3.edm.model import Model
from odata3.errors import ArgumentError, MetadataError

_TEXT = '''"""The classes of a service, and a context over it. Made by `odata3 stubs`; its stub ({name}.pyi) is for editors.

It is used so:

    from {name} import {context}
    ctx = {context}("https://...")
"""

from odata3.bindings.runtime import Binding as _Binding

_METADATA = (
{metadata}
)

_binding = _Binding(__name__, _METADATA, "{context}")
{context} = _binding.context
__getattr__ = _binding.find
__dir__ = _binding.names
'''


def write_module(model: Model, *, name: str, context: str) -> str:
    """The text of the module ``name`` over a ``model``, whose context is called ``context`` as in its stub.

    Raises ``ArgumentError`` for names that Python does not take, ``MetadataError`` for a model that no document can hold.
    """
    for given in (name, context):
        if not can_be_named(given.lstrip("_") if given is name else given):
            raise ArgumentError(f"{given!r} cannot be the name of a module or a class")
    lines = write_metadata(model).decode("utf-8").splitlines(keepends=True)
    return _TEXT.format(name=name, context=context, metadata="\n".join(f"    {_literal(line)}" for line in lines))


def _literal(line: str) -> str:
    """The line as a literal, in the quotes that formatters want."""
    written = repr(line)
    return written if '"' in line or "'" in line else f'"{written[1:-1]}"'


def metadata_behind(path: str | PathLike[str]) -> Model:
    """The model that a stub, its module, or a ``$metadata`` file stands for.

    A stub (``.pyi``) at ``path`` is read by the module of the same name beside it. Raises ``MetadataError`` where there is none,
    and for what is neither.
    """
    file = Path(path)
    module = file.with_suffix(".py")
    if file.suffix not in (".py", ".pyi"):
        return parse_metadata(file)
    if not module.is_file():
        raise MetadataError(
            f"{module} is missing, the module that holds what {file.name} was written from: write both anew with "
            f"odata3 stubs URL -o {file.name}"
        )
    return parse_metadata(_held(module)[0])


def is_current(path: str | PathLike[str]) -> bool:
    """Whether a stub and its module at ``path`` are what this version writes; of any other file there is nothing to say: True.

    Raises ``MetadataError`` where :func:`metadata_behind` does.
    """
    stub, module = Path(path).with_suffix(".pyi"), Path(path).with_suffix(".py")
    if Path(path).suffix not in (".py", ".pyi") or not stub.is_file():
        return True
    metadata, context = _held(module)
    model = parse_metadata(metadata)
    texts = write_stub(model, context=context), write_module(model, name=module.stem, context=context)
    return texts == (stub.read_text("utf-8"), module.read_text("utf-8"))


def _held(module: Path) -> tuple[bytes, str]:
    """The metadata and the name of the context that a written module holds."""
    try:
        tree = ast.parse(module.read_text("utf-8"))
    except (OSError, SyntaxError, ValueError) as error:
        raise MetadataError(f"{module} cannot be read: {error}") from error
    metadata = context = None
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="_METADATA")], value=ast.Constant(value=str(text))):
                metadata = text
            case ast.Assign(value=ast.Call(func=ast.Name(id="_Binding"), args=[_, _, ast.Constant(value=str(name))])):
                context = name
    if metadata is None or context is None:
        raise MetadataError(f"{module} was not written by odata3 stubs: it holds no metadata")
    return metadata.encode("utf-8"), context
