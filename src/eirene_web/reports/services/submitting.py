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
from eirene_web.reports.sent import changed_questions
from eirene_web.reports.services import telling
from eirene_web.reports.services.clearance import refuse_blocked
from eirene_web.reports.services.common import chain_of, locked_report, moved_to, noted
from eirene_web.reports.targets import report_target
from eirene_web.reports.working import Working, frozen

#: A thousand hours; more is a slip of the pen.
MOST_MINUTES = 60_000
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@change
def submit(*, actor: Actor, report: int, version: int) -> Submission:
    """Submits the report on behalf of the nation; again at once gives the same submission and the same receipt.

    `version`: of the report, as the actor saw it; UsageError if it has changed since. Raises Blocked with
    every blocker.
    """
    row = locked_report(report)
    last = row.submissions.order_by("-number").defer("document").first()
    sent = last is not None and row.state == Report.State.SUBMITTED and last.version == version
    if sent and last.person_id == actor.person:
        return last
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
    fields = [*close_answers(row), *moved_to(row, Report.State.SUBMITTED)]
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
    return Submission.objects.create(
        report=report,
        number=number,
        document=document,
        sha256=hashlib.sha256(document).hexdigest(),
        version=report.version,
        at=now(),
        person_id=actor.person,
        post_id=_post_of(actor, report),
        findings={
            **counts(working.findings),
            "changed": len(changed_questions(working.sheet, working.answers, working.previous)),
        },
        receipt=new_receipt(),
    )


def _post_of(actor: Actor, report: Report) -> int | None:
    """The post for which the actor submits: the one whose role lets them."""
    mine = [g for g in actor.grants if g.nation == report.body.nation and g.post is not None]
    ranked = sorted(mine, key=lambda g: ("authorised_officer", "rapporteur", g.role).index(g.role))
    return ranked[0].post if ranked else None


def close_answers(report: Report) -> list[Field]:
    """No answer of the report is open for change any more; gives the journal fields that say so."""
    fields: list[Field] = []
    for note in AnswerNote.objects.filter(report=report, open=True):
        fields += noted(report, note.question, open=False, open_because="")
    return fields


def counts(findings: list[Finding]) -> dict[str, Any]:
    """How many findings of each severity; how many are justified; of the warnings, how many are and are not."""
    found = [f for f in findings if f.outcome == "found"]
    told: Counter[str] = Counter(f.severity for f in found)
    warnings = [f for f in found if f.severity == "warning"]
    return {
        **{s: told[s] for s in ("blocker", "error", "warning", "note")},
        "justified": sum(f.justified for f in found),
        "warning_justified": sum(f.justified for f in warnings),
        "warning_open": sum(not f.justified for f in warnings),
    }


@change
def declare_minutes(*, actor: Actor, report: int, minutes: int | None) -> Report:
    """The nation says how long its report took; None: it does not say. Never measured (practice 19)."""
    row = locked_report(report)
    ask(actor, "report.declare_time", report_target(row))
    if minutes is not None and not 0 <= minutes <= MOST_MINUTES:
        raise UsageError(
            _("%(n)d minutes cannot be right.") % {"n": minutes}, remedy=_("Give the time of all who worked on it.")
        )
    before, row.minutes = row.minutes, minutes
    row.save(update_fields=["minutes"])
    fields = [Field(f"report:{row.pk}", "minutes", before, minutes)]
    record(actor, "report.declare_time", chain=chain_of(row), subject=f"report:{row.pk}", fields=fields)
    return row


def new_receipt() -> str:
    """A code that can be read out on the telephone: twelve signs, none that looks like another."""
    signs = [secrets.choice(_ALPHABET) for _ in range(12)]
    return "-".join("".join(signs[i : i + 4]) for i in (0, 4, 8))
