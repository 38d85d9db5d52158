"""A nation’s own part of an edition: where it appears, what it says of it, and silence from its side."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from ninja import Schema
from pydantic import Field

from eirene_web.api.frame import Call, CodeOf, IdOf, In, Nothing, operation
from eirene_web.api.operations.editions import (
    CirculationOut,
    CommentIn,
    CommentOut,
    SuggestionIn,
    SuggestionOut,
    circulation_out,
    comment_out,
    suggestion_out,
)
from eirene_web.api.operations.shapes import Code, GivenText, Instant, Pk, Reason, Text
from eirene_web.editions import queries
from eirene_web.editions.models import Draft, Position
from eirene_web.editions.services import drafting, positions, silence

_PLACE = "/{alliance}/cycles/{cycle}/edition/parts/{nation}"
Ref = Annotated[str, Field(min_length=1, max_length=200)]


class StandingOut(Schema):
    ref: str
    label: str
    standing: str
    value: str
    reason: str
    questions: list[str]


class PositionOut(Schema):
    id: int
    kind: str
    on: str
    text: Text
    at: dt.datetime
    withdrawn: dt.datetime | None


class OwnStandingOut(Schema):
    cycle: str
    nation: str
    state: str
    audience: str
    common: bool = Field(description="Whether it speaks on the common text, or on its own chapter alone.")
    statements: list[StandingOut] = Field(description="Each statement, and how the nation counts in it.")
    positions: list[PositionOut]
    circulation: CirculationOut | None
    comments: list[CommentOut]
    suggestions: list[SuggestionOut]


def _position(one: Position) -> PositionOut:
    return PositionOut(id=one.pk, kind=one.kind, on=one.on, text=one.text, at=one.at, withdrawn=one.withdrawn)


@operation("GET", _PLACE, "part.see")
def own_part(call: Call, cycle: CodeOf, nation: CodeOf) -> OwnStandingOut:
    """Where the nation appears in the edition before it is published, and nothing of any other nation."""
    draft = queries.find_part(call.actor, call.here, cycle, nation)
    own = queries.own_part(call.actor, draft, nation)
    sent = own.circulation
    return OwnStandingOut(
        cycle=cycle, nation=nation, state=draft.state, audience=own.audience, common=own.common,
        statements=[
            StandingOut(ref=p.ref, label=p.label, standing=p.standing, value=p.value, reason=p.reason,
                    questions=list(p.questions))
            for p in own.parts(call.lang)
        ],
        positions=[_position(p) for p in own.positions],
        circulation=circulation_out(sent, list(own.breaks), list(own.extensions)) if sent else None,
        comments=[comment_out(c) for c in own.comments],
        suggestions=[suggestion_out(s) for s in own.suggestions],
    )  # fmt: skip


def _find(call: Call, cycle: str, nation: str) -> Draft:
    return queries.find_part(call.actor, call.here, cycle, nation)


@operation("POST", f"{_PLACE}/comments", "part.see", "part.comment", status=201)
def comment_on_part(call: Call, cycle: CodeOf, nation: CodeOf, data: CommentIn) -> CommentOut:
    """Comments on a statement for the nation."""
    draft = _find(call, cycle, nation)
    return comment_out(
        drafting.comment(actor=call.actor, draft=draft.pk, place=data.place, text=data.text, nation=nation)
    )


@operation("POST", f"{_PLACE}/suggestions", "part.see", "part.suggest", status=201)
def suggest_for_part(call: Call, cycle: CodeOf, nation: CodeOf, data: SuggestionIn) -> SuggestionOut:
    """Suggests another wording for the nation."""
    draft = _find(call, cycle, nation)
    return suggestion_out(drafting.suggest(actor=call.actor, draft=draft.pk, nation=nation, **data.model_dump()))


class WithholdIn(In):
    question: Code
    reason: GivenText


@operation("POST", f"{_PLACE}/withholdings", "part.see", "part.withhold", status=201)
def withhold(call: Call, cycle: CodeOf, nation: CodeOf, data: WithholdIn) -> PositionOut:
    """Withholds an own answer: figures are computed without it, and say so."""
    draft = _find(call, cycle, nation)
    made = positions.withhold(
        actor=call.actor, draft=draft.pk, nation=nation, question=data.question, reason=data.reason
    )
    return _position(made)


class FootnoteIn(In):
    text: GivenText


@operation("POST", f"{_PLACE}/footnotes", "part.see", "part.reserve", status=201)
def footnote(call: Call, cycle: CodeOf, nation: CodeOf, data: FootnoteIn) -> PositionOut:
    """Adds a footnote to the nation’s chapter."""
    draft = _find(call, cycle, nation)
    return _position(positions.footnote(actor=call.actor, draft=draft.pk, nation=nation, text=data.text))


class ReserveIn(In):
    on: Ref = Field(description="The statement or chapter.")
    text: GivenText


@operation("POST", f"{_PLACE}/reservations", "part.see", "part.reserve", status=201)
def reserve(call: Call, cycle: CodeOf, nation: CodeOf, data: ReserveIn) -> PositionOut:
    """Reserves the nation’s position."""
    draft = _find(call, cycle, nation)
    return _position(positions.reserve(actor=call.actor, draft=draft.pk, nation=nation, on=data.on, text=data.text))


@operation("POST", f"{_PLACE}/positions/{{position}}/withdraw", "part.see", "part.withhold", "part.reserve")
def withdraw_position(call: Call, cycle: CodeOf, nation: CodeOf, position: IdOf, data: Nothing) -> PositionOut:
    """Takes a withholding, footnote or reservation back."""
    draft = _find(call, cycle, nation)
    return _position(positions.withdraw(actor=call.actor, draft=draft.pk, nation=nation, position=position))


class BreakIn(In):
    circulation: Pk
    on: Ref = Field(description="The statement, or the code of the nation for its own chapter.")
    reason: Reason
    wording: GivenText


@operation("POST", f"{_PLACE}/breaks", "part.see", "silence.break", status=201)
def break_silence(call: Call, cycle: CodeOf, nation: CodeOf, data: BreakIn) -> OwnStandingOut:
    """Breaks silence on one statement: a reason, and the wording that is asked for."""
    draft = _find(call, cycle, nation)
    silence.break_silence(actor=call.actor, draft=draft.pk, nation=nation, **data.model_dump())
    return own_part(call, cycle, nation)


class TimeIn(In):
    circulation: Pk
    until: Instant
    reason: Reason


@operation("POST", f"{_PLACE}/extensions", "part.see", "silence.ask_time", status=201)
def ask_time(call: Call, cycle: CodeOf, nation: CodeOf, data: TimeIn) -> OwnStandingOut:
    """Asks for more time."""
    draft = _find(call, cycle, nation)
    silence.ask_time(actor=call.actor, draft=draft.pk, nation=nation, **data.model_dump())
    return own_part(call, cycle, nation)
