"""The tables a model asks for.

One table per entity set, for the set's type and every type derived from it, and one per pair of sets that an association joins::

    1 Products            _id | _type | _open | ID | Name | ReleaseDate | ReleaseDate_text | Address | ...
    a1 Category_Product   left | right                    both directions of the association are these rows

Where an association has a referential constraint, or the store was told how a relation follows from values, there is no such
table: the values are the link, as with a foreign key.

Everything is laid out once per model: :class:`Layout` answers where a property of a type stands, and how a navigation
property gets from one table to the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.util import LRUCache

from odata3.edm.model import Association, EntitySet, EntityType, Model, NavigationProperty, Property
from odata3.server.columns import Encoding, Encodings, Kind

_STATEMENTS = 2_000

#: SQLite counts rows in an INTEGER column alone; elsewhere 64 bits are asked for.
_ROW_ID = BigInteger().with_variant(Integer(), "sqlite")


@dataclass(frozen=True, slots=True)
class Place:
    """Where one property stands: its column, of an instant also the one that holds the text."""

    property: Property
    encoding: Encoding
    column: str
    text: str | None


@dataclass(frozen=True)
class EntityTable:
    """The table of one entity set."""

    entity_set: EntitySet
    root: EntityType
    table: Table
    #: type name -> property name -> place, with the inherited properties
    places: Mapping[str, Mapping[str, Place]]

    @property
    def name(self) -> str:
        return self.entity_set.qualified_name

    def place(self, type_name: str, property_name: str) -> Place | None:
        return self.places.get(type_name, {}).get(property_name)


@dataclass(frozen=True, slots=True)
class ByTable:
    """A relation whose links are rows: ``near`` and ``far`` are the columns of the two ends."""

    table: Table
    near: str
    far: str


@dataclass(frozen=True, slots=True)
class ByValue:
    """A relation that follows from values: ``pairs`` of (near property, far property) that are equal in linked entities.

    ``near_depends`` tells whose values say so: the near entity's (it refers to the far one) or the far entity's.
    """

    pairs: tuple[tuple[str, str], ...]
    near_depends: bool


@dataclass(frozen=True, slots=True)
class Relation:
    """How a navigation property leads from the entities of one set to those of another."""

    navigation: NavigationProperty
    source: EntityTable
    target: EntityTable
    by: ByTable | ByValue
    #: Whether a target is linked to one source at most.
    exclusive: bool
    #: Whether the targets are deleted with the source (OnDelete of the association's end).
    cascades: bool


def place_of(table: EntityTable, type_name: str, name: str) -> Place:
    """Where a property stands in a table. LookupError where the type has none of this name."""
    found = table.place(type_name, name)
    if found is None:
        raise LookupError(f"{type_name} has no property {name!r}.")
    return found


#: ``{"NS.Type.Navigation": [(property here, property there), ...]}``
RelationsByValue = Mapping[str, Sequence[tuple[str, str]]]


class Layout:
    """The tables of a model, and where everything stands in them. Raises LookupError for a relation the model does not have."""

    def __init__(self, model: Model, relations: RelationsByValue | None = None) -> None:
        self.model = model
        self.encodings = Encodings(model)
        self.metadata = MetaData()
        self._told = _told_relations(model, relations or {})
        self.entity_tables: dict[str, EntityTable] = {}
        for number, entity_set in enumerate(model.entity_sets.values(), 1):
            root = model.entity_type_of(entity_set)
            if root is not None:
                self.entity_tables[entity_set.qualified_name] = self._entity_table(number, entity_set, root)
        self._link_tables: dict[tuple[str, tuple[tuple[str, str], ...]], Table] = {}
        self._relations: dict[tuple[str, str, str], Relation | None] = {}
        for entity_table in self.entity_tables.values():
            for type_name in entity_table.places:
                for navigation in model.entity_types[type_name].navigation_properties:
                    self.relation(entity_table.name, type_name, navigation.name)
        self.streams = _stream_table(self.metadata)
        #: Compiled statements, shared by every store of this layout.
        self.compiled: LRUCache[Any, Any] = LRUCache(_STATEMENTS)

    # --- entities ---------------------------------------------------------------------------------------------------------------

    def _entity_table(self, number: int, entity_set: EntitySet, root: EntityType) -> EntityTable:
        names = _Names({"_id", "_type", "_open"})
        columns: list[Column[Any]] = []
        places: dict[str, dict[str, Place]] = {}
        open_type = False
        # A document may name a derived type before its base.
        for type_name in sorted(self.model.derived_types(root.full_name), key=self._depth):
            entity_type = self.model.entity_types[type_name]
            open_type = open_type or entity_type.open_type
            inherited = places.get(entity_type.base_type or "", {}) if type_name != root.full_name else {}
            own = entity_type.properties if not inherited else entity_type.declared_properties
            mine = dict(inherited)
            for declared in own:
                if not declared.is_stream and declared.name not in mine:
                    mine[declared.name] = self._place(declared, names, columns)
            places[type_name] = mine
        key = [places[root.full_name][name].column for name in root.key if name in places[root.full_name]]
        table = Table(
            names.of_table(number, entity_set.name),
            self.metadata,
            Column("_id", _ROW_ID, primary_key=True, autoincrement=True),
            Column("_type", Text, nullable=False),
            *([Column("_open", Text)] if open_type else []),
            *columns,
            *([UniqueConstraint(*key, name=f"k{number}")] if key else []),
        )
        return EntityTable(entity_set, root, table, places)

    def _depth(self, type_name: str) -> int:
        base = self.model.entity_types[type_name].base_type
        return 0 if base is None or base not in self.model.entity_types else 1 + self._depth(base)

    def _place(self, declared: Property, names: _Names, columns: list[Column[Any]]) -> Place:
        encoding = self.encodings[declared.type]
        column = names.of_column(declared.name)
        columns.append(Column(column, encoding.sql_type))
        text = None
        if encoding.kind is Kind.INSTANT:
            text = names.of_column(f"{column}_text")
            columns.append(Column(text, Text))
        return Place(declared, encoding, column, text)

    # --- relations --------------------------------------------------------------------------------------------------------------

    def relation(self, set_name: str, type_name: str, navigation_name: str) -> Relation | None:
        """How this navigation property leads on; None where the model does not say to which set."""
        key = (set_name, type_name, navigation_name)
        if key not in self._relations:
            self._relations[key] = self._relate(*key)
        return self._relations[key]

    def relations_of(self, set_name: str, type_name: str) -> Iterator[Relation]:
        for navigation in self.model.entity_types[type_name].navigation_properties:
            found = self.relation(set_name, type_name, navigation.name)
            if found is not None:
                yield found

    def _relate(self, set_name: str, type_name: str, navigation_name: str) -> Relation | None:
        source = self.entity_tables[set_name]
        navigation = self.model.entity_types[type_name].navigation_properties.get(navigation_name)
        if navigation is None:
            return None
        target_set = self.model.target_set(source.entity_set, navigation)
        target = self.entity_tables.get(target_set.qualified_name) if target_set is not None else None
        if target is None:
            return None
        association = self.model.associations.get(navigation.relationship)
        back = association.ends.get(navigation.from_role) if association is not None else None
        told = self._told.get(f"{self._declaring(type_name, navigation)}.{navigation.name}")
        by = (
            ByValue(told, near_depends=not navigation.is_collection)
            if told is not None
            else self._mirrored(association, navigation)
            or _constraint(association, navigation)
            or self._by_table(navigation, source, target)
        )
        # A relation told by values is exclusive where the values that name the other end stand with the many.
        exclusive = back is not None and back.multiplicity != "*"
        cascades = back is not None and back.on_delete == "Cascade"
        return Relation(navigation, source, target, by, exclusive, cascades)

    def _declaring(self, type_name: str, navigation: NavigationProperty) -> str:
        """The type that declares a navigation property, itself or a base type."""
        here: str | None = type_name
        while here is not None:
            entity_type = self.model.entity_types[here]
            if entity_type.declared_navigation_properties.get(navigation.name) is not None:
                return here
            here = entity_type.base_type
        return type_name

    def _mirrored(self, association: Association | None, navigation: NavigationProperty) -> ByValue | None:
        """The relation told for the other direction of the same association, turned round."""
        if association is None or navigation.from_role == navigation.to_role:
            return None
        for type_name, entity_type in self.model.entity_types.items():
            for other in entity_type.declared_navigation_properties:
                told = self._told.get(f"{type_name}.{other.name}")
                if told is not None and other.relationship == navigation.relationship and other.from_role == navigation.to_role:
                    return ByValue(tuple((there, here) for here, there in told), near_depends=other.is_collection)
        return None

    def _by_table(self, navigation: NavigationProperty, source: EntityTable, target: EntityTable) -> ByTable:
        near, far = (navigation.from_role, source.name), (navigation.to_role, target.name)
        ends = tuple(sorted((near, far)))
        table = self._link_tables.get((navigation.relationship, ends))
        if table is None:
            table = self._link_table(navigation, ends)
            self._link_tables[navigation.relationship, ends] = table
        near_is_left = ends[0] == near
        return ByTable(table, *(("left_id", "right_id") if near_is_left else ("right_id", "left_id")))

    def _link_table(self, navigation: NavigationProperty, ends: tuple[tuple[str, str], ...]) -> Table:
        number = len(self._link_tables) + 1
        left, right = (self.entity_tables[name].table for _, name in ends)
        return Table(
            _Names.of_table(number, navigation.relationship.rpartition(".")[2], "a"),
            self.metadata,
            Column("left_id", _ROW_ID, ForeignKey(left.c["_id"], ondelete="CASCADE"), primary_key=True),
            Column("right_id", _ROW_ID, ForeignKey(right.c["_id"], ondelete="CASCADE"), primary_key=True),
            Index(f"i{number}", "right_id"),
        )

    # --- as text ----------------------------------------------------------------------------------------------------------------

    @cached_property
    def script(self) -> str:
        """The statements that make these tables on SQLite."""
        spoken = sqlite_dialect()
        parts: list[str] = []
        for table in self.metadata.sorted_tables:
            parts.append(str(CreateTable(table, if_not_exists=True).compile(dialect=spoken)))
            parts.extend(str(CreateIndex(index, if_not_exists=True).compile(dialect=spoken)) for index in table.indexes)
        return ";\n".join(parts) + ";\n"

    @cached_property
    def fingerprint(self) -> str:
        """What tells the tables of one model from those of another."""
        return sha256(self.script.encode()).hexdigest()


def _stream_table(metadata: MetaData) -> Table:
    """Media resources and named streams: what is known of them; ``file`` names the bytes in the media folder, ``body`` holds them
    where there is no such folder."""
    return Table(
        "_streams",
        metadata,
        Column("entity_set", Text, primary_key=True),
        Column("entity", _ROW_ID, primary_key=True),
        Column("name", Text, primary_key=True),
        Column("content_type", Text, nullable=False),
        Column("etag", Text, nullable=False),
        Column("file", Text),
        Column("body", LargeBinary),
    )


def _told_relations(model: Model, relations: RelationsByValue) -> dict[str, tuple[tuple[str, str], ...]]:
    told: dict[str, tuple[tuple[str, str], ...]] = {}
    for name, pairs in relations.items():
        type_name, _, navigation = name.rpartition(".")
        entity_type = model.entity_types.get(type_name)
        found = entity_type.declared_navigation_properties.get(navigation) if entity_type is not None else None
        if entity_type is None or found is None:
            raise LookupError(f"There is no navigation property {name}.")
        target = model.entity_types[found.type]
        for here, there in pairs:
            if entity_type.properties.get(here) is None or target.properties.get(there) is None:
                raise LookupError(f"{name} cannot follow {here} to {there}: one of them is no property.")
        told[name] = tuple(pairs)
    return told


def _constraint(association: Association | None, navigation: NavigationProperty) -> ByValue | None:
    """The relation as a referential constraint has it, seen from ``navigation``."""
    constraint = association.referential_constraint if association is not None else None
    if constraint is None or len(constraint.principal_properties) != len(constraint.dependent_properties):
        return None
    near_depends = navigation.from_role == constraint.dependent_role
    pairs = zip(constraint.dependent_properties, constraint.principal_properties, strict=True)
    return ByValue(tuple((d, p) if near_depends else (p, d) for d, p in pairs), near_depends)


@dataclass
class _Names:
    """Names for tables and columns: of letters a database takes, short enough for PostgreSQL, different also without case."""

    taken: set[str] = field(default_factory=set)

    @staticmethod
    def of_table(number: int, name: str, prefix: str = "s") -> str:
        return f"{prefix}{number}_{re.sub(r'[^A-Za-z0-9_]', '_', name)[:40]}"

    def of_column(self, name: str) -> str:
        plain = re.sub(r"[^A-Za-z0-9_]", "_", name)[:50]
        found, number = plain, 1
        while found.casefold() in self.taken:
            number += 1
            found = f"{plain}_{number}"
        self.taken.add(found.casefold())
        return found
