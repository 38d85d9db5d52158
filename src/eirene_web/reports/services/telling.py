"""Who is told what about a cycle or a report: one function for each occasion, called by the service in whose
transaction it happens. Told twice under the same key, nobody hears it twice.

Inside a nation its own chain is told: whoever answers for the report, whom a section was given to, whose turn it is to
clear. The office speaks across the border to the contact point and to those who answer for the report, never to a post
above them. No message holds a word of a report.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from eirene_web.clock import now
from eirene_web.notices.recipients import Directory, People, joined
from eirene_web.notices.services import Message, tell_all
from eirene_web.notices.words import address_of
from eirene_web.reports.models import Assignment, ClearanceStep, Correction, Cycle, Report, Return, Thread

# --- what every message needs ---------------------------------------------------------------------------------------


def facts_of(report: Report, **more: Any) -> dict[str, Any]:
    return {
        "cycle": report.cycle.code, "nation": report.body.code, "deadline": report.due.isoformat(),
        "zone": report.body.time_zone, **more,
    }  # fmt: skip


def page_of(report: Report) -> str:
    return address_of("report", report.cycle.alliance_id, report.cycle.code, report.body.code)


def _tell(kind: str, report: Report, people: People, key: str = "", **facts: Any) -> int:
    """`key`: the occasion, where the report can have several of the kind."""
    message = Message(kind, people, f"{report.pk}:{key}", facts_of(report, **facts), page_of(report))
    return tell_all(report.cycle.alliance_id, [message])


def _directory(report: Report) -> Directory:
    return Directory(report.cycle.alliance_id, [report.body.nation])


def _office(report: Report) -> People:
    """The desk that reviews the report; the coordinator where it has none."""
    directory = Directory(report.cycle.alliance_id, [""])
    desk = directory.holders([report.reviewer_id]) if report.reviewer_id else {}
    return desk or directory.office("coordinator")


def _across_all(kind: str, cycle: Cycle, reports: Iterable[Report], key: str) -> int:
    """The same to every nation whose report is named."""
    directory = Directory(cycle.alliance_id)
    messages = []
    for report in reports:
        report.cycle = cycle
        people = directory.across(report.body.nation)
        messages.append(Message(kind, people, f"{report.pk}:{key}", facts_of(report), page_of(report)))
    return tell_all(cycle.alliance_id, messages)


def _moment() -> str:
    """For an occasion that can come again."""
    return now().isoformat()


def _due(day: dt.date | None) -> dict[str, str]:
    return {"due": day.isoformat()} if day else {}


# --- the cycle ------------------------------------------------------------------------------------------------------


def cycle_opened(cycle: Cycle, reports: Iterable[Report]) -> int:
    """To each nation for which it was opened. `reports` with their bodies."""
    return _across_all("cycle_opened", cycle, reports, "opened")


def cycle_closed(cycle: Cycle) -> int:
    """To every nation that was asked."""
    reports = Report.objects.filter(cycle=cycle).select_related("body")
    return _across_all("cycle_closed", cycle, reports, cycle.closed.isoformat() if cycle.closed else "")


def cycle_reopened(cycle: Cycle, reports: Iterable[Report]) -> int:
    """To those who can submit again. `reports` with their bodies."""
    return _across_all("cycle_reopened", cycle, reports, _moment())


def deadline_changed(cycle: Cycle) -> int:
    """To those who have not submitted, and have no later deadline of their own."""
    reports = owed(cycle).filter(Q(deadline__isnull=True) | Q(deadline__lt=cycle.deadline))
    return _across_all("deadline_changed", cycle, reports, cycle.deadline.isoformat())


def deadline_extended(report: Report) -> int:
    return _tell("deadline_extended", report, _directory(report).across(report.body.nation), key=_until(report))


def report_reopened(report: Report) -> int:
    return _tell("report_reopened", report, _directory(report).across(report.body.nation), key=_until(report))


def _until(report: Report) -> str:
    return report.due.isoformat()


def asked_again(cycle: Cycle, reports: Iterable[Report]) -> int:
    """The office reminds those who owe something; at most once a day. `reports` with their bodies. How many notices."""
    return _across_all("asked_again", cycle, reports, now().date().isoformat())


#: States in which a report that was never submitted is owed.
OWED = (Report.State.NOT_STARTED, Report.State.DRAFTING, Report.State.IN_CLEARANCE, Report.State.CLEARED)


def owed(cycle: Cycle) -> Any:
    """Reports of the cycle that are open and were not submitted yet, with their bodies."""
    return Report.objects.filter(cycle=cycle, state__in=OWED, submitted__isnull=True).select_related("body")


# --- filling in and clearing ----------------------------------------------------------------------------------------


def section_assigned(assignment: Assignment) -> int:
    report = assignment.report
    return _tell(
        "section_assigned", report, _directory(report).holders([assignment.post_id]), f"{assignment.pk}",
        section=assignment.section, **_due(assignment.due),
    )  # fmt: skip


def section_reminded(assignment: Assignment) -> int:
    """The rapporteur calls a section to mind; at most once a day."""
    report = assignment.report
    left = (assignment.due - now().astimezone(zone_of(report)).date()).days if assignment.due else 0
    kind = "section_overdue" if left < 0 else "section_due" if assignment.due else "section_assigned"
    return _tell(
        kind, report, _directory(report).holders([assignment.post_id]), f"{assignment.pk}:{now().date()}",
        section=assignment.section, days=abs(left), **_due(assignment.due),
    )  # fmt: skip


def clearance_pending(report: Report) -> int:
    """To every post whose turn it is now; those told before in this round hear nothing."""
    steps = ClearanceStep.objects.filter(report=report, round=report.round, state=ClearanceStep.State.PENDING)
    pending = list(steps.values_list("pk", "post"))
    if not pending:
        return 0
    directory = _directory(report)
    return tell_all(
        report.cycle.alliance_id,
        [
            Message("clearance_pending", directory.holders([post]), f"{step}", facts_of(report), page_of(report))
            for step, post in pending
        ],
    )


def cleared(report: Report) -> int:
    """To those who may submit it."""
    directory = _directory(report)
    people = joined(
        directory.owners(report.body.nation),
        directory.holders(directory.posts(report.body.nation, "authorised_officer")),
    )
    return _tell("cleared", report, people, f"{report.round}")


def sent_back(report: Report) -> int:
    """To the drafters: whoever answers for the report, and the posts that sections were given to."""
    directory = _directory(report)
    posts = Assignment.objects.filter(report=report).values_list("post", flat=True)
    return _tell(
        "sent_back", report, joined(directory.owners(report.body.nation), directory.holders(posts)), f"{report.round}"
    )


def submitted(report: Report, number: int) -> int:
    """To the office, and to the nation's own chain: whoever answers for the report and the posts that cleared it."""
    directory = _directory(report)
    posts = ClearanceStep.objects.filter(report=report, round=report.round).exclude(state="dropped")
    own = joined(
        directory.owners(report.body.nation), directory.holders(posts.values_list("post", flat=True)),
        directory.holders(directory.posts(report.body.nation, "authorised_officer")),
    )  # fmt: skip
    at = now().isoformat()
    return _tell("submitted", report, own, f"{number}", at=at) + _tell(
        "received", report, _office(report), f"{number}", at=at
    )


