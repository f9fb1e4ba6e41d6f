"""Actions, functions and service operations: by URL (``execute``), by name (``ctx.functions.Name(...)``), bound to an entity.

What a function import is (digest section 2) decides how it is called: a service operation by its verb with parameters in the
query string, an action by POST with a JSON body, a function by GET with its parameters in parentheses. One that returns entities
and changes nothing is a query, to be composed further and sent when it is iterated.

Sources: OData V3 digest sections 4 and 8; WCF Data Services client 9.4.
"""

from __future__ import annotations

import datetime
import enum
import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from odata3.client.batching import Part, part_error, send_batch, write_batch
from odata3.client.loading import Loader
from odata3.client.paging import every
from odata3.client.query import DataServiceQuery, Resource
from odata3.client.questions import Asked
from odata3.client.responses import UNANSWERED, DataServiceResponse, QueryOperationResponse, query_failure
from odata3.client.watch import Watch
from odata3.edm.model import FunctionImport, NavigationProperty, OperationKind, element_type
from odata3.edm.primitives import primitive, primitive_of
from odata3.entities.entity import Entity, type_of
from odata3.entities.mapping import to_value, to_whole_value
from odata3.entities.names import hint
from odata3.entities.structure import Structure
from odata3.errors import ArgumentError, DataServiceClientException, InvalidOperationError, ODataError
from odata3.formats.documents import Dialect, Expectation, Kind, Operation, Parameters
from odata3.uri.literals import convert, literal_text, natural
from odata3.uri.paths import encode
from odata3.wire.batch import ResponsePart
from odata3.wire.messages import Request, Response

T = TypeVar("T")
_PYTHON_TYPES: Mapping[type[Any], str] = {
    bool: "Edm.Boolean",
    bytes: "Edm.Binary",
    datetime.datetime: "Edm.DateTime",
    datetime.timedelta: "Edm.Time",
    Decimal: "Edm.Decimal",
    float: "Edm.Double",
    int: "Edm.Int64",
    str: "Edm.String",
    UUID: "Edm.Guid",
}


