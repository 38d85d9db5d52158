"""Sections given to posts to fill in, and who changed what in a report."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from ninja import Query, Schema
from pydantic import ConfigDict, Field

from eirene_web.api.frame import Call, CodeOf, IdOf, In, operation
from eirene_web.api.operations.answers import readable_of
from eirene_web.api.operations.shapes import Day, Json, Pk, PostOut
from eirene_web.api.paging import Page, Part, page
from eirene_web.reports import filling_queries as queries
from eirene_web.reports.models import Assignment
from eirene_web.reports.services import assigning as services

_PLACE = "/{alliance}/cycles/{cycle}/reports/{body}"


class AssignmentOut(Schema):
    section: str
    post: PostOut
    due: dt.date | None
    note: str
    done: dt.datetime | None


def _assignment(one: Assignment) -> AssignmentOut:
    post = PostOut.of(one.post)
    assert post is not None
    return AssignmentOut(section=one.section, post=post, due=one.due, note=one.note, done=one.done)


@operation("GET", f"{_PLACE}/assignments", "report.see", "answer.read")
def assignments(call: Call, cycle: CodeOf, body: CodeOf, query: Query[Part]) -> Page[AssignmentOut]:
    """Which post fills in which section, of the sections that I may read."""
    working, readable = readable_of(call, call.report(cycle, body))
    found = [one for section in sorted(readable) for one in working.assignments.get(section, ())]
    return page(found, query, _assignment)


class AssignIn(In):
    due: Day | None = None
    note: Annotated[str, Field(max_length=400)] = ""


@operation("PUT", f"{_PLACE}/assignments/{{section}}/{{post}}", "report.see", "report.assign")
def assign_section(
    call: Call, cycle: CodeOf, body: CodeOf, section: CodeOf, post: IdOf, data: AssignIn
) -> AssignmentOut:
    """Gives a section to a post."""
    found = call.report(cycle, body)
    made = services.assign_section(
        actor=call.actor, report=found.pk, section=section, post=post, due=data.due, note=data.note
    )
    return _assignment(made)


@operation("DELETE", f"{_PLACE}/assignments/{{section}}/{{post}}", "report.see", "report.assign", status=204)
def unassign_section(call: Call, cycle: CodeOf, body: CodeOf, section: CodeOf, post: IdOf) -> None:
    """Takes a section away from a post; what the post filled in stays."""
    found = call.report(cycle, body)
    services.unassign_section(actor=call.actor, report=found.pk, section=section, post=post)


class DoneIn(In):
    done: bool


class DoneOut(Schema):
    posts: list[int]
    done: bool


@operation("PUT", f"{_PLACE}/sections/{{section}}/done", "report.see", "answer.fill")
def mark_done(call: Call, cycle: CodeOf, body: CodeOf, section: CodeOf, data: DoneIn) -> DoneOut:
    """My posts say that their part of a section is done, or is not after all."""
    found = call.report(cycle, body)
    told = services.mark_done(actor=call.actor, report=found.pk, section=section, done=data.done)
    return DoneOut(posts=sorted(one.post_id for one in told), done=data.done)


# --- history --------------------------------------------------------------------------------------------------------


class LineOut(Schema):
    entry: int
    at: dt.datetime
    verb: str
    person: str
    what: str = Field(description="What was changed: cell, answer, evidence, thread … with question and part.")
    field: str
    before: Json
    after: Json
    purged: bool


class HistoryOut(Schema):
    items: list[LineOut]
    next: int | None = Field(description="`before` for the next part; null at the end.")


class HistoryFilter(Schema):
    model_config = ConfigDict(extra="forbid")
    question: Annotated[str, Field(max_length=64)] = ""
    before: Pk | None = None
    limit: int = Field(default=100, ge=1, le=500)


@operation("GET", f"{_PLACE}/history", "report.see", "report.history")
def history(call: Call, cycle: CodeOf, body: CodeOf, query: Query[HistoryFilter]) -> HistoryOut:
    """Who changed what, when and from what to what; newest first."""
    found = call.report(cycle, body)
    lines = queries.report_history(call.actor, found, question=query.question, before=query.before, most=query.limit)
    people = queries.people(line.person for line in lines)
    items = [
        LineOut(
            entry=line.entry, at=line.at, verb=line.verb, field=line.field, before=line.before, after=line.after,
            purged=line.purged, what=line.thing.replace(f":{found.pk}/", "/", 1),
            person=people[line.person].name if line.person in people else "",
        )
        for line in lines
    ]  # fmt: skip
    entries = {line.entry for line in lines}
    return HistoryOut(items=items, next=min(entries) if len(entries) >= query.limit else None)
