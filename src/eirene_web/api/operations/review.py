"""Review by the office: given to a desk, accepted by section or whole, returned."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from ninja import Schema
from pydantic import Field

from eirene_web.api.frame import Call, CodeOf, In, operation
from eirene_web.api.operations.reports import shown
from eirene_web.api.operations.shapes import Code, Day, Pk, PostOut, Reason, ReportOut, Words
from eirene_web.policy import can, reach
from eirene_web.reports.models import Report, Return, SectionReview
from eirene_web.reports.services import reviewing as services
from eirene_web.reports.targets import report_target

_PLACE = "/{alliance}/cycles/{cycle}/reports/{body}"


class AcceptedOut(Schema):
    section: str
    at: dt.datetime
    second_at: dt.datetime | None = Field(description="The other pair of eyes, where the cycle asks for four.")


class OpenedOut(Schema):
    question: str
    why: str


class ReturnOut(Schema):
    submission: int
    reason: str
    questions: list[OpenedOut]
    due: dt.date | None
    at: dt.datetime


class ReviewOut(Schema):
    reviewer: PostOut | None
    due: dt.date | None
    accepted: list[AcceptedOut]
    returns: list[ReturnOut]


@operation("GET", f"{_PLACE}/review", "report.see")
def review(call: Call, cycle: CodeOf, body: CodeOf) -> ReviewOut:
    """How far the review is: sections accepted, returns with their reasons. Its desk is seen by the office alone."""
    found = call.report(cycle, body)
    last = found.submissions.order_by("-number").defer("document").first()
    done = SectionReview.objects.filter(submission=last).order_by("section") if last else []
    returns = Return.objects.filter(report=found).select_related("submission").order_by("pk")
    reads = found.body.nation in call.actor.nations or bool(reach(call.actor, "submission.read").everything)
    inside = can(call.actor, "review.note", report_target(found))
    return ReviewOut(
        reviewer=PostOut.of(found.reviewer) if inside else None, due=found.review_due if inside else None,
        accepted=[AcceptedOut(section=s.section, at=s.at, second_at=s.second_at) for s in done],
        returns=[_return(r) for r in returns] if reads else [],
    )  # fmt: skip


def _return(one: Return) -> ReturnOut:
    questions = [OpenedOut(question=q["question"], why=q["why"]) for q in one.questions]
    return ReturnOut(submission=one.submission.number, reason=one.reason, questions=questions, due=one.due, at=one.at)


class DeskIn(In):
    post: Pk | None = Field(description="A post of the office that reviews; null takes the report away.")
    due: Day | None = None


@operation("PUT", f"{_PLACE}/review/desk", "report.see", "review.assign")
def assign_review(call: Call, cycle: CodeOf, body: CodeOf, data: DeskIn) -> ReportOut:
    """Gives the report to a desk of the office."""
    found = call.report(cycle, body)
    return shown(call, services.assign_review(actor=call.actor, report=found.pk, post=data.post, due=data.due))


class AcceptIn(In):
    submission: Annotated[int, Field(ge=1, le=10_000)] = Field(description="Number of the submission you looked at.")
    sections: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=200)] = Field(
        default=[], description="None: all that are left."
    )


@operation("POST", f"{_PLACE}/review/accept", "report.see", "review.accept", version=True)
def accept(call: Call, cycle: CodeOf, body: CodeOf, data: AcceptIn) -> ReportOut:
    """Accepts sections of the latest submission, or all of it; the report is accepted with its last section."""
    found = call.report(cycle, body)
    call.ask("review.accept", report_target(found))
    call.unchanged(found, required=True)
    if data.sections:
        return shown(call, services.accept_sections(actor=call.actor, report=found.pk, sections=data.sections,
                                                    number=data.submission))  # fmt: skip
    return shown(call, services.accept_report(actor=call.actor, report=found.pk, number=data.submission))


class ReturnIn(In):
    reason: Reason
    questions: Annotated[dict[Code, Words], Field(min_length=1, max_length=1_000)] = Field(
        description="Answers that are open again → why."
    )
    due: Day | None = None


@operation("POST", f"{_PLACE}/review/return", "report.see", "review.return", version=True)
def return_report(call: Call, cycle: CodeOf, body: CodeOf, data: ReturnIn) -> ReportOut:
    """Gives the report back: the answers named are open again, everything else stays locked."""
    found = call.report(cycle, body)
    call.ask("review.return", report_target(found))
    call.unchanged(found, required=True)
    row: Report = services.return_report(
        actor=call.actor, report=found.pk, reason=data.reason, questions=data.questions, due=data.due
    )
    return shown(call, row)