@dataclass(frozen=True, slots=True)
class UriOperationParameter:
    """A parameter in the URL, its ``value`` written as a literal. A ``name`` that begins with ``@`` is an alias, which the URL
    must use."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class BodyOperationParameter:
    """A parameter of an action, sent in the JSON body under its ``name``; its ``value`` may be an entity, a complex value or a
    list."""

    name: str
    value: Any


OperationParameter = UriOperationParameter | BodyOperationParameter


class Operations:
    """What a context does with operations; it also lends entities those that are bound to them."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._channel = loader.channel
        #: What hears the assignments of entities in collections: found through an entity, whose owner this is.
        self.watch: Watch | None = None

    # -- by URL

    def execute(
        self,
        url: str,
        http_method: str = "GET",
        *,
        operation_parameters: Iterable[OperationParameter] = (),
        element_type: type[Any] | str | None = None,
        single_result: bool | None = None,
    ) -> QueryOperationResponse[Any]:
        """Ask for a URL, by GET, or by POST for an action; the answer's rows are entities, values or links.

        Raises ``ArgumentError`` for wrong parameters, ``DataServiceQueryException`` for a refusal.
        """
        method = http_method.upper() if isinstance(http_method, str) else http_method
        if method not in ("GET", "POST"):
            raise ArgumentError(f"execute goes by GET or POST, not {http_method!r}")
        in_url, in_body = _sorted_parameters(operation_parameters, url)
        if in_body and method == "GET":
            raise ArgumentError("parameters in a body go with POST")
        whole = self._with_parameters(self._channel.absolute(url), in_url)
        expect = self._expectation(whole, element_type, single_result)
        if method == "GET":
            return self._loader.query(Asked(whole, expect, None))
        write = to_whole_value if self._channel.settings.send_all_properties else to_value
        body = None if not in_body else Parameters({p.name: write(self._loader.types, None, p.value) for p in in_body})
        return self._post(whole, expect, body)

    def _post(self, url: str, expect: Expectation, parameters: Parameters | None) -> QueryOperationResponse[Any]:
        channel = self._channel
        if parameters is None:
            request = channel.prepare("POST", url, version=None, headers={"Content-Length": "0"})
        else:
            # Actions take JSON only: from a context that speaks Atom they get the verbose form (.NET 5.1).
            dialect = Dialect.JSON_VERBOSE if channel.format.dialect is Dialect.ATOM else channel.format.dialect
            written = channel.format_of(dialect)
            body = written.write_request(parameters, Expectation())
            version = "3.0" if dialect is Dialect.JSON_LIGHT else None
            request = channel.prepare("POST", url, version=version, content_type=written.content_type, body=body)
        try:
            response = channel.send(request)
        except DataServiceClientException as refusal:
            return self._loader.refused(refusal, url)
        return self._loader.answer(response, Asked(url, expect))

    def _with_parameters(self, url: str, parameters: list[UriOperationParameter]) -> str:
        if not parameters:
            return url
        options = "&".join(f"{encode(p.name)}={encode(self._literal(None, p.value))}" for p in parameters)
        return f"{url}{'&' if '?' in url else '?'}{options}"

    def _literal(self, type_name: str | None, value: Any) -> str:
        """A parameter's value as it stands in a URL: a literal, or JSON where there is none (digest section 4)."""
        if value is None:
            return "null"
        enum_type = self._channel.model.enum_types.get(type_name or "")
        if enum_type is not None:
            return literal_text(convert(value, enum_type), enum_type)
        if isinstance(value, enum.Enum):
            known_as, number = natural(value)
            return literal_text(number, known_as)
        if isinstance(value, Structure | list | tuple):
            plain = to_value(self._loader.types, type_name, list(value) if isinstance(value, tuple) else value)
            types = {} if type_name is None else {"value": type_name}
            written = self._channel.format_of(Dialect.JSON_LIGHT).write_request(
                Parameters({"value": plain}, types), Expectation()
            )
            return json.dumps(json.loads(written)["value"], separators=(",", ":"))
        known = None if type_name is None else primitive(type_name)
        row = known or primitive_of(value)
        text = row.to_literal(row.check(value))
        if known is None and isinstance(value, float) and math.isfinite(value):
            return f"{text}D"  # .NET: finite doubles carry D here
        return text

    def _expectation(self, url: str, element: type[Any] | str | None, single: bool | None) -> Expectation:
        if element is None:
            return self._inferred(url)
        name = element if isinstance(element, str) else self._type_name(element)
        model = self._channel.model
        if "." not in name:
            name = self._type_name(self._loader.types[name])
        inferred = self._inferred(url)
        if name in model.entity_types:
            entity_set = inferred.entity_set if inferred.type_name == name else None
            return Expectation(Kind.RESOURCE, name, entity_set)
        if single is None:
            single = not (inferred.type_name or "").startswith("Collection(")
        return Expectation(Kind.VALUE, name if single or name.startswith("Collection(") else f"Collection({name})")

    def _type_name(self, cls: type[Any]) -> str:
        if isinstance(cls, type) and issubclass(cls, Structure | enum.Enum) and hasattr(cls, "_edm_type"):
            return str(cls._edm_type.full_name)
        found = _PYTHON_TYPES.get(cls)
        if found is None:
            raise ArgumentError(f"element_type is a class of the model, its name, or the name of a type, not {cls!r}")
        return found

    def _inferred(self, url: str) -> Expectation:
        """What a URL of this service leads to, as far as its path tells."""
        channel, model = self._channel, self._channel.model
        if not url.startswith(channel.root):
            return Expectation()
        expect = Expectation()
        for segment in url[len(channel.root) :].partition("?")[0].split("/"):
            name = segment.partition("(")[0]
            entity_set = model.entity_sets.get(name)
            current = model.entity_types.get(expect.type_name or "")
            member = None if current is None else current.find(name)
            if current is None and entity_set is not None:
                expect = Expectation(Kind.RESOURCE, entity_set.type, name)
            elif name in model.entity_types:
                expect = Expectation(Kind.RESOURCE, name, expect.entity_set)
            elif name == "$links":
                expect = replace(expect, kind=Kind.REFERENCES)
            elif isinstance(member, NavigationProperty) and expect.kind is Kind.REFERENCES:
                return Expectation(Kind.REFERENCES if member.is_collection and name == segment else Kind.REFERENCE)
            elif isinstance(member, NavigationProperty):
                source = model.entity_sets.get(expect.entity_set or "")
                target = None if source is None else model.target_set(source, member)
                expect = Expectation(Kind.RESOURCE, member.type, None if target is None else target.qualified_name)
            elif member is not None:
                return Expectation(Kind.VALUE, member.type, name=name)
            elif (operations := self._imports(name)) and operations[0].return_type is not None:
                expect = self._result(operations[0])
        return expect

    def execute_batch(self, queries: Iterable[DataServiceQuery[Any] | str]) -> DataServiceResponse:
        """Several queries in one exchange: a ``QueryOperationResponse`` each, in order. One that failed has its ``error``."""
        originals = list(queries)
        asked = [query.asked() if isinstance(query, DataServiceQuery) else self._asked(query) for query in originals]
        if not asked:
            raise ArgumentError("execute_batch needs at least one query")
        requests = [self._channel.prepare("GET", one.url, version=one.version) for one in asked]
        parts: list[Part] = [partial(self._channel.announce, request, is_batch_part=True) for request in requests]
        whole = write_batch(self._channel, parts)
        try:
            batch = send_batch(self._channel, whole)
        except DataServiceClientException as refusal:
            raise query_failure(refusal, whole.url) from refusal
        operations: list[QueryOperationResponse[Any]] = []
        for place, (one, request, original) in enumerate(zip(asked, requests, originals, strict=True)):
            part = batch.parts[place] if place < len(batch.parts) else None
            operations.append(self._answered(one, request, original, part))
        return DataServiceResponse(
            operations, batch_headers=batch.response.headers, batch_status_code=batch.response.status, is_batch_response=True
        )

    def _asked(self, url: str) -> Asked:
        if not isinstance(url, str):
            raise ArgumentError(f"execute_batch takes queries and URLs, not {url!r}")
        whole = self._channel.absolute(url)
        return Asked(whole, self._inferred(whole), None)  # a raw URL names no version (.NET 5.1)

    def _answered(self, asked: Asked, request: Request, query: object, part: ResponsePart | None) -> QueryOperationResponse[Any]:
        if not isinstance(part, Response):
            missing = InvalidOperationError(f"the batch holds no answer for GET {asked.url}")
            return QueryOperationResponse(UNANSWERED, query, error=missing)
        error = part_error(self._channel, request, part, None)
        if error is not None:
            is_ignored = part.status == 404 and self._channel.settings.ignore_resource_not_found_exception
            return QueryOperationResponse(part, query, error=None if is_ignored else error)
        response = Response(part.status, part.headers, part.body, part.url or asked.url)
        try:
            self._channel.check_version(request, response)
            return self._loader.answer(response, asked, query)
        except ODataError as failure:
            return QueryOperationResponse(response, query, error=failure)

    # -- by name

    def named(self, name: str) -> OperationCall:
        """A function import as a callable. ``AttributeError`` for an unknown name."""
        found = tuple(f for f in self._imports(name) if not f.bindable)
        if not found:
            known = [n for n, overloads in self._channel.model.function_imports.items() if any(not f.bindable for f in overloads)]
            raise AttributeError(f"the service has no function import {name!r}{hint(name, known)}")
        return OperationCall(self, found, self._channel.root)

    def names(self) -> list[str]:
        imports = self._channel.model.function_imports
        return [name for name, overloads in imports.items() if any(not f.bindable for f in overloads)]

    def operation(self, entity: Entity, name: str) -> OperationCall | None:
        """An action or function bound to an entity; None where its type has none of this name and its payload offered none, and
        where the service does not have the entity yet."""
        model = self._channel.model
        bound = tuple(f for f in model.operations_bound_to(type_of(entity).full_name) if f.name == name)
        descriptor = self._loader.tracker.find(entity)
        offered = next((o for o in descriptor.operation_descriptors if _last(o.name) == name), None) if descriptor else None
        if (not bound and offered is None) or descriptor is None or descriptor.edit_link is None:
            return None
        if offered is not None and offered.target is not None:
            return OperationCall(self, bound or (_undeclared(offered),), offered.target, is_whole=True)
        return OperationCall(self, bound, descriptor.edit_link + "/")

    def call(self, operation: FunctionImport, url: str, values: Mapping[str, Any]) -> Any:
        """Call an operation at its URL, and give its result; or a query, where the result is one to compose."""
        expect = self._result(operation)
        typed = {p.name: p.type for p in operation.url_parameters}
        if operation.kind is OperationKind.ACTION:
            types = self._loader.types
            body = Parameters(
                {name: _named(name, to_value, types, typed.get(name), value) for name, value in values.items()}, typed
            )
            return self._plain(self._post(url, expect, body if values else None), operation)
        given = {name: encode(_named(name, self._literal, typed.get(name), value)) for name, value in values.items()}
        if operation.kind is OperationKind.FUNCTION:
            url += f"({','.join(f'{name}={text}' for name, text in given.items())})"
            parameters = ""
        else:
            parameters = "&".join(f"{name}={text}" for name, text in given.items())
        whole = f"{url}?{parameters}" if parameters else url
        if operation.http_method == "POST":
            return self._plain(self._post(whole, expect, None), operation)
        if expect.kind is Kind.FEED and expect.type_name is not None:
            resource = Resource(url, expect.type_name, expect.entity_set, is_set=False, parameters=parameters, is_keyed=False)
            return DataServiceQuery(self._loader, resource)
        version = "3.0" if operation.kind is OperationKind.FUNCTION else "1.0"
        return self._plain(self._loader.query(Asked(whole, expect, version)), operation)

    def _plain(self, response: QueryOperationResponse[Any], operation: FunctionImport) -> Any:
        """A result as a Python caller wants it: None, one thing, or a list of all."""
        if (operation.return_type or "").startswith("Collection("):
            return list(every(self._loader, response))
        return next(iter(response), None)

    def _result(self, operation: FunctionImport) -> Expectation:
        returned = operation.return_type
        if returned is None:
            return Expectation(Kind.RESOURCE)
        if element_type(returned) in self._channel.model.entity_types:
            kind = Kind.FEED if returned.startswith("Collection(") else Kind.ENTRY
            return Expectation(kind, element_type(returned), operation.entity_set)
        return Expectation(Kind.VALUE, returned, name=operation.name)

    def _imports(self, name: str) -> tuple[FunctionImport, ...]:
        imports = self._channel.model.function_imports
        return imports.get(name) or next((f for n, f in imports.items() if _last(n) == _last(name)), ())


