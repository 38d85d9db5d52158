"""The worker: django-tasks-db's, with what it lacks (docs/decisions/0014): retries, rescue of what a killed worker
left, schedules, and the certainty that a worker taken for dead writes nothing.

    Worker      takes tasks one at a time; every second looks after the whole house
    work_off    runs everything that is due here and now, in this process: for tests and for a one-off command
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import random
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.db import OperationalError, close_old_connections, connections, transaction
from django.utils import timezone
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from eirene_web.work import schedules, services
from eirene_web.work.liveness import FileMark, LockLost, Mark, take_mark

log = logging.getLogger("eirene.work")

T = TypeVar("T")

#: Starts of a task whose worker dies, before it has failed.
MOST_STARTS = 5
#: Starts of a task that goes wrong by itself, before it has failed.
MOST_FAILURES = 3
#: Seconds between two looks for tasks when there are none; less would starve the web of SQLite's write lock.
IDLE = 0.5
#: Seconds between two looks after dead workers and schedules.
LOOK_AFTER = 1.0


def pause(starts: int) -> dt.timedelta:
    """Before the next start: 2, 4, 8, 16 seconds, each a fifth more or less."""
    return dt.timedelta(seconds=2**starts * random.uniform(0.8, 1.2))  # noqa: S311  no secret


class Worker(db_worker.Worker):  # type: ignore[misc]
    """One lane of work: takes the tasks of some queues, one at a time."""

    def __init__(
        self,
        mark: Mark,
        *,
        queues: Sequence[str] = ("*",),
        excluded: Sequence[str] = (),
        most_starts: int = MOST_STARTS,
    ) -> None:
        super().__init__(
            queue_names=list(queues), interval=IDLE, batch=False, backend_name="default", startup_delay=False,
            max_tasks=None, worker_id=mark.id, excluded_queue_names=list(excluded),
        )  # fmt: skip
        self.mark, self.most_starts = mark, most_starts

    def shutdown(self, signum: int, frame: Any) -> None:
        """Ends at once if nothing is being done; else after it, and at once if it is told a second time."""
        if not self.running or not self.running_task:
            sys.exit(0)
        self.running = False

    def run(self) -> None:
        """Until it is told to stop."""
        while self.running:
            close_old_connections()
            if not self.run_one() and self.running:
                time.sleep(self.interval)

    def watch(self) -> None:
        """Looks after the house until it is told to stop: beside the lanes, so that a long task delays nothing."""
        while self.running:
            close_old_connections()
            try:
                self.look_after()
            except OperationalError as error:
                if not db_worker.is_locked_database_exception(error):
                    raise
            time.sleep(LOOK_AFTER)

    def look_after(self) -> None:
        """What the dead left goes back to the queue; what is due by the clock is put on it. Raises LockLost when others
        take this process for dead: it must end then."""
        if not self.mark.stands():
            raise LockLost("This worker's lock is gone.")
        self.rescue()
        schedules.fire_due()

    def run_one(self) -> bool:
        """Whether there was a task to run."""
        self.running_task = True  # from here on a signal waits for the end of the task
        try:
            row = self.claim()
            if row is not None:
                self.run_task(row)
            return row is not None
        finally:
            self.running_task = False

    def claim(self) -> DBTaskResult | None:
        ready = DBTaskResult.objects.ready().filter(backend_name=self.backend_name)
        if not self.process_all_queues:
            ready = ready.filter(queue_name__in=self.queue_names)
        if self.excluded_queue_names:
            ready = ready.exclude(queue_name__in=self.excluded_queue_names)
        if not ready.exists():  # a look takes no lock
            return None
        try:
            with transaction.atomic():
                row = ready.get_locked()
                if row is not None:
                    row.claim(self.worker_id)
        except OperationalError as error:
            if not db_worker.is_locked_database_exception(error):
                raise
            return None
        return row  # type: ignore[no-any-return]

    def run_task(self, db_task_result: DBTaskResult) -> None:
        row = db_task_result
        start = services.Start(row.pk, tuple(row.worker_ids), self.mark.stands)
        try:
            with services.started(start):
                row.task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
        except LockLost:
            # Whoever took it over writes; we write nothing. If our own lock is gone the next look ends this process.
            log.warning("task %s was taken over by another worker", row.pk)
        except Exception as error:
            cause, where, starts = _kind(error), _where(error), len(row.worker_ids)
            log.error("task %s (%s) start %d: %s\n%s", row.pk, row.task_path, starts, cause, where)
            firmly(lambda: self._went_wrong(row, cause=cause, where=where, wait=pause(starts)))
        else:
            firmly(lambda: _mine(row).update(status="SUCCESSFUL", finished_at=timezone.now()))
        self._run_tasks += 1

    def _went_wrong(self, row: DBTaskResult, *, cause: str, where: str, wait: dt.timedelta) -> bool:
        """Back to the queue, or failed for good at the last start; the job says so. One update, guarded by what the row
        was: False if somebody else was faster."""
        starts, job = len(row.worker_ids), row.args_kwargs["kwargs"].get("job")
        why = {"exception_class_path": cause, "traceback": where}
        most = min(self.most_starts, MOST_FAILURES) if cause else self.most_starts
        with transaction.atomic():
            if starts < most:
                again = timezone.now() + wait
                mine = _mine(row).update(status="READY", run_after=again, **why)
                if mine and job:
                    services.waits_again(job, starts=starts, most=most, again=again)
            else:
                mine = _mine(row).update(status="FAILED", finished_at=timezone.now(), **why)
                if mine:
                    kind = row.task_path.rpartition(".")[2]
                    services.given_up(job, kind=kind, task=str(row.pk), starts=starts, cause=cause.rpartition(".")[2])
        return bool(mine)

    def rescue(self) -> int:
        """Tasks of workers that are gone go back to the queue; how many did."""
        found = 0
        for row in DBTaskResult.objects.running().filter(backend_name=self.backend_name).order_by("started_at"):
            with self.mark.is_gone(row.worker_ids[-1]) as gone:
                if gone and self._went_wrong(row, cause="", where="", wait=pause(len(row.worker_ids) - 1)):
                    log.warning("task %s: its worker is gone after start %d", row.pk, len(row.worker_ids))
                    found += 1
        return found


def _mine(row: DBTaskResult) -> Any:
    """The row, if nobody has touched it since."""
    return DBTaskResult.objects.filter(pk=row.pk, status="RUNNING", worker_ids=row.worker_ids)


def _kind(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _where(error: BaseException) -> str:
    """The lines that led there. Neither log nor row keep the message itself: it may quote content."""
    return "".join(traceback.format_tb(error.__traceback__))


def firmly(write: Callable[[], T]) -> T:
    """A last write is tried again while the database is only busy; it must not be lost."""
    for attempt in range(5):
        try:
            return write()
        except OperationalError:
            if attempt == 4 or connections["default"].in_atomic_block:
                raise
            close_old_connections()
            time.sleep(0.2 * 2**attempt)
    raise AssertionError("the loop returns or raises")


# --- a process ------------------------------------------------------------------------------------------------------


def work(*, most_starts: int = MOST_STARTS) -> None:
    """Works until it is told to stop: a lane for what somebody waits for, one for what takes long, one for what waits
    for machines outside, and beside them the watch over dead workers and schedules."""
    mark = take_mark()
    if isinstance(mark, FileMark):
        mark.sweep()
    schedules.sync()
    inside = Worker(mark, excluded=[services.OUTSIDE, services.LONG], most_starts=most_starts)
    others = [Worker(mark, queues=[queue], most_starts=most_starts) for queue in (services.OUTSIDE, services.LONG)]
    inside.configure_signals()
    inside.look_after()
    runs = [others[0].watch, *(lane.run for lane in others)]
    aside = [threading.Thread(target=_aside, args=(run,), daemon=True) for run in runs]
    for thread in aside:
        thread.start()
    try:
        inside.run()
    finally:
        # What is being mailed or printed just now is given a moment; what is cut off is begun again by the next worker.
        for lane in others:
            lane.running = False
        for thread in aside:
            thread.join(timeout=3)
        if not any(thread.is_alive() for thread in aside):
            mark.drop()


def _aside(run: Callable[[], None]) -> None:
    """A thread beside the main one. If it breaks the process is worth nothing; its keeper starts another."""
    try:
        run()
    except BaseException as error:
        log.error("the worker ends: %s\n%s", error if isinstance(error, LockLost) else _kind(error), _where(error))
        os._exit(1)
    finally:
        connections.close_all()


def work_off(queues: Iterable[str] = ("*",), *, most_starts: int = MOST_STARTS) -> int:
    """Runs what is due here and now, once each, in this process. How many tasks it ran."""
    mark = take_mark()
    lane = Worker(mark, queues=list(queues), most_starts=most_starts)
    try:
        ran = 0
        while lane.run_one():
            ran += 1
        return ran
    finally:
        mark.drop()
