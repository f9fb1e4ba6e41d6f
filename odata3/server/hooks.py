"""Where an emulator gives data a will of its own.

A service stores and answers what the protocol says. Hooks are functions of the emulator's that it calls on the way::

    @service.on_insert("VMCheckPoints")
    def create(change: Change) -> None:
        change.values.setdefault("ID", uuid4())        # may change what is written
        change.headers["x-ms-request-id"] = str(job)   # and what is answered
        checkpoint = change.apply()                    # writes now (else it is written when the hook returns)
        change.store.link(vm, "VMCheckpoints", checkpoint)

    @service.on_update("VirtualMachines")
    def operate(change: Change) -> None:
        if change.before["Status"] == "Missing":
            change.refuse(400, "The virtual machine is missing.")

    @service.on_link("VirtualMachines")      # a link about to be made or broken: $links, and what bodies bind
    def connect(change: LinkChange) -> None:
        if change.navigation == "Cloud" and change.kind is LinkKind.UNLINK:
            change.refuse(400, "A virtual machine stays in its cloud.")

    @service.on_query("Jobs")                # before a set is read, with a transaction that may write
    def advance(query: Query) -> None: ...

    @service.on_read("VirtualMachines")      # every entity on its way out
    def dress(record: Record, exchange: Exchange) -> None:
        record.values["PerfCPUUtilization"] = -1

    @service.operation("Expand", bound_to="VMM.VirtualDiskDrive")
    def expand(call: Call) -> Record | None: ...

All hooks of a set run in the order they were registered, inside the transaction of the request (in a change set: of the whole
change set). Several names may be given at once, and none stands for every set. A hook that raises anything but a
:class:`~odata3.server.refusal.Refusal` undoes the request and is answered by 500, its traceback going to the log
``odata3.server``.

Source: digest sections 5 to 7 for what a change, a query and a call are; WCF Data Services has change and query interceptors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NoReturn

from odata3.edm.model import EntitySet, FunctionImport
from odata3.server.records import Record
from odata3.server.refusal import Refusal
from odata3.server.store import Transaction
from odata3.uri.expressions import Expression
from odata3.uri.options import QueryOptions
from odata3.uri.parser import parse_filter
from odata3.wire.messages import Request


@dataclass(slots=True)
class Exchange:
    """One request and what is known of it.

    Attributes
    ----------
    request : Request
        As it came (in a batch: the part).
    root : str
        The service root it was asked by, with its closing slash; every link of the answer starts with it.
    scope : mapping
        What the place where the service is mounted says: placeholders of its path, and what a guard noted.
    headers : dict of str to str
        Fields to be added to the answer.
    """

    request: Request
    root: str
    scope: Mapping[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def refuse(self, status: int, message: str, *, code: str = "", headers: Mapping[str, str] | None = None) -> NoReturn:
        """Turn the request down: an OData error of this HTTP ``status``, with ``message`` and ``code`` in its body and
        ``headers`` beside it; whatever the request changed is undone. Raises the ``Refusal`` that does it."""
        raise Refusal(status, message, code=code, headers=headers)


class ChangeKind(Enum):
    """What is about to be done: ``INSERT`` a new entity, ``UPDATE`` (PUT, PATCH, MERGE and writes to a property) or ``DELETE``
    one."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(slots=True)
