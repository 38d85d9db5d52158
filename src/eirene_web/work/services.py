"""Starting work in the background, telling how far it is, and doing its effect once.

@background                    makes a function a task: it gets its `Running` and the arguments it was started with
start(task, kind=…, …)         puts it on the queue, in the caller's transaction
running.tell(phase, done, of)  progress, about once a second; raises Cancelled if that was asked for
running.once(key)              whether this effect is still to be done; inside the transaction that does it
cancel, run_again              what people do with a job

What goes wrong and can be put right by a person (an EireneError) ends the job, and is told. Anything else is tried
again by the worker, five starts in all. Nobody can promise that a task starts once: it may be killed at any moment and
is then started again. What it does is done once if it asks `once` in the transaction that does it.
"""

from __future__ import annotations

import datetime as dt
import functools
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task as queue_task
from django_tasks_db.models import DBTaskResult

from eirene.errors import EireneError, Problem, UsageError
from eirene_web.clock import now
from eirene_web.journal.services import Field, change, record
from eirene_web.policy import Actor, NotThere, ask
from eirene_web.work.liveness import LockLost
from eirene_web.work.models import Effect, Job
from eirene_web.work.queries import here
from eirene_web.work.targets import CANCELLABLE, job_target, verb_of

Task = Any
#: Queue of what waits for machines outside: it has a lane of its own, so that a dead mail server holds up nothing else.
OUTSIDE = "outside"
#: Queue of what takes long (documents, releases): a lane of its own, so that somebody who hands in a file is not kept
#: waiting for an edition that is being printed.
LONG = "long"
#: Queue of everything else.
INSIDE = "default"
#: Seconds between two writes of progress.
TELL_EVERY = 1.0
#: Problems of a failed job that are kept.
MOST_PROBLEMS = 40

#: Who is told, in the transaction in which a job is done or has failed for good. Apps above this one add themselves
#: when they are loaded: this one does not know them.
ENDINGS: list[Callable[[Job], None]] = []


class Cancelled(Exception):
    """Somebody asked for the work to stop."""


# --- the start that is running --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Start:
    """One start of one task by one worker: what must still hold when it writes."""

    row: uuid.UUID
    #: Every worker that ever started it, this one last: whoever starts it after us makes the list longer.
    workers: tuple[str, ...]
    stands: Callable[[], bool]

    def check(self, *, lock: bool = False) -> None:
        """Raises LockLost if somebody may have taken the task over. `lock`: nobody can until the transaction ends."""
        rows = DBTaskResult.objects.filter(pk=self.row)
        if lock:
            rows = rows.select_for_update()
        found = rows.values_list("status", "worker_ids").first()
        if found is None or found[0] != "RUNNING" or tuple(found[1]) != self.workers or not self.stands():
            raise LockLost(f"Task {self.row} is not this worker's any more.")


_start: ContextVar[Start | None] = ContextVar("start", default=None)


@contextmanager
def started(start: Start) -> Iterator[None]:
    """What runs inside belongs to this start of a task."""
    token = _start.set(start)
    try:
        yield
    finally:
        _start.reset(token)


def _check(*, lock: bool = False) -> None:
    """Nothing to ask where a task is called by itself, as tests do."""
    current = _start.get()
    if current is not None:
        current.check(lock=lock)


# --- inside a task --------------------------------------------------------------------------------------------------


