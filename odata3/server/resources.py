"""What a path names, found in the store.

::

    Products(1)/Category/Products/$count
    └── entity ──┘└ entity ┘└ entities ┘└ how many

The walk looks entities up as it goes: a key or link on the way that leads nowhere is a 404 that names the segment. Where the
path ends, a :class:`Resource` says what is there and how it was come by. Source: digest section 4 (paths).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from odata3.edm.model import ComplexType, EntitySet, EntityType, FunctionImport, Property, element_type
from odata3.server.records import Record
from odata3.server.refusal import Refusal, not_found
from odata3.server.selections import Selection
from odata3.server.tables import Relation
from odata3.server.task import Task
from odata3.uri.segments import (
    EntitySetSegment,
    KeySegment,
    KeywordSegment,
    NavigationSegment,
    OperationSegment,
    PathError,
    PropertySegment,
    Segment,
    TypeSegment,
    UnknownSegmentError,
    parse_path,
)


class Kind(Enum):
    SERVICE = "service document"
    METADATA = "metadata"
    BATCH = "batch"
    ENTITIES = "entities"
    ENTITY = "entity"
    PROPERTY = "property"
    STREAM = "stream"
    LINKS = "links"
    OPERATION = "operation"


@dataclass(slots=True)
class Resource:
    """What a path names.

    Attributes
    ----------
    kind : Kind
    name : str
        The last segment that is no key and no keyword.
    selection : Selection or None
        The entities, of an entity those it is one of.
    record : Record or None
        The entity; of a property, stream or links the one they belong to. None where a single navigation property leads nowhere.
    source, relation : Record, Relation or None
        Of what a navigation property leads to: the entity it is a property of, and how it leads on.
    target : Record or None
        Of one link among many: the entity at its end.
    properties : list of Property or str
        The way into the entity to a property; an undeclared one by its name.
    value, count, single : bool
        ``$value`` or ``$count`` stood at the end; one entity is named, be it there or not.
    operation, arguments, bound
        The operation, the texts in its brackets, what it is bound to.
    """

    kind: Kind
    name: str = ""
    selection: Selection | None = None
    record: Record | None = None
    source: Record | None = None
    relation: Relation | None = None
    target: Record | None = None
    properties: list[Property | str] = field(default_factory=list)
    value: bool = False
    count: bool = False
    single: bool = False
    cast: str | None = None
    operations: tuple[FunctionImport, ...] = ()
    arguments: Mapping[str, str] = field(default_factory=dict)
    bound: Record | Selection | None = None

    @property
    def entity_set(self) -> str:
        assert self.selection is not None
        return self.selection.set_name

    @property
    def owner(self) -> Record:
        """The entity that a property, stream or link belongs to."""
        assert self.record is not None
        return self.record


def segments_of(task: Task) -> tuple[Segment, ...]:
    """The segments of the task's path. Raises ``Refusal``."""
    try:
        return parse_path(task.path, task.model, task.settings.key_as_segment)
    except UnknownSegmentError as error:
        raise _astray(error) from None
    except PathError as error:
        raise Refusal(400, "The request URI is not valid.", detail=str(error)) from None


def _astray(error: UnknownSegmentError) -> Refusal:
    """Why a path does not go on where a segment leads nowhere, in the words of WCF Data Services."""
    name, last = error.segment.partition("(")[0], error.reached
    if last is not None and last.is_collection and isinstance(last.type, EntityType):
        return Refusal(
            400,
            f"The request URI is not valid. Since the segment '{last.text}' refers to a collection, this must be the last "
            "segment in the request URI. All intermediate segments must refer to a single resource.",
        )
    if isinstance(last, PropertySegment) and not isinstance(last.type, ComplexType):
        return Refusal(
            404,
            f"The segment '{name}' in the request URI is not valid. The segment '{last.text}' refers to a primitive property, "
            "function, or service operation, so the only supported value from the next segment is '$value'.",
        )
    return not_found(name)


def find(task: Task, compose: Compose) -> Resource:
    """What the task's path names; ``compose`` gives what a function returned where the path goes on behind it.

    Raises ``Refusal``: 404 for what is not there.
    """
    segments = segments_of(task)
    if not segments:
        return Resource(Kind.SERVICE)
    walk = _Walk(task, compose)
    for position, segment in enumerate(segments):
        walk.step(segment, last=position == len(segments) - 1)
    return walk.here


#: From the resource that a function is to the entities, or the entity, that it returned.
Compose = Callable[[Task, Resource], Resource]


