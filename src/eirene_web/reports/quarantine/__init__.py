"""Where a name can slip in, in reports: answers, messages, files, remarks, reasons, notes."""

from __future__ import annotations

from eirene_web.custody.quarantine import same
from eirene_web.reports.models import Report
from eirene_web.reports.quarantine.answers import Answers
from eirene_web.reports.quarantine.rows import Assignments, Corrections, Cycles, Lines, Notes, Returns, Steps
from eirene_web.reports.quarantine.said import Evidence, Imports, Messages

HOLDERS = [
    Answers(),
    Messages(),
    Evidence(),
    Imports(),
    Steps(),
    Returns(),
    Notes(),
    Corrections(),
    Assignments(),
    Lines("report", Report, {"extended_because": same}, "report.see"),
    Cycles(),
]
REASONS = {
    "report": ("reports.Report", ("extended_because",)),
    "return": ("reports.Return", ("reason",)),
    "correction": ("reports.Correction", ("reason", "decision")),
    "step": ("reports.ClearanceStep", ("remarks",)),
}
_CODE = "a code of the pack or of the house"
_IDS = "numbers and codes"


def _plain(model: str, names: str, why: str = _CODE) -> dict[str, str]:
    return {f"reports.{model}.{name}": why for name in names.split()}


PLAIN = {
    **_plain("Cycle", "code releasability remind_days patience", _IDS),
    **_plain("Cell", "question part"),
    **_plain("AnswerNote", "question taken_over"),
    **_plain("Assignment", "section"),
    **_plain("EvidenceFile", "question media_type releasability"),
    **_plain("Thread", "question"),
    **_plain("Message", "nation"),
    **_plain("ClearanceChain", "steps", _IDS),
    **_plain("ClearanceStep", "via scan_media_type scan_marking"),
    **_plain("Submission", "sha256 redacted_sha256 findings receipt", "hashes and counts"),
    **_plain("SectionReview", "section"),
    **_plain("Correction", "question"),
    **_plain("Export", "token key", "drawn by lot"),
}
