"""Cycles: their dates and rules, their questionnaire, where all reports are."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Query, Schema
from pydantic import Field

from eirene.framework import AskedQuestion, Pack, asked
from eirene.questionnaires import catalogue
from eirene.questionnaires.values import shape
from eirene.text import pick
from eirene_web.api.frame import Call, CodeOf, In, operation
from eirene_web.api.operations.shapes import Code, Instant, Reason, Text, Why
from eirene_web.api.paging import Page, Part, page
from eirene_web.organisations.packs import opened
from eirene_web.reports import queries
from eirene_web.reports.models import Cycle
from eirene_web.reports.services import cycles as services

Days = Annotated[list[Annotated[int, Field(ge=1, le=365)]], Field(max_length=12)]


class CycleOut(Schema):
    code: str
    title: str
    data_year: int
    reference_date: dt.date
    state: str
    opens: dt.datetime
    deadline: dt.datetime = Field(description="An instant, the same for everybody.")
    remind_days: list[int]
    releasability: str = Field(description="Audience that answers are released to unless they say otherwise.")
    embargo: dt.datetime | None
    four_eyes: bool
    opened: dt.datetime | None
    closed: dt.datetime | None
    pack: str = Field(description="Hash of the pack in force for it.")


def _cycle(call: Call, cycle: Cycle) -> CycleOut:
    planned = opened(cycle.pack_id).cycles[cycle.code]
    return CycleOut(
        code=cycle.code, title=pick(planned.title, call.lang), data_year=planned.data_year,
        reference_date=planned.reference_date, state=cycle.state, opens=cycle.opens, deadline=cycle.deadline,
        remind_days=cycle.remind_days, releasability=cycle.releasability, embargo=cycle.embargo,
        four_eyes=cycle.four_eyes, opened=cycle.opened, closed=cycle.closed, pack=cycle.pack_id,
    )  # fmt: skip


class CycleFilter(Part):
    state: Literal["planned", "test", "open", "closed"] | None = None
    sort: Literal["opens", "-opens"] = "-opens"


@operation("GET", "/{alliance}/cycles", "cycle.see")
def cycles(call: Call, query: Query[CycleFilter]) -> Page[CycleOut]:
    """Cycles, newest first."""
    found = [c for c in queries.cycles(call.actor, call.here) if query.state in (None, c.state)]
    if query.sort == "opens":
        found.reverse()
    return page(found, query, lambda cycle: _cycle(call, cycle))


@operation("GET", "/{alliance}/cycles/{cycle}", "cycle.see")
def cycle(call: Call, cycle: CodeOf) -> CycleOut:
    """One cycle."""
    return _cycle(call, queries.find_cycle(call.actor, call.here, cycle))


class CycleRules(In):
    remind_days: Days | None = None
    releasability: Code | None = None
    embargo: Instant | None = None
    four_eyes: bool | None = None


class NewCycle(CycleRules):
    code: Code
    opens: Instant
    deadline: Instant


def _given(data: Schema) -> dict[str, Any]:
    """What was given; an explicit null means something only for the embargo."""
    return {k: v for k, v in data.model_dump(exclude_unset=True).items() if v is not None or k == "embargo"}


@operation("POST", "/{alliance}/cycles", "cycle.see", "cycle.set_up", status=201)
def set_up_cycle(call: Call, data: NewCycle) -> CycleOut:
    """Sets a cycle of the pack up, planned, with a waiting report for each body that is asked."""
    return _cycle(call, services.set_up_cycle(actor=call.actor, alliance=call.slug, **_given(data)))


class ChangedCycle(CycleRules):
    opens: Instant | None = None
    deadline: Instant | None = None
    why: Annotated[str, Field(max_length=4_000)] = ""


@operation("PATCH", "/{alliance}/cycles/{cycle}", "cycle.see", "cycle.change")
def change_cycle(call: Call, cycle: CodeOf, data: ChangedCycle) -> CycleOut:
    """Changes dates, reminders and rules; those of an open cycle with a reason."""
    found = queries.find_cycle(call.actor, call.here, cycle)
    return _cycle(call, services.change_cycle(actor=call.actor, cycle=found.pk, **_given(data)))


class Opening(In):
    bodies: Annotated[list[Code], Field(max_length=500)] = Field(
        default=[], description="For a test with these alone; none: for all."
    )


@operation("POST", "/{alliance}/cycles/{cycle}/open", "cycle.see", "cycle.open")
def open_cycle(call: Call, cycle: CodeOf, data: Opening) -> CycleOut:
    """Opens the cycle, for a test or for all that still wait."""
    found = queries.find_cycle(call.actor, call.here, cycle)
    return _cycle(call, services.open_cycle(actor=call.actor, cycle=found.pk, bodies=data.bodies))


@operation("POST", "/{alliance}/cycles/{cycle}/close", "cycle.see", "cycle.close")
def close_cycle(call: Call, cycle: CodeOf, data: Why) -> CycleOut:
    """Closes the cycle: what is not submitted is locked."""
    found = queries.find_cycle(call.actor, call.here, cycle)
    return _cycle(call, services.close_cycle(actor=call.actor, cycle=found.pk, why=data.why))


class Reopening(In):
    why: Reason
    deadline: Instant | None = None


@operation("POST", "/{alliance}/cycles/{cycle}/reopen", "cycle.see", "cycle.close")
def reopen_cycle(call: Call, cycle: CodeOf, data: Reopening) -> CycleOut:
    """Opens a closed cycle again."""
    found = queries.find_cycle(call.actor, call.here, cycle)
    return _cycle(call, services.reopen_cycle(actor=call.actor, cycle=found.pk, why=data.why, deadline=data.deadline))


# --- the questionnaire ----------------------------------------------------------------------------------------------


class CodeOut(Schema):
    code: str
    label: Text
    parent: str | None


class DimensionOut(Schema):
    name: str
    list: str
    codes: list[str] = Field(description="Codes asked, in order; `_T` is the total.")


class ColumnOut(Schema):
    id: str
    label: Text
    type: str
    list: str | None
    required: bool


class QuestionOut(Schema):
    id: str
    number: str
    section: str
    type: str
    text: Text
    guidance: Text
    unit: str | None
    integer: bool
    minimum: Decimal | None
    maximum: Decimal | None
    required: bool
    choices: str | None = Field(description="Code list to choose from.")
    dimensions: list[DimensionOut] = Field(
        description="Of a matrix: a cell’s part is `cells.` and a code of each, joined by |."
    )
    columns: list[ColumnOut]
    particulars: list[ColumnOut]
    definition: str | None
    counting_rule: Text
    asked_if: str | None


class SectionOut(Schema):
    id: str
    title: Text
    intro: Text
    questions: list[QuestionOut]


class QuestionnaireOut(Schema):
    id: str
    version: str
    title: Text
    languages: list[str]
    audiences: list[str]
    sections: list[SectionOut]
    lists: dict[str, list[CodeOut]]


@operation("GET", "/{alliance}/cycles/{cycle}/questionnaire", "cycle.see")
def questionnaire(call: Call, cycle: CodeOf) -> QuestionnaireOut:
    """What is asked in a cycle: sections, questions, their types, dimensions and codes."""
    found = queries.find_cycle(call.actor, call.here, cycle)
    pack = opened(found.pack_id)
    sheet = asked(pack, found.code)
    used = {name for q in sheet.questions.values() for name in _lists(q)}
    return QuestionnaireOut(
        id=sheet.id, version=sheet.version, title=dict(sheet.title), languages=pack.header.languages,
        audiences=[a.code for a in pack.header.audiences],
        sections=[
            SectionOut(id=s.id, title=dict(s.title), intro=dict(s.intro),
                       questions=[_question(pack, q) for q in s.questions])
            for s in sheet.sections
        ],
        lists={
            name: [CodeOut(code=c.code, label=dict(c.label), parent=c.parent) for c in pack.code_lists[name].codes]
            for name in sorted(used) if name in pack.code_lists
        },
    )  # fmt: skip


def _lists(asked_question: AskedQuestion) -> list[str]:
    question = asked_question.question
    columns = [c.list for c in (*question.columns, *question.particulars) if c.list]
    return [
        *([question.choices] if question.choices else []),
        *(d.list for d in question.dimensions.values()),
        *columns,
    ]


def _question(pack: Pack, asked_question: AskedQuestion) -> QuestionOut:
    q = asked_question.question
    asked_codes = shape(pack, q).asked if q.type == "matrix" else ()
    return QuestionOut(
        id=q.id, number=asked_question.number, section=asked_question.section, type=q.type, text=dict(q.text),
        guidance=dict(q.guidance), unit=q.unit, integer=q.integer, minimum=q.minimum, maximum=q.maximum,
        required=q.required, choices=q.choices,
        dimensions=[
            DimensionOut(name=name, list=d.list, codes=list(codes))
            for (name, d), codes in zip(q.dimensions.items(), asked_codes, strict=False)
        ],
        columns=[_column(c) for c in q.columns], particulars=[_column(c) for c in q.particulars],
        definition=q.definition, counting_rule=dict(q.counting_rule), asked_if=q.asked_if,
    )  # fmt: skip


def _column(column: Any) -> ColumnOut:
    return ColumnOut(
        id=column.id, label=dict(column.label), type=column.type, list=column.list, required=column.required
    )


class RuleOut(Schema):
    code: str
    severity: str
    origin: str
    text: Text
    questions: list[str]
    needs: list[str]


@operation("GET", "/{alliance}/cycles/{cycle}/rules", "cycle.see")
def rules(call: Call, cycle: CodeOf, query: Query[Part]) -> Page[RuleOut]:
    """Every rule by which answers are checked, in words."""
    found = queries.find_cycle(call.actor, call.here, cycle)
    return page(
        catalogue(opened(found.pack_id), found.code), query,
        lambda r: RuleOut(code=r.code, severity=r.severity, origin=r.origin, text=dict(r.text),
                          questions=list(r.questions), needs=list(r.needs)),
    )  # fmt: skip
