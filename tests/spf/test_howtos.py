"""The developer guide's how-tos for the VMM service, step by step as their .NET code has them, against the emulator."""

from __future__ import annotations

import pytest

from odata3.errors import DataServiceQueryException
from spf_vmm.entities import UserRolePermission, VirtualMachine, VMCheckPoint


def machine_named(vmm, name):
    return vmm.VirtualMachines.where(lambda vm: vm.Name == name).first_or_default()


def again(vmm, machine):
    """The machine as the service has it now."""
    vmm.merge_option = type(vmm.merge_option).OVERWRITE_CHANGES
    return vmm.VirtualMachines.where(lambda vm: vm.ID == machine.ID and vm.StampId == machine.StampId).first_or_default()


def test_howto_1_create_a_virtual_machine_from_a_template(vmm):
    cloud = vmm.Clouds.first_or_default()
    template = vmm.VMTemplates.first_or_default()
    vm = VirtualMachine()
    vm.VMTemplateId = template.ID
    vm.CloudId = cloud.ID
    vm.StampId = template.StampId
    vm.Name = "Temp Machine Name"
    vm.ComputerName = "ContosoVM"
    vm.LocalAdminUserName = "Administrator"
    vm.LocalAdminPassword = "!!123abc"
    vm.StartVM = True
    vmm.add_to_VirtualMachines(vm)
    response = vmm.save_changes()

    (operation,) = response
    assert operation.status_code == 201
    assert operation.headers["Location"].endswith(f"VirtualMachines(ID=guid'{vm.ID}',StampId=guid'{vm.StampId}')")
    assert operation.headers["x-ms-request-id"] == str(vm.MostRecentTaskId) == str(vm.FailedJobID)
    assert (vm.Status, vm.StatusString, vm.VirtualMachineState) == ("UnderCreation", "Creating...", "PowerOff")
    assert vm.Owner.UserName == "user@contoso.com"
    assert vm.LocalAdminPassword is None and vm.StartVM is None and vm.VMTemplateId is None, "inputs are read back as null"
    assert (vm.CPUCount, vm.Memory, vm.CreationSource) == (template.CPUCount, template.Memory, template.Name)
    done = vmm.wait_for(vm, interval=0)
    assert done is vm
    assert (vm.Status, vm.StatusString, vm.VirtualMachineState) == ("Running", "Running", "Running")
    assert vm.FailedJobID is None


@pytest.mark.parametrize(("name", "operation", "status"), [("web01", "Stop", "PowerOff"), ("db01", "Start", "Running")])
def test_howto_2_start_or_stop_a_virtual_machine(vmm, name, operation, status):
    vm = machine_named(vmm, name)
    vm.Operation = operation
    vmm.update_object(vm)
    (answer,) = vmm.save_changes()
    assert answer.status_code == 204
    vm = again(vmm, vm)
    assert vm.Status == status
    assert vm.Operation is None
    assert str(vm.MostRecentTaskId) == answer.headers["x-ms-request-id"]


def test_howto_3_delete_a_virtual_machine(vmm):
    vm = machine_named(vmm, "db01")
    vmm.delete_object(vm)
    (answer,) = vmm.save_changes()
    assert answer.status_code == 204
    assert machine_named(vmm, "db01") is None
    with pytest.raises(DataServiceQueryException) as gone:
        vmm.VirtualMachines.by_key(vm.ID, vm.StampId).first()
    assert gone.value.status_code == 404
    assert all(point.VMId != vm.ID for point in vmm.VMCheckPoints)


def test_howto_4_create_a_checkpoint(vmm):
    vm = machine_named(vmm, "db01")
    checkpoint = VMCheckPoint()
    checkpoint.VMId = vm.ID
    checkpoint.StampId = vm.StampId
    checkpoint.Name = "Testing Checkpoint #1"
    checkpoint.Description = "This is a snapshot of the VM"
    vmm.add_to_VMCheckPoints(checkpoint)
    (answer,) = vmm.save_changes()
    assert answer.status_code == 201
    assert (checkpoint.Accessibility, checkpoint.Enabled) == ("Public", True)
    assert checkpoint.AddedTime.tzinfo is not None
    (empty,) = vmm.VMCheckPoints.where(lambda cp: cp.VMId == vm.ID and cp.Name == "Empty")
    assert checkpoint.ParentCheckpointID == empty.ID, "it hangs below the one that was made last"
    vmm.load_property(checkpoint, "ParentCheckPoint")
    assert checkpoint.ParentCheckPoint is empty


def test_howto_5_restore_a_checkpoint(vmm, server):
    checkpoint = vmm.VMCheckPoints.where(lambda cp: cp.ID == server.checkpoint_id).first_or_default()
    checkpoint.VMCheckPointAction = "Restore"
    vmm.update_object(checkpoint)
    (answer,) = vmm.save_changes()
    assert answer.status_code == 204
    vm = vmm.VirtualMachines.where(lambda vm: vm.ID == checkpoint.VMId).first()
    assert vm.LastRestoredCheckpointId == server.checkpoint_id


def test_howto_6_delete_a_checkpoint(vmm, server):
    checkpoint = vmm.VMCheckPoints.where(lambda cp: cp.ID == server.checkpoint_id).first_or_default()
    parent = checkpoint.ParentCheckpointID
    children = vmm.VMCheckPoints.where(lambda cp: cp.ParentCheckpointID == server.checkpoint_id).to_list()
    assert parent is not None and len(children) == 2
    vmm.delete_object(checkpoint)
    (answer,) = vmm.save_changes()
    assert answer.status_code == 204
    vmm.merge_option = type(vmm.merge_option).OVERWRITE_CHANGES
    points = {cp.ID: cp for cp in vmm.VMCheckPoints}
    assert server.checkpoint_id not in points
    assert {points[child.ID].ParentCheckpointID for child in children} == {parent}, "its children move up"


def test_howto_7_add_a_permission_to_a_user_role(vmm, server):
    role = vmm.UserRoles.where(lambda r: r.Name == f"{server.principal_id}_{server.subscription_id}").first_or_default()
    assert "RemoteConnect" not in role.Permission
    permission = UserRolePermission()
    permission.StampId = vmm.Clouds.first().StampId
    permission.Permission = [*role.Permission, "RemoteConnect"]
    role.PermissionInput.append(permission)
    vmm.update_object(role)
    (answer,) = vmm.save_changes()
    assert answer.status_code == 204
    vmm.merge_option = type(vmm.merge_option).OVERWRITE_CHANGES
    role = vmm.UserRoles.where(lambda r: r.Name == role.Name).first_or_default()
    assert "RemoteConnect" in role.Permission
    assert role.PermissionInput == []
