"""What a step of a query is given, in the terms of a URL: predicates, orderings, selections, paths to expand.

Each comes as a lambda over the row, as an expression of class attributes (``Product.Name == "x"``), or as text. All refuse with
QueryTranslationError what has no OData form, and what belongs to another type than the query is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar

from odata3.edm.model import ComplexType, EntityType, Model, NavigationProperty
from odata3.errors import ArgumentError, QueryTranslationError
from odata3.uri.evaluation import evaluate
from odata3.uri.expressions import Expression, Literal, Negation, Ordering, Path, Quantifier, Raw
from odata3.uri.lambdas import capture, trace
from odata3.uri.literals import EdmType
from odata3.uri.parser import parse_orderby
from odata3.uri.rows import row
from odata3.uri.selections import parse_expand, parse_select
from odata3.uri.symbols import Symbol, refusal

__all__ = ["Column", "Projection", "Read", "translate_ordering", "translate_paths", "translate_predicate", "translate_projection"]

T = TypeVar("T")
#: Gives the value at a path of one row; null where something on the way is null.
Read = Callable[[Path[Any]], Any]


def translate_predicate(model: Model, entity_type: EntityType, predicate: object) -> Expression[Any]:
    """The condition that a lambda, an expression or a text (passed on as it is) says."""
    if isinstance(predicate, Symbol):
        node: Expression[Any] = predicate._node()
        if not node.is_condition:
            raise QueryTranslationError(f"{node.text} is no condition: compare it, for instance with == or !=")
    elif isinstance(predicate, str):
        if not predicate.strip():
            raise QueryTranslationError("the text of a filter is empty")
        return Raw(predicate)
    elif callable(predicate):
        node = trace(predicate, row(model, entity_type))
    else:
        raise QueryTranslationError(
            f"where() takes a lambda, an expression or a text, not {predicate!r}"
            + (
                ": a comparison was made by Python already; write it in a lambda, as where(lambda row: row.Name == None)"
                if isinstance(predicate, bool)
                else ""
            )
        )
    _check_origin(node, model, entity_type, ())
    return node


def translate_ordering(model: Model, entity_type: EntityType, key: object, descending: bool = False) -> tuple[Ordering, ...]:
    """The orderings that a lambda (of a value or a tuple of them), an expression or a text (``"Name"``, ``"Price desc"``) says.

    Minus before a value turns its direction.
    """
    if isinstance(key, str):
        found: Iterable[object] = _parsed(parse_orderby, _as_path(key), model, entity_type)
    elif isinstance(key, Symbol):
        found = (key,)
    elif callable(key):
        result = capture(key, row(model, entity_type))
        found = result if type(result) in (tuple, list) else (result,)  # type: ignore[assignment]
    else:
        raise QueryTranslationError(f"an order is a lambda, an expression or a name, not {key!r}")
    return tuple(_ordering(item, model, entity_type, descending) for item in found)


def _ordering(item: object, model: Model, entity_type: EntityType, descending: bool) -> Ordering:
    if not isinstance(item, Symbol):
        raise QueryTranslationError(f"an order is a value of the row, not {item!r}")
    if isinstance(item, Ordering):
        node, turned = item.expression, item.descending
    else:
        node, turned = item._node(), False
    if type(node) is Negation:
        node, turned = node.operand, not turned
    if node.is_structure:
        raise refusal(f"{node.text} has no order: only plain values have one")
    if _has_quantifier(node):
        raise refusal(f"{node.text}: any() and all() cannot be ordered by")
    _check_origin(node, model, entity_type, ())
    return Ordering(node, descending != turned)


def _has_quantifier(node: Expression[Any]) -> bool:
    return type(node) is Quantifier or any(map(_has_quantifier, node.children()))


def _as_path(text: str) -> str:
    """``Category.Name``, as it is written in Python, as a path too."""
    return text if "/" in text or "'" in text or "(" in text else text.replace(".", "/")


def _check_origin(node: Expression[Any], model: Model, entity_type: EntityType, variables: tuple[str, ...]) -> None:
    """Refuse a path that begins at another type than the query is about, or at a row that is not there."""
    here = entity_type.full_name
    open_: list[Expression[Any]] = [node]
    while open_:
        node = open_.pop()
        kind = type(node)
        if kind is Path:
            _check_path(node, here, model, variables)  # type: ignore[arg-type]
        elif kind is Quantifier:
            source, *predicate = node.children()
            open_.append(source)
            for inner in predicate:
                _check_origin(inner, model, entity_type, (*variables, str(node.variable)))  # type: ignore[attr-defined]
        elif kind is not Literal:
            open_.extend(node.children())


def _check_path(path: Path[Any], here: str, model: Model, variables: tuple[str, ...]) -> None:
    if path.variable is not None:
        if path.variable not in variables:
            raise QueryTranslationError(f"{path.text} belongs to an any() or all() and cannot stand outside of it")
    elif path.root is not here and path.root is not None and path.root != here and not model.is_derived(here, path.root):
        raise QueryTranslationError(f"{path.text} is a property of {path.root}, and the query is about {here}")


# --- paths ------------------------------------------------------------------------------------------------------------------


def translate_paths(model: Model, entity_type: EntityType, *paths: object) -> tuple[str, ...]:
    """The paths to expand that names (``"Category"``, ``"Products/Supplier"``, several with commas) or lambdas (of one path or a
    tuple of them) say, repeated ones once."""
    found: list[str] = []
    for given in paths:
        if isinstance(given, str):
            found.extend(_parsed(parse_expand, given, model, entity_type))
            continue
        result = capture(given, row(model, entity_type)) if callable(given) and not isinstance(given, Symbol) else given
        for item in result if type(result) in (tuple, list) else (result,):  # type: ignore[attr-defined]
            if not isinstance(item, Symbol):
                raise QueryTranslationError(f"expand takes names and lambdas of navigation properties, not {item!r}")
            node = item._node()
            if type(node) is not Path or not node.segments:
                raise QueryTranslationError(f"expand takes navigation properties, not {node.text}")
            _check_origin(node, model, entity_type, ())
            found.extend(_parsed(parse_expand, node.text, model, entity_type))
    if not found:
        raise ArgumentError("expand takes at least one navigation property")
    return tuple(dict.fromkeys(found))


def _parsed(parse: Callable[..., tuple[T, ...]], text: str, model: Model, entity_type: EntityType) -> tuple[T, ...]:
    try:
        return parse(text, model, entity_type)
    except ArgumentError as error:
        raise QueryTranslationError(str(error)) from error


# --- projections ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """One value of every row: what it is called, and the EDM type of it, or of its items (None: not known); of decimals precision
    and scale, where the model says both."""

    name: str
    type: EdmType | None = None
    is_collection: bool = False
    digits: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Projection:
    """What is to be read of each row: the paths of ``$select`` and ``$expand``, and what to make of them.

    ``shape`` is None for a selection by names: the rows are entities that hold these properties. Else ``shape(read)`` gives the
    row's value: a plain value, or the tuple, list, dict or dataclass that the lambda made; ``columns`` tell its parts.
    """

    select: tuple[str, ...]
    expand: tuple[str, ...]
    shape: Callable[[Read], Any] | None = None
    columns: tuple[Column, ...] = ()


def translate_projection(model: Model, entity_type: EntityType, *names: object) -> Projection:
    """The selection that names (``"Name"``, ``"Category/Name"``), class attributes, or one lambda say."""
    if len(names) == 1 and callable(names[0]) and not isinstance(names[0], Symbol):
        return _projected(model, entity_type, names[0])
    if not names:
        raise ArgumentError("select takes at least one name, or a lambda")
    select: list[str] = []
    expand: list[str] = []
    for name in names:
        if isinstance(name, Symbol):
            node = name._node()
            _check_origin(node, model, entity_type, ())
            _select_node(node, model, entity_type, select, expand)
        elif isinstance(name, str):
            for path in _parsed(parse_select, name, model, entity_type):
                select.append(path)
                _, way = _ways(path.split("/"), model, entity_type)
                if way and "/" in path:
                    expand.append(way)
        else:
            raise QueryTranslationError(f"select takes names or one lambda, not {name!r}")
    return Projection(tuple(dict.fromkeys(select)), tuple(dict.fromkeys(expand)))


def _projected(model: Model, entity_type: EntityType, function: Callable[..., Any]) -> Projection:
    select: list[str] = []
    expand: list[str] = []

    def collect(node: Expression[Any]) -> None:
        _check_origin(node, model, entity_type, ())
        _select_node(node, model, entity_type, select, expand)

    result = capture(function, row(model, entity_type))
    shape = _shape(result, collect)
    if not select:
        raise QueryTranslationError("the lambda of select() reads nothing of the row")
    if "*" in select:
        select = [path for path in select if path == "*" or "/" in path]
    return Projection(tuple(dict.fromkeys(select)), tuple(dict.fromkeys(expand)), shape, _columns(result))


def _shape(result: Any, collect: Callable[[Expression[Any]], None]) -> Callable[[Read], Any]:
    """How to make one row's result out of the values at paths."""
    kind = type(result)
    if isinstance(result, Symbol):
        if isinstance(result, Ordering):
            raise QueryTranslationError(f"{result.text} is an order and no value")
        node = result._node()
        collect(node)
        return (lambda read: read(node)) if type(node) is Path else (lambda read: evaluate(node, read))
    if kind in (tuple, list):
        parts = [_shape(item, collect) for item in result]
        return lambda read: kind(part(read) for part in parts)
    if issubclass(kind, tuple) and hasattr(kind, "_make"):
        parts = [_shape(item, collect) for item in result]
        return lambda read: kind._make(part(read) for part in parts)
    if issubclass(kind, Mapping):
        items = {name: _shape(item, collect) for name, item in result.items()}
        return lambda read: {name: part(read) for name, part in items.items()}
    if is_dataclass(result):
        named = {f.name: _shape(getattr(result, f.name), collect) for f in fields(result) if f.init}
        return lambda read: kind(**{name: part(read) for name, part in named.items()})
    return lambda read: result