class OperationCall:
    """An operation that waits for its arguments: called by name or in the order of the metadata."""

    def __init__(
        self, operations: Operations, overloads: tuple[FunctionImport, ...], url: str, *, is_whole: bool = False
    ) -> None:
        self._operations = operations
        self._overloads = overloads
        self._url = url
        self._is_whole = is_whole

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        operation = self._chosen(len(arguments), named)
        names = operation.url_parameters
        values = {p.name: value for p, value in zip(names, arguments, strict=False)} | named
        return self._operations.call(operation, self._whole_url(operation), values)

    def _whole_url(self, operation: FunctionImport) -> str:
        if self._is_whole:
            return self._url
        container = operation.container.rpartition(".")[2]
        return self._url + (operation.name if operation.in_default_container else f"{container}.{operation.name}")

    def _chosen(self, count: int, named: Mapping[str, Any]) -> FunctionImport:
        """The overload that takes these arguments; TypeError, as of any Python call, where none does."""
        for operation in self._overloads:
            names = [p.name for p in operation.url_parameters]
            if _takes(operation, names, count, named):
                return operation
        operation = self._overloads[0]
        names = [p.name for p in operation.url_parameters]
        unknown = [name for name in named if name not in names]
        more = hint(unknown[0], names) if unknown else ""
        raise TypeError(f"{operation.name}({', '.join(names)}) does not take these arguments{more}")

    def __repr__(self) -> str:
        operation = self._overloads[0]
        shown = ", ".join(f"{p.name}: {p.type}" for p in operation.url_parameters)
        return f"<{operation.kind.value} {operation.name}({shown})>"


