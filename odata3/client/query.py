"""``DataServiceQuery``: a question to the service that has not been asked yet.

Immutable: each step gives a new query, and nothing is sent before an end is called (iteration, ``to_list``, ``first`` ...).
Predicates are lambdas, expressions or text; what they mean is worked out when they are given, so that a mistake shows where it
was made.

Source: WCF Data Services client, section 7 of our description; OData V3 digest section 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar, cast, overload

from odata3.client.descriptors import EntityDescriptor
from odata3.client.displays import query_html
from odata3.client.loading import Loader
from odata3.client.options import MergeOption
from odata3.client.paging import ahead, every
from odata3.client.questions import Asked, Projected
from odata3.client.responses import QueryOperationResponse
from odata3.client.sets import check_member
from odata3.client.vocabulary import ELSEWHERE, Predicate, Selector, Way, Wide
from odata3.edm.model import EntityType, NavigationProperty
from odata3.entities.entity import Entity, attach, type_of
from odata3.entities.exact import exact_item
from odata3.entities.names import hint
from odata3.entities.properties import Many
from odata3.entities.structure import Owner
from odata3.errors import (
    ArgumentError,
    DataServiceQueryException,
    InvalidOperationError,
    NotFoundError,
    PayloadError,
    QueryTranslationError,
)
from odata3.formats.documents import Expectation, Kind
from odata3.secrecy import masked
from odata3.spellings import Spelled
from odata3.tabular.columns import Cells, cells_of_entities, cells_of_projection, reading
from odata3.tabular.exports import Exports
from odata3.tabular.records import exact_record, record
from odata3.uri.expressions import Expression, Readable
from odata3.uri.options import QueryOptions
from odata3.uri.paths import key_lookup, key_predicate
from odata3.uri.translation import (
    translate_ordering,
    translate_paths,
    translate_predicate,
    translate_projection,
)

T = TypeVar("T")
E = TypeVar("E", bound=Entity)
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
F = TypeVar("F")
G = TypeVar("G")
H = TypeVar("H")


@dataclass(frozen=True, slots=True)
class Resource:
    """What a query asks about: a URL below which options may stand, and what is found there."""

    url: str
    type_name: str
    entity_set: str | None = None
    is_collection: bool = True
    is_set: bool = True
    cast: str | None = None
    parameters: str = ""
    #: Whether one of the entities can be asked for by a key behind the URL: not of the results of an operation.
    is_keyed: bool = True

    def url_with(self, options: str) -> str:
        """The address with the parameters of an operation and the options of a query."""
        query = "&".join(filter(None, (self.parameters, options)))
        return f"{self.address}?{query}" if query else self.address

    @property
    def address(self) -> str:
        return self.url if self.cast is None else f"{self.url}/{self.cast}"


class DataServiceQuery(Exports, Spelled, Generic[T]):
    """A query over the entities of a set, or below a navigation property. See the module for its manners.

    Contexts make them (``ctx.Products``), of a ``loader`` that reads answers and the ``resource`` that is asked.
    """

    _elsewhere = ELSEWHERE
    __slots__ = ("_head", "_loader", "_option", "_options", "_projected", "_resource")

    def __init__(self, loader: Loader, resource: Resource) -> None:
        self._loader = loader
        self._resource = resource
        self._options = QueryOptions()
        self._projected: Projected | None = None
        self._option: MergeOption | None = None
        self._head: list[T] = []  # the first rows that were read of the last answer, for displays

    def _changed(self, **parts: Any) -> DataServiceQuery[Any]:
        """A copy with other parts."""
        made: DataServiceQuery[Any] = DataServiceQuery(self._loader, self._resource)
        for name in ("_options", "_projected", "_option"):
            setattr(made, name, getattr(self, name))
        for name, value in parts.items():
            setattr(made, name, value)
        return made

    # -- steps

    def where(self, predicate: Predicate[T]) -> DataServiceQuery[T]:
        """Rows that fulfil a condition. ``predicate`` is a lambda over the row, an expression (``Product.Name == "x"``), or
        text that is sent as it is.

        Conditions on every key property by ``==`` and nothing else become a look-up of that one entity, as in .NET.
        ``QueryTranslationError`` for what has no OData form, and after a projection.
        """
        self._check_rows("where")
        self._check_many("where")
        return self._with(self._options.where(translate_predicate(self._model, self._type, predicate)))

    def order_by(self, key: Selector[T], *more: Selector[T]) -> DataServiceQuery[T]:
        """Rows in ascending order of ``key``: a lambda, an expression or a name; ``more`` of them count where those before are
        equal. ``QueryTranslationError`` for what has no order."""
        return self._ordered((key, *more), descending=False, then=False)

    def order_by_descending(self, key: Selector[T], *more: Selector[T]) -> DataServiceQuery[T]:
        """Rows in descending order of ``key``, and of ``more`` where those before are equal; as :meth:`order_by`.
        ``QueryTranslationError`` for what has no order."""
        return self._ordered((key, *more), descending=True, then=False)

    def then_by(self, key: Selector[T], *more: Selector[T]) -> DataServiceQuery[T]:
        """Where the orders before are equal, rows in ascending order of ``key``, and of ``more``; as :meth:`order_by`.
        ``QueryTranslationError`` for what has no order."""
        return self._ordered((key, *more), descending=False, then=True)

    def then_by_descending(self, key: Selector[T], *more: Selector[T]) -> DataServiceQuery[T]:
        """Where the orders before are equal, rows in descending order of ``key``, and of ``more``; as :meth:`order_by`.
        ``QueryTranslationError`` for what has no order."""
        return self._ordered((key, *more), descending=True, then=True)

    def skip(self, count: int) -> DataServiceQuery[T]:
        """Without the first ``count`` rows; repeated, they add up. ``ArgumentError`` for a negative number,
        ``QueryTranslationError`` where one entity is asked for."""
        self._check_many("skip")
        return self._with(self._options.skip(count))

    def take(self, count: int) -> DataServiceQuery[T]:
        """At most ``count`` rows; repeated, the least counts. ``ArgumentError`` for a negative number,
        ``QueryTranslationError`` where one entity is asked for."""
        self._check_many("take")
        return self._with(self._options.take(count))

    def expand(self, *paths: Way[T]) -> DataServiceQuery[T]:
        """With related entities along: ``paths`` are names (``"Category"``, ``"Products/Supplier"``) or lambdas.
        ``QueryTranslationError`` for what is no navigation property."""
        return self._with(self._options.expand(translate_paths(self._model, self._type, *paths)))

    @overload
    def select(self, *names: str | Expression[Any] | type[Entity]) -> DataServiceQuery[T]: ...
    @overload
    def select(self, shape: Callable[[type[T]], Readable[A]], /) -> DataServiceQuery[A]: ...
    @overload
    def select(self, shape: Callable[[type[T]], tuple[Readable[A], Readable[B]]], /) -> DataServiceQuery[tuple[A, B]]: ...
    @overload
    def select(
        self, shape: Callable[[type[T]], tuple[Readable[A], Readable[B], Readable[C]]], /
    ) -> DataServiceQuery[tuple[A, B, C]]: ...
    @overload
    def select(
        self, shape: Callable[[type[T]], tuple[Readable[A], Readable[B], Readable[C], Readable[D]]], /
    ) -> DataServiceQuery[tuple[A, B, C, D]]: ...
    @overload
    def select(
        self, shape: Callable[[type[T]], tuple[Readable[A], Readable[B], Readable[C], Readable[D], Readable[F]]], /
    ) -> DataServiceQuery[tuple[A, B, C, D, F]]: ...
    @overload
    def select(
        self, shape: Callable[[type[T]], tuple[Readable[A], Readable[B], Readable[C], Readable[D], Readable[F], Readable[G]]], /
    ) -> DataServiceQuery[tuple[A, B, C, D, F, G]]: ...
    @overload
    def select(
        self,
        shape: Callable[
            [type[T]], tuple[Readable[A], Readable[B], Readable[C], Readable[D], Readable[F], Readable[G], Readable[H]]
        ],
        /,
    ) -> DataServiceQuery[tuple[A, B, C, D, F, G, H]]: ...
    @overload
    def select(self, shape: Callable[[type[T]], Wide], /) -> DataServiceQuery[tuple[Any, ...]]: ...
    @overload
    def select(self, shape: Callable[[type[T]], list[Readable[A]]], /) -> DataServiceQuery[list[A]]: ...
    @overload
    def select(self, shape: Callable[[type[T]], dict[str, Readable[A]]], /) -> DataServiceQuery[dict[str, A]]: ...
    def select(self, *names: Any) -> DataServiceQuery[Any]:
        """Only some properties: by ``names``, giving entities that hold these; or by a lambda, ``shape``, giving what it makes
        of a row (a value, tuple, list, dict, dataclass). ``QueryTranslationError`` for what cannot be read of a row, and for a
        second projection."""
        if self._projected is not None or self._options.selected:
            raise QueryTranslationError("a query is projected once: put all that is wanted into one select")
        projection = translate_projection(self._model, self._type, *names)
        options = self._options.select(projection.select)
        if projection.expand:
            options = options.expand(projection.expand)
        if projection.shape is None:
            return self._changed(_options=options)
        projected = Projected(projection.shape, _whole(projection.select), projection.columns)
        return self._changed(_options=options, _projected=projected)

    @overload
    def of_type(self, cls_or_name: type[E]) -> DataServiceQuery[E]: ...
    @overload
    def of_type(self, cls_or_name: str) -> DataServiceQuery[Any]: ...
    def of_type(self, cls_or_name: type[Any] | str) -> DataServiceQuery[Any]:
        """Only the rows of a derived type, by class or name, ``cls_or_name``; then its properties can be used. ``ArgumentError``
        for a type that the model does not have, ``QueryTranslationError`` for one that is not derived from the query's."""
        if self._resource.cast is not None:
            raise QueryTranslationError("of_type stands once in a query")
        name = cls_or_name if isinstance(cls_or_name, str) else type_of(cls_or_name).full_name
        if name not in self._model.entity_types and "." not in name:
            name = next((full for full, t in self._model.entity_types.items() if t.name == name), name)
        if name not in self._model.entity_types:
            raise ArgumentError(f"the model has no entity type {name}{hint(name, self._model.entity_types)}")
        if not self._model.is_derived(name, self._resource.type_name):
            raise QueryTranslationError(f"{name} is not derived from {self._resource.type_name}")
        # Where keys are segments, $ says that the next segment is none (.NET 5.3).
        segment = f"$/{name}" if self._loader.channel.key_as_segment else name
        return self._changed(_resource=replace(self._resource, cast=segment, type_name=name))

    @overload
    def select_many(self, name_or_lambda: Callable[[type[T]], Many[E]] | Many[E]) -> DataServiceQuery[E]: ...
    @overload
    def select_many(self, name_or_lambda: Callable[[type[T]], type[E]] | type[E]) -> DataServiceQuery[E]: ...
    @overload
    def select_many(self, name_or_lambda: str) -> DataServiceQuery[Any]: ...
    def select_many(self, name_or_lambda: Any) -> DataServiceQuery[Any]:
        """The related entities of one entity, after a key look-up: ``ctx.Categories.by_key(3).select_many("Products")``.

        ``name_or_lambda`` says which. ``QueryTranslationError`` where the query is not about one entity, and for what is no
        navigation property.
        """
        resource, _ = self._target()
        if resource.is_collection:
            raise QueryTranslationError("select_many needs one entity to start from: look it up by its whole key first")
        (name,) = translate_paths(self._model, self._type, name_or_lambda)
        found = self._type.find(name)
        if not isinstance(found, NavigationProperty):
            raise QueryTranslationError(
                f"{self._type.full_name}.{name} is no navigation property{hint(name, self._type.navigation_properties.names())}"
            )
        source = self._model.entity_sets.get(resource.entity_set or "")
        target = None if source is None else self._model.target_set(source, found)
        below = Resource(
            f"{resource.address}/{name}",
            found.type,
            None if target is None else target.qualified_name,
            found.is_collection,
            is_set=False,
        )
        return self._changed(_resource=below, _options=QueryOptions())

    def by_key(self, *values: Any, **named: Any) -> DataServiceQuery[T]:
        """The one entity of a key: ``values`` in the order of the model, or ``named`` ones.

        ``ArgumentError`` for too few, too many, null or other names; ``InvalidOperationError`` for a type without a key;
        ``QueryTranslationError`` after a projection, and where one entity is asked for.
        """
        self._check_rows("by_key")
        self._check_many("by_key")
        key = self._type.key
        if not key:
            raise InvalidOperationError(f"{self._type.full_name} has no key")
        if not self._resource.is_keyed:
            raise InvalidOperationError("the results of an operation are not found by key: use where")
        if values and named:
            raise ArgumentError("a key is given by position or by name, not both")
        given = dict(zip(key, values, strict=False)) if values else named
        if len(values) > len(key) or set(given) != set(key):
            raise ArgumentError(_no_key(self._type, given, len(values)))
        if any(value is None for value in given.values()):
            raise ArgumentError(f"a value of the key ({', '.join(key)}) is None")
        predicate = key_predicate(
            self._type, tuple(given[name] for name in key), key_as_segment=self._loader.channel.key_as_segment
        )
        return self._changed(_resource=self._one(predicate))

    def include_total_count(self) -> DataServiceQuery[T]:
        """With the number of all rows, before paging (``$inlinecount``): ``execute().total_count``. ``QueryTranslationError``
        where one entity is asked for."""
        self._check_many("include_total_count")
        return self._with(self._options.include_total_count())

    def add_query_option(self, name: str, value: Any) -> DataServiceQuery[T]:
        """Any other option of the query string: its ``name``, and its ``value`` as it shall travel (.NET: the caller encodes).
        ``QueryTranslationError`` for an option with ``$`` that is none, or that the query has already; ``ArgumentError`` for
        what is no name, and for a value of None."""
        return self._with(self._options.with_custom(name, value))

    def with_merge_option(self, option: MergeOption) -> DataServiceQuery[T]:
        """The same query, read with this merge ``option`` whatever the context's is. ``ArgumentError`` for what is none."""
        if not isinstance(option, MergeOption):
            raise ArgumentError(f"a MergeOption is needed, not {option!r}")
        return self._changed(_option=option)

    @property
    def element_type(self) -> type[Any]:
        """The class of the entities that are asked about, whatever ``select`` makes of them."""
        found: type[Any] = self._loader.types[self._resource.type_name]
        return found

    # -- ends

    @property
    def url(self) -> str:
        """The URL that would be asked for."""
        return self.asked().url

    request_uri = url

    def asked(self) -> Asked:
        """What would be asked, and what is expected of the answer."""
        resource, options = self._target()
        return Asked(
            resource.url_with(options.query_string()),
            Expectation(Kind.FEED if resource.is_collection else Kind.ENTRY, resource.type_name, resource.entity_set),
            _version(resource, options),
            self._projected,
            self._option,
        )

    def execute(self) -> QueryOperationResponse[T]:
        """Ask, and give the first page: its rows, ``total_count``, ``get_continuation()``. ``DataServiceQueryException`` where
        the service says no, ``DataServiceTransportException`` where it gives no usable answer."""
        page: QueryOperationResponse[T] = self._loader.query(self.asked(), self)
        self._head = page.head
        return page

    def __iter__(self) -> Iterator[T]:
        """All rows, page by page to the end, one page held at a time."""
        return every(self._loader, self.execute())

    def rows(self, *, prefetch: bool = False) -> Iterator[T]:
        """All rows, as iteration gives them; with ``prefetch`` the next page is asked for while this one's rows are used."""
        return (ahead if prefetch else every)(self._loader, self.execute())

    def to_list(self, *, prefetch: bool = False) -> list[T]:
        """All rows, page by page to the end, in a list; ``prefetch`` as of :meth:`rows`. Raises what :meth:`execute` raises."""
        return list(self.rows(prefetch=prefetch))

    def first(self, predicate: Predicate[T] | None = None) -> T:
        """The first row, that fulfils the ``predicate`` where one is given (as :meth:`where` takes it); ``$top=1`` is asked
        for. ``InvalidOperationError`` where there is none."""
        for row in self._limited(predicate, 1):
            return row
        self._none()

    def first_or_default(self, predicate: Predicate[T] | None = None) -> T | None:
        """The first row, that fulfils the ``predicate`` where one is given, or None. A look-up by key that is answered 404
        raises, as in .NET, unless ``ignore_resource_not_found_exception`` is set."""
        return next(iter(self._limited(predicate, 1)), None)

    def single(self, predicate: Predicate[T] | None = None) -> T:
        """The only row, that fulfils the ``predicate`` where one is given; ``$top=2`` is asked for. ``InvalidOperationError``
        where there are none or several."""
        rows = self._limited(predicate, 2)
        if not rows:
            self._none()
        return self._only(rows)

    def single_or_default(self, predicate: Predicate[T] | None = None) -> T | None:
        """The only row, that fulfils the ``predicate`` where one is given, or None where there is none;
        ``InvalidOperationError`` where there are several."""
        rows = self._limited(predicate, 2)
        return self._only(rows) if rows else None

    def count(self, predicate: Predicate[T] | None = None) -> int:
        """The number of rows, of those that fulfil the ``predicate`` where one is given, counted by the service (``/$count``).
        ``PayloadError`` where the answer is no number."""
        query = self if predicate is None else self.where(predicate)
        resource, options = query._target(counting=True)
        channel = query._loader.channel
        counted = replace(resource, url=f"{resource.address}/$count", cast=None)
        url = counted.url_with(options.for_count().query_string())
        response = channel.send(channel.prepare("GET", url, version=max("2.0", _version(resource, options)), accept="text/plain"))
        digits = response.body.decode("utf-8-sig", "replace").strip()
        if not digits.isascii() or not digits.isdigit():
            raise PayloadError(f"{url} answered {digits[:200]!r}, which is no count")
        return int(digits)

    long_count = count

    def any(self, predicate: Predicate[T] | None = None) -> bool:
        """Whether there is a row, one that fulfils the ``predicate`` where one is given; nothing is tracked."""
        query = (self if predicate is None else self.where(predicate)).with_merge_option(MergeOption.NO_TRACKING)
        try:
            return bool(query._limited(None, 1))
        except DataServiceQueryException as error:
            if isinstance(error.__cause__, NotFoundError) and not query._target()[0].is_collection:
                return False
            raise

    # -- changes

    def add(self, entity: Entity) -> None:
        """Add a new ``entity`` to this set: ``ctx.Products.add(product)`` is ``ctx.add_object("Products", product)``.
        ``InvalidOperationError`` where the query is not over a set; ``ArgumentError`` for an entity of another type."""
        if not self._resource.is_set or self._resource.entity_set is None:
            raise InvalidOperationError("entities are added to an entity set; below an entity use add_related_object")
        check_member(self._model, self._resource.entity_set, entity)
        self._loader.tracker.add(entity, self._resource.entity_set)
        attach(entity, self._loader.owner)

    # -- what it is not

    def __bool__(self) -> NoReturn:
        raise TypeError("a query is neither true nor false: write .any() to ask whether it has rows")

    if not TYPE_CHECKING:  # type checkers refuse this best where they do not see it

        def __getitem__(self, item: object) -> NoReturn:
            raise TypeError(
                "a query has no items before it is asked: write .first(), .take(n), .skip(n), .by_key(...) or .to_list()"
            )

    def __str__(self) -> str:
        return self.url

    def __repr__(self) -> str:
        return f"<DataServiceQuery {masked(self.url)}>"

    def _repr_html_(self) -> str:
        """The URL, and the first rows where the user has read them. Nothing is asked for a display."""
        columns = () if self._projected is None else self._projected.columns
        title = f"DataServiceQuery of {self._resource.type_name}"
        return query_html(title, self.url, self._head, tuple(column.name for column in columns))

    # -- within

    @property
    def _model(self) -> Any:
        return self._loader.channel.model

    @property
    def _type(self) -> EntityType:
        return cast(EntityType, self._model.entity_types[self._resource.type_name])

    def _with(self, options: QueryOptions) -> DataServiceQuery[T]:
        return self._changed(_options=options)

    def _records(self, prefetch: bool) -> Iterator[dict[str, Any]]:
        """All rows as dictionaries, untracked."""
        columns = () if self._projected is None else self._projected.columns
        for row in self._changed(_option=MergeOption.NO_TRACKING).rows(prefetch=prefetch):
            yield record(row, columns)

    def _exact_records(self, prefetch: bool) -> Iterator[dict[str, Any]]:
        """The same with every digit of moments and durations."""
        projected = self._projected
        exact = None if projected is None else replace(projected, item=exact_item)
        columns = () if projected is None else projected.columns
        for row in self._changed(_option=MergeOption.NO_TRACKING, _projected=exact).rows(prefetch=prefetch):
            yield exact_record(row, columns)

    def _cells(self) -> tuple[Cells, ...]:
        """The columns of a table of the rows, known before the first."""
        if self._projected is not None:
            return cells_of_projection(self._model, self._projected.columns)
        return cells_of_entities(self._model, self._type, reading(self._options.selected, self._options.expanded))

    def _check_rows(self, step: str) -> None:
        if self._projected is not None:
            raise QueryTranslationError(f"{step} comes before select: the rows are something else after it")

    def _check_many(self, step: str) -> None:
        if not self._resource.is_collection:
            raise QueryTranslationError(f"{step} is for many rows, and {self._resource.address} is one entity")

    def _ordered(self, keys: tuple[Selector[T], ...], *, descending: bool, then: bool) -> DataServiceQuery[T]:
        self._check_rows("order_by")
        self._check_many("order_by")
        orderings = tuple(o for key in keys for o in translate_ordering(self._model, self._type, key, descending=descending))
        return self._with(self._options.then_by(orderings) if then else self._options.order_by(orderings))

    def _one(self, predicate: str) -> Resource:
        """The resource of one entity; a key stands after a type segment."""
        return replace(self._resource, url=self._resource.address + predicate, cast=None, is_collection=False, is_set=False)

    def _target(self, *, counting: bool = False) -> tuple[Resource, QueryOptions]:
        """Where to ask, with which options: a condition on the whole key alone is a look-up (.NET section 7)."""
        options = self._options
        if counting or not self._resource.is_collection or not self._resource.is_keyed or not options.is_lookup_candidate:
            return self._resource, options
        found = key_lookup(self._type, options.filter)
        if found is None:
            return self._resource, options
        predicate = key_predicate(self._type, found, key_as_segment=self._loader.channel.key_as_segment)
        return self._one(predicate), options.without_filter()

    def _limited(self, predicate: Predicate[T] | None, count: int) -> list[T]:
        query = self if predicate is None else self.where(predicate)
        resource, _ = query._target()
        if resource.is_collection:
            query = query.take(count)
        rows: list[T] = []
        for row in query:
            rows.append(row)
            if len(rows) == count:
                break
        return rows

    def _none(self) -> NoReturn:
        raise InvalidOperationError(f"no row where one was expected: {self.url}")

    def _only(self, rows: list[T]) -> T:
        if len(rows) > 1:
            raise InvalidOperationError(f"more than one row where a single one was expected: {self.url}")
        return rows[0]


