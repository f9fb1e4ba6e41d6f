"""Jobs: what the service does takes a while, and is told by entities of the set ``Jobs``.

A request that changes something starts a job and names it in ``x-ms-request-id``. The change itself is done when the request is
answered, as the real service waits for its cmdlet; the job's record follows over a few reads. What is asked for asynchronously,
and every creation of a virtual machine, keeps its target in a passing state until the job ends (its *effect*).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from odata3.formats.documents import Complex
from odata3.server.hooks import Change, Query
from odata3.server.service import Service
from odata3.server.store import Record, Transaction
from spf_vmm.emulator.ledger import TASKS
from spf_vmm.emulator.settings import Settings
from spf_vmm.emulator.states import state

_NO_ERROR = {"Code": "Success", "DisplayableErrorCode": 0, "ErrorCodeString": "0", "IsSuccess": True, "Problem": ""}


def error_info(problem: str | None = None, code: str = "VMMError", number: int = 20413) -> Complex:
    """An ``ErrorInfo``: of a good job without ``problem``, else of a failed one."""
    told: dict[str, Any] = {
        "CloudProblem": "",
        "DetailedCode": 0,
        "DetailedErrorCode": "",
        "DetailedSource": "None",
        "ErrorType": "Error",
        "ExceptionDetails": "",
        "IsConditionallyTerminating": False,
        "IsDeploymentBlocker": False,
        "IsMomAlert": False,
        "IsTerminating": problem is not None,
        "MomAlertSeverity": "Error",
        "RecommendedAction": "",
        "RecommendedActionCLI": "",
        "ShowDetailedError": False,
        **_NO_ERROR,
    }
    if problem is not None:
        told |= {
            "Code": code,
            "DisplayableErrorCode": number,
            "ErrorCodeString": str(number),
            "IsSuccess": False,
            "Problem": problem,
            "RecommendedAction": "Correct the cause, then restart the job.",
        }
    return Complex("VMM.ErrorInfo", told)


class Jobs:
    """Starts jobs, lets them go on when they are looked at, and ends them."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self._settings = settings
        service.on_query("Jobs")(self._look_at_jobs)
        service.on_query("VirtualMachines", "Services")(self._look_at_targets)
        service.on_insert("Jobs")(_refuse_insert)
        service.on_delete("Jobs")(_refuse_delete)
        service.on_update("Jobs")(self._restart)
        service.write_only("Jobs", "UserName", "Password", "SkipLastFailedStep")

    def start(
        self,
        change: Change,
        name: str,
        cmdlet: str,
        target: Mapping[str, Any],
        *,
        target_set: str = "VirtualMachines",
        kind: str = "VM",
        effect: Mapping[str, Any] | None = None,
        failure: str | None = None,
    ) -> UUID:
        """Start a job for a change; gives its id, which also goes out in ``x-ms-request-id``.

        ``effect`` is what becomes of the target when the job ends well (``Status`` brings its companions along), and its
        ``Failure`` when it ends badly; with ``failure`` it does, and that is the problem it tells.
        """
        settings, store = self._settings, change.store
        if failure is None and settings.jobs_fail:
            failure = f"The operation on {target.get('Name')} did not complete (the emulator was told so)."
        job_id = uuid4()
        now = settings.now()
        owner = change.scope.get("principal") or "CONTOSO\\SpfAdmin"
        store.insert(
            "Jobs",
            {"ID": job_id, "StampId": target["StampId"], **job_values(name, cmdlet, now, str(owner)), **_aim(target, kind)},
        )
        store.insert(
            TASKS,
            {
                "JobID": job_id,
                "StampId": target["StampId"],
                "Remaining": max(1, settings.job_reads),
                "Reads": max(1, settings.job_reads),
                "TargetSet": target_set,
                "TargetID": target["ID"],
                "Effect": None if effect is None else json.dumps(dict(effect)),
                "Failure": failure,
            },
        )
        change.headers["x-ms-request-id"] = str(job_id)
        return job_id

    def advance(self, store: Transaction, tasks: list[Record]) -> None:
        """Let these jobs go one step on."""
        for task in tasks:
            remaining = task["Remaining"] - 1
            job = store.get("Jobs", ID=task["JobID"], StampId=task["StampId"])
            if job is None:
                store.delete(task)
            elif remaining > 0:
                share = 100 * (task["Reads"] - remaining) // task["Reads"]
                store.update(task, {"Remaining": remaining})
                store.update(job, {"ProgressValue": share, "Progress": f"{share} %"})
            else:
                self._end(store, task, job)

    def finish_all(self, store: Transaction) -> None:
        """End whatever is under way."""
        for task in store.find(TASKS):
            job = store.get("Jobs", ID=task["JobID"], StampId=task["StampId"])
            if job is not None:
                self._end(store, task, job)

    def _end(self, store: Transaction, task: Record, job: Record) -> None:
        failure, now = task["Failure"], self._settings.now()
        store.delete(task)
        ended: dict[str, Any] = {"IsCompleted": True, "EndTime": now, "IsStoppable": False}
        if failure is None:
            ended |= {"Status": "Completed", "StatusString": "Completed", "ProgressValue": 100, "Progress": "100 %"}
        else:
            ended |= {"Status": "Failed", "StatusString": "Failed", "IsRestartable": True, "ErrorInfo": error_info(failure)}
        store.update(job, ended)
        target = store.get(task["TargetSet"], ID=task["TargetID"], StampId=task["StampId"])
        if target is None or task["Effect"] is None:
            return
        effect: dict[str, Any] = json.loads(task["Effect"])
        if failure is not None:
            effect = {**effect.get("Failure", {}), "FailedJobID": job["ID"]}
        effect.pop("Failure", None)
        if (status := effect.pop("Status", None)) is not None:
            effect |= state(status)
        if failure is None and "FailedJobID" in target.values:
            effect["FailedJobID"] = None
        store.update(target, {**effect, "ModifiedTime": now})

    def _look_at_jobs(self, query: Query) -> None:
        if _is_look(query):
            self.advance(query.store, query.store.find(TASKS))

    def _look_at_targets(self, query: Query) -> None:
        if _is_look(query):
            self.advance(query.store, [task for task in query.store.find(TASKS) if task["Effect"] is not None])

    def _restart(self, change: Change) -> None:
        """PUT or MERGE of a failed job restarts it, or clears its failure (``SkipLastFailedStep``)."""
        job = change.before
        assert job is not None
        if not job["IsCompleted"] or job["Status"] != "Failed":
            change.refuse(500, f"The job {job['ID']} cannot be restarted: its status is {job['Status']}.")
        skips = change.values.get("SkipLastFailedStep") is True
        change.values.clear()
        change.values |= {
            "Status": "SucceedWithInfo" if skips else "Completed",
            "StatusString": "Completed w/ Info" if skips else "Completed",
            "ProgressValue": 100,
            "Progress": "100 %",
            "IsRestartable": False,
            "ErrorInfo": error_info(),
        }
        change.headers["x-ms-request-id"] = str(job["ID"])
        for machine in change.store.find("VirtualMachines", FailedJobID=job["ID"]):
            change.store.update(machine, {"FailedJobID": None, **state("PowerOff")})


