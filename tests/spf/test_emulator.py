"""The emulator as any client meets it: raw requests, raw answers."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

import pytest

from odata3.wire.messages import Headers, Request
from spf_vmm.emulator import Emulator, Settings
from spf_vmm.emulator.seed import CHECKPOINT, CLOUD, OTHER_SUBSCRIPTION, STAMP, SUBSCRIPTION, TEMPLATE, fixed

HOST = "http://spf.example:30006"
TENANT = f"{HOST}/{str(SUBSCRIPTION).upper()}/services/systemcenter/vmm/"
DIRECT = f"{HOST}/SC2012R2/VMM/{SUBSCRIPTION}/Microsoft.Management.Odata.svc/"
HOSTER = f"{HOST}/SC2012R2/VMM/Microsoft.Management.Odata.svc/"
PACK_HOSTER = f"{HOST}/services/systemcenter/SC2012R2/VMM/Microsoft.Management.Odata.svc/"
JSON = "application/json;odata=minimalmetadata"


def ask(box, method, url, body=None, *, principal="user@contoso.com", **headers):
    fields = {
        "Accept": JSON,
        "MaxDataServiceVersion": "3.0;NetFx",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    if principal is not None:
        fields["x-ms-principal-id"] = principal
    if body is not None:
        fields |= {"Content-Type": JSON, "DataServiceVersion": "3.0;NetFx"}
    data = None if body is None else json.dumps(body).encode()
    response = box.send(Request(method, url if "://" in url else TENANT + url, Headers(fields), data))
    return response


def read(box, url, **keywords):
    response = ask(box, "GET", url, **keywords)
    assert response.status == 200, response.body
    return json.loads(response.body)


def key(entity_set, name):
    entity_id = name if isinstance(name, UUID) else fixed(name)
    return f"{entity_set}(ID=guid'{entity_id}',StampId=guid'{STAMP}')"


def machine(box, name="web01"):
    return read(box, key("VirtualMachines", name))


def merge(box, url, expected=204, method="MERGE", **values):
    response = ask(box, method, url, values)
    assert response.status == expected, response.body
    return response


def message(response):
    return json.loads(response.body)["odata.error"]["message"]["value"]


# -- roots and who may enter ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "root", [TENANT, DIRECT, HOSTER, PACK_HOSTER, TENANT.replace("/vmm/", "/VMM/Microsoft.Management.Odata.svc/")]
)
def test_every_root_answers_and_names_itself(box, root):
    service = read(box, root)
    assert service["odata.metadata"] == f"{root}$metadata"
    assert len(service["value"]) == 44
    one = read(box, f"{root}VMCheckPoints(ID=guid'{CHECKPOINT}',StampId=guid'{STAMP}')")
    assert one["odata.metadata"] == f"{root}$metadata#VMCheckPoints/@Element"


def test_paths_match_without_regard_to_case(box):
    assert ask(box, "GET", DIRECT.lower()).status == 200
    assert ask(box, "GET", TENANT.replace("/vmm/", "/VMM/")).status == 200
    assert ask(box, "GET", f"{HOST}/nowhere/").status == 404


@pytest.mark.parametrize("root", [TENANT, DIRECT])
def test_a_tenant_needs_a_principal_and_the_hoster_none(box, root):
    refused = ask(box, "GET", f"{root}Clouds", principal=None)
    assert refused.status == 400
    assert "x-ms-principal-id" in message(refused)
    assert ask(box, "GET", f"{HOSTER}Clouds", principal=None).status == 200


def test_an_unknown_subscription(box):
    unknown = TENANT.replace(str(SUBSCRIPTION).upper(), str(UUID(int=5)))
    refused = ask(box, "GET", unknown)
    assert refused.status == 404
    assert refused.body.startswith(b"<?xml") and b"http://schemas.microsoft.com/windowsazure" in refused.body, (
        "the layer in front"
    )
    assert ask(box, "GET", DIRECT.replace(str(SUBSCRIPTION), str(UUID(int=5)))).status == 403
    assert ask(box, "GET", TENANT.replace(str(SUBSCRIPTION).upper(), "contoso")).status == 404


def test_credentials_if_told_to(boxes):
    box = boxes(credentials=("user", "secret"))
    refused = ask(box, "GET", "Clouds")
    assert refused.status == 401
    assert refused.headers["WWW-Authenticate"].startswith("Basic")
    assert ask(box, "GET", "Clouds", Authorization="Basic dXNlcjp3cm9uZw==").status == 401
    assert ask(box, "GET", "Clouds", Authorization="Basic dXNlcjpzZWNyZXQ=").status == 200


def test_headers_of_every_answer(box):
    response = ask(box, "GET", "VMCheckPoints")
    assert UUID(response.headers["request-id"])
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers["DataServiceVersion"] == "3.0;"
    assert response.headers["Content-Type"] == "application/json;odata=minimalmetadata;streaming=true;charset=utf-8"
    assert response.headers["request-id"] != ask(box, "GET", "VMCheckPoints").headers["request-id"]


def test_metadata_says_key_as_segment(box):
    body = ask(box, "GET", "$metadata", Accept="application/xml").body
    assert b'String="KeyAsSegment"' in body
    assert b"Emulator" not in body, "what the emulator remembers is nobody's business"
    assert ask(box, "GET", "EmulatorSnapshots").status == 404


def test_single_keys_stand_as_segments_too(box):
    role = read(box, f"UserRoles/{SUBSCRIPTION}")
    assert role["ID"] == str(SUBSCRIPTION)
    assert read(box, f"UserRoles(guid'{SUBSCRIPTION}')") == role


# -- reading -------------------------------------------------------------------------------------------------------------------


def test_every_set_is_served(box):
    for collection in read(box, "")["value"]:
        if collection["name"] not in ("NATConnections", "NATRules"):
            assert isinstance(read(box, collection["name"])["value"], list)


def test_a_machine_reads_as_captured_ones_do(box):
    vm = machine(box)
    assert (vm["Status"], vm["StatusString"], vm["VirtualMachineState"]) == ("Running", "Running", "Running")
    assert vm["Owner"] == {
        "UserName": "user@contoso.com",
        "RoleName": f"user@contoso.com_{SUBSCRIPTION}",
        "RoleID": str(SUBSCRIPTION),
    }
    assert vm["PerfDiskBytesRead"] == "-1" and vm["TotalSize"] == str(12 * 1024**3), "64 bits travel as text"
    assert vm["Operation"] is None and vm["LocalAdminPassword"] is None
    assert vm["GrantedToList"] == [] and vm["NewVirtualNetworkAdapterInput"] == []
    assert vm["AddedTime"] == "2013-06-20T12:00:00.1234564-07:00", "seven digits and an offset"
    assert vm["VMConnection@odata.mediaContentType"] == "application/x-rdp"
    console = ask(box, "GET", f"{key('VirtualMachines', 'web01')}/VMConnection", Accept="*/*")
    assert (console.status, console.headers["Content-Type"]) == (200, "application/x-rdp")
    assert b"full address" in console.body


def test_forms_that_clients_in_the_wild_use(box):
    plain = {"Accept": "application/json"}
    assert read(box, "VMCheckPoints()", **plain)["value"]
    ids = f"StampId=Guid'{STAMP}',ID=guid'{{{CHECKPOINT}}}'"
    assert read(box, f"VMCheckPoints({ids})", **plain)["Name"] == "Before updates"
    assert ask(box, "GET", "VMCheckPoints", Accept="*/*").headers["Content-Type"].startswith("application/atom+xml")
    network = {"StampId": str(STAMP), "Name": "Network33", "LogicalNetworkId": str(fixed("logical network"))}
    assert ask(box, "POST", "VMNetworks()", network, Content_Type="application/json;", Accept="application/json").status == 201
    started = {"ID": str(fixed("db01")), "StampId": str(STAMP), "Operation": "Start"}
    answer = ask(box, "PUT", key("VirtualMachines", "db01"), started, Prefer="return-content", Content_Type="application/json")
    assert (answer.status, json.loads(answer.body)["Status"]) == (200, "Running")
    assert ask(box, "PATCH", key("VMCheckPoints", CHECKPOINT), {"VMCheckPointAction": "Restore"}).status == 204


def test_performance(box):
    (row,) = read(
        box, f"PerformanceData?$filter=PerformanceCounter%20eq%20'CPUUsage'%20and%20VMId%20eq%20guid'{fixed('web01')}'"
    )["value"]
    assert len(row["PerformanceHistory"]) == len(row["TimeSamples"]) == 6


def test_machines_with_what_belongs_to_them(box):
    names = "VirtualNetworkAdapters,VMCheckpoints,VirtualSCSIAdapters,VirtualHardDisks,VirtualDVDDrives,VirtualDiskDrives"
    query = f"VirtualMachines?$expand={names}"
    (vm,) = read(box, f"{query}&$filter=ID eq guid'{fixed('web01')}'".replace(" ", "%20"))["value"]
    assert [
        len(vm[name]) for name in ("VirtualNetworkAdapters", "VirtualHardDisks", "VirtualDVDDrives", "VirtualDiskDrives")
    ] == [1] * 4
    assert len(vm["VMCheckpoints"]) == 4
    assert vm["VirtualDiskDrives"][0]["VMId"] is None, "whose drive it is, is an input"


def test_the_checkpoint_tree(box):
    points = {p["Name"]: p for p in read(box, f"{key('VirtualMachines', 'web01')}/VMCheckpoints")["value"]}
    parents = {name: next((q for q in points if points[q]["ID"] == p["ParentCheckpointID"]), None) for name, p in points.items()}
    assert parents == {
        "Fresh installation": None,
        "Before updates": "Fresh installation",
        "Updates installed": "Before updates",
        "Release 1.1, try": "Before updates",
    }
    assert read(box, f"{key('VMCheckPoints', CHECKPOINT)}/ParentCheckPoint")["Name"] == "Fresh installation"


def test_a_tenant_sees_its_own_among_a_thousand_machines_of_others(box):
    before = read(box, "VMCheckPoints")["value"]
    table = box.store.table("VirtualMachines").table
    with box.store.begin() as store:
        row = {**store.connection.execute(table.select()).mappings().first(), "Owner": None}
        del row["_id"]
        store.connection.execute(table.insert(), [{**row, "ID": str(uuid4())} for _ in range(1001)])
    assert read(box, "VMCheckPoints")["value"] == before != []


def test_pages_and_batch_are_knobs(boxes):
    box = boxes(page_size=2, refuse_batch=True)
    first = read(box, "VirtualMachines")
    assert len(first["value"]) == 2
    assert "odata.nextLink" in first
    assert ask(box, "POST", "$batch", {}, Content_Type="multipart/mixed; boundary=x").status in (404, 501)
    box.settings.page_size, box.settings.refuse_batch, box.settings.put_resets = 3, False, True
    assert len(read(box, "VirtualMachines")["value"]) == 3, "knobs turn while it runs"
    assert ask(box, "POST", "$batch", {}, Content_Type="multipart/mixed; boundary=x").status < 404
    box.settings.page_size = None
    assert "odata.nextLink" not in read(box, "VirtualMachines")


@pytest.mark.parametrize("root", [HOSTER, TENANT])
def test_no_request_breaks_it(box, root):
    for name, entity_set in box.service.model.entity_sets.items():
        entity_type = box.service.model.entity_types[entity_set.type]
        for body in ({}, {"StampId": str(STAMP)} if "StampId" in entity_type.properties else {"Name": "x"}):
            answer = ask(box, "POST", root + name, body)
            assert answer.status in (201, 400, 403, 404, 405), (name, body, answer.body)
        listed = ask(box, "GET", f"{root}{name}?$top=1", Accept="application/json;odata=fullmetadata")
        for entity in json.loads(listed.body).get("value", []):
            for method in ("MERGE", "PUT", "DELETE"):
                answer = ask(box, method, root + entity["odata.editLink"], None if method == "DELETE" else {})
                assert answer.status in (204, 400, 403, 405, 500), (name, method, answer.body)
                assert b"An error occurred while processing" not in answer.body, (name, method)


# -- operations ----------------------------------------------------------------------------------------------------------------

OPERATED = [
    ("web01", "Stop", "PowerOff", "Stopped", "PowerOff"),
    ("web01", "Shutdown", "PowerOff", "Stopped", "PowerOff"),
    ("web01", "Suspend", "Paused", "Paused", "Paused"),
    ("web01", "Reset", "Running", "Running", "Running"),
    ("web01", "Start", "Running", "Running", "Running"),
    ("web01", "Refresh", "Running", "Running", "Running"),
    ("web01", "SaveState", "Saved", "Saved State", "Saved"),
    ("db01", "Start", "Running", "Running", "Running"),
    ("db01", "Stop", "PowerOff", "Stopped", "PowerOff"),
    ("build01", "Resume", "Running", "Running", "Running"),
    ("archive01", "Start", "Running", "Running", "Running"),
    ("archive01", "DiscardSavedState", "PowerOff", "Stopped", "PowerOff"),
    ("failed01", "Repair", "PowerOff", "Stopped", "PowerOff"),
]


@pytest.mark.parametrize("method", ["MERGE", "PUT"])
@pytest.mark.parametrize(("name", "operation", "status", "shown", "state"), OPERATED)
def test_operations_move_the_states(box, name, operation, status, shown, state, method):
    before = machine(box, name)
    values = {"Operation": operation}
    if method == "PUT":
        values |= {"ID": before["ID"], "StampId": before["StampId"]}
    answer = merge(box, key("VirtualMachines", name), method=method, **values)
    vm = machine(box, name)
    assert (vm["Status"], vm["StatusString"], vm["VirtualMachineState"]) == (status, shown, state)
    assert vm["Operation"] is None
    assert vm["MostRecentTaskId"] == answer.headers["x-ms-request-id"] != before["MostRecentTaskId"]
    changed = {n for n in vm if vm[n] != before[n]}
    assert changed <= {
        "Status", "StatusString", "VirtualMachineState", "MostRecentTaskId", "ModifiedTime", "MemoryAssignedMB",
        "HasSavedState", "FailedJobID", "DeploymentErrorInfo",
    }, "what PUT does not name stays as it is"  # fmt: skip


@pytest.mark.parametrize(
    ("name", "operation", "status", "says"),
    [
        ("edge01", "Shutdown", 500, "Stopped"),
        ("db01", "Suspend", 500, "db01"),
        ("db01", "Reset", 500, "Stopped"),
        ("failed01", "Start", 500, "Creation Failed"),
        ("web01", "Explode", 400, "Start, Stop"),
        ("web01", "start", 400, "'start'"),
    ],
)
def test_operations_that_make_no_sense_are_refused(box, name, operation, status, says):
    before = machine(box, name)
    assert says in message(merge(box, key("VirtualMachines", name), status, Operation=operation))
    assert machine(box, name) == before


def test_shutdown_needs_guest_services(box):
    merge(box, key("VirtualMachines", "edge01"), Operation="Start")
    assert "guest services" in message(merge(box, key("VirtualMachines", "edge01"), 500, Operation="Shutdown"))


def test_asynchronous_operations_pass_through_a_state(box):
    answer = merge(box, key("VirtualMachines", "db01") + "?RunAsynchronously=1", method="PUT", Operation="Start")
    job = answer.headers["x-ms-request-id"]
    vm = machine(box, "db01")
    assert vm["Status"] == "Starting", "one look of the two that it takes"
    assert "worked on" in message(merge(box, key("VirtualMachines", "db01"), 500, Operation="Stop"))
    assert read(box, key("Jobs", UUID(job)))["IsCompleted"] is True
    assert machine(box, "db01")["Status"] == "Running"


def test_jobs_run_and_complete_over_a_few_reads(box):
    job = merge(box, key("VirtualMachines", "web01"), Operation="Stop").headers["x-ms-request-id"]
    seen = [read(box, key("Jobs", UUID(job))) for _ in range(3)]
    assert [(j["Status"], j["Progress"], j["ProgressValue"], j["IsCompleted"]) for j in seen] == [
        ("Running", "50 %", 50, False),
        ("Completed", "100 %", 100, True),
        ("Completed", "100 %", 100, True),
    ]
    done = seen[-1]
    assert done["ErrorInfo"]["Code"] == "Success" and done["ErrorInfo"]["DisplayableErrorCode"] == "0"
    assert done["Owner"] == "user@contoso.com"
    assert done["TargetObjectID"] == done["ResultObjectID"] == str(fixed("web01"))
    assert read(box, f"{key('VirtualMachines', 'web01')}/MostRecentTask")["ID"] == job


def test_jobs_are_neither_created_nor_deleted(box):
    assert ask(box, "POST", "Jobs", {"Name": "x"}).status == 405
    assert ask(box, "DELETE", key("Jobs", "web01 job")).status == 405


def test_a_failure_that_comes_late_and_is_cleared(box):
    box.settings.jobs_fail = True
    answer = merge(box, key("VirtualMachines", "db01") + "?RunAsynchronously=1", Operation="Start")
    job = UUID(answer.headers["x-ms-request-id"])
    read(box, key("Jobs", job))
    failed = read(box, key("Jobs", job))
    assert (failed["Status"], failed["IsCompleted"]) == ("Failed", True)
    assert "db01" in failed["ErrorInfo"]["Problem"]
    vm = machine(box, "db01")
    assert (vm["Status"], vm["FailedJobID"]) == ("PowerOff", str(job))
    merge(box, key("Jobs", job), method="PUT", ID=str(job), StampId=str(STAMP), SkipLastFailedStep=True)
    assert read(box, key("Jobs", job))["Status"] == "SucceedWithInfo"
    assert machine(box, "db01")["FailedJobID"] is None


# -- changing, creating and deleting machines ----------------------------------------------------------------------------------


def test_properties_change_and_null_means_not_given(box):
    merge(box, key("VirtualMachines", "db01"), Description="new", Memory=2048, CostCenter="7", Tag=None)
    vm = machine(box, "db01")
    assert (vm["Description"], vm["Memory"], vm["CostCenter"], vm["Tag"]) == ("new", 2048, "7", "(none)")


def test_put_resets_only_by_the_knob(boxes):
    for resets in (False, True):
        box = boxes(put_resets=resets)
        merge(box, key("VirtualMachines", "db01"), method="PUT", Name="db01")
        assert (machine(box, "db01")["Description"] == "Database") is not resets


def test_what_the_service_tells_is_taken_from_no_client(box):
    before = machine(box)
    merge(
        box, key("VirtualMachines", "web01"), Status="Saved", MostRecentTaskId=str(UUID(int=1)), VMId=str(UUID(int=1)), CPUCount=2
    )
    after = machine(box)
    assert (after["Status"], after["VMId"]) == (before["Status"], before["VMId"])
    assert after["MostRecentTaskId"] != str(UUID(int=1))


@pytest.mark.parametrize("values", [{"Memory": 512}, {"CPUCount": 4}])
def test_hardware_changes_while_it_is_off(box, values):
    assert "stopped" in message(merge(box, key("VirtualMachines", "web01"), 500, **values))
    merge(box, key("VirtualMachines", "db01"), **values)


@pytest.mark.parametrize("values", [{"CPUCount": 0}, {"Memory": 1}, {"Nonsense": 1}, {"Memory": "much"}, {"CPUCount": 256}])
def test_wrong_values(box, values):
    assert merge(box, key("VirtualMachines", "db01"), 400, **values)


NEW = {"StampId": str(STAMP), "Name": "new01", "CloudId": str(CLOUD), "VMTemplateId": str(TEMPLATE)}


def test_a_machine_is_created(box):
    answer = ask(box, "POST", "VirtualMachines", {**NEW, "LocalAdminPassword": "secret", "StartVM": False})
    assert answer.status == 201
    vm = json.loads(answer.body)
    assert answer.headers["Location"] == TENANT + key("VirtualMachines", UUID(vm["ID"]))
    assert answer.headers["x-ms-request-id"] == vm["MostRecentTaskId"] == vm["FailedJobID"], "a quirk of the real one"
    assert (vm["Status"], vm["StatusString"], vm["VirtualMachineState"]) == ("UnderCreation", "Creating...", "PowerOff")
    assert vm["LocalAdminPassword"] is vm["VMTemplateId"] is vm["StartVM"] is None
    assert vm["Owner"]["UserName"] == "user@contoso.com"
    assert b"secret" not in answer.body
    machine(box, UUID(vm["ID"]))
    done = machine(box, UUID(vm["ID"]))
    assert (done["Status"], done["FailedJobID"]) == ("PowerOff", None)
    assert len(read(box, f"{key('VirtualMachines', UUID(vm['ID']))}/VirtualDiskDrives")["value"]) == 1


def test_a_machine_from_a_disk_and_a_profile(box):
    parts = {"VirtualHardDiskId": str(fixed("template disk")), "HardwareProfileId": str(fixed("small"))}
    answer = ask(box, "POST", "VirtualMachines", {**{n: v for n, v in NEW.items() if n != "VMTemplateId"}, **parts})
    assert answer.status == 201
    assert json.loads(answer.body)["Memory"] == 1024


@pytest.mark.parametrize("missing", ["StampId", "Name", "CloudId", "VMTemplateId"])
def test_mandatory_properties_are_named(box, missing):
    answer = ask(box, "POST", "VirtualMachines", {n: v for n, v in NEW.items() if n != missing})
    assert answer.status == 400
    assert missing in message(answer)


@pytest.mark.parametrize("name", ["CloudId", "VMTemplateId"])
def test_what_is_named_has_to_be_there(box, name):
    answer = ask(box, "POST", "VirtualMachines", {**NEW, name: str(UUID(int=9))})
    assert answer.status == 404
    assert str(UUID(int=9)) in message(answer)


def test_a_quota_is_told_late(box):
    answer = ask(box, "POST", "VirtualMachines", {**NEW, "Memory": 60_000})
    assert answer.status == 201
    created = UUID(json.loads(answer.body)["ID"])
    machine(box, created)
    vm = machine(box, created)
    assert (vm["Status"], vm["StatusString"]) == ("CreationFailed", "Creation Failed")
    assert "quota" in read(box, key("Jobs", UUID(vm["FailedJobID"])))["ErrorInfo"]["Problem"]


def test_a_machine_is_deleted_while_it_is_off(box):
    assert "stopped" in message(ask(box, "DELETE", key("VirtualMachines", "web01")))
    answer = ask(box, "DELETE", key("VirtualMachines", "db01"))
    assert answer.status == 204
    assert UUID(answer.headers["x-ms-request-id"])
    assert ask(box, "GET", key("VirtualMachines", "db01")).status == 404
    assert read(box, f"VMCheckPoints?$filter=VMId%20eq%20guid'{fixed('db01')}'")["value"] == []
    assert ask(box, "MERGE", key("VirtualMachines", "db01"), {"Operation": "Start"}).status == 404


# -- checkpoints ---------------------------------------------------------------------------------------------------------------


def new_checkpoint(box, name, machine_name="web01", expected=201, **values):
    body = {"VMId": str(fixed(machine_name)), "StampId": str(STAMP), "Name": name, **values}
    response = ask(box, "POST", "VMCheckPoints", body)
    assert response.status == expected, response.body
    return json.loads(response.body)


def test_a_checkpoint_hangs_below_the_current_one(box):
    first = new_checkpoint(box, "first", Confirm=None, ID=str(UUID(int=0)))
    assert first["ParentCheckpointID"] == str(fixed("web01/Updates installed"))
    assert (first["Accessibility"], first["Enabled"], first["CheckpointID"]) == ("Public", True, None)
    assert first["ID"] != str(UUID(int=0))
    assert new_checkpoint(box, "second")["ParentCheckpointID"] == first["ID"]
    merge(box, key("VMCheckPoints", CHECKPOINT), VMCheckPointAction="Restore")
    assert new_checkpoint(box, "branch")["ParentCheckpointID"] == str(CHECKPOINT)


def test_restoring_brings_values_and_state_back(box):
    before = machine(box)
    merge(box, key("VirtualMachines", "web01"), Operation="Stop", Description="spoiled")
    merge(box, key("VirtualMachines", "web01"), CPUCount=8, Memory=512, Name="renamed")
    assert machine(box)["Memory"] == 512
    answer = merge(box, key("VMCheckPoints", CHECKPOINT), VMCheckPointAction="Restore", **{"odata.type": "VMM.VMCheckPoint"})
    after = machine(box)
    assert after["LastRestoredCheckpointId"] == str(CHECKPOINT)
    assert after["MostRecentTaskId"] == answer.headers["x-ms-request-id"]
    changed = {n for n in after if after[n] != before[n]}
    assert changed == {"LastRestoredCheckpointId", "MostRecentTaskId"} | ({"ModifiedTime"} & changed)
    point = read(box, key("VMCheckPoints", CHECKPOINT))
    assert point["VMCheckPointAction"] is None, "the action is an input"


def test_each_checkpoint_brings_its_own_values(box):
    merge(box, key("VMCheckPoints", fixed("web01/Release 1.1, try")), VMCheckPointAction="Restore")
    assert machine(box)["Memory"] == 6144
    merge(box, key("VMCheckPoints", fixed("web01/Fresh installation")), VMCheckPointAction="Restore")
    assert (machine(box)["Memory"], machine(box)["Description"]) == (2048, "Web server")


def test_restoring_asynchronously(box):
    merge(box, key("VMCheckPoints", CHECKPOINT), VMCheckPointAction="Restore", RunAsynchronously=True)
    assert machine(box)["Status"] == "RecoveringCheckpoint"
    assert machine(box)["Status"] == "Running"


def test_deleting_a_checkpoint_moves_its_children_up(box):
    top = str(fixed("web01/Fresh installation"))
    assert ask(box, "DELETE", key("VMCheckPoints", CHECKPOINT)).status == 204
    points = {p["Name"]: p["ParentCheckpointID"] for p in read(box, f"{key('VirtualMachines', 'web01')}/VMCheckpoints")["value"]}
    assert points == {"Fresh installation": None, "Updates installed": top, "Release 1.1, try": top}
    assert ask(box, "DELETE", key("VMCheckPoints", fixed("web01/Fresh installation"))).status == 204
    points = read(box, f"{key('VirtualMachines', 'web01')}/VMCheckpoints")["value"]
    assert {p["ParentCheckpointID"] for p in points} == {None}


def test_the_next_checkpoint_after_the_current_one_was_deleted(box):
    ask(box, "DELETE", key("VMCheckPoints", fixed("web01/Updates installed")))
    assert new_checkpoint(box, "next")["ParentCheckpointID"] == str(CHECKPOINT)


def test_a_checkpoint_is_renamed(box):
    merge(box, key("VMCheckPoints", CHECKPOINT), Name="other", Description="told", Enabled=False)
    point = read(box, key("VMCheckPoints", CHECKPOINT))
    assert (point["Name"], point["Description"]) == ("other", "told")


@pytest.mark.parametrize(
    ("url", "method", "body", "status", "says"),
    [
        ("VMCheckPoints", "POST", {"StampId": str(STAMP)}, 400, "VMId"),
        ("VMCheckPoints", "POST", {"VMId": str(fixed("web01"))}, 400, "StampId"),
        ("VMCheckPoints", "POST", {"VMId": str(UUID(int=9)), "StampId": str(STAMP)}, 404, "virtual machine"),
        (key("VMCheckPoints", CHECKPOINT), "MERGE", {"VMCheckPointAction": "Explode"}, 400, "Restore"),
        (key("VMCheckPoints", CHECKPOINT), "MERGE", {"Nonsense": "Restore"}, 400, ""),
        (key("VMCheckPoints", UUID(int=9)), "MERGE", {"VMCheckPointAction": "Restore"}, 404, "VMCheckPoints"),
        ("VMCheckPoints(guid'x')", "GET", None, 400, ""),
        ("Nonsense", "GET", None, 404, "Nonsense"),
        ("VMCheckPoints?$filter=Nonsense%20eq%201", "GET", None, 400, "Nonsense"),
    ],
)
def test_anything_else_gets_the_error_form_of_wcf(box, url, method, body, status, says):
    answer = ask(box, method, url, body)
    assert answer.status == status, answer.body
    error = json.loads(answer.body)["odata.error"]
    assert set(error) >= {"code", "message"}
    assert set(error["message"]) == {"lang", "value"}
    assert says in error["message"]["value"]


def test_errors_are_xml_where_xml_is_asked(box):
    answer = ask(box, "GET", "Nonsense", Accept="application/atom+xml")
    assert b"<m:error" in answer.body


# -- permissions ---------------------------------------------------------------------------------------------------------------


def permit(box, *permissions):
    given = [{"StampId": str(STAMP), "Permission": list(permissions)}]
    assert ask(box, "MERGE", f"{HOSTER}UserRoles/{SUBSCRIPTION}", {"PermissionInput": given}).status == 204


def test_permissions_replace_and_are_read_back(box):
    permit(box, "Start", "Checkpoint", "Start")
    role = read(box, f"UserRoles/{SUBSCRIPTION}")
    assert role["Permission"] == ["Start", "Checkpoint"] and role["PermissionInput"] == []
    answer = ask(box, "MERGE", f"UserRoles/{SUBSCRIPTION}", {"PermissionInput": [{"StampId": str(STAMP), "Permission": ["Fly"]}]})
    assert answer.status == 400 and "Fly" in message(answer)


def test_what_a_role_may_not_do_is_refused(box):
    permit(box, "CheckpointRestoreOnly")
    merge(box, key("VMCheckPoints", CHECKPOINT), VMCheckPointAction="Restore")
    assert "Checkpoint" in message(ask(box, "POST", "VMCheckPoints", {"VMId": str(fixed("web01")), "StampId": str(STAMP)}))
    assert ask(box, "DELETE", key("VMCheckPoints", CHECKPOINT)).status == 403
    assert merge(box, key("VirtualMachines", "web01"), 403, Operation="Stop")
    assert ask(box, "POST", "VirtualMachines", NEW).status == 403
    permit(box)
    assert merge(box, key("VMCheckPoints", CHECKPOINT), 403, VMCheckPointAction="Restore")
    assert ask(box, "MERGE", HOSTER + key("VirtualMachines", "web01"), {"Operation": "Stop"}).status == 204, "the hoster may"


def test_members_come_and_go(box):
    merge(box, f"UserRoles/{SUBSCRIPTION}", AddMember=["a@x", "b@x"])
    merge(box, f"UserRoles/{SUBSCRIPTION}", RemoveMember=["a@x"])
    role = read(box, f"UserRoles/{SUBSCRIPTION}")
    assert role["Members"] == ["user@contoso.com", "b@x"]
    assert role["AddMember"] == role["RemoveMember"] == []


# -- the box itself ------------------------------------------------------------------------------------------------------------


def test_an_emulator_goes_on_where_it_was(tmp_path):
    file = tmp_path / "vmm.db"
    first = Emulator(file, Settings(job_reads=3))
    created = UUID(json.loads(ask(first, "POST", "VirtualMachines", NEW).body)["ID"])
    merge(first, key("VMCheckPoints", CHECKPOINT), VMCheckPointAction="Restore")
    first.close()
    second = Emulator(file)
    assert machine(second)["LastRestoredCheckpointId"] == str(CHECKPOINT)
    states = [machine(second, created)["Status"] for _ in range(4)]
    assert states[0] == "UnderCreation" and states[-1] == "PowerOff"
    second.close()


def test_reset(box):
    merge(box, key("VirtualMachines", "db01"), Description="changed")
    ask(box, "DELETE", key("VMCheckPoints", CHECKPOINT))
    box.reset()
    assert machine(box, "db01")["Description"] == "Database"
    assert read(box, key("VMCheckPoints", CHECKPOINT))


def test_failures_by_chance_are_the_same_in_every_run(boxes):
    def run():
        box = boxes(failure_rate=0.5)
        return [ask(box, "GET", "Clouds").status for _ in range(12)]

    statuses = run()
    assert set(statuses) == {200, 503} and statuses == run()
    box = boxes(failure_rate=0.5)
    for _ in range(2):
        assert [ask(box, "GET", "Clouds").status for _ in range(12)] == statuses
        box.reset()


def test_jobs_can_be_finished(box):
    created = UUID(json.loads(ask(box, "POST", "VirtualMachines", NEW).body)["ID"])
    box.finish_jobs()
    assert machine(box, created)["Status"] == "PowerOff"


def test_a_tenant_sees_what_is_its_own(box):
    other = TENANT.replace(str(SUBSCRIPTION).upper(), str(OTHER_SUBSCRIPTION))
    for name in ("VirtualMachines", "VMCheckPoints", "VirtualDiskDrives", "Clouds", "VMNetworks"):
        assert read(box, name)["value"] != [] == read(box, f"{other}{name}")["value"]
    assert [role["ID"] for role in read(box, f"{other}UserRoles")["value"]] == [str(OTHER_SUBSCRIPTION)]
    assert len(read(box, f"{HOSTER}UserRoles")["value"]) == 2
    assert ask(box, "GET", other + key("VirtualMachines", "web01")).status == 404
    assert ask(box, "GET", other + key("VMCheckPoints", CHECKPOINT)).status == 404
    assert merge(box, other + key("VirtualMachines", "web01"), 404, Operation="Stop")
    assert merge(box, other + key("VMCheckPoints", CHECKPOINT), 404, VMCheckPointAction="Restore")
    assert ask(box, "DELETE", other + key("VMCheckPoints", CHECKPOINT)).status == 404
    granted = [{"UserName": "other@fabrikam.com", "RoleID": str(OTHER_SUBSCRIPTION), "RoleName": "other"}]
    merge(box, key("VirtualMachines", "web01"), GrantedToList=granted)
    assert [vm["Name"] for vm in read(box, f"{other}VirtualMachines")["value"]] == ["web01"]
    assert len(read(box, f"{other}VMCheckPoints")["value"]) == 4
    merge(box, other + key("VMCheckPoints", CHECKPOINT), VMCheckPointAction="Restore")
