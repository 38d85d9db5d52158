"""Submission: the report frozen as a document with its hash, once, with one receipt."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene.questionnaires import load_report, report_bytes
from eirene.questionnaires.model import Finding
from eirene_web.clock import now
from eirene_web.journal.services import Field, change, record
from eirene_web.policy import Actor, ask
from eirene_web.reports.models import AnswerNote, Report, Submission
from eirene_web.reports.services import telling
from eirene_web.reports.services.clearance import refuse_blocked
from eirene_web.reports.services.common import chain_of, locked_report, moved_to
from eirene_web.reports.targets import report_target
from eirene_web.reports.working import Working, frozen

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@change
def submit(*, actor: Actor, report: int, version: int) -> Submission:
    """Submits the report on behalf of the nation; again at once gives the same submission and the same receipt.

    `version`: of the report, as the actor saw it; UsageError if it has changed since. Raises Blocked with
    every blocker.
    """
    row = locked_report(report)
    last = row.submissions.order_by("-number").defer("document").first()
    if last is not None and row.state == Report.State.SUBMITTED and last.version == version:
        if last.person_id == actor.person:
            return last
        raise UsageError(_("The report was submitted a moment ago by somebody else."), remedy=_("Open its receipt."))
    ask(actor, "report.submit", report_target(row))
    if row.version != version:
        raise UsageError(
            _("The report has changed since you opened this page (version %(was)s, now %(is)s).")
            % {"was": version, "is": row.version},
            remedy=_("Look at it again, then submit."),
        )
    working = Working(row)
    refuse_blocked(working)
    submission = _freeze(actor, working, last.number + 1 if last else 1)
    AnswerNote.objects.filter(report=row).update(open=False, open_because="")
    fields = moved_to(row, Report.State.SUBMITTED)
    row.submitted = row.submitted or now()
    row.save(update_fields=["state", "moved", "submitted"])
    record(
        actor,
        "report.submit",
        chain=chain_of(row),
        subject=f"report:{row.pk}",
        fields=[*fields, Field(f"submission:{submission.pk}", "sha256", None, submission.sha256)],
    )
    telling.submitted(row, submission.number)
    return submission


def _freeze(actor: Actor, working: Working, number: int) -> Submission:
    report = working.report
    document = report_bytes(frozen(working.answers, working.pack, report.cycle.releasability), working.pack)
    load_report(document, working.pack)  # what we send can be read by everybody else
    mine = next((g.post for g in actor.grants if g.nation == report.body.nation and g.post), None)
    return Submission.objects.create(
        report=report,
        number=number,
        document=document,
        sha256=hashlib.sha256(document).hexdigest(),
        version=report.version,
        at=now(),
        person_id=actor.person,
        post_id=mine,
        findings=counts(working.findings),
        receipt=new_receipt(),
    )


def counts(findings: list[Finding]) -> dict[str, Any]:
    """How many findings of each severity, and of the warnings how many are justified."""
    found = [f for f in findings if f.outcome == "found"]
    told: Counter[str] = Counter(f.severity for f in found)
    return {
        **{s: told[s] for s in ("blocker", "error", "warning", "note")},
        "justified": sum(f.justified for f in found),
    }


def new_receipt() -> str:
    """A code that can be read out on the telephone: twelve signs, none that looks like another."""
    signs = [secrets.choice(_ALPHABET) for _ in range(12)]
    return "-".join("".join(signs[i : i + 4]) for i in (0, 4, 8))
