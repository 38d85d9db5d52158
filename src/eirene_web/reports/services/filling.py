"""Saving answers, cell by cell: nobody overwrites anybody unawares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from eirene.errors import Problem, Unreadable, UsageError
from eirene.framework import AskedQuestion, asked
from eirene.questionnaires.model import Answer
from eirene.questionnaires.parts import answer_parts, is_content, read_part
from eirene_web.clock import now
from eirene_web.journal.services import Field, change, record
from eirene_web.policy import Actor, ask
from eirene_web.reports.models import AnswerNote, Cell, Report
from eirene_web.reports.services.common import chain_of, locked_report, moved_to, noted
from eirene_web.reports.targets import answer_target, report_target
from eirene_web.reports.working import Working

#: Parts that one call may change.
MOST_EDITS = 5_000


@dataclass(frozen=True)
class Edit:
    """One part of an answer as somebody wants it. `base`: the version that they saw, 0 if there was none."""

    question: str
    part: str
    value: Any
    base: int = 0


@dataclass(frozen=True)
class Saved:
    question: str
    part: str
    value: Any
    version: int


@dataclass(frozen=True)
class Conflict:
    """Somebody else changed the part meanwhile: both values, and who and when. Nothing was overwritten."""

    question: str
    part: str
    mine: Any
    theirs: Any
    version: int
    who: str
    when: str


@dataclass(frozen=True)
class Refused:
    question: str
    part: str
    value: Any
    problem: Problem


@dataclass
class Outcome:
    """What became of each edit. `version`: the report's, after it."""

    version: int
    saved: list[Saved] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


@change
def save_answers(*, actor: Actor, report: int, edits: Sequence[Edit], why: str = "") -> Outcome:
    """Saves each edit that can be; the others are told with both values, or with what is wrong with them.

    Raises NotThere or NotAllowed if one of the answers is not the actor's to fill in; then nothing is saved.
    """
    if len(edits) > MOST_EDITS:
        raise UsageError(_("So many changes cannot be taken at once."), remedy=_("Send them in smaller parts."))
    questions = frozenset(edit.question for edit in edits)
    working = Working(locked_report(report), only=questions)
    _ask_for(actor, working, questions)
    outcome = Outcome(working.report.version)
    changed = _apply(actor, working, _with_status(working, edits), outcome)
    if changed:
        _keep(working, actor, changed, why)
        outcome.version = working.report.version
    return outcome


def _ask_for(actor: Actor, working: Working, questions: Iterable[str]) -> None:
    for id in sorted(questions):
        question = working.sheet.questions.get(id)
        if question is None:
            raise UsageError(_("The question %(id)s is not asked in this cycle.") % {"id": id[:80]})
        target = answer_target(
            working.report, question.section, working.posts_of(question.section), is_open=working.is_open(id)
        )
        ask(actor, "answer.fill", target)


def _with_status(working: Working, edits: Sequence[Edit]) -> list[Edit]:
    """A value entered where a reason stood makes the answer *answered* again, unless the status is set besides."""
    told = {edit.question for edit in edits if edit.part == "status"}
    found = list(edits)
    for id in dict.fromkeys(e.question for e in edits if is_content(e.part) and e.value not in (None, "")):
        status = working.cells.get((id, "status"))
        if id not in told and status is not None and status.value not in (None, "answered"):
            found.append(Edit(id, "status", None, status.version))
    return found


def _apply(actor: Actor, working: Working, edits: Iterable[Edit], outcome: Outcome) -> list[tuple[Cell, Any]]:
    """The cells that change, each with the value before."""
    changed: list[tuple[Cell, Any]] = []
    for edit in edits:
        try:
            value = read_part(working.pack, working.sheet.questions[edit.question], edit.part, edit.value)
        except Unreadable as error:
            outcome.refused.append(Refused(edit.question, edit.part, edit.value, error.problems[0]))
            continue
        cell = working.cells.get((edit.question, edit.part))
        before, version = (cell.value, cell.version) if cell else (None, 0)
        if before == value:
            outcome.saved.append(Saved(edit.question, edit.part, value, version))
        elif version != edit.base:
            outcome.conflicts.append(_conflict(working, edit, value, cell))
        else:
            cell = cell or Cell(report=working.report, question=edit.question, part=edit.part, version=0)
            cell.value, cell.version, cell.changed = value, version + 1, now()
            cell.person_id = actor.person
            working.cells[edit.question, edit.part] = cell
            changed.append((cell, before))
            outcome.saved.append(Saved(edit.question, edit.part, value, cell.version))
    return changed


def _conflict(working: Working, edit: Edit, mine: Any, cell: Cell | None) -> Conflict:
    if cell is None:
        return Conflict(edit.question, edit.part, mine, None, 0, "", "")
    return Conflict(
        edit.question,
        edit.part,
        mine,
        cell.value,
        cell.version,
        working.people.get(cell.person_id or 0, ""),
        cell.changed.isoformat(),
    )


def _keep(
    working: Working, actor: Actor, changed: Sequence[tuple[Cell, Any]], why: str, told: Iterable[Field] = ()
) -> None:
    report = working.report
    new = [cell for cell, _before in changed if cell.pk is None]
    old = [cell for cell, _before in changed if cell.pk is not None]
    if new:
        Cell.objects.bulk_create(new)
    if len(old) == 1:
        old[0].save(update_fields=["value", "version", "changed", "person"])
    elif old:
        Cell.objects.bulk_update(old, ["value", "version", "changed", "person"], batch_size=200)
    report.version += 1
    again = _look_again(working, changed)
    fields = [Field(f"cell:{report.pk}/{c.question}/{c.part}", "value", before, c.value) for c, before in changed]
    fields += [
        *told,
        *again,
        *moved_to(report, Report.State.DRAFTING if report.state == Report.State.NOT_STARTED else report.state),
    ]
    report.save(update_fields=["version", "state", "moved"])
    record(actor, "answer.fill", chain=chain_of(report), subject=f"report:{report.pk}", fields=fields, why=why)


