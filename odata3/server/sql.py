"""An expression tree as SQL.

::

    Supplier/Name eq 'X' and Tags/any(t: startswith(t, 'a'))

becomes a SQLAlchemy condition over the table of the set: navigation to one entity is a scalar subquery, ``any`` and ``all`` are
EXISTS over the related table or over the items of a JSON column, a path into a complex value is a path into its document. Every
literal is a bound parameter and every name a column of the layout, so no text of a request becomes SQL.

Null as OData has it (digest section 4): ``eq`` and ``ne`` compare null as a value, other comparisons with null are false,
functions and arithmetic of null are null, null as a condition is false, and navigating through null gives null.

Raises ``Refusal`` (400) for what an expression may say and this service cannot compute (501 for geometry).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import BigInteger, and_, case, cast, false, func, literal, not_, null, or_, true
from sqlalchemy.sql.functions import FunctionElement

from odata3.edm.model import Model, Property, element_type
from odata3.edm.primitives import primitive, primitive_of
from odata3.server.columns import Encodings, Kind, kind_of
from odata3.server.functions import Double, Function, JsonItems, json_path
from odata3.server.refusal import Refusal
from odata3.server.tables import ByTable, Layout
from odata3.server.terms import (
    Condition,
    Item,
    Route,
    Rows,
    Sql,
    Term,
    Variable,
    as_decimal,
    as_float,
    comparable,
    document_of,
    is_null,
    join_condition,
    json_value,
    no_nan,
)
from odata3.uri.expressions import (
    Arithmetic,
    Call,
    Cast,
    Comparison,
    Expression,
    IsOf,
    Literal,
    Logical,
    Negation,
    Not,
    Path,
    Quantifier,
)
from odata3.uri.literals import edm_name


class Translator:
    """Expressions over the entities of one set, read from ``source``, an alias of its table."""

    def __init__(self, layout: Layout, variable: Variable) -> None:
        self._layout = layout
        self._model: Model = layout.model
        self._encodings: Encodings = layout.encodings
        self._variables: dict[str | None, Variable] = {None: variable}

    # --- conditions -------------------------------------------------------------------------------------------------------------

    def condition(self, expression: Expression[Any]) -> Condition:
        """The expression as a condition; what is no condition is refused."""
        found = self._conditions.get(type(expression))
        if found is not None:
            return found(self, expression)
        term = self.value(expression)
        if term.kind is Kind.BOOLEAN:
            return term.sql == 1
        if term.kind is None:
            return false() if term.item is None else self._as_kind(term, Kind.BOOLEAN).sql == 1
        raise Refusal(400, "The $filter expression must evaluate to a single boolean value.")

    def _logical(self, expression: Logical) -> Condition:
        parts = [self.condition(operand) for operand in expression.operands]
        return and_(*parts) if expression.operator == "and" else or_(*parts)

    def _not(self, expression: Not) -> Condition:
        return not_(self.condition(expression.operand))

    def _comparison(self, expression: Comparison) -> Condition:
        left, right = self.value(expression.left), self.value(expression.right)
        if expression.operator in ("eq", "ne"):
            equal = self._equal(left, right)
            return equal if expression.operator == "eq" else not_(equal)
        left, right = self._alike(left, right)
        if left.kind is None or right.kind is None:
            return false()
        if left.kind in (Kind.JSON, Kind.BINARY) or left.entity is not None:
            raise Refusal(400, f"'{expression}' compares what has no order.")
        ordered = _ORDERS[expression.operator](comparable(left), comparable(right))
        return and_(func.coalesce(ordered, false()), *no_nan(left, right))

    def _equal(self, left: Term, right: Term) -> Condition:
        """Null-safe: true or false, never null."""
        if is_null(left) or is_null(right):
            other = right if is_null(left) else left
            return true() if is_null(other) else other.sql.is_(None)
        left, right = self._alike(left, right)
        same: Condition = comparable(left).is_not_distinct_from(comparable(right))
        return and_(same, *no_nan(left, right))

    def _quantifier(self, expression: Quantifier) -> Condition:
        route, variable = self._collection(expression.source)
        if expression.predicate is None:
            return route.exists()
        before = dict(self._variables)
        self._variables[expression.variable] = variable
        try:
            holds = func.coalesce(self.condition(expression.predicate), false())
        finally:
            self._variables = before
        return route.exists(holds) if expression.operator == "any" else not_(route.exists(not_(holds)))

    def _is_of(self, expression: IsOf) -> Condition:
        target = expression.target
        if target in self._model.entity_types:
            rows, route = self._rows_of(expression.operand)
            kinds = self._model.derived_types(target)
            return func.coalesce(route.scalar(rows.source.c["_type"]).in_(kinds), false())
        term = self.value(expression.operand)
        declared = expression.operand.type
        if declared is None or edm_name(declared) == target:
            return term.sql.is_not(None)
        if term.item is not None and term.kind is Kind.JSON and target in self._model.complex_types:
            actual = Function("json", term.sql, literal(json_path(["@"])))
            return func.coalesce(actual.in_(self._model.derived_types(target)), false())
        return false()

    def _call_condition(self, expression: Call[Any]) -> Condition:
        if expression.name in _TESTS:
            name, order = _TESTS[expression.name]
            texts = [self._text(argument) for argument in expression.arguments]
            return func.coalesce(Function(name, *(texts[i] for i in order)), false())
        if expression.name == "geo.intersects":
            return func.coalesce(Function("intersects", *map(self._shape, expression.arguments)), false())
        term = self._call(expression)
        if term.kind is not Kind.BOOLEAN:
            raise Refusal(400, "The $filter expression must evaluate to a single boolean value.")
        return term.sql == 1

    # --- values -----------------------------------------------------------------------------------------------------------------

    def value(self, expression: Expression[Any]) -> Term:
        """The expression as a value."""
        found = self._values.get(type(expression))
        if found is not None:
            return found(self, expression)
        if type(expression) in self._conditions:
            return Term(case((self.condition(expression), 1), else_=0), Kind.BOOLEAN)
        raise Refusal(400, f"'{expression}' is nothing this service can compute.")

    def _literal(self, expression: Literal[Any]) -> Term:
        if expression.value is None:
            return Term(null(), None, constant=True)
        type_ = expression.type if expression.type is not None else primitive_of(expression.value)
        return self.constant(edm_name(type_), expression.value, expression.text)

    @property
    def null(self) -> Term:
        return Term(null(), None, constant=True)

    def constant(self, type_name: str, value: Any, text: str = "") -> Term:
        """A bound value of a type. ``text`` is the literal as it was written: it has the seventh digit of a moment."""
        encoding = self._encodings[type_name]
        if encoding.kind is Kind.JSON:
            raise Refusal(400, f"'{text}' has no order and no equal in this service.")
        exact = text.partition("'")[2].rstrip("'") if encoding.kind in (Kind.INSTANT, Kind.DURATION) and "." in text else ""
        try:
            encoded = encoding.encode(exact or value)
        except (TypeError, ValueError) as error:
            raise Refusal(400, str(error)) from None
        if encoding.kind is Kind.INSTANT:
            return Term(literal(encoded[0], BigInteger()), Kind.INSTANT, text=literal(encoded[1]), constant=True)
        return Term(literal(encoded, encoding.sql_type), encoding.kind, constant=True)

    def _arithmetic(self, expression: Arithmetic[Any]) -> Term:
        left, right = self._alike(self.value(expression.left), self.value(expression.right))
        if left.kind is None or right.kind is None:
            return Term(null(), None, constant=True)
        operator = expression.operator
        if left.kind is Kind.DECIMAL:
            return Term(Function(f"decimal_{operator}", left.sql, right.sql), Kind.DECIMAL)
        if left.kind is Kind.INTEGER:
            if operator in ("div", "mod"):
                return Term(Function(f"integer_{operator}", left.sql, right.sql), Kind.INTEGER)
            return Term(_OPERATORS[operator](left.sql, right.sql), Kind.INTEGER)
        if left.kind is Kind.FLOAT:
            return Term(Function(f"double_{operator}", left.sql, right.sql), Kind.FLOAT)
        raise Refusal(400, f"'{expression}' reckons with what is no number.")

    def _negation(self, expression: Negation[Any]) -> Term:
        term = self.value(expression.operand)
        if term.kind is Kind.DECIMAL:
            return Term(Function("decimal_neg", term.sql), Kind.DECIMAL)
        if term.kind is Kind.FLOAT:
            return Term(Function("double_neg", term.sql), Kind.FLOAT)
        if term.kind in (Kind.INTEGER, Kind.DURATION):
            return Term(-term.sql, term.kind)
        if term.kind is None:
            return term
        raise Refusal(400, f"'{expression}' negates what is no number.")

    def _cast(self, expression: Cast[Any]) -> Term:
        target = expression.target
        if primitive(target) is None:
            raise Refusal(501, f"'{expression}': this service casts to primitive types only.")
        term = self.value(expression.operand)
        kind = kind_of(self._model, target)
        if kind is term.kind or term.kind is None:
            return term
        source = term.text if term.text is not None else term.sql
        if target == "Edm.String":
            return Term(Function("to_text", source), Kind.TEXT)
        if kind in _CASTS and term.kind in (Kind.INTEGER, Kind.FLOAT, Kind.DECIMAL, Kind.TEXT):
            return Term(Function(_CASTS[kind], source), kind)
        return Term(null(), None, constant=True)

    # --- functions --------------------------------------------------------------------------------------------------------------

    def _call(self, expression: Call[Any]) -> Term:
        name, arguments = expression.name, expression.arguments
        if name in _TESTS or name == "geo.intersects":
            return Term(case((self._call_condition(expression), 1), else_=0), Kind.BOOLEAN)
        if name in ("geo.distance", "geo.length"):
            surface = "globe" if edm_name(arguments[0].type).startswith("Edm.Geography") else "plane"
            measured = Function(f"{surface}_{name.removeprefix('geo.')}", *map(self._shape, arguments))
            return Term(measured, Kind.FLOAT)
        if name in _TEXT_FUNCTIONS:
            return self._text_function(name, arguments)
        if name in _PARTS or name in _DURATION_PARTS:
            return self._part(name, self.value(arguments[0]))
        if name in ("round", "floor", "ceiling"):
            return self._rounding(name, self.value(arguments[0]))
        if name == "gettotaloffsetminutes":
            moment = self.value(arguments[0])
            return Term(Function("offset", moment.text if moment.text is not None else null()), Kind.INTEGER)
        raise Refusal(501, f"The function '{name}' is not implemented.")

    def _text_function(self, name: str, arguments: tuple[Expression[Any], ...]) -> Term:
        kind, spelling = _TEXT_FUNCTIONS[name]
        terms = [self.value(argument).sql for argument in arguments]
        if name == "substring" and len(terms) == 2:
            spelling = "substring_from"
        if name == "concat":
            joined = terms[0]
            for term in terms[1:]:
                joined = Function("concat", joined, term)
            return Term(joined, Kind.TEXT)
        return Term(Function(spelling, *terms), kind)

    def _part(self, name: str, term: Term) -> Term:
        if term.kind is Kind.INSTANT and name in _PARTS:
            assert term.text is not None
            return Term(Function("part", term.text, *map(literal, _PARTS[name])), Kind.INTEGER)
        if term.kind is Kind.DURATION:
            unit = _DURATION_PARTS.get(name) or _DURATION_PARTS.get(f"{name}s")
            if unit is None:
                raise Refusal(400, f"A duration has no '{name}'.")
            ticks, modulus = unit
            whole = Function("integer_div", term.sql, literal(ticks))
            return Term(whole if modulus is None else Function("integer_mod", whole, literal(modulus)), Kind.INTEGER)
        if term.kind is None:
            return Term(null(), None, constant=True)
        raise Refusal(400, f"The function '{name}' takes a date or a time.")

    def _rounding(self, name: str, term: Term) -> Term:
        if term.kind is Kind.DECIMAL:
            return Term(Function(f"decimal_{name}", term.sql), Kind.DECIMAL)
        if term.kind is Kind.INTEGER:
            return Term(cast(term.sql, Double()), Kind.FLOAT)
        return Term(Function(name, term.sql), Kind.FLOAT) if term.kind is not None else term

    def _shape(self, expression: Expression[Any]) -> Sql:
        """A shape as the GeoJSON it is stored as."""
        if type(expression) is Literal and expression.value is not None:
            return literal(self._encodings[edm_name(expression.type)].encode(expression.value))
        return self.value(expression).sql

    def _text(self, expression: Expression[Any]) -> Sql:
        term = self.value(expression)
        return self._as_kind(term, Kind.TEXT).sql if term.kind is None and term.item is not None else term.sql

    # --- paths ------------------------------------------------------------------------------------------------------------------

    def _path(self, expression: Path[Any]) -> Term:
        route, found = self._walk(expression)
        if isinstance(found, Rows):
            return Term(route.scalar(found.source.c["_id"]), Kind.INTEGER, entity=found.table.name)
        if isinstance(found, Item):
            return self._item_term(found, route)
        return found

    def _walk(self, path: Path[Any]) -> tuple[Route, Rows | Item | Term]:
        """From the path's variable to what it names: a row, a value in a document, or a column's value."""
        start = self._variables.get(path.variable)
        if start is None:
            raise Refusal(400, f"'{path.variable}' is no range variable here.")
        route = Route()
        here: Rows | Item = start
        for position, segment in enumerate(path.segments):
            if isinstance(here, Item):
                here = self._into(here, segment)
            elif self._is_type(segment):
                here = replace(here, type_name=segment)
            else:
                step = self._step(here, segment, route)
                if isinstance(step, Term):
                    if position + 1 < len(path.segments):
                        raise Refusal(400, f"'{segment}' is a value and has no '{path.segments[position + 1]}'.")
                    return route, step
                here = step
        return route, here

    def _is_type(self, segment: str) -> bool:
        return "." in segment and segment in self._model.entity_types

    def _step(self, here: Rows, segment: str, route: Route) -> Rows | Item | Term:
        entity_type = self._model.entity_types[here.type_name]
        declared = entity_type.find(segment)
        if declared is None:
            if not entity_type.open_type:
                raise Refusal(400, f"Could not find a property named '{segment}' on type '{here.type_name}'.")
            return Item(here.source.c["_open"], (segment, 1), None)
        if not isinstance(declared, Property):
            return self._follow(here, segment, route)
        place = here.table.place(here.type_name, segment)
        if place is None:
            raise Refusal(400, f"'{segment}' is a stream and cannot be part of an expression.")
        column = here.source.c[place.column]
        if place.encoding.kind is Kind.JSON:
            return Item(column, (), declared.type)
        text = route.scalar(here.source.c[place.text]) if place.text is not None else None
        return Term(route.scalar(column), place.encoding.kind, text=text)

    def _follow(self, here: Rows, segment: str, route: Route) -> Rows:
        """Along a navigation property, adding what is passed to the route."""
        relation = self._layout.relation(here.table.name, here.type_name, segment)
        if relation is None:
            raise Refusal(501, f"The model does not say to which entity set '{segment}' leads.")
        far = relation.target.table.alias()
        through = relation.by.table.alias() if isinstance(relation.by, ByTable) else None
        route.froms.append(far)
        if through is not None:
            route.froms.append(through)
        route.conditions.append(join_condition(relation, here.source, far, through))
        return Rows(relation.target, far, relation.navigation.type)

    def _into(self, here: Item, segment: str) -> Item:
        """Into a complex value."""
        if here.type_name is None:
            return Item(here.document, (*here.steps, segment), None)
        if "." in segment and segment in self._model.complex_types:
            return replace(here, type_name=segment)
        complex_type = self._model.complex_types.get(here.type_name)
        declared = complex_type.properties.get(segment) if complex_type is not None else None
        if declared is not None:
            return Item(here.document, (*here.steps, segment), declared.type)
        if complex_type is not None and complex_type.open_type:
            return Item(here.document, (*here.steps, "@open", segment, 1), None)
        raise Refusal(400, f"Could not find a property named '{segment}' on type '{here.type_name}'.")

    def _item_term(self, item: Item, route: Route | None = None) -> Term:
        outward: Callable[[Sql], Sql] = route.scalar if route is not None else _same
        if item.type_name is None:
            return Term(outward(json_value(item, item.steps)), None, item=replace(item, document=outward(item.document)))
        kind = kind_of(self._model, item.type_name)
        located = replace(item, document=outward(item.document))
        if kind is Kind.INSTANT:
            when = json_value(located, (*item.steps, 0), "json_integer")
            return Term(when, kind, text=json_value(located, (*item.steps, 1)), item=located)
        return Term(json_value(located, item.steps, _JSON_READERS.get(kind)), kind, item=located)

    def _as_kind(self, term: Term, kind: Kind) -> Term:
        """A dynamic value, taken for one of this kind."""
        if term.item is None:
            return term
        item, steps = term.item, term.item.steps
        if kind is Kind.INSTANT:
            return Term(json_value(item, (*steps, 0), "json_integer"), kind, text=json_value(item, (*steps, 1)))
        return Term(json_value(item, steps, _JSON_READERS.get(kind)), kind)

    def _rows_of(self, expression: Expression[Any]) -> tuple[Rows, Route]:
        if isinstance(expression, Path):
            route, found = self._walk(expression)
            if isinstance(found, Rows):
                return found, route
        raise Refusal(400, f"'{expression}' is no entity.")

    def _collection(self, path: Path[Any]) -> tuple[Route, Variable]:
        """What ``any`` and ``all`` range over."""
        route, found = self._walk(path)
        if isinstance(found, Rows):
            if found.type_name != found.table.root.full_name:
                route.conditions.append(found.source.c["_type"].in_(self._model.derived_types(found.type_name)))
            return route, found
        if isinstance(found, Item) and found.type_name is not None and found.type_name.startswith("Collection("):
            items: FunctionElement[Any] = JsonItems(document_of(found))
            table = items.table_valued("value").alias()
            route.froms.append(table)
            return route, Item(table.c["value"], (), element_type(found.type_name))
        raise Refusal(400, f"'{path}' is no collection: any and all range over collections.")

    # --- two values that meet ---------------------------------------------------------------------------------------------------

    def _alike(self, left: Term, right: Term) -> tuple[Term, Term]:
        """Both of one kind: numbers are widened, a dynamic value is taken for what the other is."""
        if left.kind is None and left.item is not None:
            left = self._as_kind(left, right.kind if right.kind is not None else Kind.TEXT)
        if right.kind is None and right.item is not None:
            right = self._as_kind(right, left.kind if left.kind is not None else Kind.TEXT)
        if left.kind is right.kind or left.kind is None or right.kind is None:
            return left, right
        kinds = {left.kind, right.kind}
        if kinds == {Kind.INTEGER, Kind.DECIMAL}:
            return as_decimal(left), as_decimal(right)
        if kinds == {Kind.INTEGER, Kind.FLOAT}:
            return as_float(left), as_float(right)
        raise Refusal(400, f"A binary operator with incompatible types was detected: {left.kind.value} and {right.kind.value}.")

    _conditions: Mapping[type[Expression[Any]], Callable[[Translator, Any], Condition]] = {
        Logical: _logical,
        Not: _not,
        Comparison: _comparison,
        Quantifier: _quantifier,
        IsOf: _is_of,
        Call: _call_condition,
    }
    _values: Mapping[type[Expression[Any]], Callable[[Translator, Any], Term]] = {
        Literal: _literal,
        Arithmetic: _arithmetic,
        Negation: _negation,
        Cast: _cast,
        Call: _call,
        Path: _path,
    }


def _same(sql: Sql) -> Sql:
    return sql


_ORDERS: dict[str, Callable[[Sql, Sql], Condition]] = {
    "lt": lambda left, right: left < right,
    "le": lambda left, right: left <= right,
    "gt": lambda left, right: left > right,
    "ge": lambda left, right: left >= right,
}
_OPERATORS: dict[str, Callable[[Sql, Sql], Sql]] = {
    "add": lambda left, right: left + right,
    "sub": lambda left, right: left - right,
    "mul": lambda left, right: left * right,
}
#: function -> SQL function, and in which order it takes the arguments
_TESTS = {"substringof": ("contains", (1, 0)), "startswith": ("startswith", (0, 1)), "endswith": ("endswith", (0, 1))}
_TEXT_FUNCTIONS = {
    "length": (Kind.INTEGER, "length"),
    "indexof": (Kind.INTEGER, "indexof"),
    "replace": (Kind.TEXT, "replace"),
    "substring": (Kind.TEXT, "substring"),
    "tolower": (Kind.TEXT, "tolower"),
    "toupper": (Kind.TEXT, "toupper"),
    "trim": (Kind.TEXT, "trim"),
    "concat": (Kind.TEXT, "concat"),
}
#: Where a part stands in the text of an instant: position from 1, and length.
_PARTS = {"year": (1, 4), "month": (6, 2), "day": (9, 2), "hour": (12, 2), "minute": (15, 2), "second": (18, 2)}
_SECOND = 10_000_000
#: Ticks of a unit, and how many of it make the next larger one.
_DURATION_PARTS: dict[str, tuple[int, int | None]] = {
    "days": (86_400 * _SECOND, None),
    "hours": (3_600 * _SECOND, 24),
    "minutes": (60 * _SECOND, 60),
    "seconds": (_SECOND, 60),
}
_CASTS = {Kind.INTEGER: "to_integer", Kind.FLOAT: "to_double", Kind.DECIMAL: "to_decimal"}
#: A complex value or collection is read as the document it is.
_JSON_READERS = {
    Kind.TEXT: "json",
    Kind.BINARY: "json",
    Kind.INTEGER: "json_integer",
    Kind.BOOLEAN: "json_integer",
    Kind.DURATION: "json_integer",
    Kind.FLOAT: "json_double",
    Kind.DECIMAL: "json_decimal",
}
