"""Tasks of the tests. A worker process imports them by this module's name: see `trial`."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.db import transaction
from django_tasks import task

from eirene.errors import Problem, Unreadable
from eirene_web.clock import now
from eirene_web.work.models import Job
from eirene_web.work.services import Running, background, long, once

#: What tasks of this process did, for tests that run them here.
DONE: list[Any] = []


@background
def effect(running: Running, n: int, seconds: float) -> dict[str, Any]:
    """Writes a row that nothing but `once` keeps single, half-way through its time, and notes when it started."""
    with open(settings.EIRENE_HOME / "starts", "a") as notes:
        notes.write(f"{time.time()} {n}\n")
    running.tell("working", 1, 2)
    time.sleep(seconds / 2)
    with transaction.atomic():
        if running.once(f"trial:{n}"):
            Job.objects.create(
                kind="effect", subject=f"{n}", state=Job.State.DONE, created=now(), finished=now(),
            )  # fmt: skip
    time.sleep(seconds / 2)
    return {"n": n}


@long
def prints(running: Running) -> dict[str, Any]:
    """Takes as long as somebody lets it: until the file is there that says that it may end."""
    (settings.EIRENE_HOME / "printing").touch()
    while not (settings.EIRENE_HOME / "enough").exists():
        time.sleep(0.05)
    return {}


@background
def fails(running: Running, times: int, secret: str = "") -> dict[str, Any]:
    """Fails so often, then succeeds."""
    DONE.append("start")
    if DONE.count("start") <= times:
        raise ValueError(f"nobody foresaw {secret}")
    return {"starts": DONE.count("start")}


@background
def refuses(running: Running) -> None:
    DONE.append("start")
    raise Unreadable([Problem("B4 is “abc”.", "Sheet 2", "Write a number."), Problem("B5 too.", "Sheet 2")])


@background
def counts(running: Running, of: int) -> dict[str, Any]:
    for n in range(of):
        DONE.append(n)
        running.tell(f"item {n}", n, of)
    return {}


@background
def last_moment(running: Running) -> None:
    """Somebody presses *stop* just before the effect is written."""
    Job.objects.filter(pk=running.job.pk).update(cancel_asked=True)
    with transaction.atomic():
        if running.once("late"):
            Job.objects.create(kind="effect", subject="late", state="done", created=now(), finished=now())


@background
def is_overtaken(running: Running) -> None:
    """While it works, others take its worker for dead."""
    from django_tasks_db.models import DBTaskResult

    DBTaskResult.objects.filter(pk=running.job.task).update(worker_ids=["somebody else"], status="RUNNING")
    with transaction.atomic():
        if running.once("overtaken"):
            Job.objects.create(kind="effect", subject="overtaken", state="done", created=now(), finished=now())


@background
def by_clock(running: Running) -> None:
    """A task of the kind that jobs have, started by a schedule."""
    running.tell("ticking")
    DONE.append("by_clock")
    with transaction.atomic():
        assert running.once("by_clock")


@task
def tick() -> None:
    DONE.append("tick")
    with transaction.atomic():
        once(f"tick:{now().isoformat()}")


@task
def always_fails() -> None:
    raise KeyError("secret")
