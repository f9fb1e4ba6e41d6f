"""Where the service is found, who asks, and that nothing is sent until something is asked."""

from __future__ import annotations

import pickle
from uuid import UUID

import pytest

import spf_vmm
from odata3.errors import ArgumentError, ODataError
from odata3.wire.messages import Headers, Response
from spf_vmm import entities
from spf_vmm.service import service_root

SUBSCRIPTION = "BA4146FA-FB41-41B6-A7C0-2B4FF4C3F7E3"


@pytest.mark.parametrize(
    ("server", "keywords", "root"),
    [
        (
            "https://wapserver:30006",
            {"subscription_id": SUBSCRIPTION},
            f"https://wapserver:30006/{SUBSCRIPTION}/services/systemcenter/vmm/",
        ),
        (
            "https://wapserver:30005/",
            {"subscription_id": SUBSCRIPTION},
            f"https://wapserver:30005/{SUBSCRIPTION}/services/systemcenter/vmm/",
        ),
        (
            "https://spf:8090",
            {"subscription_id": SUBSCRIPTION},
            f"https://spf:8090/SC2012R2/VMM/{SUBSCRIPTION}/Microsoft.Management.Odata.svc/",
        ),
        ("https://spf:8090", {}, "https://spf:8090/SC2012R2/VMM/Microsoft.Management.Odata.svc/"),
        ("https://spf", {}, "https://spf/SC2012R2/VMM/Microsoft.Management.Odata.svc/"),
        (
            "https://spf:8090/SC2012/VMM/Microsoft.Management.Odata.svc/",
            {},
            "https://spf:8090/SC2012/VMM/Microsoft.Management.Odata.svc/",
        ),
        ("https://spf:8090/own/", {"subscription_id": SUBSCRIPTION}, "https://spf:8090/own/"),
        ("https://spf:8090", {"path": "/x/y/"}, "https://spf:8090/x/y/"),
        ("https://spf:30006", {"path": "x", "subscription_id": SUBSCRIPTION}, "https://spf:30006/x"),
        (
            "https://[::1]:30006",
            {"subscription_id": UUID(SUBSCRIPTION)},
            f"https://[::1]:30006/{SUBSCRIPTION.lower()}/services/systemcenter/vmm/",
        ),
    ],
)
def test_service_root(server, keywords, root):
    assert service_root(server, **keywords) == root


@pytest.mark.parametrize("server", ["wapserver", "", "ftp://wapserver", "https://"])
def test_a_server_is_a_url(server):
    with pytest.raises(ArgumentError):
        spf_vmm.connect(server, principal_id="x")


def test_a_subscription_is_a_guid():
    with pytest.raises(ArgumentError, match="subscription_id"):
        spf_vmm.connect("https://wapserver:30006", subscription_id="contoso", principal_id="x")


@pytest.mark.parametrize(
    "server",
    [
        f"https://wapserver:30006/{SUBSCRIPTION}/services/systemcenter/vmm/",
        f"https://spf:8090/SC2012R2/VMM/{SUBSCRIPTION}/Microsoft.Management.Odata.svc/",
        f"https://spf:8090/sc2012r2/vmm/{SUBSCRIPTION}/microsoft.management.odata.svc",
    ],
)
def test_a_tenants_url_needs_a_principal(server):
    with pytest.raises(ArgumentError, match="x-ms-principal-id"):
        spf_vmm.connect(server)
    with pytest.raises(ArgumentError, match="principal_id"):
        spf_vmm.VMM(server)
    spf_vmm.connect(server, headers={"X-MS-Principal-Id": "x"}).close()


def test_no_password_in_the_message():
    with pytest.raises(ArgumentError) as caught:
        spf_vmm.connect(f"https://me:secret@wapserver:30006/{SUBSCRIPTION}/services/systemcenter/vmm/")
    assert "secret" not in str(caught.value)


class Recorded:
    """A transport that answers from a list and keeps what was asked."""

    def __init__(self, *answers):
        self.answers, self.requests = list(answers), []

    def send(self, request):
        self.requests.append(request)
        return self.answers.pop(0)

    def close(self):
        pass


EMPTY = Response(
    200, Headers({"Content-Type": "application/json;odata=minimalmetadata", "DataServiceVersion": "3.0;"}), b'{"value":[]}'
)


def test_a_context_starts_without_a_round_trip():
    transport = Recorded(EMPTY)
    vmm = spf_vmm.connect("https://spf:8090", transport=transport)
    assert transport.requests == []
    assert vmm.model.entity_types["VMM.VMCheckPoint"].key == ("ID", "StampId")
    assert "VMCheckPoints" in dir(vmm)
    assert vmm.VMCheckPoints.to_list() == []
    (request,) = transport.requests
    assert request.url == "https://spf:8090/SC2012R2/VMM/Microsoft.Management.Odata.svc/VMCheckPoints"
    assert request.headers["DataServiceVersion"] == request.headers["MaxDataServiceVersion"] == "3.0;NetFx"
    assert request.headers["DataServiceUrlConventions"] == "KeyAsSegment"
    assert "x-ms-principal-id" not in request.headers


def test_the_principal_goes_with_every_request():
    transport = Recorded(EMPTY, EMPTY)
    vmm = spf_vmm.connect("https://wap:30006", subscription_id=SUBSCRIPTION, principal_id="user@contoso.com", transport=transport)
    vmm.Clouds.to_list()
    vmm.VirtualMachines.to_list()
    assert [request.headers["x-ms-principal-id"] for request in transport.requests] == ["user@contoso.com"] * 2


def test_entities_are_importable_by_name_and_the_contexts_own():
    from spf_vmm.entities import VirtualMachine, VMCheckPoint

    vmm = spf_vmm.connect("https://spf:8090")
    assert vmm.types.VMCheckPoint is VMCheckPoint
    assert VMCheckPoint.__module__ == "spf_vmm.entities"
    machine = VirtualMachine(ID=UUID(int=1), StampId=UUID(int=2), Name="x")
    assert pickle.loads(pickle.dumps(machine)).Name == "x"
    assert "VMCheckPoint" in dir(entities)
    with pytest.raises(ImportError):
        from spf_vmm.entities import VMCheckpoint  # noqa: F401
    with pytest.raises(AttributeError, match="VMCheckPoint"):
        _ = entities.VMCheckpoint


def test_all_errors_are_of_the_one_tree():
    assert issubclass(spf_vmm.JobFailedError, ODataError)
    assert issubclass(spf_vmm.JobTimeoutError, ODataError)
