"""Resource paths, read for the server.

::

    Products(1)/Category/Products/$count        set, key, navigation, navigation, keyword
    Products(1)/$links/Category                 a navigation behind $links
    Products/Shop.Special(1)/Photo              a type segment, a stream
    Products/$/Shop.Special                     KeyAsSegment: the next segment is no key

A path is split first and decoded then, so that ``Set('a%2Fb')`` is one segment. Source: digest section 4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from odata3.edm.model import ComplexType, EntitySet, EntityType, FunctionImport, Model, NavigationProperty, Property
from odata3.edm.primitives import parse_literal, primitive
from odata3.errors import ArgumentError
from odata3.uri.literals import EdmType, literal_text
from odata3.uri.rows import resolve_type

__all__ = [
    "EntitySetSegment",
    "KeySegment",
    "KeywordSegment",
    "NavigationSegment",
    "OperationSegment",
    "PathError",
    "PropertySegment",
    "Segment",
    "TypeSegment",
    "UnknownSegmentError",
    "parse_arguments",
    "parse_path",
]


class PathError(ArgumentError):
    """A path that is wrong in itself: a service answers 400. ``segment`` is the part that is wrong."""

    def __init__(self, message: str, segment: str) -> None:
        super().__init__(message)
        self.segment = segment


class UnknownSegmentError(PathError):
    """A path to something the service does not have: 404. ``reached`` is the segment before it, None where it is the first."""

    reached: Segment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One step of a path. ``text`` is how it stood, decoded; ``type`` and ``is_collection`` say what is found there
    (``type`` None where that is nothing with a type)."""

    text: str
    type: EdmType | None = None
    is_collection: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitySetSegment(Segment):
    """``Products``, ``Container.Products``."""

    entity_set: EntitySet


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySegment(Segment):
    """``(1)``, ``(A=1,B='x')``, or ``/1``. ``values`` by property name in the order of the key; ``literals`` as they stood in the
    path (a datetime holds six digits of the seconds, its literal may have seven)."""

    values: Mapping[str, Any] = field(hash=False)
    literals: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeSegment(Segment):
    """``NS.Derived``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationSegment(Segment):
    """``Category``; ``entity_set`` is where its entities are, if the model tells. ``links`` where it stands behind ``$links``."""

    navigation: NavigationProperty
    entity_set: EntitySet | None = None
    links: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertySegment(Segment):
    """``Name``, ``Address``, a stream; ``property`` is None for one that an open type does not declare."""

    property: Property | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationSegment(Segment):
    """A function, action or service operation. ``operations`` are those of the name that may be meant, ``arguments`` the texts of
    what stood in its brackets, by name (literals or ``@aliases``)."""

    operations: tuple[FunctionImport, ...]
    arguments: Mapping[str, str] = field(hash=False)
    entity_set: EntitySet | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordSegment(Segment):
    """``$metadata``, ``$batch``, ``$count``, ``$value``."""


def parse_path(path: str, model: Model, key_as_segment: bool = False) -> tuple[Segment, ...]:
    """The segments of a path below the service root, not yet decoded, without query.

    An empty path gives no segments (the service document). UnknownSegmentError for what the model does not have (404), PathError
    for what is wrong (400).
    """
    return _Reader(model, key_as_segment).read(path)


class _Reader:
    def __init__(self, model: Model, key_as_segment: bool) -> None:
        self.model = model
        self.key_as_segment = key_as_segment
        self.found: list[Segment] = []
        #: The set that what was found last belongs to.
        self.entity_set: EntitySet | None = None
        self.keyed = False
        self.links = False
        self.no_key = False

    def read(self, path: str) -> tuple[Segment, ...]:
        pieces = path.strip("/").split("/") if path.strip("/") else []
        for position, piece in enumerate(pieces):
            try:
                text = unquote(piece, errors="strict")
            except UnicodeDecodeError:
                raise PathError(f"not UTF-8: {piece}", piece) from None
            if not text:
                raise PathError("an empty segment", piece)
            self.last = position == len(pieces) - 1
            try:
                if self.found:
                    self.follow(text)
                else:
                    self.start(text)
            except UnknownSegmentError as error:
                error.reached = self.found[-1] if self.found else None
                raise
        if self.links:
            raise PathError("$links is followed by a navigation property", "$links")
        return tuple(self.found)

    # the first segment

    def start(self, text: str) -> None:
        if text in ("$metadata", "$batch"):
            if not self.last:
                raise PathError(f"nothing follows {text}", text)
            self.found.append(KeywordSegment(text=text))
            return
        name, brackets = self.split(text)
        entity_set = _entity_set(self.model, name)
        if entity_set is not None:
            type_ = self.model.entity_type_of(entity_set)
            if type_ is None:
                raise UnknownSegmentError(f"{name} is of a type that the model does not have", text)
            self.entity_set = entity_set
            self.found.append(EntitySetSegment(text=name, type=type_, is_collection=True, entity_set=entity_set))
            self.key(brackets)
            return
        operations = _operations(self.model, name, None)
        if not operations:
            raise UnknownSegmentError(f"there is nothing called {name}", text)
        self.operation(text, name, brackets, operations)

    # those that follow

    def follow(self, text: str) -> None:
        last = self.found[-1]
        if isinstance(last, KeywordSegment):
            raise PathError(f"nothing follows {last.text}", text)
        if text == "$" and self.key_as_segment and not self.no_key:
            self.no_key = True
            return
        if text in ("$count", "$value", "$links"):
            self.keyword(text, last)
            return
        if self.key_as_segment and not self.no_key and self.takes_key(last, text):
            self.segment_key(text, last)
            return
        self.no_key = False
        name, brackets = self.split(text)
        type_ = last.type
        if isinstance(type_, EntityType | ComplexType):
            self.member(text, name, brackets, last, type_)
        else:
            raise UnknownSegmentError(f"{last.text} has no {name}", text)

    def member(self, text: str, name: str, brackets: str | None, last: Segment, type_: EntityType | ComplexType) -> None:
        if "." in name and (cast := self.model.structured_type(name)) is not None:
            self.cast(name, brackets, last, type_, cast)
            return
        found = type_.find(name) if not last.is_collection else None
        if isinstance(found, NavigationProperty):
            self.navigation(name, brackets, found)
            return
        if self.links:
            raise UnknownSegmentError(f"{type_.full_name} has no navigation property {name}", text)
        if isinstance(found, Property):
            if brackets is not None:
                raise PathError(f"{name} has no keys", text)
            resolved = resolve_type(self.model, found.element_type)
            self.entity_set = None
            self.found.append(PropertySegment(text=name, type=resolved, is_collection=found.is_collection, property=found))
            return
        operations = _operations(self.model, name, last)
        if operations:
            self.operation(text, name, brackets, operations)
        elif type_.open_type and not last.is_collection and brackets is None and _is_name(name):
            self.found.append(PropertySegment(text=name, property=None))
        else:
            raise UnknownSegmentError(f"{type_.full_name} has no {name}", text)

    def cast(
        self, name: str, brackets: str | None, last: Segment, type_: EntityType | ComplexType, cast: EntityType | ComplexType
    ) -> None:
        if isinstance(last, TypeSegment):
            raise PathError("two type segments in a row", name)
        if not (self.model.is_derived(name, type_.full_name) or self.model.is_derived(type_.full_name, name)):
            raise PathError(f"{name} is not derived from {type_.full_name}", name)
        self.found.append(TypeSegment(text=name, type=cast, is_collection=last.is_collection))
        self.key(brackets)

    def navigation(self, name: str, brackets: str | None, found: NavigationProperty) -> None:
        target = self.model.entity_types.get(found.type)
        source, self.entity_set = self.entity_set, None
        if source is not None:
            self.entity_set = self.model.target_set(source, found)
        self.found.append(
            NavigationSegment(
                text=name,
                type=target,
                is_collection=found.is_collection,
                navigation=found,
                entity_set=self.entity_set,
                links=self.links,
            )
        )
        self.links = False
        self.keyed = False
        self.key(brackets)

    def operation(self, text: str, name: str, brackets: str | None, operations: tuple[FunctionImport, ...]) -> None:
        inner, key = _arguments_and_key(brackets or "")
        arguments = parse_arguments(inner)
        first = operations[0]
        result = first.return_type or ""
        element = result[11:-1] if result.startswith("Collection(") else result
        self.entity_set = self.model.entity_sets.get(first.entity_set) if first.entity_set else None
        self.found.append(
            OperationSegment(
                text=name,
                type=resolve_type(self.model, element) if element else None,
                is_collection=result.startswith("Collection("),
                operations=operations,
                arguments=arguments,
                entity_set=self.entity_set,
            )
        )
        self.keyed = False
        self.key(key)

    def keyword(self, text: str, last: Segment) -> None:
        if text == "$links":
            if last.is_collection or not isinstance(last.type, EntityType) or self.links:
                raise PathError("$links stands behind an entity", text)
            if self.last:
                raise PathError("$links is followed by a navigation property", text)
            self.links = True
            return
        if self.links or not self.last:
            raise PathError(f"{text} stands at the end of a path", text)
        if text == "$count" and not last.is_collection:
            raise PathError("$count stands behind a collection", text)
        if text == "$value" and (last.is_collection or isinstance(last.type, ComplexType)):
            raise PathError("$value stands behind a value or a media entity", text)
        self.found.append(KeywordSegment(text=text))

    # keys

    def split(self, text: str) -> tuple[str, str | None]:
        """``Products(1)`` as ``Products`` and ``1``; None where there are no brackets."""
        name, opened, rest = text.partition("(")
        if not opened:
            return text, None
        if not rest.endswith(")"):
            raise PathError(f"a bracket is not closed: {text}", text)
        return name, rest[:-1]

    def key(self, brackets: str | None) -> None:
        """The key in the brackets behind what was found last; none where they are empty."""
        last = self.found[-1]
        if brackets is None or (not brackets.strip() and last.is_collection):
            return
        type_ = last.type
        if not last.is_collection or not isinstance(type_, EntityType):
            raise PathError(f"{last.text} takes no key", last.text)
        if not type_.key:
            raise PathError(f"{type_.full_name} has no key", last.text)
        literals = _key_literals(brackets, type_)
        values = {name: _key_value(literals[name], type_, name) for name in type_.key}
        self.found.append(KeySegment(text=brackets, type=type_, values=values, literals=literals))

    def takes_key(self, last: Segment, text: str) -> bool:
        """Whether a segment here may be a key under KeyAsSegment: behind a collection, and no type segment or operation."""
        if not last.is_collection or not isinstance(last.type, EntityType) or len(last.type.key) != 1:
            return False
        if text.startswith("$$"):
            return True
        name = text.partition("(")[0]
        return not text.startswith("$") and self.model.structured_type(name) is None and not _operations(self.model, name, last)

    def segment_key(self, text: str, last: Segment) -> None:
        type_ = last.type
        assert isinstance(type_, EntityType)
        (name,) = type_.key
        declared = primitive(type_.properties[name].type)
        bare = text[1:] if text.startswith("$$") else text
        try:
            if declared is None or declared.name == "Edm.String":
                value: Any = bare.replace("''", "'")
            else:
                value = declared.parse(bare)
        except ValueError as error:
            raise PathError(f"{type_.full_name}.{name}: {error}", text) from None
        literals = {name: literal_text(value, declared) if declared is not None else bare}
        self.found.append(KeySegment(text=text, type=type_, values={name: value}, literals=literals))


_is_name = re.compile(r"[^\W\d]\w{0,479}").fullmatch


def _entity_set(model: Model, name: str) -> EntitySet | None:
    found = model.entity_sets.get(name)
    if found is not None:
        return found
    if "." not in name:
        return None
    container, _, short = name.rpartition(".")
    return next(
        (
            s
            for s in model.entity_sets.values()
            if s.name == short and (s.container == container or s.container.rpartition(".")[2] == container)
        ),
        None,
    )


def _operations(model: Model, name: str, bound_to: Segment | None) -> tuple[FunctionImport, ...]:
    """The function imports of this name, with or without container, that may stand behind ``bound_to``."""
    container, _, short = name.rpartition(".")
    found = [
        operation
        for overloads in model.function_imports.values()
        for operation in overloads
        if operation.name == short
        and (not container or operation.container == container or operation.container.rpartition(".")[2] == container)
    ]
    if bound_to is None:
        return tuple(operation for operation in found if operation.binding_parameter is None)
    type_ = bound_to.type
    if not isinstance(type_, EntityType):
        return ()
    fitting = []
    for operation in found:
        binding = operation.binding_parameter
        if binding is None:
            continue
        many = binding.type.startswith("Collection(")
        element = binding.type[11:-1] if many else binding.type
        if many == bound_to.is_collection and model.is_derived(type_.full_name, element):
            fitting.append(operation)
    return tuple(fitting)


_pieces = re.compile(r"(?:[^,']++|'[^']*+')++").fullmatch


def _split_commas(text: str) -> list[str]:
    """The items between commas that stand in no quotes."""
    items: list[str] = []
    begin, quoted = 0, False
    for position, character in enumerate(text):
        if character == "'":
            quoted = not quoted
        elif character == "," and not quoted:
            items.append(text[begin:position])
            begin = position + 1
    if quoted:
        raise PathError(f"a text is not closed: {text}", text)
    items.append(text[begin:])
    return [item.strip() for item in items]


def _arguments_and_key(brackets: str) -> tuple[str, str | None]:
    """What stands in the brackets of a function's call, and the key in a second pair behind them: ``a=1)(7``."""
    quoted = False
    for position, character in enumerate(brackets):
        if character == "'":
            quoted = not quoted
        elif not quoted and brackets.startswith(")(", position):
            return brackets[:position], brackets[position + 2 :]
    return brackets, None


