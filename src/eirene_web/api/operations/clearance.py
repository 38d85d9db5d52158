"""The way of a report through its capital."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from ninja import Schema
from pydantic import Field

from eirene_web.api.frame import Call, CodeOf, In, operation
from eirene_web.api.operations.reports import shown
from eirene_web.api.operations.shapes import Day, Pk, PostOut, ReportOut, Why, Words
from eirene_web.reports.models import ClearanceChain, ClearanceStep, Report
from eirene_web.reports.services import clearance as services
from eirene_web.reports.targets import answer_target, report_target

_PLACE = "/{alliance}/cycles/{cycle}/reports/{body}/clearance"
Chain = Annotated[list[Annotated[list[Pk], Field(min_length=1, max_length=20)]], Field(max_length=20)]


class StepOut(Schema):
    position: int
    post: PostOut
    state: str
    person: str
    via: str
    decided: dt.datetime | None
    remarks: str
    paper_office: str
    paper_reference: str
    paper_date: dt.date | None
    scan: bool


class ClearanceOut(Schema):
    round: int
    chain: list[list[int]] = Field(description="The chain that the nation uses: steps of posts side by side.")
    steps: list[StepOut]


def _step(step: ClearanceStep) -> StepOut:
    post = PostOut.of(step.post)
    assert post is not None
    return StepOut(
        position=step.position, post=post, state=step.state, person=step.person.name if step.person else "",
        via=step.via, decided=step.decided, remarks=step.remarks, paper_office=step.paper_office,
        paper_reference=step.paper_reference, paper_date=step.paper_date, scan=step.scan_id is not None,
    )  # fmt: skip


def _clearance(report: Report) -> ClearanceOut:
    chain = ClearanceChain.objects.filter(body=report.body).first()
    steps = [_step(s) for s in services.steps_of(report)]
    return ClearanceOut(round=report.round, chain=chain.steps if chain else [], steps=steps)


@operation("GET", _PLACE, "report.see", "answer.read")
def clearance(call: Call, cycle: CodeOf, body: CodeOf) -> ClearanceOut:
    """The chain and the steps of this round, with remarks: for the nation alone."""
    found = call.report(cycle, body)
    call.ask("answer.read", answer_target(found, ""))
    return _clearance(found)


class ChainIn(In):
    steps: Chain
    why: Annotated[str, Field(max_length=4_000)] = ""


@operation("PUT", f"{_PLACE}/chain", "report.see", "report.change_chain")
def choose_chain(call: Call, cycle: CodeOf, body: CodeOf, data: ChainIn) -> ClearanceOut:
    """The chain that the nation uses; of a report on its way, the steps still to come, with a reason."""
    found = call.report(cycle, body)
    row = services.choose_chain(actor=call.actor, report=found.pk, steps=data.steps, why=data.why)
    call.moved(row)
    return _clearance(row)


class StartIn(In):
    steps: Chain = Field(default=[])


@operation("POST", f"{_PLACE}/start", "report.see", "report.start_clearance", version=True)
def start_clearance(call: Call, cycle: CodeOf, body: CodeOf, data: StartIn) -> ReportOut:
    """Sends the report on its way; without steps, by the chain that the nation uses."""
    found = call.report(cycle, body)
    call.ask("report.start_clearance", report_target(found))
    call.unchanged(found, required=True)
    return shown(call, services.start_clearance(actor=call.actor, report=found.pk, steps=data.steps))


class ClearIn(In):
    remarks: Words = ""
    post: Pk | None = Field(default=None, description="For which of my posts, if I hold several.")


@operation("POST", f"{_PLACE}/clear", "report.see", "report.clear")
def clear(call: Call, cycle: CodeOf, body: CodeOf, data: ClearIn) -> ReportOut:
    """My post clears the report, with remarks if there are any."""
    found = call.report(cycle, body)
    return shown(call, services.clear(actor=call.actor, report=found.pk, remarks=data.remarks, post=data.post))


class BackIn(Why):
    post: Pk | None = None


@operation("POST", f"{_PLACE}/send-back", "report.see", "report.clear")
def send_back(call: Call, cycle: CodeOf, body: CodeOf, data: BackIn) -> ReportOut:
    """My post sends the report back to the drafters, with its reasons."""
    found = call.report(cycle, body)
    return shown(call, services.send_back(actor=call.actor, report=found.pk, why=data.why, post=data.post))


@operation("POST", f"{_PLACE}/withdraw", "report.see", "report.withdraw")
def withdraw(call: Call, cycle: CodeOf, body: CodeOf, data: Why) -> ReportOut:
    """Takes the report back from clearance."""
    found = call.report(cycle, body)
    return shown(call, services.withdraw(actor=call.actor, report=found.pk, why=data.why))


class PaperIn(In):
    post: Pk
    office: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
    reference: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
    date: Day
    remarks: Words = ""


@operation("POST", f"{_PLACE}/paper", "report.see", "report.record_paper")
def record_paper(call: Call, cycle: CodeOf, body: CodeOf, data: PaperIn) -> ReportOut:
    """Records that a post has cleared the report on paper."""
    found = call.report(cycle, body)
    paper = services.Paper(data.office, data.reference, data.date)
    row = services.record_paper(actor=call.actor, report=found.pk, post=data.post, paper=paper, remarks=data.remarks)
    return shown(call, row)
