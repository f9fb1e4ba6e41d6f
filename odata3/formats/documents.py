"""What a body says, in no dialect: the treaty between dialects, entities and server.

A reader hands over whole documents: links and types that a dialect leaves out by convention are filled in, so that no room above
needs to know which dialect it was. Only *values* stay as the body spelled them ("raw"), because most are never looked at: a
:class:`Codec`, prepared once per type and dialect, decodes one on demand. Documents that say the same are equal, whatever dialect
each came from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol


class Dialect(Enum):
    """A way to spell values. ``NATIVE`` values are Python objects already."""

    NATIVE = "native"
    ATOM = "atom"
    JSON_VERBOSE = "verbosejson"
    JSON_LIGHT = "json"


Decoder = Callable[[Any], Any]


@dataclass(slots=True, eq=False)
class Codec:
    """How the values of one type are spelled in one dialect.

    ``decoders`` has an entry for each declared property that travels as a value (no navigation, no stream). Decoding gives a
    Python value of the primitive's type, an ``int`` for an enum, a :class:`Complex`, a *new* list of these, or None; a value
    that is not of the type raises ``PayloadError`` naming type and property. ``dynamic`` decodes a value of an undeclared name.
    Names in an :class:`Entry`'s values that have no decoder and are no dynamic property (``is_property``) are annotations, or
    values of a closed type that does not declare them: ``is_undeclared`` tells these apart. ``dynamic_types`` says what types
    a body gave to undeclared names.

    ``converters`` has, for most primitive properties, what stands inside the decoder: it knows no null, and may refuse (with any
    exception) what the decoder takes, which is then to be asked. What it gives is what the decoder gives, two calls sooner.
    """

    dialect: Dialect
    type_name: str | None
    decoders: Mapping[str, Decoder]
    dynamic: Decoder
    is_property: Callable[[str], bool]
    open_type: bool = False
    is_undeclared: Callable[[str], bool] = lambda name: False
    dynamic_types: Mapping[str, str] = field(default_factory=dict)
    converters: Mapping[str, Decoder] = field(default_factory=dict)

    def decode(self, name: str, raw: Any) -> Any:
        return self.decoders.get(name, self.dynamic)(raw)


def _same(raw: Any) -> Any:
    return raw


#: Values that are Python objects already, under whatever names.
NATIVE = Codec(Dialect.NATIVE, None, {}, _same, lambda name: True, open_type=True)


@dataclass(slots=True, eq=False)
class Raw:
    """A value among native ones that still stands as a body spelled it, to be sent back as it came."""

    value: Any
    codec: Codec
    name: str

    def decode(self) -> Any:
        return None if self.value is None else self.codec.decode(self.name, self.value)


class _Structure:
    """What entries and complex values share: a type name, and values under a codec."""

    __slots__ = ()
    type_name: str | None
    values: Mapping[str, Any]
    codec: Codec

    def names(self) -> Iterator[str]:
        """The properties present, in the order of the body."""
        codec = self.codec
        return (name for name in self.values if name in codec.decoders or codec.is_property(name))

    def undeclared(self) -> list[str]:
        """The members that no property of this closed type stands for: newer than the model, and passed over."""
        codec = self.codec
        return [name for name in self.values if name not in codec.decoders and codec.is_undeclared(name)]

    def get(self, name: str) -> Any:
        """One property's value, decoded; None where it is null or absent."""
        raw = self.values.get(name)
        if type(raw) is Raw:
            return raw.decode()
        return None if raw is None else self.codec.decode(name, raw)

    def raw(self, name: str) -> Raw:
        """One property's value with all that is needed to write it back as it came."""
        found = self.values[name]
        return found if type(found) is Raw else Raw(found, self.codec, name)

    def decoded(self) -> dict[str, Any]:
        return {name: self.get(name) for name in self.names()}


@dataclass(slots=True, eq=False, repr=False)
class Complex(_Structure):
    """A complex value."""

    type_name: str | None
    values: Mapping[str, Any]
    codec: Codec = NATIVE

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Complex):
            return NotImplemented
        return self.type_name == other.type_name and same_value(self.decoded(), other.decoded())

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Complex({self.type_name!r}, {dict(self.values)!r})"


