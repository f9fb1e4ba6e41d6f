"""What is told of a difference between two models, and how single ones are found.

Source: CSDL 3.0, as the model has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from odata3.edm.model import element_type

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between two models, each told once (:mod:`~odata3.edm.comparison`).

    Attributes
    ----------
    change : str
        ``"added"``, ``"removed"`` or ``"changed"``.
    what : str
        What it concerns: ``"entity type"``, ``"property"``, ``"key"``, ``"parameter"`` ...
    where : str
        Which one: ``Shop.Product.Price``, ``Products``, ``Discount(percent)``.
    before, after : str or None
        What it was and what it is, as the metadata says it.
    breaks : bool
        Whether callers may break.
    effect : str
        What callers meet, where that does not go without saying.
    """

    change: str
    what: str
    where: str
    before: str | None = None
    after: str | None = None
    breaks: bool = False
    effect: str = ""

    def __str__(self) -> str:
        values = (
            "" if self.before is None and self.after is None else f": {self.before or 'nothing'} -> {self.after or 'nothing'}"
        )
        told = f" ({self.effect})" if self.effect else ""
        return f"{'! ' if self.breaks else ''}{self.change} {self.what} {self.where}{values}{told}"

    def to_dict(self) -> dict[str, Any]:
        """The same for JSON."""
        return {name: getattr(self, name) for name in ("change", "what", "where", "before", "after", "breaks", "effect")}


def changed(what: str, where: str, before: object, after: object, breaks: bool, effect: str = "") -> Iterator[Difference]:
    """The one difference of two values, where they are unlike."""
    if before != after:
        yield Difference("changed", what, where, _said(before), _said(after), breaks, effect)


def retyped(what: str, where: str, before: str, after: str) -> Iterator[Difference]:
    """A change of type: a number that only became wider breaks nobody."""
    breaks = not _widens(before, after)
    yield from changed(what, where, before, after, breaks, f"it is {_spoken(after)} now" if breaks else "")


def _said(value: object) -> str | None:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else str(value)


def _spoken(type_name: str) -> str:
    return f"a collection of {element_type(type_name)}" if element_type(type_name) != type_name else type_name


def members(
    what: str,
    before: Mapping[str, T],
    after: Mapping[str, T],
    common: Callable[[str, T, T], Iterable[Difference]],
) -> Iterator[Difference]:
    """The differences of what is known by name: what is on both sides is compared by ``common``."""
    for name, old in before.items():
        if name not in after:
            yield Difference("removed", what, name, breaks=True, effect="what names it fails")
        else:
            yield from common(name, old, after[name])
    yield from (Difference("added", what, name) for name in after if name not in before)


#: What a numeric type may become without a value being lost.
_WIDER = {
    "Edm.Byte": ("Edm.Int16", "Edm.Int32", "Edm.Int64"),
    "Edm.SByte": ("Edm.Int16", "Edm.Int32", "Edm.Int64"),
    "Edm.Int16": ("Edm.Int32", "Edm.Int64"),
    "Edm.Int32": ("Edm.Int64",),
    "Edm.Single": ("Edm.Double",),
}


def _widens(before: str, after: str) -> bool:
    is_same_shape = (element_type(before) == before) is (element_type(after) == after)
    return is_same_shape and element_type(after) in _WIDER.get(element_type(before), ())