class Running:
    """A job while it runs. Work by the clock has none (its `job` is not in the table): nobody waits for it."""

    def __init__(self, job: Job | None = None) -> None:
        self.job, self._told, self._phase = job or Job(), 0.0, ""

    def tell(self, phase: str, done: int = 0, of: int = 0) -> None:
        """Writes how far it is. Raises Cancelled if that was asked for meanwhile. Call it outside transactions.

        A phase is a stage of the work, not one of its items: a new one is written at once, else once a second.
        """
        moment = time.monotonic()
        if phase == self._phase and not 0 < of <= done and moment - self._told < TELL_EVERY:
            return
        self._phase, self._told = phase, moment
        _check()
        Job.objects.filter(pk=self.job.pk, state=Job.State.RUNNING).update(phase=phase[:80], done=done, of=of)
        self._stop_if_asked()

    def once(self, key: str) -> bool:
        """Whether the effect of this key is still to be done; it is, once. Ask inside the effect's transaction.

        Raises Cancelled, or LockLost if this worker is taken for dead: then nothing of the transaction must stay.
        """
        new = once(key)
        self._stop_if_asked()
        return new

    def _stop_if_asked(self) -> None:
        if Job.objects.filter(pk=self.job.pk, cancel_asked=True).exists():
            raise Cancelled


def once(key: str) -> bool:
    """The same for work without a job."""
    if not connection.in_atomic_block:
        raise RuntimeError("An effect and its key belong in one transaction.")
    _check(lock=True)
    try:
        with transaction.atomic():
            Effect.objects.create(key=key, at=now())
    except IntegrityError:
        return False
    return True


def background(function: Callable[..., dict[str, Any] | None], *, queue: str = INSIDE) -> Task:
    """A task of the queue. What it gives back (ids) becomes the job's result; an EireneError is told, not retried.

    Without a job, as a schedule starts it, whatever goes wrong is tried again and shown when it has failed for good.
    """

    @functools.wraps(function)
    def run(job: int | None = None, **arguments: Any) -> None:
        if job is None:
            function(Running(), **arguments)
            return
        row = Job.objects.select_related("person").filter(pk=job).first()
        if row is None or not _begin(row):
            return
        with translation.override(row.person.language if row.person else "en"):
            try:
                result = function(Running(row), **arguments)
            except Cancelled:
                _end(row, Job.State.CANCELLED)
            except EireneError as error:
                _end(row, Job.State.FAILED, error=told(error.problems))
            else:
                _end(row, Job.State.DONE, result=result or {})

    return queue_task(queue_name=queue)(run)


def long(function: Callable[..., dict[str, Any] | None]) -> Task:
    """A task in the background that takes long: `background` in a lane of its own."""
    return background(function, queue=LONG)


def _begin(job: Job) -> bool:
    """Whether there is anything to do: it may have been cancelled while it waited, or done before a worker died."""
    open_ = Job.objects.filter(pk=job.pk, state__in=CANCELLABLE)
    if open_.filter(cancel_asked=True).update(state=Job.State.CANCELLED, finished=now()):
        return False
    current = _start.get()
    tries = len(current.workers) if current else job.tries + 1
    return bool(
        open_.update(
            state=Job.State.RUNNING, started=job.started or now(), tries=tries, error={}, phase="", done=0, of=0
        )
    )


def _end(job: Job, state: str, **fields: Any) -> None:
    with transaction.atomic():
        _check(lock=True)
        ended(job.pk, state, **fields)


def told(problems: tuple[Problem, ...]) -> dict[str, Any]:
    """What a job keeps of what went wrong: the first problem, and the others."""
    first, *more = [{"what": p.what, "where": p.where, "remedy": p.remedy} for p in problems[:MOST_PROBLEMS]]
    return {**first, "more": more} if more else first


# --- what becomes of a job ------------------------------------------------------------------------------------------


def ended(job: int, state: str, **fields: Any) -> None:
    """The job is done, has failed or was cancelled; those concerned are told, in the same transaction."""
    ends = Job.objects.filter(pk=job, state__in=CANCELLABLE)
    if not ends.update(state=state, finished=now(), **fields) or state == Job.State.CANCELLED:
        return
    row = Job.objects.select_related("person").get(pk=job)
    for tell in ENDINGS:
        tell(row)


