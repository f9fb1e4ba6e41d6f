"""``$metadata`` into a model.

Real services publish flaws. What has an evident meaning is taken at that meaning, what has none is dropped, and each is said in
``Model.warnings`` with line and place. Only what leaves no model at all raises MetadataError: no XML, a DOCTYPE, no schema, types
that derive from each other in a circle, OData V4. Source: digest section 2.
"""

from __future__ import annotations

from odata3.edm.csdl_containers import ContainerReader
from odata3.edm.csdl_document import Document
from odata3.edm.csdl_types import TypeReader
from odata3.edm.members import Members
from odata3.edm.model import FunctionImport, Model

__all__ = ["read_metadata"]


def read_metadata(data: bytes) -> Model:
    """The model of an EDMX document, or of a bare CSDL schema.

    MetadataError, with the line, for what leaves no model; the model's ``warnings`` list what was repaired or dropped.
    """
    document = Document(data)
    types = TypeReader(document)
    enum_types = types.enum_types()
    complex_types = types.complex_types()
    entity_types = types.entity_types()
    containers = ContainerReader(document, types.associations).containers()
    operations: dict[str, list[FunctionImport]] = {}
    for container in containers.values():
        for operation in container.function_imports:
            operations.setdefault(operation.qualified_name, []).append(operation)
    return Model(
        schemas=Members(document.schema(scope) for scope in document.scopes),
        entity_types=entity_types,
        complex_types=complex_types,
        enum_types=enum_types,
        associations=types.associations,
        entity_containers=containers,
        entity_sets={found.qualified_name: found for container in containers.values() for found in container.entity_sets},
        function_imports={name: tuple(overloads) for name, overloads in operations.items()},
        version=document.frame.versions[0],
        max_version=document.frame.versions[1],
        annotations=document.frame.annotations,
        warnings=tuple(document.warnings),
    )
