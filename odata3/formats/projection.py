"""What ``$select`` leaves of an answer: which links and operations a writer still spells out."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Projection:
    """``names`` is None where nothing was selected, so that everything stays."""

    names: frozenset[str] | None = None
    nested: dict[str, list[str]] = field(default_factory=dict)

    def keeps(self, name: str) -> bool:
        """Whether a navigation property or stream of this name stays."""
        return self.names is None or "*" in self.names or name in self.names

    def keeps_operation(self, metadata: str) -> bool:
        """Whether an operation stays: any ``$select`` drops those that it does not name."""
        if self.names is None:
            return True
        qualified = metadata.rpartition("#")[2]
        container, _, short = qualified.rpartition(".")
        return bool(self.names & {short, qualified, f"{container}.*"})

    def below(self, name: str) -> Projection:
        """What stays of the entities that a navigation property leads to. Selected by its bare name, they stay whole."""
        if self.names is None or name not in self.nested:
            return WHOLE
        return read_projection(",".join(self.nested[name]))


#: Nothing was selected: everything stays.
WHOLE = Projection()


def read_projection(select: str | None) -> Projection:
    """The projection of a ``$select`` as it came; type segments are passed over."""
    if select is None:
        return WHOLE
    names: set[str] = set()
    nested: dict[str, list[str]] = {}
    for item in select.split(","):
        first, *rest = [segment for segment in item.strip().split("/") if segment] or [""]
        if rest and "." in first:
            first, *rest = rest
        names.add(first)
        if rest:
            nested.setdefault(first, []).append("/".join(rest))
    return Projection(frozenset(names), nested)
