"""Actions, functions and service operations: their parameters read, their hook called, their result answered.

::

    GET  GetProductsByRating?rating=3        service operation: literals in the query, absent is null
    GET  Products(1)/Similar(count=@n)?@n=5  function: in brackets, by alias, or in the query
    POST VirtualDiskDrives(...)/Expand       action: a JSON object of parameters, none for no parameters
    GET  Products(1)/Similar(count=5)(7)/Name    a path goes on behind entities that a function returned

Source: digest section 8; section 2 for which is which.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from odata3.edm.model import FunctionImport, OperationKind, Parameter, element_type
from odata3.edm.primitives import parse_literal, primitive
from odata3.formats.documents import Dialect
from odata3.formats.json_light import JsonLight
from odata3.formats.json_verbose import JsonVerbose
from odata3.formats.value_codecs import Codecs
from odata3.server.acceptance import unsupported
from odata3.server.answers import answer, empty
from odata3.server.hooks import Call
from odata3.server.incoming import native
from odata3.server.reading import entry, feed, raw_answer, value_answer
from odata3.server.records import Record
from odata3.server.refusal import Refusal, not_allowed, not_found, unreadable
from odata3.server.resources import Kind, Resource
from odata3.server.selections import Selection
from odata3.server.task import FEED, NONE, SINGLE, Task
from odata3.uri.options import QueryOptions
from odata3.wire.messages import Response

_VERBS = {OperationKind.ACTION: "POST", OperationKind.FUNCTION: "GET"}


def call(task: Task, resource: Resource) -> Response:
    """The answer to the call of an operation. Raises ``Refusal``: 405 for the wrong verb, 501 where no hook does the work."""
    operation = _chosen(resource, task.method)
    return _answer(task, resource, operation, _result(task, resource, operation))


def compose(task: Task, resource: Resource) -> Resource:
    """The entities, or the entity, that a function returned, for a path that goes on behind it.

    Raises ``Refusal``: 405 where the operation is not read by GET, 501 where no hook does the work.
    """
    operation = _chosen(resource, "GET")
    result = _result(task, resource, operation)
    if result is None or isinstance(result, Record):
        selection = task.store.select(_set_of(task, resource, operation) if result is None else result.entity_set)
        return Resource(Kind.ENTITY, resource.name, selection, result, single=True)
    records = list(result)
    selection = task.store.select(records[0].entity_set if records else _set_of(task, resource, operation))
    return Resource(Kind.ENTITIES, resource.name, selection.among(records))


def _result(task: Task, resource: Resource, operation: FunctionImport) -> Any:
    """What the hook of an operation gives back."""
    hook = task.hooks.of_operation(operation)
    if hook is None:
        raise Refusal(501, f"The operation '{operation.name}' is not implemented.")
    if operation.kind is OperationKind.ACTION:
        task.versions.need_request("3.0")
        parameters = _from_body(task, operation)
    else:
        parameters = _from_url(task, operation, resource.arguments)
    bound = resource.bound
    records = task.transaction.records(bound) if isinstance(bound, Selection) else bound
    return hook(Call(operation, records, parameters, task.transaction, task.exchange))


def _verb(operation: FunctionImport) -> str:
    return (operation.http_method or _VERBS.get(operation.kind, "GET")).upper()


def _chosen(resource: Resource, method: str) -> FunctionImport:
    """Of overloads the one whose verb and parameters fit best."""
    method = "GET" if method == "HEAD" else method
    fitting = [operation for operation in resource.operations if _verb(operation) == method]
    if not fitting:
        allowed = sorted({_verb(operation) for operation in resource.operations})
        raise not_allowed(f"The operation '{resource.name}' is called by {' or '.join(allowed)}.", *allowed)
    given = set(resource.arguments)
    return min(fitting, key=lambda operation: len(given.symmetric_difference(p.name for p in operation.url_parameters)))


# --- parameters -------------------------------------------------------------------------------------------------------------


def _from_url(task: Task, operation: FunctionImport, arguments: Mapping[str, str]) -> dict[str, Any]:
    custom = dict(QueryOptions.parse(task.query).custom) if "$" not in task.query else _custom(task.query)
    unknown = set(arguments) - {p.name for p in operation.url_parameters}
    if unknown:
        raise Refusal(400, f"'{operation.name}' has no parameter '{min(unknown)}'.")
    values: dict[str, Any] = {}
    for parameter in operation.url_parameters:
        text = arguments.get(parameter.name, custom.get(parameter.name))
        if text is not None and text.startswith("@"):
            text = custom.get(text)
        values[parameter.name] = None if text is None else _literal(task, parameter, text.strip())
    return values


def _custom(query: str) -> dict[str, str]:
    """The options without ``$``; what those with it say depends on the result, and is read later."""
    kept = [part for part in query.split("&") if not part.startswith(("$", "%24"))]
    return dict(QueryOptions.parse("&".join(kept)).custom)


def _literal(task: Task, parameter: Parameter, text: str) -> Any:
    """A parameter as it stands in a URL: a literal, of complex values and collections JSON."""
    wrong = f"The parameter '{parameter.name}' is no {parameter.type}."
    edm = primitive(parameter.type)
    try:
        if text == "null":
            return None
        if edm is not None:
            found, value = parse_literal(text)
            if found is edm or found is None:
                return value
            if found.is_numeric and edm.is_numeric:
                return edm.check(value)
            raise ValueError(f"it is {found.name}")
        tree = json.loads(text, parse_float=Decimal)
        return native(Codecs(task.model, Dialect.JSON_LIGHT).decode_value(parameter.type, tree, parameter.name))
    except (TypeError, ValueError, RecursionError) as error:
        raise Refusal(400, wrong, detail=str(error)) from None


def _from_body(task: Task, operation: FunctionImport) -> dict[str, Any]:
    types = {p.name: p.type for p in operation.url_parameters}
    body = task.body
    if not body.strip():
        return dict.fromkeys(types)
    reader = task.reader()
    if not isinstance(reader, JsonLight | JsonVerbose):
        raise unsupported()
    given = reader.read_parameters(body, types)
    unknown = set(given.values) - set(types)
    if unknown:
        raise unreadable(f"'{operation.name}' has no parameter '{min(unknown)}'.")
    return {name: native(given.values.get(name)) for name in types}


# --- results ----------------------------------------------------------------------------------------------------------------


def _answer(task: Task, resource: Resource, operation: FunctionImport, result: Any) -> Response:
    if operation.return_type is None or result is None:
        return (
            empty()
            if operation.return_type is None or _is_entity(task, operation.return_type)
            else _value(task, resource, operation, None)
        )
    if isinstance(result, Record):
        options = task.options(result.entity_type, SINGLE)
        return entry(task, result, options, name=operation.name, headers={"ETag": task.links.etag(result)})
    if _is_entity(task, operation.return_type):
        return _entities(task, resource, operation, list(result))
    return _value(task, resource, operation, result)


def _is_entity(task: Task, type_name: str) -> bool:
    return element_type(type_name) in task.model.entity_types


def _value(task: Task, resource: Resource, operation: FunctionImport, result: Any) -> Response:
    """A value, or the values, that an operation returned: as a document, by itself (``$value``), or counted (``$count``)."""
    task.options(None, NONE)
    assert operation.return_type is not None
    if resource.count:
        task.versions.raise_response("2.0")
        return answer(200, str(len(list(result or ()))).encode(), "text/plain;charset=utf-8", task.versions.response)
    if resource.value:
        if result is None:
            raise not_found(operation.name)
        return raw_answer(result, operation.return_type)
    return value_answer(task, result, operation.return_type, operation.name)


def _entities(task: Task, resource: Resource, operation: FunctionImport, records: Sequence[Record]) -> Response:
    """A feed of what an operation returned; the options of the query choose among it."""
    set_name = records[0].entity_set if records else _set_of(task, resource, operation)
    selection = task.store.select(set_name).among(records)
    entity_type = task.model.entity_types[selection.type_name]
    return feed(task, selection, task.options(entity_type, FEED), name=operation.name, given=records)


def _set_of(task: Task, resource: Resource, operation: FunctionImport) -> str:
    """The set that an operation's entities belong to, where it returned none: the one it names, the one that its path from the
    bound entities leads to, or that of their type."""
    assert operation.return_type is not None
    found = operation.entity_set
    if found is not None and found in task.model.entity_sets:
        return found
    along = _set_along(task, resource, operation)
    if along is not None:
        return along
    by_type = task.model.set_of_type(element_type(operation.return_type))
    if by_type is None:
        raise Refusal(500, f"The model does not say to which entity set the result of '{operation.name}' belongs.")
    return by_type.qualified_name


def _set_along(task: Task, resource: Resource, operation: FunctionImport) -> str | None:
    """The set at the end of an ``EntitySetPath``: the binding parameter's name, and navigation properties from there."""
    bound = resource.bound
    if operation.entity_set_path is None or bound is None:
        return None
    set_name, type_name = (
        (bound.set_name, bound.type_name) if isinstance(bound, Selection) else (bound.entity_set, bound.type_name)
    )
    for step in operation.entity_set_path.split("/")[1:]:
        if step in task.model.entity_types:
            type_name = step
            continue
        relation = task.store.layout.relation(set_name, type_name, step)
        if relation is None:
            return None
        set_name, type_name = relation.target.name, relation.navigation.type
    return set_name
