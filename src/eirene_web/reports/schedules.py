"""What reports do by the clock."""

from __future__ import annotations

from django.db import transaction
from django_tasks import task

from eirene_web.reports.models import Cycle
from eirene_web.reports.services import reminding
from eirene_web.work.schedules import ByClock


@task
def remind() -> None:
    """Reminders and overdue notices of all cycles that were opened. Every hour, since it is morning somewhere."""
    for cycle in Cycle.objects.exclude(state=Cycle.State.PLANNED).select_related("alliance"):
        with transaction.atomic():
            reminding.remind_and_warn(cycle)


SCHEDULES = [ByClock("reports.remind", "5 * * * *", remind)]