def _is_look(query: Query) -> bool:
    """Whether someone looks: not what a change, or an expansion, reads on the way."""
    return not query.expanded and query.exchange.request.method == "GET"


def job_values(name: str, cmdlet: str, now: str, owner: str) -> dict[str, Any]:
    """The values of a job that has just begun."""
    return {
        "Name": name,
        "CmdletName": cmdlet,
        "Owner": owner,
        "StartTime": now,
        "EndTime": None,
        "IsCompleted": False,
        "IsRestartable": False,
        "IsStoppable": False,
        "IsVisible": True,
        "Status": "Running",
        "StatusString": "Running",
        "Progress": "0 %",
        "ProgressValue": 0,
        "AreAuditRecordsAvailable": False,
        "StepsLoaded": False,
        "WasNotifiedOfCancel": False,
        "Source": "",
        "Description": Complex(
            "VMM.JobDescription",
            {
                "CanSkipLastFailedStep": False,
                "Code": cmdlet.replace("-SC", ""),
                "DescriptionCodeString": "0",
                "IsRestartable": True,
                "IsStoppable": False,
                "Name": name,
                "RequiresCredentialsForRestart": False,
            },
        ),
        "ErrorInfo": error_info(),
        "AdditionalMessages": [],
    }


def _aim(target: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {
        "Target": target.get("Name") or "",
        "TargetObjectID": target["ID"],
        "TargetObjectType": kind,
        "ResultName": target.get("Name") or "",
        "ResultObjectID": target["ID"],
        "ResultObjectType": kind,
        "ResultObjectTypeName": "Virtual Machine" if kind == "VM" else kind,
    }


def _refuse_insert(change: Change) -> None:
    change.refuse(405, "Jobs are started by what changes something; they cannot be created.")


def _refuse_delete(change: Change) -> None:
    change.refuse(405, "Jobs cannot be deleted.")