def waits_again(job: int, *, starts: int, most: int, again: dt.datetime) -> None:
    """A start went wrong in a way that nobody foresaw, or was cut off: the job waits for its next one."""
    row = Job.objects.select_related("person").filter(pk=job, state__in=CANCELLABLE).first()
    if row is None:
        return
    if row.cancel_asked:
        ended(job, Job.State.CANCELLED)
        return
    with translation.override(row.person.language if row.person else "en"):
        what = _("Start %(n)d of %(most)d did not come to its end. It is tried again by itself.") % {
            "n": starts, "most": most,
        }  # fmt: skip
    Job.objects.filter(pk=job, state__in=CANCELLABLE).update(
        state=Job.State.WAITING, error={"what": what, "where": "", "remedy": ""}, tries=starts
    )


def given_up(job: int | None, *, kind: str, task: str, starts: int, cause: str) -> None:
    """The last start went wrong too. `cause`: kind of the exception; '' if the worker was killed each time.

    Work by the clock has no job of its own until it fails: then there is one, for the administrator.
    """
    row = Job.objects.select_related("person").filter(pk=job).first() if job else None
    if row is None:
        row = Job.objects.create(kind=kind[:40], task=task, state=Job.State.RUNNING, created=now(), started=now())
    with translation.override(row.person.language if row.person else "en"):
        if cause:
            what = _("Something went wrong that nobody foresaw (%(cause)s).") % {"cause": cause}
        else:
            what = _("The work was cut off at each of its %(n)d starts.") % {"n": starts}
        remedy = _("Run it again; if it fails again, tell the administrator, whose log says more.")
    ended(row.pk, Job.State.FAILED, error={"what": what, "where": "", "remedy": remedy}, tries=starts)


# --- starting, cancelling, running again ----------------------------------------------------------------------------


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
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind, alliance=alliance, nation=nation, person_id=person, subject=subject, where=where, created=now()
        )
        result = task.enqueue(job=job.pk, **arguments)
        job.task = str(result.id)
        job.save(update_fields=["task"])
    return job


@change
def cancel(*, actor: Actor, job: int) -> Job:
    """Asks a job to stop: at once if it waits, at its next step if it runs. What it has done by then stays done."""
    row = _locked(actor, job)
    ask(actor, verb_of(row, "cancel"), job_target(row, actor.alliance))
    if row.state == Job.State.WAITING:
        row.state, row.finished = Job.State.CANCELLED, now()
    before, row.cancel_asked = row.cancel_asked, True
    row.save(update_fields=["state", "finished", "cancel_asked"])
    _record(actor, row, "job.cancel", [Field(f"job:{row.pk}", "cancel_asked", before, True)])
    return row


@change
def run_again(*, actor: Actor, job: int) -> Job:
    """Starts a job that failed or was cancelled once more, with what it was started with."""
    row = _locked(actor, job)
    ask(actor, verb_of(row, "run_again"), job_target(row, actor.alliance))
    again = DBTaskResult.objects.filter(pk=row.task or None).exclude(status="RUNNING")
    if not again.update(
        status="READY", worker_ids=[], run_after=now(), finished_at=None, return_value=None, exception_class_path="",
        traceback="",
    ):  # fmt: skip
        raise UsageError(
            _("What it was started with is not kept any more."), remedy=_("Start it anew from the page it belongs to.")
        )
    before, row.state, row.finished, row.cancel_asked, row.error = row.state, Job.State.WAITING, None, False, {}
    row.phase, row.done, row.of, row.tries = "", 0, 0, 0
    row.save()
    _record(actor, row, "job.run_again", [Field(f"job:{row.pk}", "state", before, str(row.state))])
    return row


def _locked(actor: Actor, job: int) -> Job:
    found = Job.objects.select_for_update(of=("self",)).filter(here(actor), pk=job).first()
    if found is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    return found


def _record(actor: Actor, job: Job, verb: str, fields: list[Field]) -> None:
    record(actor, verb, chain=f"{actor.alliance}/{job.nation}", subject=f"job:{job.pk}", fields=fields)