@dataclass(frozen=True, slots=True)
class Link:
    """Where a navigation property's entities, and the links to them, are found. Absolute URLs, or None where unknown."""

    name: str
    navigation_link: str | None = None
    association_link: str | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """A media resource: the entry's own (``name`` None) or a named stream."""

    name: str | None = None
    read_link: str | None = None
    edit_link: str | None = None
    content_type: str | None = None
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """An action or function that the service offers on this entry or feed. ``metadata`` ends in ``#Container.Name``."""

    metadata: str
    title: str | None = None
    target: str | None = None
    is_function: bool = False

    @property
    def name(self) -> str:
        return self.metadata.rpartition("#")[2]


@dataclass(slots=True)
class Details:
    """The part of an entry that is seldom looked at."""

    links: dict[str, Link] = field(default_factory=dict)
    streams: dict[str, Stream] = field(default_factory=dict)
    media: Stream | None = None
    operations: tuple[Operation, ...] = ()


class Entry(_Structure):
    """An entity as a document.

    Attributes
    ----------
    type_name : str or None
        Full EDM name of the actual type; None where neither body nor model tells.
    values : mapping of str to raw value
        As decoded from the body, adopted, not copied; ``codec`` reads them.
    id, etag, edit_link, self_link : str or None
        Identity and ETag as they came or as convention has them; links are absolute.
    inline : mapping of str to Entry, Feed or None
        Expanded navigation properties (read), deep inserts (written).
    binds : mapping of str to URL or list of URLs
        Links to existing entities, written only.
    links, streams, media, operations
        The :class:`Details`; a reader may give a function that works them out when first asked for.
    """

    __slots__ = ("_details", "binds", "codec", "edit_link", "etag", "id", "inline", "self_link", "type_name", "values")

    def __init__(
        self,
        type_name: str | None,
        values: Mapping[str, Any],
        codec: Codec = NATIVE,
        *,
        id: str | None = None,
        etag: str | None = None,
        edit_link: str | None = None,
        self_link: str | None = None,
        inline: Mapping[str, Entry | Feed | None] | None = None,
        binds: Mapping[str, str | list[str]] | None = None,
        details: Details | Callable[[Entry], Details] | None = None,
    ) -> None:
        self.type_name = type_name
        self.values = values
        self.codec = codec
        self.id = id
        self.etag = etag
        self.edit_link = edit_link
        self.self_link = self_link
        self.inline: Mapping[str, Entry | Feed | None] = _EMPTY if inline is None else inline
        self.binds: Mapping[str, str | list[str]] = _EMPTY if binds is None else binds
        self._details = details

    @property
    def details(self) -> Details:
        found = self._details
        if type(found) is not Details:
            self._details = found = Details() if found is None else found(self)  # type: ignore[operator]
        return found

    @property
    def has_details(self) -> bool:
        """Whether links, streams and operations were given; a writer computes those of an entry without."""
        return self._details is not None

    @property
    def links(self) -> Mapping[str, Link]:
        return self.details.links

    @property
    def streams(self) -> Mapping[str, Stream]:
        return self.details.streams

    @property
    def media(self) -> Stream | None:
        return self.details.media

    @property
    def operations(self) -> tuple[Operation, ...]:
        return self.details.operations

    def _said(self) -> tuple[object, ...]:
        return (
            self.type_name,
            self.id,
            self.etag,
            self.edit_link,
            self.self_link,
            dict(self.inline),
            dict(self.binds),
            self.details,
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Entry):
            return NotImplemented
        return self._said() == other._said() and same_value(self.decoded(), other.decoded())

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Entry({self.type_name!r}, id={self.id!r}, {dict(self.values)!r})"


_EMPTY: Mapping[str, Any] = {}


@dataclass(slots=True)
class Feed:
    """A collection of entries, or one page of it.

    ``entries`` may be a list or an iterator that reads on; ``failure`` is an error that broke the body after these entries, to be
    raised once they are delivered. ``count`` and ``next_link`` are final only when ``entries`` is used up.
    """

    entries: Iterable[Entry]
    count: int | None = None
    next_link: str | None = None
    id: str | None = field(default=None, compare=False)
    operations: tuple[Operation, ...] = ()
    failure: Exception | None = field(default=None, compare=False)


