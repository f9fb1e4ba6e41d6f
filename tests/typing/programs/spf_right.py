"""The bundled binding: the README's story and its helpers."""

from datetime import datetime, timedelta
from typing import assert_type
from uuid import UUID

import spf_vmm
from odata3 import DataServiceQuery
from spf_vmm.entities import Cloud, Job, VirtualMachine, VMCheckPoint


def restore(some: UUID) -> None:
    vmm = spf_vmm.connect("https://wapserver:30006", subscription_id=some, principal_id="user@contoso.com", auth=("user", "x"))
    checkpoint = vmm.VMCheckPoints.where(lambda cp: cp.ID == some).first_or_default()
    if checkpoint is not None:
        checkpoint.VMCheckPointAction = "Restore"
        vmm.update_object(checkpoint)
        vmm.save_changes()
        assert_type(vmm.restore_checkpoint(checkpoint, wait=True), UUID | None)


def read(vmm: spf_vmm.VMM, now: datetime) -> None:
    assert_type(vmm.VirtualMachines, DataServiceQuery[VirtualMachine])
    assert_type(vmm.types.VirtualMachine, type[VirtualMachine])
    vm = vmm.VirtualMachines.where(lambda vm: vm.Name == "web01" and vm.AddedTime > now - timedelta(days=1)).single()
    assert_type(vm.Memory, int | None)
    assert_type(vm.VMCheckpoints, list[VMCheckPoint])
    assert_type(vm.AddedTime, datetime | None)
    assert_type(vmm.create_checkpoint(vm, "evening"), VMCheckPoint)
    assert_type(vmm.wait_for(vm), VirtualMachine)
    assert_type(vmm.wait_for("a11cc636-5521-4f88-92b2-cad392911fe0"), Job)
    for name, memory, cloud in vmm.VirtualMachines.select(lambda vm: (vm.Name, vm.Memory, vm.CloudId)):
        assert_type((name, memory, cloud), tuple[str | None, int | None, UUID | None])
    vmm.VMCheckPoints.where(lambda cp: cp.ParentCheckPoint.Name.startswith("web")).order_by(lambda cp: -cp.AddedTime)
    vmm.Jobs.where(lambda job: job.IsCompleted == False and job.ErrorInfo.Problem != None)  # noqa: E711, E712
    vmm.add_to_VMCheckPoints(VMCheckPoint(VMId=vm.ID, StampId=vm.StampId, Name="night"))
    with spf_vmm.emulator.run() as server:
        assert_type(server.url, str)
    clouds: list[Cloud] = vmm.Clouds.to_list()
    print(clouds)
