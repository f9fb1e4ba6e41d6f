"""What a context answers by attribute: its entity sets, ``add_to_<Set>``, and for a name that is neither the one that is meant.

Source: .NET's generated contexts (``AddToProducts``) and the names of its ``DataServiceContext``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from odata3.client.query import DataServiceQuery
from odata3.client.sets import UnknownEntitySetError
from odata3.edm.model import Model
from odata3.entities.names import nearest
from odata3.errors import ODataError
from odata3.spellings import python_name

#: Members of .NET's context that have another name here, in Python's spelling.
_RENAMED = {
    "building_request": "sending_request",
    "sending_request2": "sending_request",
    "undeclared_property_behavior": "ignore_missing_properties",
    "url_conventions": "url_key_as_segment",
}
#: Those that are keywords here.
_KEYWORDS = {"auth": "auth", "credentials": "auth", "format": "format", "timeout": "timeout"}


def _python_name(name: str) -> str:
    python = python_name(name)
    return _RENAMED.get(python, python)


def _keyword_hint(name: str, keyword: str) -> str:
    return f"a context has no attribute {name!r}: it is given when the context is made, as the keyword {keyword}"


class Attributes:
    """The attributes of a context that come from its service's metadata."""

    @property
    def model(self) -> Model:
        """The service's metadata."""
        raise NotImplementedError

    def create_query(self, entity_set_name: str) -> DataServiceQuery[Any]:
        """A query over the set that ``entity_set_name`` names."""
        raise NotImplementedError

    def add_object(self, entity_set_name: str, entity: Any) -> None:
        """Add a new ``entity`` to the set that ``entity_set_name`` names."""
        raise NotImplementedError

    def __getitem__(self, name: str) -> DataServiceQuery[Any]:
        return self.create_query(name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        if hasattr(type(self), name):  # a property that an AttributeError ended, of a handler of the user's say: it is the error
            return object.__getattribute__(self, name)
        python = _python_name(name)
        is_dotnet = python != name and hasattr(type(self), python)
        try:
            return self.create_query(name)
        except UnknownEntitySetError as error:
            added = name.removeprefix("add_to_")
            if added != name and added in self.model.entity_sets:
                return lambda entity: self.add_object(added, entity)
            generated = name.removeprefix("AddTo")
            if generated != name and generated in self.model.entity_sets:
                python, is_dotnet = f"add_to_{generated}", True
            if not is_dotnet:
                known = (*self.model.entity_sets, *(n for n in dir(type(self)) if not n.startswith("_")))
                if (keyword := _KEYWORDS.get(python)) is not None:
                    raise AttributeError(_keyword_hint(name, keyword)) from error
                if hasattr(type(self), plain := python.removeprefix("begin_").removeprefix("end_")):
                    told = f"there is no asynchronous form: write {plain}()"
                    raise AttributeError(f"{type(self).__name__} has no attribute {name!r}: {told}") from error
                near = nearest(name, known)
                more = f"; did you mean {near!r}?" if near is not None else ""
                raise UnknownEntitySetError(
                    f"the service has no entity set {name!r}, nor the context such an attribute{more}"
                ) from error
        except ODataError:
            if not is_dotnet:
                raise
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}; in Python it is {python}")

    def __setattr__(self, name: str, value: Any) -> None:
        """What would go unheard is an ``AttributeError``: a setting in its .NET spelling (``ctx.MergeOption = ...``), and what
        is given when the context is made (``ctx.Timeout = ...``)."""
        if not hasattr(type(self), name):
            python = _python_name(name)
            if python != name and hasattr(type(self), python):
                raise AttributeError(f"{type(self).__name__} has no attribute {name!r}; in Python it is {python}")
            if (keyword := _KEYWORDS.get(python)) is not None:
                raise AttributeError(_keyword_hint(name, keyword))
        object.__setattr__(self, name, value)

    def __dir__(self) -> list[str]:
        """The attributes, entity sets among them; without these where the metadata cannot be had."""
        try:
            names: Iterable[str] = self.model.entity_sets
        except ODataError:
            names = ()
        return sorted({*object.__dir__(self), *(name for name in names if name.isidentifier())})
