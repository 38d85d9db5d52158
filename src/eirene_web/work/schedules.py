"""Work by the clock. Each app lists its own in `schedules.py` as SCHEDULES; a worker takes the lists over as it starts.

sync       the table holds what the code declares
fire_due   what is due goes on the queue, in the transaction that moves its time on: two workers never fire twice
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from cronsim import CronSim, CronSimError
from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from eirene.errors import UsageError
from eirene_web.clock import now
from eirene_web.work.models import Schedule


@dataclass(frozen=True)
class ByClock:
    """A task without arguments that is due when cron's five fields say so, read by the clock of a time zone.

    `task` is the task itself or the dotted path to it. The lists of apps may hold plain tuples of the same four.
    """

    name: str
    cron: str
    task: Any
    time_zone: str = "UTC"

    def __post_init__(self) -> None:
        next_time(self.cron, self.time_zone, dt.datetime(2000, 1, 1, tzinfo=dt.UTC))

    @property
    def path(self) -> str:
        return self.task if isinstance(self.task, str) else str(self.task.module_path)


def next_time(cron: str, time_zone: str, after: dt.datetime) -> dt.datetime:
    """The first time after an instant, in UTC. When clocks go forward, an hour that does not exist is the next one;
    when they go back, what is due once a day is due once."""
    try:
        zone = zoneinfo.ZoneInfo(time_zone)
        found: dt.datetime = next(CronSim(cron, after.astimezone(zone)))
    except (CronSimError, StopIteration, zoneinfo.ZoneInfoNotFoundError, ValueError):
        raise UsageError(
            f"The times {cron!r} in {time_zone!r} cannot be read.",
            remedy="Write them as 30 6 * * 1 and Europe/Brussels.",
        ) from None
    return found.astimezone(dt.UTC)


def declared() -> dict[str, ByClock]:
    """What all apps declare, by name."""
    found: dict[str, ByClock] = {}
    for app in settings.INSTALLED_APPS:
        if app.startswith("eirene_web.") and app != "eirene_web.work" and find_spec(f"{app}.schedules"):
            for given in import_module(f"{app}.schedules").SCHEDULES:
                one = given if isinstance(given, ByClock) else ByClock(*given)
                if found.setdefault(one.name, one) is not one:
                    raise UsageError(f"Two schedules are called {one.name!r}.")
    found.update({one.name: one for one in _own()})
    return found


def _own() -> list[ByClock]:
    from eirene_web.work.tidying import tidy

    return [ByClock("work.tidy", "40 3 * * *", tidy)]


def sync(wanted: dict[str, ByClock] | None = None) -> None:
    """New ones wait for their first time, changed ones for their next, and what nobody declares any more goes."""
    wanted = declared() if wanted is None else wanted
    with transaction.atomic():
        rows = {row.name: row for row in Schedule.objects.select_for_update().order_by("name")}
        Schedule.objects.filter(name__in=set(rows) - set(wanted)).delete()
        for name, one in sorted(wanted.items()):
            row = rows.get(name)
            fields = {"cron": one.cron, "time_zone": one.time_zone, "task": one.path}
            if row is not None and all(getattr(row, field) == value for field, value in fields.items()):
                continue
            fields["next_at"] = next_time(one.cron, one.time_zone, now())
            if row is None:
                Schedule.objects.bulk_create([Schedule(name=name, **fields)], ignore_conflicts=True)
            else:
                Schedule.objects.filter(pk=name).update(**fields)


def fire_due() -> list[str]:
    """Puts what is due on the queue and moves its time past now, so that times that were missed count as one."""
    moment = now()
    due = Schedule.objects.filter(next_at__lte=moment)
    if not due.exists():  # a look takes no lock
        return []
    fired = []
    with transaction.atomic():
        for row in due.select_for_update(skip_locked=True).order_by("next_at", "name"):
            if enqueue_once(row.task):
                fired.append(row.name)
            Schedule.objects.filter(pk=row.pk).update(
                next_at=next_time(row.cron, row.time_zone, moment), last_at=moment
            )
    return fired


def enqueue_once(path: str) -> bool:
    """Puts a task without arguments on the queue, unless it waits there still, untouched. Whether it did.

    One that waits for its next try does not count: what is new should not wait for it.
    """
    if DBTaskResult.objects.ready().filter(task_path=path).exists():
        return False
    import_string(path).enqueue()
    return True
