"""One entity as it stands in the store, and rows made into it.

Source: the entities of the model (CSDL 3.0); defaults as .NET's types start with.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import uuid4

from sqlalchemy import Select, bindparam, select

from odata3.edm.model import EntityType, Model, Property
from odata3.edm.primitives import primitive
from odata3.formats.documents import NATIVE, Complex
from odata3.server.columns import write_json
from odata3.server.tables import EntityTable, Layout


@dataclass(slots=True)
class Record:
    """One entity of the set ``entity_set``, of the type ``entity_type``, in the row ``id`` of its table.

    ``values`` holds every property of its type (null ones too) and the dynamic ones of an open type, whose types stand in
    ``dynamic_types``.
    """

    entity_set: str
    entity_type: EntityType
    id: int
    values: dict[str, Any]
    #: The types of the dynamic ones.
    dynamic_types: Mapping[str, str] = field(default_factory=dict)

    @property
    def type_name(self) -> str:
        """The full name of the entity's type."""
        return self.entity_type.full_name

    @property
    def key(self) -> dict[str, Any]:
        """The values of the key by name, in the order of the model."""
        return {name: self.values[name] for name in self.entity_type.key}

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The value of the property ``name``; ``default`` (None) where there is none."""
        return self.values.get(name, default)

    def copy(self) -> Record:
        """The entity as it stands now; changes of the one do not show in the other."""
        return replace(self, values=dict(self.values))


@dataclass
class Reader:
    """Rows of one table as records; what each type needs is worked out once."""

    layout: Layout
    table: EntityTable
    _plans: dict[str, tuple[EntityType, list[tuple[str, int, Any]]]] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> Select[Any]:
        """The statement that reads one row, by the parameter ``id``."""
        table = self.table.table
        return select(table).where(table.c["_id"] == bindparam("id"))

    def read(self, row: Sequence[Any]) -> Record:
        type_name = row[1]
        plan = self._plans.get(type_name)
        if plan is None:
            plan = self._plans[type_name] = self._plan(type_name)
        entity_type, steps = plan
        values = {name: decode(row[at]) for name, at, decode in steps}
        if not entity_type.open_type or row[2] is None:
            return Record(self.table.name, entity_type, row[0], values)
        dynamic = json.loads(row[2])
        for name, stored in dynamic.items():
            values[name] = self.layout.encodings.dynamic_from_json(stored)
        types = {name: stored[0] for name, stored in dynamic.items() if stored is not None}
        return Record(self.table.name, entity_type, row[0], values, types)

    def _plan(self, type_name: str) -> tuple[EntityType, list[tuple[str, int, Any]]]:
        order = {column.name: at for at, column in enumerate(self.table.table.c)}
        entity_type = self.layout.model.entity_types[type_name]
        places = self.table.places[type_name]
        found = ((p.name, places[p.name]) for p in entity_type.properties if p.name in places)
        return entity_type, [(name, order[place.text or place.column], place.encoding.decode) for name, place in found]

    def write_dynamic(self, values: Mapping[str, Any], types: Mapping[str, str]) -> str:
        encodings = self.layout.encodings
        return write_json(
            {name: encodings.dynamic_to_json(value, types.get(name)) for name, value in values.items() if value is not None}
        )


def default_value(model: Model, declared: Property) -> Any:
    """What a property holds that was never given: its default in the model, else null, else what .NET's types start with."""
    if declared.is_collection:
        return []
    edm = primitive(declared.type)
    if declared.default_value is not None and edm is not None:
        with contextlib.suppress(ValueError):
            return edm.parse(declared.default_value)
    if declared.nullable:
        return None
    complex_type = model.complex_types.get(declared.type)
    if complex_type is not None:
        return Complex(declared.type, {p.name: default_value(model, p) for p in complex_type.properties}, NATIVE)
    if edm is None:
        return 0 if declared.type in model.enum_types else None
    return {"Edm.String": "", "Edm.Binary": b""}.get(edm.name, edm.default)


def next_version(declared: Property, value: Any) -> Any:
    """The value a version property takes when its entity changes, of the types that count or cannot repeat."""
    if isinstance(value, bytes):
        size = len(value) or 8
        return ((int.from_bytes(value, "big") + 1) % 256**size).to_bytes(size, "big")
    if declared.type in ("Edm.Int32", "Edm.Int64"):
        return 1 if value is None else value + 1
    if declared.type == "Edm.Decimal":
        return Decimal(1) if value is None else value + 1
    if declared.type == "Edm.Guid":
        return uuid4()
    if declared.type == "Edm.DateTimeOffset":
        return datetime.now(UTC)
    return datetime.now(UTC).replace(tzinfo=None) if declared.type == "Edm.DateTime" else value
