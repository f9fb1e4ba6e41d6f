"""The helpers, and waiting for what takes a while: each look is at the service, whatever the merge option says."""

from __future__ import annotations

from uuid import UUID

import pytest

import spf_vmm
from odata3 import DataServiceRequestException, EntityStates, MergeOption
from odata3.errors import ArgumentError, AuthorizationError, DataServiceTransportException, InvalidOperationError
from spf_vmm import JobFailedError, JobTimeoutError
from spf_vmm.emulator.seed import CHECKPOINT, STAMP, fixed


def web01(vmm):
    return vmm.VirtualMachines.where(lambda vm: vm.Name == "web01").first()


@pytest.mark.parametrize("given", ["entity", "id", "text"])
def test_restore_checkpoint(vmm, given):
    point = vmm.VMCheckPoints.by_key(CHECKPOINT, STAMP).first()
    job_id = vmm.restore_checkpoint({"entity": point, "id": CHECKPOINT, "text": str(CHECKPOINT)}[given])
    assert isinstance(job_id, UUID)
    assert web01(vmm).LastRestoredCheckpointId == CHECKPOINT
    assert vmm.wait_for(job_id, interval=0).IsCompleted


def test_restore_and_wait(vmm):
    seen = []
    job_id = vmm.restore_checkpoint(CHECKPOINT, wait=True, interval=0, progress=lambda job: seen.append(job.ProgressValue))
    assert seen == [50, 100]
    assert vmm.Jobs.by_key(job_id, STAMP).first().StatusString == "Completed"


def test_create_and_delete_a_checkpoint(vmm):
    point = vmm.create_checkpoint(web01(vmm), "before lunch", "in good order")
    assert (point.Name, point.Description, point.VMId) == ("before lunch", "in good order", fixed("web01"))
    assert point.ParentCheckpointID == fixed("web01/Updates installed")
    vmm.delete_checkpoint(point, wait=True, interval=0)
    assert vmm.VMCheckPoints.where(lambda cp: cp.Name == "before lunch").first_or_default() is None
    assert vmm.create_checkpoint(fixed("web01"), "by id").Description == ""


@pytest.mark.parametrize(
    ("name", "call", "status"),
    [
        ("db01", "start", "Running"),
        ("web01", "stop", "PowerOff"),
        ("web01", "shutdown", "PowerOff"),
        ("web01", "suspend", "Paused"),
        ("build01", "resume", "Running"),
        ("web01", "reset", "Running"),
    ],
)
def test_power(vmm, name, call, status):
    vm = vmm.VirtualMachines.where(lambda vm: vm.Name == name).first()
    getattr(vmm, call)(vm, wait=True, interval=0)
    assert vmm.wait_for(vm, interval=0) is vm
    assert vm.Status == status


def test_a_second_call_sends_the_same_again(vmm):
    vm = web01(vmm)
    assert vmm.stop(vm) != vmm.stop(vm)


@pytest.mark.parametrize("option", list(MergeOption))
def test_waiting_reads_anew_whatever_the_merge_option_says(vmm, option):
    vm = vmm.VirtualMachines.where(lambda vm: vm.Name == "db01").first()
    vmm.start(vm)
    vmm.merge_option = option
    done = vmm.wait_for(vm, interval=0)
    assert done is vm
    assert (vm.Status, vm.Operation) == ("Running", None)
    assert vmm.merge_option is option


def test_waiting_keeps_what_was_assigned(vmm):
    vm = vmm.VirtualMachines.where(lambda vm: vm.Name == "db01").first()
    vmm.start(vm)
    vm.Description = "mine"
    vmm.update_object(vm)
    assert vmm.wait_for(vm, interval=0) is vm
    assert vm.Description == "mine"
    assert all(job.IsCompleted for job in vmm.Jobs)
    assert vmm.get_entity_descriptor(vm).state is EntityStates.MODIFIED


def test_a_job_is_waited_for_by_entity_too(vmm):
    job_id = vmm.stop(web01(vmm))
    job = vmm.Jobs.where(lambda job: job.ID == job_id).first()
    assert not job.IsCompleted
    assert vmm.wait_for(job, interval=0) is job
    assert job.IsCompleted and job.Progress == "100 %"


def test_a_checkpoint_means_its_machine(vmm):
    point = vmm.VMCheckPoints.by_key(CHECKPOINT, STAMP).first()
    vmm.restore_checkpoint(point)
    assert vmm.wait_for(point, interval=0) is point


