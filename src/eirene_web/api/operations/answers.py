"""Answers that are being worked on: reading, saving cell by cell, taking over, and what the checks say."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from ninja import Query, Schema
from pydantic import ConfigDict, Field

from eirene.questionnaires.model import Finding
from eirene_web.api.frame import Call, CodeOf, In, Nothing, not_there, operation
from eirene_web.api.operations.shapes import Code, Json, Text
from eirene_web.api.paging import Page, Part, page
from eirene_web.reports import queries
from eirene_web.reports.findings import seen_by
from eirene_web.reports.models import Report
from eirene_web.reports.services import filling
from eirene_web.reports.services.filling import Edit, Outcome
from eirene_web.reports.targets import answer_target
from eirene_web.reports.working import Working

PartName = Annotated[str, Field(min_length=1, max_length=200)]


class PartOut(Schema):
    """One part of an answer, saved by itself; docs/api.md lists the parts of each type of question."""

    part: str
    value: Json
    version: int = Field(description="What `base` must be for the next change of it.")
    changed: dt.datetime
    by: str = Field(description="Who changed it last.")


class AnswerOut(Schema):
    question: str
    number: str
    section: str
    applies: bool = Field(description="Whether the question is put to this body at all.")
    answered: bool
    taken_over: str = Field(description="Cycle whose answer was taken over; empty if none was.")
    confirmed: bool
    open: bool = Field(description="In a returned report: whether it may be changed.")
    open_because: str
    parts: list[PartOut]


class AnswersOut(Schema):
    cycle: str
    body: str
    state: str
    version: int
    sections: list[str] = Field(description="The sections that are in here: those that I may read.")
    answers: list[AnswerOut]


class AnswerFilter(Schema):
    model_config = ConfigDict(extra="forbid")
    section: list[Annotated[str, Field(max_length=40)]] = Field(default=[], description="Only these sections.")


_PLACE = "/{alliance}/cycles/{cycle}/reports/{body}"


@operation("GET", f"{_PLACE}/answers", "report.see", "answer.read")
def answers(call: Call, cycle: CodeOf, body: CodeOf, query: Query[AnswerFilter]) -> AnswersOut:
    """The answers as they stand now, of the sections that I may read."""
    found = call.report(cycle, body)
    working, readable = readable_of(call, found)
    for section in query.section:
        queries.working(call.actor, found, section)  # what I may not read is not there
    wanted = readable & frozenset(query.section) if query.section else readable
    parts: dict[str, list[PartOut]] = {}
    for (question, part), cell in sorted(working.cells.items()):
        if cell.value is not None or cell.version:
            name = working.people.get(cell.person_id or 0, "")
            one = PartOut(part=part, value=cell.value, version=cell.version, changed=cell.changed, by=name)
            parts.setdefault(question, []).append(one)
    shown = [
        _answer(working, id, parts.get(id, [])) for id, q in working.sheet.questions.items() if q.section in wanted
    ]
    sections = [s.id for s in working.sheet.sections if s.id in wanted]
    return AnswersOut(
        cycle=cycle, body=body, state=found.state, version=found.version, sections=sections, answers=shown
    )


def readable_of(call: Call, report: Report) -> tuple[Working, frozenset[str]]:
    """The report as it is being worked on, and the sections of it that I may read. Raises NotThere if there is none."""
    working = Working(report)
    readable = queries.sections_read(call.actor, report, working)
    if not readable:
        call.ask("answer.read", answer_target(report, ""))
        raise not_there()
    return working, readable


def _answer(working: Working, id: str, parts: list[PartOut]) -> AnswerOut:
    question, note = working.sheet.questions[id], working.notes.get(id)
    return AnswerOut(
        question=id, number=question.number, section=question.section, applies=working.is_put(question),
        answered=working.is_answered(question), taken_over=note.taken_over if note else "",
        confirmed=bool(note and note.confirmed), open=bool(note and note.open),
        open_because=note.open_because if note else "", parts=parts,
    )  # fmt: skip


class EditIn(In):
    question: Code
    part: PartName
    value: Json = Field(default=None, description="null empties it.")
    base: Annotated[int, Field(ge=0, le=2**31)] = Field(default=0, description="The version that you saw; 0: none.")


class EditsIn(In):
    edits: Annotated[list[EditIn], Field(min_length=1, max_length=filling.MOST_EDITS)]
    why: Annotated[str, Field(max_length=4_000)] = ""


class SavedOut(Schema):
    question: str
    part: str
    value: Json
    version: int


class ConflictOut(Schema):
    """Somebody else changed it meanwhile. Nothing was overwritten: choose, and send it again with `version` as base."""

    question: str
    part: str
    mine: Json
    theirs: Json
    version: int
    who: str
    when: str


class RefusedOut(Schema):
    question: str
    part: str
    value: Json
    message: str
    remedy: str


class OutcomeOut(Schema):
    version: int = Field(description="The report’s, after it.")
    saved: list[SavedOut]
    conflicts: list[ConflictOut]
    refused: list[RefusedOut]


def outcome_of(call: Call, cycle: str, body: str, outcome: Outcome) -> OutcomeOut:
    call.report(cycle, body)
    return OutcomeOut(
        version=outcome.version,
        saved=[SavedOut(question=s.question, part=s.part, value=s.value, version=s.version) for s in outcome.saved],
        conflicts=[
            ConflictOut(question=c.question, part=c.part, mine=c.mine, theirs=c.theirs, version=c.version, who=c.who,
                        when=c.when)
            for c in outcome.conflicts
        ],
        refused=[
            RefusedOut(question=r.question, part=r.part, value=r.value, message=r.problem.what, remedy=r.problem.remedy)
            for r in outcome.refused
        ],
    )  # fmt: skip


@operation("PATCH", f"{_PLACE}/answers", "report.see", "answer.fill")
def save_answers(call: Call, cycle: CodeOf, body: CodeOf, data: EditsIn) -> OutcomeOut:
    """Saves each edit that can be; tells the others apart: in conflict, with both values, or refused, with why.

    With If-Match everything is refused (412) where the report changed at all; without it, each part has its own base.
    """
    found = call.report(cycle, body)
    call.unchanged(found)
    edits = [Edit(e.question, e.part, e.value, e.base) for e in data.edits]
    outcome = filling.save_answers(actor=call.actor, report=found.pk, edits=edits, why=data.why)
    return outcome_of(call, cycle, body, outcome)


class TakeOverIn(In):
    base: Annotated[dict[PartName, Annotated[int, Field(ge=0, le=2**31)]], Field(max_length=2_000)] = Field(
        default={}, description="Part → version, as you saw the answer."
    )


@operation("POST", f"{_PLACE}/answers/{{question}}/take-over", "report.see", "answer.fill")
def take_over(call: Call, cycle: CodeOf, body: CodeOf, question: CodeOf, data: TakeOverIn) -> OutcomeOut:
    """Puts last year’s answer in place of this one: texts and choices; a number is typed anew."""
    found = call.report(cycle, body)
    call.unchanged(found)
    outcome = filling.take_over(actor=call.actor, report=found.pk, question=question, base=data.base)
    return outcome_of(call, cycle, body, outcome)


class BaseOnly(TakeOverIn):
    pass


@operation("POST", f"{_PLACE}/answers/{{question}}/take-definition", "report.see", "answer.fill")
def take_definition(call: Call, cycle: CodeOf, body: CodeOf, question: CodeOf, data: BaseOnly) -> OutcomeOut:
    """Puts last year’s way of counting in place of this one."""
    found = call.report(cycle, body)
    call.unchanged(found)
    outcome = filling.take_definition(actor=call.actor, report=found.pk, question=question, base=data.base)
    return outcome_of(call, cycle, body, outcome)


class ConfirmedOut(Schema):
    question: str
    confirmed: bool


@operation("POST", f"{_PLACE}/answers/{{question}}/confirm", "report.see", "answer.fill")
def confirm_answer(call: Call, cycle: CodeOf, body: CodeOf, question: CodeOf, data: Nothing) -> ConfirmedOut:
    """Somebody looked: a number that is the same as last year’s is meant."""
    found = call.report(cycle, body)
    note = filling.confirm_same(actor=call.actor, report=found.pk, question=question)
    return ConfirmedOut(question=note.question, confirmed=note.confirmed)


# --- checks ---------------------------------------------------------------------------------------------------------


class FindingOut(Schema):
    code: str
    severity: Literal["blocker", "error", "warning", "note"]
    outcome: Literal["found", "not_evaluated"]
    question: str
    cell: dict[str, str]
    row: int | None
    column: str
    message: Text
    remedy: Text
    justified: bool


class FindingFilter(Part):
    severity: list[Literal["blocker", "error", "warning", "note"]] = Field(default=[])
    question: Annotated[str, Field(max_length=64)] | None = None


def finding_out(finding: Finding) -> FindingOut:
    place = finding.place
    return FindingOut(
        code=finding.code, severity=finding.severity, outcome=finding.outcome, question=place.question,
        cell=dict(place.cell), row=place.row, column=place.column, message=dict(finding.message),
        remedy=dict(finding.remedy), justified=finding.justified,
    )  # fmt: skip


@operation("GET", f"{_PLACE}/checks", "report.see", "answer.read")
def checks(call: Call, cycle: CodeOf, body: CodeOf, query: Query[FindingFilter]) -> Page[FindingOut]:
    """Everything that the checks find, in the sections that I may read. Only a blocker stops a submission."""
    working, readable = readable_of(call, call.report(cycle, body))
    whole = readable == {s.id for s in working.sheet.sections}
    shown = [
        f
        for f in seen_by(working, readable)
        if _section(working, f.place.question) in readable or (whole and not f.place.question)
        if not query.severity or f.severity in query.severity
        if query.question in (None, f.place.question)
    ]
    return page(shown, query, finding_out)


def _section(working: Working, question: str) -> str:
    found = working.sheet.questions.get(question)
    return found.section if found else ""
