"""A client for OData v1 to v3 services that works as the .NET WCF Data Services client does."""

from typing import TYPE_CHECKING

from odata3.faces import late as _late

__version__ = "0.1.0"

__all__ = [
    "ArgumentError",
    "AuthorizationError",
    "BodyOperationParameter",
    "ChangeOperationResponse",
    "ConcurrencyError",
    "DataServiceClientException",
    "DataServiceCollection",
    "DataServiceContext",
    "DataServiceQuery",
    "DataServiceQueryContinuation",
    "DataServiceQueryException",
    "DataServiceRequestException",
    "DataServiceResponse",
    "DataServiceResponsePreference",
    "DataServiceStreamLink",
    "DataServiceStreamResponse",
    "DataServiceTransportException",
    "EntityDescriptor",
    "EntityStates",
    "InvalidOperationError",
    "LinkDescriptor",
    "MergeOption",
    "MetadataError",
    "NotFoundError",
    "ODataError",
    "OperationResponse",
    "PayloadError",
    "QueryOperationResponse",
    "QueryTranslationError",
    "SaveChangesOptions",
    "StreamDescriptor",
    "TrackingMode",
    "UriOperationParameter",
    "__version__",
    "parse_metadata",
]

if TYPE_CHECKING:
    from odata3.client.collection import DataServiceCollection
    from odata3.client.context import DataServiceContext
    from odata3.client.descriptors import EntityDescriptor, LinkDescriptor, StreamDescriptor
    from odata3.client.operations import BodyOperationParameter, UriOperationParameter
    from odata3.client.options import DataServiceResponsePreference, EntityStates, MergeOption, SaveChangesOptions, TrackingMode
    from odata3.client.query import DataServiceQuery
    from odata3.client.responses import (
        ChangeOperationResponse,
        DataServiceQueryContinuation,
        DataServiceResponse,
        OperationResponse,
        QueryOperationResponse,
    )
    from odata3.client.streams import DataServiceStreamResponse
    from odata3.edm.csdl import parse_metadata
    from odata3.entities.streams import DataServiceStreamLink
    from odata3.errors import (
        ArgumentError,
        AuthorizationError,
        ConcurrencyError,
        DataServiceClientException,
        DataServiceQueryException,
        DataServiceRequestException,
        DataServiceTransportException,
        InvalidOperationError,
        MetadataError,
        NotFoundError,
        ODataError,
        PayloadError,
        QueryTranslationError,
    )
else:
    __getattr__, __dir__ = _late(
        __name__,
        __all__,
        "odata3.errors",
        "odata3.edm.csdl",
        "odata3.entities.streams",
        "odata3.client.options",
        "odata3.client.descriptors",
        "odata3.client.responses",
        "odata3.client.streams",
        "odata3.client.query",
        "odata3.client.operations",
        "odata3.client.context",
        "odata3.client.collection",
    )
