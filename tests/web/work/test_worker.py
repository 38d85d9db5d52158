"""A task is tried again, given up, cancelled, run again; a worker that is taken for dead writes nothing."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from eirene_web.policy import NotAllowed, NotThere
from eirene_web.work import services, worker
from eirene_web.work.liveness import FileMark, LockLost, Mark, take_mark
from eirene_web.work.models import Effect, Job
from eirene_web.work.worker import Worker, work_off
from web.work import tasks
from web.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_done() -> None:
    tasks.DONE.clear()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """No waiting between starts; the pauses that there would have been."""
    asked: list[int] = []

    def none(starts: int) -> object:
        asked.append(starts)
        return timezone.timedelta(0)

    monkeypatch.setattr(worker, "pause", none)
    return asked


@pytest.fixture
def lane() -> Iterator[Worker]:
    """A worker of this process that is looked at step by step."""
    mark = take_mark()
    yield Worker(mark)
    mark.drop()


def row_of(job: Job) -> DBTaskResult:
    return DBTaskResult.objects.get(pk=Job.objects.get(pk=job.pk).task)


def test_what_a_task_gives_back_is_the_jobs_result() -> None:
    job = services.start(tasks.effect, kind="import", n=1, seconds=0)
    assert (job.state, job.task) == ("waiting", str(row_of(job).pk))
    assert work_off() == 1
    job.refresh_from_db()
    assert (job.state, job.result, job.tries) == ("done", {"n": 1}, 1)
    assert row_of(job).status == "SUCCESSFUL"
    assert work_off() == 0


def test_what_nobody_foresaw_is_tried_again(at_once: list[int], caplog: pytest.LogCaptureFixture) -> None:
    job = services.start(tasks.fails, kind="import", times=2, secret="Tonnerre-7")
    with caplog.at_level(logging.ERROR):
        assert work_off() == 3
    job.refresh_from_db()
    assert (job.state, job.tries, job.error) == ("done", 3, {})
    assert at_once == [1, 2]
    assert "Tonnerre-7" not in caplog.text
    assert "tasks.py" in caplog.text


def test_between_two_starts_there_is_a_pause_that_grows() -> None:
    for starts, seconds in enumerate((2, 4, 8, 16), 1):
        for _ in range(50):
            assert 0.8 * seconds <= worker.pause(starts).total_seconds() <= 1.2 * seconds


def test_between_two_starts_the_job_waits_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "pause", lambda starts: dt.timedelta(hours=starts))
    job = services.start(tasks.fails, kind="import", times=1)
    begun = timezone.now()
    assert work_off() == 1
    ended = timezone.now()
    job.refresh_from_db()
    assert (job.state, job.finished) == ("waiting", None)
    assert job.error["what"] == "Start 1 of 3 did not come to its end. It is tried again by itself."
    row = row_of(job)
    assert row.status == "READY"
    assert begun <= row.run_after - dt.timedelta(hours=1) <= ended


def test_after_three_starts_it_has_failed_is_told_and_can_be_run_again(
    at_once: list[int], harbour_world: World
) -> None:
    world = harbour_world
    person = world.people["ALF.rapporteur"]
    job = services.start(
        tasks.fails, kind="import", alliance="harbour", nation="ALF", person=person.pk, times=3, secret="Tonnerre-7"
    )
    assert work_off(["default"]) == 3
    job.refresh_from_db()
    assert (job.state, job.tries) == ("failed", 3)
    assert job.error["what"] == "Something went wrong that nobody foresaw (ValueError)."
    assert "Tonnerre-7" not in row_of(job).traceback
    assert {n.kind for n in person.notices.all()} == {"cycle_opened", "job_failed"}
    services.run_again(actor=world.actor("ALF.rapporteur"), job=job.pk)
    assert work_off(["default"]) == 1
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"starts": 4})


def test_what_a_person_can_put_right_ends_the_job_and_names_every_problem(harbour_world: World) -> None:
    person = harbour_world.people["ALF.rapporteur"]
    job = services.start(tasks.refuses, kind="import", alliance="harbour", nation="ALF", person=person.pk)
    work_off(["default"])
    job.refresh_from_db()
    assert job.state == "failed"
    assert job.error == {
        "what": "B4 is “abc”.", "where": "Sheet 2", "remedy": "Write a number.",
        "more": [{"what": "B5 too.", "where": "Sheet 2", "remedy": ""}],
    }  # fmt: skip
    assert tasks.DONE == ["start"]
    notice = person.notices.get(kind="job_failed")
    assert "abc" not in str(notice.facts)


def test_a_job_is_stopped_in_the_middle(harbour_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world = harbour_world
    person = world.people["ALF.rapporteur"]
    job = services.start(tasks.counts, kind="import", alliance="harbour", nation="ALF", person=person.pk, of=9)
    told = services.Running.tell

    def tell(running: services.Running, phase: str, done: int = 0, of: int = 0) -> None:
        if done == 4:
            services.cancel(actor=world.actor("ALF.rapporteur"), job=job.pk)
        told(running, phase, done, of)

    monkeypatch.setattr(services.Running, "tell", tell)
    work_off(["default"])
    job.refresh_from_db()
    assert (job.state, job.done, job.of) == ("cancelled", 4, 9)
    assert tasks.DONE == [0, 1, 2, 3, 4]
    assert row_of(job).status == "SUCCESSFUL"
    assert not person.notices.filter(kind="job_failed").exists()


def test_a_job_stopped_at_the_last_moment_leaves_nothing() -> None:
    job = services.start(tasks.last_moment, kind="import")
    work_off()
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert not Job.objects.filter(kind="effect").exists()
    assert not Effect.objects.exists()


def test_a_waiting_job_is_stopped_at_once_and_never_runs(harbour_world: World) -> None:
    world = harbour_world
    job = services.start(tasks.counts, kind="release", alliance="harbour", of=3)
    with pytest.raises(NotThere):
        services.cancel(actor=world.actor("ALF.rapporteur"), job=job.pk)
    services.cancel(actor=world.actor("coordinator"), job=job.pk)
    work_off(["default"])
    job.refresh_from_db()
    assert (job.state, tasks.DONE) == ("cancelled", [])
    with pytest.raises(NotAllowed, match="locked"):
        services.cancel(actor=world.actor("coordinator"), job=job.pk)
    services.run_again(actor=world.actor("coordinator"), job=job.pk)
    work_off(["default"])
    job.refresh_from_db()
    assert job.state == "done"


def test_an_effect_and_its_job_are_not_written_by_a_worker_that_was_taken_for_dead() -> None:
    job = services.start(tasks.is_overtaken, kind="import")
    work_off()
    job.refresh_from_db()
    assert job.state == "running"
    assert not Effect.objects.exists()
    assert row_of(job).worker_ids == ["somebody else"]
    assert row_of(job).status == "RUNNING"


def test_what_a_dead_worker_left_is_begun_again_and_in_the_end_given_up(at_once: list[int], lane: Worker) -> None:
    job = services.start(tasks.effect, kind="import", n=1, seconds=0)
    for start in range(1, 6):
        dead = take_mark()
        row = Worker(dead).claim()
        assert row is not None
        Job.objects.filter(pk=job.pk).update(state="running", started=timezone.now())
        assert lane.rescue() == 0  # it lives
        dead.drop()
        assert lane.rescue() == 1
        assert lane.rescue() == 0
        job.refresh_from_db()
        assert job.state == ("waiting" if start < 5 else "failed")
    assert row_of(job).status == "FAILED"
    assert job.error["what"] == "The work was cut off at each of its 5 starts."
    assert at_once == [0, 1, 2, 3, 4]


def test_a_job_that_was_done_when_its_worker_died_is_not_done_again(lane: Worker) -> None:
    job = services.start(tasks.effect, kind="import", n=1, seconds=0)
    work_off()
    DBTaskResult.objects.update(status="RUNNING", worker_ids=["0" * 32])
    assert lane.rescue() == 1
    DBTaskResult.objects.update(run_after=timezone.now())
    work_off()
    job.refresh_from_db()
    assert (job.state, job.tries) == ("done", 1)
    assert Job.objects.filter(kind="effect").count() == 1


def test_work_that_is_undone_with_its_cause_was_never_asked_for() -> None:
    with transaction.atomic():
        services.start(tasks.effect, kind="import", n=1, seconds=0)
        transaction.set_rollback(True)
    assert not Job.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_an_effect_outside_a_transaction_is_refused() -> None:
    class Outside:
        in_atomic_block = False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "connection", Outside())
        with pytest.raises(RuntimeError, match="one transaction"):
            services.once("x")


def lose(mark: Mark, home: Path) -> None:
    """The file is swept away; the session is ended, as when the database restarts."""
    if isinstance(mark, FileMark):
        (home / "locks" / mark.id).unlink()
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database())"
        )


def test_a_worker_whose_lock_is_gone_ends_and_writes_nothing_more(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = take_mark()
    assert mark.stands()
    job = services.start(tasks.effect, kind="import", n=1, seconds=0)
    told = services.Running.tell

    def tell(running: services.Running, phase: str, done: int = 0, of: int = 0) -> None:
        told(running, phase, done, of)
        lose(mark, home)

    monkeypatch.setattr(services.Running, "tell", tell)
    lane = Worker(mark)
    assert lane.run_one()
    assert not mark.stands()
    with pytest.raises(LockLost):
        lane.look_after()
    mark.drop()
    assert not Effect.objects.exists()
    assert not Job.objects.filter(kind="effect").exists()
    job.refresh_from_db()
    assert job.state == "running"
    monkeypatch.undo()
    other = take_mark()
    assert Worker(other).rescue() == 1
    other.drop()


def test_nobody_takes_a_living_worker_for_dead() -> None:
    first, second = take_mark(), take_mark()
    with second.is_gone(first.id) as gone:
        assert not gone
    with first.is_gone(first.id) as gone:
        assert not gone
    first.drop()
    for _ in range(2):
        with second.is_gone(first.id) as gone:
            assert gone
    second.drop()


def test_an_idle_look_takes_no_lock_and_few_queries(lane: Worker, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert lane.claim() is None
    with django_assert_num_queries(2):  # type: ignore[operator]
        lane.look_after()