def _look_again(working: Working, changed: Sequence[tuple[Cell, Any]]) -> list[Field]:
    """A number that was confirmed and is changed now is not confirmed any more."""
    fields: list[Field] = []
    for id in sorted({cell.question for cell, _before in changed if is_content(cell.part)}):
        note = working.notes.get(id)
        if note is not None and note.confirmed and not note.taken_over:
            fields += noted(working.report, id, confirmed=False)
    return fields


# --- last year's answer ---------------------------------------------------------------------------------------------

#: Types of question whose answer may be taken over as it stands; a count is retyped or confirmed (practice 19).
TAKEN_OVER = frozenset({"yes_no", "single_choice", "multiple_choice", "text", "rows"})


def can_take_over(question: AskedQuestion) -> bool:
    return question.question.type in TAKEN_OVER


def earlier_answer(working: Working, question: AskedQuestion) -> Answer | None:
    """The body's answer to the question, or to the one that it continues, in its last accepted report."""
    if working.previous is None:
        return None
    answers = working.previous.answers
    found = next((answers[id] for id in (question.id, *question.continues) if id in answers), None)
    if found is not None and found.question != question.id:
        then = asked(working.pack, working.previous.questionnaire).questions[found.question]
        return found if then.question.type == question.question.type else None
    return found


@change
def take_over(*, actor: Actor, report: int, question: str, base: dict[str, int]) -> Outcome:
    """Puts the answer of the last accepted report in place of this one's, and marks it as taken over.

    `base`: part → version, as the actor saw the answer. Numbers are not taken over: they stand beside the box.
    """
    working = Working(locked_report(report), only=frozenset({question}))
    _ask_for(actor, working, {question})
    asked_question, previous = working.sheet.questions[question], working.previous
    answer = earlier_answer(working, asked_question)
    if answer is None or previous is None:
        raise UsageError(_("There is no answer of an earlier year to take over."))
    if not can_take_over(asked_question):
        raise UsageError(
            _("Numbers are not taken over."), remedy=_("Type this year’s number; last year’s stands beside the box.")
        )
    wanted = answer_parts(asked_question.question, answer)
    wanted.pop("justification", None)
    wanted = {part: value for part, value in wanted.items() if not part.startswith("justification.")}
    present = {part for (id, part), cell in working.cells.items() if id == question and cell.value is not None}
    gone = {part: None for part in present - set(wanted) if is_content(part) or part.startswith("reason.")}
    edits = [Edit(question, part, value, base.get(part, 0)) for part, value in {**wanted, **gone}.items()]
    outcome = Outcome(working.report.version)
    changed = _apply(actor, working, edits, outcome)
    told: list[Field] = []
    if not outcome.conflicts:
        told = noted(working.report, question, taken_over=previous.cycle, confirmed=True)
    if changed or told:
        _keep(working, actor, changed, _("taken over from %(cycle)s") % {"cycle": previous.cycle}, told)
        outcome.version = working.report.version
    return outcome


@change
def take_definition(*, actor: Actor, report: int, question: str, base: dict[str, int]) -> Outcome:
    """Puts last year's definition in place of this one's: how a body counts is carried forward and compared."""
    working = Working(locked_report(report), only=frozenset({question}))
    _ask_for(actor, working, {question})
    answer = earlier_answer(working, working.sheet.questions[question])
    if answer is None or answer.definition is None:
        raise UsageError(_("There is no definition of an earlier year to take over."))
    wanted = {f"definition.categories.{code}": value for code, value in answer.definition.categories.items()}
    wanted |= {f"definition.fields.{name}": value for name, value in answer.definition.fields.items()}
    wanted.pop("definition.fields.date", None)  # the date that was counted on is this year's own
    outcome = Outcome(working.report.version)
    edits = [Edit(question, part, value, base.get(part, 0)) for part, value in wanted.items()]
    changed = _apply(actor, working, edits, outcome)
    if changed:
        assert working.previous is not None
        _keep(working, actor, changed, _("taken over from %(cycle)s") % {"cycle": working.previous.cycle})
        outcome.version = working.report.version
    return outcome


@change
def confirm_same(*, actor: Actor, report: int, question: str) -> AnswerNote:
    """Somebody looked at a number that is the same as last year's, and it is right."""
    row = locked_report(report)
    _ask_for(actor, Working(row), {question})
    fields = noted(row, question, confirmed=True)
    record(actor, "answer.fill", chain=chain_of(row), subject=f"report:{row.pk}", fields=fields)
    return AnswerNote.objects.get(report=row, question=question)


#: Longer than this nobody means: it is a slip of the hand.
MOST_MINUTES = 60_000


@change
def declare_time(*, actor: Actor, report: int, minutes: int | None) -> Report:
    """What the nation says the report took, in minutes; None: it does not say."""
    row = locked_report(report)
    ask(actor, "report.declare_time", report_target(row))
    if minutes is not None and not 0 <= minutes <= MOST_MINUTES:
        raise UsageError(
            _("%(n)s minutes cannot be right.") % {"n": minutes}, remedy=_("Give the hours and minutes that it took.")
        )
    before, row.minutes = row.minutes, minutes
    row.save(update_fields=["minutes"])
    field = Field(f"report:{row.pk}", "minutes", before, minutes)
    record(actor, "report.declare_time", chain=chain_of(row), subject=f"report:{row.pk}", fields=[field])
    return row
