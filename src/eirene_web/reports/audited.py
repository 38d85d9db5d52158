"""What the journal answers for of cycles, reports, answers, clearance, submissions and review."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from eirene_web.journal.audit import Audited, Difference, Rows
from eirene_web.organisations.models import Alliance, PackFile
from eirene_web.reports.models import (
    AnswerNote,
    Assignment,
    Cell,
    ClearanceChain,
    ClearanceStep,
    Correction,
    Cycle,
    EvidenceFile,
    Import,
    Message,
    Report,
    Return,
    SectionReview,
    Submission,
    Thread,
)
from eirene_web.reports.services.clearance import paper_text, scan_told
from eirene_web.reports.services.discussing import thing_of
from eirene_web.reports.services.evidence import file_told

_CYCLE = ("state", "code", "pack", "opens", "deadline", "remind_days", "releasability", "embargo", "patience",
          "milestones", "four_eyes")  # fmt: skip
_REPORT = ("state", "deadline", "extended_because", "reviewer", "review_due", "minutes", "round")
_CHUNK = 2_000


def _cycles(alliance: str) -> Rows:
    for row in Cycle.objects.filter(alliance=alliance).order_by("pk"):
        values = {name: getattr(row, name) for name in _CYCLE if name != "pack"}
        # A planned cycle is what was set up; the journal speaks of its state from its opening on.
        values["state"] = None if row.state == Cycle.State.PLANNED else row.state
        yield str(row.pk), {**values, "pack": row.pack_id}


def _reports(alliance: str) -> Rows:
    rows = Report.objects.filter(cycle__alliance=alliance).order_by("pk").iterator(chunk_size=_CHUNK)
    for row in rows:
        values = {name: getattr(row, name) for name in ("deadline", "extended_because", "review_due", "minutes")}
        state = None if row.state == Report.State.WAITING else row.state
        yield str(row.pk), {**values, "state": state, "reviewer": row.reviewer_id, "round": row.round or None}


def _cells(alliance: str) -> Rows:
    rows = (
        Cell.objects.filter(report__cycle__alliance=alliance)
        .order_by("pk")
        .values_list("report_id", "question", "part", "value")
    )
    for report, question, part, value in rows.iterator(chunk_size=_CHUNK):
        yield f"{report}/{question}/{part}", {"value": value}


def _notes(alliance: str) -> Rows:
    rows = AnswerNote.objects.filter(report__cycle__alliance=alliance).order_by("pk").iterator(chunk_size=_CHUNK)
    for row in rows:
        yield (
            f"{row.report_id}/{row.question}",
            {
                "taken_over": row.taken_over, "confirmed": row.confirmed, "open": row.open,
                "open_because": row.open_because,
            },
        )  # fmt: skip


def _chains(alliance: str) -> Rows:
    for row in ClearanceChain.objects.filter(body__alliance=alliance).select_related("body").order_by("pk"):
        yield row.body.code, {"steps": row.steps}


def _steps(alliance: str) -> Rows:
    rows = ClearanceStep.objects.filter(report__cycle__alliance=alliance).order_by("pk").iterator(chunk_size=_CHUNK)
    for row in rows:
        yield (
            str(row.pk),
            {
                "post": row.post_id, "state": row.state, "remarks": row.remarks, "paper": paper_text(row),
                "scan": scan_told(row),
            },
        )  # fmt: skip


def _submissions(alliance: str) -> Rows:
    reviews = SectionReview.objects.filter(submission__report__cycle__alliance=alliance).order_by("submission", "pk")
    sections: dict[int, dict[str, str]] = {}
    for review in reviews.iterator(chunk_size=_CHUNK):
        told = "accepted twice" if review.second_id else "accepted"
        sections.setdefault(review.submission_id, {})[f"section {review.section}"] = told
    rows = Submission.objects.filter(report__cycle__alliance=alliance).order_by("pk").defer("document")
    for row in rows.iterator(chunk_size=_CHUNK):
        yield (
            str(row.pk),
            {
                "sha256": row.sha256, "accepted": row.accepted, "redacted_sha256": row.redacted_sha256,
                **sections.get(row.pk, {}),
            },
        )  # fmt: skip


def _returns(alliance: str) -> Rows:
    for row in Return.objects.filter(report__cycle__alliance=alliance).order_by("pk").iterator(chunk_size=_CHUNK):
        why = {one["question"]: one["why"] for one in row.questions}
        yield str(row.pk), {"reason": row.reason, "questions": why, "due": row.due, "submission": row.submission_id}


def _assignments(alliance: str) -> Rows:
    for row in Assignment.objects.filter(report__cycle__alliance=alliance).order_by("pk").iterator(chunk_size=_CHUNK):
        yield (
            f"{row.report_id}/{row.section}/{row.post_id}",
            {"post": row.post_id, "due": row.due, "note": row.note, "done": row.done},
        )


def _evidence(alliance: str) -> Rows:
    for row in EvidenceFile.objects.filter(report__cycle__alliance=alliance).order_by("pk").iterator(chunk_size=_CHUNK):
        yield (
            f"{row.report_id}/{row.question}/{row.pk}",
            {"file": file_told(row), "releasability": row.releasability, "removed": row.removed},
        )


def _threads(alliance: str) -> Rows:
    """Conversations with what was said in them."""
    rows = Thread.objects.filter(report__cycle__alliance=alliance).order_by("pk").prefetch_related("messages")
    for row in rows.iterator(chunk_size=_CHUNK):
        state = None if row.state == Thread.State.OPEN else row.state
        yield (
            thing_of(row).partition(":")[2],
            {
                "kind": row.kind, "state": state, "due": row.due, "flag": row.flag,
                **{f"message {one.pk}": one.text for one in row.messages.all()},
            },
        )  # fmt: skip


def _corrections(alliance: str) -> Rows:
    for row in Correction.objects.filter(report__cycle__alliance=alliance).order_by("pk").iterator(chunk_size=_CHUNK):
        yield (
            str(row.pk),
            {
                "state": row.state, "question": row.question, "answer": row.after, "wanted because": row.reason,
                "decision": row.decision,
            },
        )  # fmt: skip


def _imports(alliance: str) -> Rows:
    for row in Import.objects.filter(report__cycle__alliance=alliance).order_by("pk").iterator(chunk_size=_CHUNK):
        yield str(row.pk), {"file": {"name": row.name, "sha256": row.blob_id}}


# --- bytes ----------------------------------------------------------------------------------------------------------


def _documents(alliance: str) -> Iterable[Difference]:
    """What was sent is what its receipt's hash says; what was redacted, what the journal says."""
    rows = Submission.objects.filter(report__cycle__alliance=alliance).order_by("pk")
    wanted = ("pk", "document", "sha256", "redacted_sha256")
    for pk, document, sha256, redacted in rows.values_list(*wanted).iterator(chunk_size=50):
        if hashlib.sha256(bytes(document)).hexdigest() != (redacted or sha256):
            yield Difference("bytes", f"{_('the submission')} {_place_of_submission(str(pk))}",
                             "Its bytes are not those of its hash: it is not what was sent.")  # fmt: skip