class Functions:
    """The function imports of a service as attributes: ``ctx.functions.GetProductsByRating(rating=3)``; contexts make it over
    their ``operations``. An unknown name is an ``AttributeError``."""

    __slots__ = ("_operations",)

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    def __getattr__(self, name: str) -> OperationCall:
        if not isinstance(name, str) or name.startswith("__"):
            raise AttributeError(name)
        return self._operations.named(name)

    __getitem__ = __getattr__

    def __dir__(self) -> list[str]:
        return self._operations.names()


def _takes(operation: FunctionImport, names: list[str], count: int, named: Mapping[str, Any]) -> bool:
    if operation.container == "":  # advertised only: nothing is known of its parameters
        return count == 0
    given = {*names[:count], *named}
    if count > len(names) or len(given) != count + len(named) or not given <= set(names):
        return False
    return all(p.nullable or p.name in given for p in operation.url_parameters)


def _undeclared(offered: Operation) -> FunctionImport:
    """What is known of an operation that a payload offers and the metadata does not declare."""
    kind = OperationKind.FUNCTION if offered.is_function else OperationKind.ACTION
    return FunctionImport(name=_last(offered.name), container="", kind=kind)


def _sorted_parameters(
    parameters: Iterable[OperationParameter], url: str
) -> tuple[list[UriOperationParameter], list[BodyOperationParameter]]:
    in_url: list[UriOperationParameter] = []
    in_body: list[BodyOperationParameter] = []
    for parameter in parameters:
        if not isinstance(parameter, UriOperationParameter | BodyOperationParameter):
            raise ArgumentError(f"operation_parameters are UriOperationParameter and BodyOperationParameter, not {parameter!r}")
        if not isinstance(parameter.name, str) or not parameter.name.strip():
            raise ArgumentError("an operation parameter needs a name")
        same = in_url if isinstance(parameter, UriOperationParameter) else in_body
        if any(known.name.lower() == parameter.name.lower() for known in same):
            raise ArgumentError(f"the operation parameter {parameter.name} is given twice")
        if isinstance(parameter, BodyOperationParameter):
            in_body.append(parameter)
            continue
        if parameter.name.startswith("@") and parameter.name not in url:
            raise ArgumentError(f"the URL does not use the alias {parameter.name}")
        in_url.append(parameter)
    return in_url, in_body


def _named(name: str, convert: Callable[..., T], *arguments: Any) -> T:
    """A parameter's value converted; an error says which parameter it is."""
    try:
        return convert(*arguments)
    except TypeError as error:
        raise TypeError(f"{name}: {error}") from None
    except ValueError as error:
        raise ArgumentError(f"{name}: {error}") from None


def _last(name: str) -> str:
    return name.rpartition(".")[2]
