"""The office's side of the demonstration: reports assigned, asked about, returned, accepted; more time, reminders."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q

from eirene_web import clock
from eirene_web.accounts.models import Person
from eirene_web.demo import plan
from eirene_web.demo.cast import Demo
from eirene_web.notices import services as notices
from eirene_web.notices.models import Notice
from eirene_web.organisations.models import Alliance
from eirene_web.organisations.queries import actor_for
from eirene_web.reports.models import Cycle, Report
from eirene_web.reports.services import corrections, cycles, discussing, reminding, reviewing

#: Notices that are older have been read.
READ_AFTER = 2


def review(demo: Demo, report: Report, state: str, days: int) -> None:
    """What the office has done with a report that came in."""
    if state not in ("in_review", "returned", "accepted"):
        return
    code = report.body.code
    desk = demo.actor(name := "desk-a" if report.pk % 2 else "desk-b")
    with clock.at(demo.ago(days + (1 if state == "in_review" else 2))):
        reviewing.assign_review(
            actor=demo.actor("coordinator"), report=report.pk, post=demo.posts[name].pk, due=demo.day(12 - days)
        )
        for one in plan.ASKED.get(code, ()):
            _ask(demo, report, desk, one, days)
        if code in plan.NOTED:
            discussing.open_thread(actor=desk, report=report.pk, kind="office", text=plan.NOTED[code])
    with clock.at(demo.ago(days)):
        if code in plan.PARTLY:
            reviewing.accept_sections(actor=desk, report=report.pk, sections=plan.PARTLY[code])
        if state == "accepted":
            reviewing.accept_report(actor=desk, report=report.pk)
        elif state == "returned":
            back = plan.RETURNED[code]
            reviewing.return_report(
                actor=desk, report=report.pk, reason=back.reason, questions=back.open, due=demo.day(back.due)
            )
    if state == "accepted" and code in plan.CORRECTED:
        with clock.at(demo.ago(days - 5)):
            ask_correction(demo, report, *plan.CORRECTED[code])


def _ask(demo: Demo, report: Report, desk: Any, one: plan.Asked, days: int) -> None:
    """A clarification, the note about it within the office, and what the nation wrote back."""
    thread = discussing.open_thread(
        actor=desk, report=report.pk, kind="clarification", question=one.question, text=one.text, flag=one.flag,
        due=demo.day(one.due),
    )  # fmt: skip
    if one.note:
        discussing.open_thread(actor=desk, report=report.pk, kind="office", question=one.question, text=one.note)
    if one.answer:
        with clock.at(demo.ago(days + 0.5)):
            nation = demo.actor(f"{report.body.code}.rapporteur")
            discussing.write(actor=nation, thread=thread.pk, text=one.answer)
            if one.settled:
                discussing.close_thread(actor=desk, thread=thread.pk)


def ask_correction(demo: Demo, report: Report, question: str, changes: dict[str, Any], why: str) -> int:
    made = corrections.request_correction(
        actor=demo.actor(f"{report.body.code}.rapporteur"), report=report.pk, question=question, changes=changes,
        reason=why,
    )  # fmt: skip
    return int(made.pk)


# --- over the whole cycle -------------------------------------------------------------------------------------------


def more_time(demo: Demo, cycle: Cycle) -> None:
    with clock.at(demo.ago(9)):
        for code, (days, why) in plan.EXTENDED.items():
            report = Report.objects.get(cycle=cycle, body__code=code)
            cycles.extend_deadline(
                actor=demo.actor("coordinator"), report=report.pk, deadline=demo.ago(-days).replace(hour=16), why=why
            )


def told_so_far(demo: Demo, cycle: Cycle) -> None:
    """What went out by the clock, the reminder of thirty days first; then everybody has read what is older."""
    for days in (14, 0):
        with clock.at(demo.ago(days)):
            reminding.remind_and_warn(cycle)
    with clock.at(demo.ago(3)):
        cycles.remind(actor=demo.actor("coordinator"), cycle=cycle.pk, bodies=["QRN", "VDN"])
    read_what_is_older(demo.alliance, demo.ago(READ_AFTER))


def read_what_is_older(alliance: Alliance, than: dt.datetime) -> None:
    """Everybody has read their notices up to then."""
    old = Q(notices__at__lt=than, notices__read__isnull=True)
    for person in Person.objects.annotate(unread=Count("notices", filter=old)).filter(unread__gt=0):
        mine = Notice.objects.filter(person=person, at__lt=than, read__isnull=True).values_list("pk", flat=True)
        with clock.at(than):
            actor = actor_for(person, alliance, strong=True)
            if actor.grants:  # who has left since reads nothing any more
                notices.mark_read(actor=actor, notices=list(mine))
