"""What is not needed any more goes: rows of the queue, old jobs, keys of effects that nothing can ask for again."""

from __future__ import annotations

import datetime as dt

from django_tasks import task
from django_tasks_db.models import DBTaskResult

from eirene_web.clock import now
from eirene_web.work.models import Effect, Job

#: Days that are kept: of what went well, of what failed (it can be run again so long), and of jobs and keys.
WELL, FAILED, JOBS = 2, 90, 400


@task
def tidy() -> None:
    moment = now()
    finished = DBTaskResult.objects.filter(finished_at__lt=moment - dt.timedelta(days=WELL))
    finished.filter(status="SUCCESSFUL").exclude(pk__in=_may_run_again()).delete()
    DBTaskResult.objects.failed().filter(finished_at__lt=moment - dt.timedelta(days=FAILED)).delete()
    old = moment - dt.timedelta(days=JOBS)
    Job.objects.filter(finished__lt=old).delete()
    Effect.objects.filter(at__lt=old).delete()


def _may_run_again() -> list[str]:
    """Rows of the queue that ended well, of jobs that did not: a person may have them run again."""
    since = now() - dt.timedelta(days=FAILED)
    jobs = Job.objects.filter(state__in=[Job.State.FAILED, Job.State.CANCELLED], finished__gte=since).exclude(task="")
    return list(jobs.values_list("task", flat=True))