def _columns(result: Any) -> tuple[Column, ...]:
    """The parts of a row's result: by the names they are given, else by the paths they are read from."""
    if isinstance(result, Symbol):
        return (_column(result),)
    if isinstance(result, Mapping):
        named = list(result.items())
    elif is_dataclass(result):
        named = [(field.name, getattr(result, field.name)) for field in fields(result) if field.init]
    elif isinstance(result, tuple | list):
        named = list(zip(getattr(result, "_fields", ("",) * len(result)), result, strict=True))
    else:
        return ()
    found: dict[str, Column] = {}
    for position, (name, item) in enumerate(named, 1):
        column = _column(item, str(name), f"column {position}")
        found[column.name if column.name not in found else f"{column.name} {position}"] = column
    return tuple(replace(column, name=name) for name, column in found.items())


def _column(item: Any, name: str = "", otherwise: str = "value") -> Column:
    if not isinstance(item, Symbol):
        return Column(name or otherwise)
    node = item._node()
    if type(node) is Path:
        name = name or ".".join(segment for segment in node.segments if "." not in segment)
    return Column(name or node.text, node.type, node.is_collection)


def _select_node(node: Expression[Any], model: Model, entity_type: EntityType, select: list[str], expand: list[str]) -> None:
    """What must be read for the node's value to be known."""
    if type(node) is not Path:
        if type(node) is Quantifier:
            raise QueryTranslationError(f"{node.text} cannot be selected: read {node.source.text} and ask in Python")
        for child in node.children():
            _select_node(child, model, entity_type, select, expand)
        return
    if not node.segments:
        select.append("*")
        return
    path, way = _ways(list(node.segments), model, entity_type)
    if isinstance(node.type, EntityType):
        path = f"{path}/*"
    select.append(path)
    if way:
        expand.append(way)


def _ways(segments: list[str], model: Model, entity_type: EntityType) -> tuple[str, str]:
    """What to select (nothing inside a complex value) and what to expand (up to the last navigation property) for a path."""
    here: EntityType | ComplexType | None = entity_type
    way = 0
    for position, segment in enumerate(segments):
        if "." in segment and segment in model.entity_types:
            here = model.entity_types[segment]
            continue
        found = here.find(segment) if here is not None else None
        if not isinstance(found, NavigationProperty):
            return "/".join(segments[: position + 1]), "/".join(segments[:way])
        here = model.entity_types.get(found.type)
        way = position + 1
    return "/".join(segments), "/".join(segments[:way])