class Change:
    """An insert, update or delete about to be done.

    Attributes
    ----------
    kind : ChangeKind
    entity_set : EntitySet
    type_name : str
        Full name of the entity's type.
    before : Record or None
        The entity as it stands; None on insert.
    values : dict of str to value
        What will be written, as Python values (``Complex`` for complex values, ``int`` for enums). Free to be changed. On
        insert and on a replacing PUT every property is there; on MERGE what was sent. Write-only inputs are here and are not
        stored.
    sent : frozenset of str
        The names the body held, null ones included.
    replaces : bool
        True for PUT.
    store : Transaction
        The store within the request's transaction.
    exchange : Exchange
    dynamic_types : mapping of str to str
        The types that the body gives to dynamic properties of an open type.
    """

    kind: ChangeKind
    entity_set: EntitySet
    type_name: str
    before: Record | None
    values: dict[str, Any]
    sent: frozenset[str]
    replaces: bool
    store: Transaction
    exchange: Exchange
    _write: Callable[[Change], Record | None]
    #: The types that the body gives to dynamic properties of an open type.
    dynamic_types: Mapping[str, str] = field(default_factory=dict)
    _after: Record | None = None
    _done: bool = False

    @property
    def headers(self) -> dict[str, str]:
        """Fields to be added to the answer."""
        return self.exchange.headers

    @property
    def request(self) -> Request:
        """The request as it came (in a batch: the part)."""
        return self.exchange.request

    @property
    def scope(self) -> Mapping[str, Any]:
        """What the place where the service is mounted says of the request: placeholders of its path, and what a guard noted."""
        return self.exchange.scope

    @property
    def applied(self) -> bool:
        """Whether the change was written, or cancelled, already."""
        return self._done

    @property
    def after(self) -> Record | None:
        """The entity as written; None before :meth:`apply`, and of a delete."""
        return self._after

    def apply(self) -> Record:
        """Write now, and give the entity as written (of a delete: as it was). A second call writes nothing."""
        if not self._done:
            self._done = True
            self._after = self._write(self)
        result = self._after if self._after is not None else self.before
        assert result is not None
        return result

    def cancel(self) -> None:
        """Write nothing, and answer as if it had been: the hook has done what there was to do."""
        self._done = True
        self._after = self.before if self.kind is ChangeKind.UPDATE else None

    def refuse(self, status: int, message: str, *, code: str = "", headers: Mapping[str, str] | None = None) -> NoReturn:
        """Turn the request down: an OData error of this HTTP ``status``, with ``message`` and ``code`` in its body and
        ``headers`` beside it; whatever the request changed is undone. Raises the ``Refusal`` that does it."""
        self.exchange.refuse(status, message, code=code, headers=headers)


class LinkKind(Enum):
    """What is about to be done with a link: ``LINK`` makes it, ``UNLINK`` breaks it."""

    LINK = "link"
    UNLINK = "unlink"


@dataclass(slots=True)
class LinkChange:
    """A link about to be made or broken: by a request to ``$links``, by what a body binds or holds inline, or by an insert
    behind a navigation property.

    Attributes
    ----------
    kind : LinkKind
    entity_set : EntitySet
        The set of ``source``.
    source : Record
        The entity whose navigation property it is.
    navigation : str
        The navigation property.
    target : Record or None
        The entity at its end; None where a single navigation property is set to nothing.
    store : Transaction
        The store within the request's transaction.
    exchange : Exchange
    """

    kind: LinkKind
    entity_set: EntitySet
    source: Record
    navigation: str
    target: Record | None
    store: Transaction
    exchange: Exchange
    _write: Callable[[LinkChange], None]
    _done: bool = False

    def apply(self) -> None:
        """Write now. A second call writes nothing."""
        if not self._done:
            self._done = True
            self._write(self)

    def cancel(self) -> None:
        """Write nothing, and answer as if it had been: the hook has done what there was to do."""
        self._done = True

    def refuse(self, status: int, message: str, *, code: str = "", headers: Mapping[str, str] | None = None) -> NoReturn:
        """Turn the request down: an OData error of this HTTP ``status``, with ``message`` and ``code`` in its body and
        ``headers`` beside it; whatever the request changed is undone. Raises the ``Refusal`` that does it."""
        self.exchange.refuse(status, message, code=code, headers=headers)


