"""Who is told what about a cycle or a report: one function for each occasion, called by the service in whose
transaction it happens. Told twice under the same key, nobody hears it twice.

Inside a nation its own chain is told: whoever answers for the report, whom a section was given to, whose turn it is to
clear. The office speaks across the border to the contact point and to those who answer for the report, never to a post
above them. No message holds a word of a report.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Iterator
from typing import Any

from eirene_web.clock import now
from eirene_web.notices.recipients import Directory, People, joined
from eirene_web.notices.services import Message, tell_all
from eirene_web.notices.words import address_of
from eirene_web.reports.models import Assignment, ClearanceStep, Correction, Cycle, Report, Return, Thread

# --- what every message needs ---------------------------------------------------------------------------------------


def _facts(report: Report, **more: Any) -> dict[str, Any]:
    return {
        "cycle": report.cycle.code, "nation": report.body.code, "deadline": deadline_of(report).isoformat(),
        "zone": report.body.time_zone, **more,
    }  # fmt: skip


def deadline_of(report: Report) -> dt.datetime:
    return report.deadline or report.cycle.deadline


def _page(report: Report) -> str:
    return address_of("report", report.cycle.alliance_id, report.cycle.code, report.body.code)


def _tell(kind: str, report: Report, people: People, key: str = "", **facts: Any) -> int:
    """`key`: the occasion, where the report can have several of the kind."""
    message = Message(kind, people, f"{report.pk}:{key}", _facts(report, **facts), _page(report))
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
        messages.append(Message(kind, people, f"{report.pk}:{key}", _facts(report), _page(report)))
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
    """To those who have not submitted and have no deadline of their own."""
    reports = owed(cycle).filter(deadline__isnull=True)
    return _across_all("deadline_changed", cycle, reports, cycle.deadline.isoformat())


def deadline_extended(report: Report) -> int:
    return _tell("deadline_extended", report, _directory(report).across(report.body.nation), key=_until(report))


def report_reopened(report: Report) -> int:
    return _tell("report_reopened", report, _directory(report).across(report.body.nation), key=_until(report))


def _until(report: Report) -> str:
    return deadline_of(report).isoformat()


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
            Message("clearance_pending", directory.holders([post]), f"{step}", _facts(report), _page(report))
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


# --- by the clock ---------------------------------------------------------------------------------------------------


def remind_and_warn(cycle: Cycle) -> int:
    """Reminders and overdue notices of one open cycle, by the day of each capital; each once for a mark of days, and
    none to those who have submitted. How many notices."""
    reports = list(owed(cycle))
    messages: list[Message] = []
    if reports:
        directory = Directory(cycle.alliance_id)
        for report in reports:
            report.cycle = cycle
            messages += _deadline_messages(report, directory)
        messages += _section_messages({report.pk: report for report in reports}, directory)
    return tell_all(cycle.alliance_id, messages)


#: The hour of a capital from which its people are told something by the clock.
MORNING = 7
#: Days after a deadline at which those who answer for the report are told, and from which on the post above is too.
LATE_DAYS, ABOVE_FROM = (1, 7, 21, 42), 7
#: Days before its day at which a section is called to mind.
SECTION_DAYS = 3


def _day(report: Report, at: dt.datetime) -> dt.date:
    """The day on the clock of the capital."""
    return at.astimezone(zone_of(report)).date()


def _deadline_messages(report: Report, directory: Directory) -> Iterator[Message]:
    here = now().astimezone(zone_of(report))
    if here.hour < MORNING:
        return
    deadline = deadline_of(report)
    last = _day(report, deadline)
    left, nation = (last - here.date()).days, report.body.nation
    if now() <= deadline:
        mark = min((m for m in report.cycle.remind_days if left <= m), default=None)
        if mark is None or (report.opened and _day(report, report.opened) > last - dt.timedelta(days=mark)):
            return  # it is not that far yet, or had not been opened then
        people = joined(directory.across(nation), directory.owners(nation))
        yield Message("reminder", people, f"{report.pk}:{last}:{mark}", _facts(report, days=left), _page(report))
        return
    mark = max((m for m in LATE_DAYS if -left >= m), default=None)
    if mark is None:
        return
    owners, key = directory.owners(nation), f"{report.pk}:{last}:{mark}"
    told = joined(directory.across(nation), owners)
    yield Message("overdue", told, key, _facts(report, days=-left), _page(report))
    if mark >= ABOVE_FROM:
        above = directory.above(directory.posts(nation, "rapporteur"))
        others = {person: address for person, address in above.items() if person not in told}
        yield Message("overdue_above", others, key, _facts(report, days=-left), _page(report))


def _section_messages(reports: dict[int, Report], directory: Directory) -> Iterator[Message]:
    """Sections not marked as done: to the post three days before; when late, to whoever answers for the report too."""
    wanted = Assignment.objects.filter(report__in=reports, due__isnull=False, done__isnull=True).order_by("pk")
    for one in wanted:
        report = reports[one.report_id]
        here = now().astimezone(zone_of(report))
        assert one.due is not None
        left = (one.due - here.date()).days
        facts = _facts(report, section=one.section, due=one.due.isoformat(), days=abs(left))
        key, people = f"{one.pk}:{one.due}", directory.holders([one.post_id])
        if here.hour < MORNING or left > SECTION_DAYS:
            continue
        if left >= 0:
            yield Message("section_due", people, key, facts, _page(report))
        else:
            told = joined(people, directory.owners(report.body.nation))
            yield Message("section_overdue", told, key, facts, _page(report))


def zone_of(report: Report) -> dt.tzinfo:
    """The clock of the capital."""
    return zoneinfo.ZoneInfo(report.body.time_zone or report.cycle.alliance.time_zone)