# --- review ---------------------------------------------------------------------------------------------------------


def review_assigned(report: Report) -> int:
    """To the desk; nothing when it is taken away."""
    if report.reviewer_id is None:
        return 0
    people = Directory(report.cycle.alliance_id, [""]).holders([report.reviewer_id])
    return _tell("review_assigned", report, people, f"{report.reviewer_id}:{_moment()}", **_due(report.review_due))


def accepted(report: Report) -> int:
    at = report.accepted.isoformat() if report.accepted else ""
    return _tell("accepted", report, _directory(report).across(report.body.nation), at)


def returned(report: Report, given: Return) -> int:
    people = _directory(report).across(report.body.nation)
    return _tell("returned", report, people, f"{given.pk}", **_due(given.due))


def thread_opened(thread: Thread) -> int:
    """A clarification goes to the nation, a question to the office; notes within a house tell nobody."""
    report = thread.report
    if thread.kind == Thread.Kind.CLARIFICATION:
        people = _directory(report).across(report.body.nation)
        return _tell("clarification_asked", report, people, _place(thread), **_due(thread.due))
    if thread.kind == Thread.Kind.QUESTION:
        return _tell("question_asked", report, _office(report), _place(thread))
    return 0


def _place(thread: Thread) -> str:
    """Where the thread is now: its last message."""
    last = thread.messages.order_by("-pk").values_list("pk", flat=True).first()
    return f"{thread.pk}:{last or 0}"


def thread_answered(thread: Thread) -> int:
    """To the side that asked."""
    report = thread.report
    if thread.kind == Thread.Kind.CLARIFICATION:
        return _tell("clarification_answered", report, _office(report), _place(thread))
    if thread.kind == Thread.Kind.QUESTION:
        people = _directory(report).across(report.body.nation)
        return _tell("question_answered", report, people, _place(thread))
    return 0


def correction_requested(correction: Correction) -> int:
    return _tell("correction_requested", correction.report, _office(correction.report), f"{correction.pk}")


def correction_decided(correction: Correction) -> int:
    report = correction.report
    return _tell("correction_decided", report, _directory(report).across(report.body.nation), f"{correction.pk}")


def zone_of(report: Report) -> dt.tzinfo:
    """The clock of the capital."""
    return zoneinfo.ZoneInfo(report.body.time_zone or report.cycle.alliance.time_zone)