def test_a_job_that_fails(vmm, server):
    server.settings.jobs_fail = True
    job_id = vmm.stop(web01(vmm))
    with pytest.raises(JobFailedError, match=r"Failed: .*web01") as caught:
        vmm.wait_for(job_id, interval=0)
    assert caught.value.job.ID == job_id
    assert isinstance(caught.value, InvalidOperationError)


def test_a_creation_that_fails_late(vmm):
    cloud, template = vmm.Clouds.first(), vmm.VMTemplates.first()
    vm = vmm.types.VirtualMachine(Name="big", CloudId=cloud.ID, StampId=cloud.StampId, VMTemplateId=template.ID, Memory=60_000)
    vmm.VirtualMachines.add(vm)
    vmm.save_changes()
    with pytest.raises(JobFailedError, match="quota"):
        vmm.wait_for(vm, interval=0)


def test_time_runs_out(vmm):
    job_id = vmm.stop(web01(vmm))
    with pytest.raises(JobTimeoutError, match=r"not done within 0 seconds.*50 %") as caught:
        vmm.wait_for(job_id, timeout=0, interval=0)
    assert isinstance(caught.value, TimeoutError)


def test_a_job_may_appear_late(vmm):
    with pytest.raises(JobTimeoutError, match="has not appeared"):
        vmm.wait_for(UUID(int=7), timeout=0, interval=0)


def test_wrong_arguments(vmm):
    for wrong in (lambda: vmm.wait_for("x"), lambda: vmm.wait_for(vmm.Clouds.first()), lambda: vmm.restore_checkpoint("x")):
        with pytest.raises(ArgumentError):
            wrong()
    with pytest.raises(InvalidOperationError, match="VMCheckPoints"):
        vmm.restore_checkpoint(UUID(int=1))
    with pytest.raises(ArgumentError, match="seconds"):
        vmm.wait_for(UUID(int=1), timeout=-1)


def test_a_refused_restore_stays_pending(vmm, server):
    role = vmm.UserRoles.where(lambda r: r.ID == UUID(server.subscription_id)).first()
    role.PermissionInput.append(vmm.types.UserRolePermission(StampId=STAMP, Permission=["Start"]))
    vmm.update_object(role)
    vmm.save_changes()
    point = vmm.VMCheckPoints.by_key(CHECKPOINT, STAMP).first()
    with pytest.raises(DataServiceRequestException, match=r"403.*permission") as caught:
        vmm.restore_checkpoint(point)
    assert caught.value.status_code == 403
    assert isinstance(caught.value.__cause__, AuthorizationError)
    assert vmm.get_entity_descriptor(point).state is EntityStates.MODIFIED
    assert [change.method for change in vmm.pending_changes()] == ["MERGE"]


def test_wrong_credentials(serving):
    with serving(credentials=("user", "secret")) as server:
        with spf_vmm.connect(server.url, principal_id="x", auth=("user", "wrong-one")) as vmm:
            with pytest.raises(InvalidOperationError, match="401") as caught:
                vmm.VMCheckPoints.to_list()
            assert isinstance(caught.value.__cause__, AuthorizationError)
            assert "wrong-one" not in str(caught.value)
        with spf_vmm.connect(server.url, principal_id="x", auth=("user", "secret")) as vmm:
            assert len(vmm.VMCheckPoints.to_list()) == 5


def test_a_restore_that_times_out_is_of_unknown_outcome(serving):
    with serving() as server, spf_vmm.connect(server.url, principal_id="x", timeout=(1, 0.3)) as vmm:
        point = vmm.VMCheckPoints.by_key(CHECKPOINT, STAMP).first()
        server.settings.latency = 1.0
        with pytest.raises(DataServiceRequestException) as caught:
            vmm.restore_checkpoint(point)
        cause = caught.value.__cause__
        assert isinstance(cause, DataServiceTransportException) and cause.outcome_unknown is True
        assert vmm.get_entity_descriptor(point).state is EntityStates.MODIFIED
        server.settings.latency = 0.0


def test_the_direct_form_and_the_hosters(server):
    with spf_vmm.connect(server.origin, subscription_id=server.subscription_id, principal_id="x", path="/SC2012R2/VMM/"
                         f"{server.subscription_id}/Microsoft.Management.Odata.svc/") as vmm:  # fmt: skip
        assert len(vmm.VirtualMachines.to_list()) == 6
    with spf_vmm.connect(server.hoster_url) as vmm:
        assert len(vmm.VirtualMachines.to_list()) == 6
