"""Section 10: ``spf_vmm``."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from uuid import UUID

import pytest
from contract.conftest import Sent

import spf_vmm
from odata3 import (
    ArgumentError,
    DataServiceContext,
    DataServiceQueryException,
    DataServiceRequestException,
    EntityStates,
    InvalidOperationError,
    MergeOption,
    ODataError,
)
from spf_vmm import emulator
from spf_vmm.entities import Job, VirtualMachine, VMCheckPoint

SUBSCRIPTION = "BA4146FA-FB41-41B6-A7C0-2B4FF4C3F7E3"
TENANT = {"subscription_id": SUBSCRIPTION, "principal_id": "user@contoso.com"}
CHECKPOINT = UUID("a11cc636-5521-4f88-92b2-cad392911fe0")


# -- connect


@pytest.mark.parametrize(
    ("server", "keywords", "root"),
    [
        ("https://wap:30006", TENANT, f"https://wap:30006/{SUBSCRIPTION}/services/systemcenter/vmm/"),
        ("https://wap:30006/", TENANT, f"https://wap:30006/{SUBSCRIPTION}/services/systemcenter/vmm/"),
        ("https://wap", TENANT, f"https://wap/{SUBSCRIPTION}/services/systemcenter/vmm/"),
        ("https://spf:8090", TENANT, f"https://spf:8090/SC2012R2/VMM/{SUBSCRIPTION}/Microsoft.Management.Odata.svc/"),
        ("https://spf:8090", {}, "https://spf:8090/SC2012R2/VMM/Microsoft.Management.Odata.svc/"),
        ("https://spf:30006", {}, "https://spf:30006/SC2012R2/VMM/Microsoft.Management.Odata.svc/"),
        ("https://gate/own/root.svc/", {}, "https://gate/own/root.svc/"),
        ("https://gate/own/root.svc/", {**TENANT, "path": "/other/"}, "https://gate/own/root.svc/"),
        ("https://gate", {"path": "/own/root.svc/"}, "https://gate/own/root.svc/"),
        ("https://gate:30006", {**TENANT, "path": "/own/"}, "https://gate:30006/own/"),
    ],
)
def test_connect_goes_by_server(server, keywords, root):
    vmm = spf_vmm.connect(server, **keywords)
    assert isinstance(vmm, spf_vmm.VMM) and isinstance(vmm, DataServiceContext)
    assert vmm.base_uri == root and vmm.VMCheckPoints.url == f"{root}VMCheckPoints"


@pytest.mark.parametrize("server", ["https://wap:30006", f"https://wap/{SUBSCRIPTION.lower()}/services/systemcenter/vmm/"])
def test_a_tenant_without_principal_is_told_what_it_is_for(server):
    keywords = {} if "services" in server else {"subscription_id": SUBSCRIPTION}
    for principal in ({}, {"principal_id": ""}):
        with pytest.raises(ArgumentError, match=r"principal_id.*x-ms-principal-id"):
            spf_vmm.connect(server, **keywords, **principal)


@pytest.mark.parametrize("server", ["wap:30006", "", None, "ftp://wap"])
def test_a_wrong_server(server):
    with pytest.raises(ArgumentError):
        spf_vmm.connect(server, **TENANT)


def test_metadata_is_built_in():
    vmm = spf_vmm.connect("http://127.0.0.1:1", **TENANT)
    assert "VMM.VMCheckPoint" in vmm.model.entity_types and vmm.types.VMCheckPoint is VMCheckPoint
    assert vmm.url_key_as_segment is True


def test_the_documented_headers_on_every_request(vmm):
    sent = Sent(vmm)
    vmm.Clouds.first_or_default()
    vmm.VirtualMachines.count()
    for _, _, headers, _ in sent:
        assert headers["DataServiceVersion"] == headers["MaxDataServiceVersion"] == "3.0;NetFx"
        assert headers["x-ms-principal-id"] == "user@contoso.com"
        assert headers["DataServiceUrlConventions"] == "KeyAsSegment" and headers["Accept-Charset"] == "UTF-8"


def test_entities_are_importable_by_name_with_a_stub():
    assert VMCheckPoint(Name="x").Name == "x" and issubclass(VirtualMachine, object) and Job.__name__ == "Job"
    assert type(pickle.loads(pickle.dumps(VMCheckPoint(Name="x")))) is VMCheckPoint
    stub = Path(spf_vmm.__file__).with_name("entities.pyi").read_text("utf-8")
    assert "class VMCheckPoint" in stub and "class VirtualMachine" in stub


# -- helpers


def web01(vmm):
    return vmm.VirtualMachines.where(lambda vm: vm.Name == "web01").single()


@pytest.mark.parametrize("given", [lambda vmm: CHECKPOINT, lambda vmm: str(CHECKPOINT), lambda vmm: vmm.VMCheckPoints.first()])
def test_restore_checkpoint(vmm, given):
    sent = Sent(vmm)
    vmm.restore_checkpoint(checkpoint_or_id=given(vmm), wait=True, interval=0.01)
    (restore,) = [request for request in sent if request[0] == "MERGE"]
    assert json.loads(restore[3]) == {"odata.type": "VMM.VMCheckPoint", "VMCheckPointAction": "Restore"}


def test_create_and_delete_checkpoint(vmm):
    made = vmm.create_checkpoint(web01(vmm), "evening", description="in good order")
    vmm.wait_for(made, interval=0.01)
    assert (made.Name, made.Description) == ("evening", "in good order")
    assert vmm.VMCheckPoints.where(lambda cp: cp.Name == "evening").any()
    vmm.delete_checkpoint(checkpoint_or_id=made)
    vmm.wait_for(web01(vmm), interval=0.01)
    assert not vmm.VMCheckPoints.where(lambda cp: cp.Name == "evening").any()


def test_power(rested, vmm):
    machine = web01(vmm)
    for operation, status in (
        ("stop", "Stopped"),
        ("start", "Running"),
        ("suspend", "Paused"),
        ("resume", "Running"),
        ("reset", "Running"),
        ("shutdown", "Stopped"),
    ):
        getattr(vmm, operation)(machine)
        assert vmm.wait_for(machine, timeout=30, interval=0.01).StatusString == status, operation


def test_wait_for_a_job_with_progress_whatever_merge_option_says(rested, vmm):
    seen = []
    vmm.merge_option = MergeOption.APPEND_ONLY
    job = vmm.wait_for(vmm.stop(web01(vmm)), timeout=30, progress=lambda j: seen.append(j.Progress))
    assert isinstance(job, Job) and job.IsCompleted and len(seen) > 1 and seen[-1].startswith("100")
    assert vmm.merge_option is MergeOption.APPEND_ONLY
    with pytest.raises(TimeoutError):
        vmm.wait_for(UUID(int=1), timeout=0)


# -- bad input


def test_an_unknown_checkpoint(vmm):
    assert vmm.VMCheckPoints.where(lambda cp: cp.ID == UUID(int=5)).first_or_default() is None
    with pytest.raises(InvalidOperationError, match="00000005"):
        vmm.restore_checkpoint(UUID(int=5))
    with pytest.raises(ArgumentError, match="'zz'"):
        vmm.restore_checkpoint("zz")
    for wrong in (None, 5, vmm.VirtualMachines.first()):
        with pytest.raises(ArgumentError, match="VMCheckPoint"):
            vmm.restore_checkpoint(wrong)
    assert len(vmm.pending_changes()) == 0


def test_a_refused_restore_leaves_the_checkpoint_pending(vmm):
    checkpoint = vmm.VMCheckPoints.first()
    checkpoint.VMCheckPointAction = "Restart"
    vmm.update_object(checkpoint)
    with pytest.raises(DataServiceRequestException, match="400") as caught:
        vmm.save_changes()
    assert caught.value.__cause__.request_id
    assert vmm.get_entity_descriptor(checkpoint).state is EntityStates.MODIFIED
    checkpoint.VMCheckPointAction = "Restore"
    assert [operation.status_code for operation in vmm.save_changes()] == [204]


def test_unknown_names_say_the_nearest(vmm):
    with pytest.raises(AttributeError, match="VMCheckPoints"):
        _ = vmm.VMCheckpoints
    with pytest.raises(AttributeError, match="VMCheckPointAction"):
        vmm.VMCheckPoints.first().VMCheckpointAction = "Restore"
    with pytest.raises(ODataError, match="VMId"):
        vmm.VMCheckPoints.where(lambda cp: cp.VMid == CHECKPOINT)
    with pytest.raises(AttributeError, match="save_changes"):
        vmm.SaveChanges()


def test_wrong_places_and_credentials(box):
    for keywords, status in (({"subscription_id": UUID(int=1)}, 404), ({"path": "/nowhere/"}, 404)):
        with pytest.raises(DataServiceQueryException) as caught:
            spf_vmm.connect(box.origin, principal_id="x", **keywords).VMCheckPoints.to_list()
        assert caught.value.status_code == status
    with emulator.run(credentials=("user", "s3cret")) as guarded:
        for auth in (None, ("user", "wr0ng")):
            with pytest.raises(DataServiceQueryException, match="401") as caught:
                spf_vmm.connect(guarded.url, principal_id="x", auth=auth).VMCheckPoints.to_list()
            assert "wr0ng" not in str(caught.value)
        assert spf_vmm.connect(guarded.url, principal_id="x", auth=("user", "s3cret")).VMCheckPoints.count() > 0


# -- the emulator


def test_the_emulator_serves_any_client(box):
    ctx = DataServiceContext(box.url, headers={"x-ms-principal-id": box.principal_id})
    assert ctx.VMCheckPoints.where(lambda cp: cp.ID == CHECKPOINT).single().ID == CHECKPOINT
    assert ctx.url_key_as_segment is True and list(ctx.model.warnings) == []
    assert spf_vmm.emulator is emulator
