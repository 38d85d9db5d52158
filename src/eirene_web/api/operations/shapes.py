"""Shapes that several operations show or take in."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field

from eirene_web.accounts.models import Person
from eirene_web.clock import YEARS
from eirene_web.organisations.models import Post
from eirene_web.reports.models import Report

#: A text by language: {"en": …, "fr": …}.
Text = dict[str, str]
Words = Annotated[str, Field(max_length=20_000)]
Reason = Annotated[str, Field(min_length=1, max_length=4_000, pattern=r"\S", description="Why; it is kept and shown.")]
Short = Annotated[str, Field(max_length=200)]
Day = dt.date


def _in_utc(at: dt.datetime) -> dt.datetime:
    """PostgreSQL takes no offset of sixteen hours or more."""
    if at.year not in YEARS:
        raise ValueError(f"not between the years {YEARS.start} and {YEARS.stop}")
    return at.astimezone(dt.UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Pk = Annotated[int, Field(ge=1, le=2**63 - 1)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._=+-]{0,119}$")]
GivenText = Annotated[
    dict[Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")], Annotated[str, Field(max_length=2_000)]],
    Field(min_length=1, max_length=12),
]
Json = Any


class PostOut(Schema):
    id: int
    title: Text

    @classmethod
    def of(cls, post: Post | None) -> PostOut | None:
        return None if post is None else cls(id=post.pk, title=post.title)


class PersonOut(Schema):
    """Who did something: a name. No address, no account."""

    name: str

    @classmethod
    def of(cls, person: Person | None) -> PersonOut | None:
        return None if person is None else cls(name=person.name)


class ReportOut(Schema):
    """That a report is there, and how far it is."""

    cycle: str
    body: str
    name: str = Field(description="The body’s name in the language that was asked for.")
    state: str
    state_name: str
    version: int = Field(description="Grows by one with every change of an answer.")
    deadline: dt.datetime
    extended_because: str
    opened: dt.datetime | None
    moved: dt.datetime = Field(description="When it last moved, or was worked on.")
    submitted: dt.datetime | None
    accepted: dt.datetime | None

    @classmethod
    def of(cls, report: Report, name: str) -> ReportOut:
        return cls(
            cycle=report.cycle.code, body=report.body.code, name=name, state=report.state,
            state_name=str(report.get_state_display()), version=report.version,
            deadline=report.due, extended_because=report.extended_because,
            opened=report.opened, moved=report.moved, submitted=report.submitted, accepted=report.accepted,
        )  # fmt: skip


class Why(Schema):
    model_config = ConfigDict(extra="forbid")
    why: Reason
