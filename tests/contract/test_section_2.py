"""Section 2: what ``odata3`` exports."""

from __future__ import annotations

import pytest

import odata3

NAMES = """
DataServiceContext DataServiceQuery QueryOperationResponse DataServiceQueryContinuation DataServiceResponse
ChangeOperationResponse OperationResponse EntityDescriptor LinkDescriptor StreamDescriptor DataServiceStreamLink
DataServiceStreamResponse DataServiceCollection EntityStates MergeOption SaveChangesOptions DataServiceResponsePreference
UriOperationParameter BodyOperationParameter parse_metadata __version__
ODataError ArgumentError InvalidOperationError DataServiceClientException AuthorizationError NotFoundError ConcurrencyError
DataServiceQueryException DataServiceRequestException DataServiceTransportException MetadataError PayloadError
QueryTranslationError
"""


@pytest.mark.parametrize("name", NAMES.split())
def test_exported(name):
    assert name in odata3.__all__
    assert getattr(odata3, name)
