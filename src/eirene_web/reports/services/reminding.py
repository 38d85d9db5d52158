"""Who is told what by the clock: once for each mark of days, by the day of each capital, from its morning on.

the deadline                   before it as the cycle says; late: whoever answers for the report, later the post above
a section                      three days before its day: the post that has it; late: whoever answers for the report too
a return, a clarification      three days before their day, and late, as with the deadline
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from eirene_web.clock import now
from eirene_web.notices.recipients import Directory, joined
from eirene_web.notices.services import Message, tell_all
from eirene_web.reports.models import Assignment, Cycle, Report, Return, Thread
from eirene_web.reports.services.telling import facts_of, owed, page_of, zone_of

#: The hour of a capital from which its people are told something by the clock.
MORNING = 7
#: Days after a deadline at which those who answer for the report are told, and from which on the post above is too.
LATE_DAYS, ABOVE_FROM = (1, 7, 21, 42), 7
#: Days before its day at which a section, a return or a clarification is called to mind.
DAYS_BEFORE = 3


def remind_and_warn(cycle: Cycle) -> int:
    """What is due in one cycle, or late; nothing to those who owe nothing. How many notices.

    What the office asks back is reminded of in a closed cycle too: it can still be answered there.
    """
    directory = Directory(cycle.alliance_id)
    messages: list[Message] = []
    if cycle.state != Cycle.State.CLOSED:
        reports = _of(cycle, owed(cycle))
        for report in reports:
            messages += _deadline_messages(report, directory)
        messages += _section_messages({report.pk: report for report in reports}, directory)
    for one in _asked_back(cycle):
        messages += _asked_back_messages(one, directory)
    return tell_all(cycle.alliance_id, messages)


def _of(cycle: Cycle, reports: Iterable[Report]) -> list[Report]:
    found = list(reports)
    for report in found:
        report.cycle = cycle
    return found


def _day(report: Report, at: dt.datetime) -> dt.date:
    """The day on the clock of the capital."""
    return at.astimezone(zone_of(report)).date()


def _deadline_messages(report: Report, directory: Directory) -> Iterator[Message]:
    here = now().astimezone(zone_of(report))
    if here.hour < MORNING:
        return
    deadline = report.due
    last = _day(report, deadline)
    left, nation = (last - here.date()).days, report.body.nation
    if now() <= deadline:
        mark = min((m for m in report.cycle.remind_days if left <= m), default=None)
        if mark is None or (report.opened and _day(report, report.opened) > last - dt.timedelta(days=mark)):
            return  # it is not that far yet, or had not been opened then
        people = joined(directory.across(nation), directory.owners(nation))
        yield Message("reminder", people, f"{report.pk}:{last}:{mark}", facts_of(report, days=left), page_of(report))
        return
    mark = max((m for m in LATE_DAYS if -left >= m), default=None)
    if mark is None:
        return
    owners, key = directory.owners(nation), f"{report.pk}:{last}:{mark}"
    told = joined(directory.across(nation), owners)
    yield Message("overdue", told, key, facts_of(report, days=-left), page_of(report))
    if mark >= ABOVE_FROM:
        above = directory.above(directory.posts(nation, "rapporteur"))
        others = {person: address for person, address in above.items() if person not in told}
        yield Message("overdue_above", others, key, facts_of(report, days=-left), page_of(report))


def _section_messages(reports: dict[int, Report], directory: Directory) -> Iterator[Message]:
    """Sections not marked as done: to the post three days before; when late, to whoever answers for the report too."""
    wanted = Assignment.objects.filter(report__in=reports, due__isnull=False, done__isnull=True).order_by("pk")
    for one in wanted:
        report = reports[one.report_id]
        here = now().astimezone(zone_of(report))
        assert one.due is not None
        left = (one.due - here.date()).days
        facts = facts_of(report, section=one.section, due=one.due.isoformat(), days=abs(left))
        key, people = f"{one.pk}:{one.due}", directory.holders([one.post_id])
        if here.hour < MORNING or left > DAYS_BEFORE:
            continue
        if left >= 0:
            yield Message("section_due", people, key, facts, page_of(report))
        else:
            told = joined(people, directory.owners(report.body.nation))
            yield Message("section_overdue", told, key, facts, page_of(report))


# --- what the office asks back --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AskedBack:
    """A returned report, or a clarification that waits for the nation: since when, until when."""

    report: Report
    kind: str
    key: str
    since: dt.datetime
    due: dt.date


def _asked_back(cycle: Cycle) -> Iterator[AskedBack]:
    """Of a report that came back several times the last return counts. Two queries."""
    back = Return.objects.filter(report__cycle=cycle, report__state=Report.State.RETURNED)
    last: dict[int, Return] = {one.report_id: one for one in back.select_related("report__body").order_by("pk")}
    for given in last.values():
        if given.due:
            given.report.cycle = cycle
            yield AskedBack(given.report, "return", f"{given.pk}", given.at, given.due)
    waiting = Thread.objects.filter(
        report__cycle=cycle, kind=Thread.Kind.CLARIFICATION, state=Thread.State.OPEN, due__isnull=False
    )
    for thread in waiting.select_related("report__body").order_by("pk"):
        thread.report.cycle = cycle
        assert thread.due is not None
        yield AskedBack(thread.report, "clarification", f"{thread.pk}", thread.opened, thread.due)


def _asked_back_messages(one: AskedBack, directory: Directory) -> Iterator[Message]:
    report, nation = one.report, one.report.body.nation
    here = now().astimezone(zone_of(report))
    left = (one.due - here.date()).days
    if here.hour < MORNING or left > DAYS_BEFORE:
        return
    facts, where = facts_of(report, due=one.due.isoformat(), days=abs(left)), page_of(report)
    told = joined(directory.across(nation), directory.owners(nation))
    if left >= 0:
        if _day(report, one.since) <= one.due - dt.timedelta(days=DAYS_BEFORE):  # else it was told just now
            yield Message(f"{one.kind}_due", told, f"{one.key}:{one.due}", facts, where)
        return
    mark = max(m for m in LATE_DAYS if -left >= m)
    key = f"{one.key}:{one.due}:{mark}"
    yield Message(f"{one.kind}_overdue", told, key, facts, where)
    if mark >= ABOVE_FROM:
        above = directory.above(directory.posts(nation, "rapporteur"))
        others = {person: address for person, address in above.items() if person not in told}
        yield Message("asked_back_above", others, f"{one.kind}:{key}", facts, where)