def _packs_of_cycles(alliance: str) -> Iterable[Difference]:
    used = Cycle.objects.filter(alliance=alliance).values_list("pack", flat=True)
    current = Alliance.objects.filter(slug=alliance).values_list("pack", flat=True)
    for row in PackFile.objects.filter(pk__in=set(used) - set(current)):
        if hashlib.sha256(bytes(row.content)).hexdigest() != row.sha256:
            yield Difference("bytes", f"pack {row.pack} {row.version}", "Its content is not that of its hash.")


# --- places ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def _report_words(pk: str) -> str:
    found = Report.objects.filter(pk=pk).values_list("body__code", "cycle__code").first() if pk.isdigit() else None
    return f"{found[0]} {found[1]}" if found else pk


def _place_in_report(key: str) -> str:
    report, _slash, rest = key.partition("/")
    return f"{_report_words(report)}, {rest.replace('/', ', ', 1)}"


def _place_of_submission(key: str) -> str:
    found = Submission.objects.filter(pk=key).values_list("report", "number").first()
    return f"{_report_words(str(found[0]))}, number {found[1]}" if found else key


AUDITED = [
    Audited("cycle", _("the cycle"), _CYCLE, _cycles, {Cycle: ("id", "alliance", *_CYCLE)}),
    Audited("report", _("the report"), _REPORT, _reports, {Report: ("id", "cycle", "body", *_REPORT)}, _report_words),
    Audited("cell", _("the answer"), ("value",), _cells, {Cell: ("id", "report", "question", "part", "value")},
            _place_in_report),
    Audited("note", _("the note of the answer"), ("taken_over", "confirmed", "open", "open_because"), _notes,
            {AnswerNote: ("id", "report", "question", "taken_over", "confirmed", "open", "open_because")},
            _place_in_report),
    Audited("clearance_chain", _("the chain of clearance"), ("steps",), _chains,
            {ClearanceChain: ("id", "body", "steps")}),
    Audited("step", _("the step of clearance"), ("post", "state", "remarks", "paper", "scan"), _steps,
            {ClearanceStep: ("id", "report", "post", "state", "remarks", "paper_office", "paper_reference",
                             "paper_date", "scan", "scan_name", "scan_media_type", "scan_marking")}),
    Audited("submission", _("the submission"), ("sha256", "redacted_sha256", "accepted", "section *"),
            _submissions, {Submission: ("id", "report", "sha256", "redacted_sha256", "document", "accepted"),
             SectionReview: ("id", "submission", "section", "second")}, _place_of_submission),
    Audited("return", _("the return"), ("reason", "questions", "due", "submission"), _returns,
            {Return: ("id", "report", "submission", "reason", "questions", "due")}),
    Audited("assignment", _("the assignment of a section"), ("post", "due", "note", "done"), _assignments,
            {Assignment: ("id", "report", "section", "post", "due", "note", "done")}, _place_in_report),
    Audited("evidence", _("the file behind the answer"), ("file", "releasability", "removed"), _evidence,
            {EvidenceFile: ("id", "report", "question", "blob", "name", "media_type", "releasability", "removed")},
            _place_in_report),
    Audited("thread", _("the conversation"), ("kind", "state", "due", "flag", "message *"), _threads,
            {Thread: ("id", "report", "question", "kind", "state", "due", "flag"), Message: ("id", "thread", "text")},
            _place_in_report),
    Audited("correction", _("the correction"), ("state", "question", "answer", "wanted because", "decision"),
            _corrections, {Correction: ("id", "report", "question", "state", "after", "reason", "decision")}),
    Audited("import", _("the file handed in"), ("file",), _imports, {Import: ("id", "report", "blob", "name")}),
]  # fmt: skip
CHECKS = [_documents, _packs_of_cycles]

