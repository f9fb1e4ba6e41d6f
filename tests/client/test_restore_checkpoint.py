"""The story this package exists for, over a real socket: a checkpoint found, told to restore, saved by the documented request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

import pytest
from faults.server import FaultServer, answer

from odata3.client.context import DataServiceContext

ID, STAMP = "a11cc636-5521-4f88-92b2-cad392911fe0", "ba4146fa-fb41-4f59-a193-ad00c52a138c"
METADATA = b"""<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
 <edmx:DataServices m:DataServiceVersion="3.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
  <Schema Namespace="VMM" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
   <EntityType Name="VMCheckPoint"><Key><PropertyRef Name="ID"/><PropertyRef Name="StampId"/></Key>
    <Property Name="ID" Type="Edm.Guid" Nullable="false"/><Property Name="StampId" Type="Edm.Guid" Nullable="false"/>
    <Property Name="Name" Type="Edm.String"/><Property Name="VMCheckPointAction" Type="Edm.String"/>
   </EntityType>
   <EntityContainer Name="VMM" m:IsDefaultEntityContainer="true">
    <EntitySet Name="VMCheckPoints" EntityType="VMM.VMCheckPoint"/>
    <ValueAnnotation Term="Com.Microsoft.Data.Services.Conventions.V1.UrlConventions" String="KeyAsSegment"/>
   </EntityContainer>
  </Schema>
 </edmx:DataServices>
</edmx:Edmx>"""


class Vmm(DataServiceContext):
    """As ``spf_vmm`` does it: version 3.0 on every request."""

    _version_floor = "3.0"


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        found = {
            "odata.metadata": f"{running.url}$metadata#VMCheckPoints",
            "value": [{"ID": ID, "StampId": STAMP, "Name": "before the update", "VMCheckPointAction": None}],
        }
        running._script = [
            answer(METADATA, Content_Type="application/xml"),
            answer(json.dumps(found).encode(), Content_Type="application/json;odata=minimalmetadata", DataServiceVersion="3.0;"),
            answer(status="204 No Content", DataServiceVersion="1.0;"),
            answer(status="204 No Content", DataServiceVersion="1.0;"),
        ]
        yield running


def test_restore_sends_exactly_the_documented_merge(server: FaultServer) -> None:
    with Vmm(server.url, headers={"x-ms-principal-id": "user@contoso.com"}) as vmm:
        checkpoint = vmm.VMCheckPoints.where(lambda cp: cp.ID == UUID(ID)).first_or_default()
        assert checkpoint is not None
        checkpoint.VMCheckPointAction = "Restore"
        vmm.update_object(checkpoint)
        response = vmm.save_changes()
        assert [operation.status_code for operation in response] == [204]

        checkpoint.VMCheckPointAction = "Restore"
        vmm.update_object(checkpoint)
        vmm.save_changes()

    metadata, query, merge, again = server.requests
    assert metadata.target == "/$metadata"
    assert metadata.headers["accept"] == "application/xml"
    assert query.target == f"/VMCheckPoints?$filter=ID%20eq%20guid'{ID}'&$top=1"
    assert merge.method == "MERGE"
    assert merge.target == f"/VMCheckPoints(ID=guid'{ID}',StampId=guid'{STAMP}')"
    assert json.loads(merge.body) == {"odata.type": "VMM.VMCheckPoint", "VMCheckPointAction": "Restore"}
    documented = {
        "dataserviceversion": "3.0;NetFx",
        "maxdataserviceversion": "3.0;NetFx",
        "accept": "application/json;odata=minimalmetadata",
        "content-type": "application/json;odata=minimalmetadata",
        "accept-charset": "UTF-8",
        "dataserviceurlconventions": "KeyAsSegment",
        "x-ms-principal-id": "user@contoso.com",
    }
    assert {name: merge.headers.get(name) for name in documented} == documented
    assert (again.method, again.target, again.body) == (merge.method, merge.target, merge.body)
    for request in (metadata, query):
        assert request.headers["dataserviceversion"] == request.headers["maxdataserviceversion"] == "3.0;NetFx"
        assert request.headers["x-ms-principal-id"] == "user@contoso.com"
