"""Conversations about answers: with the office, within the nation, within the office."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from ninja import Query, Schema
from pydantic import Field

from eirene_web.api.frame import Call, CodeOf, IdOf, In, not_there, operation
from eirene_web.api.operations.shapes import Code, Day, PostOut
from eirene_web.api.paging import Page, Part, page
from eirene_web.reports import filling_queries as queries
from eirene_web.reports.models import Report, Thread
from eirene_web.reports.services import discussing

_PLACE = "/{alliance}/cycles/{cycle}/reports/{body}/threads"
Kind = Literal["question", "clarification", "national", "office"]
Said = Annotated[str, Field(min_length=1, max_length=discussing.MOST_TEXT, pattern=r"\S")]


class MessageOut(Schema):
    id: int
    by: str = Field(description="Empty where what it said had to go.")
    post: PostOut | None
    nation: str = Field(description="Empty where the office speaks.")
    text: str
    at: dt.datetime


class ThreadOut(Schema):
    id: int
    question: str = Field(description="Empty: about the report.")
    kind: str = Field(
        description="question, clarification, national (within the nation) or office (within the office)."
    )
    state: str
    due: dt.date | None
    flag: bool
    opened: dt.datetime
    messages: list[MessageOut]


def _thread(thread: Thread) -> ThreadOut:
    said = [
        MessageOut(
            id=m.pk,
            by=m.person.name,
            post=PostOut.of(m.post),
            nation=m.nation,
            text="" if m.purged else m.text,
            at=m.at,
        )
        for m in getattr(thread, "said", ())
    ]
    return ThreadOut(
        id=thread.pk, question=thread.question, kind=thread.kind, state=thread.state, due=thread.due, flag=thread.flag,
        opened=thread.opened, messages=said,
    )  # fmt: skip


class ThreadFilter(Part):
    question: Annotated[str, Field(max_length=64)] | None = None
    kind: list[Kind] = Field(default=[])
    state: list[Literal["open", "answered", "closed"]] = Field(default=[])


def _mine(call: Call, report: Report) -> list[Thread]:
    return queries.threads(call.actor, report)


@operation("GET", _PLACE, "report.see")
def threads(call: Call, cycle: CodeOf, body: CodeOf, query: Query[ThreadFilter]) -> Page[ThreadOut]:
    """Conversations of a report that I may read, oldest first."""
    found = [
        t
        for t in _mine(call, call.report(cycle, body))
        if query.question in (None, t.question)
        if not query.kind or t.kind in query.kind
        if not query.state or t.state in query.state
    ]
    return page(found, query, _thread)


def _find(call: Call, report: Report, pk: int) -> Thread:
    """Raises NotThere for a conversation that I may not read."""
    found = next((t for t in _mine(call, report) if t.pk == pk), None)
    if found is None:
        raise not_there()
    return found


class NewThread(In):
    kind: Kind
    question: Code | Literal[""] = ""
    text: Said
    due: Day | None = None
    flag: bool = False


@operation("POST", _PLACE, "report.see", "answer.discuss", "review.ask", "review.note", status=201)
def open_thread(call: Call, cycle: CodeOf, body: CodeOf, data: NewThread) -> ThreadOut:
    """Opens a conversation: a question to the office, a clarification, a note within the nation or the office."""
    report = call.report(cycle, body)
    made = discussing.open_thread(actor=call.actor, report=report.pk, **data.model_dump())
    return _thread(_find(call, report, made.pk))


class NewMessage(In):
    text: Said


@operation(
    "POST", f"{_PLACE}/{{thread}}/messages", "report.see", "answer.discuss", "review.ask", "review.reply",
    "review.note", status=201,
)  # fmt: skip
def write_message(call: Call, cycle: CodeOf, body: CodeOf, thread: IdOf, data: NewMessage) -> ThreadOut:
    """Writes in a conversation."""
    report = call.report(cycle, body)
    discussing.write(actor=call.actor, thread=_find(call, report, thread).pk, text=data.text)
    return _thread(_find(call, report, thread))


class CloseIn(In):
    why: Annotated[str, Field(max_length=4_000)] = ""


@operation(
    "POST", f"{_PLACE}/{{thread}}/close", "report.see", "answer.discuss", "review.ask", "review.reply", "review.note"
)
def close_thread(call: Call, cycle: CodeOf, body: CodeOf, thread: IdOf, data: CloseIn) -> ThreadOut:
    """Closes a conversation."""
    report = call.report(cycle, body)
    discussing.close_thread(actor=call.actor, thread=_find(call, report, thread).pk, why=data.why)
    return _thread(_find(call, report, thread))


class FlagIn(In):
    flag: bool


@operation("PUT", f"{_PLACE}/{{thread}}/flag", "report.see", "review.ask")
def flag_thread(call: Call, cycle: CodeOf, body: CodeOf, thread: IdOf, data: FlagIn) -> ThreadOut:
    """The office doubts the answer, or does so no longer."""
    report = call.report(cycle, body)
    discussing.set_flag(actor=call.actor, thread=_find(call, report, thread).pk, flag=data.flag)
    return _thread(_find(call, report, thread))
