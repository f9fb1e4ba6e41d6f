"""The properties of an entity as members of a JSON object: what to do with each name is decided once per type."""

from __future__ import annotations

from math import isfinite
from typing import Any

from odata3.edm.model import EntityType, element_type
from odata3.edm.primitives import primitive
from odata3.errors import ArgumentError
from odata3.formats.documents import NATIVE, Entry, Level, Raw
from odata3.formats.encoders import SELF_EVIDENT, Encoder, Encoders


class PropertyWriter:
    """Writes the properties of one entity type, or of none that is known.

    ``level`` says where light puts ``P@odata.type`` beside declared properties: at FULL beside all that JSON does not tell, at
    None (in a request) beside collections, else nowhere. Verbose never does.
    """

    def __init__(self, encoders: Encoders, entity_type: EntityType | None, level: Level | None = Level.MINIMAL) -> None:
        self._encoders = encoders
        self._slots: dict[str, tuple[Encoder, str | None, str | None]] = {}
        for declared in () if entity_type is None else entity_type.properties:
            unclear = None if level is not Level.FULL or declared.type in SELF_EVIDENT else _besides(declared.type)
            always = declared.type if level is None and declared.is_collection else None
            self._slots[declared.name] = (encoders.encoder(declared.type), always, unclear)

    def write(self, entry: Entry, members: dict[str, Any]) -> None:
        """Put the properties of an entry into ``members``, in its order. Raises ``ArgumentError`` naming the property."""
        codec, slots = entry.codec, self._slots
        native = codec is NATIVE
        name = ""
        try:
            for name, value in entry.values.items():
                slot = slots.get(name)
                if slot is None:
                    if codec.is_property(name):
                        self._encoders.dynamic_member(name, entry.raw(name), members)
                    continue
                encode, always, unclear = slot
                if always is not None:
                    members[f"{name}@odata.type"] = always
                elif unclear is not None and value is not None and (unclear != "Edm.Double" or _is_endless(value)):
                    members[f"{name}@odata.type"] = unclear
                if value is not None and not native and type(value) is not Raw:
                    value = Raw(value, codec, name)
                members[name] = encode(value)
        except ArgumentError:
            raise
        except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
            raise ArgumentError(f"{name}: {error}") from error


def _besides(type_name: str) -> str | None:
    """The type to write beside a value whose form does not tell it; complex values carry theirs inside."""
    return type_name if element_type(type_name) != type_name or primitive(type_name) is not None else None


def _is_endless(value: Any) -> bool:
    return isinstance(value, float) and not isfinite(value)