@dataclass(slots=True)
class Query:
    """A set about to be read.

    ``entity_set`` is the set, ``key`` the key asked for (None for a collection), ``options`` the query options, ``source`` the
    entity whose navigation property leads here (None where the set itself is asked), ``expanded`` true where it is only
    expanded into. ``store`` is the request's transaction, which may write; ``exchange`` the request. ``narrowed`` holds the
    conditions of :meth:`narrow`.
    """

    entity_set: EntitySet
    key: Mapping[str, Any] | None
    options: QueryOptions
    store: Transaction
    exchange: Exchange
    source: Record | None = None
    expanded: bool = False
    narrowed: list[Expression[Any]] = field(default_factory=list)

    def narrow(self, filter: str) -> None:
        """Show only entities that this ``$filter`` is true of, as if there were no others (a look-up of another gives 404).

        It may speak of every property of the store's model. Raises as the parser does.
        """
        model = self.store.model
        entity_type = model.entity_types[self.entity_set.type]
        self.narrowed.append(parse_filter(filter, model, entity_type))

    @property
    def scope(self) -> Mapping[str, Any]:
        """What the place where the service is mounted says of the request: placeholders of its path, and what a guard noted."""
        return self.exchange.scope

    def refuse(self, status: int, message: str, *, code: str = "", headers: Mapping[str, str] | None = None) -> NoReturn:
        """Turn the request down: an OData error of this HTTP ``status``, with ``message`` and ``code`` in its body and
        ``headers`` beside it; whatever the request changed is undone. Raises the ``Refusal`` that does it."""
        self.exchange.refuse(status, message, code=code, headers=headers)


@dataclass(frozen=True, slots=True)
class Call:
    """An action, function or service operation (``operation``) being called.

    ``parameters`` holds a value for every declared parameter but the binding one (None where it was not sent), ``bound`` what
    it is bound to: one entity, a list of them, or None. ``store`` is the request's transaction, ``exchange`` the request.
    """

    operation: FunctionImport
    bound: Record | list[Record] | None
    parameters: Mapping[str, Any]
    store: Transaction
    exchange: Exchange

    @property
    def headers(self) -> dict[str, str]:
        """Fields to be added to the answer."""
        return self.exchange.headers

    def refuse(self, status: int, message: str, *, code: str = "", headers: Mapping[str, str] | None = None) -> NoReturn:
        """Turn the request down: an OData error of this HTTP ``status``, with ``message`` and ``code`` in its body and
        ``headers`` beside it; whatever the request changed is undone. Raises the ``Refusal`` that does it."""
        self.exchange.refuse(status, message, code=code, headers=headers)


ChangeHook = Callable[[Change], None]
LinkHook = Callable[[LinkChange], None]
QueryHook = Callable[[Query], None]
ReadHook = Callable[[Record, Exchange], None]
#: Gives what the operation returns: a ``Record``, a list of them, a value, a list of values, or None.
OperationHook = Callable[[Call], Any]