_WHEN = "when, by whom: the entry of the journal says it"
_TAKEN = "how far reading a file is; what is taken over of it is a change of answers"
_NUMBER = "a count that follows from the entries of the journal"
APART = {
    "reports.Cycle.opened": _WHEN, "reports.Cycle.closed": _WHEN,
    "reports.Report.opened": _WHEN, "reports.Report.moved": _WHEN, "reports.Report.submitted": _WHEN,
    "reports.Report.accepted": _WHEN, "reports.Report.version": _NUMBER,
    "reports.Cell.version": _NUMBER, "reports.Cell.changed": _WHEN, "reports.Cell.person": _WHEN,
    "reports.ClearanceStep.round": "stands in the entry that made the step", "reports.ClearanceStep.position":
    "stands in the entry that made the step", "reports.ClearanceStep.person": _WHEN,
    "reports.ClearanceStep.via": _WHEN, "reports.ClearanceStep.decided": _WHEN,
    "reports.Submission.number": "part of the frozen row, which the database keeps from changing",
    "reports.Submission.version": "part of the frozen row, which the database keeps from changing",
    "reports.Submission.origin": "part of the frozen row, which the database keeps from changing",
    "reports.Submission.at": _WHEN, "reports.Submission.person": _WHEN, "reports.Submission.post": _WHEN,
    "reports.Submission.findings": "follows from the frozen bytes", "reports.Submission.receipt":
    "part of the frozen row, which the database keeps from changing",
    "reports.SectionReview.person": _WHEN, "reports.SectionReview.at": _WHEN, "reports.SectionReview.second_at": _WHEN,
    "reports.Return.at": _WHEN, "reports.Return.person": _WHEN,
    "reports.Visit": "when somebody last looked: no record of anything",
    "reports.Export": "versions handed out: says nothing about an answer",
    "reports.Import.state": _TAKEN, "reports.Import.export": _TAKEN, "reports.Import.changes": _TAKEN,
    "reports.Import.problems": _TAKEN, "reports.Import.notes": _TAKEN,
    "reports.Import.at": _WHEN, "reports.Import.person": _WHEN, "reports.Import.applied": _WHEN,
    "reports.EvidenceFile.added": _WHEN, "reports.EvidenceFile.person": _WHEN,
    "reports.Thread.opened": _WHEN,
    "reports.Message.person": _WHEN, "reports.Message.post": _WHEN, "reports.Message.at": _WHEN,
    "reports.Message.nation": "the chain of its entry says it", "reports.Message.purged": _WHEN,
    "reports.Correction.submission": "the one that counted when it was asked for",
    "reports.Correction.before": "follows from the submission that counted",
    "reports.Correction.requested": _WHEN, "reports.Correction.person": _WHEN, "reports.Correction.decided": _WHEN,
    "reports.Correction.decider": _WHEN, "reports.Correction.result": "the submission that the same entry made",
}  # fmt: skip
#: Entries that the other side reads too: what a nation sent the office, and what the office told the nation.
SEEN = {
    "report.submit": "both", "report.correct": "both", "review.accept": "both", "review.return": "both",
    "review.ask": "both", "review.reply": "both", "review.decide_correction": "both", "report.extend": "both",
    "report.reopen": "both",
}  # fmt: skip
