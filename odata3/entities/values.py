"""What the values of a property are: primitive, enum, complex, a collection of these, or whatever a body says.

A kind checks what a user assigns, lifts what a document's codec decoded to what the user sees, and lowers it again. One kind
serves all properties of its type.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from odata3.edm import model as edm
from odata3.edm.primitives import PrimitiveType, primitive, primitive_of
from odata3.entities.changes import forget_changes, plain_values, snapshot, whole_values
from odata3.entities.entity import ComplexValue
from odata3.entities.names import hint
from odata3.entities.properties import Kind
from odata3.entities.structure import Structure, adopt, refresh
from odata3.errors import InvalidOperationError, PayloadError
from odata3.formats.documents import NATIVE, Complex, Raw, same_value

#: Types of which every value of the Python type is right.
_EXACT: dict[str, type] = {"Edm.String": str, "Edm.Boolean": bool, "Edm.Guid": UUID, "Edm.Binary": bytes, "Edm.Double": float}
_BOUNDS = {
    "Edm.Byte": (0, 255),
    "Edm.SByte": (-128, 127),
    "Edm.Int16": (-(2**15), 2**15 - 1),
    "Edm.Int32": (-(2**31), 2**31 - 1),
    "Edm.Int64": (-(2**63), 2**63 - 1),
}


class _Single:
    """What values share that cannot change in place."""

    mutable = False
    exact: type | None = None
    bounds: tuple[int, int] | None = None
    lift: Callable[[Any], Any] | None = None

    def lower(self, value: Any, within: tuple[Any, ...] = ()) -> Any:
        return value

    def whole(self, value: Any, within: tuple[Any, ...] = ()) -> Any:
        return self.lower(value, within)

    def plain(self, value: Any, within: tuple[Any, ...] = ()) -> Any:
        return value

    def empty(self) -> Any:
        return None

    def refill(self, held: Any, value: Any) -> bool:
        return False

    def known(self, held: Any, raw: Any) -> Any:
        return raw

    def differs(self, held: Any, value: Any) -> bool:
        return not same_value(held, value)

    def settle(self, held: Any) -> None:
        return None


class PrimitiveKind(_Single):
    """An ``Edm`` primitive. None is refused where .NET's type cannot be null either: a value type that is not nullable."""

    def __init__(self, row: PrimitiveType, nullable: bool) -> None:
        self.type_name = row.name
        self.exact = _EXACT.get(row.name)
        self.bounds = _BOUNDS.get(row.name)
        self._check = row.check
        self._default = None if nullable else row.default
        self._null = nullable or row.default is None
        if row.name == "Edm.String":
            # Assignment takes any str; half a surrogate pair, which no document can hold, is found when it is written.
            self.lower = self._lower_text  # type: ignore[method-assign]

    def check(self, value: Any) -> Any:
        if value is None:
            if self._null:
                return None
            raise ValueError("cannot be null")
        return self._check(value)

    def _lower_text(self, value: Any, within: tuple[Any, ...] = ()) -> Any:
        return value if value.isascii() else self._check(value)

    def default(self) -> Any:
        return self._default


class EnumKind(_Single):
    """An enum type. Values without a member stay ints: a service may be newer than its model."""

    def __init__(self, enum_type: edm.EnumType, cls: type[enum.Enum], nullable: bool) -> None:
        self.type_name = enum_type.full_name
        self._class = cls
        self._nullable = nullable
        self._flags = issubclass(cls, enum.Flag)
        self._row = primitive(enum_type.underlying_type) or primitive("Edm.Int32")
        self._members: dict[int, Any] = {member.value: member for member in cls}
        self._values = {member.name: member.value for member in enum_type.members}
        self._names = {member.value: member.name for member in reversed(enum_type.members)}
        self.lift = self._member

    def _member(self, value: Any) -> Any:
        found = self._members.get(value)
        if found is None and self._flags:
            try:
                return self._class(value)
            except (TypeError, ValueError):
                return value
        return value if found is None else found

    def check(self, value: Any) -> Any:
        if value is None:
            if self._nullable:
                return None
            raise ValueError("cannot be null")
        if isinstance(value, self._class):
            return value
        if isinstance(value, str):
            return self._member(self._parsed(value))
        if isinstance(value, enum.Enum | bool) or not hasattr(value, "__index__"):
            raise TypeError(f"takes {self._class.__name__}, its number or its name, not {type(value).__name__}: {value!r}")
        assert self._row is not None
        return self._member(self._row.check(value))

    def _parsed(self, text: str) -> int:
        total = 0
        for part in text.split(",") if self._flags else (text,):
            if (found := self._values.get(part.strip())) is None:
                raise ValueError(f"has no member {part.strip()!r}{hint(part.strip(), self._values)}")
            total |= found
        return total

    def lower(self, value: Any, within: tuple[Any, ...] = ()) -> Any:
        return value.value if isinstance(value, enum.Enum) else value

    def plain(self, value: Any, within: tuple[Any, ...] = ()) -> Any:
        """``"Red"``, ``"Read,Write"``; the number where there is no name."""
        if value is None:
            return None
        number = self.lower(value)
        if number in self._names:
            return self._names[number]
        parts = (
            [(v, n) for v, n in sorted(self._names.items()) if v and v & number == v and v & (v - 1) == 0] if self._flags else []
        )
        return ",".join(n for _, n in parts) if parts and sum(v for v, _ in parts) == number else number

    def default(self) -> Any:
        return None if self._nullable else 0

    def differs(self, held: Any, value: Any) -> bool:
        return bool(self.lower(held) != value)


