"""What is due by the clock: read in its own time zone, once however many look, once for all that was missed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from eirene.errors import UsageError
from eirene_web import clock
from eirene_web.work import schedules
from eirene_web.work.models import Effect, Job, Schedule
from eirene_web.work.schedules import ByClock, next_time
from eirene_web.work.tidying import tidy
from eirene_web.work.worker import work_off
from web.work import tasks

START = dt.datetime(2023, 3, 1, 12, tzinfo=dt.UTC)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("cron", "zone", "after", "next_"),
    [
        ("30 6 * * *", "UTC", "2023-03-01T06:30", "2023-03-02T06:30"),
        ("30 6 * * 1", "Europe/Brussels", "2023-03-01T06:30", "2023-03-06T05:30"),
        ("0 9 * * *", "Pacific/Kiritimati", "2023-03-01T18:59", "2023-03-01T19:00"),
        # clocks go forward: half past two does not exist on the 26th; it is due as the clocks jump to three
        ("30 2 * * *", "Europe/Brussels", "2023-03-25T12:00", "2023-03-26T01:00"),
        # clocks go back: half past two comes twice on the 29th, and is due once
        ("30 2 * * *", "Europe/Brussels", "2023-10-28T12:00", "2023-10-29T00:30"),
        ("30 2 * * *", "Europe/Brussels", "2023-10-29T00:30", "2023-10-30T01:30"),
    ],
)
def test_the_next_time_is_read_by_the_clock_of_its_zone(cron: str, zone: str, after: str, next_: str) -> None:
    found = next_time(cron, zone, utc(after))
    assert found == utc(next_)


@pytest.mark.parametrize(("cron", "zone"), [("61 * * * *", "UTC"), ("* *", "UTC"), ("* * * * *", "Mars/Olympus")])
def test_times_that_cannot_be_read_are_refused_where_they_are_declared(cron: str, zone: str) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        ByClock("x", cron, tasks.tick, zone)


def wanted(cron: str = "0 * * * *", name: str = "tick") -> dict[str, ByClock]:
    return {name: ByClock(name, cron, tasks.tick)}


@pytest.fixture(autouse=True)
def nothing_done() -> None:
    tasks.DONE.clear()


@pytest.mark.django_db
def test_each_app_declares_its_own_and_a_worker_takes_them_over() -> None:
    schedules.sync()
    assert set(Schedule.objects.values_list("name", flat=True)) >= {"work.tidy", "notices.send", "reports.remind"}
    for row in Schedule.objects.all():
        assert row.task.startswith("eirene_web.")


@pytest.mark.django_db
def test_what_is_declared_anew_waits_for_its_next_time_and_what_is_not_goes() -> None:
    with clock.at(START):
        schedules.sync(wanted())
        schedules.sync(wanted())
        assert Schedule.objects.get().next_at == START + dt.timedelta(hours=1)
        schedules.sync(wanted("30 * * * *"))
        assert Schedule.objects.get().next_at == START + dt.timedelta(minutes=30)
        schedules.sync(wanted(name="other"))
    assert list(Schedule.objects.values_list("name", flat=True)) == ["other"]


@pytest.mark.django_db
def test_it_fires_when_due_and_what_was_missed_counts_as_one() -> None:
    with clock.at(START):
        schedules.sync(wanted())
        assert schedules.fire_due() == []
    late = START + dt.timedelta(hours=5, minutes=7)
    with clock.at(late):
        assert schedules.fire_due() == ["tick"]
        assert schedules.fire_due() == []
    row = Schedule.objects.get()
    assert (row.last_at, row.next_at) == (late, START + dt.timedelta(hours=6))
    work_off()
    assert tasks.DONE == ["tick"]
    assert Effect.objects.count() == 1


@pytest.mark.django_db
def test_a_task_of_the_kind_that_jobs_have_can_be_due_too_and_be_named_by_its_path() -> None:
    with clock.at(START):
        schedules.sync({"x": ByClock("x", "* * * * *", "web.work.tasks.by_clock")})
    with clock.at(START + dt.timedelta(minutes=1)):
        schedules.fire_due()
    work_off()
    assert tasks.DONE == ["by_clock"]
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_it_is_not_put_on_the_queue_again_while_it_stands_there() -> None:
    with clock.at(START):
        schedules.sync(wanted("* * * * *"))
    for minutes in (1, 2, 3):
        with clock.at(START + dt.timedelta(minutes=minutes)):
            schedules.fire_due()
    assert DBTaskResult.objects.count() == 1


@pytest.mark.django_db
def test_what_fails_by_the_clock_is_shown_as_a_job_of_the_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    from eirene_web.work import worker

    monkeypatch.setattr(worker, "pause", lambda starts: dt.timedelta(0))
    tasks.always_fails.enqueue()
    assert work_off() == 3
    job = Job.objects.get()
    assert (job.kind, job.state, job.alliance, job.tries) == ("always_fails", "failed", "", 3)
    assert job.task == str(DBTaskResult.objects.get().pk)


@pytest.mark.django_db
def test_old_rows_go_but_what_can_be_run_again_stays() -> None:
    moment = timezone.now()
    old = moment - dt.timedelta(days=9)
    rows = [DBTaskResult.objects.get(pk=tasks.tick.enqueue().id) for _ in range(3)]
    DBTaskResult.objects.filter(pk__in=[r.pk for r in rows[:2]]).update(status="SUCCESSFUL", finished_at=old)
    DBTaskResult.objects.filter(pk=rows[2].pk).update(status="FAILED", finished_at=old)
    Job.objects.create(kind="import", state="cancelled", task=str(rows[1].pk), created=old, finished=old)
    Job.objects.create(kind="import", state="done", created=old, finished=moment - dt.timedelta(days=500))
    tidy.call()
    assert set(DBTaskResult.objects.values_list("pk", flat=True)) == {rows[1].pk, rows[2].pk}
    assert Job.objects.count() == 1