@dataclass(slots=True, eq=False)
class Value:
    """A top-level property or operation result: a Python value, :class:`Complex`, a list of these, or None (null)."""

    value: Any
    type_name: str | None = None
    name: str | None = None
    #: What a value that was read stood as, where that is a text: a moment's may say more than the value holds.
    text: str | None = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Value):
            return NotImplemented
        return self.type_name == other.type_name and same_value(self.value, other.value)

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Reference:
    """One entity by its URL (``$links``)."""

    url: str


@dataclass(slots=True)
class References:
    """Entities by their URLs (``$links`` of a collection)."""

    urls: list[str]
    count: int | None = None
    next_link: str | None = None


@dataclass(slots=True)
class ServiceDocument:
    """The entity sets a service offers, as (name, absolute URL)."""

    collections: list[tuple[str, str]]


@dataclass(slots=True)
class Parameters:
    """The body of an action call: values by parameter name, with the parameters' types where they are known."""

    values: Mapping[str, Any]
    types: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Fault:
    """An error payload."""

    code: str = ""
    message: str = ""
    inner_error: Mapping[str, Any] | None = None
    language: str | None = None


Document = Entry | Feed | Value | Reference | References | ServiceDocument | Fault


class Kind(Enum):
    """What a body is expected to be. ``RESOURCE`` leaves open whether entry or feed."""

    ENTRY = "entry"
    FEED = "feed"
    RESOURCE = "resource"
    VALUE = "value"
    REFERENCE = "reference"
    REFERENCES = "references"
    SERVICE = "service document"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the one who asked knows of the answer: it fills in what the body leaves out, and the body wins.

    ``type_name`` is the full EDM name of entity or value, ``Collection(...)`` included for a value; ``entity_set`` the name
    of the set the entities belong to; ``name`` the property or operation asked for (Atom and verbose name the root after it).
    """

    kind: Kind = Kind.RESOURCE
    type_name: str | None = None
    entity_set: str | None = None
    name: str | None = None


class Level(Enum):
    """How much of what can be computed an answer in JSON light spells out."""

    NONE = "nometadata"
    MINIMAL = "minimalmetadata"
    FULL = "fullmetadata"


class Format(Protocol):
    """One dialect, for one service. Immutable; prepares what it needs per type and remembers it.

    All readers raise ``PayloadError``, whose ``where`` names the place, and nothing else.
    """

    @property
    def dialect(self) -> Dialect: ...

    @property
    def accept(self) -> str:
        """What to ask for in ``Accept``."""

    @property
    def content_type(self) -> str:
        """The ``Content-Type`` of :meth:`write_request`."""

    def read(self, body: bytes, expect: Expectation, *, base: str = "") -> Document:
        """What an answer's body says; ``base`` is the URL it came from. An error payload gives a :class:`Fault`."""

    def read_request(self, body: bytes, expect: Expectation, *, base: str = "") -> Document:
        """What a request's body says (the server's side): binds and deep inserts instead of links and ids."""

    def write_request(self, document: Document | Parameters, expect: Expectation) -> bytes:
        """A request's body: an entry to insert or update, a value, a link, an action's parameters."""

    def write_response(
        self,
        document: Document,
        expect: Expectation,
        *,
        level: Level = Level.MINIMAL,
        version: str = "3.0",
        select: str | None = None,
    ) -> bytes:
        """An answer's body. What the document leaves out (ids, links) follows convention where the dialect writes it.

        ``expect`` says what was asked: the type and set of the URL, the property's name. ``version`` is the answer's
        DataServiceVersion, ``select`` the request's ``$select`` as it came.
        """


def same_value(left: Any, right: Any) -> bool:
    """Equality of decoded values in which NaN equals NaN and ``1`` is not ``True``."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same_value(left[k], right[k]) for k in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same_value, left, right))
    return bool(left == right) or (left != left and right != right)
