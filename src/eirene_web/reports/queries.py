"""Reads of cycles, reports and answers, always for an actor: what is not theirs is not found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from eirene_web.organisations.models import Alliance
from eirene_web.policy import Actor, NotThere, ask, can, reach
from eirene_web.reports.models import Assignment, ClearanceStep, Correction, Cycle, Report, Submission
from eirene_web.reports.review import Review
from eirene_web.reports.targets import answer_target, cycle_target, report_target, submission_target
from eirene_web.reports.working import Working


def _not_there() -> NotThere:
    return NotThere(_("There is no such page, or it is not for you."))


def cycles(actor: Actor, alliance: Alliance) -> list[Cycle]:
    """Cycles that the actor sees, newest first. One query."""
    found = Cycle.objects.filter(alliance=alliance).order_by("-opens")
    scope = reach(actor, "cycle.see")
    return [c for c in found if any(not states or c.state in states for states in scope.everything)]


def find_cycle(actor: Actor, alliance: Alliance, code: str) -> Cycle:
    """Raises NotThere."""
    found = Cycle.objects.filter(alliance=alliance, code=code).first()
    if found is None:
        raise _not_there()
    ask(actor, "cycle.see", cycle_target(found))
    return found


def _in(states: Iterable[frozenset[str]]) -> Q:
    """Conditions for the state to be in one of the sets; an empty set means any."""
    sets = list(states)
    if any(not some for some in sets):
        return ~Q(pk__in=[])  # all of them; an empty Q would vanish beside others
    return Q(state__in=sorted({s for some in sets for s in some}))


def reports(actor: Actor, alliance: Alliance) -> QuerySet[Report]:
    """Reports that the actor sees."""
    scope = reach(actor, "report.see")
    wanted = Q(pk__in=[])
    if scope.everything:
        wanted |= _in(scope.everything)
    for nation, states in scope.nations.items():
        wanted |= Q(body__nation=nation) & _in(states)
    for nation, _sections, states in scope.sections:
        wanted |= Q(body__nation=nation) & _in([states])
    return Report.objects.filter(wanted, cycle__alliance=alliance).select_related("cycle", "body")


def own_reports(actor: Actor, alliance: Alliance) -> list[tuple[Report, list[Submission]]]:
    """The reports of the actor's own nation, newest cycle first, each with what was sent of it. Two queries."""
    found = list(
        reports(actor, alliance).filter(body__nation__in=actor.nations).order_by("-cycle__opens", "body__code")
    )
    scope = reach(actor, "submission.read")
    read = [r.pk for r in found if scope.everything or r.body.nation in scope.nations]
    sent: dict[int, list[Submission]] = {}
    for one in Submission.objects.filter(report__in=read).defer("document").order_by("number"):
        sent.setdefault(one.report_id, []).append(one)
    return [(r, sent.get(r.pk, [])) for r in found]


def find_report(actor: Actor, alliance: Alliance, cycle: str, body: str) -> Report:
    """Raises NotThere."""
    found = reports(actor, alliance).filter(cycle__code=cycle, body__code=body).first()
    if found is None:
        raise _not_there()
    ask(actor, "report.see", report_target(found))
    return found


def working(actor: Actor, report: Report, section: str) -> Working:
    """A section of a report that is being worked on. Raises NotThere if the actor may not read it."""
    found = Working(report)
    if section not in {s.id for s in found.sheet.sections}:
        raise _not_there()
    ask(actor, "answer.read", answer_target(report, section, found.posts_of(section)))
    return found


def sections_read(actor: Actor, report: Report, found: Working) -> frozenset[str]:
    """Sections of a report whose answers the actor may read."""
    return frozenset(
        s.id
        for s in found.sheet.sections
        if can(actor, "answer.read", answer_target(report, s.id, found.posts_of(s.id)))
    )


def submissions(actor: Actor, report: Report) -> list[Submission]:
    """What was submitted, oldest first; nothing where the actor may not read it."""
    scope = reach(actor, "submission.read")
    if not (scope.everything or report.body.nation in scope.nations):
        return []
    return list(report.submissions.select_related("person", "post").defer("document"))


def find_submission(actor: Actor, alliance: Alliance, cycle: str, body: str, number: int) -> Submission:
    """One submission, with its document. Raises NotThere."""
    found = (
        Submission.objects.filter(
            report__cycle__alliance=alliance, report__cycle__code=cycle, report__body__code=body, number=number
        )
        .select_related("report__cycle", "report__body", "person", "post")
        .first()
    )
    if found is None:
        raise _not_there()
    ask(actor, "submission.read", submission_target(found))
    return found


def submission_of_receipt(actor: Actor, alliance: Alliance, code: str) -> Submission | None:
    """The submission that a receipt is for; None if there is none, or it is not for the actor."""
    found = (
        Submission.objects.filter(report__cycle__alliance=alliance, receipt=code)
        .select_related("report__cycle", "report__body", "person", "post")
        .defer("document")
        .first()
    )
    return found if found is not None and can(actor, "submission.read", submission_target(found)) else None


def review_of(actor: Actor, alliance: Alliance, cycle: str, body: str, lang: str) -> Review:
    """The newest submission of a report, for the office to review. Raises NotThere."""
    if not reach(actor, "submission.read").everything:
        raise _not_there()
    report = find_report(actor, alliance, cycle, body)
    newest = report.submissions.order_by("-number").defer("document").select_related("person", "post").first()
    if newest is None:
        raise _not_there()
    newest.report = report
    ask(actor, "submission.read", submission_target(newest))
    return Review(report, newest, lang)


def corrections(actor: Actor, alliance: Alliance) -> QuerySet[Correction]:
    """Corrections that the actor may see: all for the office, those of the own nation for its readers."""
    scope = reach(actor, "submission.read")
    found = Correction.objects.filter(report__cycle__alliance=alliance)
    if not scope.everything:
        found = found.filter(report__body__nation__in=list(scope.nations))
    return found.select_related("report__cycle", "report__body", "submission", "result", "person", "decider").order_by(
        "-requested"
    )


def corrected_since(cycle: Cycle, instant: dt.datetime) -> list[Submission]:
    """Accepted corrections of a cycle after an instant: an edition frozen before needs a new release. One query.

    For other apps, which ask their own policy; it gives no content.
    """
    return list(
        Submission.objects.filter(report__cycle=cycle, origin=Submission.Origin.CORRECTION, accepted__gt=instant)
        .select_related("report__body")
        .defer("document")
        .order_by("accepted")
    )


def find_scan(actor: Actor, alliance: Alliance, step: int) -> ClearanceStep:
    """The scan of a clearance on paper: for the nation's readers, and for the office where it is released at all."""
    found = (
        ClearanceStep.objects.filter(report__cycle__alliance=alliance, pk=step, scan__isnull=False)
        .select_related("report__cycle", "report__body", "scan")
        .first()
    )
    if found is None:
        raise _not_there()
    own = can(actor, "report.history", report_target(found.report))
    if not own and not (found.scan_marking and reach(actor, "submission.read").everything):
        raise _not_there()
    return found


def assignments_of(actor: Actor, alliance: Alliance) -> list[Assignment]:
    """Sections assigned to the actor’s own posts, in reports that are being worked on. One query."""
    return list(
        Assignment.objects.filter(post__in=actor.posts, report__cycle__alliance=alliance)
        .exclude(report__state__in=["accepted", "not_submitted", "waiting"])
        .select_related("report__cycle", "report__body", "post")
    )
