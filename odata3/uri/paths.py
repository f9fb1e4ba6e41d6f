"""Resource paths, written for the client: keys, the addresses of entities, and which filter is one.

::

    http://h/svc/Products(1)                            one key, a bare literal
    http://h/svc/VMs(ID=guid'…',StampId=guid'…')        several keys, by name
    http://h/svc/Products/1                             KeyAsSegment: a raw value; $x is written $$x

What is written is percent-encoded. Source: digest section 4; recordings of the .NET client.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from odata3.edm.model import EntitySet, EntityType
from odata3.edm.primitives import PrimitiveType, primitive
from odata3.errors import ArgumentError, QueryTranslationError
from odata3.uri.expressions import Comparison, Expression, Literal, Logical, Path
from odata3.uri.literals import EdmType, convert, literal_text, natural

__all__ = ["encode", "entity_url", "key_lookup", "key_predicate", "literal"]

#: Beside the unreserved characters, these mean nothing to a server inside a segment. ``/ \\ ? # : + & %`` and the rest do.
_SAFE = "'(),=$@!"


def encode(text: str) -> str:
    """A part of a path, percent-encoded: everything but unreserved characters and ``' ( ) , = $ @ !``."""
    try:
        return quote(text, safe=_SAFE)
    except UnicodeEncodeError:
        raise ArgumentError(f"half a surrogate pair is no character: {text[:80]!r}") from None


def literal(value: object, type_: EdmType | None) -> str:
    """A value as a literal of the type, not yet encoded; None for the type where only the value tells. ArgumentError."""
    if value is None:
        return "null"
    try:
        if type_ is None:
            type_, value = natural(value)
        return literal_text(convert(value, type_), type_)
    except (TypeError, ValueError) as error:
        raise ArgumentError(str(error)) from error


def key_predicate(
    entity_type: EntityType,
    values: Iterable[object] | Mapping[str, object] | Iterable[tuple[str, object]],
    *,
    key_as_segment: bool = False,
) -> str:
    """What follows the set: ``(1)``, ``(ID=guid'…',StampId=guid'…')``, or ``/1``.

    ``values`` stand in the order of the key, or come with their names (the order is then kept). ArgumentError for a key that is
    not whole, or null.
    """
    named = _named_values(entity_type, values)
    for name, value in named:
        if value is None:
            raise ArgumentError(f"{entity_type.full_name}.{name} is part of the key and cannot be None")
    if len(named) == 1:
        name, value = named[0]
        if key_as_segment:
            return f"/{_raw_segment(value, entity_type, name)}"
        return f"({encode(_key_literal(value, entity_type, name))})"
    return f"({','.join(f'{encode(name)}={encode(_key_literal(value, entity_type, name))}' for name, value in named)})"


def _named_values(entity_type: EntityType, values: Any) -> list[tuple[str, object]]:
    key = entity_type.key
    if not key:
        raise ArgumentError(f"{entity_type.full_name} has no key")
    given = list(values.items() if isinstance(values, Mapping) else values)
    if not isinstance(values, Mapping) and not (given and all(_is_pair(item, key) for item in given)):
        if len(given) != len(key):
            raise ArgumentError(f"the key of {entity_type.full_name} is {', '.join(key)}, and {len(given)} values are given")
        return list(zip(key, given, strict=True))
    if sorted(name for name, _ in given) != sorted(key):
        raise ArgumentError(f"the key of {entity_type.full_name} is {', '.join(key)}, not {', '.join(str(n) for n, _ in given)}")
    return given


def _is_pair(item: object, key: tuple[str, ...]) -> bool:
    return type(item) is tuple and len(item) == 2 and item[0] in key


def _key_type(entity_type: EntityType, name: str) -> PrimitiveType | None:
    return primitive(entity_type.properties[name].type)


def _key_literal(value: object, entity_type: EntityType, name: str) -> str:
    try:
        return literal(value, _key_type(entity_type, name))
    except ArgumentError as error:
        raise ArgumentError(f"{entity_type.full_name}.{name}: {error}") from error


def _raw_segment(value: object, entity_type: EntityType, name: str) -> str:
    """A key value as a segment: without quotes, prefix and suffix; a leading ``$`` doubled, and a quote, as .NET does."""
    type_ = _key_type(entity_type, name)
    text = _key_literal(value, entity_type, name)
    if type_ is None or type_.name == "Edm.String":
        text = text[1:-1]
        if not text:
            raise ArgumentError(f"{entity_type.full_name}.{name}: an empty text cannot be a segment")
    else:
        text = _unmarked(text, type_)
    if text in (".", ".."):  # which clients and servers take for steps in the tree
        return text.replace(".", "%2E")
    return encode(f"${text}" if text.startswith("$") else text)


def _unmarked(text: str, type_: PrimitiveType) -> str:
    if text.endswith("'"):
        return text[text.index("'") + 1 : -1]
    return text[:-1] if type_.name in _SUFFIXED and text[-1:] in "LMf" else text


_SUFFIXED = frozenset({"Edm.Int64", "Edm.Decimal", "Edm.Single"})


def entity_url(
    root: str,
    entity_set: EntitySet | str,
    entity_type: EntityType,
    key_values: Iterable[object] | Mapping[str, object],
    key_as_segment: bool = False,
) -> str:
    """The address of one entity below the service root. ArgumentError as :func:`key_predicate`."""
    name = entity_set if isinstance(entity_set, str) else entity_set.url_name
    slash = "" if root.endswith("/") else "/"
    return f"{root}{slash}{encode(name)}{key_predicate(entity_type, key_values, key_as_segment=key_as_segment)}"


def key_lookup(entity_type: EntityType, filter: Expression[Any] | None) -> tuple[tuple[str, Any], ...] | None:
    """The key that a filter asks for, in its order, where it asks for a whole key with ``==`` and for nothing else; else None.

    QueryTranslationError where it names the same key property twice, as .NET has it.
    """
    if filter is None or not entity_type.key:
        return None
    operands = filter.operands if type(filter) is Logical and filter.operator == "and" else (filter,)
    found: list[tuple[str, Any]] = []
    for operand in _conjuncts(operands):
        pair = _equality(operand, entity_type.key)
        if pair is None:
            return None
        found.append(pair)
    names = [name for name, _ in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise QueryTranslationError(f"the key property {twice} is compared twice: an entity has one key")
    return tuple(found) if len(found) == len(entity_type.key) else None


def _conjuncts(operands: Iterable[Expression[Any]]) -> Iterator[Expression[Any]]:
    for operand in operands:
        if type(operand) is Logical and operand.operator == "and":
            yield from _conjuncts(operand.operands)
        else:
            yield operand


def _equality(node: Expression[Any], key: tuple[str, ...]) -> tuple[str, Any] | None:
    """Name and value of ``Key eq constant``, either way round."""
    if type(node) is not Comparison or node.operator != "eq":
        return None
    left, right = node.left, node.right
    if type(left) is Literal:
        left, right = right, left
    if type(left) is not Path or type(right) is not Literal or right.value is None:
        return None
    if left.variable is not None or len(left.segments) != 1 or left.segments[0] not in key:
        return None
    return left.segments[0], right.value
