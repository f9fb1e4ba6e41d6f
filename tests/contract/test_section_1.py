"""Section 1: the thirty seconds that matter."""

from __future__ import annotations

import json
from uuid import UUID

from contract.conftest import Sent

from odata3 import DataServiceContext


def test_the_restore(vmm):
    sent = Sent(vmm)
    checkpoint = (
        vmm.VMCheckPoints.where(lambda cp: cp.ID == UUID("a11cc636-5521-4f88-92b2-cad392911fe0")).first_or_default()
    )  # fmt: skip
    assert checkpoint is not None
    checkpoint.VMCheckPointAction = "Restore"
    vmm.update_object(checkpoint)
    response = vmm.save_changes()
    assert [operation.status_code for operation in response] == [204]
    find, restore = sent
    assert find[:2] == ("GET", "VMCheckPoints?$filter=ID eq guid'a11cc636-5521-4f88-92b2-cad392911fe0'&$top=1")
    method, path, headers, body = restore
    assert method == "MERGE"
    assert path == f"VMCheckPoints(ID=guid'{checkpoint.ID}',StampId=guid'{checkpoint.StampId}')"
    assert json.loads(body) == {"odata.type": "VMM.VMCheckPoint", "VMCheckPointAction": "Restore"}
    transport = ("User-Agent", "Accept-Encoding", "Connection", "Content-Length")
    assert {name: headers[name] for name in headers if name not in transport} == {
        "DataServiceVersion": "3.0;NetFx",
        "MaxDataServiceVersion": "3.0;NetFx",
        "Accept": "application/json;odata=minimalmetadata",
        "Accept-Charset": "UTF-8",
        "Content-Type": "application/json;odata=minimalmetadata",
        "DataServiceUrlConventions": "KeyAsSegment",
        "x-ms-principal-id": "user@contoso.com",
    }


def test_any_service_without_a_binding(url):
    ctx = DataServiceContext(url)
    query = ctx.Products.where(lambda p: (p.Price > 1) & p.Name.startswith("R")).order_by(lambda p: p.Name).take(10)
    assert [(product.Name, str(product.Price)) for product in query] == [("Rye bread", "2.50")]


def test_a_checkpoint_that_is_not_there_is_none(vmm):
    assert vmm.VMCheckPoints.where(lambda cp: cp.ID == UUID(int=5)).first_or_default() is None
