"""Reports: which there are, how far they are; the office's words on one body's deadline."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Query, Schema
from pydantic import Field

from eirene_web.api.frame import Call, CodeOf, In, operation
from eirene_web.api.operations.answers import readable_of
from eirene_web.api.operations.shapes import Instant, Reason, ReportOut
from eirene_web.api.paging import Page, Part, page
from eirene_web.reports import queries
from eirene_web.reports.models import Report
from eirene_web.reports.services import cycles as services
from eirene_web.reports.services import submitting
from eirene_web.reports.working import progress

States = Literal["waiting", "not_started", "drafting", "in_clearance", "cleared", "submitted", "in_review", "returned",
                 "accepted", "not_submitted"]  # fmt: skip
ORDERS = {"body": "body__code", "deadline": "deadline", "moved": "moved", "submitted": "submitted", "state": "state"}
Order = Literal[
    "body", "-body", "deadline", "-deadline", "moved", "-moved", "submitted", "-submitted", "state", "-state"
]


class ReportFilter(Part):
    cycle: Annotated[str, Field(max_length=40)] | None = None
    body: Annotated[str, Field(max_length=40)] | None = None
    state: list[States] = Field(default=[])
    sort: Order = "body"


def shown(call: Call, report: Report) -> ReportOut:
    call.moved(report)
    return ReportOut.of(report, call.names.body(report.body))


@operation("GET", "/{alliance}/reports", "report.see")
def reports(call: Call, query: Query[ReportFilter]) -> Page[ReportOut]:
    """Reports that I may see: a nation its own, the office all of them."""
    found = queries.reports(call.actor, call.here)
    if query.cycle is not None:
        found = found.filter(cycle__code=query.cycle)
    if query.body is not None:
        found = found.filter(body__code=query.body)
    if query.state:
        found = found.filter(state__in=query.state)
    down = "-" if query.sort.startswith("-") else ""
    found = found.order_by(down + ORDERS[query.sort.lstrip("-")], "-cycle__opens", "pk")
    return page(found, query, lambda report: ReportOut.of(report, call.names.body(report.body)))


@operation("GET", "/{alliance}/cycles/{cycle}/reports/{body}", "report.see")
def report(call: Call, cycle: CodeOf, body: CodeOf) -> ReportOut:
    """One report: its state, its deadline, its version as ETag."""
    return shown(call, call.report(cycle, body))


class SectionProgress(Schema):
    section: str
    answered: int
    of: int
    posts: list[int] = Field(description="Posts that the section is assigned to.")


class ProgressOut(Schema):
    answered: int
    of: int
    sections: list[SectionProgress]


@operation("GET", "/{alliance}/cycles/{cycle}/reports/{body}/progress", "report.see", "answer.read")
def report_progress(call: Call, cycle: CodeOf, body: CodeOf) -> ProgressOut:
    """How many questions of each section are answered; of the sections that I may read."""
    working, readable = readable_of(call, call.report(cycle, body))
    told = progress(working)
    sections = [
        SectionProgress(section=id, answered=a, of=n, posts=sorted(working.posts_of(id)))
        for id, (a, n) in told.sections.items()
        if id in readable
    ]
    return ProgressOut(answered=sum(s.answered for s in sections), of=sum(s.of for s in sections), sections=sections)


class MinutesIn(In):
    minutes: Annotated[int, Field(ge=0, le=60_000)] | None = Field(description="null: not told.")


@operation("PUT", "/{alliance}/cycles/{cycle}/reports/{body}/minutes", "report.see", "report.declare_time")
def declare_minutes(call: Call, cycle: CodeOf, body: CodeOf, data: MinutesIn) -> ReportOut:
    """Says how long the report took; it is never measured."""
    found = call.report(cycle, body)
    return shown(call, submitting.declare_minutes(actor=call.actor, report=found.pk, minutes=data.minutes))


# --- one body's deadline --------------------------------------------------------------------------------------------


class Extension(In):
    deadline: Instant
    why: Reason


@operation("POST", "/{alliance}/cycles/{cycle}/reports/{body}/extend", "report.see", "report.extend")
def extend_deadline(call: Call, cycle: CodeOf, body: CodeOf, data: Extension) -> ReportOut:
    """Gives one body more time, with a reason that it reads."""
    found = call.report(cycle, body)
    return shown(
        call, services.extend_deadline(actor=call.actor, report=found.pk, deadline=data.deadline, why=data.why)
    )


@operation("POST", "/{alliance}/cycles/{cycle}/reports/{body}/reopen", "report.see", "report.reopen")
def reopen_report(call: Call, cycle: CodeOf, body: CodeOf, data: Extension) -> ReportOut:
    """Lets one body submit after the cycle was closed."""
    found = call.report(cycle, body)
    return shown(call, services.reopen_report(actor=call.actor, report=found.pk, deadline=data.deadline, why=data.why))
