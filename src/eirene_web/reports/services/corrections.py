"""Corrections after acceptance: the nation asks, the office decides, old and new stay side by side.

What was submitted is never changed. An accepted correction becomes a submission of its own, of origin *correction*,
accepted from the moment it is made; the report stays accepted, and whatever was published before rests on the old one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from eirene.errors import Blocked, Problem, Unreadable, UsageError
from eirene.framework import AskedQuestion
from eirene.questionnaires import Report as Answers
from eirene.questionnaires import check, load_report, report_bytes
from eirene.questionnaires.parts import answer_of_parts, answer_parts, is_content, read_part, says_something
from eirene.text import pick
from eirene_web.clock import now
from eirene_web.journal.services import Field, change, record
from eirene_web.policy import Actor, NotThere, ask
from eirene_web.reports.models import Cell, Correction, Report, Submission
from eirene_web.reports.sent import answers_of, changed_questions, without_body
from eirene_web.reports.services import telling
from eirene_web.reports.services.common import accepted, chain_of, locked_report
from eirene_web.reports.services.submitting import counts, new_receipt
from eirene_web.reports.targets import report_target
from eirene_web.reports.working import Working, frozen, previous_submission


def accepted_submission(report: Report) -> Submission:
    """The one that counts. Raises UsageError if nothing of the report is accepted."""
    found = report.submissions.filter(accepted__isnull=False).order_by("-number").defer("document").first()
    if found is None:
        raise UsageError(_("Nothing of this report is accepted yet."))
    return found


def parts_now(working: Working, submission: Submission, question: str) -> dict[str, Any]:
    """The parts of an answer as it counts."""
    answer = answers_of([submission.pk], working.pack)[submission.pk].answers.get(question)
    return answer_parts(working.sheet.questions[question].question, answer) if answer else {}


@change
def request_correction(
    *, actor: Actor, report: int, question: str, changes: Mapping[str, Any], reason: str
) -> Correction:
    """The nation asks that an answer of its accepted report be corrected.

    `changes`: part → value as it should stand, None where it should go; parts not named stay as they are.
    """
    row = locked_report(report)
    ask(actor, "report.correct", report_target(row))
    working, submission = Working(row), accepted_submission(row)
    asked = _question(working, question)
    if not reason.strip():
        raise UsageError(_("A reason is needed."), remedy=_("Say in a sentence what was wrong."))
    before = parts_now(working, submission, question)
    after = _after(working, asked, before, changes)
    if after == before:
        raise UsageError(_("Nothing is different from what was accepted."))
    try:
        with transaction.atomic():
            made = Correction.objects.create(
                report=row, question=question, submission=submission, before=before, after=after,
                reason=reason.strip(), requested=now(), person_id=actor.person,
            )  # fmt: skip
    except IntegrityError:
        raise UsageError(
            _("A correction of this answer waits for the office already."), remedy=_("Withdraw it, then ask anew.")
        ) from None
    fields = [
        Field(f"correction:{made.pk}", "state", None, str(made.state)),
        Field(f"correction:{made.pk}", "question", None, question),
        Field(f"correction:{made.pk}", "answer", before, after),
        Field(f"correction:{made.pk}", "wanted because", None, made.reason),
    ]
    record(actor, "report.correct", chain=chain_of(row), subject=f"report:{row.pk}", fields=fields, why=reason)
    telling.correction_requested(made)
    return made


def _question(working: Working, id: str) -> AskedQuestion:
    if id not in working.sheet.questions:
        raise UsageError(_("The question %(id)s is not asked in this cycle.") % {"id": id[:80]})
    return working.sheet.questions[id]


def _after(
    working: Working, asked: AskedQuestion, before: Mapping[str, Any], changes: Mapping[str, Any]
) -> dict[str, Any]:
    """The parts as they should stand. Raises Unreadable with every part that cannot be read."""
    after, problems = dict(before), list[Problem]()
    for part, value in changes.items():
        try:
            read = read_part(working.pack, asked, part, value)
        except Unreadable as error:
            problems += error.problems
            continue
        if read is None:
            after.pop(part, None)
        else:
            after[part] = read
    if problems:
        raise Unreadable(problems)
    if after.get("status", "answered") != "answered":
        after = {part: value for part, value in after.items() if not is_content(part)}
    return after


@change
def withdraw_correction(*, actor: Actor, correction: int) -> Correction:
    """The nation no longer asks for it."""
    row, report = _locked(correction)
    ask(actor, "report.correct", report_target(report))
    row.state, row.decided, row.decider_id = Correction.State.WITHDRAWN, now(), actor.person
    row.save(update_fields=["state", "decided", "decider"])
    fields = [Field(f"correction:{row.pk}", "state", "requested", str(row.state))]
    record(actor, "report.correct", chain=chain_of(report), subject=f"report:{report.pk}", fields=fields)
    return row


@change
def decide_correction(*, actor: Actor, correction: int, accept: bool, decision: str = "") -> Correction:
    """The office accepts or refuses. Accepting makes a new submission beside the old one; refusing takes a reason.

    Raises Blocked if the corrected report would hold a blocker.
    """
    row, report = _locked(correction)
    ask(actor, "review.decide_correction", report_target(report))
    if not accept and not decision.strip():
        raise UsageError(_("Say why the correction is refused."), remedy=_("The nation will read it."))
    fields: list[Field] = []
    if accept:
        row.result, fields = _corrected(report, row)
    row.state = Correction.State.ACCEPTED if accept else Correction.State.REFUSED
    row.decided, row.decider_id, row.decision = now(), actor.person, decision.strip()
    row.save(update_fields=["state", "decided", "decider", "decision", "result"])
    fields.append(Field(f"correction:{row.pk}", "state", "requested", str(row.state)))
    fields.append(Field(f"correction:{row.pk}", "decision", None, row.decision or None))
    if accept:
        fields.append(Field(f"answer:{report.pk}/{row.question}", "accepted", row.before, row.after))
    record(
        actor, "review.decide_correction", chain=chain_of(report), subject=f"report:{report.pk}", fields=fields,
        why=decision,
    )  # fmt: skip
    if accept:
        accepted(report)
    telling.correction_decided(row)
    return row


def _locked(pk: int) -> tuple[Correction, Report]:
    """A correction that waits for its decision, and its report, both held. Raises NotThere or UsageError."""
    known = Correction.objects.filter(pk=pk).values_list("report", flat=True).first()
    if known is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    report = locked_report(known)
    row = Correction.objects.select_for_update(of=("self",)).get(pk=pk)
    if row.state != Correction.State.REQUESTED:
        raise UsageError(_("This correction is decided already."), remedy=_("Open it again to see how."))
    return row, report


def _corrected(report: Report, correction: Correction) -> tuple[Submission, list[Field]]:
    """The submission with the one answer as it should stand. What else was corrected meanwhile stays corrected."""
    working, current = Working(report), accepted_submission(report)
    pack, sheet = working.pack, working.sheet
    question = sheet.questions[correction.question].question
    standing = answers_of([current.pk], pack)[current.pk]
    answers = dict(standing.answers)
    if says_something(question, correction.after):
        answers[correction.question] = answer_of_parts(pack, question, correction.after)
    else:
        answers.pop(correction.question, None)
    in_order = {id: answers[id] for id in sheet.questions if id in answers}
    corrected = frozen(replace(standing, answers=in_order), pack, report.cycle.releasability)
    last = previous_submission(report)
    previous = without_body(answers_of([last.pk], pack)[last.pk], report.body.code) if last else None
    findings = check(corrected, pack, previous=previous)
    blockers = [f for f in findings if f.severity == "blocker" and f.outcome == "found"]
    if blockers:
        raise Blocked([Problem(pick(f.message, "en"), f.place.question, pick(f.remedy, "en")) for f in blockers])
    fields = _cells(report, correction)
    told = {**counts(findings), "changed": len(changed_questions(sheet, corrected, previous))}
    made = _submission(report, correction, corrected, working, told)
    fields.append(Field(f"submission:{made.pk}", "sha256", None, made.sha256))
    fields.append(Field(f"submission:{made.pk}", "accepted", None, made.accepted))
    return made, fields


def _submission(
    report: Report, correction: Correction, answers: Answers, working: Working, findings: dict[str, Any]
) -> Submission:
    document = report_bytes(answers, working.pack)
    load_report(document, working.pack)
    newest = report.submissions.order_by("-number").values_list("number", flat=True)[0]
    return Submission.objects.create(
        report=report,
        number=newest + 1,
        document=document,
        sha256=hashlib.sha256(document).hexdigest(),
        version=report.version,
        origin=Submission.Origin.CORRECTION,
        at=now(),
        person_id=correction.person_id,
        findings=findings,
        receipt=new_receipt(),
        accepted=now(),
    )


def _cells(report: Report, correction: Correction) -> list[Field]:
    """The cells say what counts. A report taken in from an earlier cycle has none."""
    if not Cell.objects.filter(report=report).exists():
        return []
    fields = []
    cells = {c.part: c for c in Cell.objects.filter(report=report, question=correction.question)}
    for part in sorted({*cells, *correction.after}):
        value = correction.after.get(part)
        cell = cells.get(part) or Cell(report=report, question=correction.question, part=part, version=0)
        if cell.value == value:
            continue
        fields.append(Field(f"cell:{report.pk}/{cell.question}/{part}", "value", cell.value, value))
        cell.value, cell.version, cell.changed = value, cell.version + 1, now()
        cell.person_id = correction.person_id
        cell.save()
    report.version += 1
    report.save(update_fields=["version"])
    return fields
