"""Entities of a model in a database.

A :class:`Store` opens the database, a :class:`Transaction` reads and writes it, a :class:`Record` is one entity as it stands
there::

    store = Store(model, "sqlite:///lab.db")
    with store.begin() as tx:
        probe = tx.insert("Probes", {"Id": 7, "Note": "new"})
        tx.link(probe, "Bench", tx.get("Benches", Code="A"))
        tx.query("Probes", filter="Bench/Code eq 'A'", orderby="Id desc")

Values are Python values as everywhere (``Complex`` for complex ones, ``int`` for enums); they come back exactly as they went
in. A value that is not of its type raises TypeError or ValueError, a name that the model does not have LookupError.

Source: CSDL 3.0 for what an entity, a key and a relation are; SQLAlchemy's URLs for the database.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Select, and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from odata3.edm.model import EntityType, Model
from odata3.server.database import Database
from odata3.server.records import Reader, Record, default_value, next_version
from odata3.server.selections import OrderTerm, Page, Selection
from odata3.server.streams import Endings, Streams
from odata3.server.tables import ByTable, ByValue, EntityTable, Layout, Relation, RelationsByValue, place_of
from odata3.server.terms import Condition, Rows, Term, beyond, join_condition, ordering
from odata3.uri.expressions import Expression, Ordering
from odata3.uri.literals import EdmType, edm_name
from odata3.uri.parser import parse_filter, parse_orderby

__all__ = ["DuplicateKeyError", "OrderTerm", "Page", "Record", "Selection", "Store", "Transaction"]


class DuplicateKeyError(ValueError):
    """There is an entity with this key already."""


class Store:
    """The entities of ``model`` in the database of ``url`` (SQLAlchemy's URLs; ``sqlite://`` lives in memory).

    ``media`` is the folder for the bytes of streams (None: in the database). ``relations`` tells of navigation properties that
    follow from values, such as ``{"VMM.VirtualMachine.VMCheckpoints": [("ID", "VMId"), ("StampId", "StampId")]}``; the other
    direction of the association follows from it. ``layout`` says which tables hold what, ``streams`` keeps bytes,
    ``related_statements`` are the statements made so far that read linked entities. Raises ``ArgumentError`` for a URL that
    SQLAlchemy does not know, and ``InvalidOperationError`` for a database that cannot be opened, or whose tables are another
    model's.
    """

    def __init__(
        self, model: Model, url: str = "sqlite://", *, media: str | Path | None = None, relations: RelationsByValue | None = None
    ) -> None:
        self.model = model
        self.layout = _layout(model, relations)
        self._database = Database(url, self.layout)
        self.streams = Streams(self.layout, None if media is None else Path(media))
        self._readers: dict[str, Reader] = {}
        self._whole: dict[str, Selection] = {}
        #: What reads linked entities, by source, relationship and roles.
        self.related_statements: dict[tuple[str, str, str, str], Select[Any]] = {}

    @contextlib.contextmanager
    def begin(self, *, write: bool = True) -> Iterator[Transaction]:
        """A transaction: kept when the block ends, undone when it raises. One thread holds one at a time. Without ``write`` it
        only reads, beside others."""
        endings = Endings([], [])
        try:
            with self._database.begin(write=write) as connection:
                yield Transaction(self, connection, endings)
        except BaseException:
            for ending in endings.undone:
                ending()
            raise
        for ending in endings.committed:
            ending()

    def select(self, entity_set: str) -> Selection:
        """Every entity of the set ``entity_set``, as a selection to be narrowed. ``LookupError`` for a set that the model does
        not have."""
        found = self._whole.get(entity_set)
        if found is None:
            table = self.table(entity_set)
            found = Selection(self.layout, Rows(table, table.table.alias("it"), table.root.full_name))
            self._whole[entity_set] = found
        return found

    def table(self, entity_set: str) -> EntityTable:
        """The table of the set ``entity_set``. ``LookupError`` for a set that the model does not have."""
        found = self.layout.entity_tables.get(entity_set)
        if found is None:
            raise LookupError(f"There is no entity set {entity_set!r}.")
        return found

    def reader(self, entity_set: str) -> Reader:
        """What makes records of the rows of ``entity_set``. ``LookupError`` for a set that the model does not have."""
        found = self._readers.get(entity_set)
        if found is None:
            found = self._readers[entity_set] = Reader(self.layout, self.table(entity_set))
        return found

    def relation(self, record: Record, navigation: str) -> Relation:
        """How the navigation property ``navigation`` of a ``record`` leads on. ``LookupError`` where it does not."""
        found = self.layout.relation(record.entity_set, record.type_name, navigation)
        if found is None:
            raise LookupError(f"{record.type_name} has no navigation property {navigation!r} that leads to an entity set.")
        return found

    @property
    def connections_in_use(self) -> int:
        """How many connections are in a transaction now (a single one, in memory, counts as none)."""
        return self._database.connections_in_use

    def close(self) -> None:
        """Give the database's connections back."""
        self._database.close()


def _layout(model: Model, relations: RelationsByValue | None) -> Layout:
    """The tables of a model, with what is told of its relations, are laid out once."""
    told = tuple(sorted((name, tuple(pairs)) for name, pairs in (relations or {}).items()))
    key = ("server.tables", told)
    found = model.prepared.get(key)
    if found is None:
        found = model.prepared[key] = Layout(model, relations)
    assert isinstance(found, Layout)
    return found


_NO_TYPES: Mapping[str, str] = {}


class Transaction:
    """Reads and writes that are kept together, or not at all; ``store.begin()`` makes it.

    ``store`` and ``model`` are whose entities these are, ``connection`` is SQLAlchemy's, ``endings`` what is to be done when it
    is kept or undone.
    """

    def __init__(self, store: Store, connection: Connection, endings: Endings) -> None:
        self.store = store
        self.model = store.model
        self.connection = connection
        self.endings = endings

    # --- reading ----------------------------------------------------------------------------------------------------------------

    def get(self, entity_set: str, **key: Any) -> Record | None:
        """The entity of the set ``entity_set`` with this ``key``; None where there is none. ``LookupError`` for a set or name
        that the model does not have."""
        found = self.records(self.store.select(entity_set).matching(key), limit=1)
        return found[0] if found else None

    def find(self, entity_set: str, **values: Any) -> list[Record]:
        """The entities of the set ``entity_set`` whose properties equal these ``values`` (None asks for null), in the order
        they were inserted. ``LookupError`` for a set or name that the model does not have."""
        return self.records(self.store.select(entity_set).matching(values))

    def query(
        self,
        entity_set: str,
        *,
        filter: str | None = None,
        orderby: str | None = None,
        top: int | None = None,
        skip: int = 0,
    ) -> list[Record]:
        """The entities of ``entity_set`` that ``filter`` and ``orderby`` choose (as ``$filter`` and ``$orderby`` spell it),
        without the first ``skip`` and at most ``top`` of them. Raises as the parser does, and ``Refusal``."""
        selection = self.store.select(entity_set)
        root = selection.rows.table.root
        if filter is not None:
            selection = selection.where(parse_filter(filter, self.model, root))
        orderings = () if orderby is None else parse_orderby(orderby, self.model, root)
        return self.page(selection, self.order(selection, orderings), skip=skip, limit=top).records

    def count(self, entity_set: str) -> int:
        """How many entities the set ``entity_set`` has."""
        return self.size(self.store.select(entity_set))

    def linked(self, record: Record, navigation: str) -> list[Record]:
        """The entities that the property ``navigation`` of a ``record`` leads to."""
        relation = self.store.relation(record, navigation)
        return self.records(self.store.select(relation.target.name).linked_from(record, relation))

    def records(self, selection: Selection, *, limit: int | None = None) -> list[Record]:
        """The entities that a ``selection`` chooses, in the order they were inserted, at most ``limit`` of them."""
        return self.page(selection, [], limit=limit).records

    def size(self, selection: Selection) -> int:
        """How many entities a ``selection`` chooses."""
        counted = select(func.count()).select_from(selection.rows.source, *selection.through).where(*selection.conditions)
        return int(self.connection.execute(counted).scalar_one())

    def order(self, selection: Selection, orderings: Sequence[Ordering]) -> list[OrderTerm]:
        """What a ``selection`` is to be sorted by: the expressions of the ``orderings``, and then the key, so that the order is
        a total one. Raises ``Refusal``."""
        translator = selection.translator()
        terms = [OrderTerm(translator.value(o.expression), o.descending, _type_name(o.expression.type)) for o in orderings]
        source = selection.rows.source
        for name in selection.rows.table.root.key:
            place = place_of(selection.rows.table, selection.rows.table.root.full_name, name)
            text = source.c[place.text] if place.text is not None else None
            terms.append(OrderTerm(Term(source.c[place.column], place.encoding.kind, text=text), False, place.property.type))
        return terms

    def page(
        self,
        selection: Selection,
        order: Sequence[OrderTerm],
        *,
        after: Sequence[Term] | None = None,
        skip: int = 0,
        limit: int | None = None,
    ) -> Page:
        """The entities of a ``selection`` in this ``order`` (none: as they were inserted), from ``after`` these values on and
        without the first ``skip``, at most ``limit``."""
        source = selection.rows.source
        sorted_by = [o.term.text if o.term.text is not None else o.term.sql for o in order]
        chosen = select(*source.c, *(sql.label(f"_o{i}") for i, sql in enumerate(sorted_by)))
        chosen = chosen.select_from(source, *selection.through).where(*selection.conditions)
        if after is not None:
            chosen = chosen.where(beyond([(o.term, o.descending) for o in order], list(after)))
        keys = [key for o in order if not o.term.constant for key in ordering(o.term, descending=o.descending)]
        chosen = chosen.order_by(*keys, source.c["_id"])
        if skip:
            chosen = chosen.offset(min(skip, _MANY))
        if limit is not None:
            chosen = chosen.limit(min(limit, _MANY) + 1)
        elif skip:
            chosen = chosen.limit(_MANY)
        rows = self.connection.execute(chosen).all()
        more = limit is not None and len(rows) > limit
        rows = rows[:limit] if more else rows
        read = self.store.reader(selection.set_name).read
        width = len(source.c)
        last = tuple((o.type_name, rows[-1][width + i]) for i, o in enumerate(order)) if rows else ()
        return Page([read(row) for row in rows], more, tuple((name, self._told(name, value)) for name, value in last))

    def _told(self, type_name: str | None, value: Any) -> Any:
        """A value that was sorted by, as the Python value of its type."""
        return value if type_name is None else self.store.layout.encodings[type_name].decode(value)

    def related(
        self,
        relation: Relation,
        records: Sequence[Record],
        *,
        limit: int | None = None,
        narrowed: Sequence[Expression[Any]] = (),
    ) -> dict[int, tuple[list[Record], bool]]:
        """For each of the ``records`` (by id) what the ``relation`` leads to, sorted by key and ``narrowed`` by conditions, at
        most ``limit`` each, and whether there is more."""
        chosen = self._related_rows(relation, narrowed)
        most = _MANY if limit is None else limit
        found: dict[int, tuple[list[Record], bool]] = {record.id: ([], False) for record in records}
        read = self.store.reader(relation.target.name).read
        for start in range(0, len(records), 500):
            owners = [record.id for record in records[start : start + 500]]
            for row in self.connection.execute(chosen, {"owners": owners, "most": most + 1}):
                linked, _ = found[row[0]]
                if len(linked) == most:
                    found[row[0]] = linked, True
                else:
                    linked.append(read(row[2:]))
        return found

    def _related_rows(self, relation: Relation, narrowed: Sequence[Expression[Any]]) -> Select[Any]:
        """The statement behind :meth:`related`: owner, number among the owner's, the row; ``most`` of each of the ``owners``."""
        known = self.store.related_statements
        key = (relation.source.name, relation.navigation.relationship, relation.navigation.from_role, relation.navigation.to_role)
        if not narrowed and key in known:
            return known[key]
        selection = self.store.select(relation.target.name)
        for condition in narrowed:
            selection = selection.where(condition)
        source = selection.rows.source
        near = relation.source.table.alias("near")
        through = relation.by.table.alias("through") if isinstance(relation.by, ByTable) else None
        keys = [key for o in self.order(selection, ()) for key in ordering(o.term, descending=False)]
        number = func.row_number().over(partition_by=near.c["_id"], order_by=[*keys, source.c["_id"]]).label("_number")
        part = (
            select(near.c["_id"].label("_near"), number, *source.c)
            .select_from(near, source, *(() if through is None else (through,)))
            .where(join_condition(relation, near, source, through), *selection.conditions)
            .where(near.c["_id"].in_(bindparam("owners", expanding=True)))
            .subquery()
        )
        chosen = select(part).where(part.c["_number"] <= bindparam("most")).order_by(part.c["_near"], part.c["_number"])
        if not narrowed:
            known[key] = chosen
        return chosen

    def reread(self, record: Record) -> Record:
        """The ``record`` as its entity stands by now; as it was, if it is gone."""
        reader = self.store.reader(record.entity_set)
        row = self.connection.execute(reader.by_id, {"id": record.id}).one_or_none()
        return record if row is None else reader.read(row)

    # --- writing ----------------------------------------------------------------------------------------------------------------

    def insert(
        self,
        entity_set: str,
        values: Mapping[str, Any],
        *,
        type_name: str | None = None,
        dynamic_types: Mapping[str, str] = _NO_TYPES,
    ) -> Record:
        """A new entity of the set ``entity_set`` with these ``values``. What is not given gets its default; a key of guids or
        whole numbers is made up where it is missing.

        ``type_name`` is the full name of a derived type, ``dynamic_types`` are those of an open type's dynamic values. Raises
        :class:`DuplicateKeyError`, ValueError for a missing key and for null where the model allows none.
        """
        table = self.store.table(entity_set)
        entity_type = self._concrete(table, type_name or table.root.full_name)
        whole = {p.name: default_value(self.model, p) for p in entity_type.properties if not p.is_stream}
        for name in entity_type.key:
            if values.get(name) is None:
                whole[name] = self._new_key(table, entity_type, name)
        whole.update({name: value for name, value in values.items() if value is not None or name not in entity_type.key})
        row = {"_type": entity_type.full_name, **self._row(table, entity_type, whole, dynamic_types)}
        try:
            with self.connection.begin_nested():
                made = self.connection.execute(insert(table.table).values(row))
        except IntegrityError:
            raise DuplicateKeyError(f"There is already an entity with this key in '{entity_set}'.") from None
        assert made.inserted_primary_key is not None
        return self._again(table, made.inserted_primary_key[0])

    def update(self, record: Record, values: Mapping[str, Any], *, dynamic_types: Mapping[str, str] = _NO_TYPES) -> Record:
        """Give properties of a ``record`` new ``values``, and say so by its version properties (``ConcurrencyMode="Fixed"``)
        unless they are given.

        Key properties stay as they are. ``dynamic_types`` are the types of an open type's dynamic values. ``record`` itself is
        brought up to date, and returned. ``ValueError`` or ``TypeError`` for a value that the property cannot hold.
        """
        table = self.store.table(record.entity_set)
        given = {name: value for name, value in values.items() if name not in record.entity_type.key}
        for version in record.entity_type.etag_properties:
            if version.name not in given:
                given[version.name] = next_version(version, record.values.get(version.name))
        row = self._row(table, record.entity_type, given, dynamic_types, before=record)
        if row:
            self.connection.execute(update(table.table).where(table.table.c["_id"] == record.id).values(row))
        written = self._again(table, record.id)
        record.values, record.dynamic_types = written.values, written.dynamic_types
        return record

    def delete(self, record: Record) -> None:
        """Remove the entity of a ``record`` with its links and streams, and with what the model says goes with it (OnDelete)."""
        for doomed in reversed(self._with_dependents(record)):
            self.store.streams.delete(self.connection, self.endings, doomed.entity_set, doomed.id)
            table = self.store.table(doomed.entity_set).table
            self.connection.execute(delete(table).where(table.c["_id"] == doomed.id))

    def _with_dependents(self, record: Record) -> list[Record]:
        """An entity and all that is deleted with it, each once: dependents may go on for long, and in a circle."""
        found = {(record.entity_set, record.id): record}
        waiting = [record]
        while waiting:
            principal = waiting.pop()
            for relation in self.store.layout.relations_of(principal.entity_set, principal.type_name):
                if relation.cascades:
                    for one in self.records(self.store.select(relation.target.name).linked_from(principal, relation)):
                        if found.setdefault((one.entity_set, one.id), one) is one:
                            waiting.append(one)
        return list(found.values())

    def link(self, source: Record, navigation: str, target: Record) -> None:
        """Let the property ``navigation`` of ``source`` lead to ``target``: beside others, or in the place of the one it led
        to. ``ValueError`` for a target of another type, and where the key would have to change."""
        relation = self.store.relation(source, navigation)
        if target.entity_set != relation.target.name or not self.model.is_derived(target.type_name, relation.navigation.type):
            raise ValueError(f"{source.type_name}.{navigation} leads to {relation.navigation.type}, not to {target.type_name}.")
        if isinstance(relation.by, ByValue):
            self._link_by_value(relation.by, source, target)
            return
        by = relation.by
        table = by.table
        replaced: list[Condition] = [and_(table.c[by.near] == source.id, table.c[by.far] == target.id)]
        if not relation.navigation.is_collection:
            replaced.append(table.c[by.near] == source.id)
        if relation.exclusive:
            replaced.append(table.c[by.far] == target.id)
        self.connection.execute(delete(table).where(or_(*replaced)))
        self.connection.execute(insert(table).values({by.near: source.id, by.far: target.id}))

    def unlink(self, source: Record, navigation: str, target: Record | None = None) -> bool:
        """Take the link from ``source`` by ``navigation`` to ``target`` away, or every link of the property (None); False where
        there was none. ``ValueError`` where it follows from a key."""
        relation = self.store.relation(source, navigation)
        if isinstance(relation.by, ByTable):
            by = relation.by
            where = [by.table.c[by.near] == source.id]
            if target is not None:
                where.append(by.table.c[by.far] == target.id)
            return self.connection.execute(delete(by.table).where(*where)).rowcount > 0
        linked = [r for r in self.linked(source, navigation) if target is None or r.id == target.id]
        for one in linked:
            dependent = source if relation.by.near_depends else one
            names = [here if relation.by.near_depends else there for here, there in relation.by.pairs]
            free = [name for name in names if name not in dependent.entity_type.key]
            if not free:
                raise ValueError(f"{source.type_name}.{navigation} follows from a key and cannot be taken away.")
            self.update(dependent, dict.fromkeys(free))
        return bool(linked)

    def _link_by_value(self, by: ByValue, source: Record, target: Record) -> None:
        dependent, principal = (source, target) if by.near_depends else (target, source)
        given: dict[str, Any] = {}
        for here, there in by.pairs:
            mine, its = (here, there) if by.near_depends else (there, here)
            value = principal.values[its]
            if mine in dependent.entity_type.key and dependent.values[mine] != value:
                raise ValueError(f"{dependent.type_name}.{mine} belongs to the key and cannot become {value!r}.")
            given[mine] = value
        self.update(dependent, given)

    # --- rows -------------------------------------------------------------------------------------------------------------------

    def _concrete(self, table: EntityTable, type_name: str) -> EntityType:
        entity_type = self.model.entity_types.get(type_name)
        if entity_type is None or type_name not in table.places:
            raise ValueError(f"{type_name} is no type of the entity set {table.name}.")
        if entity_type.abstract:
            raise ValueError(f"{type_name} is abstract.")
        return entity_type

    def _new_key(self, table: EntityTable, entity_type: EntityType, name: str) -> Any:
        declared = entity_type.properties[name]
        if declared.default_value is not None:
            return default_value(self.model, declared)
        if declared.type == "Edm.Guid":
            return uuid4()
        if declared.type in _WHOLE_NUMBERS:
            column = table.table.c[place_of(table, entity_type.full_name, name).column]
            return (self.connection.execute(select(func.max(column))).scalar() or 0) + 1
        raise ValueError(f"The key property '{name}' of {entity_type.full_name} is missing.")

    def _row(
        self,
        table: EntityTable,
        entity_type: EntityType,
        values: Mapping[str, Any],
        dynamic_types: Mapping[str, str],
        before: Record | None = None,
    ) -> dict[str, Any]:
        """Values by column. ValueError, TypeError naming the property."""
        places = table.places[entity_type.full_name]
        row: dict[str, Any] = {}
        dynamic: dict[str, Any] = {}
        for name, value in values.items():
            place = places.get(name)
            if place is None:
                if not entity_type.open_type or entity_type.navigation_properties.get(name) is not None:
                    raise ValueError(f"{entity_type.full_name} has no property '{name}' that can be written.")
                dynamic[name] = value
                continue
            if value is None and not place.property.nullable:
                raise ValueError(f"The property '{name}' of {entity_type.full_name} cannot be null.")
            try:
                encoded = place.encoding.encode(value)
            except (TypeError, ValueError) as error:
                raise type(error)(f"{entity_type.full_name}.{name}: {error}") from None
            if place.text is not None:
                row[place.column], row[place.text] = (None, None) if encoded is None else encoded
            else:
                row[place.column] = encoded
        if dynamic:
            known = {} if before is None else {n: v for n, v in before.values.items() if n not in places}
            types = {} if before is None else {n: t for n, t in before.dynamic_types.items() if n not in dynamic}
            row["_open"] = self.store.reader(table.name).write_dynamic({**known, **dynamic}, {**types, **dynamic_types})
        return row

    def forget_dynamic(self, record: Record) -> None:
        """Let the dynamic properties of a ``record`` of an open type vanish, as a replacing PUT does."""
        table = self.store.table(record.entity_set).table
        if "_open" in table.c:
            self.connection.execute(update(table).where(table.c["_id"] == record.id).values({"_open": None}))
            places = self.store.table(record.entity_set).places[record.type_name]
            record.values = {name: value for name, value in record.values.items() if name in places}
            record.dynamic_types = {}

    def _again(self, table: EntityTable, row_id: int) -> Record:
        reader = self.store.reader(table.name)
        return reader.read(self.connection.execute(reader.by_id, {"id": row_id}).one())


#: No database counts further.
_MANY = 2**62
_WHOLE_NUMBERS = frozenset({"Edm.Byte", "Edm.SByte", "Edm.Int16", "Edm.Int32", "Edm.Int64"})


def _type_name(type_: EdmType | None) -> str | None:
    return None if type_ is None else edm_name(type_)