_named_item = re.compile(r"\s*([^\W\d]\w*)\s*=(.*)", re.DOTALL).fullmatch


def parse_arguments(text: str) -> dict[str, str]:
    """``p=1,q='x'`` by name, values as they stand. PathError."""
    found: dict[str, str] = {}
    for item in _split_commas(text) if text.strip() else ():
        match = _named_item(item)
        if match is None:
            raise PathError(f"name=value was expected, not {item!r}", text)
        if match[1] in found:
            raise PathError(f"{match[1]} is given twice", text)
        found[match[1]] = match[2].strip()
    return found


def _key_literals(brackets: str, type_: EntityType) -> dict[str, str]:
    """The literals of a key by property name, in the order of the key."""
    items = _split_commas(brackets)
    if len(items) == 1 and (_named_item(items[0]) is None):
        if len(type_.key) != 1:
            raise PathError(f"the key of {type_.full_name} is {', '.join(type_.key)}: name the values", brackets)
        return {type_.key[0]: items[0]}
    named = parse_arguments(brackets)
    if set(named) != set(type_.key):
        raise PathError(f"the key of {type_.full_name} is {', '.join(type_.key)}, not {', '.join(named)}", brackets)
    return {name: named[name] for name in type_.key}


def _key_value(text: str, type_: EntityType, name: str) -> Any:
    """The value of a key's literal, which must be of the property's type or a number that fits it."""
    declared = primitive(type_.properties[name].type)
    where = f"{type_.full_name}.{name}"
    try:
        found, value = parse_literal(text)
        if found is None:
            raise ValueError("a key cannot be null")
        if declared is None or found is declared:
            return value
        if found.is_numeric and declared.is_numeric:
            return declared.from_literal(text) if found.name != "Edm.Decimal" else declared.check(value)
        raise ValueError(f"it is {declared.name}, and {text[:80]} is {found.name}")
    except (TypeError, ValueError) as error:
        raise PathError(f"{where}: {error}", text) from None
