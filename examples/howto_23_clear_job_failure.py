"""How-to 23: clear the failure of a job."""

from connection import tenant

from odata3 import MergeOption, SaveChangesOptions


def main(vmm):
    vmm.merge_option = MergeOption.OVERWRITE_CHANGES
    job = vmm.Jobs.where(lambda job: job.Status == "Failed").first()
    print(job.Name, "failed:", job.ErrorInfo.Problem)
    job.SkipLastFailedStep = True
    vmm.update_object(job)
    vmm.save_changes(SaveChangesOptions.REPLACE_ON_UPDATE)
    job = vmm.Jobs.where(lambda it: it.StampId == job.StampId and it.ID == job.ID).first()
    print("now:", job.StatusString)


if __name__ == "__main__":
    tenant(main)
