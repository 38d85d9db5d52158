"""Files that stand behind an answer, each with a marking of its own."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.http import HttpResponse
from ninja import File, Form, Query, Schema, UploadedFile
from pydantic import Field

from eirene_web.api.frame import Call, CodeOf, IdOf, In, download, operation
from eirene_web.api.operations.answers import readable_of
from eirene_web.api.operations.shapes import Code
from eirene_web.api.paging import Page, Part, page
from eirene_web.files import services as files
from eirene_web.reports import filling_queries as queries
from eirene_web.reports.models import EvidenceFile
from eirene_web.reports.services import evidence as services

_PLACE = "/{alliance}/cycles/{cycle}/reports/{body}/evidence"
Audience = Annotated[str, Field(max_length=64)]


class EvidenceOut(Schema):
    id: int
    question: str
    name: str
    media_type: str
    size: int
    sha256: str
    releasability: str = Field(description="Audience that it is released to; empty: the answer’s own.")
    added: dt.datetime


def _evidence(one: EvidenceFile) -> EvidenceOut:
    return EvidenceOut(
        id=one.pk, question=one.question, name=one.name, media_type=one.media_type, size=one.blob.size,
        sha256=one.blob.sha256, releasability=one.releasability, added=one.added,
    )  # fmt: skip


class EvidenceFilter(Part):
    question: Annotated[str, Field(max_length=64)] | None = None


@operation("GET", _PLACE, "report.see", "answer.read")
def evidence(call: Call, cycle: CodeOf, body: CodeOf, query: Query[EvidenceFilter]) -> Page[EvidenceOut]:
    """Files beside the answers that I may read."""
    report = call.report(cycle, body)
    working, readable = readable_of(call, report)
    wanted = [
        id
        for id, question in working.sheet.questions.items()
        if question.section in readable and query.question in (None, id)
    ]
    found = queries.evidence(report, wanted)
    return page([one for id in wanted for one in found.get(id, ())], query, _evidence)


@operation("POST", _PLACE, "report.see", "answer.fill", status=201)
def add_evidence(
    call: Call,
    cycle: CodeOf,
    body: CodeOf,
    file: File[UploadedFile],
    question: Form[Code],
    releasability: Annotated[str, Form("", max_length=64)],
) -> EvidenceOut:
    """Attaches a file to an answer. It is looked at before it is kept: what can run something is not taken."""
    report = call.report(cycle, body)
    made = services.add_evidence(
        actor=call.actor, report=report.pk, question=question, name=file.name or "", content=file.read(),
        releasability=releasability,
    )  # fmt: skip
    return _evidence(made)


@operation(
    "GET",
    f"{_PLACE}/{{file}}/content",
    "report.see",
    "answer.read",
    "submission.read",
    media="application/octet-stream",
)
def evidence_content(call: Call, cycle: CodeOf, body: CodeOf, file: IdOf) -> HttpResponse:
    """The file itself."""
    one = queries.find_evidence(call.actor, call.report(cycle, body), file)
    return download(files.read(one.blob.sha256), one.name, "application/octet-stream")


class MarkIn(In):
    releasability: Audience


@operation("PUT", f"{_PLACE}/{{file}}/releasability", "report.see", "answer.fill")
def mark_evidence(call: Call, cycle: CodeOf, body: CodeOf, file: IdOf, data: MarkIn) -> EvidenceOut:
    """Whom the file is released to."""
    report = call.report(cycle, body)
    found = queries.find_evidence(call.actor, report, file)
    return _evidence(
        services.mark_evidence(actor=call.actor, report=report.pk, file=found.pk, releasability=data.releasability)
    )


@operation("DELETE", f"{_PLACE}/{{file}}", "report.see", "answer.fill", status=204)
def remove_evidence(call: Call, cycle: CodeOf, body: CodeOf, file: IdOf) -> None:
    """Takes a file away from an answer; that it was there stays in the history."""
    report = call.report(cycle, body)
    found = queries.find_evidence(call.actor, report, file)
    services.remove_evidence(actor=call.actor, report=report.pk, file=found.pk)