class ComplexKind:
    """A complex type or one derived from it. ``find`` gives the class for a full name, None where there is none."""

    mutable = True
    exact: type | None = None
    bounds: tuple[int, int] | None = None

    def __init__(self, type_name: str, find: Callable[[str], Any]) -> None:
        self.type_name = type_name
        self._find = find
        self.lift: Callable[[Any], Any] | None = self._lifted

    def _class(self, actual: str | None = None) -> type[ComplexValue]:
        declared: type[ComplexValue] = self._find(self.type_name)
        if actual is None or actual == self.type_name:
            return declared
        found = self._find(actual)
        return found if found is not None and declared._model.is_derived(actual, self.type_name) else declared

    def _lifted(self, value: Any) -> ComplexValue:
        if type(value) is not Complex:
            raise PayloadError(f"a {self.type_name} is due, not {type(value).__name__}")
        return adopt(self._class(value.type_name), value.values, value.codec)

    def check(self, value: Any) -> Any:
        if value is None:
            return None
        declared = self._class()
        if isinstance(value, ComplexValue) and declared._model.is_derived(value._edm_type.full_name, self.type_name):
            return value
        if isinstance(value, Mapping):
            return declared(**value)
        raise TypeError(f"takes {declared.__name__} or a dict, not {type(value).__name__}: {value!r}")

    def lower(self, value: Any, within: tuple[Any, ...] = ()) -> Any:
        return snapshot(value, within)

    def whole(self, value: Any, within: tuple[Any, ...] = ()) -> Any:
        return Complex(value._edm_type.full_name, whole_values(value, within), NATIVE)

    def plain(self, value: Any, within: tuple[Any, ...] = ()) -> Any:
        return None if value is None else plain_values(value, within)

    def empty(self) -> Any:
        return None

    def default(self) -> Any:
        return None

    def refill(self, held: Any, value: Any) -> bool:
        if value is None or self._class(value.type_name)._edm_type is not held._edm_type:
            return False
        refresh(held, value.values, value.codec)
        return True

    def known(self, held: Any, raw: Any) -> Any:
        return Raw(Complex(held._edm_type.full_name, held._raw, held._codec), NATIVE, "")

    def differs(self, held: Any, value: Any) -> bool:
        return value is None or held != self._lifted(value)

    def settle(self, held: Any) -> None:
        if held is not None:
            forget_changes(held)


