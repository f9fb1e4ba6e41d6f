"""The query string: an immutable set of options, from steps of a query or from text, and back to text.

::

    QueryOptions().where(condition).order_by(orderings).skip(1).take(2).query_string()
    '$filter=Rating%20gt%202&$orderby=Name&$skip=1&$top=2'

``$filter``, ``$orderby``, ``$skip`` and ``$top`` stand in the order of the steps, then ``$expand``, ``$select``, ``$inlinecount``
and the rest, as the .NET client writes them. Values are percent-encoded once: spaces as ``%20``, unreserved characters and
``' ( ) , / : $ * ; = @`` as they are (digest section 4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from odata3.edm.model import ComplexType, EntityType, Model, NavigationProperty
from odata3.errors import ArgumentError, QueryTranslationError
from odata3.uri.expressions import Expression, Ordering, Path, Quantifier, Raw, join
from odata3.uri.parser import QuerySyntaxError, parse_filter, parse_orderby
from odata3.uri.selections import parse_expand, parse_select

__all__ = ["QueryOptions", "encode_value"]

_PLAIN = "'(),/:$*;=@"
_is_plain = re.compile(r"[A-Za-z0-9\-._~'(),/:$*;=@%]*").fullmatch


def encode_value(text: str) -> str:
    """The value of a query option, percent-encoded."""
    # nearly every filter has nothing else to encode than its spaces
    if "%" not in text and _is_plain(spaced := text.replace(" ", "%20")):
        return spaced
    return _quoted(text, _PLAIN)


def _quoted(text: str, safe: str) -> str:
    try:
        return quote(text, safe=safe)
    except UnicodeEncodeError:
        raise ArgumentError(f"half a surrogate pair is no character: {text[:80]!r}") from None


@dataclass(frozen=True, eq=False, init=False)
class QueryOptions:
    """The options of one query. Every step gives new options.

    Attributes
    ----------
    filter : Expression or None
    orderby : tuple of Ordering
    skipped, top : int or None
        ``$skip`` and ``$top``.
    expanded, selected : tuple of str
        The paths of ``$expand`` and ``$select``.
    inlinecount : bool or None
        True for ``allpages``, False for ``none`` written out.
    skiptoken, format, callback : str or None
    custom : tuple of (name, value)
        Options without ``$``, and those with it that were given as text; not encoded.
    sequence : tuple of str
        The options in the order they were given in.
    """

    filter: Expression[Any] | None = None
    orderby: tuple[Ordering, ...] = ()
    skipped: int | None = None
    top: int | None = None
    expanded: tuple[str, ...] = ()
    selected: tuple[str, ...] = ()
    inlinecount: bool | None = None
    skiptoken: str | None = None
    format: str | None = None
    callback: str | None = None
    custom: tuple[tuple[str, str], ...] = ()
    sequence: tuple[str, ...] = ()

    def __init__(self, **values: Any) -> None:
        # only what differs from the defaults of the class is held: most queries have two or three options
        for name in values:
            if name not in self.__dataclass_fields__:
                raise TypeError(f"QueryOptions has no {name!r}")
        self.__dict__.update(values)

    # -- steps

    def where(self, condition: Expression[Any]) -> QueryOptions:
        """With a condition, joined with ``and`` to those before. QueryTranslationError after ``skip`` or ``take``."""
        self._before_paging("where")
        if self.filter is not None:
            return self._changed(filter=join("and", self.filter, condition))
        return self._changed(filter=condition, sequence=self._with("$filter"))

    def order_by(self, orderings: Iterable[Ordering]) -> QueryOptions:
        """In this order, and no longer in one given before."""
        self._before_paging("order_by")
        return self._changed(orderby=tuple(orderings), sequence=self._with("$orderby"))

    def then_by(self, orderings: Iterable[Ordering]) -> QueryOptions:
        self._before_paging("then_by")
        if not self.orderby:
            raise QueryTranslationError("then_by comes after order_by")
        return self._changed(orderby=(*self.orderby, *orderings))

    def skip(self, count: int) -> QueryOptions:
        """Without the first ``count``; repeated steps add up."""
        if self.top is not None:
            raise QueryTranslationError("skip cannot come after take: the service skips first")
        return self._changed(skipped=(self.skipped or 0) + _counted("skip", count), sequence=self._with("$skip"))

    def take(self, count: int) -> QueryOptions:
        """At most ``count``; of repeated steps the least counts."""
        least = _counted("take", count) if self.top is None else min(self.top, _counted("take", count))
        return self._changed(top=least, sequence=self._with("$top"))

    def expand(self, paths: Iterable[str]) -> QueryOptions:
        return self._changed(expanded=tuple(dict.fromkeys((*self.expanded, *paths))))

    def select(self, paths: Iterable[str]) -> QueryOptions:
        return self._changed(selected=tuple(dict.fromkeys((*self.selected, *paths))))

    def include_total_count(self) -> QueryOptions:
        return self._changed(inlinecount=True)

    def with_custom(self, name: str, value: object) -> QueryOptions:
        """With any other option. One with ``$`` must be one of V3, and not be set by a step already (.NET: NotSupported).

        QueryTranslationError, ArgumentError.
        """
        name = str(name).strip()
        if not name or _has_control(name):
            raise ArgumentError(f"not the name of a query option: {name!r}")
        if value is None:
            raise ArgumentError(f"the option {name} needs a value; an empty text is one")
        if name.startswith("$"):
            if name == "$format":
                raise QueryTranslationError("$format cannot be added: the format= of the context says what is asked for")
            if name not in _ADDABLE:
                raise QueryTranslationError(f"{name} cannot be added: of the options with $ only {', '.join(sorted(_ADDABLE))}")
            if name in self._names():
                raise QueryTranslationError(f"{name} is part of the query already")
        try:
            text = str(value).lower() if isinstance(value, bool) else str(value)
        except ValueError as error:  # an int of thousands of digits
            raise ArgumentError(f"the value of {name} cannot be written: {error}") from error
        return self._changed(custom=(*self.custom, (name, text)))

    def without_filter(self) -> QueryOptions:
        """For a look-up by key: the filter has gone into the path."""
        return self._changed(filter=None, sequence=tuple(name for name in self.sequence if name != "$filter"))

    def for_count(self) -> QueryOptions:
        """What bears on ``/$count``."""
        kept = tuple(name for name in self.sequence if name != "$orderby")
        return self._changed(orderby=(), expanded=(), selected=(), inlinecount=None, sequence=kept)

    # -- what it asks of a service

    @property
    def is_lookup_candidate(self) -> bool:
        """Whether the filter, if it names the whole key, may become a path (.NET: not with order, paging or count)."""
        settled = self.filter is not None and not self.orderby and self.skipped is None and self.top is None
        return settled and self.inlinecount is None and not any(name.startswith("$") for name, _ in self.custom)

    @property
    def needs_version_2(self) -> bool:
        names = {name for name, _ in self.custom}
        return bool(self.selected) or self.inlinecount is not None or not names.isdisjoint(_SINCE_2)

    @property
    def needs_version_3(self) -> bool:
        """Whether there is an ``any``, an ``all`` or a type segment."""
        parts = [*(() if self.filter is None else (self.filter,)), *(ordering.expression for ordering in self.orderby)]
        texts = [part.text for part in parts if type(part) is Raw] + [value for name, value in self.custom if name == "$filter"]
        paths = [segment for path in (*self.expanded, *self.selected) for segment in path.split("/")]
        if any("." in segment and not segment.endswith(".*") for segment in paths):
            return True
        return any(map(_is_version_3, parts)) or any(_quantified(re.sub(r"'[^']*'", "", text)) for text in texts)

    # -- text

    def query_string(self) -> str:
        """The options as they stand after the ``?``, percent-encoded."""
        parts = [f"{name}={self._written(name)}" for name in self.sequence]
        if self.expanded:
            parts.append(f"$expand={encode_value(','.join(self.expanded))}")
        if self.selected:
            parts.append(f"$select={encode_value(','.join(self.selected))}")
        if self.inlinecount is not None:
            parts.append(f"$inlinecount={'allpages' if self.inlinecount else 'none'}")
        for name, value in (("$skiptoken", self.skiptoken), ("$format", self.format), ("$callback", self.callback)):
            if value is not None:
                parts.append(f"{name}={_quoted(value, _NARROW)}")
        parts.extend(f"{_quoted(name, '$@')}={_quoted(value, _NARROW)}" for name, value in self.custom)
        return "&".join(parts)

    def _written(self, name: str) -> str:
        if name == "$filter":
            assert self.filter is not None
            return encode_value(self.filter.text)
        if name == "$orderby":
            return encode_value(",".join([ordering.text for ordering in self.orderby]))
        return str(self.skipped if name == "$skip" else self.top)

    @classmethod
    def parse(cls, text: str, model: Model | None = None, entity_type: EntityType | ComplexType | None = None) -> QueryOptions:
        """The options of a query string, without the ``?``.

        QuerySyntaxError for what a service answers 400: an unknown or repeated option with ``$``, a value that is none,
        ``$select`` below a navigation property that is not expanded.
        """
        found: dict[str, Any] = {}
        custom: list[tuple[str, str]] = []
        sequence: list[str] = []
        for part in filter(None, text.split("&")):
            name, _, value = (_decoded(piece, part) for piece in part.partition("="))
            name = name.strip()
            if not name.startswith("$"):
                custom.append((name, value))
                continue
            field, read = _READERS.get(name, ("", None))
            if read is None:
                raise QuerySyntaxError("there is no such option", name, value, 0)
            if field in found:
                raise QuerySyntaxError("this option is given twice", name, value, 0)
            found[field] = read(name, value, model, entity_type)
            if name in _ORDERED:
                sequence.append(name)
        options = cls(custom=tuple(custom), sequence=tuple(sequence), **found)
        _check_selection(options, model, entity_type)
        return options

    # -- within

    def _changed(self, **values: Any) -> QueryOptions:
        """A copy with other values (``dataclasses.replace`` takes four times as long, and every step of a query is one)."""
        changed = object.__new__(QueryOptions)
        changed.__dict__.update(self.__dict__)
        changed.__dict__.update(values)
        return changed

    def _names(self) -> set[str]:
        said = {"$expand": self.expanded, "$select": self.selected, "$inlinecount": self.inlinecount}
        return {*self.sequence, *(name for name, value in said.items() if value), *(name for name, _ in self.custom)}

    def _with(self, name: str) -> tuple[str, ...]:
        if any(name == given for given, _ in self.custom):
            raise QueryTranslationError(f"{name} is part of the query already")
        return self.sequence if name in self.sequence else (*self.sequence, name)

    def _before_paging(self, step: str) -> None:
        late = "take" if self.top is not None else "skip" if self.skipped is not None else None
        if late is not None:
            raise QueryTranslationError(f"{step} cannot come after {late}: the service filters and orders first, and pages then")

    def __eq__(self, other: object) -> bool:
        return self.query_string() == other.query_string() if isinstance(other, QueryOptions) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.query_string())


# --- writing ----------------------------------------------------------------------------------------------------------------

#: In the values of other options less stays plain: some servers take them apart.
_NARROW = "'(),/:$*@"
_ADDABLE = frozenset({"$filter", "$orderby", "$skip", "$top", "$expand", "$select", "$inlinecount", "$skiptoken"})
_SINCE_2 = frozenset({"$select", "$inlinecount", "$skiptoken"})
_ORDERED = frozenset({"$filter", "$orderby", "$skip", "$top"})
_quantified = re.compile(r"/(?:any|all)\(|(?<!\w)[A-Za-z_]\w*+\.[A-Za-z_]\w*+/").search


def _counted(step: str, count: object) -> int:
    if type(count) is not int:
        raise ArgumentError(f"{step} takes a whole number, 0 or more, not {count!r}")
    if not 0 <= count < 2**63:
        raise ArgumentError(f"{step} takes a whole number from 0 to {2**63 - 1}")
    return count


def _has_control(text: str) -> bool:
    return any(character < " " or character == "\x7f" for character in text)


def _is_version_3(node: Expression[Any]) -> bool:
    if type(node) is Quantifier or (type(node) is Path and any("." in segment for segment in node.segments)):
        return True
    return any(map(_is_version_3, node.children()))


# --- reading ----------------------------------------------------------------------------------------------------------------


def _decoded(piece: str, part: str) -> str:
    try:
        return unquote(piece.replace("+", " "), errors="strict")
    except UnicodeDecodeError:
        raise QuerySyntaxError("not UTF-8", part.partition("=")[0], part, 0) from None


_Reader = Callable[[str, str, Model | None, "EntityType | ComplexType | None"], Any]
_is_count = re.compile(r"\s*([0-9]{1,18})\s*", re.ASCII).fullmatch


def _read_count(name: str, value: str, *_: object) -> int:
    found = _is_count(value)
    if found is None:
        raise QuerySyntaxError("a whole number, 0 or more, was expected", name, value, 0)
    return int(found[1])


def _read_inlinecount(name: str, value: str, *_: object) -> bool:
    if value.strip() in ("allpages", "none"):
        return value.strip() == "allpages"
    raise QuerySyntaxError("allpages or none was expected", name, value, 0)


def _read_text(name: str, value: str, *_: object) -> str:
    if not value:
        raise QuerySyntaxError("a value was expected", name, value, 0)
    return value


#: Which field an option fills, and how its value is read.
_READERS: dict[str, tuple[str, _Reader]] = {
    "$filter": ("filter", lambda _, value, model, type_: parse_filter(value, model, type_)),
    "$orderby": ("orderby", lambda _, value, model, type_: parse_orderby(value, model, type_)),
    "$expand": ("expanded", lambda _, value, model, type_: parse_expand(value, model, type_)),
    "$select": ("selected", lambda _, value, model, type_: parse_select(value, model, type_)),
    "$skip": ("skipped", _read_count),
    "$top": ("top", _read_count),
    "$inlinecount": ("inlinecount", _read_inlinecount),
    "$skiptoken": ("skiptoken", _read_text),
    "$format": ("format", _read_text),
    "$callback": ("callback", _read_text),
}


def _check_selection(options: QueryOptions, model: Model | None, type_: EntityType | ComplexType | None) -> None:
    """``$select`` may go into a navigation property only where ``$expand`` does (P55)."""
    if model is None or not isinstance(type_, EntityType):
        return
    expanded = {_bare(path.split("/"))[: n + 1] for path in options.expanded for n in range(path.count("/") + 1)}
    for path in options.selected:
        way: list[str] = []
        here: EntityType | None = type_
        for segment in path.split("/")[:-1]:
            found = here.find(segment) if here is not None else None
            if isinstance(found, NavigationProperty):
                way.append(segment)
                here = model.entity_types.get(found.type)
                if tuple(way) not in expanded:
                    raise QuerySyntaxError(f"{path} needs $expand={'/'.join(way)}", "$select", ",".join(options.selected), 0)
            elif segment in model.entity_types:
                here = model.entity_types[segment]


def _bare(segments: list[str]) -> tuple[str, ...]:
    """A path without its type segments."""
    return tuple(segment for segment in segments if "." not in segment)