class _Walk:
    def __init__(self, task: Task, compose: Compose) -> None:
        self.task = task
        self.compose = compose
        self.here = Resource(Kind.SERVICE)

    def step(self, segment: Segment, *, last: bool) -> None:
        if self.here.kind is Kind.OPERATION and _returns_entities(self.task, self.here):
            self.here = self.compose(self.task, self.here)
        if isinstance(segment, EntitySetSegment):
            self._entity_set(segment.text, segment.entity_set)
        elif isinstance(segment, KeySegment):
            self._key(segment)
        elif isinstance(segment, TypeSegment):
            self._type(segment)
        elif isinstance(segment, NavigationSegment):
            self._navigation(segment, last=last)
        elif isinstance(segment, PropertySegment):
            self._property(segment)
        elif isinstance(segment, OperationSegment):
            self._operation(segment)
        elif isinstance(segment, KeywordSegment):
            self._keyword(segment)

    def _entity_set(self, text: str, entity_set: EntitySet) -> None:
        selection = self.task.store.select(entity_set.qualified_name)
        self.here = Resource(Kind.ENTITIES, text, selection)

    def _key(self, segment: KeySegment) -> None:
        here = self.here
        assert here.selection is not None
        values = {name: _exact(segment.values[name], segment.literals[name]) for name in segment.values}
        try:
            chosen = here.selection.matching(values)
        except (TypeError, ValueError) as error:
            raise Refusal(400, "The key in the request URI is not valid.", detail=str(error)) from None
        chosen = self.task.ask(chosen, key=segment.values, source=here.source)
        found = self.task.transaction.records(chosen, limit=1)
        if not found:
            raise not_found(here.name)
        if here.kind is Kind.LINKS:
            here.target, here.single = found[0], True
            return
        self.here = Resource(
            Kind.ENTITY, here.name, here.selection, found[0], here.source, here.relation, single=True, cast=here.cast
        )

    def _type(self, segment: TypeSegment) -> None:
        here = self.here
        if here.kind is Kind.PROPERTY:
            return
        assert here.selection is not None
        here.cast = segment.text
        here.selection = here.selection.of_type(segment.text)
        if here.kind is Kind.ENTITY and not self.task.store.model.is_derived(self._entity().type_name, segment.text):
            raise not_found(segment.text)

    def _entity(self) -> Record:
        """The entity that has been reached; 404 where a link led nowhere."""
        if self.here.record is None:
            raise not_found(self.here.name)
        return self.here.record

    def _navigation(self, segment: NavigationSegment, *, last: bool) -> None:
        source = self._entity()
        name = segment.navigation.name
        relation = self.task.store.layout.relation(source.entity_set, source.type_name, name)
        if relation is None or relation.target.name not in self.task.model.entity_sets:
            raise Refusal(501, f"The model does not say to which entity set '{name}' leads.")
        selection = self.task.store.select(relation.target.name).linked_from(source, relation)
        if segment.links:
            self.here = Resource(Kind.LINKS, name, selection, source, source, relation)
        elif segment.is_collection:
            self.here = Resource(Kind.ENTITIES, name, selection, None, source, relation)
        else:
            chosen = self.task.ask(selection, source=source)
            found = self.task.transaction.records(chosen, limit=1)
            self.here = Resource(Kind.ENTITY, name, selection, found[0] if found else None, source, relation, single=True)

    def _property(self, segment: PropertySegment) -> None:
        here = self.here
        if here.kind is Kind.OPERATION:
            raise Refusal(400, f"Behind '{here.name}', which returns a complex value, a path does not go on.")
        if here.kind is Kind.ENTITY:
            owner = self._entity()
            stream = segment.property is not None and segment.property.is_stream
            kind = Kind.STREAM if stream else Kind.PROPERTY
            here = self.here = Resource(kind, segment.text, here.selection, owner, here.source, here.relation)
        here.name = segment.text
        here.properties.append(segment.property if segment.property is not None else segment.text)

    def _operation(self, segment: OperationSegment) -> None:
        here = self.here
        bound: Record | Selection | None = None
        if here.kind is Kind.ENTITY:
            bound = self._entity()
        elif here.kind is Kind.ENTITIES:
            bound = here.selection
        self.here = Resource(
            Kind.OPERATION,
            segment.text,
            operations=segment.operations,
            arguments=segment.arguments,
            bound=bound,
            source=here.record,
        )

    def _keyword(self, segment: KeywordSegment) -> None:
        if segment.text == "$metadata":
            self.here = Resource(Kind.METADATA)
        elif segment.text == "$batch":
            self.here = Resource(Kind.BATCH)
        elif segment.text == "$count":
            self.here.count = True
        elif segment.text == "$value":
            self.here.value = True
            if self.here.kind is Kind.ENTITY:
                self._entity()


def _returns_entities(task: Task, resource: Resource) -> bool:
    result = resource.operations[0].return_type
    return result is not None and element_type(result) in task.model.entity_types


def _exact(value: Any, literal: str) -> Any:
    """A key's value; of a moment its text, which may have a digit more than a datetime holds."""
    lowered = literal.lower()
    if lowered.startswith(("datetime'", "datetimeoffset'", "time'")) and "." in lowered:
        return literal.partition("'")[2].rstrip("'")
    return value


def type_of(task: Task, resource: Resource) -> EntityType:
    """The entity type that a path's end is known to be of."""
    assert resource.selection is not None
    return task.model.entity_types[resource.selection.type_name]
