"""What the holders of reports share."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from eirene_web.journal.services import Field
from eirene_web.policy import Actor, can
from eirene_web.reports.models import (
    Report,
    Submission,
)
from eirene_web.reports.targets import answer_target, submission_target
from eirene_web.reports.working import Working

TEXTS = ("value.", "comment.", "reason.", "justification.")


def find_report(alliance: str, pk: str) -> Report | None:
    if not pk.isdigit():
        return None
    rows = Report.objects.select_related("cycle", "body")
    return rows.filter(pk=pk, cycle__alliance=alliance).first()


def facts(report: Report, question: str = "") -> dict[str, str]:
    return {"cycle": report.cycle.code, "body": report.body.code, "question": question}


def reads_answer(actor: Actor, report: Report, question: str) -> bool:
    """Of what is being worked on, or of what was sent."""
    working = Working(report)
    known = working.sheet.questions.get(question)
    section = known.section if known else ""
    if can(actor, "answer.read", answer_target(report, section, working.posts_of(section))):
        return True
    sent = report.submissions.select_related("report__cycle", "report__body").defer("document").last()
    return sent is not None and can(actor, "submission.read", submission_target(sent))


class OfReports:
    """What all of them share: a submission's bytes are replaced in one way."""

    kind = ""

    def replace_document(self, submission: int, content: bytes) -> Iterable[Field]:
        row = Submission.objects.only("sha256", "redacted_sha256").get(pk=submission)
        digest = hashlib.sha256(content).hexdigest()
        redacted = digest if digest != row.sha256 else None
        Submission.objects.filter(pk=submission).update(document=content, redacted_sha256=redacted)
        return [Field(f"submission:{submission}", "redacted_sha256", row.redacted_sha256, redacted)]

    def of_change(self, thing: str, field: str) -> str:
        kind, _colon, key = thing.partition(":")
        return key if kind == self.kind else ""

    def after_purge(self, alliance: str, key: str) -> None:
        """Nothing further, unless a kind says so."""


def sent(report: Report) -> Any:
    from eirene_web.policy import Target

    return Target("submission", report.cycle.alliance_id, state="sent", nation=report.body.nation)
