"""Starting work in the background, telling how far it is, and doing its effect once.

@background                    makes a function a task: it gets its `Running` and the arguments it was started with
start(task, kind=…, …)         puts it on the queue, in the caller's transaction
running.tell(phase, done, of)  progress, at most once a second; raises Cancelled if that was asked for
running.once(key)              whether this effect is still to be done; inside the transaction that does it
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, connection, transaction
from django_tasks import task as queue_task

from eirene.errors import EireneError
from eirene_web.clock import now
from eirene_web.work.models import Effect, Job

Task = Any
#: Seconds between two writes of progress.
TELL_EVERY = 1.0


class Cancelled(Exception):
    """Somebody asked for the work to stop."""


class Running:
    """A job while it runs."""

    def __init__(self, job: Job) -> None:
        self.job, self._told, self._phase = job, 0.0, ""

    def tell(self, phase: str, done: int = 0, of: int = 0) -> None:
        """Writes how far it is. Raises Cancelled if that was asked for meanwhile."""
        moment = time.monotonic()
        if phase == self._phase and done < of and moment - self._told < TELL_EVERY:
            return
        self._phase, self._told = phase, moment
        asked = Job.objects.filter(pk=self.job.pk)
        asked.update(phase=phase[:80], done=done, of=of)
        if asked.filter(cancel_asked=True).exists():
            raise Cancelled

    def once(self, key: str) -> bool:
        """Whether the effect of this key is still to be done; it is, once. Ask inside the effect's transaction."""
        return once(key)


def once(key: str) -> bool:
    """The same for work without a job."""
    if not connection.in_atomic_block:
        raise RuntimeError("An effect and its key belong in one transaction.")
    try:
        with transaction.atomic():
            Effect.objects.create(key=key, at=now())
    except IntegrityError:
        return False
    return True


def background(function: Callable[..., dict[str, Any] | None]) -> Task:
    """A task of the queue. What it gives back (ids) becomes the job's result; an EireneError is told, not retried."""

    @functools.wraps(function)
    def run(job: int, **arguments: Any) -> None:
        row = Job.objects.filter(pk=job).first()
        if row is None or row.state in (Job.State.DONE, Job.State.CANCELLED):
            return
        running = Running(row)
        started = Job.objects.filter(pk=job)
        started.update(state=Job.State.RUNNING, started=row.started or now(), finished=None, tries=row.tries + 1)
        try:
            result = function(running, **arguments)
        except Cancelled:
            _finish(job, Job.State.CANCELLED)
        except EireneError as error:
            problem = error.problems[0]
            told = {"what": problem.what, "where": problem.where, "remedy": problem.remedy}
            _finish(job, Job.State.FAILED, error=told)
        else:
            _finish(job, Job.State.DONE, result=result or {})

    return queue_task(run)


def _finish(job: int, state: str, **fields: Any) -> None:
    Job.objects.filter(pk=job).update(state=state, finished=now(), **fields)


def start(
    task: Task,
    *,
    kind: str,
    alliance: str = "",
    nation: str = "",
    person: int | None = None,
    subject: str = "",
    where: str = "",
    **arguments: Any,
) -> Job:
    """Puts a task on the queue, in the caller's transaction: if that is undone, so is this. `arguments` are ids."""
    job = Job.objects.create(
        kind=kind, alliance=alliance, nation=nation, person_id=person, subject=subject, where=where, created=now()
    )
    result = task.enqueue(job=job.pk, **arguments)
    Job.objects.filter(pk=job.pk).update(task=str(result.id))
    return job