class CollectionKind:
    """A collection of primitive, enum or complex values: a list, in which null has no place (OData V3, collection properties)."""

    mutable = True
    exact: type | None = None
    bounds: tuple[int, int] | None = None

    def __init__(self, item: Kind) -> None:
        self.type_name = f"Collection({item.type_name})"
        self._item = item
        self.lift: Callable[[Any], Any] | None = self._lifted

    def _lifted(self, value: Any) -> list[Any]:
        lift = self._item.lift
        return list(value) if lift is None else [None if item is None else lift(item) for item in value]

    def check(self, value: Any) -> Any:
        if value is None:
            raise ValueError("cannot be null: assign an empty list")
        if isinstance(value, str | bytes | Mapping | Structure) or not isinstance(value, Iterable):
            raise TypeError(f"takes a list, not {type(value).__name__}: {value!r}")
        return [self._checked(item, at) for at, item in enumerate(value)]

    def _checked(self, item: Any, at: int) -> Any:
        try:
            if item is None:
                raise ValueError("a collection cannot hold null")
            return self._item.check(item)
        except ValueError as error:  # before TypeError: a part of a complex value may be at fault in both ways
            raise ValueError(f"item {at}: {error}") from None
        except TypeError as error:
            raise TypeError(f"item {at}: {error}") from None

    def lower(self, value: Any, within: tuple[Any, ...] = ()) -> Any:
        return [self._item.lower(self._checked(item, at), within) for at, item in enumerate(value)]

    def whole(self, value: Any, within: tuple[Any, ...] = ()) -> Any:
        return [self._item.whole(self._checked(item, at), within) for at, item in enumerate(value)]

    def plain(self, value: Any, within: tuple[Any, ...] = ()) -> Any:
        return [self._item.plain(item, within) for item in value]

    def empty(self) -> Any:
        return []

    def default(self) -> Any:
        return []

    def refill(self, held: Any, value: Any) -> bool:
        held[:] = self._lifted(value or ())
        return True

    def known(self, held: Any, raw: Any) -> Any:
        return raw

    def differs(self, held: Any, value: Any) -> bool:
        value = value or []
        if self._item.mutable:
            return len(held) != len(value) or any(self._item.differs(h, v) for h, v in zip(held, value, strict=True))
        return not same_value(self.lower(held), list(value))

    def settle(self, held: Any) -> None:
        for item in held:
            self._item.settle(item)


class AnyKind:
    """A value of an undeclared name, or of a type that the model does not know: typed by what the body, or Python, says.

    Complex values of unknown types are plain dictionaries.
    """

    mutable = True
    exact: type | None = None
    bounds: tuple[int, int] | None = None

    def __init__(self, type_name: str, find: Callable[[str], Any]) -> None:
        self.type_name = type_name
        self._find = find
        self.lift: Callable[[Any], Any] | None = self._lifted

    def _lifted(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._lifted(item) for item in value]
        if type(value) is not Complex:
            return value
        cls = None if value.type_name is None else self._find(value.type_name)
        if isinstance(cls, type) and issubclass(cls, ComplexValue):
            return adopt(cls, value.values, value.codec)
        return {name: self._lifted(value.get(name)) for name in value.names()}

    def check(self, value: Any) -> Any:
        return self._checked(value, ())

    def _checked(self, value: Any, within: tuple[Any, ...]) -> Any:
        if value is None or isinstance(value, ComplexValue | enum.Enum):
            return value
        if any(value is outer for outer in within):
            raise ValueError("contains itself")
        inside = (*within, value)
        if isinstance(value, Mapping):
            return {str(name): self._checked(item, inside) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._checked(item, inside) for item in value]
        return primitive_of(value).check(value)

    def lower(self, value: Any, within: tuple[Any, ...] = ()) -> Any:
        if isinstance(value, ComplexValue):
            return snapshot(value, within)
        if isinstance(value, enum.Enum):
            return value.value
        if not isinstance(value, dict | list):
            return value if value is None else primitive_of(value).check(value)
        if any(value is outer for outer in within):
            raise InvalidOperationError("a dynamic property contains itself: it cannot be written")
        inside = (*within, value)
        if isinstance(value, dict):
            return Complex(None, {str(name): self.lower(item, inside) for name, item in value.items()}, NATIVE)
        return [self.lower(item, inside) for item in value]

    def whole(self, value: Any, within: tuple[Any, ...] = ()) -> Any:
        if isinstance(value, ComplexValue):
            return Complex(value._edm_type.full_name, whole_values(value, within), NATIVE)
        return self.lower(value, within)

    def plain(self, value: Any, within: tuple[Any, ...] = ()) -> Any:
        if isinstance(value, ComplexValue):
            return plain_values(value, within)
        if isinstance(value, enum.Enum):
            return value.name
        if not isinstance(value, dict | list):
            return value
        if any(value is outer for outer in within):
            raise InvalidOperationError("a dynamic property contains itself: it has no plain form")
        inside = (*within, value)
        if isinstance(value, dict):
            return {name: self.plain(item, inside) for name, item in value.items()}
        return [self.plain(item, inside) for item in value]

    def empty(self) -> Any:
        return None

    def default(self) -> Any:
        return None

    def refill(self, held: Any, value: Any) -> bool:
        return False

    def known(self, held: Any, raw: Any) -> Any:
        return raw

    def differs(self, held: Any, value: Any) -> bool:
        return not same_value(self.lower(held), self.lower(self._lifted(value)))

    def settle(self, held: Any) -> None:
        if isinstance(held, ComplexValue):
            forget_changes(held)
        elif isinstance(held, dict | list):
            for item in held.values() if isinstance(held, dict) else held:
                self.settle(item)
