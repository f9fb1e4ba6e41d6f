"""Entities chosen and not yet read: which ones, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import FromClause, false, literal

from odata3.server.columns import Kind
from odata3.server.records import Record
from odata3.server.sql import Translator
from odata3.server.tables import ByTable, Layout, Relation, place_of
from odata3.server.terms import Condition, Rows, Term
from odata3.uri.expressions import Expression


@dataclass(frozen=True, slots=True)
class Selection:
    """Entities of one set, narrowed step by step. Immutable; nothing is read before a transaction is asked to."""

    layout: Layout
    rows: Rows
    conditions: tuple[Condition, ...] = ()
    through: tuple[FromClause, ...] = ()

    @property
    def set_name(self) -> str:
        return self.rows.table.name

    @property
    def type_name(self) -> str:
        return self.rows.type_name

    def translator(self) -> Translator:
        return Translator(self.layout, self.rows)

    def _and(self, *conditions: Condition) -> Selection:
        return replace(self, conditions=(*self.conditions, *conditions))

    def of_type(self, type_name: str) -> Selection:
        """Only entities of this type or one derived from it."""
        if type_name == self.rows.table.root.full_name:
            return self
        kinds = self.layout.model.derived_types(type_name)
        narrowed = self._and(self.rows.source.c["_type"].in_(kinds))
        return replace(narrowed, rows=replace(self.rows, type_name=type_name))

    def where(self, expression: Expression[Any]) -> Selection:
        """Only entities the expression is true of. Raises ``Refusal``."""
        return self._and(self.translator().condition(expression))

    def matching(self, values: Mapping[str, Any]) -> Selection:
        """Only entities whose properties equal these values; None asks for null."""
        conditions: list[Condition] = []
        for name, value in values.items():
            place = place_of(self.rows.table, self.type_name, name)
            encoded = place.encoding.encode(value)
            column = self.rows.source.c[place.column]
            main = encoded[0] if place.encoding.kind is Kind.INSTANT and encoded is not None else encoded
            conditions.append(column.is_(None) if encoded is None else column == literal(main, column.type))
        return self._and(*conditions)

    def linked_from(self, record: Record, relation: Relation) -> Selection:
        """Only entities that the navigation property of ``record`` leads to."""
        by = relation.by
        if isinstance(by, ByTable):
            through = by.table.alias("through")
            linked = self._and(through.c[by.near] == record.id, through.c[by.far] == self.rows.source.c["_id"])
            return replace(linked, through=(*self.through, through))
        values = {there: record.values[here] for here, there in by.pairs}
        return self._and(false()) if None in values.values() else self.matching(values)

    def among(self, records: Iterable[Record]) -> Selection:
        return self._and(self.rows.source.c["_id"].in_([record.id for record in records]))


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """One thing to sort by. ``type_name`` is its EDM type, None where only the row knows."""

    term: Term
    descending: bool
    type_name: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some entities in order; ``last`` holds what the last of them was sorted by, as (EDM type name, value)."""

    records: list[Record]
    more: bool
    last: tuple[tuple[str | None, Any], ...] = ()
