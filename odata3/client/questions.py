"""What is asked of a service, and how its answer is read: the values that queries, pages and batches hand to the loader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from operator import getitem
from typing import Any

from odata3.client.options import MergeOption
from odata3.client.responses import DataServiceQueryContinuation
from odata3.formats.documents import Expectation
from odata3.uri.expressions import Path
from odata3.uri.translation import Column


@dataclass(frozen=True, slots=True)
class Projected:
    """What a ``select`` makes of each row: ``shape(read)``, where ``read`` gives the value at a path.

    ``whole`` names the navigation properties taken whole, whose entities are tracked; ``columns`` tell the parts of a row;
    ``item`` gives a property of an object.
    """

    shape: Callable[[Callable[[Path[Any]], Any]], Any]
    whole: frozenset[str] = frozenset()
    columns: tuple[Column, ...] = ()
    item: Callable[[Any, str], Any] = getitem

    def row(self, entity: Any) -> Any:
        """What is made of an entity that was read."""
        return self.shape(partial(_at, self.item, entity))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is sent: its URL, what the answer is expected to be, the version it needs, what is made of the rows, and
    the merge option where it is not the context's.

    ``selects`` is true of a next page where the first was asked for with ``$select``: its link need not show that.
    """

    url: str
    expect: Expectation
    version: str | None = "1.0"
    projected: Projected | None = None
    option: MergeOption | None = None
    selects: bool = False

    @property
    def is_partial(self) -> bool:
        """Whether entities come with some of their properties only."""
        return self.selects or "$select=" in self.url or "%24select=" in self.url

    def next(self, link: str | None, option: MergeOption) -> DataServiceQueryContinuation[Any] | None:
        """The question for the next page: the link as it came, without a DataServiceVersion, as .NET asks it."""
        if link is None:
            return None
        following = replace(self, url=link, version=None, option=option, selects=self.is_partial)
        return DataServiceQueryContinuation(link, following)


@dataclass(slots=True)
class Reading:
    """How the rows of one answer are read; ``nested`` collects where the next pages of expanded collections are."""

    option: MergeOption
    asked: Asked
    nested: dict[int, tuple[list[Any], DataServiceQueryContinuation[Any] | None]] = field(default_factory=dict)


def _at(item: Callable[[Any, str], Any], entity: Any, path: Path[Any]) -> Any:
    """The value at a path below a row; None where something on the way is None, or of another type than the path says."""
    value = entity
    for segment in path.segments:
        if value is None:
            return None
        if "." not in segment:
            value = item(value, segment)
        elif not any(_is_class_of(cls, segment) for cls in type(value).__mro__):
            return None
    return value


def _is_class_of(cls: Any, type_name: str) -> bool:
    found = getattr(cls, "_edm_type", None)
    return found is not None and found.full_name == type_name
