"""What an answer may leave out because it can be computed: ids, links, streams, operations, ETags.

====================  ==================================================================================================
instance URL          root + set + key predicate
edit link             the instance URL, + ``/NS.Actual`` where the type is not the set's own
navigation, links     edit link + ``/Nav``, + ``/$links/Nav``
media, named stream   read or edit link + ``/$value``, + ``/Name``
always-bindable       instance URL (+ ``/NS.BindingType`` where that is not the set's type) + ``/Operation``
ETag                  ``W/"lit1,lit2"`` of the properties with ``ConcurrencyMode="Fixed"``, ``null`` for null
====================  ==================================================================================================

The root is the one that the client was given: a service behind a gateway may name another in its bodies. Everything is worked out
per set and type once, and per entity by string joins. Source: digest section 7, "Levels".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from odata3.edm.model import EntitySet, EntityType, FunctionImport, Model, NavigationProperty, OperationKind, Property
from odata3.edm.primitives import primitive
from odata3.errors import PayloadError
from odata3.formats.documents import Codec, Details, Link, Operation, Stream
from odata3.uri.paths import encode, entity_url

#: From an entity's values, raw or native, to a text; None where a value that it needs is not there.
Computed = Callable[[Mapping[str, Any]], str | None]


class Conventions:
    """The conventions for entities of one type (and those below it have their own) in one set, or in none that is known.

    ``codec`` reads the values that the functions are given.
    """

    def __init__(
        self,
        model: Model | None,
        root: str,
        entity_set: EntitySet | None,
        entity_type: EntityType | None,
        codec: Codec,
        *,
        key_as_segment: bool = False,
    ) -> None:
        self._root = root
        self._type = entity_type
        self._set = entity_set
        #: The instance URL. A null or impossible key raises ``PayloadError``.
        self.instance: Computed = _never
        #: The computed ETag; None for types without concurrency properties.
        self.etag: Computed | None = None
        self.suffix = ""
        self.key: tuple[str, ...] = () if entity_type is None else entity_type.key
        self._links: tuple[str, ...] = ()
        self._streams: tuple[str, ...] = ()
        self._operations: tuple[tuple[Operation, str], ...] = ()
        if entity_type is None:
            return
        self._links = entity_type.navigation_properties.names()
        self._streams = tuple(p.name for p in entity_type.properties if p.is_stream)
        if entity_type.etag_properties:
            self.etag = _etag(entity_type, codec)
        if entity_set is not None and entity_type.key:
            self.suffix = "" if entity_type.full_name == entity_set.type else f"/{entity_type.full_name}"
            if key_as_segment and len(entity_type.key) == 1:
                self.instance = _segment(root, entity_set, entity_type, codec)
            else:
                self.instance = _instance(root + encode(entity_set.url_name), entity_type, codec)
        if model is not None:
            self._operations = tuple(self._bound(model, entity_type))

    def details(self, edit_link: str | None, self_link: str | None, *, operations: bool = True) -> Details:
        """Links, streams, the media resource and the always-bindable operations of an entity with these links."""
        links = {name: Link(name, _below(edit_link, name), _below(edit_link, f"$links/{name}")) for name in self._links}
        streams = {name: Stream(name, _below(self_link, name), _below(edit_link, name)) for name in self._streams}
        media = None
        if self._type is not None and self._type.has_stream:
            media = Stream(None, _below(self_link, "$value"), _below(edit_link, "$value"))
        offered: tuple[Operation, ...] = ()
        if operations and self._operations and edit_link:
            instance = self.instance_of(edit_link)
            offered = ordered(
                Operation(op.metadata, op.title, f"{instance}{path}", op.is_function) for op, path in self._operations
            )
        return Details(links, streams, media, offered)

    def instance_of(self, edit_link: str) -> str:
        """The instance URL that an edit link stands for."""
        return edit_link.removesuffix(self.suffix) if self.suffix else edit_link

    def _bound(self, model: Model, entity_type: EntityType) -> list[tuple[Operation, str]]:
        found = []
        for function in model.operations_bound_to(entity_type.full_name):
            binding = function.binding_parameter
            if not function.always_bindable or binding is None:
                continue
            cast = f"/{binding.type}" if self._set is not None and binding.type != self._set.type else ""
            operation = Operation(operation_url(self._root, function), function.name, None, is_function(function))
            found.append((operation, f"{cast}/{function.name}"))
        return found


def operation_url(root: str, function: FunctionImport) -> str:
    """How bodies name an operation: ``…$metadata#Container.Name``."""
    return f"{root}$metadata#{function.container.rpartition('.')[2]}.{function.name}"


def is_function(function: FunctionImport) -> bool:
    return function.kind is OperationKind.FUNCTION


