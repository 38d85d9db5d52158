"""Cycles before this platform: their reports taken in from files as what they were, accepted and closed."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable

from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene.framework import Pack, asked_bodies, cycle_of
from eirene.questionnaires import Report as Answers
from eirene.questionnaires import report_bytes
from eirene_web.journal.services import Field, change, record
from eirene_web.organisations.models import Alliance, Body
from eirene_web.organisations.packs import opened
from eirene_web.policy import Actor, Target, ask
from eirene_web.reports.models import Cycle, Report, Submission
from eirene_web.reports.services.cycles import PATIENCE
from eirene_web.reports.services.submitting import new_receipt


@change
def take_in_cycle(
    *,
    actor: Actor,
    alliance: str,
    code: str,
    reports: Iterable[Answers],
    submitted: dict[str, dt.datetime] | None = None,
) -> Cycle:
    """A closed cycle with an accepted submission for each report; bodies that were asked and sent none did not submit.

    submitted   body → when it had submitted; where that is not known the report says so, and counts neither as in
                time nor as late
    """
    ask(actor, "cycle.set_up", Target("cycle", alliance, state=Cycle.State.PLANNED))
    row = Alliance.objects.select_for_update(of=("self",)).get(pk=alliance)
    pack = opened(row.pack_id)
    planned = cycle_of(pack, code)
    if Cycle.objects.filter(alliance=row, code=code).exists():
        raise UsageError(_("The cycle %(code)s is set up already.") % {"code": code})
    start, due = dates(pack, code)
    end = dt.datetime.combine(planned.publication_date, dt.time(12), dt.UTC)
    cycle = Cycle.objects.create(
        alliance=row, code=code, pack_id=row.pack_id, state=Cycle.State.CLOSED, opens=start,
        deadline=due, remind_days=[], releasability=planned.default_releasability,
        patience=dict(PATIENCE), opened=start, closed=end,
    )  # fmt: skip
    given = {answers.body: answers for answers in reports}
    when = submitted or {}
    _reports(cycle, given, when, end)
    record(
        actor, "cycle.set_up", chain=f"{alliance}/", subject=f"cycle:{cycle.pk}",
        fields=[Field(f"cycle:{cycle.pk}", "code", None, code),
                Field(f"cycle:{cycle.pk}", "taken in", None, sorted(given))],
    )  # fmt: skip
    return cycle


def dates(pack: Pack, code: str) -> tuple[dt.datetime, dt.datetime]:
    """Opening and deadline that a cycle before this platform is taken to have had: a week after the reference date,
    and half-way from there to its publication."""
    planned = cycle_of(pack, code)
    start = dt.datetime.combine(planned.reference_date, dt.time(8), dt.UTC) + dt.timedelta(days=8)
    end = dt.datetime.combine(planned.publication_date, dt.time(12), dt.UTC)
    return start, start + (end - start) / 2


def _reports(cycle: Cycle, given: dict[str, Answers], when: dict[str, dt.datetime], end: dt.datetime) -> None:
    pack = opened(cycle.pack_id)
    asked = asked_bodies(pack, cycle.code)
    bodies = {b.code: b for b in Body.objects.filter(alliance=cycle.alliance, code__in={*asked, *given})}
    rows = []
    for code in dict.fromkeys([*asked, *given]):
        at = when.get(code)
        state = Report.State.ACCEPTED if code in given else Report.State.NOT_SUBMITTED
        there = code in given
        rows.append(
            Report(
                cycle=cycle, body=bodies[code], state=state, version=1 if there else 0, opened=cycle.opens,
                moved=at or end if there else end, submitted=at if there else None, accepted=end if there else None,
            )
        )  # fmt: skip
    Report.objects.bulk_create(rows)
    Submission.objects.bulk_create(
        _submission(row, report_bytes(given[row.body.code], pack), end) for row in rows if row.body.code in given
    )


def _submission(report: Report, document: bytes, accepted: dt.datetime) -> Submission:
    return Submission(
        report=report,
        number=1,
        document=document,
        sha256=hashlib.sha256(document).hexdigest(),
        version=1,
        origin=Submission.Origin.HISTORY,
        at=report.submitted or accepted,
        receipt=new_receipt(),
        accepted=accepted,
    )
