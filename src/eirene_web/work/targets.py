"""What the policy is asked about: jobs, those of the office apart from those of a nation.

An error of a nation's job may quote what the nation is working on, so the office has no part in it.
"""

from __future__ import annotations

from eirene_web.policy import Target
from eirene_web.work.models import Job

#: States in which a job has not ended.
CANCELLABLE = (Job.State.WAITING, Job.State.RUNNING)


def verb_of(job: Job, verb: str) -> str:
    """`see`, `cancel` or `run_again`, as the policy calls it for this job."""
    return f"job.{verb}" if job.nation else f"office_job.{verb}"


def job_target(job: Job, alliance: str) -> Target:
    """`alliance`: the asking one; what belongs to the installation itself is each office's own business."""
    kind = "job" if job.nation else "office_job"
    return Target(kind, job.alliance or alliance, state=job.state, nation=job.nation, person=job.person_id)
