"""Corrections of accepted answers: old and new side by side, asked for by the nation, decided by the office."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from ninja import Query, Schema
from pydantic import Field

from eirene_web.api.frame import Call, CodeOf, IdOf, In, Nothing, not_there, operation
from eirene_web.api.operations.shapes import Code, Json, PersonOut, Reason, Words
from eirene_web.api.paging import Page, Part, page
from eirene_web.reports import queries
from eirene_web.reports.models import Correction
from eirene_web.reports.services import corrections as services

_PLACE = "/{alliance}/cycles/{cycle}/reports/{body}/corrections"
States = Literal["requested", "accepted", "refused", "withdrawn"]


class CorrectionOut(Schema):
    id: int
    cycle: str
    body: str
    question: str
    submission: int = Field(description="Number of the submission that it corrects.")
    before: dict[str, Json] = Field(description="Part → value as it stood.")
    after: dict[str, Json]
    reason: str
    state: str
    requested: dt.datetime
    person: PersonOut | None
    decided: dt.datetime | None
    decider: PersonOut | None
    decision: str
    result: int | None = Field(description="Number of the submission that came of it.")


def _correction(one: Correction) -> CorrectionOut:
    return CorrectionOut(
        id=one.pk, cycle=one.report.cycle.code, body=one.report.body.code, question=one.question,
        submission=one.submission.number, before=one.before, after=one.after, reason=one.reason, state=one.state,
        requested=one.requested, person=PersonOut.of(one.person), decided=one.decided,
        decider=PersonOut.of(one.decider), decision=one.decision, result=one.result.number if one.result else None,
    )  # fmt: skip


class CorrectionFilter(Part):
    cycle: Annotated[str, Field(max_length=40)] | None = None
    body: Annotated[str, Field(max_length=40)] | None = None
    state: list[States] = Field(default=[])


@operation("GET", "/{alliance}/corrections", "submission.read")
def corrections(call: Call, query: Query[CorrectionFilter]) -> Page[CorrectionOut]:
    """Corrections that I may see, newest first."""
    found = queries.corrections(call.actor, call.here)
    for name, value in (("report__cycle__code", query.cycle), ("report__body__code", query.body)):
        if value is not None:
            found = found.filter(**{name: value})
    return page(found.filter(state__in=query.state) if query.state else found, query, _correction)


class CorrectionIn(In):
    question: Code
    changes: Annotated[dict[Annotated[str, Field(max_length=200)], Json], Field(min_length=1, max_length=2_000)] = (
        Field(description="Part → value as it should stand; null where it should go.")
    )
    reason: Reason


@operation("POST", _PLACE, "report.see", "report.correct", status=201)
def request_correction(call: Call, cycle: CodeOf, body: CodeOf, data: CorrectionIn) -> CorrectionOut:
    """Asks that an answer of the accepted report be corrected."""
    found = call.report(cycle, body)
    made = services.request_correction(
        actor=call.actor, report=found.pk, question=data.question, changes=data.changes, reason=data.reason
    )
    return _shown(call, made.pk)


def _shown(call: Call, pk: int) -> CorrectionOut:
    return _correction(queries.corrections(call.actor, call.here).get(pk=pk))


def _known(call: Call, cycle: str, body: str, pk: int) -> int:
    report = call.report(cycle, body)
    if not queries.corrections(call.actor, call.here).filter(pk=pk, report=report).exists():
        raise not_there()
    return pk


@operation("POST", f"{_PLACE}/{{correction}}/withdraw", "report.see", "report.correct")
def withdraw_correction(call: Call, cycle: CodeOf, body: CodeOf, correction: IdOf, data: Nothing) -> CorrectionOut:
    """No longer asks for it."""
    pk = _known(call, cycle, body, correction)
    return _shown(call, services.withdraw_correction(actor=call.actor, correction=pk).pk)


class DecisionIn(In):
    accept: bool
    decision: Words = Field(default="", description="Why it is refused; the nation reads it.")


@operation("POST", f"{_PLACE}/{{correction}}/decide", "report.see", "review.decide_correction")
def decide_correction(call: Call, cycle: CodeOf, body: CodeOf, correction: IdOf, data: DecisionIn) -> CorrectionOut:
    """Accepts it, which makes a new submission beside the old one, or refuses it with a reason."""
    pk = _known(call, cycle, body, correction)
    made = services.decide_correction(actor=call.actor, correction=pk, accept=data.accept, decision=data.decision)
    return _shown(call, made.pk)