def ordered(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """Actions, then functions: the order in which verbose JSON lists them, and so that of every reader."""
    return tuple(sorted(operations, key=lambda operation: operation.is_function))


def target_of(model: Model | None, entity_set: EntitySet | None, navigation: NavigationProperty) -> EntitySet | None:
    """The set that a navigation property leads to, where the model can tell."""
    if model is None or entity_set is None or navigation.contains_target:
        return None
    return model.target_set(entity_set, navigation)


def _never(values: Mapping[str, Any]) -> str | None:
    return None


def _below(link: str | None, name: str) -> str | None:
    return None if link is None else f"{link}/{name}"


# --- keys and ETags as text -------------------------------------------------------------------------------------------------


def _instance(prefix: str, entity_type: EntityType, codec: Codec) -> Computed:
    """``…Set(1)``, ``…Set(A=1,B='x')``."""
    if len(entity_type.key) == 1:
        (name,) = entity_type.key
        write = _literal_writer(entity_type.key_properties[0], codec, entity_type)

        def single(values: Mapping[str, Any]) -> str | None:
            return f"{prefix}({write(values[name])})" if name in values else None

        return single
    parts = [(p.name, f"{encode(p.name)}=", _literal_writer(p, codec, entity_type)) for p in entity_type.key_properties]

    def composite(values: Mapping[str, Any]) -> str | None:
        try:
            return f"{prefix}({','.join([label + write(values[name]) for name, label, write in parts])})"
        except KeyError:
            return None

    if [p.type for p in entity_type.key_properties] == ["Edm.Guid", "Edm.Guid"]:
        return _guid_pair(prefix, entity_type.key, composite)
    return composite


def _guid_pair(prefix: str, key: tuple[str, ...], general: Computed) -> Computed:
    """The key of nearly every entity of SPF, without a step too many: it is worked out for each row of each feed."""
    first, second = key
    before, between = f"{prefix}({encode(first)}=guid'", f"',{encode(second)}=guid'"

    def pair(values: Mapping[str, Any]) -> str | None:
        if first not in values or second not in values:
            return None
        left, right = values[first], values[second]
        digits = f"{left}{right}"
        if len(digits) == 72 and digits.isascii() and not digits.encode().translate(None, _HEX):
            return f"{before}{left}{between}{right}')"
        return general(values)

    return pair


def _segment(root: str, entity_set: EntitySet, entity_type: EntityType, codec: Codec) -> Computed:
    """``…Set/1``, under the convention KeyAsSegment."""
    (name,) = entity_type.key

    def segment(values: Mapping[str, Any]) -> str | None:
        if name not in values:
            return None
        value = codec.decode(name, values[name])
        if value is None:
            raise _null_key(entity_type, name)
        url: str = entity_url(root, entity_set, entity_type, (value,), key_as_segment=True)
        return url

    return segment


def _null_key(entity_type: EntityType, name: str) -> PayloadError:
    return PayloadError("a key cannot be null", where=f"{entity_type.full_name}.{name}")


#: What a guid in lower case is made of: safe in a URL as it stands. Whether it is a guid shows when the key is decoded.
_HEX = b"0123456789abcdef-"
_is_plain = re.compile(r"[A-Za-z0-9_.~-]*", re.ASCII).fullmatch
_BOUNDS = {"Edm.Byte": (0, 255), "Edm.SByte": (-128, 127), "Edm.Int16": (-(2**15), 2**15 - 1), "Edm.Int32": (-(2**31), 2**31 - 1)}
_MOMENTS = {"Edm.DateTime": "datetime", "Edm.DateTimeOffset": "datetimeoffset", "Edm.Time": "time"}


def _literal_writer(declared: Property, codec: Codec, entity_type: EntityType) -> Callable[[Any], str]:
    """From a key's value to its literal, percent-encoded: quick for the common types, right for all."""
    general = _literal(declared, codec)
    name, type_name = declared.name, declared.type

    def slow(value: Any) -> str:
        if value is None:
            raise _null_key(entity_type, name)
        literal: str = encode(general(value))
        return literal

    def guid(value: Any) -> str:
        if type(value) is str and len(value) == 36 and value.isascii() and not value.encode().translate(None, _HEX):
            return f"guid'{value}'"
        return slow(value)

    def text(value: Any) -> str:
        return f"'{value}'" if type(value) is str and _is_plain(value) else slow(value)

    low, high = _BOUNDS.get(type_name, (0, 0))

    def integer(value: Any) -> str:
        return str(value) if type(value) is int and low <= value <= high else slow(value)

    return {"Edm.Guid": guid, "Edm.String": text}.get(type_name, integer if type_name in _BOUNDS else slow)


def _literal(declared: Property, codec: Codec) -> Callable[[Any], str]:
    """From a value to its URL literal. The text of a moment goes in as it came, with all its digits."""
    kind = primitive(declared.type)
    decode = codec.decoders.get(declared.name, codec.dynamic)
    word = _MOMENTS.get(declared.type)
    if kind is None:
        return lambda value: str(decode(value))
    to_literal, check = kind.to_literal, kind.check

    def write(value: Any) -> str:
        decoded = decode(value)
        if word is not None and type(value) is str and "Date(" not in value and "'" not in value:
            return f"{word}'{value.strip()}'"
        return to_literal(check(decoded))

    return write


def _etag(entity_type: EntityType, codec: Codec) -> Computed:
    parts = [(p.name, _literal(p, codec)) for p in entity_type.etag_properties]

    def etag(values: Mapping[str, Any]) -> str | None:
        try:
            said = [(values[name], write) for name, write in parts]
        except KeyError:
            return None
        return f'W/"{",".join(["null" if value is None else encode(write(value)) for value, write in said])}"'

    return etag
