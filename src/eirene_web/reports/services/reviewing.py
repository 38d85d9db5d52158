"""Review by the office: given to a desk, accepted by section or whole, returned with answers that are open again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene_web.clock import now
from eirene_web.journal.services import Field, change, record
from eirene_web.organisations.models import Post
from eirene_web.policy import Actor, NotAllowed, ask
from eirene_web.reports.models import AnswerNote, Report, Return, SectionReview, Submission
from eirene_web.reports.services import telling
from eirene_web.reports.services.common import accepted, chain_of, locked_report, moved_to
from eirene_web.reports.targets import report_target
from eirene_web.reports.working import Working


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
def accept_sections(*, actor: Actor, report: int, sections: Iterable[str]) -> Report:
    """Accepts sections of the latest submission; where the cycle asks for four eyes, somebody else must do so too.

    The report is accepted with its last section. Raises NotAllowed if the same pair of eyes would look twice.
    """
    row = locked_report(report)
    ask(actor, "review.accept", report_target(row))
    wanted = _sections(row, sections)
    submission = latest(row)
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


def accept_report(*, actor: Actor, report: int) -> Report:
    """Accepts all sections that are left."""
    row = Report.objects.select_related("cycle", "body").get(pk=report)
    return accept_sections(actor=actor, report=report, sections=[s.id for s in Working(row).sheet.sections])


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
    fields = [Field(f"report:{row.pk}", "open", None, sorted(questions)), *moved_to(row, Report.State.RETURNED)]
    row.save(update_fields=["state", "moved"])
    record(actor, "review.return", chain=chain_of(row), subject=f"report:{row.pk}", fields=fields, why=reason)
    telling.returned(row, given)
    return row
