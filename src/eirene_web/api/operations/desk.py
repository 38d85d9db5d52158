"""What waits for me, and for the office where all reports are."""

from __future__ import annotations

from typing import Annotated

from ninja import Query, Schema
from pydantic import Field

from eirene_web.api.frame import Call, CodeOf, In, operation
from eirene_web.api.operations.shapes import Code, Instant, Reason, ReportOut
from eirene_web.api.paging import Page, Part, page
from eirene_web.desk import queries as desks
from eirene_web.reports import oversight, queries
from eirene_web.reports.services import cycles as services
from eirene_web.reports.targets import cycle_target


class DeskItem(Schema):
    text: str
    detail: str
    when: str
    kind: str = Field(description="late, risk, info or ok.")
    page: str = Field(description="Address of the page where it is done.")


class DeskOut(Schema):
    title: str
    items: list[DeskItem]
    more: int = Field(description="Further things that did not fit.")


@operation("GET", "/{alliance}/desk", "desk.see")
def desk(call: Call) -> DeskOut:
    """What I owe, by when; the most urgent first, seven at most."""
    call.ask("desk.see")
    found = desks.desk(call.visit)
    items = [DeskItem(text=i.text, detail=i.detail, when=i.when, kind=i.kind, page=i.href) for i in found.items]
    return DeskOut(title=found.title, items=items, more=found.more)


class BoardLine(ReportOut):
    population: str
    days: int = Field(description="Since it last moved.")
    stuck: bool
    late: bool
    answered: int
    asked: int
    what: str = Field(description="What happens with it now, in words.")
    waits_for: str = Field(description="Whose turn it is: a post, never a person.")


class BoardFilter(Part):
    stuck: bool | None = None
    late: bool | None = None
    state: list[Annotated[str, Field(max_length=16)]] = Field(default=[])


@operation("GET", "/{alliance}/cycles/{cycle}/board", "cycle.see", "cycle.oversee")
def board(call: Call, cycle: CodeOf, query: Query[BoardFilter]) -> Page[BoardLine]:
    """Where every report of a cycle is, what is stuck and with whom. For the office."""
    found = queries.find_cycle(call.actor, call.here, cycle)
    call.ask("cycle.oversee", cycle_target(found))
    lines = [
        line
        for line in oversight.board(call.actor, call.here, found, call.lang).lines
        if query.stuck in (None, line.stuck) and query.late in (None, line.late)
        if not query.state or line.state in query.state
    ]
    return page(lines, query, _line)


def _line(line: oversight.Line) -> BoardLine:
    return BoardLine(
        **ReportOut.of(line.report, line.name).model_dump(), population=line.population, days=line.days,
        stuck=line.stuck, late=line.late, answered=line.answered, asked=line.asked, what=line.what,
        waits_for=line.with_,
    )  # fmt: skip


Bodies = Annotated[list[Code], Field(min_length=1, max_length=500)]


class RemindIn(In):
    bodies: Bodies


class RemindedOut(Schema):
    bodies: list[str]


@operation("POST", "/{alliance}/cycles/{cycle}/remind", "cycle.see", "cycle.remind")
def remind(call: Call, cycle: CodeOf, data: RemindIn) -> RemindedOut:
    """Reminds bodies that owe something: each nation’s contact point, and nobody else there."""
    found = queries.find_cycle(call.actor, call.here, cycle)
    told = services.remind(actor=call.actor, cycle=found.pk, bodies=data.bodies)
    return RemindedOut(bodies=sorted(report.body.code for report in told))


class AskedIn(In):
    body: Code
    why: Reason
    deadline: Instant | None = None


@operation("POST", "/{alliance}/cycles/{cycle}/bodies", "cycle.see", "cycle.change", status=201)
def ask_body(call: Call, cycle: CodeOf, data: AskedIn) -> ReportOut:
    """Asks one more body in a cycle that is set up already."""
    found = queries.find_cycle(call.actor, call.here, cycle)
    made = services.add_body(actor=call.actor, cycle=found.pk, body=data.body, why=data.why, deadline=data.deadline)
    row = queries.find_report(call.actor, call.here, cycle, made.body.code)
    return ReportOut.of(row, call.names.body(row.body))