class Hooks:
    """The hooks of a service: registered by decorator, found by set name."""

    def __init__(self, set_names: Iterable[str]) -> None:
        self._known = frozenset(set_names)
        self._changes: dict[ChangeKind, dict[str, list[ChangeHook]]] = {kind: {} for kind in ChangeKind}
        self._links: dict[str, list[LinkHook]] = {}
        self._queries: dict[str, list[QueryHook]] = {}
        self._reads: dict[str, list[ReadHook]] = {}
        self._operations: dict[tuple[str, str | None], OperationHook] = {}
        self._write_only: dict[str, frozenset[str]] = {}

    def on_insert(self, *entity_sets: str) -> Callable[[ChangeHook], ChangeHook]:
        """Call the decorated function before an entity of these ``entity_sets`` (none: of any) is inserted. ``LookupError`` for
        a set that the model does not have."""
        return self._changing(ChangeKind.INSERT, entity_sets)

    def on_update(self, *entity_sets: str) -> Callable[[ChangeHook], ChangeHook]:
        """Call the decorated function before an entity of these ``entity_sets`` (none: of any) is changed (PUT, PATCH, MERGE,
        and writes to a property). ``LookupError`` for a set that the model does not have."""
        return self._changing(ChangeKind.UPDATE, entity_sets)

    def on_delete(self, *entity_sets: str) -> Callable[[ChangeHook], ChangeHook]:
        """Call the decorated function before an entity of these ``entity_sets`` (none: of any) is deleted. ``LookupError`` for
        a set that the model does not have."""
        return self._changing(ChangeKind.DELETE, entity_sets)

    def _changing(self, kind: ChangeKind, entity_sets: tuple[str, ...]) -> Callable[[ChangeHook], ChangeHook]:
        return self._noting(self._changes[kind], entity_sets)

    def on_link(self, *entity_sets: str) -> Callable[[LinkHook], LinkHook]:
        """Call the decorated function before a navigation property of an entity of these ``entity_sets`` (none: of any) is
        linked or unlinked. ``LookupError`` for a set that the model does not have."""
        return self._noting(self._links, entity_sets)

    def on_query(self, *entity_sets: str) -> Callable[[QueryHook], QueryHook]:
        """Call the decorated function before these ``entity_sets`` (none: any) are read; it may write, and refuse.
        ``LookupError`` for a set that the model does not have."""
        return self._noting(self._queries, entity_sets)

    def on_read(self, *entity_sets: str) -> Callable[[ReadHook], ReadHook]:
        """Call the decorated function with every entity of these ``entity_sets`` (none: of any) that goes into an answer; it
        may change its ``values``. ``LookupError`` for a set that the model does not have."""
        return self._noting(self._reads, entity_sets)

    def operation(self, name: str, *, bound_to: str | None = None) -> Callable[[OperationHook], OperationHook]:
        """Let the decorated function do the work of the function import ``name``.

        ``bound_to`` is the full type name of the binding parameter where overloads share a name.
        """

        def note(hook: OperationHook) -> OperationHook:
            self._operations[name, bound_to] = hook
            return hook

        return note

    def write_only(self, entity_set: str, *names: str) -> None:
        """Properties that are inputs: hooks see them in ``change.values``, they are never stored and read as null."""
        self._check((entity_set,))
        self._write_only[entity_set] = self._write_only.get(entity_set, frozenset()) | frozenset(names)

    def _check(self, entity_sets: tuple[str, ...]) -> None:
        unknown = [name for name in entity_sets if name not in self._known]
        if unknown:
            raise LookupError(f"There is no entity set {unknown[0]!r}; there are {', '.join(sorted(self._known))}.")

    def _noting(self, place: dict[str, list[Any]], entity_sets: tuple[str, ...]) -> Callable[[Any], Any]:
        self._check(entity_sets)

        def note(hook: Any) -> Any:
            for name in entity_sets or ("",):
                place.setdefault(name, []).append(hook)
            return hook

        return note

    @property
    def has_queries(self) -> bool:
        """Whether any set is asked about before it is read."""
        return bool(self._queries)

    def of_change(self, kind: ChangeKind, entity_set: str) -> list[ChangeHook]:
        return self._found(self._changes[kind], entity_set)

    def of_link(self, entity_set: str) -> list[LinkHook]:
        return self._found(self._links, entity_set)

    def of_query(self, entity_set: str) -> list[QueryHook]:
        return self._found(self._queries, entity_set)

    def of_read(self, entity_set: str) -> list[ReadHook]:
        return self._found(self._reads, entity_set)

    def of_operation(self, operation: FunctionImport) -> OperationHook | None:
        bound = operation.binding_parameter
        by_type = self._operations.get((operation.name, bound.type)) if bound is not None else None
        return by_type or self._operations.get((operation.name, None))

    def inputs(self, entity_set: str) -> frozenset[str]:
        """The write-only properties of a set."""
        return self._write_only.get(entity_set, frozenset())

    @staticmethod
    def _found(place: Mapping[str, list[Any]], entity_set: str) -> list[Any]:
        return [*place.get("", ()), *place.get(entity_set, ())]
