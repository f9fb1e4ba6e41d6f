"""What a module written by ``odata3 stubs`` does when it is imported: nearly nothing, and the rest on first need.

::

    _binding = Binding(__name__, _METADATA, "Northwind")
    Northwind = _binding.context        # a DataServiceContext whose metadata is at hand
    __getattr__ = _binding.find         # Product, Category ...: the classes, each made when it is first asked for
    __dir__ = _binding.names

Source: PEP 562; contract, section 4 (the classes).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from odata3.client.context import DataServiceContext, MetadataSource
from odata3.edm.csdl import parse_metadata
from odata3.edm.model import Model
from odata3.entities.classes import Namespace, build_classes


class Binding:
    """A model as the content of a module: its classes by name, and a context whose entities are of them.

    ``module`` is the name of the module, ``context`` that of the class of its contexts. ``metadata`` is the document, or a
    function that gives the model; neither is looked at before it is needed.
    """

    def __init__(self, module: str, metadata: str | bytes | Callable[[], Model], context: str) -> None:
        self._module = module
        self._metadata = metadata
        self._context = context

    @cached_property
    def model(self) -> Model:
        """The metadata, read when it is first needed; ``MetadataError`` for a document that makes no sense."""
        metadata = self._metadata
        return metadata() if callable(metadata) else parse_metadata(metadata)

    def types(self) -> Namespace:
        """The namespace of all classes: the one that every context of this binding uses."""
        return build_classes(self.model, module=self._module)

    @cached_property
    def context(self) -> type[DataServiceContext]:
        """The class of contexts: as ``DataServiceContext``, with this metadata where none is given."""
        binding = self

        class Context(DataServiceContext):
            _types_module = binding._module

            def __init__(self, service_root: str, *, metadata: MetadataSource | None = None, **keywords: Any) -> None:
                super().__init__(service_root, metadata=binding.model if metadata is None else metadata, **keywords)

        Context.__name__ = Context.__qualname__ = self._context
        Context.__module__ = self._module
        Context.__doc__ = DataServiceContext.__doc__
        return Context

    def find(self, name: str) -> Any:
        """The class of a ``name``: the module's ``__getattr__`` (PEP 562). ``AttributeError``, with the nearest, for none."""
        if name == "__all__":
            return self.names()
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return getattr(self.types(), name)
        except AttributeError as error:
            raise AttributeError(f"{self._module}: {error}", name=name) from None

    def names(self) -> list[str]:
        """The module's ``__dir__``: the context and the classes."""
        types = self.types()
        return sorted({self._context, *(name for name in dir(types) if types.get_short(name) is not None)})
