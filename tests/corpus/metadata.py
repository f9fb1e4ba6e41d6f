"""The part that reads metadata: counts of the model against counts of the document's elements."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from odata3.edm.csdl import parse_metadata, write_metadata
from odata3.edm.model import EntityContainer, EntityType, Model
from odata3.errors import MetadataError

#: Words by which a warning says that something of the document is not in the model.
_DROPPED = ("dropped", "is kept")
#: What a warning speaks of when an element is missing, where it is not the element's own name.
_SUBJECTS = {
    "PropertyRef": ("its key", "referential constraint"),
    "Parameter": ("FunctionImport",),
    "Property": ("Type", "."),
    "NavigationProperty": ("association", "roles", "."),
}


@dataclass
class Finding:
    """One document: what it should hold and does not, and what the model said about it."""

    name: str
    model: Model | None = None
    failure: str | None = None
    #: element name -> (expected, found)
    differences: dict[str, tuple[int, int]] = field(default_factory=dict)
    changed_by_writing: bool = False

    def explanations(self, kind: str) -> list[str]:
        """The warnings that say why elements of this name are missing."""
        warnings = () if self.model is None else self.model.warnings
        dropped = [warning for warning in warnings if any(word in warning for word in _DROPPED)]
        return [warning for warning in dropped if any(word in warning for word in _SUBJECTS.get(kind, (kind,)))]

    @property
    def accounted_for(self) -> bool:
        """Whether every element is in the model, or a warning says why it is not."""
        if self.failure is not None or self.changed_by_writing:
            return False
        return all(found < expected and self.explanations(kind) for kind, (expected, found) in self.differences.items())

    def __str__(self) -> str:
        lines = [self.name]
        if self.failure is not None:
            lines.append(f"  not read: {self.failure}")
        if self.changed_by_writing:
            lines.append("  not the same after writing and reading again")
        for kind, (expected, found) in self.differences.items():
            lines.append(f"  {kind}: {expected} in the document, {found} in the model")
            lines.extend(f"    {warning}" for warning in self.explanations(kind))
        return "\n".join(lines)


def count(model: Model) -> dict[str, int]:
    """How often each element stands in the document that the model came from, as far as the model holds it."""
    types = [*model.entity_types.values(), *model.complex_types.values()]
    containers = [_own(model, container) for container in model.entity_containers.values()]
    constraints = [found.referential_constraint for found in model.associations.values() if found.referential_constraint]
    return {
        "Schema": len(model.schemas),
        "EntityType": len(model.entity_types),
        "ComplexType": len(model.complex_types),
        "EnumType": len(model.enum_types),
        "Member": sum(len(found.members) for found in model.enum_types.values()),
        "Association": len(model.associations),
        "ReferentialConstraint": len(constraints),
        "EntityContainer": len(model.entity_containers),
        "Property": sum(len(found.declared_properties) for found in types),
        "NavigationProperty": sum(len(found.declared_navigation_properties) for found in model.entity_types.values()),
        "PropertyRef": sum(len(_own_key(model, found)) for found in model.entity_types.values())
        + sum(len(found.principal_properties) + len(found.dependent_properties) for found in constraints),
        "EntitySet": sum(sets for sets, _, _, _ in containers),
        "AssociationSet": sum(joined for _, joined, _, _ in containers),
        "FunctionImport": sum(operations for _, _, operations, _ in containers),
        "Parameter": sum(parameters for _, _, _, parameters in containers),
    }


def _own_key(model: Model, found: EntityType) -> tuple[str, ...]:
    base = None if found.base_type is None else model.entity_types.get(found.base_type)
    return found.key if base is None or not base.key else ()


def _own(model: Model, container: EntityContainer) -> tuple[int, int, int, int]:
    """Entity sets, association sets, function imports and their parameters, without those of the extended container."""
    base = None if container.extends is None else model.entity_containers.get(container.extends)
    operations = container.function_imports[len(base.function_imports) if base else 0 :]
    return (
        len(container.entity_sets) - (len(base.entity_sets) if base else 0),
        len(container.association_sets) - (len(base.association_sets) if base else 0),
        len(operations),
        sum(len(operation.parameters) for operation in operations),
    )


def examine(path: Path, expected: dict[str, int]) -> Finding:
    """Reads one document, counts, writes it and reads it again."""
    finding = Finding(path.name)
    try:
        model = parse_metadata(path)
    except MetadataError as error:
        finding.failure = str(error)
        return finding
    finding.model = model
    found = count(model)
    finding.differences = {
        kind: (expected[kind], found[kind]) for kind in expected if kind in found and expected[kind] != found[kind]
    }
    finding.changed_by_writing = parse_metadata(write_metadata(model)) != model
    return finding


def findings(folder: Path, every: int = 1) -> Iterator[Finding]:
    """Every metadata document of the corpus, or every second, third..."""
    known = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    there = [name for name in known if name.startswith("metadata/") and (folder / name).exists()]
    for name in there[::every]:
        yield examine(folder / name, known[name].get("counts", {}))


def report(folder: Path) -> bool:
    """Prints ``metadata: N of M`` and every difference; whether all documents are accounted for."""
    found = list(findings(folder))
    for finding in found:
        if finding.differences or not finding.accounted_for:
            print(finding)
    good = sum(finding.accounted_for for finding in found)
    print(f"metadata: {good} of {len(found)}")
    return good == len(found)
