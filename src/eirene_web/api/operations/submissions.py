"""What was sent: submitting, the frozen document, its receipt."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from ninja import Query, Schema
from pydantic import Field

from eirene_web.api.frame import Call, CodeOf, In, Nothing, not_there, operation
from eirene_web.api.operations.shapes import PersonOut, PostOut
from eirene_web.api.paging import Page, Part, page
from eirene_web.policy import Target
from eirene_web.reports import queries
from eirene_web.reports.models import Report, Submission
from eirene_web.reports.services import submitting
from eirene_web.reports.targets import report_target

_PLACE = "/{alliance}/cycles/{cycle}/reports/{body}/submissions"


class SubmissionOut(Schema):
    number: int
    version: int = Field(description="Version of the report that was frozen.")
    sha256: str = Field(description="Of the document’s bytes.")
    receipt: str
    origin: str
    at: dt.datetime
    accepted: dt.datetime | None
    person: PersonOut | None
    post: PostOut | None
    findings: dict[str, int]


def _submission(one: Submission) -> SubmissionOut:
    return SubmissionOut(
        number=one.number, version=one.version, sha256=one.sha256, receipt=one.receipt, origin=one.origin, at=one.at,
        accepted=one.accepted, person=PersonOut.of(one.person), post=PostOut.of(one.post), findings=one.findings,
    )  # fmt: skip


@operation("GET", _PLACE, "report.see", "submission.read")
def submissions(call: Call, cycle: CodeOf, body: CodeOf, query: Query[Part]) -> Page[SubmissionOut]:
    """What was submitted, oldest first."""
    found = call.report(cycle, body)
    call.ask("submission.read", Target("submission", call.slug, state="sent", nation=found.body.nation))
    return page(queries.submissions(call.actor, found), query, _submission)


def _find(call: Call, report: Report, number: int) -> Submission:
    found = next((s for s in queries.submissions(call.actor, report) if s.number == number), None)
    if found is None:
        raise not_there()
    return found


@operation("GET", f"{_PLACE}/{{number}}", "report.see", "submission.read")
def submission(call: Call, cycle: CodeOf, body: CodeOf, number: int) -> SubmissionOut:
    """One submission: its receipt."""
    return _submission(_find(call, call.report(cycle, body), number))


@operation("GET", f"{_PLACE}/{{number}}/document", "report.see", "submission.read", media="application/json")
def document(call: Call, cycle: CodeOf, body: CodeOf, number: int) -> HttpResponse:
    """The frozen document, `eirene.report/1`, byte for byte as it was hashed."""
    found = _find(call, call.report(cycle, body), number)
    call.headers["ETag"] = f'"{found.sha256}"'
    return HttpResponse(bytes(found.document), content_type="application/json")


@operation("POST", _PLACE, "report.see", "report.submit", status=201, version=True)
def submit(call: Call, cycle: CodeOf, body: CodeOf, data: Nothing) -> SubmissionOut:
    """Submits the report on behalf of the nation, in the version that If-Match names.

    Blocked (409) with every blocker of the checks; 412 with what changed, if it is not the version you saw.
    """
    found = call.report(cycle, body)
    again = _again(call, found)
    if again is not None:
        return again
    call.ask("report.submit", report_target(found))
    version = call.unchanged(found, required=True)
    sent = submitting.submit(actor=call.actor, report=found.pk, version=version)
    call.report(cycle, body)
    return _submission(sent)


def _again(call: Call, report: Report) -> SubmissionOut | None:
    """Sent again at once by the same person, with the version as it was seen then: the same receipt."""
    if report.state != Report.State.SUBMITTED:
        return None
    last = report.submissions.select_related("person", "post").order_by("-number").defer("document").first()
    seen = call.request.headers.get("If-Match", "").strip().strip('"').partition(".")[0]
    same = last is not None and last.person_id == call.actor.person and seen == str(last.version)
    return _submission(submitting.submit(actor=call.actor, report=report.pk, version=last.version)) if same else None


class ReceiptIn(In):
    receipt: str = Field(min_length=1, max_length=24)
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$", description="Of the file that you hold.")


class CheckedOut(Schema):
    known: bool
    same: bool | None = Field(description="Whether the file is the one that was submitted; null if none was given.")
    cycle: str = ""
    body: str = ""
    number: int | None = None
    at: dt.datetime | None = None


@operation("POST", "/{alliance}/receipts/check", "report.see", "submission.read")
def check_receipt(call: Call, data: ReceiptIn) -> CheckedOut:
    """Whether a receipt is one of ours, and a file the one that was submitted under it. Changes nothing.

    A receipt of another nation is as unknown as one that never was.
    """
    code = data.receipt.strip().upper()
    found = (
        Submission.objects.select_related("report__cycle", "report__body")
        .defer("document")
        .filter(receipt=code, report__cycle__alliance=call.here)
        .first()
    )
    if found is None or found.number not in {s.number for s in queries.submissions(call.actor, found.report)}:
        return CheckedOut(known=False, same=None)
    same = None if data.sha256 is None else found.sha256 == data.sha256
    return CheckedOut(
        known=True, same=same, cycle=found.report.cycle.code, body=found.report.body.code, number=found.number,
        at=found.at,
    )  # fmt: skip
