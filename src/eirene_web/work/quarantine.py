"""Work in the background holds ids; what stopped it may quote what it was at work on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django_tasks_db.models import DBTaskResult

from eirene_web.work.models import Job


def _jobs(alliance: str, turn: Callable[[Any], Any]) -> None:
    for row in Job.objects.filter(alliance=alliance).exclude(error={}):
        error = turn(row.error)
        if error != row.error:
            Job.objects.filter(pk=row.pk).update(error=error)


def _queue(alliance: str, turn: Callable[[Any], Any]) -> None:
    """Belongs to no alliance; the words decide."""
    for row in DBTaskResult.objects.exclude(traceback="").only("pk", "traceback"):
        trace = turn(row.traceback)
        if trace != row.traceback:
            DBTaskResult.objects.filter(pk=row.pk).update(traceback=trace)


MADE = {"work.Job.error": _jobs, "django_tasks_database.DBTaskResult.traceback": _queue}
PLAIN = {
    **{f"work.Job.{name}": "ids and codes" for name in (
        "kind", "alliance", "nation", "subject", "task", "phase", "result", "where")},
    "work.Effect": "keys of what was done",
    "work.Schedule": "set by the house",
}  # fmt: skip
