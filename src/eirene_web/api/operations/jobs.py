"""Work in the background, and what I was told."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from ninja import Query, Schema
from pydantic import Field

from eirene_web.api.frame import Call, IdOf, In, Nothing, operation
from eirene_web.api.operations.shapes import Pk
from eirene_web.api.paging import Page, Part, page
from eirene_web.notices import services as notices_services
from eirene_web.notices.models import Notice
from eirene_web.policy import Target
from eirene_web.work import queries, services
from eirene_web.work.models import Job


class JobOut(Schema):
    id: int
    kind: str
    subject: str = Field(description="What it is about, e.g. import:12.")
    state: str = Field(description="waiting, running, done, failed or cancelled.")
    phase: str
    done: int
    of: int
    created: dt.datetime
    finished: dt.datetime | None
    may_cancel: bool
    may_run_again: bool


def _job(call: Call, job: Job) -> JobOut:
    return JobOut(
        id=job.pk, kind=job.kind, subject=job.subject, state=job.state, phase=job.phase, done=job.done, of=job.of,
        created=job.created, finished=job.finished, may_cancel=queries.may(call.actor, job, "cancel"),
        may_run_again=queries.may(call.actor, job, "run_again"),
    )  # fmt: skip


class JobFilter(Part):
    state: list[Literal["waiting", "running", "done", "failed", "cancelled"]] = Field(default=[])
    subject: Annotated[str, Field(max_length=120)] | None = None


@operation("GET", "/{alliance}/jobs", "job.see", "office_job.see")
def jobs(call: Call, query: Query[JobFilter]) -> Page[JobOut]:
    """What is being done in the background for me, my nation or my office; newest first."""
    found = queries.jobs(call.actor)
    if query.state:
        found = found.filter(state__in=query.state)
    if query.subject is not None:
        found = found.filter(subject=query.subject)
    return page(found, query, lambda job: _job(call, job))


@operation("GET", "/{alliance}/jobs/{job}", "job.see", "office_job.see")
def job(call: Call, job: IdOf) -> JobOut:
    """One piece of work: ask again until it is done."""
    return _job(call, queries.find_job(call.actor, job))


@operation("POST", "/{alliance}/jobs/{job}/cancel", "job.see", "job.cancel", "office_job.cancel")
def cancel_job(call: Call, job: IdOf, data: Nothing) -> JobOut:
    """Asks it to stop."""
    services.cancel(actor=call.actor, job=queries.find_job(call.actor, job).pk)
    return _job(call, queries.find_job(call.actor, job))


@operation("POST", "/{alliance}/jobs/{job}/run-again", "job.see", "job.run_again", "office_job.run_again")
def run_job_again(call: Call, job: IdOf, data: Nothing) -> JobOut:
    """Runs it again after it failed or was cancelled."""
    services.run_again(actor=call.actor, job=queries.find_job(call.actor, job).pk)
    return _job(call, queries.find_job(call.actor, job))


class NoticeOut(Schema):
    id: int
    kind: str
    at: dt.datetime
    read: dt.datetime | None
    page: str = Field(description="Address of the page where it goes on.")


class NoticeFilter(Part):
    unread: bool | None = None


@operation("GET", "/{alliance}/notices", "notice.see")
def notices(call: Call, query: Query[NoticeFilter]) -> Page[NoticeOut]:
    """What I was told, newest first. There is never any content of a report in it."""
    call.ask("notice.see", Target("notice", call.slug, person=call.actor.person))
    found = Notice.objects.filter(person=call.holder.person, alliance=call.slug).order_by("-at", "-pk")
    if query.unread is not None:
        found = found.filter(read__isnull=query.unread)
    return page(found, query, lambda n: NoticeOut(id=n.pk, kind=n.kind, at=n.at, read=n.read, page=n.where))


class ReadIn(In):
    notices: Annotated[list[Pk], Field(max_length=500)] | None = Field(default=None, description="null: all of them.")


class ReadOut(Schema):
    read: int


@operation("POST", "/{alliance}/notices/read", "notice.see")
def mark_notices_read(call: Call, data: ReadIn) -> ReadOut:
    """I have read these."""
    call.ask("notice.see", Target("notice", call.slug, person=call.actor.person))
    return ReadOut(read=notices_services.mark_read(actor=call.actor, notices=data.notices))
