"""Named things in document order, as the model holds them.

A list of ``properties`` is asked for by place and by name; :class:`Members` is both.

Source: CSDL 3.0, whose elements stand in an order and have names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, Protocol, TypeVar, overload


class _Named(Protocol):
    @property
    def name(self) -> str: ...


M = TypeVar("M", bound=_Named)


class Members(Sequence[M], Generic[M]):
    """Named ``items`` in document order: a sequence that is also looked up by name.

    ``type.properties[0]``, ``type.properties["Name"]``, ``"Name" in type.properties``, ``type.properties.get("Nmae")``.
    """

    __slots__ = ("_known", "_made", "_make")

    def __init__(self, items: Iterable[M] = ()) -> None:
        self._make: Callable[[], Iterable[M]] = tuple
        self._made: tuple[M, ...] | None = tuple(items)
        self._known: dict[str, M] | None = None

    @classmethod
    def late(cls, make: Callable[[], Iterable[M]]) -> Members[M]:
        """The items that ``make`` gives, made when they are first asked for: of hundreds of types a program uses a few."""
        members = cls()
        members._make, members._made = make, None
        return members

    @property
    def _items(self) -> tuple[M, ...]:
        make, made = self._make, self._made  # in this order: what another thread makes it puts before it forgets how
        if made is None:
            made = self._made = tuple(make())
            self._make = tuple
        return made

    @property
    def _by_name(self) -> dict[str, M]:
        """Made at the first look-up: a deep hierarchy has far more lists of inherited properties than anyone asks for."""
        if self._known is None:
            self._known = {item.name: item for item in self._items}
        return self._known

    @overload
    def __getitem__(self, index: int | str) -> M: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[M, ...]: ...
    def __getitem__(self, index: int | str | slice) -> M | tuple[M, ...]:
        return self._by_name[index] if isinstance(index, str) else self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[M]:
        return iter(self._items)

    def __contains__(self, item: object) -> bool:
        return item in self._by_name if isinstance(item, str) else item in self._items

    def __eq__(self, other: object) -> bool:
        return self._items == other._items if isinstance(other, Members) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._items)

    def __reduce__(self) -> tuple[Any, ...]:
        return Members, (self._items,)

    def __repr__(self) -> str:
        return f"Members({[item.name for item in self._items]!r})"

    @overload
    def get(self, name: str) -> M | None: ...
    @overload
    def get(self, name: str, default: M) -> M: ...
    def get(self, name: str, default: M | None = None) -> M | None:
        """The member called ``name``; ``default`` (None) where there is none."""
        return self._by_name.get(name, default)

    def names(self) -> tuple[str, ...]:
        """The names, in document order; ``keys()`` gives the same."""
        return tuple(self._by_name)

    keys = names

    def values(self) -> tuple[M, ...]:
        """The members themselves, in document order."""
        return self._items

    def items(self) -> tuple[tuple[str, M], ...]:
        """Names and what they name, as a mapping has them: ``dict(type.properties)``."""
        return tuple(self._by_name.items())
