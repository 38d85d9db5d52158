"""That somebody looked at a report: what is new since is told to them the next time.

It changes nothing of the report and concerns nobody else, so no entry of the journal is made of it.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from eirene_web.clock import now
from eirene_web.policy import Actor, ask
from eirene_web.reports.models import Report, Visit
from eirene_web.reports.targets import report_target

#: A visit is written down at most so often.
EVERY = dt.timedelta(minutes=5)


def note_visit(*, actor: Actor, report: Report) -> None:
    """Keeps when the actor was here last."""
    ask(actor, "report.see", report_target(report))
    with transaction.atomic():
        Visit.objects.update_or_create(report=report, person_id=actor.person, defaults={"at": now()})