def _version(resource: Resource, options: QueryOptions) -> str:
    """The lowest DataServiceVersion the query needs (digest section 1)."""
    if resource.cast is not None or options.needs_version_3:
        return "3.0"
    return "2.0" if options.needs_version_2 else "1.0"


def set_of(query: DataServiceQuery[Any]) -> str | None:
    """The entity set whose entities a query gives, where it is one."""
    return query._resource.entity_set if query._resource.is_set else None


def owner_of_query(query: DataServiceQuery[Any]) -> Owner | None:
    """What owns the entities that a query gives: their context's, whether there are any or not."""
    return query._loader.owner


def related_resource(loader: Loader, descriptor: EntityDescriptor, navigation: NavigationProperty) -> Resource:
    """The entities that a navigation property of a tracked entity leads to."""
    url = loader.property_url(descriptor, navigation.name)
    return Resource(url, navigation.type, loader.target_set(descriptor, navigation), navigation.is_collection, is_set=False)


def _no_key(entity_type: EntityType, given: dict[str, Any], count: int) -> str:
    key = entity_type.key
    text = f"by_key takes the whole key of {entity_type.full_name}, {', '.join(key)}"
    if count > len(key):
        return f"{text}, and {count} values were given"
    if (unknown := next((name for name in given if name not in key), None)) is not None:
        return f"{text}, and {unknown!r} is none of these{hint(unknown, key)}"
    missing = next(name for name in key if name not in given)
    part = next(iter(given), missing)
    return f"{text}, and {missing} is missing; entities with a part of it: where(lambda row: row.{part} == ...)"


def _whole(select: tuple[str, ...]) -> frozenset[str]:
    """The navigation properties that a projection takes whole (``Category/*``): their entities are tracked (.NET)."""
    return frozenset(path[:-2] for path in select if path.endswith("/*") and path.count("/") == 1)
