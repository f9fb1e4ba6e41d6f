"""How-to 23: clear the failure of a job."""

from connection import tenant

from odata3 import MergeOption

with tenant() as vmm:
    vmm.merge_option = MergeOption.OVERWRITE_CHANGES
    job = vmm.Jobs.where(lambda job: job.Status == "Failed").first()
    print(job.Name, "failed:", job.ErrorInfo.Problem)
    job.SkipLastFailedStep = True
    vmm.update_object(job)
    vmm.save_changes()
    print("now:", vmm.Jobs.where(lambda j: j.ID == job.ID).first().StatusString)
