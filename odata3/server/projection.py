"""What of an entity an answer shows: ``$select`` and ``$expand`` as one tree.

::

    $expand=Category/Products&$select=Name,Category/*

    Projection(names={"Name"}, links={}, expanded={"Category": Projection(None, ..., expanded={})})

Rules of V3: a nested path in ``$select`` needs the same ``$expand`` (else 400); a selected navigation property that is
expanded shows all of its entity, one that is not shows its link; ``*`` is every property and every link; any ``$select``
hides the operations it does not name. Source: digest section 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from odata3.edm.model import EntityType, Model, NavigationProperty
from odata3.server.refusal import Refusal


@dataclass(slots=True)
class Projection:
    """``names``: the properties shown; ``links``: the navigation links shown; ``operations``: by name. None is all of them."""

    names: set[str] | None = None
    links: set[str] | None = None
    operations: set[str] | None = None
    expanded: dict[str, Projection] = field(default_factory=dict)
    #: The type of which an expanded navigation property is one, where a type segment says so.
    selected: bool = False

    def shows(self, name: str) -> bool:
        return self.names is None or name in self.names

    def shows_link(self, name: str) -> bool:
        return self.links is None or name in self.links

    def shows_operation(self, name: str) -> bool:
        return self.operations is None or name in self.operations

    def limit(self) -> None:
        """From now on only what is named is shown."""
        if self.names is None:
            self.names, self.links, self.operations = set(), set(), set()


ALL = Projection()


def project(model: Model, entity_type: EntityType, select: Iterable[str], expand: Iterable[str]) -> Projection:
    """The tree of these options over entities of ``entity_type``. Raises ``Refusal`` for what does not fit the model."""
    root = Projection()
    for path in expand:
        _expand(model, entity_type, root, path)
    chosen = list(select)
    if chosen:
        root.limit()
    for path in chosen:
        _select(model, entity_type, root, path)
    if chosen:
        _prune(root)
    return root


def _steps(model: Model, entity_type: EntityType, path: str) -> Iterator[tuple[EntityType, str]]:
    """The segments of a path with the type each belongs to; type segments change the type and are no steps."""
    here = entity_type
    segments = path.split("/")
    for position, segment in enumerate(segments):
        cast = model.entity_types.get(segment) if "." in segment else None
        if cast is not None:
            if not (model.is_derived(cast.full_name, here.full_name) or model.is_derived(here.full_name, cast.full_name)):
                raise Refusal(400, f"The type '{segment}' is not related to '{here.full_name}' in '{path}'.")
            here = cast
            continue
        yield here, segment
        navigation = here.navigation_properties.get(segment)
        if navigation is not None:
            here = model.entity_types[navigation.type]
        elif position + 1 < len(segments):
            raise Refusal(400, f"The property '{segment}' on type '{here.full_name}' is not a navigation property.")


def _navigation(here: EntityType, segment: str) -> NavigationProperty:
    found = here.navigation_properties.get(segment)
    if found is not None:
        return found
    if here.properties.get(segment) is not None:
        raise Refusal(
            400, f"The property '{segment}' on type '{here.full_name}' is not a navigation property: it cannot be expanded."
        )
    raise Refusal(400, f"Could not find a property named '{segment}' on type '{here.full_name}'.")


def _expand(model: Model, entity_type: EntityType, root: Projection, path: str) -> None:
    here = root
    for at, segment in _steps(model, entity_type, path):
        _navigation(at, segment)
        here = here.expanded.setdefault(segment, Projection())


def _select(model: Model, entity_type: EntityType, root: Projection, path: str) -> None:
    here = root
    steps = list(_steps(model, entity_type, path))
    for at, segment in steps[:-1]:
        found = here.expanded.get(_navigation(at, segment).name)
        if found is None:
            raise Refusal(
                400, f"Only navigation properties that are expanded can be selected from: '{path}' needs $expand={segment}."
            )
        found.limit()
        found.selected = True
        here = found
    if not steps:
        raise Refusal(400, f"'{path}' selects nothing.")
    _select_last(model, *steps[-1], here, path)


def _select_last(model: Model, at: EntityType, segment: str, here: Projection, path: str) -> None:
    assert here.names is not None and here.links is not None and here.operations is not None
    if segment == "*":
        here.names.update(name for t in model.derived_types(at.full_name) for name in model.entity_types[t].properties.names())
        here.links.update(
            name for t in model.derived_types(at.full_name) for name in model.entity_types[t].navigation_properties.names()
        )
        return
    if at.navigation_properties.get(segment) is not None:
        here.links.add(segment)
        if segment in here.expanded:
            here.expanded[segment].selected = True
        return
    if at.open_type or at.properties.get(segment) is not None:
        here.names.add(segment)
        return
    container, _, operation = segment.rpartition(".")
    known = [o for o in model.operations_bound_to(at.full_name) if not container or o.container.rpartition(".")[2] == container]
    if operation == "*" and container:
        here.operations.update(o.name for o in known)
    elif any(o.name == operation for o in known):
        here.operations.add(operation)
    else:
        raise Refusal(400, f"Could not find a property named '{segment}' on type '{at.full_name}'.")


def _prune(root: Projection) -> None:
    """What is expanded and not selected is not shown; ``*`` shows links, and no expanded entities."""
    for name in [name for name, inner in root.expanded.items() if not inner.selected]:
        del root.expanded[name]
    for inner in root.expanded.values():
        if inner.names is not None:
            _prune(inner)
