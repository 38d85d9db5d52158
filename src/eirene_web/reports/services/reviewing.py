"""Review by the office: given to a desk, accepted by section or whole, returned with answers that are open again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from eirene.errors import Blocked, Problem, UsageError
from eirene.questionnaires import check
from eirene.text import pick
from eirene_web.clock import now
from eirene_web.journal.services import Field, change, record
from eirene_web.organisations.models import Post
from eirene_web.policy import Actor, NotAllowed, ask
from eirene_web.reports.models import AnswerNote, Report, Return, SectionReview, Submission, Thread
from eirene_web.reports.sent import answers_of, without_body
from eirene_web.reports.services import telling
from eirene_web.reports.services.common import accepted, chain_of, locked_report, moved_to
from eirene_web.reports.targets import report_target
from eirene_web.reports.working import Working, previous_submission


def latest(report: Report) -> Submission:
    """The submission that the office looks at. Raises UsageError if there is none."""
    found = report.submissions.order_by("-number").defer("document").first()
    if found is None:
        raise UsageError(_("Nothing was submitted yet."))
    return found


@change
def assign_review(*, actor: Actor, report: int, post: int | None, due: dt.date | None = None) -> Report:
    """Gives the report to a desk of the office; None takes it away."""
    row = locked_report(report)
    ask(actor, "review.assign", report_target(row))
    if due is not None and due < now().date():
        raise UsageError(_("The day by which it is due lies in the past."), remedy=_("Choose a later one."))
    if post is not None and not _is_desk(row, post):
        raise UsageError(_("This post does not review reports."))
    fields = [
        Field(f"report:{row.pk}", "reviewer", row.reviewer_id, post),
        Field(f"report:{row.pk}", "review_due", row.review_due, due),
    ]
    row.reviewer_id, row.review_due = post, due
    if post is not None:
        fields += moved_to(row, Report.State.IN_REVIEW)
    row.save(update_fields=["reviewer", "review_due", "state", "moved"])
    record(actor, "review.assign", chain=chain_of(row), subject=f"report:{row.pk}", fields=fields)
    telling.review_assigned(row)
    return row


def _is_desk(report: Report, post: int) -> bool:
    desks = Post.objects.filter(body__alliance=report.cycle.alliance_id, body__nation="", pk=post)
    return desks.filter(roles__role__in=["reviewer", "coordinator"]).exists()


@change
def accept_sections(*, actor: Actor, report: int, sections: Iterable[str], number: int | None = None) -> Report:
    """Accepts sections of the latest submission; where the cycle asks for four eyes, somebody else must do so too.

    The report is accepted with its last section. `number`: of the submission that the actor read; UsageError if there
    is a newer one. Raises Blocked while a blocker or a flag stands in one of the sections, and NotAllowed if the same
    pair of eyes would look twice.
    """
    row = locked_report(report)
    ask(actor, "review.accept", report_target(row))
    wanted = _sections(row, sections)
    submission = latest(row)
    if number is not None and number != submission.number:
        raise UsageError(
            _("There is a newer submission (%(new)d) than the one you read (%(old)d).")
            % {"new": submission.number, "old": number},
            remedy=_("Open the page again and read what changed."),
        )
    _refuse_doubted(row, submission, wanted)
    done = {s.section: s for s in SectionReview.objects.select_for_update().filter(submission=submission)}
    fields: list[Field] = []
    for section in wanted:
        fields += _accept_one(actor, row, submission, done, section)
    if _all_accepted(row, done):
        submission.accepted = now()
        submission.save(update_fields=["accepted"])
        row.accepted = now()
        fields += [*moved_to(row, Report.State.ACCEPTED), Field(f"submission:{submission.pk}", "accepted", None, now())]
    else:
        fields += moved_to(row, Report.State.IN_REVIEW)
    row.save(update_fields=["state", "moved", "accepted"])
    record(actor, "review.accept", chain=chain_of(row), subject=f"report:{row.pk}", fields=fields)
    if row.state == Report.State.ACCEPTED:
        accepted(row)
        telling.accepted(row)
    return row


def accept_report(*, actor: Actor, report: int, number: int | None = None) -> Report:
    """Accepts all sections that are left."""
    row = Report.objects.select_related("cycle", "body").get(pk=report)
    sections = [s.id for s in Working(row).sheet.sections]
    return accept_sections(actor=actor, report=report, sections=sections, number=number)


def _refuse_doubted(report: Report, submission: Submission, sections: Iterable[str]) -> None:
    """Raises Blocked with every blocker and every flag that stands in one of the sections."""
    working, among = Working(report), set(sections)
    pack, questions = working.pack, working.sheet.questions
    last = previous_submission(report)
    read = answers_of([submission.pk, *([last.pk] if last else [])], pack)
    previous = without_body(read[last.pk], report.body.code) if last else None
    problems = [
        Problem(pick(f.message, "en"), f.place.question, pick(f.remedy, "en"))
        for f in check(read[submission.pk], pack, previous=previous)
        if f.severity == "blocker"
        and f.outcome == "found"
        and (f.place.question not in questions or questions[f.place.question].section in among)
    ]
    flagged = Thread.objects.filter(report=report, flag=True).exclude(state=Thread.State.CLOSED)
    problems += [
        Problem(
            _("The answer is flagged: the office doubts it."),
            thread.question,
            _("Settle it with the nation, take the flag away, or return the report."),
        )
        for thread in flagged
        if thread.question in questions and questions[thread.question].section in among
    ]
    if problems:
        raise Blocked(problems)


def _sections(report: Report, sections: Iterable[str]) -> list[str]:
    known = [section.id for section in Working(report).sheet.sections]
    wanted = list(dict.fromkeys(sections))
    unknown = [s for s in wanted if s not in known]
    if unknown or not wanted:
        raise UsageError(_("There is no section %(id)s.") % {"id": ", ".join(unknown) or "–"})
    return wanted


def _accept_one(
    actor: Actor, report: Report, submission: Submission, done: dict[str, SectionReview], section: str
) -> list[Field]:
    one = done.get(section)
    if one is None:
        one = SectionReview(submission=submission, section=section, person_id=actor.person, at=now())
        one.save()
        done[section] = one
        return [Field(f"submission:{submission.pk}", f"section {section}", None, "accepted")]
    if not report.cycle.four_eyes or one.second_id is not None:
        return []
    if one.person_id == actor.person:
        raise NotAllowed(
            _("Section %(id)s was accepted by you. This cycle asks for four eyes: somebody else must accept it too.")
            % {"id": section}
        )
    one.second_id, one.second_at = actor.person, now()
    one.save(update_fields=["second", "second_at"])
    return [Field(f"submission:{submission.pk}", f"section {section}", "accepted", "accepted twice")]


def _all_accepted(report: Report, done: Mapping[str, SectionReview]) -> bool:
    return all(
        section.id in done and (not report.cycle.four_eyes or done[section.id].second_id is not None)
        for section in Working(report).sheet.sections
    )


@change
def return_report(
    *, actor: Actor, report: int, reason: str, questions: Mapping[str, str], due: dt.date | None = None
) -> Report:
    """Gives the report back: `questions` (id → why) are open again, everything else stays locked."""
    row = locked_report(report)
    ask(actor, "review.return", report_target(row))
    working = Working(row)
    unknown = [id for id in questions if id not in working.sheet.questions]
    if unknown or not questions:
        raise UsageError(
            _("No answer is named that is open again."), remedy=_("Choose the answers that the nation should look at.")
        )
    if not reason.strip():
        raise UsageError(_("Say why the report is returned."))
    if due is not None and due < now().date():
        raise UsageError(_("The day by which it is due lies in the past."), remedy=_("Choose a later one."))
    submission = latest(row)
    given = Return.objects.create(
        report=row,
        submission=submission,
        reason=reason.strip(),
        questions=[{"question": id, "why": why} for id, why in questions.items()],
        due=due,
        at=now(),
        person_id=actor.person,
    )
    for id, why in questions.items():
        AnswerNote.objects.update_or_create(report=row, question=id, defaults={"open": True, "open_because": why})
    fields = [
        *(Field(f"answer:{row.pk}/{id}", "open", False, True) for id in questions),
        *(Field(f"answer:{row.pk}/{id}", "open_because", None, why or None) for id, why in questions.items()),
        Field(f"report:{row.pk}", "return_due", None, due),
        *moved_to(row, Report.State.RETURNED),
    ]
    row.save(update_fields=["state", "moved"])
    record(actor, "review.return", chain=chain_of(row), subject=f"report:{row.pk}", fields=fields, why=reason)
    telling.returned(row, given)
    return row
