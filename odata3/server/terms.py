"""Values in SQL, and the ways to them: what an expression is made of when it has become SQL.

A :class:`Term` is one value with the :class:`~odata3.server.columns.Kind` it is of, a :class:`Route` the tables passed on the
way to it. The rules of comparing stand here: null, NaN, decimals. Source: digest section 4.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
)

from odata3.server.columns import Kind
from odata3.server.functions import Double, Function, json_path
from odata3.server.tables import ByTable, EntityTable, Relation

Condition = ColumnElement[bool]
Sql = ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """A range variable over entities: a row of ``source``, an alias of the table of a set, seen as ``type_name``."""

    table: EntityTable
    source: FromClause
    type_name: str


@dataclass(frozen=True, slots=True)
class Item:
    """A value inside a document: ``steps`` lead from ``document`` to it. A range variable over a collection property has none."""

    document: Sql
    steps: tuple[str | int, ...]
    type_name: str | None


Variable = Rows | Item


@dataclass(frozen=True, slots=True)
class Term:
    """A value in SQL. ``kind`` None: null, or a value whose type only the row knows (a dynamic property), found by ``item``."""

    sql: Sql
    kind: Kind | None
    text: Sql | None = None
    item: Item | None = None
    entity: str | None = None
    constant: bool = False


@dataclass(slots=True)
class Route:
    """The tables on the way from a row to what a path names: empty where the way stays in the row."""

    froms: list[FromClause] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)

    def scalar(self, value: Sql) -> Sql:
        """``value`` as seen from the start: itself, or a subquery of one value."""
        if not self.froms:
            return value
        return self._select(value).limit(1).scalar_subquery()

    def _select(self, value: Any) -> Select[Any]:
        return select(value).select_from(*self.froms).where(*self.conditions).correlate_except(*self.froms)

    def exists(self, *more: Condition) -> Condition:
        chosen = self._select(literal(1))
        return exists(chosen.where(*more).correlate_except(*self.froms))


def join_condition(relation: Relation, near: FromClause, far: FromClause, through: FromClause | None) -> Condition:
    """What makes a row of ``far`` one that ``near`` is linked to."""
    by = relation.by
    if isinstance(by, ByTable):
        assert through is not None
        return and_(through.c[by.near] == near.c["_id"], through.c[by.far] == far.c["_id"])
    conditions: list[Condition] = []
    for here, there in by.pairs:
        near_place = relation.source.places[_type_with(relation.source, here)][here]
        far_place = relation.target.places[_type_with(relation.target, there)][there]
        conditions.append(near.c[near_place.column] == far.c[far_place.column])
    return and_(*conditions)


def _type_with(table: EntityTable, property_name: str) -> str:
    return next(name for name, places in table.places.items() if property_name in places)


# --- the small words --------------------------------------------------------------------------------------------------------


def ordering(term: Term, *, descending: bool) -> list[Any]:
    """What to sort by: null stands lowest, NaN just above it (as .NET has it)."""

    def direction(sql: Sql) -> Any:
        return sql.desc() if descending else sql.asc()

    sql = comparable(term)
    keys = [direction(case((sql.is_(None), 0), else_=1))]
    if term.kind is Kind.FLOAT:
        keys.append(direction(case((Function("is_nan", sql), 0), else_=1)))
    return [*keys, direction(sql)]


def beyond(terms: list[tuple[Term, bool]], values: list[Term]) -> Condition:
    """The rows that stand after these values in this order (``terms`` with their direction): where the next page begins."""
    alternatives: list[Condition] = []
    equals: list[Condition] = []
    for (term, descending), value in zip(terms, values, strict=True):
        same, below, above = _around(term, value)
        alternatives.append(and_(*equals, below if descending else above))
        equals.append(same)
    return or_(*alternatives)


def json_value(item: Item, steps: tuple[str | int, ...], reader: str | None = "json") -> Sql:
    """A value out of a document; an item of a collection is one already."""
    if not steps:
        return item.document if reader is None else Function(reader.replace("json", "item"), item.document)
    return Function(reader or "json", item.document, literal(json_path(steps)))


def document_of(item: Item) -> Sql:
    return Function("json", item.document, literal(json_path(item.steps))) if item.steps else item.document


def _around(term: Term, value: Term) -> tuple[Condition, Condition, Condition]:
    """Conditions that a term stands with a value, below it, above it, in the order null, NaN, numbers."""
    sql, bound = comparable(term), comparable(value)
    absent: Condition = sql.is_(None)
    if is_null(value):
        return absent, false(), sql.is_not(None)
    if term.kind is not Kind.FLOAT:
        return sql == bound, or_(sql < bound, absent), sql > bound
    strange: Condition = func.coalesce(Function("is_nan", sql), false())
    number = and_(not_(strange), sql.is_not(None))
    if isinstance(bound, BindParameter) and bound.value != bound.value:
        return strange, absent, number
    return and_(number, sql == bound), or_(absent, strange, and_(number, sql < bound)), and_(number, sql > bound)


def is_null(term: Term) -> bool:
    return term.constant and term.kind is None


def comparable(term: Term) -> Sql:
    return Function("decimal", term.sql) if term.kind is Kind.DECIMAL else term.sql


def no_nan(*terms: Term) -> list[Condition]:
    """Conditions that no side is NaN, which equals nothing and is neither less nor greater."""
    return [not_(func.coalesce(Function("is_nan", t.sql), false())) for t in terms if t.kind is Kind.FLOAT]


def as_decimal(term: Term) -> Term:
    if term.kind is Kind.DECIMAL:
        return term
    return Term(Function("to_decimal", term.sql), Kind.DECIMAL, constant=term.constant)


def as_float(term: Term) -> Term:
    return term if term.kind is Kind.FLOAT else Term(cast(term.sql, Double()), Kind.FLOAT, constant=term.constant)
